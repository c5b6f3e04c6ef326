/* SPDX-License-Identifier: MIT */
/* Row sums and a dot product: as loops, by SIMD, by OpenMP and by a BLAS. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/part.h"
#include "kernel/digest.h"
#include "kernel/mean.h"
#include "race/blas.h"
#include "race/contest.h"
#include "race/plain_loops.h"
#include "race/race_products.h"

/* One of the two works. They differ in their kernels and in their answers. */
struct sums {
	const struct gx_contest *contest;
	const double *x, *y; /* of the dot product: n values each */
	size_t n;
	double *answer;  /* nrow sums, or one dot product */
	double *right;   /* of the first strategy */
	double *partial; /* of the dot product's blocks */
	double *ones;    /* ncol of them, for BLAS */
	size_t nanswer;
	bool known;
};

typedef void sum_kernel(struct sums *sums, int cores);

/* ---- row sums ---- */

static void rowsum_serial(struct sums *s, int cores)
{
	(void)cores;
	gx_plain_sum_rows(s->contest->value, s->contest->nrow, s->contest->ncol,
			  s->answer);
}

static void rowsum_simd(struct sums *s, int cores)
{
	(void)cores;
	gx_sum_rows(s->contest->value, s->contest->nrow, s->contest->ncol, s->answer);
}

static void rowsum_openmp(struct sums *s, int cores)
{
	const struct gx_contest *c = s->contest;
#pragma omp parallel for num_threads(cores) schedule(static)
	for (int k = 0; k < cores; k++) {
		size_t first = gx_part_bound(c->nrow, (uint64_t)k, (uint64_t)cores);
		size_t last = gx_part_bound(c->nrow, (uint64_t)k + 1, (uint64_t)cores);
		gx_sum_rows(c->value + first * c->ncol, last - first, c->ncol,
			    s->answer + first);
	}
}

static void rowsum_blas(struct sums *s, int cores)
{
	gx_blas_threads(cores);
	gx_blas_sum_rows(s->contest->value, s->contest->nrow, s->contest->ncol, s->ones,
			 s->answer);
}

/* ---- the dot product ---- */

static void dot_serial(struct sums *s, int cores)
{
	(void)cores;
	s->answer[0] = gx_plain_dot(s->x, s->y, s->n);
}

static void dot_simd(struct sums *s, int cores)
{
	(void)cores;
	s->answer[0] = gx_dot(s->x, s->y, s->n);
}

static void dot_openmp(struct sums *s, int cores)
{
	size_t nblock = (s->n + GX_DOT_BLOCK - 1) / GX_DOT_BLOCK;
#pragma omp parallel for num_threads(cores) schedule(static)
	for (int k = 0; k < cores; k++) {
		size_t block = gx_part_bound(nblock, (uint64_t)k, (uint64_t)cores);
		size_t end = gx_part_bound(nblock, (uint64_t)k + 1, (uint64_t)cores);
		size_t first = block * GX_DOT_BLOCK, last = end * GX_DOT_BLOCK;
		last = last < s->n ? last : s->n;
		if (first < last)
			gx_dot_blocks(s->x + first, s->y + first, last - first,
				      s->partial + block);
	}
	double sum = 0;
	for (size_t i = 0; i < nblock; i++)
		sum += s->partial[i];
	gx_nan_canonicalise(&sum, 1);
	s->answer[0] = sum;
}

static void dot_blas(struct sums *s, int cores)
{
	gx_blas_threads(cores);
	s->answer[0] = gx_blas_dot(s->x, s->y, s->n);
	gx_nan_canonicalise(s->answer, 1);
}

/* ---- comparing ---- */

/*
 * How far a sum of n terms may be off when it is added in another order: n eps times the sum
 * of the magnitudes, from either side (Higham, Accuracy and Stability of Numerical
 * Algorithms, 4.2).
 */
static double bound_of(const struct sums *s, size_t i)
{
	const double *x = s->n ? s->x : s->contest->value + i * s->contest->ncol;
	size_t n = s->n ? s->n : s->contest->ncol;
	double magnitude = 0;
	for (size_t j = 0; j < n; j++)
		magnitude += fabs(s->n ? x[j] * s->y[j] : x[j]);
	return 2 * (double)n * DBL_EPSILON * magnitude;
}

