/* SPDX-License-Identifier: MIT */
/*
 * Neighbour voting against loops that a reader can check: networks of each type, of integers
 * whose sums need more than 64 bits, of few different values; folds that hide a gene once,
 * never or several times. All arrays end at a page that must not be touched.
 */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/vote.h"
#include "unit.h"

enum { GENES = 140, TERMS = 6, FOLDS = 4, LISTS = TERMS * FOLDS, SMALL = 1 << 16 };

struct network {
	enum gx_vote_type type;
	size_t n;
	void *triangle;
	unsigned __int128 whole[GENES][GENES]; /* of integers */
	double real[GENES][GENES];
};

struct folds {
	bool member[TERMS][GENES], hidden[LISTS][GENES];
};

static struct unit_fence fences[8];

static void *place(int fence, size_t n, size_t size)
{
	return unit_place(&fences[fence], n * size, true);
}

/* ---- networks and folds ---- */

enum values { MIXED, TIED, HUGE_ONES, NEGATIVE };

static void draw_network(struct network *network, enum gx_vote_type type, size_t n, enum values kind)
{
	network->type = type;
	network->n = n;
	size_t size = type == GX_VOTE_UINT32 ? 4 : 8;
	network->triangle = place(0, n * (n + 1) / 2, size);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			size_t at = i * (i + 1) / 2 + j;
			uint64_t x = kind == TIED ? unit_draw() % 2
				     : kind == HUGE_ONES ? unit_draw() | UINT64_C(1) << 63
							 : unit_draw() % (2 * n * n);
			if (type == GX_VOTE_UINT32 && kind == HUGE_ONES)
				x >>= 32;
			double real = kind == NEGATIVE ? unit_draw_between(-1, 1) : (double)x / 7;
			if (type == GX_VOTE_UINT32)
				((uint32_t *)network->triangle)[at] = (uint32_t)x;
			else if (type == GX_VOTE_UINT64)
				((uint64_t *)network->triangle)[at] = x;
			else
				((double *)network->triangle)[at] = real;
			network->whole[i][j] = network->whole[j][i] = x;
			network->real[i][j] = network->real[j][i] = real;
		}
}

static void draw_folds(struct folds *folds, size_t n, bool plain)
{
	memset(folds, 0, sizeof *folds);
	for (size_t t = 0; t < TERMS; t++) {
		uint64_t often = 1 + unit_draw_below(6);
		for (size_t i = 0; i < n; i++) {
			folds->member[t][i] = t == 5 || unit_draw_below(8) < often;
			if (!folds->member[t][i])
				continue;
			if (plain) {
				folds->hidden[t * FOLDS + unit_draw_below(FOLDS)][i] = true;
				continue;
			}
			for (size_t f = 0; f < FOLDS; f++)
				folds->hidden[t * FOLDS + f][i] = unit_draw_below(3) == 0;
		}
	}
}

struct lists {
	struct gx_vote_terms terms;
	uint32_t *gene_term;
	uint64_t *gene_term_at;
};

static void fill(uint32_t *list, uint64_t *at, size_t nlist, size_t n, bool has[][GENES])
{
	uint64_t m = 0;
	for (size_t x = 0; x < nlist; x++) {
		at[x] = m;
		for (size_t i = 0; i < n; i++)
			if (has[x][i])
				list[m++] = (uint32_t)i;
	}
	at[nlist] = m;
}

static size_t count_all(size_t nlist, size_t n, bool has[][GENES])
{
	size_t m = 0;
	for (size_t x = 0; x < nlist; x++)
		for (size_t i = 0; i < n; i++)
			m += has[x][i];
	return m;
}

