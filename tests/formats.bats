#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Formats in and out: values to the bit, names to the byte, tables as they are out there.

load lib.bash

setup() {
	work
}

# means_are TEXT FILE: gx-means of the file is TEXT; of a pipe, of threads, of a copy with
# CR LF and of one without the last line end as well.
means_are() {
	local want=$1 file=$2
	prints "$want" gx-means "$file" || return 1
	four_ways "$file" gx-means || return 1
	sed 's/$/\r/' "$file" >crlf
	prints "$want" gx-means crlf || note "(CR LF)" || return 1
	head -c -1 "$file" >cut
	prints "$want" gx-means cut || note "(no last line end)" || return 1
	prints "$want" gx-means < <(cat cut) || note "(no last line end, pipe)" || return 1
	printf '\xef\xbb\xbf' | cat - "$file" >bom
	prints "$want" gx-means bom || note "(BOM)"
}

@test "doubles: text, CSV, GXM and npy and back, bit for bit, one digest" {
	python3 "$tests/check_formats.py" doubles
}

@test "numbers are read as the nearest double, in every spelling" {
	python3 "$tests/check_formats.py" number-text
}

@test "what is no number is refused with line, field and token" {
	python3 "$tests/check_formats.py" not-numbers
}

@test "missing values in every case, and empty" {
	python3 "$tests/check_formats.py" missing
}

@test "npy of every type, order and version" {
	python3 "$tests/check_formats.py" npy-types
}

@test "the header names the gene column, or has an empty cell, or none" {
	local d
	for d in $'\t' ',' ' '; do
		printf "gene${d}a${d}b\nx${d}1${d}2\ny${d}3${d}4\n" >t
		means_are $'gene\tmean\nx\t1.5\ny\t3.5' t
		gx-threshold --pass --any -T 0 t >named
		[[ $(head -1 named) == $'gene\ta\tb' ]]
		printf "a${d}b\nx${d}1${d}2\ny${d}3${d}4\n" >t
		means_are $'gene\tmean\nx\t1.5\ny\t3.5' t
		gx-threshold --pass --any -T 0 t | cmp - named
		[[ $d != ' ' ]] || continue
		printf "${d}a${d}b\nx${d}1${d}2\ny${d}3${d}4\n" >t
		means_are $'gene\tmean\nx\t1.5\ny\t3.5' t
		gx-threshold --pass --any -T 0 t | cmp - named
	done
}

@test "the first header cell that is written is gene" {
	printf 'ID_REF\ta\nx\t1\n' >t
	prints $'gene\ta\nx\t1' gx-threshold --pass -T 0 t
	prints $'gene\tmean\nx\t1' gx-means t
}

@test "mixed line ends, and blank lines at the end" {
	printf 'gene\ta\r\nx\t1\ny\t2\r\nz\t3' >t
	prints $'gene\tmean\nx\t1\ny\t2\nz\t3' gx-means t
	printf 'gene\ta\nx\t1\ny\t2\n\n\r\n\n' >t
	prints $'gene\tmean\nx\t1\ny\t2' gx-means t
	prints $'gene\tmean\nx\t1\ny\t2' gx-means < <(cat t)
	# In parts as well, wherever they are cut.
	local k n
	for n in 2 5 24; do
		for ((k = 1; k <= n; k++)); do
			gx-means -H -p $k/$n t
		done >got
		[[ $(cat got) == $'x\t1\ny\t2' ]]
	done
}

@test "a header alone is a matrix of 0 genes" {
	local text
	for text in 'gene\ta\tb\n' 'gene\ta\tb' 'gene\ta\tb\r\n' 'gene,a,b\n' '\xef\xbb\xbfgene\ta\tb\n'; do
		# shellcheck disable=SC2059
		printf "$text" >t
		prints $'gene\tmean' gx-means t
		prints $'gene\tmean' gx-means < <(cat t)
		gx-threshold -T 12 t >record
		[[ $(field rows record) == 0 && $(wc -l <record) == 3 ]]
	done
}

