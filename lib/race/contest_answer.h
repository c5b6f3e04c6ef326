/* SPDX-License-Identifier: MIT */
/* What the strategies of the main job share: its answer, and how answers are compared. */
#ifndef GX_CONTEST_ANSWER_H
#define GX_CONTEST_ANSWER_H

#include "race/contest.h"

enum { GX_MEANS_BLOCK = 4096 }; /* rows whose means are kept before they are counted: 32 KiB */

struct gx_means_answer {
	uint64_t count, missing; /* rows whose mean is above; whose mean is missing */
};

struct gx_means_race {
	const struct gx_contest *contest;
	struct gx_race *race;
	struct gx_means_answer right; /* of the first strategy */
	bool known;
	/* Rows that a sum in another order may put on the threshold's other side. */
	uint64_t ties;
};

/* Counts the ties. The race keeps the result and hands it to its strategies as their work. */
struct gx_means_race *gx_means_race_begin(struct gx_race *race,
					  const struct gx_contest *contest);

/*
 * Compares an answer with the first one, which is taken for right. With `rounding` the sums
 * may have been rounded otherwise: as many rows as there are ties may differ.
 */
enum gx_race_outcome gx_means_compare(struct gx_means_race *means, const char *strategy,
				 struct gx_means_answer answer, bool rounding,
				 char reason[GX_REASON_MAX]);

/* The bytes of the matrix: 8 a value. */
double gx_means_bytes(const struct gx_means_race *means);

#endif
