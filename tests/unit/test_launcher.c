/* SPDX-License-Identifier: MIT */
/*
 * The launcher: what it reports of a line, and that nothing is left of it, neither process
 * nor file, however the one that started it ends.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ending.h"
#include "base/memory.h"
#include "base/message.h"
#include "race/launcher.h"

static unsigned tests, failed;
static char place[] = "/tmp/gx-test.XXXXXX"; /* TMPDIR: launchers leave nothing in it */

static void report(bool good, const char *what)
{
	printf("%s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failed += !good;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void pause_for(double seconds)
{
	struct timespec t = { (time_t)seconds, (long)(fmod(seconds, 1) * 1e9) };
	nanosleep(&t, NULL);
}

static void shout(const struct gx_launched *run, const char *line)
{
	printf("# %.60s: status %d, %.3f s, %.3f s of CPU, %zu bytes, wrote %zu and %zu\n", line,
	       run->status, run->seconds, run->processor, run->peak, run->nout, run->nerr);
}

/* Whether a line ends with the status and writes exactly these. */
static bool gives(struct gx_launcher *l, const char *line, int status, const char *out,
		  const char *err)
{
	struct gx_launched run;
	gx_launcher_run(l, line, 0, 20, &run);
	bool good = run.status == status && run.nout == strlen(out) &&
		    run.nerr == strlen(err) && strcmp(run.out, out) == 0 &&
		    strcmp(run.err, err) == 0;
	if (!good)
		shout(&run, line);
	gx_launched_free(&run);
	return good;
}

static void test_results(struct gx_launcher *l)
{
	report(gives(l, "echo out; echo err >&2; exit 7", 7, "out\n", "err\n"),
	       "status, standard output and standard error are told apart");
	report(gives(l, ":", 0, "", ""), "a line that says nothing gives empty texts");
	report(gives(l, "kill -TERM $$", 128 + SIGTERM, "", ""), "128 + signal");
	report(gives(l, "cat; echo end", 0, "end\n", ""), "standard input is empty");
	report(gives(l, "exec 2>&1; echo a; echo b >&2; echo c >/dev/stderr; echo d", 0,
		     "a\nb\nc\nd\n", ""),
	       "both streams in one keep their order");
	struct gx_launched run;
	gx_launcher_run(l, "this-is-no-command-of-anybody", 0, 20, &run);
	report(run.status == 127 && run.nerr > 0, "what is no command is the shell's 127");
	gx_launched_free(&run);
	gx_launcher_run(l, "printf 'a\\000b'", 0, 20, &run);
	report(run.nout == 3 && memcmp(run.out, "a\0b", 4) == 0, "any byte is kept");
	gx_launched_free(&run);
	gx_launcher_run(l, "head -c 30000000 /dev/zero & head -c 30000000 /dev/zero >&2; wait", 0,
			60, &run);
	report(run.status == 0 && run.nout == 30000000 && run.nerr == 30000000,
	       "30 MB on each stream at once are all there");
	gx_launched_free(&run);
}

static void test_measures(struct gx_launcher *l)
{
	struct gx_launched run;
	gx_launcher_run(l, "sleep 0.3", 0, 20, &run);
	bool good = run.seconds >= 0.3 && run.seconds < 3 && run.processor < 0.25;
	if (!good)
		shout(&run, "sleep 0.3");
	report(good, "sleeping takes time and no CPU");
	gx_launched_free(&run);

	/* Two that count in the background: CPU of both, one that nobody waits for too. */
	static const char busy[] = "count() { i=0; while [ $i -lt 150000 ]; do i=$((i + 1)); done; }\n"
				   "count & count & wait";
	gx_launcher_run(l, busy, 0, 60, &run);
	double both = run.processor;
	good = both > 0.02 && both < 2.5 * run.seconds;
	if (!good)
		shout(&run, busy);
	report(good, "CPU is that of all processes");
	gx_launched_free(&run);

	gx_launcher_run(l, "dd if=/dev/zero of=/dev/null bs=64M count=1 2>&1 | cat", 0, 20, &run);
	good = run.peak >= (size_t)64 << 20 && run.peak < (size_t)200 << 20;
	if (!good)
		shout(&run, "dd of 64 MiB");
	report(good, "peak memory is that of the largest process");
	gx_launched_free(&run);

	/* What we hold must not be taken for a line's. */
	size_t n = (size_t)256 << 20;
	char *much = gx_allocate(n, 1);
	memset(much, 1, n);
	gx_launcher_run(l, "true", 0, 20, &run);
	good = much[n / 2] == 1 && run.peak > 0 && run.peak < (size_t)128 << 20;
	if (!good)
		shout(&run, "true");
	report(good, "and does not grow with ours");
	gx_launched_free(&run);
	free(much);
}

static void test_cpus(struct gx_launcher *l)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) {
		report(true, "CPUs are confined # skip one CPU is all there is");
		return;
	}
	char all[16];
	snprintf(all, sizeof all, "%d\n", CPU_COUNT(&set));
	/* nproc also heeds OMP_NUM_THREADS. */
	bool good = true;
	static const struct {
		int ncpu;
		const char *out;
	} cases[] = { { 1, "1\n" }, { 2, "2\n" }, { 1, "1\n" }, { 0, NULL }, { 100000, NULL } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gx_launched run;
		gx_launcher_run(l, "unset OMP_NUM_THREADS OMP_THREAD_LIMIT; nproc", cases[i].ncpu,
				20, &run);
		good &= strcmp(run.out, cases[i].out ? cases[i].out : all) == 0;
		gx_launched_free(&run);
	}
	report(good, "CPUs are confined, and given back");
	cpu_set_t after;
	report(sched_getaffinity(0, sizeof after, &after) == 0 && CPU_EQUAL(&set, &after),
	       "ours stay as they are");
}

