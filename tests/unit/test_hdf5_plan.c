/* SPDX-License-Identifier: MIT */
/*
 * Plans as bytes: what was printed comes back; each way to spoil one is refused; bytes at random
 * give a plan that is sound or none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/plan.h"
#include "hdf5/protocol.h"
#include "unit.h"

enum { SIZE = 1 << 20 }; /* bytes of the file */

static void add_names(struct gx_names *names, char letter, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		gx_names_add_implicit(names, letter, i + 1);
}

static uint32_t *copy(const uint32_t *map, size_t n)
{
	uint32_t *to = gx_allocate(n, sizeof *to);
	memcpy(to, map, n * sizeof *to);
	return to;
}

static struct gx_hdf5_array *add_array(struct gx_hdf5_plan *plan, const char *path, uint64_t nrow,
				       uint64_t ncol)
{
	struct gx_hdf5_array *a = gx_hdf5_plan_add(plan, path);
	a->extent[0] = nrow;
	a->extent[1] = ncol;
	a->piece[0] = 4;
	a->piece[1] = ncol < 2 ? 1 : 2;
	a->type = (struct gx_stored){ .kind = 'f', .size = 8 };
	return a;
}

/* Two blocks of 10 genes: samples 3 0 - and 1 2 4. */
static struct gx_hdf5_plan make_dense(void)
{
	static const uint32_t first[] = { 3, 0, GX_HDF5_DROPPED }, second[] = { 1, 2, 4 };
	struct gx_hdf5_plan plan = { .order = GX_HDF5_DENSE, .ngene = 10, .nsample = 5,
				     .all_genes = 10, .all_samples = 6 };
	add_names(&plan.genes, 'g', 10);
	add_names(&plan.samples, 's', 5);
	gx_facts_tell(&plan.facts, "format", "HDF5, pandas");
	gx_facts_tell(&plan.facts, "dataset", "/nw");
	struct gx_hdf5_array *a = add_array(&plan, "/nw/block0_values", 10, 3);
	a->storage = GX_HDF5_CHUNKS;
	a->type = (struct gx_stored){ 'i', 4, true, true };
	a->nfilter = 2;
	a->filter[0] = (struct gx_hdf5_filter){ 2, 1, { 4 } };
	a->filter[1] = (struct gx_hdf5_filter){ 1, 1, { 9 } };
	memcpy(a->fill, "\1\2\3\4", 4);
	a->sample = copy(first, 3);
	a->nsample = 3;
	a = add_array(&plan, "/nw/block1_values", 10, 3);
	a->storage = GX_HDF5_CONTIGUOUS;
	a->offset = SIZE - 10 * 3 * 8;
	a->sample = copy(second, 3);
	a->nsample = 3;
	return plan;
}

/* One array of 7 samples x 9 genes, all of them. */
static struct gx_hdf5_plan make_turned(void)
{
	struct gx_hdf5_plan plan = { .order = GX_HDF5_DENSE, .samples_first = true, .ngene = 9,
				     .nsample = 7, .all_genes = 9, .all_samples = 7 };
	add_array(&plan, "/X", 7, 9)->storage = GX_HDF5_LIBRARY;
	return plan;
}

/* 6 samples, of which 4 are chosen, and 5 genes, of which 2 are. */
static struct gx_hdf5_plan make_sparse(void)
{
	static const uint32_t sample[] = { 2, GX_HDF5_DROPPED, 0, 1, GX_HDF5_DROPPED, 3 };
	static const uint32_t gene[] = { GX_HDF5_DROPPED, 0, GX_HDF5_DROPPED, 1, GX_HDF5_DROPPED };
	struct gx_hdf5_plan plan = { .order = GX_HDF5_BY_SAMPLE, .ngene = 2, .nsample = 4,
				     .all_genes = 5, .all_samples = 6 };
	add_names(&plan.genes, 'g', 2);
	plan.gene = copy(gene, 5);
	struct gx_hdf5_array *a = add_array(&plan, "/matrix/data", 20, 1);
	a->sample = copy(sample, 6);
	a->nsample = 6;
	a->type = (struct gx_stored){ .kind = 'f', .size = 2 };
	add_array(&plan, "/matrix/indices", 20, 1)->type = (struct gx_stored){ .kind = 'i', .size = 8 };
	add_array(&plan, "/matrix/indptr", 7, 1)->type = (struct gx_stored){ .kind = 'u', .size = 4 };
	return plan;
}