@test "quotes: delimiters inside, doubled, around numbers; a quote within a field is a byte" {
	printf 'gene,"a,1","b""2",c"3\n"x,y",1,"2",3\n"say ""hi""",4,5,6\n5'"'"'-NT,7,8,9\nHg"A"B,1,1,1\n"",2,2,2\n' >t.csv
	prints $'gene\tmean\nx,y\t2\nsay "hi"\t5\n5'"'"$'-NT\t8\nHg"A"B\t1\n\t2' gx-means t.csv
	gx-threshold --pass --any -T 0 -f csv t.csv >copy.csv
	prints $'gene,"a,1",b"2,c"3\n"x,y",1,2,3\nsay "hi",4,5,6\n5'"'"'-NT,7,8,9
Hg"A"B,1,1,1
,2,2,2' cat copy.csv
	gx-threshold --pass --any -T 0 -f csv copy.csv | cmp - copy.csv
	gx-threshold --pass --any -T 0 -b t.csv | gx-threshold --pass --any -T 0 -f csv | cmp - copy.csv
	gx-threshold --pass --any -T 0 t.csv >copy.tsv
	[[ $(head -1 copy.tsv) == $'gene\ta,1\tb"2\tc"3' ]]
	gx-threshold --pass --any -T 0 -f csv copy.tsv | cmp - copy.csv
}

@test "names that begin with a quote, or hold a TAB, survive TSV, CSV and GXM" {
	printf 'gene\t"""a"\t"b\tc"\td,e\n"""x"\t1\t2\t3\n"y\ty"\t1\t2\t3\nz,z\t1\t2\t3\n' >t.tsv
	gx-threshold --pass --any -T 0 t.tsv | cmp - t.tsv
	gx-threshold --pass --any -T 0 -b t.tsv >t.gxm
	gx-threshold --pass --any -T 0 t.gxm | cmp - t.tsv
	gx-threshold --pass --any -T 0 -f csv t.tsv >t.csv
	gx-threshold --pass --any -T 0 t.csv | cmp - t.tsv
	# And a record, where they stand as in a table.
	gx-threshold -T 12 t.tsv >record
	gx-reduce record | cmp - record
	cat record record >two
	refuses 1 "same part twice" gx-reduce two
}

@test "names are bytes: repeated, numeric, NA, #, blanks, Latin-1, UTF-8, dates" {
	printf 'gene\ts 1\t2h+rep/x:y\ts 1\tdata/x.bam\n' >t
	local name
	for name in g1 g1 007 7 7892501 2.31E+19 NA nan '#x' 'g#1' ' lead' 'trail ' Sep-01 $'\xe9' 'é' \
		'SYM|7157' 'SYM::ORF::1' "'q" -1 --; do
		printf '%s\t1\t2\t3\t6\n' "$name"
	done >>t
	gx-threshold --pass --any -T 0 t | cmp - t
	gx-threshold --pass --any -T 0 -b t | gx-threshold --pass --any -T 0 | cmp - t
	gx-threshold --pass --any -T 0 -b -t 4 t | gx-threshold --pass --any -T 0 -t 4 | cmp - t
	gx-means t | cut -f 1 | tail -n +2 | cmp - <(tail -n +2 t | cut -f 1)
	gx-means -b t | gx-means | cut -f 1 | tail -n +2 | cmp - <(tail -n +2 t | cut -f 1)
	gx-threshold -T 12 t | cut -f 1 | tail -n +2 | cmp - <(head -1 t | cut -f 2- | tr '\t' '\n')
}

@test "spaces around numbers are passed over" {
	printf 'gene\ta\tb\nx\t 1\t2 \ny\t  3  \t 4\n' >t
	prints $'gene\tmean\nx\t1.5\ny\t3.5' gx-means t
	printf 'gene,a,b\nx, 1,2 \n' >t
	prints $'gene\tmean\nx\t1.5' gx-means t
}

@test "a line of more than a megabyte, and a row of 1,000,000 columns" {
	python3 - >wide.tsv <<-END
		m = 1000000
		print("gene\t" + "\t".join(f"c{j}" for j in range(m)))
		for i in range(3):
		    print(f"g{i}\t" + "\t".join(str((i + j) % 7) for j in range(m)))
	END
	local want
	want=$(python3 -c 'for i in range(3): print(f"g{i}\t" + repr(sum((i + j) % 7 for j in range(1000000)) / 1000000))')
	prints $'gene\tmean\n'"$want" gx-means wide.tsv
	cat wide.tsv | gx-means -t 4 -H | cmp - <(echo "$want")
	gx-threshold --pass --any -T 0 -b wide.tsv | gx-means -H | cmp - <(echo "$want")
	gx-means -H -p 2/3 wide.tsv >part
	gx-means -H -p 1/3 wide.tsv | cat - part <(gx-means -H -p 3/3 wide.tsv) | cmp - <(echo "$want")
	# A name of two megabytes.
	{ printf 'gene\ta\n'; head -c 2000000 /dev/zero | tr '\0' n; printf '\t5\nx\t6\n'; } >name.tsv
	gx-means name.tsv >got
	sed '1s/.*/gene\tmean/' name.tsv | cmp - got
	gx-means -b name.tsv | gx-means | cmp - got
	# A number of a megabyte.
	{ printf 'gene\ta\nx\t1.'; head -c 1000000 /dev/zero | tr '\0' 0; printf '1\n'; } >number.tsv
	prints $'gene\tmean\nx\t1' gx-means number.tsv
}

