/* SPDX-License-Identifier: MIT */
/* Filters that the library does not bring: bzip2, lzf, blosc, zstd. */
#ifndef GX_HDF5_PLUGINS_H
#define GX_HDF5_PLUGINS_H

/* Registers them with the library, to read alone. */
void gx_hdf5_plugins_register(void);

/* What a registered filter is called, of those that are in gx and of the well known others;
 * NULL where nobody here knows. */
const char *gx_hdf5_filter_name(unsigned id);

#endif
