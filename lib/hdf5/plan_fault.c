/* SPDX-License-Identifier: MIT */
/* What must hold of a plan, whoever made it: those who read by it rely on all of this. */
#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "hdf5/plan.h"
#include "matrix/matrix.h"

/* ---- text ---- */

/* Names of HDF5 are in no quotes, so a TAB is a control byte, too: it would end a cell of text. */
static bool is_clean(const struct gx_names *names)
{
	for (size_t i = 0; i < names->nbyte; i++) {
		unsigned char c = (unsigned char)names->text[i];
		if ((c < 0x20 && c != 0) || c == 0x7f)
			return false;
	}
	return true;
}

static const char *text_fault(const struct gx_hdf5_plan *plan)
{
	if (plan->genes.n && plan->genes.n != plan->ngene)
		return "not a name for each gene";
	if (plan->samples.n && plan->samples.n != plan->nsample)
		return "not a name for each sample";
	if (!is_clean(&plan->genes) || !is_clean(&plan->samples))
		return "a control byte in a name";
	if (plan->facts.list.n % 2 || !is_clean(&plan->facts.list))
		return "facts that are none";
	return NULL;
}

/* ---- one array ---- */

static bool type_is_known(const struct gx_stored *type)
{
	size_t size = type->size;
	bool power = size == 1 || size == 2 || size == 4 || size == 8;
	if (type->least_is_missing && (type->kind != 'i' || size != 4))
		return false;
	return type->kind == 'f' ? power && size > 1
				 : (type->kind == 'i' || type->kind == 'u') && power;
}

/* Whether the product of all four is below 2^63, an offset in a file. */
static bool fits(uint64_t a, uint64_t b, uint64_t size, uint64_t *product)
{
	return !__builtin_mul_overflow(a, b, product) &&
	       !__builtin_mul_overflow(*product, size, product) && *product <= INT64_MAX;
}

static const char *array_fault(const struct gx_hdf5_array *array, uint64_t size)
{
	uint64_t nbyte, piece;
	if (!type_is_known(&array->type))
		return "a type that there is not";
	for (int k = 0; k < 2; k++)
		if (array->extent[k] > GX_COLUMNS_MAX || (array->extent[k] && !array->piece[k]))
			return "an array in pieces of nothing, or far too large";
	if (!fits(array->extent[0], array->extent[1], array->type.size, &nbyte))
		return "an array that is far too large";
	if (!fits(array->piece[0], array->piece[1], array->type.size, &piece) ||
	    piece > GX_HDF5_PIECE_MAX)
		return "a piece that is too large";
	if (array->storage == GX_HDF5_CONTIGUOUS &&
	    (array->offset > size || nbyte > size - array->offset))
		return "values beyond the end of the file";
	for (uint32_t k = 0; k < array->nfilter; k++)
		if (array->filter[k].nvalue > GX_HDF5_FILTER_VALUES_MAX)
			return "a filter with too many parameters";
	return NULL;
}

/* ---- which sample and which gene ---- */

/* Marks the samples that an array gives; false where one is not there or was given before. */
static bool mark(const struct gx_hdf5_array *array, uint64_t nsample, unsigned char *given,
		 uint64_t *ngiven)
{
	for (uint64_t i = 0; i < array->nsample; i++) {
		uint32_t sample = array->sample[i];
		if (sample == GX_HDF5_DROPPED)
			continue;
		if (sample >= nsample || given[sample / CHAR_BIT] >> sample % CHAR_BIT & 1)
			return false;
		given[sample / CHAR_BIT] |= (unsigned char)(1 << sample % CHAR_BIT);
		++*ngiven;
	}
	return true;
}

/* Whether the lists of arrays 0 .. n - 1 have each sample of the matrix once. */
static bool all_given(const struct gx_hdf5_plan *plan, size_t n)
{
	/* Each sample takes an entry: so many are paid for. */
	uint64_t room = 0, ngiven = 0;
	for (size_t a = 0; a < n; a++)
		room += plan->array[a].nsample;
	if (plan->nsample > room || plan->nsample >= GX_HDF5_DROPPED)
		return false;
	unsigned char *given = gx_allocate_zeroed(plan->nsample / CHAR_BIT + 1, 1);
	bool good = true;
	for (size_t a = 0; a < n && good; a++)
		good = mark(&plan->array[a], plan->nsample, given, &ngiven);
	free(given);
	return good && ngiven == plan->nsample;
}

