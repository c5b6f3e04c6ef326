#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The advice of messages, taken: what a message names ends in the right answer. Advice on which
# line is the header and which columns are samples is in field.bats; advice.tsv lists all of it.

load lib.bash

setup() {
	work
	table >t.tsv
	gx-means t.tsv >means
	gx-simulate -n 12 -m 3 -o s.gxm
}

@test "each message that gives advice is in the list, with a test that takes it" {
	python3 "$tests/check_advice.py"
}

@test "text that cannot be cut: name a file, or write it once with gx-convert -b -o m.gxm" {
	local way='write it once with gx-convert -b -o m.gxm'
	gx-threshold -T 2 t.tsv | grep -v input | cut -f 1-6,11 >want
	printf 'x\tg1\tg2\tg3\na\t1\t30\t5\nb\t2\t4\tNA\n' >flat.tsv
	gzip -k t.tsv
	refuses 2 "$way" gx-threshold -T 2 -p 1/2 < <(cat t.tsv)
	gx-convert -b -o pipe.gxm < <(cat t.tsv)
	refuses 2 "$way" gx-threshold -T 2 -p 1/2 t.tsv.gz
	gx-convert -b -o gz.gxm t.tsv.gz
	refuses 2 "$way" gx-threshold -T 2 -p 1/2 --transposed flat.tsv
	gx-convert -b -o flat.gxm --transposed flat.tsv
	local m
	for m in pipe gz flat; do
		{
			gx-threshold -T 2 -p 1/2 $m.gxm
			gx-threshold -T 2 -p 2/2 $m.gxm
		} | gx-reduce | grep -v input | cut -f 1-6,11 | cmp - want
	done
}

@test "--part of several operands, of a part, of a few rows, --transpose of a part: gx-reduce --join" {
	local k
	for k in 1 2 3; do gx-simulate -n 12 -m 3 -p $k/3 -o p$k.gxm; done
	refuses 2 'gx-reduce --join' gx-means -p 1/2 p1.gxm p2.gxm p3.gxm
	refuses 2 'gx-reduce --join' gx-means -p 1/2 p2.gxm
	refuses 2 'gx-reduce --join' gx-convert --transpose p2.gxm
	cat p2.gxm p1.gxm >wrong.gxm
	refuses 1 'gx-reduce --join' gx-means wrong.gxm
	cat p1.gxm p2.gxm >few.gxm
	refuses 2 'gx-reduce --join' gx-means -p 1/2 few.gxm
	gx-reduce --join -o joined.gxm p3.gxm p1.gxm p2.gxm
	cmp joined.gxm s.gxm
	gx-means -H -p 1/2 joined.gxm >halves
	gx-means -H -p 2/2 joined.gxm >>halves
	gx-means -H s.gxm | cmp - halves
	gx-convert --transpose joined.gxm | cmp - <(gx-convert --transpose s.gxm)
}

@test "--part of a stream that another filter made: cut the source, or gx-convert -b starts anew" {
	gx-means -b s.gxm -o derived.gxm
	refuses 2 'gx-convert -b' gx-threshold -T 12 -p 1/2 derived.gxm
	gx-threshold -T 12 -c derived.gxm >want
	gx-convert -b -o anew.gxm derived.gxm
	{
		gx-threshold -T 12 -p 1/2 anew.gxm
		gx-threshold -T 12 -p 2/2 anew.gxm
	} | gx-reduce -c | cmp - want
	for k in 1 2; do gx-means -b -p $k/2 s.gxm | gx-threshold -T 12; done | gx-reduce -c | cmp - want
}

@test "npy to a pipe without the number of rows: -o m.npy" {
	refuses 2 '-o m.npy' bash -o pipefail -c 'cat t.tsv | gx-convert -f npy | cat'
	gx-convert -o m.npy < <(cat t.tsv)
	gx-means -H m.npy | cut -f 2 | cmp - <(tail -n +2 means | cut -f 2)
}

