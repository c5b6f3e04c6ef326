/* SPDX-License-Identifier: MIT */
/* Dot products, matrix products and reading against loops that a reader can check. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "race/race_products.h"
#include "unit.h"

static void *room_for(size_t n)
{
	return unit_allocate(n, 8);
}

/* ---- dot products ---- */

static double canonical(double x)
{
	return x != x ? unit_double(GX_NAN_BITS) : x;
}

static double plain_block(const double *x, const double *y, size_t n)
{
	volatile double lane[8] = { 0 };
	for (size_t j = 0; j < n; j++)
		lane[j % 8] += x[j] * y[j];
	return canonical(((lane[0] + lane[4]) + (lane[2] + lane[6])) +
			 ((lane[1] + lane[5]) + (lane[3] + lane[7])));
}

static void fill(double *to, size_t n, int kind)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = ldexp((double)(int64_t)unit_draw(), -(int)(40 + unit_draw() % 40));
		if (kind && unit_draw() % 2000 == 0)
			to[i] = unit_draw() % 3 ? -0.0 : unit_draw() % 2 ? INFINITY : NAN;
	}
}

static void check_dot(size_t n, int kind)
{
	size_t nblock = (n + GX_DOT_BLOCK - 1) / GX_DOT_BLOCK;
	double *x = room_for(n), *y = room_for(n), *partial = room_for(nblock + 1);
	fill(x, n, kind);
	fill(y, n, kind);
	partial[nblock] = 4711;
	gx_dot_blocks(x, y, n, partial);
	unit_same(partial[nblock], 4711, "behind the blocks of %zu values", n);
	double sum = 0;
	for (size_t b = 0; b < nblock; b++) {
		size_t from = b * GX_DOT_BLOCK;
		size_t size = n - from < GX_DOT_BLOCK ? n - from : GX_DOT_BLOCK;
		double want = plain_block(x + from, y + from, size);
		unit_same(partial[b], want, "%zu values, kind %d, block %zu", n, kind, b);
		sum += want;
	}
	unit_same(gx_dot(x, y, n), canonical(sum), "%zu values, kind %d", n, kind);
	free(x);
	free(y);
	free(partial);
}

static void test_dot(void)
{
	for (size_t n = 0; n <= 300; n++)
		for (int kind = 0; kind < 2; kind++)
			check_dot(n, kind);
	unit_report("dot products have the bits of eight lanes and one tree");
	for (size_t n = 3 * GX_DOT_BLOCK - 20; n <= 3 * GX_DOT_BLOCK + 20; n++)
		for (int kind = 0; kind < 2; kind++)
			check_dot(n, kind);
	check_dot(GX_DOT_BLOCK, 0);
	check_dot(100003, 1);
	unit_report("in blocks, which are added up in order");

	/* Whole blocks by themselves, as threads have them. */
	size_t n = 5 * GX_DOT_BLOCK + 77;
	double *x = room_for(n), *y = room_for(n), whole[6], part[6];
	fill(x, n, 0);
	fill(y, n, 0);
	gx_dot_blocks(x, y, n, whole);
	for (size_t b = 0; b < 6; b += 2)
		gx_dot_blocks(x + b * GX_DOT_BLOCK, y + b * GX_DOT_BLOCK,
			      b < 4 ? 2 * GX_DOT_BLOCK : n - b * GX_DOT_BLOCK, part + b);
	unit_same_all(part, whole, 6, "blocks");
	unit_report("and the same cut at blocks");
	for (size_t i = 0; i < n; i++)
		x[i] = i == 9 ? INFINITY : i == GX_DOT_BLOCK ? -INFINITY : 1, y[i] = 1;
	unit_equal(unit_bits(gx_dot(x, y, n)), GX_NAN_BITS, "bits");
	unit_report("a NaN that arises is the canonical one");
	free(x);
	free(y);
}

/* ---- matrix products ---- */

static uint64_t *reference(const uint64_t *a, const uint64_t *b, size_t n)
{
	uint64_t *c = room_for(n * n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			uint64_t sum = 0;
			for (size_t k = 0; k < n; k++)
				sum += a[i * n + k] * b[k * n + j];
			c[i * n + j] = sum;
		}
	return c;
}

typedef void product_int64(const int64_t *, const int64_t *, size_t, size_t, size_t, int64_t *);
typedef void product(const double *, const double *, size_t, size_t, size_t, double *);

