/* SPDX-License-Identifier: MIT */
/* Which byte parts the fields of a text table. */
#ifndef GX_TABLE_DELIMITER_H
#define GX_TABLE_DELIMITER_H

#include <stddef.h>

#include "format/table/head.h"

/*
 * The delimiter that was asked for, or the one that the header, which is the present line,
 * and the line behind it tell. Dies with exit 1 where commas or semicolons could be
 * decimal points, with exit 2 where what was asked for says two things.
 */
int gx_delimiter_choose(struct gx_head *head);

/*
 * The same of two lines, as they are: 0 where nothing tells. Nothing is refused. `row` is
 * NULL where there is none.
 */
int gx_delimiter_of(const struct gx_reading *reading, const char *header, size_t nheader,
		    const char *row, size_t nrow);

/* The same of the present line and the one behind it. The present line stays. */
int gx_delimiter_told(struct gx_head *head);

/*
 * Of a table whose single spaces were taken for delimiters: dies with exit 1 where field
 * `from` (from 0) of the present line, or one behind it, is empty and without quotes.
 * That is no missing value, but a table that is aligned by several spaces.
 */
void gx_delimiter_refuse_aligned(const struct gx_head *head, size_t from);

#endif
