/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include <string.h>

#include "format/format.h"

/* Columns are chosen from full rows, and several operands are full rows behind each other. */
static bool wants_triangle(const struct gx_request *request)
{
	return request->triangles && !request->reading.columns && request->npath == 1;
}

/* MATLAB 7.3 puts a block of text in front. */
static bool is_hdf5(const unsigned char *head, size_t n)
{
	static const char matlab[] = "MATLAB 7.3 MAT-file";
	enum { ENOUGH = 4 }; /* of a file that is cut off so soon */
	size_t seen = n < GX_HDF5_MAGIC_SIZE ? n : GX_HDF5_MAGIC_SIZE;
	return (seen >= ENOUGH && memcmp(head, GX_HDF5_MAGIC, seen) == 0) ||
	       (n >= sizeof matlab - 1 && memcmp(head, matlab, sizeof matlab - 1) == 0);
}

const struct gx_reader_format *gx_format_recognise(const unsigned char *head, size_t nhead,
						   const struct gx_request *request)
{
	static const struct gx_reader_format *const formats[] = { &gx_reader_triangle, &gx_reader_gxm,
								  &gx_reader_npy,
								  &gx_reader_market };
	if (request->hdf5 && is_hdf5(head, nhead))
		return request->hdf5;
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
