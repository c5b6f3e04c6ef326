/* SPDX-License-Identifier: MIT */
#include "joblog/joblog.h"

#include <stdlib.h>
#include <string.h>

#include "base/gx.h"
#include "base/memory.h"
#include "base/message.h"
#include "bytes/lines.h"
#include "bytes/progress.h"
#include "kernel/hash.h"

/* A second has to fit: 10^12 of them, 30,000 years, are 10^18 microseconds. */
enum { SECOND_DIGITS = 12, FIELDS = 9 };

static const char header[] =
	"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

const char *gx_job_outcome_name(enum gx_job_outcome outcome)
{
	static const char *const names[GX_OUTCOMES] = { "done", "failed", "killed",
							"timed out", "skipped" };
	return names[outcome];
}

/* ---- lines ---- */

/* All of a line but its command is short. */
static const size_t HEAD_MOST = (size_t)64 << 10;

/* Whether bytes in which no line ends cannot begin a line of a joblog, whatever follows. */
static bool is_hopeless(const char *line, size_t n)
{
	/* The header may end in a CR. */
	if (line[0] < '0' || line[0] > '9')
		return n > sizeof header || memcmp(line, header, n < sizeof header ? n : n - 1) != 0;
	int tabs = 0;
	for (size_t i = 0; i < n && i < HEAD_MOST && tabs < FIELDS - 1; i++) {
		unsigned char c = (unsigned char)line[i];
		tabs += c == '\t';
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return (n >= HEAD_MOST && tabs < FIELDS - 1) || n > GX_LINE_MAX;
}

/* ---- fields ---- */

struct field {
	const char *text;
	size_t n;
};

struct place {
	const char *name;
	size_t line;
};

GX_NORETURN GX_COLD static void bad_field(const struct place *place, int number,
					  const struct field *field, const char *what)
{
	gx_die(GX_EXIT_DATA,
	       "%s:%zu:%d: %s: %s: the line is damaged, or this is no joblog of GNU parallel",
	       place->name, place->line, number, what, gx_show(field->text, field->n));
}

/* Splits a line at its first eight TABs. Returns how many fields it has. */
static int split(const char *line, size_t nline, struct field field[FIELDS])
{
	const char *end = line + nline;
	int n = 0;
	for (; n < FIELDS - 1; n++) {
		const char *tab = memchr(line, '\t', (size_t)(end - line));
		if (!tab)
			break;
		field[n] = (struct field){ line, (size_t)(tab - line) };
		line = tab + 1;
	}
	field[n] = (struct field){ line, (size_t)(end - line) };
	return n + 1;
}

/* Digits alone, at most 18 of them. */
static bool parse_whole(const char *p, const char *end, uint64_t *value)
{
	uint64_t n = 0;
	if (p == end || end - p > 18)
		return false;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		n = 10 * n + (uint64_t)(*p - '0');
	}
	*value = n;
	return true;
}

