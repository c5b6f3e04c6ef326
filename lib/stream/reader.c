/* SPDX-License-Identifier: MIT */
#include "stream/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/facts.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "command/explain.h"
#include "format/foreign.h"
#include "format/gxm/gxm.h"
#include "format/market/market.h"
#include "format/table/columns.h"
#include "kernel/digest.h"
#include "kernel/hash.h"

struct gx_reader {
	struct gx_common *common;
	struct gx_matrix matrix;
	struct gx_source source;
	struct gx_operand *operand; /* of those, the open one; or NULL */
	size_t next;                /* number of the operand behind it */
	uint64_t nrow;              /* rows of the operands before it */
	bool gathered; /* several operands that are wholes: a new matrix of all their rows
			*/
	/* --columns of a binary matrix, a step of the work: the numbers of those chosen.
	 */
	size_t *chosen;
	size_t nchosen;
	char step[32];  /* "columns:HEX" */
	uint64_t nbyte; /* for --explain: what is read of the operands behind the first */
};

/* ---- batches ---- */

double *gx_batch_values(struct gx_batch *batch, size_t n)
{
	if (batch->store_room < n) {
		free(batch->store);
		batch->store = gx_allocate_aligned(n, sizeof *batch->store, 64);
		batch->store_room = n;
	}
	return batch->store;
}

uint64_t *gx_batch_digests(struct gx_batch *batch, size_t n)
{
	if (batch->digest_room < n) {
		free(batch->digest);
		batch->digest = gx_allocate(n, sizeof *batch->digest);
		batch->digest_room = n;
	}
	return batch->digest;
}

unsigned char *gx_batch_raw(struct gx_batch *batch, size_t n)
{
	if (batch->raw_room < n) {
		free(batch->raw);
		batch->raw = gx_allocate_aligned(n, 1, 64);
		batch->raw_room = n;
	}
	return batch->raw;
}

void gx_batch_fault(struct gx_batch *batch, const char *format, ...)
{
	if (batch->fault[0])
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(batch->fault, sizeof batch->fault, format, arguments);
	va_end(arguments);
}

void gx_batch_free(struct gx_batch *batch)
{
	free(batch->raw);
	free(batch->store);
	free(batch->digest);
	gx_names_free(&batch->names);
	gx_names_free(&batch->tokens);
}

/* ---- operands ---- */

bool gx_operand_explains(const struct gx_operand *operand)
{
	return operand->common->explain;
}

void gx_operand_tell(struct gx_operand *operand, const char *key, const char *format, ...)
{
	char value[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	gx_facts_tell(&operand->facts, key, "%s", value);
}

void gx_operand_whole_source(struct gx_operand *operand)
{
	struct gx_source *source = &operand->source;
	*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
				      .first = 0,
				      .last = operand->nrow,
				      .of = operand->nrow,
				      .digest = operand->digest };
	snprintf(source->identity, sizeof source->identity, "digest:%016" PRIx64,
		 operand->digest);
}

void gx_operand_refuse_part(const struct gx_operand *operand, const char *why)
{
	gx_die_usage("%s: --part %" PRIu64 "/%" PRIu64 ": %s", operand->in->name,
		     operand->part.k, operand->part.n, why);
}

static void refuse_text_options(const struct gx_operand *operand)
{
	const struct gx_reading *r = &operand->common->reading;
	const char *option = r->delimiter   ? "--delimiter"
			     : r->no_header ? "--no-header"
			     : r->id_column && operand->format != &gx_reader_mtx
				     ? "--id-column"
			     : r->skip_columns       ? "--skip-columns"
			     : r->na                 ? "--na"
			     : r->transposed         ? "--transposed"
			     : r->decimal_comma      ? "--decimal-comma"
			     : r->skip_blank         ? "--skip-blank"
			     : r->trailing_delimiter ? "--trailing-delimiter"
						     : NULL;
	if (option)
		gx_die_usage("%s: %s says how text is to be read, and this is %s",
			     operand->in->name, option, operand->format->name);
}

