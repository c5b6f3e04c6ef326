/* SPDX-License-Identifier: MIT */
/*
 * The plain loops against the kernels: the same bits for every width to 300, at every tail,
 * with missing values and infinities; and against sums that are known.
 */
#include <math.h>
#include <stdlib.h>

#include "base/gx.h"
#include "kernel/count.h"
#include "kernel/mean.h"
#include "race/plain_loops.h"
#include "race/race_products.h"
#include "unit.h"

enum { WIDEST = 300, ROWS = 4 };

/* A block of its own for each row of values, so that a sanitizer sees a step beyond it. */
static double *room_for(size_t n)
{
	double *x = malloc(n * sizeof *x + !n);
	if (!x)
		unit_bail_out("no memory");
	return x;
}

typedef void rows_to_one(const double *, size_t, size_t, double *);

static void check_rows(rows_to_one *plain, rows_to_one *kernel)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int kind = 0; kind < 2; kind++) {
				double *x = room_for(nrow * ncol);
				double got[ROWS] = { 0 }, want[ROWS] = { 0 };
				unit_draw_doubles(x, nrow * ncol, kind);
				plain(x, nrow, ncol, got);
				kernel(x, nrow, ncol, want);
				unit_same_all(got, want, ROWS, "rows of %zu x %zu, kind %d", nrow,
					      ncol, kind);
				free(x);
			}
}

/* The sum is that of the lanes, and the mean its quotient, and not another in both. */
static void test_known(void)
{
	double x[19], sum, mean;
	for (int j = 0; j < 19; j++)
		x[j] = j;
	/* Less than 64 is lost on 2^59: 8, 16, lane 4's 16, 50 of lanes 2 and 6; not the 81 of
	 * the odd lanes. In one chain all would be lost. */
	x[0] = 0x1p59;
	gx_plain_sum_rows(x, 1, 19, &sum);
	unit_same(sum, 0x1p59 + 128, "sum");
	unit_report("lanes are added up by themselves and joined");
	double plain[5] = { 1, 2, 3, 4, 5.5 };
	gx_plain_sum_rows(plain, 1, 5, &sum);
	gx_plain_mean_rows(plain, 1, 5, &mean);
	unit_same(sum, 15.5, "sum");
	unit_same(mean, 3.1, "mean");
	unit_report("a sum and a mean by hand");
	double zeros[3] = { -0.0, -0.0, -0.0 };
	gx_plain_sum_rows(zeros, 1, 3, &sum);
	unit_same(sum, 0, "sum");
	unit_report("the sum of minus zeros is zero, for lanes begin there");
}

static void test_dot(void)
{
	static const size_t sizes[] = { 8191, 8192, 8193, 16384, 20011, 40961 };
	for (size_t i = 0; i < 600 + sizeof sizes / sizeof *sizes; i++)
		for (int kind = 0; kind < 2; kind++) {
			size_t n = i < 600 ? i / 2 : sizes[i - 600];
			double *x = room_for(n), *y = room_for(n);
			unit_draw_doubles(x, n, kind);
			unit_draw_doubles(y, n, 0);
			unit_same(gx_plain_dot(x, y, n), gx_dot(x, y, n), "%zu values, kind %d", n,
				  kind);
			free(x);
			free(y);
		}
	unit_report("dot products have the kernel's bits");
}

static void test_count(void)
{
	for (size_t n = 0; n <= 2 * WIDEST; n++)
		for (int kind = 0; kind < 2; kind++) {
			double *x = room_for(n), threshold = n % 3 ? 0 : n % 5 ? -0.0 : INFINITY;
			unit_draw_doubles(x, n, kind);
			uint64_t begin = unit_draw(), above = begin, missing = begin, over = begin,
				 none = begin;
			gx_plain_count(x, n, threshold, &above, &missing);
			gx_count_columns(x, n, 1, threshold, false, &over, &none);
			unit_equal(above, over, "%zu values above %g", n, threshold);
			unit_equal(missing, none, "%zu values, missing", n);
			free(x);
		}
	unit_report("counts are added to, and the kernel's");
	double x[5] = { 12, 12.5, 11, NAN, INFINITY };
	uint64_t above = 0, missing = 0;
	gx_plain_count(x, 5, 12, &above, &missing);
	unit_equal(above, 2, "above");
	unit_equal(missing, 1, "missing");
	unit_report("strictly above, missing apart");
}

int main(void)
{
	check_rows(gx_plain_mean_rows, gx_mean_rows);
	unit_report("means of rows have the kernel's bits");
	check_rows(gx_plain_sum_rows, gx_sum_rows);
	unit_report("sums of rows have the kernel's bits");
	test_known();
	test_dot();
	test_count();
	return unit_end();
}
