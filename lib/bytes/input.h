/* SPDX-License-Identifier: MIT */
/*
 * Bytes in: a file, a pipe or standard input, with gzip and zstd decoded on the way. All
 * functions die with exit 3 on an I/O error and with exit 1 on damaged compressed data.
 *
 *	struct gx_input *in = gx_input_open("m.gxm");
 *	size_t n = gx_input_peek(in, 8, &head);     what is it?
 *	n = gx_input_read(in, buffer, sizeof buffer);
 *	gx_input_close(in);
 */
#ifndef GX_INPUT_H
#define GX_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gx_compression { GX_PLAIN, GX_GZIP, GX_ZSTD };

struct gx_input {
	const char *name; /* for messages: the path, or "<stdin>" */
	enum gx_compression compression;
	/* A regular file that is read from its start and is not compressed: gx_input_at works. */
	bool seekable;
	uint64_t size; /* of a seekable input; GX_UNKNOWN otherwise */
	uint64_t position; /* of the next byte that gx_input_read gives (decoded bytes) */

	/* private */
	int fd;
	bool at_end;
	unsigned char *head;
	size_t head_at, head_end, head_room;
	struct gx_decoder *decoder;
};

/* Opens a path, or standard input for "-". */
struct gx_input *gx_input_open(const char *path);
/* NULL is allowed. */
void gx_input_close(struct gx_input *in);

/*
 * Makes up to n bytes from the present position visible without consuming them. Returns how
 * many there are (less than n at the end alone); *bytes is valid until the next call.
 */
size_t gx_input_peek(struct gx_input *in, size_t n, const unsigned char **bytes);

/* Reads n bytes, fewer only at the end of the input. */
size_t gx_input_read(struct gx_input *in, void *out, size_t n);

/*
 * Reads up to n bytes and at least one, as soon as they are there: what a pipe has. Returns
 * 0 at the end alone.
 */
size_t gx_input_read_some(struct gx_input *in, void *out, size_t n);

/*
 * Reads n bytes into the end of a growing buffer: *buffer has *room bytes, of which `used`
 * are kept. It grows as the bytes arrive, so that a forged size cannot make it large.
 * Returns how many came. The buffer is aligned to 64 bytes and has 64 bytes of slack.
 */
size_t gx_input_read_grow(struct gx_input *in, unsigned char **buffer, size_t *room,
			  size_t used, size_t n);

/* Reads n bytes at an offset of a seekable input, from any thread; fewer at its end. */
size_t gx_input_at(const struct gx_input *in, void *out, size_t n, uint64_t offset);

/* Moves on by n bytes, by seeking where that is possible; returns how many there were. */
uint64_t gx_input_skip(struct gx_input *in, uint64_t n);

/* Reads and drops what is left, so that who writes to us is not killed by SIGPIPE. */
void gx_input_drain(struct gx_input *in);

#endif
