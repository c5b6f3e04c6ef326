/* SPDX-License-Identifier: MIT */
/* gx-info: how gx reads a matrix, and what is in it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/facts.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/utf8.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "matrix/survey.h"
#include "number/number.h"
#include "plot/json.h"
#include "stream/reader.h"

struct arguments {
	struct gx_common common;
	bool json, quick, names, provenance;
};

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "json", NULL, "one JSON object", gx_set_flag, AT(json), 0 },
	{ 0, "quick", NULL,
	  "read only headers and trailers; rows are not verified or counted", gx_set_flag,
	  AT(quick), 0 },
	{ 0, "names", NULL, "the names of the samples alone, one a line", gx_set_flag,
	  AT(names), 0 },
	{ 0, "provenance", NULL, "also the range of the input that was read, as records have it",
	  gx_set_flag, AT(provenance), 0 },
};

static const struct gx_command command = {
	.name = "gx-info",
	.about = "show how a matrix is read and what is in it",
	.usage = "[OPTION ...] [MATRIX ...]",
	.summary =
		"Says what a matrix was recognised as, how it was read, and what is in it.",
	.example = { "gx-info counts.tsv",
		      "gx-info counts.tsv | sed -n 's/^digest //p'" },
	.purpose = GX_PURPOSE_MAKE,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_PART,
	.explains = true,
};

/* ---- printing ---- */

struct printer {
	struct gx_output *out;
	struct gx_json *json; /* NULL: lines of text */
	struct gx_names lines; /* key, value, key, value ... */
	size_t longest;	       /* of the keys */
	struct gx_names odd;   /* keys of what is worth a look */
};

/* "." means not known. */
static void put(struct printer *p, const char *key, const char *value)
{
	if (p->json) {
		gx_json_text(p->json, key, strcmp(value, ".") == 0 ? NULL : value);
		return;
	}
	size_t n = strlen(key);
	p->longest = n > p->longest ? n : p->longest;
	gx_names_add(&p->lines, key, n);
	gx_names_add(&p->lines, value, strlen(value));
}

/*
 * A line is a fact, and nothing that a terminal obeys, whatever a file is called. On a
 * terminal the values stand below each other; else one space is between key and value.
 */
static void print_lines(struct printer *p)
{
	bool aligned = gx_output_is_terminal(p->out);
	const char *key = p->lines.text;
	for (size_t i = 0; i < p->lines.n; i += 2) {
		const char *value = gx_names_next(key);
		size_t nkey = strlen(key), nvalue = strlen(value);
		size_t width = aligned ? p->longest + 1 : nkey;
		char *line = gx_allocate(width + nvalue + 3, 1);
		memset(line, ' ', width + 1);
		memcpy(line, key, nkey);
		size_t n = width + 1;
		n += gx_visible_copy(value, nvalue, line + n, nvalue + 1);
		line[n++] = '\n';
		gx_output_write(p->out, line, n);
		free(line);
		key = gx_names_next(value);
	}
	gx_names_free(&p->lines);
}

static void put_count(struct printer *p, const char *key, uint64_t n)
{
	char text[24] = ".";
	if (p->json) {
		gx_json_count(p->json, key, n);
		return;
	}
	if (n != GX_UNKNOWN)
		snprintf(text, sizeof text, "%" PRIu64, n);
	put(p, key, text);
}

static void put_real(struct printer *p, const char *key, double value)
{
	char text[GX_NUMBER_MAX + 1];
	if (p->json) {
		gx_json_real(p->json, key, value);
		return;
	}
	*gx_number_print(value, text) = 0;
	put(p, key, isnan(value) ? "." : text);
}

/* What is worth a look where it is not 0. */
static void put_odd(struct printer *p, const char *key, uint64_t n)
{
	put_count(p, key, n);
	if (n)
		gx_names_add(&p->odd, key, strlen(key));
}

static void put_facts(struct printer *p, const struct gx_facts *facts)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(facts, &f);)
		put(p, f.key, f.value);
}

/* In text the facts of an operand begin with its file. */
static void put_operands(struct printer *p, const struct gx_reader *reader)
{
	size_t n = gx_reader_operands(reader);
	if (n == 1) {
		put_facts(p, gx_reader_facts(reader, 0));
		return;
	}
	if (p->json)
		gx_json_open(p->json, "operands", '[');
	for (size_t i = 0; i < n; i++) {
		if (p->json)
			gx_json_open(p->json, NULL, '{');
		put_facts(p, gx_reader_facts(reader, i));
		if (p->json)
			gx_json_close(p->json);
	}
	if (p->json)
		gx_json_close(p->json);
	else
		put_count(p, "operands", n);
}

