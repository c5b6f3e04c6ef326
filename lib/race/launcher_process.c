/* SPDX-License-Identifier: MIT */
/*
 * Runs a line, moves what it writes from pipes into the owner's files, and sends back what
 * it measured. (The files by themselves would do, were it not for `>/dev/stderr`, which
 * empties a file.) The launcher learns of its owner's death by the end of the socket, or by
 * the kernel's signal (PDEATHSIG) if a child of the owner still holds the socket.
 */
#define _GNU_SOURCE /* pipe2, ppoll, splice, wait4 */
#include "race/launcher_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/processors.h"
#include "race/descendants.h"
#include "race/launcher_protocol.h"
#include "race/scratch.h"

enum { TIMED_OUT = 124, TOO_MUCH = 125, BY_SIGNAL = 128 };
enum { STREAMS = GX_LAUNCHER_STREAMS };

/* What a line may write before it is stopped: it is held in memory. */
static const size_t most_output = (size_t)1 << 28;

/* The most that is allowed without privilege: a line that writes much seldom waits for us. */
static const size_t pipe_size = (size_t)256 << 10; /* as bytes/output.c asks for */

/* Seconds from TERM to KILL: what programs need to remove their unfinished files. */
static const double grace = 0.2;

/* Seconds after which a process that KILL did not end (it waits for a disk) is left alone. */
static const double patience = 5;

/* ---- processes of a line ---- */

struct server {
	int socket;
	pid_t owner;
	sigset_t ours;	  /* signals that have their default in what is started */
	sigset_t waiting; /* blocked while it waits: all but CHLD and USR1 */
	struct gx_launcher_answer answer;
	double started;
	pid_t shell;	     /* 0: reaped */
	int pipe[STREAMS];   /* to read what a line writes; -1: at its end */
	int stream[STREAMS]; /* where that is kept */
	size_t noutput;	     /* bytes of both */
};

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/*
 * Reaps every process that has ended and adds up what it used: orphans of the line too, as
 * we are their subreaper. False when there is no process left.
 */
static bool reap(struct server *s)
{
	for (;;) {
		int status;
		struct rusage usage;
		pid_t pid = wait4(-1, &status, WNOHANG, &usage);
		if (pid <= 0)
			return pid == 0;
		struct gx_launcher_answer *a = &s->answer;
		a->processor += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
		size_t peak = (size_t)usage.ru_maxrss * 1024;
		a->peak = peak > a->peak ? peak : a->peak;
		if (pid != s->shell)
			continue;
		s->shell = 0;
		a->seconds = gx_seconds() - s->started;
		a->status = WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status)
						: WEXITSTATUS(status);
	}
}

static void pause_for(double seconds)
{
	struct timespec t = { .tv_nsec = (long)(seconds * 1e9) };
	nanosleep(&t, NULL);
}

/*
 * Ends and reaps all that is left of a line: TERM first, then KILL. A process whose parent
 * has gone becomes our child, so rounds of KILL find all of them in the end.
 */
static void end_line(struct server *s)
{
	if (!reap(s))
		return;
	if (s->shell)
		kill(-s->shell, SIGTERM);
	gx_descendants_signal(SIGTERM);
	for (double until = gx_seconds() + grace; gx_seconds() < until; pause_for(0.002))
		if (!reap(s))
			return;
	for (double until = gx_seconds() + patience; reap(s) && gx_seconds() < until;
	     pause_for(0.002)) {
		if (s->shell)
			kill(-s->shell, SIGKILL);
		gx_descendants_signal(SIGKILL);
	}
}

/* ---- running a line ---- */

/* Moves what is in a pipe by now to the owner's file. */
static void drain(struct server *s, int i)
{
	while (s->pipe[i] >= 0 && s->noutput <= most_output) {
		ssize_t n = splice(s->pipe[i], NULL, s->stream[i], NULL, pipe_size,
				   SPLICE_F_NONBLOCK);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0) {
			s->noutput += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			close(s->pipe[i]);
			s->pipe[i] = -1;
			/* No memory for it is too much as well. */
			s->noutput += n < 0 ? most_output + 1 : 0;
		}
	}
}

/* Waits for a signal, output, the socket or `seconds`. Returns whether the owner lives. */
static bool wait_a_while(struct server *s, double seconds, bool *readable)
{
	struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
	struct pollfd files[1 + STREAMS] = { { .fd = s->socket, .events = POLLIN } };
	for (int i = 0; i < STREAMS; i++)
		files[1 + i] = (struct pollfd){ .fd = s->pipe[i], .events = POLLIN };
	int n = ppoll(files, 1 + STREAMS, &t, &s->waiting);
	*readable = n > 0 && files[0].revents;
	for (int i = 0; i < STREAMS; i++)
		if (n > 0 && files[1 + i].revents)
			drain(s, i);
	return getppid() == s->owner;
}

