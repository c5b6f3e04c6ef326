/* SPDX-License-Identifier: MIT */
/*
 * MatrixMarket in: a coordinate file, or a 10x directory with the names beside it.
 * Entries come in any order, so all are read and sorted by row: 28 bytes an entry at
 * most, 12 when they are sorted. The matrix stays sparse; rows are made dense one batch
 * at a time, as their digests and sums need them. What is not stored is zero, and counts.
 */
#include "format/market/market.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "command/explain.h"
#include "format/gxm/gxm.h"
#include "format/table/field.h"
#include "kernel/digest.h"
#include "number/number.h"
#include "stream/reader.h"

static const char BANNER[] = "%%MatrixMarket";

struct entry {
	uint32_t row, column; /* from 0 */
	double value;
};

struct mtx_reader {
	bool pattern; /* entries have no value: each is 1 */
	uint64_t nrow, ncol, nentry;
	struct entry *entry; /* sorted by row when they are all there */
	uint64_t room;
	uint64_t next; /* row of the next batch */
	struct gx_names genes;
	size_t gene_at; /* in its text: the name of row `next` */
};

static bool recognise(const unsigned char *head, size_t nhead)
{
	return nhead >= sizeof BANNER - 1 && memcmp(head, BANNER, sizeof BANNER - 1) == 0;
}

/* ---- lines ---- */

/* Lines of an input, one at a time, followed by readable bytes as number text wants. */
struct lines {
	struct gx_input *in;
	unsigned char *buffer;
	size_t at, end, room;
	uint64_t number;
	char *line;
	size_t nline;
};

static bool next_line(struct lines *l)
{
	enum { STEP = 256 << 10, SLACK = 64 };
	size_t searched = l->at;
	for (;;) {
		unsigned char *stop = l->end > searched ? memchr(l->buffer + searched,
								 '\n', l->end - searched)
							: NULL;
		if (!stop) {
			/* The rest to the front, and more behind it. */
			if (l->at)
				memmove(l->buffer, l->buffer + l->at, l->end - l->at);
			l->end -= l->at;
			l->at = 0;
			searched = l->end;
			if (l->room < l->end + STEP + SLACK) {
				l->room = 2 * l->end + STEP + SLACK;
				l->buffer = gx_reallocate(l->buffer, l->room, 1);
			}
			size_t n = gx_input_read_some(l->in, l->buffer + l->end, STEP);
			l->end += n;
			memset(l->buffer + l->end, 0, SLACK);
			if (n)
				continue;
			if (l->at == l->end)
				return false;
			stop = l->buffer + l->end;
		}
		l->line = (char *)l->buffer + l->at;
		l->nline = (size_t)(stop - l->buffer) - l->at;
		l->at = stop == l->buffer + l->end ? l->end : l->at + l->nline + 1;
		l->number++;
		if (l->nline && l->line[l->nline - 1] == '\r')
			l->nline--;
		return true;
	}
}

GX_NORETURN GX_COLD static void bad_line(const struct lines *l, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": MatrixMarket: %s: %s", l->in->name,
	       l->number, why, gx_show(l->line, l->nline));
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* A whole number from `least` to `most` at *p, behind blanks. */
static uint64_t take_index(const struct lines *l, const char **p, uint64_t least,
			   uint64_t most, const char *why)
{
	const char *end = l->line + l->nline, *q = skip_blanks(*p, end);
	uint64_t n;
	q = gx_decimal_take(q, (size_t)(end - q), &n);
	bool ends = q && (q == end || *q == ' ' || *q == '\t');
	if (!ends || n < least || n > most)
		bad_line(l, why);
	*p = q;
	return n;
}

static double take_value(const struct lines *l, const char **p)
{
	const char *end = l->line + l->nline, *q = skip_blanks(*p, end), *stop = q;
	while (stop < end && *stop != ' ' && *stop != '\t')
		stop++;
	double value;
	const char *rest = gx_number_parse(q, &value);
	if (rest != stop || q == stop) {
		if (q == stop || !gx_field_is_missing(q, (size_t)(stop - q)))
			bad_line(l, "its value is not a number");
		const uint64_t bits = GX_NAN_BITS;
		memcpy(&value, &bits, sizeof value);
	}
	*p = stop;
	return value;
}

static void end_of_line(const struct lines *l, const char *p)
{
	if (skip_blanks(p, l->line + l->nline) != l->line + l->nline)
		bad_line(l, "more on the line than an entry has");
}

/* ---- the file ---- */

