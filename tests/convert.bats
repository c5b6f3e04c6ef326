#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-convert: numbers, digest and names through every format, turned or not, whole or in parts.

load lib.bash

setup() {
	work
}

# What is hard to keep: numbers of every kind, names of every kind.
awkward() {
	printf 'gene\ta b\t"c""\td"\t"""e"\tf,g\t\t007\t\xc3\xa9\xb5\tNA\n'
	printf 'x\t0.1\t-0\tNA\tInf\t-Inf\t5e-324\t1.7976931348623157e+308\t0.30000000000000004\n'
	printf '"y\ty"\t1e-05\t1e+16\t9007199254740992\t1\t2\t3\t4\t5\n'
	printf '"""z"\t0\t0\t0\t0\t0\t0\t0\t0\n'
	printf 'a,b\t1\t2\t3\t4\t5\t6\t7\tNA\n'
	printf '\t1\t2\t3\t4\t5\t6\t7\t8\n'
	printf ' lead\xff\t1\t2\t3\t4\t5\t6\t7\t8\n'
	printf '#h "q"\t1\t2\t3\t4\t5\t6\t7\t8\n'
	printf 'x\t1\t2\t3\t4\t5\t6\t7\t8\n'
}

# same_matrix A B: the same text, and the same digest. GXM's framing says whether the number
# of rows was known in advance, so its bytes may differ.
same_matrix() {
	gx-convert "$1" >one.text
	gx-convert "$2" >two.text
	same one.text two.text || return 1
	gx-info "$1" | grep '^digest ' >one.digest
	gx-info "$2" | grep '^digest ' >two.digest
	same one.digest two.digest || note "digests of $1 and $2 differ"
}

@test "any format to any format: numbers, names and digest" {
	local from to
	awkward >t.tsv
	gx-convert t.tsv | cmp - t.tsv
	for to in tsv csv gxm npy; do
		gx-convert t.tsv -o a.$to
	done
	cmp a.tsv t.tsv
	for from in tsv csv gxm; do
		for to in tsv csv gxm npy; do
			gx-convert a.$from -o b.$to
			same_matrix a.$to b.$to
			[[ $to == gxm ]] || same a.$to b.$to
			[[ $to != npy ]] || continue
			cat a.$from | gx-convert -f $to -t 4 >b.$to
			same_matrix a.$to b.$to
		done
	done
	# npy has no names, and keeps all else.
	gx-convert a.npy | tail -n +2 | cut -f 2- >values
	tail -n +2 t.tsv | sed 's/^"y\ty"/y/' | cut -f 2- | cmp - values
	gx-convert a.npy -o b.npy
	same a.npy b.npy
	gx-convert a.npy -b | gx-convert -o b.npy
	same a.npy b.npy
	gx-convert a.npy | gx-convert --columns 2,3,4,5,6,7,8,9 -o b.npy
	same a.npy b.npy
	for from in tsv csv gxm npy; do
		gx-info a.$from | grep '^digest '
	done | uniq | wc -l | grep -x 1
}

@test "file, pipe, -t 1 and -t 4: the same bytes" {
	rows 3000 30 >t.tsv
	gx-convert t.tsv -o t.npy
	gx-convert t.npy -o t.gxm
	gx-convert t.npy >t.tsv
	local f to
	for f in t.tsv t.gxm t.npy; do
		for to in tsv csv gxm; do
			four_ways $f gx-convert -f $to
			[[ $to == gxm ]] || gx-convert -f $to t.tsv | cmp - "$out"
		done
		four_ways $f gx-convert --transpose -f npy
		mv "$out" $f.turned
	done
	same t.*.turned
}

@test "a matrix without names stays one; without rows, too" {
	gx-simulate -n 7 -m 3 -o s.npy
	gx-convert s.npy -o s.gxm
	gx-simulate -n 7 -m 3 -f tsv | cmp - <(gx-convert s.gxm)
	gx-convert s.gxm -o back.npy
	same s.npy back.npy
	printf 'gene\ta\tb\n' >none.tsv
	gx-convert -b none.tsv >none.gxm
	gx-convert none.gxm | cmp - none.tsv
	gx-convert none.tsv -o none.npy
	prints $'gene\ts1\ts2' gx-convert none.npy
}

