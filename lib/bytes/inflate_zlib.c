/* SPDX-License-Identifier: MIT */
/* Inflating by zlib; and which library does it. */
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"
#include "bytes/inflater.h"

enum { MOST = 1 << 30 }; /* zlib counts in 32 bits */

static unsigned at_once(size_t n)
{
	return n < MOST ? (unsigned)n : MOST;
}

static void *zlib_open(void)
{
	z_stream *z = gx_allocate_zeroed(1, sizeof *z);
	if (inflateInit2(z, -15) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static void zlib_close(void *state)
{
	inflateEnd(state);
	free(state);
}

static void zlib_reset(void *state)
{
	inflateReset(state);
}

static int inflate_once(z_stream *z, struct gx_inflation *flow, int how)
{
	unsigned nin = at_once(flow->nin), nout = at_once(flow->nout);
	z->next_in = (unsigned char *)flow->in;
	z->avail_in = nin;
	z->next_out = flow->out;
	z->avail_out = nout;
	int status = inflate(z, how);
	flow->in = z->next_in;
	flow->nin -= nin - z->avail_in;
	flow->out = z->next_out;
	flow->nout -= nout - z->avail_out;
	flow->fault = z->msg ? z->msg : "not what gzip writes";
	return status;
}

static enum gx_inflated zlib_run(void *state, struct gx_inflation *flow)
{
	int status = inflate_once(state, flow, Z_NO_FLUSH);
	if (status == Z_STREAM_END)
		return GX_INFLATE_ENDED;
	/* Z_BUF_ERROR: there was no byte to read, or no room. */
	return status == Z_OK || status == Z_BUF_ERROR ? GX_INFLATE_GOES_ON : GX_INFLATE_DAMAGED;
}

static enum gx_inflated zlib_run_whole(void *state, struct gx_inflation *flow)
{
	zlib_reset(state);
	return inflate_once(state, flow, Z_FINISH) == Z_STREAM_END ? GX_INFLATE_ENDED
								   : GX_INFLATE_DAMAGED;
}

static uint32_t zlib_crc32(uint32_t crc, const unsigned char *bytes, size_t n)
{
	return (uint32_t)crc32_z(crc, bytes, n);
}

const struct gx_inflater gx_inflater_zlib = { .name = "zlib",
					      .open = zlib_open,
					      .close = zlib_close,
					      .reset = zlib_reset,
					      .run = zlib_run,
					      .run_whole = zlib_run_whole,
					      .crc32 = zlib_crc32 };

static const struct gx_inflater *chosen;

void gx_inflater_choose(const struct gx_inflater *one)
{
	chosen = one;
}

const struct gx_inflater *gx_inflater_best(void)
{
	const struct gx_inflater *isal = chosen ? chosen : gx_inflater_isal();
	return isal ? isal : &gx_inflater_zlib;
}
