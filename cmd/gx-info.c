/* SPDX-License-Identifier: MIT */
/* gx-info: how gx reads a matrix, and what is in it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/facts.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/utf8.h"
#include "bytes/progress.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/digest.h"
#include "format/triangle/part.h"
#include "hdf5/hdf5.h"
#include "kernel/symmetry.h"
#include "matrix/survey.h"
#include "matrix/triangle.h"
#include "network/full_digest.h"
#include "number/number.h"
#include "plot/json.h"
#include "sound/other.h"
#include "sound/sound.h"
#include "stream/reader.h"

struct arguments {
	struct gx_common common;
	bool json, quick, names, provenance, full_digest;
};

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "json", NULL, "one JSON object", gx_set_flag, AT(json), 0 },
	{ 0, "quick", NULL,
	  "read only headers and trailers; rows are not verified or counted", gx_set_flag,
	  AT(quick), 0 },
	{ 0, "names", NULL, "the names of the samples alone, one a line", gx_set_flag,
	  AT(names), 0 },
	{ 0, "provenance", NULL, "also the range of the input that was read, as records have it",
	  gx_set_flag, AT(provenance), 0 },
	{ 0, "full-digest", NULL, "of a network, also the digest of the full matrix", gx_set_flag,
	  AT(full_digest), 0 },
};

static const struct gx_command command = {
	.name = "gx-info",
	.about = "show how a matrix is read and what is in it",
	.usage = "[OPTION ...] [MATRIX | SOUND ...]",
	.summary =
		"Says what a matrix or a sound was recognised as, how it was read, and what is in it.",
	.example = { "gx-info counts.tsv",
		      "gx-info counts.tsv | sed -n 's/^digest //p'" },
	.purpose = GX_PURPOSE_MAKE,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_HDF5 | GX_CLI_PART,
	.explains = true,
};

/* ---- printing ---- */

struct printer {
	struct gx_output *out;
	struct gx_json *json; /* NULL: lines of text */
	struct gx_names lines; /* key, value, key, value ... */
	size_t longest;	       /* of the keys */
	struct gx_names odd;   /* keys of what is worth a look */
};

/* "." means not known. */
static void put(struct printer *p, const char *key, const char *value)
{
	if (p->json) {
		gx_json_text(p->json, key, strcmp(value, ".") == 0 ? NULL : value);
		return;
	}
	size_t n = strlen(key);
	p->longest = n > p->longest ? n : p->longest;
	gx_names_add(&p->lines, key, n);
	gx_names_add(&p->lines, value, strlen(value));
}

/*
 * A line is a fact, and nothing that a terminal obeys, whatever a file is called. On a
 * terminal the values stand below each other; else one space is between key and value.
 */
static void print_lines(struct printer *p)
{
	bool aligned = gx_output_is_terminal(p->out);
	const char *key = p->lines.text;
	for (size_t i = 0; i < p->lines.n; i += 2) {
		const char *value = gx_names_next(key);
		size_t nkey = strlen(key), nvalue = strlen(value);
		size_t width = aligned ? p->longest + 1 : nkey;
		char *line = gx_allocate(width + nvalue + 3, 1);
		memset(line, ' ', width + 1);
		memcpy(line, key, nkey);
		size_t n = width + 1;
		n += gx_visible_copy(value, nvalue, line + n, nvalue + 1);
		line[n++] = '\n';
		gx_output_write(p->out, line, n);
		free(line);
		key = gx_names_next(value);
	}
	gx_names_free(&p->lines);
}

static void put_count(struct printer *p, const char *key, uint64_t n)
{
	char text[24] = ".";
	if (p->json) {
		gx_json_count(p->json, key, n);
		return;
	}
	if (n != GX_UNKNOWN)
		snprintf(text, sizeof text, "%" PRIu64, n);
	put(p, key, text);
}

static void put_real(struct printer *p, const char *key, double value)
{
	char text[GX_NUMBER_MAX + 1];
	if (p->json) {
		gx_json_real(p->json, key, value);
		return;
	}
	*gx_number_print(value, text) = 0;
	put(p, key, isnan(value) ? "." : text);
}

