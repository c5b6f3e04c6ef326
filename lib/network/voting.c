/* SPDX-License-Identifier: MIT */
#include "network/voting.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/pipeline.h"
#include "kernel/lanes.h"
#include "matrix/triangle.h"

/* ---- strips by threads ---- */

/* What a thread needs while it works on a strip. */
struct desk {
	atomic_bool taken;
	void *tile;
	double *scratch;
	uint32_t *mark;
	uint64_t *count; /* of each list, of the strips that were worked on here */
	uint64_t *below, *equal;
	double *value; /* predictions */
};

enum task { DEGREES, HIDE, COUNT, PREDICT };

struct strips {
	struct gx_voting *voting;
	enum task task;
	struct desk *desk; /* one for each thread */
	size_t next;	   /* gene that the next strip begins with */
	void (*put)(void *context, size_t first, size_t n, const double *value);
	void *context;
};

struct slot {
	size_t first;
	double *value;
};

static enum gx_vote_type type_of(enum gx_layout layout)
{
	assert(layout != GX_FULL);
	return layout == GX_TRIANGLE_UINT32   ? GX_VOTE_UINT32
	       : layout == GX_TRIANGLE_UINT64 ? GX_VOTE_UINT64
					      : GX_VOTE_FLOAT64;
}

static bool next_strip(void *context, void *memory)
{
	struct strips *strips = context;
	struct slot *slot = memory;
	if (strips->next >= strips->voting->ngene)
		return false;
	slot->first = strips->next;
	strips->next += GX_VOTE_STRIP;
	return true;
}

/* No more threads work at a time than there are desks. */
static struct desk *take_desk(struct strips *strips)
{
	for (int i = 0;; i = (i + 1) % strips->voting->nthread)
		if (!atomic_exchange(&strips->desk[i].taken, true))
			return &strips->desk[i];
}

static void work(void *context, void *memory)
{
	struct strips *strips = context;
	struct slot *slot = memory;
	struct gx_voting *v = strips->voting;
	struct desk *desk = take_desk(strips);
	struct gx_vote_strip strip;
	gx_vote_load(&strip, v->triangle, type_of(v->layout), v->ngene, slot->first, desk->tile);
	if (strips->task == HIDE || strips->task == COUNT)
		gx_vote_mark(&strip, v->terms->nterm, v->terms->gene_term, v->terms->gene_term_at,
			     desk->mark);
	if (strips->task == DEGREES || strips->task == HIDE)
		memcpy(v->degree + slot->first, strip.degree, strip.n * sizeof *v->degree);
	if (strips->task == HIDE)
		gx_vote_hidden(&strip, &v->lists, desk->mark, v->vote, desk->scratch);
	else if (strips->task == COUNT && v->precision)
		gx_vote_place(&strip, &v->lists, desk->mark, v->vote, desk->below, desk->equal,
			      desk->scratch);
	else if (strips->task == COUNT)
		gx_vote_count(&strip, &v->lists, desk->mark, v->vote, v->run, desk->count,
			      desk->scratch);
	if (strips->task == PREDICT) {
		if (!slot->value)
			slot->value = gx_allocate(GX_VOTE_STRIP * v->terms->nterm, sizeof *slot->value);
		gx_vote_predict(&strip, &v->lists, slot->value);
	}
	atomic_store(&desk->taken, false);
}

static void finish(void *context, void *memory)
{
	struct strips *strips = context;
	const struct slot *slot = memory;
	size_t left = strips->voting->ngene - slot->first;
	if (strips->task == PREDICT)
		strips->put(strips->context, slot->first,
			    left < GX_VOTE_STRIP ? left : GX_VOTE_STRIP, slot->value);
}

static void free_slot(void *memory)
{
	free(((struct slot *)memory)->value);
}

static void run_strips(struct strips *strips, enum task task)
{
	struct gx_pipeline pipeline = { strips, next_strip, work, finish };
	strips->task = task;
	strips->next = 0;
	gx_pipeline_run_in(&pipeline, sizeof(struct slot), strips->voting->nthread, free_slot);
}

