/* SPDX-License-Identifier: MIT */
/*
 * What the columns of a table look like, and the shortest options that read what is left when
 * all that are no samples are left out.
 */
#ifndef GX_TABLE_LOOKS_H
#define GX_TABLE_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "format/table/dialect.h"

enum gx_look {
	GX_LOOK_NONE, /* it is no value as the table is read now */
	GX_LOOK_SAMPLE,
	GX_LOOK_TEXT,      /* no number in it, and text */
	GX_LOOK_ODD,       /* numbers, and text among them */
	GX_LOOK_UNSAMPLED, /* numbers, under a name that no sample has */
	GX_LOOK_LEFT,      /* numbers, left of text: annotation as well, it seems */
	GX_LOOKS
};

struct gx_looks {
	const struct gx_dialect *dialect;
	unsigned char *look; /* enum gx_look of each field */
	size_t count[GX_LOOKS];
	size_t nrow; /* rows that were looked at */
	size_t id; /* the column, from 0, that should name the rows; SIZE_MAX: as it is */
	bool measures; /* the samples are several measures of one sample, or of each */
	/* Of each: the one to be taken, as the table of measures has it; NULL elsewhere. */
	const char *measure;
	bool comma;    /* numbers of samples have a decimal comma, or commas between thousands */
	bool point;    /* what proves that it is no decimal comma stands among the values */
};

/*
 * Looks at the first two rows, and at one more: its kinds of cells, its hash that tells whether
 * it is one of these. `hand`: NULL: there is none. The looks are to be freed.
 */
void gx_looks_make(const struct gx_dialect *dialect, const unsigned char *hand,
		   uint64_t hash, struct gx_looks *looks);
void gx_looks_free(struct gx_looks *looks);

/* Says of a column of text that it has numbers in other rows. */
void gx_looks_mark_odd(struct gx_looks *looks, size_t column);

/* Takes columns of numbers with text among them for samples. */
void gx_looks_forgive_odd(struct gx_looks *looks);

/* The first column that bears an id word, from `from` on; SIZE_MAX: none does. */
size_t gx_looks_find_id_word(const struct gx_looks *looks, size_t from);
/* The first column of text. */
size_t gx_looks_find_text(const struct gx_looks *looks, size_t from);

/* Proposes a column as the one that names the rows. */
void gx_looks_propose_id(struct gx_looks *looks, size_t id);

/* A text that grows in a buffer, and is cut where that ends. */
struct gx_wording {
	char *text;
	size_t n, room;
};

void gx_word(struct gx_wording *wording, const char *format, ...) GX_PRINTF(2, 3);

/* "2 'desc', 4 'type'": the columns of a look, with their names. Many are counted. */
void gx_looks_name(const struct gx_looks *looks, enum gx_look look,
		   struct gx_wording *to);

/*
 * What was seen, and behind a colon the options: "text: column 2 'desc': --skip-columns 2".
 */
void gx_looks_tell(const struct gx_looks *looks, struct gx_wording *to);

/*
 * Where the column that names the rows numbers them, or may name none, and another one has
 * names: proposes that one, and says so, with the options. False, and nothing, elsewhere.
 */
bool gx_looks_tell_row_numbers(struct gx_looks *looks, struct gx_wording *to);

/*
 * Whether the rows are numbered from 0 or 1, under no name, and numbers with a name that ids
 * have stand beside that: they name the rows.
 */
bool gx_looks_ids_are_numbers(const struct gx_looks *looks);

/* What a comma in a number may be, and what to do. */
const char *gx_looks_comma(const struct gx_looks *looks);

/* The options alone; "" where no column would be left. */
void gx_looks_advise(const struct gx_looks *looks, struct gx_wording *to);

#endif
