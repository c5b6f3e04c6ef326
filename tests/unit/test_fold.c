/* SPDX-License-Identifier: MIT */
/*
 * Full rows' sums, counts and digests from a triangle, against those of the full matrix; and whether
 * a full matrix is symmetric.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/count.h"
#include "kernel/digest.h"
#include "kernel/fold.h"
#include "kernel/mean.h"
#include "kernel/symmetry.h"
#include "matrix/triangle.h"
#include "network/full_digest.h"
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

static void check_digest(const struct network *net)
{
	size_t n = net->n;
	struct gx_full_digest full;
	uint64_t *row_digest = unit_allocate(n, sizeof *row_digest);
	gx_full_digest_start(&full, n);
	for (size_t row = 0, k; row < n; row += k) {
		k = piece(net, row);
		gx_full_digest_add(&full, net->packed + gx_triangle_values(row), row, k);
	}
	gx_digest_rows(net->full, n, n, row_digest);
	unit_equal(gx_full_digest_end(&full), gx_digest_sum(row_digest, n), "digest of %zu genes", n);
	free(row_digest);
}

static bool is_symmetric(const double *value, size_t n)
{
	struct unit_fence fence = unit_fence_make(n * n * sizeof *value);
	double *copy = unit_place(&fence, n * n * sizeof *value, true);
	uint64_t *key = unit_allocate(2 * n, sizeof *key), lower = 0, upper = 0;
	memcpy(copy, value, n * n * sizeof *value);
	gx_symmetry_keys(key, n);
	for (size_t row = 0, k; row < n; row += k) {
		k = 1 + unit_draw_below(n - row);
		gx_symmetry_rows(copy + row * n, row, k, n, key, &lower, &upper);
	}
	free(key);
	unit_fence_free(&fence);
	return lower == upper;
}

/* One value, two that make up for each other, a sign, two values that are swapped. */
static void check_symmetry(struct network *net)
{
	size_t n = net->n;
	double *x = net->full;
	gx_nan_canonicalise(x, n * n);
	unit_check(is_symmetric(x, n), "%zu genes that are symmetric", n);
	if (n < 3)
		return;
	for (int round = 0; round < 20; round++) {
		size_t i = 1 + unit_draw_below(n - 1), j = unit_draw_below(i);
		size_t k = 1 + unit_draw_below(n - 1), l = unit_draw_below(k);
		double *a = &x[i * n + j], *b = round % 2 ? &x[k * n + l] : &x[l * n + k];
		double was = *a, was_b = *b;
		bool same = a == b;
		if (was != was || was_b != was_b || was == 0 || same)
			continue;
		*a = -was;
		unit_check(!is_symmetric(x, n), "a sign at %zu, %zu of %zu", i, j, n);
		bool pair = b == &x[j * n + i];
		*b = -was_b;
		unit_check(is_symmetric(x, n) == pair, "two signs of %zu", n);
		*a = unit_double(unit_bits(was) ^ 1);
		*b = unit_double(unit_bits(was_b) ^ 1);
		bool gone = (*a != *a) || (*b != *b);
		unit_check(gone || is_symmetric(x, n) == pair, "two last bits of %zu", n);
		*a = was_b;
		*b = was;
		unit_check(is_symmetric(x, n) == (pair || was == was_b), "two values swapped of %zu", n);
		*a = was;
		*b = was_b;
		if (i != j) {
			double other = x[j * n + i];
			*a = 0;
			x[j * n + i] = -0.0;
			unit_check(is_symmetric(x, n), "zeros of two signs");
			*a = was;
			x[j * n + i] = other;
		}
	}
	unit_check(is_symmetric(x, n), "as it was");
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
			check_digest(&net);
			check_symmetry(&net);
			drop(&net);
		}
	unit_report("sums, counts and digests are those of the full matrix, and of its parts; symmetry");
	struct network net = make(700, 1, true);
	check_sums(&net, 0, 700, true);
	check_sums(&net, 0, 700, false);
	check_sums(&net, 123, 456, true);
	check_counts(&net, 123, 456, false);
	check_digest(&net);
	check_symmetry(&net);
	drop(&net);
	unit_report("and of many genes");
	return unit_end();
}
