/* SPDX-License-Identifier: MIT */
/* What is taken for a record by mistake, and what its user has to do. */
#ifndef GX_RECORD_NEAR_H
#define GX_RECORD_NEAR_H

#include <stddef.h>

/*
 * What a text that does not begin as a record is, and what to do about it, as a phrase
 * (static, valid until the next call); NULL where nobody can tell. Its first n bytes, as many as are there
 * without waiting, are looked at.
 */
const char *gx_record_near(const char *text, size_t n);

#endif