static int start_shell(struct server *s, const char *line, const int to[STREAMS])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, to[0], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, to[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attributes, &s->ours);
	posix_spawnattr_setsigmask(&attributes, &none);
	char shell[] = "sh", option[] = "-c";
	char *arguments[] = { shell, option, (char *)(uintptr_t)line, NULL };
	s->started = gx_seconds();
	int error = posix_spawn(&s->shell, "/bin/sh", &files, &attributes, arguments, environ);
	if (error)
		s->shell = 0;
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/* Starts the line with its output in pipes and on its CPUs. Returns 0 or an error number. */
static int start_line(struct server *s, const char *line, int ncpu)
{
	int to[STREAMS] = { -1, -1 }, error = 0;
	for (int i = 0; i < STREAMS && !error; i++) {
		int ends[2];
		if (pipe2(ends, O_CLOEXEC) == 0) {
			s->pipe[i] = ends[0];
			to[i] = ends[1];
			fcntl(ends[0], F_SETPIPE_SZ, (int)pipe_size);
		} else {
			error = errno;
		}
	}
	gx_processors_confine(ncpu);
	if (!error)
		error = start_shell(s, line, to);
	gx_processors_confine(0);
	for (int i = 0; i < STREAMS; i++)
		if (to[i] >= 0)
			close(to[i]);
	return error;
}

static void end_output(struct server *s)
{
	for (int i = 0; i < STREAMS; i++) {
		drain(s, i);
		if (s->pipe[i] >= 0)
			close(s->pipe[i]);
		s->pipe[i] = -1;
		close(s->stream[i]);
	}
}

/* Runs the line. False when the owner ended meanwhile. */
static bool run(struct server *s, const struct gx_launcher_request *request,
		const char *line)
{
	s->answer = (struct gx_launcher_answer){ 0 };
	s->noutput = 0;
	s->answer.error = start_line(s, line, request->ncpu);
	int stopped = 0;
	bool owned = true, readable;
	while (s->shell && owned && !stopped) {
		double left = request->limit > 0 ? s->started + request->limit - gx_seconds() : 3600;
		if (left > 0)
			owned = wait_a_while(s, left, &readable);
		owned &= left <= 0 || !readable; /* an owner that waits sends nothing: it is gone */
		reap(s);
		if (s->shell)
			stopped = left <= 0 ? TIMED_OUT : s->noutput > most_output ? TOO_MUCH : 0;
	}
	end_line(s);
	end_output(s);
	if (stopped)
		s->answer.status = stopped;
	return owned;
}

/* ---- its life ---- */

static void wake(int number)
{
	(void)number; /* ppoll returns: that is all */
}

/*
 * A signal that is to end the owner must not end the launcher first: it goes when the owner
 * has gone. Signals that the owner was started to ignore (nohup), the lines ignore too.
 */
static void set_signals(struct server *s)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	sigemptyset(&s->ours);
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		struct sigaction old, ignore = { .sa_handler = SIG_IGN };
		sigaction(ignored[i], &ignore, &old);
		if (old.sa_handler != SIG_IGN)
			sigaddset(&s->ours, ignored[i]);
	}
	struct sigaction action = { .sa_handler = wake };
	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigfillset(&s->waiting);
	sigdelset(&s->waiting, SIGCHLD);
	sigdelset(&s->waiting, SIGUSR1);
}

/*
 * Closes all files but the socket, which becomes the first one behind the three standard
 * ones: a reader of what the owner writes must see the end when the owner has ended.
 */
static void close_files(struct server *s)
{
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		if (fd != null)
			dup2(null, fd);
	if (s->socket != STDERR_FILENO + 1) {
		dup3(s->socket, STDERR_FILENO + 1, O_CLOEXEC);
		s->socket = STDERR_FILENO + 1;
	}
	DIR *open_files = opendir("/proc/self/fd");
	struct dirent *entry;
	while (open_files && (entry = readdir(open_files))) {
		int fd = atoi(entry->d_name);
		if (fd > s->socket && fd != dirfd(open_files))
			close(fd);
	}
	if (open_files)
		closedir(open_files);
}

static void serve(struct server *s)
{
	for (;;) {
		bool readable;
		if (!wait_a_while(s, 3600, &readable))
			return;
		if (!readable)
			continue;
		struct gx_launcher_request request;
		if (!gx_launcher_receive_request(s->socket, &request, s->stream))
			return;
		char *line = gx_allocate(request.nline, 1);
		bool go_on = gx_launcher_receive(s->socket, line, request.nline) &&
			     run(s, &request, line) &&
			     gx_launcher_send(s->socket, &s->answer, sizeof s->answer);
		free(line);
		if (!go_on)
			return;
	}
}

void gx_launcher_serve(int socket, pid_t owner)
{
	struct server s = { .socket = socket, .owner = owner, .pipe = { -1, -1 } };
	struct gx_launcher_hello hello = { 0 };
	set_signals(&s);
	close_files(&s);
	setsid(); /* a signal to the owner's group or terminal does not come here */
	prctl(PR_SET_NAME, "gx-launcher");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	hello.error = gx_scratch_make(hello.directory);
	if (getppid() == owner && gx_launcher_send(s.socket, &hello, sizeof hello) &&
	    !hello.error)
		serve(&s);
	end_line(&s);
	if (!hello.error)
		gx_scratch_remove(hello.directory);
	_exit(0);
}
