/* SPDX-License-Identifier: MIT */
/* The main job, in this process and in workers that it forks. */
#define _DEFAULT_SOURCE /* wait4 */
#include "contest_means.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "count.h"
#include "loops.h"
#include "mean.h"
#include "message.h"
#include "part.h"

/* The first answer is the one that the others are compared with. */
static void take_answer(struct gx_means_race *means, struct gx_means_answer answer)
{
	means->right = answer;
	means->known = true;
	gx_timing_fact(means->timing, "answer", "%llu rows above, %llu missing, of %zu",
		       (unsigned long long)answer.count,
		       (unsigned long long)answer.missing, means->contest->nrow);
	if (means->ties)
		gx_timing_note(
			means->timing,
			"ties: the mean of %llu row%s is within 4 units in the last place "
			"of the threshold: a sum in another order may count them "
			"otherwise",
			(unsigned long long)means->ties, means->ties == 1 ? "" : "s");
}

enum gx_outcome gx_means_compare(struct gx_means_race *means, const char *strategy,
				 struct gx_means_answer answer, bool rounding,
				 char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		answer.count++;
	if (!means->known)
		take_answer(means, answer);
	const struct gx_means_answer *right = &means->right;
	uint64_t difference = answer.count > right->count ? answer.count - right->count
							  : right->count - answer.count;
	snprintf(reason, GX_REASON_MAX,
		 "it counts %llu rows and %llu missing, not %llu and %llu (%llu ties)",
		 (unsigned long long)answer.count, (unsigned long long)answer.missing,
		 (unsigned long long)right->count, (unsigned long long)right->missing,
		 (unsigned long long)means->ties);
	bool same = difference <= (rounding ? means->ties : 0);
	return same && answer.missing == right->missing ? GX_RAN : GX_WRONG;
}

/* ---- blocks of rows ---- */

enum { BLOCK = 4096 }; /* rows whose means are kept before they are counted: 32 KiB */

static struct gx_means_answer run_rows(const struct gx_contest *contest,
				       const double *value, size_t nrow, bool plain)
{
	struct gx_means_answer answer = { 0 };
	double mean[BLOCK];
	for (size_t i = 0; i < nrow; i += BLOCK) {
		size_t n = nrow - i < BLOCK ? nrow - i : BLOCK;
		const double *block = value + i * contest->ncol;
		if (plain) {
			gx_loop_mean_rows(block, n, contest->ncol, mean);
			gx_loop_count(mean, n, contest->threshold, &answer.count,
				      &answer.missing);
		} else {
			gx_mean_rows(block, n, contest->ncol, mean);
			gx_count_columns(mean, n, 1, contest->threshold, false,
					 &answer.count, &answer.missing);
		}
	}
	return answer;
}

static struct gx_means_answer run_serial(const struct gx_contest *contest, int cores)
{
	(void)cores;
	return run_rows(contest, contest->value, contest->nrow, true);
}

static struct gx_means_answer run_simd(const struct gx_contest *contest, int cores)
{
	(void)cores;
	return run_rows(contest, contest->value, contest->nrow, false);
}

static struct gx_means_answer run_openmp(const struct gx_contest *contest, int cores)
{
	uint64_t count = 0, missing = 0;
#pragma omp parallel for num_threads(cores) schedule(static) reduction(+ : count, missing)
	for (int k = 0; k < cores; k++) {
		uint64_t first = gx_part_bound(contest->nrow, (uint64_t)k,
					       (uint64_t)cores);
		uint64_t last = gx_part_bound(contest->nrow, (uint64_t)k + 1,
					      (uint64_t)cores);
		struct gx_means_answer part = run_rows(
			contest, contest->value + first * contest->ncol, last - first,
			false);
		count += part.count;
		missing += part.missing;
	}
	return (struct gx_means_answer){ count, missing };
}

typedef struct gx_means_answer kernel(const struct gx_contest *contest, int cores);

static enum gx_outcome run_here(void *work, const struct gx_contestant *self, kernel *job,
				struct gx_run *run, char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	struct gx_means_answer answer = job(means->contest, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)(means->contest->nrow * means->contest->ncol *
			       sizeof(double));
	return gx_means_compare(means, self->strategy, answer, false, reason);
}

