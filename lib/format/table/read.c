/* SPDX-License-Identifier: MIT */
/*
 * Text tables in: pieces of whole lines, which any thread turns into rows. A part of a file
 * is a range of its bytes; a line belongs to the part in which its first byte lies.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/reader.h"
#include "format/table/roles.h"

/* ---- open ---- */

static void choose_bytes(struct gx_operand *operand)
{
	struct gx_table_reader *t = operand->state;
	const struct gx_input *in = operand->in;
	const struct gx_part *part = &operand->request->part;
	t->position = t->dialect.data;
	t->line = t->dialect.data_line;
	t->last = t->limit = GX_UNKNOWN;
	if (part->n && !in->seekable)
		gx_operand_refuse_part(
			operand,
			in->compression != GX_PLAIN
				? "compressed text cannot be cut: write it once with gx-convert -b "
				  "-o m.gxm, and cut that"
				: "text on a pipe cannot be cut: name a file, or write it once with "
				  "gx-convert -b -o m.gxm");
	if (!in->seekable)
		return;
	t->last = t->limit = t->rows_end = in->size;
	if (part->n) {
		t->first = gx_part_bound(in->size, part->k - 1, part->n);
		t->limit = t->last = gx_part_bound(in->size, part->k, part->n);
	}
	if (t->dialect.end_marker) {
		t->rows_end = gx_table_find_end(operand);
		t->limit = t->limit < t->rows_end ? t->limit : t->rows_end;
		t->end_known = true;
		gx_table_check_after_end(operand, t->rows_end);
	}
	if (t->first > t->dialect.data) {
		t->position = gx_table_first_line(in, t->first);
		t->in_part = true;
	}
}

static const char *delimiter_name(int delimiter, char buffer[4])
{
	if (delimiter == GX_WHITESPACE)
		return "whitespace";
	if (delimiter == '\t' || delimiter == ' ')
		return delimiter == '\t' ? "tab" : "space";
	if (delimiter == ',' || delimiter == ';')
		return delimiter == ',' ? "comma" : "semicolon";
	snprintf(buffer, 4, "'%c'", delimiter);
	return buffer;
}

static void tell_decisions(struct gx_operand *operand)
{
	static const char *const headers[] = { [GX_HEADER_CORNER] = "with a corner cell",
					       [GX_HEADER_SHORT] = "one field short",
					       [GX_HEADER_NONE] = "none" };
	const struct gx_table_reader *t = operand->state;
	const struct gx_dialect *d = &t->dialect;
	char buffer[4];
	gx_facts_tell(&operand->facts, "format", "text, %s", d->kind);
	gx_facts_tell(&operand->facts, "delimiter", "%s", delimiter_name(d->delimiter, buffer));
	gx_facts_tell(&operand->facts, "header", "%s", headers[d->header]);
	gx_facts_tell(&operand->facts, "first_row_on_line", "%" PRIu64, d->data_line);
	gx_roles_tell(d,
		      operand->request->reading.transposed ? "gene_columns" : "sample_columns",
		      &operand->facts);
	if (d->trailing)
		gx_facts_tell(&operand->facts, "trailing_delimiter", "yes");
	if (d->rows != GX_UNKNOWN)
		gx_facts_tell(&operand->facts, "declared_rows", "%" PRIu64, d->rows);
}

/* Of a file the whole is known, and the part: all but the digest of the rows. */
static void tell_file(struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	struct gx_source *source = &operand->source;
	source->unit = GX_UNIT_BYTES;
	source->first = t->first;
	source->last = t->last;
	source->of = operand->in->size;
	gx_source_identify(source, "text", t->print);
}

static void foresee(struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	const struct gx_input *in = operand->in;
	/* The names are kept by the head, the matrix and who reads it; and the head's line. */
	operand->memory = 5 * t->dialect.columns.nbyte + t->dialect.names.nbyte +
			  3 * t->dialect.nfield;
	if (in->seekable) {
		tell_file(operand);
		/* The first row, which the dialect was decided by. */
		operand->nline = gx_table_first_line(in, t->dialect.data + 1) - t->dialect.data;
		return;
	}
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = GX_UNKNOWN,
					      .of = GX_UNKNOWN };
}

