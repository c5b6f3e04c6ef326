/* SPDX-License-Identifier: MIT */
/*
 * Which line of a text table is its header: behind titles and notes, or a comment that is
 * the header.
 */
#ifndef GX_TABLE_OPENING_H
#define GX_TABLE_OPENING_H

#include <stdbool.h>
#include <stddef.h>

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
 * Moves from the first row to the comment above it where that is the header: it is cut then.
 * Returns whether it is.
 */
bool gx_opening_take_comment(struct gx_head *head, const struct gx_head_mark *above);

/*
 * Whether the comment directly above the present line, which is a header of values, could be
 * the header as well: it begins with a word that names ids, and has as many fields.
 */
bool gx_opening_has_rival(struct gx_head *head, const struct gx_head_mark *above);

/*
 * Says where behind the present line the table seems to begin, and the option that reads it
 * so; false where no line among the next few hundred could be its header or its first row.
 * `may_be_header`: the present line may be the header of that row, which is none then if it
 * has the fields for it. For messages: the present line stays. `room`: bytes at `text`.
 */
bool gx_opening_advise(struct gx_head *head, bool may_be_header, char *text, size_t room);

#endif
