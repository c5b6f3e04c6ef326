/* SPDX-License-Identifier: MIT */
/* Sounds that are not read here, told by their first bytes, and the way to one that is. */
#ifndef GX_SOUND_OTHER_H
#define GX_SOUND_OTHER_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes/input.h"

/*
 * What sound begins so that is not read: "MP3", "FLAC", "Ogg", "AIFF" ...; NULL: none that is
 * known. Give it GX_SOUND_HEAD bytes where there are so many. No text is taken for a sound.
 */
const char *gx_sound_other(const unsigned char *head, size_t nhead);
enum { GX_SOUND_HEAD = 96 };

/*
 * Whether behind four letters there is the size of a file, and perhaps of a chunk, and no text: a
 * table may begin with a column RIFF, and four bytes on have a sample WAVE.
 */
bool gx_sound_has_sizes(const unsigned char *head, size_t nhead);

/*
 * The command line that decodes an input into this filter: "ffmpeg -v error -nostdin -i song.mp3
 * -f wav - | gx-spectrum --name song.mp3". Samples of more than 16 bits stay as they are. To
 * be freed.
 */
char *gx_sound_way(const struct gx_input *in, unsigned bits);

/*
 * Where an input at its start is such a sound, its fault is noted, with what decodes it: a pipe, or
 * where it is `one_of_several` a file. Returns whether it is one; nothing is consumed.
 */
bool gx_sound_refuse_other(struct gx_input *in, bool one_of_several);

#endif
