/* SPDX-License-Identifier: MIT */
/*
 * The eight lanes of a sum: value j goes to lane j mod 8, and at the end the lanes are
 * joined in one fixed order. So a sum has the same bits at every SIMD width.
 */
#ifndef GX_LANES_H
#define GX_LANES_H

#include <stdint.h>
#include <string.h>

#include "base/gx.h"

enum { GX_LANES = 8 };

/*
 * Eight doubles as one value: GCC and clang lower it to one register of AVX-512, two of
 * AVX or four of SSE2. With a loop over eight lanes GCC 12 kept them in memory.
 */
typedef double gx_lanes __attribute__((vector_size(GX_LANES * sizeof(double)), aligned(8)));

GX_INLINE double gx_lanes_join(const gx_lanes *lane)
{
	gx_lanes s = *lane;
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* The one NaN for any, by its bits. */
GX_INLINE double gx_nan_canonical(double x)
{
	static const uint64_t bits = GX_NAN_BITS;
	if (x != x)
		memcpy(&x, &bits, sizeof x);
	return x;
}

#endif
