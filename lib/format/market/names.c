/* SPDX-License-Identifier: MIT */
/* The names of rows and columns, in the files that 10x has beside its matrix. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/lines.h"
#include "format/market/files.h"
#include "format/market/kinds.h"
#include "format/market/market.h"
#include "format/table/field.h"

enum { KIND_COLUMN = 3 }; /* of a features file: id, name, kind */

/* A file of lines, each with fields between TABs, that are read one behind the other. */
struct name_file {
	struct gx_input *in;
	struct gx_lines lines;
	uint64_t blank; /* number of the first blank line with no name behind it yet; 0 */
	uint64_t count; /* lines that are not blank */
	char *scratch;	/* for quotes, of the field taken last */
};

static void open_names(struct name_file *f, const char *path)
{
	*f = (struct name_file){ .in = gx_input_open(path) };
	f->lines = (struct gx_lines){ .in = f->in };
}

static void close_names(struct name_file *f)
{
	gx_input_close(f->in);
	free(f->scratch);
}

GX_NORETURN GX_COLD static void bad_name(const struct name_file *f, const char *what)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", f->in->name, f->lines.number, what);
}

/* Moves to the next line; blank ones at the end are nothing, and elsewhere a name is missing. */
static bool next_line(struct name_file *f)
{
	while (gx_lines_next(&f->lines)) {
		if (f->lines.n) {
			if (f->blank)
				gx_die(GX_EXIT_DATA,
				       "%s:%" PRIu64
				       ": an empty line where a name must be: the names behind it "
				       "do not fit the matrix: make the file again",
				       f->in->name, f->blank);
			f->count++;
			return true;
		}
		f->blank = f->blank ? f->blank : f->lines.number;
	}
	return false;
}

/*
 * The field in a column, numbered from 1, without its quotes; false where there is no such
 * column. The text is valid until the next field is taken.
 */
static bool take_field(struct name_file *f, uint64_t column, const char **text, size_t *n)
{
	const char *p = f->lines.text, *end = p + f->lines.n;
	bool quoted = memchr(p, '"', f->lines.n) != NULL;
	free(f->scratch);
	f->scratch = quoted ? gx_allocate(f->lines.n, 1) : NULL;
	for (uint64_t k = 1;; k++, p++) {
		p = gx_field_read(p, end, '\t', f->scratch, text, n);
		if (!p)
			bad_name(f, "a quote is not closed on this line, or text follows it");
		if (k == column)
			return true;
		if (p == end)
			return false;
	}
}

static void check_name(const struct name_file *f, const char *text, size_t n)
{
	if (n == 0)
		bad_name(f, "an empty name: the file is damaged, or another column has the names "
			    "(--id-column)");
	for (const char *q = text; q < text + n; q++)
		if ((unsigned char)*q < 0x20 || *q == 0x7f)
			gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": a control byte in a name: %s",
			       f->in->name, f->lines.number, gx_show(text, n));
}

/* Those that are too many were counted for the message, and not kept. */
static void check_count(const struct name_file *f, uint64_t n, const char *what)
{
	if (f->count != n)
		gx_die(GX_EXIT_DATA,
		       "%s: %" PRIu64 " names where the matrix has %" PRIu64
		       " %s: these files do not belong together%s",
		       f->in->name, f->count, n, what,
		       f->count == n + 1 ? ", or its first line is a header, which must go" : "");
}

/* ---- rows ---- */

/* What is being made of a features file. */
struct features {
	struct name_file file;
	const struct gx_reading *reading;
	struct gx_market_names *names;
	struct gx_kinds kinds;
	bool may_have_kinds; /* it is a features file, and no genes file of old */
	bool has_kinds;	     /* its first line has one */
	bool named;
	uint64_t column; /* that names the rows */
	uint64_t room;	 /* of names->number */
};

/* The kind of the present feature; none where the file has none. */
static bool take_kind(struct features *f, const char **kind, size_t *n)
{
	bool has = take_field(&f->file, KIND_COLUMN, kind, n) && *n > 0;
	if (f->file.count == 1)
		f->has_kinds = has && (f->may_have_kinds || gx_kinds_is_known(*kind, *n));
	if (f->has_kinds && !has)
		bad_name(&f->file, "no kind of feature in its third column, and the lines before "
				   "have one: make the file again");
	if (has && !f->has_kinds && f->may_have_kinds)
		bad_name(&f->file, "a kind of feature in its third column, and the lines before "
				   "have none: make the file again");
	return f->has_kinds;
}

static void number_row(struct features *f, uint64_t row, bool is_chosen)
{
	struct gx_market_names *names = f->names;
	if (row == f->room) {
		/* By what came, not by what was declared. */
		f->room = f->room ? 2 * f->room : 1 << 12;
		names->number = gx_reallocate(names->number, f->room, sizeof *names->number);
	}
	names->number[row] = is_chosen ? (uint32_t)names->nchosen++ : GX_MARKET_DROPPED;
}