/* What is worth a look where it is not 0. */
static void put_odd(struct printer *p, const char *key, uint64_t n)
{
	put_count(p, key, n);
	if (n)
		gx_names_add(&p->odd, key, strlen(key));
}

static void put_facts(struct printer *p, const struct gx_facts *facts)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(facts, &f);)
		put(p, f.key, f.value);
}

/* In text the facts of an operand begin with its file. */
static void put_operands(struct printer *p, const struct gx_reader *reader)
{
	size_t n = gx_reader_operands(reader);
	if (n == 1) {
		put_facts(p, gx_reader_facts(reader, 0));
		return;
	}
	if (p->json)
		gx_json_open(p->json, "operands", '[');
	for (size_t i = 0; i < n; i++) {
		if (p->json)
			gx_json_open(p->json, NULL, '{');
		put_facts(p, gx_reader_facts(reader, i));
		if (p->json)
			gx_json_close(p->json);
	}
	if (p->json)
		gx_json_close(p->json);
	else
		put_count(p, "operands", n);
}

static void put_provenance(struct printer *p, const struct gx_source *source)
{
	put(p, "unit", gx_unit_name(source->unit));
	put_count(p, "first", source->first);
	put_count(p, "last", source->last);
	put_count(p, "of", source->of);
}

/* The same of a part of a triangle, by its head. */
static void put_rows(struct printer *p, const struct gx_matrix *matrix)
{
	const struct gx_source rows = {
		.unit = GX_UNIT_ROWS,
		.first = matrix->first,
		.last = matrix->nrow == GX_UNKNOWN ? GX_UNKNOWN : matrix->first + matrix->nrow,
		.of = matrix->whole
	};
	put_provenance(p, &rows);
}

static void put_source(struct printer *p, const struct gx_source *source)
{
	char digest[GX_HEX + 1];
	gx_hex_print(source->digest, digest);
	put(p, "input", source->identity);
	put(p, "work", source->work[0] ? source->work : ".");
	if (source->work[0])
		put(p, "input_digest", digest);
}

/* What a network says of itself. */
static void put_network(struct printer *p, const struct gx_matrix *matrix)
{
	static const char *const layouts[] = { [GX_TRIANGLE_FLOAT64] = "triangle float64",
					       [GX_TRIANGLE_UINT32] = "triangle uint32",
					       [GX_TRIANGLE_UINT64] = "triangle uint64" };
	const struct gx_network *network = &matrix->network;
	put(p, "layout", layouts[matrix->layout]);
	put(p, "kind", network->kind[0] ? network->kind : ".");
	put_count(p, "networks", network->networks);
	put_count(p, "max", network->max);
	put_count(p, "median", network->median);
	put_count(p, "mean", network->mean);
}

/* Name number j, from 0, of the samples; room for an implicit one. */
static const char *sample_name(const struct gx_matrix *matrix, uint64_t j, char implicit[24])
{
	const char *name = matrix->columns.text;
	if (!matrix->columns.n) {
		snprintf(implicit, 24, "%c%" PRIu64, matrix->layout == GX_FULL ? 's' : 'g', j + 1);
		return implicit;
	}
	for (uint64_t i = 0; i < j; i++)
		name = gx_names_next(name);
	return name;
}

static void put_sample(struct printer *p, const char *key, const struct gx_matrix *matrix,
		       uint64_t j)
{
	char implicit[24];
	const char *name = sample_name(matrix, j, implicit);
	/* A sample may be called as what is not known is written. */
	if (p->json)
		gx_json_text(p->json, key, name);
	else
		put(p, key, name);
}

static void put_samples(struct printer *p, const struct gx_matrix *matrix)
{
	put_count(p, "samples", matrix->ncol);
	if (matrix->ncol == 0)
		return;
	put_sample(p, "first_sample", matrix, 0);
	put_sample(p, "last_sample", matrix, matrix->ncol - 1);
}

static void put_sample_names(struct printer *p, const struct gx_name_survey *samples)
{
	put_odd(p, "repeated_sample_names", samples->repeated);
	put_odd(p, "empty_sample_names", samples->empty);
	put_odd(p, "padded_sample_names", samples->padded);
	put_odd(p, "numeric_sample_names", samples->numbers);
}

