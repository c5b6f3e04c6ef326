/* SPDX-License-Identifier: MIT */
/*
 * A step of the study on networks: two networks by ranks are added in fixed point, the sum is
 * ranked, and the genes vote on terms in three folds. As plain loops, by the kernels on one core
 * and on more, and by NumPy. All numbers but the last divisions are whole, so that every strategy has
 * the same ranks, and votes with the same order and ties.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/part.h"
#include "kernel/fixed_point.h"
#include "kernel/rank.h"
#include "matrix/triangle.h"
#include "network/voting.h"
#include "race/network_step.h"
#include "race/peers.h"
#include "race/plain_network.h"
#include "race/programs.h"

struct network {
	struct gx_race *race;
	struct gx_network_step step;
	uint64_t *sum;
	uint32_t *rank;	      /* of the sum */
	double *auroc;	      /* of each term */
	uint32_t *right_rank; /* of the first strategy, where gx has run */
	double *right_auroc;
	double right_mean;
	bool known, ranked;
	/* Of the loops. */
	struct gx_plain_cell *cell;
	double *vote;
	uint32_t *row;
	unsigned char *in_term;
	/* Of the kernels. */
	void *scratch;
	double *table;
	/* Of NumPy: the paths of the two networks and of the terms. */
	struct gx_peers *peers;
	const char *path[3];
};

typedef void step_work(struct network *n, int cores);

/* ---- plain loops ---- */

static void step_by_loops(struct network *n, int cores)
{
	const struct gx_network_step *step = &n->step;
	const struct gx_plain_terms terms = { step->ngene, step->terms.nterm,
					      step->terms.member, step->terms.member_at };
	(void)cores;
	memset(n->sum, 0, step->nvalue * sizeof *n->sum);
	for (int k = 0; k < 2; k++)
		gx_plain_add_ranks(step->rank[k], step->nvalue, step->max[k], n->sum);
	gx_plain_rank(n->sum, step->ngene, n->cell, n->rank);
	gx_plain_vote(n->rank, &terms, n->row, n->vote, n->in_term, n->auroc);
}

/* ---- the kernels ---- */

static void add_by_kernels(struct network *n, int cores)
{
	const struct gx_network_step *step = &n->step;
#pragma omp parallel for num_threads(cores) schedule(static)
	for (int k = 0; k < cores; k++) {
		size_t first = gx_part_bound(step->nvalue, (uint64_t)k, (uint64_t)cores);
		size_t last = gx_part_bound(step->nvalue, (uint64_t)k + 1, (uint64_t)cores);
		memset(n->sum + first, 0, (last - first) * sizeof *n->sum);
		for (int i = 0; i < 2; i++)
			gx_fixed_add_uint32(step->rank[i] + first, last - first, step->max[i],
					    n->sum + first);
	}
}

static void rank_by_kernels(struct network *n, int cores)
{
	const struct gx_rank_task task = { .value = n->sum,
					   .input = GX_RANK_UINT64,
					   .ngene = n->step.ngene,
					   .rank = n->rank,
					   .nplace = (size_t)cores };
	struct gx_rank rank;
	gx_rank_begin(&rank, &task, n->scratch);
	for (int step = 0; step < GX_RANK_STEPS; step++) {
		size_t npiece = gx_rank_pieces(&rank, step);
#pragma omp parallel for num_threads(cores) schedule(dynamic)
		for (size_t i = 0; i < npiece; i++)
			gx_rank_piece(&rank, step, i, (size_t)omp_get_thread_num());
		gx_rank_join(&rank, step);
	}
}

static void vote_by_kernels(struct network *n, int cores)
{
	struct gx_voting voting = { .triangle = n->rank,
				    .layout = GX_TRIANGLE_UINT32,
				    .ngene = n->step.ngene,
				    .terms = &n->step.terms,
				    .folds = &n->step.folds,
				    .nthread = cores };
	gx_voting_run(&voting);
	gx_voting_table(&voting, n->table);
	gx_voting_free(&voting);
	for (size_t t = 0; t < n->step.terms.nterm; t++)
		n->auroc[t] = n->table[t * GX_VOTING_COLUMNS + 1];
}

static void step_by_kernels(struct network *n, int cores)
{
	add_by_kernels(n, cores);
	rank_by_kernels(n, cores);
	vote_by_kernels(n, cores);
}

/* ---- comparing ---- */

static double mean_of(const double *auroc, size_t n)
{
	double sum = 0;
	for (size_t t = 0; t < n; t++)
		sum += auroc[t];
	return sum / (double)n;
}

/* The first answer: the others are compared with it. */
static void take_answer(struct network *n, double mean)
{
	size_t nterm = n->step.terms.nterm;
	n->right_mean = mean;
	n->known = true;
	gx_timing_fact(n->race->timing, "answer", "mean AUROC %.6f of %zu term%s", mean, nterm,
		       nterm == 1 ? "" : "s");
}

