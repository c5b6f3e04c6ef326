/* SPDX-License-Identifier: MIT */
/*
 * Pieces of a text: whole lines. Of a file that can be read anywhere, fetch claims a range of
 * bytes, a few instructions, and each thread reads the lines that begin in its range by
 * itself. What comes through a pipe or a decoder is read in order, by one thread at a time.
 */
#define _GNU_SOURCE /* memrchr */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/lines.h"
#include "bytes/progress.h"
#include "format/table/reader.h"

/* What a line that is longer than a piece is read by. */
enum { STEP = 64 << 10 };

/* Room for n bytes behind those that are there: a long line doubles it. */
static void make_room(struct gx_batch *batch, size_t n)
{
	size_t need = batch->nraw + n, room = 2 * batch->raw_room;
	if (need <= batch->raw_room)
		return;
	room = room > need ? room : need;
	unsigned char *larger = gx_allocate_aligned(room, 1, 64);
	if (batch->nraw)
		memcpy(larger, batch->raw, batch->nraw);
	free(batch->raw);
	batch->raw = larger;
	batch->raw_room = room;
}

static void show_lines(struct gx_batch *batch, size_t from, size_t to)
{
	batch->table.text = batch->raw + from;
	batch->table.ntext = to - from;
}

/* ---- by ranges ---- */

static bool claim(struct gx_table_reader *t, struct gx_batch *batch)
{
	uint64_t left = t->limit > t->position ? t->limit - t->position : 0;
	if (left == 0)
		return false;
	batch->table.from = t->position;
	t->position += left < GX_TABLE_PIECE ? left : GX_TABLE_PIECE;
	batch->table.to = t->position;
	return true;
}

/* Reads up to offset `to` of the file, which holds that much; batch->raw begins at `from`. */
static bool read_up_to(const struct gx_operand *operand, struct gx_batch *batch, uint64_t from,
		       uint64_t to)
{
	const struct gx_input *in = operand->in;
	uint64_t at = from + batch->nraw;
	size_t want = (to < in->size ? to : in->size) - at;
	make_room(batch, want);
	size_t got = gx_input_at(in, batch->raw + batch->nraw, want, at, &batch->fault);
	batch->nraw += got;
	if (got < want && !batch->fault.code)
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": it became shorter while it was read: try again when nobody "
			      "writes it");
	return got == want;
}

/*
 * Reads on until the line ends that has the byte raw[last], and sets *end behind it, or to
 * the end of the file.
 */
static bool read_line_end(const struct gx_operand *operand, struct gx_batch *batch,
			  uint64_t from, size_t last, size_t *end)
{
	for (size_t judged = last;;) {
		size_t n = batch->nraw;
		const unsigned char *stop = memchr(batch->raw + judged, '\n', n - judged);
		*end = stop ? (size_t)(stop - batch->raw) + 1 : n;
		if (stop || from + n == operand->in->size)
			return true;
		const char *why = n - last > GX_TABLE_PIECE ? gx_line_fault(n, batch->raw + judged,
									     n - judged)
							     : NULL;
		if (why)
			gx_fault_note(&batch->fault, GX_EXIT_DATA, ": %s", why);
		if (why || !read_up_to(operand, batch, from, from + n + STEP))
			return false;
		judged = n;
	}
}

bool gx_table_read_range(const struct gx_operand *operand, struct gx_batch *batch)
{
	/* Bytes behind a range in which its last line most often ends. */
	enum { AHEAD = 4 << 10 };
	const struct gx_table_reader *t = operand->state;
	bool at_line = batch->table.from == t->start;
	/* A line begins behind a line end: the byte before the range may be one. */
	uint64_t from = batch->table.from - !at_line, to = batch->table.to;
	size_t last = to - from - 1, begin = 0, end;
	batch->nraw = 0;
	show_lines(batch, 0, 0);
	gx_batch_raw(batch, to - from + AHEAD);
	if (!read_up_to(operand, batch, from, to + AHEAD))
		return false;
	gx_progress_bytes(to - batch->table.from);
	if (!at_line) {
		const unsigned char *before = memchr(batch->raw, '\n', last);
		if (!before)
			return true; /* a long line lies across the range */
		begin = (size_t)(before - batch->raw) + 1;
	}
	if (!read_line_end(operand, batch, from, last, &end))
		return false;
	show_lines(batch, begin, end);
	return true;
}

/* ---- in order ---- */

static void keep(struct gx_table_reader *t, const unsigned char *bytes, size_t n)
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

/*
 * Reads until there is a whole line: a piece of many, or one line that is longer than a
 * piece. Returns where the lines end; 0 with a fault, or where nothing is left.
 */
static size_t read_lines(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_table_reader *t = operand->state;
	struct gx_input *in = operand->in;
	for (size_t judged = 0;;) {
		size_t want = batch->nraw < GX_TABLE_PIECE ? GX_TABLE_PIECE - batch->nraw
			      : judged			     ? STEP
							     : 0;
		make_room(batch, want);
		size_t got = gx_input_read(in, batch->raw + batch->nraw, want);
		size_t n = batch->nraw += got;
		t->ended |= got < want;
		if (batch->fault.code)
			return 0;
		/* Of a piece the last line end, of a long line the first. */
		const unsigned char *stop = judged ? memchr(batch->raw + judged, '\n', n - judged)
						   : memrchr(batch->raw, '\n', n);
		/* The last line has no line end; what follows the last line end is one as well. */
		if (t->ended && (!stop || !judged))
			return n;
		if (stop)
			return (size_t)(stop - batch->raw) + 1;
		const char *why = gx_line_fault(n, batch->raw + judged, n - judged);
		if (why) {
			gx_input_fail(in, GX_EXIT_DATA, ": %s", why);
			return 0;
		}
		judged = n;
	}
}

static bool read_piece(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_table_reader *t = operand->state;
	if (t->ended && !t->ncarry)
		return false;
	gx_batch_raw(batch, t->ncarry > GX_TABLE_PIECE ? t->ncarry : GX_TABLE_PIECE);
	if (t->ncarry)
		memcpy(batch->raw, t->carry, t->ncarry);
	batch->nraw = t->ncarry;
	size_t end = read_lines(operand, batch);
	show_lines(batch, 0, end);
	keep(t, batch->raw + end, batch->nraw - end);
	return end > 0;
}

bool gx_table_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	return operand->in->seekable ? claim(operand->state, batch) : read_piece(operand, batch);
}
