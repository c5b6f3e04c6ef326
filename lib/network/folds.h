/* SPDX-License-Identifier: MIT */
/*
 * Folds: which genes of a term are hidden together. p_0 .. p_{m-1} are the genes of a term in
 * the order of the network, F the number of folds.
 *
 *	stride:F  p_k is hidden in fold k mod F
 *	block:F	  fold i hides floor(m / F) genes, at least one, from p_floor(i m / F) on, as EGAD
 *		  does it in R; the rest is never hidden, and of m < F some are hidden again
 *	py:F	  as EGAD's port to Python: pairs are counted gene by gene over all terms, and
 *		  number k is hidden in fold k mod F
 *	FILE	  lines term TAB gene TAB fold, with or without a header line: folds from 1; 0 is
 *		  never hidden, 1,2 in both
 */
#ifndef GX_FOLDS_H
#define GX_FOLDS_H

#include "network/annotation.h"

enum { GX_FOLDS_MAX = 1000 };

struct gx_folds {
	size_t nfold;
	uint32_t *hidden; /* fold f of term t: list t * nfold + f */
	uint64_t *hidden_at;
	uint32_t *rest; /* of each term those that are in no fold */
	uint64_t *rest_at;
	bool from_file;
	uint64_t digest; /* of a FILE: of its lines */
};

/*
 * Whether a text is a scheme as stride:3; else it names a FILE. Dies with exit 2 where it is
 * one with a wrong number.
 */
bool gx_folds_is_scheme(const char *text);

/*
 * The folds of all terms by a scheme or a FILE ("-": standard input). names: of the network.
 * Dies with exit 1 where a FILE does not fit.
 */
void gx_folds_make(struct gx_folds *folds, const char *text, const struct gx_terms *terms,
		   const struct gx_names *network);

/* Leaves the terms first .. last - 1 of them. */
void gx_folds_keep(struct gx_folds *folds, size_t first, size_t last);

void gx_folds_free(struct gx_folds *folds);

#endif
