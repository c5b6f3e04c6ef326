/* SPDX-License-Identifier: MIT */
/*
 * The shortest decimal of a double: Raffaello Giulietti, "The Schubfach way to render
 * doubles" (2022).
 *
 * A positive double is v = c 2^q; a decimal reads back as v if it is no further away than
 * half the gap to the next double (exactly half counts when c is even). Take k with
 * 10^k <= 2^q < 10^(k+1), the width of that interval. Then it holds at most one multiple
 * of 10^(k+1) and at least one of 10^k. If there is one of 10^(k+1), the shortest decimal
 * is it, without its zeros at the end; otherwise it is the multiple of 10^k nearest to v.
 *
 * shortest_fast does this with one product, v 10^-k with 64 bits after the point, wherever
 * these bits leave no doubt. Where v is a power of two (the gap below is the smaller one)
 * or one of the comparisons is too close to call, shortest_exact follows the paper.
 */
#include "number.h"

#include <stdbool.h>
#include <string.h>

#include "gx.h"
#include "power_of_ten.h"

#define FRACTION_BITS 52
#define FRACTION_MASK ((UINT64_C(1) << FRACTION_BITS) - 1)
#define HIDDEN_BIT (UINT64_C(1) << FRACTION_BITS)
#define SPECIAL_EXPONENT 0x7ff
/* c is an integer: v = c 2^(field - EXPONENT_BIAS). */
#define EXPONENT_BIAS 1075

#define TEN_TO_8 UINT64_C(100000000)
#define TEN_TO_15 UINT64_C(1000000000000000)

/* Where positional form begins and ends, as exponents of the first digit. */
#define POSITIONAL_LEAST (-4)
#define POSITIONAL_MOST 15
#define POSITIONAL_COUNT (POSITIONAL_MOST - POSITIONAL_LEAST + 1)

__extension__ typedef unsigned __int128 uint128;

/* (10 tens + last) 10^exponent; last < 10. */
struct decimal {
	uint64_t tens;
	uint32_t last;
	int exponent;
};

/* floor(log10(2^q)) and floor(log2(10^k)) for the exponents of doubles. */
GX_INLINE int log10_of_power_of_two(int q)
{
	return (q * 1262611) >> 22;
}

GX_INLINE int log2_of_power_of_ten(int k)
{
	return (k * 1741647) >> 19;
}

GX_INLINE const struct gx_power_of_ten *power_of_ten(int exponent)
{
	return &gx_power_of_ten[exponent - GX_POWER_LEAST];
}

/*
 * floor(c power), c below 2^60, where bit 0 of the result stands for every bit below it
 * too. A remainder of one is the error of a rounded power: the paper shows that no true
 * one is that small.
 */
