/* SPDX-License-Identifier: MIT */
#include "hdf5/piece.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/progress.h"
#include "hdf5/filters.h"

/* How a piece is held, or how it came to nothing. */
enum state {
	STORED,	   /* bytes as stored: filters are to be undone */
	UNWRITTEN, /* the fill value */
	IN_FILE,   /* contiguous: to be read */
	VALUES,	   /* they are there */
	DAMAGED,
	WRONG_CHECKSUM,
	SHORTER,   /* the file */
	UNREADABLE,
};

struct gx_hdf5_piece {
	const struct gx_hdf5_source *source;
	size_t array;
	uint64_t number;
	atomic_uint holders;
	atomic_int state; /* enum state */
	pthread_mutex_t lock; /* of who makes the values */
	uint32_t mask;	      /* STORED: filters that were left out */
	int error;	      /* UNREADABLE: errno */
	uint64_t nbyte;	      /* of byte */
	unsigned char *byte;  /* as stored, or the values */
};

static const struct gx_hdf5_array *array_of(const struct gx_hdf5_piece *piece)
{
	return &piece->source->plan->array[piece->array];
}

/* ---- claiming ---- */

static struct gx_hdf5_piece *make(const struct gx_hdf5_source *source, size_t array,
				  uint64_t number, enum state state)
{
	struct gx_hdf5_piece *piece = gx_allocate_zeroed(1, sizeof *piece);
	piece->source = source;
	piece->array = array;
	piece->number = number;
	atomic_init(&piece->holders, 1);
	atomic_init(&piece->state, (int)state);
	pthread_mutex_init(&piece->lock, NULL);
	return piece;
}

/* Keeps what came: the next question takes its place. */
static struct gx_hdf5_piece *keep(const struct gx_hdf5_source *source, size_t array,
				  uint64_t number, const struct gx_hdf5_answer *answer)
{
	enum state state = answer->state == GX_HDF5_UNWRITTEN ? UNWRITTEN : STORED;
	struct gx_hdf5_piece *piece = make(source, array, number, state);
	if (state == UNWRITTEN)
		return piece;
	const struct gx_hdf5_array *a = array_of(piece);
	uint64_t nvalue = gx_hdf5_piece_bytes(a);
	bool is_value = answer->state == GX_HDF5_VALUES;
	uint64_t all = (UINT64_C(1) << a->nfilter) - 1;
	piece->mask = answer->mask;
	piece->nbyte = answer->nbyte;
	if (answer->nbyte > 2 * GX_HDF5_PIECE_MAX || (is_value && answer->nbyte != nvalue)) {
		atomic_init(&piece->state, DAMAGED);
		return piece;
	}
	piece->byte = gx_allocate(answer->nbyte, 1);
	memcpy(piece->byte, answer->bytes, answer->nbyte);
	/* What no filter changed is the values already. */
	if (is_value || ((answer->mask & all) == all && answer->nbyte == nvalue))
		atomic_init(&piece->state, VALUES);
	return piece;
}

static void release_all(struct gx_hdf5_piece **piece, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gx_hdf5_piece_release(piece[i]);
}

bool gx_hdf5_claim(const struct gx_hdf5_source *source, size_t array, uint64_t first, size_t n,
		   struct gx_hdf5_piece **out, struct gx_fault *fault)
{
	enum { ASKED = 64 }; /* at a time */
	if (source->plan->array[array].storage == GX_HDF5_CONTIGUOUS) {
		for (size_t i = 0; i < n; i++)
			out[i] = make(source, array, first + i, IN_FILE);
		return true;
	}
	struct gx_hdf5_answer answer[ASKED];
	for (size_t done = 0; done < n;) {
		size_t most = n - done < ASKED ? n - done : ASKED;
		size_t got = gx_hdf5_client_ask(source->client, array, first + done, most, answer,
						fault);
		if (got == 0) {
			release_all(out, done);
			return false;
		}
		for (size_t i = 0; i < got; i++) {
			gx_progress_bytes(answer[i].nbyte);
			out[done + i] = keep(source, array, first + done + i, &answer[i]);
		}
		done += got;
	}
	return true;
}

void gx_hdf5_piece_hold(struct gx_hdf5_piece *piece)
{
	atomic_fetch_add_explicit(&piece->holders, 1, memory_order_relaxed);
}

void gx_hdf5_piece_release(struct gx_hdf5_piece *piece)
{
	if (!piece || atomic_fetch_sub_explicit(&piece->holders, 1, memory_order_acq_rel) != 1)
		return;
	pthread_mutex_destroy(&piece->lock);
	free(piece->byte);
	free(piece);
}

/* ---- values ---- */

/* The piece's rows that are in the array, [*first, *end). */
static void rows_of(const struct gx_hdf5_piece *piece, uint64_t *first, uint64_t *end)
{
	const struct gx_hdf5_array *a = array_of(piece);
	*first = piece->number / gx_hdf5_grid(a, 1) * a->piece[0];
	*end = a->extent[0] - *first < a->piece[0] ? a->extent[0] : *first + a->piece[0];
}

