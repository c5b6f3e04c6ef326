/* SPDX-License-Identifier: MIT */
/*
 * The picture of a race over cores, in three panels: time, with the interval of each median;
 * speed-up, with the ideal line and the bound of memory; efficiency. In the fourth place is the
 * key. In characters they stand one below the other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "plot/plot.h"
#include "plot/tics.h"
#include "race/timing.h"
#include "race/timing_numbers.h"

enum {
	WIDTH = 1100, /* pixels */
	HEIGHT = 860,
	CHARACTER = 8, /* of a text: its width, and half of its height */
	ROWS = 20,     /* of a panel in characters */
	NAME = 40,
};

/* A strategy: its entries by cores. One that ran on one core alone is a level. */
struct curve {
	const char *strategy;
	const struct gx_timing_entry **entry;
	size_t n;
	bool level;
	size_t style; /* of the levels, or of the others */
};

struct picture {
	const struct gx_timing *timing;
	FILE *script;
	bool text;
	int width, height; /* pixels */
	const struct gx_timing_entry **entry;
	struct curve *curve; /* those that are ranked */
	size_t ncurve;
	size_t nstyle[2];  /* how many are no levels, and are */
	struct curve read; /* n is 0: it did not race */
	int least, cores;  /* the fewest and the most of any */
	int there;         /* 0: not known */
	bool compared;     /* a strategy has a speed-up on more than one core */
};

/* ---- what is drawn ---- */

static int by_cores(const void *a, const void *b)
{
	const struct gx_timing_entry *x = *(struct gx_timing_entry *const *)a;
	const struct gx_timing_entry *y = *(struct gx_timing_entry *const *)b;
	return (x->cores > y->cores) - (x->cores < y->cores);
}

/* Gathers the entries of a strategy at `entry`. */
static struct curve gather(const struct gx_timing *timing, const char *strategy,
			   const struct gx_timing_entry **entry)
{
	struct curve curve = { .strategy = strategy, .entry = entry };
	for (size_t i = 0; i < timing->nentry; i++)
		if (strcmp(timing->entry[i].strategy, strategy) == 0)
			entry[curve.n++] = &timing->entry[i];
	if (curve.n)
		qsort(entry, curve.n, sizeof *entry, by_cores);
	curve.level = curve.n == 1 && entry[0]->cores == 1;
	return curve;
}

static void add_curve(struct picture *picture, const struct curve *curve)
{
	for (size_t i = 0; i < curve->n; i++) {
		const struct gx_timing_entry *entry = curve->entry[i];
		picture->least = entry->cores < picture->least ? entry->cores
							       : picture->least;
		picture->cores = entry->cores > picture->cores ? entry->cores
							       : picture->cores;
		picture->compared |= entry->cores > 1 && !isnan(entry->speedup);
	}
	picture->curve[picture->ncurve] = *curve;
	picture->curve[picture->ncurve++].style = picture->nstyle[curve->level]++;
}

/* Returns whether there is anything over cores. */
static bool gather_all(struct picture *picture)
{
	const struct gx_timing *timing = picture->timing;
	size_t used = 0;
	bool any = false;
	picture->entry = gx_allocate(timing->nentry + 1, sizeof *picture->entry);
	picture->curve = gx_allocate(timing->nentry + 1, sizeof *picture->curve);
	picture->least = INT32_MAX;
	picture->there = gx_timing_processors(timing);
	for (size_t i = 0; i < timing->nentry; i++) {
		const char *strategy = timing->entry[i].strategy;
		bool known = false;
		for (size_t k = 0; k < i; k++)
			known |= strcmp(timing->entry[k].strategy, strategy) == 0;
		bool is_read = strcmp(strategy, "read") == 0;
		if (known || !(is_read || gx_timing_takes_part(&timing->entry[i])))
			continue;
		struct curve curve = gather(timing, strategy, picture->entry + used);
		used += curve.n;
		if (is_read)
			picture->read = curve;
		else
			add_curve(picture, &curve);
		any |= !is_read && curve.n > 1;
	}
	return any;
}

/* The strategy that is fastest on one core, or NULL. */
static const struct gx_timing_entry *fastest_on_one(const struct picture *picture)
{
	const struct gx_timing_entry *best = NULL;
	for (size_t i = 0; i < picture->ncurve; i++) {
		const struct gx_timing_entry *first = picture->curve[i].entry[0];
		if (first->cores == 1 && (!best || first->time.median < best->time.median))
			best = first;
	}
	return best;
}

