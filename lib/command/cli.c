/* SPDX-License-Identifier: MIT */
#include "command/cli.h"

#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/ending.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/processors.h"
#include "bytes/outputs.h"
#include "bytes/paths.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "command/explain.h"
#include "number/number.h"

/* ---- setters ---- */

bool gx_cli_count(const char *text, uint64_t *value)
{
	uint64_t n;
	const char *p = gx_decimal_take(text, strlen(text), &n);
	if (!p)
		return false;
	uint64_t unit = *p == 'k'   ? 1000
			: *p == 'M' ? 1000000
			: *p == 'G' ? 1000000000
				    : 1;
	*value = n;
	return !p[unit != 1] && !__builtin_mul_overflow(n, unit, value);
}

bool gx_cli_real(const char *text, double *value)
{
	/* The parser may look a little past the text. */
	size_t n = strlen(text);
	char *copy = gx_allocate_zeroed(n + 1 + GX_NUMBER_SLACK, 1);
	memcpy(copy, text, n);
	const char *end = gx_number_parse(copy, value);
	bool whole = n && end == copy + n && isfinite(*value);
	free(copy);
	return whole;
}

/* "-T" or "--threshold": what the option is called in a message. */
static const char *called(const struct gx_option *option)
{
	static char name[64];
	if (option->letter)
		snprintf(name, sizeof name, "-%c", option->letter);
	else
		snprintf(name, sizeof name, "--%s", option->name);
	return name;
}

void gx_set_flag(const struct gx_option *option, const char *value, void *place)
{
	(void)option, (void)value;
	*(bool *)place = true;
}

void gx_set_text(const struct gx_option *option, const char *value, void *place)
{
	(void)option;
	*(const char **)place = value;
}

void gx_set_count(const struct gx_option *option, const char *value, void *place)
{
	if (!gx_cli_count(value, place))
		gx_die_usage("%s %s: not a whole number from 0 (k, M and G may follow)",
			     called(option), value);
}

void gx_set_real(const struct gx_option *option, const char *value, void *place)
{
	if (!gx_cli_real(value, place))
		gx_die_usage("%s %s: not a finite number", called(option), value);
}

static void set_format(const struct gx_option *option, const char *value, void *place)
{
	static const char *const names[] = {
		[GX_TSV] = "tsv", [GX_CSV] = "csv", [GX_GXM] = "gxm", [GX_NPY] = "npy"
	};
	for (int i = GX_TSV; i <= GX_NPY; i++)
		if (strcmp(value, names[i]) == 0) {
			*(enum gx_format *)place = (enum gx_format)i;
			return;
		}
	gx_die_usage("%s %s: the formats are tsv, csv, gxm and npy", called(option),
		     value);
}

static void set_binary(const struct gx_option *option, const char *value, void *place)
{
	(void)option, (void)value;
	*(enum gx_format *)place = GX_GXM;
}

static void set_part(const struct gx_option *option, const char *value, void *place)
{
	const char *why;
	if (!gx_part_parse(value, place, &why))
		gx_die_usage("%s %s: %s", called(option), value, why);
}

static void set_threads(const struct gx_option *option, const char *value, void *place)
{
	uint64_t n;
	if (!gx_cli_count(value, &n) || n > GX_THREADS_MAX)
		gx_die_usage("%s %s: not a number of threads from 0 to %d", called(option),
			     value, GX_THREADS_MAX);
	int all = n ? (int)n : gx_processors_available();
	*(int *)place = all < GX_THREADS_MAX ? all : GX_THREADS_MAX;
}

static void set_path(const struct gx_option *option, const char *value, void *place)
{
	if (!*value)
		gx_die_usage("%s '': name a file", called(option));
	*(const char **)place = value;
}

static void set_delimiter(const struct gx_option *option, const char *value, void *place)
{
	static const struct {
		const char *name;
		int delimiter;
	} named[] = { { "tab", '\t' },
		      { "space", ' ' },
		      { "whitespace", GX_WHITESPACE } };
	int *delimiter = place;
	*delimiter = value[0] && !value[1] ? (unsigned char)value[0] : 0;
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (strcmp(value, named[i].name) == 0)
			*delimiter = named[i].delimiter;
	/* What is part of numbers, names or line ends cannot part them. */
	if (!*delimiter || (*delimiter < 0x20 && *delimiter != '\t') ||
	    *delimiter == '"' || *delimiter == '.' || *delimiter == '-' ||
	    *delimiter == '+' || (*delimiter < 128 && isalnum(*delimiter)))
		gx_die_usage(
			"%s %s: a delimiter is one character, tab, space or whitespace",
			called(option), value);
}