static void put_gene_names(struct printer *p, const struct gx_survey *s)
{
	put_odd(p, "repeated_gene_names", gx_survey_repeated(s));
	put_odd(p, "empty_gene_names", s->genes.empty);
	put_odd(p, "padded_gene_names", s->genes.padded);
	put_odd(p, "names_like_dates", s->genes.dates);
	if (s->genes.dates)
		put(p, "first_name_like_a_date", s->genes.first_date);
}

static void put_all_missing(struct printer *p, const struct gx_matrix *matrix,
			    const struct gx_survey *s)
{
	size_t first = 0;
	uint64_t all_missing = gx_survey_columns_all_missing(s, &first);
	put_count(p, "rows_all_missing", s->rows_all_missing);
	put_odd(p, "samples_all_missing", all_missing);
	if (all_missing)
		put_sample(p, "first_sample_all_missing", matrix, first);
}

static void put_values(struct printer *p, const struct gx_matrix *matrix,
		       const struct gx_survey *s, bool is_part_of_triangle)
{
	put_count(p, "missing", s->values.missing);
	if (!is_part_of_triangle)
		put_all_missing(p, matrix, s);
	put_count(p, "zeros", s->values.zeros);
	put_count(p, "negative", s->values.negative);
	put_odd(p, "infinite", s->values.infinite);
	put(p, "integers_only", s->values.fractions ? "no" : "yes");
	put_real(p, "minimum", s->minimum);
	put_real(p, "maximum", s->maximum);
}

static void put_what_is_odd(struct printer *p)
{
	struct gx_names list = { 0 };
	const char *key = p->odd.text;
	gx_names_add(&list, "nothing", 7);
	for (size_t i = 0; i < p->odd.n; i++, key = gx_names_next(key)) {
		if (i == 0)
			gx_names_clear(&list);
		gx_names_add(&list, key, strlen(key));
	}
	/* Commas between them. */
	for (size_t i = 0; i + 1 < list.nbyte; i++)
		if (!list.text[i])
			list.text[i] = ',';
	put(p, "odd", list.text);
	gx_names_free(&list);
}

/* ---- the work ---- */

/* What is told of all rows. */
struct surveying {
	const struct gx_matrix *matrix;
	const char *file;
	struct gx_survey survey;
	struct gx_full_digest *full; /* NULL: it is not wanted */
	/* A full matrix that is a network as far as its rows were seen, and its triangle's digest. */
	bool may_be_network;
	const char *gene; /* the column's name that the next row must have */
	uint64_t *key, lower, upper, triangle_digest;
};

struct slot {
	struct gx_survey survey;
	const double *value; /* of a triangle, as doubles: its own, or those in `store` */
	double *store;
	size_t room;
	bool inexact;
};

static void survey_triangle(const struct gx_matrix *matrix, const struct gx_rows *rows,
			    struct slot *slot)
{
	size_t n = gx_triangle_values(rows->first + rows->nrow) - gx_triangle_values(rows->first);
	slot->value = rows->triangle;
	if (matrix->layout != GX_TRIANGLE_FLOAT64) {
		if (slot->room < n) {
			free(slot->store);
			slot->store = gx_allocate_aligned(n, sizeof *slot->store, 0);
			slot->room = n;
		}
		slot->inexact = !gx_triangle_widen(rows->triangle, matrix->layout, 0, n, slot->store);
		slot->value = slot->store;
	}
	gx_survey_triangle(&slot->survey, slot->value, rows->first, rows->nrow, matrix->ncol);
}

static void compute(void *context, const struct gx_rows *rows, void *memory)
{
	const struct surveying *surveying = context;
	struct slot *slot = memory;
	if (rows->triangle)
		survey_triangle(surveying->matrix, rows, slot);
	else
		gx_survey_rows(&slot->survey, rows);
}

/* Whether the rows have the names of the columns, as far as both have names. */
static bool have_names_of_columns(struct surveying *s, const struct gx_rows *rows)
{
	const char *name = rows->names.text;
	for (size_t i = 0; i < rows->names.n && s->matrix->columns.n; i++) {
		if (strcmp(name, s->gene) != 0)
			return false;
		name = gx_names_next(name);
		s->gene = gx_names_next(s->gene);
	}
	return true;
}