/* Notes what a file is like before it is read. */
static void watch(struct gx_operand *operand)
{
	struct stat status;
	if (fstat(operand->in->fd, &status) != 0)
		gx_die_errno("%s", operand->in->name);
	operand->is_file = S_ISREG(status.st_mode);
	operand->size = (uint64_t)status.st_size;
	operand->changed = status.st_mtim;
}

/*
 * A file that somebody wrote into while it was read is neither what it was nor what it is
 * now. One that was replaced by another of its name is what it was.
 */
static void demand_unchanged(const struct gx_operand *operand)
{
	struct stat status;
	if (!operand->is_file)
		return;
	if (fstat(operand->in->fd, &status) != 0)
		gx_die_errno("%s", operand->in->name);
	if ((uint64_t)status.st_size != operand->size ||
	    status.st_mtim.tv_sec != operand->changed.tv_sec ||
	    status.st_mtim.tv_nsec != operand->changed.tv_nsec)
		gx_die(GX_EXIT_DATA,
		       "%s: it changed while it was read: run this again when nobody writes it",
		       operand->in->name);
}

static struct gx_operand *operand_open(struct gx_common *common, const char *path)
{
	static const struct gx_reader_format *const formats[] = { &gx_reader_gxm,
								  &gx_reader_npy,
								  &gx_reader_mtx };
	struct gx_operand *operand = gx_allocate_zeroed(1, sizeof *operand);
	operand->common = common;
	operand->part = common->part;
	operand->source.first = operand->source.last = operand->source.of = GX_UNKNOWN;
	operand->nbyte = GX_UNKNOWN;
	const char *path_given = strcmp(path, "-") == 0 ? "<stdin>" : path;
	struct stat status;
	if (strcmp(path, "-") != 0 && stat(path, &status) == 0 &&
	    S_ISDIR(status.st_mode)) {
		operand->directory = path;
		operand->path = gx_mtx_find(path);
		if (!operand->path)
			gx_die(GX_EXIT_DATA,
			       "%s: a directory without matrix.mtx (or .gz): only those "
			       "of 10x are read",
			       path);
		path = operand->path;
	}
	operand->in = gx_input_open(path);
	watch(operand);
	const unsigned char *head;
	size_t n = gx_input_peek(operand->in, 64, &head);
	if (n == 0) {
		if (strcmp(path, "-") == 0)
			gx_die(GX_EXIT_DATA,
			       "<stdin>: no data on standard input: did you mean "
			       "to name a file?");
		gx_die(GX_EXIT_DATA, "%s: the file is empty: there is no matrix in it",
		       path);
	}
	const char *foreign = gx_foreign_name(head, n);
	if (foreign)
		gx_die(GX_EXIT_DATA, "%s: not a matrix that gx reads but %s",
		       operand->in->name, foreign);
	operand->format = common->reading.transposed ? &gx_reader_transposed
						     : &gx_reader_text;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i]->recognise(head, n))
			operand->format = formats[i];
	if (!operand->format->is_text)
		refuse_text_options(operand);
	gx_operand_tell(operand, "file", "%s", path_given);
	if (operand->in->compression != GX_PLAIN)
		gx_operand_tell(operand, "compression", "%s",
				operand->in->compression == GX_GZIP ? "gzip" : "zstd");
	operand->format->open(operand);
	return operand;
}

static void operand_close(struct gx_operand *operand)
{
	operand->format->close(operand);
	gx_input_close(operand->in);
	gx_matrix_free(&operand->matrix);
	gx_facts_free(&operand->facts);
	free(operand->path);
	free(operand);
}

/* ---- columns of binary matrices ---- */

