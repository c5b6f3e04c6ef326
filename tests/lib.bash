# SPDX-License-Identifier: MIT
# What the test files share. Each test works in a directory of its own; GX_BIN names the
# binaries (bin/ of this tree otherwise), GX_SANITIZED says that they are slow.
bats_require_minimum_version 1.5.0

# Bash gives a pipeline the exit code of its last command; a filter that dies before it
# would go unnoticed.
set -o pipefail

tests=$BATS_TEST_DIRNAME
repo=$(cd "$tests/.." && pwd)
export GX_BIN=${GX_BIN:-$repo/bin}
export PATH=$GX_BIN:$PATH LC_ALL=C PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$tests
unset OMP_NUM_THREADS POSIXLY_CORRECT
data=$tests/data
# Full tables with means that were made elsewhere; not part of the source tree.
full=${GX_DATA:-$repo/../shared/data}

# In setup: cd to the test's own directory.
work() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

note() {
	printf '%s\n' "$*" >&2
	return 1
}

# exits CODE command ...: the command ends with that code. Its output is in $out and $err
# for whoever wants to look at it.
exits() {
	local want=$1 got=0
	shift
	out=$BATS_TEST_TMPDIR/.stdout err=$BATS_TEST_TMPDIR/.stderr
	"$@" >"$out" 2>"$err" || got=$?
	((got == want)) || note "exit $got, expected $want: $* ($(head -c 2000 "$err"))"
}

# succeeds command ...: exit 0 and not a byte on stderr; stdout in $out.
succeeds() {
	exits 0 "$@" || return 1
	[[ ! -s $err ]] || note "on stderr: $(head -c 2000 "$err") ($*)"
}

# refuses CODE TEXT command ...: that exit code, nothing on stdout, TEXT in the message,
# which begins with the program's name.
refuses() {
	local code=$1 text=$2
	shift 2
	exits "$code" "$@" || return 1
	[[ ! -s $out ]] || note "on stdout: $(head -c 200 "$out" | tr -d '\0') ($*)" || return 1
	[[ $(head -c 3 "$err") == gx[-:] ]] ||
		note "the message does not begin with the program: $(cat "$err")" || return 1
	grep -qF -e "$text" "$err" || note "'$text' is not in: $(cat "$err") ($*)"
}

# prints TEXT command ...: exactly that on stdout (and a last LF), exit 0, a silent stderr.
prints() {
	local text=$1
	shift
	succeeds "$@" || return 1
	printf '%s\n' "$text" | cmp -s - "$out" ||
		note "$* printed:" "$(head -c 2000 "$out")" "expected: $text"
}

# same FILE FILE ...: the same bytes in all of them.
same() {
	local first=$1 file
	for file in "${@:2}"; do
		cmp "$first" "$file" >&2 || return 1
	done
}

# four_ways FILE command ...: the command with FILE as its operand, from a pipe, as standard
# input, with one thread and with four gives the same bytes; they are left in $out.
# Records of text are not for it: a pipe of text does not know how much there is.
four_ways() {
	local file=$1 dir
	shift
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/ways.XXXXXX")
	"$@" "$file" >"$dir/file" 2>"$dir/err" || note "$* $file: $(cat "$dir/err")" || return 1
	"$@" -t 4 "$file" >"$dir/threads" 2>>"$dir/err" || return 1
	"$@" <"$file" >"$dir/stdin" 2>>"$dir/err" || return 1
	cat "$file" | "$@" -t 1 - >"$dir/pipe" 2>>"$dir/err" || return 1
	# In small pieces, as a slow pipe has them.
	dd if="$file" bs=777 status=none | "$@" -t 4 >"$dir/slow" 2>>"$dir/err" || return 1
	[[ ! -s $dir/err ]] || note "on stderr: $(cat "$dir/err")" || return 1
	out=$dir/file
	same "$dir"/{file,threads,stdin,pipe,slow} || note "ways differ: $* $file"
}

# lacks GREP_ARGUMENT ...: no line matches. (`! grep` would never fail a test: -e passes over
# whatever stands behind an exclamation mark. check_bats.py finds such lines.)
lacks() {
	if grep "$@" >&2; then
		note "found: grep $*"
	fi
}

# field NAME RECORD: a field of the record's first line.
field() {
	awk -F '\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i }
		NR == 2 { print $k }' "$2"
}

# python_with MODULES: a Python that has them: that of the system may, where another comes first.
python_with() {
	local python
	for python in python3 /usr/bin/python3; do
		"$python" -c "import $1" 2>/dev/null || continue
		echo "$python"
		return
	done
	return 1
}

# needs_hdf5: or the test is skipped.
needs_hdf5() {
	gx-convert --version | grep -c ', HDF5' >/dev/null || skip "this build reads no HDF5"
}

