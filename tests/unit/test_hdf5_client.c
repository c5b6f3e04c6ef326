/* SPDX-License-Identifier: MIT */
/*
 * The confined child of HDF5, asked for pieces: of every kind of storage, of more than one answer
 * holds; and what is told when it dies. The file is made by the library in a process of its own.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hdf5.h>

#include "base/memory.h"
#include "base/message.h"
#include "hdf5/client.h"
#include "hdf5/filters.h"
#include "unit.h"

static const char *path;
static int file;
static uint64_t size;

/* ---- the file ---- */

enum { MOST = 3000 * 1000 };

/* Value k of a dataset, fit for all types. */
static int value_at(uint64_t k)
{
	return (int)(k * 7919 % 30011);
}

/* A dataset of integers; nfirst: rows that are written. */
static void make_set(hid_t to, const char *name, hid_t type, const hsize_t extent[2],
		     const hsize_t chunk[2], int filter, hsize_t nfirst)
{
	static int value[MOST];
	for (size_t k = 0; k < MOST; k++)
		value[k] = value_at(k);
	const int fill = 3;
	hid_t space = H5Screate_simple(2, extent, NULL), how = H5Pcreate(H5P_DATASET_CREATE);
	H5Pset_chunk(how, 2, chunk);
	H5Pset_fill_value(how, H5T_NATIVE_INT, &fill);
	if (filter == GX_HDF5_DEFLATE)
		H5Pset_deflate(how, 4);
	if (filter == GX_HDF5_SCALEOFFSET)
		H5Pset_scaleoffset(how, H5Z_SO_INT, 0);
	hid_t set = H5Dcreate2(to, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
	const hsize_t start[2] = { 0, 0 }, count[2] = { nfirst, extent[1] };
	hid_t from = H5Screate_simple(2, count, NULL);
	H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
	if (nfirst && H5Dwrite(set, H5T_NATIVE_INT, from, space, H5P_DEFAULT, value) < 0)
		abort();
	H5Dclose(set);
}

static const struct {
	const char *name;
	hsize_t extent[2], chunk[2];
	int filter;
	hsize_t nwritten; /* rows */
	bool big_endian;
} sets[] = {
	{ "/bare", { 100, 90 }, { 30, 40 }, 0, 100, false },
	{ "/deflated", { 100, 90 }, { 30, 40 }, GX_HDF5_DEFLATE, 100, true },
	{ "/partly", { 100, 90 }, { 30, 40 }, GX_HDF5_DEFLATE, 30, false },
	{ "/never", { 100, 90 }, { 30, 40 }, 0, 0, false },
	{ "/scaled", { 100, 90 }, { 30, 40 }, GX_HDF5_SCALEOFFSET, 100, false },
	/* More than an answer: of 400 kB a piece, and of 6 MB. */
	{ "/long", { 3000, 1000 }, { 100, 1000 }, 0, 3000, false },
	{ "/large", { 3000, 1000 }, { 1500, 1000 }, 0, 3000, false },
};
enum { SETS = sizeof sets / sizeof *sets };

static void make_file(void *context)
{
	(void)context;
	hid_t to = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
	for (size_t k = 0; k < SETS; k++)
		make_set(to, sets[k].name, sets[k].big_endian ? H5T_STD_I32BE : H5T_STD_I32LE,
			 sets[k].extent, sets[k].chunk, sets[k].filter, sets[k].nwritten);
	if (H5Fclose(to) < 0)
		abort();
}

static struct gx_hdf5_client *open_set(const char *name, struct gx_hdf5_plan *plan)
{
	const struct gx_request request = { .reading = { .dataset = name, .id_column = "none",
							 .sample_column = "none" } };
	return gx_hdf5_client_open(file, size, path, &request, plan);
}

/* ---- pieces ---- */

static int number_of(const unsigned char *bytes, bool big_endian)
{
	uint32_t number;
	memcpy(&number, bytes, sizeof number);
	return (int)(big_endian ? __builtin_bswap32(number) : number);
}

/* The values of an answer; to be freed. */
static unsigned char *values_of(const struct gx_hdf5_array *a, const struct gx_hdf5_answer *answer)
{
	uint64_t n = gx_hdf5_piece_bytes(a);
	unsigned char *out = unit_allocate(n, 1);
	if (answer->state == GX_HDF5_STORED)
		unit_equal(gx_hdf5_undo(a->filter, a->nfilter, answer->mask, answer->bytes,
					answer->nbyte, out, n),
			   GX_HDF5_UNDONE, "filters of a piece of %s", a->path);
	else if (answer->state == GX_HDF5_VALUES)
		memcpy(out, answer->bytes, n);
	else
		for (uint64_t k = 0; k < n; k += 4)
			memcpy(out + k, a->fill, 4);
	return out;
}

static void check_piece(size_t k, const struct gx_hdf5_array *a, uint64_t piece,
			const struct gx_hdf5_answer *answer)
{
	unsigned char *values = values_of(a, answer);
	uint64_t grid = gx_hdf5_grid(a, 1), wrong = 0;
	uint64_t row = piece / grid * a->piece[0], column = piece % grid * a->piece[1];
	for (uint64_t i = 0; i < a->piece[0] && row + i < a->extent[0]; i++)
		for (uint64_t j = 0; j < a->piece[1] && column + j < a->extent[1]; j++) {
			int want = row + i < sets[k].nwritten
					   ? value_at((row + i) * a->extent[1] + column + j)
					   : 3;
			wrong += number_of(values + 4 * (i * a->piece[1] + j),
					   sets[k].big_endian) != want;
		}
	unit_equal(wrong, 0, "wrong values in piece %llu of %s", (unsigned long long)piece, a->path);
	free(values);
}

/* Asks for all pieces of a set, and checks them; returns how many answers that took. */
static unsigned read_set(size_t k, unsigned seen[3])
{
	struct gx_hdf5_plan plan;
	struct gx_hdf5_client *client = open_set(sets[k].name, &plan);
	struct gx_fault fault = { 0 };
	if (!unit_equal(plan.narray, 1, "arrays of %s", sets[k].name))
		unit_bail_out("no array");
	const struct gx_hdf5_array *a = plan.array;
	uint64_t n = gx_hdf5_pieces(a), at = 0;
	struct gx_hdf5_answer *answer = unit_allocate(n, sizeof *answer);
	unsigned asked = 0;
	for (size_t got; at < n; at += got, asked++) {
		got = gx_hdf5_client_ask(client, 0, at, n - at, answer, &fault);
		if (!unit_check(got > 0 && got <= n - at, "an answer of %s: %s", a->path, fault.text))
			break;
		for (size_t i = 0; i < got; i++) {
			seen[answer[i].state]++;
			check_piece(k, a, at + i, &answer[i]);
		}
	}
	free(answer);
	gx_hdf5_client_close(client);
	gx_hdf5_plan_free(&plan);
	unit_check(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child is left");
	return asked;
}

static void test_pieces(void)
{
	for (size_t k = 0; k < SETS; k++) {
		unsigned seen[3] = { 0 };
		unsigned asked = read_set(k, seen);
		const char *name = sets[k].name;
		unit_equal(seen[GX_HDF5_STORED] > 0, sets[k].nwritten && strcmp(name, "/scaled") != 0,
			   "pieces of %s as they are stored", name);
		unit_equal(asked > 1, sets[k].extent[0] > 1000, "several answers of %s", name);
		if (strcmp(name, "/scaled") == 0)
			unit_equal(seen[GX_HDF5_VALUES], 12, "pieces of %s by the library", name);
		unit_report("pieces of %s have the values that were written", name);
	}
}

/* ---- ends ---- */

/* The one child of this process. */
static pid_t find_child(void)
{
	DIR *all = opendir("/proc");
	pid_t found = 0;
	for (struct dirent *entry; all && !found && (entry = readdir(all));) {
		char name[300];
		int parent = 0;
		snprintf(name, sizeof name, "/proc/%s/stat", entry->d_name);
		FILE *f = atoi(entry->d_name) > 0 ? fopen(name, "re") : NULL;
		if (f && fscanf(f, "%*d (%*[^)]) %*c %d", &parent) == 1 && parent == getpid())
			found = atoi(entry->d_name);
		if (f)
			fclose(f);
	}
	if (all)
		closedir(all);
	if (!found)
		unit_bail_out("no child is there");
	return found;
}

static void check_death(int number, int code, const char *text)
{
	struct gx_hdf5_plan plan;
	struct gx_hdf5_client *client = open_set("/deflated", &plan);
	struct gx_hdf5_answer answer;
	struct gx_fault fault = { 0 };
	unit_equal(gx_hdf5_client_ask(client, 0, 2, 1, &answer, &fault), 1, "an answer before");
	kill(find_child(), number);
	unit_equal(gx_hdf5_client_ask(client, 0, 3, 1, &answer, &fault), 0, "no answer behind");
	unit_equal((uint64_t)fault.code, (uint64_t)code, "exit code of signal %d", number);
	unit_check(strstr(fault.text, text) != NULL, "'%s' in '%s'", text, fault.text);
	gx_hdf5_client_close(client);
	gx_hdf5_plan_free(&plan);
	unit_check(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child is left");
}

static void open_no_set(void *name)
{
	struct gx_hdf5_plan plan;
	gx_message_program("gx-test");
	open_set(name, &plan);
}

static void test_ends(void)
{
	check_death(SIGKILL, GX_EXIT_IO, ": the process that reads it was killed (SIGKILL)");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	check_death(SIGSEGV, GX_EXIT_DATA, ": the HDF5 library failed on it (SIGSEGV)");
#endif
	unit_report("a child that dies is told, and nothing is left of it");
	char name[] = "/absent";
	unit_dies(GX_EXIT_USAGE, "/absent", open_no_set, name);
	unit_dies(GX_EXIT_USAGE, "Try 'gx-test --help'", open_no_set, name);
	unit_report("a message of the child is the parent's, with its exit code");
}

/* With less address space the shared memory is smaller. */
static void read_in_little(void *context)
{
	(void)context;
	struct gx_hdf5_plan plan;
	struct gx_hdf5_answer answer;
	struct gx_fault fault = { 0 };
	struct rlimit limit = { 400 << 20, 400 << 20 };
	setrlimit(RLIMIT_AS, &limit);
	struct gx_hdf5_client *client = open_set("/large", &plan);
	if (gx_hdf5_client_ask(client, 0, 1, 1, &answer, &fault) != 1 ||
	    number_of(answer.bytes, false) != value_at(1500 * 1000))
		_exit(9);
	gx_hdf5_client_close(client);
	_exit(8);
}

static void test_little_memory(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	unit_skip("little address space is enough", "sanitizers take more");
#else
	struct unit_death death = unit_run_child(read_in_little, NULL);
	unit_equal((uint64_t)death.code, 8, "exit code (%s)", death.said);
	unit_report("little address space is enough");
#endif
}

int main(void)
{
	path = strdup(unit_file("file.h5", "", 0));
	if (unit_run_child(make_file, NULL).code != 0)
		unit_bail_out("the file cannot be made");
	struct stat made;
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &made) != 0)
		unit_bail_out("the file cannot be read");
	size = (uint64_t)made.st_size;
	test_pieces();
	test_ends();
	test_little_memory();
	close(file);
	unlink(path);
	return unit_end();
}
