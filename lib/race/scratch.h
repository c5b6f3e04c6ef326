/* SPDX-License-Identifier: MIT */
/* A directory for files that nobody keeps. */
#ifndef GX_SCRATCH_H
#define GX_SCRATCH_H

#include <limits.h>

/*
 * Makes one under TMPDIR, else under /tmp, that is ours alone, and writes its path. Returns
 * 0 or an error number; then `path` is the name that could not be made.
 */
int gx_scratch_make(char path[PATH_MAX]);

/* Removes it with all that is in it. No symbolic link is followed. */
void gx_scratch_remove(const char *path);

#endif
