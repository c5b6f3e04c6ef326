/* SPDX-License-Identifier: MIT */
/*
 * What limits each strategy, as far as the race shows it. A strategy is compared with one that
 * does less: reading alone, threads that are there before, workers that nothing is copied to, the
 * same pipeline on one row. What the other one does not need is the cost of the difference.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "race/timing.h"
#include "race/timing_numbers.h"

static const double memory_least = 0.8; /* of the rate of reading: it is what limits */
static const double busy_least = 0.8;   /* of the time of its cores: it does not wait */
static const double part_least = 0.5;   /* of its time: this part limits, and no other */
static const double lock_least = 0.8;   /* of the time of one thread: they take turns */
static const double shortest = 100e-6;  /* seconds: what a clock and a start blur */

enum { WHY = 400 };

/* What limits an entry on its cores. */
struct limit {
	const char *name; /* NULL: not known, and `why` says for want of what */
	char why[WHY];
};

GX_PRINTF(3, 4)
static void set(struct limit *limit, const char *name, const char *format, ...)
{
	va_list arguments;
	limit->name = name;
	va_start(arguments, format);
	vsnprintf(limit->why, WHY, format, arguments);
	va_end(arguments);
}

/* For want of a strategy that it is compared with. */
static void set_lacking(struct limit *limit, const char *strategy, int cores)
{
	set(limit, NULL, "%s did not race on %d core%s: add it to --strategies", strategy, cores,
	    cores == 1 ? "" : "s");
}

/* A share of its time, for people; what is more than all of it is all. */
static const char *percent(double x, char text[GX_NUMBER_ROOM])
{
	return gx_show_percent(x < 0 ? 0 : x > 1 ? 1 : x, text);
}

/* "2 cores" */
static const char *cores_of(int cores, char text[GX_NUMBER_ROOM])
{
	snprintf(text, GX_NUMBER_ROOM, "%d core%s", cores, cores == 1 ? "" : "s");
	return text;
}

/* What it worked on: "80.0 MB". */
static const char *bytes_of(const struct gx_timing_entry *entry, char text[GX_NUMBER_ROOM])
{
	char number[GX_NUMBER_ROOM];
	if (isnan(entry->rate))
		snprintf(text, GX_NUMBER_ROOM, "all rows");
	else
		snprintf(text, GX_NUMBER_ROOM, "%.30s MB",
			 gx_show_number(entry->rate * entry->time.median / 1e6, number));
	return text;
}

static bool is(const struct gx_timing_entry *entry, const char *name)
{
	return strcmp(entry->strategy, name) == 0;
}

/* ---- one process, and threads ---- */

/* The share of the time of its cores that it used; of Python it is not known for the job alone. */
static double busy_of(const struct gx_timing_entry *entry)
{
	return isnan(entry->whole) ? entry->processor / entry->cores / entry->time.median
				   : NAN;
}

/* The fastest on as many cores that does the same in half of the time or less; or NULL. */
static const struct gx_timing_entry *better_than(const struct gx_timing *timing,
						 const struct gx_timing_entry *entry)
{
	const struct gx_timing_entry *best = entry;
	for (size_t i = 0; i < timing->nentry; i++)
		if (timing->entry[i].cores == entry->cores &&
		    gx_timing_takes_part(&timing->entry[i]) &&
		    timing->entry[i].time.median < best->time.median)
			best = &timing->entry[i];
	return best->time.median <= part_least * entry->time.median ? best : NULL;
}

/* Waiting for memory counts as busy, so who is not busy waits for something else. */
static bool judge_waiting(const struct gx_timing_entry *entry, struct limit *limit)
{
	char share[GX_NUMBER_ROOM];
	if (!(busy_of(entry) < busy_least))
		return false;
	set(limit, "waiting", "its %s busy for only %s of the time",
	    entry->cores == 1 ? "core is" : "cores are", percent(busy_of(entry), share));
	return true;
}

static void judge_kernel(const struct gx_timing_entry *entry, struct limit *limit)
{
	char share[GX_NUMBER_ROOM], part[GX_NUMBER_ROOM], rate[GX_NUMBER_ROOM];
	double busy = busy_of(entry);
	if (judge_waiting(entry, limit))
		return;
	if (isnan(entry->share))
		set_lacking(limit, "read", entry->cores);
	else if (entry->share >= memory_least)
		set(limit, "memory bandwidth",
		    "it reads %s GB/s, %s of what reading alone gets on as many cores",
		    gx_show_number(entry->rate / 1e9, rate), percent(entry->share, share));
	else if (isnan(busy) && entry->cores > 1)
		set(limit, NULL,
		    "reading alone takes %s of its time, and how busy its cores are in the "
		    "rest was not measured",
		    percent(entry->share, share));
	else if (isnan(busy))
		set(limit, "compute", "reading alone takes %s of its time",
		    percent(entry->share, share));
	else
		set(limit, "compute",
		    "its %s busy for %s of the time, and reading alone takes %s of it",
		    entry->cores == 1 ? "core is" : "cores are", percent(busy, part),
		    percent(entry->share, share));
}

