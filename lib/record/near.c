/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "record/near.h"

#include <stdbool.h>
#include <string.h>

#include "record/record.h"

struct line {
	const char *text;
	size_t n;
};

/* Enough of a record's header to know it. */
static const char START[] = "column\tcount\trows\tna\t";

static bool begins(struct line line, const char *with)
{
	return line.n >= strlen(with) && memcmp(line.text, with, strlen(with)) == 0;
}

static bool has(struct line line, const char *word)
{
	return memmem(line.text, line.n, word, strlen(word)) != NULL;
}

/* Takes the next line that has ended; false behind the last one of them. */
static bool take(struct line *rest, struct line *line)
{
	const char *end = rest->n ? memchr(rest->text, '\n', rest->n) : NULL;
	if (!end)
		return false;
	line->text = rest->text;
	line->n = (size_t)(end - rest->text);
	rest->n -= line->n + 1;
	rest->text = end + 1;
	return true;
}

static bool is_count(const char *text, size_t n)
{
	return n > 0 && n <= 20 && strspn(text, "0123456789") >= n;
}

/* Whether each line that is there is a count, or, with a tag, has one behind its only TAB. */
static bool are_counts(struct line all, bool tagged)
{
	struct line line;
	bool any = false;
	for (; take(&all, &line); any = true) {
		const char *tab = memchr(line.text, '\t', line.n);
		if (tagged != (tab != NULL))
			return false;
		const char *from = tab ? tab + 1 : line.text;
		if (!is_count(from, (size_t)(line.text + line.n - from)))
			return false;
	}
	return any;
}

/* A record, but for what somebody did to it on its way. */
static const char *near_record(struct line first, struct line all)
{
	struct line header = { gx_record_header, GX_RECORD_HEADER - 1 };
	if (first.n == header.n + 1 && memcmp(first.text, header.text, header.n) == 0 &&
	    first.text[header.n] == '\r')
		return "one whose lines end in CR LF now: take the CR out: tr -d '\\r'";
	if (begins(first, "column,count,") || begins(first, "\"column\"") ||
	    begins(first, "column;count;"))
		return "one that another program wrote anew: take the file that gx-threshold "
		       "wrote";
	if (has(first, "\tcolumn\tcount\trows\tna\t"))
		return "one with a tag in front of each line: leave out --tag and --tagstring "
		       "of GNU parallel";
	struct line line;
	while (take(&all, &line))
		if (begins(line, START))
			return "something in front of a record: keep out of standard output what "
			       "prints its first line (such as -v of GNU parallel)";
	return NULL;
}

const char *gx_record_near(const char *text, size_t n)
{
	struct line all = { text, n }, rest = all, first;
	if (begins(all, "\x93NUMPY"))
		return "a matrix (npy): count it with gx-threshold; to be joined by --join, parts "
		       "are made with -b";
	if (!take(&rest, &first))
		return NULL;
	const char *near = near_record(first, all);
	if (near)
		return near;
	if (are_counts(all, false))
		return "bare counts: leave -c out of gx-threshold; gx-reduce -c prints the bare "
		       "count of the whole";
	if (are_counts(all, true))
		return "bare counts with a tag, it seems: leave -c out of gx-threshold, and --tag "
		       "out of GNU parallel";
	if (begins(first, "Seq\tHost\tStarttime\t"))
		return "a joblog of GNU parallel: gx-joblog reads it; name the records alone";
	if (memchr(first.text, '\t', first.n))
		return "a table: count it with gx-threshold; parts of a matrix as text are joined "
		       "by parallel -k with -H";
	return NULL;
}
