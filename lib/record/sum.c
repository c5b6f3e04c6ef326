/* SPDX-License-Identifier: MIT */
#include "record/sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/input.h"
#include "bytes/paths.h"
#include "bytes/progress.h"
#include "record/near.h"
#include "record/verify.h"

/* ---- agreement ---- */

/* In which of the things that must agree two records differ; NULL: in none. */
static const char *difference(const struct gx_record *a, const struct gx_record *b,
			      bool unverified)
{
	if (!gx_names_equal(&a->columns, &b->columns))
		return "columns";
	if (memcmp(&a->threshold, &b->threshold, sizeof a->threshold) != 0)
		return "threshold";
	if (strcmp(a->source.work, b->source.work) != 0)
		return "work";
	if (unverified)
		return NULL;
	if (strcmp(a->source.identity, b->source.identity) != 0)
		return "input";
	if (a->source.unit != b->source.unit)
		return "unit";
	if (a->source.unit == GX_UNIT_TERMS && a->source.digest != b->source.digest)
		return "digest";
	return a->source.of != b->source.of ? "of" : NULL;
}

static void demand_agreement(const struct gx_sum *sum, const struct gx_record *record,
			     const char *where)
{
	const struct gx_record *reference = &sum->reference;
	if (gx_record_has_provenance(reference) != gx_record_has_provenance(record))
		gx_die(GX_EXIT_DATA,
		       "%s says which part of its input it is of, and %s does not: a step before "
		       "that one wrote text: add -b to gx-means, or name the file",
		       gx_record_has_provenance(record) ? where : sum->reference_where,
		       gx_record_has_provenance(record) ? sum->reference_where : where);
	const char *what = difference(reference, record, sum->unverified);
	if (what)
		gx_die(GX_EXIT_DATA,
		       "%s and %s differ in '%s': they are not partial results of one run: leave "
		       "out those of the other one",
		       sum->reference_where, where, what);
	if (!sum->unverified && !gx_record_has_provenance(record))
		gx_die(GX_EXIT_DATA,
		       "%s does not say which part of which input it is of: a step before it wrote "
		       "text: add -b to gx-means, or name the file",
		       where);
}

/* Where the input is counted in rows and none were left out, the record has all of them. */
static void demand_rows(const struct gx_record *record, const char *where)
{
	const struct gx_source *source = &record->source;
	bool counted = source->unit == GX_UNIT_ROWS || source->unit == GX_UNIT_TERMS;
	if (!counted || source->of == GX_UNKNOWN || gx_steps_have(source->work, "pass"))
		return;
	for (size_t j = 0; j < record->columns.n; j++)
		if (record->tally[j].rows != source->last - source->first)
			gx_die(GX_EXIT_DATA,
			       "%s: %" PRIu64 " rows where %s %" PRIu64 " to %" PRIu64
			       " were to be seen: run that part "
			       "again",
			       where, record->tally[j].rows, gx_unit_name(source->unit),
			       source->first, source->last);
}

/* ---- reading ---- */

static void keep_record(struct gx_sum *sum, struct gx_record *record, const char *where)
{
	if (sum->npart == sum->room) {
		sum->room = sum->room ? 2 * sum->room : 64;
		sum->part = gx_reallocate(sum->part, sum->room, sizeof *sum->part);
		sum->tile = gx_reallocate(sum->tile, sum->room, sizeof *sum->tile);
	}
	sum->part[sum->npart] = (struct gx_sum_part){ record->source.digest, record->tally };
	sum->tile[sum->npart] = (struct gx_tile){ record->source.first, record->source.last,
						  where, sum->npart };
	if (sum->npart++ == 0) {
		sum->reference = *record;
		sum->reference_where = where;
	} else {
		gx_names_free(&record->columns);
	}
}

/* Why there is no record, and what to do; a file of a directory may not be finished. */
GX_NORETURN static void refuse_text(const struct gx_record_input *in, const char *where,
				    const char *why, bool found)
{
	const char *text, *near = NULL;
	uint64_t line = in->line;
	if (why == gx_record_none) {
		size_t n = gx_record_visible(in, &text);
		near = gx_record_near(text, n);
	}
	if (near)
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": not a record but %s", where, line, near);
	const char *what = "run that part again";
	if (found)
		what = "run that part again, if no job is still writing it (with -o a file "
		       "appears when it is whole)";
	else if (line > 2 || strcmp(where, "<stdin>") == 0)
		what = "run that part again; jobs that write to one standard output at once, as "
		       "with --line-buffer and -u of GNU parallel, mix their lines: give each a "
		       "file, with -o";
	if (why != gx_record_none)
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s: %s", where, line, why, what);
	/* What is there tells its user more: 404: Not Found. */
	size_t n = gx_record_visible(in, &text);
	const char *end = n ? memchr(text, '\n', n) : NULL;
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s but %s: %s", where, line, why,
	       gx_show(text, end ? (size_t)(end - text) : n), what);
}

GX_NORETURN static void refuse_empty(const char *where, bool found)
{
	const char *why =
		strcmp(where, "<stdin>") == 0 ? " (did the jobs before it fail?)"
		: found ? " (is a job still writing it? with -o a file appears when it "
			  "is whole)"
			: "";
	gx_die(GX_EXIT_DATA, "%s: no record in it: it is empty%s", where, why);
}

static bool is_compressed(const char *bytes, size_t n)
{
	return n >= 4 && (memcmp(bytes, "\x1f\x8b", 2) == 0 ||
			  memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0);
}

