/* SPDX-License-Identifier: MIT */
/*
 * The input is read as a number, and its first eight bytes are printed as a double. What
 * is read must be what strtod makes of the same characters; what is printed must read
 * back as the same double.
 */
#include "number/number.h"

#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static uint64_t bits_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins_number(const char *text)
{
	text += *text == '+' || *text == '-';
	return is_digit(*text) || (*text == '.' && is_digit(text[1])) ||
	       ((text[0] | 32) == 'i' && (text[1] | 32) == 'n' && (text[2] | 32) == 'f');
}

/* Whether the number that ends at `end` could go on. */
static bool goes_on(const char *text, const char *end)
{
	const char *word = text + (*text == '+' || *text == '-');
	if ((*word | 32) == 'i')
		return end == word + 3 && strncasecmp(end, "inity", 5) == 0;
	if (is_digit(*end))
		return true;
	bool seen = false;
	for (const char *p = text; p < end && !seen; p++)
		seen = (*p | 32) == 'e';
	if (seen)
		return false;
	if (*end == '.')
		return memchr(text, '.', (size_t)(end - text)) == NULL;
	if ((*end | 32) != 'e')
		return false;
	end += end[1] == '+' || end[1] == '-';
	return is_digit(end[1]);
}

static void check_parse(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1 + GX_NUMBER_SLACK);
	require(text != NULL);
	memcpy(text, data, size);
	text[size] = size % 2 ? '\t' : '\0';
	memset(text + size + 1, '9', GX_NUMBER_SLACK);

	double value = 0;
	const char *end = gx_number_parse(text, &value);
	require((end != NULL) == begins_number(text));
	if (end != NULL) {
		require(!goes_on(text, end));
		text[end - text] = '\0';
		char *stop;
		double expected = strtod(text, &stop);
		require(stop == end && bits_of(value) == bits_of(expected));
	}
	free(text);
}

static void check_print(const uint8_t *data)
{
	double value;
	double again;
	memcpy(&value, data, sizeof value);
	char text[GX_NUMBER_MAX + 1 + GX_NUMBER_SLACK] = { 0 };
	char *end = gx_number_print(value, text);
	require(end > text && end <= text + GX_NUMBER_MAX);
	*end = '\0';
	if (value != value) {
		require(strcmp(text, "NA") == 0);
		return;
	}
	require(bits_of(strtod(text, NULL)) == bits_of(value));
	require(gx_number_parse(text, &again) == end && bits_of(again) == bits_of(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_parse(data, size);
	if (size >= sizeof(double))
		check_print(data);
	return 0;
}
