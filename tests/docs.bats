#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The manual, the README and the formats: what they say is what the programs do. Each
# example is run as it is printed, and gx-matrix(5) is read by a program written from it.

load lib.bash

setup() {
	work
}

reader() {
	python3 "$tests/gxm_reader.py" "$@"
}

texts() {
	printf '%s\n' "$repo"/{README,NEWS,CONTRIBUTING,SECURITY,tests/bench/README}.md \
		"$repo"/man/*.[157]
}

# A page as it is shown, without overstrikes.
shown() {
	mandoc -T utf8 "$1" | sed 's/.\x08//g'
}

# section NAME PAGE: its source.
section() {
	awk -v name="$1" '/^\.Sh / { on = substr($0, 5) == name; next } on' "$2"
}

# blocks PAGE: each example of a page goes to a file, 01 02 ..., in the order of the page.
blocks() {
	awk '/^\.Sh / { on = $0 ~ /EXAMPLES|THE MAIN JOB/ }
		/^\.Ed/ { inside = 0 }
		inside { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >file }
		on && /^\.Bd -literal/ { inside = 1; file = sprintf("%02d", ++n) }' "$1"
}

# The same of a Markdown text: its blocks of shell, but those that install; of Python and R in
# python1 python2 ... r1; and behind each what it prints, 01.shown.
blocks_of_markdown() {
	awk '/^#/ && !inside { on = $0 != "## Install" }
		/^```$/ { inside = 0 }
		inside { print >file }
		on && /^```sh$/ { inside = 1; file = name = sprintf("%02d", ++n) }
		on && /^```(python|r)$/ { inside = 1; file = name = substr($0, 4) ++count[$0] }
		on && /^```text$/ { inside = 1; file = name ".shown" }' "$1"
}

# shows BLOCK: what it printed is what is shown behind it, where `...` stands for any lines.
shows() {
	[[ -s $1.shown ]] || note "what does it print? $(cat "$1")" || return 1
	cat "$1.err" "$1.out" | awk -v shown="$1.shown" '
		{ line[NR] = $0 }
		END {
			for (at = 1; (getline want <shown) > 0; at++) {
				if (want == "...") { any = 1; at--; continue }
				while (any && at <= NR && line[at] != want) at++
				if (line[at] != want) { print "not there: " want; exit 1 }
				any = 0
			}
			if (!any && at <= NR) { print "more: " line[at]; exit 1 }
		}' >&2 || note "$(cat "$1")" "printed:" "$(head -c 2000 "$1.out")"
}

# needs NAME TEST ...: skips, and says why, where a program with what it needs is not installed.
needs() {
	local name=$1
	shift
	"$@" >/dev/null 2>&1 || skip "$name is not installed"
}

# A cluster of one machine: runs the script for each number of the array. The first time it
# loses task 3, as clusters do.
make_sbatch() {
	mkdir "$BATS_TEST_TMPDIR/cluster"
	cat >"$BATS_TEST_TMPDIR/cluster/sbatch" <<'END'
#!/bin/bash
list=
for word; do
	case $word in
	--wait) ;;
	--array=*) list=${word#*=} ;;
	-*) exit 1 ;;
	*) script=$word ;;
	esac
done
: "${list:=$(sed -n 's/^#SBATCH --array=//p' "$script")}"
IFS=,
for range in $list; do
	for ((k = ${range%-*}; k <= ${range#*-}; k++)); do
		if [ $k = 3 ] && ! [ -e lost ]; then
			touch lost
		else
			SLURM_ARRAY_TASK_ID=$k bash "$script" || exit
		fi
	done
done
END
	chmod +x "$BATS_TEST_TMPDIR/cluster/sbatch"
	PATH=$BATS_TEST_TMPDIR/cluster:$PATH
}

# Runs the blocks of the present directory one after the other; a script is checked and
# kept as job.sh.
run_blocks() {
	local block n=0
	for block in [0-9][0-9]; do
		n=$((n + 1))
		bash -n "$block" || note "not shell: $(cat "$block")" || return 1
		if [[ $(head -c 2 "$block") == '#!' ]]; then
			cp "$block" job.sh
			continue
		fi
		bash -e -o pipefail "$block" >"$block.out" 2>"$block.err" </dev/null ||
			note "failed: $(cat "$block" "$block.err")" || return 1
	done
	((n > 0)) || note "no example found"
}

small_data() {
	gx-simulate -n 2000 -m 20 -o m.gxm
	gx-simulate -n 1000 -m 6 --dist lognormal -o counts.tsv
}

# For gx-spectrum(1), in a directory of its own.
small_sounds() {
	local k
	mkdir drone bells
	gx-simulate -n 100 -m 24 -o timecourse.tsv
	for k in 1 2; do
		python3 "$tests/wav.py" drone/$k.wav 5000 --seed $k
		python3 "$tests/wav.py" bells/$k.wav 5000 --seed 1$k
	done
	python3 "$tests/wav.py" song.wav 23000 --rate 44100 --channels 2
}

# ---- the pages ----

@test "groff and mandoc have nothing to say of the pages" {
	local page
	for page in "$repo"/man/*.[157]; do
		groff -mdoc -ww -z "$page" >lint 2>&1
		mandoc -T lint -W warning "$page" 2>&1 | cat >>lint
		[[ ! -s lint ]] || note "$(cat lint)"
	done
}

@test "each command has a page, with the sections that it needs" {
	local c name
	for c in $(commands); do
		[[ -f $repo/man/$c.1 ]] || note "no page for $c"
		for name in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' MEMORY EXAMPLES 'SEE ALSO' CAVEATS; do
			[[ -n $(section "$name" "$repo/man/$c.1") ]] || note "$c.1 has no $name"
		done
		section EXAMPLES "$repo/man/$c.1" | grep '^ *parallel ' ||
			note "$c.1: no example with GNU parallel"
	done
}

@test "SYNOPSIS is the usage line, word for word" {
	local c
	for c in $(programs); do
		help_of "$c" | sed -n '1s/^Usage: //p' >usage
		shown "$(page_of "$c")" | sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' |
			tr -s ' \n' ' ' | sed 's/^ //; s/ $/\n/' >synopsis
		same usage synopsis || note "$c: $(cat synopsis)"
	done
}

# Options as "letter name ARGUMENT", of --help and of a page.
options_of_help() {
	help_of "$1" | sed -nE 's/^  (-(.),|   ) --([a-z-]+) ?([A-Z][^ ]*)? .*/\2 \3 \4/p
		s/^  (-(.),|   ) --([a-z-]+) ?([A-Z][^ ]*)?$/\2 \3 \4/p'
}
options_of_page() {
	sed -nE 's/ Ns //g; s/Ar //g; s/^\.It (Fl (.) , )?Fl -([a-z-]+) ?(.*)$/\2 \3 \4/p' "$1"
}