/*
 * Products and steps of networks read little for what they compute: there is no bound of memory to
 * compare with.
 */
static void judge_product(const struct gx_timing *timing,
			  const struct gx_timing_entry *entry, struct limit *limit)
{
	char share[GX_NUMBER_ROOM], number[GX_NUMBER_ROOM], rate[64] = "", faster[128] = "";
	const struct gx_timing_entry *better = better_than(timing, entry);
	const char *unit;
	double busy = busy_of(entry), each = gx_timing_rate_unit(timing, &unit);
	if (isnan(busy)) {
		set(limit, NULL, "the time of its processors was not measured%s",
		    isnan(entry->whole) ? "" : " for the job alone");
		return;
	}
	if (judge_waiting(entry, limit))
		return;
	if (better)
		snprintf(faster, sizeof faster, "; %.40s does the same in %s of it",
			 better->strategy,
			 percent(better->time.median / entry->time.median, share));
	if (!isnan(entry->rate))
		snprintf(rate, sizeof rate, ", at %s %s",
			 gx_show_number(entry->rate / each, number), unit);
	set(limit, "compute", "its %s busy for %s of the time%s%s",
	    entry->cores == 1 ? "core is" : "cores are", percent(busy, share), rate, faster);
}

/* ---- parts of the time of processes ---- */

/* The same sums without processes, on as many cores. */
static const struct gx_timing_entry *sums_on(const struct gx_timing *timing, int cores)
{
	const struct gx_timing_entry *sums = gx_timing_look_up(timing, "openmp", cores);
	return sums || cores > 1 ? sums : gx_timing_look_up(timing, "simd", 1);
}

/* Seconds of a run; what is left of it goes to copying. */
struct parts {
	double start, sums, copying;
	char started[128], copied[160]; /* how each is known */
};

/* The part that is at least half of the time limits; if it is the sums, what limits these does. */
static void judge_parts(const struct gx_timing *timing, const struct gx_timing_entry *entry,
			const struct parts *parts, struct limit *limit)
{
	double whole = entry->time.median;
	char start[GX_NUMBER_ROOM], sums[GX_NUMBER_ROOM], copying[GX_NUMBER_ROOM];
	percent(parts->start / whole, start);
	percent(parts->sums / whole, sums);
	percent(parts->copying / whole, copying);
	if (parts->start >= part_least * whole) {
		set(limit, "start-up", "it is %s of its time: %s", start, parts->started);
	} else if (parts->copying >= part_least * whole) {
		set(limit, "copying", "it is %s of its time: %s", copying, parts->copied);
	} else if (parts->sums >= part_least * whole) {
		const struct gx_timing_entry *same = sums_on(timing, entry->cores);
		judge_kernel(same, limit);
		char why[WHY];
		snprintf(why, WHY, "%s", limit->why);
		set(limit, limit->name, "%s of its time is what %s takes on as many cores: %.200s",
		    sums, same->strategy, why);
	} else {
		set(limit, "nothing alone",
		    "start-up is %s of its time, the sums %s, copying %s", start, sums,
		    copying);
	}
}

/*
 * The start of "processes" is not measured: that of shared stands for it. Whether it can, and
 * does not decide alone.
 */
static bool is_start_known(const struct gx_timing_entry *entry,
			   const struct gx_timing_entry *shared, const struct parts *parts,
			   struct limit *limit)
{
	char start[GX_NUMBER_ROOM], more[GX_NUMBER_ROOM];
	if (entry == shared)
		return true;
	if (shared->time.median > entry->time.median)
		set(limit, NULL,
		    "shared, which does less, took %s longer: run it again on a machine that is "
		    "not busy",
		    gx_show_seconds(shared->time.median - entry->time.median, more));
	else if (parts->start >= part_least * entry->time.median)
		set(limit, NULL,
		    "the start of its workers was not measured, only that of shared, %s",
		    gx_show_seconds(parts->start, start));
	else
		return true;
	return false;
}

