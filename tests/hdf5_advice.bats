#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What messages about HDF5 advise, done as they say it, ends in the right table. Lines of Python
# need pandas with PyTables, and are skipped without; advice.tsv lists all of it.

load lib.bash

setup() {
	work
	needs_hdf5
	hdf5=$tests/hdf5
}

# said BEGIN [END]: what the last message says behind BEGIN, up to END.
said() {
	local text
	text=$(sed -n 1p "$err")
	[[ $text == *"$1"*"${2-}"* ]] || note "$text" || return 1
	text=${text#*"$1"}
	[[ -z ${2-} ]] || text=${text%%"$2"*}
	printf '%s' "$text"
}

# python MODULES [TEXT]: runs it, or skips where no Python has the modules.
python() {
	local python
	for python in python3 /usr/bin/python3; do
		# tests/ has a directory called as PyTables is.
		if PYTHONPATH='' "$python" -c "import $1" 2>/dev/null; then
			PYTHONPATH='' "$python" -W ignore -c "import $1; ${2-}" >python.out || note "$2"
			return
		fi
	done
	skip "no Python has $1"
}

@test "which matrix: --dataset with one of those that are named" {
	refuses 2 'several matrices are in it: choose one with --dataset PATH: /counts (17 x 6), ' \
		gx-convert "$hdf5/h5py_several.h5"
	local path
	path=$(said '(17 x 6), ' ' (17 x 6)')
	gx-convert --dataset "$path" "$hdf5/h5py_several.h5" | same - "$hdf5/h5py_several.h5.tpm.tsv"
	refuses 2 'choose another with --dataset: ' gx-convert --dataset cube "$hdf5/h5py_several.h5"
	path=$(said '(17 x 6), ' ' (17 x 6)')
	gx-convert --dataset "$path" "$hdf5/h5py_several.h5" | same - "$hdf5/h5py_several.h5.tpm.tsv"
	refuses 1 'there is no matrix in it: h5ls -r FILE lists what there is' gx-convert "$hdf5/h5py_vector.h5"
	command -v h5ls >/dev/null || return 0
	[[ $(h5ls -r "$hdf5/h5py_vector.h5") == *Dataset* ]]
}

@test "more objects than are looked at: --dataset" {
	python h5py 'file = h5py.File("many.h5", "w")
for i in range(101):
    for j in range(100): file.create_group("g%d/%d" % (i, j))
file["z/counts"] = [[1, 2], [3, 4]]'
	refuses 2 'name the one that is the matrix (--dataset; h5ls -r FILE lists them)' gx-convert many.h5
	prints $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' gx-convert --dataset z/counts many.h5
	command -v h5ls >/dev/null || return 0
	h5ls -r many.h5 | grep -cE '^/z/counts +Dataset' >/dev/null
}

@test "names that do not fit: --id-column none, --sample-column none; --transposed without names" {
	refuses 1 'or do without names (--id-column none)' gx-convert "$hdf5/h5ad_bad_names.h5ad"
	gx-convert --id-column none "$hdf5/h5ad_bad_names.h5ad" >got
	[[ $(sed -n '2p;13p' got | cut -f 1 | paste -s) == $'g1\tg12' && $(wc -l <got) == 13 ]]
	cp "$data/cells.h5ad" few.h5ad
	python h5py 'file = h5py.File("few.h5ad", "r+")
names = file["obs/_index/values"] if "obs/_index/values" in file else file["obs/_index"]
text, path = names[:-1], names.name
mask = path.replace("values", "mask")
del file[path]
file[path] = text
if mask in file and mask != path: kept = file[mask][:-1]; del file[mask]; file[mask] = kept'
	refuses 1 'or do without names (--sample-column none)' gx-convert few.h5ad
	gx-convert -H --sample-column none few.h5ad | same - <(gx-convert -H "$data/cells.h5ad")
	refuses 2 'or go without names: --id-column none --sample-column none' gx-convert --transposed "$hdf5/h5py_named.h5"
	# shellcheck disable=SC2046
	gx-convert --transposed $(said 'or go without names: ') "$hdf5/h5py_named.h5" |
		tail -n +2 | cut -f 2- | same - <(gx-convert --transpose "$hdf5/h5py_named.h5" | tail -n +2 | cut -f 2-)
	gx-convert "$hdf5/h5py_named.h5" | same - "$hdf5/h5py_named.h5.tsv" # or it is left out
}

@test "--part, and --transposed of several types: write it once, and go on with that" {
	refuses 2 'write it once with gx-convert -b -o m.gxm, and cut that' gx-convert -p 1/2 "$data/cells.h5ad"
	gx-convert -b -o m.gxm "$data/cells.h5ad"
	gx-threshold -T 2 m.gxm >whole
	for k in 1 2; do gx-threshold -T 2 -p $k/2 m.gxm; done | gx-reduce | same - whole
	local line file=$hdf5/pandas31_mixed_blocks.h5
	refuses 2 'which are not turned here: gx-convert -b -o m.gxm FILE, then gx-convert --transpose m.gxm' \
		gx-convert --transposed "$file"
	line=$(said 'not turned here: ')
	line=${line/FILE/"$file"}
	rm m.gxm
	eval "${line/, then /; }" >turned
	gx-convert --transposed turned | same - "$file.tsv"
}

@test "not closed by its writer: h5clear -s on a copy" {
	command -v h5clear >/dev/null || skip "no h5clear"
	cp "$hdf5/bad_writer_died.h5" copy.h5
	refuses 1 ': not closed by its writer: h5clear -s FILE on a copy of it, or write it again' gx-convert copy.h5
	local line
	line=$(said 'by its writer: ' ' on a copy')
	eval "${line/FILE/copy.h5}"
	succeeds gx-convert copy.h5
	[[ $(wc -l <"$out") -gt 1 ]]
}

@test "abundance.h5 of kallisto: abundance.tsv beside it" {
	refuses 1 'name abundance.tsv beside it' gx-convert "$hdf5/kallisto_abundance.h5"
	printf 'target_id\tlength\teff_length\test_counts\ttpm\nt1\t100\t80\t5\t2.5\n' >abundance.tsv
	prints $'gene\test_counts\nt1\t5' gx-convert --columns est_counts abundance.tsv
}

# mended FILE WANT [COLUMNS]: the line of Python in the message about it writes NEW.h5, which is
# read as the table is.
mended() {
	local line
	exits 1 gx-convert "$1" || return 1
	line=$(said 'in Python: ') || return 1
	rm -f NEW.h5
	python 'pandas as pd, tables' "${line/FILE/$1}" || return 1
	succeeds gx-convert ${3:+--columns "$3"} NEW.h5 || return 1
	same "$out" "$2"
}

# frame TEXT: Python's, writes df to old.h5.
frame() {
	python 'pandas as pd, tables' "
$1
df.to_hdf('old.h5', key='df')"
}

@test "frames of pandas in the table format, with a pickled index, of dates, of several levels" {
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=['a', 'b'], columns=['x', 'y'])
df.to_hdf('table.h5', key='df', format='table')"
	printf 'gene\tx\ty\na\t1\t2\nb\t3\t4\n' >want
	mended table.h5 want
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=['a', 5], columns=['x', 'y'])"
	printf 'gene\tx\ty\na\t1\t2\n5\t3\t4\n' >want
	mended old.h5 want
	refuses 1 ' is missing (NaN)' gx-convert "$hdf5/pandas31_missing_name.h5"
	printf 'gene\tx\ty\na\t20\t82\nunnamed\t76\t42\nc\t95\t11\nd\t3\t47\nNA\t17\t68\n\t85\t28\n' >want
	mended "$hdf5/pandas31_missing_name.h5" want
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=['a', 'b'], columns=pd.to_datetime(['2020-01-01', '2020-01-02']))"
	printf 'gene\t2020-01-01\t2020-01-02\na\t1\t2\nb\t3\t4\n' >want
	mended old.h5 want
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=pd.MultiIndex.from_tuples([('a', 1), ('b', 2)]), columns=['x', 'y'])"
	printf 'gene\tx\ty\na_1\t1\t2\nb_2\t3\t4\n' >want
	mended old.h5 want
}

