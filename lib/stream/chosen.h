/* SPDX-License-Identifier: MIT */
/* --columns of a binary matrix: a step of the work, which text does while it is read. */
#ifndef GX_CHOSEN_H
#define GX_CHOSEN_H

#include "format/format.h"

/* {0}: all columns. */
struct gx_chosen {
	size_t *column; /* numbers from 0, ascending */
	size_t n;
	char step[32]; /* "columns:HEX", of the numbers counted from 1 */
};

/*
 * Chooses by a list of names and numbers (format/table/columns.h), and narrows *matrix to
 * those chosen, which keep their names.
 */
void gx_chosen_make(struct gx_chosen *chosen, const char *list, struct gx_matrix *matrix);
void gx_chosen_free(struct gx_chosen *chosen);

/* Leaves the chosen columns alone in batch->rows. */
void gx_chosen_select(const struct gx_chosen *chosen, struct gx_batch *batch);

#endif
