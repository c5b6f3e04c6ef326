/* SPDX-License-Identifier: MIT */
/* Pieces of whole lines made into rows, by any thread. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/again.h"
#include "format/table/diagnosis.h"
#include "format/table/field.h"
#include "format/table/reader.h"
#include "number/number.h"

/* What a piece is being made into. */
struct parse {
	const struct gx_dialect *dialect;
	struct gx_batch *batch;
	double *value;
	uint64_t nline;	  /* lines before the present one in the piece */
	const char *line, *end; /* the present one */
	char *scratch;
	size_t scratch_room;
};

/* Faults carry the line's number in the piece; accept knows what to add. */
static void fault(struct parse *parse, size_t field, const char *format, ...)
	GX_PRINTF(3, 4) GX_COLD;

static void fault(struct parse *parse, size_t field, const char *format, ...)
{
	char text[sizeof parse->batch->fault.text - 64];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	parse->batch->table.fault_line = parse->nline;
	if (field)
		gx_fault_note(&parse->batch->fault, GX_EXIT_DATA, ":%zu: %s", field, text);
	else
		gx_fault_note(&parse->batch->fault, GX_EXIT_DATA, ": %s", text);
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

void gx_table_note_token(struct gx_names *tokens, const char *text, size_t n)
{
	enum { MOST = 16 };
	const char *token = tokens->text;
	for (size_t i = 0; i < tokens->n; i++, token = gx_names_next(token))
		if (strlen(token) == n && memcmp(token, text, n) == 0)
			return;
	if (tokens->n < MOST)
		gx_names_add(tokens, text, n);
}

/* A value that the fast loop could not take: quoted, padded, missing, or none. */
static bool read_value(struct parse *parse, const char *text, size_t n, double *value)
{
	const struct gx_dialect *d = parse->dialect;
	gx_cell_trim(&text, &n);
	enum gx_cell cell = gx_cell_read(text, n, d->decimal_comma, &d->missing, value);
	if (cell == GX_CELL_MISSING)
		gx_table_note_token(&parse->batch->tokens, text, n);
	return cell != GX_CELL_TEXT;
}

GX_COLD static void not_a_number(struct parse *parse, size_t field, const char *text,
				 size_t n)
{
	const char *foreign = foreign_byte(text, text + n);
	struct gx_diagnosis diagnosis;
	if (foreign)
		foreign_fault(parse, field, foreign);
	else if (gx_diagnose(parse->dialect, parse->line, (size_t)(parse->end - parse->line),
			     &diagnosis))
		fault(parse, diagnosis.field, "%s", diagnosis.text);
	else
		fault(parse, field, "not a number: %s", gx_show(text, n));
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
	struct gx_diagnosis diagnosis;
	gx_diagnose_count(parse->dialect, nfield, last_is_empty, &diagnosis);
	fault(parse, 0, "%s", diagnosis.text);
}

/* Whether a field that should be empty is; a fault where it is not. */
static bool is_left_empty(struct parse *parse, size_t field, const char *text, size_t n)
{
	struct gx_diagnosis diagnosis;
	gx_cell_trim(&text, &n);
	if (n == 0)
		return true;
	gx_diagnose_left_empty(parse->dialect, field, text, n, &diagnosis);
	fault(parse, diagnosis.field, "%s", diagnosis.text);
	return false;
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
			} else if (d->field[field] == GX_FIELD_EMPTY &&
				   !is_left_empty(parse, field, text, n)) {
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

/* Whether a row that was read may be the header all the same: its first value is alike. */
static inline bool could_be_heading(const struct gx_dialect *d, const double *value)
{
	return GX_UNLIKELY(d->heading_of_values) &&
	       memcmp(value, &d->heading_value, sizeof *value) == 0;
}

/* A row; false where it is none, which leaves what stands before it. */
static bool read_row(struct parse *parse, const char *p, const char *end)
{
	struct gx_batch *batch = parse->batch;
	double *value = parse->value;
	size_t nname = batch->names.n, nbyte = batch->names.nbyte;
	parse->line = p;
	parse->end = end;
	bool good = parse->dialect->fast ? read_fast(parse, p, end) :
					   read_fields(parse, p, end, 0);
	if (GX_UNLIKELY(!good || could_be_heading(parse->dialect, value)) &&
	    gx_header_again(parse->dialect, p, end)) {
		batch->fault.code = 0;
		batch->table.again = true;
		fault(parse, 0, GX_HEADER_AGAIN);
		good = false;
	}
	if (good)
		return true;
	parse->value = value;
	batch->names.n = nname;
	batch->names.nbyte = nbyte;
	return false;
}

/* Whether the line is the one that ends the rows. */
static inline bool is_end(const struct gx_dialect *d, const char *p, const char *end)
{
	const char *marker = d->end_marker;
	if (GX_LIKELY(!marker || *p != *marker))
		return false;
	size_t n = strlen(marker);
	return (size_t)(end - p) >= n && memcmp(p, marker, n) == 0;
}

/* Whether a line begins as one of delimiters alone does: few others do. */
static inline bool is_blank_row(const struct gx_dialect *d, const char *p)
{
	return GX_UNLIKELY(*p == d->delimiter || gx_is_blank(*p));
}

static void read_lines(struct parse *parse, const char *p, const char *stop)
{
	struct gx_batch *batch = parse->batch;
	const struct gx_dialect *d = parse->dialect;
	const char *start = p;
	size_t nrow = 0;
	uint64_t blank = GX_UNKNOWN;
	while (p < stop) {
		const char *end = memchr(p, '\n', (size_t)(stop - p)), *next = end + 1;
		if (end > p && end[-1] == '\r')
			end--;
		if (end == p || (is_blank_row(d, p) &&
				 gx_line_is_blank(p, (size_t)(end - p), d->delimiter))) {
			if (blank == GX_UNKNOWN && !d->skip_blank)
				blank = parse->nline;
		} else if (is_end(d, p, end)) {
			batch->table.ends = true;
			break;
		} else {
			if (blank != GX_UNKNOWN) {
				parse->nline = blank;
				fault(parse, 0, GX_TABLE_BLANK);
				break;
			}
			if (!read_row(parse, p, end))
				break;
			nrow++;
		}
		parse->nline++;
		p = next;
	}
	batch->rows.nrow = nrow;
	batch->table.nline = parse->nline;
	batch->table.blank = blank;
	batch->table.rows_nbyte = (size_t)(p - start);
}

/*
 * Values that n bytes of whole lines may have: a row has nfield fields, each ended by a byte.
 * A piece that is much longer than usual has a long line: there the lines are counted.
 */
static size_t most_values(const struct gx_dialect *d, const char *text, size_t n)
{
	size_t rows = 0;
	if (n <= 2 * GX_TABLE_PIECE)
		return (n / d->nfield + 1) * d->nvalue + 1;
	for (const char *p = text, *end = text + n; p < end; rows++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : end;
	}
	return rows * d->nvalue + 1;
}

void gx_table_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gx_dialect *d = &((const struct gx_table_reader *)operand->state)->dialect;
	batch->table.ends = batch->table.again = false;
	batch->table.nline = 0;
	batch->table.blank = batch->table.fault_line = GX_UNKNOWN;
	gx_names_clear(&batch->names);
	gx_names_clear(&batch->tokens);
	if (operand->in->seekable && !gx_table_read_range(operand, batch))
		return;
	size_t n = batch->table.ntext;
	unsigned char *text = batch->table.text;
	if (n == 0)
		return;
	/* The slack behind the buffer has room for a last line end, and for the parser. */
	if (text[n - 1] != '\n')
		text[n++] = '\n';
	memset(text + n, 0, GX_NUMBER_SLACK);
	struct parse parse = { .dialect = d, .batch = batch };
	parse.value = gx_batch_values(batch, most_values(d, (const char *)text, n));
	if (d->name_field != SIZE_MAX)
		gx_names_reserve(&batch->names, n + 1);
	read_lines(&parse, (const char *)text, (const char *)text + n);
	free(parse.scratch);
	batch->rows.value = batch->store;
	batch->rows.names = batch->names;
	batch->rows.names.room = 0;
	gx_batch_digest(batch);
}
