/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "bytes/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"

enum {
	GATHER = 256
		 << 10, /* bytes that one write(2) takes; more gains nothing (measured) */
	PIPE = 1 << 20,
};

struct gx_output {
	const char *option, *name;
	int fd;
	bool regular, append;
	uint64_t start;  /* offset of our first byte in the file */
	char *target;    /* the name to give at the end; NULL: none */
	char *temporary; /* the name until then */
	size_t n;
	unsigned char buffer[GATHER];
};

static bool ends_in(const char *path, const char *extension)
{
	size_t n = strlen(path), m = strlen(extension);
	return n > m && strcmp(path + n - m, extension) == 0;
}

enum gx_format gx_output_format(const struct gx_output_options *options)
{
	static const struct {
		const char *extension;
		enum gx_format format;
	} known[] = { { ".gxm", GX_GXM }, { ".npy", GX_NPY }, { ".csv", GX_CSV } };

	const char *path = options->path;
	if (options->format != GX_FORMAT_UNSET)
		return options->format;
	for (size_t i = 0; path && i < sizeof known / sizeof *known; i++)
		if (ends_in(path, known[i].extension))
			return known[i].format;
	return GX_TSV;
}

/* Where a chain of symbolic links ends, also when nothing is there yet; to be freed. */
static char *follow(const char *option, const char *path)
{
	char *at = strdup(path);
	for (int depth = 0; at && depth < 40; depth++) {
		char link[PATH_MAX];
		ssize_t n = readlink(at, link, sizeof link - 1);
		if (n < 0)
			return at;
		link[n] = 0;
		const char *slash = link[0] == '/' ? NULL : strrchr(at, '/');
		size_t directory = slash ? (size_t)(slash - at) + 1 : 0;
		char *next = gx_allocate(directory + (size_t)n + 1, 1);
		memcpy(next, at, directory);
		memcpy(next + directory, link, (size_t)n + 1);
		free(at);
		at = next;
	}
	errno = at ? ELOOP : ENOMEM;
	gx_die_errno("%s %s", option, path);
}

static void open_temporary(struct gx_output *out, const char *path, mode_t mode,
			   bool exists)
{
	size_t room = strlen(out->target) + 32;
	out->temporary = gx_allocate(room, 1);
	snprintf(out->temporary, room, "%s.gxtmp.%ld", out->target, (long)getpid());
	/* Before it is there: a signal may come right behind. */
	gx_message_temporary(out->temporary);
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
	out->fd = open(out->temporary, flags, 0666);
	if (out->fd < 0 && errno == EEXIST) {
		/* Left by a killed process that had our number. */
		unlink(out->temporary);
		out->fd = open(out->temporary, flags, 0666);
	}
	if (out->fd < 0)
		gx_die_errno("%s %s", out->option, path);
	if (exists && fchmod(out->fd, mode & 07777) != 0)
		gx_die_errno("%s %s: its mode cannot be kept", out->option, path);
}

static void refuse_compressed(const char *option, const char *path)
{
	if (ends_in(path, ".gz") || ends_in(path, ".zst")) {
		const char *packer = ends_in(path, ".gz") ? "gzip" : "zstd";
		gx_die_usage(
			"%s %s: compressed output is not written: leave %s out and pipe it: ... "
			"| %s > %s",
			option, path, option, packer, path);
	}
}

/* Refuses what cannot be the name of an output; whether there is a file already. */
static bool check_name(const char *option, const char *path, struct stat *status)
{
	refuse_compressed(option, path);
	bool exists = stat(path, status) == 0;
	size_t n = strlen(path);
	if ((exists && S_ISDIR(status->st_mode)) || n == 0 || path[n - 1] == '/')
		gx_die_usage("%s %s: a directory: name a file", option, path);
	return exists;
}

