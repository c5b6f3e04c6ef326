/* SPDX-License-Identifier: MIT */
#include "network/annotation.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/lines.h"
#include "kernel/hash.h"
#include "number/number.h"
#include "stream/reader.h"

/* Pairs as they come, with those that come again. */
struct pairs {
	struct gx_annotation *annotation;
	uint32_t *gene, *term;
	size_t n, room;
};

static void add_pair(struct pairs *pairs, uint32_t gene, uint32_t term)
{
	if (pairs->n == pairs->room) {
		pairs->room = pairs->room ? 2 * pairs->room : 4096;
		pairs->gene = gx_reallocate(pairs->gene, pairs->room, sizeof *pairs->gene);
		pairs->term = gx_reallocate(pairs->term, pairs->room, sizeof *pairs->term);
	}
	pairs->gene[pairs->n] = gene;
	pairs->term[pairs->n++] = term;
}

/* Sorts the pairs by gene, and leaves each once. */
static void keep_pairs(struct pairs *pairs)
{
	struct gx_annotation *a = pairs->annotation;
	size_t ngene = a->genes.names.n, nterm = a->terms.names.n;
	a->at = gx_allocate_zeroed(ngene + 2, sizeof *a->at);
	uint64_t *next = a->at + 1;
	for (size_t k = 0; k < pairs->n; k++)
		next[pairs->gene[k] + 1]++;
	for (size_t g = 0; g < ngene; g++)
		next[g + 1] += next[g];
	a->term = gx_allocate(pairs->n + 1, sizeof *a->term);
	for (size_t k = 0; k < pairs->n; k++)
		a->term[next[pairs->gene[k]]++] = pairs->term[k];
	uint32_t *seen = gx_allocate_zeroed(nterm + 1, sizeof *seen); /* by gene + 1 */
	uint64_t kept = 0;
	for (size_t g = 0, from = 0; g < ngene; g++) {
		size_t to = a->at[g + 1];
		for (size_t k = from; k < to; k++) {
			uint32_t t = a->term[k];
			if (seen[t] != g + 1)
				a->term[kept++] = t;
			seen[t] = (uint32_t)g + 1;
		}
		a->at[g + 1] = kept;
		from = to;
	}
	a->npair = kept;
	free(seen);
}

static void digest(struct gx_annotation *a)
{
	size_t nterm = a->terms.names.n;
	uint64_t *sum = gx_allocate_zeroed(nterm + 1, sizeof *sum);
	for (size_t g = 0; g < a->genes.names.n; g++) {
		for (uint64_t k = a->at[g]; k < a->at[g + 1]; k++)
			sum[a->term[k]] += a->genes.hash[g];
		sum[nterm] += a->genes.hash[g];
	}
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	for (size_t t = 0; t < nterm; t++) {
		XXH3_64bits_update(&state, &a->terms.hash[t], sizeof *a->terms.hash);
		XXH3_64bits_update(&state, &sum[t], sizeof *sum);
	}
	XXH3_64bits_update(&state, &sum[nterm], sizeof *sum);
	a->digest = XXH3_64bits_digest(&state);
	free(sum);
}

/* ---- text ---- */

struct field {
	const char *text;
	size_t n;
};

/* The next TAB-separated field of a line; false behind the last one. Quotes around it go. */
static bool next_field(struct field *rest, bool *more, struct field *field)
{
	if (!*more)
		return false;
	const char *tab = memchr(rest->text, '\t', rest->n);
	*more = tab != NULL;
	*field = (struct field){ rest->text, tab ? (size_t)(tab - rest->text) : rest->n };
	if (tab) {
		rest->n -= field->n + 1;
		rest->text = tab + 1;
	}
	if (field->n >= 2 && field->text[0] == '"' && field->text[field->n - 1] == '"') {
		field->text++;
		field->n -= 2;
	}
	return true;
}

static size_t count_fields(struct field line)
{
	size_t n = 1;
	for (size_t i = 0; i < line.n; i++)
		n += line.text[i] == '\t';
	return n;
}

static bool is_passed_over(const char *text, size_t n)
{
	return n == 0 || text[0] == '#';
}

