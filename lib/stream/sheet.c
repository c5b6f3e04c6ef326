/* SPDX-License-Identifier: MIT */
#include "stream/sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/foreign.h"
#include "format/table/cell.h"
#include "format/table/field.h"

/* ---- its head ---- */

static void refuse_foreign(struct gx_input *in)
{
	const unsigned char *head;
	size_t n = gx_input_peek(in, GX_FOREIGN_HEAD, &head);
	const struct gx_foreign *kind = gx_foreign_find(head, n, false);
	if (kind)
		gx_die(GX_EXIT_DATA, "%s: not a sample sheet but %s", in->name,
		       gx_foreign_describe(kind, head, n));
	const char *line_ends = gx_foreign_line_ends(head, n, n < GX_FOREIGN_HEAD, false);
	if (line_ends)
		gx_die(GX_EXIT_DATA, "%s:1: %s", in->name, line_ends);
}

static void skip_byte_order_mark(struct gx_input *in)
{
	const unsigned char *head;
	if (gx_input_peek(in, 3, &head) == 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		gx_input_skip(in, 3);
}

static bool is_blank(const char *text, size_t n)
{
	return gx_line_is_blank(text, n, ' ');
}

/* What was seen of a line, which may go on behind a line end in quotes. */
struct scan {
	bool open;	     /* in quotes */
	size_t tabs, commas, semicolons; /* outside of them */
};

static void scan_line(struct scan *scan, const char *text, size_t n)
{
	bool start = !scan->open; /* of a field */
	for (const char *p = text, *end = text + n; p < end; p++) {
		if (scan->open && *p == '"' && p + 1 < end && p[1] == '"') {
			p++;
		} else if (scan->open) {
			scan->open = *p != '"';
		} else {
			scan->open = start && *p == '"';
			start = *p == '\t' || *p == ',';
			scan->tabs += *p == '\t';
			scan->commas += *p == ',';
			scan->semicolons += *p == ';';
		}
	}
}
/* What is seen of a line ahead; nothing where there is none. */
static struct scan scan_ahead(struct gx_sheet *sheet, size_t at)
{
	struct scan scan = { 0 };
	const char *text;
	size_t n;
	if (gx_lines_look_ahead(&sheet->lines, at, &text, &n))
		scan_line(&scan, text, n);
	return scan;
}

GX_NORETURN GX_COLD static void die_of_one_field(struct gx_sheet *sheet)
{
	const char *text = "";
	size_t n = 0;
	gx_lines_look_ahead(&sheet->lines, sheet->plain, &text, &n);
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": one field, %s: TABs or commas must part a sample and its group%s",
	       sheet->name, sheet->plain, gx_show(text, n),
	       memchr(text, ';', n) ? ": make TABs of the semicolons: tr ';' '\\t'" : "");
}

/*
 * Finds the first line that is no comment, and what parts its fields; all lines stay. A line of
 * one field is the head of a table of one column, as R writes it: the line behind it tells.
 */
static void look(struct gx_sheet *sheet)
{
	enum { MOST = 100 }; /* lines above the first */
	const char *text = NULL;
	size_t n = 0, first = 0;
	for (size_t at = 1; at <= MOST && !sheet->plain; at++) {
		if (!gx_lines_look_ahead(&sheet->lines, at, &text, &n))
			break;
		if (!is_blank(text, n) && !first)
			first = at;
		if (!is_blank(text, n) && *text != '#')
			sheet->plain = at;
	}
	if (!first)
		gx_die(GX_EXIT_DATA, "%s: nothing is in it: a line for each sample, with its group, is wanted",
		       sheet->name);
	if (!sheet->plain)
		sheet->plain = first;
	struct scan scan = scan_ahead(sheet, sheet->plain), next = scan;
	sheet->width = 1 + (scan.tabs ? scan.tabs : scan.commas);
	if (sheet->width == 1 && !scan.semicolons)
		next = scan_ahead(sheet, sheet->plain + 1);
	if (!next.tabs && !next.commas)
		die_of_one_field(sheet);
	sheet->delimiter = next.tabs ? '\t' : ',';
}