@test "each option of --help is on the page, and no other, in the same order" {
	local c
	for c in $(programs); do
		options_of_help "$c" >help
		[[ $(wc -l <help) -ge 3 ]]
		options_of_page "$(page_of "$c")" >page
		diff help page >&2 || note "$c: --help (<) and page (>) differ"
	done
}

@test "options that are the same in --help have the same words on all pages" {
	local c
	for c in $(commands); do
		# Name, line of --help, and the text of the page, a line each.
		help_of "$c" | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2\t&/p' >"$c.help"
		awk '/^\.(It|El|Sh)/ && name { print name "\t" text; name = "" }
			/^\.It Fl/ { name = $0; sub(/^.*Fl -/, "", name); sub(/ .*/, "", name); text = "" }
			name { text = text "|" $0 }' "$repo/man/$c.1" >"$c.page"
	done
	# Where two commands have one line of --help, their pages have one text.
	awk -F '\t' 'FILENAME ~ /help$/ { help[FILENAME, $1] = $2; next }
		{
			key = $1 SUBSEP help[substr(FILENAME, 1, length(FILENAME) - 4) "help", $1]
			if (key in text && text[key] != $2) {
				print "--" $1 " of " FILENAME " and of " where[key]
				exit 1
			}
			seen += key in text
			text[key] = $2
			where[key] = FILENAME
		}
		END { if (seen < 30) { print seen " seen"; exit 1 } }' ./*.help ./*.page >&2
}

