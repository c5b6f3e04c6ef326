/* SPDX-License-Identifier: MIT */
/* gx-rank: the values of a network by their ranks among all cells of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "command/cli.h"
#include "command/explain.h"
#include "command/network.h"
#include "network/identity.h"
#include "network/ranks.h"
#include "network/whole.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	struct gx_ranking ranking;
	enum gx_symmetrize symmetrize;
};

static void set_method(const struct gx_option *option, const char *value, void *place)
{
	for (int i = 0; i < GX_RANK_METHODS; i++)
		if (strcmp(value, gx_rank_method_names[i]) == 0) {
			*(enum gx_rank_method *)place = (enum gx_rank_method)i;
			return;
		}
	gx_die_usage("--%s %s: the methods are integer, egad, egad-abs, rankpy and pymn",
		     option->name, value);
}

static void set_fill(const struct gx_option *option, const char *value, void *place)
{
	for (int i = GX_FILL_ERROR; i < GX_RANK_FILLS; i++)
		if (strcmp(value, gx_rank_fill_names[i]) == 0) {
			*(enum gx_rank_fill *)place = (enum gx_rank_fill)i;
			return;
		}
	gx_die_usage("--%s %s: say error, keep, median or mean", option->name, value);
}

GX_NORETURN static void refuse_part(const struct gx_option *option, const char *value, void *place)
{
	(void)place;
	gx_die_usage("--%s %s: a rank counts all values of the network, so no part can be ranked by "
		     "itself: rank all of it, with more threads (-t)",
		     option->name, value);
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "method", "NAME", "integer, egad, egad-abs, rankpy or pymn [integer]", set_method,
	  AT(ranking.method), 0 },
	{ 0, "fill", "HOW",
	  "of missing pairs: error, median, mean, or of ranks that are doubles keep [error]", set_fill,
	  AT(ranking.fill), 0 },
	{ 0, "distance", NULL, "small values are near: the smallest gets the largest rank",
	  gx_set_flag, AT(ranking.distance), 0 },
	{ 0, "symmetrize", "HOW", GX_SYMMETRIZE_HELP, gx_set_symmetrize, AT(symmetrize), 0 },
	{ 'p', "part", "K/N", "refused: ranks need all values of the network", refuse_part, 0, 0 },
};

static const struct gx_option_words words[] = {
	{ "method", "integer egad egad-abs rankpy pymn" },
	{ "fill", "error keep median mean" },
	{ "symmetrize", "lower mean" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-rank",
	.about = "rank the values of a network",
	.usage = "[OPTION ...] [NETWORK]",
	.summary =
		"Replaces each value of a network by its rank among all values of it, so that\n"
		"networks can be added.",
	.example = { "gx-rank -o ranks.gxm network.gxm",
		      "gx-correlate -b counts.tsv | gx-rank --fill median -o ranks.gxm" },
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_ONE_OPERAND | GX_CLI_OUTPUT | GX_CLI_NETWORK,
	.explains = true,
};

static void check_options(const struct arguments *a)
{
	const struct gx_ranking *r = &a->ranking;
	if (a->common.noperand > 1)
		gx_die_usage("one network is ranked at a time: '%s' is one too many",
			     a->common.operand[1]);
	if (r->method == GX_RANK_INTEGER && r->fill == GX_FILL_KEEP)
		gx_die_usage("--fill keep: whole numbers have no missing value: --method egad, rankpy "
			     "or pymn writes ranks that have");
	if (r->method == GX_RANK_EGAD_ABS && r->distance)
		gx_die_usage("--distance: distances have no sign, and egad-abs takes it away: --method "
			     "egad");
	(void)gx_output_format(&a->common.output);
}

static const char *name_of(const struct gx_reader *reader)
{
	return gx_facts_find(gx_reader_facts(reader, 0), "file");
}

static bool is_among(const char *const *list, const char *kind)
{
	for (; *list; list++)
		if (strcmp(*list, kind) == 0)
			return true;
	return false;
}

/* Upside down a network looks like any other: where it says what it is, it is believed. */
static void check_direction(const struct arguments *a, const struct gx_reader *reader)
{
	static const char *const distances[] = { "phi", "phi_s", "vlr", NULL };
	static const char *const similarities[] = { "pearson", "spearman", "rho", NULL };
	const struct gx_network *network = &gx_reader_matrix(reader)->network;
	bool is_rank = strncmp(network->kind, "rank ", 5) == 0 || network->networks > 0;
	if (!a->ranking.distance && is_among(distances, network->kind))
		gx_die_usage("%s: %s is a distance, small where genes are near: --distance ranks it",
			     name_of(reader), network->kind);
	if (a->ranking.distance && (is_rank || is_among(similarities, network->kind)))
		gx_die_usage("%s: %s is large where genes are near: rank it without --distance",
			     name_of(reader), network->kind);
}

