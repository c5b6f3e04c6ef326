#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What every command promises, over all that are there: a new one is covered by being in bin.

load lib.bash

setup() {
	work
}

@test "there are commands" {
	[[ $(commands | wc -l) -ge 4 ]]
}

@test "unknown options, in three spellings: exit 2, named, nothing on stdout" {
	local c
	for c in $(programs); do
		refuses 2 "unknown option -?" "$c" '-?' </dev/null
		refuses 2 "unknown option --nonsense" "$c" --nonsense </dev/null
		grep -qF "Try '$c --help'" "$err"
	done
	for c in $(commands); do
		# Behind a letter that is an option, in one word.
		refuses 2 "unknown option -?" "$c" '-v?' </dev/null
	done
}

@test "an option that lacks its value, or has one too many: exit 2" {
	local c
	for c in $(commands); do
		refuses 2 "-o: a value must follow" "$c" -o </dev/null
		refuses 2 "--output: a value must follow" "$c" --output </dev/null
		refuses 2 "takes no value" "$c" --verbose=3 </dev/null
		refuses 2 "--verbose=3" "$c" --verbose=3 </dev/null
	done
}

@test "--help and -h: on stdout, exit 0, begins with the usage" {
	local c
	for c in $(programs); do
		succeeds "$c" --help </dev/null
		[[ $(head -1 "$out") == "Usage: $c "* ]]
		cp "$out" long
		succeeds "$c" -h </dev/null
		same long "$out"
	done
}

@test "--help has every shared option, in the same words" {
	local c option
	for c in $(commands); do
		help_of "$c" >help
		for option in output threads progress verbose explain completion help version; do
			grep -E -- "--$option( |\$)" help >>"$c.shared" || note "$c: no --$option"
		done
	done
	for c in *.shared; do
		same gx-means.shared "$c"
	done
}

@test "--version and -V: name, suite, version and what was built in on stdout, exit 0" {
	local c version
	for c in $(commands); do
		succeeds "$c" --version </dev/null
		version=$(sed -nE "s/^$c \(gx\) ([0-9]+\.[0-9]+\.[0-9]+)\$/\1/p" "$out")
		[[ -n $version ]] || note "$c: $(cat "$out")"
		grep -qF "\"$version\"" "$repo/lib/base/gx.h"
		grep -qxE 'with zlib [0-9.]+, zstd [0-9.]+, (libisal where it is|no libisal)(, (no )?HDF5)?' "$out"
		cp "$out" long
		succeeds "$c" -V </dev/null
		same long "$out"
	done
}

@test "the examples succeed, write something, and twice the same bytes" {
	local c
	for c in $(commands); do
		[[ $c == gx-time ]] && continue # it reports time
		example_of "$c"
		succeeds "${example[@]}" </dev/null
		[[ -s $out ]] || note "$c wrote nothing"
		cp "$out" first
		succeeds "${example[@]}" </dev/null
		same first "$out" || note "$c"
	done
}

@test "options after operands, whatever POSIXLY_CORRECT says" {
	local c
	for c in $(commands); do
		example_of "$c"
		succeeds "${example[@]}" -o one </dev/null
		succeeds "$c" -o two "${example[@]:1}" </dev/null
		POSIXLY_CORRECT=1 succeeds "${example[@]}" -o three </dev/null
		[[ -s one && -s two && -s three ]]
		[[ $c == gx-time ]] || same one two three
	done
}

@test "an operand behind -- may begin with a dash" {
	local c
	for c in $(commands); do
		reads_stdin "$c" || continue
		example_of "$c"
		cp "${example[1]}" ./-dash
		succeeds "$c" "${example[@]:2}" -- -dash </dev/null
		[[ -s $out ]]
	done
}

@test "a full disk: exit 3, which file and why" {
	[[ -c /dev/full ]] || skip "no /dev/full"
	local c code
	for c in $(commands); do
		example_of "$c"
		code=0
		"${example[@]}" >/dev/full 2>err </dev/null || code=$?
		((code == 3)) || note "$c: exit $code"
		grep -qF "$c: <stdout>: No space left on device" err || note "$c: $(cat err)"
		refuses 3 "/dev/full: No space left on device" "${example[@]}" -o /dev/full </dev/null
		code=0
		"$c" --help >/dev/full 2>err </dev/null || code=$?
		((code == 3)) || note "$c --help: exit $code"
	done
}

