/* SPDX-License-Identifier: MIT */
/* gx-correlate: a gene x gene network of a matrix, row by row of its lower triangle. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "command/cli.h"
#include "command/explain.h"
#include "matrix/triangle.h"
#include "network/coexpression.h"
#include "network/identity.h"
#include "network/repeated.h"
#include "stream/reader.h"
#include "stream/whole.h"
#include "stream/writer.h"

enum { MIN_OBS = 3 };

struct arguments {
	struct gx_common common;
	enum gx_correlation_method method;
	bool pairwise;
	uint64_t min_obs; /* 0: not given */
	enum gx_repeated repeated;
};

static void set_method(const struct gx_option *option, const char *value, void *place)
{
	for (int i = 0; i <= GX_VLR; i++)
		if (strcmp(value, gx_coexpression_names[i]) == 0) {
			*(enum gx_correlation_method *)place = (enum gx_correlation_method)i;
			return;
		}
	gx_die_usage("--%s %s: the methods are pearson, spearman, rho, phi, phi_s and vlr",
		     option->name, value);
}

static void set_min_obs(const struct gx_option *option, const char *value, void *place)
{
	uint64_t *n = place;
	if (!gx_cli_count(value, n) || *n < 2)
		gx_die_usage("--%s %s: not a number of samples from 2", option->name, value);
}

static void set_repeated(const struct gx_option *option, const char *value, void *place)
{
	enum gx_repeated *how = place;
	if (strcmp(value, "first") == 0)
		*how = GX_REPEATED_FIRST;
	else if (strcmp(value, "mean") == 0)
		*how = GX_REPEATED_MEAN;
	else
		gx_die_usage("--%s %s: say first or mean", option->name, value);
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "method", "NAME", "pearson, spearman, rho, phi, phi_s or vlr [pearson]", set_method,
	  AT(method), 0 },
	{ 0, "pairwise", NULL, "pearson, spearman: take the samples that both genes of a pair have",
	  gx_set_flag, AT(pairwise), 0 },
	{ 0, "min-obs", "N", "with --pairwise: less than N such samples make the pair missing [3]",
	  set_min_obs, AT(min_obs), 0 },
	{ 0, "repeated-genes", "HOW", "of genes with one name: take the first, or their mean",
	  set_repeated, AT(repeated), 0 },
};

