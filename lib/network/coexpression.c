/* SPDX-License-Identifier: MIT */
#include "network/coexpression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"
#include "bytes/pipeline.h"
#include "kernel/proportionality.h"
#include "kernel/sample_ranks.h"
#include "number/number.h"

const char *const gx_coexpression_names[] = {
	[GX_PEARSON] = "pearson", [GX_SPEARMAN] = "spearman", [GX_RHO] = "rho",
	[GX_PHI] = "phi",	  [GX_PHI_S] = "phi_s",	      [GX_VLR] = "vlr",
};

/* ---- panels, some at a time ---- */

/* Values of a piece of work: 512 KiB. */
enum { PIECE = 1 << 16 };

struct preparing {
	struct gx_coexpression *c;
	struct gx_whole *whole;
	size_t next, step; /* genes */
	double least;	   /* of abundances, above 0 */
};

struct piece {
	size_t gene, ngene;
	double *row;	    /* eight, before they are packed */
	uint32_t *order[2]; /* of one gene */
	size_t constant, missing;
};

static bool fetch(void *context, void *slot)
{
	struct preparing *p = context;
	struct piece *piece = slot;
	size_t left = p->whole->nrow - p->next;
	piece->gene = p->next;
	piece->ngene = left < p->step ? left : p->step;
	p->next += piece->ngene;
	return piece->ngene > 0;
}

/* Logarithms, and their sums over the genes, in the order of the genes. */
static void take_logs(void *context, void *slot)
{
	const struct preparing *p = context;
	const struct piece *piece = slot;
	size_t n = p->whole->ncol;
	gx_log_abundances(p->whole->value + piece->gene * n, piece->ngene * n, p->least);
}

static void add_logs(void *context, void *slot)
{
	const struct preparing *p = context;
	const struct piece *piece = slot;
	size_t n = p->whole->ncol;
	gx_log_add(p->whole->value + piece->gene * n, piece->ngene, n, p->c->log_sum);
}

/* Ranks of a gene instead of its values: 0 where one is missing, as it has no correlation. */
static void rank_gene(const struct preparing *p, struct piece *piece, size_t gene, double *row,
		      unsigned char *state)
{
	struct gx_coexpression *c = p->c;
	const size_t n = p->whole->ncol;
	uint32_t *order = c->pairwise ? c->order + gene * n : piece->order[0];
	size_t there = gx_sample_order(p->whole->value + gene * n, n, order, piece->order[1]);
	*state = there < n ? GX_GENE_MISSING : GX_GENE_VARIES;
	memset(row, 0, n * sizeof *row);
	if (there == n)
		gx_sample_ranks(order, n, row);
	if (!c->pairwise)
		return;
	c->nthere[gene] = there;
	gx_sample_bits(order, there, n, c->there + gene * gx_sample_words(n));
}

/* Up to eight genes, from rows to a panel in the same place. */
static void prepare_panel(const struct preparing *p, struct piece *piece, size_t gene,
			  size_t ngene)
{
	struct gx_coexpression *c = p->c;
	const size_t n = p->whole->ncol;
	double *panel = p->whole->value + gene * n, scale[GX_PANEL];
	unsigned char state[GX_PANEL] = { GX_GENE_VARIES };
	if (c->method == GX_SPEARMAN)
		for (size_t l = 0; l < ngene; l++)
			rank_gene(p, piece, gene + l, piece->row + l * n, &state[l]);
	else
		memcpy(piece->row, panel, ngene * n * sizeof *panel);
	if (gx_coexpression_is_ratio(c->method))
		gx_log_centre(piece->row, ngene, n, c->log_sum, p->whole->nrow);
	gx_panel_pack(piece->row, ngene, n, panel);
	if (c->method == GX_SPEARMAN) {
		gx_panel_square(panel, n, c->square + gene, state);
	} else {
		gx_panel_survey(panel, n, state, scale);
		if (c->method == GX_PEARSON)
			gx_panel_scale(panel, n, scale);
		if (c->pairwise) {
			gx_panel_count(panel, n, c->nthere + gene);
			memcpy(c->value + gene * n, panel, GX_PANEL * n * sizeof *panel);
		}
		gx_panel_centre(panel, n, c->square + gene, state);
	}
	for (size_t l = 0; l < ngene; l++) {
		piece->constant += state[l] == GX_GENE_CONSTANT;
		piece->missing += state[l] == GX_GENE_MISSING;
	}
}

static void prepare_panels(void *context, void *slot)
{
	const struct preparing *p = context;
	struct piece *piece = slot;
	const size_t n = p->whole->ncol, end = piece->gene + piece->ngene;
	piece->constant = piece->missing = 0;
	if (!piece->row)
		piece->row = gx_allocate_aligned(GX_PANEL * n, sizeof *piece->row, 0);
	for (int i = 0; i < 2 && p->c->method == GX_SPEARMAN; i++)
		if (!piece->order[i])
			piece->order[i] = gx_allocate(n, sizeof *piece->order[i]);
	for (size_t gene = piece->gene; gene < end; gene += GX_PANEL)
		prepare_panel(p, piece, gene, end - gene < GX_PANEL ? end - gene : GX_PANEL);
}

static void count_genes(void *context, void *slot)
{
	struct gx_coexpression *c = ((struct preparing *)context)->c;
	const struct piece *piece = slot;
	c->constant += piece->constant;
	c->missing += piece->missing;
}

static void free_piece(void *slot)
{
	struct piece *piece = slot;
	free(piece->row);
	free(piece->order[0]);
	free(piece->order[1]);
}

