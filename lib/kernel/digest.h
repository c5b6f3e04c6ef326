/* SPDX-License-Identifier: MIT */
/*
 * Digests of values. A row's digest is XXH3-64 (seed 0) over its values as little-endian
 * doubles; the digest of a matrix is the sum of its rows' digests modulo 2^64, which does
 * not depend on blocks, parts, threads or format. Every NaN must be the canonical one.
 */
#ifndef GX_DIGEST_H
#define GX_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digest of each of nrow rows of ncol values. */
void gx_digest_rows(const double *value, size_t nrow, size_t ncol, uint64_t *digest);

/*
 * The digest of each of rows first .. first + nrow - 1 of a triangle, in which row i has i + 1
 * values of `size` bytes: XXH3-64 over them as they are.
 */
void gx_digest_triangle(const void *value, uint64_t first, size_t nrow, size_t size,
			uint64_t *digest);

/*
 * The digest of a row that comes in pieces: as that of all of it by gx_digest_rows. It may be asked
 * for in between. Nothing is to be freed.
 */
struct gx_digest {
	_Alignas(64) unsigned char state[576]; /* XXH3's */
};

void gx_digest_start(struct gx_digest *digest);
void gx_digest_add(struct gx_digest *digest, const double *value, size_t n);
uint64_t gx_digest_end(const struct gx_digest *digest);

/* Sum modulo 2^64. */
uint64_t gx_digest_sum(const uint64_t *digest, size_t n);

/* Makes every NaN among n values the canonical one. */
void gx_nan_canonicalise(double *value, size_t n);

/* Whether every NaN among n values is the canonical one. */
bool gx_nan_is_canonical(const double *value, size_t n);

/* Whether n bytes are all zero, as padding has to be. */
bool gx_all_zero(const unsigned char *byte, size_t n);

/* 16 lower-case hex digits; gx_hex_read demands exactly those and a NUL or `stop` behind. */
enum { GX_HEX = 16 };
void gx_hex_print(uint64_t value, char out[GX_HEX + 1]);
bool gx_hex_read(const char *text, size_t ntext, uint64_t *value);

#endif
