/* SPDX-License-Identifier: MIT */
/*
 * The launcher: what it reports of a line, and that nothing is left of it, neither process
 * nor file, however the one that started it ends.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ending.h"
#include "base/memory.h"
#include "base/message.h"
#include "race/launcher.h"
#include "unit.h"

static const char *place; /* TMPDIR: launchers leave nothing in it */

static void shout(const struct gx_launched *run, const char *line)
{
	unit_note("%.60s: status %d, %.3f s, %.3f s of CPU, %zu bytes, wrote %zu and %zu", line,
		  run->status, run->seconds, run->processor, run->peak, run->nout, run->nerr);
}

/* Whether a line ends with the status and writes exactly these. */
static bool gives(struct gx_launcher *l, const char *line, int status, const char *out,
		  const char *err)
{
	struct gx_launched run;
	gx_launcher_run(l, line, 0, 20, &run);
	bool good = unit_equal((uint64_t)run.status, (uint64_t)status, "status of %.60s", line);
	good &= unit_text(run.out, out, "stdout of %.60s", line);
	good &= unit_text(run.err, err, "stderr of %.60s", line);
	good &= unit_equal(run.nout, strlen(out), "bytes on stdout of %.60s", line);
	good &= unit_equal(run.nerr, strlen(err), "bytes on stderr of %.60s", line);
	if (!good)
		shout(&run, line);
	gx_launched_free(&run);
	return good;
}

