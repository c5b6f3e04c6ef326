/* SPDX-License-Identifier: MIT */
#include "command/nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void gx_fold(const char *word, size_t n, char folded[GX_NEAREST_WORD + 1])
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++) {
		if (strchr("-_.", word[i]))
			continue;
		if (k == GX_NEAREST_WORD) {
			k = 0;
			break;
		}
		folded[k++] = (char)tolower((unsigned char)word[i]);
	}
	folded[k] = 0;
}

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* By rows of the usual table: of the letters before i of word, and before j of name. */
size_t gx_nearest_distance(const char *word, const char *name)
{
	enum { ROOM = GX_NEAREST_WORD + 1 };
	size_t rows[3][ROOM], *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(word), m = least_of(strlen(name), GX_NEAREST_WORD);
	for (size_t j = 0; j <= m; j++)
		last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			bool same = word[i - 1] == name[j - 1];
			row[j] = least_of(last[j - 1] + !same,
					  1 + least_of(last[j], row[j - 1]));
			if (i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
			    word[i - 2] == name[j - 1])
				row[j] = least_of(row[j], before[j - 2] + 1);
		}
		size_t *free = before;
		before = last;
		last = row;
		row = free;
	}
	size_t least = SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		least = least_of(least, last[j]);
	return least;
}

void gx_nearest_start(struct gx_nearest *nearest, const char *word)
{
	*nearest = (struct gx_nearest){ .least = SIZE_MAX };
	gx_fold(word, strlen(word), nearest->word);
}

void gx_nearest_offer(struct gx_nearest *nearest, const char *name)
{
	char folded[GX_NEAREST_WORD + 1];
	size_t n = strlen(nearest->word);
	gx_fold(name, strlen(name), folded);
	if (n == 0)
		return;
	size_t distance = gx_nearest_distance(nearest->word, folded);
	if (distance > (n < 3 ? 0u : n < 7 ? 1u : n < 11 ? 2u : 3u) ||
	    distance > nearest->least)
		return;
	if (distance < nearest->least)
		nearest->n = 0;
	nearest->least = distance;
	if (nearest->n < GX_NEAREST_MAX)
		nearest->name[nearest->n++] = name;
}

void gx_list_names(const char *const name[], size_t n, const char *before, char *text,
		   size_t room)
{
	size_t at = 0;
	*text = 0;
	for (size_t i = 0; i < n && at < room; i++) {
		const char *between = i == 0 ? "" : i + 1 < n ? ", " : " or ";
		at += (size_t)snprintf(text + at, room - at, "%s%s%s", between, before,
				       name[i]);
	}
}

bool gx_nearest_tell(const struct gx_nearest *nearest, const char *before, char *text,
		     size_t room)
{
	gx_list_names(nearest->name, nearest->n, before, text, room);
	return nearest->n > 0;
}
