/* SPDX-License-Identifier: MIT */
/* Advice on a run, with the numbers behind it. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/gx.h"
#include "joblog/joblog.h"

/* Shares of slot time above which advice is given. */
static const double overhead_most = 0.05, idle_most = 0.10;

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

/*
 * A gap g is the share s of a job's time when the job runs for g (1 - s) / s. That over its run
 * time is how many times its work it needs.
 */
static bool advise_small(struct gx_joblog_advice *advice, const struct gx_joblog *log)
{
	double part = log->overhead_share;
	if (isnan(part) || part <= overhead_most)
		return false;
	double run = log->run.median;
	if (run <= 0) {
		/* Half of the millisecond that a joblog counts in. */
		run = log->run.sum / (double)log->run.n;
		run = run > 0.0005 ? run : 0.0005;
	}
	double times =
		floor(log->gap_median * (1 - overhead_most) / overhead_most / run) + 1;
	double parts = floor((double)log->njob / times);
	parts = parts > (double)log->slots ? parts : (double)log->slots;
	advise(advice,
	       "too small: a slot needs %.3f s (median) between two jobs, and a job runs for "
	       "%.3f s: %.0f%% is overhead: give a job %.0f times the work: %.0f parts, or "
	       "parallel -n %.0f",
	       log->gap_median, log->run.median, 100 * part, times, parts, times);
	return true;
}

/* A run whose slots end at different times. */
static void advise_uneven(struct gx_joblog_advice *advice, const struct gx_joblog *log,
			  bool small)
{
	double part = share(log->idle_at_end, log);
	if (part <= idle_most || log->slots < 2)
		return;
	char what[128];
	uint64_t parts = 4 * (uint64_t)log->slots;
	if (small || log->njob >= parts)
		snprintf(what, sizeof what, "start the longest jobs first");
	else
		snprintf(what, sizeof what, "cut the work into %" PRIu64 " parts or more",
			 parts);
	char longest[96] = "";
	if (log->nstraggler) {
		const struct gx_attempt *attempt = &log->attempt[log->straggler[0]];
		snprintf(longest, sizeof longest,
			 ", %" PRIu64 " of them above 200%% of it, Seq %" PRIu64 " with %.3f s",
			 log->stragglers, attempt->seq,
			 (double)attempt->run / GX_JOBLOG_SECOND);
	}
	advise(advice,
	       "too uneven: %zu slots were idle at the end for %.0f%% of their time: %" PRIu64
	       " jobs have a median of %.3f s%s: %s",
	       log->slots, 100 * part, log->njob, log->run.median, longest, what);
}

/* Slots whose first job came late: parallel starts one job after the other. */
static void advise_late(struct gx_joblog_advice *advice, const struct gx_joblog *log,
			bool small)
{
	double part = share(log->idle_at_start, log);
	if (small || part <= idle_most)
		return;
	advise(advice,
	       "late: %zu slots waited for their first job, %.3f s in all, %.0f%% of their "
	       "time: give a job more work, or use fewer slots (parallel -j)",
	       log->slots, log->idle_at_start, 100 * part);
}

/* Slots that waited now and then, which is neither the cost of a job nor the end. */
static void advise_waiting(struct gx_joblog_advice *advice, const struct gx_joblog *log,
			   bool small)
{
	double part = share(log->gap_total, log);
	if (small || part <= idle_most)
		return;
	advise(advice,
	       "waiting: slots waited for %.3f s between jobs, %.0f%% of their time, though the "
	       "median is only %.3f s: was the run resumed, or held back (--load, --memfree, "
	       "--delay, a slow input)?",
	       log->gap_total, 100 * part, log->gap_median);
}

void gx_joblog_advise(const struct gx_joblog *log, struct gx_joblog_advice *advice)
{
	advice->n = 0;
	if (!log->nattempt) {
		advise(advice, "nothing to say yet: no job has ended");
		return;
	}
	advise_failing(advice, log);
	bool small = advise_small(advice, log);
	advise_uneven(advice, log, small);
	advise_late(advice, log, small);
	advise_waiting(advice, log, small);
	if (advice->n)
		return;
	advise(advice,
	       "fine: %" PRIu64
	       " jobs done, %zu slots busy for %.0f%% of the time and idle at the end for "
	       "%.0f%%, %.3f s between two jobs of a slot",
	       log->outcome[GX_JOB_DONE], log->slots,
	       100 * (log->wall > 0 ? share(log->busy, log) : 1),
	       100 * share(log->idle_at_end, log), log->gap_median);
}
