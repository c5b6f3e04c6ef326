/* SPDX-License-Identifier: MIT */
/* gx: lists the filters, runs one of them, shows its page. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "base/gx.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/simd.h"
#include "bytes/decoder.h"
#include "command/about.h"
#include "command/ask.h"
#include "command/completion.h"
#include "command/filters.h"
#include "command/help.h"
#include "command/hints.h"
#include "command/nearest.h"
#include "command/options.h"

#include "commit.h"

static const struct gx_option options[] = {
	{ 0, "completion", "SHELL", "print the completion for bash, zsh or fish", NULL, 0, 0 },
	{ 'h', "help", NULL, "print this help", NULL, 0, 0 },
	{ 'V', "version", NULL,
	  "print the version, and what gx was built of and runs on", NULL, 0, 0 },
};

static const struct gx_command command = {
	.name = "gx",
	.usage = "[FILTER [ARGUMENT ...] | help [NAME] | completion SHELL]",
	.summary = "Runs a filter: gx means is gx-means. Without arguments it lists the filters.",
	.example = { "gx help means", "gx means --skip-na --with-n counts.tsv" },
	.options = options,
	.noption = sizeof options / sizeof *options,
};

/* Text that is printed as a whole. */
struct text {
	char *bytes;
	size_t n;
	FILE *to;
};

static void begin(struct text *text)
{
	text->to = open_memstream(&text->bytes, &text->n);
	if (!text->to)
		gx_die(GX_EXIT_IO, "out of memory");
}

GX_NORETURN static void print(struct text *text)
{
	if (fclose(text->to) != 0)
		gx_die(GX_EXIT_IO, "out of memory");
	gx_end_printed(text->bytes, text->n);
}

static void own_options(struct gx_options *all)
{
	*all = (struct gx_options){ .command = &command };
	gx_options_add(all, "Options", options, sizeof options / sizeof *options);
}

/* ---- the list ---- */

static void print_list(FILE *to, const struct gx_filters *filters)
{
	static const char *const headings[] = {
		[GX_PURPOSE_COMPUTE] = "Compute",
		[GX_PURPOSE_MAKE] = "Make, convert and look at a matrix",
		[GX_PURPOSE_GATHER] = "Put the results of parts together",
		[GX_PURPOSE_MEASURE] = "See where the time goes",
		[GX_PURPOSES] = "Others",
	};
	int widest = 0;
	for (size_t i = 0; i < filters->n; i++)
		if ((int)strlen(filters->filter[i].name) > widest)
			widest = (int)strlen(filters->filter[i].name);
	for (size_t i = 0; i < filters->n; i++) {
		const struct gx_filter *f = &filters->filter[i];
		if (i == 0 || f->purpose != f[-1].purpose)
			fprintf(to, "\n%s:\n", headings[f->purpose]);
		fprintf(to, "  %-*s  %s\n", widest, f->name, f->about);
	}
}

GX_NORETURN static void list(void)
{
	struct gx_filters filters;
	struct text text;
	gx_filters_find(&filters);
	if (filters.n == 0)
		gx_die(GX_EXIT_IO, "no filter is beside gx or on PATH: install them "
				   "(make install), or put their directory on PATH");
	begin(&text);
	fprintf(text.to, "gx %s: small filters for gene-expression matrices\n", GX_VERSION);
	print_list(text.to, &filters);
	fputs("\ngx help NAME shows a page, gx NAME ... runs a filter, man gx tells more.\n",
	      text.to);
	gx_filters_free(&filters);
	print(&text);
}

/* ---- the version ---- */

GX_NORETURN static void print_version(void)
{
	unsigned xxhash = XXH_versionNumber();
	char decoders[GX_DECODERS_MAX];
	struct text text;
	begin(&text);
	fprintf(text.to, "gx %s\n", GX_VERSION);
	if (GX_COMMIT[0])
		fprintf(text.to, "commit %s\n", GX_COMMIT);
	fprintf(text.to, "compiler %s\n",
#ifdef __clang__
		"clang " __clang_version__
#else
		"gcc " __VERSION__
#endif
	);
	gx_decoders_tell(decoders);
	fprintf(text.to, "libraries xxHash %u.%u.%u, %s\n", xxhash / 10000, xxhash / 100 % 100,
		xxhash % 100, decoders);
	fprintf(text.to, "simd %s\n", gx_simd_level());
	print(&text);
}

