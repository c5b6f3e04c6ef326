/* SPDX-License-Identifier: MIT */
/*
 * gzip, decoded by zlib and by libisal: what other compressors write, headers of all kinds,
 * members and padding, in feeds of all sizes; and every bit of small files turned over. Both
 * must give the same bytes, and take the same files for damaged. Blocks of bgzip in a file, by
 * several threads: what a pipe of them is.
 */
#include "bytes/bgzf.h"
#include "bytes/decoder.h"
#include "bytes/inflater.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "unit.h"

enum { ROOM = 3 << 20 };

struct bytes {
	unsigned char byte[ROOM];
	size_t n;
};

/* What became of a file. */
struct outcome {
	struct bytes bytes;
	bool damaged;
	char why[2048];
};

static const struct gx_inflater *inflaters[2];
static size_t ninflater;

/* ---- decoding ---- */

/* Feeds a layer from memory, as a pipe does: some bytes at a time. */
static const struct bytes *feed;
static size_t fed, feed_most;

static bool feed_open(struct gx_decoder *d)
{
	(void)d;
	return true;
}

static void feed_close(struct gx_decoder *d)
{
	(void)d;
}

static size_t feed_read(struct gx_decoder *d, unsigned char *out, size_t n)
{
	(void)d;
	size_t most = feed_most ? 1 + unit_draw_below(feed_most) : n;
	n = n < most ? n : most;
	n = n < feed->n - fed ? n : feed->n - fed;
	memcpy(out, feed->byte + fed, n);
	fed += n;
	return n;
}

static const struct gx_codec feed_codec = { .name = "feed",
					    .open = feed_open,
					    .close = feed_close,
					    .read = feed_read };

/* most: bytes that are fed at a time, and that are asked for; 0: all of them. */
static void decode(const struct bytes *file, const struct gx_inflater *by, size_t most,
		   struct outcome *outcome)
{
	struct gx_fault fault = { 0 };
	struct gx_input in = { .name = "file", .fd = -1, .fault = &fault };
	feed = file;
	fed = 0;
	feed_most = most;
	gx_inflater_choose(by);
	struct gx_decoder *d = gx_decoder_open(&feed_codec, &in, NULL, NULL, 0);
	d = gx_decoder_open(&gx_codec_gzip, &in, d, NULL, 0);
	unit_check(strcmp(d->codec->library(d), by->name) == 0, "the inflater that was chosen");
	outcome->bytes.n = 0;
	for (;;) {
		struct bytes *b = &outcome->bytes;
		size_t room = ROOM - b->n, n = most ? 1 + unit_draw_below(most) : room;
		size_t got = gx_decoder_read(d, &in, b->byte + b->n, n < room ? n : room);
		if (got == 0)
			break;
		b->n += got;
	}
	outcome->damaged = fault.code != 0;
	snprintf(outcome->why, sizeof outcome->why, "%s", fault.text);
	while (d)
		d = gx_decoder_close(d);
	gx_inflater_choose(NULL);
}

/* ---- what is decoded ---- */

static struct bytes plain, file, other;
static struct outcome got[2];

static void append(struct bytes *b, const void *bytes, size_t n)
{
	if (b->n + n > ROOM)
		unit_bail_out("the file is too large");
	if (n)
		memcpy(b->byte + b->n, bytes, n);
	b->n += n;
}

/* Partly a table, partly noise, partly what was there up to 32 KiB before. */
static void draw_plain(size_t n)
{
	plain.n = 0;
	while (plain.n < n) {
		char line[40];
		size_t most = plain.n < 32768 ? plain.n : 32768;
		unsigned kind = (unsigned)unit_draw_below(most < 300 ? 2 : 3);
		if (kind == 2) {
			size_t back = 258 + unit_draw_below(most - 258 + 1);
			append(&plain, plain.byte + plain.n - back, 258);
			continue;
		}
		int some = snprintf(line, sizeof line, "gene%u\t%u\t%u\n",
				    (unsigned)unit_draw_below(1000), (unsigned)unit_draw_below(99),
				    (unsigned)unit_draw_below(99));
		for (int i = 0; kind == 1 && i < some; i++)
			line[i] = (char)unit_draw();
		append(&plain, line, (size_t)some);
	}
	plain.n = n;
}