static void test_limits(struct gx_launcher *l)
{
	struct gx_launched run;
	gx_launcher_run(l, "echo begun; sleep 30", 0, 0.3, &run);
	bool good = run.status == 124 && run.seconds >= 0.3 && run.seconds < 2 &&
		    strcmp(run.out, "begun\n") == 0;
	if (!good)
		shout(&run, "sleep 30");
	report(good, "a time limit ends a line: 124");
	gx_launched_free(&run);

	gx_launcher_run(l, "trap 'echo told; exit 0' TERM; while :; do sleep 0.01; done", 0, 0.3,
			&run);
	good = run.status == 124 && strcmp(run.out, "told\n") == 0;
	if (!good)
		shout(&run, "trap");
	report(good, "TERM comes first");
	gx_launched_free(&run);

	/* Deaf to TERM, and in sessions of their own, as jobs of GNU parallel are in groups. */
	char line[200];
	snprintf(line, sizeof line,
		 "trap '' TERM; setsid sh -c 'echo $$ >%s/pid; exec sleep 30' & sleep 30", place);
	gx_launcher_run(l, line, 0, 0.3, &run);
	char path[80];
	snprintf(path, sizeof path, "%s/pid", place);
	FILE *f = fopen(path, "re");
	int pid = 0;
	good = f && fscanf(f, "%d", &pid) == 1 && kill(pid, 0) != 0 && errno == ESRCH &&
	       run.seconds < 3 && run.status == 124;
	if (!good)
		shout(&run, line);
	if (f)
		fclose(f);
	unlink(path);
	report(good, "KILL ends those who are deaf, in whatever process group or session");
	gx_launched_free(&run);

	snprintf(line, sizeof line, "sleep 30 & echo $! >%s/pid", place);
	double begin = now();
	gx_launcher_run(l, line, 0, 20, &run);
	f = fopen(path, "re");
	good = f && fscanf(f, "%d", &pid) == 1 && kill(pid, 0) != 0 && errno == ESRCH &&
	       run.status == 0 && run.seconds < 0.25 && now() - begin < 3;
	if (!good)
		shout(&run, line);
	if (f)
		fclose(f);
	unlink(path);
	report(good, "what a line leaves in the background ends with it");
	gx_launched_free(&run);

	gx_launcher_run(l, "yes", 0, 60, &run);
	good = run.status == 125 && run.nout > (size_t)1 << 28 && run.out[0] == 'y';
	if (!good)
		shout(&run, "yes");
	report(good, "so does one that writes without end: 125");
	gx_launched_free(&run);
}

static void test_signals(struct gx_launcher *l)
{
	/* The launcher ignores these. */
	report(gives(l,
		     "exec 2>/dev/null; for s in INT HUP QUIT TERM PIPE; do "
		     "sh -c \"kill -$s \\$\\$; exit\"; echo $?; done",
		     0, "130\n129\n131\n143\n141\n", ""),
	       "signals have their defaults in a line");
	signal(SIGHUP, SIG_IGN);
	struct gx_launcher *other = gx_launcher_start();
	signal(SIGHUP, SIG_DFL);
	report(gives(other, "kill -HUP $$; echo on", 0, "on\n", ""),
	       "but what was ignored when the launcher was started (nohup) stays so");
	gx_launcher_close(other);
	struct gx_launched run;
	gx_launcher_run(l, "exec >&- 2>&-; sleep 0.4", 0, 20, &run);
	report(run.status == 0 && run.seconds >= 0.4 && run.processor < 0.2,
	       "a line that closes its output is waited for");
	gx_launched_free(&run);
}

