/* SPDX-License-Identifier: MIT */
#include "kernel/transform.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/elementary_inline.h"
#include "kernel/levels.h"

/* The loops of one SIMD level. */
struct level {
	/* From u. */
	void (*exponential)(double scale, double *x, size_t n);
	void (*uniform)(double scale, double *x, size_t n);
	bool (*quantile_near)(double *x, size_t n);
	/* From the normal quantile. */
	void (*below)(double *x, size_t n);
	void (*normal)(double mean, double sd, double *x, size_t n);
	void (*lognormal)(double mean, double sd, double *x, size_t n);
};

#ifdef GX_EIGHT_LANES
#define LEVEL(name) name##_8
#define TARGET GX_TARGET_8
#include "kernel/transform_lanes.h"
#endif

#ifdef GX_FOUR_LANES
#define LEVEL(name) name##_4
#define TARGET GX_TARGET_4
#include "kernel/transform_lanes.h"
#endif

#ifdef GX_TWO_LANES
#define LEVEL(name) name##_2
#define TARGET GX_TARGET_2
#include "kernel/transform_lanes.h"
#endif

static const struct level *level(void)
{
	switch (gx_level_lanes()) {
#ifdef GX_EIGHT_LANES
	case 8:
		return &level_8;
#endif
#ifdef GX_FOUR_LANES
	case 4:
		return &level_4;
#endif
#ifdef GX_TWO_LANES
	case 2:
		return &level_2;
#endif
	}
	__builtin_unreachable();
}

void gx_transform_exponential(double scale, double *x, size_t n)
{
	level()->exponential(scale, x, n);
}

void gx_transform_uniform(double scale, double *x, size_t n)
{
	level()->uniform(scale, x, n);
}

void gx_transform_quantile(double *x, size_t n)
{
	double u[GX_TRANSFORM_BLOCK];

	memcpy(u, x, n * sizeof(*x));
	if (GX_LIKELY(!level()->quantile_near(x, n)))
		return;
	for (size_t i = 0; i < n; i++)
		x[i] = gx_normal_quantile(u[i]);
}

void gx_transform_below(double *x, size_t n)
{
	level()->below(x, n);
}

void gx_transform_normal(double mean, double sd, double *x, size_t n)
{
	level()->normal(mean, sd, x, n);
}

void gx_transform_lognormal(double mean, double sd, double *x, size_t n)
{
	level()->lognormal(mean, sd, x, n);
}
