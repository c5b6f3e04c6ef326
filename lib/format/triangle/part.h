/* SPDX-License-Identifier: MIT */
/* A triangle of which rows are missing, where all of it is needed. */
#ifndef GX_TRIANGLE_PART_H
#define GX_TRIANGLE_PART_H

#include "base/gx.h"
#include "matrix/matrix.h"

/*
 * Dies with exit 1 where a stream's head says already that it is a part. It does not of a pipe
 * that begins with row 0: the other parts may follow. Then gx_triangle_demand_all tells.
 */
void gx_triangle_demand_whole(const struct gx_matrix *triangle, const char *name);

/* Dies where fewer rows came than there are genes. */
void gx_triangle_demand_all(const struct gx_matrix *triangle, uint64_t nrow, const char *name);

/* Dies, whatever it is. */
void gx_triangle_refuse_part(const struct gx_matrix *triangle, uint64_t nrow, const char *name)
	GX_NORETURN GX_COLD;

#endif
