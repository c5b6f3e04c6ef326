#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Four threads make the bytes of one, in every reader under every writer. `make check-threads`
# runs this in a build for ThreadSanitizer, where a race ends a command with exit 66.
#
# gx-time is not here: its threads are those of `omp parallel for`, in all strategies, which
# are what it measures. ThreadSanitizer does not know how libgomp's threads wait for each
# other and reports races in every such loop, sound ones too.

load lib.bash

# A build for ThreadSanitizer is one, and its pipeline has threads that it sees.
check_build() {
	[[ -n ${TSAN_OPTIONS-} ]] || return 0
	local c
	for c in $(commands); do
		grep -q __tsan_func_entry "$GX_BIN/$c" || note "$c is not of this build" || return 1
	done
	nm "${GX_TESTS:-$repo/build/tests}/../lib/bytes/pipeline.o" >symbols || return 1
	grep -q pthread_create symbols || return 1
	lacks GOMP symbols
}

setup_file() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_FILE_TMPDIR" || return 1
	check_build || return 1
	# Some ten pieces of each, which more slots than one take in turn.
	gx-simulate -n 12000 -m 16 -o s.gxm
	gx-convert s.gxm -o s.tsv
	gx-convert s.gxm -o s.csv
	gx-convert s.gxm -o s.npy
	local k
	for k in 1 2 3; do gx-simulate -b -n 12000 -m 16 -p $k/3; done >segments.gxm
	awk -F '\t' -v OFS='\t' 'NR > 1 { $1 = "gene \"" NR "\""; if (NR % 7 == 0) $(2 + NR % 16) = "NA" }
		{ print }' s.tsv >named.tsv
	gx-convert -b named.tsv >named.gxm
	gx-convert --transpose s.gxm -o turned.tsv
	gzip -c s.tsv >s.tsv.gz
	python3 "$tests/bgzip.py" <s.tsv >blocks.tsv.gz
	python3 "$tests/bgzip.py" <s.gxm >blocks.gxm.gz
	zstd -q named.tsv -o named.tsv.zst
	zstd -q s.gxm -o s.gxm.zst
	python3 - <<-'END'
		import os, struct, sys
		sys.path.insert(0, os.environ["PYTHONPATH"])
		import oracle
		bits = oracle.npy_read(open("s.npy", "rb").read())[2]
		values = [bits[i * 16 + j] for j in range(16) for i in range(12000)]
		with open("fortran.npy", "wb") as f:
		    f.write(oracle.npy_bytes(12000, 16, struct.pack("<192000Q", *values), fortran=True))
	END
	# Of the matrix every third cell, the last one first.
	{
		printf '%%%%MatrixMarket matrix coordinate real general\n12000 16 64000\n'
		awk -F '\t' 'NR > 1 { for (j = 2; j <= 17; j++) if (n++ % 3 == 0) print NR - 1, j - 1, $j }' \
			s.tsv | tac
	} >s.mtx
	mkdir cells
	gzip -c s.mtx >cells/matrix.mtx.gz
	head -1 s.tsv | cut -f 2- | tr '\t' '\n' | gzip >cells/barcodes.tsv.gz
	tail -n +2 named.tsv | cut -f 1 | sed 's/.*/id &\tname &\tGene Expression/' |
		gzip >cells/features.tsv.gz
}

setup() {
	work
	in=$BATS_FILE_TMPDIR
}

# one_and_four FILE command ...: the command with FILE as its operand and as a pipe makes the
# same bytes with four threads as with one, and ends without a word.
one_and_four() {
	local file=$1
	shift
	"$@" -t 1 "$file" >one || return 1
	succeeds "$@" -t 4 "$file" || return 1
	same one "$out" || note "threads differ: $* $file" || return 1
	[[ -f $file ]] || return 0
	cat "$file" | "$@" -t 1 >one || return 1
	cat "$file" | succeeds "$@" -t 4 || return 1
	same one "$BATS_TEST_TMPDIR/.stdout" || note "threads differ: $* <$file"
}

# under_writers FILE OPTION ...: gx-convert to all formats.
under_writers() {
	local format
	for format in tsv csv gxm npy; do
		one_and_four "$in/$1" gx-convert -f $format "${@:2}" || return 1
	done
}

@test "GXM: one segment and several, numbered rows and named ones" {
	under_writers s.gxm
	under_writers segments.gxm
	under_writers named.gxm
	under_writers s.gxm --columns 3,1,16
}

@test "npy, by rows and by columns" {
	under_writers s.npy
	under_writers fortran.npy
}

