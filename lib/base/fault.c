/* SPDX-License-Identifier: MIT */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>

void gx_fault_note(struct gx_fault *fault, enum gx_exit code, const char *format, ...)
{
	if (fault->code)
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof fault->text, format, arguments);
	va_end(arguments);
	fault->code = (int)code;
}

void gx_fault_die(const struct gx_fault *fault, const char *name)
{
	gx_die((enum gx_exit)fault->code, "%s%s", name, fault->text);
}
