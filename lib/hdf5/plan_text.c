/* SPDX-License-Identifier: MIT */
/*
 * A plan as bytes, from a process to another of the same program: numbers as they are in memory,
 * and a length before each text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/plan.h"

/* ---- printing ---- */

struct printed {
	unsigned char *text;
	size_t n, room;
};

static void put(struct printed *out, const void *bytes, size_t n)
{
	if (out->room - out->n < n) {
		out->room = 2 * out->room > out->n + n ? 2 * out->room : out->n + n;
		out->text = gx_reallocate(out->text, out->room, 1);
	}
	if (n)
		memcpy(out->text + out->n, bytes, n);
	out->n += n;
}

static void put_number(struct printed *out, uint64_t number)
{
	put(out, &number, sizeof number);
}

static void put_names(struct printed *out, const struct gx_names *names)
{
	put_number(out, names->n);
	put_number(out, names->nbyte);
	put(out, names->text, names->nbyte);
}

/* n numbers, or that there are none. */
static void put_map(struct printed *out, const uint32_t *map, uint64_t n)
{
	put_number(out, map != NULL);
	put_number(out, map ? n : 0);
	put(out, map, map ? n * sizeof *map : 0);
}

static void put_array(struct printed *out, const struct gx_hdf5_array *array)
{
	size_t npath = strlen(array->path);
	put_number(out, npath);
	put(out, array->path, npath);
	put(out, array->extent, sizeof array->extent);
	put(out, array->piece, sizeof array->piece);
	put_number(out, (unsigned char)array->type.kind);
	put_number(out, array->type.size);
	put_number(out, array->type.swapped);
	put_number(out, array->type.least_is_missing);
	put_number(out, array->storage);
	put_number(out, array->offset);
	put_number(out, array->nfilter);
	put(out, array->filter, array->nfilter * sizeof *array->filter);
	put(out, array->fill, sizeof array->fill);
	put_map(out, array->sample, array->nsample);
}

size_t gx_hdf5_plan_print(const struct gx_hdf5_plan *plan, unsigned char **text)
{
	struct printed out = { .text = gx_allocate(4096, 1), .room = 4096 };
	put_number(&out, plan->order);
	put_number(&out, plan->samples_first);
	put_number(&out, plan->ngene);
	put_number(&out, plan->nsample);
	put_number(&out, plan->all_genes);
	put_number(&out, plan->all_samples);
	put_names(&out, &plan->genes);
	put_names(&out, &plan->samples);
	put_map(&out, plan->gene, plan->all_genes);
	put_names(&out, &plan->facts.list);
	put_number(&out, plan->narray);
	for (size_t a = 0; a < plan->narray; a++)
		put_array(&out, &plan->array[a]);
	*text = out.text;
	return out.n;
}

/* ---- taking ---- */

/* What is left of the bytes. Once something was wrong all that is taken is zero. */
struct taken {
	const unsigned char *text;
	size_t n;
	const char *fault;
};

static void fail(struct taken *in, const char *fault)
{
	if (!in->fault)
		in->fault = fault;
}

static void take(struct taken *in, void *out, size_t n)
{
	if (n > in->n)
		fail(in, "it ends too early");
	if (in->fault) {
		memset(out, 0, n);
		return;
	}
	memcpy(out, in->text, n);
	in->text += n;
	in->n -= n;
}

static uint64_t take_number(struct taken *in)
{
	uint64_t number;
	take(in, &number, sizeof number);
	return number;
}

/* A number that is at most `most`. */
static uint64_t take_below(struct taken *in, uint64_t most, const char *fault)
{
	uint64_t number = take_number(in);
	if (number > most)
		fail(in, fault);
	return in->fault ? 0 : number;
}

/* How many things follow that have `size` bytes each: no memory is taken for more. */
static uint64_t take_count(struct taken *in, uint64_t count, size_t size)
{
	if (count > in->n / size)
		fail(in, "a length goes beyond its end");
	return in->fault ? 0 : count;
}

