/* SPDX-License-Identifier: MIT */
#include "sound/list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "bytes/decoder.h"
#include "bytes/outputs.h"
#include "bytes/progress.h"
#include "kernel/hash.h"
#include "matrix/matrix.h"
#include "number/number.h"
#include "sound/other.h"

/* ---- both ends of a file, by which it is known in all parts ---- */

enum { END = 4096 };

struct ends {
	uint64_t size; /* GX_UNKNOWN: a stream */
	unsigned char first[END], last[END];
	size_t n; /* bytes of each */
};

static void read_end(int fd, const char *path, unsigned char *out, size_t n, uint64_t offset)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = pread(fd, out + done, n - done, (off_t)(offset + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			gx_die_errno("%s", path);
		if (k == 0)
			gx_die(GX_EXIT_DATA,
			       "%s: it became shorter while it was read: run this again when nobody "
			       "writes it",
			       path);
		done += (size_t)k;
	}
}

static void read_ends(int fd, const char *path, uint64_t size, struct ends *ends)
{
	ends->size = size;
	ends->n = size < END ? (size_t)size : END;
	read_end(fd, path, ends->first, ends->n, 0);
	read_end(fd, path, ends->last, ends->n, size - ends->n);
}

/* Of a sound of another part, which is not read. */
static void look_at_ends(const char *path, struct ends *ends)
{
	struct stat status;
	ends->size = GX_UNKNOWN;
	if (strcmp(path, "-") == 0)
		return;
	/* A fifo would wait for who writes it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &status) != 0)
		gx_die_errno("%s", path);
	gx_outputs_demand_other(path, &status);
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		gx_die_errno("%s", path);
	}
	if (S_ISREG(status.st_mode))
		read_ends(fd, path, (uint64_t)status.st_size, ends);
	close(fd);
}

static void ends_of_input(const struct gx_input *in, const char *path, struct ends *ends)
{
	ends->size = GX_UNKNOWN;
	if (in->is_file && strcmp(path, "-") != 0)
		read_ends(gx_input_descriptor(in), path, in->stamp.size, ends);
}

/* ---- what is refused ---- */

/* What an operand is called in a message. */
static const char *called(const struct gx_sound_list *list, size_t i)
{
	return strcmp(list->path[i], "-") == 0 ? "<stdin>" : list->path[i];
}

/* `in`: it, at its start. */
GX_NORETURN GX_COLD static void refuse_mixture(const struct gx_sound_list *list, size_t i,
					       struct gx_input *in)
{
	const unsigned char *head;
	if (gx_input_peek(in, 1, &head) == 0)
		gx_die(GX_EXIT_DATA, "%s: the file is empty: there is no sound in it", in->name);
	gx_sound_refuse_other(in, list->n > 1);
	gx_die(GX_EXIT_DATA,
	       "%s is a sound, and %s is not: the operands are sounds (WAV) alone, or matrices alone",
	       called(list, 0), called(list, i));
}

static void demand_rate(const struct gx_sound_list *list, size_t i, const struct gx_sound *sound)
{
	/* ffmpeg would round to 16 bits. */
	bool more_bits = gx_sample_size(sound->kind) > 2;
	if (sound->rate != list->rate)
		gx_die(GX_EXIT_DATA,
		       "%s has %" PRIu32 " frames a second, and %s has %" PRIu32
		       ": the columns are frequencies, which are others then: give all one rate "
		       "(ffmpeg -i F -ar %" PRIu32 "%s G.wav), or call this for each rate",
		       called(list, 0), list->rate, called(list, i), sound->rate, list->rate,
		       more_bits ? " -c:a pcm_f64le" : "");
}

/* Of a sound that cannot be told from its beginning: no part proves that it has all of it. */
static void demand_known_size(const struct gx_sound_list *list, size_t i, const char *why,
			      const char *way_out)
{
	if (list->part.n)
		gx_die_usage("%s: --part %" PRIu64 "/%" PRIu64 ": %s: %s", called(list, i),
			     list->part.k, list->part.n, why, way_out);
}

static void demand_file(struct gx_sound_list *list, size_t i, const struct ends *ends)
{
	if (ends->size != GX_UNKNOWN)
		return;
	demand_known_size(list, i, "it comes through a pipe, and the parts could not tell that they "
				   "are of one list",
			  "write it to a file, and name that");
	list->known = false;
}

static void demand_frames(struct gx_sound_list *list, size_t i, const struct gx_sound *sound)
{
	if (sound->nframe != GX_UNKNOWN)
		return;
	demand_known_size(list, i, "who wrote it did not know its size, so nobody can say whether it "
				   "is whole",
			  "write it anew: ffmpeg -i F -c copy G.wav");
	list->known = false;
}

/* ---- what is wanted of a sound ---- */

/* A number of seconds in frames, or what is far beyond any sound. */
static uint64_t frames_of(double seconds, uint32_t rate)
{
	double frames = floor(seconds * rate + 0.5);
	return frames < 0x1p62 ? (uint64_t)frames : UINT64_C(1) << 62;
}

static void say_span(const struct gx_sound_span *span, char out[2 * GX_NUMBER_MAX + 40])
{
	const struct {
		const char *option;
		double value;
	} said[] = { { "--start", span->start }, { "--duration", span->duration } };
	char *p = out;
	*p = 0;
	for (size_t i = 0; i < 2; i++) {
		char number[GX_NUMBER_MAX + 1];
		*gx_number_print(said[i].value, number) = 0;
		if (said[i].value > 0)
			p += sprintf(p, "%s%s %s", p > out ? " " : "", said[i].option, number);
	}
}

/* The frames of a sound end before its span does. */
static void refuse_span(const struct gx_sound_list *list, struct gx_input *in, uint64_t nframe)
{
	char span[2 * GX_NUMBER_MAX + 40], seconds[GX_NUMBER_MAX + 1];
	say_span(&list->span, span);
	*gx_number_print((double)nframe / list->rate, seconds) = 0;
	gx_input_fail(in, GX_EXIT_DATA,
		      ": %s: it lasts %s s (%" PRIu64 " frames): choose what is within it",
		      span, seconds, nframe);
}

static void refuse_short(const struct gx_sound_list *list, struct gx_input *in, uint64_t nframe)
{
	bool chosen = list->span.start > 0 || list->span.duration > 0;
	const char *what = chosen ? " frames chosen" : nframe == 1 ? " frame" : " frames";
	if (nframe < 2)
		gx_input_fail(in, GX_EXIT_DATA,
			      ": %" PRIu64 "%s, fewer than --length %zu: too few for any spectrum",
			      nframe, what, list->length);
	else
		gx_input_fail(in, GX_EXIT_DATA,
			      ": %" PRIu64 "%s, fewer than --length %zu: give a --length of at most "
			      "%" PRIu64,
			      nframe, what, list->length, nframe);
}

void gx_sound_list_check_length(const struct gx_sound_list *list, size_t number, uint64_t nread)
{
	const struct gx_listed_sound *s = &list->sound[number];
	if (s->sound.nframe != GX_UNKNOWN || (s->sound.in->fault && s->sound.in->fault->code))
		return;
	uint64_t nframe = s->sound.position;
	if (s->choice.first >= nframe ||
	    (s->choice.count != GX_UNKNOWN && nread < s->choice.count))
		refuse_span(list, s->sound.in, nframe);
	else if (nread < list->length)
		refuse_short(list, s->sound.in, nread);
}

/* Sets what of a sound is read; dies where it is not there. */
static void choose(const struct gx_sound_list *list, struct gx_listed_sound *s)
{
	const struct gx_sound_span *span = &list->span;
	struct gx_input *in = s->sound.in;
	uint64_t nframe = s->sound.nframe;
	s->choice = (struct gx_sound_choice){
		.channel = span->channel,
		.first = frames_of(span->start, list->rate),
		.count = span->duration > 0 ? frames_of(span->duration, list->rate) : GX_UNKNOWN,
	};
	if (span->channel > s->sound.nchannel)
		gx_input_fail(in, GX_EXIT_DATA,
			      ": --channel %" PRIu32 ": it has %" PRIu32 " channel%s", span->channel,
			      s->sound.nchannel, s->sound.nchannel == 1 ? "" : "s");
	if (nframe == GX_UNKNOWN)
		return;
	if (s->choice.first >= nframe ||
	    (s->choice.count != GX_UNKNOWN && s->choice.count > nframe - s->choice.first))
		refuse_span(list, in, nframe);
	uint64_t n = s->choice.count != GX_UNKNOWN ? s->choice.count : nframe - s->choice.first;
	if (n < list->length)
		refuse_short(list, in, n);
}

/* ---- opening ---- */

bool gx_sound_list_recognise(struct gx_input *in)
{
	const unsigned char *head;
	size_t n = gx_input_peek(in, GX_SOUND_HEAD, &head);
	return gx_sound_recognise(head, n);
}

/* Reads the head of a sound that this part has, or of the first one, whose rate is that of all. */
static void open_sound(struct gx_sound_list *list, size_t i, struct gx_input *in,
		       struct ends *ends)
{
	struct gx_listed_sound *s = &list->sound[i];
	if (!gx_sound_list_recognise(in))
		refuse_mixture(list, i, in);
	ends_of_input(in, list->path[i], ends);
	demand_file(list, i, ends);
	gx_sound_open(&s->sound, in);
	if (i == 0)
		list->rate = s->sound.rate;
	demand_rate(list, i, &s->sound);
	demand_frames(list, i, &s->sound);
}

/* What the first bytes of a sound of another part tell, where they are not compressed. */
static void look_at_sound(struct gx_sound_list *list, size_t i, struct ends *ends)
{
	struct gx_sound sound;
	look_at_ends(list->path[i], ends);
	demand_file(list, i, ends);
	if (gx_codec_find(ends->first, ends->n))
		return;
	if (!gx_sound_recognise(ends->first, ends->n))
		refuse_mixture(list, i, gx_input_open(list->path[i]));
	if (!gx_sound_look(&sound, ends->first, ends->n, ends->size))
		return;
	demand_rate(list, i, &sound);
	demand_frames(list, i, &sound);
}

static void add_to_identity(XXH3_state_t *state, const char *name, const struct ends *ends)
{
	if (ends->size == GX_UNKNOWN)
		return;
	XXH3_64bits_update(state, name, strlen(name) + 1);
	XXH3_64bits_update(state, &ends->size, sizeof ends->size);
	XXH3_64bits_update(state, ends->first, ends->n);
	XXH3_64bits_update(state, ends->last, ends->n);
}

static void identify(struct gx_sound_list *list, XXH3_state_t *state)
{
	const struct gx_sound_span *span = &list->span;
	const struct {
		uint64_t channel;
		double start, duration;
	} read = { span->channel, span->start, span->duration };
	struct gx_source source;
	XXH3_64bits_update(state, &read, sizeof read);
	gx_source_identify(&source, "sounds", XXH3_64bits_digest(state));
	strcpy(list->identity, list->known ? source.identity : ".");
}

static void name_sound(struct gx_sound_list *list, size_t i)
{
	const char *path = list->path[i];
	bool standard = strcmp(path, "-") == 0 && list->standard_name;
	const char *name = standard ? list->standard_name : path;
	const struct gx_names one = { (char *)(uintptr_t)name, 1, strlen(name) + 1, 0 };
	if (!gx_matrix_names_clean(&one))
		gx_die_usage("%s: a name of a row cannot have a control character: rename the file, "
			     "or make a link to it",
			     gx_show(name, strlen(name)));
	list->sound[i].name = name;
}

/* One sound of the list: what its head says, and what makes the identity. */
static void list_sound(struct gx_sound_list *list, size_t i, struct gx_input *opened,
		       struct ends *ends)
{
	bool own = list->first <= i && i < list->last;
	struct gx_listed_sound *s = &list->sound[i];
	uint64_t counted = gx_progress_position();
	name_sound(list, i);
	if (!own && i > 0) {
		look_at_sound(list, i, ends);
		return;
	}
	struct gx_input *in = opened ? opened : gx_input_open(list->path[i]);
	open_sound(list, i, in, ends);
	if (!own) {
		gx_input_close(in);
		s->sound.in = NULL;
		return;
	}
	choose(list, s);
	if (ends->size == GX_UNKNOWN || list->nbyte == GX_UNKNOWN)
		list->nbyte = GX_UNKNOWN;
	else
		list->nbyte += ends->size;
	if (gx_input_suspend(in))
		gx_progress_return(counted);
}

void gx_sound_list_open(struct gx_sound_list *list, struct gx_input *opened)
{
	struct gx_part part = list->part.n ? list->part : (struct gx_part){ 1, 1 };
	list->first = gx_part_bound(list->n, part.k - 1, part.n);
	list->last = gx_part_bound(list->n, part.k, part.n);
	list->sound = gx_allocate_zeroed(list->n, sizeof *list->sound);
	list->nbyte = 0;
	list->known = true;
	struct ends *ends = gx_allocate(1, sizeof *ends);
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	for (size_t i = 0; i < list->n; i++) {
		list_sound(list, i, i == 0 ? opened : NULL, ends);
		add_to_identity(&state, list->sound[i].name, ends);
	}
	identify(list, &state);
	free(ends);
}

void gx_sound_list_free(struct gx_sound_list *list)
{
	free(list->sound);
	list->sound = NULL;
}
