/* SPDX-License-Identifier: MIT */
/* MatrixMarket: what a 10x directory has beside its matrix. */
#ifndef GX_MARKET_H
#define GX_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"

/* The path of matrix.mtx, or of it compressed, in a directory: to be freed, or NULL. */
char *gx_market_find(const char *directory);

struct gx_market_names {
	uint64_t nrow, ncol;	/* of the matrix: so many names there must be */
	bool named;		/* rows have names */
	struct gx_names rows, columns;
};

/*
 * Reads the names beside a matrix: of the columns, and of the rows from column `id` of the
 * features file (NULL: the first; "none"). For --explain (head_only) the files have to be
 * there, and are not read. Dies where they do not belong to the matrix.
 */
void gx_market_names_read(const char *directory, const char *id, bool head_only,
			  struct gx_market_names *names);

#endif
