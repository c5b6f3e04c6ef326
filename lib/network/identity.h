/* SPDX-License-Identifier: MIT */
/* What a network that was made says of itself. */
#ifndef GX_NETWORK_IDENTITY_H
#define GX_NETWORK_IDENTITY_H

#include "stream/reader.h"

/*
 * Gives a network its identity and its provenance, when all that it is made of was read. It is a
 * source of its own: identity "network:" and XXH3-64 over three lines, each with its LF: the
 * input's identity, the sum of its row digests in 16 hex digits, and the steps. The steps are
 * those of the input, where it is a network or another filter made it, and then `step`; they are
 * the provenance.
 *
 * Dies with exit 1 where the input was not all of its source. Text from a pipe, which cannot tell,
 * counts as whole; its identity is its digest.
 */
void gx_network_identify(struct gx_matrix *network, const struct gx_reader *reader,
			 const char *step);

#endif
