/* SPDX-License-Identifier: MIT */
#include "record/join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/facts.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/progress.h"
#include "kernel/digest.h"
#include "record/verify.h"
#include "stream/writer.h"

GX_NORETURN static void die_no_part(void)
{
	gx_die(GX_EXIT_MISSING, "no part in what was named: run the parts first");
}

/* ---- reading and writing one part ---- */

static struct gx_reader *open_part(const struct gx_join *join, const char *path, bool stream)
{
	struct gx_request request = { .path = &path,
				      .npath = 1,
				      .gap_is_missing = stream,
				      .one_of_several = !stream,
				      .head_only = join->head_only,
				      .triangles = true,
				      .nthread = join->nthread };
	struct gx_reader *reader = gx_reader_open(&request);
	if (!gx_reader_is_gxm(reader))
		gx_die(GX_EXIT_DATA,
		       "%s: not GXM: --join is for binary parts (gx-... -b --part K/N); parts of "
		       "text are joined by parallel -k with -H",
		       path);
	return reader;
}

struct copying {
	struct gx_writer *writer;
	/* Rows are missing before the first one: what follows is read, and checked, alone. */
	bool incomplete;
};

static void encode(void *context, const struct gx_rows *rows, void *slot)
{
	const struct copying *copying = context;
	gx_writer_encode(copying->writer, rows, slot);
}

static void put(void *context, const struct gx_rows *rows, void *slot)
{
	const struct copying *copying = context;
	if (!copying->incomplete)
		gx_writer_put(copying->writer, rows, slot);
}

static void release(void *context, void *slot)
{
	(void)context;
	gx_piece_free(slot);
}

static void copy_part(struct gx_reader *reader, int nthread, struct copying copying)
{
	struct gx_job job = { &copying, sizeof(struct gx_piece), encode, put, release };
	gx_reader_run(reader, nthread, &job);
}

/*
 * The whole that the parts, of which `matrix` is the first, are of. Parts to which nothing
 * was done make a new source, as gx-convert makes it of a whole. (The provenance of a
 * derived matrix is its steps.)
 */
static void whole_of(const struct gx_matrix *matrix, struct gx_matrix *whole)
{
	*whole = *matrix;
	whole->columns = (struct gx_names){ 0 };
	gx_names_append(&whole->columns, &matrix->columns);
	whole->first = 0;
	whole->nrow = whole->announced = whole->whole;
	whole->derived = matrix->derived && matrix->provenance[0];
	if (gx_source_is_digest(whole->identity))
		whole->identity[0] = 0;
}

/* What was done must not be lost: the header of a derived matrix has it, too. */
static void demand_steps(const struct gx_matrix *whole, const struct gx_source *source)
{
	if (source->work[0] && !whole->derived)
		gx_die(GX_EXIT_DATA,
		       "the parts say at their end that '%s' was done to them, and nothing of it "
		       "in their headers: make them again",
		       source->work);
}

/* ---- planning ---- */

/* What a part has that the whole that was planned has not; NULL: it is a part of it. */
static const char *difference(const struct gx_join *join, const struct gx_matrix *matrix,
			      const struct gx_source *source)
{
	const struct gx_matrix *whole = &join->whole;
	if (matrix->ncol != whole->ncol || !gx_names_equal(&matrix->columns, &whole->columns))
		return "other columns";
	if (strcmp(source->identity, join->source.identity) != 0 ||
	    source->unit != join->source.unit || source->of != join->source.of ||
	    (source->unit == GX_UNIT_TERMS && source->digest != join->part[0].digest))
		return "another input";
	if (strcmp(source->work, join->source.work) != 0 ||
	    strcmp(matrix->provenance, whole->provenance) != 0 ||
	    matrix->derived != join->derived)
		return "other steps of work";
	if (matrix->layout != whole->layout || !gx_network_same(&matrix->network, &whole->network))
		return "another kind of network";
	return matrix->named != whole->named ? "other names of rows" : NULL;
}

/* The digest of a file's rows, which its end tells; false where that cannot be read. */
static bool rows_digest(const struct gx_reader *reader, uint64_t *digest)
{
	const char *text = gx_facts_find(gx_reader_facts(reader, 0), "stored_digest");
	return text && gx_hex_read(text, strlen(text), digest);
}

/* Such a sound does not say its size, and may have been cut. */
#define OF_A_SOUND \
	" (a sound that came from a pipe is written anew first: ffmpeg -i F -c copy G.wav)"

/* Takes the part that was opened into the plan. */
static void plan_part(struct gx_join *join, const struct gx_reader *reader,
		      const char *path)
{
	const struct gx_source *source = gx_reader_source(reader);
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct gx_join_part part = { matrix->first, matrix->nrow, source->digest, 0 };
	if (!rows_digest(reader, &part.rows_digest))
		gx_die(GX_EXIT_DATA, "%s: its end is damaged: make it again", path);
	if (source->of == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "%s does not say which part of which input it is of: it was made of what "
		       "came over a pipe: make it again, and name the file" OF_A_SOUND,
		       path);
	if (join->npart == 0) {
		whole_of(matrix, &join->whole);
		demand_steps(&join->whole, source);
		join->derived = matrix->derived;
		join->source = *source;
	} else if (difference(join, matrix, source)) {
		gx_die(GX_EXIT_DATA,
		       "%s and %s are not parts of one matrix: they differ in input, columns "
		       "or in what was done: leave out those of the other one",
		       join->tile[0].where, path);
	}
	join->tile[join->npart] = (struct gx_tile){ source->first, source->last, path,
						    join->npart };
	join->part[join->npart++] = part;
}

