/* SPDX-License-Identifier: MIT */
#include "kernel/fixed_point.h"

#include "base/gx.h"

/*
 * Dividing 128 bits takes 30 ns. In doubles q (2^46 / max) is at most 1 away from the exact
 * quotient, as it is below 2^46 and a double has 53 bits. The remainder tells which: it is below
 * 4 max in size, so 64 bits of it are all of it.
 */
GX_INLINE uint64_t fixed(uint64_t q, uint64_t max, double scale)
{
	uint64_t two = 2 * max, whole = (uint64_t)((double)q * scale);
	int64_t rest = (int64_t)((q << 47) + max - whole * two);
	return whole - (rest < 0) + (rest >= (int64_t)two);
}

uint64_t gx_fixed_rank(uint64_t q, uint64_t max)
{
	return fixed(q, max, 0x1p46 / (double)max);
}

GX_CLONES bool gx_fixed_add_uint32(const uint32_t *q, size_t n, uint64_t max, uint64_t *sum)
{
	const double scale = 0x1p46 / (double)max;
	uint32_t largest = 0;
	for (size_t i = 0; i < n; i++) {
		largest = q[i] > largest ? q[i] : largest;
		sum[i] += fixed(q[i], max, scale);
	}
	return largest <= max;
}

GX_CLONES bool gx_fixed_add_uint64(const uint64_t *q, size_t n, uint64_t max, uint64_t *sum)
{
	const double scale = 0x1p46 / (double)max;
	uint64_t largest = 0;
	for (size_t i = 0; i < n; i++) {
		largest = q[i] > largest ? q[i] : largest;
		sum[i] += fixed(q[i], max, scale);
	}
	return largest <= max;
}
