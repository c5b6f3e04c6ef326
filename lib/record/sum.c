/* SPDX-License-Identifier: MIT */
#include "record/sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/input.h"
#include "bytes/paths.h"
#include "bytes/progress.h"
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
	return a->source.of != b->source.of ? "of" : NULL;
}

static void demand_agreement(const struct gx_sum *sum, const struct gx_record *record,
			     const char *where)
{
	const struct gx_record *reference = &sum->reference;
	if (gx_record_has_provenance(reference) != gx_record_has_provenance(record))
		gx_die(GX_EXIT_DATA,
		       "%s says which part of its input it is of, and %s does not: what they are "
		       "of cannot be the same",
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
		       "%s does not say which part of which input it is of (its input came over a "
		       "pipe): name the file in gx-means, or add it --unverified",
		       where);
}

/* Where the input is counted in rows and none were left out, the record has all of them. */
static void demand_rows(const struct gx_record *record, const char *where)
{
	const struct gx_source *source = &record->source;
	if (source->unit != GX_UNIT_ROWS || source->of == GX_UNKNOWN ||
	    strncmp(source->work, "pass ", 5) == 0 || strstr(source->work, " pass "))
		return;
	for (size_t j = 0; j < record->columns.n; j++)
		if (record->tally[j].rows != source->last - source->first)
			gx_die(GX_EXIT_DATA,
			       "%s: %" PRIu64 " rows where rows %" PRIu64 " to %" PRIu64
			       " were to be seen: run that part "
			       "again",
			       where, record->tally[j].rows, source->first, source->last);
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
GX_NORETURN static void refuse_text(const char *where, size_t line, const char *why,
				    bool found)
{
	const char *what = "run that part again";
	if (found)
		what = "run that part again, if no job is still writing it (with -o a file "
		       "appears when it is whole)";
	else if (line > 2 || strcmp(where, "<stdin>") == 0)
		what = "run that part again; jobs that write to one standard output at once mix "
		       "their lines: give each a file, with -o";
	gx_die(GX_EXIT_DATA, "%s:%zu: %s: %s", where, line, why, what);
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

static bool is_compressed(const unsigned char *bytes, size_t n)
{
	return n >= 4 && (memcmp(bytes, "\x1f\x8b", 2) == 0 ||
			  memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0);
}

/* The records that follow each other in a text. */
static void take_records(struct gx_sum *sum, const char *text, size_t n, const char *where,
			 bool found)
{
	if (n == 0)
		refuse_empty(where, found);
	if (text[0] == '\x89')
		gx_die(GX_EXIT_DATA,
		       "%s: a binary matrix, not a record: parts of a matrix are put "
		       "together by --join",
		       where);
	size_t line_before = 0;
	for (size_t at = 0, used; at < n; at += used) {
		struct gx_record record;
		size_t line;
		const char *why = gx_record_read(text + at, n - at, &record, &used,
						 &line);
		if (why)
			refuse_text(where, line_before + line, why, found);
		if (sum->npart == 0) {
			sum->reference = record;
			sum->reference_where = where;
		}
		demand_agreement(sum, &record, where);
		demand_rows(&record, where);
		gx_progress_rows(record.tally[0].rows);
		line_before += record.columns.n + 1;
		keep_record(sum, &record, where);
	}
}

static unsigned char *read_all(struct gx_input *in, size_t *n)
{
	enum { STEP = 64 << 10 };
	unsigned char *bytes = NULL;
	size_t room = 0;
	for (*n = 0;;) {
		if (room - *n < STEP) {
			room = room ? 2 * room : STEP;
			bytes = gx_reallocate(bytes, room, 1);
		}
		size_t k = gx_input_read(in, bytes + *n, room - *n);
		*n += k;
		if (*n < room)
			return bytes;
	}
}

/* A file that a directory had and has no more is none: jobs may be working there. */
void gx_sum_read(struct gx_sum *sum, const char *path, bool found)
{
	size_t n;
	if (found) {
		unsigned char *bytes = gx_paths_read(path, &n);
		bool compressed = bytes && is_compressed(bytes, n);
		if (bytes && !compressed)
			take_records(sum, (const char *)bytes, n, path, found);
		free(bytes);
		sum->nfile += bytes != NULL;
		if (!compressed)
			return;
	}
	struct gx_input *in = gx_input_open(path);
	unsigned char *bytes = read_all(in, &n);
	take_records(sum, (const char *)bytes, n, in->name, found);
	sum->nfile += !found;
	free(bytes);
	gx_input_close(in);
}

/* ---- adding up ---- */

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
		record->source.digest += part->digest;
		if (sum->tile[i].last > record->source.last)
			record->source.last = sum->tile[i].last;
		for (size_t j = 0; j < ncol; j++) {
			record->tally[j].count += part->tally[j].count;
			record->tally[j].rows += part->tally[j].rows;
			record->tally[j].na += part->tally[j].na;
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
	*sum = (struct gx_sum){ .unverified = sum->unverified };
}
