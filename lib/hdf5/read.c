/* SPDX-License-Identifier: MIT */
/* HDF5 in: the child says what matrix there is (client.h), and a way makes its rows (way.h). */
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/unnamed.h"
#include "hdf5/hdf5.h"
#include "hdf5/way.h"

/* ---- the file ---- */

static void write_all(int fd, const unsigned char *byte, size_t n)
{
	while (n) {
		ssize_t k = write(fd, byte, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("the file to read HDF5 from (TMPDIR says where)");
		byte += k;
		n -= (size_t)k;
	}
}

/*
 * HDF5 is read here and there: what comes through a pipe, or compressed, goes into a file without
 * a name first.
 */
static void spool(struct gx_operand *operand, struct gx_hdf5_reader *reader)
{
	enum { PIECE = 1 << 20 };
	unsigned char *piece = gx_allocate(PIECE, 1);
	reader->spooled = gx_unnamed_open("to read HDF5 from");
	for (size_t n; (n = gx_input_read_some(operand->in, piece, PIECE)) > 0;)
		write_all(reader->spooled, piece, n);
	free(piece);
	operand->is_read = true;
}

static uint64_t size_of(const struct gx_operand *operand, const struct gx_hdf5_reader *reader)
{
	off_t end = reader->spooled < 0 ? 0 : lseek(reader->spooled, 0, SEEK_END);
	return reader->spooled < 0 ? operand->in->size : (uint64_t)end;
}

/* ---- the child ---- */

static void ask(const struct gx_operand *operand, struct gx_hdf5_reader *reader,
		struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_source *source = &reader->source;
	source->fd = reader->spooled < 0 ? gx_input_descriptor(operand->in) : reader->spooled;
	source->client = gx_hdf5_client_open(source->fd, size_of(operand, reader),
					     operand->in->name, operand->request, plan);
}

/* One that waits among others has no child. */
static bool waits_without(const struct gx_request *request)
{
	return request->npath > 1 || request->one_of_several || request->head_only;
}

/* Starts the child anew: it must say the same. */
static void ask_again(const struct gx_operand *operand, struct gx_hdf5_reader *reader)
{
	struct gx_hdf5_plan plan = { 0 };
	unsigned char *before, *now;
	ask(operand, reader, &plan);
	size_t nbefore = gx_hdf5_plan_print(&reader->plan, &before);
	size_t nnow = gx_hdf5_plan_print(&plan, &now);
	if (nbefore != nnow || memcmp(before, now, nnow) != 0)
		gx_die(GX_EXIT_DATA,
		       "%s: HDF5: another matrix is in it than a moment ago: damaged, or somebody "
		       "writes it",
		       operand->in->name);
	free(before);
	free(now);
	gx_hdf5_plan_free(&plan);
}

/* ---- open ---- */

static const struct gx_hdf5_way *way_of(const struct gx_hdf5_plan *plan)
{
	return plan->order == GX_HDF5_BY_GENE	  ? &gx_hdf5_by_gene
	       : plan->order == GX_HDF5_BY_SAMPLE ? &gx_hdf5_by_sample
	       : plan->samples_first		  ? &gx_hdf5_turned
						  : &gx_hdf5_dense;
}

static void foresee(struct gx_operand *operand, const struct gx_hdf5_reader *reader)
{
	uint64_t memory, temporary;
	reader->way->foresee(reader, &memory, &temporary);
	if (reader->spooled >= 0)
		temporary += size_of(operand, reader);
	operand->memory = memory;
	operand->batch_rows = reader->way->rows ? reader->way->rows(reader) : 0;
	if (!operand->request->head_only)
		return;
	if (temporary)
		gx_facts_count(&operand->facts, "temporary", temporary);
	if (reader->way == &gx_hdf5_by_sample)
		gx_facts_count(&operand->facts, "passes", 2);
}

static void hdf5_open(struct gx_operand *operand)
{
	struct gx_hdf5_reader *reader = operand->state = gx_allocate_zeroed(1, sizeof *reader);
	struct gx_matrix *m = &operand->matrix;
	const struct gx_hdf5_plan *plan = &reader->plan;
	if (operand->request->part.n)
		gx_operand_refuse_part(operand,
				       "a part of HDF5 takes reading all of it: write it once with "
				       "gx-convert -b -o m.gxm, and cut that");
	reader->spooled = -1;
	if (!operand->in->seekable)
		spool(operand, reader);
	ask(operand, reader, &reader->plan);
	reader->source.plan = plan;
	reader->way = way_of(plan);
	operand->rows_follow = reader->way->rows_follow;
	gx_facts_append(&operand->facts, &plan->facts);
	m->ncol = plan->nsample;
	gx_names_append(&m->columns, &plan->samples);
	m->named = plan->genes.n > 0;
	m->first = 0;
	m->nrow = m->announced = m->whole = plan->ngene;
	if (plan->nsample)
		foresee(operand, reader);
	if (!waits_without(operand->request))
		return;
	gx_hdf5_client_close(reader->source.client);
	reader->source.client = NULL;
}

/* ---- rows ---- */

/*
 * Pieces come and go by the megabyte. The C library gives what is free back to the system, which
 * hands out zeroed pages a moment later: a fifth of the time. So it keeps as much as a band takes.
 */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	enum { KEPT = 16 << 20 };
	mallopt(M_TRIM_THRESHOLD, KEPT);
	mallopt(M_MMAP_THRESHOLD, KEPT);
#endif
}

static void hdf5_start(struct gx_operand *operand)
{
	struct gx_hdf5_reader *reader = operand->state;
	if (!reader->source.client)
		ask_again(operand, reader);
	else if (reader->spooled < 0)
		reader->source.fd = gx_input_descriptor(operand->in);
	keep_memory();
	int nthread = operand->request->nthread;
	if (reader->way->start)
		reader->way->start(reader, nthread ? nthread : 1, &reader->fault);
}

static bool hdf5_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_hdf5_reader *reader = operand->state;
	if (reader->fault.code) {
		batch->fault = reader->fault;
		return false;
	}
	return reader->way->fetch(reader, batch);
}

static void hdf5_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gx_hdf5_reader *reader = operand->state;
	reader->way->decode(reader, batch);
}

static void hdf5_finish(struct gx_operand *operand)
{
	gx_operand_whole_source(operand);
}

static void hdf5_close(struct gx_operand *operand)
{
	struct gx_hdf5_reader *reader = operand->state;
	if (reader->way->close)
		reader->way->close(reader);
	gx_hdf5_client_close(reader->source.client);
	gx_hdf5_plan_free(&reader->plan);
	if (reader->spooled >= 0)
		close(reader->spooled);
	free(reader);
}

const struct gx_reader_format gx_reader_hdf5 = { .name = "HDF5",
						 .chooses_columns = true,
						 .open = hdf5_open,
						 .start = hdf5_start,
						 .fetch = hdf5_fetch,
						 .decode = hdf5_decode,
						 .finish = hdf5_finish,
						 .close = hdf5_close };
