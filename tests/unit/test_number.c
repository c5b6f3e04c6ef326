/* SPDX-License-Identifier: MIT */
/*
 * Number text against the C library: parse against strtod bit for bit, print against the
 * digits of printf with rising precision. An argument is the number of random values of
 * each kind.
 */
#include "number/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "unit.h"

#define LONG_DIGITS 1000000

/* What follows a number: first what ends it, then what must not be looked at. */
static const char *const followers[] = {
	"\t99999999", "\n99999999", "\r\n9999999", ",99999999", " 99999999",
	";99999999",  "|99999999",  "x99999999",   "-99999999", "+9999999",
	"/99999999",  ":99999999",  "\"9999999",   "\xff" "9999999", "\x80" "9999999",
	"\xad" "999999", "\xae" "999999", "\xba" "99999", "\x01" "99999",
};
#define NFOLLOWER (sizeof followers / sizeof followers[0])

static unsigned random_below(unsigned n)
{
	return (unsigned)unit_draw_below(n);
}

/* The grammar of number.h, letter by letter; NULL where there is no number. */
static const char *scan(const char *text)
{
	if (*text == '+' || *text == '-')
		text++;
	if (strncasecmp(text, "infinity", 8) == 0)
		return text + 8;
	if (strncasecmp(text, "inf", 3) == 0)
		return text + 3;
	int ndigit = 0;
	for (; *text >= '0' && *text <= '9'; text++)
		ndigit++;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++)
			ndigit++;
	}
	if (ndigit == 0)
		return NULL;
	if (*text == 'e' || *text == 'E') {
		const char *digit = text + 1;
		if (*digit == '+' || *digit == '-')
			digit++;
		if (*digit >= '0' && *digit <= '9') {
			while (*digit >= '0' && *digit <= '9')
				digit++;
			text = digit;
		}
	}
	return text;
}

/* `text` and what follows, in a block that ends where reading must. */
static void check_parse_before(const char *text, size_t length, const char *follower)
{
	size_t nfollower = strlen(follower) + 1;
	char *copy = unit_allocate(length + 1 + GX_NUMBER_SLACK, 1);
	memset(copy, '7', length + 1 + GX_NUMBER_SLACK);
	memcpy(copy, text, length);
	memcpy(copy + length, follower, nfollower);

	double expected = 0;
	double value = 0;
	const char *end = scan(copy);
	const char *got = gx_number_parse(copy, &value);
	if (got != end) {
		unit_fail("'%.60s' before '%s': ends at %td, not %td", text, follower,
		     got ? got - copy : -1, end ? end - copy : -1);
	} else if (end != NULL) {
		copy[end - copy] = '\0';
		expected = strtod(copy, NULL);
		if (unit_bits(value) != unit_bits(expected))
			unit_fail("'%.60s' (%zu characters) is %a, not %a", text, length, value,
			     expected);
	}
	free(copy);
}

static void check_parse(const char *text)
{
	size_t length = strlen(text);
	check_parse_before(text, length, "");
	check_parse_before(text, length, followers[random_below(NFOLLOWER)]);
}

static void check_value(const char *text, double expected, int length)
{
	char copy[128 + GX_NUMBER_SLACK] = { 0 };
	strcpy(copy, text);
	double value = 0;
	const char *end = gx_number_parse(copy, &value);
	int got = end == NULL ? -1 : (int)(end - copy);
	if (got != length || (length >= 0 && unit_bits(value) != unit_bits(expected)))
		unit_fail("'%s': %a, %d characters, not %a, %d", text, value, got, expected, length);
}

