/* SPDX-License-Identifier: MIT */
/*
 * Rows are gathered to tiles, and a tile is kept column by column: a range of columns of
 * it is one piece of the file, so that columns are read back by a few large reads.
 */
#include "bytes/transposer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/unnamed.h"

enum { TILE = 8 << 20 }; /* bytes of a tile, and of what is taken at a time */

struct gx_transposer {
	uint64_t ncol, nrow;
	uint64_t tile_rows; /* of a full tile */
	size_t held;        /* rows in the tile that is being filled */
	double *rows;       /* those rows, as they came */
	bool narrow;	    /* floats are kept */
	size_t size;	    /* bytes of a value that is kept */
	void *tile;	    /* the tile, column by column; the last one stays here */
	uint64_t ntile;     /* in the file */
	void *strip;	    /* a range of columns of one tile */
	size_t strip_room;
	int fd;
};

static struct gx_transposer *open_of(uint64_t ncol, bool narrow)
{
	struct gx_transposer *t = gx_allocate_zeroed(1, sizeof *t);
	t->ncol = ncol;
	t->narrow = narrow;
	t->size = narrow ? sizeof(float) : sizeof(double);
	t->tile_rows = TILE / 8 / ncol;
	t->tile_rows = t->tile_rows ? t->tile_rows : 1;
	t->rows = gx_allocate_large(t->tile_rows * ncol, sizeof *t->rows);
	t->tile = gx_allocate_large(t->tile_rows * ncol, t->size);
	t->fd = -1;
	return t;
}

struct gx_transposer *gx_transposer_open(uint64_t ncol)
{
	return open_of(ncol, false);
}

struct gx_transposer *gx_transposer_open_floats(uint64_t ncol)
{
	return open_of(ncol, true);
}

/* Turns the held rows into values of one type, by squares that stay in cache. */
#define TURN(type)                                                                         \
	for (size_t i0 = 0; i0 < nrow; i0 += SQUARE)                                       \
		for (size_t j0 = 0; j0 < ncol; j0 += SQUARE) {                             \
			size_t i1 = i0 + SQUARE < nrow ? i0 + SQUARE : nrow;               \
			size_t j1 = j0 + SQUARE < ncol ? j0 + SQUARE : ncol;               \
			for (size_t j = j0; j < j1; j++)                                   \
				for (size_t i = i0; i < i1; i++)                           \
					tile[j * nrow + i] = (type)t->rows[i * ncol + j];  \
		}

static void turn_tile(struct gx_transposer *t)
{
	enum { SQUARE = 32 };
	size_t nrow = t->held, ncol = t->ncol;
	if (t->narrow) {
		float *tile = t->tile;
		TURN(float)
	} else {
		double *tile = t->tile;
		TURN(double)
	}
}

static void write_tile(struct gx_transposer *t)
{
	if (t->fd < 0)
		t->fd = gx_unnamed_open("to transpose in");
	turn_tile(t);
	const char *p = t->tile;
	for (size_t left = t->held * t->ncol * t->size; left;) {
		ssize_t k = write(t->fd, p, left);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("the file to transpose in (TMPDIR says where)");
		p += k;
		left -= (size_t)k;
	}
	t->ntile++;
	t->held = 0;
}

void gx_transposer_add(struct gx_transposer *t, const double *value, size_t nrow)
{
	while (nrow) {
		if (t->held == t->tile_rows)
			write_tile(t);
		size_t n = t->tile_rows - t->held;
		n = n < nrow ? n : nrow;
		memcpy(t->rows + t->held * t->ncol, value, n * t->ncol * sizeof *value);
		t->held += n;
		t->nrow += n;
		value += n * t->ncol;
		nrow -= n;
	}
}

void gx_transposer_turn(struct gx_transposer *t)
{
	turn_tile(t);
	free(t->rows);
	t->rows = NULL;
}

uint64_t gx_transposer_rows(const struct gx_transposer *t)
{
	return t->nrow;
}

uint64_t gx_transposer_batch(const struct gx_transposer *t)
{
	uint64_t n = t->nrow ? TILE / 8 / t->nrow : t->ncol;
	n = n ? n : 1;
	return n < t->ncol ? n : t->ncol;
}

static void read_strip(struct gx_transposer *t, uint64_t tile, uint64_t first, size_t n)
{
	size_t want = n * t->tile_rows * t->size;
	if (t->strip_room < want) {
		free(t->strip);
		t->strip = gx_allocate_large(want, 1);
		t->strip_room = want;
	}
	uint64_t at = (tile * t->ncol + first) * t->tile_rows * t->size;
	for (size_t done = 0; done < want;) {
		ssize_t k = pread(t->fd, (char *)t->strip + done, want - done,
				  (off_t)(at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			gx_die_errno("the file to transpose in (TMPDIR says where)");
		done += (size_t)k;
	}
}

/* Values from..from + n - 1 of what is kept, as doubles. */
static void copy_kept(const struct gx_transposer *t, const void *kept, size_t from, size_t n,
		      double *out)
{
	if (!t->narrow) {
		memcpy(out, (const double *)kept + from, n * sizeof *out);
		return;
	}
	const float *value = (const float *)kept + from;
	for (size_t i = 0; i < n; i++)
		out[i] = value[i];
}

void gx_transposer_take(struct gx_transposer *t, uint64_t first, size_t n, double *out)
{
	for (uint64_t tile = 0; tile < t->ntile; tile++) {
		read_strip(t, tile, first, n);
		for (size_t j = 0; j < n; j++)
			copy_kept(t, t->strip, j * t->tile_rows, t->tile_rows,
				  out + j * t->nrow + tile * t->tile_rows);
	}
	uint64_t before = t->ntile * t->tile_rows;
	for (size_t j = 0; j < n && t->held; j++)
		copy_kept(t, t->tile, (first + j) * t->held, t->held, out + j * t->nrow + before);
}

void gx_transposer_close(struct gx_transposer *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->rows);
	free(t->tile);
	free(t->strip);
	free(t);
}
