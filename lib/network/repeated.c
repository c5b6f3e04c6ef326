/* SPDX-License-Identifier: MIT */
#include "network/repeated.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "kernel/digest.h"

struct gene {
	const char *name;
	size_t row;
};

static int by_name(const void *a, const void *b)
{
	const struct gene *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

/* first[i]: the first row that has the name of row i. Returns how many are another's. */
static size_t find_first(const struct gx_names *names, size_t *first)
{
	struct gene *gene = gx_allocate(names->n, sizeof *gene);
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
		gene[i] = (struct gene){ name, i };
	qsort(gene, names->n, sizeof *gene, by_name);
	size_t repeated = 0;
	for (size_t t = 0, begin = 0; t < names->n; t++) {
		if (strcmp(gene[t].name, gene[begin].name) != 0)
			begin = t;
		first[gene[t].row] = gene[begin].row;
		repeated += t > begin;
	}
	free(gene);
	return repeated;
}

GX_NORETURN GX_COLD static void refuse(const struct gx_names *names, const size_t *first,
				       size_t repeated, const char *input)
{
	const char *name = names->text;
	size_t i = 0;
	for (; first[i] == i; i++)
		name = gx_names_next(name);
	gx_die(GX_EXIT_DATA,
	       "%s: gene %s is there in rows %zu and %zu%s: keep the first of each name or their "
	       "mean (--repeated-genes first, --repeated-genes mean)",
	       input, gx_show(name, strlen(name)), first[i] + 1, i + 1,
	       repeated > 1 ? ", and others are repeated too" : "");
}

static void add_row(double *sum, const double *row, size_t n)
{
	for (size_t k = 0; k < n; k++)
		sum[k] += row[k];
}

/*
 * Each row that is the first of its name moves to its new place, place[i]; the others are
 * added there, for the mean, in the order of the rows.
 */
static void merge(struct gx_whole *whole, const size_t *first, bool mean)
{
	size_t ncol = whole->ncol, nrow = 0;
	size_t *place = gx_allocate(whole->nrow, sizeof *place);
	size_t *count = gx_allocate_zeroed(whole->nrow, sizeof *count);
	struct gx_names names = { 0 };
	const char *name = whole->names.text;
	for (size_t i = 0; i < whole->nrow; i++, name = gx_names_next(name)) {
		double *row = whole->value + i * ncol;
		if (first[i] == i) {
			gx_names_add(&names, name, strlen(name));
			place[i] = nrow++;
			memmove(whole->value + place[i] * ncol, row, ncol * sizeof *row);
		} else if (mean) {
			add_row(whole->value + place[first[i]] * ncol, row, ncol);
		}
		count[place[first[i]]]++;
	}
	for (size_t i = 0; mean && i < nrow; i++)
		for (size_t k = 0; k < ncol && count[i] > 1; k++)
			whole->value[i * ncol + k] /= (double)count[i];
	gx_nan_canonicalise(whole->value, nrow * ncol);
	gx_names_free(&whole->names);
	whole->names = names;
	whole->nrow = nrow;
	free(place);
	free(count);
}

void gx_repeated_resolve(struct gx_whole *whole, enum gx_repeated how, const char *input)
{
	if (!whole->names.n)
		return;
	size_t *first = gx_allocate(whole->nrow, sizeof *first);
	size_t repeated = find_first(&whole->names, first);
	if (repeated && how == GX_REPEATED_REFUSE)
		refuse(&whole->names, first, repeated, input);
	if (repeated)
		merge(whole, first, how == GX_REPEATED_MEAN);
	free(first);
}