@test "lines that meet the ends of buffers, at every offset" {
	local n
	for n in 65535 65536 65537 262143 262144 262145; do
		# The second row begins around a buffer's end.
		{ printf 'gene\ta\n'; head -c $((n - 12)) /dev/zero | tr '\0' x; printf '\t1\ny\t2\nz\t3\n'; } >t
		gx-means t | cut -f 2 | tr '\n' ' ' | cmp - <(printf 'mean 1 2 3 ')
		cat t | gx-means -t 2 | cut -f 2 | tr '\n' ' ' | cmp - <(printf 'mean 1 2 3 ')
		sed 's/$/\r/' t | gx-means | cut -f 2 | tr '\n' ' ' | cmp - <(printf 'mean 1 2 3 ')
	done
}

@test "gzip and zstd, several members, around every format, from file and pipe" {
	local f
	rows 500 6 >t.tsv
	gx-simulate -n 400 -m 5 -o s.gxm
	gx-simulate -n 400 -m 5 -o s.npy
	for f in t.tsv s.gxm s.npy; do
		gx-means $f >want
		gzip -c $f >$f.gz
		zstd -q $f -o $f.zst
		{ head -c 3000 $f | gzip; tail -c +3001 $f | gzip -1; } >$f.multi.gz
		{ head -c 3000 $f | zstd -q; tail -c +3001 $f | zstd -q --no-check; } >$f.multi.zst
		{ head -c 3000 $f | gzip; printf '' | gzip; tail -c +3001 $f | gzip; } >$f.empty.gz
		local packed
		for packed in $f.gz $f.zst $f.multi.gz $f.multi.zst $f.empty.gz; do
			four_ways $packed gx-means
			same want "$out"
		done
	done
}

@test "gzip within gzip, and within zstd: decoded to the bottom, from file and pipe" {
	local f
	rows 3000 6 >t.tsv
	gx-simulate -n 400 -m 5 -o s.gxm
	for f in t.tsv s.gxm; do
		gx-means $f >want
		gzip -c $f | gzip -c >twice.gz
		zstd -qc $f | gzip -c | gzip -c | zstd -qc >four.zst
		four_ways twice.gz gx-means
		same want "$out"
		four_ways four.zst gx-means
		same want "$out"
	done
	prints 'compression gzip in gzip' bash -c 'gx-info --quick twice.gz | grep ^compression'
	prints 'compression zstd in gzip in gzip in zstd' \
		bash -c 'gx-info --quick four.zst | grep ^compression'
	# As under one layer, a part of GXM can be read, and one of text cannot.
	gx-threshold -p 2/3 s.gxm >want
	gx-threshold -p 2/3 twice.gz | cmp - want
	gzip -c t.tsv | gzip -c >twice.gz
	refuses 2 "compressed text cannot be cut" gx-threshold -p 1/2 twice.gz
	gx-threshold twice.gz >want
	gzip -c t.tsv | gx-threshold | cmp - want
	# Bounded; and the way out is one.
	gzip -c four.zst >five.gz
	refuses 1 "five.gz: compressed more than 4 times over: decode it first: gzip -dc" gx-means five.gz
	gzip -dc five.gz | gx-means | cmp - <(gx-means s.gxm)
}

