/* SPDX-License-Identifier: MIT */
/*
 * Sparse matrices of random shapes, types and pieces against the value that each cell has: by
 * gene and by cell, with genes and cells left out, by one thread and by four, in memory and
 * through buckets; and what is wrong with others. Arrays lie in a file as they are: no child.
 */
#include "hdf5/sparse.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bytes/pipeline.h"
#include "unit.h"

/* A matrix: its value at each gene and cell; what is stored, and what of it is read. */
struct matrix {
	uint64_t ngene, ncell;
	double *value;	      /* genes x cells */
	unsigned char *entry; /* whether a cell has one: a stored 0 is one, too */
	bool by_gene;
	struct gx_stored type, index, pointer;
	uint64_t piece[3];
	uint32_t *gene, *cell; /* NULL: all; by number in the file */
	uint64_t genes_read, cells_read;
	uint64_t ndropped;
};

/* ---- drawing ---- */

static struct gx_stored draw_integer(uint64_t least)
{
	struct gx_stored t = { .kind = unit_draw_below(2) ? 'i' : 'u', .size = 8 };
	do {
		t.size = (size_t)1 << unit_draw_below(4);
	} while (t.size < 8 && least >> (8 * t.size - 1));
	t.swapped = unit_draw_below(4) == 0;
	return t;
}

static struct gx_stored draw_type(void)
{
	static const struct gx_stored types[] = {
		{ .kind = 'f', .size = 4 }, { .kind = 'f', .size = 8 }, { .kind = 'i', .size = 1 },
		{ .kind = 'u', .size = 2 }, { .kind = 'i', .size = 4 }, { .kind = 'u', .size = 8 },
		{ .kind = 'i', .size = 4, .least_is_missing = true }
	};
	struct gx_stored t = types[unit_draw_below(sizeof types / sizeof *types)];
	t.swapped = unit_draw_below(4) == 0;
	return t;
}

/* A value that the type has: small whole numbers; of floats some that are special. */
static double draw_value(const struct gx_stored *type)
{
	static const double special[] = { NAN, INFINITY, -INFINITY, -0.0, 0.5 };
	double value = (double)unit_draw_below(120);
	if (type->kind == 'f' && unit_draw_below(4) == 0)
		value = special[unit_draw_below(5)];
	if (type->kind == 'i' && unit_draw_below(3) == 0)
		value = -value;
	if (type->least_is_missing && unit_draw_below(9) == 0)
		value = NAN;
	return value == 0 && type->kind != 'f' ? 0 : value;
}

static uint32_t *draw_map(uint64_t n, uint64_t *chosen)
{
	uint32_t *map = unit_allocate(n, sizeof *map);
	*chosen = 0;
	for (uint64_t i = 0; i < n; i++)
		map[i] = unit_draw_below(3) ? (uint32_t)(*chosen)++ : GX_HDF5_DROPPED;
	if (n && *chosen == 0) {
		map[0] = 0;
		*chosen = 1;
	}
	return map;
}

static struct matrix draw_matrix(uint64_t ngene, uint64_t ncell, unsigned percent, bool by_gene)
{
	struct matrix m = { .ngene = ngene, .ncell = ncell, .by_gene = by_gene };
	m.type = draw_type();
	m.value = unit_allocate(ngene * ncell + 1, sizeof *m.value);
	m.entry = unit_allocate(ngene * ncell + 1, 1);
	uint64_t n = 0;
	for (uint64_t i = 0; i < ngene * ncell; i++) {
		m.entry[i] = unit_draw_below(100) < percent;
		m.value[i] = m.entry[i] ? draw_value(&m.type) : 0;
		n += m.entry[i];
	}
	m.index = draw_integer(by_gene ? ncell : ngene);
	m.pointer = draw_integer(n);
	for (int k = 0; k < 3; k++)
		m.piece[k] = 1 + unit_draw_below(unit_draw_below(2) ? 7 : 5000);
	m.genes_read = ngene;
	m.cells_read = ncell;
	if (unit_draw_below(2))
		m.cell = draw_map(ncell, &m.cells_read);
	if (!by_gene && unit_draw_below(2))
		m.gene = draw_map(ngene, &m.genes_read);
	return m;
}

