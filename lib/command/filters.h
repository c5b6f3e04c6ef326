/* SPDX-License-Identifier: MIT */
/* The filters that are there: those beside the running program, then those on PATH. */
#ifndef GX_FILTERS_H
#define GX_FILTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "command/cli.h"

enum { GX_FILTER_NAME = 64, GX_FILTER_ABOUT = 128, GX_PATH_MAX = 4096 };

struct gx_filter {
	char name[GX_FILTER_NAME];   /* gx-means */
	char about[GX_FILTER_ABOUT]; /* of one line, for a terminal */
	enum gx_purpose purpose;     /* GX_PURPOSES: one that is not known here */
	char *path;
};

struct gx_filters {
	struct gx_filter *filter; /* those of a purpose together, by name */
	size_t n;
};

/*
 * Finds all that have the mark (about.h) and answer; of those with one name the first. A
 * program without it is not run. Takes three seconds at most where one hangs.
 */
void gx_filters_find(struct gx_filters *filters);
void gx_filters_free(struct gx_filters *filters);

/*
 * The first executable file of that name, beside the running program or on PATH, whatever it
 * is; false if there is none.
 */
bool gx_filter_path(const char *name, char path[GX_PATH_MAX]);

/* The directory of the running program; false where the system does not tell. */
bool gx_own_directory(char path[GX_PATH_MAX]);

#endif
