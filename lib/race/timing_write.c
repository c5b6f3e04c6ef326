/* SPDX-License-Identifier: MIT */
/* The summary of a race: for people, as TSV, Markdown or JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/terminal.h"
#include "number/number.h"
#include "plot/json.h"
#include "race/timing.h"
#include "race/timing_numbers.h"

static void put(struct gx_output *out, const char *text)
{
	gx_output_write(out, text, strlen(text));
}

static const char *standing_of(const struct gx_timing_entry *entry)
{
	static const char *const names[] = { [GX_FASTEST] = "fastest",
					     [GX_NO_DIFFERENCE] = "none",
					     [GX_SLOWER] = "slower",
					     [GX_UNTOLD] = NULL };
	return isnan(entry->behind) ? NULL : names[entry->standing];
}

/* ---- the columns that programs read ---- */

struct column {
	const char *name;
	size_t offset; /* of a double in the entry */
};

#define AT(member) offsetof(struct gx_timing_entry, member)
static const struct column columns[] = {
	{ "median_s", AT(time.median) },
	{ "min_s", AT(time.min) },
	{ "lower_quartile_s", AT(time.lower) },
	{ "upper_quartile_s", AT(time.upper) },
	{ "max_s", AT(time.max) },
	{ "median_low_s", AT(time.low) },
	{ "median_high_s", AT(time.high) },
	{ "gain", AT(gain) },
	{ "speedup", AT(speedup) },
	{ "efficiency", AT(efficiency) },
	{ "serial_fraction", AT(serial) },
	{ "rate", AT(rate) },
	{ "read_share", AT(share) },
	{ "processor_s", AT(processor) },
	{ "whole_s", AT(whole) },
	{ "peak_bytes", AT(peak) },
	{ "processes", AT(processes) },
	{ "overhead_s", AT(overhead) },
	{ "behind", AT(behind) },
};
enum { NCOLUMN = sizeof columns / sizeof *columns };

static double cell(const struct gx_timing_entry *entry, size_t column)
{
	double value;
	memcpy(&value, (const char *)entry + columns[column].offset, sizeof value);
	return value;
}

typedef void put_pair(void *context, const char *key, const char *value);

static void each_fact(const struct gx_timing *timing, put_pair *pair, void *context)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(&timing->facts, &f);)
		pair(context, f.key, f.value);
}

static void each_line(const struct gx_names *lines, const char *key, put_pair *pair,
		      void *context)
{
	const char *at = lines->text;
	for (size_t i = 0; i < lines->n; i++, at = gx_names_next(at))
		pair(context, key, at);
}

static void put_comment(void *context, const char *key, const char *value)
{
	put(context, "# ");
	put(context, key);
	put(context, "\t");
	put(context, value);
	put(context, "\n");
}

void gx_timing_put_comments(const struct gx_timing *timing, bool conclusions,
			    struct gx_output *out)
{
	each_fact(timing, put_comment, out);
	each_line(&timing->notes, "note", put_comment, out);
	if (conclusions)
		each_line(&timing->conclusions, "conclusion", put_comment, out);
}

static void write_tsv(const struct gx_timing *timing, struct gx_output *out)
{
	gx_timing_put_comments(timing, true, out);
	put(out, "strategy\tcores\truns\toutliers\tdifference");
	for (size_t c = 0; c < NCOLUMN; c++) {
		put(out, "\t");
		put(out, columns[c].name);
	}
	put(out, "\n");
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		char text[128];
		const char *standing = standing_of(entry);
		put(out, entry->strategy);
		snprintf(text, sizeof text, "\t%d\t%zu\t%zu\t%s", entry->cores,
			 entry->nrun, entry->noutlier, standing ? standing : "NA");
		put(out, text);
		for (size_t c = 0; c < NCOLUMN; c++) {
			text[0] = '\t';
			*gx_number_print(cell(entry, c), text + 1) = 0;
			put(out, text);
		}
		put(out, "\n");
	}
}

static void put_member(void *context, const char *key, const char *value)
{
	gx_json_text(context, key, value);
}

static void put_element(void *context, const char *key, const char *value)
{
	(void)key;
	gx_json_text(context, NULL, value);
}

