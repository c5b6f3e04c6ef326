/* SPDX-License-Identifier: MIT */
/*
 * Groups of the samples of a matrix, as a sample sheet tells them.
 *
 *	struct gx_groups groups = { 0 };
 *	gx_groups_read(&groups, &(struct gx_grouping){ "samples.csv", "tissue", "m.tsv" }, matrix);
 *	gx_mean_groups(value, nrow, ncol, &groups.columns, mean, lanes);
 *
 * The first field of a line is the sample. A group is there where a sample of the matrix has it,
 * and groups are in the order in which the sheet names them first, on whatever line. Lines of
 * other samples, and a head line, are passed over. A sample whose group is empty, NA or . is left
 * out.
 */
#ifndef GX_GROUPS_H
#define GX_GROUPS_H

#include "kernel/group_mean.h"
#include "matrix/matrix.h"

struct gx_grouping {
	const char *sheet; /* a path, or "-" */
	const char *by; /* its column with the groups: a name in its first line, or a number; NULL: 2 */
	const char *matrix; /* what the matrix is called, for messages */
	bool with_n; /* the columns of counts will be named, too */
};

struct gx_groups {
	struct gx_names names;
	struct gx_column_groups columns;
	size_t left_out; /* samples */
	size_t nbyte;	 /* that it takes of memory */
	/*
	 * "groups:HEX": XXH3-64 over the name of each group, a NUL, and the numbers of its columns
	 * in the matrix, from 1, as 8 bytes each, and a NUL.
	 */
	char step[32];

	/* private */
	double *size;
	uint32_t *lane;
};

/*
 * Dies with exit 2 where a sheet is one of the operands too: the same file, or standard input
 * for both.
 */
void gx_groups_demand_other(const char *sheet, const char *const *operand, size_t noperand);

/*
 * Dies with exit 1 where a sample of the matrix has no line or two groups, where no sample is in
 * a group, and where two samples of the matrix, or two columns of the output, have one name; with
 * exit 2 where the sheet has no such column.
 */
void gx_groups_read(struct gx_groups *groups, const struct gx_grouping *grouping,
		    const struct gx_matrix *matrix);

/* The columns of means: each group, and "n:GROUP" behind it with_n. */
void gx_groups_name_columns(const struct gx_groups *groups, bool with_n, struct gx_names *columns);

/* {0} is none. Freed, it is none again. */
void gx_groups_free(struct gx_groups *groups);

#endif
