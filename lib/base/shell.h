/* SPDX-License-Identifier: MIT */
/* Text for a shell: messages give commands that can be run as they stand. */
#ifndef GX_SHELL_H
#define GX_SHELL_H

/* A text as one word of the shell: in quotes where it needs them. To be freed. */
char *gx_shell_word(const char *text);

/*
 * A path as one word, which is no option and no address: "./" is in front of one that begins
 * with "-" or has a colon ("song: x.mp3" is a protocol to ffmpeg). To be freed.
 */
char *gx_shell_path(const char *path);

#endif
