/* SPDX-License-Identifier: MIT */
/*
 * The main job by programs: the filters of gx under xargs and GNU parallel, and Python. They
 * read the matrix from a file, which is in the page cache.
 */
#include "race/contest_programs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "number/number.h"
#include "race/peers.h"
#include "race/programs.h"

/* ---- running a line ---- */

static void fill_run(const struct gx_means_race *means,
		     const struct gx_launched *launched, int workers, struct gx_run *run)
{
	run->seconds = launched->seconds;
	run->processor = launched->processor;
	run->peak = (double)launched->peak;
	run->processes = workers;
	run->amount = gx_means_bytes(means);
}

/* ---- xargs and GNU parallel ---- */

static const char parts_by_xargs[] =
	"mkdir -p \"$GX_PARTS\" && seq %d | xargs -P %d -I @ sh -c "
	"'gx-means -b --part @/%d -- \"$GX_MATRIX\" | "
	"gx-threshold -T %s -o \"$GX_PARTS/@\"' && gx-reduce \"$GX_PARTS\"";
/* --plain: ~/.parallel/config might tag the jobs, or only show them. */
static const char parts_by_parallel[] =
	"parallel --plain -j %d 'gx-means -b --part {}/%d -- \"$GX_MATRIX\" | gx-threshold -T %s' "
	"::: $(seq %d) | gx-reduce";

/* A line of filters under a tool: on the matrix, or on its first row, to measure the start-up. */
struct pipeline {
	const char *tool, *path;
	bool start;
};

static void make_line(const struct gx_means_race *means, const struct gx_contestant *self,
		      char line[GX_LINE_ROOM])
{
	const struct pipeline *pipeline = self->detail;
	bool xargs = strcmp(pipeline->tool, "xargs") == 0;
	char threshold[GX_NUMBER_MAX + 1], parts[64];
	int n = self->cores;
	*gx_number_print(means->contest->threshold, threshold) = 0;
	snprintf(parts, sizeof parts, "/%.40s.%d", self->strategy, n);

	/* What GNU parallel leaves when it is killed goes with the scratch directory. */
	snprintf(line, GX_LINE_ROOM, "TMPDIR=");
	gx_shell_quote(line, GX_LINE_ROOM, gx_launcher_directory(means->race->launcher));
	strncat(line, " GX_MATRIX=", GX_LINE_ROOM - strlen(line) - 1);
	gx_shell_quote(line, GX_LINE_ROOM, pipeline->path);
	strncat(line, "; GX_PARTS=$TMPDIR", GX_LINE_ROOM - strlen(line) - 1);
	strncat(line, parts, GX_LINE_ROOM - strlen(line) - 1);
	strncat(line, "; export OMP_NUM_THREADS=1 TMPDIR GX_MATRIX GX_PARTS; ",
		GX_LINE_ROOM - strlen(line) - 1);
	size_t at = strlen(line);
	if (xargs)
		snprintf(line + at, GX_LINE_ROOM - at, parts_by_xargs, n, n, n, threshold);
	else
		snprintf(line + at, GX_LINE_ROOM - at, parts_by_parallel, n, n, threshold,
			 n);
}

/* The numbers of a record of one column: the second line's second to fourth fields. */
static bool read_record(const char *text, struct gx_means_answer *answer,
			unsigned long long *rows)
{
	unsigned long long count, missing;
	const char *line = strchr(text, '\n');
	if (!line ||
	    sscanf(line, "\n%*[^\t]\t%llu\t%llu\t%llu\t", &count, rows, &missing) != 3)
		return false;
	*answer = (struct gx_means_answer){ count, missing };
	return true;
}

/* A start has no part in the work: neither an amount nor what a process of it costs. */
static enum gx_race_outcome check_start(const char *strategy, unsigned long long rows,
					struct gx_run *run, char reason[GX_REASON_MAX])
{
	run->amount = run->processes = NAN;
	rows += gx_contest_spoiled(strategy);
	snprintf(reason, GX_REASON_MAX, "its record is of %llu rows, not of one", rows);
	return rows == 1 ? GX_RAN : GX_WRONG;
}

static enum gx_race_outcome race_parts(void *work, const struct gx_contestant *self,
				  double limit, struct gx_run *run,
				  char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	const struct pipeline *pipeline = self->detail;
	char *line = gx_allocate(GX_LINE_ROOM, 1);
	struct gx_launched launched;
	struct gx_means_answer answer;
	unsigned long long rows;
	make_line(means, self, line);
	gx_launcher_run(means->race->launcher, line, self->cores, limit, &launched);
	free(line);
	enum gx_race_outcome outcome = GX_LEFT_OUT;
	if (launched.status != 0) {
		outcome = gx_launched_failure(&launched, limit, true, reason);
	} else if (!read_record(launched.out, &answer, &rows)) {
		snprintf(reason, GX_REASON_MAX, "it did not print a record");
		outcome = GX_WRONG;
	} else {
		fill_run(means, &launched, self->cores, run);
		outcome = pipeline->start
				  ? check_start(self->strategy, rows, run, reason)
				  : gx_means_compare(means, self->strategy, answer, false,
						     reason);
	}
	gx_launched_free(&launched);
	return outcome;
}