static void test_grammar(void)
{
	static const struct {
		const char *text;
		double value;
		int length;
	} cases[] = {
		{ "", 0, -1 },
		{ "abc", 0, -1 },
		{ ".", 0, -1 },
		{ "-", 0, -1 },
		{ "+", 0, -1 },
		{ "-.", 0, -1 },
		{ "+.", 0, -1 },
		{ "e5", 0, -1 },
		{ ".e5", 0, -1 },
		{ "-e5", 0, -1 },
		{ "--1", 0, -1 },
		{ "+-1", 0, -1 },
		{ " 1", 0, -1 },
		{ "\t1", 0, -1 },
		{ "NA", 0, -1 },
		{ "nan", 0, -1 },
		{ "in", 0, -1 },
		{ "-in", 0, -1 },
		{ "i", 0, -1 },
		{ ",5", 0, -1 },
		{ "/5", 0, -1 },
		{ ":", 0, -1 },
		{ "0", 0, 1 },
		{ "-0", -0.0, 2 },
		{ "+0", 0, 2 },
		{ "-0.0", -0.0, 4 },
		{ "-.0", -0.0, 3 },
		{ "-00000000000000000000", -0.0, 21 },
		{ "-0e400", -0.0, 6 },
		{ "-0.00000000000e-400", -0.0, 19 },
		{ "5", 5, 1 },
		{ "-5", -5, 2 },
		{ "+5", 5, 2 },
		{ "5.", 5, 2 },
		{ ".5", 0.5, 2 },
		{ "-.5", -0.5, 3 },
		{ "-5.", -5, 3 },
		{ "+.5", 0.5, 3 },
		{ "1.5", 1.5, 3 },
		{ "1.5\t2", 1.5, 3 },
		{ "1.5x", 1.5, 3 },
		{ "1.5.5", 1.5, 3 },
		{ "1..5", 1, 2 },
		{ "..5", 0, -1 },
		{ "0x1A", 0, 1 },
		{ "1D3", 1, 1 },
		{ "1,5", 1, 1 },
		{ "1/5", 1, 1 },
		{ "1:5", 1, 1 },
		{ "1-5", 1, 1 },
		{ "1+5", 1, 1 },
		{ "1_000", 1, 1 },
		{ "1 000", 1, 1 },
		{ "12345-7", 12345, 5 },
		{ "1234567890-7", 1234567890, 10 },
		{ "123456-890.5", 123456, 6 },
		{ "1234567/90.5", 1234567, 7 },
		{ "1234567890/5", 1234567890, 10 },
		{ "12.45678.0123", 12.45678, 8 },
		{ "123456789.1.3", 123456789.1, 11 },
		{ "-12345678", -12345678, 9 },
		{ "-1234567.5", -1234567.5, 10 },
		{ "1e", 1, 1 },
		{ "1e+", 1, 1 },
		{ "1e-", 1, 1 },
		{ "1ex", 1, 1 },
		{ "1e+x", 1, 1 },
		{ "1.e1", 10, 4 },
		{ "1e1", 10, 3 },
		{ "1E1", 10, 3 },
		{ "1e+1", 10, 4 },
		{ "1e-1", 0.1, 4 },
		{ "1E-05", 1e-5, 5 },
		{ "1e0000000000000000000000001", 10, 27 },
		{ "1.5e3.5", 1500, 5 },
		{ "1e5e5", 1e5, 3 },
		{ "1e400", INFINITY, 5 },
		{ "-1e400", -INFINITY, 6 },
		{ "1e-400", 0, 6 },
		{ "-1e-400", -0.0, 7 },
		{ "1e99999999999999999999", INFINITY, 22 },
		{ "1e-99999999999999999999", 0, 23 },
		{ "0e99999999999999999999", 0, 22 },
		{ "inf", INFINITY, 3 },
		{ "INF", INFINITY, 3 },
		{ "Inf", INFINITY, 3 },
		{ "iNf", INFINITY, 3 },
		{ "-inf", -INFINITY, 4 },
		{ "+Inf", INFINITY, 4 },
		{ "infinity", INFINITY, 8 },
		{ "-Infinity", -INFINITY, 9 },
		{ "+INFINITY", INFINITY, 9 },
		{ "iNfInItY", INFINITY, 8 },
		{ "infinit", INFINITY, 3 },
		{ "infin", INFINITY, 3 },
		{ "-infinite", -INFINITY, 4 },
		{ "infinityx", INFINITY, 8 },
		{ "in", 0, -1 },
		{ "-i", 0, -1 },
		{ "1infinity", 1, 1 },
		{ "1.7976931348623157e308", DBL_MAX, 22 },
		{ "1.7976931348623158e308", DBL_MAX, 22 },
		{ "1.7976931348623159e308", INFINITY, 22 },
		{ "2.2250738585072014e-308", DBL_MIN, 23 },
		{ "2.2250738585072011e-308", 0x0.fffffffffffffp-1022, 23 },
		{ "2.2250738585072012e-308", DBL_MIN, 23 },
		{ "5e-324", 0x1p-1074, 6 },
		{ "4.9406564584124654e-324", 0x1p-1074, 23 },
		{ "2.4703282292062328e-324", 0x1p-1074, 23 },
		{ "2.4703282292062327e-324", 0, 23 },
		{ "2.4703282292062327208299e-324", 0, 29 },
		{ "1e22", 1e22, 4 },
		{ "1e23", 0x1.52d02c7e14af6p+76, 4 },
		{ "9007199254740991", 0x1.fffffffffffffp+52, 16 },
		{ "9007199254740993", 0x1p53, 16 },
		{ "9007199254740993.0", 0x1p53, 18 },
		{ "9007199254740993.00000000000000000000001", 0x1.0000000000001p53, 40 },
		{ "9007199254740995", 0x1.0000000000002p53, 16 },
		{ "18446744073709551615", 0x1p64, 20 },
		{ "18446744073709551616", 0x1p64, 20 },
		{ "9999999999999999999", 1e19, 19 },
		{ "0.0000000000000000000000123", 1.23e-23, 27 },
		{ "123456789012345678901234567890", 123456789012345678901234567890.0, 30 },
		{ "284.8333333333333", 0x1.1cd5555555555p+8, 17 },
		{ "12.3456", 12.3456, 7 },
		{ "1034", 1034, 4 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		check_value(cases[i].text, cases[i].value, cases[i].length);
		for (size_t j = 0; j < NFOLLOWER; j++)
			check_parse_before(cases[i].text, strlen(cases[i].text), followers[j]);
	}
	unit_report("parse: cases of the grammar");
}

/* All lengths and places of the point and the end, around words and their ends. */
static void test_shapes(void)
{
	char text[80];
	for (int whole = 0; whole <= 22; whole++) {
		for (int fraction = -1; fraction <= 22; fraction++) {
			for (int sign = 0; sign < 3; sign++) {
				char *p = text;
				if (sign)
					*p++ = "-+"[sign - 1];
				for (int i = 0; i < whole; i++)
					*p++ = (char)('0' + random_below(10));
				if (fraction >= 0)
					*p++ = '.';
				for (int i = 0; i < fraction; i++)
					*p++ = (char)('0' + random_below(10));
				*p = '\0';
				for (size_t j = 0; j < NFOLLOWER; j++)
					check_parse_before(text, (size_t)(p - text), followers[j]);
			}
		}
	}
	unit_report("parse: numbers of all shapes before all kinds of bytes");
}

static void test_random_text(long n)
{
	static const char letters[] = "0123456789012345678901234567890123456789...--"
				      "+eEinf/:;x\xae\xad\t ";
	char text[40];
	for (long i = 0; i < n; i++) {
		unsigned length = random_below(24);
		unsigned nletter = random_below(4) ? 45 : (unsigned)sizeof letters - 1;
		for (unsigned j = 0; j < length; j++)
			text[j] = letters[random_below(nletter)];
		text[length] = '\0';
		check_parse(text);
	}
	unit_report("parse: random characters");
}

/* A sign, "infinity" in any case, cut anywhere, with one letter changed or one behind it. */
static void test_random_infinity(long n)
{
	static const char letters[] = "infty INFTY09.+-e\t";
	for (long i = 0; i < n; i++) {
		char text[16] = "", *p = text;
		if (random_below(3))
			*p++ = "+-"[random_below(2)];
		for (unsigned j = 0, length = random_below(9); j < length; j++) {
			char letter = "infinity"[j];
			*p++ = random_below(2) ? letter : (char)(letter & ~32);
		}
		if (random_below(2))
			*p++ = letters[random_below(sizeof letters - 1)];
		if (p > text && random_below(2))
			text[random_below((unsigned)(p - text))] =
				letters[random_below(sizeof letters - 1)];
		check_parse(text);
	}
	unit_report("parse: spellings of infinity, and what is none");
}

static char *random_decimal(char *p, unsigned ndigit)
{
	unsigned point = random_below(ndigit + 1);
	if (random_below(4) == 0)
		*p++ = '-';
	for (unsigned i = 0; i < ndigit; i++) {
		if (i == point)
			*p++ = '.';
		*p++ = (char)('0' + random_below(10));
	}
	*p = '\0';
	return p;
}

static void test_random_decimals(long n)
{
	char text[80];
	for (long i = 0; i < n; i++) {
		unsigned ndigit = 1 + random_below(random_below(4) ? 20 : 40);
		char *p = random_decimal(text, ndigit);
		switch (random_below(4)) {
		case 0:
			sprintf(p, "e%d", (int)random_below(60) - 30);
			break;
		case 1:
			sprintf(p, "e%d", (int)random_below(720) - 370);
			break;
		}
		check_parse(text);
	}
	unit_report("parse: random decimals of 1 to 40 digits");
}

/* Exactly what the power of ten gives, and what nineteen digits just cannot tell. */
static void test_random_doubles_text(long n)
{
	char text[80];
	for (long i = 0; i < n; i++) {
		double value = unit_double(unit_draw());
		if (!isfinite(value))
			continue;
		sprintf(text, "%.*e", (int)random_below(25), value);
		check_parse(text);
	}
	unit_report("parse: random doubles with 1 to 25 digits");
}

#if LDBL_MANT_DIG >= 64
static void check_halfway(uint64_t bits)
{
	char text[1200];
	long double below = unit_double(bits);
	uint64_t above_bits = bits + 1;
	long double above = unit_double(above_bits);
	if (above_bits == unit_bits(INFINITY))
		above = 0x1p1024L;
	uint64_t even = bits & 1 ? above_bits : bits;

	/* As near as it gets in one word. */
	for (int ndigit = 16; ndigit <= 20; ndigit++) {
		sprintf(text, "%.*Le", ndigit - 1, (below + above) / 2);
		check_parse(text);
	}

	/* There are at most 768 digits. */
	sprintf(text, "%.800Le", (below + above) / 2);
	char exponent[16];
	char *end = strchr(text, 'e');
	strcpy(exponent, end);
	while (end[-1] == '0')
		end--;

	char *last = end - 1;
	if (*last == '.')
		last--;
	unsigned nine = 20 + random_below(60);
	unsigned nzero = 20 + random_below(300);
	double value = 0;

	for (int kind = 0; kind < 3; kind++) {
		char copy[1600];
		size_t length = (size_t)(end - text);
		memcpy(copy, text, length);
		uint64_t expected = even;
		if (kind == 1) {
			memset(copy + length, '0', nzero);
			length += nzero;
			copy[length++] = '1';
			expected = above_bits;
		} else if (kind == 2) {
			copy[last - text]--;
			memset(copy + length, '9', nine);
			length += nine;
			expected = bits;
		}
		strcpy(copy + length, exponent);
		const char *stop = gx_number_parse(copy, &value);
		if (stop != copy + strlen(copy) || unit_bits(value) != expected)
			unit_fail("halfway above %a, kind %d: %a", unit_double(bits), kind, value);
		if (unit_bits(strtod(copy, NULL)) != expected)
			unit_fail("strtod fails halfway above %a", unit_double(bits));
	}
}

static void test_halfway(long n)
{
	for (uint64_t field = 0; field < 0x7ff; field++) {
		check_halfway(field << 52);
		check_halfway((field << 52) + 1);
		check_halfway((field << 52) + (UINT64_C(1) << 52) - 1);
	}
	for (long i = 0; i < n; i++)
		check_halfway((unit_draw() >> 1) % unit_bits(INFINITY));
	/* Where few digits make a tie. */
	for (long i = 0; i < n; i++) {
		uint64_t c = (UINT64_C(1) << 52) + (unit_draw() >> 12);
		check_halfway(unit_bits(ldexp((double)c, (int)random_below(24) - 12)));
	}
	unit_report("parse: between two doubles, and a little more or less");
}
#endif

static void test_long(void)
{
	size_t room = 3 * LONG_DIGITS;
	char *text = unit_allocate(room, 1);
	memset(text, '0', room);
	strcpy(text + LONG_DIGITS, "17.25");
	check_parse(text);

	memset(text, '0', room);
	memcpy(text, "-0.", 3);
	sprintf(text + LONG_DIGITS, "125e%d", LONG_DIGITS);
	check_parse(text);

	memset(text, '0', room);
	*text = '3';
	sprintf(text + LONG_DIGITS, "e-%d", LONG_DIGITS - 1);
	check_parse(text);
	text[LONG_DIGITS] = '\0';
	check_parse(text);

	memset(text, '3', LONG_DIGITS);
	text[1] = '.';
	check_parse(text);
	memcpy(text, "0.", 2);
	check_parse(text);
	memset(text, '9', LONG_DIGITS);
	check_parse(text);
	sprintf(text + LONG_DIGITS, "e-%d", LONG_DIGITS + 300);
	check_parse(text);

	/* 2^53 + 1 is a tie, whatever zeros follow; a one after them is not nothing. */
	memset(text, '0', room);
	memcpy(text, "9007199254740993.", 17);
	text[LONG_DIGITS] = '\0';
	check_parse(text);
	text[LONG_DIGITS - 1] = '1';
	check_parse(text);
	memset(text, '0', LONG_DIGITS);
	memcpy(text, "1e", 2);
	text[LONG_DIGITS - 1] = '5';
	check_parse(text);
	memset(text + 2, '9', LONG_DIGITS - 2);
	check_parse(text);
	text[1] = 'E';
	text[2] = '-';
	check_parse(text);
	free(text);
	unit_report("parse: a million digits");
}

/* What number.h says of digits times 10^(exponent - ndigit + 1). */
static void format(char *out, bool negative, const char *digits, int ndigit, int exponent)
{
	if (negative)
		*out++ = '-';
	if (exponent < -4 || exponent >= 16) {
		*out++ = digits[0];
		if (ndigit > 1)
			out += sprintf(out, ".%.*s", ndigit - 1, digits + 1);
		sprintf(out, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
	} else if (exponent < 0) {
		sprintf(out, "0.%.*s%.*s", -exponent - 1, "000", ndigit, digits);
	} else {
		int i = 0;
		for (; i <= exponent; i++)
			*out++ = i < ndigit ? digits[i] : '0';
		if (i < ndigit)
			out += sprintf(out, ".%.*s", ndigit - i, digits + i);
		*out = '\0';
	}
}

/* Prints into `text`, with care for what is around it. */
static void print(double value, char *text)
{
	char room[GX_NUMBER_MAX + 16];
	memset(room, '#', sizeof room);
	char *end = gx_number_print(value, room);
	for (size_t i = GX_NUMBER_MAX; i < sizeof room; i++)
		if (room[i] != '#')
			unit_fail("%a: writes past the room", value);
	if (end <= room || end > room + GX_NUMBER_MAX)
		unit_fail("%a: %td characters", value, end - room);
	else
		memcpy(text, room, (size_t)(end - room));
	text[end - room] = '\0';
}

static bool reads_back(const char *text, double value)
{
	return unit_bits(strtod(text, NULL)) == unit_bits(value);
}

/* The n digits next to v, moved by `step` in the last one, as d.ddde+xx; NULL: no such. */
static const char *digits_near(double value, int ndigit, int step, char *text)
{
	sprintf(text, "%.*e", ndigit - 1, fabs(value));
	char *last = strchr(text, 'e') - 1;
	if (*last + step < '0' || *last + step > '9')
		return NULL;
	*last = (char)(*last + step);
	return text;
}

static void check_print(double value)
{
	char text[GX_NUMBER_MAX + 1];
	print(value, text);
	if (!reads_back(text, value)) {
		unit_fail("%a: '%s' reads as %a", value, text, strtod(text, NULL));
		return;
	}
	char copy[GX_NUMBER_MAX + 1 + GX_NUMBER_SLACK] = { 0 };
	strcpy(copy, text);
	double again = 0;
	const char *end = gx_number_parse(copy, &again);
	if (end != copy + strlen(copy) || unit_bits(again) != unit_bits(value))
		unit_fail("%a: '%s' parses as %a", value, text, again);
	if (value == 0) {
		if (strcmp(text, signbit(value) ? "-0" : "0") != 0)
			unit_fail("zero is '%s'", text);
		return;
	}

	/* The digits without zeros on either side. */
	char digits[GX_NUMBER_MAX];
	int ndigit = 0;
	for (const char *p = text; *p != '\0' && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9' && (ndigit > 0 || *p != '0'))
			digits[ndigit++] = *p;
	while (ndigit > 1 && digits[ndigit - 1] == '0')
		ndigit--;
	if (ndigit == 0 || ndigit > 17) {
		unit_fail("%a: '%s' has %d digits", value, text, ndigit);
		return;
	}

	/*
	 * Not one digit less: the nearest decimal of that length reads as another double.
	 * Below a power of two the gap is smaller, and then it may be the one after it.
	 */
	char shorter[40];
	bool uneven = (unit_bits(value) & ((UINT64_C(1) << 52) - 1)) == 0;
	for (int step = -uneven; ndigit > 1 && step <= uneven; step++)
		if (digits_near(value, ndigit - 1, step, shorter) &&
		    reads_back(shorter, fabs(value)))
			unit_fail("%a: '%s', but '%s' will do", value, text, shorter);

	/* The nearest of its length, unless that reads as another double, and its form. */
	char nearest[40];
	digits_near(value, ndigit, 0, nearest);
	int exponent = atoi(strchr(nearest, 'e') + 1);
	if (reads_back(nearest, fabs(value))) {
		const char *near = nearest;
		if (ndigit > 1) {
			nearest[1] = nearest[0];
			near++;
		}
		if (memcmp(near, digits, (size_t)ndigit) != 0)
			unit_fail("%a: '%s', but %.*s is nearer", value, text, ndigit, near);
	} else if (!uneven) {
		unit_fail("%a: '%s' is longer than needed", value, text);
	}
	char expected[64];
	format(expected, signbit(value), digits, ndigit, exponent);
	if (strcmp(text, expected) != 0)
		unit_fail("%a: '%s', not '%s'", value, text, expected);
}

static void check_print_around(double value)
{
	uint64_t bits = unit_bits(value);
	for (int step = -2; step <= 2; step++) {
		double near = unit_double(bits + (uint64_t)(int64_t)step);
		if (isfinite(near)) {
			check_print(near);
			check_print(-near);
		}
	}
}

static void check_text(double value, const char *expected)
{
	char text[GX_NUMBER_MAX + 1];
	print(value, text);
	if (strcmp(text, expected) != 0)
		unit_fail("%a: '%s', not '%s'", value, text, expected);
}

static void test_print_cases(void)
{
	check_text(0, "0");
	check_text(-0.0, "-0");
	check_text(12, "12");
	check_text(-12, "-12");
	check_text(0.1, "0.1");
	check_text(0.5, "0.5");
	check_text(-0.25, "-0.25");
	check_text(1e-4, "0.0001");
	check_text(1e-5, "1e-05");
	check_text(-1.5e-5, "-1.5e-05");
	check_text(1e5, "100000");
	check_text(1e15, "1000000000000000");
	check_text(1e16, "1e+16");
	check_text(1e22, "1e+22");
	check_text(1e23, "1e+23");
	check_text(1.5e300, "1.5e+300");
	check_text(1e100, "1e+100");
	check_text(99999999, "99999999");
	check_text(100000000, "100000000");
	check_text(99999999.5, "99999999.5");
	check_text(123456789.125, "123456789.125");
	check_text(9007199254740991, "9007199254740991");
	check_text(9007199254740992, "9007199254740992");
	check_text(9007199254740993.0, "9007199254740992");
	check_text(9999999999999998, "9999999999999998");
	check_text(1234567890123456.7, "1234567890123456.8");
	check_text(0.00012345678901234567, "0.00012345678901234567");
	check_text(-0.00012345678901234567, "-0.00012345678901234567");
	check_text(284.8333333333333, "284.8333333333333");
	check_text(0x1p-1074, "5e-324");
	check_text(0x2p-1074, "1e-323");
	check_text(DBL_MIN, "2.2250738585072014e-308");
	check_text(0x0.fffffffffffffp-1022, "2.225073858507201e-308");
	check_text(DBL_MAX, "1.7976931348623157e+308");
	check_text(-DBL_MAX, "-1.7976931348623157e+308");
	check_text(0x1p-44, "5.684341886080802e-14");
	check_text(2e-308, "2e-308");
	check_text(INFINITY, "Inf");
	check_text(-INFINITY, "-Inf");
	check_text(NAN, "NA");
	check_text(-NAN, "NA");
	check_text(unit_double(GX_NAN_BITS), "NA");
	check_text(unit_double(0x7ff0000000000001), "NA");
	check_text(unit_double(0xffffffffffffffff), "NA");
	unit_report("print: cases");
}

static void test_print_powers(void)
{
	for (int e = -1074; e < 1024; e++)
		check_print_around(ldexp(1, e));
	unit_report("print: powers of two and their neighbours");
	for (int e = -323; e <= 308; e++) {
		char text[16];
		sprintf(text, "1e%d", e);
		check_print_around(strtod(text, NULL));
	}
	unit_report("print: powers of ten and their neighbours");
	for (long i = 0; i < 20000; i++)
		check_print((double)i);
	for (double x = 1e7; x < 1e17; x *= 1.01)
		check_print_around(floor(x));
	unit_report("print: integers");
}

static void test_print_random(long n)
{
	for (long i = 0; i < n; i++) {
		double value = unit_double(unit_draw());
		if (isfinite(value))
			check_print(value);
	}
	unit_report("print: random bits");
	for (long i = 0; i < n / 8; i++)
		check_print(unit_double(unit_draw() >> (12 + random_below(52))));
	unit_report("print: random subnormals");
	for (long i = 0; i < n; i++) {
		static const double scales[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e9 };
		uint64_t whole = unit_draw() >> (14 + random_below(50));
		check_print((double)whole / scales[random_below(8)]);
	}
	unit_report("print: random decimals of few digits");
	/* Multiples of powers of two, where decimals come close to halfway and to ties. */
	for (long i = 0; i < n / 4; i++) {
		double whole = (double)(unit_draw() >> (11 + random_below(40)));
		check_print(ldexp(whole, (int)random_below(30) - 15));
	}
	unit_report("print: random dyadic fractions and large integers");
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 200000;
	test_grammar();
	test_shapes();
	test_random_text(n);
	test_random_infinity(n);
	test_random_decimals(4 * n);
	test_random_doubles_text(n);
#if LDBL_MANT_DIG >= 64
	test_halfway(n / 30);
#endif
	test_long();
	test_print_cases();
	test_print_powers();
	test_print_random(n);
	return unit_end();
}
