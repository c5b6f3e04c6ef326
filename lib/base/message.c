/* SPDX-License-Identifier: MIT */
#include "base/message.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *program = "gx";
static const char *volatile temporary;

void gx_message_program(const char *name)
{
	program = name;
}

/* One write(2) a message, so that the lines of concurrent jobs do not mix. */
static void say(const char *format, va_list arguments, const char *tail)
{
	char line[4096];
	size_t n = (size_t)snprintf(line, sizeof line, "%s: ", program);
	int more = vsnprintf(line + n, sizeof line - n, format, arguments);
	size_t from = n;
	n = more < 0 ? n : n + (size_t)more;
	if (n > sizeof line - 2)
		n = sizeof line - 2;
	/* A message is a line, and nothing that a terminal obeys, whatever a file is called. */
	for (size_t i = from; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	int rest = snprintf(line + n, sizeof line - n, "%s\n", tail);
	n = rest < 0 || n + (size_t)rest >= sizeof line ? sizeof line - 1
							: n + (size_t)rest;
	line[n - 1] = '\n';
	for (size_t done = 0; done < n;) {
		ssize_t k = write(STDERR_FILENO, line + done, n - done);
		if (k < 0 && errno != EINTR)
			break;
		done += k < 0 ? 0 : (size_t)k;
	}
}

void gx_warn(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments, "");
	va_end(arguments);
}

GX_NORETURN static void end(enum gx_exit code)
{
	const char *path = temporary;
	if (path)
		unlink(path);
	_exit(code);
}

void gx_vdie(enum gx_exit code, const char *format, va_list arguments)
{
	say(format, arguments, "");
	end(code);
}

void gx_die(enum gx_exit code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	gx_vdie(code, format, arguments);
}

void gx_die_errno(const char *format, ...)
{
	char tail[256];
	snprintf(tail, sizeof tail, ": %s", strerror(errno));
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments, tail);
	va_end(arguments);
	end(GX_EXIT_IO);
}

void gx_die_usage(const char *format, ...)
{
	char tail[256];
	snprintf(tail, sizeof tail, "\nTry '%s --help'", program);
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments, tail);
	va_end(arguments);
	end(GX_EXIT_USAGE);
}

const char *gx_show(const char *token, size_t ntoken)
{
	enum { SHOWN = 60 };
	static _Thread_local char shown[8][4 * SHOWN + 8];
	static _Thread_local unsigned turn;

	char *out = shown[turn++ % 8], *p = out;
	*p++ = '\'';
	for (size_t i = 0; i < ntoken && i < SHOWN; i++) {
		unsigned char c = (unsigned char)token[i];
		if (c < 0x20 || c == 0x7f)
			p += sprintf(p, "\\x%02x", c);
		else
			*p++ = (char)c;
	}
	strcpy(p, ntoken > SHOWN ? "...'" : "'");
	return out;
}

void gx_message_temporary(const char *path)
{
	temporary = path;
}

static void die_of(int signal_number)
{
	const char *path = temporary;
	if (path)
		unlink(path);
	/* The handler was reset (SA_RESETHAND) and the signal is not blocked
	 * (SA_NODEFER): this one ends the process. */
	raise(signal_number);
}

void gx_message_catch_signals(void)
{
	static const int fatal[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU };
	/* A file that grows beyond `ulimit -f` is an error of write(2), with a message. */
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGXFSZ, &ignore, NULL);
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		struct sigaction old;
		/* What the caller had us ignore (nohup) stays ignored. */
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		struct sigaction action = { .sa_handler = die_of };
		action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
		sigaction(fatal[i], &action, NULL);
	}
}
