/* SPDX-License-Identifier: MIT */
/* What is wrong with a row whose cells are no numbers, and what to do about it. */
#ifndef GX_TABLE_DIAGNOSIS_H
#define GX_TABLE_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "format/table/dialect.h"

struct gx_diagnosis {
	size_t field; /* at which it shows, from 1; 0: at none */
	char text[1900];
};

/*
 * Judges a line that has text where there should be values, by itself and by what the head
 * showed: whoever reads any part of the table says the same. False where there is nothing to
 * say: its quotes are wrong, or it has no such text. Any thread.
 */
bool gx_diagnose(const struct gx_dialect *dialect, const char *line, size_t n,
		 struct gx_diagnosis *diagnosis);

/* A row of nfield fields, of which there should be others. */
void gx_diagnose_count(const struct gx_dialect *dialect, size_t nfield, bool last_is_empty,
		       struct gx_diagnosis *diagnosis);

/* A text in a field, from 0, that should be empty: GX_FIELD_EMPTY. */
void gx_diagnose_left_empty(const struct gx_dialect *dialect, size_t field, const char *text,
			    size_t n, struct gx_diagnosis *diagnosis);

#endif