static void free_matrix(struct matrix *m)
{
	free(m->value);
	free(m->entry);
	free(m->gene);
	free(m->cell);
}

/* ---- a file of it ---- */

struct bytes {
	unsigned char *at;
	size_t n, room;
};

static void put(struct bytes *b, const struct gx_stored *type, double value)
{
	if (b->room < b->n + 8) {
		b->room = b->room ? 2 * b->room : 4096;
		b->at = gx_reallocate(b->at, b->room, 1);
	}
	unsigned char *p = b->at + b->n;
	bool missing = value != value && type->kind == 'i';
	int64_t whole = missing ? INT32_MIN : type->kind == 'f' ? 0 : (int64_t)value;
	float narrow = (float)value;
	memcpy(p, &whole, 8);
	if (type->kind == 'f')
		memcpy(p, type->size == 4 ? (void *)&narrow : (void *)&value, type->size);
	for (size_t k = 0; type->swapped && k < type->size / 2; k++) {
		unsigned char byte = p[k];
		p[k] = p[type->size - 1 - k];
		p[type->size - 1 - k] = byte;
	}
	b->n += type->size;
}

/* data, indices and indptr; entries of a gene or cell in a random direction. */
static void store(const struct matrix *m, struct bytes out[3])
{
	uint64_t major = m->by_gene ? m->ngene : m->ncell, minor = m->by_gene ? m->ncell : m->ngene;
	uint64_t n = 0;
	memset(out, 0, 3 * sizeof *out);
	put(&out[2], &m->pointer, 0);
	for (uint64_t i = 0; i < major; i++) {
		bool falls = unit_draw_below(2);
		for (uint64_t k = 0; k < minor; k++) {
			uint64_t j = falls ? minor - 1 - k : k;
			uint64_t at = m->by_gene ? i * m->ncell + j : j * m->ncell + i;
			if (!m->entry[at])
				continue;
			put(&out[0], &m->type, m->value[at]);
			put(&out[1], &m->index, (double)j);
			n++;
		}
		put(&out[2], &m->pointer, (double)n);
	}
}

static uint32_t *copy_map(const uint32_t *map, uint64_t n)
{
	if (!map)
		return NULL;
	uint32_t *copy = unit_allocate(n, sizeof *copy);
	memcpy(copy, map, n * sizeof *copy);
	return copy;
}

/* Writes the bytes to a file, and plans to read them. */
static void plan_matrix(const struct matrix *m, const struct bytes in[3],
			struct gx_hdf5_reader *reader)
{
	static const char *const path[] = { "/X/data", "/X/indices", "/X/indptr" };
	const struct gx_stored *type[] = { &m->type, &m->index, &m->pointer };
	*reader = (struct gx_hdf5_reader){ .spooled = -1 };
	struct gx_hdf5_plan *plan = &reader->plan;
	plan->order = m->by_gene ? GX_HDF5_BY_GENE : GX_HDF5_BY_SAMPLE;
	plan->all_genes = m->ngene;
	plan->all_samples = m->ncell;
	plan->ngene = m->genes_read;
	plan->nsample = m->cells_read;
	plan->gene = copy_map(m->gene, m->ngene);
	struct bytes all = { 0 };
	for (int k = 0; k < 3; k++) {
		struct gx_hdf5_array *a = gx_hdf5_plan_add(plan, path[k]);
		a->type = *type[k];
		a->extent[0] = in[k].n / type[k]->size;
		a->extent[1] = a->piece[1] = 1;
		a->piece[0] = m->piece[k];
		a->storage = GX_HDF5_CONTIGUOUS;
		a->offset = all.n;
		all.at = gx_reallocate(all.at, all.n + in[k].n + 1, 1);
		if (in[k].n)
			memcpy(all.at + all.n, in[k].at, in[k].n);
		all.n += in[k].n;
	}
	plan->array[0].sample = copy_map(m->cell, m->ncell);
	plan->array[0].nsample = m->cell ? m->ncell : 0;
	const char *file = unit_file("matrix", all.at, all.n);
	reader->source.fd = open(file, O_RDONLY);
	unlink(file);
	reader->source.plan = plan;
	reader->way = m->by_gene ? &gx_hdf5_by_gene : &gx_hdf5_by_sample;
	free(all.at);
}

