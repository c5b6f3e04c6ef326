/* SPDX-License-Identifier: MIT */
/*
 * Which line of a text table is its header: behind titles and notes, or a comment that is
 * the header.
 */
#ifndef GX_TABLE_OPENING_H
#define GX_TABLE_OPENING_H

#include <stdint.h>

#include "format/table/head.h"
#include "format/table/preamble.h"

/*
 * The present line is the first one behind the preamble. Moves to the header, or with
 * --no-header stays at the first row. Returns the delimiter.
 *
 * A title is a line whose first field alone is not empty, above a line that is a header and
 * fits the rows below it; at most two rows are looked at. The comment directly above the
 * rows is the header where it has their number of fields, or one less, and words above
 * values; its '#' is cut off then. Dies with exit 1 where two readings are left.
 */
int gx_opening_find(struct gx_head *head, const struct gx_preamble *preamble);

/*
 * The number of the first line behind the present one that could be a header, with rows
 * below that fit it; 0: there is none among the next few hundred. For messages: the present
 * line stays.
 */
uint64_t gx_opening_suggest(struct gx_head *head);

#endif
