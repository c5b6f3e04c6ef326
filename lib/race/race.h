/* SPDX-License-Identifier: MIT */
/*
 * Races. Strategies that do the same work take turns, in rounds. Each round has another
 * order, so that other load of the machine hits all of them alike. Before that each one runs
 * once and its answer is compared: if one is wrong, there is no race.
 */
#ifndef GX_RACE_H
#define GX_RACE_H

#include "race/launcher.h"
#include "race/timing.h"

enum { GX_REASON_MAX = 512 };

enum gx_race_outcome {
	GX_RAN,
	GX_LEFT_OUT, /* it could not run: the reason is told, the others go on */
	GX_LATE,     /* it was stopped at the time limit */
	GX_WRONG,    /* its answer is another one */
};

struct gx_contestant {
	const char *strategy;
	int cores;
	/*
	 * Does the work once, fills in *run and compares its answer. The programs that it
	 * starts are stopped after `limit` seconds (0: never). The text in `reason` begins
	 * with neither its name nor a capital.
	 */
	enum gx_race_outcome (*run)(void *work, const struct gx_contestant *self, double limit,
			       struct gx_run *run, char reason[GX_REASON_MAX]);
	const void *detail; /* for run */
};

struct gx_race {
	struct gx_timing *timing;
	struct gx_launcher *launcher;
	void *work;
	struct gx_contestant *contestant;
	size_t ncontestant, room;
	uint64_t runs, warmup;
	double budget; /* seconds for all of it; 0: no bound */
	void **kept;
	size_t nkept;
};

/* Gives memory to the race, which frees it at its end; returns it. */
void *gx_race_keep(struct gx_race *race, void *memory);

void gx_race_add(struct gx_race *race, const struct gx_contestant *contestant);

/* Says on stderr and in the notes that a strategy takes no part, and why. */
void gx_race_leave_out(struct gx_race *race, const char *strategy, const char *format,
		       ...) GX_PRINTF(3, 4);

/*
 * Checks that the answers agree, then races; the runs are in race->timing. Dies with exit 1
 * when the answers do not agree, and names each strategy that is wrong and how. If the
 * budget is too short for all rounds, the strategies have fewer runs, and a note says so. If
 * it is too short for one round, the run that compared the answer is the one that counts.
 */
void gx_race_run(struct gx_race *race);

void gx_race_free(struct gx_race *race);

/*
 * The peak of this process's resident memory since gx_peak_reset, in bytes; since the start
 * where the system cannot reset it.
 */
void gx_peak_reset(void);
double gx_peak(void);

#endif
