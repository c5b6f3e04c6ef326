/* SPDX-License-Identifier: MIT */
/* gx-spectrum: the power spectrum of each row of a matrix, or of each sound. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "bytes/workspaces.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/spectrum.h"
#include "number/number.h"
#include "sound/list.h"
#include "sound/other.h"
#include "sound/welch.h"
#include "stream/reader.h"
#include "stream/writer.h"

enum { LENGTH = 4096 };

struct arguments {
	struct gx_common common;
	uint64_t length;  /* 0: not given */
	uint64_t overlap; /* GX_UNKNOWN: not given */
	enum gx_spectrum_window window;
	enum gx_spectrum_scale scale;
	bool keep_mean, relative;
	double rate; /* 0: not given */
	struct gx_sound_span span; /* start -1: not given */
	const char *name; /* of standard input; NULL: not given */
};

/* ---- options ---- */

static const char *const windows[] = { [GX_WINDOW_HANN] = "hann", [GX_WINDOW_NONE] = "none" };
static const char *const scales[] = { [GX_SCALE_DENSITY] = "density",
				      [GX_SCALE_SPECTRUM] = "spectrum",
				      [GX_SCALE_AMPLITUDE] = "amplitude" };

static void set_length(const struct gx_option *option, const char *value, void *place)
{
	uint64_t *length = place;
	if (!gx_cli_count(value, length) || *length < GX_SPECTRUM_LENGTH_MIN ||
	    *length > GX_SPECTRUM_LENGTH_MAX)
		gx_die_usage("--%s %s: not a number of values from %d to %d (k and M may follow)",
			     option->name, value, GX_SPECTRUM_LENGTH_MIN, GX_SPECTRUM_LENGTH_MAX);
	if (!gx_spectrum_length_works(*length))
		gx_die_usage("--%s %s: it has a prime factor above %d, which would take too long: "
			     "the nearest that works is %" PRIu64,
			     option->name, value, GX_SPECTRUM_PRIME_MAX,
			     gx_spectrum_nearest_length(*length));
}

static void set_window(const struct gx_option *option, const char *value, void *place)
{
	for (int i = GX_WINDOW_HANN; i <= GX_WINDOW_NONE; i++)
		if (strcmp(value, windows[i]) == 0) {
			*(enum gx_spectrum_window *)place = (enum gx_spectrum_window)i;
			return;
		}
	gx_die_usage("--%s %s: the windows are hann and none", option->name, value);
}

static void set_scale(const struct gx_option *option, const char *value, void *place)
{
	for (int i = GX_SCALE_DENSITY; i <= GX_SCALE_AMPLITUDE; i++)
		if (strcmp(value, scales[i]) == 0) {
			*(enum gx_spectrum_scale *)place = (enum gx_spectrum_scale)i;
			return;
		}
	gx_die_usage("--%s %s: the scales are density, spectrum and amplitude", option->name, value);
}

/* Far from where a frequency would overflow, or lose its digits. */
static void set_rate(const struct gx_option *option, const char *value, void *place)
{
	double *rate = place;
	if (!gx_cli_real(value, rate) || !(*rate >= 1e-300 && *rate <= 1e300))
		gx_die_usage("--%s %s: not a number of values per unit of time, from 1e-300 to 1e300",
			     option->name, value);
}

static void set_channel(const struct gx_option *option, const char *value, void *place)
{
	uint64_t channel;
	if (!gx_cli_count(value, &channel) || channel < 1 || channel > UINT32_MAX)
		gx_die_usage("--%s %s: not the number of a channel, from 1", option->name, value);
	*(uint32_t *)place = (uint32_t)channel;
}

static void set_start(const struct gx_option *option, const char *value, void *place)
{
	double *start = place;
	if (!gx_cli_real(value, start) || *start < 0)
		gx_die_usage("--%s %s: not a number of seconds from 0", option->name, value);
}

static void set_duration(const struct gx_option *option, const char *value, void *place)
{
	double *duration = place;
	if (!gx_cli_real(value, duration) || *duration <= 0)
		gx_die_usage("--%s %s: not a number of seconds above 0", option->name, value);
}

