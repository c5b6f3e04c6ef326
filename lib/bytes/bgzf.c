/* SPDX-License-Identifier: MIT */
#include "bytes/bgzf.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/processors.h"

enum {
	BLOCK = 64 << 10,  /* the most that a block has, packed or not */
	PACKED = 2 * BLOCK, /* read at a time: at least a block is whole in it */
	PIECE = 4 * BLOCK, /* inflated at a time: some 0.3 ms, against which a wake-up is little */
	WORTH = 4,	   /* pieces by one thread, before others are started */
	MOST = 64,	   /* threads: one who only copies what they give is not faster */
};

struct piece {
	uint64_t offset; /* of its first block, in the file */
	unsigned char *packed, *out;
	size_t npacked;	    /* of whole blocks */
	size_t nout, given; /* inflated bytes, and those that were given out */
	uint64_t end;	    /* of its last good block, in the file */
	bool damaged;	    /* what is at `end` was like a block */
	bool done;	    /* inflated: under the lock */
};

struct gx_bgzf {
	const struct gx_inflater *by;
	void *inflating; /* of who reads */
	int fd;
	uint64_t offset;   /* of the first block that was not read */
	uint64_t released; /* of the first one that was not given out to its end */
	bool ended;	   /* nothing more is to be read */
	bool damaged;
	/*
	 * Pieces in a ring: number i is in i mod npiece. Those in [ngiven, nread) are in flight,
	 * and of them those in [ntaken, nread) wait to be inflated.
	 */
	struct piece *piece;
	size_t npiece, ngiven, ntaken, nread;
	/* The helpers: ntaken, nread, done and stop are under the lock. */
	struct helper *helper;
	size_t nhelper;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	bool stop;
};

struct helper {
	struct gx_bgzf *blocks;
	void *inflating;
	pthread_t thread;
};

/* ---- a block ---- */

static unsigned two_bytes(const unsigned char *b)
{
	return b[0] | (unsigned)b[1] << 8;
}

static uint32_t four_bytes(const unsigned char *b)
{
	return two_bytes(b) | (uint32_t)two_bytes(b + 2) << 16;
}

enum { HEAD = 12, SUMS = 8 }; /* bytes up to the extra field, and behind what is deflated */

static size_t head_size(const unsigned char *block)
{
	return HEAD + two_bytes(block + 10);
}

/* The size that the subfield BC of the extra field tells; 0: there is none. */
static size_t told_size(const unsigned char *extra, size_t n)
{
	for (size_t at = 0; at + 4 <= n; at += 4 + two_bytes(extra + at + 2))
		if (extra[at] == 'B' && extra[at + 1] == 'C')
			return two_bytes(extra + at + 2) == 2 && at + 6 <= n
				       ? (size_t)two_bytes(extra + at + 4) + 1
				       : 0;
	return 0;
}

size_t gx_bgzf_block(const unsigned char *bytes, size_t n)
{
	/* Deflate, and no field but the extra one. */
	if (n < HEAD + SUMS || memcmp(bytes, "\x1f\x8b\x08\x04", 4) != 0)
		return 0;
	size_t head = head_size(bytes);
	size_t size = head <= n ? told_size(bytes + HEAD, head - HEAD) : 0;
	if (size > n || size < head + SUMS || four_bytes(bytes + size - 4) > BLOCK)
		return 0;
	return size;
}

/* Any thread; `inflating` is its own. */
static void inflate_piece(const struct gx_inflater *by, void *inflating, struct piece *p)
{
	size_t at = 0;
	while (at < p->npacked) {
		const unsigned char *block = p->packed + at;
		unsigned char *out = p->out + p->nout;
		size_t size = gx_bgzf_block(block, p->npacked - at), head = head_size(block);
		uint32_t nout = four_bytes(block + size - 4);
		struct gx_inflation flow = { block + head, size - head - SUMS, out, nout, NULL };
		if (by->run_whole(inflating, &flow) != GX_INFLATE_ENDED || flow.nin || flow.nout ||
		    by->crc32(0, out, nout) != four_bytes(block + size - SUMS)) {
			p->damaged = true;
			break;
		}
		p->nout += nout;
		at += size;
	}
	p->end = p->offset + at;
}

/* ---- reading ahead ---- */

