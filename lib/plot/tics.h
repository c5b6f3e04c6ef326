/* SPDX-License-Identifier: MIT */
/* Round numbers for the tics of an axis. */
#ifndef GX_TICS_H
#define GX_TICS_H

#include <stddef.h>

enum { GX_TICS_MAX = 16 };

/*
 * At most `most` (3 to GX_TICS_MAX) round numbers in [low, high], ascending; returns how many.
 * The ends are positive, and low < high. On a logarithmic axis they are powers of the base (2
 * or 10), or every second or third of them; for 10, 1 2 5 10 or 1 3 10 as there is room. Where
 * there are fewer than three of these, they are those of a linear axis.
 */
size_t gx_tics_logarithmic(double low, double high, int base, size_t most,
			   double tic[GX_TICS_MAX]);

/* Multiples of 1, 2 or 5 times a power of ten; low may be 0 or below. */
size_t gx_tics_linear(double low, double high, size_t most, double tic[GX_TICS_MAX]);

#endif
