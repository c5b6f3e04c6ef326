/* SPDX-License-Identifier: MIT */
#include "network/ranks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"
#include "bytes/pipeline.h"
#include "kernel/rank.h"

const char *const gx_rank_method_names[] = {
	[GX_RANK_INTEGER] = "integer", [GX_RANK_EGAD] = "egad", [GX_RANK_EGAD_ABS] = "egad-abs",
	[GX_RANK_RANKPY] = "rankpy",   [GX_RANK_PYMN] = "pymn",
};

const char *const gx_rank_fill_names[] = {
	[GX_FILL_DEFAULT] = "",	     [GX_FILL_ERROR] = "error", [GX_FILL_KEEP] = "keep",
	[GX_FILL_MEDIAN] = "median", [GX_FILL_MEAN] = "mean",
};

/* ---- pieces of work, by threads ---- */

struct pieces {
	void *context;
	void (*work)(void *context, size_t piece, size_t place);
	size_t next, n;
};

struct place {
	const struct pieces *pieces;
	size_t piece, number;
};

static bool fetch(void *context, void *slot)
{
	struct pieces *pieces = context;
	((struct place *)slot)->piece = pieces->next;
	return pieces->next < pieces->n && ++pieces->next;
}

static void work(void *context, void *slot)
{
	const struct pieces *pieces = context;
	const struct place *place = slot;
	pieces->work(pieces->context, place->piece, place->number);
}

static void commit(void *context, void *slot)
{
	(void)context, (void)slot;
}

/* A place, from 0 to gx_pipeline_slots(nthread) - 1, has one piece at a time. */
static void run_pieces(void *context, void (*act)(void *context, size_t piece, size_t place),
		       size_t n, int nthread)
{
	struct pieces pieces = { context, act, 0, n };
	struct gx_pipeline pipeline = { &pieces, fetch, work, commit };
	size_t nplace = gx_pipeline_slots(nthread);
	struct place *place = gx_allocate_zeroed(nplace, sizeof *place);
	void **slots = gx_allocate(nplace, sizeof *slots);
	for (size_t i = 0; i < nplace; i++) {
		place[i].number = i;
		slots[i] = &place[i];
	}
	gx_pipeline_run(&pipeline, slots, nthread);
	free(slots);
	free(place);
}

/* ---- sizes ---- */

static bool is_wide(uint64_t ngene)
{
	return ngene > GX_RANK_NARROW;
}

static uint64_t rank_bytes(uint64_t ngene)
{
	return gx_triangle_values(ngene) * (is_wide(ngene) ? sizeof(uint64_t) : sizeof(uint32_t));
}

enum gx_layout gx_ranks_layout(const struct gx_ranking *ranking, uint64_t ngene)
{
	return ranking->method != GX_RANK_INTEGER ? GX_TRIANGLE_FLOAT64
	       : is_wide(ngene)			  ? GX_TRIANGLE_UINT64
						  : GX_TRIANGLE_UINT32;
}

uint64_t gx_ranks_memory(const struct gx_ranking *ranking, enum gx_layout layout,
			 uint64_t ngene, int nthread)
{
	(void)ranking; /* doubles take the place of the values, or of the scratch */
	uint64_t input = layout == GX_FULL ? 8 * gx_triangle_values(ngene)
					   : gx_triangle_bytes(layout, ngene);
	return input + rank_bytes(ngene) + gx_rank_scratch(ngene, gx_pipeline_slots(nthread));
}

static void *take_pages(uint64_t nbyte, uint64_t ngene)
{
	void *memory = gx_pages_resize(NULL, 0, nbyte);
	if (!memory)
		gx_die_errno("memory for the ranks of %" PRIu64 " genes", ngene);
	return memory;
}

/* ---- what is missing ---- */

GX_NORETURN GX_COLD static void die_missing(const struct gx_matrix *matrix, uint64_t n,
					    uint64_t i, uint64_t j, const char *file)
{
	struct gx_names implicit = { 0 };
	struct gx_names names = gx_matrix_columns(matrix, &implicit);
	const char *name[2] = { names.text, names.text };
	for (uint64_t k = 0; k < i; k++)
		name[0] = gx_names_next(name[0]);
	for (uint64_t k = 0; k < j; k++)
		name[1] = gx_names_next(name[1]);
	gx_die(GX_EXIT_DATA,
	       "%s: %" PRIu64 " pair%s no value, first %s with %s: give them the median or the mean of the "
	       "ranks (--fill median, --fill mean), or keep them missing in ranks that are no whole "
	       "numbers (--method egad --fill keep)",
	       file, n, n == 1 ? " has" : "s have", gx_show(name[0], strlen(name[0])),
	       gx_show(name[1], strlen(name[1])));
}

