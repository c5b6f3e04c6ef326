/* SPDX-License-Identifier: MIT */
/*
 * Sample sheets: text with a line for each sample, as spreadsheets and R write it, compressed or
 * not, from a file or a pipe.
 *
 *	struct gx_sheet sheet = { 0 };
 *	gx_sheet_open(&sheet, "samples.csv");
 *	while (gx_sheet_next(&sheet))
 *		... sheet.field, sheet.line ...
 *	gx_sheet_close(&sheet);
 *
 * TABs part the fields where the first line has one, else commas. Fields may be in quotes, those
 * inside doubled, with delimiters and line ends inside (RFC 4180). Blanks around a field, blank
 * lines and a byte order mark are passed over; so are lines above the first that begin with #,
 * unless one has as many fields as that line. What cannot be a sheet is exit 1, with its line.
 */
#ifndef GX_SHEET_H
#define GX_SHEET_H

#include "base/names.h"
#include "bytes/lines.h"

struct gx_sheet {
	const char *name;      /* for messages: the path, or "<stdin>" */
	int delimiter;	       /* TAB or comma */
	struct gx_names field; /* of the line that was read last */
	uint64_t line;	       /* where that begins, from 1 */

	/* private */
	struct gx_lines lines;
	uint64_t plain; /* the first line that does not begin with # */
	size_t width;	/* its fields */
	char *text;	/* a line whose quotes have line ends in them */
	size_t room;
	struct gx_names raw;
};

/* Opens a path, which must outlive the sheet; "-" is standard input. */
void gx_sheet_open(struct gx_sheet *sheet, const char *path);

/* Moves to the next line that is not blank; false behind the last one. */
bool gx_sheet_next(struct gx_sheet *sheet);

/* Closes it, after a last look whether it changed meanwhile. */
void gx_sheet_close(struct gx_sheet *sheet);

#endif
