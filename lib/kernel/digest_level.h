/* SPDX-License-Identifier: MIT */
/* gx_digest_rows as it is compiled for each SIMD level; digest.c picks one. */
#ifndef GX_DIGEST_LEVEL_H
#define GX_DIGEST_LEVEL_H

#include <stddef.h>
#include <stdint.h>

typedef void gx_digest_rows_at(const double *value, size_t nrow, size_t ncol,
			       uint64_t *digest);

gx_digest_rows_at gx_digest_rows_base, gx_digest_rows_v3, gx_digest_rows_v4;

typedef void gx_digest_triangle_at(const void *value, uint64_t first, size_t nrow, size_t size,
				   uint64_t *digest);

gx_digest_triangle_at gx_digest_triangle_base, gx_digest_triangle_v3, gx_digest_triangle_v4;

#endif
