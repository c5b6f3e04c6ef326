/* SPDX-License-Identifier: MIT */
/* gx-threshold: counts the rows above a threshold in each column, or writes those rows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/count.h"
#include "kernel/fold.h"
#include "network/fold.h"
#include "number/number.h"
#include "record/record.h"
#include "stream/reader.h"
#include "stream/writer.h"

/* In how many columns a row must be above to pass. */
enum rule { UNSAID, ANY, ALL, AT_LEAST };

struct arguments {
	struct gx_common common;
	double threshold;
	bool threshold_given;
	bool below, count, pass;
	enum rule rule;
	uint64_t at_least;
};

static void set_threshold(const struct gx_option *option, const char *value, void *place)
{
	struct arguments *arguments = place;
	gx_set_real(option, value, &arguments->threshold);
	arguments->threshold_given = true;
}

/* Two rules contradict each other: the last one must not win in silence. */
static void set_rule(const struct gx_option *option, const char *value, void *place)
{
	static const char *const names[] = { [ANY] = "any", [ALL] = "all", [AT_LEAST] = "at-least" };
	struct arguments *arguments = place;
	enum rule rule = (enum rule)option->value;
	if (arguments->rule != UNSAID && arguments->rule != rule)
		gx_die_usage("--%s and --%s exclude each other: say once in how many columns a row "
			     "must be above",
			     names[arguments->rule], names[rule]);
	if (rule == AT_LEAST)
		gx_set_count(option, value, &arguments->at_least);
	arguments->rule = rule;
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 'T', "threshold", "X",
	  "count what is strictly above X [12 for what gx-simulate made; no other default]",
	  set_threshold, 0, 0 },
	{ 0, "below", NULL, "strictly below, not above", gx_set_flag, AT(below), 0 },
	{ 'c', "count", NULL, "only the count of each column, not a record", gx_set_flag,
	  AT(count), 0 },
	{ 0, "pass", NULL, "write the rows that are above, as a matrix", gx_set_flag,
	  AT(pass), 0 },
	{ 0, "any", NULL, "with --pass: rows above in at least one column", set_rule, 0, ANY },
	{ 0, "all", NULL, "with --pass: rows above in every column", set_rule, 0, ALL },
	{ 0, "at-least", "N", "with --pass: rows above in at least N columns", set_rule, 0,
	  AT_LEAST },
};

static const struct gx_command command = {
	.name = "gx-threshold",
	.about = "count the genes above a threshold, or write them",
	.usage = "[OPTION ...] [MATRIX ...]",
	.summary =
		"Counts the rows strictly above a threshold in each column of a matrix. Writes the\n"
		"counts as a record, which gx-reduce adds up; or writes those rows.",
	.example = { "gx-threshold -T 12 m.gxm",
		      "gx-threshold --pass --at-least 3 -T 0 -o expressed.gxm counts.tsv" },
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_OUTPUT | GX_CLI_PART,
	.explains = true,
};

/* ---- the default threshold ---- */

/*
 * 12 is the threshold of one study, whose matrix gx-simulate makes. Of anything else it would
 * be a number that nobody chose.
 */
static bool is_simulated(const struct gx_source *source)
{
	static const char kind[] = "simulation:";
	return strncmp(source->identity, kind, sizeof kind - 1) == 0;
}

GX_NORETURN static void refuse_default(const struct arguments *arguments)
{
	if (arguments->pass)
		gx_die_usage("--pass: say with -T which threshold the rows must be %s: there is no "
			     "default for it",
			     arguments->below ? "below" : "above");
	gx_die_usage("say the threshold with -T: its default, 12, holds for what gx-simulate made, "
		     "and for no other matrix");
}

/* Under --explain the identity of a stream that tells it at its end is not known yet. */
static void check_planned(const struct arguments *arguments, const struct gx_reader *reader,
			  const struct gx_source *source)
{
	bool unknown = !source->identity[0] && gx_reader_is_gxm(reader) &&
		       arguments->common.noperand == 1;
	if (!arguments->threshold_given && !unknown && !is_simulated(source))
		refuse_default(arguments);
}

static void ignore(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context, (void)rows, (void)slot;
}

/* What is wrong with the input is said before what is wrong with the command line. */
static void demand_sound(const struct arguments *arguments, struct gx_reader *reader)
{
	struct gx_job job = { .compute = ignore, .consume = ignore };
	gx_reader_run(reader, arguments->common.nthread, &job);
}

/* ---- counting ---- */

struct counting {
	const struct arguments *arguments;
	struct gx_record record;
};

struct count_slot {
	uint64_t *above, *missing; /* of each column */
};

