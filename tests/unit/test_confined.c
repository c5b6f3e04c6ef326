/* SPDX-License-Identifier: MIT */
/* A confined child: what it cannot do, how its end is told, and that nothing is left of it. */
#define _GNU_SOURCE /* memfd_create, syscall */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/confined.h"
#include "base/message.h"
#include "unit.h"

static const char TEXT[] = "what stands in the file";
static int data;    /* a file with that text */
static int another; /* a descriptor that the child must not have */
static int touched; /* memory of the parent */
static const char *path;
static volatile uint64_t spun;
static volatile int *volatile nowhere;

enum { SHARED = 1 << 20 };
#define MEMORY (UINT64_C(4) << 30)

static struct gx_confined *start(void (*work)(const struct gx_confined_room *, void *))
{
	struct gx_confined *child = gx_confined_start(data, MEMORY, SHARED, SHARED, work, &touched);
	if (!child)
		unit_bail_out("no child");
	return child;
}

/* Whether this process has no child, not even one that has ended. */
static bool has_no_child(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* ---- what it can do ---- */

static void work_as_meant(const struct gx_confined_room *room, void *context)
{
	int number;
	*(int *)context = 7;
	while (gx_confined_hear(room, &number, sizeof number)) {
		char *memory = malloc(100000000);
		memset(memory, number, 100000000);
		char *more = realloc(memory, 200000000);
		ssize_t n = pread(room->data, room->shared, room->nshared, number);
		room->shared[n < 0 ? 0 : n] = 0;
		number += more ? (int)more[99999999] + (int)n : 0;
		free(more);
		gx_confined_tell(room, &number, sizeof number);
	}
}

static void test_work(void)
{
	struct gx_confined *child = start(work_as_meant);
	size_t nshared;
	const char *shared = (const char *)gx_confined_shared(child, &nshared);
	unit_equal(nshared, SHARED, "bytes of shared memory");
	for (int from = 0; from < 3; from++) {
		int number = from;
		bool heard = gx_confined_send(child, &number, sizeof number) &&
			     gx_confined_receive(child, 20, &number, sizeof number);
		unit_check(heard, "an answer to question %d", from);
		unit_equal((uint64_t)number, sizeof TEXT - (size_t)from + 2 * (size_t)from,
			   "the answer to question %d", from);
		unit_text(shared, TEXT + from, "what was shared for question %d", from);
	}
	unit_equal((uint64_t)touched, 0, "memory of the parent that the child has written");
	gx_confined_close(child);
	unit_check(has_no_child(), "no child behind a close");
	unit_report("a child reads its file, takes memory, answers, and writes to no memory of ours");
}

/* ---- what it cannot do ---- */

/* The number of the first thing that was possible; 0: none. Each must fail. */
static int try_all(const struct gx_confined_room *room)
{
	char byte = 'x';
	struct rlimit limit = { 64, 64 };
	if (open("/dev/null", O_RDONLY) >= 0 || open(path, O_WRONLY) >= 0)
		return 1;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_DGRAM, 0) >= 0)
		return 2;
	if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0)
		return 3;
	if (execl("/bin/true", "true", (char *)NULL) >= 0)
		return 4;
	if (write(room->data, &byte, 1) >= 0 || pwrite(room->data, &byte, 1, 0) >= 0)
		return 5;
	if (write(STDOUT_FILENO, &byte, 1) >= 0 || write(another, &byte, 1) >= 0 ||
	    pread(another, &byte, 1, 0) >= 0)
		return 6;
	if (kill(getppid(), SIGTERM) == 0 || kill(-1, SIGCONT) == 0)
		return 7;
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0) != MAP_FAILED)
		return 8;
	if (mprotect(room->shared, 4096, PROT_READ | PROT_EXEC) == 0)
		return 9;
	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, room->data, 0) != MAP_FAILED)
		return 10;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0 || unlink(path) == 0 || chdir("/") == 0)
		return 11;
	if (dup(room->data) >= 0 || ftruncate(room->data, 0) == 0 ||
	    lseek(room->data, 1, SEEK_SET) >= 0)
		return 12;
	if (prctl(PR_SET_DUMPABLE, 1) == 0 || prctl(PR_SET_PDEATHSIG, 0) == 0)
		return 13;
	return 0;
}

