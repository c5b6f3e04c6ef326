/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_PATH, O_TMPFILE */
#include "bytes/unnamed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ending.h"
#include "base/message.h"

/* Where a file cannot be made without a name (NFS) it has one for a moment. */
static int open_named(const char *directory)
{
	int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	char name[64];
	snprintf(name, sizeof name, "gx.%ld.%" PRIx64, (long)getpid(), gx_nanoseconds());
	int fd;
	struct gx_unfinished *file = gx_unfinished_make(at, name, 0600, &fd);
	int error = errno;
	if (file)
		gx_unfinished_remove(file);
	close(at);
	errno = error;
	return file ? fd : -1;
}

int gx_unnamed_open(const char *use)
{
	const char *directory = getenv("TMPDIR");
	if (!directory || !*directory)
		directory = "/tmp";
	int fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open_named(directory);
	if (fd < 0)
		gx_die_errno("%s: no room %s (TMPDIR names another place)", directory, use);
	return fd;
}