static void put_provenance(struct printer *p, const struct gx_source *source)
{
	put(p, "unit", gx_unit_name(source->unit));
	put_count(p, "first", source->first);
	put_count(p, "last", source->last);
	put_count(p, "of", source->of);
}

static void put_source(struct printer *p, const struct gx_source *source)
{
	char digest[GX_HEX + 1];
	gx_hex_print(source->digest, digest);
	put(p, "input", source->identity);
	put(p, "work", source->work[0] ? source->work : ".");
	if (source->work[0])
		put(p, "input_digest", digest);
}

/* Name number j, from 0, of the samples; room for an implicit one. */
static const char *sample_name(const struct gx_matrix *matrix, uint64_t j, char implicit[24])
{
	const char *name = matrix->columns.text;
	if (!matrix->columns.n) {
		snprintf(implicit, 24, "s%" PRIu64, j + 1);
		return implicit;
	}
	for (uint64_t i = 0; i < j; i++)
		name = gx_names_next(name);
	return name;
}

static void put_sample(struct printer *p, const char *key, const struct gx_matrix *matrix,
		       uint64_t j)
{
	char implicit[24];
	const char *name = sample_name(matrix, j, implicit);
	/* A sample may be called as what is not known is written. */
	if (p->json)
		gx_json_text(p->json, key, name);
	else
		put(p, key, name);
}

static void put_samples(struct printer *p, const struct gx_matrix *matrix)
{
	put_count(p, "samples", matrix->ncol);
	if (matrix->ncol == 0)
		return;
	put_sample(p, "first_sample", matrix, 0);
	put_sample(p, "last_sample", matrix, matrix->ncol - 1);
}

static void put_sample_names(struct printer *p, const struct gx_name_survey *samples)
{
	put_odd(p, "repeated_sample_names", samples->repeated);
	put_odd(p, "empty_sample_names", samples->empty);
	put_odd(p, "padded_sample_names", samples->padded);
	put_odd(p, "numeric_sample_names", samples->numbers);
}

static void put_gene_names(struct printer *p, const struct gx_survey *s)
{
	put_odd(p, "repeated_gene_names", gx_survey_repeated(s));
	put_odd(p, "empty_gene_names", s->genes.empty);
	put_odd(p, "padded_gene_names", s->genes.padded);
	put_odd(p, "names_like_dates", s->genes.dates);
	if (s->genes.dates)
		put(p, "first_name_like_a_date", s->genes.first_date);
}

static void put_values(struct printer *p, const struct gx_matrix *matrix,
		       const struct gx_survey *s)
{
	put_count(p, "missing", s->missing);
	put_count(p, "rows_all_missing", s->rows_all_missing);
	size_t first = 0;
	uint64_t all_missing = gx_survey_columns_all_missing(s, &first);
	put_odd(p, "samples_all_missing", all_missing);
	if (all_missing)
		put_sample(p, "first_sample_all_missing", matrix, first);
	put_count(p, "zeros", s->zeros);
	put_count(p, "negative", s->negative);
	put_odd(p, "infinite", s->infinite);
	put(p, "integers_only", s->fractions ? "no" : "yes");
	put_real(p, "minimum", s->minimum);
	put_real(p, "maximum", s->maximum);
}

static void put_what_is_odd(struct printer *p)
{
	struct gx_names list = { 0 };
	const char *key = p->odd.text;
	gx_names_add(&list, "nothing", 7);
	for (size_t i = 0; i < p->odd.n; i++, key = gx_names_next(key)) {
		if (i == 0)
			gx_names_clear(&list);
		gx_names_add(&list, key, strlen(key));
	}
	/* Commas between them. */
	for (size_t i = 0; i + 1 < list.nbyte; i++)
		if (!list.text[i])
			list.text[i] = ',';
	put(p, "odd", list.text);
	gx_names_free(&list);
}

/* ---- the work ---- */

static void compute(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context;
	gx_survey_rows(slot, rows);
}

static void consume(void *context, const struct gx_rows *rows, void *slot)
{
	struct gx_survey *piece = slot;
	/* Rows whose number was not known before are named by it now. */
	if (!piece->nhash && rows->names.n)
		gx_survey_names(piece, &rows->names);
	gx_survey_add(context, piece);
}

