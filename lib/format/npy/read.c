/* SPDX-License-Identifier: MIT */
/*
 * npy in: versions 1 to 3; float64, float32 and the integers of either byte order; C and
 * Fortran order. An array of one dimension is one column.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/fingerprint.h"
#include "bytes/progress.h"
#include "format/format.h"
#include "format/npy/npy.h"
#include "kernel/digest.h"

struct npy_reader {
	struct gx_npy_header header;
	uint64_t begin, end; /* rows that are wanted */
	uint64_t next;	     /* row of the next batch */
	struct gx_fingerprint print; /* of a pipe, as it passes */
	uint64_t identity;
	struct gx_npy_columns *columns; /* of Fortran order */
};

static bool recognise(const unsigned char *head, size_t nhead)
{
	(void)nhead;
	return head[0] == (unsigned char)GX_NPY_MAGIC[0];
}

static uint64_t file_size(const struct gx_npy_header *h)
{
	return h->data + h->nrow * h->ncol * h->type.size;
}

/* Without the identity, of which a pipe has the last bytes at its end. */
static void tell_range(struct gx_operand *operand)
{
	const struct npy_reader *npy = operand->state;
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .first = npy->begin,
					      .last = npy->end,
					      .of = npy->header.nrow,
					      .digest = operand->digest };
}

static void foresee(struct gx_operand *operand)
{
	const struct npy_reader *npy = operand->state;
	const struct gx_npy_header *h = &npy->header;
	/* The most that strips, or a transposer, take. */
	operand->memory = h->by_column ? UINT64_C(48) << 20 : 0;
	tell_range(operand);
	if (operand->in->seekable)
		gx_source_identify(&operand->source, "npy", npy->identity);
}

static void check_size(const struct gx_operand *operand, const struct gx_npy_header *h)
{
	const struct gx_input *in = operand->in;
	uint64_t size = file_size(h);
	if (in->seekable && in->size != size)
		gx_die(GX_EXIT_DATA,
		       "%s: npy: %" PRIu64 " bytes where its header asks for %" PRIu64
		       ": %s: write it again",
		       in->name, in->size, size,
		       in->size < size ? "cut off" : "bytes follow the array");
}

/* A file tells now which one it is; a pipe is fingerprinted as it passes: its size is in the
 * header. */
static void start_print(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	struct gx_input *in = operand->in;
	gx_fingerprint_start(&npy->print, file_size(&npy->header));
	if (in->seekable) {
		gx_fingerprint_read(&npy->print, in);
		npy->identity = gx_fingerprint_end(&npy->print, "");
		return;
	}
	const unsigned char *head;
	gx_input_peek(in, npy->header.data, &head);
	gx_fingerprint_feed(&npy->print, 0, head, npy->header.data);
	gx_input_skip(in, npy->header.data);
}

static void npy_open(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state = gx_allocate_zeroed(1, sizeof *npy);
	struct gx_npy_header *h = &npy->header;
	struct gx_matrix *m = &operand->matrix;
	const struct gx_part *part = &operand->request->part;
	gx_npy_header_read(operand->in, h);
	check_size(operand, h);
	npy->end = h->nrow;
	if (part->n) {
		npy->begin = gx_part_bound(h->nrow, part->k - 1, part->n);
		npy->end = gx_part_bound(h->nrow, part->k, part->n);
	}
	npy->next = npy->begin;
	m->ncol = h->ncol;
	m->first = npy->begin;
	m->nrow = m->announced = npy->end - npy->begin;
	m->whole = h->nrow;
	operand->nbyte = (npy->end - npy->begin) * h->ncol * h->type.size;
	start_print(operand);
	gx_facts_tell(&operand->facts, "format", "npy");
	gx_facts_tell(&operand->facts, "type", "%c%zu%s", h->type.kind, h->type.size,
		      h->type.swapped ? ", big-endian" : "");
	gx_facts_tell(&operand->facts, "order", "%s", h->by_column ? "Fortran" : "C");
	if (operand->request->head_only)
		foresee(operand);
}

/* ---- fetch ---- */

static void passes(void *context, uint64_t offset, const void *bytes, size_t n)
{
	struct npy_reader *npy = context;
	gx_fingerprint_feed(&npy->print, offset, bytes, n);
}

