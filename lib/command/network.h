/* SPDX-License-Identifier: MIT */
/* Options that the filters of networks share. */
#ifndef GX_COMMAND_NETWORK_H
#define GX_COMMAND_NETWORK_H

#include "command/cli.h"
#include "matrix/triangle.h"

/* For --symmetrize, of an enum gx_symmetrize: lower or mean. */
gx_option_set gx_set_symmetrize;

#define GX_SYMMETRIZE_HELP \
	"of a full matrix whose halves differ, take the lower one or the mean [it is refused]"

#endif
