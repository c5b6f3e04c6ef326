/* SPDX-License-Identifier: MIT */
/* One input of a request: recognised by its first bytes, and opened by its format. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
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

static void refuse_text_options(const struct gx_operand *operand)
{
	const struct gx_reading *r = &operand->request->reading;
	bool id_column = r->id_column && operand->format != &gx_reader_market;
	const char *option = r->delimiter	     ? "--delimiter"
			     : r->no_header	     ? "--no-header"
			     : id_column	     ? "--id-column"
			     : r->skip_columns	     ? "--skip-columns"
			     : r->na		     ? "--na"
			     : r->transposed	     ? "--transposed"
			     : r->decimal_comma	     ? "--decimal-comma"
			     : r->skip_blank	     ? "--skip-blank"
			     : r->trailing_delimiter ? "--trailing-delimiter"
						     : NULL;
	if (option)
		gx_die_usage("%s: %s says how text is to be read, and this is %s",
			     operand->in->name, option, operand->format->name);
}

/* The matrix in a directory of 10x; NULL where the path is none. */
static char *find_in_directory(const char *path)
{
	struct stat status;
	if (strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return NULL;
	char *matrix = gx_market_find(path);
	if (!matrix)
		gx_die(GX_EXIT_DATA,
		       "%s: a directory without matrix.mtx (or .gz): only those of 10x are read",
		       path);
	return matrix;
}

static void recognise(struct gx_operand *operand, bool standard)
{
	const unsigned char *head;
	const char *name = operand->in->name;
	size_t n = gx_input_peek(operand->in, 64, &head);
	if (n == 0 && standard)
		gx_die(GX_EXIT_DATA,
		       "<stdin>: no data on standard input: did you mean to name a file?");
	if (n == 0)
		gx_die(GX_EXIT_DATA, "%s: the file is empty: there is no matrix in it", name);
	const char *foreign = gx_foreign_name(head, n);
	if (foreign)
		gx_die(GX_EXIT_DATA, "%s: not a matrix that gx reads but %s", name, foreign);
	operand->format = gx_format_recognise(head, n, operand->request->reading.transposed);
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
	operand->path = find_in_directory(path);
	operand->directory = operand->path ? path : NULL;
	operand->in = gx_input_open(operand->path ? operand->path : path);
	recognise(operand, standard);
	gx_facts_tell(&operand->facts, "file", "%s", standard ? "<stdin>" : path);
	if (operand->in->compression != GX_PLAIN)
		gx_facts_tell(&operand->facts, "compression", "%s",
			      operand->in->compression == GX_GZIP ? "gzip" : "zstd");
	operand->format->open(operand);
	check_matrix(operand);
	if (!operand->format->reads_all && gx_input_suspend(operand->in))
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
	free(operand);
}
