/* SPDX-License-Identifier: MIT */
#include "format/table/looks.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/columns.h"
#include "format/table/field.h"
#include "format/table/id_words.h"
#include "format/table/measures.h"
#include "format/table/unsampled.h"

/* ---- what columns look like ---- */

/* What is known of the cells of a column. */
struct seen {
	bool text, number, comma, any;
};

static struct seen look_at(const struct gx_looks *s, const unsigned char *hand,
			   uint64_t hash, size_t field)
{
	const struct gx_evidence *evidence = &s->dialect->evidence;
	struct seen seen = { .any = false };
	for (size_t i = 0; i <= evidence->n; i++) {
		const bool is_hand = i == evidence->n;
		/* The row at hand may be one of these: it does not speak twice. */
		if (is_hand ? !hand : hand && evidence->row[i].hash == hash)
			continue;
		unsigned char cell = is_hand ? hand[field] : evidence->row[i].cell[field];
		seen.any |= cell != GX_CELL_NONE;
		seen.text |= cell == GX_CELL_TEXT;
		seen.comma |= cell == GX_CELL_COMMA;
		seen.number |= cell == GX_CELL_NUMBER || cell == GX_CELL_COMMA;
	}
	return seen;
}

/* The user said that what is left are samples, or the counts of GCT did. */
static bool names_do_not_count(const struct gx_dialect *d)
{
	return d->reading->columns || d->reading->all_columns || d->counted;
}

static bool is_none(const struct gx_reading *reading)
{
	return reading->id_column && strcmp(reading->id_column, "none") == 0;
}

/*
 * Whether a value of the first rows proves that a comma is no decimal one. What stands in a
 * column of text proves nothing.
 */
static bool have_point(const struct gx_dialect *d)
{
	for (size_t i = 0; i < d->evidence.n; i++)
		for (size_t field = 0; field < d->nfield; field++)
			if (d->field[field] == GX_FIELD_VALUE &&
			    d->evidence.row[i].point[field] &&
			    !gx_evidence_has_words(&d->evidence, field))
				return true;
	return false;
}

const char *gx_looks_comma(const struct gx_looks *s)
{
	return s->point ? "commas between thousands must go; a decimal comma beside points must "
			  "be a point"
			: "a decimal comma: --decimal-comma; commas between thousands must go";
}

static void look_at_all(struct gx_looks *s, const unsigned char *hand, uint64_t hash)
{
	const struct gx_dialect *d = s->dialect;
	const bool by_name = d->names.n && !names_do_not_count(d);
	const bool of_tests = by_name && gx_are_of_tests(&d->names);
	const char *name = d->names.text;
	for (size_t i = 0; i < d->nfield; i++) {
		enum gx_look look = GX_LOOK_NONE;
		if (d->field[i] == GX_FIELD_VALUE) {
			struct seen seen = look_at(s, hand, hash, i);
			s->comma |= seen.comma && !seen.text;
			look = seen.text && seen.number ? GX_LOOK_ODD
			       : seen.text              ? GX_LOOK_TEXT
							: GX_LOOK_SAMPLE;
			if (look == GX_LOOK_SAMPLE && by_name && seen.any &&
			    (gx_is_unsampled(name, of_tests) ||
			     (i == 0 && is_none(d->reading) &&
			      gx_is_id_word(name, strlen(name)))))
				look = GX_LOOK_UNSAMPLED;
		}
		s->look[i] = (unsigned char)look;
		name = d->names.n ? gx_names_next(name) : NULL;
	}
}

/*
 * Numbers left of text are annotation too where samples stand right of it; a table that ends in
 * text, or has it beside each sample, has its samples there.
 */
static void look_left(struct gx_looks *s)
{
	size_t n = s->dialect->nfield, text = SIZE_MAX;
	bool behind = false;
	if (names_do_not_count(s->dialect))
		return;
	for (size_t i = 0; i < n; i++) {
		if (s->look[i] == GX_LOOK_TEXT) {
			text = i;
			behind = false;
		}
		behind |= s->look[i] == GX_LOOK_SAMPLE;
	}
	for (size_t i = 0; text != SIZE_MAX && behind && i < text; i++)
		if (s->look[i] == GX_LOOK_SAMPLE)
			s->look[i] = GX_LOOK_LEFT;
}