static void work_against(const struct gx_confined_room *room, void *context)
{
	(void)context;
	int possible = try_all(room);
	gx_confined_tell(room, &possible, sizeof possible);
}

static void test_forbidden(void)
{
	struct gx_confined *child = start(work_against);
	int possible = -1;
	bool heard = gx_confined_receive(child, 20, &possible, sizeof possible);
	unit_check(heard, "an answer");
	unit_equal((uint64_t)possible, 0, "the first thing that was possible");
	gx_confined_close(child);
	char now[sizeof TEXT] = "";
	unit_equal((uint64_t)pread(data, now, sizeof now, 0), sizeof TEXT, "bytes of the file");
	unit_text(now, TEXT, "the file");
	unit_report("no file, socket, process, signal or code, and no other descriptor");
}

#ifndef GX_SANITIZED
static void work_without_end_of_memory(const struct gx_confined_room *room, void *context)
{
	(void)context;
	uint64_t taken = 0;
	/* A compiler may leave out what nobody looks at. */
	void *volatile block;
	while (taken < (UINT64_C(64) << 30) && (block = malloc(1 << 28)))
		taken += 1 << 28;
	gx_confined_tell(room, &taken, sizeof taken);
}

static void test_memory(void)
{
	struct gx_confined *child = start(work_without_end_of_memory);
	uint64_t taken = 0;
	unit_check(gx_confined_receive(child, 20, &taken, sizeof taken), "an answer");
	unit_check(taken >= UINT64_C(1) << 30 && taken <= UINT64_C(4) << 30,
		   "it got %llu bytes of 1 to 4 GiB", (unsigned long long)taken);
	gx_confined_close(child);
	unit_report("a child gets no more than 4 GiB of memory");
}
#endif

/* ---- ends ---- */

/* What a child does before it ends, and how that is told. */
static void work_die(const struct gx_confined_room *room, void *context)
{
	(void)context;
	int how;
	if (!gx_confined_hear(room, &how, sizeof how))
		return;
	switch (how) {
	case 0:
		*nowhere = 1;
		break;
	case 1:
		abort();
	case 2:
		_exit(5);
	case 3:
		gx_confined_tell(room, "long", 4);
		gx_confined_hear(room, &how, sizeof how);
		break;
	case 4:
		for (;;)
			spun++;
	default:
		break;
	}
}

static struct gx_confined_death end_of(int how)
{
	struct gx_confined *child = start(work_die);
	char two[2];
	bool sent = gx_confined_send(child, &how, sizeof how);
	bool heard = gx_confined_receive(child, 0.3, two, sizeof two);
	unit_check(sent && !heard, "end %d comes behind the question", how);
	struct gx_confined_death death = gx_confined_death(child);
	unit_check(!gx_confined_send(child, &how, sizeof how) &&
			   !gx_confined_receive(child, 1, two, sizeof two),
		   "one that has ended is not asked");
	unit_check(has_no_child(), "it is reaped at once");
	gx_confined_close(child);
	return death;
}

static void check_end(int how, int want, int number)
{
	struct gx_confined_death death = end_of(how);
	unit_equal((uint64_t)death.how, (uint64_t)want, "how %d ends", how);
	if (want == GX_CONFINED_EXITED || want == GX_CONFINED_KILLED)
		unit_equal((uint64_t)death.number, (uint64_t)number, "what %d ends with", how);
}

