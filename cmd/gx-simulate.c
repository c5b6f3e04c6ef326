/* SPDX-License-Identifier: MIT */
/* gx-simulate: a simulated matrix, or part K of N of it, and what is planted in it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/outputs.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/distribution.h"
#include "kernel/hash.h"
#include "kernel/module.h"
#include "number/number.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	uint64_t ngene, nsample;
	struct gx_distribution distribution;
	unsigned given; /* bit of each parameter that was given */
	const char *annotation;
};

/* The parameters of the distributions, and of modules. */
enum { SCALE, MEAN, SD, DISPERSION, STRENGTH };

static gx_option_set set_distribution, set_parameter, set_modules;

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 'n', "genes", "N", "rows [200000]", gx_set_count, AT(ngene), 0 },
	{ 'm', "samples", "M", "columns [50]", gx_set_count, AT(nsample), 0 },
	{ 's', "seed", "S", "the same seed gives the same matrix [1]",
	  gx_set_count, AT(distribution.seed), 0 },
	{ 0, "dist", "NAME",
	  "exponential, uniform, normal, lognormal or nbinom [exponential]",
	  set_distribution, AT(distribution.kind), 0 },
	{ 0, "scale", "X", "mean of exponential, upper end of uniform [10]",
	  set_parameter, 0, SCALE },
	{ 0, "mean", "X",
	  "mean of normal, or of the logarithm of lognormal [0]; median of nbinom's gene "
	  "means [100]",
	  set_parameter, 0, MEAN },
	{ 0, "sd", "X",
	  "standard deviation of normal, or of the logarithm of lognormal [1]; of the "
	  "logarithm of nbinom's gene means [1.5]",
	  set_parameter, 0, SD },
	{ 0, "dispersion", "X", "nbinom: variance = mean + X mean^2 [0.2]",
	  set_parameter, 0, DISPERSION },
	{ 0, "modules", "K", "plant K modules of co-expressed genes in half of the genes",
	  set_modules, AT(distribution.nmodule), 0 },
	{ 0, "strength", "X", "correlation of the genes of a module [0.2]", set_parameter, 0,
	  STRENGTH },
	{ 0, "annotation", "FILE", "write the genes of each module to FILE, for gx-vote",
	  gx_set_text, AT(annotation), 0 },
};