@test "the exit status is told in words, with the same words on all pages" {
	local page code
	for page in "$repo"/man/*.1 "$repo/man/gx.7"; do
		section 'EXIT STATUS' "$page" | sed -n '/^\.Bl/,/^\.El/p' >words
		for code in 0 1 2 3 75; do
			grep -qx "\.It $code" words || note "$page: $code"
		done
		[[ -f first ]] || cp words first
		same first words
	done
}

@test "references lead to pages that are there, and links to files" {
	local page name number
	for page in "$repo"/man/*.[157]; do
		while read -r name number; do
			[[ -f $repo/man/$name.$number ]] || note "$page: $name($number)"
		done < <(sed -nE 's/^\.Xr (gx[a-z-]*) ([157]).*/\1 \2/p' "$page")
	done
	grep -oE '\]\([^)]*\)' "$repo"/*.md | sed -E 's/.*\((.*)\)/\1/' | grep -v '^https:' >links
	[[ -s links ]]
	while read -r name; do
		[[ -e $repo/$name ]] || note "no $name"
	done <links
}

@test "the texts have no unfinished places, foreign paths or strange addresses" {
	local hits
	run ! grep -nE 'TODO|FIXME|XXX|TBD|[Ll]orem' $(texts)
	run ! grep -nwiE 'simply|obviously|easily|blazing|seamless(ly)?|powerful|robust' $(texts)
	hits=$(grep -hoE "(^|[ \"'(\`=])/[A-Za-z][^ ]*" $(texts) |
		grep -vE '^.?/(dev/(null|full|stdout|stderr|fd/N)|proc(/self/fd/N)?|tmp|usr/local|bin/bash)|^.?/(X|matrix|mod/NAME/X|data/expression)$' || true)
	[[ -z $hits ]] || note "$hits"
	hits=$(grep -hoE 'https?://[^/ )]+' $(texts) | grep -vE '^https://(github\.com|doi\.org)$' || true)
	[[ -z $hits ]] || note "$hits"
	run ! grep -n "$HOME" $(texts)
}

@test "the news begin with this version" {
	[[ $(gx-means --version | sed -n 1p) == "gx-means (gx) $(sed -n 's/^## //p' "$repo/NEWS.md" | sed -n 1p)" ]]
}

@test "gx lists each filter with the words of NAME on its page" {
	local c about
	gx >list
	for c in $(commands); do
		about=$(sed -n 's/^\.Nd //p' "$repo/man/$c.1")
		[[ $(sed -nE "s/^  $c +//p" list) == "$about" ]] || note "$c: $(grep "$c" list)"
	done
}

# Each in one line, whatever it is broken into.
joined() {
	sed -e ':a' -e '/\\$/N; s/ *\\\n */ /; ta'
}

@test "the two examples of --help stand on the page, where they are run" {
	local c line
	for c in $(programs); do
		help_of "$c" | sed '1,/^Examples:/d; s/^  //' | joined >examples
		[[ $(wc -l <examples) == 2 ]] || note "$c: $(cat examples)"
		mkdir "$c"
		cd "$c"
		blocks "$(page_of "$c")"
		cat [0-9][0-9] | joined >../blocks
		cd ..
		while IFS= read -r line; do
			grep -qxF -e "$line" blocks || note "$c: $line"
		done <examples
	done
}

# ---- the examples ----

@test "examples are shown as they are run" {
	local page line
	for page in "$repo"/man/*.[157]; do
		mkdir "${page##*/}"
		cd "${page##*/}"
		blocks "$page"
		shown "$page" >../shown
		cat [0-9][0-9] | while IFS= read -r line; do
			grep -qF -e "$line" ../shown || note "$page does not show: $line" || exit 1
		done
		cd ..
	done
}

@test "the examples of gx-simulate(1) run" {
	blocks "$repo/man/gx-simulate.1"
	run_blocks
	[[ $(cat 03.out) =~ ^[0-9]+$ ]]
}

