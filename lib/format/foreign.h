/* SPDX-License-Identifier: MIT */
/* Files that are no matrix which gx reads, told by their first bytes. */
#ifndef GX_FOREIGN_H
#define GX_FOREIGN_H

#include <stddef.h>

/*
 * What such bytes are, with the command that converts them, as a phrase; NULL where they may
 * be a matrix.
 */
const char *gx_foreign_name(const unsigned char *head, size_t nhead);

#endif
