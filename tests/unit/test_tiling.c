/* SPDX-License-Identifier: MIT */
/* Tilings against a map of each unit: gaps, and overlaps of what was thrown in any order. */
#include "record/tiling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 40, TILES = 24, ROUNDS = 20000 };

static int number, failures;

static void ok(bool good, const char *what)
{
	failures += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
}

static uint64_t random_below(uint64_t n)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* Tiles that may have no extent; when `apart`, none that takes a unit twice. */
static size_t throw_tiles(struct gx_tile tile[TILES], bool apart, int cover[UNITS])
{
	size_t n = 0, wanted = random_below(TILES + 1);
	memset(cover, 0, UNITS * sizeof *cover);
	for (size_t k = 0; k < wanted; k++) {
		uint64_t first = random_below(UNITS + 1);
		uint64_t last = first + random_below(1 + UNITS / 8);
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

static bool gaps_agree(const struct gx_tile *tile, size_t n, const int cover[UNITS])
{
	uint64_t at = 0, first, last, unit = 0;
	while (gx_tiling_gap(tile, n, UNITS, &at, &first, &last)) {
		for (; unit < first; unit++)
			if (!cover[unit])
				return false;
		if (first >= last || last > UNITS || at != last)
			return false;
		for (; unit < last; unit++)
			if (cover[unit])
				return false;
	}
	for (; unit < UNITS; unit++)
		if (!cover[unit])
			return false;
	return true;
}

int main(void)
{
	struct gx_tile tile[TILES];
	int cover[UNITS];
	int overlapping = 0;
	bool found_none = true, gaps = true, overlaps = true;
	for (int round = 0; round < ROUNDS; round++) {
		size_t n = throw_tiles(tile, true, cover);
		found_none &= gx_tiling_sort(tile, n) == NULL;
		gaps &= gaps_agree(tile, n, cover);

		n = throw_tiles(tile, false, cover);
		bool twice = false;
		for (int i = 0; i < UNITS; i++)
			twice |= cover[i] > 1;
		const struct gx_tile *pair = gx_tiling_sort(tile, n);
		overlaps &= (pair != NULL) == twice;
		overlaps &= !pair ||
			    (pair[0].first < pair[1].last && pair[1].first < pair[0].last);
		overlapping += twice;
	}
	ok(found_none, "tiles that lie apart do not overlap");
	ok(gaps, "gaps are the units that no tile has, each once and in order");
	ok(overlaps, "two tiles with one unit are found, and they do overlap");
	ok(overlapping > ROUNDS / 10 && overlapping < ROUNDS, "both cases were met");

	/* Half of very many are lost: a gap costs no walk over all of them. */
	size_t many = 200000, found = 0;
	struct gx_tile *half = calloc(many, sizeof *half);
	for (size_t k = 0; k < many; k++)
		half[k] = (struct gx_tile){ 2 * k, 2 * k + 1, "", k };
	uint64_t at = 0, first, last;
	while (gx_tiling_gap(half, many, 2 * many, &at, &first, &last))
		found += first == 2 * found + 1 && last == first + 1;
	ok(found == many, "each second one of 400,000 is a gap");
	free(half);
	printf("1..%d\n", number);
	return failures != 0;
}