static struct strips open_strips(struct gx_voting *v)
{
	struct strips strips = { .voting = v };
	size_t size = gx_layout_size(v->layout);
	v->nthread = v->nthread < 1 ? 1 : v->nthread;
	strips.desk = gx_allocate_zeroed((size_t)v->nthread, sizeof *strips.desk);
	for (int i = 0; i < v->nthread; i++) {
		struct desk *desk = &strips.desk[i];
		desk->tile = gx_allocate_aligned(gx_vote_tile(v->ngene), size, 0);
		desk->scratch = gx_allocate_aligned(gx_vote_scratch(v->lists.nfold),
						    sizeof *desk->scratch, 0);
		desk->mark = gx_allocate(v->lists.nterm + 1, sizeof *desk->mark);
	}
	return strips;
}

static void close_strips(struct strips *strips)
{
	for (int i = 0; i < strips->voting->nthread; i++) {
		struct desk *desk = &strips->desk[i];
		free(desk->tile);
		free(desk->scratch);
		free(desk->mark);
		free(desk->count);
		free(desk->below);
		free(desk->equal);
	}
	free(strips->desk);
}

/* ---- sorting the hidden genes, list by list ---- */

struct sorting {
	struct gx_voting *voting;
	size_t next;
};

enum { LISTS = 64 }; /* at a time */

static bool next_lists(void *context, void *memory)
{
	struct sorting *sorting = context;
	const struct gx_vote_terms *lists = &sorting->voting->lists;
	if (sorting->next >= lists->nterm * lists->nfold)
		return false;
	((struct slot *)memory)->first = sorting->next;
	sorting->next += LISTS;
	return true;
}

static void sort_lists(void *context, void *memory)
{
	struct gx_voting *v = ((struct sorting *)context)->voting;
	size_t first = ((struct slot *)memory)->first, last = v->lists.nterm * v->lists.nfold;
	last = last - first < LISTS ? last : first + LISTS;
	for (size_t x = first; x < last; x++) {
		size_t slot = gx_vote_slot(&v->lists, x);
		gx_vote_sort(v->vote + slot, v->run + slot,
			     v->lists.hidden_at[x + 1] - v->lists.hidden_at[x]);
	}
}

static void no_more(void *context, void *memory)
{
	(void)context, (void)memory;
}

static void sort_all(struct gx_voting *v)
{
	struct sorting sorting = { v, 0 };
	struct gx_pipeline pipeline = { &sorting, next_lists, sort_lists, no_more };
	gx_pipeline_run_in(&pipeline, sizeof(struct slot), v->nthread, NULL);
}

/* ---- a run ---- */

static void set_lists(struct gx_voting *v)
{
	static const uint64_t none[1];
	const struct gx_terms *terms = v->terms;
	v->lists = (struct gx_vote_terms){ .ngene = v->ngene, .hidden_at = none };
	if (terms) {
		v->lists.nterm = terms->nterm;
		v->lists.member = terms->member;
		v->lists.member_at = terms->member_at;
	}
	if (v->folds) {
		v->lists.nfold = v->folds->nfold;
		v->lists.hidden = v->folds->hidden;
		v->lists.hidden_at = v->folds->hidden_at;
		v->lists.rest = v->folds->rest;
		v->lists.rest_at = v->folds->rest_at;
	}
}

static void add_up(uint64_t *sum, const uint64_t *more, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += more[i];
}

void gx_voting_run(struct gx_voting *v)
{
	set_lists(v);
	size_t nslot = gx_vote_slots(&v->lists), nlist = v->lists.nterm * v->lists.nfold;
	v->degree = gx_allocate(v->ngene + 1, sizeof *v->degree);
	v->vote = gx_allocate(nslot + 1, sizeof *v->vote);
	v->run = gx_allocate(nslot + 1, sizeof *v->run);
	struct strips strips = open_strips(v);
	run_strips(&strips, HIDE);
	sort_all(v);
	for (int i = 0; i < v->nthread; i++) {
		struct desk *desk = &strips.desk[i];
		desk->count = gx_allocate_zeroed(nlist + 1, sizeof *desk->count);
		if (v->precision) {
			desk->below = gx_allocate_zeroed(nslot + 1, sizeof *desk->below);
			desk->equal = gx_allocate_zeroed(nslot + 1, sizeof *desk->equal);
		}
	}
	run_strips(&strips, COUNT);
	for (int i = 1; i < v->nthread; i++) {
		add_up(strips.desk[0].count, strips.desk[i].count, nlist);
		if (v->precision) {
			add_up(strips.desk[0].below, strips.desk[i].below, nslot);
			add_up(strips.desk[0].equal, strips.desk[i].equal, nslot);
		}
	}
	struct desk *desk = &strips.desk[0];
	v->count = desk->count;
	v->below = desk->below;
	v->equal = desk->equal;
	desk->count = desk->below = desk->equal = NULL;
	close_strips(&strips);
}

