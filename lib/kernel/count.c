/* SPDX-License-Identifier: MIT */
#include "kernel/count.h"

#include "base/gx.h"

/* below is above with both signs turned: x < t is -x > -t, for NaN as well. */
GX_INLINE uint64_t is_above(double x, double sign, double signed_threshold)
{
	return sign * x > signed_threshold;
}

GX_CLONES void gx_count_columns(const double *value, size_t nrow, size_t ncol,
				double threshold, bool below, uint64_t *above,
				uint64_t *missing)
{
	double sign = below ? -1 : 1, t = sign * threshold;
	if (ncol == 1) {
		uint64_t over = 0, none = 0;
#pragma omp simd reduction(+ : over, none)
		for (size_t i = 0; i < nrow; i++) {
			over += is_above(value[i], sign, t);
			none += value[i] != value[i];
		}
		above[0] += over;
		missing[0] += none;
		return;
	}
	for (size_t i = 0; i < nrow; i++) {
		const double *x = value + i * ncol;
#pragma omp simd
		for (size_t j = 0; j < ncol; j++) {
			above[j] += is_above(x[j], sign, t);
			missing[j] += x[j] != x[j];
		}
	}
}

GX_CLONES void gx_count_rows(const double *value, size_t nrow, size_t ncol, double threshold,
			     bool below, uint64_t *above)
{
	double sign = below ? -1 : 1, t = sign * threshold;
	for (size_t i = 0; i < nrow; i++) {
		const double *x = value + i * ncol;
		uint64_t over = 0;
#pragma omp simd reduction(+ : over)
		for (size_t j = 0; j < ncol; j++)
			over += is_above(x[j], sign, t);
		above[i] = over;
	}
}
