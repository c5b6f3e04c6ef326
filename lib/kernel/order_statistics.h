/* SPDX-License-Identifier: MIT */
/*
 * What a handful of measurements says. Times are never normal: a run is disturbed and
 * then it is longer, never shorter. So everything here is an order statistic.
 */
#ifndef GX_ORDER_STATISTICS_H
#define GX_ORDER_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Quartiles and median are linear between order statistics (type 7 of Hyndman and Fan,
 * The American Statistician 50, 1996: NumPy's and R's default). [low, high] holds the
 * true median with at least 95% where n >= 6: the r-th smallest and the r-th largest
 * value, with the largest r for which a binomial(n, 1/2) is below r with at most 2.5%.
 * With less than six it is [min, max], and promises less.
 */
struct gx_order_statistics {
	size_t n;
	double min, lower, median, upper, max; /* lower and upper: the quartiles */
	double low, high;
	double sum;
};

/* Sorts the n >= 1 values and describes them. None may be NaN. */
void gx_order_statistics_describe(double *value, size_t n,
				  struct gx_order_statistics *sample);

/*
 * Quantile 0 <= q <= 1 of n >= 1 sorted values, type 7.
 */
double gx_order_statistics_quantile(const double *sorted, size_t n, double q);

/*
 * Whether a value is an outlier: beyond the quartiles by more than 1.5 times what lies
 * between them (Tukey's fence).
 */
bool gx_order_statistics_is_outlier(const struct gx_order_statistics *sample,
				    double value);

/*
 * Whether two samples differ by more than their noise: their intervals for the median do
 * not overlap. With one run on either side nothing can be told: false.
 */
bool gx_order_statistics_differ(const struct gx_order_statistics *a,
				const struct gx_order_statistics *b);

#endif
