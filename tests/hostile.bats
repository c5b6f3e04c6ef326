#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Inputs that are made to be read wrong, or to take all memory; inputs that change or stop
# while they are read. Each file of tests/hostile/ is what an attack was reduced to; the
# numbers in its GXM files and records are under right checksums.

load lib.bash

setup() {
	work
	hostile=$tests/hostile
}

# limited MIB command ...: with so much address space; a program of gx takes some by itself.
limited() {
	local mib=$1
	shift
	if [[ -n ${GX_SANITIZED:-} ]]; then
		"$@"
	else
		(ulimit -v $((mib * 1024)) && exec "$@")
	fi
}

# at_once command ...: it may take 20 seconds and 200 MiB, and no more.
at_once() {
	limited 200 timeout 20 "$@"
}

# ---- heads ----

@test "GCT 1.3 whose header begins like another table, or that has no header" {
	prints $'gene\tmean\ng1\t1.5\ng2\t3.5' gx-means "$hostile/gct13_known_header.gct"
	refuses 1 "is the file whole?" gx-means --no-header "$hostile/gct13_no_header.gct"
}

@test "128 bytes that declare 300 million columns and no row" {
	local c
	for c in gx-means "gx-threshold -T 1" gx-convert "gx-convert -b" gx-info; do
		refuses 1 "it has no rows, and more columns" at_once $c "$hostile/wide_no_rows.npy"
		refuses 1 "it has no rows, and more columns" \
			at_once $c < <(cat "$hostile/wide_no_rows.npy")
	done
	# A row is made dense: a matrix of a few bytes must not ask for one of any width.
	printf '%%%%MatrixMarket matrix coordinate real general\n1 4000000000 1\n1 1 1\n' >wide.mtx
	refuses 1 "far more columns than its entries" at_once gx-means wide.mtx
}

@test "rows numbered beyond 2^64, and rows whose numbers nobody knows" {
	local c
	for c in gx-means gx-convert "gx-threshold -T 1" gx-info; do
		refuses 1 "beyond 2^64" $c "$hostile/first_row_wraps.gxm"
		refuses 1 "beyond 2^64" $c < <(cat "$hostile/first_row_wraps.gxm")
	done
	# What is not known is not told: of a file and of a pipe alike.
	succeeds gx-threshold -T 1 "$hostile/first_not_known.gxm"
	cp "$out" file
	gx-threshold -T 1 < <(cat "$hostile/first_not_known.gxm") | cmp - file
	[[ $(field last file),$(field of file),$(field input file) == .,.,. ]]
	refuses 1 "add -b to gx-means, or name the file" gx-reduce file
	gx-reduce --unverified file | cut -f 2,3 | tail -n 2 | cmp - <(printf '1\t2\n2\t2\n')
}

@test "control bytes in GXM names, identity, provenance and source facts" {
	local c
	for c in gx-means gx-convert "gx-threshold -T 1" gx-info "gx-convert --explain"; do
		refuses 1 "has a control byte" $c "$hostile/names_with_line_ends.gxm"
		refuses 1 "has a control byte" $c < <(cat "$hostile/names_with_line_ends.gxm")
		refuses 1 "has a control byte" $c "$hostile/provenance_with_line_ends.gxm"
	done
	# In the names of rows, too: forged, under right checksums.
	python3 - <<-'END'
		import oracle
		rows = oracle.Segment(2, [[1.0, 2.0], [3.0, 4.0]], names=["g1", "g\x1b[31m2"])
		open("rows.gxm", "wb").write(rows.bytes())
	END
	refuses 1 "control byte in a name" gx-convert rows.gxm
	refuses 1 "control byte in a name" gx-convert < <(cat rows.gxm)
}

@test "records whose sums do not fit, whose counts exceed their rows, of no extent" {
	refuses 1 "sums_overflow.records:2:" gx-reduce "$hostile/sums_overflow.records"
	refuses 1 "sums_overflow.records:2:" gx-reduce --unverified "$hostile/sums_overflow.records"
}

@test "the parts of a matrix of one row join to its bytes" {
	local k
	for k in 1 2; do gx-convert -b -p $k/2 -o $k.gxm "$hostile/one_row.gxm"; done
	gx-reduce --join -b 1.gxm 2.gxm | cmp - "$hostile/one_row.gxm"
	cat 1.gxm 2.gxm | gx-reduce --join -b | cmp - "$hostile/one_row.gxm"
	for k in 1 2; do
		gx-threshold --pass --any -T -1e300 -b -p $k/2 "$hostile/one_row.gxm" >p$k.gxm
	done
	gx-reduce --join p1.gxm p2.gxm >joined
	gx-threshold --pass --any -T -1e300 "$hostile/one_row.gxm" | cmp - joined
}