static const struct gx_option_words words[] = {
	{ "method", "pearson spearman rho phi phi_s vlr" },
	{ "repeated-genes", "first mean" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-correlate",
	.about = "co-expression network of the genes of a matrix",
	.usage = "[OPTION ...] [MATRIX ...]",
	.summary =
		"Compares each gene of a matrix with each other one. Writes the network of their\n"
		"correlations, or of how proportional they are.",
	.example = { "gx-correlate --method spearman -o network.gxm counts.tsv",
		     "parallel 'gx-correlate -b --part {}/8 m.gxm -o part{}.gxm' ::: {1..8}" },
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_OUTPUT | GX_CLI_NETWORK | GX_CLI_PART,
	.explains = true,
};

/* An option without effect is a mistake. */
static void check_options(struct arguments *a)
{
	const char *method = gx_coexpression_names[a->method];
	if (a->pairwise && gx_coexpression_is_ratio(a->method))
		gx_die_usage("--pairwise has no effect with --method %s, which takes no missing "
			     "values",
			     method);
	if (a->min_obs && !a->pairwise)
		gx_die_usage("--min-obs needs --pairwise");
	if (!a->min_obs)
		a->min_obs = MIN_OBS;
	enum gx_format format = gx_output_format(&a->common.output);
	if (a->common.part.n && (format == GX_TSV || format == GX_CSV || format == GX_NPY))
		gx_die_usage("--part: text and npy have full rows, which need the other parts: "
			     "write parts as GXM (-b), and join them (gx-reduce --join)");
	if (a->common.part.n && a->common.output.top)
		gx_die_usage("--top: the largest values of a part are not those of the network: "
			     "join the parts first (gx-reduce --join)");
}

/* ---- what is read ---- */

static const char *input_name(const struct arguments *a)
{
	if (a->common.noperand > 1)
		return "the matrix";
	return strcmp(a->common.operand[0], "-") == 0 ? "<stdin>" : a->common.operand[0];
}

/* --part is of the output: all of the input is read. */
static struct gx_reader *open_input(const struct arguments *a)
{
	gx_cli_need_input(&a->common);
	struct gx_request request = gx_cli_request(&a->common);
	request.part = (struct gx_part){ 0 };
	return gx_reader_open(&request);
}

static void demand_pairs(const struct arguments *a, const struct gx_whole *whole)
{
	if (whole->nrow < 2)
		gx_die(GX_EXIT_DATA, "%s: a network needs two genes, and this has %zu",
		       input_name(a), whole->nrow);
	if (whole->ncol < 2)
		gx_die(GX_EXIT_DATA, "%s: genes are compared over two samples or more, and this has %zu",
		       input_name(a), whole->ncol);
	if (whole->nrow > GX_NETWORK_GENES_MAX)
		gx_die(GX_EXIT_DATA, "%s: networks have %" PRIu64 " genes at most: take fewer rows",
		       input_name(a), GX_NETWORK_GENES_MAX);
}

static void warn_of(size_t n, const char *what, const char *then)
{
	if (n)
		gx_warn("%zu gene%s %s: %s", n, n == 1 ? "" : "s", what, then);
}

/* What makes missing pairs. */
static void warn(const struct arguments *a, const struct gx_coexpression *c)
{
	bool ratio = gx_coexpression_is_ratio(a->method);
	warn_of(c->constant, "without variance",
		ratio ? "missing with each other" : "missing with every other gene");
	if (!a->pairwise)
		warn_of(c->missing, "with missing or infinite values",
			"missing with every other gene: --pairwise takes the samples that both genes "
			"of a pair have");
}

/* ---- the network ---- */

/* What was done, for provenance and identity: all that determines the values. */
static void print_step(const struct arguments *a, char step[128])
{
	int n = snprintf(step, 128, "correlate %s", gx_coexpression_names[a->method]);
	if (a->pairwise)
		n += snprintf(step + n, 128 - (size_t)n, " pairwise min-obs:%" PRIu64, a->min_obs);
	if (a->repeated != GX_REPEATED_REFUSE)
		snprintf(step + n, 128 - (size_t)n, " repeated-genes:%s",
			 a->repeated == GX_REPEATED_FIRST ? "first" : "mean");
}

/*
 * Rows of a band: 1 MiB of values, but at least two panels, so that each gene that is
 * fetched from memory meets sixteen others.
 */
enum { BAND_VALUES = 1 << 17, BAND_ROWS = 2 * GX_PANEL };

struct correlating {
	const struct gx_coexpression *c;
	struct gx_writer *writer;
	uint64_t ngene, next, end;
};

struct band {
	struct gx_coexpression_scratch scratch;
	double *triangle;
	struct gx_rows rows;
	struct gx_piece piece;
};

/* The row behind a band that begins with row `first`. */
static uint64_t band_end(uint64_t first, uint64_t end)
{
	uint64_t last = (first + BAND_ROWS) / GX_PANEL * GX_PANEL;
	while (last < end && gx_triangle_values(last + GX_PANEL) - gx_triangle_values(first) <= BAND_VALUES)
		last += GX_PANEL;
	return last < end ? last : end;
}

static bool fetch(void *context, void *slot)
{
	struct correlating *k = context;
	struct band *band = slot;
	uint64_t end = band_end(k->next, k->end);
	band->rows = (struct gx_rows){ .nrow = end - k->next, .ncol = k->ngene, .first = k->next };
	k->next = end;
	return band->rows.nrow > 0;
}

/* The values of the largest band. */
static uint64_t band_room(uint64_t ngene)
{
	uint64_t most = BAND_ROWS * ngene;
	return most > BAND_VALUES ? most : BAND_VALUES;
}

static void work(void *context, void *slot)
{
	const struct correlating *k = context;
	struct band *band = slot;
	if (!band->triangle)
		band->triangle = gx_allocate_aligned(band_room(k->ngene), sizeof *band->triangle, 0);
	gx_coexpression_rows(k->c, &band->scratch, band->rows.first,
			     band->rows.first + band->rows.nrow, band->triangle);
	band->rows.triangle = band->triangle;
	gx_writer_encode(k->writer, &band->rows, &band->piece);
}

static void commit(void *context, void *slot)
{
	const struct correlating *k = context;
	struct band *band = slot;
	gx_writer_put(k->writer, &band->rows, &band->piece);
	gx_progress_rows(gx_triangle_values(band->rows.first + band->rows.nrow) -
			 gx_triangle_values(band->rows.first));
}

static void free_band(void *slot)
{
	struct band *band = slot;
	gx_coexpression_scratch_free(&band->scratch);
	gx_piece_free(&band->piece);
	free(band->triangle);
}

static void correlate(struct correlating *k, int nthread)
{
	struct gx_pipeline pipeline = { k, fetch, work, commit };
	gx_pipeline_run_in(&pipeline, sizeof(struct band), nthread, free_band);
}

/* What is known of the network when its genes are; GX_UNKNOWN for --explain of what does not tell. */
static void describe(const struct arguments *a, uint64_t ngene, struct gx_matrix *matrix)
{
	struct gx_part part = a->common.part.n ? a->common.part : (struct gx_part){ 1, 1 };
	matrix->layout = GX_TRIANGLE_FLOAT64;
	matrix->ncol = matrix->whole = matrix->nrow = ngene;
	if (ngene != GX_UNKNOWN) {
		matrix->first = gx_triangle_bound(ngene, part.k - 1, part.n);
		matrix->nrow = gx_triangle_bound(ngene, part.k, part.n) - matrix->first;
	}
	matrix->announced = matrix->nrow;
	matrix->network = (struct gx_network){ .max = GX_UNKNOWN,
					       .median = GX_UNKNOWN,
					       .mean = GX_UNKNOWN };
	strcpy(matrix->network.kind, gx_coexpression_names[a->method]);
}

GX_NORETURN static void explain(const struct arguments *a, const struct gx_reader *reader,
				const char *step)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	struct gx_matrix matrix = { 0 };
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	describe(a, from->nrow, &matrix);
	gx_source_add_step(&source, step);
	source.unit = GX_UNIT_ROWS;
	source.first = matrix.first;
	source.last = matrix.first + matrix.nrow;
	source.of = matrix.whole;
	if (from->nrow == GX_UNKNOWN)
		source.first = source.last = GX_UNKNOWN;
	gx_explain_source(&source);
	if (from->nrow != GX_UNKNOWN && from->ncol != GX_UNKNOWN) {
		uint64_t nvalue = gx_panel_genes(from->nrow) * from->ncol;
		gx_explain_memory(nvalue * sizeof(double));
		gx_explain_memory(a->pairwise ? gx_coexpression_extra(a->method, nvalue) : 0);
		gx_explain_memory(gx_pipeline_slots(a->common.nthread) * band_room(from->nrow) *
				  sizeof(double));
	}
	gx_explain_writer(&a->common.output, &matrix);
}

