/* SPDX-License-Identifier: MIT */
#include "format/triangle/part.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/message.h"

void gx_triangle_refuse_part(const struct gx_matrix *triangle, uint64_t nrow, const char *name)
{
	char end[40] = "";
	if (nrow != GX_UNKNOWN)
		snprintf(end, sizeof end, " to %" PRIu64, triangle->first + nrow);
	gx_die(GX_EXIT_DATA,
	       "%s: a part of a network, rows %" PRIu64 "%s of the triangle of %" PRIu64
	       " genes: join all parts first (gx-reduce --join)",
	       name, triangle->first + 1, nrow == GX_UNKNOWN ? " and on" : end, triangle->whole);
}

void gx_triangle_demand_whole(const struct gx_matrix *triangle, const char *name)
{
	if (triangle->first != 0 ||
	    (triangle->nrow != GX_UNKNOWN && triangle->nrow != triangle->whole))
		gx_triangle_refuse_part(triangle, triangle->nrow, name);
}

void gx_triangle_demand_all(const struct gx_matrix *triangle, uint64_t nrow, const char *name)
{
	if (nrow != triangle->whole)
		gx_triangle_refuse_part(triangle, nrow, name);
}
