/* SPDX-License-Identifier: MIT */
/*
 * Text tables in: chunks of whole lines, which any thread turns into rows. A part of a
 * file is a range of its bytes; a line belongs to the part in which its first byte lies.
 */
#define _GNU_SOURCE /* memrchr */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/fingerprint.h"
#include "format/table/dialect.h"
#include "format/table/field.h"
#include "kernel/digest.h"
#include "number/number.h"
#include "stream/reader.h"

enum { CHUNK = 256 << 10 };

#define BLANK                                                                                   \
	"a blank line among the rows: was something lost here, or glued? (--skip-blank passes " \
	"over it)"

struct table_reader {
	struct gx_dialect dialect;
	uint64_t first, last; /* the part's bytes, as the record names them */
	uint64_t limit;    /* lines that begin here or behind are not ours, or no rows */
	uint64_t start;    /* where our first line begins */
	uint64_t row;      /* number of the first row, or GX_UNKNOWN */
	uint64_t rows_end; /* of a file: where the last row's line ends */
	uint64_t position; /* fetch: offset of the next line */
	bool ended;
	bool marker_seen;     /* the line behind the last row */
	unsigned char *carry; /* bytes behind the last whole line of the chunk before */
	size_t ncarry, carry_room;
	uint64_t line; /* accept: number of the next line; of the part when in_part */
	bool in_part;  /* the lines before are not counted */
	struct gx_names tokens; /* accept: what stood for missing values */
	uint64_t blank; /* accept: number of a blank line with no row behind it yet; or 0
			 */
	struct gx_fingerprint print;
	uint64_t print_value;
};

/* ---- open ---- */

GX_NORETURN GX_COLD static void no_end_marker(const struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	gx_die(GX_EXIT_DATA,
	       "%s: %s: its last line, %s, is missing: the file was cut off: fetch it "
	       "again",
	       operand->in->name, t->dialect.kind, t->dialect.end_marker);
}

/* The offset at which the first line of the part begins. */
static uint64_t first_line(const struct gx_operand *operand, uint64_t from)
{
	enum { PIECE = 64 << 10 };
	if (from == 0)
		return 0;
	unsigned char *piece = gx_allocate(PIECE, 1);
	/* A line begins behind a line end: the byte before `from` may be one. */
	for (uint64_t at = from - 1;; at += PIECE) {
		size_t n = gx_input_at(operand->in, piece, PIECE, at);
		const unsigned char *end = n ? memchr(piece, '\n', n) : NULL;
		if (end || n < PIECE) {
			uint64_t found = end ? at + (uint64_t)(end - piece) + 1
					     : operand->in->size;
			free(piece);
			return found;
		}
	}
}

/* Where the line behind the last row begins: it is looked for from the file's end. */
static uint64_t find_end_marker(const struct gx_operand *operand)
{
	enum { PIECE = 64 << 10, OVERLAP = 64 };
	const struct table_reader *t = operand->state;
	const char *marker = t->dialect.end_marker;
	size_t nmarker = strlen(marker);
	uint64_t least = t->dialect.data - 1; /* with the LF before the first row */
	uint64_t from = operand->in->size, found = GX_UNKNOWN;
	unsigned char *piece = gx_allocate(PIECE + OVERLAP, 1);
	while (from > least && found == GX_UNKNOWN) {
		from = from > least + PIECE ? from - PIECE : least;
		/* A marker may lie across the end of this piece. */
		size_t n = gx_input_at(operand->in, piece, PIECE + OVERLAP, from);
		for (size_t i = 0; i + 1 + nmarker <= n && found == GX_UNKNOWN; i++)
			if (piece[i] == '\n' &&
			    memcmp(piece + i + 1, marker, nmarker) == 0)
				found = from + i + 1;
	}
	free(piece);
	if (found == GX_UNKNOWN)
		no_end_marker(operand);
	return found;
}

/* The lines behind the last row: more metadata may stand there, but no more rows. */
struct behind {
	char head[32]; /* of the present line */
	size_t nhead;
};

