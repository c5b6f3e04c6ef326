/* SPDX-License-Identifier: MIT */
/*
 * Elementary functions with the same bits everywhere; the formulas are in
 * elementary_inline.h.
 */
#include "kernel/elementary.h"

#include <stdbool.h>

#include "kernel/elementary_inline.h"

double gx_ln(double x)
{
	const uint64_t bits = gx_double_bits(x);
	const uint64_t smallest_normal = UINT64_C(0x0010000000000000);
	const uint64_t infinity = UINT64_C(0x7ff0000000000000);

	if (GX_LIKELY(bits - smallest_normal < infinity - smallest_normal))
		return gx_ln_normal(x);
	if (x == 0)
		return gx_bits_double(infinity | UINT64_C(1) << 63);
	if (bits == infinity)
		return x;
	if (bits > infinity)
		return gx_bits_double(GX_NAN_BITS);

	/* A subnormal is scaled to a normal number; at about -700 nothing cancels. */
	return (gx_ln_normal(x * 0x1p54) - 54 * GX_LN2_HIGH) - 54 * GX_LN2_LOW;
}

double gx_exp(double x)
{
	return gx_exp_inline(x);
}

double gx_normal_quantile(double u)
{
	const double radius = gx_quantile_radius(u);

	return radius > 5 ? gx_quantile_far(u, radius) : gx_quantile_near(u, radius);
}

double gx_normal_below(double z)
{
	return gx_normal_below_inline(z);
}

/*
 * Taylor's series in x, to x^17: what is left out is below 1e-19. pi x is rounded off by less
 * than the last place only where it is taken as an exact product of heads (27 and 25 bits) and
 * a rest.
 */
double gx_sin_pi(double x)
{
	const double pi_head = 0x1.921fb5p+1, pi_rest = 0x1.110b4611a6263p-25;
	const uint64_t head_bits = ~UINT64_C(0) << 26;

	const double x_head = gx_bits_double(gx_double_bits(x) & head_bits);
	const double head = x_head * pi_head;
	const double rest = (x - x_head) * pi_head + x * pi_rest;
	const double z = x * x;
	const double series =
		((((((0x1.aaec32af93359p-21 * z - 0x1.6fadb9f155744p-16) * z +
		     0x1.e8f434d018d63p-12) * z - 0x1.e3074fde8871fp-8) * z +
		   0x1.50783487ee782p-4) * z - 0x1.32d2cce62bd86p-1) * z +
		 0x1.466bc6775aae2p+1) * z - 0x1.4abbce625be53p+2;

	return head + (rest + x * z * series);
}

/*
 * To x^18: what is left out is below 1e-20. pi^2 / 2 x^2 is an exact product of heads (25 and
 * 2 x 14 bits) and a rest; what 1 - head is rounded off by is put back.
 */
double gx_cos_pi(double x)
{
	const double half_head = 0x1.3bd3ccp+2, half_rest = 0x1.37c8bbcb495b9p-23;
	const uint64_t head_bits = ~UINT64_C(0) << 39;

	const double x_head = gx_bits_double(gx_double_bits(x) & head_bits);
	const double square = x_head * x_head;
	const double head = half_head * square;
	const double rest = half_rest * square + (half_head + half_rest) * ((x - x_head) * (x + x_head));
	const double z = x * x;
	const double series =
		((((((-0x1.2a0c591af8314p-23 * z + 0x1.20c62c2f2d7f5p-18) * z -
		     0x1.b6e24f44b128fp-14) * z + 0x1.f9d38a3763cc3p-10) * z -
		   0x1.a6d1f2a204a8cp-6) * z + 0x1.e1f506891babbp-3) * z -
		 0x1.55d3c7e3cbffap+0) * z + 0x1.03c1f081b5ac4p+2;
	const double most = 1 - head;

	return most + (((1 - most) - head) - rest + z * z * series);
}

void gx_turn(uint64_t m, uint64_t n, double *cosine, double *sine)
{
	const double root_half = 0x1.6a09e667f3bcdp-1;

	const uint64_t quarter = 4 * m / n;
	const uint64_t rest = 4 * m % n; /* of the quarter, which is n */
	const bool beyond = 2 * rest > n;
	const uint64_t near = beyond ? n - rest : rest;

	/* near / n of a quarter is near / (2 n) of pi. Of 1/6, which is no double, and 1/4: as known. */
	const double x = (double)near / (double)(2 * n);
	const double s = 3 * near == n ? 0.5 : 2 * near == n ? root_half : gx_sin_pi(x);
	const double c = 2 * near == n ? root_half : gx_cos_pi(x);
	const double along = beyond ? s : c, across = beyond ? c : s;

	*cosine = quarter == 0 ? along : quarter == 1 ? -across : quarter == 2 ? -along : across;
	*sine = quarter == 0 ? across : quarter == 1 ? along : quarter == 2 ? -across : -along;
	*cosine += 0.; /* no -0 */
	*sine += 0.;
}
