/* SPDX-License-Identifier: MIT */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "message.h"

/* ---- fields ---- */

const char *gx_field_read(const char *p, const char *end, char delimiter, char *scratch,
			  const char **text, size_t *ntext)
{
	if (p == end || *p != '"') {
		const char *stop = memchr(p, delimiter, (size_t)(end - p));
		stop = stop ? stop : end;
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
			return p + 1 == end || p[1] == delimiter ? p + 1 : NULL;
		}
		*out++ = *p;
	}
	return NULL;
}

bool gx_field_is_missing(const char *text, size_t ntext)
{
	static const char *const tokens[] = { "", "NA", "NaN", "N/A", "null" };
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		if (strlen(tokens[i]) == ntext && strncasecmp(tokens[i], text, ntext) == 0)
			return true;
	return false;
}

/* ---- what is no table ---- */

const char *gx_dialect_foreign(const unsigned char *head, size_t nhead)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *what;
	} known[] = {
#define MAGIC(text) text, sizeof text - 1
		{ MAGIC("\xff\xfe"), "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8" },
		{ MAGIC("\xfe\xff"), "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8" },
		{ MAGIC("\x89HDF"), "an HDF5 file (h5ad, loom, 10x .h5): write it as a table, "
				    "with anndata: adata.to_df().T.to_csv(...)" },
		{ MAGIC("PK\x03\x04"), "a zip archive, such as a spreadsheet (.xlsx): save the "
				       "sheet as tab-separated text" },
		{ MAGIC("PAR1"), "a Parquet file: convert it with pandas: "
				 "pd.read_parquet(...).to_csv(..., sep='\\t')" },
		{ MAGIC("RDX"), "R data: in R, write.table(x, sep=\"\\t\", quote=FALSE)" },
		{ MAGIC("X\n\0\0"), "R data: in R, write.table(x, sep=\"\\t\", quote=FALSE)" },
		{ MAGIC("BZh"), "bzip2 data: pipe it through bzcat" },
		{ MAGIC("\xfd" "7zXZ"), "xz data: pipe it through xzcat" },
		{ MAGIC("version https://git-lfs"), "a git-lfs pointer, not the data: git lfs "
						    "pull" },
		{ MAGIC("<!DOCTYPE"), "an HTML page, not the data: look at the address that it "
				      "was fetched from" },
		{ MAGIC("<!doctype"), "an HTML page, not the data: look at the address that it "
				      "was fetched from" },
		{ MAGIC("<html"), "an HTML page, not the data: look at the address that it was "
				  "fetched from" },
		{ MAGIC("<HTML"), "an HTML page, not the data: look at the address that it was "
				  "fetched from" },
#undef MAGIC
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (nhead >= known[i].n && memcmp(head, known[i].magic, known[i].n) == 0)
			return known[i].what;
	return NULL;
}

/* ---- lines of the head ---- */

struct head {
	struct gx_input *in;
	const unsigned char *bytes;
	size_t n;	 /* bytes seen of the input so far */
	size_t at;	 /* where the next line begins */
	uint64_t number; /* of the line that was read last */
};

/* The next line without its end; false when there is none. Its length is not limited. */
static bool next_line(struct head *head, const char **line, size_t *nline)
{
	enum { STEP = 64 << 10 };
	size_t searched = head->at;
	for (;;) {
		const unsigned char *from = head->bytes + searched;
		const unsigned char *stop =
			head->n > searched ? memchr(from, '\n', head->n - searched) : NULL;
		size_t end = stop ? (size_t)(stop - head->bytes) : head->n;
		if (!stop) {
			searched = head->n;
			size_t n = gx_input_peek(head->in, head->n < STEP ? STEP : 2 * head->n,
						 &head->bytes);
			if (n > head->n) {
				head->n = n;
				continue;
			}
			if (head->at == head->n)
				return false;
		}
		*line = (const char *)head->bytes + head->at;
		*nline = end - head->at;
		head->at = stop ? end + 1 : end;
		head->number++;
		if (*nline && (*line)[*nline - 1] == '\r')
			--*nline;
		return true;
	}
}

GX_NORETURN GX_COLD static void bad_line(const struct head *head, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s:%llu: %s", head->in->name, (unsigned long long)head->number, why);
}

