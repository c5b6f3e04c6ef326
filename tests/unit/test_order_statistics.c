/* SPDX-License-Identifier: MIT */
/*
 * Order statistics of samples. Quantiles are those that NumPy 2.4 gives for
 * numpy.quantile(x, q) (method "linear", its default); the calls stand at the numbers. The
 * ranks of the interval are found anew, in integers: sums of binomial coefficients.
 */
#include "kernel/order_statistics.h"

#include <math.h>
#include <stdlib.h>

#include "unit.h"

/* Equal but for the last bits, where NumPy's interpolation rounds otherwise. */
static void check_near(double got, double want, size_t n, double q)
{
	unit_check(got == want || fabs(got - want) <= 4e-16 * fabs(want),
		   "quantile %g of %zu values: got %.17g, want %.17g", q, n, got, want);
}

static void test_quantiles(void)
{
	/* numpy.quantile([1, 2, 4, 8], [0, .1, .25, .5, .75, .9, 1]) */
	static const double four[] = { 1, 2, 4, 8 };
	static const double q[] = { 0, 0.1, 0.25, 0.5, 0.75, 0.9, 1 };
	static const double want_four[] = { 1, 1.3, 1.75, 3, 5, 6.8, 8 };
	/* numpy.quantile([-3, -1.5, 0, 2.25, 10], [0, .1, .25, .5, .75, .9, 1]) */
	static const double five[] = { -3, -1.5, 0, 2.25, 10 };
	static const double want_five[] = { -3, -2.4, -1.5, 0, 2.25, 6.9, 10 };
	/* numpy.quantile([3, 7], [0, .1, .25, .5, .75, .9, 1]) */
	static const double two[] = { 3, 7 };
	static const double want_two[] = { 3, 3.4, 4, 5, 6, 6.6, 7 };
	for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
		check_near(gx_order_statistics_quantile(four, 4, q[i]), want_four[i], 4, q[i]);
		check_near(gx_order_statistics_quantile(five, 5, q[i]), want_five[i], 5, q[i]);
		check_near(gx_order_statistics_quantile(two, 2, q[i]), want_two[i], 2, q[i]);
		check_near(gx_order_statistics_quantile(five + 4, 1, q[i]), 10, 1, q[i]);
	}
	unit_report("quantiles of 1, 2, 4 and 5 values are numpy.quantile's");

	/* A quantile never leaves what it lies between, and grows with q. */
	double x[60];
	for (size_t n = 1; n <= 60; n++) {
		for (size_t i = 0; i < n; i++)
			x[i] = 0.1 * (double)(i / 3) + 1e-17;
		double before = x[0];
		for (int k = 0; k <= 1000; k++) {
			double now = gx_order_statistics_quantile(x, n, k / 1000.0);
			unit_check(now >= before - 1e-15 && now >= x[0] && now <= x[n - 1],
				   "quantile %d/1000 of %zu: got %.17g behind %.17g", k, n, now,
				   before);
			before = now;
		}
	}
	unit_report("they grow with q and stay between the ends");
}

static void test_describe(void)
{
	/*
	 * x = [5.5, 1.25, 3, 9, 2, 4, 7.75]; numpy.sort(x)[[0, -1]], numpy.quantile(x,
	 * [.25, .5, .75]), numpy.sum(x); int(scipy.stats.binom.ppf(.025, 7, .5)) is 1: the ends.
	 */
	double x[] = { 5.5, 1.25, 3, 9, 2, 4, 7.75 };
	static const double sorted[] = { 1.25, 2, 3, 4, 5.5, 7.75, 9 };
	struct gx_order_statistics s;
	gx_order_statistics_describe(x, 7, &s);
	unit_same_all(x, sorted, 7, "sorted");
	unit_report("values are sorted");
	unit_equal(s.n, 7, "n");
	unit_same(s.min, 1.25, "min");
	unit_same(s.lower, 2.5, "lower quartile");
	unit_same(s.median, 4, "median");
	unit_same(s.upper, 6.625, "upper quartile");
	unit_same(s.max, 9, "max");
	unit_same(s.sum, 32.5, "sum");
	unit_report("ends, quartiles, median and sum are NumPy's");
	unit_same(s.low, 1.25, "low end");
	unit_same(s.high, 9, "high end");
	unit_report("the interval of seven is from end to end");
	double one = -2;
	gx_order_statistics_describe(&one, 1, &s);
	unit_equal(s.n, 1, "n");
	const double all[] = { s.min, s.lower, s.median, s.upper, s.max, s.low, s.high, s.sum };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		unit_same(all[i], -2, "field %zu", i);
	unit_report("one value is all of it");
}

/*
 * The largest r >= 1 for which 40 (C(n, 0) + ... + C(n, r - 1)) <= 2^n: a binomial(n, 1/2) is
 * below r with at most 1/40. In integers, where 40 x <= 2^n is x <= floor(2^n / 40).
 */
