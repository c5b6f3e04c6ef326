/* SPDX-License-Identifier: MIT */
#include "matrix/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "number/number.h"

void gx_survey_start(struct gx_survey *survey)
{
	*survey = (struct gx_survey){ .minimum = NAN, .maximum = NAN };
}

void gx_survey_free(struct gx_survey *survey)
{
	free(survey->hash);
	free(survey->seen);
	free(survey->row_digest);
	*survey = (struct gx_survey){ 0 };
}

/* ---- names ---- */

static size_t digits(const char *p, size_t n)
{
	size_t k = 0;
	while (k < n && p[k] >= '0' && p[k] <= '9')
		k++;
	return k;
}

static bool is_month(const char *p, size_t n)
{
	static const char months[12][4] = { "jan", "feb", "mar", "apr", "may", "jun",
					    "jul", "aug", "sep", "oct", "nov", "dec" };
	for (size_t i = 0; i < 12; i++)
		if (n == 3 && strncasecmp(p, months[i], 3) == 0)
			return true;
	return n == 4 && strncasecmp(p, "sept", 4) == 0;
}

bool gx_survey_is_date(const char *p, size_t n)
{
	size_t k = digits(p, n), rest;
	if (k == 0) {
		/* Mar-01, Sep-2021 */
		const char *dash = memchr(p, '-', n);
		size_t month = dash ? (size_t)(dash - p) : 0;
		if (!dash || !is_month(p, month))
			return false;
		rest = n - month - 1;
		return (rest == 2 || rest == 4 || rest == 1) &&
		       digits(dash + 1, rest) == rest;
	}
	if (k < n && k <= 2 && p[k] == '-') {
		/* 1-Mar, 01-Mar-21 */
		const char *dash = memchr(p + k + 1, '-', n - k - 1);
		size_t month = dash ? (size_t)(dash - p) - k - 1 : n - k - 1;
		return is_month(p + k + 1, month);
	}
	if (k == 4 && n == 10 && p[4] == '-' && p[7] == '-')
		return digits(p + 5, 2) == 2 && digits(p + 8, 2) == 2; /* 2021-03-01 */
	if (k <= 2 && k < n && p[k] == '/') {
		/* 3/1/2021 */
		size_t second = digits(p + k + 1, n - k - 1), at = k + 1 + second;
		return second >= 1 && second <= 2 && at < n && p[at] == '/' &&
		       digits(p + at + 1, n - at - 1) == n - at - 1 && n - at - 1 >= 2;
	}
	if (k >= 1 && k < n && p[k] == '.') {
		/* 2.31E+19 */
		size_t more = digits(p + k + 1, n - k - 1), at = k + 1 + more;
		return more && at + 2 < n && (p[at] == 'E' || p[at] == 'e') &&
		       p[at + 1] == '+' && digits(p + at + 2, n - at - 2) == n - at - 2;
	}
	return false;
}

