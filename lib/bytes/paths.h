/* SPDX-License-Identifier: MIT */
/* Files to reduce: operands as they are, and directories as the files below them. */
#ifndef GX_PATHS_H
#define GX_PATHS_H

#include <stdbool.h>

#include "base/names.h"

/* {0} is an empty list. */
struct gx_paths {
	struct gx_names names;
	bool *found;	 /* of each: whether a directory had it, so that nobody named it */
	size_t *operand; /* of each: the number of the call that collected it, from 0 */
	size_t room, noperand;
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
 * Dies with exit 2 where two operands are one regular file or one directory, or have one below
 * them, by whatever names: device and inode tell. What one directory has twice, as a link, was
 * not named twice. `repeatable`: --repeated is a way out. Costs a stat(2) for each path.
 */
void gx_paths_demand_once(const struct gx_paths *paths, bool repeatable);

/* Appends `path` as an operand of its own, whatever it is; nothing is looked at. */
void gx_paths_name(const char *path, struct gx_paths *paths);

/*
 * Opens a file that was found, to be closed by close(); -1 when it has vanished since. Reads
 * up to n bytes of it and at least one; 0 at its end. Both die with exit 3 on an I/O error, and gx_paths_open with
 * exit 2 where the file is an output of this run as well (outputs.h).
 */
int gx_paths_open(const char *path);
size_t gx_paths_read(int fd, const char *path, void *out, size_t n);

#endif
