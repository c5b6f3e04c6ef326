/* SPDX-License-Identifier: MIT */
#include "kernel/vote.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/lanes.h"

/*
 * A row of the tile is four vectors of eight: four registers of AVX-512, eight of AVX, and
 * as many again for what it is added to. GCC 12 keeps no array in registers at -O2, so what
 * stays in them has four names.
 */
enum { W = GX_VOTE_STRIP, L = 8, V = W / L };
_Static_assert(V == 4, "sums over rows of a tile are written out for four vectors");

typedef double reals __attribute__((vector_size(L * sizeof(double))));
typedef uint64_t words __attribute__((vector_size(L * sizeof(uint64_t))));
typedef int64_t signs __attribute__((vector_size(L * sizeof(int64_t))));
/* The same where it lies in a tile. */
typedef words tile_words __attribute__((may_alias, aligned(64)));
typedef reals tile_reals __attribute__((may_alias, aligned(64)));

/*
 * Two integers of 32 bits are added up as one of 64, x, and the upper one, x >> 32, beside
 * it: the sum of the lower ones is the difference, modulo 2^64. So no level of SIMD has to
 * widen anything. It leaves the genes of a strip in another order: of 16, the even ones and
 * then the odd ones. place() says where the sum of a gene is.
 */
GX_INLINE size_t place(enum gx_vote_type type, size_t w)
{
	return type == GX_VOTE_UINT32 ? (w & 16) + (w & 1) * 8 + (w & 15) / 2 : w;
}

/* A vote that is above all others: of genes that are no candidates. */
#define NO_CANDIDATE INFINITY

/* ---- strips ---- */

static size_t before_row(size_t i)
{
	return i * (i + 1) / 2;
}

/*
 * Genes before the strip: the rows of the strip are turned, 16 columns at a time, so that
 * what is written stays in the nearest cache. Genes behind it have the strip as part of
 * their rows.
 */
#define UNPACK(NAME, TYPE)                                                                    \
	GX_INLINE void NAME(const TYPE *triangle, size_t ngene, size_t first, size_t n,       \
			    TYPE *tile)                                                       \
	{                                                                                     \
		enum { TURNED = 16 };                                                         \
		const TYPE *row[W];                                                           \
		for (size_t w = 0; w < n; w++)                                                \
			row[w] = triangle + before_row(first + w);                            \
		for (size_t j = 0; j < first; j += TURNED)                                    \
			for (size_t w = 0; w < n; w++)                                        \
				for (size_t k = j; k < j + TURNED; k++)                       \
					tile[k * W + w] = row[w][k];                          \
		for (size_t w = 0; w < n; w++)                                                \
			for (size_t u = 0; u <= w; u++) {                                     \
				tile[(first + u) * W + w] = row[w][first + u];                \
				tile[(first + w) * W + u] = row[w][first + u];                \
			}                                                                     \
		for (size_t j = first + n; j < ngene; j++)                                    \
			memcpy(tile + j * W, triangle + before_row(j) + first,                \
			       W * sizeof *tile);                                             \
		for (size_t j = 0; n < W && j < ngene; j++)                                   \
			memset(tile + j * W + n, 0, (W - n) * sizeof *tile);                  \
	}

UNPACK(unpack_uint32, uint32_t)
UNPACK(unpack_uint64, uint64_t)

/* Each integer rounded once: its upper half is exact, and so is all but the last addition. */
GX_INLINE void to_reals(const words *x, reals *real)
{
	words low = (*x & UINT64_C(0xffffffff)) | UINT64_C(0x4330000000000000);
	words high = (*x >> 32) | UINT64_C(0x4530000000000000);
	*real = ((reals)high - (0x1p84 + 0x1p52)) + (reals)low;
}

/* high * 2^32 + low, where both are sums of 32-bit numbers, rounded once. */
static double join_wide(uint64_t high, uint64_t low)
{
	return (double)(((unsigned __int128)high << 32) + low);
}

struct list {
	const uint32_t *gene; /* NULL: 0, 1, 2 ... */
	size_t n;
};

