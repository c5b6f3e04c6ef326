/* SPDX-License-Identifier: MIT */
/* What the facts of the machine say about the race. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "race/timing.h"

/*
 * The load average of a minute, over the cores of the machine, from which on it is called busy.
 * One busy process on two cores is such a load. A race that has just ended leaves less: most
 * strategies run on one core, and what they add is averaged over the minute.
 */
static const double busy_least = 0.5;

/* The values of a fact, which are separated by "; ": moves to the next one. */
static bool next_value(const char **at, const char **value)
{
	if (!*at)
		return false;
	*value = *at;
	*at = strstr(*at, "; ");
	*at = *at ? *at + 2 : NULL;
	return true;
}

/* The largest of "allowed of online". */
static void most_cores(const struct gx_timing *timing, int *allowed, int *online)
{
	const char *at = gx_timing_find(timing, "cores"), *value;
	*allowed = *online = 0;
	while (next_value(&at, &value)) {
		int few, all;
		if (sscanf(value, "%d of %d", &few, &all) != 2)
			continue;
		*allowed = few > *allowed ? few : *allowed;
		*online = all > *online ? all : *online;
	}
}

int gx_timing_processors(const struct gx_timing *timing)
{
	const char *at = gx_timing_find(timing, "quota"), *value;
	int n, online;
	double quota = 0;
	bool bound = true;
	most_cores(timing, &n, &online);
	while (next_value(&at, &value)) {
		char *end;
		double x = strtod(value, &end);
		bound &= end != value && x > 0;
		quota = bound && x > quota ? x : quota;
	}
	return bound && quota > 0 && quota < n ? (int)ceil(quota) : n;
}

void gx_timing_conclude_busy(struct gx_timing *timing)
{
	const char *at = gx_timing_find(timing, "load"), *value;
	double most = 0;
	int allowed, online;
	most_cores(timing, &allowed, &online);
	while (next_value(&at, &value)) {
		char *end;
		double load = strtod(value, &end);
		most = end != value && load > most ? load : most;
	}
	if (online > 0 && most >= busy_least * online)
		gx_timing_conclude(timing,
				   "the machine is busy (load %g on %d core%s): repeat when idle",
				   most, online, online == 1 ? "" : "s");
}
