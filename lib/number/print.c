/* SPDX-License-Identifier: MIT */
/*
 * The shortest decimal of a double, after Raffaello Giulietti, "The Schubfach way to
 * render doubles" (2022).
 *
 * A positive double is v = c 2^q; a decimal reads back as v if it is no further away than
 * half the gap to the next double (exactly half will do when c is even). Take k with
 * 10^k <= 2^q < 10^(k+1), where 2^q is the width of that interval. Then it holds at most
 * one multiple of 10^(k+1) and at least one of 10^k. If there is one of 10^(k+1), it is
 * the shortest decimal, once the zeros at its end are gone; otherwise the multiple of 10^k
 * nearest to v is.
 *
 * shortest_fast tells this from one product, v 10^-(k+1) with 64 bits after the point,
 * wherever they leave no doubt. If v is a power of two, where the gap below is the smaller
 * one, or a comparison is too close to call, shortest_exact follows the paper.
 */
#include "number/number.h"

#include <stdbool.h>

#include "number/power_of_ten.h"
#include "number/sixteen_digits.h"

#define FRACTION_BITS 52
#define HIDDEN_BIT (UINT64_C(1) << FRACTION_BITS)
#define FRACTION_MASK (HIDDEN_BIT - 1)
#define FIELD_SPECIAL 0x7ff
/* c is whole: v = c 2^(field - EXPONENT_BIAS). */
#define EXPONENT_BIAS 1075

#define TEN_TO_8 UINT64_C(100000000)
#define TEN_TO_15 UINT64_C(1000000000000000)
#define TEN_TO_16 UINT64_C(10000000000000000)

/* The exponents of the first digit that are written without an e. */
#define POSITIONAL_LEAST (-4)
#define POSITIONAL_COUNT 20

__extension__ typedef unsigned __int128 uint128;

/* (10 tens + last) 10^exponent: sixteen or seventeen digits. */
struct decimal {
	uint64_t tens;
	unsigned last;
	int exponent;
};

/* floor(log10(2^q)) and floor(log2(10^k)), for all exponents of doubles. */
GX_INLINE int log10_of_power_of_two(int q)
{
	return q * 1262611 >> 22;
}

GX_INLINE int log2_of_power_of_ten(int k)
{
	return k * 1741647 >> 19;
}

GX_INLINE const struct gx_power_of_ten *power_of_ten(int exponent)
{
	return &gx_power_of_ten[exponent - GX_POWER_LEAST];
}

static struct decimal decimal_of_units(uint64_t units, int exponent)
{
	while (units < TEN_TO_15) {
		units *= 10;
		exponent--;
	}
	return (struct decimal){ units / 10, (unsigned)(units % 10), exponent };
}

/*
 * The whole part of a product with 128 bits after the point; its bit 0 also stands for
 * all of them. One at their top may be no more than the error of the power: true values
 * never come that close to a whole number, says the paper, if they are none.
 */
