#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# MatrixMarket files and 10x directories: the dense table of the same numbers.

load lib.bash

setup() {
	work
}

# sparse N M SEED: a dense table d.tsv of N x M, two thirds zeros, and its entries, in a
# random order, in m.mtx.
sparse() {
	awk -v n="$1" -v m="$2" -v seed="$3" 'BEGIN {
		srand(seed)
		printf "gene" >"d.tsv"
		for (j = 1; j <= m; j++) printf "\tcell-%d", j >"d.tsv"
		print "" >"d.tsv"
		for (i = 1; i <= n; i++) {
			printf "id%d", i >"d.tsv"
			for (j = 1; j <= m; j++) {
				v = rand() < 0.34 ? int(rand() * 4000 - 300) / 8 : 0
				printf "\t%s", v >"d.tsv"
				if (v != 0) print rand() "\t" i " " j " " v >"entries"
			}
			print "" >"d.tsv"
		}
	}'
	touch entries
	{
		printf '%%%%MatrixMarket matrix coordinate real general\n%% comment\n%%\n'
		printf '%d %d %d\n' "$1" "$2" "$(wc -l <entries)"
		sort -g entries | cut -f 2
	} >m.mtx
	rm entries
}

# mtx FIELD LINE ...: m.mtx of these lines, which begin with the counts.
mtx() {
	printf '%%%%MatrixMarket matrix coordinate %s general\n' "$1" >m.mtx
	printf '%s\n' "${@:2}" >>m.mtx
}

# says TEXT: exit 1, nothing on stdout, this whole message behind the name; from a pipe too.
says() {
	exits 1 gx-means m.mtx || return 1
	[[ ! -s $out && $(cat "$err") == "gx-means: m.mtx$1" ]] || note "$(cat "$err")" || return 1
	exits 1 gx-means < <(cat m.mtx) || return 1
	[[ ! -s $out && $(cat "$err") == "gx-means: <stdin>$1" ]] || note "$(cat "$err")"
}