/* c by rows [0, first), [first, last), [last, n), none of which may touch the others. */
static bool check_int64(product_int64 *multiply, size_t n, const int64_t *a, const int64_t *b,
			const uint64_t *want)
{
	int64_t *c = room_for(n * n);
	memset(c, 0x5a, n * n * sizeof *c);
	size_t first = n / 3, last = n - n / 5;
	multiply(a, b, n, first, last, c);
	bool good = true;
	for (size_t i = 0; i < n * n; i++)
		good &= unit_equal((uint64_t)c[i],
				   i / n >= first && i / n < last ? want[i]
								  : 0x5a5a5a5a5a5a5a5a,
				   "rows %zu to %zu of n = %zu, element %zu", first, last, n, i);
	multiply(a, b, n, 0, first, c);
	multiply(a, b, n, last, n, c);
	good &= unit_equal_all((uint64_t *)c, want, n * n, "n = %zu", n);
	free(c);
	return good;
}

/* Small integers as doubles: all sums are exact. */
static bool check_double(product *multiply, size_t n, const double *a, const double *b,
			 const uint64_t *want)
{
	double *c = room_for(n * n);
	for (size_t i = 0; i < n * n; i++)
		c[i] = -4711.5;
	size_t first = n / 3, last = n - n / 5;
	multiply(a, b, n, first, last, c);
	bool good = true;
	for (size_t i = 0; i < n * n; i++)
		good &= unit_same(c[i],
				  i / n >= first && i / n < last ? (double)(int64_t)want[i]
								 : -4711.5,
				  "rows %zu to %zu of n = %zu, element %zu", first, last, n, i);
	multiply(a, b, n, 0, first, c);
	multiply(a, b, n, last, n, c);
	for (size_t i = 0; i < n * n; i++)
		good &= unit_same(c[i], (double)(int64_t)want[i], "n = %zu, element %zu", n, i);
	free(c);
	return good;
}

static void check_products(size_t n)
{
	int64_t *a = room_for(n * n), *b = room_for(n * n);
	double *x = room_for(n * n), *y = room_for(n * n);
	for (size_t i = 0; i < n * n; i++) {
		a[i] = (int64_t)unit_draw();
		b[i] = (int64_t)unit_draw();
	}
	uint64_t *want = reference((uint64_t *)a, (uint64_t *)b, n);
	if (!check_int64(gx_product_naive_int64, n, a, b, want))
		unit_note("n = %zu: naive_int64", n);
	if (!check_int64(gx_product_blocked_int64, n, a, b, want))
		unit_note("n = %zu: blocked_int64", n);
	free(want);
	for (size_t i = 0; i < n * n; i++) {
		x[i] = (double)(a[i] %= 1000);
		y[i] = (double)(b[i] %= 1000);
	}
	want = reference((uint64_t *)a, (uint64_t *)b, n);
	if (!check_double(gx_product_naive, n, x, y, want))
		unit_note("n = %zu: naive", n);
	if (!check_double(gx_product_blocked, n, x, y, want))
		unit_note("n = %zu: blocked", n);
	free(want);
	free(a);
	free(b);
	free(x);
	free(y);
}

static void test_products(void)
{
	for (size_t n = 1; n <= 40; n++)
		check_products(n);
	unit_report("products of all sizes to 40, integers modulo 2^64");
	/* About the edges of the tiles, 64 deep and 512 wide. */
	static const size_t sizes[] = { 63, 64, 65, 66, 67, 129, 130, 511, 513 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		check_products(sizes[i]);
	unit_report("and at the edges of tiles");

	double a[4] = { 0, 1, 1, 0 }, b[4] = { INFINITY, NAN, 2, 3 }, c[4];
	product *both[] = { gx_product_naive, gx_product_blocked };
	for (int i = 0; i < 2; i++) {
		both[i](a, b, 2, 0, 2, c);
		unit_check(isnan(c[0]) && isnan(c[1]) && isinf(c[2]) && isnan(c[3]),
			   "%s: %g %g %g %g", i ? "blocked" : "naive", c[0], c[1], c[2], c[3]);
	}
	unit_report("0 times infinity is missing");
}

/* ---- reading ---- */

static void test_reading(void)
{
	for (size_t n = 0; n <= 300; n++) {
		uint64_t *x = room_for(n), want = 0;
		for (size_t i = 0; i < n; i++)
			want ^= x[i] = unit_draw();
		unit_equal(gx_read_values((double *)(void *)x, n), want, "%zu values", n);
		for (size_t i = 0; i < n; i++) { /* each one is read, each bit of it */
			uint64_t bit = UINT64_C(1) << unit_draw() % 64;
			x[i] ^= bit;
			unit_equal(gx_read_values((double *)(void *)x, n), want ^ bit,
				   "a bit of value %zu of %zu", i, n);
			x[i] ^= bit;
		}
		free(x);
	}
	unit_report("the exclusive or of all bits, every value read");
}

int main(void)
{
	test_dot();
	test_products();
	test_reading();
	return unit_end();
}