static void set_list(const struct gx_option *option, const char *value, void *place)
{
	if (!*value && strcmp(option->name, "na") != 0)
		gx_die_usage(
			"%s '': say which columns, by name or number, with commas between",
			called(option));
	*(const char **)place = value;
}

/* ---- the options that commands share ---- */

#define AT(member) offsetof(struct gx_common, member)

static const struct gx_option output_options[] = {
	{ 'f', "format", "FORMAT",
	  "write tsv, csv, gxm or npy [by FILE's extension, else tsv]", set_format,
	  AT(output.format), 0 },
	{ 'b', "binary", NULL, "the same as -f gxm", set_binary, AT(output.format), 0 },
	{ 'H', "no-output-header", NULL, "text without its header line", gx_set_flag,
	  AT(output.no_header), 0 },
};

static const struct gx_option reading_options[] = {
	{ 0, "delimiter", "C",
	  "text: fields are between C, or tab, space or whitespace [by the "
	  "header line]",
	  set_delimiter, AT(reading.delimiter), 0 },
	{ 0, "no-header", NULL, "text: the first line is a row", gx_set_flag,
	  AT(reading.no_header), 0 },
	{ 0, "id-column", "COLUMN",
	  "text: genes are named by this column (NAME or N; none) [the "
	  "first]",
	  set_list, AT(reading.id_column), 0 },
	{ 0, "skip-columns", "LIST",
	  "text: these columns (NAME or N, with commas) are no samples", set_list,
	  AT(reading.skip_columns), 0 },
	{ 0, "columns", "LIST", "the samples to read (NAME or N, with commas) [all]",
	  set_list, AT(reading.columns), 0 },
	{ 0, "na", "LIST", "text: these tokens are missing values as well", set_list,
	  AT(reading.na), 0 },
	{ 0, "transposed", NULL, "text: rows are samples and columns are genes",
	  gx_set_flag, AT(reading.transposed), 0 },
	{ 0, "decimal-comma", NULL, "text: 1,5 is one and a half", gx_set_flag,
	  AT(reading.decimal_comma), 0 },
	{ 0, "skip-blank", NULL, "text: pass over blank lines among the rows",
	  gx_set_flag, AT(reading.skip_blank), 0 },
	{ 0, "trailing-delimiter", NULL, "text: a delimiter at the end of a row ends it",
	  gx_set_flag, AT(reading.trailing_delimiter), 0 },
};

static const struct gx_option operand_options[] = {
	{ 0, "repeated", NULL, "read a file twice that is named twice [it is refused]",
	  gx_set_flag, AT(repeated), 0 },
};

static const struct gx_option part_options[] = {
	{ 'p', "part", "K/N", "work on part K of N alone", set_part, AT(part), 0 },
};

static const struct gx_option general_options[] = {
	{ 'o', "output", "FILE",
	  "write FILE, which appears when it is whole [standard output]", set_path,
	  AT(output.path), 0 },
	{ 't', "threads", "N", "use N threads; 0: all CPUs [1, or OMP_NUM_THREADS]",
	  set_threads, AT(nthread), 0 },
	{ 0, "progress", NULL, "show progress on standard error (as SIGUSR1 does once)",
	  gx_set_flag, AT(progress), 0 },
	{ 'v', "verbose", NULL, "say at the end what was read and what it cost",
	  gx_set_flag, AT(verbose), 0 },
	{ 0, "explain", NULL, "say what would be done, and do nothing", gx_set_flag,
	  AT(explain), 0 },
	{ 'h', "help", NULL, "print this help", NULL, 0, 0 },
	{ 'V', "version", NULL, "print the version", NULL, 0, 0 },
};

struct table {
	const struct gx_option *options;
	size_t n;
};

enum { NTABLE = 6, NOPTION_MAX = 64 };

#define TABLE(array) ((struct table){ array, sizeof(array) / sizeof *(array) })

static bool takes_operands(const struct gx_command *command)
{
	return command->groups & (GX_CLI_INPUT | GX_CLI_ANY_OPERANDS);
}

static bool can_repeat(const struct gx_command *command)
{
	return takes_operands(command) && !(command->groups & GX_CLI_ONE_OPERAND);
}

