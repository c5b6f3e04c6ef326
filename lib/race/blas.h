/* SPDX-License-Identifier: MIT */
/*
 * A BLAS to race: OpenBLAS, or whatever libblas/libcblas there is, loaded when it is asked
 * for. Nothing is linked, so a machine without one runs everything else.
 */
#ifndef GX_BLAS_H
#define GX_BLAS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Loads one. False, with what was looked for and why it could not be had in *why (static),
 * when there is none. May be called again. It may set OPENBLAS_THREAD_TIMEOUT and
 * OPENBLAS_CORETYPE in our environment, where the user has not: so that its threads sleep
 * when they have nothing to do, and its kernels are those of this CPU. Before the other
 * functions, in one thread. OpenBLAS starts its threads when it is loaded, to run where the
 * caller may run then: gx_machine_confine comes after.
 */
bool gx_blas_load(const char **why);

/*
 * What was loaded: "OpenBLAS 0.3.21 ... SkylakeX ...", where the last but one word is the
 * CPU that its kernels are for, or the library's file name.
 */
const char *gx_blas_name(void);

/* Threads for the next calls; false where this BLAS cannot be told (it then stays as it is). */
bool gx_blas_threads(int nthread);

double gx_blas_dot(const double *x, const double *y, size_t n);
/* sum[i] of each of nrow rows of ncol values: the matrix times a vector of ones[ncol]. */
void gx_blas_sum_rows(const double *value, size_t nrow, size_t ncol, const double *ones,
		      double *sum);
/*
 * c = a b, n x n, row-major. As those above, it differs in its last bits by the BLAS, the CPU
 * and the number of threads.
 */
void gx_blas_product(const double *a, const double *b, size_t n, double *c);

#endif
