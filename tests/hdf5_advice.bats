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
	python=$(python_with "$1") || skip "no Python has $1"
	"$python" -W ignore -c "import $1; ${2-}" >python.out || note "$2"
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
	chmod u+w copy.h5
	eval "${line/FILE/copy.h5}"
	prints "$(printf 'gene\ts1\ts2\ts3' && printf '\ng%d\t0\t0\t0' 1 2 3)" gx-convert copy.h5
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
	python "${pandas:-pandas as pd, tables}" "${line/FILE/$1}" || return 1
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

@test "frames of pandas in hdf5/: the line for each makes the table that it was made of" {
	local table=$hdf5/pandas15_two_keys.h5.nw.tsv # the frame that they were made of
	# relabelled FIRST ROW ...: the table with these names.
	relabelled() {
		paste <(printf '%s\n' "${@:2}") <(tail -n +2 "$table" | cut -f 2-) |
			cat <(printf '%s\n' "$1") -
	}
	mended "$hdf5/pandas15_table.h5" "$table"
	mended "$hdf5/pandas15_text_column.h5" "$table"
	cut -f 1,2 "$table" >want
	mended "$hdf5/pandas15_series.h5" want
	relabelled $'gene\ta\tb\tc' x_0 x_1 x_2 x_3 x_4 x_5 >want
	mended "$hdf5/pandas15_multiindex.h5" want
	relabelled $'gene\ta\tb\tc' g1 2 g3 4.5 g5 g6 >want
	mended "$hdf5/pandas15_pickled_index.h5" want
	sed '1s/.*/gene\t2020-01-01\t2020-01-02\t2020-01-03/' "$table" >want
	mended "$hdf5/pandas15_datetime_columns.h5" want
}

@test "a frame of pandas that Python 2 wrote: with pandas below 3" {
	local pandas='tables, pandas as pd; assert int(pd.__version__.split(".")[0]) < 3'
	refuses 1 '; as Python 2 wrote it, pandas below 3 alone reads it: in Python: ' \
		gx-convert "$hdf5/pandas024_python2_unicode.h5"
	exits 1 gx-convert "$hdf5/pandas15_pickled_index.h5"
	lacks -F 'Python 2' "$err"
	sed 's/^Gene0003/α-tubulin/' "$hdf5/pandas024_python2.h5.tsv" >want
	mended "$hdf5/pandas024_python2_unicode.h5" want
}

# The first way out of a message about levels, which is in brackets, in place of the line's own.
without_levels() {
	local line way
	refuses 1 'has several levels (MultiIndex)' gx-convert old.h5 || return 1
	way=$(said 'or leave them out (' '): in Python')
	line=$(said 'in Python: ')
	line=${line/FILE/old.h5}
	python 'pandas as pd, tables' "${line%%; *}; $way; ${line##*; }"
}

@test "frames of pandas with several levels: joined, or left out, of rows and of columns" {
	local levels="pd.MultiIndex.from_tuples([('a', 1), ('b', 2)])"
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=$levels, columns=['x', 'y'])"
	without_levels
	prints $'gene\tx\ty\n0\t1\t2\n1\t3\t4' gx-convert NEW.h5
	frame "df = pd.DataFrame([[1., 2], [3, 4]], index=['x', 'y'], columns=$levels)"
	printf 'gene\ta_1\tb_2\nx\t1\t2\ny\t3\t4\n' >want
	mended old.h5 want
	without_levels
	prints $'gene\t0\t1\nx\t1\t2\ny\t3\t4' gx-convert NEW.h5
}

@test "a Series of pandas: a frame of one column" {
	python 'pandas as pd, tables' "pd.Series([1., 2], index=['a', 'b'], name='x').to_hdf('old.h5', key='s')"
	printf 'gene\tx\na\t1\nb\t2\n' >want
	mended old.h5 want
}

