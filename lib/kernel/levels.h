/* SPDX-License-Identifier: MIT */
/*
 * Loops that are written for each SIMD level, by including one header for each: where
 * GX_CLONES does not do, because what a level has is not found in plain C, or because clang
 * must have it as well. A file that uses it includes its loops under each GX_..._LANES that
 * is defined here, marked with the level's target, and chooses by gx_level_lanes().
 */
#ifndef GX_LEVELS_H
#define GX_LEVELS_H

#include "base/gx.h"

/*
 * All levels that this build can meet, by the 64-bit lanes of a vector. Two lanes serve every
 * machine.
 */
#if defined(__x86_64__) && !defined(GX_NO_CLONES)
#define GX_EIGHT_LANES 1
#define GX_FOUR_LANES 1
#define GX_TWO_LANES 1
#elif defined(__AVX512F__)
#define GX_EIGHT_LANES 1
#elif defined(__AVX2__)
#define GX_FOUR_LANES 1
#else
#define GX_TWO_LANES 1
#endif

#define GX_TARGET_8 __attribute__((target("avx512f")))
#define GX_TARGET_4 __attribute__((target("avx2")))
#define GX_TARGET_2

/* The widest level of this build that the machine has: 8, 4 or 2. */
GX_INLINE int gx_level_lanes(void)
{
#if defined(GX_EIGHT_LANES) && defined(GX_TWO_LANES)
	if (__builtin_cpu_supports("avx512f"))
		return 8;
	return __builtin_cpu_supports("avx2") ? 4 : 2;
#elif defined(GX_EIGHT_LANES)
	return 8;
#elif defined(GX_FOUR_LANES)
	return 4;
#else
	return 2;
#endif
}

#endif