static bool parse_signed(const struct field *field, int64_t *value)
{
	bool minus = field->n && *field->text == '-';
	uint64_t n;
	if (!parse_whole(field->text + minus, field->text + field->n, &n))
		return false;
	*value = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

/*
 * Seconds as %.3f writes them, with blanks before: no exponent, Inf or NaN. More than six
 * decimals are rounded.
 */
static bool parse_seconds(const struct field *field, int64_t *microseconds)
{
	const char *p = field->text, *end = p + field->n;
	while (p < end && *p == ' ')
		p++;
	bool minus = p < end && *p == '-';
	p += minus;
	const char *point = memchr(p, '.', (size_t)(end - p));
	const char *digits_end = point ? point : end;
	uint64_t seconds, fraction = 0;
	if (digits_end - p > SECOND_DIGITS || !parse_whole(p, digits_end, &seconds))
		return false;
	if (point && point + 1 == end)
		return false;
	const char *decimal = point ? point + 1 : end;
	for (p = decimal; p < end; p++)
		if (*p < '0' || *p > '9')
			return false;
	for (int i = 0; i < 6; i++)
		fraction = 10 * fraction +
			   (end - decimal > i ? (uint64_t)(decimal[i] - '0') : 0);
	if (end - decimal > 6 && decimal[6] >= '5')
		fraction++;
	int64_t value = (int64_t)(seconds * 1000000 + fraction);
	*microseconds = minus ? -value : value;
	return true;
}

/* Send and Receive are bytes. They are read only to tell whether this is a joblog. */
static bool is_amount(const struct field *field)
{
	for (size_t i = 0; i < field->n; i++)
		if (!strchr("-+.0123456789e", field->text[i]) || !field->text[i])
			return false;
	return field->n > 0;
}

static bool is_plain(const struct field *field)
{
	for (size_t i = 0; i < field->n; i++)
		if ((unsigned char)field->text[i] < 0x20 || field->text[i] == 0x7f)
			return false;
	return field->n > 0;
}

/* ---- hosts ---- */

static void grow_host_table(struct gx_joblog *log)
{
	log->host_table_size = log->host_table_size ? 2 * log->host_table_size : 64;
	free(log->host_table);
	log->host_table = gx_allocate_zeroed(log->host_table_size,
					     sizeof *log->host_table);
	for (size_t i = 0; i < log->nhost; i++) {
		const char *name = log->host[i].name;
		size_t at = XXH3_64bits(name, strlen(name)) & (log->host_table_size - 1);
		while (log->host_table[at])
			at = (at + 1) & (log->host_table_size - 1);
		log->host_table[at] = (uint32_t)i + 1;
	}
}

static uint32_t host_number(struct gx_joblog *log, const struct field *name)
{
	if (2 * (log->nhost + 1) > log->host_table_size)
		grow_host_table(log);
	size_t at = XXH3_64bits(name->text, name->n) & (log->host_table_size - 1);
	for (; log->host_table[at]; at = (at + 1) & (log->host_table_size - 1)) {
		uint32_t i = log->host_table[at] - 1;
		if (strlen(log->host[i].name) == name->n &&
		    memcmp(log->host[i].name, name->text, name->n) == 0)
			return i;
	}
	if (log->nhost == log->host_room) {
		log->host_room = log->host_room ? 2 * log->host_room : 8;
		log->host = gx_reallocate(log->host, log->host_room, sizeof *log->host);
	}
	struct gx_joblog_host *host = &log->host[log->nhost];
	*host = (struct gx_joblog_host){ .name = gx_allocate(name->n + 1, 1) };
	memcpy(host->name, name->text, name->n);
	host->name[name->n] = 0;
	log->host_table[at] = (uint32_t)++log->nhost;
	return (uint32_t)log->nhost - 1;
}

/* ---- reading ---- */

/* How a job ended, by its line. */
static enum gx_job_outcome outcome_of(int64_t exit_value, uint64_t signal_number)
{
	if (exit_value == -1)
		return GX_JOB_TIMED_OUT;
	if (exit_value == -2)
		return GX_JOB_SKIPPED;
	if (signal_number)
		return GX_JOB_KILLED;
	return exit_value ? GX_JOB_FAILED : GX_JOB_DONE;
}

/*
 * Reads the fields of a line into an attempt. Returns 0, or the number of the field that is
 * wrong, with *what. The caller refuses a line of fewer fields.
 */
static int parse_attempt(const struct field field[FIELDS], struct gx_attempt *attempt,
			 const char **what)
{
	int64_t exit_value;
	uint64_t signal_number;
	*what = "not a number of a job";
	if (!parse_whole(field[0].text, field[0].text + field[0].n, &attempt->seq) ||
	    attempt->seq == 0)
		return 1;
	*what = "not a host";
	if (!is_plain(&field[1]))
		return 2;
	*what = "not a time in seconds since 1970";
	if (!parse_seconds(&field[2], &attempt->start) || attempt->start < 0)
		return 3;
	*what = "not a run time in seconds";
	if (!parse_seconds(&field[3], &attempt->run))
		return 4;
	*what = "not a number of bytes";
	if (!is_amount(&field[4]))
		return 5;
	if (!is_amount(&field[5]))
		return 6;
	*what = "not an exit value";
	if (!parse_signed(&field[6], &exit_value))
		return 7;
	*what = "not the number of a signal";
	if (!parse_whole(field[7].text, field[7].text + field[7].n, &signal_number))
		return 8;
	attempt->outcome = (unsigned char)outcome_of(exit_value, signal_number);
	return 0;
}

static bool is_header(const char *line, size_t nline)
{
	return nline == sizeof header - 1 && memcmp(line, header, nline) == 0;
}

static void add_attempt(struct gx_joblog *log, const char *line, size_t nline,
			const struct place *place, bool commands)
{
	struct field field[FIELDS];
	struct gx_attempt attempt = { .gap = -1 };
	const char *what;
	if (is_header(line, nline))
		gx_die(GX_EXIT_DATA,
		       "%s:%zu: a second header: joblogs have been joined, and their numbers "
		       "of jobs collide: look at one at a time",
		       place->name, place->line);
	int n = split(line, nline, field);
	if (n < FIELDS)
		gx_die(GX_EXIT_DATA,
		       "%s:%zu: %d field%s, and a line of a joblog has 9 with TABs between: "
		       "the line is damaged, or this is no joblog of GNU parallel",
		       place->name, place->line, n, n == 1 ? "" : "s");
	int wrong = parse_attempt(field, &attempt, &what);
	if (wrong)
		bad_field(place, wrong, &field[wrong - 1], what);
	if (attempt.run < 0) {
		/* The clock was set back while the job ran. */
		attempt.run = 0;
		log->clock_steps++;
	}
	attempt.host = host_number(log, &field[1]);
	attempt.hash = XXH3_64bits(field[8].text, field[8].n);
	if (commands && attempt.outcome != GX_JOB_DONE &&
	    attempt.outcome != GX_JOB_SKIPPED) {
		attempt.command = gx_allocate(field[8].n, 1);
		attempt.ncommand = field[8].n;
		memcpy(attempt.command, field[8].text, field[8].n);
	}
	if (log->nattempt == log->room) {
		log->room = log->room ? log->room + log->room / 2 : 64;
		log->attempt = gx_reallocate(log->attempt, log->room,
					     sizeof *log->attempt);
	}
	log->attempt[log->nattempt++] = attempt;
}

/*
 * Whether the first line is a header. `parallel --joblog +FILE` writes none: then it must
 * be the line of a job.
 */
static bool begins_with_header(struct gx_joblog *log, const char *line, size_t nline,
			       bool whole)
{
	struct field field[FIELDS];
	struct gx_attempt attempt;
	const char *what;
	log->crlf = nline && line[nline - 1] == '\r' && is_header(line, nline - 1);
	if (whole && (log->crlf || is_header(line, nline)))
		return true;
	if (!whole && nline < sizeof header && memcmp(line, header, nline) == 0)
		gx_die(GX_EXIT_DATA,
		       "%s:1: it ends in its header: parallel has only begun, or its disk was "
		       "full",
		       log->name);
	if (split(line, nline, field) == FIELDS &&
	    parse_attempt(field, &attempt, &what) == 0)
		return false;
	gx_die(GX_EXIT_DATA,
	       "%s:1: not a joblog of GNU parallel, which begins with Seq, Host, Starttime: "
	       "it is made by parallel --joblog FILE",
	       log->name);
}

void gx_joblog_read(struct gx_joblog *log, const char *path, bool commands)
{
	struct gx_lines lines = { .in = gx_input_open(path), .hopeless = is_hopeless };
	log->name = lines.in->name;
	gx_progress_expect(GX_UNKNOWN, lines.in->is_file ? lines.in->stamp.size : GX_UNKNOWN,
			   false);
	struct place place = { log->name, 0 };
	while (gx_lines_next(&lines)) {
		const char *line = lines.text;
		/* A CR belongs to the command, but where each line ends in one. */
		size_t nline = lines.n + (!log->crlf && line[lines.n] == '\r');
		bool whole = lines.whole;
		place.line++;
		if (place.line == 1) {
			log->has_header = begins_with_header(log, line, nline, whole);
			if (log->has_header)
				continue;
		}
		if (!whole && is_hopeless(line, nline))
			gx_die(GX_EXIT_DATA,
			       "%s:%zu: the line is damaged, or this is no joblog of GNU parallel",
			       log->name, place.line);
		if (!whole) {
			gx_warn("%s:%zu: the last line has no end: it is left out: parallel is "
				"still writing it, or its disk was full",
				log->name, place.line);
			break;
		}
		add_attempt(log, line, nline, &place, commands);
		gx_progress_rows(1);
	}
	if (place.line == 0)
		gx_die(GX_EXIT_DATA,
		       "%s: it is empty: not a joblog of GNU parallel, which has a header: was "
		       "it parallel --joblog FILE that made it?",
		       log->name);
	gx_input_close(lines.in);
}

size_t gx_joblog_line(const struct gx_joblog *log, size_t attempt)
{
	return attempt + 1 + log->has_header;
}

void gx_joblog_free(struct gx_joblog *log)
{
	for (size_t i = 0; i < log->nattempt; i++)
		free(log->attempt[i].command);
	for (size_t i = 0; i < log->nhost; i++)
		free(log->host[i].name);
	free(log->attempt);
	free(log->host);
	free(log->host_table);
	free(log->by_start);
	*log = (struct gx_joblog){ 0 };
}