static void make_lists(struct lists *lists, struct folds *folds, size_t n)
{
	static bool rest[TERMS][GENES], of_gene[GENES][GENES];
	memset(rest, 0, sizeof rest);
	memset(of_gene, 0, sizeof of_gene);
	for (size_t t = 0; t < TERMS; t++)
		for (size_t i = 0; i < n; i++) {
			of_gene[i][t] = folds->member[t][i];
			rest[t][i] = folds->member[t][i];
			for (size_t f = 0; f < FOLDS; f++)
				if (folds->hidden[t * FOLDS + f][i])
					rest[t][i] = false;
		}
	uint32_t *member = place(1, count_all(TERMS, n, folds->member), 4);
	uint32_t *hidden = place(2, count_all(LISTS, n, folds->hidden), 4);
	uint32_t *left = place(3, count_all(TERMS, n, rest), 4);
	static uint64_t member_at[TERMS + 1], hidden_at[LISTS + 1], rest_at[TERMS + 1];
	static uint64_t gene_term_at[GENES + 1];
	static uint32_t gene_term[GENES * TERMS];
	fill(member, member_at, TERMS, n, folds->member);
	fill(hidden, hidden_at, LISTS, n, folds->hidden);
	fill(left, rest_at, TERMS, n, rest);
	fill(gene_term, gene_term_at, n, TERMS, of_gene);
	lists->terms = (struct gx_vote_terms){ n, TERMS, FOLDS, member, member_at, hidden,
					       hidden_at, left, rest_at };
	lists->gene_term = gene_term;
	lists->gene_term_at = gene_term_at;
}

/* ---- what is right ---- */

/* The sum of the links of gene i to those that are in a and not in b. */
static double naive_sum(const struct network *network, size_t i, const bool *a, const bool *b)
{
	unsigned __int128 sum = 0;
	double real = 0;
	for (size_t j = 0; j < network->n; j++)
		if ((!a || a[j]) && !(b && b[j])) {
			sum += network->whole[j][i];
			real += network->real[j][i];
		}
	return network->type == GX_VOTE_FLOAT64 ? real : (double)sum;
}

static double naive_vote(const struct network *network, size_t i, const bool *a, const bool *b)
{
	double degree = naive_sum(network, i, NULL, NULL);
	return degree == 0 ? 0 : naive_sum(network, i, a, b) / degree;
}

/* By ranks, as the formula has it: AUROC and precision of list x, of term t. */
static double naive_auroc(const double *vote, const bool *member, const bool *hidden, size_t n,
			  double *precision)
{
	double sum = 0, np = 0, nn = 0, rank[GENES];
	size_t nrank = 0;
	for (size_t i = 0; i < n; i++) {
		if (member[i] && !hidden[i])
			continue;
		nn += !member[i];
		if (!hidden[i])
			continue;
		double below = 0, above = 0, equal = 0;
		for (size_t j = 0; j < n; j++)
			if (!member[j] || hidden[j]) {
				below += vote[j] < vote[i];
				above += vote[j] > vote[i];
				equal += vote[j] == vote[i];
			}
		sum += below + (equal + 1) / 2;
		rank[nrank++] = above + (equal + 1) / 2;
		np++;
	}
	*precision = 0;
	for (size_t k = 0; k < nrank; k++) { /* the k-th least rank */
		size_t least = k;
		for (size_t l = k; l < nrank; l++)
			least = rank[l] < rank[least] ? l : least;
		double swap = rank[k];
		rank[k] = rank[least];
		rank[least] = swap;
		*precision += (double)(k + 1) / rank[k];
	}
	*precision /= np;
	return (sum / np - (np + 1) / 2) / nn;
}

static bool near(double a, double b, double tolerance)
{
	return a == b || (a != a && b != b) || fabs(a - b) <= tolerance * fabs(b);
}

/* ---- a run of the kernels ---- */

struct results {
	double degree[GENES];
	double *vote; /* of the slots, sorted */
	uint32_t *run;
	uint64_t count[LISTS], *below, *equal;
	double predicted[GENES * TERMS];
};

