/* SPDX-License-Identifier: MIT */
#include "hdf5/bands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/progress.h"

enum {
	STORED_BYTES = 1 << 20, /* of a band of low pieces: what is worth a question */
	BAND_BYTES = 8 << 20,	/* as doubles: one above this comes in slices */
	LONG_RUN = 8, /* values: shorter ones are placed one by one */
};
#define NO_ROW UINT64_MAX

/* Columns [from, from + n) of an array are columns [to, to + n) of the rows. */
struct run {
	uint64_t from, to, n;
};

/* An array. */
struct block {
	size_t number;
	const struct gx_hdf5_array *array;
	const uint32_t *map; /* of its columns; NULL: they are those of the rows */
	struct run *run;
	size_t nrun;
	bool scattered; /* its runs are short */
	bool direct;	/* contiguous: who decodes reads its rows, there are no pieces */
	size_t grid;	/* pieces in a row of them */
	size_t ncolumn; /* those with a column that is wanted */
	uint64_t *column; /* which they are; NULL: all */
	/* The row of pieces that reaches into the rows to come. */
	struct gx_hdf5_piece **held;
	uint64_t held_row; /* NO_ROW: none */
};

struct gx_hdf5_bands {
	const struct gx_hdf5_source *source;
	uint64_t nrow, ncol;
	struct block *block;
	size_t nblock;
	uint64_t height; /* of the highest pieces; 0: there are none */
	uint64_t step;	 /* rows at once */
	bool sliced;
	bool plain; /* rows lie in the file as they are */
};

/* ---- what is where ---- */

static void find_runs(struct block *b)
{
	uint64_t n = b->array->extent[1];
	if (!b->map) {
		b->run = gx_allocate(1, sizeof *b->run);
		b->run[b->nrun++] = (struct run){ 0, 0, n };
		return;
	}
	size_t room = 0;
	for (uint64_t j = 0; j < n; j++) {
		struct run *last = b->nrun ? &b->run[b->nrun - 1] : NULL;
		if (b->map[j] == GX_HDF5_DROPPED)
			continue;
		if (last && j == last->from + last->n && b->map[j] == last->to + last->n) {
			last->n++;
			continue;
		}
		if (b->nrun == room) {
			room = room ? 2 * room : 16;
			b->run = gx_reallocate(b->run, room, sizeof *b->run);
		}
		b->run[b->nrun++] = (struct run){ j, b->map[j], 1 };
	}
	uint64_t wanted = 0;
	for (size_t i = 0; i < b->nrun; i++)
		wanted += b->run[i].n;
	b->scattered = wanted / LONG_RUN < b->nrun;
}

/* Which pieces of a row of them have a column that is wanted. */
static void find_columns(struct block *b)
{
	uint64_t wide = b->array->piece[1], next = 0;
	b->grid = gx_hdf5_grid(b->array, 1);
	b->ncolumn = b->grid;
	if (!b->map)
		return;
	b->column = gx_allocate(b->grid, sizeof *b->column);
	b->ncolumn = 0;
	for (size_t i = 0; i < b->nrun; i++) {
		uint64_t first = b->run[i].from / wide;
		uint64_t last = (b->run[i].from + b->run[i].n - 1) / wide;
		for (uint64_t c = first < next ? next : first; c <= last; c++)
			b->column[b->ncolumn++] = c;
		next = last + 1;
	}
	if (b->ncolumn == b->grid) {
		free(b->column);
		b->column = NULL;
	}
}

static void open_block(struct block *b, const struct gx_hdf5_array *array, size_t number,
		       bool mapped)
{
	*b = (struct block){ .number = number, .array = array, .held_row = NO_ROW };
	b->map = mapped ? array->sample : NULL;
	find_runs(b);
	b->direct = array->storage == GX_HDF5_CONTIGUOUS && array->piece[1] == array->extent[1];
	if (b->direct)
		return;
	find_columns(b);
	b->held = gx_allocate(b->ncolumn, sizeof *b->held);
}

/* Bytes of `nrow` rows; at most 2^62. */
static uint64_t bytes_of(uint64_t nrow, uint64_t ncol, uint64_t size)
{
	uint64_t n;
	bool fits = !__builtin_mul_overflow(nrow, ncol, &n) &&
		    !__builtin_mul_overflow(n, size, &n) && n < UINT64_C(1) << 62;
	return fits ? n : UINT64_C(1) << 62;
}

