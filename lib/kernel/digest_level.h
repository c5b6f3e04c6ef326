/* SPDX-License-Identifier: MIT */
/* gx_digest_rows and others as they are compiled for each SIMD level; digest.c picks one. */
#ifndef GX_DIGEST_LEVEL_H
#define GX_DIGEST_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/digest.h"

typedef void gx_digest_rows_at(const double *value, size_t nrow, size_t ncol,
			       uint64_t *digest);

gx_digest_rows_at gx_digest_rows_base, gx_digest_rows_v3, gx_digest_rows_v4;

typedef void gx_digest_triangle_at(const void *value, uint64_t first, size_t nrow, size_t size,
				   uint64_t *digest);

gx_digest_triangle_at gx_digest_triangle_base, gx_digest_triangle_v3, gx_digest_triangle_v4;

typedef void gx_digest_start_at(struct gx_digest *digest);
typedef void gx_digest_add_at(struct gx_digest *digest, const double *value, size_t n);
typedef uint64_t gx_digest_end_at(const struct gx_digest *digest);

gx_digest_start_at gx_digest_start_base, gx_digest_start_v3, gx_digest_start_v4;
gx_digest_add_at gx_digest_add_base, gx_digest_add_v3, gx_digest_add_v4;
gx_digest_end_at gx_digest_end_base, gx_digest_end_v3, gx_digest_end_v4;

#endif
