/* SPDX-License-Identifier: MIT */
/*
 * Many tasks that only sleep: the rest of the time is the cost of starting them, or of handing
 * them out. A task that waits for a server or a disk is like that. Where a task is a process it is
 * coreutils' sleep. In a worker it is nanosleep, with the same slack of the kernel's timer.
 */
#define _DEFAULT_SOURCE /* vfork */
#include "race/contest_tasks.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/part.h"
#include "race/programs.h"

enum { WORKERS_MAX = 1024, SECOND = 1000000000 };

/* ---- the task ---- */

static struct timespec timespec_of(uint64_t nanoseconds)
{
	return (struct timespec){ (time_t)(nanoseconds / SECOND),
				  (long)(nanoseconds % SECOND) };
}

/* Does one. False: the time `until` (0: no end) came first. */
static bool do_task(const struct gx_tasks *tasks, double until)
{
	uint64_t nanoseconds = tasks->contest->task_nanoseconds;
	bool whole = true;
	if (until > 0) {
		double left = fmax(until - gx_seconds(), 0) * SECOND;
		whole = left >= (double)nanoseconds;
		nanoseconds = whole ? nanoseconds : (uint64_t)left;
	}
	struct timespec t = timespec_of(nanoseconds);
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
	return whole;
}

/* Returns how many were done by the time `until`. */
static uint64_t do_tasks(const struct gx_tasks *tasks, uint64_t n, double until)
{
	uint64_t done = 0;
	while (done < n && do_task(tasks, until))
		done++;
	return done;
}

static double end_of(double limit)
{
	return limit > 0 ? gx_seconds() + limit : 0;
}

enum gx_race_outcome gx_tasks_compare(const struct gx_tasks *tasks, const char *strategy,
				      uint64_t done, char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		done--;
	snprintf(reason, GX_REASON_MAX, "%" PRIu64 " tasks were done, not %" PRIu64, done,
		 tasks->contest->ntask);
	if (done != tasks->contest->ntask)
		return GX_WRONG;
	gx_timing_fact(tasks->race->timing, "answer", "%" PRIu64 " tasks done", done);
	return GX_RAN;
}

/* ---- one process, one after the other ---- */

static enum gx_race_outcome race_loop(void *work, const struct gx_contestant *self,
				 double limit, struct gx_run *run,
				 char reason[GX_REASON_MAX])
{
	const struct gx_tasks *tasks = work;
	struct gx_stopwatch watch = gx_stopwatch_start_alone(1);
	uint64_t done = do_tasks(tasks, tasks->contest->ntask, end_of(limit));
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)done;
	return done < tasks->contest->ntask
		       ? GX_LATE
		       : gx_tasks_compare(tasks, self->strategy, done, reason);
}

/* ---- workers ---- */

/* What a strategy with workers of its own found. */
struct outcome {
	uint64_t done;
	double parts; /* that were started or handed out */
	int error;    /* an error number: a worker could not be started */
};

typedef struct outcome start_workers(const struct gx_tasks *tasks, int cores, double until);

/* A pool of threads. */
struct pool {
	const struct gx_tasks *tasks;
	double until;
	atomic_uint_fast64_t next, done;
};

static void *work_in_pool(void *memory)
{
	struct pool *pool = memory;
	while (atomic_fetch_add(&pool->next, 1) < pool->tasks->contest->ntask &&
	       do_task(pool->tasks, pool->until))
		atomic_fetch_add(&pool->done, 1);
	return NULL;
}

/* Threads that take a task whenever they are free. */
static struct outcome start_threads(const struct gx_tasks *tasks, int cores, double until)
{
	struct outcome outcome = { .parts = (double)tasks->contest->ntask };
	struct pool pool = { .tasks = tasks, .until = until };
	pthread_t thread[WORKERS_MAX];
	pthread_attr_t attributes;
	int started = 0;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, (size_t)256 << 10); /* they only sleep */
	while (started < cores && !outcome.error) {
		outcome.error = pthread_create(&thread[started], &attributes, work_in_pool,
					       &pool);
		started += !outcome.error;
	}
	if (outcome.error)
		atomic_store(&pool.next, tasks->contest->ntask);
	while (started > 0)
		pthread_join(thread[--started], NULL);
	pthread_attr_destroy(&attributes);
	outcome.done = atomic_load(&pool.done);
	return outcome;
}

/*
 * Starts the program sleep by fork and exec, as a shell does. It is killed when we end: it may
 * sleep for long. Returns its number, or -1 with errno.
 */
