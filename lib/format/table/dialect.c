/* SPDX-License-Identifier: MIT */
#include "format/table/dialect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "format/table/cell.h"
#include "format/table/doubt.h"
#include "format/table/field.h"
#include "format/table/head.h"
#include "format/table/opening.h"
#include "format/table/preamble.h"
#include "format/table/samples.h"
#include "format/table/star.h"

static void take_tokens(const char *list, struct gx_names *tokens)
{
	for (const char *p = list;; p++) {
		size_t n = strcspn(p, ",");
		gx_names_add(tokens, p, n);
		p += n;
		if (!*p)
			break;
	}
}

static bool any_is_number(const struct gx_names *tokens)
{
	const char *token = tokens->text;
	for (size_t i = 0; i < tokens->n; i++, token = gx_names_next(token))
		if (gx_field_is_number(token))
			return true;
	return false;
}

static const char *kind_of(const struct gx_preamble *preamble,
			   const struct gx_heading *heading)
{
	if (heading->known)
		return heading->known->kind;
	return preamble->kind ? preamble->kind : "table";
}

/* What it takes to know the header again among the rows. */
static void remember_heading(struct gx_heading *heading, struct gx_dialect *d)
{
	const char *name = d->columns.text;
	d->comment = d->reading->comment ? d->reading->comment : '#';
	if (heading->header == GX_HEADER_NONE)
		return;
	/* The heading goes on to show them. */
	d->heading = heading->names;
	heading->names.room = 0;
	d->heading_of_values = d->columns.n > 0;
	for (size_t i = 0; i < d->columns.n && d->heading_of_values; i++) {
		d->heading_of_values = gx_cell_is_value(name, d->reading);
		name = gx_names_next(name);
	}
	if (d->heading_of_values)
		d->heading_value = gx_cell_value(d->columns.text, d->reading);
}

/* Looks at the first two rows. */
static void read_evidence(struct gx_input *in, const struct gx_preamble *preamble,
			  const struct gx_heading *heading, struct gx_dialect *d)
{
	const struct gx_reading *reading = d->reading;
	d->parting.delimiter = d->delimiter;
	if (preamble->is_gct) {
		d->parting.raw_first = 1;
		d->parting.raw_last = 1 + preamble->row_annotations;
	}
	const struct gx_evidence_terms terms = { .parting = d->parting,
						 .nfield = heading->nfield,
						 .trailing = heading->trailing,
						 .data = heading->data,
						 .data_line = heading->data_line,
						 .end_marker = preamble->end_marker,
						 .skip_blank = reading->skip_blank,
						 .decimal_comma = reading->decimal_comma,
						 .missing = &d->missing };
	gx_evidence_read(in, &terms, &d->evidence);
}

/* Puts together what was found. The layout's memory becomes the dialect's. */
static void describe(const struct gx_preamble *preamble, struct gx_heading *heading,
		     const struct gx_table_layout *layout, struct gx_dialect *d)
{
	d->kind = kind_of(preamble, heading);
	d->known = heading->known;
	d->counted = preamble->is_gct;
	d->header = heading->header;
	d->strict_space = heading->strict_space;
	d->trailing = heading->trailing;
	d->raw_skip = preamble->is_gct;
	d->decimal_comma = d->reading->decimal_comma;
	d->skip_blank = d->reading->skip_blank;
	d->data = heading->data;
	d->data_line = heading->data_line;
	d->end_marker = preamble->end_marker;
	d->rows = preamble->is_gct ? preamble->rows : GX_UNKNOWN;
	d->nfield = heading->nfield;
	d->nvalue = layout->nvalue;
	d->name_field = layout->name_field;
	d->field = layout->field;
	d->names = layout->names;
	d->columns = layout->columns;
	d->skipped = layout->skipped;
	d->lead = layout->lead;
	remember_heading(heading, d);
	/*
	 * All values stand behind all else, between single bytes. Tokens such as -999 are
	 * numbers to the fast loop.
	 */
	d->fast = layout->together && d->delimiter != GX_WHITESPACE && !d->decimal_comma &&
		  !d->trailing && !any_is_number(&d->missing);
}

/* The lines up to the first row. */
static void read_head(struct gx_head *head, struct gx_preamble *preamble,
		      struct gx_heading *heading, struct gx_dialect *d)
{
	gx_preamble_read(head, preamble);
	if (!preamble->kind && gx_star_read(head, heading)) {
		d->delimiter = '\t';
		return;
	}
	d->delimiter = gx_opening_find(head, preamble);
	gx_heading_read(head, preamble, d->delimiter, heading);
	gx_heading_doubt_alone(head, preamble, heading);
}

/* No table has one field a line. */
GX_NORETURN GX_COLD static void refuse_one_field(struct gx_head *head,
						 const struct gx_heading *heading)
{
	char where[160];
	gx_head_return(head, &heading->line);
	if (!gx_opening_advise(head, false, where, sizeof where))
		strcpy(where, "a table has a gene column and samples, between TABs, commas or single "
			      "spaces (--delimiter says what else)");
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": one field a line: %s", head->lines.in->name,
	       heading->number, where);
}

void gx_dialect_detect(struct gx_input *in, const struct gx_reading *reading,
		       struct gx_dialect *dialect)
{
	struct gx_head head;
	struct gx_preamble preamble;
	struct gx_heading heading;
	struct gx_table_layout layout;
	*dialect = (struct gx_dialect){ .reading = reading };
	gx_head_begin(&head, in, reading);
	read_head(&head, &preamble, &heading, dialect);
	bool without_names = reading->id_column && strcmp(reading->id_column, "none") == 0;
	if (heading.nfield < 2 && !without_names)
		refuse_one_field(&head, &heading);
	if (reading->na)
		take_tokens(reading->na, &dialect->missing);
	read_evidence(in, &preamble, &heading, dialect);
	gx_layout_choose(reading, &preamble, &heading, &dialect->evidence, &layout);
	describe(&preamble, &heading, &layout, dialect);
	gx_samples_check_again(in, dialect);
	gx_heading_doubt(&head, &preamble, &heading, &layout, &dialect->evidence);
	if (layout.nvalue == 0)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": no column of it is a sample: nothing is left to read",
		       in->name, heading.number);
	gx_samples_check(in, heading.number, dialect);
	gx_heading_free(&heading);
}

void gx_dialect_free(struct gx_dialect *dialect)
{
	gx_names_free(&dialect->heading);
	gx_names_free(&dialect->columns);
	gx_names_free(&dialect->skipped);
	gx_names_free(&dialect->missing);
	gx_names_free(&dialect->names);
	gx_evidence_free(&dialect->evidence);
	free(dialect->field);
	*dialect = (struct gx_dialect){ 0 };
}
