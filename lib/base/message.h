/* SPDX-License-Identifier: MIT */
/*
 * Messages and the ends of a run. A message says what went wrong, where, and what to do
 * about it; a run that fails leaves no temporary file behind.
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

/* The name that messages begin with; `name` must outlive the process' use of it. */
void gx_message_program(const char *name);

/* "program: message" on stderr, and no more. */
void gx_warn(const char *format, ...) GX_PRINTF(1, 2) GX_COLD;

/* Says the message, removes the temporary output, ends the process with `code`. Any thread. */
void gx_die(enum gx_exit code, const char *format, ...)
	GX_PRINTF(2, 3) GX_NORETURN GX_COLD;
void gx_vdie(enum gx_exit code, const char *format, va_list arguments) GX_NORETURN GX_COLD;

/* gx_die with exit 3 and ": " strerror(errno) behind the message. */
void gx_die_errno(const char *format, ...) GX_PRINTF(1, 2) GX_NORETURN GX_COLD;

/* Wrong usage: the message, a line that points to --help, exit 2. */
void gx_die_usage(const char *format, ...) GX_PRINTF(1, 2) GX_NORETURN GX_COLD;

/*
 * A token of the input made fit to be shown: in quotes, at most 60 bytes of it, control
 * bytes as \xNN. The result is one of eight static buffers used in turn, for messages.
 */
const char *gx_show(const char *token, size_t ntoken);

/*
 * The file to remove when the run fails or is killed (NULL: none any more). One at a time;
 * `path` must stay valid until it is replaced. Signal handlers read it.
 */
void gx_message_temporary(const char *path);

/*
 * TERM, INT, HUP, QUIT and XCPU remove the temporary file and then end the process by that
 * signal, so that a job log shows the truth. A limit on the size of files (XFSZ) becomes an
 * error of writing.
 */
void gx_message_catch_signals(void);

#endif