static void look_for_network(struct surveying *s, const struct gx_rows *rows)
{
	size_t n = s->matrix->ncol;
	s->may_be_network &= rows->first < n && rows->nrow <= n - rows->first &&
			     have_names_of_columns(s, rows);
	if (!s->may_be_network)
		return;
	if (!s->key) {
		s->key = gx_allocate(2 * n, sizeof *s->key);
		gx_symmetry_keys(s->key, n);
	}
	gx_symmetry_rows(rows->value, rows->first, rows->nrow, n, s->key, &s->lower, &s->upper);
	for (size_t i = 0; i < rows->nrow; i++) {
		uint64_t digest;
		gx_digest_rows(rows->value + i * n, 1, rows->first + i + 1, &digest);
		s->triangle_digest += digest;
	}
}

static void consume(void *context, const struct gx_rows *rows, void *memory)
{
	struct surveying *s = context;
	struct slot *slot = memory;
	/* Rows whose number was not known before are named by it now. */
	if (!slot->survey.nhash && rows->names.n)
		gx_survey_names(&slot->survey, &rows->names);
	gx_survey_add(&s->survey, &slot->survey);
	if (!rows->triangle) {
		look_for_network(s, rows);
		return;
	}
	if (s->full && slot->inexact)
		gx_die(GX_EXIT_DATA,
		       "%s: a sum in rows %" PRIu64 " to %" PRIu64 " of its triangle is above 2^53 and is no "
		       "double, so there is no full matrix: leave out --full-digest",
		       s->file, rows->first + 1, rows->first + rows->nrow);
	if (s->full)
		gx_full_digest_add(s->full, slot->value, rows->first, rows->nrow);
}

static void release(void *context, void *memory)
{
	(void)context;
	struct slot *slot = memory;
	gx_survey_free(&slot->survey);
	free(slot->store);
}

GX_NORETURN static void explain(const struct arguments *a, const struct gx_reader *reader)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	gx_explain_source(&source);
	/* 8 bytes for the hash of each name. */
	if (matrix->named && matrix->nrow != GX_UNKNOWN)
		gx_explain_memory(8 * matrix->nrow);
	if (matrix->layout != GX_FULL)
		gx_explain_memory((matrix->columns.n ? 8 : 0) * matrix->ncol);
	if (matrix->layout != GX_FULL && a->full_digest)
		gx_explain_memory(GX_FULL_DIGEST_BYTES * matrix->ncol);
	gx_explain_end(a->json ? "json" : a->names ? "names" : "facts", GX_UNKNOWN);
}

static void put_digest(struct printer *p, const char *key, uint64_t value)
{
	char digest[GX_HEX + 1];
	gx_hex_print(value, digest);
	put(p, key, digest);
}

/* Whether a full matrix is a network that gx-convert --triangle takes. */
static bool is_symmetric(const struct surveying *s)
{
	return s->may_be_network && s->survey.nrow == s->matrix->ncol && s->lower == s->upper;
}

static void put_digests(const struct arguments *a, const struct surveying *s,
			const struct gx_source *source, uint64_t full, struct printer *p)
{
	bool is_triangle = s->matrix->layout != GX_FULL;
	put_digest(p, "digest", is_triangle ? source->digest : s->survey.digest);
	if (is_symmetric(s))
		put_digest(p, "triangle_digest", s->triangle_digest);
	if (a->full_digest)
		put_digest(p, "full_digest", is_triangle ? full : s->survey.digest);
}

/* Of a pipe it is known at its end. */
static bool is_part_of_triangle(const struct arguments *a, const struct surveying *s)
{
	if (s->matrix->layout == GX_FULL)
		return false;
	return a->quick ? gx_matrix_is_part(s->matrix) : s->survey.nrow != s->matrix->ncol;
}

