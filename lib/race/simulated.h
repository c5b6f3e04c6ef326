/* SPDX-License-Identifier: MIT */
#ifndef GX_SIMULATED_H
#define GX_SIMULATED_H

#include "kernel/distribution.h"
#include "stream/whole.h"

/* Fills *whole, {0} before, with a simulated matrix, by nthread threads. */
void gx_race_simulate(const struct gx_distribution *distribution, size_t nrow, size_t ncol,
		      int nthread, struct gx_whole *whole);

#endif