/* Adds the rows of a list to four vectors, in the order of place(). */
GX_INLINE void sum_uint32(const void *tile, struct list list, words sum[V])
{
	const tile_words *row = tile;
	words a = { 0 }, b = { 0 }, high_a = { 0 }, high_b = { 0 };
	for (size_t k = 0; k < list.n; k++) {
		const tile_words *at = row + (list.gene ? list.gene[k] : k) * (V / 2);
		words x = at[0], y = at[1];
		a += x;
		high_a += x >> 32;
		b += y;
		high_b += y >> 32;
	}
	sum[0] += a - (high_a << 32);
	sum[1] += high_a;
	sum[2] += b - (high_b << 32);
	sum[3] += high_b;
}

GX_INLINE void sum_uint64(const void *tile, struct list list, words sum[V])
{
	const tile_words *row = tile;
	words a = sum[0], b = sum[1], c = sum[2], d = sum[3];
	for (size_t k = 0; k < list.n; k++) {
		const tile_words *at = row + (list.gene ? list.gene[k] : k) * V;
		a += at[0];
		b += at[1];
		c += at[2];
		d += at[3];
	}
	sum[0] = a;
	sum[1] = b;
	sum[2] = c;
	sum[3] = d;
}

/* The same in two halves: sum and 2^32 high. */
GX_INLINE void sum_wide(const void *tile, struct list list, words sum[V], words high[V])
{
	const tile_words *row = tile;
	for (size_t v = 0; v < V; v++) {
		words a = sum[v], b = high[v];
		for (size_t k = 0; k < list.n; k++) {
			words x = row[(list.gene ? list.gene[k] : k) * V + v];
			a += x & UINT64_C(0xffffffff);
			b += x >> 32;
		}
		sum[v] = a;
		high[v] = b;
	}
}

/* The same of doubles, without the genes of another list, which is part of this one. */
GX_INLINE void sum_reals(const void *tile, struct list list, struct list without, reals sum[V])
{
	const tile_reals *row = tile;
	reals a = sum[0], b = sum[1], c = sum[2], d = sum[3];
	size_t skipped = 0;
	for (size_t k = 0; k < list.n; k++) {
		size_t gene = list.gene ? list.gene[k] : k;
		if (skipped < without.n && without.gene[skipped] == gene) {
			skipped++;
			continue;
		}
		const tile_reals *at = row + gene * V;
		a += at[0];
		b += at[1];
		c += at[2];
		d += at[3];
	}
	sum[0] = a;
	sum[1] = b;
	sum[2] = c;
	sum[3] = d;
}

enum arithmetic { UINT32, UINT64, WIDE };

GX_INLINE void sum_integers(const void *tile, enum arithmetic how, struct list list, words sum[V],
			    words high[V])
{
	if (how == UINT32)
		sum_uint32(tile, list, sum);
	else if (how == UINT64)
		sum_uint64(tile, list, sum);
	else
		sum_wide(tile, list, sum, high);
}

/* sum + 2^32 high, or sum, rounded once. */
GX_INLINE void join_sums(enum arithmetic how, const words *sum, const words *high, reals *joined)
{
	if (how == WIDE)
		for (size_t l = 0; l < L; l++)
			(*joined)[l] = join_wide((*high)[l], (*sum)[l]);
	else
		to_reals(sum, joined);
}

GX_INLINE void sum_members(const struct gx_vote_strip *strip, enum arithmetic how,
			   struct list list, reals joined[V])
{
	words sum[V] = { 0 }, high[V] = { 0 };
	sum_integers(strip->tile, how, list, sum, high);
	for (size_t v = 0; v < V; v++)
		join_sums(how, &sum[v], &high[v], &joined[v]);
}

GX_INLINE void sum_degrees(struct gx_vote_strip *strip)
{
	struct list all = { NULL, strip->ngene }, none = { NULL, 0 };
	reals sum[V] = { 0 };
	if (strip->type == GX_VOTE_UINT32)
		sum_members(strip, UINT32, all, sum);
	else if (strip->type == GX_VOTE_UINT64)
		sum_members(strip, WIDE, all, sum);
	else
		sum_reals(strip->tile, all, none, sum);
	double degree[W];
	memcpy(degree, sum, sizeof degree);
	for (size_t w = 0; w < W; w++)
		strip->degree[w] = degree[place(strip->type, w)];
	/* No sum of a gene's links is above that of all of them. */
	strip->wide = false;
	for (size_t w = 0; strip->type == GX_VOTE_UINT64 && w < W; w++)
		strip->wide |= strip->degree[w] >= 0x1p64;
}

