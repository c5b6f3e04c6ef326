/* SPDX-License-Identifier: MIT */
/* Opening a file, and finding objects in it. */
#include "hdf5/confined/file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/newer.h"
#include "hdf5/confined/plugins.h"

enum { DEPTH_MAX = 16, OBJECTS_MAX = 10000 };

/* ---- opening ---- */

static void start_library(void)
{
	H5dont_atexit(); /* its handler crashes on an open virtual dataset */
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	H5PLset_loading_state(0); /* plugins are code from outside */
	gx_hdf5_plugins_register();
}

static void open_bytes(struct gx_hdf5_file *file)
{
	file->size = file->bytes->size;
	file->passed_over = gx_allocate_zeroed(GX_HDF5_PATH, 1);
	start_library();
	file->id = gx_hdf5_drive(file->bytes);
	file->open_for_write = gx_hdf5_is_open_for_write(file->bytes);
	if (file->id < 0 || file->open_for_write)
		gx_hdf5_failed(file, NULL);
}

void gx_hdf5_file_open(struct gx_hdf5_file *file, int fd, uint64_t size)
{
	file->bytes = gx_allocate_zeroed(1, sizeof *file->bytes);
	*file->bytes = (struct gx_hdf5_bytes){ .fd = fd, .size = size };
	open_bytes(file);
}

void gx_hdf5_file_open_memory(struct gx_hdf5_file *file, const void *bytes, size_t n)
{
	file->bytes = gx_allocate_zeroed(1, sizeof *file->bytes);
	*file->bytes = (struct gx_hdf5_bytes){ .fd = -1, .bytes = bytes, .size = n };
	open_bytes(file);
}

void gx_hdf5_file_close(struct gx_hdf5_file *file)
{
	free(file->passed_over);
	file->passed_over = NULL;
	H5close(); /* all that is open goes with it */
	gx_hdf5_bytes_free(file->bytes);
	free(file->bytes);
	file->bytes = NULL;
}

/* ---- paths ---- */

const char *gx_hdf5_join(const char *directory, const char *name)
{
	static char joined[8][GX_HDF5_PATH];
	static unsigned turn;
	char *out = joined[turn++ % 8];
	size_t n = strlen(directory);
	bool slash = n && directory[n - 1] == '/';
	snprintf(out, GX_HDF5_PATH, "%s%s%s", directory, slash ? "" : "/", name);
	return out;
}

GX_NORETURN GX_COLD static void refuse_link(const struct gx_hdf5_file *file, const char *path)
{
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%s is a link that leads to another file, which gx does not open: copy what it "
		       "is into one file with h5py in Python: f.copy(f['NAME'], new)",
		       path);
}

void gx_hdf5_refuse_passed_over(const struct gx_hdf5_file *file)
{
	if (file->passed_over[0])
		refuse_link(file, file->passed_over);
}

enum found { MISSING, THERE, ELSEWHERE };

/* Appends a component to a path of hard links; false where it is too long. */
static bool append(char *at, size_t *n, const char *component, size_t ncomponent)
{
	if (*n + 1 + ncomponent + 1 > GX_HDF5_PATH)
		return false;
	at[(*n)++] = '/';
	memcpy(at + *n, component, ncomponent);
	*n += ncomponent;
	at[*n] = 0;
	return true;
}

/*
 * What is at a path of hard links. Only what the head of an object says is asked for: the rest of
 * H5O_info_t takes a walk through all chunks.
 */
static enum gx_hdf5_object kind_of(const struct gx_hdf5_file *file, const char *canonical,
				   haddr_t *address)
{
	H5O_info_t info;
	if (H5Oget_info_by_name2(file->id, *canonical ? canonical : "/", &info, H5O_INFO_BASIC,
				 H5P_DEFAULT) < 0)
		return GX_HDF5_ABSENT;
	*address = info.addr;
	return info.type == H5O_TYPE_GROUP     ? GX_HDF5_GROUP
	       : info.type == H5O_TYPE_DATASET ? GX_HDF5_DATASET
					       : GX_HDF5_OTHER;
}