@test "the examples of gx-means(1) run" {
	small_data
	printf '%s\n' sample,day,condition s1,1,a s2,2,b s3,1,a s4,2,b s5,1,a s6,2,b >samples.csv
	blocks "$repo/man/gx-means.1"
	run_blocks
	gx-means m.gxm | same - means.tsv
	[[ $(sed -n 1p 02.out) == $'gene\ta\tb' ]]
	[[ $(tail -n 3 02.out | cut -f 1 | tr '\n' ' ') == 'column a b ' ]]
	gx-means -b m.gxm | gx-threshold -T 12 | same - 05.out
}

@test "the examples of gx-threshold(1) run" {
	small_data
	blocks "$repo/man/gx-threshold.1"
	run_blocks
	same 02.out 03.out
	gx-threshold --pass --at-least 3 -T 0 -H counts.tsv | same - expressed.tsv
}

@test "the examples of gx-spectrum(1) run" {
	small_sounds
	blocks "$repo/man/gx-spectrum.1"
	run_blocks
	[[ $(head -n 1 02.out) == $'gene\tbells/1.wav\tbells/2.wav\tdrone/1.wav\tdrone/2.wav' ]]
	gx-spectrum */*.wav | same 03.out -
	[[ $(head -n 1 04.out | wc -w) == $((1 + 11026)) ]]
	# What is shown in DESCRIPTION.
	command -v ffmpeg >/dev/null || return 0
	ffmpeg -v error -nostdin -i drone/1.wav song.mp3
	awk '/^\.Ss Sounds/ { on = 1 } on && /^\.Bd -literal/ { inside = 1; next } /^\.Ed/ { exit } inside' \
		"$repo/man/gx-spectrum.1" >pipe
	bash -e -o pipefail pipe >mp3
	[[ $(sed -n 2p mp3 | cut -f 1) == song.mp3 ]]
}

@test "the examples of gx-reduce(1) run" {
	small_data
	blocks "$repo/man/gx-reduce.1"
	run_blocks
	gx-threshold -T 12 m.gxm >whole
	same whole 02.out 03.out 04.out
	gx-means m.gxm | same - means.tsv
}

@test "the examples of gx(7) run, also on a cluster that loses a task" {
	make_sbatch
	gx-simulate -n 1000 -m 6 --dist lognormal -o counts.tsv
	blocks "$repo/man/gx.7"
	run_blocks
	same 01.out 02.out
	grep -qx 'genes 1000' 03.out
	[[ -e lost ]]
	gx-threshold -T 12 m.gxm >whole
	same whole 04.out 05.out 06.out whole.tsv
	bash -n job.sh
}

@test "the examples of gx-matrix(5) run, and what is computed is what stands there" {
	small_data
	blocks "$repo/man/gx-matrix.5"
	run_blocks
	head -c 80 01.out | grep '89 47 58 4d 0d 0a 1a 0a'
	# xxhsum names its hash in more than one form.
	grep -oE '[0-9a-f]{16}' 02.out | uniq | wc -l | grep -x 1
	grep -oE '[0-9a-f]{16}' 03.out | uniq | wc -l | grep -x 1
}

@test "the examples of all other pages run" {
	local page
	for page in "$repo"/man/*.[157]; do
		case ${page##*/} in
		gx-simulate.1 | gx-means.1 | gx-spectrum.1 | gx-threshold.1 | gx-reduce.1 | gx.7 | gx-matrix.5)
			continue # they have a test above
			;;
		esac
		mkdir "${page##*/}"
		cd "${page##*/}"
		small_data
		cp "$tests/spectra/sound/tone16.wav" song.wav
		blocks "$page"
		run_blocks || note "$page"
		cd ..
	done
}

# In a directory with the data that its lines read.
readme() {
	mkdir tests
	ln -s "$data" tests/data
	ln -s "$tests/hdf5" tests/hdf5
	blocks_of_markdown "$repo/README.md"
}

@test "the lines of the README run, and print what it shows behind them" {
	local block
	readme
	[[ $(echo [0-9][0-9]) == "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17" ]]
	rm 15 16 # for NumPy, below
	gx-convert --version | grep -c ', HDF5' >/dev/null || rm 06 17
	run_blocks
	for block in [0-9][0-9]; do shows "$block"; done
	gx-simulate -b | same - whole.gxm
	grep -q '^openmp' 13.out
	[[ -s speedup.svg && -s timeline.svg ]]
}