static uint64_t multiply_to_odd(const struct gx_power_of_ten *power, uint64_t c)
{
	uint128 low = (uint128)power->low * c;
	uint128 product = (uint128)power->high * c + (uint64_t)(low >> 64);
	return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

static struct decimal decimal_of_units(uint64_t units, int exponent)
{
	while (units < 10 * TEN_TO_15) {
		units *= 10;
		exponent--;
	}
	return (struct decimal){ units / 10, (uint32_t)(units % 10), exponent };
}

/* c 2^q for any double above zero; `uneven`: the next one below is half as far away. */
static GX_COLD struct decimal shortest_exact(uint64_t c, int q, bool uneven)
{
	/* The second is floor(log10(3/4 2^q)): the interval is shorter by a quarter. */
	int k = uneven ? (q * 1262611 - 524031) >> 22 : log10_of_power_of_two(q);
	const struct gx_power_of_ten *power = power_of_ten(-k);
	int shift = q + log2_of_power_of_ten(-k) + 1;
	/* Four times v, the ends of the interval, and candidates below. */
	uint64_t open = c & 1;
	uint64_t middle = multiply_to_odd(power, (4 * c) << shift);
	uint64_t least = multiply_to_odd(power, (4 * c - (uneven ? 1 : 2)) << shift) + open;
	uint64_t most = multiply_to_odd(power, (4 * c + 2) << shift) - open;
	uint64_t units = middle / 4;
	uint64_t tens = units / 10;

	if (least <= 40 * tens)
		return decimal_of_units(10 * tens, k);
	if (40 * tens + 40 <= most)
		return decimal_of_units(10 * tens + 10, k);

	bool down = least <= 4 * units;
	bool up = 4 * units + 4 <= most;
	if (down == up)
		up = (middle & 3) + (units & 1) > 2;
	return decimal_of_units(units + up, k);
}

GX_INLINE struct decimal shortest_fast(uint64_t bits)
{
	uint64_t fraction = bits & FRACTION_MASK;
	int field = (int)(bits >> FRACTION_BITS);
	if (GX_UNLIKELY(fraction == 0))
		return shortest_exact(HIDDEN_BIT, field - EXPONENT_BIAS, field > 1);
	if (GX_UNLIKELY(field == 0))
		return shortest_exact(fraction, 1 - EXPONENT_BIAS, false);

	int q = field - EXPONENT_BIAS;
	int k = log10_of_power_of_two(q);
	const struct gx_power_of_ten *power = power_of_ten(-k);
	int shift = q + log2_of_power_of_ten(-k) + 1; /* 1 to 4 */
	uint64_t c = (fraction | HIDDEN_BIT) << shift;
	/*
	 * v 10^-k: units, and `after` the point as a fraction of 2^64. The power is less
	 * than one too large and c is below 2^57, so this is less than 2^-71 too large, and
	 * less than 2^-64 too small for the bits cut off.
	 */
	uint128 low = (uint128)power->low * c;
	uint128 product = (uint128)power->high * c + (uint64_t)(low >> 64);
	uint64_t units = (uint64_t)(product >> 64);
	uint64_t after = (uint64_t)product;
	uint64_t tens = units / 10;
	uint32_t last = (uint32_t)(units - 10 * tens);
	/*
	 * How far the multiples of ten around v are, and half the interval, with 60 bits
	 * after the point. Two units are more than all errors in a comparison.
	 */
	uint64_t below = (uint64_t)last << 60 | after >> 4;
	uint64_t above = (UINT64_C(10) << 60) - below;
	uint64_t half = power->high >> (5 - shift);
	uint64_t point_five = UINT64_C(1) << 63;
	if (GX_UNLIKELY((below - half + 2 <= 4) | (above - half + 2 <= 4) |
			(after - point_five + 2 <= 4)))
		return shortest_exact(fraction | HIDDEN_BIT, q, false);

	bool down = below < half;
	bool up = above < half;
	/* 9 is not rounded to 10 here: then the multiple of ten above is in the interval. */
	last = down | up ? 0 : last + (uint32_t)(after >> 63);
	return (struct decimal){ tens + up, last, k };
}

/* The digits of n < 10^8 as bytes 0 to 9, the first one lowest. */
GX_INLINE uint64_t eight_digits(uint64_t n)
{
	/* In every lane the quotient stays, and the remainder goes to the lane above. */
	uint64_t quotient = n * 109951163 >> 40; /* n / 10000 */
	n = quotient + ((n - quotient * 10000) << 32);
	quotient = n * 5243 >> 19 & UINT64_C(0x0000007f0000007f); /* n / 100 */
	n = quotient + ((n - quotient * 100) << 16);
	quotient = n * 103 >> 10 & UINT64_C(0x000f000f000f000f); /* n / 10 */
	return quotient + ((n - quotient * 10) << 8);
}

GX_INLINE void store(char *out, uint64_t bytes)
{
	memcpy(out, &bytes, sizeof bytes);
}

/*
 * How seventeen digits are laid out around a point. From `start` on come the digits in
 * `keep`, then those that are not, one place further.
 */
struct layout {
	uint64_t keep[2];
	unsigned char start;
	unsigned char point;
	unsigned char first_moved; /* 0: none is */
};

#define ALL UINT64_MAX
#define LEAST_BYTES(n) (ALL >> (64 - 8 * (n)))
#define SMALL(zeros)                                                                     \
	{                                                                                \
		{ ALL, ALL }, (zeros) + 1, 1, 0                                          \
	}
#define LOW(n)                                                                           \
	{                                                                                \
		{ LEAST_BYTES(n), 0 }, 0, (n), 1                                         \
	}
#define HIGH(n)                                                                          \
	{                                                                                \
		{ ALL, LEAST_BYTES((n) - 8) }, 0, (n), 1                                 \
	}

static const struct layout layouts[POSITIONAL_COUNT] = {
	SMALL(4), SMALL(3), SMALL(2), SMALL(1), LOW(1),	 LOW(2),  LOW(3),
	LOW(4),	  LOW(5),   LOW(6),   LOW(7),	LOW(8),	 HIGH(9), HIGH(10),
	HIGH(11), HIGH(12), HIGH(13), HIGH(14), HIGH(15), HIGH(16),
};

static char *print_exponent(int exponent, char *out)
{
	unsigned size = exponent < 0 ? -(unsigned)exponent : (unsigned)exponent;
	unsigned hundreds = size * 41 >> 12; /* size / 100, up to 999 */
	size -= hundreds * 100;
	unsigned tens = size * 103 >> 10;
	out[0] = 'e';
	out[1] = exponent < 0 ? '-' : '+';
	out[2] = (char)('0' + hundreds);
	out += 2 + (hundreds != 0);
	out[0] = (char)('0' + tens);
	out[1] = (char)('0' + size - 10 * tens);
	return out + 2;
}

/* No branch here depends on the number of digits or on where the point is. */
GX_INLINE char *print_decimal(struct decimal decimal, char *out)
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	uint64_t tens = decimal.tens;
	uint32_t last = decimal.last;
	int exponent = decimal.exponent + 16;
	/* Sixteen digits and `last`; the multiple of 10^k may have one less. */
	if (tens < TEN_TO_15) {
		tens = tens * 10 + last;
		last = 0;
		exponent--;
	}
	uint64_t top = tens / TEN_TO_8;
	uint64_t word0 = eight_digits(top);
	uint64_t word1 = eight_digits(tens - top * TEN_TO_8);
	int ndigit = word1 != 0 ? 16 - (__builtin_clzll(word1) >> 3)
				: 8 - (__builtin_clzll(word0) >> 3);
	ndigit = last != 0 ? 17 : ndigit;
	word0 |= zeros;
	word1 |= zeros;
	unsigned tail = (unsigned)(word1 >> 56) | (last + '0') << 8;

	if (GX_LIKELY((unsigned)(exponent - POSITIONAL_LEAST) < POSITIONAL_COUNT)) {
		const struct layout *layout = &layouts[exponent - POSITIONAL_LEAST];
		uint64_t moved0 = word0 << 8;
		uint64_t moved1 = word1 << 8 | word0 >> 56;
		uint16_t end = (uint16_t)(layout->first_moved ? tail : tail >> 8);
		store(out, zeros);
		char *start = out + layout->start;
		store(start, moved0 ^ ((moved0 ^ word0) & layout->keep[0]));
		store(start + 8, moved1 ^ ((moved1 ^ word1) & layout->keep[1]));
		memcpy(start + 16, &end, sizeof end);
		out[layout->point] = '.';
		int whole = exponent + 1;
		return ndigit > whole ? start + ndigit + layout->first_moved : out + whole;
	}

	store(out + 1, word0);
	store(out + 9, word1);
	out[17] = (char)(last + '0');
	out[0] = out[1];
	out[1] = '.';
	return print_exponent(exponent, out + (ndigit == 1 ? 1 : ndigit + 1));
}

/* n < 10^8 */
GX_INLINE char *print_integer(uint32_t n, char *out)
{
	uint64_t digits = eight_digits(n);
	int skip = __builtin_ctzll(digits | UINT64_C(1) << 56) >> 3;
	store(out, (digits | UINT64_C(0x3030303030303030)) >> (8 * skip));
	return out + 8 - skip;
}

static GX_COLD char *print_special(uint64_t bits, bool negative, char *out)
{
	if (bits & FRACTION_MASK) {
		memcpy(out, "NA", 2);
		return out + 2;
	}
	memcpy(out, negative ? "-Inf" : "Inf", 4);
	return out + 3 + negative;
}

char *gx_number_print(double value, char *out)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	bool negative = bits >> 63;
	bits &= UINT64_MAX >> 1;
	double size;
	memcpy(&size, &bits, sizeof size);

	if (GX_UNLIKELY(bits >> FRACTION_BITS == SPECIAL_EXPONENT))
		return print_special(bits, negative, out);
	*out = '-';
	out += negative;
	if (size < 1e8) {
		uint32_t whole = (uint32_t)(int32_t)size;
		if (whole == size)
			return print_integer(whole, out);
	}
	return print_decimal(shortest_fast(bits), out);
}
