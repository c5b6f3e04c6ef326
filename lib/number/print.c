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
 *
 * With a limit of N digits, v itself is rounded, and not its shortest decimal d. Up to 14
 * digits the same product tells how, with the same doubts (rounded_fast). Otherwise d tells
 * (rounded_exact). Say d has more than N digits, and m is halfway between the two decimals of N
 * digits around d. If v and d lie on different sides of m, or m is v, then m is between v
 * and d: it is in the interval, and nearer to v than d. But m is a multiple of d's last
 * place, and d is the only one of those in the interval, or the nearest of them to v. So
 * m is d. That is: only where d ends in a 5 behind N digits must v be compared with it,
 * and the product of the paper compares them exactly (rounds_up).
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

/* Seventeen digits: eight, eight and one, zeros at the end among them. */
struct digits {
	uint64_t high, low;
	unsigned last;
	int exponent; /* of the first digit */
};

/*
 * Powers of ten, and what it takes to divide a number below 10^17 by one. The quotient is the
 * high word of its product with `reciprocal`, shifted; this is the least integer not below
 * 2^(64 + shift) / unit, where 2^shift is the greatest power of two that is not above unit.
 * It is less than 1 too large, so the product is less than 10^17 < 2^57 too large in units
 * of 2^-(64 + shift), of which 1 / unit has at least 2^63: the quotient is exact.
 */
struct cut {
	uint64_t unit;
	uint64_t reciprocal;
	unsigned shift;
};

