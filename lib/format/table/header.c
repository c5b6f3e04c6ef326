/* SPDX-License-Identifier: MIT */
#include "format/table/header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "format/table/delimiter.h"
#include "format/table/field.h"
#include "format/table/opening.h"
#include "format/table/star.h"

static const char *last_name(const struct gx_names *fields)
{
	const char *name = fields->text + fields->nbyte - 1;
	while (name > fields->text && name[-1])
		name--;
	return name;
}

static void drop_last(struct gx_names *fields)
{
	fields->nbyte = (size_t)(last_name(fields) - fields->text);
	fields->n--;
}

/* The rows begin behind the present line. */
static void begin_data(const struct gx_head *head, struct gx_heading *heading)
{
	heading->data = head->lines.at;
	heading->data_line = head->lines.number + 1;
}

static void skip_column_annotations(struct gx_head *head,
				    const struct gx_preamble *preamble,
				    struct gx_heading *heading)
{
	for (uint64_t n = preamble->column_annotations; n; n--)
		if (!gx_head_next(head))
			gx_head_refuse(head,
				       "cut off among the annotations of the columns");
	begin_data(head, heading);
}

/* Weights that Cluster and TreeView write between the header and the first gene. */
static bool is_weight_row(const struct gx_head *head)
{
	return gx_head_line_begins(head, "AID\t") ||
	       gx_head_line_begins(head, "EWEIGHT\t") ||
	       gx_head_line_begins(head, "AID,") || gx_head_line_begins(head, "EWEIGHT,");
}

/* Moves to the first row; false when there is none. Weights and summaries stand before it. */
static bool move_to_row(struct gx_head *head, const struct gx_preamble *preamble,
			int delimiter, struct gx_heading *heading)
{
	bool weights = heading->known && heading->known->has_weights;
	bool summary = heading->known && heading->known->has_summary;
	while (gx_head_next(head)) {
		gx_head_check_line(head);
		if ((weights && is_weight_row(head)) || (summary && gx_star_is_summary(head))) {
			begin_data(head, heading);
			continue;
		}
		if (preamble->end_marker &&
		    gx_head_line_begins(head, preamble->end_marker))
			return false;
		if (!gx_line_is_blank(head->lines.text, head->lines.n, delimiter))
			return true;
		if (!head->reading->skip_blank)
			return false;
	}
	return false;
}

/* Finds the first data row's fields in *row; none when the table has no rows. */
static void first_row(struct gx_head *head, const struct gx_preamble *preamble,
		      int delimiter, struct gx_heading *heading, struct gx_names *row)
{
	heading->has_row = move_to_row(head, preamble, delimiter, heading);
	if (!heading->has_row)
		return;
	if (heading->strict_space)
		gx_delimiter_refuse_aligned(head, 0);
	gx_head_split(head, delimiter, row);
}

/* Finds a delimiter that ends the rows, and drops the empty field behind it. */
static void drop_trailing(const struct gx_head *head, struct gx_heading *heading,
			  struct gx_names *row)
{
	struct gx_names *names = &heading->names;
	if (names->n == row->n + 1 && row->n > 1 && !*last_name(names)) {
		/* At the end of the header alone. */
		drop_last(names);
		return;
	}
	if (row->n == 0 || *last_name(row))
		return;
	if (head->reading->trailing_delimiter && row->n > 1) {
		heading->trailing = true;
		drop_last(row);
		if (names->n > 1 && !*last_name(names))
			drop_last(names);
	} else if (names->n == row->n && names->n > 2 && !*last_name(names)) {
		/* A delimiter at the end of every line, the header's too. */
		heading->trailing = true;
		drop_last(row);
		drop_last(names);
	} else if (row->n == names->n + 1) {
		gx_head_refuse(
			head,
			"the row has one field more than the header and its last one is empty: "
			"if the rows end in a delimiter, use --trailing-delimiter; if a value "
			"is missing there, write NA");
	}
}

/* The present line is the first row, and its fields are not the header's. */
GX_NORETURN GX_COLD static void refuse_misfit(struct gx_head *head,
					      const struct gx_heading *heading)
{
	char where[160];
	uint64_t row = head->lines.number;
	gx_head_return(head, &heading->line);
	if (!gx_opening_advise(head, false, where, sizeof where))
		strcpy(where, "a row has as many fields as the header, or one more");
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %zu field%s where the header has %zu: %s",
	       head->lines.in->name, row, heading->nfield, heading->nfield == 1 ? "" : "s",
	       heading->names.n, where);
}

/* How the header's fields stand to those of the first row, the present line. */
static void fit_header(struct gx_head *head, struct gx_heading *heading,
		       struct gx_names *row)
{
	const struct gx_names *names = &heading->names;
	drop_trailing(head, heading, row);
	heading->nfield = row->n ? row->n : names->n;
	heading->header = GX_HEADER_CORNER;
	if (heading->nfield == names->n + 1)
		heading->header = GX_HEADER_SHORT;
	else if (heading->nfield != names->n)
		refuse_misfit(head, heading);
}

/* The present line is a row already. */
static void read_without_header(const struct gx_head *head,
				const struct gx_preamble *preamble,
				struct gx_heading *heading)
{
	struct gx_names *fields = &heading->names;
	heading->header = GX_HEADER_NONE;
	heading->has_row = true;
	if (head->reading->trailing_delimiter && fields->n > 1 && !*last_name(fields)) {
		heading->trailing = true;
		drop_last(fields);
	}
	heading->nfield = fields->n;
	gx_preamble_check_counts(preamble, head, fields->n, "first row");
	heading->data = gx_head_offset(head);
	heading->data_line = head->lines.number;
}

/* Counts say how many fields a row of GCT has; any bytes are a description. */
static void read_gct_header(struct gx_head *head, const struct gx_preamble *preamble,
			    struct gx_heading *heading)
{
	/* Spreadsheets pad every line of a GCT file; the header's counts tell. */
	gx_preamble_check_counts(preamble, head, heading->names.n, "header");
	skip_column_annotations(head, preamble, heading);
	heading->nfield = heading->names.n;
	heading->header = GX_HEADER_CORNER;
}

void gx_heading_read(struct gx_head *head, const struct gx_preamble *preamble,
		     int delimiter, struct gx_heading *heading)
{
	*heading = (struct gx_heading){
		.number = head->lines.number,
		.line = gx_head_mark(head),
		.strict_space = delimiter == ' ' && !head->reading->delimiter,
	};
	gx_head_split(head, delimiter, &heading->names);
	if (heading->strict_space)
		gx_delimiter_refuse_aligned(head, 1);
	if (head->reading->no_header) {
		read_without_header(head, preamble, heading);
	} else if (preamble->is_gct) {
		read_gct_header(head, preamble, heading);
	} else {
		struct gx_names row = { 0 };
		begin_data(head, heading);
		heading->known = gx_known_table_find(&heading->names);
		first_row(head, preamble, delimiter, heading, &row);
		fit_header(head, heading, &row);
		gx_names_free(&row);
	}
}

void gx_heading_free(struct gx_heading *heading)
{
	gx_names_free(&heading->names);
}