GX_NORETURN GX_COLD static void die_at(const struct gx_annotation *a, uint64_t line,
				       const char *what)
{
	gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": %s", a->name, line, what);
}

/* A name: one that can be written again. */
static struct field checked(const struct gx_annotation *a, uint64_t line, struct field name,
			    const char *empty)
{
	if (!name.n)
		die_at(a, line, empty);
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.text[i] < 32)
			gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": a control byte in the name %s: is this the right file?",
			       a->name, line, gx_show(name.text, name.n));
	return name;
}

static const char no_gene[] = "an empty field where a gene is expected";
static const char no_term[] = "an empty field where a term is expected";

/* Whether a field is made of such words as head a column, "GO.ID", "gene_name". */
static bool heads(struct field field, const char *const *words)
{
	size_t nword = 0;
	for (size_t i = 0; i < field.n;) {
		size_t n = 0;
		while (i + n < field.n && isalpha((unsigned char)field.text[i + n]))
			n++;
		bool known = false;
		for (const char *const *w = words; *w && n; w++)
			known |= strlen(*w) == n && strncasecmp(*w, field.text + i, n) == 0;
		if (!known)
			return false;
		nword++;
		i += n;
		if (i < field.n && !strchr("_-. ", field.text[i]))
			return false;
		i += i < field.n;
	}
	return nword > 0;
}

static bool is_header(struct field gene, struct field term)
{
	static const char *const genes[] = { "gene",   "genes",	  "id",	   "ids",     "name",
					     "names",  "symbol",  "geneid", "entrez",  "entrezid",
					     "ensembl", "feature", "probe", "hgnc",    "mgi",
					     "genename", "genesymbol", NULL };
	static const char *const terms[] = { "term",  "terms", "go",	  "id",	      "ids",
					     "goid",  "set",   "geneset", "category", "pathway",
					     "class", "gene",  "module",  "name",     "annotation",
					     "termid", "group", "label", NULL };
	return heads(gene, genes) && heads(term, terms);
}

static void read_pairs(struct pairs *pairs, struct gx_lines *lines)
{
	struct gx_annotation *a = pairs->annotation;
	bool first = true;
	while (gx_lines_next(lines)) {
		if (is_passed_over(lines->text, lines->n))
			continue;
		struct field line = { lines->text, lines->n }, gene, term, rest = line, third;
		bool more = true;
		if (!next_field(&rest, &more, &gene) || !next_field(&rest, &more, &term) ||
		    next_field(&rest, &more, &third))
			gx_die(GX_EXIT_DATA,
			       "%s:%" PRIu64 ": %zu fields: the lines before have two, gene TAB term",
			       a->name, lines->number, count_fields(line));
		checked(a, lines->number, gene, no_gene);
		checked(a, lines->number, term, no_term);
		if (!first || !is_header(gene, term)) {
			uint32_t g = gx_dictionary_add(&a->genes, gene.text, gene.n, NULL);
			uint32_t t = gx_dictionary_add(&a->terms, term.text, term.n, NULL);
			add_pair(pairs, g, t);
		}
		first = false;
	}
}

static void read_gmt(struct pairs *pairs, struct gx_lines *lines)
{
	struct gx_annotation *a = pairs->annotation;
	while (gx_lines_next(lines)) {
		if (is_passed_over(lines->text, lines->n))
			continue;
		struct field rest = { lines->text, lines->n }, term, about, gene;
		bool more = true, added;
		next_field(&rest, &more, &term);
		checked(a, lines->number, term, no_term);
		if (!next_field(&rest, &more, &about))
			die_at(a, lines->number,
			       "one field: a line of a GMT has term TAB description TAB gene ...");
		uint32_t t = gx_dictionary_add(&a->terms, term.text, term.n, &added);
		if (!added)
			gx_die(GX_EXIT_DATA, "%s:%" PRIu64 ": the term %s was there before: name each once",
			       a->name, lines->number, gx_show(term.text, term.n));
		while (next_field(&rest, &more, &gene)) {
			if (!gene.n)
				continue; /* lines filled up with TABs, as spreadsheets write them */
			checked(a, lines->number, gene, no_gene);
			add_pair(pairs, gx_dictionary_add(&a->genes, gene.text, gene.n, NULL), t);
		}
	}
}

