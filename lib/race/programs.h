/* SPDX-License-Identifier: MIT */
/* Programs that are raced: where they are, and lines for the shell that start them. */
#ifndef GX_PROGRAMS_H
#define GX_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Puts the directory of this program at the front of PATH where it holds the program `name`:
 * the filters that are raced are those beside it.
 */
void gx_programs_prefer_own(const char *name);

/* Whether a program is on PATH. */
bool gx_program_exists(const char *name);

/*
 * Appends text to a line for the shell, in single quotes. `room` is that of the line. Dies with
 * exit 3 where the text does not fit.
 */
void gx_shell_quote(char *line, size_t room, const char *text);

#endif