@test "a control of Unicode is shown by its bytes" {
	refuses 1 'not a number: '"'"'\xc2\x9b31mX'"'" gx-means "$hostile/c1_control.tsv"
	lacks -P '[\x80-\xff]' "$err"
}

# ---- endless input ----

@test "NULs without end are judged by the first bytes, by every filter" {
	local c
	for c in gx-means gx-convert "gx-convert -b" "gx-threshold -T 1" gx-info "gx-info --quick" \
		"gx-means --transposed" "gx-means --no-header" "gx-means --delimiter ;" \
		gx-reduce "gx-reduce --join" gx-joblog "gx-time --runs 1"; do
		refuses 1 "" at_once $c /dev/zero
		refuses 1 "" at_once $c - < <(exec cat /dev/zero)
	done
}

@test "NULs behind a sound head, sparse files and compressed NULs" {
	printf 'gene\ta\ng1\t1\n' >holes.tsv
	cp holes.tsv filled.tsv
	truncate -s 8G holes.tsv || skip "no sparse files here"
	refuses 1 "NUL" at_once gx-means holes.tsv
	refuses 1 "NUL" at_once gx-means -t 4 holes.tsv
	(cat filled.tsv && head -c 200M /dev/zero) | gzip -1 >zeros.tsv.gz
	refuses 1 "NUL" at_once gx-means zeros.tsv.gz
	head -c 200M /dev/zero | gzip -1 >zeros.gz
	refuses 1 "NUL" at_once gx-means zeros.gz
	refuses 1 "" at_once gx-reduce zeros.gz
	refuses 1 "" at_once gx-joblog zeros.gz
	(printf '%%%%MatrixMarket matrix coordinate real general\n%%' && head -c 200M /dev/zero) |
		gzip -1 >zeros.mtx.gz
	refuses 1 ":2: NUL" at_once gx-means zeros.mtx.gz
	mkdir tenx
	printf '%%%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n' >tenx/matrix.mtx
	cp zeros.gz tenx/features.tsv.gz
	printf 'c1\n' >tenx/barcodes.tsv
	refuses 1 "NUL" at_once gx-means tenx
}

@test "a line without end is refused at 1 GiB, a comment too" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "sanitizers need memory of their own"
	local line
	line=$(printf '%01023d' 0)
	endless() {
		printf "$1"
		head -c 1100M < <(yes "$line" | tr -d '\n')
	}
	refuses 1 ":1: a line of more than 1 GiB" gx-means < <(endless 'gene\ta')
	refuses 1 "a line of more than 1 GiB" gx-means < <(endless 'gene\ta\ng1\t1\ng2\t')
}

@test "records and joblogs that are none are judged by the first bytes" {
	refuses 1 "" at_once gx-reduce < <(yes)
	refuses 1 "" at_once gx-joblog < <(yes)
	refuses 1 "" at_once gx-joblog < <(yes 1 | tr -d '\n')
}

# ---- what the system says of a file ----

@test "a file of which the system does not tell the size is read as a pipe is" {
	[[ -r /proc/softirqs && ! -s /proc/softirqs ]] || skip "no such file here"
	exits 0 gx-convert --delimiter whitespace /proc/softirqs
	[[ $(wc -l <"$out") -gt 5 ]]
	[[ $(head -n 1 "$out") == gene*CPU0* ]]
	exits 0 gx-threshold -T 1 --delimiter whitespace /proc/softirqs
	[[ $(field of "$out") == . && $(field rows "$out") -gt 4 ]]
	refuses 2 "--part" gx-means -p 1/2 --delimiter whitespace /proc/softirqs
}

# blocked_by_fifo command ...: starts it with its output into a pipe that nobody reads yet:
# it has read the heads, and waits. $pid
blocked_by_fifo() {
	mkfifo fifo
	"$@" -o fifo 2>said &
	pid=$!
	local tries
	for ((tries = 0; tries < 200; tries++)); do
		# Its head is read, the file is closed, and it waits for a reader.
		[[ $(cat /proc/$pid/wchan 2>/dev/null) == *fifo* ]] && break
		sleep 0.05
	done
	sleep 0.2
}

