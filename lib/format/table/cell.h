/* SPDX-License-Identifier: MIT */
/* What a field of a row says, when it is to be a value. */
#ifndef GX_TABLE_CELL_H
#define GX_TABLE_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "format/table/reading.h"

enum gx_cell {
	GX_CELL_NONE, /* there is no such field */
	GX_CELL_TEXT,
	GX_CELL_NUMBER,
	GX_CELL_MISSING,
	GX_CELL_EMPTY, /* missing, without a token for it */
	GX_CELL_COMMA, /* text that would be a number but for commas: 1,5 or 1,234 or 1,234,567 */
};

/* Takes the blanks from both ends. */
void gx_cell_trim(const char **text, size_t *n);

/*
 * What a trimmed text is - text, a number, or missing - and its value, unless it is text.
 * `missing`: tokens that are missing values besides those that always are.
 */
enum gx_cell gx_cell_read(const char *text, size_t n, bool decimal_comma,
			  const struct gx_names *missing, double *value);

/*
 * Whether a trimmed text has digits, signs and one comma, and nothing else; or is a number
 * with commas between its thousands.
 */
bool gx_cell_has_comma(const char *text, size_t n);

/*
 * Whether a trimmed text proves that no comma of its table is a decimal one: a number with a
 * decimal point, or with more commas than one between thousands.
 */
bool gx_cell_has_point(const char *text, size_t n);

/* What a field is, with blanks around it or not: gx_cell_read, and which text, which missing. */
enum gx_cell gx_cell_kind(const char *field, bool decimal_comma,
			  const struct gx_names *missing);

/*
 * Whether a field is a value as `reading` has them: a number or a token that is missing,
 * with blanks around it or not. The empty field is none: it proves nothing.
 */
bool gx_cell_is_value(const char *text, const struct gx_reading *reading);

/* The value of such a field; NaN where it is missing. */
double gx_cell_value(const char *text, const struct gx_reading *reading);

#endif