/* Whether the samples have names of measures, each another: samples may be named alike. */
static bool are_named_measures(const struct gx_looks *s)
{
	enum { MOST = 40 }; /* more than programs have names for */
	const struct gx_dialect *d = s->dialect;
	const char *name = d->names.text, *seen[MOST];
	size_t n = 0;
	for (size_t i = 0; i < d->nfield; i++, name = gx_names_next(name)) {
		if (s->look[i] != GX_LOOK_SAMPLE)
			continue;
		if (n == MOST || !gx_is_measure(name))
			return false;
		for (size_t j = 0; j < n; j++)
			if (strcasecmp(seen[j], name) == 0)
				return false;
		seen[n++] = name;
	}
	return true;
}

/* The first measure, where the names say that a sample has several: A_TPM, A_FPKM. */
static const char *find_measure(const struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	struct gx_measured *part = gx_allocate_zeroed(d->nfield, sizeof *part);
	const char *name = d->names.text;
	size_t n = 0;
	for (size_t i = 0; i < d->nfield; i++, name = gx_names_next(name))
		if (s->look[i] == GX_LOOK_SAMPLE && gx_measure_part(name, &part[n]))
			n++;
	const char *first = n ? part[0].measure : NULL;
	if (!gx_measures_differ(part, n))
		first = NULL;
	free(part);
	return first;
}

/* Names of genes, where the table is transposed, are no samples with measures. */
static bool each_has_measures(struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	s->measure = NULL;
	if (!names_do_not_count(d) && d->names.n && !d->reading->transposed)
		s->measure = find_measure(s);
	return s->measure;
}

static bool samples_are_measures(const struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	if (names_do_not_count(d) || d->names.n == 0 || s->count[GX_LOOK_SAMPLE] < 2)
		return false;
	return (d->known && d->known->rest == GX_REST_MEASURES) || are_named_measures(s);
}

static void count_looks(struct gx_looks *s)
{
	memset(s->count, 0, sizeof s->count);
	for (size_t i = 0; i < s->dialect->nfield; i++)
		s->count[s->look[i]]++;
	s->measures = samples_are_measures(s) || each_has_measures(s);
}

void gx_looks_make(const struct gx_dialect *dialect, const unsigned char *hand,
		   uint64_t hash, struct gx_looks *looks)
{
	*looks = (struct gx_looks){ .dialect = dialect,
				    .look = gx_allocate_zeroed(dialect->nfield, 1),
				    .id = SIZE_MAX };
	looks->nrow = dialect->evidence.n + (hand != NULL);
	for (size_t i = 0; i < dialect->evidence.n; i++)
		looks->nrow -= hand && dialect->evidence.row[i].hash == hash;
	look_at_all(looks, hand, hash);
	look_left(looks);
	count_looks(looks);
	looks->point = have_point(dialect);
}

void gx_looks_free(struct gx_looks *looks)
{
	free(looks->look);
	looks->look = NULL;
}

/* ---- the column that names the rows ---- */

/* Whether such a column may name the rows: text, or numbers of ids. Numbers are samples. */
static bool may_be_id(unsigned char look)
{
	return look == GX_LOOK_TEXT || look == GX_LOOK_ODD || look == GX_LOOK_UNSAMPLED;
}

size_t gx_looks_find_id_word(const struct gx_looks *s, size_t from)
{
	const struct gx_dialect *d = s->dialect;
	const char *name = d->names.text;
	for (size_t i = 0; i < d->names.n; i++, name = gx_names_next(name))
		if (i >= from && may_be_id(s->look[i]) && gx_is_id_word(name, strlen(name)))
			return i;
	return SIZE_MAX;
}

size_t gx_looks_find_text(const struct gx_looks *s, size_t from)
{
	for (size_t i = from; i < s->dialect->nfield; i++)
		if (s->look[i] == GX_LOOK_TEXT)
			return i;
	return SIZE_MAX;
}

/* Some columns have another look: what stands left of the last text may do so no more. */
static void look_again(struct gx_looks *s)
{
	for (size_t i = 0; i < s->dialect->nfield; i++)
		if (s->look[i] == GX_LOOK_LEFT)
			s->look[i] = GX_LOOK_SAMPLE;
	look_left(s);
	count_looks(s);
}

void gx_looks_mark_odd(struct gx_looks *s, size_t column)
{
	s->look[column] = GX_LOOK_ODD;
	look_again(s);
}

void gx_looks_forgive_odd(struct gx_looks *s)
{
	for (size_t i = 0; i < s->dialect->nfield; i++)
		if (s->look[i] == GX_LOOK_ODD)
			s->look[i] = GX_LOOK_SAMPLE;
	look_again(s);
}

