/* SPDX-License-Identifier: MIT */
/*
 * Bands of dense arrays against the value that each cell has: pieces of any height and width,
 * arrays beside each other, columns that are dropped or come in another order, slices of bands
 * that are too large; by one thread and by four.
 */
#include "hdf5/bands.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes/pipeline.h"
#include "unit.h"

enum { ARRAYS = 3 };

struct shape {
	uint64_t nrow, ncol[ARRAYS];
	uint64_t piece[ARRAYS][2];
	size_t narray;
	uint64_t kept; /* of 8 columns; 8: all */
	bool shuffled, mapped;
};

/* What column `to` of the rows is. */
struct place {
	size_t array;
	uint64_t column;
};

struct matrix {
	struct gx_hdf5_plan plan;
	struct gx_hdf5_source source;
	struct place *place;
	unsigned char *byte;
	struct gx_hdf5_bands *bands;
	uint64_t next, done;
	bool good;
};

/* ---- a file of it ---- */

static void draw_type(struct gx_stored *type)
{
	static const struct gx_stored types[] = { { 'u', 1, false, false }, { 'i', 2, true, false },
						  { 'f', 4, false, false }, { 'f', 8, false, false },
						  { 'f', 8, true, false },  { 'u', 4, false, false } };
	*type = types[unit_draw_below(6)];
}

/* Which columns stay, each with its number; all numbers are drawn anew where `shuffled`. */
static void draw_map(struct matrix *m, const struct shape *shape)
{
	struct gx_hdf5_plan *plan = &m->plan;
	uint64_t n = 0;
	for (size_t a = 0; a < plan->narray; a++) {
		struct gx_hdf5_array *array = &plan->array[a];
		array->nsample = array->extent[1];
		array->sample = unit_allocate(array->nsample, sizeof *array->sample);
		for (uint64_t j = 0; j < array->nsample; j++) {
			bool kept = (a == 0 && j == 0) || unit_draw_below(8) < shape->kept;
			array->sample[j] = kept ? (uint32_t)n : GX_HDF5_DROPPED;
			m->place[n] = (struct place){ a, j };
			n += kept;
		}
	}
	plan->nsample = n;
	for (uint64_t i = n; shape->shuffled && i > 1; i--) {
		uint64_t k = unit_draw_below(i);
		struct place other = m->place[k];
		m->place[k] = m->place[i - 1];
		m->place[i - 1] = other;
	}
	for (uint64_t j = 0; j < n; j++)
		plan->array[m->place[j].array].sample[m->place[j].column] = (uint32_t)j;
}

static void make(struct matrix *m, const struct shape *shape)
{
	uint64_t nbyte = 0, ncol = 0;
	*m = (struct matrix){ .good = true };
	for (size_t a = 0; a < shape->narray; a++) {
		struct gx_hdf5_array *array = gx_hdf5_plan_add(&m->plan, "data");
		draw_type(&array->type);
		array->storage = GX_HDF5_CONTIGUOUS;
		array->offset = nbyte;
		array->extent[0] = shape->nrow;
		array->extent[1] = shape->ncol[a];
		memcpy(array->piece, shape->piece[a], sizeof array->piece);
		nbyte += shape->nrow * shape->ncol[a] * array->type.size;
		ncol += shape->ncol[a];
	}
	m->place = unit_allocate(ncol, sizeof *m->place);
	for (uint64_t j = 0; j < ncol; j++)
		m->place[j] = (struct place){ 0, j };
	m->plan.nsample = ncol;
	if (shape->mapped)
		draw_map(m, shape);
	m->byte = unit_allocate(nbyte, 1);
	for (uint64_t i = 0; i < nbyte; i++)
		m->byte[i] = (unsigned char)(unit_draw() >> 60);
	m->source = (struct gx_hdf5_source){
		.fd = open(unit_file("values", m->byte, nbyte), O_RDONLY), .plan = &m->plan
	};
	m->bands = gx_hdf5_bands_open(&m->source, shape->nrow, m->plan.nsample, shape->mapped);
}

static void unmake(struct matrix *m)
{
	gx_hdf5_bands_close(m->bands);
	gx_hdf5_plan_free(&m->plan);
	close(m->source.fd);
	unlink(unit_file("values", "", 0));
	free(m->place);
	free(m->byte);
}

/* ---- its rows ---- */

