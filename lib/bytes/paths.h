/* SPDX-License-Identifier: MIT */
/* Files to reduce: operands as they are, and directories as the files below them. */
#ifndef GX_PATHS_H
#define GX_PATHS_H

#include <stdbool.h>

#include "base/names.h"

/* {0} is an empty list. */
struct gx_paths {
	struct gx_names names;
	bool *found; /* of each: whether a directory had it, so that nobody named it */
	size_t room;
};

void gx_paths_free(struct gx_paths *paths);

/*
 * Appends `path`, or, where it is a directory, every regular file below it, sorted by name.
 * Passed over: names that begin with '.' or are stderr, seq, *.err, *.seq, *.gxtmp.* (what
 * GNU parallel's --results and gx's own unfinished outputs leave), and symbolic links to
 * directories. Jobs may be writing there: what vanishes while we look was unfinished, and
 * what is replaced is listed once. Dies with exit 3 where something cannot be read.
 */
void gx_paths_collect(const char *path, struct gx_paths *paths);

/*
 * Reads all of a file that was found, to be freed; NULL when it has vanished since. Dies
 * with exit 3 on an I/O error.
 */
unsigned char *gx_paths_read(const char *path, size_t *nbyte);

#endif
