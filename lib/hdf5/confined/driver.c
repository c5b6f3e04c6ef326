/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/driver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* What the library holds of the open file: its own part must stand first. */
struct driven {
	H5FD_t own;
	struct gx_hdf5_bytes *bytes;
	haddr_t end; /* of what the library has set aside */
};

/* What the next open is of. The library knows files by names alone, and these have none. */
static struct gx_hdf5_bytes *next;

static H5FD_t *open_driven(const char *name, unsigned flags, hid_t access, haddr_t most)
{
	(void)name, (void)access, (void)most;
	struct driven *d = next && !(flags & H5F_ACC_RDWR) ? calloc(1, sizeof *d) : NULL;
	if (!d)
		return NULL;
	d->bytes = next;
	next = NULL; /* a second file is none that was asked for */
	return &d->own;
}

static herr_t close_driven(H5FD_t *file)
{
	free(file);
	return 0;
}

static herr_t query_driven(const H5FD_t *file, unsigned long *flags)
{
	(void)file;
	/* Small pieces of metadata and of values are gathered into larger reads. */
	*flags = H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE;
	return 0;
}

static haddr_t end_set_aside(const H5FD_t *file, H5FD_mem_t type)
{
	(void)type;
	return ((const struct driven *)(const void *)file)->end;
}

static herr_t set_aside(H5FD_t *file, H5FD_mem_t type, haddr_t address)
{
	(void)type;
	((struct driven *)(void *)file)->end = address;
	return 0;
}

static haddr_t end_of_file(const H5FD_t *file, H5FD_mem_t type)
{
	(void)type;
	return ((const struct driven *)(const void *)file)->bytes->size;
}

/* Bytes that are not there are an error, and no zeros. */
static bool read_file(struct gx_hdf5_bytes *b, uint64_t address, size_t n, void *out)
{
	if (address > b->size || n > b->size - address)
		return false;
	if (b->fd < 0) {
		memcpy(out, b->bytes + address, n);
		return true;
	}
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(b->fd, (char *)out + done, n - done, (off_t)(address + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			b->error = errno;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

bool gx_hdf5_bytes_read(struct gx_hdf5_bytes *b, uint64_t address, size_t n, void *out)
{
	if (!read_file(b, address, n, out))
		return false;
	for (size_t i = 0; i < b->npatch; i++) {
		const struct gx_hdf5_patch *p = &b->patch[i];
		uint64_t from = address > p->address ? address : p->address;
		uint64_t end = address + n, to = p->address + p->n;
		to = to < end ? to : end;
		if (from < to)
			memcpy((char *)out + (from - address), p->bytes + (from - p->address),
			       (size_t)(to - from));
	}
	return true;
}

void gx_hdf5_bytes_patch(struct gx_hdf5_bytes *b, uint64_t address, size_t n,
			 const unsigned char *with)
{
	b->patch = gx_reallocate(b->patch, b->npatch + 1, sizeof *b->patch);
	struct gx_hdf5_patch *p = &b->patch[b->npatch++];
	*p = (struct gx_hdf5_patch){ address, n, gx_allocate(n, 1) };
	memcpy(p->bytes, with, n);
}

void gx_hdf5_bytes_free(struct gx_hdf5_bytes *b)
{
	for (size_t i = 0; i < b->npatch; i++)
		free(b->patch[i].bytes);
	free(b->patch);
	b->patch = NULL;
	b->npatch = 0;
}

static herr_t read_driven(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address,
			  size_t n, void *out)
{
	(void)type, (void)transfer;
	return gx_hdf5_bytes_read(((struct driven *)(void *)file)->bytes, address, n, out) ? 0 : -1;
}

/* The library wants one; the file was opened to be read. */
static herr_t refuse_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t address,
			   size_t n, const void *bytes)
{
	(void)file, (void)type, (void)transfer, (void)address, (void)n, (void)bytes;
	return -1;
}

static const H5FD_class_t class = {
#if H5_VERS_MAJOR > 1 || H5_VERS_MINOR >= 14
	.version = H5FD_CLASS_VERSION,
	.value = (H5FD_class_value_t)600,
#endif
	.name = "gx",
	.maxaddr = INT64_MAX,
	.fc_degree = H5F_CLOSE_WEAK,
	.open = open_driven,
	.close = close_driven,
	.query = query_driven,
	.get_eoa = end_set_aside,
	.set_eoa = set_aside,
	.get_eof = end_of_file,
	.read = read_driven,
	.write = refuse_write,
	.fl_map = H5FD_FLMAP_DICHOTOMY,
};

hid_t gx_hdf5_drive(struct gx_hdf5_bytes *bytes)
{
	hid_t driver = H5FDregister(&class), access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
	if (driver >= 0 && access >= 0 && H5Pset_driver(access, driver, NULL) >= 0) {
		next = bytes;
		file = H5Fopen("file", H5F_ACC_RDONLY, access);
		next = NULL;
	}
	/* Where it failed nothing is closed: each call of the library forgets why the last one did. */
	if (file >= 0) {
		H5Pclose(access);
		H5FDunregister(driver);
	}
	return file;
}

bool gx_hdf5_is_open_for_write(struct gx_hdf5_bytes *bytes)
{
	static const unsigned char signature[8] = "\x89HDF\r\n\x1a\n";
	enum { VERSION = 8, FLAGS = 11, HEAD = 12 };
	unsigned char head[HEAD];
	for (uint64_t at = 0; read_file(bytes, at, HEAD, head); at = at ? 2 * at : 512)
		if (memcmp(head, signature, sizeof signature) == 0) {
			bytes->base = at;
			/* 8 bytes for addresses and sizes are what newer.h knows. */
			bytes->latest = head[VERSION] == 3 && head[9] == 8 && head[10] == 8;
			return head[VERSION] == 3 && (head[FLAGS] & 1);
		}
	return false;
}
