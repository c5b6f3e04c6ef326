/* SPDX-License-Identifier: MIT */
#include "format/table/delimiter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/field.h"

static const char delimiters[] = "\t,; ";

/* The end of the quoted field that begins at p; p where it does not close as one does. */
static const char *quoted_end(const char *p, const char *end)
{
	for (const char *q = p + 1; q < end; q++) {
		if (*q != '"')
			continue;
		if (q + 1 < end && q[1] == '"')
			q++;
		else
			return q + 1 == end || (q[1] && strchr(delimiters, q[1])) ? q + 1
										  : p;
	}
	return p;
}

/* Which of the bytes that may part fields are in a line, outside of quoted fields. */
static void find_delimiters(const char *line, size_t nline, bool found[128])
{
	bool at_start = true; /* of a field: a quote means something here */
	for (const char *p = line, *end = line + nline; p < end; p++) {
		if (at_start && *p == '"') {
			const char *stop = quoted_end(p, end);
			if (stop == end)
				return;
			p = stop;
		}
		at_start = *p && strchr(delimiters, *p);
		if (at_start)
			found[(unsigned char)*p] = true;
	}
}

#define SEMICOLONS                                                                         \
	"semicolons between the fields, as spreadsheets with a decimal comma write them: use " \
	"--delimiter ';', and --decimal-comma where 1,5 is one and a half"

/*
 * Whether all fields but the first, between semicolons, are numbers, and one of them has a
 * decimal comma.
 */
static bool is_decimal_comma_row(const char *line, size_t nline)
{
	const char *end = line + nline, *p = memchr(line, ';', nline);
	bool comma = false;
	while (p) {
		const char *stop = memchr(p + 1, ';', (size_t)(end - p - 1));
		size_t n = (size_t)((stop ? stop : end) - p - 1);
		char *field = gx_allocate_zeroed(n + 1, 1);
		memcpy(field, p + 1, n);
		for (char *q = field; *q; q++) {
			comma |= *q == ',';
			*q = *q == ',' ? '.' : *q;
		}
		bool number = gx_field_is_number(field) || gx_field_is_missing(field, n);
		free(field);
		if (!number)
			return false;
		p = stop;
	}
	return comma;
}

/*
 * Whether a row has one TAB, and a value behind it: the name of the one sample, and of the
 * gene, may have blanks and commas then.
 */
static bool is_one_value_behind_tab(const char *line, size_t nline, bool comma_is_point)
{
	const char *tab = memchr(line, '\t', nline), *end = line + nline;
	if (!tab || memchr(tab + 1, '\t', (size_t)(end - tab - 1)))
		return false;
	size_t n = (size_t)(end - tab - 1);
	char *field = gx_allocate_zeroed(n + 1, 1);
	memcpy(field, tab + 1, n);
	for (char *p = field; *p && comma_is_point; p++)
		*p = *p == ',' ? '.' : *p;
	bool value = gx_field_is_number(field) || gx_field_is_missing(field, n);
	free(field);
	return value;
}

/*
 * A TAB in the header is the delimiter; else what both the header and the first row have;
 * a header of one name may have none, or only what stands in that name: then the row
 * tells.
 */
int gx_delimiter_of(const struct gx_reading *reading, const char *header, size_t nheader,
		    const char *row, size_t nrow)
{
	const bool comma_is_point = reading->decimal_comma, rows = row && nrow;
	bool in_header[128] = { false }, in_row[128] = { false };
	if (reading->delimiter)
		return reading->delimiter;
	find_delimiters(header, nheader, in_header);
	if (rows)
		find_delimiters(row, nrow, in_row);
	if (in_header['\t'])
		return '\t';
	int chosen = 0;
	const char *order = comma_is_point ? "\t; ," : "\t, ;";
	for (const char *c = order; *c && !chosen; c++)
		if (in_header[(int)*c] && (!rows || in_row[(int)*c]))
			chosen = *c;
	for (const char *c = order; *c && !chosen; c++)
		if (in_row[(int)*c])
			chosen = *c;
	if (chosen != '\t' && rows && is_one_value_behind_tab(row, nrow, comma_is_point))
		return '\t';
	return chosen;
}

int gx_delimiter_told(struct gx_head *head)
{
	const char *row = NULL;
	size_t nrow = 0;
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	return gx_delimiter_of(head->reading, head->lines.text, head->lines.n, row, nrow);
}

/*
 * Commas part both lines as well as semicolons do where they are decimal points: the row's
 * fields tell.
 */
static bool has_decimal_commas(const struct gx_head *head, const char *row, size_t nrow)
{
	return !memchr(head->lines.text, '\t', head->lines.n) &&
	       memchr(head->lines.text, ';', head->lines.n) && memchr(row, ';', nrow) &&
	       memchr(row, ',', nrow) && is_decimal_comma_row(row, nrow);
}

int gx_delimiter_choose(struct gx_head *head)
{
	const struct gx_reading *reading = head->reading;
	const char *row = NULL;
	size_t nrow = 0;
	if (reading->delimiter == ',' && reading->decimal_comma)
		gx_die_usage("--delimiter , and --decimal-comma: which comma is which cannot "
			     "be told");
	if (reading->delimiter)
		return reading->delimiter;
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	if (row && !reading->decimal_comma && has_decimal_commas(head, row, nrow))
		gx_head_refuse(head, SEMICOLONS);
	int chosen = gx_delimiter_of(reading, head->lines.text, head->lines.n, row, nrow);
	if (chosen == ',' && reading->decimal_comma)
		gx_head_refuse(head, "commas part the fields, so none of them is a decimal "
				     "comma: leave --decimal-comma out");
	if (chosen == ';' && !reading->decimal_comma)
		gx_head_refuse(head, SEMICOLONS);
	return chosen ? chosen : '\t';
}

void gx_delimiter_refuse_aligned(const struct gx_head *head, size_t from)
{
	const char *p = head->lines.text, *end = p + head->lines.n, *text;
	char *scratch = gx_allocate(head->lines.n + 1, 1);
	size_t n;
	for (size_t i = 0; p; i++, p = p < end ? p + 1 : NULL) {
		const char *start = p;
		p = gx_field_read(p, end, ' ', scratch, &text, &n);
		if (p && i >= from && n == 0 && text == start)
			gx_head_refuse(
				head,
				"several spaces between fields: --delimiter whitespace takes them "
				"as one (--delimiter space as empty fields between them)");
		if (!p)
			break;
	}
	free(scratch);
}
