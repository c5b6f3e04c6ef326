/* SPDX-License-Identifier: MIT */
/* How wide the place is where people read. */
#ifndef GX_TERMINAL_H
#define GX_TERMINAL_H

#include <stddef.h>

/*
 * Characters of a line: what COLUMNS says if it is a number from 1, else what the terminal
 * behind this descriptor says; 0: neither does.
 */
size_t gx_terminal_columns(int fd);

#endif
