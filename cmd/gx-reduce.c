/* SPDX-License-Identifier: MIT */
/*
 * gx-reduce: the verified whole of partial results. Records are added up, parts of a
 * matrix are joined; what does not add up is refused.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/message.h"
#include "base/part.h"
#include "bytes/paths.h"
#include "command/cli.h"
#include "command/explain.h"
#include "command/network.h"
#include "format/gxm/gxm.h"
#include "kernel/digest.h"
#include "network/add.h"
#include "record/join.h"
#include "record/sum.h"
#include "record/verify.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	bool count, partial, unverified, join, add, as_values;
	const char *genes;
	enum gx_missing_pairs fill;
	enum gx_symmetrize symmetrize;
	uint64_t missing; /* N; 0: not asked */
	bool missing_array;
	bool digest_given;
	uint64_t digest;
};

static void set_missing(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	struct arguments *a = place;
	char number[32];
	size_t n = strcspn(value, ",");
	a->missing_array = strcmp(value + n, ",array") == 0;
	if (n < sizeof number) {
		memcpy(number, value, n);
		number[n] = 0;
	}
	if (n >= sizeof number || (value[n] && !a->missing_array) ||
	    !gx_cli_count(number, &a->missing) || a->missing == 0)
		gx_die_usage("--missing=%s: say into how many parts the input was cut: "
			     "--missing=N or --missing=N,array",
			     value);
}

static void set_digest(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	struct arguments *a = place;
	if (!gx_hex_read(value, strlen(value), &a->digest))
		gx_die_usage("--digest %s: a digest is 16 lower-case hex digits", value);
	a->digest_given = true;
}

static void set_fill(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	static const char *const names[] = { [GX_MISSING_MEDIAN] = "median",
					     [GX_MISSING_MEAN] = "mean",
					     [GX_MISSING_SKIPPED] = "skip" };
	for (int i = GX_MISSING_MEDIAN; i <= GX_MISSING_SKIPPED; i++)
		if (strcmp(value, names[i]) == 0) {
			*(enum gx_missing_pairs *)place = (enum gx_missing_pairs)i;
			return;
		}
	gx_die_usage("--fill %s: median, mean or skip", value);
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 'c', "count", NULL, "print the bare count of each column", gx_set_flag,
	  AT(count), 0 },
	{ 0, "missing", "N",
	  "print the parts K of N to run again, a line each; with N,array as "
	  "one Slurm --array list",
	  set_missing, 0, 0 },
	{ 0, "partial", NULL,
	  "a record for each contiguous range that is there: the inner node of "
	  "a tree",
	  gx_set_flag, AT(partial), 0 },
	{ 0, "unverified", NULL, "add records that do not say what they are of",
	  gx_set_flag, AT(unverified), 0 },
	{ 0, "digest", "HEX", "demand this digest of the whole input", set_digest, 0, 0 },
	{ 0, "join", NULL, "join parts of a GXM matrix", gx_set_flag, AT(join), 0 },
	{ 0, "add", NULL, "add networks, or matrices of one shape, element by element", gx_set_flag,
	  AT(add), 0 },
	{ 0, "genes", "GENES",
	  "--add: the sum has the common genes, their union, or those of a file, a line each "
	  "[all must have the same]",
	  gx_set_text, AT(genes), 0 },
	{ 0, "fill", "HOW",
	  "--add: a network without a gene counts its median or mean, or skip [it is refused]",
	  set_fill, AT(fill), 0 },
	{ 0, "symmetrize", "HOW", GX_SYMMETRIZE_HELP, gx_set_symmetrize, AT(symmetrize), 0 },
	{ 0, "as-values", NULL, "--add: add full matrices even if they look like networks", gx_set_flag,
	  AT(as_values), 0 },
};

static const struct gx_option_words words[] = { { "genes", "common union" },
						{ "fill", "median mean skip" },
						{ "symmetrize", "lower mean" },
						{ NULL, NULL } };

static const struct gx_command command = {
	.name = "gx-reduce",
	.about = "add the partial results of all parts, or refuse",
	.usage = "[OPTION ...] [RECORD|DIRECTORY ...]",
	.summary =
		"Adds up the records of all parts of an input, joins the parts of a matrix, or adds\n"
		"networks, and refuses a gap, an overlap, another input, other parameters, or damage.",
	.example = { "parallel 'gx-means -b --part {}/8 m.gxm | gx-threshold -T 12' \\\n      ::: {1..8} | gx-reduce",
		      "gx-reduce --join -o means.tsv mean?.gxm" },
	.purpose = GX_PURPOSE_GATHER,
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_ANY_OPERANDS | GX_CLI_REPEATS | GX_CLI_OUTPUT | GX_CLI_NETWORK,
	.explains = true,
};

static const uint64_t *wanted_digest(const struct arguments *a)
{
	return a->digest_given ? &a->digest : NULL;
}

