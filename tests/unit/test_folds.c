/* SPDX-License-Identifier: MIT */
/* Folds against the words of their definitions, for terms of all sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/folds.h"
#include "unit.h"

enum { GENES = 60, TERMS = 8, MOST = 12 };

static char gene_name[GENES][8];
static struct gx_names network;

/* Terms of random genes: term t has none with t = 0, all with t = 1. */
static void draw_terms(struct gx_terms *terms)
{
	char all[GENES * TERMS * 16], *end = all;
	for (size_t t = 1; t < TERMS; t++)
		for (size_t i = 0; i < GENES; i++)
			if (t == 1 || unit_draw_below(TERMS) < t)
				end += sprintf(end, "%s\tT%zu\n", gene_name[i], t);
	sprintf(end, "nobody\tT0\n");
	const char *path = unit_file("annotation", all, strlen(all));
	struct gx_annotation a = { 0 };
	gx_annotation_read(&a, path, 1);
	gx_terms_make(terms, &a, &network, false, 0, GENES);
	gx_annotation_free(&a);
	remove(path);
}

static bool in_list(const uint32_t *gene, const uint64_t *at, size_t list, uint32_t i)
{
	for (uint64_t k = at[list]; k < at[list + 1]; k++)
		if (gene[k] == i)
			return true;
	return false;
}

/* Whether a scheme hides p_k of m genes, number `n` of all pairs by genes, in fold f of F. */
static bool hides(const char *scheme, size_t k, size_t m, size_t n, size_t f, size_t F)
{
	if (strcmp(scheme, "stride") == 0)
		return k % F == f;
	if (strcmp(scheme, "py") == 0)
		return n % F == f;
	size_t from = f * m / F, q = m / F;
	return k >= from && k < from + (q ? q : 1);
}

/* The number of a pair, gene by gene over all terms. */
static size_t number_of(const struct gx_terms *terms, uint32_t gene, size_t term)
{
	size_t n = 0;
	for (uint32_t i = 0; i < terms->ngene; i++)
		for (size_t t = 0; t < terms->nterm; t++) {
			if (i == gene && t == term)
				return n;
			n += in_list(terms->member, terms->member_at, t, i);
		}
	return n;
}

static void check(const struct gx_folds *folds, const struct gx_terms *terms, const char *scheme)
{
	size_t F = folds->nfold;
	for (size_t t = 0; t < terms->nterm; t++) {
		uint64_t at = terms->member_at[t], m = terms->member_at[t + 1] - at;
		uint64_t nhidden = 0, want = 0;
		for (uint64_t k = 0; k < m; k++) {
			uint32_t gene = terms->member[at + k];
			size_t n = number_of(terms, gene, t);
			bool hidden = false;
			for (size_t f = 0; f < F; f++) {
				bool there = hides(scheme, k, m, n, f, F);
				unit_equal(in_list(folds->hidden, folds->hidden_at, t * F + f, gene),
					   there, "%s:%zu, gene %u of term %zu, fold %zu", scheme, F,
					   gene, t, f);
				hidden |= there;
				want += there;
			}
			unit_equal(in_list(folds->rest, folds->rest_at, t, gene), !hidden,
				   "%s:%zu, gene %u of term %zu is left", scheme, F, gene, t);
		}
		for (size_t f = 0; f < F; f++) {
			uint64_t from = folds->hidden_at[t * F + f], to = folds->hidden_at[t * F + f + 1];
			for (uint64_t k = from; k + 1 < to; k++)
				unit_check(folds->hidden[k] < folds->hidden[k + 1], "genes increase");
			nhidden += to - from;
		}
		unit_equal(nhidden, want, "%s:%zu, hidden genes of term %zu", scheme, F, t);
	}
}

static void test_schemes(void)
{
	static const char *const schemes[] = { "stride", "block", "py" };
	for (size_t s = 0; s < 3; s++)
		for (size_t F = 2; F <= MOST; F++) {
			struct gx_terms terms;
			struct gx_folds folds;
			char text[32];
			draw_terms(&terms);
			sprintf(text, "%s:%zu", schemes[s], F);
			unit_check(gx_folds_is_scheme(text), "%s is a scheme", text);
			gx_folds_make(&folds, text, &terms, &network);
			unit_equal(folds.nfold, F, "folds of %s", text);
			check(&folds, &terms, schemes[s]);
			/* Some of the terms have the folds that they had. */
			struct gx_folds some;
			gx_folds_make(&some, text, &terms, &network);
			gx_folds_keep(&some, 2, 5);
			for (size_t t = 2; t < 5; t++)
				for (uint32_t i = 0; i < GENES; i++)
					for (size_t f = 0; f < F; f++)
						unit_equal(in_list(some.hidden, some.hidden_at,
								   (t - 2) * F + f, i),
							   in_list(folds.hidden, folds.hidden_at,
								   t * F + f, i),
							   "fold %zu of term %zu, cut", f, t);
			gx_folds_free(&some);
			gx_folds_free(&folds);
			gx_terms_free(&terms);
		}
	unit_report("stride, block and py for 2 to %d folds", MOST);
}