@test "-H, and -f and -o as everywhere" {
	table >t.tsv
	gx-convert -H t.tsv | cmp - <(tail -n +2 t.tsv)
	gx-convert -H -f csv t.tsv | cmp - <(tail -n +2 t.tsv | tr '\t' ,)
	refuses 2 "-f xls" gx-convert -f xls t.tsv
	refuses 2 "| gzip > t.csv.gz" gx-convert t.tsv -o t.csv.gz
	local code=0
	gx-convert -f npy t.tsv 2>err | cat >got || code=$?
	[[ ! -s got ]]
	grep -qF 'write a file (-o m.npy)' err
}

@test "several operands are one matrix, and a new one" {
	table >a.tsv
	printf 'gene\ta\tb\nh\t7\t8\n' >b.tsv
	gx-convert a.tsv b.tsv | cmp - <(cat a.tsv <(tail -1 b.tsv))
	gx-convert -b a.tsv b.tsv -o c.gxm
	gx-threshold -T 12 c.gxm >record
	[[ $(field input record) == "digest:$(field digest record)" && $(field of record) == 4 ]]
	gx-threshold -T 12 a.tsv b.tsv | cmp - record
}

# ---- parts ----

@test "text, GXM and npy in parts, joined through records: the whole's record" {
	local n k f
	rows 200 5 >t.tsv
	gx-simulate -n 200 -m 5 -o t.gxm
	gx-simulate -n 200 -m 5 -o t.npy
	tail -n +2 t.tsv | cut -f 2- >bare.tsv
	for f in 't.tsv' 't.gxm' 't.npy' '--no-header --id-column none bare.tsv'; do
		# shellcheck disable=SC2086
		gx-threshold -T 9 $f >whole
		for n in 1 2 3 7; do
			for ((k = 1; k <= n; k++)); do
				# shellcheck disable=SC2086
				gx-convert -b --part $k/$n $f -o p$k.gxm
				gx-threshold -T 9 p$k.gxm
			done >parts
			gx-reduce parts | cmp - whole || note "$n parts of $f"
			# Each part alone is what it is a part of.
			for ((k = 1; k <= n; k++)); do
				# shellcheck disable=SC2086
				gx-threshold -T 9 --part $k/$n $f | cmp - <(gx-threshold -T 9 p$k.gxm) ||
					note "part $k of $n of $f"
			done
			# In one stream, and as one matrix.
			eval "cat p{1..$n}.gxm" | gx-threshold -T 9 | cmp - whole || note "cat $n of $f"
			eval "gx-reduce --join p{1..$n}.gxm" | gx-convert | cmp - <(gx-convert $f) ||
				note "join of $n of $f"
			rm p*.gxm
		done
	done
}

@test "a lone part cannot be cut again, and an empty one is a part too" {
	rows 5 2 >t.tsv
	gx-convert -b -p 2/3 t.tsv -o p.gxm
	refuses 2 "part" gx-threshold -p 1/2 p.gxm
	gx-convert -b -p 1/3 --id-column none --columns 2,3 t.tsv -o p.gxm
	refuses 2 "part" gx-threshold -p 1/2 p.gxm
	local k
	for k in 1 2 3 4 5 6 7 8 9; do
		gx-convert -b -p $k/9 t.tsv | gx-threshold -T 12
	done >parts
	gx-reduce parts | cmp - <(gx-threshold -T 12 t.tsv)
	# All parts, converted, are a source again.
	for k in 1 2 3; do gx-convert -b -p $k/3 t.tsv; done >parts.gxm
	gx-threshold -T 12 parts.gxm | cmp - <(gx-threshold -T 12 t.tsv)
	gx-convert -b t.tsv -o whole.gxm
	gx-reduce --join parts.gxm -o joined.gxm
	gx-convert joined.gxm | cmp - t.tsv
	gx-threshold -T 12 -p 2/3 whole.gxm >record
	[[ $(field unit record) == rows && $(field of record) == 5 ]]
}

@test "a whole converted is a new source; what was made of a part stays of that part" {
	rows 90 4 >t.tsv
	gx-convert -b t.tsv -o t.gxm
	gx-threshold -T 12 t.gxm >record
	[[ $(field unit record) == rows && $(field of record) == 90 ]]
	[[ $(field input record) == "digest:$(field digest <(gx-threshold -T 12 t.tsv))" ]]
	# Means of a part, converted, are still means of that part.
	local k
	for k in 1 2 3; do
		gx-means -b -p $k/3 t.tsv | gx-convert -b | gx-threshold -T 3
	done | gx-reduce >got
	gx-means -b t.tsv | gx-threshold -T 3 | cmp - got
	for k in 1 2 3; do
		gx-means -b -p $k/3 --id-column none --columns 2,3 t.tsv | gx-convert -b | gx-threshold -T 3
	done | gx-reduce >got
	gx-means -b --id-column none --columns 2,3 t.tsv | gx-threshold -T 3 | cmp - got
	# Columns chosen of a part are a step of the work.
	for k in 1 2 3; do
		gx-convert -b --columns 2,4 -p $k/3 t.gxm | gx-threshold -T 3
	done | gx-reduce >got
	gx-threshold --columns 2,4 -T 3 t.gxm | cmp - got
}

