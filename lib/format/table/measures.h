/* SPDX-License-Identifier: MIT */
/* What programs measure of one sample, as they name the columns of it. */
#ifndef GX_TABLE_MEASURES_H
#define GX_TABLE_MEASURES_H

#include <stdbool.h>

/* Whether this is the name of a measure and of no sample: "TPM", "NumReads". */
bool gx_is_measure(const char *name);

#endif
