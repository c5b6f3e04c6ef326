/* SPDX-License-Identifier: MIT */
/*
 * The BLAS that is there, on integers as doubles, where all sums are exact and every BLAS has
 * to give the same. Where there is none, that it is said what was looked for.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "race/blas.h"

static unsigned tests, failed;

static void report(bool good, const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
}

static void skip(const char *what)
{
	printf("ok %u %s # skip no BLAS\n", ++tests, what);
}

static double *some(size_t n, unsigned long factor)
{
	double *x = malloc(n * sizeof *x + !n);
	if (!x)
		exit(1);
	for (size_t i = 0; i < n; i++)
		x[i] = (double)(long)(i * factor % 2001) - 1000;
	return x;
}

static bool dot_is_right(size_t n)
{
	double *x = some(n, 7919), *y = some(n, 104729), want = 0;
	for (size_t i = 0; i < n; i++)
		want += x[i] * y[i];
	bool good = gx_blas_dot(x, y, n) == want;
	free(x);
	free(y);
	return good;
}

static bool sums_are_right(size_t nrow, size_t ncol)
{
	double *x = some(nrow * ncol, 7919), *ones = some(ncol, 1), *sum = some(nrow, 3);
	for (size_t j = 0; j < ncol; j++)
		ones[j] = 1;
	gx_blas_sum_rows(x, nrow, ncol, ones, sum);
	bool good = true;
	for (size_t i = 0; i < nrow; i++) {
		double want = 0;
		for (size_t j = 0; j < ncol; j++)
			want += x[i * ncol + j];
		good &= sum[i] == want;
	}
	free(x);
	free(ones);
	free(sum);
	return good;
}

static bool product_is_right(size_t n)
{
	double *a = some(n * n, 7919), *b = some(n * n, 104729), *c = some(n * n, 1);
	gx_blas_product(a, b, n, c);
	bool good = true;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double want = 0;
			for (size_t k = 0; k < n; k++)
				want += a[i * n + k] * b[k * n + j];
			good &= c[i * n + j] == want;
		}
	free(a);
	free(b);
	free(c);
	return good;
}

static void test_results(int nthread)
{
	char what[80];
	bool good = true;
	for (size_t n = 0; n < 100; n++)
		good &= dot_is_right(n);
	good &= dot_is_right(100003);
	snprintf(what, sizeof what, "dot products, %d threads", nthread);
	report(good, what);
	good = true;
	for (size_t n = 1; n < 60; n++)
		good &= sums_are_right(n % 7, n) && sums_are_right(n, n % 7 + 1);
	good &= sums_are_right(20000, 50);
	snprintf(what, sizeof what, "sums of rows, %d threads", nthread);
	report(good, what);
	good = true;
	for (size_t n = 1; n < 40; n++)
		good &= product_is_right(n);
	good &= product_is_right(129) && product_is_right(200);
	snprintf(what, sizeof what, "products, %d threads", nthread);
	report(good, what);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	const char *why = NULL;
	if (gx_blas_load(&why)) {
		printf("# %s\n", gx_blas_name());
		report(gx_blas_name()[0] != 0 && gx_blas_load(&why),
		       "a BLAS is loaded, once, and has a name");
		bool told = gx_blas_threads(1);
		test_results(1);
		report(gx_blas_threads(2) == told && told == !strncmp(gx_blas_name(), "OpenBLAS", 8),
		       "OpenBLAS can be told its threads");
		if (told)
			test_results(2);
	} else {
		printf("# %s\n", why);
		report(why && strstr(why, "libopenblas.so.0: ") && strstr(why, "libblas.so.3: ") &&
			       !gx_blas_load(&why) && !gx_blas_threads(1),
		       "where there is no BLAS, what was looked for is said");
		skip("dot products, sums of rows, products");
	}
	printf("1..%u\n", tests);
	return failed != 0;
}