static void take_names(struct taken *in, struct gx_names *names)
{
	uint64_t n = take_number(in);
	uint64_t nbyte = take_count(in, take_number(in), 1);
	if (!in->fault && !gx_names_sound((const char *)in->text, nbyte, n))
		fail(in, "names without an end, or not as many as it says");
	if (in->fault || nbyte == 0)
		return;
	gx_names_reserve(names, nbyte);
	take(in, names->text, nbyte);
	names->nbyte = nbyte;
	names->n = n;
}

static uint32_t *take_map(struct taken *in, uint64_t *n)
{
	bool there = take_below(in, 1, "a list that is neither there nor not");
	uint64_t count = take_number(in);
	*n = take_count(in, count, sizeof(uint32_t));
	if (!there && count)
		fail(in, "a list that is not there has entries");
	if (in->fault || !there)
		return NULL;
	uint32_t *map = gx_allocate(*n, sizeof *map);
	take(in, map, *n * sizeof *map);
	return map;
}

static char *take_path(struct taken *in)
{
	uint64_t n = take_count(in, take_number(in), 1);
	char *path = gx_allocate(n + 1, 1);
	take(in, path, n);
	path[n] = 0;
	if (strlen(path) != n)
		fail(in, "a path with a NUL");
	return path;
}

static void take_array(struct taken *in, struct gx_hdf5_plan *plan)
{
	char *path = take_path(in);
	struct gx_hdf5_array *array = gx_hdf5_plan_add(plan, path);
	free(path);
	take(in, array->extent, sizeof array->extent);
	take(in, array->piece, sizeof array->piece);
	array->type.kind = (char)take_below(in, 127, "a type that there is not");
	array->type.size = take_below(in, 8, "a type that there is not");
	array->type.swapped = take_below(in, 1, "a type that there is not");
	array->type.least_is_missing = take_below(in, 1, "a type that there is not");
	array->storage = (enum gx_hdf5_storage)take_below(in, GX_HDF5_LIBRARY,
							  "a kind of storage that there is not");
	array->offset = take_number(in);
	array->nfilter = (uint32_t)take_below(in, GX_HDF5_FILTERS_MAX, "too many filters");
	take(in, array->filter, array->nfilter * sizeof *array->filter);
	take(in, array->fill, sizeof array->fill);
	array->sample = take_map(in, &array->nsample);
}

static void take_plan(struct taken *in, struct gx_hdf5_plan *plan)
{
	plan->order = (enum gx_hdf5_order)take_below(in, GX_HDF5_BY_SAMPLE,
						     "an order that there is not");
	plan->samples_first = take_below(in, 1, "an order that there is not");
	plan->ngene = take_number(in);
	plan->nsample = take_number(in);
	plan->all_genes = take_number(in);
	plan->all_samples = take_number(in);
	take_names(in, &plan->genes);
	take_names(in, &plan->samples);
	uint64_t ngene;
	plan->gene = take_map(in, &ngene);
	if (plan->gene && ngene != plan->all_genes)
		fail(in, "a list of genes that is not as long as there are genes");
	take_names(in, &plan->facts.list);
	/* Each array has bytes here: their number cannot be too large for long. */
	uint64_t narray = take_number(in);
	while (!in->fault && plan->narray < narray)
		take_array(in, plan);
	if (in->n)
		fail(in, "something behind its end");
}

const char *gx_hdf5_plan_take(const unsigned char *text, size_t n, uint64_t size,
			      struct gx_hdf5_plan *plan)
{
	*plan = (struct gx_hdf5_plan){ 0 };
	struct taken in = { .text = text, .n = n };
	take_plan(&in, plan);
	const char *fault = in.fault ? in.fault : gx_hdf5_plan_fault(plan, size);
	if (fault)
		gx_hdf5_plan_free(plan);
	return fault;
}