static uint64_t fingerprint(const struct gx_operand *operand)
{
	struct gx_fingerprint print;
	char *reading = gx_reading_describe(&operand->request->reading);
	gx_fingerprint_start(&print, operand->in->size);
	gx_fingerprint_read(&print, operand->in);
	uint64_t value = gx_fingerprint_end(&print, reading);
	free(reading);
	return value;
}

static void table_open(struct gx_operand *operand)
{
	struct gx_table_reader *t = operand->state = gx_allocate_zeroed(1, sizeof *t);
	struct gx_input *in = operand->in;
	struct gx_matrix *m = &operand->matrix;
	const struct gx_dialect *d = &t->dialect;
	bool head_only = operand->request->head_only;
	gx_dialect_detect(in, &operand->request->reading, &t->dialect);
	choose_bytes(operand);
	t->start = t->position;
	if (in->seekable) {
		operand->nbyte = t->last - t->first;
		t->print = fingerprint(operand);
	}
	m->ncol = d->nvalue;
	gx_names_append(&m->columns, &d->columns);
	m->named = d->name_field != SIZE_MAX;
	/*
	 * A whole begins with row 0. What row a part begins with is counted only where a number
	 * is all the name that rows have.
	 */
	bool whole = t->first == 0 && (t->last == GX_UNKNOWN || t->last == in->size);
	m->first = whole ? 0 : GX_UNKNOWN;
	bool counted = !whole && !m->named && !head_only;
	t->row = whole	   ? 0
		 : counted ? gx_table_count_rows(in, d->delimiter, d->data, t->start)
			   : GX_UNKNOWN;
	m->nrow = m->announced = m->whole = GX_UNKNOWN;
	gx_input_skip(in, t->position);
	tell_decisions(operand);
	if (head_only)
		foresee(operand);
}

/* ---- accept and finish ---- */

/* Lines before the part: counted only when a message has to name one. */
static uint64_t lines_before(const struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	const struct gx_input *in = operand->in;
	if (!t->in_part)
		return 0;
	return gx_table_count_lines(in, gx_table_first_line(in, t->first)) + 1 -
	       t->dialect.data_line;
}

GX_NORETURN GX_COLD static void blank_in_the_middle(const struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": " GX_TABLE_BLANK, operand->in->name,
	       t->blank + lines_before(operand));
}

/* Its place is in the whole file: puts the line before what decode said. */
GX_COLD static void place_fault(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gx_table_reader *t = operand->state;
	char what[sizeof batch->fault.text], cure[40] = "";
	uint64_t line = t->line + batch->table.fault_line + lines_before(operand);
	memcpy(what, batch->fault.text, sizeof what);
	if (batch->table.again)
		snprintf(cure, sizeof cure, "sed %" PRIu64 "d", line);
	snprintf(batch->fault.text, sizeof batch->fault.text, ":%" PRIu64 "%.1900s%s", line, what,
		 cure);
}

/* What was claimed behind the end of the rows is none, and may be nothing but metadata. */
static void discard(struct gx_operand *operand, struct gx_batch *batch)
{
	batch->rows.nrow = 0;
	batch->digest_sum = 0;
	batch->fault.code = 0;
	gx_table_look_after_end(operand, batch->table.text, batch->table.ntext, &batch->fault);
}

/* The line that ends the rows is in this piece. */
static void end_rows(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_table_reader *t = operand->state;
	const unsigned char *at = batch->table.text + batch->table.rows_nbyte;
	size_t n = batch->table.ntext - batch->table.rows_nbyte;
	const unsigned char *stop = memchr(at, '\n', n);
	t->past_end = true;
	if (t->end_known)
		/* The last one was found from the end of the file: this is another. */
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": %s: it ends twice, by %s: were files glued together? read them "
			      "one by one",
			      t->dialect.kind, t->dialect.end_marker);
	else if (stop)
		gx_table_look_after_end(operand, stop + 1, n - (size_t)(stop + 1 - at),
				     &batch->fault);
}

