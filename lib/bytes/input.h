/* SPDX-License-Identifier: MIT */
/*
 * Bytes in: a file, a pipe or standard input, with gzip and zstd decoded on the way, within
 * each other too (gzip of gzip), up to four times.
 *
 *	struct gx_input *in = gx_input_open("m.gxm");
 *	size_t n = gx_input_peek(in, 8, &head);     what is it?
 *	n = gx_input_read(in, buffer, sizeof buffer);
 *	gx_input_close(in);
 *
 * What goes wrong (3: an I/O error; 1: damaged compressed data, a file that changed) ends
 * the process, or, while in->fault is set, is noted there: then the input has ended.
 */
#ifndef GX_INPUT_H
#define GX_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/fault.h"

enum gx_compression { GX_PLAIN, GX_GZIP, GX_ZSTD };

/* By what a file is known again that was closed in the meantime. */
struct gx_stamp {
	dev_t device;
	ino_t inode;
	uint64_t size;
	struct timespec changed;
	uint64_t head; /* hash of its first bytes */
};

bool gx_stamp_same(const struct gx_stamp *a, const struct gx_stamp *b);

struct gx_input {
	const char *name; /* for messages: the path, or "<stdin>" */
	enum gx_compression compression; /* the outermost */
	unsigned layers;		 /* of compression, 0 to 4 */
	/* A regular file that is read from its start and is not compressed: gx_input_at works. */
	bool seekable;
	uint64_t size;	   /* of a seekable input; GX_UNKNOWN otherwise */
	uint64_t position; /* of the next byte that gx_input_read gives (decoded bytes) */
	/*
	 * A regular file of which the system tells the size: `stamp` is what it was like when
	 * it was opened. (Files of /proc say 0 and have bytes: they are read as a pipe is.)
	 */
	bool is_file;
	struct gx_stamp stamp;
	struct gx_fault *fault; /* where faults are noted; NULL: they end the process */
	/*
	 * How many threads may decode what can be decoded in pieces: the blocks of bgzip in a
	 * file. Of them one is who reads. 0 is 1.
	 */
	int nthread;

	/* private */
	int fd; /* -1: suspended */
	bool at_end;
	unsigned char *head;
	size_t head_at, head_end, head_room;
	struct gx_decoder *decoder;
};

/* The size of a regular file, if the path is one; GX_UNKNOWN otherwise. */
uint64_t gx_input_size(const char *path);

/*
 * Opens a path, which must outlive the input, or standard input for "-". One that is an output
 * of this run as well is exit 2 (outputs.h).
 */
struct gx_input *gx_input_open(const char *path);
/* The descriptor of an input that is not suspended, for pread alone. */
int gx_input_descriptor(const struct gx_input *in);

/* NULL is allowed. */
void gx_input_close(struct gx_input *in);

/* Room for "gzip in gzip in zstd in gzip". */
#define GX_COMPRESSION_MAX 40

/*
 * Says what an open input is decoded from, the innermost layer first: "gzip", "gzip in zstd";
 * "" where it is not compressed.
 */
void gx_input_compression(const struct gx_input *in, char out[GX_COMPRESSION_MAX]);

/*
 * Which of several libraries decodes an open input: "libisal" or "zlib" of gzip; NULL where there
 * is no choice.
 */
const char *gx_input_library(const struct gx_input *in);

/* Bytes of memory that an open input takes to decode ahead of who reads. */
uint64_t gx_input_memory(const struct gx_input *in);

/*
 * Notes or dies of a fault of this input, printf-like: the message stands behind its name.
 */
void gx_input_fail(struct gx_input *in, enum gx_exit code, const char *format, ...)
	GX_PRINTF(3, 4) GX_COLD;

/*
 * Closes a file, so that thousands of inputs can wait for their turn: one that waits has
 * no descriptor and no buffer. A pipe and standard input stay as they are. gx_input_resume
 * opens it again where it was left (false: it was not closed); it must still be the same file with the same size, time
 * of change and first bytes (else: exit 1). Nothing may be read in between.
 */
bool gx_input_suspend(struct gx_input *in);
void gx_input_resume(struct gx_input *in);

/*
 * Makes up to n bytes from the present position visible without consuming them. Returns how
 * many there are (less than n at the end alone); *bytes is valid until the next call. The
 * visible bytes are followed by 64 readable ones; behind the last byte these are zero.
 */
size_t gx_input_peek(struct gx_input *in, size_t n, const unsigned char **bytes);

/* The bytes that are visible already, without reading. */
size_t gx_input_visible(const struct gx_input *in, const unsigned char **bytes);

/*
 * Makes more bytes visible than there are: as many as one read gives. Returns how many there
 * are then; the same number as before at the end alone.
 */
size_t gx_input_see_more(struct gx_input *in, const unsigned char **bytes);

/* Reads n bytes, fewer only at the end of the input. */
size_t gx_input_read(struct gx_input *in, void *out, size_t n);

/*
 * Reads up to n bytes and at least one, as soon as they are there: what a pipe has. Returns
 * 0 at the end alone.
 */
size_t gx_input_read_some(struct gx_input *in, void *out, size_t n);

/*
 * Reads n bytes into the end of a growing buffer: *buffer has *room bytes, of which `used`
 * are kept. It grows as the bytes arrive, so that a forged size cannot make it large.
 * Returns how many came. The buffer is aligned to 64 bytes and has 64 bytes of slack.
 */
size_t gx_input_read_grow(struct gx_input *in, unsigned char **buffer, size_t *room,
			  size_t used, size_t n);

/*
 * Reads n bytes at an offset of a seekable input; fewer at its end. Any thread: an I/O error
 * is noted in *fault, or ends the process where that is NULL. The counter of --progress is
 * for who reads rows by it to move.
 */
size_t gx_input_at(const struct gx_input *in, void *out, size_t n, uint64_t offset,
		   struct gx_fault *fault);

/* For decoders: what one read(2) of the file gives, at least one byte; 0 at the end. */
size_t gx_input_read_undecoded(struct gx_input *in, void *out, size_t n);

/* Moves on by n bytes, by seeking where that is possible; returns how many there were. */
uint64_t gx_input_skip(struct gx_input *in, uint64_t n);

/* Reads and drops what is left, so that who writes to us is not killed by SIGPIPE. */
void gx_input_drain(struct gx_input *in);

/*
 * The last look at a file that was read: exit 1 where somebody wrote into it meanwhile, as
 * far as its size and its time of change tell, or where it holds more bytes than the system
 * said (some network file systems). One that was replaced by another of its name is what it
 * was.
 */
void gx_input_check_unchanged(struct gx_input *in);

#endif