/* For a test: the strategy, or one number of it alone, is wrong. */
static bool is_spoiled(const char *strategy, const char *number)
{
	char name[64];
	snprintf(name, sizeof name, "%.40s-%s", strategy, number);
	return gx_contest_spoiled(name);
}

static enum gx_race_outcome compare_ranks(const struct network *n, char reason[GX_REASON_MAX])
{
	size_t i = 0, at = 0;
	while (at < n->step.nvalue && n->rank[at] == n->right_rank[at])
		at++;
	if (at == n->step.nvalue)
		return GX_RAN;
	while (gx_triangle_values(i + 1) <= at)
		i++;
	snprintf(reason, GX_REASON_MAX,
		 "the rank of genes %zu and %zu is %" PRIu32 "/2, not %" PRIu32 "/2", i + 1,
		 at - gx_triangle_values(i) + 1, n->rank[at], n->right_rank[at]);
	return GX_WRONG;
}

/*
 * Of gx's own strategies all ranks and each AUROC are the same to the bit: they are quotients of
 * whole numbers.
 */
static enum gx_race_outcome compare(struct network *n, const char *strategy,
				    char reason[GX_REASON_MAX])
{
	size_t nterm = n->step.terms.nterm;
	if (gx_contest_spoiled(strategy))
		n->rank[n->step.nvalue - 2]++;
	if (is_spoiled(strategy, "auroc"))
		n->auroc[nterm - 1] = nextafter(n->auroc[nterm - 1], 2);
	if (!n->known)
		take_answer(n, mean_of(n->auroc, nterm));
	if (!n->ranked) {
		memcpy(n->right_rank, n->rank, n->step.nvalue * sizeof *n->rank);
		memcpy(n->right_auroc, n->auroc, nterm * sizeof *n->auroc);
	}
	n->ranked = true;
	if (compare_ranks(n, reason) == GX_WRONG)
		return GX_WRONG;
	for (size_t t = 0; t < nterm; t++)
		if (memcmp(&n->auroc[t], &n->right_auroc[t], sizeof *n->auroc) != 0) {
			snprintf(reason, GX_REASON_MAX, "the AUROC of term %zu is %.17g, not %.17g",
				 t + 1, n->auroc[t], n->right_auroc[t]);
			return GX_WRONG;
		}
	return GX_RAN;
}

/*
 * NumPy has the same sums, ranks and votes: in doubles these are exact but for one division, which
 * is rounded as here. Its AUROC comes from ranks: three roundings of numbers up to the number of
 * genes, divided by half of that at least, which is 3 eps. Adding up T of them loses T eps / 2
 * at most, here and there. One vote on the other side of another would make 1e-8 at 2,000 genes.
 */
static enum gx_race_outcome compare_mean(struct network *n, const char *strategy, double mean,
					 char reason[GX_REASON_MAX])
{
	if (gx_contest_spoiled(strategy))
		mean += 1e-9;
	if (!n->known)
		take_answer(n, mean);
	double bound = (double)(n->step.terms.nterm + 8) * DBL_EPSILON;
	snprintf(reason, GX_REASON_MAX, "the mean AUROC is %.17g, not %.17g", mean,
		 n->right_mean);
	return fabs(mean - n->right_mean) <= bound ? GX_RAN : GX_WRONG;
}

/* ---- running ---- */

static enum gx_race_outcome race_step(void *work, const struct gx_contestant *self,
				      double limit, struct gx_run *run,
				      char reason[GX_REASON_MAX])
{
	(void)limit;
	struct network *n = work;
	step_work *const *step = self->detail;
	struct gx_stopwatch watch = gx_stopwatch_start(self->cores);
	(*step)(n, self->cores);
	gx_stopwatch_stop(&watch, run);
	run->amount = (double)n->step.nvalue;
	return compare(n, self->strategy, reason);
}

static enum gx_race_outcome race_numpy(void *work, const struct gx_contestant *self,
				       double limit, struct gx_run *run,
				       char reason[GX_REASON_MAX])
{
	struct network *n = work;
	char *arguments = gx_allocate_zeroed(GX_LINE_ROOM, 1);
	for (int k = 0; k < 3; k++) {
		strncat(arguments, " ", GX_LINE_ROOM - strlen(arguments) - 1);
		gx_shell_quote(arguments, GX_LINE_ROOM, n->path[k]);
	}
	struct gx_launched launched;
	gx_peers_run(n->race, n->peers, self->strategy, arguments, self->cores, limit, &launched);
	free(arguments);
	enum gx_race_outcome outcome = GX_LEFT_OUT;
	double mean, seconds;
	if (launched.status != 0) {
		outcome = gx_launched_failure(&launched, limit, false, reason);
	} else if (sscanf(launched.out, "%lf %lf", &mean, &seconds) != 2 ||
		   !(seconds > 0 && seconds <= launched.seconds)) {
		snprintf(reason, GX_REASON_MAX, "it did not print its two numbers");
	} else {
		run->seconds = seconds;
		run->whole = launched.seconds;
		run->processor = launched.processor;
		run->peak = (double)launched.peak;
		run->amount = (double)n->step.nvalue;
		outcome = compare_mean(n, self->strategy, mean, reason);
	}
	gx_launched_free(&launched);
	return outcome;
}