@test "a file that is replaced between its head and its rows is exit 1" {
	local code=0
	rows 50 3 >t.tsv
	rows 60 3 >other.tsv
	blocked_by_fifo gx-convert t.tsv
	mv other.tsv t.tsv
	cat fifo >got
	wait $pid || code=$?
	[[ $code == 1 ]]
	grep -qF "t.tsv: it was replaced or changed between its head and its rows" said
}

@test "an operand that is replaced while the one before it is read is exit 1" {
	local code=0
	gx-simulate -n 30000 -m 10 -o a.gxm
	gx-simulate -n 100 -m 10 -o b.gxm
	gx-simulate -n 200 -m 10 -s 2 -o other.gxm
	mkfifo fifo
	gx-convert -b a.gxm b.gxm >fifo 2>said &
	local pid=$!
	exec 5<fifo
	head -c 1000 <&5 >got
	mv other.gxm b.gxm
	cat <&5 >>got
	exec 5<&-
	wait $pid || code=$?
	[[ $code == 1 ]]
	grep -qF "b.gxm: it was replaced or changed while the operands before it were read" said
	refuses 1 "" gx-info got
}

@test "a file that is cut while it is read is exit 1, in every format" {
	local format code
	for format in gxm npy tsv; do
		gx-simulate -n 60000 -m 10 -o m.$format
		mkfifo fifo
		code=0
		gx-convert m.$format >fifo 2>said &
		local pid=$!
		exec 5<fifo
		head -c 1000 <&5 >got
		truncate -s 300000 m.$format
		cat <&5 >>got
		exec 5<&-
		wait $pid || code=$?
		[[ $code == 1 ]] || note "$format: exit $code: $(cat said)"
		rm fifo
	done
}