/* Reads n bytes of the file at an offset. */
static enum state read_file(int fd, unsigned char *out, uint64_t n, uint64_t offset, int *error)
{
	for (uint64_t done = 0; done < n;) {
		ssize_t k = pread(fd, out + done, n - done, (off_t)(offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			*error = errno;
		if (k <= 0)
			return k < 0 ? UNREADABLE : SHORTER;
		done += (uint64_t)k;
	}
	gx_progress_bytes(n);
	return VALUES;
}

static void note_unread(enum state state, int error, struct gx_fault *fault)
{
	if (state == SHORTER)
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": it became shorter while it was read: try again when nobody writes "
			      "it");
	else
		gx_fault_note(fault, GX_EXIT_IO, ": %s", strerror(error));
}

bool gx_hdf5_read_at(const struct gx_hdf5_source *source, unsigned char *out, uint64_t n,
		     uint64_t offset, struct gx_fault *fault)
{
	int error = 0;
	enum state state = read_file(source->fd, out, n, offset, &error);
	if (state != VALUES)
		note_unread(state, error, fault);
	return state == VALUES;
}

static enum state read_piece(struct gx_hdf5_piece *piece, unsigned char *out, uint64_t n,
			     uint64_t offset)
{
	return read_file(piece->source->fd, out, n, offset, &piece->error);
}

/* Of an array that lies in the file row behind row: at once where the piece has whole rows. */
static enum state read_contiguous(struct gx_hdf5_piece *piece, unsigned char *out)
{
	const struct gx_hdf5_array *a = array_of(piece);
	uint64_t first, end, left = piece->number % gx_hdf5_grid(a, 1) * a->piece[1];
	rows_of(piece, &first, &end);
	uint64_t row = a->extent[1] * a->type.size, wide = a->piece[1] * a->type.size;
	if (a->piece[1] == a->extent[1])
		return read_piece(piece, out, (end - first) * row, a->offset + first * row);
	uint64_t n = a->extent[1] - left < a->piece[1] ? a->extent[1] - left : a->piece[1];
	enum state state = VALUES;
	for (uint64_t i = first; i < end && state == VALUES; i++)
		state = read_piece(piece, out + (i - first) * wide, n * a->type.size,
				   a->offset + i * row + left * a->type.size);
	return state;
}

static unsigned char *fill(const struct gx_hdf5_array *a, uint64_t nbyte)
{
	static const unsigned char zero[sizeof a->fill];
	if (memcmp(a->fill, zero, a->type.size) == 0)
		return gx_allocate_zeroed(nbyte, 1);
	unsigned char *out = gx_allocate(nbyte, 1);
	for (uint64_t i = 0; i < nbyte; i += a->type.size)
		memcpy(out + i, a->fill, a->type.size);
	return out;
}

/* Makes the values. Called under the lock. */
static enum state make_values(struct gx_hdf5_piece *piece)
{
	const struct gx_hdf5_array *a = array_of(piece);
	uint64_t nbyte = gx_hdf5_piece_bytes(a);
	enum state state = (enum state)atomic_load(&piece->state);
	unsigned char *out;
	if (state == UNWRITTEN) {
		piece->byte = fill(a, nbyte);
		return VALUES;
	}
	if (state == IN_FILE) {
		piece->byte = gx_allocate(nbyte, 1);
		return read_contiguous(piece, piece->byte);
	}
	if (!gx_hdf5_may_hold(a->filter, a->nfilter, piece->mask, piece->nbyte, nbyte))
		return DAMAGED;
	out = gx_allocate(nbyte, 1);
	enum gx_hdf5_undone undone = gx_hdf5_undo(a->filter, a->nfilter, piece->mask, piece->byte,
						  piece->nbyte, out, nbyte);
	free(piece->byte);
	piece->byte = out;
	return undone == GX_HDF5_UNDONE	   ? VALUES
	       : undone == GX_HDF5_DAMAGED ? DAMAGED
					   : WRONG_CHECKSUM;
}

GX_COLD static void note(const struct gx_hdf5_piece *piece, enum state state,
			 struct gx_fault *fault)
{
	if (state == SHORTER || state == UNREADABLE) {
		note_unread(state, piece->error, fault);
		return;
	}
	const char *path = array_of(piece)->path;
	const char *shown = gx_show(path, strlen(path)); /* in quotes, which a path needs not */
	int nshown = (int)strlen(shown) - 2;
	uint64_t first, end;
	rows_of(piece, &first, &end);
	gx_fault_note(fault, GX_EXIT_DATA,
		      ": %s%.*s, rows %" PRIu64 " to %" PRIu64 ": fetch or write it again",
		      state == WRONG_CHECKSUM ? "wrong checksum in " : "damaged: ", nshown,
		      shown + 1, first + 1, end);
}

const unsigned char *gx_hdf5_piece_values(struct gx_hdf5_piece *piece, struct gx_fault *fault)
{
	int state = atomic_load_explicit(&piece->state, memory_order_acquire);
	if (state < VALUES) {
		pthread_mutex_lock(&piece->lock);
		state = atomic_load_explicit(&piece->state, memory_order_relaxed);
		if (state < VALUES) {
			state = (int)make_values(piece);
			atomic_store_explicit(&piece->state, state, memory_order_release);
		}
		pthread_mutex_unlock(&piece->lock);
	}
	if (state == VALUES)
		return piece->byte;
	note(piece, (enum state)state, fault);
	return NULL;
}
