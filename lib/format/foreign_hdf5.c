/* SPDX-License-Identifier: MIT */
/* HDF5, where it cannot be read: recognised, and the way to a matrix. */
#include <stdio.h>
#include <string.h>

#include "base/message.h"
#include "base/shell.h"
#include "bytes/input.h"
#include "format/foreign.h"

static const char signature[] = "\x89HDF\r\n\x1a\n", matlab[] = "MATLAB 7.3 MAT-file";

static bool begins(const unsigned char *p, size_t n, const char *with, size_t nwith)
{
	return n >= nwith && memcmp(p, with, nwith) == 0;
}

bool gx_foreign_is_hdf5(struct gx_input *in)
{
	enum { START = 64, STEP = 512, SIGNATURE = sizeof signature - 1 };
	const unsigned char *head;
	size_t n = gx_input_peek(in, START, &head);
	/* Whatever a copy as text has made of its line ends. */
	if (begins(head, n, signature, 4) || begins(head, n, matlab, sizeof matlab - 1))
		return true;
	if (n && (head[0] == 0x89 || head[0] == 0x93))
		return false; /* GXM and npy, where anything may come behind */
	/*
	 * Anything may stand before the signature. What cannot be a text is looked at as far as
	 * that goes; of a text on a pipe there may be no more for now.
	 */
	n = memchr(head, 0, n) ? gx_input_peek(in, GX_FOREIGN_HEAD, &head)
			       : gx_input_visible(in, &head);
	uint64_t at = STEP;
	for (; at + SIGNATURE <= n; at *= 2)
		if (begins(head + at, n - at, signature, SIGNATURE))
			return true;
	/* Of a file as far as it goes. */
	unsigned char there[SIGNATURE];
	for (; in->seekable && at <= INT64_MAX / 2 && at + SIGNATURE <= in->size; at *= 2)
		if (gx_input_at(in, there, SIGNATURE, at, NULL) == SIGNATURE &&
		    begins(there, SIGNATURE, signature, SIGNATURE))
			return true;
	return false;
}

#ifdef GX_NO_HDF5

void gx_foreign_refuse_hdf5(struct gx_input *in, bool wants_file)
{
	(void)wants_file;
	const unsigned char *head;
	size_t n = gx_input_peek(in, sizeof matlab, &head);
	gx_die(GX_EXIT_DATA,
	       "%s: an HDF5 file (h5ad, loom, 10x .h5 ...), and this gx was built without HDF5: "
	       "write it as a table, in Python: %s",
	       in->name,
	       begins(head, n, matlab, sizeof matlab - 1)
		       ? "np.save('x.npy', h5py.File('FILE')['NAME'][()].T)"
		       : "anndata.read_h5ad('FILE').to_df().T.to_csv('x.csv')");
}

#else

void gx_foreign_refuse_hdf5(struct gx_input *in, bool wants_file)
{
	static const char what[] =
		"an HDF5 file (h5ad, loom, 10x .h5 ...), which gx-convert reads";
	bool standard = strcmp(in->name, "<stdin>") == 0;
	char *word = gx_shell_path(standard ? "" : in->name);
	if (wants_file)
		gx_die(GX_EXIT_DATA, "%s: %s: write it once with gx-convert -b -o m.gxm%s%s",
		       in->name, what, standard ? "" : " ", word);
	gx_die(GX_EXIT_DATA, "%s: %s: gx-convert -b%s%s | %s -", in->name, what,
	       standard ? "" : " ", word, gx_message_name());
}

#endif
