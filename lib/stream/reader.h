/* SPDX-License-Identifier: MIT */
/*
 * A matrix in, in any format. The rows come in batches; what can be done to a batch by
 * itself is done in any thread, what needs the order is done in order:
 *
 *	struct gx_reader *r = gx_reader_open(&common);
 *	struct gx_job job = { .context = &mine, .slot_size = sizeof(struct slot),
 *			      .compute = compute, .consume = consume, .release = release
 *}; gx_reader_run(r, &job);
 *	... gx_reader_source(r) tells now what the rows came from ...
 *	gx_reader_close(r);
 *
 * Whatever is wrong with the input ends the process with a message (exit 1 or 3), after
 * the rows before it were consumed. So does a file that was written while it was read, as
 * far as its size and its time of change tell.
 */
#ifndef GX_READER_H
#define GX_READER_H

#include <time.h>

#include "base/facts.h"
#include "bytes/input.h"
#include "command/cli.h"
#include "matrix/matrix.h"

struct gx_reader;
struct gx_operand;

/*
 * Opens the operands as one matrix. It is recognised by content. With --part only the
 * part is read; where nobody can know the whole in advance that is refused (exit 2).
 */
struct gx_reader *gx_reader_open(struct gx_common *common);

/* What is known before the rows: valid until close. */
const struct gx_matrix *gx_reader_matrix(const struct gx_reader *reader);

struct gx_job {
	void *context;
	size_t slot_size; /* bytes of the slot that compute and consume share; zeroed once
			   */
	/* In any thread, several at a time, each with a slot of its own. */
	void (*compute)(void *context, const struct gx_rows *rows, void *slot);
	/* In the order of the rows, one at a time, with what compute left in the slot. */
	void (*consume)(void *context, const struct gx_rows *rows, void *slot);
	/* Frees what the slot holds; may be NULL. */
	void (*release)(void *context, void *slot);
};

/* Reads all rows and verifies the input to its end. */
void gx_reader_run(struct gx_reader *reader, const struct gx_job *job);

/*
 * What the input was recognised as and which decisions were taken. Complete after gx_reader_run; of several operands, those of the last
 * one.
 */
const struct gx_facts *gx_reader_facts(const struct gx_reader *reader);

bool gx_reader_is_gxm(const struct gx_reader *reader);

/*
 * Which input the rows come from and how much of it: valid after gx_reader_run; of one
 * GXM file, whose end tells, already after gx_reader_open (else `of` is GX_UNKNOWN until
 * then).
 */
const struct gx_source *gx_reader_source(const struct gx_reader *reader);

/*
 * Instead of gx_reader_run, where the head is all that is wanted. False when the end of
 * the input is not as it must be: then only gx_reader_run tells what is wrong.
 */
bool gx_reader_skip(struct gx_reader *reader);

void gx_reader_close(struct gx_reader *reader);

/*
 * For --explain, behind gx_reader_open: tells what the input is, what of it is read and
 * what that needs, and leaves in *source what gx_reader_source would say at the end, as far
 * as it is known.
 */
void gx_reader_explain(const struct gx_reader *reader, struct gx_source *source);

/*
 * What a filter's own output says of itself: columns as given, rows as those of the
 * input, derived, with `step` (NULL: none) behind the steps so far.
 */
void gx_reader_derive(const struct gx_reader *reader, const char *step,
		      struct gx_matrix *matrix);

/* ---- for the formats ---- */

/*
 * A batch on its way: fetch fills in what of the input it is, decode makes rows of it,
 * accept checks it against what came before. The buffers are reused.
 */
struct gx_batch {
	unsigned char *raw; /* aligned to 64 bytes, 64 bytes of slack */
	size_t nraw, raw_room;
	double *store; /* decoded values, where raw does not hold them */
	size_t store_room;
	uint64_t *digest; /* of the rows in `rows` */
	size_t digest_room;
	struct gx_names names; /* decoded names */
	struct gx_names
		tokens; /* what stood for missing values in it, each spelling once */

