/* SPDX-License-Identifier: MIT */
/*
 * What a format is: one way to read a matrix from one input, or to write one. stream/reader.h
 * and stream/writer.h drive them; nobody else includes this but the formats themselves.
 */
#ifndef GX_FORMAT_H
#define GX_FORMAT_H

#include "base/facts.h"
#include "base/fault.h"
#include "base/part.h"
#include "bytes/input.h"
#include "bytes/output.h"
#include "format/table/reading.h"
#include "matrix/matrix.h"

/* ---- reading ---- */

/* What is to be read, and how. */
struct gx_request {
	const char *const *path; /* operands in their order; "-" is standard input */
	size_t npath;		 /* at least 1 */
	struct gx_reading reading;
	struct gx_part part; /* n == 0: the whole; else of the one operand */
	bool gap_is_missing; /* a gap between segments is exit 75, missing parts, and not 1 */
	/* For --explain: nothing is read but heads and ends, and no row. */
	bool head_only;
	int nthread; /* those that may decode an input beside who reads it (input.h) */
	/* gx-info: features of several kinds are all read, and told of; else they are refused. */
	bool is_survey;
	/*
	 * A triangle comes as what it is, in rows->triangle. Otherwise, and where columns are
	 * chosen or operands are several, the full rows that it stands for are made, which takes
	 * the memory of all of it.
	 */
	bool triangles;
	/*
	 * With triangles: a part is one of the full rows, and the caller's to choose. Each row of
	 * the triangle may have values of it, so all of them come.
	 */
	bool whole_triangles;
	/* It is one of several: who asks for it tells gx_progress_expect what there is to do. */
	bool one_of_several;
	/*
	 * Who had to look into the first operand has opened it, and has consumed nothing; it is
	 * the reader's from then on. NULL: it is opened by its path.
	 */
	struct gx_input *opened;
	/* How HDF5 is read (hdf5/hdf5.h); NULL: not by this command, which says how to convert it. */
	const struct gx_reader_format *hdf5;
};

struct gx_gxm_segment;
struct gx_hdf5_piece;

/*
 * A piece of an input on its way: fetch fills in what of the input it is, decode makes rows
 * of it, accept checks it against what came before. The buffers are reused.
 */
struct gx_batch {
	unsigned char *raw; /* aligned to 64 bytes, 64 bytes of slack */
	size_t nraw, raw_room;
	double *store; /* decoded values, where raw does not hold them */
	size_t store_room;
	uint64_t *digest; /* of the rows in `rows` */
	size_t digest_room;
	struct gx_names names;	/* decoded names */
	struct gx_names tokens; /* of text: what stood for missing values, each spelling once */
	double *selected;	/* the chosen columns of the rows; the reader's own */
	size_t selected_room;

	struct gx_rows rows;
	uint64_t digest_sum;   /* of the rows in `rows` */
	bool end;	       /* no rows: of a segment, say; for accept alone */
	bool last;	       /* the reader's own: nothing follows in this operand */
	struct gx_fault fault; /* what is wrong behind the rows in `rows` */

	/* What fetch tells decode, and decode accept; each format has its own. */
	union {
		struct {
			const struct gx_gxm_segment *segment;
			uint64_t offset, nbyte; /* of the block, in the file */
			uint64_t number;	/* of the block, in its segment */
			uint64_t row;		/* its first one, counted in the stream */
			uint64_t digest;	/* of all its rows, those outside a part too */
			bool trailer; /* an end that has a digest: the trailer's, in `digest` */
		} gxm;
		struct {
			uint64_t offset, nbyte; /* of the values, in C order */
		} npy;
		struct {
			uint64_t from, to; /* of a file: the bytes in which its lines begin */
			unsigned char *text; /* its whole lines, in `raw` */
			size_t ntext;
			uint64_t nline; /* lines in the piece, up to the end of the rows */
			/* Number in the piece of the line at fault, from 0; GX_UNKNOWN: of none. */
			uint64_t fault_line;
			uint64_t blank; /* the same of a blank line with no row behind it */
			size_t rows_nbyte; /* bytes of `text` before the line that ends the rows */
			bool ends;     /* there is such a line */
			bool again;    /* the line at fault is the header again */
		} table;
		struct {
			/* Pieces of arrays that decode makes values of and lets go; in `raw`. */
			struct gx_hdf5_piece **piece;
			size_t npiece;
			uint64_t from, to; /* sparse: entries of its rows */
		} hdf5;
	};
};

/* Room for n values in batch->store, n digests in batch->digest, n bytes in batch->raw. */
double *gx_batch_values(struct gx_batch *batch, size_t n);
uint64_t *gx_batch_digests(struct gx_batch *batch, size_t n);
unsigned char *gx_batch_raw(struct gx_batch *batch, size_t n);
/* gx_batch_raw for n bytes that come next, all of them (gx_allocate_filled). */
unsigned char *gx_batch_raw_filled(struct gx_batch *batch, size_t n);

/*
 * Names the rows in `rows` by the next ones of a list; *at is where they begin in its text,
 * and where those behind them do afterwards. An empty list names none.
 */
void gx_batch_take_names(struct gx_batch *batch, const struct gx_names *all, size_t *at);

/* Names the rows in `rows`, which have a number, by it: g1 g2 ... */
void gx_batch_name_implicitly(struct gx_batch *batch);

/* Digests the rows that decode has made, all of `rows`, into digest and digest_sum. */
void gx_batch_digest(struct gx_batch *batch);

void gx_batch_free(struct gx_batch *batch);

struct gx_operand;

