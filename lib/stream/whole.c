/* SPDX-License-Identifier: MIT */
#include "stream/whole.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"

static void check_room(size_t nvalue, uint64_t most_bytes)
{
	double has = most_bytes ? (double)most_bytes : gx_memory_most();
	double needed = (double)nvalue * sizeof(double);
	if (has > 0 && needed > has)
		gx_die(GX_EXIT_IO, "%zu values need %.3g GiB, but %s %.3g: take fewer rows", nvalue,
		       ldexp(needed, -30),
		       most_bytes ? "the limit is" : "this machine has", ldexp(has, -30));
}

static void reserve(struct gx_whole *whole, size_t nvalue, uint64_t most_bytes)
{
	check_room(nvalue, most_bytes);
	if (nvalue <= whole->room)
		return;
	size_t more = whole->room + whole->room / 2;
	size_t room = nvalue > more ? nvalue : more;
	room = (room + 511) / 512 * 512;
	void *memory = gx_pages_resize(whole->value, whole->room * sizeof(double),
				       room * sizeof(double));
	if (!memory)
		gx_die_errno("memory for %zu values", room);
	whole->value = memory;
	whole->room = room;
}

struct gathering {
	struct gx_whole *whole;
	uint64_t most_bytes;
};

static void compute(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context, (void)rows, (void)slot;
}

static void consume(void *context, const struct gx_rows *rows, void *slot)
{
	(void)slot;
	const struct gathering *gathering = context;
	struct gx_whole *whole = gathering->whole;
	size_t had = whole->nrow * whole->ncol, n = rows->nrow * rows->ncol;
	reserve(whole, had + n, gathering->most_bytes);
	memcpy(whole->value + had, rows->value, n * sizeof(double));
	gx_names_append(&whole->names, &rows->names);
	whole->nrow += rows->nrow;
}

void gx_whole_read(struct gx_whole *whole, struct gx_reader *reader, int nthread,
		   uint64_t most_bytes)
{
	struct gathering gathering = { whole, most_bytes };
	const struct gx_matrix *m = gx_reader_matrix(reader);
	whole->ncol = m->ncol;
	/* Too many rows are refused before they are read, where their number is known. */
	uint64_t nvalue;
	if (m->nrow != GX_UNKNOWN && !__builtin_mul_overflow(m->nrow, m->ncol, &nvalue))
		check_room(nvalue, most_bytes);
	struct gx_job job = { .context = &gathering, .compute = compute, .consume = consume };
	gx_reader_run(reader, nthread, &job);
}

void gx_whole_make(struct gx_whole *whole, size_t nrow, size_t ncol)
{
	whole->nrow = nrow;
	whole->ncol = ncol;
	reserve(whole, nrow * ncol, 0);
}

void *gx_whole_yield(struct gx_whole *whole, size_t nbyte)
{
	void *memory = gx_pages_resize(whole->value, whole->room * sizeof(double), nbyte);
	if (!memory)
		gx_die_errno("memory for %zu bytes", nbyte);
	whole->value = NULL;
	whole->room = 0;
	gx_whole_free(whole);
	return memory;
}

void gx_whole_pad(struct gx_whole *whole, size_t rows)
{
	size_t had = whole->nrow * whole->ncol, n = rows * whole->ncol;
	reserve(whole, n, 0);
	memset(whole->value + had, 0, (n - had) * sizeof *whole->value);
}

void gx_whole_free(struct gx_whole *whole)
{
	gx_pages_free(whole->value, whole->room * sizeof(double));
	gx_names_free(&whole->names);
	*whole = (struct gx_whole){ 0 };
}
