/* SPDX-License-Identifier: MIT */
/* Text out: a header line, then a line a row; TSV or CSV. */
#include <string.h>

#include "base/decimal.h"
#include "format/table/field.h"
#include "number/number.h"
#include "format/format.h"

static void put_header(struct gx_writer *writer)
{
	const struct gx_matrix *m = writer->matrix;
	struct gx_names buffer = { 0 };
	struct gx_names columns = gx_matrix_columns(m, &buffer);
	struct gx_piece piece = { 0 };
	unsigned char *p = gx_piece_reserve(&piece, 2 * columns.nbyte + 2 * columns.n + 16);
	char *end = stpcpy((char *)p, m->terms ? "term" : "gene");
	const char *name = columns.text;
	for (size_t j = 0; j < columns.n; j++, name = gx_names_next(name)) {
		*end++ = writer->delimiter;
		end = gx_field_print(name, strlen(name), writer->delimiter, end);
	}
	*end++ = '\n';
	gx_output_write(writer->out, p, (size_t)((unsigned char *)end - p));
	gx_piece_free(&piece);
	gx_names_free(&buffer);
}

static void text_open(struct gx_writer *writer)
{
	if (!writer->options->no_header)
		put_header(writer);
}

static void text_encode(const struct gx_writer *writer, const struct gx_rows *rows,
			struct gx_piece *piece)
{
	/* 24 bytes a number at most and a delimiter; printing may touch some bytes behind. */
	const size_t number = 25;
	size_t names = rows->names.n ? 2 * rows->names.nbyte + 3 * rows->nrow : 24 * rows->nrow;
	size_t room = names + rows->nrow * (rows->ncol * number + 1) + GX_NUMBER_MAX;
	char *start = (char *)gx_piece_reserve(piece, room), *end = start;
	const char *name = rows->names.text;
	const double *value = rows->value;
	unsigned digits = writer->options->digits;
	digits = digits ? digits : GX_NUMBER_DIGITS_MAX;
	for (size_t i = 0; i < rows->nrow; i++) {
		if (rows->names.n) {
			size_t n = strlen(name);
			end = gx_field_print(name, n, writer->delimiter, end);
			name += n + 1;
		} else {
			*end++ = 'g';
			end = gx_count_print(rows->first + i + 1, end);
		}
		for (size_t j = 0; j < rows->ncol; j++) {
			*end++ = writer->delimiter;
			end = gx_number_print_rounded(*value++, digits, end);
		}
		*end++ = '\n';
	}
	piece->ntext = (size_t)(end - start);
}

static void text_put(struct gx_writer *writer, const struct gx_rows *rows,
		     struct gx_piece *piece)
{
	(void)rows;
	gx_output_write(writer->out, piece->text, piece->ntext);
}

static void text_close(struct gx_writer *writer, const struct gx_source *source)
{
	(void)writer, (void)source;
}

static void text_estimate(const struct gx_matrix *m, const struct gx_source *source,
			  uint64_t *nbyte, uint64_t *each_row, uint64_t *once)
{
	(void)source;
	*nbyte = GX_UNKNOWN;
	*once = 0;
	/* Shortest digits of a double, with sign, point and delimiter. */
	*each_row = m->ncol == GX_UNKNOWN ? 0 : 18 * m->ncol;
}

const struct gx_writer_format gx_writer_text = { .name = "text",
						 .open = text_open,
						 .encode = text_encode,
						 .put = text_put,
						 .close = text_close,
						 .estimate = text_estimate };
