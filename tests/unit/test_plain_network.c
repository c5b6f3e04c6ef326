/* SPDX-License-Identifier: MIT */
/*
 * The plain loops of a step on networks against the kernels, to the bit: sums and ranks, with
 * many ties and none, and votes on random terms, of no gene to all of them; and against numbers
 * by hand.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/fixed_point.h"
#include "kernel/rank.h"
#include "network/voting.h"
#include "race/plain_network.h"
#include "unit.h"

enum { MOST_GENES = 90, MOST_TERMS = 7 };

static size_t triangle(size_t ngene)
{
	return ngene * (ngene + 1) / 2;
}

/* ---- adding ---- */

static void test_add(void)
{
	for (size_t n = 0; n < 300; n++) {
		uint32_t *q = unit_allocate(n + 1, sizeof *q);
		uint64_t *plain = unit_allocate(n + 1, sizeof *plain);
		uint64_t *kernel = unit_allocate(n + 1, sizeof *kernel);
		uint64_t max = 1 + unit_draw_below(n % 2 ? 1000 : UINT32_MAX);
		for (size_t i = 0; i < n; i++) {
			q[i] = (uint32_t)unit_draw_below(max + 1);
			plain[i] = kernel[i] = unit_draw() >> 2;
		}
		gx_plain_add_ranks(q, n, max, plain);
		gx_fixed_add_uint32(q, n, max, kernel);
		unit_equal_all(plain, kernel, n, "%zu ranks up to %lu", n, max);
		free(q);
		free(plain);
		free(kernel);
	}
	unit_report("ranks are added as the kernel adds them");
	const uint32_t q[3] = { 0, 1, 3 };
	uint64_t sum[3] = { 5, 0, 1 };
	gx_plain_add_ranks(q, 3, 3, sum);
	unit_equal(sum[0], 5, "nothing");
	unit_equal(sum[1], UINT64_C(23456248059221), "a third"); /* 2^46 / 3 = ...221.3 */
	unit_equal(sum[2], (UINT64_C(1) << 46) + 1, "the largest");
	unit_report("ranks are added in units of 2^-46");
}

/* ---- ranking ---- */

static void rank_by_kernel(const uint64_t *value, size_t ngene, uint32_t *rank)
{
	struct gx_rank_task task = { .value = value,
				     .input = GX_RANK_UINT64,
				     .ngene = ngene,
				     .rank = rank,
				     .nplace = 1 };
	void *scratch = aligned_alloc(64, (gx_rank_scratch(ngene, 1) + 63) / 64 * 64);
	struct gx_rank r;
	if (!scratch)
		unit_bail_out("no memory");
	gx_rank_begin(&r, &task, scratch);
	for (int step = 0; step < GX_RANK_STEPS; step++) {
		for (size_t i = 0; i < gx_rank_pieces(&r, step); i++)
			gx_rank_piece(&r, step, i, 0);
		gx_rank_join(&r, step);
	}
	free(scratch);
}

static void test_rank(void)
{
	for (size_t ngene = 1; ngene <= MOST_GENES; ngene++)
		for (int kind = 0; kind < 3; kind++) {
			size_t n = triangle(ngene);
			uint64_t *value = unit_allocate(n, sizeof *value);
			struct gx_plain_cell *cell = unit_allocate(n, sizeof *cell);
			uint32_t *plain = unit_allocate(n, sizeof *plain);
			uint32_t *kernel = unit_allocate(n, sizeof *kernel);
			for (size_t i = 0; i < n; i++)
				value[i] = kind == 0 ? unit_draw() : unit_draw_below(kind == 1 ? 9 : n);
			gx_plain_rank(value, ngene, cell, plain);
			rank_by_kernel(value, ngene, kernel);
			unit_bytes(plain, kernel, n * sizeof *plain, "%zu genes, kind %d", ngene, kind);
			free(value);
			free(cell);
			free(plain);
			free(kernel);
		}
	unit_report("ranks are the kernel's");
	struct gx_plain_cell cell[3];
	uint32_t rank[3];
	gx_plain_rank((const uint64_t[]){ 9, 4, 9 }, 2, cell, rank);
	unit_bytes(rank, (const uint32_t[]){ 7, 3, 7 }, sizeof rank, "the diagonal above");
	/* Ranks 1, 2 and twice 3.5; the diagonal gets the largest. */
	gx_plain_rank((const uint64_t[]){ 1, 4, 2 }, 2, cell, rank);
	unit_bytes(rank, (const uint32_t[]){ 7, 7, 7 }, sizeof rank, "the diagonal below");
	unit_report("ranks by hand: a value off the diagonal counts twice");
}

/* ---- voting ---- */

struct votes {
	uint32_t *row;
	double *vote;
	unsigned char *in_term;
};

