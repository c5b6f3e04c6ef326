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
#include "bytes/decoder.h"
#include "bytes/outputs.h"
#include "bytes/paths.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "command/about.h"
#include "command/completion.h"
#include "command/explain.h"
#include "command/help.h"
#include "command/hints.h"
#include "command/options.h"
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
		[GX_TSV] = "tsv", [GX_CSV] = "csv", [GX_GXM] = "gxm", [GX_NPY] = "npy",
		[GX_EDGES] = "edges"
	};
	int last = option->value;
	for (int i = GX_TSV; i <= last; i++)
		if (strcmp(value, names[i]) == 0) {
			*(enum gx_format *)place = (enum gx_format)i;
			return;
		}
	gx_die_usage("%s %s: the formats are tsv, csv, gxm%s", called(option), value,
		     last == GX_EDGES ? ", npy and edges" : " and npy");
}

static void set_top(const struct gx_option *option, const char *value, void *place)
{
	uint64_t *top = place;
	if (!gx_cli_count(value, top) || *top == 0)
		gx_die_usage("%s %s: not a number of pairs from 1 (k, M and G may follow)",
			     called(option), value);
}

static void set_minimum(const struct gx_option *option, const char *value, void *place)
{
	struct gx_output_options *output = place;
	gx_set_real(option, value, &output->minimum);
	output->has_minimum = true;
}

static void set_binary(const struct gx_option *option, const char *value, void *place)
{
	(void)option, (void)value;
	*(enum gx_format *)place = GX_GXM;
}

static void set_digits(const struct gx_option *option, const char *value, void *place)
{
	uint64_t n;
	if (!gx_cli_count(value, &n) || n < 1 || n > GX_NUMBER_DIGITS_MAX)
		gx_die_usage("%s %s: not a number of digits from 1 to %d", called(option), value,
			     GX_NUMBER_DIGITS_MAX);
	*(unsigned *)place = (unsigned)n;
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
	} named[] = { { "tab", '\t' },	     { "\\t", '\t' },
		      { "comma", ',' },	     { "semicolon", ';' },
		      { "space", ' ' },	     { "whitespace", GX_WHITESPACE } };
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
			"%s %s: a delimiter is one character, tab, comma, space, semicolon or "
			"whitespace",
			called(option), value);
}

static void set_comment(const struct gx_option *option, const char *value, void *place)
{
	unsigned char c = (unsigned char)value[0];
	/* Of what a header or a row may begin with, nothing is lost. */
	if (c <= ' ' || c >= 0x7f || value[1] || isalnum(c) || c == '"')
		gx_die_usage("%s %s: a comment begins with one character, such as %% or ;",
			     called(option), value);
	*(unsigned char *)place = c;
}

static void set_list(const struct gx_option *option, const char *value, void *place)
{
	if (!*value && strcmp(option->name, "feature-type") == 0)
		gx_die_usage("%s '': say which kinds, with commas between, or all", called(option));
	if (!*value && strcmp(option->name, "na") != 0)
		gx_die_usage(
			"%s '': say which columns, by name, number or range, with commas between",
			called(option));
	*(const char **)place = value;
}

static void set_dataset(const struct gx_option *option, const char *value, void *place)
{
	if (!*value)
		gx_die_usage("%s '': say which, by its path in the file, such as /X", called(option));
	*(const char **)place = value;
}

/* ---- the options that commands share ---- */

#define AT(member) offsetof(struct gx_common, member)

static const struct gx_option matrix_format[] = {
	{ 'f', "format", "FORMAT",
	  "write tsv, csv, gxm or npy [by FILE's extension, else tsv]", set_format,
	  AT(output.format), GX_NPY },
};

static const struct gx_option network_format[] = {
	{ 'f', "format", "FORMAT",
	  "write tsv, csv, gxm, npy or edges [by FILE's extension, else tsv]", set_format,
	  AT(output.format), GX_EDGES },
};

static const struct gx_option edge_options[] = {
	{ 0, "top", "N", "edges: the N largest values, and all that equal the last of them", set_top,
	  AT(output.top), 0 },
	{ 0, "min", "R", "edges: values of at least R", set_minimum, AT(output), 0 },
};