/* Workers that are forked: "processes" is sent its rows, "shared" finds them. */
static void judge_workers(const struct gx_timing *timing, const struct gx_timing_entry *entry,
			  struct limit *limit)
{
	const struct gx_timing_entry *sums = sums_on(timing, entry->cores);
	const struct gx_timing_entry *shared = gx_timing_look_up(timing, "shared", entry->cores);
	char text[GX_NUMBER_ROOM], saved[GX_NUMBER_ROOM];
	struct parts parts = { 0 };
	if (!shared || !sums) {
		set_lacking(limit, shared ? "openmp" : "shared", entry->cores);
		return;
	}
	parts.sums = sums->time.median;
	parts.start = fmax(shared->time.median - sums->time.median, 0);
	parts.copying = fmax(entry->time.median - shared->time.median, 0);
	if (!is_start_known(entry, shared, &parts, limit))
		return;
	snprintf(parts.started, sizeof parts.started,
		 "%d worker%s cost %s, by which shared is slower than %s", entry->cores,
		 entry->cores == 1 ? "" : "s", gx_show_seconds(parts.start, text),
		 sums->strategy);
	snprintf(parts.copied, sizeof parts.copied,
		 "%s go through pipes, and shared, which copies nothing, is faster by %s",
		 bytes_of(entry, text), gx_show_seconds(parts.copying, saved));
	judge_parts(timing, entry, &parts, limit);
}

/* xargs and parallel, beside the same line on one row. */
static void judge_pipeline(const struct gx_timing *timing, const struct gx_timing_entry *entry,
			   struct limit *limit)
{
	char name[64], text[GX_NUMBER_ROOM], took[GX_NUMBER_ROOM];
	snprintf(name, sizeof name, "%.40s-start", entry->strategy);
	const struct gx_timing_entry *start = gx_timing_look_up(timing, name, entry->cores);
	const struct gx_timing_entry *sums = sums_on(timing, entry->cores);
	struct parts parts = { 0 };
	if (!start || !sums) {
		set_lacking(limit, start ? "openmp" : name, entry->cores);
		return;
	}
	parts.start = start->time.median;
	parts.sums = sums->time.median;
	parts.copying = fmax(entry->time.median - parts.start - parts.sums, 0);
	snprintf(parts.started, sizeof parts.started, "the same line on one row takes %s",
		 gx_show_seconds(parts.start, text));
	snprintf(parts.copied, sizeof parts.copied,
		 "%s go from the file to the filters, in %s that neither start-up nor the "
		 "sums take",
		 bytes_of(entry, text), gx_show_seconds(parts.copying, took));
	judge_parts(timing, entry, &parts, limit);
}

/* A pool or ranks are sent their blocks. One core of NumPy is a bound for the rest. */
static void judge_pool(const struct gx_timing *timing, const struct gx_timing_entry *entry,
		       struct limit *limit)
{
	const struct gx_timing_entry *numpy = gx_timing_look_up(timing, "numpy", 1);
	const char *to = is(entry, "mpi4py") ? "the ranks" : "the pool";
	double least = numpy ? 1 - numpy->time.median / entry->time.median : NAN;
	char share[GX_NUMBER_ROOM], text[GX_NUMBER_ROOM];
	if (!numpy)
		set_lacking(limit, "numpy", 1);
	else if (least >= part_least)
		set(limit, "copying",
		    "%s go to %s, and numpy, which copies nothing, takes %s of its "
		    "time on one core",
		    bytes_of(entry, text), to, percent(1 - least, share));
	else
		set(limit, NULL, "numpy takes %s of its time on one core",
		    percent(1 - least, share));
}

/* Threads of Python take turns, but those of a build without its lock. */
static void judge_lock(const struct gx_timing *timing, const struct gx_timing_entry *entry,
		       struct limit *limit)
{
	const struct gx_timing_entry *one = gx_timing_look_up(timing, entry->strategy, 1);
	char share[GX_NUMBER_ROOM];
	if (one == entry)
		judge_kernel(entry, limit);
	else if (!one)
		set(limit, NULL, "it did not race on 1 core: add 1 to --cores");
	else if (entry->time.median >= lock_least * one->time.median)
		set(limit, "the lock of Python (GIL)",
		    "%d threads take %s of the time of one, as only one runs at a time",
		    entry->cores,
		    gx_show_percent(entry->time.median / one->time.median, share));
	else
		judge_kernel(entry, limit);
}

