/* SPDX-License-Identifier: MIT */
/* The buffers of batches and pieces, which are reused. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/format.h"
#include "kernel/digest.h"

double *gx_batch_values(struct gx_batch *batch, size_t n)
{
	if (batch->store_room < n) {
		free(batch->store);
		batch->store = gx_allocate_aligned(n, sizeof *batch->store, 64);
		batch->store_room = n;
	}
	return batch->store;
}

uint64_t *gx_batch_digests(struct gx_batch *batch, size_t n)
{
	if (batch->digest_room < n) {
		free(batch->digest);
		batch->digest = gx_allocate(n, sizeof *batch->digest);
		batch->digest_room = n;
	}
	return batch->digest;
}

static unsigned char *raw_of(struct gx_batch *batch, size_t n,
			     void *(*allocate)(size_t n, size_t size, size_t slack))
{
	if (batch->raw_room < n) {
		free(batch->raw);
		batch->raw = allocate(n, 1, 64);
		batch->raw_room = n;
	}
	return batch->raw;
}

unsigned char *gx_batch_raw(struct gx_batch *batch, size_t n)
{
	return raw_of(batch, n, gx_allocate_aligned);
}

unsigned char *gx_batch_raw_filled(struct gx_batch *batch, size_t n)
{
	return raw_of(batch, n, gx_allocate_filled);
}

void gx_batch_take_names(struct gx_batch *batch, const struct gx_names *all, size_t *at)
{
	gx_names_clear(&batch->names);
	for (size_t i = 0; all->n && i < batch->rows.nrow; i++) {
		const char *name = all->text + *at;
		size_t n = strlen(name);
		gx_names_add(&batch->names, name, n);
		*at += n + 1;
	}
	batch->rows.names = batch->names;
	batch->rows.names.room = 0; /* the text is the batch's */
}

void gx_batch_name_implicitly(struct gx_batch *batch)
{
	gx_names_clear(&batch->names);
	for (size_t i = 0; i < batch->rows.nrow; i++)
		gx_names_add_implicit(&batch->names, 'g', batch->rows.first + i + 1);
	batch->rows.names = batch->names;
	batch->rows.names.room = 0;
}

void gx_batch_digest(struct gx_batch *batch)
{
	const struct gx_rows *rows = &batch->rows;
	uint64_t *digest = gx_batch_digests(batch, rows->nrow);
	gx_digest_rows(rows->value, rows->nrow, rows->ncol, digest);
	batch->digest_sum = gx_digest_sum(digest, rows->nrow);
}

void gx_batch_free(struct gx_batch *batch)
{
	free(batch->raw);
	free(batch->store);
	free(batch->digest);
	free(batch->selected);
	gx_names_free(&batch->names);
	gx_names_free(&batch->tokens);
	*batch = (struct gx_batch){ 0 };
}

void gx_piece_free(struct gx_piece *piece)
{
	free(piece->text);
	free(piece->digest);
	*piece = (struct gx_piece){ 0 };
}

unsigned char *gx_piece_reserve(struct gx_piece *piece, size_t n)
{
	if (piece->room - piece->ntext < n) {
		size_t room = piece->ntext + n;
		room = room < 2 * piece->room ? 2 * piece->room : room;
		piece->text = gx_reallocate(piece->text, room, 1);
		piece->room = room;
	}
	return piece->text + piece->ntext;
}
