/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create, mremap */
#include "race/shared_values.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/message.h"

/* The system promises memory that it does not have, and kills when that is used. */
static void check_memory(size_t nvalue)
{
	double has = (double)sysconf(_SC_PAGESIZE) * (double)sysconf(_SC_PHYS_PAGES);
	double needed = (double)nvalue * sizeof(double);
	if (has > 0 && needed > has)
		gx_die(GX_EXIT_IO,
		       "%zu values need %.3g GiB, but this machine has %.3g: take fewer rows",
		       nvalue, ldexp(needed, -30), ldexp(has, -30));
}

static void reserve(struct gx_shared_values *values, size_t room)
{
	if (room <= values->room)
		return;
	check_memory(room);
	size_t more = values->room + values->room / 2;
	room = room > more ? room : more;
	room = (room + 511) / 512 * 512;
	size_t nbyte = room * sizeof(double), had = values->room * sizeof(double);
	if (!had)
		values->file = memfd_create("gx-time", MFD_CLOEXEC);
	if (values->file < 0 || ftruncate(values->file, (off_t)nbyte) != 0)
		gx_die_errno("memory for %zu values", room);
	void *memory = had ? mremap(values->value, had, nbyte, MREMAP_MAYMOVE)
			   : mmap(NULL, nbyte, PROT_READ | PROT_WRITE, MAP_SHARED,
				  values->file, 0);
	if (memory == MAP_FAILED)
		gx_die_errno("memory for %zu values", room);
	values->value = memory;
	values->room = room;
}

static void compute(void *context, const struct gx_rows *rows, void *slot)
{
	(void)context, (void)rows, (void)slot;
}

static void consume(void *context, const struct gx_rows *rows, void *slot)
{
	(void)slot;
	struct gx_shared_values *values = context;
	size_t n = rows->nrow * rows->ncol;
	reserve(values, values->n + n);
	memcpy(values->value + values->n, rows->value, n * sizeof(double));
	values->n += n;
	values->nrow += rows->nrow;
}

void gx_shared_values_read(struct gx_shared_values *values, struct gx_reader *reader)
{
	values->ncol = gx_reader_matrix(reader)->ncol;
	struct gx_job job = {
		.context = values, .slot_size = 1, .compute = compute, .consume = consume
	};
	gx_reader_run(reader, &job);
}

void gx_shared_values_simulate(struct gx_shared_values *values,
			       const struct gx_distribution *distribution, size_t nrow,
			       size_t ncol, int nthread)
{
	values->nrow = nrow;
	values->ncol = ncol;
	values->n = nrow * ncol;
	reserve(values, values->n);
	size_t block = 65536 / ncol + 1, nblock = (nrow + block - 1) / block;
#pragma omp parallel for num_threads(nthread) schedule(dynamic)
	for (size_t i = 0; i < nblock; i++) {
		size_t first = i * block, left = nrow - first;
		gx_random_rows(distribution, first, left < block ? left : block, ncol,
			       values->value + first * ncol);
	}
}

void gx_shared_values_free(struct gx_shared_values *values)
{
	if (values->room) {
		munmap(values->value, values->room * sizeof(double));
		close(values->file);
	}
	*values = (struct gx_shared_values){ 0 };
}
