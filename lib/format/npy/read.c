/* SPDX-License-Identifier: MIT */
/*
 * npy in: versions 1 to 3; float64, float32 and the integers of either byte order; C and
 * Fortran order. An array of one dimension is one column. Fortran order on a pipe is
 * turned on the way, through a temporary file where it does not fit in memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/fingerprint.h"
#include "bytes/transposer.h"
#include "format/gxm/gxm.h"
#include "format/npy/npy.h"
#include "kernel/digest.h"
#include "stream/reader.h"

struct npy_reader {
	char kind;           /* f, i or u */
	size_t item;         /* bytes of a value */
	bool swapped;        /* big-endian */
	bool by_column;      /* Fortran order */
	uint64_t data;       /* offset of the first value */
	uint64_t nrow;       /* of the whole array */
	uint64_t begin, end; /* rows that are wanted */
	uint64_t batch_rows;
	uint64_t next; /* row of the next batch */
	struct gx_fingerprint print;
	struct gx_transposer *transposer; /* of Fortran order on a pipe */
};

static bool recognise(const unsigned char *head, size_t nhead)
{
	(void)nhead;
	return head[0] == (unsigned char)GX_NPY_MAGIC[0];
}

GX_NORETURN GX_COLD static void bad_header(const struct gx_operand *operand,
					   const char *why)
{
	gx_die(GX_EXIT_DATA, "%s: npy: %s: write it again with np.save",
	       operand->in->name, why);
}

/* The value behind 'key': in the header's dictionary, or NULL. */
static const char *value_of(const char *text, const char *key)
{
	size_t n = strlen(key);
	for (const char *p = text; (p = strchr(p, '\'')); p++) {
		if (strncmp(p + 1, key, n) != 0 || p[n + 1] != '\'')
			continue;
		p += n + 2;
		p += strspn(p, " ");
		if (*p != ':')
			return NULL;
		return p + 1 + strspn(p + 1, " ");
	}
	return NULL;
}

static void read_descr(const struct gx_operand *operand, struct npy_reader *npy,
		       const char *text)
{
	const char *p = value_of(text, "descr");
	char order, kind;
	int item, used = 0;
	if (!p || sscanf(p, "'%c%c%d'%n", &order, &kind, &item, &used) != 3 || used == 0)
		bad_header(operand, "its 'descr' is no plain number type");
	bool known = kind == 'f'
			     ? item == 4 || item == 8
			     : (kind == 'i' || kind == 'u') &&
				       (item == 1 || item == 2 || item == 4 || item == 8);
	if (!known || !strchr("<>|=", order))
		gx_die(GX_EXIT_DATA,
		       "%s: npy: values of type %s are not read: convert them in NumPy: "
		       "a.astype('f8')",
		       operand->in->name, gx_show(p + 1, strcspn(p + 1, "'")));
	npy->kind = kind;
	npy->item = (size_t)item;
	npy->swapped = order == '>' && item > 1;
}

static void read_shape(struct gx_operand *operand, struct npy_reader *npy,
		       const char *text)
{
	const char *order = value_of(text, "fortran_order"), *p = value_of(text, "shape");
	if (!order || (strncmp(order, "True", 4) != 0 && strncmp(order, "False", 5) != 0))
		bad_header(operand, "its 'fortran_order' is neither True nor False");
	if (!p || *p++ != '(')
		bad_header(operand, "its 'shape' is missing");
	uint64_t size[2] = { 0, 1 };
	int n = 0;
	while (*(p += strspn(p, " ,")) != ')') {
		const char *stop = gx_decimal_take(p, strlen(p), &size[n < 2 ? n : 0]);
		if (!stop)
			bad_header(operand, "its 'shape' is damaged");
		if (++n > 2)
			break;
		p = stop;
	}
	if (n < 1 || n > 2 || *p != ')')
		gx_die(GX_EXIT_DATA,
		       "%s: npy: a matrix has two dimensions, genes and samples: reshape it in "
		       "NumPy",
		       operand->in->name);
	npy->nrow = size[0];
	operand->matrix.ncol = size[1];
	npy->by_column = order[0] == 'T' && size[0] > 1 && size[1] > 1;
	uint64_t nbyte;
	if (size[1] == 0 || size[1] > UINT64_C(1) << 40)
		bad_header(operand,
			   size[1] ? "more columns than there can be" : "no columns");
	if (__builtin_mul_overflow(size[0], size[1], &nbyte) ||
	    __builtin_mul_overflow(nbyte, npy->item, &nbyte) ||
	    nbyte > (uint64_t)INT64_MAX / 2)
		bad_header(operand, "its shape is larger than any file");
}