@test "frames of pandas with text, dates, complex or other values: numbers alone, or --columns" {
	frame "df = pd.DataFrame({'x': [1., 2], 'text': ['u', 'v'], 'y': [3, 4]}, index=['a', 'b'])"
	printf 'gene\tx\ty\na\t1\t3\nb\t2\t4\n' >want
	refuses 1 'choose others with --columns, or write the numbers alone' gx-convert old.h5
	gx-convert --columns x,y old.h5 | same - want
	mended old.h5 want
	frame "df = pd.DataFrame({'x': [1., 2], 'day': pd.to_datetime(['2020-01-01', '2020-01-02'])}, index=['a', 'b'])"
	printf 'gene\tx\na\t1\nb\t2\n' >want
	mended old.h5 want
	frame "df = pd.DataFrame({'x': [1 + 2j, 3]}, index=['a', 'b'])"
	printf 'gene\tx\na\t1\nb\t3\n' >want
	mended old.h5 want
	frame "df = pd.DataFrame({'x': [1, 2], 'y': [3, 4]}, index=['a', 'b'], dtype=object)"
	printf 'gene\tx\ty\na\t1\t3\nb\t2\t4\n' >want
	mended old.h5 want
}

@test "a compression that gx does not have: ptrepack" {
	local line
	refuses 1 "'ptrepack --complib=zlib --complevel=1 FILE NEW' where PyTables reads it" \
		gx-convert "$hdf5/pandas31_blosc2.h5"
	line=$(said "write it again: '" "'")
	line=${line/FILE/"$hdf5/pandas31_blosc2.h5"}
	python 'tables, tables.scripts.ptrepack as p; assert [*map(int, tables.__version__.split(".")[:2])] >= [3, 8]' \
		"import sys; sys.argv = '${line/NEW/NEW.h5}'.split(); p.main()"
	succeeds gx-convert NEW.h5
	[[ $(wc -l <"$out") -gt 1 ]]
}
