#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sparse matrices in HDF5 that are larger than what is held in memory: 3 million entries, made
# with h5py, against the same matrix as npy. (Small ones are in hdf5.bats, all types and shapes
# in unit/test_hdf5_sparse.c.)

load lib.bash

setup_file() {
	local python
	python=$(python_with 'h5py, numpy') || return 0
	cd "$BATS_FILE_TMPDIR" || return 1
	"$python" "$tests/make_sparse.py"
}

setup() {
	work
	needs_hdf5
	made=$BATS_FILE_TMPDIR
	[[ -e $made/m.npy ]] || skip "no Python with h5py"
	mkdir tmp
	export TMPDIR=$PWD/tmp
	nameless=(--id-column none --sample-column none)
}

@test "by cell through buckets, by gene as it comes: the bytes of npy, by any number of threads" {
	local file t
	gx-convert -b "$made/m.npy" >want
	for file in csr csc contiguous small_chunks wide; do
		for t in 1 4; do
			gx-convert -b -t $t "${nameless[@]}" "$made/$file.h5ad" | cmp - want
		done
	done
	gx-convert -b -t 2 "${nameless[@]}" <"$made/csr.h5ad" | cmp - want
	cat "$made/csr.h5ad" | gx-convert -b "${nameless[@]}" | cmp - want
	[[ -z $(ls tmp) ]]
}

@test "chosen cells are those columns of all" {
	local columns=cell2,cell1501,cell1502,cell3000
	gx-convert -b "$made/csr.h5ad" | gx-convert --columns "$columns" >want
	[[ $(wc -l <want) -eq 2001 ]]
	gx-convert --columns "$columns" "$made/csr.h5ad" | cmp - want
	gx-convert --columns "$columns" -t 4 "$made/csc.h5ad" | cmp - want
	[[ -z $(ls tmp) ]]
}

@test "memory: within 64 MiB, and 36 MB of entries in TMPDIR, as --explain says" {
	[[ -z ${GX_SANITIZED-} ]] || skip "sanitizers need memory of their own"
	local file peak told
	for file in csr csc; do
		succeeds gx-convert --explain -b "$made/$file.h5ad"
		told=$(sed -nE 's/^memory\t([0-9]+)$/\1/p' "$out")
		exits 0 gx-convert -v -b "$made/$file.h5ad" -o out.gxm
		peak=$(sed -nE 's/.* ([0-9]+) KiB peak memory.*/\1/p' "$err")
		# 16 bytes for each of 2,000 genes, 24 for each of 3,000 cells are nothing here.
		((peak < 64 * 1024)) || note "$file: $peak KiB"
		((peak * 1024 < told * 3 / 2 && peak * 1024 > told * 4 / 10)) ||
			note "$file: $peak KiB, told $told bytes"
	done
	# 12 bytes an entry, as it is float32; 16 where a value has 8.
	local entries
	entries=$(gx-info --quick "$made/csr.h5ad" | sed -nE 's/^entries //p')
	((entries > 2900000))
	gx-convert --explain "$made/csr.h5ad" | grep -x $'temporary\t'$((12 * entries))
	gx-convert --explain "$made/wide.h5ad" | grep -x $'temporary\t'$((16 * entries))
	gx-convert --explain "$made/csc.h5ad" | lacks temporary
}

@test "TMPDIR is absent or full: exit 3, how much is needed where, nothing left" {
	TMPDIR=$PWD/absent refuses 3 "$PWD/absent: no room to order its entries by gene in (TMPDIR names another place): No such file or directory" \
		gx-convert -b "$made/csr.h5ad"
	local t
	for t in 1 4; do
		refuses 3 "csr.h5ad: the file to order its entries by gene in, of 36 MB in $TMPDIR (TMPDIR names another place): File too large" \
			bash -c 'trap "" XFSZ; ulimit -f 10000; exec gx-convert -b -t "$2" "$1"' _ \
			"$made/csr.h5ad" "$t"
	done
	# What goes by gene needs no place.
	TMPDIR=$PWD/absent gx-convert -b "$made/csc.h5ad" >/dev/null
	[[ -z $(ls tmp) ]]
}

# begins FILE: standard output of the call before is the beginning of what csr.h5ad is, and not of
# its first rows alone.
begins() {
	local n
	n=$(wc -c <"$out")
	((n > $1)) || note "only $n bytes came"
	cmp -n "$n" "$out" want
}

@test "an entry that comes twice, an index beyond, a damaged chunk: the rows before it, then why" {
	local file t
	gx-convert "$made/csr.h5ad" >want
	for t in 1 4; do
		for file in csr_twice csc_twice; do
			exits 1 gx-convert -t $t "$made/$file.h5ad"
			grep -F "has gene 1501 of cell 8 twice" "$err"
			grep -F "X.sum_duplicates()" "$err"
			begins 16000000
		done
		exits 1 gx-convert -t $t "$made/csc_beyond.h5ad"
		grep -F "is 3000, where 3000 cells have the numbers from 0 on" "$err"
		begins 16000000
		exits 1 gx-convert -t $t "$made/csc_damaged.h5ad"
		grep -F "X/data" "$err"
		begins 9000000
		# Of these no row comes before all is read.
		refuses 1 "is 2000, where 2000 genes have the numbers from 0 on" \
			gx-convert -t $t "$made/csr_beyond.h5ad"
		refuses 1 "X/data" gx-convert -t $t "$made/csr_damaged.h5ad"
	done
	[[ -z $(ls tmp) ]]
}