static void judge_behind(const struct gx_operand *operand, struct behind *b)
{
	const struct table_reader *t = operand->state;
	size_t n = b->nhead;
	b->nhead = 0;
	if (n && b->head[n - 1] == '\r')
		n--;
	if (n && (!strchr("!^#", b->head[0]) || memmem(b->head, n, "_table_begin", 12)))
		gx_die(GX_EXIT_DATA,
		       "%s: %s: behind its end, %s, there is more: %s: were files glued "
		       "together? read them one by one",
		       operand->in->name, t->dialect.kind, t->dialect.end_marker,
		       gx_show(b->head, n));
}

static void look_behind(const struct gx_operand *operand, struct behind *b,
			const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			judge_behind(operand, b);
		else if (b->nhead < sizeof b->head)
			b->head[b->nhead++] = (char)bytes[i];
	}
}

/* From the line behind the last row to the end of the file. */
static void check_file_end(const struct gx_operand *operand)
{
	enum { PIECE = 64 << 10 };
	const struct table_reader *t = operand->state;
	struct behind b = { .nhead = 0 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	size_t n;
	for (uint64_t at = t->rows_end; (n = gx_input_at(operand->in, piece, PIECE, at)) > 0;
	     at += n)
		look_behind(operand, &b, piece, n);
	judge_behind(operand, &b);
	free(piece);
}

/* The same of a pipe, of which raw[0 .. n) is read already. */
static void check_pipe_end(const struct gx_operand *operand, const unsigned char *raw,
			   size_t n)
{
	enum { PIECE = 64 << 10 };
	struct behind b = { .nhead = 0 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	look_behind(operand, &b, raw, n);
	while ((n = gx_input_read_some(operand->in, piece, PIECE)) > 0)
		look_behind(operand, &b, piece, n);
	judge_behind(operand, &b);
	free(piece);
}

static void choose_bytes(struct gx_operand *operand)
{
	struct table_reader *t = operand->state;
	struct gx_input *in = operand->in;
	t->position = t->dialect.data;
	t->line = t->dialect.data_line;
	t->last = t->limit = GX_UNKNOWN;
	if (operand->part.n && !in->seekable)
		gx_operand_refuse_part(
			operand,
			in->compression != GX_PLAIN
				? "compressed text cannot be cut: write it once with "
				  "gx-convert -b -o m.gxm, and cut that"
				: "text on a pipe cannot be cut: name a file, or "
				  "write it once with gx-convert -b -o m.gxm");
	if (!in->seekable)
		return;
	t->last = t->limit = t->rows_end = in->size;
	if (operand->part.n) {
		t->first = gx_part_bound(in->size, operand->part.k - 1, operand->part.n);
		t->limit = t->last = gx_part_bound(in->size, operand->part.k,
						   operand->part.n);
	}
	if (t->dialect.end_marker) {
		t->rows_end = find_end_marker(operand);
		t->limit = t->limit < t->rows_end ? t->limit : t->rows_end;
		t->marker_seen = true;
		check_file_end(operand);
	}
	if (t->first > t->dialect.data) {
		t->position = first_line(operand, t->first);
		t->in_part = true;
	}
}

/* Rows before the part: their number is what names those without ids. */
static uint64_t rows_before(const struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	enum { PIECE = 256 << 10 };
	unsigned char *piece = gx_allocate(PIECE + 1, 1);
	uint64_t rows = 0;
	unsigned char before = '\n'; /* the byte before the piece */
	for (uint64_t at = t->dialect.data; at < t->start; at += PIECE) {
		uint64_t left = t->start - at;
		size_t n = gx_input_at(operand->in, piece, left < PIECE ? left : PIECE,
				       at);
		for (size_t i = 0; i < n; i++) {
			/* A row begins behind a line end and is not blank. */
			rows += before == '\n' && piece[i] != '\n' && piece[i] != '\r';
			before = piece[i];
		}
	}
	free(piece);
	return rows;
}

static const char *delimiter_name(int delimiter, char buffer[4])
{
	if (delimiter == GX_WHITESPACE)
		return "whitespace";
	if (delimiter == '\t' || delimiter == ',' || delimiter == ' ')
		return delimiter == '\t' ? "tab" : delimiter == ',' ? "comma" : "space";
	snprintf(buffer, 4, "'%c'", delimiter);
	return buffer;
}

/* Names with commas between them, as many as fit in a fact. */
static const char *join_names(const struct gx_names *names, char out[1024])
{
	size_t n = 0;
	const char *p = names->text;
	strcpy(out, "none");
	for (size_t i = 0; i < names->n && n < 1000; i++, p = gx_names_next(p))
		n += (size_t)snprintf(out + n, 1024 - n, "%s%.200s", i ? "," : "", p);
	return out;
}

static void tell_decisions(struct gx_operand *operand)
{
	static const char *const headers[] = { [GX_HEADER_CORNER] = "with a corner cell",
					       [GX_HEADER_SHORT] = "one field short",
					       [GX_HEADER_NONE] = "none" };
	const struct table_reader *t = operand->state;
	const struct gx_dialect *d = &t->dialect;
	char buffer[4], list[1024];
	gx_operand_tell(operand, "format", "text, %s", d->kind);
	gx_operand_tell(operand, "delimiter", "%s", delimiter_name(d->delimiter, buffer));
	gx_operand_tell(operand, "header", "%s", headers[d->header]);
	gx_operand_tell(operand, "first_row_on_line", "%" PRIu64, d->data_line);
	if (d->name_field == SIZE_MAX)
		gx_operand_tell(operand, "id_column", "none");
	else
		gx_operand_tell(operand, "id_column", "%zu", d->name_field + 1);
	gx_operand_tell(operand, "skipped_columns", "%s", join_names(&d->skipped, list));
	if (d->trailing)
		gx_operand_tell(operand, "trailing_delimiter", "yes");
	if (d->rows != GX_UNKNOWN)
		gx_operand_tell(operand, "declared_rows", "%" PRIu64, d->rows);
}

/* Of a file the whole is known, and the part: all but the digest of the rows. */
static void tell_file(struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	struct gx_source *source = &operand->source;
	source->unit = GX_UNIT_BYTES;
	source->first = t->first;
	source->last = t->last;
	source->of = operand->in->size;
	snprintf(source->identity, sizeof source->identity, "text:%016" PRIx64,
		 t->print_value);
}

/* The first row, which the dialect was decided by. */
static uint64_t first_row_length(const struct gx_operand *operand)
{
	enum { PIECE = 64 << 10 };
	const struct table_reader *t = operand->state;
	unsigned char *piece = gx_allocate(PIECE, 1);
	uint64_t length = 0;
	for (const unsigned char *end = NULL; !end; ) {
		size_t n = gx_input_at(operand->in, piece, PIECE, t->dialect.data + length);
		end = n ? memchr(piece, '\n', n) : NULL;
		length += end ? (uint64_t)(end - piece) + 1 : n;
		if (n < PIECE)
			break;
	}
	free(piece);
	return length;
}

static void foresee(struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	if (operand->in->seekable) {
		tell_file(operand);
		operand->nbyte = t->last - t->first;
		operand->nline = first_row_length(operand);
		return;
	}
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = GX_UNKNOWN,
					      .of = GX_UNKNOWN };
}

static void table_open(struct gx_operand *operand)
{
	struct table_reader *t = operand->state = gx_allocate_zeroed(1, sizeof *t);
	struct gx_input *in = operand->in;
	struct gx_matrix *m = &operand->matrix;
	const struct gx_dialect *d = &t->dialect;
	gx_dialect_detect(in, &operand->common->reading, &t->dialect);
	choose_bytes(operand);
	t->start = t->position;
	if (in->seekable) {
		char *reading = gx_reading_describe(&operand->common->reading);
		gx_fingerprint_start(&t->print, in->size);
		gx_fingerprint_read(&t->print, in);
		t->print_value = gx_fingerprint_end(&t->print, reading);
		free(reading);
	}
	m->ncol = d->nvalue;
	gx_names_append(&m->columns, &d->columns);
	m->named = d->name_field != SIZE_MAX;
	/* A whole begins with row 0. What row a part begins with is counted only where a
	 * number is all the name that rows have. */
	bool whole = t->first == 0 && (t->last == GX_UNKNOWN || t->last == in->size);
	m->first = whole ? 0 : GX_UNKNOWN;
	bool counted = !whole && !m->named && !gx_operand_explains(operand);
	t->row = whole ? 0 : counted ? rows_before(operand) : GX_UNKNOWN;
	m->nrow = m->announced = m->whole = GX_UNKNOWN;
	gx_input_skip(in, t->position);
	tell_decisions(operand);
	if (gx_operand_explains(operand))
		foresee(operand);
}

/* ---- fetch ---- */

static void keep(struct table_reader *t, const unsigned char *bytes, size_t n)
{
	if (t->carry_room < n) {
		free(t->carry);
		t->carry = gx_allocate(n, 1);
		t->carry_room = n;
	}
	if (n)
		memcpy(t->carry, bytes, n);
	t->ncarry = n;
}

/* Appends up to n bytes of the input to batch->raw; false at the end. */
static bool append(struct gx_input *in, struct gx_batch *batch, size_t n)
{
	size_t got = gx_input_read_grow(in, &batch->raw, &batch->raw_room, batch->nraw,
					n);
	batch->nraw += got;
	return got == n;
}

/* The end of the last line of raw[0 .. n) that begins before `stop`; 0: not there yet. */
static size_t last_line_end(const unsigned char *raw, size_t n, size_t stop)
{
	if (stop < n) {
		/* The line that begins last before `stop` ends at or behind stop - 1. */
		size_t from = stop ? stop - 1 : 0;
		const unsigned char *end = memchr(raw + from, '\n', n - from);
		return end ? (size_t)(end - raw) + 1 : 0;
	}
	const unsigned char *end = memrchr(raw, '\n', n);
	return end ? (size_t)(end - raw) + 1 : 0;
}

/* Cuts whole lines before the line behind the last row, which ends the reading. */
static size_t stop_at_marker(struct table_reader *t, const unsigned char *raw, size_t n)
{
	const char *marker = t->dialect.end_marker;
	size_t nmarker = strlen(marker);
	for (size_t at = 0; at < n;) {
		if (n - at >= nmarker && memcmp(raw + at, marker, nmarker) == 0) {
			t->ended = t->marker_seen = true;
			return at;
		}
		const unsigned char *end = memchr(raw + at, '\n', n - at);
		at = end ? (size_t)(end - raw) + 1 : n;
	}
	return n;
}

static bool table_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct table_reader *t = operand->state;
	if (t->ended || t->position >= t->limit)
		return false;
	gx_batch_raw(batch, CHUNK);
	batch->nraw = 0;
	if (t->ncarry) {
		gx_batch_raw(batch, t->ncarry);
		memcpy(batch->raw, t->carry, t->ncarry);
		batch->nraw = t->ncarry;
	}
	uint64_t left = t->limit - t->position; /* bytes in which our lines begin */
	size_t end = 0;
	for (size_t want = CHUNK; end == 0; want *= 2) {
		bool more = batch->nraw >= want ||
			    append(operand->in, batch, want - batch->nraw);
		end = last_line_end(batch->raw, batch->nraw,
				    left < batch->nraw ? left : batch->nraw);
		if (!more && end == 0)
			end = batch->nraw; /* the last line has no line end */
		if (!more) {
			t->ended = true;
			/* What follows the last line end is a line as well. */
			if (left >= batch->nraw)
				end = batch->nraw;
			break;
		}
	}
	if (t->dialect.end_marker && !operand->in->seekable) {
		end = stop_at_marker(t, batch->raw, end);
		if (t->marker_seen)
			check_pipe_end(operand, batch->raw + end, batch->nraw - end);
	}
	t->ncarry = 0;
	if (!t->ended)
		keep(t, batch->raw + end, batch->nraw - end);
	batch->nraw = end;
	batch->offset = t->position;
	t->position += end;
	return end > 0;
}

