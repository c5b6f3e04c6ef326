/* SPDX-License-Identifier: MIT */
/*
 * The bodies of gx's elementary functions, for loops that want them inlined and
 * vectorised. They have no branches, no tables and no 64-bit conversions or signed shifts
 * (which AVX2 lacks), so that every level of SIMD can take them; each operation is rounded
 * once (-ffp-contract=off), so that every level has the bits of the scalar code.
 *
 *	#pragma omp simd
 *	for (size_t i = 0; i < n; i++)
 *		x[i] = gx_ln_normal(x[i]);
 */
#ifndef GX_ELEMENTARY_INLINE_H
#define GX_ELEMENTARY_INLINE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/gx.h"

GX_INLINE uint64_t gx_double_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

GX_INLINE double gx_bits_double(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* ln 2 in two parts: the first has 33 bits, so that its product with an exponent is exact. */
#define GX_LN2_HIGH 0x1.62e42feep-1
#define GX_LN2_LOW 0x1.a39ef35793c76p-33

/*
 * ln x for a normal x above 0: x = 2^k m with 0.697 <= m < 1.395, f = m - 1, s = f / (2 + f),
 * and ln m = ln((1 + s) / (1 - s)) = 2s + s R(s^2), where 2s = f - sf. As f is exact, only the
 * small term s (f - R) carries the error of the division: it is below 1/16 for every m,
 * which is what the bounds of m were chosen for, and the whole stays below 1 ulp. The
 * coefficients are the minimax polynomial of degree 6 of R(z) / z on 0 <= z <= 0.0318 for
 * the relative error of the logarithm, found by Remez exchange in 300 bits and rounded:
 * 2^-58.2.
 *
 * Tried on an AVX-512 machine, ns a value in cache: this, 0.80; Horner's order, 0.90; a
 * table of 128 reciprocals and logarithms with a polynomial of degree 7 in place of the
 * division, 1.5, as a gather costs 0.3 there. A table that fits a permutation of registers
 * is too coarse for 1 ulp near 1. The division alone takes 0.6 and mostly hides behind the
 * polynomial.
 */
GX_INLINE double gx_ln_normal(double x)
{
	const uint64_t least = UINT64_C(0x3fe6500000000000); /* 0.697265625 */
	const uint64_t one = UINT64_C(0x3ff0000000000000);
	const uint64_t mantissa = UINT64_C(0x000fffffffffffff);

	/* The exponent field becomes k + 1023, and 2^52 + that is exact. */
	const uint64_t bits = gx_double_bits(x) + (one - least);
	const double k = gx_bits_double((bits >> 52) | UINT64_C(0x4330000000000000)) -
			 (0x1p52 + 1023);
	const double m = gx_bits_double((bits & mantissa) + least);

	const double f = m - 1;
	const double s = f / (m + 1);
	const double z = s * s;
	const double w = z * z;
	const double low = (0x1.55555555555b9p-1 + z * 0x1.9999999971a75p-2) +
			   w * (0x1.2492494f43e3dp-2 + z * 0x1.c71c46c2ead50p-3);
	const double high = (0x1.7468a09b92251p-3 + z * 0x1.3962f75743fa1p-3) +
			    w * 0x1.31876eb9d8c11p-3;
	const double r = z * (low + (w * w) * high);

	return k * GX_LN2_HIGH - ((s * (f - r) - k * GX_LN2_LOW) - f);
}

/*
 * e^x: x = n ln 2 + r with |r| <= ln(2) / 2 in two parts, e^r = 1 + r + r^2 Q(r), where Q is
 * the minimax polynomial of degree 9 for the relative error of e^r (Remez exchange in 300
 * bits: 2^-57.9), times 2^n in two steps, so that a subnormal is rounded once.
 */
GX_INLINE double gx_exp_inline(double x)
{
	/* Adding it rounds to an integer, whose low bits are n + 2200: positive, and even. */
	const double shift = 0x1.8p52 + 2200;

	x = x < -746 ? -746 : x;
	x = x > 710 ? 710 : x;
	const double shifted = x * 0x1.71547652b82fep+0 + shift;
	const double n = shifted - shift;
	const double high = x - n * GX_LN2_HIGH;
	const double low = n * GX_LN2_LOW;
	const double r = high - low;
	const double rest = (high - r) - low;

	const double z = r * r;
	const double w = z * z;
	const double q0 = (0x1.000000000000ap-1 + r * 0x1.55555555554fap-3) +
			  z * (0x1.555555555086dp-5 + r * 0x1.1111111127c34p-7);
	const double q4 = (0x1.6c16c1842db9bp-10 + r * 0x1.a01a012a44353p-13) +
			  z * (0x1.a0199a01e219fp-16 + r * 0x1.71df256d4a451p-19);
	const double q8 = 0x1.28ad7d00963b6p-22 + r * 0x1.ad7f5eb27540fp-26;
	const double q = q0 + w * (q4 + w * q8);
	const double y = 1 + (r + (z * q + rest));

	/* n = a + b, each in the range of normal powers of two. */
	const uint64_t sum = gx_double_bits(shifted) & 0xfff;
	const uint64_t a = sum >> 1;
	const uint64_t b = sum - a;

	return y * gx_bits_double((a + (1023 - 1100)) << 52) *
	       gx_bits_double((b + (1023 - 1100)) << 52);
}

/*
 * The normal quantile, M. J. Wichura: Algorithm AS 241, The percentage points of the normal
 * distribution. Applied Statistics 37 (1988) 477-484, function PPND16: a rational function
 * of degree 7 / 7 in each of three regions, by u - 1/2 in the middle and by
 * r = sqrt(-ln(min(u, 1 - u))) in the tails. The far tail, r > 5, is one u in 3.6e10: code
 * over arrays computes the two nearer regions for all, and calls the third where needed.
 */
GX_INLINE double gx_quantile_radius(double u)
{
	const double tail = u < 0.5 ? u : 1 - u;

	return sqrt(-gx_ln_normal(tail));
}

/* The quantile of u where gx_quantile_radius(u) = radius <= 5. */
GX_INLINE double gx_quantile_near(double u, double radius)
{
	const double q = u - 0.5;
	const double c = 0.180625 - q * q;
	const double top =
		((((((2.5090809287301226727e+3 * c + 3.3430575583588128105e+4) * c +
		     6.7265770927008700853e+4) * c + 4.5921953931549871457e+4) * c +
		   1.3731693765509461125e+4) * c + 1.9715909503065514427e+3) * c +
		 1.3314166789178437745e+2) * c + 3.3871328727963666080e+0;
	const double bottom =
		((((((5.2264952788528545610e+3 * c + 2.8729085735721942674e+4) * c +
		     3.9307895800092710610e+4) * c + 2.1213794301586595867e+4) * c +
		   5.3941960214247511077e+3) * c + 6.8718700749205790830e+2) * c +
		 4.2313330701600911252e+1) * c + 1;

	const double r = radius - 1.6;
	const double tail_top =
		((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r +
		     2.41780725177450611770e-1) * r + 1.27045825245236838258e+0) * r +
		   3.64784832476320460504e+0) * r + 5.76949722146069140550e+0) * r +
		 4.63033784615654529590e+0) * r + 1.42343711074968357734e+0;
	const double tail_bottom =
		((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r +
		     1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r +
		   6.89767334985100004550e-1) * r + 1.67638483018380384940e+0) * r +
		 2.05319162663775882187e+0) * r + 1;

	const int central = (q < 0 ? -q : q) <= 0.425;
	const double numerator = central ? q * top : q < 0 ? -tail_top : tail_top;

	return numerator / (central ? bottom : tail_bottom);
}