static struct gx_hdf5_plan make_by_gene(void)
{
	struct gx_hdf5_plan plan = make_sparse();
	plan.order = GX_HDF5_BY_GENE;
	free(plan.gene);
	plan.gene = NULL;
	plan.ngene = plan.all_genes;
	gx_names_free(&plan.genes);
	plan.array[2].extent[0] = 6;
	return plan;
}

static struct gx_hdf5_plan make_empty(void)
{
	return (struct gx_hdf5_plan){ .nsample = 3, .all_samples = 3 };
}

static struct gx_hdf5_plan (*const make[])(void) = { make_dense, make_turned, make_sparse,
						     make_by_gene, make_empty };
enum { KINDS = sizeof make / sizeof *make, DENSE = 0, TURNED, SPARSE, BY_GENE, EMPTY };

static const char *take_printed(const struct gx_hdf5_plan *plan, struct gx_hdf5_plan *back)
{
	unsigned char *text;
	size_t n = gx_hdf5_plan_print(plan, &text);
	const char *fault = gx_hdf5_plan_take(text, n, SIZE, back);
	free(text);
	return fault;
}

/* ---- there and back ---- */

static void compare_arrays(const struct gx_hdf5_array *got, const struct gx_hdf5_array *want)
{
	unit_text(got->path, want->path, "path");
	unit_equal_all(got->extent, want->extent, 2, "extent of %s", want->path);
	unit_equal_all(got->piece, want->piece, 2, "piece of %s", want->path);
	unit_check(got->type.kind == want->type.kind && got->type.size == want->type.size &&
			   got->type.swapped == want->type.swapped &&
			   got->type.least_is_missing == want->type.least_is_missing,
		   "type of %s", want->path);
	unit_equal(got->storage, want->storage, "storage of %s", want->path);
	unit_equal(got->offset, want->offset, "offset of %s", want->path);
	unit_equal(got->nfilter, want->nfilter, "filters of %s", want->path);
	unit_bytes(got->filter, want->filter, sizeof want->filter, "filters of %s", want->path);
	unit_bytes(got->fill, want->fill, sizeof want->fill, "fill value of %s", want->path);
	unit_equal(got->nsample, want->nsample, "samples of %s", want->path);
	if (unit_equal(got->sample != NULL, want->sample != NULL, "a list of %s", want->path))
		unit_bytes(got->sample, want->sample, want->nsample * sizeof *want->sample,
			   "samples of %s", want->path);
}

static void compare(const struct gx_hdf5_plan *got, const struct gx_hdf5_plan *want)
{
	unit_equal(got->order, want->order, "order");
	unit_equal(got->samples_first, want->samples_first, "samples first");
	unit_equal(got->ngene, want->ngene, "genes");
	unit_equal(got->nsample, want->nsample, "samples");
	unit_equal(got->all_genes, want->all_genes, "all genes");
	unit_equal(got->all_samples, want->all_samples, "all samples");
	unit_check(gx_names_equal(&got->genes, &want->genes), "names of genes");
	unit_check(gx_names_equal(&got->samples, &want->samples), "names of samples");
	unit_check(gx_names_equal(&got->facts.list, &want->facts.list), "facts");
	if (unit_equal(got->gene != NULL, want->gene != NULL, "a list of genes") && want->gene)
		unit_bytes(got->gene, want->gene, want->all_genes * sizeof *want->gene, "genes");
	if (unit_equal(got->narray, want->narray, "arrays"))
		for (size_t a = 0; a < want->narray; a++)
			compare_arrays(&got->array[a], &want->array[a]);
}