@test "a closed standard output: exit 3" {
	local c code
	for c in $(commands); do
		example_of "$c"
		code=0
		"${example[@]}" >&- 2>err </dev/null || code=$?
		((code == 3)) || note "$c: exit $code: $(cat err)"
	done
}

@test "empty standard input, and an empty file: exit 1, and says so" {
	local c
	: >empty
	for c in $(commands); do
		reads_stdin "$c" || continue
		refuses 1 "<stdin>" "$c" </dev/null
		refuses 1 "<stdin>" "$c" - </dev/null
		refuses 1 "<stdin>" "$c" < <(:)
		refuses 1 "empty" "$c" empty
	done
}

@test "no such file: exit 3, named, nothing written" {
	local c
	for c in $(commands); do
		takes_operands "$c" || continue
		refuses 3 "absent.tsv: No such file or directory" "$c" absent.tsv -o out </dev/null
		[[ ! -e out ]]
	done
}

@test "an unreadable file: exit 3" {
	local c as=()
	if [[ $(id -u) == 0 ]]; then
		# Root reads everything: somebody else does not even get here.
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		"${as[@]}" "$(command -v gx-means)" --version >/dev/null 2>&1 ||
			skip "root reads everything, and nobody cannot run the binaries"
		chmod 700 .
	fi
	for c in $(commands); do
		takes_operands "$c" || continue
		example_of "$c"
		chmod 000 "${example[1]}"
		refuses 3 "Permission denied" "${as[@]}" "${example[@]}" </dev/null
		chmod 600 "${example[1]}"
	done
}

@test "a directory as input is no matrix" {
	local c
	mkdir directory
	for c in gx-means gx-threshold; do
		exits 3 "$c" directory || exits 1 "$c" directory
		grep -qF directory "$err"
	done
}

@test "-o DIRECTORY: exit 2" {
	local c
	mkdir directory
	for c in $(commands); do
		example_of "$c"
		refuses 2 "directory" "${example[@]}" -o directory </dev/null
		refuses 2 "directory" "${example[@]}" -o directory/ </dev/null
		refuses 2 "directory" "${example[@]}" -o new/ </dev/null
		refuses 2 "-o" "${example[@]}" -o '' </dev/null
		rmdir directory # nothing was left in it
		mkdir directory
	done
}

@test "-o in a directory that is not there: exit 3" {
	local c
	for c in $(commands); do
		example_of "$c"
		refuses 3 "absent/out: No such file or directory" "${example[@]}" -o absent/out </dev/null
	done
}

@test "-o .gz and .zst are refused with the pipe to use" {
	local c
	for c in $(commands); do
		has_option "$c" format || continue
		[[ $c == gx-reduce || $c == gx-threshold ]] && continue # below, with a matrix
		example_of "$c"
		refuses 2 "| gzip > x.tsv.gz" "${example[@]}" -o x.tsv.gz </dev/null
		refuses 2 "| zstd > x.gxm.zst" "${example[@]}" -o x.gxm.zst </dev/null
		[[ ! -e x.tsv.gz && ! -e x.gxm.zst ]]
	done
	table >t.tsv
	gx-simulate -n 3 -o s.gxm
	refuses 2 "| gzip > x.gz" gx-threshold -T 12 --pass --any t.tsv -o x.gz
	refuses 2 "| zstd > x.zst" gx-reduce --join s.gxm -o x.zst
}

@test "-o gives the bytes of stdout, and keeps an existing file's mode" {
	local c
	for c in $(commands); do
		[[ $c == gx-time ]] && continue
		example_of "$c"
		"${example[@]}" >want </dev/null
		rm -f out
		(umask 027 && exec "${example[@]}" -o out </dev/null)
		same want out
		[[ $(stat -c %a out) == 640 ]] || note "$c: new file has mode $(stat -c %a out)"
		echo old >out
		chmod 604 out
		"${example[@]}" -o out </dev/null
		same want out
		[[ $(stat -c %a out) == 604 ]] || note "$c: mode $(stat -c %a out)"
		! compgen -G '*.gxtmp.*' >/dev/null || note "$c left a temporary file"
	done
}