static void print_all(const struct arguments *a, const struct gx_reader *reader,
		      struct surveying *s, struct printer *p)
{
	const struct gx_matrix *matrix = s->matrix;
	const struct gx_source *source = gx_reader_source(reader);
	struct gx_survey *survey = &s->survey;
	bool is_triangle = matrix->layout != GX_FULL, is_part = is_part_of_triangle(a, s);
	uint64_t full = s->full && !is_part ? gx_full_digest_end(s->full) : 0;
	if (is_triangle && !is_part)
		gx_survey_unfold(survey);
	put_operands(p, reader);
	if (is_triangle)
		put_network(p, matrix);
	put_count(p, "genes", is_triangle ? matrix->ncol : a->quick ? matrix->nrow : survey->nrow);
	put_samples(p, matrix);
	if (!a->quick)
		put_gene_names(p, survey);
	if (matrix->ncol)
		put_sample_names(p, &survey->samples);
	if (!a->quick)
		put_values(p, matrix, survey, is_part);
	put_what_is_odd(p);
	if (a->quick && is_part)
		put_rows(p, matrix);
	if (a->quick)
		return;
	put_digests(a, s, source, full, p);
	put_source(p, source);
	if (a->provenance || is_part)
		put_provenance(p, source);
}

/* As it is, for scripts; a terminal gets no byte that it would obey. */
static void print_name(struct gx_output *out, const char *name)
{
	size_t n = strlen(name);
	char *line = gx_allocate(n + 2, 1);
	memcpy(line, name, n);
	if (gx_output_is_terminal(out))
		n = gx_visible_copy(name, n, line, n + 1);
	line[n++] = '\n';
	gx_output_write(out, line, n);
	free(line);
}

static void print_names(const struct gx_matrix *matrix, struct printer *p)
{
	const char *name = matrix->columns.text;
	char implicit[24];
	if (p->json)
		gx_json_open(p->json, "sample_names", '[');
	for (uint64_t j = 0; j < matrix->ncol; j++) {
		name = matrix->columns.n ? name : sample_name(matrix, j, implicit);
		if (p->json)
			gx_json_text(p->json, NULL, name);
		else
			print_name(p->out, name);
		name = gx_names_next(name);
	}
	if (p->json)
		gx_json_close(p->json);
}

static void survey_rows(const struct arguments *a, struct gx_reader *reader,
			struct surveying *surveying)
{
	struct gx_job job = { .context = surveying,
			      .slot_size = sizeof(struct slot),
			      .compute = compute,
			      .consume = consume,
			      .release = release };
	gx_reader_run(reader, a->common.nthread, &job);
}

static void start(const struct arguments *a, const struct gx_reader *reader,
		  struct surveying *s, struct gx_full_digest *full)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	bool is_triangle = matrix->layout != GX_FULL;
	s->matrix = matrix;
	s->file = gx_facts_find(gx_reader_facts(reader, 0), "file");
	s->may_be_network = !is_triangle && !a->common.part.n && matrix->ncol <= GX_NETWORK_GENES_MAX &&
			    !gx_matrix_is_part(matrix) &&
			    (matrix->nrow == GX_UNKNOWN || matrix->nrow == matrix->ncol);
	s->gene = matrix->columns.text;
	gx_survey_start(&s->survey);
	gx_survey_samples(&s->survey, matrix);
	if (is_triangle)
		gx_survey_names(&s->survey, &matrix->columns);
	if (is_triangle && a->full_digest) {
		gx_triangle_demand_whole(matrix, s->file);
		gx_demand_memory(GX_FULL_DIGEST_BYTES * matrix->ncol,
				 "%s: the full digest of a network of %" PRIu64 " genes", s->file,
				 matrix->ncol);
		gx_full_digest_start(full, matrix->ncol);
		s->full = full;
	}
}

/* ---- sounds ---- */

/* The options that are of a matrix: what was given of them is wrong usage. */
static void refuse_matrix_options(const struct arguments *a, const struct gx_input *in)
{
	const char *option = a->names	       ? "--names"
			     : a->provenance   ? "--provenance"
			     : a->full_digest  ? "--full-digest"
			     : a->common.part.n ? "--part"
						: gx_reading_given(&a->common.reading);
	if (option)
		gx_die_usage("%s: %s is about a matrix, and this is a sound", in->name, option);
}

