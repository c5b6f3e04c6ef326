/* SPDX-License-Identifier: MIT */
/*
 * Sounds: every kind of samples against a plain loop; what a choice gives, in pieces of any size,
 * on file and pipe, against a slice of all; heads that are cut or damaged; a file that is really as
 * large as what programs write into pipes; digests in pieces.
 */
#include "sound/sound.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/digest.h"
#include "sound/other.h"
#include "unit.h"

enum { KINDS = GX_SAMPLE_FLOAT_64 + 1, HEAD = 44, MOST = 60000 };

static const unsigned bits_of[KINDS] = { 8, 16, 24, 32, 32, 64 };

/* ---- sounds, byte by byte ---- */

static void put(unsigned char *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (unsigned char)(value >> 8 * i);
}

static void put_head(unsigned char *to, enum gx_sample_kind kind, unsigned nchannel, uint32_t ndata)
{
	unsigned block = nchannel * bits_of[kind] / 8;
	memcpy(to, "RIFF....WAVEfmt ", 16);
	put(to + 4, (uint64_t)ndata + 36, 4);
	put(to + 16, 16, 4);
	put(to + 20, kind >= GX_SAMPLE_FLOAT_32 ? 3 : 1, 2);
	put(to + 22, nchannel, 2);
	put(to + 24, 8000, 4);
	put(to + 28, 8000 * (uint64_t)block, 4);
	put(to + 32, block, 2);
	put(to + 34, bits_of[kind], 2);
	memcpy(to + 36, "data", 4);
	put(to + 40, ndata, 4);
}

/* One sample as its bytes say, without the machine's own order. */
static double plain_sample(enum gx_sample_kind kind, const unsigned char *p)
{
	uint64_t x = 0;
	unsigned nbit = bits_of[kind];
	for (unsigned i = 0; i < nbit / 8; i++)
		x |= (uint64_t)p[i] << 8 * i;
	if (kind == GX_SAMPLE_FLOAT_64)
		return unit_double(x);
	if (kind == GX_SAMPLE_FLOAT_32) {
		uint32_t low = (uint32_t)x;
		float narrow;
		memcpy(&narrow, &low, sizeof narrow);
		return narrow;
	}
	double full = ldexp(1, (int)nbit - 1);
	double value = (double)x;
	if (kind == GX_SAMPLE_UNSIGNED_8)
		return (value - 128) / full;
	return (value >= full ? value - 2 * full : value) / full;
}

static double plain_frame(enum gx_sample_kind kind, const unsigned char *p, size_t nchannel,
			  size_t channel)
{
	size_t size = bits_of[kind] / 8;
	double sum = plain_sample(kind, p + (channel ? channel - 1 : 0) * size);
	for (size_t c = 1; c < nchannel && !channel; c++)
		sum += plain_sample(kind, p + c * size);
	sum = channel ? sum : sum / (double)nchannel;
	return isnan(sum) ? unit_double(GX_NAN_BITS) : sum;
}

/* ---- the kernel ---- */

static void check_samples(enum gx_sample_kind kind, size_t nchannel, size_t channel, size_t nframe)
{
	size_t frame = nchannel * bits_of[kind] / 8, n = nframe * frame;
	struct unit_fence fence = unit_fence_make(n);
	/* Of any alignment, and to the last byte before what nobody may touch. */
	unsigned char *byte = unit_place(&fence, n, true);
	for (size_t i = 0; i < n; i++)
		byte[i] = (unsigned char)unit_draw();
	double *got = unit_allocate(nframe, sizeof *got), *want = unit_allocate(nframe, sizeof *want);
	gx_samples_take(kind, byte, nframe, nchannel, channel, got);
	for (size_t i = 0; i < nframe; i++)
		want[i] = plain_frame(kind, byte + i * frame, nchannel, channel);
	unit_same_all(got, want, nframe, "%s, channel %zu of %zu, %zu frames", gx_sound_kind_name(kind),
		      channel, nchannel, nframe);
	free(got);
	free(want);
	unit_fence_free(&fence);
}

