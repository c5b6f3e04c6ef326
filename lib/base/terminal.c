/* SPDX-License-Identifier: MIT */
#include "base/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>

size_t gx_terminal_columns(int fd)
{
	const char *text = getenv("COLUMNS");
	char *end = NULL;
	long n = text && *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
	if (n > 0 && !*end)
		return (size_t)n;
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
