/* SPDX-License-Identifier: MIT */
/* Columns chosen by name and number, beside a plain search, and what is refused. */
#include "format/table/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 20000, NAMES = 12, TOKENS = 6, ROOM = 512 };

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

static enum verdict search(char (*name)[8], size_t nname, size_t n, const char *token, size_t *at)
{
	size_t hits = 0, last = 0, k = strlen(token);
	for (size_t i = 0; i < nname; i++)
		if (strcmp(name[i], token) == 0) {
			hits++;
			last = i + 1;
		}
	bool is_number = k > 0 && strspn(token, "0123456789") == k;
	unsigned long long value = is_number ? strtoull(token, NULL, 10) : last;
	if (is_number && hits && last != value)
		return NUMBER_AND_NAME;
	if (hits > 1)
		return SEVERAL;
	*at = (size_t)value;
	return value >= 1 && value <= n ? FOUND : ABSENT;
}

/* ---- ends of processes ---- */

/* The exit code of a child that chooses, and the beginning of what it says. */
static int child(const char *list, const struct gx_names *names, size_t n, char said[ROOM])
{
	int ends[2];
	bool chosen[NAMES] = { false };
	if (pipe(ends) != 0)
		exit(1);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		gx_columns_choose(list, names, n, "--columns", chosen);
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

/* A name or a token: few letters and digits, so that they meet. */
static void draw(char text[8])
{
	static const char *const words[] = { "a",  "b",	 "ab", "c d", "1",  "2",
					     "3",  "12", "0",  "",    "13", "01" };
	strcpy(text, words[random_below(12)]);
}

static bool chosen_as_searched(bool seen[4])
{
	static const char *const words[] = { "", "is the number of one column and the name of",
					     "columns are named", "there is no column" };
	char name[NAMES][8], token[TOKENS][8], list[TOKENS * 8] = "", said[ROOM];
	size_t n = 1 + random_below(NAMES), nname = random_below(4) ? n : 0;
	size_t ntoken = 1 + random_below(TOKENS), at = 0, want = 0;
	struct gx_names names = { 0 };
	for (size_t i = 0; i < nname; i++) {
		draw(name[i]);
		gx_names_add(&names, name[i], strlen(name[i]));
	}
	bool wanted[NAMES] = { false }, chosen[NAMES] = { false };
	enum verdict verdict = FOUND;
	for (size_t i = 0; i < ntoken; i++) {
		draw(token[i]);
		strcat(strcat(list, i ? "," : ""), token[i]);
		if (verdict == FOUND)
			verdict = search(name, nname, n, token[i], &at);
		if (verdict == FOUND)
			wanted[at - 1] = true;
	}
	bool good;
	seen[verdict] = true;
	if (verdict == FOUND) {
		size_t got = gx_columns_choose(list, &names, n, "--columns", chosen);
		for (size_t i = 0; i < n; i++)
			want += wanted[i];
		good = got == want && memcmp(chosen, wanted, sizeof chosen) == 0;
		if (!good)
			printf("# %s of %zu columns: got %zu, want %zu\n", list, n, got, want);
	} else if (random_below(20)) {
		good = true; /* a process for each costs too much */
	} else {
		int code = child(list, &names, n, said);
		good = code == 2 && strstr(said, words[verdict]) && strstr(said, "--columns: ");
		if (!good)
			printf("# %s of %zu columns: exit %d, %s\n", list, n, code, said);
	}
	gx_names_free(&names);
	return good;
}

/* ---- as many as there are ---- */

/* Each column by its name: it takes a moment, and not 10^10 comparisons. */
static bool all_of_many(bool with_numbers)
{
	enum { MANY = 100000 };
	struct gx_names names = { 0 };
	char *list = malloc(MANY * 16), *p = list, text[16];
	bool *chosen = calloc(MANY, sizeof *chosen);
	for (size_t i = 0; i < MANY; i++) {
		int k = sprintf(text, "name%zu", i);
		gx_names_add(&names, text, (size_t)k);
		size_t other = (i * 7919 + 13) % MANY; /* in another order */
		if (i % 10 == 3)
			continue;
		if (with_numbers && i % 2)
			p += sprintf(p, "%s%zu", p == list ? "" : ",", other + 1);
		else
			p += sprintf(p, "%sname%zu", p == list ? "" : ",", other);
	}
	size_t got = gx_columns_choose(list, &names, MANY, "--columns", chosen);
	bool good = got == MANY / 10 * 9;
	for (size_t i = 0; i < MANY; i++)
		good = good && chosen[(i * 7919 + 13) % MANY] == (i % 10 != 3);
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
	int code = child("18446744073709551617", &names, 1, said);
	report(code == 2 && strstr(said, "there is no column"), "a number beyond 64 bits is none");
	gx_names_free(&names);
	printf("1..%d\n", number);
	return failures != 0;
}