# directory v2|v3: a 10x directory of m.mtx and the names of d.tsv.
directory() {
	local n
	rm -rf d
	mkdir d
	head -1 d.tsv | cut -f 2- | tr '\t' '\n' >d/barcodes.tsv
	tail -n +2 d.tsv | cut -f 1 | sed 's/id\(.*\)/id\1\tSYM \1/' >d/genes.tsv
	cp m.mtx d/matrix.mtx
	[[ $1 == v3 ]] || return 0
	sed 's/$/\tGene Expression/' d/genes.tsv >d/features.tsv
	rm d/genes.tsv
	gzip -n d/*
}

@test "means, thresholds and digest are those of the dense table, entries in any order" {
	local shape
	for shape in '1 1 1' '7 5 2' '300 40 3' '2 3000 4' '5000 3 5'; do
		# shellcheck disable=SC2086
		sparse $shape
		four_ways m.mtx gx-means
		gx-means d.tsv | cut -f 2 | cmp - <(cut -f 2 "$out")
		four_ways m.mtx gx-threshold -T 0
		cp "$out" record
		gx-convert d.tsv -o d.gxm
		gx-threshold -T 0 d.gxm | cut -f 2-5,6-12 | cmp - <(cut -f 2-5,6-12 record)
		[[ $(field digest record) == "$(field digest <(gx-threshold -T 12 d.tsv))" ]]
		[[ $(field input record) == "digest:$(field digest record)" ]]
		[[ $(field unit record) == rows && $(field of record) == "$(field rows record)" ]]
		gzip -c m.mtx | gx-threshold -T 0 | cmp - record
	done
}

@test "what is not stored is zero, and counts" {
	mtx integer '3 4 2' '3 4 8' '1 1 2'
	prints $'gene\tmean\ng1\t0.5\ng2\t0\ng3\t2' gx-means m.mtx
	prints $'gene\tmean\tn\ng1\t0.5\t4\ng2\t0\t4\ng3\t2\t4' gx-means --skip-na --with-n m.mtx
	prints $'gene\ts1\ts2\ts3\ts4\ng1\t2\t0\t0\t0\ng2\t0\t0\t0\t0\ng3\t0\t0\t0\t8' gx-convert m.mtx
	mtx integer '2 2 0'
	prints $'gene\ts1\ts2\ng1\t0\t0\ng2\t0\t0' gx-convert m.mtx
	mtx integer '0 2 0'
	prints $'gene\ts1\ts2' gx-convert m.mtx
}

@test "real, integer and pattern; stored zeros, NA, blanks, CR LF, comments, no last line end" {
	printf '%%%%MatrixMarket matrix coordinate real general\r\n%% x\r\n\r\n 2\t2  3 \r\n2 1 -1.5e+003\r\n 1  2\t0 \r\n1 1 NA' >m.mtx
	prints $'gene\ts1\ts2\ng1\tNA\t0\ng2\t-1500\t0' gx-convert m.mtx
	mtx pattern '2 3 3' '1 3' '2 1' '1 1'
	prints $'gene\ts1\ts2\ts3\ng1\t1\t0\t1\ng2\t1\t0\t0' gx-convert m.mtx
	mtx integer '1 1 1' '1 1 123456789012'
	prints $'gene\ts1\ng1\t123456789012' gx-convert m.mtx
}

@test "counts, indices and entries that are wrong: which line, and its text" {
	mtx real '2 2 2' '1 1 5'
	says ': MatrixMarket: 1 entries where its head declares 2: the file was cut off: fetch it again'
	mtx real '2 2 1' '1 1 5' '2 2 6'
	says ":4: MatrixMarket: more entries than its head declares: '2 2 6'"
	mtx real '2 2 2' '1 1 5' '3 1 5'
	says ":4: MatrixMarket: its row is not one of the matrix: '3 1 5'"
	mtx real '2 2 1' '0 1 5'
	says ":3: MatrixMarket: its row is not one of the matrix: '0 1 5'"
	mtx real '2 2 1' '1 3 5'
	says ":3: MatrixMarket: its column is not one of the matrix: '1 3 5'"
	mtx real '2 2 1' '1 -1 5'
	says ":3: MatrixMarket: its column is not one of the matrix: '1 -1 5'"
	mtx real '2 2 1' '1 1.0 5'
	says ":3: MatrixMarket: its column is not one of the matrix: '1 1.0 5'"
	mtx real '2 2 1' '1 1 x'
	says ":3: MatrixMarket: its value is not a number: '1 1 x'"
	mtx real '2 2 1' '1 1'
	says ":3: MatrixMarket: its value is not a number: '1 1'"
	mtx real '2 2 1' '1 1 5 6'
	says ":3: MatrixMarket: more on the line than an entry has: '1 1 5 6'"
	mtx pattern '2 2 1' '1 1 5'
	says ":3: MatrixMarket: more on the line than an entry has: '1 1 5'"
	local counts
	for counts in '2 2' 'x 2 1' '2 0 0' '2 2 5' '2 2 -1' '99999999999 2 1'; do
		mtx real "$counts"
		exits 1 gx-means m.mtx
		grep -qF "m.mtx:2: MatrixMarket: " "$err"
	done
	mtx real
	says ': MatrixMarket: cut off before its dimensions'
	local value
	for value in -5 -0.5 -inf -1e-300; do
		mtx unsigned-integer '2 2 2' '1 1 5' "2 1 $value"
		says ":4: MatrixMarket: a value below 0 where its first line says unsigned-integer: '2 1 $value'"
		mtx integer '2 2 2' '1 1 5' "2 1 $value"
		[[ $(gx-threshold -c --below -T 0 --columns 1 m.mtx) == 1 ]]
	done
	mtx Unsigned-Integer '2 2 2' '1 1 NA' '2 1 0'
	prints $'gene\ts1\ts2\ng1\tNA\t0\ng2\t0\t0' gx-convert m.mtx
	mtx real '2 2 4294967296'
	exits 1 gx-means m.mtx
}

@test "the same place twice: where, wherever the entries are" {
	mtx real '3 3 4' '2 3 1' '1 1 1' '3 3 1' '2 3 1'
	says ': MatrixMarket: two entries for row 2, column 3: which one is meant?'
	mtx pattern '2 1 2' '1 1' '1 1'
	says ': MatrixMarket: two entries for row 1, column 1: which one is meant?'
	sparse 2000 30 6
	local n
	n=$(($(grep -vc '^%' m.mtx) - 1))
	sed -i "s/^2000 30 $n\$/2000 30 $((n + 1))/" m.mtx
	tail -n 1 m.mtx >>m.mtx
	local i
	for i in 1 2 4; do
		refuses 1 "two entries for row" gx-threshold -t $i m.mtx
	done
}

@test "heads of other kinds of MatrixMarket" {
	local head word
	while IFS='|' read -r head word; do
		printf '%s\n1 1 1\n1 1 1\n' "$head" >m.mtx
		says ":1: MatrixMarket: $word: '$head'"
	done <<-'END'
		%%MatrixMarket matrix array real general|only 'matrix coordinate' is read: write it with scipy.io.mmwrite of a sparse matrix
		%%MatrixMarket matrix coordinate complex general|complex entries are not read: write the real parts, with scipy.io.mmwrite('x.mtx', m.real)
		%%MatrixMarket matrix coordinate quaternion general|only real (double, float), integer (unsigned-integer) and pattern entries are read
		%%MatrixMarket matrix coordinate real symmetric|a symmetric matrix is none of genes x samples: write it as 'general'
		%%MatrixMarket matrix coordinate|its first line says object, format, field and symmetry
	END
}

@test "10x directories, genes.tsv as it is and features.tsv.gz: named as the dense table" {
	sparse 60 20 7
	gx-convert d.tsv >want
	local v
	for v in v2 v3; do
		directory $v
		prints "$(cat want)" gx-convert d
		prints "$(cat want)" gx-convert -t 4 d/
		gx-threshold -T 5 d >record
		gx-threshold -T 5 d.tsv | cut -f 1-5 | cmp - <(cut -f 1-5 record)
		[[ $(field digest record) == "$(field digest <(gx-threshold -T 12 d.tsv))" ]]
		gx-means d | cmp - <(gx-means d.tsv)
		# Names of another column, or none.
		gx-convert --id-column 2 d | cmp - <(sed 's/^id/SYM /' want)
		gx-convert --id-column 1 d | cmp - want
		gx-convert --id-column none d | cmp - <(sed 's/^id/g/' want)
		gx-convert --columns 3,cell-5 d | cmp - <(cut -f 1,4,6 want)
		# The matrix file alone has no names.
		gx-convert d/matrix.mtx* | sed 3,\$d | cut -f 1,2 | cmp - \
			<(printf 'gene\ts1\n%s\n' "$(sed -n 2p want | cut -f 1,2 | sed 's/^id/g/')")
	done
	prints $'format MatrixMarket in a 10x directory' bash -c 'gx-info d | grep ^format'
}

@test "10x directories whose files do not belong together, or are not there" {
	sparse 5 4 8
	directory v2
	refuses 2 "--id-column symbol: of a 10x directory it is the number of a column of its features or genes file, or none" \
		gx-means --id-column symbol d
	refuses 2 "--id-column 0:" gx-means --id-column 0 d
	refuses 1 "d/genes.tsv:1: it has no column 3 (--id-column)" gx-means --id-column 3 d
	echo id6 >>d/genes.tsv
	refuses 1 "d/genes.tsv: 6 names where the matrix has 5 rows: these files do not belong together" \
		gx-means d
	directory v2
	sed -i 1d d/barcodes.tsv
	refuses 1 "d/barcodes.tsv: 3 names where the matrix has 4 columns: these files do not belong together" \
		gx-means d
	directory v2
	printf 'id\0011\n' >d/genes.tsv
	refuses 1 "d/genes.tsv:1: a control byte in a name: 'id\\x011'" gx-means d
	directory v3
	rm d/features.tsv.gz
	refuses 1 "d: no features.tsv or genes.tsv (or .gz, .zst) beside the matrix: name the matrix file itself to do without names" \
		gx-means d
	directory v3
	rm d/barcodes.tsv.gz
	refuses 1 "d: no barcodes.tsv (or .gz, .zst) beside the matrix: name the matrix file itself to do without names" \
		gx-means d
	directory v3
	rm d/matrix.mtx.gz
	refuses 1 "d: a directory without matrix.mtx (or .gz): only those of 10x are read" gx-means d
	directory v3
	head -c 40 d/features.tsv.gz >cut
	mv cut d/features.tsv.gz
	refuses 1 "d/features.tsv.gz: damaged gzip data: it ends in the middle" gx-means d
}

@test "no part of it can be cut: exit 2 with the way out, which works" {
	sparse 50 6 9
	directory v3
	local way='the entries of MatrixMarket come in any order, so no part can be cut: write it once with gx-convert -b -o m.gxm, and cut that'
	refuses 2 "m.mtx: --part 1/2: $way" gx-threshold -p 1/2 m.mtx
	refuses 2 "<stdin>: --part 1/2: $way" gx-threshold -p 1/2 < <(cat m.mtx)
	refuses 2 "--part 1/2: $way" gx-threshold -p 1/2 d
	refuses 2 "m.mtx: --id-column: a MatrixMarket file has no names: they are in the 10x directory around it" \
		gx-means --id-column 1 m.mtx
	gx-convert -b -o m.gxm d
	gx-threshold -T 3 d >whole
	local k
	for k in 1 2 3; do gx-threshold -T 3 -p $k/3 m.gxm; done | gx-reduce | cmp - whole
}

@test "a forged count of entries takes no memory" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	mtx real '4000000000 4000000000 999999999999999' '1 1 5'
	ulimit -v 200000
	exits 1 gx-means m.mtx
	grep -qF '1 entries where its head declares 999999999999999' "$err"
}

@test "fields of other writers; blanks, line ends and a mark before the first word; any case" {
	local field want
	want=$'gene\ts1\ts2\ng1\t0.5\t0\ng2\t0\t-3'
	for field in real double float REAL Float; do
		mtx $field '2 2 2' '1 1 0.5' '2 2 -3'
		prints "$want" gx-convert m.mtx
	done
	for field in integer unsigned-integer Unsigned-Integer; do
		mtx $field '2 2 2' '1 1 4' '2 2 3'
		prints $'gene\ts1\ts2\ng1\t4\t0\ng2\t0\t3' gx-convert m.mtx
	done
	mtx real '2 2 2' '1 1 0.5' '2 2 -3'
	cp m.mtx plain
	local before
	for before in ' ' '\t  ' '\n' '\r\n \n' '\xef\xbb\xbf' '\xef\xbb\xbf '; do
		# shellcheck disable=SC2059
		{ printf "$before"; cat plain; } >m.mtx
		four_ways m.mtx gx-convert
		printf '%s\n' "$want" | cmp - "$out"
		gx-threshold -T 0 m.mtx | cmp - <(gx-threshold -T 0 plain)
	done
	sed '1s/.*/%%matrixMARKET Matrix COORDINATE Real General/' plain >m.mtx
	prints "$want" gx-convert m.mtx
	# Lines are counted from the first of the file.
	{ printf '\n\n'; mtx real '1 1 1' '1 1 x'; cat m.mtx; } >n.mtx
	refuses 1 "n.mtx:5: MatrixMarket: its value is not a number: '1 1 x'" gx-means n.mtx
	refuses 2 "--part 1/2: the entries of MatrixMarket come in any order" gx-means -p 1/2 m.mtx
}

