/* SPDX-License-Identifier: MIT */
/*
 * What a step on networks is raced on: each half of the samples makes its network, the terms have
 * the sizes and the genes that they are said to have, and nothing depends on threads.
 */
#include "race/network_step.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/module.h"
#include "matrix/triangle.h"
#include "unit.h"

static const int one_core[] = { 1 };

static void make(struct gx_network_step *step, struct gx_race *race, const double *value,
		 size_t ngene, size_t nsample, int nthread)
{
	struct gx_contest contest = { .value = value,
				      .nrow = ngene,
				      .ncol = nsample,
				      .cores = one_core,
				      .ncores = 1,
				      .nthread = nthread };
	*race = (struct gx_race){ 0 };
	gx_network_step_make(step, race, &contest);
}

static void test_networks(void)
{
	enum { GENES = 70, SAMPLES = 8, HALF = SAMPLES / 2 };
	double value[GENES * SAMPLES], turned[GENES * SAMPLES];
	unit_draw_doubles(value, GENES * SAMPLES, 0);
	for (size_t i = 0; i < GENES * SAMPLES; i++)
		turned[i] = value[i / SAMPLES * SAMPLES + (i + HALF) % SAMPLES];
	struct gx_race race[3];
	struct gx_network_step step[3];
	make(&step[0], &race[0], value, GENES, SAMPLES, 1);
	make(&step[1], &race[1], value, GENES, SAMPLES, 3);
	make(&step[2], &race[2], turned, GENES, SAMPLES, 2);
	size_t nbyte = step[0].nvalue * sizeof(uint32_t);
	unit_equal(step[0].nvalue, gx_triangle_values(GENES), "values of a triangle");
	for (int k = 0; k < 2; k++) {
		unit_bytes(step[1].rank[k], step[0].rank[k], nbyte, "network %d by threads", k);
		unit_bytes(step[2].rank[k], step[0].rank[!k], nbyte, "network %d of turned halves", k);
		unit_equal(step[2].max[k], step[0].max[!k], "its largest rank");
		unit_equal(step[0].rank[k][0], step[0].max[k], "the diagonal has the largest rank");
	}
	unit_check(memcmp(step[0].rank[0], step[0].rank[1], nbyte) != 0, "the halves differ");
	for (int k = 0; k < 3; k++)
		gx_race_free(&race[k]);
	unit_report("each half of the samples makes its network");
}

static void check_term(const struct gx_terms *terms, size_t t, size_t *of_module)
{
	const uint32_t *member = terms->member + terms->member_at[t];
	size_t m = terms->member_at[t + 1] - terms->member_at[t], half = terms->ngene / 2;
	uint64_t nmodule = gx_step_modules(terms->ngene);
	unit_check(m >= (half < 20 ? half : 20) && m <= (half < 100 ? half : 100),
		   "term %zu of %zu genes has %zu", t, terms->ngene, m);
	for (size_t k = 0; k < m; k++) {
		unit_check(member[k] < terms->ngene && (k == 0 || member[k] > member[k - 1]),
			   "gene %u of term %zu", member[k], t);
		*of_module += gx_module_of_row(member[k], nmodule) == t % nmodule;
		size_t there = 0;
		for (uint64_t x = terms->gene_term_at[member[k]];
		     x < terms->gene_term_at[member[k] + 1]; x++)
			there += terms->gene_term[x] == t;
		unit_equal(there, 1, "term %zu of gene %u", t, member[k]);
	}
}

static void test_terms(void)
{
	static const size_t sizes[] = { 10, 11, 39, 40, 199, 200, 299, 1000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t ngene = sizes[i], of_module = 0;
		double *value = unit_allocate(ngene * 4, sizeof *value);
		unit_draw_doubles(value, ngene * 4, 0);
		struct gx_race race;
		struct gx_network_step step;
		make(&step, &race, value, ngene, 4, 1);
		const struct gx_terms *terms = &step.terms;
		unit_equal(terms->nterm, ngene / 10, "terms of %zu genes", ngene);
		for (size_t t = 0; t < terms->nterm; t++)
			check_term(terms, t, &of_module);
		uint64_t npair = terms->member_at[terms->nterm];
		unit_equal(terms->gene_term_at[ngene], npair, "pairs, by genes");
		unit_equal(step.folds.hidden_at[3 * terms->nterm], npair, "each is hidden once");
		if (ngene >= 1000)
			unit_check(of_module > 0.4 * (double)npair && of_module < 0.6 * (double)npair,
				   "%zu of %lu genes are of the module", of_module, npair);
		free(value);
		gx_race_free(&race);
	}
	unit_report("terms have 20 to 100 genes, half of them from one module");
}

int main(void)
{
	test_networks();
	test_terms();
	return unit_end();
}
