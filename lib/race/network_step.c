/* SPDX-License-Identifier: MIT */
#include "race/network_step.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"
#include "bytes/pipeline.h"
#include "kernel/module.h"
#include "kernel/philox.h"
#include "network/coexpression.h"
#include "network/ranks.h"

/* ---- the networks ---- */

enum { BAND = 64 }; /* rows of a triangle that a thread makes at a time */

struct bands {
	const struct gx_coexpression *c;
	size_t ngene;
	double *triangle;
};

static void correlate_band(void *context, size_t i)
{
	const struct bands *bands = context;
	size_t first = i * BAND, left = bands->ngene - first;
	struct gx_coexpression_scratch scratch = { 0 };
	gx_coexpression_rows(bands->c, &scratch, first, first + (left < BAND ? left : BAND),
			     bands->triangle + gx_triangle_values(first));
	gx_coexpression_scratch_free(&scratch);
}

/* The correlations of all genes over the samples [first, last). */
static void correlate(const struct gx_contest *contest, size_t first, size_t last,
		      struct gx_network_whole *network)
{
	struct gx_whole values = { 0 };
	const size_t ngene = contest->nrow, nsample = last - first;
	gx_whole_make(&values, ngene, nsample);
	for (size_t i = 0; i < ngene; i++)
		memcpy(values.value + i * nsample, contest->value + i * contest->ncol + first,
		       nsample * sizeof *values.value);
	struct gx_coexpression c = { .method = GX_PEARSON };
	const struct gx_names unnamed = { 0 };
	gx_coexpression_prepare(&c, &values, &unnamed, "the matrix", contest->nthread);

	network->matrix.layout = GX_TRIANGLE_FLOAT64;
	network->matrix.ncol = network->matrix.nrow = network->matrix.whole = ngene;
	network->nbyte = gx_triangle_bytes(GX_TRIANGLE_FLOAT64, ngene);
	network->triangle = gx_pages_resize(NULL, 0, network->nbyte);
	if (!network->triangle)
		gx_die_errno("memory for a network of %zu genes", ngene);
	struct bands bands = { &c, ngene, network->triangle };
	gx_pipeline_each((ngene + BAND - 1) / BAND, contest->nthread, &bands, correlate_band);
	gx_coexpression_free(&c);
	gx_whole_free(&values);
}

static void make_network(struct gx_network_step *step, int k, struct gx_race *race,
			 const struct gx_contest *contest)
{
	const struct gx_ranking ranking = { .method = GX_RANK_INTEGER, .fill = GX_FILL_MEDIAN };
	const size_t half = contest->ncol / 2;
	struct gx_network_whole network = { 0 };
	correlate(contest, k ? half : 0, k ? contest->ncol : half, &network);
	gx_ranks_take(&network, &ranking, "the matrix", contest->nthread);
	step->max[k] = network.matrix.network.max;
	step->rank[k] = gx_race_keep(race, gx_allocate_large(step->nvalue, sizeof(uint32_t)));
	memcpy(step->rank[k], network.triangle, step->nvalue * sizeof(uint32_t));
	gx_network_whole_free(&network);
}

/* ---- the terms ---- */

enum { LEAST = 20, MOST = 100, GENES_PER_TERM = 10 };

