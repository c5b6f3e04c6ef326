/* SPDX-License-Identifier: MIT */
#include "stream/operands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "bytes/progress.h"

static void demand_same_columns(const struct gx_operand *first, const struct gx_operand *next)
{
	const struct gx_matrix *a = &first->matrix, *b = &next->matrix;
	const char *name_a = first->in->name, *name_b = next->in->name;
	if (a->ncol != b->ncol)
		gx_die(GX_EXIT_DATA,
		       "%s has %" PRIu64 " columns and %s has %" PRIu64
		       ": operands are read as one matrix with the same columns",
		       name_a, a->ncol, name_b, b->ncol);
	struct gx_names buffer_a = { 0 }, buffer_b = { 0 };
	struct gx_names in_a = gx_matrix_columns(a, &buffer_a);
	struct gx_names in_b = gx_matrix_columns(b, &buffer_b);
	const char *p = in_a.text, *q = in_b.text;
	for (uint64_t j = 0; j < a->ncol; j++, p = gx_names_next(p), q = gx_names_next(q))
		if (strcmp(p, q) != 0)
			gx_die(GX_EXIT_DATA,
			       "column %" PRIu64
			       " is %s in %s and %s in %s: operands are read as one matrix with "
			       "the same columns in the same order",
			       j + 1, gx_show(p, strlen(p)), name_a, gx_show(q, strlen(q)),
			       name_b);
	gx_names_free(&buffer_a);
	gx_names_free(&buffer_b);
}

GX_NORETURN GX_COLD static void refuse_mixture(const struct gx_operand *a,
					       const struct gx_operand *b, bool b_is_part)
{
	gx_die(GX_EXIT_DATA,
	       "%s is %s and %s is %s: operands are all wholes, or parts that continue each other",
	       a->in->name, b_is_part ? "a whole" : "a part", b->in->name,
	       b_is_part ? "a part" : "a whole");
}

/* Adds the source facts of an operand to those before it; dies where it does not fit. */
static void demand_continuation(struct gx_source *source, const struct gx_operand *operand)
{
	const char *why = gx_source_continue(source, &operand->source);
	if (why)
		gx_die(GX_EXIT_DATA,
		       "%s does not continue the operand before it: %s: name the parts of one "
		       "input in their order",
		       operand->in->name, why);
}

