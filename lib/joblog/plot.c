/* SPDX-License-Identifier: MIT */
/* The timeline of a joblog, as a script for gnuplot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gx.h"
#include "base/memory.h"
#include "base/message.h"
#include "joblog/joblog.h"
#include "plot/plot.h"

enum {
	WIDTH = 1200,  /* pixels of a picture */
	COLUMNS = 120, /* of a text */
	/* Pixels around the plot. */
	TOP = 34,
	BOTTOM = 84,
	RIGHT = 24,
	STRIP = 90,   /* of running jobs */
	BETWEEN = 26, /* this strip and the lanes */
	LANES_MAX = 1400, /* all lanes together */
	LANE_MAX = 26,
	CHARACTER = 16, /* the height of one in a text, as plot.h has it; its width is half */
	ROWS = 60,      /* of lanes in a text */
	SLICES = 500,
	/* With more bars than that, those that touch within a pixel are drawn as one. */
	BARS = 20000,
	NAMES = 40, /* hosts that are named */
	NAME = 20,  /* characters of a name */
};

/*
 * Colours that differ for all eyes (after Okabe and Ito), light where it goes well;
 * letters for a text.
 */
static const struct {
	const char *colour;
	char letter;
} styles[GX_OUTCOMES] = {
	[GX_JOB_DONE] = { "#7fb8dc", '=' },    [GX_JOB_FAILED] = { "#d0312d", 'F' },
	[GX_JOB_KILLED] = { "#8e44ad", 'K' },  [GX_JOB_TIMED_OUT] = { "#e69f00", 'T' },
	[GX_JOB_SKIPPED] = { "#a0a0a0", 's' },
};

struct canvas {
	const struct gx_joblog *log;
	FILE *script;
	bool text;
	size_t *first_lane; /* of each host */
	size_t nlane;
	uint64_t attempts[GX_OUTCOMES];
	double span; /* seconds on the axis, and how many make its unit */
	double unit;
	const char *unit_name;
	int width, height, strip, lanes, left; /* pixels */
};

static double seconds_from(const struct canvas *c, int64_t time)
{
	return (double)(time - c->log->first) / GX_JOBLOG_SECOND / c->unit;
}

/* ---- the shape ---- */

static void choose_unit(struct canvas *c)
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = {
		{ 86400, "days" }, { 3600, "hours" }, { 60, "minutes" }, { 1, "seconds" }
	};
	size_t i = 0;
	while (i < 3 && c->log->wall < 3 * units[i].seconds)
		i++;
	c->unit = units[i].seconds;
	c->unit_name = units[i].name;
	c->span = c->log->wall > 0 ? c->log->wall / c->unit : 1;
}

