/* SPDX-License-Identifier: MIT */
/*
 * A fault that is noted where it is found, and told later, in its turn: a thread that reads
 * ahead must not end the process before the rows in front of the fault were used.
 */
#ifndef GX_FAULT_H
#define GX_FAULT_H

#include "base/gx.h"
#include "base/message.h"

/* {0} is none. */
struct gx_fault {
	int code;	/* enum gx_exit; 0: nothing was wrong */
	char text[2048]; /* the message, behind the name of the input that it is about */
};

/* Notes a fault, printf-like. The first one counts, later ones are dropped. */
void gx_fault_note(struct gx_fault *fault, enum gx_exit code, const char *format, ...)
	GX_PRINTF(3, 4) GX_COLD;

/* Ends the process with the fault's code and message, `name` in front. */
void gx_fault_die(const struct gx_fault *fault, const char *name) GX_NORETURN GX_COLD;

#endif
