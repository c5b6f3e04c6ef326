/* SPDX-License-Identifier: MIT */
/*
 * The kernels of correlate.h, correlate_pairwise.h, sample_ranks.h and proportionality.h
 * against loops that a reader can check: bit for bit, over arrays that end (or begin) at a
 * page that must not be touched, for any range of rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/correlate.h"
#include "kernel/correlate_pairwise.h"
#include "kernel/elementary.h"
#include "kernel/proportionality.h"
#include "kernel/sample_ranks.h"
#include "unit.h"

enum { GENES = 300, SAMPLES = 300 };

static double missing(void)
{
	return unit_double(GX_NAN_BITS);
}

/* ---- what is right ---- */

static double canonical(double x)
{
	return x == x ? x : missing();
}

/* Deviations of x from their mean; false where there is no correlation. */
static bool deviations(const double *x, size_t n, double *d)
{
	double sum = 0, low = INFINITY, high = -INFINITY;
	bool there = n > 0;
	for (size_t k = 0; k < n; k++) {
		sum += x[k];
		there &= x[k] - x[k] == 0;
		low = x[k] < low ? x[k] : low;
		high = x[k] > high ? x[k] : high;
	}
	for (size_t k = 0; k < n; k++)
		d[k] = x[k] - sum / (double)n;
	return there && low < high;
}

/* The same of doubled ranks, each counted. */
static bool ranks(const double *x, size_t n, double *d)
{
	double first = n ? x[0] : 0;
	bool there = n > 0, varies = false;
	for (size_t k = 0; k < n; k++) {
		long long below = 0, equal = 0;
		there &= x[k] == x[k];
		varies |= x[k] != first;
		for (size_t t = 0; t < n; t++) {
			below += x[t] < x[k];
			equal += x[t] == x[k];
		}
		d[k] = (double)(2 * below + equal + 1 - (long long)(n + 1));
	}
	return there && varies;
}

typedef bool prepare(const double *x, size_t n, double *d);

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;
	for (size_t k = 0; k < n; k++)
		sum += a[k] * b[k];
	return sum;
}

static double naive(const double *x, const double *y, size_t n, prepare *how)
{
	double a[SAMPLES], b[SAMPLES];
	bool x_varies = how(x, n, a), y_varies = how(y, n, b);
	if (!x_varies || !y_varies)
		return missing();
	double c = dot(a, b, n) / sqrt(dot(a, a, n) * dot(b, b, n));
	return c > 1 ? 1 : c < -1 ? -1 : canonical(c);
}

static double naive_pairwise(const double *x, const double *y, size_t n, size_t least,
			     prepare *how)
{
	double a[SAMPLES], b[SAMPLES];
	size_t common = 0;
	for (size_t k = 0; k < n; k++)
		if (x[k] == x[k] && y[k] == y[k]) {
			a[common] = x[k];
			b[common++] = y[k];
		}
	return common < least ? missing() : naive(a, b, common, how);
}

/* x, y: log-ratios. */
static double naive_ratio(const double *x, const double *y, size_t n,
			  enum gx_correlation_method method)
{
	double a[SAMPLES], b[SAMPLES];
	if (!deviations(x, n, a))
		memset(a, 0, sizeof a);
	if (!deviations(y, n, b))
		memset(b, 0, sizeof b);
	double p = dot(a, a, n), q = dot(b, b, n), c = dot(a, b, n);
	double minus = fmax(p + q - 2 * c, 0), plus = fmax(p + q + 2 * c, 0);
	double rho = canonical(2 * c / (p + q));
	switch (method) {
	case GX_RHO:
		return rho > 1 ? 1 : rho < -1 ? -1 : rho;
	case GX_PHI:
		return canonical(minus / q);
	case GX_PHI_S:
		return canonical(minus / plus);
	default:
		return canonical(minus / ((double)n - 1));
	}
}

/* ---- the kernels, prepared as a command does it ---- */

