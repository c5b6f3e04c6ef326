/* SPDX-License-Identifier: MIT */
#include "base/part.h"

#include <stddef.h>

uint64_t gx_part_bound(uint64_t units, uint64_t k, uint64_t n)
{
	uint64_t each = units / n, more = units % n;
	return each * k + (k < more ? k : more);
}

/* Digits only, no sign, no blank, and no overflow: NULL where there are none. */
static const char *digits(const char *text, uint64_t *value)
{
	const char *p = text;
	*value = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value))
			return NULL;
	return p == text ? NULL : p;
}

bool gx_part_parse(const char *text, struct gx_part *part, const char **why)
{
	const char *p = digits(text, &part->k);
	if (!p || *p != '/' || !(p = digits(p + 1, &part->n)) || *p)
		*why = "a part is K/N, such as 3/8";
	else if (part->n == 0)
		*why = "N, the number of parts, is at least 1";
	else if (part->k == 0)
		*why = "parts count from 1: 1/N to N/N (--array=1-N)";
	else if (part->k > part->n)
		*why = "K is above N: the parts are 1/N to N/N";
	else
		return true;
	return false;
}
