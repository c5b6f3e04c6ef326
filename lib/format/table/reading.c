/* SPDX-License-Identifier: MIT */
#include "format/table/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

const char *gx_reading_given(const struct gx_reading *r)
{
	return r->delimiter	       ? "--delimiter"
	       : r->skip_lines	       ? "--skip-lines"
	       : r->comment	       ? "--comment"
	       : r->header	       ? "--header"
	       : r->no_header	       ? "--no-header"
	       : r->id_column	       ? "--id-column"
	       : r->skip_columns       ? "--skip-columns"
	       : r->columns	       ? "--columns"
	       : r->all_columns	       ? "--all-columns"
	       : r->na		       ? "--na"
	       : r->transposed	       ? "--transposed"
	       : r->decimal_comma      ? "--decimal-comma"
	       : r->skip_blank	       ? "--skip-blank"
	       : r->trailing_delimiter ? "--trailing-delimiter"
	       : r->feature_type       ? "--feature-type"
	       : r->dataset	       ? "--dataset"
	       : r->sample_column      ? "--sample-column"
				       : NULL;
}

/*
 * Each text has its bytes counted before it: whatever is in it, it is not taken for more. What
 * HDF5 alone has is refused of text (operand.c), and is no part of it.
 */
char *gx_reading_describe(const struct gx_reading *r)
{
	const struct {
		const char *name, *value;
	} named[] = { { "id-column", r->id_column },
		      { "skip-columns", r->skip_columns },
		      { "columns", r->columns },
		      { "na", r->na },
		      { "feature-type", r->feature_type } };
	const struct {
		const char *name;
		bool set;
	} flags[] = { { "no-header", r->no_header },
		      { "header", r->header },
		      { "transposed", r->transposed },
		      { "decimal-comma", r->decimal_comma },
		      { "skip-blank", r->skip_blank },
		      { "trailing-delimiter", r->trailing_delimiter },
		      { "all-columns", r->all_columns } };
	size_t room = 260;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		room += named[i].value ? strlen(named[i].value) + 40 : 0;
	char *text = gx_allocate_zeroed(room, 1), *p = text;
	if (r->delimiter)
		p += sprintf(p, "delimiter=%d ", r->delimiter);
	if (r->skip_lines)
		p += sprintf(p, "skip-lines=%" PRIu64 " ", r->skip_lines);
	if (r->comment)
		p += sprintf(p, "comment=%d ", r->comment);
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (named[i].value)
			p += sprintf(p, "%s=%zu:%s ", named[i].name, strlen(named[i].value),
				     named[i].value);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i].set)
			p += sprintf(p, "%s ", flags[i].name);
	return text;
}