static void set_name(const struct gx_option *option, const char *value, void *place)
{
	if (!*value)
		gx_die_usage("--%s '': say what the row is to be called", option->name);
	*(const char **)place = value;
}

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "length", "N", "values of a segment [4096, or the whole row where that is shorter]",
	  set_length, AT(length), 0 },
	{ 0, "overlap", "N", "values that a segment shares with the next one [half of its length]",
	  gx_set_count, AT(overlap), 0 },
	{ 0, "window", "NAME", "hann or none [hann]", set_window, AT(window), 0 },
	{ 0, "no-detrend", NULL, "leave the mean of each segment in it", gx_set_flag, AT(keep_mean),
	  0 },
	{ 0, "scale", "NAME", "density, spectrum or amplitude [density]", set_scale, AT(scale), 0 },
	{ 0, "relative", NULL, "divide each row by its largest value", gx_set_flag, AT(relative), 0 },
	{ 0, "rate", "R", "of a matrix: values per unit of time [1]", set_rate, AT(rate), 0 },
	{ 0, "channel", "N", "of sounds: this channel, from 1 [the mean of all]", set_channel,
	  AT(span.channel), 0 },
	{ 0, "start", "S", "of sounds: begin behind S seconds [0]", set_start, AT(span.start), 0 },
	{ 0, "duration", "S", "of sounds: S seconds [to the end]", set_duration, AT(span.duration),
	  0 },
	{ 0, "name", "NAME", "of a sound on standard input: the name of its row [-]", set_name,
	  AT(name), 0 },
};

