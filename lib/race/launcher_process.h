/* SPDX-License-Identifier: MIT */
/* The launcher's side of its socket: a process that runs lines and measures them. */
#ifndef GX_LAUNCHER_PROCESS_H
#define GX_LAUNCHER_PROCESS_H

#include <sys/types.h>

#include "base/gx.h"

/*
 * All of the launcher's life, in a process that its owner has just forked, with all signals
 * blocked. Ends the process when the owner is gone.
 */
GX_NORETURN void gx_launcher_serve(int socket, pid_t owner);

#endif
