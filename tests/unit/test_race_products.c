/* SPDX-License-Identifier: MIT */
/* Dot products, matrix products and reading against loops that a reader can check. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "race/race_products.h"

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

static void *room_for(size_t n)
{
	void *x = calloc(n + !n, 8);
	if (!x)
		exit(1);
	return x;
}

static uint64_t to_bits(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

/* ---- dot products ---- */

static double canonical(double x)
{
	uint64_t bits = GX_NAN_BITS;
	if (x != x)
		memcpy(&x, &bits, sizeof x);
	return x;
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
		to[i] = ldexp((double)(int64_t)draw(), -(int)(40 + draw() % 40));
		if (kind && draw() % 2000 == 0)
			to[i] = draw() % 3 ? -0.0 : draw() % 2 ? INFINITY : NAN;
	}
}

static bool dot_is_right(size_t n, int kind)
{
	size_t nblock = (n + GX_DOT_BLOCK - 1) / GX_DOT_BLOCK;
	double *x = room_for(n), *y = room_for(n), *partial = room_for(nblock + 1);
	fill(x, n, kind);
	fill(y, n, kind);
	partial[nblock] = 4711;
	gx_dot_blocks(x, y, n, partial);
	bool good = partial[nblock] == 4711;
	double sum = 0;
	for (size_t b = 0; b < nblock; b++) {
		size_t from = b * GX_DOT_BLOCK;
		size_t size = n - from < GX_DOT_BLOCK ? n - from : GX_DOT_BLOCK;
		double want = plain_block(x + from, y + from, size);
		good &= to_bits(partial[b]) == to_bits(want);
		sum += want;
	}
	good &= to_bits(gx_dot(x, y, n)) == to_bits(canonical(sum));
	if (!good)
		printf("# %zu values\n", n);
	free(x);
	free(y);
	free(partial);
	return good;
}

