/* SPDX-License-Identifier: MIT */
/* gx-time: strategies raced on one matrix, whose answers agree. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/message.h"
#include "base/processors.h"
#include "bytes/outputs.h"
#include "command/cli.h"
#include "command/explain.h"
#include "kernel/distribution.h"
#include "number/number.h"
#include "plot/plot.h"
#include "race/contest.h"
#include "race/machine.h"
#include "race/network_step.h"
#include "race/programs.h"
#include "race/simulated.h"
#include "stream/reader.h"

enum { CORES_MAX = 1024, NCORES_MAX = 64, SIZE_LIMIT = 32768 };

struct arguments {
	struct gx_common common;
	unsigned given; /* bit of each option in `which` that was given */
	size_t work;
	double threshold, budget;
	int cores[NCORES_MAX];
	size_t ncores;
	char cores_text[6 * NCORES_MAX]; /* the same, with commas */
	uint64_t runs, warmup, ngene, nsample, seed, size, ntask, task_nanoseconds;
	const char *strategies, *python, *runs_out, *plot;
	bool peers, recorded;
	enum gx_timing_form form;
};

enum which {
	WORK,
	THRESHOLD,
	CORES,
	RUNS,
	WARMUP,
	BUDGET,
	STRATEGIES,
	PEERS,
	PYTHON,
	ROWS,
	COLUMNS,
	SEED,
	SIZE,
	TASKS,
	TASK_TIME,
	RECORDED,
	RUNS_OUT,
	PLOT,
	JSON,
	MARKDOWN,
	TABLE,
};

static gx_option_set set;

static const struct gx_option options[] = {
	{ 0, "work", "NAME", "means, rowsum, dot, matmul, network or tasks [means]", set, 0,
	  WORK },
	{ 'T', "threshold", "X", "means: count the rows whose mean is above X [12]", set,
	  0, THRESHOLD },
	{ 0, "cores", "LIST",
	  "race on these numbers of cores [1,2,4 ... up to all]", set, 0,
	  CORES },
	{ 0, "runs", "N", "measured runs of each strategy [10]", set, 0, RUNS },
	{ 0, "warmup", "N", "runs before the measured ones, not counted [2]", set, 0, WARMUP },
	{ 0, "budget", "TIME", "stop racing after TIME: 90, 90s, 2m, 1h [no bound]", set,
	  0, BUDGET },
	{ 0, "strategies", "LIST", "race only these, separated by commas [all]", set, 0,
	  STRATEGIES },
	{ 0, "peers", NULL, "also race Python: means: arrays, tables and pools; network: NumPy; tasks: pools",
	  set, 0, PEERS },
	{ 0, "python", "PROGRAM", "the Python of --peers [python3]", set, 0,
	  PYTHON },
	{ 'n', "genes", "N", "rows of the simulated matrix [200000; network: 2000]", set, 0, ROWS },
	{ 'm', "samples", "M", "its columns [50; network: 60]", set, 0, COLUMNS },
	{ 's', "seed", "S", "its seed [1]", set, 0, SEED },
	{ 0, "size", "N", "matmul: multiply N x N matrices [512]", set, 0, SIZE },
	{ 0, "tasks", "N", "tasks: how many [200]", set, 0, TASKS },
	{ 0, "task-time", "TIME", "tasks: how long each sleeps: 200us, 20ms, 1s [0.1ms]", set,
	  0, TASK_TIME },
	{ 0, "recorded", NULL,
	  "race nothing: read files of --runs-out and join them", set, 0,
	  RECORDED },
	{ 0, "runs-out", "FILE", "write every run to FILE", set, 0, RUNS_OUT },
	{ 0, "plot", "FILE", "draw time, speed-up and efficiency: FILE.svg, .pdf, .png, .txt",
	  set, 0, PLOT },
	{ 0, "json", NULL, "write JSON", set, 0, JSON },
	{ 0, "markdown", NULL, "write a table in Markdown", set, 0, MARKDOWN },
	{ 0, "table", NULL, "write the table for people, also to a pipe or a file", set, 0,
	  TABLE },
};

static const struct gx_option_words words[] = {
	{ "work", "means rowsum dot matmul network tasks" },
	{ NULL, NULL },
};

