/* SPDX-License-Identifier: MIT */
/*
 * Co-expression modules in simulated values. Of every 2 K rows in turn the first K belong to
 * modules 0 .. K - 1, the other K to none: a row's module depends on its number and K alone.
 *
 * In each column a module has a normal factor f of its own. The normal quantile z of a cell of the
 * module becomes
 *	sqrt(strength) * f + sqrt(1 - strength) * z,
 * which is normal as z was, and has the correlation `strength` with the cell of every other row
 * of the module. f is the quantile of a u, drawn as that of a cell: the module's number is in the
 * place of the row's, and GX_MODULE_DRAW is the draw.
 */
#ifndef GX_MODULE_H
#define GX_MODULE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/philox.h"

/* The draw word of what belongs to a module: bit 30, which no draw of a cell or row has. */
#define GX_MODULE_DRAW UINT32_C(0x40000000)

/* The module of a row, from 0; GX_UNKNOWN: none. nmodule is from 1 to 2^62. */
uint64_t gx_module_of_row(uint64_t row, uint64_t nmodule);

/*
 * How many of n >= 1 rows from `row` on are alike: all in no module, or each in the module that
 * follows that of the row before.
 */
size_t gx_module_run(uint64_t row, size_t n, uint64_t nmodule);

/* What does not change from row to row. */
struct gx_module_mixing {
	uint64_t nmodule;
	struct gx_philox_schedule schedule;
	double of_module; /* sqrt(strength) */
	double of_cell;	  /* sqrt(1 - strength) */
};

/* 0 < strength < 1, where there are modules. */
void gx_module_mixing_init(struct gx_module_mixing *mixing, uint64_t seed, uint64_t nmodule,
			   double strength);

/*
 * Mixes z[nrow][ncol], rows from first_row and columns from 2 first_pair on. Rows of no module
 * stay as they are. nrow * ncol is at most GX_TRANSFORM_BLOCK.
 */
void gx_module_mix(const struct gx_module_mixing *mixing, uint64_t first_row, size_t nrow,
		   uint64_t first_pair, size_t ncol, double *z);

#endif
