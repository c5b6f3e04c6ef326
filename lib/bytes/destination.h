/* SPDX-License-Identifier: MIT */
/*
 * Where an output goes, by its name: what --explain and a long run check beforehand is what
 * gx_output_open does.
 */
#ifndef GX_DESTINATION_H
#define GX_DESTINATION_H

#include <stdbool.h>
#include <sys/stat.h>

struct gx_destination {
	/*
	 * A descriptor that we were started with, to be duplicated: standard output, and what
	 * names one: /dev/stdout, /dev/stderr, /dev/fd/N, /proc/self/fd/N, and symbolic links
	 * to them. -1: none of these.
	 */
	int descriptor;
	bool direct; /* a device or a fifo, to be opened and written */
	/* Of any other path: a file that is made in the directory (an O_PATH descriptor, else
	 * -1), and renamed to `name` there. Symbolic links are followed. */
	int directory;
	char *name;
	bool exists;     /* there is a file of that name: */
	struct stat old; /* this one */
};

/* Whether a path has this extension, in any case, behind a name of at least one byte. */
bool gx_path_ends_in(const char *path, const char *extension);

/* The descriptor that a path names, by itself or by links to it: /dev/fd/N; else -1. */
int gx_destination_descriptor(const char *option, const char *path);

/*
 * Finds out. NULL is standard output. Dies with exit 2 at a directory and at a name that
 * asks for compression; with exit 3 where nothing can be, and at a descriptor that is closed,
 * not inherited or only to be read. Whether a file may be written is not asked. `option` is
 * what asked for it, for messages.
 */
void gx_destination_find(const char *option, const char *path,
			 struct gx_destination *destination);

void gx_destination_free(struct gx_destination *destination);

#endif