void gx_sheet_open(struct gx_sheet *sheet, const char *path)
{
	struct gx_input *in = gx_input_open(path);
	*sheet = (struct gx_sheet){ .name = in->name, .lines = { .in = in, .keep = true } };
	refuse_foreign(in);
	skip_byte_order_mark(in);
	look(sheet);
	sheet->lines.keep = false;
}

/* ---- its lines ---- */

/* Puts the present line behind what there is, and a line end between. */
static size_t append(struct gx_sheet *sheet, size_t n)
{
	const struct gx_lines *lines = &sheet->lines;
	size_t need = n + 1 + lines->n;
	if (sheet->room < need) {
		sheet->room = 2 * need;
		sheet->text = gx_reallocate(sheet->text, sheet->room, 1);
	}
	if (n)
		sheet->text[n++] = '\n';
	memcpy(sheet->text + n, lines->text, lines->n);
	return n + lines->n;
}

GX_NORETURN GX_COLD static void die_of_quotes(const struct gx_sheet *sheet)
{
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": a quote at the beginning of a field is not closed, or text follows the one "
	       "that closes it: double the quotes inside, or take them out",
	       sheet->name, sheet->line);
}

/* The present line, and those that belong to it as a quote is open; its length in *n. */
static const char *take_line(struct gx_sheet *sheet, size_t *n)
{
	enum { MOST = 1 << 20 }; /* bytes: a quote that nothing closes takes no more with it */
	struct gx_lines *lines = &sheet->lines;
	struct scan scan = { 0 };
	sheet->line = lines->number;
	*n = lines->n;
	if (sheet->line < sheet->plain || !memchr(lines->text, '"', lines->n))
		return lines->text;
	scan_line(&scan, lines->text, lines->n);
	if (!scan.open)
		return lines->text;
	for (*n = append(sheet, 0); scan.open; *n = append(sheet, *n)) {
		if (*n > MOST || !gx_lines_next(lines))
			die_of_quotes(sheet);
		scan_line(&scan, lines->text, lines->n);
	}
	return sheet->text;
}

/* Fields without the blanks around them; false where a quote is wrong. */
static bool split(struct gx_sheet *sheet, const char *text, size_t n)
{
	const struct gx_parting parting = { .delimiter = sheet->delimiter };
	gx_names_clear(&sheet->raw);
	gx_names_clear(&sheet->field);
	if (memchr(text, 0, n))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": NUL bytes, which are in no text: is this the right file?",
		       sheet->name, sheet->line);
	if (!gx_line_split(text, n, &parting, &sheet->raw))
		return false;
	const char *next = sheet->raw.text;
	for (size_t i = 0; i < sheet->raw.n; i++) {
		const char *field = next;
		size_t nfield = strlen(field);
		next = gx_names_next(field);
		gx_cell_trim(&field, &nfield);
		gx_names_add(&sheet->field, field, nfield);
	}
	return true;
}

bool gx_sheet_next(struct gx_sheet *sheet)
{
	while (gx_lines_next(&sheet->lines)) {
		size_t n;
		const char *text = take_line(sheet, &n);
		if (is_blank(text, n))
			continue;
		bool good = split(sheet, text, n);
		if (sheet->line < sheet->plain && (!good || sheet->field.n != sheet->width))
			continue; /* a comment */
		if (!good)
			die_of_quotes(sheet);
		return true;
	}
	return false;
}

void gx_sheet_close(struct gx_sheet *sheet)
{
	gx_input_check_unchanged(sheet->lines.in);
	gx_input_close(sheet->lines.in);
	gx_names_free(&sheet->field);
	gx_names_free(&sheet->raw);
	free(sheet->text);
	*sheet = (struct gx_sheet){ 0 };
}
