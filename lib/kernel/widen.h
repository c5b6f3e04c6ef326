/* SPDX-License-Identifier: MIT */
#ifndef GX_WIDEN_H
#define GX_WIDEN_H

#include <stdbool.h>
#include <stddef.h>

/* How a number is stored in a file. */
struct gx_stored {
	char kind;   /* 'f' IEEE 754, 'i' two's complement, 'u' unsigned */
	size_t size; /* bytes: 1, 2, 4 or 8; of 'f' 2, 4 or 8 */
	bool swapped;	    /* the most significant byte first */
	/* 'i' of 4 bytes: -2147483648 is a missing value, as R has it. */
	bool least_is_missing;
};

/*
 * n stored values, one behind the other and not aligned, as the nearest doubles. A NaN stays what
 * it is (gx_nan_canonicalise).
 */
void gx_widen(const struct gx_stored *type, const unsigned char *from, size_t n, double *out);

#endif
