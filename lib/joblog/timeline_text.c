/* SPDX-License-Identifier: MIT */
/*
 * The timeline in characters, in three panels:
 *
 *	sweep.log: 9 jobs, from 2026-11-21 10:00:00 UTC
 *	running 2 |####################
 *	          |##########################
 *	   slot 1 ||======|=======|==========
 *	        2 ||=====FFFFFFF|=====
 *	          +----------+---------+-----
 *	  seconds  0         1         2
 *	= done (8)  F failed (1)
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "joblog/timeline.h"

enum {
	STRIP = 5,  /* rows of what ran */
	LANES = 60, /* rows; more lanes share them */
	ROOM = 256, /* of a label */
};

struct page {
	const struct gx_timeline *timeline;
	struct gx_output *out;
	size_t columns; /* of a line */
	size_t gutter;  /* of these for labels; a space and a stroke follow */
	size_t width;   /* what is left for the time */
};

static void put(const struct page *page, const char *text)
{
	gx_output_write(page->out, text, strlen(text));
}

/* ---- characters ---- */

/* The columns that a terminal gives to a character of `length` bytes: East Asian ones are wide. */
static size_t columns_of(const char *text, size_t length)
{
	static const struct {
		unsigned long first, last;
	} wide[] = { { 0x1100, 0x115f },   { 0x2e80, 0xa4cf },   { 0xac00, 0xd7a3 },
		     { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		     { 0xffe0, 0xffe6 },   { 0x1f300, 0x1faff }, { 0x20000, 0x3fffd } };
	unsigned long code = (unsigned char)text[0];
	if (length > 1)
		code &= 0xffu >> (length + 1);
	for (size_t k = 1; k < length; k++)
		code = code << 6 | ((unsigned char)text[k] & 0x3f);
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (code >= wide[i].first && code <= wide[i].last)
			return 2;
	return 1;
}

/* Cuts visible text to `most` columns, in place, with a tilde. Returns how many it has. */
static size_t fit(char *text, size_t most)
{
	size_t used = 0, n = strlen(text), kept = 0, width = 0;
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_utf8_length(text + i, n - i);
		length = length ? length : 1;
		size_t wide = columns_of(text + i, length);
		if (used + wide > most) {
			strcpy(text + kept, "~");
			return width + 1;
		}
		used += wide;
		if (used < most) { /* a tilde may follow */
			kept = i + length;
			width = used;
		}
	}
	return used;
}

/* ---- rows ---- */

/* A label at the right of the gutter, and the stroke. */
static void put_label(const struct page *page, const char *label, const char *stroke)
{
	char text[ROOM];
	gx_visible_copy(label, strlen(label), text, sizeof text);
	size_t used = fit(text, page->gutter);
	for (; used < page->gutter; used++)
		put(page, " ");
	put(page, text);
	put(page, stroke);
}

/* The cells of a row; 0 is a blank, and there is none at the end. */
static void put_cells(const struct page *page, const char *cell)
{
	size_t n = page->width;
	while (n && !cell[n - 1])
		n--;
	for (size_t k = 0; k < n; k++)
		gx_output_write(page->out, cell[k] ? &cell[k] : " ", 1);
	put(page, "\n");
}

static void put_title(const struct page *page)
{
	char title[GX_TIMELINE_TITLE];
	gx_timeline_title(page->timeline, title);
	gx_visible_copy(title, strlen(title), title, sizeof title);
	fit(title, page->columns);
	put(page, title);
	put(page, "\n");
}

/* ---- what ran ---- */

static void running_label(const struct page *page, bool named, char label[ROOM])
{
	snprintf(label, ROOM, "%s%zu", named ? "running " : "", page->timeline->log->peak);
}

/* A bar for each column; a column in which anything ran has one. */
static void put_running(const struct page *page)
{
	const struct gx_joblog *log = page->timeline->log;
	double *mean = gx_allocate_zeroed(page->width, sizeof *mean);
	char *cell = gx_allocate(page->width, 1), label[ROOM];
	if (log->wall > 0)
		gx_joblog_running(log, page->width, mean);
	running_label(page, true, label);
	if (strlen(label) > page->gutter)
		running_label(page, false, label);
	for (int row = STRIP - 1; row >= 0; row--) {
		for (size_t k = 0; k < page->width; k++) {
			double height = log->peak ? STRIP * mean[k] / (double)log->peak : 0;
			cell[k] = height > row + 1e-6 ? '#' : 0;
		}
		put_label(page, row == STRIP - 1 ? label : "", " |");
		put_cells(page, cell);
	}
	free(cell);
	free(mean);
}

/* ---- lanes ---- */

/* What went wrong covers what did not, and a stroke marks where a job begins. */
static void put_cell(char *cell, char letter)
{
	static const char order[] = "=s|FKT";
	if (!*cell || strchr(order, letter) > strchr(order, *cell))
		*cell = letter;
}

static size_t column_of(const struct page *page, int64_t time)
{
	double column = page->timeline->span / (double)page->width;
	size_t k = (size_t)(gx_timeline_at(page->timeline, time) / column);
	return k < page->width ? k : page->width - 1;
}

static void fill(const struct page *page, size_t nrow, char *cell)
{
	const struct gx_timeline *timeline = page->timeline;
	for (size_t i = 0; i < timeline->log->nattempt; i++) {
		const struct gx_attempt *attempt = &timeline->log->attempt[i];
		size_t lane = timeline->first_lane[attempt->host] + attempt->slot;
		char *row = cell + lane * nrow / timeline->nlane * page->width;
		size_t from = column_of(page, attempt->start);
		size_t to = column_of(page, attempt->start + attempt->run);
		for (size_t k = from; k < to || k == from; k++)
			put_cell(&row[k], gx_timeline_styles[attempt->outcome].letter);
		if (to > from + 1 && attempt->outcome == GX_JOB_DONE)
			put_cell(&row[from], '|');
	}
}

