/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "hdf5/confined/file.h"
#include "hdf5/confined/layout.h"
#include "hdf5/protocol.h"

/* An array that was asked for: its dataset stays open. */
struct open_array {
	hid_t set, type; /* 0: not yet */
	int rank;	 /* 1 or 2 */
};

/* One child serves one file. Messages come to `tell` without a context. */
static struct {
	const struct gx_confined_room *room;
	struct gx_hdf5_file file;
	struct gx_hdf5_plan plan;
	struct open_array *array;
	uint64_t used;	/* of the shared memory, by the pieces of this answer */
	bool has_plan;	/* what is said from here on is about pieces */
} server;

/* ---- faults ---- */

/* Ends the child with an answer that says why. */
GX_NORETURN static void end_with(enum gx_exit code, const char *text)
{
	size_t n = strlen(text), room = server.room->nshared;
	n = n < GX_HDF5_TEXT_MAX ? n : GX_HDF5_TEXT_MAX;
	n = n < room ? n : room;
	memcpy(server.room->shared, text, n);
	const struct gx_hdf5_reply reply = { GX_HDF5_IS_FAULT, (uint32_t)code, n };
	gx_confined_tell(server.room, &reply, sizeof reply);
	_exit(0);
}

/*
 * gx_die and its like end here. While the file is opened a message is said as it is. Later its text
 * is noted, and the name of the file comes in front of it once more.
 */
static void tell(enum gx_exit code, const char *text)
{
	const char *name = server.file.name;
	size_t nname = strlen(name);
	char behind[GX_HDF5_TEXT_MAX];
	if (!server.has_plan)
		end_with(code, text);
	if (strncmp(text, name, nname) == 0)
		end_with(code, text + nname);
	snprintf(behind, sizeof behind, ": %.*s", (int)sizeof behind - 3, text);
	end_with(code, behind);
}

/* The library failed on a piece. */
GX_NORETURN static void end_with_piece(const struct gx_hdf5_array *array, uint64_t row)
{
	char text[1536];
	uint64_t left = array->extent[0] - row;
	enum gx_exit code = gx_hdf5_explain(&server.file, array->path, row,
					    left < array->piece[0] ? left : array->piece[0], text,
					    sizeof text);
	end_with(code, text);
}

/* ---- reading pieces ---- */

static const struct open_array *open_array(size_t number)
{
	struct open_array *open = &server.array[number];
	const char *path = server.plan.array[number].path;
	if (open->set)
		return open;
	open->set = gx_hdf5_open(&server.file, path);
	open->type = H5Dget_type(open->set);
	hid_t space = H5Dget_space(open->set);
	open->rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
	if (open->type < 0 || open->rank < 1 || open->rank > 2)
		gx_hdf5_failed(&server.file, path);
	H5Sclose(space);
	return open;
}

/* Where the bytes of the next piece go, n of them. */
static unsigned char *make_room(const struct gx_hdf5_array *array, uint64_t n)
{
	uint64_t room = server.room->nshared - server.used;
	if (n > room)
		gx_die(GX_EXIT_IO,
		       "a piece of %s takes %llu bytes of memory at once, and there are not as many: "
		       "raise the limit (ulimit -v)",
		       array->path, (unsigned long long)n);
	return server.room->shared + server.used;
}

/* A piece that is to be given. */
struct piece {
	const struct gx_hdf5_array *array;
	const struct open_array *open;
	hsize_t start[2];
	bool is_stored; /* the library knows of what is stored, of how many bytes: 0 for none */
	hsize_t stored;
};

static struct piece find_piece(size_t number, uint64_t piece)
{
	const struct gx_hdf5_array *array = &server.plan.array[number];
	uint64_t grid = gx_hdf5_grid(array, 1);
	struct piece p = { array, open_array(number),
			   { piece / grid * array->piece[0], piece % grid * array->piece[1] },
			   false, 0 };
	p.is_stored = array->storage == GX_HDF5_CHUNKS &&
		      H5Dget_chunk_storage_size(p.open->set, p.start, &p.stored) >= 0;
	return p;
}

