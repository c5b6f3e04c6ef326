/* SPDX-License-Identifier: MIT */
/* Simulated counts, as those of RNA sequencing. distribution.h says what they are. */
#ifndef GX_NEGATIVE_BINOMIAL_H
#define GX_NEGATIVE_BINOMIAL_H

#include <stddef.h>
#include <stdint.h>

struct gx_negative_binomial {
	uint64_t seed;
	double mean, sd;   /* of the rows' means, and of their logarithm */
	double dispersion; /* variance = mean + dispersion * mean^2 */
	uint64_t nmodule;  /* 0: none */
	double strength;
};

/* Below it no double tells the counts from Poisson ones. */
#define GX_POISSON_DISPERSION 0x1p-110

/* gx_random_rows for GX_NBINOM; the parameters are in the domain that it asks for. */
void gx_negative_binomial_rows(const struct gx_negative_binomial *parameters,
			       uint64_t first_row, size_t nrow, size_t ncol, double *out);

#endif
