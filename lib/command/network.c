/* SPDX-License-Identifier: MIT */
#include "command/network.h"

#include <string.h>

#include "base/message.h"

void gx_set_symmetrize(const struct gx_option *option, const char *value, void *place)
{
	enum gx_symmetrize *how = place;
	if (strcmp(value, "lower") == 0)
		*how = GX_SYMMETRIZE_LOWER;
	else if (strcmp(value, "mean") == 0)
		*how = GX_SYMMETRIZE_MEAN;
	else
		gx_die_usage("--%s %s: lower or mean", option->name, value);
}
