/* SPDX-License-Identifier: MIT */
/* Fields of text tables, as they are read and as gx writes them. */
#ifndef GX_FIELD_H
#define GX_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "format/table/reading.h" /* GX_WHITESPACE */

/*
 * Writes a name at out, in quotes (those inside doubled) where it holds the delimiter, a
 * TAB (which in a header would be taken for one) or a line end, or begins with a quote;
 * returns the end. Needs room for 2 * nname + 2 bytes.
 */
char *gx_field_print(const char *name, size_t nname, char delimiter, char *out);

/*
 * One field of a line: the text without its quotes in *text (in `scratch`, of at least
 * end - p bytes, where quotes are doubled inside), and where the field ends: at the
 * delimiter or at `end`. NULL: a quote is not closed, or something follows it.
 */
const char *gx_field_read(const char *p, const char *end, int delimiter, char *scratch,
			  const char **text, size_t *ntext);

/* How a line is parted into fields. */
struct gx_parting {
	int delimiter;		    /* a byte, or GX_WHITESPACE */
	size_t raw_first, raw_last; /* quotes mean nothing in fields [raw_first, raw_last) */
};

/*
 * Adds the fields of a line, without their quotes; false where a quote is wrong, which is
 * known behind the fields before it, or where a NUL is in the line, which no name can have.
 */
bool gx_line_split(const char *line, size_t n, const struct gx_parting *parting,
		   struct gx_names *fields);

/* Whether the text is a missing value: empty, NA, NaN, N/A or null in any case. */
bool gx_field_is_missing(const char *text, size_t ntext);

/* Whether the whole of a string is a number as tables have them, with a decimal point. */
bool gx_field_is_number(const char *text);

/* Whether a line has nothing but blanks and bytes that part fields. */
bool gx_line_is_blank(const char *line, size_t nline, int delimiter);

static inline bool gx_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

#endif
