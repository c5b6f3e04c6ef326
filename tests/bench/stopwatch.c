/* SPDX-License-Identifier: MIT */
/*
 * Runs a pipeline once and says how long it took and how much memory each stage had:
 *
 *	stopwatch OUT STAGE [ARG ...] [ '|' STAGE [ARG ...] ] ...
 *	0.049318207 0.081204 1880 0 1876 0 1892 0
 *
 * are the seconds from the first start to the last end, those of CPU that all stages took with
 * whom they waited for, then for each stage its peak resident memory in KiB and its exit status. Standard input is ours; OUT takes the last
 * stage's output.
 *
 * It is a program of its own, and small, because a started process counts the peak of the
 * one that started it as its own: a driver in Python would hide everything below 12 MiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { STAGES_MAX = 16 };

static void demand(int error, const char *what)
{
	if (error) {
		fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(error));
		exit(2);
	}
}

/* Starts argv with standard input and output as given; what it opens else is closed there. */
static pid_t start(char **argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	demand(posix_spawn_file_actions_init(&actions), argv[0]);
	demand(posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO), argv[0]);
	demand(posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO), argv[0]);
	demand(posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ), argv[0]);
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: stopwatch OUT STAGE [ARG ...] ['|' STAGE [ARG ...]] ...\n");
		return 2;
	}
	int last = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	demand(last < 0 ? errno : 0, argv[1]);

	pid_t pid[STAGES_MAX];
	int nstage = 0, in = STDIN_FILENO;
	struct timespec from, to;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (char **stage = argv + 2; stage;) {
		char **end = stage;
		while (*end && strcmp(*end, "|") != 0)
			end++;
		char **next = *end ? end + 1 : NULL;
		*end = NULL;
		demand(nstage == STAGES_MAX ? E2BIG : 0, stage[0]);
		int ends[2] = { -1, last };
		if (next)
			demand(pipe2(ends, O_CLOEXEC) ? errno : 0, "pipe");
		pid[nstage++] = start(stage, in, ends[1]);
		if (in != STDIN_FILENO)
			close(in);
		close(ends[1]);
		in = ends[0];
		stage = next;
	}
	int status[STAGES_MAX];
	struct rusage usage[STAGES_MAX];
	for (int i = 0; i < nstage; i++)
		demand(wait4(pid[i], &status[i], 0, &usage[i]) < 0 ? errno : 0, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &to);

	printf("%.9f", (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec));
	double cpu = 0;
	for (int i = 0; i < nstage; i++)
		cpu += seconds(usage[i].ru_utime) + seconds(usage[i].ru_stime);
	printf(" %.6f", cpu);
	for (int i = 0; i < nstage; i++)
		printf(" %ld %d", usage[i].ru_maxrss,
		       WIFEXITED(status[i]) ? WEXITSTATUS(status[i]) : 128 + WTERMSIG(status[i]));
	printf("\n");
	return 0;
}
