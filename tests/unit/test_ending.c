/* SPDX-License-Identifier: MIT */
/*
 * Ends of a process with several unfinished files: none of them is left, and nothing else is
 * removed.
 */
#define _GNU_SOURCE /* O_PATH */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/ending.h"
#include "base/message.h"
#include "bytes/output.h"

static unsigned tests, failed;
static char place[] = "/tmp/gx-test.XXXXXX";

static void report(bool good, const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
}

/* Runs act in a child; its exit code, or 128 + the signal. */
static int end_of(void (*act)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		gx_message_start("gx-test");
		act();
		gx_ending_is_regular();
		_exit(0);
	}
	int status;
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Whether exactly the files of `names`, with a blank behind each, are in the directory. */
static bool has_files(const char *names)
{
	char line[512], got[512] = "";
	snprintf(line, sizeof line, "find %s -type f -printf '%%P\\n' | sort | tr '\\n' ' '", place);
	FILE *f = popen(line, "re");
	if (!f || !fgets(got, sizeof got, f))
		got[0] = 0;
	if (f)
		pclose(f);
	if (strcmp(got, names) != 0)
		printf("# got '%s', want '%s'\n", got, names);
	return strcmp(got, names) == 0;
}

static void clean(void)
{
	char line[512];
	snprintf(line, sizeof line, "rm -rf %s/*", place);
	if (system(line) != 0)
		abort();
}

static void write_file(const char *name)
{
	FILE *f = fopen(name, "we");
	fputs("mine", f);
	fclose(f);
}

/* ---- what children do, in the directory ---- */

static struct gx_output *outputs[3];

static void open_outputs(void)
{
	static const char *const names[] = { "one", "sub/two", "three" };
	mkdir("sub", 0777);
	for (size_t i = 0; i < 3; i++) {
		outputs[i] = gx_output_open(&(struct gx_output_options){ .path = names[i] },
					    false);
		gx_output_write(outputs[i], "text", 4);
	}
}

static void fail_with_outputs(void)
{
	open_outputs();
	gx_end(GX_EXIT_DATA);
}

static void be_killed_with_outputs(void)
{
	open_outputs();
	raise(SIGUSR2);
}

static void exit_as_a_library(void)
{
	open_outputs();
	dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
	exit(1);
}

/* A regular end, though files are open: they are not whole. */
static void exit_regularly(void)
{
	open_outputs();
	gx_ending_is_regular();
	exit(0);
}

static void finish_one(void)
{
	open_outputs();
	gx_output_close(outputs[1]);
	gx_end(GX_EXIT_IO);
}

/* Two files moved away under our feet, one replaced by another's. */
static void fail_with_changes(void)
{
	char name[64];
	open_outputs();
	rename("sub", "moved");
	snprintf(name, sizeof name, "one.gxtmp.%ld", (long)getpid());
	unlink(name);
	write_file(name);
	link(name, "one.other");
	gx_end(GX_EXIT_IO);
}

/* The files are the parent's; the child's end is not the parent's. */
static void fork_and_finish(void)
{
	open_outputs();
	pid_t pid = fork();
	if (pid == 0)
		gx_end(GX_EXIT_IO);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < 3; i++)
		gx_output_close(outputs[i]);
}

/* Makes and finishes files until it is killed. */
static void make_files(void)
{
	int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (;;) {
		int fd, other;
		struct gx_unfinished *a = gx_unfinished_make(directory, "a.tmp", 0600, &fd);
		struct gx_unfinished *b = gx_unfinished_make(directory, "b.tmp", 0600, &other);
		if (!a || !b)
			_exit(1);
		gx_unfinished_remove(a);
		renameat(directory, "b.tmp", directory, "b");
		gx_unfinished_forget(b);
		close(fd);
		close(other);
	}
}

static bool nothing_left_of_killed(int n)
{
	for (int i = 0; i < n; i++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			gx_ending_catch_signals();
			make_files();
		}
		struct timespec t = { .tv_nsec = 2000000 + 37021L * i % 500000 };
		nanosleep(&t, NULL);
		kill(pid, SIGTERM);
		int status;
		waitpid(pid, &status, 0);
		if (!WIFSIGNALED(status) || access("a.tmp", F_OK) == 0 || access("b.tmp", F_OK) == 0) {
			printf("# child %d: status %d\n", i, status);
			return false;
		}
	}
	return true;
}

/* Many files, one after another and some at a time: places in the list are given back. */
static bool places_are_given_back(void)
{
	int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), fd[32];
	struct gx_unfinished *file[32];
	bool good = true;
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 32; i++) {
			char name[32];
			snprintf(name, sizeof name, "file%d", i);
			file[i] = gx_unfinished_make(directory, name, 0600, &fd[i]);
			good &= file[i] != NULL && gx_unfinished_is_there(file[i]);
		}
		for (int i = 0; i < 32; i++) {
			gx_unfinished_remove(file[i]);
			close(fd[i]);
		}
	}
	close(directory);
	return good && has_files("");
}

static bool refusals_say_why(void)
{
	int fd = 99;
	int nowhere = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool good = !gx_unfinished_make(nowhere, "file", 0600, &fd) && errno && fd == -1;
	close(nowhere);
	return good;
}

int main(void)
{
	if (!mkdtemp(place) || chdir(place) != 0)
		return 1;
	report(end_of(fail_with_outputs) == GX_EXIT_DATA && has_files(""),
	       "a failure removes all that is unfinished");
	report(end_of(be_killed_with_outputs) == 128 + SIGUSR2 && has_files(""),
	       "a signal does");
	report(end_of(exit_as_a_library) == GX_EXIT_IO && has_files(""),
	       "exit of a library does, and is exit 3");
	report(end_of(exit_regularly) == 0 && has_files(""), "what is not closed is not whole");
	report(end_of(finish_one) == GX_EXIT_IO && has_files("sub/two "), "what is whole stays");
	clean();
	report(end_of(fail_with_changes) == GX_EXIT_IO, "a directory that moved");
	char line[512];
	snprintf(line, sizeof line, "test -f one.other && ls | grep -q '^one.gxtmp' && "
				    "test -z \"$(ls moved; ls | grep three)\"");
	report(system(line) == 0, "another's file stays, ours goes where it is now");
	clean();
	report(end_of(fork_and_finish) == 0 && has_files("one sub/two three "),
	       "a forked process does not remove its parent's");
	clean();
	report(nothing_left_of_killed(300), "killed at any moment");
	clean();
	report(places_are_given_back(), "32 at a time, again and again");
	report(refusals_say_why(), "what cannot be made");
	clean();
	report(chdir("/") == 0 && rmdir(place) == 0, "nothing is left");
	printf("1..%u\n", tests);
	return failed > 0;
}