@test "a frame of several types that lies as old versions of pandas wrote it: written again" {
	local file=$hdf5/pandas31_mixed_blocks.h5
	python h5py "import shutil; shutil.copy('$file', 'old.h5'); file = h5py.File('old.h5', 'r+')
for i in range(file['x/y'].attrs['nblocks']):
    values = 'x/y/block%d_values' % i
    turned, tags = file[values][()].T, dict(file[values].attrs)
    if file[values].id.get_type().get_class() == h5py.h5t.BITFIELD: continue
    del file[values]
    file[values] = turned
    file[values].attrs.update(tags)
    file[values].attrs['transposed'] = 0"
	refuses 1 'which lie as old versions of pandas wrote them' gx-convert old.h5
	mended old.h5 "$file.tsv"
}

@test "a compression that gx does not have: ptrepack" {
	local line python status=0
	command -v ptrepack >/dev/null || skip "no ptrepack"
	# What this PyTables has, lzo or blosc2, and gx has not.
	python=$(sed -n '1s/^#! *//p' "$(command -v ptrepack)")
	PYTHONPATH='' "$python" -W ignore -c "
import sys
try: import pandas as pd, tables
except ImportError: sys.exit(9)
have = [name for name in ('lzo', 'blosc2') if name in tables.filters.all_complibs and tables.which_lib_version(name)]
df = pd.DataFrame([[1., 2], [3, 4]] * 99, index=['g%d' % i for i in range(198)], columns=['x', 'y'])
if not have: sys.exit(9)
df.to_hdf('old.h5', key='df', complib=have[0], complevel=1)
df.astype(int).to_csv('want', sep='\t', index_label='gene')" || status=$?
	((status != 9)) || skip "no pandas where ptrepack is, or no such compression"
	refuses 1 ', which is not in gx: write it again: ' gx-convert old.h5
	line=$(said "write it again: '" "'")
	line=${line/FILE/old.h5}
	eval "${line/NEW/NEW.h5}"
	gx-convert NEW.h5 | same - want
}

# plugins: the folder of hdf5plugin's, or of Debian's hdf5-filter-plugin, which does without
# hdf5plugin's own copy; then a module of that name says where they are.
plugins() {
	local folder
	folder=$(python3 -c 'import hdf5plugin as h; print(h.PLUGINS_PATH)' 2>/dev/null) || folder=
	if [[ ! -d $folder ]]; then
		folder=$(dirname "$(find /usr/lib -path '*/hdf5/serial/plugins/libh5lz4.so' -print -quit)")
		[[ -e $folder/libh5lz4.so ]] || return 1
		mkdir -p modules
		echo "PLUGINS_PATH = '$folder'" >modules/hdf5plugin.py
		export PYTHONPATH=$PWD/modules
	fi
	echo "$folder"
}

# repacked FILE TABLE: the line of h5repack makes of the file one that gives the table.
repacked() {
	local line
	refuses 1 ', which is not in gx: write it again: ' gx-convert "$1" || return 1
	line=$(said 'with hdf5plugin of Python: ')
	[[ $line == *' FILE NEW' ]] || note "$line" || return 1
	eval "${line% FILE NEW} '$1' NEW.h5" || return 1
	gx-convert NEW.h5 | same - "$2"
}

@test "a compression that gx does not have: h5repack with the plugins of hdf5plugin" {
	command -v h5repack >/dev/null || skip "no h5repack"
	plugins >folder || skip "no plugins of HDF5 (hdf5plugin, hdf5-filter-plugin)"
	local folder table=$hdf5/filter_zstd.h5.tsv # the values of all three
	folder=$(cat folder)
	[[ ! -d modules ]] || export PYTHONPATH=$PWD/modules
	repacked "$hdf5/filter_lz4.h5" "$table"
	# Which ones there are besides differs.
	if [[ -e $folder/libh5bshuf.so ]]; then
		repacked "$hdf5/filter_bitshuffle.h5" "$table"
	fi
	if [[ -e $folder/libh5blosc2.so ]]; then
		printf 'gene\tx\ty\n' >want
		printf 'Gene%04d\t%d\t%d\n' 0 20 82 1 76 42 2 95 11 3 3 47 4 17 68 5 85 28 >>want
		repacked "$hdf5/pandas31_blosc2.h5" want
	fi
}