# interpreted BLOCK PROGRAM ...: runs it, and compares what it prints.
interpreted() {
	local block=$1
	shift
	"$@" "$block" >"$block.out" 2>"$block.err" || note "$block: $(cat "$block.err")" || return 1
	shows "$block"
}

@test "the README's lines for NumPy run, and the numbers come back" {
	needs "a Python with NumPy" python_with numpy
	readme
	rm 0? 10 11 12 13 14 17
	bash -e 15 >15.out 2>15.err
	interpreted python1 "$(python_with numpy)"
	bash -e 16 >16.out 2>16.err
	shows 16
	[[ ! -s 15.out && $(sort -u 16.out | wc -l) == 1 ]]
}

# come_back FILE: gx reads in it the means that went out. R writes 15 digits, and some versions
# of pandas read the last bit wrong.
come_back() {
	gx-convert "$1" >back
	gx-means tests/data/GSE96870_counts_cerebellum.csv | paste back - | awk -F '\t' '
		$1 != $3 || (NR == 1 && $2 != $4) { exit 1 }
		NR > 1 && ($2 - $4) ^ 2 > (1e-14 * $4) ^ 2 { exit 1 }
		END { if (NR != 41787) exit 1 }' || note "$1: $(head -3 back)"
}

@test "the README's lines for pandas run, and the numbers come back" {
	needs "a Python with pandas" python_with pandas
	readme
	interpreted python2 "$(python_with pandas)"
	come_back from_pandas.tsv
}

@test "the README's lines for R run, and its numbers are read" {
	needs "R with data.table" Rscript -e 'library(data.table)'
	readme
	interpreted r1 Rscript
	come_back from_r.tsv
}

@test "README, NEWS and gx(7) name each filter" {
	local c
	for c in $(commands); do
		grep -qF "($c.1)" <(sed 's,(man/,(,g' "$repo/README.md") || note "README: no $c"
		grep -qF "\`$c\`" "$repo/NEWS.md" || note "NEWS: no $c"
		grep -qx "\.It Xr $c 1" "$repo/man/gx.7" || note "gx.7: no $c"
	done
}

# rows_of_table FILE [N]: the rows of its first or N-th table of what was measured.
rows_of_table() {
	awk -v n="${2:-1}" '/^\| work /{ on = ++seen == n; getline; next } !/^\|/ { on = 0 } on' "$1"
}

@test "the README has six of the measured rows, and bench/README.md those of the bench" {
	local row
	rows_of_table "$tests/bench/README.md" >all
	rows_of_table "$repo/README.md" >six
	rows_of_table "$repo/README.md" 2 >python
	[[ $(wc -l <six) -eq 6 && -s python ]]
	while IFS= read -r row; do
		grep -qxF -e "$row" all || note "tests/bench/README.md has no $row"
	done < <(cat six python)
	"$tests/bench/run" --list | cut -c 26- >want
	sed 's/^| //; s/ | .*//; s/\\|/|/g' all | diff want - >&2
}

# ---- CONTRIBUTING: the filter that it shows ----

