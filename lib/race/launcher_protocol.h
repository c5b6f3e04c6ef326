/* SPDX-License-Identifier: MIT */
/*
 * What a launcher and its owner say to each other over their socket. The owner sends a
 * request, the line and two files in memory (memfd) for what the line writes. The launcher
 * sends one hello when it begins, and an answer to each request.
 */
#ifndef GX_LAUNCHER_PROTOCOL_H
#define GX_LAUNCHER_PROTOCOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { GX_LAUNCHER_STREAMS = 2 }; /* standard output and standard error */

/* The launcher's first word: its directory, or why there is none. */
struct gx_launcher_hello {
	int error; /* an error number; 0: none */
	char directory[PATH_MAX];
};

struct gx_launcher_request {
	size_t nline; /* bytes that follow, a 0 byte among them */
	double limit; /* seconds; 0: none */
	int ncpu;     /* 0: all */
};

struct gx_launcher_answer {
	int error;  /* why the shell was not started, an error number; 0: it was */
	int status; /* as in gx_launched, and so is what follows */
	double seconds, processor;
	size_t peak;
};

/* Whether all n bytes were sent. */
bool gx_launcher_send(int to, const void *data, size_t n);

/* Whether all n bytes came. False at the end of the socket, too: then errno is 0. */
bool gx_launcher_receive(int from, void *data, size_t n);

/* A request with the files for what the line writes; the line itself is sent behind it. */
bool gx_launcher_send_request(int to, const struct gx_launcher_request *request,
			      const int stream[GX_LAUNCHER_STREAMS]);

/* The files that come are the caller's to close. */
bool gx_launcher_receive_request(int from, struct gx_launcher_request *request,
				 int stream[GX_LAUNCHER_STREAMS]);

#endif
