/* SPDX-License-Identifier: MIT */
#include "hdf5/sparse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/digest.h"

/* ---- pieces ---- */

enum { CLAIMED = 4 << 20 }; /* bytes of values that may be claimed ahead */

void gx_sparse_pieces_open(struct gx_sparse_pieces *pieces, const struct gx_hdf5_source *source,
			   size_t array)
{
	const struct gx_hdf5_array *a = &source->plan->array[array];
	*pieces = (struct gx_sparse_pieces){ .source = source,
					     .array = array,
					     .each = a->piece[0] ? a->piece[0] : 1,
					     .n = gx_hdf5_pieces(a) };
}

static void release_before(struct gx_sparse_pieces *pieces, uint64_t number)
{
	size_t k = 0;
	for (; k < pieces->nheld && pieces->first + k < number; k++)
		gx_hdf5_piece_release(pieces->held[k]);
	pieces->nheld -= k;
	pieces->first += k;
	memmove(pieces->held, pieces->held + k, pieces->nheld * sizeof *pieces->held);
}

void gx_sparse_pieces_close(struct gx_sparse_pieces *pieces)
{
	release_before(pieces, UINT64_MAX);
}

size_t gx_sparse_pieces_count(const struct gx_sparse_pieces *pieces, uint64_t from, uint64_t to)
{
	return from == to ? 0 : (to - 1) / pieces->each - from / pieces->each + 1;
}

/* How many are claimed at a time. */
static uint64_t claimed(const struct gx_hdf5_array *array)
{
	uint64_t n = CLAIMED / gx_hdf5_piece_bytes(array);
	return n < 1 ? 1 : n < GX_SPARSE_HELD ? n : GX_SPARSE_HELD;
}

uint64_t gx_sparse_pieces_memory(const struct gx_hdf5_plan *plan, size_t array)
{
	const struct gx_hdf5_array *a = &plan->array[array];
	uint64_t n = claimed(a), all = gx_hdf5_pieces(a);
	n = n < all ? n : all;
	/* Those that wait are half as large, say, as they are stored. */
	return (n + 1) * gx_hdf5_piece_bytes(a) / 2;
}

/* Claims a piece, and as many behind it as are worth it. */
static bool claim(struct gx_sparse_pieces *pieces, uint64_t number, struct gx_fault *fault)
{
	uint64_t left = pieces->n - number;
	uint64_t n = claimed(&pieces->source->plan->array[pieces->array]);
	n = n < left ? n : left;
	release_before(pieces, UINT64_MAX);
	pieces->first = number;
	struct gx_fault first = { 0 };
	bool good = gx_hdf5_claim(pieces->source, pieces->array, number, n, pieces->held, &first);
	if (!good && n > 1) {
		/* What is wrong with one further on is told when its turn comes. */
		struct gx_fault again = { 0 };
		n = 1;
		good = gx_hdf5_claim(pieces->source, pieces->array, number, n, pieces->held,
				     &again);
	}
	if (!good)
		gx_fault_note(fault, (enum gx_exit)first.code, "%s", first.text);
	pieces->nheld = good ? n : 0;
	return good;
}

bool gx_sparse_pieces_take(struct gx_sparse_pieces *pieces, uint64_t from, uint64_t to,
			   struct gx_hdf5_piece **list, struct gx_sparse_span *span,
			   struct gx_fault *fault)
{
	const struct gx_hdf5_array *a = &pieces->source->plan->array[pieces->array];
	*span = (struct gx_sparse_span){ .each = pieces->each,
					 .size = a->type.size,
					 .first = from / pieces->each,
					 .piece = list };
	size_t n = gx_sparse_pieces_count(pieces, from, to);
	release_before(pieces, span->first);
	for (; span->n < n; span->n++) {
		uint64_t number = span->first + span->n;
		if (number >= pieces->first + pieces->nheld && !claim(pieces, number, fault)) {
			gx_sparse_release(span);
			return false;
		}
		list[span->n] = pieces->held[number - pieces->first];
		gx_hdf5_piece_hold(list[span->n]);
	}
	return true;
}

struct gx_hdf5_piece *gx_sparse_pieces_share(const struct gx_sparse_pieces *pieces,
					     uint64_t number)
{
	if (number < pieces->first || number - pieces->first >= pieces->nheld)
		return NULL;
	struct gx_hdf5_piece *piece = pieces->held[number - pieces->first];
	gx_hdf5_piece_hold(piece);
	return piece;
}