/* How a compressor goes to work. */
struct way {
	int level, strategy, window, flush;
};

static void append_deflated(struct bytes *to, const unsigned char *byte, size_t n,
			    const struct way *way)
{
	z_stream z = { .next_in = (unsigned char *)byte,
		       .next_out = to->byte + to->n,
		       .avail_out = (uInt)(ROOM - to->n) };
	if (deflateInit2(&z, way->level, Z_DEFLATED, -way->window, 8, way->strategy) != Z_OK)
		unit_bail_out("deflateInit2");
	/* Flushed now and then, which leaves blocks that are empty. */
	for (size_t left = n; way->flush && left;) {
		size_t some = 1 + unit_draw_below(left);
		z.avail_in = (uInt)some;
		if (deflate(&z, way->flush) != Z_OK)
			unit_bail_out("deflate");
		left -= some;
	}
	z.avail_in = (uInt)(byte + n - z.next_in);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
		unit_bail_out("deflate");
	to->n += z.total_out;
}

static void append_number(struct bytes *to, uint32_t number, unsigned nbyte)
{
	for (unsigned i = 0; i < nbyte; i++) {
		unsigned char byte = (unsigned char)(number >> 8 * i);
		append(to, &byte, 1);
	}
}

enum { TEXT = 1, HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };

static void append_header(struct bytes *to, unsigned flags)
{
	static const unsigned char extra[300];
	size_t from = to->n;
	unsigned char head[] = { 0x1f, 0x8b, 8, (unsigned char)flags, 1, 2, 3, 4, 2, 255 };
	append(to, head, sizeof head);
	if (flags & EXTRA) {
		unsigned n = (unsigned)unit_draw_below(300);
		append_number(to, n, 2);
		append(to, extra, n);
	}
	if (flags & NAME)
		append(to, "a name", sizeof "a name");
	if (flags & COMMENT)
		append(to, "", 1);
	if (flags & HEADER_CRC)
		append_number(to, (uint32_t)crc32(0, to->byte + from, (uInt)(to->n - from)), 2);
}

static void copy(struct bytes *to, const struct bytes *from, size_t n)
{
	to->n = 0;
	append(to, from->byte, n);
}

static void append_member(struct bytes *to, const unsigned char *byte, size_t n,
			  const struct way *way, unsigned flags)
{
	append_header(to, flags);
	append_deflated(to, byte, n, way);
	append_number(to, (uint32_t)crc32(0, byte, (uInt)n), 4);
	append_number(to, (uint32_t)n, 4);
}

static void check_good(const char *what, size_t most)
{
	for (size_t k = 0; k < ninflater; k++) {
		decode(&file, inflaters[k], most, &got[k]);
		unit_check(!got[k].damaged, "%s by %s: %s", what, inflaters[k]->name, got[k].why);
		if (unit_equal(got[k].bytes.n, plain.n, "%s by %s: bytes", what,
			       inflaters[k]->name))
			unit_bytes(got[k].bytes.byte, plain.byte, plain.n, "%s by %s", what,
				   inflaters[k]->name);
	}
}

static void test_ways(void)
{
	static const int strategies[] = { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
					  Z_FIXED };
	static const int flushes[] = { Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH,
				       Z_BLOCK };
	for (int k = 0; k < 150; k++) {
		struct way way = { (int)unit_draw_below(10), strategies[unit_draw_below(5)],
				   9 + (int)unit_draw_below(7), flushes[unit_draw_below(5)] };
		draw_plain(unit_draw_below(unit_draw_below(3) ? 3000 : 300000));
		file.n = 0;
		append_member(&file, plain.byte, plain.n, &way, (unsigned)unit_draw_below(32));
		char what[100];
		snprintf(what, sizeof what, "%zu bytes, level %d, strategy %d, window %d, flush %d",
			 plain.n, way.level, way.strategy, way.window, way.flush);
		check_good(what, k % 3 ? 1 + unit_draw_below(k % 3 == 1 ? 20 : 40000) : 0);
	}
	unit_report("streams of all levels, strategies, windows and flushes");
}

