/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* MADV_REMOVE */
#include "hdf5/client.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/confined.h"
#include "base/memory.h"
#include "base/message.h"
#include "hdf5/confined/server.h"
#include "hdf5/protocol.h"

/* What answers are checked against; of the plan, which is the caller's and may go elsewhere. */
struct array {
	enum gx_hdf5_storage storage;
	uint64_t npiece, piece; /* bytes of a piece as values */
};

struct gx_hdf5_client {
	struct gx_confined *child;
	unsigned char *shared;
	size_t nshared;
	uint64_t used; /* of the shared memory, up to the last answer */
	struct array *array;
	size_t narray;
};

/* ---- what goes wrong ---- */

/* How the child ended, as a user needs it. */
static void note_death(const struct gx_hdf5_client *client, struct gx_fault *fault)
{
	struct gx_confined_death death = gx_confined_death(client->child);
	if (death.how == GX_CONFINED_LATE)
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": the HDF5 library found no end in it: the file is damaged: fetch it "
			      "again, or write it again");
	else if (death.how == GX_CONFINED_KILLED &&
		 (death.number == SIGKILL || death.number == SIGXCPU))
		/* That comes from outside. */
		gx_fault_note(fault, GX_EXIT_IO,
			      ": the process that reads it was killed (%s): is there memory and time "
			      "enough for it (ulimit -v, -t)?",
			      gx_signal_name(death.number));
	else
		gx_fault_note(fault, GX_EXIT_DATA,
			      ": the HDF5 library failed on it (%s): the file is damaged: fetch it "
			      "again, or write it again",
			      death.how == GX_CONFINED_KILLED ? gx_signal_name(death.number)
							      : "no answer");
}

/* Who says what cannot be has been taken over by the file, or is broken. It is not asked again. */
static void note_nonsense(struct gx_hdf5_client *client, const char *what, struct gx_fault *fault)
{
	gx_confined_stop(client->child);
	gx_fault_note(fault, GX_EXIT_DATA,
		      ": the HDF5 library failed on it (%s): the file is damaged: fetch it again, or "
		      "write it again",
		      what);
}

/* The text at the beginning of the shared memory, as a copy, which ends with a NUL. */
static void take_fault(const struct gx_hdf5_client *client, const struct gx_hdf5_reply *reply,
		       char text[GX_HDF5_TEXT_MAX + 1], enum gx_exit *code)
{
	uint64_t n = reply->n < GX_HDF5_TEXT_MAX ? reply->n : GX_HDF5_TEXT_MAX;
	memcpy(text, client->shared, n);
	text[n] = 0;
	*code = reply->code == GX_EXIT_USAGE || reply->code == GX_EXIT_IO
			? (enum gx_exit)reply->code
			: GX_EXIT_DATA;
}

/* ---- opening ---- */

/* Three seconds, and one for each 16 MiB: the slowest filter makes more in that time. */
static double time_for(uint64_t nbyte)
{
	return 3 + (double)nbyte / (16 << 20);
}

/*
 * Names, an index and a chunk in several stages come of what is in the file, and deflate makes up to
 * 1032 bytes of one. A chunk is at most 1 GiB.
 */
static uint64_t memory_for(uint64_t nbyte)
{
	const uint64_t least = UINT64_C(512) << 20, most = UINT64_C(4) << 30;
	return nbyte > (most - least) / 2064 ? most : least + 2064 * nbyte;
}

/* What the child has said instead of a plan. */
GX_NORETURN GX_COLD static void die_of_reply(const struct gx_hdf5_client *client,
					     const struct gx_hdf5_reply *reply)
{
	char text[GX_HDF5_TEXT_MAX + 1];
	enum gx_exit code;
	take_fault(client, reply, text, &code);
	if (code == GX_EXIT_USAGE)
		gx_die_usage("%s", text);
	gx_die(code, "%s", text);
}

static void take_plan(struct gx_hdf5_client *client, uint64_t n, uint64_t size, const char *name,
		      struct gx_hdf5_plan *plan)
{
	struct gx_fault fault = { 0 };
	const char *what = "a plan that is too long";
	if (n <= client->nshared) {
		unsigned char *text = gx_allocate(n, 1);
		memcpy(text, client->shared, n);
		what = gx_hdf5_plan_take(text, n, size, plan);
		free(text);
	}
	if (what) {
		note_nonsense(client, what, &fault);
		gx_fault_die(&fault, name);
	}
	client->used = n;
	client->narray = plan->narray;
	client->array = gx_allocate(plan->narray, sizeof *client->array);
	for (size_t a = 0; a < plan->narray; a++)
		client->array[a] = (struct array){ plan->array[a].storage,
						   gx_hdf5_pieces(&plan->array[a]),
						   gx_hdf5_piece_bytes(&plan->array[a]) };
}

