/* SPDX-License-Identifier: MIT */
#include "bytes/workspaces.h"

#include <stdlib.h>

#include "base/memory.h"

void gx_workspaces_start(struct gx_workspaces *workspaces, size_t nbyte)
{
	*workspaces = (struct gx_workspaces){ .nbyte = nbyte };
	pthread_mutex_init(&workspaces->lock, NULL);
}

void *gx_workspaces_take(struct gx_workspaces *workspaces)
{
	void *workspace = NULL;
	pthread_mutex_lock(&workspaces->lock);
	if (workspaces->nidle)
		workspace = workspaces->idle[--workspaces->nidle];
	pthread_mutex_unlock(&workspaces->lock);
	return workspace ? workspace : gx_allocate_aligned(workspaces->nbyte, 1, 0);
}

void gx_workspaces_give(struct gx_workspaces *workspaces, void *workspace)
{
	pthread_mutex_lock(&workspaces->lock);
	if (workspaces->nidle == workspaces->room) {
		workspaces->room = workspaces->room ? 2 * workspaces->room : 8;
		workspaces->idle = gx_reallocate(workspaces->idle, workspaces->room,
						 sizeof *workspaces->idle);
	}
	workspaces->idle[workspaces->nidle++] = workspace;
	pthread_mutex_unlock(&workspaces->lock);
}

void gx_workspaces_free(struct gx_workspaces *workspaces)
{
	for (size_t i = 0; i < workspaces->nidle; i++)
		free(workspaces->idle[i]);
	free(workspaces->idle);
	pthread_mutex_destroy(&workspaces->lock);
}