/* ---- ends of the one that started it ---- */

static bool is_there(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0;
}

/* Waits until the process, of another parent, is gone. */
static bool goes(int pid, double seconds)
{
	for (double until = now() + seconds; now() < until; pause_for(0.01))
		if (kill(pid, 0) != 0 && errno == ESRCH)
			return true;
	return false;
}

static bool vanishes(const char *path, double seconds)
{
	for (double until = now() + seconds; now() < until; pause_for(0.01))
		if (!is_there(path))
			return true;
	return false;
}

/* An owner in a process of its own that runs a line which tells its pids and directory. */
struct owner {
	pid_t pid;
	int said; /* its standard output */
	char directory[256];
	int line[3];
};

/* What an owner runs: jobs that would go on for long, one deaf, one in another session. */
static void run_long(bool deaf, int helpers)
{
	struct gx_launcher *l = gx_launcher_start();
	const char *directory = gx_launcher_directory(l);
	char line[1024];
	snprintf(line, sizeof line,
		 "mkdir -p %s/a/b; ln -s %s/outside %s/a/link; ln -s / %s/a/b/root; :>%s/a/f; "
		 "chmod 0 %s/a/b; chmod 500 %s/a; cd /; %s sleep 60 & one=$!; setsid sleep 60 & "
		 "echo $$ $one $! >%s/pids.new; mv %s/pids.new %s/pids; wait",
		 directory, place, directory, directory, directory, directory, directory,
		 deaf ? "trap '' TERM INT HUP QUIT;" : "", directory, directory, directory);
	printf("%s\n", directory);
	fflush(stdout);
	for (int i = 0; i < helpers; i++)
		if (fork() == 0) {
			close(STDOUT_FILENO);
			pause_for(3);
			_exit(0);
		}
	struct gx_launched run;
	gx_launcher_run(l, line, 0, 0, &run);
	_exit(0);
}

static bool start_owner(struct owner *o, bool deaf, int helpers)
{
	int ends[2];
	if (pipe(ends) != 0)
		return false;
	fflush(stdout);
	o->pid = fork();
	if (o->pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		gx_ending_catch_signals();
		setpgid(0, 0);
		run_long(deaf, helpers);
	}
	close(ends[1]);
	o->said = ends[0];
	ssize_t n = 0;
	while (n < (ssize_t)sizeof o->directory - 1 && read(o->said, o->directory + n, 1) == 1 &&
	       o->directory[n] != '\n')
		n++;
	o->directory[n] = 0;
	char path[300];
	snprintf(path, sizeof path, "%s/pids", o->directory);
	for (double until = now() + 5; now() < until && !is_there(path);)
		pause_for(0.01);
	FILE *f = fopen(path, "re");
	bool good = f && fscanf(f, "%d %d %d", o->line, o->line + 1, o->line + 2) == 3;
	if (f)
		fclose(f);
	return good;
}

/* After the owner got the signal, nothing is left within a second or so. */
static void test_end(int number, bool group, bool deaf, int helpers, const char *what)
{
	struct owner o;
	bool good = start_owner(&o, deaf, helpers);
	if (!good)
		printf("# the line did not begin\n");
	kill(group ? -o.pid : o.pid, number);
	int status;
	waitpid(o.pid, &status, 0);
	good &= WIFSIGNALED(status) && WTERMSIG(status) == number;
	double begin = now();
	/* The end of the owner's output, while the launcher still cleans up. */
	char c;
	good &= read(o.said, &c, 1) == 0;
	if (now() - begin > 0.1) {
		printf("# its output stayed open for %.2f s\n", now() - begin);
		good = false;
	}
	close(o.said);
	for (int i = 0; i < 3; i++)
		if (good && !goes(o.line[i], 1.2)) {
			printf("# process %d of the line lives\n", i);
			good = false;
		}
	if (!vanishes(o.directory, 0.5)) {
		printf("# the directory is there\n");
		good = false;
	}
	if (helpers)
		kill(-o.pid, SIGKILL);
	report(good, what);
}

static void test_ends(void)
{
	char outside[80], kept[100];
	snprintf(outside, sizeof outside, "%s/outside", place);
	snprintf(kept, sizeof kept, "%s/kept", outside);
	mkdir(outside, 0700);
	fclose(fopen(kept, "we"));
	test_end(SIGTERM, false, false, 0, "TERM to the owner ends the line and removes all");
	test_end(SIGINT, true, true, 0, "so does INT to its group, with a line that is deaf to it");
	test_end(SIGHUP, false, true, 0, "and HUP");
	test_end(SIGKILL, false, true, 0, "and KILL");
	test_end(SIGKILL, true, false, 0, "and KILL to its group");
	test_end(SIGKILL, false, false, 2, "and KILL while processes that it forked live on");
	report(is_there(kept), "no link out of the directory was followed");
	unlink(kept);
	rmdir(outside);
}

