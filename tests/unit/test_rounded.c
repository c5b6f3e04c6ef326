/* SPDX-License-Identifier: MIT */
/*
 * Numbers printed with at most N digits, against printf of the C library, which rounds the
 * exact value of a double, ties to even. An argument is the number of random values of each
 * kind.
 */
#include "number/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/* Digits of a decimal without zeros at either end, the first one times 10^exponent. */
struct decimal {
	char digit[GX_NUMBER_DIGITS_MAX + 1];
	int ndigit, exponent;
};

static struct decimal decimal_of(double value, int ndigit)
{
	char text[64];
	struct decimal d = { .ndigit = ndigit };
	snprintf(text, sizeof text, "%.*e", ndigit - 1, fabs(value));
	d.digit[0] = text[0];
	memcpy(d.digit + 1, text + 2, (size_t)ndigit - 1);
	d.exponent = atoi(strchr(text, 'e') + 1);
	while (d.ndigit > 1 && d.digit[d.ndigit - 1] == '0')
		d.ndigit--;
	d.digit[d.ndigit] = 0;
	return d;
}

/* What number.h says of the form, digit by digit. */
static void spell(const struct decimal *d, bool negative, char *out)
{
	if (negative)
		*out++ = '-';
	if (d->exponent < -4 || d->exponent > 15) {
		sprintf(out, "%c%s%se%c%02d", d->digit[0], d->ndigit > 1 ? "." : "",
			d->digit + 1, d->exponent < 0 ? '-' : '+', abs(d->exponent));
		return;
	}
	if (d->exponent < 0) {
		sprintf(out, "0.%.*s%s", -d->exponent - 1, "000", d->digit);
		return;
	}
	for (int i = 0; i <= d->exponent || i < d->ndigit; i++) {
		if (i == d->exponent + 1)
			*out++ = '.';
		*out++ = i < d->ndigit ? d->digit[i] : '0';
	}
	*out = 0;
}

/* The number of digits of the shortest decimal of a double. */
static int shortest_digits(double value)
{
	char text[GX_NUMBER_MAX + 1];
	*gx_number_print(value, text) = 0;
	int n = 0, zeros = 0;
	for (const char *p = text; *p && *p != 'e'; p++) {
		if (*p < '0' || *p > '9' || (n == 0 && *p == '0'))
			continue;
		n++;
		zeros = *p == '0' ? zeros + 1 : 0;
	}
	return n - zeros;
}

static void check(double value, int ndigit)
{
	char got[GX_NUMBER_MAX + 17], want[GX_NUMBER_MAX + 1];
	memset(got, '#', sizeof got);
	char *end = gx_number_print_rounded(value, (unsigned)ndigit, got);
	for (size_t i = GX_NUMBER_MAX; i < sizeof got; i++)
		if (got[i] != '#')
			unit_fail("%a: writes past the room", value);
	*end = 0;
	if (!isfinite(value) || value == 0 || shortest_digits(value) <= ndigit) {
		*gx_number_print(value, want) = 0;
	} else {
		struct decimal d = decimal_of(value, ndigit);
		spell(&d, value < 0, want);
	}
	unit_text(got, want, "%a, %.17g, to %d digits", value, value, ndigit);
}

static void check_all(double value)
{
	for (int n = 1; n <= GX_NUMBER_DIGITS_MAX; n++) {
		check(value, n);
		check(-value, n);
	}
}

static void check_text(double value, int ndigit, const char *want)
{
	char got[GX_NUMBER_MAX + 1];
	*gx_number_print_rounded(value, (unsigned)ndigit, got) = 0;
	unit_text(got, want, "%a to %d digits", value, ndigit);
}