static void read_header(struct gx_operand *operand, struct npy_reader *npy)
{
	const unsigned char *head;
	size_t n = gx_input_peek(operand->in, 12, &head);
	if (n < 12 || memcmp(head, GX_NPY_MAGIC, 6) != 0)
		bad_header(operand, "damaged in its first bytes");
	if (head[6] < 1 || head[6] > 3)
		bad_header(operand, "a version that is not known (1, 2 and 3 are)");
	bool wide = head[6] > 1;
	size_t length = head[8] | (size_t)head[9] << 8;
	if (wide)
		length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
	size_t before = wide ? 12 : 10;
	if (length > 1 << 20)
		bad_header(operand, "its header is damaged");
	n = gx_input_peek(operand->in, before + length, &head);
	if (n < before + length)
		bad_header(operand, "cut off within its header");
	char *text = gx_allocate_zeroed(length + 1, 1);
	memcpy(text, head + before, length);
	read_descr(operand, npy, text);
	read_shape(operand, npy, text);
	free(text);
	npy->data = before + length;
}

/* One stored value as a double. */
static double widen(const struct npy_reader *npy, const unsigned char *p)
{
	uint64_t bits = 0;
	for (size_t k = 0; k < npy->item; k++)
		bits |= (uint64_t)p[npy->swapped ? npy->item - 1 - k : k] << 8 * k;
	unsigned unused = (unsigned)(64 - 8 * npy->item);
	if (npy->kind == 'u')
		return (double)bits;
	if (npy->kind == 'i')
		return (double)((int64_t)(bits << unused) >> unused);
	double value;
	if (npy->item == 8) {
		memcpy(&value, &bits, sizeof value);
	} else {
		float narrow;
		uint32_t low = (uint32_t)bits;
		memcpy(&narrow, &low, sizeof narrow);
		value = narrow;
	}
	return value;
}

static uint64_t file_size(const struct gx_operand *operand, const struct npy_reader *npy)
{
	return npy->data + npy->nrow * operand->matrix.ncol * npy->item;
}

/* Reads all of a pipe in Fortran order, whose rows are the columns. */
static void turn_pipe(struct gx_operand *operand, struct npy_reader *npy)
{
	enum { PIECE = 8192 };
	uint64_t left = npy->nrow; /* values of the present column */
	unsigned char *raw = gx_allocate(PIECE, npy->item);
	double *column = gx_allocate(npy->nrow, sizeof *column);
	npy->transposer = gx_transposer_open(npy->nrow);
	for (uint64_t j = 0; j < operand->matrix.ncol;) {
		size_t n = left < PIECE ? left : PIECE;
		uint64_t at = operand->in->position;
		if (gx_input_read(operand->in, raw, n * npy->item) < n * npy->item)
			bad_header(operand, "cut off");
		gx_fingerprint_feed(&npy->print, at, raw, n * npy->item);
		for (size_t i = 0; i < n; i++)
			column[npy->nrow - left + i] = widen(npy, raw + i * npy->item);
		left -= n;
		if (left == 0) {
			gx_transposer_add(npy->transposer, column, 1);
			left = npy->nrow;
			j++;
		}
	}
	gx_transposer_turn(npy->transposer);
	npy->batch_rows = gx_transposer_batch(npy->transposer);
	free(column);
	free(raw);
}

