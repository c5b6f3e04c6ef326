# SPDX-License-Identifier: MIT
# Text tables in tests: written with printf, read from a file, a pipe and under gzip.

# from TEXT: the file t, of printf's text.
from() {
	# shellcheck disable=SC2059
	printf "$1" >t
}

# means TEXT OPTION ...: gx-means of t, from the file, a pipe and with four threads.
means() {
	local want=$1
	shift
	prints "$want" gx-means "$@" t || return 1
	prints "$want" gx-means -t 4 "$@" t || return 1
	prints "$want" gx-means "$@" < <(cat t)
}

# table_is TEXT OPTION ...: names and values of t, as gx-convert writes them.
table_is() {
	local want=$1
	shift
	prints "$want" gx-convert "$@" t || return 1
	prints "$want" gx-convert "$@" < <(cat t)
}

# says TEXT OPTION ...: exit 1 from file, pipe and under gzip, and this whole message behind
# the name of the input.
says() {
	local want=$1
	shift
	gzip -nc t >t.gz
	exits 1 gx-means "$@" t || return 1
	[[ ! -s $out && $(cat "$err") == "gx-means: t$want" ]] || note "$(cat "$err")" || return 1
	exits 1 gx-means "$@" < <(cat t) || return 1
	[[ ! -s $out && $(cat "$err") == "gx-means: <stdin>$want" ]] || note "$(cat "$err")" || return 1
	exits 1 gx-means "$@" t.gz || return 1
	[[ ! -s $out && $(cat "$err") == "gx-means: t.gz$want" ]] || note "$(cat "$err")"
}
