/* SPDX-License-Identifier: MIT */
#include "sound/other.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/shell.h"
#include "base/utf8.h"

/* ---- what it is ---- */

bool gx_sound_has_sizes(const unsigned char *head, size_t nhead)
{
	enum { SIZE = 4, FORM = 8, END = 20 };
	if (nhead < FORM)
		return false;
	for (size_t i = SIZE; i < END && i < nhead; i++)
		if (head[i] < ' ' && head[i] != '\t' && head[i] != '\r' && head[i] != '\n')
			return true;
	return !gx_is_utf8((const char *)head + SIZE, FORM - SIZE);
}

struct head {
	const unsigned char *byte;
	size_t n;
};

/* Zero behind the magic, where no text has one. */
static bool fifth_is_zero(const struct head *h)
{
	return h->n > 4 && h->byte[4] == 0;
}

/* A version, flags and a size of four times seven bits. */
static bool is_id3(const struct head *h)
{
	return h->n >= 10 && h->byte[3] >= 2 && h->byte[3] <= 4 && h->byte[4] != 0xff &&
	       !((h->byte[6] | h->byte[7] | h->byte[8] | h->byte[9]) & 0x80);
}

/* A frame of MPEG audio, layer III or II: of a version, a bit rate and a rate that there are. */
static bool is_mpeg(const struct head *h)
{
	if (h->n < 4)
		return false;
	unsigned version = h->byte[1] >> 3 & 3, layer = h->byte[1] >> 1 & 3;
	unsigned bit_rate = h->byte[2] >> 4, rate = h->byte[2] >> 2 & 3;
	return h->byte[1] >= 0xe0 && version != 1 && (layer == 1 || layer == 2) && bit_rate != 15 &&
	       rate != 3;
}

/* AAC in ADTS: no layer, a rate that there is. */
static bool is_adts(const struct head *h)
{
	return h->n >= 7 && (h->byte[1] & 0xf6) == 0xf0 && (h->byte[2] >> 2 & 15) < 13;
}

/* Its first block has 34 bytes of what the stream is. */
static bool is_flac(const struct head *h)
{
	return h->n >= 8 && (h->byte[4] & 0x7f) == 0 && memcmp(h->byte + 5, "\0\0\42", 3) == 0;
}

static bool is_aiff(const struct head *h)
{
	return h->n >= 12 && gx_sound_has_sizes(h->byte, h->n) &&
	       (memcmp(h->byte + 8, "AIFF", 4) == 0 || memcmp(h->byte + 8, "AIFC", 4) == 0);
}

static bool is_wave(const struct head *h)
{
	return h->n >= 12 && gx_sound_has_sizes(h->byte, h->n) && memcmp(h->byte + 8, "WAVE", 4) == 0;
}

/* The size of its first block is no text, nor its version, 4.2 to 4.16. */
static bool is_wavpack(const struct head *h)
{
	return h->n >= 10 && h->byte[9] == 4;
}

static bool is_mp4(const struct head *h)
{
	return h->n >= 8 && memcmp(h->byte + 4, "ftyp", 4) == 0;
}

/* ---- how many bits its samples have, of kinds that may have more than 16 ---- */

/* What is not told here may be 64. */
enum { BITS_MOST = 64 };

static unsigned number(const unsigned char *p, size_t n, bool big)
{
	unsigned value = 0;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | p[big ? i : n - 1 - i];
	return value;
}

/* What a chunk of RIFF or AIFF has, where its first `need` bytes are in the head. */
static const unsigned char *chunk(const struct head *h, const char *name, bool big, size_t need)
{
	enum { FIRST = 12, HEAD = 8 };
	for (size_t at = FIRST; at + HEAD + need <= h->n;) {
		const unsigned char *body = h->byte + at + HEAD;
		if (memcmp(h->byte + at, name, 4) == 0)
			return body;
		size_t size = number(body - 4, 4, big);
		if (size > h->n)
			return NULL;
		at += HEAD + size + size % 2;
	}
	return NULL;
}

/* 20 bits of the rate, 3 of the channels, 5 of this, less 1. */
static unsigned flac_bits(const struct head *h)
{
	return h->n < 22 ? BITS_MOST : ((h->byte[20] & 1u) << 4 | h->byte[21] >> 4) + 1;
}

/* FLAC may be in Ogg, behind a head of 28 bytes and one of 9. */
static unsigned ogg_bits(const struct head *h)
{
	enum { PACKET = 28, STREAM = 37 };
	if (h->n < STREAM || memcmp(h->byte + PACKET, "\177FLAC", 5) != 0)
		return 16;
	return flac_bits(&(struct head){ h->byte + STREAM, h->n - STREAM });
}