@test "what is to be done about heads of other kinds does it" {
	local python
	python=$(command -v python3)
	"$python" -c 'import scipy.io' 2>/dev/null || python=/usr/bin/python3
	"$python" -c 'import scipy.io' 2>/dev/null || skip "needs SciPy"
	local want=$'gene\ts1\ts2\ng1\t1\t2\ng2\t2\t0'
	printf '%%%%MatrixMarket matrix array real general\n2 2\n1\n2\n2\n0\n' >m.mtx
	says ":1: MatrixMarket: only 'matrix coordinate' is read: write it with scipy.io.mmwrite of a sparse matrix: '%%MatrixMarket matrix array real general'"
	"$python" -c 'import scipy.io, scipy.sparse as s
scipy.io.mmwrite("x.mtx", s.csr_matrix(scipy.io.mmread("m.mtx")), symmetry="general")'
	prints "$want" gx-convert x.mtx
	printf '%%%%MatrixMarket matrix coordinate complex general\n2 2 3\n1 1 1 0\n1 2 2 0\n2 1 2 0\n' >m.mtx
	exits 1 gx-means m.mtx
	grep -qF "complex entries are not read: write the real parts, with scipy.io.mmwrite('x.mtx', m.real)" "$err"
	"$python" -c 'import scipy.io
m = scipy.io.mmread("m.mtx")
scipy.io.mmwrite("x.mtx", m.real, symmetry="general")'
	prints "$want" gx-convert x.mtx
}

