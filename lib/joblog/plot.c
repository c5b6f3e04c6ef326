/* SPDX-License-Identifier: MIT */
/* The timeline of a joblog, as a script for gnuplot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "base/memory.h"
#include "base/message.h"
#include "joblog/joblog.h"
#include "joblog/timeline.h"
#include "plot/plot.h"

enum {
	WIDTH = 1200, /* pixels of the picture */
	/* Pixels around the plot. */
	TOP = 34,
	BOTTOM = 84,
	RIGHT = 24,
	STRIP = 90,   /* of running jobs */
	BETWEEN = 26, /* this strip and the lanes */
	LANES_MAX = 1400, /* all lanes together */
	LANE_MAX = 26,
	SLICES = 500,
	/* With more bars than that, those that touch within a pixel are drawn as one. */
	BARS = 20000,
};

struct canvas {
	struct gx_timeline timeline;
	FILE *script;
	int width, height, lanes, left; /* pixels */
};

/* ---- the shape ---- */

static void choose_size(struct canvas *c)
{
	const struct gx_timeline *timeline = &c->timeline;
	size_t nlane = timeline->nlane, longest = 5;
	int each = nlane ? (int)(LANES_MAX / nlane) : LANE_MAX;
	for (size_t h = 0; h < timeline->log->nhost && gx_timeline_names_hosts(timeline); h++) {
		size_t n = strlen(timeline->log->host[h].name);
		longest = n > longest ? n : longest;
	}
	longest = longest < GX_TIMELINE_NAME ? longest : GX_TIMELINE_NAME;
	each = each > LANE_MAX ? LANE_MAX : each < 1 ? 1 : each;
	c->width = WIDTH;
	c->left = (int)(longest + 5) * 8;
	c->lanes = nlane > LANES_MAX ? LANES_MAX : (int)nlane * each;
	c->lanes = c->lanes < 2 * LANE_MAX ? 2 * LANE_MAX : c->lanes;
	c->height = TOP + STRIP + BETWEEN + c->lanes + BOTTOM;
}

/* The sides of a plot, as parts of the canvas, from pixels that count from its top. */
static void put_margins(const struct canvas *c, int top, int bottom)
{
	fprintf(c->script,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		(double)c->left / c->width, 1 - (double)RIGHT / c->width,
		1 - (double)top / c->height, 1 - (double)bottom / c->height);
}

static void put_title(const struct canvas *c)
{
	char title[GX_TIMELINE_TITLE];
	gx_timeline_title(&c->timeline, title);
	fputs("set title ", c->script);
	gx_plot_quote(c->script, title, sizeof title);
	fputs(" offset 0,-0.4\n", c->script);
}

/* ---- what ran ---- */

static void put_running_data(const struct canvas *c)
{
	double mean[SLICES];
	fputs("$running << EOD\n", c->script);
	if (c->timeline.log->wall > 0) {
		gx_joblog_running(c->timeline.log, SLICES, mean);
		for (int k = 0; k < SLICES; k++)
			fprintf(c->script, "%.9g %.6g\n", c->timeline.span * k / SLICES, mean[k]);
		fprintf(c->script, "%.9g %.6g\n", c->timeline.span, mean[SLICES - 1]);
	} else {
		fputs("0 0\n1 0\n", c->script);
	}
	fputs("EOD\n", c->script);
}

static void put_strip(const struct canvas *c)
{
	size_t peak = c->timeline.log->peak;
	put_title(c);
	put_margins(c, TOP, TOP + STRIP);
	fprintf(c->script,
		"set xrange [0:%.9g]\nset yrange [0:%.6g]\nset format x ''\n"
		"set ylabel 'running'\nset ytics (0, %zu)\nunset key\n"
		"set style fill solid 1 noborder\n"
		"plot $running using 1:2 with fillsteps lc rgb '#c9d3da', "
		"$running using 1:2 with steps lc rgb '#5b6b75'\nunset title\n",
		c->timeline.span, (double)peak * 1.15 + 0.1, peak);
}

/* ---- bars ---- */

/* Bars of one outcome go to one block; the last one of each lane may still grow. */
struct bar {
	int64_t start, end;
	unsigned char outcome;
	bool any;
};

struct bars {
	FILE *block[GX_OUTCOMES];
	char *bytes[GX_OUTCOMES];
	size_t nbyte[GX_OUTCOMES];
	size_t n[GX_OUTCOMES];
	struct bar *last; /* of each lane */
};

static void put_bar(const struct canvas *c, struct bars *bars, size_t lane)
{
	struct bar *bar = &bars->last[lane];
	if (!bar->any)
		return;
	/* A bar too short to be seen is made longer, above all one that went wrong. */
	double least = c->timeline.span / (c->width - c->left - RIGHT);
	least *= bar->outcome == GX_JOB_DONE || bar->outcome == GX_JOB_SKIPPED ? 0.3 : 2;
	double from = gx_timeline_at(&c->timeline, bar->start), to = gx_timeline_at(&c->timeline, bar->end);
	to = to - from < least ? from + least : to;
	to = to > c->timeline.span ? c->timeline.span : to;
	from = from > c->timeline.span - least ? c->timeline.span - least : from;
	fprintf(bars->block[bar->outcome], "%.9g %.9g %zu\n", from, to, lane + 1);
	bars->n[bar->outcome]++;
	bar->any = false;
}

/* Whether a bar can be extended over an attempt, where neither nor the gap would be seen. */
static bool can_grow(const struct canvas *c, const struct bar *bar,
		     const struct gx_attempt *attempt, int64_t pixel)
{
	return c->timeline.log->nattempt > BARS && bar->any && bar->outcome == attempt->outcome &&
	       attempt->start - bar->end < pixel && attempt->run < pixel;
}