const unsigned char *gx_sparse_values(const struct gx_sparse_span *span, uint64_t entry, size_t *n,
				      struct gx_fault *fault)
{
	uint64_t within = entry % span->each;
	const unsigned char *values =
		gx_hdf5_piece_values(span->piece[entry / span->each - span->first], fault);
	*n = span->each - within;
	return values ? values + within * span->size : NULL;
}

void gx_sparse_pass(struct gx_sparse_span *span, uint64_t entry)
{
	for (size_t k = 0; k < span->n && (span->first + k + 1) * span->each <= entry; k++) {
		gx_hdf5_piece_release(span->piece[k]);
		span->piece[k] = NULL;
	}
}

void gx_sparse_release(struct gx_sparse_span *span)
{
	for (size_t k = 0; k < span->n; k++)
		gx_hdf5_piece_release(span->piece[k]);
	span->n = 0;
}

/* ---- messages ---- */

/* Of an array, for a message. */
static const char *show_path(const struct gx_hdf5_plan *plan, size_t array)
{
	const char *path = plan->array[array].path;
	return gx_show(path, strlen(path));
}

/* Of the matrix: that of its data without the last part. */
static const char *show_group(const struct gx_hdf5_plan *plan)
{
	const char *path = plan->array[GX_SPARSE_DATA].path, *end = strrchr(path, '/');
	return gx_show(path, end && end > path ? (size_t)(end - path) : strlen(path));
}

/* ---- values ---- */

/* One whole number, byte by byte: of any order of bytes. What is below 0 is above all others. */
static uint64_t whole_number(const struct gx_stored *type, const unsigned char *p)
{
	uint64_t bits = 0;
	for (size_t k = 0; k < type->size; k++)
		bits |= (uint64_t)p[type->swapped ? type->size - 1 - k : k] << 8 * k;
	unsigned unused = 64 - 8 * (unsigned)type->size;
	return type->kind == 'i' ? (uint64_t)((int64_t)(bits << unused) >> unused) : bits;
}

/* Whole numbers of one C type in the machine's order. */
#define TAKE(type)                                                        \
	for (size_t i = 0; i < n; i++) {                                  \
		type stored;                                              \
		memcpy(&stored, from + i * sizeof stored, sizeof stored); \
		beyond |= stored >= (type)limit;                          \
		out[i] = (uint32_t)stored;                                \
	}

size_t gx_sparse_indices(const struct gx_stored *type, const unsigned char *from, size_t n,
			 uint64_t limit, uint32_t *out)
{
	bool beyond = false;
	/* As unsigned, what is negative is above them all, of 4 bytes above INT32_MAX. */
	bool narrow = type->kind == 'u' || limit <= INT32_MAX;
	if (type->size == 4 && narrow && !type->swapped) {
		TAKE(uint32_t)
	} else if (type->size == 8 && !type->swapped) {
		TAKE(uint64_t)
	} else {
		for (size_t i = 0; i < n; i++) {
			uint64_t value = whole_number(type, from + i * type->size);
			beyond |= value >= limit;
			out[i] = (uint32_t)value;
		}
	}
	size_t good = beyond ? 0 : n;
	while (good < n && whole_number(type, from + good * type->size) < limit)
		good++;
	return good;
}

void gx_sparse_refuse_index(const struct gx_hdf5_plan *plan, uint64_t entry,
			    const unsigned char *from, uint64_t limit, const char *what,
			    struct gx_fault *fault)
{
	const struct gx_hdf5_array *a = &plan->array[GX_SPARSE_INDICES];
	uint64_t value = whole_number(&a->type, from);
	char text[24];
	if (a->type.kind == 'i')
		snprintf(text, sizeof text, "%" PRIi64, (int64_t)value);
	else
		snprintf(text, sizeof text, "%" PRIu64, value);
	gx_fault_note(fault, GX_EXIT_DATA,
		      ": %s: entry %" PRIu64 " is %s, where %" PRIu64
		      " %s have the numbers from 0 on: the matrix is damaged: write it again",
		      show_path(plan, GX_SPARSE_INDICES), entry + 1, text, limit, what);
}