static void take_feature(struct features *f)
{
	const char *kind, *name;
	size_t nkind, nname;
	uint64_t row = f->file.count - 1;
	bool is_chosen = true, is_row = row < f->names->nrow;
	if (take_kind(f, &kind, &nkind)) {
		gx_kinds_add(&f->kinds, kind, nkind);
		is_chosen = gx_kinds_chosen(f->reading->feature_type, kind, nkind);
	}
	if (f->reading->feature_type && is_row)
		number_row(f, row, is_chosen);
	if (!f->named)
		return;
	if (!take_field(&f->file, f->column, &name, &nname))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": it has no column %" PRIu64 " (--id-column)",
		       f->file.in->name, f->file.lines.number, f->column);
	check_name(&f->file, name, nname);
	if (is_row && is_chosen)
		gx_names_add(&f->names->rows, name, nname);
}

/* The column of a features file that names the rows; false: none does. */
static bool name_column(const char *beside, const char *id, uint64_t *column)
{
	*column = 1;
	if (!id)
		return true;
	if (strcmp(id, "none") == 0)
		return false;
	if (!gx_decimal_read(id, strlen(id), column) || *column == 0)
		gx_die_usage("%s: --id-column %s: of a 10x directory it is the number of a column of "
			     "its features or genes file, or none",
			     beside, id);
	return true;
}

static void choose_kinds(const struct features *f, bool all_kinds)
{
	const char *list = f->reading->feature_type, *path = f->file.in->name;
	/* "all" of none is what there is: a loop may have directories of both sorts. */
	if (list && !f->has_kinds && !gx_kinds_is_all(list))
		gx_die_usage("%s: --feature-type: no kinds of features are in it (its third column "
			     "would have them): leave the option out",
			     path);
	if (list)
		gx_kinds_demand(&f->kinds, list, path);
	else if (f->kinds.names.n > 1 && !all_kinds)
		gx_kinds_ask(&f->kinds, path);
}

static void read_features(const char *path, struct features *f, bool all_kinds, bool head_only)
{
	open_names(&f->file, path);
	while (next_line(&f->file))
		take_feature(f);
	if (!head_only)
		check_count(&f->file, f->names->nrow, "rows");
	choose_kinds(f, all_kinds);
	close_names(&f->file);
}

/* ---- columns ---- */

static void read_barcodes(const char *path, struct gx_market_names *names)
{
	struct name_file f;
	const char *name;
	size_t n;
	open_names(&f, path);
	while (next_line(&f)) {
		take_field(&f, 1, &name, &n);
		check_name(&f, name, n);
		if (f.count <= names->ncol)
			gx_names_add(&names->columns, name, n);
	}
	check_count(&f, names->ncol, "columns");
	close_names(&f);
}

/* ---- both ---- */

/* "d" for "d/", and "d/GSM1_" as it is: what the user called it, or could have. */
static char *called(const char *beside)
{
	char *name = gx_market_join(beside, "");
	size_t n = strlen(name);
	if (n > 1 && name[n - 1] == '/')
		name[n - 1] = 0;
	return name;
}

static char *demand_file(const char *beside, const char *const names[], const char *what)
{
	char *path = gx_market_file(beside, names);
	if (!path)
		gx_die(GX_EXIT_DATA,
		       "%s: no %s (or .gz, .zst) beside the matrix: name the matrix file itself to do "
		       "without names",
		       called(beside), what);
	return path;
}

void gx_market_names_read(const char *beside, const struct gx_reading *reading, bool all_kinds,
			  bool head_only, struct gx_facts *facts, struct gx_market_names *names)
{
	static const char *const features[] = { "features.tsv", "features.tsv.gz",
						"features.tsv.zst", NULL };
	static const char *const genes[] = { "genes.tsv", "genes.tsv.gz", "genes.tsv.zst", NULL };
	static const char *const barcodes[] = { "barcodes.tsv", "barcodes.tsv.gz",
						"barcodes.tsv.zst", NULL };
	struct features f = { .reading = reading, .names = names };
	char *directory = called(beside);
	f.named = name_column(directory, reading->id_column, &f.column);
	free(directory);
	char *path = gx_market_file(beside, features);
	f.may_have_kinds = path != NULL;
	if (!path)
		path = demand_file(beside, genes, "features.tsv or genes.tsv");
	read_features(path, &f, all_kinds, head_only);
	gx_kinds_tell(&f.kinds, facts);
	gx_kinds_free(&f.kinds);
	free(path);
	path = demand_file(beside, barcodes, "barcodes.tsv");
	if (!head_only)
		read_barcodes(path, names);
	free(path);
	names->named = f.named && (head_only || names->rows.n > 0);
}
