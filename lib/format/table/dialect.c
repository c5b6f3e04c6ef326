/* SPDX-License-Identifier: MIT */
#include "format/table/dialect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "format/table/columns.h"
#include "format/table/field.h"
#include "number/number.h"

static bool is_number(const char *text)
{
	double value;
	size_t n = strlen(text);
	char *copy = gx_allocate_zeroed(n + 1 + GX_NUMBER_SLACK, 1);
	memcpy(copy, text, n);
	bool number = n && gx_number_parse(copy, &value) == copy + n;
	free(copy);
	return number;
}

/* ---- lines of the head ---- */

struct head {
	struct gx_input *in;
	const struct gx_reading *reading;
	const unsigned char *bytes;
	size_t n;        /* bytes seen of the input so far */
	size_t at;       /* where the next line begins */
	uint64_t number; /* of the line that was read last */
	const char *line;
	size_t nline; /* without its end */
};

/* Moves to the next line; false when there is none. Its length is not limited. */
static bool next_line(struct head *head)
{
	enum { STEP = 64 << 10 };
	size_t searched = head->at;
	for (;;) {
		const unsigned char *from = head->bytes + searched;
		const unsigned char *stop = head->n > searched
						    ? memchr(from, '\n',
							     head->n - searched)
						    : NULL;
		size_t end = stop ? (size_t)(stop - head->bytes) : head->n;
		if (!stop) {
			searched = head->n;
			size_t n = gx_input_peek(head->in,
						 head->n < STEP ? STEP : 2 * head->n,
						 &head->bytes);
			if (n > head->n) {
				head->n = n;
				continue;
			}
			if (head->at == head->n)
				return false;
		}
		head->line = (const char *)head->bytes + head->at;
		head->nline = end - head->at;
		head->at = stop ? end + 1 : end;
		head->number++;
		if (head->nline && head->line[head->nline - 1] == '\r')
			head->nline--;
		return true;
	}
}

GX_NORETURN GX_COLD static void bad_line(const struct head *head, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", head->in->name, head->number, why);
}

static bool line_begins(const struct head *head, const char *text)
{
	size_t n = strlen(text);
	return head->nline >= n && memcmp(head->line, text, n) == 0;
}

/* Control bytes but TAB, and CRs that end no line, are in no table. */
static void check_line(const struct head *head)
{
	for (size_t i = 0; i < head->nline; i++) {
		unsigned char c = (unsigned char)head->line[i];
		if (c == '\r')
			bad_line(head,
				 "lines end in CR alone, as on old Macs: convert them: "
				 "tr '\\r' '\\n'");
		if ((c < 0x20 && c != '\t') || c == 0x7f ||
		    (c == 0x89 && i + 4 <= head->nline &&
		     memcmp(head->line + i + 1, "GXM", 3) == 0))
			gx_die(GX_EXIT_DATA,
			       "%s:%" PRIu64
			       ": the byte %s is in no table: is this text, and whole? (GNU "
			       "parallel's --tag spoils binary data)",
			       head->in->name, head->number, gx_show(head->line + i, 1));
	}
}

/* All fields of the present line as names. */
static void split(const struct head *head, int delimiter, struct gx_names *fields)
{
	const char *p = head->line, *end = p + head->nline, *text;
	char *scratch = gx_allocate(head->nline + 1, 1);
	while (delimiter == GX_WHITESPACE && end > p && gx_is_blank(end[-1]))
		end--;
	for (size_t n;; p++) {
		p = gx_field_read(p, end, delimiter, scratch, &text, &n);
		if (!p)
			bad_line(
				head,
				"a quote is not closed on this line, or text follows it");
		gx_names_add(fields, text, n);
		if (p == end)
			break;
	}
	free(scratch);
}

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

/* ---- what stands before the header ---- */

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

/* What the declared counts of a GCT file are; the annotations are 0 in version 1.2. */
struct gct {
	uint64_t rows, columns, row_annotations, column_annotations;
};

