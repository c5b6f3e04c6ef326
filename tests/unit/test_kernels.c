/* SPDX-License-Identifier: MIT */
/*
 * The kernels of mean.h, count.h and digest.h against loops that a reader can check, over
 * arrays that end (or begin) at a page that must not be touched, of every width to 300.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/gx.h"
#include "kernel/count.h"
#include "kernel/digest.h"
#include "kernel/mean.h"
#include "unit.h"

enum { WIDEST = 300, ROWS = 3, ROOM = 16384 /* bytes of the largest array */ };

/* ---- values ---- */

static bool is_nan_bits(uint64_t bits)
{
	return (bits & ~(UINT64_C(1) << 63)) > UINT64_C(0x7ff0000000000000);
}

/* What the next value may be: kind 0 finite ones of all sizes, 1 with some of all others. */
static double value(int kind)
{
	static const double odd[] = { 0.0, -0.0, INFINITY, -INFINITY, 5e-324, -5e-324, 1.7e308,
				      -1.7e308, 12.0 };
	uint64_t r = unit_draw();
	if (kind && r % 8 == 0)
		return unit_double(GX_NAN_BITS);
	if (kind && r % 8 == 1)
		return odd[unit_draw() % (sizeof odd / sizeof *odd)];
	double x = (double)(int64_t)(unit_draw() >> 11) * 0x1p-40;
	return r % 8 == 2 ? x * 1e9 : r % 8 == 3 ? -x : r % 8 == 4 ? x * 1e-12 : x - 4096;
}

static void fill(double *to, size_t n, int kind)
{
	for (size_t i = 0; i < n; i++)
		to[i] = value(kind);
}

/* ---- what is right ---- */

static double canonical(double x)
{
	return is_nan_bits(unit_bits(x)) ? unit_double(GX_NAN_BITS) : x;
}

static double naive_mean(const double *row, size_t ncol, bool skip, double *there)
{
	double lane[8] = { 0 };
	size_t n = 0;
	for (size_t j = 0; j < ncol; j++) {
		if (skip && is_nan_bits(unit_bits(row[j])))
			continue;
		lane[j % 8] += row[j];
		n++;
	}
	*there = (double)n;
	double sum = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
		     ((lane[1] + lane[5]) + (lane[3] + lane[7]));
	return n ? canonical(sum / (double)n) : unit_double(GX_NAN_BITS);
}

static bool passes(double x, double threshold, bool below)
{
	return below ? x < threshold : x > threshold;
}

/* ---- the tests ---- */

static void test_means(const struct unit_fence *in, const struct unit_fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = unit_place(in, n * sizeof *x, how & 1);
				double *mean = unit_place(out, nrow * sizeof *mean, how & 1);
				fill(x, n, how >> 1);
				gx_mean_rows(x, nrow, ncol, mean);
				for (size_t i = 0; i < nrow; i++) {
					double there;
					unit_same(mean[i],
						  naive_mean(x + i * ncol, ncol, false, &there),
						  "gx_mean_rows of %zu x %zu, row %zu", nrow, ncol,
						  i);
				}
			}
	unit_report("means of rows have the bits of eight lanes and one tree");
}

static void test_means_skip_na(const struct unit_fence *in, const struct unit_fence *out,
			       const struct unit_fence *counts)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = unit_place(in, n * sizeof *x, how & 1);
				double *mean = unit_place(out, nrow * sizeof *mean, how & 1);
				double *there = unit_place(counts, nrow * sizeof *there, how & 1);
				fill(x, n, how >> 1);
				if (how == 3 && nrow)
					for (size_t j = 0; j < ncol; j++)
						x[j] = unit_double(GX_NAN_BITS);
				gx_mean_rows_skip_na(x, nrow, ncol, mean, there);
				for (size_t i = 0; i < nrow; i++) {
					double k, m = naive_mean(x + i * ncol, ncol, true, &k);
					unit_same(mean[i], m,
						  "gx_mean_rows_skip_na of %zu x %zu, row %zu",
						  nrow, ncol, i);
					unit_same(there[i], k,
						  "values there in row %zu of %zu x %zu", i, nrow,
						  ncol);
				}
			}
	unit_report("means of what is there, and how many there are");
}

static const double thresholds[] = { 12, 0, -0.0, -4096, 5e-324, 1.7e308, -1.7e308 };
enum { THRESHOLDS = sizeof thresholds / sizeof *thresholds };