static const struct gx_command command = {
	.name = "gx-time",
	.about = "race strategies on one matrix",
	.usage = "[OPTION ...] [MATRIX]",
	.summary =
		"Races strategies on one matrix, or on a simulated one: a loop, SIMD, threads,\n"
		"processes, xargs and GNU parallel. Their answers are compared first.",
	.example = { "gx-time --runs 6 --warmup 1 m.gxm",
		      "gx-time --work matmul --size 128 --runs 3" },
	.purpose = GX_PURPOSE_MEASURE,
	.words = words,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_INPUT | GX_CLI_ONE_OPERAND,
	.explains = true,
};

enum { OF_MATRIX = 1 << ROWS | 1 << COLUMNS | 1 << SEED };

/* The works, and the options of each besides those of every race. */
static const struct work {
	const char *name, *unit;
	void (*add)(struct gx_race *race, const struct gx_contest *contest);
	uint64_t ngene, nsample; /* of the simulated matrix; 0: it takes no matrix */
	unsigned takes;
} works[] = {
	{ "means", "byte", gx_contest_means, 200000, 50,
	  OF_MATRIX | 1u << THRESHOLD | 1u << PEERS | 1u << PYTHON },
	{ "rowsum", "byte", gx_contest_rowsum, 200000, 50, OF_MATRIX },
	{ "dot", "byte", gx_contest_dot, 200000, 50, OF_MATRIX },
	{ "matmul", "operation", gx_contest_matmul, 0, 0, 1u << SIZE },
	{ "network", "pair", gx_contest_network, 2000, 60,
	  OF_MATRIX | 1u << PEERS | 1u << PYTHON },
	{ "tasks", "task", gx_contest_tasks, 0, 0,
	  1u << TASKS | 1u << TASK_TIME | 1u << PEERS | 1u << PYTHON },
};
enum { NWORK = sizeof works / sizeof *works };
static const unsigned of_forms = 1u << JSON | 1u << MARKDOWN | 1u << TABLE;
static const unsigned of_results = 1u << RECORDED | 1u << RUNS_OUT | 1u << PLOT |
				   1u << JSON | 1u << MARKDOWN | 1u << TABLE;
static const unsigned of_races = 1u << WORK | 1u << CORES | 1u << RUNS | 1u << WARMUP |
				 1u << BUDGET | 1u << STRATEGIES;

/* ---- options ---- */