static uint64_t multiply_to_odd(const struct gx_power_of_ten *power, uint64_t c)
{
	uint128 low = (uint128)power->low * c;
	uint128 product = (uint128)power->high * c + (uint64_t)(low >> 64);
	return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

/* c 2^q, any double above zero; `uneven` if the next one below is half as far away. */
static GX_COLD struct decimal shortest_exact(uint64_t c, int q, bool uneven)
{
	/* The interval is then three quarters of 2^q: floor(log10(3/4 2^q)). */
	int k = uneven ? (q * 1262611 - 524031) >> 22 : log10_of_power_of_two(q);
	const struct gx_power_of_ten *power = power_of_ten(-k);
	int shift = q + log2_of_power_of_ten(-k) + 1;
	/* Four times v and the ends of the interval, in units of 10^k. */
	uint64_t open = c & 1;
	uint64_t middle = multiply_to_odd(power, (4 * c) << shift);
	uint64_t least = multiply_to_odd(power, (4 * c - 2 + uneven) << shift) + open;
	uint64_t most = multiply_to_odd(power, (4 * c + 2) << shift) - open;
	uint64_t units = middle / 4;
	uint64_t tens = units / 10;

	if (40 * tens >= least)
		return decimal_of_units(10 * tens, k);
	if (40 * tens + 40 <= most)
		return decimal_of_units(10 * tens + 10, k);

	bool down = 4 * units >= least;
	bool up = 4 * units + 4 <= most;
	if (down == up)
		up = (middle & 3) + (units & 1) > 2;
	return decimal_of_units(units + up, k);
}

GX_INLINE struct decimal shortest_fast(uint64_t bits)
{
	uint64_t fraction = bits & FRACTION_MASK;
	int field = (int)(bits >> FRACTION_BITS);
	int q = field - EXPONENT_BIAS;
	if (GX_UNLIKELY(fraction == 0))
		return shortest_exact(HIDDEN_BIT, q, field > 1);
	if (GX_UNLIKELY(field == 0))
		return shortest_exact(fraction, 1 - EXPONENT_BIAS, false);

	/*
	 * v 10^-(k+1) with 138 bits after the point. The power is less than one too large
	 * and c below 2^63, so in units of 2^-64 `after` is less than 2^-11 too large, and
	 * less than 1 too small for the bits cut off.
	 */
	int k = log10_of_power_of_two(q);
	const struct gx_power_of_ten *power = power_of_ten(-k - 1);
	int shift = q + log2_of_power_of_ten(-k - 1) + 1; /* -3 to 0 */
	uint64_t c = (fraction | HIDDEN_BIT) << (10 + shift);
	uint128 low = (uint128)power->low * c;
	uint128 product = (uint128)power->high * c + (uint64_t)(low >> 64);
	uint64_t tens = (uint64_t)(product >> 74);
	uint64_t after = (uint64_t)(product >> 10);

	/*
	 * The distance to the nearer multiple of 10^(k+1), against half the interval; and
	 * what is left after the last digit, against half a unit. Four and sixteen are
	 * more than all the errors, of which the last digit takes ten times.
	 */
	uint64_t half = power->high >> (1 - shift);
	uint64_t up = after >> 63;
	uint64_t distance = after ^ -up;
	uint128 tenfold = (uint128)after * 10;
	uint64_t left = (uint64_t)tenfold;
	if (GX_UNLIKELY((distance - half + 4 <= 8) | (left - (UINT64_C(1) << 63) + 16 <= 32)))
		return shortest_exact(fraction | HIDDEN_BIT, q, false);

	/* 9 is never rounded to 10: then the multiple above is in the interval. */
	uint64_t outside = distance >= half;
	uint64_t last = ((uint64_t)(tenfold >> 64) + (left >> 63)) & -outside;
	return (struct decimal){ tens + (up & ~outside), (unsigned)last, k };
}

/*
 * Where the parts of a number go that is written around a point: the digits `start` at,
 * of which `whole` are before the point, and whether those after it `move` up for it.
 */
struct layout {
	unsigned char start;
	unsigned char whole;
	unsigned char point;
	unsigned char move;
};

static const struct layout layouts[POSITIONAL_COUNT] = {
	{ 5, 16, 1, 0 },   { 4, 16, 1, 0 },   { 3, 16, 1, 0 },   { 2, 16, 1, 0 },
	{ 0, 1, 1, 1 },	   { 0, 2, 2, 1 },    { 0, 3, 3, 1 },	 { 0, 4, 4, 1 },
	{ 0, 5, 5, 1 },	   { 0, 6, 6, 1 },    { 0, 7, 7, 1 },	 { 0, 8, 8, 1 },
	{ 0, 9, 9, 1 },	   { 0, 10, 10, 1 },  { 0, 11, 11, 1 },  { 0, 12, 12, 1 },
	{ 0, 13, 13, 1 },  { 0, 14, 14, 1 },  { 0, 15, 15, 1 },  { 0, 16, 16, 1 },
};

static char *print_exponent(int exponent, char *out)
{
	unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
	*out++ = 'e';
	*out++ = exponent < 0 ? '-' : '+';
	unsigned hundreds = size / 100;
	*out = (char)('0' + hundreds);
	out += hundreds != 0;
	size -= hundreds * 100;
	*out++ = (char)('0' + size / 10);
	*out++ = (char)('0' + size % 10);
	return out;
}

/* Nothing here branches on the number of digits or on where the point is. */
GX_INLINE char *print_decimal(struct decimal decimal, char *out)
{
	/* Seventeen digits, with a zero at the end if there were sixteen. */
	uint64_t tens = decimal.tens;
	unsigned last = decimal.last;
	uint64_t fewer = tens < TEN_TO_15;
	tens += (tens * 9 + last) & -fewer;
	last &= (unsigned)fewer - 1;
	int exponent = decimal.exponent + 16 - (int)fewer;

	uint64_t high = tens / TEN_TO_8;
	unsigned marks = (unsigned)(last != 0) << 16;
	struct sixteen_digits digits =
		sixteen_digits_of(high, tens - high * TEN_TO_8, &marks);
	int ndigit = 32 - __builtin_clz(marks);

	unsigned index = (unsigned)(exponent - POSITIONAL_LEAST);
	if (GX_LIKELY(index < POSITIONAL_COUNT)) {
		const struct layout *layout = &layouts[index];
		char *start = out + layout->start;
		memcpy(out, "0.000000", 8);
		/* The sixteenth digit may move out of what the second store covers. */
		sixteen_digits_store(digits, start + layout->move);
		sixteen_digits_store_around(digits, layout->whole, start);
		start[16 + layout->move] = (char)('0' + last);
		out[layout->point] = '.';
		/* Zeros before the point stay, and a point without digits after it goes. */
		int whole = exponent + 1;
		return ndigit > whole ? start + ndigit + layout->move : out + whole;
	}

	sixteen_digits_store(digits, out + 1);
	out[17] = (char)('0' + last);
	out[0] = out[1];
	out[1] = '.';
	return print_exponent(exponent, out + ndigit + (ndigit != 1));
}

/* n < 10^8 */
GX_INLINE char *print_integer(uint64_t n, char *out)
{
	uint64_t digits = eight_digits_of(n);
	int skip = __builtin_ctzll(digits | UINT64_C(1) << 56) / 8;
	digits = (digits | UINT64_C(0x3030303030303030)) >> (8 * skip);
	memcpy(out, &digits, sizeof digits);
	return out + 8 - skip;
}

static GX_COLD char *print_special(uint64_t bits, bool negative, char *out)
{
	if ((bits & FRACTION_MASK) != 0) {
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
	uint64_t negative = bits >> 63;
	bits &= UINT64_MAX >> 1;
	double size;
	memcpy(&size, &bits, sizeof size);

	if (GX_UNLIKELY(bits >> FRACTION_BITS == FIELD_SPECIAL))
		return print_special(bits, negative, out);
	*out = '-';
	out += negative;
	if (size < 1e8) {
		uint32_t whole = (uint32_t)size;
		if (whole == size)
			return print_integer(whole, out);
	}
	return print_decimal(shortest_fast(bits), out);
}