static void read_banner(struct lines *l, struct mtx_reader *mtx)
{
	char object[16], format[16], field[16], symmetry[20];
	char line[128] = { 0 };
	if (!next_line(l) || l->nline >= sizeof line)
		gx_die(GX_EXIT_DATA, "%s: MatrixMarket: its first line is damaged",
		       l->in->name);
	memcpy(line, l->line, l->nline);
	/* Its words may be written in any case. */
	if (sscanf(line, "%%%%MatrixMarket %15s %15s %15s %19s", object, format, field,
		   symmetry) != 4)
		bad_line(l, "its first line says object, format, field and symmetry");
	if (strcasecmp(object, "matrix") != 0 || strcasecmp(format, "coordinate") != 0)
		bad_line(
			l,
			"only 'matrix coordinate' is read: write it with scipy.io.mmwrite of a "
			"sparse matrix");
	mtx->pattern = strcasecmp(field, "pattern") == 0;
	if (!mtx->pattern && strcasecmp(field, "real") != 0 &&
	    strcasecmp(field, "integer") != 0)
		bad_line(l, "only real, integer and pattern entries are read");
	if (strcasecmp(symmetry, "general") != 0)
		bad_line(
			l,
			"a symmetric matrix is none of genes x samples: write it as 'general'");
}

static void add_entry(struct mtx_reader *mtx, uint64_t n, struct entry entry)
{
	if (n == mtx->room) {
		/* By what came, not by what was declared: a forged count costs nothing.
		 */
		mtx->room = mtx->room ? mtx->room + mtx->room / 2 : 1 << 16;
		if (mtx->room > mtx->nentry)
			mtx->room = mtx->nentry;
		mtx->entry = gx_reallocate(mtx->entry, mtx->room, sizeof *mtx->entry);
	}
	mtx->entry[n] = entry;
}

static void read_head(struct lines *l, struct mtx_reader *mtx)
{
	read_banner(l, mtx);
	do {
		if (!next_line(l))
			gx_die(GX_EXIT_DATA,
			       "%s: MatrixMarket: cut off before its dimensions",
			       l->in->name);
	} while (l->nline == 0 || l->line[0] == '%');
	const char *p = l->line,
		   *why = "three counts are expected: rows, columns, entries";
	mtx->nrow = take_index(l, &p, 0, UINT32_MAX, why);
	mtx->ncol = take_index(l, &p, 1, UINT32_MAX, why);
	mtx->nentry = take_index(l, &p, 0, mtx->nrow * mtx->ncol, why);
	end_of_line(l, p);
}

static void read_entries(struct lines *l, struct mtx_reader *mtx)
{
	uint64_t n = 0;
	while (next_line(l)) {
		if (l->nline == 0)
			continue;
		if (n == mtx->nentry)
			bad_line(l, "more entries than its head declares");
		const char *p = l->line;
		struct entry e;
		e.row = (uint32_t)(take_index(l, &p, 1, mtx->nrow,
					      "its row is not one of the matrix") -
				   1);
		e.column = (uint32_t)(take_index(l, &p, 1, mtx->ncol,
						 "its column is not one of the matrix") -
				      1);
		e.value = mtx->pattern ? 1 : take_value(l, &p);
		end_of_line(l, p);
		add_entry(mtx, n++, e);
	}
	if (n != mtx->nentry)
		gx_die(GX_EXIT_DATA,
		       "%s: MatrixMarket: %" PRIu64
		       " entries where its head declares %" PRIu64 ": the file was "
		       "cut off: fetch it again",
		       l->in->name, n, mtx->nentry);
}

/* One pass of a sort by 16 bits of the rows' numbers; it keeps the order of equal ones. */
static void sort_pass(const struct entry *from, struct entry *to, uint64_t n, unsigned shift)
{
	enum { BUCKETS = 1 << 16 };
	uint64_t *place = gx_allocate_zeroed(BUCKETS + 1, sizeof *place);
	for (uint64_t i = 0; i < n; i++)
		place[(from[i].row >> shift & (BUCKETS - 1)) + 1]++;
	for (int k = 0; k < BUCKETS; k++)
		place[k + 1] += place[k];
	for (uint64_t i = 0; i < n; i++)
		to[place[from[i].row >> shift & (BUCKETS - 1)]++] = from[i];
	free(place);
}