/* The card has a memory of its own, which "read" does not measure. */
static void judge_card(const struct gx_timing *timing, const struct gx_timing_entry *entry,
		       struct limit *limit)
{
	const struct gx_timing_entry *there = gx_timing_look_up(timing, "cupy", 1);
	char share[GX_NUMBER_ROOM], text[GX_NUMBER_ROOM];
	if (there == entry)
		set(limit, NULL, "how fast the card reads its memory was not measured");
	else if (!there)
		set_lacking(limit, "cupy", 1);
	else if (1 - there->time.median / entry->time.median >= part_least)
		set(limit, "copying", "%s go to the card, and cupy, which has them there, takes %s "
		    "of its time",
		    bytes_of(entry, text),
		    percent(there->time.median / entry->time.median, share));
	else
		set(limit, NULL, "cupy, which copies nothing, takes %s of its time",
		    percent(there->time.median / entry->time.median, share));
}

/* ---- tasks that sleep ---- */

/* What is not the tasks is the start of processes for them, or handing them to workers. */
static void judge_tasks(const struct gx_timing *timing, const struct gx_timing_entry *entry,
			struct limit *limit)
{
	const struct gx_timing_entry *loop = gx_timing_look_up(timing, "loop", 1);
	const char *handed = gx_timing_handed_out(entry);
	char share[GX_NUMBER_ROOM], each[GX_NUMBER_ROOM], task[GX_NUMBER_ROOM];
	double tasks = loop ? loop->time.median / entry->cores / entry->time.median : NAN;
	if (!loop)
		set_lacking(limit, "loop", 1);
	else if (entry != loop && isnan(entry->processes))
		set(limit, NULL, "the number of its processes was not measured");
	else if (1 - tasks >= part_least)
		set(limit, handed ? "handing out" : "start-up",
		    "it is %s of its time: a %s costs %s of a %s, the tasks in it %s",
		    percent(1 - tasks, share), handed ? handed : "process",
		    gx_show_seconds(entry->overhead, each), gx_timing_worker(timing, entry),
		    gx_show_seconds(loop->time.median / entry->processes, task));
	else
		set(limit, "waiting", "the tasks, which sleep, are %s of its time",
		    percent(tasks, share));
}

/* ---- one sentence for each strategy ---- */

static void judge(const struct gx_timing *timing, const struct gx_timing_entry *entry,
		  struct limit *limit)
{
	const char *work = gx_timing_find(timing, "work");
	char text[GX_NUMBER_ROOM];
	if (entry->time.median < shortest)
		set(limit, NULL, "%s is too short to tell: give it more work",
		    gx_show_seconds(entry->time.median, text));
	else if (work && strcmp(work, "tasks") == 0)
		judge_tasks(timing, entry, limit);
	else if (work && (strcmp(work, "matmul") == 0 || strcmp(work, "network") == 0))
		judge_product(timing, entry, limit);
	else if (is(entry, "processes") || is(entry, "shared"))
		judge_workers(timing, entry, limit);
	else if (is(entry, "xargs") || is(entry, "parallel"))
		judge_pipeline(timing, entry, limit);
	else if (is(entry, "multiprocessing") || is(entry, "mpi4py"))
		judge_pool(timing, entry, limit);
	else if (is(entry, "python-threads"))
		judge_lock(timing, entry, limit);
	else if (strncmp(entry->strategy, "cupy", 4) == 0)
		judge_card(timing, entry, limit);
	else
		judge_kernel(entry, limit);
}

const struct gx_timing_entry *gx_timing_widest(const struct gx_timing *timing,
					       const char *strategy, int there)
{
	const struct gx_timing_entry *widest = NULL;
	int most = 0;
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		int worth = there && entry->cores > there ? -entry->cores : entry->cores;
		if (strcmp(entry->strategy, strategy) != 0 || (widest && worth <= most))
			continue;
		widest = entry;
		most = worth;
	}
	return widest;
}

void gx_timing_conclude_limits(struct gx_timing *timing)
{
	/* Tasks that wait need no cores. */
	int there = gx_timing_is_of_tasks(timing) ? 0 : gx_timing_processors(timing);
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		bool first = true;
		for (size_t k = 0; k < i; k++)
			first &= strcmp(timing->entry[k].strategy, entry->strategy) != 0;
		if (!first || !gx_timing_takes_part(entry))
			continue;
		struct limit limit;
		char cores[GX_NUMBER_ROOM];
		entry = gx_timing_widest(timing, entry->strategy, there);
		judge(timing, entry, &limit);
		cores_of(entry->cores, cores);
		if (limit.name)
			gx_timing_conclude(timing, "%s on %s is limited by %s: %s",
					   entry->strategy, cores, limit.name, limit.why);
		else
			gx_timing_conclude(timing, "what limits %s on %s is not known: %s",
					   entry->strategy, cores, limit.why);
	}
}
