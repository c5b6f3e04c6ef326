/* SPDX-License-Identifier: MIT */
/*
 * Kinds of features: genes, antibodies, guides ... in one matrix, of which --feature-type
 * chooses.
 */
#ifndef GX_MARKET_KINDS_H
#define GX_MARKET_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/facts.h"
#include "base/names.h"

/* So many are told one by one; a column of more is hardly one of kinds. */
enum { GX_KINDS_MAX = 64 };

/* {0}: none yet. */
struct gx_kinds {
	struct gx_names names; /* in the order in which they came */
	uint64_t count[GX_KINDS_MAX];
	uint64_t others; /* features of kinds that came when there were as many as that */
};

/* Counts a feature of a kind, n > 0 bytes. */
void gx_kinds_add(struct gx_kinds *kinds, const char *kind, size_t n);
void gx_kinds_free(struct gx_kinds *kinds);

/* Whether a list is "all": every feature, of whatever kind, or of none. */
bool gx_kinds_is_all(const char *list);

/*
 * Whether a list (NULL, or "all": everything) has a kind: as a whole, letters in any case.
 * gx_kinds_demand dies with exit 2, naming the input, where a word of the list is no kind that
 * was counted.
 */
bool gx_kinds_chosen(const char *list, const char *kind, size_t n);
void gx_kinds_demand(const struct gx_kinds *kinds, const char *list, const char *input);

/* Dies with exit 2: they are several, and one has to be chosen. */
void gx_kinds_ask(const struct gx_kinds *kinds, const char *input);

/* The fact feature_types, "Gene Expression:2,Antibody Capture:1"; none where there are none. */
void gx_kinds_tell(const struct gx_kinds *kinds, struct gx_facts *facts);

/* Whether 10x calls features so. */
bool gx_kinds_is_known(const char *kind, size_t n);

#endif
