/* SPDX-License-Identifier: MIT */
/*
 * Simulated expression values. A cell is a function of the seed, its row and its column
 * alone: any block of rows of a simulation can be made by itself, by any thread, at any
 * SIMD width, and has the bits that it has in the whole.
 *
 *	struct gx_distribution distribution = {
 *		.kind = GX_EXPONENTIAL, .seed = 1, .scale = 10,
 *	};
 *	const char *wrong = gx_distribution_check(&distribution);     NULL: in its domain
 *	gx_random_rows(&distribution, 1000, 655, 50, out);   rows 1000 .. 1654 of 50 columns
 */
#ifndef GX_DISTRIBUTION_H
#define GX_DISTRIBUTION_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a cell is, with u uniform on (0, 1), a multiple of 2^-53, and z the normal quantile
 * of u (|z| < 8.3). A parameter that a kind does not name is not looked at.
 *
 * GX_NBINOM gives counts like those of RNA sequencing: every row (gene) has a mean
 * mean * exp(sd * z), and its cells are negative binomial with that mean, m, and variance
 * m + dispersion * m^2; dispersion 0 (and below 2^-110, which no double tells from it) is
 * Poisson. Counts are whole numbers; above 2^53, where not every whole number is a double,
 * they are rounded. The cost of a cell does not grow with the mean.
 */
enum gx_distribution_kind {
	GX_EXPONENTIAL, /* -scale * ln(u) */
	GX_UNIFORM,     /* scale * u */
	GX_NORMAL,      /* mean + sd * z */
	GX_LOGNORMAL,   /* exp(mean + sd * z) */
	GX_NBINOM,      /* counts: mean, sd (of the gene means' logarithm), dispersion */
};

struct gx_distribution {
	enum gx_distribution_kind kind;
	uint64_t seed;
	double scale;      /* above 0, at most 1e300 */
	double mean;       /* at most 1e300 in magnitude; GX_NBINOM: above 0 */
	double sd;         /* 0 .. 1e300 */
	double dispersion; /* at least 0, finite */

	/*
	 * Co-expression modules (module.h), 0: none. The cells of a module's rows are made from
	 * the mixed z, or from the u that z is the quantile of. A count takes it for the first
	 * normal variable of its gamma variable; its row's mean is as it was, and the dispersion
	 * must not be so small that there is no gamma variable. Rows of no module have the
	 * values that they have without modules.
	 */
	uint64_t nmodule;
	double strength; /* above 0, below 1; not looked at without modules */
};

/*
 * NULL when the parameters are in their domain, otherwise a phrase that names the option at
 * fault and its domain, "--scale must be above 0 and at most 1e300". Beyond the single
 * domains above, what could overflow to Inf is refused: GX_LOGNORMAL wants
 * mean + 8.3 * sd <= 709 (with modules 11.7 in place of 8.3), GX_NBINOM
 * mean * exp(8.3 * sd) <= 1e290. In the domain, every value is finite, and gx_random_rows
 * ends.
 */
const char *gx_distribution_check(const struct gx_distribution *distribution);

/*
 * Fills out[nrow][ncol], row-major, with rows first_row .. first_row + nrow - 1 (counted
 * from 0) of a simulation with ncol columns. ncol is at most 2^33 (the column's number >> 1
 * is a 32-bit counter word). `out` need not be aligned, but is faster at 64. The parameters
 * must have passed gx_distribution_check.
 */
void gx_random_rows(const struct gx_distribution *distribution, uint64_t first_row,
		    size_t nrow, size_t ncol, double *out);

#endif
