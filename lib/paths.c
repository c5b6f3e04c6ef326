/* SPDX-License-Identifier: MIT */
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);
	return n >= m && strcmp(name + n - m, end) == 0;
}

static int passed_over(const char *name)
{
	return name[0] == '.' || strcmp(name, "stderr") == 0 || strcmp(name, "seq") == 0 ||
	       ends_in(name, ".err") || ends_in(name, ".seq") || strstr(name, ".gxtmp.");
}

static int wanted(const struct dirent *entry)
{
	return !passed_over(entry->d_name);
}

/* By bytes: the same order in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void collect_directory(const char *directory, struct gx_names *paths)
{
	struct dirent **entry;
	int n = scandir(directory, &entry, wanted, by_name);
	if (n < 0)
		gx_die_errno("%s", directory);
	for (int i = 0; i < n; i++) {
		size_t room = strlen(directory) + strlen(entry[i]->d_name) + 2;
		char *path = gx_allocate(room, 1);
		snprintf(path, room, "%s%s%s", directory, ends_in(directory, "/") ? "" : "/",
			 entry[i]->d_name);
		free(entry[i]);
		struct stat link, status;
		if (lstat(path, &link) != 0 || stat(path, &status) != 0) {
			if (errno != ENOENT)
				gx_die_errno("%s", path);
		} else if (S_ISDIR(link.st_mode)) {
			collect_directory(path, paths);
		} else if (S_ISREG(status.st_mode)) {
			gx_names_add(paths, path, strlen(path));
		}
		free(path);
	}
	free(entry);
}

void gx_paths_collect(const char *path, struct gx_names *paths)
{
	struct stat status;
	if (strcmp(path, "-") != 0 && stat(path, &status) != 0)
		gx_die_errno("%s", path);
	if (strcmp(path, "-") != 0 && S_ISDIR(status.st_mode))
		collect_directory(path, paths);
	else
		gx_names_add(paths, path, strlen(path));
}