static void test_dot(void)
{
	bool good = true;
	for (size_t n = 0; n <= 300; n++)
		good &= dot_is_right(n, 0) && dot_is_right(n, 1);
	report(good, "dot products have the bits of eight lanes and one tree");
	good = true;
	for (size_t n = 3 * GX_DOT_BLOCK - 20; n <= 3 * GX_DOT_BLOCK + 20; n++)
		good &= dot_is_right(n, 0) && dot_is_right(n, 1);
	good &= dot_is_right(GX_DOT_BLOCK, 0) && dot_is_right(100003, 1);
	report(good, "in blocks, which are added up in order");

	/* Whole blocks by themselves, as threads have them. */
	size_t n = 5 * GX_DOT_BLOCK + 77;
	double *x = room_for(n), *y = room_for(n), whole[6], part[6];
	fill(x, n, 0);
	fill(y, n, 0);
	gx_dot_blocks(x, y, n, whole);
	for (size_t b = 0; b < 6; b += 2)
		gx_dot_blocks(x + b * GX_DOT_BLOCK, y + b * GX_DOT_BLOCK,
			      b < 4 ? 2 * GX_DOT_BLOCK : n - b * GX_DOT_BLOCK, part + b);
	report(memcmp(whole, part, sizeof whole) == 0, "and the same cut at blocks");
	for (size_t i = 0; i < n; i++)
		x[i] = i == 9 ? INFINITY : i == GX_DOT_BLOCK ? -INFINITY : 1, y[i] = 1;
	report(to_bits(gx_dot(x, y, n)) == GX_NAN_BITS, "a NaN that arises is the canonical one");
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
static bool int64_is_right(product_int64 *multiply, size_t n, const int64_t *a,
			   const int64_t *b, const uint64_t *want)
{
	int64_t *c = room_for(n * n);
	memset(c, 0x5a, n * n * sizeof *c);
	size_t first = n / 3, last = n - n / 5;
	multiply(a, b, n, first, last, c);
	bool good = true;
	for (size_t i = 0; i < n * n; i++)
		good &= i / n >= first && i / n < last
				? (uint64_t)c[i] == want[i]
				: c[i] == INT64_C(0x5a5a5a5a5a5a5a5a);
	multiply(a, b, n, 0, first, c);
	multiply(a, b, n, last, n, c);
	good &= memcmp(c, want, n * n * sizeof *c) == 0;
	free(c);
	return good;
}

/* Small integers as doubles: all sums are exact. */
static bool double_is_right(product *multiply, size_t n, const double *a, const double *b,
			    const uint64_t *want)
{
	double *c = room_for(n * n);
	for (size_t i = 0; i < n * n; i++)
		c[i] = -4711.5;
	size_t first = n / 3, last = n - n / 5;
	multiply(a, b, n, first, last, c);
	bool good = true;
	for (size_t i = 0; i < n * n; i++)
		good &= c[i] == (i / n >= first && i / n < last ? (double)(int64_t)want[i]
								: -4711.5);
	multiply(a, b, n, 0, first, c);
	multiply(a, b, n, last, n, c);
	for (size_t i = 0; i < n * n; i++)
		good &= c[i] == (double)(int64_t)want[i];
	free(c);
	return good;
}

static bool products_are_right(size_t n)
{
	int64_t *a = room_for(n * n), *b = room_for(n * n);
	double *x = room_for(n * n), *y = room_for(n * n);
	for (size_t i = 0; i < n * n; i++) {
		a[i] = (int64_t)draw();
		b[i] = (int64_t)draw();
	}
	uint64_t *want = reference((uint64_t *)a, (uint64_t *)b, n);
	bool good = int64_is_right(gx_product_naive_int64, n, a, b, want) &&
		    int64_is_right(gx_product_blocked_int64, n, a, b, want);
	free(want);
	for (size_t i = 0; i < n * n; i++) {
		x[i] = (double)(a[i] %= 1000);
		y[i] = (double)(b[i] %= 1000);
	}
	want = reference((uint64_t *)a, (uint64_t *)b, n);
	good = good && double_is_right(gx_product_naive, n, x, y, want) &&
	       double_is_right(gx_product_blocked, n, x, y, want);
	free(want);
	free(a);
	free(b);
	free(x);
	free(y);
	if (!good)
		printf("# n = %zu\n", n);
	return good;
}

static void test_products(void)
{
	bool good = true;
	for (size_t n = 1; n <= 40; n++)
		good &= products_are_right(n);
	report(good, "products of all sizes to 40, integers modulo 2^64");
	/* About the edges of the tiles, 64 deep and 512 wide. */
	static const size_t sizes[] = { 63, 64, 65, 66, 67, 129, 130, 511, 513 };
	good = true;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		good &= products_are_right(sizes[i]);
	report(good, "and at the edges of tiles");

	double a[4] = { 0, 1, 1, 0 }, b[4] = { INFINITY, NAN, 2, 3 }, c[4];
	product *both[] = { gx_product_naive, gx_product_blocked };
	good = true;
	for (int i = 0; i < 2; i++) {
		both[i](a, b, 2, 0, 2, c);
		good &= isnan(c[0]) && isnan(c[1]) && isinf(c[2]) && isnan(c[3]);
	}
	report(good, "0 times infinity is missing");
}

/* ---- reading ---- */

static void test_reading(void)
{
	bool good = true;
	for (size_t n = 0; n <= 300; n++) {
		uint64_t *x = room_for(n), want = 0;
		for (size_t i = 0; i < n; i++)
			want ^= x[i] = draw();
		good &= gx_read_values((double *)(void *)x, n) == want;
		for (size_t i = 0; i < n; i++) { /* each one is read, each bit of it */
			uint64_t bit = UINT64_C(1) << draw() % 64;
			x[i] ^= bit;
			good &= gx_read_values((double *)(void *)x, n) == (want ^ bit);
			x[i] ^= bit;
		}
		free(x);
	}
	report(good, "the exclusive or of all bits, every value read");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_dot();
	test_products();
	test_reading();
	printf("1..%u\n", tests);
	return failed != 0;
}