static unsigned aiff_bits(const struct head *h)
{
	const unsigned char *common = chunk(h, "COMM", true, 8);
	return common ? number(common + 6, 2, true) : BITS_MOST;
}

static unsigned rifx_bits(const struct head *h)
{
	const unsigned char *format = chunk(h, "fmt ", true, 16);
	return format ? number(format + 14, 2, true) : BITS_MOST;
}

static unsigned bw64_bits(const struct head *h)
{
	const unsigned char *format = chunk(h, "fmt ", false, 16);
	return format ? number(format + 14, 2, false) : BITS_MOST;
}

/* Its format is the first chunk, behind two identifiers and sizes of 8 bytes. */
static unsigned w64_bits(const struct head *h)
{
	enum { BITS = 78 };
	return h->n >= BITS + 2 && memcmp(h->byte + 40, "fmt ", 4) == 0 ?
		       number(h->byte + BITS, 2, false) :
		       BITS_MOST;
}

/* Apple's lossless coding has a number in its flags, 1 for 16 bits, or none. */
static unsigned caf_bits(const struct head *h)
{
	if (h->n < 52 || memcmp(h->byte + 8, "desc", 4) != 0)
		return BITS_MOST;
	if (memcmp(h->byte + 28, "alac", 4) == 0)
		return number(h->byte + 32, 4, true) == 1 ? 16 : BITS_MOST;
	return number(h->byte + 48, 4, true);
}

/* Codings 4 to 7 are integers of 24 and 32 bits, floats of 32 and 64. */
static unsigned au_bits(const struct head *h)
{
	unsigned coding = h->n < 16 ? 4 : number(h->byte + 12, 4, true);
	return coding >= 4 && coding <= 7 ? BITS_MOST : 16;
}

static unsigned wavpack_bits(const struct head *h)
{
	return h->n < 28 ? BITS_MOST : (number(h->byte + 24, 4, false) & 3) * 8 + 8;
}

/* ---- all of them ---- */

static const struct kind {
	const char *magic;
	size_t nmagic;
	bool (*also)(const struct head *h);
	const char *name;
	unsigned (*bits)(const struct head *h);
} others[] = {
#define MAGIC(magic) magic, sizeof magic - 1
	{ MAGIC("ID3"), is_id3, "MP3", NULL },
	{ MAGIC("\xff"), is_mpeg, "MP3", NULL },
	{ MAGIC("\xff"), is_adts, "AAC", NULL },
	{ MAGIC("fLaC"), is_flac, "FLAC", flac_bits },
	{ MAGIC("OggS"), fifth_is_zero, "Ogg", ogg_bits },
	{ MAGIC("FORM"), is_aiff, "AIFF", aiff_bits },
	{ MAGIC("RIFX"), is_wave, "RIFX", rifx_bits },
	{ MAGIC("BW64"), is_wave, "BW64", bw64_bits },
	{ MAGIC("riff\x2e\x91\xcf\x11"), NULL, "W64", w64_bits },
	{ MAGIC("\0\0"), is_mp4, "MP4", NULL },
	{ MAGIC("caff\0\1"), NULL, "CAF", caf_bits },
	{ MAGIC(".snd\0"), NULL, "AU", au_bits },
	{ MAGIC("wvpk"), is_wavpack, "WavPack", wavpack_bits },
	{ MAGIC("\x30\x26\xb2\x75\x8e\x66\xcf\x11"), NULL, "WMA", NULL },
	{ MAGIC("\x1a\x45\xdf\xa3"), NULL, "WebM", NULL },
#undef MAGIC
};

static const struct kind *kind_of(const struct head *h)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (h->n >= others[i].nmagic &&
		    memcmp(h->byte, others[i].magic, others[i].nmagic) == 0 &&
		    (!others[i].also || others[i].also(h)))
			return &others[i];
	return NULL;
}

const char *gx_sound_other(const unsigned char *head, size_t nhead)
{
	const struct kind *kind = kind_of(&(struct head){ head, nhead });
	return kind ? kind->name : NULL;
}

/* ---- the way out ---- */

/* Longer paths would not fit into a message: who has one knows how to put it in. */
static const char *path_of(const struct gx_input *in)
{
	enum { PATH = 250 };
	return strlen(in->name) <= PATH ? in->name : "FILE";
}

static bool is_standard(const struct gx_input *in)
{
	return strcmp(in->name, "<stdin>") == 0;
}