/* Narrows reader->matrix to the columns asked for, which keep their names. */
static void choose_columns(struct gx_reader *reader)
{
	struct gx_matrix *m = &reader->matrix;
	const char *list = reader->common->reading.columns;
	struct gx_names buffer = { 0 }, all = gx_matrix_columns(m, &buffer), kept = { 0 };
	bool *chosen = gx_allocate_zeroed(m->ncol, sizeof *chosen);
	reader->nchosen = gx_columns_choose(list, &all, m->ncol, "--columns", chosen);
	reader->chosen = gx_allocate(reader->nchosen, sizeof *reader->chosen);
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	const char *name = all.text;
	size_t n = 0;
	for (uint64_t j = 0; j < m->ncol; j++, name = gx_names_next(name)) {
		if (!chosen[j])
			continue;
		uint64_t number = j + 1;
		XXH3_64bits_update(&state, &number, sizeof number);
		gx_names_add(&kept, name, strlen(name));
		reader->chosen[n++] = j;
	}
	char hex[GX_HEX + 1];
	gx_hex_print(XXH3_64bits_digest(&state), hex);
	snprintf(reader->step, sizeof reader->step, "columns:%s", hex);
	m->ncol = reader->nchosen;
	gx_names_free(&m->columns);
	m->columns = kept;
	gx_names_free(&buffer);
	free(chosen);
}

/* ---- several operands ---- */

static void demand_same_columns(const struct gx_matrix *a, const char *name_a,
				const struct gx_matrix *b, const char *name_b)
{
	if (a->ncol != b->ncol)
		gx_die(GX_EXIT_DATA,
		       "%s has %" PRIu64 " columns and %s has %" PRIu64
		       ": operands are read as "
		       "one matrix with the same columns",
		       name_a, a->ncol, name_b, b->ncol);
	struct gx_names buffer_a = { 0 }, buffer_b = { 0 };
	struct gx_names in_a = gx_matrix_columns(a, &buffer_a);
	struct gx_names in_b = gx_matrix_columns(b, &buffer_b);
	const char *p = in_a.text, *q = in_b.text;
	for (uint64_t j = 0; j < a->ncol; j++, p = gx_names_next(p), q = gx_names_next(q))
		if (strcmp(p, q) != 0)
			gx_die(GX_EXIT_DATA,
			       "column %" PRIu64
			       " is %s in %s and %s in %s: operands are "
			       "read as one matrix with the same columns in the "
			       "same order",
			       j + 1, gx_show(p, strlen(p)), name_a,
			       gx_show(q, strlen(q)), name_b);
	gx_names_free(&buffer_a);
	gx_names_free(&buffer_b);
}

/* All wholes, or parts that continue each other: `first` was opened before. */
static void demand_same_kind(const struct gx_operand *first,
			     const struct gx_operand *operand)
{
	bool parts = gx_matrix_is_part(&first->matrix);
	if (gx_matrix_is_part(&operand->matrix) != parts)
		gx_die(GX_EXIT_DATA,
		       "%s is %s and %s is %s: operands are all wholes, or parts that "
		       "continue each other",
		       first->in->name, parts ? "a part" : "a whole", operand->in->name,
		       parts ? "a whole" : "a part");
}

