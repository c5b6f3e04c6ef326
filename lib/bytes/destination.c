/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* O_PATH */
#include "bytes/destination.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/descriptors.h"
#include "base/memory.h"
#include "base/message.h"

/* In any case: tables come from systems that do not tell them apart. */
bool gx_path_ends_in(const char *path, const char *extension)
{
	size_t n = strlen(path), m = strlen(extension);
	return n > m && strcasecmp(path + n - m, extension) == 0;
}

/* The option that a pipe needs for what is compressed: x.gxm.gz is GXM. */
static const char *format_within(const char *path, const char *extension)
{
	char *inner = strndup(path, strlen(path) - strlen(extension));
	const char *option = !inner ? ""
			     : gx_path_ends_in(inner, ".gxm") ? " -b"
			     : gx_path_ends_in(inner, ".npy") ? " -f npy"
			     : gx_path_ends_in(inner, ".csv") ? " -f csv"
							      : "";
	free(inner);
	return option;
}

static void refuse_name(const char *option, const char *path)
{
	static const struct {
		const char *extension, *packer;
	} packed[] = { { ".gz", "gzip" },   { ".bgz", "bgzip" }, { ".zst", "zstd" },
		       { ".bz2", "bzip2" }, { ".xz", "xz" },	 { ".lz4", "lz4" } };
	size_t n = strlen(path);
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (gx_path_ends_in(path, packed[i].extension))
			gx_die_usage("%s %s: compressed output is not written: leave %s out and "
				     "pipe it: ...%s | %s > %s",
				     option, path, option,
				     format_within(path, packed[i].extension), packed[i].packer, path);
	if (n == 0 || path[n - 1] == '/')
		gx_die_usage("%s %s: a directory: name a file", option, path);
}

/* The length of a path up to its last name; 0: there is none but that. */
static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* What is in front of the last name; to be freed. */
static char *directory_of(const char *path)
{
	size_t n = directory_length(path);
	char *directory = gx_allocate(n + 2, 1);
	memcpy(directory, n ? path : ".", n ? n : 1);
	directory[n ? n : 1] = 0;
	return directory;
}

/* ---- names of descriptors ---- */

/* Whether it is the directory of our own descriptors, of the process or of a thread. */
static bool has_descriptors(const char *directory)
{
	/* Without /proc, too. */
	if (strcmp(directory, "/dev/fd/") == 0 || strcmp(directory, "/proc/self/fd/") == 0)
		return true;
	char *self = realpath("/proc/self", NULL), *at = realpath(directory, NULL);
	const char *rest = self && at && strncmp(at, self, strlen(self)) == 0
				   ? at + strlen(self)
				   : "";
	static const char task[] = "/task/";
	if (strncmp(rest, task, sizeof task - 1) == 0) {
		rest += sizeof task - 1;
		rest += strspn(rest, "0123456789");
	}
	bool has = strcmp(rest, "/fd") == 0;
	free(self);
	free(at);
	return has;
}

/* The descriptor that the name stands for, or -1. What is behind it is not looked at. */
static int descriptor_of(const char *path)
{
	static const char *const standard[] = { "/dev/stdin", "/dev/stdout", "/dev/stderr" };
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (strcmp(path, standard[fd]) == 0)
			return fd;
	size_t n = directory_length(path);
	const char *name = path + n;
	uint64_t fd;
	if (!gx_decimal_read(name, strlen(name), &fd) || (name[0] == '0' && name[1]))
		return -1;
	char *directory = directory_of(path);
	bool has = has_descriptors(directory);
	free(directory);
	return !has ? -1 : fd < INT_MAX ? (int)fd : INT_MAX;
}

static void check_descriptor(const char *option, const char *path, int fd)
{
	bool closed = !gx_descriptor_inherited(fd);
	if (!closed && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return;
	const char *why = closed ? "is closed" : "can only be read";
	if (path)
		gx_die(GX_EXIT_IO, "%s %s: descriptor %d %s: redirect it, or name a file", option,
		       path, fd, why);
	gx_die(GX_EXIT_IO, "<stdout>: it %s: redirect it, or name a file with -o", why);
}

/* ---- names of files ---- */

/*
 * Follows a chain of symbolic links to its end, also when nothing is there yet, or to the
 * name of a descriptor. Behind that the kernel would show a link to the file, and writing a
 * new file over that one is not what was meant.
 */
static char *follow(const char *option, const char *path, int *descriptor)
{
	char *at = strdup(path);
	for (int depth = 0; at && depth < 40; depth++) {
		*descriptor = descriptor_of(at);
		char link[PATH_MAX];
		ssize_t n = *descriptor < 0 ? readlink(at, link, sizeof link - 1) : -1;
		if (n < 0)
			return at;
		link[n] = 0;
		size_t directory = link[0] == '/' ? 0 : directory_length(at);
		char *next = gx_allocate(directory + (size_t)n + 1, 1);
		memcpy(next, at, directory);
		memcpy(next + directory, link, (size_t)n + 1);
		free(at);
		at = next;
	}
	errno = at ? ELOOP : ENOMEM;
	gx_die_errno("%s %s", option, path);
}

int gx_destination_descriptor(const char *option, const char *path)
{
	int descriptor;
	free(follow(option, path, &descriptor));
	return descriptor;
}

static void find_place(const char *option, const char *path, const char *target,
		       struct gx_destination *d)
{
	char *directory = directory_of(target);
	d->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->directory < 0)
		gx_die_errno("%s %s", option, path);
	free(directory);
	d->name = strdup(target + directory_length(target));
	if (!d->name)
		gx_die_errno("%s %s", option, path);
}

void gx_destination_find(const char *option, const char *path, struct gx_destination *d)
{
	*d = (struct gx_destination){ .descriptor = STDOUT_FILENO, .directory = -1 };
	char *target = NULL;
	if (path) {
		refuse_name(option, path);
		target = follow(option, path, &d->descriptor);
	}
	if (d->descriptor >= 0) {
		check_descriptor(option, path, d->descriptor);
		free(target);
		return;
	}
	d->exists = stat(path, &d->old) == 0;
	if (!d->exists && errno != ENOENT)
		gx_die_errno("%s %s", option, path);
	if (d->exists && S_ISDIR(d->old.st_mode))
		gx_die_usage("%s %s: a directory: name a file", option, path);
	d->direct = d->exists && !S_ISREG(d->old.st_mode);
	if (!d->direct)
		find_place(option, path, target, d);
	free(target);
}

void gx_destination_free(struct gx_destination *d)
{
	if (d->directory >= 0)
		close(d->directory);
	free(d->name);
	*d = (struct gx_destination){ .descriptor = -1, .directory = -1 };
}
