/* SPDX-License-Identifier: MIT */
/*
 * Reading bytes: a file, a pipe and standard input, plain and compressed, by random peeks,
 * reads and skips, against the bytes that are there; damage and what cannot be read.
 */
#include "bytes/input.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "unit.h"

static const char *const compressions[] = { "plain", "gzip", "zstd" };

struct bytes {
	unsigned char *byte;
	size_t n;
};

/* ---- texts, plain and compressed ---- */

/* Partly of one kind, partly random: some of it shrinks to nothing and some not at all. */
static struct bytes draw_bytes(size_t n)
{
	struct bytes b = { unit_allocate(n, 1), n };
	for (size_t i = 0; i < n;) {
		size_t run = 1 + unit_draw_below(3000);
		bool noise = unit_draw_below(2);
		for (; run && i < n; run--, i++)
			b.byte[i] = noise ? (unsigned char)unit_draw() :
					    (unsigned char)"gene\t1.5\n"[i % 9];
	}
	/* It must not begin as a compressed file does. */
	if (n)
		b.byte[0] = 'g';
	return b;
}

static struct bytes gzip(const unsigned char *byte, size_t n)
{
	struct bytes out = { unit_allocate(n + n / 100 + 100, 1), n + n / 100 + 100 };
	z_stream z = { .next_in = (unsigned char *)byte,
		       .avail_in = (uInt)n,
		       .next_out = out.byte,
		       .avail_out = (uInt)out.n };
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
		unit_bail_out("deflate");
	out.n = z.total_out;
	return out;
}

static struct bytes zstd(const unsigned char *byte, size_t n)
{
	struct bytes out = { unit_allocate(ZSTD_compressBound(n), 1), 0 };
	out.n = ZSTD_compress(out.byte, ZSTD_compressBound(n), byte, n, 3);
	if (ZSTD_isError(out.n))
		unit_bail_out("zstd");
	return out;
}

/* The whole as some members or frames, of which some are empty. */
static struct bytes compress_in_parts(const struct bytes *plain, enum gx_compression how)
{
	struct bytes out = { unit_allocate(2 * plain->n + 2000, 1), 0 };
	size_t nmember = 1 + unit_draw_below(3);
	for (size_t k = 0, at = 0; k < nmember; k++) {
		size_t left = plain->n - at;
		size_t n = k + 1 == nmember ? left : unit_draw_below(left + 1);
		struct bytes member = how == GX_GZIP ? gzip(plain->byte + at, n)
						     : zstd(plain->byte + at, n);
		memcpy(out.byte + out.n, member.byte, member.n);
		out.n += member.n;
		at += n;
		free(member.byte);
	}
	return out;
}

static struct bytes packed(const struct bytes *plain, enum gx_compression how)
{
	if (how != GX_PLAIN)
		return compress_in_parts(plain, how);
	struct bytes copy = { unit_allocate(plain->n, 1), plain->n };
	memcpy(copy.byte, plain->byte, plain->n);
	return copy;
}

/* ---- a writer at the other end of a pipe ---- */

/* It opens the fifo when we do. */
static pid_t feed(const char *path, const struct bytes *b)
{
	uint64_t seed = unit_draw();
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		unit_bail_out("no process");
	if (pid)
		return pid;
	unit_draw_from(seed);
	alarm(60);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	for (size_t at = 0; at < b->n;) {
		size_t n = 1 + unit_draw_below(unit_draw_below(4) ? 70000 : 10);
		n = n < b->n - at ? n : b->n - at;
		ssize_t k = write(fd, b->byte + at, n);
		if (k <= 0)
			_exit(1);
		at += (size_t)k;
	}
	_exit(0);
}

/* ---- the model: what is read is what is there ---- */