void gx_voting_degrees(struct gx_voting *v)
{
	set_lists(v);
	v->degree = gx_allocate(v->ngene + 1, sizeof *v->degree);
	struct strips strips = open_strips(v);
	run_strips(&strips, DEGREES);
	close_strips(&strips);
}

void gx_voting_predict(struct gx_voting *v,
		       void (*put)(void *context, size_t first, size_t n, const double *value),
		       void *context)
{
	set_lists(v);
	v->lists.nfold = 0;
	struct strips strips = open_strips(v);
	strips.put = put;
	strips.context = context;
	run_strips(&strips, PREDICT);
	close_strips(&strips);
}

void gx_voting_free(struct gx_voting *v)
{
	free(v->degree);
	free(v->vote);
	free(v->run);
	free(v->count);
	free(v->below);
	free(v->equal);
	v->degree = v->vote = NULL;
	v->run = NULL;
	v->count = v->below = v->equal = NULL;
}

/* ---- tables ---- */

const char *const gx_voting_column[GX_VOTING_COLUMNS] = { "genes",	  "auroc", "degree",
							  "degree_auroc", "p",	   "folds" };
const char *const gx_voting_precision_column[GX_VOTING_PRECISION_COLUMNS] = {
	"genes", "precision", "degree", "prior", "folds"
};

static double not_a_number(void)
{
	return gx_nan_canonical(NAN);
}

static double mean_degree(const struct gx_voting *v, const uint32_t *member, size_t m)
{
	double sum = 0;
	for (size_t k = 0; k < m; k++)
		sum += v->degree[member[k]];
	return m ? sum / (double)m : not_a_number();
}

/* Whether voting says anything: of one gene nothing is known, and beside all there are none. */
static bool can_vote(const struct gx_voting *v, size_t m)
{
	return m >= 2 && m < v->ngene;
}

/* The mean AUROC over the folds that hide a gene, and p, as EGAD's port to Python has it. */
static void score(const struct gx_voting *v, size_t t, size_t m, double *row)
{
	size_t nfold = v->lists.nfold, used = 0;
	double sum = 0, z = 0;
	for (size_t f = 0; f < nfold && can_vote(v, m); f++) {
		size_t x = t * nfold + f, n = v->lists.hidden_at[x + 1] - v->lists.hidden_at[x];
		if (!n)
			continue;
		double auroc = gx_vote_auroc(v->count[x], n, v->ngene - m);
		sum += auroc;
		z += gx_vote_z(auroc, n, v->ngene - m);
		used++;
	}
	row[1] = used ? sum / (double)used : not_a_number();
	row[4] = used ? gx_normal_tail(z / sqrt((double)nfold)) : not_a_number();
	row[5] = (double)used;
}

void gx_voting_table(const struct gx_voting *v, double *value)
{
	double *size = gx_allocate(v->ngene + 1, sizeof *size);
	uint64_t *rank = gx_allocate(v->ngene + 1, sizeof *rank);
	uint32_t *order = gx_allocate(v->ngene + 1, sizeof *order);
	for (size_t i = 0; i < v->ngene; i++)
		size[i] = fabs(v->degree[i]);
	gx_vote_ranks(size, v->ngene, rank, order);
	for (size_t t = 0; t < v->lists.nterm; t++) {
		double *row = value + t * GX_VOTING_COLUMNS;
		const uint32_t *member = v->lists.member + v->lists.member_at[t];
		size_t m = v->lists.member_at[t + 1] - v->lists.member_at[t];
		row[0] = (double)m;
		score(v, t, m, row);
		row[2] = mean_degree(v, member, m);
		row[3] = gx_vote_ranks_auroc(rank, v->ngene, member, m);
	}
	free(size);
	free(rank);
	free(order);
}

