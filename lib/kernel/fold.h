/* SPDX-License-Identifier: MIT */
/*
 * What full rows of a symmetric matrix give, from its lower triangle, row by row. Row i of the
 * triangle has the values j = 0 .. i of gene i, and value i of each gene before it. So every gene
 * gets its values in their order, and eight lanes a gene (kernel/lanes.h) give the bits that
 * sums of full rows have. The matrix is never there.
 *
 * value: rows row .. row + nrow - 1 of the triangle, packed, as doubles. They must come in order,
 * from row 0 to the last. Genes first .. last - 1 are those whose full rows are wanted.
 */
#ifndef GX_FOLD_H
#define GX_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Adds to the sums of the wanted genes, n = last - first of them: lane l of gene g is
 * lane[l * n + g - first], and missing[g - first] counts the missing values. All are 0 at first.
 * With skip_na a missing value adds nothing; otherwise it makes the sum missing.
 */
void gx_fold_sums(const double *value, uint64_t row, size_t nrow, uint64_t first, uint64_t last,
		  bool skip_na, double *lane, uint64_t *missing);

/* sum[k] of gene first + from + k, k < count, of n wanted ones: the lanes joined, as kernel/mean.h has it. */
void gx_fold_join(const double *lane, size_t n, size_t from, size_t count, double *sum);

/*
 * Counts columns of the wanted full rows, as kernel/count.h does: above[j] and missing[j] of every
 * gene j, 0 at first.
 */
void gx_fold_counts(const double *value, uint64_t row, size_t nrow, uint64_t first, uint64_t last,
		    double threshold, bool below, uint64_t *above, uint64_t *missing);

#endif