static pid_t start_sleep(const char *seconds)
{
	char name[] = "sleep", time[sizeof((struct gx_tasks *)0)->seconds];
	char *const arguments[] = { name, time, NULL };
	volatile int error = 0; /* the child writes to our memory */
	snprintf(time, sizeof time, "%s", seconds);
	pid_t owner = getpid(), pid = vfork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == owner)
			execvp(name, arguments);
		error = errno;
		_exit(127);
	}
	if (pid < 0 || !error)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = error;
	return -1;
}

/* The processes that run. */
struct running {
	pid_t pid[WORKERS_MAX];
	int n;
};

/* Waits for any child, until a time. Returns its number, or 0 when the time came. */
static pid_t wait_until(double until, int *status)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		pid_t pid = waitpid(-1, status, until > 0 ? WNOHANG : 0);
		double left = until - gx_seconds();
		if (pid > 0)
			return pid;
		if (pid < 0 && errno != EINTR)
			return 0;
		if (until > 0 && left <= 0)
			return 0;
		struct timespec t = timespec_of((uint64_t)(fmax(left, 0) * SECOND));
		if (until > 0)
			sigtimedwait(&child, NULL, &t); /* it is blocked: see start_each */
	}
}

/* Waits for one of them. Returns whether it ended well; when the time comes, all are killed. */
static bool wait_for_one(struct running *running, double until)
{
	int status = -1;
	pid_t pid = wait_until(until, &status);
	if (pid == 0) {
		for (int i = 0; i < running->n; i++)
			kill(running->pid[i], SIGKILL);
		pid = wait_until(0, &status);
	}
	for (int i = 0; i < running->n; i++)
		if (running->pid[i] == pid) {
			running->pid[i] = running->pid[--running->n];
			return status == 0;
		}
	if (pid == 0) /* there is no child */
		running->n = 0;
	return false;
}

/* One process a task, `cores` of them at a time. */
static struct outcome start_each(const struct gx_tasks *tasks, int cores, double until)
{
	uint64_t n = tasks->contest->ntask;
	struct outcome outcome = { .parts = (double)n };
	struct running running = { .n = 0 };
	sigset_t child, before;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (until > 0)
		sigprocmask(SIG_BLOCK, &child, &before);
	for (uint64_t i = 0; i < n && !outcome.error && (until == 0 || gx_seconds() < until);
	     i++) {
		if (running.n == cores)
			outcome.done += wait_for_one(&running, until);
		pid_t pid = start_sleep(tasks->seconds);
		if (pid < 0)
			outcome.error = errno;
		else
			running.pid[running.n++] = pid;
	}
	while (running.n)
		outcome.done += wait_for_one(&running, until);
	if (until > 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return outcome;
}

/* One process a worker, each with its share of the tasks. */
static struct outcome start_batches(const struct gx_tasks *tasks, int cores, double until)
{
	uint64_t n = tasks->contest->ntask, share[WORKERS_MAX];
	struct outcome outcome = { .parts = cores };
	pid_t pid[WORKERS_MAX];
	int started = 0;
	for (; started < cores && !outcome.error; started++) {
		uint64_t k = (uint64_t)started;
		share[started] = gx_part_bound(n, k + 1, (uint64_t)cores) -
				 gx_part_bound(n, k, (uint64_t)cores);
		pid[started] = gx_contest_fork();
		if (pid[started] == 0)
			_exit(do_tasks(tasks, share[started], until) < share[started]);
		outcome.error = pid[started] < 0 ? errno : 0;
	}
	started -= outcome.error != 0;
	for (int k = 0; k < started; k++) {
		int status = -1;
		while (waitpid(pid[k], &status, 0) < 0 && errno == EINTR)
			;
		outcome.done += status == 0 ? share[k] : 0;
	}
	return outcome;
}

static enum gx_race_outcome race_workers(void *work, const struct gx_contestant *self,
					 double limit, struct gx_run *run,
					 char reason[GX_REASON_MAX])
{
	const struct gx_tasks *tasks = work;
	start_workers *const *start = self->detail;
	double until = end_of(limit);
	struct gx_stopwatch watch = gx_stopwatch_start_alone(self->cores);
	struct outcome outcome = (*start)(tasks, self->cores, until);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)tasks->contest->ntask;
	run->processes = outcome.parts;
	if (outcome.error) {
		snprintf(reason, GX_REASON_MAX, "a %s could not be started: %s",
			 *start == start_threads ? "thread" : "process",
			 strerror(outcome.error));
		return GX_LEFT_OUT;
	}
	if (outcome.done < tasks->contest->ntask && until > 0 && gx_seconds() >= until)
		return GX_LATE;
	return gx_tasks_compare(tasks, self->strategy, outcome.done, reason);
}

/* ---- programs ---- */

