/* SPDX-License-Identifier: MIT */
/* npy out: little-endian float64, C order, version 1.0. It has no room for names. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "format/npy/npy.h"
#include "format/format.h"

/* One length for every shape, so that the header can be written again at the end. */
static void make_header(uint64_t nrow, uint64_t ncol, char header[GX_NPY_HEADER])
{
	memset(header, ' ', GX_NPY_HEADER);
	memcpy(header, GX_NPY_MAGIC "\x01\x00\x76\x00", 10); /* 0x76 = 128 - 10 */
	char text[GX_NPY_HEADER];
	int n = snprintf(text, sizeof text,
			 "{'descr': '<f8', 'fortran_order': False, 'shape': (%" PRIu64
			 ", %" PRIu64 "), }",
			 nrow, ncol);
	memcpy(header + 10, text, (size_t)n);
	header[GX_NPY_HEADER - 1] = '\n';
}

static void npy_open(struct gx_writer *writer)
{
	const struct gx_matrix *m = writer->matrix;
	if (m->nrow == GX_UNKNOWN && !gx_output_can_patch(writer->out))
		gx_die_usage("%s: npy needs the number of rows before them, and here it is known "
			     "only behind them: write a file (-o m.npy)",
			     gx_output_name(writer->out));
	char header[GX_NPY_HEADER];
	make_header(m->nrow == GX_UNKNOWN ? 0 : m->nrow, m->ncol, header);
	gx_output_write(writer->out, header, sizeof header);
}

static void npy_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		       struct gx_piece *piece)
{
	(void)writer, (void)rows, (void)piece;
}

static void npy_put(struct gx_writer *writer, const struct gx_rows *rows,
		    struct gx_piece *piece)
{
	(void)piece;
	gx_output_write(writer->out, rows->value, rows->nrow * rows->ncol * sizeof *rows->value);
}

static void npy_close(struct gx_writer *writer, const struct gx_source *source)
{
	(void)source;
	const struct gx_matrix *m = writer->matrix;
	if (m->nrow == writer->nrow)
		return;
	if (m->nrow != GX_UNKNOWN)
		gx_die(GX_EXIT_DATA,
		       "%s: %" PRIu64 " rows were announced and %" PRIu64 " came",
		       gx_output_name(writer->out), m->nrow, writer->nrow);
	char header[GX_NPY_HEADER];
	make_header(writer->nrow, m->ncol, header);
	gx_output_patch(writer->out, 0, header, sizeof header);
}

static void npy_estimate(const struct gx_matrix *m, const struct gx_source *source,
			 uint64_t *nbyte, uint64_t *each_row, uint64_t *once)
{
	(void)source;
	*each_row = *once = 0;
	bool known = m->nrow != GX_UNKNOWN && m->ncol != GX_UNKNOWN;
	*nbyte = known ? GX_NPY_HEADER + m->nrow * m->ncol * 8 : GX_UNKNOWN;
}

const struct gx_writer_format gx_writer_npy = { .name = "npy",
						.binary = true,
						.open = npy_open,
						.encode = npy_encode,
						.put = npy_put,
						.close = npy_close,
						.estimate = npy_estimate };
