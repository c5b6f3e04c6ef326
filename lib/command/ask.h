/* SPDX-License-Identifier: MIT */
/*
 * Programs that are asked for a text, all at once and in bounded time. One that hangs, fails
 * or says too much has not answered, and holds nobody up.
 *
 *	const char *const words[] = { "gx-means", "--gx-about", NULL };
 *	struct gx_question question = { .path = "/usr/bin/gx-means", .words = words };
 *	gx_ask(&question, 1);
 *	if (question.answer)
 *		...
 *	free(question.answer);
 */
#ifndef GX_ASK_H
#define GX_ASK_H

#include <stddef.h>

struct gx_question {
	const char *path;	  /* of the program */
	const char *const *words; /* its arguments from argv[0] on, and NULL */
	/* Its standard output, NUL behind, to be freed; NULL unless it ended with exit 0. */
	char *answer;
	size_t n;
};

/*
 * Runs n programs side by side: standard input is empty, standard error goes nowhere. What has
 * not ended after three seconds is killed, with the programs that it started.
 */
void gx_ask(struct gx_question *question, size_t n);

#endif
