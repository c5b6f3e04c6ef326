/* SPDX-License-Identifier: MIT */
/*
 * Reading numbers. The nearest double of w 10^e comes from the first of these that is
 * sure of it:
 *
 * - w < 2^53 and |e| <= 22: w and 10^|e| are doubles, and one operation rounds once.
 *   William D. Clinger, "How to read floating point numbers accurately" (1990).
 * - w < 2^64: the product of w and a power of ten to 128 bits. Daniel Lemire, "Number
 *   parsing at a gigabyte per second" (2021), after Michael Eisel; Noble Mushtak and
 *   Daniel Lemire, "Fast number parsing without fallback" (2023), who prove that 128 bits
 *   always decide.
 * - Longer: the first nineteen digits, if they and they plus one give the same double.
 * - strtod of the digits that can matter: halfway between two doubles is a number of at
 *   most 768 digits, so after KEPT_DIGITS only whether all are zero is of account.
 */
#include "number/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "number/power_of_ten.h"

#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023
#define INFINITY_BITS UINT64_C(0x7ff0000000000000)

/* A whole number times a larger power is too large for a double. */
#define POWER_MOST 308
/* A product of w < 2^64 and a smaller power is less than half of the least double. */
#define POWER_LEAST GX_POWER_LEAST
/* The largest power of ten that is a double. */
#define POWER_DOUBLE 22

/* An exponent takes digits up to here: then no count of digits can bring it near zero. */
#define EXPONENT_CUT (INT64_C(1) << 56)

/* As many digits always fit into 64 bits, and one more than they are, too. */
#define WORD_DIGITS 19

#define KEPT_DIGITS 800

__extension__ typedef unsigned __int128 uint128;

struct decimal {
	const char *digits; /* with or without a point among them */
	size_t ndigit;
	uint64_t joined; /* all digits as a number, modulo 2^64 */
	int64_t exponent;
};

const double gx_number_scales[32] = {
	1e15,  1e14,  1e13,  1e12,  1e11,  1e10,  1e9,	1e8,
	1e7,   1e6,   1e5,   1e4,   1e3,   1e2,	  1e1,	1,
	-1e15, -1e14, -1e13, -1e12, -1e11, -1e10, -1e9, -1e8,
	-1e7,  -1e6,  -1e5,  -1e4,  -1e3,  -1e2,  -1e1, -1,
};

