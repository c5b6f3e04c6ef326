/* SPDX-License-Identifier: MIT */
/*
 * The plain loops against the kernels: the same bits for every width to 300, at every tail,
 * with missing values and infinities; and against sums that are known.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/count.h"
#include "kernel/mean.h"
#include "race/plain_loops.h"
#include "race/race_products.h"

enum { WIDEST = 300, ROWS = 4 };

static unsigned tests, failed;

static void report(bool good, const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
}

static uint64_t state = 88172645463325252u;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Kind 0: finite values of many sizes; 1: some of them missing, infinite or minus zero. */
static void fill(double *to, size_t n, int kind)
{
	static const uint64_t odd[] = { GX_NAN_BITS, UINT64_C(0x7ff0000000000000),
					UINT64_C(0xfff0000000000000), UINT64_C(1) << 63, 0 };
	for (size_t i = 0; i < n; i++) {
		to[i] = ldexp((double)(int64_t)draw(), -(int)(40 + draw() % 40));
		if (kind && draw() % 64 == 0)
			memcpy(&to[i], &odd[draw() % (sizeof odd / sizeof *odd)], sizeof *to);
	}
}

static bool same(const double *a, const double *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

/* A block of its own for each row of values, so that a sanitizer sees a step beyond it. */
static double *room_for(size_t n)
{
	double *x = malloc(n * sizeof *x + !n);
	if (!x)
		exit(1);
	return x;
}

static void test_rows(void)
{
	bool means = true, sums = true;
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int kind = 0; kind < 2; kind++) {
				double *x = room_for(nrow * ncol);
				double got[ROWS] = { 0 }, want[ROWS] = { 0 };
				fill(x, nrow * ncol, kind);
				gx_plain_mean_rows(x, nrow, ncol, got);
				gx_mean_rows(x, nrow, ncol, want);
				means &= same(got, want, ROWS);
				gx_plain_sum_rows(x, nrow, ncol, got);
				gx_sum_rows(x, nrow, ncol, want);
				sums &= same(got, want, ROWS);
				free(x);
			}
	report(means, "means of rows have the kernel's bits");
	report(sums, "sums of rows have the kernel's bits");
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
	report(sum == 0x1p59 + 128, "lanes are added up by themselves and joined");
	double plain[5] = { 1, 2, 3, 4, 5.5 };
	gx_plain_sum_rows(plain, 1, 5, &sum);
	gx_plain_mean_rows(plain, 1, 5, &mean);
	report(sum == 15.5 && mean == 3.1, "a sum and a mean by hand");
	double zeros[3] = { -0.0, -0.0, -0.0 };
	gx_plain_sum_rows(zeros, 1, 3, &sum);
	report(sum == 0 && !signbit(sum), "the sum of minus zeros is zero, for lanes begin there");
}

static void test_dot(void)
{
	static const size_t sizes[] = { 8191, 8192, 8193, 16384, 20011, 40961 };
	bool good = true;
	for (size_t i = 0; i < 600 + sizeof sizes / sizeof *sizes; i++)
		for (int kind = 0; kind < 2; kind++) {
			size_t n = i < 600 ? i / 2 : sizes[i - 600];
			double *x = room_for(n), *y = room_for(n);
			fill(x, n, kind);
			fill(y, n, 0);
			double got = gx_plain_dot(x, y, n), want = gx_dot(x, y, n);
			good &= same(&got, &want, 1);
			free(x);
			free(y);
		}
	report(good, "dot products have the kernel's bits");
}

static void test_count(void)
{
	bool good = true;
	for (size_t n = 0; n <= 2 * WIDEST; n++)
		for (int kind = 0; kind < 2; kind++) {
			double *x = room_for(n), threshold = n % 3 ? 0 : n % 5 ? -0.0 : INFINITY;
			fill(x, n, kind);
			uint64_t begin = draw(), above = begin, missing = begin, over = begin,
				 none = begin;
			gx_plain_count(x, n, threshold, &above, &missing);
			gx_count_columns(x, n, 1, threshold, false, &over, &none);
			good &= above == over && missing == none;
			free(x);
		}
	report(good, "counts are added to, and the kernel's");
	double x[5] = { 12, 12.5, 11, NAN, INFINITY };
	uint64_t above = 0, missing = 0;
	gx_plain_count(x, 5, 12, &above, &missing);
	report(above == 2 && missing == 1, "strictly above, missing apart");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_rows();
	test_known();
	test_dot();
	test_count();
	printf("1..%u\n", tests);
	return failed != 0;
}
