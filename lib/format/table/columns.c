/* SPDX-License-Identifier: MIT */
#include "format/table/columns.h"

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

/* ---- choosing ---- */

/* The number, from 1, of the column that a token of the list stands for. */
static uint64_t column_of(const struct index *index, const char *token, size_t ntoken,
			  size_t n, const char *option)
{
	const struct named *named = find(index, token, ntoken);
	uint64_t number = 0;
	bool is_number = gx_decimal_read(token, ntoken, &number);
	if (is_number && named->n && named->last != number)
		gx_die_usage("%s: %s is the number of one column and the name of another: "
			     "choose by the numbers of the columns in the file, after "
			     "renaming it",
			     option, gx_show(token, ntoken));
	if (named->n > 1)
		gx_die_usage("%s: %zu columns are named %s: choose by number", option,
			     named->n, gx_show(token, ntoken));
	if (!is_number)
		number = named->last;
	if (number < 1 || number > n)
		gx_die_usage("%s: there is no column %s among the %zu of the file", option,
			     gx_show(token, ntoken), n);
	return number;
}

size_t gx_columns_choose(const char *list, const struct gx_names *names, size_t n,
			 const char *option, bool *chosen)
{
	struct index index;
	index_names(&index, names);
	for (const char *p = list;; p++) {
		size_t k = strcspn(p, ",");
		chosen[column_of(&index, p, k, n, option) - 1] = true;
		p += k;
		if (!*p)
			break;
	}
	free(index.slot);
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += chosen[i];
	return count;
}
