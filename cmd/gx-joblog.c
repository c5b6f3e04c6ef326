/* SPDX-License-Identifier: MIT */
/* gx-joblog: what a joblog of GNU parallel says of a run, and what to do about it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "bytes/input.h"
#include "bytes/outputs.h"
#include "command/cli.h"
#include "command/explain.h"
#include "joblog/joblog.h"
#include "plot/plot.h"

struct arguments {
	struct gx_common common;
	bool failed, null, advice, json, table;
	const char *plot;
};

#define AT(member) offsetof(struct arguments, member)

static const struct gx_option options[] = {
	{ 0, "failed", NULL,
	  "print the commands to run again, one a line, for GNU parallel", gx_set_flag,
	  AT(failed), 0 },
	{ '0', "null", NULL, "with --failed: end commands by NUL, for parallel -0",
	  gx_set_flag, AT(null), 0 },
	{ 0, "advice", NULL,
	  "say briefly whether the parts are too small, too uneven, failing or fine",
	  gx_set_flag, AT(advice), 0 },
	{ 0, "json", NULL, "print one JSON object", gx_set_flag, AT(json), 0 },
	{ 0, "table", NULL, "print the table for people, also to a pipe or a file",
	  gx_set_flag, AT(table), 0 },
	{ 0, "plot", "FILE", "draw a timeline: FILE.svg, .pdf or .png by gnuplot, or .txt",
	  gx_set_text, AT(plot), 0 },
};

static const struct gx_command command = {
	.name = "gx-joblog",
	.about = "report on a run from its joblog of GNU parallel",
	.usage = "[OPTION ...] [JOBLOG]",
	.summary =
		"Reports on a run from its joblog of GNU parallel: how jobs ended, how busy "
		"the\nslots were, overhead, run times and stragglers.",
	.example = { "gx-joblog sweep.log",
		      "gx-joblog --failed once.log | parallel" },
	.purpose = GX_PURPOSE_MEASURE,
	.options = options,
	.noption = sizeof options / sizeof *options,
	.groups = GX_CLI_ANY_OPERANDS | GX_CLI_ONE_OPERAND | GX_CLI_REPEATS,
	.explains = true,
};

/* ---- commands to run again ---- */

/* The NULs of a command are its line ends. */
static void put_command(struct gx_output *out, struct gx_attempt *attempt, bool null)
{
	if (null)
		for (size_t k = 0; k < attempt->ncommand; k++)
			if (attempt->command[k] == 0)
				attempt->command[k] = '\n';
	gx_output_write(out, attempt->command, attempt->ncommand);
	gx_output_write(out, null ? "" : "\n", 1);
}

/* The commands byte by byte as parallel ran them, by Seq. */
static void put_failed(struct gx_output *out, struct gx_joblog *log, bool null)
{
	if (!log->nattempt)
		return;
	size_t n, *failing = gx_joblog_failing(log, &n);
	for (size_t i = 0; i < n && !null; i++) {
		const struct gx_attempt *attempt = &log->attempt[failing[i]];
		if (attempt->ncommand && memchr(attempt->command, 0, attempt->ncommand))
			gx_die(GX_EXIT_DATA,
			       "%s:%zu: this command has several lines: end commands by NUL: "
			       "gx-joblog --failed --null ... | parallel -0",
			       log->name, gx_joblog_line(log, failing[i]));
	}
	for (size_t i = 0; i < n; i++)
		put_command(out, &log->attempt[failing[i]], null);
	free(failing);
}

/* ---- the work ---- */

static void put_advice(struct gx_output *out, const struct gx_joblog *log)
{
	struct gx_joblog_advice advice;
	gx_joblog_advise(log, &advice);
	for (size_t i = 0; i < advice.n; i++) {
		gx_output_write(out, advice.line[i], strlen(advice.line[i]));
		gx_output_write(out, "\n", 1);
	}
}

/* A line of a short command has 55 bytes, and an attempt costs about twice that. */
GX_NORETURN static void explain(const struct arguments *a)
{
	struct gx_input *in = gx_input_open(a->common.operand[0]);
	gx_explain_tell("file", "%s", in->name);
	if (a->plot)
		gx_explain_tell("plot", "%s", a->plot);
	if (in->size != GX_UNKNOWN)
		gx_explain_memory(2 * in->size);
	gx_input_close(in);
	gx_explain_end(a->failed   ? "commands"
		       : a->json   ? "json"
		       : a->advice ? "advice"
		       : a->table  ? "table"
				   : "tsv",
		       GX_UNKNOWN);
}

static void warn_of_renamed(const struct gx_joblog *log)
{
	if (log->renamed)
		gx_warn("%s:%zu: a Seq has another command than on line %zu (%" PRIu64
			" of them): the last line of a Seq counts: if two runs share this "
			"joblog, look at each alone",
			log->name, log->renamed_line[1], log->renamed_line[0],
			log->renamed);
}

static void run(struct arguments *a)
{
	struct gx_joblog log = { 0 };
	/* A text needs nobody to draw it. */
	bool plot = a->plot && (gx_plot_kind(a->plot) == GX_PLOT_TEXT || gx_plot_available());
	gx_joblog_read(&log, a->common.operand[0], a->failed);
	gx_joblog_measure(&log);
	gx_facts_tell(&a->common.recognised, "file", "%s", log.name);
	gx_facts_tell(&a->common.recognised, "format",
		      "joblog of GNU parallel, %" PRIu64 " jobs in %zu attempts on %zu host%s",
		      log.njob, log.nattempt, log.nhost, log.nhost == 1 ? "" : "s");
	warn_of_renamed(&log);
	if (plot)
		gx_joblog_plot(&log, a->plot);
	struct gx_output *out = gx_output_open(&a->common.output, false);
	if (a->failed)
		put_failed(out, &log, a->null);
	else if (a->advice && !a->json)
		put_advice(out, &log);
	else if (a->table ||
		 (!a->json && !a->common.output.path && isatty(STDOUT_FILENO)))
		gx_joblog_show(&log, out);
	else
		gx_joblog_write(&log, a->json, a->advice, out);
	gx_output_close(out);
	gx_joblog_free(&log);
}

int main(int argc, char **argv)
{
	struct arguments a = { 0 };
	gx_cli_parse(&command, argc, argv, &a.common);
	if (a.common.noperand > 1)
		gx_die_usage(
			"give one joblog at a time: the job numbers of several collide");
	if (a.failed && (a.json || a.advice || a.table))
		gx_die_usage("--failed prints only commands: leave out --%s",
			     a.json     ? "json"
			     : a.advice ? "advice"
					: "table");
	if (a.table && (a.json || a.advice))
		gx_die_usage("--%s and --table: choose one of them",
			     a.json ? "json" : "advice");
	if (a.null && !a.failed)
		gx_die_usage("--null needs --failed");
	if (a.plot) {
		(void)gx_plot_kind(a.plot);
		const struct gx_output_name outputs[] = { { "-o", a.common.output.path },
							  { "--plot", a.plot } };
		gx_outputs_check(outputs, sizeof outputs / sizeof *outputs);
	}
	gx_cli_need_input(&a.common);
	if (a.common.explain)
		explain(&a);
	run(&a);
	return gx_cli_finish(&a.common);
}
