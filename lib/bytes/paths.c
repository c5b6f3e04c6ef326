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
#include "bytes/outputs.h"
#include "bytes/progress.h"

void gx_paths_free(struct gx_paths *paths)
{
	gx_names_free(&paths->names);
	free(paths->found);
	free(paths->operand);
	*paths = (struct gx_paths){ 0 };
}

static void add(struct gx_paths *paths, const char *path, bool found)
{
	if (paths->names.n == paths->room) {
		paths->room = paths->room ? 2 * paths->room : 64;
		paths->found = gx_reallocate(paths->found, paths->room, sizeof *paths->found);
		paths->operand = gx_reallocate(paths->operand, paths->room, sizeof *paths->operand);
	}
	paths->found[paths->names.n] = found;
	paths->operand[paths->names.n] = paths->noperand;
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
	paths->noperand++;
}

/* ---- the same file twice ---- */

void gx_paths_name(const char *path, struct gx_paths *paths)
{
	add(paths, path, false);
	paths->noperand++;
}

struct file {
	dev_t device;
	ino_t inode;
	size_t operand;
	const char *path;
};

/* The files of one inode stand together, in the order in which they were named. */
static int by_inode(const void *left, const void *right)
{
	const struct file *a = left, *b = right;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a->operand < b->operand ? -1 : a->operand > b->operand;
}

/* Lists what can be named twice by mistake: pipes and devices have no second reading. */
static size_t list_files(const struct gx_paths *paths, struct file *file)
{
	size_t n = 0;
	const char *path = paths->names.text;
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path)) {
		struct stat status;
		bool standard = strcmp(path, "-") == 0;
		if (standard ? fstat(STDIN_FILENO, &status) : stat(path, &status))
			continue; /* whoever opens it says why it cannot be read */
		if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
			file[n++] = (struct file){ status.st_dev, status.st_ino,
						   paths->operand[i],
						   standard ? "<stdin>" : path };
	}
	return n;
}

void gx_paths_demand_once(const struct gx_paths *paths, bool repeatable)
{
	if (paths->noperand < 2)
		return;
	struct file *file = gx_allocate(paths->names.n, sizeof *file);
	size_t n = list_files(paths, file);
	qsort(file, n, sizeof *file, by_inode);
	const char *way_out = repeatable ? ", or add --repeated if it is meant to be read twice" : "";
	for (size_t i = 1; i < n; i++) {
		const struct file *a = &file[i - 1], *b = &file[i];
		if (a->device != b->device || a->inode != b->inode || a->operand == b->operand)
			continue;
		if (strcmp(a->path, b->path) == 0)
			gx_die_usage("%s: named twice: name it once%s", a->path, way_out);
		gx_die_usage("%s and %s are the same file: name it once%s", a->path, b->path,
			     way_out);
	}
	free(file);
}

int gx_paths_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		gx_die_errno("%s", path);
	struct stat status;
	if (fd >= 0 && fstat(fd, &status) == 0)
		gx_outputs_demand_other(path, &status);
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
