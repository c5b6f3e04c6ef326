/* SPDX-License-Identifier: MIT */
/*
 * Two processes and a socket between them. The one that started the launcher (the owner)
 * sends a request with the line and two files in memory (memfd); the launcher runs it, moves
 * what it writes from pipes into those, and sends back what it measured. (The files by
 * themselves would do, were it not for `>/dev/stderr`, which empties a file.) That the owner
 * is gone shows as the end of the socket, or, where a process that the owner forked still
 * holds that, by the kernel's signal.
 */
#define _GNU_SOURCE /* memfd_create, MSG_CMSG_CLOEXEC, pipe2, ppoll, splice, wait4 */
#include "race/launcher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/processors.h"
#include "race/machine.h"

enum { TIMED_OUT = 124, TOO_MUCH = 125, BY_SIGNAL = 128 };
enum { STREAMS = 2 };

/* What a line may write before it is stopped: it is held in memory. */
static const size_t most_output = (size_t)1 << 28;

/* As large as they come without privilege: a line that writes much seldom waits for us. */
static const size_t pipe_size = (size_t)1 << 20;

/* Seconds from TERM to KILL: what programs need to remove their unfinished files. */
static const double grace = 0.2;

/* Seconds after which a process that KILL did not end (it waits for a disk) is left alone. */
static const double patience = 5;

/* The launcher's first word: its directory, or why there is none. */
struct hello {
	int error;
	char directory[PATH_MAX];
};

struct request {
	size_t nline; /* bytes that follow, a 0 byte among them */
	double limit;
	int ncpu;
};

struct answer {
	int error; /* why the shell was not started */
	int status;
	double seconds, processor;
	size_t peak;
};

struct gx_launcher {
	int socket;
	pid_t process;
	struct hello hello;
};

/* ---- the socket; both sides ---- */

static bool send_all(int to, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		ssize_t k = send(to, p, n, MSG_NOSIGNAL);
		if (k < 0 && errno != EINTR)
			return false;
		p += k < 0 ? 0 : k;
		n -= k < 0 ? 0 : (size_t)k;
	}
	return true;
}

/* False at the end, too: then errno is 0. */
static bool receive_all(int from, void *data, size_t n)
{
	char *p = data;
	while (n) {
		ssize_t k = recv(from, p, n, 0);
		if (k == 0)
			errno = 0;
		if (k == 0 || (k < 0 && errno != EINTR))
			return false;
		p += k < 0 ? 0 : k;
		n -= k < 0 ? 0 : (size_t)k;
	}
	return true;
}

/* Room for the files that go along with a request. */
union passed {
	struct cmsghdr header; /* for its alignment */
	char room[CMSG_SPACE(STREAMS * sizeof(int))];
};

static bool send_request(int to, const struct request *request, const int stream[STREAMS])
{
	union passed passed = { .room = { 0 } };
	struct iovec data = { .iov_base = (void *)(uintptr_t)request,
			      .iov_len = sizeof *request };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = passed.room,
				  .msg_controllen = sizeof passed.room };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(STREAMS * sizeof(int));
	memcpy(CMSG_DATA(header), stream, STREAMS * sizeof(int));
	ssize_t n;
	do {
		n = sendmsg(to, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *request;
}

static bool receive_request(int from, struct request *request, int stream[STREAMS])
{
	union passed passed;
	struct iovec data = { .iov_base = request, .iov_len = sizeof *request };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = passed.room,
				  .msg_controllen = sizeof passed.room };
	ssize_t n;
	do {
		n = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	} while (n < 0 && errno == EINTR);
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (n != (ssize_t)sizeof *request || !header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(STREAMS * sizeof(int)))
		return false;
	memcpy(stream, CMSG_DATA(header), STREAMS * sizeof(int));
	return true;
}

/* ---- the launcher: processes ---- */

