/* SPDX-License-Identifier: MIT */
/* Parts: where they begin and end, for every N that is small and some that are not; K/N. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/part.h"

static unsigned tests, failed;

static void report(bool good, const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
}

/* The parts of `units` in n tile it in order, the first units mod n have one unit more. */
static bool tiles(uint64_t units, uint64_t n)
{
	bool good = gx_part_bound(units, 0, n) == 0 && gx_part_bound(units, n, n) == units;
	for (uint64_t k = 1; k <= n && good; k++) {
		uint64_t size = gx_part_bound(units, k, n) - gx_part_bound(units, k - 1, n);
		good = size == units / n + (k <= units % n);
	}
	if (!good)
		printf("# %llu units in %llu parts\n", (unsigned long long)units,
		       (unsigned long long)n);
	return good;
}

static void test_bounds(void)
{
	bool good = true;
	for (uint64_t units = 0; units <= 200 && good; units++)
		for (uint64_t n = 1; n <= 230 && good; n++)
			good = tiles(units, n);
	report(good, "parts tile the whole, the first ones with one unit more");

	static const uint64_t large[] = { UINT64_MAX,	  UINT64_MAX - 1,	   UINT64_C(1) << 63,
					  (UINT64_C(1) << 63) + 12345, UINT64_C(10000000000000000000) };
	good = true;
	for (size_t i = 0; i < sizeof large / sizeof *large && good; i++)
		for (uint64_t n = 1; n <= 300 && good; n++)
			good = tiles(large[i], n);
	report(good, "nothing overflows near 2^64 units");

	/* As many parts as units, and more of both than fit in any product. */
	good = true;
	for (size_t i = 0; i < sizeof large / sizeof *large && good; i++) {
		uint64_t n = large[i];
		good = gx_part_bound(n, n / 3, n) == n / 3 && gx_part_bound(n - 1, n, n) == n - 1 &&
		       gx_part_bound(n - 1, n - 1, n) == n - 1 &&
		       gx_part_bound(7, n, n) == 7 && gx_part_bound(7, 5, n) == 5 &&
		       gx_part_bound(7, 8, n) == 7;
	}
	report(good, "nor with 2^64 parts");
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
	bool good = true;
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct gx_part part = { 0 };
		const char *why = NULL;
		if (!gx_part_parse(right[i].text, &part, &why) || part.k != right[i].k ||
		    part.n != right[i].n) {
			printf("# %s: %s\n", right[i].text, why ? why : "read as another");
			good = false;
		}
	}
	report(good, "K/N is read");

	static const char *const wrong[] = {
		"",	"/",	 "1",	 "1/",	"/1",	 "0/1",	 "0/0",	 "1/0",	 "2/1",
		"1/2/", "1/2/3", "1 /2", " 1/2", "1/ 2", "1/2 ", "+1/2", "1/+2", "-1/2",
		"1/-2", "1.0/2", "1/2k", "a/b",	 "1,2",	 "1:2",	 "1\\2", "0x1/2",
		"18446744073709551616/1", "1/18446744073709551616",
		"1/99999999999999999999999999999999999999",
	};
	good = true;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct gx_part part;
		const char *why = NULL;
		if (gx_part_parse(wrong[i], &part, &why) || !why || !*why) {
			printf("# '%s' was taken for a part, or nothing was said\n", wrong[i]);
			good = false;
		}
	}
	report(good, "what is no K/N is refused, with a reason");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_bounds();
	test_parse();
	printf("1..%u\n", tests);
	return failed != 0;
}
