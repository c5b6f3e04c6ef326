/* SPDX-License-Identifier: MIT */
#include "matrix/triangle.h"

double gx_triangle_value(const void *triangle, enum gx_layout layout, uint64_t at)
{
	if (layout == GX_TRIANGLE_UINT32)
		return ((const uint32_t *)triangle)[at];
	if (layout == GX_TRIANGLE_UINT64)
		return (double)((const uint64_t *)triangle)[at];
	return ((const double *)triangle)[at];
}

bool gx_triangle_widen(const void *triangle, enum gx_layout layout, uint64_t from, size_t n,
		       double *out)
{
	if (layout == GX_TRIANGLE_FLOAT64) {
		__builtin_memcpy(out, (const double *)triangle + from, n * sizeof *out);
		return true;
	}
	if (layout == GX_TRIANGLE_UINT32) {
		const uint32_t *value = (const uint32_t *)triangle + from;
		for (size_t i = 0; i < n; i++)
			out[i] = value[i];
		return true;
	}
	const uint64_t *value = (const uint64_t *)triangle + from;
	bool exact = true;
	for (size_t i = 0; i < n; i++) {
		out[i] = (double)value[i];
		/* 2^64 is no uint64_t, and no value below it is rounded to it exactly. */
		exact &= value[i] <= UINT64_C(1) << 53 ||
			 (out[i] < 0x1p64 && (uint64_t)out[i] == value[i]);
	}
	return exact;
}

bool gx_triangle_full_rows(const void *triangle, enum gx_layout layout, uint64_t ngene,
			   uint64_t row, size_t nrow, double *value)
{
	enum { TILE = 64 };
	double tile[TILE];
	bool exact = true;
	for (size_t i = 0; i < nrow; i++)
		exact &= gx_triangle_widen(triangle, layout, gx_triangle_values(row + i), row + i + 1,
					   value + i * ngene);
	/* Column `row` and those behind it, which later genes have in their rows. */
	for (uint64_t j = row + 1; j < ngene; j++) {
		size_t have = j - row < nrow ? (size_t)(j - row) : nrow;
		for (size_t from = 0, n; from < have; from += n) {
			n = have - from < TILE ? have - from : TILE;
			exact &= gx_triangle_widen(triangle, layout, gx_triangle_values(j) + row + from, n,
						   tile);
			for (size_t i = 0; i < n; i++)
				value[(from + i) * ngene + j] = tile[i];
		}
	}
	return exact;
}

uint64_t gx_triangle_bound(uint64_t ngene, uint64_t k, uint64_t n)
{
	unsigned __int128 wanted = (unsigned __int128)k * gx_triangle_values(ngene);
	uint64_t low = 0, high = ngene;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if ((unsigned __int128)gx_triangle_values(middle) * n >= wanted)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