static const struct gx_option_words words[] = {
	{ "window", "hann none" },
	{ "scale", "density spectrum amplitude" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-spectrum",
	.about = "power spectrum of each row of a matrix, or of sounds",
	.usage = "[OPTION ...] [MATRIX | SOUND ...]",
	.summary = "Writes the power spectrum of each row of a matrix, a series in time, or of each "
		   "sound\n(WAV): a column for each frequency.",
	.example = { "gx-spectrum --rate 0.5 timecourse.tsv | gx-threshold -T 4",
		     "gx-spectrum --relative -b */*.wav | gx-convert --transpose" },
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_OUTPUT | GX_CLI_PART | GX_CLI_PART_OF_LIST,
	.explains = true,
};

/* ---- what both kinds of input share ---- */

struct spectra {
	struct gx_spectrum spectrum;
	double *table;
	size_t ncol;
	bool is_guess; /* --explain of a table that is turned: its columns are not known */
	char step[256];
	struct gx_workspaces workspaces;
	struct gx_matrix matrix; /* the output */
	struct gx_writer *writer;
};

/* What a thread works in: the scratch of the kernel, and the samples of a sound behind it. */
static size_t scratch_size(const struct spectra *s)
{
	return (gx_spectrum_scratch_size(s->spectrum.length) + 7) / 8 * 8;
}

static void say_step(struct spectra *s, double rate_given)
{
	const struct gx_spectrum *spectrum = &s->spectrum;
	char lengths[64] = ". .", rate[GX_NUMBER_MAX + 1];
	if (!s->is_guess)
		snprintf(lengths, sizeof lengths, "%zu %zu", spectrum->length, spectrum->overlap);
	*gx_number_print(rate_given, rate) = 0;
	bool has_rate = rate_given != 0 && rate_given != 1;
	snprintf(s->step, sizeof s->step, "spectrum %s %s %s%s%s%s%s", windows[spectrum->window],
		 lengths, scales[spectrum->scale], spectrum->keep_mean ? " no-detrend" : "",
		 spectrum->relative ? " relative" : "", has_rate ? " rate " : "",
		 has_rate ? rate : "");
}

static void describe(struct spectra *s, const struct arguments *a, size_t length, double rate)
{
	uint64_t overlap = a->overlap == GX_UNKNOWN ? length / 2 : a->overlap;
	if (overlap >= length)
		gx_die_usage("--overlap %" PRIu64 ": a segment has %zu values: overlap %zu at most",
			     overlap, length, length - 1);
	s->spectrum = (struct gx_spectrum){ .length = length,
					    .overlap = overlap,
					    .window = a->window,
					    .scale = a->scale,
					    .keep_mean = a->keep_mean,
					    .relative = a->relative,
					    .rate = rate };
	s->ncol = s->matrix.ncol = gx_spectrum_columns(length);
	say_step(s, a->rate);
}

/* Room for the longest names, of which what is not used is not touched. */
static void name_columns(struct spectra *s)
{
	struct gx_names *names = &s->matrix.columns;
	double rate = s->spectrum.rate, length = (double)s->spectrum.length;
	gx_names_reserve(names, s->ncol * (GX_NUMBER_MAX + 1));
	for (size_t k = 0; k < s->ncol; k++) {
		char text[GX_NUMBER_MAX];
		size_t n = (size_t)(gx_number_print((double)k * rate / length, text) - text);
		gx_names_put(names, text, n);
	}
}

/* Bytes of the table and of what the threads work in; `more`: doubles of a thread beside scratch. */
static uint64_t memory_of(const struct spectra *s, int nthread, size_t more)
{
	return sizeof(double) * (gx_spectrum_table_size(s->spectrum.length) +
				 (uint64_t)nthread * (scratch_size(s) + more)) +
	       s->matrix.columns.nbyte;
}

static void start(struct spectra *s, const struct arguments *a, size_t more)
{
	gx_demand_memory(memory_of(s, a->common.nthread, more),
			 "spectra of length %zu with %d threads", s->spectrum.length,
			 a->common.nthread);
	s->table = gx_allocate_aligned(gx_spectrum_table_size(s->spectrum.length),
				       sizeof *s->table, 0);
	gx_spectrum_prepare(&s->spectrum, s->table);
	gx_workspaces_start(&s->workspaces, (scratch_size(s) + more) * sizeof(double));
	s->writer = gx_writer_open(&a->common.output, &s->matrix);
}

static void finish(struct spectra *s, const struct gx_source *source)
{
	gx_writer_close(s->writer, source);
	gx_workspaces_free(&s->workspaces);
	gx_matrix_free(&s->matrix);
	free(s->table);
}

/* ---- a matrix ---- */

struct slot {
	double *power; /* of each row */
	size_t room;
	struct gx_rows out;
	struct gx_piece piece;
	/* Of a sound. */
	size_t number;
	uint64_t digest;
	struct gx_fault fault;
};

static void make_room(const struct spectra *s, struct slot *slot, size_t nrow)
{
	if (slot->room >= nrow)
		return;
	free(slot->power);
	slot->room = nrow;
	slot->power = gx_allocate_filled(nrow * s->ncol, sizeof *slot->power, 0);
}

static void compute(void *context, const struct gx_rows *rows, void *memory)
{
	struct spectra *s = context;
	struct slot *slot = memory;
	make_room(s, slot, rows->nrow);
	double *scratch = gx_workspaces_take(&s->workspaces);
	gx_spectrum_rows(&s->spectrum, rows->value, rows->nrow, rows->ncol, scratch, slot->power);
	gx_workspaces_give(&s->workspaces, scratch);
	slot->out = *rows;
	slot->out.ncol = s->ncol;
	slot->out.value = slot->power;
	gx_writer_encode(s->writer, &slot->out, &slot->piece);
}

static void consume(void *context, const struct gx_rows *rows, void *memory)
{
	struct spectra *s = context;
	struct slot *slot = memory;
	slot->out.first = rows->first;
	gx_writer_put(s->writer, &slot->out, &slot->piece);
}

static void release(void *context, void *memory)
{
	(void)context;
	struct slot *slot = memory;
	free(slot->power);
	gx_piece_free(&slot->piece);
}

/* An option of sounds has no meaning here. */
static void refuse_sound_options(const struct arguments *a, const char *name)
{
	const char *option = a->span.channel	    ? "--channel"
			     : a->span.start >= 0   ? "--start"
			     : a->span.duration > 0 ? "--duration"
			     : a->name		    ? "--name"
						    : NULL;
	if (option)
		gx_die_usage("%s: %s is of sounds, and this is a matrix: leave it out", name, option);
}

/* The length of the segments of rows of ncol values. */
static size_t length_of(const struct arguments *a, const char *name, uint64_t ncol)
{
	if (ncol < GX_SPECTRUM_LENGTH_MIN)
		gx_die(GX_EXIT_DATA,
		       "%s: rows of one value, and a spectrum is of a series: is this the matrix that "
		       "was meant?",
		       name);
	if (a->length > ncol)
		gx_die(GX_EXIT_DATA,
		       "%s: rows of %" PRIu64 " values, fewer than --length %" PRIu64
		       ": give a --length of at most %" PRIu64 ", or leave it out",
		       name, ncol, a->length, ncol);
	return a->length ? a->length : ncol < LENGTH ? ncol : LENGTH;
}

GX_NORETURN static void explain_matrix(struct spectra *s, const struct arguments *a,
				       const struct gx_reader *reader)
{
	struct gx_source source;
	gx_explain_reader(&a->common, reader, &source);
	gx_source_add_step(&source, s->step);
	gx_explain_source(&source);
	gx_explain_each_row(s->ncol * sizeof(double));
	gx_explain_memory(memory_of(s, a->common.nthread, 0));
	gx_explain_writer(&a->common.output, &s->matrix);
}

static void run_matrix(struct arguments *a, struct gx_input *opened)
{
	const char *name = strcmp(a->common.operand[0], "-") == 0 ? "<stdin>" : a->common.operand[0];
	gx_cli_demand_one_to_part(&a->common);
	refuse_sound_options(a, name);
	a->common.opened = opened;
	struct gx_reader *reader = gx_cli_open(&a->common);
	struct spectra s = { 0 };
	double rate = a->rate != 0 ? a->rate : 1;
	uint64_t ncol = gx_reader_matrix(reader)->ncol;
	s.is_guess = ncol == GX_UNKNOWN && !a->length;
	describe(&s, a, length_of(a, name, ncol), rate);
	name_columns(&s);
	gx_reader_derive(reader, s.step, &s.matrix);
	if (a->common.explain)
		explain_matrix(&s, a, reader);
	start(&s, a, 0);
	struct gx_job job = { .context = &s,
			      .slot_size = sizeof(struct slot),
			      .compute = compute,
			      .consume = consume,
			      .release = release };
	gx_reader_run(reader, a->common.nthread, &job);
	struct gx_source source = *gx_reader_source(reader);
	gx_source_add_step(&source, s.step);
	finish(&s, &source);
	gx_cli_close(&a->common, reader);
}

/* ---- sounds: any thread reads one, and they are written in their order ---- */

struct sounds {
	struct spectra *spectra;
	struct gx_sound_list list;
	size_t next;	 /* to fetch */
	uint64_t digest; /* of those written */
};

static bool fetch_sound(void *context, void *memory)
{
	struct sounds *sounds = context;
	struct slot *slot = memory;
	slot->number = sounds->next;
	slot->fault.code = 0;
	return sounds->next < sounds->list.last && ++sounds->next;
}

static void work_on_sound(void *context, void *memory)
{
	struct sounds *sounds = context;
	struct spectra *s = sounds->spectra;
	struct slot *slot = memory;
	struct gx_listed_sound *sound = &sounds->list.sound[slot->number];
	struct gx_input *in = sound->sound.in;
	gx_input_resume(in);
	in->fault = &slot->fault;
	make_room(s, slot, 1);
	double *scratch = gx_workspaces_take(&s->workspaces);
	uint64_t nread = gx_welch_run(&s->spectrum, &sound->sound, &sound->choice, slot->power,
				      &slot->digest, scratch, scratch + scratch_size(s));
	gx_workspaces_give(&s->workspaces, scratch);
	gx_sound_list_check_length(&sounds->list, slot->number, nread);
	if (!slot->fault.code)
		gx_input_drain(in);
	in->fault = NULL;
	slot->out = (struct gx_rows){ .nrow = 1,
				      .ncol = s->ncol,
				      .value = slot->power,
				      .names = { (char *)(uintptr_t)sound->name, 1,
						 strlen(sound->name) + 1, 0 },
				      .first = slot->number };
	if (!slot->fault.code)
		gx_writer_encode(s->writer, &slot->out, &slot->piece);
}

static void commit_sound(void *context, void *memory)
{
	struct sounds *sounds = context;
	struct slot *slot = memory;
	struct gx_input *in = sounds->list.sound[slot->number].sound.in;
	/* Bytes that somebody wrote meanwhile make no sense, and that is what is wrong with them. */
	if (slot->fault.code <= GX_EXIT_DATA)
		gx_input_check_unchanged(in);
	if (slot->fault.code)
		gx_fault_die(&slot->fault, in->name);
	gx_input_close(in);
	gx_writer_put(sounds->spectra->writer, &slot->out, &slot->piece);
	gx_progress_rows(1);
	sounds->digest += slot->digest;
}

static void release_sound(void *memory)
{
	release(NULL, memory);
}

static void refuse_matrix_options(const struct arguments *a, const char *name)
{
	const char *option = gx_reading_given(&a->common.reading);
	if (a->rate != 0)
		gx_die_usage("%s: --rate is of matrices, and a sound says its own: leave it out",
			     name);
	if (option)
		gx_die_usage("%s: %s says how a table is to be read, and this is a sound: leave it "
			     "out",
			     name, option);
}

/* What each sound is, for -v and --explain, in the words of gx-info. */
static void tell_sounds(const struct gx_sound_list *list, struct gx_facts *facts)
{
	for (size_t i = list->first; i < list->last; i++) {
		const struct gx_sound *sound = &list->sound[i].sound;
		gx_facts_tell(facts, "file", "%s", sound->in->name);
		gx_facts_tell(facts, "format", "sound, %s", sound->is_rf64 ? "RF64" : "WAV");
		gx_facts_tell(facts, "sample_kind", "%s", gx_sound_kind_name(sound->kind));
		gx_facts_count(facts, "rate", sound->rate);
		gx_facts_count(facts, "channels", sound->nchannel);
		gx_facts_count(facts, "frames", sound->nframe);
	}
}

/* The output: a derived matrix of the rows of this part. */
static void describe_sounds(const struct gx_sound_list *list, struct spectra *s)
{
	struct gx_matrix *matrix = &s->matrix;
	matrix->named = matrix->derived = true;
	matrix->first = list->first;
	matrix->nrow = matrix->announced = list->last - list->first;
	matrix->whole = list->n;
	strcpy(matrix->provenance, s->step);
}

static struct gx_source source_of(const struct gx_sound_list *list, const struct spectra *s)
{
	struct gx_source source = { .unit = GX_UNIT_ROWS,
				    .first = list->first,
				    .last = list->last,
				    .of = list->known ? list->n : GX_UNKNOWN };
	strcpy(source.identity, list->identity);
	gx_source_add_step(&source, s->step);
	return source;
}

GX_NORETURN static void explain_sounds(const struct arguments *a, const struct sounds *sounds,
				       const struct gx_source *source)
{
	const struct gx_sound_list *list = &sounds->list;
	struct spectra *s = sounds->spectra;
	gx_explain_facts(&a->common.recognised);
	if (list->n > 1)
		gx_explain_tell("operands", "%zu", list->n);
	gx_explain_count("sounds", list->last - list->first);
	if (a->common.part.n)
		gx_explain_tell("part", "%" PRIu64 "/%" PRIu64, a->common.part.k, a->common.part.n);
	gx_explain_count("bytes", list->nbyte);
	gx_explain_source(source);
	gx_explain_count("columns", s->ncol);
	gx_explain_piece(1, s->ncol * sizeof(double));
	gx_explain_memory(memory_of(s, a->common.nthread, gx_welch_room(&s->spectrum)));
	gx_explain_writer(&a->common.output, &s->matrix);
}

static void run_sounds(struct arguments *a, struct gx_input *opened)
{
	refuse_matrix_options(a, opened->name);
	a->span.start = a->span.start > 0 ? a->span.start : 0;
	struct spectra s = { 0 };
	struct sounds sounds = { .spectra = &s,
				 .list = { .path = a->common.operand,
					   .n = a->common.noperand,
					   .standard_name = a->name,
					   .part = a->common.part,
					   .span = a->span,
					   .length = a->length ? a->length : LENGTH } };
	struct gx_sound_list *list = &sounds.list;
	gx_sound_list_open(list, opened);
	sounds.next = list->first;
	describe(&s, a, list->length, list->rate);
	describe_sounds(list, &s);
	name_columns(&s);
	struct gx_source source = source_of(list, &s);
	tell_sounds(list, &a->common.recognised);
	if (a->common.explain)
		explain_sounds(a, &sounds, &source);
	gx_facts_count(&a->common.recognised, "columns", s.ncol);
	gx_progress_expect(s.matrix.nrow, list->nbyte, false);
	start(&s, a, gx_welch_room(&s.spectrum));
	struct gx_pipeline pipeline = { &sounds, fetch_sound, work_on_sound, commit_sound };
	gx_pipeline_run_in(&pipeline, sizeof(struct slot), a->common.nthread, release_sound);
	source.digest = sounds.digest;
	finish(&s, &source);
	gx_sound_list_free(list);
}

/* ---- which of the two it is ---- */

/* What is no file by this name, such as a directory, is for the reader of matrices to find. */
static bool can_be_opened(const char *path)
{
	struct stat status;
	return strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISDIR(status.st_mode));
}

