/* SPDX-License-Identifier: MIT */
/*
 * Annotations: which genes belong to which terms. Three forms are recognised by their
 * content, compressed or not, in a file or a pipe:
 *
 *	pairs	gene TAB term, a line each, with or without a header line
 *	gmt	term TAB description TAB gene TAB gene ..., a line a term
 *	matrix	genes x terms of 0 and 1, in any format that gx reads a matrix in
 *
 * What could be two of them is refused with both readings. Blank lines of text, and lines that begin
 * with #, are passed over.
 *
 *	struct gx_annotation annotation = { 0 };
 *	gx_annotation_read(&annotation, "go.tsv", 1);
 *	struct gx_terms terms = { 0 };
 *	gx_terms_make(&terms, &annotation, &names_of_the_network, false, 21, 999);
 */
#ifndef GX_ANNOTATION_H
#define GX_ANNOTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matrix/dictionary.h"

enum gx_annotation_form { GX_ANNOTATION_PAIRS, GX_ANNOTATION_GMT, GX_ANNOTATION_MATRIX };

struct gx_annotation {
	const char *name; /* for messages: the path, or "<stdin>" */
	enum gx_annotation_form form;
	struct gx_dictionary genes; /* of a matrix also those of no term */
	struct gx_dictionary terms; /* in order of first appearance */
	/* Pairs, each once: the terms of gene g are term[at[g]] .. term[at[g + 1] - 1]. */
	uint32_t *term;
	uint64_t *at;
	uint64_t npair;
	/*
	 * Of the terms in order, of what genes each has, and of all genes; the same in each
	 * form.
	 */
	uint64_t digest;
};

/*
 * Reads one from a path, "-" for standard input, which must outlive it. Dies with exit 1 where
 * it is none.
 */
void gx_annotation_read(struct gx_annotation *annotation, const char *path, int nthread);

/* {0} is an empty one. Freed, it is one again. */
void gx_annotation_free(struct gx_annotation *annotation);

/* ---- in a network ---- */

/*
 * The terms that are voted on and the genes that vote. Genes are numbers from 0, in the order of
 * the network. Lists as in kernel/vote.h.
 */
struct gx_terms {
	size_t ngene;
	uint32_t *row; /* of each gene: its number in the network, increasing */
	struct gx_names names; /* of the terms */
	size_t nterm;
	uint32_t *member; /* the genes of each term */
	uint64_t *member_at;
	uint32_t *gene_term; /* the terms of each gene */
	uint64_t *gene_term_at;
	/* What matches nothing: genes of the annotation that are not in the network. */
	uint64_t genes_left, pairs_left;
	uint64_t genes_found;
};

/*
 * Terms of least .. most genes of the network, in the order of the annotation. Genes are those of
 * the network, or, where only annotated ones count, those that the annotation has as well. Names
 * of the network differ. Dies with exit 1 where fewer than two genes match.
 */
void gx_terms_make(struct gx_terms *terms, const struct gx_annotation *annotation,
		   const struct gx_names *network, bool annotated, uint64_t least, uint64_t most);

/* Leaves the terms first .. last - 1. */
void gx_terms_keep(struct gx_terms *terms, size_t first, size_t last);

void gx_terms_free(struct gx_terms *terms);

#endif