/* ---- a matrix ---- */

GX_NORETURN GX_COLD static void die_of_value(const struct gx_annotation *a, const char *gene,
					     uint32_t term, double value)
{
	const char *name = gx_dictionary_name(&a->terms, term);
	gx_die(GX_EXIT_DATA, "%s: gene %s, term %s: the value is %s: an annotation matrix has 0 and 1 only",
	       a->name, gx_show(gene, strlen(gene)), gx_show(name, strlen(name)),
	       value != value ? "missing" : "another number");
}

static void read_matrix(struct pairs *pairs, struct gx_input *in, int nthread)
{
	struct gx_annotation *a = pairs->annotation;
	const char *path = a->name;
	struct gx_request request = { .path = &path, .npath = 1, .nthread = nthread, .opened = in,
				      .one_of_several = true };
	struct gx_reader *reader = gx_reader_open(&request);
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct gx_names buffer = { 0 }, columns = gx_matrix_columns(matrix, &buffer);
	const char *name = columns.text;
	for (size_t t = 0; t < columns.n; t++, name = gx_names_next(name)) {
		bool added;
		gx_dictionary_add(&a->terms, name, strlen(name), &added);
		if (!added)
			gx_die(GX_EXIT_DATA, "%s: the term %s is there twice: name each once",
			       a->name, gx_show(name, strlen(name)));
	}
	gx_names_free(&buffer);
	struct gx_rows rows;
	uint64_t number = 0;
	while (gx_reader_next(reader, 0, &rows)) {
		name = rows.names.text;
		for (size_t i = 0; i < rows.nrow; i++) {
			struct gx_names implicit = { 0 };
			if (!rows.names.n)
				gx_names_add_implicit(&implicit, 'g', ++number);
			const char *gene = rows.names.n ? name : implicit.text;
			uint32_t g = gx_dictionary_add(&a->genes, gene, strlen(gene), NULL);
			const double *value = rows.value + i * rows.ncol;
			for (size_t t = 0; t < rows.ncol; t++) {
				if (value[t] == 1)
					add_pair(pairs, g, (uint32_t)t);
				else if (value[t] != 0)
					die_of_value(a, gene, (uint32_t)t, value[t]);
			}
			if (rows.names.n)
				name = gx_names_next(name);
			gx_names_free(&implicit);
		}
	}
	gx_reader_close(reader);
}

/* ---- what is it? ---- */

static bool is_bit(struct field field)
{
	return field.n == 1 && (field.text[0] == '0' || field.text[0] == '1');
}

/* Whether it may be a value of a matrix, also a wrong one. */
static bool is_value(struct field field)
{
	char text[64];
	double value;
	if (field.n == 0 || field.n >= sizeof text)
		return field.n == 0;
	memcpy(text, field.text, field.n);
	text[field.n] = 0;
	return gx_number_parse(text, &value) == text + field.n || strcasecmp(text, "NA") == 0 ||
	       strcasecmp(text, "NaN") == 0;
}

/* Whether a line has two fields or more and all but the first are such. */
static bool has_all(struct field line, bool (*is)(struct field))
{
	struct field field, rest = line;
	bool more = true;
	next_field(&rest, &more, &field);
	if (!more)
		return false;
	while (next_field(&rest, &more, &field))
		if (!is(field))
			return false;
	return true;
}

/* What the first lines are like. */
struct head {
	size_t nline, two; /* lines; those of two fields */
	size_t bits, values; /* behind the first: those of 0 and 1; of numbers */
	size_t first_fields;
	size_t other_bits; /* those without TABs that end in a 0 or 1 that stands alone */
	bool first_bits, first_values;
	bool even; /* all lines behind the first have as many fields */
	bool commas;
};

/* Whether a line without TABs may be the row of a matrix, by its last field. */
static bool ends_in_bit(struct field line)
{
	size_t n = line.n;
	n -= n && line.text[n - 1] == '"';
	if (n < 3 || !is_bit((struct field){ line.text + n - 1, 1 }))
		return false;
	n -= line.text[n - 2] == '"';
	return n >= 3 && strchr(",; ", line.text[n - 2]);
}

