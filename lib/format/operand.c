/* SPDX-License-Identifier: MIT */
/* One input of a request: recognised by its first bytes, and opened by its format. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/export.h"
#include "bytes/progress.h"
#include "format/foreign.h"
#include "format/format.h"
#include "format/market/market.h"

void gx_operand_whole_source(struct gx_operand *operand)
{
	struct gx_source *source = &operand->source;
	*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
				      .first = 0,
				      .last = operand->nrow,
				      .of = operand->nrow,
				      .digest = operand->digest };
	gx_source_identify(source, "digest", operand->digest);
}

void gx_operand_refuse_part(const struct gx_operand *operand, const char *why)
{
	const struct gx_part *part = &operand->request->part;
	gx_die_usage("%s: --part %" PRIu64 "/%" PRIu64 ": %s", operand->in->name, part->k,
		     part->n, why);
}

static bool is_hdf5(const struct gx_operand *operand)
{
	return operand->format == operand->request->hdf5;
}

/* Options that say how text is read, but for those that have a meaning here too. */
static void refuse_text_options(const struct gx_operand *operand)
{
	const struct gx_reading *r = &operand->request->reading;
	bool names = operand->format != &gx_reader_market && !is_hdf5(operand);
	const char *option = r->delimiter	     ? "--delimiter"
			     : r->skip_lines	     ? "--skip-lines"
			     : r->comment	     ? "--comment"
			     : r->header	     ? "--header"
			     : r->no_header	     ? "--no-header"
			     : r->id_column && names ? "--id-column"
			     : r->skip_columns	     ? "--skip-columns"
			     : r->all_columns	     ? "--all-columns"
			     : r->na		     ? "--na"
			     : r->decimal_comma	     ? "--decimal-comma"
			     : r->skip_blank	     ? "--skip-blank"
			     : r->trailing_delimiter ? "--trailing-delimiter"
			     : r->transposed && !is_hdf5(operand) ? "--transposed"
								  : NULL;
	if (option)
		gx_die_usage("%s: %s says how text is to be read, and this is %s",
			     operand->in->name, option, operand->format->name);
}

/* Options of what is in an HDF5 file, or a 10x directory. */
static void refuse_container_options(const struct gx_operand *operand)
{
	const struct gx_reading *r = &operand->request->reading;
	const char *option = r->dataset ? "--dataset" : r->sample_column ? "--sample-column" : NULL;
	if (is_hdf5(operand))
		return;
	if (option)
		gx_die_usage("%s: %s says what of an HDF5 file is to be read, and this is %s",
			     operand->in->name, option, operand->format->name);
	if (r->feature_type && operand->format != &gx_reader_market)
		gx_die_usage("%s: --feature-type chooses features of a 10x directory, and this is %s",
			     operand->in->name, operand->format->name);
}

/*
 * Sees as much of a text as its first lines need: three of them, or GX_FOREIGN_HEAD bytes. A
 * pipe may have no more for now.
 */
static size_t see_head(struct gx_input *in, const unsigned char **head, bool *whole)
{
	enum { LINES = 3 };
	size_t n = gx_input_visible(in, head), seen = 0, nline = 0;
	*whole = false;
	for (;;) {
		for (; seen < n; seen++)
			nline += (*head)[seen] == '\n';
		if (nline >= LINES || n >= GX_FOREIGN_HEAD)
			break;
		size_t more = gx_input_see_more(in, head);
		*whole = more == n;
		if (*whole)
			break;
		n = more;
	}
	return n < GX_FOREIGN_HEAD ? n : GX_FOREIGN_HEAD;
}

static void refuse_foreign(struct gx_input *in, const unsigned char *head, size_t n,
			   bool is_text)
{
	enum { MORE = 1024 }; /* the name of what is in an archive */
	if (!gx_foreign_find(head, n, is_text))
		return;
	if (n < MORE)
		n = gx_input_peek(in, MORE, &head);
	const struct gx_foreign *kind = gx_foreign_find(head, n, is_text);
	if (kind)
		gx_die(GX_EXIT_DATA, "%s%s: not a matrix that gx reads but %s", in->name,
		       is_text ? ":1" : "", gx_foreign_describe(kind, head, n));
}