static const struct gx_option output_options[] = {
	{ 'b', "binary", NULL, "the same as -f gxm", set_binary, AT(output.format), 0 },
	{ 'H', "no-output-header", NULL, "text without its header line", gx_set_flag,
	  AT(output.no_header), 0 },
	{ 0, "digits", "N",
	  "text: at most N significant digits [the shortest that read back]",
	  set_digits, AT(output.digits), 0 },
};

static const struct gx_option reading_options[] = {
	{ 0, "delimiter", "C",
	  "text: fields are between C, or tab, comma, space, semicolon, "
	  "whitespace [by the header line]",
	  set_delimiter, AT(reading.delimiter), 0 },
	{ 0, "skip-lines", "N", "text: pass over N lines before anything is recognised",
	  gx_set_count, AT(reading.skip_lines), 0 },
	{ 0, "comment", "C", "text: C begins a comment above the table [#]", set_comment,
	  AT(reading.comment), 0 },
	{ 0, "header", NULL, "text: the first line is the header, whatever it looks like",
	  gx_set_flag, AT(reading.header), 0 },
	{ 0, "no-header", NULL, "text: the first line is a row", gx_set_flag,
	  AT(reading.no_header), 0 },
	{ 0, "id-column", "COLUMN",
	  "genes are named by this column (NAME or N; none) [the first]",
	  set_list, AT(reading.id_column), 0 },
	{ 0, "skip-columns", "LIST",
	  "text: these columns (NAME, N or N-M, with commas) are no samples", set_list,
	  AT(reading.skip_columns), 0 },
	{ 0, "columns", "LIST", "the samples to read (NAME, N or N-M, with commas) [all]",
	  set_list, AT(reading.columns), 0 },
	{ 0, "all-columns", NULL,
	  "text: the columns left are samples, whatever their names", gx_set_flag,
	  AT(reading.all_columns), 0 },
	{ 0, "na", "LIST", "text: these tokens are missing values as well", set_list,
	  AT(reading.na), 0 },
	{ 0, "transposed", NULL, "rows are samples and columns are genes",
	  gx_set_flag, AT(reading.transposed), 0 },
	{ 0, "decimal-comma", NULL, "text: 1,5 is one and a half", gx_set_flag,
	  AT(reading.decimal_comma), 0 },
	{ 0, "skip-blank", NULL, "text: pass over blank lines among the rows",
	  gx_set_flag, AT(reading.skip_blank), 0 },
	{ 0, "trailing-delimiter", NULL, "text: a delimiter at the end of a row ends it",
	  gx_set_flag, AT(reading.trailing_delimiter), 0 },
	{ 0, "feature-type", "LIST",
	  "10x: the kinds of features to read (with commas), or all", set_list,
	  AT(reading.feature_type), 0 },
};

static const struct gx_option hdf5_options[] = {
	{ 0, "dataset", "PATH",
	  "HDF5: read this dataset, a path in the file [the only one, or /X]", set_dataset,
	  AT(reading.dataset), 0 },
	{ 0, "sample-column", "NAME", "HDF5: samples are named by this column (NAME; none)",
	  set_list, AT(reading.sample_column), 0 },
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
	{ 0, "completion", "SHELL", "print the completion for bash, zsh or fish", NULL, 0, 0 },
	{ 'h', "help", NULL, "print this help", NULL, 0, 0 },
	{ 'V', "version", NULL, "print the version", NULL, 0, 0 },
};

#define ADD(heading, array) \
	gx_options_add(options, heading, array, sizeof(array) / sizeof *(array))

/* Whether several files may be named. */
static bool can_repeat(const struct gx_command *command)
{
	return command->groups & (GX_CLI_INPUT | GX_CLI_ANY_OPERANDS) &&
	       !(command->groups & GX_CLI_ONE_OPERAND);
}