static void test_back(void)
{
	for (int kind = 0; kind < KINDS; kind++) {
		struct gx_hdf5_plan plan = make[kind](), back;
		unit_text(gx_hdf5_plan_fault(&plan, SIZE), NULL, "plan %d", kind);
		unit_text(take_printed(&plan, &back), NULL, "plan %d", kind);
		compare(&back, &plan);
		gx_hdf5_plan_free(&back);
		gx_hdf5_plan_free(&plan);
	}
	unit_report("a plan comes back as it was");
}

/* ---- spoiled ones ---- */

static void replace_name(struct gx_names *names, char byte)
{
	names->text[1] = byte;
}

static void drop_gene_list(struct gx_hdf5_plan *p)
{
	free(p->gene);
	p->gene = NULL;
}

static void drop_sample_list(struct gx_hdf5_array *a)
{
	free(a->sample);
	a->sample = NULL;
	a->nsample = 0;
}

#define SPOIL(kind, how)                     \
	case __LINE__:                       \
		plan = make[kind]();         \
		what = #how;                 \
		{                            \
			struct gx_hdf5_plan *p = &plan; \
			struct gx_hdf5_array *a = p->array; \
			(void)a;             \
			how;                 \
		}                            \
		break

/* Spoils a plan by the rule on this line of the file; false: there is none. */
static bool spoil(int line, struct gx_hdf5_plan *out, const char **text)
{
	struct gx_hdf5_plan plan;
	const char *what;
	switch (line) {
		SPOIL(DENSE, p->order = (enum gx_hdf5_order)3);
		SPOIL(DENSE, p->order = GX_HDF5_BY_GENE);
		SPOIL(DENSE, p->samples_first = true);
		SPOIL(DENSE, p->ngene = p->all_genes = 9);
		SPOIL(DENSE, p->all_genes = 9);
		SPOIL(DENSE, p->all_genes = UINT64_C(1) << 41);
		SPOIL(DENSE, p->all_samples = 4);
		SPOIL(DENSE, p->all_samples = UINT64_MAX);
		SPOIL(DENSE, p->nsample = 4);
		SPOIL(DENSE, (p->nsample = 6, gx_names_clear(&p->samples)));
		SPOIL(DENSE, (p->nsample = 4, gx_names_clear(&p->samples)));
		SPOIL(DENSE, gx_names_add(&p->genes, "more", 4));
		SPOIL(DENSE, gx_names_add(&p->samples, "more", 4));
		SPOIL(DENSE, p->genes.n = 9);
		SPOIL(DENSE, replace_name(&p->genes, '\n'));
		SPOIL(DENSE, replace_name(&p->genes, '\t'));
		SPOIL(DENSE, replace_name(&p->samples, 0x1b));
		SPOIL(DENSE, replace_name(&p->samples, 0x7f));
		SPOIL(DENSE, replace_name(&p->samples, 0));
		SPOIL(DENSE, replace_name(&p->facts.list, '\r'));
		SPOIL(DENSE, gx_names_add(&p->facts.list, "alone", 5));
		SPOIL(DENSE, p->gene = gx_allocate_zeroed(10, sizeof *p->gene));
		SPOIL(DENSE, (p->narray = 0, free(a[0].path), free(a[1].path), free(a[0].sample),
			      free(a[1].sample)));
		SPOIL(DENSE, a->extent[0] = 11);
		SPOIL(DENSE, a->extent[1] = 4);
		SPOIL(DENSE, a->extent[1] = UINT64_C(1) << 40);
		SPOIL(DENSE, a->piece[0] = 0);
		SPOIL(DENSE, a->piece[1] = 0);
		SPOIL(DENSE, a->piece[0] = GX_HDF5_PIECE_MAX);
		SPOIL(DENSE, a->piece[0] = UINT64_C(1) << 62);
		SPOIL(DENSE, a->piece[0] = a->piece[1] = UINT64_C(1) << 32);
		SPOIL(DENSE, a->type.kind = 'c');
		SPOIL(DENSE, a->type.kind = 0);
		SPOIL(DENSE, a->type.kind = 'u'); /* least_is_missing */
		SPOIL(DENSE, a->type.size = 8);	  /* least_is_missing */
		SPOIL(DENSE, a->type.size = 0);
		SPOIL(DENSE, a->type.size = 3);
		SPOIL(DENSE, a->type.size = 16);
		SPOIL(DENSE, a[1].type.size = 1);
		SPOIL(DENSE, a->storage = (enum gx_hdf5_storage)3);
		SPOIL(DENSE, a[1].offset++);
		SPOIL(DENSE, a[1].offset = UINT64_MAX);
		SPOIL(DENSE, a[1].offset = SIZE + 1);
		SPOIL(DENSE, a->filter[1].nvalue = GX_HDF5_FILTER_VALUES_MAX + 1);
		SPOIL(DENSE, a->sample[0] = 5);
		SPOIL(DENSE, a->sample[0] = 0);
		SPOIL(DENSE, a->sample[0] = 4);
		SPOIL(DENSE, a->sample[0] = GX_HDF5_DROPPED);
		SPOIL(DENSE, a->sample[2] = 3);
		SPOIL(DENSE, a->nsample = 2);
		SPOIL(DENSE, drop_sample_list(a));
		SPOIL(TURNED, p->samples_first = false);
		SPOIL(TURNED, p->order = GX_HDF5_BY_SAMPLE);
		SPOIL(TURNED, p->nsample = 6);
		SPOIL(TURNED, p->ngene = 8);
		SPOIL(TURNED, add_array(p, "/Y", 7, 9));
		SPOIL(TURNED, a->path[0] = 0x7f); /* of a path nothing is demanded */
		SPOIL(SPARSE, p->gene[1] = 1);
		SPOIL(SPARSE, p->gene[0] = 0);
		SPOIL(SPARSE, p->gene[3] = GX_HDF5_DROPPED);
		SPOIL(SPARSE, p->gene[4] = 2);
		SPOIL(SPARSE, p->ngene = 3);
		SPOIL(SPARSE, p->ngene = 1);
		SPOIL(SPARSE, (p->gene[1] = 1, p->gene[3] = 0));
		SPOIL(SPARSE, drop_gene_list(p));
		SPOIL(SPARSE, p->order = GX_HDF5_DENSE);
		SPOIL(SPARSE, p->order = GX_HDF5_BY_GENE);
		SPOIL(SPARSE, p->samples_first = true);
		SPOIL(SPARSE, p->all_samples = 7);
		SPOIL(SPARSE, add_array(p, "/matrix/shape", 2, 1));
		SPOIL(SPARSE, a->extent[0] = 19);
		SPOIL(SPARSE, a[1].extent[0] = 21);
		SPOIL(SPARSE, a[2].extent[0] = 6);
		SPOIL(SPARSE, a[1].extent[1] = 2);
		SPOIL(SPARSE, a[1].extent[1] = 0);
		SPOIL(SPARSE, a[2].piece[1] = 2);
		SPOIL(SPARSE, a->sample[0] = 4);
		SPOIL(SPARSE, a->sample[0] = 1);
		SPOIL(SPARSE, a->sample[0] = GX_HDF5_DROPPED);
		SPOIL(SPARSE, drop_sample_list(a));
		SPOIL(SPARSE, a[1].sample = copy((uint32_t[]){ 0, 1 }, a[1].nsample = 2));
		SPOIL(BY_GENE, p->order = GX_HDF5_BY_SAMPLE);
		SPOIL(BY_GENE, a[2].extent[0] = 7);
		SPOIL(EMPTY, p->ngene = p->all_genes = 1);
		SPOIL(EMPTY, p->order = GX_HDF5_BY_GENE);
	default:
		return false;
	}
	*out = plan;
	*text = what;
	return true;
}

