/* SPDX-License-Identifier: MIT */
#include "stream/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "format/table/cell.h"
#include "format/table/columns.h"
#include "kernel/hash.h"
#include "matrix/dictionary.h"
#include "stream/sheet.h"

/* In place of the number of a group. */
#define NO_LINE UINT32_MAX
#define LEFT_OUT (UINT32_MAX - 1)

/* What is gathered while the sheet is read. */
struct gathering {
	const struct gx_grouping *grouping;
	struct gx_sheet sheet;
	const struct gx_names *field; /* of the line that is taken */
	uint64_t at;		      /* its number */
	struct gx_dictionary sample, group;
	uint32_t *group_of; /* of each sample */
	uint64_t *line;	    /* of each sample: its first */
	size_t nfound;
	size_t column;	 /* with the groups, from 0 */
	bool by_name;
	size_t head;	  /* fields of the first line */
	size_t widest;	  /* the most that a line has that is whole */
	struct gx_names other; /* the first fields of the first two lines that are no samples' */
	/* Samples without a line that R's make.names would make of a name of the sheet. */
	size_t nrenamed;
	struct gx_names renamed; /* the first: as the sheet has it, and the matrix */
};

/* ---- the samples of the matrix ---- */

static void add_samples(struct gathering *g, const struct gx_matrix *matrix)
{
	struct gx_names buffer = { 0 }, columns = gx_matrix_columns(matrix, &buffer);
	const char *next = columns.text;
	for (size_t j = 0; j < columns.n; j++) {
		const char *name = next;
		next = gx_names_next(name);
		size_t n = strlen(name);
		bool added;
		gx_cell_trim(&name, &n);
		gx_dictionary_add(&g->sample, name, n, &added);
		if (!added)
			gx_die(GX_EXIT_DATA,
			       "%s: two samples are called %s, and a line of %s could mean either: choose "
			       "one of them by its number (--columns)",
			       g->grouping->matrix, gx_show(name, n), g->sheet.name);
	}
	gx_names_free(&buffer);
	g->group_of = gx_allocate(columns.n + 1, sizeof *g->group_of);
	g->line = gx_allocate(columns.n + 1, sizeof *g->line);
	for (size_t j = 0; j < columns.n; j++)
		g->group_of[j] = NO_LINE;
}

/* ---- the column of the groups ---- */

/* A field of a line; NULL where it has not so many. */
static const char *field_at(const struct gx_names *field, size_t column)
{
	if (column >= field->n)
		return NULL;
	const char *text = field->text;
	while (column--)
		text = gx_names_next(text);
	return text;
}

/* The one field that is called so; SIZE_MAX: none is, or several are. */
static size_t find_field(const struct gx_names *field, const char *name)
{
	size_t found = SIZE_MAX, several = 0;
	const char *text = field->text;
	for (size_t i = 0; i < field->n; i++, text = gx_names_next(text))
		if (strcmp(text, name) == 0) {
			found = i;
			several++;
		}
	return several == 1 ? found : SIZE_MAX;
}

/* --by, of the fields of the first line, and of n fields in all. */
static void choose_column(struct gathering *g, const struct gx_names *head, size_t n)
{
	const char *by = g->grouping->by;
	uint64_t number;
	g->column = 1;
	g->head = g->widest = head->n;
	if (!by)
		return;
	g->by_name = strncmp(by, "number:", 7) != 0 && !gx_decimal_read(by, strlen(by), &number);
	/* A list has commas, and here one name is wanted, whatever is in it. */
	if (strpbrk(by, ",\"") && (g->column = find_field(head, by)) != SIZE_MAX)
		return;
	size_t noption = strlen(g->sheet.name) + 16;
	char *option = gx_allocate(noption, 1);
	snprintf(option, noption, "%s: --by", g->sheet.name);
	bool *chosen = gx_allocate_zeroed(n, sizeof *chosen);
	if (gx_columns_choose(by, head, n, SIZE_MAX, option, chosen) != 1)
		gx_die_usage("--by %s: one column has the groups", by);
	for (g->column = 0; !chosen[g->column];)
		g->column++;
	free(chosen);
	free(option);
}

