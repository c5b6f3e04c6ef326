#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Damage, bit by bit: no number ever comes of it. A sanitizer's build takes a sample.

load lib.bash

setup() {
	work
}

damage() {
	python3 "$tests/check_damage.py" "$@"
}

@test "every bit flipped, every cut, of a simulation: refused, file and pipe" {
	gx-simulate -n 3 -m 3 -o plain.gxm
	damage bits plain.gxm
}

@test "every bit flipped, every cut, of named means" {
	table | cut -f 1-3 >t.tsv
	gx-means -b --skip-na t.tsv -o named.gxm
	damage bits named.gxm
}

@test "every bit flipped, every cut, of rows with a missing value" {
	table >t.tsv
	gx-threshold --pass --any -T 0 -b t.tsv -o missing.gxm
	damage bits missing.gxm
}

@test "10,000 random flips in half a megabyte" {
	gx-simulate -n 1250 -m 50 -o big.gxm
	damage random big.gxm 10000
}

@test "random flips in named rows, in several segments" {
	gx-simulate -n 900 -m 40 >s.tsv
	local k
	for k in 1 2 3; do gx-threshold --pass --any -T 0 -b -p $k/3 s.tsv; done >big.gxm
	damage random big.gxm 1000
}

@test "random flips under four threads" {
	gx-simulate -n 1250 -m 50 -o big.gxm
	OMP_NUM_THREADS=4 damage random big.gxm 2000
	gx-simulate -n 2 -m 3 -o plain.gxm
	OMP_NUM_THREADS=4 damage bits plain.gxm
}

@test "every bit, line and cut of a record" {
	table >t.tsv
	gx-threshold -T 12 t.tsv >record
	damage record record
}

@test "every bit, line and cut of a record from a pipe" {
	table | gx-threshold -T 12 >record
	damage record record
}

@test "blocks that are interleaved, tagged, lost, doubled or swapped" {
	gx-simulate -n 2000 -m 50 -o s.gxm # blocks of 655 rows: 262,016 bytes and a head
	python3 - <<-'END'
		import struct
		blob = open("s.gxm", "rb").read()
		head = struct.unpack_from("<Q", blob, 16)[0]
		at, blocks = head, []
		while blob[at:at + 8] == b"GXMBLOCK":
		    n = struct.unpack_from("<Q", blob, at + 8)[0]
		    blocks.append(blob[at:at + n])
		    at += n
		head, tail = blob[:head], blob[at:]
		assert len(blocks) == 4 and head + b"".join(blocks) + tail == blob
		a, b, c, d = blocks
		for name, pieces in dict(lost=(a, c, d), last=(a, b, c), doubled=(a, b, b, c, d),
		                         swapped=(a, c, b, d), none=(), interleaved=(a, head, a, b)).items():
		    open("bad." + name, "wb").write(head + b"".join(pieces) + tail)
		open("bad.notrailer", "wb").write(head + b"".join(blocks))
		open("bad.nohead", "wb").write(b"".join(blocks) + tail)
		open("bad.tagged", "wb").write(b"1/3\t" + blob)
		open("bad.crlf", "wb").write(blob.replace(b"\n", b"\r\n"))
		open("bad.sevenbit", "wb").write(bytes(x & 127 for x in blob))
		open("bad.twotrailers", "wb").write(blob + tail)
		open("bad.newline", "wb").write(blob + b"\n")
		open("bad.before", "wb").write(b"\n" + blob)
	END
	local f
	for f in bad.*; do
		refuses 1 "$f" gx-threshold "$f"
		refuses 1 "<stdin>" gx-threshold < <(cat "$f")
		refuses 1 "<stdin>" gx-threshold -t 4 < <(cat "$f")
	done
}

@test "a message says which rows are whole" {
	gx-simulate -n 2000 -m 50 -o s.gxm
	head -c 400000 s.gxm >cut
	refuses 1 "655 rows are whole" gx-threshold cut
	refuses 1 "655 rows are whole" gx-threshold < <(cat cut)
	cp s.gxm bad
	printf '\x7f' | dd of=bad bs=1 seek=300000 conv=notrunc status=none
	refuses 1 "rows 656 to 1310" gx-threshold bad
	refuses 1 "rows 656 to 1310" gx-threshold < <(cat bad)
}

@test "a part finds damage in the blocks that it touches, and in header, index and trailer" {
	gx-simulate -n 2000 -m 50 -o s.gxm
	gx-threshold -p 1/4 s.gxm >want
	cp s.gxm bad
	printf '\x7f' | dd of=bad bs=1 seek=600000 conv=notrunc status=none # rows 1311 to 1965
	gx-threshold -T 12 -p 1/4 bad | cmp - want
	refuses 1 "rows 1311 to" gx-threshold -p 3/4 bad
	refuses 1 "rows 1311 to" gx-threshold -p 4/4 bad
	cp s.gxm bad
	printf '\x7f' | dd of=bad bs=1 seek=20 conv=notrunc status=none
	refuses 1 "bad" gx-threshold -p 3/4 bad
	head -c -1 s.gxm >bad
	refuses 1 "bad" gx-threshold -p 1/4 bad
	cp s.gxm bad
	printf '\x7f' | dd of=bad bs=1 seek=$(($(stat -c %s s.gxm) - 100)) conv=notrunc status=none
	refuses 1 "bad" gx-threshold -p 1/4 bad
}

@test "a filter that fails leaves a stream that the next one refuses" {
	{ rows 30000 3; printf 'bad\t1\tx\t3\n'; } >t.tsv
	{ gx-means -b t.tsv 2>err || true; } | { gx-threshold -T 12 >record 2>err2 || echo $? >code; }
	[[ $(cat code) == 1 && ! -s record ]]
	grep -qF "t.tsv:30002:3" err
	gx-simulate -b -n 100000 -o s.gxm
	head -c 5000000 s.gxm >cut
	{ gx-means -b cut 2>err || true; } | { gx-threshold -T 12 >record 2>err2 || echo $? >code; }
	[[ $(cat code) == 1 && ! -s record ]]
}
