#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --explain: what it says is what the run then does, and it does nothing.

load lib.bash

setup() {
	work
}

# fact KEY FILE: the value of a line "KEY TAB value".
fact() {
	awk -F '\t' -v key="$1" '$1 == key { print $2; n++ } END { exit n != 1 }' "$2" ||
		note "no single $1 in: $(cat "$2")"
}

# facts FILE KEY VALUE ...: all of them.
facts() {
	local file=$1 got
	shift
	while (($#)); do
		got=$(fact "$1" "$file") || return 1
		[[ $got == "$2" ]] || note "$1 is $got, expected $2" || return 1
		shift 2
	done
}

inputs() {
	gx-simulate -n 3000 -m 8 -o s.gxm
	gx-simulate -n 3000 -m 8 -f npy -o s.npy
	gx-simulate -n 3000 -m 8 -o s.tsv
	{ printf 'x\ty\tz\n'; gx-simulate -n 3000 -m 3 -H | cut -f 2-; } >bare.tsv
	gzip -c s.tsv >s.tsv.gz
}

# What is there, with sizes, times and numbers of inodes.
state() {
	find . -mindepth 1 ! -name '.std*' -printf '%p %s %T@ %i\n' | sort
}

@test "every command: exit 0, threads and output are told, and nothing is written" {
	local c
	mkdir run
	cd run
	for c in $(commands); do
		example_of "$c"
		echo old >kept
		state >../before
		for word in '' '-o out' '-o kept'; do
			succeeds "${example[@]}" -t 3 --explain $word </dev/null
			facts "$out" threads 3 simd "$(fact simd "$out")" output "$(
				[[ $word ]] && echo "${word#-o }" || echo '<stdout>')"
			[[ $(fact memory "$out") -gt 1000000 ]]
			! grep -qvP '^[a-z_]+\t.' "$out" || note "$c: $(cat "$out")"
		done
		state | diff ../before - || note "$c --explain changed something"
	done
}

@test "every command: a full disk, an absent file and bad usage end it as they end the run" {
	local c
	for c in $(commands); do
		example_of "$c"
		refuses 2 "unknown option --nonsense" "${example[@]}" --explain --nonsense </dev/null
		refuses 2 "-t" "${example[@]}" --explain -t x </dev/null
		if takes_operands "$c"; then
			refuses 3 "absent.tsv: No such file or directory" "$c" --explain absent.tsv </dev/null
		fi
		code=0
		"${example[@]}" --explain >/dev/full 2>err </dev/null || code=$?
		((code == 3)) || note "$c: exit $code"
	done
}

# The options are those of a run that fails, or of one that does not begin.
@test "what can be known in advance is said with the words of the run" {
	inputs
	mkdir d locked
	: >empty
	echo '%PDF-1.4' >foreign
	head -c 50000 s.gxm >cut.gxm
	head -c 5000 s.npy >cut.npy
	{ cat s.npy; echo; } >long.npy
	sed '1s/c3/c4/' <(rows 5 4) >other.tsv
	gx-means -b s.gxm >derived.gxm
	local line code want
	while read -r code line; do
		exits "$code" $line </dev/null
		cp "$err" want
		[[ ! -s $out || $line == *reduce* ]] || note "$line"
		exits "$code" $line --explain </dev/null
		[[ ! -s $out ]] || note "it explained: $line"
		same want "$err" || note "$line: $(cat "$err")"
	done <<-'END'
		3 gx-means absent
		1 gx-means empty
		1 gx-means foreign
		1 gx-means -
		1 gx-convert cut.npy
		1 gx-convert long.npy
		1 gx-info d
		1 gx-means s.tsv other.tsv
		2 gx-threshold -T 12 -p 1/2 s.tsv.gz
		2 gx-threshold -T 12 -p 1/2 derived.gxm
		2 gx-threshold -p 3/2 s.gxm
		2 gx-threshold -T 12 --pass s.gxm
		2 gx-threshold -T 12 --pass --at-least 9 s.gxm
		2 gx-threshold -b s.gxm
		2 gx-means --delimiter , s.gxm
		2 gx-means --columns nobody s.gxm
		2 gx-means --id-column nobody s.tsv
		2 gx-convert --transpose -p 1/2 s.gxm
		2 gx-means s.gxm -o d
		2 gx-means s.gxm -o new/
		2 gx-means s.gxm -o x.gz
		3 gx-means s.gxm -o absent/out
		3 gx-means s.gxm -o empty/out
		3 gx-simulate -o absent/out
		2 gx-simulate -m 0
		2 gx-simulate --dist nbinom --dispersion -1
		1 gx-reduce s.tsv
		1 gx-reduce empty
		3 gx-reduce absent
		2 gx-reduce -b empty
		1 gx-reduce --join s.tsv
	END
	# The damage is behind what is read, but that there is some is known.
	refuses 1 "cut.gxm: its end is damaged" gx-means --explain cut.gxm
	[[ $(id -u) != 0 ]] || return 0
	chmod 500 locked
	exits 3 gx-means s.gxm -o locked/out
	cp "$err" want
	refuses 3 "Permission denied" gx-means --explain s.gxm -o locked/out
	same want "$err"
}

@test "the input, its part and the work are those of the record" {
	inputs
	local file part key word
	for file in s.gxm s.npy s.tsv bare.tsv; do
		for part in '' '-p 1/1' '-p 2/3' '-p 7/7' '-p 3/5000'; do
			for word in '' '--columns 2,3' '--below'; do
				case $file.$word in
				bare*.--col*) word='--columns y' ;;
				*.tsv.--col*) word='--columns s2' ;;
				esac
				succeeds gx-threshold -T 12 $part $word "$file" --explain
				cp "$out" told
				gx-threshold -T 12 $part $word "$file" >record
				for key in input unit first last of work; do
					facts told $key "$(field $key record)"
				done
				facts told file "$file" samples "$(($(wc -l <record) - 1))"
				[[ $file == *.tsv ]] || facts told genes "$(field rows record)"
				[[ -z $part ]] || facts told part "${part#-p }"
			done
		done
	done
	gx-threshold -p 3/5000 s.gxm >record
	[[ $(field rows record) == 1 ]] # there is something to compare
	succeeds gx-threshold -T 12 --explain <s.tsv
	facts "$out" file '<stdin>' input "$(field input <(gx-threshold -T 12 s.tsv))"
	# What a filter made knows what it came from.
	gx-means -b -p 2/3 s.tsv >part.gxm
	succeeds gx-threshold -T 12 --explain part.gxm
	for key in input unit first last of work; do
		facts "$out" $key "$(field $key <(gx-threshold -T 12 part.gxm))"
	done
}