/* ---- the strategies ---- */

static void *room(struct gx_race *race, size_t n, size_t size)
{
	return gx_race_keep(race, gx_allocate_large(n, size));
}

static void make_room(struct network *n, const struct gx_contest *contest)
{
	struct gx_race *race = n->race;
	const size_t ngene = n->step.ngene, nvalue = n->step.nvalue, nterm = n->step.terms.nterm;
	n->sum = room(race, nvalue, sizeof *n->sum);
	n->rank = room(race, nvalue, sizeof *n->rank);
	n->right_rank = room(race, nvalue, sizeof *n->right_rank);
	n->auroc = room(race, nterm, sizeof *n->auroc);
	n->right_auroc = room(race, nterm, sizeof *n->right_auroc);
	n->table = room(race, nterm * GX_VOTING_COLUMNS, sizeof *n->table);
	size_t most = (size_t)contest->cores[contest->ncores - 1];
	n->scratch = gx_race_keep(
		race, gx_allocate_aligned(gx_rank_scratch(ngene, most), 1, 0));
	if (!gx_contest_wants(contest, "loop"))
		return;
	n->cell = room(race, nvalue, sizeof *n->cell);
	n->row = room(race, ngene, sizeof *n->row);
	n->vote = room(race, nterm * GX_PLAIN_FOLDS * ngene, sizeof *n->vote);
	n->in_term = gx_race_keep(race, gx_allocate_zeroed(ngene, 1));
}

/* A network as NumPy has it: full, of doubles, q / max in units of 2^-46 as gx adds it. */
static const char *write_network(const struct network *n, int k)
{
	const size_t ngene = n->step.ngene;
	double *full = gx_allocate_large(ngene * ngene, sizeof *full);
	for (size_t i = 0, at = 0; i < ngene; i++)
		for (size_t j = 0; j <= i; j++, at++) {
			uint64_t value = gx_fixed_rank(n->step.rank[k][at], n->step.max[k]);
			full[i * ngene + j] = full[j * ngene + i] = 0x1p-46 * (double)value;
		}
	const char *path = gx_scratch_matrix(n->race, k ? "second.npy" : "first.npy", full,
					     ngene, ngene);
	free(full);
	return path;
}

/* The terms: genes x terms of 0 and 1. */
static const char *write_terms(const struct network *n)
{
	const struct gx_terms *terms = &n->step.terms;
	double *label = gx_allocate_zeroed(terms->ngene * terms->nterm, sizeof *label);
	for (size_t t = 0; t < terms->nterm; t++)
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
			label[terms->member[k] * terms->nterm + t] = 1;
	const char *path = gx_scratch_matrix(n->race, "terms.npy", label, terms->ngene,
					     terms->nterm);
	free(label);
	return path;
}

static const char *const names[] = { "loop", "simd", "openmp", NULL };
static const char *const peers[] = { "numpy", NULL };

static void add_numpy(struct network *n, const struct gx_contest *contest)
{
	const char *name = peers[0];
	n->peers = gx_peers_begin(n->race, contest->python, "network", name, name);
	if (!gx_peers_have(n->race, n->peers, name))
		return;
	for (int k = 0; k < 2; k++)
		n->path[k] = write_network(n, k);
	n->path[2] = write_terms(n);
	gx_race_add(n->race, &(struct gx_contestant){
				     .strategy = name, .cores = 1, .run = race_numpy });
}

void gx_contest_network(struct gx_race *race, const struct gx_contest *contest)
{
	static step_work *const work[] = { step_by_loops, step_by_kernels, step_by_kernels };
	gx_contest_check(contest, names, peers);
	struct network *n = gx_race_keep(race, gx_allocate_zeroed(1, sizeof *n));
	n->race = race;
	race->work = n;
	gx_network_step_make(&n->step, race, contest);
	make_room(n, contest);
	for (size_t s = 0; s < 3; s++) {
		bool one_core = s < 2;
		if (!gx_contest_wants(contest, names[s]))
			continue;
		for (size_t i = 0; i < (one_core ? 1 : contest->ncores); i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = names[s],
						  .cores = one_core ? 1 : contest->cores[i],
						  .run = race_step,
						  .detail = &work[s] });
	}
	if (contest->peers && gx_contest_wants(contest, "numpy"))
		add_numpy(n, contest);
}
