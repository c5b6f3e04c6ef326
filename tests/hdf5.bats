#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# HDF5, read by gx-convert and gx-info. hdf5/ has files of the libraries that users have, with the
# tables that must come of them (hdf5/README.md); these tables are what the tests compare with.

load lib.bash

setup() {
	work
	needs_hdf5
	hdf5=$tests/hdf5
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

# checks WHAT: of check_hdf5.py.
checks() {
	python3 "$tests/check_hdf5.py" "$@"
}

# ---- the reference files ----

@test "each reference file gives its table or its message: file, standard input, pipe, threads" {
	checks cases
}

@test "gx-info succeeds and fails on the same, with the digest of the table; so does GXM of it" {
	checks info
}

@test "gx-info says how it was read, for each layout" {
	checks facts
}

@test "where it fails, -o leaves nothing" {
	checks outputs
}

@test "gx-convert and gx-info alone have the library" {
	local c
	for c in gx-convert gx-info; do
		nm "$GX_BIN/$c" >symbols
		grep -q ' H5Fopen' symbols || note "$c has no H5Fopen"
	done
	for c in $(programs); do
		[[ $c != gx-convert ]] || continue
		[[ $c != gx-info ]] || continue
		nm "$GX_BIN/$c" | lacks -E ' H5[A-Z]'
	done
}

@test "an index of chunks that is made what an older library reads: its damage is refused" {
	checks index
}

# ---- damage ----

# damage WHAT: GX_MUTATIONS says how much of it.
damage() {
	python3 "$tests/check_hdf5_damage.py" "$@"
}

@test "damage: files that are cut off end with a message" {
	damage cuts
}

@test "damage: files with bytes changed end in time, by no signal, and leave nothing" {
	damage bytes
}

# ---- what is opened, and what the child may do ----

# paths_of COMMAND ...: each path that it and its children ask the system about.
paths_of() {
	strace -f -e trace=%file -o trace "$@" >/dev/null 2>&1 </dev/null || true
	sed -nE 's/^[0-9]+ +[a-z0-9_]+\([^"]*"([^"]*)".*/\1/p' trace | sort -u
}

@test "nothing is opened but the operand and TMPDIR, whatever HDF5_PLUGIN_PATH says" {
	command -v strace >/dev/null || skip "no strace"
	strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer opens files of its own"
	mkdir plugins
	cp "$(type -P true)" plugins/libh5filter.so
	export HDF5_PLUGIN_PATH=$PWD/plugins HDF5_USE_FILE_LOCKING=TRUE
	table >t.tsv
	gzip -c t.tsv >t.tsv.gz
	paths_of gx-convert -b -t 4 t.tsv.gz >usual
	paths_of gx-convert -b -t 4 --transpose t.tsv.gz >>usual
	sort -u -o usual usual
	local file n=0
	for file in pandas15_network_f8.h5 pandas15_blosc_zstd.h5 anndata13_csr.h5ad anndata13_dense_gzip.h5ad \
		tenx3_unsorted.h5 filter_bitshuffle.h5 pandas31_blosc2.h5 bad_external_link.h5 \
		bad_external_storage.h5 bad_virtual.h5 bad_truncated.h5 gzipped.h5ad.gz; do
		paths_of gx-convert -b -t 4 --feature-type all "$hdf5/$file" >paths
		grep -qxF "$hdf5/$file" paths || note "$file is not opened"
		lacks -F plugins paths
		comm -13 usual paths | grep -vxF -e "$hdf5/$file" -e /proc/self/statm |
			grep -v "^$TMPDIR" >more || true
		[[ ! -s more ]] || note "$file: $(cat more)"
		n=$((n + 1))
	done
	((n == 12))
	[[ -z $(ls tmp) ]]
}

@test "the child reads, answers and takes memory, and calls the system for nothing else" {
	command -v strace >/dev/null || skip "no strace"
	strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer calls it for itself"
	local file child n=0
	for file in pandas15_network_f8.h5 pandas15_blosc_zstd.h5 h5py_scaleoffset.h5 anndata13_csr.h5ad \
		loom2.loom matlab73.mat bad_virtual.h5 bad_external_link.h5 bad_truncated.h5 bad_blosc.h5; do
		strace -f -o trace gx-convert -b -t 4 "$hdf5/$file" >/dev/null 2>&1 || true
		child=$(awk '/prctl\(PR_SET_SECCOMP, SECCOMP_MODE_FILTER/ && / = 0$/ { print $1; exit }' trace)
		[[ -n $child ]] || skip "this system has no filter of calls"
		awk -v child="$child" '$1 == child && on && /\(/ { sub(/^[0-9]+ +/, ""); print }
			$1 == child && /PR_SET_SECCOMP/ { on = 1 }' trace >calls
		grep -q '^pread64(' calls || note "$file: it reads nothing"
		# The library asks for the directory that it is in, and is not told.
		grep -v '^getcwd(' calls >others
		lacks EPERM others
		lacks -vE '^(pread64|recvfrom|sendto|mmap|mprotect|munmap|mremap|brk|madvise|futex|exit_group|getpid|gettid|clock_gettime|rt_sigprocmask)\(|^<|^[+-]' others
		n=$((n + 1))
	done
	((n == 10))
}

# ---- files as they lie about ----

@test "a file that another has locked, that may not be written, whose name has a colon" {
	local file=pandas31_network_f4_zlib.h5
	cp "$hdf5/$file" m.h5
	chmod 444 m.h5
	flock -x m.h5 gx-convert m.h5 | cmp - "$hdf5/$file.tsv"
	flock -x m.h5 gx-convert <m.h5 | cmp - "$hdf5/$file.tsv"
	local name
	for name in a:b.h5 :c.h5 'd:/e.h5' 'e:h5/nw' '-n.h5' $'n\xc3\xa4me with spaces'; do
		mkdir -p "./$(dirname -- "$name")"
		cp m.h5 "./$name"
		gx-convert -- "$name" | cmp - "$hdf5/$file.tsv"
	done
}

@test "a file on a mount that is read only" {
	unshare -rm true 2>/dev/null || skip "nothing can be mounted here"
	mkdir disk
	unshare -rm bash -e -c '
		mount -t tmpfs none disk
		cp "$1" disk/m.h5ad
		mount -o remount,ro disk
		if touch disk/x 2>/dev/null; then exit 1; fi
		gx-convert disk/m.h5ad' _ "$hdf5/anndata13_csr.h5ad" | cmp - "$hdf5/anndata13_csr.h5ad.tsv"
}

@test "two operands with one --dataset, HDF5 and text; --dataset of what is no HDF5 is wrong usage" {
	local file=anndata13_raw_layers.h5ad
	cp "$hdf5/$file" a.h5ad
	cp "$hdf5/$file" b.h5ad
	{
		cat "$hdf5/$file.raw.tsv"
		tail -n +2 "$hdf5/$file.raw.tsv"
	} >want
	gx-convert --dataset raw/X a.h5ad b.h5ad | cmp - want
	gx-convert -t 4 --dataset /raw/X b.h5ad a.h5ad | cmp - want
	gx-convert b.h5ad a.h5ad >default
	[[ $(wc -l <default) -eq $((2 * $(wc -l <"$hdf5/$file.tsv") - 1)) ]]
	# Rows of different files under one header.
	cp "$hdf5/$file.tsv" c.tsv
	gx-convert a.h5ad c.tsv | cmp - default
	gx-convert c.tsv a.h5ad | cmp - default
	refuses 2 "--dataset" gx-convert --dataset raw/X c.tsv
	refuses 2 "--dataset" gx-convert --dataset raw/X a.h5ad c.tsv
	refuses 2 "--sample-column" gx-convert --sample-column well c.tsv
	gx-convert -o d.gxm c.tsv
	refuses 2 "--dataset" gx-info --dataset raw/X d.gxm
}

@test "--columns chooses samples, in every layout; --part says how to get parts" {
	local file
	for file in pandas15_network_f8.h5 pandas31_network_f4_zlib.h5 pandas31_mixed_blocks.h5 \
		anndata13_csr.h5ad anndata13_csc.h5ad anndata13_dense.h5ad anndata06_dense.h5ad \
		loom3.loom cmap.gctx archs4_v1.h5 archs4_v2.h5 h5py_named.h5 h5py_named_samples_first.h5 \
		rhdf5_double.h5 HDF5Array.h5 matlab73.mat pandas15_blosc_lz4.h5; do
		cut -f 1,2,4 "$hdf5/$file.tsv" >want
		local names
		names=$(sed -n '1s/\t/,/g; 1s/^gene,//p' want)
		[[ $names == *,* ]]
		gx-convert --columns "$names" "$hdf5/$file" | cmp - want || note "$file: $names"
		gx-convert --columns 3,1 -t 4 "$hdf5/$file" | cmp - want || note "$file: 3,1"
		gx-info --columns 1,3 "$hdf5/$file" | grep -E '^(genes|samples|digest) ' >got
		gx-info want | grep -E '^(genes|samples|digest) ' | diff - got >&2 || note "$file"
		refuses 2 "--columns: there is no column 'absent'" gx-convert --columns absent "$hdf5/$file"
		refuses 2 "gx-convert -b -o m.gxm" gx-convert --part 1/2 "$hdf5/$file"
	done
}

@test "--transpose there and back; --transposed where the layout says how it lies is wrong usage" {
	local file
	for file in pandas15_network_f8.h5 anndata13_csr.h5ad anndata13_dense_gzip.h5ad loom3.loom \
		archs4_v1.h5 h5py_named.h5; do
		gx-convert --transpose -b "$hdf5/$file" | gx-convert --transpose | cmp - "$hdf5/$file.tsv"
	done
	for file in anndata13_csr.h5ad loom3.loom cmap.gctx archs4_v2.h5 real_10x_v2.h5; do
		refuses 2 "--transposed" gx-convert --transposed "$hdf5/$file"
	done
	# A frame of pandas may have samples as rows; what is said of it is what comes.
	gx-convert --transposed "$hdf5/pandas11_go_i8_zlib.h5" |
		cmp - <(gx-convert --transpose "$hdf5/pandas11_go_i8_zlib.h5.tsv")
}

@test "-o onto the input: exit 2, and it stays as it was" {
	cp "$hdf5/anndata13_csr.h5ad" m.h5ad
	ln -s m.h5ad other
	ln m.h5ad hard
	local name
	for name in m.h5ad other hard ./m.h5ad; do
		exits 2 gx-convert -b -o "$name" m.h5ad
		exits 2 gx-convert -b -o "$name" <m.h5ad
		exits 2 gx-info -o "$name" m.h5ad
	done
	same m.h5ad "$hdf5/anndata13_csr.h5ad"
}

@test "--explain says what would be done, and does nothing" {
	local file
	for file in pandas15_network_f8.h5 anndata13_csr.h5ad anndata13_dense.h5ad real_10x_v2.h5; do
		succeeds gx-convert --explain -b -o none.gxm "$hdf5/$file"
		grep -q "$hdf5/$file" "$out" || note "$(cat "$out")"
		[[ ! -e none.gxm ]]
		succeeds gx-info --explain "$hdf5/$file"
	done
	refuses 1 "h5clear" gx-convert --explain "$hdf5/bad_writer_died.h5"
}

# ---- ends ----

@test "a pipe of HDF5 where TMPDIR is absent or full: exit 3, which place, nothing left" {
	local file=$hdf5/real_10x_v3.h5
	TMPDIR=$PWD/absent refuses 3 "$PWD/absent" gx-convert < <(cat "$file")
	TMPDIR=$PWD/absent refuses 3 "$PWD/absent" gx-convert "$hdf5/gzipped.h5ad.gz"
	refuses 3 "TMPDIR" bash -c 'trap "" XFSZ; ulimit -f 16; exec gx-convert -b' < <(cat "$file")
	refuses 3 "TMPDIR" bash -c 'trap "" XFSZ; ulimit -f 16; exec gx-info' < <(cat "$file")
	[[ -z $(ls tmp) ]]
	# A file needs no place, but for what has to be turned and is large.
	TMPDIR=$PWD/absent gx-convert "$hdf5/pandas15_network_f8.h5" |
		cmp - "$hdf5/pandas15_network_f8.h5.tsv"
}

@test "little memory: a table or exit 3, by no signal, and no process is left" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer reserves all memory that there is"
	python3 "$tests/check_hdf5_ends.py" memory "$hdf5/anndata13_csr.h5ad" "$hdf5/pandas15_blosc_zstd.h5" \
		"$hdf5/real_10x_v3.h5"
}

