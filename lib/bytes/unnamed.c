/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* mkostemp */
#include "bytes/unnamed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"

int gx_unnamed_open(const char *use)
{
	const char *directory = getenv("TMPDIR");
	if (!directory || !*directory)
		directory = "/tmp";
	size_t room = strlen(directory) + 16;
	char *path = gx_allocate(room, 1);
	snprintf(path, room, "%s/gx.XXXXXX", directory);
	int fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		gx_die_errno("%s: no room %s (TMPDIR names another place)", directory,
			     use);
	unlink(path);
	free(path);
	return fd;
}
