/* SPDX-License-Identifier: MIT */
#include "bytes/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/decoder.h"
#include "bytes/outputs.h"
#include "bytes/progress.h"
#include "kernel/hash.h"

enum {
	HEAD = 64 << 10,
	HASHED = 4 << 10,	/* bytes by which a file is known again */
	SLACK = 64,
	LARGE = 1 << 20, /* a file that is worth reading ahead */
	LAYERS = 4,	 /* of compression, one around the other: who has more means harm */
};

void gx_input_fail(struct gx_input *in, enum gx_exit code, const char *format, ...)
{
	struct gx_fault fault = { .code = (int)code };
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(fault.text, sizeof fault.text, format, arguments);
	va_end(arguments);
	if (!in->fault)
		gx_fault_die(&fault, in->name);
	if (!in->fault->code)
		*in->fault = fault;
	in->at_end = true;
}

static void fail_errno(struct gx_input *in)
{
	gx_input_fail(in, GX_EXIT_IO, ": %s", strerror(errno));
}

size_t gx_input_read_undecoded(struct gx_input *in, void *out, size_t n)
{
	/* Linux moves at most 2 GiB a call. */
	size_t most = (size_t)1 << 30;
	for (;;) {
		ssize_t k = read(in->fd, out, n < most ? n : most);
		if (k >= 0) {
			gx_progress_bytes((uint64_t)k);
			return (size_t)k;
		}
		if (errno == EAGAIN) {
			/* Somebody made our pipe a non-blocking one: wait, as for any other. */
			struct pollfd wait = { .fd = in->fd, .events = POLLIN };
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			fail_errno(in);
			return 0;
		}
	}
}

static size_t decoded_read(struct gx_input *in, void *out, size_t n)
{
	size_t got = gx_decoder_read(in->decoder, in, out, n);
	if (got == 0)
		in->at_end = true;
	return got;
}

/* ---- opening ---- */

/* Puts a layer within those that there are: what was peeked at is its first bytes. */
static void add_decoder(struct gx_input *in, const struct gx_codec *codec)
{
	struct gx_decoder *d = gx_decoder_open(codec, in, in->decoder, in->head, in->head_end);
	if (!d)
		gx_die(GX_EXIT_IO, "%s: no memory to decode it", in->name);
	in->decoder = d;
	in->head_at = in->head_end = 0;
	in->seekable = false;
	in->size = GX_UNKNOWN;
	in->at_end = false;
}

/* Looks at the first bytes, and at those within them, until they are not compressed. */
static void start_decoders(struct gx_input *in)
{
	in->compression = GX_PLAIN;
	in->layers = 0;
	for (;;) {
		const unsigned char *head;
		size_t n = gx_input_peek(in, 4, &head);
		const struct gx_codec *codec = gx_codec_find(head, n);
		if (!codec)
			return;
		if (in->layers == LAYERS)
			gx_die(GX_EXIT_DATA,
			       "%s: compressed more than %d times over: decode it first: gzip -dc",
			       in->name, LAYERS);
		add_decoder(in, codec);
		in->layers++;
		if (in->layers == 1)
			in->compression = codec->kind;
	}
}

static void end_decoders(struct gx_input *in)
{
	while (in->decoder)
		in->decoder = gx_decoder_close(in->decoder);
}

void gx_input_compression(const struct gx_input *in, char out[GX_COMPRESSION_MAX])
{
	size_t n = 0;
	out[0] = 0;
	for (const struct gx_decoder *d = in->decoder; d; d = d->from)
		n += (size_t)snprintf(out + n, GX_COMPRESSION_MAX - n, "%s%s", n ? " in " : "",
				      d->codec->name);
}

uint64_t gx_input_memory(const struct gx_input *in)
{
	uint64_t sum = 0;
	for (const struct gx_decoder *d = in->decoder; d; d = d->from)
		sum += d->codec->memory ? d->codec->memory(d) : 0;
	return sum;
}

const char *gx_input_library(const struct gx_input *in)
{
	for (const struct gx_decoder *d = in->decoder; d; d = d->from)
		if (d->codec->library)
			return d->codec->library(d);
	return NULL;
}

