/* SPDX-License-Identifier: MIT */
/* The head of a WAV sound: its chunks up to the samples, from an input or from memory. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "sound/other.h"
#include "sound/sound.h"

#define AGAIN "fetch or make it again"

enum {
	FORM = 12,	    /* "RIFF", a size that is not believed, "WAVE" */
	CHUNK = 8,	    /* a name of four letters and a size */
	FMT = 16,	    /* of a fmt chunk */
	EXTENSIBLE = 40,    /* of one that has a GUID */
	DS64 = 16,	    /* of a ds64 chunk, as far as its size of data */
	TAG_PCM = 1,
	TAG_FLOAT = 3,
	TAG_EXTENSIBLE = 0xfffe,
};

/* What a head is read from: an input, or bytes of memory, which may be too few. */
struct cursor {
	struct gx_input *in; /* NULL: memory */
	const unsigned char *at;
	size_t left;
};

/* Notes why a sound is refused, of an input; REFUSE: false for the caller to return. */
#define NOTE(cursor, ...) \
	((cursor)->in ? gx_input_fail((cursor)->in, GX_EXIT_DATA, __VA_ARGS__) : (void)0)
#define REFUSE(cursor, ...) (NOTE(cursor, __VA_ARGS__), false)

static uint64_t little(const unsigned char *p, size_t n)
{
	uint64_t x = 0;
	while (n--)
		x = x << 8 | p[n];
	return x;
}

static uint64_t pass(struct cursor *c, uint64_t n)
{
	if (c->in)
		return gx_input_skip(c->in, n);
	n = n < c->left ? n : c->left;
	c->at += n;
	c->left -= n;
	return n;
}

/* Takes n bytes, few of them; returns how many there were. */
static size_t take(struct cursor *c, unsigned char *out, size_t n)
{
	const unsigned char *bytes = c->at;
	/* Through the buffer of the input: each read of the file gives many chunks. */
	n = c->in ? gx_input_peek(c->in, n, &bytes) : n < c->left ? n : c->left;
	if (n)
		memcpy(out, bytes, n);
	pass(c, n);
	return n;
}

/* Whether bytes are "RIFF....WAVE" or "RF64....WAVE", as far as they go. */
static bool is_form(const unsigned char *head, size_t n)
{
	n = n < FORM ? n : FORM;
	size_t letters = n < 4 ? n : 4;
	return (memcmp(head, "RIFF", letters) == 0 || memcmp(head, "RF64", letters) == 0) &&
	       (n <= 8 || memcmp(head + 8, "WAVE", n - 8) == 0);
}

bool gx_sound_recognise(const unsigned char *head, size_t nhead)
{
	return is_form(head, nhead) && gx_sound_has_sizes(head, nhead);
}

/* ---- what the samples are ---- */

struct format {
	unsigned tag, nchannel, block, bits;
	uint32_t rate;
	bool is_extensible;
	unsigned valid; /* bits, of an extensible one */
};

/*
 * The kind of samples. Where fewer bits of an extensible one are valid, they are the upper ones,
 * as Microsoft has it, so full scale is that of all bits.
 */
static bool find_kind(const struct format *f, enum gx_sample_kind *kind)
{
	if (f->tag == TAG_PCM && f->bits >= 8 && f->bits <= 32 && f->bits % 8 == 0)
		*kind = (enum gx_sample_kind)(GX_SAMPLE_UNSIGNED_8 + (f->bits / 8 - 1));
	else if (f->tag == TAG_FLOAT && (f->bits == 32 || f->bits == 64))
		*kind = f->bits == 32 ? GX_SAMPLE_FLOAT_32 : GX_SAMPLE_FLOAT_64;
	else
		return false;
	return true;
}