static void release(void *context, void *slot)
{
	(void)context;
	gx_survey_free(slot);
}

GX_NORETURN static void explain(const struct arguments *a, const struct gx_reader *reader)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	gx_explain_source(&source);
	/* 8 bytes for the hash of each name. */
	if (matrix->named && matrix->nrow != GX_UNKNOWN)
		gx_explain_memory(8 * matrix->nrow);
	gx_explain_end(a->json ? "json" : a->names ? "names" : "facts", GX_UNKNOWN);
}

static void print_all(const struct arguments *a, const struct gx_reader *reader,
		      const struct gx_survey *survey, struct printer *p)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	char digest[GX_HEX + 1];
	gx_hex_print(survey->digest, digest);
	put_operands(p, reader);
	put_count(p, "genes", a->quick ? matrix->nrow : survey->nrow);
	put_samples(p, matrix);
	if (!a->quick)
		put_gene_names(p, survey);
	if (matrix->ncol)
		put_sample_names(p, &survey->samples);
	if (!a->quick)
		put_values(p, matrix, survey);
	put_what_is_odd(p);
	if (a->quick)
		return;
	put(p, "digest", digest);
	put_source(p, gx_reader_source(reader));
	if (a->provenance)
		put_provenance(p, gx_reader_source(reader));
}

/* As it is, for scripts; a terminal gets no byte that it would obey. */
static void print_name(struct gx_output *out, const char *name)
{
	size_t n = strlen(name);
	char *line = gx_allocate(n + 2, 1);
	memcpy(line, name, n);
	if (gx_output_is_terminal(out))
		n = gx_visible_copy(name, n, line, n + 1);
	line[n++] = '\n';
	gx_output_write(out, line, n);
	free(line);
}

static void print_names(const struct gx_matrix *matrix, struct printer *p)
{
	const char *name = matrix->columns.text;
	char implicit[24];
	if (p->json)
		gx_json_open(p->json, "sample_names", '[');
	for (uint64_t j = 0; j < matrix->ncol; j++) {
		name = matrix->columns.n ? name : sample_name(matrix, j, implicit);
		if (p->json)
			gx_json_text(p->json, NULL, name);
		else
			print_name(p->out, name);
		name = gx_names_next(name);
	}
	if (p->json)
		gx_json_close(p->json);
}

static void survey_rows(const struct arguments *a, struct gx_reader *reader,
			struct gx_survey *survey)
{
	struct gx_job job = { .context = survey,
			      .slot_size = sizeof(struct gx_survey),
			      .compute = compute,
			      .consume = consume,
			      .release = release };
	gx_reader_run(reader, a->common.nthread, &job);
}

static void run(struct arguments *a)
{
	struct gx_reader *reader = gx_cli_open(&a->common);
	if (a->common.explain)
		explain(a, reader);
	struct gx_survey survey = { 0 };
	gx_survey_start(&survey);
	gx_survey_samples(&survey, gx_reader_matrix(reader));
	struct gx_output *out = gx_output_open(&a->common.output, false);
	bool head_alone = a->quick || a->names;
	if (!head_alone || !gx_reader_skip(reader))
		survey_rows(a, reader, &survey);
	struct gx_json json = { .out = out };
	struct printer p = { .out = out, .json = a->json ? &json : NULL };
	if (a->json)
		gx_json_open(&json, NULL, '{');
	if (a->names)
		print_names(gx_reader_matrix(reader), &p);
	else
		print_all(a, reader, &survey, &p);
	print_lines(&p);
	if (a->json)
		gx_json_close(&json);
	gx_output_close(out);
	gx_names_free(&p.odd);
	gx_survey_free(&survey);
	gx_cli_close(&a->common, reader);
}

static void check_usage(const struct arguments *a)
{
	if (a->names && a->provenance)
		gx_die_usage("--names prints the names of the samples and nothing else: leave out "
			     "--provenance");
	if (a->quick && a->provenance)
		gx_die_usage("--provenance is about the rows that were read, and --quick reads none: "
			     "leave out one of them");
}

int main(int argc, char **argv)
{
	struct arguments a = { .common = { .is_survey = true } };
	gx_cli_parse(&command, argc, argv, &a.common);
	check_usage(&a);
	run(&a);
	return gx_cli_finish(&a.common);
}
