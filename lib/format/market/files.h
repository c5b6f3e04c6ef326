/* SPDX-License-Identifier: MIT */
/* The files of one set of 10x data: paths that begin alike. */
#ifndef GX_MARKET_FILES_H
#define GX_MARKET_FILES_H

/* One text behind the other; to be freed. */
char *gx_market_join(const char *beside, const char *name);

/* The path of the first of the names, up to NULL, that is there; to be freed, or NULL. */
char *gx_market_file(const char *beside, const char *const names[]);

#endif