static void run(struct preparing *p, void (*work)(void *, void *),
		void (*commit)(void *, void *), int nthread)
{
	struct gx_pipeline pipeline = { p, fetch, work, commit };
	p->next = 0;
	gx_pipeline_run_in(&pipeline, sizeof(struct piece), nthread, free_piece);
}

/* ---- all genes ---- */

static const char *name_of(const struct gx_names *names, size_t number, char letter,
			   struct gx_names *made)
{
	const char *name = names->text;
	if (!names->n) {
		gx_names_clear(made);
		gx_names_add_implicit(made, letter, number + 1);
		return made->text;
	}
	while (number--)
		name = gx_names_next(name);
	return name;
}

GX_NORETURN GX_COLD static void refuse_abundance(const struct gx_coexpression *c,
						 const struct gx_whole *whole, size_t at,
						 const struct gx_names *samples,
						 const char *input)
{
	struct gx_names g = { 0 }, s = { 0 };
	const char *gene = name_of(&whole->names, at / whole->ncol, 'g', &g),
		   *sample = name_of(samples, at % whole->ncol, 's', &s);
	char value[GX_NUMBER_MAX + 1];
	*gx_number_print(whole->value[at], value) = 0;
	gx_die(GX_EXIT_DATA,
	       "%s: gene %s, sample %s: %s has no logarithm: --method %s takes counts or other "
	       "abundances, none of them missing, negative or infinite",
	       input, gx_show(gene, strlen(gene)), gx_show(sample, strlen(sample)), value,
	       gx_coexpression_names[c->method]);
}

static void prepare_logs(struct preparing *p, const struct gx_names *samples,
			 const char *input, int nthread)
{
	const struct gx_whole *whole = p->whole;
	size_t n = whole->nrow * whole->ncol;
	struct gx_abundances survey;
	gx_abundances_survey(whole->value, n, &survey);
	if (survey.wrong < n)
		refuse_abundance(p->c, whole, survey.wrong, samples, input);
	if (survey.least == INFINITY)
		gx_die(GX_EXIT_DATA, "%s: all values are 0, which has no logarithm", input);
	p->least = survey.least;
	p->c->log_sum = gx_allocate_zeroed(whole->ncol, sizeof *p->c->log_sum);
	run(p, take_logs, add_logs, nthread);
}

static void *need_pages(size_t nbyte)
{
	void *memory = gx_pages_resize(NULL, 0, nbyte);
	if (!memory)
		gx_die_errno("memory for --pairwise, %zu bytes", nbyte);
	return memory;
}

static void make_room(struct gx_coexpression *c, size_t ngene, size_t nsample)
{
	const size_t genes = gx_panel_genes(ngene);
	c->square = gx_allocate_zeroed(genes, sizeof *c->square);
	if (!c->pairwise)
		return;
	gx_demand_memory(gx_coexpression_extra(c->method, genes * nsample), "--pairwise: %zu x %zu values",
			 ngene, nsample);
	c->nthere = gx_allocate_zeroed(genes, sizeof *c->nthere);
	if (c->method == GX_PEARSON) {
		c->value_bytes = genes * nsample * sizeof *c->value;
		c->value = need_pages(c->value_bytes);
		return;
	}
	c->order_bytes = ngene * nsample * sizeof *c->order;
	c->order = need_pages(c->order_bytes);
	c->there = gx_allocate(ngene * gx_sample_words(nsample), sizeof *c->there);
}

void gx_coexpression_prepare(struct gx_coexpression *c, struct gx_whole *whole,
			     const struct gx_names *samples, const char *input, int nthread)
{
	const size_t ngene = whole->nrow, nsample = whole->ncol, each = GX_PANEL * nsample;
	struct preparing p = { .c = c,
			       .whole = whole,
			       .step = (each < PIECE ? PIECE / each : 1) * GX_PANEL };
	if (c->method == GX_SPEARMAN && nsample >= GX_SAMPLES_MAX)
		gx_die(GX_EXIT_DATA, "%s: ranks are of less than %u samples", input,
		       (unsigned)GX_SAMPLES_MAX);
	gx_whole_pad(whole, gx_panel_genes(ngene));
	make_room(c, ngene, nsample);
	if (gx_coexpression_is_ratio(c->method))
		prepare_logs(&p, samples, input, nthread);
	run(&p, prepare_panels, count_genes, nthread);
	c->of = (struct gx_pairwise){
		.all = { c->method, ngene, nsample, whole->value, c->square },
		.nthere = c->nthere,
		.least = c->min_obs,
		.value = c->value,
		.order = c->order,
		.there = c->there,
	};
}

void gx_coexpression_rows(const struct gx_coexpression *c,
			  struct gx_coexpression_scratch *scratch, size_t first, size_t last,
			  double *triangle)
{
	const size_t n = c->of.all.nsample;
	if (!c->pairwise) {
		gx_correlate_rows(&c->of.all, first, last, triangle);
		return;
	}
	if (!scratch->samples) {
		scratch->samples = gx_allocate(n, sizeof *scratch->samples);
		scratch->rank = gx_allocate(n, sizeof *scratch->rank);
	}
	gx_correlate_pairwise(&c->of, first, last, scratch->samples, scratch->rank, triangle);
}

void gx_coexpression_scratch_free(struct gx_coexpression_scratch *scratch)
{
	free(scratch->samples);
	free(scratch->rank);
	*scratch = (struct gx_coexpression_scratch){ 0 };
}

void gx_coexpression_free(struct gx_coexpression *c)
{
	free(c->square);
	free(c->nthere);
	free(c->there);
	free(c->log_sum);
	gx_pages_free(c->value, c->value_bytes);
	gx_pages_free(c->order, c->order_bytes);
	*c = (struct gx_coexpression){ 0 };
}
