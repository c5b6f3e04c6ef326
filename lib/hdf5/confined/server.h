/* SPDX-License-Identifier: MIT */
/* What the confined child does: it finds the matrix, and then answers. */
#ifndef GX_HDF5_SERVER_H
#define GX_HDF5_SERVER_H

#include "base/confined.h"
#include "format/table/reading.h"

/* What the child is told; it lies in memory that was the parent's, too. */
struct gx_hdf5_task {
	const char *name; /* of the file, for messages */
	uint64_t size;
	const struct gx_reading *reading;
	bool is_survey;
};

/* Serves one parent (protocol.h) until that closes; `task` is a struct gx_hdf5_task. */
void gx_hdf5_serve(const struct gx_confined_room *room, void *task);

#endif
