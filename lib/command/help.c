/* SPDX-License-Identifier: MIT */
#include "command/help.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/decimal.h"

enum {
	WIDTH = 80,
	NARROWEST = 40,
	WIDEST = 1000, /* an option in one line, for whoever reads it by program */
	/* Where the words on an option begin; in a narrow text they are below it. */
	BEHIND = 29,
	BELOW = 10,
	ROOM_BEHIND = 30, /* what must be left for them */
};

size_t gx_help_width(void)
{
	uint64_t width = WIDTH;
	const char *columns = getenv("COLUMNS"), *end = NULL;
	struct winsize terminal;
	if (columns)
		end = gx_decimal_take(columns, strlen(columns), &width);
	if (!end || *end || width == 0) {
		bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &terminal) == 0 &&
			     terminal.ws_col > 0;
		width = known ? terminal.ws_col : WIDTH;
	}
	return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : (size_t)width;
}

void gx_help_wrap(FILE *to, const char *text, size_t at, size_t indent, size_t width)
{
	bool first = true; /* of its line */
	while (*(text += strspn(text, " \n"))) {
		size_t n = strcspn(text, " \n");
		if (!first && at + 1 + n > width) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		at += (size_t)fprintf(to, "%s%.*s", first ? "" : " ", (int)n, text);
		first = false;
		text += n;
	}
	fputc('\n', to);
}

static void print_option(FILE *to, const struct gx_option *option, size_t width)
{
	char letter[8] = "   ";
	if (option->letter)
		snprintf(letter, sizeof letter, "-%c,", option->letter);
	size_t at = (size_t)fprintf(to, "  %s --%s%s%s", letter, option->name,
				    option->argument ? " " : "",
				    option->argument ? option->argument : "");
	size_t indent = width >= BEHIND + ROOM_BEHIND ? BEHIND : BELOW;
	if (indent == BELOW || at >= BEHIND) {
		fputc('\n', to);
		at = 0;
	}
	fprintf(to, "%*s", (int)(indent - at), "");
	gx_help_wrap(to, option->help, indent, indent, width);
}

void gx_help_print_options(FILE *to, const struct gx_options *options, size_t width)
{
	size_t i = 0;
	for (size_t k = 0; k < options->ngroup; k++) {
		fprintf(to, "\n%s:\n", options->group[k].heading);
		for (; i < options->group[k].end; i++)
			print_option(to, options->list[i], width);
	}
}

void gx_help_print(FILE *to, const struct gx_options *options, size_t width)
{
	const struct gx_command *command = options->command;
	size_t at = (size_t)fprintf(to, "Usage: %s ", command->name);
	gx_help_wrap(to, command->usage, at, 7, width);
	gx_help_wrap(to, command->summary, 0, 0, width);
	gx_help_print_options(to, options, width);
	fputc('\n', to);
	gx_help_wrap(to,
		     "Exit status: 0 complete, 1 bad data or a failed check, 2 wrong usage, "
		     "3 I/O error, 75 parts are missing.",
		     0, 0, width);
	bool suite = strcmp(command->name, "gx") == 0;
	fprintf(to, "Manual: man %s%s\n", command->name, suite ? "" : ", man gx");
	for (size_t i = 0; i < 2 && command->example[i]; i++)
		fprintf(to, "%s  %s\n", i == 0 ? "\nExamples:\n" : "", command->example[i]);
}
