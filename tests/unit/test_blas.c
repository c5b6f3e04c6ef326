/* SPDX-License-Identifier: MIT */
/*
 * The BLAS that is there, on integers as doubles, where all sums are exact and every BLAS has
 * to give the same. Where there is none, that it is said what was looked for.
 */
#include "race/blas.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static double *some(size_t n, unsigned long factor)
{
	double *x = unit_allocate(n, sizeof *x);
	for (size_t i = 0; i < n; i++)
		x[i] = (double)(long)(i * factor % 2001) - 1000;
	return x;
}

static void check_dot(size_t n)
{
	double *x = some(n, 7919), *y = some(n, 104729), want = 0;
	for (size_t i = 0; i < n; i++)
		want += x[i] * y[i];
	unit_same(gx_blas_dot(x, y, n), want, "%zu values", n);
	free(x);
	free(y);
}

static void check_sums(size_t nrow, size_t ncol)
{
	double *x = some(nrow * ncol, 7919), *ones = some(ncol, 1), *sum = some(nrow, 3);
	for (size_t j = 0; j < ncol; j++)
		ones[j] = 1;
	gx_blas_sum_rows(x, nrow, ncol, ones, sum);
	for (size_t i = 0; i < nrow; i++) {
		double want = 0;
		for (size_t j = 0; j < ncol; j++)
			want += x[i * ncol + j];
		unit_same(sum[i], want, "row %zu of %zu x %zu", i, nrow, ncol);
	}
	free(x);
	free(ones);
	free(sum);
}

static void check_product(size_t n)
{
	double *a = some(n * n, 7919), *b = some(n * n, 104729), *c = some(n * n, 1);
	gx_blas_product(a, b, n, c);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double want = 0;
			for (size_t k = 0; k < n; k++)
				want += a[i * n + k] * b[k * n + j];
			unit_same(c[i * n + j], want, "element %zu, %zu of n = %zu", i, j, n);
		}
	free(a);
	free(b);
	free(c);
}

static void test_results(int nthread)
{
	for (size_t n = 0; n < 100; n++)
		check_dot(n);
	check_dot(100003);
	unit_report("dot products, %d threads", nthread);
	for (size_t n = 1; n < 60; n++) {
		check_sums(n % 7, n);
		check_sums(n, n % 7 + 1);
	}
	check_sums(20000, 50);
	unit_report("sums of rows, %d threads", nthread);
	for (size_t n = 1; n < 40; n++)
		check_product(n);
	check_product(129);
	check_product(200);
	unit_report("products, %d threads", nthread);
}

int main(void)
{
	const char *why = NULL;
	if (gx_blas_load(&why)) {
		unit_note("%s", gx_blas_name());
		unit_test(gx_blas_name()[0] != 0 && gx_blas_load(&why),
		       "a BLAS is loaded, once, and has a name");
		bool told = gx_blas_threads(1);
		test_results(1);
		unit_test(gx_blas_threads(2) == told && told == !strncmp(gx_blas_name(), "OpenBLAS", 8),
		       "OpenBLAS can be told its threads");
		if (told)
			test_results(2);
	} else {
		unit_note("%s", why);
		unit_test(why && strstr(why, "libopenblas.so.0: ") && strstr(why, "libblas.so.3: ") &&
			       !gx_blas_load(&why) && !gx_blas_threads(1),
		       "where there is no BLAS, what was looked for is said");
		unit_skip("dot products, sums of rows, products", "no BLAS");
	}
	return unit_end();
}
