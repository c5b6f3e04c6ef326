/* SPDX-License-Identifier: MIT */
/*
 * Which file is this? XXH3-64 (seed 0) of its size (8 bytes, little-endian), its first and
 * its last 64 KiB, 16 blocks of 4 KiB spread evenly (block i begins at i * (size - 4096) /
 * 15, rounded down), each as far as the file has it, and of how it is read (a text). A
 * part of a file is known by it to be a part of that file without reading all of it.
 */
#ifndef GX_FINGERPRINT_H
#define GX_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "bytes/input.h"

enum { GX_FINGERPRINT_RANGES = 18 };

struct gx_fingerprint {
	uint64_t size;
	struct {
		uint64_t offset;
		size_t nbyte, at; /* at: where in `bytes` */
	} range[GX_FINGERPRINT_RANGES];
	unsigned char *bytes;
	size_t nbyte;
};

/* For a file of `size` bytes. */
void gx_fingerprint_start(struct gx_fingerprint *print, uint64_t size);
/* Bytes that pass, in any order and any pieces. */
void gx_fingerprint_feed(struct gx_fingerprint *print, uint64_t offset, const void *bytes,
			 size_t n);
/* Fetches all ranges from a seekable input. */
void gx_fingerprint_read(struct gx_fingerprint *print, const struct gx_input *in);
/* The value, when all ranges were fed; frees what start allocated. */
uint64_t gx_fingerprint_end(struct gx_fingerprint *print, const char *reading);

#endif
