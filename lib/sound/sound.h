/* SPDX-License-Identifier: MIT */
/*
 * A sound: WAV, known by its content. RIFF or RF64; PCM of 8 (unsigned), 16, 24 and 32 bits, floats
 * of 32 and 64; plain or WAVE_FORMAT_EXTENSIBLE; any number of channels; other chunks anywhere.
 *
 *	struct gx_sound sound;
 *	if (gx_sound_open(&sound, in))			its head is read, and it is sound
 *		while ((n = gx_sound_read(&sound, &choice, value, room)) > 0)
 *			...
 *
 * Nothing is believed: sizes are held against the bytes that come. Fewer than the head says is a
 * fault, never a shorter sound. Faults are exit 1 and say what is wrong and what to do, and go to
 * the input (gx_input_fail): they end the process, or are noted where in->fault is set.
 */
#ifndef GX_SOUND_H
#define GX_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/input.h"
#include "kernel/samples.h"

struct gx_sound {
	struct gx_input *in;
	enum gx_sample_kind kind;
	uint32_t rate;	   /* frames per second, at least 1 */
	uint32_t nchannel; /* at least 1 */
	bool is_rf64;	   /* RIFF otherwise */
	size_t frame;	   /* bytes of a frame */
	/*
	 * Frames, at least 1; GX_UNKNOWN where who wrote it did not know (data sizes ffffffff,
	 * fffffffe, 7fffffff and 7ffff000, where less is there): it is read to its end.
	 */
	uint64_t nframe;
	uint64_t position; /* frames read so far */

	/* private */
	uint64_t nbyte;	     /* of samples, as the head says */
	bool is_placeholder; /* nbyte may be what is written where nobody knows */
	bool at_end;	     /* no byte of samples is left */
	bool is_finished;
};

/* The fault of a sound that ends before its end; with two uint64_t. */
#define GX_SOUND_MISSING \
	": %" PRIu64 " frames of %" PRIu64 " are missing: it was cut: fetch or make it again"

/*
 * Which samples are wanted. Full scale is 1: integers are over 2^(bits - 1); where fewer bits are
 * said to be valid, they are the upper ones. Who chooses frames behind the end gets fewer, or none,
 * and no fault: it is the caller's to compare with nframe, or with what came.
 */
struct gx_sound_choice {
	/* From 1, at most nchannel; 0: the mean of all, added in their order, then divided. */
	uint32_t channel;
	uint64_t first, count; /* frames; count GX_UNKNOWN: to the end */
};

/*
 * Whether bytes that begin so are a sound that is read here: "RIFF....WAVE" or "RF64....WAVE", or
 * what is left of it, of at least 8 bytes. No text is taken for a sound.
 */
bool gx_sound_recognise(const unsigned char *head, size_t nhead);

/*
 * Reads the head of an input at its start, up to its samples. False: a fault was noted. The input
 * stays the caller's, who closes it.
 */
bool gx_sound_open(struct gx_sound *sound, struct gx_input *in);

/*
 * What the first bytes of a file tell, without reading on: for who holds no more than 4 KiB of it.
 * False: not enough, or damaged. `size`: of the file; GX_UNKNOWN.
 */
bool gx_sound_look(struct gx_sound *sound, const unsigned char *head, size_t nhead,
		   uint64_t size);

/* "16-bit integer", "32-bit float" ... as gx-info tells it. */
const char *gx_sound_kind_name(enum gx_sample_kind kind);

/*
 * The next samples of a choice, at most `most`; 0: the end of it, and the rest of the sound is
 * there as its head says (what lies behind the samples is passed over, a pipe is read to its end, and
 * nobody wrote into the file meanwhile), or a fault was noted. Only then are the samples good: who
 * has enough of them must ask on until it gets 0. Every call for a sound has the same choice. NaN are
 * canonical. It takes 64 KiB of stack and nothing else; files are passed over by seeking.
 */
size_t gx_sound_read(struct gx_sound *sound, const struct gx_sound_choice *choice,
		     double *value, size_t most);

#endif