static void check_steps(struct gx_input *in, const struct bytes *want, const char *what)
{
	size_t at = 0, room = want->n + 100;
	unsigned char *out = unit_allocate(room, 1);
	const unsigned char *seen;
	bool good = true;
	for (int ends = 0; ends < 3 && good;) {
		size_t left = want->n - at;
		size_t n = unit_draw_below(unit_draw_below(3) ? 200 : 150000);
		size_t most = n < left ? n : left, got;
		switch (unit_draw_below(4)) {
		case 0:
			got = gx_input_peek(in, n, &seen);
			good = unit_equal(got, most, "%s: peek %zu at %zu", what, n, at) &&
			       unit_bytes(seen, want->byte + at, got, "%s: peek %zu at %zu",
					  what, n, at);
			break;
		case 1:
			n = n < room ? n : room;
			most = n < left ? n : left;
			got = gx_input_read(in, out, n);
			good = unit_equal(got, most, "%s: read %zu at %zu", what, n, at) &&
			       unit_bytes(out, want->byte + at, got, "%s: read %zu at %zu",
					  what, n, at);
			at += got;
			break;
		case 2:
			n = n < room ? n : room;
			most = n < left ? n : left;
			got = gx_input_read_some(in, out, n);
			good = unit_check(got <= most && (got > 0) == (most > 0),
					  "%s: read_some %zu at %zu gives %zu of %zu", what, n,
					  at, got, left) &&
			       unit_bytes(out, want->byte + at, got, "%s: read_some %zu at %zu",
					  what, n, at);
			at += got;
			break;
		default:
			got = gx_input_skip(in, n);
			good = unit_equal(got, most, "%s: skip %zu at %zu", what, n, at);
			at += got;
		}
		good = good && unit_equal(in->position, at, "%s: position", what);
		ends += at == want->n; /* some steps at the end as well */
	}
	if (good)
		unit_equal(gx_input_read(in, out, 1), 0, "%s: bytes at the end", what);
	free(out);
}

enum way { FROM_FILE, FROM_FIFO, FROM_STDIN, WAYS };

struct source {
	char path[512];
	pid_t writer; /* 0: none */
	int kept;     /* standard input, as it was before; -1 */
};

static struct gx_input *open_source(struct source *s, enum way way, const struct bytes *sent)
{
	*s = (struct source){ .kept = -1 };
	if (way == FROM_FILE) {
		snprintf(s->path, sizeof s->path, "%s",
			 unit_file("input", sent->byte, sent->n));
		return gx_input_open(s->path);
	}
	snprintf(s->path, sizeof s->path, "%s/fifo", unit_directory());
	if (mkfifo(s->path, 0600) != 0)
		unit_bail_out("no fifo");
	s->writer = feed(s->path, sent);
	if (way == FROM_FIFO)
		return gx_input_open(s->path);
	s->kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	int end = open(s->path, O_RDONLY | O_CLOEXEC);
	dup2(end, STDIN_FILENO);
	close(end);
	return gx_input_open("-");
}

static void close_source(struct source *s, struct gx_input *in, const char *what)
{
	gx_input_close(in);
	if (s->kept >= 0) {
		dup2(s->kept, STDIN_FILENO);
		close(s->kept);
	}
	int status = 0;
	if (s->writer)
		waitpid(s->writer, &status, 0);
	unit_equal((uint64_t)status, 0, "%s: end of the writer", what);
	unlink(s->path);
}

static void check_way(enum way way, size_t n, enum gx_compression how)
{
	static const char *const ways[WAYS] = { "file", "fifo", "standard input" };
	struct bytes plain = draw_bytes(n), sent = packed(&plain, how);
	char what[80];
	snprintf(what, sizeof what, "%s of %zu bytes, %s", ways[way], n, compressions[how]);
	struct source s;
	struct gx_input *in = open_source(&s, way, &sent);
	bool sized = way == FROM_FILE && how == GX_PLAIN;
	unit_text(in->name, way == FROM_STDIN ? "<stdin>" : s.path, "%s: name", what);
	unit_equal(in->compression, how, "%s: compression", what);
	/* Of a file without bytes nobody knows whether it has some: it is read as a pipe is. */
	sized = sized && n > 0;
	unit_equal(in->seekable, sized, "%s: seekable", what);
	unit_equal(in->size, sized ? n : GX_UNKNOWN, "%s: size", what);
	check_steps(in, &plain, what);
	close_source(&s, in, what);
	free(plain.byte);
	free(sent.byte);
}

