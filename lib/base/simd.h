/* SPDX-License-Identifier: MIT */
#ifndef GX_SIMD_H
#define GX_SIMD_H

/* The level that kernels run at here: "x86-64-v4", "x86-64-v3", "x86-64" or "baseline". */
const char *gx_simd_level(void);

#endif