static void make_bars(const struct canvas *c, struct bars *bars)
{
	const struct gx_joblog *log = c->timeline.log;
	int64_t pixel = (log->end - log->first) / (c->width - c->left - RIGHT);
	bars->last = gx_allocate_zeroed(c->timeline.nlane, sizeof *bars->last);
	for (int k = 0; k < GX_OUTCOMES; k++) {
		bars->block[k] = open_memstream(&bars->bytes[k], &bars->nbyte[k]);
		if (!bars->block[k])
			gx_die_errno("the timeline");
	}
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[log->by_start[i]];
		size_t lane = c->timeline.first_lane[attempt->host] + attempt->slot;
		struct bar *bar = &bars->last[lane];
		if (can_grow(c, bar, attempt, pixel)) {
			bar->end = attempt->start + attempt->run;
			continue;
		}
		put_bar(c, bars, lane);
		*bar = (struct bar){ attempt->start, attempt->start + attempt->run,
				     attempt->outcome, true };
	}
	for (size_t lane = 0; lane < c->timeline.nlane; lane++)
		put_bar(c, bars, lane);
	for (int k = 0; k < GX_OUTCOMES; k++) {
		if (fclose(bars->block[k]) != 0)
			gx_die_errno("the timeline");
		if (bars->n[k]) {
			fprintf(c->script, "$bars%d << EOD\n", k);
			fwrite(bars->bytes[k], 1, bars->nbyte[k], c->script);
			fputs("EOD\n", c->script);
		}
		free(bars->bytes[k]);
	}
	free(bars->last);
}

/* ---- lanes ---- */

/* The names of hosts at the middle of their lanes, with lines between. */
static void put_hosts(const struct canvas *c)
{
	const struct gx_joblog *log = c->timeline.log;
	const char *separator = "";
	fputs("set ytics scale 0 (", c->script);
	for (size_t h = 0; h < log->nhost; h++) {
		fputs(separator, c->script);
		gx_plot_quote(c->script, log->host[h].name, GX_TIMELINE_NAME);
		fprintf(c->script, " %.1f",
			(double)c->timeline.first_lane[h] + (log->host[h].nslot + 1) / 2.0);
		separator = ", ";
	}
	fputs(")\n", c->script);
	for (size_t h = 1; h < log->nhost ; h++)
		fprintf(c->script,
			"set arrow from graph 0, first %.1f to graph 1, first %.1f nohead "
			"lc rgb '#606060' lw 1\n",
			(double)c->timeline.first_lane[h] + 0.5, (double)c->timeline.first_lane[h] + 0.5);
}

static void put_bars(const struct canvas *c, const struct bars *bars)
{
	/* A white edge tells bars from each other; thin ones would vanish behind it. */
	bool edges = c->timeline.log->nattempt <= 40 * c->timeline.nlane &&
		     (size_t)c->lanes >= 8 * c->timeline.nlane;
	const char *separator = "plot ";
	fprintf(c->script, "set style fill solid 1 %s\n",
		edges ? "border rgb 'white'" : "noborder");
	for (int k = 0; k < GX_OUTCOMES; k++) {
		if (!bars->n[k])
			continue;
		fprintf(c->script,
			"%s$bars%d using 1:3:1:2:($3-0.42):($3+0.42) with boxxyerror lc rgb '%s' "
			"title '%s (%" PRIu64 ")'",
			separator, k, gx_timeline_styles[k].colour,
			gx_job_outcome_name((enum gx_job_outcome)k), c->timeline.attempts[k]);
		separator = ", ";
	}
	fputs(*separator == ',' ? "\n" : "plot NaN notitle\n", c->script);
}

static void put_lanes(const struct canvas *c, const struct bars *bars)
{
	int top = TOP + STRIP + BETWEEN;
	size_t nlane = c->timeline.nlane ? c->timeline.nlane : 1;
	put_margins(c, top, top + c->lanes);
	fprintf(c->script,
		"set yrange [%.1f:0.5]\nset format x '%%g'\nset xlabel '%s'\n"
		"set key at screen 0.5, screen %.6f center bottom horizontal reverse Left\n",
		(double)nlane + 0.5, c->timeline.unit_name, 4.0 / c->height);
	if (gx_timeline_names_hosts(&c->timeline)) {
		fputs("set ylabel ''\n", c->script);
		put_hosts(c);
	} else {
		fprintf(c->script, "set ylabel 'slot'\nset ytics scale 0 1,%zu\n",
			(nlane * 18 - 1) / (size_t)c->lanes + 1);
	}
	put_bars(c, bars);
}

static void draw(struct canvas *c, const char *path)
{
	struct bars bars = { 0 };
	char *script;
	size_t nscript;
	c->script = open_memstream(&script, &nscript);
	if (!c->script)
		gx_die_errno("the timeline");
	choose_size(c);
	put_running_data(c);
	make_bars(c, &bars);
	fputs("set multiplot\nset tics nomirror out\nset border 3\n"
	      "set grid xtics lc rgb '#e4e4e4' lt 1\n",
	      c->script);
	put_strip(c);
	put_lanes(c, &bars);
	fputs("unset multiplot\n", c->script);
	if (fclose(c->script) != 0)
		gx_die_errno("the timeline");
	gx_plot_draw(path, script, nscript, c->width, c->height);
	free(script);
}

void gx_joblog_plot(const struct gx_joblog *log, const char *path)
{
	struct canvas c = { 0 };
	gx_timeline_begin(&c.timeline, log);
	if (gx_plot_kind(path) == GX_PLOT_TEXT)
		gx_timeline_write(&c.timeline, path, gx_plot_columns());
	else
		draw(&c, path);
	gx_timeline_free(&c.timeline);
}
