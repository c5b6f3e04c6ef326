/* SPDX-License-Identifier: MIT */
#include "format/table/doubt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "format/table/candidate.h"
#include "format/table/cell.h"
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

static bool is_id(const char *cell)
{
	return gx_is_id_word(cell, strlen(cell));
}

static bool is_corner(const char *cell)
{
	return !*cell || is_id(cell);
}

/* What it takes to judge a header. */
struct case_of {
	struct gx_head *head;
	const struct gx_preamble *preamble;
	const struct gx_heading *heading;
	const struct gx_table_layout *layout;
	const struct gx_evidence *evidence;
};

/* Whether the cell of a row is a number or a token for a missing one. */
static bool is_value(const struct gx_evidence_row *row, size_t field)
{
	return row->cell[field] == GX_CELL_NUMBER || row->cell[field] == GX_CELL_MISSING;
}

/*
 * What makes the header the first line that is there, as --header and --no-header need it:
 * " --skip-lines 2", or "" where no title stands above it. `text` is where it is written.
 */
static const char *skip_titles(const struct case_of *c, char text[static 40])
{
	*text = 0;
	if (c->heading->number > c->preamble->first)
		snprintf(text, 40, " --skip-lines %" PRIu64, c->heading->number - 1);
	return text;
}

/* ---- a first line of values ---- */

/* What the header has above the columns that are kept. */
struct above {
	size_t njudged, nvalue; /* cells that prove something; of them values */
	size_t first;           /* field of the first of them, from 0 */
};

/* Cells above the values of the first row; above all that are kept where there is no row. */
static struct above look_above(const struct case_of *c)
{
	struct above above = { 0 };
	const struct gx_evidence_row *row = c->evidence->n ? c->evidence->row : NULL;
	const char *name = c->heading->names.text;
	for (size_t i = 0; i < c->heading->names.n; i++, name = gx_names_next(name)) {
		bool judged = c->layout->field[i] == GX_FIELD_VALUE && *name;
		if (!judged || (row && !is_value(row, i)))
			continue;
		above.first = above.njudged ? above.first : i;
		above.njudged++;
		/* A decimal sign that is another than was told makes no name of a value. */
		above.nvalue += gx_looks_like_value(name, c->head->reading);
	}
	return above;
}

/* The comment on line `comment` could be the header as well. */
GX_NORETURN static void refuse_rival(const struct case_of *c, uint64_t comment)
{
	char cure[64] = "";
	/* Other bytes may mean something to sed. */
	if (!c->head->reading->comment || c->head->reading->comment == '#')
		snprintf(cure, sizeof cure, ": sed '%" PRIu64 "s/^#*//'", comment);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": values under the names of the comment above: if that is the header, "
	       "take what makes it a comment out%s; if this line is the header, use --header",
	       c->head->lines.in->name, c->heading->number, cure);
}

/*
 * A line of values is a header where its corner says so. (One that is a field shorter than
 * the rows does not come here.)
 */
static void doubt_values(const struct case_of *c)
{
	const struct gx_names *names = &c->heading->names;
	const char *input = c->head->lines.in->name;
	size_t id = c->layout->name_field;
	struct above above = look_above(c);
	if (above.njudged == 0 || above.nvalue < above.njudged)
		return;
	uint64_t comment = c->preamble->comment.lines.number;
	if (comment && comment + 1 == c->heading->number && *cell_of(names, 0) &&
	    gx_opening_has_rival(c->head, &c->preamble->comment))
		refuse_rival(c, comment);
	if (is_corner(cell_of(names, 0)) ||
	    (id != SIZE_MAX && id > 0 && is_corner(cell_of(names, id))))
		return;
	char where[160], titles[40];
	if (gx_opening_advise(c->head, true, where, sizeof where))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": this is no header: %s", input,
		       c->heading->number, where);
	skip_titles(c, titles);
	const char *cell = cell_of(names, above.first);
	bool unnamed = id == 0 && gx_cell_is_value(cell_of(names, 0), c->head->reading);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64
	       ": the first line looks like a row and not like a header: its field "
	       "%zu is the value %s: use --no-header%s if it is a row%s, --header%s if these are the "
	       "names of samples",
	       input, c->heading->number, above.first + 1, gx_show(cell, strlen(cell)), titles,
	       unnamed ? " (with --id-column none where no column names the genes)" : "", titles);
}

/* ---- a second header ---- */

/* Words for ids that genes and samples are called by as well: X, a time. */
static bool is_name(const char *word)
{
	static const char *const names[] = { "x",      "X",	 "time", "Time",
					     "sample", "Sample", "cell", "Cell" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(word, names[i]) == 0)
			return true;
	return false;
}

