/* SPDX-License-Identifier: MIT */
#include "race/timing.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/facts.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "race/timing_numbers.h"

void gx_timing_free(struct gx_timing *timing)
{
	for (size_t i = 0; i < timing->nentry; i++) {
		free(timing->entry[i].strategy);
		free(timing->entry[i].run);
	}
	free(timing->entry);
	gx_facts_free(&timing->facts);
	gx_names_free(&timing->notes);
	gx_names_free(&timing->conclusions);
	*timing = (struct gx_timing){ 0 };
}

/*
 * One line of text that a terminal only shows. A control becomes a space, byte for byte, and
 * a byte that is no UTF-8 a question mark.
 */
static void format_line(char *text, size_t ntext, const char *format, va_list arguments)
{
	vsnprintf(text, ntext, format, arguments);
	size_t n = strlen(text);
	for (size_t i = 0, length; i < n; i += length) {
		length = gx_utf8_length(text + i, n - i);
		bool good = length > 0;
		length = good ? length : 1;
		if (!gx_visible_length(text + i, n - i))
			memset(text + i, good ? ' ' : '?', length);
	}
}

const char *gx_timing_find(const struct gx_timing *timing, const char *key)
{
	return gx_facts_find(&timing->facts, key);
}

/* Whether `value` is one of the values of a fact, which are separated by "; ". */
static bool has_value(const char *values, const char *value)
{
	size_t n = strlen(value);
	for (const char *at = values; at; at = strstr(at, "; "), at = at ? at + 2 : NULL)
		if (strncmp(at, value, n) == 0 &&
		    (!at[n] || strncmp(at + n, "; ", 2) == 0))
			return true;
	return false;
}

void gx_timing_fact(struct gx_timing *timing, const char *key, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	format_line(text, sizeof text, format, arguments);
	va_end(arguments);

	struct gx_facts facts = { 0 };
	bool found = false;
	for (struct gx_fact f = { 0 }; gx_facts_next(&timing->facts, &f);) {
		bool same = strcmp(f.key, key) == 0;
		if (same && !has_value(f.value, text))
			gx_facts_tell(&facts, f.key, "%.1024s; %s", f.value, text);
		else
			gx_facts_tell(&facts, f.key, "%s", f.value);
		found |= same;
	}
	if (!found)
		gx_facts_tell(&facts, key, "%s", text);
	gx_facts_free(&timing->facts);
	timing->facts = facts;
}

static void add_line(struct gx_names *lines, const char *format, va_list arguments)
{
	char text[1024];
	format_line(text, sizeof text, format, arguments);
	const char *at = lines->text;
	for (size_t i = 0; i < lines->n; i++, at = gx_names_next(at))
		if (strcmp(at, text) == 0)
			return;
	gx_names_add(lines, text, strlen(text));
}

void gx_timing_note(struct gx_timing *timing, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	add_line(&timing->notes, format, arguments);
	va_end(arguments);
}

void gx_timing_conclude(struct gx_timing *timing, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	add_line(&timing->conclusions, format, arguments);
	va_end(arguments);
}

size_t gx_timing_entry(struct gx_timing *timing, const char *strategy, int cores)
{
	for (size_t i = 0; i < timing->nentry; i++)
		if (timing->entry[i].cores == cores &&
		    strcmp(timing->entry[i].strategy, strategy) == 0)
			return i;
	if (timing->nentry == timing->room) {
		timing->room = timing->room ? 2 * timing->room : 32;
		timing->entry = gx_reallocate(timing->entry, timing->room,
					      sizeof *timing->entry);
	}
	size_t n = strlen(strategy) + 1;
	struct gx_timing_entry *entry = &timing->entry[timing->nentry];
	*entry = (struct gx_timing_entry){ .cores = cores };
	entry->strategy = memcpy(gx_allocate(n, 1), strategy, n);
	return timing->nentry++;
}

void gx_timing_run(struct gx_timing *timing, size_t number, const struct gx_run *run)
{
	struct gx_timing_entry *entry = &timing->entry[number];
	if (entry->nrun == entry->room) {
		entry->room = entry->room ? 2 * entry->room : 16;
		entry->run = gx_reallocate(entry->run, entry->room, sizeof *entry->run);
	}
	entry->run[entry->nrun++] = *run;
}

/* ---- what follows from the runs ---- */

enum { SECONDS, WHOLE, PROCESSOR, PEAK, PROCESSES, AMOUNT };

static double member(const struct gx_run *run, int which)
{
	const double value[] = { run->seconds, run->whole,     run->processor,
				 run->peak,    run->processes, run->amount };
	return value[which];
}

/* Describes the known values of one member. False: none is known. */
static bool describe(const struct gx_timing_entry *entry, int which, double *scratch,
		     struct gx_order_statistics *sample)
{
	size_t n = 0;
	for (size_t i = 0; i < entry->nrun; i++) {
		double value = member(&entry->run[i], which);
		if (!isnan(value))
			scratch[n++] = value;
	}
	if (n)
		gx_order_statistics_describe(scratch, n, sample);
	return n > 0;
}