static void look_at(struct head *head, struct field line, size_t *width)
{
	size_t n = count_fields(line);
	if (head->nline == 0) {
		head->first_fields = n;
		head->first_bits = has_all(line, is_bit);
		head->first_values = has_all(line, is_value);
		head->commas = memchr(line.text, ',', line.n) != NULL;
		head->even = true;
	} else {
		if (head->nline == 1)
			*width = n;
		head->even &= n == *width;
		head->bits += has_all(line, is_bit);
		head->values += has_all(line, is_value);
		head->other_bits += n == 1 && ends_in_bit(line);
	}
	head->two += n == 2;
	head->nline++;
}

/* Looks at up to a hundred lines, and leaves them where they are. */
static struct head look(struct gx_input *in)
{
	enum { MOST = 100 };
	struct head head = { 0 };
	struct gx_lines lines = { .in = in, .keep = true };
	size_t width = 0;
	while (head.nline < MOST && gx_lines_next(&lines))
		if (!is_passed_over(lines.text, lines.n))
			look_at(&head, (struct field){ lines.text, lines.n }, &width);
	return head;
}

static enum gx_annotation_form recognise_text(const struct gx_annotation *a,
					      const struct head *head)
{
	if (!head->nline)
		gx_die(GX_EXIT_DATA, "%s: no line of an annotation is in it", a->name);
	bool bits = head->nline > 1 && head->bits == head->nline - 1 && head->even;
	if (head->nline > 1 && head->other_bits == head->nline - 1)
		return GX_ANNOTATION_MATRIX;
	if (head->first_fields == 1 && head->two == 0 && !bits) {
		if (head->commas)
			gx_die(GX_EXIT_DATA,
			       "%s:1: no TAB in the line: the two columns of an annotation, gene and term, "
			       "are separated by a TAB: tr , '\\t'", a->name);
		gx_die(GX_EXIT_DATA,
		       "%s:1: one field: an annotation has two columns, gene TAB term, or is a GMT, or a "
		       "matrix of 0 and 1", a->name);
	}
	if (head->two == head->nline) {
		if (bits)
			gx_die(GX_EXIT_DATA,
			       "%s: the second column is 0 and 1: it could be a matrix of one term, or genes "
			       "and terms that are called 0 and 1: convert a matrix with gx-convert -b, or "
			       "rename the terms", a->name);
		return GX_ANNOTATION_PAIRS;
	}
	if (bits && head->first_bits)
		gx_die(GX_EXIT_DATA,
		       "%s: all fields but the first are 0 and 1: it could be a matrix without a header "
		       "line, or a GMT of genes that are called 0 and 1: give the matrix a header line "
		       "with the terms", a->name);
	/* Numbers under names are a matrix; what is wrong with them is told when it is read. */
	if (bits || (head->nline > 1 && head->values == head->nline - 1 && head->even &&
		     !head->first_values))
		return GX_ANNOTATION_MATRIX;
	if (head->first_fields == 2)
		gx_die(GX_EXIT_DATA,
		       "%s: the first line has two fields and others have more: it could be gene TAB term, "
		       "with more columns in some lines (cut -f 1,2), or a GMT whose first term has no genes "
		       "(leave it out)", a->name);
	return GX_ANNOTATION_GMT;
}

static bool is_text(struct gx_input *in)
{
	const unsigned char *bytes;
	const struct gx_request plain = { 0 };
	size_t n = gx_input_peek(in, 64, &bytes);
	return gx_format_recognise(bytes, n, &plain)->is_text;
}