# prefixed PREFIX: the files of d, as GEO calls them, in g.
prefixed() {
	local file
	mkdir -p g
	for file in d/*; do cp "$file" "g/$1${file#d/}"; done
}

@test "10x as GEO has it: one prefix is found, one of several is named by it" {
	sparse 30 10 11
	local v
	for v in v2 v3; do
		rm -rf g
		directory $v
		gx-threshold -T 5 d >record
		prefixed GSM1_s1_
		gx-convert g | cmp - <(gx-convert d)
		gx-convert g/ | cmp - <(gx-convert d)
		gx-threshold -T 5 g | cmp - record
		gx-convert g/GSM1_s1_ | cmp - <(gx-convert d)
		gx-info g | grep -v '^file' | cmp - <(gx-info d | grep -v '^file')
		# Copies that macOS makes of the kinds of files are none of them.
		printf '\0\5\26\7' >g/._GSM1_s1_matrix.mtx.gz
		gx-convert g | cmp - <(gx-convert d)
		prefixed 'GSM2 x_'
		prefixed GSM3_
		refuses 2 "g: 3 matrices are in it: name one by what its files begin with: g/GSM1_s1_ 'g/GSM2 x_' g/GSM3_" \
			gx-means g
		refuses 2 "name one by what its files begin with" gx-means g/
		gx-means g/GSM3_ | cmp - <(gx-means d)
		gx-means 'g/GSM2 x_' | cmp - <(gx-means d)
		gx-means g/GSM1_s1_ g/GSM3_ | cmp - <(gx-means d && gx-means -H d)
		rm g/GSM3_barcodes*
		refuses 1 "g/GSM3_: no barcodes.tsv (or .gz, .zst) beside the matrix: name the matrix file itself to do without names" \
			gx-means g/GSM3_
		# The plain names go before.
		cp d/* g/
		gx-convert g | cmp - <(gx-convert d)
		refuses 3 "g/GSM4_: No such file or directory" gx-means g/GSM4_
		refuses 2 "--part 1/2: the entries of MatrixMarket" gx-means -p 1/2 g/GSM1_s1_
	done
	cd g
	refuses 3 "No such file or directory" gx-means ''
}

@test "a directory around one of 10x, and a Zarr store: what to name instead" {
	sparse 3 2 12
	directory v3
	mkdir -p outs empty
	cp -r d outs/filtered_feature_bc_matrix
	cp -r d outs/raw_feature_bc_matrix
	touch outs/web_summary.html
	refuses 1 "outs: a directory without matrix.mtx (or .gz): only those of 10x are read: name one in it: outs/filtered_feature_bc_matrix outs/raw_feature_bc_matrix" \
		gx-means outs
	gx-means outs/filtered_feature_bc_matrix | cmp - <(gx-means d)
	refuses 1 "empty: a directory without matrix.mtx (or .gz): only those of 10x are read" gx-means empty
	touch empty/.zgroup
	refuses 1 "empty: a Zarr store, not a matrix that gx reads: write it as a table, with anndata: anndata.read_zarr('DIR')" \
		gx-means empty
}

# kinds LINE ...: k, a 10x directory of three features and two cells with this features.tsv.
kinds() {
	mkdir -p k
	rm -f k/*
	printf '%%%%MatrixMarket matrix coordinate integer general\n%%\n3 2 4\n1 1 5\n3 1 100\n2 2 6\n3 2 200\n' >k/matrix.mtx
	printf 'AAAC-1\nAAAG-1\n' >k/barcodes.tsv
	printf '%b\n' "$@" >k/features.tsv
}

@test "features of several kinds: one has to be chosen, and gx-info tells them" {
	kinds 'ENSG01\tTSPAN6\tGene Expression' 'CD3\tCD3_B\tAntibody Capture' 'ENSG02\tTNMD\tGene Expression'
	local say="k/features.tsv: its features are of several kinds: Gene Expression (2), Antibody Capture (1): choose with --feature-type 'Gene Expression', a list with commas between, or all"
	local c
	for c in gx-means gx-threshold gx-convert 'gx-means --explain' 'gx-convert --id-column none'; do
		# shellcheck disable=SC2086
		refuses 2 "$say" $c k
	done
	succeeds gx-info k
	grep -qx 'feature_types Gene Expression:2,Antibody Capture:1' "$out"
	grep -qx 'genes 3' "$out"
	prints $'feature_types Gene Expression:2,Antibody Capture:1\ngenes 2' \
		bash -c "gx-info --feature-type 'gene expression' k | grep -e ^feature -e ^genes"
	prints $'gene\tAAAC-1\tAAAG-1\nENSG01\t5\t0\nENSG02\t100\t200' gx-convert --feature-type 'Gene Expression' k
	prints $'gene\tAAAC-1\tAAAG-1\nCD3\t0\t6' gx-convert --feature-type 'ANTIBODY capture' k
	prints $'gene\tAAAC-1\tAAAG-1\nENSG01\t5\t0\nCD3\t0\t6\nENSG02\t100\t200' gx-convert --feature-type all k
	cp "$out" all
	gx-convert --feature-type 'Antibody Capture, Gene Expression' k | cmp - all
	gx-convert --feature-type 'Antibody Capture,Gene Expression' k -t 4 | cmp - all
	prints $'gene\tAAAC-1\tAAAG-1\ng1\t5\t0\ng2\t100\t200' \
		gx-convert --id-column none --feature-type 'Gene Expression' k
	prints $'gene\tAAAC-1\tAAAG-1\nTSPAN6\t5\t0\nTNMD\t100\t200' \
		gx-convert --id-column 2 --feature-type 'Gene Expression' k
	prints 2 gx-threshold -c -T 1 --feature-type 'Antibody Capture,gene expression' --columns 2 k
	prints 1 gx-threshold -c -T 1 --feature-type 'gene expression' --columns 2 k
	refuses 2 "k/features.tsv: --feature-type: there is no kind 'Genes': there are Gene Expression (2), Antibody Capture (1)" \
		gx-means --feature-type Genes k
	refuses 2 "--feature-type: there is no kind 'x'" gx-means --feature-type 'Gene Expression,x' k
	refuses 2 "--feature-type: there is no kind ''" gx-means --feature-type 'Gene Expression,' k
	refuses 2 "--feature-type '': say which kinds, with commas between, or all" gx-means --feature-type '' k
	refuses 2 "--part 1/2" gx-means --feature-type all -p 1/2 k
	gx-means --explain --feature-type 'Gene Expression' k >told
	grep -qE '^genes[[:blank:]]+2$' told
}

@test "chosen features are a matrix of their own: its record, identity, parts by way of GXM" {
	kinds 'ENSG01\tTSPAN6\tGene Expression' 'CD3\tCD3_B\tAntibody Capture' 'ENSG02\tTNMD\tGene Expression'
	local genes=(--feature-type 'Gene Expression')
	printf 'gene\tAAAC-1\tAAAG-1\nENSG01\t5\t0\nENSG02\t100\t200\n' >dense.tsv
	gx-threshold -T 1 "${genes[@]}" k >record
	[[ $(field digest record) == "$(field digest <(gx-threshold -T 1 dense.tsv))" ]]
	[[ $(field input record) == "digest:$(field digest record)" && $(field of record) == 2 ]]
	gx-threshold -T 1 --feature-type all k >all
	[[ $(field of all) == 3 && $(field input all) != "$(field input record)" ]]
	# Counts of different choices do not add up.
	refuses 1 "" gx-reduce record all
	gx-convert -b -o k.gxm "${genes[@]}" k
	gx-threshold -T 1 -p 1/2 k.gxm >p1
	gx-threshold -T 1 -p 2/2 k.gxm >p2
	gx-reduce p1 p2 | cmp - record
	# All of one kind is the same as nothing said.
	kinds 'a\tA\tGene Expression' 'b\tB\tGene Expression' 'c\tC\tGene Expression'
	gx-threshold -T 1 k | cmp - <(gx-threshold -T 1 "${genes[@]}" k)
	prints 'feature_types Gene Expression:3' bash -c 'gx-info k | grep ^feature'
	# The row of a message is that of the file.
	kinds 'CD3\tCD3_B\tAntibody Capture' 'a\tA\tGene Expression' 'b\tB\tGene Expression'
	sed -i 's/^3 2 4$/3 2 5/; $a 3 1 7' k/matrix.mtx
	refuses 1 'MatrixMarket: two entries for row 3, column 1: which one is meant?' gx-means "${genes[@]}" k
	prints $'gene\tmean\nCD3\t2.5' gx-means --feature-type 'Antibody Capture' k
}

@test "all of a directory without kinds is what there is; a kind of it is refused" {
	sparse 40 6 14
	directory v2
	local all file
	for all in all ALL; do
		gx-convert -t 3 --feature-type $all d | cmp - <(gx-convert d)
		gx-convert -b --feature-type $all d | cmp - <(gx-convert -b d)
		gx-threshold -T 5 --feature-type $all d | cmp - <(gx-threshold -T 5 d)
		gx-info --json --feature-type $all d | cmp - <(gx-info --json d)
	done
	refuses 2 "d/genes.tsv: --feature-type: no kinds of features are in it" \
		gx-convert --feature-type 'Gene Expression' d
	refuses 2 "no kinds of features are in it" gx-convert --feature-type all,Peaks d
	# A features file with names alone.
	mv d/genes.tsv d/features.tsv
	gx-means --feature-type all d | cmp - <(gx-means d)
	# One command for directories of both sorts.
	mv d old
	directory v3
	for file in old d; do
		gx-means --feature-type all $file | cmp - <(gx-means d.tsv)
	done
	gx-means --feature-type all old d | cmp - <(gx-means d.tsv && gx-means -H d.tsv)
}

@test "random choices among random kinds are the rows of the dense table" {
	local seed kind
	for seed in 1 2 3 4 5 6; do
		sparse 60 7 $seed
		directory v2
		mv d/genes.tsv names
		awk -v seed=$seed 'BEGIN { srand(seed); split("Gene Expression,Peaks,Custom", kind, ",") }
			{ print $0 "\t" kind[1 + int(3 * rand())] }' names >d/features.tsv
		for kind in 'Gene Expression' Peaks Custom 'Peaks,Custom' 'custom,GENE EXPRESSION'; do
			sed 1q d.tsv >want
			awk -F '\t' -v kind=",${kind,,}," 'index(kind, "," tolower($3) ",") { print $1 }' d/features.tsv >ids
			awk -F '\t' 'NR == FNR { keep[$1] = 1; next } FNR > 1 && $1 in keep' ids d.tsv >>want
			gx-convert -t 3 --feature-type "$kind" d | cmp - <(gx-convert want)
		done
	done
}

@test "kinds that are told, and columns that are none" {
	# A genes file of old has none, unless it is a features file by another name.
	kinds 'a\tA\t7' 'b\tB\tX' 'c\tC\t7'
	mv k/features.tsv k/genes.tsv
	gx-convert k | cut -f 1 | cmp - <(printf 'gene\na\nb\nc\n')
	lacks feature_types <(gx-info k)
	refuses 2 "k/genes.tsv: --feature-type: no kinds of features are in it (its third column would have them): leave the option out" \
		gx-means --feature-type 'Gene Expression' k
	gx-convert --feature-type all k | cmp - <(gx-convert k)
	kinds 'a\tA\tGene Expression' 'b\tB\tAntibody Capture' 'c\tC\tCustom'
	mv k/features.tsv k/genes.tsv
	refuses 2 "k/genes.tsv: its features are of several kinds: Gene Expression (1), Antibody Capture (1), Custom (1)" gx-means k
	kinds 'a\tA\tGene Expression' 'b\tB' 'c\tC\tGene Expression'
	refuses 1 "k/features.tsv:2: no kind of feature in its third column, and the lines before have one" gx-means k
	kinds 'a\tA' 'b\tB\tGene Expression' 'c\tC\tGene Expression'
	refuses 1 "k/features.tsv:2: a kind of feature in its third column, and the lines before have none" gx-means k
	# More than anybody tells apart.
	{
		printf '%%%%MatrixMarket matrix coordinate integer general\n100 1 1\n100 1 5\n'
	} >k/matrix.mtx
	echo c1 >k/barcodes.tsv
	for ((i = 1; i <= 100; i++)); do printf 'g%d\tG\tkind %d\n' $i $i; done >k/features.tsv
	refuses 2 "its features are of several kinds: kind 1 (1), kind 2 (1)" gx-means k
	gx-convert --feature-type all k | tail -n 1 | cmp - <(printf 'g100\t5\n')
	gx-convert --feature-type 'kind 100' k | cmp - <(printf 'gene\tc1\ng100\t5\n')
	gx-info k | grep '^feature_types .*kind 64:1,others:36$'
}

@test "--feature-type on what has no features: exit 2" {
	sparse 5 4 13
	gx-convert -b -o d.gxm d.tsv
	gx-convert -o d.npy d.tsv
	refuses 2 "d.tsv: --feature-type chooses features of a 10x directory, and this is text" \
		gx-means --feature-type all d.tsv
	refuses 2 "d.gxm: --feature-type chooses features of a 10x directory, and this is GXM" \
		gx-info --feature-type all d.gxm
	refuses 2 "d.npy: --feature-type chooses features of a 10x directory, and this is npy" \
		gx-threshold -T 1 --feature-type all d.npy
	refuses 2 "m.mtx: --feature-type: a MatrixMarket file has no names: they are in the 10x directory around it" \
		gx-convert --feature-type all m.mtx
	refuses 2 "<stdin>: --feature-type" gx-means --feature-type all <d.tsv
}

@test "names that are empty: which line of which file; a blank last line is none" {
	kinds '' 'a\tA' 'b\tB'
	refuses 1 "k/features.tsv:1: an empty line where a name must be: the names behind it do not fit the matrix: make the file again" gx-means k
	kinds 'a\tA' '' 'b\tB' 'c\tC'
	refuses 1 "k/features.tsv:2: an empty line where a name must be" gx-means k
	gzip k/features.tsv
	refuses 1 "k/features.tsv.gz:2: an empty line where a name must be" gx-means k
	kinds 'a\tA' '\tB' 'c\tC'
	refuses 1 "k/features.tsv:2: an empty name: the file is damaged, or another column has the names (--id-column)" gx-means k
	prints $'gene\tmean\nA\t2.5\nB\t3\nC\t150' gx-means --id-column 2 k
	kinds 'a\tA' '""\tB' 'c\tC'
	refuses 1 "k/features.tsv:2: an empty name" gx-means k
	kinds 'a\tA' 'b\tB' 'c\tC' '' '\r'
	prints $'gene\tmean\na\t2.5\nb\t3\nc\t150' gx-means k
	printf 'x\n\n' >k/barcodes.tsv
	refuses 1 "k/barcodes.tsv: 1 names where the matrix has 2 columns" gx-means k
	printf '\nx\n' >k/barcodes.tsv
	refuses 1 "k/barcodes.tsv:1: an empty line where a name must be" gx-means k
	printf 'x\ny\n\n\n' >k/barcodes.tsv
	prints $'gene\tx\ty\na\t5\t0\nb\t0\t6\nc\t100\t200' gx-convert k
}

@test "quotes around names go; a header among the names is told as one" {
	kinds '"a"\t"A"' '"b ""x"""\t"B"' "c'\"\tC"
	printf '"AAAC-1"\n"AAAG-1"\n' >k/barcodes.tsv
	gx-convert k >got
	printf 'gene\tAAAC-1\tAAAG-1\na\t5\t0\nb "x"\t0\t6\nc'"'"'"\t100\t200\n' | cmp - got
	kinds '"a"\t"A"' '"b\tB' 'c\tC'
	refuses 1 "k/features.tsv:2: a quote is not closed on this line, or text follows it" gx-means k
	kinds 'id\tname' 'a\tA' 'b\tB' 'c\tC'
	refuses 1 "k/features.tsv: 4 names where the matrix has 3 rows: these files do not belong together, or its first line is a header, which must go" gx-means k
	sed -i 1d k/features.tsv
	prints $'gene\tmean\na\t2.5\nb\t3\nc\t150' gx-means k
}
