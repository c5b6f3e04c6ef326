/* SPDX-License-Identifier: MIT */
/*
 * Records that follow each other in a text, read as it comes: a line at a time, each judged
 * before the next one is read.
 *
 *	struct gx_record_input in = { .more = more, .context = file };
 *	while (gx_record_next(&in, &record, &why))
 *		...
 *	if (why)
 *		... what stands on line in.line is wrong ...
 *	gx_record_input_free(&in);
 *
 * What is held is one line, and of the record the names and numbers of its columns.
 */
#ifndef GX_RECORD_READ_H
#define GX_RECORD_READ_H

#include "record/record.h"

struct gx_record_input {
	/* Gives up to n bytes and at least one, as they come; 0 at the end alone. */
	size_t (*more)(void *context, void *out, size_t n);
	void *context;

	uint64_t line; /* of the text, from 1: the last one that was read or found wrong */

	/* private */
	char *text; /* from `at` to `end`: not read yet */
	size_t at, end, room;
	bool ended;
	char *again; /* a line as it must be written */
	size_t again_room;
};

/*
 * Makes up to n bytes visible without reading them. Returns how many there are, less than n
 * at the end alone; *bytes is valid until the next call.
 */
size_t gx_record_peek(struct gx_record_input *in, size_t n, const char **bytes);

/* The bytes that are visible already. */
size_t gx_record_visible(const struct gx_record_input *in, const char **bytes);

/* The one `why` of text that is no record at all, in whose place it still is: by address. */
extern const char gx_record_none[];

/*
 * Reads the next record. False at the end, and then *why is NULL; or where there is no sound
 * record, and then *why says what is wrong with in->line (static, lower case): there is
 * nothing more to be read.
 */
bool gx_record_next(struct gx_record_input *in, struct gx_record *record, const char **why);

/* Begins another text; what was allocated is kept. */
void gx_record_input_restart(struct gx_record_input *in);

void gx_record_input_free(struct gx_record_input *in);

#endif
