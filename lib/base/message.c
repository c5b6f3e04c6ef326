/* SPDX-License-Identifier: MIT */
#include "base/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/ending.h"
#include "base/terminal.h"
#include "base/utf8.h"

static const char *program = "gx";
static void (*diverted)(enum gx_exit code, const char *text); /* NULL: messages are written */

void gx_message_program(const char *name)
{
	program = name;
}

void gx_message_divert(void (*tell)(enum gx_exit code, const char *text))
{
	diverted = tell;
}

const char *gx_message_name(void)
{
	return program;
}

/* A message is a line, and nothing that a terminal obeys, whatever a file is called. */
static void make_visible(char *text, size_t n)
{
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_visible_length(text + i, n - i);
		if (length == 0) {
			text[i] = '?';
			length = 1;
		}
	}
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
	make_visible(line + from, n - from);
	int rest = snprintf(line + n, sizeof line - n, "%s\n", tail);
	n = rest < 0 || n + (size_t)rest >= sizeof line ? sizeof line - 1
							: n + (size_t)rest;
	line[n - 1] = '\n';
	gx_terminal_clear();
	gx_stderr_write(line, n);
}

/* Says the message, or hands it on, and ends the process. `more` is behind it in either case. */
static void GX_NORETURN end_with(enum gx_exit code, const char *format, va_list arguments,
				 const char *more, const char *tail)
{
	char text[4096];
	if (diverted) {
		int n = vsnprintf(text, sizeof text, format, arguments);
		size_t at = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
		snprintf(text + at, sizeof text - at, "%s", more);
		diverted(code, text);
	} else {
		snprintf(text, sizeof text, "%s%s", more, tail);
		say(format, arguments, text);
	}
	gx_end((int)code);
}

void gx_warn(const char *format, ...)
{
	if (diverted)
		return;
	va_list arguments;
	va_start(arguments, format);
	say(format, arguments, "");
	va_end(arguments);
}

void gx_vdie(enum gx_exit code, const char *format, va_list arguments)
{
	end_with(code, format, arguments, "", "");
}

void gx_die(enum gx_exit code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	gx_vdie(code, format, arguments);
}

void gx_die_errno(const char *format, ...)
{
	char reason[256];
	snprintf(reason, sizeof reason, ": %s", strerror(errno));
	va_list arguments;
	va_start(arguments, format);
	end_with(GX_EXIT_IO, format, arguments, reason, "");
}

void gx_die_usage(const char *format, ...)
{
	char tail[256];
	snprintf(tail, sizeof tail, "\nTry '%s --help'", program);
	va_list arguments;
	va_start(arguments, format);
	end_with(GX_EXIT_USAGE, format, arguments, "", tail);
}

const char *gx_show(const char *token, size_t ntoken)
{
	enum { SHOWN = 60 };
	static _Thread_local char shown[8][4 * SHOWN + 8];
	static _Thread_local unsigned turn;

	char *out = shown[turn++ % 8], *p = out;
	size_t i = 0;
	*p++ = '\'';
	for (size_t length; i < ntoken && i < SHOWN; i += length) {
		length = gx_visible_length(token + i, ntoken - i);
		if (i + length > SHOWN)
			break;
		if (length == 0) {
			p += sprintf(p, "\\x%02x", (unsigned char)token[i]);
			length = 1;
		} else {
			memcpy(p, token + i, length);
			p += length;
		}
	}
	strcpy(p, i < ntoken ? "...'" : "'");
	return out;
}

void gx_end_printed(char *text, size_t n)
{
	/* Some file systems tell of a full disk only when a file is closed. */
	if (!gx_write_all(STDOUT_FILENO, text, n) || close(STDOUT_FILENO) != 0)
		gx_die_errno("<stdout>");
	free(text);
	gx_ending_is_regular();
	exit(0);
}

/* libgomp has said what it was; LLVM's runtime aborts. */
static void ended_by_library(void)
{
	gx_die(GX_EXIT_IO,
	       "no more threads could be started, or there was no memory for them: ask for "
	       "fewer threads, or raise the limits on processes and memory (ulimit -u, -v)");
}

void gx_message_start(const char *name)
{
	gx_descriptors_secure();
	gx_message_program(name);
	gx_ending_catch_signals();
	gx_ending_watch(ended_by_library);
}
