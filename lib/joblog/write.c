/* SPDX-License-Identifier: MIT */
/* The results as lines of key and value, as JSON, and as a table for people. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/gx.h"
#include "base/utf8.h"
#include "joblog/joblog.h"
#include "number/number.h"
#include "plot/json.h"

/* ---- TSV and JSON ---- */

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

static double known(double value, bool is_known)
{
	return is_known ? value : NAN;
}

struct printer {
	struct gx_output *out;
	struct gx_json json;
	bool is_json;
};

GX_PRINTF(2, 3) static void say(struct gx_output *out, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	int n = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	gx_output_write(out, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void put_count(struct printer *p, const char *key, uint64_t n)
{
	if (p->is_json)
		gx_json_count(&p->json, key, n);
	else
		say(p->out, "%s\t%" PRIu64 "\n", key, n);
}

/* A joblog has three decimals; sums and means are rounded to six. */
static double rounded(double value)
{
	return fabs(value) < 1e9 ? floor(value * 1e6 + 0.5) / 1e6 : value;
}

static const char *number_text(double value, char text[GX_NUMBER_MAX + 1])
{
	*gx_number_print(rounded(value), text) = 0;
	return isnan(value) ? "." : text;
}

static void put_real(struct printer *p, const char *key, double value)
{
	char text[GX_NUMBER_MAX + 1];
	if (p->is_json)
		gx_json_real(&p->json, key, rounded(value));
	else
		say(p->out, "%s\t%s\n", key, number_text(value, text));
}

static void put_reals(struct printer *p, const char *key, const double *value, size_t n)
{
	char text[GX_NUMBER_MAX + 1];
	if (p->is_json)
		gx_json_open(&p->json, key, '[');
	else
		say(p->out, "%s\t%s", key, n ? "" : ".");
	for (size_t i = 0; i < n; i++) {
		if (p->is_json)
			gx_json_real(&p->json, NULL, rounded(value[i]));
		else
			say(p->out, "%s%s", i ? " " : "", number_text(value[i], text));
	}
	if (p->is_json)
		gx_json_close(&p->json);
	else
		say(p->out, "\n");
}

static void put_seqs(struct printer *p, const char *key, const struct gx_joblog *log,
		     const size_t *attempt, size_t n)
{
	if (p->is_json)
		gx_json_open(&p->json, key, '[');
	else
		say(p->out, "%s\t%s", key, n ? "" : ".");
	for (size_t i = 0; i < n; i++) {
		uint64_t seq = log->attempt[attempt[i]].seq;
		if (p->is_json)
			gx_json_count(&p->json, NULL, seq);
		else
			say(p->out, "%s%" PRIu64, i ? " " : "", seq);
	}
	if (p->is_json)
		gx_json_close(&p->json);
	else
		say(p->out, "\n");
}

static void put_jobs(struct printer *p, const struct gx_joblog *log)
{
	put_count(p, "jobs", log->njob);
	put_count(p, "attempts", log->nattempt);
	put_count(p, "done", log->outcome[GX_JOB_DONE]);
	put_count(p, "failed", log->outcome[GX_JOB_FAILED]);
	put_count(p, "killed", log->outcome[GX_JOB_KILLED]);
	put_count(p, "timed_out", log->outcome[GX_JOB_TIMED_OUT]);
	put_count(p, "skipped", log->outcome[GX_JOB_SKIPPED]);
	put_count(p, "missing", log->missing);
	put_seqs(p, "to_run_again", log, log->failing, log->nfailing);
}

static void put_use(struct printer *p, const struct gx_joblog *log)
{
	double wall = log->wall;
	put_real(p, "started",
		 known((double)log->first / GX_JOBLOG_SECOND, log->nattempt));
	put_real(p, "wall", wall);
	put_real(p, "run_time", log->busy);
	put_real(p, "run_time_lost", log->lost);
	put_real(p, "idle", log->idle);
	put_count(p, "slots", log->slots);
	put_real(p, "running_mean", share(log->busy, wall));
	put_count(p, "running_peak", log->peak);
	put_reals(p, "running_over_time", log->running, wall > 0 ? GX_JOBLOG_SLICES : 0);
	put_real(p, "speed_up", share(log->busy, wall));
	put_real(p, "efficiency", share(log->busy, log->slot_time));
	put_real(p, "overhead_median", known(log->gap_median, log->ngap));
	put_real(p, "overhead_total", log->gap_total);
	put_real(p, "overhead_share", log->overhead_share);
	put_real(p, "idle_at_start", log->idle_at_start);
	put_real(p, "idle_at_start_share", share(log->idle_at_start, log->slot_time));
	put_real(p, "idle_at_end", log->idle_at_end);
	put_real(p, "idle_at_end_share", share(log->idle_at_end, log->slot_time));
}

static void put_run_times(struct printer *p, const struct gx_joblog *log)
{
	bool any = log->run.n > 0;
	put_real(p, "run_time_min", known(log->run.min, any));
	put_real(p, "run_time_lower_quartile", known(log->run.lower, any));
	put_real(p, "run_time_median", known(log->run.median, any));
	put_real(p, "run_time_upper_quartile", known(log->run.upper, any));
	put_real(p, "run_time_95", known(log->run_95, any));
	put_real(p, "run_time_max", known(log->run.max, any));
	put_count(p, "stragglers", log->stragglers);
	put_seqs(p, "longest_stragglers", log, log->straggler, log->nstraggler);
	put_count(p, "clock_steps", log->clock_steps);
}

/* In TSV the keys of host N begin with host_N. */
static void put_host(struct printer *p, const struct gx_joblog_host *host, size_t number)
{
	char key[64], *rest = key;
	if (p->is_json) {
		gx_json_open(&p->json, NULL, '{');
		gx_json_text(&p->json, "name", host->name);
	} else {
		say(p->out, "host_%zu\t", number);
		gx_output_write(p->out, host->name, strlen(host->name));
		say(p->out, "\n");
		rest += snprintf(key, sizeof key, "host_%zu_", number);
	}
	size_t room = sizeof key - (size_t)(rest - key);
#define KEY(name) (snprintf(rest, room, "%s", name), key)
	put_count(p, KEY("slots"), host->nslot);
	put_count(p, KEY("jobs"), host->njob);
	put_count(p, KEY("failed"), host->nfailed);
	put_real(p, KEY("run_time"), host->busy);
	put_real(p, KEY("overhead_median"), known(host->gap_median, host->ngap));
	put_real(p, KEY("overhead_total"), host->gap_total);
#undef KEY
	if (p->is_json)
		gx_json_close(&p->json);
}

static void put_json_advice(struct gx_json *json, const struct gx_joblog *log)
{
	struct gx_joblog_advice advice;
	gx_joblog_advise(log, &advice);
	gx_json_open(json, "advice", '[');
	for (size_t i = 0; i < advice.n; i++)
		gx_json_text(json, NULL, advice.line[i]);
	gx_json_close(json);
}

void gx_joblog_write(const struct gx_joblog *log, bool is_json, bool with_advice,
		     struct gx_output *out)
{
	struct printer p = { .out = out, .json = { .out = out }, .is_json = is_json };
	if (is_json)
		gx_json_open(&p.json, NULL, '{');
	put_jobs(&p, log);
	put_use(&p, log);
	put_run_times(&p, log);
	if (is_json)
		gx_json_open(&p.json, "hosts", '[');
	else
		put_count(&p, "hosts", log->nhost);
	for (size_t h = 0; h < log->nhost; h++)
		put_host(&p, &log->host[h], h + 1);
	if (is_json)
		gx_json_close(&p.json);
	put_real(&p, "overhead_total_share", share(log->gap_total, log->slot_time));
	if (is_json) {
		if (with_advice)
			put_json_advice(&p.json, log);
		gx_json_close(&p.json);
	}
}

/* ---- the table for people ---- */

/*
 * A host as a terminal may show it. The reader took no control bytes; what is no UTF-8,
 * and the controls that Unicode has at U+0080 to U+009F, are told by number.
 */
static void show_host(struct gx_output *out, const char *name)
{
	size_t n = strlen(name);
	bool utf8 = gx_is_utf8(name, n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)name[i];
		bool control = (c == 0xc2 && (unsigned char)name[i + 1] < 0xa0) ||
			       (i && (unsigned char)name[i - 1] == 0xc2 && c < 0xa0);
		if (c >= 0x80 && (!utf8 || control))
			say(out, "\\x%02x", c);
		else
			gx_output_write(out, &name[i], 1);
	}
}

static void show_seqs(struct gx_output *out, const struct gx_joblog *log,
		      const size_t *attempt, size_t n, uint64_t of, bool times)
{
	for (size_t i = 0; i < n; i++) {
		const struct gx_attempt *a = &log->attempt[attempt[i]];
		say(out, " %" PRIu64, a->seq);
		if (times)
			say(out, " (%.3f s)", (double)a->run / GX_JOBLOG_SECOND);
	}
	say(out, "%s\n", of > n ? " ..." : "");
}

static void show_jobs(struct gx_output *out, const struct gx_joblog *log)
{
	say(out, "jobs         %" PRIu64 " in %zu attempt%s:", log->njob, log->nattempt,
	    log->nattempt == 1 ? "" : "s");
	for (int k = 0; k < GX_OUTCOMES; k++)
		if (k == GX_JOB_DONE || log->outcome[k])
			say(out, "%s %" PRIu64 " %s", k ? "," : "", log->outcome[k],
			    gx_job_outcome_name((enum gx_job_outcome)k));
	if (log->missing)
		say(out, ", %" PRIu64 " missing", log->missing);
	say(out, "\n");
	if (!log->nfailing)
		return;
	say(out, "             run again: Seq");
	show_seqs(out, log, log->failing, log->nfailing, log->to_run_again, false);
}

static void show_use(struct gx_output *out, const struct gx_joblog *log)
{
	char date[32] = "";
	time_t first = (time_t)(log->first / 1000000);
	struct tm utc;
	if (gmtime_r(&first, &utc))
		strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S UTC", &utc);
	say(out, "wall         %.3f s, from %s\n", log->wall, date);
	say(out, "run time     %.3f s in all", log->busy);
	if (log->lost > 0)
		say(out, ", %.3f s of it in attempts that did not end well", log->lost);
	say(out, "\n");
	if (log->wall > 0) {
		say(out,
		    "running      %.2f jobs on average, %zu at most; nothing for %.3f s\n",
		    log->busy / log->wall, log->peak, log->idle);
		say(out, "  over time ");
		for (int k = 0; k < GX_JOBLOG_SLICES; k++)
			say(out, " %.1f", log->running[k]);
		say(out, "\n");
		say(out,
		    "slots        %zu, busy for %.1f%% of their time: speed-up %.2f\n",
		    log->slots, 100 * log->busy / log->slot_time, log->busy / log->wall);
		say(out,
		    "  waiting    %.1f%% before their first job, %.1f%% between, %.1f%% at the end\n",
		    100 * log->idle_at_start / log->slot_time,
		    100 * log->gap_total / log->slot_time,
		    100 * log->idle_at_end / log->slot_time);
	}
	if (log->ngap)
		say(out,
		    "overhead     %.3f s between two jobs of a slot (median), %.3f s in all\n",
		    log->gap_median, log->gap_total);
}

static void show_run_times(struct gx_output *out, const struct gx_joblog *log)
{
	if (log->run.n) {
		say(out,
		    "a job        median %.3f s, quartiles %.3f s and %.3f s, 95%% within %.3f s\n",
		    log->run.median, log->run.lower, log->run.upper, log->run_95);
		say(out, "             shortest %.3f s, longest %.3f s\n", log->run.min,
		    log->run.max);
	}
	if (log->stragglers) {
		say(out, "stragglers   %" PRIu64 " above 200%% of the median: Seq",
		    log->stragglers);
		show_seqs(out, log, log->straggler, log->nstraggler, log->stragglers,
			  true);
	}
	if (log->clock_steps)
		say(out,
		    "clock        set back in %" PRIu64 " jobs: their run time counts as 0\n",
		    log->clock_steps);
}

void gx_joblog_show(const struct gx_joblog *log, struct gx_output *out)
{
	show_jobs(out, log);
	if (!log->nattempt)
		return;
	show_use(out, log);
	show_run_times(out, log);
	say(out, "\n%6s %8s %8s %14s %12s  %s\n", "slots", "jobs", "failed", "run time s",
	    "overhead s", "host");
	for (size_t h = 0; h < log->nhost; h++) {
		const struct gx_joblog_host *host = &log->host[h];
		say(out, "%6u %8" PRIu64 " %8" PRIu64 " %14.3f ", host->nslot, host->njob,
		    host->nfailed, host->busy);
		if (host->ngap)
			say(out, "%12.3f  ", host->gap_median);
		else
			say(out, "%12s  ", ".");
		show_host(out, host->name);
		say(out, "\n");
	}
}
