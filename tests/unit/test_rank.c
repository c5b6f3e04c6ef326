/* SPDX-License-Identifier: MIT */
/*
 * Ranks of a triangle against a sort of all G x G cells, in memory between pages that must not
 * be touched: values of many distributions, whole numbers, missing ones, pieces of any number
 * of threads in any order.
 */
#include "kernel/rank.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

enum { MOST_GENES = 700, MOST_THREADS = 7 };
enum { MOST_PAIRS = MOST_GENES * (MOST_GENES + 1) / 2 };

/* ---- what is right ---- */

struct cell {
	double value; /* a whole number below 2^53, or its high half */
	uint64_t low;
	size_t at;
	bool on_diagonal;
};

static int compare(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->low > y->low) - (x->low < y->low);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static struct cell cell_of(const struct gx_rank_task *task, size_t at)
{
	struct cell c = { .at = at };
	if (task->input == GX_RANK_FLOAT64) {
		c.value = ((const double *)task->value)[at];
		c.value = task->absolute ? fabs(c.value) : c.value;
		c.value = task->descending ? -c.value : c.value;
		return c;
	}
	uint64_t x = task->input == GX_RANK_UINT32 ? ((const uint32_t *)task->value)[at]
						   : ((const uint64_t *)task->value)[at];
	x = task->descending ? ~x : x;
	c.value = (double)(x >> 32);
	c.low = x & UINT32_MAX;
	return c;
}

static struct gx_rank_facts naive_rank(const struct gx_rank_task *task, uint64_t *rank)
{
	size_t npair = task->ngene * (task->ngene + 1) / 2, n = 0, at = 0;
	struct cell *cell = unit_allocate(npair, sizeof *cell);
	struct gx_rank_facts facts = { 0 };
	for (size_t i = 0; i < task->ngene; i++)
		for (size_t j = 0; j <= i; j++, at++) {
			struct cell c = cell_of(task, at);
			c.on_diagonal = i == j;
			rank[at] = 0;
			if (c.value == c.value)
				cell[n++] = c;
			else
				facts.missing += i != j;
		}
	qsort(cell, n, sizeof *cell, compare);
	uint64_t below = 0;
	for (size_t k = 0, end; k < n; k = end) {
		uint64_t equal = 0;
		for (end = k; end < n && compare(&cell[k], &cell[end]) == 0; end++)
			equal += cell[end].on_diagonal ? 1 : 2;
		for (size_t l = k; l < end; l++)
			rank[cell[l].at] = facts.max = 2 * below + equal + 1;
		below += equal;
	}
	free(cell);

	uint64_t *all = unit_allocate(2 * npair, sizeof *all);
	unsigned __int128 sum = 0;
	n = at = 0;
	for (size_t i = 0; i < task->ngene; i++)
		for (size_t j = 0; j <= i; j++, at++) {
			if (i == j && !task->keep_diagonal)
				rank[at] = facts.max;
			for (int twice = i != j; rank[at] && twice >= 0; twice--)
				all[n++] = rank[at];
		}
	qsort(all, n, sizeof *all, compare_numbers);
	for (size_t k = 0; k < n; k++)
		sum += all[k];
	if (n) {
		facts.median = (all[(n - 1) / 2] + all[n / 2] + 1) / 2;
		facts.mean = (uint64_t)((2 * sum + n) / (2 * n));
		facts.middle[0] = all[(n - 1) / 2];
		facts.middle[1] = all[n / 2];
		facts.ncell = n;
		facts.sum = (double)sum;
	}
	free(all);
	return facts;
}

/* ---- how pieces are run ---- */

static bool searched; /* whether a bucket had no room */

static struct gx_rank_facts run(const struct gx_rank_task *task, void *scratch, bool backwards)
{
	struct gx_rank rank;
	gx_rank_begin(&rank, task, scratch);
	for (int step = 0; step < GX_RANK_STEPS; step++) {
		long n = (long)gx_rank_pieces(&rank, step);
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)task->nplace)
		for (long i = 0; i < n; i++)
			gx_rank_piece(&rank, step, (size_t)(backwards ? n - 1 - i : i),
				      (size_t)omp_get_thread_num());
		gx_rank_join(&rank, step);
	}
	searched = rank.searched;
	return rank.facts;
}

struct memory {
	struct unit_fence value, rank, scratch;
	uint64_t *want;
};

