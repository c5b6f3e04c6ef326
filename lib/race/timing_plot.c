/* SPDX-License-Identifier: MIT */
/*
 * The picture of a race: speed-up over cores, with the ideal line and the bound of memory, and
 * efficiency over cores.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "plot/plot.h"
#include "race/timing.h"

/* Entries in the order of cores, so that a curve is one. */
static int by_strategy_and_cores(const void *a, const void *b)
{
	const struct gx_timing_entry *x = *(struct gx_timing_entry *const *)a;
	const struct gx_timing_entry *y = *(struct gx_timing_entry *const *)b;
	int order = strcmp(x->strategy, y->strategy);
	return order ? order : (x->cores > y->cores) - (x->cores < y->cores);
}

struct curves {
	const struct gx_timing_entry **entry; /* those with a speed-up, sorted */
	size_t n;
	int cores; /* the most */
};

static bool is_read(const struct gx_timing_entry *entry)
{
	return strcmp(entry->strategy, "read") == 0;
}

/* A strategy is drawn when it ran on one core and on more. */
static bool has_curve(const struct gx_timing *timing, const struct gx_timing_entry *entry)
{
	if (isnan(entry->speedup))
		return false;
	for (size_t i = 0; i < timing->nentry; i++)
		if (timing->entry[i].cores > 1 &&
		    strcmp(timing->entry[i].strategy, entry->strategy) == 0)
			return true;
	return false;
}

static void gather(const struct gx_timing *timing, struct curves *curves)
{
	curves->entry = gx_allocate(timing->nentry + 1,
				    sizeof(const struct gx_timing_entry *));
	for (size_t i = 0; i < timing->nentry; i++)
		if (has_curve(timing, &timing->entry[i])) {
			curves->entry[curves->n++] = &timing->entry[i];
			if (timing->entry[i].cores > curves->cores)
				curves->cores = timing->entry[i].cores;
		}
	if (curves->n)
		qsort(curves->entry, curves->n, sizeof *curves->entry,
		      by_strategy_and_cores);
}

/*
 * The bound that memory sets: the strategy that is fastest on one core cannot be sped up by
 * more than its time there over the time of reading alone on as many cores.
 */
static bool put_limit(FILE *f, const struct curves *curves)
{
	const struct gx_timing_entry *best = NULL;
	for (size_t i = 0; i < curves->n; i++) {
		const struct gx_timing_entry *entry = curves->entry[i];
		if (entry->cores == 1 && !is_read(entry) &&
		    (!best || entry->time.median < best->time.median))
			best = entry;
	}
	size_t n = 0;
	fprintf(f, "$limit << EOD\n");
	for (size_t i = 0; best && i < curves->n; i++)
		if (is_read(curves->entry[i])) {
			fprintf(f, "%d %.9g %.9g\n", curves->entry[i]->cores,
				best->time.median / curves->entry[i]->time.median,
				best->time.median / curves->entry[i]->time.median /
					curves->entry[i]->cores);
			n++;
		}
	fprintf(f, "EOD\n");
	return n > 0;
}

/* Each strategy's points as a block $s1 $s2 ...; returns how many there are. */
static size_t put_blocks(FILE *f, const struct curves *curves)
{
	size_t n = 0;
	const char *last = NULL;
	for (size_t i = 0; i < curves->n; i++) {
		const struct gx_timing_entry *entry = curves->entry[i];
		if (is_read(entry))
			continue;
		if (!last || strcmp(last, entry->strategy) != 0)
			fprintf(f, "%s$s%zu << EOD\n", last ? "EOD\n" : "", ++n);
		last = entry->strategy;
		fprintf(f, "%d %.9g %.9g\n", entry->cores, entry->speedup,
			entry->efficiency);
	}
	if (last)
		fprintf(f, "EOD\n");
	return n;
}

