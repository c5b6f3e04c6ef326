/* SPDX-License-Identifier: MIT */
#include "format/table/diagnosis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/columns.h"
#include "format/table/id_words.h"
#include "format/table/looks.h"
#include "kernel/hash.h"

/* The row at hand. */
struct hand {
	const struct gx_dialect *dialect;
	struct gx_names fields;
	unsigned char *cell; /* enum gx_cell of each of the dialect's fields */
	bool *point;	     /* of each, whether gx_cell_has_point says so */
	uint64_t hash; /* of its line */
	struct gx_looks looks;
	size_t ntext;     /* values that are text */
	size_t field;     /* the first of them, from 0 */
	const char *text; /* that */
};

void gx_diagnose_count(const struct gx_dialect *d, size_t nfield, bool last_is_empty,
		       struct gx_diagnosis *diagnosis)
{
	size_t expected = d->nfield + d->trailing;
	diagnosis->field = 0;
	snprintf(diagnosis->text, sizeof diagnosis->text,
		 "%zu field%s where %zu are expected: a row was cut, glued or shifted%s",
		 nfield, nfield == 1 ? "" : "s", expected,
		 nfield == expected + 1 && last_is_empty
			 ? " (a delimiter at the end of the rows: --trailing-delimiter)"
			 : "");
}

void gx_diagnose_left_empty(const struct gx_dialect *d, size_t field, const char *text,
			    size_t n, struct gx_diagnosis *diagnosis)
{
	struct gx_wording to = { diagnosis->text, 0, sizeof diagnosis->text };
	char list[1200];
	bool *kept = gx_allocate_zeroed(d->nfield, sizeof *kept);
	diagnosis->field = field + 1;
	gx_word(&to,
		"%s in a column without a name that is empty in the first row: name it",
		gx_show(text, n));
	for (size_t i = 0; i < d->nfield; i++)
		kept[i] = d->field[i] == GX_FIELD_VALUE;
	if (gx_columns_print(kept, d->nfield, list, sizeof list))
		gx_word(&to, ", or leave it out: --columns %s", list);
	free(kept);
}

/* ---- tokens ---- */

/* The trimmed text of a field. */
static const char *token(const char *field, size_t *n)
{
	*n = strlen(field);
	gx_cell_trim(&field, n);
	return field;
}

/* Whether a token can stand in --na, and in the quotes of a shell. */
static bool is_plain(const char *text, size_t n)
{
	if (n == 0 || n > 40)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f || text[i] == ',' ||
		    text[i] == '\'')
			return false;
	return true;
}

/* Whether a shell takes it as it is. */
static bool is_bare(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._,/+-")] == 0;
}

/* Whether field i is text; in a column of that look, where it is not GX_LOOK_NONE. */
static bool is_text(const struct hand *h, size_t i, enum gx_look look)
{
	return h->cell[i] == GX_CELL_TEXT && h->dialect->field[i] == GX_FIELD_VALUE &&
	       (look == GX_LOOK_NONE || h->looks.look[i] == look);
}

static bool is_among(const struct gx_names *tokens, const char *text, size_t n)
{
	const char *token = tokens->text;
	for (size_t i = 0; i < tokens->n; i++, token = gx_names_next(token))
		if (strlen(token) == n && memcmp(token, text, n) == 0)
			return true;
	return false;
}

/*
 * "--na ND", with the tokens of columns of a look behind those that the user gave, in quotes
 * where a shell needs them. False where there are many, or one that no list can have.
 */
static bool put_na(const struct hand *h, enum gx_look look, struct gx_wording *to)
{
	enum { MOST = 3 };
	char text[400] = "";
	struct gx_wording list = { text, 0, sizeof text };
	struct gx_names tokens = { 0 };
	const char *field = h->fields.text, *given = h->dialect->reading->na;
	bool good = !given || (strlen(given) < 200 && !strchr(given, '\''));
	if (good && given)
		gx_word(&list, "%s,", given);
	for (size_t i = 0; i < h->dialect->nfield && good; i++, field = gx_names_next(field)) {
		size_t n;
		const char *cell = token(field, &n);
		if (!is_text(h, i, look) || is_among(&tokens, cell, n))
			continue;
		good = is_plain(cell, n) && tokens.n < MOST;
		gx_word(&list, "%s%.*s", tokens.n ? "," : "", (int)n, cell);
		gx_names_add(&tokens, cell, n);
	}
	gx_names_free(&tokens);
	if (good)
		gx_word(to, is_bare(text) ? "--na %s" : "--na '%s'", text);
	return good;
}

/* ---- what it may be, one after the other ---- */

