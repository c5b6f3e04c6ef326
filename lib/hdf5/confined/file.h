/* SPDX-License-Identifier: MIT */
/*
 * An HDF5 file as the layouts look at it: the library's calls that they need, made safe. Only
 * the files of this folder include <hdf5.h>, and only the confined child runs them (and the fuzz
 * target). What is wrong ends the work by a message: gx_die and its like in here are answers to
 * the parent (server.c), so that nothing needs to be freed or closed on the way out.
 *
 * Paths are from the root, with or without a leading slash. Links are followed one by one: hard
 * ones, and soft ones up to a depth of 16. External and user-defined ones are refused.
 */
#ifndef GX_HDF5_FILE_H
#define GX_HDF5_FILE_H

#include <hdf5.h>

#include "base/message.h"
#include "base/names.h"
#include "hdf5/confined/driver.h"
#include "format/table/reading.h"
#include "hdf5/plan.h"

/* Room for a path; a longer one is refused. */
enum { GX_HDF5_PATH = 1024 };

struct gx_hdf5_file {
	const char *name; /* for messages */
	const struct gx_reading *reading; /* --dataset, --id-column ... */
	bool is_survey; /* gx-info: features of several kinds are all read */
	uint64_t size;	/* bytes */

	hid_t id;
	struct gx_hdf5_bytes *bytes;
	bool open_for_write; /* its writer has not closed it */
	char *passed_over; /* GX_HDF5_PATH bytes: the first link that a search did not follow; "" */
};

/*
 * Starts the library and opens a file: of a descriptor with `size` bytes, or of bytes in memory.
 * name, reading and is_survey are set before. Dies where it cannot be opened.
 */
void gx_hdf5_file_open(struct gx_hdf5_file *file, int fd, uint64_t size);
void gx_hdf5_file_open_memory(struct gx_hdf5_file *file, const void *bytes, size_t n);
/* Closes it and ends the library: for who opens one file after the other in one process. */
void gx_hdf5_file_close(struct gx_hdf5_file *file);

/* ---- faults ---- */

/* Dies with "NAME: message". */
void gx_hdf5_refuse(const struct gx_hdf5_file *file, enum gx_exit code, const char *format, ...)
	GX_PRINTF(3, 4) GX_NORETURN GX_COLD;

/*
 * The library failed on an object (a path, or NULL for the file): dies with what its error stack
 * says, as users need it (cut off, newer format, a wrong checksum ...).
 */
void gx_hdf5_failed(const struct gx_hdf5_file *file, const char *path) GX_NORETURN GX_COLD;

/*
 * The same as a text, which stands behind the file's name and begins with ": ". nrow != 0: it
 * failed on rows first .. first + nrow - 1 (from 0). Returns the exit code.
 */
enum gx_exit gx_hdf5_explain(const struct gx_hdf5_file *file, const char *path, uint64_t first,
			     uint64_t nrow, char *out, size_t room);

/* Dies where a search passed over a link to another file: what is missing may be there. */
void gx_hdf5_refuse_passed_over(const struct gx_hdf5_file *file);

/* ---- objects ---- */

enum gx_hdf5_object { GX_HDF5_ABSENT, GX_HDF5_GROUP, GX_HDF5_DATASET, GX_HDF5_OTHER };

/* What is at a path; GX_HDF5_ABSENT where nothing is, or a soft link leads nowhere. */
enum gx_hdf5_object gx_hdf5_look(const struct gx_hdf5_file *file, const char *path);
static inline bool gx_hdf5_is_group(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_look(file, path) == GX_HDF5_GROUP;
}
static inline bool gx_hdf5_is_dataset(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_look(file, path) == GX_HDF5_DATASET;
}

/* Opens what is at a path, which is there; H5Oclose may close it. */
hid_t gx_hdf5_open(const struct gx_hdf5_file *file, const char *path);

/* "directory/name", in one of eight static buffers used in turn; at most 1023 bytes. */
const char *gx_hdf5_join(const char *directory, const char *name);

/* The names of the members of a group, in their order by name; at most 10,000. */
void gx_hdf5_members(const struct gx_hdf5_file *file, const char *group, struct gx_names *names);

/* The same without links that lead to another file. */
void gx_hdf5_own_members(const struct gx_hdf5_file *file, const char *group,
			 struct gx_names *names);