static int ascending(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void set_cores(struct arguments *a, const char *value)
{
	a->ncores = 0;
	for (const char *at = value;; at++) {
		char *end;
		long n = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : 0;
		if (n < 1 || n > CORES_MAX || (*end && *end != ','))
			gx_die_usage(
				"--cores %s: give numbers from 1 to %d, separated by commas",
				value, CORES_MAX);
		if (a->ncores == NCORES_MAX)
			gx_die_usage("--cores %s: more than %d numbers", value,
				     NCORES_MAX);
		a->cores[a->ncores++] = (int)n;
		at = end;
		if (!*at)
			break;
	}
	qsort(a->cores, a->ncores, sizeof *a->cores, ascending);
	size_t kept = 1;
	for (size_t i = 1; i < a->ncores; i++)
		if (a->cores[i] != a->cores[kept - 1])
			a->cores[kept++] = a->cores[i];
	a->ncores = kept;
}

static void set_budget(struct arguments *a, const char *value)
{
	char text[64];
	size_t n = strlen(value);
	double unit = 1;
	bool sound = n > 0 && n < sizeof text;
	if (sound) {
		memcpy(text, value, n + 1);
		char last = text[n - 1];
		unit = last == 'm' ? 60 : last == 'h' ? 3600 : 1;
		if (last == 's' || last == 'm' || last == 'h')
			text[n - 1] = 0;
		sound = gx_cli_real(text, &a->budget) && a->budget > 0;
	}
	if (!sound)
		gx_die_usage("--budget %s: a time above 0: 90, 90s, 2m, 1h", value);
	a->budget *= unit;
}

/* Whole nanoseconds. The unit is asked for: 20 would be taken for seconds, or for ms. */
static void set_task_time(struct arguments *a, const char *value)
{
	static const struct {
		const char *name;
		double nanoseconds;
	} units[] = { { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	const double most = 3600e9;
	size_t n = strlen(value), unit = 0, digits = n;
	for (; unit < sizeof units / sizeof *units; unit++) {
		size_t k = strlen(units[unit].name);
		digits = n > k ? n - k : 0;
		if (digits && strcmp(value + digits, units[unit].name) == 0)
			break;
	}
	char text[64];
	double time = 0;
	bool sound = unit < sizeof units / sizeof *units && digits < sizeof text;
	if (sound) {
		memcpy(text, value, digits);
		text[digits] = 0;
		sound = gx_cli_real(text, &time);
		time = floor(time * units[unit].nanoseconds + 0.5);
	}
	if (!sound || !(time >= 1000 && time <= most))
		gx_die_usage("--task-time %s: a time with its unit, from 1us to 3600s: 200us, "
			     "20ms, 1s",
			     value);
	a->task_nanoseconds = (uint64_t)time;
}

/* "0.1 ms": the same text for the same time, as races are joined by it. */
static const char *show_task_time(uint64_t nanoseconds, char text[64])
{
	double ns = (double)nanoseconds;
	bool seconds = nanoseconds >= 1000000000, micro = nanoseconds < 100000;
	snprintf(text, 64, "%.13g %s", ns / (seconds ? 1e9 : micro ? 1e3 : 1e6),
		 seconds ? "s" : micro ? "us" : "ms");
	return text;
}

static uint64_t count_between(const struct gx_option *option, const char *value,
			      uint64_t least, uint64_t most)
{
	uint64_t n;
	if (!gx_cli_count(value, &n) || n < least || n > most)
		gx_die_usage("--%s %s: not a whole number from %" PRIu64 " to %" PRIu64,
			     option->name, value, least, most);
	return n;
}

static void set_work(struct arguments *a, const char *value)
{
	for (a->work = 0; a->work < NWORK; a->work++)
		if (strcmp(value, works[a->work].name) == 0)
			return;
	gx_die_usage("--work %s: the works are means, rowsum, dot, matmul, network and tasks",
		     value);
}

static void set_text(const struct gx_option *option, const char *value, const char **text)
{
	if (!*value)
		gx_die_usage("--%s '': a value must follow", option->name);
	*text = value;
}

static void set(const struct gx_option *option, const char *value, void *place)
{
	struct arguments *a = place;
	a->given |= 1u << option->value;
	switch ((enum which)option->value) {
	case WORK:
		set_work(a, value);
		break;
	case THRESHOLD:
		gx_set_real(option, value, &a->threshold);
		break;
	case CORES:
		set_cores(a, value);
		break;
	case RUNS:
		a->runs = count_between(option, value, 1, 1000000);
		break;
	case WARMUP:
		a->warmup = count_between(option, value, 0, 1000000);
		break;
	case BUDGET:
		set_budget(a, value);
		break;
	case STRATEGIES:
		set_text(option, value, &a->strategies);
		break;
	case PEERS:
		a->peers = true;
		break;
	case PYTHON:
		set_text(option, value, &a->python);
		break;
	case ROWS:
		a->ngene = count_between(option, value, 1, UINT64_C(1) << 40);
		break;
	case COLUMNS:
		a->nsample = count_between(option, value, 1, UINT64_C(1) << 33);
		break;
	case SEED:
		gx_set_count(option, value, &a->seed);
		break;
	case SIZE:
		a->size = count_between(option, value, 1, SIZE_LIMIT);
		break;
	case TASKS:
		a->ntask = count_between(option, value, 1, 1000000);
		break;
	case TASK_TIME:
		set_task_time(a, value);
		break;
	case RECORDED:
		a->recorded = true;
		break;
	case RUNS_OUT:
		set_text(option, value, &a->runs_out);
		break;
	case PLOT:
		set_text(option, value, &a->plot);
		break;
	case JSON:
		a->form = GX_TIMING_JSON;
		break;
	case MARKDOWN:
		a->form = GX_TIMING_MARKDOWN;
		break;
	case TABLE:
		a->form = GX_TIMING_PEOPLE;
		break;
	}
}

static const char *option_named(unsigned bit)
{
	for (size_t i = 0; i < command.noption; i++)
		if (1u << options[i].value == bit)
			return options[i].name;
	return "";
}

/* An option without effect is a mistake. */
static void check_options(const struct arguments *a)
{
	const struct work *work = &works[a->work];
	unsigned takes = of_results | (a->recorded ? 0 : of_races | work->takes);
	for (unsigned bit = 1; bit <= 1u << TABLE; bit <<= 1)
		if (a->given & ~takes & bit)
			gx_die_usage("--%s has no effect with %s%s", option_named(bit),
				     a->recorded ? "--recorded" : "--work ",
				     a->recorded ? "" : work->name);
	unsigned forms = a->given & of_forms, first = forms & -forms;
	if (forms != first)
		gx_die_usage("--%s and --%s: choose one of them", option_named(first),
			     option_named((forms ^ first) & -(forms ^ first)));
	if (a->given & 1u << PYTHON && !a->peers)
		gx_die_usage("--python needs --peers");
	if (!a->recorded && a->common.noperand > 1)
		gx_die_usage("%s: one matrix is raced at a time", a->common.operand[1]);
	if (!a->recorded && a->common.operand_given && !work->ngene)
		gx_die_usage("%s: %s takes no matrix", a->common.operand[0], work->name);
	if (a->common.operand_given &&
	    a->given & OF_MATRIX)
		gx_die_usage(
			"--genes, --samples and --seed have no effect on %s: they describe a "
			"simulated matrix",
			a->common.operand[0]);
	if (a->nsample && a->ngene > SIZE_MAX / 16 / a->nsample)
		gx_die_usage("-n %" PRIu64 " -m %" PRIu64 ": it would not fit in memory",
			     a->ngene, a->nsample);
	if (a->plot)
		gx_plot_kind(a->plot);
}

/* An output that cannot be written is found before the race, not behind it. */
static void check_outputs(const struct arguments *a)
{
	const struct gx_output_name outputs[] = { { "-o", a->common.output.path },
						  { "--runs-out", a->runs_out },
						  { "--plot", a->plot } };
	const size_t n = sizeof outputs / sizeof *outputs;
	for (size_t i = 0; i < n; i++)
		if (outputs[i].path)
			gx_output_check(outputs[i].option, outputs[i].path);
	gx_outputs_check(outputs, n);
}

/* 1, 2, 4 ... and the number of all. */
static void default_cores(struct arguments *a)
{
	int all = gx_processors_available();
	all = all < CORES_MAX ? all : CORES_MAX;
	for (int n = 1; n < all; n *= 2)
		a->cores[a->ncores++] = n;
	a->cores[a->ncores++] = all;
}

static void default_sizes(struct arguments *a)
{
	if (!(a->given & 1u << ROWS))
		a->ngene = works[a->work].ngene;
	if (!(a->given & 1u << COLUMNS))
		a->nsample = works[a->work].nsample;
}

static void write_cores(struct arguments *a)
{
	size_t used = 0;
	for (size_t i = 0; i < a->ncores; i++)
		used += (size_t)snprintf(a->cores_text + used,
					 sizeof a->cores_text - used, "%s%d",
					 i ? "," : "", a->cores[i]);
}

/* ---- the matrix ---- */

/* Whether gx-means --part can cut the operand itself: a whole GXM file, all columns. */
static bool is_cut_by_parts(const struct arguments *a, const struct gx_reader *reader)
{
	const struct gx_matrix *matrix = gx_reader_matrix(reader);
	struct stat status;
	return strcmp(a->common.operand[0], "-") != 0 && gx_reader_is_gxm(reader) &&
	       !a->common.reading.columns && !matrix->derived && matrix->first == 0 &&
	       matrix->nrow != GX_UNKNOWN && matrix->nrow == matrix->whole &&
	       stat(a->common.operand[0], &status) == 0 && S_ISREG(status.st_mode);
}

static void read_values(struct arguments *a, struct gx_whole *values,
			struct gx_timing *timing, struct gx_contest *contest)
{
	struct gx_reader *reader = gx_cli_open(&a->common);
	gx_whole_read(values, reader, a->common.nthread, 0);
	const char *name = a->common.operand[0];
	if (!values->nrow)
		gx_die(GX_EXIT_DATA, "%s: no rows: there is nothing to race on", name);
	gx_timing_fact(timing, "input", "%s: %zu x %zu",
		       strcmp(name, "-") ? name : "<stdin>", values->nrow, values->ncol);
	if (is_cut_by_parts(a, reader))
		contest->file = name;
	gx_cli_close(&a->common, reader);
}

static void simulate_values(const struct arguments *a, struct gx_whole *values,
			    struct gx_timing *timing)
{
	struct gx_distribution distribution = { .kind = GX_EXPONENTIAL,
						.seed = a->seed,
						.scale = 10 };
	char modules[64] = "";
	if (works[a->work].add == gx_contest_network) {
		distribution.nmodule = gx_step_modules(a->ngene);
		distribution.strength = 0.2;
		snprintf(modules, sizeof modules, ", %" PRIu64 " module%s", distribution.nmodule,
			 distribution.nmodule == 1 ? "" : "s");
	}
	gx_race_simulate(&distribution, a->ngene, a->nsample, a->common.nthread, values);
	gx_timing_fact(timing, "input",
		       "simulated, exponential, seed %" PRIu64 "%s: %zu x %zu", a->seed, modules,
		       values->nrow, values->ncol);
}

/*
 * Whether a matrix is read. Without an operand one is simulated, unless standard input is a
 * pipe or a file: then the user means that one.
 */
static bool wants_input(const struct arguments *a)
{
	struct stat status;
	if (a->common.operand_given)
		return true;
	if (a->given & OF_MATRIX)
		return false;
	return fstat(STDIN_FILENO, &status) == 0 && !S_ISCHR(status.st_mode);
}

/* ---- --explain ---- */

/* Bytes that a work takes beside its matrix. */
static uint64_t memory_beside(const struct work *work, uint64_t ngene, uint64_t nsample)
{
	return work->add == gx_contest_network ? gx_network_step_memory(ngene, nsample) : 0;
}

GX_NORETURN static void explain(struct arguments *a)
{
	const struct work *work = &works[a->work];
	uint64_t values = 0, more = 0;
	if (a->recorded) {
		gx_explain_tell("work", "none: runs that were recorded are joined");
	} else {
		gx_explain_tell("work", "%s", work->name);
		gx_explain_tell("strategies", "%s",
				a->strategies ? a->strategies : "all");
		gx_explain_tell("cores", "%s", a->cores_text);
		gx_explain_count("runs", a->runs);
		gx_explain_count("warmup", a->warmup);
	}
	if (!a->recorded && work->ngene && wants_input(a)) {
		struct gx_source source = { 0 };
		struct gx_reader *reader = gx_cli_open(&a->common);
		const struct gx_matrix *matrix = gx_reader_matrix(reader);
		gx_explain_reader(&a->common, reader, &source);
		if (matrix->nrow != GX_UNKNOWN && matrix->ncol != GX_UNKNOWN) {
			values = matrix->nrow * matrix->ncol;
			more = memory_beside(work, matrix->nrow, matrix->ncol);
		}
	} else if (!a->recorded && work->ngene) {
		values = a->ngene * a->nsample;
		more = memory_beside(work, a->ngene, a->nsample);
		gx_explain_count("genes", a->ngene);
		gx_explain_count("samples", a->nsample);
	} else if (!a->recorded && work->add == gx_contest_tasks) {
		char time[64];
		gx_explain_count("tasks", a->ntask);
		gx_explain_tell("task time", "%s", show_task_time(a->task_nanoseconds, time));
	} else if (work->add == gx_contest_matmul) {
		values = 7 * a->size * a->size;
	}
	gx_explain_memory(values * sizeof(double) + more);
	gx_explain_end(a->form == GX_TIMING_JSON ? "json" : "table", GX_UNKNOWN);
}

/* ---- the race ---- */

static void tell_race(const struct arguments *a, struct gx_timing *timing)
{
	char threshold[GX_NUMBER_MAX + 1], time[64];
	bool waits = works[a->work].add == gx_contest_tasks;
	gx_timing_fact(timing, "work", "%s", works[a->work].name);
	gx_timing_fact(timing, "unit", "%s", works[a->work].unit);
	if (works[a->work].add == gx_contest_means) {
		*gx_number_print(a->threshold, threshold) = 0;
		gx_timing_fact(timing, "threshold", "%s", threshold);
	}
	if (works[a->work].add == gx_contest_matmul)
		gx_timing_fact(timing, "input",
			       "whole numbers below 1024, %" PRIu64 " x %" PRIu64,
			       a->size, a->size);
	if (waits)
		gx_timing_fact(timing, "input", "%" PRIu64 " tasks of %s", a->ntask,
			       show_task_time(a->task_nanoseconds, time));
	gx_timing_fact(timing, "race",
		       "cores %s, %" PRIu64 " runs after %" PRIu64 " to warm up",
		       a->cores_text, a->runs, a->warmup);
	int there = gx_processors_available();
	if (a->cores[a->ncores - 1] > there && !waits) /* who waits takes no core */
		gx_timing_note(
			timing,
			"there are %d cores to run on: strategies that ask for more share them",
			there);
}

static void tell_facts(struct gx_timing *timing, struct gx_facts *facts)
{
	for (struct gx_fact f = { 0 }; gx_facts_next(facts, &f);)
		gx_timing_fact(timing, f.key, "%s", f.value);
	gx_facts_free(facts);
}

static void tell_machine(struct gx_timing *timing)
{
	struct gx_facts facts = { 0 };
	gx_machine_facts(&facts);
	tell_facts(timing, &facts);
}

/* What the machine gave the matrix: only now is it known. */
static void tell_pages(struct gx_timing *timing, const struct gx_whole *values)
{
	struct gx_facts facts = { 0 };
	gx_machine_page_fact(&facts, values->value);
	tell_facts(timing, &facts);
}

static void run_race(struct arguments *a, struct gx_timing *timing)
{
	const struct work *work = &works[a->work];
	gx_programs_prefer_own("gx-means");
	tell_machine(timing);
	struct gx_launcher *launcher = gx_launcher_start();
	tell_race(a, timing);

	struct gx_whole values = { 0 };
	struct gx_contest contest = { .threshold = a->threshold,
				      .cores = a->cores,
				      .ncores = a->ncores,
				      .strategies = a->strategies,
				      .peers = a->peers,
				      .python = a->python,
				      .nthread = a->common.nthread,
				      .size = a->size,
				      .ntask = a->ntask,
				      .task_nanoseconds = a->task_nanoseconds };
	if (work->ngene && wants_input(a))
		read_values(a, &values, timing, &contest);
	else if (work->ngene)
		simulate_values(a, &values, timing);
	if (work->ngene && work->add != gx_contest_network)
		tell_pages(timing, &values);
	contest.value = values.value;
	contest.nrow = values.nrow;
	contest.ncol = values.ncol;

	struct gx_race race = { .timing = timing,
				.launcher = launcher,
				.runs = a->runs,
				.warmup = a->warmup,
				.budget = a->budget };
	work->add(&race, &contest);
	if (!race.ncontestant)
		gx_die(GX_EXIT_DATA, "none of the chosen strategies can run here");
	gx_race_run(&race);
	gx_race_free(&race);
	gx_launcher_close(launcher);
	gx_whole_free(&values);
}

static void report(const struct arguments *a, struct gx_timing *timing)
{
	gx_timing_summarise(timing);
	if (!timing->nentry)
		gx_die(GX_EXIT_DATA,
		       a->budget > 0
			       ? "no strategy was measured: the budget was too short: give "
				 "a longer one"
			       : "no strategy was measured: all of them were left out");
	if (a->runs_out)
		gx_timing_write_runs(
			timing, &(struct gx_output_options){ .path = a->runs_out,
							     .option = "--runs-out" });
	enum gx_timing_form form = a->form;
	bool people = !a->common.output.path && isatty(STDOUT_FILENO);
	if (!(a->given & of_forms))
		form = people ? GX_TIMING_PEOPLE : GX_TIMING_TSV;
	gx_timing_write(timing, form, &a->common.output);
	if (a->plot)
		gx_timing_plot(timing, a->plot);
}

int main(int argc, char **argv)
{
	struct arguments a = { .threshold = 12,
			       .runs = 10,
			       .warmup = 2,
			       .python = "python3",
			       .seed = 1,
			       .size = 512,
			       .ntask = 200,
			       .task_nanoseconds = 100000 };
	gx_cli_parse(&command, argc, argv, &a.common);
	default_sizes(&a);
	check_options(&a);
	check_outputs(&a);
	if (!a.ncores)
		default_cores(&a);
	write_cores(&a);
	if (a.common.explain)
		explain(&a);
	if (a.plot && !gx_plot_available())
		a.plot = NULL;
	struct gx_timing timing = { 0 };
	if (a.recorded) {
		gx_cli_need_input(&a.common);
		for (size_t i = 0; i < a.common.noperand; i++)
			gx_timing_read_runs(&timing, a.common.operand[i]);
	} else {
		run_race(&a, &timing);
	}
	report(&a, &timing);
	gx_timing_free(&timing);
	return gx_cli_finish(&a.common);
}
