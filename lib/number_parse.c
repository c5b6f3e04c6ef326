/* SPDX-License-Identifier: MIT */
/*
 * The nearest double of a decimal w 10^e, by the first of these that is sure:
 *
 * - w < 2^53 and |e| <= 22: w and 10^|e| are doubles, so one operation rounds once.
 *   William D. Clinger, "How to read floating point numbers accurately" (1990).
 * - w < 2^64: the top of the product of w and a power of ten to 128 bits. Daniel Lemire,
 *   "Number parsing at a gigabyte per second" (2021), after Michael Eisel; Noble Mushtak
 *   and Daniel Lemire, "Fast number parsing without fallback" (2023), who show that 128
 *   bits always decide.
 * - Longer: the first nineteen digits, and these plus one, if both round to one double.
 * - strtod, on the digits that can matter. No halfway point between doubles has more
 *   than 767, so of those after KEPT_DIGITS only whether one is not zero is of account.
 */
#include "number.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "power_of_ten.h"

#define FRACTION_BITS 52
#define EXPONENT_MAX 0x7ff
#define INFINITY_BITS ((uint64_t)EXPONENT_MAX << FRACTION_BITS)

/* A product of w >= 1 and a power above this is more than DBL_MAX. */
#define EXPONENT_TEN_MOST 308
/* A product of w < 2^64 and a power below this is less than half of the least double. */
#define EXPONENT_TEN_LEAST GX_POWER_LEAST

/* No sum of an exponent cut off here and a count of digits overflows or becomes small. */
#define EXPONENT_CUT (INT64_C(1) << 60)

/* As many digits as always fit into 64 bits. */
#define WORD_DIGITS 19

#define KEPT_DIGITS 800

__extension__ typedef unsigned __int128 uint128;

const double gx_number_scales[32] = {
	1e15,  1e14,  1e13,  1e12,  1e11,  1e10,  1e9,	1e8,
	1e7,   1e6,   1e5,   1e4,   1e3,   1e2,	  1e1,	1,
	-1e15, -1e14, -1e13, -1e12, -1e11, -1e10, -1e9, -1e8,
	-1e7,  -1e6,  -1e5,  -1e4,  -1e3,  -1e2,  -1e1, -1,
};

