/* SPDX-License-Identifier: MIT */
/*
 * All options of a command in one list, in the order of --help: its own first, then those
 * that commands share, under headings. What shows options (help.h, hints.h, completion.h)
 * goes over this list, so that they agree.
 *
 *	struct gx_options options = { .command = command };
 *	gx_options_add(&options, "Options", command->options, command->noption);
 *	for (size_t i = 0; i < options.n; i++)
 *		printf("--%s\n", options.list[i]->name);
 */
#ifndef GX_OPTIONS_H
#define GX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "command/cli.h"

enum { GX_OPTIONS_MAX = 96, GX_OPTION_GROUPS_MAX = 8 };

struct gx_options {
	const struct gx_command *command;
	const struct gx_option *list[GX_OPTIONS_MAX];
	size_t n;
	struct gx_option_group {
		const char *heading;
		size_t end; /* in the list: the first option behind the group */
	} group[GX_OPTION_GROUPS_MAX];
	size_t ngroup;
};

/*
 * Adds a group of n options, which must stay; of none, nothing. Without a heading they go to the
 * group before.
 */
void gx_options_add(struct gx_options *options, const char *heading,
		    const struct gx_option *option, size_t n);

/* The option of this long name (n bytes), whole; NULL where there is none. */
const struct gx_option *gx_options_find(const struct gx_options *options, const char *name,
					size_t n);

/* Whether the command takes operands. */
bool gx_options_take_operands(const struct gx_options *options);

#endif
