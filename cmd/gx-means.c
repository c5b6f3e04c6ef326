/* SPDX-License-Identifier: MIT */
/* gx-means: the mean of each gene, a matrix of one column (two with --with-n). */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/mean.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	bool skip_na;
	bool with_n;
};

static const struct gx_option options[] = {
	{ 0, "skip-na", NULL,
	  "leave missing values out (otherwise they make the mean missing)",
	  gx_set_flag, offsetof(struct arguments, skip_na), 0 },
	{ 0, "with-n", NULL, "a second column, n: the number of values that are not missing",
	  gx_set_flag, offsetof(struct arguments, with_n), 0 },
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
	struct gx_writer *writer;
};

struct slot {
	double *mean, *n; /* of each row */
	double *both;     /* mean and n side by side, for --with-n */
	size_t room;
	struct gx_rows out;
	struct gx_piece piece;
};

static void compute(void *context, const struct gx_rows *rows, void *memory)
{
	const struct means *means = context;
	struct slot *slot = memory;
	if (slot->room < rows->nrow) {
		free(slot->mean);
		slot->room = rows->nrow;
		slot->mean = gx_allocate_aligned(4 * slot->room, sizeof *slot->mean, 0);
		slot->n = slot->mean + slot->room;
		slot->both = slot->n + slot->room;
	}
	bool skip_na = means->arguments->skip_na, with_n = means->arguments->with_n;
	if (skip_na || with_n)
		gx_mean_rows_skip_na(rows->value, rows->nrow, rows->ncol, slot->mean,
				     slot->n);
	if (!skip_na)
		gx_mean_rows(rows->value, rows->nrow, rows->ncol, slot->mean);
	for (size_t i = 0; with_n && i < rows->nrow; i++) {
		slot->both[2 * i] = slot->mean[i];
		slot->both[2 * i + 1] = slot->n[i];
	}
	slot->out = *rows;
	slot->out.ncol = with_n ? 2 : 1;
	slot->out.value = with_n ? slot->both : slot->mean;
	gx_writer_encode(means->writer, &slot->out, &slot->piece);
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
	gx_piece_free(&slot->piece);
}

static void run(struct arguments *arguments)
{
	struct gx_reader *reader = gx_cli_open(&arguments->common);
	const char *step = arguments->skip_na ? "mean skip-na" : "mean";
	struct gx_matrix matrix = { .ncol = arguments->with_n ? 2 : 1 };
	gx_names_add(&matrix.columns, "mean", 4);
	if (arguments->with_n)
		gx_names_add(&matrix.columns, "n", 1);
	gx_reader_derive(reader, step, &matrix);
	if (arguments->common.explain) {
		struct gx_source source;
		gx_explain_reader(&arguments->common, reader, &source);
		gx_source_add_step(&source, step);
		gx_explain_source(&source);
		/* A mean and its n, and the two side by side for --with-n. */
		gx_explain_each_row(4 * sizeof(double));
		gx_explain_writer(&arguments->common.output, &matrix);
	}

	struct means means = { arguments,
			       gx_writer_open(&arguments->common.output, &matrix) };
	struct gx_job job = { .context = &means,
			      .slot_size = sizeof(struct slot),
			      .compute = compute,
			      .consume = consume,
			      .release = release };
	gx_reader_run(reader, arguments->common.nthread, &job);
	struct gx_source source = *gx_reader_source(reader);
	gx_source_add_step(&source, step);
	gx_writer_close(means.writer, &source);
	gx_cli_close(&arguments->common, reader);
	gx_matrix_free(&matrix);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	run(&arguments);
	return gx_cli_finish(&arguments.common);
}