/* ---- data ---- */

/* Columns: cores, seconds, low, high, speed-up, efficiency in percent. */
enum { SECONDS = 2, SPEEDUP = 5, EFFICIENCY = 6 };

static void put_entry(FILE *f, const struct gx_timing_entry *entry, double speedup)
{
	fprintf(f, "%d %.9g %.9g %.9g %.9g %.9g\n", entry->cores, entry->time.median,
		entry->time.low, entry->time.high, speedup, 100 * speedup / entry->cores);
}

/*
 * $s0 is reading alone. Its speed-up is the bound that memory sets: the strategy that is
 * fastest on one core cannot be sped up by more than its time there over the time of reading.
 */
static void put_data(const struct picture *picture)
{
	FILE *f = picture->script;
	const struct gx_timing_entry *best = fastest_on_one(picture);
	for (size_t i = 0; i <= picture->ncurve; i++) {
		const struct curve *curve = i ? &picture->curve[i - 1] : &picture->read;
		if (!curve->n)
			continue;
		fprintf(f, "$s%zu << EOD\n", i);
		for (size_t k = 0; k < curve->n; k++) {
			const struct gx_timing_entry *entry = curve->entry[k];
			double bound = best ? best->time.median / entry->time.median : NAN;
			put_entry(f, entry, i ? entry->speedup : bound);
		}
		fprintf(f, "EOD\n");
	}
}

/* ---- how curves look ---- */

/* Colours that everybody can tell apart: Okabe and Ito's, without the yellow. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
				       "#e69f00", "#56b4e9", "#000000" };
/* Levels are told apart by their dashes too. */
static const char *const greys[] = { "#000000", "#707070" };
static const char *const dashes[] = { "(30,8)", "(4,6)", "(30,8,4,8)", "(14,8)", "(4,16)" };
static const int points[] = { 7, 5, 9, 11, 13, 4, 6, 8, 10, 12 };
enum {
	NCOLOUR = sizeof colours / sizeof *colours,
	NGREY = sizeof greys / sizeof *greys,
	NDASH = sizeof dashes / sizeof *dashes,
	NPOINT = sizeof points / sizeof *points,
	IDEAL_LINE = 1, /* types of lines: a text tells curves apart by these */
	READ_LINE,
	FIRST_LINE,
};

static const char ideal_look[] = "linetype 1 dashtype 2 linewidth 1 linecolor rgb '#808080'";
static const char read_look[] =
	"linetype 2 dashtype (10,4,2,4,2,4) linewidth 3 linecolor rgb '#909090'";

/* Dashes would break up the bar of an interval. */
static void put_look(const struct picture *picture, size_t number, bool solid)
{
	const struct curve *curve = &picture->curve[number];
	size_t style = curve->style;
	fprintf(picture->script, " linetype %zu", number + FIRST_LINE);
	if (curve->level)
		fprintf(picture->script, " dashtype %s linewidth 1.5 linecolor rgb '%s'",
			solid ? "solid pointtype -1" : dashes[style % NDASH],
			greys[style % NGREY]);
	else
		fprintf(picture->script,
			" linewidth 2 pointtype %d pointsize 0.8 linecolor rgb '%s'",
			points[style % NPOINT], colours[style % NCOLOUR]);
}

/* ---- axes ---- */

struct range {
	double low, high;
};

static void include(struct range *range, double x)
{
	if (isnan(x))
		return;
	range->low = x < range->low ? x : range->low;
	range->high = x > range->high ? x : range->high;
}

static void put_tics(FILE *f, char axis, const double *tic, size_t n,
		     const char *(*show)(double x, char text[GX_NUMBER_ROOM]))
{
	char text[GX_NUMBER_ROOM];
	fprintf(f, "set %ctics (", axis);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s'%s' %.9g", i ? ", " : "", show(tic[i], text), tic[i]);
	fprintf(f, ")\n");
}

/* Beside the least and the most cores, as a part of what lies between. */
static const double SIDE = 0.07;

static double side_of(const struct picture *picture)
{
	return pow((double)picture->cores / picture->least, SIDE);
}

/*
 * Logarithmic, as cores double from point to point: the ideal stays a straight line, and the
 * curves do not crowd at its start. Tics are where runs are, unless their numbers lack room.
 */