static void check(const struct memory *m, struct gx_rank_task task, const char *what)
{
	size_t npair = task.ngene * (task.ngene + 1) / 2;
	struct gx_rank_facts want = naive_rank(&task, m->want);
	for (int wide = 0; wide < 2; wide++) {
		size_t size = wide ? 8 : 4, nbyte = gx_rank_scratch(task.ngene, task.nplace);
		void *scratch = unit_place(&m->scratch, (nbyte + 63) / 64 * 64, true);
		task.rank = unit_place(&m->rank, npair * size, task.ngene & 1);
		task.wide = wide;
		memset(task.rank, 0xa5, npair * size);
		memset(scratch, 0xa5, nbyte);
		struct gx_rank_facts got = run(&task, scratch, task.nplace & 1);
		for (size_t k = 0; k < npair; k++) {
			uint64_t q = wide ? ((uint64_t *)task.rank)[k]
					  : ((uint32_t *)task.rank)[k];
			if (!unit_equal(q, m->want[k],
					"rank of value %zu, %s, %zu genes, %zu threads, wide %d, "
					"descending %d, absolute %d",
					k, what, (size_t)task.ngene, task.nplace, wide,
					task.descending, task.absolute))
				break;
		}
		unit_equal(got.missing, want.missing, "missing, %s", what);
		unit_equal(got.max, want.max, "max, %s, %zu genes", what, (size_t)task.ngene);
		unit_equal_all(got.middle, want.middle, 2, "the middle, %s", what);
		unit_equal(got.ncell, want.ncell, "cells, %s", what);
		unit_same(got.sum, want.sum, "sum, %s", what);
		unit_equal(got.median, want.median, "median, %s, %zu genes, diagonal kept %d",
			   what, (size_t)task.ngene, task.keep_diagonal);
		unit_equal(got.mean, want.mean, "mean, %s, %zu genes, diagonal kept %d", what,
			   (size_t)task.ngene, task.keep_diagonal);
	}
}

/* ---- values ---- */

static double round_to(double x, double step)
{
	return floor(x / step) * step;
}

static double normal(void)
{
	double sum = 0;
	for (int k = 0; k < 6; k++)
		sum += unit_draw_between(-1, 1);
	return sum / 4;
}

static double draw(int kind, size_t at)
{
	switch (kind) {
	case 0:
		return 0.1 * normal();
	case 1:
		return unit_draw_double(1);
	case 2:
		return round_to(normal(), 0.05);
	case 3:
		return 0.25;
	case 4:
		return unit_double(GX_NAN_BITS);
	case 5:
		return unit_draw() % 10 ? -0.0 : 1;
	case 6:
		return unit_draw() % 3 ? 0 : normal();
	case 7: /* all but a few in one place */
		return unit_draw() % 1000 ? 1 + (double)(unit_draw() % 4096) * 0x1p-52 : 1e300;
	case 8:
		return (double)(unit_draw() % 5000) * 5e-324;
	case 9:
		return at & 1 ? 1.7e308 - normal() : -1.7e308;
	case 10:
		return unit_draw() & 1 ? INFINITY : -INFINITY;
	case 11:
		return (double)at;
	case 12:
		return -(double)at;
	case 13: /* what most samples are not */
		return at % 4 ? 1e-9 * (double)(at % 65536) : 0.5;
	case 14:
		return unit_draw() % 4 ? normal() : unit_double(GX_NAN_BITS);
	default: /* exponents of all sizes */
		return ldexp(unit_draw_between(-1, 1), (int)(unit_draw() % 2000) - 1000);
	}
}

enum { KINDS = 16 };
static const char *const name_of[KINDS] = {
	"correlations", "odd values",	"steps",    "all equal", "all missing",	 "two values",
	"many zeros",	"one place",	"denormals", "extremes",	 "infinities",	 "ascending",
	"descending",	"two clusters", "holes",	 "all exponents"
};

static void fill(double *value, uint64_t ngene, int kind, int diagonal)
{
	size_t at = 0;
	for (uint64_t i = 0; i < ngene; i++)
		for (uint64_t j = 0; j <= i; j++, at++)
			value[at] = i != j || diagonal == 0 ? draw(kind, at)
				    : diagonal == 1	    ? 1
				    : i % 5		    ? 0.1
							    : unit_double(GX_NAN_BITS);
}

static struct gx_rank_task task_of(const struct memory *m, uint64_t ngene, size_t size)
{
	struct gx_rank_task task = { .ngene = ngene };
	task.value = unit_place(&m->value, ngene * (ngene + 1) / 2 * size, !(ngene & 1));
	task.nplace = 1 + unit_draw() % MOST_THREADS;
	task.descending = unit_draw() & 1;
	task.keep_diagonal = unit_draw() & 1;
	return task;
}