@test "chunks and rows above 1 GiB: h5repack -l, also where a side is shorter than its chunks" {
	command -v h5repack >/dev/null || skip "no h5repack"
	python h5py "
def make(name, shape, **how):
    with h5py.File(name, 'w') as file: file.create_dataset('d/m', shape, 'f8', **how)
make('chunks.h5', (4, 3), maxshape=(None, None), chunks=(2**14, 2**14), fillvalue=7)
make('few.h5', (4, 2**27), maxshape=(4, None), chunks=(4, 2**26), fillvalue=7)
make('like_few.h5', (4, 3000), maxshape=(4, None), chunks=(4, 2000), fillvalue=7)
plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
with h5py.File('row.h5', 'w') as file:
    h5py.h5d.create(file.create_group('d').id, b'm', h5py.h5t.NATIVE_INT8, h5py.h5s.create_simple((2, 2**30 + 1)), plist)
with h5py.File('like_row.h5', 'w') as file: file['d/m'] = [[float(i * j) for j in range(3000)] for i in (1, 2)]"
	local line
	refuses 1 '/d/m has chunks of 16384 x 16384 values, 2147483648 bytes' gx-convert chunks.h5
	line=$(said 'write smaller ones: ')
	eval "${line/FILE NEW/chunks.h5 NEW.h5}"
	prints "$(printf 'gene\ts1\ts2\ts3' && printf '\ng%d\t7\t7\t7' 1 2 3 4)" gx-convert NEW.h5
	# What would take too long is done to a file that differs in its size alone.
	refuses 1 '/d/m has chunks of 4 x 67108864 values' gx-convert few.h5
	line=$(said 'write smaller ones: ')
	eval "${line/FILE NEW/like_few.h5 few_new.h5}"
	refuses 1 'a row of /d/m has 1073741825 bytes' gx-convert row.h5
	line=$(said 'write it in chunks: ')
	eval "${line/FILE NEW/like_row.h5 row_new.h5}"
	python h5py "
assert h5py.File('few_new.h5')['d/m'].chunks == (4, 1000), h5py.File('few_new.h5')['d/m'].chunks
assert h5py.File('row_new.h5')['d/m'].chunks == (2, 1000), h5py.File('row_new.h5')['d/m'].chunks"
	gx-convert row_new.h5 | same - <(gx-convert like_row.h5)
}

@test "of a newer HDF5: h5repack -f writes all anew, as any version reads it" {
	command -v h5repack >/dev/null || skip "no h5repack"
	local line name new='FAHD|EAHD|BTHD'
	refuses 1 "or of a newer HDF5: copy it with that one's h5repack" gx-convert "$hdf5/bad_superblock.h5"
	line=$(said 'anew: ')
	# This library's own newest forms of chunk indexes are what a newer one's are to it.
	grep -cE "$new" "$hdf5/h5py110_indexes.h5"
	eval "${line/FILE NEW/"'$hdf5/h5py110_indexes.h5' NEW.h5"}"
	lacks -cE "$new" NEW.h5
	# (/tree is compressed by lzf, and h5repack may have no plugin for that.)
	for name in fixed extensible single implicit; do
		gx-convert --dataset $name NEW.h5 | same - "$hdf5/h5py110_indexes.h5.$name.tsv"
	done
}

# copied FILE BEGIN TABLE: h5py's line in the message copies the dataset /data into NEW.h5.
copied() {
	local line
	refuses 1 "$2" gx-convert "$1" || return 1
	line=$(said 'h5py in Python: ' || said 'with h5py: ') || return 1
	python h5py "f = h5py.File('$1', 'r'); new = h5py.File('NEW.h5', 'w'); ${line//NAME/data}; new.close()" ||
		return 1
	gx-convert NEW.h5 | same - "$3"
}

