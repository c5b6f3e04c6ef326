/* SPDX-License-Identifier: MIT */
/*
 * A text table whose rows are samples: all of it is read and turned before its first gene
 * is known.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/transposer.h"
#include "format/format.h"

struct transposed_reader {
	struct gx_transposer *transposer;
	struct gx_names genes;
	size_t gene_at; /* in its text: the name of gene `next` */
	uint64_t ngene, next;
};

static void read_all(struct gx_operand *operand, struct transposed_reader *turned,
		     struct gx_names *samples)
{
	const struct gx_reader_format *table = &gx_reader_table;
	struct gx_batch batch = { 0 };
	for (;;) {
		batch.fault.code = 0;
		batch.rows = (struct gx_rows){ .ncol = operand->matrix.ncol,
					       .first = GX_UNKNOWN };
		if (!table->fetch(operand, &batch))
			break;
		table->decode(operand, &batch);
		table->accept(operand, &batch);
		if (batch.fault.code)
			gx_fault_die(&batch.fault, operand->in->name);
		gx_transposer_add(turned->transposer, batch.rows.value, batch.rows.nrow);
		gx_names_append(samples, &batch.rows.names);
		operand->nrow += batch.rows.nrow;
	}
	table->finish(operand);
	gx_batch_free(&batch);
}

/* How many samples there are is known when all was read, and so is who they are. */
static void foresee(struct gx_operand *operand)
{
	struct gx_matrix *m = &operand->matrix;
	m->first = 0;
	m->nrow = m->announced = m->whole = m->ncol;
	m->named = m->columns.n > 0;
	m->ncol = GX_UNKNOWN;
	gx_names_clear(&m->columns);
	operand->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
					      .last = m->nrow,
					      .of = m->nrow };
	operand->nbyte = GX_UNKNOWN;
	operand->nline = 0;
	/* What it takes to turn them is bounded: gx_transposer_open. */
	operand->memory = 24 << 20;
	gx_facts_tell(&operand->facts, "transposed", "yes");
}

static void transposed_open(struct gx_operand *operand)
{
	struct transposed_reader *turned = gx_allocate_zeroed(1, sizeof *turned);
	struct gx_names samples = { 0 };
	if (operand->request->part.n)
		gx_operand_refuse_part(
			operand, "a transposed table cannot be cut: write it once with "
				 "gx-convert -b -o m.gxm, and cut that");
	gx_reader_table.open(operand);
	if (operand->request->head_only) {
		gx_reader_table.close(operand);
		operand->state = turned;
		foresee(operand);
		return;
	}
	struct gx_matrix *m = &operand->matrix;
	turned->ngene = m->ncol;
	turned->transposer = gx_transposer_open(m->ncol);
	read_all(operand, turned, &samples);
	gx_reader_table.close(operand);
	if (operand->nrow == 0)
		gx_die(GX_EXIT_DATA,
		       "%s: --transposed: it has no rows, so there are no samples",
		       operand->in->name);
	gx_transposer_turn(turned->transposer);
	operand->state = turned;

	turned->genes = m->columns;
	m->columns = samples;
	m->ncol = operand->nrow;
	m->named = turned->genes.n > 0;
	m->first = 0;
	m->nrow = m->announced = m->whole = turned->ngene;
	operand->nrow = operand->digest = 0;
	gx_facts_tell(&operand->facts, "transposed", "yes");
}

static bool transposed_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct transposed_reader *turned = operand->state;
	uint64_t left = turned->ngene - turned->next,
		 n = gx_transposer_batch(turned->transposer);
	n = n < left ? n : left;
	if (n == 0)
		return false;
	double *value = gx_batch_values(batch, n * operand->matrix.ncol);
	gx_transposer_take(turned->transposer, turned->next, n, value);
	batch->rows.nrow = n;
	batch->rows.first = turned->next;
	batch->rows.value = value;
	gx_batch_take_names(batch, &turned->genes, &turned->gene_at);
	turned->next += n;
	return true;
}

static void transposed_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	(void)operand;
	gx_batch_digest(batch);
}

static void transposed_finish(struct gx_operand *operand)
{
	gx_operand_whole_source(operand);
}

static void transposed_close(struct gx_operand *operand)
{
	struct transposed_reader *turned = operand->state;
	if (turned->transposer)
		gx_transposer_close(turned->transposer);
	gx_names_free(&turned->genes);
	free(turned);
}

const struct gx_reader_format gx_reader_transposed = { .name = "text, transposed",
						       .is_text = true,
						       .reads_all = true,
						       .rows_follow = true,
						       .open = transposed_open,
						       .fetch = transposed_fetch,
						       .decode = transposed_decode,
						       .finish = transposed_finish,
						       .close = transposed_close };
