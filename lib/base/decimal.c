/* SPDX-License-Identifier: MIT */
#include "base/decimal.h"

const char *gx_decimal_take(const char *text, size_t ntext, uint64_t *value)
{
	const char *p = text, *end = text + ntext;
	uint64_t n = 0;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return NULL;
	*value = n;
	return p == text ? NULL : p;
}

bool gx_decimal_read(const char *text, size_t ntext, uint64_t *value)
{
	return gx_decimal_take(text, ntext, value) == text + ntext && ntext > 0;
}

char *gx_count_print(uint64_t n, char *out)
{
	char digit[20];
	int k = 0;
	do
		digit[k++] = (char)('0' + n % 10);
	while (n /= 10);
	while (k)
		*out++ = digit[--k];
	return out;
}