/* ---- names that R changed ---- */

static bool is_letter(char c)
{
	/* Letters beyond ASCII are letters to R as well. */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 128;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What make.names of R makes of a name; needs room for n + 1 bytes. Returns how many it has. */
static size_t make_name(const char *name, size_t n, char *out)
{
	bool fits = n && (is_letter(name[0]) || (name[0] == '.' && !(n > 1 && is_digit(name[1]))));
	size_t at = 0;
	if (!fits)
		out[at++] = 'X';
	for (size_t i = 0; i < n; i++)
		out[at++] = is_letter(name[i]) || is_digit(name[i]) || name[i] == '_' ? name[i] : '.';
	return at;
}

static void note_renamed(struct gathering *g, const char *name)
{
	size_t n = strlen(name);
	char *made = gx_allocate(n + 1, 1);
	size_t nmade = make_name(name, n, made);
	uint32_t sample = gx_dictionary_find(&g->sample, made, nmade);
	if (sample != GX_NOT_THERE && g->group_of[sample] == NO_LINE) {
		if (!g->nrenamed++) {
			gx_names_add(&g->renamed, name, n);
			gx_names_add(&g->renamed, made, nmade);
		}
	}
	free(made);
}

/* What is said of them behind another message; "" where they are not the reason. */
static const char *tell_renamed(const struct gathering *g)
{
	static char text[320];
	if (!g->nrenamed || g->nrenamed < g->sample.names.n - g->nfound)
		return "";
	const char *name = g->renamed.text, *made = gx_names_next(name);
	snprintf(text, sizeof text,
		 ": %s of the sheet is %s in the matrix, as R changes names: read it there with "
		 "check.names = FALSE, or put the changed names into the sheet",
		 gx_show(name, strlen(name)), gx_show(made, strlen(made)));
	return text;
}

/* ---- lines ---- */

static void note_other(struct gathering *g, const char *name)
{
	if (g->other.n < 2)
		gx_names_add(&g->other, name, strlen(name));
	note_renamed(g, name);
}

/* Fields without the empty ones at the end, which spreadsheets add. */
static size_t filled(const struct gx_names *field)
{
	size_t n = 0;
	const char *text = field->text;
	for (size_t i = 0; i < field->n; i++, text = gx_names_next(text))
		n = *text ? i + 1 : n;
	return n;
}

GX_NORETURN GX_COLD static void die_of_short(const struct gathering *g, const char *sample, size_t n)
{
	gx_die(GX_EXIT_DATA,
	       "%s:%" PRIu64 ": sample %s has %zu field%s, and its group is field %zu: add it (NA leaves the "
	       "sample out), or say with --by which column has the groups",
	       g->sheet.name, g->at, gx_show(sample, strlen(sample)), n, n == 1 ? "" : "s",
	       g->column + 1);
}

/*
 * Whether field `column` of a sample's line is the column that was meant. The head of a table that
 * R wrote lacks the name of the first column. So may one whose last column has no name: nothing
 * tells them apart.
 */
static void check_fields(struct gathering *g, const char *sample)
{
	const struct gx_sheet *sheet = &g->sheet;
	size_t n = g->field->n;
	if (g->column >= n)
		die_of_short(g, sample, n);
	if (g->by_name && n == g->head + 1)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": one field more than the first line has names: if R wrote it, %s is "
		       "column %zu, else %zu: say the number with --by",
		       sheet->name, g->at, gx_show(g->grouping->by, strlen(g->grouping->by)),
		       g->column + 2, g->column + 1);
	if (!g->nfound && n == g->head + 1)
		g->widest = n;
	if (g->column > 1 && filled(g->field) > g->widest)
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": sample %s has %zu fields, and lines before it %zu: put a field with a "
		       "%s in it in quotes",
		       sheet->name, g->at, gx_show(sample, strlen(sample)), n, g->widest,
		       sheet->delimiter == ',' ? "comma" : "TAB");
}

