/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* TIOCGWINSZ */
#include "base/terminal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptors.h"

/* To the start of the line, and nothing behind it. */
static const char CLEAR[] = "\r\033[K";

static atomic_flag writing = ATOMIC_FLAG_INIT;
static atomic_bool drawn;  /* the line is there */
static atomic_bool inside; /* other text stands there, and its line goes on */

bool gx_terminal_can_redraw(void)
{
	const char *kind = getenv("TERM");
	return isatty(STDERR_FILENO) == 1 && !(kind && strcmp(kind, "dumb") == 0);
}

size_t gx_terminal_columns(int fd)
{
	const char *text = getenv("COLUMNS");
	char *end = NULL;
	long n = text && *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
	if (n > 0 && !*end)
		return (size_t)n;
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

size_t gx_terminal_width(void)
{
	struct winsize size;
	bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
	return known ? size.ws_col : 80;
}

void gx_terminal_draw(const char *line, size_t n)
{
	enum { MOST = 512 };
	char text[MOST + 8];
	if (atomic_flag_test_and_set(&writing))
		return;
	if (!atomic_load(&inside)) {
		n = n < MOST ? n : MOST;
		text[0] = '\r';
		memcpy(text + 1, line, n);
		memcpy(text + 1 + n, CLEAR + 1, sizeof CLEAR - 2);
		/* Twice: a signal's handler may come before it or behind it. */
		atomic_store(&drawn, true);
		gx_stderr_write(text, 1 + n + sizeof CLEAR - 2);
		atomic_store(&drawn, true);
	}
	atomic_flag_clear(&writing);
}

void gx_terminal_begin(void)
{
	/* Who draws is done at once, but where somebody has stopped the terminal. */
	const struct timespec moment = { .tv_nsec = 100000 };
	while (atomic_flag_test_and_set(&writing))
		nanosleep(&moment, NULL);
	gx_terminal_clear_at_once();
}

void gx_terminal_end(bool whole)
{
	atomic_store(&inside, !whole);
	atomic_flag_clear(&writing);
}

void gx_terminal_clear(void)
{
	/* Nobody who draws would wait for us. */
	if (!atomic_load(&drawn))
		return;
	gx_terminal_begin();
	gx_terminal_end(!atomic_load(&inside));
}

void gx_terminal_clear_at_once(void)
{
	if (atomic_exchange(&drawn, false))
		gx_stderr_write(CLEAR, sizeof CLEAR - 1);
}

void gx_terminal_leave_at_once(void)
{
	if (atomic_exchange(&drawn, false))
		gx_stderr_write("\n", 1);
}