static size_t read_at(int fd, unsigned char *to, size_t n, uint64_t offset)
{
	size_t done = 0;
	while (done < n) {
		ssize_t k = pread(fd, to + done, n - done, (off_t)(offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		done += (size_t)k;
	}
	return done;
}

/* Reads the whole blocks that a piece has room for; false: there is none. */
static bool read_piece(struct gx_bgzf *b, struct piece *p)
{
	if (!p->packed) {
		p->packed = gx_allocate(PACKED, 1);
		p->out = gx_allocate(PIECE, 1);
	}
	size_t n = read_at(b->fd, p->packed, PACKED, b->offset), room = PIECE, size;
	p->offset = b->offset;
	p->npacked = p->nout = p->given = 0;
	p->damaged = p->done = false;
	while ((size = gx_bgzf_block(p->packed + p->npacked, n - p->npacked)) > 0) {
		uint32_t nout = four_bytes(p->packed + p->npacked + size - 4);
		if (nout > room)
			break;
		room -= nout;
		p->npacked += size;
	}
	b->offset += p->npacked;
	return p->npacked > 0;
}

static struct piece *numbered(const struct gx_bgzf *b, size_t number)
{
	return &b->piece[number % b->npiece];
}

static void read_ahead(struct gx_bgzf *b)
{
	while (!b->ended && b->nread - b->ngiven < b->npiece) {
		b->ended = !read_piece(b, numbered(b, b->nread));
		if (b->ended)
			return;
		pthread_mutex_lock(&b->lock);
		b->nread++;
		pthread_cond_signal(&b->work);
		pthread_mutex_unlock(&b->lock);
	}
}

/* ---- inflating ---- */

/* Inflates the next piece that waits for it; called and left under the lock. */
static void take_piece(struct gx_bgzf *b, void *inflating)
{
	struct piece *p = numbered(b, b->ntaken++);
	pthread_mutex_unlock(&b->lock);
	inflate_piece(b->by, inflating, p);
	pthread_mutex_lock(&b->lock);
	p->done = true;
}

static void *help(void *context)
{
	struct helper *helper = context;
	struct gx_bgzf *b = helper->blocks;
	/* Who started us may be bound to one CPU, as OMP_PROC_BIND asks. */
	gx_processors_confine(0);
	pthread_mutex_lock(&b->lock);
	while (!b->stop) {
		if (b->ntaken < b->nread) {
			take_piece(b, helper->inflating);
			pthread_cond_signal(&b->done);
		} else {
			pthread_cond_wait(&b->work, &b->lock);
		}
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Waits until a piece in flight is inflated: by inflating, as long as there is some to do. */
static void wait_for(struct gx_bgzf *b, const struct piece *p)
{
	pthread_mutex_lock(&b->lock);
	while (!p->done) {
		if (b->ntaken < b->nread)
			take_piece(b, b->inflating);
		else
			pthread_cond_wait(&b->done, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
}

static void free_pieces(struct gx_bgzf *b)
{
	for (size_t i = 0; i < b->npiece; i++) {
		free(b->piece[i].packed);
		free(b->piece[i].out);
	}
	free(b->piece);
}

static size_t pieces(int nthread)
{
	return nthread > 1 ? 2 * (size_t)(nthread < MOST ? nthread : MOST) : 1;
}

uint64_t gx_bgzf_memory(int nthread)
{
	return pieces(nthread) * (PACKED + PIECE);
}

/* No piece is in flight. Where a thread cannot be had, those that there are do it. */
static void start_helpers(struct gx_bgzf *b, int nthread)
{
	sigset_t all, before;
	size_t most = (size_t)(nthread < MOST ? nthread : MOST) - 1;
	free_pieces(b);
	b->npiece = pieces(nthread);
	b->piece = gx_allocate_zeroed(b->npiece, sizeof *b->piece);
	b->ngiven = b->ntaken = b->nread = 0;
	b->helper = gx_allocate_zeroed(most, sizeof *b->helper);
	/* Signals are for the threads that there were. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	for (; b->nhelper < most; b->nhelper++) {
		struct helper *helper = &b->helper[b->nhelper];
		helper->blocks = b;
		helper->inflating = b->by->open();
		if (!helper->inflating)
			break;
		if (pthread_create(&helper->thread, NULL, help, helper) != 0) {
			b->by->close(helper->inflating);
			break;
		}
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void stop_helpers(struct gx_bgzf *b)
{
	pthread_mutex_lock(&b->lock);
	b->stop = true;
	pthread_cond_broadcast(&b->work);
	pthread_mutex_unlock(&b->lock);
	for (size_t i = 0; i < b->nhelper; i++) {
		pthread_join(b->helper[i].thread, NULL);
		b->by->close(b->helper[i].inflating);
	}
	free(b->helper);
}

/* ---- giving out ---- */

struct gx_bgzf *gx_bgzf_open(int fd, uint64_t offset, const struct gx_inflater *by)
{
	void *inflating = by->open();
	if (!inflating)
		return NULL;
	struct gx_bgzf *b = gx_allocate_zeroed(1, sizeof *b);
	*b = (struct gx_bgzf){ .by = by,
			       .inflating = inflating,
			       .fd = fd,
			       .offset = offset,
			       .released = offset,
			       .npiece = 1,
			       .lock = PTHREAD_MUTEX_INITIALIZER,
			       .work = PTHREAD_COND_INITIALIZER,
			       .done = PTHREAD_COND_INITIALIZER };
	b->piece = gx_allocate_zeroed(b->npiece, sizeof *b->piece);
	return b;
}

void gx_bgzf_close(struct gx_bgzf *b)
{
	if (!b)
		return;
	stop_helpers(b);
	free_pieces(b);
	b->by->close(b->inflating);
	pthread_cond_destroy(&b->done);
	pthread_cond_destroy(&b->work);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

/* All of the oldest piece was given out: its place is free. */
static void release(struct gx_bgzf *b, const struct piece *p)
{
	b->released = p->end;
	b->ngiven++;
	if (!p->damaged)
		return;
	/* What was read behind it is not for us. */
	b->damaged = b->ended = true;
	b->ngiven = b->nread;
}

size_t gx_bgzf_read(struct gx_bgzf *b, int nthread, unsigned char *out, size_t n)
{
	for (;;) {
		if (!b->helper && nthread > 1 && b->ngiven >= WORTH && b->ngiven == b->nread)
			start_helpers(b, nthread);
		read_ahead(b);
		if (b->ngiven == b->nread)
			return 0;
		struct piece *p = numbered(b, b->ngiven);
		wait_for(b, p);
		size_t left = p->nout - p->given, some = left < n ? left : n;
		memcpy(out, p->out + p->given, some);
		p->given += some;
		if (p->given == p->nout)
			release(b, p);
		if (some)
			return some;
	}
}

uint64_t gx_bgzf_offset(const struct gx_bgzf *b)
{
	return b->released;
}

bool gx_bgzf_damaged(const struct gx_bgzf *b)
{
	return b->damaged;
}
