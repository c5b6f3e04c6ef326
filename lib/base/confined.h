/* SPDX-License-Identifier: MIT */
/*
 * A child process for code that is not trusted: a fork that may read one file, talk to its parent
 * through one socket and one piece of shared memory, allocate, and no more.
 *
 *	child = gx_confined_start(fd, memory, most, least, work, context);
 *	if (!gx_confined_send(child, &question, sizeof question) ||
 *	    !gx_confined_receive(child, 5, &answer, sizeof answer))
 *		death = gx_confined_death(child) ...
 *	gx_confined_close(child);
 *
 * In the child all other descriptors are closed, standard error too, and limits on resources let
 * it open and write no file. A seccomp filter, where the system has one (Linux on x86-64 and
 * AArch64), refuses every system call that it does not need; so it starts no process, opens no
 * connection, and signals nobody but itself. A sanitizer keeps standard error and its handlers of
 * signals, and has no limit on memory.
 *
 * Whatever comes from the child is to be checked. The shared memory may change at any moment, also
 * while the child waits: copy first, and check the copy.
 */
#ifndef GX_CONFINED_H
#define GX_CONFINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the child has. */
struct gx_confined_room {
	int data;   /* to be read by pread(2) alone */
	int socket; /* to the parent */
	unsigned char *shared; /* nshared bytes, zero at first */
	size_t nshared;
};

/* How a child has ended. */
struct gx_confined_death {
	enum {
		GX_CONFINED_EXITED, /* by itself, without the answer that was due */
		GX_CONFINED_KILLED, /* by a signal: `number` */
		GX_CONFINED_LATE,   /* killed by us: it took more processor time than it had */
		GX_CONFINED_WRONG,  /* killed by us: what it sent is no message */
	} how;
	int number; /* exit code or signal */
};

struct gx_confined;

/*
 * Starts a child that runs work(room, context), in at most `memory` bytes beyond those that it has at
 * its start and the shared ones, and ends when that returns. `data` stays open here;
 * the child has a descriptor of its own. The shared memory is as much of `most` bytes as can be
 * mapped, by halves, down to `least`; only what is used of it takes memory. NULL with errno where
 * no child can be started. Threads may run. The child does not outlive the calling thread.
 */
struct gx_confined *gx_confined_start(int data, uint64_t memory, size_t most, size_t least,
				      void (*work)(const struct gx_confined_room *room,
						   void *context),
				      void *context);

/* The shared memory. */
unsigned char *gx_confined_shared(const struct gx_confined *child, size_t *nbyte);

/* Sends a message of n bytes, at most some hundred. False: the child has ended. */
bool gx_confined_send(struct gx_confined *child, const void *message, size_t n);

/*
 * Waits for a message of exactly n bytes, for which the child may use this many seconds of
 * processor time. False: it has ended, or was ended; it says how.
 */
bool gx_confined_receive(struct gx_confined *child, double seconds, void *message, size_t n);

/* How it ended, behind a false of those two. */
struct gx_confined_death gx_confined_death(const struct gx_confined *child);

/* Ends the child, whose messages cannot be: no more of it is heard. */
void gx_confined_stop(struct gx_confined *child);

/* The name of a signal: "SIGSEGV"; of a rare one "signal N". In a static buffer. */
const char *gx_signal_name(int number);

/* Ends the child, in whatever it is, and frees all. NULL is allowed. */
void gx_confined_close(struct gx_confined *child);

/* ---- in the child ---- */

/* The next message of exactly n bytes. False: the parent has closed. */
bool gx_confined_hear(const struct gx_confined_room *room, void *message, size_t n);

/* Sends a message; where nobody hears it the child ends. */
void gx_confined_tell(const struct gx_confined_room *room, const void *message, size_t n);

#endif