/* A number below n for each draw of a term. */
static uint32_t draw(uint32_t term, uint32_t number, size_t n)
{
	const uint32_t key[2] = { 1, 0 }, counter[4] = { term, number, 0, 0 };
	uint32_t word[4];
	gx_philox(counter, key, word);
	return (uint32_t)(((uint64_t)word[0] * n) >> 32);
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Draws the genes of a term, each once. `taken` has t + 1 for those that it has. Returns how many. */
static size_t draw_term(uint32_t t, size_t ngene, uint32_t *taken, uint32_t *member)
{
	const uint32_t nmodule = (uint32_t)gx_step_modules(ngene), module = t % nmodule;
	const size_t of_module = (ngene - module - 1) / (2 * nmodule) + 1;
	size_t size = LEAST + draw(t, 0, MOST - LEAST + 1), n = 0;
	size = size < ngene / 2 ? size : ngene / 2;
	for (uint32_t number = 1; n < size; number++) {
		uint32_t gene = number % 2 ? 2 * nmodule * draw(t, number, of_module) + module
					   : draw(t, number, ngene);
		if (taken[gene] != t + 1)
			member[n++] = gene;
		taken[gene] = t + 1;
	}
	qsort(member, n, sizeof *member, ascending);
	return n;
}

/* The terms of each gene, from the genes of each term. */
static void turn(struct gx_terms *terms)
{
	uint64_t *at = terms->gene_term_at;
	for (uint64_t k = 0; k < terms->member_at[terms->nterm]; k++)
		at[terms->member[k] + 1]++;
	for (size_t i = 0; i < terms->ngene; i++)
		at[i + 1] += at[i];
	uint64_t *next = gx_allocate(terms->ngene + 1, sizeof *next);
	memcpy(next, at, (terms->ngene + 1) * sizeof *next);
	for (size_t t = 0; t < terms->nterm; t++)
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
			terms->gene_term[next[terms->member[k]]++] = (uint32_t)t;
	free(next);
}

static void make_terms(struct gx_network_step *step, struct gx_race *race)
{
	struct gx_terms *terms = &step->terms;
	size_t ngene = step->ngene, nterm = ngene / GENES_PER_TERM;
	uint32_t *taken = gx_allocate_zeroed(ngene, sizeof *taken);
	*terms = (struct gx_terms){ .ngene = ngene, .nterm = nterm };
	terms->member = gx_race_keep(race, gx_allocate(nterm * MOST, sizeof *terms->member));
	terms->member_at =
		gx_race_keep(race, gx_allocate_zeroed(nterm + 1, sizeof *terms->member_at));
	for (size_t t = 0; t < nterm; t++)
		terms->member_at[t + 1] =
			terms->member_at[t] + draw_term((uint32_t)t, ngene, taken,
							terms->member + terms->member_at[t]);
	free(taken);
	terms->gene_term = gx_race_keep(
		race, gx_allocate(terms->member_at[nterm], sizeof *terms->gene_term));
	terms->gene_term_at =
		gx_race_keep(race, gx_allocate_zeroed(ngene + 1, sizeof *terms->gene_term_at));
	turn(terms);
}

static void make_folds(struct gx_network_step *step, struct gx_race *race)
{
	struct gx_folds *folds = &step->folds;
	gx_folds_make(folds, "stride:3", &step->terms, &step->terms.names);
	void *const kept[] = { folds->hidden, folds->hidden_at, folds->rest, folds->rest_at };
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		gx_race_keep(race, kept[i]);
}

/* ---- all of it ---- */

uint64_t gx_network_step_memory(uint64_t ngene, uint64_t nsample)
{
	/*
	 * A pair: two networks, a sum, its ranks and the right ones, 24; the scratch of ranking, 8;
	 * cells that are sorted, 16; the votes of all folds, 5.
	 */
	return 53 * gx_triangle_values(ngene) + 12 * ngene * nsample;
}

void gx_network_step_make(struct gx_network_step *step, struct gx_race *race,
			  const struct gx_contest *contest)
{
	const size_t ngene = contest->nrow, nsample = contest->ncol;
	if (ngene < GX_STEP_GENES_MIN || nsample < GX_STEP_SAMPLES_MIN)
		gx_die(GX_EXIT_DATA,
		       "the matrix is %zu x %zu: two networks need at least %d genes and %d samples",
		       ngene, nsample, GX_STEP_GENES_MIN, GX_STEP_SAMPLES_MIN);
	if (ngene > GX_STEP_GENES_MAX)
		gx_die(GX_EXIT_DATA, "the matrix has %zu genes: a network is raced of at most %d",
		       ngene, GX_STEP_GENES_MAX);
	gx_demand_memory(gx_network_step_memory(ngene, nsample), "networks of %zu genes", ngene);
	*step = (struct gx_network_step){ .ngene = ngene, .nvalue = gx_triangle_values(ngene) };
	for (int k = 0; k < 2; k++)
		make_network(step, k, race, contest);
	make_terms(step, race);
	make_folds(step, race);
}