struct server {
	int socket;
	pid_t owner;
	const char *directory;
	sigset_t ours;	  /* signals to set back to the default in what is started */
	sigset_t waiting; /* blocked while it waits: all but CHLD and USR1 */
	struct answer answer;
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
 * Reaps all that has ended, orphans of the line too (we are their subreaper), and adds up
 * what they used. False when there is no process left.
 */
static bool reap(struct server *s)
{
	for (;;) {
		int status;
		struct rusage usage;
		pid_t pid = wait4(-1, &status, WNOHANG, &usage);
		if (pid <= 0)
			return pid == 0;
		struct answer *a = &s->answer;
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

/* A process and its parent. */
struct process {
	pid_t pid, parent;
};

/* The parent of a process by /proc; 0 where it is gone. */
static pid_t parent_of(const char *pid)
{
	char path[64], line[512];
	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	line[n < 0 ? 0 : n] = 0;
	/* PID (NAME) STATE PARENT, and a name may have parentheses and blanks. */
	const char *name_end = strrchr(line, ')');
	int parent;
	return name_end && sscanf(name_end, ") %*c %d", &parent) == 1 ? parent : 0;
}

static size_t list_processes(struct process **list)
{
	DIR *proc = opendir("/proc");
	size_t n = 0, room = 0;
	*list = NULL;
	struct dirent *entry;
	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (n == room) {
			room = room ? 2 * room : 256;
			*list = gx_reallocate(*list, room, sizeof **list);
		}
		(*list)[n++] = (struct process){ atoi(entry->d_name), parent_of(entry->d_name) };
	}
	if (proc)
		closedir(proc);
	return n;
}

static bool is_below(const struct process *list, size_t n, pid_t pid, pid_t ancestor)
{
	for (size_t depth = 0; pid && pid != ancestor && depth < n; depth++) {
		size_t i = 0;
		while (i < n && list[i].pid != pid)
			i++;
		pid = i < n ? list[i].parent : 0;
	}
	return pid == ancestor;
}

/*
 * To every process that comes from ours. Process groups would not do: GNU parallel gives
 * each of its jobs one of its own.
 */
static void signal_descendants(int number)
{
	struct process *list;
	size_t n = list_processes(&list);
	pid_t self = getpid();
	for (size_t i = 0; i < n; i++)
		if (list[i].pid != self && is_below(list, n, list[i].parent, self))
			kill(list[i].pid, number);
	free(list);
}

static void pause_for(double seconds)
{
	struct timespec t = { .tv_nsec = (long)(seconds * 1e9) };
	nanosleep(&t, NULL);
}

/*
 * Ends all that is left of a line, and reaps it: TERM, and KILL for those who stay. Those
 * whose parents have gone come to us, so no round of KILL can miss the last one.
 */
static void end_line(struct server *s)
{
	if (!reap(s))
		return;
	if (s->shell)
		kill(-s->shell, SIGTERM);
	signal_descendants(SIGTERM);
	for (double until = gx_seconds() + grace; gx_seconds() < until; pause_for(0.002))
		if (!reap(s))
			return;
	for (double until = gx_seconds() + patience; reap(s) && gx_seconds() < until; pause_for(0.002)) {
		if (s->shell)
			kill(-s->shell, SIGKILL);
		signal_descendants(SIGKILL);
	}
}

/* ---- the launcher: running a line ---- */

/* Moves on what is in a pipe by now. */
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

/* Waits for a signal, output, the socket or `seconds`. Whether the owner is there. */
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

/* Starts the line, its output in pipes and on its CPUs; what went wrong, or 0. */
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

/* Runs the line; false when the owner went meanwhile. */
static bool run(struct server *s, const struct request *request, const char *line)
{
	s->answer = (struct answer){ 0 };
	s->noutput = 0;
	s->answer.error = start_line(s, line, request->ncpu);
	int stopped = 0;
	bool owned = true, readable;
	while (s->shell && owned && !stopped) {
		double left = request->limit > 0 ? s->started + request->limit - gx_seconds() : 3600;
		if (left > 0)
			owned = wait_a_while(s, left, &readable);
		owned &= left <= 0 || !readable; /* it says nothing while it waits: its end */
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

/* ---- the launcher: its directory ---- */

static void remove_tree(int parent, const char *name);

static void empty_directory(int fd)
{
	DIR *directory = fdopendir(fd);
	if (!directory) {
		close(fd);
		return;
	}
	struct dirent *entry;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) != 0)
			remove_tree(fd, entry->d_name);
	closedir(directory);
}

/*
 * Removes a directory and all that is in it, and follows no symbolic link. One that we may
 * not read or write is made ours first. Some file systems pass over names when others are
 * removed while they are listed: hence the second and the third look.
 */
static void remove_tree(int parent, const char *name)
{
	for (int pass = 0; pass < 3; pass++) {
		if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
			return;
		struct stat status;
		if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(status.st_mode))
			return;
		fchmodat(parent, name, S_IRWXU, 0);
		int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return;
		empty_directory(fd);
	}
}

static void make_directory(struct hello *hello)
{
	const char *under = getenv("TMPDIR");
	int n = snprintf(hello->directory, sizeof hello->directory, "%s/gx.XXXXXX",
			 under && *under ? under : "/tmp");
	if (n < 0 || (size_t)n >= sizeof hello->directory)
		hello->error = ENAMETOOLONG;
	else if (!mkdtemp(hello->directory))
		hello->error = errno;
}

/* ---- the launcher: its life ---- */

static void wake(int number)
{
	(void)number; /* ppoll returns: that is all */
}

/*
 * What is sent to end the owner is not for us: we go when it has gone. What it was started
 * to ignore (nohup), the lines ignore as well.
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
		struct request request;
		if (!receive_request(s->socket, &request, s->stream))
			return;
		char *line = gx_allocate(request.nline, 1);
		bool go_on = receive_all(s->socket, line, request.nline) &&
			     run(s, &request, line) &&
			     send_all(s->socket, &s->answer, sizeof s->answer);
		free(line);
		if (!go_on)
			return;
	}
}

/* All of the launcher's life; signals are blocked in it, but for moments in ppoll. */
GX_NORETURN static void be_launcher(int socket, pid_t owner)
{
	struct server s = { .socket = socket, .owner = owner, .pipe = { -1, -1 } };
	struct hello hello = { 0 };
	set_signals(&s);
	close_files(&s);
	setsid(); /* a signal to the owner's group or terminal does not come here */
	prctl(PR_SET_NAME, "gx-launcher");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	make_directory(&hello);
	s.directory = hello.directory;
	if (getppid() == owner && send_all(s.socket, &hello, sizeof hello) && !hello.error)
		serve(&s);
	end_line(&s);
	if (!hello.error)
		remove_tree(AT_FDCWD, s.directory);
	_exit(0);
}

/* ---- the owner ---- */

/* Where we were started without standard files, no end may take the place of one. */
static void make_socket(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		gx_die_errno("cannot make a socket");
	for (int i = 0; i < 2; i++) {
		if (ends[i] > STDERR_FILENO)
			continue;
		int above = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (above < 0)
			gx_die_errno("cannot make a socket");
		close(ends[i]);
		ends[i] = above;
	}
}

struct gx_launcher *gx_launcher_start(void)
{
	struct gx_launcher *launcher = gx_allocate_zeroed(1, sizeof *launcher);
	int ends[2];
	make_socket(ends);
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid_t owner = getpid();
	launcher->process = fork();
	if (launcher->process == 0)
		be_launcher(ends[1], owner);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (launcher->process < 0)
		gx_die_errno("cannot start a process");
	close(ends[1]);
	launcher->socket = ends[0];
	struct hello *hello = &launcher->hello;
	if (!receive_all(launcher->socket, hello, sizeof *hello))
		gx_die(GX_EXIT_IO, "the process that was to run the commands has ended");
	errno = hello->error;
	if (errno)
		gx_die_errno("%s: cannot make this directory: set TMPDIR to one that can be "
			     "written", hello->directory);
	return launcher;
}

const char *gx_launcher_directory(const struct gx_launcher *launcher)
{
	return launcher->hello.directory;
}

static int make_stream(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	if (fd < 0)
		gx_die_errno("cannot make a file in memory");
	return fd;
}

/* All of a stream, a 0 byte behind it. Closes it. */
static char *read_stream(int fd, size_t *n)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		gx_die_errno("cannot read what a command wrote");
	char *text = gx_allocate((size_t)status.st_size + 1, 1);
	*n = 0;
	while (*n < (size_t)status.st_size) {
		ssize_t k = pread(fd, text + *n, (size_t)status.st_size - *n, (off_t)*n);
		if (k < 0 && errno != EINTR)
			gx_die_errno("cannot read what a command wrote");
		if (k == 0)
			break;
		*n += k < 0 ? 0 : (size_t)k;
	}
	text[*n] = 0;
	close(fd);
	return text;
}

