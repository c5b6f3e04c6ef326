/* SPDX-License-Identifier: MIT */
/*
 * For programs that are linked statically: libgomp asks dlopen for plugins of accelerators
 * when a program offloads work, which gx never does. Ours says that there are none, and the
 * C library's, which needs its shared twin at run time, stays out of the program.
 */
#include "static_link.h"

#ifdef GX_STATIC
void *dlopen(const char *file, int mode)
{
	(void)file, (void)mode;
	return 0;
}
#endif
