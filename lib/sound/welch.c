/* SPDX-License-Identifier: MIT */
#include "sound/welch.h"

#include <string.h>

#include "kernel/hash.h"

/* Segments that are held at a time: as many as fill a pass of the kernel, or one. */
static size_t segments_held(const struct gx_spectrum *spectrum)
{
	enum { SHORT = 1 << 16, SIDE_BY_SIDE = 8, PIECE = 1 << 14 };
	size_t hop = spectrum->length - spectrum->overlap, n = SIDE_BY_SIDE;
	if (spectrum->length > SHORT)
		return 1;
	/* So that a call to the reader is worth it, however little the segments move. */
	while (n * hop < PIECE)
		n *= 2;
	return n;
}

size_t gx_welch_room(const struct gx_spectrum *spectrum)
{
	size_t hop = spectrum->length - spectrum->overlap;
	return spectrum->length + (segments_held(spectrum) - 1) * hop;
}

uint64_t gx_welch_run(const struct gx_spectrum *spectrum, struct gx_sound *sound,
		      const struct gx_sound_choice *choice, double *power, uint64_t *digest,
		      double *scratch, double *sample)
{
	const size_t length = spectrum->length, hop = length - spectrum->overlap;
	const size_t room = gx_welch_room(spectrum);
	struct gx_spectrum_sum sum = { .scratch = scratch };
	uint64_t nread = 0;
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	gx_spectrum_begin(spectrum, &sum);
	for (size_t have = 0, n;;) {
		n = gx_sound_read(sound, choice, sample + have, room - have);
		XXH3_64bits_update(&state, sample + have, n * sizeof *sample);
		nread += n;
		have += n;
		if (n && have < room)
			continue;
		size_t nsegment = have < length ? 0 : (have - length) / hop + 1;
		if (nsegment)
			gx_spectrum_add(spectrum, &sum, sample, nsegment);
		if (!n)
			break;
		have -= nsegment * hop;
		memmove(sample, sample + nsegment * hop, have * sizeof *sample);
	}
	gx_spectrum_end(spectrum, &sum, power);
	*digest = XXH3_64bits_digest(&state);
	return nread;
}
