/* SPDX-License-Identifier: MIT */
#include "race/simulated.h"

void gx_race_simulate(const struct gx_distribution *distribution, size_t nrow, size_t ncol,
		      int nthread, struct gx_whole *whole)
{
	gx_whole_make(whole, nrow, ncol);
	size_t block = 65536 / ncol + 1, nblock = (nrow + block - 1) / block;
#pragma omp parallel for num_threads(nthread) schedule(dynamic)
	for (size_t i = 0; i < nblock; i++) {
		size_t first = i * block, left = nrow - first;
		gx_random_rows(distribution, first, left < block ? left : block, ncol,
			       whole->value + first * ncol);
	}
}
