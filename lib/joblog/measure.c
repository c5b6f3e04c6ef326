/* SPDX-License-Identifier: MIT */
/* Measures a run by its joblog: how jobs ended, slots, overhead, run times. */
#define _GNU_SOURCE /* strverscmp: node2 before node10 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "joblog/joblog.h"

/* ---- orders ---- */

struct entry {
	int64_t key;
	size_t at;
};

static int ascending(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Attempts by Seq, and those of one Seq in the order of the file; to be freed. */
static struct entry *sort_by_seq(const struct gx_joblog *log)
{
	struct entry *list = gx_allocate(log->nattempt, sizeof *list);
	for (size_t i = 0; i < log->nattempt; i++)
		list[i] = (struct entry){ (int64_t)log->attempt[i].seq, i };
	qsort(list, log->nattempt, sizeof *list, ascending);
	return list;
}

static void sort_by_start(struct gx_joblog *log)
{
	struct entry *list = gx_allocate(log->nattempt, sizeof *list);
	for (size_t i = 0; i < log->nattempt; i++)
		list[i] = (struct entry){ log->attempt[i].start, i };
	qsort(list, log->nattempt, sizeof *list, ascending);
	log->by_start = gx_allocate(log->nattempt, sizeof *log->by_start);
	for (size_t i = 0; i < log->nattempt; i++)
		log->by_start[i] = list[i].at;
	free(list);
}

static double seconds(int64_t microseconds)
{
	return (double)microseconds / GX_JOBLOG_SECOND;
}

static bool ended_well(const struct gx_attempt *attempt)
{
	return attempt->outcome == GX_JOB_DONE || attempt->outcome == GX_JOB_SKIPPED;
}

/* ---- hosts ---- */

struct named {
	const char *name;
	size_t at;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strverscmp(x->name, y->name);
	return order ? order : strcmp(x->name, y->name);
}

static void sort_hosts(struct gx_joblog *log)
{
	struct named *list = gx_allocate(log->nhost, sizeof *list);
	struct gx_joblog_host *sorted = gx_allocate(log->nhost, sizeof *sorted);
	uint32_t *number = gx_allocate(log->nhost, sizeof *number);
	for (size_t h = 0; h < log->nhost; h++)
		list[h] = (struct named){ log->host[h].name, h };
	qsort(list, log->nhost, sizeof *list, by_name);
	for (size_t h = 0; h < log->nhost; h++) {
		sorted[h] = log->host[list[h].at];
		number[list[h].at] = (uint32_t)h;
	}
	for (size_t i = 0; i < log->nattempt; i++)
		log->attempt[i].host = number[log->attempt[i].host];
	free(log->host);
	log->host = sorted;
	log->host_room = log->nhost;
	free(number);
	free(list);
}

/* ---- jobs and their ends ---- */

static void count_job(struct gx_joblog *log, size_t at)
{
	struct gx_attempt *attempt = &log->attempt[at];
	struct gx_joblog_host *host = &log->host[attempt->host];
	attempt->last = true;
	log->njob++;
	log->outcome[attempt->outcome]++;
	host->njob++;
	if (ended_well(attempt))
		return;
	host->nfailed++;
	if (log->nfailing < GX_JOBLOG_NAMED)
		log->failing[log->nfailing++] = at;
}

static void count_jobs(struct gx_joblog *log)
{
	struct entry *list = sort_by_seq(log);
	for (size_t i = 0; i < log->nattempt; i++) {
		size_t at = list[i].at;
		if (i + 1 == log->nattempt || list[i + 1].key != list[i].key) {
			count_job(log, at);
			continue;
		}
		size_t next = list[i + 1].at;
		if (log->attempt[at].hash != log->attempt[next].hash && !log->renamed++) {
			log->renamed_line[0] = gx_joblog_line(log, at);
			log->renamed_line[1] = gx_joblog_line(log, next);
		}
	}
	log->to_run_again = log->njob - log->outcome[GX_JOB_DONE] -
			    log->outcome[GX_JOB_SKIPPED];
	log->missing = (uint64_t)list[log->nattempt - 1].key - log->njob;
	free(list);
}

size_t *gx_joblog_failing(const struct gx_joblog *log, size_t *n)
{
	struct entry *list = sort_by_seq(log);
	size_t *failing = gx_allocate(log->nattempt, sizeof *failing);
	*n = 0;
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[list[i].at];
		if (attempt->last && !ended_well(attempt))
			failing[(*n)++] = list[i].at;
	}
	free(list);
	return failing;
}

/* ---- slots ---- */

/* A heap with the smallest key on top; equal keys are ordered by `id`. */
struct item {
	int64_t key;
	uint32_t id;
};

struct heap {
	struct item *item;
	size_t n, room;
};

static bool below(const struct item *a, const struct item *b)
{
	return a->key != b->key ? a->key < b->key : a->id < b->id;
}

