/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* d_type */
#include "bytes/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/progress.h"

void gx_paths_free(struct gx_paths *paths)
{
	gx_names_free(&paths->names);
	free(paths->found);
	*paths = (struct gx_paths){ 0 };
}

static void add(struct gx_paths *paths, const char *path, bool found)
{
	if (paths->names.n == paths->room) {
		paths->room = paths->room ? 2 * paths->room : 64;
		paths->found = gx_reallocate(paths->found, paths->room, sizeof *paths->found);
	}
	paths->found[paths->names.n] = found;
	gx_names_add(&paths->names, path, strlen(path));
}

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

/* What is to be done with a name of a directory that was listed. */
static void collect_entry(const char *path, struct gx_paths *paths);

static void collect_directory(const char *directory, bool found, struct gx_paths *paths)
{
	struct dirent **entry;
	int n = scandir(directory, &entry, wanted, by_name);
	if (n < 0 && found && errno == ENOENT)
		return;
	if (n < 0)
		gx_die_errno("%s", directory);
	for (int i = 0; i < n; i++) {
		/* Some file systems list a name twice that is replaced in the meantime. */
		bool again = i > 0 && strcmp(entry[i]->d_name, entry[i - 1]->d_name) == 0;
		size_t room = strlen(directory) + strlen(entry[i]->d_name) + 2;
		char *path = gx_allocate(room, 1);
		snprintf(path, room, "%s%s%s", directory, ends_in(directory, "/") ? "" : "/",
			 entry[i]->d_name);
		/* Asking what each of them is costs more than all else on a file server. */
		bool regular = entry[i]->d_type == DT_REG;
		if (!again && regular)
			add(paths, path, true);
		else if (!again)
			collect_entry(path, paths);
		free(path);
	}
	for (int i = 0; i < n; i++)
		free(entry[i]);
	free(entry);
}

static void collect_entry(const char *path, struct gx_paths *paths)
{
	struct stat link, status;
	if (lstat(path, &link) != 0 || stat(path, &status) != 0) {
		if (errno != ENOENT)
			gx_die_errno("%s", path);
	} else if (S_ISDIR(link.st_mode)) {
		collect_directory(path, true, paths);
	} else if (S_ISREG(status.st_mode)) {
		add(paths, path, true);
	}
}

void gx_paths_collect(const char *path, struct gx_paths *paths)
{
	struct stat status;
	if (strcmp(path, "-") != 0 && stat(path, &status) != 0)
		gx_die_errno("%s", path);
	if (strcmp(path, "-") != 0 && S_ISDIR(status.st_mode))
		collect_directory(path, false, paths);
	else
		add(paths, path, false);
}

int gx_paths_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		gx_die_errno("%s", path);
	return fd;
}

size_t gx_paths_read(int fd, const char *path, void *out, size_t n)
{
	ssize_t k;
	do {
		k = read(fd, out, n);
	} while (k < 0 && errno == EINTR);
	if (k < 0)
		gx_die_errno("%s", path);
	gx_progress_bytes((uint64_t)k);
	return (size_t)k;
}