void gx_looks_propose_id(struct gx_looks *s, size_t id)
{
	s->id = id;
	s->look[id] = GX_LOOK_NONE;
	look_again(s);
}

/* Numbers of rows, and of genes: those of probes are longer. */
static bool is_row_number(const char *text)
{
	size_t n = strspn(text, "0123456789");
	return n > 0 && n <= 5 && text[n] == 0;
}

/* Names that R and pandas give a column of numbers of rows; other words name genes. */
static bool is_row_word(const char *name)
{
	static const char *const words[] = { "",    "X",        "Unnamed: 0", "index",
					     "row", "rownames", "row_number", "#",
					     "No.", "n" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(name, words[i]) == 0)
			return true;
	return false;
}

/* Whether the column that names the rows numbers them, and another one has names. */
static bool rows_are_numbered(const struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	const struct gx_evidence *evidence = &d->evidence;
	const char *name = d->names.n ? d->names.text : "";
	if (d->name_field != 0 || d->reading->id_column || d->known || d->counted)
		return false;
	if (gx_evidence_is_numbered(evidence) &&
	    (is_row_word(name) || !gx_is_id_word(name, strlen(name))))
		return gx_looks_find_id_word(s, 1) != SIZE_MAX ||
		       gx_looks_find_text(s, 1) != SIZE_MAX;
	/* Rows that were picked keep their numbers; a column of ids beside them says so. */
	bool picked = evidence->n > 0 && is_row_word(name) && d->nfield > 1 &&
		      s->look[1] == GX_LOOK_TEXT && gx_looks_find_id_word(s, 1) == 1;
	for (size_t i = 0; i < evidence->n; i++)
		picked &= is_row_number(evidence->row[i].first);
	return picked;
}

/* ---- words ---- */

void gx_word(struct gx_wording *w, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int n = vsnprintf(w->text + w->n, w->room - w->n, format, arguments);
	va_end(arguments);
	w->n += n < 0 ? 0 : (size_t)n;
	if (w->n >= w->room)
		w->n = w->room - 1;
}

void gx_looks_name(const struct gx_looks *s, enum gx_look look, struct gx_wording *to)
{
	enum { MOST = 12, LONGEST = 300 };
	const struct gx_dialect *d = s->dialect;
	const char *name = d->names.n ? d->names.text : NULL;
	size_t said = 0, all = s->count[look];
	for (size_t i = 0; i < d->nfield && said < MOST && to->n + LONGEST < to->room;
	     i++) {
		if (s->look[i] == look) {
			gx_word(to, "%s%zu", said ? ", " : "", i + 1);
			if (name)
				gx_word(to, " %s", gx_show(name, strlen(name)));
			said++;
		}
		name = name ? gx_names_next(name) : NULL;
	}
	if (all > said)
		gx_word(to, " and %zu more", all - said);
}

/* "text: columns 2 'desc', 4 'type'" */
static void name_look(const struct gx_looks *s, const char *what, enum gx_look look,
		      struct gx_wording *to, bool *first)
{
	if (s->count[look] == 0)
		return;
	gx_word(to, "%s%s: column%s ", *first ? "" : "; ", what,
		s->count[look] == 1 ? "" : "s");
	gx_looks_name(s, look, to);
	*first = false;
}

/* ---- advice ---- */

/* A column as an option takes it: by its name where that is short and plain, and the only one. */
static void put_column(const struct gx_looks *s, size_t column, struct gx_wording *to)
{
	const struct gx_names *names = &s->dialect->names;
	const char *name = names->text, *own = NULL;
	size_t alike = 0;
	for (size_t i = 0; i < names->n && i <= column; i++) {
		own = i == column ? name : NULL;
		name = gx_names_next(name);
	}
	name = names->text;
	for (size_t i = 0; own && i < names->n; i++, name = gx_names_next(name))
		alike += strcmp(name, own) == 0;
	bool plain = own && isalpha((unsigned char)*own) && strlen(own) <= 40;
	for (const char *p = own; plain && *p; p++)
		plain = isalnum((unsigned char)*p) || *p == '_' || *p == '.';
	if (plain && alike == 1)
		gx_word(to, "%s", own);
	else
		gx_word(to, "%zu", column + 1);
}

/* The columns that are to be skipped, and those that stay. */
struct sets {
	bool *skip, *keep;
	size_t nskip, nkeep, first_kept;
	bool suffix; /* those that stay are the last ones, without a gap */
};

/* Whether a sample is of the measure that is to be taken, where there are several. */
static bool is_of_measure(const struct gx_looks *s, const char *name)
{
	struct gx_measured part;
	return !s->measure || (gx_measure_part(name, &part) && part.measure == s->measure);
}