static void test_results(struct gx_launcher *l)
{
	unit_test(gives(l, "echo out; echo err >&2; exit 7", 7, "out\n", "err\n"),
	       "status, standard output and standard error are told apart");
	unit_test(gives(l, ":", 0, "", ""), "a line that says nothing gives empty texts");
	unit_test(gives(l, "kill -TERM $$", 128 + SIGTERM, "", ""), "128 + signal");
	unit_test(gives(l, "cat; echo end", 0, "end\n", ""), "standard input is empty");
	unit_test(gives(l, "exec 2>&1; echo a; echo b >&2; echo c >/dev/stderr; echo d", 0,
		     "a\nb\nc\nd\n", ""),
	       "both streams in one keep their order");
	struct gx_launched run;
	gx_launcher_run(l, "this-is-no-command-of-anybody", 0, 20, &run);
	unit_test(run.status == 127 && run.nerr > 0, "what is no command is the shell's 127");
	gx_launched_free(&run);
	gx_launcher_run(l, "printf 'a\\000b'", 0, 20, &run);
	unit_test(run.nout == 3 && memcmp(run.out, "a\0b", 4) == 0, "any byte is kept");
	gx_launched_free(&run);
	gx_launcher_run(l, "head -c 30000000 /dev/zero & head -c 30000000 /dev/zero >&2; wait", 0,
			60, &run);
	unit_test(run.status == 0 && run.nout == 30000000 && run.nerr == 30000000,
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
	unit_test(good, "sleeping takes time and no CPU");
	gx_launched_free(&run);

	/* Two that count in the background: CPU of both, one that nobody waits for too. */
	static const char busy[] = "count() { i=0; while [ $i -lt 150000 ]; do i=$((i + 1)); done; }\n"
				   "count & count & wait";
	gx_launcher_run(l, busy, 0, 60, &run);
	double both = run.processor;
	good = both > 0.02 && both < 2.5 * run.seconds;
	if (!good)
		shout(&run, busy);
	unit_test(good, "CPU is that of all processes");
	gx_launched_free(&run);

	gx_launcher_run(l, "dd if=/dev/zero of=/dev/null bs=64M count=1 2>&1 | cat", 0, 20, &run);
	good = run.peak >= (size_t)64 << 20 && run.peak < (size_t)200 << 20;
	if (!good)
		shout(&run, "dd of 64 MiB");
	unit_test(good, "peak memory is that of the largest process");
	gx_launched_free(&run);

	/* What we hold must not be taken for a line's. */
	size_t n = (size_t)256 << 20;
	char *much = gx_allocate(n, 1);
	memset(much, 1, n);
	gx_launcher_run(l, "true", 0, 20, &run);
	good = much[n / 2] == 1 && run.peak > 0 && run.peak < (size_t)128 << 20;
	if (!good)
		shout(&run, "true");
	unit_test(good, "and does not grow with ours");
	gx_launched_free(&run);
	free(much);
}

static void test_cpus(struct gx_launcher *l)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) {
		unit_skip("CPUs are confined", "one CPU is all there is");
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
	unit_test(good, "CPUs are confined, and given back");
	cpu_set_t after;
	unit_test(sched_getaffinity(0, sizeof after, &after) == 0 && CPU_EQUAL(&set, &after),
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
	unit_test(good, "a time limit ends a line: 124");
	gx_launched_free(&run);

	gx_launcher_run(l, "trap 'echo told; exit 0' TERM; while :; do sleep 0.01; done", 0, 0.3,
			&run);
	good = run.status == 124 && strcmp(run.out, "told\n") == 0;
	if (!good)
		shout(&run, "trap");
	unit_test(good, "TERM comes first");
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
	unit_test(good, "KILL ends those who are deaf, in whatever process group or session");
	gx_launched_free(&run);

	snprintf(line, sizeof line, "sleep 30 & echo $! >%s/pid", place);
	double begin = unit_now();
	gx_launcher_run(l, line, 0, 20, &run);
	f = fopen(path, "re");
	good = f && fscanf(f, "%d", &pid) == 1 && kill(pid, 0) != 0 && errno == ESRCH &&
	       run.status == 0 && run.seconds < 0.25 && unit_now() - begin < 3;
	if (!good)
		shout(&run, line);
	if (f)
		fclose(f);
	unlink(path);
	unit_test(good, "what a line leaves in the background ends with it");
	gx_launched_free(&run);

	gx_launcher_run(l, "yes", 0, 60, &run);
	good = run.status == 125 && run.nout > (size_t)1 << 28 && run.out[0] == 'y';
	if (!good)
		shout(&run, "yes");
	unit_test(good, "so does one that writes without end: 125");
	gx_launched_free(&run);
}

static void test_signals(struct gx_launcher *l)
{
	/* The launcher ignores these. */
	unit_test(gives(l,
		     "exec 2>/dev/null; for s in INT HUP QUIT TERM PIPE; do "
		     "sh -c \"kill -$s \\$\\$; exit\"; echo $?; done",
		     0, "130\n129\n131\n143\n141\n", ""),
	       "signals have their defaults in a line");
	signal(SIGHUP, SIG_IGN);
	struct gx_launcher *other = gx_launcher_start();
	signal(SIGHUP, SIG_DFL);
	unit_test(gives(other, "kill -HUP $$; echo on", 0, "on\n", ""),
	       "but what was ignored when the launcher was started (nohup) stays so");
	gx_launcher_close(other);
	struct gx_launched run;
	gx_launcher_run(l, "exec >&- 2>&-; sleep 0.4", 0, 20, &run);
	unit_test(run.status == 0 && run.seconds >= 0.4 && run.processor < 0.2,
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
	for (double until = unit_now() + seconds; unit_now() < until; unit_pause(0.01))
		if (kill(pid, 0) != 0 && errno == ESRCH)
			return true;
	return false;
}

static bool vanishes(const char *path, double seconds)
{
	for (double until = unit_now() + seconds; unit_now() < until; unit_pause(0.01))
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
			unit_pause(3);
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
	for (double until = unit_now() + 5; unit_now() < until && !is_there(path);)
		unit_pause(0.01);
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
		unit_note("the line did not begin");
	kill(group ? -o.pid : o.pid, number);
	int status;
	waitpid(o.pid, &status, 0);
	good &= WIFSIGNALED(status) && WTERMSIG(status) == number;
	double begin = unit_now();
	/* The end of the owner's output, while the launcher still cleans up. */
	char c;
	good &= read(o.said, &c, 1) == 0;
	if (unit_now() - begin > 0.1) {
		unit_note("its output stayed open for %.2f s", unit_now() - begin);
		good = false;
	}
	close(o.said);
	for (int i = 0; i < 3; i++)
		if (good && !goes(o.line[i], 1.2)) {
			unit_note("process %d of the line lives", i);
			good = false;
		}
	if (!vanishes(o.directory, 0.5)) {
		unit_note("the directory is there");
		good = false;
	}
	if (helpers)
		kill(-o.pid, SIGKILL);
	unit_test(good, "%s", what);
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
	unit_test(is_there(kept), "no link out of the directory was followed");
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
	unit_test(good && status == 0, "the launcher holds no file of the one that starts it");
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
	unit_test(status == 0, "it needs no standard files");
}

/* Exit code and message of what kills us. */
static void start_nowhere(void *unused)
{
	(void)unused;
	setenv("TMPDIR", "/nowhere/at/all", 1);
	gx_launcher_start();
}

static void run_large(void *unused)
{
	(void)unused;
	struct gx_launcher *l = gx_launcher_start();
	size_t large = 200000;
	char *line = gx_allocate(large, 1);
	memset(line, ' ', large);
	line[large - 1] = 0;
	struct gx_launched run;
	gx_launcher_run(l, line, 0, 0, &run);
}

static void test_refusals(void)
{
	unit_dies(3, "/nowhere/at/all/gx.", start_nowhere, NULL);
	unit_dies(3, "TMPDIR", start_nowhere, NULL);
	unit_report("a TMPDIR that is not there is exit 3 and named");
	unit_dies(3, "", run_large, NULL);
	unit_report("a line that no shell takes is exit 3");
}

int main(void)
{
	/* A shell has what it starts in the background ignore INT and QUIT, and so would lines. */
	static const int numbers[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		signal(numbers[i], SIG_DFL);
	place = unit_directory();
	struct gx_launcher *l = gx_launcher_start();
	char directory[256];
	snprintf(directory, sizeof directory, "%s", gx_launcher_directory(l));
	struct stat status;
	unit_test(stat(directory, &status) == 0 && S_ISDIR(status.st_mode) &&
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
	unit_test(gives(l, line, 0, "", ""), "a line may write there");
	gx_launcher_close(l);
	unit_test(!is_there(directory), "close removes it, with all that is in it");
	test_output_closed();
	test_no_standard_files();
	test_ends();
	test_refusals();
	/* Those that died were cleaned up after. */
	for (double until = unit_now() + 2; unit_now() < until && unit_count_files(place);)
		unit_pause(0.01);
	return unit_end();
}
