/* SPDX-License-Identifier: MIT */
/*
 * gx-means: the mean of each gene, a matrix of one column, or of a column for each group of
 * samples (twice as many with --with-n).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/pipeline.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/digest.h"
#include "kernel/fold.h"
#include "kernel/group_mean.h"
#include "kernel/mean.h"
#include "network/fold.h"
#include "stream/groups.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	bool skip_na;
	bool with_n;
	const char *sheet, *by; /* --groups */
};

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "skip-na", NULL,
	  "leave missing values out (otherwise they make the mean missing)",
	  gx_set_flag, AT(skip_na), 0 },
	{ 0, "with-n", NULL,
	  "a column behind each mean, n: the number of values that are not missing",
	  gx_set_flag, AT(with_n), 0 },
	{ 0, "groups", "FILE",
	  "a mean for each group of samples; FILE has a line for each: sample, TAB or comma, group",
	  gx_set_text, AT(sheet), 0 },
	{ 0, "by", "COLUMN", "the column of FILE that has the groups, by its name or number [2]",
	  gx_set_text, AT(by), 0 },
};

static const struct gx_command command = {
	.name = "gx-means",
	.about = "mean of each gene of a matrix",
	.usage = "[OPTION ...] [MATRIX ...]",
	.summary = "Writes the mean of each gene of a matrix of genes x samples.",
	.example = { "gx-means --skip-na --with-n counts.tsv",
		      "parallel 'gx-means -b --part {}/8 m.gxm | gx-threshold -T 12' \\\n      ::: {1..8} | gx-reduce" },
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_OUTPUT | GX_CLI_PART,
	.explains = true,
};

struct means {
	const struct arguments *arguments;
	struct gx_groups groups; /* of the samples; none without --groups */
	size_t width;		 /* means of a row */
	struct gx_writer *writer;
};

struct slot {
	double *mean, *n; /* of each row */
	double *both;     /* mean and n side by side, for --with-n */
	size_t room;
	double *lanes; /* of the groups */
	struct gx_rows out;
	struct gx_piece piece;
};

static void make_room(struct slot *slot, size_t n)
{
	if (slot->room >= n)
		return;
	free(slot->mean);
	slot->room = n;
	slot->mean = gx_allocate_aligned(4 * slot->room, sizeof *slot->mean, 0);
	slot->n = slot->mean + slot->room;
	slot->both = slot->n + slot->room;
}

/* Makes the output of the means of some rows. */
static void encode(const struct means *means, const struct gx_rows *rows, struct slot *slot)
{
	bool with_n = means->arguments->with_n;
	for (size_t i = 0; with_n && i < rows->nrow * means->width; i++) {
		slot->both[2 * i] = slot->mean[i];
		slot->both[2 * i + 1] = slot->n[i];
	}
	slot->out = *rows;
	slot->out.ncol = with_n ? 2 * means->width : means->width;
	slot->out.value = with_n ? slot->both : slot->mean;
	gx_writer_encode(means->writer, &slot->out, &slot->piece);
}

static void compute_groups(const struct means *means, const struct gx_rows *rows,
			   struct slot *slot)
{
	const struct gx_column_groups *groups = &means->groups.columns;
	bool skip_na = means->arguments->skip_na, with_n = means->arguments->with_n;
	if (!slot->lanes)
		slot->lanes = gx_allocate_aligned(gx_group_lanes(groups->ngroup),
						  sizeof *slot->lanes, 0);
	if (skip_na || with_n)
		gx_mean_groups_skip_na(rows->value, rows->nrow, rows->ncol, groups, slot->mean,
				       slot->n, slot->lanes);
	if (!skip_na)
		gx_mean_groups(rows->value, rows->nrow, rows->ncol, groups, slot->mean,
			       slot->lanes);
}

static void compute_all(const struct means *means, const struct gx_rows *rows, struct slot *slot)
{
	bool skip_na = means->arguments->skip_na, with_n = means->arguments->with_n;
	if (skip_na || with_n)
		gx_mean_rows_skip_na(rows->value, rows->nrow, rows->ncol, slot->mean,
				     slot->n);
	if (!skip_na)
		gx_mean_rows(rows->value, rows->nrow, rows->ncol, slot->mean);
}

