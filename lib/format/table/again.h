/* SPDX-License-Identifier: MIT */
/* The header among the rows, where tables were put behind each other. */
#ifndef GX_TABLE_AGAIN_H
#define GX_TABLE_AGAIN_H

#include <stdbool.h>

#include "format/table/dialect.h"

/* What is wrong then, and what to do; the command that takes the line out follows. */
#define GX_HEADER_AGAIN                                                                     \
	"the header again: were tables put behind each other? name the files one by one, or "  \
	"take this line out: "

/*
 * Whether a line has the header's fields: all of them, or all but the corner, or a corner
 * more; a '#', quotes, a byte order mark and empty fields at its end do not count. Any thread.
 */
bool gx_header_again(const struct gx_dialect *dialect, const char *line, const char *end);

#endif