/* Whether a path can be opened twice and gives the same bytes: no pipe can. */
static bool can_be_read_again(const char *path)
{
	struct stat status;
	return strcmp(path, "-") != 0 && (stat(path, &status) != 0 ||
					  S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

/* What will be read of an operand; GX_UNKNOWN of a pipe. */
static uint64_t bytes_to_read(const struct gx_operand *operand)
{
	if (operand->nbyte != GX_UNKNOWN)
		return operand->nbyte;
	/* Compressed, or to be read from its start to its end. */
	return operand->is_file ? operand->size : GX_UNKNOWN;
}

static uint64_t add_known(uint64_t a, uint64_t b)
{
	return a == GX_UNKNOWN || b == GX_UNKNOWN ? GX_UNKNOWN : a + b;
}

/*
 * Looks at the head of each operand, so that what does not fit together is refused before
 * anything is written. What can be read once only is looked at when its turn comes.
 */
static void look_at_all(struct gx_reader *reader)
{
	struct gx_common *common = reader->common;
	struct gx_operand *first = reader->operand;
	reader->gathered = !gx_matrix_is_part(&first->matrix);
	uint64_t nrow = first->matrix.nrow;
	for (size_t i = 1; i < common->noperand; i++) {
		if (!can_be_read_again(common->operand[i])) {
			nrow = reader->nbyte = GX_UNKNOWN;
			continue;
		}
		struct gx_operand *operand = operand_open(common, common->operand[i]);
		const struct gx_matrix *m = &operand->matrix;
		demand_same_columns(&first->matrix, first->in->name, m,
				    operand->in->name);
		demand_same_kind(first, operand);
		reader->matrix.named |= m->named;
		nrow = add_known(nrow, m->nrow);
		reader->nbyte = add_known(reader->nbyte, bytes_to_read(operand));
		operand_close(operand);
	}
	reader->matrix.nrow = reader->matrix.announced = nrow;
	if (reader->gathered) {
		reader->matrix.whole = nrow;
		reader->matrix.identity[0] = 0;
		reader->matrix.provenance[0] = 0;
		reader->matrix.derived = false;
	}
}

struct gx_reader *gx_reader_open(struct gx_common *common)
{
	gx_cli_need_input(common);
	struct gx_reader *reader = gx_allocate_zeroed(1, sizeof *reader);
	reader->common = common;
	reader->operand = operand_open(common, common->operand[0]);
	reader->next = 1;
	reader->matrix = reader->operand->matrix;
	/* The names are the operand's, which may be closed before us. */
	reader->matrix.columns = (struct gx_names){ 0 };
	gx_names_append(&reader->matrix.columns, &reader->operand->matrix.columns);
	reader->source = reader->operand->source;
	if (common->noperand > 1)
		look_at_all(reader);
	else
		gx_progress_expect(reader->matrix.nrow,
				   common->part.n ? GX_UNKNOWN
						  : reader->operand->in->size);
	if (common->reading.columns && !reader->operand->format->is_text)
		choose_columns(reader);
	if (common->explain && !common->explains) {
		struct gx_source source;
		gx_reader_explain(reader, &source);
		gx_explain_source(&source);
		gx_explain_end(".", GX_UNKNOWN);
	}
	return reader;
}

const struct gx_facts *gx_reader_facts(const struct gx_reader *reader)
{
	return &reader->operand->facts;
}

/* One line of them for -v. */
static void note_facts(const struct gx_reader *reader)
{
	char *out = reader->common->recognised;
	size_t room = sizeof reader->common->recognised, n = 0;
	struct gx_fact f = { 0 };
	while (n < room && gx_facts_next(&reader->operand->facts, &f)) {
		bool bare = strcmp(f.key, "file") == 0 || strcmp(f.key, "format") == 0;
		n += (size_t)snprintf(out + n, room - n, "%s%s%s%s", bare ? "" : f.key,
				      bare ? "" : " ", f.value, n == 0 ? ": " : ", ");
	}
	if (n < room)
		snprintf(out + n, room - n, "%" PRIu64 " columns",
			 reader->operand->matrix.ncol);
}

/* ---- --explain ---- */

/* A piece of the input, as MEMORY of the manual pages counts it. */
static void explain_piece(const struct gx_reader *reader)
{
	enum { PIECE = 256 << 10 };
	const struct gx_operand *operand = reader->operand;
	uint64_t ncol = operand->matrix.ncol, nline = operand->nline;
	if (ncol == GX_UNKNOWN) {
		gx_explain_piece(1, PIECE);
	} else if (!operand->format->is_text || operand->common->reading.transposed) {
		uint64_t nrow = gx_gxm_block_rows(ncol), nbyte = nrow * ncol * 8;
		gx_explain_piece(nrow, nbyte > PIECE ? nbyte : PIECE);
	} else if (nline > PIECE) {
		/* The line, and a value for each byte that it might have. */
		gx_explain_piece(1, 9 * nline);
	} else {
		uint64_t nrow = PIECE / (nline ? nline : 2 * ncol + 2) + 1;
		gx_explain_piece(nrow, PIECE + nrow * (8 * ncol + 8));
	}
}

void gx_reader_explain(const struct gx_reader *reader, struct gx_source *source)
{
	const struct gx_operand *operand = reader->operand;
	const struct gx_common *common = reader->common;
	const struct gx_matrix *m = &reader->matrix;
	for (struct gx_fact f = { 0 }; gx_facts_next(&operand->facts, &f);)
		gx_explain_tell(f.key, "%s", f.value);
	if (common->noperand > 1)
		gx_explain_tell("operands", "%zu", common->noperand);
	gx_explain_count("genes", m->nrow);
	gx_explain_count("samples", m->ncol);
	if (common->part.n)
		gx_explain_tell("part", "%" PRIu64 "/%" PRIu64, common->part.k,
				common->part.n);
	gx_explain_count("bytes", add_known(bytes_to_read(operand), reader->nbyte));
	explain_piece(reader);

	*source = operand->source;
	if (reader->gathered)
		*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = m->nrow,
					      .of = m->nrow };
	else if (common->noperand > 1)
		source->last = GX_UNKNOWN;
	if (reader->chosen)
		gx_source_add_step(source, reader->step);
}

/* ---- what is known ---- */

bool gx_reader_is_gxm(const struct gx_reader *reader)
{
	return reader->operand->format == &gx_reader_gxm;
}

const struct gx_matrix *gx_reader_matrix(const struct gx_reader *reader)
{
	return &reader->matrix;
}

const struct gx_source *gx_reader_source(const struct gx_reader *reader)
{
	return &reader->source;
}

/* ---- running ---- */

struct slot {
	struct gx_batch batch;
	double *selected; /* the chosen columns of the batch */
	size_t selected_room;
	max_align_t job[]; /* the job's own slot */
};

struct run {
	struct gx_reader *reader;
	const struct gx_job *job;
};

static bool run_fetch(void *context, void *memory)
{
	struct run *run = context;
	struct slot *slot = memory;
	struct gx_operand *operand = run->reader->operand;
	slot->batch.kind = GX_BATCH_ROWS;
	slot->batch.fault[0] = 0;
	slot->batch.rows = (struct gx_rows){ .ncol = operand->matrix.ncol,
					     .first = GX_UNKNOWN };
	slot->batch.digest_sum = slot->batch.all_digests = 0;
	return operand->format->fetch(operand, &slot->batch);
}

static void select_columns(const struct gx_reader *reader, struct slot *slot)
{
	struct gx_rows *rows = &slot->batch.rows;
	size_t n = reader->nchosen;
	if (slot->selected_room < rows->nrow * n) {
		free(slot->selected);
		slot->selected_room = rows->nrow * n;
		slot->selected = gx_allocate_aligned(slot->selected_room, sizeof(double),
						     0);
	}
	for (size_t i = 0; i < rows->nrow; i++)
		for (size_t j = 0; j < n; j++)
			slot->selected[i * n + j] =
				rows->value[i * rows->ncol + reader->chosen[j]];
	rows->value = slot->selected;
	rows->ncol = n;
}

static void run_work(void *context, void *memory)
{
	struct run *run = context;
	struct slot *slot = memory;
	struct gx_reader *reader = run->reader;
	if (slot->batch.kind == GX_BATCH_END)
		return;
	reader->operand->format->decode(reader->operand, &slot->batch);
	if (reader->gathered && slot->batch.rows.first != GX_UNKNOWN)
		slot->batch.rows.first += reader->nrow;
	if (reader->chosen && slot->batch.rows.nrow)
		select_columns(reader, slot);
	if (slot->batch.rows.nrow)
		run->job->compute(run->job->context, &slot->batch.rows, slot->job);
}

static void run_commit(void *context, void *memory)
{
	struct run *run = context;
	struct slot *slot = memory;
	struct gx_reader *reader = run->reader;
	struct gx_operand *operand = reader->operand;
	struct gx_batch *batch = &slot->batch;
	bool numbered = batch->rows.first != GX_UNKNOWN;
	operand->format->accept(operand, batch);
	if (reader->gathered && !numbered && batch->rows.first != GX_UNKNOWN)
		batch->rows.first += reader->nrow;
	if (batch->rows.nrow) {
		run->job->consume(run->job->context, &batch->rows, slot->job);
		operand->digest += batch->digest_sum;
		operand->nrow += batch->rows.nrow;
	}
	if (batch->fault[0])
		gx_die(GX_EXIT_DATA, "%s%s", operand->in->name, batch->fault);
	gx_progress_rows(batch->rows.nrow);
}

static void merge_source(struct gx_reader *reader, bool is_first)
{
	struct gx_operand *operand = reader->operand;
	struct gx_source *source = &reader->source;
	const struct gx_source *next = &operand->source;
	if (reader->gathered) {
		/* A new matrix: rows [0, sum) under the digest of them all. */
		uint64_t digest = (is_first ? 0 : source->digest) + operand->digest;
		uint64_t nrow = reader->nrow + operand->nrow;
		*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .first = 0,
					      .last = nrow,
					      .of = nrow,
					      .digest = digest };
		snprintf(source->identity, sizeof source->identity, "digest:%016" PRIx64,
			 digest);
		return;
	}
	if (is_first) {
		*source = *next;
		return;
	}
	const char *why = gx_source_continue(source, next);
	if (why)
		gx_die(GX_EXIT_DATA,
		       "%s does not continue the operand before it: %s: name the "
		       "parts of one input in their order",
		       operand->in->name, why);
}