static void test_samples(void)
{
	static const size_t nframes[] = { 1, 2, 7, 8, 9, 31, 64, 1000 };
	for (int kind = 0; kind < KINDS; kind++)
		for (size_t nchannel = 1; nchannel <= 9; nchannel++)
			for (size_t i = 0; i < sizeof nframes / sizeof *nframes; i++)
				for (size_t channel = 0; channel <= nchannel; channel++)
					check_samples((enum gx_sample_kind)kind, nchannel, channel,
						      nframes[i]);
	unit_report("samples of each kind, one channel and the mean, against a plain loop");
}

/* ---- digests in pieces ---- */

static void test_digests(void)
{
	for (size_t n = 0; n < 3000; n += 1 + n / 7) {
		double *value = unit_allocate(n + 1, sizeof *value);
		unit_draw_doubles(value, n, 1);
		gx_nan_canonicalise(value, n);
		uint64_t want;
		gx_digest_rows(value, 1, n, &want);
		struct gx_digest digest;
		gx_digest_start(&digest);
		for (size_t at = 0; at < n;) {
			size_t k = unit_draw_below(n - at + 1);
			gx_digest_add(&digest, value + at, k);
			at += k;
			if (unit_draw_below(4) == 0)
				gx_digest_end(&digest);
		}
		unit_equal(gx_digest_end(&digest), want, "%zu values", n);
		free(value);
	}
	unit_report("the digest of a row in pieces is that of the whole row");
}

/* ---- reading ---- */

struct wav {
	unsigned char *byte;
	size_t n;
	enum gx_sample_kind kind;
	unsigned nchannel;
	size_t nframe;
};

static struct wav draw_wav(void)
{
	struct wav w = { .kind = (enum gx_sample_kind)unit_draw_below(KINDS),
			 .nchannel = 1 + (unsigned)unit_draw_below(unit_draw_below(4) ? 3 : 200) };
	size_t frame = w.nchannel * bits_of[w.kind] / 8, most = MOST / frame;
	w.nframe = 1 + unit_draw_below(most < 2000 ? most : 2000);
	size_t ndata = w.nframe * frame;
	w.n = HEAD + ndata;
	w.byte = unit_allocate(w.n, 1);
	put_head(w.byte, w.kind, w.nchannel, (uint32_t)ndata);
	for (size_t i = HEAD; i < w.n; i++)
		w.byte[i] = (unsigned char)unit_draw();
	return w;
}

/* The bytes as a file, or in a pipe that holds them all. *fd is to be closed behind the input. */
static struct gx_input *open_bytes(const unsigned char *byte, size_t n, bool is_pipe, int *fd)
{
	static char name[40];
	*fd = -1;
	if (!is_pipe) {
		struct gx_input *in = gx_input_open(unit_file("x.wav", byte, n));
		unlink(in->name);
		return in;
	}
	int pair[2];
	if (pipe(pair) != 0 || write(pair[1], byte, n) != (ssize_t)n)
		unit_bail_out("pipe");
	close(pair[1]);
	snprintf(name, sizeof name, "/dev/fd/%d", pair[0]);
	*fd = pair[0];
	return gx_input_open(name);
}

static void close_bytes(struct gx_input *in, int fd)
{
	gx_input_close(in);
	if (fd >= 0)
		close(fd);
}

