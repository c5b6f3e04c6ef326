/* SPDX-License-Identifier: MIT */
/*
 * gx-reduce: the verified whole of partial results. Records are added up, parts of a
 * matrix are joined; what does not add up is refused.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/input.h"
#include "bytes/paths.h"
#include "bytes/progress.h"
#include "command/cli.h"
#include "command/explain.h"
#include "format/gxm/gxm.h"
#include "kernel/digest.h"
#include "record/record.h"
#include "record/tiling.h"
#include "stream/reader.h"
#include "stream/writer.h"

struct arguments {
	struct gx_common common;
	bool count, partial, unverified, join;
	uint64_t missing; /* N; 0: not asked */
	bool missing_array;
	bool digest_given;
	uint64_t digest;
};

static void set_missing(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	struct arguments *a = place;
	char number[32];
	size_t n = strcspn(value, ",");
	a->missing_array = strcmp(value + n, ",array") == 0;
	if (n < sizeof number) {
		memcpy(number, value, n);
		number[n] = 0;
	}
	if (n >= sizeof number || (value[n] && !a->missing_array) ||
	    !gx_cli_count(number, &a->missing) || a->missing == 0)
		gx_die_usage("--missing=%s: say into how many parts the input was cut: "
			     "--missing=N or --missing=N,array",
			     value);
}

static void set_digest(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	struct arguments *a = place;
	if (!gx_hex_read(value, strlen(value), &a->digest))
		gx_die_usage("--digest %s: a digest is 16 lower-case hex digits", value);
	a->digest_given = true;
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 'c', "count", NULL, "print the bare count of each column", gx_set_flag,
	  AT(count), 0 },
	{ 0, "missing", "N",
	  "print the parts K of N to run again, a line each; with N,array as "
	  "one Slurm --array list",
	  set_missing, 0, 0 },
	{ 0, "partial", NULL,
	  "a record for each contiguous range that is there: the inner node of "
	  "a tree",
	  gx_set_flag, AT(partial), 0 },
	{ 0, "unverified", NULL, "add records that do not say what they are of",
	  gx_set_flag, AT(unverified), 0 },
	{ 0, "digest", "HEX", "demand this digest of the whole input", set_digest, 0, 0 },
	{ 0, "join", NULL, "join parts of a GXM matrix", gx_set_flag, AT(join), 0 },
};

static const struct gx_command command = {
	.name = "gx-reduce",
	.usage = "[OPTION ...] [RECORD|DIRECTORY ...]",
	.summary =
		"Adds up the records of all parts of an input, or joins the parts of a matrix, and\n"
		"refuses a gap, an overlap, another input, other parameters, or damage.",
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_ANY_OPERANDS | GX_CLI_OUTPUT,
	.explains = true,
};

/* ---- records ---- */

struct part {
	uint64_t digest;
	struct gx_tally *tally;
};

struct collection {
	const struct arguments *arguments;
	struct gx_record reference; /* the first record: all others agree with it */
	const char *reference_where;
	struct part *part;
	struct gx_tile *tile; /* of the same parts */
	size_t npart, room;
	size_t nfile; /* that were read */
};

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

static void demand_agreement(const struct collection *c, const struct gx_record *record,
			     const char *where)
{
	const struct gx_record *reference = &c->reference;
	bool unverified = c->arguments->unverified;
	if (gx_record_has_provenance(reference) != gx_record_has_provenance(record))
		gx_die(GX_EXIT_DATA,
		       "%s says which part of its input it is of, and %s does not: what they are "
		       "of cannot be the same",
		       gx_record_has_provenance(record) ? where : c->reference_where,
		       gx_record_has_provenance(record) ? c->reference_where : where);
	const char *what = difference(reference, record, unverified);
	if (what)
		gx_die(GX_EXIT_DATA,
		       "%s and %s differ in '%s': they are not partial results of one run: leave "
		       "out those of the other one",
		       c->reference_where, where, what);
	if (!unverified && !gx_record_has_provenance(record))
		gx_die(GX_EXIT_DATA,
		       "%s does not say which part of which input it is of (its input came over a "
		       "pipe): name the file in gx-means, or add it --unverified",
		       where);
}

/* Where the input is counted in rows and none were left out, the record has all of them.
 */
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

