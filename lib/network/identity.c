/* SPDX-License-Identifier: MIT */
#include "network/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "kernel/digest.h"
#include "kernel/hash.h"

static void demand_whole(const struct gx_reader *reader, const struct gx_source *source)
{
	if (source->first == 0 && (source->of == GX_UNKNOWN || source->last == source->of) &&
	    (source->of != GX_UNKNOWN || strcmp(source->identity, ".") == 0))
		return;
	gx_die(GX_EXIT_DATA,
	       "%s: a part of a matrix: a network is of all of it: join its parts first (gx-reduce --join)",
	       gx_facts_find(gx_reader_facts(reader, 0), "file"));
}

void gx_network_identify(struct gx_matrix *network, const struct gx_reader *reader,
			 const char *step)
{
	const struct gx_matrix *input = gx_reader_matrix(reader);
	struct gx_source source = *gx_reader_source(reader), steps = { 0 };
	demand_whole(reader, &source);
	if (strcmp(source.identity, ".") == 0)
		gx_source_identify(&source, "digest", source.digest);
	if (input->layout != GX_FULL)
		gx_source_add_step(&steps, input->provenance);
	else if (source.work[0])
		gx_source_add_step(&steps, source.work);
	gx_source_add_step(&steps, step);

	char text[sizeof steps.work + sizeof source.identity + GX_HEX + 8], digest[GX_HEX + 1];
	gx_hex_print(source.digest, digest);
	int n = snprintf(text, sizeof text, "%s\n%s\n%s\n", source.identity, digest, steps.work);
	struct gx_source own = { 0 };
	gx_source_identify(&own, "network", XXH3_64bits(text, (size_t)n));
	memcpy(network->identity, own.identity, sizeof network->identity);
	memcpy(network->provenance, steps.work, sizeof network->provenance);
}
