#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --progress: the share of each kind of input, and a terminal that has output and progress.

load lib.bash

setup() {
	work
}

# share LOW HIGH command ...: what is told while nobody reads the output; see check_progress.py.
share() {
	python3 "$tests/check_progress.py" share "$@" </dev/null
}

# 8 MB of text; output is held up after about 1 MB.
inputs() {
	gx-simulate -n 40000 -m 12 -o s.gxm
	gx-convert s.gxm -o s.tsv
}

@test "the share of a file, GXM, npy, compressed text" {
	inputs
	share 2 40 gx-convert s.tsv
	share 2 40 gx-convert -t 4 s.tsv
	share 2 60 gx-convert s.gxm
	gx-convert s.gxm -o s.npy
	share 2 60 gx-convert s.npy
	gzip -1 -k s.tsv
	share 2 40 gx-convert s.tsv.gz
	zstd -q -1 s.tsv -o s.tsv.zst
	share 2 40 gx-convert s.tsv.zst
}

@test "the share of a part is that of the part" {
	inputs
	share 8 90 gx-convert --part 2/4 s.tsv
	share 8 95 gx-convert --part 3/4 s.gxm
	gx-convert s.gxm -o s.npy
	share 8 95 gx-convert --part 3/4 s.npy
}

@test "the share of several operands is that of all of them" {
	inputs
	sed 's/^g/h/' s.tsv | gzip -1 >h.tsv.gz
	share 1 25 gx-convert s.tsv h.tsv.gz
	sed 1d s.tsv >rows
	head -n 1 s.tsv >head
	split -l 100 rows piece.
	local file
	for file in piece.*; do
		cat head "$file" >"t.$file"
	done
	# 400 files whose heads are all looked at first, which is no progress.
	share 2 40 gx-convert t.piece.*
	gx-simulate -n 40000 -m 12 --part 1/2 -o 1.gxm
	gx-simulate -n 40000 -m 12 --part 2/2 -o 2.gxm
	share 2 60 gx-reduce --join -f tsv 1.gxm 2.gxm
}

@test "what is read whole before its rows are there: reading is half of it" {
	gx-simulate -n 12 -m 200000 --dist nbinom -o s.tsv
	share 50 95 gx-convert --transposed s.tsv
	{
		printf '%%%%MatrixMarket matrix coordinate integer general\n100000 4 400000\n'
		awk 'BEGIN { for (i = 1; i <= 100000; i++) for (j = 1; j <= 4; j++) print i, j, i * 17 + j }'
	} >s.mtx
	share 50 95 gx-convert s.mtx
}

@test "text on a pipe has no share; of GXM the head tells how many rows come" {
	inputs
	cat s.tsv | python3 "$tests/check_progress.py" share none none gx-convert
	gzip -1 <s.tsv | python3 "$tests/check_progress.py" share none none gx-convert
	cat s.gxm | python3 "$tests/check_progress.py" share 2 60 gx-convert -f tsv
	# A file on standard input is a file.
	python3 "$tests/check_progress.py" share 2 40 gx-convert <s.tsv
}

@test "output and progress on one terminal: neither is in the other's line" {
	python3 - <<-'END' >want
		print("gene\ta\tb".expandtabs(1).replace(" ", "\t"))
		for i in range(120005):
		    print(f"g{i}\t{i}\t1")
	END
	python3 "$tests/check_progress.py" terminal 100 want gx-convert
	python3 "$tests/check_progress.py" terminal 40 want gx-convert -t 4
}

@test "a terminal's width is kept" {
	local width
	for width in 100 30 3; do
		python3 "$tests/check_progress.py" narrow $width gx-means
	done
}

@test "messages and signals leave the line" {
	python3 "$tests/check_progress.py" failed "<stdin>:120007:2: not a number" gx-convert
}

@test "no escape where there is no terminal, and no share of what is nothing" {
	table >t.tsv
	exits 0 gx-means --progress t.tsv
	grep -xE 'gx-means: 3 rows, 100%, 0\.0 MB in [0-9.]+ s' "$err"
	exits 0 gx-means --progress < <(cat t.tsv)
	grep -xE 'gx-means: 3 rows, 0\.0 MB in [0-9.]+ s' "$err"
	exits 0 gx-info --quick --progress t.tsv
	grep -F '100%' "$err"
	TERM=dumb exits 0 gx-means --progress t.tsv
	lacks $'\033' "$err"
}
