/* SPDX-License-Identifier: MIT */
/* Columns chosen by their names and numbers. */
#ifndef GX_COLUMNS_H
#define GX_COLUMNS_H

#include <stdbool.h>

#include "base/names.h"

/*
 * Which of the n columns a list of names and numbers (from 1) chooses: sets chosen[i].
 * Returns how many. Dies with exit 2 where one is not there, or a name stands for several.
 * `names` may be empty: then there are only numbers. `option` is for the message. The time
 * that it takes grows with the list and the names, not with their product.
 */
size_t gx_columns_choose(const char *list, const struct gx_names *names, size_t n,
			 const char *option, bool *chosen);

#endif