/* The name of the host whose first lane is in this row, or every n-th number of a slot. */
static void lane_label(const struct page *page, size_t row, size_t nrow, char label[ROOM])
{
	const struct gx_timeline *timeline = page->timeline;
	size_t lane = (row * timeline->nlane + nrow - 1) / nrow;
	label[0] = 0;
	if (gx_timeline_names_hosts(timeline)) {
		for (size_t h = timeline->log->nhost; h-- > 0;)
			if (timeline->first_lane[h] * nrow / timeline->nlane == row)
				snprintf(label, ROOM, "%.200s", timeline->log->host[h].name);
	} else if (row % ((nrow + 9) / 10) == 0) {
		snprintf(label, ROOM, "%s%zu", row ? "" : "slot ", lane + 1);
	}
}

static void put_lanes(const struct page *page, size_t nrow)
{
	char *cell = gx_allocate_zeroed(nrow * page->width, 1), label[ROOM];
	fill(page, nrow, cell);
	for (size_t i = 0; i < nrow; i++) {
		lane_label(page, i, nrow, label);
		put_label(page, label, " |");
		put_cells(page, cell + i * page->width);
	}
	free(cell);
}

/* ---- the axis ---- */

/* The next longer one of the steps 1, 2, 5, 10, 20 ... times a power of ten. */
static double longer(double step)
{
	double power = pow(10, floor(log10(step) + 1e-9)), digit = step / power;
	return digit < 1.5 ? 2 * power : digit < 3 ? 5 * power : 10 * power;
}

/* Room for the numbers at the tics, and two blanks between. */
static double choose_step(const struct page *page)
{
	double span = page->timeline->span, step = pow(10, floor(log10(span)) - 3);
	for (;; step = longer(step)) {
		double last = floor(span / step) * step;
		char text[64];
		int first = snprintf(text, sizeof text, "%g", step);
		int n = snprintf(text, sizeof text, "%g", last > step ? last - step : last);
		n = n > first ? n : first;
		if (step * (double)page->width / span >= n + 2)
			return step;
	}
}

static void put_axis(const struct page *page)
{
	double span = page->timeline->span, step = choose_step(page);
	char *line = gx_allocate(page->width, 1), *number = gx_allocate_zeroed(page->width, 1);
	size_t free_from = 0; /* column of the numbers */
	memset(line, '-', page->width);
	for (int i = 0; i * step <= span * (1 + 1e-9); i++) {
		char text[64];
		size_t n = (size_t)snprintf(text, sizeof text, "%g", i * step);
		size_t at = (size_t)(i * step / span * (double)page->width);
		size_t from = at > n / 2 ? at - n / 2 : 0;
		from = from + n > page->width ? page->width - n : from;
		if (i && at < page->width)
			line[at] = '+';
		if (from < free_from)
			continue;
		memcpy(number + from, text, n);
		free_from = from + n + 1;
	}
	put_label(page, "", " +");
	put_cells(page, line);
	const char *unit = page->timeline->unit_name;
	bool beside = strlen(unit) <= page->gutter;
	put_label(page, beside ? unit : "", "  ");
	put_cells(page, number);
	if (!beside) {
		put_label(page, "", "  ");
		put(page, unit);
		put(page, "\n");
	}
	free(number);
	free(line);
}

static void put_legend(const struct page *page)
{
	size_t used = 0;
	for (int k = 0; k < GX_OUTCOMES; k++) {
		char text[ROOM];
		if (!page->timeline->attempts[k])
			continue;
		snprintf(text, sizeof text, "%c %s (%" PRIu64 ")",
			 gx_timeline_styles[k].letter,
			 gx_job_outcome_name((enum gx_job_outcome)k),
			 page->timeline->attempts[k]);
		size_t n = fit(text, page->columns);
		bool fits = used + 2 + n <= page->columns;
		if (used)
			put(page, fits ? "  " : "\n");
		used = used && fits ? used + 2 + n : n;
		put(page, text);
	}
	put(page, used ? "\n" : "");
}

/* ---- the page ---- */

/* As wide as the longest label, but for names and numbers that leave too little for the time. */
static void choose_gutter(struct page *page, size_t nrow)
{
	size_t most = page->columns / 3;
	char label[ROOM];
	most = most < GX_TIMELINE_NAME ? most : GX_TIMELINE_NAME;
	running_label(page, true, label);
	size_t n = strlen(label);
	if (n > most) {
		running_label(page, false, label);
		n = strlen(label);
	}
	for (size_t i = 0; i < nrow; i++) {
		char text[ROOM];
		lane_label(page, i, nrow, label);
		gx_visible_copy(label, strlen(label), text, sizeof text);
		size_t used = fit(text, most);
		n = used > n ? used : n;
	}
	page->gutter = n < most ? n : most;
	page->width = page->columns - page->gutter - 2;
}

void gx_timeline_write(const struct gx_timeline *timeline, const char *path, size_t columns)
{
	const struct gx_output_options to = { .path = path,
					      .option = "--plot",
					      .format = GX_TSV };
	struct page page = { .timeline = timeline, .columns = columns };
	size_t nrow = timeline->nlane < LANES ? timeline->nlane : LANES;
	page.out = gx_output_open(&to, false);
	choose_gutter(&page, nrow);
	put_title(&page);
	put_running(&page);
	put_lanes(&page, nrow);
	put_axis(&page);
	put_legend(&page);
	gx_output_close(page.out);
}
