/* SPDX-License-Identifier: MIT */
/* One operand of a sum: its rows, pulled in step with those of the others. */
#ifndef GX_ADD_OPERAND_H
#define GX_ADD_OPERAND_H

#include "kernel/fixed_point.h"
#include "network/add.h"
#include "network/whole.h"

/* What its values are. */
enum gx_add_term {
	GX_TERM_VALUE, /* doubles */
	GX_TERM_RANK,  /* ranks, which count in fixed point */
	GX_TERM_SUM,   /* a sum of such ranks */
};

struct gx_add_operand {
	const char *path;
	struct gx_reader *reader;
	const struct gx_matrix *matrix;
	enum gx_add_term term;
	uint64_t digest;   /* of its triangle; of a sum, of all that it is a sum of */
	uint64_t networks; /* how many it stands for */
	bool held;	   /* all of it is in `whole` */
	struct gx_network_whole whole;
	struct gx_rows rows; /* that are left of those that were pulled */
	bool given;	     /* of a held one: its rows were given out */
};

void gx_add_operand_open(struct gx_add_operand *o, const char *path,
			 const struct gx_addition_options *options);
void gx_add_operand_close(struct gx_add_operand *o);

/* Demands that it is a network that can be added, and finds out what its values are. */
void gx_add_operand_judge(struct gx_add_operand *o, const struct gx_addition_options *options);
/* Demands that it is a matrix of values with the columns of the first one. */
void gx_add_operand_judge_values(struct gx_add_operand *o, const struct gx_add_operand *first);

/* Whether the rows that are there are named as the columns are. */
bool gx_add_operand_looks_like_network(const struct gx_add_operand *o);

/* For messages: "a network of rank integer fill:median". */
const char *gx_add_kind(const struct gx_add_operand *o);

/* What a value of its unit counts in the sum; GX_UNKNOWN stays. */
uint64_t gx_add_term(const struct gx_add_operand *o, uint64_t value);

/* Pulls rows where none are left. Each operand by one thread at a time. */
void gx_add_operand_fill(struct gx_add_operand *o);
/*
 * Adds values from .. from + n of the rows that are left to `sum`: uint64_t, or doubles of
 * GX_TERM_VALUE. `first`: it is the first to be added, so that minus zero stays what it is.
 */
void gx_add_operand_values(const struct gx_add_operand *o, size_t from, size_t n, bool first,
			   void *sum);
/* The names of the first nrow rows that are left. */
struct gx_names gx_add_operand_names(const struct gx_add_operand *o, size_t nrow);
/* Leaves nrow rows behind. */
void gx_add_operand_pass(struct gx_add_operand *o, size_t nrow);
/* Behind the last row: that it is what its head said. */
void gx_add_operand_check(const struct gx_add_operand *o);

#endif
