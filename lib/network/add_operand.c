/* SPDX-License-Identifier: MIT */
#include "network/add_operand.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "kernel/digest.h"

/* A record among matrices would be read as a table, and refused without a word of records. */
static void refuse_record(const char *path)
{
	static const char start[] = "column\tcount\trows\t";
	char head[sizeof start - 1];
	struct stat status;
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return;
	int fd = gx_paths_open(path);
	if (fd < 0)
		return;
	size_t n = gx_paths_read(fd, path, head, sizeof head);
	close(fd);
	if (n == sizeof head && memcmp(head, start, n) == 0)
		gx_die_usage("%s: a record: records are added by gx-reduce without --add", path);
}

void gx_add_operand_open(struct gx_add_operand *o, const char *path,
			 const struct gx_addition_options *options)
{
	struct gx_request request = { .path = &o->path,
				      .npath = 1,
				      .triangles = true,
				      .one_of_several = true,
				      .head_only = options->head_only,
				      .nthread = 1 };
	refuse_record(path);
	o->path = path;
	o->reader = gx_reader_open(&request);
	o->matrix = gx_reader_matrix(o->reader);
	if (strcmp(path, "-") == 0)
		o->path = "<stdin>";
	if (gx_matrix_is_part(o->matrix))
		gx_die(GX_EXIT_DATA, "%s: a part: parts are not added, they are joined (gx-reduce --join)",
		       o->path);
}

void gx_add_operand_close(struct gx_add_operand *o)
{
	gx_reader_close(o->reader);
	gx_network_whole_free(&o->whole);
}

const char *gx_add_kind(const struct gx_add_operand *o)
{
	/* Two at a time are in a message. */
	static char text[2][GX_KIND_MAX + 32];
	static unsigned turn;
	char *out = text[turn++ % 2];
	const char *kind = o->matrix->network.kind;
	if (!kind[0])
		return "a matrix of values";
	snprintf(out, sizeof *text, "%s %s", o->networks > 1 ? "a sum of" : "a network of", kind);
	return out;
}

/* ---- a network ---- */

static uint64_t digest_of_triangle(const struct gx_network_whole *whole)
{
	const struct gx_matrix *m = &whole->matrix;
	size_t size = gx_layout_size(m->layout);
	uint64_t sum = 0, digest;
	for (uint64_t i = 0; i < m->ncol; i++) {
		const char *row = (const char *)whole->triangle + gx_triangle_values(i) * size;
		gx_digest_triangle(row, i, 1, size, &digest);
		sum += digest;
	}
	return sum;
}

/* The sum's head says of what it is the sum, so the digest is known before the first row. */
static void find_digest(struct gx_add_operand *o, const struct gx_addition_options *options)
{
	const char *stored = gx_facts_find(gx_reader_facts(o->reader, 0), "stored_digest");
	bool is_triangle = o->matrix->layout != GX_FULL;
	if (is_triangle && stored && gx_hex_read(stored, strlen(stored), &o->digest))
		return;
	if (options->head_only)
		return;
	o->held = true;
	gx_network_whole_read(&o->whole, o->reader, options->symmetrize, options->nthread);
	o->matrix = &o->whole.matrix;
	o->digest = digest_of_triangle(&o->whole);
}

/* "sum KIND n=52 of=HEX" tells what a sum is of. */
static void read_sum(struct gx_add_operand *o)
{
	const char *of = strstr(o->matrix->provenance, " of=");
	if (!of || strlen(of) < 4 + GX_HEX || !gx_hex_read(of + 4, GX_HEX, &o->digest))
		gx_die(GX_EXIT_DATA,
		       "%s: it is a sum and does not say of what: make it again (gx-reduce --add)", o->path);
	o->networks = o->matrix->network.networks;
}

static void judge_ranks(struct gx_add_operand *o)
{
	const struct gx_network *network = &o->matrix->network;
	o->term = network->networks ? GX_TERM_SUM : GX_TERM_RANK;
	if (o->term == GX_TERM_SUM && o->matrix->layout == GX_TRIANGLE_UINT64)
		return;
	if (o->term == GX_TERM_SUM || network->max == 0 || network->max > GX_FIXED_RANK_MAX)
		gx_die(GX_EXIT_DATA,
		       "%s: whole numbers that do not say their largest rank: make it again (gx-rank)",
		       o->path);
}

void gx_add_operand_judge(struct gx_add_operand *o, const struct gx_addition_options *options)
{
	if (o->matrix->layout == GX_FULL && options->symmetrize == GX_SYMMETRIZE_NOT)
		gx_die(GX_EXIT_DATA,
		       "%s: a full matrix among networks: make a network of it first (gx-convert --triangle "
		       "-b, gx-rank -b)",
		       o->path);
	find_digest(o, options);
	o->networks = 1;
	if (o->matrix->layout == GX_TRIANGLE_UINT32 || o->matrix->layout == GX_TRIANGLE_UINT64)
		judge_ranks(o);
	if (o->matrix->network.networks)
		read_sum(o);
}

uint64_t gx_add_term(const struct gx_add_operand *o, uint64_t value)
{
	if (value == GX_UNKNOWN || o->term != GX_TERM_RANK)
		return value;
	uint64_t max = o->matrix->network.max;
	return gx_fixed_rank(value < max ? value : max, max);
}