static void check_choice(const struct wav *w, const struct gx_sound_choice *choice, bool is_pipe)
{
	int fd;
	struct gx_input *in = open_bytes(w->byte, w->n, is_pipe, &fd);
	struct gx_fault fault = { 0 };
	struct gx_sound sound;
	size_t first = choice->first < w->nframe ? (size_t)choice->first : w->nframe;
	size_t n = w->nframe - first, frame = w->nchannel * bits_of[w->kind] / 8, got = 0;
	n = choice->count < n ? (size_t)choice->count : n;
	double *value = unit_allocate(w->nframe + 1, sizeof *value);
	double *want = unit_allocate(n + 1, sizeof *want);
	in->fault = &fault;
	unit_check(gx_sound_open(&sound, in), "%s", fault.text);
	for (size_t k;;) {
		size_t most = 1 + unit_draw_below(unit_draw_below(2) ? 10 : w->nframe);
		k = gx_sound_read(&sound, choice, value + got, most < n - got + 1 ? most : n - got + 1);
		if (k == 0)
			break;
		got += k;
	}
	for (size_t i = 0; i < n; i++)
		want[i] = plain_frame(w->kind, w->byte + HEAD + (first + i) * frame, w->nchannel,
				      choice->channel);
	unit_equal(got, n, "%s: frames from %zu of %zu, %s", gx_sound_kind_name(w->kind), first,
		   w->nframe, is_pipe ? "pipe" : "file");
	unit_same_all(value, want, got < n ? got : n, "%s, %u channels, from %zu", gx_sound_kind_name(w->kind),
		      w->nchannel, first);
	unit_check(!fault.code, "%s", fault.text);
	unit_equal(gx_sound_read(&sound, choice, value, 1), 0, "behind its end");
	free(value);
	free(want);
	close_bytes(in, fd);
}

static void test_choices(void)
{
	for (int i = 0; i < 150; i++) {
		struct wav w = draw_wav();
		struct gx_sound_choice choice = { .count = GX_UNKNOWN };
		if (unit_draw_below(2))
			choice.channel = 1 + (uint32_t)unit_draw_below(w.nchannel);
		if (unit_draw_below(2))
			choice.first = unit_draw_below(w.nframe + 10);
		if (unit_draw_below(2))
			choice.count = unit_draw_below(w.nframe + 10);
		check_choice(&w, &choice, false);
		check_choice(&w, &choice, true);
		choice.first = UINT64_MAX - 1;
		check_choice(&w, &choice, i & 1);
		free(w.byte);
	}
	unit_report("a choice, in pieces of any size, is a slice of the sound, on file and pipe");
}

/* What is not chosen must be there too. */
static void test_missing(void)
{
	struct wav w = draw_wav();
	size_t frame = w.nchannel * bits_of[w.kind] / 8;
	for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
		static const struct gx_sound_choice choice = { .first = 0, .count = 1 };
		int fd;
		struct gx_input *in = open_bytes(w.byte, w.n - 1 - unit_draw_below(frame), is_pipe, &fd);
		struct gx_fault fault = { 0 };
		struct gx_sound sound;
		double value[4];
		in->fault = &fault;
		bool opened = gx_sound_open(&sound, in);
		/* Of a file it is known before anything is read. */
		unit_check(opened == (is_pipe && w.nframe > 0), "opened: %d", opened);
		while (opened && gx_sound_read(&sound, &choice, value, 4) > 0)
			continue;
		unit_equal((uint64_t)fault.code, GX_EXIT_DATA, "the code");
		unit_check(strstr(fault.text, "frames of ") != NULL, "%s", fault.text);
		close_bytes(in, fd);
	}
	free(w.byte);
	unit_report("frames that are missing behind a choice are a fault");
}

/* ---- looking ---- */