static void vote_plainly(const uint32_t *link, const struct gx_terms *terms, double *auroc)
{
	const struct gx_plain_terms plain = { terms->ngene, terms->nterm, terms->member,
					      terms->member_at };
	struct votes v = { unit_allocate(terms->ngene, sizeof *v.row),
			   unit_allocate(terms->nterm * GX_PLAIN_FOLDS * terms->ngene,
					 sizeof *v.vote),
			   unit_allocate(terms->ngene, 1) };
	memset(v.in_term, 0, terms->ngene);
	gx_plain_vote(link, &plain, v.row, v.vote, v.in_term, auroc);
	for (size_t i = 0; i < terms->ngene; i++)
		unit_check(!v.in_term[i], "gene %zu is left as it was", i);
	free(v.row);
	free(v.vote);
	free(v.in_term);
}

static void vote_by_kernels(const uint32_t *link, const struct gx_terms *terms, double *auroc)
{
	double table[MOST_TERMS * GX_VOTING_COLUMNS];
	struct gx_folds folds;
	gx_folds_make(&folds, "stride:3", terms, &terms->names);
	struct gx_voting voting = { .triangle = link,
				    .layout = GX_TRIANGLE_UINT32,
				    .ngene = terms->ngene,
				    .terms = terms,
				    .folds = &folds,
				    .nthread = 1 };
	gx_voting_run(&voting);
	gx_voting_table(&voting, table);
	for (size_t t = 0; t < terms->nterm; t++)
		auroc[t] = table[t * GX_VOTING_COLUMNS + 1];
	gx_voting_free(&voting);
	gx_folds_free(&folds);
}

/* Terms of which each gene is a member with a probability of its own, 0 and 1 among them. */
static void draw_terms(struct gx_terms *terms, size_t ngene)
{
	static uint32_t member[MOST_TERMS * MOST_GENES], gene_term[MOST_TERMS * MOST_GENES];
	static uint64_t member_at[MOST_TERMS + 1], gene_term_at[MOST_GENES + 1];
	static bool in[MOST_TERMS][MOST_GENES];
	*terms = (struct gx_terms){ .ngene = ngene,
				    .nterm = MOST_TERMS,
				    .member = member,
				    .member_at = member_at,
				    .gene_term = gene_term,
				    .gene_term_at = gene_term_at };
	uint64_t n = 0;
	for (size_t t = 0; t < MOST_TERMS; t++) {
		for (size_t i = 0; i < ngene; i++) {
			in[t][i] = unit_draw_below(MOST_TERMS - 1) < t;
			if (in[t][i])
				member[n++] = (uint32_t)i;
		}
		member_at[t + 1] = n;
	}
	n = 0;
	for (size_t i = 0; i < ngene; i++) {
		for (size_t t = 0; t < MOST_TERMS; t++)
			if (in[t][i])
				gene_term[n++] = (uint32_t)t;
		gene_term_at[i + 1] = n;
	}
}

static void test_vote(void)
{
	for (size_t ngene = 1; ngene <= MOST_GENES; ngene++)
		for (int kind = 0; kind < 2; kind++) {
			struct gx_terms terms;
			double plain[MOST_TERMS], kernel[MOST_TERMS];
			uint32_t *link = unit_allocate(triangle(ngene), sizeof *link);
			for (size_t i = 0; i < triangle(ngene); i++)
				link[i] = 1 + (uint32_t)unit_draw_below(kind ? UINT32_MAX - 1 : 3);
			draw_terms(&terms, ngene);
			vote_plainly(link, &terms, plain);
			vote_by_kernels(link, &terms, kernel);
			unit_same_all(plain, kernel, MOST_TERMS, "%zu genes, kind %d", ngene, kind);
			free(link);
		}
	unit_report("the AUROC of each term is the kernel's");
}

/* Degrees are 10 10 8 8. */
static void test_vote_by_hand(void)
{
	const uint32_t link[10] = { 5, 3, 5, 1, 1, 5, 1, 1, 1, 5 };
	const double want[] = { 1, 0.25, NAN, NAN };
	struct gx_terms terms = { .ngene = 4,
				  .nterm = 4,
				  .member = (uint32_t[]){ 0, 1, 0, 2, 3, 0, 1, 2, 3 },
				  .member_at = (uint64_t[]){ 0, 2, 4, 5, 9 } };
	double auroc[4];
	vote_plainly(link, &terms, auroc);
	for (size_t t = 0; t < 4; t++)
		unit_check(auroc[t] == want[t] || (isnan(auroc[t]) && isnan(want[t])),
			   "term %zu has %g, not %g", t, auroc[t], want[t]);
	unit_report("AUROC by hand: 3/10 above 1/8, ties count half, one gene or all are NaN");
}

int main(void)
{
	test_add();
	test_rank();
	test_vote();
	test_vote_by_hand();
	return unit_end();
}