static void read_gct_counts(struct head *head, bool is_13, struct gct *gct)
{
	*gct = (struct gct){ 0 };
	if (!next_line(head))
		bad_line(head, "GCT: cut off: the line with the counts is missing");
	const char *p = head->line, *end = p + head->nline;
	bool good = take_count(&p, end, &gct->rows) &&
		    take_count(&p, end, &gct->columns) &&
		    (!is_13 || (take_count(&p, end, &gct->row_annotations) &&
				take_count(&p, end, &gct->column_annotations)));
	/* A spreadsheet pads the line with TABs. */
	while (p < end && (gx_is_blank(*p) || *p == ','))
		p++;
	if (!good || p < end)
		bad_line(
			head,
			is_13 ? "GCT 1.3: the second line has four counts: rows, columns, "
				"row and column annotations"
			      : "GCT 1.2: the second line has two counts: rows and columns");
}

/* Moves behind "!..._table_begin" of a GEO file. */
static void skip_metadata(struct head *head, struct gx_dialect *d)
{
	static const char *const tables[][3] = {
		{ "!series_matrix_table_begin", "GEO series matrix",
		  "!series_matrix_table_end" },
		{ "!dataset_table_begin", "GEO dataset (SOFT)", "!dataset_table_end" },
	};
	do {
		for (size_t i = 0; i < 2; i++)
			if (line_begins(head, tables[i][0])) {
				d->kind = tables[i][1];
				d->end_marker = tables[i][2];
				return;
			}
		if (line_begins(head, "!platform_table_begin") ||
		    line_begins(head, "!sample_table_begin"))
			bad_line(
				head,
				"a SOFT file of a whole family or of one sample has several "
				"tables, none of them a matrix: fetch the series matrix");
	} while (next_line(head));
	bad_line(
		head,
		"metadata of GEO, and no table (!series_matrix_table_begin) in it: is the "
		"file whole?");
}

/* ---- the delimiter ---- */

static const char delimiters[] = "\t,; ";

/* The end of the quoted field that begins at p; p where it does not close as a field
 * does. */
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

/* Looks at the line behind the present one, and leaves the head where it is. */
static bool look_ahead(struct head *head, const char **line, size_t *nline)
{
	struct head next = *head;
	size_t at = (size_t)(head->line - (const char *)head->bytes);
	bool there = next_line(&next);
	head->bytes = next.bytes; /* it may have moved */
	head->n = next.n;
	head->line = (const char *)head->bytes + at;
	*line = next.line;
	*nline = next.nline;
	return there;
}

#define SEMICOLONS                                                                         \
	"semicolons between the fields, as spreadsheets with a decimal comma write them: use " \
	"--delimiter ';', and --decimal-comma where 1,5 is one and a half"

/* Whether all fields but the first, between semicolons, are numbers with a decimal comma. */
static bool is_decimal_comma_row(const char *line, size_t nline)
{
	const char *end = line + nline, *p = memchr(line, ';', nline);
	while (p) {
		const char *stop = memchr(p + 1, ';', (size_t)(end - p - 1));
		size_t n = (size_t)((stop ? stop : end) - p - 1);
		char *field = gx_allocate_zeroed(n + 1, 1);
		memcpy(field, p + 1, n);
		for (char *q = field; *q; q++)
			*q = *q == ',' ? '.' : *q;
		bool number = is_number(field) || gx_field_is_missing(field, n);
		free(field);
		if (!number)
			return false;
		p = stop;
	}
	return true;
}

/*
 * A TAB in the header is the delimiter; else what both the header and the first row have;
 * a header of one name may have none, or only what stands in that name: then the row
 * tells.
 */
static int choose_delimiter(struct head *head)
{
	const bool comma_is_point = head->reading->decimal_comma;
	if (head->reading->delimiter)
		return head->reading->delimiter;
	bool in_header[128] = { false }, in_row[128] = { false };
	const char *line;
	size_t nline;
	bool rows = look_ahead(head, &line, &nline) && nline > 0;
	find_delimiters(head->line, head->nline, in_header);
	if (rows)
		find_delimiters(line, nline, in_row);
	if (in_header['\t'])
		return '\t';
	/* Commas part both lines as well as semicolons do where they are decimal points. */
	if (in_header[';'] && in_row[';'] && in_row[','] && !comma_is_point &&
	    is_decimal_comma_row(line, nline))
		bad_line(head, SEMICOLONS);
	int chosen = 0;
	const char *order = comma_is_point ? "\t; ," : "\t, ;";
	for (const char *c = order; *c && !chosen; c++)
		if (in_header[(int)*c] && (!rows || in_row[(int)*c]))
			chosen = *c;
	for (const char *c = order; *c && !chosen; c++)
		if (in_row[(int)*c])
			chosen = *c;
	if (chosen == ',' && comma_is_point)
		bad_line(
			head,
			"commas part the fields, so none of them is a decimal comma: leave "
			"--decimal-comma out");
	if (chosen == ';' && !comma_is_point)
		bad_line(head, SEMICOLONS);
	return chosen ? chosen : '\t';
}

