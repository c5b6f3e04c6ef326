/* SPDX-License-Identifier: MIT */
#include "network/folds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/lines.h"
#include "kernel/hash.h"

/* ---- schemes ---- */

enum scheme { STRIDE, BLOCK, PY, SCHEMES };

static const char *const scheme_name[SCHEMES] = { "stride", "block", "py" };

static bool parse_scheme(const char *text, enum scheme *scheme, uint64_t *nfold)
{
	const char *colon = strchr(text, ':');
	if (!colon)
		return false;
	size_t n = (size_t)(colon - text);
	for (size_t s = 0; s < SCHEMES; s++) {
		if (strlen(scheme_name[s]) != n || memcmp(scheme_name[s], text, n) != 0)
			continue;
		if (!gx_decimal_read(colon + 1, strlen(colon + 1), nfold) || *nfold < 2 ||
		    *nfold > GX_FOLDS_MAX)
			gx_die_usage("--folds %s: the number of folds is from 2 to %d", text,
				     GX_FOLDS_MAX);
		*scheme = (enum scheme)s;
		return true;
	}
	return false;
}

bool gx_folds_is_scheme(const char *text)
{
	enum scheme scheme;
	uint64_t nfold;
	return parse_scheme(text, &scheme, &nfold);
}

/* Which genes are hidden in which folds, one after another, list after list. */
struct lists {
	uint32_t *gene;
	size_t n, room;
};

static void add(struct lists *lists, uint32_t gene)
{
	if (lists->n == lists->room) {
		lists->room = lists->room ? 2 * lists->room : 1024;
		lists->gene = gx_reallocate(lists->gene, lists->room, sizeof *lists->gene);
	}
	lists->gene[lists->n++] = gene;
}

static void add_block(struct lists *lists, const uint32_t *member, uint64_t m, uint64_t f,
		      uint64_t nfold)
{
	uint64_t n = m / nfold ? m / nfold : m != 0, from = f * m / nfold;
	for (uint64_t k = from; k < from + n; k++)
		add(lists, member[k]);
}

/* The fold of each pair, as it lies in terms->member: they are counted in the order of genes. */
static uint32_t *count_by_gene(const struct gx_terms *terms, uint64_t nfold)
{
	uint32_t *fold = gx_allocate(terms->member_at[terms->nterm] + 1, sizeof *fold);
	uint64_t *next = gx_allocate(terms->nterm + 1, sizeof *next), number = 0;
	memcpy(next, terms->member_at, (terms->nterm + 1) * sizeof *next);
	for (size_t i = 0; i < terms->ngene; i++)
		for (uint64_t k = terms->gene_term_at[i]; k < terms->gene_term_at[i + 1]; k++)
			fold[next[terms->gene_term[k]]++] = (uint32_t)(number++ % nfold);
	free(next);
	return fold;
}

static void hide(struct lists *lists, struct gx_folds *folds, const struct gx_terms *terms,
		 enum scheme scheme)
{
	size_t nfold = folds->nfold, list = 0;
	uint32_t *fold = scheme == PY ? count_by_gene(terms, nfold) : NULL;
	for (size_t t = 0; t < terms->nterm; t++) {
		uint64_t at = terms->member_at[t], m = terms->member_at[t + 1] - at;
		const uint32_t *member = terms->member + at;
		for (size_t f = 0; f < nfold; f++) {
			folds->hidden_at[list++] = lists->n;
			if (scheme == BLOCK)
				add_block(lists, member, m, f, nfold);
			for (uint64_t k = f; scheme == STRIDE && k < m; k += nfold)
				add(lists, member[k]);
			for (uint64_t k = 0; scheme == PY && k < m; k++)
				if (fold[at + k] == f)
					add(lists, member[k]);
		}
	}
	folds->hidden_at[list] = lists->n;
	free(fold);
}

/* What is in no list of its term. */
static void find_rest(struct gx_folds *folds, const struct gx_terms *terms)
{
	folds->rest = gx_allocate(terms->member_at[terms->nterm] + 1, sizeof *folds->rest);
	folds->rest_at = gx_allocate(terms->nterm + 1, sizeof *folds->rest_at);
	size_t *hidden = gx_allocate_zeroed(terms->ngene + 1, sizeof *hidden); /* by t + 1 */
	uint64_t n = 0;
	for (size_t t = 0; t < terms->nterm; t++) {
		folds->rest_at[t] = n;
		for (uint64_t k = folds->hidden_at[t * folds->nfold];
		     k < folds->hidden_at[(t + 1) * folds->nfold]; k++)
			hidden[folds->hidden[k]] = t + 1;
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
			if (hidden[terms->member[k]] != t + 1)
				folds->rest[n++] = terms->member[k];
	}
	folds->rest_at[terms->nterm] = n;
	free(hidden);
}