@test "damaged or cut compressed data: exit 1, nothing for a sum" {
	rows 3000 6 >t.tsv
	gzip -c t.tsv >t.gz
	zstd -q t.tsv -o t.zst
	local f n
	for f in t.gz t.zst; do
		for n in 2 5 11 100 5000 $(($(stat -c %s $f) - 1)); do
			head -c $n $f >cut
			refuses 1 "cut" gx-threshold cut
			refuses 1 "<stdin>" gx-threshold < <(cat cut)
		done
		{ head -c 5000 $f; printf '\xff\xff\xff\xff'; tail -c +5005 $f; } >bad
		refuses 1 "bad" gx-threshold bad
		{ cat $f; printf 'garbage'; } >bad
		refuses 1 "bad" gx-threshold bad
	done
	# The check sum of the last member.
	{ head -c -8 t.gz; head -c 8 /dev/zero; } >bad
	refuses 1 "bad" gx-threshold bad
	gzip -c /dev/null >empty.gz
	refuses 1 "empty" gx-threshold empty.gz
}

@test "what is no table is refused by name" {
	local bytes word
	while IFS='|' read -r bytes word; do
		# shellcheck disable=SC2059
		printf "$bytes" >x
		refuses 1 "$word" gx-threshold x
		refuses 1 "$word" gx-threshold < <(cat x)
	done <<-'END'
		\xff\xfeg\x00e\x00n\x00|UTF-16
		\xfe\xff\x00g\x00e|UTF-16
		\x89HDF\r\n\x1a\n0000|HDF5
		PK\x03\x04aaaaaaaa|xlsx
		BZh91AY&SY|bzcat
		\xfd7zXZ\x00aaaa|xzcat
		PAR1\x15\x04\x15aaaa|Parquet
		version https://git-lfs.github.com/spec/v1\noid|git-lfs
		<!DOCTYPE html>\n<html>|HTML
		<html>\n|HTML
	END
}

@test "NUL and control bytes, and a CR that ends no line" {
	local c
	for c in '\000' '\001' '\a' '\b' '\v' '\f' '\033' '\037' '\177'; do
		# shellcheck disable=SC2059
		printf "gene\ta\tb\nx\t1\t2\ny\t3$c\t4\nz\t5\t6\n" >t
		refuses 1 "t:3:2: " gx-threshold t
		refuses 1 "<stdin>:3:2: " gx-threshold < <(cat t)
		# shellcheck disable=SC2059
		printf "gene\ta$c\tb\nx\t1\t2\n" >t
		refuses 1 "t:1" gx-threshold t
		# shellcheck disable=SC2059
		printf "gene\ta\tb\nx\t1\t2\ny$c\t3\t4\n" >t
		refuses 1 "t:3:1: " gx-threshold t
	done
	printf 'gene\ta\rx\t1\ry\t2\r' >t
	refuses 1 "tr '\\r' '\\n'" gx-threshold t
	printf 'gene\ta\tb\nx\t1\r\t2\n' >t
	refuses 1 "t:2" gx-threshold t
	printf 'gene\ta\tb\ny\t1\t2\nx\t1\r\t2\n' >t
	refuses 1 "t:3:2: a CR that ends no line" gx-threshold t
}

@test "rows that are too short, too long, blank, open a quote: line and what was found" {
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\n' >t
	refuses 1 "t:3: 2 fields where 3" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\ny\t3\t4\t5\n' >t
	refuses 1 "t:3: 4 fields where 3" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\ny\n' >t
	refuses 1 "t:3: 1 field where 3" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\n\ny\t3\t4\n' >t
	refuses 1 "t:3: a blank line" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\n"y\t3\t4\n' >t
	refuses 1 "t:3:1: a quote is not closed" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\n"y"z\t3\t4\n' >t
	refuses 1 "t:3:1: " gx-threshold t
	printf 'gene\t"a\tb\nx\t1\t2\n' >t
	refuses 1 "t:1" gx-threshold t
	printf 'gene\ta\tb\nx\t1\t2\t3\t4\n' >t
	refuses 1 "t:2: " gx-threshold t
	printf 'gene\nx\n' >t
	refuses 1 "t:" gx-threshold t
	printf '\nTSPAN6\t1\ny\t2\n' >t
	refuses 1 "t:2: " gx-threshold t
}

@test "the line's number is that of the file, in every part, behind CR LF, far down" {
	local n k
	{ rows 5000 4; printf 'bad\t1\tx\t3\t4\n'; rows 10 4 | tail -n +2; } >t
	refuses 1 "t:5002:3: not a number: 'x'" gx-threshold t
	refuses 1 "t:5002:3: not a number: 'x'" gx-threshold -t 4 t
	refuses 1 "<stdin>:5002:3: not a number: 'x'" gx-threshold < <(cat t)
	sed 's/$/\r/' t >crlf
	refuses 1 "crlf:5002:3: not a number: 'x'" gx-threshold crlf
	for n in 2 7 50; do
		for ((k = 1; k <= n; k++)); do
			gx-threshold -T 12 -p $k/$n t >/dev/null 2>>messages || true
		done
	done
	[[ $(sort -u messages) == "gx-threshold: t:5002:3: not a number: 'x'"* ]]
	[[ $(grep -c . messages) == 3 ]]
}