static void choose_size(struct canvas *c)
{
	int each = c->nlane ? (int)(LANES_MAX / c->nlane) : LANE_MAX;
	size_t longest = 5;
	for (size_t h = 0; h < c->log->nhost && c->log->nhost <= NAMES; h++) {
		size_t n = strlen(c->log->host[h].name);
		longest = n > longest ? n : longest;
	}
	longest = longest < NAME ? longest : NAME;
	if (c->text) {
		c->width = COLUMNS * 8;
		c->left = (int)(longest + 4) * 8;
		c->strip = 7 * CHARACTER;
		c->lanes = (int)(c->nlane < ROWS ? c->nlane + 1 : ROWS + 1) * CHARACTER;
		c->height = c->strip + c->lanes + 9 * CHARACTER;
		return;
	}
	each = each > LANE_MAX ? LANE_MAX : each < 1 ? 1 : each;
	c->width = WIDTH;
	c->left = (int)(longest + 5) * 8;
	c->strip = STRIP;
	c->lanes = c->nlane > LANES_MAX ? LANES_MAX : (int)c->nlane * each;
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

/* ---- text in the script ---- */

static void put_title(const struct canvas *c)
{
	char date[64] = "no job has ended";
	time_t first = (time_t)(c->log->first / 1000000);
	struct tm utc;
	if (c->log->nattempt && gmtime_r(&first, &utc))
		strftime(date, sizeof date, "from %Y-%m-%d %H:%M:%S UTC", &utc);
	char title[512];
	snprintf(title, sizeof title, "%.200s: %" PRIu64 " jobs, %s", c->log->name,
		 c->log->njob, date);
	fputs("set title ", c->script);
	gx_plot_quote(c->script, title, sizeof title);
	fputs(" offset 0,-0.4\n", c->script);
}

/* ---- what ran ---- */

static void put_running_data(const struct canvas *c)
{
	double mean[SLICES];
	fputs("$running << EOD\n", c->script);
	if (c->log->wall > 0) {
		gx_joblog_running(c->log, SLICES, mean);
		for (int k = 0; k < SLICES; k++)
			fprintf(c->script, "%.9g %.6g\n", c->span * k / SLICES, mean[k]);
		fprintf(c->script, "%.9g %.6g\n", c->span, mean[SLICES - 1]);
	} else {
		fputs("0 0\n1 0\n", c->script);
	}
	fputs("EOD\n", c->script);
}

static void put_strip(const struct canvas *c)
{
	int top = c->text ? 2 * CHARACTER : TOP;
	put_title(c);
	put_margins(c, top, top + c->strip);
	fprintf(c->script,
		"set xrange [0:%.9g]\nset yrange [0:%.6g]\nset format x ''\n"
		"set ylabel 'running'\nset ytics (0, %zu)\nunset key\n"
		"set style fill solid 1 noborder\n",
		c->span, (double)c->log->peak * 1.15 + 0.1, c->log->peak);
	if (c->text)
		fputs("plot $running using 1:2 with steps\n", c->script);
	else
		fputs("plot $running using 1:2 with fillsteps lc rgb '#c9d3da', "
		      "$running using 1:2 with steps lc rgb '#5b6b75'\n",
		      c->script);
	fputs("unset title\n", c->script);
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
	double least = c->span / (c->width - c->left - RIGHT);
	least *= bar->outcome == GX_JOB_DONE || bar->outcome == GX_JOB_SKIPPED ? 0.3 : 2;
	double from = seconds_from(c, bar->start), to = seconds_from(c, bar->end);
	to = to - from < least ? from + least : to;
	to = to > c->span ? c->span : to;
	from = from > c->span - least ? c->span - least : from;
	fprintf(bars->block[bar->outcome], "%.9g %.9g %zu\n", from, to, lane + 1);
	bars->n[bar->outcome]++;
	bar->any = false;
}

/* Whether a bar can be extended over an attempt, where neither nor the gap would be seen. */
static bool can_grow(const struct canvas *c, const struct bar *bar,
		     const struct gx_attempt *attempt, int64_t pixel)
{
	return c->log->nattempt > BARS && bar->any && bar->outcome == attempt->outcome &&
	       attempt->start - bar->end < pixel && attempt->run < pixel;
}

static void make_bars(const struct canvas *c, struct bars *bars)
{
	const struct gx_joblog *log = c->log;
	int64_t pixel = (log->end - log->first) / (c->width - c->left - RIGHT);
	bars->last = gx_allocate_zeroed(c->nlane, sizeof *bars->last);
	for (int k = 0; k < GX_OUTCOMES; k++) {
		bars->block[k] = open_memstream(&bars->bytes[k], &bars->nbyte[k]);
		if (!bars->block[k])
			gx_die_errno("the timeline");
	}
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[log->by_start[i]];
		size_t lane = c->first_lane[attempt->host] + attempt->slot;
		struct bar *bar = &bars->last[lane];
		if (can_grow(c, bar, attempt, pixel)) {
			bar->end = attempt->start + attempt->run;
			continue;
		}
		put_bar(c, bars, lane);
		*bar = (struct bar){ attempt->start, attempt->start + attempt->run,
				     attempt->outcome, true };
	}
	for (size_t lane = 0; lane < c->nlane; lane++)
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

/* ---- bars of letters ---- */

/* The lanes as a text; gnuplot's own terminal for text would not show outcomes. */
struct letters {
	size_t nrow, ncolumn;
	char *cell; /* 0: nothing runs */
	bool any[GX_OUTCOMES];
};

/* A job that went wrong covers others, and a stroke marks where a job begins. */
static void put_cell(char *cell, char letter)
{
	static const char order[] = "=s|FKT";
	if (!*cell || strchr(order, letter) > strchr(order, *cell))
		*cell = letter;
}

static void make_letters(const struct canvas *c, struct letters *letters)
{
	const struct gx_joblog *log = c->log;
	letters->nrow = c->nlane < ROWS ? c->nlane : ROWS;
	letters->ncolumn = (size_t)(c->width - c->left - RIGHT) / (CHARACTER / 2);
	letters->cell = gx_allocate_zeroed(letters->nrow * letters->ncolumn, 1);
	double column = c->span / (double)letters->ncolumn;
	for (size_t i = 0; i < log->nattempt; i++) {
		const struct gx_attempt *attempt = &log->attempt[i];
		size_t lane = c->first_lane[attempt->host] + attempt->slot;
		char *row = letters->cell +
			    lane * letters->nrow / c->nlane * letters->ncolumn;
		size_t from = (size_t)(seconds_from(c, attempt->start) / column);
		size_t to = (size_t)(seconds_from(c, attempt->start + attempt->run) /
				     column);
		from = from < letters->ncolumn ? from : letters->ncolumn - 1;
		to = to < letters->ncolumn ? to : letters->ncolumn - 1;
		for (size_t k = from; k < to || k == from; k++)
			put_cell(&row[k], styles[attempt->outcome].letter);
		if (to > from + 1 && attempt->outcome == GX_JOB_DONE)
			put_cell(&row[from], '|');
		letters->any[attempt->outcome] = true;
	}
}

/* All cells of a letter as a block of points, which is named by the letter's code. */
static void put_letter_data(const struct canvas *c, const struct letters *letters,
			    char letter)
{
	double column = c->span / (double)letters->ncolumn;
	double row = (double)c->nlane / (double)letters->nrow;
	fprintf(c->script, "$letter%d << EOD\n-1 -1\n", letter);
	for (size_t i = 0; i < letters->nrow; i++)
		for (size_t k = 0; k < letters->ncolumn; k++)
			if (letters->cell[i * letters->ncolumn + k] == letter)
				fprintf(c->script, "%.9g %.9g\n",
					((double)k + 0.5) * column,
					((double)i + 0.5) * row + 0.5);
	fputs("EOD\n", c->script);
}

static void put_letter_blocks(const struct canvas *c, const struct letters *letters)
{
	put_letter_data(c, letters, '|');
	for (int k = 0; k < GX_OUTCOMES; k++)
		put_letter_data(c, letters, styles[k].letter);
}

static void put_letters(const struct canvas *c, const struct letters *letters)
{
	fprintf(c->script, "plot $letter%d using 1:2 with points pt '|' notitle", '|');
	for (int k = 0; k < GX_OUTCOMES; k++)
		if (letters->any[k])
			fprintf(c->script,
				", $letter%d using 1:2 with points pt '%c' title '%s (%" PRIu64
				")'",
				styles[k].letter, styles[k].letter,
				gx_job_outcome_name((enum gx_job_outcome)k), c->attempts[k]);
	fputs("\n", c->script);
}

/* ---- lanes ---- */

/* The names of hosts at the middle of their lanes, with lines between. */
static void put_hosts(const struct canvas *c)
{
	const struct gx_joblog *log = c->log;
	const char *separator = "";
	fputs("set ytics scale 0 (", c->script);
	for (size_t h = 0; h < log->nhost; h++) {
		fputs(separator, c->script);
		gx_plot_quote(c->script, log->host[h].name, NAME);
		fprintf(c->script, " %.1f",
			(double)c->first_lane[h] + (log->host[h].nslot + 1) / 2.0);
		separator = ", ";
	}
	fputs(")\n", c->script);
	for (size_t h = 1; h < log->nhost && !c->text; h++)
		fprintf(c->script,
			"set arrow from graph 0, first %.1f to graph 1, first %.1f nohead "
			"lc rgb '#606060' lw 1\n",
			(double)c->first_lane[h] + 0.5, (double)c->first_lane[h] + 0.5);
}

static void put_bars(const struct canvas *c, const struct bars *bars)
{
	/* A white edge tells bars from each other; thin ones would vanish behind it. */
	bool edges = c->log->nattempt <= 40 * c->nlane &&
		     (size_t)c->lanes >= 8 * c->nlane;
	const char *separator = "plot ";
	fprintf(c->script, "set style fill solid 1 %s\n",
		edges ? "border rgb 'white'" : "noborder");
	for (int k = 0; k < GX_OUTCOMES; k++) {
		if (!bars->n[k])
			continue;
		fprintf(c->script,
			"%s$bars%d using 1:3:1:2:($3-0.42):($3+0.42) with boxxyerror lc rgb '%s' "
			"title '%s (%" PRIu64 ")'",
			separator, k, styles[k].colour,
			gx_job_outcome_name((enum gx_job_outcome)k), c->attempts[k]);
		separator = ", ";
	}
	fputs(*separator == ',' ? "\n" : "plot NaN notitle\n", c->script);
}

static void put_lanes(const struct canvas *c, const struct bars *bars,
		      const struct letters *letters)
{
	int top = c->text ? 3 * CHARACTER + c->strip : TOP + STRIP + BETWEEN;
	size_t nlane = c->nlane ? c->nlane : 1;
	put_margins(c, top, top + c->lanes);
	fprintf(c->script,
		"set yrange [%.1f:0.5]\nset format x '%%g'\nset xlabel '%s'\n"
		"set key at screen 0.5, screen %.6f center bottom horizontal reverse Left\n",
		(double)nlane + 0.5, c->unit_name, 4.0 / c->height);
	if (c->log->nhost > 1 && c->log->nhost <= NAMES) {
		fputs("set ylabel ''\n", c->script);
		put_hosts(c);
	} else {
		size_t step = c->text ? (nlane + 9) / 10
				      : (nlane * 18 - 1) / (size_t)c->lanes + 1;
		fprintf(c->script, "set ylabel 'slot'\nset ytics scale 0 %zu,%zu\n",
			(size_t)1, step);
	}
	if (c->text)
		put_letters(c, letters);
	else
		put_bars(c, bars);
}

void gx_joblog_plot(const struct gx_joblog *log, const char *path)
{
	struct canvas c = { .log = log, .text = gx_plot_kind(path) == GX_PLOT_TEXT };
	struct bars bars = { 0 };
	struct letters letters = { 0 };
	char *script;
	size_t nscript;
	c.script = open_memstream(&script, &nscript);
	if (!c.script)
		gx_die_errno("the timeline");
	c.first_lane = gx_allocate(log->nhost, sizeof *c.first_lane);
	for (size_t h = 0; h < log->nhost; h++) {
		c.first_lane[h] = c.nlane;
		c.nlane += log->host[h].nslot;
	}
	for (size_t i = 0; i < log->nattempt; i++)
		c.attempts[log->attempt[i].outcome]++;
	choose_unit(&c);
	choose_size(&c);
	put_running_data(&c);
	if (c.text) {
		make_letters(&c, &letters);
		put_letter_blocks(&c, &letters);
	} else {
		make_bars(&c, &bars);
	}
	fputs("set multiplot\nset tics nomirror out\nset border 3\n", c.script);
	if (!c.text)
		fputs("set grid xtics lc rgb '#e4e4e4' lt 1\n", c.script);
	put_strip(&c);
	put_lanes(&c, &bars, &letters);
	fputs("unset multiplot\n", c.script);
	if (fclose(c.script) != 0)
		gx_die_errno("the timeline");
	gx_plot_draw(path, script, nscript, c.width, c.height);
	free(script);
	free(letters.cell);
	free(c.first_lane);
}
