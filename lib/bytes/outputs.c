/* SPDX-License-Identifier: MIT */
#include "bytes/outputs.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/destination.h"

/* Where an output goes: a file that is there, or a name in a directory. */
struct place {
	enum { ELSEWHERE, OLD_FILE, NEW_FILE } kind;
	dev_t device; /* of the file, or of the directory */
	ino_t inode;
	char name[NAME_MAX + 1];
};

/* What a name that no file has is a link to at last, to be freed. */
static char *follow(const char *path)
{
	char *at = gx_allocate(strlen(path) + 1, 1), link[PATH_MAX];
	strcpy(at, path);
	for (int depth = 0; depth < 40; depth++) {
		ssize_t n = readlink(at, link, sizeof link - 1);
		if (n < 0)
			break;
		link[n] = 0;
		const char *slash = link[0] == '/' ? NULL : strrchr(at, '/');
		size_t directory = slash ? (size_t)(slash - at) + 1 : 0;
		char *next = gx_allocate(directory + (size_t)n + 1, 1);
		memcpy(next, at, directory);
		memcpy(next + directory, link, (size_t)n + 1);
		free(at);
		at = next;
	}
	return at;
}

static struct place place_of_file(const struct stat *status)
{
	return (struct place){ .kind = S_ISREG(status->st_mode) ? OLD_FILE : ELSEWHERE,
			       .device = status->st_dev,
			       .inode = status->st_ino };
}

static struct place place_of(const char *path)
{
	struct place place = { .kind = ELSEWHERE };
	struct stat status;
	if (path ? stat(path, &status) == 0 : fstat(STDOUT_FILENO, &status) == 0)
		return place_of_file(&status);
	if (!path)
		return place;
	char *at = follow(path), *slash = strrchr(at, '/');
	const char *name = slash ? slash + 1 : at;
	const char *directory = !slash ? "." : slash == at ? "/" : at;
	if (strlen(name) <= NAME_MAX) {
		strcpy(place.name, name);
		if (slash && slash != at)
			*slash = 0;
		if (stat(directory, &status) == 0) {
			place.kind = NEW_FILE;
			place.device = status.st_dev;
			place.inode = status.st_ino;
		}
	}
	free(at);
	return place;
}

static bool is_same(const struct place *a, const struct place *b)
{
	return a->kind != ELSEWHERE && a->kind == b->kind && a->device == b->device &&
	       a->inode == b->inode && strcmp(a->name, b->name) == 0;
}

static bool is_asked_for(const struct gx_output_name *output)
{
	return output->path || strcmp(output->option, "-o") == 0;
}

/* ---- inputs ---- */

/* -o or standard output, both of them under --explain, and the two of gx-time. */
enum { NOTED_MAX = 8 };

static struct {
	struct gx_output_name output;
	dev_t device;
	ino_t inode;
} noted[NOTED_MAX];
static size_t nnoted;

/* Whether it is a descriptor that can only be read: gx_output_open refuses that one. */
static bool is_unwritable(const struct gx_output_name *output)
{
	int fd = output->path ? gx_destination_descriptor(output->option, output->path)
			      : STDOUT_FILENO;
	return fd >= 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
}

static bool is_noted(const struct place *place)
{
	for (size_t i = 0; i < nnoted; i++)
		if (noted[i].device == place->device && noted[i].inode == place->inode)
			return true;
	return false;
}

void gx_outputs_note(const struct gx_output_name *output)
{
	struct place place = place_of(output->path);
	if (!is_asked_for(output) || place.kind != OLD_FILE || is_noted(&place) ||
	    is_unwritable(output))
		return;
	assert(nnoted < NOTED_MAX);
	noted[nnoted].output = *output;
	noted[nnoted].device = place.device;
	noted[nnoted++].inode = place.inode;
}

void gx_outputs_demand_other(const char *input, const struct stat *status)
{
	for (size_t i = 0; i < nnoted; i++) {
		const struct gx_output_name *output = &noted[i].output;
		if (!S_ISREG(status->st_mode) || status->st_dev != noted[i].device ||
		    status->st_ino != noted[i].inode)
			continue;
		if (output->path)
			gx_die_usage("%s: %s %s is the same file, which cannot be read and written "
				     "at once: write to another file",
				     input, output->option, output->path);
		gx_die_usage("%s: standard output is the same file%s: write to another file", input,
			     status->st_size ? ", which cannot be read and written at once"
					     : ", which is empty now: with > the shell empties it "
					       "before the command begins");
	}
}

/* ---- outputs ---- */

void gx_outputs_check(const struct gx_output_name *output, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gx_outputs_note(&output[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			if (!is_asked_for(&output[i]) || !is_asked_for(&output[j]))
				continue;
			struct place one = place_of(output[i].path), other = place_of(output[j].path);
			if (!is_same(&one, &other))
				continue;
			/* Standard output has no name to be shown. */
			size_t named = output[i].path ? i : j, by = i + j - named;
			gx_die_usage("%s %s: %s is written there: name another file",
				     output[named].option, output[named].path,
				     output[by].path ? output[by].option : "standard output");
		}
}