@test "the filter that CONTRIBUTING shows compiles as it stands, and works" {
	local example=${GX_TESTS:-$repo/build/tests}/gx-maxima file k
	[[ -x $example ]] || skip "no $example: make check builds it"
	sed -n '/^```c$/,/^```$/ { /^```/! p }' "$repo/CONTRIBUTING.md" | cmp - "$example.c" ||
		note "$example is of another text: make check builds it anew"
	PATH=$PATH:${example%/*}

	printf 'gene\ta\tb\tc\n' >t.tsv
	printf '%s\t%s\t%s\t%s\n' g1 1 2 -3 g2 NA 4 5 g3 NA NA NA g4 -Inf -2 -1 g5 0 Inf NA >>t.tsv
	prints $'gene\tmaximum\ng1\t2\ng2\tNA\ng3\tNA\ng4\t-1\ng5\tNA' gx-maxima t.tsv
	prints $'gene\tmaximum\ng1\t2\ng2\t5\ng3\tNA\ng4\t-1\ng5\tInf' gx-maxima --skip-na t.tsv

	# A table of many pieces, against awk; as text and as GXM, which cut it elsewhere.
	rows 30000 7 >m.tsv
	gx-convert -o m.gxm m.tsv
	awk -F '\t' 'NR == 1 { print "gene\tmaximum"; next }
		{ k = 2; for (j = 3; j <= NF; j++) if ($j > $k) k = j; print $1 "\t" $k }' m.tsv >want
	for file in m.tsv m.gxm; do
		four_ways "$file" gx-maxima
		same want "$out"
		gx-maxima -b -t 4 "$file" | gx-convert | same want -
		for k in 1 2 3; do
			gx-maxima -b --part $k/3 "$file" >part.$k.gxm
			gx-threshold -T 30 part.$k.gxm >record.$k
		done
		gx-reduce --join part.?.gxm | same want -
		gx-maxima -b "$file" | gx-threshold -T 30 >whole
		[[ $(field work whole) == 'maximum above' && $(field count whole) -gt 0 ]]
		gx-reduce record.? | same whole -
	done

	gx-maxima --explain --part 2/3 -o made.gxm m.tsv >told
	[[ ! -e made.gxm ]]
	grep -qx $'work\tmaximum' told
	grep -qx $'output_format\tgxm' told
	refuses 2 'unknown option --least' gx-maxima --least t.tsv
}

# ---- gx-matrix(5), read by a stranger ----

# Its text of a GXM stream is gx's own text of that matrix.
@test "a reader written from the page reads GXM as gx does" {
	local args
	for args in '-n 0 -m 3' '-n 1 -m 1' '-n 2000 -m 20' '-n 3 -m 40000' '-n 70000 -m 1' \
		'-n 500 -m 7 --dist normal --seed 3' '-n 100 -m 3 --part 2/7' '-n 2 -m 3 --part 3/3'; do
		gx-simulate $args >text
		gx-simulate $args -b | reader matrix | same - text
	done
	printf '"a b"\t"c\td"\t""\n"x""y\t"\tNA\t-0\tInf\n\t1e-310\t-1e300\t0.1\ng\xe9\t-inf\t1e15\t1e16\n' \
		>odd.tsv
	gx-threshold --pass --any -T -1e300 odd.tsv >text
	[[ $(wc -l <text) -eq 4 ]]
	gx-threshold --pass --any -T -1e300 -b odd.tsv | reader matrix | same - text
	printf 'gene,"a,b",c\n"x""y,",NA,-0\n"""",0.1,1e-05\n' >odd.csv
	gx-threshold --pass --any -T -1e300 odd.csv >text
	[[ $(wc -l <text) -eq 3 ]]
	gx-threshold --pass --any -T -1e300 -b odd.csv | reader matrix | same - text
}

@test "the reader reads derived streams, and segments behind each other" {
	local k file what
	small_data
	for file in m.gxm counts.tsv; do
		for what in gx-means 'gx-threshold --pass --any -T 1'; do
			$what "$file" >text
			$what -b "$file" | reader matrix | same - text
			for k in 1 2 3; do
				$what -b --part $k/3 "$file"
			done >parts.gxm
			reader matrix parts.gxm | same - text
			reader facts parts.gxm | grep -v '^segments' >parts
			$what -b "$file" | reader facts | grep -v '^segments\|^first' >whole
			grep -v '^first' parts | same - whole
		done
	done
	# What does not continue is refused by both.
	for k in 1 3; do
		gx-simulate -n 100 -m 3 -b --part $k/3
	done >gap.gxm
	run ! reader matrix gap.gxm
	exits 1 gx-means gap.gxm
}

@test "each byte of GXM is under a check that the page names" {
	gx-simulate -n 3 -m 2 -o plain.gxm
	reader damage plain.gxm
	table | gx-means -b >derived.gxm
	reader damage derived.gxm
}

# Headers and source facts that are under sound checksums and cannot be true.
@test "what a reader must check is checked by both" {
	PYTHONPATH=$tests python3 - <<'END'
import oracle

def write(name, source=(0, 2, 2), **header):
    facts = "identity simulation:00000000000000aa\nunit rows\nfirst %s\nlast %s\nof %s\n" % source
    facts += "digest 0000000000000000\nwork mean\n"
    segment = oracle.Segment(1, [[1.0], [2.0]], names=["x", "y"], provenance="mean",
                             source=facts, **header)
    with open(name + ".gxm", "wb") as file:
        file.write(segment.bytes())

write("good")
write("good-part", (2, 4, 4), first=2, whole=4)
write("good-unknown", ("0", "2", "."))
write("bad-backwards", (2, 1, 4))
write("bad-beyond", (0, 3, 2))
write("bad-first-unknown", (".", 2, 4))
write("bad-last-unknown", (0, ".", 4))
write("bad-header-first", first=3, whole=2)
write("bad-header-rows", first=1, whole=2)
write("bad-header-beyond", first=2**64 - 3, whole=2**64 - 1)

def write_source(name, rows=((1.0,), (2.0,)), **header):
    with open(name + ".gxm", "wb") as file:
        file.write(oracle.Segment(header.pop("ncol", 1), rows, **header).bytes())

write_source("good-names", names=["a\tb", "\x80"], columns=["\t"], identity="x", provenance="y")
write_source("bad-name", names=["a", "b\x1b[2J"])
write_source("bad-name-del", names=["a", "b\x7f"])
write_source("bad-column", columns=["a\n"])
write_source("bad-identity", identity="x\ty")
write_source("bad-provenance", provenance="simulate\r")
write_source("bad-no-rows", rows=(), ncol=2**24 + 1)
END
	local file
	for file in good*.gxm; do
		reader matrix "$file" >text
		gx-convert "$file" | same - text
	done
	for file in bad*.gxm; do
		run ! reader matrix "$file"
		exits 1 gx-convert "$file"
	done
}

@test "identities and source facts are what the page says" {
	small_data
	gx-simulate -n 2000 -m 20 -f npy -o m.npy
	gx-simulate -n 2000 -m 20 -f tsv -o m.tsv
	local file key
	for file in counts.tsv m.npy m.tsv "$data"/*.csv; do
		[[ $(field input <(gx-threshold -T 12 "$file")) == "$(reader fingerprint "$file")" ]]
	done
	cat m.npy | gx-threshold -T 12 >pipe.tsv
	[[ $(field input pipe.tsv) == "$(reader fingerprint m.npy)" ]]
	gx-threshold -T 12 --trailing-delimiter --na -,x --columns s2,3 --delimiter tab counts.tsv >said.tsv
	[[ $(field input said.tsv) == "$(reader fingerprint counts.tsv \
		'delimiter=9 columns=4:s2,3 na=3:-,x trailing-delimiter ')" ]]
	# The digest is that of the values in each format.
	for file in m.npy m.tsv m.gxm; do
		field digest <(gx-threshold -T 12 "$file")
	done | uniq | wc -l | grep -x 1
	reader facts m.gxm >facts
	[[ $(sed -n 's/^digest //p' facts) == "$(field digest <(gx-threshold m.gxm))" ]]
	[[ $(sed -n 's/^identity //p' facts) == "$(field input <(gx-threshold m.gxm))" ]]
	gx-means -b --part 2/3 counts.tsv >part.gxm
	reader facts part.gxm >facts
	gx-threshold -T 12 part.gxm >part.tsv
	for key in unit first last of digest; do
		[[ $(sed -n "s/^source-$key //p" facts) == "$(field $key part.tsv)" ]]
	done
	[[ $(sed -n 's/^source-identity //p' facts) == "$(field input part.tsv)" ]]
	[[ $(field work part.tsv) == 'mean above' ]]
}

@test "records are what the page says" {
	small_data
	gx-threshold m.gxm >records.tsv
	gx-threshold -T 12 -p 2/3 counts.tsv >>records.tsv
	gx-threshold -T 12 <counts.tsv >>records.tsv
	cat counts.tsv | gx-threshold --below -T -0.5 >>records.tsv
	gx-threshold -T 12 <(printf 'g\t"a\t""b"\n1\t2\n') >>records.tsv
	[[ $(reader record records.tsv) == 5 ]]
	sed -i '2s/\t12\t/\t13\t/' records.tsv
	run ! reader record records.tsv
	run ! gx-reduce --unverified records.tsv
}