static void add_pipeline(struct gx_race *race, const struct gx_contest *contest,
			 const char *strategy, const struct pipeline *pipeline)
{
	struct pipeline *kept = gx_race_keep(race, gx_allocate(1, sizeof *kept));
	*kept = *pipeline;
	for (size_t i = 0; i < contest->ncores; i++)
		gx_race_add(race, &(struct gx_contestant){ .strategy = strategy,
							   .cores = contest->cores[i],
							   .run = race_parts,
							   .detail = kept });
}

void gx_contest_add_pipelines(struct gx_race *race, struct gx_means_race *means)
{
	static const struct {
		const char *name, *tool;
		bool start;
	} strategies[] = { { "xargs", "xargs", false },
			   { "parallel", "parallel", false },
			   { "xargs-start", "xargs", true },
			   { "parallel-start", "parallel", true } };
	static const char *const filters[] = { "gx-means", "gx-threshold", "gx-reduce" };
	const struct gx_contest *contest = means->contest;
	const char *lacking = NULL, *path[2] = { contest->file, NULL };
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (!gx_program_exists(filters[i]))
			lacking = filters[i];
	for (size_t s = 0; s < sizeof strategies / sizeof *strategies; s++) {
		const char *name = strategies[s].name, *tool = strategies[s].tool;
		bool start = strategies[s].start;
		if (!gx_contest_wants(contest, name))
			continue;
		if (lacking || !gx_program_exists(tool)) {
			/* Once for the tool is enough. */
			if (!start || !gx_contest_wants(contest, tool))
				gx_race_leave_out(race, name,
						  "%s is not on PATH: install it",
						  lacking ? lacking : tool);
			continue;
		}
		if (!path[start])
			path[start] = gx_scratch_matrix(
				race, start ? "row.gxm" : "matrix.gxm", contest->value,
				start ? 1 : contest->nrow, contest->ncol);
		add_pipeline(race, contest, name,
			     &(struct pipeline){ tool, path[start], start });
	}
}

/* ---- Python ---- */

/* What a strategy of Python needs. */
struct python {
	struct gx_peers *peers;
	const char *matrix; /* the path */
	bool sends;	    /* to processes, within the measured time */
};

static enum gx_race_outcome race_python(void *work, const struct gx_contestant *self,
				   double limit, struct gx_run *run,
				   char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	const struct gx_contest *contest = means->contest;
	const struct python *python = self->detail;
	char *arguments = gx_allocate_zeroed(GX_LINE_ROOM, 1), threshold[GX_NUMBER_MAX + 1];
	*gx_number_print(contest->threshold, threshold) = 0;
	gx_shell_quote(arguments, GX_LINE_ROOM, python->matrix);
	size_t at = strlen(arguments);
	snprintf(arguments + at, GX_LINE_ROOM - at, " %zu %zu %s %d", contest->nrow,
		 contest->ncol, threshold, self->cores);
	struct gx_launched launched;
	gx_peers_run(means->race, python->peers, self->strategy, arguments, self->cores, limit,
		     &launched);
	free(arguments);

	enum gx_race_outcome outcome = GX_LEFT_OUT;
	unsigned long long count, missing;
	double seconds, warming;
	if (launched.status != 0) {
		outcome = gx_launched_failure(&launched, limit, false, reason);
	} else if (sscanf(launched.out, "%llu %llu %lf %lf", &count, &missing, &seconds,
			  &warming) != 4 ||
		   !(seconds > 0 && warming >= 0 &&
		     seconds + warming <= launched.seconds)) {
		snprintf(reason, GX_REASON_MAX, "it did not print its four numbers");
	} else {
		fill_run(means, &launched, self->cores, run);
		run->whole = run->seconds - warming; /* users do not warm up */
		run->seconds = seconds;
		/* No process starts within these seconds. */
		if (!python->sends)
			run->processes = NAN;
		outcome = gx_means_compare(means, self->strategy,
					   (struct gx_means_answer){ count, missing },
					   true, reason);
	}
	gx_launched_free(&launched);
	return outcome;
}

void gx_contest_add_peers(struct gx_race *race, struct gx_means_race *means)
{
	static const struct {
		const char *name;
		bool one_core, sends;
	} strategies[] = {
		{ "python", true, false },	{ "python-threads", false, false },
		{ "numpy", true, false },	{ "numba", true, false },
		{ "numba-prange", false, false }, { "polars", false, false },
		{ "duckdb", false, false },	{ "multiprocessing", false, true },
		{ "dask", false, false },	{ "ray", false, true },
		{ "mpi4py", false, true },	{ "cupy", true, false },
		{ "cupy-pinned", true, false }, { "cupy-pageable", true, false },
	};
	const struct gx_contest *contest = means->contest;
	struct gx_peers *peers = gx_peers_begin(race, contest->python, "means",
						contest->strategies, strategies[0].name);
	const char *matrix = NULL; /* the path */
	for (size_t p = 0; p < sizeof strategies / sizeof *strategies; p++) {
		if (!gx_contest_wants(contest, strategies[p].name) ||
		    !gx_peers_have(race, peers, strategies[p].name))
			continue;
		if (!matrix)
			matrix = gx_scratch_matrix(race, "matrix.npy", contest->value,
						   contest->nrow, contest->ncol);
		struct python *python = gx_race_keep(race, gx_allocate(1, sizeof *python));
		*python = (struct python){ peers, matrix, strategies[p].sends };
		for (size_t i = 0; i < (strategies[p].one_core ? 1 : contest->ncores); i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategies[p].name,
						  .cores = strategies[p].one_core
								   ? 1
								   : contest->cores[i],
						  .run = race_python,
						  .detail = python });
	}
}