static void keep_record(struct collection *c, struct gx_record *record, const char *where)
{
	if (c->npart == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->part = gx_reallocate(c->part, c->room, sizeof *c->part);
		c->tile = gx_reallocate(c->tile, c->room, sizeof *c->tile);
	}
	c->part[c->npart] = (struct part){ record->source.digest, record->tally };
	c->tile[c->npart] = (struct gx_tile){ record->source.first, record->source.last,
					      where, c->npart };
	if (c->npart++ == 0) {
		c->reference = *record;
		c->reference_where = where;
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
static void take_records(struct collection *c, const char *text, size_t n,
			 const char *where, bool found)
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
		if (c->npart == 0) {
			c->reference = record;
			c->reference_where = where;
		}
		demand_agreement(c, &record, where);
		demand_rows(&record, where);
		gx_progress_rows(record.tally[0].rows);
		line_before += record.columns.n + 1;
		keep_record(c, &record, where);
	}
}

/* A file that a directory had and has no more is none: jobs may be working there. */
static void read_records(struct collection *c, const char *path, bool found)
{
	size_t n;
	if (found) {
		unsigned char *bytes = gx_paths_read(path, &n);
		bool compressed = bytes && is_compressed(bytes, n);
		if (bytes && !compressed)
			take_records(c, (const char *)bytes, n, path, found);
		free(bytes);
		c->nfile += bytes != NULL;
		if (!compressed)
			return;
	}
	struct gx_input *in = gx_input_open(path);
	unsigned char *bytes = read_all(in, &n);
	take_records(c, (const char *)bytes, n, in->name, found);
	c->nfile += !found;
	free(bytes);
	gx_input_close(in);
}

/* Sums the parts tile[from .. to) into a record of [first, last). */
static void add_up(const struct collection *c, size_t from, size_t to,
		   struct gx_record *sum)
{
	size_t ncol = c->reference.columns.n;
	*sum = c->reference;
	sum->source.first = c->tile[from].first;
	sum->source.last = c->tile[from].last;
	sum->source.digest = 0;
	sum->tally = gx_allocate_zeroed(ncol, sizeof *sum->tally);
	for (size_t i = from; i < to; i++) {
		const struct part *part = &c->part[c->tile[i].index];
		sum->source.digest += part->digest;
		if (c->tile[i].last > sum->source.last)
			sum->source.last = c->tile[i].last;
		for (size_t j = 0; j < ncol; j++) {
			sum->tally[j].count += part->tally[j].count;
			sum->tally[j].rows += part->tally[j].rows;
			sum->tally[j].na += part->tally[j].na;
		}
	}
}

static void print_record(const struct arguments *a, const struct gx_record *record,
			 struct gx_output *out)
{
	if (!a->count) {
		struct gx_text text = { 0 };
		gx_record_print(record, &text);
		gx_output_write(out, text.bytes, text.n);
		free(text.bytes);
		return;
	}
	for (size_t j = 0; j < record->columns.n; j++) {
		char line[24], *end = gx_count_print(record->tally[j].count, line);
		*end++ = '\n';
		gx_output_write(out, line, (size_t)(end - line));
	}
}

static void demand_digest(const struct arguments *a, const struct gx_source *source)
{
	char hex[GX_HEX + 1];
	gx_hex_print(source->digest, hex);
	const char *kind = "digest:";
	size_t n = strlen(kind);
	if (strncmp(source->identity, kind, n) == 0 &&
	    strcmp(source->identity + n, hex) != 0)
		gx_die(GX_EXIT_DATA,
		       "the rows that were seen have the digest %s, and the input is %s: it "
		       "changed while its parts ran: run all of them again",
		       hex, source->identity);
	char asked[GX_HEX + 1];
	gx_hex_print(a->digest, asked);
	if (a->digest_given && a->digest != source->digest)
		gx_die(GX_EXIT_DATA,
		       "the rows that were seen have the digest %s, not %s: the input is another, "
		       "or it changed while its parts ran",
		       hex, asked);
}

GX_NORETURN static void die_missing(const struct gx_tile *tile, size_t n, uint64_t of,
				    enum gx_unit unit)
{
	enum { SHOWN = 20 };
	size_t gaps = 0;
	uint64_t first, last;
	for (uint64_t at = 0; gx_tiling_gap(tile, n, of, &at, &first, &last); gaps++)
		if (gaps < SHOWN)
			gx_warn("missing: %s %" PRIu64 " to %" PRIu64 " of %" PRIu64,
				gx_unit_name(unit), first, last, of);
	gx_die(GX_EXIT_MISSING,
	       "%zu gap%s: run what is missing (--missing=N lists the parts K of N)",
	       gaps, gaps == 1 ? "" : "s");
}