# ---- turned ----

@test "--transpose: by hand, and twice is the same" {
	printf 'gene\ta\tb b\t"c\tc"\nx\t1\t2\tNA\ny\t-0\t5\t6e-310\n' >t.tsv
	prints $'gene\tx\ty\na\t1\t-0\nb b\t2\t5\n"c\tc"\tNA\t6e-310' gx-convert --transpose t.tsv
	gx-convert --transpose -b t.tsv | gx-convert --transpose | cmp - t.tsv
	gx-convert --transpose --transposed t.tsv | cmp - t.tsv
	gx-convert --transpose -b t.tsv | gx-convert >turned.tsv
	gx-convert --transposed turned.tsv | cmp - t.tsv
	local shape
	for shape in '1 1' '1 40' '40 1' '31 33' '64 65' '3 5000' '5000 3' '700 300'; do
		# shellcheck disable=SC2086
		rows $shape >t.tsv
		gx-convert --transpose t.tsv >turned.tsv
		gx-convert --transpose turned.tsv | cmp - t.tsv
		python3 - <<-'END'
			lines = [line.rstrip("\n").split("\t") for line in open("t.tsv")]
			turned = [line.rstrip("\n").split("\t") for line in open("turned.tsv")]
			assert [list(line) for line in zip(*lines)] == turned
		END
		gx-convert -t 4 --transpose -b turned.tsv >turned.gxm
		same_matrix turned.gxm t.tsv
	done
}

@test "--transpose of what has no names has none, and of names on one side has those" {
	gx-simulate -n 20 -m 6 -o s.npy
	gx-convert --transpose s.npy -o turned.npy
	gx-convert --transpose turned.npy -o back.npy
	same s.npy back.npy
	gx-convert --transpose -b s.npy | gx-convert | cut -f 1 | tr '\n' ' ' |
		cmp - <(printf 'gene g1 g2 g3 g4 g5 g6 ')
	printf '1,3\n2,4\n' >t.csv
	prints $'gene\ts1\ts2\ng1\t1\t2\ng2\t3\t4' gx-convert --transpose --no-header --id-column none t.csv
	printf 'x,1,3\ny,2,4\n' >t.csv
	prints $'gene\tx\ty\ng1\t1\t2\ng2\t3\t4' gx-convert --transpose --no-header t.csv
}

@test "--transpose of more than memory holds, through a file in TMPDIR that has no name" {
	mkdir tmp
	gx-simulate -n 40000 -m 75 -o s.gxm # 24 MB
	export TMPDIR=$PWD/tmp
	gx-convert --transpose s.gxm -o turned.gxm
	[[ -z $(ls tmp) ]]
	gx-convert --transpose turned.gxm -o back.gxm
	gx-means back.gxm | cmp - <(gx-means s.gxm)
	gx-info back.gxm | grep '^digest' | cmp - <(gx-info s.gxm | grep '^digest')
	gx-convert s.gxm | gx-convert --transposed -f npy | cmp - <(gx-convert turned.gxm -f npy)
	[[ -z $(ls tmp) ]]
}

@test "--transpose where TMPDIR is absent or full: exit 3, which place, nothing left" {
	gx-simulate -n 40000 -m 75 -o s.gxm
	TMPDIR=$PWD/absent refuses 3 "$PWD/absent: no room to transpose in (TMPDIR names another place): No such file or directory" \
		gx-convert --transpose -b s.gxm -o out.gxm
	[[ ! -e out.gxm ]]
	# What fits needs no place.
	gx-simulate -n 100 -m 5 | TMPDIR=$PWD/absent gx-convert --transpose >/dev/null
	mkdir small
	TMPDIR=$PWD/small refuses 3 "the file to transpose in (TMPDIR says where): File too large" \
		bash -c 'trap "" XFSZ; ulimit -f 1000; exec gx-convert --transpose -f npy s.gxm'
	[[ -z $(ls small) ]]
}