@test "text, quoted names, missing values, some columns" {
	under_writers s.tsv
	under_writers s.csv
	under_writers named.tsv
	under_writers named.tsv --columns 4,2,17
}

@test "text that is turned; a matrix that is turned" {
	under_writers turned.tsv --transposed
	under_writers s.tsv --transpose
}

@test "compressed: gzip and zstd" {
	under_writers s.tsv.gz
	under_writers named.tsv.zst
	under_writers s.gxm.zst
}

@test "blocks of bgzip, whole and damaged" {
	local t
	under_writers blocks.tsv.gz
	under_writers blocks.gxm.gz
	same <(gx-convert -t 4 "$in/s.tsv") <(gx-convert -t 4 "$in/blocks.tsv.gz")
	# The last of them lacks its end; in another a byte is wrong.
	head -c -30 "$in/blocks.tsv.gz" >cut.gz
	cp "$in/blocks.tsv.gz" damaged.gz
	printf '\252' | dd of=damaged.gz bs=1 seek=1500000 conv=notrunc status=none
	for file in cut.gz damaged.gz; do
		for t in 1 2 4; do
			exits 1 gx-convert -t $t $file
			mv "$out" out.$t
			mv "$err" err.$t
		done
		same out.1 out.2 out.4
		same err.1 err.2 err.4
		grep -q "^gx-convert: $file: damaged gzip data" err.1
		[[ -s out.1 ]]
	done
}

@test "MatrixMarket and a directory of 10x" {
	under_writers s.mtx
	under_writers cells
}

@test "HDF5: dense, turned, sparse by gene and by sample, in chunks of all kinds; damaged" {
	needs_hdf5
	local file
	for file in pandas15_network_f8.h5 pandas15_blosc_zstd.h5 pandas31_mixed_blocks.h5 loom2.loom \
		anndata13_dense_gzip.h5ad anndata13_csc.h5ad anndata13_csr.h5ad real_10x_v2.h5 \
		h5py_column_chunks.h5 filter_mask.h5; do
		gx-convert -t 4 "$tests/hdf5/$file" | cmp - "$tests/hdf5/$file.tsv"
		gx-info -t 4 "$tests/hdf5/$file" | grep '^digest' |
			cmp - <(gx-info "$tests/hdf5/$file.tsv" | grep '^digest')
	done
	for file in bad_deflate.h5 bad_fletcher32.h5 h5ad_duplicate_entries.h5ad h5ad_bad_index_range.h5ad; do
		exits 1 gx-convert -b -t 4 "$tests/hdf5/$file"
	done
}

@test "parts, and several operands" {
	local file
	for file in s.gxm named.gxm s.npy fortran.npy s.tsv; do
		gx-convert -b -p 2/3 -t 1 "$in/$file" >one
		succeeds gx-convert -b -p 2/3 -t 4 "$in/$file"
		same one "$out"
	done
	# Of a pipe that says how many rows it has.
	gx-simulate -b -n 12000 -m 16 | gx-convert -b -p 2/3 -t 1 >one
	gx-simulate -b -n 12000 -m 16 | gx-convert -b -p 2/3 -t 4 | cmp - one
	gx-convert -b -t 1 "$in"/{s,named}.tsv >one
	succeeds gx-convert -b -t 4 "$in"/{s,named}.tsv
	same one "$out"
}

@test "gx-means, gx-threshold and gx-info of every format" {
	local file words
	while read -r file words; do
		# shellcheck disable=SC2086
		one_and_four "$in/$file" gx-means --skip-na --with-n $words
		# shellcheck disable=SC2086
		one_and_four "$in/$file" gx-threshold -T 12 $words
		# shellcheck disable=SC2086
		one_and_four "$in/$file" gx-info $words
	done <<-'END'
		s.gxm
		segments.gxm
		named.gxm
		s.npy
		fortran.npy
		s.tsv
		named.tsv
		turned.tsv --transposed
		s.tsv.gz
		blocks.tsv.gz
		s.gxm.zst
		s.mtx
		cells
	END
}

@test "gx-threshold --pass under every writer" {
	local file format
	for file in named.gxm named.tsv segments.gxm; do
		for format in tsv csv gxm npy; do
			[[ $format != npy ]] || file=${file/segments/s}
			gx-threshold -T 12 --pass --any -f $format -t 1 "$in/$file" -o one
			gx-threshold -T 12 --pass --any -f $format -t 4 "$in/$file" -o four
			same one four
		done
	done
}