GX_CLONES void gx_vote_load(struct gx_vote_strip *strip, const void *triangle,
			    enum gx_vote_type type, size_t ngene, size_t first, void *tile)
{
	size_t n = ngene - first < W ? ngene - first : W;
	strip->type = type;
	strip->ngene = ngene;
	strip->first = first;
	strip->n = n;
	strip->tile = tile;
	/* Doubles are moved as the words that they are. */
	if (type == GX_VOTE_UINT32)
		unpack_uint32(triangle, ngene, first, n, tile);
	else
		unpack_uint64(triangle, ngene, first, n, tile);
	sum_degrees(strip);
}

void gx_vote_mark(const struct gx_vote_strip *strip, size_t nterm, const uint32_t *gene_term,
		  const uint64_t *gene_term_at, uint32_t *mark)
{
	memset(mark, 0, nterm * sizeof *mark);
	for (size_t w = 0; w < strip->n; w++)
		for (uint64_t k = gene_term_at[strip->first + w];
		     k < gene_term_at[strip->first + w + 1]; k++)
			mark[gene_term[k]] |= UINT32_C(1) << w;
}

/* ---- votes of a strip for a term ---- */

GX_INLINE struct list list_of(const uint32_t *gene, const uint64_t *at, size_t number)
{
	return (struct list){ gene + at[number], at[number + 1] - at[number] };
}

/* Divided by the degree. By a degree of 0 all votes are 0, which x / Inf is. */
struct divisor {
	reals degree[V];
};

GX_INLINE struct divisor divisor_of(const struct gx_vote_strip *strip)
{
	double degree[W];
	for (size_t w = 0; w < W; w++)
		degree[place(strip->type, w)] =
			strip->degree[w] == 0 ? INFINITY : strip->degree[w];
	struct divisor divisor;
	memcpy(&divisor, degree, sizeof divisor);
	return divisor;
}

/*
 * The votes in each fold, in the order of place(). scratch: two words for each gene of the
 * strip in each fold, for the sums over hidden genes, whose rows are added up once for all folds.
 */
GX_INLINE void vote_integers(const struct gx_vote_strip *strip, enum arithmetic how,
			     const struct gx_vote_terms *terms, size_t t,
			     const struct divisor *divisor, double *vote, double *scratch)
{
	size_t nfold = terms->nfold;
	tile_words *low = (tile_words *)scratch, *high = low + nfold * V;
	words all[V] = { 0 }, all_high[V] = { 0 };
	for (size_t f = 0; f < nfold; f++) {
		words sum[V] = { 0 }, sum_high[V] = { 0 };
		sum_integers(strip->tile, how,
			     list_of(terms->hidden, terms->hidden_at, t * nfold + f), sum,
			     sum_high);
		for (size_t v = 0; v < V; v++) {
			low[f * V + v] = sum[v];
			all[v] += sum[v];
			if (how == WIDE) {
				high[f * V + v] = sum_high[v];
				all_high[v] += sum_high[v];
			}
		}
	}
	struct list rest = list_of(terms->rest, terms->rest_at, t);
	struct list member = list_of(terms->member, terms->member_at, t);
	size_t nhidden = terms->hidden_at[(t + 1) * nfold] - terms->hidden_at[t * nfold];
	if (nhidden + rest.n != member.n) { /* some are hidden in several folds */
		memset(all, 0, sizeof all);
		memset(all_high, 0, sizeof all_high);
		rest = member;
	}
	sum_integers(strip->tile, how, rest, all, all_high);
	for (size_t f = 0; f < nfold; f++)
		for (size_t v = 0; v < V; v++) {
			words sum = all[v] - low[f * V + v], sum_high = { 0 };
			if (how == WIDE)
				sum_high = all_high[v] - high[f * V + v];
			reals x;
			join_sums(how, &sum, &sum_high, &x);
			((tile_reals *)vote)[f * V + v] = x / divisor->degree[v];
		}
}

/* Largest finite for what overflowed: the order of all others stays, and none is NaN. */
GX_INLINE double finite_size(double x)
{
	x = fabs(x);
	return x < DBL_MAX ? x : DBL_MAX;
}

