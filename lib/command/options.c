/* SPDX-License-Identifier: MIT */
#include "command/options.h"

#include <assert.h>
#include <string.h>

void gx_options_add(struct gx_options *options, const char *heading,
		    const struct gx_option *option, size_t n)
{
	if (n == 0)
		return;
	assert(options->n + n <= GX_OPTIONS_MAX && (heading || options->ngroup) &&
	       options->ngroup < GX_OPTION_GROUPS_MAX);
	for (size_t i = 0; i < n; i++)
		options->list[options->n++] = &option[i];
	if (!heading)
		options->group[options->ngroup - 1].end = options->n;
	else
		options->group[options->ngroup++] =
			(struct gx_option_group){ heading, options->n };
}

const struct gx_option *gx_options_find(const struct gx_options *options, const char *name,
					size_t n)
{
	for (size_t i = 0; i < options->n; i++)
		if (strlen(options->list[i]->name) == n &&
		    memcmp(options->list[i]->name, name, n) == 0)
			return options->list[i];
	return NULL;
}

bool gx_options_take_operands(const struct gx_options *options)
{
	return options->command->groups & (GX_CLI_INPUT | GX_CLI_ANY_OPERANDS);
}
