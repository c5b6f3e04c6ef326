/* SPDX-License-Identifier: MIT */
/*
 * The product of two n x n matrices, on doubles and on 64-bit integers. The entries are
 * whole numbers below 1024, so all sums are exact: every strategy has the same answer, in
 * any order and in both types.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/part.h"
#include "kernel/philox.h"
#include "race/blas.h"
#include "race/contest.h"
#include "race/race_products.h"

struct matmul {
	size_t n;
	double *a, *b, *c;
	int64_t *ia, *ib, *ic;
	int64_t *right; /* of the first strategy */
	bool known;
};

enum kind { NAIVE, BLOCKED, BLAS };

struct strategy {
	const char *name;
	enum kind kind;
	bool integers;
};

static const struct strategy strategies[] = {
	{ "int64-naive", NAIVE, true },   { "int64-blocked", BLOCKED, true },
	{ "double-naive", NAIVE, false }, { "double-blocked", BLOCKED, false },
	{ "double-blas", BLAS, false },
};
static const char *const names[] = { "int64-naive",    "int64-blocked", "double-naive",
				     "double-blocked", "double-blas",   NULL };

static void multiply(struct matmul *m, const struct strategy *strategy, int cores)
{
	if (strategy->kind == BLAS) {
		gx_blas_threads(cores);
		gx_blas_product(m->a, m->b, m->n, m->c);
		return;
	}
#pragma omp parallel for num_threads(cores) schedule(static)
	for (int k = 0; k < cores; k++) {
		size_t first = gx_part_bound(m->n, (uint64_t)k, (uint64_t)cores);
		size_t last = gx_part_bound(m->n, (uint64_t)k + 1, (uint64_t)cores);
		if (strategy->integers && strategy->kind == NAIVE)
			gx_product_naive_int64(m->ia, m->ib, m->n, first, last, m->ic);
		else if (strategy->integers)
			gx_product_blocked_int64(m->ia, m->ib, m->n, first, last, m->ic);
		else if (strategy->kind == NAIVE)
			gx_product_naive(m->a, m->b, m->n, first, last, m->c);
		else
			gx_product_blocked(m->a, m->b, m->n, first, last, m->c);
	}
}

static enum gx_race_outcome compare(struct matmul *m, const struct strategy *strategy,
			       char reason[GX_REASON_MAX])
{
	size_t cells = m->n * m->n;
	for (size_t i = 0; !strategy->integers && i < cells; i++)
		m->ic[i] = (int64_t)m->c[i];
	if (gx_contest_spoiled(strategy->name))
		m->ic[cells - 1]++;
	if (!m->known)
		memcpy(m->right, m->ic, cells * sizeof *m->right);
	m->known = true;
	for (size_t i = 0; i < cells; i++)
		if (m->ic[i] != m->right[i]) {
			snprintf(reason, GX_REASON_MAX,
				 "entry %zu, %zu of the product is %lld, not %lld",
				 i / m->n + 1, i % m->n + 1, (long long)m->ic[i],
				 (long long)m->right[i]);
			return GX_WRONG;
		}
	return GX_RAN;
}

static enum gx_race_outcome race_matmul(void *work, const struct gx_contestant *self,
				   double limit, struct gx_run *run,
				   char reason[GX_REASON_MAX])
{
	(void)limit;
	struct matmul *m = work;
	const struct strategy *strategy = self->detail;
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	multiply(m, strategy, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = 2.0 * (double)m->n * (double)m->n * (double)m->n;
	return compare(m, strategy, reason);
}

static void fill(struct matmul *m)
{
	size_t cells = m->n * m->n;
	for (size_t i = 0; i < cells; i++) {
		const uint32_t key[2] = { 1, 0 };
		const uint32_t counter[4] = { (uint32_t)i, (uint32_t)(i >> 32), 0, 0 };
		uint32_t word[4];
		gx_philox(counter, key, word);
		m->ia[i] = word[0] >> 22;
		m->ib[i] = word[1] >> 22;
		m->a[i] = (double)m->ia[i];
		m->b[i] = (double)m->ib[i];
	}
}

void gx_contest_matmul(struct gx_race *race, const struct gx_contest *contest)
{
	gx_contest_check(contest, names, NULL);
	struct matmul *m = gx_race_keep(race, gx_allocate(1, sizeof *m));
	size_t cells = contest->size * contest->size;
	*m = (struct matmul){ .n = contest->size };
	double **doubles[] = { &m->a, &m->b, &m->c };
	int64_t **integers[] = { &m->ia, &m->ib, &m->ic, &m->right };
	for (size_t i = 0; i < 3; i++)
		*doubles[i] = gx_race_keep(race,
					   gx_allocate_large(cells, sizeof(double)));
	for (size_t i = 0; i < 4; i++)
		*integers[i] = gx_race_keep(
			race, gx_allocate_large(cells, sizeof(int64_t)));
	fill(m);
	race->work = m;
	for (size_t s = 0; s < sizeof strategies / sizeof *strategies; s++) {
		const char *why;
		if (!gx_contest_wants(contest, strategies[s].name))
			continue;
		if (strategies[s].kind == BLAS && !gx_blas_load(&why)) {
			gx_race_leave_out(race, strategies[s].name, "%s", why);
			continue;
		}
		if (strategies[s].kind == BLAS)
			gx_timing_fact(race->timing, "blas", "%s", gx_blas_name());
		for (size_t i = 0; i < contest->ncores; i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategies[s].name,
						  .cores = contest->cores[i],
						  .run = race_matmul,
						  .detail = &strategies[s] });
	}
}
