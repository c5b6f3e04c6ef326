/* SPDX-License-Identifier: MIT */
#include "command/hints.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "command/nearest.h"

/*
 * What other tools call it: R and its packages, pandas, awk, cut, sort, samtools, GNU parallel
 * and their like. A word is folded (nearest.h); a letter has its hyphen. An entry holds for a
 * command that has the option `name`; of those with one word, the first that holds.
 */
struct foreign {
	const char *words;
	const char *name;
	const char *say; /* NULL: "write", the option and its argument */
};

static const char operand[] = "an operand";

static const struct foreign foreign[] = {
	/* Of scipy.signal, where fs is no separator. */
	{ "fs samplingrate samplerate samplingfrequency", "rate", NULL },
	{ "nperseg nfft segment segmentlength windowlength windowsize framelength", "length", NULL },
	{ "noverlap", "overlap", NULL },
	{ "scaling", "scale", NULL },
	{ "-d -F sep separator delim fieldseparator fs ifs coldelim fielddelimiter",
	  "delimiter", NULL },
	{ "-j -@ -P nthreads nthread numthreads ncores cores jobs njobs ncpus cpus nproc procs "
	  "processes workers parallel",
	  "threads", NULL },
	{ "narm rmna skipna skipnan ignorena removena dropna omitna excludena naomit "
	  "skipmissing ignoremissing",
	  "skip-na", NULL },
	{ "navalues navalue nastrings nastring natoken natokens nan null nodata missing "
	  "missingvalues",
	  "na", NULL },
	{ "-i -I in input infile inputfile file filename path table matrix joblog record",
	  operand, NULL },
	{ "-O", "format", "write -o FILE to name the file, -f FORMAT to say how" },
	{ "out outfile outputfile ofile outputpath saveto writeto tofile dest", "output",
	  NULL },
	{ "tab tabs", "delimiter", "write --delimiter tab" },
	{ "csv", "format", "write -f csv for the output: input is recognised without it" },
	{ "tsv text", "format", "write -f tsv for the output: input is recognised without it" },
	{ "npy numpy", "format", "write -f npy for the output: input is recognised without it" },
	{ "gxm bin", "format", "write -b for the output: input is recognised without it" },
	{ "csv tsv text npy numpy gxm", operand, "leave it away: input is recognised without it" },
	{ "outputformat outformat outfmt informat to type outputtype", "format", NULL },
	{ "format outputformat outformat", "json", NULL },
	{ "noheaders headerless nocolnames nonames withoutheader noheaderline skipheader",
	  "no-header", NULL },
	{ "headers hasheader withheader headerin firstlineheader colnames", "header", NULL },
	{ "headers hasheader withheader headerin firstlineheader colnames", "no-header",
	  "leave it away: the first line is the header" },
	{ "nooutheader headerout noheaderout", "no-output-header", NULL },
	{ "skip skiprows skiprow skipline skiplines skipfirst nskip headerlines",
	  "skip-lines", NULL },
	{ "commentchar commentcharacter comments commentprefix", "comment", NULL },
	{ "index indexcol indexcolumn rownames rowname rownamescolumn idcol ids genecolumn "
	  "genecol namecolumn",
	  "id-column", NULL },
	{ "-k cols col column usecols usecolumns select fields keep keepcolumns samples",
	  "columns", NULL },
	{ "key group node layer h5key hdfkey internalpath", "dataset", NULL },
	{ "dataset samplecolumn", operand,
	  "it is for HDF5, which gx-convert reads: gx-convert -b, with the option, and a pipe" },
	{ "exclude drop dropcolumns dropcols excludecolumns ignorecolumns omit omitcolumns "
	  "skipcols",
	  "skip-columns", NULL },
	{ "dec decimalpoint decimalsep decimalseparator decimalmark", "decimal-comma", NULL },
	{ "skipblanklines skipemptylines ignoreblank", "skip-blank", NULL },
	{ "chunk shard split block slice task", "part", NULL },
	{ "dryrun plan whatif", "explain", NULL },
	{ "precision decimals ndigits signif significantdigits round", "digits", NULL },
	{ "progressbar bar pb", "progress", NULL },
	{ "debug loud", "verbose", NULL },
	{ "-q quiet silent", "verbose", "leave it away: nothing is said on success" },
	{ "-y force overwrite yes clobber", "output", "leave it away: -o replaces a file" },
	{ "-? usage man manual examples", "help", NULL },
	{ "cutoff above gt greaterthan minimum min", "threshold", NULL },
	{ "less lessthan lt maximum max", "below", NULL },
	{ "minsamples mincolumns minsample", "at-least", NULL },
	{ "rows nrow nrows ngenes ngene", "genes", NULL },
	{ "cols ncol ncols columns nsamples nsample", "samples", NULL },
	{ "randomseed randomstate rng setseed", "seed", NULL },
	{ "distribution", "dist", NULL },
	{ "repeats repetitions reps iterations", "runs", NULL },
	{ "concat concatenate cat merge bind", "join", NULL },
	{ "groupby samplesheet sheet metadata coldata conditions design", "groups", NULL },
	{ "groupcolumn groupcol conditioncolumn", "by", NULL },
	{ "retry resume resumefailed retryfailed", "failed", NULL },
};

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = words; n && (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

static bool holds(const struct gx_options *options, const struct foreign *entry)
{
	return entry->name == operand
		       ? gx_options_take_operands(options)
		       : gx_options_find(options, entry->name, strlen(entry->name)) != NULL;
}

/* ---- what to say ---- */

struct advice {
	char text[512];			/* empty: none */
	const struct gx_option *option; /* that it names */
};

/* "write -t N (--threads)", "write --delimiter C". */
static void write_option(const struct gx_option *option, struct advice *advice)
{
	const char *between = option->argument ? " " : "";
	const char *argument = option->argument ? option->argument : "";
	advice->option = option;
	if (option->letter)
		snprintf(advice->text, sizeof advice->text, "write -%c%s%s (--%s)",
			 option->letter, between, argument, option->name);
	else
		snprintf(advice->text, sizeof advice->text, "write --%s%s%s", option->name,
			 between, argument);
}

static void write_entry(const struct gx_options *options, const struct foreign *entry,
			struct advice *advice)
{
	if (entry->say)
		snprintf(advice->text, sizeof advice->text, "%s", entry->say);
	else if (entry->name == operand)
		snprintf(advice->text, sizeof advice->text,
			 "name the file without an option: %s FILE", options->command->name);
	else
		write_option(gx_options_find(options, entry->name, strlen(entry->name)),
			     advice);
}

/* `word` is folded, or a hyphen and a letter. */
static void look_up(const struct gx_options *options, const char *word,
		    struct advice *advice)
{
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (has_word(foreign[i].words, word) && holds(options, &foreign[i])) {
			write_entry(options, &foreign[i], advice);
			return;
		}
}

/* --header=FALSE, as R has it. */
static void look_up_header(const struct gx_options *options, const char *word,
			   struct advice *advice)
{
	if (strcmp(word, "header") == 0 && gx_options_find(options, "no-header", 9))
		snprintf(advice->text, sizeof advice->text,
			 "the first line is the header without an option; if it is a row, "
			 "write --no-header");
}

static void look_near(const struct gx_options *options, const char *word,
		      struct advice *advice)
{
	struct gx_nearest nearest;
	char names[256];
	gx_nearest_start(&nearest, word);
	for (size_t i = 0; i < options->n; i++)
		gx_nearest_offer(&nearest, options->list[i]->name);
	if (gx_nearest_tell(&nearest, "--", names, sizeof names))
		snprintf(advice->text, sizeof advice->text, "did you mean %s?", names);
}

/* Whether other tools have the word: it is no slip, even if gx has nothing like it here. */
static bool is_foreign(const char *word)
{
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		if (has_word(foreign[i].words, word))
			return true;
	return false;
}

/* A word of another tool with a slip in it: --seperator. */
static void look_near_foreign(const struct gx_options *options, const char *word,
			      struct advice *advice)
{
	enum { LONG = 6 }; /* shorter ones are near to too much */
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		for (const char *at = foreign[i].words; *at; at += strspn(at, " ")) {
			size_t n = strcspn(at, " ");
			char name[GX_NEAREST_WORD + 1];
			gx_fold(at, n, name);
			at += n;
			if (n >= LONG && strlen(word) + 1 >= n &&
			    gx_nearest_distance(word, name) == 1 &&
			    holds(options, &foreign[i])) {
				write_entry(options, &foreign[i], advice);
				return;
			}
		}
}

/* ---- what was typed ---- */

/* The name in "--name=value": where it begins, and its length. */
static size_t name_of(const char *token, const char **name)
{
	*name = token + strspn(token, "-");
	return strcspn(*name, "=");
}

/* The options that begin so, but the one that is named already; their number. */
static size_t begun_by(const struct gx_options *options, const char *name, size_t n,
		       const struct gx_option *but, const char *found[GX_OPTIONS_MAX])
{
	size_t nfound = 0;
	for (size_t i = 0; n && i < options->n; i++)
		if (options->list[i] != but &&
		    strncmp(options->list[i]->name, name, n) == 0)
			found[nfound++] = options->list[i]->name;
	return nfound;
}

/* An own option in another spelling (--skip_na), or a word of other tools. */
static void advise_exactly(const struct gx_options *options, const char *token,
			   struct advice *advice)
{
	const char *name;
	size_t n = name_of(token, &name);
	char word[GX_NEAREST_WORD + 1], own[GX_NEAREST_WORD + 1];
	gx_fold(name, n, word);
	if (!*word)
		return;
	for (size_t i = 0; i < options->n; i++) {
		gx_fold(options->list[i]->name, strlen(options->list[i]->name), own);
		if (strcmp(word, own) == 0) {
			write_option(options->list[i], advice);
			return;
		}
	}
	look_up(options, word, advice);
	if (!advice->text[0])
		look_up_header(options, word, advice);
}

GX_NORETURN static void die_of_long(const struct gx_options *options, const char *token)
{
	struct advice advice = { 0 };
	const char *name, *found[GX_OPTIONS_MAX];
	char names[400], word[GX_NEAREST_WORD + 1];
	size_t n = name_of(token, &name);
	advise_exactly(options, token, &advice);
	size_t nfound = begun_by(options, name, n, advice.option, found);
	gx_list_names(found, nfound, "--", names, sizeof names);
	if (advice.text[0] && nfound)
		gx_die_usage("unknown option %s: %s; or is it %s?", token, advice.text, names);
	if (nfound)
		gx_die_usage("%s: could be %s", token, names);
	gx_fold(name, n, word);
	if (!advice.text[0] && !is_foreign(word)) {
		look_near(options, word, &advice);
		if (!advice.text[0])
			look_near_foreign(options, word, &advice);
	}
	if (advice.text[0])
		gx_die_usage("unknown option %s: %s", token, advice.text);
	gx_die_usage("unknown option %s", token);
}

void gx_hint_one_hyphen(const struct gx_options *options, const char *token)
{
	struct advice advice = { 0 };
	if (token[1] != '-' && strlen(token) > 3)
		advise_exactly(options, token, &advice);
	if (advice.text[0])
		gx_die_usage("unknown option %s: %s", token, advice.text);
}

/* "-sep" or "-id", where its first letter is no option. */
static void die_of_word(const struct gx_options *options, const char *token)
{
	struct advice advice = { 0 };
	const char *name, *found[GX_OPTIONS_MAX];
	size_t n = name_of(token, &name);
	if (n < 2)
		return;
	advise_exactly(options, token, &advice);
	if (!advice.text[0] && begun_by(options, name, n, NULL, found) == 1)
		write_option(gx_options_find(options, found[0], strlen(found[0])), &advice);
	if (advice.text[0])
		gx_die_usage("unknown option %s: %s", token, advice.text);
}

void gx_hint_unknown(const struct gx_options *options, const char *token, char letter)
{
	if (!letter)
		die_of_long(options, token);
	if (token[1] == letter)
		die_of_word(options, token);
	struct advice advice = { 0 };
	look_up(options, (char[]){ '-', letter, 0 }, &advice);
	if (advice.text[0])
		gx_die_usage("unknown option -%c: %s", letter, advice.text);
	gx_die_usage("unknown option -%c", letter);
}

void gx_hint_takes_no_value(const struct gx_options *options, const char *token)
{
	struct advice advice = { 0 };
	const char *name;
	size_t n = name_of(token, &name);
	char word[GX_NEAREST_WORD + 1];
	gx_fold(name, n, word);
	look_up_header(options, word, &advice);
	if (advice.text[0])
		gx_die_usage("%s: takes no value: %s", token, advice.text);
	gx_die_usage("%s: takes no value", token);
}

/* The length of a dash at the start of the text that is no hyphen; 0: none. */
static size_t dash_length(const char *text)
{
	/* U+2010 to U+2015, and the minus sign U+2212. */
	bool is = (memcmp(text, "\xe2\x80", 2) == 0 && (unsigned char)text[2] >= 0x90 &&
		   (unsigned char)text[2] <= 0x95) ||
		  memcmp(text, "\xe2\x88\x92", 3) == 0;
	return is ? 3 : 0;
}

static bool one_of(const char *word, const char *words)
{
	return !strchr(word, ' ') && has_word(words, word);
}

void gx_hint_operand(const struct gx_options *options, const char *text)
{
	const char *name = options->command->name;
	size_t dash = strlen(text) > 3 ? dash_length(text) : 0;
	bool help = one_of(text, "help usage man"), version = one_of(text, "version"),
	     logical = one_of(text, "TRUE FALSE True False");
	if (!(dash || help || version || logical) || access(text, F_OK) == 0 ||
	    errno != ENOENT)
		return;
	if (dash) {
		const char *rest = text + dash;
		for (size_t n; (n = *rest == '-' ? 1 : strlen(rest) > 3 ? dash_length(rest) : 0);)
			rest += n;
		gx_die_usage("%s: this dash is no hyphen: write %s%s", text,
			     strcspn(rest, "=") > 1 ? "--" : "-", rest);
	}
	if (logical)
		gx_die_usage("%s: no such file: an option is given or left away: none takes "
			     "TRUE or FALSE",
			     text);
	gx_die_usage("%s: no such file: write %s --%s", text, name,
		     help ? "help" : "version");
}
