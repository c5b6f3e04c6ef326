/* SPDX-License-Identifier: MIT */
/*
 * Races: strategies that do one work take turns, in rounds, each round in another order,
 * so that what else the machine does hits them alike. Before that each one runs once, and
 * its answer is compared: where one is wrong there is no race.
 */
#ifndef GX_RACE_H
#define GX_RACE_H

#include "race/launcher.h"
#include "race/timing.h"

enum { GX_REASON_MAX = 512 };

enum gx_race_outcome {
	GX_RAN,
	GX_LEFT_OUT, /* it could not be run: the reason is told, the others go on */
	GX_LATE,     /* it was stopped at the time limit */
	GX_WRONG,    /* its answer is another one */
};

struct gx_contestant {
	const char *strategy;
	int cores;
	/*
	 * Does the work once and fills in *run, the time limit (seconds; 0: none) being
	 * for what it starts; compares its answer. What it says in `reason` begins with
	 * neither its name nor a capital.
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

/* Says that a strategy takes no part and why: on stderr, and in the notes. */
void gx_race_leave_out(struct gx_race *race, const char *strategy, const char *format,
		       ...) GX_PRINTF(3, 4);

/*
 * Agrees, then races; the runs are in race->timing. Dies with exit 1, naming each
 * strategy that is wrong and how, when the answers do not agree. Where the budget does
 * not suffice for all rounds, the strategies have fewer runs, and a note says so; where it
 * does not for a single round, the run that agreed is the one that counts.
 */
void gx_race_run(struct gx_race *race);

void gx_race_free(struct gx_race *race);

/*
 * Resident memory of this process, at its peak since gx_peak_reset; bytes. Where the
 * system cannot reset, since the start.
 */
void gx_peak_reset(void);
double gx_peak(void);

#endif