void gx_voting_precision_table(const struct gx_voting *v, double *value)
{
	for (size_t t = 0; t < v->lists.nterm; t++) {
		double *row = value + t * GX_VOTING_PRECISION_COLUMNS, sum = 0, prior = 0;
		const uint32_t *member = v->lists.member + v->lists.member_at[t];
		size_t m = v->lists.member_at[t + 1] - v->lists.member_at[t];
		size_t nfold = v->lists.nfold, used = 0;
		for (size_t f = 0; f < nfold && can_vote(v, m); f++) {
			size_t x = t * nfold + f, slot = gx_vote_slot(&v->lists, x);
			size_t n = v->lists.hidden_at[x + 1] - v->lists.hidden_at[x];
			if (!n)
				continue;
			sum += gx_vote_precision(v->run + slot, v->below + slot, v->equal + slot, n);
			prior += (double)n / (double)(n + v->ngene - m);
			used++;
		}
		row[0] = (double)m;
		row[1] = used ? sum / (double)used : not_a_number();
		row[2] = mean_degree(v, member, m);
		row[3] = used ? prior / (double)used : not_a_number();
		row[4] = (double)used;
	}
}

/* ---- which genes vote ---- */

void gx_triangle_keep(void *triangle, enum gx_layout layout, const uint32_t *row, size_t nrow)
{
	/* A value never moves to where one lies that is still to be moved. */
	uint64_t to = 0;
	for (size_t i = 0; i < nrow; i++) {
		uint64_t from = gx_triangle_values(row[i]);
		if (layout == GX_TRIANGLE_UINT32)
			for (size_t j = 0; j <= i; j++)
				((uint32_t *)triangle)[to++] = ((uint32_t *)triangle)[from + row[j]];
		else
			for (size_t j = 0; j <= i; j++)
				((uint64_t *)triangle)[to++] = ((uint64_t *)triangle)[from + row[j]];
	}
}

double *gx_triangle_merge(const void *triangle, enum gx_layout layout, size_t n,
			  const uint32_t *group, size_t ngroup)
{
	double *sum = gx_allocate_zeroed(gx_triangle_values(ngroup) + 1, sizeof *sum);
	double *size = gx_allocate_zeroed(ngroup + 1, sizeof *size);
	uint64_t at = 0;
	for (size_t i = 0; i < n; i++) {
		size[group[i]]++;
		for (size_t j = 0; j <= i; j++) {
			double value = gx_triangle_value(triangle, layout, at++);
			size_t a = group[i], b = group[j];
			/* Of one that was several each link counts in both directions. */
			if (a == b && i != j)
				value *= 2;
			sum[a > b ? gx_triangle_values(a) + b : gx_triangle_values(b) + a] += value;
		}
	}
	for (size_t a = 0; a < ngroup; a++)
		for (size_t b = 0; b <= a; b++)
			sum[gx_triangle_values(a) + b] /= size[a] * size[b];
	free(size);
	return sum;
}

/* ---- multifunctionality ---- */

void gx_multifunctionality(const struct gx_terms *terms, double *nterm, double *score_of,
			   double *rank_of, double *auroc)
{
	size_t n = terms->ngene;
	for (size_t i = 0; i < n; i++) {
		double sum = 0;
		uint64_t from = terms->gene_term_at[i], to = terms->gene_term_at[i + 1];
		for (uint64_t k = from; k < to; k++) {
			uint32_t t = terms->gene_term[k];
			double m = (double)(terms->member_at[t + 1] - terms->member_at[t]);
			if (m < (double)n)
				sum += 1 / (m * ((double)n - m));
		}
		nterm[i] = (double)(to - from);
		score_of[i] = sum;
	}
	uint64_t *rank = gx_allocate(n + 1, sizeof *rank);
	uint32_t *order = gx_allocate(n + 1, sizeof *order);
	gx_vote_ranks(score_of, n, rank, order);
	for (size_t i = 0; i < n; i++)
		rank_of[i] = (double)rank[i] / 2;
	for (size_t t = 0; auroc && t < terms->nterm; t++)
		auroc[t] = gx_vote_ranks_auroc(rank, n, terms->member + terms->member_at[t],
					       terms->member_at[t + 1] - terms->member_at[t]);
	free(rank);
	free(order);
}