GX_INLINE void vote_reals(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
			  size_t t, const struct divisor *divisor, double *vote)
{
	struct list member = list_of(terms->member, terms->member_at, t);
	for (size_t f = 0; f < terms->nfold; f++) {
		reals sum[V] = { 0 };
		sum_reals(strip->tile, member,
			  list_of(terms->hidden, terms->hidden_at, t * terms->nfold + f), sum);
		for (size_t v = 0; v < V; v++)
			((tile_reals *)vote)[f * V + v] = sum[v] / divisor->degree[v];
		for (size_t w = 0; w < W; w++)
			vote[f * W + w] = finite_size(vote[f * W + w]);
	}
}

/* Into the first nfold x W doubles of the scratch. */
GX_INLINE void vote(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms, size_t t,
		    const struct divisor *divisor, double *scratch)
{
	double *more = scratch + terms->nfold * W;
	if (strip->type == GX_VOTE_UINT32)
		vote_integers(strip, UINT32, terms, t, divisor, scratch, more);
	else if (strip->type == GX_VOTE_FLOAT64)
		vote_reals(strip, terms, t, divisor, scratch);
	else if (strip->wide)
		vote_integers(strip, WIDE, terms, t, divisor, scratch, more);
	else
		vote_integers(strip, UINT64, terms, t, divisor, scratch, more);
}

/* ---- the hidden genes ---- */

