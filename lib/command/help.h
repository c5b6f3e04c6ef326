/* SPDX-License-Identifier: MIT */
/* --help, as wide as the terminal. */
#ifndef GX_HELP_H
#define GX_HELP_H

#include <stddef.h>
#include <stdio.h>

#include "command/options.h"

/*
 * The width in which to write: COLUMNS of the environment, else the terminal's that standard
 * output is, else 80; never less than 40.
 */
size_t gx_help_width(void);

/*
 * Writes a text in lines of at most `width` bytes, broken at blanks; a longer word has a line
 * of its own. The first line goes on behind `at` bytes that are there, the others begin with
 * `indent` blanks. Ends with a line end.
 */
void gx_help_wrap(FILE *to, const char *text, size_t at, size_t indent, size_t width);

/* Usage, summary, the options under their headings, exit status, where to read on, examples. */
void gx_help_print(FILE *to, const struct gx_options *options, size_t width);

/* The options of all groups alone. */
void gx_help_print_options(FILE *to, const struct gx_options *options, size_t width);

#endif
