/* SPDX-License-Identifier: MIT */
#include "base/simd.h"

#include "base/gx.h"

const char *gx_simd_level(void)
{
#if defined(GX_NO_CLONES) || !defined(__x86_64__)
#if defined(__AVX512F__) && defined(__AVX512DQ__)
	return "x86-64-v4";
#elif defined(__AVX2__)
	return "x86-64-v3";
#else
	return "baseline";
#endif
#else
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		return "x86-64-v4";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
	    __builtin_cpu_supports("fma"))
		return "x86-64-v3";
	return "x86-64";
#endif
}
