/* SPDX-License-Identifier: MIT */
/*
 * Neighbour voting on all of a network, by threads: the kernels of kernel/vote.h over its
 * strips. The numbers are the same for any number of threads.
 *
 *	struct gx_voting voting = { .triangle = ..., .layout = ..., .ngene = ...,
 *				    .terms = &terms, .folds = &folds, .nthread = 2 };
 *	gx_voting_run(&voting);
 *	gx_voting_table(&voting, value);
 *	gx_voting_free(&voting);
 *
 * It takes 128 bytes a gene for each thread, 256 where values have 8 bytes, and 30 bytes a pair
 * of the annotation.
 */
#ifndef GX_VOTING_H
#define GX_VOTING_H

#include "kernel/vote.h"
#include "matrix/rows.h"
#include "network/annotation.h"
#include "network/folds.h"

struct gx_voting {
	const void *triangle; /* of the genes that vote, in their order */
	enum gx_layout layout;
	size_t ngene;
	const struct gx_terms *terms;
	const struct gx_folds *folds;
	int nthread;
	bool precision; /* precision and recall, too */

	/* What gx_voting_run makes. */
	double *degree; /* of each gene */
	struct gx_vote_terms lists;
	double *vote; /* of the hidden genes, sorted, list after list (kernel/vote.h) */
	uint32_t *run;
	uint64_t *count;	  /* of each list */
	uint64_t *below, *equal; /* for precision */
};

void gx_voting_run(struct gx_voting *voting);

/* The degrees alone. */
void gx_voting_degrees(struct gx_voting *voting);

/* Columns of the table: genes auroc degree degree_auroc p folds. */
enum { GX_VOTING_COLUMNS = 6 };
extern const char *const gx_voting_column[GX_VOTING_COLUMNS];

/* nterm x GX_VOTING_COLUMNS values. */
void gx_voting_table(const struct gx_voting *voting, double *value);

/* Columns by precision and recall: genes precision degree prior folds. */
enum { GX_VOTING_PRECISION_COLUMNS = 5 };
extern const char *const gx_voting_precision_column[GX_VOTING_PRECISION_COLUMNS];

void gx_voting_precision_table(const struct gx_voting *voting, double *value);

/*
 * The votes with all genes of a term known: calls put(context, first, n, value) for n genes
 * from `first` on, n x nterm values, in the order of the genes.
 */
void gx_voting_predict(struct gx_voting *voting,
		       void (*put)(void *context, size_t first, size_t n, const double *value),
		       void *context);

void gx_voting_free(struct gx_voting *voting);

/* ---- which genes vote ---- */

/* Leaves the genes row[0] < row[1] < ... of a triangle, in its place. */
void gx_triangle_keep(void *triangle, enum gx_layout layout, const uint32_t *row, size_t nrow);

/*
 * Genes that are one: gene i of n becomes gene group[i] of ngroup, and its link to another is
 * the mean of the links of all that it was to all that the other was. A new triangle of
 * doubles, to be freed.
 */
double *gx_triangle_merge(const void *triangle, enum gx_layout layout, size_t n,
			  const uint32_t *group, size_t ngroup);

/* ---- multifunctionality ---- */

/*
 * Of each gene: how many terms it is in; the sum over them of 1 / (m (G - m)), m the genes of the
 * term, G all genes, terms of all genes left out; and the average rank of that. Terms and their
 * AUROC by that rank: auroc, where it is not NULL.
 */
void gx_multifunctionality(const struct gx_terms *terms, double *nterm, double *score,
			   double *rank, double *auroc);

#endif
