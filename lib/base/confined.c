/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, MADV_DONTFORK */
#include "base/confined.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/memory.h"

struct gx_confined {
	pid_t pid; /* 0: it has ended and is reaped */
	int socket;
	unsigned char *shared;
	size_t nshared;
	struct gx_confined_death death;
};

/* How often we look at the processor time of a child that does not answer. */
static const struct timeval LOOK = { .tv_usec = 200000 };

/* ---- starting ---- */

/* Where SIGCHLD is ignored, as our caller may have left it, nobody learns how a child ended. */
static void expect_children(void)
{
	struct sigaction action;
	if (sigaction(SIGCHLD, NULL, &action) != 0 ||
	    (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT)))
		return;
	action = (struct sigaction){ .sa_handler = SIG_DFL };
	sigaction(SIGCHLD, &action, NULL);
}

static bool map_shared(struct gx_confined *child, size_t most, size_t least)
{
	for (size_t n = most; n >= least && n > 0; n /= 2) {
		child->shared = mmap(NULL, n, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		child->nshared = n;
		if (child->shared != MAP_FAILED)
			return true;
	}
	child->shared = NULL;
	return false;
}

/* What cannot be undone in the child's memory is its own: it ends by _exit. */
static void be_child(pid_t parent, const struct gx_confined *child, int data, int socket,
		     uint64_t memory,
		     void (*work)(const struct gx_confined_room *, void *), void *context)
{
	gx_confine(parent, data, socket, memory);
	const struct gx_confined_room room = { GX_CONFINED_DATA, GX_CONFINED_SOCKET,
					       child->shared, child->nshared };
	work(&room, context);
	_exit(0);
}

struct gx_confined *gx_confined_start(int data, uint64_t memory, size_t most, size_t least,
				      void (*work)(const struct gx_confined_room *room,
						   void *context),
				      void *context)
{
	struct gx_confined *child = gx_allocate_zeroed(1, sizeof *child);
	child->socket = -1;
	int ends[2] = { -1, -1 };
	/* Each message comes whole or not at all. */
	if (!map_shared(child, most, least) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		goto fail;
	child->socket = ends[0];
	expect_children();
	pid_t parent = getpid();
	child->pid = fork();
	if (child->pid < 0)
		goto fail;
	if (child->pid == 0)
		be_child(parent, child, data, ends[1], memory, work, context);
	close(ends[1]);
	setsockopt(child->socket, SOL_SOCKET, SO_RCVTIMEO, &LOOK, sizeof LOOK);
	/* Children that are started later have nothing of this one. */
	madvise(child->shared, child->nshared, MADV_DONTFORK);
	return child;
fail:;
	int error = errno;
	if (ends[1] >= 0)
		close(ends[1]);
	child->pid = 0;
	gx_confined_close(child);
	errno = error;
	return NULL;
}

unsigned char *gx_confined_shared(const struct gx_confined *child, size_t *nbyte)
{
	*nbyte = child->nshared;
	return child->shared;
}

/* ---- ending ---- */

/* Kills it, as it may only seem to have ended, and asks how it did: what came first counts. */
static void reap(struct gx_confined *child)
{
	if (child->pid == 0)
		return;
	int status = 0;
	kill(child->pid, SIGKILL);
	pid_t reaped;
	while ((reaped = waitpid(child->pid, &status, 0)) < 0 && errno == EINTR)
		;
	child->pid = 0;
	if (reaped > 0 && WIFSIGNALED(status))
		child->death = (struct gx_confined_death){ GX_CONFINED_KILLED, WTERMSIG(status) };
	else
		child->death = (struct gx_confined_death){ GX_CONFINED_EXITED,
							   WEXITSTATUS(status) };
}

static bool reap_as(struct gx_confined *child, int how)
{
	reap(child);
	child->death.how = how;
	return false;
}

struct gx_confined_death gx_confined_death(const struct gx_confined *child)
{
	return child->death;
}

void gx_confined_stop(struct gx_confined *child)
{
	if (child->pid)
		reap_as(child, GX_CONFINED_WRONG);
}

void gx_confined_close(struct gx_confined *child)
{
	if (!child)
		return;
	reap(child);
	if (child->socket >= 0)
		close(child->socket);
	if (child->shared)
		munmap(child->shared, child->nshared);
	free(child);
}

const char *gx_signal_name(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ SIGSEGV, "SIGSEGV" }, { SIGBUS, "SIGBUS" },	{ SIGABRT, "SIGABRT" },
		{ SIGFPE, "SIGFPE" },	{ SIGILL, "SIGILL" },	{ SIGSYS, "SIGSYS" },
		{ SIGTRAP, "SIGTRAP" }, { SIGKILL, "SIGKILL" }, { SIGXCPU, "SIGXCPU" },
	};
	static _Thread_local char other[32];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].number == number)
			return names[i].name;
	snprintf(other, sizeof other, "signal %d", number);
	return other;
}

/* ---- messages ---- */

bool gx_confined_send(struct gx_confined *child, const void *message, size_t n)
{
	ssize_t k = -1;
	while (child->pid && (k = send(child->socket, message, n, MSG_NOSIGNAL)) < 0 &&
	       errno == EINTR)
		;
	if (k == (ssize_t)n)
		return true;
	reap(child);
	return false;
}

/* Seconds of processor time that it has used; 0 where the system does not tell. */
static double processor_time(const struct gx_confined *child)
{
	clockid_t clock;
	struct timespec t;
	if (clock_getcpuclockid(child->pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool gx_confined_receive(struct gx_confined *child, double seconds, void *message, size_t n)
{
	if (!child->pid)
		return false;
	double before = processor_time(child);
	for (;;) {
		/* With MSG_TRUNC it tells how long the message was. */
		ssize_t k = recv(child->socket, message, n, MSG_TRUNC);
		if (k == (ssize_t)n)
			return true;
		if (k > 0)
			return reap_as(child, GX_CONFINED_WRONG);
		/* At its end, or when it ends without having heard all that we sent. */
		if (k == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
			reap(child);
			return false;
		}
		if (processor_time(child) - before > seconds)
			return reap_as(child, GX_CONFINED_LATE);
	}
}

bool gx_confined_hear(const struct gx_confined_room *room, void *message, size_t n)
{
	ssize_t k;
	while ((k = recv(room->socket, message, n, MSG_TRUNC)) < 0 && errno == EINTR)
		;
	return k == (ssize_t)n;
}

void gx_confined_tell(const struct gx_confined_room *room, const void *message, size_t n)
{
	ssize_t k;
	while ((k = send(room->socket, message, n, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	if (k != (ssize_t)n)
		_exit(0);
}
