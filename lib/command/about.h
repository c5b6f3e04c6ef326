/* SPDX-License-Identifier: MIT */
/*
 * How a filter tells `gx` what it is. Its file has a mark, a note of ELF that is read and not
 * run; so a program of others that is called gx-something is never started by a list. One
 * that has the mark is asked: `gx-means --gx-about` prints
 *
 *	gx-means	compute	mean of each gene of a matrix
 *
 * its name, its purpose and what it does, TAB between. Every program that calls gx_cli_parse
 * has the mark and the answer.
 */
#ifndef GX_ABOUT_H
#define GX_ABOUT_H

#include <stdbool.h>
#include <stdio.h>

#include "command/cli.h"

#define GX_ABOUT_OPTION "--gx-about"

void gx_about_print(FILE *to, const struct gx_command *command);

/* The word of a purpose: "compute". */
const char *gx_purpose_word(enum gx_purpose purpose);

/* Whether the file at `path` is a regular one that has the mark. It is read, never run. */
bool gx_about_marked(const char *path);

#endif