static void refuse_missing(const struct gx_network_whole *whole, const char *file)
{
	const double *value = whole->triangle;
	uint64_t n = 0, at = 0, first[2] = { 0 };
	if (!whole->missing)
		return;
	for (uint64_t i = 0; i < whole->matrix.ncol; i++, at++)
		for (uint64_t j = 0; j < i; j++, at++)
			if (value[at] != value[at] && n++ == 0) {
				first[0] = i;
				first[1] = j;
			}
	if (n)
		die_missing(&whole->matrix, n, first[0], first[1], file);
}

/* ---- ranks ---- */

struct ranking {
	struct gx_rank rank;
	int step;
};

static void rank_piece(void *context, size_t piece, size_t place)
{
	struct ranking *r = context;
	gx_rank_piece(&r->rank, r->step, piece, place);
}

static enum gx_rank_input input_of(enum gx_layout layout)
{
	return layout == GX_TRIANGLE_UINT32   ? GX_RANK_UINT32
	       : layout == GX_TRIANGLE_UINT64 ? GX_RANK_UINT64
					      : GX_RANK_FLOAT64;
}

static struct gx_rank_facts rank_values(const struct gx_network_whole *whole,
					const struct gx_ranking *ranking, void *rank, int nthread)
{
	uint64_t ngene = whole->matrix.ncol;
	struct gx_rank_task task = {
		.value = whole->triangle,
		.input = input_of(whole->matrix.layout),
		.ngene = ngene,
		.descending = ranking->distance,
		.absolute = ranking->method == GX_RANK_EGAD_ABS,
		.keep_diagonal = ranking->method == GX_RANK_RANKPY,
		.rank = rank,
		.wide = is_wide(ngene),
		.nplace = gx_pipeline_slots(nthread),
	};
	size_t nbyte = gx_rank_scratch(ngene, task.nplace);
	void *scratch = take_pages(nbyte, ngene);
	struct ranking r;
	gx_rank_begin(&r.rank, &task, scratch);
	for (r.step = 0; r.step < GX_RANK_STEPS; r.step++) {
		run_pieces(&r, rank_piece, gx_rank_pieces(&r.rank, r.step), nthread);
		gx_rank_join(&r.rank, r.step);
	}
	gx_pages_free(scratch, nbyte);
	return r.rank.facts;
}

/* rank.py ranks the diagonal as what it is made to be: a gene is nearest to itself. */
static void set_diagonal(struct gx_network_whole *whole, bool distance)
{
	for (uint64_t i = 0; i < whole->matrix.ncol; i++) {
		uint64_t at = gx_triangle_values(i + 1) - 1, nearest = !distance;
		if (whole->matrix.layout == GX_TRIANGLE_FLOAT64)
			((double *)whole->triangle)[at] = (double)nearest;
		else if (whole->matrix.layout == GX_TRIANGLE_UINT64)
			((uint64_t *)whole->triangle)[at] = nearest;
		else
			((uint32_t *)whole->triangle)[at] = (uint32_t)nearest;
	}
}

/* ---- what is written ---- */

enum { PIECE_VALUES = 1 << 16 };

struct finish {
	const void *rank;
	bool wide;
	uint64_t npair;
	uint64_t fill_rank;	 /* of whole numbers, in the place of 0 */
	double less, by, filled; /* of doubles: (q - less) / by, and what is missing */
	double *value;
};

static uint64_t rank_of(const struct finish *f, uint64_t at)
{
	return f->wide ? ((const uint64_t *)f->rank)[at] : ((const uint32_t *)f->rank)[at];
}

static uint64_t piece_end(const struct finish *f, size_t piece)
{
	uint64_t end = (piece + 1) * (uint64_t)PIECE_VALUES;
	return end < f->npair ? end : f->npair;
}

static void fill_piece(void *context, size_t piece, size_t place)
{
	const struct finish *f = context;
	uint64_t end = piece_end(f, piece);
	uint32_t *narrow = (uint32_t *)f->rank;
	uint64_t *wide = (uint64_t *)f->rank;
	(void)place;
	for (uint64_t at = piece * (uint64_t)PIECE_VALUES; at < end; at++)
		if (rank_of(f, at) == 0 && f->wide)
			wide[at] = f->fill_rank;
		else if (rank_of(f, at) == 0)
			narrow[at] = (uint32_t)f->fill_rank;
}

static double scale(const struct finish *f, double rank)
{
	return f->by == 0 ? 1 : (rank - f->less) / f->by;
}

static void scale_piece(void *context, size_t piece, size_t place)
{
	const struct finish *f = context;
	uint64_t end = piece_end(f, piece);
	(void)place;
	for (uint64_t at = piece * (uint64_t)PIECE_VALUES; at < end; at++) {
		uint64_t q = rank_of(f, at);
		f->value[at] = q ? scale(f, (double)q) : f->filled;
	}
}

static size_t pieces_of(const struct finish *f)
{
	return (f->npair + PIECE_VALUES - 1) / PIECE_VALUES;
}