static void compute(void *context, const struct gx_rows *rows, void *memory)
{
	const struct means *means = context;
	struct slot *slot = memory;
	make_room(slot, rows->nrow * means->width);
	if (means->arguments->sheet)
		compute_groups(means, rows, slot);
	else
		compute_all(means, rows, slot);
	encode(means, rows, slot);
}

static void consume(void *context, const struct gx_rows *rows, void *memory)
{
	const struct means *means = context;
	struct slot *slot = memory;
	slot->out.first = rows->first;
	gx_writer_put(means->writer, &slot->out, &slot->piece);
}

static void release(void *context, void *memory)
{
	(void)context;
	struct slot *slot = memory;
	free(slot->mean);
	free(slot->lanes);
	gx_piece_free(&slot->piece);
}

static void read_rows(struct means *means, struct gx_reader *reader)
{
	struct gx_job job = { .context = means,
			      .slot_size = sizeof(struct slot),
			      .compute = compute,
			      .consume = consume,
			      .release = release };
	gx_reader_run(reader, means->arguments->common.nthread, &job);
}

/* ---- a network, whose triangle streams by ---- */

struct sums {
	const struct gx_fold *fold;
	bool skip_na;
	double *lane;	   /* eight for each gene whose mean is wanted */
	uint64_t *missing; /* of its values */
};

enum { BYTES_A_GENE = 72 };

static void add_rows(void *context, const double *value, uint64_t row, size_t nrow)
{
	const struct sums *sums = context;
	gx_fold_sums(value, row, nrow, sums->fold->first, sums->fold->last, sums->skip_na,
		     sums->lane, sums->missing);
}

/* Means of the genes from number `from` of the wanted ones on. */
static void divide(const struct sums *sums, size_t from, size_t n, struct slot *slot)
{
	const struct gx_fold *fold = sums->fold;
	gx_fold_join(sums->lane, fold->last - fold->first, from, n, slot->mean);
	for (size_t i = 0; i < n; i++) {
		slot->n[i] = (double)(fold->ngene - sums->missing[from + i]);
		slot->mean[i] /= sums->skip_na ? slot->n[i] : (double)fold->ngene;
	}
	gx_nan_canonicalise(slot->mean, n);
}

static void write_sums(struct means *means, const struct sums *sums)
{
	enum { BATCH = 4096 };
	const struct gx_fold *fold = sums->fold;
	struct gx_fold_names names = { 0 };
	struct slot slot = { 0 };
	make_room(&slot, BATCH);
	for (uint64_t row = fold->first, n; row < fold->last; row += n) {
		n = fold->last - row < BATCH ? fold->last - row : BATCH;
		struct gx_rows rows = { .nrow = n,
					.names = gx_fold_names(&names, fold, row, n),
					.first = row };
		divide(sums, row - fold->first, n, &slot);
		encode(means, &rows, &slot);
		consume(means, &rows, &slot);
	}
	release(means, &slot);
	gx_fold_names_free(&names);
}

static void read_network(struct means *means, struct gx_fold *fold, struct gx_reader *reader)
{
	size_t n = fold->last - fold->first;
	struct sums sums = { .fold = fold, .skip_na = means->arguments->skip_na };
	sums.lane = gx_allocate_zeroed(n, BYTES_A_GENE);
	sums.missing = (uint64_t *)(void *)(sums.lane + 8 * n);
	fold->context = &sums;
	fold->add = add_rows;
	gx_fold_run(fold, reader, means->arguments->common.nthread);
	write_sums(means, &sums);
	free(sums.lane);
}

/* ---- both ---- */

/*
 * The groups, and what was done for the source facts. A transposed table, of which --explain
 * knows the head alone, has samples that nobody knows yet.
 */