enum { LINES = 1000 };

static void test_spoiled(void)
{
	unsigned n = 0;
	for (int line = 0; line < LINES; line++) {
		struct gx_hdf5_plan plan, back;
		const char *what;
		if (!spoil(line, &plan, &what))
			continue;
		n++;
		const char *fault = take_printed(&plan, &back);
		/* The one that is sound says so: the rules above are not refused for nothing. */
		bool sound = strstr(what, "path[0]") != NULL;
		unit_check((fault == NULL) == sound, "%s: %s", what, fault ? fault : "taken");
		if (!fault)
			gx_hdf5_plan_free(&back);
		unit_check(back.narray == 0 && !back.array && !back.genes.text && !back.gene,
			   "an empty plan behind %s", what);
		gx_hdf5_plan_free(&plan);
	}
	unit_check(n > 80, "%u plans were spoiled", n);
	unit_report("each way to spoil a plan is refused");
}

/* ---- bytes ---- */

/* A plan that is taken is sound, and is printed as it was. */
static void try_bytes(const unsigned char *text, size_t n)
{
	struct gx_hdf5_plan plan;
	if (gx_hdf5_plan_take(text, n, SIZE, &plan))
		return;
	unit_text(gx_hdf5_plan_fault(&plan, SIZE), NULL, "a plan that was taken");
	unsigned char *again;
	size_t nagain = gx_hdf5_plan_print(&plan, &again);
	if (unit_equal(nagain, n, "bytes of it"))
		unit_bytes(again, text, n, "the plan");
	free(again);
	gx_hdf5_plan_free(&plan);
}