/* What a soft link at `canonical` leads to, in front of `rest`, as the path that is left. */
static bool follow(const struct gx_hdf5_file *file, const char *canonical, size_t nparent,
		   size_t nvalue, const char *rest, char *left)
{
	char target[GX_HDF5_PATH] = "", text[GX_HDF5_PATH];
	if (nvalue >= sizeof target ||
	    H5Lget_val(file->id, canonical, target, sizeof target - 1, H5P_DEFAULT) < 0)
		return false;
	int n = snprintf(text, sizeof text, "%.*s/%s/%s", *target == '/' ? 0 : (int)nparent,
			 canonical, target, rest);
	if (n < 0 || (size_t)n >= sizeof text)
		return false;
	memcpy(left, text, (size_t)n + 1);
	return true;
}

/*
 * Makes of a path one of hard links alone, in `canonical` (of the root ""). ELSEWHERE: it goes
 * through a link to another file, and `canonical` is that link.
 */
static enum found resolve(const struct gx_hdf5_file *file, const char *path, char *canonical)
{
	char left[GX_HDF5_PATH];
	size_t n = 0;
	int nlink = 0;
	canonical[0] = 0;
	if (strlen(path) >= sizeof left)
		return MISSING;
	strcpy(left, path);
	for (const char *p = left;;) {
		p += strspn(p, "/");
		if (!*p)
			return THERE;
		size_t ncomponent = strcspn(p, "/"), nparent = n;
		if (ncomponent == 1 && *p == '.') {
			p++;
			continue;
		}
		if (!append(canonical, &n, p, ncomponent))
			return MISSING;
		p += ncomponent;
		H5L_info_t link;
		if (H5Lexists(file->id, canonical, H5P_DEFAULT) <= 0 ||
		    H5Lget_info(file->id, canonical, &link, H5P_DEFAULT) < 0)
			return MISSING;
		if (link.type == H5L_TYPE_HARD) {
			/* Before the library looks at it. */
			if (file->bytes->latest)
				gx_hdf5_modernise(file->bytes, link.u.address);
			continue;
		}
		if (link.type != H5L_TYPE_SOFT)
			return ELSEWHERE;
		if (++nlink > DEPTH_MAX ||
		    !follow(file, canonical, nparent, link.u.val_size, p, left))
			return MISSING;
		p = left;
		n = 0;
		canonical[0] = 0;
	}
}

/* ---- objects ---- */

enum gx_hdf5_object gx_hdf5_look(const struct gx_hdf5_file *file, const char *path)
{
	char canonical[GX_HDF5_PATH];
	enum found found = resolve(file, path, canonical);
	if (found == ELSEWHERE)
		refuse_link(file, canonical);
	if (found == MISSING)
		return GX_HDF5_ABSENT;
	haddr_t address;
	enum gx_hdf5_object kind = kind_of(file, canonical, &address);
	if (kind == GX_HDF5_ABSENT)
		gx_hdf5_failed(file, path);
	return kind;
}

hid_t gx_hdf5_open(const struct gx_hdf5_file *file, const char *path)
{
	char canonical[GX_HDF5_PATH];
	enum found found = resolve(file, path, canonical);
	if (found == ELSEWHERE)
		refuse_link(file, canonical);
	hid_t object = found == THERE ? H5Oopen(file->id, *canonical ? canonical : "/", H5P_DEFAULT)
				      : -1;
	if (object < 0)
		gx_hdf5_failed(file, path);
	return object;
}

static herr_t add_member(hid_t group, const char *name, const H5L_info_t *info, void *context)
{
	(void)group, (void)info;
	struct gx_names *names = context;
	gx_names_add(names, name, strlen(name));
	return names->n > OBJECTS_MAX;
}

/* 0: all; above: there are too many; below: the library failed. */
static herr_t list_members(const struct gx_hdf5_file *file, const char *canonical,
			   struct gx_names *names)
{
	hsize_t at = 0;
	return H5Literate_by_name(file->id, *canonical ? canonical : "/", H5_INDEX_NAME, H5_ITER_INC,
				  &at, add_member, names, H5P_DEFAULT);
}

