/* SPDX-License-Identifier: MIT */
#include "record/tiling.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/part.h"

static int by_range(const void *a, const void *b)
{
	const struct gx_tile *p = a, *q = b;
	if (p->first != q->first)
		return p->first < q->first ? -1 : 1;
	if (p->last != q->last)
		return p->last < q->last ? -1 : 1;
	return p->index < q->index ? -1 : p->index > q->index;
}

const struct gx_tile *gx_tiling_sort(struct gx_tile *tile, size_t n)
{
	if (n)
		qsort(tile, n, sizeof *tile, by_range);
	/* Neighbours with extent: one of no extent may stand between them. */
	const struct gx_tile *before = NULL;
	for (size_t i = 0; i < n; i++) {
		if (tile[i].first == tile[i].last)
			continue;
		if (before && tile[i].first < before->last) {
			/* The pair is to be told as neighbours: bring the second one up. */
			size_t at = (size_t)(before - tile) + 1;
			struct gx_tile swap = tile[at];
			tile[at] = tile[i];
			tile[i] = swap;
			return before;
		}
		before = &tile[i];
	}
	return NULL;
}

/* The first tile that begins behind `unit`; n: none. */
static size_t begins_behind(const struct gx_tile *tile, size_t n, uint64_t unit)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tile[middle].first <= unit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool gx_tiling_gap(const struct gx_tile *tile, size_t n, uint64_t of, uint64_t *at,
		   uint64_t *first, uint64_t *last)
{
	uint64_t end = *at;
	size_t i = begins_behind(tile, n, end);
	/* What covers `at` begins before it or there: the last tile with extent that does. */
	for (size_t k = i; k-- > 0;)
		if (tile[k].first < tile[k].last) {
			end = tile[k].last > end ? tile[k].last : end;
			break;
		}
	for (; i < n && tile[i].first <= end; i++)
		end = tile[i].last > end ? tile[i].last : end;
	/* The gap ends where the next tile with extent begins. */
	while (i < n && tile[i].first == tile[i].last)
		i++;
	if (end >= of)
		return false;
	*first = end;
	*last = i < n && tile[i].first < of ? tile[i].first : of;
	*at = *last;
	return true;
}

/* The part that has `unit`, and whether it begins there: its number. */
static uint64_t part_with(const struct gx_cut *cut, uint64_t unit, bool *begins)
{
	uint64_t low = 0, high = cut->n; /* bound(low) <= unit < bound(high) = of */
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (cut->bound(cut->of, middle, cut->n) <= unit)
			low = middle;
		else
			high = middle;
	}
	*begins = cut->bound(cut->of, low, cut->n) == unit;
	return low + 1;
}

/* Parts as they come, gathered to runs for the list. */
struct lister {
	struct gx_output *out;
	bool array, any;
	uint64_t from, to; /* the present run; from 0: none */
};

static void list_run(struct lister *l)
{
	char text[64], *p = text;
	if (!l->from)
		return;
	if (l->any)
		*p++ = ',';
	p = gx_count_print(l->from, p);
	if (l->to > l->from) {
		*p++ = '-';
		p = gx_count_print(l->to, p);
	}
	gx_output_write(l->out, text, (size_t)(p - text));
	l->any = true;
}

static void list_parts(struct lister *l, uint64_t from, uint64_t to)
{
	if (l->array && l->from && l->to + 1 == from) {
		l->to = to;
		return;
	}
	if (l->array) {
		list_run(l);
		l->from = from;
		l->to = to;
		return;
	}
	for (uint64_t k = from;; k++) {
		char line[24], *p = gx_count_print(k, line);
		*p++ = '\n';
		gx_output_write(l->out, line, (size_t)(p - line));
		if (k == to)
			return;
	}
}

/* The parts from *from to *to that the gap [first, last) is; false where it is not whole ones. */
static bool parts_of_gap(const struct gx_cut *cut, uint64_t first, uint64_t last, uint64_t *from,
			 uint64_t *to)
{
	bool begins, ends = true;
	*from = part_with(cut, first, &begins);
	/* With more parts than units those behind the last unit are empty. */
	*to = last == cut->of ? part_with(cut, last - 1, &ends) : part_with(cut, last, &ends) - 1;
	return begins && (last == cut->of || ends);
}

bool gx_tiling_missing(const struct gx_tile *tile, size_t n, const struct gx_cut *cut,
		       bool array, struct gx_output *out, uint64_t *first, uint64_t *last)
{
	struct lister l = { .out = out, .array = array };
	uint64_t from, to;
	if (n == 0)
		list_parts(&l, 1, cut->n);
	/* Nothing is written before it is known that all of the list can be. */
	for (uint64_t at = 0; n && gx_tiling_gap(tile, n, cut->of, &at, first, last);)
		if (!parts_of_gap(cut, *first, *last, &from, &to))
			return false;
	for (uint64_t at = 0; n && gx_tiling_gap(tile, n, cut->of, &at, first, last);)
		if (parts_of_gap(cut, *first, *last, &from, &to))
			list_parts(&l, from, to);
	if (l.array)
		list_run(&l);
	if (l.any)
		gx_output_write(out, "\n", 1);
	return true;
}
