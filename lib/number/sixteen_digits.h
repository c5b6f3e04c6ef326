/* SPDX-License-Identifier: MIT */
/*
 * Decimal digits in registers, sixteen with SSE2, which every x86-64 has, or in plain C.
 * A number below 10^8 is cut in two, the halves in two and these in two, all of a level
 * at once, in the lanes of a word. Division is a product that is exact in the range.
 */
#ifndef GX_SIXTEEN_DIGITS_H
#define GX_SIXTEEN_DIGITS_H

#include <stdint.h>
#include <string.h>

#include "base/gx.h"

/* 0xff sixteen times, then zero: from byte 16 - n on, a mask for the first n of 16. */
static const unsigned char first_bytes_masks[32] = {
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

/* The digits of n < 10^8 as bytes from 0 to 9, the first one lowest. */
GX_INLINE uint64_t eight_digits_of(uint64_t n)
{
	/* Quotients go up, so n + q (2^32 - 10000) is both halves; at last all turn round. */
	n += (n * 109951163 >> 40) * ((UINT64_C(1) << 32) - 10000);
	n += (n * 5243 >> 19 & UINT64_C(0x0000007f0000007f)) * ((1 << 16) - 100);
	n += (n * 103 >> 10 & UINT64_C(0x000f000f000f000f)) * ((1 << 8) - 10);
	return __builtin_bswap64(n);
}

#if defined(__SSE2__) && !defined(GX_PLAIN_DIGITS)
#include <emmintrin.h>

/* Characters, the first one lowest. */
struct sixteen_digits {
	__m128i text;
};

/*
 * The digits of high 10^8 + low > 0, high and low below 10^8. The highest bit set in
 * `marks`, if it is not above 15 before, tells the last one that is not zero.
 */
GX_INLINE struct sixteen_digits sixteen_digits_of(uint64_t high, uint64_t low,
						  unsigned *marks)
{
	/* Quotients stay and remainders go up; 3518437209 is 2^45 / 10000. */
	__m128i n = _mm_set_epi64x((long long)low, (long long)high);
	__m128i q = _mm_srli_epi64(_mm_mul_epu32(n, _mm_set1_epi64x(3518437209)), 45);
	n = _mm_sub_epi64(n, _mm_mul_epu32(q, _mm_set1_epi64x(10000)));
	n = _mm_or_si128(q, _mm_slli_epi64(n, 32));
	q = _mm_srli_epi16(_mm_mulhi_epu16(n, _mm_set1_epi16(5243)), 3);
	n = _mm_sub_epi16(n, _mm_madd_epi16(q, _mm_set1_epi16(100)));
	n = _mm_or_si128(q, _mm_slli_epi32(n, 16));
	/* q + 2^8 (n - 10 q) */
	q = _mm_mulhi_epu16(n, _mm_set1_epi16(6554));
	n = _mm_sub_epi16(_mm_slli_epi16(n, 8), _mm_mullo_epi16(q, _mm_set1_epi16(2559)));

	*marks |= (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(n, _mm_setzero_si128()));
	return (struct sixteen_digits){ _mm_or_si128(n, _mm_set1_epi8('0')) };
}

GX_INLINE void sixteen_digits_store(struct sixteen_digits digits, char *out)
{
	_mm_storeu_si128((__m128i *)out, digits.text);
}

/* Sixteen bytes: the first n characters, any one, and those that come after the n. */
GX_INLINE void sixteen_digits_store_around(struct sixteen_digits digits, unsigned n,
					   char *out)
{
	__m128i first = _mm_loadu_si128((const __m128i *)(first_bytes_masks + 16 - n));
	__m128i moved = _mm_slli_si128(digits.text, 1);
	_mm_storeu_si128((__m128i *)out,
			 _mm_or_si128(_mm_and_si128(first, digits.text),
				      _mm_andnot_si128(first, moved)));
}

#else

struct sixteen_digits {
	uint64_t text[2];
};

GX_INLINE struct sixteen_digits sixteen_digits_of(uint64_t high, uint64_t low,
						  unsigned *marks)
{
	high = eight_digits_of(high);
	low = eight_digits_of(low);
	*marks |= low != 0 ? 1U << (15 - __builtin_clzll(low) / 8)
			   : 1U << (7 - __builtin_clzll(high) / 8);
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	return (struct sixteen_digits){ { high | zeros, low | zeros } };
}

GX_INLINE void sixteen_digits_store(struct sixteen_digits digits, char *out)
{
	memcpy(out, digits.text, sizeof digits.text);
}

GX_INLINE void sixteen_digits_store_around(struct sixteen_digits digits, unsigned n,
					   char *out)
{
	uint64_t first[2];
	memcpy(first, first_bytes_masks + 16 - n, sizeof first);
	uint64_t moved[2] = { digits.text[0] << 8,
			      digits.text[1] << 8 | digits.text[0] >> 56 };
	for (int i = 0; i < 2; i++)
		moved[i] ^= (moved[i] ^ digits.text[i]) & first[i];
	memcpy(out, moved, sizeof moved);
}

#endif

#endif
