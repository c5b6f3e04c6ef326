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

static const struct {
	const char *magic;
	size_t nmagic;
	bool (*also)(const struct head *h);
	const char *name;
} others[] = {
#define MAGIC(magic) magic, sizeof magic - 1
	{ MAGIC("ID3"), is_id3, "MP3" },
	{ MAGIC("\xff"), is_mpeg, "MP3" },
	{ MAGIC("\xff"), is_adts, "AAC" },
	{ MAGIC("fLaC"), is_flac, "FLAC" },
	{ MAGIC("OggS"), fifth_is_zero, "Ogg" },
	{ MAGIC("FORM"), is_aiff, "AIFF" },
	{ MAGIC("RIFX"), is_wave, "RIFX" },
	{ MAGIC("BW64"), is_wave, "BW64" },
	{ MAGIC("riff\x2e\x91\xcf\x11"), NULL, "W64" },
	{ MAGIC("\0\0"), is_mp4, "MP4" },
	{ MAGIC("caff\0\1"), NULL, "CAF" },
	{ MAGIC(".snd\0"), NULL, "AU" },
	{ MAGIC("wvpk"), is_wavpack, "WavPack" },
	{ MAGIC("\x30\x26\xb2\x75\x8e\x66\xcf\x11"), NULL, "WMA" },
	{ MAGIC("\x1a\x45\xdf\xa3"), NULL, "WebM" },
#undef MAGIC
};

const char *gx_sound_other(const unsigned char *head, size_t nhead)
{
	const struct head h = { head, nhead };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (nhead >= others[i].nmagic &&
		    memcmp(head, others[i].magic, others[i].nmagic) == 0 &&
		    (!others[i].also || others[i].also(&h)))
			return others[i].name;
	return NULL;
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

/*
 * What ffmpeg must be told of RIFX: it takes the samples for little-endian ones. Bits as its first
 * chunk says, or 16.
 */
static const char *decoder_of(const unsigned char *head, size_t n)
{
	enum { TAG = 20, BITS = 34 };
	if (n < 4 || memcmp(head, "RIFX", 4) != 0)
		return "";
	bool has_format = n >= BITS + 2 && memcmp(head + 12, "fmt ", 4) == 0;
	unsigned bits = has_format ? (unsigned)(head[BITS] << 8 | head[BITS + 1]) : 16;
	bool is_float = has_format && (head[TAG] << 8 | head[TAG + 1]) == 3;
	switch (bits) {
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

static char *way_by(const struct gx_input *in, const char *decoder)
{
	bool standard = is_standard(in);
	char *path = gx_shell_path(standard ? "" : path_of(in));
	char *name = gx_shell_word(standard ? "" : path_of(in));
	char *unpack = unpacking(in, path);
	/* gx-info, which tells what a sound is, names nothing. */
	bool is_named = !standard && strcmp(gx_message_name(), "gx-info") != 0;
	const char *filter = strcmp(gx_message_name(), "gx-info") == 0 ? "gx-info" : "gx-spectrum";
	size_t n = strlen(path) + strlen(name) + strlen(unpack) + 100;
	char *way = gx_allocate(n, 1);
	snprintf(way, n, "%sffmpeg -v error -nostdin %s-i %s -f wav - | %s%s%s", unpack, decoder,
		 standard || *unpack ? "-" : path, filter, is_named ? " --name " : "",
		 is_named ? name : "");
	free(path);
	free(name);
	free(unpack);
	return way;
}

char *gx_sound_way(const struct gx_input *in)
{
	return way_by(in, "");
}

/* "ffmpeg -v error -nostdin -i a.mp3 a.mp3.wav" */
static char *way_to_file(const struct gx_input *in, const char *decoder)
{
	char wav[300];
	snprintf(wav, sizeof wav, "%s.wav", is_standard(in) ? "sound" : path_of(in));
	char *path = gx_shell_path(is_standard(in) ? "" : path_of(in)), *to = gx_shell_path(wav);
	char *unpack = unpacking(in, path);
	size_t n = strlen(path) + strlen(to) + strlen(unpack) + 100;
	char *way = gx_allocate(n, 1);
	snprintf(way, n, "%sffmpeg -v error -nostdin %s-i %s %s", unpack, decoder,
		 is_standard(in) || *unpack ? "-" : path, to);
	free(path);
	free(to);
	free(unpack);
	return way;
}

bool gx_sound_refuse_other(struct gx_input *in, bool one_of_several)
{
	const unsigned char *head;
	size_t n = gx_input_peek(in, GX_SOUND_HEAD, &head);
	const char *name = gx_sound_other(head, n);
	if (!name)
		return false;
	const char *decoder = decoder_of(head, n);
	char *way = one_of_several ? way_to_file(in, decoder) : way_by(in, decoder);
	gx_input_fail(in, GX_EXIT_DATA,
		      one_of_several ? ": %s, a sound that is not read as it is: decode it once: %s, and "
				       "name that file"
				     : ": %s, a sound that is not read as it is: decode it on the way: %s",
		      name, way);
	free(way);
	return true;
}
