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

/* Whether one of the tokens of a list, with commas between, is this. */
static bool is_listed(const char *list, const char *text, size_t n)
{
	for (const char *p = list; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (strcspn(p, ",") == n && memcmp(p, text, n) == 0)
			return true;
	return false;
}

/* 1,234,567 or -1,234.5: three digits behind each comma; *commas: how many, *point: a point. */
static bool has_thousands(const char *text, size_t n, size_t *commas, bool *point)
{
	size_t i = n && (text[0] == '-' || text[0] == '+'), digits = 0;
	*commas = 0;
	for (; i < n && text[i] != '.'; i++) {
		bool comma = text[i] == ',';
		if (comma ? (*commas ? digits != 3 : digits < 1 || digits > 3)
			  : text[i] < '0' || text[i] > '9')
			return false;
		*commas += comma;
		digits = comma ? 0 : digits + 1;
	}
	*point = i < n;
	for (i++; i < n; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return *commas && digits == 3;
}

bool gx_cell_has_point(const char *text, size_t n)
{
	const struct gx_names none = { 0 };
	size_t commas;
	bool point;
	double value;
	if (has_thousands(text, n, &commas, &point))
		return commas > 1 || point;
	return memchr(text, '.', n) &&
	       gx_cell_read(text, n, false, &none, &value) == GX_CELL_NUMBER;
}

bool gx_cell_has_comma(const char *text, size_t n)
{
	size_t thousands;
	bool point;
	if (has_thousands(text, n, &thousands, &point))
		return true;
	size_t commas = 0, digits = 0;
	for (size_t i = 0; i < n; i++) {
		commas += text[i] == ',';
		digits += text[i] >= '0' && text[i] <= '9';
		if (!text[i] || !strchr("0123456789+-,", text[i]))
			return false;
	}
	return commas == 1 && digits > 0;
}

enum gx_cell gx_cell_kind(const char *field, bool decimal_comma,
			  const struct gx_names *missing)
{
	size_t n = strlen(field);
	double value;
	gx_cell_trim(&field, &n);
	if (n == 0)
		return GX_CELL_EMPTY;
	enum gx_cell cell = gx_cell_read(field, n, decimal_comma, missing, &value);
	return cell == GX_CELL_TEXT && !decimal_comma && gx_cell_has_comma(field, n)
		       ? GX_CELL_COMMA
		       : cell;
}

static enum gx_cell read_field(const char *text, const struct gx_reading *reading, double *value)
{
	const struct gx_names none = { 0 };
	size_t n = strlen(text);
	gx_cell_trim(&text, &n);
	if (n == 0)
		return GX_CELL_EMPTY;
	/* A token of the user's is missing, whatever number it would be. */
	return is_listed(reading->na, text, n)
		       ? gx_cell_read("NA", 2, false, &none, value)
		       : gx_cell_read(text, n, reading->decimal_comma, &none, value);
}

bool gx_cell_is_value(const char *text, const struct gx_reading *reading)
{
	double value;
	enum gx_cell cell = read_field(text, reading, &value);
	return cell == GX_CELL_NUMBER || cell == GX_CELL_MISSING;
}

double gx_cell_value(const char *text, const struct gx_reading *reading)
{
	double value = 0;
	read_field(text, reading, &value);
	return value;
}