/* Those at the root that are groups, and no links; none where there are above `most` members. */
void gx_hdf5_groups(const struct gx_hdf5_file *file, uint64_t most, struct gx_names *names);

/*
 * Visits all objects but the root, in the order of their paths, each once (by its address), to a
 * depth of 16. Ends early where visit says false. After 10,000 objects it dies: --dataset then.
 * Links that are refused are passed over.
 */
void gx_hdf5_search(const struct gx_hdf5_file *file,
		    bool (*visit)(void *context, const struct gx_hdf5_file *file, const char *path,
				  enum gx_hdf5_object kind),
		    void *context);

/* ---- attributes: of the object at a path ---- */

bool gx_hdf5_has(const struct gx_hdf5_file *file, const char *path, const char *attribute);

/* A text, of fixed or variable length, to be freed; NULL where there is none of that name, or it
 * is no text of one value. */
char *gx_hdf5_text(const struct gx_hdf5_file *file, const char *path, const char *attribute);

/* n whole numbers; false where there is none of that name, or it is not n of them. */
bool gx_hdf5_integers(const struct gx_hdf5_file *file, const char *path, const char *attribute,
		      size_t n, uint64_t *out);

/*
 * The path that an object reference leads to (one value), in buffer[0 .. room); false where
 * there is none.
 */
bool gx_hdf5_reference(const struct gx_hdf5_file *file, const char *path, const char *attribute,
		       char *buffer, size_t room);

/* ---- datasets ---- */

/* Dimensions of a dataset, at most 3 of them in extent; returns how many it has (0: one value). */
int gx_hdf5_extent(const struct gx_hdf5_file *file, const char *path, uint64_t extent[3]);

enum gx_hdf5_content {
	GX_HDF5_NUMBERS, /* as gx_hdf5_array_describe takes them: integers, floats, enumerations, bool */
	GX_HDF5_STRINGS, /* of fixed or variable length */
	GX_HDF5_COMPOUND,
	GX_HDF5_ELSE,
};
enum gx_hdf5_content gx_hdf5_content(const struct gx_hdf5_file *file, const char *path);

/*
 * The names that a dataset of one dimension has: strings (bytes as they are, cut at the first NUL
 * or without what pads them), whole numbers in decimal, floats as Python prints them (2.0). Dies
 * where it is none, was never written, or a name has a control byte (a TAB is one here) or a NUL
 * within.
 */
void gx_hdf5_names(const struct gx_hdf5_file *file, const char *path, struct gx_names *names);

/* The same of a member (a field) of a compound dataset of one dimension. */
void gx_hdf5_field_names(const struct gx_hdf5_file *file, const char *path, const char *field,
			 struct gx_names *names);
/* The names of the fields of a compound dataset, in their order. */
void gx_hdf5_fields(const struct gx_hdf5_file *file, const char *path, struct gx_names *fields);

/* What a field of a compound dataset holds. */
enum gx_hdf5_content gx_hdf5_field_content(const struct gx_hdf5_file *file, const char *path,
					   const char *field);

/* The text that is the one value of a dataset, to be freed; NULL where it is none. */
char *gx_hdf5_value_text(const struct gx_hdf5_file *file, const char *path);

/*
 * The whole numbers of a dataset of one dimension (integers, bool, enumeration), to be freed; *n
 * of them. Of a field of a compound where field is not NULL. Dies where it is something else.
 */
int64_t *gx_hdf5_whole_numbers(const struct gx_hdf5_file *file, const char *path, const char *field,
			       uint64_t *n);

/* ---- arrays of values ---- */

/*
 * Dies where the values of an open dataset are elsewhere (virtual, external) or have a filter that
 * is not there.
 */
void gx_hdf5_check_storage(const struct gx_hdf5_file *file, const char *path, hid_t set);

/*
 * Adds the dataset at a path, of one or two dimensions of numbers, to the plan as an array: type,
 * pieces, storage, filters. Dies where it is none (exit 1), is virtual or external, has a filter
 * that is not there, a chunk above 1 GiB, or less storage than its values can come from.
 */
struct gx_hdf5_array *gx_hdf5_array_add(const struct gx_hdf5_file *file, const char *path,
					struct gx_hdf5_plan *plan);

/* Tells type, filters and checksums of an array as facts. */
void gx_hdf5_array_tell(const struct gx_hdf5_array *array, struct gx_facts *facts);

#endif