static void keep_hashes(struct gx_survey *s, size_t n)
{
	if (s->hash_room - s->nhash >= n)
		return;
	s->hash_room = s->nhash + n < 2 * s->hash_room ? 2 * s->hash_room : s->nhash + n;
	s->hash = gx_reallocate(s->hash, s->hash_room, sizeof *s->hash);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static uint64_t count_repeated(uint64_t *hash, size_t n)
{
	uint64_t repeated = 0;
	if (n)
		qsort(hash, n, sizeof *hash, by_value);
	for (size_t i = 1; i < n; i++)
		repeated += hash[i] == hash[i - 1];
	return repeated;
}

/* Blanks, and the one of Unicode that spreadsheets and web pages leave. */
static bool is_padded(const char *name, size_t n)
{
	static const char blanks[] = " \t\r\n", unbroken[] = "\xc2\xa0";
	return n > 0 && (strchr(blanks, name[0]) || strchr(blanks, name[n - 1]) ||
			 strncmp(name, unbroken, 2) == 0 ||
			 (n > 1 && strcmp(name + n - 2, unbroken) == 0));
}

static void look_at_name(struct gx_name_survey *names, const char *name, size_t n)
{
	names->empty += n == 0;
	names->padded += is_padded(name, n);
}

static bool is_number(const char *name, size_t n)
{
	enum { LONGEST = 40 };
	char text[LONGEST + GX_NUMBER_SLACK] = { 0 };
	double value;
	if (n == 0 || n >= LONGEST)
		return false;
	memcpy(text, name, n);
	return gx_number_parse(text, &value) == text + n;
}

uint64_t gx_survey_repeated(const struct gx_survey *survey)
{
	return count_repeated(survey->hash, survey->nhash);
}

void gx_survey_samples(struct gx_survey *survey, const struct gx_matrix *matrix)
{
	const struct gx_names *names = &matrix->columns;
	uint64_t *hash = gx_allocate(names->n, sizeof *hash);
	const char *name = names->text;
	for (size_t j = 0; j < names->n; j++, name = gx_names_next(name)) {
		size_t n = strlen(name);
		look_at_name(&survey->samples, name, n);
		survey->samples.numbers += is_number(name, n);
		hash[j] = XXH3_64bits(name, n);
	}
	survey->samples.repeated = count_repeated(hash, names->n);
	free(hash);
}

/* ---- values ---- */

/* Adds n values to the counts, and to the minimum and the maximum. */
static void survey_values(struct gx_survey *s, struct gx_value_counts *counts, const double *value,
			  size_t n)
{
	uint64_t missing = 0, zeros = 0, negative = 0, infinite = 0, fractions = 0;
	double least = INFINITY, most = -INFINITY;
	for (size_t j = 0; j < n; j++) {
		double x = value[j];
		missing += x != x;
		zeros += x == 0;
		negative += x < 0;
		infinite += x == INFINITY || x == -INFINITY;
		fractions += x == x && floor(x) != x;
		least = x < least ? x : least;
		most = x > most ? x : most;
	}
	counts->missing += missing;
	counts->zeros += zeros;
	counts->negative += negative;
	counts->infinite += infinite;
	counts->fractions += fractions;
	if (missing < n) {
		s->minimum = s->minimum <= least ? s->minimum : least;
		s->maximum = s->maximum >= most ? s->maximum : most;
	}
}

static void survey_row(struct gx_survey *s, const double *value, size_t ncol)
{
	uint64_t before = s->values.missing;
	survey_values(s, &s->values, value, ncol);
	uint64_t missing = s->values.missing - before;
	s->rows_all_missing += missing == ncol;
	/* As a rule one of the first rows has all its values. */
	s->all_seen |= missing == 0;
	for (size_t j = 0; j < ncol && !s->all_seen; j++)
		s->seen[j] |= value[j] == value[j];
}

void gx_survey_names(struct gx_survey *s, const struct gx_names *names)
{
	keep_hashes(s, names->n);
	struct gx_name_survey *genes = &s->genes;
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++) {
		size_t n = strlen(name);
		s->hash[s->nhash++] = XXH3_64bits(name, n);
		look_at_name(genes, name, n);
		if (gx_survey_is_date(name, n) && genes->dates++ == 0)
			strncpy(genes->first_date, name, sizeof genes->first_date - 1);
		name += n + 1;
	}
}

/* No column has a value so far. */
static void need_seen(struct gx_survey *s, size_t ncol)
{
	if (s->ncol != ncol || !s->seen) {
		free(s->seen);
		s->seen = gx_allocate(ncol, 1);
		s->ncol = ncol;
	}
	memset(s->seen, 0, ncol);
}

/* A survey of no rows, in the memory that it has. */
static void start_again(struct gx_survey *s)
{
	const struct gx_survey kept = *s;
	gx_survey_start(s);
	s->hash = kept.hash;
	s->hash_room = kept.hash_room;
	s->row_digest = kept.row_digest;
	s->row_room = kept.row_room;
	s->seen = kept.seen;
	s->ncol = kept.ncol;
}