static void part(const struct gx_looks *s, struct sets *sets)
{
	const struct gx_dialect *d = s->dialect;
	size_t n = d->nfield;
	const char *name = d->names.text;
	*sets = (struct sets){ .skip = gx_allocate_zeroed(n, sizeof(bool)),
			       .keep = gx_allocate_zeroed(n, sizeof(bool)) };
	/* What the user skips stays so. */
	if (d->reading->skip_columns)
		gx_columns_choose(d->reading->skip_columns, &d->names, n, d->name_field,
				  "--skip-columns", sets->skip);
	bool placed = d->known && d->known->rest == GX_REST_PLACED;
	bool gap = false;
	for (size_t i = 0; i < n; i++) {
		sets->keep[i] = s->look[i] == GX_LOOK_SAMPLE && is_of_measure(s, name);
		name = name ? gx_names_next(name) : NULL;
		if (sets->keep[i] && sets->nkeep++ == 0)
			sets->first_kept = i;
		gap |= sets->nkeep && !sets->keep[i] && d->field[i] != GX_FIELD_EMPTY;
		sets->skip[i] |= s->look[i] > GX_LOOK_SAMPLE ||
				 (placed && i < d->known->n);
		if (i == s->id || (s->id == SIZE_MAX && i == d->name_field))
			sets->skip[i] = false;
		sets->nskip += sets->skip[i];
	}
	sets->suffix = sets->nkeep && !gap;
}

static void put_shorter(const struct gx_looks *s, const struct sets *sets,
			struct gx_wording *to)
{
	enum { ROOM = 1200 };
	const struct gx_dialect *d = s->dialect;
	char skip[ROOM], keep[ROOM];
	size_t nskip = gx_columns_print(sets->skip, d->nfield, skip, sizeof skip);
	size_t nkeep = gx_columns_print(sets->keep, d->nfield, keep, sizeof keep);
	/* As hard to type, samples that come last are easier to look at. */
	bool by_keeping = nkeep &&
			  (nkeep < nskip || !nskip ||
			   (nkeep == nskip && sets->suffix && sets->nskip > nskip));
	if (d->reading->columns)
		by_keeping = true;
	if (d->reading->all_columns || (d->known && d->known->rest == GX_REST_PLACED))
		by_keeping = false;
	if (by_keeping ? nkeep : nskip)
		gx_word(to, "%s %s", by_keeping ? "--columns" : "--skip-columns",
			by_keeping ? keep : skip);
	else
		gx_word(to, "choose the samples with --columns");
}

void gx_looks_advise(const struct gx_looks *s, struct gx_wording *to)
{
	struct sets sets;
	part(s, &sets);
	if (sets.nkeep && s->id != SIZE_MAX) {
		gx_word(to, "--id-column ");
		put_column(s, s->id, to);
		gx_word(to, sets.nskip ? " " : "");
	}
	if (sets.nkeep && s->measure) {
		char list[1200];
		bool fits = gx_columns_print(sets.keep, s->dialect->nfield, list, sizeof list);
		gx_word(to, fits ? "--columns %s" : "choose the samples with --columns", list);
	} else if (sets.nkeep && s->measures) {
		gx_word(to, "--columns ");
		put_column(s, sets.first_kept, to);
	} else if (sets.nkeep && sets.nskip) {
		put_shorter(s, &sets, to);
	}
	free(sets.skip);
	free(sets.keep);
}

/* Whether text alone stands where the values should. */
static bool is_all_text(const struct gx_looks *s)
{
	for (size_t i = GX_LOOK_SAMPLE; i < GX_LOOKS; i++)
		if (i != GX_LOOK_TEXT && s->count[i])
			return false;
	return s->count[GX_LOOK_TEXT] > 0;
}

