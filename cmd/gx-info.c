/* SPDX-License-Identifier: MIT */
/* gx-info: how gx reads a matrix, and what is in it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/facts.h"
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
	bool json, quick;
};

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "json", NULL, "one JSON object", gx_set_flag, AT(json), 0 },
	{ 0, "quick", NULL,
	  "read only headers and trailers; rows are not verified or counted", gx_set_flag,
	  AT(quick), 0 },
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
};

/* "." means not known. */
static void put(struct printer *p, const char *key, const char *value)
{
	if (p->json) {
		gx_json_text(p->json, key, strcmp(value, ".") == 0 ? NULL : value);
		return;
	}
	/* A line is a fact, and nothing that a terminal obeys, whatever a file is called. */
	char shown[2048];
	size_t n = gx_visible_copy(value, strlen(value), shown, sizeof shown);
	gx_output_write(p->out, key, strlen(key));
	gx_output_write(p->out, " ", 1);
	gx_output_write(p->out, shown, n);
	gx_output_write(p->out, "\n", 1);
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

static void put_facts(struct printer *p, const struct gx_facts *facts)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(facts, &f);)
		put(p, f.key, f.value);
}

static void put_source(struct printer *p, const struct gx_source *source)
{
	char digest[GX_HEX + 1];
	gx_hex_print(source->digest, digest);
	put(p, "input", source->identity);
	put(p, "unit", gx_unit_name(source->unit));
	put_count(p, "first", source->first);
	put_count(p, "last", source->last);
	put_count(p, "of", source->of);
	put(p, "work", source->work[0] ? source->work : ".");
	if (source->work[0])
		put(p, "input_digest", digest);
}

static void put_survey(struct printer *p, const struct gx_survey *s)
{
	char digest[GX_HEX + 1];
	gx_hex_print(s->digest, digest);
	put_count(p, "missing", s->missing);
	put_count(p, "rows_all_missing", s->rows_all_missing);
	put_count(p, "zeros", s->zeros);
	put_count(p, "negative", s->negative);
	put_count(p, "infinite", s->infinite);
	put(p, "integers_only", s->fractions ? "no" : "yes");
	put_real(p, "minimum", s->minimum);
	put_real(p, "maximum", s->maximum);
	put_count(p, "repeated_gene_names", gx_survey_repeated(s));
	put_count(p, "repeated_sample_names", s->repeated_samples);
	put_count(p, "names_like_dates", s->dates);
	if (s->dates)
		put(p, "first_name_like_a_date", s->first_date);
	put(p, "digest", digest);
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
	gx_explain_end(a->json ? "json" : "facts", GX_UNKNOWN);
}

static void run(struct arguments *a)
{
	struct gx_reader *reader = gx_cli_open(&a->common);
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	if (a->common.explain)
		explain(a, reader);
	struct gx_survey survey = { 0 };
	gx_survey_start(&survey);
	gx_survey_samples(&survey, matrix);
	struct gx_output *out = gx_output_open(&a->common.output, false);
	if (!a->quick || !gx_reader_skip(reader)) {
		struct gx_job job = { .context = &survey,
				      .slot_size = sizeof(struct gx_survey),
				      .compute = compute,
				      .consume = consume,
				      .release = release };
		gx_reader_run(reader, a->common.nthread, &job);
	}
	struct gx_json json = { .out = out };
	struct printer p = { out, a->json ? &json : NULL };
	if (a->json)
		gx_json_open(&json, NULL, '{');
	put_facts(&p, gx_reader_facts(reader));
	put_count(&p, "genes", a->quick ? matrix->nrow : survey.nrow);
	put_count(&p, "samples", matrix->ncol);
	if (!a->quick) {
		put_survey(&p, &survey);
		put_source(&p, gx_reader_source(reader));
	}
	if (a->json)
		gx_json_close(&json);
	gx_output_close(out);
	gx_survey_free(&survey);
	gx_cli_close(&a->common, reader);
}

int main(int argc, char **argv)
{
	struct arguments a = { 0 };
	gx_cli_parse(&command, argc, argv, &a.common);
	run(&a);
	return gx_cli_finish(&a.common);
}
