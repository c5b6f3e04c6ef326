/* SPDX-License-Identifier: MIT */
/* The owner's side: it starts the launcher, sends it lines, and reads what they wrote. */
#define _GNU_SOURCE /* memfd_create */
#include "race/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "race/launcher_process.h"
#include "race/launcher_protocol.h"

struct gx_launcher {
	int socket;
	pid_t process;
	struct gx_launcher_hello hello;
};

/* No end may take the number of a standard file that we were started without. */
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
		gx_launcher_serve(ends[1], owner);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (launcher->process < 0)
		gx_die_errno("cannot start a process");
	close(ends[1]);
	launcher->socket = ends[0];
	struct gx_launcher_hello *hello = &launcher->hello;
	if (!gx_launcher_receive(launcher->socket, hello, sizeof *hello))
		gx_die(GX_EXIT_IO, "the process that runs the commands ended before it was ready");
	errno = hello->error;
	if (errno)
		gx_die_errno("%s: cannot make this directory: set TMPDIR to a writable one",
			     hello->directory);
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
	struct gx_launcher_request request = { .nline = strlen(line) + 1,
					       .limit = limit,
					       .ncpu = ncpu };
	int stream[GX_LAUNCHER_STREAMS] = { make_stream("stdout"), make_stream("stderr") };
	struct gx_launcher_answer answer;
	if (!gx_launcher_send_request(launcher->socket, &request, stream) ||
	    !gx_launcher_send(launcher->socket, line, request.nline) ||
	    !gx_launcher_receive(launcher->socket, &answer, sizeof answer))
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
