/* SPDX-License-Identifier: MIT */
/* What a timeline shows, whether gnuplot draws it or it is written in characters. */
#ifndef GX_TIMELINE_H
#define GX_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "joblog/joblog.h"

enum {
	GX_TIMELINE_NAMES = 40, /* with more hosts, slots are numbered and no host is named */
	GX_TIMELINE_NAME = 20,  /* characters of a name that are shown */
};

/* How attempts of each outcome look: a colour of a picture, a letter of a text. */
struct gx_timeline_style {
	const char *colour;
	char letter;
};
extern const struct gx_timeline_style gx_timeline_styles[GX_OUTCOMES];

/* Each slot of each host is a lane, in the order of the hosts. */
struct gx_timeline {
	const struct gx_joblog *log;
	size_t *first_lane; /* of each host, from 0 */
	size_t nlane;
	uint64_t attempts[GX_OUTCOMES];
	double unit; /* seconds */
	const char *unit_name;
	double span; /* of the axis, in units; above 0 */
};

/* The log must be measured, and outlive the timeline. */
void gx_timeline_begin(struct gx_timeline *timeline, const struct gx_joblog *log);
void gx_timeline_free(struct gx_timeline *timeline);

/* Units from the first start to this time. */
double gx_timeline_at(const struct gx_timeline *timeline, int64_t time);
bool gx_timeline_names_hosts(const struct gx_timeline *timeline);
/* The file, its jobs, and when the first of them began. */
enum { GX_TIMELINE_TITLE = 512 };
void gx_timeline_title(const struct gx_timeline *timeline, char title[GX_TIMELINE_TITLE]);

/*
 * Writes it to the file in characters. No line has more than so many, which are 20 or more; what
 * is too long is cut, with a tilde.
 */
void gx_timeline_write(const struct gx_timeline *timeline, const char *path, size_t columns);

#endif
