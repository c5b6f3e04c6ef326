/* SPDX-License-Identifier: MIT */
/* What the strategies of the work "tasks" share: the task, and how answers are compared. */
#ifndef GX_CONTEST_TASKS_H
#define GX_CONTEST_TASKS_H

#include "race/contest.h"

struct gx_tasks {
	const struct gx_contest *contest;
	struct gx_race *race;
	char seconds[32]; /* of one task, as sleep takes them: "0.0001" */
};

/* The answer is how many were done. */
enum gx_race_outcome gx_tasks_compare(const struct gx_tasks *tasks, const char *strategy,
				      uint64_t done, char reason[GX_REASON_MAX]);

/* What --peers asks for: threads and processes of Python, Dask, Ray. */
void gx_contest_add_task_peers(struct gx_race *race, const struct gx_tasks *tasks);

#endif
