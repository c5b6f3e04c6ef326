/* SPDX-License-Identifier: MIT */
#include "network/add.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "kernel/digest.h"
#include "network/add_operand.h"
#include "network/add_genes.h"
#include "stream/writer.h"

struct gx_addition {
	const struct gx_addition_options *options;
	struct gx_add_operand *operand;
	size_t n;
	struct gx_matrix sum;
	struct gx_add_genes genes; /* where they differ */
};

/* ---- opening ---- */

/* Each operand stays open; many systems allow 1,024 files and more for who asks. */
static void allow_files(size_t n)
{
	enum { OTHERS = 16 }; /* standard descriptors, the output */
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= n + OTHERS)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < n + OTHERS)
		gx_die(GX_EXIT_IO,
		       "%zu files are added at once, and %ju may be open: raise the limit (ulimit -n), or add some "
		       "of them first: sums of sums add up (gx-reduce --add)",
		       n, (uintmax_t)limit.rlim_max);
}

/* Names that are written out may be those that a network without names implies. */
static bool same_genes(const struct gx_matrix *m, const struct gx_matrix *n)
{
	struct gx_names implicit[2] = { { 0 }, { 0 } };
	struct gx_names a = gx_matrix_columns(m, &implicit[0]);
	struct gx_names b = gx_matrix_columns(n, &implicit[1]);
	bool same = gx_names_equal(&a, &b);
	gx_names_free(&implicit[0]);
	gx_names_free(&implicit[1]);
	return same;
}

static const char *gene_name(const struct gx_matrix *m, uint64_t i, char implicit[24])
{
	if (!m->columns.n) {
		snprintf(implicit, 24, "g%" PRIu64, i + 1);
		return implicit;
	}
	const char *name = m->columns.text;
	while (i--)
		name = gx_names_next(name);
	return name;
}

GX_NORETURN GX_COLD static void die_other_genes(const struct gx_add_operand *a,
						const struct gx_add_operand *b)
{
	static const char way[] = "say which genes the sum has: --genes common, union or FILE";
	const struct gx_matrix *m = a->matrix, *n = b->matrix;
	if (m->ncol != n->ncol)
		gx_die(GX_EXIT_DATA, "%s has %" PRIu64 " genes and %s has %" PRIu64 ": %s", a->path,
		       m->ncol, b->path, n->ncol, way);
	char one[24], other[24];
	for (uint64_t i = 0; i < m->ncol; i++) {
		const char *p = gene_name(m, i, one), *q = gene_name(n, i, other);
		if (strcmp(p, q) != 0)
			gx_die(GX_EXIT_DATA, "gene %" PRIu64 " is %s in %s and %s in %s: %s", i + 1,
			       gx_show(p, strlen(p)), a->path, gx_show(q, strlen(q)), b->path, way);
	}
	gx_die(GX_EXIT_DATA, "%s and %s have other genes: %s", a->path, b->path, way);
}

static void check_kinds(const struct gx_addition *a)
{
	const struct gx_add_operand *first = &a->operand[0];
	uint64_t networks = 0;
	for (size_t i = 0; i < a->n; i++) {
		const struct gx_add_operand *o = &a->operand[i];
		if (strcmp(o->matrix->network.kind, first->matrix->network.kind) != 0 ||
		    (o->term == GX_TERM_VALUE) != (first->term == GX_TERM_VALUE))
			gx_die(GX_EXIT_DATA,
			       "%s is %s and %s is %s: networks of one kind are added: make them with the same "
			       "method and fill",
			       first->path, gx_add_kind(first), o->path, gx_add_kind(o));
		networks += o->networks;
	}
	if (first->term != GX_TERM_VALUE && networks > GX_FIXED_NETWORKS_MAX)
		gx_die(GX_EXIT_DATA,
		       "%" PRIu64 " networks of ranks: a sum of whole numbers of 64 bits has room for %d",
		       networks, GX_FIXED_NETWORKS_MAX);
}

/* a + b, unless one of them is not known. */
static uint64_t add_known(uint64_t a, uint64_t b)
{
	return a == GX_UNKNOWN || b == GX_UNKNOWN ? GX_UNKNOWN : a + b;
}

/* Where one network has no names the sum has none: so the order of operands does not show. */
static void name_genes(struct gx_addition *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (!a->operand[i].matrix->columns.n)
			return;
	gx_names_append(&a->sum.columns, &a->operand[0].matrix->columns);
}