static void heap_push(struct heap *heap, int64_t key, uint32_t id)
{
	if (heap->n == heap->room) {
		heap->room = heap->room ? 2 * heap->room : 8;
		heap->item = gx_reallocate(heap->item, heap->room, sizeof *heap->item);
	}
	struct item new = { key, id };
	size_t at = heap->n++;
	for (size_t up; at && below(&new, &heap->item[up = (at - 1) / 2]); at = up)
		heap->item[at] = heap->item[up];
	heap->item[at] = new;
}

static struct item heap_pop(struct heap *heap)
{
	struct item top = heap->item[0], last = heap->item[--heap->n];
	size_t at = 0;
	for (size_t down; (down = 2 * at + 1) < heap->n; at = down) {
		if (down + 1 < heap->n && below(&heap->item[down + 1], &heap->item[down]))
			down++;
		if (!below(&heap->item[down], &last))
			break;
		heap->item[at] = heap->item[down];
	}
	heap->item[at] = last;
	return top;
}

/* The slots of a host: which run until when, which are free, when each was left. */
struct slots {
	struct heap busy, open;
	int64_t *left;
	uint32_t n, room;
};

/*
 * The lowest slot that is free at the start, or a new one. A slot is free from the microsecond
 * in which its job ended.
 */
static uint32_t take_slot(struct slots *slots, int64_t start, int64_t end, int64_t *gap)
{
	while (slots->busy.n && slots->busy.item[0].key <= start) {
		uint32_t id = heap_pop(&slots->busy).id;
		heap_push(&slots->open, id, id);
	}
	uint32_t id = slots->n;
	*gap = -1;
	if (slots->open.n) {
		id = heap_pop(&slots->open).id;
		*gap = start - slots->left[id];
	} else {
		if (slots->n == slots->room) {
			slots->room = slots->room ? 2 * slots->room : 8;
			slots->left = gx_reallocate(slots->left, slots->room,
						    sizeof *slots->left);
		}
		slots->n++;
	}
	slots->left[id] = end;
	heap_push(&slots->busy, end, id);
	return id;
}

static void slots_free(struct slots *slots)
{
	free(slots->busy.item);
	free(slots->open.item);
	free(slots->left);
}

/* Slots of each host, jobs at once, and the time in which nothing ran. */
static void assign_slots(struct gx_joblog *log)
{
	struct slots *hosts = gx_allocate_zeroed(log->nhost, sizeof *hosts), all = { 0 };
	log->first = log->end = log->attempt[log->by_start[0]].start;
	for (size_t i = 0; i < log->nattempt; i++) {
		struct gx_attempt *attempt = &log->attempt[log->by_start[i]];
		int64_t start = attempt->start, end = start + attempt->run, gap;
		attempt->slot = take_slot(&hosts[attempt->host], start, end,
					  &attempt->gap);
		if (attempt->gap < 0)
			log->idle_at_start += seconds(start - log->first);
		take_slot(&all, start, end, &gap);
		if (start > log->end)
			log->idle += seconds(start - log->end);
		if (end > log->end)
			log->end = end;
		log->host[attempt->host].busy += seconds(attempt->run);
		log->busy += seconds(attempt->run);
		if (!ended_well(attempt))
			log->lost += seconds(attempt->run);
	}
	log->peak = all.n;
	slots_free(&all);
	log->wall = seconds(log->end - log->first);
	for (size_t h = 0; h < log->nhost; h++) {
		log->host[h].nslot = hosts[h].n;
		log->slots += hosts[h].n;
		for (uint32_t k = 0; k < hosts[h].n; k++)
			log->idle_at_end += seconds(log->end - hosts[h].left[k]);
		slots_free(&hosts[h]);
	}
	log->slot_time = log->wall * (double)log->slots;
	free(hosts);
}

/* ---- overhead ---- */

/* Of microseconds, where medians are exact, in seconds. */
static void describe(double *value, size_t n, struct gx_order_statistics *sample)
{
	gx_order_statistics_describe(value, n, sample);
	double *const all[] = { &sample->min,   &sample->lower, &sample->median,
				&sample->upper, &sample->max,   &sample->low,
				&sample->high,  &sample->sum };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] /= GX_JOBLOG_SECOND;
}

/* The longest 5% of the sorted gaps. */
static double sum_few(const struct gx_joblog *log, const double *sorted)
{
	size_t few = log->ngap < 40 ? 1 : log->ngap / 20;
	double sum = 0; /* of microseconds: exact */
	for (size_t i = log->ngap - few; i < log->ngap; i++)
		sum += sorted[i];
	return sum / GX_JOBLOG_SECOND;
}

/* What was one pause of several slots. */
static double sum_pause(const struct gx_joblog *log)
{
	const struct gx_attempt *longest = &log->attempt[log->gap_longest];
	int64_t middle = longest->start - longest->gap / 2, sum = 0;
	size_t n = 0;
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[i];
		if (attempt->gap <= 0 || attempt->start < middle ||
		    attempt->start - attempt->gap > middle)
			continue;
		sum += attempt->gap;
		n++;
	}
	return (double)(4 * n <= log->ngap ? sum : longest->gap) / GX_JOBLOG_SECOND;
}