static bool is_no_group(const char *text)
{
	return !*text || strcmp(text, "NA") == 0 || strcmp(text, ".") == 0;
}

static const char *show_group(const struct gathering *g, uint32_t group)
{
	if (group == LEFT_OUT)
		return "none";
	const char *name = gx_dictionary_name(&g->group, group);
	return gx_show(name, strlen(name));
}

static void put(struct gathering *g, uint32_t sample, uint32_t group)
{
	uint32_t *at = &g->group_of[sample];
	const char *name = gx_dictionary_name(&g->sample, sample);
	if (*at == NO_LINE) {
		g->nfound++;
		g->line[sample] = g->at;
		*at = group;
	} else if (*at != group) {
		gx_die(GX_EXIT_DATA,
		       "%s:%" PRIu64 ": the group of sample %s is %s, and on line %" PRIu64
		       " it was %s: leave one of these lines",
		       g->sheet.name, g->at, gx_show(name, strlen(name)), show_group(g, group),
		       g->line[sample], show_group(g, *at));
	}
}

static void check_group(const struct gathering *g, const char *name)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			gx_die(GX_EXIT_DATA,
			       "%s:%" PRIu64 ": a control byte in the group %s: a column cannot be called so",
			       g->sheet.name, g->at, gx_show(name, strlen(name)));
}

static void take_line(struct gathering *g, const struct gx_names *field, uint64_t line)
{
	g->field = field;
	g->at = line;
	const char *name = field->text;
	uint32_t sample = gx_dictionary_find(&g->sample, name, strlen(name)), group = LEFT_OUT;
	bool there = sample != GX_NOT_THERE;
	if (there)
		check_fields(g, name);
	else
		note_other(g, name);
	const char *text = field_at(field, g->column);
	/* The order is that of all lines: it stays when the matrix has other samples. */
	if (text && !is_no_group(text))
		group = gx_dictionary_add(&g->group, text, strlen(text), NULL);
	if (there && group != LEFT_OUT)
		check_group(g, text);
	if (there)
		put(g, sample, group);
}

/* The first line is taken when the second is seen: a number of --by may be of its last field. */
static void read_sheet(struct gathering *g)
{
	gx_sheet_next(&g->sheet); /* there is one */
	struct gx_names first = g->sheet.field;
	g->sheet.field = (struct gx_names){ 0 };
	uint64_t line = g->sheet.line;
	bool more = gx_sheet_next(&g->sheet);
	choose_column(g, &first, first.n > g->sheet.field.n ? first.n : g->sheet.field.n);
	take_line(g, &first, line);
	for (; more; more = gx_sheet_next(&g->sheet))
		take_line(g, &g->sheet.field, g->sheet.line);
	gx_names_free(&first);
}

/* ---- what must be true at the end ---- */

GX_NORETURN GX_COLD static void die_of_none(const struct gathering *g)
{
	const char *sample = gx_dictionary_name(&g->sample, 0), *other = g->other.text;
	if (g->other.n > 1)
		other = gx_names_next(other); /* the first may be a head */
	gx_die(GX_EXIT_DATA,
	       "%s: none of the %zu samples of %s is in it: the first is called %s, and a line begins with "
	       "%s%s%s",
	       g->sheet.name, g->sample.names.n, g->grouping->matrix, gx_show(sample, strlen(sample)),
	       gx_show(other, strlen(other)),
	       *tell_renamed(g) ? "" : ": the first field of a line must be the name of a sample",
	       tell_renamed(g));
}

