/* SPDX-License-Identifier: MIT */
/*
 * What a race left: its single runs, and what follows from them. A file of runs holds all
 * that the table, the JSON and the plot are made of, so they can be made again from it,
 * and from several of them joined.
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

/* One run. What a strategy does not have is NaN. */
struct gx_run {
	double seconds;   /* what strategies are compared by */
	double whole;     /* of the process around it, from its start to its end: peers */
	double processor; /* seconds of CPU */
	double peak;      /* bytes of memory, see gx-time(1) */
	double processes; /* that it started */
	double amount;    /* that it worked on, in the unit of its work */
	double order;     /* which run of the race it was, from 1; 0: not known */
};

/* A strategy on a number of cores. */
struct gx_timing_entry {
	char *strategy;
	int cores;
	struct gx_run *run;
	size_t nrun, room;

	/* What gx_timing_summarise fills in; NaN where there is nothing to tell. */
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
		GX_UNTOLD /* one run, of it or of the fastest, tells nothing about noise */
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

/* Adds a fact; where the key is there with another value, the value behind "; ". */
void gx_timing_fact(struct gx_timing *timing, const char *key, const char *format, ...)
	GX_PRINTF(3, 4);
/* The value of a fact, or NULL. Valid until the next one is added. */
const char *gx_timing_find(const struct gx_timing *timing, const char *key);
void gx_timing_note(struct gx_timing *timing, const char *format, ...) GX_PRINTF(2, 3);

/* The number of the entry, made at the end where there is none. */
size_t gx_timing_entry(struct gx_timing *timing, const char *strategy, int cores);
void gx_timing_run(struct gx_timing *timing, size_t entry, const struct gx_run *run);

/*
 * Sorts out entries without runs and describes the others. The strategy "read" measures
 * the memory and takes no part in the standing. The overhead of a process is (cores *
 * median - W) / processes, with W the CPU time of "simd" on one core, or in the work
 * "tasks" that of "loop", which is the tasks themselves. The conclusions say which is the
 * fastest and what does not differ from it, what is not known for want of a run on one
 * core, and name the outliers.
 */
void gx_timing_summarise(struct gx_timing *timing);

/* Facts and notes, and the conclusions too, as lines "# key TAB value". */
void gx_timing_put_comments(const struct gx_timing *timing, bool conclusions,
			    struct gx_output *out);

/* All single runs, with the facts, to a file. */
void gx_timing_write_runs(const struct gx_timing *timing,
			  const struct gx_output_options *to);
/* Adds the runs of such a file; dies with exit 1 where it is none, or of another race. */
void gx_timing_read_runs(struct gx_timing *timing, const char *path);

enum gx_timing_form {
	GX_TIMING_PEOPLE,
	GX_TIMING_TSV,
	GX_TIMING_MARKDOWN,
	GX_TIMING_JSON
};

/* Writes the summary. */
void gx_timing_write(const struct gx_timing *timing, enum gx_timing_form form,
		     const struct gx_output_options *to);

/* Seconds as people say them, three digits and a unit; "" for NaN. */
enum { GX_SECONDS_MAX = 32 };
const char *gx_timing_seconds(double seconds, char text[GX_SECONDS_MAX]);

/* Draws speed-up and efficiency over cores to FILE (see plot.h). */
void gx_timing_plot(const struct gx_timing *timing, const char *path);

#endif
