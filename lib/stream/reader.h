/* SPDX-License-Identifier: MIT */
/*
 * A matrix in, in any format: a source of rows that any loop can drive.
 *
 * By threads, which is what a filter from rows to rows wants:
 *
 *	struct gx_request request = gx_cli_request(&common);
 *	struct gx_reader *r = gx_reader_open(&request);
 *	struct gx_job job = { .context = &mine, .slot_size = sizeof(struct slot),
 *			      .compute = compute, .consume = consume, .release = release };
 *	gx_reader_run(r, nthread, &job);
 *	... gx_reader_source(r) tells now what the rows came from ...
 *	gx_reader_close(r);
 *
 * By pulling, which is what wants rows of several inputs in step:
 *
 *	struct gx_rows rows;
 *	while (gx_reader_next(r, 100, &rows))
 *		... rows.nrow of them, at most 100 ...
 *
 * Both are loops over fetch, decode and accept. Whatever is wrong with the input is noted
 * in the batch and ends the process in accept (exit 1, 3, or 75 for a gap), after the rows
 * before it were given out. So what was written before a message does not depend on threads.
 *
 * A process may hold thousands of readers. A file is opened for its head and closed again;
 * it is opened for its rows when their turn comes, and must be the same file then, with the
 * same size, time of change and first bytes. A reader that waits holds no descriptor, the
 * names of its columns and 4 KiB, and 8 bytes a block (256 KiB) of a GXM file. Two kinds of
 * input hold more from the start: pipes and standard input, which stay open, and text that
 * is read --transposed, whose columns are known at its end (24 MiB, and a file in TMPDIR).
 */
#ifndef GX_READER_H
#define GX_READER_H

#include "format/format.h"

struct gx_reader;

/*
 * Opens the operands as one matrix. It is recognised by content. With a part only the part
 * is read; where nobody can know the whole in advance that is refused (exit 2). The request
 * and its list of paths are copied; the texts in it must outlive the reader.
 */
struct gx_reader *gx_reader_open(const struct gx_request *request);

/* What is known before the rows: valid until close. */
const struct gx_matrix *gx_reader_matrix(const struct gx_reader *reader);

/* ---- the three steps ---- */

/*
 * Claims the next piece: one caller at a time, in order. False at an end: of the input, or
 * of an operand, in which case there is more once accept has taken all that was claimed.
 * The batch is the caller's, {0} at first, and may be used again and again.
 */
bool gx_reader_fetch(struct gx_reader *reader, struct gx_batch *batch);

/* Makes rows of it: any thread. */
void gx_reader_decode(const struct gx_reader *reader, struct gx_batch *batch);

/*
 * Checks it: one caller at a time, in the order of fetch. True: batch->rows are to be used
 * (there may be none). False: it was an end; the input is verified up to there.
 */
bool gx_reader_accept(struct gx_reader *reader, struct gx_batch *batch);

/* Whether all of the input is read and verified. */
bool gx_reader_at_end(const struct gx_reader *reader);

/* ---- pulling ---- */

/*
 * The next rows in order, checked: at least one and at most `most` (0: as many as a piece
 * has). In the calling thread. Valid until the next call. Returns how many; 0: the end, and
 * the input is verified.
 */
size_t gx_reader_next(struct gx_reader *reader, size_t most, struct gx_rows *rows);

/* ---- by threads ---- */

struct gx_job {
	void *context;
	size_t slot_size; /* bytes of the slot that compute and consume share; zeroed once */
	/* In any thread, several at a time, each with a slot of its own. */
	void (*compute)(void *context, const struct gx_rows *rows, void *slot);
	/* In the order of the rows, one at a time, with what compute left in the slot. */
	void (*consume)(void *context, const struct gx_rows *rows, void *slot);
	/* Frees what the slot holds; may be NULL. */
	void (*release)(void *context, void *slot);
};

/* Reads all rows and verifies the input to its end. */
void gx_reader_run(struct gx_reader *reader, int nthread, const struct gx_job *job);

/*
 * Instead of that, where the head is all that is wanted. False when the end of the input is
 * not as it must be: then only reading the rows tells what is wrong.
 */
bool gx_reader_skip(struct gx_reader *reader);

void gx_reader_close(struct gx_reader *reader);

/* ---- what is known ---- */

/*
 * What operand `number`, from 0, was recognised as, and how it is read: what its head tells;
 * complete when it was read. Of a pipe whose turn has not come, its name.
 */
const struct gx_facts *gx_reader_facts(const struct gx_reader *reader, size_t number);
size_t gx_reader_operands(const struct gx_reader *reader);

bool gx_reader_is_gxm(const struct gx_reader *reader);

/*
 * Which input the rows come from and how much of it: valid at the end; of one GXM file,
 * whose own end tells, already after open (else `of` is GX_UNKNOWN until then).
 */
const struct gx_source *gx_reader_source(const struct gx_reader *reader);

/*
 * What a filter's own output says of itself: columns as given, rows as those of the input,
 * derived, with `step` (NULL: none) behind the steps so far.
 */
void gx_reader_derive(const struct gx_reader *reader, const char *step,
		      struct gx_matrix *matrix);

/* For --explain, of a request with head_only: what reading takes. */
struct gx_reading_plan {
	struct gx_source source; /* what gx_reader_source would say at the end, if known */
	uint64_t nbyte;		 /* to read; GX_UNKNOWN */
	uint64_t piece_rows, piece; /* rows of a piece, and its bytes in each slot */
	uint64_t memory;	 /* bytes that there are once */
};
void gx_reader_plan(const struct gx_reader *reader, struct gx_reading_plan *plan);

#endif