@test "the bytes of a part: all parts are the whole" {
	inputs
	local file k sum
	for file in s.tsv s.npy; do
		sum=0
		for k in 1 2 3 4 5 6 7; do
			succeeds gx-means --explain -p $k/7 $file
			sum=$((sum + $(fact bytes "$out")))
		done
		succeeds gx-means --explain $file
		facts "$out" bytes $sum
	done
	[[ $sum == $((3000 * 8 * 8)) ]]
	# Of GXM the blocks that have the rows.
	gx-simulate -n 20000 -m 8 -o long.gxm
	succeeds gx-means --explain long.gxm
	[[ $(fact bytes "$out") -ge $((20000 * 8 * 8)) && $(fact bytes "$out") -lt $(stat -c %s long.gxm) ]]
	succeeds gx-means --explain -p 3/4000 long.gxm
	facts "$out" bytes $((64 + 4096 * 8 * 8)) genes 5
	succeeds gx-means --explain s.tsv.gz
	facts "$out" bytes "$(stat -c %s s.tsv.gz)" genes . input .
	succeeds gx-means --repeated --explain long.gxm long.gxm
	facts "$out" operands 2 genes 40000
}

@test "the size of the output, where it is known in advance" {
	inputs
	gx-convert -b s.tsv -o named.gxm
	gx-reduce --join named.gxm -o joined.gxm
	local line n=0
	while read -r line; do
		$line >got
		succeeds $line --explain
		facts "$out" output_bytes "$(stat -c %s got)"
		n=$((n + 1))
	done <<-'END'
		gx-simulate -b -n 3000 -m 8
		gx-simulate -b -n 3000 -m 8 -p 2/7
		gx-simulate -b -n 0 -m 3
		gx-simulate -b -n 40 -m 40000
		gx-simulate -b -n 32768 -m 2
		gx-simulate -f npy -n 77 -m 5 -p 3/4
		gx-means -b s.gxm
		gx-means -b -p 2/7 s.gxm
		gx-means -b --skip-na --with-n s.npy
		gx-means -f npy s.gxm
		gx-means -b --columns 1,3 s.gxm
		gx-convert -b s.npy
		gx-convert -b -p 1/2 s.gxm
		gx-convert -f npy named.gxm
		gx-convert --transpose -f npy s.gxm
		gx-convert --transpose -b s.npy
		gx-reduce --join -b s.gxm
	END
	((n == 17))
	for line in 'gx-means s.gxm' 'gx-means -b s.tsv' 'gx-convert -b named.gxm' 'gx-threshold s.gxm'; do
		succeeds $line --explain
		facts "$out" output_bytes .
	done
}