/* The owner's output ends when the owner closes it, though the launcher lives. */
static void test_output_closed(void)
{
	int ends[2], go[2];
	if (pipe(ends) != 0 || pipe(go) != 0)
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		char c;
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], 17);
		struct gx_launcher *l = gx_launcher_start();
		close(STDOUT_FILENO);
		close(17);
		close(ends[0]);
		close(ends[1]);
		close(go[1]);
		_exit(read(go[0], &c, 1) == 0 && gives(l, "echo x", 0, "x\n", "") ? 0 : 1);
	}
	close(ends[1]);
	close(go[0]);
	char c;
	alarm(20); /* a read that does not end is a failure */
	bool good = read(ends[0], &c, 1) == 0;
	alarm(0);
	close(go[1]); /* now it may go on */
	int status;
	waitpid(pid, &status, 0);
	report(good && status == 0, "the launcher holds no file of the one that starts it");
	close(ends[0]);
}

/* Started with no standard files at all, as some daemons start things. */
static void test_no_standard_files(void)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		struct gx_launcher *l = gx_launcher_start();
		struct gx_launched run;
		gx_launcher_run(l, "cat; echo x; echo y >&2", 0, 20, &run);
		bool good = run.status == 0 && strcmp(run.out, "x\n") == 0 &&
			    strcmp(run.err, "y\n") == 0;
		gx_launcher_close(l);
		_exit(good ? 0 : 1);
	}
	int status;
	waitpid(pid, &status, 0);
	report(status == 0, "it needs no standard files");
}

static size_t count_files(const char *directory)
{
	DIR *d = opendir(directory);
	size_t n = 0;
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

/* Exit code and message of what kills us. */
static void test_refusals(void)
{
	fflush(stdout);
	int ends[2];
	if (pipe(ends) != 0)
		exit(1);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		setenv("TMPDIR", "/nowhere/at/all", 1);
		gx_launcher_start();
		_exit(0);
	}
	close(ends[1]);
	char said[512];
	ssize_t n = read(ends[0], said, sizeof said - 1);
	said[n < 0 ? 0 : n] = 0;
	close(ends[0]);
	int status;
	waitpid(pid, &status, 0);
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 3 &&
		    strstr(said, "/nowhere/at/all/gx.") && strstr(said, "TMPDIR");
	if (!good)
		printf("# %s", said);
	report(good, "a TMPDIR that is not there is exit 3 and named");

	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDERR_FILENO);
		struct gx_launcher *l = gx_launcher_start();
		size_t large = 200000;
		char *line = gx_allocate(large, 1);
		memset(line, ' ', large);
		line[large - 1] = 0;
		struct gx_launched run;
		gx_launcher_run(l, line, 0, 0, &run);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	report(WIFEXITED(status) && WEXITSTATUS(status) == 3,
	       "a line that no shell takes is exit 3");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* A shell has what it starts in the background ignore INT and QUIT, and so would lines. */
	static const int numbers[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		signal(numbers[i], SIG_DFL);
	if (!mkdtemp(place) || setenv("TMPDIR", place, 1) != 0) {
		printf("Bail out! no directory\n");
		return 1;
	}
	struct gx_launcher *l = gx_launcher_start();
	char directory[256];
	snprintf(directory, sizeof directory, "%s", gx_launcher_directory(l));
	struct stat status;
	report(stat(directory, &status) == 0 && S_ISDIR(status.st_mode) &&
		       (status.st_mode & 0777) == 0700 && status.st_uid == geteuid() &&
		       strncmp(directory, place, strlen(place)) == 0,
	       "the directory is below TMPDIR and ours alone");
	test_results(l);
	test_measures(l);
	test_cpus(l);
	test_limits(l);
	test_signals(l);
	char line[600];
	snprintf(line, sizeof line, "cd %s && mkdir -p x/y && echo 1 >x/y/z", directory);
	report(gives(l, line, 0, "", ""), "a line may write there");
	gx_launcher_close(l);
	report(!is_there(directory), "close removes it, with all that is in it");
	test_output_closed();
	test_no_standard_files();
	test_ends();
	test_refusals();
	/* Those that died were cleaned up after. */
	for (double until = now() + 2; now() < until && count_files(place); pause_for(0.01))
		;
	report(count_files(place) == 0, "nothing is left anywhere");
	rmdir(place);
	printf("1..%u\n", tests);
	return failed != 0;
}
