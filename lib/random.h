/* SPDX-License-Identifier: MIT */
/*
 * Simulated expression values. A cell is a function of the seed, its row and its column
 * alone: any block of rows of a simulation can be made by itself, by any thread, at any
 * SIMD width, and has the bits that it has in the whole.
 *
 * Generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy
 * as 1, 2, 3. SC'11).
 */
#ifndef GX_RANDOM_H
#define GX_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* One call of the generator: four 32-bit words out of a counter and a key. */
void gx_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

enum gx_distribution_kind {
	GX_EXPONENTIAL, /* scale */
	GX_UNIFORM,     /* on (0, scale) */
	GX_NORMAL,      /* mean, sd */
	GX_LOGNORMAL,   /* mean, sd of the logarithm */
	GX_NBINOM,      /* mean, sd (of the gene means' logarithm), dispersion */
};

struct gx_distribution {
	enum gx_distribution_kind kind;
	uint64_t seed;
	double scale;
	double mean;
	double sd;
	double dispersion;
};

/*
 * Fills out[nrow][ncol], row-major, with rows first_row .. first_row + nrow - 1 (counted
 * from 0) of a simulation with ncol columns. ncol is 1 .. 2^33 (the column's number >> 1
 * is a 32-bit counter word). `out` need not be aligned, but is faster at 64.
 */
void gx_random_rows(const struct gx_distribution *distribution, uint64_t first_row,
		    size_t nrow, size_t ncol, double *out);

/* NULL, or a phrase naming the parameter that is out of its domain and the domain. */
const char *gx_distribution_check(const struct gx_distribution *distribution);

#endif
