/* SPDX-License-Identifier: MIT */
/*
 * Many tasks that only sleep for 0.1 ms: the rest of the time is the cost of starting them.
 * Under xargs and GNU parallel a task is coreutils' sleep. Here it is nanosleep, with the
 * same slack of the kernel's timer.
 */
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/part.h"
#include "race/contest.h"
#include "race/programs.h"

extern char **environ;

enum { TASK_NANOSECONDS = 100000 };

struct tasks {
	const struct gx_contest *contest;
	struct gx_launcher *launcher;
};

/* Returns how many were done by the time `until` (0: no end). */
static uint64_t do_tasks(uint64_t n, double until)
{
	uint64_t done = 0;
	for (; done < n && (until == 0 || gx_seconds() < until); done++)
		nanosleep(&(struct timespec){ 0, TASK_NANOSECONDS }, NULL);
	return done;
}

static double end_of(double limit)
{
	return limit > 0 ? gx_seconds() + limit : 0;
}

static enum gx_race_outcome compare(const struct tasks *tasks, const char *strategy,
			       uint64_t done, char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		done--;
	snprintf(reason, GX_REASON_MAX, "%" PRIu64 " tasks were done, not %" PRIu64, done,
		 tasks->contest->ntask);
	return done == tasks->contest->ntask ? GX_RAN : GX_WRONG;
}

static enum gx_race_outcome race_loop(void *work, const struct gx_contestant *self,
				 double limit, struct gx_run *run,
				 char reason[GX_REASON_MAX])
{
	const struct tasks *tasks = work;
	struct gx_stopwatch watch = gx_stopwatch_start_alone(1);
	uint64_t done = do_tasks(tasks->contest->ntask, end_of(limit));
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)done;
	return done < tasks->contest->ntask
		       ? GX_LATE
		       : compare(tasks, self->strategy, done, reason);
}

/* Waits for one child. Returns whether it ended well. */
static bool wait_for_one(void)
{
	int status;
	pid_t pid;
	while ((pid = wait(&status)) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}

/*
 * One process a task, as a shell starts it, by fork and exec; `cores` of them at a time. *why is
 * 0, or the error number of the one that could not be started.
 */
static uint64_t start_each(uint64_t n, int cores, double until, int *why)
{
	char *const argv[] = { "sleep", "0.0001", NULL };
	uint64_t done = 0;
	int running = 0;
	for (uint64_t i = 0; i < n && !*why && (until == 0 || gx_seconds() < until);
	     i++) {
		pid_t pid;
		if (running == cores) {
			done += wait_for_one();
			running--;
		}
		*why = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
		running += *why == 0;
	}
	for (; running; running--)
		done += wait_for_one();
	return done;
}

/* One process a core, each with its share of the tasks. */
static uint64_t start_batches(uint64_t n, int cores, double until, int *why)
{
	uint64_t done = 0, share[1024];
	pid_t pid[1024];
	int started = 0;
	for (; started < cores && !*why; started++) {
		uint64_t k = (uint64_t)started;
		share[started] = gx_part_bound(n, k + 1, (uint64_t)cores) -
				 gx_part_bound(n, k, (uint64_t)cores);
		pid[started] = gx_contest_fork();
		if (pid[started] == 0)
			_exit(do_tasks(share[started], until) < share[started]);
		*why = pid[started] < 0 ? errno : 0;
	}
	started -= *why != 0;
	for (int k = 0; k < started; k++) {
		int status = -1;
		while (waitpid(pid[k], &status, 0) < 0 && errno == EINTR)
			;
		done += status == 0 ? share[k] : 0;
	}
	return done;
}

static enum gx_race_outcome race_started(const struct tasks *tasks,
				    const struct gx_contestant *self, double limit,
				    struct gx_run *run, char reason[GX_REASON_MAX])
{
	uint64_t n = tasks->contest->ntask;
	bool each = strcmp(self->strategy, "processes") == 0;
	int why = 0;
	double until = end_of(limit);
	struct gx_stopwatch watch = gx_stopwatch_start_alone(self->cores);
	uint64_t done = (each ? start_each : start_batches)(n, self->cores, until, &why);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)n;
	run->processes = each ? (double)n : self->cores;
	if (why) {
		snprintf(reason, GX_REASON_MAX, "a process could not be started: %s",
			 strerror(why));
		return GX_LEFT_OUT;
	}
	if (done < n && until > 0 && gx_seconds() >= until)
		return GX_LATE;
	return compare(tasks, self->strategy, done, reason);
}

