/* SPDX-License-Identifier: MIT */
#include "hdf5/protocol.h"

bool gx_hdf5_record_take(const struct gx_hdf5_record *record, const unsigned char *shared,
			 size_t nshared, enum gx_hdf5_storage storage, uint64_t nvalue,
			 struct gx_hdf5_answer *answer)
{
	bool stored = record->state == GX_HDF5_STORED;
	if (record->state > GX_HDF5_UNWRITTEN || (stored && storage != GX_HDF5_CHUNKS) ||
	    record->offset > nshared || record->nbyte > nshared - record->offset)
		return false;
	if (record->state == GX_HDF5_VALUES && record->nbyte != nvalue)
		return false;
	if (record->state == GX_HDF5_UNWRITTEN && record->nbyte != 0)
		return false;
	*answer = (struct gx_hdf5_answer){ .state = (enum gx_hdf5_state)record->state,
					   .mask = stored ? record->mask : 0,
					   .nbyte = record->nbyte,
					   .bytes = shared + record->offset };
	return true;
}