/* ---- a file ---- */

static struct gx_terms two; /* T1 of genes 0, 1, 2; T2 of genes 1, 3 */

static void make_two(void)
{
	static const char all[] = "i0\tT1\ni1\tT1\ni2\tT1\ni1\tT2\ni3\tT2\n";
	const char *path = unit_file("annotation", all, sizeof all - 1);
	struct gx_annotation a = { 0 };
	gx_annotation_read(&a, path, 1);
	gx_terms_make(&two, &a, &network, false, 1, 9);
	gx_annotation_free(&a);
	remove(path);
}

static void make_of_file(void *text)
{
	struct gx_folds folds;
	gx_folds_make(&folds, unit_file("folds", text, strlen(text)), &two, &network);
}

static void test_file(void)
{
	static const char text[] = "term\tgene\tfold\n"
				   "T2\ti3\t0\nT1\ti0\t1,2\r\nT1\ti1\t2\n# more\n\nT1\ti2\t0\nT2\ti1\t3\n"
				   "T9\ti0\t7\nT1\tnobody\t1\n";
	const char *path = unit_file("folds", text, sizeof text - 1);
	struct gx_folds folds;
	gx_folds_make(&folds, path, &two, &network);
	unit_check(folds.from_file, "it is of a file");
	/* A term that is not there has seven. */
	unit_equal(folds.nfold, 7, "folds");
	unit_check(in_list(folds.hidden, folds.hidden_at, 0, 0), "gene 0 in fold 1");
	unit_check(in_list(folds.hidden, folds.hidden_at, 1, 0), "gene 0 in fold 2");
	unit_check(in_list(folds.hidden, folds.hidden_at, 1, 1), "gene 1 in fold 2");
	unit_check(in_list(folds.hidden, folds.hidden_at, 7 + 2, 1), "gene 1 of T2 in fold 3");
	unit_equal(folds.hidden_at[14], 4, "hidden genes");
	unit_check(in_list(folds.rest, folds.rest_at, 0, 2), "gene 2 is never hidden");
	unit_check(in_list(folds.rest, folds.rest_at, 1, 3), "gene 3 of T2 is never hidden");
	unit_equal(folds.rest_at[2], 2, "genes that are never hidden");
	gx_folds_free(&folds);
	remove(path);
	unit_report("folds of a file");
}

static void test_wrong(void)
{
	static const char *const wrong[][2] = {
		{ "T1\ti0\t1\nT1\ti1\t2\nT1\ti2\t0\nT2\ti1\t1\n", "no fold of gene 'i3' of the term 'T2'" },
		{ "T1\ti0\t1\nT1\ti0\t2\n", ":2: gene 'i0' of the term 'T1' was there before" },
		{ "T1\ti5\t1\n", ":1: gene 'i5' is not in the term 'T1'" },
		{ "T1\ti0\t1\nT1\ti1\tx\n", ":2:3: not a fold: 'x'" },
		{ "T1\ti0\t1\nT1\ti1\t1,\n", ":2:3: not a fold: '1,'" },
		{ "T1\ti0\t1\nT1\ti1\t1001\n", ":2:3: not a fold" },
		{ "T1\ti0\n", ":1: a line of folds has three fields" },
		{ "T1\ti0\t1\t2\n", ":1: a line of folds has three fields" },
		{ "T1\ti0\t0\nT1\ti1\t0\nT1\ti2\t0\nT2\ti1\t0\nT2\ti3\t0\n", "no gene is in a fold" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		unit_check(unit_dies(1, wrong[i][1], make_of_file, (void *)(uintptr_t)wrong[i][0]),
			   "file %zu", i);
	remove(unit_file("folds", "", 0));
	unit_report("files that do not fit");
}

static void ask(void *text)
{
	gx_folds_is_scheme(text);
}

static void test_numbers(void)
{
	static char *const wrong[] = { "stride:1", "block:0", "py:", "stride:x", "py:1001", "py:3 " };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		unit_check(unit_dies(2, "the number of folds is from 2 to 1000", ask, wrong[i]), "%s",
			   wrong[i]);
	unit_check(!gx_folds_is_scheme("folds.tsv"), "a file");
	unit_check(!gx_folds_is_scheme("./stride:3"), "a file that is called like a scheme");
	unit_check(!gx_folds_is_scheme("strid:3"), "another name");
	unit_report("numbers of folds");
}

int main(void)
{
	unit_directory();
	for (size_t i = 0; i < GENES; i++) {
		int n = sprintf(gene_name[i], "i%zu", i);
		gx_names_add(&network, gene_name[i], (size_t)n);
	}
	test_schemes();
	make_two();
	test_file();
	test_wrong();
	test_numbers();
	gx_terms_free(&two);
	gx_names_free(&network);
	return unit_end();
}
