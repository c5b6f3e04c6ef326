/* SPDX-License-Identifier: MIT */
/* XXH3-64 with its state on the stack: checksums of headers, blocks, trailers, records. */
#ifndef GX_HASH_H
#define GX_HASH_H

#ifndef XXH_STATIC_LINKING_ONLY
#define XXH_STATIC_LINKING_ONLY
#endif
#include <xxhash.h>

#endif
