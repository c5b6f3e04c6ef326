/* SPDX-License-Identifier: MIT */
/*
 * Many tasks that do nothing but sleep for 0.1 ms: what is left of the time is what it
 * costs to start them. Under xargs and GNU parallel a task is coreutils' sleep, here it
 * is nanosleep, with the same slack of the kernel's timer.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contest.h"
#include "message.h"
#include "part.h"

extern char **environ;

enum { TASK_NANOSECONDS = 100000 };

struct tasks {
	const struct gx_contest *contest;
	struct gx_launcher *launcher;
};

static void do_tasks(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		nanosleep(&(struct timespec){ 0, TASK_NANOSECONDS }, NULL);
}

static enum gx_outcome compare(const struct tasks *tasks, const char *strategy,
			       uint64_t done, char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		done--;
	snprintf(reason, GX_REASON_MAX, "%llu tasks were done, not %llu",
		 (unsigned long long)done, (unsigned long long)tasks->contest->ntask);
	return done == tasks->contest->ntask ? GX_RAN : GX_WRONG;
}

static enum gx_outcome race_loop(void *work, const struct gx_contestant *self,
				 double limit, struct gx_run *run,
				 char reason[GX_REASON_MAX])
{
	(void)limit;
	const struct tasks *tasks = work;
	struct gx_stopwatch watch = gx_stopwatch_start(1);
	do_tasks(tasks->contest->ntask);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)tasks->contest->ntask;
	return compare(tasks, self->strategy, tasks->contest->ntask, reason);
}

/* Waits for one child; whether it ended well. */
static bool wait_for_one(void)
{
	int status;
	pid_t pid;
	while ((pid = wait(&status)) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}

/* One process a task, as a shell starts it: fork and exec, so many at a time. */
static uint64_t start_each(uint64_t n, int cores)
{
	char *const argv[] = { "sleep", "0.0001", NULL };
	uint64_t done = 0;
	int running = 0;
	for (uint64_t i = 0; i < n; i++) {
		pid_t pid;
		if (running == cores) {
			done += wait_for_one();
			running--;
		}
		running += posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0;
	}
	for (; running; running--)
		done += wait_for_one();
	return done;
}

/* One process a core, each with its share of the tasks. */
static uint64_t start_batches(uint64_t n, int cores)
{
	uint64_t done = 0, share[1024];
	pid_t pid[1024];
	for (int k = 0; k < cores; k++) {
		share[k] = gx_part_bound(n, (uint64_t)k + 1, (uint64_t)cores) -
			   gx_part_bound(n, (uint64_t)k, (uint64_t)cores);
		pid[k] = fork();
		if (pid[k] == 0) {
			do_tasks(share[k]);
			_exit(0);
		}
	}
	for (int k = 0; k < cores; k++) {
		int status = -1;
		while (pid[k] > 0 && waitpid(pid[k], &status, 0) < 0 && errno == EINTR)
			;
		done += status == 0 ? share[k] : 0;
	}
	return done;
}

static enum gx_outcome race_started(const struct tasks *tasks,
				    const struct gx_contestant *self, struct gx_run *run,
				    char reason[GX_REASON_MAX])
{
	uint64_t n = tasks->contest->ntask;
	bool each = strcmp(self->strategy, "processes") == 0;
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	uint64_t done = each ? start_each(n, self->cores) : start_batches(n, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)n;
	run->processes = each ? (double)n : self->cores;
	return compare(tasks, self->strategy, done, reason);
}

/* The tools say each command before they run it: so the tasks can be counted. */
static enum gx_outcome race_tool(const struct tasks *tasks,
				 const struct gx_contestant *self, double limit,
				 struct gx_run *run, char reason[GX_REASON_MAX])
{
	char line[256];
	unsigned long long n = tasks->contest->ntask;
	if (strcmp(self->strategy, "xargs") == 0)
		snprintf(line, sizeof line, "seq %llu | xargs -t -P %d -I @ sleep 0.0001",
			 n, self->cores);
	else
		snprintf(line, sizeof line,
			 "seq %llu | parallel -t -j %d sleep 0.0001 '#' {}", n,
			 self->cores);
	struct gx_launched launched;
	gx_launcher_run(tasks->launcher, line, self->cores, limit, &launched);
	uint64_t done = 0;
	for (const char *at = launched.err; (at = strstr(at, "sleep 0.0001")); at++)
		done++;
	run->seconds = launched.seconds;
	run->processor = launched.processor;
	run->peak = (double)launched.peak;
	run->amount = run->processes = (double)n;
	int status = launched.status;
	gx_launched_free(&launched);
	if (status != 0) {
		snprintf(reason, GX_REASON_MAX,
			 status == 124 && limit > 0
				 ? "the budget was over before it was done"
				 : "it failed (exit status %d)",
			 status);
		return GX_LEFT_OUT;
	}
	return compare(tasks, self->strategy, done, reason);
}

static enum gx_outcome race_tasks(void *work, const struct gx_contestant *self,
				  double limit, struct gx_run *run,
				  char reason[GX_REASON_MAX])
{
	bool tool = strcmp(self->strategy, "xargs") == 0 ||
		    strcmp(self->strategy, "parallel") == 0;
	return tool ? race_tool(work, self, limit, run, reason)
		    : race_started(work, self, run, reason);
}

void gx_contest_tasks(struct gx_race *race, const struct gx_contest *contest)
{
	static const char *const names[] = { "loop",  "processes", "batched",
					     "xargs", "parallel",  NULL };
	gx_contest_check(contest, names);
	struct tasks *tasks = gx_allocate(1, sizeof *tasks);
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
