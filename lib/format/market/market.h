/* SPDX-License-Identifier: MIT */
/* MatrixMarket: where a 10x directory has its matrix. */
#ifndef GX_MARKET_H
#define GX_MARKET_H

/* The path of matrix.mtx, or of it compressed, in a directory: to be freed, or NULL. */
char *gx_mtx_find(const char *directory);

#endif
