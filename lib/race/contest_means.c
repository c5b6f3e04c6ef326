/* SPDX-License-Identifier: MIT */
/* The main job, in this process and in workers that it forks. */
#define _DEFAULT_SOURCE /* wait4 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pages.h"
#include "base/part.h"
#include "kernel/count.h"
#include "kernel/mean.h"
#include "race/contest.h"
#include "race/contest_answer.h"
#include "race/contest_programs.h"
#include "race/plain_loops.h"

/* ---- blocks of rows ---- */

static struct gx_means_answer run_rows(const struct gx_contest *contest,
				       const double *value, size_t nrow, bool plain)
{
	struct gx_means_answer answer = { 0 };
	double mean[GX_MEANS_BLOCK];
	for (size_t i = 0; i < nrow; i += GX_MEANS_BLOCK) {
		size_t n = nrow - i < GX_MEANS_BLOCK ? nrow - i : GX_MEANS_BLOCK;
		const double *block = value + i * contest->ncol;
		if (plain) {
			gx_plain_mean_rows(block, n, contest->ncol, mean);
			gx_plain_count(mean, n, contest->threshold, &answer.count,
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

static enum gx_race_outcome run_here(void *work, const struct gx_contestant *self, kernel *job,
				struct gx_run *run, char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	gx_contest_warm(means->contest->value,
			means->contest->nrow * means->contest->ncol);
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	struct gx_means_answer answer = job(means->contest, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = gx_means_bytes(means);
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

/* A pool of them. If it fails, the reason is in `reason`. */
struct pool {
	const struct gx_contest *contest;
	int nworker, started;
	bool sent; /* rows go through pipes */
	int results[2];
	double memory; /* bytes of all of them, beside the matrix, which each one inherits */
	char *reason;
	struct worker worker[WORKERS_MAX];
};

/*
 * Receives nbyte bytes into new memory, which goes with the worker. NULL: fewer came, or there is
 * no memory.
 */
static void *receive(int from, size_t nbyte)
{
	char *block = gx_pages_resize(NULL, 0, nbyte + 1);
	for (size_t done = 0; block && done < nbyte;) {
		ssize_t k = read(from, block + done, nbyte - done);
		if (k <= 0 && !(k < 0 && errno == EINTR))
			return NULL;
		done += k > 0 ? (size_t)k : 0;
	}
	return block;
}

GX_NORETURN static void work_in_child(const struct pool *pool,
				      const struct worker *worker, int from)
{
	const struct gx_contest *contest = pool->contest;
	size_t n = worker->last - worker->first;
	const double *rows = contest->value + worker->first * contest->ncol;
	if (pool->sent)
		rows = receive(from, n * contest->ncol * sizeof(double));
	if (!rows)
		_exit(1);
	struct gx_means_answer answer = run_rows(contest, rows, n, false);
	/* Shorter than PIPE_BUF: answers of several workers do not mix. */
	_exit(write(pool->results[1], &answer, sizeof answer) == (ssize_t)sizeof answer
		      ? 0
		      : 1);
}

static bool start_worker(struct pool *pool)
{
	uint64_t n = (uint64_t)pool->nworker, k = (uint64_t)pool->started;
	struct worker *worker = &pool->worker[k];
	*worker = (struct worker){ .in = -1,
				   .first = gx_part_bound(pool->contest->nrow, k, n),
				   .last = gx_part_bound(pool->contest->nrow, k + 1, n) };
	int ends[2] = { -1, -1 };
	if (!pool->sent || pipe(ends) == 0) {
		worker->in = ends[1];
		worker->pid = gx_contest_fork();
		if (worker->pid == 0)
			work_in_child(pool, worker, ends[0]);
		int why = errno;
		if (ends[0] >= 0)
			close(ends[0]);
		if (worker->pid > 0) {
			pool->started++;
			return true;
		}
		if (ends[1] >= 0)
			close(ends[1]);
		errno = why;
	}
	snprintf(
		pool->reason, GX_REASON_MAX,
		"worker %d of %d could not be started: %s: ask for fewer cores, or raise "
		"the limit (ulimit)",
		pool->started + 1, pool->nworker, strerror(errno));
	return false;
}

static bool send_rows(const struct pool *pool, const struct worker *worker)
{
	const struct gx_contest *contest = pool->contest;
	const char *at = (const char *)(contest->value + worker->first * contest->ncol);
	size_t left = (worker->last - worker->first) * contest->ncol * sizeof(double);
	while (left) {
		ssize_t k = write(worker->in, at, left);
		if (k < 0 && errno != EINTR) {
			snprintf(
				pool->reason, GX_REASON_MAX,
				"a worker ended before it had received its rows: is there "
				"memory for a second copy of the matrix?");
			return false;
		}
		at += k > 0 ? k : 0;
		left -= k > 0 ? (size_t)k : 0;
	}
	return true;
}

static bool add_answers(struct pool *pool, struct gx_means_answer *answer)
{
	for (int k = 0; k < pool->started; k++) {
		struct gx_means_answer part;
		if (read(pool->results[0], &part, sizeof part) != (ssize_t)sizeof part) {
			snprintf(pool->reason, GX_REASON_MAX,
				 "a worker ended without an answer: was it killed?");
			return false;
		}
		answer->count += part.count;
		answer->missing += part.missing;
	}
	return true;
}

/*
 * Waits for all of them. Those of a pool that failed are killed: each one holds the ends of
 * the pipes of those before it, so none would see the end of its input.
 */
static void end_workers(struct pool *pool, bool well)
{
	for (int k = 0; k < pool->started; k++) {
		const struct worker *worker = &pool->worker[k];
		if (!well)
			kill(worker->pid, SIGKILL);
		if (worker->in >= 0)
			close(worker->in);
	}
	const struct gx_contest *contest = pool->contest;
	double matrix = (double)(contest->nrow * contest->ncol * sizeof(double));
	for (int k = 0; k < pool->started; k++) {
		const struct worker *worker = &pool->worker[k];
		struct rusage use = { 0 };
		while (wait4(worker->pid, NULL, 0, &use) < 0 && errno == EINTR)
			;
		double own = 1024.0 * (double)use.ru_maxrss - matrix;
		pool->memory += own > 0 ? own : 0;
	}
}

/* All workers, from the first fork to the last answer. */
static bool run_workers(struct pool *pool, struct gx_means_answer *answer)
{
	if (pipe(pool->results) != 0) {
		snprintf(pool->reason, GX_REASON_MAX, "cannot make a pipe for the answers: %s",
			 strerror(errno));
		return false;
	}
	/* Writing to a worker that is gone must not end us: it is a reason to tell. */
	struct sigaction before, ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGPIPE, &ignore, &before);
	bool well = true;
	while (well && pool->started < pool->nworker)
		well = start_worker(pool);
	close(pool->results[1]);
	for (int k = 0; pool->sent && well && k < pool->started; k++)
		well = send_rows(pool, &pool->worker[k]);
	well = well && add_answers(pool, answer);
	close(pool->results[0]);
	end_workers(pool, well);
	sigaction(SIGPIPE, &before, NULL);
	return well;
}

static enum gx_race_outcome run_forked(void *work, const struct gx_contestant *self, bool sent,
				  struct gx_run *run, char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	struct gx_means_answer answer = { 0 };
	struct pool pool = { .contest = means->contest,
			     .nworker = self->cores,
			     .sent = sent,
			     .reason = reason };
	gx_contest_warm(means->contest->value,
			means->contest->nrow * means->contest->ncol);
	struct gx_stopwatch watch = gx_stopwatch_start_alone(self->cores);
	if (!run_workers(&pool, &answer))
		return GX_LEFT_OUT;
	gx_stopwatch_stop(&watch, run);
	run->peak += pool.memory;
	run->processes = self->cores;
	run->amount = gx_means_bytes(means);
	return gx_means_compare(means, self->strategy, answer, false, reason);
}

/* ---- the strategies ---- */

#define HERE(name)                                                                       \
	static enum gx_race_outcome race_##name(void *work, const struct gx_contestant *self, \
					   double limit, struct gx_run *run,             \
					   char reason[GX_REASON_MAX])                   \
	{                                                                                \
		(void)limit;                                                             \
		return run_here(work, self, run_##name, run, reason);                    \
	}
HERE(serial)
HERE(simd)
HERE(openmp)

static enum gx_race_outcome race_processes(void *work, const struct gx_contestant *self,
				      double limit, struct gx_run *run,
				      char reason[GX_REASON_MAX])
{
	(void)limit;
	return run_forked(work, self, true, run, reason);
}

static enum gx_race_outcome race_shared(void *work, const struct gx_contestant *self,
				   double limit, struct gx_run *run,
				   char reason[GX_REASON_MAX])
{
	(void)limit;
	return run_forked(work, self, false, run, reason);
}

static const char *const names[] = { "serial",	     "simd",	       "openmp",
				     "processes",    "shared",	       "xargs",
				     "parallel",     "read",	       "xargs-start",
				     "parallel-start", NULL };
static const char *const peers[] = { "python",	     "python-threads", "numpy",
				     "numba",	     "numba-prange",   "polars",
				     "duckdb",	     "multiprocessing", "dask",
				     "ray",	     "mpi4py",	       "cupy",
				     "cupy-pinned",  "cupy-pageable",  NULL };

void gx_contest_means(struct gx_race *race, const struct gx_contest *contest)
{
	static const struct {
		const char *name;
		enum gx_race_outcome (*run)(void *work, const struct gx_contestant *self,
				       double limit, struct gx_run *run,
				       char reason[GX_REASON_MAX]);
		bool one_core;
	} strategies[] = {
		{ "serial", race_serial, true },  { "simd", race_simd, true },
		{ "openmp", race_openmp, false }, { "processes", race_processes, false },
		{ "shared", race_shared, false },
	};
	gx_contest_check(contest, names, peers);
	struct gx_means_race *means = gx_means_race_begin(race, contest);
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