@test "values in another file: h5py copies them into one" {
	cp "$hdf5/h5py_bare.h5" other.h5
	python h5py "
with h5py.File('link.h5', 'w') as file: file['data'] = h5py.ExternalLink('other.h5', '/expression')
layout = h5py.VirtualLayout((17, 6), 'f8')
layout[:] = h5py.VirtualSource('other.h5', 'expression', (17, 6))
with h5py.File('virtual.h5', 'w') as file: file.create_virtual_dataset('data', layout)
with h5py.File('outside.h5', 'w') as file:
    file.create_dataset('data', (17, 6), 'f8', external=[('values', 0, 17 * 6 * 8)])[...] = h5py.File('other.h5', 'r')['expression'][()]"
	copied link.h5 '/data is a link that leads to another file' "$hdf5/h5py_bare.h5.tsv"
	copied virtual.h5 '/data is a virtual dataset' "$hdf5/h5py_bare.h5.tsv"
	copied outside.h5 '/data is stored outside' "$hdf5/h5py_bare.h5.tsv"
}

@test "values that are no numbers of 1 to 8 bytes: h5py writes them as such" {
	local line
	python h5py "
with h5py.File('complex.h5', 'w') as file: file['data'] = [[1 + 2j, 3], [4, 5j]]"
	printf 'gene\ts1\ts2\ng1\t1\t3\ng2\t4\t0\n' >want
	copied complex.h5 'complex numbers or records' want
	cp "$hdf5/cmap.gctx" wide.gctx
	chmod u+w wide.gctx
	python 'numpy, h5py' "
with h5py.File('wide.gctx', 'r+') as file:
    values = file['0/DATA/0/matrix'][()].astype(numpy.longdouble)
    del file['0/DATA/0/matrix']
    file['0/DATA/0/matrix'] = values"
	refuses 1 '/matrix has a type that is no number of 1 to 8 bytes' gx-convert wide.gctx
	line=$(said 'in Python, on a copy: ')
	python h5py "${line/FILE/wide.gctx}; f.close()"
	gx-convert wide.gctx | same - "$hdf5/cmap.gctx.tsv"
}

@test "an entry of a sparse matrix that comes twice: sum_duplicates" {
	cp "$hdf5/h5ad_duplicate_entries.h5ad" new.h5ad
	chmod u+w new.h5ad
	refuses 1 'in Python X.sum_duplicates() adds them up' gx-convert new.h5ad
	local line
	line=$(said 'in Python ' ' adds them up')
	python 'numpy, h5py, scipy.sparse' "
file = h5py.File('new.h5ad', 'r+')
x = file['X']
X = scipy.sparse.csr_matrix((x['data'][()], x['indices'][()], x['indptr'][()]), tuple(x.attrs['shape']))
dense = numpy.zeros(X.shape)
for i in range(X.shape[0]):
    for k in range(X.indptr[i], X.indptr[i + 1]): dense[i, X.indices[k]] += X.data[k]
numpy.savetxt('want', dense.T, '%.9g', '\t')
$line
for name in 'data', 'indices', 'indptr':
    del x[name]
    x[name] = getattr(X, name)
file.close()"
	sed -i 's/nan/NA/g' want
	gx-convert new.h5ad | tail -n +2 | cut -f 2- | same - want
}

@test "names in a cell array of MATLAB: the strings that its h5write makes of them name the genes" {
	cp "$hdf5/matlab73_names.mat" new.mat
	chmod u+w new.mat
	refuses 2 "; of a cell array make what can be read, in MATLAB: h5create('FILE', " gx-convert new.mat
	local path
	path=$(said "h5create('FILE', '" "'")
	grep -qF "h5write('FILE', '$path', string(C(:)))" "$err"
	# numel(C) strings of any length, in one dimension.
	python h5py "
with h5py.File('new.mat', 'r+') as file:
    file.create_dataset('$path', (6,), h5py.string_dtype())[...] = ['TP53', 'MYC', 'A', 'B', 'C', 'D']"
	refuses 2 "$path (6)" gx-convert new.mat
	gx-convert --id-column "$path" --sample-column none new.mat | cut -f 1 | paste -sd ' ' |
		same - <(echo 'gene TP53 MYC A B C D')
}
