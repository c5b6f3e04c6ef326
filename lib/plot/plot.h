/* SPDX-License-Identifier: MIT */
/*
 * Pictures, drawn by the program gnuplot. The script holds its data ($name << EOD blocks) and
 * plots them; the terminal is set here. Text in the script is UTF-8 and is shown as it stands,
 * without markup. No init file of the user is read.
 */
#ifndef GX_PLOT_H
#define GX_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum gx_plot_kind { GX_PLOT_SVG, GX_PLOT_PDF, GX_PLOT_PNG, GX_PLOT_TEXT };

/*
 * The kind that FILE's extension asks for, in upper or lower case: .svg, .pdf, .png or .txt
 * (characters). Dies with exit 2 at any other, so call it before the work begins.
 */
enum gx_plot_kind gx_plot_kind(const char *path);

/*
 * Characters of a line of .txt: as many as COLUMNS says, or else the terminal of standard output
 * or error; 80 where there is none. At least 20, and at most 1000.
 */
size_t gx_plot_columns(void);

/*
 * Whether gnuplot can be run. If not, one warning says what is missing, and the command goes on
 * without the picture.
 */
bool gx_plot_available(void);

/*
 * Puts text into a script, in single quotes, where a quote is doubled and all else stands
 * for itself. Each byte of a control, or of what is no UTF-8, is a question mark. Text longer than
 * `most` bytes is cut between characters, with a tilde.
 */
void gx_plot_quote(FILE *script, const char *text, size_t most);

/*
 * Draws the script of nscript bytes to FILE, which appears when it is whole. Width and height
 * are in pixels, 100 of them an inch of .pdf; a character of .txt is 8 x 16 pixels, and its lines
 * have no blanks at their ends. Dies with exit 3 when FILE cannot be written, or when gnuplot
 * fails, with its words.
 */
void gx_plot_draw(const char *path, const char *script, size_t nscript, int width, int height);

#endif
