/* SPDX-License-Identifier: MIT */
/*
 * Ranks in fixed point: a rank q of a network whose largest rank is max counts
 *
 *	floor((q 2^47 + max) / (2 max)),
 *
 * which is q / max in units of 2^-46, rounded to the nearest, halves up. Whole numbers add up to
 * the same sum in any order. Of 64 networks a sum is below 2^53, so it is a double too; 262,143
 * of them are below 2^64.
 */
#ifndef GX_FIXED_POINT_H
#define GX_FIXED_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GX_FIXED_ONE (UINT64_C(1) << 46)
/* Above it a rank is no double, which the division leans on: of more genes than 67 million. */
#define GX_FIXED_RANK_MAX (UINT64_C(1) << 53)
enum { GX_FIXED_NETWORKS_MAX = 262143 };

/* One rank, q <= max, 1 <= max <= GX_FIXED_RANK_MAX. */
uint64_t gx_fixed_rank(uint64_t q, uint64_t max);

/* Adds n ranks to n sums; false where one of them is above max, and then the sums are not to be used. */
bool gx_fixed_add_uint32(const uint32_t *q, size_t n, uint64_t max, uint64_t *sum);
bool gx_fixed_add_uint64(const uint64_t *q, size_t n, uint64_t max, uint64_t *sum);

#endif
