/* SPDX-License-Identifier: MIT */
#include "format/market/kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/message.h"

static bool is_word(const char *word, size_t nword, const char *kind, size_t nkind)
{
	return nword == nkind && strncasecmp(word, kind, nkind) == 0;
}

void gx_kinds_add(struct gx_kinds *kinds, const char *kind, size_t n)
{
	const char *p = kinds->names.text;
	for (size_t i = 0; i < kinds->names.n; i++, p = gx_names_next(p))
		if (strlen(p) == n && memcmp(p, kind, n) == 0) {
			kinds->count[i]++;
			return;
		}
	if (kinds->names.n == GX_KINDS_MAX) {
		kinds->others++;
		return;
	}
	kinds->count[kinds->names.n] = 1;
	gx_names_add(&kinds->names, kind, n);
}

void gx_kinds_free(struct gx_kinds *kinds)
{
	gx_names_free(&kinds->names);
}

/* The next word of a list, without blanks around it; false behind the last. */
static bool next_word(const char **list, const char **word, size_t *n)
{
	if (!*list)
		return false;
	const char *p = *list + strspn(*list, " ");
	*n = strcspn(p, ",");
	*list = p[*n] ? p + *n + 1 : NULL;
	while (*n && p[*n - 1] == ' ')
		--*n;
	*word = p;
	return true;
}

bool gx_kinds_is_all(const char *list)
{
	return strcasecmp(list, "all") == 0;
}

bool gx_kinds_chosen(const char *list, const char *kind, size_t n)
{
	const char *word;
	size_t nword;
	if (!list || gx_kinds_is_all(list))
		return true;
	while (next_word(&list, &word, &nword))
		if (is_word(word, nword, kind, n))
			return true;
	return false;
}

/* "Gene Expression (2), Antibody Capture (1)", as much as fits. */
static const char *describe(const struct gx_kinds *kinds, char out[1024])
{
	size_t n = 0;
	const char *p = kinds->names.text;
	out[0] = 0;
	for (size_t i = 0; i < kinds->names.n && n < 800; i++, p = gx_names_next(p))
		n += (size_t)snprintf(out + n, 1024 - n, "%s%.100s (%" PRIu64 ")", i ? ", " : "", p,
				      kinds->count[i]);
	if (n >= 800 || kinds->others)
		strcpy(out + n, " ...");
	return out;
}

void gx_kinds_demand(const struct gx_kinds *kinds, const char *list, const char *input)
{
	const char *word, *rest = list;
	size_t n;
	if (gx_kinds_is_all(list))
		return;
	while (next_word(&rest, &word, &n)) {
		bool found = kinds->others > 0;
		const char *p = kinds->names.text;
		for (size_t i = 0; i < kinds->names.n && !found; i++, p = gx_names_next(p))
			found = is_word(word, n, p, strlen(p));
		char all[1024];
		if (!found)
			gx_die_usage("%s: --feature-type: there is no kind %s: there are %s", input,
				     gx_show(word, n), describe(kinds, all));
	}
}

void gx_kinds_ask(const struct gx_kinds *kinds, const char *input)
{
	char all[1024];
	gx_die_usage("%s: its features are of several kinds: %s: choose with --feature-type '%s', a "
		     "list with commas between, or all",
		     input, describe(kinds, all), kinds->names.text);
}

void gx_kinds_tell(const struct gx_kinds *kinds, struct gx_facts *facts)
{
	char text[2048];
	size_t n = 0;
	const char *p = kinds->names.text;
	for (size_t i = 0; i < kinds->names.n && n < 1800; i++, p = gx_names_next(p))
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%.100s:%" PRIu64, i ? "," : "", p,
				      kinds->count[i]);
	if (kinds->others)
		snprintf(text + n, sizeof text - n, ",others:%" PRIu64, kinds->others);
	if (kinds->names.n)
		gx_facts_tell(facts, "feature_types", "%s", text);
}

bool gx_kinds_is_known(const char *kind, size_t n)
{
	static const char *const known[] = { "Gene Expression",	     "Antibody Capture",
					     "CRISPR Guide Capture", "Multiplexing Capture",
					     "Antigen Capture",	     "Custom",
					     "Peaks",		     "VDJ" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_word(known[i], strlen(known[i]), kind, n))
			return true;
	return false;
}
