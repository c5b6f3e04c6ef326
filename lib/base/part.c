/* SPDX-License-Identifier: MIT */
#include "base/part.h"

#include <string.h>

#include "base/decimal.h"

uint64_t gx_part_bound(uint64_t units, uint64_t k, uint64_t n)
{
	uint64_t each = units / n, more = units % n;
	return each * k + (k < more ? k : more);
}

bool gx_part_parse(const char *text, struct gx_part *part, const char **why)
{
	size_t k = strcspn(text, "/");
	if (!gx_decimal_read(text, k, &part->k) || text[k] != '/' ||
	    !gx_decimal_read(text + k + 1, strlen(text + k + 1), &part->n))
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
