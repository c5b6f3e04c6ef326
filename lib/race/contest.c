/* SPDX-License-Identifier: MIT */
#include "race/contest.h"

#include <math.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/part.h"
#include "base/processors.h"
#include "race/race_products.h"

/* ---- which strategies ---- */

bool gx_contest_wants(const struct gx_contest *contest, const char *strategy)
{
	size_t n = strlen(strategy);
	const char *at = contest->strategies;
	if (!at)
		return true;
	for (; *at; at += *at == ',') {
		size_t k = strcspn(at, ",");
		if (k == n && memcmp(at, strategy, n) == 0)
			return true;
		at += k;
	}
	return false;
}

static bool is_among(const char *name, size_t n, const char *const names[])
{
	size_t i = 0;
	while (names && names[i] && !(strlen(names[i]) == n && memcmp(names[i], name, n) == 0))
		i++;
	return names && names[i];
}

static void refuse_strategy(const char *name, size_t n, const char *const names[],
			    const char *const peers[])
{
	const char *const *const lists[] = { names, peers };
	char list[512] = "";
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; lists[k] && lists[k][i]; i++) {
			strncat(list, *list ? ", " : "", sizeof list - strlen(list) - 1);
			strncat(list, lists[k][i], sizeof list - strlen(list) - 1);
		}
	gx_die_usage("--strategies %.*s: the strategies of this work are %s", (int)n, name, list);
}

void gx_contest_check(const struct gx_contest *contest, const char *const names[],
		      const char *const peers[])
{
	for (const char *at = contest->strategies; at && *at; at += *at == ',') {
		size_t n = strcspn(at, ",");
		bool is_peer = is_among(at, n, peers);
		if (!is_peer && !is_among(at, n, names))
			refuse_strategy(at, n, names, peers);
		if (is_peer && !contest->peers)
			gx_die_usage("--strategies %.*s: it is another program, which races with "
				     "--peers alone: add that",
				     (int)n, at);
		at += n;
	}
}

/* ---- measuring ---- */

static double processor_of(int who)
{
	struct rusage use;
	getrusage(who, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

struct gx_stopwatch gx_stopwatch_start(int cores)
{
	/* The threads of the run are made here, and each is told its CPUs. */
#pragma omp parallel num_threads(cores)
	gx_processors_confine(cores);
	return gx_stopwatch_start_alone(cores);
}

struct gx_stopwatch gx_stopwatch_start_alone(int cores)
{
	gx_processors_confine(cores);
	gx_peak_reset();
	struct gx_stopwatch watch;
	watch.processor = processor_of(RUSAGE_SELF) + processor_of(RUSAGE_CHILDREN);
	watch.began = gx_seconds();
	return watch;
}

void gx_stopwatch_stop(const struct gx_stopwatch *watch, struct gx_run *run)
{
	run->seconds = gx_seconds() - watch->began;
	run->processor = processor_of(RUSAGE_SELF) + processor_of(RUSAGE_CHILDREN) -
			 watch->processor;
	run->peak = gx_peak();
	/* Waiting threads would spin, for milliseconds of the next run. */
	omp_pause_resource_all(omp_pause_soft);
}

pid_t gx_contest_fork(void)
{
	pid_t owner = getpid(), pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != owner) /* it was gone before that */
		_exit(1);
	return 0;
}

/* ---- the bandwidth ---- */

struct reading {
	const double *value;
	size_t n;
	uint64_t bits; /* the answer of the first run */
	bool known;
};

static uint64_t read_all(const struct reading *reading, int cores)
{
	uint64_t bits = 0;
#pragma omp parallel for num_threads(cores) schedule(static) reduction(^ : bits)
	for (int k = 0; k < cores; k++) {
		size_t first = gx_part_bound(reading->n, (uint64_t)k, (uint64_t)cores);
		size_t last = gx_part_bound(reading->n, (uint64_t)k + 1, (uint64_t)cores);
		bits ^= gx_read_values(reading->value + first, last - first);
	}
	return bits;
}

void gx_contest_warm(const double *value, size_t n)
{
	/* The compiler would leave out a result that nobody uses. */
	static volatile uint64_t sink;
	enum { PASSES_MAX = 8 };
	double last = INFINITY;
	for (int i = 0; i < PASSES_MAX; i++) {
		double from = gx_seconds();
		sink = gx_read_values(value, n);
		double took = gx_seconds() - from;
		if (took > 0.95 * last)
			break;
		last = took;
	}
	(void)sink;
}

static enum gx_race_outcome run_read(void *work, const struct gx_contestant *self,
				double limit, struct gx_run *run,
				char reason[GX_REASON_MAX])
{
	(void)work, (void)limit;
	/* Its state is its own, so that it can be raced in each work. */
	struct reading *reading = (struct reading *)self->detail;
	gx_contest_warm(reading->value, reading->n);
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	uint64_t bits = read_all(reading, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)reading->n * sizeof(double);
	if (!reading->known)
		reading->bits = bits;
	reading->known = true;
	snprintf(reason, GX_REASON_MAX, "it read other bits than in its first run");
	return bits == reading->bits ? GX_RAN : GX_WRONG;
}

void gx_contest_add_read(struct gx_race *race, const struct gx_contest *contest,
			 const double *value, size_t n)
{
	if (!gx_contest_wants(contest, "read") || n == 0)
		return;
	struct reading *reading = gx_race_keep(race, gx_allocate(1, sizeof *reading));
	*reading = (struct reading){ .value = value, .n = n };
	for (size_t i = 0; i < contest->ncores; i++)
		gx_race_add(race, &(struct gx_contestant){ .strategy = "read",
							   .cores = contest->cores[i],
							   .run = run_read,
							   .detail = reading });
}