/* How many rows come at once. */
static void choose_step(struct gx_hdf5_bands *bands)
{
	uint64_t stored = 1;
	for (size_t k = 0; k < bands->nblock; k++) {
		const struct block *b = &bands->block[k];
		uint64_t height = b->array->piece[0];
		if (b->direct || !b->ncolumn)
			continue;
		bands->height = height > bands->height ? height : bands->height;
		stored += bytes_of(b->ncolumn, b->array->piece[1], b->array->type.size);
	}
	if (bands->height > bands->nrow)
		bands->height = bands->nrow;
	uint64_t band = bytes_of(bands->height, bands->ncol, sizeof(double));
	bands->step = gx_batch_rows(bands->ncol);
	bands->sliced = band > BAND_BYTES;
	if (bands->sliced || !bands->height)
		return;
	uint64_t n = STORED_BYTES / bytes_of(bands->height, stored, 1), most = BAND_BYTES / band;
	n = n < most ? n : most;
	bands->step = (n ? n : 1) * bands->height;
}

struct gx_hdf5_bands *gx_hdf5_bands_open(const struct gx_hdf5_source *source, uint64_t nrow,
					 uint64_t ncol, bool mapped)
{
	struct gx_hdf5_bands *bands = gx_allocate_zeroed(1, sizeof *bands);
	const struct gx_hdf5_plan *plan = source->plan;
	bands->source = source;
	bands->nrow = nrow;
	bands->ncol = ncol;
	bands->nblock = plan->narray;
	bands->block = gx_allocate(plan->narray, sizeof *bands->block);
	for (size_t k = 0; k < plan->narray; k++)
		open_block(&bands->block[k], &plan->array[k], k, mapped);
	choose_step(bands);
	const struct block *b = bands->block;
	bands->plain = bands->nblock == 1 && b->direct && !b->map && b->array->type.kind == 'f' &&
		       b->array->type.size == sizeof(double) && !b->array->type.swapped;
	return bands;
}

static void let_go(struct block *b)
{
	for (size_t c = 0; b->held_row != NO_ROW && c < b->ncolumn; c++)
		gx_hdf5_piece_release(b->held[c]);
	b->held_row = NO_ROW;
}

void gx_hdf5_bands_close(struct gx_hdf5_bands *bands)
{
	if (!bands)
		return;
	for (size_t k = 0; k < bands->nblock; k++) {
		struct block *b = &bands->block[k];
		let_go(b);
		free(b->run);
		free(b->column);
		free(b->held);
	}
	free(bands->block);
	free(bands);
}

uint64_t gx_hdf5_bands_end(const struct gx_hdf5_bands *bands, uint64_t first)
{
	uint64_t end = bands->sliced || !bands->height ? first + bands->step
						       : (first / bands->step + 1) * bands->step;
	uint64_t bound = bands->sliced ? (first / bands->height + 1) * bands->height : end;
	end = end < bound ? end : bound;
	return end < bands->nrow ? end : bands->nrow;
}

uint64_t gx_hdf5_bands_rows(const struct gx_hdf5_bands *bands)
{
	return bands->step < bands->nrow ? bands->step : bands->nrow;
}

uint64_t gx_hdf5_bands_memory(const struct gx_hdf5_bands *bands)
{
	return bytes_of(bands->height, bands->ncol, sizeof(double));
}

/* ---- claiming ---- */

/* The rows of pieces, [*first, *end), that hold rows [from, to). */
static size_t piece_rows(const struct block *b, uint64_t from, uint64_t to, uint64_t *first,
			 uint64_t *end)
{
	*first = from / b->array->piece[0];
	*end = b->direct || !b->ncolumn ? *first : (to - 1) / b->array->piece[0] + 1;
	return (size_t)(*end - *first);
}

/* Claims the wanted pieces of row after row of pieces, from `first` on; *done counts them. */
static bool claim(const struct gx_hdf5_bands *bands, const struct block *b, uint64_t first,
		  uint64_t end, struct gx_hdf5_piece **out, size_t *done, struct gx_fault *fault)
{
	*done = 0;
	if (!b->column) {
		size_t n = (size_t)(end - first) * b->grid;
		if (n && !gx_hdf5_claim(bands->source, b->number, first * b->grid, n, out, fault))
			return false;
		*done = n;
		return true;
	}
	for (uint64_t row = first; row < end; row++)
		for (size_t c = 0, n; c < b->ncolumn; c += n) {
			n = 1;
			while (c + n < b->ncolumn && b->column[c + n] == b->column[c] + n)
				n++;
			if (!gx_hdf5_claim(bands->source, b->number,
					   row * b->grid + b->column[c], n, out + *done, fault))
				return false;
			*done += n;
		}
	return true;
}