static const char *coding_name(unsigned tag)
{
	static const struct {
		unsigned tag;
		const char *name;
	} known[] = {
		{ 0x0002, "ADPCM" },	   { 0x0006, "A-law" },	   { 0x0007, "mu-law" },
		{ 0x0011, "ADPCM" },	   { 0x0031, "GSM" },	   { 0x0050, "MPEG audio" },
		{ 0x0055, "MP3" },	   { 0x00ff, "AAC" },	   { 0x0161, "WMA" },
		{ 0x1610, "AAC" },	   { 0x2000, "AC-3" },	   { 0xf1ac, "FLAC" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].tag == tag)
			return known[i].name;
	return NULL;
}

/* The samples are of a kind that is not read here. */
static bool refuse_kind(struct cursor *c, const struct format *f)
{
	char what[80];
	if (!c->in)
		return false;
	if (coding_name(f->tag))
		snprintf(what, sizeof what, "%s inside WAV", coding_name(f->tag));
	else if (f->tag == TAG_PCM || f->tag == TAG_FLOAT)
		snprintf(what, sizeof what, "%s of %u bits", f->tag == TAG_PCM ? "samples" : "floats",
			 f->bits);
	else
		snprintf(what, sizeof what, "samples of the kind 0x%04x inside WAV", f->tag);
	char *way = gx_sound_way(c->in, f->bits);
	NOTE(c, ": %s, which is not read: integers of 8, 16, 24 and 32 bits and floats of 32 and 64 "
		  "are: decode it: %s", what, way);
	free(way);
	return false;
}

static bool check_format(struct cursor *c, const struct format *f, struct gx_sound *sound)
{
	if (f->tag != TAG_PCM && f->tag != TAG_FLOAT)
		return refuse_kind(c, f);
	if (f->nchannel == 0)
		return REFUSE(c, ": no channels: its head says 0 of them: " AGAIN);
	if (f->rate == 0)
		return REFUSE(c, ": no rate: its head says 0 frames per second: " AGAIN);
	if (f->bits == 0)
		return REFUSE(c, ": its head says samples of 0 bits: " AGAIN);
	if (!find_kind(f, &sound->kind))
		return refuse_kind(c, f);
	uint64_t frame = (uint64_t)f->nchannel * gx_sample_size(sound->kind);
	if (f->block != frame)
		return REFUSE(c,
			      ": its head is damaged: a frame of %u channel%s of %u bits has %" PRIu64
			      " bytes, not %u: " AGAIN,
			      f->nchannel, f->nchannel == 1 ? "" : "s", f->bits, frame, f->block);
	if (f->is_extensible && f->valid > f->bits)
		return REFUSE(c, ": its head is damaged: %u of %u bits are said to be valid: " AGAIN,
			      f->valid, f->bits);
	sound->rate = f->rate;
	sound->nchannel = f->nchannel;
	sound->frame = (size_t)frame;
	return true;
}

static bool read_format(struct cursor *c, uint32_t size, struct gx_sound *sound, bool *cut)
{
	/* Behind the two bytes of the tag: the rest of every GUID that has one. */
	static const unsigned char guid[] = { 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
					      0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71 };
	enum { VALID = 18, SUBFORMAT = 24 };
	unsigned char p[EXTENSIBLE] = { 0 };
	size_t want = size < EXTENSIBLE ? size : EXTENSIBLE, n = take(c, p, want);
	*cut = n < want;
	if (*cut)
		return false;
	if (size < FMT)
		return REFUSE(c, ": its head is damaged: its fmt chunk has %u bytes, of at least 16: "
			      AGAIN, size);
	struct format f = { .tag = (unsigned)little(p, 2),
			    .nchannel = (unsigned)little(p + 2, 2),
			    .rate = (uint32_t)little(p + 4, 4),
			    .block = (unsigned)little(p + 12, 2),
			    .bits = (unsigned)little(p + 14, 2) };
	if (f.tag == TAG_EXTENSIBLE) {
		if (size < EXTENSIBLE)
			return REFUSE(c, ": its head is damaged: its extensible fmt chunk has %u bytes, "
				      "of at least 40: " AGAIN, size);
		f.is_extensible = true;
		f.valid = (unsigned)little(p + VALID, 2);
		if (memcmp(p + SUBFORMAT + 2, guid, sizeof guid) == 0)
			f.tag = (unsigned)little(p + SUBFORMAT, 2);
	}
	if (!check_format(c, &f, sound))
		return false;
	uint64_t more = (uint64_t)size - want + (size & 1);
	*cut = pass(c, more) < more;
	return !*cut;
}