static void run_kernels(const struct network *network, const struct lists *lists,
			struct results *results)
{
	const struct gx_vote_terms *terms = &lists->terms;
	size_t n = network->n, nslot = gx_vote_slots(terms);
	size_t size = network->type == GX_VOTE_UINT32 ? 4 : 8;
	void *tile = place(4, gx_vote_tile(n), size);
	double *scratch = place(5, gx_vote_scratch(FOLDS), 8);
	static uint32_t mark[TERMS];
	results->vote = place(6, nslot, 8);
	results->run = place(7, nslot, 4);
	memset(results->count, 0, sizeof results->count);
	results->below = calloc(nslot, 8);
	results->equal = calloc(nslot, 8);
	struct gx_vote_strip strip;
	for (size_t i = 0; i < n; i += GX_VOTE_STRIP) {
		gx_vote_load(&strip, network->triangle, network->type, n, i, tile);
		gx_vote_mark(&strip, TERMS, lists->gene_term, lists->gene_term_at, mark);
		memcpy(results->degree + i, strip.degree, strip.n * 8);
		gx_vote_hidden(&strip, terms, mark, results->vote, scratch);
		gx_vote_predict(&strip, terms, results->predicted + i * TERMS);
	}
	for (size_t x = 0; x < LISTS; x++) {
		size_t slot = gx_vote_slot(terms, x);
		gx_vote_sort(results->vote + slot, results->run + slot,
			     terms->hidden_at[x + 1] - terms->hidden_at[x]);
	}
	for (size_t i = 0; i < n; i += GX_VOTE_STRIP) {
		gx_vote_load(&strip, network->triangle, network->type, n, i, tile);
		gx_vote_mark(&strip, TERMS, lists->gene_term, lists->gene_term_at, mark);
		gx_vote_count(&strip, terms, mark, results->vote, results->run, results->count,
			      scratch);
		gx_vote_place(&strip, terms, mark, results->vote, results->below, results->equal,
			      scratch);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void check_list(const struct network *network, struct folds *folds,
		       const struct lists *lists, const struct results *results, size_t x)
{
	const struct gx_vote_terms *terms = &lists->terms;
	size_t n = network->n, t = x / FOLDS, slot = gx_vote_slot(terms, x), np = 0, nm = 0;
	double vote[GENES], sorted[GENES], precision;
	for (size_t i = 0; i < n; i++) {
		vote[i] = fabs(naive_vote(network, i, folds->member[t], folds->hidden[x]));
		if (folds->hidden[x][i])
			sorted[np++] = vote[i];
		nm += folds->member[t][i];
	}
	qsort(sorted, np, sizeof *sorted, ascending);
	unit_same_all(results->vote + slot, sorted, np, "votes of list %zu of %zu genes, type %d",
		      x, n, network->type);
	uint64_t want = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < np && !folds->member[t][i]; k++)
			want += vote[i] < sorted[k] ? 2 : vote[i] == sorted[k];
	unit_equal(results->count[x], want, "count of list %zu of %zu genes, type %d", x, n,
		   network->type);
	double auroc = gx_vote_auroc(results->count[x], np, n - nm);
	double naive = naive_auroc(vote, folds->member[t], folds->hidden[x], n, &precision);
	if (!np || nm == n)
		naive = NAN;
	unit_check(near(auroc, naive, 1e-12), "AUROC %.17g of list %zu of %zu genes: %.17g", auroc,
		   x, n, naive);
	double got = gx_vote_precision(results->run + slot, results->below + slot,
				       results->equal + slot, np);
	if (!np)
		precision = NAN;
	unit_check(near(got, precision, 1e-12), "precision %.17g of list %zu of %zu genes: %.17g",
		   got, x, n, precision);
}

static void test_votes(enum gx_vote_type type, enum values kind, const char *what)
{
	static struct network network;
	static struct folds folds;
	static struct results results;
	for (size_t n = 1; n <= GENES; n += 1 + n / 20)
		for (int plain = 0; plain < 2; plain++) {
			struct lists lists;
			draw_network(&network, type, n, kind);
			draw_folds(&folds, n, plain);
			make_lists(&lists, &folds, n);
			run_kernels(&network, &lists, &results);
			for (size_t i = 0; i < n; i++)
				unit_same(results.degree[i], naive_sum(&network, i, NULL, NULL),
					  "degree of gene %zu of %zu", i, n);
			for (size_t i = 0; i < n; i++)
				for (size_t t = 0; t < TERMS; t++)
					unit_same(results.predicted[i * TERMS + t],
						  naive_vote(&network, i, folds.member[t], NULL),
						  "vote of gene %zu of %zu for term %zu", i, n, t);
			for (size_t x = 0; x < LISTS; x++)
				check_list(&network, &folds, &lists, &results, x);
			free(results.below);
			free(results.equal);
		}
	unit_report("%s", what);
}

/* A term of most genes: its lists are long enough to be halved. */
static void test_long_lists(void)
{
	enum { N = 700, HALF = 350 };
	uint32_t *triangle = unit_allocate(N * (N + 1) / 2, 4);
	for (size_t k = 0; k < N * (N + 1) / 2; k++)
		triangle[k] = (uint32_t)unit_draw_below(40);
	static uint32_t member[HALF], gene_term[HALF];
	static uint64_t at[2] = { 0, HALF }, gene_at[N + 1];
	for (size_t i = 0; i < N; i++) {
		if (i % 2 == 0)
			member[i / 2] = (uint32_t)i;
		gene_at[i + 1] = gene_at[i] + (i % 2 == 0);
	}
	/* All are hidden: there are no votes, and all are equal. Then all but the last hundred. */
	for (size_t nhidden = 50; nhidden <= HALF; nhidden += 50) {
		uint64_t hidden_at[2] = { 0, nhidden }, rest_at[2] = { 0, HALF - nhidden };
		struct gx_vote_terms terms = { N, 1, 1, member, at, member, hidden_at,
					       member + nhidden, rest_at };
		uint64_t count = 0, want = 0;
		uint32_t mark, *run = unit_allocate(HALF + 1, 4);
		void *tile = aligned_alloc(64, 4 * gx_vote_tile(N));
		double *scratch = aligned_alloc(64, 8 * gx_vote_scratch(1));
		double *vote = unit_allocate(HALF + 1, 8), naive[N] = { 0 };
		struct gx_vote_strip strip;
		for (int pass = 0; pass < 2; pass++) {
			for (size_t i = 0; i < N; i += GX_VOTE_STRIP) {
				gx_vote_load(&strip, triangle, GX_VOTE_UINT32, N, i, tile);
				gx_vote_mark(&strip, 1, gene_term, gene_at, &mark);
				if (pass)
					gx_vote_count(&strip, &terms, &mark, vote, run, &count,
						      scratch);
				else
					gx_vote_hidden(&strip, &terms, &mark, vote, scratch);
			}
			if (!pass)
				gx_vote_sort(vote, run, nhidden);
		}
		for (size_t i = 0; i < N; i++) {
			double sum = 0, degree = 0;
			for (size_t j = 0; j < N; j++) {
				size_t a = i > j ? i : j, b = i > j ? j : i;
				double x = triangle[a * (a + 1) / 2 + b];
				degree += x;
				sum += j % 2 == 0 && j / 2 >= nhidden ? x : 0;
			}
			naive[i] = sum / degree;
		}
		for (size_t i = 1; i < N; i += 2)
			for (size_t k = 0; k < nhidden; k++)
				want += naive[i] < naive[2 * k] ? 2 : naive[i] == naive[2 * k];
		unit_equal(count, want, "count of %zu hidden genes", nhidden);
		free(run);
		free(tile);
		free(scratch);
		free(vote);
	}
	free(triangle);
	unit_report("many hidden genes, and votes that are all equal");
}

/* ---- numbers ---- */

static void test_ranks(void)
{
	double value[GENES];
	uint64_t rank[GENES];
	uint32_t order[GENES], member[GENES];
	for (size_t n = 1; n <= GENES; n++) {
		for (size_t i = 0; i < n; i++)
			value[i] = (double)unit_draw_below(n);
		gx_vote_ranks(value, n, rank, order);
		uint64_t sum = 0;
		size_t m = 0;
		for (size_t i = 0; i < n; i++) {
			uint64_t below = 0, equal = 0;
			for (size_t j = 0; j < n; j++) {
				below += value[j] < value[i];
				equal += value[j] == value[i];
			}
			unit_equal(rank[i], 2 * below + equal + 1, "rank %zu of %zu", i, n);
			if (i % 3 == 0) {
				member[m++] = (uint32_t)i;
				sum += rank[i];
			}
		}
		double np = (double)m, nn = (double)(n - m);
		double want = n == m ? NAN : ((double)sum / 2 / np - (np + 1) / 2) / nn;
		unit_check(near(gx_vote_ranks_auroc(rank, n, member, m), want, 1e-12),
			   "AUROC of ranks of %zu", n);
	}
	unit_report("ranks with ties, and their AUROC");
}

/*
 * mpmath 1.3: with mp.dps = 40, erfc(mpf(z) / sqrt(2)) / 2 of the double z.
 */
static void test_normal_tail(void)
{
	static const struct {
		double z, tail;
	} known[] = {
		{ 0.001, 0.499601057786088937 }, { 0.25, 0.401293674317076276 },
		{ 1, 0.158655253931457051 }, { 2, 0.0227501319481792072 },
		{ 2.9, 0.00186581330038403848 }, { 3, 0.00134989803163009453 },
		{ 3.1, 0.000967603213218356602 }, { 4, 0.0000316712418331199213 },
		{ 6.5, 4.01600058385911781e-11 }, { 10, 7.61985302416052607e-24 },
		{ 20.25, 1.77619986494957003e-91 }, { 37.5, 4.60535300958195484e-308 },
	};
	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		unit_check(near(gx_normal_tail(known[k].z), known[k].tail, 1e-12),
			   "tail of %g: %.17g, want %.17g", known[k].z,
			   gx_normal_tail(known[k].z), known[k].tail);
	double before = 1;
	for (double z = 0; z < 40; z += 0x1p-10) {
		double tail = gx_normal_tail(z);
		unit_check(z < 38 ? tail < before : tail <= before, "tail of %g", z);
		before = tail;
	}
	unit_same(gx_normal_tail(0), 0.5, "tail of 0");
	unit_same(gx_normal_tail(1e300), 0, "tail of 1e300");
	unit_same(gx_normal_tail(unit_double(GX_NAN_BITS)), unit_double(GX_NAN_BITS), "of NaN");
	unit_report("the tail of the normal distribution within 1e-12, falling");
}

int main(void)
{
	for (size_t k = 0; k < sizeof fences / sizeof *fences; k++)
		fences[k] = unit_fence_make(SMALL);
	unit_fence_free(&fences[0]);
	unit_fence_free(&fences[4]);
	fences[0] = unit_fence_make((size_t)GENES * (GENES + 1) / 2 * 8);
	fences[4] = unit_fence_make(gx_vote_tile(GENES) * 8);
	test_votes(GX_VOTE_UINT32, MIXED, "32-bit ranks");
	test_votes(GX_VOTE_UINT32, TIED, "a network of 0 and 1: ties, and genes without links");
	test_votes(GX_VOTE_UINT32, HUGE_ONES, "the largest 32-bit numbers");
	test_votes(GX_VOTE_UINT64, MIXED, "64-bit sums of ranks");
	test_votes(GX_VOTE_UINT64, TIED, "64-bit numbers with ties");
	test_votes(GX_VOTE_UINT64, HUGE_ONES, "64-bit numbers whose sums need 128 bits");
	test_votes(GX_VOTE_FLOAT64, MIXED, "doubles, added up in the order of the genes");
	test_votes(GX_VOTE_FLOAT64, TIED, "doubles with ties");
	test_votes(GX_VOTE_FLOAT64, NEGATIVE, "negative doubles: the sizes of votes are ranked");
	test_long_lists();
	test_ranks();
	test_normal_tail();
	for (size_t k = 0; k < sizeof fences / sizeof *fences; k++)
		unit_fence_free(&fences[k]);
	return unit_end();
}
