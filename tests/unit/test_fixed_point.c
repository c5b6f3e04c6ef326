/* SPDX-License-Identifier: MIT */
/* Ranks in fixed point against the division of 128 bits that defines them. */
#include <string.h>

#include "kernel/fixed_point.h"
#include "unit.h"

static uint64_t naive(uint64_t q, uint64_t max)
{
	return (uint64_t)((((unsigned __int128)q << 47) + max) / (2 * (unsigned __int128)max));
}

static uint64_t draw_max(unsigned most_bits)
{
	uint64_t max = unit_draw() >> (64 - 1 - unit_draw() % most_bits);
	return max ? max : 1;
}

static void test_one_rank(void)
{
	for (int round = 0; round < 200000; round++) {
		uint64_t max = draw_max(53), q = round % 7 == 0 ? max : unit_draw() % (max + 1);
		unit_equal(gx_fixed_rank(q, max), naive(q, max), "%lu of %lu", q, max);
	}
	unit_equal(gx_fixed_rank(GX_FIXED_RANK_MAX, GX_FIXED_RANK_MAX), GX_FIXED_ONE, "the largest");
	unit_equal(gx_fixed_rank(0, 1), 0, "none");
	/* A half is rounded up: 1 of 2^47 is half a unit. */
	unit_equal(gx_fixed_rank(1, UINT64_C(1) << 47), 1, "half a unit");
	unit_report("a rank in fixed point is the quotient of 128 bits");
}

static void test_sums(void)
{
	enum { MOST = 300 };
	struct unit_fence fence[3];
	for (int k = 0; k < 3; k++)
		fence[k] = unit_fence_make(8 * MOST);
	for (size_t n = 0; n <= MOST; n++) {
		bool at_end = n % 2;
		uint32_t *q = unit_place(&fence[0], n * sizeof *q, at_end);
		uint64_t *wide = unit_place(&fence[1], n * sizeof *wide, at_end);
		uint64_t *sum = unit_place(&fence[2], n * sizeof *sum, at_end);
		uint64_t max = draw_max(32), large = draw_max(53);
		for (size_t i = 0; i < n; i++) {
			q[i] = (uint32_t)(unit_draw() % (max + 1));
			wide[i] = unit_draw() % (large + 1);
			sum[i] = i;
		}
		unit_check(gx_fixed_add_uint32(q, n, max, sum), "all are below");
		unit_check(gx_fixed_add_uint64(wide, n, large, sum), "all are below");
		for (size_t i = 0; i < n; i++)
			unit_equal(sum[i], i + naive(q[i], max) + naive(wide[i], large), "value %zu", i);
		if (n && max < UINT32_MAX) {
			q[n - 1] = (uint32_t)max + 1;
			wide[0] = large + 1;
			unit_check(!gx_fixed_add_uint32(q, n, max, sum), "one is above");
			unit_check(!gx_fixed_add_uint64(wide, n, large, sum), "one is above");
		}
	}
	for (int k = 0; k < 3; k++)
		unit_fence_free(&fence[k]);
	unit_report("ranks are added in fixed point");
}

int main(void)
{
	test_one_rank();
	test_sums();
	return unit_end();
}
