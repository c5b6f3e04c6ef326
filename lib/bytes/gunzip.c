/* SPDX-License-Identifier: MIT */
/*
 * Decoding gzip (RFC 1952): members, one behind the other. What is around the deflated bytes
 * is read and checked here, so that a file is the same by each inflater.
 *
 * Of a file the blocks of bgzip are inflated by several threads (bgzf.h). They are an easy
 * case: wherever they end, this goes on as if there were none, and says what is wrong.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/bgzf.h"
#include "bytes/decoder.h"
#include "bytes/inflater.h"
#include "bytes/progress.h"

_Static_assert((int)GX_DECODER_BACK >= (int)GX_INFLATE_BACK, "bytes that are given back are kept");

struct gunzip {
	const struct gx_inflater *by;
	void *inflating;
	/* Members, blocks of them, deflated bytes, in front of the sums. */
	enum { BETWEEN, BLOCKS, WITHIN, BEHIND } place;
	uint32_t crc;  /* of a header, or of what was inflated */
	uint32_t size; /* inflated bytes of this member, mod 2^32 */
	struct gx_bgzf *blocks;
	bool one_by_one; /* a block was damaged: members are read in their order */
};

static bool gzip_recognise(const unsigned char *head, size_t n)
{
	return n >= 2 && memcmp(head, "\x1f\x8b", 2) == 0;
}

static bool gzip_open(struct gx_decoder *d)
{
	struct gunzip *g = d->state = gx_allocate_zeroed(1, sizeof *g);
	g->by = gx_inflater_best();
	g->inflating = g->by->open();
	return g->inflating != NULL;
}

static void gzip_close(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	gx_bgzf_close(g->blocks);
	if (g->inflating)
		g->by->close(g->inflating);
	free(g);
}

static const char *gzip_library(const struct gx_decoder *d)
{
	const struct gunzip *g = d->state;
	return g->by->name;
}

static uint64_t gzip_memory(const struct gx_decoder *d)
{
	const struct gunzip *g = d->state;
	return g->blocks ? gx_bgzf_memory(d->in->nthread) : 0;
}

/* ---- around a member ---- */

/* Takes n bytes; where `out` is NULL they are passed over. false: with a fault. */
static bool take(struct gx_decoder *d, unsigned char *out, size_t n)
{
	struct gunzip *g = d->state;
	while (n) {
		if (d->at == d->end && !gx_decoder_refill(d)) {
			gx_decoder_broken_off(d);
			return false;
		}
		size_t some = d->end - d->at < n ? d->end - d->at : n;
		g->crc = g->by->crc32(g->crc, d->buffer + d->at, some);
		if (out) {
			memcpy(out, d->buffer + d->at, some);
			out += some;
		}
		d->at += some;
		n -= some;
	}
	return true;
}

/* A text that ends in a zero byte. */
static bool pass_over_text(struct gx_decoder *d)
{
	unsigned char byte;
	do {
		if (!take(d, &byte, 1))
			return false;
	} while (byte);
	return true;
}

static bool pass_over_extra(struct gx_decoder *d)
{
	unsigned char n[2];
	return take(d, n, 2) && take(d, NULL, (size_t)n[0] | (size_t)n[1] << 8);
}

static bool damaged(struct gx_decoder *d, const char *how)
{
	gx_decoder_damaged(d, how);
	return false;
}

static bool check_header_crc(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	uint32_t crc = g->crc & 0xffff;
	unsigned char said[2];
	if (!take(d, said, 2))
		return false;
	return crc == ((uint32_t)said[0] | (uint32_t)said[1] << 8) ||
	       damaged(d, "header crc mismatch");
}

static bool read_header(struct gx_decoder *d)
{
	enum { HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xe0, DEFLATE = 8 };
	struct gunzip *g = d->state;
	unsigned char magic[2], method, flags;
	g->crc = 0;
	if (!take(d, magic, 2))
		return false;
	if (!gzip_recognise(magic, 2))
		return damaged(d, "incorrect header check");
	if (!take(d, &method, 1) || !take(d, &flags, 1))
		return false;
	if (method != DEFLATE)
		return damaged(d, "unknown compression method");
	if (flags & RESERVED)
		return damaged(d, "unknown header flags set");
	/* The time of change, how hard it was tried, and the system. */
	return take(d, NULL, 6) && (!(flags & EXTRA) || pass_over_extra(d)) &&
	       (!(flags & NAME) || pass_over_text(d)) &&
	       (!(flags & COMMENT) || pass_over_text(d)) &&
	       (!(flags & HEADER_CRC) || check_header_crc(d));
}

