/* SPDX-License-Identifier: MIT */
/*
 * The kernels of mean.h, count.h and digest.h against loops that a reader can check, over
 * arrays that end (or begin) at a page that must not be touched, of every width to 300.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/gx.h"
#include "kernel/count.h"
#include "kernel/digest.h"
#include "kernel/mean.h"

enum { WIDEST = 300, ROWS = 3, PAGES = 4 };

static unsigned tests, failed;
static bool good;

static void check(bool holds, const char *what, size_t nrow, size_t ncol)
{
	if (holds || !good)
		return;
	printf("# %s: %zu x %zu\n", what, nrow, ncol);
	good = false;
}

static void report(const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
	good = true;
}

/* ---- memory between two pages that nobody may touch ---- */

struct fence {
	unsigned char *first; /* first byte that may be touched */
	size_t n;
};

static struct fence fence_make(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = PAGES * page;
	unsigned char *all = mmap(NULL, n + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED || mprotect(all + page, n, PROT_READ | PROT_WRITE) != 0) {
		printf("Bail out! no memory\n");
		exit(1);
	}
	return (struct fence){ all + page, n };
}

/* n bytes that end at the fence, or begin at it. */
static void *at_end(const struct fence *f, size_t n)
{
	return f->first + f->n - n;
}

static void *place(const struct fence *f, size_t n, int where)
{
	return where ? at_end(f, n) : f->first;
}

/* ---- values ---- */

static uint64_t state = 88172645463325252u;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double from_bits(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

static uint64_t to_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static bool is_nan_bits(uint64_t bits)
{
	return (bits & ~(UINT64_C(1) << 63)) > UINT64_C(0x7ff0000000000000);
}

/* Whether two doubles have the same bits. */
static bool same(double a, double b)
{
	return to_bits(a) == to_bits(b);
}

/* What the next value may be: kind 0 finite ones of all sizes, 1 with some of all others. */
static double value(int kind)
{
	static const double odd[] = { 0.0, -0.0, INFINITY, -INFINITY, 5e-324, -5e-324, 1.7e308,
				      -1.7e308, 12.0 };
	uint64_t r = draw();
	if (kind && r % 8 == 0)
		return from_bits(GX_NAN_BITS);
	if (kind && r % 8 == 1)
		return odd[draw() % (sizeof odd / sizeof *odd)];
	double x = (double)(int64_t)(draw() >> 11) * 0x1p-40;
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
	return is_nan_bits(to_bits(x)) ? from_bits(GX_NAN_BITS) : x;
}

static double naive_mean(const double *row, size_t ncol, bool skip, double *there)
{
	double lane[8] = { 0 };
	size_t n = 0;
	for (size_t j = 0; j < ncol; j++) {
		if (skip && is_nan_bits(to_bits(row[j])))
			continue;
		lane[j % 8] += row[j];
		n++;
	}
	*there = (double)n;
	double sum = ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
		     ((lane[1] + lane[5]) + (lane[3] + lane[7]));
	return n ? canonical(sum / (double)n) : from_bits(GX_NAN_BITS);
}

static bool passes(double x, double threshold, bool below)
{
	return below ? x < threshold : x > threshold;
}

/* ---- the tests ---- */

static void test_means(const struct fence *in, const struct fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = place(in, n * sizeof *x, how & 1);
				double *mean = place(out, nrow * sizeof *mean, how & 1);
				fill(x, n, how >> 1);
				gx_mean_rows(x, nrow, ncol, mean);
				for (size_t i = 0; i < nrow; i++) {
					double there;
					check(same(mean[i], naive_mean(x + i * ncol, ncol, false,
								       &there)),
					      "gx_mean_rows", nrow, ncol);
				}
			}
	report("means of rows have the bits of eight lanes and one tree");
}

static void test_means_skip_na(const struct fence *in, const struct fence *out,
			       const struct fence *counts)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = place(in, n * sizeof *x, how & 1);
				double *mean = place(out, nrow * sizeof *mean, how & 1);
				double *there = place(counts, nrow * sizeof *there, how & 1);
				fill(x, n, how >> 1);
				if (how == 3 && nrow)
					for (size_t j = 0; j < ncol; j++)
						x[j] = from_bits(GX_NAN_BITS);
				gx_mean_rows_skip_na(x, nrow, ncol, mean, there);
				for (size_t i = 0; i < nrow; i++) {
					double k, m = naive_mean(x + i * ncol, ncol, true, &k);
					check(same(mean[i], m) && same(there[i], k),
					      "gx_mean_rows_skip_na", nrow, ncol);
				}
			}
	report("means of what is there, and how many there are");
}