/*
 * In a row that is being made a column without an entry is 0, and has one where it is anything
 * else: so an entry that comes twice is found without more memory. An entry that is 0 itself is a
 * NaN with these bits until the row is at its end; all others have those of GX_NAN_BITS.
 */
static const uint64_t ZERO_MARK = UINT64_C(0x7ff8000000000001);

void gx_sparse_row_begin(struct gx_sparse_row *row, double *value, size_t ncol)
{
	*row = (struct gx_sparse_row){ .value = value };
	memset(value, 0, ncol * sizeof *value);
}

size_t gx_sparse_row_put(struct gx_sparse_row *row, const struct gx_stored *type,
			 const unsigned char *from, const uint32_t *column, size_t n)
{
	double value[GX_SPARSE_BLOCK];
	gx_widen(type, from, n, value);
	if (type->kind == 'f' || type->least_is_missing)
		gx_nan_canonicalise(value, n);
	bool zeros = false;
	size_t i = 0;
	for (; i < n; i++) {
		uint64_t bits, before;
		if (GX_UNLIKELY(column[i] == GX_HDF5_DROPPED))
			continue;
		double *at = &row->value[column[i]];
		memcpy(&bits, &value[i], sizeof bits);
		memcpy(&before, at, sizeof before);
		if (GX_UNLIKELY(before != 0))
			break;
		zeros |= bits == 0;
		bits = bits ? bits : ZERO_MARK;
		memcpy(at, &bits, sizeof bits);
	}
	row->has_zeros |= zeros;
	return i;
}

void gx_sparse_row_end(struct gx_sparse_row *row, size_t ncol)
{
	for (size_t j = 0; row->has_zeros && j < ncol; j++) {
		uint64_t bits;
		memcpy(&bits, &row->value[j], sizeof bits);
		if (bits == ZERO_MARK)
			row->value[j] = 0;
	}
}

/* ---- the matrix ---- */

/* What indptr goes over: "gene", "cell"; how many of them the file has. */
static const char *major(const struct gx_hdf5_plan *plan, uint64_t *n)
{
	bool by_gene = plan->order == GX_HDF5_BY_GENE;
	*n = by_gene ? plan->all_genes : plan->all_samples;
	return by_gene ? "gene" : "cell";
}

/* What a plan may have and a sparse matrix not. (The lengths of its arrays are right: plan.h.) */
static bool check_arrays(const struct gx_hdf5_plan *plan, struct gx_fault *fault)
{
	for (size_t k = GX_SPARSE_INDICES; k <= GX_SPARSE_INDPTR; k++)
		if (plan->array[k].type.kind == 'f')
			gx_fault_note(fault, GX_EXIT_DATA, ": %s has no whole numbers",
				      show_path(plan, k));
	if (plan->all_genes >= UINT32_MAX || plan->all_samples >= UINT32_MAX)
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": %" PRIu64 " genes and %" PRIu64
			      " cells: a sparse matrix may have 4294967294 of each",
			      plan->all_genes, plan->all_samples);
	return !fault->code;
}

/*
 * Names are as many as genes and cells, or there are none: then a few bytes must not ask for any
 * amount of memory.
 */
static bool check_sizes(const struct gx_hdf5_plan *plan, struct gx_fault *fault)
{
	uint64_t nentry = plan->array[GX_SPARSE_DATA].extent[0], n = 0;
	if (!plan->genes.n)
		n = plan->all_genes;
	if (!plan->samples.n && plan->all_samples > n)
		n = plan->all_samples;
	if (n > GX_COLUMNS_WITHOUT_ROWS_MAX && n / 64 > nentry)
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": %s has %" PRIu64 " entries, and it says that there are %" PRIu64
			      " genes and %" PRIu64 " cells: the matrix is damaged: write it again",
			      show_group(plan), nentry, plan->all_genes,
			      plan->all_samples);
	return !fault->code;
}