static void test_count_columns(const struct unit_fence *in, const struct unit_fence *a,
			       const struct unit_fence *b)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (int how = 0; how < 8; how++) {
			size_t nrow = unit_draw() % (2 * ROWS), n = nrow * ncol;
			double *x = unit_place(in, n * sizeof *x, how & 1);
			uint64_t *above = unit_place(a, ncol * sizeof *above, how & 1);
			uint64_t *missing = unit_place(b, ncol * sizeof *missing, how & 1);
			uint64_t want_above[WIDEST], want_missing[WIDEST];
			double threshold = thresholds[unit_draw() % THRESHOLDS];
			bool below = how & 4;
			fill(x, n, how & 2);
			for (size_t j = 0; j < ncol; j++) {
				/* It adds to what is there. */
				want_above[j] = above[j] = unit_draw();
				want_missing[j] = missing[j] = unit_draw();
				for (size_t i = 0; i < nrow; i++) {
					double v = x[i * ncol + j];
					want_above[j] += passes(v, threshold, below);
					want_missing[j] += is_nan_bits(unit_bits(v));
				}
			}
			gx_count_columns(x, nrow, ncol, threshold, below, above, missing);
			unit_equal_all(above, want_above, ncol, "above %g (below: %d) in %zu x %zu",
				       threshold, below, nrow, ncol);
			unit_equal_all(missing, want_missing, ncol, "missing in %zu x %zu", nrow,
				       ncol);
		}
	unit_report("rows above and below, and missing, in each column");
}

/* Many rows, as of one column of means: other loops may serve them. */
static void test_count_tall(const struct unit_fence *in, const struct unit_fence *a,
			    const struct unit_fence *b)
{
	for (size_t ncol = 1; ncol <= 9; ncol++)
		for (size_t nrow = 0; nrow * ncol <= 1200; nrow += 1 + nrow / 40)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = unit_place(in, n * sizeof *x, how & 1);
				uint64_t *above = unit_place(a, ncol * sizeof *above, 1);
				uint64_t *missing = unit_place(b, ncol * sizeof *missing, 1);
				double threshold = thresholds[unit_draw() % THRESHOLDS];
				bool below = how & 2;
				fill(x, n, 1);
				memset(above, 0, ncol * sizeof *above);
				memset(missing, 0, ncol * sizeof *missing);
				gx_count_columns(x, nrow, ncol, threshold, below, above, missing);
				for (size_t j = 0; j < ncol; j++) {
					uint64_t count = 0, holes = 0;
					for (size_t i = 0; i < nrow; i++) {
						count += passes(x[i * ncol + j], threshold, below);
						holes += is_nan_bits(unit_bits(x[i * ncol + j]));
					}
					unit_equal(above[j], count,
						   "above %g (below: %d) in %zu x %zu, column %zu",
						   threshold, below, nrow, ncol, j);
					unit_equal(missing[j], holes,
						   "missing in %zu x %zu, column %zu", nrow, ncol,
						   j);
				}
			}
	unit_report("the same for many rows of few columns");
}

static void test_count_rows(const struct unit_fence *in, const struct unit_fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (int how = 0; how < 8; how++) {
			size_t nrow = unit_draw() % (2 * ROWS), n = nrow * ncol;
			double *x = unit_place(in, n * sizeof *x, how & 1);
			uint64_t *above = unit_place(out, nrow * sizeof *above, how & 1);
			double threshold = thresholds[unit_draw() % THRESHOLDS];
			bool below = how & 4;
			fill(x, n, how & 2);
			gx_count_rows(x, nrow, ncol, threshold, below, above);
			for (size_t i = 0; i < nrow; i++) {
				uint64_t count = 0;
				for (size_t j = 0; j < ncol; j++)
					count += passes(x[i * ncol + j], threshold, below);
				unit_equal(above[i], count,
					   "above %g (below: %d) in %zu x %zu, row %zu", threshold,
					   below, nrow, ncol, i);
			}
		}
	unit_report("columns above and below in each row");
}

static void test_digests(const struct unit_fence *in, const struct unit_fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = unit_place(in, n * sizeof *x, how & 1);
				uint64_t *digest = unit_place(out, nrow * sizeof *digest, how & 1);
				uint64_t sum = 0;
				fill(x, n, how >> 1);
				gx_digest_rows(x, nrow, ncol, digest);
				for (size_t i = 0; i < nrow; i++) {
					uint64_t want = XXH3_64bits(x + i * ncol, ncol * sizeof *x);
					unit_equal(digest[i], want, "digest of %zu x %zu, row %zu",
						   nrow, ncol, i);
					sum += want;
				}
				unit_equal(gx_digest_sum(digest, nrow), sum, "gx_digest_sum of %zu",
					   nrow);
			}
	unit_report("digests of rows are XXH3-64 of their bytes");
	for (size_t n = 0; n <= WIDEST; n++)
		for (int where = 0; where < 2; where++) {
			uint64_t *digest = unit_place(in, n * sizeof *digest, where), sum = 0;
			for (size_t i = 0; i < n; i++)
				sum += digest[i] = unit_draw();
			unit_equal(gx_digest_sum(digest, n), sum, "gx_digest_sum of %zu", n);
		}
	unit_report("the sum of digests is modulo 2^64");
}

