/* SPDX-License-Identifier: MIT */
/* The samples of a sound, in bounded memory, and that all of them were there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sound/sound.h"

enum {
	BUFFER = 64 << 10, /* bytes on the stack; a frame has at most 65535 */
	CHUNK = 8,
};

/* Frames that are still to come, as far as the head says. */
static uint64_t frames_left(const struct gx_sound *sound)
{
	uint64_t n = sound->nframe == GX_UNKNOWN ? sound->nbyte / sound->frame : sound->nframe;
	return n - sound->position;
}

/* Where the bytes end: a fault, unless nobody knew how many there are. */
static void end_early(struct gx_sound *sound)
{
	sound->at_end = true;
	if (sound->nframe != GX_UNKNOWN)
		gx_input_fail(sound->in, GX_EXIT_DATA, GX_SOUND_MISSING,
			      sound->nframe - sound->position, sound->nframe);
	else if (sound->position == 0)
		gx_input_fail(sound->in, GX_EXIT_DATA, ": no frames: it ends behind its head");
}

/* Passes over frames, no more than the head says; false: it ends before them. */
static bool pass_frames(struct gx_sound *sound, uint64_t n)
{
	uint64_t got = gx_input_skip(sound->in, n * sound->frame) / sound->frame;
	sound->position += got;
	if (got < n)
		end_early(sound);
	return got == n;
}

/*
 * Behind as many bytes as a size that may be a placeholder is the end of the sound, or another
 * chunk. If samples go on there, it was one: they went into a pipe.
 */
static void check_behind(struct gx_sound *sound)
{
	const unsigned char *p;
	gx_input_skip(sound->in, sound->nbyte % sound->frame);
	size_t odd = sound->nbyte & 1, n = gx_input_peek(sound->in, odd + CHUNK, &p);
	if (n <= odd)
		return;
	size_t i = odd;
	while (i < n && i < odd + 4 && p[i] >= ' ' && p[i] <= '~')
		i++;
	if (n < odd + CHUNK || i < odd + 4)
		gx_input_fail(sound->in, GX_EXIT_DATA,
			      ": its data go on behind the %" PRIu64
			      " bytes that its head says: its writer did not know the size, as it wrote "
			      "into a pipe: have it write a file (RF64, above 4 GB)",
			      sound->nbyte);
}

/* The end of a choice: the rest is there too, and nobody wrote into the file meanwhile. */
static void finish(struct gx_sound *sound)
{
	struct gx_input *in = sound->in;
	if (!sound->at_end && pass_frames(sound, frames_left(sound)) && sound->is_placeholder)
		check_behind(sound);
	sound->at_end = true;
	if (in->fault && in->fault->code)
		return;
	/* Who writes into a pipe can go on, and what was compressed is sound to its end. */
	if (!in->seekable)
		gx_input_drain(in);
	if (!in->fault || !in->fault->code)
		gx_input_check_unchanged(in);
}

/* The next frames, whole ones: at most `most`. */
static size_t read_frames(struct gx_sound *sound, uint32_t channel, double *value, uint64_t most)
{
	unsigned char buffer[BUFFER];
	size_t room = BUFFER / sound->frame, n = most < room ? (size_t)most : room;
	size_t got = gx_input_read(sound->in, buffer, n * sound->frame) / sound->frame;
	gx_samples_take(sound->kind, buffer, got, sound->nchannel, channel, value);
	sound->position += got;
	if (got < n)
		end_early(sound);
	return got;
}

size_t gx_sound_read(struct gx_sound *sound, const struct gx_sound_choice *choice, double *value,
		     size_t most)
{
	size_t n = 0;
	if (sound->is_finished)
		return 0;
	if (sound->position < choice->first) {
		uint64_t left = frames_left(sound), want = choice->first - sound->position;
		pass_frames(sound, want < left ? want : left);
	}
	while (n < most && !sound->at_end) {
		uint64_t left = frames_left(sound), want = most - n;
		uint64_t taken = sound->position - choice->first;
		if (sound->position < choice->first || taken >= choice->count || left == 0)
			break;
		want = want < left ? want : left;
		want = want < choice->count - taken ? want : choice->count - taken;
		n += read_frames(sound, choice->channel, value + n, want);
	}
	if (n == 0 && most) {
		sound->is_finished = true;
		finish(sound);
	}
	return sound->in->fault && sound->in->fault->code ? 0 : n;
}
