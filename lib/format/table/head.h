/* SPDX-License-Identifier: MIT */
/*
 * The lines at the head of a text table, looked at one after the other without consuming
 * the input.
 */
#ifndef GX_TABLE_HEAD_H
#define GX_TABLE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gx.h"
#include "base/names.h"
#include "bytes/lines.h"
#include "format/table/reading.h"

/* Decoded bytes that may stand before the rows. Metadata of GEO has some 10 MB at most. */
#define GX_HEAD_MAX ((size_t)256 << 20)

struct gx_head {
	struct gx_lines lines; /* the present line, and its number */
	const struct gx_reading *reading;
};

/* Begins before the first line, behind a byte order mark of UTF-8. Nothing is to be freed. */
void gx_head_begin(struct gx_head *head, struct gx_input *in,
		   const struct gx_reading *reading);

/*
 * Moves to the next line; false when there is none. Bytes that are no text end the process
 * as soon as they come (bytes/lines.h).
 */
bool gx_head_next(struct gx_head *head);

/* The line behind the present one, which stays the present one; false when there is none. */
bool gx_head_look_ahead(struct gx_head *head, const char **line, size_t *nline);

/* A line that can be returned to. */
struct gx_head_mark {
	struct gx_lines lines;
	size_t offset;
};

/* The present line, and the way back to it. It stays valid as long as the head. */
struct gx_head_mark gx_head_mark(const struct gx_head *head);
void gx_head_return(struct gx_head *head, const struct gx_head_mark *mark);

/* Where the present line begins in the input. */
size_t gx_head_offset(const struct gx_head *head);

/* Whether the present line begins so. */
bool gx_head_line_begins(const struct gx_head *head, const char *text);

/* Dies with exit 1 where the present line has bytes that are in no table. */
void gx_head_check_line(const struct gx_head *head);

/*
 * Whether the present line is a comment above a table: it begins with '#', or with what the
 * user says instead.
 */
bool gx_head_is_comment(const struct gx_head *head);

/* Whether the present line has nothing but blanks and what may part fields. */
bool gx_head_is_blank(const struct gx_head *head);

/*
 * Adds all fields of the present line to *fields, without their quotes. Dies with exit 1
 * where a quote is wrong.
 */
void gx_head_split(const struct gx_head *head, int delimiter, struct gx_names *fields);

/* The same, but false where a quote is wrong. */
bool gx_head_try_split(const struct gx_head *head, int delimiter,
		       struct gx_names *fields);

/* Dies with exit 1: the input's name, the number of the present line, and the message. */
void gx_head_refuse(const struct gx_head *head, const char *format, ...)
	GX_PRINTF(2, 3) GX_NORETURN GX_COLD;

#endif
