/* SPDX-License-Identifier: MIT */
/* The main job as a race: what its strategies share. */
#ifndef GX_CONTEST_MEANS_H
#define GX_CONTEST_MEANS_H

#include "race/contest.h"

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
	const char *gxm, *npy; /* files of the matrix */
};

/*
 * Compares an answer with the right one, which the first that comes gives. `rounding`:
 * the sum may have been rounded otherwise.
 */
enum gx_outcome gx_means_compare(struct gx_means_race *means, const char *strategy,
				 struct gx_means_answer answer, bool rounding,
				 char reason[GX_REASON_MAX]);

/* What is worked on: 8 bytes a value. */
double gx_means_bytes(const struct gx_means_race *means);

/* The strategies that are programs: xargs and parallel; Python's. */
void gx_contest_add_pipelines(struct gx_race *race, struct gx_means_race *means);
void gx_contest_add_peers(struct gx_race *race, struct gx_means_race *means);

#endif