static void test_members(void)
{
	const struct way way = { 6, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH };
	for (int k = 0; k < 60; k++) {
		draw_plain(unit_draw_below(20000));
		file.n = 0;
		for (size_t at = 0; at < plain.n || unit_draw_below(3);) {
			size_t n = unit_draw_below(plain.n - at + 1);
			append_member(&file, plain.byte + at, n, &way,
				      (unsigned)unit_draw_below(32));
			at += n;
			for (size_t zeros = unit_draw_below(2) * unit_draw_below(600); zeros; zeros--)
				append(&file, "", 1);
		}
		check_good("members", k % 2 ? 1 + unit_draw_below(3000) : 0);
	}
	unit_report("members, empty ones too, and zeros behind them");
}

/* ---- damage ---- */

static void check_same(const char *what)
{
	for (size_t k = 0; k < ninflater; k++)
		decode(&other, inflaters[k], 0, &got[k]);
	for (size_t k = 0; k < ninflater; k++) {
		unit_equal(got[k].damaged, got[0].damaged, "%s, by %s and %s: damaged", what,
			   inflaters[k]->name, inflaters[0]->name);
		/* Where it is taken, nothing but what was in it comes out. */
		if (!got[k].damaged &&
		    unit_equal(got[k].bytes.n, plain.n, "%s by %s: bytes", what, inflaters[k]->name))
			unit_bytes(got[k].bytes.byte, plain.byte, plain.n, "%s by %s", what,
				   inflaters[k]->name);
	}
}

static void test_bits(const char *what, const struct way *way, unsigned flags, size_t n)
{
	char text[100];
	size_t taken = 0;
	draw_plain(n);
	file.n = 0;
	append_member(&file, plain.byte, plain.n, way, flags);
	for (size_t bit = 0; bit < 8 * file.n; bit++) {
		copy(&other, &file, file.n);
		other.byte[bit / 8] ^= (unsigned char)(1 << bit % 8);
		snprintf(text, sizeof text, "%s, bit %zu", what, bit);
		check_same(text);
		taken += !got[0].damaged;
	}
	/* The time, the system and how hard it was tried say nothing of the bytes. */
	unit_check(flags & HEADER_CRC ? taken < 8 : taken >= 48 && taken < 8 * file.n / 2,
		   "%s: %zu of %zu bits may be turned over", what, taken, 8 * file.n);
	unit_report("each bit of a file turned over: %s", what);
}

static void test_cut(void)
{
	const struct way way = { 6, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH };
	char text[100];
	draw_plain(400);
	file.n = 0;
	append_member(&file, plain.byte, 200, &way, HEADER_CRC | EXTRA | NAME | COMMENT);
	size_t first = file.n;
	append_member(&file, plain.byte + 200, 200, &way, 0);
	for (size_t n = 1; n < file.n; n++) {
		copy(&other, &file, n);
		for (size_t k = 0; k < ninflater; k++) {
			decode(&other, inflaters[k], 0, &got[k]);
			snprintf(text, sizeof text, "%zu of %zu bytes by %s", n, file.n,
				 inflaters[k]->name);
			unit_equal(got[k].damaged, n != first, "%s", text);
			if (n != first)
				unit_check(strstr(got[k].why, "it ends in the middle") != NULL, "%s: %s",
					   text, got[k].why);
		}
	}
	unit_report("a file that is cut off anywhere");
}

