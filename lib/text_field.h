/* SPDX-License-Identifier: MIT */
/* Fields of text tables as gx writes them. */
#ifndef GX_TEXT_FIELD_H
#define GX_TEXT_FIELD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes a name at out, in quotes (those inside doubled) where it holds the delimiter, a
 * TAB (which in a header would be taken for one), a line end, or begins with a quote; returns the end. Needs room for 2 * nname + 2 bytes.
 */
char *gx_field_print(const char *name, size_t nname, char delimiter, char *out);

/* Writes n in decimal; returns the end. Needs room for 20 bytes. Fit for signal handlers. */
char *gx_count_print(uint64_t n, char *out);

#endif
