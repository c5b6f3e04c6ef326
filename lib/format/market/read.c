/* SPDX-License-Identifier: MIT */
/*
 * MatrixMarket in: a coordinate file, or that of 10x with the names beside it. Entries come
 * in any order, so all are read and sorted by row before the first row is made: 32 bytes
 * an entry at most, 16 when they are sorted. The matrix stays sparse; rows are made dense one
 * batch at a time, as their digests and sums need them. What is not stored is zero, and
 * counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "bytes/lines.h"
#include "format/format.h"
#include "format/market/market.h"
#include "format/table/field.h"
#include "number/number.h"

static const char BANNER[] = "%%MatrixMarket", BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

struct entry {
	uint32_t row, column; /* from 0 */
	double value;
};

struct market_reader {
	bool pattern;	  /* entries have no value: each is 1 */
	bool is_unsigned; /* no entry is below 0 */
	uint64_t nrow, ncol, nentry; /* as the head declares them */
	uint64_t lines;	     /* of the head */
	struct entry *entry; /* of chosen rows; sorted by row when they are all there */
	uint64_t nkept, room;
	uint32_t *number; /* of a row among those chosen (market.h); NULL: all are */
	uint64_t nchosen;
	uint64_t next; /* row of the next batch */
	struct gx_names genes;
	size_t gene_at; /* in its text: the name of row `next` */
};

/* Behind a byte order mark and blanks, in any case: SciPy and R's Matrix read it as well. */
static bool recognise(const unsigned char *head, size_t nhead)
{
	const char *p = (const char *)head, *end = p + nhead;
	if (nhead >= 3 && memcmp(p, BYTE_ORDER_MARK, 3) == 0)
		p += 3;
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return (size_t)(end - p) >= sizeof BANNER - 1 &&
	       strncasecmp(p, BANNER, sizeof BANNER - 1) == 0;
}

/* ---- lines ---- */

GX_NORETURN GX_COLD static void bad_line(const struct gx_lines *l, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": MatrixMarket: %s: %s", l->in->name,
	       l->number, why, gx_show(l->text, l->n));
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* A whole number from `least` to `most` at *p, behind blanks. */
static uint64_t take_index(const struct gx_lines *l, const char **p, uint64_t least,
			   uint64_t most, const char *why)
{
	const char *end = l->text + l->n, *q = skip_blanks(*p, end);
	uint64_t n;
	q = gx_decimal_take(q, (size_t)(end - q), &n);
	bool ends = q && (q == end || *q == ' ' || *q == '\t');
	if (!ends || n < least || n > most)
		bad_line(l, why);
	*p = q;
	return n;
}

static double take_value(const struct gx_lines *l, bool is_unsigned, const char **p)
{
	const char *end = l->text + l->n, *q = skip_blanks(*p, end), *stop = q;
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
	if (is_unsigned && value < 0)
		bad_line(l, "a value below 0 where its first line says unsigned-integer");
	*p = stop;
	return value;
}

static void end_of_line(const struct gx_lines *l, const char *p)
{
	if (skip_blanks(p, l->text + l->n) != l->text + l->n)
		bad_line(l, "more on the line than an entry has");
}

/* ---- the file ---- */

/* What the entries of a field are; dies where they are none that is read. */
static void take_field(const struct gx_lines *l, const char *field, struct market_reader *market)
{
	static const char *const numbers[] = { "real", "double", "float", "integer",
					       "unsigned-integer" };
	market->pattern = strcasecmp(field, "pattern") == 0;
	market->is_unsigned = strcasecmp(field, "unsigned-integer") == 0;
	bool known = market->pattern;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		known |= strcasecmp(field, numbers[i]) == 0;
	if (strcasecmp(field, "complex") == 0)
		bad_line(l, "complex entries are not read: write the real parts, with "
			    "scipy.io.mmwrite('x.mtx', m.real)");
	if (!known)
		bad_line(l, "only real (double, float), integer (unsigned-integer) and pattern "
			    "entries are read");
}