/* Samples of an array that has `have` of them. */
static const char *samples_fault(const struct gx_hdf5_plan *plan, const struct gx_hdf5_array *array,
				 uint64_t have)
{
	if (array->sample && array->nsample != have)
		return "a list of samples that is not as long as there are samples";
	if (!array->sample && (have != plan->nsample || array->nsample))
		return "an array with more or fewer samples than the matrix";
	return NULL;
}

static const char *genes_fault(const struct gx_hdf5_plan *plan)
{
	uint64_t next = 0;
	if (!plan->gene)
		return plan->ngene == plan->all_genes ? NULL : "genes that are nowhere";
	if (plan->order != GX_HDF5_BY_SAMPLE)
		return "a list of genes where there is none";
	for (uint64_t i = 0; i < plan->all_genes; i++)
		if (plan->gene[i] != GX_HDF5_DROPPED && plan->gene[i] != next++)
			return "genes out of their order";
	return next == plan->ngene ? NULL : "genes that are nowhere";
}

/* ---- dense and sparse ---- */

static const char *dense_fault(const struct gx_hdf5_plan *plan)
{
	int genes = plan->samples_first ? 1 : 0;
	if (plan->samples_first && plan->narray > 1)
		return "several arrays with samples first";
	if (plan->narray == 0)
		return plan->ngene && plan->nsample ? "values that are nowhere" : NULL;
	bool listed = false;
	for (size_t a = 0; a < plan->narray; a++) {
		const struct gx_hdf5_array *array = &plan->array[a];
		const char *fault = samples_fault(plan, array, array->extent[!genes]);
		if (fault)
			return fault;
		if (array->extent[genes] != plan->ngene)
			return "an array with more or fewer genes than the matrix";
		if (!array->sample && plan->narray > 1)
			return "several arrays with the same samples";
		listed = array->sample;
	}
	return listed && !all_given(plan, plan->narray) ? "a sample that is nowhere, or twice" : NULL;
}

static const char *sparse_fault(const struct gx_hdf5_plan *plan)
{
	if (plan->narray != 3 || plan->samples_first)
		return "a sparse matrix without data, indices and indptr";
	const struct gx_hdf5_array *data = plan->array, *indices = data + 1, *indptr = data + 2;
	uint64_t major = plan->order == GX_HDF5_BY_GENE ? plan->all_genes : plan->all_samples;
	for (int a = 0; a < 3; a++)
		if (data[a].extent[1] != 1 || data[a].piece[1] != 1)
			return "a sparse matrix whose arrays have two dimensions";
	if (data->extent[0] != indices->extent[0] || indptr->extent[0] != major + 1)
		return "a sparse matrix whose arrays do not have the same length";
	if (indices->sample || indices->nsample || indptr->sample || indptr->nsample)
		return "a list of samples where there is none";
	const char *fault = samples_fault(plan, data, plan->all_samples);
	if (fault)
		return fault;
	return data->sample && !all_given(plan, 1) ? "a sample that is nowhere, or twice" : NULL;
}

const char *gx_hdf5_plan_fault(const struct gx_hdf5_plan *plan, uint64_t size)
{
	if (plan->all_genes > GX_COLUMNS_MAX || plan->all_samples > GX_COLUMNS_MAX ||
	    plan->ngene > plan->all_genes || plan->nsample > plan->all_samples)
		return "more genes or samples than there can be";
	const char *fault = text_fault(plan);
	for (size_t a = 0; a < plan->narray && !fault; a++)
		fault = array_fault(&plan->array[a], size);
	if (!fault)
		fault = genes_fault(plan);
	if (fault)
		return fault;
	return plan->order == GX_HDF5_DENSE ? dense_fault(plan) : sparse_fault(plan);
}