static void describe_entry(struct gx_timing_entry *entry)
{
	double *scratch = gx_allocate(entry->nrun, sizeof *scratch);
	struct gx_order_statistics sample;
	double *median[] = { [WHOLE] = &entry->whole,
			     [PROCESSOR] = &entry->processor,
			     [PROCESSES] = &entry->processes,
			     [AMOUNT] = &entry->rate };
	describe(entry, SECONDS, scratch, &entry->time);
	for (int which = WHOLE; which <= AMOUNT; which++)
		if (median[which])
			*median[which] = describe(entry, which, scratch, &sample)
						 ? sample.median
						 : NAN;
	entry->peak = describe(entry, PEAK, scratch, &sample) ? sample.max : NAN;
	entry->rate /= entry->time.median;
	entry->noutlier = 0;
	for (size_t i = 0; i < entry->nrun; i++)
		entry->noutlier += gx_order_statistics_is_outlier(&entry->time,
								  entry->run[i].seconds);
	free(scratch);
}

const struct gx_timing_entry *gx_timing_look_up(const struct gx_timing *timing,
						const char *strategy, int cores)
{
	for (size_t i = 0; i < timing->nentry; i++)
		if (timing->entry[i].cores == cores && timing->entry[i].nrun &&
		    strcmp(timing->entry[i].strategy, strategy) == 0)
			return &timing->entry[i];
	return NULL;
}

double gx_timing_rate_unit(const struct gx_timing *timing, const char **name)
{
	static const struct {
		const char *unit, *name;
		double of;
	} units[] = { { "byte", "GB/s", 1e9 },
		      { "operation", "Gop/s", 1e9 },
		      { "pair", "Mpairs/s", 1e6 },
		      { "task", "tasks/s", 1 } };
	const char *unit = gx_timing_find(timing, "unit");
	size_t i = sizeof units / sizeof *units - 1;
	while (i > 0 && !(unit && strcmp(unit, units[i].unit) == 0))
		i--;
	*name = units[i].name;
	return units[i].of;
}

bool gx_timing_takes_part(const struct gx_timing_entry *entry)
{
	static const char start[] = "-start";
	size_t n = strlen(entry->strategy), k = sizeof start - 1;
	return strcmp(entry->strategy, "read") != 0 &&
	       !(n > k && strcmp(entry->strategy + n - k, start) == 0);
}

/* There must be one. */
static const struct gx_timing_entry *first_of(const struct gx_timing *timing)
{
	const struct gx_timing_entry *entry = timing->entry;
	while (!gx_timing_takes_part(entry))
		entry++;
	return entry;
}

static const struct gx_timing_entry *fastest_of(const struct gx_timing *timing)
{
	const struct gx_timing_entry *fastest = NULL;
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		if (gx_timing_takes_part(entry) &&
		    (!fastest || entry->time.median < fastest->time.median))
			fastest = entry;
	}
	return fastest;
}

/* Compares one entry with the others. */
static void relate(const struct gx_timing *timing, const struct gx_timing_entry *fastest,
		   struct gx_timing_entry *entry)
{
	double median = entry->time.median;
	const struct gx_timing_entry *plain =
		fastest ? gx_timing_look_up(timing, first_of(timing)->strategy, 1) : NULL;
	const struct gx_timing_entry *one = gx_timing_look_up(timing, entry->strategy, 1);
	const struct gx_timing_entry *read = gx_timing_look_up(timing, "read", entry->cores);
	const struct gx_timing_entry *work = gx_timing_look_up(timing, "loop", 1);
	if (!work)
		work = gx_timing_look_up(timing, "simd", 1);

	entry->gain = plain && gx_timing_takes_part(entry) ? plain->time.median / median : NAN;
	entry->speedup = one ? one->time.median / median : NAN;
	entry->efficiency = entry->speedup / entry->cores;
	/* e = (1/S - 1/p) / (1 - 1/p), for p > 1 */
	double p = entry->cores;
	entry->serial = p > 1 ? (1 / entry->speedup - 1 / p) / (1 - 1 / p) : NAN;
	entry->share = read && gx_timing_takes_part(entry) ? entry->rate / read->rate : NAN;
	entry->overhead = work ? (p * median - work->time.median) / entry->processes
			       : NAN;
	entry->behind = fastest && gx_timing_takes_part(entry) ? median / fastest->time.median
						     : NAN;
	if (!fastest)
		return;
	if (entry == fastest)
		entry->standing = GX_FASTEST;
	else if (entry->time.n == 1 || fastest->time.n == 1)
		entry->standing = GX_UNTOLD;
	else
		entry->standing = gx_order_statistics_differ(&fastest->time, &entry->time)
					  ? GX_SLOWER
					  : GX_NO_DIFFERENCE;
}

