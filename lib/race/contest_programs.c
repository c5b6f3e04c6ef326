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
#include "race/peers_text.h" /* made of peers.py */
#include "race/programs.h"
#include "stream/writer.h"

enum { LINE_ROOM = 16384 };

/* ---- files of the matrix ---- */

/* Writes the first rows of the matrix to NAME in the scratch directory. The race keeps the path. */
static const char *write_matrix(const struct gx_means_race *means, const char *name,
				size_t nrow)
{
	const struct gx_contest *contest = means->contest;
	const char *directory = gx_launcher_directory(means->race->launcher);
	size_t room = strlen(directory) + strlen(name) + 2;
	char *path = gx_race_keep(means->race, gx_allocate(room, 1));
	snprintf(path, room, "%s/%s", directory, name);

	struct gx_output_options to = { .path = path };
	struct gx_matrix matrix = { .ncol = contest->ncol,
				    .nrow = nrow,
				    .announced = nrow,
				    .whole = nrow };
	struct gx_writer *writer = gx_writer_open(&to, &matrix);
	struct gx_piece piece = { 0 };
	const size_t block = 4096;
	for (size_t i = 0; i < nrow; i += block) {
		struct gx_rows rows = { .nrow = nrow - i < block ? nrow - i : block,
					.ncol = contest->ncol,
					.value = contest->value + i * contest->ncol,
					.first = i };
		gx_writer_encode(writer, &rows, &piece);
		gx_writer_put(writer, &rows, &piece);
	}
	gx_writer_close(writer, NULL);
	gx_piece_free(&piece);
	return path;
}

/* ---- running a line ---- */

/*
 * Tells why a program is left out, by a line of its stderr: the first line of a pipeline,
 * since its first failure is the cause, and the last line of Python.
 */