@test "npy of complex numbers, or damaged: astype('f8'), np.save" {
	local python=/usr/bin/python3
	"$python" -c 'import numpy' || skip "NumPy is not here"
	"$python" -c 'import numpy as np; np.save("c.npy", np.array([[1, 2], [3, 4]], "c16"))'
	refuses 1 "np.save('x.npy', np.load('FILE').real.astype('f8'))" gx-means c.npy
	"$python" -c 'import numpy as np; np.save("f.npy", np.load("c.npy").real.astype("f8"))'
	prints $'gene\tmean\ng1\t1.5\ng2\t3.5' gx-means f.npy
	head -c -8 f.npy >cut.npy
	refuses 1 'write it again' gx-means cut.npy
}

@test "text in other bytes: iconv, xzcat, bzcat, tr, the way that the message says" {
	iconv -f UTF-8 -t UTF-16 t.tsv >utf16
	refuses 1 'iconv -f UTF-16 -t UTF-8' gx-means utf16
	iconv -f UTF-16 -t UTF-8 utf16 | gx-means | cmp - means
	xz -c t.tsv >t.xz
	refuses 1 'pipe it through xzcat' gx-means t.xz
	xzcat t.xz | gx-means | cmp - means
	bzip2 -c t.tsv >t.bz2
	refuses 1 'pipe it through bzcat' gx-means t.bz2
	bzcat t.bz2 | gx-means | cmp - means
	tr '\n' '\r' <t.tsv >mac
	refuses 1 "tr '\\r' '\\n'" gx-means mac
	tr '\r' '\n' <mac | gx-means | cmp - means
	{
		head -n 1 t.tsv
		tail -n +2 t.tsv | tr '\n' '\r'
	} >half-mac
	refuses 1 "tr '\\r' '\\n'" gx-means half-mac
	tr '\r' '\n' <half-mac | gx-means | cmp - means
}

@test "records of text on a pipe, parts of text, a matrix among records" {
	refuses 1 'parallel -k with -H' gx-reduce --join t.tsv
	gx-means -H t.tsv | cmp - <(parallel -k gx-means -H -p '{}/2' t.tsv ::: 1 2)
	refuses 1 '--join' gx-reduce s.gxm
	gx-reduce --join -b s.gxm | cmp - s.gxm
	for k in 1 3; do gx-threshold -T 12 -p $k/3 s.gxm >r$k; done
	exits 75 gx-reduce r1 r3
	grep -qF -e '--missing=N' "$err"
	prints 2 gx-reduce --missing=3 r1 r3
	gx-threshold -T 12 -p 2/3 s.gxm >r2
	gx-reduce r1 r2 r3 | cmp - <(gx-threshold -T 12 s.gxm)
}

@test "--part of a stream whose head lacks the number of rows: write it to a file first" {
	gx-convert -b <(cat t.tsv) >piped.gxm
	refuses 2 'write it to a file first (-o m.gxm)' gx-threshold -T 2 -p 1/2 < <(cat piped.gxm)
	gx-convert -b -o m.gxm piped.gxm
	{
		gx-threshold -T 2 -p 1/2 m.gxm
		gx-threshold -T 2 -p 2/2 m.gxm
	} | gx-reduce | cmp - <(gx-threshold -T 2 m.gxm)
}

@test "--pass of several columns: --any, --all, --at-least" {
	refuses 2 '--any, in --all or in --at-least N' gx-threshold --pass -T 2 t.tsv
	prints $'gene\ta\tb\ng2\t30\t4\ng3\t5\tNA' gx-threshold --pass -T 2 --any t.tsv
	prints $'gene\ta\tb\ng2\t30\t4' gx-threshold --pass -T 2 --all t.tsv
	prints $'gene\ta\tb\ng2\t30\t4' gx-threshold --pass -T 2 --at-least 2 t.tsv
}