static const double exact_powers[] = { 1e0,  1e1,  1e2,	 1e3,  1e4,  1e5,  1e6,	 1e7,
				       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
#define EXACT_POWER_MOST 22

/* The text of a number: sign, digits with perhaps a point, exponent. */
struct decimal {
	const char *digits;
	size_t ndigit;
	uint64_t joined; /* all digits as an integer, modulo 2^64 */
	int64_t exponent;
	bool negative;
};

/* Bits of the double nearest to w 10^exponent, w > 0. */
static uint64_t nearest_bits(uint64_t w, int64_t exponent)
{
	if (exponent < EXPONENT_TEN_LEAST)
		return 0;
	if (exponent > EXPONENT_TEN_MOST)
		return INFINITY_BITS;
	int e = (int)exponent;
	const struct gx_power_of_ten *power = &gx_power_of_ten[e - GX_POWER_LEAST];
	int shift = __builtin_clzll(w);
	w <<= shift;

	/*
	 * 54 bits are wanted, 55 if the product has no leading zero. The low half of the
	 * power matters only if it can carry into them through nine or ten ones. For this
	 * the paper wants powers above one cut off, not rounded up.
	 */
	uint128 product = (uint128)w * power->high;
	uint64_t top = (uint64_t)(product >> 64);
	uint64_t rest = (uint64_t)product;
	if (GX_UNLIKELY((top & 0x1ff) == 0x1ff)) {
		uint64_t low = power->low - (e > GX_POWER_EXACT);
		uint64_t carry = (uint64_t)((uint128)w * low >> 64);
		rest += carry;
		top += rest < carry;
	}
	int leading = (int)(top >> 63);
	uint64_t mantissa = top >> (9 + leading);

	/* (e 217706) >> 16 is floor(log2(10^e)). */
	int binary = ((e * 217706) >> 16) + 63 + 1023 - shift + leading;
	if (GX_UNLIKELY(binary <= 0)) {
		/* Subnormal. The exponent is too low for a tie. */
		if (binary <= -63)
			return 0;
		mantissa >>= 1 - binary;
		/* Rounding up to the least normal number carries into the exponent. */
		return (mantissa + 1) >> 1;
	}
	/*
	 * Ties, to even: only these exponents allow one, and then the product shows it by
	 * having nothing below the half bit.
	 */
	if (GX_UNLIKELY(rest <= 1 && e >= -4 && e <= 23 && (mantissa & 3) == 1 &&
			mantissa << (9 + leading) == top))
		mantissa--;
	/* The bit above the fraction, and a carry out of it, go into the exponent. */
	uint64_t bits = ((uint64_t)(binary - 1) << FRACTION_BITS) + ((mantissa + 1) >> 1);
	return bits < INFINITY_BITS ? bits : INFINITY_BITS;
}

/* The digits from the first one that is not zero on, in a form that strtod can take. */
static GX_COLD double exact_value(const char *digit, size_t ndigit, int64_t exponent)
{
	char text[KEPT_DIGITS + 32];
	size_t n = 0;
	for (; ndigit > 0 && n < KEPT_DIGITS; digit++) {
		if (*digit == '.')
			continue;
		text[n++] = *digit;
		ndigit--;
	}
	exponent += (int64_t)ndigit;
	for (; ndigit > 0; digit++) {
		if (*digit == '.')
			continue;
		ndigit--;
		if (*digit != '0') {
			text[n++] = '1';
			exponent--;
			break;
		}
	}
	snprintf(text + n, sizeof text - n, "e%lld", (long long)exponent);
	int saved = errno;
	double value = strtod(text, NULL);
	errno = saved;
	return value;
}

/* More than nineteen digits. */
static double long_value(const struct decimal *decimal)
{
	const char *digit = decimal->digits;
	size_t ndigit = decimal->ndigit;
	while (ndigit > 0 && (*digit == '0' || *digit == '.'))
		ndigit -= *digit++ == '0';
	if (ndigit == 0)
		return 0;

	const char *first = digit;
	size_t dropped = ndigit > WORD_DIGITS ? ndigit - WORD_DIGITS : 0;
	uint64_t w = decimal->joined;
	if (dropped > 0) {
		w = 0;
		for (size_t n = 0; n < WORD_DIGITS; digit++) {
			if (*digit == '.')
				continue;
			w = w * 10 + (uint64_t)(*digit - '0');
			n++;
		}
	}
	int64_t exponent = decimal->exponent + (int64_t)dropped;
	uint64_t bits = nearest_bits(w, exponent);
	if (dropped > 0 && bits != nearest_bits(w + 1, exponent))
		return exact_value(first, ndigit, decimal->exponent);
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static double decimal_value(const struct decimal *decimal)
{
	if (GX_UNLIKELY(decimal->ndigit > WORD_DIGITS))
		return long_value(decimal);
	uint64_t w = decimal->joined;
	int64_t e = decimal->exponent;
	double value = (double)(int64_t)w;
	if (w >> 53 == 0 && e >= -EXACT_POWER_MOST && e <= EXACT_POWER_MOST)
		return e < 0 ? value / exact_powers[-e] : value * exact_powers[e];
	if (w == 0)
		return 0;
	uint64_t bits = nearest_bits(w, e);
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Appends the digits at `text` to `joined`; returns their end. */
GX_INLINE const char *read_digits(const char *text, uint64_t *joined)
{
	static const uint64_t powers[] = { 1,	   10,	   100,	    1000,
					   10000,  100000, 1000000, 10000000 };
	const uint64_t ones = UINT64_C(0x0101010101010101);
	for (;;) {
		uint64_t word;
		memcpy(&word, text, sizeof word);
		word ^= ones * '0';
		uint64_t others = ((word + ones * (0x7f - 9)) | word) & ones << 7;
		if (others == 0) {
			*joined = *joined * 100000000 + gx_number_join_digits(word);
			text += 8;
			continue;
		}
		size_t n = (size_t)__builtin_ctzll(others) / 8;
		/* Two shifts, since none by 64 is allowed. */
		word = word << 8 << (56 - 8 * n);
		*joined = *joined * powers[n] + gx_number_join_digits(word);
		return text + n;
	}
}

/* The exponent after an `e`; `text` if there is none. */
static const char *read_exponent(const char *text, int64_t *exponent)
{
	const char *digit = text + 1;
	bool negative = *digit == '-';
	digit += negative || *digit == '+';
	if (*digit < '0' || *digit > '9')
		return text;
	int64_t size = 0;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (size < EXPONENT_CUT / 10)
			size = size * 10 + (*digit - '0');
	*exponent += negative ? -size : size;
	return digit;
}

static __attribute__((noinline)) const char *parse_any_length(const char *text, double *value)
{
	struct decimal decimal = { .negative = *text == '-' };
	text += decimal.negative || *text == '+';
	decimal.digits = text;
	const char *end = read_digits(text, &decimal.joined);
	decimal.ndigit = (size_t)(end - text);
	if (*end == '.') {
		const char *fraction = end + 1;
		end = read_digits(fraction, &decimal.joined);
		decimal.exponent = fraction - end;
		decimal.ndigit += (size_t)(end - fraction);
	}
	double size;
	if (GX_UNLIKELY(decimal.ndigit == 0)) {
		if ((text[0] | 32) != 'i' || (text[1] | 32) != 'n' || (text[2] | 32) != 'f')
			return NULL;
		uint64_t bits = INFINITY_BITS;
		memcpy(&size, &bits, sizeof size);
		end = text + 3;
	} else {
		if (GX_UNLIKELY((*end | 32) == 'e'))
			end = read_exponent(end, &decimal.exponent);
		size = decimal_value(&decimal);
	}
	*value = decimal.negative ? -size : size;
	return end;
}

/* Numbers of eight to fifteen characters, as gx_number_parse treats the shorter ones. */
const char *gx_number_parse_any(const char *text, double *value)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t highs = ones << 7;
	const uint64_t zeros = ones * '0';
	uint64_t first, second;
	memcpy(&first, text, sizeof first);
	memcpy(&second, text + 8, sizeof second);

	uint64_t early = (first - ones * '.') & (highs << 8);
	uint64_t ends = (second - ones * '.') & highs;
	if (GX_UNLIKELY(early != 0 || ends == 0))
		return parse_any_length(text, value);
	size_t mark = (size_t)__builtin_ctzll(ends) & 0x78;
	const char *end = text + 8 + mark / 8;

	size_t minus = (unsigned char)first == '-';
	first ^= minus * ('-' ^ '0');
	/* The last eight bytes, and those before them with zeros in front. */
	first ^= zeros;
	second ^= zeros;
	uint64_t high = first << 8 << (56 - mark);
	uint64_t low = first >> mark | second << 8 << (56 - mark);
	uint64_t others_high = ((high + ones * (0x7f - 9)) | high) & highs;
	uint64_t others = ((low + ones * (0x7f - 9)) | low) & highs;
	const double *scale = gx_number_scales + 16 * minus + 15;

	if (others != 0 && others_high == 0) {
		uint64_t point = others >> 7;
		ptrdiff_t place = (ptrdiff_t)__builtin_ctzll(others) / 8 - 8;
		if (GX_UNLIKELY((point & (point - 1)) || end[place] != '.'))
			return parse_any_length(text, value);
		uint64_t front = low & (point - 1);
		low += front * 255 - point * ('.' ^ '0') + (high >> 56);
		high <<= 8;
		scale += place + 1;
	} else if (others_high != 0) {
		uint64_t point = others_high >> 7;
		ptrdiff_t place = (ptrdiff_t)__builtin_ctzll(others_high) / 8 - 16;
		if (GX_UNLIKELY((point & (point - 1)) || others != 0 || end[place] != '.'))
			return parse_any_length(text, value);
		uint64_t front = high & (point - 1);
		high += front * 255 - point * ('.' ^ '0');
		scale += place + 1;
	}
	uint64_t joined = gx_number_join_digits(high) * 100000000 + gx_number_join_digits(low);
	*value = (double)(int64_t)joined / *scale;
	return end;
}
