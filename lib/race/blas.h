/* SPDX-License-Identifier: MIT */
/*
 * A BLAS to race: OpenBLAS, or another libblas or libcblas. It is loaded on request and not
 * linked, so a machine without one runs everything else.
 */
#ifndef GX_BLAS_H
#define GX_BLAS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Loads one. False when there is none: then *why (static) says what was looked for and why it
 * could not be loaded. Call it before the other functions, in one thread; it may be called
 * again. Unless the user has set them, it may set OPENBLAS_THREAD_TIMEOUT in our environment,
 * so that idle threads sleep, and OPENBLAS_CORETYPE, so that the kernels are those of this
 * CPU. OpenBLAS starts its threads when it is loaded, on the CPUs that the caller may use
 * then: call gx_processors_confine after it.
 */
bool gx_blas_load(const char **why);

/*
 * What was loaded: the library's file name, or "OpenBLAS 0.3.21 ... SkylakeX ...", whose last
 * word but one is the CPU that its kernels are for.
 */
const char *gx_blas_name(void);

/* Sets the threads of the next calls. False where this BLAS has no way to set them. */
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
