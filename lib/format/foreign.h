/* SPDX-License-Identifier: MIT */
/*
 * Files that are no matrix which gx reads, told by their first bytes: one table says what
 * each kind is known by, what it is called, and what to do with it.
 */
#ifndef GX_FOREIGN_H
#define GX_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/gx.h"

struct gx_input;

/* Of a head: as much as is looked at, and what a text begins with behind its blanks. */
struct gx_head_bytes {
	const unsigned char *byte;
	size_t n;
	const char *text; /* behind a byte order mark, blanks and line ends */
	size_t ntext;
};

struct gx_foreign {
	/* What it begins with; of a text in any case. May be "". */
	bool is_text;
	const char *magic;
	size_t nmagic;
	bool (*also)(const struct gx_head_bytes *head); /* what must hold too; or NULL */
	const char *what; /* what it is, and the command that converts it */
	/*
	 * The name of what is in it, or of the kind of a sound, in *name; 0 where it does not say.
	 * NULL: it has none.
	 */
	size_t (*member)(const struct gx_head_bytes *head, const char **name);
};

/* All kinds; the first that fits is meant. */
extern const struct gx_foreign gx_foreign_table[];
extern const size_t gx_foreign_count;

/* As many bytes of a head as are ever looked at. */
enum { GX_FOREIGN_HEAD = 64 << 10 };

/*
 * The kind of `n` bytes, among those that are text or those that are not; NULL where they may
 * be a matrix. Fewer bytes than there are know fewer kinds.
 */
const struct gx_foreign *gx_foreign_find(const unsigned char *head, size_t n, bool is_text);

/* What such a file is, with what is in it and what to do, as a phrase; a static buffer. */
const char *gx_foreign_describe(const struct gx_foreign *kind, const unsigned char *head,
				size_t n);

/*
 * Whether an input is HDF5: its signature stands at byte 0, 512, 1024 ... of its first 64 KiB, of
 * a file anywhere, or it begins as MATLAB 7.3 writes it. Nothing is consumed.
 */
bool gx_foreign_is_hdf5(struct gx_input *in);

/*
 * Dies with exit 1: how HDF5 becomes a matrix that this command reads, by a pipe or, where it
 * wants a file (a part, several operands), by one.
 */
void gx_foreign_refuse_hdf5(struct gx_input *in, bool wants_file) GX_NORETURN GX_COLD;

/*
 * What is wrong with the line ends of a text that begins so, as a phrase with what to do;
 * NULL: nothing. `whole`: nothing follows these bytes; `passed_over`: the first line is of
 * no account.
 */
const char *gx_foreign_line_ends(const unsigned char *head, size_t n, bool whole,
				 bool passed_over);

#endif