/* ---- a matrix of values ---- */

void gx_add_operand_judge_values(struct gx_add_operand *o, const struct gx_add_operand *first)
{
	const struct gx_matrix *m = o->matrix, *n = first->matrix;
	o->networks = 1;
	if (m->ncol != n->ncol || (m->nrow != GX_UNKNOWN && n->nrow != GX_UNKNOWN && m->nrow != n->nrow))
		gx_die(GX_EXIT_DATA,
		       "%s and %s have not the same numbers of rows and columns: matrices of one shape are "
		       "added",
		       first->path, o->path);
	struct gx_names a = { 0 }, b = { 0 };
	struct gx_names one = gx_matrix_columns(n, &a), other = gx_matrix_columns(m, &b);
	if (!gx_names_equal(&one, &other))
		gx_die(GX_EXIT_DATA,
		       "%s and %s have other columns, or in another order: choose and order them alike "
		       "(gx-convert --columns)",
		       first->path, o->path);
	gx_names_free(&a);
	gx_names_free(&b);
}

bool gx_add_operand_looks_like_network(const struct gx_add_operand *o)
{
	const struct gx_names *rows = &o->rows.names, *columns = &o->matrix->columns;
	bool square = o->matrix->nrow == GX_UNKNOWN || o->matrix->nrow == o->matrix->ncol;
	if (!square || !rows->n || rows->n > columns->n || rows->nbyte > columns->nbyte)
		return false;
	return memcmp(rows->text, columns->text, rows->nbyte) == 0;
}

/* ---- rows ---- */

void gx_add_operand_fill(struct gx_add_operand *o)
{
	if (o->rows.nrow)
		return;
	if (!o->held) {
		struct gx_rows rows;
		if (gx_reader_next(o->reader, 0, &rows))
			o->rows = rows;
		return;
	}
	if (!o->given)
		o->rows = (struct gx_rows){ .nrow = o->matrix->nrow,
					    .ncol = o->matrix->ncol,
					    .triangle = o->whole.triangle };
	o->given = true;
}

GX_NORETURN GX_COLD static void die_above(const struct gx_add_operand *o)
{
	gx_die(GX_EXIT_DATA,
	       "%s: it has a rank above %" PRIu64 ", which its head says is the largest: make it again "
	       "(gx-rank)",
	       o->path, o->matrix->network.max);
}

static void add_doubles(const double *value, size_t n, bool first, double *sum)
{
	if (first)
		memcpy(sum, value, n * sizeof *sum);
	else
		for (size_t i = 0; i < n; i++)
			sum[i] += value[i];
}

static void add_sums(const struct gx_add_operand *o, const uint64_t *value, size_t n, uint64_t *sum)
{
	uint64_t over = 0;
	for (size_t i = 0; i < n; i++) {
		sum[i] += value[i];
		over |= sum[i] < value[i];
	}
	if (over)
		gx_die(GX_EXIT_DATA, "%s: a sum is above 2^64: fewer networks can be added", o->path);
}

void gx_add_operand_values(const struct gx_add_operand *o, size_t from, size_t n, bool first,
			   void *sum)
{
	uint64_t max = o->matrix->network.max;
	const void *value = o->matrix->layout == GX_FULL ? (const void *)o->rows.value : o->rows.triangle;
	if (o->term == GX_TERM_VALUE)
		add_doubles((const double *)value + from, n, first, sum);
	else if (o->term == GX_TERM_SUM)
		add_sums(o, (const uint64_t *)value + from, n, sum);
	else if (o->matrix->layout == GX_TRIANGLE_UINT32
			 ? !gx_fixed_add_uint32((const uint32_t *)value + from, n, max, sum)
			 : !gx_fixed_add_uint64((const uint64_t *)value + from, n, max, sum))
		die_above(o);
}

struct gx_names gx_add_operand_names(const struct gx_add_operand *o, size_t nrow)
{
	struct gx_names names = o->rows.names;
	const char *end = names.text;
	if (!names.n)
		return names;
	for (size_t i = 0; i < nrow; i++)
		end = gx_names_next(end);
	names.n = nrow;
	names.nbyte = (size_t)(end - names.text);
	names.room = 0;
	return names;
}

void gx_add_operand_pass(struct gx_add_operand *o, size_t nrow)
{
	struct gx_rows *rows = &o->rows;
	if (o->matrix->layout == GX_FULL)
		rows->value += nrow * rows->ncol;
	else
		rows->triangle = (const char *)rows->triangle +
				 gx_layout_size(o->matrix->layout) *
					 (gx_triangle_values(rows->first + nrow) -
					  gx_triangle_values(rows->first));
	struct gx_names passed = gx_add_operand_names(o, nrow);
	if (passed.n) {
		rows->names.text += passed.nbyte;
		rows->names.nbyte -= passed.nbyte;
		rows->names.n -= passed.n;
	}
	rows->nrow -= nrow;
	rows->first += nrow;
}

void gx_add_operand_check(const struct gx_add_operand *o)
{
	if (o->held || o->term == GX_TERM_SUM || o->matrix->layout == GX_FULL ||
	    o->matrix->network.networks)
		return;
	if (gx_reader_source(o->reader)->digest != o->digest)
		gx_die(GX_EXIT_DATA, "%s: it was changed while it was read: run this again when nobody writes it",
		       o->path);
}