static void close_reader(struct gx_hdf5_reader *reader)
{
	reader->way->close(reader);
	gx_hdf5_plan_free(&reader->plan);
	close(reader->source.fd);
}

/* ---- reading ---- */

struct reading {
	struct gx_hdf5_reader reader;
	struct gx_fault fault;
	atomic_bool over; /* by a fault */
	double *value;	  /* genes x cells that are read */
	uint64_t nrow; /* that came in front of a fault */
};

static bool read_fetch(void *context, void *slot)
{
	struct reading *r = context;
	struct gx_batch *batch = slot;
	if (atomic_load(&r->over))
		return false;
	batch->fault.code = 0;
	batch->rows = (struct gx_rows){ .ncol = r->reader.plan.nsample, .first = GX_UNKNOWN };
	bool more = r->reader.way->fetch(&r->reader, batch);
	batch->last = !more;
	if (!more) {
		batch->rows.nrow = 0;
		atomic_store(&r->over, true);
	}
	return more || batch->fault.code;
}

static void read_decode(void *context, void *slot)
{
	struct reading *r = context;
	struct gx_batch *batch = slot;
	if (!batch->last)
		r->reader.way->decode(&r->reader, batch);
}

static void read_commit(void *context, void *slot)
{
	struct reading *r = context;
	struct gx_batch *batch = slot;
	if (r->fault.code)
		return;
	size_t ncol = r->reader.plan.nsample;
	if (batch->rows.nrow)
		memcpy(r->value + r->nrow * ncol, batch->rows.value,
		       batch->rows.nrow * ncol * sizeof *r->value);
	r->nrow += batch->rows.nrow;
	r->fault = batch->fault;
	if (r->fault.code)
		atomic_store(&r->over, true);
}

static void release_batch(void *slot)
{
	gx_batch_free(slot);
}

/* All rows of a plan that is made, by so many threads. */
static void read_all(struct reading *r, int nthread)
{
	const struct gx_hdf5_plan *plan = &r->reader.plan;
	r->value = unit_allocate(plan->ngene * plan->nsample + 1, sizeof *r->value);
	r->nrow = 0;
	r->fault.code = 0;
	atomic_init(&r->over, false);
	r->reader.way->start(&r->reader, nthread, &r->fault);
	if (!r->fault.code) {
		const struct gx_pipeline pipeline = { r, read_fetch, read_decode, read_commit };
		gx_pipeline_run_in(&pipeline, sizeof(struct gx_batch), nthread, release_batch);
	}
	close_reader(&r->reader);
}

/* ---- what must come ---- */

static bool check_rows(const struct matrix *m, const struct reading *r, const char *what)
{
	if (!unit_text(r->fault.code ? r->fault.text : "", "", "%s", what) ||
	    !unit_equal(r->nrow, m->genes_read, "%s: rows", what))
		return false;
	for (uint64_t g = 0, row = 0; g < m->ngene; g++) {
		if (m->gene && m->gene[g] == GX_HDF5_DROPPED)
			continue;
		for (uint64_t c = 0; c < m->ncell; c++) {
			uint32_t column = m->cell ? m->cell[c] : (uint32_t)c;
			double want = m->value[g * m->ncell + c];
			if (want != want)
				want = unit_double(GX_NAN_BITS);
			if (column != GX_HDF5_DROPPED &&
			    !unit_same(r->value[row * m->cells_read + column], want,
				       "%s: gene %" PRIu64 ", cell %" PRIu64, what, g, c))
				return false;
		}
		row++;
	}
	return true;
}