static void write_json(const struct gx_timing *timing, struct gx_output *out)
{
	struct gx_json json = { .out = out };
	gx_json_open(&json, NULL, '{');
	gx_json_open(&json, "facts", '{');
	each_fact(timing, put_member, &json);
	gx_json_close(&json);
	gx_json_open(&json, "notes", '[');
	each_line(&timing->notes, NULL, put_element, &json);
	gx_json_close(&json);
	gx_json_open(&json, "conclusions", '[');
	each_line(&timing->conclusions, NULL, put_element, &json);
	gx_json_close(&json);
	gx_json_open(&json, "strategies", '[');
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		gx_json_open(&json, NULL, '{');
		gx_json_text(&json, "strategy", entry->strategy);
		gx_json_count(&json, "cores", (uint64_t)entry->cores);
		gx_json_count(&json, "runs", entry->nrun);
		gx_json_count(&json, "outliers", entry->noutlier);
		gx_json_text(&json, "difference", standing_of(entry));
		for (size_t c = 0; c < NCOLUMN; c++)
			gx_json_real(&json, columns[c].name, cell(entry, c));
		gx_json_open(&json, "seconds", '[');
		for (size_t j = 0; j < entry->nrun; j++)
			gx_json_real(&json, NULL, entry->run[j].seconds);
		gx_json_close(&json);
		gx_json_close(&json);
	}
	gx_json_close(&json);
	gx_json_close(&json);
}

/* ---- the table that people read ---- */

enum { SHOWN = 15, WIDTH = GX_NUMBER_ROOM };
typedef char shown_row[SHOWN][WIDTH];

static void show_header(const struct gx_timing *timing, shown_row row)
{
	const char *rate;
	gx_timing_rate_unit(timing, &rate);
	const char *const names[SHOWN] = { "strategy", "cores",    "median",    "spread",
					   "min",      "gain",     "speed-up",  "eff.",
					   "serial",   rate,       "of read",   "MiB",
					   "whole",    "overhead", "difference" };
	for (size_t c = 0; c < SHOWN; c++)
		snprintf(row[c], WIDTH, "%s", names[c]);
}

static void show_entry(const struct gx_timing *timing,
		       const struct gx_timing_entry *entry, shown_row row)
{
	const char *name, *standing = standing_of(entry);
	char text[GX_NUMBER_ROOM];
	double unit = gx_timing_rate_unit(timing, &name);
	snprintf(row[0], WIDTH, "%.39s", entry->strategy);
	snprintf(row[1], WIDTH, "%d", entry->cores);
	gx_show_seconds(entry->time.median, row[2]);
	gx_show_percent((entry->time.upper - entry->time.lower) / entry->time.median, row[3]);
	gx_show_seconds(entry->time.min, row[4]);
	gx_show_ratio(entry->gain, row[5]);
	gx_show_ratio(entry->cores > 1 ? entry->speedup : NAN, row[6]);
	gx_show_percent(entry->cores > 1 ? entry->efficiency : NAN, row[7]);
	gx_show_percent(entry->serial, row[8]);
	gx_show_number(entry->rate / unit, row[9]);
	gx_show_percent(entry->share, row[10]);
	gx_show_number(entry->peak / 1048576, row[11]);
	gx_show_seconds(entry->whole, row[12]);
	gx_show_seconds(entry->overhead, row[13]);
	row[14][0] = 0;
	if (isnan(entry->behind))
		return;
	if (standing && entry->standing != GX_SLOWER)
		snprintf(row[14], WIDTH, "%s", standing);
	else
		snprintf(row[14], WIDTH, "%.30s x%s", gx_show_number(entry->behind, text),
			 standing ? "" : " ?");
}

/* Columns that have nothing in any row are left out. */
static void find_widths(shown_row *rows, size_t nrow, size_t width[SHOWN])
{
	for (size_t c = 0; c < SHOWN; c++) {
		width[c] = 0;
		for (size_t i = 1; i < nrow; i++)
			if (strlen(rows[i][c]) > width[c])
				width[c] = strlen(rows[i][c]);
		if (width[c] && strlen(rows[0][c]) > width[c])
			width[c] = strlen(rows[0][c]);
	}
}

/*
 * Leaves out columns until the rest fit, as a table with broken lines cannot be read. The least
 * important go first. Lists them in left_out.
 */
static void fit_widths(shown_row *rows, size_t width[SHOWN], size_t room, char *left_out,
		       size_t nleft_out)
{
	static const size_t order[] = { 11, 8, 4, 10, 12, 3, 7, 9, 13, 5 };
	size_t used = 0;
	left_out[0] = 0;
	for (size_t c = 0; c < SHOWN; c++)
		used += width[c] ? width[c] + 2 : 0;
	for (size_t k = 0; k < sizeof order / sizeof *order && used > room + 2; k++) {
		size_t c = order[k], n = strlen(left_out);
		if (!width[c])
			continue;
		snprintf(left_out + n, nleft_out - n, "%s%s", n ? ", " : "", rows[0][c]);
		used -= width[c] + 2;
		width[c] = 0;
	}
}

