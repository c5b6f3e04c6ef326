/* SPDX-License-Identifier: MIT */
/*
 * Facts: keys and their values, in the order in which they were told.
 *
 *	struct gx_facts facts = { 0 };
 *	gx_facts_tell(&facts, "rows", "%zu", nrow);
 *	for (struct gx_fact f = { 0 }; gx_facts_next(&facts, &f);)
 *		printf("%s\t%s\n", f.key, f.value);
 *	gx_facts_free(&facts);
 */
#ifndef GX_FACTS_H
#define GX_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gx.h"
#include "base/names.h"

struct gx_facts {
	struct gx_names list; /* key, value, key, value ... */
};

/* {0} is before the first one. */
struct gx_fact {
	const char *key, *value;
};

/* {0} is an empty list. Freed, it is one again. */
void gx_facts_free(struct gx_facts *facts);

/* Adds all facts of another list. */
void gx_facts_append(struct gx_facts *facts, const struct gx_facts *more);

/* Adds a key and its value, printf-like; at most 2047 bytes of the value are kept. */
void gx_facts_tell(struct gx_facts *facts, const char *key, const char *format, ...)
	GX_PRINTF(3, 4);
/* The same of a count: "." where it is GX_UNKNOWN. */
void gx_facts_count(struct gx_facts *facts, const char *key, uint64_t n);

/* Moves to the next fact; false behind the last one. Nothing may be added meanwhile. */
bool gx_facts_next(const struct gx_facts *facts, struct gx_fact *fact);

/* The value of a key; NULL where it was not told. */
const char *gx_facts_find(const struct gx_facts *facts, const char *key);

#endif