# press_ctrl_c DIR COMMAND ...: runs it on a terminal, where Ctrl-C is pressed when DIR has a
# record; what the terminal shows is printed. 130 when it died of it.
press_ctrl_c() {
	python3 - "$@" <<-'END'
		import os, pty, select, signal, sys, time
		pid, terminal = pty.fork()
		if pid == 0:
		    # What is started in the background ignores Ctrl-C.
		    signal.signal(signal.SIGINT, signal.SIG_DFL)
		    os.execvp(sys.argv[2], sys.argv[2:])
		pressed, end, shown = False, time.time() + 60, b""
		def has_record():
		    # Not one that is being written, which goes when its job is stopped.
		    return os.path.isdir(sys.argv[1]) and any(
		        ".gxtmp." not in name for name in os.listdir(sys.argv[1]))
		while time.time() < end:
		    if not pressed and has_record():
		        os.write(terminal, b"\x03")
		        pressed = True
		    if select.select([terminal], [], [], 0.05 if pressed else 0.001)[0]:
		        try:
		            got = os.read(terminal, 65536)
		        except OSError:
		            break
		        shown += got
		_, status = os.waitpid(pid, 0)
		sys.stdout.buffer.write(shown.replace(b"\r", b"\n"))
		sys.exit(130 if os.WIFSIGNALED(status) and os.WTERMSIG(status) == 2 else 1)
	END
}

# table > t.tsv: three genes, two samples.
table() {
	printf 'gene\ta\tb\ng1\t1\t2\ng2\t30\t4\ng3\t5\tNA\n'
}

# rows N M: a text table of small numbers, every cell another.
rows() {
	awk -v n="$1" -v m="$2" 'BEGIN {
		printf "gene"
		for (j = 1; j <= m; j++) printf "\tc%d", j
		print ""
		for (i = 1; i <= n; i++) {
			printf "gene%d", i
			for (j = 1; j <= m; j++) printf "\t%g", (i * 7919 + j * 104729) % 2003 / 64
			print ""
		}
	}'
}

# The filters; and all programs, with gx, which runs them.
commands() {
	local path
	for path in "$GX_BIN"/gx-*; do
		basename "$path"
	done
}
programs() {
	echo gx
	commands
}

# Its --help with each option in one line, and its page.
help_of() {
	COLUMNS=1000 "$1" --help
}
page_of() {
	if [[ $1 == gx ]]; then
		echo "$repo/man/gx.7"
	else
		echo "$repo/man/$1.1"
	fi
}

# An invocation of each command that succeeds and writes something, as words in $example.
# A new command that reads a matrix needs no line here.
example_of() {
	table >example.tsv
	case $1 in
	gx-simulate) example=(gx-simulate -n 4 -m 3) ;;
	gx-reduce)
		gx-threshold -T 12 example.tsv >example.record
		example=(gx-reduce example.record)
		;;
	gx-joblog)
		printf 'Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n' \
			>example.joblog
		printf '1\t:\t1700000000.000\t1.500\t0\t10\t0\t0\ttrue 1\n' >>example.joblog
		printf '2\t:\t1700000000.100\t2.500\t0\t10\t0\t0\ttrue 2\n' >>example.joblog
		example=(gx-joblog example.joblog)
		;;
	gx-threshold) example=(gx-threshold example.tsv -T 12) ;;
	gx-time) example=(gx-time example.tsv --runs 1 --warmup 0 --strategies serial,simd) ;;
	gx-correlate | gx-rank | gx-vote)
		rows 12 9 >example.tsv
		example=(gx-correlate example.tsv)
		[[ $1 == gx-correlate ]] && return
		gx-correlate -b example.tsv >example.gxm
		example=(gx-rank example.gxm)
		[[ $1 == gx-rank ]] && return
		{
			printf 'gene\tterm\n'
			printf 'gene%d\tt1\n' 1 2 3 4 5
			printf 'gene%d\tt2\n' 4 5 6 7 8
		} >example.terms
		example=(gx-vote example.gxm --annotation example.terms --min-size 2)
		;;
	*) example=("$1" example.tsv) ;;
	esac
}

# What a command's usage has behind its options; whether it takes operands, and whether it
# can do without (standard input).
operands_of() {
	help_of "$1" | sed -n '1s/.*OPTION \.\.\.\]//p'
}
takes_operands() {
	[[ -n $(operands_of "$1") ]]
}
reads_stdin() {
	[[ $1 != gx-time ]] || return # it simulates a matrix where none is given
	grep -qE '^ \[[^]]*\]$' <<<"$(operands_of "$1")"
}
has_option() {
	grep -qE "^ +(-., )?--$2( |\$)" <<<"$(help_of "$1")"
}
