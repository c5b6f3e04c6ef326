/* SPDX-License-Identifier: MIT */
/*
 * Messages, and the ends of a run that come with one. A message says what went wrong, where,
 * and what to do about it; one that cannot be written is lost, and the exit code stays.
 */
#ifndef GX_MESSAGE_H
#define GX_MESSAGE_H

#include <stdarg.h>
#include <stddef.h>

#include "base/gx.h"

/* The only exit codes of gx (0 is success); never 255, which stops xargs. */
enum gx_exit {
	GX_EXIT_DATA = 1,     /* bad data or a failed check */
	GX_EXIT_USAGE = 2,    /* wrong usage */
	GX_EXIT_IO = 3,       /* no such file, unreadable, disk full */
	GX_EXIT_MISSING = 75, /* parts are missing: run them and try again */
};

/*
 * The start of every command: standard descriptors are secured, messages begin with `name`,
 * and from here on every end of the process removes what is unfinished (ending.h).
 */
void gx_message_start(const char *name);

/* The name that messages begin with; `name` must outlive the process' use of it. */
void gx_message_program(const char *name);
const char *gx_message_name(void);

/* "program: message" on stderr, and no more. */
void gx_warn(const char *format, ...) GX_PRINTF(1, 2) GX_COLD;

/* Says the message, removes what is unfinished, ends the process with `code`. Any thread. */
void gx_die(enum gx_exit code, const char *format, ...)
	GX_PRINTF(2, 3) GX_NORETURN GX_COLD;
void gx_vdie(enum gx_exit code, const char *format, va_list arguments) GX_NORETURN GX_COLD;

/* gx_die with exit 3 and ": " strerror(errno) behind the message. */
void gx_die_errno(const char *format, ...) GX_PRINTF(1, 2) GX_NORETURN GX_COLD;

/* Wrong usage: the message, a line that points to --help, exit 2. */
void gx_die_usage(const char *format, ...) GX_PRINTF(1, 2) GX_NORETURN GX_COLD;

/*
 * For a process that may not write, such as a confined child: gx_die and its like call tell with
 * the text, without the program's name or what points to --help, and tell ends the process;
 * gx_warn is silent.
 */
void gx_message_divert(void (*tell)(enum gx_exit code, const char *text));

/*
 * A token of the input made fit to be shown: in quotes, at most 60 bytes of it, controls and
 * what is no UTF-8 as \xNN. The result is one of eight static buffers used in turn, for messages.
 */
const char *gx_show(const char *token, size_t ntoken);

/*
 * Writes a text on standard output, which is all that was asked for, and ends the process
 * with exit 0; with exit 3 and a message where it cannot be written. It frees the text.
 */
void gx_end_printed(char *text, size_t n) GX_NORETURN;

#endif
