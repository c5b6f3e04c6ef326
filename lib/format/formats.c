/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "format/format.h"

/* Columns are chosen from full rows, and several operands are full rows behind each other. */
static bool wants_triangle(const struct gx_request *request)
{
	return request->triangles && !request->reading.columns && request->npath == 1;
}

const struct gx_reader_format *gx_format_recognise(const unsigned char *head, size_t nhead,
						   const struct gx_request *request)
{
	static const struct gx_reader_format *const formats[] = { &gx_reader_triangle, &gx_reader_gxm,
								  &gx_reader_npy,
								  &gx_reader_market };
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i]->recognise(head, nhead) &&
		    !(formats[i] == &gx_reader_triangle && wants_triangle(request)))
			return formats[i];
	return request->reading.transposed ? &gx_reader_transposed : &gx_reader_table;
}

const struct gx_writer_format *gx_format_to_write(enum gx_format format)
{
	return format == GX_GXM	  ? &gx_writer_gxm
	       : format == GX_NPY	  ? &gx_writer_npy
	       : format == GX_EDGES ? &gx_writer_edges
				    : &gx_writer_text;
}