/* Refuses by name what is no table; where lines are passed over, they may be anything. */
static void refuse_other_text(struct gx_input *in, uint64_t skip_lines)
{
	const unsigned char *head;
	bool whole;
	size_t n = see_head(in, &head, &whole);
	refuse_foreign(in, head, n, false);
	n = see_head(in, &head, &whole); /* the bytes may have moved */
	const char *line_ends = gx_foreign_line_ends(head, n, whole, skip_lines > 0);
	if (line_ends)
		gx_die(GX_EXIT_DATA, "%s:1: %s", in->name, line_ends);
	if (skip_lines)
		return;
	refuse_foreign(in, head, n, true);
	gx_export_refuse(in);
}

/* Whether a pipe instead of a path will not do: of a part, or beside others. */
static bool wants_file(const struct gx_request *request)
{
	return request->part.n || request->npath > 1 || request->one_of_several;
}

static void recognise(struct gx_operand *operand, bool standard)
{
	const unsigned char *head;
	struct gx_input *in = operand->in;
	const struct gx_request *request = operand->request;
	size_t n = gx_input_peek(in, 64, &head);
	if (n == 0 && standard)
		gx_die(GX_EXIT_DATA,
		       "<stdin>: no data on standard input: did you mean to name a file?");
	if (n == 0)
		gx_die(GX_EXIT_DATA, "%s: the file is empty: there is no matrix in it",
		       in->name);
	bool hdf5 = gx_foreign_is_hdf5(in);
	if (hdf5 && !request->hdf5)
		gx_foreign_refuse_hdf5(in, wants_file(request));
	n = gx_input_peek(in, 64, &head); /* the bytes may have moved */
	if (!hdf5)
		refuse_foreign(in, head, n, false);
	n = gx_input_peek(in, 64, &head);
	operand->format = hdf5 ? request->hdf5 : gx_format_recognise(head, n, request);
	if (operand->format->is_text || operand->format == &gx_reader_market)
		refuse_other_text(in, request->reading.skip_lines);
	refuse_container_options(operand);
	if (!operand->format->is_text)
		refuse_text_options(operand);
}

/* Once more than what each format looks at: what its head says, taken together. */
static void check_matrix(const struct gx_operand *operand)
{
	const struct gx_matrix *m = &operand->matrix;
	/* --explain cannot know the columns of a transposed table. */
	const char *why = m->ncol == GX_UNKNOWN ? NULL : gx_matrix_fault(m);
	if (why)
		gx_die(GX_EXIT_DATA, "%s: its head is damaged: %s: make it again",
		       operand->in->name, why);
}

struct gx_operand *gx_operand_open(const struct gx_request *request, const char *path)
{
	struct gx_operand *operand = gx_allocate_zeroed(1, sizeof *operand);
	bool standard = strcmp(path, "-") == 0;
	operand->request = request;
	operand->counted = gx_progress_position();
	operand->source.first = operand->source.last = operand->source.of = GX_UNKNOWN;
	operand->nbyte = GX_UNKNOWN;
	if (!standard && !request->opened)
		operand->path = gx_market_find(path, &operand->beside);
	operand->in = request->opened ? request->opened
				      : gx_input_open(operand->path ? operand->path : path);
	operand->in->nthread = request->nthread;
	recognise(operand, standard);
	gx_facts_tell(&operand->facts, "file", "%s", standard ? "<stdin>" : path);
	char compression[GX_COMPRESSION_MAX];
	gx_input_compression(operand->in, compression);
	if (compression[0])
		gx_facts_tell(&operand->facts, "compression", "%s", compression);
	if (gx_input_library(operand->in))
		gx_facts_tell(&operand->facts, "inflated_by", "%s", gx_input_library(operand->in));
	operand->format->open(operand);
	check_matrix(operand);
	operand->memory += gx_input_memory(operand->in);
	if (!operand->format->reads_all && !operand->is_read && gx_input_suspend(operand->in))
		gx_progress_return(operand->counted);
	return operand;
}

void gx_operand_start(struct gx_operand *operand)
{
	gx_input_resume(operand->in);
	if (operand->format->start)
		operand->format->start(operand);
}

void gx_operand_close(struct gx_operand *operand)
{
	operand->format->close(operand);
	gx_input_close(operand->in);
	gx_matrix_free(&operand->matrix);
	gx_facts_free(&operand->facts);
	free(operand->path);
	free(operand->beside);
	free(operand);
}
