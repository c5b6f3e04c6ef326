/* SPDX-License-Identifier: MIT */
/*
 * Sixteen decimal digits in registers: with SSE2, which every x86-64 has, and in plain C.
 * Both divide by constants through products that are exact on the range of the lanes, and
 * in every lane the quotient stays and the remainder goes to the upper half.
 */
#ifndef GX_SIXTEEN_DIGITS_H
#define GX_SIXTEEN_DIGITS_H

#include <stdint.h>
#include <string.h>

#include "gx.h"

#if defined(__SSE2__) && !defined(GX_PLAIN_DIGITS)
#include <emmintrin.h>

/* As characters, the first digit lowest. */
struct sixteen_digits {
	__m128i text;
};

/*
 * The digits of high 10^8 + low, both below 10^8. `used` is how many there are up to the
 * last one that is not 0; not for zero.
 */
GX_INLINE struct sixteen_digits sixteen_digits_of(uint64_t high, uint64_t low, int *used)
{
	__m128i n = _mm_set_epi64x((long long)low, (long long)high);
	/* 3518437209 / 2^45 for 1 / 10000 */
	__m128i quotient =
		_mm_srli_epi64(_mm_mul_epu32(n, _mm_set1_epi64x(3518437209)), 45);
	n = _mm_sub_epi64(n, _mm_mul_epu32(quotient, _mm_set1_epi64x(10000)));
	n = _mm_or_si128(quotient, _mm_slli_epi64(n, 32));
	/* 5243 / 2^19 for 1 / 100 */
	quotient = _mm_srli_epi16(_mm_mulhi_epu16(n, _mm_set1_epi16(5243)), 3);
	n = _mm_sub_epi16(n, _mm_madd_epi16(quotient, _mm_set1_epi16(100)));
	n = _mm_or_si128(quotient, _mm_slli_epi32(n, 16));
	/* 6554 / 2^16 for 1 / 10; n 2^8 - quotient (10 2^8 - 1) is all three steps. */
	quotient = _mm_mulhi_epu16(n, _mm_set1_epi16(6554));
	n = _mm_sub_epi16(_mm_slli_epi16(n, 8),
			  _mm_mullo_epi16(quotient, _mm_set1_epi16(2559)));
	int marks = _mm_movemask_epi8(_mm_cmpgt_epi8(n, _mm_setzero_si128()));
	*used = 32 - __builtin_clz((unsigned)marks);
	return (struct sixteen_digits){ _mm_or_si128(n, _mm_set1_epi8('0')) };
}

GX_INLINE void sixteen_digits_store(struct sixteen_digits digits, char *out)
{
	_mm_storeu_si128((__m128i *)out, digits.text);
}

/* Stores the first n characters, and the others but the last one place further. */
GX_INLINE void sixteen_digits_store_split(struct sixteen_digits digits, unsigned n, char *out)
{
	static const signed char masks[32] = { -1, -1, -1, -1, -1, -1, -1, -1,
					       -1, -1, -1, -1, -1, -1, -1, -1 };
	__m128i keep = _mm_loadu_si128((const __m128i *)(masks + 16 - n));
	__m128i moved = _mm_slli_si128(digits.text, 1);
	_mm_storeu_si128((__m128i *)out, _mm_or_si128(_mm_and_si128(keep, digits.text),
						      _mm_andnot_si128(keep, moved)));
}

#else
