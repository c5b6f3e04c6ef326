/* SPDX-License-Identifier: MIT */
/* Full rows' sums and counts from a triangle, against those of the full matrix. */
#include <stdlib.h>
#include <string.h>

#include "kernel/count.h"
#include "kernel/digest.h"
#include "kernel/fold.h"
#include "kernel/mean.h"
#include "matrix/triangle.h"
#include "unit.h"

struct network {
	size_t n;
	double *full, *packed;
	struct unit_fence fence; /* that `packed` is within */
};

static struct network make(size_t n, int kind, bool at_end)
{
	struct network net = { .n = n };
	size_t all = gx_triangle_values(n);
	net.full = unit_allocate(n * n, sizeof(double));
	net.fence = unit_fence_make(all * sizeof(double));
	net.packed = unit_place(&net.fence, all * sizeof(double), at_end);
	unit_draw_doubles(net.packed, all, kind);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double v = net.packed[gx_triangle_values(i) + j];
			net.full[i * n + j] = net.full[j * n + i] = v;
		}
	return net;
}

static void drop(struct network *net)
{
	free(net->full);
	unit_fence_free(&net->fence);
}

/* Rows of the next piece. */
static size_t piece(const struct network *net, size_t row)
{
	size_t left = net->n - row;
	return 1 + unit_draw_below(left < 5 ? left : 5);
}

static void check_sums(const struct network *net, size_t first, size_t last, bool skip_na)
{
	size_t n = net->n, wanted = last - first;
	struct unit_fence lanes = unit_fence_make(8 * wanted * sizeof(double));
	double *lane = unit_place(&lanes, 8 * wanted * sizeof(double), unit_draw() % 2);
	uint64_t *missing = calloc(wanted + 1, sizeof *missing);
	double *sum = unit_allocate(wanted + 1, sizeof *sum), *want = unit_allocate(n, sizeof *want);
	double *mean = unit_allocate(n, sizeof *mean), *count = unit_allocate(n, sizeof *count);
	memset(lane, 0, 8 * wanted * sizeof *lane);
	for (size_t row = 0, k; row < n; row += k) {
		k = piece(net, row);
		gx_fold_sums(net->packed + gx_triangle_values(row), row, k, first, last, skip_na, lane,
			     missing);
	}
	for (size_t from = 0, k; from < wanted; from += k) {
		k = 1 + unit_draw_below(wanted - from);
		gx_fold_join(lane, wanted, from, k, sum + from);
	}
	gx_mean_rows_skip_na(net->full, n, n, mean, count);
	gx_sum_rows(net->full, n, n, want);
	for (size_t g = first; g < last; g++) {
		double there = (double)(n - missing[g - first]), x = sum[g - first];
		unit_same(there, count[g], "values of gene %zu of %zu", g, n);
		x = skip_na ? x / there : x;
		gx_nan_canonicalise(&x, 1);
		unit_same(x, skip_na ? mean[g] : want[g], "gene %zu of %zu, skip %d", g, n, skip_na);
	}
	free(count);
	free(mean);
	free(want);
	free(sum);
	free(missing);
	unit_fence_free(&lanes);
}

static void check_counts(const struct network *net, size_t first, size_t last, bool below)
{
	size_t n = net->n;
	double threshold = net->full[unit_draw_below(n * n)];
	threshold = threshold == threshold ? threshold : 0;
	uint64_t *got = calloc(4 * n, sizeof *got), *want = got + 2 * n;
	for (size_t row = 0, k; row < n; row += k) {
		k = piece(net, row);
		gx_fold_counts(net->packed + gx_triangle_values(row), row, k, first, last, threshold, below,
			       got, got + n);
	}
	if (n == 1 && last > first)
		gx_count_columns(net->full, 1, 1, threshold, below, want, want + n);
	else if (last > first)
		gx_count_columns(net->full + first * n, last - first, n, threshold, below, want, want + n);
	unit_equal_all(got, want, 2 * n, "rows %zu to %zu of %zu, below %d", first, last, n, below);
	free(got);
}

int main(void)
{
	for (size_t n = 1; n < 90; n++)
		for (int kind = 0; kind < 2; kind++) {
			struct network net = make(n, kind, n % 2);
			size_t first = unit_draw_below(n + 1), last = first + unit_draw_below(n - first + 1);
			for (int flag = 0; flag < 2; flag++) {
				check_sums(&net, 0, n, flag);
				check_sums(&net, first, last, flag);
				check_counts(&net, 0, n, flag);
				check_counts(&net, first, last, flag);
			}
			drop(&net);
		}
	unit_report("sums and counts of full rows, and of parts, have the bits of the full matrix");
	struct network net = make(700, 1, true);
	check_sums(&net, 0, 700, true);
	check_sums(&net, 0, 700, false);
	check_sums(&net, 123, 456, true);
	check_counts(&net, 123, 456, false);
	drop(&net);
	unit_report("and of many genes");
	return unit_end();
}
