/* SPDX-License-Identifier: MIT */
/*
 * What to do instead, where a command line has the options of other tools, a name with a slip
 * in it, or one that could be several. The table of what other tools call it is in hints.c.
 */
#ifndef GX_HINTS_H
#define GX_HINTS_H

#include "base/gx.h"
#include "command/options.h"

/*
 * Ends with exit 2 and the hint that is right for this command, if there is one. `token` is
 * the word of the command line, "--sep=," or "-bd,"; `letter` the letter of it that is no
 * option, 0 in a long one.
 */
void gx_hint_unknown(const struct gx_options *options, const char *token, char letter)
	GX_NORETURN GX_COLD;

/* The same of a known option that takes no value and has one. */
void gx_hint_takes_no_value(const struct gx_options *options, const char *token)
	GX_NORETURN GX_COLD;

/*
 * Of "-output", which getopt takes for -o with the value "utput": ends with exit 2 if all of
 * it is a name. `token` begins with one hyphen.
 */
void gx_hint_one_hyphen(const struct gx_options *options, const char *token);

/*
 * Of an operand that is no file but a word such as help, version or FALSE, or that begins
 * with a dash from a word processor: ends with exit 2 and what to write.
 */
void gx_hint_operand(const struct gx_options *options, const char *operand);

#endif