@test "what is wrong first in the file is what is told, with any number of threads" {
	{ rows 9000 3; printf 'bad\t1\t2\n'; rows 9000 3 | tail -n +2; printf 'bad\tx\t2\t3\n'; } >t
	local i
	for i in 1 2 3 4 8; do
		refuses 1 "t:9002: 3 fields where 4" gx-threshold -t $i t
	done
}

@test "what is wrong is not hidden by parts: some part refuses it" {
	{ rows 50 3; printf '\n'; rows 50 3 | tail -n +2; } >blank
	{ rows 50 3; printf 'x\t1\n'; rows 50 3 | tail -n +2; } >short
	local f k n
	for f in blank short; do
		for n in 1 2 3 7 100; do
			for ((k = 1; k <= n; k++)); do
				gx-threshold -T 12 -p $k/$n $f 2>/dev/null || :
			done >parts
			exits 75 gx-reduce parts || exits 1 gx-reduce parts
			[[ ! -s $out ]]
		done
	done
}

@test "a blank line that ends a part is refused by the part, wherever it is cut" {
	local n k
	printf 'gene\ta\nx\t1\n\n\r\ny\t2\n' >t
	for ((n = 1; n <= $(stat -c %s t); n++)); do
		for ((k = 1; k <= n; k++)); do
			gx-threshold -T 12 -p $k/$n t 2>>messages || :
		done >parts
		exits 75 gx-reduce parts || exits 1 gx-reduce parts || note "$n parts"
	done
	# Lines 3 and 4 are blank: who sees the latter alone names it.
	grep -q '^gx-threshold: t:3: a blank line among the rows' messages
	[[ -z $(grep -v '^gx-threshold: t:[34]: a blank line among the rows' messages) ]]
}

@test "a blank line among the rows is seen where buffers end, and a million of them" {
	local n
	for n in 262138 262139 262140 262141 262142 262143 262144 262145 262146; do
		{ printf 'gene\ta\n'; head -c $((n - 10)) /dev/zero | tr '\0' x; printf '\t1\n\ny\t2\n'; } >t
		refuses 1 "t:3: a blank line" gx-threshold t
		refuses 1 "<stdin>:3: a blank line" gx-threshold -t 3 < <(cat t)
	done
	{ printf 'gene\ta\nx\t1\n'; head -n 1000000 < <(yes ''); } >t
	prints $'gene\tmean\nx\t1' gx-means t
	prints $'gene\tmean\nx\t1' gx-means < <(cat t)
	printf 'y\t2\n' >>t
	refuses 1 "t:3: a blank line" gx-threshold t
	refuses 1 "<stdin>:3: a blank line" gx-threshold < <(cat t)
}

@test "npy that is damaged, cut, too long or of another kind" {
	gx-simulate -n 5 -m 3 -o s.npy
	local n
	for n in 1 5 6 8 9 10 40 127 128 129 247; do
		head -c $n s.npy >cut
		refuses 1 "cut" gx-threshold cut
		refuses 1 "<stdin>" gx-threshold < <(cat cut)
	done
	{ cat s.npy; printf x; } >long
	refuses 1 "follow" gx-threshold long
	refuses 1 "follow" gx-threshold < <(cat long)
	local from to
	while read -r from to; do
		sed "1,2s/$from/$to/" s.npy >bad
		cmp -s bad s.npy && note "$from is not in the header"
		refuses 1 "bad" gx-threshold bad
		refuses 1 "<stdin>" gx-threshold < <(cat bad)
	done <<-'END'
		<f8 <c8
		<f8 |O8
		<f8 <f2
		<f8 <U8
		False Maybe
		descr dscr_
		shape shope
		(5,.3) (5,.0)
		(5,.3) (-5,3)
		(5,.3) (5,3,)2
		(5,.3) (5,x3)
	END
	printf '\x93NUMPX' >bad
	refuses 1 "bad" gx-threshold bad
}

@test "forged sizes: refused at once, and nothing large is allocated" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	python3 "$tests/check_forged.py" sizes
}

