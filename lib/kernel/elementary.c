/* SPDX-License-Identifier: MIT */
/*
 * Elementary functions with the same bits everywhere; the formulas are in
 * elementary_inline.h.
 */
#include "kernel/elementary.h"

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