GX_NORETURN GX_COLD static void die_of_missing(const struct gathering *g)
{
	enum { SHOWN = 3 };
	char names[SHOWN * 256] = "";
	size_t nmissing = g->sample.names.n - g->nfound, shown = 0, at = 0;
	for (uint32_t j = 0; j < g->sample.names.n && shown < SHOWN; j++) {
		if (g->group_of[j] != NO_LINE)
			continue;
		const char *name = gx_dictionary_name(&g->sample, j);
		at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", shown++ ? ", " : "",
				       gx_show(name, strlen(name)));
	}
	gx_die(GX_EXIT_DATA, "%s: no line for %zu of the %zu samples of %s, %s%s%s%s", g->sheet.name,
	       nmissing, g->sample.names.n, g->grouping->matrix, names,
	       nmissing > SHOWN ? " ..." : "",
	       *tell_renamed(g) ? "" : ": add them (the group NA leaves a sample out), or read the other "
				       "samples alone (--columns)",
	       tell_renamed(g));
}

static void check_found(const struct gathering *g)
{
	if (!g->nfound)
		die_of_none(g);
	if (g->nfound < g->sample.names.n)
		die_of_missing(g);
	for (uint32_t j = 0; j < g->sample.names.n; j++)
		if (g->group_of[j] != LEFT_OUT)
			return;
	gx_die(GX_EXIT_DATA,
	       "%s: all samples of %s are left out: field %zu of their lines, the group, is empty, NA or .: "
	       "say with --by which column has the groups",
	       g->sheet.name, g->grouping->matrix, g->column + 1);
}

/* ---- the groups ---- */

/* Leaves the groups that have a sample, and numbers them anew. */
static void number_groups(struct gathering *g, struct gx_groups *groups)
{
	size_t nsample = g->sample.names.n, nnamed = g->group.names.n, ngroup = 0;
	uint32_t *number = gx_allocate_zeroed(nnamed + 1, sizeof *number);
	for (size_t j = 0; j < nsample; j++)
		if (g->group_of[j] != LEFT_OUT)
			number[g->group_of[j]] = 1;
	for (size_t k = 0; k < nnamed; k++) {
		if (!number[k])
			continue;
		const char *name = gx_dictionary_name(&g->group, k);
		gx_names_add(&groups->names, name, strlen(name));
		number[k] = (uint32_t)ngroup++;
	}
	if (ngroup > GX_GROUPS_MAX)
		gx_die(GX_EXIT_DATA, "%s: more than %d groups", g->sheet.name, GX_GROUPS_MAX);
	for (size_t j = 0; j < nsample; j++)
		g->group_of[j] = g->group_of[j] == LEFT_OUT ? (uint32_t)ngroup
							    : number[g->group_of[j]];
	free(number);
}

/* A column n:x has the counts of group x, and could be the means of a group of that name. */
static void demand_names_of_counts(const char *sheet, const struct gx_names *group)
{
	struct gx_dictionary known = { 0 };
	const char *name = group->text;
	for (size_t k = 0; k < group->n; k++, name = gx_names_next(name))
		gx_dictionary_add(&known, name, strlen(name), NULL);
	name = group->text;
	for (size_t k = 0; k < group->n; k++, name = gx_names_next(name)) {
		size_t n = strlen(name);
		if (n > 2 && memcmp(name, "n:", 2) == 0 &&
		    gx_dictionary_find(&known, name + 2, n - 2) != GX_NOT_THERE)
			gx_die(GX_EXIT_DATA,
			       "%s: two columns would be called %s, the means of that group and, by "
			       "--with-n, the counts of %s: give one of the groups another name",
			       sheet, gx_show(name, n), gx_show(name + 2, n - 2));
	}
	gx_dictionary_free(&known);
}

/* The lane of each column, as kernel/group_mean.h has it. */
static void lay_out(const struct gathering *g, struct gx_groups *groups)
{
	size_t nsample = g->sample.names.n, ngroup = groups->names.n;
	groups->size = gx_allocate_zeroed(ngroup + 1, sizeof *groups->size);
	groups->lane = gx_allocate(nsample, sizeof *groups->lane);
	for (size_t j = 0; j < nsample; j++) {
		size_t group = g->group_of[j], n = (size_t)groups->size[group]++;
		groups->lane[j] = (uint32_t)(n % 8 * (ngroup + 1) + group);
	}
	groups->left_out = (size_t)groups->size[ngroup];
	groups->columns = (struct gx_column_groups){ ngroup, groups->size, groups->lane };
	groups->nbyte = nsample * sizeof *groups->lane + ngroup * sizeof *groups->size +
			groups->names.nbyte;
}