/* Notes what a file is like, its first bytes too, which are visible then. */
static void take_stamp(struct gx_input *in, struct gx_stamp *stamp)
{
	struct stat status;
	const unsigned char *head;
	if (fstat(in->fd, &status) != 0)
		gx_die_errno("%s", in->name);
	size_t n = gx_input_peek(in, HASHED, &head);
	*stamp = (struct gx_stamp){ status.st_dev, status.st_ino, (uint64_t)status.st_size,
				    status.st_mtim, XXH3_64bits(head, n) };
}

uint64_t gx_input_size(const char *path)
{
	struct stat status;
	int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &status) : stat(path, &status);
	return failed || !S_ISREG(status.st_mode) ? GX_UNKNOWN : (uint64_t)status.st_size;
}

struct gx_input *gx_input_open(const char *path)
{
	struct gx_input *in = gx_allocate_zeroed(1, sizeof *in);
	bool standard = strcmp(path, "-") == 0;
	in->name = standard ? "<stdin>" : path;
	in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		gx_die_errno("%s", in->name);
	struct stat status;
	if (fstat(in->fd, &status) != 0)
		gx_die_errno("%s", in->name);
	gx_outputs_demand_other(in->name, &status);
	in->size = GX_UNKNOWN;
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		gx_die_errno("%s", in->name);
	}
	if (S_ISREG(status.st_mode) && status.st_size > 0) {
		in->is_file = true;
		in->seekable = lseek(in->fd, 0, SEEK_CUR) == 0;
		if (in->seekable)
			in->size = (uint64_t)status.st_size;
		if (status.st_size > LARGE)
			posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		take_stamp(in, &in->stamp);
	}
	start_decoders(in);
	return in;
}

int gx_input_descriptor(const struct gx_input *in)
{
	return in->fd;
}

void gx_input_close(struct gx_input *in)
{
	if (!in)
		return;
	end_decoders(in);
	if (in->fd >= 0 && in->fd != STDIN_FILENO)
		close(in->fd);
	free(in->head);
	free(in);
}

/* ---- waiting ---- */

bool gx_input_suspend(struct gx_input *in)
{
	if (!in->is_file || in->fd == STDIN_FILENO || in->fd < 0)
		return false;
	end_decoders(in);
	close(in->fd);
	in->fd = -1;
	free(in->head);
	in->head = NULL;
	in->head_at = in->head_end = in->head_room = 0;
	in->at_end = false;
	return true;
}

bool gx_stamp_same(const struct gx_stamp *a, const struct gx_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec && a->head == b->head;
}

