/* SPDX-License-Identifier: MIT */
#include "format/table/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "kernel/hash.h"

/* ---- columns by their names ---- */

/* The columns of one name; an empty slot has none. */
struct named {
	const char *name;
	size_t n;    /* how many there are */
	size_t last; /* the number of the last one, from 1 */
};

/* A hash table: a list may name as many columns as there are. */
struct index {
	struct named *slot;
	size_t nslot; /* a power of two, at least twice the names */
};

static struct named *find(const struct index *index, const char *name, size_t nname)
{
	size_t at = XXH3_64bits(name, nname) & (index->nslot - 1);
	for (;; at = (at + 1) & (index->nslot - 1)) {
		struct named *named = &index->slot[at];
		if (named->n == 0 || (strncmp(named->name, name, nname) == 0 &&
				      named->name[nname] == 0))
			return named;
	}
}

static void index_names(struct index *index, const struct gx_names *names)
{
	for (index->nslot = 16; index->nslot / 2 < names->n;)
		index->nslot *= 2;
	index->slot = gx_allocate_zeroed(index->nslot, sizeof *index->slot);
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name)) {
		struct named *named = find(index, name, strlen(name));
		named->name = name;
		named->n++;
		named->last = i + 1;
	}
}

/* ---- entries of a list ---- */

enum prefix { NO_PREFIX, NAME_PREFIX, NUMBER_PREFIX };

struct entry {
	const char *raw; /* as it stands in the list */
	size_t nraw;
	enum prefix prefix;
	bool quoted;
	const char *text; /* without its prefix and its quotes */
	size_t ntext;
};

struct choice {
	const char *option;
	struct index index;
	size_t n;     /* columns */
	char *unquoted; /* room for an entry without its quotes */
};

static enum prefix take_prefix(const char **p)
{
	static const struct {
		const char *text;
		size_t n;
		enum prefix prefix;
	} prefixes[] = { { "name:", 5, NAME_PREFIX }, { "number:", 7, NUMBER_PREFIX } };
	for (size_t i = 0; i < 2; i++)
		if (strncmp(*p, prefixes[i].text, prefixes[i].n) == 0) {
			*p += prefixes[i].n;
			return prefixes[i].prefix;
		}
	return NO_PREFIX;
}

/* Reads the quoted text at p; returns where it ends, behind the quote. */
static const char *read_quoted(const struct choice *choice, const char *p, struct entry *entry)
{
	const char *start = p;
	char *out = choice->unquoted;
	bool closed = false;
	for (p++; *p && !closed; p++) {
		closed = *p == '"' && p[1] != '"';
		if (!closed)
			*out++ = *p == '"' ? *p++ : *p;
	}
	if (!closed || (*p && *p != ','))
		gx_die_usage("%s: a quote is not closed, or text follows it: %s", choice->option,
			     gx_show(start, strlen(start)));
	entry->quoted = true;
	entry->text = choice->unquoted;
	entry->ntext = (size_t)(out - choice->unquoted);
	return p;
}

/* Reads the entry at p; returns where it ends, at a comma or the end of the list. */
static const char *read_entry(const struct choice *choice, const char *p, struct entry *entry)
{
	*entry = (struct entry){ .raw = p };
	entry->prefix = take_prefix(&p);
	if (*p == '"') {
		p = read_quoted(choice, p, entry);
	} else {
		entry->text = p;
		entry->ntext = strcspn(p, ",");
		p += entry->ntext;
	}
	entry->nraw = (size_t)(p - entry->raw);
	return p;
}

/* ---- what an entry means ---- */

/* Columns `first` to `last`, from 1; first > last: none. */
struct range {
	uint64_t first, last;
};

static bool is_there(struct range range)
{
	return range.first <= range.last;
}

/* A number, or two with a hyphen between; none where it is neither, or no column's. */
static struct range count(const char *text, size_t ntext, size_t n)
{
	const struct range none = { 1, 0 };
	const char *hyphen = memchr(text, '-', ntext);
	struct range range;
	size_t nfirst = hyphen ? (size_t)(hyphen - text) : ntext;
	if (!gx_decimal_read(text, nfirst, &range.first))
		return none;
	range.last = hyphen ? n : range.first;
	if (hyphen && nfirst + 1 < ntext &&
	    !gx_decimal_read(hyphen + 1, ntext - nfirst - 1, &range.last))
		return none;
	return range.first < 1 || range.last > n ? none : range;
}

/* The column that is called so; the last of several. */
static struct range call(const struct choice *choice, const char *name, size_t nname)
{
	size_t last = find(&choice->index, name, nname)->last;
	return last && last <= choice->n ? (struct range){ last, last } : (struct range){ 1, 0 };
}

