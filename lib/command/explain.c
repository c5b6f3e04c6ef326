/* SPDX-License-Identifier: MIT */
#include "command/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/facts.h"
#include "base/message.h"
#include "base/simd.h"
#include "base/utf8.h"
#include "bytes/pipeline.h"
#include "command/cli.h"
#include "stream/writer.h"

/* What a process has before it reads: itself, and the buffers of input and output. */
static const uint64_t BASE = 3 << 20;

static struct {
	int nthread;
	const struct gx_output_options *output;
	struct gx_facts facts;
	struct gx_source source;
	bool source_known;
	uint64_t piece_rows, piece, each_row, once; /* of the memory */
} explain;

void gx_explain_start(int nthread, const struct gx_output_options *output)
{
	explain.nthread = nthread;
	explain.output = output;
}

void gx_explain_tell(const char *key, const char *format, ...)
{
	char value[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	gx_facts_tell(&explain.facts, key, "%s", value);
}

void gx_explain_count(const char *key, uint64_t n)
{
	gx_facts_count(&explain.facts, key, n);
}

void gx_explain_source(const struct gx_source *source)
{
	explain.source = *source;
	explain.source_known = true;
	gx_explain_tell("input", "%s", source->identity[0] ? source->identity : ".");
	gx_explain_tell("unit", "%s", gx_unit_name(source->unit));
	gx_explain_count("first", source->first);
	gx_explain_count("last", source->last);
	gx_explain_count("of", source->of);
	gx_explain_tell("work", "%s", source->work[0] ? source->work : ".");
}

void gx_explain_reader(const struct gx_common *common, const struct gx_reader *reader,
		       struct gx_source *source)
{
	const struct gx_matrix *m = gx_reader_matrix(reader);
	struct gx_reading_plan plan;
	gx_reader_plan(reader, &plan);
	for (size_t i = 0; i < gx_reader_operands(reader); i++)
		gx_facts_append(&explain.facts, gx_reader_facts(reader, i));
	if (common->noperand > 1)
		gx_explain_tell("operands", "%zu", common->noperand);
	gx_explain_count("genes", m->nrow);
	gx_explain_count("samples", m->ncol);
	if (common->part.n)
		gx_explain_tell("part", "%" PRIu64 "/%" PRIu64, common->part.k, common->part.n);
	gx_explain_count("bytes", plan.nbyte);
	gx_explain_piece(plan.piece_rows, plan.piece);
	gx_explain_memory(plan.memory);
	*source = plan.source;
}

void gx_explain_facts(const struct gx_facts *facts)
{
	gx_facts_append(&explain.facts, facts);
}

void gx_explain_piece(uint64_t nrow, uint64_t nbyte)
{
	explain.piece_rows = nrow;
	explain.piece += nbyte;
}

void gx_explain_each_row(uint64_t nbyte)
{
	explain.each_row += nbyte;
}

void gx_explain_memory(uint64_t nbyte)
{
	explain.once += nbyte;
}

static void tell_memory(void)
{
	uint64_t piece = explain.piece + explain.each_row * explain.piece_rows;
	uint64_t npiece = piece ? gx_pipeline_slots(explain.nthread) : 0;
	gx_explain_count("memory", BASE + npiece * piece + explain.once);
	gx_explain_tell("memory_is",
			"%" PRIu64 " + %" PRIu64 " pieces of %" PRIu64 " + %" PRIu64,
			BASE, npiece, piece, explain.once);
}

/* ---- the output ---- */

void gx_explain_end(const char *format, uint64_t nbyte)
{
	const char *path = explain.output->path;
	if (path)
		gx_output_check(explain.output->option ? explain.output->option : "-o", path);
	gx_explain_tell("threads", "%d", explain.nthread);
	gx_explain_tell("simd", "%s", gx_simd_level());
	tell_memory();
	gx_explain_tell("output", "%s", path ? path : "<stdout>");
	gx_explain_tell("output_format", "%s", format);
	gx_explain_count("output_bytes", nbyte);
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	for (struct gx_fact f = { 0 }; to && gx_facts_next(&explain.facts, &f);) {
		/* A line is a fact, and nothing that a terminal obeys, whatever a file is called. */
		char shown[2048];
		gx_visible_copy(f.value, strlen(f.value), shown, sizeof shown);
		fprintf(to, "%s\t%s\n", f.key, shown);
	}
	if (!to || fclose(to) != 0)
		gx_die(GX_EXIT_IO, "out of memory");
	gx_end_printed(text, n);
}

void gx_explain_writer(const struct gx_output_options *options, const struct gx_matrix *matrix)
{
	struct gx_writing_plan plan;
	gx_writer_plan(options, matrix, explain.source_known ? &explain.source : NULL, &plan);
	gx_explain_each_row(plan.each_row);
	gx_explain_memory(plan.once);
	if (options->digits)
		gx_explain_tell("digits", "%u", options->digits);
	gx_explain_end(plan.format, plan.nbyte);
}
