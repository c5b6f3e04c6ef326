#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx: the list of the filters, their pages, and running them.

load lib.bash

setup() {
	work
	table >t.tsv
}

# A directory to put programs of others into, in front of all others.
stranger() {
	mkdir -p path
	cat >"path/$1"
	chmod +x "path/$1"
	[[ :$PATH: == *":$PWD/path:"* ]] || PATH=$PWD/path:$PATH
}

# A filter with its mark that never answers: a copy of gx-means that loops where it would begin.
hanging() {
	cp "$GX_BIN/gx-means" "$1"
	python3 - "$1" <<-'END'
		import platform, struct, sys
		loop = {"x86_64": b"\xeb\xfe", "aarch64": b"\x00\x00\x00\x14"}[platform.machine()]
		with open(sys.argv[1], "r+b") as f:
		    head = f.read(64)
		    entry, table = struct.unpack_from("<QQ", head, 24)
		    size, count = struct.unpack_from("<HH", head, 54)
		    for i in range(count):
		        f.seek(table + i * size)
		        kind, _, offset, address, _, nbyte = struct.unpack("<IIQQQQ", f.read(40))
		        if kind == 1 and address <= entry < address + nbyte:
		            f.seek(offset + entry - address)
		            f.write(loop)
	END
}

# ---- the list ----

@test "gx lists every filter, a line each, under a heading" {
	local c
	succeeds gx
	for c in $(commands); do
		[[ $(grep -cE "^  $c +[a-z].*" "$out") == 1 ]] || note "$c: $(cat "$out")"
	done
	grep -x 'Compute:' "$out"
	# Under its heading, and in the order of names there.
	awk '/^[A-Z].*:$/ { heading = $0 } /^  gx-/ { print heading, $1 }' "$out" >under
	grep -x 'Compute: gx-means' under
	grep -x 'Put the results of parts together: gx-reduce' under
	[[ $(wc -l <under) == $(commands | wc -l) ]]
	awk 'length > 80' "$out" >wide
	[[ ! -s wide ]]
	# Whatever PATH has: it knows those beside itself.
	PATH=/nowhere "$GX_BIN/gx" | same - "$out"
	ln -s "$GX_BIN/gx" link
	PATH=/nowhere ./link | same - "$out"
}

@test "a new filter is found by itself, beside gx and on PATH" {
	local example=${GX_TESTS:-$repo/build/tests}/gx-maxima
	[[ -x $example ]] || skip "no $example: make check builds it"
	mkdir path
	cp "$example" path/gx-maxima
	PATH=$PWD/path:$PATH succeeds gx
	grep -qE '^  gx-maxima +largest value of each gene of a matrix$' "$out"
	PATH=$PWD/path:$PATH prints $'gene\tmaximum\ng1\t2\ng2\t30\ng3\tNA' gx maxima t.tsv
	PATH=$PWD/path:$PATH gx completion bash | grep -x 'complete -F _gx_maxima gx-maxima'
	cp "$GX_BIN"/gx "$GX_BIN"/gx-means path
	PATH=/nowhere path/gx | grep -E '^  gx-(maxima|means) ' | wc -l | grep -x 2
	# The first of a name is the one.
	strip -o path/gx-means path/gx-means 2>/dev/null || true
	PATH=$PWD/path:$PATH gx | grep -cE '^  gx-means ' | grep -x 1
	# PATH may have empty places, which are here, and ones that are not there.
	cd path
	PATH=:/absent::$PATH gx | grep -E '^  gx-maxima '
}

