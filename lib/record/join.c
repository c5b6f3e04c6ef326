/* SPDX-License-Identifier: MIT */
#include "record/join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "record/verify.h"
#include "stream/writer.h"

GX_NORETURN static void die_no_part(void)
{
	gx_die(GX_EXIT_MISSING, "no part in what was named: run the parts first");
}

/* ---- reading and writing one part ---- */

static struct gx_reader *open_part(struct gx_common *common, const char *path)
{
	common->operand[0] = path;
	common->noperand = 1;
	common->operand_given = true;
	struct gx_reader *reader = gx_reader_open(common);
	if (!gx_reader_is_gxm(reader))
		gx_die(GX_EXIT_DATA,
		       "%s: not GXM: --join is for binary parts (gx-... -b --part K/N); parts of "
		       "text are joined by parallel -k with -H",
		       path);
	return reader;
}

static void encode(void *context, const struct gx_rows *rows, void *slot)
{
	gx_writer_encode(context, rows, slot);
}

static void put(void *context, const struct gx_rows *rows, void *slot)
{
	gx_writer_put(context, rows, slot);
}

static void release(void *context, void *slot)
{
	(void)context;
	gx_piece_free(slot);
}

static void copy_part(struct gx_reader *reader, struct gx_writer *writer)
{
	struct gx_job job = { writer, sizeof(struct gx_piece), encode, put, release };
	gx_reader_run(reader, &job);
}

/* The whole that the parts, of which `matrix` is the first, are of. */
static void whole_of(const struct gx_matrix *matrix, struct gx_matrix *whole)
{
	*whole = *matrix;
	whole->columns = (struct gx_names){ 0 };
	gx_names_append(&whole->columns, &matrix->columns);
	whole->first = 0;
	whole->nrow = whole->announced = whole->whole;
}

/* ---- files ---- */

static bool is_same_whole(const struct gx_join *join, const struct gx_matrix *matrix,
			  const struct gx_source *source)
{
	const struct gx_matrix *whole = &join->whole;
	return matrix->ncol == whole->ncol && matrix->named == whole->named &&
	       matrix->derived == whole->derived &&
	       gx_names_equal(&matrix->columns, &whole->columns) &&
	       strcmp(matrix->provenance, whole->provenance) == 0 &&
	       strcmp(source->identity, join->source.identity) == 0 &&
	       strcmp(source->work, join->source.work) == 0 &&
	       source->unit == join->source.unit && source->of == join->source.of;
}

/* Takes the part that was opened into the plan. */
static void plan_part(struct gx_join *join, const struct gx_reader *reader,
		      const char *path)
{
	const struct gx_source *source = gx_reader_source(reader);
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	if (source->of == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "%s does not say which part of which input it is of, or "
		       "its end is damaged: make it again",
		       path);
	if (join->npart == 0) {
		whole_of(matrix, &join->whole);
		join->source = *source;
	} else if (!is_same_whole(join, matrix, source)) {
		gx_die(GX_EXIT_DATA,
		       "%s and %s are not parts of one matrix: they differ in input, columns "
		       "or in what was done: leave out those of the other one",
		       join->tile[0].where, path);
	}
	join->tile[join->npart] = (struct gx_tile){ source->first, source->last, path,
						    join->npart };
	join->npart++;
}

void gx_join_plan(struct gx_join *join, const struct gx_paths *paths)
{
	const char *path = paths->names.text;
	join->tile = gx_allocate(paths->names.n, sizeof *join->tile);
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path)) {
		if (paths->found[i] && access(path, F_OK) != 0 && errno == ENOENT)
			continue;
		struct gx_reader *reader = open_part(join->common, path);
		plan_part(join, reader, path);
		gx_reader_close(reader);
	}
	if (join->npart == 0)
		die_no_part();
	struct gx_source *source = &join->source;
	gx_verify_apart(join->tile, join->npart, source->unit);
	source->first = 0;
	source->last = source->of;
	source->digest = 0;
}

void gx_join_files(struct gx_join *join, const struct gx_output_options *output)
{
	struct gx_source *source = &join->source;
	gx_verify_complete(join->tile, join->npart, source->of, source->unit);
	struct gx_writer *writer = gx_writer_open(output, &join->whole);
	for (size_t i = 0; i < join->npart; i++) {
		struct gx_reader *reader = open_part(join->common, join->tile[i].where);
		copy_part(reader, writer);
		source->digest += gx_reader_source(reader)->digest;
		gx_reader_close(reader);
	}
	gx_verify_digest(source, join->digest);
	gx_writer_close(writer, source);
}

/* ---- a stream ---- */

void gx_join_open(struct gx_join *join)
{
	join->common->gap_is_missing = true;
	join->reader = open_part(join->common, "-");
	whole_of(gx_reader_matrix(join->reader), &join->whole);
}

void gx_join_stream(struct gx_join *join, const struct gx_output_options *output)
{
	struct gx_writer *writer = gx_writer_open(output, &join->whole);
	copy_part(join->reader, writer);
	const struct gx_source *source = gx_reader_source(join->reader);
	if (source->of == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "the parts do not say how much there is of their input (it came "
		       "over a pipe): there is nothing to join");
	struct gx_tile tile = { source->first, source->last, "<stdin>", 0 };
	gx_verify_complete(&tile, 1, source->of, source->unit);
	gx_verify_digest(source, join->digest);
	gx_writer_close(writer, source);
}

void gx_join_free(struct gx_join *join)
{
	if (join->reader)
		gx_reader_close(join->reader);
	gx_matrix_free(&join->whole);
	free(join->tile);
	*join = (struct gx_join){ .common = join->common };
}
