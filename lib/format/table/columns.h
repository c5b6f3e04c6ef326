/* SPDX-License-Identifier: MIT */
/*
 * Columns chosen by a LIST, and written as one. Between its commas stand
 *
 *	tumour_1	a name, or
 *	7		a number, from 1,
 *	9-50  9-	or a range of numbers, to the last column where its end is left out;
 *	name:7		what could be more than one of these says which it is:
 *	number:7	the column called 7, or the seventh;
 *	"day 1, night"	a name with commas or colons stands in quotes, those inside doubled.
 *
 * An entry that names one column and counts another is refused, never guessed.
 */
#ifndef GX_COLUMNS_H
#define GX_COLUMNS_H

#include <stdbool.h>

#include "base/names.h"

/*
 * Which of the n columns a list chooses: sets chosen[i]. Column `id` (from 0; SIZE_MAX: none)
 * names the rows: ranges pass over it. Returns how many are chosen. Dies with exit 2 where one
 * is not there, where a name stands for several, or where an entry fits two readings. `names`
 * may be empty: then there are only numbers. `option` is for the message. The time that it
 * takes grows with the list and the names, not with their product.
 */
size_t gx_columns_choose(const char *list, const struct gx_names *names, size_t n, size_t id,
			 const char *option, bool *chosen);

/*
 * Writes the columns that are set as a list of numbers, in out[0 .. room): four and more in a
 * row are a range; many with the same step between them are left to seq(1), in the spelling of a
 * shell. Returns the numbers that it has, a measure of how hard it is to type; 0: no room.
 */
size_t gx_columns_print(const bool *set, size_t n, char *out, size_t room);

#endif
