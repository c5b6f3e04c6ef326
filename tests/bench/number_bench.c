/* SPDX-License-Identifier: MIT */
/*
 * Nanoseconds per number, against printf("%.17g") and strtod, which take turns with gx, and of
 * printing with at most four and eight digits; medians of ROUNDS. The numbers stand in one line with TABs between, as in a table.
 */
#include "number/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COUNT 100000
#define ROUNDS 15
#define WIDTH 32

enum method { GX_PRINT, GX_PRINT_4, GX_PRINT_8, C_PRINT, GX_PARSE, C_PARSE, NMETHOD };

static double values[COUNT];
static double parsed[COUNT];
static char printed[COUNT * WIDTH + GX_NUMBER_MAX];
static char text[COUNT * WIDTH + GX_NUMBER_SLACK];
static uint64_t random_state = 1;

static uint64_t random_bits(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double uniform(void)
{
	return (double)(random_bits() >> 11) * 0x1p-53;
}

static double finite_bits(void)
{
	uint64_t bits;
	do
		bits = random_bits();
	while ((bits >> 52 & 0x7ff) == 0x7ff);
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static double unit(void)
{
	return uniform();
}

static double thousands(void)
{
	return 1000 * uniform();
}

static double signed_values(void)
{
	return 3 * (uniform() + uniform() + uniform() - 1.5);
}

static double tens(void)
{
	return 10 + 90 * uniform();
}

static double counts(void)
{
	double u = uniform();
	return (double)(int)(2000 * u * u * u);
}

static double two_digits(void)
{
	return (double)(10 + random_bits() % 90);
}

static double sparse_counts(void)
{
	return random_bits() % 10 ? 0 : (double)(1 + random_bits() % 99);
}

static double sparse_logs(void)
{
	return random_bits() % 10 ? 0 : 10 * uniform();
}

static const struct {
	const char *name;
	double (*make)(void);
	const char *format; /* the numbers are rounded by printing and reading them */
} kinds[] = {
	{ "random bits", finite_bits, "%.17g" },
	{ "0 to 1, all digits", unit, "%.17g" },
	{ "0 to 1000, all digits", thousands, "%.17g" },
	{ "0 to 1000, 15 digits", thousands, "%.15g" },
	{ "10 to 100, 4 decimals", tens, "%.4f" },
	{ "0 to 1000, 4 decimals", thousands, "%.4f" },
	{ "-4.5 to 4.5, 4 decimals", signed_values, "%.4f" },
	{ "0 to 1, 6 decimals", unit, "%.6f" },
	{ "counts, 2 digits", two_digits, "%.0f" },
	{ "counts, 1 to 4 digits", counts, "%.0f" },
	{ "counts, 90 % zeros", sparse_counts, "%.0f" },
	{ "4 decimals, 90 % zeros", sparse_logs, "%.4g" },
};
#define NKIND (sizeof kinds / sizeof kinds[0])

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t run(enum method method)
{
	char *out = printed;
	const char *in = text;
	switch (method) {
	case GX_PRINT:
		for (size_t i = 0; i < COUNT; i++) {
			out = gx_number_print(values[i], out);
			*out++ = '\t';
		}
		return (size_t)(out - printed);
	case GX_PRINT_4:
	case GX_PRINT_8:
		for (size_t i = 0; i < COUNT; i++) {
			out = gx_number_print_rounded(values[i], method == GX_PRINT_4 ? 4 : 8, out);
			*out++ = '\t';
		}
		return (size_t)(out - printed);
	case C_PRINT:
		for (size_t i = 0; i < COUNT; i++)
			out += sprintf(out, "%.17g\t", values[i]);
		return (size_t)(out - printed);
	case GX_PARSE:
		for (size_t i = 0; i < COUNT; i++) {
			in = gx_number_parse(in, &parsed[i]);
			if (in == NULL || *in++ != '\t')
				abort();
		}
		return (size_t)(in - text);
	default:
		for (size_t i = 0; i < COUNT; i++) {
			char *end;
			parsed[i] = strtod(in, &end);
			in = end + 1;
		}
		return (size_t)(in - text);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void bench(size_t kind)
{
	char *out = text;
	for (size_t i = 0; i < COUNT; i++) {
		char *start = out;
		out += sprintf(out, kinds[kind].format, kinds[kind].make());
		values[i] = strtod(start, NULL);
		*out++ = '\t';
	}

	double times[NMETHOD][ROUNDS];
	size_t bytes[NMETHOD];
	for (size_t round = 0; round < ROUNDS; round++) {
		for (int method = 0; method < NMETHOD; method++) {
			double start = seconds();
			bytes[method] = run((enum method)method);
			times[method][round] = seconds() - start;
		}
		if (memcmp(values, parsed, sizeof values) != 0)
			abort();
	}
	double median[NMETHOD];
	for (int method = 0; method < NMETHOD; method++) {
		qsort(times[method], ROUNDS, sizeof times[method][0], compare);
		median[method] = times[method][ROUNDS / 2];
	}
	printf("%-24s print %5.1f ns %5.0f MB/s %5.1f x printf   "
	       "to 4 digits %5.1f ns, to 8 %5.1f ns   parse %5.1f ns %5.0f MB/s %5.1f x strtod\n",
	       kinds[kind].name, 1e9 * median[GX_PRINT] / COUNT,
	       1e-6 * (double)bytes[GX_PRINT] / median[GX_PRINT],
	       median[C_PRINT] / median[GX_PRINT], 1e9 * median[GX_PRINT_4] / COUNT,
	       1e9 * median[GX_PRINT_8] / COUNT, 1e9 * median[GX_PARSE] / COUNT,
	       1e-6 * (double)bytes[GX_PARSE] / median[GX_PARSE],
	       median[C_PARSE] / median[GX_PARSE]);
}

int main(void)
{
	for (size_t kind = 0; kind < NKIND; kind++)
		bench(kind);
	return 0;
}