@test "forged source facts: segments and files that do not continue each other" {
	[[ -z ${GX_SANITIZED-} ]] || skip "a sanitizer takes all addresses"
	python3 "$tests/check_forged.py" segments
}

@test "several operands are one matrix" {
	table >t1.tsv
	printf 'gene\ta\tb\nh1\t100\t200\n' >t2.tsv
	prints $'gene\tmean\ng1\t1.5\ng2\t17\ng3\tNA\nh1\t150' gx-means t1.tsv t2.tsv
	prints $'gene\tmean\nh1\t150\ng1\t1.5\ng2\t17\ng3\tNA' gx-means t2.tsv - <t1.tsv
	gx-threshold -T 12 t1.tsv t2.tsv >record
	[[ $(field of record) == 4 && $(field input record) == "digest:$(field digest record)" ]]
	[[ $(field unit record) == rows && $(field first record) == 0 ]]
	gx-threshold -T 12 -t 4 t1.tsv t2.tsv | cmp - record
	# Implicit names are counted on.
	gx-simulate -n 2 -m 2 -o a.npy
	gx-simulate -n 3 -m 2 -s 2 -o b.npy
	gx-means a.npy b.npy | cut -f 1 | tr '\n' ' ' | cmp - <(printf 'gene g1 g2 g3 g4 g5 ')
	gx-simulate -n 2 -m 2 -o a.gxm
	gx-means a.gxm b.npy | cmp - <(gx-means a.npy b.npy)
	refuses 2 "--part" gx-means -p 1/2 t1.tsv t2.tsv
}

@test "operands that do not fit together are exit 1" {
	table >t1.tsv
	printf 'gene\tb\ta\nh1\t1\t2\n' >swapped.tsv
	refuses 1 "column 1 is 'a' in t1.tsv and 'b' in swapped.tsv" gx-means t1.tsv swapped.tsv
	printf 'gene\ta\nh1\t1\n' >narrow.tsv
	refuses 1 "t1.tsv has 2 columns and narrow.tsv has 1" gx-means t1.tsv narrow.tsv
	refuses 3 "absent.tsv: No such file" gx-means t1.tsv absent.tsv
	gx-simulate -n 10 -m 2 -o whole.gxm
	local k
	for k in 1 2 3; do gx-simulate -n 10 -m 2 -p $k/3 -o p$k.gxm; done
	gx-means p1.gxm p2.gxm p3.gxm | cmp - <(gx-means whole.gxm)
	refuses 1 "part" gx-means whole.gxm p1.gxm
	refuses 1 "part" gx-means p1.gxm whole.gxm
	refuses 1 "p3.gxm" gx-means p1.gxm p3.gxm
	refuses 1 "p1.gxm" gx-means p2.gxm p1.gxm
	gx-simulate -n 10 -m 2 -s 2 -p 2/3 -o q2.gxm
	refuses 1 "q2.gxm" gx-means p1.gxm q2.gxm p3.gxm
	# A lone part is a matrix too, of the rows that it has.
	gx-means p2.gxm | cut -f 1 | tr '\n' ' ' | cmp - <(printf 'gene g5 g6 g7 ')
}

@test "concatenated GXM that does not continue is exit 1, and says which segment" {
	local k
	for k in 1 2 3; do gx-simulate -b -n 9 -m 2 -p $k/3 -o p$k; done
	gx-simulate -b -n 9 -m 2 -o whole
	gx-simulate -b -n 9 -m 3 -p 2/3 -o wide
	gx-simulate -b -n 9 -m 2 -s 3 -p 2/3 -o other
	local bad
	for bad in 'p1 p3' 'p2 p1' 'p1 p1' 'whole whole' 'p1 wide p3' 'p1 other p3' 'whole p1' 'p1 whole'; do
		# shellcheck disable=SC2086
		cat $bad >bad
		refuses 1 "segment 2" gx-threshold bad
		refuses 1 "segment 2" gx-threshold < <(cat bad)
	done
	cat p1 p2 >first # a range of the rows is a part
	gx-threshold -T 12 first >record
	[[ $(field first record) == 0 && $(field last record) == 6 && $(field of record) == 9 ]]
	cat p2 p3 | gx-threshold -T 12 >record
	[[ $(field first record) == 3 && $(field last record) == 9 ]]
}