GX_NORETURN static void die_overlap(const struct gx_tile *tile, enum gx_unit unit)
{
	const struct gx_tile *other = tile + 1;
	bool same = tile->first == other->first && tile->last == other->last;
	gx_die(GX_EXIT_DATA,
	       "%s (%s %" PRIu64 " to %" PRIu64 ") and %s (%" PRIu64 " to %" PRIu64
	       ") %s: leave one of them out",
	       tile->where, gx_unit_name(unit), tile->first, tile->last, other->where,
	       other->first, other->last, same ? "are the same part twice" : "overlap");
}

static void print_unverified(const struct collection *c, struct gx_output *out)
{
	struct gx_record sum;
	add_up(c, 0, c->npart, &sum);
	struct gx_source *source = &sum.source;
	demand_digest(c->arguments,
		      &(struct gx_source){ .identity = ".", .digest = source->digest });
	source->unit = GX_UNIT_UNKNOWN;
	source->first = source->last = source->of = GX_UNKNOWN;
	strcpy(source->identity, ".");
	print_record(c->arguments, &sum, out);
	free(sum.tally);
}

static void print_missing(const struct collection *c, struct gx_output *out)
{
	const struct arguments *a = c->arguments;
	uint64_t first = 0, last = 0, of = c->npart ? c->reference.source.of : 0;
	if (!gx_tiling_missing(c->tile, c->npart, of, a->missing, a->missing_array, out,
			       &first, &last))
		gx_die(GX_EXIT_DATA,
		       "%s %" PRIu64 " to %" PRIu64 " of %" PRIu64
		       " are missing, which is not whole parts of %" PRIu64 ": say "
		       "the N that the parts were cut with",
		       gx_unit_name(c->reference.source.unit), first, last, of,
		       a->missing);
}

/* Prints the sum of each contiguous range; the whole alone unless --partial. */
static void print_ranges(const struct collection *c, struct gx_output *out)
{
	const struct gx_tile *tile = c->tile;
	bool printed = false;
	for (size_t from = 0, to; from < c->npart; from = to) {
		uint64_t end = tile[from].last;
		to = from + 1;
		while (to < c->npart && tile[to].first <= end) {
			end = tile[to].last > end ? tile[to].last : end;
			to++;
		}
		/* Parts without extent, alone: said once, and only when there is nothing
		 * else. */
		bool empty = tile[from].first == end;
		bool others = to < c->npart || printed;
		if (empty && others && c->reference.source.of > 0)
			continue;
		struct gx_record sum;
		add_up(c, from, to, &sum);
		if (sum.source.first == 0 && sum.source.last == sum.source.of)
			demand_digest(c->arguments, &sum.source);
		print_record(c->arguments, &sum, out);
		printed = true;
		free(sum.tally);
	}
}

/* How much of [0, of) there is, and how many gaps are between. */
static void explain_tiles(const struct gx_tile *tile, size_t n, uint64_t of)
{
	uint64_t missing = 0, first, last;
	size_t gaps = 0;
	for (uint64_t at = 0; gx_tiling_gap(tile, n, of, &at, &first, &last); gaps++)
		missing += last - first;
	gx_explain_count("covered", of - missing);
	gx_explain_count("missing", missing);
	gx_explain_count("gaps", gaps);
}

/* The records were read: what they are of, and how much of it; no sum. */
GX_NORETURN static void explain_records(const struct collection *c)
{
	const struct arguments *a = c->arguments;
	struct gx_source source = c->reference.source;
	size_t ncol = c->reference.columns.n;
	gx_explain_count("files", c->nfile);
	gx_explain_count("records", c->npart);
	gx_explain_count("columns", c->npart ? ncol : GX_UNKNOWN);
	if (c->npart && !a->unverified) {
		source.first = c->tile[0].first;
		source.last = c->tile[0].last;
		for (size_t i = 0; i < c->npart; i++)
			if (c->tile[i].last > source.last)
				source.last = c->tile[i].last;
		gx_explain_source(&source);
		explain_tiles(c->tile, c->npart, source.of);
	}
	gx_explain_memory(c->npart * (ncol * sizeof(struct gx_tally) + 100));
	gx_explain_end(a->missing ? "list" : a->count ? "counts" : "record", GX_UNKNOWN);
}