/* What is wrong is said in the same words, whoever inflates. */
static void test_words(void)
{
	static const struct {
		size_t at;
		unsigned char byte;
		const char *words;
	} cases[] = { { 0, 0x1e, "incorrect header check" },
		      { 2, 7, "unknown compression method" },
		      { 3, 0x20, "unknown header flags set" },
		      { 3, 0x80 | HEADER_CRC, "unknown header flags set" },
		      { 4, 77, "header crc mismatch" },
		      { SIZE_MAX - 7, 1, "incorrect data check" },
		      { SIZE_MAX, 1, "incorrect length check" } };
	const struct way way = { 6, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH };
	draw_plain(300);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		other.n = 0;
		append_member(&other, plain.byte, plain.n, &way, HEADER_CRC);
		size_t at = cases[i].at < other.n ? cases[i].at : other.n + cases[i].at;
		other.byte[at] = other.byte[at] == cases[i].byte ? 255 : cases[i].byte;
		check_same(cases[i].words);
		for (size_t k = 0; k < ninflater; k++)
			unit_check(strstr(got[k].why, cases[i].words) != NULL, "%s: %s",
				   cases[i].words, got[k].why);
	}
	unit_report("what is wrong, in the same words");
}

/* ---- blocks of bgzip ---- */

static const struct way common = { 6, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH };

static void append_block(struct bytes *to, const unsigned char *byte, size_t n,
			 const struct way *way)
{
	/* Another subfield may stand before the one that tells the size. */
	static const unsigned char before[] = { 'X', 'Y', 3, 0, 1, 2, 3 };
	unsigned nbefore = unit_draw_below(5) ? 0 : sizeof before;
	size_t from = to->n;
	append(to, "\x1f\x8b\x08\x04\0\0\0\0\0\xff", 10);
	append_number(to, 6 + nbefore, 2);
	append(to, before, nbefore);
	append(to, "BC\2", 4);
	size_t told = to->n;
	append_number(to, 0, 2);
	append_deflated(to, byte, n, way);
	append_number(to, (uint32_t)crc32(0, byte, (uInt)n), 4);
	append_number(to, (uint32_t)n, 4);
	size_t size = to->n - from - 1;
	to->byte[told] = (unsigned char)size;
	to->byte[told + 1] = (unsigned char)(size >> 8);
}

/* Blocks of all of `plain`, of at most that many bytes; and the empty one, now and then. */
static void append_blocks(struct bytes *to, size_t most)
{
	for (size_t at = 0; at < plain.n;) {
		size_t left = plain.n - at, n = unit_draw_below(4) ? most : unit_draw_below(most);
		n = n < left ? n : left;
		append_block(to, plain.byte + at, n, &common);
		at += n;
	}
	if (unit_draw_below(4))
		append_block(to, plain.byte, 0, &common);
}

/* As `decode` does, of a file on disk, by nthread threads. */
static void decode_file(const struct bytes *from, const struct gx_inflater *by, int nthread,
			struct outcome *outcome)
{
	char name[] = "gunzip.XXXXXX";
	int fd = mkstemp(name);
	if (fd < 0 || write(fd, from->byte, from->n) != (ssize_t)from->n)
		unit_bail_out("a file");
	unlink(name);
	lseek(fd, 0, SEEK_SET);
	struct gx_fault fault = { 0 };
	struct gx_input in = { .name = "file",
			       .fd = fd,
			       .is_file = true,
			       .fault = &fault,
			       .nthread = nthread };
	gx_inflater_choose(by);
	struct gx_decoder *d = gx_decoder_open(&gx_codec_gzip, &in, NULL, NULL, 0);
	struct bytes *b = &outcome->bytes;
	b->n = 0;
	for (size_t some = 1; some; b->n += some) {
		size_t room = ROOM - b->n, n = 1 + unit_draw_below(200000);
		some = gx_decoder_read(d, &in, b->byte + b->n, n < room ? n : room);
	}
	outcome->damaged = fault.code != 0;
	snprintf(outcome->why, sizeof outcome->why, "%s", fault.text);
	if (!outcome->damaged)
		unit_equal((uint64_t)lseek(fd, 0, SEEK_CUR), from->n, "all of the file was read");
	gx_decoder_close(d);
	gx_inflater_choose(NULL);
	close(fd);
}