void gx_looks_tell(const struct gx_looks *s, struct gx_wording *to)
{
	char advice[1400] = "";
	struct gx_wording options = { advice, 0, sizeof advice };
	bool first = true;
	gx_looks_advise(s, &options);
	if (*advice && s->comma)
		gx_word(&options, " (and %s)", gx_looks_comma(s));
	if (*advice && s->count[GX_LOOK_LEFT])
		gx_word(&options, " (numbers left of text that are samples: add them)");
	else if (s->count[GX_LOOK_UNSAMPLED] && !s->count[GX_LOOK_TEXT] && !s->measures)
		gx_word(&options, "%s(--all-columns where they are samples)",
			*advice ? " " : "");
	/* An option that is cut would be another one: there is room for it behind the names. */
	size_t room = to->room;
	to->room = room > options.n + 100 ? room - options.n - 100 : 1;
	name_look(s, "text", GX_LOOK_TEXT, to, &first);
	name_look(s,
		  s->dialect->reading->transposed ? "no gene has such a name"
						  : "no sample has such a name",
		  GX_LOOK_UNSAMPLED, to, &first);
	name_look(s, "numbers left of text", GX_LOOK_LEFT, to, &first);
	if (s->measures)
		name_look(s,
			  s->measure ? "choose one of several measures of each sample"
				     : "choose one of several measures of one sample",
			  GX_LOOK_SAMPLE, to, &first);
	to->room = room;
	if (!s->count[GX_LOOK_SAMPLE])
		gx_word(to, "; no column is left to be a sample");
	if (*advice)
		gx_word(to, ": %s", advice);
	else if (is_all_text(s))
		gx_word(to, ": are these more lines of a header, or has it no numbers?");
}

/* One letter is R's name of a column without one, and may be a sample's as well. */
static bool is_long_id_word(const char *name)
{
	return strlen(name) > 1 && gx_is_id_word(name, strlen(name));
}

bool gx_looks_ids_are_numbers(const struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	return !names_do_not_count(d) && d->names.n > 1 && s->look[1] != GX_LOOK_NONE &&
	       d->name_field == 0 && !d->reading->id_column && !d->known &&
	       gx_evidence_is_numbered(&d->evidence) && is_row_word(d->names.text) &&
	       is_long_id_word(gx_names_next(d->names.text));
}

/*
 * Whether the first column seems not to name the rows, by its name and what is in the first of
 * them - numbers, or nothing - while a column of text is called like ids.
 */
static bool first_seems_to_name_nothing(const struct gx_looks *s)
{
	const struct gx_dialect *d = s->dialect;
	const char *name = d->names.n ? d->names.text : "";
	size_t id = gx_looks_find_id_word(s, 1);
	bool nothing = d->evidence.n > 0;
	if (d->name_field != 0 || d->reading->id_column || d->known || d->counted ||
	    id == SIZE_MAX || s->look[id] != GX_LOOK_TEXT || gx_is_id_word(name, strlen(name)))
		return false;
	for (size_t i = 0; i < d->evidence.n; i++) {
		const char *first = d->evidence.row[i].first;
		nothing &= *name ? gx_field_is_number(first) : *first == 0;
	}
	return nothing;
}

/* Whole numbers may be ids all the same. */
static bool may_name_rows(const struct gx_evidence *evidence)
{
	for (size_t i = 0; i < evidence->n; i++)
		if (!*evidence->row[i].first || strchr(evidence->row[i].first, '.'))
			return false;
	return true;
}

/* The options where the first column names the rows all the same; false: there are none. */
static bool tell_first(const struct gx_looks *s, size_t id, struct gx_wording *to)
{
	size_t before = to->n;
	gx_word(to, "where column 1 names the rows: ");
	size_t said = to->n;
	gx_looks_advise(s, to);
	if (to->n > said)
		gx_word(to, "; where column %zu does: ", id + 1);
	else
		to->text[to->n = before] = 0;
	return to->n > before;
}

bool gx_looks_tell_row_numbers(struct gx_looks *s, struct gx_wording *to)
{
	const struct gx_names *names = &s->dialect->names;
	bool numbers = gx_looks_ids_are_numbers(s);
	bool numbered = numbers || rows_are_numbered(s);
	if (!numbered && !first_seems_to_name_nothing(s))
		return false;
	size_t id = gx_looks_find_id_word(s, 1);
	id = numbers ? 1 : id == SIZE_MAX ? gx_looks_find_text(s, 1) : id;
	gx_looks_forgive_odd(s);
	if (numbered)
		gx_word(to, "column 1%s numbers the rows: ",
			names->n && !*names->text ? " has no name, and" : "");
	else if (!may_name_rows(&s->dialect->evidence) || !tell_first(s, id, to))
		gx_word(to, "column 1 names no rows, and column %zu does: ", id + 1);
	gx_looks_propose_id(s, id);
	size_t said = to->n;
	gx_looks_advise(s, to);
	if (to->n == said && numbered) {
		gx_word(to, "no column is left to be a sample");
	} else if (to->n == said) {
		/* The first column is one then. */
		gx_word(to, "--id-column ");
		put_column(s, id, to);
	}
	return true;
}