@test "a limit on the size of files: exit 3, and no half a file" {
	refuses 3 "File too large" bash -c 'ulimit -f 1 && exec gx-simulate -n 1000 -m 50 -o x'
	[[ ! -e x ]]
	! compgen -G '*.gxtmp.*' >/dev/null || note "left a temporary file"
}

@test "-o replaces a symlink's target, not the link" {
	local c
	mkdir -p there/deep
	for c in $(commands); do
		[[ $c == gx-time ]] && continue
		example_of "$c"
		"${example[@]}" >want </dev/null
		echo old >there/target
		chmod 640 there/target
		ln -sfn deep/../target there/link
		ln -sfn there/link link
		"${example[@]}" -o link </dev/null
		[[ -L link && -L there/link && ! -L there/target ]]
		same want there/target
		[[ $(stat -c %a there/target) == 640 ]]
		# A link to what is not there yet.
		ln -sfn there/fresh dangling
		"${example[@]}" -o dangling </dev/null
		[[ -L dangling ]]
		same want there/fresh
		rm there/fresh
		! compgen -G 'there/*.gxtmp.*' >/dev/null || note "$c left a temporary file"
	done
}

@test "an operand that is the output: exit 2, by whatever names, and the file stays" {
	local c file name
	for c in $(commands); do
		takes_operands "$c" || continue
		example_of "$c"
		file=${example[1]}
		cp "$file" kept
		ln -f "$file" hard
		ln -sf "$file" soft
		for name in "$file" "./$file" hard soft; do
			refuses 2 "is the same file" "${example[@]}" -o "$name" </dev/null
			refuses 2 "is the same file" "${example[@]}" --explain -o "$name" </dev/null
			same kept "$file"
		done
		exits 2 bash -c '"$@" >>"$0"' "$file" "${example[@]}" </dev/null
		grep -qF "$c: $file: standard output is the same file" "$err"
		refuses 2 "-o /dev/fd/3 is the same file" "${example[@]}" -o /dev/fd/3 </dev/null 3>>"$file"
		if reads_stdin "$c"; then
			exits 2 bash -c '"$@" <"$0" >>"$0"' "$file" "$c" "${example[@]:2}"
			grep -qF "$c: <stdin>: standard output is the same file" "$err"
		fi
		same kept "$file"
		# The shell was faster: it is told, and nothing is written.
		exits 2 bash -c '"$@" >"$0"' "$file" "${example[@]}" </dev/null
		grep -qF "which is empty now" "$err"
		[[ -e $file && ! -s $file ]]
		rm hard soft
		! compgen -G '*.gxtmp.*' >/dev/null || note "$c left a temporary file"
	done
}

@test "a file that is named twice: exit 2, by whatever names, but with --repeated" {
	local c name
	for c in $(commands); do
		has_option "$c" repeated || continue
		[[ $c == gx-reduce ]] && continue # it goes by what its records say: reduce.bats
		example_of "$c"
		# In a network each gene is there once.
		[[ $c != gx-correlate ]] || example+=(--repeated-genes first)
		ln -f "${example[1]}" hard
		ln -sf "${example[1]}" soft
		for name in "${example[1]}" "./${example[1]}" hard soft; do
			refuses 2 "name it once, or add --repeated" "${example[@]}" "$name" </dev/null
		done
		refuses 2 "name it once, or add --repeated" "${example[@]}" - <"${example[1]}"
		cp "${example[1]}" copy
		"${example[@]}" copy </dev/null | sed 's/^file .*//' >want
		for name in hard "${example[1]}"; do
			"${example[@]}" --repeated "$name" </dev/null | sed 's/^file .*//' | same want -
		done
		[[ -s want ]]
		rm hard soft
	done
}

