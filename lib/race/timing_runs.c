/* SPDX-License-Identifier: MIT */
/* The file of single runs: facts and notes behind "# ", then a table. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/lines.h"
#include "number/number.h"
#include "race/timing.h"

static const char first_line[] = "# gx-time runs 1";
static const char header[] =
	"strategy\tcores\torder\tseconds\twhole\tprocessor\tpeak\tprocesses\tamount";
enum { NUMBERS = 7, CORES_MAX = 1 << 20 };

/* ---- writing ---- */

static void put(struct gx_output *out, const char *text)
{
	gx_output_write(out, text, strlen(text));
}

static void put_number(struct gx_output *out, double value)
{
	char text[GX_NUMBER_MAX + 1];
	*gx_number_print(value, text) = 0;
	put(out, "\t");
	put(out, text);
}

void gx_timing_write_runs(const struct gx_timing *timing,
			  const struct gx_output_options *to)
{
	struct gx_output *out = gx_output_open(to, false);
	put(out, first_line);
	put(out, "\n");
	gx_timing_put_comments(timing, false, out);
	put(out, header);
	put(out, "\n");
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		for (size_t j = 0; j < entry->nrun; j++) {
			const struct gx_run *run = &entry->run[j];
			put(out, entry->strategy);
			put_number(out, entry->cores);
			put_number(out, run->order);
			put_number(out, run->seconds);
			put_number(out, run->whole);
			put_number(out, run->processor);
			put_number(out, run->peak);
			put_number(out, run->processes);
			put_number(out, run->amount);
			put(out, "\n");
		}
	}
	gx_output_close(out);
}

/* ---- reading ---- */

GX_NORETURN static void refuse(const struct gx_lines *lines, const char *why)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s: give files written by gx-time --runs-out",
	       lines->in->name, lines->number, why);
}

/* A finite number or NA, from the first byte of the field to its last. */
static double read_number(const struct gx_lines *lines, const char *field)
{
	char text[64] = { 0 };
	if (strcmp(field, "NA") == 0)
		return NAN;
	if (strlen(field) >= sizeof text - GX_NUMBER_SLACK)
		refuse(lines, "a number is too long");
	memcpy(text, field, strlen(field));
	double value;
	const char *end = gx_number_parse(text, &value);
	if (!end || *end || !isfinite(value) || value < 0)
		refuse(lines, "not a number that a run can have");
	return value;
}

/* Letters, digits and hyphens, as all strategies are named: any other would be markup. */
static bool is_strategy(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return n > 0 && n < 40 && !name[n];
}

static void read_run(struct gx_timing *timing, const struct gx_lines *lines, char *line)
{
	char *field[NUMBERS + 2];
	size_t n = 0;
	for (char *at = line; at && n < NUMBERS + 2; n++) {
		field[n] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = 0;
		if (at && n == NUMBERS + 1)
			refuse(lines, "more than the nine fields of a run");
	}
	if (n != NUMBERS + 2)
		refuse(lines, "fewer than the nine fields of a run");
	if (!is_strategy(field[0]))
		refuse(lines, "not the name of a strategy");
	double value[NUMBERS + 1];
	for (size_t i = 0; i <= NUMBERS; i++)
		value[i] = read_number(lines, field[i + 1]);
	double cores = value[0], seconds = value[2];
	if (!(cores >= 1 && cores <= CORES_MAX) || cores != floor(cores))
		refuse(lines, "not a number of cores");
	if (!(seconds > 0))
		refuse(lines, "a run takes more than 0 seconds");
	struct gx_run run = { .order = value[1],
			      .seconds = seconds,
			      .whole = value[3],
			      .processor = value[4],
			      .peak = value[5],
			      .processes = value[6],
			      .amount = value[7] };
	gx_timing_run(timing, gx_timing_entry(timing, field[0], (int)cores), &run);
}

/* Bytes that a terminal would obey. */
static bool has_control(const char *line)
{
	for (; *line; line++)
		if (((unsigned char)*line < ' ' && *line != '\t') || *line == 0x7f)
			return true;
	return false;
}

static bool same_fact(const struct gx_timing *timing, const char *key, const char *value)
{
	/* What makes it the same race; the machine may be another one. */
	static const char *const race[] = { "work", "input", "threshold", "answer",
					    NULL };
	for (size_t i = 0; race[i]; i++)
		if (strcmp(key, race[i]) == 0) {
			const char *known = gx_timing_find(timing, key);
			return !known || strcmp(known, value) == 0;
		}
	return true;
}

static void read_fact(struct gx_timing *timing, const struct gx_lines *lines, char *line)
{
	char *value = strchr(line, '\t');
	if (line[0] != '#' || line[1] != ' ' || !value || value == line + 2)
		refuse(lines, "not a fact");
	*value++ = 0;
	const char *key = line + 2;
	if (strcmp(key, "note") == 0) {
		gx_timing_note(timing, "%s", value);
	} else if (same_fact(timing, key, value)) {
		gx_timing_fact(timing, key, "%s", value);
	} else {
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": %s is %s, but %s in the file before: only runs of one race can "
		       "be joined",
		       lines->in->name, lines->number, key, value,
		       gx_timing_find(timing, key));
	}
}

void gx_timing_read_runs(struct gx_timing *timing, const char *path)
{
	struct gx_lines lines = { .in = gx_input_open(path) };
	char *line = NULL; /* a copy, which is cut into fields */
	size_t nrun = 0;
	enum { FIRST, FACTS, RUNS } state = FIRST;
	while (gx_lines_next(&lines)) {
		line = gx_reallocate(line, lines.n + 1, 1);
		memcpy(line, lines.text, lines.n);
		line[lines.n] = 0;
		if (!lines.whole)
			refuse(&lines, "the last line is cut");
		if (strlen(line) != lines.n)
			refuse(&lines, "a NUL byte");
		if (state != FIRST && lines.text[lines.n] == '\r')
			refuse(&lines, "a control byte");
		if (state == FIRST) {
			if (strcmp(line, first_line) != 0)
				refuse(&lines, "not a file of runs");
			state = FACTS;
		} else if (has_control(line)) {
			refuse(&lines, "a control byte");
		} else if (state == FACTS && strcmp(line, header) == 0) {
			state = RUNS;
		} else if (state == FACTS) {
			read_fact(timing, &lines, line);
		} else {
			read_run(timing, &lines, line);
			nrun++;
		}
	}
	if (state == FIRST)
		gx_die(GX_EXIT_DATA, "%s: empty: give files written by gx-time --runs-out",
		       lines.in->name);
	if (!nrun)
		refuse(&lines, "it has no runs");
	free(line);
	gx_input_close(lines.in);
}