@test "the format of the output" {
	inputs
	gx-threshold s.gxm >record
	local format line
	while read -r format line; do
		succeeds $line --explain
		facts "$out" output_format "$format"
	done <<-'END'
		tsv gx-means s.gxm
		csv gx-means s.gxm -f csv
		gxm gx-means s.gxm -b
		npy gx-convert s.gxm -o x.npy
		csv gx-simulate -o x.csv
		record gx-threshold s.gxm
		counts gx-threshold -c s.gxm
		gxm gx-threshold -T 12 --pass --any -b s.gxm
		facts gx-info s.gxm
		json gx-info --json s.gxm
		record gx-reduce record
		counts gx-reduce -c record
		list gx-reduce --missing=4 record
		gxm gx-reduce --join -b s.gxm
	END
}

# Everything behind the head stays unread: a stream that does not go on would be waited for.
@test "no more than the head is read" {
	inputs
	printf '%%%%MatrixMarket matrix coordinate real general\n900 70 5000\n1 1 2\n' >m.mtx
	python3 - <<'END'
import sys
sys.path.insert(0, sys.path[0])
import oracle
import struct
with open("f.npy", "wb") as file:
    file.write(oracle.npy_bytes(300, 20, struct.pack("<d", 1.5) * 6000, fortran=True))
END
	local file words
	while read -r file words; do
		rm -f fifo
		mkfifo fifo
		{
			head -c 30000 "$file"
			exec sleep 60
		} >fifo 3>&- &
		timeout 20 gx-convert $words --explain <fifo >told || note "$file: $?"
		kill $! 2>/dev/null || true # what did not fit in the fifo ended it
		facts told file '<stdin>'
	done <<-'END'
		s.gxm
		s.npy
		f.npy
		s.tsv
		s.tsv.gz
		s.tsv --transposed
		m.mtx
	END
	facts told genes 900 samples 70 entries 5000 bytes .
	mkdir tenx
	cp m.mtx tenx/matrix.mtx
	printf 'never read' >tenx/features.tsv
	refuses 1 "no barcodes.tsv" gx-means --explain tenx
	: >tenx/barcodes.tsv
	succeeds gx-means --explain tenx
	facts "$out" genes 900 samples 70
	# Damage in the middle is the run's to find.
	cp s.gxm bad.gxm
	printf X | dd of=bad.gxm bs=1 seek=90000 conv=notrunc status=none
	exits 1 gx-means bad.gxm
	succeeds gx-means --explain bad.gxm
	sed '2000s/[0-9]$/x/' s.tsv >bad.tsv
	exits 1 gx-means bad.tsv
	succeeds gx-means --explain bad.tsv
}

