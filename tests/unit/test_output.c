/* SPDX-License-Identifier: MIT */
/*
 * Writing bytes: what is in the file, when it has its name, patches of what was written, and
 * what is left where it could not be.
 */
#include "bytes/output.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char path[512]; /* of the output */

static const char *in_directory(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", unit_directory(), name);
	return path;
}

static struct gx_output *open_file(const char *name)
{
	return gx_output_open(&(struct gx_output_options){ .path = in_directory(name) }, true);
}

/* The bytes of a file; to be freed. */
static unsigned char *contents(const char *name, size_t *n)
{
	FILE *f = fopen(name, "rbe");
	struct stat status;
	if (!f || fstat(fileno(f), &status) != 0)
		unit_bail_out("a file is not there");
	unsigned char *bytes = unit_allocate((size_t)status.st_size + 1, 1);
	*n = fread(bytes, 1, (size_t)status.st_size, f);
	fclose(f);
	return bytes;
}

static void check_file(const char *name, const void *want, size_t nwant, const char *what)
{
	size_t n;
	unsigned char *got = contents(name, &n);
	unit_equal(n, nwant, "%s: bytes in the file", what);
	unit_bytes(got, want, n < nwant ? n : nwant, "%s", what);
	free(got);
}

/* The one temporary file of the directory; NULL: there is none. */
static const char *temporary(void)
{
	static char name[512];
	char pattern[512];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/*.gxtmp.*", unit_directory());
	if (glob(pattern, 0, NULL, &found) != 0)
		return NULL;
	snprintf(name, sizeof name, "%s", found.gl_pathv[0]);
	if (found.gl_pathc != 1)
		unit_fail("%zu temporary files", (size_t)found.gl_pathc);
	globfree(&found);
	return name;
}

static void draw_bytes(unsigned char *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)unit_draw();
}

/* ---- what is written ---- */

enum { MOST = 3000000 };

/* Writes of all sizes, flushes and patches, against an array that has the same done to it. */
static void check_writes(unsigned char *want, unsigned char *piece)
{
	struct gx_output *out = open_file("x");
	unit_text(gx_output_name(out), path, "name");
	unit_check(gx_output_can_patch(out), "a file can be patched");
	size_t n = 0;
	for (int step = 0; step < 60; step++) {
		static const size_t sizes[] = { 1, 100, 5000, 131071, 131072, 131073, 262144, 400000 };
		size_t k = unit_draw_below(sizes[unit_draw_below(sizeof sizes / sizeof *sizes)]);
		k = k < MOST - n ? k : MOST - n;
		draw_bytes(piece, k);
		if (n && unit_draw_below(5) == 0) {
			size_t at = unit_draw_below(n);
			k = k < n - at ? k : n - at;
			gx_output_patch(out, at, piece, k);
			memcpy(want + at, piece, k);
			continue;
		}
		gx_output_write(out, piece, k);
		memcpy(want + n, piece, k);
		n += k;
		if (unit_draw_below(10) == 0)
			gx_output_flush(out);
	}
	unit_check(access(path, F_OK) != 0, "the file has no name before it is whole");
	unit_check(temporary() != NULL, "it has another name beside it");
	gx_output_close(out);
	unit_check(temporary() == NULL, "which is gone behind that");
	check_file(path, want, n, "writes, flushes and patches");
	unlink(path);
}

static void test_writes(void)
{
	unsigned char *want = unit_allocate(MOST, 1), *piece = unit_allocate(MOST, 1);
	for (int round = 0; round < 20; round++)
		check_writes(want, piece);
	gx_output_close(open_file("empty"));
	check_file(path, "", 0, "nothing written");
	unlink(path);
	unit_report("writes of all sizes, flushes and patches");
	free(want);
	free(piece);
}

/* ---- standard output, in a child where it is something else ---- */

static void write_and_patch(void *unused)
{
	(void)unused;
	struct gx_output *out = gx_output_open(&(struct gx_output_options){ 0 }, true);
	gx_output_write(out, "0123456789", 10);
	bool can = gx_output_can_patch(out);
	if (can)
		gx_output_patch(out, 3, "abc", 3);
	gx_output_write(out, can ? "+" : "-", 1);
	gx_output_close(out);
}

static void check_standard_output(int flags, const char *want, const char *what)
{
	char name[512];
	snprintf(name, sizeof name, "%s", unit_file("out", "before|", 7));
	int kept = dup(STDOUT_FILENO), fd = open(name, flags | O_CLOEXEC);
	if (!(flags & O_APPEND))
		lseek(fd, 7, SEEK_SET);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	struct unit_death death = unit_run_child(write_and_patch, NULL);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(fd);
	unit_equal((uint64_t)death.code, 0, "%s: exit (%s)", what, death.said);
	check_file(name, want, strlen(want), what);
	unlink(name);
}

static void test_standard_output(void)
{
	check_standard_output(O_WRONLY, "before|012abc6789+", "standard output is a file");
	unit_report("a patch counts from the first byte that we wrote");
	check_standard_output(O_WRONLY | O_APPEND, "before|0123456789-", "appended to");
	unit_report("a file that is appended to is not patched");

	int ends[2];
	if (pipe(ends) != 0)
		unit_bail_out("no pipe");
	int kept = dup(STDOUT_FILENO);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	struct unit_death death = unit_run_child(write_and_patch, NULL);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(ends[1]);
	char said[64] = "";
	unit_equal((uint64_t)death.code, 0, "exit (%s)", death.said);
	unit_equal((uint64_t)read(ends[0], said, sizeof said - 1), 11, "bytes from the pipe");
	unit_text(said, "0123456789-", "from the pipe");
	close(ends[0]);
	unit_report("nor is a pipe");
}

static void test_flush(void)
{
	char fifo[512];
	snprintf(fifo, sizeof fifo, "%s", in_directory("fifo"));
	if (mkfifo(fifo, 0600) != 0)
		unit_bail_out("no fifo");
	int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct gx_output *out = open_file("fifo");
	char said[64] = "";
	gx_output_write(out, "first", 5);
	unit_check(read(fd, said, sizeof said) < 0, "nothing before the flush: '%s'", said);
	gx_output_flush(out);
	unit_equal((uint64_t)read(fd, said, sizeof said), 5, "bytes behind it");
	unit_text(said, "first", "behind it");
	gx_output_write(out, "second", 6);
	gx_output_close(out);
	unit_equal((uint64_t)read(fd, said, sizeof said), 6, "bytes at the end");
	unit_text(said, "second", "at the end");
	close(fd);
	struct stat status;
	unit_check(stat(fifo, &status) == 0 && S_ISFIFO(status.st_mode), "a fifo stays one");
	unit_report("a fifo is written directly; a flush hands on what is gathered");
	unlink(fifo);
}

/* ---- names ---- */

static void test_names(void)
{
	char file[512], link[512];
	snprintf(file, sizeof file, "%s", unit_file("old", "old", 3));
	chmod(file, 0640);
	snprintf(link, sizeof link, "%s", in_directory("link"));
	if (symlink("old", link) != 0)
		unit_bail_out("no link");
	struct gx_output *out = open_file("link");
	gx_output_write(out, "new", 3);
	gx_output_flush(out);
	check_file(file, "old", 3, "before it is whole");
	gx_output_close(out);
	check_file(file, "new", 3, "behind the link");
	struct stat status;
	unit_check(lstat(link, &status) == 0 && S_ISLNK(status.st_mode), "the link is one still");
	unit_check(stat(file, &status) == 0, "the file is there");
	unit_equal(status.st_mode & 07777, 0640, "its mode");
	unit_report("a file is replaced at once, behind a link, and keeps its mode");
	unlink(link);
	unlink(file);

	static const struct {
		const char *path;
		enum gx_format asked, want;
	} cases[] = {
		{ NULL, GX_FORMAT_UNSET, GX_TSV },   { "x", GX_FORMAT_UNSET, GX_TSV },
		{ "x.tsv", GX_FORMAT_UNSET, GX_TSV }, { "x.csv", GX_FORMAT_UNSET, GX_CSV },
		{ "x.gxm", GX_FORMAT_UNSET, GX_GXM }, { "d.gxm/x", GX_FORMAT_UNSET, GX_TSV },
		{ "x.npy", GX_FORMAT_UNSET, GX_NPY }, { "x.npy.txt", GX_FORMAT_UNSET, GX_TSV },
		{ "x.gxm", GX_TSV, GX_TSV },	     { NULL, GX_GXM, GX_GXM },
		{ ".gxm", GX_FORMAT_UNSET, GX_TSV }, { "xgxm", GX_FORMAT_UNSET, GX_TSV },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		unit_equal(gx_output_format(&(struct gx_output_options){
				   .path = cases[i].path, .format = cases[i].asked }),
			   cases[i].want, "format of %s", cases[i].path ? cases[i].path : "-");
	unit_report("the format is what was asked for, else that of the name");
}

/* ---- what goes wrong ---- */

/* While it is written, another process does something to the temporary file. */
static void spoil(void *how)
{
	const char *other = how;
	struct gx_output *out = open_file("kept");
	gx_output_write(out, "ours", 4);
	gx_output_flush(out);
	const char *name = temporary();
	if (!name)
		_exit(99);
	if (other[0] == 'm') {
		char away[600];
		snprintf(away, sizeof away, "%s.away", path);
		rename(name, away);
	} else {
		unlink(name);
	}
	if (other[0] != 'u') {
		FILE *f = fopen(name, "we");
		fputs("theirs", f);
		fclose(f);
	}
	gx_output_close(out);
}

static void test_spoiled(void)
{
	static const char *const hows[] = { "unlinked", "replaced", "moved and replaced" };
	for (int i = 0; i < 3; i++) {
		char kept[512];
		snprintf(kept, sizeof kept, "%s", unit_file("kept", "before", 6));
		unit_dies(3, "was taken away by another process", spoil, (void *)(uintptr_t)hows[i]);
		check_file(kept, "before", 6, hows[i]);
		const char *name = temporary();
		unit_equal(name != NULL, i > 0, "%s: another's file is there", hows[i]);
		if (name) {
			check_file(name, "theirs", 6, hows[i]);
			unlink(name);
		}
		char away[600];
		snprintf(away, sizeof away, "%s.away", kept);
		unlink(away);
		unlink(kept);
	}
	unit_report("a temporary file that is another's by now: exit 3, theirs and the old one stay");
}

static void open_only(void *name)
{
	const struct gx_output_options options = { .path = name, .option = "--to" };
	struct gx_output *out = gx_output_open(&options, false);
	gx_output_write(out, "x", 1);
	gx_output_close(out);
}

static void check_only(void *name)
{
	gx_output_check("--to", name);
}

static void test_refusals(void)
{
	static const struct {
		int code;
		const char *name, *text;
	} cases[] = {
		{ 2, "", ": a directory: name a file" },
		{ 2, "new/", ": a directory: name a file" },
		{ 2, "x.gz", "compressed output is not written" },
		{ 2, "x.tsv.zst", "| zstd > " },
		{ 3, "absent/x", ": No such file or directory" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[512];
		snprintf(name, sizeof name, "%s", in_directory(cases[i].name));
		unit_dies(cases[i].code, cases[i].text, open_only, name);
		unit_dies(cases[i].code, "--to ", open_only, name);
		unit_dies(cases[i].code, cases[i].text, check_only, name);
	}
	unit_report("what is no name of an output is refused, and known before");
	unit_dies(3, "/dev/full: No space left on device", open_only, (char[]){ "/dev/full" });
	unit_report("a device that is full: exit 3");
}

int main(void)
{
	unit_directory();
	umask(022);
	test_writes();
	test_standard_output();
	test_flush();
	test_names();
	test_spoiled();
	test_refusals();
	return unit_end();
}