static void count_compute(void *context, const struct gx_rows *rows, void *memory)
{
	const struct counting *counting = context;
	struct count_slot *slot = memory;
	if (!slot->above) {
		slot->above = gx_allocate(2 * rows->ncol, sizeof *slot->above);
		slot->missing = slot->above + rows->ncol;
	}
	memset(slot->above, 0, 2 * rows->ncol * sizeof *slot->above);
	gx_count_columns(rows->value, rows->nrow, rows->ncol,
			 counting->arguments->threshold, counting->arguments->below,
			 slot->above, slot->missing);
}

static void need_tally(struct gx_record *record, uint64_t ncol)
{
	if (!record->tally)
		record->tally = gx_allocate_zeroed(ncol, sizeof *record->tally);
}

static void count_consume(void *context, const struct gx_rows *rows, void *memory)
{
	struct counting *counting = context;
	const struct count_slot *slot = memory;
	need_tally(&counting->record, rows->ncol);
	for (size_t j = 0; j < rows->ncol; j++) {
		struct gx_tally *tally = &counting->record.tally[j];
		tally->count += slot->above[j];
		tally->na += slot->missing[j];
		tally->rows += rows->nrow;
	}
}

static void count_release(void *context, void *memory)
{
	(void)context;
	free(((struct count_slot *)memory)->above);
}

static void count_rows(struct counting *counting, struct gx_reader *reader)
{
	struct gx_job job = { .context = counting,
			      .slot_size = sizeof(struct count_slot),
			      .compute = count_compute,
			      .consume = count_consume,
			      .release = count_release };
	gx_reader_run(reader, counting->arguments->common.nthread, &job);
}

/* ---- counting a network, whose triangle streams by ---- */

struct fold_counts {
	const struct arguments *arguments;
	const struct gx_fold *fold;
	uint64_t *above, *missing; /* of each gene's column */
};

static void fold_add(void *context, const double *value, uint64_t row, size_t nrow)
{
	const struct fold_counts *counts = context;
	gx_fold_counts(value, row, nrow, counts->fold->first, counts->fold->last,
		       counts->arguments->threshold, counts->arguments->below, counts->above,
		       counts->missing);
}

static void count_network(struct counting *counting, struct gx_fold *fold, struct gx_reader *reader)
{
	uint64_t n = fold->ngene;
	struct fold_counts counts = { .arguments = counting->arguments, .fold = fold };
	counts.above = gx_allocate_zeroed(2 * n, sizeof *counts.above);
	counts.missing = counts.above + n;
	fold->context = &counts;
	fold->add = fold_add;
	gx_fold_run(fold, reader, counting->arguments->common.nthread);
	need_tally(&counting->record, n);
	for (uint64_t j = 0; j < n; j++)
		counting->record.tally[j] = (struct gx_tally){ .count = counts.above[j],
							       .rows = fold->last - fold->first,
							       .na = counts.missing[j] };
	free(counts.above);
}

static void print_counts(const struct gx_record *record, struct gx_output *out)
{
	for (size_t j = 0; j < record->columns.n; j++) {
		char line[24], *end = gx_count_print(record->tally[j].count, line);
		*end++ = '\n';
		gx_output_write(out, line, (size_t)(end - line));
	}
}

static void add_steps(const struct arguments *arguments, struct gx_source *source)
{
	if (!source->work[0])
		gx_source_add_step(source, "value");
	gx_source_add_step(source, arguments->below ? "below" : "above");
}

GX_NORETURN static void explain_count(const struct arguments *arguments,
				      const struct gx_reader *reader, const struct gx_fold *fold)
{
	struct gx_record record = { .threshold = arguments->threshold };
	gx_explain_reader(&arguments->common, reader, &record.source);
	if (fold->ngene)
		gx_fold_source(fold, &record.source);
	check_planned(arguments, reader, &record.source);
	add_steps(arguments, &record.source);
	gx_explain_source(&record.source);
	/* The record of one column shows how long a line is: numbers may grow. */
	struct gx_tally tally = { 0 };
	struct gx_text text = { 0 };
	gx_names_add_implicit(&record.columns, 's', 1000000);
	record.tally = &tally;
	gx_record_print(&record, &text);
	uint64_t ncol = gx_reader_matrix(reader)->ncol;
	if (ncol != GX_UNKNOWN) {
		gx_explain_memory(ncol * (sizeof tally + 2 * sizeof(uint64_t)));
		gx_explain_memory(arguments->count ? 0 : ncol * text.n / 2);
	}
	gx_explain_end(arguments->count ? "counts" : "record", GX_UNKNOWN);
}