static void describe_sum(struct gx_addition *a)
{
	const struct gx_add_operand *first = &a->operand[0];
	struct gx_matrix *sum = &a->sum;
	uint64_t digest = 0;
	bool values = first->term == GX_TERM_VALUE;
	struct gx_network network = { .max = values ? GX_UNKNOWN : 0,
				      .median = values ? GX_UNKNOWN : 0,
				      .mean = values ? GX_UNKNOWN : 0 };
	memcpy(network.kind, first->matrix->network.kind, sizeof network.kind);
	for (size_t i = 0; i < a->n; i++) {
		const struct gx_add_operand *o = &a->operand[i];
		digest += o->digest;
		network.networks += o->networks;
		network.max = add_known(network.max, values ? 0 : GX_FIXED_ONE * o->networks);
		network.median = add_known(network.median, gx_add_term(o, o->matrix->network.median));
		network.mean = add_known(network.mean, gx_add_term(o, o->matrix->network.mean));
	}
	sum->layout = values ? GX_TRIANGLE_FLOAT64 : GX_TRIANGLE_UINT64;
	sum->network = network;
	sum->first = 0;
	if (a->options->genes) {
		gx_names_append(&sum->columns, &a->genes.names);
		sum->ncol = a->genes.names.n;
	} else {
		sum->ncol = first->matrix->ncol;
		name_genes(a);
	}
	sum->nrow = sum->announced = sum->whole = sum->ncol;
	snprintf(sum->provenance, sizeof sum->provenance, "sum %s n=%" PRIu64 " of=%016" PRIx64 "%s",
		 network.kind[0] ? network.kind : "values", network.networks, digest, a->genes.step);
}

static void open_networks(struct gx_addition *a)
{
	for (size_t i = 0; i < a->n; i++)
		gx_add_operand_judge(&a->operand[i], a->options);
	check_kinds(a);
	if (a->options->genes)
		gx_add_genes_find(&a->genes, a->options, a->operand, a->n);
	for (size_t i = 1; i < a->n && !a->options->genes; i++)
		if (!same_genes(a->operand[i].matrix, a->operand[0].matrix))
			die_other_genes(&a->operand[0], &a->operand[i]);
	describe_sum(a);
}

static void describe_values(struct gx_addition *a)
{
	const struct gx_matrix *m = a->operand[0].matrix;
	a->sum = (struct gx_matrix){ .ncol = m->ncol,
				     .named = m->named,
				     .nrow = m->nrow,
				     .announced = m->nrow,
				     .whole = m->nrow };
	gx_names_append(&a->sum.columns, &m->columns);
	for (size_t i = 0; i < a->n; i++)
		gx_add_operand_judge_values(&a->operand[i], &a->operand[0]);
	/* Names of rows are known with the rows: those that come first are looked at. */
	if (!a->options->head_only)
		gx_add_operand_fill(&a->operand[0]);
	if (!a->options->as_values && gx_add_operand_looks_like_network(&a->operand[0]))
		gx_die(GX_EXIT_DATA,
		       "%s: its rows have the names of its columns, as a network's have, and text and npy do not "
		       "say what its values are: add the networks as gx-correlate, gx-rank or gx-convert "
		       "--triangle write them (-b), or its plain values (--as-values)",
		       a->operand[0].path);
}

struct gx_addition *gx_addition_open(const struct gx_addition_options *options,
				     const struct gx_paths *paths)
{
	struct gx_addition *a = gx_allocate_zeroed(1, sizeof *a);
	a->options = options;
	a->n = paths->names.n;
	if (a->n == 0)
		gx_die(GX_EXIT_MISSING, "no matrix in what was named: make them first");
	a->operand = gx_allocate_zeroed(a->n, sizeof *a->operand);
	allow_files(a->n);
	const char *path = paths->names.text;
	bool any_network = options->symmetrize != GX_SYMMETRIZE_NOT;
	for (size_t i = 0; i < a->n; i++, path = gx_names_next(path)) {
		gx_add_operand_open(&a->operand[i], path, options);
		any_network |= a->operand[i].matrix->layout != GX_FULL;
	}
	if (any_network)
		open_networks(a);
	else if (options->genes || options->missing)
		gx_die_usage("--genes and --fill are for networks, and these are matrices of values");
	else
		describe_values(a);
	return a;
}

const struct gx_matrix *gx_addition_matrix(const struct gx_addition *a)
{
	return &a->sum;
}

uint64_t gx_addition_memory(const struct gx_addition *a)
{
	uint64_t nbyte = a->n * (512 << 10);
	if (a->options->genes)
		nbyte += gx_triangle_bytes(a->sum.layout, a->sum.ncol);
	for (size_t i = 0; i < a->n; i++)
		nbyte += a->operand[i].held ? gx_triangle_bytes(a->operand[i].matrix->layout,
								 a->operand[i].matrix->ncol)
					    : 0;
	return nbyte;
}

/* ---- in step ---- */

struct step {
	struct gx_addition *addition;
	void *sum; /* of the rows of this step: whole numbers or doubles */
	uint64_t first;
	size_t nrow, nvalue, chunk;
};

static void refill(void *context, size_t i)
{
	gx_add_operand_fill(&((const struct step *)context)->addition->operand[i]);
}

/* One run of the values: all operands in their order, as doubles demand. */
static void add_chunk(void *context, size_t number)
{
	const struct step *step = context;
	const struct gx_addition *a = step->addition;
	size_t from = number * step->chunk, left = step->nvalue - from;
	size_t n = left < step->chunk ? left : step->chunk;
	char *sum = (char *)step->sum + 8 * from;
	memset(sum, 0, 8 * n);
	for (size_t i = 0; i < a->n; i++)
		gx_add_operand_values(&a->operand[i], from, n, i == 0, sum);
}

