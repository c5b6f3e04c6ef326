/* SPDX-License-Identifier: MIT */
/* npy, NumPy's array file: what its two directions share. */
#ifndef GX_NPY_H
#define GX_NPY_H

#define GX_NPY_MAGIC "\x93NUMPY"

enum {
	/* The header that gx writes: room for any shape, so that rows can be put in later. */
	GX_NPY_HEADER = 128,
};

#endif
