/* SPDX-License-Identifier: MIT */
#include "format/table/doubt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "format/table/field.h"
#include "format/table/id_words.h"
#include "format/table/opening.h"

/* The cell of field i, from 0; "" where there is none. */
static const char *cell_of(const struct gx_names *fields, size_t i)
{
	const char *p = fields->text;
	if (i >= fields->n)
		return "";
	while (i--)
		p = gx_names_next(p);
	return p;
}

static bool is_corner(const char *cell)
{
	return !*cell || gx_is_id_word(cell, strlen(cell));
}

/* ---- a first line of values ---- */

/* What the header has above the columns that are kept. */
struct above {
	size_t njudged, nvalue; /* cells that prove something; of them values */
	size_t first;           /* field of the first of them, from 0 */
};

/* Cells above the values of the first row; above all that are kept where there is no row. */
static struct above look_above(const struct gx_heading *heading,
			       const struct gx_layout *layout,
			       const struct gx_reading *reading)
{
	struct above above = { 0 };
	const char *name = heading->names.text, *cell = heading->row[0].text;
	for (size_t i = 0; i < heading->names.n; i++, name = gx_names_next(name)) {
		bool below = heading->row[0].n == 0 || gx_field_is_value(cell, reading);
		if (layout->field[i] == GX_FIELD_VALUE && *name && below) {
			above.first = above.njudged ? above.first : i;
			above.njudged++;
			above.nvalue += gx_field_is_value(name, reading);
		}
		if (heading->row[0].n)
			cell = gx_names_next(cell);
	}
	return above;
}

/*
 * A line of values is a header where its corner says so. (One that is a field shorter than
 * the rows does not come here.)
 */
static void doubt_values(struct gx_head *head, const struct gx_heading *heading,
			 const struct gx_layout *layout)
{
	const struct gx_names *names = &heading->names;
	struct above above = look_above(heading, layout, head->reading);
	if (above.njudged == 0 || above.nvalue < above.njudged ||
	    is_corner(cell_of(names, 0)) ||
	    (layout->name_field != SIZE_MAX && layout->name_field > 0 &&
	     is_corner(cell_of(names, layout->name_field))))
		return;
	uint64_t table = gx_opening_suggest(head);
	const char *cell = cell_of(names, above.first);
	if (table)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": this is no header: the table seems to begin on line %" PRIu64
		       ": --skip-lines %" PRIu64,
		       head->lines.in->name, heading->number, table, table - 1);
	bool unnamed = layout->name_field == 0 &&
		       gx_field_is_value(cell_of(names, 0), head->reading);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64
	       ": the first line looks like a row and not like a header: its field "
	       "%zu is the value %s: use --no-header if it is a row%s, --header if these are the "
	       "names of samples",
	       head->lines.in->name, heading->number, above.first + 1,
	       gx_show(cell, strlen(cell)),
	       unnamed ? " (with --id-column none where no column names the genes)" : "");
}

/* ---- a second header ---- */

static void doubt_first_row(const struct gx_head *head, const struct gx_heading *heading,
			    const struct gx_layout *layout)
{
	const struct gx_names *row = heading->row;
	const char *first = cell_of(&row[0], 0), *cell = row[0].text,
		   *below = row[1].text;
	const char *name = head->lines.in->name;
	size_t ntext = 0;
	if (row[0].n < 2)
		return;
	if (strncmp(first, "#!", 2) == 0)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": a second line of a header, as Perseus writes them: take such "
		       "lines out: grep -v '^#!'",
		       name, heading->row_number[0]);
	if (!gx_is_id_word(first, strlen(first)) || row[1].n != row[0].n)
		return;
	for (size_t i = 0; i < row[0].n && i < heading->nfield; i++) {
		ntext += layout->field[i] == GX_FIELD_VALUE && *cell &&
			 !gx_field_is_value(cell, head->reading) &&
			 gx_field_is_value(below, head->reading);
		cell = gx_names_next(cell);
		below = gx_names_next(below);
	}
	if (ntext >= 2)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": a second line of a header: take it out: sed %" PRIu64 "d",
		       name, heading->row_number[0], heading->row_number[0]);
}