@test "--part where nobody can know the whole is exit 2, with the way out" {
	rows 30 3 >t.tsv
	gx-simulate -n 30 -m 3 -o s.gxm
	gx-simulate -n 30 -m 3 -p 2/3 -o part.gxm
	gx-means -b s.gxm >derived.gxm
	gzip -c t.tsv >t.gz
	zstd -q t.tsv -o t.zst
	gzip -c s.gxm >s.gxm.gz
	refuses 2 "gx-convert -b" gx-threshold -p 1/2 < <(cat t.tsv)
	refuses 2 "gx-convert -b" gx-threshold -p 1/2 t.gz
	refuses 2 "gx-convert -b" gx-threshold -p 1/2 t.zst
	refuses 2 "gx-convert -b" gx-threshold -p 1/2 < <(cat t.gz)
	refuses 2 "cut the source" gx-threshold -p 1/2 derived.gxm
	refuses 2 "cut the source" gx-means -p 1/2 < <(cat derived.gxm)
	refuses 2 "part" gx-threshold -p 1/2 part.gxm
	refuses 2 "part" gx-threshold -p 1/2 < <(cat part.gxm)
	# Compressed GXM is a GXM pipe.
	gx-threshold -p 2/3 s.gxm >want
	gx-threshold -p 2/3 s.gxm.gz | cmp - want
	gzip -dc s.gxm.gz | gx-threshold -T 12 -p 2/3 | cmp - want
}

@test "formats by -f, by -b, by the file's extension; the last of several wins" {
	table >t.tsv
	gx-means t.tsv >tsv
	gx-means -b t.tsv >gxm
	gx-means -f csv t.tsv >csv
	[[ $(head -c 4 gxm) == $'\x89GXM' && $(head -1 csv) == gene,mean ]]
	gx-means t.tsv -o x.gxm
	same gxm x.gxm
	gx-means t.tsv -o x.csv
	same csv x.csv
	gx-means t.tsv -o x.txt
	same tsv x.txt
	gx-means t.tsv -o x
	same tsv x
	gx-means t.tsv -o x.npy
	[[ $(head -c 6 x.npy) == $'\x93NUMPY' ]]
	gx-means t.tsv -f tsv -o x.gxm
	same tsv x.gxm
	gx-means t.tsv -f csv -b | cmp - gxm
	gx-means t.tsv -b -f csv | cmp - csv
	gx-means t.tsv -b -f npy -f tsv | cmp - tsv
	gx-means -H -f csv t.tsv | cmp - <(tail -n +2 csv)
	refuses 2 "the formats are" gx-means -f xls t.tsv
	refuses 2 "the formats are" gx-means -f '' t.tsv
}

@test "npy to a pipe where the number of rows is known, and where it is not" {
	gx-simulate -n 50 -m 3 -f npy | gx-means >pipe
	gx-simulate -n 50 -m 3 -o s.npy
	gx-means s.npy | cmp - pipe
	gx-simulate -n 50 -m 3 -o s.gxm
	gx-means -f npy s.gxm | cat >m.npy
	gx-means s.gxm -o n.npy
	same m.npy n.npy
	rows 5 3 >t.tsv
	{ gx-means -f npy t.tsv 2>err || echo $? >code; } | cat >got
	[[ $(cat code) == 2 && ! -s got ]]
	grep -qF 'write a file (-o m.npy)' err
	gx-means -f npy t.tsv -o t.npy
	gx-means t.npy | cut -f 2 | cmp - <(gx-means t.tsv | cut -f 2)
}

@test "several operands that can be read only once: none of their rows is lost" {
	# More than a pipe holds, and no header that would give the loss away.
	awk 'BEGIN { for (i = 1; i <= 20000; i++) print "g" i "\t" i % 7 "\t1" }' >t
	gx-means --no-header --repeated t t >whole
	gx-means --no-header <(cat t) <(cat t) | cmp - whole
	gx-means --no-header t <(cat t) | cmp - whole
	gx-simulate -b -n 50 -m 2 -p 1/2 >a.gxm
	gx-simulate -b -n 50 -m 2 >b.gxm
	run -1 --separate-stderr gx-threshold -T 12 b.gxm <(cat a.gxm)
	[[ $stderr == *"operands are all wholes, or parts"* ]]
	printf 'gene\ts1\ts2\nx\t1\t2\n' >named
	run -1 --separate-stderr gx-convert -b b.gxm <(cat named) -o c.gxm
	[[ $stderr == *"names its rows"* && ! -e c.gxm ]]
}