static void count(struct arguments *arguments, struct gx_reader *reader)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct gx_fold fold = { 0 };
	bool is_network = matrix->layout != GX_FULL;
	if (is_network)
		fold = gx_fold_choose(reader, &arguments->common.part);
	if (arguments->common.explain)
		explain_count(arguments, reader, &fold);
	struct counting counting = { .arguments = arguments };
	struct gx_record *record = &counting.record;
	record->threshold = arguments->threshold;

	struct gx_output *out = gx_output_open(&arguments->common.output, false);
	if (is_network)
		count_network(&counting, &fold, reader);
	else
		count_rows(&counting, reader);
	if (!arguments->threshold_given && !is_simulated(gx_reader_source(reader)))
		refuse_default(arguments); /* the trailer alone tells what the input is */
	/* A header can be forged: only now it is sure that there are so many columns. */
	need_tally(record, matrix->ncol);
	struct gx_names buffer = { 0 }, columns = gx_matrix_columns(matrix, &buffer);
	gx_names_append(&record->columns, &columns);
	gx_names_free(&buffer);
	record->source = *gx_reader_source(reader);
	if (is_network)
		gx_fold_source(&fold, &record->source);
	add_steps(arguments, &record->source);
	if (arguments->count) {
		print_counts(record, out);
	} else {
		struct gx_text text = { 0 };
		gx_record_print(record, &text);
		gx_output_write(out, text.bytes, text.n);
		free(text.bytes);
	}
	gx_output_close(out);
	gx_record_free(record);
}

/* ---- --pass ---- */

struct passing {
	const struct arguments *arguments;
	struct gx_writer *writer;
	uint64_t need; /* columns */
};

struct pass_slot {
	uint64_t *above; /* of each row */
	double *value;   /* of the rows that pass */
	struct gx_names names;
	size_t row_room, value_room;
	size_t npass;
	struct gx_piece piece;
};

static void make_room(struct pass_slot *slot, const struct gx_rows *rows)
{
	if (slot->row_room < rows->nrow) {
		free(slot->above);
		slot->above = gx_allocate(rows->nrow, sizeof *slot->above);
		slot->row_room = rows->nrow;
	}
	if (slot->value_room < rows->nrow * rows->ncol) {
		free(slot->value);
		slot->value_room = rows->nrow * rows->ncol;
		slot->value = gx_allocate_aligned(slot->value_room, sizeof *slot->value,
						  0);
	}
}

/* Names of the rows that pass. A row without a name is named by its number in the whole. */
static void name_rows(const struct passing *passing, const struct gx_rows *rows,
		      struct pass_slot *slot)
{
	const char *name = rows->names.text;
	gx_names_clear(&slot->names);
	for (size_t i = 0; i < rows->nrow; i++) {
		bool passes = slot->above[i] >= passing->need;
		if (passes && rows->names.n)
			gx_names_add(&slot->names, name, strlen(name));
		else if (passes)
			gx_names_add_implicit(&slot->names, 'g', rows->first + i + 1);
		if (rows->names.n)
			name = gx_names_next(name);
	}
}

static struct gx_rows passed_rows(const struct gx_rows *rows,
				  const struct pass_slot *slot)
{
	return (struct gx_rows){ .nrow = slot->npass,
				 .ncol = rows->ncol,
				 .value = slot->value,
				 .names = slot->names,
				 .first = GX_UNKNOWN };
}

static bool is_numbered(const struct gx_rows *rows)
{
	return rows->names.n || rows->first != GX_UNKNOWN;
}

static void pass_compute(void *context, const struct gx_rows *rows, void *memory)
{
	const struct passing *passing = context;
	struct pass_slot *slot = memory;
	make_room(slot, rows);
	gx_count_rows(rows->value, rows->nrow, rows->ncol, passing->arguments->threshold,
		      passing->arguments->below, slot->above);
	slot->npass = 0;
	for (size_t i = 0; i < rows->nrow; i++)
		if (slot->above[i] >= passing->need)
			memcpy(slot->value + slot->npass++ * rows->ncol,
			       rows->value + i * rows->ncol,
			       rows->ncol * sizeof *rows->value);
	if (is_numbered(rows)) {
		name_rows(passing, rows, slot);
		struct gx_rows out = passed_rows(rows, slot);
		if (slot->npass)
			gx_writer_encode(passing->writer, &out, &slot->piece);
	}
}

