/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_PATH */
#include "base/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static bool filled[STDERR_FILENO + 1];

void gx_descriptors_secure(void)
{
	/* Open the other way round: a program that we start gets the same error. */
	static const int flags[] = { O_WRONLY, O_RDONLY, O_WRONLY };
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The lowest that is free is this one, as those below it are open. */
		filled[fd] = true;
		if (open("/dev/null", flags[fd]) < 0)
			(void)open("/", O_PATH); /* can be neither read nor written */
	}
}

bool gx_descriptor_inherited(int fd)
{
	if (fd >= 0 && fd <= STDERR_FILENO && filled[fd])
		return false;
	int flags = fcntl(fd, F_GETFD);
	return flags >= 0 && !(flags & FD_CLOEXEC);
}

bool gx_write_all(int fd, const void *bytes, size_t n)
{
	for (const char *p = bytes; n;) {
		ssize_t k = write(fd, p, n);
		if (k >= 0) {
			p += k;
			n -= (size_t)k;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd room = { .fd = fd, .events = POLLOUT };
			if (poll(&room, 1, -1) < 0 && errno != EINTR)
				return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/*
 * SIGPIPE comes to the thread that writes. It is blocked meanwhile, and the one that came of
 * this write is taken back; one that waited before is not ours.
 */
void gx_stderr_write(const char *text, size_t n)
{
	sigset_t pipe, waiting, before;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&waiting);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	if (!gx_write_all(STDERR_FILENO, text, n) && errno == EPIPE &&
	    !sigismember(&waiting, SIGPIPE)) {
		const struct timespec now = { 0 };
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