/* Numbers that are near the ends of something. */
static uint64_t draw_number(void)
{
	static const uint64_t odd[] = { 0, 1, 2, 3, 8, 255, INT32_MAX, UINT32_MAX, INT64_MAX,
					UINT64_MAX, UINT64_MAX - 7, UINT64_C(1) << 62 };
	return odd[unit_draw_below(sizeof odd / sizeof *odd)] + unit_draw_below(3);
}

static void test_random(void)
{
	for (int round = 0; round < 20000; round++) {
		struct gx_hdf5_plan plan = make[round % KINDS]();
		unsigned char *text;
		size_t n = gx_hdf5_plan_print(&plan, &text);
		gx_hdf5_plan_free(&plan);
		/* At the end of memory that may be touched, for the sanitizers. */
		unsigned char *exact = unit_allocate(n, 1);
		memcpy(exact, text, n);
		free(text);
		uint64_t number = draw_number();
		if (round % 3 == 0)
			exact[unit_draw_below(n)] ^= (unsigned char)(1 << unit_draw_below(8));
		else if (round % 3 == 1)
			memcpy(exact + unit_draw_below(n - 8), &number, 8);
		else
			for (size_t i = unit_draw_below(n); i < n; i++)
				exact[i] = (unsigned char)unit_draw_below(256);
		try_bytes(exact, n);
		free(exact);
	}
	unit_report("bytes at random give a sound plan or none");
}

static void test_cut(void)
{
	for (int kind = 0; kind < KINDS; kind++) {
		struct gx_hdf5_plan plan = make[kind](), back;
		unsigned char *text;
		size_t n = gx_hdf5_plan_print(&plan, &text);
		gx_hdf5_plan_free(&plan);
		for (size_t k = 0; k < n; k++) {
			unsigned char *exact = unit_allocate(k, 1);
			memcpy(exact, text, k);
			unit_check(gx_hdf5_plan_take(exact, k, SIZE, &back) != NULL,
				   "plan %d cut at %zu is refused", kind, k);
			free(exact);
		}
		unsigned char *longer = unit_allocate(n + 1, 1);
		memcpy(longer, text, n);
		unit_check(gx_hdf5_plan_take(longer, n + 1, SIZE, &back) != NULL,
			   "plan %d with a byte more is refused", kind);
		free(longer);
		free(text);
	}
	unit_report("a plan that is cut or too long is refused");
}