/* ---- a file ---- */

/* What a file says, and of which pair. */
struct entry {
	uint64_t pair;	/* in terms->member */
	uint32_t at, n; /* its folds */
};

struct file {
	const char *name; /* for messages */
	const struct gx_terms *terms;
	struct gx_dictionary term, gene;
	struct entry *entry; /* of each pair; n GX_NOT_THERE: none so far */
	uint32_t *fold;	     /* of all entries, counted from 0 */
	size_t nfold, room;
	uint32_t most;
};

/* Folds "1,2" behind those that are there; 0 adds none. False where it is no such text. */
static bool take_folds(struct file *file, const char *text, size_t n)
{
	const char *end = text + n;
	for (;;) {
		uint64_t fold;
		text = gx_decimal_take(text, (size_t)(end - text), &fold);
		if (!text || fold > GX_FOLDS_MAX)
			return false;
		if (file->nfold == file->room) {
			file->room = file->room ? 2 * file->room : 1024;
			file->fold = gx_reallocate(file->fold, file->room, sizeof *file->fold);
		}
		if (fold)
			file->fold[file->nfold++] = (uint32_t)fold - 1;
		if (fold > file->most)
			file->most = (uint32_t)fold;
		if (text == end)
			return true;
		if (*text++ != ',')
			return false;
	}
}

/* Where a gene is among those of a term; GX_UNKNOWN. */
static uint64_t find_member(const struct gx_terms *terms, size_t t, uint32_t gene)
{
	uint64_t low = terms->member_at[t], high = terms->member_at[t + 1];
	while (low < high) {
		uint64_t middle = (low + high) / 2;
		if (terms->member[middle] < gene)
			low = middle + 1;
		else
			high = middle;
	}
	return low < terms->member_at[t + 1] && terms->member[low] == gene ? low : GX_UNKNOWN;
}

static void take_line(struct file *file, const struct gx_lines *lines, bool first)
{
	const char *text = lines->text, *end = text + lines->n;
	const char *tab = memchr(text, '\t', lines->n);
	const char *tab2 = tab ? memchr(tab + 1, '\t', (size_t)(end - tab - 1)) : NULL;
	if (!tab2 || memchr(tab2 + 1, '\t', (size_t)(end - tab2 - 1)))
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": a line of folds has three fields: term TAB gene TAB "
				     "fold", file->name, lines->number);
	size_t from = file->nfold;
	if (!take_folds(file, tab2 + 1, (size_t)(end - tab2 - 1))) {
		if (first)
			return; /* the header */
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ":3: not a fold: %s: a number from 0 to %d, or several with commas "
		       "between", file->name, lines->number,
		       gx_show(tab2 + 1, (size_t)(end - tab2 - 1)), GX_FOLDS_MAX);
	}
	/* Terms of other sizes and genes that are not in the network are nobody's. */
	uint32_t t = gx_dictionary_find(&file->term, text, (size_t)(tab - text));
	uint32_t g = gx_dictionary_find(&file->gene, tab + 1, (size_t)(tab2 - tab - 1));
	if (t == GX_NOT_THERE || g == GX_NOT_THERE)
		return;
	uint64_t pair = find_member(file->terms, t, g);
	if (pair == GX_UNKNOWN)
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": gene %s is not in the term %s: were the folds made of "
				     "another annotation?", file->name, lines->number,
		       gx_show(tab + 1, (size_t)(tab2 - tab - 1)), gx_show(text, (size_t)(tab - text)));
	struct entry *entry = &file->entry[pair];
	if (entry->n != GX_NOT_THERE)
		gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": gene %s of the term %s was there before: write its folds "
				     "with commas between", file->name, lines->number,
		       gx_show(tab + 1, (size_t)(tab2 - tab - 1)), gx_show(text, (size_t)(tab - text)));
	entry->at = (uint32_t)from;
	entry->n = (uint32_t)(file->nfold - from);
}

static void read_lines(struct file *file, const char *path, uint64_t *digest)
{
	struct gx_input *in = gx_input_open(path);
	struct gx_lines lines = { .in = in };
	file->name = in->name;
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	bool first = true;
	while (gx_lines_next(&lines)) {
		XXH3_64bits_update(&state, lines.text, lines.n);
		XXH3_64bits_update(&state, "\n", 1);
		if (lines.n == 0 || lines.text[0] == '#')
			continue;
		take_line(file, &lines, first);
		first = false;
	}
	*digest = XXH3_64bits_digest(&state);
	gx_input_check_unchanged(in);
	gx_input_close(in);
}