@test "no process is left by who is killed, or whose reader goes away" {
	python3 "$tests/check_hdf5_ends.py" killed "$hdf5/real_10x_v3.h5"
}

@test "a bomb: chunks of 2 GiB are refused before any memory is taken" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer reserves all memory that there is"
	refuses 1 "2147483648" bash -c 'ulimit -v 300000; exec gx-convert "$1"' _ "$hdf5/bad_huge.h5"
}

# ---- what comes of it is a matrix as any other ----

@test "filters on HDF5 through gx-convert -b give what they give of the table" {
	local file
	for file in anndata13_csr.h5ad anndata13_dense.h5ad loom3.loom real_10x_v2.h5 \
		pandas31_network_f4_zlib.h5 archs4_v1.h5; do
		gx-convert -b "$hdf5/$file" >m.gxm
		gx-convert -b "$hdf5/$file" | gx-threshold --pass --any -T 1 |
			cmp - <(gx-threshold --pass --any -T 1 "$hdf5/$file.tsv")
		gx-convert -b "$hdf5/$file" | gx-means | cmp - <(gx-means "$hdf5/$file.tsv")
		gx-threshold -T 1 m.gxm >record
		[[ $(field digest record) == "$(field digest <(gx-threshold -T 1 "$hdf5/$file.tsv"))" ]]
		# In parts, as a file that lies on the disk is worked on.
		local k
		for k in 1 2 3; do gx-threshold -T 1 -p $k/3 m.gxm; done | gx-reduce |
			cmp - record
	done
}

@test "a network of pandas is ranked, and votes with an annotation of pandas" {
	local network=pandas15_network_f8.h5 terms
	gx-convert -o network.gxm "$hdf5/$network"
	gx-rank network.gxm | cmp - <(gx-rank "$hdf5/$network.tsv")
	gx-convert -b "$hdf5/$network" | gx-rank | cmp - <(gx-rank "$hdf5/$network.tsv")
	gx-convert -b --triangle "$hdf5/$network" | gx-rank | cmp - <(gx-rank "$hdf5/$network.tsv")
	for terms in pandas11_go_i8_zlib.h5 pandas31_go_bool_fletcher32.h5; do
		gx-convert -o terms.gxm "$hdf5/$terms"
		exits 0 gx-vote --min-size 2 --annotation "$hdf5/$terms.tsv" "$hdf5/$network.tsv"
		cp "$out" want
		[[ $(wc -l <want) -gt 5 ]]
		exits 0 gx-vote --min-size 2 --annotation terms.gxm network.gxm
		cmp "$out" want
		gx-convert -o terms.tsv "$hdf5/$terms"
		exits 0 gx-vote --min-size 2 --annotation terms.tsv network.gxm
		cmp "$out" want
	done
}