static void put_cores_axis(const struct picture *picture, double width)
{
	FILE *f = picture->script;
	double side = side_of(picture);
	fprintf(f, "set logscale x 2\nset xrange [%.9g:%.9g]\n", picture->least / side,
		picture->cores * side);
	double room = picture->text ? 5 * CHARACTER : 26; /* of a number, in pixels */
	double apart = pow((double)picture->cores / picture->least, room / width);
	fprintf(f, "set xtics (%d", picture->least);
	for (int last = picture->least, next; last < picture->cores; last = next) {
		next = picture->cores;
		for (size_t i = 0; i < picture->timing->nentry; i++) {
			int cores = picture->timing->entry[i].cores;
			if (cores < next && cores >= apart * last &&
			    apart * cores <= picture->cores)
				next = cores;
		}
		fprintf(f, ", %d", next);
	}
	fprintf(f, ")\n");
}

static size_t tics_that_fit(const struct picture *picture)
{
	return picture->text ? 5 : 8;
}

static void put_time_axis(const struct picture *picture)
{
	struct range range = { INFINITY, 0 };
	for (size_t i = 0; i <= picture->ncurve; i++) {
		const struct curve *curve = i ? &picture->curve[i - 1] : &picture->read;
		for (size_t k = 0; k < curve->n; k++) {
			include(&range, curve->entry[k]->time.low);
			include(&range, curve->entry[k]->time.high);
		}
	}
	double side = 1.05 * pow(range.high / range.low, 0.04), tic[GX_TICS_MAX];
	range = (struct range){ range.low / side, range.high * side };
	size_t n = gx_tics_logarithmic(range.low, range.high, 10, tics_that_fit(picture), tic);
	fprintf(picture->script, "set logscale y 10\nset yrange [%.9g:%.9g]\n", range.low,
		range.high);
	put_tics(picture->script, 'y', tic, n, gx_show_seconds);
}

static const char *show_plain(double x, char text[GX_NUMBER_ROOM])
{
	snprintf(text, GX_NUMBER_ROOM, "%g", x);
	return text;
}

/* gnuplot takes the label for a format. */
static const char *show_in_percent(double x, char text[GX_NUMBER_ROOM])
{
	snprintf(text, GX_NUMBER_ROOM, "%g%%%%", x);
	return text;
}

/* All curves and the ideal are seen; of the bound of memory what is not far above. */
static void put_speedup_axis(const struct picture *picture)
{
	struct range range = { 1, picture->cores };
	for (size_t i = 0; i < picture->ncurve; i++)
		for (size_t k = 0; k < picture->curve[i].n; k++)
			include(&range, picture->curve[i].entry[k]->speedup);
	double side = 1.05 * pow(range.high / range.low, 0.04), tic[GX_TICS_MAX];
	range = (struct range){ range.low / side, range.high * side };
	size_t n = gx_tics_logarithmic(range.low, range.high, 2, tics_that_fit(picture), tic);
	fprintf(picture->script, "set logscale y 2\nset yrange [%.9g:%.9g]\n", range.low,
		range.high);
	put_tics(picture->script, 'y', tic, n, show_plain);
}

static void put_efficiency_axis(const struct picture *picture)
{
	struct range range = { 0, 100 };
	for (size_t i = 0; i < picture->ncurve; i++)
		for (size_t k = 0; k < picture->curve[i].n; k++)
			include(&range, 100 * picture->curve[i].entry[k]->efficiency);
	double tic[GX_TICS_MAX];
	range.high *= 1.05;
	size_t n = gx_tics_linear(0, range.high, tics_that_fit(picture), tic);
	fprintf(picture->script, "unset logscale y\nset yrange [0:%.9g]\n", range.high);
	put_tics(picture->script, 'y', tic, n, show_in_percent);
}

/* ---- panels ---- */

/* Counts of cores beyond those that there are: from between the last that fits and the next. */
static double shade_from(const struct picture *picture)
{
	double last = 0, next = INFINITY;
	if (!picture->there || picture->cores <= picture->there)
		return 0;
	for (size_t i = 0; i < picture->timing->nentry; i++) {
		double cores = picture->timing->entry[i].cores;
		if (cores <= picture->there)
			last = cores > last ? cores : last;
		else
			next = cores < next ? cores : next;
	}
	last = last > 0 && last < picture->there ? picture->there : last;
	return last > 0 ? sqrt(last * next) : next / side_of(picture);
}