/* In q, which is twice the rank: by the largest, or by the cells, whose number is not doubled. */
static void choose_scale(struct finish *f, const struct gx_ranking *ranking,
			 const struct gx_rank_facts *facts)
{
	static const uint64_t nan_bits = GX_NAN_BITS;
	f->less = ranking->method == GX_RANK_EGAD || ranking->method == GX_RANK_EGAD_ABS ? 0 : 2;
	f->by = ranking->method == GX_RANK_RANKPY ? 2 * (double)facts->ncell
						  : (double)facts->max - f->less;
	memcpy(&f->filled, &nan_bits, sizeof f->filled);
	if (ranking->fill == GX_FILL_MEDIAN)
		f->filled = (scale(f, (double)facts->middle[0]) + scale(f, (double)facts->middle[1])) / 2;
	else if (ranking->fill == GX_FILL_MEAN)
		f->filled = scale(f, facts->sum / (double)facts->ncell);
	else if (ranking->fill == GX_FILL_DEFAULT && ranking->method == GX_RANK_PYMN)
		f->filled = 0;
}

static void replace(struct gx_network_whole *whole, void *triangle, uint64_t nbyte,
		    enum gx_layout layout)
{
	gx_pages_free(whole->triangle, whole->nbyte);
	whole->triangle = triangle;
	whole->nbyte = nbyte;
	whole->matrix.layout = layout;
}

/* Doubles go where the values were, which are of no use now, if they have the room. */
static void write_doubles(struct gx_network_whole *whole, struct finish *f, void *rank,
			  const struct gx_ranking *ranking, const struct gx_rank_facts *facts,
			  int nthread)
{
	uint64_t ngene = whole->matrix.ncol;
	uint64_t nbyte = gx_triangle_bytes(GX_TRIANGLE_FLOAT64, ngene);
	if (gx_layout_size(whole->matrix.layout) < sizeof(double))
		replace(whole, take_pages(nbyte, ngene), nbyte, GX_TRIANGLE_FLOAT64);
	whole->matrix.layout = GX_TRIANGLE_FLOAT64;
	f->value = whole->triangle;
	choose_scale(f, ranking, facts);
	run_pieces(f, scale_piece, pieces_of(f), nthread);
	gx_pages_free(rank, rank_bytes(ngene));
}

static void write_integers(struct gx_network_whole *whole, struct finish *f, void *rank,
			   const struct gx_ranking *ranking, const struct gx_rank_facts *facts,
			   int nthread)
{
	uint64_t ngene = whole->matrix.ncol;
	replace(whole, rank, rank_bytes(ngene), gx_ranks_layout(ranking, ngene));
	f->fill_rank = ranking->fill == GX_FILL_MEAN ? facts->mean : facts->median;
	if (facts->missing)
		run_pieces(f, fill_piece, pieces_of(f), nthread);
}

static void describe(struct gx_network *network, const struct gx_ranking *ranking,
		     const struct gx_rank_facts *facts)
{
	bool is_whole = ranking->method == GX_RANK_INTEGER;
	bool names_fill = ranking->fill > GX_FILL_ERROR;
	*network = (struct gx_network){ .max = is_whole ? facts->max : GX_UNKNOWN,
					.median = is_whole ? facts->median : GX_UNKNOWN,
					.mean = is_whole ? facts->mean : GX_UNKNOWN };
	snprintf(network->kind, sizeof network->kind, "rank %s%s%s",
		 gx_rank_method_names[ranking->method], names_fill ? " fill:" : "",
		 names_fill ? gx_rank_fill_names[ranking->fill] : "");
}

void gx_ranks_take(struct gx_network_whole *whole, const struct gx_ranking *ranking,
		   const char *file, int nthread)
{
	uint64_t ngene = whole->matrix.ncol;
	if (ranking->fill == GX_FILL_ERROR ||
	    (ranking->fill == GX_FILL_DEFAULT && ranking->method != GX_RANK_PYMN))
		refuse_missing(whole, file);
	if (ranking->method == GX_RANK_RANKPY)
		set_diagonal(whole, ranking->distance);
	void *rank = take_pages(rank_bytes(ngene), ngene);
	struct gx_rank_facts facts = rank_values(whole, ranking, rank, nthread);
	if (!facts.max)
		gx_die(GX_EXIT_DATA, "%s: no pair has a value: there is nothing to rank", file);
	struct finish f = { .rank = rank, .wide = is_wide(ngene), .npair = gx_triangle_values(ngene) };
	(ranking->method == GX_RANK_INTEGER ? write_integers : write_doubles)(whole, &f, rank, ranking,
									       &facts, nthread);
	whole->missing = ranking->fill == GX_FILL_KEEP ? facts.missing : 0;
	describe(&whole->matrix.network, ranking, &facts);
}