/* The gaps between two jobs of a slot: of each host, then of all. */
static void describe_gaps(struct gx_joblog *log)
{
	double *gap = gx_allocate(log->nattempt, sizeof *gap);
	size_t *next = gx_allocate_zeroed(log->nhost + 1, sizeof *next);
	for (size_t i = 0; i < log->nattempt; i++)
		next[log->attempt[i].host + 1] += log->attempt[i].gap >= 0;
	for (size_t h = 0; h < log->nhost; h++)
		next[h + 1] += next[h];
	log->ngap = next[log->nhost];
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[i];
		if (attempt->gap < 0)
			continue;
		gap[next[attempt->host]++] = (double)attempt->gap;
		if (attempt->gap > log->attempt[log->gap_longest].gap)
			log->gap_longest = i;
	}
	struct gx_order_statistics sample;
	for (size_t h = 0, from = 0; h < log->nhost; from = next[h++]) {
		struct gx_joblog_host *host = &log->host[h];
		host->ngap = next[h] - from;
		if (!host->ngap)
			continue;
		describe(gap + from, host->ngap, &sample);
		host->gap_median = sample.median;
		host->gap_total = sample.sum;
	}
	if (log->ngap) {
		describe(gap, log->ngap, &sample);
		log->gap_median = sample.median;
		log->gap_total = sample.sum;
		log->gap_few = sum_few(log, gap);
		log->gap_pause = sum_pause(log);
	}
	free(next);
	free(gap);
}

/* ---- run times ---- */

static bool runs_longer(const struct gx_joblog *log, size_t a, size_t b)
{
	const struct gx_attempt *x = &log->attempt[a], *y = &log->attempt[b];
	return x->run != y->run ? x->run > y->run : x->seq < y->seq;
}

/* Keeps the longest ones in order. */
static void name_straggler(struct gx_joblog *log, size_t at)
{
	size_t k = log->nstraggler;
	if (k == GX_JOBLOG_NAMED) {
		if (!runs_longer(log, at, log->straggler[--k]))
			return;
	} else {
		log->nstraggler++;
	}
	for (; k && runs_longer(log, at, log->straggler[k - 1]); k--)
		log->straggler[k] = log->straggler[k - 1];
	log->straggler[k] = at;
}

/* As --timeout 200% does, by the median of the jobs that are done. */
static void describe_run_times(struct gx_joblog *log)
{
	if (!log->outcome[GX_JOB_DONE])
		return;
	double *run = gx_allocate((size_t)log->outcome[GX_JOB_DONE], sizeof *run);
	size_t n = 0;
	for (size_t i = 0; i < log->nattempt; i++)
		if (log->attempt[i].last && log->attempt[i].outcome == GX_JOB_DONE)
			run[n++] = (double)log->attempt[i].run;
	describe(run, n, &log->run);
	log->run_95 = gx_order_statistics_quantile(run, n, 0.95) / GX_JOBLOG_SECOND;
	double median = gx_order_statistics_quantile(run, n, 0.5);
	free(run);
	for (size_t i = 0; i < log->nattempt && median > 0; i++) {
		const struct gx_attempt *attempt = &log->attempt[i];
		if (!attempt->last || (double)attempt->run <= 2 * median)
			continue;
		log->stragglers++;
		name_straggler(log, i);
	}
}

/* ---- over time ---- */

void gx_joblog_running(const struct gx_joblog *log, size_t n, double *mean)
{
	double slice = log->wall / (double)n;
	/*
	 * A job that covers a part of a slice is added there. Those that cover all of it are
	 * counted where they come and go.
	 */
	double *whole = gx_allocate_zeroed(n + 1, sizeof *whole);
	memset(mean, 0, n * sizeof *mean);
	for (size_t i = 0; i < log->nattempt; i++) {
		double from = seconds(log->attempt[i].start - log->first) / slice;
		double to = from + seconds(log->attempt[i].run) / slice;
		size_t a = (size_t)from, b = (size_t)to;
		a = a < n ? a : n - 1;
		b = b < n ? b : n - 1;
		if (a == b) {
			mean[a] += to - from;
			continue;
		}
		mean[a] += (double)(a + 1) - from;
		mean[b] += to - (double)b;
		whole[a + 1]++;
		whole[b]--;
	}
	double now = 0;
	for (size_t k = 0; k < n; k++) {
		now += whole[k];
		mean[k] += now;
	}
	free(whole);
}

void gx_joblog_measure(struct gx_joblog *log)
{
	log->overhead_share = NAN;
	if (!log->nattempt)
		return;
	sort_hosts(log);
	count_jobs(log);
	sort_by_start(log);
	assign_slots(log);
	describe_gaps(log);
	describe_run_times(log);
	double turn = log->gap_median + log->run.median; /* of a slot: a gap and a job */
	if (log->ngap && log->run.n && turn > 0)
		log->overhead_share = log->gap_median / turn;
	if (log->wall > 0)
		gx_joblog_running(log, GX_JOBLOG_SLICES, log->running);
}