	struct gx_rows rows;
	uint64_t digest_sum; /* of the rows in `rows` */

	/* What fetch tells decode and accept; a format uses them as it likes. */
	uint64_t offset, nbyte, number, skip;
	const void *about;
	uint64_t
		all_digests; /* of all rows that were decoded, those outside a part too */
	uint64_t nline;

	char fault[512]; /* what decode found wrong; accept dies of it, in order */
	enum { GX_BATCH_ROWS, GX_BATCH_END } kind; /* END: no rows, for accept alone */
};

/* Room for n values in batch->store, n digests in batch->digest, n bytes in batch->raw.
 */
double *gx_batch_values(struct gx_batch *batch, size_t n);
uint64_t *gx_batch_digests(struct gx_batch *batch, size_t n);
unsigned char *gx_batch_raw(struct gx_batch *batch, size_t n);

void gx_batch_free(struct gx_batch *batch);

/* Notes the first thing that decode found wrong. */
void gx_batch_fault(struct gx_batch *batch, const char *format, ...)
	GX_PRINTF(2, 3) GX_COLD;

struct gx_reader_format {
	const char *name;
	bool is_text; /* the options that say how text is read are for it */
	/* Whether bytes that start so are of this format, whole or damaged. */
	bool (*recognise)(const unsigned char *head, size_t nhead);
	/* Reads what stands before the rows: fills in operand->matrix, refuses --part. */
	void (*open)(struct gx_operand *operand);
	/* The next batch, in order; false at the end. */
	bool (*fetch)(struct gx_operand *operand, struct gx_batch *batch);
	/* Makes batch->rows, digest_sum; any thread. rows.first may be GX_UNKNOWN. */
	void (*decode)(const struct gx_operand *operand, struct gx_batch *batch);
	/* Checks the batch, in order, before it is consumed; sets rows.first where it
	 * can. */
	void (*accept)(struct gx_operand *operand, struct gx_batch *batch);
	/* Verifies the end and completes operand->source. */
	void (*finish)(struct gx_operand *operand);
	void (*close)(struct gx_operand *operand);
};

/* One file, pipe or standard input. */
struct gx_operand {
	const struct gx_reader_format *format;
	struct gx_input *in;
	const char *directory; /* a 10x directory, whose matrix `in` is; or NULL */
	char *path;            /* of that matrix */
	struct gx_common *common;
	struct gx_part part; /* n == 0: the whole */
	struct gx_matrix matrix;
	struct gx_source source; /* complete after finish */
	uint64_t digest;         /* sum of the digests of the rows accepted so far */
	uint64_t nrow;           /* rows accepted so far */
	bool suspect;            /* after open: its end is not as it must be */
	bool is_file;            /* a regular one: its size and when it was changed, at open */
	uint64_t size;
	struct timespec changed;
	uint64_t nbyte; /* for --explain: of the rows to read; GX_UNKNOWN: all there are */
	uint64_t nline; /* for --explain: of the first line of text; 0: not known */
	struct gx_facts facts;   /* for gx-info and -v */
	void *state;
};

extern const struct gx_reader_format gx_reader_gxm, gx_reader_npy, gx_reader_mtx,
	gx_reader_text, gx_reader_transposed;

/*
 * Whether it is opened for --explain: then open reads no more than the head and the end,
 * and leaves in `source`, `nbyte` and `nline` what it knows. Nothing is fetched.
 */
bool gx_operand_explains(const struct gx_operand *operand);

/* Adds a key and its value, printf-like, to operand->facts. */
void gx_operand_tell(struct gx_operand *operand, const char *key, const char *format, ...)
	GX_PRINTF(3, 4);

/* The source facts of an input that was read to its end: rows [0, n) of n, digest:HEX. */
void gx_operand_whole_source(struct gx_operand *operand);

/* Dies with exit 2: why --part cannot be, and the way out. */
void gx_operand_refuse_part(const struct gx_operand *operand,
			    const char *why) GX_NORETURN GX_COLD;

#endif