/* ---- pieces and records ---- */

static void test_pieces(void)
{
	struct gx_hdf5_plan plan = make_dense();
	struct gx_hdf5_array *a = plan.array;
	unit_equal(gx_hdf5_grid(a, 0), 3, "pieces of 4 in 10");
	unit_equal(gx_hdf5_grid(a, 1), 2, "pieces of 2 in 3");
	unit_equal(gx_hdf5_pieces(a), 6, "pieces");
	unit_equal(gx_hdf5_piece_bytes(a), 32, "bytes of a piece");
	a->extent[0] = a->piece[0] = 0;
	unit_equal(gx_hdf5_pieces(a), 0, "pieces of nothing");
	unit_equal(gx_hdf5_piece_bytes(a), 1, "bytes of a piece of nothing");
	gx_hdf5_plan_free(&plan);
	unit_report("pieces are counted");
}

static void test_records(void)
{
	static const struct {
		struct gx_hdf5_record record;
		enum gx_hdf5_storage storage;
		bool good;
	} cases[] = {
		{ { GX_HDF5_STORED, 3, 100, 50 }, GX_HDF5_CHUNKS, true },
		{ { GX_HDF5_STORED, 3, 100, 900 }, GX_HDF5_CHUNKS, true },
		{ { GX_HDF5_STORED, 3, 100, 901 }, GX_HDF5_CHUNKS, false },
		{ { GX_HDF5_STORED, 3, 1001, 0 }, GX_HDF5_CHUNKS, false },
		{ { GX_HDF5_STORED, 3, UINT64_MAX, 2 }, GX_HDF5_CHUNKS, false },
		{ { GX_HDF5_STORED, 3, 2, UINT64_MAX }, GX_HDF5_CHUNKS, false },
		{ { GX_HDF5_STORED, 3, 100, 50 }, GX_HDF5_LIBRARY, false },
		{ { GX_HDF5_STORED, 3, 100, 50 }, GX_HDF5_CONTIGUOUS, false },
		{ { GX_HDF5_VALUES, 0, 100, 64 }, GX_HDF5_CHUNKS, true },
		{ { GX_HDF5_VALUES, 0, 936, 64 }, GX_HDF5_LIBRARY, true },
		{ { GX_HDF5_VALUES, 0, 937, 64 }, GX_HDF5_LIBRARY, false },
		{ { GX_HDF5_VALUES, 0, 100, 63 }, GX_HDF5_LIBRARY, false },
		{ { GX_HDF5_VALUES, 0, 100, 65 }, GX_HDF5_LIBRARY, false },
		{ { GX_HDF5_UNWRITTEN, 0, 0, 0 }, GX_HDF5_CHUNKS, true },
		{ { GX_HDF5_UNWRITTEN, 0, 0, 1 }, GX_HDF5_CHUNKS, false },
		{ { 3, 0, 100, 64 }, GX_HDF5_CHUNKS, false },
		{ { UINT32_MAX, 0, 100, 64 }, GX_HDF5_CHUNKS, false },
	};
	unsigned char *shared = unit_allocate(1000, 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct gx_hdf5_answer answer;
		bool good = gx_hdf5_record_take(&cases[i].record, shared, 1000, cases[i].storage, 64,
						&answer);
		unit_equal(good, cases[i].good, "record %zu", i);
		if (good)
			unit_check(answer.bytes == shared + cases[i].record.offset &&
					   answer.nbyte == cases[i].record.nbyte &&
					   answer.mask == cases[i].record.mask,
				   "the answer of record %zu", i);
	}
	free(shared);
	unit_report("records are checked against the shared memory and the array");
}

int main(void)
{
	test_back();
	test_spoiled();
	test_random();
	test_cut();
	test_pieces();
	test_records();
	return unit_end();
}