/* ---- decode ---- */

/* What a chunk is being made into. */
struct parse {
	const struct gx_dialect *dialect;
	struct gx_batch *batch;
	double *value;
	const char *line; /* where the present line begins */
	uint64_t nline;   /* lines before it in the chunk */
	char *scratch;
	size_t scratch_room;
};

/* Faults carry the line's number in the chunk; accept knows what to add. */
static void fault(struct parse *parse, size_t field, const char *format, ...)
	GX_PRINTF(3, 4) GX_COLD;

static void fault(struct parse *parse, size_t field, const char *format, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	parse->batch->number = parse->nline;
	if (field)
		gx_batch_fault(parse->batch, ":%zu: %s", field, text);
	else
		gx_batch_fault(parse->batch, ": %s", text);
}

/*
 * The first byte of a name that is in no text: a control byte other than TAB, or a CR,
 * which within a line ends none. NULL: there is none. Values need no such look: they are
 * numbers or they are refused. (One look at every chunk, vectorised, cost 5 to 8 % of the
 * reading.)
 */
static inline const char *foreign_byte(const char *p, const char *end)
{
	for (; p < end; p++) {
		unsigned char c = (unsigned char)*p;
		if (GX_UNLIKELY((c < 0x20 && c != '\t') || c == 0x7f))
			return p;
	}
	return NULL;
}

