/* SPDX-License-Identifier: MIT */
/*
 * gx_ln, gx_exp, gx_normal_quantile, gx_normal_below, gx_sin_pi and gx_cos_pi against the C
 * library's long double functions (64 bits of mantissa on x86-64, so that a bound of 1 ulp of double is measured to 1 / 2048),
 * and the inlined forms in vectorised loops against them, bit for bit. The known values of
 * the quantile are sqrt(2) erfinv(2u - 1), u being the nearest double, of mpmath 1.3 with 30
 * digits. The hashes come from gx itself: they tell that every compiler, optimisation and
 * SIMD level gives the same bits.
 */
#include "kernel/elementary.h"

#include <inttypes.h>
#include <math.h>

#include "kernel/elementary_inline.h"
#include "unit.h"

#define N 150000

static double random_positive(void)
{
	return gx_bits_double(unit_draw() % UINT64_C(0x7ff0000000000000));
}

static double random_subnormal(void)
{
	return gx_bits_double((unit_draw() >> 12 >> unit_draw() % 52) | 1);
}

/* Up to 1/2 in magnitude, of any exponent down to -range. */
static double random_small(int range)
{
	const double x = unit_draw_between(-0.5, 0.5);

	return ldexp(x, -(int)(unit_draw() % (unsigned)range));
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
	unit_test(largest <= 1, "%s: %.3f ulp at %.17g", what, largest, at);
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
	CHECK_ULPS(gx_ln, logl, unit_draw_between(0, 1), "ln of (0, 1)");
	CHECK_ULPS(gx_ln, logl, unit_draw_between(0.5, 2), "ln of (0.5, 2)");
	CHECK_ULPS(gx_ln, logl, unit_draw_between(0.69, 0.71), "ln where the exponent steps");
	CHECK_ULPS(gx_ln, logl, unit_draw_between(1.27, 1.41), "ln from 1.27 to 1.41");
	CHECK_ULPS(gx_ln, logl, 1 + random_small(53), "ln near 1");
	CHECK_ULPS(gx_ln, logl, random_positive(), "ln of all exponents");
	CHECK_ULPS(gx_ln, logl, random_subnormal(), "ln of subnormals");
	unit_test(gx_ln(1) == 0 && !signbit(gx_ln(1)), "ln 1 is 0");
	unit_test(gx_ln(0) == -INFINITY && gx_ln(-0.0) == -INFINITY, "ln 0 is -Inf");
	unit_test(gx_ln(INFINITY) == INFINITY, "ln Inf is Inf");
	unit_test(gx_double_bits(gx_ln(-1)) == GX_NAN_BITS && gx_double_bits(gx_ln(NAN)) == GX_NAN_BITS,
	   "ln of what has none is the one NaN");
}