struct network {
	size_t ngene, nsample, genes;
	double *value, *panel, *square, *scaled; /* scaled: values of --pairwise */
	unsigned char *state;
	uint32_t *order;
	uint64_t *there;
	size_t *nthere;
};

static void make(struct network *net, const struct unit_fence *fence, bool at_end,
		 const double *value, size_t ngene, size_t nsample,
		 enum gx_correlation_method method)
{
	const size_t genes = gx_panel_genes(ngene), word = gx_sample_words(nsample);
	*net = (struct network){
		ngene,
		nsample,
		genes,
		.value = unit_allocate(ngene * nsample, sizeof(double)),
		.panel = unit_place(fence, genes * nsample * sizeof(double), at_end),
		.square = unit_allocate(genes, sizeof(double)),
		.scaled = unit_allocate(genes * nsample, sizeof(double)),
		.state = unit_allocate(genes, 1),
		.order = unit_allocate(ngene * nsample, sizeof(uint32_t)),
		.there = unit_allocate(ngene * word, sizeof(uint64_t)),
		.nthere = unit_allocate(genes, sizeof(size_t)),
	};
	memcpy(net->value, value, ngene * nsample * sizeof *value);
	memset(net->panel, 0, genes * nsample * sizeof *net->panel);
	memset(net->square, 0, genes * sizeof *net->square);
	uint32_t scratch[SAMPLES];
	for (size_t i = 0; i < ngene; i++) {
		double *x = net->value + i * nsample;
		uint32_t *order = net->order + i * nsample;
		size_t n = gx_sample_order(x, nsample, order, scratch);
		gx_sample_bits(order, n, nsample, net->there + i * word);
		net->state[i] = n < nsample ? GX_GENE_MISSING : GX_GENE_VARIES;
		if (method == GX_SPEARMAN)
			gx_sample_ranks(order, n, x);
	}
	for (size_t i = 0; i < ngene; i += GX_PANEL) {
		size_t nrow = ngene - i < GX_PANEL ? ngene - i : GX_PANEL, at = i * nsample;
		double *panel = net->panel + at;
		gx_panel_pack(net->value + at, nrow, nsample, panel);
		gx_panel_count(panel, nsample, net->nthere + i);
		if (method == GX_SPEARMAN) {
			for (size_t t = 0; t < GX_PANEL * nsample; t++)
				panel[t] = panel[t] == panel[t] ? panel[t] : 0;
			gx_panel_square(panel, nsample, net->square + i, net->state + i);
			continue;
		}
		double scale[GX_PANEL];
		gx_panel_survey(panel, nsample, net->state + i, scale);
		if (method == GX_PEARSON)
			gx_panel_scale(panel, nsample, scale);
		memcpy(net->scaled + at, panel, GX_PANEL * nsample * sizeof *panel);
		gx_panel_centre(panel, nsample, net->square + i, net->state + i);
	}
}

static void drop(struct network *net)
{
	free(net->value);
	free(net->square);
	free(net->scaled);
	free(net->state);
	free(net->order);
	free(net->there);
	free(net->nthere);
}

static size_t before(size_t row)
{
	return row * (row + 1) / 2;
}

/* A range of rows, often all of them or one. */
static void draw_range(size_t ngene, size_t *first, size_t *last)
{
	*first = unit_draw() % 3 ? (size_t)unit_draw_below(ngene) : 0;
	*last = unit_draw() % 3 ? *first + (size_t)unit_draw_below(ngene - *first + 1) : ngene;
}

/* ---- values ---- */

/*
 * Kind 0: any; 1: few different ones, so that ranks tie; 2: some missing; 3: many missing,
 * and ties; 4: all kinds of genes that have no correlation.
 */
static double draw_value(int kind)
{
	double x = unit_draw_between(-3, 20);
	if (kind == 1 || kind == 3)
		x = (double)unit_draw_below(4) * 0.1;
	if ((kind == 2 && unit_draw() % 16 == 0) || (kind == 3 && unit_draw() % 2))
		x = missing();
	return x;
}

