/* SPDX-License-Identifier: MIT */
/*
 * A matrix out, in any format. The costly half, encode, works in any thread; put takes
 *the results in order:
 *
 *	struct gx_writer *w = gx_writer_open(&options, &matrix);
 *	for each batch of rows:
 *		gx_writer_encode(w, &rows, &piece);     any thread, a piece of its own
 *		gx_writer_put(w, &rows, &piece);        one at a time, in order
 *	gx_writer_close(w, &source);
 */
#ifndef GX_WRITER_H
#define GX_WRITER_H

#include "bytes/output.h"
#include "matrix/matrix.h"

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

/*
 * Opens the output and writes what stands before the rows. `options` and `matrix` must
 * outlive the writer. Dies with exit 2 where the format cannot be written there. With
 * --explain it tells what would be written and ends the process instead (explain.h).
 */
struct gx_writer *gx_writer_open(const struct gx_output_options *options,
				 const struct gx_matrix *matrix);

void gx_writer_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		      struct gx_piece *piece);
void gx_writer_put(struct gx_writer *writer, const struct gx_rows *rows,
		   struct gx_piece *piece);

/* Writes what stands behind the rows, `source` with it when the matrix is derived. */
void gx_writer_close(struct gx_writer *writer, const struct gx_source *source);

/* ---- for the formats ---- */

/* One format's way to write; state is its own. */
struct gx_writer_format {
	const char *name;
	bool binary;
	void (*open)(struct gx_writer *writer);
	void (*encode)(
		const struct gx_writer *writer, const struct gx_rows *rows,
		struct gx_piece *piece); /* rows->first is known or the rows are named */
	void (*put)(struct gx_writer *writer, const struct gx_rows *rows,
		    struct gx_piece *piece);
	void (*close)(struct gx_writer *writer, const struct gx_source *source);
};

struct gx_writer {
	const struct gx_writer_format *format;
	const struct gx_output_options *options;
	const struct gx_matrix *matrix;
	struct gx_output *out;
	uint64_t nrow;  /* put so far */
	char delimiter; /* of text */
	void *state;
};

extern const struct gx_writer_format gx_writer_text, gx_writer_gxm, gx_writer_npy;

/* Makes room for n bytes behind piece->ntext; returns where they go. */
unsigned char *gx_piece_reserve(struct gx_piece *piece, size_t n);

#endif