static uint32_t four_bytes(const unsigned char *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool check_sums(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	uint32_t crc = g->crc;
	unsigned char said[8];
	if (!take(d, said, 8))
		return false;
	if (four_bytes(said) != crc)
		return damaged(d, "incorrect data check");
	return four_bytes(said + 4) == g->size || damaged(d, "incorrect length check");
}

/* ---- blocks ---- */

/* A pipe cannot be read ahead, and within another layer there is nothing to gain. */
static bool begin_blocks(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	struct gx_input *in = d->in;
	size_t ahead = d->end - d->at;
	if (d->from || !in->is_file || g->one_by_one ||
	    !gx_bgzf_block(d->buffer + d->at, ahead))
		return false;
	off_t read = lseek(in->fd, 0, SEEK_CUR);
	if (read < (off_t)ahead)
		return false;
	g->blocks = gx_bgzf_open(in->fd, (uint64_t)read - ahead, g->by);
	if (!g->blocks)
		return false;
	/* Bytes are counted when they are done with. */
	gx_progress_return(gx_progress_position() - ahead);
	g->place = BLOCKS;
	return true;
}

static void end_blocks(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	g->one_by_one = gx_bgzf_damaged(g->blocks);
	g->place = BETWEEN;
	d->at = d->end = GX_DECODER_BACK;
	if (lseek(d->in->fd, (off_t)gx_bgzf_offset(g->blocks), SEEK_SET) < 0)
		gx_input_fail(d->in, GX_EXIT_IO, ": %s", strerror(errno));
	gx_bgzf_close(g->blocks);
	g->blocks = NULL;
}

/* 0: they end, or with a fault. */
static size_t read_blocks(struct gx_decoder *d, unsigned char *out, size_t n)
{
	struct gunzip *g = d->state;
	uint64_t from = gx_bgzf_offset(g->blocks);
	size_t got = gx_bgzf_read(g->blocks, d->in->nthread, out, n);
	gx_progress_bytes(gx_bgzf_offset(g->blocks) - from);
	if (got == 0)
		end_blocks(d);
	return got;
}

/*
 * Goes to the next member. Behind one there may be zeros, which tape blocks leave. false: at
 * the end, or with a fault.
 */
static bool next_member(struct gx_decoder *d)
{
	struct gunzip *g = d->state;
	do {
		while (d->at < d->end && d->buffer[d->at] == 0)
			d->at++;
		if (d->at == d->end && !gx_decoder_refill(d))
			return false;
	} while (d->buffer[d->at] == 0);
	if (begin_blocks(d))
		return true;
	if (!read_header(d))
		return false;
	g->by->reset(g->inflating);
	g->crc = g->size = 0;
	g->place = WITHIN;
	return true;
}

/* ---- within it ---- */

/* Inflates at least a byte, unless the member ends; 0 with a fault, too. */
static size_t inflate_some(struct gx_decoder *d, unsigned char *out, size_t n)
{
	struct gunzip *g = d->state;
	for (;;) {
		struct gx_inflation flow = { d->buffer + d->at, d->end - d->at, out, n, NULL };
		enum gx_inflated status = g->by->run(g->inflating, &flow);
		size_t got = (size_t)(flow.out - out);
		d->at = d->end - flow.nin;
		if (status == GX_INFLATE_DAMAGED)
			return gx_decoder_damaged(d, flow.fault);
		if (status == GX_INFLATE_ENDED)
			g->place = BEHIND;
		if (got) {
			g->crc = g->by->crc32(g->crc, out, got);
			g->size += (uint32_t)got;
		}
		if (got || status == GX_INFLATE_ENDED)
			return got;
		if (d->at == d->end && !gx_decoder_refill(d))
			return gx_decoder_broken_off(d);
	}
}

static size_t gzip_read(struct gx_decoder *d, unsigned char *out, size_t n)
{
	struct gunzip *g = d->state;
	for (;;) {
		if (g->place == BEHIND) {
			if (!check_sums(d))
				return 0;
			g->place = BETWEEN;
		}
		if (g->place == BETWEEN && !next_member(d))
			return 0;
		size_t got = g->place == BLOCKS ? read_blocks(d, out, n) : inflate_some(d, out, n);
		/* Without a byte or a fault: a member ended, or the blocks did. */
		if (got || g->place == WITHIN || d->in->at_end)
			return got;
	}
}

const struct gx_codec gx_codec_gzip = { .kind = GX_GZIP,
					.name = "gzip",
					.recognise = gzip_recognise,
					.open = gzip_open,
					.close = gzip_close,
					.read = gzip_read,
					.library = gzip_library,
					.memory = gzip_memory };
