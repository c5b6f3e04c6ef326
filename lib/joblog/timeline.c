/* SPDX-License-Identifier: MIT */
#include "joblog/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

/* Colours that differ for all eyes (after Okabe and Ito), light where it goes well. */
const struct gx_timeline_style gx_timeline_styles[GX_OUTCOMES] = {
	[GX_JOB_DONE] = { "#7fb8dc", '=' },    [GX_JOB_FAILED] = { "#d0312d", 'F' },
	[GX_JOB_KILLED] = { "#8e44ad", 'K' },  [GX_JOB_TIMED_OUT] = { "#e69f00", 'T' },
	[GX_JOB_SKIPPED] = { "#a0a0a0", 's' },
};

static void choose_unit(struct gx_timeline *timeline)
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = {
		{ 86400, "days" }, { 3600, "hours" }, { 60, "minutes" }, { 1, "seconds" }
	};
	double wall = timeline->log->wall;
	size_t i = 0;
	while (i < 3 && wall < 3 * units[i].seconds)
		i++;
	timeline->unit = units[i].seconds;
	timeline->unit_name = units[i].name;
	timeline->span = wall > 0 ? wall / units[i].seconds : 1;
}

void gx_timeline_begin(struct gx_timeline *timeline, const struct gx_joblog *log)
{
	*timeline = (struct gx_timeline){ .log = log };
	timeline->first_lane = gx_allocate(log->nhost, sizeof *timeline->first_lane);
	for (size_t h = 0; h < log->nhost; h++) {
		timeline->first_lane[h] = timeline->nlane;
		timeline->nlane += log->host[h].nslot;
	}
	for (size_t i = 0; i < log->nattempt; i++)
		timeline->attempts[log->attempt[i].outcome]++;
	choose_unit(timeline);
}

void gx_timeline_free(struct gx_timeline *timeline)
{
	free(timeline->first_lane);
	*timeline = (struct gx_timeline){ 0 };
}

double gx_timeline_at(const struct gx_timeline *timeline, int64_t time)
{
	return (double)(time - timeline->log->first) / GX_JOBLOG_SECOND / timeline->unit;
}

bool gx_timeline_names_hosts(const struct gx_timeline *timeline)
{
	return timeline->log->nhost > 1 && timeline->log->nhost <= GX_TIMELINE_NAMES;
}

void gx_timeline_title(const struct gx_timeline *timeline, char title[GX_TIMELINE_TITLE])
{
	const struct gx_joblog *log = timeline->log;
	char date[64] = "no job has ended";
	time_t first = (time_t)(log->first / 1000000);
	struct tm utc;
	if (log->nattempt && gmtime_r(&first, &utc))
		strftime(date, sizeof date, "from %Y-%m-%d %H:%M:%S UTC", &utc);
	snprintf(title, GX_TIMELINE_TITLE, "%.200s: %" PRIu64 " jobs, %s", log->name,
		 log->njob, date);
}