GX_COLD static void foreign_fault(struct parse *parse, size_t field, const char *byte)
{
	if (*byte == '\r')
		fault(parse, field,
		      "a CR that ends no line: line ends are LF or CR LF (old Macs: tr '\\r' '\\n')");
	else
		fault(parse, field,
		      "the control byte %s is in no table: is this text, and whole?",
		      gx_show(byte, 1));
}

static char *scratch(struct parse *parse, size_t n)
{
	if (parse->scratch_room < n) {
		free(parse->scratch);
		parse->scratch = gx_allocate(n, 1);
		parse->scratch_room = n;
	}
	return parse->scratch;
}

/* A value that the fast loop could not take: quoted, padded, missing, or none. */
static bool is_missing(const struct gx_dialect *d, const char *text, size_t n)
{
	if (gx_field_is_missing(text, n))
		return true;
	const char *token = d->missing.text;
	for (size_t i = 0; i < d->missing.n; i++, token = gx_names_next(token))
		if (strlen(token) == n && memcmp(token, text, n) == 0)
			return true;
	return false;
}

/* Notes a spelling of missing values; there are few, and a batch has most of them soon.
 */
static void note_token(struct gx_names *tokens, const char *text, size_t n)
{
	enum { MOST = 16 };
	const char *token = tokens->text;
	for (size_t i = 0; i < tokens->n; i++, token = gx_names_next(token))
		if (strlen(token) == n && memcmp(token, text, n) == 0)
			return;
	if (tokens->n < MOST)
		gx_names_add(tokens, text, n);
}