static void pass_consume(void *context, const struct gx_rows *rows, void *memory)
{
	const struct passing *passing = context;
	struct pass_slot *slot = memory;
	if (!slot->npass)
		return;
	bool late = slot->names.n != slot->npass;
	if (late)
		name_rows(passing, rows, slot);
	struct gx_rows out = passed_rows(rows, slot);
	if (late)
		gx_writer_encode(passing->writer, &out, &slot->piece);
	gx_writer_put(passing->writer, &out, &slot->piece);
	gx_names_clear(&slot->names);
}

static void pass_release(void *context, void *memory)
{
	(void)context;
	struct pass_slot *slot = memory;
	free(slot->above);
	free(slot->value);
	gx_names_free(&slot->names);
	gx_piece_free(&slot->piece);
}

/* "pass any above:12", and how many columns that needs. */
static uint64_t describe(const struct arguments *a, uint64_t ncol, char step[128])
{
	bool known = ncol != GX_UNKNOWN; /* --explain does not see all there is */
	if (a->rule == UNSAID && ncol > 1 && known)
		gx_die_usage("--pass: the matrix has %" PRIu64
			     " columns: say whether a row must be %s in "
			     "--any, in --all or in --at-least N of them",
			     ncol, a->below ? "below" : "above");
	if (a->rule == AT_LEAST && (a->at_least < 1 || a->at_least > ncol))
		gx_die_usage("--at-least %" PRIu64 ": the matrix has %" PRIu64
			     " columns: from 1 to %" PRIu64,
			     a->at_least, ncol, ncol);
	char rule[40] = "any", threshold[GX_NUMBER_MAX + 1];
	if (a->rule == ALL)
		strcpy(rule, "all");
	else if (a->rule == AT_LEAST)
		snprintf(rule, sizeof rule, "at-least:%" PRIu64, a->at_least);
	*gx_number_print(a->threshold, threshold) = 0;
	snprintf(step, 128, "pass %s %s:%s", rule, a->below ? "below" : "above",
		 threshold);
	return a->rule == ALL ? ncol : a->rule == AT_LEAST ? a->at_least : 1;
}

static void pass(struct arguments *arguments, struct gx_reader *reader)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	char step[128];
	struct passing passing = { .arguments = arguments,
				   .need = describe(arguments, from->ncol, step) };
	if (!arguments->threshold_given) {
		if (!arguments->common.explain)
			demand_sound(arguments, reader);
		refuse_default(arguments);
	}
	struct gx_matrix matrix = { .ncol = from->ncol };
	gx_names_append(&matrix.columns, &from->columns);
	gx_reader_derive(reader, step, &matrix);
	/* The number of rows is known at the end. Their names say which rows they were. */
	matrix.named = true;
	matrix.nrow = matrix.announced = matrix.whole = GX_UNKNOWN;
	bool part = arguments->common.part.n || gx_matrix_is_part(from);
	matrix.first = part ? GX_UNKNOWN : 0;
	if (arguments->common.explain) {
		struct gx_source source;
		gx_explain_reader(&arguments->common, reader, &source);
		gx_source_add_step(&source, step);
		gx_explain_source(&source);
		gx_explain_each_row(from->ncol == GX_UNKNOWN ? 0 : 8 * from->ncol + 8);
		gx_explain_writer(&arguments->common.output, &matrix);
	}

	passing.writer = gx_writer_open(&arguments->common.output, &matrix);
	struct gx_job job = { .context = &passing,
			      .slot_size = sizeof(struct pass_slot),
			      .compute = pass_compute,
			      .consume = pass_consume,
			      .release = pass_release };
	gx_reader_run(reader, arguments->common.nthread, &job);
	struct gx_source source = *gx_reader_source(reader);
	gx_source_add_step(&source, step);
	gx_writer_close(passing.writer, &source);
	gx_matrix_free(&matrix);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .threshold = 12 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	const struct gx_output_options *output = &arguments.common.output;
	if (arguments.pass && arguments.count)
		gx_die_usage("--pass writes rows and -c a count: one of the two");
	if (!arguments.pass && arguments.rule != UNSAID)
		gx_die_usage("--any, --all and --at-least choose rows for --pass");
	if (!arguments.pass &&
	    (output->format != GX_FORMAT_UNSET || output->no_header || output->digits))
		gx_die_usage(
			"-f, -b, -H and --digits are for --pass: a record is always TSV with its header");
	/* Rows are written whole; counts are made while a triangle streams by. */
	arguments.common.triangles = arguments.common.whole_triangles = !arguments.pass;
	struct gx_reader *reader = gx_cli_open(&arguments.common);
	if (arguments.pass)
		pass(&arguments, reader);
	else
		count(&arguments, reader);
	gx_cli_close(&arguments.common, reader);
	return gx_cli_finish(&arguments.common);
}
