/* SPDX-License-Identifier: MIT */
#include "kernel/philox.h"

#include <string.h>

#include "base/gx.h"
#include "kernel/elementary_inline.h"
#include "kernel/levels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Philox4x32: multipliers, and what is added to the key after each round. */
#define PHILOX_M0 UINT64_C(0xd2511f53)
#define PHILOX_M1 UINT64_C(0xcd9e8d57)
#define PHILOX_W0 UINT32_C(0x9e3779b9)
#define PHILOX_W1 UINT32_C(0xbb67ae85)

#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

void gx_philox_schedule_init(struct gx_philox_schedule *schedule, uint64_t seed,
			     uint32_t draw)
{
	uint32_t low = (uint32_t)seed;
	uint32_t high = (uint32_t)(seed >> 32);

	for (int round = 0; round < GX_PHILOX_ROUNDS; round++) {
		schedule->key[round][0] = low;
		schedule->key[round][1] = high;
		low += PHILOX_W0;
		high += PHILOX_W1;
	}
	schedule->draw = draw;
}

void gx_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
	uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];
	uint32_t low = key[0], high = key[1];

	for (int round = 0; round < GX_PHILOX_ROUNDS; round++) {
		const uint64_t p0 = PHILOX_M0 * x0;
		const uint64_t p1 = PHILOX_M1 * x2;

		x0 = (uint32_t)(p1 >> 32) ^ x1 ^ low;
		x1 = (uint32_t)p1;
		x2 = (uint32_t)(p0 >> 32) ^ x3 ^ high;
		x3 = (uint32_t)p0;
		low += PHILOX_W0;
		high += PHILOX_W1;
	}
	out[0] = x0;
	out[1] = x1;
	out[2] = x2;
	out[3] = x3;
}

void gx_philox_pair(uint64_t seed, uint64_t row, uint32_t pair, uint32_t draw, double u[2])
{
	const uint32_t counter[4] = { (uint32_t)row, (uint32_t)(row >> 32), pair, draw };
	const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
	uint32_t word[4];

	gx_philox(counter, key, word);
	for (int i = 0; i < 2; i++) {
		const uint64_t w = word[2 * i] | (uint64_t)word[2 * i + 1] << 32;

		u[i] = gx_bits_double(w >> 12 | UINT64_C(0x3ff0000000000000)) -
		       (1 - 0x1p-53);
	}
}

/* ---- many u at once ---- */

#ifdef GX_EIGHT_LANES
#define LEVEL(name) name##_8
#define TARGET GX_TARGET_8
#define LANES 8
#define MULTIPLY(a, b) ((integers_8)_mm512_mul_epu32((__m512i)(a), (__m512i)(b)))
#define SWAP(a) ((integers_8)_mm512_shuffle_epi32((__m512i)(a), (_MM_PERM_ENUM)0xb1))
#define STORE_PAIRS(p, a, b) store_pairs_8(p, (__m512d)(a), (__m512d)(b))
TARGET GX_INLINE void store_pairs_8(double *p, __m512d a, __m512d b)
{
	const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
	const __m512i second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);

	_mm512_storeu_pd(p, _mm512_permutex2var_pd(a, first, b));
	_mm512_storeu_pd(p + 8, _mm512_permutex2var_pd(a, second, b));
}
#include "kernel/philox_lanes.h"
#endif

#ifdef GX_FOUR_LANES
#define LEVEL(name) name##_4
#define TARGET GX_TARGET_4
#define LANES 4
#define MULTIPLY(a, b) ((integers_4)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define SWAP(a) ((integers_4)_mm256_shuffle_epi32((__m256i)(a), 0xb1))
#define STORE_PAIRS(p, a, b) store_pairs_4(p, (__m256d)(a), (__m256d)(b))
TARGET GX_INLINE void store_pairs_4(double *p, __m256d a, __m256d b)
{
	const __m256d even = _mm256_unpacklo_pd(a, b);
	const __m256d odd = _mm256_unpackhi_pd(a, b);

	_mm256_storeu_pd(p, _mm256_permute2f128_pd(even, odd, 0x20));
	_mm256_storeu_pd(p + 4, _mm256_permute2f128_pd(even, odd, 0x31));
}
#include "kernel/philox_lanes.h"
#endif

#ifdef GX_TWO_LANES
#define LEVEL(name) name##_2
#define TARGET GX_TARGET_2
#define LANES 2
#if defined(__x86_64__)
#define MULTIPLY(a, b) ((integers_2)_mm_mul_epu32((__m128i)(a), (__m128i)(b)))
#define SWAP(a) ((integers_2)_mm_shuffle_epi32((__m128i)(a), 0xb1))
#else
#define MULTIPLY(a, b) (((a) & UINT64_C(0xffffffff)) * ((b) & UINT64_C(0xffffffff)))
#define SWAP(a) ((a) >> 32 | (a) << 32)
#endif
#define STORE_PAIRS(p, a, b) store_pairs_2(p, a, b)
typedef double pair_of_doubles __attribute__((vector_size(16)));
GX_INLINE void store_pairs_2(double *p, pair_of_doubles a, pair_of_doubles b)
{
	p[0] = a[0];
	p[1] = b[0];
	p[2] = a[1];
	p[3] = b[1];
}
#include "kernel/philox_lanes.h"
#endif

void gx_philox_rows(const struct gx_philox_schedule *schedule, uint64_t first_row, size_t nrow,
		    uint64_t first_pair, size_t ncol, double *out)
{
	switch (gx_level_lanes()) {
#ifdef GX_EIGHT_LANES
	case 8:
		uniform_rows_8(schedule, first_row, nrow, first_pair, ncol, out);
		break;
#endif
#ifdef GX_FOUR_LANES
	case 4:
		uniform_rows_4(schedule, first_row, nrow, first_pair, ncol, out);
		break;
#endif
#ifdef GX_TWO_LANES
	case 2:
		uniform_rows_2(schedule, first_row, nrow, first_pair, ncol, out);
		break;
#endif
	}
}