struct gx_reader_format {
	const char *name;
	bool is_text;  /* the options that say how text is read are for it; chooses columns */
	bool reads_all; /* open reads the rows too: the input stays open */
	bool rows_follow; /* all is read before the first row is there */
	bool chooses_columns; /* --columns is done with: its rows have those that were chosen */
	/* Whether bytes that start so (64 of them, fewer at the end) are of this format. */
	bool (*recognise)(const unsigned char *head, size_t nhead);
	/* Reads what stands before the rows: fills in operand->matrix, refuses --part. */
	void (*open)(struct gx_operand *operand);
	/* What is to be done once before the first fetch; may be NULL. */
	void (*start)(struct gx_operand *operand);
	/*
	 * The next piece, in order; false at the end. A fault goes into batch->fault, those
	 * of the input do by themselves: fetch is not called again then.
	 */
	bool (*fetch)(struct gx_operand *operand, struct gx_batch *batch);
	/* Makes batch->rows, digest_sum; any thread. rows.first may be GX_UNKNOWN. */
	void (*decode)(const struct gx_operand *operand, struct gx_batch *batch);
	/*
	 * Checks the batch, in order, before it is consumed; sets rows.first where it can. May
	 * be NULL.
	 */
	void (*accept)(struct gx_operand *operand, struct gx_batch *batch);
	/* Verifies the end and completes operand->source. */
	void (*finish)(struct gx_operand *operand);
	void (*close)(struct gx_operand *operand);
};

/* One file, pipe or standard input. */
struct gx_operand {
	const struct gx_reader_format *format;
	struct gx_input *in;
	/* Of 10x: what the files beside the matrix begin with (market.h); or NULL. */
	char *beside;
	char *path; /* of that matrix */
	const struct gx_request *request;
	struct gx_matrix matrix;
	struct gx_source source; /* complete after finish */
	uint64_t digest;	 /* sum of the digests of the rows accepted so far */
	uint64_t nrow;		 /* rows accepted so far */
	bool is_read;	   /* open had to read all of it: the input stays open */
	bool rows_follow;  /* as of the format, where it depends on what is in the file */
	bool end_is_damaged;	 /* known after open: the rows tell what is wrong */
	struct gx_facts facts;	 /* for gx-info and -v */
	uint64_t nbyte;	 /* of the rows to read; GX_UNKNOWN: all there are */
	uint64_t counted; /* where the counter of --progress was before it was read */
	/* For --explain. */
	uint64_t nline;	 /* of the first line of text; 0: not known */
	uint64_t memory; /* bytes that there are once, whatever the number of threads */
	uint64_t batch_rows; /* of a batch at most; 0: gx_batch_rows */
	void *state;
};

extern const struct gx_reader_format gx_reader_gxm, gx_reader_triangle, gx_reader_npy,
	gx_reader_market, gx_reader_table, gx_reader_transposed;

/* The format of bytes that start so: text where no other claims them. HDF5 is recognised before. */
const struct gx_reader_format *gx_format_recognise(const unsigned char *head, size_t nhead,
						   const struct gx_request *request);

/*
 * Opens one path of a request: recognises it, and lets its format read the head. Dies where
 * it is no matrix, or where the request does not fit it. Regular files are closed again
 * (gx_input_suspend): gx_operand_start opens them for the rows.
 */
struct gx_operand *gx_operand_open(const struct gx_request *request, const char *path);
void gx_operand_start(struct gx_operand *operand);
void gx_operand_close(struct gx_operand *operand);

/* The source facts of an input that was read to its end: rows [0, n) of n, digest:HEX. */
void gx_operand_whole_source(struct gx_operand *operand);

/* Dies with exit 2: why --part cannot be, and the way out. */
void gx_operand_refuse_part(const struct gx_operand *operand,
			    const char *why) GX_NORETURN GX_COLD;

/* ---- writing ---- */

struct gx_writer;

/* What encode leaves for put. {0} is an empty one; reused for batch after batch. */
struct gx_piece {
	unsigned char *text;
	size_t ntext, room;
	uint64_t *digest; /* of each row, where the format stores digests */
	size_t digest_room;
	bool encoded;
};

void gx_piece_free(struct gx_piece *piece);
/* Makes room for n bytes behind piece->ntext; returns where they go. */
unsigned char *gx_piece_reserve(struct gx_piece *piece, size_t n);

/* One format's way to write; state is its own. */
struct gx_writer_format {
	const char *name;
	bool binary;
	void (*open)(struct gx_writer *writer);
	/* rows->first is known or the rows are named. Any thread. */
	void (*encode)(const struct gx_writer *writer, const struct gx_rows *rows,
		       struct gx_piece *piece);
	void (*put)(struct gx_writer *writer, const struct gx_rows *rows,
		    struct gx_piece *piece);
	void (*close)(struct gx_writer *writer, const struct gx_source *source);
	/*
	 * For --explain: bytes of the output (GX_UNKNOWN where they are not known before),
	 * and of memory: for each row of a piece, and once. `source`: as far as it is known.
	 */
	void (*estimate)(const struct gx_matrix *matrix, const struct gx_source *source,
			 uint64_t *nbyte, uint64_t *each_row, uint64_t *once);
};

struct gx_writer {
	const struct gx_writer_format *format;
	const struct gx_output_options *options;
	const struct gx_matrix *matrix;
	struct gx_output *out;
	uint64_t nrow;	/* put so far */
	char delimiter; /* of text */
	struct gx_held *held; /* a triangle on its way to full rows; NULL: rows are as they come */
	void *state;
};

extern const struct gx_writer_format gx_writer_text, gx_writer_gxm, gx_writer_npy,
	gx_writer_edges;

const struct gx_writer_format *gx_format_to_write(enum gx_format format);

#endif