/* The values of indptr from number `at` on are where they may be. */
static bool check_indptr(const struct gx_hdf5_plan *plan, const uint64_t *indptr, uint64_t at,
			 size_t n, struct gx_fault *fault)
{
	const char *path = show_path(plan, GX_SPARSE_INDPTR);
	uint64_t nmajor;
	const char *what = major(plan, &nmajor);
	if (at == 0 && indptr[0] != 0) {
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": %s does not begin with 0: the matrix is damaged: write it again",
			      path);
		return false;
	}
	/* What is below 0 is above INT64_MAX here. */
	for (uint64_t i = at ? at : 1; i < at + n; i++)
		if (indptr[i] < indptr[i - 1] || indptr[i] > INT64_MAX) {
			gx_fault_note(fault, GX_EXIT_DATA,
				      ": %s falls at %s %" PRIu64 ", from %" PRIu64 " to %" PRIi64
				      ": the matrix is damaged: write it again",
				      path, what, i, indptr[i - 1], (int64_t)indptr[i]);
			return false;
		}
	uint64_t nentry = plan->array[GX_SPARSE_DATA].extent[0];
	if (at + n == nmajor + 1 && indptr[nmajor] != nentry)
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": %s ends with %" PRIu64 ", and %s has %" PRIu64
			      " entries: the matrix is damaged: write it again",
			      path, indptr[nmajor], show_path(plan, GX_SPARSE_DATA), nentry);
	return !fault->code;
}

uint64_t *gx_sparse_indptr(const struct gx_hdf5_reader *reader, struct gx_fault *fault)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	const struct gx_stored *type = &plan->array[GX_SPARSE_INDPTR].type;
	if (!check_arrays(plan, fault) || !check_sizes(plan, fault))
		return NULL;
	struct gx_sparse_pieces pieces;
	gx_sparse_pieces_open(&pieces, &reader->source, GX_SPARSE_INDPTR);
	uint64_t total = plan->array[GX_SPARSE_INDPTR].extent[0];
	gx_demand_memory(8 * total, "where each of %" PRIu64 " genes or cells begins", total);
	uint64_t *indptr = gx_allocate(total, sizeof *indptr);
	bool good = true;
	for (uint64_t at = 0; at < total && good; at += pieces.each) {
		uint64_t left = total - at, n = left < pieces.each ? left : pieces.each;
		struct gx_sparse_span span;
		struct gx_hdf5_piece *piece;
		size_t all;
		good = gx_sparse_pieces_take(&pieces, at, at + n, &piece, &span, fault);
		const unsigned char *from = good ? gx_sparse_values(&span, at, &all, fault) : NULL;
		for (uint64_t i = 0; from && i < n; i++)
			indptr[at + i] = whole_number(type, from + i * type->size);
		good = from && check_indptr(plan, indptr, at, n, fault);
		gx_sparse_release(&span);
	}
	gx_sparse_pieces_close(&pieces);
	if (good)
		return indptr;
	free(indptr);
	return NULL;
}

/* The number in the file, from 1, of one among those chosen. */
static uint64_t in_file(const uint32_t *map, uint64_t nmap, uint64_t number)
{
	if (!map)
		return number + 1;
	uint64_t i = 0;
	while (i < nmap && map[i] != number)
		i++;
	return i + 1;
}

static const char sum_them[] = ": in Python X.sum_duplicates() adds them up: write it again after "
			       "that";

void gx_sparse_refuse_twice(const struct gx_hdf5_plan *plan, uint64_t gene, uint32_t cell,
			    struct gx_fault *fault)
{
	const struct gx_hdf5_array *data = &plan->array[GX_SPARSE_DATA];
	gx_fault_note(fault, GX_EXIT_DATA,
		      ": %s has gene %" PRIu64 " of cell %" PRIu64
		      " twice: which one is meant%s",
		      show_group(plan), in_file(plan->gene, plan->all_genes, gene),
		      in_file(data->sample, data->nsample, cell), sum_them);
}

void gx_sparse_refuse_many(const struct gx_hdf5_plan *plan, uint64_t gene, uint64_t nentry,
			   uint64_t ncell, struct gx_fault *fault)
{
	gx_fault_note(fault, GX_EXIT_DATA,
		      ": %s has %" PRIu64 " entries for gene %" PRIu64 ", and %" PRIu64
		      " cells: some come twice%s",
		      show_group(plan), nentry,
		      in_file(plan->gene, plan->all_genes, gene), ncell, sum_them);
}

void gx_sparse_end_at(struct gx_batch *batch, size_t row)
{
	struct gx_names *names = &batch->rows.names;
	const char *end = names->text;
	batch->rows.nrow = row;
	if (!names->n)
		return;
	for (size_t i = 0; i < row; i++)
		end = gx_names_next(end);
	names->n = row;
	names->nbyte = (size_t)(end - names->text);
}