/* Colours that everybody can tell apart: Okabe and Ito's, without the yellow. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
				       "#e69f00", "#56b4e9", "#000000" };
enum { NCOLOUR = sizeof colours / sizeof *colours };

/* One panel: column 2 is the speed-up, 3 the efficiency. */
static void put_panel(FILE *f, const struct curves *curves, bool limited, int column)
{
	fprintf(f, "plot %s with lines dashtype 2 linecolor rgb '#808080' title 'ideal'",
		column == 2 ? "x" : "1");
	if (limited)
		fprintf(f,
			", $limit using 1:%d with lines dashtype 4 linewidth 3 linecolor rgb "
			"'#606060' title 'memory bandwidth'",
			column);
	size_t n = 0;
	const char *last = NULL;
	for (size_t i = 0; i < curves->n; i++) {
		const struct gx_timing_entry *entry = curves->entry[i];
		if (is_read(entry) || (last && strcmp(last, entry->strategy) == 0))
			continue;
		last = entry->strategy;
		n++;
		fprintf(f,
			", $s%zu using 1:%d with linespoints linewidth 2 pointtype %zu "
			"linecolor rgb '%s' title ",
			n, column, n + 3, colours[(n - 1) % NCOLOUR]);
		gx_plot_quote(f, entry->strategy, 40);
	}
	fprintf(f, "\n");
}

/*
 * The axis is logarithmic, as cores double from point to point: the ideal stays a straight
 * line, and the curves do not crowd at its start. Tics are where runs are, unless their numbers
 * lack room.
 */
static void put_cores_axis(FILE *f, const struct curves *curves)
{
	fprintf(f, "set logscale x 2\nset xrange [0.93:%g]\nset xlabel 'cores'\n",
		curves->cores * 1.07);
	fprintf(f, "set xtics (1");
	for (int last = 1, next; last < curves->cores; last = next) {
		next = curves->cores;
		for (size_t i = 0; i < curves->n; i++) {
			int cores = curves->entry[i]->cores;
			if (cores < next && cores >= 1.2 * last)
				next = cores;
		}
		fprintf(f, ", %d", next);
	}
	fprintf(f, ")\n");
}

static void put_script(FILE *f, const struct gx_timing *timing,
		       const struct curves *curves)
{
	const char *work = gx_timing_find(timing, "work");
	const char *input = gx_timing_find(timing, "input");
	const char *cpu = gx_timing_find(timing, "cpu");
	char title[512];
	snprintf(title, sizeof title, "%.60s: %.160s, %.120s", work ? work : "gx-time",
		 input ? input : "", cpu ? cpu : "");
	bool limited = put_limit(f, curves);
	put_blocks(f, curves);
	fprintf(f, "set encoding utf8\nset grid linecolor rgb '#d0d0d0'\n");
	put_cores_axis(f, curves);
	fprintf(f, "set multiplot title ");
	gx_plot_quote(f, title, sizeof title);
	fprintf(f, "\nset tmargin at screen 0.84\nset bmargin at screen 0.13\n");
	fprintf(f,
		"set title 'speed-up against one core'\nset logscale y 2\nunset key\n"
		"set lmargin at screen 0.05\nset rmargin at screen 0.40\n");
	put_panel(f, curves, limited, 2);
	fprintf(f,
		"set title 'efficiency: speed-up / cores'\nunset logscale y\n"
		"set yrange [0:*]\nset key at screen 0.82,0.82 left top vertical reverse Left\n"
		"set lmargin at screen 0.46\nset rmargin at screen 0.81\n");
	put_panel(f, curves, limited, 3);
	fprintf(f, "unset multiplot\n");
}

void gx_timing_plot(const struct gx_timing *timing, const char *path)
{
	struct curves curves = { 0 };
	gather(timing, &curves);
	if (!curves.n) {
		gx_warn("%s is not drawn: no strategy ran both on one core and on more: give --cores "
			"1,2 or more",
			path);
		free(curves.entry);
		return;
	}
	char *script = NULL;
	size_t nscript = 0;
	FILE *f = open_memstream(&script, &nscript);
	if (!f)
		gx_die_errno("%s", path);
	put_script(f, timing, &curves);
	if (fclose(f) != 0)
		gx_die_errno("%s", path);
	gx_plot_draw(path, script, nscript, 1100, 480);
	free(script);
	free(curves.entry);
}