/* The quantile of u where gx_quantile_radius(u) = radius > 5. */
GX_INLINE double gx_quantile_far(double u, double radius)
{
	const double r = radius - 5;
	const double top =
		((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
		     1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r +
		   2.96560571828504891230e-1) * r + 1.78482653991729133580e+0) * r +
		 5.46378491116411436990e+0) * r + 6.65790464350110377720e+0;
	const double bottom =
		((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r +
		     1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r +
		   1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r +
		 5.99832206555887937690e-1) * r + 1;

	return (u < 0.5 ? -top : top) / bottom;
}

/*
 * The probability that a normal value is below z: for t = |z| the tail is e^(-t^2 / 2) R(t), and
 * (1 + t) R(t) is a polynomial of s = (t - 5) / (t + 5), which takes all of t >= 0 to [-1, 1):
 * degree 24, by Chebyshev interpolation in 60 digits, 1e-17 relative. t^2 is rounded off by
 * hundreds of units where it is large, so it is taken as high^2, which is exact, and a rest.
 * Within 1e-15 relative while the result is a normal number (z > -37.5); above 8.3 it is 1.
 */
GX_INLINE double gx_normal_below_inline(double z)
{
	const double shift = 0x1.8p32; /* adding it rounds to a multiple of 2^-20 */

	const double size = z < 0 ? -z : z;
	const double t = size < 40 ? size : 40;
	const double s = (t - 5) / (t + 5);
	const double w = s * s;
	const double even =
		(((((((((((0x1.b08a023a932a1p-36 * w - 0x1.d875a16350184p-32) * w +
			  0x1.13def7dceb627p-28) * w - 0x1.cd9e656c90a15p-26) * w +
			0x1.13d07ad829c2cp-23) * w - 0x1.2fa6010d85fa1p-24) * w -
		      0x1.4c0d8eeb67845p-17) * w + 0x1.7e61e06f8f35ap-13) * w -
		    0x1.b75f4f7f8d6c2p-10) * w - 0x1.f11aab030a4e7p-7) * w -
		  0x1.b08e0007b4d81p-6) * w + 0x1.fc66cc64a13e5p-6) * w + 0x1.d8979b0f2b39dp-2;
	const double odd =
		((((((((((-0x1.a2b1652275f1dp-32 * w + 0x1.2e22b516b96f9p-28) * w -
			 0x1.09c75ef4e277ep-25) * w + 0x1.a5782894909b5p-23) * w -
		       0x1.5ef63083a4882p-20) * w + 0x1.2fff3a8d9ce6bp-17) * w -
		     0x1.c1b1659a03754p-15) * w + 0x1.05714e244ddaap-17) * w +
		   0x1.ab6d0392b945bp-8) * w + 0x1.92037bab2e753p-6) * w +
		 0x1.47c1d03056299p-7) * w - 0x1.76ff86859eb1cp-4;

	const double high = (t + shift) - shift;
	const double rest = (t - high) * (t + high) * 0.5; /* below 2e-5 */
	const double power = gx_exp_inline(high * high * -0.5) *
			     (1 - rest * (1 - rest * (0.5 - rest * (1. / 6))));
	const double tail = power * (even + s * odd) / (1 + t);

	return z < 0 ? tail : 1 - tail;
}

#endif