static void test_looking(void)
{
	for (int i = 0; i < 50; i++) {
		struct wav w = draw_wav();
		struct gx_sound sound;
		size_t n = w.n < 4096 ? w.n : 4096;
		unit_check(gx_sound_look(&sound, w.byte, n, w.n), "a sound of %zu bytes", w.n);
		unit_equal(sound.nframe, w.nframe, "frames");
		unit_equal(sound.nchannel, w.nchannel, "channels");
		unit_equal((uint64_t)sound.kind, (uint64_t)w.kind, "the kind");
		unit_check(gx_sound_look(&sound, w.byte, HEAD, GX_UNKNOWN), "its head alone");
		unit_check(!gx_sound_look(&sound, w.byte, n, w.n - 1), "a byte is missing");
		for (size_t k = 0; k < HEAD; k++)
			unit_check(!gx_sound_look(&sound, w.byte, k, w.n), "%zu bytes of its head", k);
		for (int k = 0; k < 200; k++) {
			/* Heads with a bit turned: nothing outside of the block is touched. */
			unsigned char *copy = unit_allocate(HEAD, 1);
			memcpy(copy, w.byte, HEAD);
			copy[unit_draw_below(HEAD)] ^= (unsigned char)(1 << unit_draw_below(8));
			gx_sound_look(&sound, copy, HEAD, w.n);
			gx_sound_recognise(copy, HEAD);
			gx_sound_other(copy, unit_draw_below(HEAD));
			free(copy);
		}
		free(w.byte);
	}
	unit_report("what the first bytes of a file tell");
}

/* ---- really as large ---- */

/* A file with nothing in it but a head and `last` at its end, as large as its head says. */
static const char *sparse_file(uint32_t ndata, const char *last, uint64_t size)
{
	unsigned char head[HEAD];
	put_head(head, GX_SAMPLE_INTEGER_16, 1, ndata);
	const char *path = unit_file("sparse.wav", head, HEAD);
	int fd = open(path, O_WRONLY);
	size_t n = strlen(last);
	bool good = fd >= 0 && ftruncate(fd, (off_t)size) == 0 &&
		    pwrite(fd, last, n, (off_t)(size - n)) == (ssize_t)n;
	if (fd >= 0)
		close(fd);
	return good ? path : NULL;
}

/* The last two frames of it; the fault is left in *fault. */
static void check_large(uint32_t ndata, const char *last, uint64_t behind, const char *said)
{
	const char *path = sparse_file(ndata, last, HEAD + (uint64_t)ndata + behind);
	if (!path) {
		unit_note("no sparse file of %u bytes can be made here", ndata);
		return;
	}
	struct gx_input *in = gx_input_open(path);
	struct gx_fault fault = { 0 };
	struct gx_sound sound;
	double value[8];
	unlink(path);
	in->fault = &fault;
	if (unit_check(gx_sound_open(&sound, in), "%u: %s", ndata, fault.text)) {
		unit_equal(sound.nframe, ndata / 2, "frames of %u bytes", ndata);
		struct gx_sound_choice choice = { .first = ndata / 2 - 2, .count = GX_UNKNOWN };
		size_t n = gx_sound_read(&sound, &choice, value, 8);
		unit_equal(n, 2, "the last two of %u", ndata);
		n = gx_sound_read(&sound, &choice, value, 8);
		unit_equal(n, 0, "behind them");
		unit_check(said ? fault.code == GX_EXIT_DATA && strstr(fault.text, said) : !fault.code,
			   "%u and %u bytes: %s", ndata, (unsigned)behind, fault.text);
	}
	gx_input_close(in);
}

static void test_large(void)
{
	static const uint32_t sizes[] = { 0xffffffff, 0xfffffffe, 0x7fffffff, 0x7ffff000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint32_t odd = sizes[i] & 1;
		check_large(sizes[i], "", 0, NULL);
		check_large(sizes[i], "", odd, NULL);
		check_large(sizes[i], "LIST\1\1\1\1abcd", odd + 12, NULL);
		check_large(sizes[i], "", odd + 20, "its data go on behind the ");
		check_large(sizes[i], "", odd + 2, "its data go on behind the ");
	}
	/* And what is no such size: whatever is behind it. */
	check_large(0x7ffff002, "", 20, NULL);
	unit_report("files that are really as large as what is written into pipes");
}

int main(void)
{
	unit_directory();
	test_samples();
	test_digests();
	test_choices();
	test_missing();
	test_looking();
	test_large();
	return unit_end();
}