# The peak as -v has it, of a run that the estimate is of.
@test "the memory that is told is about what is needed" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "sanitizers need memory of their own"
	gx-simulate -n 40000 -m 50 -o m.gxm
	gx-simulate -n 20000 -m 50 -o m.tsv
	python3 "$tests/bgzip.py" <m.tsv >m.tsv.gz
	gx-simulate -n 6 -m 300000 -o w.gxm
	gx-simulate -n 3 -m 100000 -o w.tsv
	local file words told peak n=0
	while read -r words; do
		succeeds $words --explain
		told=$(($(fact memory "$out") / 1024))
		exits 0 $words -v -o out
		peak=$(sed -nE 's/.* ([0-9]+) KiB peak memory.*/\1/p' "$err")
		((peak > told * 4 / 10 && peak < told * 3 / 2)) ||
			note "$words: $peak KiB, told $told" || return 1
		n=$((n + 1))
	done <<-'END'
		gx-means m.gxm
		gx-means -b -t 4 m.gxm
		gx-means m.tsv
		gx-means -t 4 m.tsv
		gx-means m.tsv.gz
		gx-means -t 4 m.tsv.gz
		gx-threshold -T 12 -t 2 m.tsv
		gx-convert -t 4 m.gxm
		gx-convert -t 2 -b m.tsv
		gx-means w.gxm
		gx-means w.tsv
		gx-threshold -T 12 w.gxm
		gx-convert --transpose m.gxm
		gx-simulate -t 4
		gx-simulate -b -m 300000 -n 9
	END
	((n == 15))
}

@test "gx-reduce: how many records there are, of what, and what is missing" {
	inputs
	mkdir parts
	local k
	for k in 1 2 4 7; do
		gx-threshold -p $k/7 s.gxm -o parts/$k
	done
	echo unfinished >parts/5.gxtmp.123
	echo a warning >parts/3.err
	succeeds gx-reduce --explain parts
	facts "$out" files 4 records 4 columns 8 input "$(field input parts/1)" unit rows \
		of 3000 work 'value above' gaps 2 output_format record
	facts "$out" covered $((429 * 3 + 428)) missing $((3000 - 429 * 3 - 428))
	lacks "^count" "$out"
	cat parts/{1,2} >two
	succeeds gx-reduce --explain two parts/4 </dev/null
	facts "$out" files 2 records 3
	succeeds gx-reduce --explain < <(cat two)
	facts "$out" files 1 records 2
	# What would be refused is.
	refuses 1 "are the same part twice" gx-reduce --explain parts parts/2
	refuses 1 "differ in 'threshold'" gx-reduce --explain parts <(gx-threshold -T 3 -p 3/7 s.gxm)
	# Nothing there yet: no error, as nothing runs.
	mkdir none
	succeeds gx-reduce --explain none
	facts "$out" files 0 records 0
	gx-simulate -b -n 3000 -m 8 -p 1/3 -o j1.gxm
	gx-simulate -b -n 3000 -m 8 -p 3/3 -o j3.gxm
	succeeds gx-reduce --explain --join j3.gxm j1.gxm
	facts "$out" parts 2 covered 2000 missing 1000 gaps 1 of 3000
}

@test "the example of gx(7) runs; a name with a line end is one fact" {
	gx-simulate -n 3000 -m 8 -o m.gxm
	grep -qF 'gx-threshold -T 12 --part 1/1000 m.gxm --explain' "$repo/man/gx.7"
	succeeds gx-threshold --part 1/1000 m.gxm --explain
	facts "$out" genes 3 part 1/1000
	cp m.gxm $'a\nthreads\t9.gxm'
	succeeds gx-means --explain $'a\nthreads\t9.gxm'
	facts "$out" threads 1
}
