/* SPDX-License-Identifier: MIT */
/* Fortran order: strips of rows of a file, or all of it through a transposer. */
#include <stdlib.h>

#include "base/memory.h"
#include "bytes/transposer.h"
#include "format/npy/npy.h"

/*
 * 4,000 x 10,000 doubles, file in the page cache, -t 1, against C order: strips of 32 MiB
 * took 6.5 times as long without prefetching, 5.2 with it eight columns ahead (medians of 9;
 * 16 ahead, or squares of 64, were no better); row by row, each value by a pread of its own,
 * 24 s. A mapping was faster, but a process dies by SIGBUS when a mapped file shrinks.
 *
 * A strip is read and turned by one thread at a time: with pieces of columns that are worth a
 * read of their own, each thread would need some 20 MiB for 10,000 columns.
 */
enum {
	STRIP = 32 << 20, /* bytes as they are stored */
	PANEL = 8 << 20,  /* bytes of rows in their order, cut from the strip */
	LEAST = 512,	  /* bytes of a column's piece that are worth a pread */
	PIECE = 8192,	  /* values of a column read at a time for the transposer */
};

struct gx_npy_columns {
	const struct gx_npy_header *npy;
	uint64_t begin, end;
	struct gx_transposer *transposer; /* NULL: by strips */
	bool turned;
	/* The strip, column after column, and the panel; which rows they have. */
	unsigned char *strip;
	uint64_t strip_rows, strip_first, strip_n;
	double *panel;
	uint64_t panel_rows, panel_first, panel_n;
};

struct gx_npy_columns *gx_npy_columns_open(const struct gx_npy_header *npy, uint64_t begin,
					   uint64_t end)
{
	struct gx_npy_columns *c = gx_allocate_zeroed(1, sizeof *c);
	*c = (struct gx_npy_columns){ .npy = npy, .begin = begin, .end = end };
	c->strip_rows = STRIP / npy->type.size / npy->ncol;
	c->panel_rows = PANEL / sizeof(double) / npy->ncol;
	return c;
}

void gx_npy_columns_close(struct gx_npy_columns *c)
{
	if (!c)
		return;
	if (c->transposer)
		gx_transposer_close(c->transposer);
	free(c->strip);
	free(c->panel);
	free(c);
}

/* ---- by strips ---- */

/* Whether a column's piece of a strip, or of all rows, is worth reading by itself. */
static bool by_strips(const struct gx_npy_columns *c)
{
	uint64_t rows = c->end - c->begin;
	return c->strip_rows * c->npy->type.size >= LEAST || c->strip_rows >= rows;
}

static uint64_t offset_of(const struct gx_npy_columns *c, uint64_t row, uint64_t column)
{
	return c->npy->data + (column * c->npy->nrow + row) * c->npy->type.size;
}

GX_COLD static bool shorter(struct gx_input *in)
{
	gx_input_fail(in, GX_EXIT_DATA,
		      ": it became shorter while it was read: try again when nobody writes it");
	return false;
}

static bool read_strip(struct gx_npy_columns *c, struct gx_input *in, uint64_t first)
{
	uint64_t left = c->end - first, ncol = c->npy->ncol;
	uint64_t n = left < c->strip_rows ? left : c->strip_rows;
	size_t nbyte = n * c->npy->type.size;
	if (!c->strip)
		c->strip = gx_allocate_large(n * ncol, c->npy->type.size);
	for (uint64_t j = 0; j < ncol; j++)
		if (gx_input_at(in, c->strip + j * nbyte, nbyte, offset_of(c, first, j),
				in->fault) != nbyte)
			return shorter(in);
	c->strip_first = first;
	c->strip_n = n;
	return true;
}

/* The lines of a column's piece, which lie in one page and which no hardware foresees. */
static inline void prefetch(const unsigned char *piece, size_t nbyte)
{
	for (size_t i = 0; i < nbyte; i += 64)
		__builtin_prefetch(piece + i);
}

/* Cuts rows from the strip, by squares that stay in cache. */
static void fill_panel(struct gx_npy_columns *c, uint64_t first)
{
	enum { SQUARE = 32, AHEAD = 8 };
	const struct gx_npy_header *npy = c->npy;
	uint64_t left = c->strip_first + c->strip_n - first, ncol = npy->ncol;
	uint64_t n = left < c->panel_rows ? left : c->panel_rows;
	if (!c->panel)
		c->panel = gx_allocate_large(n * ncol, sizeof *c->panel);
	const unsigned char *from = c->strip + (first - c->strip_first) * npy->type.size;
	size_t stride = c->strip_n * npy->type.size;
	for (uint64_t i0 = 0; i0 < n; i0 += SQUARE)
		for (uint64_t j0 = 0; j0 < ncol; j0 += SQUARE) {
			uint64_t i1 = i0 + SQUARE < n ? i0 + SQUARE : n;
			uint64_t j1 = j0 + SQUARE < ncol ? j0 + SQUARE : ncol;
			for (uint64_t j = j0; j < j1; j++) {
				double column[SQUARE];
				prefetch(from + (j + AHEAD) * stride + i0 * npy->type.size,
					 (i1 - i0) * npy->type.size);
				gx_widen(&npy->type, from + j * stride + i0 * npy->type.size, i1 - i0,
					     column);
				for (uint64_t i = i0; i < i1; i++)
					c->panel[i * ncol + j] = column[i - i0];
			}
		}
	c->panel_first = first;
	c->panel_n = n;
}