static const double exact_powers[POWER_DOUBLE + 1] = {
	1e0,  1e1,  1e2,  1e3,	1e4,  1e5,  1e6,  1e7,	1e8,  1e9,  1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static double double_of_bits(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Bits of the double nearest to w 10^e, w > 0. */
static uint64_t nearest_bits(uint64_t w, int64_t e)
{
	if (e < POWER_LEAST)
		return 0;
	if (e > POWER_MOST)
		return INFINITY_BITS;
	int k = (int)e;
	const struct gx_power_of_ten *power = &gx_power_of_ten[k - GX_POWER_LEAST];
	int zeros = __builtin_clzll(w);
	w <<= zeros;

	/*
	 * Wanted are 54 bits of the product, a half bit being the last; it may begin with
	 * a zero. The low half of the power matters only if it can carry into them, over
	 * nothing but ones. Inexact powers above one must not be rounded up for this.
	 */
	uint128 product = (uint128)w * power->high;
	uint64_t top = (uint64_t)(product >> 64);
	uint64_t rest = (uint64_t)product;
	if (GX_UNLIKELY((top & 0x1ff) == 0x1ff)) {
		uint64_t low = power->low - (k > GX_POWER_EXACT);
		uint64_t carry = (uint64_t)((uint128)w * low >> 64);
		rest += carry;
		top += rest < carry;
	}
	int full = (int)(top >> 63);
	uint64_t mantissa = top >> (9 + full);

	/* As a field: (k 217706) >> 16 is floor(log2(10^k)), and w is below 2^(64 - zeros). */
	int exponent = (k * 217706 >> 16) + 63 - zeros + full + EXPONENT_BIAS;
	if (GX_UNLIKELY(exponent <= 0)) {
		/* Subnormal, or nearly: rounding up may carry into the exponent. No ties here. */
		return exponent < -62 ? 0 : ((mantissa >> (1 - exponent)) + 1) >> 1;
	}
	/*
	 * A tie, 54 bits with the last one set, goes to even. Only these powers allow one:
	 * 5^23 is below 2^54, and 5^4 2^53 below 2^64. Then there is nothing below the half
	 * bit but the error of a power below one.
	 */
	if (GX_UNLIKELY(rest <= 1 && k >= -4 && k <= 23 && (mantissa & 3) == 1 &&
			mantissa << (9 + full) == top))
		mantissa--;
	/* The bit above the fraction is added to the exponent, and so is a carry into it. */
	uint64_t bits = ((uint64_t)(exponent - 1) << FRACTION_BITS) + ((mantissa + 1) >> 1);
	return bits < INFINITY_BITS ? bits : INFINITY_BITS;
}

/* `ndigit` digits times 10^exponent; the first one is not zero. */
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

/* More than nineteen digits, though they may begin with zeros. */
static double long_value(const struct decimal *decimal)
{
	const char *digit = decimal->digits;
	size_t ndigit = decimal->ndigit;
	while (ndigit > 0 && (*digit == '0' || *digit == '.'))
		ndigit -= *digit++ == '0';
	if (ndigit == 0)
		return 0;
	if (ndigit <= WORD_DIGITS)
		return double_of_bits(nearest_bits(decimal->joined, decimal->exponent));

	const char *first = digit;
	uint64_t w = 0;
	for (size_t n = 0; n < WORD_DIGITS; digit++) {
		if (*digit == '.')
			continue;
		w = w * 10 + (uint64_t)(*digit - '0');
		n++;
	}
	int64_t exponent = decimal->exponent + (int64_t)(ndigit - WORD_DIGITS);
	uint64_t bits = nearest_bits(w, exponent);
	if (bits == nearest_bits(w + 1, exponent))
		return double_of_bits(bits);
	return exact_value(first, ndigit, decimal->exponent);
}

static double decimal_value(const struct decimal *decimal)
{
	if (GX_UNLIKELY(decimal->ndigit > WORD_DIGITS))
		return long_value(decimal);
	uint64_t w = decimal->joined;
	int64_t e = decimal->exponent;
	/*
	 * Up to fifteen digits are below 2^53. Sixteen may be, or not: who writes all digits of a
	 * double writes sixteen and seventeen in turn, beyond prediction, so those go the other way.
	 */
	if (decimal->ndigit <= 15 && e >= -POWER_DOUBLE && e <= POWER_DOUBLE) {
		double value = (double)(int64_t)w;
		return e < 0 ? value / exact_powers[-e] : value * exact_powers[e];
	}
	return w == 0 ? 0 : double_of_bits(nearest_bits(w, e));
}

/*
 * Appends the up to eight digits that a word begins with to `joined`; returns how many they
 * are. How many varies from cell to cell: there is no branch on it.
 */
GX_INLINE unsigned take_digits(uint64_t word, uint64_t *joined)
{
	static const uint64_t powers[] = { 1,	   10,	    100,     1000,    10000,
					   100000, 1000000, 10000000, 100000000 };
	word ^= GX_NUMBER_BYTES('0');
	uint64_t others = gx_number_mark_others(word);
	unsigned n = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
	/* Two shifts, for a shift by 64 is none. */
	unsigned half = 4 * (8 - n);
	*joined = *joined * powers[n] + gx_number_join_digits(word << half << half);
	return n;
}

/* Appends the digits at `text` to `joined`; returns their end. */
GX_INLINE const char *read_digits(const char *text, uint64_t *joined)
{
	uint64_t word;
	unsigned n;
	do {
		memcpy(&word, text, sizeof word);
		n = take_digits(word, joined);
		text += n;
		/* After a full word the next byte tells: sixteen digits end here as a rule. */
	} while ((n == 8) & ((unsigned char)(*text - '0') < 10));
	return text;
}

/* Adds the exponent that `text`, an e, begins; returns its end, or `text` without one. */
static const char *read_exponent(const char *text, int64_t *exponent)
{
	const char *digit = text + 1;
	bool negative = *digit == '-';
	digit += negative || *digit == '+';
	if (*digit < '0' || *digit > '9')
		return text;
	int64_t size = 0;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (size < EXPONENT_CUT)
			size = size * 10 + (*digit - '0');
	*exponent += negative ? -size : size;
	return digit;
}

/* Whether `text` begins with a word, given in lower case, in any case. */
static bool begins_with_word(const char *text, const char *word)
{
	while (*word && (*text | 32) == *word)
		text++, word++;
	return !*word;
}

/* The end of the "inf" or "infinity" that `text` begins with; NULL: it begins with neither. */
static GX_COLD const char *infinity_end(const char *text)
{
	if (!begins_with_word(text, "inf"))
		return NULL;
	return text + (begins_with_word(text + 3, "inity") ? 8 : 3);
}

static const char *parse_any_length(const char *text, double *value)
{
	bool negative = *text == '-';
	text += negative || *text == '+';

	struct decimal decimal = { .digits = text };
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
		end = infinity_end(text);
		if (!end)
			return NULL;
		size = double_of_bits(INFINITY_BITS);
	} else {
		if ((*end | 32) == 'e')
			end = read_exponent(end, &decimal.exponent);
		size = decimal_value(&decimal);
	}
	*value = negative ? -size : size;
	return end;
}

/*
 * Numbers of eight to fifteen characters, in two words as gx_number_parse does it in one.
 * NULL if this is another kind of number, or none.
 */
GX_INLINE const char *parse_two_words(const char *text, double *value)
{
	uint64_t first, second;
	memcpy(&first, text, sizeof first);
	memcpy(&second, text + 8, sizeof second);

	uint64_t early = (first - GX_NUMBER_BYTES('.')) & GX_NUMBER_BYTES(0x80) << 8;
	uint64_t ends = (second - GX_NUMBER_BYTES('.')) & GX_NUMBER_BYTES(0x80);
	if (early != 0 || ends == 0)
		return NULL;
	unsigned mark = (unsigned)__builtin_ctzll(ends) & 0x78;
	const char *end = text + 8 + mark / 8;

	size_t minus = (unsigned char)first == '-';
	first ^= minus * ('-' ^ '0') ^ GX_NUMBER_BYTES('0');
	second ^= GX_NUMBER_BYTES('0');
	/* The last eight bytes, and at the top those before them. Again, none by 64. */
	uint64_t high = first << 8 << (56 - mark);
	uint64_t low = first >> mark | second << 8 << (56 - mark);
	uint64_t others_high = gx_number_mark_others(high);
	uint64_t others_low = gx_number_mark_others(low);
	const double *scale = gx_number_scales + 16 * minus + 15;

	if (others_high != 0) {
		uint64_t point = others_high >> 7;
		ptrdiff_t place = (ptrdiff_t)__builtin_ctzll(others_high) / 8 - 16;
		if ((point & (point - 1)) || others_low != 0 || end[place] != '.')
			return NULL;
		high += (high & (point - 1)) * 255 - point * ('.' ^ '0');
		scale += place + 1;
	} else if (others_low != 0) {
		uint64_t point = others_low >> 7;
		ptrdiff_t place = (ptrdiff_t)__builtin_ctzll(others_low) / 8 - 8;
		if ((point & (point - 1)) || end[place] != '.')
			return NULL;
		low += (low & (point - 1)) * 255 - point * ('.' ^ '0') + (high >> 56);
		high <<= 8;
		scale += place + 1;
	}
	uint64_t joined =
		gx_number_join_digits(high) * 100000000 + gx_number_join_digits(low);
	*value = (double)(int64_t)joined / *scale;
	return end;
}

const char *gx_number_parse_any(const char *text, double *value)
{
	const char *end = parse_two_words(text, value);
	return end != NULL ? end : parse_any_length(text, value);
}