/* All that is no number has a comma. */
static bool diagnose_comma(struct hand *h, struct gx_wording *to)
{
	if (h->ntext || h->looks.count[GX_LOOK_TEXT])
		return false;
	gx_word(to, "(%s)", gx_looks_comma(&h->looks));
	return true;
}

/* All text of the row is numbers with a point, where a comma should be. */
static bool diagnose_point(struct hand *h, struct gx_wording *to)
{
	if (!h->dialect->decimal_comma)
		return false;
	size_t npoint = 0;
	for (size_t i = 0; i < h->dialect->nfield; i++) {
		if (!is_text(h, i, GX_LOOK_NONE) ||
		    gx_evidence_has_words(&h->dialect->evidence, i))
			continue;
		if (!h->point[i])
			return false;
		npoint++;
	}
	if (npoint == 0)
		return false;
	gx_word(to, "(--decimal-comma is for numbers without points: leave it out where the point "
		    "is the decimal one; points and commas between thousands must go)");
	return true;
}

/* Whether a value of the row proves that a comma is no decimal one. */
static bool has_point(const struct hand *h)
{
	for (size_t i = 0; i < h->dialect->nfield; i++)
		if (h->dialect->field[i] == GX_FIELD_VALUE && h->point[i] &&
		    !gx_evidence_has_words(&h->dialect->evidence, i))
			return true;
	return false;
}

/* What stands in the row for numbers of columns that have some elsewhere; to be freed. */
static struct gx_names tokens_of_odd(const struct hand *h)
{
	struct gx_names tokens = { 0 };
	const char *field = h->fields.text;
	size_t n;
	for (size_t i = 0; i < h->dialect->nfield; i++, field = gx_names_next(field))
		if (is_text(h, i, GX_LOOK_ODD)) {
			const char *cell = token(field, &n);
			if (tokens.n < 16 && !is_among(&tokens, cell, n))
				gx_names_add(&tokens, cell, n);
		}
	return tokens;
}

/* Whether all text of the row stands in columns that have numbers elsewhere as well. */
static bool odd_have_all_tokens(const struct hand *h)
{
	struct gx_names tokens = tokens_of_odd(h);
	const char *field = h->fields.text;
	bool all = h->looks.count[GX_LOOK_ODD] > 0;
	size_t n;
	for (size_t i = 0; i < h->dialect->nfield && all; i++, field = gx_names_next(field))
		if (is_text(h, i, GX_LOOK_TEXT)) {
			const char *cell = token(field, &n);
			all = is_among(&tokens, cell, n);
		}
	gx_names_free(&tokens);
	return all;
}

/* No value of the row is one, while other rows have some. */
static bool diagnose_row(struct hand *h, struct gx_wording *to)
{
	const struct gx_looks *s = &h->looks;
	const size_t nvalue = h->dialect->nvalue;
	if (nvalue < 2 || h->ntext < nvalue)
		return false;
	/* Columns of text alone are what they are, unless it is the only row. */
	if (s->nrow > 1 && !odd_have_all_tokens(h))
		return false;
	gx_word(to, "(no value of this row is one: missing values: ");
	if (!put_na(h, GX_LOOK_NONE, to))
		gx_word(to, "write NA");
	gx_word(to, "; a line that is no row: take it out)");
	return true;
}

/* The column that names the rows numbers them, and another one has their names. */
static bool diagnose_row_numbers(struct hand *h, struct gx_wording *to)
{
	size_t before = to->n;
	gx_word(to, "(");
	if (!gx_looks_tell_row_numbers(&h->looks, to)) {
		to->text[to->n = before] = 0;
		return false;
	}
	gx_word(to, ")");
	return true;
}

/* Whether another row of the head has text in that column. */
static bool is_text_in_head(const struct hand *h, size_t field)
{
	const struct gx_evidence *evidence = &h->dialect->evidence;
	for (size_t i = 0; i < evidence->n; i++)
		if (evidence->row[i].hash != h->hash && evidence->row[i].cell[field] == GX_CELL_TEXT)
			return true;
	return false;
}

/*
 * A column without any value yet is no column of text where it has a token that stands for
 * numbers elsewhere in the row.
 */
static void mark_odd(struct hand *h)
{
	struct gx_names tokens = tokens_of_odd(h);
	const char *field = h->fields.text;
	for (size_t i = 0; i < h->dialect->nfield; i++, field = gx_names_next(field)) {
		size_t n;
		const char *cell = token(field, &n);
		if (is_text(h, i, GX_LOOK_TEXT) && !is_text_in_head(h, i) &&
		    is_among(&tokens, cell, n))
			gx_looks_mark_odd(&h->looks, i);
	}
	gx_names_free(&tokens);
}

