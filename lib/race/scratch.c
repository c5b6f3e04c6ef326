/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_DIRECTORY, O_NOFOLLOW */
#include "race/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int gx_scratch_make(char path[PATH_MAX])
{
	const char *under = getenv("TMPDIR");
	int n = snprintf(path, PATH_MAX, "%s/gx.XXXXXX",
			 under && *under ? under : "/tmp");
	if (n < 0 || n >= PATH_MAX)
		return ENAMETOOLONG;
	return mkdtemp(path) ? 0 : errno;
}

static void remove_tree(int parent, const char *name);

static void empty_directory(int fd)
{
	DIR *directory = fdopendir(fd);
	if (!directory) {
		close(fd);
		return;
	}
	struct dirent *entry;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(fd, entry->d_name, 0) != 0)
			remove_tree(fd, entry->d_name);
	closedir(directory);
}

/*
 * Removes a directory and all that is in it, and follows no symbolic link. A directory that we
 * may not read or write is made accessible first. Some file systems skip names when others are
 * removed during a listing: hence the second and the third pass.
 */
static void remove_tree(int parent, const char *name)
{
	for (int pass = 0; pass < 3; pass++) {
		if (unlinkat(parent, name, AT_REMOVEDIR) == 0)
			return;
		struct stat status;
		if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(status.st_mode))
			return;
		fchmodat(parent, name, S_IRWXU, 0);
		int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return;
		empty_directory(fd);
	}
}

void gx_scratch_remove(const char *path)
{
	remove_tree(AT_FDCWD, path);
}
