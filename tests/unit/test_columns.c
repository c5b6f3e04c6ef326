/* SPDX-License-Identifier: MIT */
/* Columns chosen by name and number, beside a plain search, and what is refused. */
#include "format/table/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20000, NAMES = 14, TOKENS = 6, ROOM = 512 };

static int number, failures;

static void report(bool good, const char *what)
{
	failures += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	fflush(stdout);
}

static uint64_t random_below(uint64_t n)
{
	static uint64_t state = 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* ---- a plain search ---- */

enum verdict { FOUND, NUMBER_AND_NAME, SEVERAL, ABSENT };

/* What an entry may mean: columns called `name` or `whole`, or columns first to last. */
struct entry {
	const char *text;
	const char *name, *whole; /* NULL: it is no name */
	size_t first, last;	  /* 0: it is no number; last MANY: to the end */
};

enum { MANY = 99 };

static const struct entry entries[] = {
	{ "a", "a", NULL, 0, 0 },
	{ "b", "b", NULL, 0, 0 },
	{ "ab", "ab", NULL, 0, 0 },
	{ "c d", "c d", NULL, 0, 0 },
	{ "", "", NULL, 0, 0 },
	{ "1", "1", NULL, 1, 1 },
	{ "2", "2", NULL, 2, 2 },
	{ "3", "3", NULL, 3, 3 },
	{ "12", "12", NULL, 12, 12 },
	{ "13", "13", NULL, 13, 13 },
	{ "0", "0", NULL, 0, 0 },
	{ "01", "01", NULL, 1, 1 },
	{ "2-4", "2-4", NULL, 2, 4 },
	{ "3-3", "3-3", NULL, 3, 3 },
	{ "4-2", "4-2", NULL, 0, 0 },
	{ "2-", "2-", NULL, 2, MANY },
	{ "-2", "-2", NULL, 0, 0 },
	{ "0-2", "0-2", NULL, 0, 0 },
	{ "a-b", "a-b", NULL, 0, 0 },
	{ "name:1", "1", "name:1", 0, 0 },
	{ "name:ab", "ab", "name:ab", 0, 0 },
	{ "name:2-4", "2-4", "name:2-4", 0, 0 },
	{ "number:2", NULL, "number:2", 2, 2 },
	{ "number:2-4", NULL, "number:2-4", 2, 4 },
	{ "number:x", NULL, "number:x", 0, 0 },
	{ "\"2\"", "2", NULL, 0, 0 },
	{ "\"a,b\"", "a,b", NULL, 0, 0 },
	{ "\"name:1\"", "name:1", NULL, 0, 0 },
	{ "name:\"a\"\"b\"", "a\"b", NULL, 0, 0 },
	{ "number:\"2\"", NULL, NULL, 2, 2 },
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static const char *const words[] = { "a",    "b",   "ab",  "c d",    "1",	  "2",	 "3",
				     "12",   "13",  "0",   "01",     "2-4",	  "3-3", "2-",
				     "",     "a,b", "a\"b", "name:1", "number:2", "-2",	 "x" };

/* Sets want[] to the columns that an entry chooses. */
static enum verdict search(const char *const *name, size_t nname, size_t n, size_t id,
			   const struct entry *entry, bool *want)
{
	size_t hits = 0, called = 0, first = entry->first,
	       last = entry->last == MANY ? n : entry->last;
	bool other = false, wholes = false;
	if (first > last || last > n)
		first = last = 0;
	for (size_t i = 0; i < nname; i++) {
		bool whole = entry->whole && strcmp(name[i], entry->whole) == 0;
		if (!whole && (!entry->name || strcmp(name[i], entry->name) != 0))
			continue;
		other |= called && whole != wholes;
		wholes = whole;
		hits++;
		called = i + 1;
	}
	if (other || (called && first && (first != called || last != called)))
		return NUMBER_AND_NAME;
	if (hits > 1)
		return SEVERAL;
	if (!called && !first)
		return ABSENT;
	first = called ? called : first;
	last = called ? called : last;
	for (size_t i = first; i <= last; i++)
		if (i - 1 != id || first == last)
			want[i - 1] = true;
	return FOUND;
}

/* ---- ends of processes ---- */

/* The exit code of a child that chooses, and the beginning of what it says. */
static int child(const char *list, const struct gx_names *names, size_t n, size_t id,
		 char said[ROOM])
{
	int ends[2];
	bool chosen[NAMES] = { false };
	if (pipe(ends) != 0)
		exit(1);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		gx_columns_choose(list, names, n, id, "--columns", chosen);
		_exit(0);
	}
	close(ends[1]);
	ssize_t k = read(ends[0], said, ROOM - 1);
	said[k < 0 ? 0 : k] = 0;
	close(ends[0]);
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- random lists ---- */

static bool chosen_as_searched(bool seen[4])
{
	static const char *const said_words[][2] = {
		{ "", "" },
		{ "name:", "name of" },
		{ "columns are named", "choose by number" },
		{ "there is no column", "of the file" }
	};
	const char *name[NAMES];
	char list[TOKENS * 16] = "", said[ROOM];
	size_t n = 1 + random_below(NAMES), nname = random_below(4) ? n : 0;
	size_t id = random_below(2) ? random_below(n) : SIZE_MAX;
	size_t ntoken = 1 + random_below(TOKENS), want = 0;
	struct gx_names names = { 0 };
	for (size_t i = 0; i < nname; i++) {
		name[i] = words[random_below(sizeof words / sizeof *words)];
		gx_names_add(&names, name[i], strlen(name[i]));
	}
	bool wanted[NAMES] = { false }, chosen[NAMES] = { false };
	enum verdict verdict = FOUND;
	for (size_t i = 0; i < ntoken; i++) {
		const struct entry *entry = &entries[random_below(ENTRIES)];
		strcat(strcat(list, i ? "," : ""), entry->text);
		if (verdict == FOUND)
			verdict = search(name, nname, n, id, entry, wanted);
	}
	bool good;
	seen[verdict] = true;
	if (verdict == FOUND) {
		size_t got = gx_columns_choose(list, &names, n, id, "--columns", chosen);
		for (size_t i = 0; i < n; i++)
			want += wanted[i];
		good = got == want && memcmp(chosen, wanted, sizeof chosen) == 0;
		if (!good)
			printf("# %s of %zu columns: got %zu, want %zu\n", list, n, got, want);
	} else if (random_below(20)) {
		good = true; /* a process for each costs too much */
	} else {
		int code = child(list, &names, n, id, said);
		good = code == 2 && strstr(said, said_words[verdict][0]) &&
		       strstr(said, said_words[verdict][1]) && strstr(said, "--columns: ");
		if (verdict == NUMBER_AND_NAME)
			good = code == 2 && strstr(said, "name of") && strstr(said, "--columns: ");
		if (!good)
			printf("# %s of %zu columns: exit %d, %s\n", list, n, code, said);
	}
	gx_names_free(&names);
	return good;
}

/* ---- lists that are printed ---- */

/* The list of a random set chooses it again; it is as this file writes it, or of seq(1). */
static bool printed_is_chosen(void)
{
	bool set[40] = { false }, chosen[40] = { false };
	char list[400];
	struct gx_names none = { 0 };
	size_t n = 1 + random_below(40), nset = 0;
	for (size_t i = 0; i < n; i++)
		set[i] = random_below(3) > 0;
	set[random_below(n)] = true;
	for (size_t i = 0; i < n; i++)
		nset += set[i];
	size_t numbers = gx_columns_print(set, n, list, sizeof list);
	if (list[0] == '$')
		return true; /* columns.bats asks a shell */
	size_t got = gx_columns_choose(list, &none, n, SIZE_MAX, "--columns", chosen);
	return numbers > 0 && numbers <= nset && got == nset &&
	       memcmp(set, chosen, sizeof set) == 0;
}

static bool prints(const char *want, const char *pattern, size_t numbers)
{
	bool set[64] = { false };
	char list[400];
	size_t n = strlen(pattern);
	for (size_t i = 0; i < n; i++)
		set[i] = pattern[i] == 'x';
	size_t got = gx_columns_print(set, n, list, sizeof list);
	if (got == numbers && strcmp(list, want) == 0)
		return true;
	printf("# %s: got %s, %zu numbers\n", want, list, got);
	return false;
}

/* ---- as many as there are ---- */

/* Each column by its name: it takes a moment, and not 10^10 comparisons. */
static bool all_of_many(bool with_numbers)
{
	enum { ALL = 100000 };
	struct gx_names names = { 0 };
	char *list = malloc(ALL * 16), *p = list, text[16];
	bool *chosen = calloc(ALL, sizeof *chosen);
	for (size_t i = 0; i < ALL; i++) {
		int k = sprintf(text, "name%zu", i);
		gx_names_add(&names, text, (size_t)k);
		size_t other = (i * 7919 + 13) % ALL; /* in another order */
		if (i % 10 == 3)
			continue;
		if (with_numbers && i % 2)
			p += sprintf(p, "%s%zu", p == list ? "" : ",", other + 1);
		else
			p += sprintf(p, "%sname%zu", p == list ? "" : ",", other);
	}
	size_t got = gx_columns_choose(list, &names, ALL, SIZE_MAX, "--columns", chosen);
	bool good = got == ALL / 10 * 9;
	for (size_t i = 0; i < ALL; i++)
		good = good && chosen[(i * 7919 + 13) % ALL] == (i % 10 != 3);
	free(list);
	free(chosen);
	gx_names_free(&names);
	return good;
}

int main(void)
{
	bool good = true, seen[4] = { false };
	for (int round = 0; round < ROUNDS && good; round++)
		good = chosen_as_searched(seen);
	report(good, "lists of names and numbers choose what a plain search finds");
	report(seen[FOUND] && seen[NUMBER_AND_NAME] && seen[SEVERAL] && seen[ABSENT],
	       "all that can be found was met");
	report(all_of_many(false), "90,000 names of 100,000 columns");
	report(all_of_many(true), "names and numbers of 100,000 columns");

	struct gx_names names = { 0 };
	gx_names_add(&names, "a", 1);
	char said[ROOM];
	int code = child("18446744073709551617", &names, 1, SIZE_MAX, said);
	report(code == 2 && strstr(said, "there is no column"), "a number beyond 64 bits is none");
	static const char *const open[] = { "\"a", "\"", "\"a\"b", "\"a\"\"", "name:\"a\"b,1" };
	good = true;
	for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
		code = child(open[i], &names, 1, SIZE_MAX, said);
		good = good && code == 2 && strstr(said, "a quote is not closed");
	}
	report(good, "a quote that is not closed, or that text follows, is refused");
	gx_names_free(&names);

	good = true;
	for (int round = 0; round < ROUNDS && good; round++)
		good = printed_is_chosen();
	report(good, "a set is printed as a list that chooses it");
	report(prints("3", "..x...", 1) && prints("1,2,3", "xxx", 3) && prints("3-6", "..xxxx.", 2) &&
		       prints("2,4", ".x.x", 2) &&
		       prints("1,3-6,8", "x.xxxx.x", 4) &&
		       prints("$(seq -s, 2 2 24)", ".x.x.x.x.x.x.x.x.x.x.x.x", 3) &&
		       prints("2,4,6,8,10,12,14,16,18,20,22", ".x.x.x.x.x.x.x.x.x.x.x", 11),
	       "four and more are a range; many with steps between them are seq's");
	printf("1..%d\n", number);
	return failures != 0;
}
