#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# HDF5 that says little of itself: plain files of h5py, netCDF, R and MATLAB (make_plain.py), and
# frames of pandas (hdf5/). Which matrix is read, what names it, which way it lies; and each
# message's way out. What each reference file gives is in hdf5.bats.

load lib.bash

setup_file() {
	local python
	python=$(python_with h5py) || return 0
	cd "$BATS_FILE_TMPDIR" || return 1
	"$python" "$tests/make_plain.py"
}

setup() {
	work
	needs_hdf5
	hdf5=$tests/hdf5
	made=$BATS_FILE_TMPDIR
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

# needs_made: skips where no file could be made.
needs_made() {
	[[ -e $made/group.h5 ]] || skip "no Python with h5py"
}

# names ARGUMENT ...: the names of the genes and those of the samples, as "a b; c d".
names() {
	gx-convert "$@" >table.tsv
	echo "$(tail -n +2 table.tsv | cut -f 1 | paste -sd ' ');" \
		"$(head -n 1 table.tsv | cut -f 2- | tr '\t' ' ')"
}

# reads WANT ARGUMENT ...: the names are WANT.
reads() {
	local want=$1 got
	shift
	got=$(names "$@") || return 1
	[[ $got == "$want" ]] || note "names '$got', not '$want' ($*)"
}

# ---- which matrix ----

@test "the matrix that is read: the only one, --dataset, an alias, one that lies deep" {
	needs_made
	reads 'n1 n2 n3 n4 n5; c1 c2 c3' "$made/group.h5"
	reads 'n1 n2 n3 n4 n5; c1 c2 c3' --dataset /a/m "$made/group.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' "$made/alias.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' --dataset alias "$made/alias.h5"
	refuses 1 "/genes: name 1 has a control byte: 'a\x09b'" gx-convert "$made/tab.h5"
	# A control byte in a path does not come to a terminal.
	gx-info --dataset $'m\x1b[31m' "$made/control.h5" >facts
	[[ $(grep '^dataset' facts) == 'dataset /m?[31m' ]]
	# A search ends at a depth of 16, and after 10,000 objects: what is named is read.
	refuses 1 '(--dataset PATH reads what lies deeper than 16 groups)' gx-convert "$made/deep.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' --dataset d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/m \
		"$made/deep.h5"
	refuses 2 'more than 10000 objects are in it' gx-convert "$made/many.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' --dataset m "$made/many.h5"
	refuses 2 'more than 10000 objects are in it' gx-convert "$made/flat.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' --dataset z "$made/flat.h5"
}

@test "--dataset of what is none: what it is, and which there are" {
	refuses 2 "'/cube' has 3 dimensions, and a matrix has 2; choose another with --dataset: /counts" \
		gx-convert --dataset cube "$hdf5/h5py_several.h5"
	refuses 2 "'/norm' is a group and no matrix" gx-convert --dataset norm "$hdf5/h5py_several.h5"
	refuses 2 "there is no such dataset; choose another with --dataset: /counts (17 x 6)" \
		gx-convert --dataset norm/x "$hdf5/h5py_several.h5"
	refuses 2 "'/genes' holds text and no numbers; choose another with --dataset: /data (17 x 6)" \
		gx-convert --dataset genes "$hdf5/h5py_named.h5"
	refuses 2 "several matrices are in it: choose one with --dataset PATH: /counts (17 x 6), /norm" \
		gx-convert "$hdf5/h5py_several.h5"
	gx-convert --dataset norm/tpm "$hdf5/h5py_several.h5" | cmp - "$hdf5/h5py_several.h5.tpm.tsv"
	# Of MATLAB, as MATLAB shows it: 6 x 4, and in the file 4 x 6.
	refuses 2 '/expr (6 x 4)' gx-convert --dataset genes "$hdf5/matlab73_names.mat"
}

# ---- names ----

@test "names of plain files: beside the matrix, by scales, by options, none" {
	needs_made
	reads 'i1 i2 i3 i4 i5; c1 c2 c3' "$made/one_fits.h5"
	reads 'n1 n2 n3 n4 n5; s1 s2 s3' "$made/described.h5"
	reads '6708 7 8 9 10; s1 s2 s3' "$made/numbers.h5"
	reads 'q1 q2 q3 q4 q5; s1 s2 s3' "$made/scale.h5"
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' "$made/netcdf.h5"
	# A path is one from the root; what is not there is looked for beside the matrix.
	reads 'z1 z2 z3 z4 z5; c1 c2 c3' --id-column genes "$made/group.h5"
	reads 'n1 n2 n3 n4 n5; c1 c2 c3' --id-column a/genes --sample-column samples "$made/group.h5"
	reads 'g1 g2 g3 g4 g5; c1 c2 c3' --id-column none "$made/group.h5"
	# Names of the rows alone of a network are those of its columns.
	reads 'n1 n2 n3 n4; n1 n2 n3 n4' "$made/network.h5"
	reads 'n1 n2 n3 n4; s1 s2 s3 s4' --sample-column none "$made/network.h5"
	reads 'r1 r2 r3; r1 r2 r3' "$made/r_network.h5"
}

@test "names of plain files that are not certain: which there are, and the options that choose" {
	needs_made
	refuses 2 'choose with --id-column PATH: /gene_names (5), /gene_ids (5)' \
		gx-convert "$made/two_lists.h5"
	reads 'i1 i2 i3 i4 i5; c1 c2 c3' --id-column gene_ids "$made/two_lists.h5"
	refuses 2 'They may be in /tissue (3): choose with --sample-column (PATH, or none' \
		gx-convert "$made/tissue.h5"
	reads 'n1 n2 n3 n4 n5; t1 t2 t3' --sample-column tissue "$made/tissue.h5"
	reads 'n1 n2 n3 n4 n5; s1 s2 s3' --sample-column none "$made/tissue.h5"
	refuses 1 '4 names in /genes for 5 genes' gx-convert "$made/short_names.h5"
	reads 'g1 g2 g3 g4 g5; c1 c2 c3' --id-column none "$made/short_names.h5"
	refuses 1 '2 names in /samples for 3 samples' gx-convert "$made/short_samples.h5"
	reads 'n1 n2 n3 n4 n5; s1 s2 s3' --sample-column none "$made/short_samples.h5"
	refuses 2 "--id-column 'x': there is no such dataset: as long as a side of the matrix are: /genes" \
		gx-convert --id-column x "$made/tissue.h5"
	refuses 2 "--id-column 'tissue': it is as long as the other side" \
		gx-convert --id-column tissue --sample-column tissue "$made/tissue.h5"
	refuses 2 'it is no list of names' gx-convert --id-column m "$made/tissue.h5"
}

# ---- which way it lies ----

@test "which way a plain matrix lies: lengths of names, R, MATLAB, --transposed" {
	needs_made
	reads 'g1 g2 g3; s1 s2 s3 s4 s5' "$made/double.mat"
	[[ $(sed -n 2p table.tsv) == $'g1\t0\t3\t6\t9\t12' ]]
	reads 'g1 g2 g3 g4 g5; s1 s2 s3' --transposed "$made/double.mat"
	[[ $(sed -n 2p table.tsv) == $'g1\t0\t1\t2' ]]
	reads 'r1 r2 r3; r1 r2 r3' "$made/r_network.h5"
	[[ $(sed -n 2p table.tsv) == $'r1\t0\t3\t6' ]]
	reads 't1 t2 t3; s1 s2 s3 s4 s5' --id-column tissue --sample-column none "$made/tissue.h5"
	[[ $(sed -n 2p table.tsv) == $'t1\t0\t3\t6\t9\t12' ]]
	# What the names say is not turned by an option.
	refuses 2 'the genes of /m are its first dimension: leave it out, or go without names' \
		gx-convert --transposed "$made/described.h5"
	reads 'g1 g2 g3; s1 s2 s3 s4 s5' --transposed --id-column none --sample-column none \
		"$made/described.h5"
}

@test "classes of MATLAB: logical is read; others say what they are" {
	needs_made
	reads 'g1 g2 g3; s1 s2 s3 s4 s5' "$made/logical.mat"
	[[ $(sed -n 2p table.tsv) == $'g1\t0\t0\t1\t1\t1' ]]
	refuses 1 'there is no matrix in it' gx-convert "$made/char.mat"
	refuses 2 "'/c' is a char array of MATLAB" gx-convert --dataset c "$made/char.mat"
	refuses 1 '/s is a sparse matrix of MATLAB: in MATLAB: X = full(X)' gx-convert "$made/sparse.mat"
	refuses 1 '/z is of a compound type, complex numbers: in MATLAB: X = real(X)' \
		gx-convert "$made/complex.mat"
	# Names in a cell array are not read, and not lost without a word.
	refuses 2 '/names (cell array of 3, not read)' gx-convert "$made/cell.mat"
	refuses 2 'it is a cell array of MATLAB, which is not read' \
		gx-convert --id-column names "$made/cell.mat"
	reads 'g1 g2 g3; s1 s2 s3 s4 s5' --id-column none "$made/cell.mat"
}

# ---- pandas ----

@test "frames of pandas: without names, turned, without the columns of text" {
	local genes='Gene0000 Gene0001 Gene0002 Gene0003 Gene0004 Gene0005'
	reads "$genes; s1 s2 s3" --sample-column none "$hdf5/pandas15_datetime_columns.h5"
	reads 'g1 g2 g3 g4 g5 g6; a b c' --id-column none "$hdf5/pandas15_pickled_index.h5"
	reads 'g1 g2 g3 g4 g5 g6; a b c' --id-column none "$hdf5/pandas15_multiindex.h5"
	refuses 2 "--id-column 'x': a frame of pandas has no such names: there are axis1 (/nw/axis1)" \
		gx-convert --dataset nw --id-column x "$hdf5/pandas15_two_keys.h5"
	reads "$genes; a b c" --dataset nw --id-column axis1 "$hdf5/pandas15_two_keys.h5"
	reads "a b c; $genes" --dataset nw --transposed "$hdf5/pandas15_two_keys.h5"
	gx-convert --dataset nw "$hdf5/pandas15_two_keys.h5" | gx-convert --transpose - | cmp - table.tsv
	refuses 1 'choose others with --columns' gx-convert "$hdf5/pandas15_text_column.h5"
	reads "$genes; a c" --columns a,c "$hdf5/pandas15_text_column.h5"
	refuses 2 '--transposed: /x/y has columns of several types' \
		gx-convert --transposed "$hdf5/pandas31_mixed_blocks.h5"
	gx-convert -b -o m.gxm "$hdf5/pandas31_mixed_blocks.h5"
	gx-convert --transpose m.gxm >turned.tsv
	gx-convert --transpose "$hdf5/pandas31_mixed_blocks.h5.tsv" | cmp - turned.tsv
	# An array of a frame is a plain one.
	reads 'g1 g2 g3 g4 g5 g6; s1 s2 s3' --dataset nw/block0_values --id-column none \
		--sample-column none "$hdf5/pandas15_two_keys.h5"
}

@test "frames of pandas that are refused: the line of Python makes one that is read" {
	local python file line
	python=$(python_with "pandas, tables.file") || skip "no Python with pandas and tables"
	for file in table multiindex pickled_index text_column series datetime_columns; do
		cp "$hdf5/pandas15_$file.h5" FILE
		rm -f NEW.h5
		exits 1 gx-convert FILE
		line=$(sed -n 's/.*: in Python: //p' "$err")
		[[ -n $line ]]
		"$python" -W ignore -c "import pandas as pd; $line"
		gx-convert NEW.h5 >table.tsv
		[[ $(wc -l <table.tsv) -eq 7 ]]
	done
	cp "$hdf5/pandas31_missing_name.h5" FILE
	rm NEW.h5
	exits 1 gx-convert FILE
	"$python" -W ignore -c "import pandas as pd; $(sed -n 's/.*: in Python: //p' "$err")"
	reads 'a unnamed c d NA ; x y' NEW.h5
}

# ---- other ways out ----

@test "a file that its writer did not close: a copy of it is read behind h5clear -s" {
	command -v h5clear >/dev/null || skip "no h5clear"
	refuses 1 'h5clear -s FILE on a copy of it' gx-convert "$hdf5/bad_writer_died.h5"
	cp "$hdf5/bad_writer_died.h5" copy.h5
	chmod u+w copy.h5
	h5clear -s copy.h5
	reads 'g1 g2 g3; s1 s2 s3' copy.h5
}