@test "two outputs of gx-time and gx-joblog are no inputs either" {
	example_of gx-joblog
	cp example.joblog log.txt
	refuses 2 "log.txt: --plot log.txt is the same file" gx-joblog --plot log.txt log.txt
	same example.joblog log.txt
	gx-time -n 20 -m 2 --runs 1 --warmup 0 --strategies serial --runs-out runs.tsv >/dev/null
	cp runs.tsv kept
	refuses 2 "runs.tsv: --runs-out runs.tsv is the same file" gx-time --recorded --runs-out runs.tsv runs.tsv
	refuses 2 "runs.tsv: named twice: name it once" gx-time --recorded runs.tsv runs.tsv
	lacks -e --repeated "$err"
	same kept runs.tsv
}

@test "-o writes fifos and devices directly" {
	local c
	mkfifo fifo
	for c in $(commands); do
		[[ $c == gx-time ]] && continue
		example_of "$c"
		"${example[@]}" >want </dev/null
		cat fifo >got &
		"${example[@]}" -o fifo </dev/null
		wait $!
		same want got
		[[ -p fifo ]]
		succeeds "${example[@]}" -o /dev/null </dev/null
		[[ -c /dev/null ]]
	done
}

@test "a failure leaves the old file under the name, and nothing beside it" {
	local c
	printf 'gene\ta\ng1\t1\ng2\tx\n' >bad.tsv
	for c in gx-means gx-threshold; do
		echo old >out
		refuses 1 "bad.tsv:3:2" "$c" bad.tsv -o out
		[[ $(cat out) == old ]]
		! compgen -G '*.gxtmp.*' >/dev/null || note "$c left a temporary file"
	done
}

@test "killed in the middle of -o: dead of that signal, no file, no temporary" {
	python3 "$tests/check_process.py" killed gx-means -
	python3 "$tests/check_process.py" killed gx-threshold -T 12 --pass --any -
	python3 "$tests/check_process.py" killed gx-convert -b -
	python3 "$tests/check_process.py" killed gx-spectrum -
	mkdir s
	cd s
	python3 "$tests/check_process.py" killed gx-simulate -n 2000000000 -m 50 -b
}

@test "killed while it waits: dead of that signal" {
	local c
	for c in $(commands); do
		reads_stdin "$c" || continue
		python3 "$tests/check_process.py" ended "$c"
	done
	python3 "$tests/check_process.py" ended gx-simulate -n 2000000000
}

@test "an ignored HUP (nohup) stays ignored" {
	python3 "$tests/check_process.py" ignored gx-means
}