/* How much of [0, of) there is, and how many gaps are between. */
static void explain_tiles(const struct gx_tile *tile, size_t n, uint64_t of)
{
	uint64_t missing = 0, first, last;
	size_t gaps = 0;
	for (uint64_t at = 0; gx_tiling_gap(tile, n, of, &at, &first, &last); gaps++)
		missing += last - first;
	gx_explain_count("covered", of - missing);
	gx_explain_count("missing", missing);
	gx_explain_count("gaps", gaps);
}

/* ---- records ---- */

/* The records were read: what they are of, and how much of it; no sum. */
GX_NORETURN static void explain_records(const struct arguments *a, const struct gx_sum *sum)
{
	struct gx_source source = sum->reference.source;
	size_t ncol = sum->reference.columns.n;
	gx_explain_count("files", sum->nfile);
	gx_explain_count("records", sum->npart);
	gx_explain_count("columns", sum->npart ? ncol : GX_UNKNOWN);
	if (sum->npart && !a->unverified) {
		source.first = sum->tile[0].first;
		source.last = sum->tile[0].last;
		for (size_t i = 0; i < sum->npart; i++)
			if (sum->tile[i].last > source.last)
				source.last = sum->tile[i].last;
		gx_explain_source(&source);
		explain_tiles(sum->tile, sum->npart, source.of);
	}
	gx_explain_memory(sum->npart * (ncol * sizeof(struct gx_tally) + 100));
	gx_explain_end(a->missing ? "list" : a->count ? "counts" : "record", GX_UNKNOWN);
}

static void print_record(const struct arguments *a, const struct gx_record *record,
			 struct gx_output *out)
{
	if (!a->count) {
		struct gx_text text = { 0 };
		gx_record_print(record, &text);
		gx_output_write(out, text.bytes, text.n);
		free(text.bytes);
		return;
	}
	for (size_t j = 0; j < record->columns.n; j++) {
		char line[24], *end = gx_count_print(record->tally[j].count, line);
		*end++ = '\n';
		gx_output_write(out, line, (size_t)(end - line));
	}
}

static void print_unverified(const struct arguments *a, const struct gx_sum *sum,
			     struct gx_output *out)
{
	struct gx_record record;
	gx_sum_unverified(sum, &record);
	gx_verify_digest(&record.source, wanted_digest(a));
	print_record(a, &record, out);
	free(record.tally);
}

static void print_missing(const struct arguments *a, const struct gx_tile *tile, size_t n,
			  const struct gx_source *source, bool triangle)
{
	const struct gx_cut cut = { .of = n ? source->of : 0,
				    .n = a->missing,
				    .bound = triangle ? gx_triangle_bound : gx_part_bound };
	struct gx_output *out = gx_output_open(&a->common.output, false);
	uint64_t first = 0, last = 0;
	if (!gx_tiling_missing(tile, n, &cut, a->missing_array, out, &first, &last))
		gx_die(GX_EXIT_DATA,
		       "%s %" PRIu64 " to %" PRIu64 " of %" PRIu64
		       " are missing, which is not whole parts of %" PRIu64 ": say "
		       "the N that the parts were cut with",
		       gx_unit_name(source->unit), first, last, cut.of, a->missing);
	gx_output_close(out);
}

/* The sum of each contiguous range; the whole alone unless --partial. */
static void print_ranges(const struct arguments *a, const struct gx_sum *sum,
			 struct gx_output *out)
{
	struct gx_record record;
	for (struct gx_sum_cursor at = { 0 }; gx_sum_range(sum, &at, &record);) {
		print_record(a, &record, out);
		free(record.tally);
	}
}

static void reduce_records(const struct arguments *a, const struct gx_paths *paths)
{
	struct gx_sum sum = { .unverified = a->unverified };
	const char *path = paths->names.text;
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path))
		gx_sum_read(&sum, path, paths->found[i]);
	bool complete = gx_sum_verify(&sum, wanted_digest(a));
	if (a->common.explain)
		explain_records(a, &sum);
	if (!sum.npart && !a->missing)
		gx_die(GX_EXIT_MISSING,
		       "no record in what was named: run the parts first");
	if (!complete && !a->unverified && !a->missing && !a->partial)
		gx_verify_complete(sum.tile, sum.npart, sum.reference.source.of,
				   sum.reference.source.unit);

	if (a->missing) {
		print_missing(a, sum.tile, sum.npart, &sum.reference.source, false);
		gx_sum_free(&sum);
		return;
	}
	struct gx_output *out = gx_output_open(&a->common.output, false);
	if (a->unverified)
		print_unverified(a, &sum, out);
	else
		print_ranges(a, &sum, out);
	gx_output_close(out);
	gx_sum_free(&sum);
}

/* ---- parts of a matrix ---- */

GX_NORETURN static void explain_files(const struct arguments *a, const struct gx_join *join)
{
	gx_explain_count("files", join->npart);
	gx_explain_count("parts", join->npart);
	gx_explain_source(&join->source);
	explain_tiles(join->tile, join->npart, join->source.of);
	uint64_t rows = gx_batch_rows(join->whole.ncol);
	gx_explain_piece(rows, 8 * rows * join->whole.ncol);
	gx_explain_memory(100 * join->npart);
	gx_explain_writer(&a->common.output, &join->whole);
}