/*
 * The pieces of one array for rows [from, to). Those that reach beyond are held once more, for
 * the rows behind.
 */
static bool fetch_block(const struct gx_hdf5_bands *bands, struct block *b, uint64_t from,
			uint64_t to, struct gx_hdf5_piece **out, size_t *n, struct gx_fault *fault)
{
	uint64_t first, end;
	*n = 0;
	if (!piece_rows(b, from, to, &first, &end) || !b->ncolumn)
		return true;
	if (b->held_row != first)
		let_go(b);
	if (b->held_row == first) {
		memcpy(out, b->held, b->ncolumn * sizeof *out);
		*n = b->ncolumn;
		b->held_row = NO_ROW;
	}
	size_t more;
	bool good = claim(bands, b, first + (*n > 0), end, out + *n, &more, fault);
	*n += more;
	if (!good || end * b->array->piece[0] <= to || to == bands->nrow)
		return good;
	memcpy(b->held, out + *n - b->ncolumn, b->ncolumn * sizeof *out);
	b->held_row = end - 1;
	for (size_t c = 0; c < b->ncolumn; c++)
		gx_hdf5_piece_hold(b->held[c]);
	return true;
}

static void release(struct gx_batch *batch)
{
	for (size_t i = 0; i < batch->hdf5.npiece; i++)
		gx_hdf5_piece_release(batch->hdf5.piece[i]);
	batch->hdf5.npiece = 0;
}

/* Bytes that pieces' addresses take at the beginning of batch->raw. */
static size_t room_of(size_t npiece)
{
	return (npiece * sizeof(struct gx_hdf5_piece *) + 63) / 64 * 64;
}

bool gx_hdf5_bands_fetch(struct gx_hdf5_bands *bands, uint64_t first, uint64_t end,
			 struct gx_batch *batch)
{
	size_t npiece = 0, direct = 0;
	for (size_t k = 0; k < bands->nblock; k++) {
		const struct block *b = &bands->block[k];
		uint64_t from, to;
		npiece += piece_rows(b, first, end, &from, &to) * b->ncolumn;
		size_t nbyte = b->direct ? (end - first) * b->array->extent[1] *
						   b->array->type.size
					 : 0;
		direct = nbyte > direct ? nbyte : direct;
	}
	unsigned char *raw = gx_batch_raw(batch, room_of(npiece) + direct);
	batch->hdf5.piece = (struct gx_hdf5_piece **)(void *)raw;
	batch->hdf5.npiece = 0;
	for (size_t k = 0; k < bands->nblock; k++) {
		size_t n;
		bool good = fetch_block(bands, &bands->block[k], first, end,
					batch->hdf5.piece + batch->hdf5.npiece, &n, &batch->fault);
		batch->hdf5.npiece += n;
		if (!good) {
			release(batch);
			return false;
		}
	}
	return true;
}

/* ---- values ---- */

