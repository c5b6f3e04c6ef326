/* SPDX-License-Identifier: MIT */
/*
 * Memory that a thread needs while it works on a piece, and no longer: there is as much of it as
 * threads work at a time, where what lies in the slots of a pipeline is there twice as often.
 *
 *	gx_workspaces_start(&workspaces, nbyte);
 *	in any thread:
 *		double *scratch = gx_workspaces_take(&workspaces);
 *		...
 *		gx_workspaces_give(&workspaces, scratch);
 *	gx_workspaces_free(&workspaces);
 */
#ifndef GX_WORKSPACES_H
#define GX_WORKSPACES_H

#include <pthread.h>
#include <stddef.h>

struct gx_workspaces {
	/* private */
	size_t nbyte; /* of each */
	pthread_mutex_t lock;
	void **idle; /* those that nobody uses */
	size_t nidle, room;
};

/* Before any thread. */
void gx_workspaces_start(struct gx_workspaces *workspaces, size_t nbyte);

/* Aligned to 64 bytes; whatever was in it. */
void *gx_workspaces_take(struct gx_workspaces *workspaces);
void gx_workspaces_give(struct gx_workspaces *workspaces, void *workspace);

/* All were given back. */
void gx_workspaces_free(struct gx_workspaces *workspaces);

#endif
