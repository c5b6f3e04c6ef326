/* SPDX-License-Identifier: MIT */
/* Decoding zstd: frames, one behind the other. */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/memory.h"
#include "bytes/decoder.h"

struct unzstd {
	ZSTD_DStream *stream;
	bool between; /* two frames: the input may end */
};

static bool zstd_recognise(const unsigned char *head, size_t n)
{
	/* It may begin with a frame that is to be skipped: 50 to 5f, 2a 4d 18. */
	return n >= 4 && (memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0 ||
			  ((head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0));
}

static bool zstd_open(struct gx_decoder *d)
{
	struct unzstd *z = d->state = gx_allocate_zeroed(1, sizeof *z);
	z->stream = ZSTD_createDStream();
	return z->stream != NULL;
}

static void zstd_close(struct gx_decoder *d)
{
	struct unzstd *z = d->state;
	ZSTD_freeDStream(z->stream);
	free(z);
}

GX_COLD static size_t zstd_damaged(struct gx_decoder *d, size_t code)
{
	if (ZSTD_getErrorCode(code) != ZSTD_error_frameParameter_windowTooLarge)
		return gx_decoder_damaged(d, ZSTD_getErrorName(code));
	gx_input_fail(d->in, GX_EXIT_DATA,
		      ": it was made by zstd --long or --ultra and needs more than 128 MiB to be "
		      "decoded: pipe it: zstd -dc --long=31 FILE | ...");
	return 0;
}

static size_t zstd_read(struct gx_decoder *d, unsigned char *out, size_t n)
{
	struct unzstd *z = d->state;
	for (;;) {
		bool ended = d->at == d->end && !gx_decoder_refill(d);
		if (ended && (z->between || d->in->at_end))
			return 0;
		ZSTD_inBuffer from = { d->buffer, d->end, d->at };
		ZSTD_outBuffer to = { out, n, 0 };
		size_t left = ZSTD_decompressStream(z->stream, &to, &from);
		d->at = from.pos;
		if (ZSTD_isError(left))
			return zstd_damaged(d, left);
		z->between = left == 0;
		if (to.pos)
			return to.pos;
		if (ended && !z->between)
			return gx_decoder_broken_off(d);
	}
}

const struct gx_codec gx_codec_zstd = { .kind = GX_ZSTD,
					.name = "zstd",
					.recognise = zstd_recognise,
					.open = zstd_open,
					.close = zstd_close,
					.read = zstd_read };
