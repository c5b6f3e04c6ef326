/* SPDX-License-Identifier: MIT */
#include "bytes/decoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "bytes/inflater.h"

void gx_decoders_tell(char out[GX_DECODERS_MAX])
{
	snprintf(out, GX_DECODERS_MAX, "zlib %s, zstd %s, %s", zlibVersion(),
		 ZSTD_versionString(),
		 gx_inflater_loads_isal ? "libisal where it is" : "no libisal");
}

const struct gx_codec *gx_codec_find(const unsigned char *head, size_t n)
{
	static const struct gx_codec *const codecs[] = { &gx_codec_gzip, &gx_codec_zstd };
	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
		if (codecs[i]->recognise(head, n))
			return codecs[i];
	return NULL;
}

struct gx_decoder *gx_decoder_close(struct gx_decoder *d)
{
	struct gx_decoder *from = d->from;
	d->codec->close(d);
	free(d->buffer);
	free(d);
	return from;
}

struct gx_decoder *gx_decoder_open(const struct gx_codec *codec, struct gx_input *in,
				   struct gx_decoder *from, const unsigned char *head,
				   size_t nhead)
{
	struct gx_decoder *d = gx_allocate_zeroed(1, sizeof *d);
	d->codec = codec;
	d->in = in;
	d->from = from;
	d->buffer = gx_allocate(GX_DECODER_BACK + GX_DECODER_ROOM, 1);
	memset(d->buffer, 0, GX_DECODER_BACK);
	d->at = GX_DECODER_BACK;
	d->end = d->at + nhead;
	if (nhead)
		memcpy(d->buffer + d->at, head, nhead);
	if (codec->open(d))
		return d;
	gx_decoder_close(d);
	return NULL;
}

size_t gx_decoder_read(struct gx_decoder *d, struct gx_input *in, void *out, size_t n)
{
	return d ? d->codec->read(d, out, n) : gx_input_read_undecoded(in, out, n);
}

bool gx_decoder_refill(struct gx_decoder *d)
{
	memmove(d->buffer, d->buffer + d->end - GX_DECODER_BACK, GX_DECODER_BACK);
	d->at = GX_DECODER_BACK;
	d->end = d->at + gx_decoder_read(d->from, d->in, d->buffer + d->at, GX_DECODER_ROOM);
	return d->end > d->at;
}

GX_COLD size_t gx_decoder_damaged(struct gx_decoder *d, const char *how)
{
	gx_input_fail(d->in, GX_EXIT_DATA,
		      ": damaged %s data: %s: fetch or make the file again", d->codec->name, how);
	return 0;
}

GX_COLD size_t gx_decoder_broken_off(struct gx_decoder *d)
{
	return d->in->at_end ? 0
			     : gx_decoder_damaged(d, "it ends in the middle (a broken download?)");
}
