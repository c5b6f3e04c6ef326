/* SPDX-License-Identifier: MIT */
/* Completion for shells, from the list of options that also parses and prints --help. */
#ifndef GX_COMPLETION_H
#define GX_COMPLETION_H

#include <stdbool.h>
#include <stdio.h>

#include "command/options.h"

enum gx_shell { GX_BASH, GX_ZSH, GX_FISH };

/* False when `name` is none of the three. */
bool gx_shell_parse(const char *name, enum gx_shell *shell);

/*
 * Prints what the shell has to read to complete the command: options, the words of those that
 * take one of a few, else files where a file is meant, and operands.
 */
void gx_completion_print(FILE *to, const struct gx_options *options, enum gx_shell shell);

/* The same of gx itself: the filters that it lists, and behind one of them, that one's. */
void gx_completion_print_gx(FILE *to, enum gx_shell shell);

#endif
