/* SPDX-License-Identifier: MIT */
/*
 * Neighbour voting: how well the genes of a term find each other in a network. A gene's vote
 * for a term is the sum of its links to the genes of the term that are known (in training),
 * divided by its degree, the sum of all its links, the one to itself included. In each fold
 * some genes of the term are hidden. The AUROC of the fold says how far their votes lie above
 * those of the genes that are not in the term.
 *
 * The network is a lower triangle with the diagonal, packed row after row: (i, j), j <= i,
 * lies at i (i + 1) / 2 + j. It is voted on in strips of GX_VOTE_STRIP genes. The links of a
 * strip to all genes are unpacked into a tile, so that sums over genes are sums of short
 * contiguous rows. Two passes over the strips give everything, whatever the number of terms:
 *
 *	first pass, each strip:  gx_vote_load, gx_vote_mark, gx_vote_hidden
 *	each list of hidden genes: gx_vote_sort
 *	second pass, each strip: gx_vote_load, gx_vote_mark, gx_vote_count
 *	each list:               gx_vote_auroc
 *
 * Strips and lists may be taken in any order and by any thread: what is added up over strips
 * are whole numbers. Integers are summed exactly, in 128 bits where 64 could overflow; the sum
 * over what is known is that over all genes of the term less that over the hidden ones.
 * Doubles are added up in the order of the genes, whatever gene it is for. A vote is one rounded
 * division of the sum by the degree, each rounded once to a double. So equal rows have equal
 * votes.
 */
#ifndef GX_VOTE_H
#define GX_VOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gx_vote_type { GX_VOTE_UINT32, GX_VOTE_UINT64, GX_VOTE_FLOAT64 };

/* Genes of a strip; and so many bits has a mark. */
enum { GX_VOTE_STRIP = 32 };

/*
 * The terms and their folds. Genes are numbers from 0, increasing in each list. List x of an
 * array has the entries at[x] .. at[x + 1] - 1. Fold f of term t has list t * nfold + f.
 */
struct gx_vote_terms {
	size_t ngene, nterm, nfold;
	const uint32_t *member;	   /* the genes of each term */
	const uint64_t *member_at; /* nterm + 1 */
	const uint32_t *hidden;	   /* those hidden in each fold; a gene may be in several */
	const uint64_t *hidden_at; /* nterm * nfold + 1 */
	const uint32_t *rest;	   /* members of each term that are hidden in no fold */
	const uint64_t *rest_at;   /* nterm + 1 */
};

/*
 * What is kept of a list of hidden genes has a slot for each of them and one more, whose
 * value equals nothing: its slots begin here. All lists have gx_vote_slots of them.
 */
static inline size_t gx_vote_slot(const struct gx_vote_terms *terms, size_t list)
{
	return terms->hidden_at[list] + list;
}

static inline size_t gx_vote_slots(const struct gx_vote_terms *terms)
{
	return gx_vote_slot(terms, terms->nterm * terms->nfold);
}

/* Some genes of a network and their links to all. */
struct gx_vote_strip {
	enum gx_vote_type type;
	size_t ngene;
	size_t first, n;  /* genes first .. first + n - 1, n <= GX_VOTE_STRIP */
	const void *tile; /* ngene x GX_VOTE_STRIP values; behind the last gene zeros */
	bool wide;	  /* uint64: a sum may need more than 64 bits */
	double degree[GX_VOTE_STRIP]; /* rounded once; behind the last gene 0 */
};

/* Values of a tile. It is to be aligned to 64 bytes. */
static inline size_t gx_vote_tile(size_t ngene)
{
	return ngene * GX_VOTE_STRIP;
}

/* Doubles of scratch that the functions below need. It is to be aligned to 64 bytes. */
static inline size_t gx_vote_scratch(size_t nfold)
{
	return (3 * nfold + 2) * GX_VOTE_STRIP;
}

/* Unpacks the strip of genes from `first` on into `tile`, and sums their degrees. */
void gx_vote_load(struct gx_vote_strip *strip, const void *triangle, enum gx_vote_type type,
		  size_t ngene, size_t first, void *tile);

/*
 * For each term a mark whose bit w says whether gene first + w of the strip is a member.
 * gene_term: the terms of each gene, a list for each, with ngene + 1 beginnings.
 */
void gx_vote_mark(const struct gx_vote_strip *strip, size_t nterm, const uint32_t *gene_term,
		  const uint64_t *gene_term_at, uint32_t *mark);

/* The votes of the hidden genes that are in the strip, at their places in the slots. */
void gx_vote_hidden(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
		    const uint32_t *mark, double *vote, double *scratch);

/*
 * Sorts the n votes of one list, n slots and one more, and counts how often each is there:
 * run[k] for the first k of equal ones.
 */
void gx_vote_sort(double *vote, uint32_t *run, size_t n);

/*
 * Adds to count[list] what the genes of the strip that are not in the term say of each list:
 * 2 for each hidden gene with a larger vote, 1 for each with an equal one. vote, run: sorted.
 */
void gx_vote_count(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
		   const uint32_t *mark, const double *vote, const uint32_t *run,
		   uint64_t *count, double *scratch);

/*
 * For precision and recall: adds for each gene of the strip that is not in the term 1 to a
 * slot of each list: below[k], where its vote lies below that of slot k and above those
 * before; equal[k], where it is equal to it, k the first of equal ones.
 */
void gx_vote_place(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
		   const uint32_t *mark, const double *vote, uint64_t *below,
		   uint64_t *equal, double *scratch);

/*
 * The votes with all members known: strip->n rows of nterm votes. Hidden lists are not
 * looked at. Votes of doubles may be negative here; where the degree is 0 they are 0.
 */
void gx_vote_predict(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
		     double *vote);

/* ---- from counts to numbers ---- */

/* AUROC from a count: in [0, 1]; NaN where nhidden or nother is 0. */
double gx_vote_auroc(uint64_t count, uint64_t nhidden, uint64_t nother);

/*
 * The mean over the hidden genes, from the best on, of k / rank of the k-th, ties having
 * their average rank: EGAD's precision and recall. It may exceed 1 with ties. NaN for none.
 */
double gx_vote_precision(const uint32_t *run, const uint64_t *below, const uint64_t *equal,
			 size_t nhidden);

/* The z of one fold: how far its AUROC is from 1/2, on either side, in standard deviations. */
double gx_vote_z(double auroc, uint64_t nhidden, uint64_t nother);

/*
 * The upper tail of the normal distribution, z >= 0, within 1e-12 relative where the result
 * is no subnormal, with the same bits everywhere.
 */
double gx_normal_tail(double z);

/*
 * Twice the average rank, from 1 on, of each of n values; none is NaN. order: scratch, n.
 */
void gx_vote_ranks(const double *value, size_t n, uint64_t *rank, uint32_t *order);

/* The AUROC of the members of a term among all n genes, by twice their ranks. */
double gx_vote_ranks_auroc(const uint64_t *rank, size_t n, const uint32_t *member,
			   size_t nmember);

#endif
