/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "record/near.h"

#include <stdbool.h>
#include <stdio.h>
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

/*
 * How many fields of a record's header the line lacks, where it has nothing but others of
 * them, in their order, and the counts; else 0.
 */
static size_t fields_missing(struct line line)
{
	const char *field = gx_record_header, *end = line.text + line.n;
	size_t missing = 0, found = 0;
	bool counts = false;
	for (const char *at = line.text; *field; field += strcspn(field, "\t\n") + 1) {
		size_t n = strcspn(field, "\t\n");
		if (at < end && (size_t)(end - at) >= n && memcmp(at, field, n) == 0 &&
		    (at + n == end || at[n] == '\t')) {
			counts |= n == 5 && memcmp(field, "count", 5) == 0;
			at += at + n == end ? n : n + 1;
			found++;
		} else {
			missing++;
		}
		if (field[n] == '\n')
			return at == end && found > 1 && counts ? missing : 0;
	}
	return 0;
}

/* What text is in other units than bytes, or has a mark of them; NULL: it has none. */
static const char *near_encoding(struct line all)
{
	if (begins(all, "\xff\xfe") || begins(all, "\xfe\xff"))
		return "UTF-16 text: convert it: iconv -f UTF-16 -t UTF-8";
	if (all.n >= 4 && memcmp(all.text, "c\0o\0", 4) == 0)
		return "UTF-16 text without a mark: convert it: iconv -f UTF-16LE -t UTF-8";
	if (all.n >= 4 && memcmp(all.text, "\0c\0o", 4) == 0)
		return "UTF-16 text without a mark: convert it: iconv -f UTF-16BE -t UTF-8";
	if (begins(all, "\xef\xbb\xbf" "column"))
		return "one with a byte order mark in front: take it away: sed "
		       "'1s/^\\xef\\xbb\\xbf//'";
	return NULL;
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
	size_t missing = fields_missing(first);
	if (missing) {
		static char what[128];
		snprintf(what, sizeof what,
			 "one from which columns are missing: %zu of 13: take the file that "
			 "gx-threshold wrote",
			 missing);
		return what;
	}
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
	const char *near = near_encoding(all);
	if (near)
		return near;
	if (!take(&rest, &first))
		return NULL;
	near = near_record(first, all);
	if (near)
		return near;
	if (are_counts(all, false))
		return "bare counts: leave -c out of gx-threshold; gx-reduce -c prints the bare "
		       "count of the whole";
	if (are_counts(all, true))
		return "bare counts with a tag, it seems: leave -c out of gx-threshold, and --tag "
		       "out of GNU parallel";
	/* Before the joblog, which has the same columns in front. */
	if ((begins(first, "Seq\tHost\t") && has(first, "\tStdout\tStderr")) ||
	    (begins(first, "Seq,Host,") && has(first, ",Stdout,Stderr")))
		return "a table of --results of GNU parallel, the records in its fields: run the "
		       "jobs with --results DIR, and gx-reduce DIR";
	if (begins(first, "Seq\tHost\tStarttime\t"))
		return "a joblog of GNU parallel: gx-joblog reads it; name the records alone";
	if (memchr(first.text, '\t', first.n))
		return "a table: count it with gx-threshold; parts of a matrix as text are joined "
		       "by parallel -k with -H";
	return NULL;
}