void gx_annotation_read(struct gx_annotation *annotation, const char *path, int nthread)
{
	*annotation = (struct gx_annotation){ 0 };
	struct gx_input *in = gx_input_open(path);
	annotation->name = in->name;
	struct pairs pairs = { .annotation = annotation };
	const unsigned char *bytes;
	if (gx_input_peek(in, 1, &bytes) == 0)
		gx_die(GX_EXIT_DATA, "%s: there is no annotation in it: it is empty", in->name);
	if (is_text(in)) {
		struct head head = look(in);
		annotation->form = recognise_text(annotation, &head);
	} else {
		annotation->form = GX_ANNOTATION_MATRIX;
	}
	if (annotation->form == GX_ANNOTATION_MATRIX) {
		read_matrix(&pairs, in, nthread);
	} else {
		struct gx_lines lines = { .in = in };
		if (annotation->form == GX_ANNOTATION_PAIRS)
			read_pairs(&pairs, &lines);
		else
			read_gmt(&pairs, &lines);
		gx_input_check_unchanged(in);
		gx_input_close(in);
	}
	keep_pairs(&pairs);
	digest(annotation);
	free(pairs.gene);
	free(pairs.term);
}

void gx_annotation_free(struct gx_annotation *annotation)
{
	gx_dictionary_free(&annotation->genes);
	gx_dictionary_free(&annotation->terms);
	free(annotation->term);
	free(annotation->at);
	*annotation = (struct gx_annotation){ 0 };
}

/* ---- in a network ---- */

/* The terms of each gene, increasing, from the genes of each term. */
static void index_genes(struct gx_terms *terms)
{
	free(terms->gene_term);
	free(terms->gene_term_at);
	uint64_t npair = terms->member_at[terms->nterm];
	terms->gene_term = gx_allocate(npair + 1, sizeof *terms->gene_term);
	terms->gene_term_at = gx_allocate_zeroed(terms->ngene + 2, sizeof *terms->gene_term_at);
	uint64_t *next = terms->gene_term_at + 1;
	for (uint64_t k = 0; k < npair; k++)
		next[terms->member[k] + 1]++;
	for (size_t i = 0; i < terms->ngene; i++)
		next[i + 1] += next[i];
	for (size_t t = 0; t < terms->nterm; t++)
		for (uint64_t k = terms->member_at[t]; k < terms->member_at[t + 1]; k++)
			terms->gene_term[next[terms->member[k]]++] = (uint32_t)t;
}

GX_NORETURN GX_COLD static void die_of_few(const struct gx_annotation *a,
					   const struct gx_names *network, uint64_t found)
{
	const char *name = network->text;
	size_t swapped = 0;
	for (size_t i = 0; i < network->n; i++, name = gx_names_next(name))
		swapped += gx_dictionary_find(&a->terms, name, strlen(name)) != GX_NOT_THERE;
	if (swapped >= 2 && a->form == GX_ANNOTATION_PAIRS)
		gx_die(GX_EXIT_DATA,
		       "%s: its second column has genes of the network: the gene comes first, then "
		       "the term", a->name);
	if (swapped >= 2)
		gx_die(GX_EXIT_DATA, "%s: its terms are genes of the network: it is to be turned",
		       a->name);
	const char *theirs = a->genes.names.n ? gx_dictionary_name(&a->genes, 0) : "";
	gx_die(GX_EXIT_DATA,
	       "%s: %" PRIu64 " of its %zu genes are in the network: are the names of one kind? the "
	       "first of the annotation is %s, of the network %s",
	       a->name, found, a->genes.names.n, gx_show(theirs, strlen(theirs)),
	       gx_show(network->text, strlen(network->text)));
}

/* For each gene of the annotation its number among those that vote; GX_NOT_THERE. */
static uint32_t *match(struct gx_terms *terms, const struct gx_annotation *a,
		       const struct gx_names *network, bool annotated)
{
	uint32_t *number = gx_allocate(a->genes.names.n + 1, sizeof *number);
	for (size_t g = 0; g < a->genes.names.n; g++)
		number[g] = GX_NOT_THERE;
	terms->row = gx_allocate(network->n + 1, sizeof *terms->row);
	const char *name = network->text;
	for (size_t i = 0; i < network->n; i++, name = gx_names_next(name)) {
		uint32_t g = gx_dictionary_find(&a->genes, name, strlen(name));
		if (g == GX_NOT_THERE && annotated)
			continue;
		if (g != GX_NOT_THERE) {
			number[g] = (uint32_t)terms->ngene;
			terms->genes_found++;
		}
		terms->row[terms->ngene++] = (uint32_t)i;
	}
	if (terms->genes_found < 2)
		die_of_few(a, network, terms->genes_found);
	terms->genes_left = a->genes.names.n - terms->genes_found;
	return number;
}