static bool is_sound(struct gx_input *in)
{
	const unsigned char *head;
	size_t n = gx_input_peek(in, GX_SOUND_HEAD, &head);
	return gx_sound_recognise(head, n) || gx_sound_other(head, n);
}

/* Whether a path can be opened now and be read later: a file can. */
static bool is_file(const char *path)
{
	return strcmp(path, "-") != 0 && gx_input_size(path) != GX_UNKNOWN;
}

/* Whether nothing but opening it tells what it is: a pipe, a device, standard input. */
static bool is_stream(const char *path)
{
	struct stat status;
	return strcmp(path, "-") == 0 ||
	       (stat(path, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)));
}

/*
 * Whether the operands are sounds, which the first one tells. A stream is opened for it, and is the
 * reader's from then on: *opened.
 */
static bool are_sounds(const struct arguments *a, struct gx_input **opened)
{
	const char *path = a->common.operand[0];
	if (!is_file(path) && !is_stream(path))
		return false;
	uint64_t counted = gx_progress_position();
	struct gx_input *in = gx_input_open(path);
	bool found = is_sound(in);
	if (is_file(path)) {
		gx_input_close(in);
		gx_progress_return(counted);
	} else {
		*opened = in;
	}
	return found;
}

/* The facts of a sound that its head tells; it was opened. */
static void tell_sound(const struct gx_sound *sound, const char *path, struct gx_facts *facts)
{
	char compression[GX_COMPRESSION_MAX];
	gx_facts_tell(facts, "file", "%s", strcmp(path, "-") == 0 ? "<stdin>" : path);
	gx_input_compression(sound->in, compression);
	if (compression[0])
		gx_facts_tell(facts, "compression", "%s", compression);
	if (gx_input_library(sound->in))
		gx_facts_tell(facts, "inflated_by", "%s", gx_input_library(sound->in));
	gx_facts_tell(facts, "format", "sound, %s", sound->is_rf64 ? "RF64" : "WAV");
	gx_facts_tell(facts, "sample_kind", "%s", gx_sound_kind_name(sound->kind));
}

/* Reads all of it; returns the digest of the means of its channels, and how many there are. */
static uint64_t digest_sound(struct gx_sound *sound, uint64_t *nframe)
{
	enum { ROOM = 4096 };
	static double value[ROOM];
	static const struct gx_sound_choice all = { .count = GX_UNKNOWN };
	struct gx_digest digest;
	gx_digest_start(&digest);
	*nframe = 0;
	for (size_t n; (n = gx_sound_read(sound, &all, value, ROOM)) > 0; *nframe += n)
		gx_digest_add(&digest, value, n);
	return gx_digest_end(&digest);
}

static void print_sound(struct arguments *a, struct gx_input *in, const char *path,
			struct printer *p)
{
	struct gx_sound sound;
	struct gx_facts facts = { 0 };
	refuse_matrix_options(a, in);
	if (!gx_sound_refuse_other(in, a->common.noperand > 1))
		gx_sound_open(&sound, in); /* it ends here where that fails */
	tell_sound(&sound, path, &facts);
	put_facts(p, &facts);
	uint64_t nframe = sound.nframe, digest = a->quick ? 0 : digest_sound(&sound, &nframe);
	put_count(p, "rate", sound.rate);
	put_count(p, "channels", sound.nchannel);
	put_count(p, "frames", nframe);
	put_real(p, "seconds", nframe == GX_UNKNOWN ? NAN : (double)nframe / sound.rate);
	if (a->quick && !in->is_file)
		gx_input_drain(in);
	if (!a->quick)
		put_digest(p, "digest", digest);
	gx_facts_append(&a->common.recognised, &facts);
	gx_facts_free(&facts);
	gx_progress_rows(1);
}