static bool read_value(struct parse *parse, const char *text, size_t n, double *value)
{
	const struct gx_dialect *d = parse->dialect;
	while (n && (*text == ' ' || *text == '\t'))
		text++, n--;
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	if (is_missing(d, text, n)) {
		const uint64_t bits = GX_NAN_BITS;
		memcpy(value, &bits, sizeof bits);
		note_token(&parse->batch->tokens, text, n);
		return true;
	}
	/* The text may be a piece of a longer one: a copy ends where it ends. */
	char small[64 + GX_NUMBER_SLACK] = { 0 };
	char *copy = n < 64 ? small : gx_allocate_zeroed(n + 1 + GX_NUMBER_SLACK, 1);
	memcpy(copy, text, n);
	bool good = true;
	for (char *p = copy; d->decimal_comma && p < copy + n; p++) {
		good &= *p != '.'; /* of thousands: not told from a decimal point */
		*p = *p == ',' ? '.' : *p;
	}
	good = good && gx_number_parse(copy, value) == copy + n;
	if (copy != small)
		free(copy);
	return good;
}

GX_COLD static void not_a_number(struct parse *parse, size_t field, const char *text,
				 size_t n)
{
	const char *foreign = foreign_byte(text, text + n);
	if (foreign)
		foreign_fault(parse, field, foreign);
	else if (memchr(text, ',', n) && !parse->dialect->decimal_comma)
		fault(parse, field,
		      "not a number: %s (a decimal comma: --decimal-comma; commas between thousands "
		      "must go)",
		      gx_show(text, n));
	else
		fault(parse, field,
		      "not a number: %s (annotation: --skip-columns %zu; missing: --na with that "
		      "token)",
		      gx_show(text, n), field);
}