void gx_launcher_run(struct gx_launcher *launcher, const char *line, int ncpu, double limit,
		     struct gx_launched *result)
{
	struct request request = { .nline = strlen(line) + 1, .limit = limit, .ncpu = ncpu };
	int stream[STREAMS] = { make_stream("stdout"), make_stream("stderr") };
	struct answer answer;
	if (!send_request(launcher->socket, &request, stream) ||
	    !send_all(launcher->socket, line, request.nline) ||
	    !receive_all(launcher->socket, &answer, sizeof answer))
		gx_die(GX_EXIT_IO, "the process that runs the commands has ended: was it killed?");
	errno = answer.error;
	if (errno)
		gx_die_errno("cannot start /bin/sh for a command of %zu bytes", request.nline - 1);
	*result = (struct gx_launched){ .seconds = answer.seconds,
					.processor = answer.processor,
					.peak = answer.peak,
					.status = answer.status };
	result->out = read_stream(stream[0], &result->nout);
	result->err = read_stream(stream[1], &result->nerr);
}

void gx_launched_free(struct gx_launched *result)
{
	free(result->out);
	free(result->err);
	*result = (struct gx_launched){ 0 };
}

void gx_launcher_close(struct gx_launcher *launcher)
{
	close(launcher->socket);
	while (waitpid(launcher->process, NULL, 0) < 0 && errno == EINTR)
		;
	free(launcher);
}