/* A file is what a pipe of the same bytes is, by any number of threads. */
static void check_blocks(const char *what, const struct bytes *from)
{
	static const int nthreads[] = { 1, 2, 4, 7 };
	for (size_t k = 0; k < ninflater; k++) {
		const struct gx_inflater *by = inflaters[k];
		decode(from, by, 0, &got[0]);
		for (size_t i = 0; i < sizeof nthreads / sizeof *nthreads; i++) {
			int n = nthreads[i];
			decode_file(from, by, n, &got[1]);
			unit_text(got[1].why, got[0].why, "%s, %d threads, %s", what, n, by->name);
			if (got[0].damaged)
				continue;
			if (unit_equal(got[1].bytes.n, got[0].bytes.n, "%s, %d threads, %s: bytes",
				       what, n, by->name))
				unit_bytes(got[1].bytes.byte, got[0].bytes.byte, got[0].bytes.n,
					   "%s, %d threads, %s", what, n, by->name);
		}
	}
}

static void test_blocks(void)
{
	for (int k = 0; k < 12; k++) {
		draw_plain(k % 3 ? 1500000 + unit_draw_below(600000) : unit_draw_below(300000));
		file.n = 0;
		append_blocks(&file, k % 4 ? 65280 : 1 + unit_draw_below(k < 6 ? 30000 : 65536));
		unit_check(gx_bgzf_block(file.byte, file.n) > 0, "what bgzip writes are blocks");
		/* Other members, zeros and blocks again may stand behind them. */
		if (k % 2) {
			append_member(&file, plain.byte, unit_draw_below(1000), &common, NAME);
			append(&file, "\0\0\0", 3);
			plain.n = plain.n < 100000 ? plain.n : 100000;
			append_blocks(&file, 65280);
		}
		check_blocks("blocks", &file);
		unit_check(!got[0].damaged, "%s", got[0].why);
	}
	unit_report("blocks of bgzip, members among them, by several threads");
}

static void test_damaged_blocks(void)
{
	draw_plain(1800000);
	file.n = 0;
	append_blocks(&file, 65280);
	for (int k = 0; k < 60; k++) {
		char what[100];
		copy(&other, &file, file.n);
		size_t at = unit_draw_below(file.n);
		if (k % 4 == 0) {
			other.n = at;
			snprintf(what, sizeof what, "cut off at %zu", at);
		} else if (k % 4 == 1) {
			append(&other, "garbage", 1 + unit_draw_below(7));
			snprintf(what, sizeof what, "%zu bytes behind them", other.n - file.n);
		} else {
			/* A bit anywhere, or in the head or the sums of a block. */
			size_t block = 0, size = 0;
			while (k % 4 == 3 && block + size <= at) {
				block += size;
				size = gx_bgzf_block(file.byte + block, file.n - block);
			}
			if (k % 4 == 3)
				at = k % 8 == 3 ? block + unit_draw_below(18)
						: block + size - 1 - unit_draw_below(8);
			unsigned bit = (unsigned)unit_draw_below(8);
			other.byte[at] ^= (unsigned char)(1 << bit);
			snprintf(what, sizeof what, "bit %u of byte %zu", bit, at);
		}
		check_blocks(what, &other);
	}
	unit_report("damaged blocks: what a pipe of them says");
}

int main(void)
{
	static const struct way dynamic = { 9, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH },
				fixed = { 9, Z_FIXED, 15, Z_NO_FLUSH },
				stored = { 0, Z_DEFAULT_STRATEGY, 15, Z_NO_FLUSH },
				flushed = { 6, Z_DEFAULT_STRATEGY, 15, Z_FULL_FLUSH };
	inflaters[ninflater++] = &gx_inflater_zlib;
	if (gx_inflater_isal())
		inflaters[ninflater++] = gx_inflater_isal();
	else
		unit_skip("libisal", "it is not built in, or not here");
	test_ways();
	test_members();
	test_bits("one block", &dynamic, TEXT, 2000);
	test_bits("the code of deflate", &fixed, NAME, 300);
	test_bits("stored", &stored, HEADER_CRC | NAME | COMMENT | EXTRA, 150);
	test_bits("many blocks", &flushed, 0, 800);
	test_cut();
	test_words();
	test_blocks();
	test_damaged_blocks();
	return unit_end();
}
