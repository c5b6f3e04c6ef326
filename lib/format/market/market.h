/* SPDX-License-Identifier: MIT */
/* MatrixMarket: what 10x has beside its matrix. */
#ifndef GX_MARKET_H
#define GX_MARKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/facts.h"
#include "base/names.h"
#include "format/table/reading.h"

/*
 * The path of the matrix that `path` names: in a directory, matrix.mtx (or .gz, .zst), or the
 * only file there is whose name ends so; where nothing is called `path`, that with matrix.mtx
 * behind it. In *beside then what the paths of the files beside it begin with: "DIR/",
 * "DIR/GSM1_". Both to be freed. NULL where the path is none of these. Dies where a directory
 * has no matrix (1) or several (2).
 */
char *gx_market_find(const char *path, char **beside);

#define GX_MARKET_DROPPED UINT32_MAX /* no number of a row */

struct gx_market_names {
	uint64_t nrow, ncol;	/* of the matrix: so many names there must be */
	bool named;		/* rows have names */
	struct gx_names rows, columns;
	/*
	 * --feature-type: the rows chosen, how many, and of each row of the matrix its number
	 * among them, from 0, or GX_MARKET_DROPPED. NULL: all rows.
	 */
	uint32_t *number;
	uint64_t nchosen;
};

/*
 * Reads the names beside a matrix: of the columns, and of the rows from the column --id-column
 * of the features file (the first; "none"). Dies where they do not belong to the matrix, and
 * with exit 2 where the features are of several kinds and none is chosen, unless `all_kinds`.
 * Tells the kinds. For --explain (head_only) the files have to be there; names are not counted,
 * and those of the columns are not read.
 */
void gx_market_names_read(const char *beside, const struct gx_reading *reading, bool all_kinds,
			  bool head_only, struct gx_facts *facts, struct gx_market_names *names);

#endif