static uint64_t values_of(const struct gx_matrix *m, uint64_t first, size_t nrow)
{
	if (m->layout == GX_FULL)
		return nrow * m->ncol;
	return gx_triangle_values(first + nrow) - gx_triangle_values(first);
}

static void demand_same_rows(const struct gx_add_operand *a, const struct gx_add_operand *b,
			     size_t nrow)
{
	struct gx_names one = gx_add_operand_names(a, nrow), other = gx_add_operand_names(b, nrow);
	const char *p = one.text, *q = other.text;
	if (gx_names_equal(&one, &other))
		return;
	if (!one.n || !other.n)
		gx_die(GX_EXIT_DATA, "%s has names of rows and %s has none: matrices with the same names are added",
		       one.n ? a->path : b->path, one.n ? b->path : a->path);
	while (strcmp(p, q) == 0) {
		p = gx_names_next(p);
		q = gx_names_next(q);
	}
	gx_die(GX_EXIT_DATA,
	       "%s has row %s where %s has %s: matrices with the same names in the same order are added",
	       a->path, gx_show(p, strlen(p)), b->path, gx_show(q, strlen(q)));
}

/* Fills what is empty; the rows that all have, 0 at the end. */
static size_t next_step(struct step *step, int nthread)
{
	struct gx_addition *a = step->addition;
	gx_pipeline_each(a->n, nthread, step, refill);
	size_t n = a->operand[0].rows.nrow;
	for (size_t i = 1; i < a->n; i++) {
		size_t has = a->operand[i].rows.nrow;
		if ((has == 0) != (n == 0))
			gx_die(GX_EXIT_DATA, "%s has more rows than %s: matrices of one shape are added",
			       a->operand[has ? i : 0].path, a->operand[has ? 0 : i].path);
		n = has < n ? has : n;
	}
	for (size_t i = 1; i < a->n && a->sum.layout == GX_FULL; i++)
		demand_same_rows(&a->operand[0], &a->operand[i], n);
	step->nrow = n;
	step->nvalue = values_of(&a->sum, step->first, n);
	return n;
}

static void write_step(struct step *step, struct gx_writer *writer, struct gx_piece *piece)
{
	const struct gx_addition *a = step->addition;
	const struct gx_add_operand *first = &a->operand[0];
	struct gx_rows rows = { .nrow = step->nrow, .ncol = a->sum.ncol, .first = step->first };
	if (a->sum.layout == GX_FULL) {
		gx_nan_canonicalise(step->sum, step->nvalue);
		rows.value = step->sum;
		rows.names = gx_add_operand_names(first, step->nrow);
	} else {
		if (a->sum.layout == GX_TRIANGLE_FLOAT64)
			gx_nan_canonicalise(step->sum, step->nvalue);
		rows.triangle = step->sum;
	}
	gx_writer_encode(writer, &rows, piece);
	gx_writer_put(writer, &rows, piece);
}

static void write_in_step(struct gx_addition *a, struct gx_writer *writer)
{
	/* 64 KiB of sums, in cache while the operands pass; of them a step has four. */
	enum { CHUNK = 8192, CHUNKS = 4 };
	size_t most = a->n > CHUNKS ? a->n : CHUNKS;
	int nthread = (size_t)a->options->nthread < most ? a->options->nthread : (int)most;
	struct step step = { .addition = a, .chunk = CHUNK };
	struct gx_piece piece = { 0 };
	size_t room = 0;
	while (next_step(&step, nthread)) {
		if (room < step.nvalue) {
			free(step.sum);
			room = step.nvalue;
			step.sum = gx_allocate_aligned(room, 8, 0);
		}
		gx_pipeline_each((step.nvalue + CHUNK - 1) / CHUNK, nthread, &step, add_chunk);
		write_step(&step, writer, &piece);
		for (size_t i = 0; i < a->n; i++)
			gx_add_operand_pass(&a->operand[i], step.nrow);
		step.first += step.nrow;
	}
	for (size_t i = 0; i < a->n; i++)
		gx_add_operand_check(&a->operand[i]);
	gx_piece_free(&piece);
	free(step.sum);
}

void gx_addition_write(struct gx_addition *a, const struct gx_output_options *output)
{
	struct gx_writer *writer = gx_writer_open(output, &a->sum);
	gx_progress_expect(a->sum.nrow, GX_UNKNOWN, false);
	if (a->genes.maps)
		gx_add_genes_write(&a->genes, a->options, a->operand, a->n, &a->sum, writer);
	else
		write_in_step(a, writer);
	gx_writer_close(writer, NULL);
}

void gx_addition_close(struct gx_addition *a)
{
	for (size_t i = 0; i < a->n; i++)
		gx_add_operand_close(&a->operand[i]);
	gx_add_genes_free(&a->genes);
	gx_matrix_free(&a->sum);
	free(a->operand);
	free(a);
}
