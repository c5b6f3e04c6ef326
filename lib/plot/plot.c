/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include "plot/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/terminal.h"
#include "base/utf8.h"
#include "bytes/output.h"
#include "bytes/unnamed.h"

extern char **environ;

enum gx_plot_kind gx_plot_kind(const char *path)
{
	static const struct {
		const char *extension;
		enum gx_plot_kind kind;
	} known[] = { { ".svg", GX_PLOT_SVG },
		      { ".pdf", GX_PLOT_PDF },
		      { ".png", GX_PLOT_PNG },
		      { ".txt", GX_PLOT_TEXT } };
	size_t n = strlen(path);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (n > 4 && strcasecmp(path + n - 4, known[i].extension) == 0)
			return known[i].kind;
	gx_die_usage(
		"%s: the name must end in .svg, .pdf, .png or .txt, which says what to draw",
		*path ? path : "''");
}

size_t gx_plot_columns(void)
{
	enum { LEAST = 20, MOST = 1000, USUAL = 80 };
	size_t n = gx_terminal_columns(STDOUT_FILENO);
	n = n ? n : gx_terminal_columns(STDERR_FILENO);
	n = n ? n : USUAL;
	return n < LEAST ? LEAST : n > MOST ? MOST : n;
}

/* Whether a directory of PATH, path[0 .. n), has a program of that name. */
static bool has_program(const char *path, size_t n, const char *name)
{
	size_t room = n + strlen(name) + 2;
	char *file = gx_allocate(room, 1);
	/* An empty entry is the present directory. */
	snprintf(file, room, "%.*s%s%s", (int)n, path, n ? "/" : "", name);
	struct stat status;
	bool has = access(file, X_OK) == 0 && stat(file, &status) == 0 &&
		   S_ISREG(status.st_mode);
	free(file);
	return has;
}

bool gx_plot_available(void)
{
	for (const char *path = getenv("PATH"); path;) {
		size_t n = strcspn(path, ":");
		if (has_program(path, n, "gnuplot"))
			return true;
		path = path[n] ? path + n + 1 : NULL;
	}
	gx_warn("gnuplot: not found on PATH, so no picture is drawn: install gnuplot");
	return false;
}

void gx_plot_quote(FILE *script, const char *text, size_t most)
{
	size_t n = strlen(text), i = 0;
	fputc('\'', script);
	while (i < n) {
		size_t length = gx_visible_length(text + i, n - i);
		if (i + (length ? length : 1) > most)
			break;
		if (text[i] == '\'')
			fputc('\'', script);
		fwrite(length ? text + i : "?", 1, length ? length : 1, script);
		i += length ? length : 1;
	}
	fputs(i < n ? "~'" : "'", script);
}

/*
 * Moves a descriptor above those of standard input, output and error. Where one of these was
 * closed, it would lie in the way of what is moved there.
 */
static int lift(int fd)
{
	if (fd < 0)
		gx_die_errno("gnuplot");
	if (fd > STDERR_FILENO)
		return fd;
	int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (higher < 0)
		gx_die_errno("gnuplot");
	close(fd);
	return higher;
}

/* A file: gnuplot reads or writes it at its own pace, and nobody waits. */
static int open_unnamed(void)
{
	return lift(gx_unnamed_open("for a plot's script"));
}

static void put(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t k = write(fd, bytes, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("the plot's script (TMPDIR says where it is written)");
		bytes += k;
		n -= (size_t)k;
	}
}

/*
 * Text is shown as it stands (noenhanced): names of genes and hosts have underscores. A
 * gnuplot without Cairo has the plain png.
 */
