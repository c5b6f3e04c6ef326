/* SPDX-License-Identifier: MIT */
/* Whether the columns that are to be samples can be some: judged once, from the head. */
#ifndef GX_TABLE_SAMPLES_H
#define GX_TABLE_SAMPLES_H

#include <stdint.h>

#include "bytes/input.h"
#include "format/table/dialect.h"

/*
 * Dies with exit 1, and the options that read the table, where a column has a name that no
 * sample has, where one of the first two rows has text for a value, where the columns are
 * several measures of one sample, or where the names of the rows seem to be a sample. `number`:
 * of the header's line, from 1. Nothing of the input was consumed.
 */
void gx_samples_check(const struct gx_input *in, uint64_t number,
		      const struct gx_dialect *dialect);

/* Dies with exit 1 where one of the first two rows is the header again. */
void gx_samples_check_again(const struct gx_input *in, const struct gx_dialect *dialect);

#endif
