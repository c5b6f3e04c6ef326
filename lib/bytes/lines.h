/* SPDX-License-Identifier: MIT */
/*
 * Lines of an input, one at a time, of any length up to GX_LINE_MAX.
 *
 *	struct gx_lines lines = { .in = in };
 *	while (gx_lines_next(&lines))
 *		... lines.text, lines.n, lines.number ...
 *
 * A line that was read is consumed by the next call, or stays in the input with `keep`: so
 * a head can be looked at before it is known what it is. Bytes are judged as they come: a
 * NUL in a line whose end is not there yet, or a line above GX_LINE_MAX, is a fault of the
 * input (exit 1); then there is no next line. NULs of whole lines are left to the caller.
 */
#ifndef GX_LINES_H
#define GX_LINES_H

#include "bytes/input.h"

/* Decoded bytes. The longest lines that are known, a million of samples, have some 20 MB. */
#define GX_LINE_MAX ((size_t)1 << 30)

struct gx_lines {
	struct gx_input *in;
	bool keep;
	/*
	 * Judges n > 0 bytes of a line whose end is not there yet: true where they cannot begin
	 * a line, whatever follows; then they are given as they are, and nothing behind them is
	 * read. NULL: NULs and the length are judged, as of text.
	 */
	bool (*hopeless)(const char *text, size_t n);
	uint64_t number;  /* of the line that was read last, from 1 */
	const char *text; /* without its end, LF or CR LF; followed by readable bytes */
	size_t n;
	bool whole; /* its end was there; false: the input ended, or the line is hopeless */
	size_t at; /* where the next line begins, counted from the input's position */
};

/* Moves to the next line; false behind the last one. The text is valid until the next call. */
bool gx_lines_next(struct gx_lines *lines);

/* Consumes the line that was read last: the input stands behind it then. */
void gx_lines_leave(struct gx_lines *lines);

/*
 * Looks at the `nahead`-th line behind the present one (1: the next), without moving there.
 * lines->text may move: it is set anew. Needs `keep`. False when there is no such line.
 */
bool gx_lines_look_ahead(struct gx_lines *lines, size_t nahead, const char **text, size_t *n);

/*
 * Judges bytes in which no line ends, for whoever looks for line ends by itself: what is
 * wrong where there is a NUL, or where the line is longer than may be (exit 1); or NULL.
 */
const char *gx_line_fault(size_t nline, const unsigned char *more, size_t nmore);

#endif