/* ---- a name ---- */

/* "means" or "gx-means" to "gx-means"; false where no file can be called so. */
static bool full_name(const char *word, char name[GX_FILTER_NAME])
{
	const char *prefix = strncmp(word, "gx-", 3) == 0 ? "" : "gx-";
	return *word && !strchr(word, '/') &&
	       snprintf(name, GX_FILTER_NAME, "%s%s", prefix, word) < GX_FILTER_NAME;
}

/* What is no filter: the nearest ones, or what to do with the file of that name. */
GX_NORETURN static void unknown(const char *word)
{
	static const char *const own[] = { "help", "completion", "version" };
	struct gx_filters filters;
	struct gx_nearest nearest;
	char names[256];
	gx_filters_find(&filters);
	gx_nearest_start(&nearest, strncmp(word, "gx-", 3) == 0 ? word + 3 : word);
	for (size_t i = 0; i < filters.n; i++)
		gx_nearest_offer(&nearest, filters.filter[i].name + 3);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		gx_nearest_offer(&nearest, own[i]);
	if (gx_nearest_tell(&nearest, "", names, sizeof names))
		gx_die_usage("there is no filter %s: did you mean %s?", word, names);
	if (access(word, F_OK) == 0)
		gx_die_usage("%s is no filter: to look at the file, write gx info %s", word,
			     word);
	gx_die_usage("there is no filter %s: gx alone lists them", word);
}

/*
 * Becomes the filter. Nothing was done yet that it would notice: no descriptor was opened, no
 * signal is handled in another way.
 */
GX_NORETURN static void run(char **argv)
{
	char name[GX_FILTER_NAME], path[GX_PATH_MAX];
	if (!full_name(argv[0], name) || !gx_filter_path(name, path)) {
		gx_message_start(command.name);
		unknown(argv[0]);
	}
	argv[0] = name;
	execv(path, argv);
	gx_message_start(command.name);
	gx_die_errno("%s", path);
}

/* ---- gx help NAME ---- */

/* The page of that name beside the running program, as it is installed or in the tree. */
static bool own_page(const char *name, char page[GX_PATH_MAX])
{
	char directory[GX_PATH_MAX];
	if (!gx_own_directory(directory))
		return false;
	for (const char *section = "157"; *section; section++)
		for (int i = 0; i < 4; i++) {
			const char *between = i < 2 ? "/../share/man/man" : "/../man/";
			int n = snprintf(page, GX_PATH_MAX, "%s%s%.*s%s%s.%c%s", directory,
					 between, i < 2, section, i < 2 ? "/" : "", name,
					 *section, i % 2 ? ".gz" : "");
			if (n < GX_PATH_MAX && access(page, R_OK) == 0)
				return true;
		}
	return false;
}

/*
 * Becomes man, if it finds the page: it must name a file that is there, as some systems have
 * a man that has no pages and says so with exit 0. Otherwise returns.
 */
static void show_page(const char *name)
{
	char man[GX_PATH_MAX], page[GX_PATH_MAX];
	if (!gx_filter_path("man", man))
		return;
	if (!own_page(name, page))
		snprintf(page, sizeof page, "%s", name);
	const char *const where[] = { "man", "-w", page, NULL };
	struct gx_question question = { .path = man, .words = where };
	gx_ask(&question, 1);
	if (!question.answer)
		return;
	question.answer[strcspn(question.answer, "\n")] = 0;
	bool found = access(question.answer, R_OK) == 0;
	free(question.answer);
	char *const words[] = { "man", page, NULL };
	if (found)
		execv(man, words);
}

