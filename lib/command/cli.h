/* SPDX-License-Identifier: MIT */
/*
 * Command lines. A command has one table of its options; the options that all commands
 * share are added here, so that they have the same names and words everywhere. The table
 * parses and prints --help: there is no other copy.
 *
 *	struct arguments {
 *		struct gx_common common;            first, always
 *		bool skip_na;
 *	};
 *	static const struct gx_option options[] = {
 *		{ 0, "skip-na", NULL, "average what is there", gx_set_flag,
 *		  offsetof(struct arguments, skip_na), 0 },
 *	};
 *	static const struct gx_command command = {
 *		.name = "gx-means", .groups = GX_CLI_INPUT | GX_CLI_OUTPUT, ... };
 *	int main(int argc, char **argv)
 *	{
 *		struct arguments a = { 0 };
 *		gx_cli_parse(&command, argc, argv, &a.common);
 *		...
 *		return gx_cli_finish(&a.common);
 *	}
 */
#ifndef GX_CLI_H
#define GX_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/part.h"
#include "base/facts.h"
#include "bytes/output.h"
#include "format/table/reading.h"
#include "stream/reader.h"

struct gx_option;

/* Puts the value of one option in its place; dies with exit 2 when it is not right. */
typedef void gx_option_set(const struct gx_option *option, const char *value, void *place);

struct gx_option {
	char letter;	      /* 0: none */
	const char *name;     /* the long form, without dashes */
	const char *argument; /* as --help shows it; NULL: takes none */
	const char *help;
	gx_option_set *set;
	size_t offset; /* of the place in the command's arguments */
	int value;     /* for setters that several options share */
};

gx_option_set gx_set_flag;  /* bool: true */
gx_option_set gx_set_text;  /* const char * */
gx_option_set gx_set_count; /* uint64_t, with the suffixes k, M and G */
gx_option_set gx_set_real;  /* double, finite */

enum {
	GX_CLI_INPUT = 1,   /* operands and how to read them */
	GX_CLI_OUTPUT = 2,  /* -f -b -H: a matrix is written */
	GX_CLI_PART = 4,    /* -p */
	GX_CLI_ANY_OPERANDS = 8, /* operands, though they are not matrices */
	GX_CLI_ONE_OPERAND = 16, /* of operands: no --repeated, as several are not one input */
	GX_CLI_REPEATS = 32,	 /* it says by itself which operands may be named twice */
	GX_CLI_HDF5 = 128,	 /* of GX_CLI_INPUT: HDF5 is read too */
	/* Of GX_CLI_PART: what it reads may be a list, which is cut; else it demands one operand. */
	GX_CLI_PART_OF_LIST = 256,
	GX_CLI_NETWORK = 64,	 /* of GX_CLI_OUTPUT: networks are written, as edges too */
};

/* Under which heading `gx` lists a command. */
enum gx_purpose {
	GX_PURPOSE_COMPUTE, /* of each gene, or sample, or matrix */
	GX_PURPOSE_MAKE,    /* or look at a matrix, or write it in another way */
	GX_PURPOSE_GATHER,  /* parts, to the whole */
	GX_PURPOSE_MEASURE, /* how long work takes, and why */
	GX_PURPOSES
};

/* The words that an option takes, for completion, with blanks between. */
struct gx_option_words {
	const char *name; /* of the option, without dashes */
	const char *words;
};

struct gx_command {
	const char *name;
	const char *about;   /* a few words for the list of `gx`: NAME of the man page */
	const char *usage;   /* behind the name; the SYNOPSIS of the man page, word for word */
	const char *summary; /* a sentence or two for --help */
	const char *example[2]; /* for --help; from the man page, where they are run */
	enum gx_purpose purpose;
	const struct gx_option_words *words; /* of its own options; {NULL} ends them */
	const struct gx_option *options;
	size_t noption;
	unsigned groups;
	/*
	 * It tells more of --explain than others and ends there by itself (explain.h).
	 * Otherwise gx_reader_open does, or, where no matrix is read, gx_cli_parse.
	 */
	bool explains;
};

struct gx_common {
	struct gx_output_options output;
	struct gx_reading reading;
	struct gx_part part;
	int nthread;
	bool progress;
	bool verbose;
	bool repeated; /* --repeated: a file that is named twice is read twice */
	bool explain;  /* --explain: tell what would be done; lib/explain.h says who does */
	bool explains; /* as the command has it */
	/* Of its request (format.h), for the command to set: before the line is parsed ... */
	bool is_survey;
	const struct gx_reader_format *hdf5; /* GX_HDF5 of hdf5/hdf5.h, by who links it */
	struct gx_input *opened; /* the first operand, where it was looked into; else NULL */
	bool triangles; /* ... and before the reader is opened */
	bool whole_triangles; /* the same */
	const char **operand; /* "-" alone where none was given */
	size_t noperand;
	bool operand_given;
	struct gx_facts recognised; /* what -v says of the input, a line an operand */
};

/*
 * Parses the whole line into *common and the command's own places, which are offsets from
 * `common`. Handles --help and --version, the program's name in messages and its signals.
 */
void gx_cli_parse(const struct gx_command *command, int argc, char **argv,
		  struct gx_common *common);

/*
 * Opens the operands as one matrix. Where the command does not speak of itself, --explain
 * ends here (explain.h). Refuses to wait on a terminal, as gx_cli_need_input.
 */
struct gx_reader *gx_cli_open(struct gx_common *common);
/* Closes it; keeps what -v says of the input. */
void gx_cli_close(struct gx_common *common, struct gx_reader *reader);

/* Refuses --part beside several operands (exit 2). */
void gx_cli_demand_one_to_part(const struct gx_common *common);

/* What the options and operands ask for, for gx_reader_open. */
struct gx_request gx_cli_request(const struct gx_common *common);

/*
 * Refuses to wait on a terminal: with no operand and a terminal as standard input there is
 * nothing to do but to say how the command is used (exit 2).
 */
void gx_cli_need_input(const struct gx_common *common);

/* The end of every command that succeeded: progress, -v; returns the exit code, 0. */
int gx_cli_finish(struct gx_common *common);

/*
 * The helpers of setters: a whole number with k, M, G; a finite double. False when `text`
 * is not one from its first byte to its last.
 */
bool gx_cli_count(const char *text, uint64_t *value);
bool gx_cli_real(const char *text, double *value);

#endif
