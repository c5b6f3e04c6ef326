/* SPDX-License-Identifier: MIT */
/* What a confined child does to itself (confined.h). */
#ifndef GX_CONFINE_H
#define GX_CONFINE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GX_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GX_SANITIZED
#endif
#endif

/* The descriptors that are left. */
enum { GX_CONFINED_DATA = 3, GX_CONFINED_SOCKET = 4 };

/*
 * Confines this process for good. It may take `memory` bytes beyond those that it has. It was forked by `parent` a moment ago, and ends with that.
 * Cannot fail: what the system does not have is left out.
 */
void gx_confine(long parent, int data, int socket, uint64_t memory);

#endif
