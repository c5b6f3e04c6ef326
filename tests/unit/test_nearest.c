/* SPDX-License-Identifier: MIT */
/* The nearest names: against a recursion that follows the definition, and by examples. */
#include <string.h>

#include "command/nearest.h"
#include "unit.h"

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What turns the first i letters of a into the first j of b. */
static size_t edits(const char *a, size_t i, const char *b, size_t j)
{
	if (i == 0 || j == 0)
		return i + j;
	size_t least = least_of(edits(a, i - 1, b, j), edits(a, i, b, j - 1)) + 1;
	least = least_of(least, edits(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]));
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		least = least_of(least, edits(a, i - 2, b, j - 2) + 1);
	return least;
}

static size_t to_a_beginning(const char *a, const char *b)
{
	size_t least = SIZE_MAX;
	for (size_t j = 0; j <= strlen(b); j++)
		least = least_of(least, edits(a, strlen(a), b, j));
	return least;
}

static void distances(void)
{
	for (int round = 0; round < 3000; round++) {
		char text[2][8];
		for (int k = 0; k < 2; k++) {
			size_t n = unit_draw() % 7;
			for (size_t i = 0; i < n; i++)
				text[k][i] = (char)('a' + unit_draw() % 3);
			text[k][n] = 0;
		}
		unit_equal(gx_nearest_distance(text[0], text[1]),
			   to_a_beginning(text[0], text[1]), "%s to %s", text[0], text[1]);
	}
	unit_report("distances are those of the definition");
}

/* The names that are near to a word, as a message has them. */
static void tells(const char *word, const char *want)
{
	static const char *const names[] = { "threads", "threshold", "skip-na", "skip-columns",
					     "columns", "delimiter", "any" };
	struct gx_nearest nearest;
	char text[128];
	gx_nearest_start(&nearest, word);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		gx_nearest_offer(&nearest, names[i]);
	bool found = gx_nearest_tell(&nearest, "--", text, sizeof text);
	unit_text(text, want, "%s", word);
	unit_check(found == (want[0] != 0), "%s", word);
}

int main(void)
{
	distances();
	tells("tresh", "--threshold");
	tells("threshhold", "--threshold");
	tells("threds", "--threads or --threshold");
	tells("Skip_NA", "--skip-na");
	tells("skp", "--skip-na or --skip-columns");
	tells("cloumns", "--columns");
	tells("dlemiter", "--delimiter");
	tells("ay", "");
	tells("x", "");
	tells("", "");
	tells("---", "");
	tells("nonsense", "");
	tells("a-word-that-is-longer-than-any-name-of-an-option", "");
	unit_report("names that are near, and no others");
	char folded[GX_NEAREST_WORD + 1];
	gx_fold("Skip_N.a-=1", 9, folded);
	unit_text(folded, "skipna", "folded");
	gx_fold("0123456789012345678901234567890123456789", 40, folded);
	unit_equal(strlen(folded), 40, "the longest");
	gx_fold("01234567890123456789012345678901234567890", 41, folded);
	unit_text(folded, "", "too long");
	unit_report("words are folded");
	return unit_end();
}