/* Passes over values of a pipe that no row needs, for the fingerprint's sake. */
static bool pass(struct gx_operand *operand, uint64_t nbyte)
{
	enum { PIECE = 64 << 10 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	size_t n = 1;
	while (nbyte && n) {
		uint64_t at = operand->in->position;
		n = gx_input_read_some(operand->in, piece, nbyte < PIECE ? nbyte : PIECE);
		passes(operand->state, at, piece, n);
		nbyte -= n;
	}
	free(piece);
	return nbyte == 0;
}

static bool cut_off(struct gx_batch *batch, uint64_t row)
{
	gx_fault_note(&batch->fault, GX_EXIT_DATA,
		      ": npy: cut off: rows from %" PRIu64 " on are missing: write it again",
		      row + 1);
	return false;
}

static bool cut_off_before(struct gx_batch *batch)
{
	gx_fault_note(&batch->fault, GX_EXIT_DATA, ": npy: cut off: write it again with np.save");
	return false;
}

/* Before the first rows: all of a pipe in Fortran order, or what lies before the part. */
static bool begin(struct gx_operand *operand, struct gx_batch *batch)
{
	struct npy_reader *npy = operand->state;
	const struct gx_npy_header *h = &npy->header;
	bool pipe = !operand->in->seekable;
	if (h->by_column && !npy->columns) {
		npy->columns = gx_npy_columns_open(h, npy->begin, npy->end);
		if (pipe && !gx_npy_columns_read(npy->columns, operand->in, passes, npy))
			return cut_off_before(batch);
	} else if (pipe && !h->by_column && npy->next == npy->begin &&
		   !pass(operand, npy->begin * h->ncol * h->type.size)) {
		return cut_off_before(batch);
	}
	return true;
}

static bool npy_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct npy_reader *npy = operand->state;
	const struct gx_npy_header *h = &npy->header;
	struct gx_input *in = operand->in;
	if (npy->next >= npy->end || !begin(operand, batch))
		return false;
	uint64_t row_bytes = h->ncol * h->type.size, left = npy->end - npy->next;
	uint64_t each = gx_batch_rows(h->ncol), nrow = left < each ? left : each;
	uint64_t first = npy->next;
	batch->npy.offset = h->data + first * row_bytes;
	batch->npy.nbyte = nrow * row_bytes;
	batch->rows.nrow = nrow;
	batch->rows.first = first;
	npy->next += nrow;
	if (npy->columns)
		return gx_npy_columns_take(npy->columns, in, first, nrow,
					   gx_batch_values(batch, nrow * h->ncol));
	if (in->seekable)
		return true;
	size_t got = gx_input_read_grow(in, &batch->raw, &batch->raw_room, 0, batch->npy.nbyte);
	passes(npy, batch->npy.offset, batch->raw, got);
	return got == batch->npy.nbyte || cut_off(batch, first);
}

/* ---- decode ---- */

/* The values of a batch in C order, widened where they are not doubles already. */
static double *values_of(const struct gx_npy_header *h, struct gx_batch *batch)
{
	size_t n = batch->rows.nrow * h->ncol;
	if (h->type.kind == 'f' && h->type.size == 8 && !h->type.swapped)
		return (double *)(void *)batch->raw;
	double *value = gx_batch_values(batch, n);
	gx_widen(&h->type, batch->raw, n, value);
	return value;
}

static void npy_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct npy_reader *npy = operand->state;
	uint64_t nbyte = batch->npy.nbyte;
	if (operand->in->seekable)
		gx_progress_bytes(nbyte);
	if (operand->in->seekable && !npy->columns &&
	    gx_input_at(operand->in, gx_batch_raw_filled(batch, nbyte), nbyte,
			batch->npy.offset, &batch->fault) != nbyte) {
		batch->rows.nrow = 0;
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": it became shorter while it was read: try again when nobody "
			      "writes it");
		return;
	}
	double *value = npy->columns ? batch->store : values_of(&npy->header, batch);
	gx_nan_canonicalise(value, batch->rows.nrow * npy->header.ncol);
	batch->rows.value = value;
	gx_batch_digest(batch);
}

/* ---- finish ---- */

static void npy_finish(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	struct gx_input *in = operand->in;
	const unsigned char *more;
	if (!in->seekable) {
		/* A part, or an array without rows, leaves something. */
		if (!pass(operand, file_size(&npy->header) - in->position))
			gx_die(GX_EXIT_DATA, "%s: npy: cut off: write it again with np.save",
			       in->name);
		if (gx_input_peek(in, 1, &more) > 0)
			gx_die(GX_EXIT_DATA,
			       "%s: npy: bytes follow the array: one npy file is one matrix",
			       in->name);
		npy->identity = gx_fingerprint_end(&npy->print, "");
	}
	tell_range(operand);
	gx_source_identify(&operand->source, "npy", npy->identity);
}

static void npy_close(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	gx_npy_columns_close(npy->columns);
	free(npy->print.bytes);
	free(npy);
}

const struct gx_reader_format gx_reader_npy = { .name = "npy",
						.recognise = recognise,
						.open = npy_open,
						.fetch = npy_fetch,
						.decode = npy_decode,
						.finish = npy_finish,
						.close = npy_close };