static void table_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_table_reader *t = operand->state;
	if (t->past_end) {
		discard(operand, batch);
		return;
	}
	if (t->blank && (batch->rows.nrow || batch->fault.code))
		blank_in_the_middle(operand);
	if (t->row != GX_UNKNOWN)
		batch->rows.first = t->row + operand->nrow;
	if (batch->fault.code && batch->table.fault_line != GX_UNKNOWN)
		place_fault(operand, batch);
	if (batch->table.blank != GX_UNKNOWN && !t->blank)
		t->blank = t->line + batch->table.blank;
	t->line += batch->table.nline;
	const char *token = batch->tokens.text;
	for (size_t i = 0; i < batch->tokens.n; i++, token = gx_names_next(token))
		gx_table_note_token(&t->tokens, token, strlen(token));
	if (batch->table.ends)
		end_rows(operand, batch);
}

/* A part that ends in blank lines looks whether rows follow them in the next one. */
static void check_blank_end(struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	const struct gx_input *in = operand->in;
	if (t->blank && in->seekable &&
	    gx_table_count_rows(in, t->dialect.delimiter, gx_table_first_line(in, t->limit),
				t->rows_end) > 0)
		blank_in_the_middle(operand);
}

/*
 * The rows that the head declares: checked by a run that reads the whole, and by the part
 * at the end of the file, which counts the lines before it.
 */
static void check_declared(const struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	uint64_t declared = t->dialect.rows, rows = operand->nrow;
	bool part = operand->request->part.n;
	if (declared == GX_UNKNOWN || (part && t->last != operand->in->size))
		return;
	if (part)
		rows += gx_table_count_rows(operand->in, t->dialect.delimiter, t->dialect.data,
					    t->start);
	if (rows != declared)
		gx_die(GX_EXIT_DATA,
		       "%s: %s: %" PRIu64 " rows where its head declares %" PRIu64
		       ": the file was cut off or glued: fetch it again",
		       operand->in->name, t->dialect.kind, rows, declared);
}

static void check_end(struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	struct gx_fault fault = { 0 };
	if (!t->dialect.end_marker || t->end_known)
		return;
	if (!t->past_end)
		gx_table_no_end(operand);
	gx_table_finish_after_end(operand, &fault);
	if (fault.code)
		gx_fault_die(&fault, operand->in->name);
}

static void tell_tokens(struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	struct gx_names shown = { 0 };
	const char *token = t->tokens.text;
	/* The empty field is shown as such. */
	for (size_t i = 0; i < t->tokens.n; i++, token = gx_names_next(token))
		gx_names_add(&shown, *token ? token : "(empty)", *token ? strlen(token) : 7);
	gx_roles_tell_names(&shown, "na_tokens", &operand->facts);
	gx_names_free(&shown);
}

static void table_finish(struct gx_operand *operand)
{
	struct gx_source *source = &operand->source;
	check_blank_end(operand);
	check_end(operand);
	check_declared(operand);
	tell_tokens(operand);
	source->digest = operand->digest;
	if (operand->in->seekable) {
		tell_file(operand);
		return;
	}
	/* The end of compressed data is proof that it is whole; that of a pipe is none. */
	gx_operand_whole_source(operand);
	if (operand->in->compression == GX_PLAIN) {
		source->of = GX_UNKNOWN;
		strcpy(source->identity, ".");
	}
}

static void table_close(struct gx_operand *operand)
{
	struct gx_table_reader *t = operand->state;
	gx_dialect_free(&t->dialect);
	gx_names_free(&t->tokens);
	free(t->carry);
	free(t);
}

const struct gx_reader_format gx_reader_table = { .name = "text",
						  .is_text = true,
						  .open = table_open,
						  .fetch = gx_table_fetch,
						  .decode = gx_table_decode,
						  .accept = table_accept,
						  .finish = table_finish,
						  .close = table_close };