/* The tools print each command before they run it, so the tasks can be counted. */
static enum gx_race_outcome race_tool(const struct tasks *tasks,
				 const struct gx_contestant *self, double limit,
				 struct gx_run *run, char reason[GX_REASON_MAX])
{
	char line[16384] = "export TMPDIR=";
	unsigned long long n = tasks->contest->ntask;
	/* What GNU parallel leaves when it is killed goes with the scratch directory. */
	gx_shell_quote(line, sizeof line, gx_launcher_directory(tasks->launcher));
	size_t at = strlen(line);
	if (strcmp(self->strategy, "xargs") == 0)
		snprintf(line + at, sizeof line - at,
			 "; seq %llu | xargs -t -P %d -I @ sleep 0.0001", n, self->cores);
	else
		snprintf(line + at, sizeof line - at,
			 "; seq %llu | parallel --plain -t -j %d sleep 0.0001 '#' {}", n,
			 self->cores);
	struct gx_launched launched;
	gx_launcher_run(tasks->launcher, line, self->cores, limit, &launched);
	uint64_t done = 0;
	for (const char *p = launched.err; (p = strstr(p, "sleep 0.0001")); p++)
		done++;
	run->seconds = launched.seconds;
	run->processor = launched.processor;
	run->peak = (double)launched.peak;
	run->amount = run->processes = (double)n;
	int status = launched.status;
	gx_launched_free(&launched);
	if (status != 0) {
		snprintf(reason, GX_REASON_MAX, "it failed (exit status %d)", status);
		return status == 124 && limit > 0 ? GX_LATE : GX_LEFT_OUT;
	}
	return compare(tasks, self->strategy, done, reason);
}

static enum gx_race_outcome race_tasks(void *work, const struct gx_contestant *self,
				  double limit, struct gx_run *run,
				  char reason[GX_REASON_MAX])
{
	bool tool = strcmp(self->strategy, "xargs") == 0 ||
		    strcmp(self->strategy, "parallel") == 0;
	return tool ? race_tool(work, self, limit, run, reason)
		    : race_started(work, self, limit, run, reason);
}

void gx_contest_tasks(struct gx_race *race, const struct gx_contest *contest)
{
	static const char *const names[] = { "loop",  "processes", "batched",
					     "xargs", "parallel",  NULL };
	gx_contest_check(contest, names);
	struct tasks *tasks = gx_race_keep(race, gx_allocate(1, sizeof *tasks));
	*tasks = (struct tasks){ contest, race->launcher };
	race->work = tasks;
	if (gx_contest_wants(contest, names[0]))
		gx_race_add(race, &(struct gx_contestant){ .strategy = names[0],
							   .cores = 1,
							   .run = race_loop });
	for (size_t s = 1; names[s]; s++) {
		const char *program = s < 3 ? "sleep" : names[s];
		if (!gx_contest_wants(contest, names[s]))
			continue;
		if (!gx_program_exists(program)) {
			gx_race_leave_out(race, names[s], "%s is not on PATH: install it",
					  program);
			continue;
		}
		for (size_t i = 0; i < contest->ncores; i++)
			gx_race_add(race,
				    &(struct gx_contestant){ .strategy = names[s],
							     .cores = contest->cores[i],
							     .run = race_tasks });
	}
}