/* A first row of values that begins with a word that names ids, under a line that does not. */
static void doubt_header_of_values(const struct case_of *c)
{
	const struct gx_evidence_row *row = c->evidence->row;
	for (size_t i = 0; i < c->heading->nfield; i++)
		if (c->layout->field[i] == GX_FIELD_VALUE && !is_value(&row[0], i))
			return;
	if (c->head->reading->header || is_corner(cell_of(&c->heading->names, 0)) ||
	    is_name(row[0].first))
		return;
	char titles[40];
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": %s names ids, not a row: if this line is the header, use "
	       "--skip-lines %" PRIu64 "; if it is a row, --header%s",
	       c->head->lines.in->name, row[0].number,
	       gx_show(row[0].first, strlen(row[0].first)), row[0].number - 1,
	       skip_titles(c, titles));
}

/* A header that is a field short has no cell above the names of rows: its first names a sample. */
static void doubt_short(const struct case_of *c)
{
	const char *first = cell_of(&c->heading->names, 0);
	char titles[40];
	if (c->evidence->n && is_id(first) && !is_name(first))
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": the header is one field shorter than the rows, and %s names "
		       "ids: is a name missing at its end? If %s is a sample, use --header%s",
		       c->head->lines.in->name, c->heading->number, gx_show(first, strlen(first)),
		       gx_show(first, strlen(first)), skip_titles(c, titles));
}

/* The types of the columns, below their names. */
static void doubt_types(const struct case_of *c)
{
	const struct gx_evidence_row *row = c->evidence->row;
	const unsigned char *bytes;
	if (c->evidence->n == 0 || strncmp(row->first, "#!", 2) != 0)
		return;
	gx_input_visible(c->head->lines.in, &bytes);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64
	       ": a second header line, as Perseus writes them: take such "
	       "lines out: grep -v '^%s#!'",
	       c->head->lines.in->name, row->number, bytes[row->at] == '"' ? "\"" : "");
}

/*
 * Whether the header may be a title: it has no corner, lacks names of values that are not the
 * last, or is words between blanks.
 */
static bool may_be_title(const struct case_of *c)
{
	const char *name = c->heading->names.text;
	for (size_t i = 0; i + 1 < c->heading->names.n; i++, name = gx_names_next(name))
		if (i > 0 && !*name && c->layout->field[i] == GX_FIELD_VALUE)
			return true;
	return !is_corner(cell_of(&c->heading->names, 0)) ||
	       (c->heading->strict_space && *c->head->lines.text != '"');
}

static void doubt_first_row(const struct case_of *c)
{
	const struct gx_evidence_row *row = c->evidence->row;
	const char *name = c->head->lines.in->name;
	size_t ntext = 0, nvalue = 0, nempty = 0;
	if (c->evidence->n < 2 || !is_id(row[0].first))
		return;
	for (size_t i = 0; i < c->heading->nfield; i++) {
		if (c->layout->field[i] != GX_FIELD_VALUE)
			continue;
		bool value = is_value(&row[1], i) || row[1].cell[i] == GX_CELL_COMMA;
		/* A value may be missing there. */
		ntext += row[0].cell[i] == GX_CELL_TEXT &&
			 (value || row[1].cell[i] == GX_CELL_EMPTY);
		nempty += row[0].cell[i] == GX_CELL_EMPTY;
		nvalue += value;
	}
	/* pandas writes the name of the rows below those of the columns. */
	bool pivot = nempty == c->layout->nvalue && nvalue > 0;
	if ((ntext < 2 || nvalue == 0) && !pivot) {
		doubt_header_of_values(c);
		return;
	}
	char title[80] = "";
	if (may_be_title(c))
		snprintf(title, sizeof title,
			 "; or, where line %" PRIu64 " is a title, use --skip-lines %" PRIu64,
			 c->heading->number, row[0].number - 1);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": a second header line: take it out: sed %" PRIu64 "d%s", name,
	       row[0].number, row[0].number, title);
}

/* ---- a line alone ---- */

/* "404: Not Found", or the beginning of JSON. */
void gx_heading_doubt_alone(struct gx_head *head, const struct gx_preamble *preamble,
			    const struct gx_heading *heading)
{
	if (head->reading->no_header || preamble->kind || heading->has_row)
		return;
	gx_head_return(head, &heading->line);
	const char *line = head->lines.text;
	size_t n = head->lines.n;
	char where[160];
	/* What stands behind a blank line may be the table. */
	if (gx_opening_advise(head, true, where, sizeof where))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": this is no header: %s", head->lines.in->name,
		       heading->number, where);
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

