/* SPDX-License-Identifier: MIT */
/*
 * Decoders: each is one layer of compression of an input (input.h), and takes its bytes from
 * the layer around it, or from the file. What goes wrong is the input's fault
 * (gx_input_fail).
 */
#ifndef GX_DECODER_H
#define GX_DECODER_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/input.h"

struct gx_decoder;

/* One kind of compression. */
struct gx_codec {
	enum gx_compression kind;
	const char *name; /* "gzip" */
	/* Whether what begins so is of it: n bytes, 4 of them where there are so many. */
	bool (*recognise)(const unsigned char *head, size_t n);
	bool (*open)(struct gx_decoder *d); /* false: no memory; close comes all the same */
	void (*close)(struct gx_decoder *d);
	/* Gives at least one byte and at most n; 0 at the end, and with a fault. */
	size_t (*read)(struct gx_decoder *d, unsigned char *out, size_t n);
	/* Which of several libraries does it; NULL: there is one alone. */
	const char *(*library)(const struct gx_decoder *d);
	/* What it holds to decode ahead, as far as it has seen; NULL: nothing. */
	uint64_t (*memory)(const struct gx_decoder *d);
};

extern const struct gx_codec gx_codec_gzip, gx_codec_zstd;

enum {
	GX_DECODER_ROOM = 256 << 10, /* bytes of compressed data read at a time */
	GX_DECODER_BACK = 8,	     /* bytes that are kept in front of them */
};

struct gx_decoder {
	const struct gx_codec *codec;
	struct gx_input *in;
	struct gx_decoder *from; /* the layer around it; NULL: the file */
	/*
	 * Compressed bytes: those in [at, end) are still to be decoded, and up to
	 * GX_DECODER_BACK that came before `at` can be had again.
	 */
	unsigned char *buffer;
	size_t at, end;
	void *state; /* the codec's own */
};

enum { GX_DECODERS_MAX = 120 };

/*
 * What was built in to decode, for --version: "zlib 1.2.13, zstd 1.5.4, libisal where it is",
 * or "no libisal".
 */
void gx_decoders_tell(char out[GX_DECODERS_MAX]);

/* The codec of what begins so, NULL where it is not compressed; as for recognise. */
const struct gx_codec *gx_codec_find(const unsigned char *head, size_t n);

/*
 * Puts a layer within `from`; its first bytes are `head`, which was read already, at most
 * GX_DECODER_ROOM of them. NULL: no memory.
 */
struct gx_decoder *gx_decoder_open(const struct gx_codec *codec, struct gx_input *in,
				   struct gx_decoder *from, const unsigned char *head,
				   size_t nhead);
/* Frees this layer, and returns the one around it. */
struct gx_decoder *gx_decoder_close(struct gx_decoder *d);

/* What a layer gives, or for NULL the file itself: at least one byte, 0 at the end. */
size_t gx_decoder_read(struct gx_decoder *d, struct gx_input *in, void *out, size_t n);

/* ---- for codecs ---- */

/* Where no byte is left in the buffer: reads more; false at the end of the layer around. */
bool gx_decoder_refill(struct gx_decoder *d);

/* Notes the fault "damaged gzip data: HOW". Returns 0, for read to return. */
size_t gx_decoder_damaged(struct gx_decoder *d, const char *how);

/* The same where the data end in the middle, unless that is because of another fault. */
size_t gx_decoder_broken_off(struct gx_decoder *d);

#endif
