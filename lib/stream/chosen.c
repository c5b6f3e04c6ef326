/* SPDX-License-Identifier: MIT */
#include "stream/chosen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/columns.h"
#include "kernel/hash.h"

void gx_chosen_make(struct gx_chosen *chosen, const char *list, struct gx_matrix *m)
{
	struct gx_names buffer = { 0 }, all = gx_matrix_columns(m, &buffer), kept = { 0 };
	bool *is_chosen = gx_allocate_zeroed(m->ncol, sizeof *is_chosen);
	size_t nchosen = gx_columns_choose(list, &all, m->ncol, SIZE_MAX, "--columns",
					   is_chosen);
	chosen->column = gx_allocate(nchosen, sizeof *chosen->column);
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	const char *name = all.text;
	for (uint64_t j = 0; j < m->ncol; j++, name = gx_names_next(name)) {
		if (!is_chosen[j])
			continue;
		uint64_t number = j + 1;
		XXH3_64bits_update(&state, &number, sizeof number);
		gx_names_add(&kept, name, strlen(name));
		chosen->column[chosen->n++] = j;
	}
	snprintf(chosen->step, sizeof chosen->step, "columns:%016" PRIx64,
		 XXH3_64bits_digest(&state));
	m->ncol = nchosen;
	gx_names_free(&m->columns);
	m->columns = kept;
	gx_names_free(&buffer);
	free(is_chosen);
}

void gx_chosen_free(struct gx_chosen *chosen)
{
	free(chosen->column);
	*chosen = (struct gx_chosen){ 0 };
}

void gx_chosen_select(const struct gx_chosen *chosen, struct gx_batch *batch)
{
	struct gx_rows *rows = &batch->rows;
	size_t n = chosen->n;
	if (batch->selected_room < rows->nrow * n) {
		free(batch->selected);
		batch->selected_room = rows->nrow * n;
		batch->selected = gx_allocate_aligned(batch->selected_room, sizeof(double), 0);
	}
	for (size_t i = 0; i < rows->nrow; i++)
		for (size_t j = 0; j < n; j++)
			batch->selected[i * n + j] = rows->value[i * rows->ncol + chosen->column[j]];
	rows->value = batch->selected;
	rows->ncol = n;
}