/* The line of the first of two rows that is none by the header; 0: both are rows. */
static uint64_t find_misfit(const struct case_of *c)
{
	for (size_t i = 0; i < c->evidence->n; i++)
		for (size_t field = 0; field < c->heading->nfield; field++)
			if (c->layout->field[field] == GX_FIELD_VALUE &&
			    c->evidence->row[i].cell[field] == GX_CELL_TEXT)
				return c->evidence->row[i].number;
	return c->evidence->misfit.number;
}

/* Notes above a table, which fit each other. */
static void doubt_rows(const struct case_of *c)
{
	uint64_t line = find_misfit(c);
	char where[160];
	/*
	 * A first row that could be the header is told as a second one, but where the first line
	 * is shorter, or has commas and blanks, as a title may.
	 */
	bool title = c->heading->header == GX_HEADER_SHORT ||
		     !memchr(c->head->lines.text, '\t', c->head->lines.n);
	bool first = c->evidence->n && line == c->evidence->row[0].number;
	bool second = first && !title && is_id(c->evidence->row[0].first);
	if (line && !second && gx_opening_advise(c->head, true, where, sizeof where))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": this is no row: %s",
		       c->head->lines.in->name, line, where);
}

/*
 * Behind an empty corner the column is one too many. Behind any other first cell the header may
 * be one field short and end in a delimiter: then each name stands above the next column.
 */
GX_NORETURN static void refuse_last(const struct case_of *c, uint64_t line, size_t field)
{
	const char *corner = cell_of(&c->heading->names, 0);
	size_t unnamed = field - 1; /* the first of those at the end, from 0 */
	while (unnamed > 1 && !*cell_of(&c->heading->names, unnamed - 1))
		unnamed--;
	char cure[240] =
		"give it a name; or take the delimiter at the end of the header out, where "
		"the header lacks the cell above the names of rows";
	if (unnamed + 1 < field)
		snprintf(cure, sizeof cure,
			 unnamed > 1 ? "--skip-columns %zu-%zu leaves out those without a name"
				     : "give the columns %zu-%zu names",
			 unnamed + 1, c->heading->nfield);
	else if (is_corner(corner))
		snprintf(cure, sizeof cure,
			 field <= 2 ? "--all-columns keeps it"
			 : *corner  ? "--skip-columns %zu leaves it out, --all-columns keeps it; or take "
				      "the delimiter at the end of the header out, where the header "
				      "lacks the cell above the names of rows"
				    : "--skip-columns %zu leaves it out, --all-columns keeps it",
			 field);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ":%zu: a value in the last column, which has no name: %s",
	       c->head->lines.in->name, line, field, cure);
}

/* A title that is padded to the width of the rows, and no header below it. */
static void doubt_title(const struct case_of *c)
{
	const char *name = c->heading->names.text;
	char where[160];
	for (size_t i = 0; i < c->heading->names.n; i++, name = gx_names_next(name))
		if (i > 0 ? *name != 0 : *name == 0 || is_id(name))
			return;
	if (gx_opening_advise(c->head, false, where, sizeof where))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": a title, and no header: %s",
		       c->head->lines.in->name, c->heading->number, where);
}

/* The last column has no name, and a value in one of the first rows. */
static void doubt_last(const struct case_of *c)
{
	size_t last = c->heading->nfield - 1;
	if (c->heading->header != GX_HEADER_CORNER || last == 0 ||
	    c->head->reading->columns || c->head->reading->all_columns ||
	    c->layout->field[last] != GX_FIELD_VALUE ||
	    *cell_of(&c->heading->names, last))
		return;
	for (size_t i = 0; i < c->evidence->n; i++)
		if (c->evidence->row[i].cell[last] != GX_CELL_EMPTY)
			refuse_last(c, c->evidence->row[i].number, last + 1);
}

void gx_heading_doubt(struct gx_head *head, const struct gx_preamble *preamble,
		      const struct gx_heading *heading, const struct gx_table_layout *layout,
		      const struct gx_evidence *evidence)
{
	const struct case_of c = { head, preamble, heading, layout, evidence };
	if (head->reading->no_header || preamble->is_gct ||
	    heading->header == GX_HEADER_NONE)
		return;
	gx_head_return(head, &heading->line);
	if (!head->reading->header && heading->header == GX_HEADER_CORNER) {
		doubt_title(&c);
		doubt_values(&c);
	}
	doubt_types(&c);
	doubt_rows(&c);
	doubt_first_row(&c);
	if (!head->reading->header && heading->header == GX_HEADER_SHORT)
		doubt_short(&c);
	doubt_last(&c);
}