static const struct cut cuts[GX_NUMBER_DIGITS_MAX] = {
	[0] = { 1, 0, 0 },
	[1] = { UINT64_C(10), UINT64_C(0xcccccccccccccccd), 3 },
	[2] = { UINT64_C(100), UINT64_C(0xa3d70a3d70a3d70b), 6 },
	[3] = { UINT64_C(1000), UINT64_C(0x83126e978d4fdf3c), 9 },
	[4] = { UINT64_C(10000), UINT64_C(0xd1b71758e219652c), 13 },
	[5] = { UINT64_C(100000), UINT64_C(0xa7c5ac471b478424), 16 },
	[6] = { UINT64_C(1000000), UINT64_C(0x8637bd05af6c69b6), 19 },
	[7] = { UINT64_C(10000000), UINT64_C(0xd6bf94d5e57a42bd), 23 },
	[8] = { UINT64_C(100000000), UINT64_C(0xabcc77118461cefd), 26 },
	[9] = { UINT64_C(1000000000), UINT64_C(0x89705f4136b4a598), 29 },
	[10] = { UINT64_C(10000000000), UINT64_C(0xdbe6fecebdedd5bf), 33 },
	[11] = { UINT64_C(100000000000), UINT64_C(0xafebff0bcb24aaff), 36 },
	[12] = { UINT64_C(1000000000000), UINT64_C(0x8cbccc096f5088cc), 39 },
	[13] = { UINT64_C(10000000000000), UINT64_C(0xe12e13424bb40e14), 43 },
	[14] = { UINT64_C(100000000000000), UINT64_C(0xb424dc35095cd810), 46 },
	[15] = { UINT64_C(1000000000000000), UINT64_C(0x901d7cf73ab0acda), 49 },
	[16] = { UINT64_C(10000000000000000), UINT64_C(0xe69594bec44de15c), 53 },
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

/*
 * The k of c 2^q. If the next double below is half as far away, `uneven`, the interval is
 * three quarters of 2^q: floor(log10(3/4 2^q)).
 */
GX_INLINE int unit_exponent(int q, bool uneven)
{
	return uneven ? (q * 1262611 - 524031) >> 22 : log10_of_power_of_two(q);
}

/* c 2^q, any double above zero; `uneven` if the next one below is half as far away. */
static GX_COLD struct decimal shortest_exact(uint64_t c, int q, bool uneven)
{
	int k = unit_exponent(q, uneven);
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

/* v 10^-(k+1), and half of 2^q 10^-(k+1) in units of 2^-64. */
struct product {
	uint64_t whole, after; /* `after` in units of 2^-64 */
	uint64_t half;
};

/*
 * Of a double with 53 bits, v 10^-(k+1) with 138 bits after the point. The power is less than
 * one too large and c below 2^63, so in units of 2^-64 `after` is less than 2^-11 too large,
 * and less than 1 too small for the bits cut off.
 */
GX_INLINE struct product multiply_by_power(uint64_t fraction, int q, int k)
{
	const struct gx_power_of_ten *power = power_of_ten(-k - 1);
	int shift = q + log2_of_power_of_ten(-k - 1) + 1; /* -3 to 0 */
	uint64_t c = (fraction | HIDDEN_BIT) << (10 + shift);
	uint128 low = (uint128)power->low * c;
	uint128 product = (uint128)power->high * c + (uint64_t)(low >> 64);
	return (struct product){ (uint64_t)(product >> 74), (uint64_t)(product >> 10),
				 power->high >> (1 - shift) };
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

	int k = log10_of_power_of_two(q);
	struct product product = multiply_by_power(fraction, q, k);
	uint64_t tens = product.whole, after = product.after;

	/*
	 * The distance to the nearer multiple of 10^(k+1), against half the interval; and
	 * what is left after the last digit, against half a unit. Four and sixteen are
	 * more than all the errors, of which the last digit takes ten times.
	 */
	uint64_t half = product.half;
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

/* Seventeen digits, with a zero at the end if there were sixteen. */
GX_INLINE struct digits digits_of(struct decimal decimal)
{
	uint64_t fewer = decimal.tens < TEN_TO_15;
	uint64_t tens = decimal.tens + ((decimal.tens * 9 + decimal.last) & -fewer);
	uint64_t high = tens / TEN_TO_8;
	return (struct digits){ high, tens - high * TEN_TO_8,
				decimal.last & ((unsigned)fewer - 1),
				decimal.exponent + 16 - (int)fewer };
}

/* ---- rounding to fewer digits ---- */

/* All seventeen digits as one number. */
GX_INLINE uint64_t join(struct digits digits)
{
	return (digits.high * TEN_TO_8 + digits.low) * 10 + digits.last;
}

/* all / cut->unit, rounded down, and what is left; all < 10^17. */
GX_INLINE uint64_t divide(uint64_t all, const struct cut *cut, uint64_t *left)
{
	uint64_t kept = (uint64_t)((uint128)all * cut->reciprocal >> 64) >> cut->shift;
	*left = all - kept * cut->unit;
	return kept;
}

/* `kept`, N digits or one followed by N zeros, times 10^exponent at its first digit. */
GX_INLINE struct digits widen(uint64_t kept, unsigned ndigit, int exponent)
{
	/* Few digits are worth a branch: there is nothing to cut in two. */
	if (ndigit <= 8) {
		uint64_t high = kept * cuts[8 - ndigit].unit;
		uint64_t more = high == TEN_TO_8;
		high -= (TEN_TO_8 - TEN_TO_8 / 10) & -more;
		return (struct digits){ high, 0, 0, exponent + (int)more };
	}
	uint64_t tens = kept * cuts[16 - ndigit].unit;
	uint64_t more = tens == TEN_TO_16;
	tens -= (TEN_TO_16 - TEN_TO_15) & -more;
	return (struct digits){ tens / TEN_TO_8, tens % TEN_TO_8, 0, exponent + (int)more };
}

/*
 * Whether a double above zero is rounded up whose shortest decimal, `digits`, is halfway
 * between two decimals of fewer digits; `odd`: the lower one ends in an odd digit.
 */
static GX_COLD bool rounds_up(uint64_t bits, struct digits digits, bool odd)
{
	uint64_t fraction = bits & FRACTION_MASK;
	int field = (int)(bits >> FRACTION_BITS);
	uint64_t c = field ? fraction | HIDDEN_BIT : fraction;
	int q = (field ? field : 1) - EXPONENT_BIAS;
	int k = unit_exponent(q, fraction == 0 && field > 1);
	uint64_t middle = multiply_to_odd(power_of_ten(-k),
					  (4 * c) << (q + log2_of_power_of_ten(-k) + 1));
	/* The decimal in the same units, fourths of 10^k, of which it has a whole number. */
	uint64_t shortest = join(digits);
	int exponent = digits.exponent - 16;
	for (; exponent < k; exponent++)
		shortest /= 10;
	for (; exponent > k; exponent--)
		shortest *= 10;
	return middle == 4 * shortest ? odd : middle > 4 * shortest;
}

/* Any double above zero, 1 to 16 digits. */
static GX_COLD struct digits rounded_exact(uint64_t bits, unsigned ndigit)
{
	struct digits digits = digits_of(shortest_fast(bits));
	const struct cut *cut = &cuts[17 - ndigit];
	uint64_t left, kept = divide(join(digits), cut, &left);
	uint64_t up = left == cut->unit / 2 ? rounds_up(bits, digits, kept & 1)
					    : left > cut->unit / 2;
	return widen(kept + up, ndigit, digits.exponent);
}

/* A whole number from 10 to 10^8 - 1, 1 to 8 digits. */
GX_INLINE struct digits rounded_integer(uint32_t n, unsigned ndigit)
{
	/* 1233 / 4096 is a little below log10(2): one digit too few, or none. */
	unsigned size = (32 - (unsigned)__builtin_clz(n)) * 1233 >> 12;
	size += n >= cuts[size].unit;
	const struct cut *cut = &cuts[16 - ndigit];
	uint64_t left, kept = divide(n * cuts[16 - size].unit, cut, &left);
	/* A tie goes to even. */
	uint64_t up = left + (kept & 1) > cut->unit / 2;
	return widen(kept + up, ndigit, (int)size - 1);
}

/*
 * A double above zero, 1 to 16 digits. One product tells up to 14 digits, but for what is as
 * close to a tie as its errors are (multiply_by_power). There the shortest decimal need not be
 * known: if a double of 53 bits has one of up to 15 digits, its exact value is rounded to it.
 */
GX_INLINE struct digits rounded_fast(uint64_t bits, unsigned ndigit)
{
	int field = (int)(bits >> FRACTION_BITS);
	if (GX_UNLIKELY(field == 0 || ndigit > 14))
		return rounded_exact(bits, ndigit);
	int k = log10_of_power_of_two(field - EXPONENT_BIAS);
	struct product product = multiply_by_power(bits & FRACTION_MASK, field - EXPONENT_BIAS, k);
	uint64_t fewer = product.whole < TEN_TO_15;
	const struct cut *cut = &cuts[16 - ndigit - fewer];
	uint64_t left, kept = divide(product.whole, cut, &left), half = cut->unit / 2;
	uint64_t nearest = left + (product.after >> 63);
	if (GX_UNLIKELY((product.after + 4 <= 8) & (nearest == half)))
		return rounded_exact(bits, ndigit);
	return widen(kept + (left >= half), ndigit, k + 16 - (int)fewer);
}

/* ---- text ---- */

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
GX_INLINE char *print_digits(struct digits all, char *out)
{
	unsigned last = all.last;
	int exponent = all.exponent;
	unsigned marks = (unsigned)(last != 0) << 16;
	struct sixteen_digits digits =
		sixteen_digits_of(all.high, all.low, &marks);
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

/* ndigit is constant where all digits are wanted: this is inlined twice. */
GX_INLINE char *print(double value, unsigned ndigit, char *out)
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
	bool all = ndigit >= GX_NUMBER_DIGITS_MAX;
	if (size < 1e8) {
		uint32_t whole = (uint32_t)size;
		if (whole == size && (ndigit >= 8 || whole < cuts[ndigit].unit))
			return print_integer(whole, out);
		if (whole == size)
			return print_digits(rounded_integer(whole, ndigit), out);
	}
	return print_digits(all ? digits_of(shortest_fast(bits)) : rounded_fast(bits, ndigit), out);
}

char *gx_number_print(double value, char *out)
{
	return print(value, GX_NUMBER_DIGITS_MAX, out);
}

char *gx_number_print_rounded(double value, unsigned ndigit, char *out)
{
	return ndigit >= GX_NUMBER_DIGITS_MAX ? gx_number_print(value, out)
					      : print(value, ndigit, out);
}