/*
 * A single space is taken for a delimiter where there is no other; an empty field without
 * quotes then is no missing value, but a table that is aligned by several.
 */
static void refuse_aligned(const struct head *head, size_t from)
{
	const char *p = head->line, *end = p + head->nline, *text;
	char *scratch = gx_allocate(head->nline + 1, 1);
	size_t n;
	for (size_t i = 0; p; i++, p = p < end ? p + 1 : NULL) {
		const char *start = p;
		p = gx_field_read(p, end, ' ', scratch, &text, &n);
		if (p && i >= from && n == 0 && text == start)
			bad_line(
				head,
				"several spaces between fields: --delimiter whitespace takes them "
				"as one (--delimiter space as empty fields between them)");
		if (!p)
			break;
	}
	free(scratch);
}

/* ---- leading columns that are known by their names ---- */

static bool header_begins(const struct gx_names *header, size_t n,
			  const char *const name[])
{
	const char *p = header->text;
	if (header->n <= n)
		return false;
	for (size_t i = 0; i < n; i++, p = gx_names_next(p))
		if (strcmp(p, name[i]) != 0)
			return false;
	return true;
}

/*
 * Marks the annotation columns of the programs whose headers are fixed, and returns the
 * field that names the genes.
 */
static size_t mark_known(const struct gx_names *header, struct gx_dialect *d)
{
	static const struct {
		const char *kind;
		size_t n, id;
		const char *name[6];
	} known[] = {
		{ "featureCounts",
		  6,
		  0,
		  { "Geneid", "Chr", "Start", "End", "Strand", "Length" } },
		{ "nf-core", 2, 0, { "gene_id", "gene_name" } },
		{ "nf-core", 2, 0, { "tx", "gene_id" } },
		{ "cBioPortal", 2, 0, { "Hugo_Symbol", "Entrez_Gene_Id" } },
		{ "CDT", 4, 2, { "GID", "YORF", "NAME", "GWEIGHT" } },
		{ "CDT", 4, 2, { "GID", "UID", "NAME", "GWEIGHT" } },
		{ "CDT", 3, 1, { "GID", "YORF", "GWEIGHT" } },
		{ "PCL", 3, 1, { "YORF", "NAME", "GWEIGHT" } },
		{ "PCL", 3, 1, { "UID", "NAME", "GWEIGHT" } },
		{ "PCL", 2, 0, { "YORF", "GWEIGHT" } },
		{ "PCL", 2, 0, { "UID", "GWEIGHT" } },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (header_begins(header, known[i].n, known[i].name)) {
			d->kind = known[i].kind;
			memset(d->field, GX_FIELD_SKIP, known[i].n);
			return known[i].id;
		}
	static const char *const soft[] = { "ID_REF", "IDENTIFIER" };
	if (d->end_marker && header_begins(header, 2, soft))
		d->field[1] = GX_FIELD_SKIP;
	return 0;
}

/* ---- the header and the first row ---- */

static void skip_rows(struct head *head, struct gx_dialect *d, uint64_t n)
{
	for (; n; n--)
		if (!next_line(head))
			bad_line(head, "cut off among the annotations of the columns");
	d->data = head->at;
	d->data_line = head->number + 1;
}

/* Weights that Cluster and TreeView write between the header and the first gene. */
static bool is_weight_row(const struct head *head)
{
	return line_begins(head, "AID\t") || line_begins(head, "EWEIGHT\t") ||
	       line_begins(head, "AID,") || line_begins(head, "EWEIGHT,");
}

/* Finds the first data row's fields in *row; none when the table has no rows. */
static void first_row(struct head *head, struct gx_dialect *d, struct gx_names *row)
{
	bool weights = strcmp(d->kind, "PCL") == 0 || strcmp(d->kind, "CDT") == 0;
	while (next_line(head)) {
		check_line(head);
		if (weights && is_weight_row(head)) {
			d->data = head->at;
			d->data_line = head->number + 1;
			continue;
		}
		if (d->end_marker && line_begins(head, d->end_marker))
			return;
		if (head->nline == 0 && d->skip_blank)
			continue;
		if (head->nline == 0)
			return;
		if (d->strict_space)
			refuse_aligned(head, 0);
		split(head, d->delimiter, row);
		return;
	}
}

/* How the header's fields stand to the rows', which have nfield, the trailing one
 * dropped. */
static void fit_header(struct head *head, struct gx_dialect *d, struct gx_names *header,
		       struct gx_names *row)
{
	const struct gx_reading *reading = head->reading;
	bool rows = row->n > 0;
	if (reading->trailing_delimiter && rows && row->n > 1 && !*last_name(row)) {
		d->trailing = true;
		drop_last(row);
		if (header->n > 1 && !*last_name(header))
			drop_last(header);
	} else if (rows && header->n == row->n && header->n > 2 && !*last_name(header) &&
		   !*last_name(row)) {
		/* A delimiter at the end of every line, the header's too. */
		d->trailing = true;
		drop_last(row);
		drop_last(header);
	} else if (rows && row->n == header->n + 1 && !*last_name(row)) {
		bad_line(
			head,
			"the row has one field more than the header and its last one is empty: "
			"if the rows end in a delimiter, use --trailing-delimiter; if a value "
			"is missing there, write NA");
	}
	d->nfield = rows ? row->n : header->n;
	d->header = GX_HEADER_CORNER;
	if (d->nfield == header->n + 1)
		d->header = GX_HEADER_SHORT;
	else if (d->nfield != header->n)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": %zu field%s where the header has %zu: a row has as many fields as "
		       "the header, or one more",
		       head->in->name, head->number, d->nfield, d->nfield == 1 ? "" : "s",
		       header->n);
}

