/* SPDX-License-Identifier: MIT */
#include "format/table/cell.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/field.h"
#include "number/number.h"

void gx_cell_trim(const char **text, size_t *n)
{
	while (*n && gx_is_blank(**text))
		++*text, --*n;
	while (*n && gx_is_blank((*text)[*n - 1]))
		--*n;
}

static bool is_missing(const struct gx_names *missing, const char *text, size_t n)
{
	if (gx_field_is_missing(text, n))
		return true;
	const char *token = missing->text;
	for (size_t i = 0; i < missing->n; i++, token = gx_names_next(token))
		if (strlen(token) == n && memcmp(token, text, n) == 0)
			return true;
	return false;
}

enum gx_cell gx_cell_read(const char *text, size_t n, bool decimal_comma,
			  const struct gx_names *missing, double *value)
{
	if (is_missing(missing, text, n)) {
		const uint64_t bits = GX_NAN_BITS;
		memcpy(value, &bits, sizeof bits);
		return GX_CELL_MISSING;
	}
	/* The text may be a piece of a longer one: a copy ends where it ends. */
	char small[64 + GX_NUMBER_SLACK] = { 0 };
	char *copy = n < 64 ? small : gx_allocate_zeroed(n + 1 + GX_NUMBER_SLACK, 1);
	memcpy(copy, text, n);
	bool good = true;
	for (char *p = copy; decimal_comma && p < copy + n; p++) {
		good &= *p != '.'; /* of thousands: not told from a decimal point */
		*p = *p == ',' ? '.' : *p;
	}
	good = good && gx_number_parse(copy, value) == copy + n;
	if (copy != small)
		free(copy);
	return good ? GX_CELL_NUMBER : GX_CELL_TEXT;
}