void gx_reader_run(struct gx_reader *reader, const struct gx_job *job)
{
	size_t nslot = gx_pipeline_slots(reader->common->nthread);
	struct slot **slots = gx_allocate(nslot, sizeof *slots);
	for (size_t i = 0; i < nslot; i++)
		slots[i] = gx_allocate_zeroed(1, sizeof **slots + job->slot_size);
	struct run run = { reader, job };
	struct gx_pipeline pipeline = { &run, run_fetch, run_work, run_commit };

	for (;;) {
		struct gx_operand *operand = reader->operand;
		gx_pipeline_run(&pipeline, (void *const *)slots, reader->common->nthread);
		operand->format->finish(operand);
		gx_input_drain(operand->in);
		demand_unchanged(operand);
		note_facts(reader);
		merge_source(reader, reader->next == 1);
		reader->nrow += operand->nrow;
		if (reader->next == reader->common->noperand)
			break;
		struct gx_operand *next = operand_open(
			reader->common, reader->common->operand[reader->next++]);
		demand_same_columns(&operand->matrix, operand->in->name, &next->matrix,
				    next->in->name);
		demand_same_kind(operand, next);
		if (next->matrix.named && !reader->matrix.named)
			gx_die(GX_EXIT_DATA,
			       "%s names its rows, and those before it have no names: name it "
			       "first, or as a file",
			       next->in->name);
		operand_close(operand);
		reader->operand = next;
	}
	if (reader->chosen)
		gx_source_add_step(&reader->source, reader->step);
	for (size_t i = 0; i < nslot; i++) {
		if (job->release)
			job->release(job->context, slots[i]->job);
		gx_batch_free(&slots[i]->batch);
		free(slots[i]->selected);
		free(slots[i]);
	}
	free(slots);
}