/* Whether the names behind the first are 0 1 2 ... or 1 2 3 ..., as programs number
 * columns. */
static bool counts_up(const struct gx_names *header)
{
	const char *p = gx_names_next(header->text);
	uint64_t next = strcmp(p, "0") == 0 ? 0 : 1;
	for (size_t i = 1; i < header->n; i++, p = gx_names_next(p), next++) {
		char text[24];
		snprintf(text, sizeof text, "%" PRIu64, next);
		if (strcmp(p, text) != 0)
			return false;
	}
	return true;
}

/* A header of numbers is a row, or looks like one. */
static void doubt_header(const struct head *head, const struct gx_dialect *d,
			 const struct gx_names *header, uint64_t number)
{
	size_t numbers = 0, i = 0;
	bool first = false;
	for (const char *p = header->text; i < header->n; i++, p = gx_names_next(p)) {
		bool is = is_number(p) && strpbrk(p, "0123456789");
		numbers += is;
		first |= i == 0 && is;
	}
	if (d->header != GX_HEADER_CORNER || header->n < 2)
		return;
	if (numbers == header->n)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": all fields of the header are numbers: if it is a row, use "
		       "--no-header (and --id-column none where no column names the genes)",
		       head->in->name, number);
	if (numbers == header->n - 1 && !first && !counts_up(header))
		gx_warn("%s:%" PRIu64
			": all samples are named by numbers: if this line is a gene and not "
			"the header, use --no-header",
			head->in->name, number);
}

/* ---- which field is what ---- */

/* Names by which fields are chosen: those of the header, aligned with the rows' fields.
 */
static struct gx_names names_of_fields(const struct gx_dialect *d,
				       const struct gx_names *header)
{
	struct gx_names names = { 0 };
	if (d->header == GX_HEADER_NONE)
		return names;
	if (d->header == GX_HEADER_SHORT)
		gx_names_add(&names, "", 0);
	gx_names_append(&names, header);
	return names;
}

