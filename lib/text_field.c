/* SPDX-License-Identifier: MIT */
#include "text_field.h"

#include <stdbool.h>
#include <string.h>

char *gx_field_print(const char *name, size_t nname, char delimiter, char *out)
{
	bool quote = nname && name[0] == '"';
	for (size_t i = 0; i < nname && !quote; i++)
		quote = name[i] == delimiter || name[i] == '\t' || name[i] == '\n' || name[i] == '\r';
	if (!quote) {
		memcpy(out, name, nname);
		return out + nname;
	}
	*out++ = '"';
	for (size_t i = 0; i < nname; i++) {
		if (name[i] == '"')
			*out++ = '"';
		*out++ = name[i];
	}
	*out++ = '"';
	return out;
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