void gx_survey_rows(struct gx_survey *s, const struct gx_rows *rows)
{
	start_again(s);
	need_seen(s, rows->ncol);
	if (s->row_room < rows->nrow) {
		free(s->row_digest);
		s->row_digest = gx_allocate(rows->nrow, sizeof *s->row_digest);
		s->row_room = rows->nrow;
	}
	s->nrow = rows->nrow;
	gx_digest_rows(rows->value, rows->nrow, rows->ncol, s->row_digest);
	s->digest = gx_digest_sum(s->row_digest, rows->nrow);
	for (size_t i = 0; i < rows->nrow; i++)
		survey_row(s, rows->value + i * rows->ncol, rows->ncol);

	gx_survey_names(s, &rows->names);
}

void gx_survey_triangle(struct gx_survey *s, const double *value, uint64_t row, size_t nrow,
			size_t ngene)
{
	start_again(s);
	need_seen(s, ngene);
	s->nrow = nrow;
	for (size_t i = row; i < row + nrow; i++) {
		unsigned char any = 0;
		survey_values(s, &s->values, value, i + 1);
		survey_values(s, &s->diagonal, value + i, 1);
		/* A value is one of both its genes. */
		for (size_t j = 0; j <= i; j++) {
			unsigned char is = value[j] == value[j];
			s->seen[j] |= is;
			any |= is;
		}
		s->seen[i] |= any;
		value += i + 1;
	}
}

static void unfold(uint64_t *both, uint64_t diagonal)
{
	*both = 2 * *both - diagonal;
}

void gx_survey_unfold(struct gx_survey *s)
{
	size_t first;
	unfold(&s->values.missing, s->diagonal.missing);
	unfold(&s->values.zeros, s->diagonal.zeros);
	unfold(&s->values.negative, s->diagonal.negative);
	unfold(&s->values.infinite, s->diagonal.infinite);
	unfold(&s->values.fractions, s->diagonal.fractions);
	s->rows_all_missing = gx_survey_columns_all_missing(s, &first);
}

static void add_names(struct gx_name_survey *names, const struct gx_name_survey *more)
{
	if (names->dates == 0)
		memcpy(names->first_date, more->first_date, sizeof names->first_date);
	names->dates += more->dates;
	names->empty += more->empty;
	names->padded += more->padded;
}

static void add_seen(struct gx_survey *s, const struct gx_survey *piece)
{
	if (!s->seen)
		need_seen(s, piece->ncol);
	s->all_seen |= piece->all_seen;
	for (size_t j = 0; j < piece->ncol && !s->all_seen; j++)
		s->seen[j] |= piece->seen[j];
}

uint64_t gx_survey_columns_all_missing(const struct gx_survey *s, size_t *first)
{
	uint64_t n = 0;
	for (size_t j = 0; j < s->ncol && !s->all_seen; j++)
		if (!s->seen[j] && n++ == 0)
			*first = j;
	return n;
}

static void add_counts(struct gx_value_counts *counts, const struct gx_value_counts *more)
{
	counts->missing += more->missing;
	counts->zeros += more->zeros;
	counts->negative += more->negative;
	counts->infinite += more->infinite;
	counts->fractions += more->fractions;
}

void gx_survey_add(struct gx_survey *s, const struct gx_survey *piece)
{
	s->nrow += piece->nrow;
	s->rows_all_missing += piece->rows_all_missing;
	add_counts(&s->values, &piece->values);
	add_counts(&s->diagonal, &piece->diagonal);
	s->digest += piece->digest;
	if (!(s->minimum <= piece->minimum) && piece->minimum == piece->minimum)
		s->minimum = piece->minimum;
	if (!(s->maximum >= piece->maximum) && piece->maximum == piece->maximum)
		s->maximum = piece->maximum;
	add_names(&s->genes, &piece->genes);
	add_seen(s, piece);
	keep_hashes(s, piece->nhash);
	if (piece->nhash)
		memcpy(s->hash + s->nhash, piece->hash, piece->nhash * sizeof *s->hash);
	s->nhash += piece->nhash;
}