static void test_nans(const struct unit_fence *in)
{
	static const uint64_t edges[] = {
		0, 1, UINT64_C(1) << 63, UINT64_C(0x7ff0000000000000), UINT64_C(0xfff0000000000000),
		UINT64_C(0x7ff0000000000001), UINT64_C(0xfff0000000000001), GX_NAN_BITS,
		GX_NAN_BITS | 1, GX_NAN_BITS | UINT64_C(1) << 63, UINT64_C(0x7fefffffffffffff),
		UINT64_C(0xffffffffffffffff), UINT64_C(0x7fffffffffffffff),
	};
	enum { EDGES = sizeof edges / sizeof *edges };
	for (size_t n = 0; n <= WIDEST; n++)
		for (int how = 0; how < 8; how++) {
			uint64_t *x = unit_place(in, n * sizeof *x, how & 1), want[WIDEST];
			bool sound = true;
			for (size_t i = 0; i < n; i++) {
				x[i] = unit_draw() % 16 ? unit_draw() : edges[unit_draw() % EDGES];
				if (how & 2 && is_nan_bits(x[i])) /* often none but canonical ones */
					x[i] = GX_NAN_BITS;
				if (how & 4 && i == n / 2)
					x[i] = edges[unit_draw() % EDGES];
				want[i] = is_nan_bits(x[i]) ? GX_NAN_BITS : x[i];
				sound &= want[i] == x[i];
			}
			double *as_double = (double *)(void *)x;
			unit_equal(gx_nan_is_canonical(as_double, n), sound,
				   "gx_nan_is_canonical of %zu", n);
			gx_nan_canonicalise(as_double, n);
			unit_equal_all(x, want, n, "gx_nan_canonicalise of %zu", n);
			unit_check(gx_nan_is_canonical(as_double, n), "%zu canonical ones", n);
		}
	unit_report("every NaN is made the canonical one, and nothing else is changed");
}

static void test_zeros(const struct unit_fence *in)
{
	for (size_t n = 0; n <= WIDEST; n++)
		for (int where = 0; where < 2; where++) {
			unsigned char *byte = unit_place(in, n, where);
			memset(in->first, 0xff, in->n);
			if (n)
				memset(byte, 0, n);
			unit_check(gx_all_zero(byte, n), "%zu zeros are zeros", n);
			for (size_t i = 0; i < n; i++) {
				byte[i] = (unsigned char)(1u << unit_draw() % 8);
				unit_check(!gx_all_zero(byte, n), "of %zu, byte %zu is %u", n, i,
					   byte[i]);
				byte[i] = 0;
			}
		}
	unit_report("zeros are told from anything else, at every offset");
}

static void test_hex(void)
{
	for (int i = 0; i < 1000; i++) {
		uint64_t value = i < 64 ? UINT64_C(1) << i : i == 64 ? 0 : unit_draw(), back;
		char text[GX_HEX + 1], want[GX_HEX + 1];
		snprintf(want, sizeof want, "%016" PRIx64, value);
		gx_hex_print(value, text);
		unit_text(text, want, "gx_hex_print");
		if (unit_check(gx_hex_read(text, GX_HEX, &back), "%s is read", text))
			unit_equal(back, value, "gx_hex_read of %s", text);
	}
	static const char *const wrong[] = { "",
					     "0",
					     "00000000000000000",
					     "000000000000000",
					     "000000000000000g",
					     "000000000000000A",
					     "0x00000000000000",
					     " 000000000000000",
					     "+000000000000000",
					     "-000000000000001",
					     "000000000000000 " };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		uint64_t back;
		unit_check(!gx_hex_read(wrong[i], strlen(wrong[i]), &back), "'%s' is refused",
			   wrong[i]);
	}
	unit_report("hex digits are sixteen, lower-case, and nothing else");
}

int main(void)
{
	struct unit_fence in = unit_fence_make(ROOM), a = unit_fence_make(ROOM),
			  b = unit_fence_make(ROOM);
	test_means(&in, &a);
	test_means_skip_na(&in, &a, &b);
	test_count_columns(&in, &a, &b);
	test_count_tall(&in, &a, &b);
	test_count_rows(&in, &a);
	test_digests(&in, &a);
	test_nans(&in);
	test_zeros(&in);
	test_hex();
	return unit_end();
}
