/* SPDX-License-Identifier: MIT */
#include "command/about.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what a filter tells ---- */

const char *gx_purpose_word(enum gx_purpose purpose)
{
	static const char *const words[GX_PURPOSES] = { [GX_PURPOSE_COMPUTE] = "compute",
							[GX_PURPOSE_MAKE] = "make",
							[GX_PURPOSE_GATHER] = "gather",
							[GX_PURPOSE_MEASURE] = "measure" };
	return words[purpose];
}

void gx_about_print(FILE *to, const struct gx_command *command)
{
	/* Without a few words, the first sentence. */
	const char *text = command->about ? command->about : command->summary;
	const char *end = command->about ? NULL : strstr(text, ". ");
	size_t n = end ? (size_t)(end - text) : strlen(text);
	for (; n > 0 && text[n - 1] == '.'; n--)
		;
	fprintf(to, "%s\t%s\t", command->name, gx_purpose_word(command->purpose));
	for (size_t i = 0; i < n; i++)
		fputc(text[i] == '\n' ? ' ' : text[i], to);
	fputc('\n', to);
}

/* ---- the mark ---- */

/*
 * A note of ELF: the sizes of owner and text, a type, and both, each padded to 4 bytes. The
 * linker puts it into a segment of notes, which stays when a program is stripped.
 */
struct mark {
	Elf64_Nhdr head;
	char owner[4], text[8];
};

static const struct mark mark __attribute__((used, aligned(4), section(".note.gx"))) = {
	{ sizeof "gx", sizeof "filter", 1 }, "gx", "filter"
};

/* Of a segment of notes, n bytes. */
static bool has_mark(const char *notes, size_t n)
{
	for (size_t at = 0; at + sizeof mark <= n; at += 4)
		if (memcmp(notes + at, &mark, sizeof mark) == 0)
			return true;
	return false;
}

static bool read_at(int fd, uint64_t offset, void *to, size_t n)
{
	return offset < INT64_MAX && pread(fd, to, n, (off_t)offset) == (ssize_t)n;
}

static bool marked(int fd)
{
	enum { SEGMENTS_MAX = 64, NOTES_MAX = 16384 };
	Elf64_Ehdr head;
	Elf64_Phdr segment[SEGMENTS_MAX];
	char notes[NOTES_MAX];
	if (!read_at(fd, 0, &head, sizeof head) || memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB ||
	    head.e_phentsize != sizeof *segment || head.e_phnum > SEGMENTS_MAX ||
	    !read_at(fd, head.e_phoff, segment, head.e_phnum * sizeof *segment))
		return false;
	for (size_t i = 0; i < head.e_phnum; i++)
		if (segment[i].p_type == PT_NOTE && segment[i].p_filesz <= NOTES_MAX &&
		    read_at(fd, segment[i].p_offset, notes, segment[i].p_filesz) &&
		    has_mark(notes, segment[i].p_filesz))
			return true;
	return false;
}

bool gx_about_marked(const char *path)
{
	struct stat status;
	/* A fifo of such a name would be waited on. */
	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool is = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && marked(fd);
	close(fd);
	return is;
}