static bool fetch(void *context, void *slot)
{
	struct matrix *m = context;
	struct gx_batch *batch = slot;
	if (m->next == m->plan.array[0].extent[0])
		return false;
	batch->rows.first = m->next;
	m->next = gx_hdf5_bands_end(m->bands, m->next);
	batch->rows.nrow = m->next - batch->rows.first;
	return gx_hdf5_bands_fetch(m->bands, batch->rows.first, m->next, batch);
}

static void work(void *context, void *slot)
{
	struct matrix *m = context;
	struct gx_batch *batch = slot;
	uint64_t first = batch->rows.first;
	batch->rows.value = gx_hdf5_bands_decode(m->bands, first, first + batch->rows.nrow, batch);
}

static double want(const struct matrix *m, uint64_t row, uint64_t column)
{
	const struct place *place = &m->place[column];
	const struct gx_hdf5_array *a = &m->plan.array[place->array];
	double value;
	gx_widen(&a->type,
		 m->byte + a->offset + (row * a->extent[1] + place->column) * a->type.size, 1,
		 &value);
	return value;
}

static void commit(void *context, void *slot)
{
	struct matrix *m = context;
	const struct gx_rows *rows = &((const struct gx_batch *)slot)->rows;
	uint64_t ncol = m->plan.nsample;
	if (!unit_equal(rows->first, m->done, "first row") || !unit_check(rows->value, "values"))
		return;
	m->done += rows->nrow;
	for (uint64_t i = 0; i < rows->nrow && m->good; i++)
		for (uint64_t j = 0; j < ncol && m->good; j++)
			m->good = unit_same(rows->value[i * ncol + j], want(m, rows->first + i, j),
					    "row %ju, column %ju of %ju",
					    (uintmax_t)(rows->first + i), (uintmax_t)j,
					    (uintmax_t)ncol);
}

static void release(void *slot)
{
	gx_batch_free(slot);
}

static void check(const struct shape *shape, int nthread)
{
	struct matrix m;
	make(&m, shape);
	const struct gx_pipeline pipeline = { &m, fetch, work, commit };
	gx_pipeline_run_in(&pipeline, sizeof(struct gx_batch), nthread, release);
	unit_equal(m.done, shape->nrow, "rows");
	unmake(&m);
}

/* ---- shapes ---- */

static void draw_shape(struct shape *shape, uint64_t nrow, uint64_t ncol, uint64_t high)
{
	*shape = (struct shape){ .nrow = 1 + unit_draw_below(nrow),
				 .narray = 1 + unit_draw_below(ARRAYS),
				 .kept = unit_draw_below(2) ? 8 : 1 + unit_draw_below(7),
				 .shuffled = unit_draw_below(2) };
	shape->mapped = shape->narray > 1 || unit_draw_below(2);
	for (size_t a = 0; a < shape->narray; a++) {
		shape->ncol[a] = 1 + unit_draw_below(ncol);
		shape->piece[a][0] = 1 + unit_draw_below(high);
		/* As wide as the array: it is read where it lies. */
		shape->piece[a][1] = unit_draw_below(3) ? 1 + unit_draw_below(ncol)
							: shape->ncol[a];
	}
}

static void test_small(void)
{
	struct shape shape;
	for (int i = 0; i < 300; i++) {
		draw_shape(&shape, 60, 30, i % 2 ? 5 : 80);
		check(&shape, i % 3 ? 1 : 4);
	}
	unit_report("small arrays of any shape");
}

static void test_slices(void)
{
	for (int i = 0; i < 4; i++) {
		struct shape shape = { .nrow = 700,
				       .ncol = { 3000, 500 },
				       .piece = { { 400, 170 }, { 90, 77 } },
				       .narray = i < 2 ? 2 : 1,
				       .kept = i == 1 ? 4 : 8,
				       .shuffled = i == 1,
				       .mapped = i < 2 };
		check(&shape, i % 2 ? 1 : 4);
	}
	unit_report("bands above 8 MiB, in slices that share pieces");
}

static void test_memory(void)
{
	struct shape shape = { .nrow = 100000, .ncol = { 5 }, .piece = { { 3, 2 } }, .narray = 1 };
	struct matrix m;
	make(&m, &shape);
	unit_equal(gx_hdf5_bands_memory(m.bands), 3 * 5 * 8, "memory");
	unit_check(gx_hdf5_bands_rows(m.bands) % 3 == 0 && gx_hdf5_bands_rows(m.bands) > 3000,
		   "%ju rows at once", (uintmax_t)gx_hdf5_bands_rows(m.bands));
	unmake(&m);
	unit_report("low pieces come many at once, whole ones");
}

int main(void)
{
	unit_directory();
	test_small();
	test_slices();
	test_memory();
	return unit_end();
}