static void options_of(const struct gx_command *command, struct gx_options *options)
{
	*options = (struct gx_options){ .command = command };
	gx_options_add(options, "Options", command->options, command->noption);
	if (command->groups & GX_CLI_INPUT)
		ADD("Reading a table", reading_options);
	if (command->groups & GX_CLI_HDF5)
		ADD(NULL, hdf5_options);
	if (can_repeat(command))
		ADD("Naming files", operand_options);
	if (command->groups & GX_CLI_NETWORK) {
		ADD("Writing a network", network_format);
		ADD(NULL, output_options);
		ADD(NULL, edge_options);
	} else if (command->groups & GX_CLI_OUTPUT) {
		ADD("Writing a matrix", matrix_format);
		ADD(NULL, output_options);
	}
	if (command->groups & GX_CLI_PART)
		ADD("Working on a part", part_options);
	ADD("Every filter", general_options);
}

/* ---- what is only printed ---- */

static void print_version(FILE *to, const struct gx_command *command,
			  const struct gx_common *common)
{
	char decoders[GX_DECODERS_MAX];
	gx_decoders_tell(decoders);
	const char *hdf5 = !(command->groups & GX_CLI_HDF5) ? "" : common->hdf5 ? ", HDF5" : ", no HDF5";
	fprintf(to, "%s (gx) %s\nwith %s%s\n", command->name, GX_VERSION, decoders, hdf5);
}

/* The options without a setter: --help, --version and --completion; --gx-about as well. */
GX_NORETURN static void print(const struct gx_options *options, const char *name,
			      const char *value, const struct gx_common *common)
{
	char *text = NULL;
	size_t n = 0;
	enum gx_shell shell = GX_BASH;
	bool completion = strcmp(name, "completion") == 0;
	if (completion && !gx_shell_parse(value, &shell))
		gx_die_usage("--completion %s: the shells are bash, zsh and fish", value);
	FILE *to = open_memstream(&text, &n);
	if (!to)
		gx_die(GX_EXIT_IO, "out of memory");
	if (completion)
		gx_completion_print(to, options, shell);
	else if (strcmp(name, "help") == 0)
		gx_help_print(to, options, gx_help_width());
	else if (strcmp(name, "version") == 0)
		print_version(to, options->command, common);
	else
		gx_about_print(to, options->command);
	if (fclose(to) != 0)
		gx_die(GX_EXIT_IO, "out of memory");
	gx_end_printed(text, n);
}

/* ---- parsing ---- */

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

/* What getopt_long is told of the options. */
struct known {
	struct option longs[GX_OPTIONS_MAX + 1];
	char shorts[3 * GX_OPTIONS_MAX + 3];
};

enum { FIRST_LONG = 256 };

static void tell_getopt(const struct gx_options *options, struct known *known)
{
	/* '-': operands come in order as option 1, so they may stand between options
	 * whatever POSIXLY_CORRECT says; ':': we say ourselves what is wrong. */
	*known = (struct known){ .shorts = "-:" };
	size_t at = 2;
	for (size_t i = 0; i < options->n; i++) {
		const struct gx_option *option = options->list[i];
		known->longs[i] = (struct option){ option->name,
						   option->argument ? required_argument
								    : no_argument,
						   NULL, FIRST_LONG + (int)i };
		if (option->letter) {
			known->shorts[at++] = option->letter;
			if (option->argument)
				known->shorts[at++] = ':';
		}
	}
}

/* What is wrong with the word `token`, of which getopt_long says `c`. */
GX_NORETURN static void refuse(const struct gx_options *options, int c, const char *token)
{
	if (c == ':')
		gx_die_usage("%s: a value must follow", token);
	if (optopt >= FIRST_LONG)
		gx_hint_takes_no_value(options, token);
	gx_hint_unknown(options, token, (char)optopt);
}