@test "gx-simulate: every distribution under every writer" {
	local dist format
	for dist in exponential uniform normal lognormal nbinom; do
		for format in tsv csv gxm npy; do
			gx-simulate -n 3000 -m 16 --dist $dist -f $format -t 1 >one
			succeeds gx-simulate -n 3000 -m 16 --dist $dist -f $format -t 4
			same one "$out"
		done
	done
}

@test "gx-reduce --join under every writer" {
	local k format
	mkdir parts
	for k in {1..7}; do gx-simulate -b -n 12000 -m 16 -p $k/7 -o parts/$k; done
	for format in tsv csv gxm npy; do
		gx-simulate -n 12000 -m 16 -f $format >want
		succeeds gx-reduce --join -f $format -t 4 parts
		same want "$out"
		# A stream says how many rows there are at its end.
		cat parts/{1..7} | gx-reduce --join -f $format -t 1 -o one
		cat parts/{1..7} | gx-reduce --join -f $format -t 4 -o four
		same one four
	done
}

@test "progress is shown meanwhile" {
	exits 0 gx-means -t 4 --progress "$in/s.tsv"
	gx-means "$in/s.tsv" | cmp - "$out"
	exits 0 gx-convert -t 4 -v -b "$in/s.tsv"
	gx-convert -b "$in/s.tsv" | cmp - "$out"
}

@test "every command has -t, and one that is not here yet is run at least" {
	local c
	for c in $(commands); do
		[[ $c != gx-time ]] || continue
		example_of "$c"
		"${example[@]}" -t 1 >one </dev/null
		succeeds "${example[@]}" -t 4 </dev/null
		same one "$out"
	done
}

@test "what is damaged ends all threads, with its own exit code" {
	# Behind the pieces that the first threads take.
	sed '9000s/\t[0-9.]*/\tx/' "$in/s.tsv" >wrong.tsv
	refuses 1 "wrong.tsv:9000:2: not a number: 'x'" gx-means -t 4 -o never wrong.tsv
	refuses 1 ":9000:2: not a number: 'x'" gx-means -t 4 -o never < <(cat wrong.tsv)
	head -c 900000 "$in/s.gxm" >cut.gxm
	exits 1 gx-means -t 4 cut.gxm
	exits 1 gx-means -t 4 < <(cat cut.gxm)
	python3 - "$in/s.gxm" <<-'END'
		import sys
		blob = bytearray(open(sys.argv[1], "rb").read())
		blob[len(blob) // 2] ^= 1
		open("flipped.gxm", "wb").write(blob)
	END
	exits 1 gx-means -t 4 flipped.gxm
	exits 1 gx-means -t 4 < <(cat flipped.gxm)
	exits 3 gx-convert -t 4 "$in/s.gxm" -o /dev/full
	exits 3 gx-simulate -t 4 -o /dev/full
}

@test "a study of networks: correlate, rank, add and vote" {
	gx-simulate -n 300 -m 20 --modules 4 --annotation terms -o a.gxm
	gx-simulate -n 300 -m 20 --modules 4 --seed 2 -o b.gxm
	for t in 1 4; do
		for x in a b; do
			gx-correlate -b -t $t -o $x.net.gxm $x.gxm
			gx-rank -b -t $t -o $x.$t.gxm $x.net.gxm
		done
		gx-reduce --add -b -t $t -o sum.$t.gxm a.$t.gxm b.$t.gxm
		gx-rank -b -t $t sum.$t.gxm | gx-vote --annotation terms -t $t >votes.$t
		gx-means -t $t sum.$t.gxm >means.$t
	done
	same a.1.gxm a.4.gxm
	same sum.1.gxm sum.4.gxm
	same votes.1 votes.4
	same means.1 means.4
	[[ $(wc -l <votes.1) -eq 5 ]]
}

@test "spectra: of rows, of a list of sounds, of one that is cut" {
	local k t
	one_and_four "$in/s.gxm" gx-spectrum --length 8
	one_and_four "$in/s.tsv" gx-spectrum -b
	for k in 1 2 3 4 5 6 7 8 9 10 11 12; do
		python3 "$tests/wav.py" $k.wav $((3000 + 200 * k)) --channels $((k % 2 + 1)) --seed $k
	done
	gzip 3.wav
	for t in 1 4; do
		gx-spectrum -t $t -b --length 128 [0-9]*.wav 3.wav.gz >t$t
	done
	same t1 t4
	head -c 9000 12.wav >cut
	for t in 1 4; do
		exits 1 gx-spectrum -t $t --length 128 [0-9]*.wav <(cat cut) <(cat cut)
		grep -v '^==' "$err" | sed 's,/dev/fd/[0-9]*,FD,' >err.$t
	done
	same err.1 err.4
}