static void test_doubles(const struct memory *m)
{
	for (int kind = 0; kind < KINDS; kind++) {
		for (int again = 0; again < 30; again++) {
			uint64_t ngene = again < 24 ? (uint64_t)again / 2 + 1
						    : 1 + unit_draw() % 250;
			struct gx_rank_task task = task_of(m, ngene, sizeof(double));
			fill((double *)task.value, ngene, kind, (int)(unit_draw() % 3));
			task.absolute = unit_draw() & 1;
			check(m, task, name_of[kind]);
		}
		struct gx_rank_task task = task_of(m, MOST_GENES, sizeof(double));
		fill((double *)task.value, MOST_GENES, kind, (int)(unit_draw() % 3));
		check(m, task, name_of[kind]);
		unit_report("ranks of doubles: %s", name_of[kind]);
	}
}

static void test_numbers(const struct memory *m)
{
	for (int wide = 0; wide < 2; wide++) {
		for (int again = 0; again < 60; again++) {
			uint64_t ngene = 1 + unit_draw() % (again < 50 ? 100 : MOST_GENES);
			size_t n = ngene * (ngene + 1) / 2;
			struct gx_rank_task task = task_of(m, ngene, wide ? 8 : 4);
			task.input = wide ? GX_RANK_UINT64 : GX_RANK_UINT32;
			for (size_t k = 0; k < n; k++) {
				uint64_t x = unit_draw();
				x = again % 4 == 0   ? x
				    : again % 4 == 1 ? x % 100
				    : again % 4 == 2 ? UINT64_MAX - x % 3
						     : x >> (unit_draw() % 64);
				if (wide)
					((uint64_t *)task.value)[k] = x;
				else
					((uint32_t *)task.value)[k] = (uint32_t)x;
			}
			check(m, task, wide ? "64 bits" : "32 bits");
		}
		unit_report("ranks of whole numbers of %d bits, the largest too", wide ? 64 : 32);
	}
}

/* A bucket that no sample foresaw: the sample is drawn where there is one value alone. */
static void test_unforeseen(const struct memory *m)
{
	struct gx_rank_task task = task_of(m, MOST_GENES, sizeof(double));
	double *value = (double *)task.value;
	memset(value, 0, MOST_PAIRS * sizeof *value);
	task.rank = unit_place(&m->rank, MOST_PAIRS * 8, false);
	/* Each cell whose change alters the sample's buckets is one that was looked at. */
	struct gx_rank rank;
	void *scratch = unit_place(&m->scratch, gx_rank_scratch(task.ngene, task.nplace), false);
	for (size_t k = 0; k < MOST_PAIRS; k++)
		value[k] = (double)k;
	gx_rank_begin(&rank, &task, scratch);
	size_t nsample = 0;
	uint64_t *sample = unit_allocate(MOST_PAIRS, sizeof *sample);
	memcpy(sample, rank.key, MOST_PAIRS / 8 * sizeof *sample);
	bool *seen = unit_allocate(MOST_PAIRS, sizeof *seen);
	memset(seen, 0, MOST_PAIRS * sizeof *seen);
	for (size_t k = 0; k < MOST_PAIRS / 8; k++) {
		uint64_t bits = sample[k] ^ (task.descending ? UINT64_MAX : 0);
		double x = unit_double(bits ^ UINT64_C(1) << 63);
		if (!(x >= 0 && x < MOST_PAIRS && x == floor(x)))
			break;
		if (k && sample[k] < sample[k - 1])
			break;
		seen[(size_t)x] = true;
		nsample++;
	}
	unit_check(nsample > 100, "the sample was not found: %zu values", nsample);
	for (int kind = 0; kind < 3; kind++) {
		for (size_t k = 0; k < MOST_PAIRS; k++)
			value[k] = seen[k]     ? 0.5
				   : kind == 0 ? 0.25 + 1e-3 * normal()
				   : kind == 1 ? (double)(1 + unit_draw() % 7)
					       : unit_draw_double(1);
		for (int keep = 0; keep < 2; keep++) {
			task.keep_diagonal = keep;
			check(m, task, "unforeseen");
			unit_check(searched, "there was room for every bucket");
		}
	}
	free(sample);
	free(seen);
	unit_report("a bucket larger than the room for it");
}

int main(void)
{
	struct memory m = {
		.value = unit_fence_make(MOST_PAIRS * 8),
		.rank = unit_fence_make(MOST_PAIRS * 8),
		.scratch = unit_fence_make(gx_rank_scratch(MOST_GENES, MOST_THREADS) + 64),
		.want = unit_allocate(MOST_PAIRS, sizeof(uint64_t))
	};
	test_doubles(&m);
	test_numbers(&m);
	test_unforeseen(&m);
	free(m.want);
	unit_fence_free(&m.value);
	unit_fence_free(&m.rank);
	unit_fence_free(&m.scratch);
	return unit_end();
}