static void tables_of(const struct gx_command *command, struct table tables[NTABLE])
{
	const struct table none = { NULL, 0 };
	tables[0] = (struct table){ command->options, command->noption };
	tables[1] = command->groups & GX_CLI_INPUT ? TABLE(reading_options) : none;
	tables[2] = can_repeat(command) ? TABLE(operand_options) : none;
	tables[3] = command->groups & GX_CLI_OUTPUT ? TABLE(output_options) : none;
	tables[4] = command->groups & GX_CLI_PART ? TABLE(part_options) : none;
	tables[5] = TABLE(general_options);
}

/* ---- --help ---- */

static void print_option(FILE *to, const struct gx_option *option)
{
	char left[64];
	char letter[8] = "   ";
	if (option->letter)
		snprintf(letter, sizeof letter, "-%c,", option->letter);
	snprintf(left, sizeof left, "  %s --%s%s%s", letter, option->name,
		 option->argument ? " " : "", option->argument ? option->argument : "");
	fprintf(to,
		strlen(left) < 29 ? "%-28s %s\n" : "%s\n                             %s\n",
		left, option->help);
}

static void print_help(FILE *to, const struct gx_command *command,
		       const struct table tables[NTABLE])
{
	fprintf(to, "Usage: %s %s\n%s\n\nOptions:\n", command->name, command->usage,
		command->summary);
	for (size_t i = 0; i < NTABLE; i++)
		for (size_t j = 0; j < tables[i].n; j++)
			print_option(to, &tables[i].options[j]);
	fprintf(to,
		"\nExit status: 0 complete, 1 bad data or a failed check, 2 wrong usage,\n"
		"3 I/O error, 75 parts are missing.\n"
		"Manual: man %s, man gx\n",
		command->name);
}

/* --help and --version, the options without a setter. */
GX_NORETURN static void print(const struct gx_command *command,
			      const struct table tables[NTABLE], bool help)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	if (to && help)
		print_help(to, command, tables);
	else if (to)
		fprintf(to, "%s (gx) %s\n", command->name, GX_VERSION);
	if (!to || fclose(to) != 0)
		gx_die(GX_EXIT_IO, "out of memory");
	gx_end_printed(text, n);
}

/* ---- parsing ---- */

static void apply(const struct gx_command *command, const struct table tables[NTABLE],
		  const struct gx_option *option, const char *value,
		  struct gx_common *common)
{
	if (!option->set)
		print(command, tables, option->letter == 'h');
	option->set(option, value, (char *)common + option->offset);
}

/*
 * Of a command that is no reader of matrices and does not speak of itself: its options, and
 * whether its operands can be read. A new command cannot forget --explain.
 */
static void explain(const struct gx_command *command, struct gx_common *common)
{
	common->explains = command->explains;
	gx_explain_start(common->nthread, &common->output);
	if (command->explains || command->groups & GX_CLI_INPUT)
		return;
	for (size_t i = 0; common->operand_given && i < common->noperand; i++) {
		const char *path = common->operand[i];
		if (strcmp(path, "-") != 0 && access(path, R_OK) != 0)
			gx_die_errno("%s", path);
		gx_explain_tell("file", "%s", strcmp(path, "-") == 0 ? "<stdin>" : path);
	}
	gx_explain_end(".", GX_UNKNOWN);
}

/*
 * What would do harm is refused before anything is opened: a file that is named twice. That an
 * operand is the output is noted here and refused by whoever opens it, so that what is below
 * a directory is looked at, too.
 */
static void guard_files(const struct gx_command *command, const struct gx_common *common)
{
	const char *path = common->output.path;
	if (path)
		gx_outputs_note(&(struct gx_output_name){ "-o", path });
	if (!path || common->explain)
		gx_outputs_note(&(struct gx_output_name){ "-o", NULL });
	if (common->noperand < 2 || common->repeated || command->groups & GX_CLI_REPEATS)
		return;
	struct gx_paths paths = { 0 };
	for (size_t i = 0; i < common->noperand; i++)
		gx_paths_name(common->operand[i], &paths);
	gx_paths_demand_once(&paths, can_repeat(command));
	gx_paths_free(&paths);
}

void gx_cli_parse(const struct gx_command *command, int argc, char **argv,
		  struct gx_common *common)
{
	gx_message_start(command->name);
	gx_pipeline_restore_environment();
	common->nthread = gx_pipeline_threads();
	common->operand = gx_allocate((size_t)argc + 1, sizeof *common->operand);