static const double thresholds[] = { 12, 0, -0.0, -4096, 5e-324, 1.7e308, -1.7e308 };
enum { THRESHOLDS = sizeof thresholds / sizeof *thresholds };

static void test_count_columns(const struct fence *in, const struct fence *a,
			       const struct fence *b)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (int how = 0; how < 8; how++) {
			size_t nrow = draw() % (2 * ROWS), n = nrow * ncol;
			double *x = place(in, n * sizeof *x, how & 1);
			uint64_t *above = place(a, ncol * sizeof *above, how & 1);
			uint64_t *missing = place(b, ncol * sizeof *missing, how & 1);
			uint64_t want_above[WIDEST], want_missing[WIDEST];
			double threshold = thresholds[draw() % THRESHOLDS];
			bool below = how & 4;
			fill(x, n, how & 2);
			for (size_t j = 0; j < ncol; j++) {
				/* It adds to what is there. */
				want_above[j] = above[j] = draw();
				want_missing[j] = missing[j] = draw();
				for (size_t i = 0; i < nrow; i++) {
					double v = x[i * ncol + j];
					want_above[j] += passes(v, threshold, below);
					want_missing[j] += is_nan_bits(to_bits(v));
				}
			}
			gx_count_columns(x, nrow, ncol, threshold, below, above, missing);
			check(memcmp(above, want_above, ncol * sizeof *above) == 0 &&
				      memcmp(missing, want_missing, ncol * sizeof *missing) == 0,
			      "gx_count_columns", nrow, ncol);
		}
	report("rows above and below, and missing, in each column");
}

/* Many rows, as of one column of means: other loops may serve them. */
static void test_count_tall(const struct fence *in, const struct fence *a, const struct fence *b)
{
	for (size_t ncol = 1; ncol <= 9; ncol++)
		for (size_t nrow = 0; nrow * ncol <= 1200; nrow += 1 + nrow / 40)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = place(in, n * sizeof *x, how & 1);
				uint64_t *above = place(a, ncol * sizeof *above, 1);
				uint64_t *missing = place(b, ncol * sizeof *missing, 1);
				double threshold = thresholds[draw() % THRESHOLDS];
				bool below = how & 2;
				fill(x, n, 1);
				memset(above, 0, ncol * sizeof *above);
				memset(missing, 0, ncol * sizeof *missing);
				gx_count_columns(x, nrow, ncol, threshold, below, above, missing);
				for (size_t j = 0; j < ncol; j++) {
					uint64_t count = 0, holes = 0;
					for (size_t i = 0; i < nrow; i++) {
						count += passes(x[i * ncol + j], threshold, below);
						holes += is_nan_bits(to_bits(x[i * ncol + j]));
					}
					check(above[j] == count && missing[j] == holes,
					      "gx_count_columns", nrow, ncol);
				}
			}
	report("the same for many rows of few columns");
}

static void test_count_rows(const struct fence *in, const struct fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (int how = 0; how < 8; how++) {
			size_t nrow = draw() % (2 * ROWS), n = nrow * ncol;
			double *x = place(in, n * sizeof *x, how & 1);
			uint64_t *above = place(out, nrow * sizeof *above, how & 1);
			double threshold = thresholds[draw() % THRESHOLDS];
			bool below = how & 4;
			fill(x, n, how & 2);
			gx_count_rows(x, nrow, ncol, threshold, below, above);
			for (size_t i = 0; i < nrow; i++) {
				uint64_t count = 0;
				for (size_t j = 0; j < ncol; j++)
					count += passes(x[i * ncol + j], threshold, below);
				check(above[i] == count, "gx_count_rows", nrow, ncol);
			}
		}
	report("columns above and below in each row");
}

