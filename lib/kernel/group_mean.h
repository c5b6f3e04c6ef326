/* SPDX-License-Identifier: MIT */
/*
 * Means of groups of columns. A group's mean has the bits that kernel/mean.h gives for a matrix
 * of its columns alone: value j of the group is in lane j mod 8.
 *
 * A row is read once, from its beginning to its end, and each value added to its lane. To gather
 * the values of each group instead took twice as long with ten columns a group, three times with
 * three, and five times in rows that are longer than a cache.
 */
#ifndef GX_GROUP_MEAN_H
#define GX_GROUP_MEAN_H

#include <stddef.h>
#include <stdint.h>

enum { GX_GROUPS_MAX = 1 << 28 }; /* the number of a lane fits 32 bits */

struct gx_column_groups {
	size_t ngroup;
	const double *size; /* of each group: its columns, at least one */
	/*
	 * Of each column: lane l of group g is l * (ngroup + 1) + g. Those of no group are group
	 * ngroup, which is added up, in lanes too, and thrown away.
	 */
	const uint32_t *lane;
};

/* The doubles that the functions below need for their lanes. */
static inline size_t gx_group_lanes(size_t ngroup)
{
	return 2 * 8 * (ngroup + 1);
}

/*
 * mean[i * ngroup + g] of each of nrow rows of ncol values: missing with a missing value of the
 * group.
 */
void gx_mean_groups(const double *value, size_t nrow, size_t ncol,
		    const struct gx_column_groups *groups, double *mean, double *lanes);

/* The same over what is there, of which there are n[i * ngroup + g]. */
void gx_mean_groups_skip_na(const double *value, size_t nrow, size_t ncol,
			    const struct gx_column_groups *groups, double *mean, double *n,
			    double *lanes);

#endif