static void assign_fields(const struct gx_reading *reading, struct gx_dialect *d,
			  const struct gx_names *header)
{
	struct gx_names names = names_of_fields(d, header);
	bool *chosen = gx_allocate_zeroed(d->nfield, sizeof *chosen);
	size_t id = d->name_field;
	if (reading->id_column && strcmp(reading->id_column, "none") == 0) {
		/* The column that would have been the name is a value, unless it is
		 * known. */
		id = SIZE_MAX;
		if (strcmp(d->kind, "table") != 0)
			d->field[d->name_field] = GX_FIELD_SKIP;
	} else if (reading->id_column) {
		if (gx_columns_choose(reading->id_column, &names, d->nfield,
				      "--id-column", chosen) != 1)
			gx_die_usage("--id-column %s: one column names the genes",
				     reading->id_column);
		for (id = 0; !chosen[id];)
			id++;
		chosen[id] = false;
		/* Where the columns are known, the one that named the genes is no sample.
		 */
		if (strcmp(d->kind, "table") != 0)
			d->field[d->name_field] = GX_FIELD_SKIP;
	}
	if (reading->skip_columns) {
		gx_columns_choose(reading->skip_columns, &names, d->nfield,
				  "--skip-columns", chosen);
		for (size_t i = 0; i < d->nfield; i++)
			if (chosen[i])
				d->field[i] = GX_FIELD_SKIP;
		memset(chosen, 0, d->nfield * sizeof *chosen);
	}
	if (reading->columns) {
		gx_columns_choose(reading->columns, &names, d->nfield, "--columns",
				  chosen);
		for (size_t i = 0; i < d->nfield; i++)
			d->field[i] = chosen[i] ? GX_FIELD_VALUE : GX_FIELD_SKIP;
		if (id != SIZE_MAX && chosen[id])
			gx_die_usage(
				"--columns: column %zu names the genes (--id-column chooses "
				"another one)",
				id + 1);
	}
	free(chosen);
	d->name_field = id;
	if (id != SIZE_MAX)
		d->field[id] = GX_FIELD_NAME;

	/* Names of what is kept, and of what is passed over. */
	const char *name = names.n ? names.text : NULL;
	size_t last_other = 0; /* behind the last field that is no value */
	for (size_t i = 0; i < d->nfield; i++) {
		if (d->field[i] == GX_FIELD_VALUE) {
			d->nvalue++;
			if (name)
				gx_names_add(&d->columns, name, strlen(name));
		} else {
			last_other = i + 1;
			if (d->field[i] == GX_FIELD_SKIP && name && *name)
				gx_names_add(&d->skipped, name, strlen(name));
			else if (d->field[i] == GX_FIELD_SKIP)
				gx_names_add_implicit(&d->skipped, '#', i + 1);
		}
		name = name ? gx_names_next(name) : NULL;
	}
	/* The fast loop: all values stand behind all else, between single bytes. */
	/* Tokens such as -999 are numbers to the fast loop. */
	bool numbers = false;
	const char *token = d->missing.text;
	for (size_t i = 0; i < d->missing.n; i++, token = gx_names_next(token))
		numbers |= is_number(token);
	bool together = d->nvalue == d->nfield - last_other;
	d->fast = together && d->delimiter != GX_WHITESPACE && !d->decimal_comma &&
		  !d->trailing && !numbers;
	d->lead = last_other;
	gx_names_free(&names);
}

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

/* ---- all together ---- */

/* Moves to the header line, past what stands before it. */
static void find_header(struct head *head, struct gx_dialect *d, struct gct *gct)
{
	const struct gx_input *in = head->in;
	d->kind = "table";
	d->rows = GX_UNKNOWN;
	if (!next_line(head))
		gx_die(GX_EXIT_DATA, "%s: there is no matrix in it: it is empty",
		       in->name);
	bool is_12 = line_begins(head, "#1.2"), is_13 = line_begins(head, "#1.3");
	if (is_12 || is_13) {
		d->kind = is_13 ? "GCT 1.3" : "GCT 1.2";
		d->raw_skip = true;
		read_gct_counts(head, is_13, gct);
		d->rows = gct->rows;
		if (!next_line(head))
			bad_line(head, "GCT: cut off: its header is missing");
	} else if (line_begins(head, "!") || line_begins(head, "^")) {
		skip_metadata(head, d);
		if (!next_line(head))
			bad_line(head, "cut off: the table has no header");
	}
	while (line_begins(head, "#"))
		if (!next_line(head))
			bad_line(head, "comments and no table: is the file whole?");
	check_line(head);
	if (head->nline == 0)
		bad_line(head, "an empty line where the header must be");
}

