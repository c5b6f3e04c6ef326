/* SPDX-License-Identifier: MIT */
/* gx-vote: how well a network predicts the terms of genes, by neighbour voting. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/progress.h"
#include "command/cli.h"
#include "command/explain.h"
#include "command/network.h"
#include "kernel/digest.h"
#include "kernel/mean.h"
#include "matrix/triangle.h"
#include "network/annotation.h"
#include "network/folds.h"
#include "network/repeated.h"
#include "network/voting.h"
#include "network/whole.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	const char *annotation, *folds;
	uint64_t least, most; /* genes of a term */
	bool annotated;	      /* --universe annotated */
	bool precision, mean, predictions, multifunctionality, with_multifunctionality;
	enum gx_repeated repeated;
	enum gx_symmetrize symmetrize;
};

static void set_universe(const struct gx_option *option, const char *value, void *place)
{
	bool *annotated = place;
	if (strcmp(value, "all") != 0 && strcmp(value, "annotated") != 0)
		gx_die_usage("--%s %s: all or annotated", option->name, value);
	*annotated = strcmp(value, "annotated") == 0;
}

static void set_repeated(const struct gx_option *option, const char *value, void *place)
{
	enum gx_repeated *how = place;
	if (strcmp(value, "first") != 0 && strcmp(value, "mean") != 0)
		gx_die_usage("--%s %s: say first or mean", option->name, value);
	*how = strcmp(value, "first") == 0 ? GX_REPEATED_FIRST : GX_REPEATED_MEAN;
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "annotation", "FILE",
	  "which genes have which terms: two columns, gene and term, or GMT, or a matrix of 0 and 1",
	  gx_set_text, AT(annotation), 0 },
	{ 0, "folds", "SCHEME", "which genes are hidden together: stride:F, block:F, py:F or a FILE [stride:3]",
	  gx_set_text, AT(folds), 0 },
	{ 0, "min-size", "N", "terms of at least N genes of the network [21]", gx_set_count, AT(least), 0 },
	{ 0, "max-size", "N", "terms of at most N genes of the network [999]", gx_set_count, AT(most), 0 },
	{ 0, "universe", "GENES", "genes that vote: all of the network, or the annotated ones [all]",
	  set_universe, AT(annotated), 0 },
	{ 0, "pr", NULL, "precision and recall in place of the AUROC", gx_set_flag, AT(precision), 0 },
	{ 0, "mean", NULL, "the mean over all terms alone", gx_set_flag, AT(mean), 0 },
	{ 0, "predictions", NULL, "the votes of each gene for each term, with no gene hidden",
	  gx_set_flag, AT(predictions), 0 },
	{ 0, "multifunctionality", NULL, "of each gene its terms, multifunctionality and degree",
	  gx_set_flag, AT(multifunctionality), 0 },
	{ 0, "with-multifunctionality", NULL,
	  "a further column: the AUROC of each term by multifunctionality alone", gx_set_flag,
	  AT(with_multifunctionality), 0 },
	{ 0, "repeated-genes", "HOW", "of genes of one name in the network: take the first, or the mean",
	  set_repeated, AT(repeated), 0 },
	{ 0, "symmetrize", "HOW", GX_SYMMETRIZE_HELP, gx_set_symmetrize, AT(symmetrize), 0 },
};