/* A sentence, broken between words where the line ends; room: its columns, or 0. */
static void put_folded(struct gx_output *out, const char *text, size_t room)
{
	while (room && strlen(text) > room) {
		size_t n = room;
		while (n && text[n] != ' ')
			n--;
		if (!n)
			break;
		gx_output_write(out, text, n);
		put(out, "\n");
		text += n + 1;
	}
	put(out, text);
	put(out, "\n");
}

/* room: columns of a line; 0: as many as it takes. */
static void write_rows(struct gx_output *out, shown_row *rows, size_t nrow, bool markdown,
		       size_t room)
{
	size_t width[SHOWN];
	char left_out[SHOWN * WIDTH] = "";
	find_widths(rows, nrow, width);
	if (room)
		fit_widths(rows, width, room, left_out, sizeof left_out);
	for (size_t i = 0; i < nrow; i++) {
		for (size_t c = 0; c < SHOWN; c++) {
			char text[2 * WIDTH];
			int w = (int)width[c];
			if (!w)
				continue;
			snprintf(text, sizeof text, c == 0 ? "%-*s" : "%*s", w,
				 rows[i][c]);
			put(out, markdown ? "| " : c ? "  " : "");
			put(out, text);
			put(out, markdown ? " " : "");
		}
		put(out, markdown ? "|\n" : "\n");
		for (size_t c = 0; markdown && i == 0 && c < SHOWN; c++)
			put(out, !width[c] ? "" : c == 0 ? "|---" : "|---:");
		put(out, markdown && i == 0 ? "|\n" : "");
	}
	if (*left_out) {
		char text[sizeof left_out + 128];
		snprintf(text, sizeof text,
			 "not shown, as the terminal is too narrow: %s; --markdown and -o FILE "
			 "have all columns",
			 left_out);
		put(out, "\n");
		put_folded(out, text, room);
	}
}

struct listing {
	struct gx_output *out;
	const char *before, *after; /* of a key */
	bool markdown;
	size_t room; /* columns of a line; 0: as many as it takes */
};

/* Escapes what would be markup, HTML or the end of a cell in Markdown. */
static void put_shown(const struct listing *listing, const char *text)
{
	while (*text) {
		size_t n = listing->markdown ? strcspn(text, "\\`*[]<>&|") : strlen(text);
		gx_output_write(listing->out, text, n);
		text += n;
		if (*text) {
			put(listing->out, "\\");
			gx_output_write(listing->out, text++, 1);
		}
	}
}

static void put_listed(void *context, const char *key, const char *value)
{
	const struct listing *listing = context;
	put(listing->out, listing->before);
	if (key) {
		char padded[64];
		snprintf(padded, sizeof padded, listing->markdown ? "%s" : "%-10s", key);
		put_shown(listing, strlen(key) < sizeof padded ? padded : key);
		put(listing->out, listing->after);
	} else if (listing->room) {
		put_folded(listing->out, value, listing->room);
		return;
	}
	put_shown(listing, value);
	put(listing->out, "\n");
}

static void write_people(const struct gx_timing *timing, struct gx_output *out,
			 bool markdown, size_t room)
{
	struct listing list = { out, markdown ? "- " : "", markdown ? ": " : " ", markdown,
				room };
	each_fact(timing, put_listed, &list);
	put(out, "\n");
	shown_row *rows = gx_allocate(timing->nentry + 1, sizeof *rows);
	show_header(timing, rows[0]);
	for (size_t i = 0; i < timing->nentry; i++)
		show_entry(timing, &timing->entry[i], rows[i + 1]);
	write_rows(out, rows, timing->nentry + 1, markdown, room);
	free(rows);
	put(out, "\n");
	each_line(&timing->conclusions, NULL, put_listed, &list);
	each_line(&timing->notes, NULL, put_listed, &list);
}

void gx_timing_write(const struct gx_timing *timing, enum gx_timing_form form,
		     const struct gx_output_options *to)
{
	struct gx_output *out = gx_output_open(to, false);
	switch (form) {
	case GX_TIMING_TSV:
		write_tsv(timing, out);
		break;
	case GX_TIMING_JSON:
		write_json(timing, out);
		break;
	case GX_TIMING_MARKDOWN:
		write_people(timing, out, true, 0);
		break;
	case GX_TIMING_PEOPLE:
		write_people(timing, out, false,
			     to->path ? 0 : gx_terminal_columns(STDOUT_FILENO));
		break;
	}
	gx_output_close(out);
}