static bool diagnose_columns(struct hand *h, struct gx_wording *to)
{
	mark_odd(h);
	if (!h->looks.count[GX_LOOK_TEXT])
		return false;
	gx_word(to, "(");
	gx_looks_forgive_odd(&h->looks);
	gx_looks_tell(&h->looks, to);
	gx_word(to, ")");
	return true;
}

/*
 * Whether the only value is text, in a first row that is called like a column of ids, and the
 * next row has a number there. (Of more values, two of text say that it is one.)
 */
static bool is_second_header(const struct hand *h)
{
	const struct gx_dialect *d = h->dialect;
	const struct gx_evidence *evidence = &d->evidence;
	const char *first = evidence->n ? evidence->row[0].first : "";
	return d->nvalue == 1 && evidence->n == 2 && d->header != GX_HEADER_NONE &&
	       evidence->row[0].hash == h->hash && gx_is_id_word(first, strlen(first)) &&
	       evidence->row[1].cell[h->field] != GX_CELL_TEXT;
}

/* Text among numbers: it is in the way, or its column is. */
static bool diagnose_cell(struct hand *h, struct gx_wording *to)
{
	char advice[1400] = "";
	struct gx_wording options = { advice, 0, sizeof advice };
	bool several = h->looks.count[GX_LOOK_ODD] > 1;
	size_t before = to->n;
	gx_word(to, "(missing value%s: ", several ? "s" : "");
	if (!put_na(h, GX_LOOK_ODD, to)) {
		to->text[to->n = before] = 0;
		gx_word(to, "(text among numbers: write NA where values are missing)");
		return true;
	}
	if (is_second_header(h)) {
		uint64_t line = h->dialect->evidence.row[0].number;
		gx_word(to, "; a second header line: take it out: sed %" PRIu64 "d)", line);
		return true;
	}
	gx_looks_advise(&h->looks, &options);
	if (*advice) {
		size_t room = to->room;
		gx_word(to, "; no sample: column%s ", several ? "s" : "");
		to->room = room > options.n + 100 ? room - options.n - 100 : 1;
		gx_looks_name(&h->looks, GX_LOOK_ODD, to);
		to->room = room;
		gx_word(to, ": %s", advice);
	}
	gx_word(to, ")");
	return true;
}

/* Finds the first text, or where there is none the first number with a comma. */
static void find_text(struct hand *h)
{
	const char *field = h->fields.text;
	for (size_t i = 0; i < h->dialect->nfield; i++, field = gx_names_next(field)) {
		bool comma = h->cell[i] == GX_CELL_COMMA;
		if (h->dialect->field[i] != GX_FIELD_VALUE ||
		    (!comma && h->cell[i] != GX_CELL_TEXT))
			continue;
		if (comma ? !h->text : h->ntext == 0) {
			h->field = i;
			h->text = field;
		}
		h->ntext += !comma;
	}
}

static void diagnose_values(struct hand *h, struct gx_diagnosis *diagnosis)
{
	struct gx_wording to = { diagnosis->text, 0, sizeof diagnosis->text };
	diagnosis->field = h->field + 1;
	gx_word(&to, "not a number: %s ", gx_show(h->text, strlen(h->text)));
	static bool (*const kinds[])(struct hand *, struct gx_wording *) = {
		diagnose_comma,       diagnose_point,   diagnose_row,
		diagnose_row_numbers, diagnose_columns, diagnose_cell,
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i](h, &to))
			break;
}

bool gx_diagnose(const struct gx_dialect *d, const char *line, size_t n,
		 struct gx_diagnosis *diagnosis)
{
	struct hand hand = { .dialect = d };
	/* What the whole line is comes first: the header again, a second line of headers. */
	bool good = gx_line_split(line, n, &d->parting, &hand.fields);
	if (good && hand.fields.n != d->nfield + d->trailing) {
		const char *last = gx_row_field(&hand.fields, hand.fields.n - 1);
		gx_diagnose_count(d, hand.fields.n, !*last, diagnosis);
	} else if (good) {
		hand.cell = gx_row_cells(&hand.fields, d->nfield, d->decimal_comma,
					 &d->missing);
		hand.point = gx_row_points(&hand.fields, d->nfield);
		hand.hash = XXH3_64bits(line, n);
		gx_looks_make(d, hand.cell, hand.hash, &hand.looks);
		hand.looks.point |= has_point(&hand);
		find_text(&hand);
		good = hand.text != NULL;
		if (good)
			diagnose_values(&hand, diagnosis);
		gx_looks_free(&hand.looks);
		free(hand.cell);
		free(hand.point);
	}
	gx_names_free(&hand.fields);
	return good;
}