static void read_banner(struct gx_lines *l, struct market_reader *market)
{
	char banner[20], object[16], format[16], field[24], symmetry[20];
	char line[160] = { 0 };
	const char *p = line;
	do {
		if (!gx_lines_next(l) || l->n >= sizeof line)
			gx_die(GX_EXIT_DATA, "%s: MatrixMarket: its first line is damaged",
			       l->in->name);
		p = skip_blanks(l->text, l->text + l->n);
	} while (p == l->text + l->n);
	memcpy(line, l->text, l->n);
	p = memcmp(line, BYTE_ORDER_MARK, 3) == 0 ? line + 3 : line;
	/* Its words may be written in any case. */
	if (sscanf(p, "%19s %15s %15s %23s %19s", banner, object, format, field, symmetry) != 5)
		bad_line(l, "its first line says object, format, field and symmetry");
	if (strcasecmp(object, "matrix") != 0 || strcasecmp(format, "coordinate") != 0)
		bad_line(
			l,
			"only 'matrix coordinate' is read: write it with scipy.io.mmwrite of a "
			"sparse matrix");
	take_field(l, field, market);
	if (strcasecmp(symmetry, "general") != 0)
		bad_line(
			l,
			"a symmetric matrix is none of genes x samples: write it as 'general'");
}

/* Keeps an entry of a chosen row, under the row's number among them. */
static void add_entry(struct market_reader *market, struct entry entry)
{
	if (market->number)
		entry.row = market->number[entry.row];
	if (entry.row == GX_MARKET_DROPPED)
		return;
	if (market->nkept == market->room) {
		/* By what came, not by what was declared: a forged count costs nothing. */
		market->room = market->room ? market->room + market->room / 2 : 1 << 16;
		if (market->room > market->nentry)
			market->room = market->nentry;
		market->entry = gx_reallocate(market->entry, market->room, sizeof *market->entry);
	}
	market->entry[market->nkept++] = entry;
}

static void read_head(struct gx_lines *l, struct market_reader *market)
{
	read_banner(l, market);
	do {
		if (!gx_lines_next(l))
			gx_die(GX_EXIT_DATA,
			       "%s: MatrixMarket: cut off before its dimensions",
			       l->in->name);
	} while (l->n == 0 || l->text[0] == '%');
	const char *p = l->text,
		   *why = "three counts are expected: rows, columns, entries";
	market->nrow = take_index(l, &p, 0, UINT32_MAX, why);
	market->ncol = take_index(l, &p, 1, UINT32_MAX, why);
	market->nentry = take_index(l, &p, 0, market->nrow * market->ncol, why);
	end_of_line(l, p);
	/* A row is made dense: a few bytes must not ask for any amount of memory. */
	if (market->ncol > GX_COLUMNS_WITHOUT_ROWS_MAX && market->ncol / 64 > market->nentry)
		bad_line(l, "it declares far more columns than its entries could fill");
}

