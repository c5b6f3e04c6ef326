/* SPDX-License-Identifier: MIT */
/*
 * Powers of ten to 128 bits, for reading and printing number text.
 *
 * Entry e - GX_POWER_LEAST is the least integer g >= 10^e / 2^(floor(log2(10^e)) - 127),
 * so 2^127 <= g < 2^128. g is exact for e in [0, 55], and less than one too large
 * elsewhere.
 */
#ifndef GX_POWER_OF_TEN_H
#define GX_POWER_OF_TEN_H

#include <stdint.h>

#define GX_POWER_LEAST (-342)
#define GX_POWER_MOST 324
#define GX_POWER_EXACT 55

struct gx_power_of_ten {
	uint64_t high;
	uint64_t low;
};

extern const struct gx_power_of_ten gx_power_of_ten[GX_POWER_MOST - GX_POWER_LEAST + 1];

#endif