@test "programs of others that are called gx-something are not run by a list" {
	local name
	gx >want
	for name in foo list help completion sh; do
		stranger "gx-$name" <<-END
			#!/bin/sh
			touch "$PWD/ran"
			echo "gx-$name	compute	not one of gx"
		END
	done
	# Nor what is no program at all.
	mkdir path/gx-directory
	mkfifo path/gx-fifo
	: >path/gx-empty
	printf '\x7fELF' >path/gx-elf
	chmod +x path/*
	ln -s /absent path/gx-dangling
	ln -s gx-loop path/gx-loop
	local n
	for n in 16 63 64 65 200 400 1000 5000; do
		head -c $n "$GX_BIN/gx-means" >path/gx-cut$n
		chmod +x path/gx-cut$n
	done
	succeeds timeout 20 gx
	same want "$out"
	refuses 2 "there is no filter fooo" timeout 20 gx fooo
	lacks -F 'did you mean foo?' "$err"
	exits 0 timeout 20 gx completion bash
	lacks strange "$out"
	refuses 2 "is no filter of gx" gx help foo
	[[ ! -e ran ]]
	# But whoever asks for one by name gets it.
	succeeds gx foo
	[[ -e ran ]]
}

@test "filters that hang or are broken hold nobody up, and are left out" {
	[[ $(uname -m) =~ ^(x86_64|aarch64)$ ]] || skip "no loop for this processor"
	gx >want
	mkdir path
	hanging path/gx-hangs
	# Whole enough to have the mark; it cannot run.
	head -c 100000 "$GX_BIN/gx-means" >path/gx-broken
	# It has the mark, and does not know the question.
	sed 's/--gx-about/--gx-forgot/' "$GX_BIN/gx-means" >path/gx-older
	# It answers for another one.
	cp "$GX_BIN/gx-means" path/gx-renamed
	chmod +x path/*
	export PATH=$PWD/path:$PATH
	succeeds timeout 20 gx
	same want "$out"
	exits 0 timeout 20 gx completion fish
	[[ ! -s $err ]]
	# The one that hung is gone.
	find /proc -maxdepth 2 -name exe -exec readlink {} + 2>/dev/null >running || true
	lacks "$PWD/path/gx-hangs" running
}

@test "no filter anywhere: exit 3, and what to do" {
	mkdir alone
	cp "$GX_BIN/gx" alone
	refuses 3 "no filter is beside gx or on PATH" env PATH=/nowhere alone/gx
	cp "$GX_BIN/gx-means" alone
	exits 0 env PATH=/nowhere alone/gx
	grep -q '^  gx-means ' "$out"
}

# ---- running them ----

@test "gx means is gx-means: output, messages, exit status" {
	gx-means --skip-na t.tsv >want
	succeeds gx means --skip-na t.tsv
	same want "$out"
	succeeds gx gx-means t.tsv --skip-na
	same want "$out"
	succeeds gx means --skip-na - <t.tsv
	same want "$out"
	gx-means --version >want
	succeeds gx means --version
	same want "$out"
	refuses 3 "gx-means: absent.tsv: No such file" gx means absent.tsv
	printf 'gene\ta\ng1\tx\n' >bad.tsv
	refuses 1 "gx-means: bad.tsv:2:2" gx means bad.tsv
	refuses 2 "Try 'gx-means --help'" gx means --nonsense
	gx-threshold -T 1 --part 1/2 t.tsv >part
	refuses 75 "gx-reduce: " gx reduce part
	# argv[0], too.
	stranger gx-zero <<-'END'
		#!/bin/bash
		printf '%s\n' "$(tr '\0' ' ' </proc/$$/cmdline)"
	END
	[[ $(gx zero a 'b c') == *"gx-zero a b c "* ]]
	# A program that is no program.
	stranger gx-nothing </dev/null
	printf '\x7fELF, but no more' >path/gx-nothing
	refuses 3 "path/gx-nothing: " gx nothing
}

@test "gx means starts as gx-means would: descriptors, signals, environment" {
	local code=0
	gx means t.tsv >&- 2>err || code=$?
	[[ $code == 3 ]]
	grep -q '^gx-means: <stdout>: ' err
	code=0
	gx means t.tsv >/dev/full 2>err || code=$?
	[[ $code == 3 ]]
	mkfifo fifo
	gx means fifo >/dev/null &
	local pid=$!
	exec 9>fifo
	[[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == 'gx-means fifo ' ]]
	kill -TERM $pid
	code=0
	wait $pid || code=$?
	[[ $code == 143 ]]
	exec 9>&-
	stranger gx-state <<-'END'
		#!/bin/bash
		env | grep -v '^_=' | sort
		# (What a child inherits: the shell's own state changes while
		# it waits for the child.)
		grep -E '^Sig(Ign|Blk)' /proc/self/status
		ls /proc/self/fd
	END
	gx-state >want </dev/null 2>/dev/null
	gx state >got </dev/null 2>/dev/null
	same want got
}

@test "what is no filter: exit 2, and the nearest names" {
	refuses 2 "there is no filter meens: did you mean means?" gx meens
	refuses 2 "there is no filter gx-covnert: did you mean convert?" gx gx-covnert t.tsv
	refuses 2 "there is no filter thresh: did you mean threshold?" gx thresh
	refuses 2 "there is no filter Means: did you mean means?" gx Means
	refuses 2 "there is no filter hlep: did you mean help?" gx hlep
	refuses 2 "there is no filter quux: gx alone lists them" gx quux
	refuses 2 "there is no filter ../means" gx ../means
	refuses 2 "there is no filter " gx ''
	refuses 2 "Try 'gx --help'" gx quux
	# A file, as of a user who has not read on. The advice works.
	refuses 2 "t.tsv is no filter: to look at the file, write gx info t.tsv" gx t.tsv
	gx info t.tsv | grep -x 'samples 2'
}

@test "what gx itself takes" {
	succeeds gx --help
	cp "$out" help
	succeeds gx help
	same help "$out"
	succeeds gx -h
	same help "$out"
	refuses 2 "unknown option --halp: did you mean --help?" gx --halp
	refuses 2 "--help=3: takes no value" gx --help=3
	refuses 2 "--completion: a value must follow" gx --completion
	refuses 2 "more: nothing may follow means" gx help means more
	refuses 2 "x: nothing may follow version" gx version x
	refuses 2 "y: nothing may follow bash" gx completion bash y
	gx-means t.tsv >want
	succeeds gx -- means t.tsv
	same want "$out"
	local words code
	for words in '' --help --version 'completion bash'; do
		code=0
		gx $words >/dev/full 2>err </dev/null || code=$?
		[[ $code == 3 ]]
		grep -q '^gx: <stdout>: No space left on device' err
		code=0
		gx $words >&- 2>err </dev/null || code=$?
		[[ $code == 3 ]]
	done
}

# ---- the version ----

@test "gx --version: what it is, was built of and runs on" {
	succeeds gx --version
	[[ $(sed -n 1p "$out") == "gx $(sed -n 's/^#define GX_VERSION "\(.*\)"/\1/p' "$repo/lib/base/gx.h")" ]]
	grep -qE '^compiler (gcc|clang) [0-9]+\.' "$out"
	grep -qE '^libraries xxHash [0-9]+\.[0-9]+\.[0-9]+, zlib [0-9.]+, zstd [0-9.]+, (libisal where it is|no libisal)$' "$out"
	grep -qx "simd $(gx-means --explain t.tsv | sed -n 's/^simd	//p')" "$out"
	sed '1d;/^compiler /d;/^libraries /d;/^simd /d' "$out" >more
	[[ ! -s more ]] || grep -xE 'commit [0-9a-f]{12,40}(-dirty)?' more
	cp "$out" long
	for word in -V version; do
		succeeds gx $word
		same long "$out"
	done
}

@test "the commit is that of this tree, and is written only when it changes" {
	command -v git >/dev/null || skip "git is not installed"
	local header=build/generated/commit.h
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=x \
		GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
	# Of the make that runs the tests no flag, setting or directory.
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL BUILD BIN
	written() {
		make --no-print-directory "$header" >/dev/null
		sed -n 's/^#define GX_COMMIT "\(.*\)"$/\1/p' "$header"
	}
	# A tarball, also in the repository of somebody else.
	git init -q .
	git commit -q --allow-empty -m other
	mkdir tree
	cp "$repo/Makefile" tree
	[[ ! -d $repo/make ]] || cp -r "$repo/make" tree
	cd tree
	[[ -z $(written) && -s $header ]]
	# A repository, as it is and changed.
	git init -q .
	echo /build/ >.gitignore
	git add .
	git commit -q -m first
	[[ $(written) == $(git rev-parse --short=12 HEAD) ]]
	touch -d '2001-01-01' "$header"
	written
	[[ $(stat -c %Y "$header") -lt 1000000000 ]]
	echo '# more' >>Makefile
	[[ $(written) == $(git rev-parse --short=12 HEAD)-dirty ]]
	# What is known stays where git does not tell.
	mkdir stub
	printf '#!/bin/sh\nexit 128\n' >stub/git
	chmod +x stub/git
	PATH=$PWD/stub:$PATH
	[[ $(written) == *-dirty ]]
}

# ---- gx help ----

@test "gx help NAME: the page if man can, else --help" {
	local page
	# A man that finds pages below this directory, and tells what it shows.
	stranger man <<-END
		#!/bin/bash
		if [[ \$1 == -w ]]; then
			[[ \$2 != */* ]] || { ls "\$2"; exit; }
			ls "$PWD/pages/\$2".*
		else
			echo "shown: \$1"
		fi
	END
	mkdir pages alone
	touch pages/gx-means.1 pages/gx-matrix.5 pages/gx.7
	cp "$GX_BIN"/gx "$GX_BIN"/gx-means "$GX_BIN"/gx-info alone
	prints 'shown: gx-means' alone/gx help means
	prints 'shown: gx-means' alone/gx help gx-means
	prints 'shown: gx-matrix' alone/gx help matrix
	prints 'shown: gx' alone/gx help gx
	# Without a page.
	alone/gx-info --help >want
	succeeds alone/gx help info
	same want "$out"
	# The page beside gx is of this version.
	mkdir -p place/bin place/share/man/man1 place/share/man/man7
	cp "$GX_BIN"/gx "$GX_BIN"/gx-means place/bin
	touch place/share/man/man1/gx-means.1.gz place/share/man/man7/gx.7
	succeeds place/bin/gx help means
	[[ $(cat "$out") == 'shown: '*place/bin/../share/man/man1/gx-means.1.gz ]]
	succeeds place/bin/gx help gx
	[[ $(cat "$out") == 'shown: '*/gx.7 ]]
	refuses 2 "there is no filter meens: did you mean means?" gx help meens
	refuses 2 "there is no filter quux" gx help quux
}