/* Without the identity, of which a pipe has the last bytes at its end. */
static void tell_range(struct gx_operand *operand)
{
	const struct npy_reader *npy = operand->state;
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .first = npy->begin,
					      .last = npy->end,
					      .of = npy->nrow,
					      .digest = operand->digest };
}

static void tell_identity(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	snprintf(operand->source.identity, sizeof operand->source.identity,
		 "npy:%016" PRIx64, gx_fingerprint_end(&npy->print, ""));
}

static void foresee(struct gx_operand *operand)
{
	const struct npy_reader *npy = operand->state;
	operand->nbyte = (npy->end - npy->begin) * operand->matrix.ncol * npy->item;
	tell_range(operand);
	if (operand->in->seekable)
		tell_identity(operand);
}

static void npy_open(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state = gx_allocate_zeroed(1, sizeof *npy);
	struct gx_input *in = operand->in;
	struct gx_matrix *m = &operand->matrix;
	read_header(operand, npy);
	uint64_t size = file_size(operand, npy);
	if (in->seekable && in->size != size)
		gx_die(GX_EXIT_DATA,
		       "%s: npy: %" PRIu64 " bytes where its header asks for %" PRIu64
		       ": %s: write it again",
		       in->name, in->size, size,
		       in->size < size ? "cut off" : "bytes follow the array");
	npy->begin = 0;
	npy->end = npy->nrow;
	if (operand->part.n) {
		npy->begin = gx_part_bound(npy->nrow, operand->part.k - 1,
					   operand->part.n);
		npy->end = gx_part_bound(npy->nrow, operand->part.k, operand->part.n);
	}
	npy->next = npy->begin;
	npy->batch_rows = gx_gxm_block_rows(m->ncol);
	m->first = npy->begin;
	m->nrow = m->announced = npy->end - npy->begin;
	m->whole = npy->nrow;
	/* A pipe is fingerprinted as it passes: its size is in the header. */
	gx_fingerprint_start(&npy->print, size);
	if (in->seekable)
		gx_fingerprint_read(&npy->print, in);
	if (!in->seekable) {
		const unsigned char *head;
		gx_input_peek(in, npy->data, &head);
		gx_fingerprint_feed(&npy->print, 0, head, npy->data);
		gx_input_skip(in, npy->data);
	}
	if (npy->by_column && !in->seekable && !gx_operand_explains(operand))
		turn_pipe(operand, npy);
	gx_operand_tell(operand, "format", "npy");
	gx_operand_tell(operand, "type", "%c%zu%s", npy->kind, npy->item,
			npy->swapped ? ", big-endian" : "");
	gx_operand_tell(operand, "order", "%s", npy->by_column ? "Fortran" : "C");
	if (gx_operand_explains(operand))
		foresee(operand);
}

static void cut_off(const struct gx_operand *operand, struct gx_batch *batch)
{
	batch->kind = GX_BATCH_END;
	gx_batch_fault(batch,
		       ": npy: cut off: rows from %" PRIu64
		       " on are missing: write it again",
		       batch->number + 1);
	((struct npy_reader *)operand->state)->next = GX_UNKNOWN;
}

/* Passes over values of a pipe that no row of the part needs, for the fingerprint's sake.
 */