	struct table tables[NTABLE];
	tables_of(command, tables);
	const struct gx_option *known[NOPTION_MAX];
	struct option longs[NOPTION_MAX + 1] = { 0 };
	/* '-': operands come in order as option 1, so they may stand between options
	 * whatever POSIXLY_CORRECT says; ':': we say ourselves what is wrong. */
	char shorts[3 * NOPTION_MAX] = "-:";
	size_t n = 0, at = 2;
	enum { FIRST = 256 };
	for (size_t i = 0; i < NTABLE; i++)
		for (size_t j = 0; j < tables[i].n && n < NOPTION_MAX; j++, n++) {
			const struct gx_option *option = known[n] = &tables[i].options[j];
			longs[n] = (struct option){ option->name,
						    option->argument ? required_argument
								     : no_argument,
						    NULL, FIRST + (int)n };
			if (option->letter) {
				shorts[at++] = option->letter;
				if (option->argument)
					shorts[at++] = ':';
			}
		}

	opterr = 0;
	for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
		if (c == 1) {
			common->operand[common->noperand++] = optarg;
		} else if (c == ':') {
			gx_die_usage("%s: a value must follow", argv[optind - 1]);
		} else if (c == '?') {
			if (optopt >= FIRST)
				gx_die_usage("%s: takes no value", argv[optind - 1]);
			if (optopt)
				gx_die_usage("unknown option -%c", optopt);
			gx_die_usage("unknown option %s", argv[optind - 1]);
		} else {
			const struct gx_option *option = NULL;
			for (size_t i = 0; i < n; i++)
				if (c >= FIRST ? c - FIRST == (int)i
					       : known[i]->letter == c)
					option = known[i];
			apply(command, tables, option, optarg, common);
		}
	}
	while (optind < argc)
		common->operand[common->noperand++] = argv[optind++];
	if (common->noperand && !takes_operands(command))
		gx_die_usage("%s: takes no operands", common->operand[0]);
	common->operand_given = common->noperand > 0;
	if (!common->noperand)
		common->operand[common->noperand++] = "-";
	if (common->part.n && common->noperand > 1)
		gx_die_usage(
			"--part takes one operand: join the others first (gx-reduce --join)");
	guard_files(command, common);
	gx_progress_start(command->name, common->progress);
	if (common->explain)
		explain(command, common);
}

struct gx_request gx_cli_request(const struct gx_common *common)
{
	return (struct gx_request){ .path = common->operand,
				    .npath = common->noperand,
				    .reading = common->reading,
				    .part = common->part,
				    .head_only = common->explain };
}

struct gx_reader *gx_cli_open(struct gx_common *common)
{
	gx_cli_need_input(common);
	struct gx_request request = gx_cli_request(common);
	struct gx_reader *reader = gx_reader_open(&request);
	if (common->explain && !common->explains) {
		struct gx_source source;
		gx_explain_reader(common, reader, &source);
		gx_explain_source(&source);
		gx_explain_end(".", GX_UNKNOWN);
	}
	return reader;
}

void gx_cli_close(struct gx_common *common, struct gx_reader *reader)
{
	gx_facts_free(&common->recognised);
	for (struct gx_fact f = { 0 }; gx_facts_next(gx_reader_facts(reader), &f);)
		gx_facts_tell(&common->recognised, f.key, "%s", f.value);
	gx_facts_count(&common->recognised, "columns", gx_reader_matrix(reader)->ncol);
	gx_reader_close(reader);
}

void gx_cli_need_input(const struct gx_common *common)
{
	if (!common->operand_given && isatty(STDIN_FILENO))
		gx_die_usage(
			"no operand, and standard input is a terminal: name a file, or - "
			"to type one");
}

/* The facts in one line: "file: format, delimiter tab, ... 3 columns". */
static void report(const struct gx_common *common)
{
	char line[1024] = "";
	size_t n = 0, i = 0;
	struct gx_fact f = { 0 };
	for (; n < sizeof line && gx_facts_next(&common->recognised, &f); i++) {
		bool bare = strcmp(f.key, "file") == 0 || strcmp(f.key, "format") == 0;
		const char *between = i == 0 ? "" : i == 1 ? ": " : ", ";
		if (strcmp(f.key, "columns") == 0)
			n += (size_t)snprintf(line + n, sizeof line - n, "%s%s %s", between,
					      f.value, f.key);
		else
			n += (size_t)snprintf(line + n, sizeof line - n, "%s%s%s%s", between,
					      bare ? "" : f.key, bare ? "" : " ", f.value);
	}
	gx_progress_report(line, common->nthread);
}

int gx_cli_finish(struct gx_common *common)
{
	/* What a command that explains itself must not come to. */
	assert(!common->explain);
	gx_progress_end();
	if (common->verbose)
		report(common);
	gx_facts_free(&common->recognised);
	free(common->operand);
	common->operand = NULL;
	gx_ending_is_regular();
	return 0;
}