/* By row. Nothing is kept for each row: what a head declares may be far more than there is. */
static void sort_entries(struct mtx_reader *mtx)
{
	bool sorted = true;
	for (uint64_t i = 1; i < mtx->nentry && sorted; i++)
		sorted = mtx->entry[i - 1].row <= mtx->entry[i].row;
	if (sorted)
		return;
	struct entry *other = gx_allocate(mtx->nentry, sizeof *other);
	sort_pass(mtx->entry, other, mtx->nentry, 0);
	sort_pass(other, mtx->entry, mtx->nentry, 16);
	free(other);
}

/* The first entry of row `row` or of one behind it. */
static uint64_t first_entry(const struct mtx_reader *mtx, uint64_t row)
{
	uint64_t low = 0, high = mtx->nentry;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (mtx->entry[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- 10x directories ---- */

/* The path of the first of the names that is there; to be freed, or NULL. */
static char *find_file(const char *directory, const char *const names[])
{
	for (size_t i = 0; names[i]; i++) {
		size_t room = strlen(directory) + strlen(names[i]) + 2;
		char *path = gx_allocate(room, 1);
		snprintf(path, room, "%s/%s", directory, names[i]);
		struct stat status;
		if (stat(path, &status) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *gx_mtx_find(const char *directory)
{
	static const char *const names[] = { "matrix.mtx", "matrix.mtx.gz",
					     "matrix.mtx.zst", NULL };
	return find_file(directory, names);
}

/* Reads one TAB-separated column, numbered from 1, of a file of names. */
static void read_names(const char *path, uint64_t column, uint64_t n, const char *what,
		       struct gx_names *names)
{
	struct gx_input *in = gx_input_open(path);
	struct lines l = { .in = in };
	while (next_line(&l)) {
		const char *p = l.line, *end = p + l.nline;
		for (uint64_t k = 1; k < column; k++) {
			p = memchr(p, '\t', (size_t)(end - p));
			if (!p)
				gx_die(GX_EXIT_DATA,
				       "%s:%" PRIu64 ": it has no column %" PRIu64
				       " (--id-column)",
				       path, l.number, column);
			p++;
		}
		const char *stop = memchr(p, '\t', (size_t)(end - p));
		stop = stop ? stop : end;
		for (const char *q = p; q < stop; q++)
			if ((unsigned char)*q < 0x20 || *q == 0x7f)
				gx_die(GX_EXIT_DATA,
				       "%s:%" PRIu64 ": a control byte in a name: %s",
				       path, l.number, gx_show(p, (size_t)(stop - p)));
		gx_names_add(names, p, (size_t)(stop - p));
	}
	if (names->n != n)
		gx_die(GX_EXIT_DATA,
		       "%s: %zu names where the matrix has %" PRIu64
		       " %s: these files do not "
		       "belong together",
		       path, names->n, n, what);
	free(l.buffer);
	gx_input_close(in);
}

/* For --explain the names' files have to be there, and are not read. */
static void read_directory(struct gx_operand *operand, struct mtx_reader *mtx)
{
	static const char *const features[] = { "features.tsv",
						"features.tsv.gz",
						"features.tsv.zst",
						"genes.tsv",
						"genes.tsv.gz",
						"genes.tsv.zst",
						NULL };
	static const char *const barcodes[] = { "barcodes.tsv", "barcodes.tsv.gz",
						"barcodes.tsv.zst", NULL };
	const char *id = operand->common->reading.id_column;
	uint64_t column = 1;
	if (id && strcmp(id, "none") != 0 && (!gx_decimal_read(id, strlen(id), &column) || column == 0))
		gx_die_usage(
			"%s: --id-column %s: of a 10x directory it is the number of a column of "
			"its features or genes file, or none",
			operand->directory, id);
	char *path = find_file(operand->directory, features);
	if (!path)
		gx_die(GX_EXIT_DATA,
		       "%s: no features.tsv or genes.tsv (or .gz, .zst) beside the matrix: "
		       "name the matrix file itself to do without names",
		       operand->directory);
	bool named = !id || strcmp(id, "none") != 0, explains = gx_operand_explains(operand);
	if (named && !explains)
		read_names(path, column, mtx->nrow, "rows", &mtx->genes);
	free(path);
	path = find_file(operand->directory, barcodes);
	if (!path)
		gx_die(GX_EXIT_DATA,
		       "%s: no barcodes.tsv (or .gz, .zst) beside the matrix: name the matrix "
		       "file itself to do without names",
		       operand->directory);
	if (!explains)
		read_names(path, 1, mtx->ncol, "columns", &operand->matrix.columns);
	free(path);
	operand->matrix.named = explains ? named : mtx->genes.n > 0;
}

/* ---- the reader ---- */

static void mtx_open(struct gx_operand *operand)
{
	struct mtx_reader *mtx = operand->state = gx_allocate_zeroed(1, sizeof *mtx);
	struct gx_matrix *m = &operand->matrix;
	if (operand->part.n)
		gx_operand_refuse_part(
			operand, "the entries of MatrixMarket come in any order, so no "
				 "part can be cut: write it once with gx-convert -b "
				 "-o m.gxm, and cut that");
	if (!operand->directory && operand->common->reading.id_column)
		gx_die_usage(
			"%s: --id-column: a MatrixMarket file has no names: they are in the 10x "
			"directory around it",
			operand->in->name);
	struct lines l = { .in = operand->in };
	read_head(&l, mtx);
	if (!gx_operand_explains(operand))
		read_entries(&l, mtx);
	free(l.buffer);
	m->ncol = mtx->ncol;
	m->first = 0;
	m->nrow = m->announced = m->whole = mtx->nrow;
	if (operand->directory)
		read_directory(operand, mtx);
	if (!gx_operand_explains(operand))
		sort_entries(mtx);
	gx_operand_tell(operand, "format", "MatrixMarket%s",
			operand->directory ? " in a 10x directory" : "");
	gx_operand_tell(operand, "entries", "%" PRIu64, mtx->nentry);
	if (gx_operand_explains(operand)) {
		operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
						      .last = mtx->nrow,
						      .of = mtx->nrow };
		/* 32 bytes an entry while they are sorted. */
		gx_explain_memory(32 * mtx->nentry);
	}
}

static bool mtx_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct mtx_reader *mtx = operand->state;
	uint64_t left = mtx->nrow - mtx->next, n = gx_gxm_block_rows(mtx->ncol);
	batch->rows.nrow = n < left ? n : left;
	batch->rows.first = mtx->next;
	gx_names_clear(&batch->names);
	for (size_t i = 0; mtx->genes.n && i < batch->rows.nrow; i++) {
		const char *name = mtx->genes.text + mtx->gene_at;
		size_t length = strlen(name);
		gx_names_add(&batch->names, name, length);
		mtx->gene_at += length + 1;
	}
	mtx->next += batch->rows.nrow;
	return batch->rows.nrow > 0;
}

static void mtx_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct mtx_reader *mtx = operand->state;
	size_t nrow = batch->rows.nrow, ncol = mtx->ncol;
	double *value = gx_batch_values(batch, nrow * ncol);
	memset(value, 0, nrow * ncol * sizeof *value);
	/* The row in which a column was met last, from 1, to find an entry that comes
	 * twice. */
	uint32_t *met = (uint32_t *)(void *)gx_batch_raw(batch, ncol * sizeof *met);
	memset(met, 0, ncol * sizeof *met);
	uint64_t first = batch->rows.first, k = first_entry(mtx, first);
	for (; k < mtx->nentry && mtx->entry[k].row < first + nrow; k++) {
		struct entry e = mtx->entry[k];
		uint32_t i = (uint32_t)(e.row - first);
		if (met[e.column] == i + 1)
			gx_batch_fault(batch,
				       ": MatrixMarket: two entries for row %" PRIu64
				       ", column %" PRIu64 ": which "
				       "one is meant?",
				       (uint64_t)e.row + 1, (uint64_t)e.column + 1);
		met[e.column] = i + 1;
		value[i * ncol + e.column] = e.value;
	}
	batch->rows.value = value;
	batch->rows.names = batch->names;
	batch->rows.names.room = 0;
	uint64_t *digest = gx_batch_digests(batch, nrow);
	gx_digest_rows(value, nrow, ncol, digest);
	batch->digest_sum = gx_digest_sum(digest, nrow);
}

static void mtx_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	(void)operand, (void)batch;
}

static void mtx_finish(struct gx_operand *operand)
{
	gx_operand_whole_source(operand);
}

static void mtx_close(struct gx_operand *operand)
{
	struct mtx_reader *mtx = operand->state;
	free(mtx->entry);
	gx_names_free(&mtx->genes);
	free(mtx);
}

const struct gx_reader_format gx_reader_mtx = { .name = "MatrixMarket",
						.recognise = recognise,
						.open = mtx_open,
						.fetch = mtx_fetch,
						.decode = mtx_decode,
						.accept = mtx_accept,
						.finish = mtx_finish,
						.close = mtx_close };
