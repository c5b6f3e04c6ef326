/* SPDX-License-Identifier: MIT */
#include "command/completion.h"

#include <string.h>

bool gx_shell_parse(const char *name, enum gx_shell *shell)
{
	static const char *const names[] = {
		[GX_BASH] = "bash", [GX_ZSH] = "zsh", [GX_FISH] = "fish"
	};
	for (int i = GX_BASH; i <= GX_FISH; i++)
		if (strcmp(name, names[i]) == 0) {
			*shell = (enum gx_shell)i;
			return true;
		}
	return false;
}

/* ---- what the value of an option is ---- */

/* Those of the options that commands share; a command has a table of its own. */
static const struct gx_option_words shared_words[] = {
	{ "delimiter", "tab comma space semicolon whitespace" },
	{ "feature-type", "all" },
	{ "completion", "bash zsh fish" },
	{ NULL, NULL },
};

/* The words that an option takes, with blanks between; NULL: others. */
static const char *words_of(const struct gx_options *options, const struct gx_option *option)
{
	const struct gx_option_words *tables[] = { options->command->words, shared_words };
	for (size_t k = 0; k < 2; k++)
		for (const struct gx_option_words *w = tables[k]; w && w->name; w++)
			if (strcmp(w->name, option->name) == 0)
				return w->words;
	if (strcmp(option->name, "format") == 0)
		return option->value == GX_EDGES ? "tsv csv gxm npy edges" : "tsv csv gxm npy";
	return NULL;
}

/* A number, or the name of a column, nobody can complete: no file is offered for it. */
static bool takes_file(const struct gx_option *option)
{
	return strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "PROGRAM") == 0 ||
	       strcmp(option->argument, "DIRECTORY") == 0;
}

/* ---- bash ---- */

/* In the completion of each command, as each is loaded alone. */
static const char bash_common[] =
	"# _gx_complete OPERANDS OPTIONS [OPTION VALUES] ...: OPERANDS and VALUES are words, or\n"
	"# FILE, or nothing.\n"
	"_gx_complete() {\n"
	"	local kind=$1 options=$2 glued= i\n"
	"	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"	COMPREPLY=()\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		[[ ${COMP_WORDS[i]} != -- ]] || options= before=\n"
	"	done\n"
	"	# --option=value is one word, or three, as COMP_WORDBREAKS has it.\n"
	"	if [[ $options && $word == --*=* ]]; then\n"
	"		glued=${word%%=*}= before=${word%%=*} word=${word#*=}\n"
	"	elif [[ $word == = ]]; then\n"
	"		word=\n"
	"	elif [[ $before == = ]]; then\n"
	"		before=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"	fi\n"
	"	[[ $options != '' && $word == -* ]] && kind=$options\n"
	"	for ((i = 3; i < $#; i += 2)); do\n"
	"		[[ \" ${!i} \" != *\" $before \"* ]] || kind=${@:i + 1:1}\n"
	"	done\n"
	"	if [[ $kind == FILE ]]; then\n"
	"		compopt -o filenames 2>/dev/null\n"
	"		mapfile -t COMPREPLY < <(compgen -P \"$glued\" -f -- \"$word\")\n"
	"	else\n"
	"		mapfile -t COMPREPLY < <(compgen -P \"$glued\" -W \"$kind\" -- \"$word\")\n"
	"	fi\n"
	"}\n";

static void print_bash_names(FILE *to, const struct gx_option *option)
{
	if (option->letter)
		fprintf(to, "-%c ", option->letter);
	fprintf(to, "--%s", option->name);
}

static void print_bash(FILE *to, const struct gx_options *options)
{
	const char *name = options->command->name, *stem = strchr(name, '-');
	fprintf(to, "# Completion of %s for bash.\n%s_gx%s%s() {\n\t_gx_complete '%s' '", name,
		bash_common, stem ? "_" : "", stem ? stem + 1 : "",
		gx_options_take_operands(options) ? "FILE" : "");
	for (size_t i = 0; i < options->n; i++) {
		fputs(i ? " " : "", to);
		print_bash_names(to, options->list[i]);
	}
	fputs("'", to);
	for (size_t i = 0; i < options->n; i++) {
		const struct gx_option *option = options->list[i];
		if (!option->argument)
			continue;
		const char *words = words_of(options, option);
		fputs(" \\\n\t\t'", to);
		print_bash_names(to, option);
		fprintf(to, "' '%s'", words ? words : takes_file(option) ? "FILE" : "");
	}
	fprintf(to, "\n}\ncomplete -F _gx%s%s %s\n", stem ? "_" : "", stem ? stem + 1 : "",
		name);
}

/* ---- zsh ---- */

/* Inside of single quotes, and of [...] or between colons of _arguments. */
static void print_zsh_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			fputc('\\', to);
		fputs(*text == '\'' ? "'\\''" : (char[]){ *text, 0 }, to);
	}
}

static void print_zsh_option(FILE *to, const struct gx_options *options,
			     const struct gx_option *option)
{
	const char *value = option->argument ? "=" : "";
	fputs(" \\\n\t\t", to);
	if (option->letter)
		fprintf(to, "'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name,
			option->letter, option->argument ? "+" : "", option->name, value);
	else
		fprintf(to, "'--%s%s", option->name, value);
	fputc('[', to);
	print_zsh_text(to, option->help);
	fputc(']', to);
	if (option->argument) {
		const char *words = words_of(options, option);
		fprintf(to, ":%s:", option->argument);
		if (words)
			fprintf(to, "(%s)", words);
		else
			fputs(takes_file(option) ? "_files" : " ", to);
	}
	fputc('\'', to);
}

static void print_zsh(FILE *to, const struct gx_options *options)
{
	const char *name = options->command->name;
	fprintf(to,
		"#compdef %s\n"
		"# Completion of %s for zsh: a file of fpath, or read by a shell.\n"
		"_%s() {\n"
		"	_arguments -s -S :",
		name, name, name);
	for (size_t i = 0; i < options->n; i++)
		print_zsh_option(to, options, options->list[i]);
	if (gx_options_take_operands(options))
		fputs(" \\\n\t\t'*:file:_files'", to);
	fprintf(to,
		"\n}\n"
		"if [[ $funcstack[1] == _%s ]]; then\n"
		"	_%s \"$@\"\n"
		"else\n"
		"	compdef _%s %s\n"
		"fi\n",
		name, name, name, name);
}

/* ---- fish ---- */

static void print_fish_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
}

static void print_fish(FILE *to, const struct gx_options *options)
{
	const char *name = options->command->name;
	fprintf(to, "# Completion of %s for fish.\n", name);
	if (!gx_options_take_operands(options))
		fprintf(to, "complete -c %s -f\n", name);
	for (size_t i = 0; i < options->n; i++) {
		const struct gx_option *option = options->list[i];
		fprintf(to, "complete -c %s", name);
		if (option->letter)
			fprintf(to, " -s %c", option->letter);
		fprintf(to, " -l %s", option->name);
		const char *words = option->argument ? words_of(options, option) : NULL;
		if (words)
			fprintf(to, " -x -a '%s'", words);
		else if (option->argument)
			fputs(takes_file(option) ? " -r -F" : " -x", to);
		fputs(" -d '", to);
		print_fish_text(to, option->help);
		fputs("'\n", to);
	}
}

void gx_completion_print(FILE *to, const struct gx_options *options, enum gx_shell shell)
{
	if (shell == GX_BASH)
		print_bash(to, options);
	else if (shell == GX_ZSH)
		print_zsh(to, options);
	else
		print_fish(to, options);
}