static void test_exp(void)
{
	CHECK_ULPS(gx_exp, expl, unit_draw_between(-1, 1), "exp of (-1, 1)");
	CHECK_ULPS(gx_exp, expl, unit_draw_between(-0.36, -0.3), "exp where the exponent steps");
	CHECK_ULPS(gx_exp, expl, unit_draw_between(-708, 709.78), "exp of all exponents");
	CHECK_ULPS(gx_exp, expl, unit_draw_between(-745.13, -708), "exp to subnormals");
	CHECK_ULPS(gx_exp, expl, random_small(60), "exp near 0");
	unit_test(gx_exp(0) == 1 && gx_exp(-0.0) == 1, "exp 0 is 1");
	unit_test(gx_exp(709.782712893384) < INFINITY && gx_exp(709.79) == INFINITY &&
		   gx_exp(1e300) == INFINITY,
	   "exp too large is Inf");
	unit_test(gx_exp(-745.13) == 0x1p-1074 && gx_exp(-745.14) == 0 && gx_exp(-1e300) == 0,
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
		for (int i = 0; i < N; i++) {                                      \
			const double u = argument;                                 \
			const double e = quantile_error(u);                        \
			if (!(e <= largest)) {                                     \
				largest = e;                                       \
				at = u;                                            \
			}                                                          \
		}                                                                  \
		unit_test(largest < 1e-15, "%s: %.2g at %.17g", what, largest, at); \
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

	CHECK_QUANTILE(unit_draw_between(0, 1), "quantile");
	CHECK_QUANTILE(fabs(random_small(52)), "quantile, lower tail");
	CHECK_QUANTILE(1 - 0x1p-53 - fabs(random_small(51)), "quantile, upper tail");
	CHECK_QUANTILE(0.5 + random_small(50), "quantile near the median");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		unit_check(fabs(gx_normal_quantile(known[i].u) / known[i].z - 1) < 1e-15,
			   "quantile of %.17g: got %.17g, want %.17g", known[i].u,
			   gx_normal_quantile(known[i].u), known[i].z);
	unit_report("quantile, known values");
	for (int i = 0; i < N; i++) {
		const double u = unit_draw_between(0, 1);

		unit_same(gx_normal_quantile(1 - u), -gx_normal_quantile(1 - (1 - u)),
			  "quantile of %.17g", 1 - u);
	}
	unit_report("quantile of 1 - u is that of u with the sign changed");
	unit_test(gx_normal_quantile(0.5) == 0, "quantile of the median is 0");
}

#define CHECK_BELOW(argument, what)                                                \
	do {                                                                       \
		double largest = 0, at = 0;                                        \
		for (int i = 0; i < N; i++) {                                      \
			const double z = argument;                                 \
			const long double want = erfcl(-z / sqrtl(2)) / 2;         \
			const double e = (double)(fabsl(gx_normal_below(z) - want) / want); \
			if (!(e <= largest)) {                                     \
				largest = e;                                       \
				at = z;                                            \
			}                                                          \
		}                                                                  \
		unit_test(largest < 1e-15, "%s: %.2g at %.17g", what, largest, at); \
	} while (0)

static void test_below(void)
{
	CHECK_BELOW(unit_draw_between(-1, 1), "below, near the median");
	CHECK_BELOW(random_small(60), "below, at the median");
	CHECK_BELOW(unit_draw_between(-12, 0), "below, lower tail");
	CHECK_BELOW(unit_draw_between(-37.5, -12), "below, far tail");
	CHECK_BELOW(unit_draw_between(0, 12), "below, upper half");
	unit_test(gx_normal_below(0) == 0.5 && gx_normal_below(-0.0) == 0.5,
		  "half is below the median");
	unit_test(gx_normal_below(9) == 1 && gx_normal_below(1e300) == 1 &&
		  gx_normal_below(-40) == 0 && gx_normal_below(-1e300) == 0,
		  "below, far out");
	for (int i = 0; i < N; i++) {
		const double u = unit_draw_between(0, 1);
		const double back = gx_normal_below(gx_normal_quantile(u));

		unit_check(fabs(back - u) < 1e-14 * u, "below the quantile of %.17g: %.17g", u,
			   back);
	}
	unit_report("below is the inverse of the quantile");
}

/* FNV-1a over the values' bits. */
/* Of pi x, where pi in 64 bits is off by less than 2^-65 of it. */
static long double sine_of_pi(double x)
{
	return sinl(acosl(-1) * x);
}

static long double cosine_of_pi(double x)
{
	return cosl(acosl(-1) * x);
}

static void test_turn(void)
{
	CHECK_ULPS(gx_sin_pi, sine_of_pi, unit_draw_between(0, 0.25), "sin pi x in (0, 1/4)");
	CHECK_ULPS(gx_sin_pi, sine_of_pi, 0.25 * fabs(random_small(900)), "sin pi x of small x");
	CHECK_ULPS(gx_sin_pi, sine_of_pi, 0.25 - 0.1 * fabs(random_small(53)), "sin pi x near 1/4");
	CHECK_ULPS(gx_cos_pi, cosine_of_pi, unit_draw_between(0, 0.25), "cos pi x in (0, 1/4)");
	CHECK_ULPS(gx_cos_pi, cosine_of_pi, 0.25 - 0.1 * fabs(random_small(53)), "cos pi x near 1/4");
	unit_test(gx_sin_pi(0) == 0 && !signbit(gx_sin_pi(0)) && gx_cos_pi(0) == 1, "at 0");

	static const double exact[12][2] = { { 1, 0 },	{ NAN, 0.5 },  { 0.5, NAN },  { 0, 1 },
					     { -0.5, NAN }, { NAN, 0.5 },	 { -1, 0 }, { NAN, -0.5 },
					     { -0.5, NAN }, { 0, -1 },	 { 0.5, NAN }, { NAN, -0.5 } };
	for (uint64_t times = 1; times < 3000; times += 7)
		for (uint64_t m = 0; m < 12; m++) {
			double c, s;
			gx_turn(m * times, 12 * times, &c, &s);
			if (!isnan(exact[m][0]))
				unit_same(c, exact[m][0], "cosine of %d/12 turn", (int)m);
			if (!isnan(exact[m][1]))
				unit_same(s, exact[m][1], "sine of %d/12 turn", (int)m);
		}
	unit_report("twelfths of a turn: 0, 1/2 and 1 are exact, and no zero is negative");

	double c, s;
	gx_turn(1, 8, &c, &s);
	unit_test(c == s && c == sqrt(0.5), "an eighth of a turn: %.17g %.17g", c, s);

	double largest = 0, square = 0;
	for (int i = 0; i < N; i++) {
		const uint64_t n = 1 + unit_draw_below(i % 2 ? 1 << 26 : 1000);
		const uint64_t m = unit_draw_below(n);
		double c1, s1;
		gx_turn(m, n, &c, &s);
		gx_turn(m ? n - m : 0, n, &c1, &s1);
		unit_check(c == c1 && s == -s1, "%d of %d turns, and back", (int)m, (int)n);
		gx_turn(m + n, 4 * n, &c1, &s1); /* m / 4n and a quarter */
		gx_turn(m, 4 * n, &c, &s);
		unit_check(c1 == -s && s1 == c, "%d of %d turns, and a quarter", (int)m, (int)(4 * n));
		const long double angle = acosl(-1) / 2 * m / n;
		if (m > 0 && 2 * m <= n) {
			largest = fmax(largest, ulps(s, sinl(angle)));
			largest = fmax(largest, ulps(c, cosl(angle)));
		}
		square = fmax(square, fabs(c * c + s * s - 1));
	}
	unit_report("the circle is symmetric to the bit");
	unit_test(largest <= 1.5, "fractions of a turn, up to an eighth: %.3f ulp", largest);
	unit_test(square <= 4e-16, "squares of sine and cosine: off 1 by %.3g", square);
}

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
	unit_same_all(vector, scalar, N, "%s", what);
	unit_report("%s: a vectorised loop has the bits of single calls", what);
	unit_test(hash(scalar, N) == want, "%s: the bits of every machine (%016" PRIx64 ")", what,
		  hash(scalar, N));
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

GX_CLONES static void below_loop(const double *x, double *out)
{
#pragma omp simd
	for (size_t i = 0; i < N; i++)
		out[i] = gx_normal_below_inline(x[i]);
}

static void test_loops(void)
{
	static double x[N], vector[N], scalar[N];

	unit_draw_from(1); /* the hashes are those of these values */
	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? unit_draw_between(0, 1) : 1 + random_small(53);
	ln_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_ln(x[i]);
	check_bits(vector, scalar, UINT64_C(0x7bebb2d2caadc55e), "ln");

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? unit_draw_between(-750, 715) : unit_draw_between(-3, 3);
	exp_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_exp(x[i]);
	check_bits(vector, scalar, UINT64_C(0xce3f8efa732d39eb), "exp");

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? unit_draw_between(0, 1) : unit_draw_between(1e-10, 1e-6);
	quantile_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_normal_quantile(x[i]);
	check_bits(vector, scalar, UINT64_C(0x8b3ba87e5303791c), "quantile");

	for (int i = 0; i < N; i++)
		x[i] = i % 2 ? unit_draw_between(-3, 3) : unit_draw_between(-41, 12);
	below_loop(x, vector);
	for (int i = 0; i < N; i++)
		scalar[i] = gx_normal_below(x[i]);
	check_bits(vector, scalar, UINT64_C(0x6de3b215d9613582), "below");
}

int main(void)
{
	test_ln();
	test_exp();
	test_quantile();
	test_below();
	test_turn();
	test_loops();
	return unit_end();
}