static size_t exact_rank(unsigned n)
{
	uint64_t term = 1, below = 0, most = (UINT64_C(1) << n) / 40;
	size_t rank = 1;
	for (unsigned r = 1; r <= n; r++) {
		below += term; /* C(n, 0) + ... + C(n, r - 1) */
		term = (uint64_t)((unsigned __int128)term * (n - r + 1) / r);
		if (below > most)
			break;
		rank = r;
	}
	return rank;
}

static size_t rank_by_interval(size_t n)
{
	double *x = unit_allocate(n, sizeof *x);
	struct gx_order_statistics s;
	for (size_t i = 0; i < n; i++)
		x[i] = (double)(n - i);
	gx_order_statistics_describe(x, n, &s);
	free(x);
	/* The same rank from above. */
	return s.high == (double)(n + 1) - s.low ? (size_t)s.low : 0;
}

static void test_ranks(void)
{
	for (unsigned n = 1; n <= 60; n++)
		unit_equal(rank_by_interval(n), exact_rank(n), "rank of %u values", n);
	unit_report("the interval's ranks for 1 to 60 values are those of exact binomials");
	/* As printed in tables of nonparametric intervals: 6 1, 9 2, 12 3, 20 6, 25 8, 30 10. */
	static const size_t printed[][2] = { { 5, 1 },	{ 6, 1 },  { 8, 1 },  { 9, 2 },
					     { 12, 3 }, { 20, 6 }, { 25, 8 }, { 30, 10 } };
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
		unit_equal(rank_by_interval(printed[i][0]), printed[i][1], "rank of %zu values",
			   printed[i][0]);
	unit_report("and those of tables");
	/* int(scipy.stats.binom.ppf(.025, n, .5)); above 1000 one less is as good, and safe. */
	static const size_t large[][2] = { { 100, 40 }, { 500, 228 }, { 1000, 469 },
					   { 1001, 470 }, { 4000, 1938 } };
	for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
		size_t n = large[i][0], got = rank_by_interval(n), want = large[i][1];
		unit_check(got == want || (n > 1000 && got + 1 == want),
			   "rank of %zu values: got %zu, want %zu", n, got, want);
	}
	unit_report("and for many values");
}

static void test_outliers(void)
{
	/* numpy.quantile([2, 3, 3, 4, 5, 5, 6], [.25, .75]) is [3, 5]: fences at 0 and 8. */
	double x[] = { 2, 3, 3, 4, 5, 5, 6 };
	struct gx_order_statistics s;
	gx_order_statistics_describe(x, 7, &s);
	unit_test(s.lower == 3 && s.upper == 5 && !gx_order_statistics_is_outlier(&s, 0) &&
		       !gx_order_statistics_is_outlier(&s, 8) &&
		       gx_order_statistics_is_outlier(&s, 8.001) &&
		       gx_order_statistics_is_outlier(&s, -0.001) &&
		       !gx_order_statistics_is_outlier(&s, 4),
	       "outliers are beyond the fence, not on it");
	double even[] = { 5, 5, 5, 5, 5, 9 };
	gx_order_statistics_describe(even, 6, &s);
	unit_test(gx_order_statistics_is_outlier(&s, 9) &&
		       !gx_order_statistics_is_outlier(&s, 5),
	       "where the quartiles are one, all else is an outlier");
}

static struct gx_order_statistics sample_of(double from, size_t n)
{
	double x[32];
	struct gx_order_statistics s;
	for (size_t i = 0; i < n; i++)
		x[i] = from + (double)i;
	gx_order_statistics_describe(x, n, &s);
	return s;
}

static void test_differ(void)
{
	struct gx_order_statistics a = sample_of(10, 9); /* the interval is 11 to 17 */
	struct gx_order_statistics touching = sample_of(16, 9),
				   apart = sample_of(16.5, 9);
	struct gx_order_statistics one = sample_of(1000, 1), two = sample_of(1000, 2);
	unit_test(!gx_order_statistics_differ(&a, &touching) &&
		       !gx_order_statistics_differ(&touching, &a),
	       "intervals that touch do not differ");
	unit_test(gx_order_statistics_differ(&a, &apart) &&
		       gx_order_statistics_differ(&apart, &a),
	       "those apart do, in whatever order");
	unit_test(!gx_order_statistics_differ(&a, &a),
	       "a sample does not differ from itself");
	unit_test(!gx_order_statistics_differ(&a, &one) &&
		       !gx_order_statistics_differ(&one, &a) &&
		       gx_order_statistics_differ(&a, &two),
	       "with one run nothing can be told");
}

int main(void)
{
	test_quantiles();
	test_describe();
	test_ranks();
	test_outliers();
	test_differ();
	return unit_end();
}
