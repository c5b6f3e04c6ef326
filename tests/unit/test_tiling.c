/* SPDX-License-Identifier: MIT */
/* Tilings against a map of each unit: gaps, and overlaps of what was thrown in any order. */
#include "record/tiling.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { UNITS = 40, TILES = 24, ROUNDS = 20000 };

/* Tiles that may have no extent; when `apart`, none that takes a unit twice. */
static size_t throw_tiles(struct gx_tile tile[TILES], bool apart, int cover[UNITS])
{
	size_t n = 0, wanted = unit_draw_below(TILES + 1);
	memset(cover, 0, UNITS * sizeof *cover);
	for (size_t k = 0; k < wanted; k++) {
		uint64_t first = unit_draw_below(UNITS + 1);
		uint64_t last = first + unit_draw_below(1 + UNITS / 8);
		last = last > UNITS ? UNITS : last;
		bool taken = false;
		for (uint64_t i = first; i < last; i++)
			taken |= cover[i] > 0;
		if (apart && taken)
			continue;
		for (uint64_t i = first; i < last; i++)
			cover[i]++;
		tile[n] = (struct gx_tile){ first, last, "", n };
		n++;
	}
	return n;
}

/* The gaps are the units that no tile covers, in order, each with an end and a beginning. */
static void check_gaps(const struct gx_tile *tile, size_t n, const int cover[UNITS], int round)
{
	uint64_t at = 0, first, last;
	int gaps[UNITS] = { 0 };
	while (gx_tiling_gap(tile, n, UNITS, &at, &first, &last)) {
		if (!unit_check(first < last && last <= UNITS && at == last,
				"round %d: gap %" PRIu64 " to %" PRIu64 ", at %" PRIu64, round,
				first, last, at))
			return;
		for (uint64_t i = first; i < last; i++)
			gaps[i]++;
		unit_check(first == 0 || cover[first - 1], "round %d: %" PRIu64 " begins a gap",
			   round, first);
	}
	for (int i = 0; i < UNITS; i++)
		unit_equal((uint64_t)gaps[i], !cover[i], "round %d: gaps over unit %d", round, i);
}

int main(void)
{
	struct gx_tile tile[TILES];
	int cover[UNITS];
	int overlapping = 0;
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = throw_tiles(tile, true, cover);
		unit_check(gx_tiling_sort(tile, n) == NULL, "round %d: no overlap", round);
	}
	unit_report("tiles that lie apart do not overlap");
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = throw_tiles(tile, true, cover);
		gx_tiling_sort(tile, n);
		check_gaps(tile, n, cover, round);
	}
	unit_report("gaps are the units that no tile has, each once and in order");
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = throw_tiles(tile, false, cover);
		bool twice = false;
		for (int i = 0; i < UNITS; i++)
			twice |= cover[i] > 1;
		const struct gx_tile *pair = gx_tiling_sort(tile, n);
		unit_equal(pair != NULL, twice, "round %d: an overlap", round);
		unit_check(!pair || (pair[0].first < pair[1].last && pair[1].first < pair[0].last),
			   "round %d: two that overlap", round);
		overlapping += twice;
	}
	unit_report("two tiles with one unit are found, and they do overlap");
	unit_test(overlapping > ROUNDS / 10 && overlapping < ROUNDS, "both cases were met");

	/* Half of very many are lost: a gap costs no walk over all of them. */
	size_t many = 200000, found = 0;
	struct gx_tile *half = unit_allocate(many, sizeof *half);
	for (size_t k = 0; k < many; k++)
		half[k] = (struct gx_tile){ 2 * k, 2 * k + 1, "", k };
	uint64_t at = 0, first, last;
	while (gx_tiling_gap(half, many, 2 * many, &at, &first, &last)) {
		unit_equal(first, 2 * found + 1, "gap %zu begins", found);
		unit_equal(last, first + 1, "gap %zu ends", found);
		found++;
	}
	unit_equal(found, many, "gaps");
	unit_report("each second one of 400,000 is a gap");
	free(half);
	return unit_end();
}