static void make_line(const struct gx_tasks *tasks, const struct gx_contestant *self,
		      char *line, size_t room)
{
	unsigned long long n = tasks->contest->ntask;
	snprintf(line, room, "export TMPDIR=");
	/* What GNU parallel leaves when it is killed goes with the scratch directory. */
	gx_shell_quote(line, room, gx_launcher_directory(tasks->race->launcher));
	size_t at = strlen(line);
	if (strcmp(self->strategy, "xargs") == 0)
		snprintf(line + at, room - at, "; seq %llu | xargs -t -P %d -I @ sleep %s", n,
			 self->cores, tasks->seconds);
	else
		snprintf(line + at, room - at,
			 "; seq %llu | parallel --plain -t -j %d sleep %s '#' {}", n,
			 self->cores, tasks->seconds);
}

/* The tools print each command before they run it, so the tasks can be counted. */
static enum gx_race_outcome race_tool(void *work, const struct gx_contestant *self,
				      double limit, struct gx_run *run,
				      char reason[GX_REASON_MAX])
{
	const struct gx_tasks *tasks = work;
	char line[16384], command[64];
	struct gx_launched launched;
	make_line(tasks, self, line, sizeof line);
	gx_launcher_run(tasks->race->launcher, line, self->cores, limit, &launched);
	uint64_t done = 0;
	snprintf(command, sizeof command, "sleep %s", tasks->seconds);
	for (const char *p = launched.err; (p = strstr(p, command)); p++)
		done++;
	run->seconds = launched.seconds;
	run->processor = launched.processor;
	run->peak = (double)launched.peak;
	run->amount = run->processes = (double)tasks->contest->ntask;
	int status = launched.status;
	gx_launched_free(&launched);
	if (status != 0) {
		snprintf(reason, GX_REASON_MAX, "it failed (exit status %d)", status);
		return status == 124 && limit > 0 ? GX_LATE : GX_LEFT_OUT;
	}
	return gx_tasks_compare(tasks, self->strategy, done, reason);
}

/* ---- the strategies ---- */

/* The time of a task in seconds, without zeros at its end. */
static void write_seconds(uint64_t nanoseconds, char *text, size_t room)
{
	snprintf(text, room, "%" PRIu64 ".%09" PRIu64, nanoseconds / SECOND,
		 nanoseconds % SECOND);
	size_t n = strlen(text);
	while (text[n - 1] == '0')
		text[--n] = 0;
	if (text[n - 1] == '.')
		text[n - 1] = 0;
}

static start_workers *const threads = start_threads, *const processes = start_each,
				       *const batches = start_batches;

static const struct strategy {
	const char *name, *program; /* NULL: it needs none */
	enum gx_race_outcome (*run)(void *, const struct gx_contestant *, double, struct gx_run *,
				    char *);
	start_workers *const *start;
} strategies[] = {
	{ "loop", NULL, race_loop, NULL },
	{ "threads", NULL, race_workers, &threads },
	{ "processes", "sleep", race_workers, &processes },
	{ "batched", NULL, race_workers, &batches },
	{ "xargs", "xargs", race_tool, NULL },
	{ "parallel", "parallel", race_tool, NULL },
};

void gx_contest_tasks(struct gx_race *race, const struct gx_contest *contest)
{
	static const char *const names[] = { "loop",	"threads", "processes", "batched",
					     "xargs",	"parallel", NULL };
	static const char *const peers[] = { "python-threads", "multiprocessing", "dask", "ray",
					     "ray-batched", NULL };
	gx_contest_check(contest, names, peers);
	struct gx_tasks *tasks = gx_race_keep(race, gx_allocate(1, sizeof *tasks));
	*tasks = (struct gx_tasks){ .contest = contest, .race = race };
	write_seconds(contest->task_nanoseconds, tasks->seconds, sizeof tasks->seconds);
	race->work = tasks;
	for (size_t s = 0; s < sizeof strategies / sizeof *strategies; s++) {
		const struct strategy *strategy = &strategies[s];
		bool alone = strategy->run == race_loop;
		if (!gx_contest_wants(contest, strategy->name))
			continue;
		if (strategy->program && !gx_program_exists(strategy->program)) {
			gx_race_leave_out(race, strategy->name,
					  "%s is not on PATH: install it",
					  strategy->program);
			continue;
		}
		for (size_t i = 0; i < (alone ? 1 : contest->ncores); i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategy->name,
						  .cores = alone ? 1 : contest->cores[i],
						  .run = strategy->run,
						  .detail = strategy->start });
	}
	if (contest->peers)
		gx_contest_add_task_peers(race, tasks);
}
