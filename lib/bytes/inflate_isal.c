/* SPDX-License-Identifier: MIT */
/*
 * Inflating by libisal (ISA-L's igzip), in a third of the time that zlib takes. Debian has it
 * as a shared library alone, and a program that gets no gzip has no use for it: so it is
 * loaded when it is first asked for.
 */
#include "bytes/inflater.h"

#ifdef GX_NO_ISAL

const int gx_inflater_loads_isal = 0;

const struct gx_inflater *gx_inflater_isal(void)
{
	return NULL;
}

#else

#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { MOST = 1 << 30 }; /* libisal counts in 32 bits */

const int gx_inflater_loads_isal = 1;

static struct {
	void (*init)(struct inflate_state *);
	void (*reset)(struct inflate_state *);
	int (*inflate)(struct inflate_state *);
	int (*inflate_whole)(struct inflate_state *);
	uint32_t (*crc32)(uint32_t crc, const unsigned char *bytes, uint64_t n);
} isal;

static const char *describe(int status)
{
	return status == ISAL_INVALID_BLOCK	 ? "invalid block"
	       : status == ISAL_INVALID_SYMBOL	 ? "invalid symbol"
	       : status == ISAL_INVALID_LOOKBACK ? "invalid distance too far back"
						 : "not what gzip writes";
}

/* A later libisal may have a larger state than its header said when we were compiled. */
static void *isal_open(void)
{
	struct inflate_state *state = gx_allocate_zeroed(2, sizeof *state);
	isal.init(state);
	return state;
}

static void isal_close(void *state)
{
	free(state);
}

static void isal_reset(void *state)
{
	isal.reset(state);
}

static uint32_t at_once(size_t n)
{
	return n < MOST ? (uint32_t)n : MOST;
}

/* Calls one of libisal's two functions on what is there. */
static int call(struct inflate_state *s, struct gx_inflation *flow,
		int (*function)(struct inflate_state *))
{
	uint32_t nin = at_once(flow->nin), nout = at_once(flow->nout);
	/* It is never written to. */
	s->next_in = (unsigned char *)flow->in;
	s->avail_in = nin;
	s->next_out = flow->out;
	s->avail_out = nout;
	int status = function(s);
	flow->in += nin - s->avail_in;
	flow->nin -= nin - s->avail_in;
	flow->out += nout - s->avail_out;
	flow->nout -= nout - s->avail_out;
	flow->fault = describe(status);
	return status;
}

static enum gx_inflated isal_run(void *state, struct gx_inflation *flow)
{
	struct inflate_state *s = state;
	int status = call(s, flow, isal.inflate);
	if (status < 0)
		return GX_INFLATE_DAMAGED;
	if (s->block_state != ISAL_BLOCK_FINISH)
		return GX_INFLATE_GOES_ON;
	/* Whole bytes that it has read and has no use for. */
	size_t back = (size_t)s->read_in_length / 8;
	flow->in -= back;
	flow->nin += back;
	return GX_INFLATE_ENDED;
}

static enum gx_inflated isal_run_whole(void *state, struct gx_inflation *flow)
{
	struct inflate_state *s = state;
	isal.reset(s);
	int status = call(s, flow, isal.inflate_whole);
	return status == ISAL_DECOMP_OK && s->block_state == ISAL_BLOCK_FINISH
		       ? GX_INFLATE_ENDED
		       : GX_INFLATE_DAMAGED;
}

static uint32_t isal_crc32(uint32_t crc, const unsigned char *bytes, size_t n)
{
	return isal.crc32(crc, bytes, n);
}

static const struct gx_inflater by_isal = { .name = "libisal",
					    .open = isal_open,
					    .close = isal_close,
					    .reset = isal_reset,
					    .run = isal_run,
					    .run_whole = isal_run_whole,
					    .crc32 = isal_crc32 };

/* A function that dlsym finds. ISO C has no cast from a data pointer to a function's. */
static bool find(void *library, const char *name, void *function, size_t size)
{
	void *found = dlsym(library, name);
	memcpy(function, &found, size);
	return found != NULL;
}
#define FIND(library, name, member) find(library, name, &isal.member, sizeof isal.member)

/*
 * Where the structure of the library that is here is not that of the header, nothing it says
 * can be believed: it has to inflate a few bytes in the right way, by both functions.
 */
static bool is_as_declared(void)
{
	/* "gene gene gene gene\n" with the code of its own, and two bytes behind it. */
	static const unsigned char stream[] = { 0x4b, 0x4f, 0xcd, 0x4b, 0x55, 0x48,
						0x47, 0x21, 0xb8, 0x00, 0xaa, 0xbb };
	static const char text[] = "gene gene gene gene\n";
	enum { BEHIND = 2, N = sizeof text - 1 };
	unsigned char out[2][N];
	struct gx_inflation flow = { stream, sizeof stream, out[0], N, NULL };
	struct gx_inflation whole = { stream, sizeof stream, out[1], N, NULL };
	void *state = isal_open();
	bool good = isal_run(state, &flow) == GX_INFLATE_ENDED && flow.nin == BEHIND &&
		    flow.in == stream + sizeof stream - BEHIND && flow.nout == 0 &&
		    isal_run_whole(state, &whole) == GX_INFLATE_ENDED && whole.nin == BEHIND &&
		    whole.nout == 0 && memcmp(out[0], text, N) == 0 &&
		    memcmp(out[1], text, N) == 0 &&
		    isal_crc32(0, (const unsigned char *)"123456789", 9) == 0xcbf43926;
	isal_close(state);
	return good;
}

static const struct gx_inflater *loaded;

static void load(void)
{
	void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return;
	if (FIND(library, "isal_inflate_init", init) &&
	    FIND(library, "isal_inflate_reset", reset) &&
	    FIND(library, "isal_inflate", inflate) &&
	    FIND(library, "isal_inflate_stateless", inflate_whole) &&
	    FIND(library, "crc32_gzip_refl", crc32) && is_as_declared())
		loaded = &by_isal;
	else
		dlclose(library);
}

const struct gx_inflater *gx_inflater_isal(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	return loaded;
}

#endif
