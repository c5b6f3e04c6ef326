/* SPDX-License-Identifier: MIT */
#include "format/table/field.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "number/number.h"

char *gx_field_print(const char *name, size_t nname, char delimiter, char *out)
{
	bool quote = nname && name[0] == '"';
	for (size_t i = 0; i < nname && !quote; i++)
		quote = name[i] == delimiter || name[i] == '\t' || name[i] == '\n' ||
			name[i] == '\r';
	if (!quote) {
		memcpy(out, name, nname);
		return out + nname;
	}
	*out++ = '"';
	for (size_t i = 0; i < nname; i++) {
		if (name[i] == '"')
			*out++ = '"';
		*out++ = name[i];
	}
	*out++ = '"';
	return out;
}

/* ---- reading ---- */

static const char *unquoted_end(const char *p, const char *end, int delimiter)
{
	if (delimiter == GX_WHITESPACE) {
		while (p < end && !gx_is_blank(*p))
			p++;
		return p;
	}
	const char *stop = memchr(p, delimiter, (size_t)(end - p));
	return stop ? stop : end;
}

const char *gx_field_read(const char *p, const char *end, int delimiter, char *scratch,
			  const char **text, size_t *ntext)
{
	while (delimiter == GX_WHITESPACE && p < end && gx_is_blank(*p))
		p++;
	if (p == end || *p != '"') {
		const char *stop = unquoted_end(p, end, delimiter);
		*text = p;
		*ntext = (size_t)(stop - p);
		return stop;
	}
	char *out = scratch;
	for (p++; p < end; p++) {
		if (*p == '"') {
			if (p + 1 < end && p[1] == '"') {
				*out++ = *p++;
				continue;
			}
			*text = scratch;
			*ntext = (size_t)(out - scratch);
			p++;
			return p == end || unquoted_end(p, end, delimiter) == p ? p
										: NULL;
		}
		*out++ = *p;
	}
	return NULL;
}

bool gx_line_split(const char *line, size_t n, const struct gx_parting *parting,
		   struct gx_names *fields)
{
	const char *p = line, *end = line + n, *text;
	const int delimiter = parting->delimiter;
	if (memchr(line, 0, n))
		return false;
	char *scratch = gx_allocate(n + 1, 1);
	while (delimiter == GX_WHITESPACE && end > p && gx_is_blank(end[-1]))
		end--;
	for (size_t ntext, field = 0;; p++, field++) {
		if (field >= parting->raw_first && field < parting->raw_last) {
			text = p;
			p = unquoted_end(p, end, delimiter);
			ntext = (size_t)(p - text);
		} else {
			p = gx_field_read(p, end, delimiter, scratch, &text, &ntext);
		}
		if (p)
			gx_names_add(fields, text, ntext);
		if (!p || p == end)
			break;
	}
	free(scratch);
	return p != NULL;
}

bool gx_field_is_missing(const char *text, size_t ntext)
{
	static const char *const tokens[] = { "", "NA", "NaN", "N/A", "null" };
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		if (strlen(tokens[i]) == ntext &&
		    strncasecmp(tokens[i], text, ntext) == 0)
			return true;
	return false;
}

bool gx_field_is_number(const char *text)
{
	double value;
	size_t n = strlen(text);
	char *copy = gx_allocate_zeroed(n + 1 + GX_NUMBER_SLACK, 1);
	memcpy(copy, text, n);
	bool number = n && gx_number_parse(copy, &value) == copy + n;
	free(copy);
	return number;
}

bool gx_line_is_blank(const char *line, size_t nline, int delimiter)
{
	for (size_t i = 0; i < nline; i++)
		if (!gx_is_blank(line[i]) && line[i] != delimiter)
			return false;
	return true;
}