static void test_steps(enum way way, const char *what)
{
	static const size_t sizes[] = { 0,     1,     2,      3,      4,      5,
					65535, 65536, 65537,  262144, 300001, 2000003 };
	for (int how = GX_PLAIN; how <= GX_ZSTD; how++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			check_way(way, sizes[i], (enum gx_compression)how);
		for (int k = 0; k < 10; k++)
			check_way(way, 1 + unit_draw_below(k % 2 ? 1000 : 400000),
				  (enum gx_compression)how);
		unit_report("%s, %s: peeks, reads and skips see every byte in its place", what,
			    compressions[how]);
	}
}

/* Layers of either kind around each other, each of several members. */
static struct bytes wrapped(const struct bytes *plain, unsigned layers, char said[64])
{
	struct bytes all = packed(plain, GX_PLAIN);
	said[0] = 0;
	for (unsigned k = 0; k < layers; k++) {
		enum gx_compression how = unit_draw_below(2) ? GX_GZIP : GX_ZSTD;
		struct bytes next = compress_in_parts(&all, how);
		free(all.byte);
		all = next;
		char inner[64];
		strcpy(inner, said);
		snprintf(said, 64, "%.40s%s%s", inner, k ? " in " : "", compressions[how]);
	}
	return all;
}

static void test_layers(enum way way, const char *what)
{
	for (unsigned k = 0; k < 24; k++) {
		unsigned layers = 2 + k % 3;
		char said[64], told[GX_COMPRESSION_MAX];
		struct bytes plain = draw_bytes(1 + unit_draw_below(k % 2 ? 1000 : 400000));
		struct bytes sent = wrapped(&plain, layers, said);
		struct source s;
		struct gx_input *in = open_source(&s, way, &sent);
		unit_equal(in->layers, layers, "%s, %s: layers", what, said);
		gx_input_compression(in, told);
		unit_text(told, said, "%s: what it is decoded from", what);
		unit_check(!in->seekable && in->size == GX_UNKNOWN, "%s: no size", what);
		if (way == FROM_FILE) {
			/* Closed and opened again, all layers are there, at the same place. */
			size_t at = gx_input_skip(in, plain.n / 2);
			gx_input_suspend(in);
			gx_input_resume(in);
			struct bytes rest = { plain.byte + at, plain.n - at };
			in->position -= at;
			check_steps(in, &rest, said);
		} else {
			check_steps(in, &plain, said);
		}
		close_source(&s, in, said);
		free(plain.byte);
		free(sent.byte);
	}
	unit_report("%s: two to four layers of compression", what);
}

/* ---- what cannot be read ---- */

static void read_all(void *path)
{
	struct gx_input *in = gx_input_open(path);
	unsigned char some[5000];
	while (gx_input_read(in, some, sizeof some))
		;
	gx_input_close(in);
}

/* The file of these bytes is refused with exit 1 and these words. */
static bool refuses(const struct bytes *b, const char *text, const char *what, size_t where)
{
	char path[512];
	snprintf(path, sizeof path, "%s", unit_file("damaged", b->byte, b->n));
	struct unit_death death = unit_run_child(read_all, path);
	unlink(path);
	return unit_check(death.code == 1 && strstr(death.said, text), "%s at %zu: exit %d, %.300s",
			  what, where, death.code, death.said);
}