static void parse(const struct gx_options *options, int argc, char **argv,
		  struct gx_common *common)
{
	struct known known;
	tell_getopt(options, &known);
	opterr = 0;
	for (;;) {
		const char *token = optind < argc ? argv[optind] : NULL;
		int c = getopt_long(argc, argv, known.shorts, known.longs, NULL);
		if (c == -1)
			break;
		if (c == 1) {
			common->operand[common->noperand++] = optarg;
			continue;
		}
		if (c == ':' || c == '?')
			refuse(options, c, token);
		if (c < FIRST_LONG && optarg == token + 2)
			gx_hint_one_hyphen(options, token);
		const struct gx_option *option = NULL;
		for (size_t i = 0; i < options->n; i++)
			if (c >= FIRST_LONG ? c - FIRST_LONG == (int)i
					    : options->list[i]->letter == c)
				option = options->list[i];
		if (!option->set)
			print(options, option->name, optarg, common);
		option->set(option, optarg, (char *)common + option->offset);
	}
	while (optind < argc)
		common->operand[common->noperand++] = argv[optind++];
}

/* --top and --min choose edges, and so ask for them. */
static void check_edges(struct gx_output_options *output)
{
	if (!output->top && !output->has_minimum)
		return;
	if (output->format != GX_FORMAT_UNSET && output->format != GX_EDGES)
		gx_die_usage("%s chooses edges: leave the other format out, or say -f edges",
			     output->top ? "--top" : "--min");
	output->format = GX_EDGES;
}

static void check_digits(const struct gx_output_options *output)
{
	/* Who writes no matrix may call its file what it likes. */
	if (!output->digits)
		return;
	enum gx_format format = gx_output_format(output);
	if (format == GX_GXM || format == GX_NPY)
		gx_die_usage("--digits %u: %s keeps numbers as they are, and digits are of text: "
			     "leave it out, or write text (-f tsv, -f csv)",
			     output->digits, format == GX_GXM ? "GXM" : "npy");
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

void gx_cli_demand_one_to_part(const struct gx_common *common)
{
	if (common->part.n && common->noperand > 1)
		gx_die_usage(
			"--part takes one operand: join the others first (gx-reduce --join)");
}

void gx_cli_parse(const struct gx_command *command, int argc, char **argv,
		  struct gx_common *common)
{
	gx_message_start(command->name);
	gx_pipeline_restore_environment();
	common->nthread = gx_pipeline_threads();
	common->operand = gx_allocate((size_t)argc + 1, sizeof *common->operand);

	struct gx_options options;
	options_of(command, &options);
	if (argc == 2 && strcmp(argv[1], GX_ABOUT_OPTION) == 0)
		print(&options, GX_ABOUT_OPTION, NULL, common);
	parse(&options, argc, argv, common);
	for (size_t i = 0; i < common->noperand; i++)
		gx_hint_operand(&options, common->operand[i]);
	if (common->noperand && !gx_options_take_operands(&options))
		gx_die_usage("%s: takes no operands", common->operand[0]);
	if (common->reading.header && common->reading.no_header)
		gx_die_usage("--header and --no-header: the first line cannot be both");
	if (common->reading.columns && common->reading.all_columns)
		gx_die_usage("--columns and --all-columns: which columns are samples is said "
			     "twice");
	common->operand_given = common->noperand > 0;
	if (!common->noperand)
		common->operand[common->noperand++] = "-";
	if (!(command->groups & GX_CLI_PART_OF_LIST))
		gx_cli_demand_one_to_part(common);
	check_edges(&common->output);
	check_digits(&common->output);
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
				    .head_only = common->explain,
				    .nthread = common->nthread,
				    .is_survey = common->is_survey,
				    .hdf5 = common->hdf5,
				    .opened = common->opened,
				    .triangles = common->triangles,
				    .whole_triangles = common->whole_triangles };
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
	for (size_t i = 0; i < gx_reader_operands(reader); i++)
		gx_facts_append(&common->recognised, gx_reader_facts(reader, i));
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

/* The facts in a line an operand: "file: format, delimiter tab, ... 3 columns". */
static void report(const struct gx_common *common)
{
	char line[1024] = "";
	size_t n = 0, i = 0;
	struct gx_fact f = { 0 };
	for (; gx_facts_next(&common->recognised, &f); i++) {
		if (strcmp(f.key, "file") == 0 && i > 0) {
			gx_warn("input: %s", line);
			n = i = 0;
		}
		if (n >= sizeof line)
			continue;
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
