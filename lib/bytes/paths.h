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
 * Opens a file that was found, to be closed by close(); -1 when it has vanished since. Reads
 * up to n bytes of it and at least one; 0 at its end. Both die with exit 3 on an I/O error.
 */
int gx_paths_open(const char *path);
size_t gx_paths_read(int fd, const char *path, void *out, size_t n);

#endif
