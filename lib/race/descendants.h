/* SPDX-License-Identifier: MIT */
/* Processes that come from this one, whatever their group or session. */
#ifndef GX_DESCENDANTS_H
#define GX_DESCENDANTS_H

/*
 * Sends a signal to each of them, found by /proc. Process groups would not do: GNU parallel
 * gives each of its jobs one of its own. A process that is started meanwhile may be missed.
 */
void gx_descendants_signal(int number);

#endif