void gx_input_resume(struct gx_input *in)
{
	if (in->fd >= 0)
		return;
	uint64_t position = in->position;
	in->fd = open(in->name, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		gx_die_errno("%s", in->name);
	struct gx_stamp now;
	in->position = 0;
	take_stamp(in, &now);
	if (!gx_stamp_same(&in->stamp, &now))
		gx_die(GX_EXIT_DATA,
		       "%s: it was replaced or changed between its head and its rows: run this "
		       "again when nobody writes it",
		       in->name);
	if (in->size != GX_UNKNOWN && in->size > LARGE)
		posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	start_decoders(in);
	gx_input_skip(in, position);
}

void gx_input_check_unchanged(struct gx_input *in)
{
	struct stat status;
	if (!in->is_file)
		return;
	if (fstat(in->fd, &status) != 0)
		gx_die_errno("%s", in->name);
	if ((uint64_t)status.st_size != in->stamp.size ||
	    status.st_mtim.tv_sec != in->stamp.changed.tv_sec ||
	    status.st_mtim.tv_nsec != in->stamp.changed.tv_nsec)
		gx_die(GX_EXIT_DATA,
		       "%s: it changed while it was read: run this again when nobody writes it",
		       in->name);
	char more;
	if (pread(in->fd, &more, 1, status.st_size) > 0)
		gx_die(GX_EXIT_DATA,
		       "%s: it holds more bytes than the system says, %" PRIu64
		       ": copy it to another file system, or pipe it: cat FILE | ...",
		       in->name, in->stamp.size);
}

/* ---- reading ---- */

/* Reads once into the buffer behind what is visible. */
static void fill(struct gx_input *in)
{
	if (in->head_end == in->head_room && in->head_at > 0) {
		memmove(in->head, in->head + in->head_at, in->head_end - in->head_at);
		in->head_end -= in->head_at;
		in->head_at = 0;
	}
	if (in->head_end == in->head_room) {
		in->head_room = in->head_room ? 2 * in->head_room : HEAD;
		in->head = gx_reallocate(in->head, in->head_room + SLACK, 1);
	}
	in->head_end += decoded_read(in, in->head + in->head_end, in->head_room - in->head_end);
	memset(in->head + in->head_end, 0, SLACK);
}

size_t gx_input_visible(const struct gx_input *in, const unsigned char **bytes)
{
	*bytes = in->head + in->head_at;
	return in->head_end - in->head_at;
}

size_t gx_input_see_more(struct gx_input *in, const unsigned char **bytes)
{
	if (!in->at_end)
		fill(in);
	return gx_input_visible(in, bytes);
}

size_t gx_input_peek(struct gx_input *in, size_t n, const unsigned char **bytes)
{
	while (in->head_end - in->head_at < n && !in->at_end)
		fill(in);
	size_t have = gx_input_visible(in, bytes);
	return have < n ? have : n;
}

size_t gx_input_read_some(struct gx_input *in, void *out, size_t n)
{
	size_t have = in->head_end - in->head_at;
	if (have) {
		n = have < n ? have : n;
		memcpy(out, in->head + in->head_at, n);
		in->head_at += n;
	} else {
		n = in->at_end || n == 0 ? 0 : decoded_read(in, out, n);
	}
	in->position += n;
	return n;
}

size_t gx_input_read(struct gx_input *in, void *out, size_t n)
{
	size_t done = 0;
	while (done < n) {
		size_t k = gx_input_read_some(in, (unsigned char *)out + done, n - done);
		if (k == 0)
			break;
		done += k;
	}
	return done;
}

size_t gx_input_read_grow(struct gx_input *in, unsigned char **buffer, size_t *room,
			  size_t used, size_t n)
{
	enum { FIRST = 1 << 20 };
	size_t done = 0;
	while (done < n) {
		if (used + done == *room) {
			size_t most = used + n;
			size_t next = *room < FIRST / 2 ? FIRST : 2 * *room;
			next = next < most ? next : most;
			unsigned char *larger = gx_allocate_aligned(next, 1, 64);
			if (used + done)
				memcpy(larger, *buffer, used + done);
			free(*buffer);
			*buffer = larger;
			*room = next;
		}
		size_t want = *room - used - done;
		want = want < n - done ? want : n - done;
		size_t k = gx_input_read(in, *buffer + used + done, want);
		done += k;
		if (k < want)
			break;
	}
	return done;
}

size_t gx_input_at(const struct gx_input *in, void *out, size_t n, uint64_t offset,
		   struct gx_fault *fault)
{
	size_t done = 0;
	while (done < n) {
		ssize_t k = pread(in->fd, (unsigned char *)out + done, n - done,
				  (off_t)(offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && !fault)
			gx_die_errno("%s", in->name);
		if (k < 0)
			gx_fault_note(fault, GX_EXIT_IO, ": %s", strerror(errno));
		if (k <= 0)
			break;
		done += (size_t)k;
	}
	return done;
}

uint64_t gx_input_skip(struct gx_input *in, uint64_t n)
{
	uint64_t done = in->head_end - in->head_at;
	done = done < n ? done : n;
	in->head_at += done;
	in->position += done;
	if (in->seekable && done < n) {
		uint64_t left = in->size > in->position ? in->size - in->position : 0;
		uint64_t more = n - done < left ? n - done : left;
		if (lseek(in->fd, (off_t)(in->position + more), SEEK_SET) < 0) {
			fail_errno(in);
			return done;
		}
		in->position += more;
		in->at_end = false;
		return done + more;
	}
	unsigned char *sink = done < n ? gx_allocate(HEAD, 1) : NULL;
	while (done < n) {
		size_t k = gx_input_read_some(in, sink,
					      n - done < HEAD ? n - done : HEAD);
		if (k == 0)
			break;
		done += k;
	}
	free(sink);
	return done;
}

void gx_input_drain(struct gx_input *in)
{
	gx_input_skip(in, GX_UNKNOWN);
}