GX_NORETURN static void explain_stream(const struct arguments *a, const struct gx_join *join)
{
	struct gx_source source;
	gx_explain_reader(&a->common, join->reader, &source);
	gx_explain_source(&source);
	gx_explain_writer(&a->common.output, &join->whole);
}

static void join_parts(struct arguments *a, const struct gx_paths *paths)
{
	struct gx_join join = { .nthread = a->common.nthread,
				.head_only = a->common.explain,
				.may_be_none = a->missing > 0,
				.digest = wanted_digest(a) };
	if (paths->names.n == 1 && gx_join_is_stream(paths->names.text)) {
		if (a->missing)
			gx_die_usage("--join --missing looks at files: name them, or their directory");
		gx_join_open(&join, paths->names.text);
		if (a->common.explain)
			explain_stream(a, &join);
		gx_join_stream(&join, &a->common.output);
	} else {
		gx_join_plan(&join, paths);
		if (a->common.explain)
			explain_files(a, &join);
		if (a->missing)
			/* What gx-correlate cuts is cut by values, not by rows. */
			print_missing(a, join.tile, join.npart, &join.source,
				      join.whole.layout != GX_FULL);
		else
			gx_join_files(&join, &a->common.output);
	}
	gx_join_free(&join);
}

/* ---- sums of networks and matrices ---- */

static void add_matrices(const struct arguments *a, const struct gx_paths *paths)
{
	const struct gx_addition_options how = { .genes = a->genes,
						     .missing = a->fill,
						     .symmetrize = a->symmetrize,
						     .as_values = a->as_values,
						     .nthread = a->common.nthread,
						     .head_only = a->common.explain };
	(void)gx_output_format(&a->common.output); /* refused now, not after all heads */
	struct gx_addition *addition = gx_addition_open(&how, paths);
	const struct gx_matrix *sum = gx_addition_matrix(addition);
	if (a->common.explain) {
		gx_explain_count("files", paths->names.n);
		gx_explain_count("genes", sum->nrow);
		gx_explain_memory(gx_addition_memory(addition));
		gx_explain_writer(&a->common.output, sum);
	}
	gx_addition_write(addition, &a->common.output);
	gx_addition_close(addition);
}

/* ---- usage ---- */

static void check_usage_of_add(const struct arguments *a)
{
	if (a->add && (a->join || a->count || a->missing || a->partial || a->unverified))
		gx_die_usage("--add adds matrices: --join, -c, --missing, --partial and --unverified do not go "
			     "with it");
	if (a->add && a->digest_given)
		gx_die_usage("--digest is for records and for --join: a sum has a digest of its own");
	if (!a->add && (a->genes || a->fill || a->symmetrize || a->as_values))
		gx_die_usage("--genes, --fill, --symmetrize and --as-values are for --add");
	if (a->fill && !a->genes)
		gx_die_usage("--fill is for --genes union and --genes FILE: without them no gene is missing");
	if (a->as_values && a->symmetrize)
		gx_die_usage("--as-values takes matrices as they are, and --symmetrize makes networks of them: "
			     "leave out one");
}

static void check_usage(const struct arguments *a)
{
	const struct gx_output_options *output = &a->common.output;
	check_usage_of_add(a);
	if (a->join && (a->count || a->partial || a->unverified))
		gx_die_usage(
			"--join makes a matrix: -c, --partial and --unverified are for "
			"records");
	if (!a->join && !a->add &&
	    (output->format != GX_FORMAT_UNSET || output->no_header || output->digits))
		gx_die_usage(
			"-f, -b, -H and --digits are for --join and --add: a record is always TSV with its header");
	if ((a->missing != 0) + a->partial + a->unverified > 1)
		gx_die_usage("--missing, --partial and --unverified exclude each other");
	if (a->common.repeated && !a->unverified && !a->add)
		gx_die_usage(
			"--repeated is for --unverified and --add: what says which part it is of counts once");
	if (a->count && (a->missing || a->partial))
		gx_die_usage(
			"-c prints the count of the whole: it does not go with --missing or "
			"--partial");
}

int main(int argc, char **argv)
{
	struct arguments a = { 0 };
	gx_cli_parse(&command, argc, argv, &a.common);
	check_usage(&a);
	gx_cli_need_input(&a.common);
	struct gx_paths paths = { 0 };
	for (size_t i = 0; i < a.common.noperand; i++)
		gx_paths_collect(a.common.operand[i], &paths);
	/* All others are told apart by their ranges: an overlap is refused, an empty part is not. */
	if ((a.unverified || a.add) && !a.common.repeated)
		gx_paths_demand_once(&paths, true);
	if (a.add)
		add_matrices(&a, &paths);
	else if (a.join)
		join_parts(&a, &paths);
	else
		reduce_records(&a, &paths);
	gx_paths_free(&paths);
	return gx_cli_finish(&a.common);
}