static void read_entries(struct gx_lines *l, struct market_reader *market)
{
	uint64_t n = 0;
	while (gx_lines_next(l)) {
		if (l->n == 0)
			continue;
		if (n == market->nentry)
			bad_line(l, "more entries than its head declares");
		const char *p = l->text;
		struct entry e;
		e.row = (uint32_t)(take_index(l, &p, 1, market->nrow,
					      "its row is not one of the matrix") -
				   1);
		e.column = (uint32_t)(take_index(l, &p, 1, market->ncol,
						 "its column is not one of the matrix") -
				      1);
		e.value = market->pattern ? 1 : take_value(l, market->is_unsigned, &p);
		end_of_line(l, p);
		add_entry(market, e);
		n++;
	}
	if (n != market->nentry)
		gx_die(GX_EXIT_DATA,
		       "%s: MatrixMarket: %" PRIu64
		       " entries where its head declares %" PRIu64 ": the file was "
		       "cut off: fetch it again",
		       l->in->name, n, market->nentry);
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
static void sort_entries(struct market_reader *market)
{
	bool sorted = true;
	for (uint64_t i = 1; i < market->nkept && sorted; i++)
		sorted = market->entry[i - 1].row <= market->entry[i].row;
	if (sorted)
		return;
	struct entry *other = gx_allocate(market->nkept, sizeof *other);
	sort_pass(market->entry, other, market->nkept, 0);
	sort_pass(other, market->entry, market->nkept, 16);
	free(other);
}

/* The first entry of row `row` or of one behind it. */
static uint64_t first_entry(const struct market_reader *market, uint64_t row)
{
	uint64_t low = 0, high = market->nkept;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (market->entry[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- the reader ---- */

static void read_names(struct gx_operand *operand, struct market_reader *market)
{
	const struct gx_request *request = operand->request;
	struct gx_market_names names = { .nrow = market->nrow, .ncol = market->ncol };
	gx_market_names_read(operand->beside, &request->reading, request->is_survey,
			     request->head_only, &operand->facts, &names);
	market->genes = names.rows;
	market->number = names.number;
	market->nchosen = names.number ? names.nchosen : market->nrow;
	operand->matrix.columns = names.columns;
	operand->matrix.named = names.named;
}

/* What has no names beside it has neither a column of them nor kinds of features. */
static void refuse_options(const struct gx_operand *operand)
{
	const struct gx_reading *reading = &operand->request->reading;
	const char *option = reading->id_column	     ? "--id-column"
			     : reading->feature_type ? "--feature-type"
						     : NULL;
	if (option)
		gx_die_usage("%s: %s: a MatrixMarket file has no names: they are in the 10x "
			     "directory around it",
			     operand->in->name, option);
}

static void market_open(struct gx_operand *operand)
{
	struct market_reader *market = operand->state = gx_allocate_zeroed(1, sizeof *market);
	struct gx_matrix *m = &operand->matrix;
	if (operand->request->part.n)
		gx_operand_refuse_part(operand,
				       "the entries of MatrixMarket come in any order, so no part "
				       "can be cut: write it once with gx-convert -b -o m.gxm, and "
				       "cut that");
	if (!operand->beside)
		refuse_options(operand);
	struct gx_lines l = { .in = operand->in };
	read_head(&l, market);
	gx_lines_leave(&l);
	market->lines = l.number;
	market->nchosen = market->nrow;
	gx_facts_tell(&operand->facts, "format", "MatrixMarket%s",
		      operand->beside ? " in a 10x directory" : "");
	gx_facts_tell(&operand->facts, "entries", "%" PRIu64, market->nentry);
	if (operand->beside)
		read_names(operand, market);
	m->ncol = market->ncol;
	m->first = 0;
	m->nrow = m->announced = m->whole = market->nchosen;
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = market->nchosen,
					      .of = market->nchosen };
	/* While they are sorted. */
	operand->memory = 2 * sizeof(struct entry) * market->nentry;
}

static void market_start(struct gx_operand *operand)
{
	struct market_reader *market = operand->state;
	struct gx_lines l = { .in = operand->in, .number = market->lines };
	read_entries(&l, market);
	sort_entries(market);
}

static bool market_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct market_reader *market = operand->state;
	uint64_t left = market->nchosen - market->next, n = gx_batch_rows(market->ncol);
	batch->rows.nrow = n < left ? n : left;
	batch->rows.first = market->next;
	gx_batch_take_names(batch, &market->genes, &market->gene_at);
	market->next += batch->rows.nrow;
	return batch->rows.nrow > 0;
}

/* The number of a row in the file, from 1, of one among those chosen. */
static uint64_t row_in_file(const struct market_reader *market, uint32_t row)
{
	uint64_t i = row;
	while (market->number && market->number[i] != row)
		i++;
	return i + 1;
}

static void market_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct market_reader *market = operand->state;
	size_t nrow = batch->rows.nrow, ncol = market->ncol;
	double *value = gx_batch_values(batch, nrow * ncol);
	memset(value, 0, nrow * ncol * sizeof *value);
	/* The row in which a column was met last, from 1, to find an entry that comes
	 * twice. */
	uint32_t *met = (uint32_t *)(void *)gx_batch_raw(batch, ncol * sizeof *met);
	memset(met, 0, ncol * sizeof *met);
	uint64_t first = batch->rows.first, k = first_entry(market, first);
	for (; k < market->nkept && market->entry[k].row < first + nrow; k++) {
		struct entry e = market->entry[k];
		uint32_t i = (uint32_t)(e.row - first);
		if (met[e.column] == i + 1)
			gx_fault_note(&batch->fault, GX_EXIT_DATA,
				      ": MatrixMarket: two entries for row %" PRIu64
				      ", column %" PRIu64 ": which one is meant?",
				      row_in_file(market, e.row), (uint64_t)e.column + 1);
		met[e.column] = i + 1;
		value[i * ncol + e.column] = e.value;
	}
	batch->rows.value = value;
	gx_batch_digest(batch);
}

static void market_finish(struct gx_operand *operand)
{
	gx_operand_whole_source(operand);
}

static void market_close(struct gx_operand *operand)
{
	struct market_reader *market = operand->state;
	free(market->entry);
	free(market->number);
	gx_names_free(&market->genes);
	free(market);
}

const struct gx_reader_format gx_reader_market = { .name = "MatrixMarket",
						   .rows_follow = true,
						.recognise = recognise,
						.open = market_open,
						   .start = market_start,
						.fetch = market_fetch,
						.decode = market_decode,
						.finish = market_finish,
						.close = market_close };