GX_NORETURN GX_COLD static void too_many(const struct gx_hdf5_file *file)
{
	gx_hdf5_refuse(file, GX_EXIT_USAGE,
		       "more than %d objects are in it: name the one that is the matrix "
		       "(--dataset; h5ls -r FILE lists them)",
		       OBJECTS_MAX);
}

void gx_hdf5_members(const struct gx_hdf5_file *file, const char *group, struct gx_names *names)
{
	char canonical[GX_HDF5_PATH];
	enum found found = resolve(file, group, canonical);
	if (found == ELSEWHERE)
		refuse_link(file, canonical);
	herr_t status = found == THERE ? list_members(file, canonical, names) : -1;
	if (status < 0)
		gx_hdf5_failed(file, group);
	if (status > 0)
		too_many(file);
}

/* ---- searching ---- */

struct search {
	const struct gx_hdf5_file *file;
	bool (*visit)(void *context, const struct gx_hdf5_file *file, const char *path,
		      enum gx_hdf5_object kind);
	void *context;
	haddr_t *seen; /* addresses of the objects that were visited, ascending */
	size_t nseen;
	bool over;
};

/* Whether an object is met for the first time. */
static bool is_new(struct search *s, haddr_t address)
{
	size_t low = 0, high = s->nseen;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->seen[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->nseen && s->seen[low] == address)
		return false;
	if (s->nseen == OBJECTS_MAX)
		too_many(s->file);
	memmove(s->seen + low + 1, s->seen + low, (s->nseen - low) * sizeof *s->seen);
	s->seen[low] = address;
	s->nseen++;
	return true;
}

static void search_group(struct search *s, const char *group, int depth);

static void search_member(struct search *s, const char *path, int depth)
{
	char canonical[GX_HDF5_PATH];
	haddr_t address;
	enum found found = resolve(s->file, path, canonical);
	if (found == ELSEWHERE && !s->file->passed_over[0])
		strcpy(s->file->passed_over, canonical);
	if (found != THERE)
		return;
	enum gx_hdf5_object kind = kind_of(s->file, canonical, &address);
	if (kind == GX_HDF5_ABSENT)
		gx_hdf5_failed(s->file, path);
	if (!is_new(s, address))
		return;
	if (!s->visit(s->context, s->file, path, kind)) {
		s->over = true;
		return;
	}
	if (kind == GX_HDF5_GROUP && depth < DEPTH_MAX)
		search_group(s, path, depth + 1);
}

static void search_group(struct search *s, const char *group, int depth)
{
	struct gx_names names = { 0 };
	/* Of too many the first are looked at: who named a dataset needs no more. */
	char canonical[GX_HDF5_PATH];
	if (resolve(s->file, group, canonical) != THERE ||
	    list_members(s->file, canonical, &names) < 0)
		gx_hdf5_failed(s->file, group);
	const char *name = names.text;
	for (size_t i = 0; i < names.n && !s->over; i++, name = gx_names_next(name)) {
		char path[GX_HDF5_PATH];
		int n = snprintf(path, sizeof path, "%s/%s", *group == '/' && !group[1] ? "" : group,
				 name);
		if (n > 0 && (size_t)n < sizeof path)
			search_member(s, path, depth);
	}
	gx_names_free(&names);
}

void gx_hdf5_search(const struct gx_hdf5_file *file,
		    bool (*visit)(void *context, const struct gx_hdf5_file *file, const char *path,
				  enum gx_hdf5_object kind),
		    void *context)
{
	struct search s = { .file = file, .visit = visit, .context = context };
	s.seen = gx_allocate(OBJECTS_MAX, sizeof *s.seen);
	haddr_t root;
	if (kind_of(file, "", &root) == GX_HDF5_ABSENT)
		gx_hdf5_failed(file, "/");
	is_new(&s, root);
	search_group(&s, "/", 1);
	free(s.seen);
}