struct gx_hdf5_client *gx_hdf5_client_open(int fd, uint64_t size, const char *name,
					   const struct gx_request *request,
					   struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_client *client = gx_allocate_zeroed(1, sizeof *client);
	struct gx_hdf5_task task = { name, size, &request->reading, request->is_survey };
	client->child = gx_confined_start(fd, memory_for(size), GX_HDF5_SHARED_MOST, GX_HDF5_SHARED_LEAST,
					  gx_hdf5_serve, &task);
	if (!client->child)
		gx_die_errno("%s: no process can be started that reads HDF5 (ulimit -u, -v)", name);
	client->shared = gx_confined_shared(client->child, &client->nshared);
	struct gx_hdf5_reply reply;
	struct gx_fault fault = { 0 };
	if (!gx_confined_receive(client->child, time_for(size), &reply, sizeof reply)) {
		note_death(client, &fault);
		gx_fault_die(&fault, name);
	}
	if (reply.what == GX_HDF5_IS_FAULT)
		die_of_reply(client, &reply);
	if (reply.what != GX_HDF5_IS_PLAN) {
		note_nonsense(client, "no plan", &fault);
		gx_fault_die(&fault, name);
	}
	take_plan(client, reply.n, size, name, plan);
	return client;
}

void gx_hdf5_client_close(struct gx_hdf5_client *client)
{
	if (!client)
		return;
	gx_confined_close(client->child);
	free(client->array);
	free(client);
}

/* ---- asking ---- */

/* Gives the pages of a large answer back: the shared memory is not to grow with the chunks. */
static void give_back(struct gx_hdf5_client *client)
{
	uint64_t keep = GX_HDF5_PIECES_AT + 2 * (uint64_t)GX_HDF5_ANSWER;
	keep = (keep + 65535) / 65536 * 65536; /* whole pages, of any size */
	if (client->used > keep)
		madvise(client->shared + keep, client->nshared - keep, MADV_REMOVE);
	client->used = 0;
}

/* The records of an answer. Each is copied first, as it could change behind our check. */
static bool take_records(struct gx_hdf5_client *client, const struct array *array, size_t n,
			 struct gx_hdf5_answer *out)
{
	for (size_t i = 0; i < n; i++) {
		struct gx_hdf5_record record;
		memcpy(&record, client->shared + i * sizeof record, sizeof record);
		if (!gx_hdf5_record_take(&record, client->shared, client->nshared, array->storage,
					 array->piece, &out[i]))
			return false;
		uint64_t end = record.offset + record.nbyte;
		client->used = end > client->used ? end : client->used;
	}
	return true;
}

static void note_reply(const struct gx_hdf5_client *client, const struct gx_hdf5_reply *reply,
		       struct gx_fault *fault)
{
	char text[GX_HDF5_TEXT_MAX + 1];
	enum gx_exit code;
	take_fault(client, reply, text, &code);
	gx_fault_note(fault, code, "%s", text);
}

size_t gx_hdf5_client_ask(struct gx_hdf5_client *client, size_t number, uint64_t first, size_t n,
			  struct gx_hdf5_answer *out, struct gx_fault *fault)
{
	assert(number < client->narray && n > 0);
	const struct array *array = &client->array[number];
	assert(first < array->npiece && n <= array->npiece - first);
	give_back(client);
	n = n < GX_HDF5_RECORDS ? n : GX_HDF5_RECORDS;
	struct gx_hdf5_question question = { number, first, n };
	struct gx_hdf5_reply reply;
	/* An answer stops at its size, or behind the piece that goes beyond it. */
	uint64_t most = array->piece + GX_HDF5_ANSWER;
	if (!gx_confined_send(client->child, &question, sizeof question) ||
	    !gx_confined_receive(client->child, time_for(most), &reply, sizeof reply)) {
		note_death(client, fault);
		return 0;
	}
	if (reply.what == GX_HDF5_IS_FAULT) {
		note_reply(client, &reply, fault);
		return 0;
	}
	if (reply.what != GX_HDF5_IS_PIECES || reply.n == 0 || reply.n > n ||
	    !take_records(client, array, reply.n, out)) {
		note_nonsense(client, "an answer that cannot be", fault);
		return 0;
	}
	return reply.n;
}
