/* SPDX-License-Identifier: MIT */
#include "format/table/diagnosis.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/columns.h"
#include "format/table/looks.h"
#include "kernel/hash.h"

/* The row at hand. */
struct hand {
	const struct gx_dialect *dialect;
	struct gx_names fields;
	unsigned char *cell; /* enum gx_cell of each of the dialect's fields */
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

/* Digits, signs and one comma: 1,5 or 1,234. */
static bool has_decimal_comma(const char *field)
{
	size_t n, commas = 0, digits = 0;
	const char *text = token(field, &n);
	for (size_t i = 0; i < n; i++) {
		commas += text[i] == ',';
		digits += text[i] >= '0' && text[i] <= '9';
		if (!strchr("0123456789+-,", text[i]))
			return false;
	}
	return commas == 1 && digits > 0;
}

/* Whether a token can stand in --na as it is. */
static bool is_plain(const char *text, size_t n)
{
	if (n == 0 || n > 24)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isprint((unsigned char)text[i]) || text[i] == ',' || text[i] == '\'')
			return false;
	return true;
}

/* Whether a shell takes it as it is. */
static bool is_bare(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._,/+-")] == 0;
}

/*
 * The tokens of the columns of a look, without repetition, as a list of --na; false where they
 * are many, or need more than quotes.
 */
static bool list_tokens(const struct hand *h, enum gx_look look, char *out, size_t room)
{
	enum { MOST = 3 };
	struct gx_names tokens = { 0 };
	const char *field = h->fields.text;
	bool good = true;
	size_t at = 0;
	for (size_t i = 0; i < h->dialect->nfield && good;
	     i++, field = gx_names_next(field)) {
		if (h->cell[i] != GX_CELL_TEXT ||
		    h->dialect->field[i] != GX_FIELD_VALUE ||
		    (look != GX_LOOK_NONE && h->looks.look[i] != look))
			continue;
		size_t n;
		const char *text = token(field, &n), *known = tokens.text;
		bool is_new = true;
		for (size_t j = 0; j < tokens.n; j++, known = gx_names_next(known))
			is_new &= strlen(known) != n || memcmp(known, text, n) != 0;
		if (!is_new)
			continue;
		good = is_plain(text, n) && tokens.n < MOST;
		if (good)
			at += (size_t)snprintf(out + at, room - at, "%s%.*s",
					       tokens.n ? "," : "", (int)n, text);
		gx_names_add(&tokens, text, n);
	}
	gx_names_free(&tokens);
	return good;
}

/* "--na ND", in quotes where a shell needs them. */
static void put_na(const struct hand *h, enum gx_look look, struct gx_wording *to)
{
	char list[128] = "";
	if (!list_tokens(h, look, list, sizeof list))
		gx_word(to, "--na with that token");
	else
		gx_word(to, is_bare(list) ? "--na %s" : "--na '%s'", list);
}

/* ---- what it may be, one after the other ---- */

/* All text is numbers with a comma. */
static bool diagnose_comma(struct hand *h, struct gx_wording *to)
{
	const char *field = h->fields.text;
	for (size_t i = 0; i < h->dialect->nfield; i++, field = gx_names_next(field))
		if (h->cell[i] == GX_CELL_TEXT &&
		    h->dialect->field[i] == GX_FIELD_VALUE &&
		    (h->dialect->decimal_comma || !has_decimal_comma(field)))
			return false;
	gx_word(to,
		"(a decimal comma: --decimal-comma; commas between thousands must go)");
	return true;
}

/* No value of the row is one, while other rows have some. */
static bool diagnose_row(struct hand *h, struct gx_wording *to)
{
	const struct gx_looks *s = &h->looks;
	if (h->dialect->nvalue < 2 || h->ntext < h->dialect->nvalue)
		return false;
	/* Columns of text alone are what they are. */
	if (h->dialect->evidence.n == 2 && s->count[GX_LOOK_TEXT] == h->dialect->nvalue)
		return false;
	gx_word(to, "(no value of this row is one: missing values: ");
	put_na(h, GX_LOOK_NONE, to);
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

static bool diagnose_columns(struct hand *h, struct gx_wording *to)
{
	if (!h->looks.count[GX_LOOK_TEXT])
		return false;
	gx_word(to, "(");
	gx_looks_tell(&h->looks, to);
	gx_word(to, ")");
	return true;
}

/* Text among numbers. */
static bool diagnose_cell(struct hand *h, struct gx_wording *to)
{
	char advice[1400] = "";
	struct gx_wording options = { advice, 0, sizeof advice };
	bool several = h->looks.count[GX_LOOK_ODD] > 1;
	gx_word(to, "(missing value%s: ", several ? "s" : "");
	put_na(h, GX_LOOK_ODD, to);
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

static void find_text(struct hand *h)
{
	const char *field = h->fields.text;
	for (size_t i = 0; i < h->dialect->nfield; i++, field = gx_names_next(field)) {
		if (h->cell[i] != GX_CELL_TEXT || h->dialect->field[i] != GX_FIELD_VALUE)
			continue;
		if (h->ntext++ == 0) {
			h->field = i;
			h->text = field;
		}
	}
}

static void diagnose_values(struct hand *h, struct gx_diagnosis *diagnosis)
{
	struct gx_wording to = { diagnosis->text, 0, sizeof diagnosis->text };
	diagnosis->field = h->field + 1;
	gx_word(&to, "not a number: %s ", gx_show(h->text, strlen(h->text)));
	static bool (*const kinds[])(struct hand *, struct gx_wording *) = {
		diagnose_comma,   diagnose_row,  diagnose_row_numbers,
		diagnose_columns, diagnose_cell,
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
	bool good = gx_row_split(line, n, &d->parting, &hand.fields);
	if (good && hand.fields.n != d->nfield + d->trailing) {
		const char *last = gx_row_field(&hand.fields, hand.fields.n - 1);
		gx_diagnose_count(d, hand.fields.n, !*last, diagnosis);
	} else if (good) {
		hand.cell = gx_row_cells(&hand.fields, d->nfield, d->decimal_comma,
					 &d->missing);
		gx_looks_make(d, hand.cell, XXH3_64bits(line, n), &hand.looks);
		find_text(&hand);
		good = hand.ntext > 0;
		if (good)
			diagnose_values(&hand, diagnosis);
		gx_looks_free(&hand.looks);
		free(hand.cell);
	}
	gx_names_free(&hand.fields);
	return good;
}
