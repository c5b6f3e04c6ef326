/* SPDX-License-Identifier: MIT */
#ifndef GX_STATIC_LINK_H
#define GX_STATIC_LINK_H

/* The C library's prototype; its header is not wanted where it is not used. */
void *dlopen(const char *file, int mode);

#endif
