/* SPDX-License-Identifier: MIT */
/*
 * The input is an HDF5 file, in memory: its matrix is looked for, and some pieces of it are read,
 * as the confined child does it, but in this process. The library dies of some files; what is
 * looked for are faults of gx in dealing with it (tests/fuzz/run tells them apart).
 */
#include <hdf5.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "hdf5/confined/file.h"
#include "hdf5/confined/layout.h"
#include "hdf5/filters.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static jmp_buf refused;

/* A message ends the work on a file; what it held is lost, as in a child that ends. */
static void give_up(enum gx_exit code, const char *text)
{
	(void)code;
	(void)text;
	longjmp(refused, 1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	gx_message_divert(give_up);
	return 0;
}

/* A chunk as it is stored, and its filters undone. */
static void read_chunk(const struct gx_hdf5_array *array, hid_t set, uint64_t piece)
{
	enum { MOST = 1 << 20 };
	uint64_t grid = gx_hdf5_grid(array, 1), nout = gx_hdf5_piece_bytes(array);
	hsize_t start[2] = { piece / grid * array->piece[0], piece % grid * array->piece[1] }, n;
	uint32_t mask;
	if (H5Dget_chunk_storage_size(set, start, &n) < 0 || n == 0 || n > MOST || nout > MOST)
		return;
	unsigned char *stored = malloc(n), *out = malloc(nout);
	if (stored && out && H5Dread_chunk(set, H5P_DEFAULT, start, &mask, stored) >= 0)
		gx_hdf5_undo(array->filter, array->nfilter, mask, stored, n, out, nout);
	free(stored);
	free(out);
}

static void read_pieces(const struct gx_hdf5_file *file, const struct gx_hdf5_plan *plan)
{
	enum { PIECES = 4 };
	for (size_t a = 0; a < plan->narray; a++) {
		const struct gx_hdf5_array *array = &plan->array[a];
		hid_t set = gx_hdf5_open(file, array->path);
		uint64_t n = gx_hdf5_pieces(array);
		for (uint64_t i = 0; array->storage == GX_HDF5_CHUNKS && i < n && i < PIECES; i++)
			read_chunk(array, set, i);
		H5Oclose(set);
	}
}

/* The parent believes no plan that is not sound; one that is made here is. */
static void demand_sound(const struct gx_hdf5_file *file, const struct gx_hdf5_plan *plan)
{
	unsigned char *text;
	size_t n = gx_hdf5_plan_print(plan, &text);
	struct gx_hdf5_plan taken;
	const char *fault = gx_hdf5_plan_take(text, n, file->size, &taken);
	if (fault) {
		fprintf(stderr, "a plan of the layouts has %s\n", fault);
		abort();
	}
	gx_hdf5_plan_free(&taken);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gx_hdf5_plan plan;
	static struct gx_hdf5_file file;
	static const struct gx_reading reading;
	file = (struct gx_hdf5_file){ .name = "fuzzed", .reading = &reading, .is_survey = true };
	if (setjmp(refused) == 0) {
		gx_hdf5_file_open_memory(&file, data, size);
		gx_hdf5_find(&file, &plan);
		demand_sound(&file, &plan);
		read_pieces(&file, &plan);
	}
	gx_hdf5_plan_free(&plan);
	gx_hdf5_file_close(&file);
	return 0;
}