/* ---- the chunks ---- */

struct head {
	bool has_format, has_ds64;
	uint64_t data64; /* bytes of data, by ds64 */
};

static bool read_ds64(struct cursor *c, uint32_t size, struct head *head, bool *cut)
{
	unsigned char p[DS64] = { 0 };
	size_t want = size < DS64 ? size : DS64, n = take(c, p, want);
	uint64_t more = (uint64_t)size - want + (size & 1);
	*cut = n < want || pass(c, more) < more;
	if (*cut)
		return false;
	if (size < DS64)
		return REFUSE(c, ": its head is damaged: its ds64 chunk has %u bytes, of at least 28: "
			      AGAIN, size);
	head->has_ds64 = true;
	head->data64 = little(p + 8, 8);
	return true;
}

/* The name of a chunk, to be shown. */
#define NAME(p) gx_show((const char *)(p), 4)

static bool read_chunk(struct cursor *c, const unsigned char *name, uint32_t size,
		       struct gx_sound *sound, struct head *head)
{
	bool cut = false, good = true;
	if (memcmp(name, "fmt ", 4) == 0) {
		if (head->has_format)
			return REFUSE(c, ": its head is damaged: it has two fmt chunks: " AGAIN);
		head->has_format = true;
		good = read_format(c, size, sound, &cut);
	} else if (memcmp(name, "ds64", 4) == 0 && sound->is_rf64) {
		good = read_ds64(c, size, head, &cut);
	} else {
		uint64_t n = (uint64_t)size + (size & 1);
		cut = pass(c, n) < n;
	}
	if (cut)
		return REFUSE(c, ": it ends within its head, in the chunk %s of %u bytes: it was cut: "
			      AGAIN, NAME(name), size);
	return good;
}

/* Reads the chunks in front of the samples, and the size of these; behind it they begin. */
static bool read_chunks(struct cursor *c, struct gx_sound *sound, struct head *head,
			uint32_t *size)
{
	for (;;) {
		unsigned char p[CHUNK];
		size_t n = take(c, p, sizeof p);
		if (n == 0 && head->has_format)
			return REFUSE(c, ": no data: it ends behind its head: " AGAIN);
		if (n < sizeof p)
			return REFUSE(c, ": it ends within its head: it was cut: " AGAIN);
		*size = (uint32_t)little(p + 4, 4);
		if (memcmp(p, "data", 4) == 0)
			return true;
		if (!read_chunk(c, p, *size, sound, head))
			return false;
	}
}

/* ---- how many samples ---- */

/* What programs write that do not know the size, because it goes into a pipe. */
static bool is_placeholder(uint32_t size)
{
	return size == 0xffffffff || size == 0xfffffffe || size == 0x7fffffff || size == 0x7ffff000;
}

/* Bytes of a chunk's head behind the data, or what flac writes into a pipe: samples. */
static bool refuse_no_data(struct cursor *c, const struct gx_sound *sound)
{
	const unsigned char *p;
	if (!c->in)
		return false;
	size_t n = gx_input_peek(c->in, CHUNK, &p), ntext = 0;
	while (ntext < n && ntext < 4 && p[ntext] >= ' ' && p[ntext] <= '~')
		ntext++;
	if (n == 0 || (n == CHUNK && ntext == 4))
		return REFUSE(c, ": no frames: its head says 0 bytes of data");
	if (sound->is_rf64)
		return REFUSE(c, ": its head says 0 bytes of data, and more follow: its writer did not "
				 "know the size, as it wrote into a pipe: have it write a file");
	char *way = gx_sound_way(c->in, 8 * (unsigned)gx_sample_size(sound->kind));
	NOTE(c, ": its head says 0 bytes of data, and more follow: its writer did not know the size, "
		  "as flac does not in a pipe: have it write a file; or, where you know that it is "
		  "whole: %s", way);
	free(way);
	return false;
}

