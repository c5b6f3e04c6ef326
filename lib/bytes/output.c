/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "bytes/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/ending.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/terminal.h"
#include "base/utf8.h"
#include "bytes/destination.h"
#include "kernel/hash.h"

/* Bytes that one write(2) takes; more gains nothing (measured). */
enum { GATHER = 256 << 10 };

/*
 * More than that at once is written from where it lies. Of blocks that come in halves (gx-spectrum
 * on 20,000 x 48) the copy took 3 to 4 % of the time, that of the pages of the buffer included; 16
 * and 32 KiB gained no more.
 */
enum { DIRECT = 64 << 10 };

/*
 * What we ask a pipe to hold; who reads from it asks for nothing. The kernel gives each user
 * 64 MiB of pipes (pipe-user-pages-soft) and cuts every new pipe to 8 KiB behind that, so a
 * pipe of 1 MiB is too much where hundreds of filters wait. It gains nothing, either: the main
 * job, 200000 x 50, takes 64.4 ms with 256 KiB, 66.4 with 1 MiB and 67.7 with the default 64
 * KiB (medians of 60 runs in turn, 2 cores).
 *
 * The kernel's copy into the pipe stays. Lending it our pages by vmsplice(2) took 10% of the job's
 * processor time (63 of 70 ms, medians in turn), but only with pages that are written again, and
 * nothing tells when that is safe: FIONREAD and the capacity say that bytes have left our pipe, and
 * a reader that splices them on (cat, pv, a socket) still holds the pages. Such a reader between two
 * filters got changed bytes. Fresh huge pages for each 2 MiB are safe, and cost what they save (50.8 against
 * 52.3 ms); fresh small ones cost 18 ms more. Nothing beyond noise came of pipes of 128 and 512 KiB,
 * of one writev(2) for a block's head and values, or of digests made of 64 rows at a time, as
 * soon as these are drawn.
 */
enum { PIPE = 256 << 10 };

struct gx_output {
	const char *option, *name;
	int fd;
	bool regular, append, terminal;
	uint64_t start; /* offset of our first byte in the file */
	struct gx_destination to;
	struct gx_unfinished *unfinished; /* NULL: it is written in its place */
	char temporary[NAME_MAX + 1];     /* its name until it is whole */
	size_t n;
	unsigned char buffer[GATHER];
};

/*
 * Names that promise what gx does not write: a program that goes by the name would fail, or
 * read text as something else.
 */
