/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "bytes/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/progress.h"

enum {
	HEAD = 64 << 10,
	COMPRESSED = 256 << 10, /* bytes of compressed data read at a time */
	PIPE = 1 << 20,         /* what we ask the kernel to let a pipe hold */
};

struct gx_decoder {
	unsigned char *buffer;
	size_t at, end;
	bool between; /* at the end of a gzip member or a zstd frame: the input may end */
	z_stream gzip;
	ZSTD_DStream *zstd;
};

/* What a plain read(2) gives: at least one byte, 0 at the end. */
static size_t raw_read(const struct gx_input *in, void *out, size_t n)
{
	/* Linux moves at most 2 GiB a call. */
	size_t most = (size_t)1 << 30;
	for (;;) {
		ssize_t k = read(in->fd, out, n < most ? n : most);
		if (k >= 0) {
			gx_progress_bytes((uint64_t)k);
			return (size_t)k;
		}
		if (errno != EINTR)
			gx_die_errno("%s", in->name);
	}
}

GX_NORETURN GX_COLD static void damaged(const struct gx_input *in, const char *how)
{
	gx_die(GX_EXIT_DATA, "%s: damaged %s data: %s: fetch or make the file again",
	       in->name, in->compression == GX_GZIP ? "gzip" : "zstd", how);
}

static bool refill(struct gx_input *in)
{
	struct gx_decoder *d = in->decoder;
	d->at = 0;
	d->end = raw_read(in, d->buffer, COMPRESSED);
	return d->end > 0;
}

static size_t gzip_read(struct gx_input *in, unsigned char *out, size_t n)
{
	struct gx_decoder *d = in->decoder;
	for (;;) {
		if (d->at == d->end && !refill(in)) {
			if (!d->between)
				damaged(in, "it ends in the middle (a broken download?)");
			return 0;
		}
		if (d->between) {
			/* Another member, or the zero padding that tape blocks leave. */
			if (d->buffer[d->at] == 0) {
				d->at++;
				continue;
			}
			inflateReset(&d->gzip);
			d->between = false;
		}
		d->gzip.next_in = d->buffer + d->at;
		d->gzip.avail_in = (uInt)(d->end - d->at);
		d->gzip.next_out = out;
		d->gzip.avail_out = (uInt)(n < 1 << 30 ? n : 1 << 30);
		int status = inflate(&d->gzip, Z_NO_FLUSH);
		d->at = d->end - d->gzip.avail_in;
		if (status == Z_STREAM_END)
			d->between = true;
		else if (status != Z_OK && status != Z_BUF_ERROR)
			damaged(in, d->gzip.msg ? d->gzip.msg : "not what gzip writes");
		size_t got = (size_t)(d->gzip.next_out - out);
		if (got)
			return got;
	}
}

static size_t zstd_read(struct gx_input *in, unsigned char *out, size_t n)
{
	struct gx_decoder *d = in->decoder;
	for (;;) {
		bool ended = d->at == d->end && !refill(in);
		if (ended && d->between)
			return 0;
		ZSTD_inBuffer from = { d->buffer, d->end, d->at };
		ZSTD_outBuffer to = { out, n, 0 };
		size_t left = ZSTD_decompressStream(d->zstd, &to, &from);
		d->at = from.pos;
		if (ZSTD_isError(left))
			damaged(in, ZSTD_getErrorName(left));
		d->between = left == 0;
		if (to.pos)
			return to.pos;
		if (ended && !d->between)
			damaged(in, "it ends in the middle (a broken download?)");
	}
}

static size_t decoded_read(struct gx_input *in, void *out, size_t n)
{
	size_t got = in->compression == GX_PLAIN  ? raw_read(in, out, n)
		     : in->compression == GX_GZIP ? gzip_read(in, out, n)
						  : zstd_read(in, out, n);
	if (got == 0)
		in->at_end = true;
	return got;
}

static void start_decoder(struct gx_input *in, enum gx_compression compression)
{
	struct gx_decoder *d = gx_allocate_zeroed(1, sizeof *d);
	d->buffer = gx_allocate(COMPRESSED, 1);
	/* What was peeked at is the first of the compressed data. */
	d->end = in->head_end;
	memcpy(d->buffer, in->head, d->end);
	in->head_at = in->head_end = 0;
	in->compression = compression;
	in->seekable = false;
	in->size = GX_UNKNOWN;
	in->at_end = false;
	if (compression == GX_GZIP) {
		if (inflateInit2(&d->gzip, 15 + 16) != Z_OK)
			gx_die(GX_EXIT_IO, "%s: no memory for the gzip decoder",
			       in->name);
	} else {
		d->zstd = ZSTD_createDStream();
		if (!d->zstd)
			gx_die(GX_EXIT_IO, "%s: no memory for the zstd decoder",
			       in->name);
	}
	in->decoder = d;
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
	in->size = GX_UNKNOWN;
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		gx_die_errno("%s", in->name);
	}
	if (S_ISREG(status.st_mode) && lseek(in->fd, 0, SEEK_CUR) == 0) {
		in->seekable = true;
		in->size = (uint64_t)status.st_size;
		if (in->size > PIPE)
			posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	} else if (S_ISFIFO(status.st_mode)) {
		/* Fewer changes between the two processes; where it is refused nothing is
		 * lost. */
		(void)fcntl(in->fd, F_SETPIPE_SZ, PIPE);
	}

	const unsigned char *head;
	size_t n = gx_input_peek(in, 4, &head);
	static const unsigned char gzip[] = { 0x1f, 0x8b },
				   zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	if (n >= 2 && memcmp(head, gzip, 2) == 0)
		start_decoder(in, GX_GZIP);
	else if (n >= 4 && memcmp(head, zstd, 4) == 0)
		start_decoder(in, GX_ZSTD);
	return in;
}

void gx_input_close(struct gx_input *in)
{
	if (!in)
		return;
	if (in->decoder) {
		if (in->compression == GX_GZIP)
			inflateEnd(&in->decoder->gzip);
		ZSTD_freeDStream(in->decoder->zstd);
		free(in->decoder->buffer);
		free(in->decoder);
	}
	if (in->fd != STDIN_FILENO)
		close(in->fd);
	free(in->head);
	free(in);
}

size_t gx_input_peek(struct gx_input *in, size_t n, const unsigned char **bytes)
{
	if (in->head_end - in->head_at < n && in->head_at > 0) {
		memmove(in->head, in->head + in->head_at, in->head_end - in->head_at);
		in->head_end -= in->head_at;
		in->head_at = 0;
	}
	while (in->head_end - in->head_at < n && !in->at_end) {
		if (in->head_end == in->head_room) {
			in->head_room = in->head_room ? 2 * in->head_room : HEAD;
			in->head = gx_reallocate(in->head, in->head_room, 1);
		}
		in->head_end += decoded_read(in, in->head + in->head_end,
					     in->head_room - in->head_end);
	}
	*bytes = in->head + in->head_at;
	size_t have = in->head_end - in->head_at;
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

size_t gx_input_at(const struct gx_input *in, void *out, size_t n, uint64_t offset)
{
	size_t done = 0;
	while (done < n) {
		ssize_t k = pread(in->fd, (unsigned char *)out + done, n - done,
				  (off_t)(offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("%s", in->name);
		if (k == 0)
			break;
		done += (size_t)k;
	}
	gx_progress_bytes(done);
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
		if (lseek(in->fd, (off_t)(in->position + more), SEEK_SET) < 0)
			gx_die_errno("%s", in->name);
		in->position += more;
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
