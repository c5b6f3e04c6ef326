/* SPDX-License-Identifier: MIT */
/*
 * The works that gx-time can race. Each function adds the strategies of one work to a race,
 * and says which of them cannot run here. The input must outlive the race.
 */
#ifndef GX_CONTEST_H
#define GX_CONTEST_H

#include <sys/types.h>

#include "race/race.h"

/* The input of the works and the user's choices; a work takes those that concern it. */
struct gx_contest {
	const double *value; /* nrow x ncol, in memory that forked workers share */
	size_t nrow, ncol;
	double threshold;
	const char *file; /* the same as a GXM or npy file, for pipelines; NULL: write one */
	const int *cores; /* ascending, each once */
	size_t ncores;
	const char *strategies; /* names, separated by commas; NULL: all */
	bool peers;
	const char *python; /* the program */
	int nthread;        /* for what is made before the race */
	uint64_t size;      /* n of n x n */
	uint64_t ntask, task_nanoseconds;
};

/*
 * Dies with exit 2 if contest->strategies has a name that is neither in names[] nor in peers[], or
 * that is a peer where none are raced. NULL ends both; peers may be NULL.
 */
void gx_contest_check(const struct gx_contest *contest, const char *const names[],
		      const char *const peers[]);
bool gx_contest_wants(const struct gx_contest *contest, const char *strategy);

/* The works. The race keeps and frees what they allocate. */
void gx_contest_means(struct gx_race *race, const struct gx_contest *contest);
void gx_contest_rowsum(struct gx_race *race, const struct gx_contest *contest);
void gx_contest_dot(struct gx_race *race, const struct gx_contest *contest);
void gx_contest_matmul(struct gx_race *race, const struct gx_contest *contest);
void gx_contest_network(struct gx_race *race, const struct gx_contest *contest);
void gx_contest_tasks(struct gx_race *race, const struct gx_contest *contest);

/* ---- for the works ---- */

/* Measures time and memory of one run in this process and its children. */
struct gx_stopwatch {
	double began, processor;
};
/*
 * Confines to so many cores the threads that OpenMP will use, or this thread alone and what it
 * forks; then starts.
 */
struct gx_stopwatch gx_stopwatch_start(int cores);
struct gx_stopwatch gx_stopwatch_start_alone(int cores);
/* Fills in seconds, processor and peak; ends OpenMP's threads. */
void gx_stopwatch_stop(const struct gx_stopwatch *watch, struct gx_run *run);

/*
 * Reads all values, until that gets no faster. Called before the clock is started, so that
 * each strategy finds the caches as it would leave them itself: in each round another one ran
 * before it, and a program that it is compared with has just loaded its matrix.
 */
void gx_contest_warm(const double *value, size_t n);

/* Adds the strategy "read": gx_read_values of n values on each number of cores. */
void gx_contest_add_read(struct gx_race *race, const struct gx_contest *contest,
			 const double *value, size_t n);

/* fork for a worker, which is killed when this thread or process ends. */
pid_t gx_contest_fork(void);

/* Whether this strategy must be wrong: in a build of the tests alone, GX_TEST_WRONG names it. */
#ifdef GX_TEST_WRONG
#include <stdlib.h>
#include <string.h>
static inline bool gx_contest_spoiled(const char *strategy)
{
	const char *wrong = getenv("GX_TEST_WRONG");
	return wrong && strcmp(wrong, strategy) == 0;
}
#else
static inline bool gx_contest_spoiled(const char *strategy)
{
	(void)strategy;
	return false;
}
#endif

#endif
