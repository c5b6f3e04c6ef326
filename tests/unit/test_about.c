/* SPDX-License-Identifier: MIT */
/* What a filter tells gx of itself, and its mark. */
#include <stdio.h>
#include <stdlib.h>

#include "command/about.h"
#include "unit.h"

static void tells(const struct gx_command *command, const char *want)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);
	if (!to)
		unit_bail_out("no memory");
	gx_about_print(to, command);
	fclose(to);
	unit_text(text, want, "%s", command->name);
	free(text);
}

int main(int argc, char **argv)
{
	(void)argc;
	tells(&(struct gx_command){ .name = "gx-a", .about = "a few words", .summary = "Not it." },
	      "gx-a\tcompute\ta few words\n");
	tells(&(struct gx_command){ .name = "gx-b",
				    .summary = "One\nsentence of 1.5 lines. Another one.",
				    .purpose = GX_PURPOSE_GATHER },
	      "gx-b\tgather\tOne sentence of 1.5 lines\n");
	tells(&(struct gx_command){ .name = "gx-c", .summary = "One alone." },
	      "gx-c\tcompute\tOne alone\n");
	unit_report("a line of name, purpose and what it does");
	/* This program is linked with it. */
	unit_check(gx_about_marked(argv[0]), "%s has no mark", argv[0]);
	unit_check(!gx_about_marked("/bin/sh"), "/bin/sh has a mark");
	unit_check(!gx_about_marked("/"), "a directory has a mark");
	unit_check(!gx_about_marked("/absent"), "nothing has a mark");
	unit_report("the mark is found, and nowhere else");
	return unit_end();
}
