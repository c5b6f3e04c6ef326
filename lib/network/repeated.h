/* SPDX-License-Identifier: MIT */
/* Genes whose names are there more than once, which no network can hold apart. */
#ifndef GX_REPEATED_H
#define GX_REPEATED_H

#include "stream/whole.h"

enum gx_repeated {
	GX_REPEATED_REFUSE,
	GX_REPEATED_FIRST, /* the others are left out */
	GX_REPEATED_MEAN,  /* of each sample, in the first one's place */
};

/*
 * Leaves each name once. Refusing is exit 1, and names the first gene that comes again;
 * `input` is what the message calls the matrix. Implicit names are all different.
 */
void gx_repeated_resolve(struct gx_whole *whole, enum gx_repeated how, const char *input);

#endif