static void test_ends(void)
{
#ifndef GX_SANITIZED
	check_end(0, GX_CONFINED_KILLED, SIGSEGV);
	check_end(1, GX_CONFINED_KILLED, SIGABRT);
#endif
	check_end(2, GX_CONFINED_EXITED, 5);
	check_end(3, GX_CONFINED_WRONG, 0);
	check_end(4, GX_CONFINED_LATE, 0);
	check_end(5, GX_CONFINED_EXITED, 0);
	unit_text(gx_signal_name(SIGSEGV), "SIGSEGV", "a signal");
	unit_text(gx_signal_name(SIGWINCH), "signal 28", "a rare signal");
	unit_report("signals, exits, wrong messages and loops are told, and reaped");
}

/* Waiting for a question takes no processor time, so it may last. */
static void test_patience(void)
{
	struct gx_confined *child = start(work_as_meant);
	unit_pause(0.7);
	int number = 1;
	unit_check(gx_confined_send(child, &number, sizeof number) &&
			   gx_confined_receive(child, 20, &number, sizeof number),
		   "an answer behind a pause");
	gx_confined_close(child);
	unit_report("a child that waits is not out of time");
}

static void test_ignored(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	sigaction(SIGCHLD, &ignore, &old);
	check_end(2, GX_CONFINED_EXITED, 5);
	sigaction(SIGCHLD, &old, NULL);
	unit_report("an end is told where SIGCHLD was ignored");
}

/* Signals that a terminal or a batch system sends to all processes of a job. */
static void work_with_signals(const struct gx_confined_room *room, void *context)
{
	(void)context;
	int number = getpid();
	gx_confined_tell(room, &number, sizeof number);
	while (gx_confined_hear(room, &number, sizeof number))
		gx_confined_tell(room, &number, sizeof number);
}

static void test_signals(void)
{
	static const int sent[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM };
	struct gx_confined *child = start(work_with_signals);
	int pid = 0, number = 3;
	unit_check(gx_confined_receive(child, 20, &pid, sizeof pid) && pid > 1, "a process");
	for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
		kill(pid, sent[i]);
	unit_check(gx_confined_send(child, &number, sizeof number) &&
			   gx_confined_receive(child, 20, &number, sizeof number),
		   "an answer behind them");
	gx_confined_close(child);
	unit_report("signals to the whole job are for the parent");
}

/* ---- several ---- */

/* The second child has nothing of the first: its socket and shared memory would be a way to it. */
static void work_look_at(const struct gx_confined_room *room, void *context)
{
	unsigned char *shared = context;
	/* ENOMEM: nothing is mapped there. */
	int there = madvise(shared, 4096, MADV_NORMAL) == 0 || errno != ENOMEM;
	gx_confined_tell(room, &there, sizeof there);
}

static void test_several(void)
{
	struct gx_confined *first = start(work_as_meant);
	size_t nshared;
	unsigned char *shared = gx_confined_shared(first, &nshared);
	struct gx_confined *second = gx_confined_start(data, MEMORY, SHARED, SHARED, work_look_at, shared);
	int there = -1, number = 2;
	unit_check(gx_confined_receive(second, 20, &there, sizeof there), "an answer of the second");
	unit_equal((uint64_t)there, 0, "shared memory of the first in the second");
	/* The first sees our end though the second lives on. */
	unit_check(gx_confined_send(first, &number, sizeof number) &&
			   gx_confined_receive(first, 20, &number, sizeof number),
		   "an answer of the first");
	gx_confined_close(first);
	gx_confined_close(second);
	unit_check(has_no_child(), "both are gone");
	unit_report("children have nothing of each other");
}

/* ---- the parent's end ---- */

/* Tells its number through a pipe, and never hears of an end. */
static void work_for_ever(const struct gx_confined_room *room, void *context)
{
	(void)context;
	int pid = getpid();
	gx_confined_tell(room, &pid, sizeof pid);
	for (;;)
		spun++;
}

