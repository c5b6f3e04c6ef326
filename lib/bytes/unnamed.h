/* SPDX-License-Identifier: MIT */
#ifndef GX_UNNAMED_H
#define GX_UNNAMED_H

/*
 * Opens a new file without a name below TMPDIR, else /tmp, to write and read: nobody else
 * sees it, and it goes when the last who has it open goes. Not inherited by programs that
 * are started. Dies with exit 3, "DIRECTORY: no room USE ...", when it cannot be made.
 */
int gx_unnamed_open(const char *use);

#endif
