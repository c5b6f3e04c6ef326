/* SPDX-License-Identifier: MIT */
/*
 * Exports of instruments: a table of one or of many arrays behind a head of its own, with
 * measures beside each other of which one is meant. They are not read without being asked
 * for: a message says where the table begins and which options read it.
 */
#ifndef GX_EXPORT_H
#define GX_EXPORT_H

#include "bytes/input.h"

/*
 * Dies with exit 1 where the text that the input stands at is such an export; nothing is
 * consumed otherwise. Looks at its first line, and into it no further where that is of none.
 */
void gx_export_refuse(struct gx_input *in);

#endif