/* All of a piece that lies within the array, as values, by the library. */
static bool read_values(const struct piece *p, unsigned char *out)
{
	hsize_t count[2], whole[2], zero[2] = { 0, 0 };
	for (int k = 0; k < 2; k++) {
		uint64_t left = p->array->extent[k] - p->start[k];
		whole[k] = p->array->piece[k];
		count[k] = left < whole[k] ? left : whole[k];
	}
	hid_t set = p->open->set, from = H5Dget_space(set);
	hid_t to = H5Screate_simple(p->open->rank, whole, NULL);
	bool good = from >= 0 && to >= 0 &&
		    H5Sselect_hyperslab(from, H5S_SELECT_SET, p->start, NULL, count, NULL) >= 0 &&
		    H5Sselect_hyperslab(to, H5S_SELECT_SET, zero, NULL, count, NULL) >= 0 &&
		    H5Dread(set, p->open->type, to, from, H5P_DEFAULT, out) >= 0;
	/* A call of the library forgets why the last one failed. */
	if (good) {
		H5Sclose(from);
		H5Sclose(to);
	}
	return good;
}

/* Whether its bytes would make the answer too long. */
static bool is_too_much(const struct piece *p)
{
	uint64_t nbyte = p->is_stored ? p->stored : gx_hdf5_piece_bytes(p->array);
	uint64_t end = server.used + nbyte;
	return end > GX_HDF5_PIECES_AT + GX_HDF5_ANSWER || end > server.room->nshared;
}

/* A chunk comes as it is stored; where the library does not give it so, as values. */
static bool put_piece(const struct piece *p, struct gx_hdf5_record *record)
{
	*record = (struct gx_hdf5_record){ .offset = server.used };
	if (p->is_stored && p->stored == 0) {
		record->state = GX_HDF5_UNWRITTEN;
		return true;
	}
	if (p->is_stored) {
		if (p->stored > server.file.size) /* an index that is damaged */
			return false;
		unsigned char *out = make_room(p->array, p->stored);
		record->state = GX_HDF5_STORED;
		record->nbyte = p->stored;
		if (H5Dread_chunk(p->open->set, H5P_DEFAULT, p->start, &record->mask, out) >= 0)
			return true;
	}
	record->state = GX_HDF5_VALUES;
	record->mask = 0;
	record->nbyte = gx_hdf5_piece_bytes(p->array);
	return read_values(p, make_room(p->array, record->nbyte));
}

/* ---- answering ---- */

/*
 * The records go where the shared memory begins. An answer ends before a piece that the library
 * fails on: that is told when it is asked for first, behind those that are good.
 */
static uint64_t put_pieces(const struct gx_hdf5_question *question)
{
	uint64_t n = 0;
	server.used = GX_HDF5_PIECES_AT;
	for (; n < question->n && n < GX_HDF5_RECORDS; n++) {
		struct piece p = find_piece(question->array, question->first + n);
		struct gx_hdf5_record record;
		if (n && is_too_much(&p))
			break;
		if (!put_piece(&p, &record)) {
			if (n)
				break;
			end_with_piece(p.array, p.start[0]);
		}
		memcpy(server.room->shared + n * sizeof record, &record, sizeof record);
		server.used += (record.nbyte + GX_HDF5_ALIGNMENT - 1) / GX_HDF5_ALIGNMENT *
			       GX_HDF5_ALIGNMENT;
		if (server.used > server.room->nshared)
			server.used = server.room->nshared;
	}
	return n;
}

static void answer_questions(void)
{
	struct gx_hdf5_question question;
	server.array = gx_allocate_zeroed(server.plan.narray, sizeof *server.array);
	while (gx_confined_hear(server.room, &question, sizeof question)) {
		const struct gx_hdf5_reply reply = { GX_HDF5_IS_PIECES, 0, put_pieces(&question) };
		gx_confined_tell(server.room, &reply, sizeof reply);
	}
}

static void send_plan(void)
{
	unsigned char *text;
	size_t n = gx_hdf5_plan_print(&server.plan, &text);
	if (n > server.room->nshared)
		gx_die(GX_EXIT_IO,
		       "%s: its names take %zu bytes of memory, and there are not as many: raise the "
		       "limit (ulimit -v)",
		       server.file.name, n);
	memcpy(server.room->shared, text, n);
	free(text);
	const struct gx_hdf5_reply reply = { GX_HDF5_IS_PLAN, 0, n };
	gx_confined_tell(server.room, &reply, sizeof reply);
}

void gx_hdf5_serve(const struct gx_confined_room *room, void *context)
{
	const struct gx_hdf5_task *task = context;
	server.room = room;
	server.file.name = task->name;
	server.file.reading = task->reading;
	server.file.is_survey = task->is_survey;
	gx_message_divert(tell);
	gx_hdf5_file_open(&server.file, room->data, task->size);
	gx_hdf5_find(&server.file, &server.plan);
	send_plan();
	server.has_plan = true;
	answer_questions();
}