/* Where the field at p ends, and its text; NULL with a fault where a quote is wrong. */
static const char *next_field(struct parse *parse, const char *p, const char *end,
			      size_t field, const char **text, size_t *n)
{
	const struct gx_dialect *d = parse->dialect;
	if (d->raw_skip && field < d->nfield && d->field[field] == GX_FIELD_SKIP) {
		const char *stop = memchr(p, d->delimiter, (size_t)(end - p));
		*text = p;
		*n = (size_t)((stop ? stop : end) - p);
		return *text + *n;
	}
	const char *stop = gx_field_read(p, end, d->delimiter,
					 scratch(parse, (size_t)(end - p) + 1), text, n);
	if (stop)
		return stop;
	while (p < end && *p != '"')
		p++;
	bool closed = memchr(p + 1, '"', (size_t)(end - p - 1));
	fault(parse, field + 1,
	      closed ? "text follows the closing quote: %s"
		     : "a quote is not closed on this line: %s",
	      gx_show(p, (size_t)(end - p)));
	return NULL;
}

static void wrong_count(struct parse *parse, size_t nfield, bool last_is_empty)
{
	const struct gx_dialect *d = parse->dialect;
	size_t expected = d->nfield + d->trailing;
	fault(parse, 0,
	      "%zu field%s where %zu are expected: a row was cut, glued or shifted%s",
	      nfield, nfield == 1 ? "" : "s", expected,
	      nfield == expected + 1 && last_is_empty
		      ? " (a delimiter at the end of the rows: --trailing-delimiter)"
		      : "");
}

