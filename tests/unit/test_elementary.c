/* SPDX-License-Identifier: MIT */
/*
 * gx_ln, gx_exp and gx_normal_quantile against the C library's long double functions (64
 * bits of mantissa on x86-64, so that a bound of 1 ulp of double is measured to 1 / 2048),
 * and the inlined forms in vectorised loops against them, bit for bit. The known values of
 * the quantile are sqrt(2) erfinv(2u - 1), u being the nearest double, of mpmath 1.3 with 30
 * digits. The hashes come from gx itself: they tell that every compiler, optimisation and
 * SIMD level gives the same bits.
 */
#include "kernel/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "kernel/elementary_inline.h"

#define N 150000

static int ntest;
static int nfailed;

static void ok(bool pass, const char *what)
{
	ntest++;
	nfailed += !pass;
	printf("%s %d %s\n", pass ? "ok" : "not ok", ntest, what);
}

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t random_bits(void)
{
	static uint64_t state = 1;
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static double random_between(double low, double high)
{
	return low + (high - low) * (((double)(random_bits() >> 12) + 0.5) * 0x1p-52);
}

static double random_positive(void)
{
	return gx_bits_double(random_bits() % UINT64_C(0x7ff0000000000000));
}

static double random_subnormal(void)
{
	return gx_bits_double((random_bits() >> 12 >> random_bits() % 52) | 1);
}

/* Up to 1/2 in magnitude, of any exponent down to -range. */
static double random_small(int range)
{
	const double x = random_between(-0.5, 0.5);

	return ldexp(x, -(int)(random_bits() % (unsigned)range));
}

/* |got - want| in units of the last place of want. */
static double ulps(double got, long double want)
{
	int exponent;

	frexpl(want, &exponent);
	return (double)(fabsl(got - want) / ldexpl(1, exponent < -1021 ? -1074 : exponent - 53));
}

static void report_ulps(double largest, double at, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %.3f ulp at %.17g", what, largest, at);
	ok(largest <= 1, text);
}

#define CHECK_ULPS(function, reference, argument, what)                  \
	do {                                                             \
		double largest = 0, at = 0;                              \
		for (int i = 0; i < N; i++) {                            \
			const double x = argument;                       \
			const double e = ulps(function(x), reference(x)); \
			if (!(e <= largest)) {                           \
				largest = e;                             \
				at = x;                                  \
			}                                                \
		}                                                        \
		report_ulps(largest, at, what);                          \
	} while (0)

static void test_ln(void)
{
	CHECK_ULPS(gx_ln, logl, random_between(0, 1), "ln of (0, 1)");
	CHECK_ULPS(gx_ln, logl, random_between(0.5, 2), "ln of (0.5, 2)");
	CHECK_ULPS(gx_ln, logl, random_between(0.69, 0.71), "ln where the exponent steps");
	CHECK_ULPS(gx_ln, logl, random_between(1.27, 1.41), "ln from 1.27 to 1.41");
	CHECK_ULPS(gx_ln, logl, 1 + random_small(53), "ln near 1");
	CHECK_ULPS(gx_ln, logl, random_positive(), "ln of all exponents");
	CHECK_ULPS(gx_ln, logl, random_subnormal(), "ln of subnormals");
	ok(gx_ln(1) == 0 && !signbit(gx_ln(1)), "ln 1 is 0");
	ok(gx_ln(0) == -INFINITY && gx_ln(-0.0) == -INFINITY, "ln 0 is -Inf");
	ok(gx_ln(INFINITY) == INFINITY, "ln Inf is Inf");
	ok(gx_double_bits(gx_ln(-1)) == GX_NAN_BITS && gx_double_bits(gx_ln(NAN)) == GX_NAN_BITS,
	   "ln of what has none is the one NaN");
}

static void test_exp(void)
{
	CHECK_ULPS(gx_exp, expl, random_between(-1, 1), "exp of (-1, 1)");
	CHECK_ULPS(gx_exp, expl, random_between(-0.36, -0.3), "exp where the exponent steps");
	CHECK_ULPS(gx_exp, expl, random_between(-708, 709.78), "exp of all exponents");
	CHECK_ULPS(gx_exp, expl, random_between(-745.13, -708), "exp to subnormals");
	CHECK_ULPS(gx_exp, expl, random_small(60), "exp near 0");
	ok(gx_exp(0) == 1 && gx_exp(-0.0) == 1, "exp 0 is 1");
	ok(gx_exp(709.782712893384) < INFINITY && gx_exp(709.79) == INFINITY &&
		   gx_exp(1e300) == INFINITY,
	   "exp too large is Inf");
	ok(gx_exp(-745.13) == 0x1p-1074 && gx_exp(-745.14) == 0 && gx_exp(-1e300) == 0,
	   "exp too small is 0");
}

/*
 * The relative error of z as the quantile of u: one Newton step, from the error function
 * that is accurate there.
 */
static double quantile_error(double u)
{
	const long double z = gx_normal_quantile(u);
	const long double t = z / sqrtl(2);
	const long double density = expl(-t * t) / sqrtl(2 * acosl(-1));
	long double excess;

	if (u > 0.25 && u < 0.75)
		excess = erfl(t) / 2 - (u - 0.5L);
	else if (u < 0.5)
		excess = erfcl(-t) / 2 - u;
	else
		excess = (1.0L - u) - erfcl(t) / 2;
	return z == 0 ? 0 : (double)fabsl(excess / density / z);
}

#define CHECK_QUANTILE(argument, what)                                             \
	do {                                                                       \
		double largest = 0, at = 0;                                        \
		char text[160];                                                    \
		for (int i = 0; i < N; i++) {                                      \
			const double u = argument;                                 \
			const double e = quantile_error(u);                        \
			if (!(e <= largest)) {                                     \
				largest = e;                                       \
				at = u;                                            \
			}                                                          \
		}                                                                  \
		snprintf(text, sizeof(text), "%s: %.2g at %.17g", what, largest, at); \
		ok(largest < 1e-15, text);                                         \
	} while (0)

static void test_quantile(void)
{
	static const struct {
		double u, z;
	} known[] = {
		{ 0.975, 1.9599639845400538556 },
		{ 0x1p-53, -8.2095361516013868556 },
		{ 1e-12, -7.0344838253011319326 },
		{ 0.925, 1.4395314709384562291 },
		{ 0.75, 0.67448975019608174320 },
	};
	bool symmetric = true;
	bool close = true;

	CHECK_QUANTILE(random_between(0, 1), "quantile");
	CHECK_QUANTILE(fabs(random_small(52)), "quantile, lower tail");
	CHECK_QUANTILE(1 - 0x1p-53 - fabs(random_small(51)), "quantile, upper tail");
	CHECK_QUANTILE(0.5 + random_small(50), "quantile near the median");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		close = close && fabs(gx_normal_quantile(known[i].u) / known[i].z - 1) < 1e-15;
	ok(close, "quantile, known values");
	for (int i = 0; i < N; i++) {
		const double u = random_between(0, 1);

		symmetric = symmetric &&
			    gx_normal_quantile(1 - u) == -gx_normal_quantile(1 - (1 - u));
	}
	ok(symmetric, "quantile of 1 - u is that of u with the sign changed");
	ok(gx_normal_quantile(0.5) == 0, "quantile of the median is 0");
}

/* FNV-1a over the values' bits. */
static uint64_t hash(const double *x, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < n; i++)
		h = (h ^ gx_double_bits(x[i])) * UINT64_C(0x100000001b3);
	return h;
}