static const struct {
	const char *what, *extensions[8];
} unwritten[] = {
	{ "a spreadsheet", { ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods" } },
	{ "GCT", { ".gct", ".gctx" } },
	{ "RES", { ".res" } },
	{ "CLS", { ".cls" } },
	{ "MatrixMarket", { ".mtx", ".mm" } },
	{ "NPZ", { ".npz" } },
	{ "an Apache format", { ".parquet", ".feather", ".arrow", ".avro", ".orc" } },
	{ "a format of R", { ".rds", ".rda", ".rdata" } },
	{ "HDF5", { ".h5ad", ".h5", ".hdf5", ".hdf", ".h5mu", ".loom" } },
	{ "Zarr", { ".zarr" } },
	{ "a format of MATLAB", { ".mat" } },
	{ "a pickle", { ".pkl", ".pickle" } },
	{ "JSON", { ".json", ".jsonl", ".ndjson" } },
	{ "XML or HTML", { ".xml", ".html", ".htm" } },
	{ "a database", { ".db", ".sqlite", ".sqlite3" } },
	{ "an archive", { ".zip", ".tar", ".tgz", ".7z", ".rar" } },
	{ "a document", { ".pdf", ".doc", ".docx" } },
};

static void refuse_unwritten(const struct gx_output_options *options)
{
	const char *path = options->path, *extension;
	for (size_t i = 0; i < sizeof unwritten / sizeof *unwritten; i++)
		for (size_t j = 0; j < 8 && (extension = unwritten[i].extensions[j]); j++)
			if (gx_path_ends_in(path, extension))
				gx_die_usage(
					"%s %s: gx does not write %s: it writes text (.tsv, .csv), npy "
					"(.npy) and GXM (.gxm): give the file such a name, or say with -f "
					"what is to be in it",
					options->option ? options->option : "-o", path,
					unwritten[i].what);
}

enum gx_format gx_output_format(const struct gx_output_options *options)
{
	static const struct {
		const char *extension;
		enum gx_format format;
	} known[] = { { ".gxm", GX_GXM }, { ".npy", GX_NPY }, { ".csv", GX_CSV } };

	const char *path = options->path;
	if (options->format != GX_FORMAT_UNSET)
		return options->format;
	if (!path)
		return GX_TSV;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (gx_path_ends_in(path, known[i].extension))
			return known[i].format;
	refuse_unwritten(options);
	return GX_TSV;
}

void gx_output_check(const char *option, const char *path)
{
	struct gx_destination to;
	gx_destination_find(option, path, &to);
	bool refused = to.direct ? access(path, W_OK) != 0
				 : to.name && faccessat(to.directory, ".", W_OK | X_OK, 0) != 0;
	if (refused)
		gx_die_errno("%s %s", option, path);
	gx_destination_free(&to);
}

/* ---- opening ---- */

/* The length of the whole characters that begin a name and fit. */
static size_t whole_characters(const char *name, size_t most)
{
	size_t n = strlen(name), at = 0;
	while (at < n) {
		size_t length = gx_utf8_length(name + at, n - at);
		length = length ? length : 1;
		if (at + length > most)
			break;
		at += length;
	}
	return at;
}

/*
 * NAME.gxtmp.PID. Where that is too long for the file system, NAME is shortened, and 16
 * digits of its hash tell it from others that begin alike.
 */
static void name_temporary(struct gx_output *out)
{
	const char *name = out->to.name;
	char end[40];
	size_t n = strlen(name);
	size_t nend = (size_t)snprintf(end, sizeof end, ".gxtmp.%ld", (long)getpid());
	long longest = fpathconf(out->to.directory, _PC_NAME_MAX);
	size_t most = longest > 64 && longest < NAME_MAX ? (size_t)longest : NAME_MAX;
	if (n + nend <= most)
		snprintf(out->temporary, sizeof out->temporary, "%s%s", name, end);
	else
		snprintf(out->temporary, sizeof out->temporary, "%.*s%016" PRIx64 "%s",
			 (int)whole_characters(name, most - 16 - nend), name,
			 (uint64_t)XXH3_64bits(name, n), end);
}

/*
 * The new file has the old one's mode. It runs as another user or group than that one did
 * only if they are the same.
 */
static void keep_mode(const struct gx_output *out, const char *path)
{
	const struct stat *old = &out->to.old;
	struct stat made;
	if (fstat(out->fd, &made) != 0)
		gx_die_errno("%s %s", out->option, path);
	mode_t mode = old->st_mode & 07777;
	if (made.st_uid != old->st_uid)
		mode &= ~(mode_t)S_ISUID;
	if (made.st_gid != old->st_gid)
		mode &= ~(mode_t)S_ISGID;
	if (fchmod(out->fd, mode) != 0)
		gx_die_errno("%s %s: its mode cannot be kept", out->option, path);
}

static void open_destination(struct gx_output *out, const char *path)
{
	const struct gx_destination *to = &out->to;
	if (to->descriptor >= 0) {
		/* The number itself stays taken: no other file may get it. */
		out->fd = fcntl(to->descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	} else if (to->direct) {
		out->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		name_temporary(out);
		out->unfinished = gx_unfinished_make(to->directory, out->temporary, 0666,
						     &out->fd);
	}
	if (out->fd < 0 && path)
		gx_die_errno("%s %s", out->option, path);
	if (out->fd < 0)
		gx_die_errno("%s", out->name);
	if (out->unfinished && to->exists)
		keep_mode(out, path);
}

struct gx_output *gx_output_open(const struct gx_output_options *options, bool binary)
{
	struct gx_output *out = gx_allocate(1, sizeof *out);
	memset(out, 0, offsetof(struct gx_output, buffer));
	const char *path = options->path;
	out->option = options->option ? options->option : "-o";
	out->name = path ? path : "<stdout>";
	gx_destination_find(out->option, path, &out->to);
	open_destination(out, path);
	out->terminal = isatty(out->fd) == 1;
	if (binary && out->terminal)
		gx_die_usage(
			"binary output is not written to a terminal: use -o FILE, a pipe, "
			"or -f tsv");
	struct stat status;
	if (fstat(out->fd, &status) != 0)
		gx_die_errno("%s", out->name);
	if (S_ISREG(status.st_mode)) {
		off_t at = lseek(out->fd, 0, SEEK_CUR);
		out->regular = at >= 0;
		out->start = at >= 0 ? (uint64_t)at : 0;
		out->append = fcntl(out->fd, F_GETFL) & O_APPEND;
	} else if (S_ISFIFO(status.st_mode) && fcntl(out->fd, F_GETPIPE_SZ) < PIPE) {
		(void)fcntl(out->fd, F_SETPIPE_SZ, PIPE);
	}
	return out;
}

const char *gx_output_name(const struct gx_output *out)
{
	return out->name;
}

bool gx_output_is_terminal(const struct gx_output *out)
{
	return out->terminal;
}

/* What --progress draws may be on the same terminal: it goes first. */
static bool write_on_terminal(const struct gx_output *out, const unsigned char *bytes, size_t n)
{
	gx_terminal_begin();
	bool written = gx_write_all(out->fd, bytes, n);
	int error = errno;
	gx_terminal_end(bytes[n - 1] == '\n');
	errno = error;
	return written;
}

/*
 * This is what stays serial where threads make the bytes: one write(2) at a time, in the order of
 * the rows. The kernel copies what is written under a lock, that of a pipe or, on ext4, XFS and
 * tmpfs, of the file's inode: several writers would wait for each other there instead. (On 16
 * cores gx-simulate is 9 times as fast as one thread where nothing is copied, as /dev/null takes
 * it; text that becomes a GXM file on tmpfs 3.5 times, at 2 GB/s.)
 */
static void put(const struct gx_output *out, const unsigned char *bytes, size_t n)
{
	if (n == 0)
		return;
	bool written = out->terminal ? write_on_terminal(out, bytes, n)
				     : gx_write_all(out->fd, bytes, n);
	if (!written)
		gx_die_errno("%s", out->name);
}

void gx_output_flush(struct gx_output *out)
{
	put(out, out->buffer, out->n);
	out->n = 0;
}

void gx_output_write(struct gx_output *out, const void *bytes, size_t n)
{
	bool large = n > DIRECT;
	if (large || n > GATHER - out->n)
		gx_output_flush(out);
	if (large) {
		put(out, bytes, n);
		return;
	}
	if (n)
		memcpy(out->buffer + out->n, bytes, n);
	out->n += n;
}

bool gx_output_can_patch(const struct gx_output *out)
{
	return out->regular && !out->append;
}

void gx_output_patch(struct gx_output *out, uint64_t offset, const void *bytes, size_t n)
{
	gx_output_flush(out);
	for (size_t done = 0; done < n;) {
		ssize_t k = pwrite(out->fd, (const char *)bytes + done, n - done,
				   (off_t)(out->start + offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("%s", out->name);
		done += (size_t)k;
	}
}

/* The directory may have moved meanwhile: then the file is where it is now. */
static void give_name(struct gx_output *out)
{
	const struct gx_destination *to = &out->to;
	if (!out->unfinished)
		return;
	if (renameat(to->directory, out->temporary, to->directory, to->name) != 0)
		gx_die_errno("%s %s", out->option, out->name);
	gx_unfinished_forget(out->unfinished);
}

void gx_output_close(struct gx_output *out)
{
	/* Who reads our pipe may print soon, on the terminal that has our progress. */
	gx_terminal_clear();
	gx_output_flush(out);
	if (out->unfinished && !gx_unfinished_is_there(out->unfinished))
		gx_die(GX_EXIT_IO, "%s %s: %s was taken away by another process", out->option,
		       out->name, out->temporary);
	/* Some file systems tell of a full disk only now. */
	if (close(out->fd) != 0)
		gx_die_errno("%s", out->name);
	give_name(out);
	gx_destination_free(&out->to);
	free(out);
}
