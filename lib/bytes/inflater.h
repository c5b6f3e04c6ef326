/* SPDX-License-Identifier: MIT */
/*
 * Raw deflate (RFC 1951) and the check sum of gzip, by one library or another: the same bytes
 * by each of them. One may take a forged stream that another refuses, such as one whose code has
 * unused words. No flip of a bit makes such a one, and what is taken has passed the check sum.
 *
 *	const struct gx_inflater *by = gx_inflater_best();
 *	void *state = by->open();
 *	struct gx_inflation flow = { .in = bytes, .nin = n, .out = room, .nout = sizeof room };
 *	enum gx_inflated status = by->run(state, &flow);
 *	by->close(state);
 */
#ifndef GX_INFLATER_H
#define GX_INFLATER_H

#include <stddef.h>
#include <stdint.h>

enum gx_inflated { GX_INFLATE_GOES_ON, GX_INFLATE_ENDED, GX_INFLATE_DAMAGED };

/* Bytes before `in` that run may give back when the stream ends: they must still be there. */
enum { GX_INFLATE_BACK = 8 };

/* What is there, and room for what is made of it: a call moves both on. */
struct gx_inflation {
	const unsigned char *in;
	size_t nin;
	unsigned char *out;
	size_t nout;
	const char *fault; /* in a few words, where the stream is damaged */
};

struct gx_inflater {
	const char *name;
	void *(*open)(void); /* NULL: no memory. It is at the start of a stream. */
	void (*close)(void *state);
	void (*reset)(void *state); /* to the start of another stream */
	/*
	 * Inflates as much as there is, or as there is room for. At the end of the stream `in` is
	 * the byte behind it, which may be one of the GX_INFLATE_BACK before where it was: a
	 * library reads some bytes ahead. Without a byte of input it may still have output.
	 */
	enum gx_inflated (*run)(void *state, struct gx_inflation *flow);
	/*
	 * Inflates one whole stream, all of which is there, as is room for all of it: any other
	 * is damaged, one that goes on as well. The state needs no reset before it.
	 */
	enum gx_inflated (*run_whole)(void *state, struct gx_inflation *flow);
	uint32_t (*crc32)(uint32_t crc, const unsigned char *bytes, size_t n); /* from 0 */
};

extern const struct gx_inflater gx_inflater_zlib;

/*
 * libisal's, which takes a third of the time, or NULL: where this program cannot load it (a
 * static one, or one built with ISAL=0), or where it is not there. It is loaded once, by the
 * first call. Any thread.
 */
const struct gx_inflater *gx_inflater_isal(void);

/* Whether this program would load libisal. */
extern const int gx_inflater_loads_isal;

/* The fastest that there is. Any thread. */
const struct gx_inflater *gx_inflater_best(void);

/* For tests: gx_inflater_best is that one from here on. NULL: the fastest again. */
void gx_inflater_choose(const struct gx_inflater *one);

#endif
