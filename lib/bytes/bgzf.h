/* SPDX-License-Identifier: MIT */
/*
 * Blocks of bgzip (BGZF of the SAM specification) in a file: gzip members of at most 64 KiB
 * that say their size, so that several threads inflate them at once, some ahead of who reads.
 *
 *	struct gx_bgzf *blocks = gx_bgzf_open(fd, offset, by);
 *	while ((n = gx_bgzf_read(blocks, nthread, out, sizeof out)) > 0)
 *		...
 *	offset = gx_bgzf_offset(blocks);     what is here is no good block
 *	gx_bgzf_close(blocks);
 *
 * They say nothing of what is wrong: a block that is damaged, cut off or not there, the end of
 * the file, an I/O error and other gzip all end the blocks, and who reads on from there as
 * gzip is read finds out.
 */
#ifndef GX_BGZF_H
#define GX_BGZF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/inflater.h"

struct gx_bgzf;

/* The size of the block that n bytes begin with; 0 where they are none, or not a whole one. */
size_t gx_bgzf_block(const unsigned char *bytes, size_t n);

/* Blocks from an offset of a file on, which is read by pread. NULL: no memory. */
struct gx_bgzf *gx_bgzf_open(int fd, uint64_t offset, const struct gx_inflater *by);
void gx_bgzf_close(struct gx_bgzf *blocks);

/*
 * Gives at least one byte and at most n, n > 0; 0 where the blocks end. nthread: those that
 * inflate, of which one is who reads. The others are started by the first call that asks for
 * them when more than a MiB was read; then at most 2 nthread pieces of 256 KiB are in flight.
 */
size_t gx_bgzf_read(struct gx_bgzf *blocks, int nthread, unsigned char *out, size_t n);

/* The most memory that so many threads take; for a small file it is less. */
uint64_t gx_bgzf_memory(int nthread);

/* Where in the file the first block begins that has not been given out to its end. */
uint64_t gx_bgzf_offset(const struct gx_bgzf *blocks);

/* Whether they ended at what is like a block and is damaged. */
bool gx_bgzf_damaged(const struct gx_bgzf *blocks);

#endif
