/* SPDX-License-Identifier: MIT */
#include "command/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

extern char **environ;

enum { ANSWER_MAX = 1 << 20 };
static const double patience = 3; /* seconds; a filter needs some thousandths of one */

struct asked {
	pid_t pid; /* 0: not started, or ended and waited for */
	bool whole; /* all that it said is in the text */
	char *text;
	size_t n, room;
};

/* Starts the program; the end of the pipe that its output comes from, or -1. */
static int start(const struct gx_question *question, pid_t *pid)
{
	int ends[2];
	if (pipe(ends) != 0)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	/* A group of its own: what it starts can be killed with it. */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	int error = posix_spawn(pid, question->path, &actions, &attributes,
				(char *const *)question->words, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		*pid = 0;
		return -1;
	}
	return ends[0];
}

/* Takes what has come. False at the end, and when it is too much. */
static bool take(struct asked *asked, int fd)
{
	if (asked->room - asked->n < 2) {
		if (asked->room >= ANSWER_MAX)
			return false;
		asked->room = asked->room ? 4 * asked->room : 4096;
		asked->text = gx_reallocate(asked->text, asked->room, 1);
	}
	ssize_t n = read(fd, asked->text + asked->n, asked->room - asked->n - 1);
	if (n < 0)
		return errno == EINTR;
	asked->n += (size_t)n;
	asked->text[asked->n] = 0;
	asked->whole = n == 0;
	return n > 0;
}

/* Whether it ends with exit 0 while there is time. */
static bool ends_well(struct asked *asked, double deadline)
{
	int status;
	pid_t got;
	while ((got = waitpid(asked->pid, &status, WNOHANG)) == 0 && gx_seconds() < deadline)
		poll(NULL, 0, 1);
	if (got == asked->pid)
		asked->pid = 0;
	return got > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void gather(struct asked *asked, struct pollfd *from, size_t n, double deadline)
{
	size_t open = 0;
	for (size_t i = 0; i < n; i++)
		open += from[i].fd >= 0;
	for (double left; open && (left = deadline - gx_seconds()) > 0;) {
		poll(from, n, (int)(1000 * left) + 1);
		for (size_t i = 0; i < n; i++)
			if (from[i].fd >= 0 && from[i].revents && !take(&asked[i], from[i].fd)) {
				close(from[i].fd);
				from[i].fd = -1;
				open--;
			}
	}
}

void gx_ask(struct gx_question *question, size_t n)
{
	double deadline = gx_seconds() + patience;
	struct asked *asked = gx_allocate_zeroed(n + 1, sizeof *asked);
	struct pollfd *from = gx_allocate_zeroed(n + 1, sizeof *from);
	for (size_t i = 0; i < n; i++)
		from[i] = (struct pollfd){ .fd = start(&question[i], &asked[i].pid),
					   .events = POLLIN };
	gather(asked, from, n, deadline);
	for (size_t i = 0; i < n; i++) {
		bool good = asked[i].whole && ends_well(&asked[i], deadline);
		if (asked[i].pid > 0)
			kill(-asked[i].pid, SIGKILL);
		if (from[i].fd >= 0)
			close(from[i].fd);
		question[i].answer = good ? asked[i].text : NULL;
		question[i].n = good ? asked[i].n : 0;
		if (!good)
			free(asked[i].text);
	}
	free(asked);
	free(from);
}
