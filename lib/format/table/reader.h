/* SPDX-License-Identifier: MIT */
/* The state of a text table that is read, which read.c, pieces.c, decode.c and end.c share. */
#ifndef GX_TABLE_READER_H
#define GX_TABLE_READER_H

#include "bytes/fingerprint.h"
#include "format/format.h"
#include "format/table/dialect.h"

/* Bytes of text in which the lines of a piece begin; on a pipe a longer line is a piece. */
enum { GX_TABLE_PIECE = 256 << 10 };

#define GX_TABLE_BLANK                                                                     \
	"a blank line among the rows: was something lost here, or glued? (--skip-blank passes " \
	"over it)"

struct gx_table_reader {
	struct gx_dialect dialect;
	uint64_t first, last; /* the part's bytes, as the record names them */
	uint64_t limit;	      /* lines that begin here or behind are not ours, or no rows */
	uint64_t start;	      /* where our first line begins */
	uint64_t row;	      /* number of the first row, or GX_UNKNOWN */
	uint64_t rows_end;    /* of a file: where the last row's line ends */
	uint64_t position;    /* fetch: offset of the next line; of a file: of the next range */
	bool ended;
	unsigned char *carry; /* of a pipe: bytes behind the last whole line of the piece before */
	size_t ncarry, carry_room;
	uint64_t line; /* accept: number of the next line; of the part when in_part */
	bool in_part;  /* the lines before are not counted */
	struct gx_names tokens; /* accept: what stood for missing values */
	uint64_t blank; /* accept: number of a blank line with no row behind it yet; or 0 */
	bool end_known; /* of a file: where the line behind the last row is */
	bool past_end;	/* accept: that line was met among the rows */
	struct {
		char head[32]; /* of the present one of the lines behind it */
		size_t nhead;
	} after_end;
	uint64_t print; /* fingerprint of a file and of how it is read */
};

/* The next piece: of a file a range that is claimed, of a pipe whole lines that are read. */
bool gx_table_fetch(struct gx_operand *operand, struct gx_batch *batch);

/*
 * Reads the lines that begin in the range of a piece into its `text`; any thread. False with
 * a fault noted, and then no line at all.
 */
bool gx_table_read_range(const struct gx_operand *operand, struct gx_batch *batch);

void gx_table_decode(const struct gx_operand *operand, struct gx_batch *batch);

/* Notes a spelling of missing values; there are few, and a batch has most of them soon. */
void gx_table_note_token(struct gx_names *tokens, const char *text, size_t n);

/* ---- the line that ends the rows of a GEO file, and what stands behind it ---- */

/* Dies: there is no such line. */
GX_NORETURN GX_COLD void gx_table_no_end(const struct gx_operand *operand);

/* Where it begins in a file: the last of them, found from the end. Dies where there is none. */
uint64_t gx_table_find_end(const struct gx_operand *operand);

/*
 * Looks at bytes behind it, in order, and at their end: more metadata and blank lines may
 * stand there, but no rows and no second table: then a fault is noted.
 */
void gx_table_look_after_end(const struct gx_operand *operand, const unsigned char *bytes, size_t n,
			  struct gx_fault *fault);
void gx_table_finish_after_end(const struct gx_operand *operand, struct gx_fault *fault);

/* The same from an offset of a file to its end; dies of a fault. */
void gx_table_check_after_end(const struct gx_operand *operand, uint64_t from);

/* ---- what is counted only where somebody asks for it ---- */

/* The offset at which the first line begins that does so at `from` or behind it. */
uint64_t gx_table_first_line(const struct gx_input *in, uint64_t from);
/* Rows of a file in [from, to), which are whole lines. Lines of delimiters alone are none. */
uint64_t gx_table_count_rows(const struct gx_input *in, int delimiter, uint64_t from,
			     uint64_t to);
/* Line ends of a file in [0, to). */
uint64_t gx_table_count_lines(const struct gx_input *in, uint64_t to);

#endif
