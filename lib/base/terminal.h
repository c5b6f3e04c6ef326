/* SPDX-License-Identifier: MIT */
/*
 * How wide a terminal is; the line that a run redraws on the terminal of standard error, and what else goes to a
 * terminal meanwhile: whoever writes there takes that line away first, so that nothing is
 * ever glued to it. Any thread may call these.
 *
 *	gx_terminal_draw("45%", 3);       redraws the line, if nobody writes there just now
 *	...
 *	gx_terminal_begin();              the line is gone, and stays away
 *	write(STDOUT_FILENO, text, n);
 *	gx_terminal_end(text[n - 1] == '\n');
 */
#ifndef GX_TERMINAL_H
#define GX_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether standard error is a terminal that knows how to erase a line. */
bool gx_terminal_can_redraw(void);

/*
 * Characters of a line: what COLUMNS says if it is a number from 1, else what the terminal
 * behind this descriptor says; 0: neither does.
 */
size_t gx_terminal_columns(int fd);

/* The columns of standard error's terminal; 80 where it does not say. */
size_t gx_terminal_width(void);

/*
 * Draws n bytes in the place of the line that is there, at most a line of them. Does nothing
 * while another thread writes, or where other text stands on the line.
 */
void gx_terminal_draw(const char *line, size_t n);

/* Takes the line away; nothing is drawn until the end. No message may be written between. */
void gx_terminal_begin(void);
/* `whole`: what was written ends a line. */
void gx_terminal_end(bool whole);

/* Takes the line away, for a message. */
void gx_terminal_clear(void);

/*
 * For handlers of signals, which do not wait: takes the line away if one is drawn; or leaves
 * it where it is, and goes to the next line.
 */
void gx_terminal_clear_at_once(void);
void gx_terminal_leave_at_once(void);

#endif