static void test_cases(void)
{
	check_text(0.5, 1, "0.5");
	check_text(2.5, 1, "2"); /* ties to even */
	check_text(3.5, 1, "4");
	check_text(0.125, 2, "0.12");
	check_text(0.375, 2, "0.38");
	check_text(-2.5, 1, "-2");
	check_text(25, 1, "20");
	check_text(35, 1, "40");
	check_text(12345, 4, "12340");
	check_text(12355, 4, "12360");
	/* No ties: what is above or below the decimal that is shown. */
	check_text(0.15, 1, "0.1");
	check_text(0.45, 1, "0.5");
	check_text(2.675, 3, "2.67");
	check_text(1.005, 3, "1");
	check_text(9.995e-5, 3, "0.0001");
	check_text(9.995e-4, 3, "0.000999");
	check_text(999.96, 4, "1000");
	check_text(999.94, 4, "999.9");
	check_text(9.9999, 1, "10");
	check_text(99999999, 7, "100000000");
	check_text(9.9999e15, 3, "1e+16");
	check_text(0.00009999, 2, "0.0001");
	check_text(123456789, 3, "123000000");
	check_text(123456789, 9, "123456789");
	check_text(1234567890123456789, 5, "1.2346e+18");
	check_text(1e22, 1, "1e+22");
	check_text(1e23, 1, "1e+23");
	check_text(9007199254740993, 16, "9007199254740992");
	check_text(9007199254740993, 15, "9007199254740990");
	check_text(0.1, 17, "0.1");
	check_text(1.0 / 3, 4, "0.3333");
	check_text(2.0 / 3, 4, "0.6667");
	check_text(0x1p-1074, 1, "5e-324");
	check_text(0x1p-1074, 17, "5e-324");
	check_text(DBL_MIN, 3, "2.23e-308");
	check_text(DBL_MAX, 1, "2e+308");
	check_text(DBL_MAX, 16, "1.797693134862316e+308");
	check_text(0, 1, "0");
	check_text(-0.0, 1, "-0");
	check_text(INFINITY, 1, "Inf");
	check_text(-INFINITY, 3, "-Inf");
	check_text(NAN, 2, "NA");
	unit_report("rounded: cases");
}

static void test_powers(void)
{
	for (int e = -1074; e < 1024; e++)
		for (uint64_t step = 0; step < 3; step++)
			check_all(unit_double(unit_bits(ldexp(1, e)) + step - 1));
	unit_report("rounded: powers of two and their neighbours");
	for (int e = -323; e <= 308; e++) {
		char text[16];
		snprintf(text, sizeof text, "1e%d", e);
		uint64_t bits = unit_bits(strtod(text, NULL));
		for (uint64_t step = 0; step < 4; step++)
			check_all(unit_double(bits + step - 1));
	}
	unit_report("rounded: powers of ten and their neighbours");
	for (int i = 0; i < 20000; i++)
		check(i, 1 + i % 5);
	for (double x = 1e3; x < 1e19; x *= 1.05)
		check_all(floor(x));
	unit_report("rounded: integers");
}

/* Decimals that end in a 5 behind N digits: exact ties, and doubles just above and below. */
static void test_halves(long n)
{
	for (long i = 0; i < n; i++) {
		int ndigit = 1 + (int)unit_draw_below(16);
		char text[64];
		uint64_t most = 1;
		for (int j = 0; j < ndigit; j++)
			most *= 10;
		uint64_t digits = most / 10 + unit_draw_below(most - most / 10);
		int exponent = (int)unit_draw_below(i & 1 ? 640 : 20) - (i & 1 ? 340 : 16);
		snprintf(text, sizeof text, "%llu5e%d", (unsigned long long)digits, exponent);
		double value = strtod(text, NULL);
		if (!isfinite(value) || value == 0)
			continue;
		for (int step = -1; step <= 1; step++) {
			double near = unit_double(unit_bits(value) + (uint64_t)(int64_t)step);
			if (isfinite(near))
				check(near, ndigit);
			if (isfinite(near) && ndigit > 1)
				check(near, ndigit - 1);
		}
	}
	unit_report("rounded: a five behind the last digit");
	for (long i = 0; i < n; i++) {
		/* Odd multiples of a power of two end in a 5, and are what they look like. */
		double whole = (double)((unit_draw() >> (24 + unit_draw_below(38))) | 1);
		double value = ldexp(whole, -(int)unit_draw_below(20));
		int all = shortest_digits(value);
		if (all > 1)
			check(value, all - 1);
	}
	unit_report("rounded: exact ties");
}

static void test_random(long n)
{
	for (long i = 0; i < n; i++) {
		double value = unit_double(unit_draw());
		if (isfinite(value))
			check(value, 1 + (int)unit_draw_below(17));
	}
	unit_report("rounded: random bits");
	for (long i = 0; i < n / 4; i++)
		check(unit_double(unit_draw() >> (12 + unit_draw_below(52))),
		      1 + (int)unit_draw_below(17));
	unit_report("rounded: random subnormals");
	for (long i = 0; i < n; i++) {
		static const double scales[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e9 };
		uint64_t whole = unit_draw() >> (14 + unit_draw_below(50));
		check((double)whole / scales[unit_draw_below(8)], 1 + (int)unit_draw_below(17));
	}
	unit_report("rounded: random decimals of few digits");
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 200000;
	test_cases();
	test_powers();
	test_halves(n);
	test_random(n);
	return unit_end();
}