static void test_digests(const struct fence *in, const struct fence *out)
{
	for (size_t ncol = 1; ncol <= WIDEST; ncol++)
		for (size_t nrow = 0; nrow <= ROWS; nrow++)
			for (int how = 0; how < 4; how++) {
				size_t n = nrow * ncol;
				double *x = place(in, n * sizeof *x, how & 1);
				uint64_t *digest = place(out, nrow * sizeof *digest, how & 1);
				uint64_t sum = 0;
				fill(x, n, how >> 1);
				gx_digest_rows(x, nrow, ncol, digest);
				for (size_t i = 0; i < nrow; i++) {
					uint64_t want = XXH3_64bits(x + i * ncol, ncol * sizeof *x);
					check(digest[i] == want, "gx_digest_rows", nrow, ncol);
					sum += want;
				}
				check(gx_digest_sum(digest, nrow) == sum, "gx_digest_sum", nrow, ncol);
			}
	report("digests of rows are XXH3-64 of their bytes");
	for (size_t n = 0; n <= WIDEST; n++)
		for (int where = 0; where < 2; where++) {
			uint64_t *digest = place(in, n * sizeof *digest, where), sum = 0;
			for (size_t i = 0; i < n; i++)
				sum += digest[i] = draw();
			check(gx_digest_sum(digest, n) == sum, "gx_digest_sum", n, 1);
		}
	report("the sum of digests is modulo 2^64");
}

static void test_nans(const struct fence *in)
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
			uint64_t *x = place(in, n * sizeof *x, how & 1), want[WIDEST];
			bool sound = true;
			for (size_t i = 0; i < n; i++) {
				x[i] = draw() % 16 ? draw() : edges[draw() % EDGES];
				if (how & 2 && is_nan_bits(x[i])) /* often none but canonical ones */
					x[i] = GX_NAN_BITS;
				if (how & 4 && i == n / 2)
					x[i] = edges[draw() % EDGES];
				want[i] = is_nan_bits(x[i]) ? GX_NAN_BITS : x[i];
				sound &= want[i] == x[i];
			}
			double *as_double = (double *)(void *)x;
			check(gx_nan_is_canonical(as_double, n) == sound, "gx_nan_is_canonical", n, 1);
			gx_nan_canonicalise(as_double, n);
			check(n == 0 || memcmp(x, want, n * sizeof *x) == 0, "gx_nan_canonicalise", n, 1);
			check(gx_nan_is_canonical(as_double, n), "gx_nan_is_canonical", n, 1);
		}
	report("every NaN is made the canonical one, and nothing else is changed");
}

static void test_zeros(const struct fence *in)
{
	for (size_t n = 0; n <= WIDEST; n++)
		for (int where = 0; where < 2; where++) {
			unsigned char *byte = place(in, n, where);
			memset(in->first, 0xff, in->n);
			if (n)
				memset(byte, 0, n);
			check(gx_all_zero(byte, n), "gx_all_zero", n, 1);
			for (size_t i = 0; i < n; i++) {
				byte[i] = (unsigned char)(1u << draw() % 8);
				check(!gx_all_zero(byte, n), "gx_all_zero with one bit", n, i);
				byte[i] = 0;
			}
		}
	report("zeros are told from anything else, at every offset");
}

static void test_hex(void)
{
	for (int i = 0; i < 1000; i++) {
		uint64_t value = i < 64 ? UINT64_C(1) << i : i == 64 ? 0 : draw(), back;
		char text[GX_HEX + 1], want[GX_HEX + 1];
		snprintf(want, sizeof want, "%016llx", (unsigned long long)value);
		gx_hex_print(value, text);
		check(strcmp(text, want) == 0, "gx_hex_print", 1, 1);
		check(gx_hex_read(text, GX_HEX, &back) && back == value, "gx_hex_read", 1, 1);
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
		check(!gx_hex_read(wrong[i], strlen(wrong[i]), &back), wrong[i], 1, 1);
	}
	report("hex digits are sixteen, lower-case, and nothing else");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not swallow what came before */
	good = true;
	struct fence in = fence_make(), a = fence_make(), b = fence_make();
	test_means(&in, &a);
	test_means_skip_na(&in, &a, &b);
	test_count_columns(&in, &a, &b);
	test_count_tall(&in, &a, &b);
	test_count_rows(&in, &a);
	test_digests(&in, &a);
	test_nans(&in);
	test_zeros(&in);
	test_hex();
	printf("1..%u\n", tests);
	return failed != 0;
}