@test "a pipe that does not block is waited for" {
	rows 3000 4 >t.tsv
	gx-means t.tsv >want
	python3 - <<-'END'
		import os, subprocess, time
		r, w = os.pipe()
		os.set_blocking(r, False)
		with open("got", "wb") as out:
		    p = subprocess.Popen([os.environ["GX_BIN"] + "/gx-means"], stdin=r, stdout=out)
		    os.close(r)
		    data = open("t.tsv", "rb").read()
		    for i in range(0, len(data), len(data) // 5 + 1):
		        time.sleep(0.1)
		        os.write(w, data[i:i + len(data) // 5 + 1])
		    os.close(w)
		    assert p.wait() == 0, p.returncode
	END
	cmp want got
}

# ---- compressed ----

@test "zstd that begins with a frame to skip is read; --long=31 is named as such" {
	table >t.tsv
	gx-means t.tsv >want
	(printf '\x50\x2a\x4d\x18\x04\0\0\0abcd' && zstd -qc t.tsv) >skip.zst
	gx-means skip.zst | cmp - want
	(printf '\x5f\x2a\x4d\x18\0\0\0\0' && zstd -qc t.tsv && printf '\x50\x2a\x4d\x18\x01\0\0\0x') >skip.zst
	gx-means skip.zst | cmp - want
	zstd -qc --long=31 <t.tsv >long.zst
	refuses 1 "made by zstd --long" gx-means long.zst
	# What the message advises.
	zstd -dc --long=31 long.zst | gx-means | cmp - want
}

# ---- the order of what is wrong ----

@test "what is wrong is told behind the rows before it, whatever the threads" {
	local t n=0 command code
	gx-simulate -n 60000 -m 10 -o m.gxm
	gx-convert m.gxm -o m.tsv
	gx-convert m.gxm -o m.npy
	sed '50000s/[0-9]$/x/' m.tsv >bad.tsv
	gzip -1c m.tsv >whole.gz
	head -c 2000000 whole.gz >cut.tsv.gz
	python3 "$tests/bgzip.py" <m.tsv >blocks.gz
	head -c 2000000 blocks.gz >cut.blocks.gz
	# Each a bit: in a block, in its sum, in its size, which gzip does not look at.
	flip() { # OFFSET
		python3 -c 'import sys
b = bytearray(open("blocks.gz", "rb").read())
b[int(sys.argv[1])] ^= 4
sys.stdout.buffer.write(b)' "$1"
	}
	flip 2000000 >damaged.blocks.gz
	python3 -c 'b = open("blocks.gz", "rb").read(); print(b.index(b"\x1f\x8b\x08\x04\0", 2000000))' >next
	flip $(($(<next) - 6)) >sum.blocks.gz
	flip $(($(<next) + 16)) >size.blocks.gz
	gx-means -t 4 size.blocks.gz | same - <(gx-means m.tsv)
	head -c 3000000 m.gxm >cut.gxm
	head -c 3000000 m.npy >cut.npy
	for t in 1 3; do gx-simulate -b -n 60000 -m 10 -p $t/3; done >gap.gxm
	cp m.gxm damaged.gxm
	printf X | dd of=damaged.gxm bs=1 seek=3000000 conv=notrunc status=none
	while read -r command; do
		for t in 1 2 5; do
			code=0
			bash -c "$command" _ "$t" >out.$t 2>err.$t || code=$?
			[[ $code == 1 ]] || note "$command: exit $code: $(cat err.$t)" || return 1
			cmp out.1 out.$t || return 1
			cmp err.1 err.$t || return 1
		done
		[[ -s out.1 ]] || note "$command: no rows before the fault" || return 1
		n=$((n + 1))
	done <<-'END'
		gx-convert -t $1 bad.tsv
		gx-means -t $1 bad.tsv
		cat bad.tsv | gx-convert -t $1
		gx-convert -t $1 cut.tsv.gz
		gx-convert -t $1 cut.blocks.gz
		cat cut.blocks.gz | gx-convert -t $1
		gx-convert -t $1 damaged.blocks.gz
		gx-convert -t $1 sum.blocks.gz
		cat sum.blocks.gz | gx-convert -t $1
		cat cut.gxm | gx-convert -t $1
		gx-convert -t $1 cut.gxm
		cat cut.npy | gx-convert -t $1
		gx-convert -t $1 damaged.gxm
		gx-convert -t $1 gap.gxm 2>/dev/null; cat gap.gxm | gx-convert -t $1
	END
	((n == 14))
	# A pipe is inflated by one thread: the same rows, and the same words.
	for file in cut sum; do
		for way in "cat $file.blocks.gz | gx-convert" "gx-convert -t 4 - <$file.blocks.gz"; do
			code=0
			bash -c "$way" >out.way 2>err.way || code=$?
			[[ $code == 1 ]]
			cp out.way out.$file.${#way}
			cp err.way err.$file.${#way}
		done
		same out.$file.*
		same err.$file.*
	done
}

# ---- GEO ----

@test "tables glued together by a padded end line are refused, from a file and from a pipe" {
	{
		printf '!series_matrix_table_begin\t\t\nID_REF\tA\tB\np0\t1\t2\n!series_matrix_table_end\t\t\n'
		seq 6000 | sed 's/.*/p&\t&\t1/'
		printf '!series_matrix_table_end\t\t\n'
	} >glued.txt
	refuses 1 "were files glued together?" gx-convert -o x glued.txt
	refuses 1 "were files glued together?" gx-convert -o x < <(cat glued.txt)
	exits 1 gx-convert -t 4 glued.txt
	exits 1 gx-convert -t 4 < <(cat glued.txt)
	local k refused=0
	for k in 1 2 3; do
		gx-threshold -T 1 -p $k/3 glued.txt >/dev/null 2>&1 || refused=$((refused + 1))
	done
	((refused > 0))
	# One table with more metadata behind it is read.
	{
		printf '!series_matrix_table_begin\nID_REF\tA\tB\n'
		seq 9000 | sed 's/.*/p&\t&\t1/'
		printf '!series_matrix_table_end\t\t\n!more\tx\n\n'
	} >whole.txt
	gx-convert whole.txt >want
	[[ $(wc -l <want) == 9001 ]]
	gx-convert -t 4 < <(cat whole.txt) | cmp - want
	for k in 1 2 3 4; do gx-convert -H -p $k/4 whole.txt; done | cmp - <(tail -n +2 want)
}

# ---- Fortran order ----

# fortran NAME ROWS COLUMNS: that matrix in C order and, its bytes turned, in Fortran order.
fortran() {
	gx-simulate -n $2 -m $3 -o $1.c.npy
	gx-convert --transpose $1.c.npy -o turned.npy
	python3 - "$1" "$2" "$3" <<-'END'
		import shutil, sys
		name, rows, columns = sys.argv[1:]
		head = "{'descr': '<f8', 'fortran_order': True, 'shape': (%s, %s), }" % (rows, columns)
		with open("turned.npy", "rb") as f, open(name + ".f.npy", "wb") as g:
		    f.seek(128)
		    g.write(b"\x93NUMPY\x01\x00\x76\x00" + head.ljust(117).encode() + b"\n")
		    shutil.copyfileobj(f, g)
	END
	rm turned.npy
}

@test "npy in Fortran order, by strips and turned: the bytes of C order, in bounded memory" {
	local name k
	fortran tall 60000 90
	fortran wide 110 50000
	fortran strips 1800 3000
	for name in tall wide strips; do
		gx-means $name.c.npy >want
		gx-means $name.f.npy | cmp - want
		gx-means -t 4 $name.f.npy | cmp - want
		gx-means < <(cat $name.f.npy) | cmp - want
		for k in 1 2 3; do gx-means -H -p $k/3 $name.f.npy; done | cmp - <(tail -n +2 want)
		for k in 1 2 3; do gx-means -H -p $k/3 < <(cat $name.f.npy); done |
			cmp - <(tail -n +2 want)
		gx-convert -b $name.f.npy | gx-info - | grep -E '^(digest|genes|samples)' >a
		gx-info $name.c.npy | grep -E '^(digest|genes|samples)' | cmp - a
		[[ -n ${GX_SANITIZED:-} ]] && continue
		exits 0 gx-means -v -t 8 -o x $name.f.npy
		k=$(sed -nE 's/.* ([0-9]+) KiB peak memory.*/\1/p' "$err")
		((k > 0 && k < 64 * 1024)) || note "$name: $k KiB"
	done
}

# ---- pieces ----

@test "parts whose last row is longer than a piece of text, behind short rows" {
	local n k
	{
		printf 'gene\ta\tb\n'
		seq 8000 | sed 's/.*/g&\t&\t&/'
		head -c 220000 /dev/zero | tr '\0' L
		printf '\t1\t2\nz\t3\t4\n'
	} >short.tsv
	gx-simulate -n 24 -m 9000 >wide.tsv
	python3 - <<-'END'
		import oracle, random
		draw = random.Random(oracle.seed())
		with open("mixed.tsv", "w") as f:
		    f.write("gene\ta\tb\n")
		    for i in range(400):
		        n = draw.choice([1, 9, 300, 5000, 262100, 262144, 262160, 400000]) if draw.random() < 0.1 else 3
		        f.write("g%s%d\t%d\t%d%s\n" % ("L" * n, i, i, 2 * i, draw.choice(["", "\r"])))
	END
	for table in short wide mixed; do
		gx-convert $table.tsv >want
		gx-convert -t 4 $table.tsv | cmp - want
		gx-convert < <(cat $table.tsv) | cmp - want
		for n in 2 5 13 14 16 31; do
			for ((k = 1; k <= n; k++)); do gx-convert -H -t $((k % 3 + 1)) -p $k/$n $table.tsv; done |
				cmp - <(tail -n +2 want)
		done
	done
}

@test "names beside a matrix that are more than it has are not gathered" {
	mkdir tenx
	printf '%%%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1\n' >tenx/matrix.mtx
	printf 'c1\nc2\n' >tenx/barcodes.tsv
	head -c 100M < <(yes G) >many
	gzip -1 <many >tenx/features.tsv.gz
	refuses 1 "52428800 names where the matrix has 2 rows" limited 60 gx-means tenx
}

@test "GXM that says of its input what cannot be" {
	python3 - <<-'END'
		import oracle
		def forge(name, **source):
		    facts = dict(identity="digest:0123456789abcdef", unit="rows", first="0", last="2", of="2",
		                 digest="0123456789abcdef", work="mean")
		    facts.update(source)
		    s = oracle.Segment(1, [[1.0], [2.0]], source="".join(f"{k} {v}\n" for k, v in facts.items()))
		    s.columns = ["mean"]
		    open(name, "wb").write(s.bytes())
		forge("good.gxm")
		forge("none.gxm", last="0")
		forge("one.gxm", last="1")
		forge("nobody.gxm", identity="")
		forge("escape.gxm", work="mean \x1b[31m")
	END
	gx-threshold -T 1 good.gxm | gx-reduce >/dev/null
	local name
	for name in none one nobody escape; do
		refuses 1 "" gx-threshold -T 1 $name.gxm
		refuses 1 "" gx-threshold -T 1 < <(cat $name.gxm)
	done
}