/* ---- through a transposer ---- */

static void open_transposer(struct gx_npy_columns *c)
{
	c->transposer = gx_transposer_open(c->end - c->begin);
}

/* Adds n stored values of the present column, which has `done` already. */
static void add_values(struct gx_npy_columns *c, const unsigned char *raw, size_t n,
		       double *column, uint64_t *done)
{
	gx_widen(&c->npy->type, raw, n, column + *done);
	*done += n;
	if (*done == c->end - c->begin) {
		gx_transposer_add(c->transposer, column, 1);
		*done = 0;
	}
}

/* The wanted rows of a file, column after column. */
static bool turn_file(struct gx_npy_columns *c, struct gx_input *in)
{
	uint64_t rows = c->end - c->begin, done = 0;
	size_t item = c->npy->type.size;
	unsigned char *raw = gx_allocate(PIECE, item);
	double *column = gx_allocate(rows, sizeof *column);
	bool good = true;
	open_transposer(c);
	for (uint64_t j = 0; j < c->npy->ncol && good;) {
		uint64_t at = done;
		size_t n = rows - at < PIECE ? rows - at : PIECE;
		good = gx_input_at(in, raw, n * item, offset_of(c, c->begin + at, j),
				   in->fault) == n * item ||
		       shorter(in);
		if (good)
			add_values(c, raw, n, column, &done);
		j += done == 0;
	}
	if (good)
		gx_transposer_turn(c->transposer);
	c->turned = good;
	free(column);
	free(raw);
	return good;
}

bool gx_npy_columns_read(struct gx_npy_columns *c, struct gx_input *in, gx_npy_passes *passes,
			 void *context)
{
	const struct gx_npy_header *npy = c->npy;
	uint64_t rows = c->end - c->begin, done = 0;
	unsigned char *raw = gx_allocate(PIECE, npy->type.size);
	double *column = gx_allocate(rows, sizeof *column);
	bool good = true;
	open_transposer(c);
	for (uint64_t j = 0; j < npy->ncol && good; j++)
		for (uint64_t at = 0, n; at < npy->nrow && good; at += n) {
			n = npy->nrow - at < PIECE ? npy->nrow - at : PIECE;
			uint64_t offset = in->position;
			good = gx_input_read(in, raw, n * npy->type.size) == n * npy->type.size;
			if (!good)
				break;
			passes(context, offset, raw, n * npy->type.size);
			/* Of the piece those rows that are wanted. */
			uint64_t from = at > c->begin ? at : c->begin;
			uint64_t to = at + n < c->end ? at + n : c->end;
			if (from < to)
				add_values(c, raw + (from - at) * npy->type.size, to - from, column,
					   &done);
		}
	if (good && rows)
		gx_transposer_turn(c->transposer);
	c->turned = good;
	free(column);
	free(raw);
	return good;
}

/* ---- taking ---- */

static bool take_panels(struct gx_npy_columns *c, struct gx_input *in, uint64_t first, size_t n,
			double *out)
{
	uint64_t ncol = c->npy->ncol;
	if (c->strip_rows == 0 || c->strip_rows > c->end - c->begin)
		c->strip_rows = c->end - c->begin;
	c->panel_rows = c->panel_rows ? c->panel_rows : 1;
	for (uint64_t row = first; row < first + n;) {
		if (row >= c->strip_first + c->strip_n && !read_strip(c, in, row))
			return false;
		if (row >= c->panel_first + c->panel_n || c->panel_n == 0)
			fill_panel(c, row);
		uint64_t have = c->panel_first + c->panel_n - row, left = first + n - row;
		uint64_t k = have < left ? have : left;
		__builtin_memcpy(out + (row - first) * ncol,
				 c->panel + (row - c->panel_first) * ncol,
				 k * ncol * sizeof *out);
		row += k;
	}
	return true;
}

bool gx_npy_columns_take(struct gx_npy_columns *c, struct gx_input *in, uint64_t first, size_t n,
			 double *out)
{
	if (!c->transposer && by_strips(c))
		return take_panels(c, in, first, n, out);
	if (!c->turned && !turn_file(c, in))
		return false;
	gx_transposer_take(c->transposer, first - c->begin, n, out);
	return true;
}