/* What was done, for provenance and identity: all that determines the values. */
static void print_step(const struct arguments *a, bool is_full, char step[128])
{
	const struct gx_ranking *r = &a->ranking;
	static const char *const halves[] = {
		[GX_SYMMETRIZE_NOT] = "",
		[GX_SYMMETRIZE_LOWER] = " symmetrize:lower",
		[GX_SYMMETRIZE_MEAN] = " symmetrize:mean",
	};
	bool names_fill = r->fill > GX_FILL_ERROR;
	snprintf(step, 128, "rank %s%s%s%s%s", gx_rank_method_names[r->method],
		 is_full ? halves[a->symmetrize] : "", r->distance ? " distance" : "",
		 names_fill ? " fill:" : "", names_fill ? gx_rank_fill_names[r->fill] : "");
}

GX_NORETURN static void explain(const struct arguments *a, const struct gx_reader *reader,
				const char *step, uint64_t memory)
{
	struct gx_matrix matrix = *gx_reader_matrix(reader);
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	if (matrix.layout != GX_FULL && matrix.provenance[0])
		gx_source_add_step(&source, matrix.provenance);
	gx_source_add_step(&source, step);
	gx_explain_source(&source);
	gx_explain_memory(memory);
	matrix.layout = gx_ranks_layout(&a->ranking, matrix.ncol);
	matrix.named = matrix.derived = false;
	matrix.first = 0;
	matrix.nrow = matrix.announced = matrix.whole = matrix.ncol;
	gx_explain_writer(&a->common.output, &matrix);
}

static uint64_t memory_for(const struct arguments *a, const struct gx_matrix *from)
{
	if (from->ncol > GX_NETWORK_GENES_MAX)
		return 0; /* refused when it is read */
	uint64_t full = from->layout == GX_FULL ? 8 * from->ncol * from->ncol : 0;
	uint64_t ranks = gx_ranks_memory(&a->ranking, from->layout, from->ncol, a->common.nthread);
	return full > ranks ? full : ranks;
}

static void run(struct arguments *a)
{
	char step[128];
	struct gx_reader *reader = gx_cli_open(&a->common);
	const struct gx_matrix *from = gx_reader_matrix(reader);
	uint64_t memory = memory_for(a, from);
	check_direction(a, reader);
	print_step(a, from->layout == GX_FULL, step);
	if (a->common.explain)
		explain(a, reader, step, memory);
	gx_demand_memory(memory, "%s: ranking a network of %" PRIu64 " genes", name_of(reader),
			 from->ncol);
	struct gx_network_whole whole = { 0 };
	gx_network_whole_read(&whole, reader, a->symmetrize, a->common.nthread);
	gx_network_identify(&whole.matrix, reader, step);
	gx_ranks_take(&whole, &a->ranking, name_of(reader), a->common.nthread);
	struct gx_writer *writer = gx_writer_open(&a->common.output, &whole.matrix);
	gx_network_whole_write(&whole, writer, a->common.nthread);
	gx_writer_close(writer, NULL);
	gx_network_whole_free(&whole);
	gx_cli_close(&a->common, reader);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .common.triangles = true };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	check_options(&arguments);
	run(&arguments);
	return gx_cli_finish(&arguments.common);
}