static void reduce_records(const struct arguments *a, const struct gx_paths *paths)
{
	struct collection c = { .arguments = a };
	const char *path = paths->names.text;
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path))
		read_records(&c, path, paths->found[i]);
	uint64_t of = c.npart ? c.reference.source.of : 0;
	enum gx_unit unit = c.reference.source.unit;
	if (!a->unverified && c.npart) {
		const struct gx_tile *overlap = gx_tiling_sort(c.tile, c.npart);
		if (overlap)
			die_overlap(overlap, unit);
	}
	uint64_t at = 0, first, last;
	bool complete = c.npart && !a->unverified &&
			!gx_tiling_gap(c.tile, c.npart, of, &at, &first, &last);
	if (complete) {
		struct gx_record sum;
		add_up(&c, 0, c.npart, &sum);
		demand_digest(a, &sum.source);
		free(sum.tally);
	}
	if (a->common.explain)
		explain_records(&c);
	if (!c.npart && !a->missing)
		gx_die(GX_EXIT_MISSING,
		       "no record in what was named: run the parts first");
	if (c.npart && !complete && !a->unverified && !a->missing && !a->partial)
		die_missing(c.tile, c.npart, of, unit);

	struct gx_output *out = gx_output_open(&a->common.output, false);
	if (a->missing)
		print_missing(&c, out);
	else if (a->unverified)
		print_unverified(&c, out);
	else
		print_ranges(&c, out);
	gx_output_close(out);
	for (size_t i = 0; i < c.npart; i++)
		free(c.part[i].tally);
	gx_names_free(&c.reference.columns);
	free(c.part);
	free(c.tile);
}

/* ---- parts of a matrix ---- */

struct joining {
	struct gx_writer *writer;
	/* Rows are missing before the first one: what follows is read, and checked, alone. */
	bool incomplete;
};

GX_NORETURN static void die_no_part(void)
{
	gx_die(GX_EXIT_MISSING, "no part in what was named: run the parts first");
}

static void join_compute(void *context, const struct gx_rows *rows, void *slot)
{
	const struct joining *joining = context;
	gx_writer_encode(joining->writer, rows, slot);
}

static void join_consume(void *context, const struct gx_rows *rows, void *slot)
{
	struct joining *joining = context;
	if (!joining->incomplete)
		gx_writer_put(joining->writer, rows, slot);
}

static void join_release(void *context, void *slot)
{
	(void)context;
	gx_piece_free(slot);
}