GX_NORETURN static void refuse_both(const struct choice *choice, const struct entry *e)
{
	const char *shown = gx_show(e->raw, e->nraw);
	int n = (int)e->nraw;
	if (e->prefix == NO_PREFIX)
		gx_die_usage("%s: %s is %s: name:%.*s or number:%.*s", choice->option, shown,
			     memchr(e->raw, '-', e->nraw)
				     ? "a range of numbers and the name of a column"
				     : "the number of one column and the name of another",
			     n, e->raw, n, e->raw);
	gx_die_usage("%s: %s is the name of one column, and chooses another: put what is a "
		     "name in quotes: '\"%.*s\"', or what stands behind the colon",
		     choice->option, shown, n, e->raw);
}

/* The columns that an entry stands for. */
static struct range meaning(const struct choice *choice, const struct entry *e)
{
	bool may_count = e->prefix == NUMBER_PREFIX || (e->prefix == NO_PREFIX && !e->quoted);
	bool may_call = e->prefix != NUMBER_PREFIX;
	struct range counted = { 1, 0 }, called = { 1, 0 }, whole = { 1, 0 };
	const char *name = e->text;
	size_t nname = e->ntext;
	if (may_count)
		counted = count(e->text, e->ntext, choice->n);
	if (may_call)
		called = call(choice, e->text, e->ntext);
	/* Its prefix may be part of a name. */
	if (e->prefix != NO_PREFIX && !e->quoted)
		whole = call(choice, e->raw, e->nraw);
	struct range first = is_there(counted) ? counted : is_there(called) ? called : whole;
	const struct range readings[] = { counted, called, whole };
	for (size_t i = 0; i < 3; i++)
		if (is_there(readings[i]) &&
		    (readings[i].first != first.first || readings[i].last != first.last))
			refuse_both(choice, e);
	if (!is_there(first))
		gx_die_usage("%s: there is no column %s among the %zu of the file",
			     choice->option, gx_show(e->text, e->ntext), choice->n);
	if (!is_there(called) && is_there(whole)) {
		name = e->raw;
		nname = e->nraw;
	}
	size_t several = find(&choice->index, name, nname)->n;
	if (several > 1 && (is_there(called) || is_there(whole)))
		gx_die_usage("%s: %zu columns are named %s: choose by number", choice->option,
			     several, gx_show(name, nname));
	return first;
}

size_t gx_columns_choose(const char *list, const struct gx_names *names, size_t n, size_t id,
			 const char *option, bool *chosen)
{
	struct choice choice = { .option = option,
				 .n = n,
				 .unquoted = gx_allocate(strlen(list) + 1, 1) };
	index_names(&choice.index, names);
	for (const char *p = list;; p++) {
		struct entry entry;
		p = read_entry(&choice, p, &entry);
		struct range range = meaning(&choice, &entry);
		for (uint64_t i = range.first; i <= range.last; i++)
			if (i - 1 != id || range.first == range.last)
				chosen[i - 1] = true;
		if (!*p)
			break;
	}
	free(choice.index.slot);
	free(choice.unquoted);
	size_t number = 0;
	for (size_t i = 0; i < n; i++)
		number += chosen[i];
	return number;
}

/* ---- printing ---- */

/* The last column of the run that begins with column i. */
static size_t run_end(const bool *set, size_t n, size_t i)
{
	while (i + 1 < n && set[i + 1])
		i++;
	return i;
}

/* Whether at least MANY columns are set, each `step` behind the one before it, from `first` on. */
static bool is_progression(const bool *set, size_t n, size_t *first, size_t *step, size_t *last)
{
	enum { MANY = 12 };
	size_t number = 0;
	*step = 0;
	for (size_t i = 0; i < n; i++) {
		if (!set[i])
			continue;
		if (number == 0)
			*first = i;
		else if (number == 1)
			*step = i - *first;
		else if (i - *last != *step)
			return false;
		*last = i;
		number++;
	}
	return number >= MANY && *step > 1;
}

size_t gx_columns_print(const bool *set, size_t n, char *out, size_t room)
{
	enum { RUN = 4 };
	size_t at = 0, numbers = 0, first = 0, step = 0, last = 0;
	if (is_progression(set, n, &first, &step, &last)) {
		at = (size_t)snprintf(out, room, "$(seq -s, %zu %zu %zu)", first + 1, step,
				      last + 1);
		return at < room ? 3 : 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (!set[i])
			continue;
		size_t end = run_end(set, n, i);
		bool range = end - i + 1 >= RUN;
		if (room - at < 48)
			return 0;
		at += (size_t)snprintf(out + at, room - at, range ? "%s%zu-%zu" : "%s%zu",
				       numbers ? "," : "", i + 1, end + 1);
		numbers += range ? 2 : 1;
		i = range ? end : i;
	}
	return numbers;
}