GX_NORETURN static void print_help(void)
{
	struct gx_options all;
	struct text text;
	own_options(&all);
	begin(&text);
	gx_help_print(text.to, &all, gx_help_width());
	print(&text);
}

GX_NORETURN static void help(const char *word)
{
	char name[GX_FILTER_NAME] = "gx", path[GX_PATH_MAX];
	bool own = !word || strcmp(word, "gx") == 0;
	if (!own && !full_name(word, name))
		unknown(word);
	if (word)
		show_page(name);
	if (own)
		print_help();
	if (!gx_filter_path(name, path))
		unknown(word);
	/* What is not gx's might do anything. */
	if (!gx_about_marked(path))
		gx_die_usage("%s has no page and is no filter of gx: it knows its own help",
			     path);
	execv(path, (char *const[]){ name, "--help", NULL });
	gx_die_errno("%s", path);
}

/* ---- gx completion SHELL ---- */

/* What each filter prints for that shell. */
static void print_filters(FILE *to, const char *shell)
{
	struct gx_filters filters;
	gx_filters_find(&filters);
	struct gx_question *question = gx_allocate_zeroed(filters.n + 1, sizeof *question);
	const char *const words[] = { "gx", "--completion", shell, NULL };
	for (size_t i = 0; i < filters.n; i++) {
		question[i].path = filters.filter[i].path;
		question[i].words = words;
	}
	gx_ask(question, filters.n);
	for (size_t i = 0; i < filters.n; i++) {
		if (!question[i].answer)
			gx_warn("%s: it did not print its completion", filters.filter[i].path);
		fputs(question[i].answer ? question[i].answer : "", to);
		free(question[i].answer);
	}
	free(question);
	gx_filters_free(&filters);
}

/* That of gx alone, as each filter prints its own, or of all. */
GX_NORETURN static void print_completion(const char *word, bool all)
{
	enum gx_shell shell;
	struct text text;
	if (!gx_shell_parse(word, &shell))
		gx_die_usage("%scompletion %s: the shells are bash, zsh and fish",
			     all ? "" : "--", *word ? word : "''");
	begin(&text);
	gx_completion_print_gx(text.to, shell);
	if (all)
		print_filters(text.to, word);
	print(&text);
}

/* ---- the command line ---- */

/* Does what one of the options asks for; returns where there is none. */
static void do_options(int argc, char **argv)
{
	static const struct option longs[] = { { "help", no_argument, NULL, 'h' },
					       { "version", no_argument, NULL, 'V' },
					       { "completion", required_argument, NULL, 'c' },
					       { NULL, 0, NULL, 0 } };
	const char *token = argc > 1 ? argv[1] : NULL;
	opterr = 0;
	int c = getopt_long(argc, argv, "+:hV", longs, NULL);
	struct gx_options all;
	own_options(&all);
	switch (c) {
	case 'h':
		print_help();
	case 'V':
		print_version();
	case 'c':
		print_completion(optarg, false);
	case ':':
		gx_die_usage("%s: a value must follow", token);
	case '?':
		if (optopt == 'h' || optopt == 'V')
			gx_hint_takes_no_value(&all, token);
		gx_hint_unknown(&all, token, (char)optopt);
	}
}

/* Whether it is a word of gx itself, and not the name of a filter. */
static bool is_own(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "completion") == 0 ||
	       strcmp(word, "version") == 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] != '-' && !is_own(argv[1]))
		run(argv + 1);
	gx_message_start(command.name);
	do_options(argc, argv);
	char **word = argv + optind;
	if (!word[0])
		list();
	if (!is_own(word[0]))
		run(word);
	const char *value = word[1];
	if (value && (word[2] || strcmp(word[0], "version") == 0))
		gx_die_usage("%s: nothing may follow %s", word[word[2] ? 2 : 1],
			     word[word[2] ? 1 : 0]);
	if (strcmp(word[0], "help") == 0)
		help(value);
	if (strcmp(word[0], "version") == 0)
		print_version();
	print_completion(value ? value : "", true);
}
