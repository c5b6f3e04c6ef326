/* SPDX-License-Identifier: MIT */
/* Parts: where they begin and end, for every N that is small and some that are not; K/N. */
#include "base/part.h"

#include <inttypes.h>

#include "unit.h"

/* The parts of `units` in n tile it in order, the first units mod n have one unit more. */
static bool tiles(uint64_t units, uint64_t n)
{
	bool good = unit_equal(gx_part_bound(units, 0, n), 0, "%" PRIu64 " units in %" PRIu64,
			       units, n) &&
		    unit_equal(gx_part_bound(units, n, n), units,
			       "%" PRIu64 " units in %" PRIu64, units, n);
	for (uint64_t k = 1; k <= n && good; k++) {
		uint64_t size = gx_part_bound(units, k, n) - gx_part_bound(units, k - 1, n);
		good = unit_equal(size, units / n + (k <= units % n),
				  "%" PRIu64 " units, part %" PRIu64 "/%" PRIu64, units, k, n);
	}
	return good;
}

static void check_bound(uint64_t units, uint64_t k, uint64_t n, uint64_t want)
{
	unit_equal(gx_part_bound(units, k, n), want,
		   "%" PRIu64 " units, end of part %" PRIu64 "/%" PRIu64, units, k, n);
}

static void test_bounds(void)
{
	bool good = true;
	for (uint64_t units = 0; units <= 200 && good; units++)
		for (uint64_t n = 1; n <= 230 && good; n++)
			good = tiles(units, n);
	unit_report("parts tile the whole, the first ones with one unit more");

	static const uint64_t large[] = { UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63,
					  (UINT64_C(1) << 63) + 12345,
					  UINT64_C(10000000000000000000) };
	good = true;
	for (size_t i = 0; i < sizeof large / sizeof *large && good; i++)
		for (uint64_t n = 1; n <= 300 && good; n++)
			good = tiles(large[i], n);
	unit_report("nothing overflows near 2^64 units");

	/* As many parts as units, and more of both than fit in any product. */
	for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
		uint64_t n = large[i];
		check_bound(n, n / 3, n, n / 3);
		check_bound(n - 1, n, n, n - 1);
		check_bound(n - 1, n - 1, n, n - 1);
		check_bound(7, n, n, 7);
		check_bound(7, 5, n, 5);
		check_bound(7, 8, n, 7);
	}
	unit_report("nor with 2^64 parts");
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		uint64_t k, n;
	} right[] = { { "1/1", 1, 1 },
		      { "3/8", 3, 8 },
		      { "8/8", 8, 8 },
		      { "007/0010", 7, 10 },
		      { "18446744073709551615/18446744073709551615", UINT64_MAX, UINT64_MAX } };
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct gx_part part = { 0 };
		const char *why = NULL;
		if (unit_check(gx_part_parse(right[i].text, &part, &why), "%s: %s",
			       right[i].text, why ? why : "no reason")) {
			unit_equal(part.k, right[i].k, "k of %s", right[i].text);
			unit_equal(part.n, right[i].n, "n of %s", right[i].text);
		}
	}
	unit_report("K/N is read");

	static const char *const wrong[] = {
		"",	"/",	 "1",	 "1/",	"/1",	 "0/1",	 "0/0",	 "1/0",	 "2/1",
		"1/2/", "1/2/3", "1 /2", " 1/2", "1/ 2", "1/2 ", "+1/2", "1/+2", "-1/2",
		"1/-2", "1.0/2", "1/2k", "a/b",	 "1,2",	 "1:2",	 "1\\2", "0x1/2",
		"18446744073709551616/1", "1/18446744073709551616",
		"1/99999999999999999999999999999999999999",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct gx_part part;
		const char *why = NULL;
		unit_check(!gx_part_parse(wrong[i], &part, &why), "'%s' is no part", wrong[i]);
		unit_check(why && *why, "a reason why '%s' is none", wrong[i]);
	}
	unit_report("what is no K/N is refused, with a reason");
}

int main(void)
{
	test_bounds();
	test_parse();
	return unit_end();
}
