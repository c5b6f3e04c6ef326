/* SPDX-License-Identifier: MIT */
/*
 * What follows from a race of tasks that wait: the tasks that are worth a process, and whether
 * more workers than cores were faster. A worker that waits takes no core.
 */
#include <math.h>
#include <string.h>

#include "race/timing.h"
#include "race/timing_numbers.h"

static const double overhead_most = 0.05; /* of the time of its tasks: it does not matter */
static const double waiting_least = 0.5;  /* of the time: more workers would wait at once */
enum { FOLD = 4, CORES_MAX = 1024 };	  /* of the cores, for advice; what --cores takes */

bool gx_timing_is_of_tasks(const struct gx_timing *timing)
{
	const char *work = gx_timing_find(timing, "work");
	return work && strcmp(work, "tasks") == 0;
}

const char *gx_timing_handed_out(const struct gx_timing_entry *entry)
{
	static const struct {
		const char *strategy, *what;
	} pools[] = { { "threads", "task" },	      { "python-threads", "task" },
		      { "multiprocessing", "batch" }, { "dask", "task" },
		      { "ray", "task" },	      { "ray-batched", "batch" } };
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		if (strcmp(entry->strategy, pools[i].strategy) == 0)
			return pools[i].what;
	return NULL;
}

const char *gx_timing_worker(const struct gx_timing *timing,
			     const struct gx_timing_entry *entry)
{
	int there = gx_timing_processors(timing);
	return there && entry->cores > there ? "worker" : "core";
}

/* How many tasks a process, or what is handed out, must be for its overhead not to matter. */
static void conclude_batch(struct gx_timing *timing, const struct gx_timing_entry *entry,
			   const struct gx_timing_entry *loop)
{
	const char *handed = gx_timing_handed_out(entry);
	double task = 1 / loop->rate, batch = ceil(entry->overhead / (overhead_most * task));
	char cost[GX_NUMBER_ROOM];
	if (entry == loop || !(entry->overhead > 0) || !(batch > 1))
		return;
	gx_show_seconds(entry->overhead, cost);
	gx_timing_conclude(timing,
			   "%s on %d core%s: %s%s costs %s of a %s, so its overhead is below "
			   "%.0f%% when it %s %.0f such tasks or more",
			   entry->strategy, entry->cores, entry->cores == 1 ? "" : "s",
			   handed ? "handing out a " : "a ", handed ? handed : "process", cost,
			   gx_timing_worker(timing, entry), 100 * overhead_most,
			   handed ? "is of" : "does", batch);
}

/* The fastest with more cores than there are, or else of those with no more. */
static const struct gx_timing_entry *fastest_of(const struct gx_timing *timing, int there,
						bool beyond)
{
	const struct gx_timing_entry *best = NULL;
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		if (gx_timing_takes_part(entry) && (entry->cores > there) == beyond &&
		    (!best || entry->time.median < best->time.median))
			best = entry;
	}
	return best;
}

/* More workers than cores ran: cores alone cannot be faster than one by as much as they are. */
static void conclude_overlap(struct gx_timing *timing, int there,
			     const struct gx_timing_entry *best,
			     const struct gx_timing_entry *loop)
{
	char took[GX_NUMBER_ROOM], ratio[GX_NUMBER_ROOM], alone[GX_NUMBER_ROOM];
	double times = loop->time.median / best->time.median;
	gx_show_seconds(best->time.median, took);
	gx_show_seconds(loop->time.median, alone);
	gx_show_ratio(times, ratio);
	if (times > there)
		gx_timing_conclude(timing,
				   "waiting overlaps: %s takes %s by %d workers, %s times as fast "
				   "as one task after the other (%s), on %d core%s: a worker that "
				   "waits takes no core",
				   best->strategy, took, best->cores, ratio, alone, there,
				   there == 1 ? "" : "s");
	else
		gx_timing_conclude(timing,
				   "no waiting is seen to overlap: of those with more workers than "
				   "the %d core%s that there %s, %s by %d is the fastest, and %s "
				   "times as fast as one task after the other",
				   there, there == 1 ? "" : "s", there == 1 ? "is" : "are",
				   best->strategy, best->cores, ratio);
}

/* No more workers than cores ran, and these waited. */
static void advise_more(struct gx_timing *timing, int there,
			const struct gx_timing_entry *best, const struct gx_timing_entry *loop)
{
	double ntask = loop->rate * loop->time.median;
	double waiting = loop->time.median / best->cores / best->time.median;
	double workers = fmin(fmin((double)FOLD * there, floor(ntask + 0.5)), CORES_MAX);
	char share[GX_NUMBER_ROOM];
	if (!(waiting >= waiting_least) || !(workers > there))
		return;
	gx_timing_conclude(timing,
			   "%s on %d core%s waits for %s of its time, and waiting takes no core: "
			   "race more workers than the %d core%s that there %s: add %.0f to --cores",
			   best->strategy, best->cores, best->cores == 1 ? "" : "s",
			   gx_show_percent(fmin(waiting, 1), share), there, there == 1 ? "" : "s",
			   there == 1 ? "is" : "are", workers);
}

void gx_timing_conclude_tasks(struct gx_timing *timing)
{
	const struct gx_timing_entry *loop = gx_timing_look_up(timing, "loop", 1);
	int there = gx_timing_processors(timing);
	if (!gx_timing_is_of_tasks(timing) || !loop)
		return;
	const struct gx_timing_entry *beyond = fastest_of(timing, there, true);
	const struct gx_timing_entry *within = fastest_of(timing, there, false);
	if (there && beyond)
		conclude_overlap(timing, there, beyond, loop);
	else if (there && within)
		advise_more(timing, there, within, loop);
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		if (entry == gx_timing_widest(timing, entry->strategy, there))
			conclude_batch(timing, entry, loop);
	}
}
