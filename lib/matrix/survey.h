/* SPDX-License-Identifier: MIT */
/* What is in a matrix: counts of kinds of values and of names, and its digest. */
#ifndef GX_SURVEY_H
#define GX_SURVEY_H

#include <stdbool.h>

#include "matrix/matrix.h"

/* What is odd about names: of genes, of samples. */
struct gx_name_survey {
	uint64_t repeated; /* they were there before */
	uint64_t empty;
	uint64_t padded;  /* a blank at one of their ends */
	uint64_t numbers; /* samples alone: numbers, as rows have them */
	uint64_t dates;	  /* genes alone: they look like dates that a spreadsheet made */
	char first_date[64];
};

/* How many values are of a kind. */
struct gx_value_counts {
	uint64_t missing, zeros, negative, infinite, fractions;
};

struct gx_survey {
	uint64_t nrow, rows_all_missing;
	struct gx_value_counts values;
	struct gx_value_counts diagonal; /* of a triangle: those of them that are on it */
	double minimum, maximum;	 /* NaN where there is no number */
	uint64_t digest;	 /* of the rows as they are surveyed */
	struct gx_name_survey genes, samples; /* genes.repeated: gx_survey_repeated */
	/* Of each column, whether it has a value; none is asked once a row had all its values. */
	bool all_seen;
	unsigned char *seen;
	size_t ncol;
	uint64_t *hash; /* of each gene name: 8 bytes a gene is what a survey costs */
	size_t nhash, hash_room;
	uint64_t *row_digest; /* scratch */
	size_t row_room;
};

/* Makes *survey one of no rows; gx_survey_free empties it. */
void gx_survey_start(struct gx_survey *survey);
void gx_survey_free(struct gx_survey *survey);

/* Surveys some rows into *piece, whatever it held before. Any thread. */
void gx_survey_rows(struct gx_survey *piece, const struct gx_rows *rows);

/*
 * The same of rows row .. row + nrow - 1 of a triangle of ngene genes, packed, as doubles. What is
 * stored is counted. The digest and the names are the caller's to add.
 */
void gx_survey_triangle(struct gx_survey *piece, const double *value, uint64_t row, size_t nrow,
			size_t ngene);

/* Makes the survey of a whole triangle that of the full matrix, which has each pair twice. */
void gx_survey_unfold(struct gx_survey *survey);

/* Names of a piece whose rows had none when they were surveyed. */
void gx_survey_names(struct gx_survey *piece, const struct gx_names *names);

/* Adds a piece to the whole. */
void gx_survey_add(struct gx_survey *survey, const struct gx_survey *piece);

/* Looks at the names of the columns. */
void gx_survey_samples(struct gx_survey *survey, const struct gx_matrix *matrix);

/* Gene names that were met before; their 64-bit hashes are compared. Sorts them. */
uint64_t gx_survey_repeated(const struct gx_survey *survey);

/*
 * Columns without any value, where there are rows; *first is the number of the first one,
 * from 0.
 */
uint64_t gx_survey_columns_all_missing(const struct gx_survey *survey, size_t *first);

/* Whether a name is such as a spreadsheet makes of SEPT1, MARCH1 or 2310001E19. */
bool gx_survey_is_date(const char *name, size_t n);

#endif