bool gx_join_is_stream(const char *path)
{
	struct stat status;
	return strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

void gx_join_plan(struct gx_join *join, const struct gx_paths *paths)
{
	const char *path = paths->names.text;
	join->tile = gx_allocate(paths->names.n, sizeof *join->tile);
	join->part = gx_allocate(paths->names.n, sizeof *join->part);
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path)) {
		if (paths->found[i] && access(path, F_OK) != 0 && errno == ENOENT)
			continue;
		if (gx_join_is_stream(path))
			gx_die_usage("%s: a part that is one of several must be a file, which can be "
				     "read twice: write it to one, or cat all parts in their order "
				     "into gx-reduce --join",
				     path);
		struct gx_reader *reader = open_part(join, path, false);
		plan_part(join, reader, path);
		gx_reader_close(reader);
	}
	if (join->npart == 0 && join->may_be_none)
		return;
	if (join->npart == 0)
		die_no_part();
	struct gx_source *source = &join->source;
	gx_verify_apart(join->tile, join->npart, source->unit);
	source->first = 0;
	source->last = source->of;
	source->digest = 0;
}

/* ---- reading what was planned ---- */

GX_NORETURN static void die_replaced(const char *path, const char *what)
{
	gx_die(GX_EXIT_DATA,
	       "%s: it was replaced while the parts were joined, and has %s now: run this again "
	       "when nobody writes there",
	       path, what);
}

/* What a part that was opened again has now and had not when it was planned; NULL: nothing. */
static const char *change(const struct gx_join *join, const struct gx_tile *tile,
			  const struct gx_reader *reader)
{
	const struct gx_join_part *part = &join->part[tile->index];
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	const struct gx_source *source = gx_reader_source(reader);
	uint64_t digest;
	if (!rows_digest(reader, &digest))
		return "other rows";
	const char *what = difference(join, matrix, source);
	if (what)
		return what;
	bool same = source->first == tile->first && source->last == tile->last &&
		    matrix->first == part->first && matrix->nrow == part->nrow &&
		    source->digest == part->digest && digest == part->rows_digest;
	return same ? NULL : "other rows";
}

/* Returns the digest of the input rows that the part has seen. */
static uint64_t read_part(const struct gx_join *join, const struct gx_tile *tile,
			  struct gx_writer *writer)
{
	struct gx_reader *reader = open_part(join, tile->where, false);
	const char *what = change(join, tile, reader);
	if (what)
		die_replaced(tile->where, what);
	copy_part(reader, join->nthread, (struct copying){ .writer = writer });
	uint64_t digest = gx_reader_source(reader)->digest;
	if (digest != join->part[tile->index].digest)
		die_replaced(tile->where, "other rows");
	gx_reader_close(reader);
	return digest;
}

void gx_join_files(struct gx_join *join, const struct gx_output_options *output)
{
	struct gx_source *source = &join->source;
	gx_verify_complete(join->tile, join->npart, source->of, source->unit);
	struct gx_writer *writer = gx_writer_open(output, &join->whole);
	gx_progress_expect(join->whole.nrow, GX_UNKNOWN, false);
	for (size_t i = 0; i < join->npart; i++)
		source->digest = gx_source_digest_join(source->unit, source->digest,
						       read_part(join, &join->tile[i], writer));
	gx_verify_digest(source, join->digest);
	gx_writer_close(writer, source);
}

/* ---- a stream ---- */

void gx_join_open(struct gx_join *join, const char *path)
{
	join->reader = open_part(join, path, true);
	whole_of(gx_reader_matrix(join->reader), &join->whole);
}

void gx_join_stream(struct gx_join *join, const struct gx_output_options *output)
{
	struct gx_writer *writer = gx_writer_open(output, &join->whole);
	uint64_t first = gx_reader_matrix(join->reader)->first;
	copy_part(join->reader, join->nthread,
		  (struct copying){ writer, first != 0 && first != GX_UNKNOWN });
	const struct gx_source *source = gx_reader_source(join->reader);
	if (source->of == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "the parts do not say which part of which input they are of: they were made "
		       "of what came over a pipe: make them again, and name the file" OF_A_SOUND);
	struct gx_tile tile = { source->first, source->last, "<stdin>", 0 };
	gx_verify_complete(&tile, 1, source->of, source->unit);
	gx_verify_digest(source, join->digest);
	demand_steps(&join->whole, source);
	gx_writer_close(writer, source);
}

void gx_join_free(struct gx_join *join)
{
	if (join->reader)
		gx_reader_close(join->reader);
	gx_matrix_free(&join->whole);
	free(join->tile);
	free(join->part);
	*join = (struct gx_join){ 0 };
}
