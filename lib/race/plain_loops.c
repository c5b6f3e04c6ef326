/* SPDX-License-Identifier: MIT */
#include "race/plain_loops.h"

#include "base/gx.h"
#include "kernel/lanes.h"
#include "race/race_products.h"
#include "race/scalar.h"

GX_INLINE double add(double a, double b)
{
	double sum = a + b;
	GX_SCALAR(sum);
	return sum;
}

GX_INLINE double times(double a, double b)
{
	double product = a * b;
	GX_SCALAR(product);
	return product;
}

/* Value j, or with a y, known when this is compiled, the product of both. */
GX_INLINE double value_at(const double *x, const double *y, size_t j)
{
	return y ? times(x[j], y[j]) : x[j];
}

/*
 * The lanes are eight variables, so that they live in registers. An array would be loaded and
 * stored at each value.
 */
GX_INLINE double sum_in_lanes(const double *x, const double *y, size_t n)
{
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	size_t j = 0;
	for (; j + 8 <= n; j += 8) {
		s0 = add(s0, value_at(x, y, j));
		s1 = add(s1, value_at(x, y, j + 1));
		s2 = add(s2, value_at(x, y, j + 2));
		s3 = add(s3, value_at(x, y, j + 3));
		s4 = add(s4, value_at(x, y, j + 4));
		s5 = add(s5, value_at(x, y, j + 5));
		s6 = add(s6, value_at(x, y, j + 6));
		s7 = add(s7, value_at(x, y, j + 7));
	}
	s0 = j < n ? add(s0, value_at(x, y, j)) : s0;
	s1 = j + 1 < n ? add(s1, value_at(x, y, j + 1)) : s1;
	s2 = j + 2 < n ? add(s2, value_at(x, y, j + 2)) : s2;
	s3 = j + 3 < n ? add(s3, value_at(x, y, j + 3)) : s3;
	s4 = j + 4 < n ? add(s4, value_at(x, y, j + 4)) : s4;
	s5 = j + 5 < n ? add(s5, value_at(x, y, j + 5)) : s5;
	s6 = j + 6 < n ? add(s6, value_at(x, y, j + 6)) : s6;
	return add(add(add(s0, s4), add(s2, s6)), add(add(s1, s5), add(s3, s7)));
}

void gx_plain_mean_rows(const double *value, size_t nrow, size_t ncol, double *mean)
{
	double n = (double)(int64_t)ncol; /* unsigned would be two packed instructions */
	for (size_t i = 0; i < nrow; i++)
		mean[i] = gx_nan_canonical(sum_in_lanes(value + i * ncol, NULL, ncol) / n);
}

void gx_plain_sum_rows(const double *value, size_t nrow, size_t ncol, double *sum)
{
	for (size_t i = 0; i < nrow; i++)
		sum[i] = gx_nan_canonical(sum_in_lanes(value + i * ncol, NULL, ncol));
}

double gx_plain_dot(const double *x, const double *y, size_t n)
{
	double sum = 0;
	for (size_t j = 0; j < n; j += GX_DOT_BLOCK)
		sum += sum_in_lanes(x + j, y + j, n - j < GX_DOT_BLOCK ? n - j : GX_DOT_BLOCK);
	return gx_nan_canonical(sum);
}

void gx_plain_count(const double *value, size_t n, double threshold, uint64_t *above,
		    uint64_t *missing)
{
	uint64_t over = 0, none = 0;
	for (size_t i = 0; i < n; i++) {
		over += value[i] > threshold;
		none += value[i] != value[i];
		GX_SCALAR_INTEGER(over);
		GX_SCALAR_INTEGER(none);
	}
	*above += over;
	*missing += none;
}
