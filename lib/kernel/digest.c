/* SPDX-License-Identifier: MIT */
#include "kernel/digest.h"

#include <string.h>

#include "base/gx.h"
#include "base/simd.h"
#include "kernel/digest_level.h"

struct level {
	gx_digest_rows_at *rows;
	gx_digest_triangle_at *triangle;
	gx_digest_start_at *start;
	gx_digest_add_at *add;
	gx_digest_end_at *end;
};

#define LEVEL(name)                                                                \
	{                                                                          \
		gx_digest_rows_##name, gx_digest_triangle_##name,                  \
			gx_digest_start_##name, gx_digest_add_##name,              \
			gx_digest_end_##name                                       \
	}

static const struct level *best_level(void)
{
	static const struct level base = LEVEL(base);
#ifdef GX_NO_CLONES
	return &base;
#else
	static const struct level v3 = LEVEL(v3);
	static const struct level v4 = LEVEL(v4);
	static const struct level *best;
	/* Racing threads all store the same pointer. */
	const struct level *level = __atomic_load_n(&best, __ATOMIC_RELAXED);
	if (!level) {
		const char *name = gx_simd_level();
		level = strcmp(name, "x86-64-v4") == 0	 ? &v4
			: strcmp(name, "x86-64-v3") == 0 ? &v3
							 : &base;
		__atomic_store_n(&best, level, __ATOMIC_RELAXED);
	}
	return level;
#endif
}

void gx_digest_rows(const double *value, size_t nrow, size_t ncol, uint64_t *digest)
{
	best_level()->rows(value, nrow, ncol, digest);
}

void gx_digest_triangle(const void *value, uint64_t first, size_t nrow, size_t size,
			uint64_t *digest)
{
	best_level()->triangle(value, first, nrow, size, digest);
}

void gx_digest_start(struct gx_digest *digest)
{
	best_level()->start(digest);
}

void gx_digest_add(struct gx_digest *digest, const double *value, size_t n)
{
	best_level()->add(digest, value, n);
}

uint64_t gx_digest_end(const struct gx_digest *digest)
{
	return best_level()->end(digest);
}

uint64_t gx_digest_sum(const uint64_t *digest, size_t n)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += digest[i];
	return sum;
}

GX_CLONES void gx_nan_canonicalise(double *value, size_t n)
{
	const uint64_t canonical = GX_NAN_BITS;
	double nan;
	memcpy(&nan, &canonical, sizeof nan);
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		value[i] = value[i] == value[i] ? value[i] : nan;
}

GX_CLONES bool gx_nan_is_canonical(const double *value, size_t n)
{
	uint64_t other = 0;
#pragma omp simd reduction(| : other)
	for (size_t i = 0; i < n; i++) {
		uint64_t bits;
		memcpy(&bits, value + i, sizeof bits);
		other |= value[i] == value[i] ? 0 : bits ^ GX_NAN_BITS;
	}
	return other == 0;
}

bool gx_all_zero(const unsigned char *byte, size_t n)
{
	unsigned char any = 0;
	for (size_t i = 0; i < n; i++)
		any |= byte[i];
	return any == 0;
}

void gx_hex_print(uint64_t value, char out[GX_HEX + 1])
{
	for (int i = GX_HEX - 1; i >= 0; i--, value >>= 4)
		out[i] = "0123456789abcdef"[value & 15];
	out[GX_HEX] = 0;
}

bool gx_hex_read(const char *text, size_t ntext, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < ntext; i++) {
		char c = text[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		*value = *value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return ntext == GX_HEX;
}