@test "a reader that goes away: silence, dead of SIGPIPE" {
	rows 20000 20 >t.tsv
	python3 "$tests/check_process.py" sigpipe gx-simulate
	python3 "$tests/check_process.py" sigpipe gx-simulate -b
	python3 "$tests/check_process.py" sigpipe gx-threshold --pass --any --below -T 1e9 t.tsv
	gx-simulate -n 300000 -m 1 -b -o s.gxm
	python3 "$tests/check_process.py" sigpipe gx-means s.gxm
	run bash -c 'gx-simulate | head -1'
	[[ $status == 0 && ${#lines[@]} == 1 ]]
}

@test "SIGUSR1 prints a progress line" {
	python3 "$tests/check_process.py" usr1 gx-means
	python3 "$tests/check_process.py" usr1 gx-threshold -T 12
	python3 "$tests/check_process.py" usr1-endless gx-simulate -n 2000000000
}

@test "--progress: lines on stderr, the result unchanged; redrawn on a terminal" {
	rows 30 4 >t.tsv
	gx-means t.tsv >want
	exits 0 gx-means --progress t.tsv
	same want "$out"
	grep -qE '^gx-means: 30 rows' "$err"
	! grep -q $'[\r\033]' "$err" || note "it draws where there is no terminal"
	python3 "$tests/check_process.py" progress-terminal gx-means
}

@test "-v says what was read and what it cost, on stderr, last" {
	rows 30 4 >t.tsv
	gx-means t.tsv >want
	exits 0 gx-means -v t.tsv
	same want "$out"
	grep -qE '^gx-means: input: .*\bt\.tsv\b.*\btext\b' "$err"
	tail -1 "$err" | grep -E \
		'^gx-means: 30 rows, [0-9.]+ s wall, [0-9.]+ s CPU, [0-9]+ KiB peak memory, 1 thread, SIMD [a-z0-9-]+$'
	exits 0 gx-means -v -t 2 t.tsv
	tail -1 "$err" | grep -F '2 threads'
	exits 0 gx-simulate -v -n 30
	tail -1 "$err" | grep -E '^gx-simulate: 30 rows, '
	exits 0 gx-threshold -T 12 -v < <(gx-simulate -b -n 5)
	grep -qE '^gx-threshold: input: .*<stdin>.*GXM' "$err"
	exits 0 gx-reduce -v < <(gx-threshold -T 12 t.tsv)
	grep -q '^gx-reduce: ' "$err"
}

@test "binary is not written to a terminal, text is" {
	table >t.tsv
	gx-simulate -n 3 -o s.gxm
	python3 "$tests/check_process.py" binary-terminal gx-simulate -n 3
	python3 "$tests/check_process.py" binary-terminal gx-means t.tsv
	python3 "$tests/check_process.py" binary-terminal gx-threshold -T 12 --pass --any t.tsv
}

@test "no operand and a terminal as standard input: usage" {
	local c
	for c in $(commands); do
		reads_stdin "$c" || continue
		python3 "$tests/check_process.py" terminal-input "$c"
	done
	python3 "$tests/check_process.py" terminal-input gx-reduce --join
}

@test "standard input is read to its end on success, --part included" {
	gx-simulate -b -n 20000 -o s.gxm
	python3 "$tests/check_process.py" drains gx-threshold -p 1/100 <s.gxm
	python3 "$tests/check_process.py" drains gx-means -p 1/100 -b <s.gxm
	gx-simulate -n 20000 -o s.npy
	python3 "$tests/check_process.py" drains gx-means -p 1/100 <s.npy
}

@test "-t: 0 takes what there is, OMP_NUM_THREADS is another default, nonsense is exit 2" {
	local c value
	for c in $(commands); do
		[[ $c == gx-time ]] && continue
		example_of "$c"
		"${example[@]}" >want </dev/null
		for value in 0 1 2 7 64; do
			succeeds "${example[@]}" -t $value </dev/null
			same want "$out"
		done
		for value in -1 x 1.5 '' 1x 99999999999999999999; do
			refuses 2 "-t" "${example[@]}" -t "$value" </dev/null
		done
		OMP_NUM_THREADS=3 exits 0 "${example[@]}" -v </dev/null
		same want "$out"
		grep -qF ', 3 threads,' "$err" || note "$c: $(cat "$err")"
		OMP_NUM_THREADS=x exits 0 "${example[@]}" </dev/null
		OMP_NUM_THREADS=3 exits 0 "${example[@]}" -v -t 1 </dev/null
		grep -qF ', 1 thread,' "$err" || note "$c: $(cat "$err")"
	done
}

@test "more CPUs than 1,024: as many threads as were asked for" {
	table >t.tsv
	local asked got
	while read -r asked got; do
		OMP_NUM_THREADS=$asked exits 0 gx-means --explain t.tsv
		grep -qx "threads	$got" "$out" || note "OMP_NUM_THREADS=$asked: $(grep threads "$out")"
	done <<-'END'
		1 1
		1024 1024
		1025 1025
		2000,4 2000
		8192 8192
		8193 1
		99999999999999999999 1
		0 1
		-3 1
		3x 1
	END
	succeeds gx-means --explain -t 2000 t.tsv
	grep -qx 'threads	2000' "$out"
	succeeds gx-means --explain -t 8192 t.tsv
	refuses 2 "-t 8193: not a number of threads from 0 to 8192" gx-means -t 8193 t.tsv
}

@test "the locale is never consulted" {
	local locale c
	locale=$(locale -a 2>/dev/null | sed -nE '/^(de|fr|nl|cs)_/p' | sed -n 1p)
	for c in $(commands); do
		[[ $c == gx-time ]] && continue
		example_of "$c"
		"${example[@]}" >want </dev/null
		LC_ALL=${locale:-de_DE.UTF-8} LANG=${locale:-de_DE.UTF-8} "${example[@]}" >got </dev/null
		same want got
	done
	[[ -n $locale ]] || skip "no locale with a decimal comma is installed"
}