static bool check_matrix(const struct matrix *m)
{
	char what[200];
	struct bytes stored[3];
	bool good = true;
	store(m, stored);
	for (int nthread = 1; nthread <= 4 && good; nthread += 3) {
		struct reading r;
		snprintf(what, sizeof what,
			 "%" PRIu64 " x %" PRIu64 " by %s, %c%zu, indices %c%zu, pieces %" PRIu64
			 " %" PRIu64 " %" PRIu64 ", %d threads",
			 m->ngene, m->ncell, m->by_gene ? "gene" : "cell", m->type.kind, m->type.size,
			 m->index.kind, m->index.size, m->piece[0], m->piece[1], m->piece[2],
			 nthread);
		plan_matrix(m, stored, &r.reader);
		read_all(&r, nthread);
		good = check_rows(m, &r, what);
		free(r.value);
	}
	for (int k = 0; k < 3; k++)
		free(stored[k].at);
	return good;
}

static void test_random(void)
{
	for (int k = 0; k < 300; k++) {
		uint64_t ngene = unit_draw_below(40), ncell = 1 + unit_draw_below(60);
		struct matrix m = draw_matrix(ngene, ncell, (unsigned)unit_draw_below(101), k % 2);
		bool good = check_matrix(&m);
		free_matrix(&m);
		if (!good)
			break;
	}
	unit_report("random matrices");
}

/* More entries than a bucket has. */
static void test_buckets(void)
{
	for (int k = 0; k < 3; k++) {
		struct matrix m = draw_matrix(3000, 700, 75, false);
		for (int a = 0; a < 3; a++)
			m.piece[a] = 1000 + unit_draw_below(300000);
		if (k < 2) {
			/* All of it, so that it is as large as it was made. */
			free(m.gene);
			free(m.cell);
			m.gene = m.cell = NULL;
			m.genes_read = m.ngene;
			m.cells_read = m.ncell;
		}
		check_matrix(&m);
		free_matrix(&m);
	}
	unit_report("through buckets, with genes and cells left out");
}

/* A gene with more entries than a bucket may have, among others with few. */
static void test_large_gene(void)
{
	struct matrix m = draw_matrix(3, 1700000, 1, false);
	m.type = (struct gx_stored){ .kind = 'f', .size = 4 };
	m.index = (struct gx_stored){ .kind = 'i', .size = 4 };
	m.pointer = (struct gx_stored){ .kind = 'i', .size = 8 };
	for (int a = 0; a < 3; a++)
		m.piece[a] = 100000;
	free(m.cell);
	free(m.gene);
	m.cell = m.gene = NULL;
	m.genes_read = m.ngene;
	m.cells_read = m.ncell;
	for (uint64_t i = 0; i < m.ncell; i++) {
		m.entry[m.ncell + i] = 1;
		m.value[m.ncell + i] = (double)(1 + i % 1000);
	}
	check_matrix(&m);
	free_matrix(&m);
	unit_report("a gene with more entries than a bucket");
}

/* ---- what is wrong ---- */

/* Four genes, three cells: one entry each of genes 0 and 1, two of gene 3. */
static struct matrix small_matrix(bool by_gene)
{
	struct matrix m = { .ngene = 4,
			    .ncell = 3,
			    .by_gene = by_gene,
			    .type = { .kind = 'f', .size = 4 },
			    .index = { .kind = 'i', .size = 4 },
			    .pointer = { .kind = 'i', .size = 8 },
			    .piece = { 2, 3, 2 },
			    .genes_read = 4,
			    .cells_read = 3 };
	m.value = gx_allocate_zeroed(12, sizeof *m.value);
	m.entry = gx_allocate_zeroed(12, 1);
	static const int at[] = { 0, 4, 9, 11 };
	for (int k = 0; k < 4; k++) {
		m.entry[at[k]] = 1;
		m.value[at[k]] = k + 1;
	}
	return m;
}

/* A number of indices (array 1) or of indptr (2) that is stored in place of another. */
struct change {
	int array;
	size_t at;
	int64_t number;
};