static enum gx_race_outcome say_failure(const struct gx_launched *launched, double limit,
				   bool first, char reason[GX_REASON_MAX])
{
	if (launched->status == 124 && limit > 0)
		return GX_LATE;
	const char *line = launched->err;
	for (const char *p = launched->err; *p && !first; p++)
		if (*p == '\n' && p[1])
			line = p + 1;
	snprintf(reason, GX_REASON_MAX, "it failed (exit status %d)%s%.*s",
		 launched->status, *line ? ": " : "", (int)strcspn(line, "\n"), line);
	return GX_LEFT_OUT;
}

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
		      char line[LINE_ROOM])
{
	const struct pipeline *pipeline = self->detail;
	bool xargs = strcmp(pipeline->tool, "xargs") == 0;
	char threshold[GX_NUMBER_MAX + 1], parts[64];
	int n = self->cores;
	*gx_number_print(means->contest->threshold, threshold) = 0;
	snprintf(parts, sizeof parts, "/%.40s.%d", self->strategy, n);

	/* What GNU parallel leaves when it is killed goes with the scratch directory. */
	snprintf(line, LINE_ROOM, "TMPDIR=");
	gx_shell_quote(line, LINE_ROOM, gx_launcher_directory(means->race->launcher));
	strncat(line, " GX_MATRIX=", LINE_ROOM - strlen(line) - 1);
	gx_shell_quote(line, LINE_ROOM, pipeline->path);
	strncat(line, "; GX_PARTS=$TMPDIR", LINE_ROOM - strlen(line) - 1);
	strncat(line, parts, LINE_ROOM - strlen(line) - 1);
	strncat(line, "; export OMP_NUM_THREADS=1 TMPDIR GX_MATRIX GX_PARTS; ",
		LINE_ROOM - strlen(line) - 1);
	size_t at = strlen(line);
	if (xargs)
		snprintf(line + at, LINE_ROOM - at, parts_by_xargs, n, n, n, threshold);
	else
		snprintf(line + at, LINE_ROOM - at, parts_by_parallel, n, n, threshold,
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
	char *line = gx_allocate(LINE_ROOM, 1);
	struct gx_launched launched;
	struct gx_means_answer answer;
	unsigned long long rows;
	make_line(means, self, line);
	gx_launcher_run(means->race->launcher, line, self->cores, limit, &launched);
	free(line);
	enum gx_race_outcome outcome = GX_LEFT_OUT;
	if (launched.status != 0) {
		outcome = say_failure(&launched, limit, true, reason);
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
			path[start] = start ? write_matrix(means, "row.gxm", 1)
					    : write_matrix(means, "matrix.gxm",
							   contest->nrow);
		add_pipeline(race, contest, name,
			     &(struct pipeline){ tool, path[start], start });
	}
}

/* ---- Python ---- */

/* What a strategy of Python needs: paths, which the race keeps. */
struct peers {
	const char *script, *matrix;
};

static char *write_script(const struct gx_means_race *means)
{
	const char *directory = gx_launcher_directory(means->race->launcher);
	size_t room = strlen(directory) + 16;
	char *path = gx_race_keep(means->race, gx_allocate(room, 1));
	snprintf(path, room, "%s/peers.py", directory);
	struct gx_output_options to = { .path = path };
	struct gx_output *out = gx_output_open(&to, false);
	gx_output_write(out, peers_text, sizeof peers_text);
	gx_output_close(out);
	return path;
}

static void python_line(const struct gx_means_race *means, char line[LINE_ROOM],
			const char *script)
{
	snprintf(line, LINE_ROOM, "exec ");
	gx_shell_quote(line, LINE_ROOM, means->contest->python);
	strncat(line, " ", LINE_ROOM - strlen(line) - 1);
	gx_shell_quote(line, LINE_ROOM, script);
}

static enum gx_race_outcome race_python(void *work, const struct gx_contestant *self,
				   double limit, struct gx_run *run,
				   char reason[GX_REASON_MAX])
{
	struct gx_means_race *means = work;
	const struct gx_contest *contest = means->contest;
	const struct peers *peers = self->detail;
	char *line = gx_allocate(LINE_ROOM, 1), threshold[GX_NUMBER_MAX + 1];
	*gx_number_print(contest->threshold, threshold) = 0;
	python_line(means, line, peers->script);
	size_t at = strlen(line);
	snprintf(line + at, LINE_ROOM - at, " %s ", self->strategy);
	gx_shell_quote(line, LINE_ROOM, peers->matrix);
	at = strlen(line);
	snprintf(line + at, LINE_ROOM - at, " %zu %zu %s %d", contest->nrow,
		 contest->ncol, threshold, self->cores);
	struct gx_launched launched;
	gx_launcher_run(means->race->launcher, line, self->cores, limit, &launched);
	free(line);

	enum gx_race_outcome outcome = GX_LEFT_OUT;
	unsigned long long count, missing;
	double seconds, warming;
	if (launched.status != 0) {
		outcome = say_failure(&launched, limit, false, reason);
	} else if (sscanf(launched.out, "%llu %llu %lf %lf", &count, &missing, &seconds,
			  &warming) != 4 ||
		   !(seconds > 0 && warming >= 0 &&
		     seconds + warming <= launched.seconds)) {
		snprintf(reason, GX_REASON_MAX, "it did not print its four numbers");
	} else {
		fill_run(means, &launched, self->cores, run);
		run->whole = run->seconds - warming; /* users do not warm up */
		run->seconds = seconds;
		/* No process starts within these seconds; only the pool is sent to. */
		if (strcmp(self->strategy, "multiprocessing") != 0)
			run->processes = NAN;
		outcome = gx_means_compare(means, self->strategy,
					   (struct gx_means_answer){ count, missing },
					   true, reason);
	}
	gx_launched_free(&launched);
	return outcome;
}

/* What this Python has, a line each; NULL, with a note, where it does not run. */
static char *ask_python(struct gx_race *race, struct gx_means_race *means,
			const char *script)
{
	char *line = gx_allocate(LINE_ROOM, 1);
	struct gx_launched launched;
	python_line(means, line, script);
	strncat(line, " available", LINE_ROOM - strlen(line) - 1);
	gx_launcher_run(means->race->launcher, line, 0, 60, &launched);
	free(line);
	char *list = launched.status == 0 ? strdup(launched.out) : NULL;
	if (!list)
		gx_race_leave_out(race, "python",
				  "%s does not run: give --python PROGRAM",
				  means->contest->python);
	gx_launched_free(&launched);
	return list;
}

static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	for (const char *at = text; at && *at;) {
		if (strncmp(at, line, n) == 0 && at[n] == '\n')
			return true;
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return false;
}

void gx_contest_add_peers(struct gx_race *race, struct gx_means_race *means)
{
	static const struct {
		const char *name;
		bool one_core;
		const char *lacks;
	} strategies[] = {
		{ "python", true, "" },
		{ "numpy", true, "NumPy" },
		{ "numba", true, "Numba" },
		{ "numba-prange", false, "Numba" },
		{ "multiprocessing", false, "NumPy" },
	};
	const struct gx_contest *contest = means->contest;
	struct peers *peers = gx_race_keep(race, gx_allocate(1, sizeof *peers));
	*peers = (struct peers){ .script = write_script(means) };
	char *list = ask_python(race, means, peers->script);
	for (size_t p = 0; list && p < sizeof strategies / sizeof *strategies; p++) {
		if (!gx_contest_wants(contest, strategies[p].name))
			continue;
		if (!has_line(list, strategies[p].name)) {
			gx_race_leave_out(
				race, strategies[p].name,
				"%s has no %s: install it, or give --python PROGRAM",
				contest->python, strategies[p].lacks);
			continue;
		}
		if (!peers->matrix)
			peers->matrix = write_matrix(means, "matrix.npy", contest->nrow);
		for (size_t i = 0; i < (strategies[p].one_core ? 1 : contest->ncores); i++)
			gx_race_add(race, &(struct gx_contestant){
						  .strategy = strategies[p].name,
						  .cores = strategies[p].one_core
								   ? 1
								   : contest->cores[i],
						  .run = race_python,
						  .detail = peers });
	}
	free(list);
}
