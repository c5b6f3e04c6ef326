/* SPDX-License-Identifier: MIT */
#include "network/add_genes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"
#include "bytes/lines.h"
#include "kernel/hash.h"
#include "matrix/dictionary.h"

/* ---- the list ---- */

static void read_list(const char *path, struct gx_names *names)
{
	struct gx_input *in = gx_input_open(path);
	struct gx_lines lines = { .in = in };
	while (gx_lines_next(&lines)) {
		if (lines.n == 0)
			gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": a blank line: each line names a gene", in->name,
			       lines.number);
		if (memchr(lines.text, '\t', lines.n) || memchr(lines.text, 0, lines.n))
			gx_die(GX_EXIT_DATA,
			       "%s:%" PRIu64 ": more than a name: --genes takes a file with a gene a line "
			       "(cut -f 1)",
			       in->name, lines.number);
		gx_names_add(names, lines.text, lines.n);
	}
	if (!names->n)
		gx_die(GX_EXIT_DATA, "%s: no gene is in it", in->name);
	gx_input_close(in);
}

/* Numbers all names; dies where one is there twice. */
static void number(struct gx_dictionary *index, const struct gx_names *names, const char *file)
{
	const char *name = names->text;
	for (size_t k = 0; k < names->n; k++, name = gx_names_next(name)) {
		bool added;
		gx_dictionary_add(index, name, strlen(name), &added);
		if (!added)
			gx_die(GX_EXIT_DATA,
			       "%s: gene %s is there twice, and nobody can tell which of them counts: leave one out",
			       file, gx_show(name, strlen(name)));
	}
}

/* Those of `names` that every operand has. */
static void keep_common(struct gx_names *names, const struct gx_dictionary *index, size_t n)
{
	struct gx_names kept = { 0 };
	const char *name = names->text;
	for (size_t k = 0; k < names->n; k++, name = gx_names_next(name)) {
		bool all = true;
		for (size_t i = 0; i < n && all; i++)
			all = gx_dictionary_find(&index[i], name, strlen(name)) != GX_NOT_THERE;
		if (all)
			gx_names_add(&kept, name, strlen(name));
	}
	gx_names_free(names);
	*names = kept;
}

static void unite(struct gx_names *names, const struct gx_dictionary *index,
		  const struct gx_names *genes, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *name = genes[i].text;
		for (size_t k = 0; k < genes[i].n; k++, name = gx_names_next(name)) {
			bool had = false;
			for (size_t before = 0; before < i && !had; before++)
				had = gx_dictionary_find(&index[before], name, strlen(name)) != GX_NOT_THERE;
			if (!had)
				gx_names_add(names, name, strlen(name));
		}
	}
}

/* ---- where each operand has them ---- */

static uint32_t *make_map(const struct gx_dictionary *of_sum, const struct gx_names *genes,
			  size_t *found)
{
	uint32_t *map = gx_allocate(genes->n, sizeof *map);
	const char *name = genes->text;
	*found = 0;
	for (size_t k = 0; k < genes->n; k++, name = gx_names_next(name)) {
		map[k] = gx_dictionary_find(of_sum, name, strlen(name));
		*found += map[k] != GX_NOT_THERE;
	}
	return map;
}

static void demand_filled(const struct gx_add_operand *o, const struct gx_addition_options *options,
			  size_t lacks)
{
	if (lacks && options->missing == GX_MISSING_REFUSED)
		gx_die(GX_EXIT_DATA,
		       "%s: it lacks %zu of the genes: say what their pairs count (--fill median, mean or "
		       "skip)",
		       o->path, lacks);
	uint64_t fill = options->missing == GX_MISSING_MEDIAN ? o->matrix->network.median
								 : o->matrix->network.mean;
	bool known = options->missing == GX_MISSING_SKIPPED || fill != GX_UNKNOWN;
	if (lacks && !known)
		gx_die(GX_EXIT_DATA,
		       "%s: it lacks %zu of the genes, and does not say its median and mean, as ranks do: take "
		       "--fill skip, or rank it first (gx-rank)",
		       o->path, lacks);
}

static void name_step(struct gx_add_genes *genes, const struct gx_addition_options *options)
{
	static const char *const fill[] = { [GX_MISSING_REFUSED] = "",
					    [GX_MISSING_MEDIAN] = " fill:median",
					    [GX_MISSING_MEAN] = " fill:mean",
					    [GX_MISSING_SKIPPED] = " fill:skip" };
	snprintf(genes->step, sizeof genes->step, " genes:%016" PRIx64 "%s",
		 XXH3_64bits(genes->names.text, genes->names.nbyte), fill[options->missing]);
}

