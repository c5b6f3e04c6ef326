/* SPDX-License-Identifier: MIT */
/* Source facts: which part of which input rows come from, and what was done to them. */
#ifndef GX_SOURCE_H
#define GX_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/gx.h"

enum {
	GX_IDENTITY_MAX = 32, /* "simulation:" and 16 hex digits, and room */
	GX_WORK_MAX = 1024,
	GX_KIND_MAX = 64,
};

/* Terms: those of an annotation, which a network was asked about; each part sees all of it. */
enum gx_unit { GX_UNIT_UNKNOWN, GX_UNIT_ROWS, GX_UNIT_BYTES, GX_UNIT_TERMS };

/* [first, last) of `of`, in `unit`; GX_UNKNOWN where nobody knows. */
struct gx_source {
	char identity[GX_IDENTITY_MAX]; /* "kind:HEX", or "." */
	enum gx_unit unit;
	uint64_t first, last, of;
	uint64_t digest; /* sum of the row digests of the input rows that were seen */
	char work[GX_WORK_MAX]; /* the steps so far, one space between; "" for none */
};

const char *gx_unit_name(enum gx_unit unit);

/* The unit of this name of n bytes; unknown where it is none. */
enum gx_unit gx_unit_find(const char *name, size_t n);

/*
 * The digest of two parts of an input: the sum, or, where each part sees all of it, that of
 * each, which must be the same.
 */
static inline uint64_t gx_source_digest_join(enum gx_unit unit, uint64_t a, uint64_t b)
{
	return unit == GX_UNIT_TERMS ? b : a + b;
}

/* Appends a step to source->work; dies when there are more than fit. */
void gx_source_add_step(struct gx_source *source, const char *step);

/* Whether one of some steps begins with this word. */
bool gx_steps_have(const char *steps, const char *word);

/*
 * Takes `next`, which continues *source, into it. Returns NULL, or says (static, lower
 * case) what keeps the two from being neighbours in one input.
 */
const char *gx_source_continue(struct gx_source *source, const struct gx_source *next);

/* The one of them that running the missing parts mends: compared by address. */
extern const char gx_source_gap[];

/* Whether an identity is the digest of all rows: the whole need not say it, and its parts must. */
bool gx_source_is_digest(const char *identity);

/* Makes the identity "kind:" and 16 hex digits of `value`. */
void gx_source_identify(struct gx_source *source, const char *kind, uint64_t value);

#endif
