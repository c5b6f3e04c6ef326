/* SPDX-License-Identifier: MIT */
/*
 * Where rows begin and end in a file: by lines, and by the line that GEO writes behind the
 * last row.
 */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/field.h"
#include "format/table/reader.h"

uint64_t gx_table_first_line(const struct gx_input *in, uint64_t from)
{
	enum { PIECE = 64 << 10 };
	if (from == 0)
		return 0;
	unsigned char *piece = gx_allocate(PIECE, 1);
	/* A line begins behind a line end: the byte before `from` may be one. */
	for (uint64_t at = from - 1;; at += PIECE) {
		size_t n = gx_input_at(in, piece, PIECE, at, NULL);
		const unsigned char *end = n ? memchr(piece, '\n', n) : NULL;
		if (end || n < PIECE) {
			uint64_t found = end ? at + (uint64_t)(end - piece) + 1
					     : in->size;
			free(piece);
			return found;
		}
	}
}

/* Whether a byte may stand in a line that is blank. */
static inline bool is_filler(unsigned char c, int delimiter)
{
	return c == delimiter || c == '\r' || gx_is_blank((char)c);
}

uint64_t gx_table_count_rows(const struct gx_input *in, int delimiter, uint64_t from,
			     uint64_t to)
{
	unsigned char *piece = gx_allocate(GX_TABLE_PIECE, 1);
	uint64_t rows = 0;
	bool in_row = false; /* the present line was counted */
	for (uint64_t at = from; at < to; at += GX_TABLE_PIECE) {
		uint64_t left = to - at;
		size_t n = gx_input_at(in, piece, left < GX_TABLE_PIECE ? left : GX_TABLE_PIECE,
				       at, NULL);
		for (size_t i = 0; i < n; i++) {
			/* A line is a row unless nothing but delimiters stands in it. */
			if (piece[i] == '\n') {
				in_row = false;
			} else if (!in_row && !is_filler(piece[i], delimiter)) {
				in_row = true;
				rows++;
			}
		}
	}
	free(piece);
	return rows;
}

uint64_t gx_table_count_lines(const struct gx_input *in, uint64_t to)
{
	unsigned char *piece = gx_allocate(GX_TABLE_PIECE, 1);
	uint64_t lines = 0;
	for (uint64_t at = 0; at < to; at += GX_TABLE_PIECE) {
		uint64_t left = to - at;
		size_t n = gx_input_at(in, piece, left < GX_TABLE_PIECE ? left : GX_TABLE_PIECE,
				       at, NULL);
		for (size_t i = 0; i < n; i++)
			lines += piece[i] == '\n';
	}
	free(piece);
	return lines;
}

/* ---- the line behind the last row ---- */

void gx_table_no_end(const struct gx_operand *operand)
{
	const struct gx_table_reader *t = operand->state;
	gx_die(GX_EXIT_DATA,
	       "%s: %s: its last line, %s, is missing: the file was cut off: fetch it "
	       "again",
	       operand->in->name, t->dialect.kind, t->dialect.end_marker);
}

uint64_t gx_table_find_end(const struct gx_operand *operand)
{
	enum { PIECE = 64 << 10, OVERLAP = 64 };
	const struct gx_table_reader *t = operand->state;
	const char *marker = t->dialect.end_marker;
	size_t nmarker = strlen(marker);
	uint64_t least = t->dialect.data - 1; /* with the LF before the first row */
	uint64_t from = operand->in->size, found = GX_UNKNOWN;
	unsigned char *piece = gx_allocate(PIECE + OVERLAP, 1);
	while (from > least && found == GX_UNKNOWN) {
		from = from > least + PIECE ? from - PIECE : least;
		/* A marker may lie across the end of this piece. */
		size_t n = gx_input_at(operand->in, piece, PIECE + OVERLAP, from, NULL);
		for (size_t i = 0; i + 1 + nmarker <= n && found == GX_UNKNOWN; i++)
			if (piece[i] == '\n' &&
			    memcmp(piece + i + 1, marker, nmarker) == 0)
				found = from + i + 1;
	}
	free(piece);
	if (found == GX_UNKNOWN)
		gx_table_no_end(operand);
	return found;
}

/* Judges the head of a line behind it. */
static void judge(const struct gx_operand *operand, struct gx_fault *fault)
{
	struct gx_table_reader *t = operand->state;
	const char *head = t->after_end.head;
	size_t n = t->after_end.nhead;
	t->after_end.nhead = 0;
	if (n && head[n - 1] == '\r')
		n--;
	size_t nmarker = strlen(t->dialect.end_marker);
	bool end = n >= nmarker && memcmp(head, t->dialect.end_marker, nmarker) == 0;
	if (n && (end || !strchr("!^#", head[0]) || memmem(head, n, "_table_begin", 12)))
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": %s: behind its end, %s, there is more: %s: were files glued "
			      "together? read them one by one",
			      t->dialect.kind, t->dialect.end_marker, gx_show(head, n));
}

void gx_table_look_after_end(const struct gx_operand *operand, const unsigned char *bytes, size_t n,
			  struct gx_fault *fault)
{
	struct gx_table_reader *t = operand->state;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			judge(operand, fault);
		else if (t->after_end.nhead == 0 && is_filler(bytes[i], t->dialect.delimiter))
			continue; /* a spreadsheet's padding */
		else if (t->after_end.nhead < sizeof t->after_end.head)
			t->after_end.head[t->after_end.nhead++] = (char)bytes[i];
	}
}

void gx_table_finish_after_end(const struct gx_operand *operand, struct gx_fault *fault)
{
	judge(operand, fault);
}

/* Moves behind the line that begins at `from`. */
static uint64_t next_line(const struct gx_input *in, uint64_t from)
{
	return gx_table_first_line(in, from + 1);
}

void gx_table_check_after_end(const struct gx_operand *operand, uint64_t from)
{
	enum { PIECE = 64 << 10 };
	const struct gx_input *in = operand->in;
	struct gx_fault fault = { 0 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	size_t n;
	for (uint64_t at = next_line(in, from); (n = gx_input_at(in, piece, PIECE, at, NULL)) > 0;
	     at += n)
		gx_table_look_after_end(operand, piece, n, &fault);
	gx_table_finish_after_end(operand, &fault);
	free(piece);
	if (fault.code)
		gx_fault_die(&fault, in->name);
}
