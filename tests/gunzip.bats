#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gzip by whichever library inflates it: what all compressors write, blocks of bgzip, and which
# library it was. tests/unit/test_gunzip.c looks at each bit.

load lib.bash

setup() {
	work
	# A file that is no library, in front of the real one.
	mkdir hidden
	: >hidden/libisal.so.2
}

# loads: whether the programs that are tested would load libisal.
loads() {
	gx-means --version | grep -c 'libisal where it is' >/dev/null
}
# without command ...: the command where libisal cannot be loaded.
without() {
	LD_LIBRARY_PATH=$PWD/hidden "$@"
}
# inflated_by FILE: the library that did it.
inflated_by() {
	gx-info "$1" | sed -n 's,^inflated_by ,,p'
}

@test "which library inflated it: libisal where it is, else zlib, without a word" {
	table >t.tsv
	gzip -k t.tsv
	gx-means t.tsv >want
	[[ $(without inflated_by t.tsv.gz) == zlib ]]
	without succeeds gx-means t.tsv.gz
	same want "$out"
	without gx-means -v t.tsv.gz 2>&1 >/dev/null | grep -c 'compression gzip, inflated_by zlib,'
	[[ -z $(inflated_by t.tsv) ]]
	if loads && python3 -c 'import ctypes; ctypes.CDLL("libisal.so.2")'; then
		[[ $(inflated_by t.tsv.gz) == libisal ]]
	else
		[[ $(inflated_by t.tsv.gz) == zlib ]]
	fi
	# It is looked for when gzip comes, and not before.
	zstd -q t.tsv
	[[ -z $(inflated_by t.tsv.zst) ]]
}

@test "a libisal of another kind, or one that inflates wrong, is left alone" {
	loads || skip "this build loads none"
	command -v gcc >/dev/null || skip "gcc is not installed"
	table | gzip >t.tsv.gz
	mkdir other
	echo 'int isal_inflate(void *s) { return s != 0; }' |
		gcc -shared -fPIC -x c - -o other/libisal.so.2
	[[ $(LD_LIBRARY_PATH=$PWD/other inflated_by t.tsv.gz) == zlib ]]
	{
		for name in isal_inflate_init isal_inflate_reset; do
			echo "void $name(void *s) { (void)s; }"
		done
		for name in isal_inflate isal_inflate_stateless; do
			echo "int $name(void *s) { (void)s; return 0; }"
		done
		echo 'unsigned crc32_gzip_refl(unsigned c, const void *p, unsigned long n) { return c + n + !p; }'
	} | gcc -shared -fPIC -x c - -o other/libisal.so.2
	[[ $(LD_LIBRARY_PATH=$PWD/other inflated_by t.tsv.gz) == zlib ]]
}

@test "what gzip, pigz, igzip, libdeflate, zopfli and bgzip write, by both libraries" {
	gx-simulate --dist nbinom -n 3000 -m 30 -o t.tsv
	gx-means t.tsv >want
	local command name
	while read -r command; do
		name=${command%% *}
		command -v "$name" >/dev/null || continue
		bash -c "$command" <t.tsv >t.gz
		for t in 1 3; do
			gx-means -t $t t.gz >got || note "$command"
			same want got || note "$command"
			without gx-means -t $t t.gz >got || note "$command, by zlib"
			same want got || note "$command, by zlib"
			cat t.gz | gx-means -t $t >got || note "$command, from a pipe"
			same want got || note "$command, from a pipe"
		done
	done <<-'END'
		gzip -1
		gzip -9
		pigz -9 -c
		pigz -11 -c
		pigz -i -c
		pigz -H -c
		igzip -0 -c
		igzip -3 -c
		libdeflate-gzip -1 -c
		libdeflate-gzip -12 -c
		zopfli -c t.tsv
		bgzip -c
		bgzip -l 0 -c
		python3 "$PYTHONPATH/bgzip.py"
		head -c 100000 t.tsv | gzip; tail -c +100001 t.tsv | python3 "$PYTHONPATH/bgzip.py"
		head -c 100000 t.tsv | bgzip -c; head -c 3000 /dev/zero; tail -c +100001 t.tsv | gzip
	END
}

@test "blocks of bgzip: any threads, standard input from a file, without the empty one at the end" {
	gx-simulate --dist nbinom -n 40000 -m 40 -o t.tsv
	gx-means t.tsv >want
	python3 "$tests/bgzip.py" <t.tsv >t.gz
	head -c -28 t.gz >open.gz
	local file t
	for file in t.gz open.gz; do
		for t in 1 2 3 7 16; do
			succeeds gx-means -t $t $file
			same want "$out"
			succeeds gx-means -t $t - <$file
			same want "$out"
		done
		without succeeds gx-means -t 4 $file
		same want "$out"
	done
	# Behind another layer they are gzip as any other.
	zstd -q t.gz
	succeeds gx-means -t 4 t.gz.zst
	same want "$out"
	gzip -c t.gz >twice.gz
	succeeds gx-means -t 4 twice.gz
	same want "$out"
	# Several of them, and all formats.
	succeeds gx-means -t 4 t.gz open.gz
	[[ $(wc -l <"$out") == 80001 ]]
	gx-convert t.tsv -o t.gxm
	python3 "$tests/bgzip.py" <t.gxm >t.gxm.gz
	succeeds gx-means -t 4 t.gxm.gz
	same want "$out"
}

@test "blocks of bgzip: other threads inflate them, from a file alone" {
	gx-simulate --dist nbinom -n 40000 -m 40 | python3 "$tests/bgzip.py" >t.gz
	mkfifo fifo
	# threads command ...: how many it has when its output is not read on.
	threads() {
		local n=0 tries pid
		"$@" <&0 >fifo &
		pid=$!
		exec 5<fifo
		head -c 1 <&5 >/dev/null
		for tries in {1..20}; do
			n=$(ls "/proc/$pid/task" | wc -l)
			((n <= 4)) || break
			sleep 0.05
		done
		cat <&5 >/dev/null
		exec 5<&-
		wait $pid
		echo "$n"
	}
	[[ $(threads gx-convert -t 1 t.gz) == 1 ]]
	(($(threads gx-convert -t 4 t.gz) > 4))
	(($(threads gx-convert -t 4 - <t.gz) > 4))
	(($(threads gx-convert -t 4 - < <(cat t.gz)) <= 4))
}

@test "blocks of bgzip: memory is bounded by the threads, and not by the file" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "memory is another"
	local n
	for n in 100000 400000; do
		gx-simulate --dist nbinom -n $n -m 40 | python3 "$tests/bgzip.py" >t.gz
		gx-means -v -t 4 t.gz 2>&1 >/dev/null | sed -n 's/.* \([0-9]*\) KiB peak memory.*/\1/p' >peak.$n
	done
	# 8 pieces of 384 KiB, and what the pipeline has.
	(($(<peak.400000) < 40000 && $(<peak.400000) < $(<peak.100000) + 4000)) || note "$(cat peak.*)"
}
