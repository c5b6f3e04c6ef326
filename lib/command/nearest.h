/* SPDX-License-Identifier: MIT */
/*
 * What was meant by a word that is no name: the names that are nearest to it.
 *
 *	struct gx_nearest nearest;
 *	gx_nearest_start(&nearest, "tresh");
 *	gx_nearest_offer(&nearest, "threads");
 *	gx_nearest_offer(&nearest, "threshold");
 *	char text[128];
 *	if (gx_nearest_tell(&nearest, "--", text, sizeof text))
 *		printf("did you mean %s?\n", text);        --threshold
 */
#ifndef GX_NEAREST_H
#define GX_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

enum { GX_NEAREST_MAX = 6, GX_NEAREST_WORD = 40 };

struct gx_nearest {
	char word[GX_NEAREST_WORD + 1]; /* folded; empty: too long for any name */
	size_t least;			/* distance of those that are kept */
	const char *name[GX_NEAREST_MAX];
	size_t n;
};

/*
 * Copies a word in lower case without hyphens, underscores and points, so that skip-na,
 * Skip_NA and skipna are one; at most GX_NEAREST_WORD bytes of n, empty if there are more.
 */
void gx_fold(const char *word, size_t n, char folded[GX_NEAREST_WORD + 1]);

/*
 * How many letters have to be inserted, left out, replaced or swapped with their neighbour to
 * make of `word` the beginning of `name`: what was not typed to its end is not far. Both folded.
 */
size_t gx_nearest_distance(const char *word, const char *name);

void gx_nearest_start(struct gx_nearest *nearest, const char *word);
/*
 * Keeps the name if it is near: one fault in 3 to 6 letters, two up to 10, three beyond; and
 * if none that was offered is nearer. The name must stay.
 */
void gx_nearest_offer(struct gx_nearest *nearest, const char *name);

/* Writes "--a, --b or --c", with `before` in front of each; false where none is near. */
bool gx_nearest_tell(const struct gx_nearest *nearest, const char *before, char *text,
		     size_t room);

/* "a, b or c" of any names. */
void gx_list_names(const char *const name[], size_t n, const char *before, char *text,
		   size_t room);

#endif
