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
		%%MatrixMarket matrix coordinate complex general|only real, integer and pattern entries are read
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