/* Whether a path can be opened twice and gives the same bytes: no pipe can. */
static bool can_be_read_again(const char *path)
{
	struct stat status;
	return strcmp(path, "-") != 0 && (stat(path, &status) != 0 ||
					  S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

uint64_t gx_operands_add(uint64_t a, uint64_t b)
{
	return a == GX_UNKNOWN || b == GX_UNKNOWN ? GX_UNKNOWN : a + b;
}

uint64_t gx_operand_bytes(const struct gx_operand *operand)
{
	if (operand->nbyte != GX_UNKNOWN)
		return operand->nbyte;
	/* Compressed, or to be read from its start to its end. */
	return operand->in->is_file ? operand->in->stamp.size : GX_UNKNOWN;
}

/*
 * Whether the operands are still all wholes, or parts that continue each other, as far as
 * their heads, and the ends of GXM files, tell. A part may have all rows of its matrix, as
 * the first of two parts of one row does, and look like a whole.
 */
static void look_at_kind(struct gx_operands *operands, const struct gx_operand *first,
			 const struct gx_operand *operand, bool is_second,
			 struct gx_source *source)
{
	bool is_part = gx_matrix_is_part(&operand->matrix);
	struct gx_source both = *source;
	bool continues = source->of != GX_UNKNOWN &&
			 !gx_source_continue(&both, &operand->source);
	if (is_part == operands->gathered) {
		if (!continues || (is_part && !is_second))
			refuse_mixture(first, operand, is_part);
		operands->gathered = false;
	}
	/* Of GXM files the ends tell already what their rows are. */
	if (!operands->gathered && source->of != GX_UNKNOWN)
		demand_continuation(source, operand);
}

void gx_operands_keep_facts(struct gx_operands *operands, size_t number,
			    const struct gx_operand *operand)
{
	gx_facts_free(&operands->facts[number]);
	gx_facts_append(&operands->facts[number], &operand->facts);
}

void gx_operands_look(struct gx_operands *operands, const struct gx_request *request,
		      const struct gx_operand *first, struct gx_matrix *matrix)
{
	operands->gathered = !gx_matrix_is_part(&first->matrix);
	operands->n = request->npath;
	operands->stamp = gx_allocate_zeroed(request->npath, sizeof *operands->stamp);
	operands->facts = gx_allocate_zeroed(request->npath, sizeof *operands->facts);
	uint64_t nrow = first->matrix.nrow;
	struct gx_source source = first->source;
	for (size_t i = 1; i < request->npath; i++) {
		if (!can_be_read_again(request->path[i])) {
			nrow = operands->nbyte = source.of = GX_UNKNOWN;
			bool standard = strcmp(request->path[i], "-") == 0;
			gx_facts_tell(&operands->facts[i], "file", "%s",
				      standard ? "<stdin>" : request->path[i]);
			continue;
		}
		struct gx_operand *operand = gx_operand_open(request, request->path[i]);
		demand_same_columns(first, operand);
		look_at_kind(operands, first, operand, i == 1, &source);
		matrix->named |= operand->matrix.named;
		nrow = gx_operands_add(nrow, operand->matrix.nrow);
		operands->nbyte = gx_operands_add(operands->nbyte, gx_operand_bytes(operand));
		if (operand->in->is_file)
			operands->stamp[i] = operand->in->stamp;
		gx_operands_keep_facts(operands, i, operand);
		gx_progress_return(operand->counted);
		gx_operand_close(operand);
	}
	matrix->nrow = matrix->announced = nrow;
	if (operands->gathered) {
		matrix->whole = nrow;
		matrix->identity[0] = 0;
		matrix->provenance[0] = 0;
		matrix->derived = false;
	}
}

void gx_operands_free(struct gx_operands *operands)
{
	for (size_t i = 0; i < operands->n; i++)
		gx_facts_free(&operands->facts[i]);
	free(operands->facts);
	free(operands->stamp);
	*operands = (struct gx_operands){ 0 };
}

struct gx_operand *gx_operands_open(const struct gx_operands *operands,
				    const struct gx_request *request, size_t number,
				    const struct gx_operand *before,
				    const struct gx_matrix *matrix)
{
	struct gx_operand *next = gx_operand_open(request, request->path[number]);
	const struct gx_stamp *stamp = &operands->stamp[number];
	if (stamp->size && !gx_stamp_same(stamp, &next->in->stamp))
		gx_die(GX_EXIT_DATA,
		       "%s: it was replaced or changed while the operands before it were read: run "
		       "this again when nobody writes it",
		       next->in->name);
	demand_same_columns(before, next);
	if (operands->gathered && gx_matrix_is_part(&next->matrix))
		refuse_mixture(before, next, true);
	const struct gx_matrix *m = &before->matrix, *n = &next->matrix;
	if (!operands->gathered && m->first != GX_UNKNOWN && n->first != GX_UNKNOWN &&
	    n->first != m->first + before->nrow)
		gx_die(GX_EXIT_DATA,
		       "%s does not continue the operand before it: its first row is %" PRIu64
		       ", and %" PRIu64 " would follow: name the parts of one input in their order",
		       next->in->name, n->first + 1, m->first + before->nrow + 1);
	if (next->matrix.named && !matrix->named)
		gx_die(GX_EXIT_DATA,
		       "%s names its rows, and those before it have no names: name it first, or "
		       "as a file",
		       next->in->name);
	return next;
}

void gx_operands_add_source(const struct gx_operands *operands, struct gx_source *source,
			    const struct gx_operand *operand, bool is_first, uint64_t nrow)
{
	if (operands->gathered) {
		/* A new matrix: rows [0, sum) under the digest of them all. */
		uint64_t digest = (is_first ? 0 : source->digest) + operand->digest;
		uint64_t end = nrow + operand->nrow;
		*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = end,
					      .of = end,
					      .digest = digest };
		gx_source_identify(source, "digest", digest);
		return;
	}
	if (is_first) {
		*source = operand->source;
		return;
	}
	demand_continuation(source, operand);
}
