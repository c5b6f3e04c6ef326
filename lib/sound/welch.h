/* SPDX-License-Identifier: MIT */
/* The power spectrum of a sound (kernel/spectrum.h), whose samples go by. */
#ifndef GX_WELCH_H
#define GX_WELCH_H

#include "kernel/spectrum.h"
#include "sound/sound.h"

/*
 * Doubles for the samples that are held: eight segments, which the kernel does side by side, where
 * they are short; one where they are long, which keeps memory to 8 bytes a value.
 */
size_t gx_welch_room(const struct gx_spectrum *spectrum);

/*
 * Reads all of the choice: power[gx_spectrum_columns(length)], and in *digest XXH3-64 of the
 * samples, as of a row of a matrix. Returns how many there were. `sample` has gx_welch_room
 * doubles, `scratch` gx_spectrum_scratch_size.
 */
uint64_t gx_welch_run(const struct gx_spectrum *spectrum, struct gx_sound *sound,
		      const struct gx_sound_choice *choice, double *power, uint64_t *digest,
		      double *scratch, double *sample);

#endif
