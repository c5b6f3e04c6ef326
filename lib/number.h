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

/* Room that gx_number_print needs at `out`: it may write scratch bytes past the text. */
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

/*
 * Reads the longest number at `text`: [+-] digits [. digits] [(e|E) [+-] digits] with at
 * least one digit before the exponent, or [+-] inf in any case. Returns its end, or NULL
 * where there is no number ("" , "abc", ".", "-", "e5"); the caller decides whether what
 * follows may follow ("1.5x", "0x1A", "1D3" and "1,5" return the end of the part that is
 * a number). "1e" and "1e+" are the number 1. Hex, "infinity" and "nan" are not numbers
 * ("infinity" returns after "inf", so the caller refuses it).
 * The value is the nearest double, ties to even, as strtod gives: too large is Inf, too
 * small is 0 or a subnormal, "-0" is minus zero. There is no limit on the digits.
 * The text must be followed by a byte that is in no number (LF, TAB, NUL ...) and
 * GX_NUMBER_SLACK readable bytes.
 */
const char *gx_number_parse(const char *text, double *value);

#endif
