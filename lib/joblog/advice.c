/* SPDX-License-Identifier: MIT */
/* Advice on a run, with the numbers behind it. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/gx.h"
#include "joblog/joblog.h"

/*
 * Shares of the time of all slots, slots x wall, above which a cause is named. These are the
 * shares of the table: waiting before the first job, between jobs, at the end.
 */
static const double between_most = 0.05, idle_most = 0.10;

/* The share of the time of all slots; 0 where there is no time. */
static double share(double part, const struct gx_joblog *log)
{
	return log->slot_time > 0 ? part / log->slot_time : 0;
}

GX_PRINTF(2, 3)
static void advise(struct gx_joblog_advice *advice, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(advice->line[advice->n++], GX_ADVICE_ROOM, format, arguments);
	va_end(arguments);
}

static void advise_failing(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	if (!log->to_run_again && !log->missing)
		return;
	advise(advice,
	       "failing: of %" PRIu64 " jobs %" PRIu64 " failed, %" PRIu64
	       " were killed and %" PRIu64 " timed out, and "
	       "%" PRIu64
	       " below the last Seq are missing: run parallel --resume-failed%s",
	       log->njob, log->outcome[GX_JOB_FAILED], log->outcome[GX_JOB_KILLED],
	       log->outcome[GX_JOB_TIMED_OUT], log->missing,
	       log->missing ? "" : ", or gx-joblog --failed | parallel");
}

static double longest_gap(const struct gx_joblog *log)
{
	return (double)log->attempt[log->gap_longest].gap / GX_JOBLOG_SECOND;
}

/*
 * Whether the time between jobs is what jobs cost, and not one pause, or a few without which the
 * run was fine. The median does not tell, since the gaps of small jobs differ much, and on a busy
 * machine a few of them are long.
 */
static bool is_cost_of_jobs(const struct gx_joblog *log)
{
	double rest = log->gap_total - log->gap_few;
	if (log->njob <= log->slots || 2 * log->gap_pause > log->gap_total)
		return false;
	return 2 * log->gap_few <= log->gap_total ||
	       rest > between_most * (log->slot_time - log->gap_few);
}

/*
 * Gaps of G seconds in all are the share s of run times and gaps of B + G if jobs have k times
 * the work, and there are G / k of them, when k = G (1 - s) / s / B. If that leaves less than a
 * job for each slot, one for each is the most that can be done: then there are no gaps.
 */
static void advise_small(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	/* A joblog counts in milliseconds: a job of 0 ran for half of one. */
	double least = 0.0005 * (double)log->nattempt;
	double busy = log->busy > least ? log->busy : least;
	double times = floor(log->gap_total * (1 - between_most) / between_most / busy) + 1;
	double parts = floor((double)log->njob / times);
	char cure[160];
	if (parts >= (double)log->slots && parts > 1)
		snprintf(cure, sizeof cure,
			 "give a job %.0f times the work: %.0f parts, or parallel -n %.0f",
			 times, parts, times);
	else if (log->slots > 1)
		snprintf(cure, sizeof cure,
			 "the work is too small for %zu slots: give each slot one job, %zu "
			 "parts, or use fewer slots (parallel -j)",
			 log->slots, log->slots);
	else
		snprintf(cure, sizeof cure,
			 "the work is too small for parallel: run it as one job");
	advise(advice,
	       "too small: a slot needs %.3f s (mean) between two jobs, and a job runs for "
	       "%.3f s (median): slots waited for %.3f s between jobs, %.1f%% of their time: %s",
	       log->gap_total / (double)log->ngap, log->run.median, log->gap_total,
	       100 * share(log->gap_total, log), cure);
}

/* Slots that waited now and then, which is neither the cost of a job nor the end. */
static void advise_waiting(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	advise(advice,
	       "waiting: slots waited for %.3f s between jobs, %.1f%% of their time; the median "
	       "is %.3f s, the longest %.3f s, before Seq %" PRIu64
	       ": was the run resumed, or held back (--load, --memfree, --delay, a slow input)?",
	       log->gap_total, 100 * share(log->gap_total, log), log->gap_median,
	       longest_gap(log), log->attempt[log->gap_longest].seq);
}