GX_NORETURN static void explain_sounds(const struct arguments *a, struct gx_input *in)
{
	for (size_t i = 0; i < a->common.noperand; i++) {
		struct gx_sound sound;
		struct gx_facts facts = { 0 };
		in = in ? in : gx_input_open(a->common.operand[i]);
		refuse_matrix_options(a, in);
		if (!gx_sound_refuse_other(in, a->common.noperand > 1))
			gx_sound_open(&sound, in);
		tell_sound(&sound, a->common.operand[i], &facts);
		for (struct gx_fact f = { 0 }; gx_facts_next(&facts, &f);)
			gx_explain_tell(f.key, "%s", f.value);
		gx_explain_count("rate", sound.rate);
		gx_explain_count("channels", sound.nchannel);
		gx_explain_count("frames", sound.nframe);
		gx_explain_count("bytes", in->is_file ? in->stamp.size : GX_UNKNOWN);
		gx_facts_free(&facts);
		gx_input_close(in);
		in = NULL;
	}
	if (a->common.noperand > 1)
		gx_explain_count("operands", a->common.noperand);
	gx_explain_end(a->json ? "json" : "facts", GX_UNKNOWN);
}

/* Tells of each sound in turn. `in`: the first operand, where it is open already; NULL. */
static void run_sounds(struct arguments *a, struct gx_input *in)
{
	size_t n = a->common.noperand;
	if (a->common.explain)
		explain_sounds(a, in);
	struct gx_output *out = gx_output_open(&a->common.output, false);
	struct gx_json json = { .out = out };
	struct printer p = { .out = out, .json = a->json ? &json : NULL };
	if (a->json)
		gx_json_open(&json, NULL, '{');
	if (a->json && n > 1)
		gx_json_open(&json, "operands", '[');
	for (size_t i = 0; i < n; i++) {
		in = in ? in : gx_input_open(a->common.operand[i]);
		if (a->json && n > 1)
			gx_json_open(&json, NULL, '{');
		print_sound(a, in, a->common.operand[i], &p);
		if (a->json && n > 1)
			gx_json_close(&json);
		gx_input_close(in);
		in = NULL;
	}
	if (a->json && n > 1)
		gx_json_close(&json);
	if (!a->json && n > 1)
		put_count(&p, "operands", n);
	print_lines(&p);
	if (a->json)
		gx_json_close(&json);
	gx_output_close(out);
}

/* ---- all of it ---- */

static void run(struct arguments *a)
{
	gx_cli_need_input(&a->common);
	if (are_sounds(a, &a->common.opened)) {
		run_sounds(a, a->common.opened);
		return;
	}
	a->common.triangles = true;
	struct gx_reader *reader = gx_cli_open(&a->common);
	if (a->common.explain)
		explain(a, reader);
	struct surveying surveying = { 0 };
	struct gx_full_digest full = { 0 };
	start(a, reader, &surveying, &full);
	struct gx_output *out = gx_output_open(&a->common.output, false);
	bool head_alone = a->quick || a->names;
	if (!head_alone || !gx_reader_skip(reader))
		survey_rows(a, reader, &surveying);
	if (surveying.full)
		gx_triangle_demand_all(surveying.matrix, surveying.survey.nrow, surveying.file);
	struct gx_json json = { .out = out };
	struct printer p = { .out = out, .json = a->json ? &json : NULL };
	if (a->json)
		gx_json_open(&json, NULL, '{');
	if (a->names)
		print_names(gx_reader_matrix(reader), &p);
	else
		print_all(a, reader, &surveying, &p);
	print_lines(&p);
	if (a->json)
		gx_json_close(&json);
	gx_output_close(out);
	gx_names_free(&p.odd);
	gx_survey_free(&surveying.survey);
	free(surveying.key);
	gx_cli_close(&a->common, reader);
}

static void check_usage(const struct arguments *a)
{
	if (a->full_digest && (a->names || a->quick))
		gx_die_usage("--full-digest is made of all rows: leave out --names and --quick");
	if (a->names && a->provenance)
		gx_die_usage("--names prints the names of the samples and nothing else: leave out "
			     "--provenance");
	if (a->quick && a->provenance)
		gx_die_usage("--provenance is about the rows that were read, and --quick reads none: "
			     "leave out one of them");
}

int main(int argc, char **argv)
{
	struct arguments a = { .common = { .is_survey = true, .hdf5 = GX_HDF5 } };
	gx_cli_parse(&command, argc, argv, &a.common);
	check_usage(&a);
	run(&a);
	return gx_cli_finish(&a.common);
}
