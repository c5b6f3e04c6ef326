/* SPDX-License-Identifier: MIT */
/* Names of numeric columns that no sample has: the one table of them, with where each is from. */
#ifndef GX_TABLE_UNSAMPLED_H
#define GX_TABLE_UNSAMPLED_H

#include <stdbool.h>

/*
 * Whether no sample is called so: "Length", "s1.Detection Pval", "ORF.start". Case does not
 * count, and ".", "_" and a blank are the same. `among_tests`: the table has columns that
 * gx_is_of_test says, which makes one of "t" and "B" too.
 */
bool gx_is_unsampled(const char *name, bool among_tests);

/* Whether a column of this name is a result of a test: "adj.P.Val". No sample is called so. */
bool gx_is_of_test(const char *name);

#endif
