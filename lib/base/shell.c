/* SPDX-License-Identifier: MIT */
#include "base/shell.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char *gx_shell_word(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+=:@%,";
	size_t n = strlen(text);
	bool quoted = text[strspn(text, plain)] != 0;
	char *word = gx_allocate(4 * n + 3, 1), *p = word;
	p += sprintf(p, "%s", quoted ? "'" : "");
	for (; *text; text++)
		if (*text == '\'')
			p += sprintf(p, "'\\''");
		else
			*p++ = *text;
	strcpy(p, quoted ? "'" : "");
	return word;
}

char *gx_shell_path(const char *path)
{
	bool here = path[0] == '-' || (path[0] != '/' && strchr(path, ':'));
	size_t n = strlen(path) + sizeof "./";
	char *plain = gx_allocate(n, 1);
	snprintf(plain, n, "%s%s", here ? "./" : "", path);
	char *word = gx_shell_word(plain);
	free(plain);
	return word;
}