static void add_names(struct gx_dictionary *dictionary, const struct gx_names *names)
{
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
		gx_dictionary_add(dictionary, name, strlen(name), NULL);
}

/* Those that vote, by their numbers. */
static void add_genes(struct gx_dictionary *dictionary, const struct gx_terms *terms,
		      const struct gx_names *network)
{
	const char *name = network->text;
	size_t row = 0;
	for (size_t i = 0; i < terms->ngene; i++) {
		for (; row < terms->row[i]; row++)
			name = gx_names_next(name);
		gx_dictionary_add(dictionary, name, strlen(name), NULL);
	}
}

static void check_all_there(const struct file *file)
{
	const struct gx_terms *terms = file->terms;
	for (size_t t = 0; t < terms->nterm; t++)
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++) {
			if (file->entry[k].n != GX_NOT_THERE)
				continue;
			const char *term = gx_dictionary_name(&file->term, t);
			const char *gene = gx_dictionary_name(&file->gene, terms->member[k]);
			gx_die(GX_EXIT_DATA,
			       "%s: no fold of gene %s of the term %s: a gene that is never hidden has 0",
			       file->name, gx_show(gene, strlen(gene)), gx_show(term, strlen(term)));
		}
	if (!file->most)
		gx_die(GX_EXIT_DATA, "%s: no gene is in a fold", file->name);
}

/* Whether pair k is hidden in fold f. A fold that is said twice is one. */
static bool is_hidden(const struct file *file, uint64_t k, size_t f)
{
	const struct entry *entry = &file->entry[k];
	for (uint32_t i = 0; i < entry->n; i++)
		if (file->fold[entry->at + i] == f)
			return true;
	return false;
}

static void hide_by_file(struct lists *lists, struct gx_folds *folds, const char *path,
			 const struct gx_terms *terms, const struct gx_names *network)
{
	struct file file = { .terms = terms };
	uint64_t npair = terms->member_at[terms->nterm];
	file.entry = gx_allocate(npair + 1, sizeof *file.entry);
	for (uint64_t k = 0; k < npair; k++)
		file.entry[k].n = GX_NOT_THERE;
	add_names(&file.term, &terms->names);
	add_genes(&file.gene, terms, network);
	read_lines(&file, path, &folds->digest);
	check_all_there(&file);
	folds->nfold = file.most;
	folds->hidden_at = gx_allocate(terms->nterm * folds->nfold + 1, sizeof *folds->hidden_at);
	size_t list = 0;
	for (size_t t = 0; t < terms->nterm; t++)
		for (size_t f = 0; f < folds->nfold; f++) {
			folds->hidden_at[list++] = lists->n;
			for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
				if (is_hidden(&file, k, f))
					add(lists, terms->member[k]);
		}
	folds->hidden_at[list] = lists->n;
	gx_dictionary_free(&file.term);
	gx_dictionary_free(&file.gene);
	free(file.entry);
	free(file.fold);
}

/* ---- all ---- */

void gx_folds_make(struct gx_folds *folds, const char *text, const struct gx_terms *terms,
		   const struct gx_names *network)
{
	*folds = (struct gx_folds){ 0 };
	enum scheme scheme;
	uint64_t nfold;
	struct lists lists = { 0 };
	if (parse_scheme(text, &scheme, &nfold)) {
		folds->nfold = nfold;
		folds->hidden_at = gx_allocate(terms->nterm * nfold + 1, sizeof *folds->hidden_at);
		hide(&lists, folds, terms, scheme);
	} else {
		folds->from_file = true;
		hide_by_file(&lists, folds, text, terms, network);
	}
	add(&lists, 0); /* so that there is an array */
	folds->hidden = lists.gene;
	find_rest(folds, terms);
}

static void keep_lists(uint32_t *gene, uint64_t *at, size_t first, size_t last)
{
	uint64_t from = at[first];
	memmove(gene, gene + from, (at[last] - from) * sizeof *gene);
	for (size_t i = first; i <= last; i++)
		at[i - first] = at[i] - from;
}

void gx_folds_keep(struct gx_folds *folds, size_t first, size_t last)
{
	keep_lists(folds->hidden, folds->hidden_at, first * folds->nfold, last * folds->nfold);
	keep_lists(folds->rest, folds->rest_at, first, last);
}

void gx_folds_free(struct gx_folds *folds)
{
	free(folds->hidden);
	free(folds->hidden_at);
	free(folds->rest);
	free(folds->rest_at);
	*folds = (struct gx_folds){ 0 };
}
