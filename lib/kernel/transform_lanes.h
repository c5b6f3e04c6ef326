/* SPDX-License-Identifier: MIT */
/*
 * The loops of transform.c at one SIMD level. It includes this once for each level (hence no
 * guard). Before:
 *
 *	LEVEL(name)        name, marked with the level
 *	TARGET             attribute that switches the level on
 */

TARGET static void LEVEL(exponential)(double scale, double *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] = -scale * gx_ln_normal(x[i]);
}

TARGET static void LEVEL(uniform_scaled)(double scale, double *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] = scale * x[i];
}

/* To the normal quantile, if no x is in the far tail; tells whether one is. */
TARGET static bool LEVEL(quantile_near)(double *x, size_t n)
{
	uint64_t far = 0;

#pragma omp simd reduction(| : far)
	for (size_t i = 0; i < n; i++) {
		const double radius = gx_quantile_radius(x[i]);

		far |= gx_double_bits(5 - radius); /* its sign */
		x[i] = gx_quantile_near(x[i], radius);
	}
	return far >> 63 != 0;
}

TARGET static void LEVEL(below)(double *x, size_t n)
{
	const double most = 1 - 0x1p-53;

#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		const double u = gx_normal_below_inline(x[i]);

		x[i] = u < most ? u : most;
	}
}

TARGET static void LEVEL(normal)(double mean, double sd, double *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] = mean + sd * x[i];
}

TARGET static void LEVEL(lognormal)(double mean, double sd, double *x, size_t n)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] = gx_exp_inline(mean + sd * x[i]);
}

static const struct level LEVEL(level) = {
	.exponential = LEVEL(exponential),
	.uniform = LEVEL(uniform_scaled),
	.quantile_near = LEVEL(quantile_near),
	.below = LEVEL(below),
	.normal = LEVEL(normal),
	.lognormal = LEVEL(lognormal),
};

#undef LEVEL
#undef TARGET