static void pass(struct gx_operand *operand, struct npy_reader *npy, uint64_t nbyte)
{
	enum { PIECE = 64 << 10 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	while (nbyte) {
		uint64_t at = operand->in->position;
		size_t n = gx_input_read_some(operand->in, piece,
					      nbyte < PIECE ? nbyte : PIECE);
		if (n == 0)
			bad_header(operand, "cut off");
		gx_fingerprint_feed(&npy->print, at, piece, n);
		nbyte -= n;
	}
	free(piece);
}

static bool npy_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct npy_reader *npy = operand->state;
	struct gx_input *in = operand->in;
	if (npy->next >= npy->end)
		return false;
	uint64_t row_bytes = operand->matrix.ncol * npy->item,
		 left = npy->end - npy->next;
	uint64_t nrow = left < npy->batch_rows ? left : npy->batch_rows;
	if (!in->seekable && !npy->transposer && npy->next == npy->begin)
		pass(operand, npy, npy->begin * row_bytes);
	batch->number = npy->next;
	batch->nbyte = nrow * row_bytes;
	batch->rows.nrow = nrow;
	batch->rows.first = npy->next;
	batch->offset = npy->data + npy->next * row_bytes;
	npy->next += nrow;
	if (npy->transposer) {
		double *value = gx_batch_values(batch, nrow * operand->matrix.ncol);
		gx_transposer_take(npy->transposer, batch->number, nrow, value);
	} else if (!in->seekable) {
		size_t got = gx_input_read_grow(in, &batch->raw, &batch->raw_room, 0,
						batch->nbyte);
		gx_fingerprint_feed(&npy->print, batch->offset, batch->raw, got);
		if (got < batch->nbyte) {
			batch->rows.nrow = 0;
			cut_off(operand, batch);
		}
	}
	return true;
}

/* Reads the batch's values from a file, columns after columns where they are stored so.
 */
static bool read_values(const struct gx_operand *operand, const struct npy_reader *npy,
			struct gx_batch *batch)
{
	unsigned char *raw = gx_batch_raw(batch, batch->nbyte);
	if (!npy->by_column)
		return gx_input_at(operand->in, raw, batch->nbyte, batch->offset) ==
		       batch->nbyte;
	size_t nbyte = batch->rows.nrow * npy->item;
	for (uint64_t j = 0; j < operand->matrix.ncol; j++)
		if (gx_input_at(operand->in, raw + j * nbyte, nbyte,
				npy->data + (j * npy->nrow + batch->number) *
						    npy->item) != nbyte)
			return false;
	return true;
}

static void npy_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct npy_reader *npy = operand->state;
	size_t nrow = batch->rows.nrow, ncol = operand->matrix.ncol;
	if (operand->in->seekable && !read_values(operand, npy, batch)) {
		batch->rows.nrow = 0;
		gx_batch_fault(batch, ": it became shorter while it was read");
		return;
	}
	double *value = npy->transposer ? batch->store : (double *)(void *)batch->raw;
	if (npy->transposer) {
		/* Widened when it was read. */
	} else if (npy->kind != 'f' || npy->item != 8 || npy->swapped || npy->by_column) {
		value = gx_batch_values(batch, nrow * ncol);
		for (size_t i = 0; i < nrow; i++)
			for (size_t j = 0; j < ncol; j++) {
				size_t at = npy->by_column ? j * nrow + i : i * ncol + j;
				value[i * ncol + j] = widen(npy,
							    batch->raw + at * npy->item);
			}
	}
	gx_nan_canonicalise(value, nrow * ncol);
	batch->rows.value = value;
	uint64_t *digest = gx_batch_digests(batch, nrow);
	gx_digest_rows(value, nrow, ncol, digest);
	batch->digest_sum = gx_digest_sum(digest, nrow);
}

static void npy_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	(void)operand, (void)batch;
}

static void npy_finish(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	struct gx_input *in = operand->in;
	uint64_t size = file_size(operand, npy);
	if (!in->seekable) {
		pass(operand, npy, size - in->position);
		const unsigned char *more;
		if (gx_input_peek(in, 1, &more) > 0)
			gx_die(GX_EXIT_DATA,
			       "%s: npy: bytes follow the array: one npy file is one matrix",
			       in->name);
	}
	tell_range(operand);
	tell_identity(operand);
}

static void npy_close(struct gx_operand *operand)
{
	struct npy_reader *npy = operand->state;
	if (npy->transposer)
		gx_transposer_close(npy->transposer);
	free(npy->print.bytes);
	free(npy);
}

const struct gx_reader_format gx_reader_npy = { .name = "npy",
						.recognise = recognise,
						.open = npy_open,
						.fetch = npy_fetch,
						.decode = npy_decode,
						.accept = npy_accept,
						.finish = npy_finish,
						.close = npy_close };
