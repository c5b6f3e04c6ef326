/* SPDX-License-Identifier: MIT */
#include "format/table/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/message.h"

size_t gx_columns_choose(const char *list, const struct gx_names *names, size_t n,
			 const char *option, bool *chosen)
{
	for (const char *p = list;; p++) {
		size_t k = strcspn(p, ",");
		uint64_t number = 0;
		bool is_number = gx_decimal_read(p, k, &number);
		size_t named = 0, hits = 0;
		const char *name = names->text;
		for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
			if (strlen(name) == k && memcmp(name, p, k) == 0) {
				named = i + 1;
				hits++;
			}
		if (is_number && hits && named != number)
			gx_die_usage(
				"%s: %s is the number of one column and the name of another: "
				"choose by the numbers of the columns in the file, after "
				"renaming it",
				option, gx_show(p, k));
		if (hits > 1)
			gx_die_usage("%s: %zu columns are named %s: choose by number",
				     option, hits, gx_show(p, k));
		if (!is_number)
			number = named;
		if (number < 1 || number > n)
			gx_die_usage(
				"%s: there is no column %s among the %zu of the file",
				option, gx_show(p, k), n);
		chosen[number - 1] = true;
		p += k;
		if (!*p)
			break;
	}
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += chosen[i];
	return count;
}