static void put_shade(const struct picture *picture)
{
	double from = shade_from(picture);
	if (from > 0 && picture->text)
		fprintf(picture->script,
			"set arrow 1 from %.9g, graph 0 to %.9g, graph 1 nohead linetype 0\n",
			from, from);
	else if (from > 0)
		fprintf(picture->script,
			"set object 1 rectangle from %.9g, graph 0 to graph 1, graph 1 behind "
			"fillcolor rgb '#e8e8e8' fillstyle solid noborder\n",
			from);
}

/*
 * Intervals of as many cores stand side by side, and left of them those of the levels: the
 * factor of a curve's numbers of cores.
 */
static double beside(const struct picture *picture, const struct curve *curve)
{
	/* Parts of the axis; the middle of them is where the cores are. */
	const double from = curve->level ? -0.9 * SIDE : -0.5 * SIDE;
	const double to = curve->level ? -0.6 * SIDE : 0.5 * SIDE;
	double apart = (to - from) / (double)(picture->nstyle[curve->level] + 1);
	apart = apart < 0.012 ? apart : 0.012;
	double middle = (double)(picture->nstyle[curve->level] - 1) / 2;
	double at = (from + to) / 2 + apart * ((double)curve->style - middle);
	return picture->text ? 1 : pow((double)picture->cores / picture->least, at);
}

/* The times, with the intervals of the medians. */
static void put_time_curves(const struct picture *picture)
{
	FILE *f = picture->script;
	const char *separator = "plot ";
	if (picture->read.n) {
		fprintf(f, "%s$s0 using 1:2 with lines %s notitle", separator, read_look);
		separator = ", ";
	}
	for (size_t i = 0; i < picture->ncurve; i++) {
		const struct curve *curve = &picture->curve[i];
		fprintf(f, "%s$s%zu using ($1*%.6f):2:3:4 with %s", separator, i + 1,
			beside(picture, curve),
			curve->level	? "yerrorbars"
			: picture->text ? "linespoints"
					: "yerrorlines");
		put_look(picture, i, true);
		fprintf(f, " notitle");
		separator = ", ";
		if (!curve->level)
			continue;
		fprintf(f, ", %.9g with lines", curve->entry[0]->time.median);
		put_look(picture, i, false);
		fprintf(f, " notitle");
	}
	fprintf(f, "\n");
}

/* Speed-up or efficiency, by its column. */
static void put_relative_curves(const struct picture *picture, int column)
{
	FILE *f = picture->script;
	if (!picture->compared) {
		fprintf(f, "set label 1 'not known: add 1 to --cores' "
			   "at graph 0.5, graph 0.5 center\nplot NaN notitle\nunset label 1\n");
		return;
	}
	fprintf(f, "plot %s with lines %s notitle", column == SPEEDUP ? "x" : "100",
		ideal_look);
	if (picture->read.n && fastest_on_one(picture))
		fprintf(f, ", $s0 using 1:%d with lines %s notitle", column, read_look);
	for (size_t i = 0; i < picture->ncurve; i++) {
		if (picture->curve[i].level)
			continue;
		fprintf(f, ", $s%zu using 1:%d with linespoints", i + 1, column);
		put_look(picture, i, false);
		fprintf(f, " notitle");
	}
	fprintf(f, "\n");
}

/* What each curve is. Nothing of it lies in the ranges: only the names are drawn. */
static void put_key(const struct picture *picture)
{
	FILE *f = picture->script;
	fprintf(f, "unset logscale\nset xrange [0:1]\nset yrange [0:1]\nunset border\n"
		   "unset tics\nunset grid\nunset title\nunset xlabel\nunset object 1\n"
		   "unset arrow 1\nset key at graph 0, graph 1 left top vertical reverse Left "
		   "samplen %d spacing 1.15 maxrows 40\n",
		picture->text ? 4 : 5);
	const char *separator = "plot ";
	for (size_t i = 0; i < picture->ncurve; i++) {
		const struct curve *curve = &picture->curve[i];
		char title[NAME + 20];
		fprintf(f, "%s2 with %s", separator, curve->level ? "lines" : "linespoints");
		put_look(picture, i, false);
		snprintf(title, sizeof title, "%.*s%s", NAME, curve->strategy,
			 curve->level ? ", on 1 core" : "");
		fprintf(f, " title ");
		gx_plot_quote(f, title, sizeof title);
		separator = ", ";
	}
	if (picture->read.n)
		fprintf(f, ", 2 with lines %s title 'memory bandwidth: reading alone'", read_look);
	if (picture->compared)
		fprintf(f, ", 2 with lines %s title 'ideal'", ideal_look);
	if (shade_from(picture) > 0)
		fprintf(f, ", %s title 'beyond the %d core%s that there %s'",
			picture->text ? "2 with lines linetype 0"
				      : "NaN with boxes fillcolor rgb '#e8e8e8' fillstyle solid noborder",
			picture->there, picture->there == 1 ? "" : "s",
			picture->there == 1 ? "is" : "are");
	fprintf(f, "\n");
}

