/* SPDX-License-Identifier: MIT */
#include "network/fold.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/triangle/part.h"
#include "kernel/digest.h"
#include "matrix/triangle.h"

static const char *name_of(const struct gx_fold *fold)
{
	return gx_facts_find(gx_reader_facts(fold->reader, 0), "file");
}

struct gx_fold gx_fold_choose(const struct gx_reader *reader, const struct gx_part *part)
{
	const struct gx_matrix *triangle = gx_reader_matrix(reader);
	struct gx_fold fold = { .ngene = triangle->ncol,
				.last = triangle->ncol,
				.reader = reader,
				.triangle = triangle };
	gx_triangle_demand_whole(triangle, name_of(&fold));
	if (part->n) {
		fold.first = gx_part_bound(fold.ngene, part->k - 1, part->n);
		fold.last = gx_part_bound(fold.ngene, part->k, part->n);
	}
	return fold;
}

/* ---- reading ---- */

struct slot {
	double *value; /* of whole numbers */
	size_t room;
	bool inexact;
	uint64_t digest; /* of those of the rows that are wanted */
};

/* Of all rows the reader has the digest. */
static bool is_part(const struct gx_fold *fold)
{
	return fold->last - fold->first != fold->ngene;
}

static uint64_t digest_wanted(const struct gx_fold *fold, const struct gx_rows *rows)
{
	size_t size = gx_layout_size(fold->triangle->layout);
	const unsigned char *value = rows->triangle;
	uint64_t sum = 0;
	for (uint64_t row = rows->first; row < rows->first + rows->nrow; row++) {
		uint64_t digest = 0;
		if (row >= fold->first && row < fold->last)
			gx_digest_triangle(value, row, 1, size, &digest);
		sum += digest;
		value += (row + 1) * size;
	}
	return sum;
}

static void widen(void *context, const struct gx_rows *rows, void *memory)
{
	const struct gx_fold *fold = context;
	struct slot *slot = memory;
	enum gx_layout layout = fold->triangle->layout;
	slot->digest = is_part(fold) ? digest_wanted(fold, rows) : 0;
	if (layout == GX_TRIANGLE_FLOAT64)
		return;
	size_t n = gx_triangle_values(rows->first + rows->nrow) - gx_triangle_values(rows->first);
	if (slot->room < n) {
		free(slot->value);
		slot->value = gx_allocate_aligned(n, sizeof *slot->value, 0);
		slot->room = n;
	}
	slot->inexact = !gx_triangle_widen(rows->triangle, layout, 0, n, slot->value);
}

static void add(void *context, const struct gx_rows *rows, void *memory)
{
	struct gx_fold *fold = context;
	const struct slot *slot = memory;
	if (slot->inexact)
		gx_die(GX_EXIT_DATA,
		       "%s: a sum in rows %" PRIu64 " to %" PRIu64 " of its triangle is above 2^53 and is no "
		       "double: rank it (gx-rank), or keep it as it is (gx-convert -b)",
		       name_of(fold), rows->first + 1, rows->first + rows->nrow);
	bool real = fold->triangle->layout == GX_TRIANGLE_FLOAT64;
	fold->add(fold->context, real ? rows->triangle : slot->value, rows->first, rows->nrow);
	fold->nrow += rows->nrow;
	fold->digest += slot->digest;
}

static void release(void *context, void *memory)
{
	(void)context;
	free(((struct slot *)memory)->value);
}

void gx_fold_run(struct gx_fold *fold, struct gx_reader *reader, int nthread)
{
	struct gx_job job = { .context = fold,
			      .slot_size = sizeof(struct slot),
			      .compute = widen,
			      .consume = add,
			      .release = release };
	gx_reader_run(reader, nthread, &job);
	gx_triangle_demand_all(fold->triangle, fold->nrow, name_of(fold));
}

/* ---- what it is told of ---- */

void gx_fold_source(const struct gx_fold *fold, struct gx_source *source)
{
	source->first = fold->first;
	source->last = fold->last;
	if (is_part(fold))
		source->digest = fold->digest;
}

void gx_fold_describe(const struct gx_fold *fold, struct gx_matrix *derived)
{
	derived->named = true;
	derived->first = fold->first;
	derived->nrow = derived->announced = fold->last - fold->first;
	derived->whole = fold->ngene;
}

struct gx_names gx_fold_names(struct gx_fold_names *names, const struct gx_fold *fold, uint64_t row,
			      size_t n)
{
	const struct gx_names *genes = &fold->triangle->columns;
	if (!genes->n) {
		gx_names_clear(&names->implicit);
		for (uint64_t i = row; i < row + n; i++)
			gx_names_add_implicit(&names->implicit, 'g', i + 1);
		return names->implicit;
	}
	if (!names->next || row < names->row) {
		names->next = genes->text;
		names->row = 0;
	}
	for (; names->row < row; names->row++)
		names->next = gx_names_next(names->next);
	const char *from = names->next;
	for (; names->row < row + n; names->row++)
		names->next = gx_names_next(names->next);
	return (struct gx_names){ (char *)(uintptr_t)from, n, (size_t)(names->next - from), 0 };
}

void gx_fold_names_free(struct gx_fold_names *names)
{
	gx_names_free(&names->implicit);
	*names = (struct gx_fold_names){ 0 };
}