static void check_bits(const double *vector, const double *scalar, uint64_t want,
		       const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: a vectorised loop has the bits of single calls", what);
	ok(memcmp(vector, scalar, N * sizeof(*vector)) == 0, text);
	snprintf(text, sizeof(text), "%s: the bits of every machine (%016llx)", what,
		 (unsigned long long)hash(scalar, N));
	ok(hash(scalar, N) == want, text);
}

GX_CLONES static void ln_loop(const double *x, double *out)
{
#pragma omp simd
	for (size_t i = 0; i < N; i++)
		out[i] = gx_ln_normal(x[i]);
}

GX_CLONES static void exp_loop(const double *x, double *out)
{
#pragma omp simd
	for (size_t i = 0; i < N; i++)
		out[i] = gx_exp_inline(x[i]);
}

GX_CLONES static void quantile_loop(const double *x, double *out)
{
#pragma omp simd
	for (size_t i = 0; i < N; i++)
		out[i] = gx_quantile_near(x[i], gx_quantile_radius(x[i]));
}

static void test_loops(void)
{
	static double x[N], vector[N], scalar[N];

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? random_between(0, 1) : 1 + random_small(53);
	ln_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_ln(x[i]);
	check_bits(vector, scalar, UINT64_C(0xe132f2afd85512c6), "ln");

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? random_between(-750, 715) : random_between(-3, 3);
	exp_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_exp(x[i]);
	check_bits(vector, scalar, UINT64_C(0xde6453a947ecc822), "exp");

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? random_between(0, 1) : random_between(1e-10, 1e-6);
	quantile_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_normal_quantile(x[i]);
	check_bits(vector, scalar, UINT64_C(0x46033ef5f70ad6e9), "quantile");
}

int main(void)
{
	test_ln();
	test_exp();
	test_quantile();
	test_loops();
	printf("1..%d\n", ntest);
	return nfailed != 0;
}