/* The fields of one line from number `field` (from 0) on, by the general rules. */
static bool read_fields(struct parse *parse, const char *p, const char *end, size_t field)
{
	const struct gx_dialect *d = parse->dialect;
	while (d->delimiter == GX_WHITESPACE && end > p &&
	       (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	size_t n;
	for (;; p++, field++) {
		const char *text, *start = p;
		p = next_field(parse, p, end, field, &text, &n);
		if (!p)
			return false;
		if (field < d->nfield) {
			const char *foreign = d->field[field] == GX_FIELD_VALUE
						      ? NULL
						      : foreign_byte(text, text + n);
			if (foreign) {
				foreign_fault(parse, field + 1, foreign);
				return false;
			}
			if (n == 0 && d->strict_space && text == start) {
				fault(parse, field + 1,
				      "several spaces between fields: --delimiter whitespace takes "
				      "them as one");
				return false;
			}
			if (d->field[field] == GX_FIELD_NAME)
				gx_names_put(&parse->batch->names, text, n);
			else if (d->field[field] == GX_FIELD_VALUE &&
				 !read_value(parse, text, n, parse->value++)) {
				not_a_number(parse, field + 1, text, n);
				return false;
			}
		} else if (field == d->nfield && d->trailing && n > 0) {
			fault(parse, field + 1,
			      "%s behind the delimiter that ends the rows",
			      gx_show(text, n));
			return false;
		}
		if (p == end)
			break;
	}
	if (field + 1 == d->nfield + d->trailing)
		return true;
	wrong_count(parse, field + 1, n == 0);
	return false;
}

/*
 * The fast loop: what leads, unquoted, then numbers, each ended by the delimiter or the
 * line. Whatever is not that goes to the general rules, from the field where it was met.
 */
static inline bool read_fast(struct parse *parse, const char *p, const char *end)
{
	const struct gx_dialect *d = parse->dialect;
	const char delimiter = (char)d->delimiter;
	const char *q;
	for (size_t field = 0; field < d->lead; field++) {
		if (GX_UNLIKELY(*p == '"' &&
				!(d->raw_skip && d->field[field] == GX_FIELD_SKIP)))
			return read_fields(parse, p, end, field);
		unsigned char odd = 0;
		for (q = p; *q != delimiter && q < end; q++)
			odd |= (unsigned char)*q < 0x20 || *q == 0x7f;
		if (GX_UNLIKELY(q == end || odd || (q == p && d->strict_space)))
			return read_fields(parse, p, end, field);
		if (field == d->name_field)
			gx_names_put(&parse->batch->names, p, (size_t)(q - p));
		p = q + 1;
	}
	/* The line's end is no delimiter and in no number: nothing here runs past it. */
	double *value = parse->value;
	const double *last = value + d->nvalue - 1;
	for (; value < last; value++, p = q + 1) {
		q = gx_number_parse(p, value);
		if (GX_UNLIKELY(!q || *q != delimiter))
			goto general;
	}
	if (GX_LIKELY(gx_number_parse(p, value) == end)) {
		parse->value = value + 1;
		return true;
	}
general:;
	size_t field = d->lead + (size_t)(value - parse->value);
	parse->value = value;
	return read_fields(parse, p, end, field);
}

static void read_lines(struct parse *parse, const char *p, const char *stop)
{
	struct gx_batch *batch = parse->batch;
	const struct gx_dialect *d = parse->dialect;
	size_t nrow = 0;
	uint64_t blank = GX_UNKNOWN;
	while (p < stop) {
		const char *end = memchr(p, '\n', (size_t)(stop - p)), *next = end + 1;
		if (end > p && end[-1] == '\r')
			end--;
		parse->line = p;
		if (end == p) {
			if (blank == GX_UNKNOWN && !d->skip_blank)
				blank = parse->nline;
		} else {
			if (blank != GX_UNKNOWN) {
				parse->nline = blank;
				fault(parse, 0, BLANK);
				break;
			}
			double *value = parse->value;
			size_t nbyte = batch->names.nbyte;
			bool good = d->fast ? read_fast(parse, p, end)
					    : read_fields(parse, p, end, 0);
			if (!good) {
				/* The row that is not whole is none. */
				parse->value = value;
				batch->names.n = nrow;
				batch->names.nbyte = nbyte;
				break;
			}
			nrow++;
		}
		parse->nline++;
		p = next;
	}
	batch->rows.nrow = nrow;
	batch->nline = parse->nline;
	batch->skip = blank;
}

static void table_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct table_reader *t = operand->state;
	size_t n = batch->nraw;
	/* The slack behind the buffer has room for a last line end, and for the parser.
	 */
	if (batch->raw[n - 1] != '\n')
		batch->raw[n++] = '\n';
	memset(batch->raw + n, 0, GX_NUMBER_SLACK);
	struct parse parse = { .dialect = &t->dialect, .batch = batch };
	parse.value = gx_batch_values(batch, n);
	gx_names_clear(&batch->names);
	gx_names_clear(&batch->tokens);
	gx_names_reserve(&batch->names, n + 1);
	const char *text = (const char *)batch->raw;
	read_lines(&parse, text, text + n);
	free(parse.scratch);
	size_t nrow = batch->rows.nrow;
	batch->rows.value = batch->store;
	batch->rows.names = batch->names;
	batch->rows.names.room = 0;
	if (t->dialect.name_field == SIZE_MAX)
		batch->rows.names = (struct gx_names){ 0 };
	uint64_t *digest = gx_batch_digests(batch, nrow);
	gx_digest_rows(batch->store, nrow, t->dialect.nvalue, digest);
	batch->digest_sum = gx_digest_sum(digest, nrow);
}

/* ---- accept and finish ---- */

/* Lines before the part: counted only when a message has to name one. */
static uint64_t lines_before(const struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	if (!t->in_part)
		return 0;
	enum { PIECE = 256 << 10 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	uint64_t from = first_line(operand, t->first), lines = 0;
	for (uint64_t at = 0; at < from; at += PIECE) {
		size_t n = gx_input_at(operand->in, piece,
				       from - at < PIECE ? from - at : PIECE, at);
		for (size_t i = 0; i < n; i++)
			lines += piece[i] == '\n';
	}
	free(piece);
	return lines + 1 - t->dialect.data_line;
}

GX_NORETURN GX_COLD static void blank_in_the_middle(const struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": " BLANK, operand->in->name,
	       (t->blank + lines_before(operand)));
}

static void table_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	struct table_reader *t = operand->state;
	if (t->blank && (batch->rows.nrow || batch->fault[0]))
		blank_in_the_middle(operand);
	if (t->row != GX_UNKNOWN)
		batch->rows.first = t->row + operand->nrow;
	if (batch->fault[0]) {
		/* Its place is in the whole file: put the line before what decode said.
		 */
		char what[sizeof batch->fault];
		memcpy(what, batch->fault, sizeof what);
		snprintf(batch->fault, sizeof batch->fault, ":%" PRIu64 "%.480s",
			 (t->line + batch->number + lines_before(operand)), what);
	}
	if (batch->skip != GX_UNKNOWN && !t->blank)
		t->blank = t->line + batch->skip;
	t->line += batch->nline;
	const char *token = batch->tokens.text;
	for (size_t i = 0; i < batch->tokens.n; i++, token = gx_names_next(token))
		note_token(&t->tokens, token, strlen(token));
}