static const struct gx_option_words words[] = {
	{ "dist", "exponential uniform normal lognormal nbinom" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-simulate",
	.about = "write a simulated gene-expression matrix",
	.usage = "[OPTION ...]",
	.summary =
		"Writes a simulated matrix of genes x samples. Part K of N has, bit for bit, the "
		"rows\nof the whole.",
	.example = { "gx-simulate -n 1000 -m 6 --dist lognormal -o counts.tsv",
		      "parallel 'gx-simulate -n 200k -m 50 --part {}/8 -o part{}.gxm' ::: {1..8}" },
	.purpose = GX_PURPOSE_MAKE,
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_OUTPUT | GX_CLI_PART,
	.explains = true,
};

static const char *const names[] = { [GX_EXPONENTIAL] = "exponential",
				     [GX_UNIFORM] = "uniform",
				     [GX_NORMAL] = "normal",
				     [GX_LOGNORMAL] = "lognormal",
				     [GX_NBINOM] = "nbinom" };

static void set_distribution(const struct gx_option *option, const char *value,
			     void *place)
{
	(void)option;
	for (int i = GX_EXPONENTIAL; i <= GX_NBINOM; i++)
		if (strcmp(value, names[i]) == 0) {
			*(enum gx_distribution_kind *)place =
				(enum gx_distribution_kind)i;
			return;
		}
	gx_die_usage(
		"--dist %s: the distributions are exponential, uniform, normal, lognormal "
		"and nbinom",
		value);
}

static void set_parameter(const struct gx_option *option, const char *value, void *place)
{
	struct arguments *arguments = place;
	struct gx_distribution *d = &arguments->distribution;
	double *const parameter[] = { [SCALE] = &d->scale,
				      [MEAN] = &d->mean,
				      [SD] = &d->sd,
				      [DISPERSION] = &d->dispersion,
				      [STRENGTH] = &d->strength };
	gx_set_real(option, value, parameter[option->value]);
	arguments->given |= 1u << option->value;
}

static void set_modules(const struct gx_option *option, const char *value, void *place)
{
	gx_set_count(option, value, place);
	if (*(uint64_t *)place == 0)
		gx_die_usage("--modules 0: write at least 1, or leave it out");
}

/* An option without effect is a mistake: the matrix would not be the one that was meant. */
static void check_parameters(const struct arguments *arguments)
{
	const unsigned always = 1u << STRENGTH; /* whatever the distribution */
	static const unsigned taken[] = {
		[GX_EXPONENTIAL] = 1u << SCALE,
		[GX_UNIFORM] = 1u << SCALE,
		[GX_NORMAL] = 1u << MEAN | 1u << SD,
		[GX_LOGNORMAL] = 1u << MEAN | 1u << SD,
		[GX_NBINOM] = 1u << MEAN | 1u << SD | 1u << DISPERSION
	};
	enum gx_distribution_kind kind = arguments->distribution.kind;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (options[i].set == set_parameter &&
		    arguments->given & ~taken[kind] & ~always & 1u << options[i].value)
			gx_die_usage("--%s has no effect with --dist %s", options[i].name,
				     names[kind]);
	if (arguments->distribution.nmodule)
		return;
	if (arguments->given & 1u << STRENGTH)
		gx_die_usage("--strength has no effect without --modules");
	if (arguments->annotation)
		gx_die_usage("--annotation has nothing to tell without --modules");
}

static const char *text_of(double value, char out[GX_NUMBER_MAX + 1])
{
	*gx_number_print(value, out) = 0;
	return out;
}

/* Only what determines the values: the identity is its hash. */
static void describe(const struct arguments *a, struct gx_matrix *matrix)
{
	const struct gx_distribution *d = &a->distribution;
	char x[GX_NUMBER_MAX + 1], y[GX_NUMBER_MAX + 1], z[GX_NUMBER_MAX + 1];
	char parameters[128];
	if (d->kind == GX_EXPONENTIAL || d->kind == GX_UNIFORM)
		snprintf(parameters, sizeof parameters, "scale=%s", text_of(d->scale, x));
	else if (d->kind == GX_NBINOM)
		snprintf(parameters, sizeof parameters, "mean=%s sd=%s dispersion=%s",
			 text_of(d->mean, x), text_of(d->sd, y),
			 text_of(d->dispersion, z));
	else
		snprintf(parameters, sizeof parameters, "mean=%s sd=%s",
			 text_of(d->mean, x), text_of(d->sd, y));
	int n = snprintf(matrix->provenance, sizeof matrix->provenance,
			 "simulate philox4x32-10 %s %s seed=%" PRIu64 " genes=%" PRIu64
			 " samples=%" PRIu64,
			 names[d->kind], parameters, d->seed, a->ngene, a->nsample);
	if (d->nmodule)
		n += snprintf(matrix->provenance + n, sizeof matrix->provenance - (size_t)n,
			      " modules=%" PRIu64 " strength=%s", d->nmodule,
			      text_of(d->strength, x));
	snprintf(matrix->identity, sizeof matrix->identity, "simulation:%016" PRIx64,
		 XXH3_64bits(matrix->provenance, (size_t)n));
}

/* ---- the annotation ---- */

/*
 * All of it, whatever the part: one file that all parts and all seeds share. It waits for its
 * name until the matrix is whole, but what the disk does not take is found now.
 */
static struct gx_output *write_annotation(const struct arguments *a)
{
	const struct gx_output_options to = { .path = a->annotation,
					      .option = "--annotation" };
	struct gx_output *out = gx_output_open(&to, false);
	const char header[] = "gene\tterm\n";
	gx_output_write(out, header, sizeof header - 1);
	for (uint64_t i = 0; i < a->ngene; i++) {
		char line[64];
		uint64_t module = gx_module_of_row(i, a->distribution.nmodule);
		if (module != GX_UNKNOWN)
			gx_output_write(out, line,
					(size_t)sprintf(line,
							"g%" PRIu64 "\tmodule%" PRIu64 "\n",
							i + 1, module + 1));
	}
	gx_output_flush(out);
	return out;
}

/* ---- the pipeline: any thread makes and encodes ranges of rows, written in order ---- */

struct simulation {
	const struct gx_distribution *distribution;
	struct gx_writer *writer;
	uint64_t ncol, next, end;
	uint64_t rows; /* of a batch: as many as a GXM block has */
};

struct slot {
	double *value;
	struct gx_rows rows;
	struct gx_piece piece;
};

static bool fetch(void *context, void *memory)
{
	struct simulation *s = context;
	struct slot *slot = memory;
	uint64_t left = s->end - s->next, n = left < s->rows ? left : s->rows;
	slot->rows = (struct gx_rows){ .nrow = n, .ncol = s->ncol, .first = s->next };
	s->next += n;
	return n > 0;
}

static void work(void *context, void *memory)
{
	const struct simulation *s = context;
	struct slot *slot = memory;
	if (!slot->value)
		slot->value = gx_allocate_aligned(s->rows * s->ncol, sizeof *slot->value,
						  0);
	gx_random_rows(s->distribution, slot->rows.first, slot->rows.nrow, s->ncol,
		       slot->value);
	slot->rows.value = slot->value;
	gx_writer_encode(s->writer, &slot->rows, &slot->piece);
}

/* In order and one at a time: the bytes go to one descriptor (bytes/output.c, put). */
static void commit(void *context, void *memory)
{
	struct simulation *s = context;
	struct slot *slot = memory;
	gx_writer_put(s->writer, &slot->rows, &slot->piece);
	gx_progress_rows(slot->rows.nrow);
}

GX_NORETURN static void explain(const struct arguments *a, const struct gx_matrix *matrix)
{
	struct gx_source source = { .unit = GX_UNIT_ROWS,
				    .first = matrix->first,
				    .last = matrix->first + matrix->nrow,
				    .of = matrix->whole };
	memcpy(source.identity, matrix->identity, sizeof source.identity);
	gx_explain_tell("made_by", "%s", matrix->provenance);
	gx_explain_count("genes", matrix->nrow);
	gx_explain_count("samples", matrix->ncol);
	if (a->common.part.n)
		gx_explain_tell("part", "%" PRIu64 "/%" PRIu64, a->common.part.k,
				a->common.part.n);
	gx_explain_source(&source);
	if (a->annotation)
		gx_explain_tell("annotation", "%s", a->annotation);
	uint64_t rows = gx_batch_rows(a->nsample);
	gx_explain_piece(rows, rows * a->nsample * sizeof(double));
	gx_explain_writer(&a->common.output, matrix);
}

static void free_slot(void *memory)
{
	struct slot *slot = memory;
	free(slot->value);
	gx_piece_free(&slot->piece);
}

static void run(struct arguments *a)
{
	struct gx_matrix matrix = { .ncol = a->nsample,
				    .whole = a->ngene,
				    .nrow = a->ngene };
	struct gx_part part = a->common.part.n ? a->common.part
					       : (struct gx_part){ 1, 1 };
	matrix.first = gx_part_bound(a->ngene, part.k - 1, part.n);
	uint64_t end = gx_part_bound(a->ngene, part.k, part.n);
	matrix.nrow = matrix.announced = end - matrix.first;
	describe(a, &matrix);
	gx_progress_expect(matrix.nrow, GX_UNKNOWN, false);
	if (a->common.explain)
		explain(a, &matrix);

	struct gx_output *annotation = a->annotation ? write_annotation(a) : NULL;
	struct simulation s = { .distribution = &a->distribution,
				.writer = gx_writer_open(&a->common.output, &matrix),
				.ncol = a->nsample,
				.next = matrix.first,
				.end = end,
				.rows = gx_batch_rows(a->nsample) };
	struct gx_pipeline pipeline = { &s, fetch, work, commit };
	gx_pipeline_run_in(&pipeline, sizeof(struct slot), a->common.nthread, free_slot);
	gx_writer_close(s.writer, NULL);
	if (annotation)
		gx_output_close(annotation);
}

/* An annotation that cannot be written is found before the matrix is made. */
static void check_annotation(const struct arguments *a)
{
	const struct gx_output_name outputs[] = { { "-o", a->common.output.path },
						  { "--annotation", a->annotation } };
	if (!a->annotation)
		return;
	gx_output_check("--annotation", a->annotation);
	gx_outputs_check(outputs, sizeof outputs / sizeof *outputs);
}

int main(int argc, char **argv)
{
	struct arguments a = { .ngene = 200000,
			       .nsample = 50,
			       .distribution = { .kind = GX_EXPONENTIAL,
						 .seed = 1,
						 .scale = 10,
						 .dispersion = 0.2,
						 .strength = 0.2 } };
	gx_cli_parse(&command, argc, argv, &a.common);
	bool counts = a.distribution.kind == GX_NBINOM;
	check_parameters(&a);
	if (!(a.given & 1u << MEAN))
		a.distribution.mean = counts ? 100 : 0;
	if (!(a.given & 1u << SD))
		a.distribution.sd = counts ? 1.5 : 1;
	if (a.nsample == 0)
		gx_die_usage("-m 0: a matrix has at least one sample");
	if (a.nsample > UINT64_C(1) << 33)
		gx_die_usage("-m %" PRIu64
			     ": the generator numbers 8589934592 samples at most",
			     a.nsample);
	if (a.ngene > (uint64_t)INT64_MAX / 8 / a.nsample)
		gx_die_usage("-n %" PRIu64 " -m %" PRIu64
			     ": a matrix larger than any file",
			     a.ngene, a.nsample);
	if (a.distribution.nmodule > a.ngene / 2)
		gx_die_usage("--modules %" PRIu64 ": %" PRIu64 " genes have room for %" PRIu64
			     " at most",
			     a.distribution.nmodule, a.ngene, a.ngene / 2);
	const char *wrong = gx_distribution_check(&a.distribution);
	if (wrong)
		gx_die_usage("%s", wrong);
	check_annotation(&a);
	run(&a);
	return gx_cli_finish(&a.common);
}