static enum gx_race_outcome compare(struct sums *s, const char *strategy, bool rounding,
			       char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		s->answer[0] = isnan(s->answer[0]) ? 1 : s->answer[0] * 1.5 + 1;
	if (!s->known)
		memcpy(s->right, s->answer, s->nanswer * sizeof *s->right);
	s->known = true;
	if (memcmp(s->right, s->answer, s->nanswer * sizeof *s->right) == 0)
		return GX_RAN;
	for (size_t i = 0; i < s->nanswer; i++) {
		double a = s->answer[i], b = s->right[i];
		bool same = memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
		if (!same && rounding)
			same = a == b || fabs(a - b) <= bound_of(s, i);
		if (!same) {
			snprintf(reason, GX_REASON_MAX, "%s %zu is %.17g, not %.17g",
				 s->n ? "product" : "the sum of row", i + 1, a, b);
			return GX_WRONG;
		}
	}
	return rounding ? GX_RAN : GX_WRONG;
}

static enum gx_race_outcome race_sums(void *work, const struct gx_contestant *self,
				 double limit, struct gx_run *run,
				 char reason[GX_REASON_MAX])
{
	(void)limit;
	struct sums *s = work;
	sum_kernel *const *kernel = self->detail;
	gx_contest_warm(s->contest->value, s->contest->nrow * s->contest->ncol);
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	(*kernel)(s, self->cores);
	gx_stopwatch_stop(&watch, run);
	size_t values = s->n ? 2 * s->n : s->contest->nrow * s->contest->ncol;
	run->amount = (double)(values * sizeof(double));
	return compare(s, self->strategy, strcmp(self->strategy, "blas") == 0, reason);
}

/* ---- the strategies ---- */

static const char *const names[] = { "serial", "simd", "openmp", "blas", "read", NULL };

static void add(struct gx_race *race, struct sums *s, sum_kernel *const kernels[4])
{
	const struct gx_contest *contest = s->contest;
	race->work = s;
	for (size_t k = 0; k < 4; k++) {
		bool one_core = k < 2;
		const char *why;
		if (!gx_contest_wants(contest, names[k]))
			continue;
		if (k == 3 && !gx_blas_load(&why)) {
			gx_race_leave_out(race, "blas", "%s", why);
			continue;
		}
		if (k == 3)
			gx_timing_fact(race->timing, "blas", "%s", gx_blas_name());
		for (size_t i = 0; i < (one_core ? 1 : contest->ncores); i++)
			gx_race_add(race,
				    &(struct gx_contestant){
					    .strategy = names[k],
					    .cores = one_core ? 1 : contest->cores[i],
					    .run = race_sums,
					    .detail = &kernels[k] });
	}
}

static double *doubles(struct gx_race *race, size_t n)
{
	return gx_race_keep(race, gx_allocate_zeroed(n, sizeof(double)));
}

void gx_contest_rowsum(struct gx_race *race, const struct gx_contest *contest)
{
	static sum_kernel *const kernels[4] = { rowsum_serial, rowsum_simd, rowsum_openmp,
						rowsum_blas };
	gx_contest_check(contest, names, NULL);
	struct sums *s = gx_race_keep(race, gx_allocate_zeroed(1, sizeof *s));
	s->contest = contest;
	s->nanswer = contest->nrow;
	s->answer = doubles(race, contest->nrow + 1);
	s->right = doubles(race, contest->nrow + 1);
	s->ones = doubles(race, contest->ncol);
	for (size_t j = 0; j < contest->ncol; j++)
		s->ones[j] = 1;
	add(race, s, kernels);
	gx_contest_add_read(race, contest, contest->value, contest->nrow * contest->ncol);
}

void gx_contest_dot(struct gx_race *race, const struct gx_contest *contest)
{
	static sum_kernel *const kernels[4] = { dot_serial, dot_simd, dot_openmp,
						dot_blas };
	gx_contest_check(contest, names, NULL);
	struct sums *s = gx_race_keep(race, gx_allocate_zeroed(1, sizeof *s));
	size_t n = contest->nrow * contest->ncol / 2;
	if (!n)
		gx_die(GX_EXIT_DATA, "the matrix has %zu values: a dot product needs two",
		       contest->nrow * contest->ncol);
	*s = (struct sums){ .contest = contest,
			    .x = contest->value,
			    .y = contest->value + n,
			    .n = n,
			    .nanswer = 1 };
	s->answer = doubles(race, 1);
	s->right = doubles(race, 1);
	s->partial = doubles(race, n / GX_DOT_BLOCK + 1);
	add(race, s, kernels);
	gx_contest_add_read(race, contest, contest->value, 2 * n);
}