bool gx_reader_skip(struct gx_reader *reader)
{
	if (!reader->operand->suspect)
		gx_input_drain(reader->operand->in);
	return !reader->operand->suspect;
}

void gx_reader_close(struct gx_reader *reader)
{
	operand_close(reader->operand);
	gx_names_free(&reader->matrix.columns);
	free(reader->chosen);
	free(reader);
}

void gx_reader_derive(const struct gx_reader *reader, const char *step,
		      struct gx_matrix *matrix)
{
	const struct gx_matrix *from = &reader->matrix;
	/* Rows of which nobody behind us could tell the number have it in their names. */
	matrix->named = from->named || from->first == GX_UNKNOWN;
	matrix->first = from->first;
	matrix->nrow = from->nrow;
	matrix->announced = from->announced;
	matrix->whole = from->whole;
	matrix->derived = true;
	matrix->identity[0] = 0;
	/* The provenance of a derived matrix is its steps. */
	struct gx_source steps = { 0 };
	if (from->derived)
		memcpy(steps.work, from->provenance, sizeof steps.work);
	if (reader->chosen)
		gx_source_add_step(&steps, reader->step);
	if (step)
		gx_source_add_step(&steps, step);
	memcpy(matrix->provenance, steps.work, sizeof matrix->provenance);
}