static bool is_between(const struct gx_joblog *log)
{
	return log->ngap && share(log->gap_total, log) > between_most;
}

static void advise_between(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	if (is_between(log))
		(is_cost_of_jobs(log) ? advise_small : advise_waiting)(advice, log);
}

/* Whether the longest attempt exceeds the median job by more than 10%. */
static bool are_lengths_different(const struct gx_joblog *log)
{
	int64_t longest = 0, twice = llround(2 * GX_JOBLOG_SECOND * log->run.median);
	for (size_t i = 0; i < log->nattempt; i++)
		if (log->attempt[i].run > longest)
			longest = log->attempt[i].run;
	return 20 * longest > 11 * twice;
}

/*
 * A run whose slots end at different times. Jobs of one length are no reason for that if slots
 * waited between them, which has its own line.
 */
static void advise_uneven(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	double part = share(log->idle_at_end, log);
	bool between = is_between(log), different = are_lengths_different(log);
	if (part <= idle_most || log->slots < 2 || (between && !different))
		return;
	char what[128];
	uint64_t parts = 4 * (uint64_t)log->slots;
	if (log->njob < parts && !(between && is_cost_of_jobs(log)))
		snprintf(what, sizeof what, "cut the work into %" PRIu64 " parts or more",
			 parts);
	else if (different)
		snprintf(what, sizeof what, "start the longest jobs first");
	else if (log->njob % log->slots)
		snprintf(what, sizeof what, "cut the work into %" PRIu64 " parts",
			 log->njob - log->njob % log->slots);
	else
		snprintf(what, sizeof what,
			 "jobs are equally long: did the input end late, or were slots taken "
			 "away (parallel -j FILE)?");
	char longest[96] = "";
	if (log->nstraggler) {
		const struct gx_attempt *attempt = &log->attempt[log->straggler[0]];
		snprintf(longest, sizeof longest,
			 ", %" PRIu64 " of them above 200%% of it, Seq %" PRIu64 " with %.3f s",
			 log->stragglers, attempt->seq,
			 (double)attempt->run / GX_JOBLOG_SECOND);
	}
	advise(advice,
	       "too uneven: %zu slots were idle at the end for %.1f%% of their time: %" PRIu64
	       " jobs have a median of %.3f s%s: %s",
	       log->slots, 100 * part, log->njob, log->run.median, longest, what);
}

/* Slots whose first job came late: parallel starts one job after the other. */
static void advise_late(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	double part = share(log->idle_at_start, log);
	if (part <= idle_most)
		return;
	advise(advice,
	       "late: %zu slots waited for their first job, %.3f s in all, %.1f%% of their "
	       "time: give a job more work, or use fewer slots (parallel -j)",
	       log->slots, log->idle_at_start, 100 * part);
}

void gx_joblog_advise(const struct gx_joblog *log, struct gx_joblog_advice *advice)
{
	advice->n = 0;
	if (!log->nattempt) {
		advise(advice, "nothing to say yet: no job has ended");
		return;
	}
	advise_failing(advice, log);
	advise_between(advice, log);
	advise_uneven(advice, log);
	advise_late(advice, log);
	if (advice->n)
		return;
	advise(advice,
	       "fine: %" PRIu64
	       " jobs done, %zu slots busy for %.1f%% of their time: they waited for %.1f%% "
	       "of it before their first job, %.1f%% between jobs and %.1f%% at the end",
	       log->outcome[GX_JOB_DONE], log->slots,
	       100 * (log->wall > 0 ? share(log->busy, log) : 1),
	       100 * share(log->idle_at_start, log), 100 * share(log->gap_total, log),
	       100 * share(log->idle_at_end, log));
}