/* A GCT header has the columns that its counts say. */
static void check_gct(const struct head *head, const struct gct *gct,
		      const struct gx_names *header, struct gx_dialect *d)
{
	bool is_13 = strcmp(d->kind, "GCT 1.3") == 0;
	uint64_t before = is_13 ? 1 + gct->row_annotations : 2;
	if (header->n != before + gct->columns)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": GCT: %zu fields in the header where its counts say %" PRIu64
		       ": is the "
		       "file whole?",
		       head->in->name, head->number, header->n, (before + gct->columns));
}

void gx_dialect_detect(struct gx_input *in, const struct gx_reading *reading,
		       struct gx_dialect *d)
{
	*d = (struct gx_dialect){ .decimal_comma = reading->decimal_comma,
				  .skip_blank = reading->skip_blank };
	struct head head = { .in = in, .reading = reading };
	head.n = gx_input_peek(in, 4096, &head.bytes);
	if (head.n >= 3 && memcmp(head.bytes, "\xef\xbb\xbf", 3) == 0)
		head.at = 3;

	struct gct gct = { 0 };
	struct gx_names header = { 0 }, row = { 0 };
	find_header(&head, d, &gct);
	size_t header_at = (size_t)(head.line - (const char *)head.bytes);
	uint64_t header_number = head.number;
	d->delimiter = choose_delimiter(&head);
	if (d->delimiter == ',' && d->decimal_comma)
		gx_die_usage(
			"--delimiter , and --decimal-comma: which comma is which cannot be told");
	d->strict_space = d->delimiter == ' ' && !reading->delimiter;
	split(&head, d->delimiter, &header);
	if (d->strict_space)
		refuse_aligned(&head, 1);
	d->data = head.at;
	d->data_line = head.number + 1;
	bool is_gct = d->raw_skip;
	if (reading->no_header) {
		d->header = GX_HEADER_NONE;
		d->data = header_at;
		d->data_line = header_number;
		if (reading->trailing_delimiter && header.n > 1 && !*last_name(&header)) {
			d->trailing = true;
			drop_last(&header);
		}
		d->nfield = header.n;
	} else {
		/* Spreadsheets pad every line of a GCT file; the header's counts tell. */
		if (is_gct)
			check_gct(&head, &gct, &header, d);
		skip_rows(&head, d, gct.column_annotations);
		/* PCL and CDT are known by their header, before the first row is looked
		 * for. */
		d->field = gx_allocate_zeroed(header.n + 1, 1);
		mark_known(&header, d);
		free(d->field);
		if (is_gct) {
			/* Its counts say how many fields there are; any bytes are a
			 * description. */
			d->nfield = header.n;
			d->header = GX_HEADER_CORNER;
		} else {
			first_row(&head, d, &row);
			fit_header(&head, d, &header, &row);
		}
		doubt_header(&head, d, &header, header_number);
	}
	if (d->nfield < 2 &&
	    !(reading->id_column && strcmp(reading->id_column, "none") == 0))
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": one field a line: a table has a gene column and samples, between "
		       "TABs, commas or single spaces (--delimiter says what else)",
		       in->name, header_number);
	d->field = gx_allocate(d->nfield, 1);
	memset(d->field, GX_FIELD_VALUE, d->nfield);
	if (d->header == GX_HEADER_CORNER)
		d->name_field = mark_known(&header, d);
	if (is_gct) {
		size_t annotations = strcmp(d->kind, "GCT 1.3") == 0 ? gct.row_annotations
								     : 1;
		memset(d->field + 1, GX_FIELD_SKIP, annotations);
	}
	if (reading->na)
		take_tokens(reading->na, &d->missing);
	assign_fields(reading, d, &header);
	if (d->nvalue == 0)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64
		       ": no column of it is a sample: nothing is left to read",
		       in->name, header_number);
	gx_names_free(&header);
	gx_names_free(&row);
}

void gx_dialect_free(struct gx_dialect *dialect)
{
	gx_names_free(&dialect->columns);
	gx_names_free(&dialect->skipped);
	gx_names_free(&dialect->missing);
	free(dialect->field);
	*dialect = (struct gx_dialect){ 0 };
}