static struct gx_reader *open_part(const struct gx_common *common, const char *path)
{
	struct gx_request request = { .path = &path,
				      .npath = 1,
				      .gap_is_missing = strcmp(path, "-") == 0,
				      .head_only = common->explain };
	struct gx_reader *reader = gx_reader_open(&request);
	if (!gx_reader_is_gxm(reader))
		gx_die(GX_EXIT_DATA,
		       "%s: not GXM: --join is for binary parts (gx-... -b --part K/N); parts of "
		       "text are joined by parallel -k with -H",
		       path);
	return reader;
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

static void demand_complete(const struct arguments *a, const struct gx_source *source)
{
	struct gx_tile tile = { source->first, source->last, "<stdin>", 0 };
	if (source->of == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "the parts do not say how much there is of their input (it came "
		       "over a pipe): there is nothing to join");
	uint64_t at = 0, first, last;
	if (gx_tiling_gap(&tile, 1, source->of, &at, &first, &last))
		die_missing(&tile, 1, source->of, source->unit);
	demand_digest(a, source);
}

static void join_stream(struct arguments *a)
{
	struct gx_reader *reader = open_part(&a->common, "-");
	struct gx_matrix whole;
	whole_of(gx_reader_matrix(reader), &whole);
	if (a->common.explain) {
		struct gx_source source;
		gx_explain_reader(&a->common, reader, &source);
		gx_explain_source(&source);
		gx_explain_writer(&a->common.output, &whole);
	}
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct joining joining = { .writer = gx_writer_open(&a->common.output, &whole),
				   .incomplete = matrix->first != 0 &&
						 matrix->first != GX_UNKNOWN };
	struct gx_job job = { &joining, sizeof(struct gx_piece), join_compute,
			      join_consume, join_release };
	gx_reader_run(reader, a->common.nthread, &job);
	demand_complete(a, gx_reader_source(reader));
	gx_writer_close(joining.writer, gx_reader_source(reader));
	gx_reader_close(reader);
	gx_matrix_free(&whole);
}

/* What the heads and ends of the files say: sorted into *tile, checked against each
 * other. */
static struct gx_source plan_join(struct arguments *a, const struct gx_paths *paths,
				  struct gx_tile *tile, size_t *ntile,
				  struct gx_matrix *whole)
{
	struct gx_source all = { 0 };
	const char *path = paths->names.text, *reference = NULL;
	*ntile = 0;
	for (size_t i = 0; i < paths->names.n; i++, path = gx_names_next(path)) {
		if (paths->found[i] && access(path, F_OK) != 0 && errno == ENOENT)
			continue;
		struct gx_reader *reader = open_part(&a->common, path);
		const struct gx_source *source = gx_reader_source(reader);
		const struct gx_matrix *matrix = gx_reader_matrix(reader);
		if (source->of == GX_UNKNOWN)
			gx_die(GX_EXIT_DATA,
			       "%s does not say which part of which input it is of, or "
			       "its end is damaged: make it again",
			       path);
		if (!reference) {
			whole_of(matrix, whole);
			all = *source;
			reference = path;
		}
		bool same = matrix->ncol == whole->ncol &&
			    matrix->named == whole->named &&
			    matrix->derived == whole->derived &&
			    gx_names_equal(&matrix->columns, &whole->columns) &&
			    strcmp(matrix->provenance, whole->provenance) == 0 &&
			    strcmp(source->identity, all.identity) == 0 &&
			    strcmp(source->work, all.work) == 0 &&
			    source->unit == all.unit && source->of == all.of;
		if (!same)
			gx_die(GX_EXIT_DATA,
			       "%s and %s are not parts of one matrix: they differ in input, columns "
			       "or in what was done: leave out those of the other one",
			       reference, path);
		tile[(*ntile)++] = (struct gx_tile){ source->first, source->last, path, i };
		gx_reader_close(reader);
	}
	return all;
}

GX_NORETURN static void explain_join(const struct arguments *a, const struct gx_tile *tile,
				     size_t ntile, const struct gx_source *all,
				     const struct gx_matrix *whole)
{
	gx_explain_count("files", ntile);
	gx_explain_count("parts", ntile);
	gx_explain_source(all);
	explain_tiles(tile, ntile, all->of);
	uint64_t rows = gx_batch_rows(whole->ncol);
	gx_explain_piece(rows, 8 * rows * whole->ncol);
	gx_explain_memory(100 * ntile);
	gx_explain_writer(&a->common.output, whole);
}

static void join_files(struct arguments *a, const struct gx_paths *paths)
{
	struct gx_matrix whole;
	size_t ntile;
	struct gx_tile *tile = gx_allocate(paths->names.n, sizeof *tile);
	struct gx_source all = plan_join(a, paths, tile, &ntile, &whole);
	if (ntile == 0)
		die_no_part();
	const struct gx_tile *overlap = gx_tiling_sort(tile, ntile);
	if (overlap)
		die_overlap(overlap, all.unit);
	all.first = 0;
	all.last = all.of;
	all.digest = 0;
	if (a->common.explain)
		explain_join(a, tile, ntile, &all, &whole);
	uint64_t at = 0, first, last;
	if (gx_tiling_gap(tile, ntile, all.of, &at, &first, &last))
		die_missing(tile, ntile, all.of, all.unit);

	struct joining joining = { .writer = gx_writer_open(&a->common.output, &whole) };
	struct gx_job job = { &joining, sizeof(struct gx_piece), join_compute,
			      join_consume, join_release };
	for (size_t i = 0; i < ntile; i++) {
		struct gx_reader *reader = open_part(&a->common, tile[i].where);
		gx_reader_run(reader, a->common.nthread, &job);
		all.digest += gx_reader_source(reader)->digest;
		gx_reader_close(reader);
	}
	demand_digest(a, &all);
	gx_writer_close(joining.writer, &all);
	gx_matrix_free(&whole);
	free(tile);
}

static void check_usage(const struct arguments *a)
{
	const struct gx_output_options *output = &a->common.output;
	if (a->join && (a->count || a->missing || a->partial || a->unverified))
		gx_die_usage(
			"--join makes a matrix: -c, --missing, --partial and --unverified are for "
			"records");
	if (!a->join && (output->format != GX_FORMAT_UNSET || output->no_header))
		gx_die_usage(
			"-f, -b and -H are for --join: a record is always TSV with its header");
	if ((a->missing != 0) + a->partial + a->unverified > 1)
		gx_die_usage("--missing, --partial and --unverified exclude each other");
	if (a->count && (a->missing || a->partial))
		gx_die_usage(
			"-c prints the count of the whole: it does not go with --missing or "
			"--partial");
}

int main(int argc, char **argv)
{
	struct arguments a = { 0 };
	gx_cli_parse(&command, argc, argv, &a.common);
	check_usage(&a);
	gx_cli_need_input(&a.common);
	struct gx_paths paths = { 0 };
	for (size_t i = 0; i < a.common.noperand; i++)
		gx_paths_collect(a.common.operand[i], &paths);
	if (!a.join)
		reduce_records(&a, &paths);
	else if (paths.names.n == 0)
		die_no_part();
	else if (paths.names.n == 1 && strcmp(paths.names.text, "-") == 0)
		join_stream(&a);
	else
		join_files(&a, &paths);
	gx_paths_free(&paths);
	return gx_cli_finish(&a.common);
}