/* The records that follow each other in a text. */
static void take_records(struct gx_sum *sum, const char *where, bool found)
{
	struct gx_record_input *in = &sum->in;
	struct gx_record record;
	const char *bytes, *why;
	if (gx_record_peek(in, 1, &bytes) == 0)
		refuse_empty(where, found);
	if (*bytes == '\x89' && gx_record_peek(in, 4, &bytes) == 4 &&
	    memcmp(bytes, "\x89GXM", 4) == 0)
		gx_die(GX_EXIT_DATA,
		       "%s: a binary matrix, not a record: parts of a matrix are put "
		       "together by --join",
		       where);
	while (gx_record_next(in, &record, &why)) {
		if (sum->npart == 0) {
			sum->reference = record;
			sum->reference_where = where;
		}
		demand_agreement(sum, &record, where);
		demand_rows(&record, where);
		gx_progress_rows(record.tally[0].rows);
		keep_record(sum, &record, where);
	}
	if (why)
		refuse_text(in, where, why, found);
	sum->nfile++;
}

struct found_file {
	const char *path;
	int fd;
};

static size_t more_of_found(void *context, void *out, size_t n)
{
	const struct found_file *file = context;
	return gx_paths_read(file->fd, file->path, out, n);
}

static size_t more_of_input(void *context, void *out, size_t n)
{
	return gx_input_read_some(context, out, n);
}

/*
 * A file that a directory had and has no more is none: jobs may be working there. False
 * where it is compressed.
 */
static bool read_found(struct gx_sum *sum, const char *path)
{
	struct found_file file = { path, gx_paths_open(path) };
	if (file.fd < 0)
		return true;
	struct gx_record_input *in = &sum->in;
	gx_record_input_restart(in);
	in->more = more_of_found;
	in->context = &file;
	const char *head;
	size_t n = gx_record_peek(in, 4, &head);
	bool compressed = is_compressed(head, n);
	if (!compressed)
		take_records(sum, path, true);
	close(file.fd);
	return !compressed;
}

void gx_sum_read(struct gx_sum *sum, const char *path, bool found)
{
	if (found && read_found(sum, path))
		return;
	struct gx_input *input = gx_input_open(path);
	struct gx_record_input *in = &sum->in;
	gx_record_input_restart(in);
	in->more = more_of_input;
	in->context = input;
	take_records(sum, input->name, found);
	gx_input_close(input);
}

/* ---- adding up ---- */

/* A sum beyond 64 bits is none, nor is 2^64 - 1, which stands for what is not known. */
static void add_checked(uint64_t *sum, uint64_t n, const char *what, const char *where)
{
	if (__builtin_add_overflow(*sum, n, sum) || *sum == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "%s: with it the sum of '%s' is beyond 64 bits, which no input can have: "
		       "leave out what is not of it",
		       where, what);
}

/* Sums the parts tile[from .. to) into a record of [first, last). */
static void add_up(const struct gx_sum *sum, size_t from, size_t to,
		   struct gx_record *record)
{
	size_t ncol = sum->reference.columns.n;
	*record = sum->reference;
	record->source.first = sum->tile[from].first;
	record->source.last = sum->tile[from].last;
	record->source.digest = 0;
	record->tally = gx_allocate_zeroed(ncol, sizeof *record->tally);
	for (size_t i = from; i < to; i++) {
		const struct gx_sum_part *part = &sum->part[sum->tile[i].index];
		const char *where = sum->tile[i].where;
		/* Modulo 2^64, as digests are. */
		record->source.digest = gx_source_digest_join(record->source.unit,
							      record->source.digest, part->digest);
		if (sum->tile[i].last > record->source.last)
			record->source.last = sum->tile[i].last;
		for (size_t j = 0; j < ncol; j++) {
			add_checked(&record->tally[j].count, part->tally[j].count, "count", where);
			add_checked(&record->tally[j].rows, part->tally[j].rows, "rows", where);
			add_checked(&record->tally[j].na, part->tally[j].na, "na", where);
		}
	}
}

bool gx_sum_verify(struct gx_sum *sum, const uint64_t *wanted)
{
	if (sum->unverified || !sum->npart)
		return false;
	const struct gx_source *source = &sum->reference.source;
	gx_verify_apart(sum->tile, sum->npart, source->unit);
	uint64_t at = 0, first, last;
	if (gx_tiling_gap(sum->tile, sum->npart, source->of, &at, &first, &last))
		return false;
	struct gx_record whole;
	add_up(sum, 0, sum->npart, &whole);
	gx_verify_digest(&whole.source, wanted);
	free(whole.tally);
	return true;
}

bool gx_sum_range(const struct gx_sum *sum, struct gx_sum_cursor *cursor,
		  struct gx_record *record)
{
	const struct gx_tile *tile = sum->tile;
	while (cursor->at < sum->npart) {
		size_t from = cursor->at, to = from + 1;
		uint64_t end = tile[from].last;
		for (; to < sum->npart && tile[to].first <= end; to++)
			end = tile[to].last > end ? tile[to].last : end;
		cursor->at = to;
		bool others = to < sum->npart || cursor->any;
		if (tile[from].first == end && others && sum->reference.source.of > 0)
			continue;
		add_up(sum, from, to, record);
		cursor->any = true;
		return true;
	}
	return false;
}

void gx_sum_unverified(const struct gx_sum *sum, struct gx_record *record)
{
	add_up(sum, 0, sum->npart, record);
	struct gx_source *source = &record->source;
	source->unit = GX_UNIT_UNKNOWN;
	source->first = source->last = source->of = GX_UNKNOWN;
	strcpy(source->identity, ".");
}

void gx_sum_free(struct gx_sum *sum)
{
	for (size_t i = 0; i < sum->npart; i++)
		free(sum->part[i].tally);
	gx_names_free(&sum->reference.columns);
	free(sum->part);
	free(sum->tile);
	gx_record_input_free(&sum->in);
	*sum = (struct gx_sum){ .unverified = sum->unverified };
}