/* ---- forked workers ---- */

enum { WORKERS_MAX = 1024 };

/* One worker: rows [first, last), from a pipe or where they are. */
struct worker {
	pid_t pid;
	int in; /* the end that we write rows to; -1: none */
	size_t first, last;
};

GX_NORETURN static void work_in_child(const struct gx_contest *contest,
				      const struct worker *worker, int from, int to)
{
	/* Not to outlive a race that is killed. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	size_t n = worker->last - worker->first;
	size_t nbyte = n * contest->ncol * sizeof(double), done = 0;
	const double *rows = contest->value + worker->first * contest->ncol;
	char *block = NULL;
	if (from >= 0) {
		block = malloc(nbyte + 1);
		while (block && done < nbyte) {
			ssize_t k = read(from, block + done, nbyte - done);
			if (k <= 0 && !(k < 0 && errno == EINTR))
				_exit(1);
			done += k > 0 ? (size_t)k : 0;
		}
		if (!block)
			_exit(1);
		rows = (const double *)(const void *)block;
	}
	struct gx_means_answer answer = run_rows(contest, rows, n, false);
	/* Shorter than PIPE_BUF: answers of several workers do not mix. */
	_exit(write(to, &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1);
}

static bool start_worker(const struct gx_contest *contest, struct worker *worker,
			 bool sent, int to)
{
	int ends[2] = { -1, -1 };
	if (sent && pipe(ends) != 0)
		return false;
	worker->in = ends[1];
	worker->pid = fork();
	if (worker->pid == 0) {
		close(ends[1]);
		work_in_child(contest, worker, ends[0], to);
	}
	if (sent)
		close(ends[0]);
	return worker->pid > 0;
}

static bool send_rows(const struct gx_contest *contest, const struct worker *worker)
{
	const char *at = (const char *)(contest->value + worker->first * contest->ncol);
	size_t left = (worker->last - worker->first) * contest->ncol * sizeof(double);
	while (left) {
		ssize_t k = write(worker->in, at, left);
		if (k < 0 && errno != EINTR)
			return false;
		at += k > 0 ? k : 0;
		left -= k > 0 ? (size_t)k : 0;
	}
	return true;
}

/* What the workers leave: their memory beside the matrix's pages, and whether all is
 * well. */
static bool end_workers(const struct gx_contest *contest, struct worker *worker, int n,
			bool sent, double *memory)
{
	bool well = true;
	for (int k = 0; k < n; k++) {
		struct rusage use;
		int status;
		if (worker[k].in >= 0)
			close(worker[k].in);
		while (wait4(worker[k].pid, &status, 0, &use) < 0)
			if (errno != EINTR)
				return false;
		well &= status == 0;
		double shared = sent ? 0
				     : (double)((worker[k].last - worker[k].first) *
						contest->ncol * sizeof(double));
		double own = 1024.0 * (double)use.ru_maxrss - shared;
		*memory += own > 0 ? own : 0;
	}
	return well;
}

/* All workers, from the first fork to the last answer. */
static bool run_workers(const struct gx_contest *contest, int cores, bool sent,
			struct gx_means_answer *answer, double *memory)
{
	struct worker worker[WORKERS_MAX];
	int results[2], started = 0;
	if (pipe(results) != 0)
		return false;
	bool well = true;
	for (; well && started < cores; started += well) {
		uint64_t n = (uint64_t)cores, k = (uint64_t)started;
		worker[started] = (struct worker){
			.first = gx_part_bound(contest->nrow, k, n),
			.last = gx_part_bound(contest->nrow, k + 1, n),
		};
		well = start_worker(contest, &worker[started], sent, results[1]);
	}
	close(results[1]);
	for (int k = 0; sent && well && k < started; k++)
		well = send_rows(contest, &worker[k]);
	for (int k = 0; well && k < started; k++) {
		struct gx_means_answer part;
		ssize_t got = read(results[0], &part, sizeof part);
		well = got == (ssize_t)sizeof part;
		answer->count += well ? part.count : 0;
		answer->missing += well ? part.missing : 0;
	}
	close(results[0]);
	return end_workers(contest, worker, started, sent, memory) && well;
}

static enum gx_outcome run_forked(void *work, const struct gx_contestant *self, bool sent,
				  struct gx_run *run, char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	struct gx_means_answer answer = { 0 };
	double memory = 0;
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	if (!run_workers(means->contest, self->cores, sent, &answer, &memory)) {
		snprintf(reason, GX_REASON_MAX,
			 "a worker could not be started, or failed: %s",
			 errno ? strerror(errno) : "it was killed");
		return GX_LEFT_OUT;
	}
	gx_stopwatch_stop(&watch, run);
	run->peak += memory;
	run->processes = self->cores;
	run->amount = (double)(means->contest->nrow * means->contest->ncol *
			       sizeof(double));
	return gx_means_compare(means, self->strategy, answer, false, reason);
}

/* ---- the strategies ---- */

#define HERE(name)                                                                       \
	static enum gx_outcome race_##name(void *work, const struct gx_contestant *self, \
					   double limit, struct gx_run *run,             \
					   char reason[GX_REASON_MAX])                   \
	{                                                                                \
		(void)limit;                                                             \
		return run_here(work, self, run_##name, run, reason);                    \
	}
HERE(serial)
HERE(simd)
HERE(openmp)

static enum gx_outcome race_processes(void *work, const struct gx_contestant *self,
				      double limit, struct gx_run *run,
				      char reason[GX_REASON_MAX])
{
	(void)limit;
	return run_forked(work, self, true, run, reason);
}

static enum gx_outcome race_shared(void *work, const struct gx_contestant *self,
				   double limit, struct gx_run *run,
				   char reason[GX_REASON_MAX])
{
	(void)limit;
	return run_forked(work, self, false, run, reason);
}

/* Rows whose mean may fall on the other side of the threshold when it is summed
 * otherwise. */
static uint64_t count_ties(const struct gx_contest *contest)
{
	double mean[BLOCK], t = contest->threshold;
	double unit = nextafter(fabs(t), INFINITY) - fabs(t);
	uint64_t ties = 0;
	for (size_t i = 0; i < contest->nrow; i += BLOCK) {
		size_t n = contest->nrow - i < BLOCK ? contest->nrow - i : BLOCK;
		gx_mean_rows(contest->value + i * contest->ncol, n, contest->ncol, mean);
		for (size_t k = 0; k < n; k++)
			ties += fabs(mean[k] - t) <= 4 * unit;
	}
	return ties;
}

static const char *const names[] = { "serial",          "simd",   "openmp",
				     "processes",       "shared", "xargs",
				     "parallel",        "read",   "python",
				     "numpy",           "numba",  "numba-prange",
				     "multiprocessing", NULL };

void gx_contest_means(struct gx_race *race, const struct gx_contest *contest)
{
	static const struct {
		const char *name;
		enum gx_outcome (*run)(void *work, const struct gx_contestant *self,
				       double limit, struct gx_run *run,
				       char reason[GX_REASON_MAX]);
		bool one_core;
	} strategies[] = {
		{ "serial", race_serial, true },  { "simd", race_simd, true },
		{ "openmp", race_openmp, false }, { "processes", race_processes, false },
		{ "shared", race_shared, false },
	};
	gx_contest_check(contest, names);
	struct gx_means_race *means = gx_allocate_zeroed(1, sizeof *means);
	*means = (struct gx_means_race){ .contest = contest,
					 .launcher = race->launcher,
					 .timing = race->timing,
					 .ties = count_ties(contest) };
	race->work = means;
	for (size_t s = 0; s < sizeof strategies / sizeof *strategies; s++) {
		if (!gx_contest_wants(contest, strategies[s].name))
			continue;
		for (size_t i = 0; i < (strategies[s].one_core ? 1 : contest->ncores);
		     i++) {
			int cores = strategies[s].one_core ? 1 : contest->cores[i];
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategies[s].name,
						  .cores = cores,
						  .run = strategies[s].run });
		}
	}
	gx_contest_add_pipelines(race, means);
	if (contest->peers)
		gx_contest_add_peers(race, means);
	gx_contest_add_read(race, contest, contest->value, contest->nrow * contest->ncol);
}
