/* SPDX-License-Identifier: MIT */
/*
 * The input is a file: it is read as a sound. What its first bytes tell must be what its head
 * tells; the frames that come are as many as are told, or there is a fault; and no more of them than
 * the file has bytes.
 */
#define _GNU_SOURCE /* memfd_create */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes/decoder.h"
#include "sound/other.h"
#include "sound/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Some of the frames, or of one channel: what is left must be there as well. */
static void read_all(struct gx_sound *sound, struct gx_fault *fault, size_t size, uint8_t how)
{
	enum { ROOM = 100 };
	double value[ROOM];
	struct gx_sound_choice choice = { .first = how & 3, .count = how & 4 ? 5 : GX_UNKNOWN };
	choice.channel = how & 8 ? 1 + how % sound->nchannel : 0;
	uint64_t n = 0, want = sound->nframe;
	for (size_t k; (k = gx_sound_read(sound, &choice, value, 1 + how % ROOM)) > 0; n += k)
		require(k <= 1 + (size_t)how % ROOM);
	require(n * sound->frame <= size);
	if (!fault->code && want != GX_UNKNOWN) {
		uint64_t most = want > choice.first ? want - choice.first : 0;
		require(n == (choice.count < most ? choice.count : most));
		require(want * sound->frame <= size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { NAME = 64, LOOK = 4096 };
	static char name[NAME];
	struct gx_sound sound, looked;
	struct gx_fault fault = { 0 };
	/* What is compressed ends the process where it is damaged. */
	if (size < 2 || gx_codec_find(data, size))
		return 0;
	uint8_t how = data[--size];
	int fd = memfd_create("fuzzed", MFD_CLOEXEC);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	struct gx_input *in = gx_input_open(name);
	in->fault = &fault;
	bool other = gx_sound_refuse_other(in, how & 16), good = false;
	require(!other || (fault.code == GX_EXIT_DATA && !gx_sound_recognise(data, size)));
	if (!other) {
		good = gx_sound_open(&sound, in);
		require(good == !fault.code);
	}
	if (!other && size <= LOOK)
		require(gx_sound_look(&looked, data, size, size) == good &&
			(!good || (looked.nframe == sound.nframe && looked.frame == sound.frame &&
				   looked.rate == sound.rate && looked.kind == sound.kind)));
	if (good)
		read_all(&sound, &fault, size, how);
	gx_input_close(in);
	close(fd);
	return 0;
}