void gx_output_check(const char *option, const char *path)
{
	struct stat status;
	bool exists = check_name(option, path, &status);
	if (!exists && errno != ENOENT)
		gx_die_errno("%s %s", option, path);
	if (exists && !S_ISREG(status.st_mode)) {
		if (access(path, W_OK) != 0)
			gx_die_errno("%s %s", option, path);
		return;
	}
	/* A file is made beside it, or beside what it is a link to. */
	char *target = follow(option, path), *slash = strrchr(target, '/');
	if (slash)
		slash[slash == target] = 0;
	if (access(slash ? target : ".", W_OK | X_OK) != 0)
		gx_die_errno("%s %s", option, path);
	free(target);
}

struct gx_output *gx_output_open(const struct gx_output_options *options, bool binary)
{
	struct gx_output *out = gx_allocate(1, sizeof *out);
	memset(out, 0, offsetof(struct gx_output, buffer));
	const char *path = options->path;
	const char *option = out->option = options->option ? options->option : "-o";
	out->name = path ? path : "<stdout>";
	out->fd = STDOUT_FILENO;
	struct stat status;
	if (path) {
		bool exists = check_name(option, path, &status);
		if (!exists || S_ISREG(status.st_mode)) {
			out->target = follow(option, path);
			open_temporary(out, path, exists ? status.st_mode : 0, exists);
		} else {
			out->fd = open(path, O_WRONLY | O_CLOEXEC);
			if (out->fd < 0)
				gx_die_errno("%s %s", option, path);
		}
	}
	if (binary && isatty(out->fd))
		gx_die_usage(
			"binary output is not written to a terminal: use -o FILE, a pipe, "
			"or -f tsv");
	if (fstat(out->fd, &status) != 0)
		gx_die_errno("%s", out->name);
	if (S_ISREG(status.st_mode)) {
		off_t at = lseek(out->fd, 0, SEEK_CUR);
		out->regular = at >= 0;
		out->start = at >= 0 ? (uint64_t)at : 0;
		out->append = fcntl(out->fd, F_GETFL) & O_APPEND;
	} else if (S_ISFIFO(status.st_mode)) {
		(void)fcntl(out->fd, F_SETPIPE_SZ, PIPE);
	}
	return out;
}

const char *gx_output_name(const struct gx_output *out)
{
	return out->name;
}

static void put(const struct gx_output *out, const unsigned char *bytes, size_t n)
{
	while (n) {
		ssize_t k = write(out->fd, bytes, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("%s", out->name);
		bytes += k;
		n -= (size_t)k;
	}
}

void gx_output_flush(struct gx_output *out)
{
	put(out, out->buffer, out->n);
	out->n = 0;
}

void gx_output_write(struct gx_output *out, const void *bytes, size_t n)
{
	bool large = n > GATHER / 2;
	if (large || n > GATHER - out->n)
		gx_output_flush(out);
	if (large) {
		put(out, bytes, n);
		return;
	}
	if (n)
		memcpy(out->buffer + out->n, bytes, n);
	out->n += n;
}

bool gx_output_can_patch(const struct gx_output *out)
{
	return out->regular && !out->append;
}

void gx_output_patch(struct gx_output *out, uint64_t offset, const void *bytes, size_t n)
{
	gx_output_flush(out);
	for (size_t done = 0; done < n;) {
		ssize_t k = pwrite(out->fd, (const char *)bytes + done, n - done,
				   (off_t)(out->start + offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("%s", out->name);
		done += (size_t)k;
	}
}

/* Whether the temporary name is still that of the file that we wrote. */
static bool still_ours(const struct gx_output *out)
{
	struct stat ours, named;
	return fstat(out->fd, &ours) == 0 && stat(out->temporary, &named) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

void gx_output_close(struct gx_output *out)
{
	gx_output_flush(out);
	if (out->target && !still_ours(out)) {
		gx_message_temporary(NULL);
		gx_die(GX_EXIT_IO, "%s %s: %s was taken away by another process",
		       out->option, out->name, out->temporary);
	}
	/* Some file systems tell of a full disk only now. */
	if (close(out->fd) != 0)
		gx_die_errno("%s", out->name);
	if (out->target && rename(out->temporary, out->target) != 0)
		gx_die_errno("%s %s", out->option, out->name);
	gx_message_temporary(NULL);
	free(out->temporary);
	free(out->target);
	free(out);
}
