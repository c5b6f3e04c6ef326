/* SPDX-License-Identifier: MIT */
#include "kernel/digest.h"

#include <string.h>

#include "base/gx.h"
#include "base/simd.h"
#include "kernel/digest_level.h"

void gx_digest_rows(const double *value, size_t nrow, size_t ncol, uint64_t *digest)
{
#ifdef GX_NO_CLONES
	gx_digest_rows_base(value, nrow, ncol, digest);
#else
	static gx_digest_rows_at *best;
	/* Racing threads all store the same pointer. */
	gx_digest_rows_at *rows = __atomic_load_n(&best, __ATOMIC_RELAXED);
	if (!rows) {
		const char *level = gx_simd_level();
		rows = strcmp(level, "x86-64-v4") == 0   ? gx_digest_rows_v4
		       : strcmp(level, "x86-64-v3") == 0 ? gx_digest_rows_v3
							 : gx_digest_rows_base;
		__atomic_store_n(&best, rows, __ATOMIC_RELAXED);
	}
	rows(value, nrow, ncol, digest);
#endif
}

uint64_t gx_digest_sum(const uint64_t *digest, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += digest[i];
	return sum;
}

GX_CLONES void gx_nan_canonicalise(double *value, size_t n)
{
	const uint64_t canonical = GX_NAN_BITS;
	double nan;
	memcpy(&nan, &canonical, sizeof nan);
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		value[i] = value[i] == value[i] ? value[i] : nan;
}

GX_CLONES bool gx_nan_is_canonical(const double *value, size_t n)
{
	uint64_t other = 0;
#pragma omp simd reduction(| : other)
	for (size_t i = 0; i < n; i++) {
		uint64_t bits;
		memcpy(&bits, value + i, sizeof bits);
		other |= value[i] == value[i] ? 0 : bits ^ GX_NAN_BITS;
	}
	return other == 0;
}

bool gx_all_zero(const unsigned char *byte, size_t n)
{
	unsigned char any = 0;
	for (size_t i = 0; i < n; i++)
		any |= byte[i];
	return any == 0;
}

void gx_hex_print(uint64_t value, char out[GX_HEX + 1])
{
	for (int i = GX_HEX - 1; i >= 0; i--, value >>= 4)
		out[i] = "0123456789abcdef"[value & 15];
	out[GX_HEX] = 0;
}

bool gx_hex_read(const char *text, size_t ntext, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < ntext; i++) {
		char c = text[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		*value = *value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return ntext == GX_HEX;
}
