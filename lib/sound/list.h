/* SPDX-License-Identifier: MIT */
/*
 * Several sounds as one input: a row each, in the order of the operands, all of one rate. Heads
 * are read, and what does not fit is told, before any sample is. A file is closed until its turn
 * comes, and must be the same file then; pipes stay open.
 *
 *	struct gx_sound_list list = { .path = path, .n = n, .span = span, .length = 4096 };
 *	gx_sound_list_open(&list, in);
 *	for (size_t i = list.first; i < list.last; i++) {
 *		struct gx_listed_sound *sound = &list.sound[i];
 *		gx_input_resume(sound->sound.in);
 *		... gx_sound_read(&sound->sound, &sound->choice, ...) ...
 *		gx_input_close(sound->sound.in);
 *	}
 *	gx_sound_list_free(&list);
 *
 * A part of a list has the sounds [first, last) of it. Of the others it takes the size and both
 * ends, which with the names and the span make the identity of the whole, gx-matrix(5).
 */
#ifndef GX_SOUND_LIST_H
#define GX_SOUND_LIST_H

#include "base/part.h"
#include "matrix/source.h"
#include "sound/sound.h"

/* What of each sound is wanted, as the user says it. */
struct gx_sound_span {
	uint32_t channel; /* from 1; 0: the mean of all */
	double start;	  /* seconds */
	double duration;  /* seconds; 0: to the end */
};

struct gx_listed_sound {
	struct gx_sound sound; /* of the sounds of this part; else its input is NULL */
	struct gx_sound_choice choice;
	const char *name; /* of its row */
};

struct gx_sound_list {
	/* The caller's. */
	const char *const *path; /* "-" is standard input, which is a stream */
	size_t n;
	const char *standard_name; /* what standard input is called; NULL: "-" */
	struct gx_part part;	   /* n == 0: all */
	struct gx_sound_span span;
	size_t length; /* frames that each must have in its span */

	/* Set by open. */
	struct gx_listed_sound *sound; /* n of them */
	size_t first, last;
	uint32_t rate;
	uint64_t nbyte; /* of the files of this part; GX_UNKNOWN */
	/* Of all sounds the size is known: then a part can be told from the whole. */
	bool known;
	char identity[GX_IDENTITY_MAX]; /* "sounds:HEX"; "." where it is not known */
};

/* Whether an input that is open, and of which nothing was read, is a sound. */
bool gx_sound_list_recognise(struct gx_input *in);

/*
 * Looks at all of them; `opened` is the first one, which is the list's from then on. Dies where one
 * is no sound, is of another rate, or has not what is wanted of it (exit 1), cannot be opened (3),
 * or cannot be one of parts (2).
 */
void gx_sound_list_open(struct gx_sound_list *list, struct gx_input *opened);
void gx_sound_list_free(struct gx_sound_list *list);

/* Notes a fault of a sound whose frames were counted as they came: `nread` of its choice. */
void gx_sound_list_check_length(const struct gx_sound_list *list, size_t number, uint64_t nread);

#endif