static void put_terminal(int fd, enum gx_plot_kind kind, int width, int height)
{
	char text[512];
	int n = 0;
	if (kind == GX_PLOT_SVG)
		n = snprintf(text, sizeof text,
			     "set terminal svg size %d,%d font 'sans-serif,12' "
			     "background rgb 'white' noenhanced\n",
			     width, height);
	else if (kind == GX_PLOT_PNG)
		n = snprintf(
			text, sizeof text,
			"if (strstrt(GPVAL_TERMINALS, 'pngcairo')) "
			"{ set terminal pngcairo size %d,%d font 'sans,9' noenhanced } "
			"else { set terminal png size %d,%d noenhanced }\n",
			width, height, width, height);
	else if (kind == GX_PLOT_PDF)
		n = snprintf(text, sizeof text,
			     "if (!strstrt(GPVAL_TERMINALS, 'pdfcairo')) "
			     "{ exit error 'this gnuplot has no pdfcairo: draw .svg' }\n"
			     "set terminal pdfcairo size %.2fin,%.2fin font 'sans,9' "
			     "background rgb 'white' noenhanced\n",
			     width / 100.0, height / 100.0);
	else
		n = snprintf(text, sizeof text,
			     "set terminal dumb size %d,%d mono noenhanced\n", width / 8,
			     height / 16);
	static const char common[] = "set encoding utf8\nset output\n";
	put(fd, text, (size_t)n);
	put(fd, common, sizeof common - 1);
}

/* Starts gnuplot with its three descriptors. -d: no init file changes the picture. */
static pid_t spawn(int script, int picture, int errors)
{
	char name[] = "gnuplot", defaults[] = "-d";
	char *const argv[] = { name, defaults, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
	pid_t pid;
	int error = posix_spawnp(&pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error) {
		errno = error;
		gx_die_errno("gnuplot");
	}
	return pid;
}

/* Text without form feeds and without blanks at the ends of lines; *nblank may be left over. */
static size_t trim(char *text, size_t n, size_t *nblank, struct gx_output *out)
{
	size_t total = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\f')
			continue;
		if (text[i] == ' ') {
			++*nblank;
			continue;
		}
		for (; *nblank && text[i] != '\n'; --*nblank, total++)
			gx_output_write(out, " ", 1);
		*nblank = 0;
		gx_output_write(out, &text[i], 1);
		total++;
	}
	return total;
}

/* The picture from the pipe to its file; returns its bytes. */
static size_t carry(int from, bool is_text, struct gx_output *out)
{
	char buffer[64 << 10];
	size_t total = 0, nblank = 0;
	for (;;) {
		ssize_t k = read(from, buffer, sizeof buffer);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("gnuplot");
		if (k == 0)
			return total;
		if (is_text) {
			total += trim(buffer, (size_t)k, &nblank, out);
			continue;
		}
		gx_output_write(out, buffer, (size_t)k);
		total += (size_t)k;
	}
}

/* What gnuplot said, made one line. */
static void words_of(int errors, char *words, size_t room)
{
	char text[1024];
	ssize_t n = pread(errors, text, sizeof text, 0);
	gx_visible_line(text, n > 0 ? (size_t)n : 0, words, room);
}

static int wait_for(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			gx_die_errno("gnuplot");
	return status;
}

void gx_plot_draw(const char *path, const char *script, size_t nscript, int width,
		  int height)
{
	const struct gx_output_options options = { .path = path,
						   .option = "--plot",
						   .format = GX_TSV };
	enum gx_plot_kind kind = gx_plot_kind(path);
	struct stat status;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		gx_die_usage("%s: a directory: name a file to draw", path);
	struct gx_output *out = gx_output_open(&options, false);

	int input = open_unnamed(), errors = open_unnamed(), picture[2];
	put_terminal(input, kind, width, height);
	put(input, script, nscript);
	if (lseek(input, 0, SEEK_SET) < 0 || pipe2(picture, O_CLOEXEC) != 0)
		gx_die_errno("gnuplot");
	picture[0] = lift(picture[0]);
	picture[1] = lift(picture[1]);
	pid_t pid = spawn(input, picture[1], errors);
	close(picture[1]);
	close(input);
	size_t nbyte = carry(picture[0], kind == GX_PLOT_TEXT, out);
	close(picture[0]);
	int end = wait_for(pid);
	char words[400];
	words_of(errors, words, sizeof words);
	close(errors);
	if (WIFSIGNALED(end))
		gx_die(GX_EXIT_IO, "%s: gnuplot was killed by signal %d: run it again",
		       path, WTERMSIG(end));
	if (end != 0 || nbyte == 0)
		gx_die(GX_EXIT_IO, "%s: gnuplot could not draw it: %s", path,
		       *words ? words : "it gave no picture and no reason");
	gx_output_close(out);
}