static void test_parent(void)
{
	int ends[2], pid = 0;
	if (pipe(ends) != 0)
		unit_bail_out("no pipe");
	pid_t parent = fork();
	if (parent == 0) {
		struct gx_confined *child = start(work_for_ever);
		if (gx_confined_receive(child, 20, &pid, sizeof pid) &&
		    write(ends[1], &pid, sizeof pid) == sizeof pid)
			_exit(0);
		_exit(1);
	}
	waitpid(parent, NULL, 0);
	unit_check(read(ends[0], &pid, sizeof pid) == sizeof pid, "the number of the child");
	bool gone = false;
	for (int i = 0; i < 500 && !gone; i++) {
		/* Where nobody reaps orphans it stays as one that has ended. */
		char name[64], state = 0;
		snprintf(name, sizeof name, "/proc/%d/stat", pid);
		FILE *f = fopen(name, "re");
		gone = !f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1 || state == 'Z' || state == 'X';
		if (f)
			fclose(f);
		if (!gone)
			unit_pause(0.01);
	}
	unit_check(gone, "the child ends with its parent");
	close(ends[0]);
	close(ends[1]);
	unit_report("a child does not outlive its parent");
}

/* ---- descriptors, messages, time ---- */

static void test_descriptors(void)
{
	size_t before = unit_count_files("/proc/self/fd");
	for (int i = 0; i < 20; i++)
		gx_confined_close(start(work_as_meant));
	unit_equal(unit_count_files("/proc/self/fd"), before, "descriptors");
	struct gx_confined *none = gx_confined_start(data, MEMORY, (size_t)1 << 62, (size_t)1 << 61,
						     work_as_meant, NULL);
	unit_check(!none && errno == ENOMEM, "more shared memory than there is");
	unit_equal(unit_count_files("/proc/self/fd"), before, "descriptors behind a failure");
	unit_check(has_no_child(), "no child");
	unit_report("no descriptor and no process is left");
}

static void tell(enum gx_exit code, const char *text)
{
	fprintf(stderr, "told %d: %s.", (int)code, text);
	_exit(40 + (int)code);
}

static void say(void *context)
{
	gx_message_divert(tell);
	gx_warn("a warning");
	errno = ENOENT;
	switch (*(int *)context) {
	case 1:
		gx_die(GX_EXIT_DATA, "%s: bad", "f");
	case 2:
		gx_die_usage("%s: wrong", "f");
	default:
		gx_die_errno("%s", "f");
	}
}

static void test_messages(void)
{
	static const struct {
		int which, code;
		const char *said;
	} cases[] = { { 1, 41, "told 1: f: bad." },
		      { 2, 42, "told 2: f: wrong." },
		      { 3, 43, "told 3: f: No such file or directory." } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int which = cases[i].which;
		struct unit_death death = unit_run_child(say, &which);
		unit_equal((uint64_t)death.code, (uint64_t)cases[i].code, "exit code");
		unit_text(death.said, cases[i].said, "what was said");
	}
	unit_report("messages are diverted, and nothing else is said");
}

static void note_time(void)
{
	double best = 1e9;
	for (int i = 0; i < 50; i++) {
		double before = unit_now();
		struct gx_confined *child = start(work_with_signals);
		int pid;
		gx_confined_receive(child, 20, &pid, sizeof pid);
		double t = unit_now() - before;
		best = t < best ? t : best;
		gx_confined_close(child);
	}
	unit_note("%.0f us from the start to the first message", 1e6 * best);
}

int main(void)
{
	path = unit_file("data", TEXT, sizeof TEXT);
	data = open(path, O_RDWR | O_CLOEXEC);
	another = fcntl(data, F_DUPFD_CLOEXEC, 20); /* a number that the child does not use */
	test_work();
	test_forbidden();
#ifndef GX_SANITIZED
	test_memory();
#endif
	test_ends();
	test_patience();
	test_ignored();
	test_signals();
	test_several();
	test_parent();
	test_descriptors();
	test_messages();
	note_time();
	unlink(path);
	close(data);
	close(another);
	return unit_end();
}
