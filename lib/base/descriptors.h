/* SPDX-License-Identifier: MIT */
/*
 * File descriptors that a process is started with, and writing to any of them. Every file
 * that gx opens is closed on exec (O_CLOEXEC), which tells it from one that was inherited.
 */
#ifndef GX_DESCRIPTORS_H
#define GX_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Fills those of the descriptors 0, 1 and 2 that are closed, so that no file of ours takes
 * their number. A closed 0 cannot be read then, and a closed 1 cannot be written (EBADF); a
 * closed 2 takes messages and drops them. To be called first, once.
 */
void gx_descriptors_secure(void);

/* Whether the process was started with it: false for one that we opened or filled. */
bool gx_descriptor_inherited(int fd);

/*
 * Writes all n bytes; waits where the descriptor is non-blocking and cannot take them yet.
 * False, with errno, when they are not taken. Fit for signal handlers.
 */
bool gx_write_all(int fd, const void *bytes, size_t n);

/*
 * The same to standard error, where what cannot be written is lost in silence: a pipe that
 * nobody reads is no reason to stop, and sends no SIGPIPE. Fit for signal handlers that keep
 * errno.
 */
void gx_stderr_write(const char *text, size_t n);

#endif