/* A part that ends in blank lines looks whether rows follow them in the next one. */
static void check_blank_end(struct gx_operand *operand)
{
	struct table_reader *t = operand->state;
	enum { PIECE = 64 << 10 };
	if (!t->blank || !operand->in->seekable)
		return;
	unsigned char *piece = gx_allocate(PIECE, 1);
	for (uint64_t at = t->position; at < t->rows_end; at += PIECE) {
		uint64_t left = t->rows_end - at;
		size_t n = gx_input_at(operand->in, piece, left < PIECE ? left : PIECE,
				       at);
		for (size_t i = 0; i < n; i++)
			if (piece[i] != '\n' && piece[i] != '\r')
				blank_in_the_middle(operand);
	}
	free(piece);
}

/*
 * The rows that the head declares: checked by a run that reads the whole, and by the part
 * at the end of the file, which counts the lines before it.
 */
static void check_declared(const struct gx_operand *operand)
{
	const struct table_reader *t = operand->state;
	uint64_t declared = t->dialect.rows, rows = operand->nrow;
	if (declared == GX_UNKNOWN || (operand->part.n && t->last != operand->in->size))
		return;
	if (operand->part.n)
		rows += rows_before(operand);
	if (rows != declared)
		gx_die(GX_EXIT_DATA,
		       "%s: %s: %" PRIu64 " rows where its head declares %" PRIu64
		       ": the file was cut off or "
		       "glued: fetch it again",
		       operand->in->name, t->dialect.kind, rows, declared);
}

static void table_finish(struct gx_operand *operand)
{
	struct table_reader *t = operand->state;
	struct gx_source *source = &operand->source;
	const struct gx_dialect *d = &t->dialect;
	check_blank_end(operand);
	if (d->end_marker && !t->marker_seen)
		no_end_marker(operand);
	check_declared(operand);
	/* The empty field is shown as such. */
	char list[1024];
	struct gx_names shown = { 0 };
	const char *token = t->tokens.text;
	for (size_t i = 0; i < t->tokens.n; i++, token = gx_names_next(token))
		gx_names_add(&shown, *token ? token : "(empty)",
			     *token ? strlen(token) : 7);
	gx_operand_tell(operand, "na_tokens", "%s", join_names(&shown, list));
	gx_names_free(&shown);
	source->digest = operand->digest;
	if (operand->in->seekable) {
		tell_file(operand);
		return;
	}
	/* The end of compressed data is proof that it is whole; that of a pipe is none.
	 */
	gx_operand_whole_source(operand);
	if (operand->in->compression == GX_PLAIN) {
		source->of = GX_UNKNOWN;
		strcpy(source->identity, ".");
	}
}

static void table_close(struct gx_operand *operand)
{
	struct table_reader *t = operand->state;
	gx_dialect_free(&t->dialect);
	gx_names_free(&t->tokens);
	free(t->carry);
	free(t);
}

const struct gx_reader_format gx_reader_text = { .name = "text",
						 .is_text = true,
						 .open = table_open,
						 .fetch = table_fetch,
						 .decode = table_decode,
						 .accept = table_accept,
						 .finish = table_finish,
						 .close = table_close };