/* Control bytes but TAB, and CRs that end no line, are in no table. */
static void check_line(const struct head *head, const char *line, size_t nline)
{
	for (size_t i = 0; i < nline; i++) {
		unsigned char c = (unsigned char)line[i];
		if (c == '\r')
			bad_line(head, "lines end in CR alone, as on old Macs: convert them: "
				       "tr '\\r' '\\n'");
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			gx_die(GX_EXIT_DATA,
			       "%s:%llu: the control byte %s is in no table: is this text, and "
			       "whole? (parallel's --tag in front of binary data makes such "
			       "lines)",
			       head->in->name, (unsigned long long)head->number,
			       gx_show(line + i, 1));
	}
}

/* ---- the head ---- */

static char choose_delimiter(const char *line, size_t nline)
{
	if (memchr(line, '\t', nline))
		return '\t';
	if (memchr(line, ',', nline))
		return ',';
	return memchr(line, ' ', nline) ? ' ' : '\t';
}

/* All fields of a line as names. */
static void split(const struct head *head, const char *line, size_t nline, char delimiter,
		  struct gx_names *fields)
{
	const char *p = line, *end = line + nline, *text;
	char *scratch = gx_allocate(nline + 1, 1);
	for (size_t n;; p++) {
		p = gx_field_read(p, end, delimiter, scratch, &text, &n);
		if (!p)
			bad_line(head, "a quote is not closed on this line");
		gx_names_add(fields, text, n);
		if (p == end)
			break;
	}
	free(scratch);
}

static void take_columns(struct gx_dialect *d, const struct gx_names *header)
{
	const char *name = header->text;
	if (d->header == GX_HEADER_CORNER)
		name = gx_names_next(name);
	for (size_t i = 1; i < d->nfield; i++, name = gx_names_next(name))
		if (d->field[i] == GX_FIELD_VALUE)
			gx_names_add(&d->columns, name, strlen(name));
}

void gx_dialect_detect(struct gx_input *in, struct gx_dialect *d)
{
	*d = (struct gx_dialect){ 0 };
	struct head head = { .in = in };
	head.n = gx_input_peek(in, 4096, &head.bytes);
	const char *foreign = gx_dialect_foreign(head.bytes, head.n);
	if (foreign)
		gx_die(GX_EXIT_DATA, "%s: not a table but %s", in->name, foreign);
	if (head.n >= 3 && memcmp(head.bytes, "\xef\xbb\xbf", 3) == 0)
		head.at = 3;

	const char *line;
	size_t nline;
	if (!next_line(&head, &line, &nline))
		gx_die(GX_EXIT_DATA, "%s: there is no matrix in it: it is empty", in->name);
	check_line(&head, line, nline);
	if (nline == 0)
		bad_line(&head, "an empty line where the header must be");
	d->delimiter = choose_delimiter(line, nline);
	struct gx_names header = { 0 }, row = { 0 };
	split(&head, line, nline, d->delimiter, &header);
	d->data = head.at;
	d->data_line = head.number + 1;

	d->nfield = header.n;
	if (next_line(&head, &line, &nline) && nline > 0) {
		check_line(&head, line, nline);
		split(&head, line, nline, d->delimiter, &row);
		d->nfield = row.n;
	}
	if (d->nfield == header.n)
		d->header = GX_HEADER_CORNER;
	else if (d->nfield == header.n + 1)
		d->header = GX_HEADER_SHORT;
	else
		gx_die(GX_EXIT_DATA,
		       "%s:%llu: %zu fields where the header has %zu: a row has as many fields "
		       "as the header, or one more",
		       in->name, (unsigned long long)head.number, d->nfield, header.n);
	if (d->nfield < 2)
		gx_die(GX_EXIT_DATA,
		       "%s:%llu: one field a line: a table has a gene column and samples, "
		       "between TABs, commas or single spaces",
		       in->name, (unsigned long long)head.number);
	d->field = gx_allocate(d->nfield, 1);
	memset(d->field, GX_FIELD_VALUE, d->nfield);
	d->field[0] = GX_FIELD_NAME;
	d->nvalue = d->nfield - 1;
	d->plain = true;
	take_columns(d, &header);
	gx_names_free(&header);
	gx_names_free(&row);
}

void gx_dialect_free(struct gx_dialect *dialect)
{
	gx_names_free(&dialect->columns);
	free(dialect->field);
	*dialect = (struct gx_dialect){ 0 };
}