/* The step: names, and the numbers of their columns, sorted by group. */
static void identify(const struct gathering *g, struct gx_groups *groups)
{
	size_t nsample = g->sample.names.n, ngroup = groups->names.n;
	uint64_t *number = gx_allocate(nsample, sizeof *number);
	size_t *at = gx_allocate(ngroup + 1, sizeof *at);
	for (size_t k = 0, from = 0; k <= ngroup; from += (size_t)groups->size[k++])
		at[k] = from;
	for (size_t j = 0; j < nsample; j++)
		number[at[g->group_of[j]]++] = j + 1;
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	const char *name = groups->names.text;
	for (size_t k = 0, from = 0; k < ngroup; from = at[k++], name = gx_names_next(name)) {
		XXH3_64bits_update(&state, name, strlen(name) + 1);
		XXH3_64bits_update(&state, number + from, (at[k] - from) * sizeof *number);
		XXH3_64bits_update(&state, "", 1);
	}
	snprintf(groups->step, sizeof groups->step, "groups:%016" PRIx64, XXH3_64bits_digest(&state));
	free(number);
	free(at);
}

void gx_groups_read(struct gx_groups *groups, const struct gx_grouping *grouping,
		    const struct gx_matrix *matrix)
{
	*groups = (struct gx_groups){ 0 };
	struct gathering g = { .grouping = grouping };
	gx_sheet_open(&g.sheet, grouping->sheet);
	add_samples(&g, matrix);
	read_sheet(&g);
	check_found(&g);
	number_groups(&g, groups);
	if (grouping->with_n)
		demand_names_of_counts(g.sheet.name, &groups->names);
	gx_sheet_close(&g.sheet);
	lay_out(&g, groups);
	identify(&g, groups);
	gx_dictionary_free(&g.sample);
	gx_dictionary_free(&g.group);
	gx_names_free(&g.other);
	gx_names_free(&g.renamed);
	free(g.group_of);
	free(g.line);
}

void gx_groups_name_columns(const struct gx_groups *groups, bool with_n, struct gx_names *columns)
{
	const char *name = groups->names.text;
	char *count = gx_allocate(groups->names.nbyte + 3, 1);
	for (size_t g = 0; g < groups->names.n; g++, name = gx_names_next(name)) {
		size_t n = strlen(name);
		gx_names_add(columns, name, n);
		memcpy(count, "n:", 2);
		memcpy(count + 2, name, n);
		if (with_n)
			gx_names_add(columns, count, n + 2);
	}
	free(count);
}

void gx_groups_free(struct gx_groups *groups)
{
	gx_names_free(&groups->names);
	free(groups->size);
	free(groups->lane);
	*groups = (struct gx_groups){ 0 };
}

/* ---- before all ---- */

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool look_at(const char *path, struct stat *status)
{
	int failed = is_stdin(path) ? fstat(STDIN_FILENO, status) : stat(path, status);
	/* Who reads a terminal or /dev/null twice takes nothing from anybody. */
	return !failed && (S_ISREG(status->st_mode) || S_ISFIFO(status->st_mode));
}

void gx_groups_demand_other(const char *sheet, const char *const *operand, size_t noperand)
{
	struct stat a, b;
	bool known = look_at(sheet, &a);
	for (size_t i = 0; i < noperand; i++) {
		if (is_stdin(sheet) && is_stdin(operand[i]))
			gx_die_usage("standard input is read once: name the matrix, or the sample "
				     "sheet, as a file");
		if (known && look_at(operand[i], &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
			gx_die_usage("--groups %s: the matrix is the same file: name the sample "
				     "sheet", sheet);
	}
}
