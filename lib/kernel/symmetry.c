/* SPDX-License-Identifier: MIT */
#include "kernel/symmetry.h"

#include <string.h>

#include "base/gx.h"

/* Each bit of what comes out depends on each that goes in (SplitMix64's last steps). */
GX_INLINE uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void gx_symmetry_keys(uint64_t *key, size_t n)
{
	/* Nothing is lost in a product with an odd number. */
	for (size_t i = 0; i < 2 * n; i++)
		key[i] = mix((i + 1) * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

/* The bits of a value; those of +0 for -0. */
GX_INLINE uint64_t bits_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return x == 0 ? 0 : bits;
}

/*
 * The pair of genes i > j, with value v, counts r_i mix(v ^ s_j) in either half: a row of the lower
 * half has one r, one of the upper half one s.
 */
GX_CLONES void gx_symmetry_rows(const double *value, size_t row, size_t nrow, size_t n,
				const uint64_t *key, uint64_t *lower, uint64_t *upper)
{
	const uint64_t *r = key, *s = key + n;
	for (size_t i = row; i < row + nrow; i++) {
		const double *x = value + (i - row) * n;
		uint64_t below = 0, above = 0, own = s[i];
#pragma omp simd reduction(+ : below)
		for (size_t j = 0; j < i; j++)
			below += mix(bits_of(x[j]) ^ s[j]);
#pragma omp simd reduction(+ : above)
		for (size_t j = i + 1; j < n; j++)
			above += r[j] * mix(bits_of(x[j]) ^ own);
		*lower += r[i] * below;
		*upper += above;
	}
}