/* ---- the page ---- */

/* Where panel 0, 1, 2 and the key lie, as parts of the page, from its left and its bottom. */
struct place {
	double left, right, top, bottom;
};

static struct place place_of(const struct picture *picture, int panel)
{
	if (!picture->text) {
		double left = panel % 2 ? 0.56 : 0.07, bottom = panel < 2 ? 0.56 : 0.07;
		return (struct place){ left, left + 0.41, bottom + 0.35, bottom };
	}
	double row = 2.0 * CHARACTER / picture->height;
	double column = (double)CHARACTER / picture->width;
	double top = 1 - (2 + panel * ROWS) * row;
	if (panel == 3)
		return (struct place){ 2 * column, 1 - column, top, 0 };
	return (struct place){ 9 * column, 1 - 2 * column, top - row, top - (ROWS - 4) * row };
}

static void put_place(const struct picture *picture, int panel, const char *title)
{
	struct place place = place_of(picture, panel);
	fprintf(picture->script,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		place.left, place.right, place.top, place.bottom);
	if (title)
		fprintf(picture->script, "set title '%s'\n", title);
}

static void put_script(const struct picture *picture)
{
	FILE *f = picture->script;
	const char *work = gx_timing_find(picture->timing, "work");
	const char *input = gx_timing_find(picture->timing, "input");
	const char *cpu = gx_timing_find(picture->timing, "cpu");
	bool tasks = gx_timing_is_of_tasks(picture->timing);
	char title[512];
	snprintf(title, sizeof title, "%.60s: %.160s%s%.120s", work ? work : "gx-time",
		 input ? input : "", cpu ? ", " : "", cpu ? cpu : "");
	struct place place = place_of(picture, 0);
	put_data(picture);
	fprintf(f, "set encoding utf8\nset grid %s\nunset key\nset tics nomirror\n"
		   "set xlabel '%s'%s\nset multiplot title ",
		picture->text ? "" : "linetype 1 linewidth 0.5 linecolor rgb '#d0d0d0'",
		tasks ? "workers at a time" : "cores",
		picture->text ? "" : " offset 0,0.3");
	gx_plot_quote(f, title,
		      picture->text ? (size_t)(picture->width / CHARACTER - 4) : 140);
	fprintf(f, "\n");
	put_cores_axis(picture, (place.right - place.left) * picture->width);
	put_shade(picture);
	put_place(picture, 0,
		  picture->text ? "time" : "time, and the interval of each median");
	put_time_axis(picture);
	put_time_curves(picture);
	put_place(picture, 1,
		  tasks ? "speed-up against one worker" : "speed-up against one core");
	put_speedup_axis(picture);
	put_relative_curves(picture, SPEEDUP);
	put_place(picture, 2,
		  tasks ? "efficiency: speed-up / workers" : "efficiency: speed-up / cores");
	put_efficiency_axis(picture);
	put_relative_curves(picture, EFFICIENCY);
	put_place(picture, 3, NULL);
	put_key(picture);
	fprintf(f, "unset multiplot\n");
}

static void draw(struct picture *picture, const char *path)
{
	char *script = NULL;
	size_t nscript = 0;
	picture->text = gx_plot_kind(path) == GX_PLOT_TEXT;
	picture->width = picture->text ? (int)gx_plot_columns() * CHARACTER : WIDTH;
	picture->height = picture->text ? (int)(3 * ROWS + picture->ncurve + 8) * 2 * CHARACTER
					: HEIGHT;
	picture->script = open_memstream(&script, &nscript);
	if (!picture->script)
		gx_die_errno("%s", path);
	put_script(picture);
	if (fclose(picture->script) != 0)
		gx_die_errno("%s", path);
	gx_plot_draw(path, script, nscript, picture->width, picture->height);
	free(script);
}

void gx_timing_plot(const struct gx_timing *timing, const char *path)
{
	struct picture picture = { .timing = timing };
	if (gather_all(&picture))
		draw(&picture, path);
	else
		gx_warn("%s is not drawn: no strategy ran on two numbers of cores: give --cores "
			"1,2 or more",
			path);
	free(picture.entry);
	free(picture.curve);
}
