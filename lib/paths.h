/* SPDX-License-Identifier: MIT */
/* Files to reduce: operands as they are, and directories as the files below them. */
#ifndef GX_PATHS_H
#define GX_PATHS_H

#include "names.h"

/*
 * Appends `path`, or, where it is a directory, every regular file below it, sorted by name.
 * Passed over: names that begin with '.' or are stderr, seq, *.err, *.seq, *.gxtmp.* (what
 * GNU parallel's --results and gx's own unfinished outputs leave), and symbolic links to
 * directories. A file that vanishes while we look was unfinished. Dies with exit 3 where
 * something cannot be read.
 */
void gx_paths_collect(const char *path, struct gx_names *paths);

#endif
