/* SPDX-License-Identifier: MIT */
/*
 * gx's own elementary functions: within 1 ulp, vectorisable, and with the same bits on
 * every machine, which no libm promises. Only + - * / sqrt, floor and integer operations
 * are used, none of them contracted.
 */
#ifndef GX_ELEMENTARY_H
#define GX_ELEMENTARY_H

#include <stddef.h>

/* Natural logarithm; domain: normal and subnormal x > 0 (0 gives -Inf, Inf gives Inf). */
double gx_ln(double x);

/* e^x, any finite x; too large gives Inf, too small 0 or a subnormal. */
double gx_exp(double x);

/* The normal quantile of u in (0, 1): Wichura's AS 241, PPND16, about 1e-16 relative. */
double gx_normal_quantile(double u);

#endif