static void test_damage(void)
{
	for (int how = GX_GZIP; how <= GX_ZSTD; how++) {
		struct bytes plain = draw_bytes(20000);
		struct bytes whole = how == GX_GZIP ? gzip(plain.byte, plain.n)
						    : zstd(plain.byte, plain.n);
		char text[40];
		snprintf(text, sizeof text, "damaged %s data", compressions[how]);
		for (int k = 0; k < 40; k++) {
			struct bytes cut = whole;
			cut.n = 4 + unit_draw_below(whole.n - 4);
			refuses(&cut, text, "cut", cut.n);
		}
		unit_report("%s data that are cut: exit 1, named", compressions[how]);
		/* zlib checks its data by a CRC; a frame of ZSTD_compress has no checksum. */
		for (int k = 0; k < 40 && how == GX_GZIP; k++) {
			size_t at = 18 + unit_draw_below(whole.n - 18);
			whole.byte[at] ^= (unsigned char)(1u << unit_draw_below(8));
			refuses(&whole, text, "a flipped bit", at);
			free(whole.byte);
			whole = gzip(plain.byte, plain.n);
		}
		struct bytes longer = { unit_allocate(whole.n + 20, 1), whole.n + 20 };
		memcpy(longer.byte, whole.byte, whole.n);
		memset(longer.byte + whole.n, 'x', 20);
		refuses(&longer, text, "text behind it", whole.n);
		unit_report("%s data with damage or text behind: exit 1, named",
			    compressions[how]);
		free(longer.byte);
		free(whole.byte);
		free(plain.byte);
	}
	/* Damage of the inner layer is named by it, of the outer one by that. */
	struct bytes text = draw_bytes(20000), inner = zstd(text.byte, text.n);
	struct bytes cut = { inner.byte, inner.n - 1 };
	struct bytes outer = gzip(cut.byte, cut.n);
	refuses(&outer, "damaged zstd data: it ends in the middle", "a cut inner layer", cut.n);
	outer.n -= 9;
	refuses(&outer, "damaged gzip data: it ends in the middle", "a cut outer layer", outer.n);
	free(outer.byte);
	free(inner.byte);
	free(text.byte);
	unit_report("damage in one of two layers: exit 1, named");
	char said[64];
	text = draw_bytes(2000);
	outer = wrapped(&text, 5, said);
	refuses(&outer, ": compressed more than 4 times over: decode it first", "five layers", 0);
	unit_report("five layers: exit 1");
	free(outer.byte);
	free(text.byte);
	/* As tapes and some writers leave it. */
	struct bytes plain = draw_bytes(5000), whole = gzip(plain.byte, plain.n);
	struct bytes padded = { unit_allocate(whole.n + 1000, 1), whole.n + 1000 };
	memcpy(padded.byte, whole.byte, whole.n);
	struct source s;
	struct gx_input *in = open_source(&s, FROM_FILE, &padded);
	check_steps(in, &plain, "padded with zeros");
	close_source(&s, in, "padded");
	unit_report("zeros behind a gzip member are passed over");
	free(padded.byte);
	free(whole.byte);
	free(plain.byte);
}

static void test_refusals(void)
{
	char path[512];
	snprintf(path, sizeof path, "%s/absent", unit_directory());
	unit_dies(3, "absent: No such file or directory", read_all, path);
	unit_dies(3, ": Is a directory", read_all, (void *)(uintptr_t)unit_directory());
	unit_report("what is not there, and a directory: exit 3");
	gx_input_close(NULL);
	unit_report("nothing can be closed");
}

int main(void)
{
	alarm(300); /* a reader that waits for nothing is a failure */
	test_steps(FROM_FILE, "a file");
	test_steps(FROM_FIFO, "a fifo");
	test_steps(FROM_STDIN, "standard input");
	test_layers(FROM_FILE, "a file");
	test_layers(FROM_FIFO, "a fifo");
	test_layers(FROM_STDIN, "standard input");
	test_damage();
	test_refusals();
	return unit_end();
}
