/* SPDX-License-Identifier: MIT */
/*
 * The results of a race: its single runs, and what follows from them. A file of runs holds all
 * that the table, the JSON and the plot need, so they can be made again from one such file or
 * from several that are joined.
 *
 *	struct gx_timing timing = { 0 };
 *	gx_timing_fact(&timing, "cpu", "...");
 *	size_t entry = gx_timing_entry(&timing, "openmp", 2);
 *	gx_timing_run(&timing, entry, &run);                      as often as it ran
 *	gx_timing_summarise(&timing);
 *	... timing.entry[i].time.median, .speedup ...
 *	gx_timing_free(&timing);
 */
#ifndef GX_TIMING_H
#define GX_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/facts.h"
#include "base/gx.h"
#include "base/names.h"
#include "bytes/output.h"
#include "kernel/order_statistics.h"

/* One run. A figure that a strategy does not have is NaN. */
struct gx_run {
	double seconds;   /* what strategies are compared by */
	double whole;     /* of the process around it, from its start to its end: peers */
	double processor; /* seconds of CPU */
	double peak;      /* bytes of memory, see gx-time(1) */
	double processes; /* that it started */
	double amount;    /* that it worked on, in the unit of its work */
	double order;     /* the number of the run in the race, from 1; 0: not known */
};

/* A strategy on a number of cores. */
struct gx_timing_entry {
	char *strategy;
	int cores;
	struct gx_run *run;
	size_t nrun, room;

	/* gx_timing_summarise fills these in; NaN: not known. */
	struct gx_order_statistics time;
	size_t noutlier;
	double whole, processor, peak, processes; /* medians, of peak the largest */
	double rate;                              /* amount a second, by the median */
	double share;      /* of the rate of the strategy "read" on as many cores */
	double gain;       /* median of the first that takes part, on one core / this one */
	double speedup;    /* median of the same strategy on one core / this median */
	double efficiency; /* speedup / cores */
	double serial;     /* Karp and Flatt's serial fraction, CACM 33(5), 1990 */
	double overhead;   /* seconds of a core a process: see gx_timing_summarise */
	double behind;     /* median / the fastest one's */
	enum {
		GX_FASTEST,
		GX_NO_DIFFERENCE,
		GX_SLOWER,
		GX_UNTOLD /* it or the fastest has one run, which tells nothing about noise */
	} standing;
};

struct gx_timing {
	struct gx_facts facts; /* keys and values: the work, the input, the machine */
	struct gx_names notes; /* sentences: what was left out, ties */
	struct gx_names conclusions; /* sentences, by gx_timing_summarise */
	struct gx_timing_entry *entry;
	size_t nentry, room;
};

void gx_timing_free(struct gx_timing *timing);

/* Adds a fact. If the key is there with another value, the value is appended after "; ". */
void gx_timing_fact(struct gx_timing *timing, const char *key, const char *format, ...)
	GX_PRINTF(3, 4);
/* The value of a fact, or NULL. Valid until the next one is added. */
const char *gx_timing_find(const struct gx_timing *timing, const char *key);
void gx_timing_note(struct gx_timing *timing, const char *format, ...) GX_PRINTF(2, 3);

/* A conclusion: a sentence that follows from the runs and the facts. */
void gx_timing_conclude(struct gx_timing *timing, const char *format, ...) GX_PRINTF(2, 3);

/* The number of the entry; a new one is made at the end. */
size_t gx_timing_entry(struct gx_timing *timing, const char *strategy, int cores);
void gx_timing_run(struct gx_timing *timing, size_t entry, const struct gx_run *run);

/* The entry of a strategy on so many cores that has runs; NULL: there is none. */
const struct gx_timing_entry *gx_timing_look_up(const struct gx_timing *timing,
						const char *strategy, int cores);
/*
 * Whether it is ranked. "read" measures the memory, and those in "-start" the start-up of a
 * pipeline.
 */
bool gx_timing_takes_part(const struct gx_timing_entry *entry);

/* What rates are divided by for people, and its name: GB/s, unless the fact "unit" is no byte. */
double gx_timing_rate_unit(const struct gx_timing *timing, const char **name);

/*
 * Removes entries without runs and describes the others. The overhead of a process is (cores * median - W) / processes,
 * where W is the CPU time of "simd" on one core, or in the work "tasks" that of "loop", which
 * is the tasks themselves. The conclusions say whether the machine was busy, name the fastest and
 * those that do not differ from it, what limits each strategy, the figures that are not known for
 * want of a run on one core, and the outliers.
 */
void gx_timing_summarise(struct gx_timing *timing);

/* Whether the work is "tasks": then numbers of cores are of workers that may wait. */
bool gx_timing_is_of_tasks(const struct gx_timing *timing);
/* What a pool of workers is handed: "task" or "batch". NULL: a process is started for it. */
const char *gx_timing_handed_out(const struct gx_timing_entry *entry);
/* "core", or "worker" where it ran on more than there are. */
const char *gx_timing_worker(const struct gx_timing *timing,
			     const struct gx_timing_entry *entry);
/*
 * Concludes from a race of tasks how many are worth a process or a call, and whether more workers
 * than cores were faster; or that more workers should race.
 */
void gx_timing_conclude_tasks(struct gx_timing *timing);

/*
 * The entry of a strategy on its largest number of cores that is not above `there`, or else on its
 * least one. there: 0 for its largest of all.
 */
const struct gx_timing_entry *gx_timing_widest(const struct gx_timing *timing,
					       const char *strategy, int there);

/* Concludes what limits each strategy, from what gx_timing_summarise found. */
void gx_timing_conclude_limits(struct gx_timing *timing);

/*
 * The cores that there were to run on, by the facts "cores" and "quota"; of several machines the
 * most. 0: not known.
 */
int gx_timing_processors(const struct gx_timing *timing);
/* Concludes that the machine was busy, if the fact "load" says so. */
void gx_timing_conclude_busy(struct gx_timing *timing);

/* Facts and notes, and the conclusions too, as lines "# key TAB value". */
void gx_timing_put_comments(const struct gx_timing *timing, bool conclusions,
			    struct gx_output *out);

/* All single runs, with the facts, to a file. */
void gx_timing_write_runs(const struct gx_timing *timing,
			  const struct gx_output_options *to);
/* Adds the runs of such a file. Dies with exit 1 if it is another file or of another race. */
void gx_timing_read_runs(struct gx_timing *timing, const char *path);

enum gx_timing_form {
	GX_TIMING_PEOPLE, /* no wider than a terminal, if it goes there */
	GX_TIMING_TSV,
	GX_TIMING_MARKDOWN,
	GX_TIMING_JSON
};

/* Writes the summary. */
void gx_timing_write(const struct gx_timing *timing, enum gx_timing_form form,
		     const struct gx_output_options *to);

/* Draws speed-up and efficiency over cores to FILE (see plot.h). */
void gx_timing_plot(const struct gx_timing *timing, const char *path);

#endif
