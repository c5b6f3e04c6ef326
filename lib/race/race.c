/* SPDX-License-Identifier: MIT */
#include "race/race.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/terminal.h"
#include "bytes/progress.h"
#include "kernel/philox.h"

void gx_peak_reset(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "we");
	if (f) {
		fputs("5", f); /* sets VmHWM to what is resident now: proc(5) */
		fclose(f);
	}
}

double gx_peak(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	double kib = NAN;
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %lf kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib * 1024;
}

void *gx_race_keep(struct gx_race *race, void *memory)
{
	race->kept = gx_reallocate(race->kept, race->nkept + 1, sizeof *race->kept);
	return race->kept[race->nkept++] = memory;
}

void gx_race_add(struct gx_race *race, const struct gx_contestant *contestant)
{
	if (race->ncontestant == race->room) {
		race->room = race->room ? 2 * race->room : 32;
		race->contestant = gx_reallocate(race->contestant, race->room,
						 sizeof *race->contestant);
	}
	race->contestant[race->ncontestant++] = *contestant;
}

void gx_race_leave_out(struct gx_race *race, const char *strategy, const char *format,
		       ...)
{
	char text[GX_REASON_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	gx_warn("%s is left out: %s", strategy, text);
	gx_timing_note(race->timing, "%s is left out: %s", strategy, text);
}

void gx_race_free(struct gx_race *race)
{
	for (size_t i = 0; i < race->nkept; i++)
		free(race->kept[i]);
	free(race->kept);
	free(race->contestant);
	*race = (struct gx_race){ 0 };
}

/* ---- the race ---- */

struct track {
	struct gx_race *race;
	double begun;
	bool *out;            /* of each contestant: it runs no more */
	double *took;         /* seconds that its last run took, all in all */
	struct gx_run *first; /* of each: the run whose answer was compared */
	size_t *order;        /* of the round */
	uint64_t started;     /* runs so far: numbers them, and draws the order */
	bool bounded;         /* the budget was too short for some run */
};

/* Seconds left of the budget for the programs of a strategy; 0: no bound. */
static double limit_of(const struct track *track)
{
	double budget = track->race->budget;
	if (budget == 0)
		return 0;
	double left = budget - (gx_seconds() - track->begun);
	return left > 0.001 ? left : 0.001;
}

/* The first run of a strategy has half of that, so that a slow one leaves time for the others. */
static double first_limit_of(const struct track *track)
{
	return limit_of(track) / 2;
}

static bool affords(const struct track *track, size_t i)
{
	double budget = track->race->budget;
	return budget == 0 || gx_seconds() - track->begun + track->took[i] <= budget;
}

static enum gx_race_outcome run_once(struct track *track, size_t i, double limit,
				struct gx_run *run, char reason[GX_REASON_MAX])
{
	struct gx_race *race = track->race;
	const struct gx_contestant *contestant = &race->contestant[i];
	*run = (struct gx_run){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	snprintf(reason, GX_REASON_MAX, "no reason was given");
	double from = gx_seconds();
	enum gx_race_outcome outcome = contestant->run(race->work, contestant, limit, run,
						  reason);
	track->took[i] = gx_seconds() - from;
	run->order = (double)++track->started;
	gx_progress_rows(1);
	return outcome;
}

static void drop(struct track *track, size_t i, const char *reason)
{
	const struct gx_contestant *c = &track->race->contestant[i];
	char name[128];
	gx_terminal_clear();
	snprintf(name, sizeof name, "%s on %d core%s", c->strategy, c->cores,
		 c->cores == 1 ? "" : "s");
	gx_race_leave_out(track->race, name, "%s", reason);
	track->out[i] = true;
}

/* Runs each one once. The first answer is the right one; dies when another one differs. */
static void agree(struct track *track)
{
	struct gx_race *race = track->race;
	char reason[GX_REASON_MAX];
	size_t wrong = 0;
	for (size_t i = 0; i < race->ncontestant; i++) {
		if (!affords(track, i)) {
			drop(track, i, "the budget ended before it could run");
			continue;
		}
		enum gx_race_outcome outcome = run_once(track, i, first_limit_of(track),
						   &track->first[i], reason);
		if (outcome == GX_LEFT_OUT) {
			drop(track, i, reason);
		} else if (outcome == GX_LATE) {
			drop(track, i,
			     "its first run took more than half of the remaining budget");
		} else if (outcome == GX_WRONG) {
			gx_warn("%s on %d core%s disagrees: %s",
				race->contestant[i].strategy, race->contestant[i].cores,
				race->contestant[i].cores == 1 ? "" : "s", reason);
			wrong++;
		}
	}
	if (wrong)
		gx_die(GX_EXIT_DATA,
		       "%zu of %zu strategies disagree with the first: nothing is ranked",
		       wrong, race->ncontestant);
}

/* A random order: Fisher and Yates' shuffle, drawn by Philox from the run's number. */
static void shuffle(struct track *track)
{
	size_t n = track->race->ncontestant;
	for (size_t i = 0; i < n; i++)
		track->order[i] = i;
	for (size_t i = n; i > 1; i--) {
		const uint32_t key[2] = { 1, 0 };
		const uint32_t counter[4] = { (uint32_t)track->started, (uint32_t)i, 0,
					      0 };
		uint32_t word[4];
		gx_philox(counter, key, word);
		size_t j = (size_t)(((uint64_t)word[0] * i) >> 32), kept;
		kept = track->order[i - 1];
		track->order[i - 1] = track->order[j];
		track->order[j] = kept;
	}
}

static void measure(struct gx_race *race, size_t i, const struct gx_run *run)
{
	const struct gx_contestant *c = &race->contestant[i];
	gx_timing_run(race->timing, gx_timing_entry(race->timing, c->strategy, c->cores),
		      run);
}

static void run_round(struct track *track, bool measured)
{
	struct gx_race *race = track->race;
	char reason[GX_REASON_MAX];
	shuffle(track);
	for (size_t k = 0; k < race->ncontestant; k++) {
		size_t i = track->order[k];
		struct gx_run run;
		if (track->out[i])
			continue;
		if (!affords(track, i)) {
			track->bounded = true;
			continue;
		}
		enum gx_race_outcome outcome = run_once(track, i, limit_of(track), &run,
						   reason);
		const struct gx_contestant *c = &race->contestant[i];
		if (outcome == GX_WRONG)
			gx_die(GX_EXIT_DATA,
			       "%s on %d core%s disagrees in run %" PRIu64
			       ", after it had agreed: %s",
			       c->strategy, c->cores, c->cores == 1 ? "" : "s",
			       track->started, reason);
		if (outcome == GX_LEFT_OUT)
			drop(track, i, reason);
		else if (outcome == GX_LATE)
			track->bounded = true;
		else if (measured)
			measure(race, i, &run);
	}
}

/* Where the budget allowed no other run, the one that compared the answer counts. */
static void count_first_runs(struct track *track)
{
	struct gx_race *race = track->race;
	for (size_t i = 0; i < race->ncontestant; i++) {
		const struct gx_contestant *c = &race->contestant[i];
		size_t entry = gx_timing_entry(race->timing, c->strategy, c->cores);
		if (track->out[i] || race->timing->entry[entry].nrun)
			continue;
		measure(race, i, &track->first[i]);
		gx_timing_note(
			race->timing,
			"%s on %d core%s: the budget allowed only its first run, which "
			"compares the answer and has no warm-up",
			c->strategy, c->cores, c->cores == 1 ? "" : "s");
	}
}

void gx_race_run(struct gx_race *race)
{
	size_t n = race->ncontestant;
	struct track track = { .race = race, .begun = gx_seconds() };
	track.out = gx_allocate_zeroed(n, sizeof *track.out);
	track.took = gx_allocate_zeroed(n, sizeof *track.took);
	track.first = gx_allocate_zeroed(n, sizeof *track.first);
	track.order = gx_allocate(n, sizeof *track.order);
	gx_progress_phase("runs", (race->runs + race->warmup + 1) * n,
			  isatty(STDERR_FILENO) == 1);
	/* Entries stand in the order of the contestants, whatever order a round has. */
	for (size_t i = 0; i < n; i++)
		gx_timing_entry(race->timing, race->contestant[i].strategy,
				race->contestant[i].cores);
	agree(&track);
	for (uint64_t round = 0; round < race->warmup; round++)
		run_round(&track, false);
	for (uint64_t round = 0; round < race->runs; round++)
		run_round(&track, true);
	gx_terminal_clear();
	count_first_runs(&track);
	if (track.bounded)
		gx_timing_note(race->timing,
			       "the budget of %g s was too short for %" PRIu64
			       " runs of each strategy",
			       race->budget, race->runs);
	free(track.out);
	free(track.took);
	free(track.first);
	free(track.order);
}
