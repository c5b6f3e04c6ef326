/* SPDX-License-Identifier: MIT */
/*
 * Joblogs as GNU parallel writes them, and what they tell about a run. A line is an attempt:
 *
 *	Seq  Host  Starttime  JobRuntime  Send  Receive  Exitval  Signal  Command
 *
 * with TABs between, written when it ended. A job is a Seq. --resume-failed adds another
 * attempt of the same Seq, and the last line of a Seq counts. The command is all that follows
 * the eighth TAB; a NUL in it stands for a line end.
 *
 *	struct gx_joblog log = { 0 };
 *	gx_joblog_read(&log, "sweep.log", false);
 *	gx_joblog_measure(&log);                    slots, overhead, run times ...
 *	gx_joblog_free(&log);
 */
#ifndef GX_JOBLOG_H
#define GX_JOBLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/output.h"
#include "kernel/order_statistics.h"

/* Times are whole microseconds: ends and starts are compared, and must be exact. */
#define GX_JOBLOG_SECOND 1e6

enum gx_job_outcome {
	GX_JOB_DONE,
	GX_JOB_FAILED,    /* an exit code other than 0 */
	GX_JOB_KILLED,    /* by a signal */
	GX_JOB_TIMED_OUT, /* --timeout: Exitval -1 */
	GX_JOB_SKIPPED,   /* skip(), --filter: Exitval -2 */
	GX_OUTCOMES
};

/* "done", "failed", "killed", "timed out", "skipped" */
const char *gx_job_outcome_name(enum gx_job_outcome outcome);

struct gx_attempt {
	uint64_t seq;
	int64_t start; /* since 1970 */
	int64_t run;   /* from 0 */
	int64_t gap;   /* since its slot was left by the one before; -1: it was the first */
	uint64_t hash; /* of the command */
	char *command; /* where commands are kept; NUL stands for a line end in it */
	size_t ncommand;
	uint32_t host;
	uint32_t slot; /* of its host, from 0 */
	unsigned char outcome;
	bool last; /* of its Seq */
};

struct gx_joblog_host {
	char *name;
	uint32_t nslot;
	uint64_t njob, nfailed; /* by last attempts; failed: neither done nor skipped */
	double busy;		/* seconds, all attempts */
	size_t ngap;
	double gap_median, gap_total; /* seconds */
};

enum {
	GX_JOBLOG_SLICES = 10, /* of the wall, for what ran over time */
	GX_JOBLOG_NAMED = 8,   /* jobs that are listed by their Seq */
};

struct gx_joblog {
	/* What was read. */
	const char *name; /* of the input */
	struct gx_attempt *attempt; /* in the order of the lines */
	size_t nattempt, room;
	struct gx_joblog_host *host; /* measured: by name */
	size_t nhost, host_room;
	uint32_t *host_table; /* numbers of hosts plus 1, by hash */
	size_t host_table_size;
	bool has_header, crlf;
	uint64_t clock_steps; /* run times below 0, which were taken for 0 */

	/* What gx_joblog_measure found. */
	size_t *by_start; /* attempts by their start */
	uint64_t njob;
	uint64_t outcome[GX_OUTCOMES]; /* of jobs */
	uint64_t to_run_again;	       /* failed, killed or timed out */
	uint64_t missing;	       /* numbers below the largest Seq that have no line */
	uint64_t renamed; /* jobs whose last attempt has another command than the one before */
	size_t renamed_line[2]; /* of the first of these */
	int64_t first, end; /* the wall: from the first start to the last end */
	double wall, busy;  /* seconds; busy: the sum of run times */
	double lost;	    /* run time of attempts that did not end well */
	double idle;	    /* seconds in which nothing ran */
	size_t slots;	    /* over all hosts */
	double slot_time;   /* seconds: slots times wall */
	size_t peak;	    /* jobs at once */
	double running[GX_JOBLOG_SLICES]; /* mean number of jobs in each */
	size_t ngap;
	double gap_median, gap_total; /* between two jobs of a slot */
	size_t gap_longest;           /* the attempt behind the longest one, where there is one */
	double gap_few;   /* the sum of the longest 5% of them, of one at least */
	/*
	 * The sum of the longest and of those of other slots in its middle, when the run was held
	 * back. It is the longest alone if these are more than a quarter of all.
	 */
	double gap_pause;
	double overhead_share; /* of the median gap in it and the median run; or NaN */
	/*
	 * Seconds over the slots: before the first job of each, and behind its last one. The
	 * time of all slots is busy + gap_total + idle_at_start + idle_at_end.
	 */
	double idle_at_start, idle_at_end;
	/* Seconds, of jobs that are done; n is 0 where there is none. */
	struct gx_order_statistics run;
	double run_95;
	uint64_t stragglers; /* jobs beyond 200% of the median */
	size_t straggler[GX_JOBLOG_NAMED]; /* the longest of them: attempts, longest first */
	size_t nstraggler;
	size_t failing[GX_JOBLOG_NAMED]; /* the first jobs to run again, by Seq: attempts */
	size_t nfailing;
};

/*
 * Reads a path, or "-". Dies with exit 1 and names file and line if it is not a joblog. A last
 * line without a line end is left out, with a warning: parallel is still writing, or the disk
 * was full. With `commands`, the commands of attempts that did not end well are kept.
 */
void gx_joblog_read(struct gx_joblog *log, const char *path, bool commands);

/* Fills in the rest of *log, which may have no attempt. */
void gx_joblog_measure(struct gx_joblog *log);

/* The mean number of running jobs in each of n equal slices of the wall, which is not 0. */
void gx_joblog_running(const struct gx_joblog *log, size_t n, double *mean);

/* The number of an attempt's line in the file. */
size_t gx_joblog_line(const struct gx_joblog *log, size_t attempt);

/*
 * The jobs whose last attempt was neither done nor skipped: a list of *n attempts, sorted by
 * Seq, to be freed.
 */
size_t *gx_joblog_failing(const struct gx_joblog *log, size_t *n);

/*
 * Writes the results as keys and values, in TSV or as one JSON object (with the advice), or as a
 * table for a terminal.
 */
void gx_joblog_write(const struct gx_joblog *log, bool is_json, bool with_advice,
		     struct gx_output *out);
void gx_joblog_show(const struct gx_joblog *log, struct gx_output *out);

enum { GX_ADVICE_MAX = 6, GX_ADVICE_ROOM = 512 };

struct gx_joblog_advice {
	char line[GX_ADVICE_MAX][GX_ADVICE_ROOM];
	size_t n;
};

/* Advice on the run: at least one line, which may say that all is fine. */
void gx_joblog_advise(const struct gx_joblog *log, struct gx_joblog_advice *advice);

/*
 * Draws the timeline by plot.h. The upper part shows how many jobs ran. Below, each slot has a
 * lane, grouped by host, with a bar for each attempt, coloured by its outcome.
 */
void gx_joblog_plot(const struct gx_joblog *log, const char *path);

void gx_joblog_free(struct gx_joblog *log);

#endif
