/* SPDX-License-Identifier: MIT */
/*
 * Number text: the nearest double of a decimal, and the shortest decimal of a double.
 * No function here allocates, consults the locale or keeps state.
 *
 *	char text[GX_NUMBER_MAX];
 *	char *end = gx_number_print(0.1, text);          "0.1", end - text == 3
 *	double value;
 *	const char *rest = gx_number_parse("1.5\t2", &value);   value 1.5, rest at the TAB
 */
#ifndef GX_NUMBER_H
#define GX_NUMBER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/gx.h"

/* Room that printing needs at `out`: it may write scratch bytes past the text. */
#define GX_NUMBER_MAX 32

/* Bytes after the last one of a text that gx_number_parse may read (never acts on). */
#define GX_NUMBER_SLACK 32

/*
 * Writes the shortest decimal that reads back as `value`, in the form of Python's repr
 * without a trailing ".0": 12, 0.1, 1e-05, 1.5e+300, -0, NA for every NaN, Inf, -Inf.
 * Exponents from -4 to 15 are written in positional form. Returns the end of the text;
 * there is no final NUL.
 */
char *gx_number_print(double value, char *out);

/* As many digits tell any double from all others. */
#define GX_NUMBER_DIGITS_MAX 17

/*
 * The same with at most `ndigit` significant digits, 1 to GX_NUMBER_DIGITS_MAX. A number
 * whose shortest decimal has more is rounded to so many: its exact value to the nearest
 * decimal, ties to even. Zeros at the end go; the form is that of gx_number_print.
 */
char *gx_number_print_rounded(double value, unsigned ndigit, char *out);

/* Used by gx_number_parse below, and with the same contract; callers want that one. */
const char *gx_number_parse_any(const char *text, double *value);

/* 10^15 to 10^0, then -10^15 to -10^0: what to divide by for a point and a sign. */
extern const double gx_number_scales[32];

/* A byte eight times. */
#define GX_NUMBER_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of bytes above 9. A byte above 0x89 may also mark the one after it. */
GX_INLINE uint64_t gx_number_mark_others(uint64_t digits)
{
	return ((digits + GX_NUMBER_BYTES(0x7f - 9)) | digits) & GX_NUMBER_BYTES(0x80);
}

/* Eight digits, bytes from 0 to 9 with the first one lowest, as a number. */
GX_INLINE uint64_t gx_number_join_digits(uint64_t digits)
{
	/* Neighbours become pairs; then two products weight and add all four pairs. */
	const uint64_t lanes = UINT64_C(0x000000ff000000ff);
	digits = digits * 10 + (digits >> 8);
	return ((digits & lanes) * (100 + (UINT64_C(1000000) << 32)) +
		(digits >> 16 & lanes) * (1 + (UINT64_C(10000) << 32))) >> 32;
}

/*
 * Reads the longest number at `text`: [+-] digits [. digits] [(e|E) [+-] digits] with at
 * least one digit before the exponent, or [+-] inf or infinity in any case. Returns its
 * end, or NULL where there is no number ("" , "abc", ".", "-", "e5"); the caller decides
 * whether what follows may follow ("1.5x", "0x1A", "1D3" and "1,5" return the end of the
 * part that is a number, and so do "infin" and "infinite", after "inf"). "1e" and "1e+" are
 * the number 1. Hex and "nan" are not numbers.
 * The value is the nearest double, ties to even, as strtod gives: too large is Inf, too
 * small is 0 or a subnormal, "-0" is minus zero. There is no limit on the digits.
 * The text must be followed by a byte that is in no number (LF, TAB, NUL ...) and
 * GX_NUMBER_SLACK readable bytes.
 *
 * What is inlined into the caller's loop reads up to seven characters from "-.0-9" if the
 * next one sorts below them (TAB, LF, comma, space ...). The next cell waits only for the
 * end of this one, so that is found first, in one word, before it is known whether this
 * is a number. There is a branch for a single digit, since most cells of sparse counts
 * are 0, and one for whether all are digits. The length, the sign and the place of the
 * point vary from cell to cell, beyond what can be predicted, and are computed.
 */
GX_INLINE const char *gx_number_parse(const char *text, double *value)
{
	uint64_t word;
	memcpy(&word, text, sizeof word);

	/* The lowest mark is at the first byte, after one, below '.' (or above 0xad). */
	uint64_t ends = (word - GX_NUMBER_BYTES('.')) & GX_NUMBER_BYTES(0x80) << 8;
	if (GX_UNLIKELY(ends == 0))
		return gx_number_parse_any(text, value);
	unsigned mark = (unsigned)__builtin_ctzll(ends);
	if (mark == 15) {
		unsigned digit = (unsigned char)word - (unsigned)'0';
		if (GX_LIKELY(digit < 10)) {
			*value = digit;
			return text + 1;
		}
	}
	const char *end = text + mark / 8;

	/* The bytes before the end, at the top; the zeros that come in are digits. */
	unsigned shift = 64 - (mark & 0x78);
	uint64_t digits = (word ^ GX_NUMBER_BYTES('0')) << shift;
	uint64_t others = gx_number_mark_others(digits);
	if (others == 0) {
		*value = (double)(int64_t)gx_number_join_digits(digits);
		return end;
	}

	/* A minus becomes a zero. */
	size_t minus = (unsigned char)word == '-';
	word ^= minus * ('-' ^ '0');
	minus *= 16;
	digits = (word ^ GX_NUMBER_BYTES('0')) << shift;
	others = gx_number_mark_others(digits);
	const double *scales = gx_number_scales + 8 + minus;
	if (others == 0) {
		if (GX_UNLIKELY(mark == 15))
			return gx_number_parse_any(text, value);
		*value = (double)(int64_t)gx_number_join_digits(digits) / scales[7];
		return end;
	}

	/* If all is well there is one point, and a digit. */
	uint64_t point = others >> 7;
	unsigned place = (unsigned)__builtin_ctzll(others) / 8;
	if (GX_UNLIKELY((point & (point - 1)) || end[(ptrdiff_t)place - 8] != '.' ||
			mark < 16 + minus / 2))
		return gx_number_parse_any(text, value);
	/* The digits in front move up by a byte, over it. */
	uint64_t front = digits & (point - 1);
	digits += front * 255 - point * ('.' ^ '0');
	*value = (double)(int64_t)gx_number_join_digits(digits) / scales[place];
	return end;
}

#endif