/* The run that has column `from`, or the next one. */
static size_t first_run(const struct block *b, uint64_t from)
{
	size_t low = 0, high = b->nrun;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (b->run[middle].from + b->run[middle].n <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Stored values of columns [left, left + n): nrow rows of them, `stride` bytes apart. */
struct cut {
	const unsigned char *byte;
	size_t stride, nrow;
	uint64_t left, n;
};

static void place_runs(const struct block *b, const struct cut *cut, double *out, size_t ncol)
{
	const struct gx_stored *type = &b->array->type;
	uint64_t end = cut->left + cut->n;
	for (size_t i = first_run(b, cut->left); i < b->nrun && b->run[i].from < end; i++) {
		const struct run *run = &b->run[i];
		uint64_t from = run->from < cut->left ? cut->left : run->from;
		uint64_t to = run->from + run->n < end ? run->from + run->n : end;
		const unsigned char *byte = cut->byte + (from - cut->left) * type->size;
		double *place = out + run->to + (from - run->from);
		for (size_t r = 0; r < cut->nrow; r++)
			gx_widen(type, byte + r * cut->stride, to - from, place + r * ncol);
	}
}

static void place_scattered(const struct block *b, const struct cut *cut, double *out, size_t ncol)
{
	double *row = gx_allocate(cut->n, sizeof *row);
	const uint32_t *map = b->map + cut->left;
	for (size_t r = 0; r < cut->nrow; r++) {
		gx_widen(&b->array->type, cut->byte + r * cut->stride, cut->n, row);
		for (size_t j = 0; j < cut->n; j++)
			if (map[j] != GX_HDF5_DROPPED)
				out[r * ncol + map[j]] = row[j];
	}
	free(row);
}

/* out: the first of the rows that are cut, all ncol columns of them. */
static void place(const struct block *b, const struct cut *cut, double *out, size_t ncol)
{
	if (b->scattered)
		place_scattered(b, cut, out, ncol);
	else if (!b->map && cut->n == ncol && cut->stride == ncol * b->array->type.size)
		gx_widen(&b->array->type, cut->byte, cut->nrow * ncol, out);
	else
		place_runs(b, cut, out, ncol);
}

/* Reads rows [first, end) of an array whose rows lie behind each other. */
static bool read_rows(const struct gx_hdf5_bands *bands, const struct block *b, uint64_t first,
		      uint64_t end, unsigned char *out, struct gx_fault *fault)
{
	uint64_t row = b->array->extent[1] * b->array->type.size, n = (end - first) * row;
	return gx_hdf5_read_at(bands->source, out, n, b->array->offset + first * row, fault);
}

/* Places what piece `number` of row `row` of pieces, of those wanted, has of rows [first, end). */
static bool place_piece(const struct gx_hdf5_bands *bands, const struct block *b, uint64_t row,
			size_t number, uint64_t first, uint64_t end, struct gx_hdf5_piece *piece,
			double *out, struct gx_fault *fault)
{
	const struct gx_hdf5_array *a = b->array;
	uint64_t column = b->column ? b->column[number] : number, top = row * a->piece[0];
	uint64_t from = first > top ? first : top;
	uint64_t to = end - top < a->piece[0] ? end : top + a->piece[0];
	const unsigned char *values = gx_hdf5_piece_values(piece, fault);
	if (!values)
		return false;
	struct cut cut = { .stride = a->piece[1] * a->type.size,
			   .nrow = to - from,
			   .left = column * a->piece[1],
			   .n = a->piece[1] };
	if (a->extent[1] - cut.left < cut.n)
		cut.n = a->extent[1] - cut.left;
	cut.byte = values + (from - top) * cut.stride;
	place(b, &cut, out + (from - first) * bands->ncol, bands->ncol);
	return true;
}

/*
 * Slices of one band begin with different pieces, so that their threads make the values of
 * different ones, and do not wait for each other piece after piece. By the golden ratio: those
 * that follow each other are far apart.
 */
static size_t begin_with(const struct gx_hdf5_bands *bands, uint64_t first, size_t npiece)
{
	uint64_t slice = first / bands->step;
	return bands->sliced ? (size_t)((slice * 0x9e3779b9 & 0xffffffff) * npiece >> 32) : 0;
}

static bool place_pieces(const struct gx_hdf5_bands *bands, const struct block *b, uint64_t first,
			 uint64_t end, struct gx_hdf5_piece *const *piece, double *out,
			 struct gx_fault *fault)
{
	uint64_t from, to;
	size_t n = piece_rows(b, first, end, &from, &to) * b->ncolumn;
	size_t begin = begin_with(bands, first, n);
	for (size_t k = 0; k < n; k++) {
		size_t i = begin + k < n ? begin + k : begin + k - n;
		if (!place_piece(bands, b, from + i / b->ncolumn, i % b->ncolumn, first, end,
				 piece[i], out, fault))
			return false;
	}
	return true;
}

double *gx_hdf5_bands_decode(const struct gx_hdf5_bands *bands, uint64_t first, uint64_t end,
			     struct gx_batch *batch)
{
	struct gx_hdf5_piece **piece = batch->hdf5.piece;
	unsigned char *raw = batch->raw + room_of(batch->hdf5.npiece);
	if (bands->plain)
		return read_rows(bands, bands->block, first, end, raw, &batch->fault) ?
			       (double *)(void *)raw :
			       NULL;
	double *out = gx_batch_values(batch, (end - first) * bands->ncol);
	bool good = true;
	for (size_t k = 0; k < bands->nblock && good; k++) {
		const struct block *b = &bands->block[k];
		size_t row = b->array->extent[1] * b->array->type.size;
		uint64_t from, to;
		if (b->direct) {
			struct cut cut = { raw, row, end - first, 0, b->array->extent[1] };
			good = read_rows(bands, b, first, end, raw, &batch->fault);
			if (good)
				place(b, &cut, out, bands->ncol);
			continue;
		}
		good = place_pieces(bands, b, first, end, piece, out, &batch->fault);
		piece += piece_rows(b, first, end, &from, &to) * b->ncolumn;
	}
	release(batch);
	return good ? out : NULL;
}