static const char *cores_of(const struct gx_timing_entry *entry)
{
	static char text[32];
	snprintf(text, sizeof text, "%d core%s", entry->cores,
		 entry->cores == 1 ? "" : "s");
	return text;
}

static void conclude_outliers(struct gx_timing *timing,
			      const struct gx_timing_entry *entry)
{
	char list[512] = "", text[GX_NUMBER_ROOM];
	size_t used = 0, named = 0;
	for (size_t i = 0; i < entry->nrun; i++) {
		const struct gx_run *run = &entry->run[i];
		if (!gx_order_statistics_is_outlier(&entry->time, run->seconds))
			continue;
		if (named++ < 5)
			used += (size_t)snprintf(list + used, sizeof list - used,
						 "%s%s (run %.0f)", named > 1 ? ", " : "",
						 gx_show_seconds(run->seconds, text),
						 run->order);
	}
	if (named > 5)
		snprintf(list + used, sizeof list - used, " and %zu more", named - 5);
	if (named)
		gx_timing_conclude(timing, "outliers of %s on %s, whose median is %s: %s",
			 entry->strategy, cores_of(entry),
			 gx_show_seconds(entry->time.median, text), list);
}

/* Lists the entries of that standing, separated by commas; returns how many. */
static size_t list_standing(const struct gx_timing *timing, int standing, char *list,
			    size_t room)
{
	size_t used = 0, n = 0;
	list[0] = 0;
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		if (!gx_timing_takes_part(entry) || (int)entry->standing != standing)
			continue;
		if (used < room - 100)
			used += (size_t)snprintf(list + used, 100, "%s%.60s on %s",
						 n ? ", " : "", entry->strategy,
						 cores_of(entry));
		n++;
	}
	return n;
}

static void conclude_standing(struct gx_timing *timing,
			      const struct gx_timing_entry *fastest)
{
	char list[700], text[GX_NUMBER_ROOM];
	size_t slower = list_standing(timing, GX_SLOWER, list, sizeof list);
	size_t untold = list_standing(timing, GX_UNTOLD, list, sizeof list);
	size_t even = list_standing(timing, GX_NO_DIFFERENCE, list, sizeof list);
	const char *rest = even			? "; no difference within the noise: "
			   : slower && !untold	? "; all others are slower by more than the "
						  "noise"
			   : !slower && !untold ? "; nothing else was raced"
						: "";
	gx_timing_conclude(timing, "fastest: %s on %s, %s%s%s", fastest->strategy,
		 cores_of(fastest), gx_show_seconds(fastest->time.median, text), rest,
		 list);
	list_standing(timing, GX_UNTOLD, list, sizeof list);
	if (fastest->time.n == 1)
		gx_timing_conclude(timing,
			 "one run tells nothing about noise: give --runs 6 or more");
	else if (untold)
		gx_timing_conclude(timing,
			 "one run tells nothing about noise, and there is only one of %s: "
			 "give a longer --budget",
			 list);
}

/* Columns of the table that are not known, and how to get them. */
static void conclude_lacking(struct gx_timing *timing)
{
	bool speedup = true, overhead = true;
	for (size_t i = 0; i < timing->nentry; i++) {
		const struct gx_timing_entry *entry = &timing->entry[i];
		speedup &= !isnan(entry->speedup);
		overhead &= isnan(entry->processes) || !isnan(entry->overhead);
	}
	if (!speedup)
		gx_timing_conclude(timing, "speed-up, efficiency and serial fraction compare with one "
				 "core, and are not known of a strategy that did not run on "
				 "one: add 1 to --cores");
	if (!overhead)
		gx_timing_conclude(timing, "the overhead of a process is not known: it is measured "
				 "against simd on one core, or the loop of tasks, which did "
				 "not run");
}

void gx_timing_summarise(struct gx_timing *timing)
{
	size_t kept = 0;
	for (size_t i = 0; i < timing->nentry; i++) {
		if (timing->entry[i].nrun) {
			timing->entry[kept++] = timing->entry[i];
		} else {
			free(timing->entry[i].strategy);
			free(timing->entry[i].run);
		}
	}
	timing->nentry = kept;
	gx_names_clear(&timing->conclusions);
	if (!kept)
		return;
	for (size_t i = 0; i < kept; i++)
		describe_entry(&timing->entry[i]);
	const struct gx_timing_entry *fastest = fastest_of(timing);
	for (size_t i = 0; i < kept; i++)
		relate(timing, fastest, &timing->entry[i]);
	gx_timing_conclude_busy(timing);
	if (fastest)
		conclude_standing(timing, fastest);
	gx_timing_conclude_limits(timing);
	conclude_lacking(timing);
	gx_timing_conclude_tasks(timing);
	for (size_t i = 0; i < kept; i++)
		conclude_outliers(timing, &timing->entry[i]);
}
