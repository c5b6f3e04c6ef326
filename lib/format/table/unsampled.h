/* SPDX-License-Identifier: MIT */
/* Names of numeric columns that no sample has: the one table of them, with where each is from. */
#ifndef GX_TABLE_UNSAMPLED_H
#define GX_TABLE_UNSAMPLED_H

#include <stdbool.h>

#include "base/names.h"

/*
 * Whether no sample is called so: "Length", "s1.Detection Pval", "ORF.start". Case does not
 * count, and ".", "_" and a blank are the same. `of_tests`: gx_are_of_tests says so of the
 * header; then "t" and "B" are none either.
 */
bool gx_is_unsampled(const char *name, bool of_tests);

/* Whether a header has results of tests, as limma, edgeR and DESeq2 write them. */
bool gx_are_of_tests(const struct gx_names *header);

#endif