void gx_add_genes_find(struct gx_add_genes *genes, const struct gx_addition_options *options,
		       const struct gx_add_operand *operand, size_t n)
{
	struct gx_names *implicit = gx_allocate_zeroed(n, sizeof *implicit);
	struct gx_names *own = gx_allocate(n, sizeof *own);
	struct gx_dictionary *index = gx_allocate_zeroed(n, sizeof *index), of_sum = { 0 };
	for (size_t i = 0; i < n; i++) {
		own[i] = gx_matrix_columns(operand[i].matrix, &implicit[i]);
		number(&index[i], &own[i], operand[i].path);
	}
	bool common = strcmp(options->genes, "common") == 0;
	if (common || strcmp(options->genes, "union") == 0) {
		gx_names_append(&genes->names, &own[0]);
		if (common)
			keep_common(&genes->names, index, n);
		else
			unite(&genes->names, index, own, n);
	} else {
		read_list(options->genes, &genes->names);
	}
	if (genes->names.n < 2)
		gx_die(GX_EXIT_DATA, "%zu genes are left: a network has two at least", genes->names.n);
	number(&of_sum, &genes->names, options->genes);
	genes->nmap = n;
	uint32_t **maps = gx_allocate_zeroed(n, sizeof *maps);
	bool alike = true;
	for (size_t i = 0; i < n; i++) {
		size_t found;
		maps[i] = make_map(&of_sum, &own[i], &found);
		demand_filled(&operand[i], options, genes->names.n - found);
		alike &= gx_names_equal(&own[i], &genes->names);
	}
	name_step(genes, options);
	genes->maps = maps;
	if (alike)
		gx_add_genes_free_maps(genes);
	for (size_t i = 0; i < n; i++) {
		gx_dictionary_free(&index[i]);
		gx_names_free(&implicit[i]);
	}
	gx_dictionary_free(&of_sum);
	free(index);
	free(implicit);
	free(own);
}

/* ---- adding ---- */

/* What a missing pair counts; whole numbers, or a double's zero. */
static uint64_t fill_of(const struct gx_add_operand *o, const struct gx_addition_options *options)
{
	const struct gx_network *network = &o->matrix->network;
	if (options->missing == GX_MISSING_MEDIAN)
		return gx_add_term(o, network->median);
	return options->missing == GX_MISSING_MEAN ? gx_add_term(o, network->mean) : 0;
}

/*
 * The pairs of genes that the operand lacks. A gene's own pair counts as the largest rank, as
 * on every diagonal; skipped pairs count nothing.
 */
static void add_missing(const struct gx_add_operand *o, const struct gx_addition_options *options,
			const uint32_t *map, size_t ngene, uint64_t *sum)
{
	uint64_t fill = fill_of(o, options);
	if (!fill)
		return;
	bool *there = gx_allocate_zeroed(ngene, sizeof *there);
	for (uint64_t k = 0; k < o->matrix->ncol; k++)
		if (map[k] != GX_NOT_THERE)
			there[map[k]] = true;
	for (size_t i = 0; i < ngene; i++) {
		uint64_t *row = sum + gx_triangle_values(i);
		for (size_t j = 0; j < i; j++)
			row[j] += there[i] && there[j] ? 0 : fill;
		row[i] += there[i] ? 0 : GX_FIXED_ONE * o->networks;
	}
	free(there);
}

static void add_row(const uint64_t *value, const uint32_t *map, uint64_t row, bool doubles,
		    void *sum)
{
	uint64_t p = map[row];
	if (p == GX_NOT_THERE)
		return;
	for (uint64_t k = 0; k <= row; k++) {
		uint64_t q = map[k];
		if (q == GX_NOT_THERE)
			continue;
		uint64_t at = p > q ? gx_triangle_values(p) + q : gx_triangle_values(q) + p;
		if (doubles)
			((double *)sum)[at] += ((const double *)(const void *)value)[k];
		else
			((uint64_t *)sum)[at] += value[k];
	}
}

static void add_operand(struct gx_add_operand *o, const uint32_t *map, void *sum)
{
	bool doubles = o->term == GX_TERM_VALUE;
	uint64_t *value = gx_allocate(o->matrix->ncol, sizeof *value), row = 0;
	for (;;) {
		gx_add_operand_fill(o);
		size_t nrow = o->rows.nrow;
		if (!nrow)
			break;
		for (size_t i = 0; i < nrow; i++, row++) {
			memset(value, 0, (row + 1) * sizeof *value);
			gx_add_operand_values(o, 0, row + 1, true, value);
			add_row(value, map, row, doubles, sum);
			gx_add_operand_pass(o, 1);
		}
	}
	gx_add_operand_check(o);
	free(value);
}

void gx_add_genes_write(struct gx_add_genes *genes, const struct gx_addition_options *options,
			struct gx_add_operand *operand, size_t n, const struct gx_matrix *sum,
			struct gx_writer *writer)
{
	size_t nbyte = gx_triangle_bytes(sum->layout, sum->ncol);
	gx_demand_memory(nbyte, "a sum of %" PRIu64 " genes", sum->ncol);
	void *value = gx_pages_resize(NULL, 0, nbyte);
	if (!value)
		gx_die_errno("memory for a sum of %" PRIu64 " genes", sum->ncol);
	for (size_t i = 0; i < n; i++) {
		if (operand[i].term != GX_TERM_VALUE)
			add_missing(&operand[i], options, genes->maps[i], sum->ncol, value);
		add_operand(&operand[i], genes->maps[i], value);
	}
	struct gx_network_whole whole = { .matrix = *sum, .triangle = value };
	gx_network_whole_write(&whole, writer, options->nthread);
	gx_pages_free(value, nbyte);
}

void gx_add_genes_free_maps(struct gx_add_genes *genes)
{
	for (size_t i = 0; genes->maps && i < genes->nmap; i++)
		free(genes->maps[i]);
	free(genes->maps);
	genes->maps = NULL;
}

void gx_add_genes_free(struct gx_add_genes *genes)
{
	gx_add_genes_free_maps(genes);
	gx_names_free(&genes->names);
	*genes = (struct gx_add_genes){ 0 };
}