static bool can_be_opened_again(const char *path)
{
	struct stat status;
	return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Matrices come first: a sound behind them is told as what it is. */
static void demand_no_sound(const struct gx_common *common)
{
	for (size_t i = 1; i < common->noperand; i++) {
		const char *path = common->operand[i];
		if (!can_be_opened_again(path))
			continue;
		uint64_t counted = gx_progress_position();
		struct gx_input *in = gx_input_open(path);
		if (gx_sound_list_recognise(in))
			gx_die(GX_EXIT_DATA,
			       "%s is no sound, and %s is one: the operands are sounds (WAV) alone, or "
			       "matrices alone",
			       common->operand[0], path);
		gx_input_close(in);
		gx_progress_return(counted);
	}
}

static void check_name(const struct arguments *a)
{
	bool standard = false;
	for (size_t i = 0; i < a->common.noperand; i++)
		standard |= strcmp(a->common.operand[i], "-") == 0;
	if (a->name && !standard)
		gx_die_usage("--name names a sound on standard input, and files have their names: "
			     "leave it out, or pipe the sound");
}

static void run(struct arguments *a)
{
	gx_cli_need_input(&a->common);
	check_name(a);
	const char *first = a->common.operand[0];
	uint64_t counted = gx_progress_position();
	struct gx_input *in = can_be_opened(first) ? gx_input_open(first) : NULL;
	if (in && gx_sound_list_recognise(in)) {
		run_sounds(a, in);
		return;
	}
	if (in)
		gx_sound_refuse_other(in, a->common.noperand > 1);
	/* A file may have others beside it, which are found by its name. */
	if (in && can_be_opened_again(first)) {
		gx_input_close(in);
		gx_progress_return(counted);
		in = NULL;
	}
	demand_no_sound(&a->common);
	run_matrix(a, in);
}

int main(int argc, char **argv)
{
	struct arguments a = { .overlap = GX_UNKNOWN, .span = { .start = -1 } };
	gx_cli_parse(&command, argc, argv, &a.common);
	run(&a);
	return gx_cli_finish(&a.common);
}