static const struct gx_option_words words[] = {
	{ "folds", "stride:3 block:3 py:3" }, { "universe", "all annotated" },
	{ "repeated-genes", "first mean" },   { "symmetrize", "lower mean" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-vote",
	.about = "how well a network predicts the terms of genes",
	.usage = "[OPTION ...] --annotation FILE [NETWORK]",
	.summary =
		"Hides some genes of a term, and looks whether the network finds them by their links to\n"
		"the others: neighbour voting, as in EGAD. Writes an AUROC for each term.",
	.example = { "gx-vote --annotation go.tsv network.gxm",
		     "parallel 'gx-vote -b --annotation go.tsv --part {}/8 network.gxm -o part{}.gxm' \\\n"
		     "      ::: {1..8}" },
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_ONE_OPERAND | GX_CLI_OUTPUT | GX_CLI_PART,
	.explains = true,
};

static bool is_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static void check_usage(const struct arguments *a)
{
	int readers = is_stdin(a->common.operand[0]) + is_stdin(a->annotation) + is_stdin(a->folds);
	if (a->common.noperand > 1)
		gx_die_usage("one network at a time: add several with gx-reduce --add");
	if (readers > 1)
		gx_die_usage("standard input is read once: name the network, or the annotation, as a file");
	if (a->most < a->least)
		gx_die_usage("--max-size %" PRIu64 " is below --min-size %" PRIu64, a->most, a->least);
	if (a->precision + a->predictions + a->multifunctionality > 1)
		gx_die_usage("--pr, --predictions and --multifunctionality: one of them");
	bool genes = a->predictions || a->multifunctionality;
	if (genes && a->common.part.n)
		gx_die_usage("--part cuts the terms, and %s writes genes",
			     a->predictions ? "--predictions" : "--multifunctionality");
	if (genes && a->mean)
		gx_die_usage("--mean is of terms, and %s writes genes",
			     a->predictions ? "--predictions" : "--multifunctionality");
	if (a->mean && a->common.part.n)
		gx_die_usage("--mean with --part: the mean of a part is not that of all terms: join the "
			     "parts first (gx-reduce --join)");
	if (a->with_multifunctionality && (genes || a->precision))
		gx_die_usage("--with-multifunctionality is a column beside the AUROC");
	if (a->folds)
		(void)gx_folds_is_scheme(a->folds); /* exit 2 at a wrong number */
}

/* ---- the network ---- */

struct network {
	struct gx_network_whole whole;
	struct gx_names names;
	struct gx_source source;
	const char *file; /* for messages */
	void *merged;	  /* in place of whole.triangle; or NULL */
	enum gx_layout layout;
	uint64_t ngene;
};

static const void *triangle_of(const struct network *n)
{
	return n->merged ? n->merged : n->whole.triangle;
}

GX_NORETURN GX_COLD static void die_of_part(const struct network *n)
{
	gx_die(GX_EXIT_DATA, "%s: a part of a network: join its parts first (gx-reduce --join)", n->file);
}

static void demand_whole(const struct network *n)
{
	const struct gx_source *s = &n->source;
	bool piped = s->of == GX_UNKNOWN && strcmp(s->identity, ".") == 0;
	if (s->first != 0 || (!piped && s->last != s->of))
		die_of_part(n);
}

/* Text of a pipe, read to its end, is what it is. */
static void identify(struct network *n)
{
	if (strcmp(n->source.identity, ".") == 0)
		gx_source_identify(&n->source, "digest", n->source.digest);
}

/* Leaves each name once; row numbers of the triangle that stay. */
static void resolve_repeated(struct network *n, enum gx_repeated how)
{
	struct gx_dictionary names = { 0 };
	uint32_t *group = gx_allocate(n->ngene + 1, sizeof *group);
	uint32_t *kept = gx_allocate(n->ngene + 1, sizeof *kept);
	const char *name = n->names.text;
	for (size_t i = 0; i < n->ngene; i++, name = gx_names_next(name)) {
		bool added;
		group[i] = gx_dictionary_add(&names, name, strlen(name), &added);
		if (added)
			kept[group[i]] = (uint32_t)i;
		else if (how == GX_REPEATED_REFUSE)
			gx_die(GX_EXIT_DATA,
			       "%s: gene %s is there in rows %u and %zu: keep the first of each name or their "
			       "mean (--repeated-genes first, --repeated-genes mean)",
			       n->file, gx_show(name, strlen(name)), kept[group[i]] + 1, i + 1);
	}
	size_t left = names.names.n;
	if (left < n->ngene) {
		if (how == GX_REPEATED_FIRST) {
			gx_triangle_keep(n->whole.triangle, n->layout, kept, left);
		} else {
			n->merged = gx_triangle_merge(n->whole.triangle, n->layout, n->ngene, group, left);
			n->layout = GX_TRIANGLE_FLOAT64;
		}
		gx_names_free(&n->names);
		n->names = names.names;
		names.names = (struct gx_names){ 0 };
		n->ngene = left;
	}
	gx_dictionary_free(&names);
	free(group);
	free(kept);
}

/* The annotation is not read: how many terms there are is not known, nor what they are. */
GX_NORETURN static void explain(const struct arguments *a, const struct gx_reader *reader)
{
	const struct gx_matrix *from = gx_reader_matrix(reader);
	bool genes = a->predictions || a->multifunctionality;
	struct gx_matrix matrix = { .ncol = a->predictions ? GX_UNKNOWN : GX_VOTING_COLUMNS,
				    .named = true,
				    .derived = true };
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	gx_source_add_step(&source, a->predictions	    ? "predictions"
				    : a->multifunctionality ? "multifunctionality"
							    : "vote");
	if (!genes) {
		source.unit = GX_UNIT_TERMS;
		source.first = source.last = source.of = GX_UNKNOWN;
	}
	matrix.nrow = matrix.announced = matrix.whole = genes && !a->annotated ? from->ncol : GX_UNKNOWN;
	gx_explain_source(&source);
	gx_explain_tell("annotation", "%s", a->annotation);
	if (from->ncol != GX_UNKNOWN) {
		bool narrow = from->layout == GX_TRIANGLE_UINT32;
		gx_explain_memory(from->layout == GX_FULL ? 8 * from->ncol * from->ncol
							  : gx_triangle_bytes(from->layout, from->ncol));
		gx_explain_memory((uint64_t)a->common.nthread * gx_vote_tile(from->ncol) *
				  (narrow ? 4 : 8));
	}
	gx_explain_writer(&a->common.output, &matrix);
}

static void read_network(struct arguments *a, struct network *n)
{
	a->common.triangles = true;
	gx_cli_need_input(&a->common);
	/* --part is of the terms: all of the network is read. */
	struct gx_request request = gx_cli_request(&a->common);
	request.part = (struct gx_part){ 0 };
	struct gx_reader *reader = gx_reader_open(&request);
	if (!a->annotation)
		gx_die_usage("say with --annotation which genes have which terms");
	if (a->common.explain)
		explain(a, reader);
	n->file = is_stdin(a->common.operand[0]) ? "<stdin>" : a->common.operand[0];
	const struct gx_matrix *m = gx_reader_matrix(reader);
	if (m->layout == GX_FULL && m->nrow != GX_UNKNOWN && m->whole != GX_UNKNOWN && m->nrow < m->whole)
		die_of_part(n);
	gx_network_whole_read(&n->whole, reader, a->symmetrize, a->common.nthread);
	n->source = *gx_reader_source(reader);
	n->layout = n->whole.matrix.layout;
	n->ngene = n->whole.matrix.ncol;
	demand_whole(n);
	identify(n);
	if (n->whole.missing)
		gx_die(GX_EXIT_DATA,
		       "%s: %" PRIu64 " missing pairs, and votes need all of them: fill them when the network "
		       "is ranked (gx-rank --fill median)",
		       n->file, n->whole.missing);
	struct gx_names buffer = { 0 }, genes = gx_matrix_columns(&n->whole.matrix, &buffer);
	gx_names_append(&n->names, &genes);
	gx_names_free(&buffer);
	resolve_repeated(n, a->repeated);
	gx_cli_close(&a->common, reader);
}

static void free_network(struct network *n)
{
	free(n->merged);
	gx_names_free(&n->names);
	gx_network_whole_free(&n->whole);
}

/* ---- the terms ---- */

struct labels {
	struct gx_annotation annotation;
	struct gx_terms terms;
	struct gx_folds folds;
	uint64_t first, of; /* of the terms; `of` before they were cut */
};

/* What is not in the network is told, and counts for nothing. */
static void tell_unmatched(const struct gx_annotation *a, const struct gx_terms *t)
{
	if (t->genes_left)
		gx_warn("%s: %" PRIu64 " of %zu genes are not in the network, with %" PRIu64 " of %" PRIu64
			" pairs", a->name, t->genes_left, a->genes.names.n, t->pairs_left, a->npair);
}

static void read_labels(const struct arguments *a, struct network *n, struct labels *l)
{
	struct gx_terms *terms = &l->terms;
	gx_annotation_read(&l->annotation, a->annotation, a->common.nthread);
	gx_terms_make(terms, &l->annotation, &n->names, a->annotated, a->least, a->most);
	tell_unmatched(&l->annotation, terms);
	l->of = terms->nterm;
	if (!a->predictions && !a->multifunctionality)
		gx_folds_make(&l->folds, a->folds ? a->folds : "stride:3", terms, &n->names);
	if (terms->ngene == n->ngene)
		return;
	/* Those that do not vote are not there. */
	void *triangle = n->merged ? n->merged : n->whole.triangle;
	gx_triangle_keep(triangle, n->layout, terms->row, terms->ngene);
	struct gx_names names = { 0 };
	const char *name = n->names.text;
	for (size_t i = 0, k = 0; i < n->ngene; i++, name = gx_names_next(name))
		if (k < terms->ngene && terms->row[k] == i) {
			gx_names_add(&names, name, strlen(name));
			k++;
		}
	gx_names_free(&n->names);
	n->names = names;
	n->ngene = terms->ngene;
}

static void cut_labels(const struct arguments *a, struct labels *l)
{
	const struct gx_part *part = &a->common.part;
	if (!part->n)
		return;
	l->first = gx_part_bound(l->of, part->k - 1, part->n);
	uint64_t last = gx_part_bound(l->of, part->k, part->n);
	gx_terms_keep(&l->terms, l->first, last);
	gx_folds_keep(&l->folds, l->first, last);
}

static void free_labels(struct labels *l)
{
	gx_annotation_free(&l->annotation);
	gx_terms_free(&l->terms);
	gx_folds_free(&l->folds);
}

/* What was done, for the source facts: all that determines the numbers. */
static void print_step(const struct arguments *a, const struct labels *l, char step[320])
{
	char annotation[GX_HEX + 1], folds[GX_HEX + 1], sizes[48];
	gx_hex_print(l->annotation.digest, annotation);
	gx_hex_print(l->folds.digest, folds);
	snprintf(sizes, sizeof sizes, "%" PRIu64 " %" PRIu64, a->least, a->most);
	const char *universe = a->annotated ? "annotated" : "all";
	int n;
	if (a->predictions || a->multifunctionality)
		n = snprintf(step, 320, "%s %s %s annotation:%s",
			     a->predictions ? "predictions" : "multifunctionality", sizes, universe,
			     annotation);
	else
		n = snprintf(step, 320, "vote %s %s %s annotation:%s%s%s%s%s%s",
			     l->folds.from_file ? "file" : a->folds ? a->folds : "stride:3", sizes,
			     universe, annotation, l->folds.from_file ? " folds:" : "",
			     l->folds.from_file ? folds : "", a->precision ? " pr" : "",
			     a->mean ? " mean" : "",
			     a->with_multifunctionality ? " multifunctionality" : "");
	if (a->repeated)
		n += snprintf(step + n, 320 - (size_t)n, " repeated-genes:%s",
			      a->repeated == GX_REPEATED_FIRST ? "first" : "mean");
	if (a->symmetrize)
		snprintf(step + n, 320 - (size_t)n, " symmetrize:%s",
			 a->symmetrize == GX_SYMMETRIZE_LOWER ? "lower" : "mean");
}

/* ---- what is written ---- */

/* A matrix of nrow named rows, derived of the network. */
static struct gx_matrix describe(const struct network *n, const char *step,
				 const char *const *column, size_t ncol, uint64_t nrow)
{
	struct gx_matrix matrix = { .ncol = ncol, .named = true, .derived = true };
	for (size_t j = 0; column && j < ncol; j++)
		gx_names_add(&matrix.columns, column[j], strlen(column[j]));
	matrix.nrow = matrix.announced = matrix.whole = nrow;
	struct gx_source steps = n->source;
	gx_source_add_step(&steps, step);
	memcpy(matrix.provenance, steps.work, sizeof matrix.provenance);
	return matrix;
}

struct writing {
	struct gx_writer *writer;
	const char *name; /* of the next row */
	size_t ncol;
	struct gx_piece piece;
};

/* n rows with the names that come next. */
static void write_rows(void *context, size_t first, size_t n, const double *value)
{
	struct writing *w = context;
	const char *next = w->name;
	for (size_t i = 0; i < n; i++)
		next = gx_names_next(next);
	struct gx_rows rows = { .nrow = n, .ncol = w->ncol, .value = value, .first = first };
	rows.names = (struct gx_names){ (char *)(uintptr_t)w->name, n, (size_t)(next - w->name), 0 };
	w->name = next;
	gx_writer_encode(w->writer, &rows, &w->piece);
	gx_writer_put(w->writer, &rows, &w->piece);
}

static void write_table(struct writing *w, uint64_t first, uint64_t nrow, const double *value)
{
	uint64_t most = gx_batch_rows(w->ncol);
	for (uint64_t i = 0, n; i < nrow; i += n) {
		n = nrow - i < most ? nrow - i : most;
		write_rows(w, first + i, n, value + i * w->ncol);
	}
	gx_piece_free(&w->piece);
}

/* The mean of each column over what is there, in place of the rows. */
static void take_means(double *value, size_t nrow, size_t ncol)
{
	double *turned = gx_allocate(nrow * ncol + 1, sizeof *turned);
	double *n = gx_allocate(ncol, sizeof *n);
	for (size_t i = 0; i < nrow; i++)
		for (size_t j = 0; j < ncol; j++)
			turned[j * nrow + i] = value[i * ncol + j];
	gx_mean_rows_skip_na(turned, ncol, nrow, value, n);
	free(turned);
	free(n);
}

/* Links that are no numbers, or sums that are none, would be votes that are none. */
static void check_degrees(const struct gx_voting *v, const struct network *n)
{
	uint64_t zero = 0;
	const char *name = n->names.text;
	for (size_t i = 0; i < v->ngene; i++, name = gx_names_next(name)) {
		if (!isfinite(v->degree[i]))
			gx_die(GX_EXIT_DATA,
			       "%s: the links of gene %s have no finite sum: an infinite value is in the "
			       "network: rank it first (gx-rank)", n->file, gx_show(name, strlen(name)));
		zero += v->degree[i] == 0;
	}
	if (zero)
		gx_warn("%s: %" PRIu64 " gene%s without links (degree 0): %s votes are 0", n->file, zero,
			zero == 1 ? "" : "s", zero == 1 ? "its" : "their");
}

static void write_terms(struct arguments *a, struct network *n, struct labels *l)
{
	static const char *const with[GX_VOTING_COLUMNS + 1] = {
		"genes", "auroc", "degree", "degree_auroc", "p", "folds", "multifunctionality_auroc"
	};
	char step[320];
	print_step(a, l, step);
	double *extra = NULL;
	size_t base = a->precision ? GX_VOTING_PRECISION_COLUMNS : GX_VOTING_COLUMNS;
	size_t ncol = base + a->with_multifunctionality;
	if (a->with_multifunctionality) {
		/* Of all terms, so before they are cut. */
		double *gene = gx_allocate(3 * n->ngene + 1, sizeof *gene);
		extra = gx_allocate(l->of + 1, sizeof *extra);
		gx_multifunctionality(&l->terms, gene, gene + n->ngene, gene + 2 * n->ngene, extra);
		free(gene);
	}
	cut_labels(a, l);
	struct gx_voting v = { .triangle = triangle_of(n),
			       .layout = n->layout,
			       .ngene = n->ngene,
			       .terms = &l->terms,
			       .folds = &l->folds,
			       .nthread = a->common.nthread,
			       .precision = a->precision };
	gx_voting_run(&v);
	check_degrees(&v, n);
	size_t nterm = l->terms.nterm;
	double *value = gx_allocate((nterm + 1) * ncol, sizeof *value);
	if (a->precision)
		gx_voting_precision_table(&v, value);
	else
		gx_voting_table(&v, value);
	for (size_t t = nterm; extra && t-- > 0;) {
		memmove(value + t * ncol, value + t * base, base * sizeof *value);
		value[t * ncol + base] = extra[l->first + t];
	}
	const char *const *column = a->precision ? gx_voting_precision_column : with;
	struct gx_matrix matrix = describe(n, step, column, ncol, l->of);
	struct gx_source source = n->source;
	gx_source_add_step(&source, step);
	source.unit = GX_UNIT_TERMS;
	source.first = matrix.first = l->first;
	source.last = l->first + nterm;
	source.of = l->of;
	matrix.terms = true;
	matrix.nrow = matrix.announced = nterm;
	const char *names = l->terms.names.text;
	if (a->mean) {
		take_means(value, nterm, ncol);
		names = "mean";
		nterm = matrix.nrow = matrix.announced = matrix.whole = 1;
	}
	struct writing w = { gx_writer_open(&a->common.output, &matrix), names, ncol, { 0 } };
	write_table(&w, matrix.first, nterm, value);
	gx_writer_close(w.writer, &source);
	gx_progress_rows(nterm);
	gx_matrix_free(&matrix);
	gx_voting_free(&v);
	free(value);
	free(extra);
}

static void write_predictions(struct arguments *a, struct network *n, struct labels *l)
{
	char step[320];
	print_step(a, l, step);
	struct gx_voting v = { .triangle = triangle_of(n),
			       .layout = n->layout,
			       .ngene = n->ngene,
			       .terms = &l->terms,
			       .nthread = a->common.nthread };
	gx_voting_degrees(&v);
	check_degrees(&v, n);
	struct gx_matrix matrix = describe(n, step, NULL, l->terms.nterm, n->ngene);
	gx_names_append(&matrix.columns, &l->terms.names);
	struct gx_source source = n->source;
	gx_source_add_step(&source, step);
	struct writing w = { gx_writer_open(&a->common.output, &matrix), n->names.text,
			     l->terms.nterm, { 0 } };
	gx_voting_predict(&v, write_rows, &w);
	gx_piece_free(&w.piece);
	gx_writer_close(w.writer, &source);
	gx_matrix_free(&matrix);
	gx_voting_free(&v);
}

static void write_multifunctionality(struct arguments *a, struct network *n, struct labels *l)
{
	enum { COLUMNS = 4 };
	static const char *const column[COLUMNS] = { "terms", "multifunctionality", "rank", "degree" };
	char step[320];
	print_step(a, l, step);
	struct gx_voting v = { .triangle = triangle_of(n),
			       .layout = n->layout,
			       .ngene = n->ngene,
			       .nthread = a->common.nthread };
	gx_voting_degrees(&v);
	double *gene = gx_allocate(3 * n->ngene + 1, sizeof *gene);
	double *value = gx_allocate(COLUMNS * n->ngene + 1, sizeof *value);
	gx_multifunctionality(&l->terms, gene, gene + n->ngene, gene + 2 * n->ngene, NULL);
	for (size_t i = 0; i < n->ngene; i++) {
		for (size_t j = 0; j < 3; j++)
			value[i * COLUMNS + j] = gene[j * n->ngene + i];
		value[i * COLUMNS + 3] = v.degree[i];
	}
	struct gx_matrix matrix = describe(n, step, column, COLUMNS, n->ngene);
	struct gx_source source = n->source;
	gx_source_add_step(&source, step);
	struct writing w = { gx_writer_open(&a->common.output, &matrix), n->names.text, COLUMNS, { 0 } };
	write_table(&w, 0, n->ngene, value);
	gx_writer_close(w.writer, &source);
	gx_matrix_free(&matrix);
	gx_voting_free(&v);
	free(gene);
	free(value);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .least = 21, .most = 999 };
	struct network network = { 0 };
	struct labels labels = { 0 };
	gx_cli_parse(&command, argc, argv, &arguments.common);
	check_usage(&arguments);
	(void)gx_output_format(&arguments.common.output); /* refused now, not after the votes */
	read_network(&arguments, &network);
	read_labels(&arguments, &network, &labels);
	if (arguments.predictions)
		write_predictions(&arguments, &network, &labels);
	else if (arguments.multifunctionality)
		write_multifunctionality(&arguments, &network, &labels);
	else
		write_terms(&arguments, &network, &labels);
	free_labels(&labels);
	free_network(&network);
	return gx_cli_finish(&arguments.common);
}
