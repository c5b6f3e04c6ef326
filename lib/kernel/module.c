/* SPDX-License-Identifier: MIT */
/*
 * The factors are made anew for each row: a table of them would grow with the modules and the
 * columns. They take as long as the cells' own z, in half of the rows.
 */
#include "kernel/module.h"

#include <math.h>

#include "base/gx.h"
#include "kernel/transform.h"

uint64_t gx_module_of_row(uint64_t row, uint64_t nmodule)
{
	const uint64_t at = row % (2 * nmodule);

	return at < nmodule ? at : GX_UNKNOWN;
}

size_t gx_module_run(uint64_t row, size_t n, uint64_t nmodule)
{
	const uint64_t alike = nmodule - row % nmodule;

	return alike < n ? (size_t)alike : n;
}

void gx_module_mixing_init(struct gx_module_mixing *mixing, uint64_t seed, uint64_t nmodule,
			   double strength)
{
	gx_philox_schedule_init(&mixing->schedule, seed, GX_MODULE_DRAW);
	mixing->nmodule = nmodule;
	mixing->of_module = sqrt(strength);
	mixing->of_cell = sqrt(1 - strength);
}

GX_CLONES static void mix(double of_module, const double *factor, double of_cell, double *z,
			  size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		z[i] = of_module * factor[i] + of_cell * z[i];
}

void gx_module_mix(const struct gx_module_mixing *mixing, uint64_t first_row, size_t nrow,
		   uint64_t first_pair, size_t ncol, double *z)
{
	double factor[GX_TRANSFORM_BLOCK];

	for (size_t i = 0, n; i < nrow; i += n) {
		const uint64_t module = gx_module_of_row(first_row + i, mixing->nmodule);

		n = gx_module_run(first_row + i, nrow - i, mixing->nmodule);
		if (module == GX_UNKNOWN)
			continue;
		gx_philox_rows(&mixing->schedule, module, n, first_pair, ncol, factor);
		gx_transform_quantile(factor, n * ncol);
		mix(mixing->of_module, factor, mixing->of_cell, z + i * ncol, n * ncol);
	}
}