/* ---- a line alone ---- */

/* "404: Not Found", or the beginning of JSON. */
void gx_heading_doubt_alone(struct gx_head *head, const struct gx_preamble *preamble,
			    const struct gx_heading *heading)
{
	if (head->reading->no_header || preamble->kind || heading->row[0].n)
		return;
	gx_head_return(head, &heading->line);
	const char *line = head->lines.text;
	size_t n = head->lines.n;
	bool parted = memchr(line, '\t', n) || memchr(line, ',', n) ||
		      memchr(line, ';', n) || head->reading->delimiter;
	if (n && (!parted || *line == '{' || *line == '['))
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": %s is no table: one line without a row%s: is it what a "
		       "server said instead of the file? (a header alone, with blanks between its "
		       "names: --delimiter space)",
		       head->lines.in->name, heading->number,
		       gx_show(line, n < 40 ? n : 40),
		       parted ? "" : ", and without TAB, comma or semicolon");
}

/* ---- what else is wrong with it ---- */

/* The first of the first two rows that is none by the header; NULL: both are rows. */
static const struct gx_names *find_misfit(const struct gx_heading *heading,
					  const struct gx_layout *layout,
					  const struct gx_reading *reading)
{
	for (const struct gx_names *row = heading->row; row < heading->row + 2; row++) {
		const char *cell = row->text;
		if (row->n && row->n != heading->nfield)
			return row;
		for (size_t i = 0; i < row->n; i++, cell = gx_names_next(cell))
			if (layout->field[i] == GX_FIELD_VALUE && *cell &&
			    !gx_field_is_value(cell, reading))
				return row;
	}
	return NULL;
}

/* Notes above a table, which fit each other. */
static void doubt_rows(struct gx_head *head, const struct gx_heading *heading,
		       const struct gx_layout *layout)
{
	const struct gx_names *row = find_misfit(heading, layout, head->reading);
	uint64_t table = row ? gx_opening_suggest(head) : 0;
	/*
	 * A first row that could be the header is told as a second one, but under commas and
	 * blanks, which a title may have.
	 */
	bool title = !memchr(head->lines.text, '\t', head->lines.n);
	if (table > heading->row_number[0] || (title && table))
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": this is no row: the table seems to begin on line "
		       "%" PRIu64 ": --skip-lines %" PRIu64,
		       head->lines.in->name, heading->row_number[row - heading->row],
		       table, table - 1);
}

/* The last column has no name, and a value in one of the first rows. */
static void doubt_last(const struct gx_head *head, const struct gx_heading *heading,
		       const struct gx_layout *layout)
{
	size_t last = heading->nfield - 1;
	const struct gx_reading *reading = head->reading;
	if (heading->header != GX_HEADER_CORNER || heading->nfield < 3 ||
	    reading->columns || layout->field[last] != GX_FIELD_VALUE ||
	    *cell_of(&heading->names, last))
		return;
	for (size_t i = 0; i < 2; i++)
		if (*cell_of(&heading->row[i], last))
			gx_die(GX_EXIT_DATA,
			       "%s:%" PRIu64
			       ":%zu: a value in the last column, which has no name: "
			       "is the header one field short of a corner, or is this no sample? "
			       "--skip-columns %zu leaves it out, --columns 2-%zu keeps it",
			       head->lines.in->name, heading->row_number[i], last + 1,
			       last + 1, last + 1);
}

void gx_heading_doubt(struct gx_head *head, const struct gx_preamble *preamble,
		      const struct gx_heading *heading, const struct gx_layout *layout)
{
	if (head->reading->no_header || preamble->is_gct)
		return;
	gx_head_return(head, &heading->line);
	if (!head->reading->header && heading->header == GX_HEADER_CORNER)
		doubt_values(head, heading, layout);
	doubt_rows(head, heading, layout);
	doubt_first_row(head, heading, layout);
	doubt_last(head, heading, layout);
}
