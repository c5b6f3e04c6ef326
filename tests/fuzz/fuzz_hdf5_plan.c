/* SPDX-License-Identifier: MIT */
/*
 * A plan comes from a process that a file may have taken over. The input is its bytes, or which
 * bytes of a sound one are changed. What is taken must be what those rely on who read by it.
 */
#include "hdf5/plan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILE_SIZE = 100000 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* ---- sound ones ---- */

static void add_names(struct gx_names *names, const char *prefix, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char name[16];
		size_t nbyte = strlen(prefix);
		memcpy(name, prefix, nbyte);
		name[nbyte] = (char)('a' + i % 26);
		gx_names_add(names, name, nbyte + 1);
	}
}

static struct gx_hdf5_array *add_array(struct gx_hdf5_plan *plan, const char *path, uint64_t extent0,
				       uint64_t extent1)
{
	struct gx_hdf5_array *array = gx_hdf5_plan_add(plan, path);
	array->extent[0] = extent0;
	array->extent[1] = extent1;
	array->piece[0] = extent0 > 4 ? 4 : extent0;
	array->piece[1] = extent1 > 3 ? 3 : extent1;
	array->type = (struct gx_stored){ .kind = 'f', .size = 4 };
	array->storage = GX_HDF5_CHUNKS;
	array->nfilter = 1;
	array->filter[0] = (struct gx_hdf5_filter){ .id = 1, .nvalue = 1, .value = { 6 } };
	return array;
}

static void make_dense(struct gx_hdf5_plan *plan)
{
	plan->ngene = plan->all_genes = 5;
	plan->nsample = 3;
	plan->all_samples = 4;
	struct gx_hdf5_array *array = add_array(plan, "/nw/block0_values", 5, 4);
	static const uint32_t sample[] = { 1, GX_HDF5_DROPPED, 0, 2 };
	array->nsample = 4;
	array->sample = malloc(sizeof sample);
	require(array->sample != NULL);
	memcpy(array->sample, sample, sizeof sample);
	array->storage = GX_HDF5_CONTIGUOUS;
	array->offset = 4096;
	array->nfilter = 0;
	array->piece[1] = 4;
}

static void make_sparse(struct gx_hdf5_plan *plan, bool by_gene)
{
	plan->order = by_gene ? GX_HDF5_BY_GENE : GX_HDF5_BY_SAMPLE;
	plan->ngene = plan->all_genes = 5;
	plan->nsample = plan->all_samples = 3;
	add_array(plan, "/X/data", 7, 1);
	add_array(plan, "/X/indices", 7, 1)->type.kind = 'i';
	add_array(plan, "/X/indptr", by_gene ? 6 : 4, 1)->type.kind = 'u';
}

/* Its bytes, to be freed. */
static size_t make(unsigned which, unsigned char **text)
{
	struct gx_hdf5_plan plan = { 0 };
	if (which == 0)
		make_dense(&plan);
	else
		make_sparse(&plan, which == 1);
	add_names(&plan.genes, "gene ", 5);
	add_names(&plan.samples, "s", 3);
	gx_facts_tell(&plan.facts, "format", "HDF5, pandas");
	size_t n = gx_hdf5_plan_print(&plan, text);
	gx_hdf5_plan_free(&plan);
	return n;
}

/* ---- what must hold ---- */

static void demand_names(const struct gx_names *names, uint64_t n)
{
	size_t nend = 0;
	for (size_t i = 0; i < names->nbyte; i++)
		nend += names->text[i] == 0;
	require(names->n == 0 || names->n == n);
	require(nend == names->n && (!names->nbyte || names->text[names->nbyte - 1] == 0));
}

static void demand_map(const uint32_t *map, uint64_t n, uint64_t below)
{
	for (uint64_t i = 0; map && i < n; i++)
		require(map[i] == GX_HDF5_DROPPED || map[i] < below);
}

static void demand_array(const struct gx_hdf5_plan *plan, const struct gx_hdf5_array *array)
{
	size_t value = array->type.size;
	require(value == 1 || value == 2 || value == 4 || value == 8);
	require(strchr("iuf", array->type.kind) != NULL && array->type.kind != 0);
	require(array->nfilter <= GX_HDF5_FILTERS_MAX);
	for (uint32_t k = 0; k < array->nfilter; k++)
		require(array->filter[k].nvalue <= GX_HDF5_FILTER_VALUES_MAX);
	uint64_t cells, nbyte;
	require(!__builtin_mul_overflow(array->piece[0], array->piece[1], &cells));
	require(!__builtin_mul_overflow(cells, value, &nbyte) && nbyte <= GX_HDF5_PIECE_MAX);
	require(gx_hdf5_piece_bytes(array) >= nbyte);
	require(gx_hdf5_pieces(array) == gx_hdf5_grid(array, 0) * gx_hdf5_grid(array, 1));
	if (array->storage == GX_HDF5_CONTIGUOUS) {
		require(!__builtin_mul_overflow(array->extent[0], array->extent[1], &cells));
		require(!__builtin_mul_overflow(cells, value, &nbyte));
		require(nbyte == 0 ||
			(array->offset <= FILE_SIZE && nbyte <= FILE_SIZE - array->offset));
	}
	demand_map(array->sample, array->nsample, plan->nsample);
}

/* What is printed of it is taken again, and printed so again. */
static void demand_same(const struct gx_hdf5_plan *plan)
{
	unsigned char *text, *second;
	size_t n = gx_hdf5_plan_print(plan, &text);
	struct gx_hdf5_plan again;
	require(gx_hdf5_plan_take(text, n, FILE_SIZE, &again) == NULL);
	require(gx_hdf5_plan_print(&again, &second) == n && memcmp(text, second, n) == 0);
	gx_hdf5_plan_free(&again);
	free(text);
	free(second);
}

static void check(const unsigned char *text, size_t n)
{
	struct gx_hdf5_plan plan;
	if (gx_hdf5_plan_take(text, n, FILE_SIZE, &plan) != NULL) {
		require(plan.narray == 0 && plan.array == NULL && plan.genes.n == 0 && !plan.gene);
		return;
	}
	demand_names(&plan.genes, plan.ngene);
	demand_names(&plan.samples, plan.nsample);
	require(plan.ngene <= plan.all_genes && plan.nsample <= plan.all_samples);
	demand_map(plan.gene, plan.all_genes, plan.ngene);
	require(plan.order == GX_HDF5_DENSE || plan.narray == 3);
	require(!plan.samples_first || plan.narray <= 1);
	for (size_t a = 0; a < plan.narray; a++)
		demand_array(&plan, &plan.array[a]);
	demand_same(&plan);
	gx_hdf5_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *text;
	if (size == 0)
		return 0;
	if (data[0] % 4 == 3) {
		text = malloc(size);
		require(text != NULL);
		memcpy(text, data + 1, size - 1);
		check(text, size - 1);
		free(text);
		return 0;
	}
	size_t n = make(data[0] % 4, &text);
	/* Three bytes are a change: where, and to what. */
	for (const uint8_t *p = data + 1; p + 3 <= data + size; p += 3)
		text[(p[0] | (size_t)p[1] << 8) % n] = p[2];
	check(text, n);
	free(text);
	return 0;
}
