/* SPDX-License-Identifier: MIT */
/*
 * How a process ends. Files that are not whole yet are listed here, and every end but
 * SIGKILL removes them: a failure, a fatal signal, a library that calls exit.
 *
 *	struct gx_unfinished *file = gx_unfinished_make(directory, "x.tmp", 0666, &fd);
 *	...
 *	renameat(directory, "x.tmp", directory, "x");
 *	gx_unfinished_forget(file);
 */
#ifndef GX_ENDING_H
#define GX_ENDING_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/gx.h"

/* Removes what is unfinished and ends the process with `code`, at once. Any thread. */
void gx_end(int code) GX_NORETURN GX_COLD;

/*
 * Every signal that ends a process by default removes what is unfinished first, and then
 * ends it all the same, so that a job log shows the truth. What the caller had us ignore
 * (nohup) stays ignored. A limit on the size of files (XFSZ) becomes an error of writing.
 */
void gx_ending_catch_signals(void);

/*
 * Watches exit(3): gx itself calls it only behind gx_ending_is_regular. Any other call comes
 * from a library; then `unexpected` is called, which must end the process by gx_end.
 */
void gx_ending_watch(void (*unexpected)(void));
void gx_ending_is_regular(void);

struct gx_unfinished;

/*
 * Makes a new file `name` (at most 255 bytes, no slash) in the open directory, to write and
 * read, and lists it. A file of that name is replaced. NULL, with errno and *fd = -1, when
 * that fails. The directory must stay open; the name is copied. A process that is forked does
 * not remove what its parent lists. 32 files at a time.
 */
struct gx_unfinished *gx_unfinished_make(int directory, const char *name, mode_t mode,
					 int *fd);

/* Whether the name is still that of the file that was made. */
bool gx_unfinished_is_there(const struct gx_unfinished *file);

/* The file is whole and has another name; or it is removed now. `file` is gone behind it. */
void gx_unfinished_forget(struct gx_unfinished *file);
void gx_unfinished_remove(struct gx_unfinished *file);

#endif