/* "zstd -dc x.gz.zst | gzip -dc | ": what undoes the compression, the outermost layer first. */
static char *unpacking(const struct gx_input *in, const char *path)
{
	char layers[GX_COMPRESSION_MAX], *text = gx_allocate(strlen(path) + 200, 1), *p = text;
	gx_input_compression(in, layers);
	*p = 0;
	for (char *space; *layers; *space = 0) {
		space = strrchr(layers, ' ');
		bool first = p == text;
		p += sprintf(p, "%s -dc%s%s | ", space ? space + 1 : layers, first && *path ? " " : "",
			     first ? path : "");
		/* " in " between two. */
		space = space ? space - 3 : layers;
	}
	return text;
}

/* What ffmpeg must be told of a sound that it decodes. */
struct coding {
	const char *from, *to; /* with a space behind, or "" */
};

/*
 * ffmpeg writes 16 bits into WAV, whatever it read. Doubles hold samples of more bits as they are,
 * and those of 16 bits as well.
 */
static struct coding coding_of(unsigned bits)
{
	return (struct coding){ "", bits > 16 ? "-c:a pcm_f64le " : "" };
}

/* ffmpeg takes the samples of RIFX for little-endian ones. Of 16 bits where it does not say. */
static const char *rifx_coding(const struct head *h)
{
	const unsigned char *format = chunk(h, "fmt ", true, 16);
	bool is_float = format && number(format, 2, true) == 3;
	switch (format ? number(format + 14, 2, true) : 16) {
	case 8:
		return "-c:a pcm_u8 ";
	case 24:
		return "-c:a pcm_s24be ";
	case 32:
		return is_float ? "-c:a pcm_f32be " : "-c:a pcm_s32be ";
	case 64:
		return is_float ? "-c:a pcm_f64be " : "-c:a pcm_s64be ";
	default:
		return "-c:a pcm_s16be ";
	}
}

/* "ffmpeg -v error -nostdin -i song.mp3 -f wav - | gx-spectrum --name song.mp3" */
static char *way_by(const struct gx_input *in, struct coding coding)
{
	bool standard = is_standard(in);
	char *path = gx_shell_path(standard ? "" : path_of(in));
	char *name = gx_shell_word(standard ? "" : path_of(in));
	char *unpack = unpacking(in, path);
	/* gx-info, which tells what a sound is, names nothing. */
	bool is_named = !standard && strcmp(gx_message_name(), "gx-info") != 0;
	const char *filter = strcmp(gx_message_name(), "gx-info") == 0 ? "gx-info" : "gx-spectrum";
	size_t n = strlen(path) + strlen(name) + strlen(unpack) + 120;
	char *way = gx_allocate(n, 1);
	snprintf(way, n, "%sffmpeg -v error -nostdin %s-i %s %s-f wav - | %s%s%s", unpack,
		 coding.from, standard || *unpack ? "-" : path, coding.to, filter,
		 is_named ? " --name " : "", is_named ? name : "");
	free(path);
	free(name);
	free(unpack);
	return way;
}

char *gx_sound_way(const struct gx_input *in, unsigned bits)
{
	return way_by(in, coding_of(bits));
}

/* "ffmpeg -v error -nostdin -i a.mp3 a.mp3.wav" */
static char *way_to_file(const struct gx_input *in, struct coding coding)
{
	char wav[300];
	snprintf(wav, sizeof wav, "%s.wav", is_standard(in) ? "sound" : path_of(in));
	char *path = gx_shell_path(is_standard(in) ? "" : path_of(in)), *to = gx_shell_path(wav);
	char *unpack = unpacking(in, path);
	size_t n = strlen(path) + strlen(to) + strlen(unpack) + 120;
	char *way = gx_allocate(n, 1);
	snprintf(way, n, "%sffmpeg -v error -nostdin %s-i %s %s%s", unpack, coding.from,
		 is_standard(in) || *unpack ? "-" : path, coding.to, to);
	free(path);
	free(to);
	free(unpack);
	return way;
}

bool gx_sound_refuse_other(struct gx_input *in, bool one_of_several)
{
	struct head h;
	h.n = gx_input_peek(in, GX_SOUND_HEAD, &h.byte);
	const struct kind *kind = kind_of(&h);
	if (!kind)
		return false;
	struct coding coding = coding_of(kind->bits ? kind->bits(&h) : 16);
	if (kind->bits == rifx_bits)
		coding.from = rifx_coding(&h);
	char *way = one_of_several ? way_to_file(in, coding) : way_by(in, coding);
	gx_input_fail(in, GX_EXIT_DATA,
		      one_of_several ? ": %s, a sound that is not read as it is: decode it once: %s, and "
				       "name that file"
				     : ": %s, a sound that is not read as it is: decode it on the way: %s",
		      kind->name, way);
	free(way);
	return true;
}