static void choose_groups(struct means *means, const struct gx_reader *reader, char step[64])
{
	const struct arguments *a = means->arguments;
	const struct gx_matrix *from = gx_reader_matrix(reader);
	const struct gx_grouping grouping = {
		a->sheet, a->by, gx_facts_find(gx_reader_facts(reader, 0), "file"), a->with_n
	};
	means->width = 1;
	if (a->sheet && from->ncol == GX_UNKNOWN) {
		means->width = GX_UNKNOWN;
	} else if (a->sheet) {
		gx_groups_read(&means->groups, &grouping, from);
		means->width = means->groups.columns.ngroup;
	}
	snprintf(step, 64, "mean%s%s%s", a->sheet ? " " : "",
		 !a->sheet ? "" : means->groups.names.n ? means->groups.step : "groups",
		 a->skip_na ? " skip-na" : "");
}

static void name_columns(const struct means *means, struct gx_matrix *matrix)
{
	bool with_n = means->arguments->with_n;
	if (means->arguments->sheet) {
		gx_groups_name_columns(&means->groups, with_n, &matrix->columns);
	} else {
		gx_names_add(&matrix->columns, "mean", 4);
		if (with_n)
			gx_names_add(&matrix->columns, "n", 1);
	}
	matrix->ncol = means->width == GX_UNKNOWN ? GX_UNKNOWN : means->width * (with_n ? 2 : 1);
}

GX_NORETURN static void explain(const struct means *means, const struct gx_reader *reader,
				const struct gx_fold *fold, const char *step,
				const struct gx_matrix *matrix)
{
	const struct gx_common *common = &means->arguments->common;
	struct gx_source source;
	gx_explain_reader(common, reader, &source);
	if (fold) {
		gx_fold_source(fold, &source);
		gx_explain_memory(BYTES_A_GENE * (fold->last - fold->first));
	}
	if (means->groups.names.n) {
		gx_explain_count("groups", means->width);
		gx_explain_count("left_out", means->groups.left_out);
		gx_explain_memory(means->groups.nbyte +
				  gx_pipeline_slots(common->nthread) * sizeof(double) *
					  gx_group_lanes(means->width));
	}
	gx_source_add_step(&source, step);
	gx_explain_source(&source);
	/* A mean and its n, and the two side by side for --with-n. */
	if (means->width != GX_UNKNOWN)
		gx_explain_each_row(4 * sizeof(double) * means->width);
	gx_explain_writer(&common->output, matrix);
}

static void run(struct arguments *arguments)
{
	struct gx_common *common = &arguments->common;
	/* A triangle has no columns to group: it is read as the full matrix that it is. */
	common->triangles = common->whole_triangles = !arguments->sheet;
	if (arguments->sheet)
		gx_groups_demand_other(arguments->sheet, common->operand, common->noperand);
	else if (arguments->by)
		gx_die_usage("--by %s: it is a column of the FILE of --groups", arguments->by);
	struct gx_reader *reader = gx_cli_open(common);
	struct means means = { .arguments = arguments };
	char step[64];
	choose_groups(&means, reader, step);
	struct gx_matrix matrix = { 0 };
	name_columns(&means, &matrix);
	gx_reader_derive(reader, step, &matrix);
	bool is_network = gx_reader_matrix(reader)->layout != GX_FULL;
	struct gx_fold fold = { 0 };
	if (is_network) {
		fold = gx_fold_choose(reader, &common->part);
		gx_fold_describe(&fold, &matrix);
	}
	if (common->explain)
		explain(&means, reader, is_network ? &fold : NULL, step, &matrix);

	means.writer = gx_writer_open(&common->output, &matrix);
	if (is_network)
		read_network(&means, &fold, reader);
	else
		read_rows(&means, reader);
	struct gx_source source = *gx_reader_source(reader);
	if (is_network)
		gx_fold_source(&fold, &source);
	gx_source_add_step(&source, step);
	gx_writer_close(means.writer, &source);
	gx_cli_close(common, reader);
	gx_matrix_free(&matrix);
	gx_groups_free(&means.groups);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	run(&arguments);
	return gx_cli_finish(&arguments.common);
}