@test "--transpose of a part, of no rows, or with --part is refused" {
	gx-simulate -n 9 -m 3 -o s.gxm
	gx-simulate -n 9 -m 3 -p 2/3 -o p.gxm
	refuses 2 "--transpose takes a whole matrix: the columns of a part are not whole" \
		gx-convert --transpose -p 1/2 s.gxm
	refuses 2 "--transpose takes a whole matrix" gx-convert --transpose p.gxm
	gx-simulate -n 0 -m 3 -o s.gxm
	refuses 1 "--transpose: the matrix has no rows, so the result would have no columns" \
		gx-convert --transpose s.gxm
}

# ---- npy ----

@test "npy: headers that NumPy writes, Fortran order, parts, pipes" {
	python3 "$tests/check_npy.py" headers
	python3 "$tests/check_npy.py" orders
}

@test "npy: what is wrong, in these words" {
	python3 "$tests/check_npy.py" errors
}

@test "operands with names and without: rows that have none are named by their number" {
	printf 'gene\ta\tb\ng1\t1\t2\ng2\t3\t4\n' >n.tsv
	printf 'gene\ta\tb\nh1\t5\t6\nh2\t7\t8\n' >h.tsv
	gx-convert --id-column none --columns a,b -b -o u.gxm n.tsv
	prints $'gene\tg1\tg2\th1\th2\na\t1\t3\t5\t7\nb\t2\t4\t6\t8' gx-convert --transpose u.gxm h.tsv
	prints $'gene\th1\th2\tg3\tg4\na\t5\t7\t1\t3\nb\t6\t8\t2\t4' gx-convert --transpose h.tsv u.gxm
	gx-convert h.tsv u.gxm >both.tsv
	gx-convert -b h.tsv u.gxm | gx-convert | cmp - both.tsv
	gx-convert -b --transpose h.tsv u.gxm | gx-convert --transpose | cmp - both.tsv
	gx-convert u.gxm h.tsv n.tsv >three.tsv
	gx-info three.tsv | grep -E '^(repeated|digest|genes)' >want
	grep -x 'repeated_gene_names 2' want
	gx-info u.gxm h.tsv n.tsv | grep -E '^(repeated|digest|genes)' | cmp - want
	gx-info -t 4 u.gxm h.tsv n.tsv | grep -E '^(repeated|digest|genes)' | cmp - want
	# Rows of which the number is known only when their turn comes.
	gx-info h.tsv <(cat u.gxm) <(cat h.tsv) | grep -x 'repeated_gene_names 2'
	gx-convert --transpose h.tsv <(cat u.gxm) <(cat h.tsv) >turned
	[[ $(head -n 1 turned) == $'gene\th1\th2\tg3\tg4\th1\th2' ]]
}

@test "--transpose of a stream that is a part names the way out, which works" {
	local k
	gx-simulate -n 9 -m 3 -o m.gxm
	for k in 1 2 3; do gx-simulate -b -n 9 -m 3 -p $k/3 -o $k.gxm; done
	refuses 2 "join the parts first (gx-reduce --join)" gx-convert --transpose < <(cat 1.gxm 2.gxm 3.gxm)
	gx-convert --transpose m.gxm >want
	cat 1.gxm 2.gxm 3.gxm | gx-reduce --join -b | gx-convert --transpose | cmp - want
	gx-convert --transpose 1.gxm 2.gxm 3.gxm | cmp - want
}

@test "parts as operands, of one row and of less than a row each" {
	local n rows k
	for rows in 1 2 3; do
		gx-simulate -n $rows -m 3 -o m.gxm
		gx-convert m.gxm >want
		for n in 2 3 5; do
			for ((k = 1; k <= n; k++)); do gx-simulate -b -n $rows -m 3 -p $k/$n -o p$k.gxm; done
			gx-convert p[1-$n].gxm | cmp - want
			# Of a pipe nobody knows in advance that it is a part where it has all rows.
			((rows == 1)) || gx-convert <(cat p1.gxm) p[2-$n].gxm | cmp - want
		done
		rm p?.gxm
	done
	# A whole and a part of another are no matrix.
	gx-simulate -n 4 -m 3 -s 2 -p 2/2 -o other.gxm
	refuses 1 "operands are all wholes, or parts" gx-convert m.gxm other.gxm
	refuses 1 "" gx-convert other.gxm m.gxm
}