/* The first of a list that is not below `gene`. */
GX_INLINE size_t first_from(struct list list, size_t gene)
{
	size_t low = 0, high = list.n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (list.gene[middle] < gene)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

GX_CLONES void gx_vote_hidden(const struct gx_vote_strip *strip,
			      const struct gx_vote_terms *terms, const uint32_t *mark,
			      double *hidden_vote, double *scratch)
{
	struct divisor divisor = divisor_of(strip);
	for (size_t t = 0; t < terms->nterm; t++) {
		if (!mark[t])
			continue;
		vote(strip, terms, t, &divisor, scratch);
		for (size_t f = 0; f < terms->nfold; f++) {
			size_t number = t * terms->nfold + f;
			struct list list = list_of(terms->hidden, terms->hidden_at, number);
			double *to = hidden_vote + gx_vote_slot(terms, number);
			for (size_t k = first_from(list, strip->first);
			     k < list.n && list.gene[k] < strip->first + strip->n; k++)
				to[k] = scratch[f * W + place(strip->type,
							      list.gene[k] - strip->first)];
		}
	}
}

static void sift(double *x, size_t top, size_t n)
{
	double value = x[top];
	for (size_t child; (child = 2 * top + 1) < n; top = child) {
		if (child + 1 < n && x[child] < x[child + 1])
			child++;
		if (!(value < x[child]))
			break;
		x[top] = x[child];
	}
	x[top] = value;
}

void gx_vote_sort(double *x, uint32_t *run, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(x, i, n);
	for (size_t i = n; i-- > 1;) {
		double largest = x[0];
		x[0] = x[i];
		x[i] = largest;
		sift(x, 0, i);
	}
	x[n] = NAN;
	for (size_t k = 0, next; k < n; k = next) {
		for (next = k + 1; x[next] == x[k]; next++)
			run[next] = 0;
		run[k] = (uint32_t)(next - k);
	}
	run[n] = 0;
}

/* ---- the other genes ---- */

/*
 * Up to here comparing with all hidden votes is faster than halving: 8 comparisons take a
 * cycle or two, and a step of halving a gather.
 */
enum { FEW = 40 };

/* How many of n sorted votes are below each x. */
GX_INLINE void count_below_few(const double *sorted, size_t n, const double *x, int64_t *below)
{
	const tile_reals *value = (const tile_reals *)x;
	reals x0 = value[0], x1 = value[1], x2 = value[2], x3 = value[3];
	signs a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	for (size_t k = 0; k < n; k++) {
		a -= sorted[k] < x0;
		b -= sorted[k] < x1;
		c -= sorted[k] < x2;
		d -= sorted[k] < x3;
	}
	memcpy(below, &a, sizeof a);
	memcpy(below + L, &b, sizeof b);
	memcpy(below + 2 * L, &c, sizeof c);
	memcpy(below + 3 * L, &d, sizeof d);
}

GX_INLINE void count_below_many(const double *sorted, size_t n, const double *x, int64_t *below)
{
	for (size_t w = 0; w < W; w++)
		below[w] = 0;
	for (; n > 1; n -= n / 2) {
		int64_t half = (int64_t)(n / 2);
#pragma omp simd
		for (size_t w = 0; w < W; w++)
			below[w] += sorted[below[w] + half - 1] < x[w] ? half : 0;
	}
#pragma omp simd
	for (size_t w = 0; w < W; w++)
		below[w] += sorted[below[w]] < x[w] ? 1 : 0;
}

GX_INLINE void count_below(const double *sorted, size_t n, const double *x, int64_t *below)
{
	if (n > FEW)
		count_below_many(sorted, n, x, below);
	else
		count_below_few(sorted, n, x, below);
}

/* Members of the term, and what is behind the last gene, are no candidates. */
GX_INLINE void leave_out(const struct gx_vote_strip *strip, uint32_t mark, double *x)
{
	if (strip->n < W)
		mark |= UINT32_MAX << strip->n;
	for (; mark; mark &= mark - 1)
		x[place(strip->type, (size_t)__builtin_ctz(mark))] = NO_CANDIDATE;
}

GX_CLONES void gx_vote_count(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
			     const uint32_t *mark, const double *hidden_vote, const uint32_t *run,
			     uint64_t *count, double *scratch)
{
	struct divisor divisor = divisor_of(strip);
	int64_t below[W];
	for (size_t t = 0; t < terms->nterm; t++) {
		vote(strip, terms, t, &divisor, scratch);
		for (size_t f = 0; f < terms->nfold; f++) {
			size_t number = t * terms->nfold + f, slot = gx_vote_slot(terms, number);
			size_t n = gx_vote_slot(terms, number + 1) - slot - 1;
			const double *sorted = hidden_vote + slot;
			double *x = scratch + f * W;
			if (!n)
				continue;
			leave_out(strip, mark[t], x);
			count_below(sorted, n, x, below);
			uint64_t sum = 0, ties = 0;
#pragma omp simd reduction(+ : sum, ties)
			for (size_t w = 0; w < W; w++) {
				sum += (uint64_t)below[w];
				ties += sorted[below[w]] == x[w];
			}
			sum = 2 * (W * n - sum);
			for (size_t w = 0; ties && w < W; w++)
				if (sorted[below[w]] == x[w])
					sum -= run[slot + (size_t)below[w]];
			count[number] += sum;
		}
	}
}

GX_CLONES void gx_vote_place(const struct gx_vote_strip *strip, const struct gx_vote_terms *terms,
			     const uint32_t *mark, const double *hidden_vote, uint64_t *below,
			     uint64_t *equal, double *scratch)
{
	struct divisor divisor = divisor_of(strip);
	int64_t place[W];
	for (size_t t = 0; t < terms->nterm; t++) {
		vote(strip, terms, t, &divisor, scratch);
		for (size_t f = 0; f < terms->nfold; f++) {
			size_t number = t * terms->nfold + f, slot = gx_vote_slot(terms, number);
			size_t n = gx_vote_slot(terms, number + 1) - slot - 1;
			const double *sorted = hidden_vote + slot, *x = scratch + f * W;
			if (!n)
				continue;
			leave_out(strip, mark[t], scratch + f * W);
			count_below(sorted, n, x, place);
			for (size_t w = 0; w < W; w++) {
				size_t at = slot + (size_t)place[w];
				bool ties = sorted[place[w]] == x[w], out = x[w] == NO_CANDIDATE;
				below[at] += !ties && !out;
				equal[at] += ties;
			}
		}
	}
}

/* ---- predictions ---- */

GX_CLONES void gx_vote_predict(const struct gx_vote_strip *strip,
			       const struct gx_vote_terms *terms, double *predicted)
{
	struct divisor divisor = divisor_of(strip);
	for (size_t t = 0; t < terms->nterm; t++) {
		struct list member = list_of(terms->member, terms->member_at, t);
		reals sum[V] = { 0 };
		if (strip->type == GX_VOTE_UINT32)
			sum_members(strip, UINT32, member, sum);
		else if (strip->type == GX_VOTE_FLOAT64)
			sum_reals(strip->tile, member, (struct list){ NULL, 0 }, sum);
		else
			sum_members(strip, strip->wide ? WIDE : UINT64, member, sum);
		double value[W];
		for (size_t v = 0; v < V; v++)
			sum[v] /= divisor.degree[v];
		memcpy(value, sum, sizeof value);
		for (size_t w = 0; w < strip->n; w++)
			predicted[w * terms->nterm + t] =
				gx_nan_canonical(value[place(strip->type, w)]);
	}
}

/* ---- from counts to numbers ---- */

double gx_vote_auroc(uint64_t count, uint64_t nhidden, uint64_t nother)
{
	if (!nhidden || !nother)
		return gx_nan_canonical(NAN);
	return (double)count / (2 * (double)nhidden * (double)nother);
}

double gx_vote_precision(const uint32_t *run, const uint64_t *below, const uint64_t *equal,
			 size_t nhidden)
{
	double sum = 0;
	uint64_t above = below[nhidden], n = 0; /* other genes, and hidden ones, with more */
	for (size_t k = nhidden; k-- > 0;) {
		if (!run[k])
			continue; /* in the midst of equal ones */
		uint64_t twice = 2 * (above + n) + equal[k] + run[k] + 1;
		for (size_t r = 0; r < run[k]; r++)
			sum += 2 * (double)++n / (double)twice;
		above += equal[k] + below[k];
	}
	return nhidden ? sum / (double)nhidden : gx_nan_canonical(NAN);
}

double gx_vote_z(double auroc, uint64_t nhidden, uint64_t nother)
{
	double p = (double)nhidden, n = (double)nother;
	double u = auroc * p * n;
	return fabs(u - p * n / 2) / sqrt(p * n * (p + n + 1) / 12);
}

/*
 * Near 0 it is 1/2 - f(z) (z + z^3 / 3 + z^5 / (3 5) + ...), f the density: all terms are
 * positive, and where the two are subtracted at 3 the result has lost 9 bits. Beyond it is
 * f(z) / (z + 1 / (z + 2 / (z + 3 / ...))), of which 100 steps are more than enough.
 */
double gx_normal_tail(double z)
{
	enum { STEPS = 100 };
	const double root = 0x1.40d931ff62706p+1; /* of 2 pi */
	if (z != z)
		return gx_nan_canonical(z);
	double density = gx_exp(-(z * z) / 2) / root;
	if (z > 3) {
		double rest = z;
		for (int k = STEPS; k > 0; k--)
			rest = z + k / rest;
		return density / rest;
	}
	double term = z, sum = z;
	for (int k = 3; term > sum * 0x1p-60; k += 2) {
		term *= z * z / k;
		sum += term;
	}
	return 0.5 - density * sum;
}

static void sift_order(const double *value, uint32_t *order, size_t top, size_t n)
{
	uint32_t moved = order[top];
	for (size_t child; (child = 2 * top + 1) < n; top = child) {
		if (child + 1 < n && value[order[child]] < value[order[child + 1]])
			child++;
		if (!(value[moved] < value[order[child]]))
			break;
		order[top] = order[child];
	}
	order[top] = moved;
}

void gx_vote_ranks(const double *value, size_t n, uint64_t *rank, uint32_t *order)
{
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	for (size_t i = n / 2; i-- > 0;)
		sift_order(value, order, i, n);
	for (size_t i = n; i-- > 1;) {
		uint32_t largest = order[0];
		order[0] = order[i];
		order[i] = largest;
		sift_order(value, order, 0, i);
	}
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i + 1; next < n && value[order[next]] == value[order[i]];)
			next++;
		for (size_t k = i; k < next; k++)
			rank[order[k]] = i + next + 1; /* i + 1 and next, twice their mean */
	}
}

double gx_vote_ranks_auroc(const uint64_t *rank, size_t n, const uint32_t *member, size_t nmember)
{
	uint64_t sum = 0;
	for (size_t k = 0; k < nmember; k++)
		sum += rank[member[k]];
	return gx_vote_auroc(sum - nmember * (nmember + 1), nmember, n - nmember);
}
