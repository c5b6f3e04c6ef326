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

/* Counts the ties. The race keeps what is returned; its strategies find it as their work. */
struct gx_means_race *gx_means_race_begin(struct gx_race *race,
					  const struct gx_contest *contest);

/*
 * Compares an answer with the right one, which the first that comes gives. `rounding`:
 * the sum may have been rounded otherwise.
 */
enum gx_race_outcome gx_means_compare(struct gx_means_race *means, const char *strategy,
				 struct gx_means_answer answer, bool rounding,
				 char reason[GX_REASON_MAX]);

/* What is worked on: 8 bytes a value. */
double gx_means_bytes(const struct gx_means_race *means);

#endif
