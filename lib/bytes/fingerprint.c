/* SPDX-License-Identifier: MIT */
#include "bytes/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "kernel/hash.h"

enum { END = 64 << 10, BLOCK = 4096, BLOCKS = 16 };

void gx_fingerprint_start(struct gx_fingerprint *print, uint64_t size)
{
	*print = (struct gx_fingerprint){ .size = size };
	uint64_t end = size < END ? size : END, block = size < BLOCK ? size : BLOCK;
	for (int i = 0; i < GX_FINGERPRINT_RANGES; i++) {
		uint64_t offset, nbyte = i < 2 ? end : block;
		if (i < 2) {
			offset = i == 0 ? 0 : size - end;
		} else {
			/* i * spread / 15 without overflow */
			uint64_t spread = size - block, k = (uint64_t)(i - 2);
			offset = spread / (BLOCKS - 1) * k + spread % (BLOCKS - 1) * k / (BLOCKS - 1);
		}
		print->range[i].offset = offset;
		print->range[i].nbyte = nbyte;
		print->range[i].at = print->nbyte;
		print->nbyte += nbyte;
	}
	print->bytes = gx_allocate(print->nbyte, 1);
}

void gx_fingerprint_feed(struct gx_fingerprint *print, uint64_t offset, const void *bytes,
			 size_t n)
{
	for (int i = 0; i < GX_FINGERPRINT_RANGES; i++) {
		uint64_t from = print->range[i].offset, to = from + print->range[i].nbyte;
		uint64_t begin = from > offset ? from : offset;
		uint64_t end = to < offset + n ? to : offset + n;
		if (begin < end)
			memcpy(print->bytes + print->range[i].at + (begin - from),
			       (const unsigned char *)bytes + (begin - offset), end - begin);
	}
}

void gx_fingerprint_read(struct gx_fingerprint *print, const struct gx_input *in)
{
	for (int i = 0; i < GX_FINGERPRINT_RANGES; i++)
		if (gx_input_at(in, print->bytes + print->range[i].at, print->range[i].nbyte,
				print->range[i].offset, NULL) != print->range[i].nbyte)
			gx_die(GX_EXIT_DATA, "%s: it became shorter while it was read: try again "
					     "when nobody writes it",
			       in->name);
}

uint64_t gx_fingerprint_end(struct gx_fingerprint *print, const char *reading)
{
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, &print->size, sizeof print->size);
	XXH3_64bits_update(&state, print->bytes, print->nbyte);
	XXH3_64bits_update(&state, reading, strlen(reading));
	free(print->bytes);
	print->bytes = NULL;
	return XXH3_64bits_digest(&state);
}