/* Genes of each term of the annotation that are there. */
static uint64_t *count_members(struct gx_terms *terms, const struct gx_annotation *a,
			       const uint32_t *number)
{
	uint64_t *size = gx_allocate_zeroed(a->terms.names.n + 1, sizeof *size);
	for (size_t g = 0; g < a->genes.names.n; g++) {
		if (number[g] == GX_NOT_THERE)
			terms->pairs_left += a->at[g + 1] - a->at[g];
		for (uint64_t k = a->at[g]; number[g] != GX_NOT_THERE && k < a->at[g + 1]; k++)
			size[a->term[k]]++;
	}
	return size;
}

void gx_terms_make(struct gx_terms *terms, const struct gx_annotation *a,
		   const struct gx_names *network, bool annotated, uint64_t least, uint64_t most)
{
	*terms = (struct gx_terms){ 0 };
	uint32_t *number = match(terms, a, network, annotated);
	uint64_t *size = count_members(terms, a, number), largest = 0;
	size_t nterm = a->terms.names.n;
	/* Terms that stay, and where their lists begin. */
	uint32_t *stays = gx_allocate(nterm + 1, sizeof *stays);
	terms->member_at = gx_allocate_zeroed(nterm + 2, sizeof *terms->member_at);
	uint64_t *next = terms->member_at + 1;
	for (size_t t = 0; t < nterm; t++) {
		const char *name = gx_dictionary_name(&a->terms, t);
		stays[t] = GX_NOT_THERE;
		largest = size[t] > largest ? size[t] : largest;
		if (size[t] < least || size[t] > most)
			continue;
		stays[t] = (uint32_t)terms->nterm++;
		gx_names_add(&terms->names, name, strlen(name));
		next[terms->nterm] = next[terms->nterm - 1] + size[t];
	}
	if (!terms->nterm)
		gx_die(GX_EXIT_DATA,
		       "%s: no term has %" PRIu64 " to %" PRIu64 " genes of the network, the largest has %" PRIu64
		       ": say other sizes with --min-size and --max-size",
		       a->name, least, most, largest);
	/* By number, so that the genes of each term increase. */
	terms->member = gx_allocate(next[terms->nterm] + 1, sizeof *terms->member);
	uint32_t *gene = gx_allocate(terms->ngene + 1, sizeof *gene);
	for (size_t i = 0; i < terms->ngene; i++)
		gene[i] = GX_NOT_THERE;
	for (size_t g = 0; g < a->genes.names.n; g++)
		if (number[g] != GX_NOT_THERE)
			gene[number[g]] = (uint32_t)g;
	for (size_t i = 0; i < terms->ngene; i++)
		for (uint64_t k = gene[i] == GX_NOT_THERE ? 0 : a->at[gene[i]];
		     gene[i] != GX_NOT_THERE && k < a->at[gene[i] + 1]; k++) {
			uint32_t t = stays[a->term[k]];
			if (t != GX_NOT_THERE)
				terms->member[next[t]++] = (uint32_t)i;
		}
	index_genes(terms);
	free(number);
	free(size);
	free(stays);
	free(gene);
}

void gx_terms_keep(struct gx_terms *terms, size_t first, size_t last)
{
	struct gx_names names = { 0 };
	const char *name = terms->names.text;
	for (size_t t = 0; t < last; t++, name = gx_names_next(name))
		if (t >= first)
			gx_names_add(&names, name, strlen(name));
	gx_names_free(&terms->names);
	terms->names = names;
	uint64_t from = terms->member_at[first];
	memmove(terms->member, terms->member + from,
		(terms->member_at[last] - from) * sizeof *terms->member);
	for (size_t t = first; t <= last; t++)
		terms->member_at[t - first] = terms->member_at[t] - from;
	terms->nterm = last - first;
	index_genes(terms);
}

void gx_terms_free(struct gx_terms *terms)
{
	gx_names_free(&terms->names);
	free(terms->row);
	free(terms->member);
	free(terms->member_at);
	free(terms->gene_term);
	free(terms->gene_term_at);
	*terms = (struct gx_terms){ 0 };
}