/* Reads the small matrix with up to four changes; it ends with the words, behind so many rows. */
static void check_fault(bool by_gene, const struct change change[4], uint64_t rows,
			const char *words)
{
	for (int nthread = 1; nthread <= 4; nthread += 3) {
		struct matrix m = small_matrix(by_gene);
		struct bytes stored[3];
		struct reading r;
		store(&m, stored);
		for (int k = 0; k < 4 && change[k].array; k++) {
			size_t size = change[k].array == 1 ? m.index.size : m.pointer.size;
			memcpy(stored[change[k].array].at + change[k].at * size, &change[k].number,
			       size);
		}
		plan_matrix(&m, stored, &r.reader);
		read_all(&r, nthread);
		unit_equal((uint64_t)r.fault.code, GX_EXIT_DATA, "%s: exit", words);
		unit_text(r.fault.text, words, "by %s, %d threads", by_gene ? "gene" : "cell",
			  nthread);
		unit_equal(r.nrow, rows, "%s: rows before it", words);
		free(r.value);
		for (int k = 0; k < 3; k++)
			free(stored[k].at);
		free_matrix(&m);
	}
}

#define AGAIN ": the matrix is damaged: write it again"

static void test_indptr(void)
{
	for (int by_gene = 0; by_gene < 2; by_gene++) {
		check_fault(by_gene, (struct change[4]){ { 2, 0, 1 } }, 0,
			    ": '/X/indptr' does not begin with 0" AGAIN);
		check_fault(by_gene, (struct change[4]){ { 2, by_gene ? 4 : 3, 5 } }, 0,
			    ": '/X/indptr' ends with 5, and '/X/data' has 4 entries" AGAIN);
	}
	check_fault(true, (struct change[4]){ { 2, 2, 9 } }, 0,
		    ": '/X/indptr' falls at gene 3, from 9 to 2" AGAIN);
	check_fault(false, (struct change[4]){ { 2, 2, 1 } }, 0,
		    ": '/X/indptr' falls at cell 2, from 2 to 1" AGAIN);
	check_fault(false, (struct change[4]){ { 2, 1, -5 } }, 0,
		    ": '/X/indptr' falls at cell 1, from 0 to -5" AGAIN);
	unit_report("what is wrong with indptr, in these words");
}

static void test_indices(void)
{
	/* That of gene 4: three rows come before it. */
	check_fault(true, (struct change[4]){ { 1, 3, 3 } }, 3,
		    ": '/X/indices': entry 4 is 3, where 3 cells have the numbers from 0 on" AGAIN);
	check_fault(false, (struct change[4]){ { 1, 3, 4 }, { 1, 2, -7 } }, 0,
		    ": '/X/indices': entry 3 is -7, where 4 genes have the numbers from 0 on" AGAIN);
	unit_report("an index beyond, in these words");
}

#define SUM ": in Python X.sum_duplicates() adds them up: write it again after that"

static void test_twice(void)
{
	static const struct change same[4] = { { 1, 2, 0 }, { 1, 3, 0 } };
	check_fault(true, same, 3, ": '/X' has gene 4 of cell 1 twice: which one is meant" SUM);
	static const struct change first[4] = { { 1, 0, 2 }, { 1, 1, 2 } };
	check_fault(false, first, 2, ": '/X' has gene 3 of cell 1 twice: which one is meant" SUM);
	static const struct change all[4] = { { 2, 1, 0 }, { 2, 2, 0 }, { 2, 3, 0 } };
	check_fault(true, all, 3,
		    ": '/X' has 4 entries for gene 4, and 3 cells: some come twice" SUM);
	static const struct change one[4] = { { 1, 0, 1 }, { 1, 1, 1 }, { 1, 2, 1 }, { 1, 3, 1 } };
	check_fault(false, one, 0,
		    ": '/X' has 4 entries for gene 2, and 3 cells: some come twice" SUM);
	unit_report("an entry that comes twice, in these words");
}

int main(void)
{
	unit_directory();
	test_random();
	test_buckets();
	test_large_gene();
	test_indptr();
	test_indices();
	test_twice();
	return unit_end();
}