/* Of a file, what is not there is known at once. `left`: bytes that follow; GX_UNKNOWN. */
static bool find_frames(struct cursor *c, struct gx_sound *sound, const struct head *head,
			uint32_t size, uint64_t left)
{
	bool from_ds64 = sound->is_rf64 && size == 0xffffffff;
	if (from_ds64 && !head->has_ds64)
		return REFUSE(c, ": its head is damaged: it is RF64 and has no ds64 chunk: " AGAIN);
	sound->nbyte = from_ds64 ? head->data64 : size;
	if (sound->nbyte == 0)
		return refuse_no_data(c, sound);
	sound->is_placeholder = !from_ds64 && is_placeholder(size);
	sound->nframe = sound->nbyte / sound->frame;
	if (sound->is_placeholder) {
		/* Of a pipe it is known when it ends. */
		if (left != GX_UNKNOWN && left < sound->frame)
			return REFUSE(c, ": no frames: it ends behind its head");
		if (left < sound->nbyte || left == GX_UNKNOWN)
			sound->nframe = GX_UNKNOWN;
		return true;
	}
	if (sound->nbyte % sound->frame)
		return REFUSE(c,
			      ": the last frame is not whole: its head says %" PRIu64
			      " bytes of data, and a frame has %zu: it was cut: " AGAIN,
			      sound->nbyte, sound->frame);
	if (left < sound->nbyte)
		return REFUSE(c, GX_SOUND_MISSING, sound->nframe - left / sound->frame, sound->nframe);
	return true;
}

static bool read_head(struct cursor *c, struct gx_sound *sound, uint64_t size)
{
	unsigned char form[FORM];
	struct head head = { 0 };
	uint32_t ndata;
	size_t before = c->left, n = take(c, form, FORM);
	if (!is_form(form, n))
		return REFUSE(c, ": not a sound that is read (WAV)");
	if (n < FORM)
		return REFUSE(c, ": it ends within its head: it was cut: " AGAIN);
	sound->is_rf64 = memcmp(form, "RF64", 4) == 0;
	if (!read_chunks(c, sound, &head, &ndata))
		return false;
	if (!head.has_format)
		return REFUSE(c, ": its head is damaged: its data come before what they are, the fmt "
				 "chunk: " AGAIN);
	uint64_t at = c->in ? c->in->position : before - c->left;
	uint64_t left = size == GX_UNKNOWN ? GX_UNKNOWN : size > at ? size - at : 0;
	return find_frames(c, sound, &head, ndata, left);
}

bool gx_sound_open(struct gx_sound *sound, struct gx_input *in)
{
	*sound = (struct gx_sound){ .in = in };
	struct cursor c = { .in = in };
	return read_head(&c, sound, in->size);
}

bool gx_sound_look(struct gx_sound *sound, const unsigned char *head, size_t nhead, uint64_t size)
{
	*sound = (struct gx_sound){ 0 };
	struct cursor c = { .at = head, .left = nhead };
	return read_head(&c, sound, size);
}

const char *gx_sound_kind_name(enum gx_sample_kind kind)
{
	static const char *const name[] = { [GX_SAMPLE_UNSIGNED_8] = "8-bit unsigned integer",
					    [GX_SAMPLE_INTEGER_16] = "16-bit integer",
					    [GX_SAMPLE_INTEGER_24] = "24-bit integer",
					    [GX_SAMPLE_INTEGER_32] = "32-bit integer",
					    [GX_SAMPLE_FLOAT_32] = "32-bit float",
					    [GX_SAMPLE_FLOAT_64] = "64-bit float" };
	return name[kind];
}