@test "gx help NAME: a man without pages, one that fails, one that hangs, and none" {
	mkdir alone
	cp "$GX_BIN"/gx "$GX_BIN"/gx-means alone
	gx-means --help >want
	stranger man <<<$'#!/bin/sh\necho This system has no pages'
	succeeds alone/gx help means
	same want "$out"
	stranger man <<<$'#!/bin/sh\necho "man: nothing" >&2; exit 16'
	succeeds alone/gx help means
	same want "$out"
	alone/gx --help >help
	succeeds alone/gx help gx
	same help "$out"
	stranger man <<<$'#!/bin/sh\nsleep 1000'
	succeeds timeout 20 alone/gx help means
	same want "$out"
	succeeds env PATH=/nowhere alone/gx help means
	same want "$out"
}

@test "gx help NAME: with the man that is here" {
	command -v man >/dev/null || skip "man is not installed"
	[[ -n $(man -w "$repo/man/gx-means.1" 2>/dev/null) ]] || skip "this man has no -w"
	mkdir -p place/bin place/share/man/man1
	cp "$GX_BIN"/gx "$GX_BIN"/gx-means place/bin
	cp "$repo/man/gx-means.1" place/share/man/man1
	exits 0 place/bin/gx help means
	grep -q 'mean of each gene of a matrix' "$out"
	grep -qE 'E.?X.?I.?T.?.? .?.?S.?T.?A.?T' "$out"
}
