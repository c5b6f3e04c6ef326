/* SPDX-License-Identifier: MIT */
/*
 * Several operands read as one matrix: all wholes, whose rows make a new matrix, or parts
 * that continue each other, as in `cat`. What can be read twice is looked at before anything
 * is written, and must be the same when its turn comes.
 */
#ifndef GX_OPERANDS_H
#define GX_OPERANDS_H

#include "format/format.h"

/* {0}: one operand. */
struct gx_operands {
	bool gathered;		/* wholes: a new matrix of all their rows */
	uint64_t nbyte;		/* to read of those behind the first; GX_UNKNOWN */
	struct gx_stamp *stamp; /* of each; a size of 0 of what can be read once only */
	size_t n;
	struct gx_facts *facts; /* of each: what its head tells; all, once it was read */
};

/*
 * Looks at the heads of all behind the first, and widens *matrix, the first one's, to what
 * all of them make. Dies where they do not fit together.
 */
void gx_operands_look(struct gx_operands *operands, const struct gx_request *request,
		      const struct gx_operand *first, struct gx_matrix *matrix);
void gx_operands_free(struct gx_operands *operands);

/* Keeps the facts of operand `number`, which was read. */
void gx_operands_keep_facts(struct gx_operands *operands, size_t number,
			    const struct gx_operand *operand);

/* Opens operand `number` in its turn, behind `before`, which is not closed yet. */
struct gx_operand *gx_operands_open(const struct gx_operands *operands,
				    const struct gx_request *request, size_t number,
				    const struct gx_operand *before,
				    const struct gx_matrix *matrix);

/*
 * Adds the source facts of an operand that was read, behind `nrow` rows, to those before it.
 * Dies where it does not continue them.
 */
void gx_operands_add_source(const struct gx_operands *operands, struct gx_source *source,
			    const struct gx_operand *operand, bool is_first, uint64_t nrow);

/* What will be read of an operand; GX_UNKNOWN of a pipe. */
uint64_t gx_operand_bytes(const struct gx_operand *operand);

/* a + b, GX_UNKNOWN where one of them is. */
uint64_t gx_operands_add(uint64_t a, uint64_t b);

#endif
