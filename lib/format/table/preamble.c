/* SPDX-License-Identifier: MIT */
#include "format/table/preamble.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "base/message.h"
#include "base/utf8.h"
#include "format/table/field.h"

/* The number that begins at *p, behind blanks; false where there is none. */
static bool take_count(const char **p, const char *end, uint64_t *n)
{
	while (*p < end && gx_is_blank(**p))
		++*p;
	const char *stop = gx_decimal_take(*p, (size_t)(end - *p), n);
	if (!stop || stop - *p > 17)
		return false;
	*p = stop;
	return true;
}

static void read_gct_counts(struct gx_head *head, bool is_13,
			    struct gx_preamble *preamble)
{
	if (!gx_head_next(head))
		gx_head_refuse(head, "GCT: cut off: the line with the counts is missing");
	const char *p = head->lines.text, *end = p + head->lines.n;
	bool good = take_count(&p, end, &preamble->rows) &&
		    take_count(&p, end, &preamble->columns);
	if (is_13)
		good = good && take_count(&p, end, &preamble->row_annotations) &&
		       take_count(&p, end, &preamble->column_annotations);
	else
		preamble->row_annotations = 1; /* the description */
	/* A spreadsheet pads the line with TABs. */
	while (p < end && (gx_is_blank(*p) || *p == ','))
		p++;
	if (!good || p < end)
		gx_head_refuse(
			head,
			is_13 ? "GCT 1.3: the second line has four counts: rows, columns, "
				"row and column annotations"
			      : "GCT 1.2: the second line has two counts: rows and columns");
}

/* What the metadata of a GEO series say of its files. */
struct supplement {
	char url[200]; /* of the first; "" */
	size_t n;      /* how many */
};

/* Takes in the present line of metadata: key, TAB, and texts in quotes. */
static void note_supplement(const struct gx_head *head, struct supplement *files)
{
	static const char key[] = "!Series_supplementary_file\t";
	const struct gx_lines *l = &head->lines;
	if (!gx_head_line_begins(head, key) || files->n++)
		return;
	const char *p = l->text + sizeof key - 1, *end = l->text + l->n;
	p += p < end && *p == '"';
	end -= end > p && end[-1] == '"';
	gx_visible_copy(p, (size_t)(end - p), files->url, sizeof files->url);
}

/* Its data are elsewhere: where, as far as the metadata say it. */
GX_NORETURN static void refuse_series(const struct gx_head *head, const char *what,
				      const struct supplement *files)
{
	bool named = files->url[0] && strcmp(files->url, "NONE") != 0;
	gx_head_refuse(head, "%s the data are in the supplementary files of the series%s%s%s", what,
		       named ? ": " : ", or of its samples", named ? files->url : "",
		       named && files->n > 1 ? " ..." : "");
}

/* Moves to the line "!..._table_begin" of a GEO file. */
static void skip_metadata(struct gx_head *head, struct gx_preamble *preamble,
			  struct supplement *files)
{
	static const char *const tables[][3] = {
		{ "!series_matrix_table_begin", "GEO series matrix",
		  "!series_matrix_table_end" },
		{ "!dataset_table_begin", "GEO dataset (SOFT)", "!dataset_table_end" },
	};
	do {
		for (size_t i = 0; i < 2; i++)
			if (gx_head_line_begins(head, tables[i][0])) {
				preamble->kind = tables[i][1];
				preamble->end_marker = tables[i][2];
				return;
			}
		if (gx_head_line_begins(head, "!platform_table_begin") ||
		    gx_head_line_begins(head, "!sample_table_begin"))
			gx_head_refuse(
				head,
				"a SOFT file of a whole family or of one sample has several "
				"tables, none of them a matrix: fetch the series matrix");
		note_supplement(head, files);
	} while (gx_head_next(head));
	refuse_series(head,
		      "metadata of GEO, and no table (!series_matrix_table_begin) in it: is the file "
		      "whole? if so,",
		      files);
}

/* Moves to the header of a GEO table. GEO gives tables without rows to series of sequencing. */
static void find_geo_header(struct gx_head *head, struct gx_preamble *preamble)
{
	struct supplement files = { .n = 0 };
	const char *row = "";
	size_t nrow = 0, nmarker;
	skip_metadata(head, preamble, &files);
	nmarker = strlen(preamble->end_marker);
	if (!gx_head_next(head))
		gx_head_refuse(head, "cut off: the table has no header");
	bool empty = gx_head_line_begins(head, preamble->end_marker) ||
		     (gx_head_look_ahead(head, &row, &nrow) && nrow >= nmarker &&
		      memcmp(row, preamble->end_marker, nmarker) == 0);
	if (empty)
		refuse_series(head, "the table of GEO has no rows:", &files);
}

/* --skip-lines */
static void skip_lines(struct gx_head *head)
{
	for (uint64_t i = 0; i < head->reading->skip_lines; i++)
		if (!gx_head_next(head))
			gx_die(GX_EXIT_DATA,
			       "%s: --skip-lines %" PRIu64 ": it has %" PRIu64
			       " lines: there is no table behind them",
			       head->lines.in->name, head->reading->skip_lines, i);
}

/* The counts and the metadata that formats put first. */
static void read_kind(struct gx_head *head, struct gx_preamble *preamble)
{
	bool is_12 = gx_head_line_begins(head, "#1.2"),
	     is_13 = gx_head_line_begins(head, "#1.3");
	if (is_12 || is_13) {
		preamble->kind = is_13 ? "GCT 1.3" : "GCT 1.2";
		preamble->is_gct = true;
		read_gct_counts(head, is_13, preamble);
		if (!gx_head_next(head))
			gx_head_refuse(head, "GCT: cut off: its header is missing");
	} else if (gx_head_line_begins(head, "!") || gx_head_line_begins(head, "^")) {
		find_geo_header(head, preamble);
	}
}

bool gx_preamble_pass(struct gx_head *head, struct gx_head_mark *comment)
{
	*comment = (struct gx_head_mark){ .offset = 0 };
	for (;;) {
		bool is_comment = gx_head_is_comment(head);
		if (!is_comment && !gx_head_is_blank(head))
			return true;
		*comment = is_comment ? gx_head_mark(head) : (struct gx_head_mark){ .offset = 0 };
		if (!gx_head_next(head))
			return false;
	}
}

void gx_preamble_read(struct gx_head *head, struct gx_preamble *preamble)
{
	*preamble = (struct gx_preamble){ .kind = NULL };
	skip_lines(head);
	bool there = gx_head_next(head);
	while (there && gx_head_is_blank(head))
		there = gx_head_next(head);
	if (!there)
		gx_die(GX_EXIT_DATA, "%s: there is no matrix in it: it is empty",
		       head->lines.in->name);
	read_kind(head, preamble);
	if (!gx_preamble_pass(head, &preamble->comment))
		gx_head_refuse(head,
			       "comments or blank lines, and no table: is the file whole?");
	preamble->first = head->lines.number;
	gx_head_check_line(head);
}

void gx_preamble_check_counts(const struct gx_preamble *preamble,
			      const struct gx_head *head, size_t nfield, const char *what)
{
	uint64_t expected = 1 + preamble->row_annotations + preamble->columns;
	if (preamble->is_gct && nfield != expected)
		gx_head_refuse(head,
			       "GCT: %zu field%s in the %s where its counts say %" PRIu64
			       ": is the file whole? (--skip-lines 2 reads it as a table without counts)",
			       nfield, nfield == 1 ? "" : "s", what, expected);
}