static void run(struct arguments *a)
{
	char step[128];
	print_step(a, step);
	struct gx_reader *reader = open_input(a);
	if (a->common.explain)
		explain(a, reader, step);
	struct gx_whole whole = { 0 };
	struct gx_matrix matrix = { 0 };
	gx_whole_read(&whole, reader, a->common.nthread, 0);
	gx_network_identify(&matrix, reader, step);
	gx_repeated_resolve(&whole, a->repeated, input_name(a));
	demand_pairs(a, &whole);
	describe(a, whole.nrow, &matrix);
	gx_names_append(&matrix.columns, &whole.names);
	struct gx_coexpression c = { .method = a->method,
				     .pairwise = a->pairwise,
				     .min_obs = a->min_obs };
	gx_coexpression_prepare(&c, &whole, &gx_reader_matrix(reader)->columns, input_name(a),
				a->common.nthread);
	warn(a, &c);
	struct correlating k = { .c = &c,
				 .writer = gx_writer_open(&a->common.output, &matrix),
				 .ngene = matrix.ncol,
				 .next = matrix.first,
				 .end = matrix.first + matrix.nrow };
	correlate(&k, a->common.nthread);
	gx_writer_close(k.writer, NULL);
	gx_coexpression_free(&c);
	gx_whole_free(&whole);
	gx_cli_close(&a->common, reader);
	gx_matrix_free(&matrix);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	check_options(&arguments);
	run(&arguments);
	return gx_cli_finish(&arguments.common);
}