static void draw_genes(double *x, size_t ngene, size_t nsample, int kind)
{
	for (size_t i = 0; i < ngene; i++, x += nsample) {
		for (size_t k = 0; k < nsample; k++)
			x[k] = draw_value(kind);
		const double last = x[nsample - 1];
		switch (kind == 4 ? unit_draw() % 6 : 9) {
		case 0:
			for (size_t k = 0; k < nsample; k++)
				x[k] = 7.1;
			break;
		case 1:
			for (size_t k = 0; k < nsample; k++)
				x[k] = k % 2 ? 0.0 : -0.0;
			break;
		case 2:
			x[unit_draw_below(nsample)] = missing();
			break;
		case 3:
			x[unit_draw_below(nsample)] = unit_draw() % 2 ? INFINITY : -INFINITY;
			break;
		case 4:
			for (size_t k = 0; k < nsample; k++)
				x[k] = missing();
			x[nsample - 1] = last;
			break;
		}
	}
}

/* ---- the tests ---- */

struct fences {
	struct unit_fence in, out;
};

static const size_t shapes[][2] = {
	{ 1, 1 },   { 2, 1 },   { 2, 2 },   { 3, 3 },	{ 5, 2 },   { 7, 9 },	{ 8, 8 },
	{ 9, 3 },   { 15, 20 }, { 16, 16 }, { 17, 31 }, { 24, 5 },  { 33, 64 }, { 31, 127 },
	{ 34, 128 }, { 20, 129 }, { 40, 65 }, { 50, 300 }, { 64, 7 },	{ 100, 4 }, { 257, 3 },
	{ 290, 6 }, { 300, 30 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Whether a gene varies, is constant, or is not there. */
static void check_state(const struct network *net, const double *x, size_t gene, prepare *how)
{
	double d[SAMPLES];
	bool odd = false;
	for (size_t k = 0; k < net->nsample; k++)
		odd |= x[k] != x[k] || (how == deviations && isinf(x[k]));
	unit_equal(net->state[gene],
		   odd				 ? GX_GENE_MISSING :
		   how(x, net->nsample, d) ? GX_GENE_VARIES :
					   GX_GENE_CONSTANT,
		   "state of gene %zu of %zu x %zu", gene, net->ngene, net->nsample);
}

static void test_all(const struct fences *f, enum gx_correlation_method method, prepare *how,
		     const char *name)
{
	double *x = unit_allocate(GENES * SAMPLES, sizeof *x);
	for (int s = 0; s < SHAPES; s++)
		for (int kind = 0; kind < 5; kind++) {
			size_t ngene = shapes[s][0], nsample = shapes[s][1], first, last;
			struct network net;
			draw_genes(x, ngene, nsample, kind);
			make(&net, &f->in, kind & 1, x, ngene, nsample, method);
			struct gx_correlation c = { method, ngene, nsample, net.panel, net.square };
			for (size_t i = 0; i < ngene; i++)
				check_state(&net, x + i * nsample, i, how);
			draw_range(ngene, &first, &last);
			size_t n = before(last) - before(first);
			double *got = unit_place(&f->out, n * sizeof *got, kind & 1);
			gx_correlate_rows(&c, first, last, got);
			for (size_t i = first; i < last; i++)
				for (size_t j = 0; j <= i; j++)
					unit_same(got[before(i) - before(first) + j],
						  i == j ? 1 :
							   naive(x + i * nsample, x + j * nsample,
								 nsample, how),
						  "%s of %zu x %zu, kind %d, rows %zu to %zu: "
						  "%zu %zu",
						  name, ngene, nsample, kind, first, last, i, j);
			drop(&net);
		}
	free(x);
	unit_report("%s: each pair is one sum, whatever the rows", name);
}

static void test_pairwise(const struct fences *f, enum gx_correlation_method method,
			  prepare *how, const char *name)
{
	double *x = unit_allocate(GENES * SAMPLES, sizeof *x), rank[SAMPLES];
	uint32_t samples[SAMPLES];
	for (int s = 0; s < SHAPES - 2; s++)
		for (int kind = 0; kind < 5; kind++) {
			size_t ngene = shapes[s][0], nsample = shapes[s][1], first, last;
			struct network net;
			draw_genes(x, ngene, nsample, kind);
			make(&net, &f->in, kind & 1, x, ngene, nsample, method);
			struct gx_pairwise p = {
				{ method, ngene, nsample, net.panel, net.square },
				net.nthere,
				2 + (size_t)unit_draw_below(3),
				net.scaled,
				net.order,
				net.there,
			};
			draw_range(ngene, &first, &last);
			size_t n = before(last) - before(first);
			double *got = unit_place(&f->out, n * sizeof *got, kind & 1);
			gx_correlate_pairwise(&p, first, last, samples, rank, got);
			for (size_t i = first; i < last; i++)
				for (size_t j = 0; j <= i; j++) {
					const double *a = x + i * nsample, *b = x + j * nsample;
					double want = naive_pairwise(a, b, nsample, p.least, how);
					if (i == j)
						want = net.nthere[i] ? 1 : missing();
					unit_same(got[before(i) - before(first) + j], want,
						  "%s of %zu x %zu, kind %d, rows %zu to %zu: "
						  "%zu %zu",
						  name, ngene, nsample, kind, first, last, i, j);
				}
			drop(&net);
		}
	free(x);
	unit_report("%s of common samples", name);
}

static void test_ratios(const struct fences *f)
{
	static const char *const names[] = { [GX_RHO] = "rho",
					     [GX_PHI] = "phi",
					     [GX_PHI_S] = "phi_s",
					     [GX_VLR] = "vlr" };
	double *x = unit_allocate(GENES * SAMPLES, sizeof *x);
	for (int s = 1; s < SHAPES; s++)
		for (enum gx_correlation_method method = GX_RHO; method <= GX_VLR; method++) {
			size_t ngene = shapes[s][0], nsample = shapes[s][1], first, last;
			struct network net;
			draw_genes(x, ngene, nsample, 0);
			/* Genes that are equal, opposite, constant, nearly equal. */
			for (size_t k = 0; k < nsample && ngene >= 7; k++) {
				x[k] = x[nsample + k];
				x[2 * nsample + k] = -x[nsample + k];
				x[3 * nsample + k] = x[4 * nsample + k] = 0.3;
				x[5 * nsample + k] = x[6 * nsample + k] + (double)k * 1e-15;
			}
			make(&net, &f->in, method & 1, x, ngene, nsample, method);
			struct gx_correlation c = { method, ngene, nsample, net.panel, net.square };
			draw_range(ngene, &first, &last);
			size_t n = before(last) - before(first);
			double *got = unit_place(&f->out, n * sizeof *got, method & 1);
			gx_correlate_rows(&c, first, last, got);
			for (size_t i = first; i < last; i++)
				for (size_t j = 0; j <= i; j++)
					unit_same(got[before(i) - before(first) + j],
						  i == j ? method == GX_RHO :
							   naive_ratio(x + i * nsample,
								       x + j * nsample, nsample,
								       method),
						  "%s of %zu x %zu: %zu %zu", names[method], ngene,
						  nsample, i, j);
			drop(&net);
		}
	free(x);
	unit_report("rho, phi, phi_s and vlr of log-ratios");
}

/* Sums that are exact: (1 2 4 8), 3 times it, -1 times it, and its reverse. */
static void test_known(const struct fences *f)
{
	static const double x[] = { 1, 2, 4, 8, 3, 6, 12, 24, -1, -2, -4, -8, 8, 4, 2, 1 };
	struct network net;
	make(&net, &f->in, true, x, 4, 4, GX_PEARSON);
	double got[10];
	struct gx_correlation c = { GX_PEARSON, 4, 4, net.panel, net.square };
	gx_correlate_rows(&c, 0, 4, got);
	unit_same(got[3], -1, "a gene and its negative");
	unit_same(got[1], 1, "a gene and three times it");
	unit_same(got[6], -24.25 / 28.75, "a gene and its reverse");
	drop(&net);
	make(&net, &f->in, true, x, 4, 4, GX_SPEARMAN);
	c = (struct gx_correlation){ GX_SPEARMAN, 4, 4, net.panel, net.square };
	gx_correlate_rows(&c, 0, 4, got);
	unit_same(got[1], 1, "ranks of a gene and three times it");
	unit_same(got[6], -1, "ranks of a gene and its reverse");
	drop(&net);
	unit_report("known correlations are exact");
}

/* Sums of squares of such values are 0 or infinite; the correlation is the same. */
static void test_sizes(const struct fences *f)
{
	enum { NGENE = 20, NSAMPLE = 40 };
	double *x = unit_allocate(NGENE * NSAMPLE, sizeof *x), want[210], got[210];
	draw_genes(x, NGENE, NSAMPLE, 0);
	for (int round = 0; round < 50; round++) {
		struct network net;
		make(&net, &f->in, true, x, NGENE, NSAMPLE, GX_PEARSON);
		struct gx_correlation c = { GX_PEARSON, NGENE, NSAMPLE, net.panel, net.square };
		gx_correlate_rows(&c, 0, NGENE, round ? got : want);
		drop(&net);
		if (round)
			unit_same_all(got, want, 210, "genes times powers of two");
		for (size_t i = 0; i < NGENE; i++) {
			int largest;
			double most = 0;
			for (size_t k = 0; k < NSAMPLE; k++)
				most = fmax(most, fabs(x[i * NSAMPLE + k]));
			(void)frexp(most, &largest);
			int power = (int)unit_draw_below(1900) - 950 - largest;
			for (size_t k = 0; k < NSAMPLE; k++)
				x[i * NSAMPLE + k] = ldexp(x[i * NSAMPLE + k], power);
		}
	}
	/* The least numbers that there are. */
	static const double tiny[] = { 5e-324, 1e-323, 5e-324, 1, 2, 1, 0, 0, -5e-324 };
	struct network net;
	make(&net, &f->in, true, tiny, 3, 3, GX_PEARSON);
	struct gx_correlation c = { GX_PEARSON, 3, 3, net.panel, net.square };
	gx_correlate_rows(&c, 0, 3, got);
	unit_same(got[1], 1, "5e-324 and 1e-323 as 1 and 2");
	unit_check(fabs(got[3] - 0.5) < 1e-15, "-5e-324 beside 0: %.17g", got[3]);
	drop(&net);
	free(x);
	unit_report("no gene is too large or too small");
}

static void test_orders(const struct fences *f)
{
	for (size_t n = 0; n <= SAMPLES; n++)
		for (int kind = 0; kind < 4; kind++) {
			double x[SAMPLES], got[SAMPLES];
			uint32_t *order = unit_place(&f->in, n * sizeof *order, kind & 1);
			uint32_t *scratch = unit_place(&f->out, n * sizeof *scratch, kind & 1);
			for (size_t k = 0; k < n; k++)
				x[k] = draw_value(kind);
			if (n > 2 && kind == 1) {
				x[n / 2] = INFINITY;
				x[n / 3] = -INFINITY;
				x[n - 1] = -0.0;
			}
			size_t there = gx_sample_order(x, n, order, scratch), holes = 0;
			for (size_t k = 0; k < n; k++)
				holes += x[k] != x[k];
			unit_equal(there, n - holes, "samples that are there");
			for (size_t k = 0; k < there; k++) {
				double y = x[order[k] / 2];
				double last = k ? x[order[k - 1] / 2] : -INFINITY;
				unit_check(k == 0 || y >= last, "order of %zu at %zu", n, k);
				unit_equal(order[k] & 1, k == 0 || y > last,
					   "%zu at %zu: a new value", n, k);
			}
			if (holes)
				continue;
			double want[SAMPLES];
			(void)ranks(x, n, want);
			gx_sample_ranks(order, n, got);
			unit_same_all(got, want, n, "ranks of %zu", n);
		}
	unit_report("ranks over samples, with ties");
}

static void test_logs(const struct fences *f)
{
	for (size_t n = 0; n <= SAMPLES; n++)
		for (int how = 0; how < 8; how++) {
			double *x = unit_place(&f->in, n * sizeof *x, how & 1), keep[SAMPLES];
			double least = INFINITY;
			for (size_t k = 0; k < n; k++) {
				x[k] = unit_draw() % 4 ? unit_draw_between(0, 50) : 0;
				if (how & 2 && unit_draw() % 50 == 0)
					x[k] = 5e-320;
				least = x[k] > 0 && x[k] < least ? x[k] : least;
			}
			memcpy(keep, x, n * sizeof *x);
			struct gx_abundances survey;
			gx_abundances_survey(x, n, &survey);
			unit_equal(survey.wrong, n, "none of %zu is wrong", n);
			unit_same(survey.least, least, "the least of %zu above 0", n);
			if (n) {
				static const double wrongs[] = { -1, -5e-324, INFINITY, NAN };
				size_t at = (size_t)unit_draw_below(n);
				x[at] = wrongs[how % 4];
				if (at + 1 < n)
					x[n - 1] = -2;
				gx_abundances_survey(x, n, &survey);
				unit_equal(survey.wrong, at, "%g at %zu of %zu", x[at], at, n);
				memcpy(x, keep, n * sizeof *x);
			}
			if (least == INFINITY)
				continue;
			gx_log_abundances(x, n, least);
			for (size_t k = 0; k < n; k++)
				unit_same(x[k], gx_ln(keep[k] > 0 ? keep[k] : least),
					  "ln of %g, least %g", keep[k], least);
		}
	unit_report("logarithms of abundances, 0 as the least");
	for (size_t n = 1; n <= 40; n++)
		for (size_t nrow = 0; nrow <= 5; nrow++) {
			double *x = unit_place(&f->in, nrow * n * sizeof *x, n & 1), want[200];
			double *sum = unit_place(&f->out, n * sizeof *sum, n & 1);
			unit_draw_doubles(x, nrow * n, 0);
			memset(sum, 0, n * sizeof *sum);
			gx_log_add(x, nrow, n, sum);
			for (size_t k = 0; k < n; k++) {
				double total = 0;
				for (size_t i = 0; i < nrow; i++)
					total += x[i * n + k];
				unit_same(sum[k], total, "sum of column %zu", k);
				for (size_t i = 0; i < nrow; i++)
					want[i * n + k] = x[i * n + k] - total / 7;
			}
			gx_log_centre(x, nrow, n, sum, 7);
			unit_same_all(x, want, nrow * n, "centred, %zu x %zu", nrow, n);
		}
	unit_report("logarithms are centred in each sample");
}

int main(void)
{
	struct fences f = { unit_fence_make(gx_panel_genes(GENES) * SAMPLES * sizeof(double)),
			    unit_fence_make(GENES * (GENES + 1) / 2 * sizeof(double)) };
	test_all(&f, GX_PEARSON, deviations, "Pearson");
	test_all(&f, GX_SPEARMAN, ranks, "Spearman");
	test_pairwise(&f, GX_PEARSON, deviations, "Pearson");
	test_pairwise(&f, GX_SPEARMAN, ranks, "Spearman");
	test_ratios(&f);
	test_known(&f);
	test_sizes(&f);
	test_orders(&f);
	test_logs(&f);
	return unit_end();
}
