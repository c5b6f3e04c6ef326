#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/fetch: files of a list from a server on loopback that is slow, busy, breaks off and
# sends wrong bytes (tests/fetch_server.py). That server's log says what was asked for: how many
# at once, and which bytes twice.

load lib.bash

fetch=$repo/examples/fetch

setup() {
	work
	command -v curl >/dev/null || skip "curl is not installed"
	mkdir tmp served
	export TMPDIR=$PWD/tmp WAIT=0 TRIES=4
	unset HOST_JOBS HOSTS STALL EVERY http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY CURL_CA_BUNDLE
	servers=()
}

teardown() {
	local pid
	for pid in "${servers[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	# Nothing of a call is left, however it ended.
	[[ ! -d tmp || -z $(ls -A tmp) ]] || note "left: $(ls -A tmp)"
}

# serve [CERTIFICATE]: of served/, in $port; its log is `log`.
serve() {
	rm -f log log.port
	: >log
	python3 "$tests/fetch_server.py" served log "$@" 3>&- &
	servers+=($!)
	for _ in {1..400}; do
		[[ ! -s log.port ]] || break
		sleep 0.05
	done
	port=$(<log.port)
	at=http://127.0.0.1:$port
}

# file NAME BYTES: in served/, every one another.
file() {
	mkdir -p "$(dirname "served/$1")"
	python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(sys.argv[1]).randbytes(int(sys.argv[2])))' \
		"$1" "$2" >"served/$1"
}
sum() {
	sha256sum <"served/$1" | cut -c 1-64
}
# row NAME [QUERY [HOST]]: a line of the list.
row() {
	printf 'http://%s:%s/%s%s\t%s\n' "${3:-127.0.0.1}" "$port" "$1" "${2:+?$2}" "$(sum "$1")"
}
# got NAME ...: they are in files/, byte for byte.
got() {
	local name
	for name; do
		cmp "served/$name" "files/$name" >&2 || return 1
	done
}
# Requests of NAME, as "first last status".
asked() {
	awk -F '\t' -v OFS=' ' -v name="$1" '$2 == name { print $3, $4, $5 }' log
}
most() { # FIELD: the largest of the log
	awk -F '\t' -v f="$1" '$f > most { most = $f } END { print most + 0 }' log
}
# Bytes that were sent a second time, of all files.
sent_twice() {
	awk -F '\t' '{ n[$2] += $4 - $3; if ($4 > end[$2]) end[$2] = $4 }
		END { for (name in n) twice += n[name] - end[name]; print twice + 0 }' log
}
parts() {
	find files/.fetch/parts -type f
}

@test "fetch: a server that is slow, busy, breaks off and sends one wrong file" {
	local k name
	for k in {1..12}; do
		file "f$k" $((100000 + k))
	done
	serve
	{
		for k in 1 2 3 4 5 6; do
			row f$k company=2
		done
		row f7 busy=2
		row f8 cut=40000
		row f9 delay=0.2
		row f10 wrong
		row f11 company=2 localhost
		row f12 'company=2&cut=70000' localhost
	} >list
	exits 1 "$fetch" list files
	[[ ! -s $out ]] || note "$(cat "$out")"
	got f{1..9} f11 f12
	# The wrong one is named with its line and both sums, and is not kept.
	[[ ! -e files/f10 ]]
	grep -qF "fetch: list:10: f10: wrong sum: the list has $(sum f10), and what came (100010 bytes, from 127.0.0.1) has " "$err" ||
		note "$(cat "$err")"
	grep -qF 'fetch: 11 of 12 files are in files: 11 fetched, 0 were there' "$err"
	[[ -z $(parts) ]]
	# What broke off went on where it was: no byte came twice, nor of any other file.
	[[ $(asked f8) == $'0 40000 200\n40000 100008 206' ]] || note "$(asked f8)"
	[[ $(asked f12) == $'0 70000 200\n70000 100012 206' ]] || note "$(asked f12)"
	[[ $(asked f7) == $'0 0 503\n0 0 503\n0 100007 200' ]] || note "$(asked f7)"
	[[ $(sent_twice) == 0 ]] || note "$(cat log)"
	# A wrong sum is believed: what came in one piece is not asked for again.
	[[ $(asked f10 | wc -l) == 1 ]]
	(($(most 6) >= 2 && $(most 6) <= 4)) || note "$(most 6) at once"

	# Called again it does what is missing, and nothing else.
	: >log
	exits 1 "$fetch" list files
	[[ $(cut -f 2 log) == f10 ]] || note "$(cat log)"
	sed -i 's/?wrong//' list
	: >log
	exits 0 "$fetch" list files
	[[ $(cut -f 2 log) == f10 ]] || note "$(cat log)"
	grep -qx 'fetch: 12 of 12 files are in files: 1 fetched, 11 were there' "$err"
	got f{1..12}
	: >log
	exits 0 "$fetch" list files
	[[ ! -s log && $(wc -l <"$err") == 1 ]] || note "$(cat log "$err")"
}

@test "fetch: HOST_JOBS at once from each host, and hosts at once; HOSTS" {
	local k
	for k in {1..16}; do
		file "f$k" 2000
	done
	serve
	for k in {1..8}; do
		row f$k 'company=4&hosts=2'
		row f$((k + 8)) 'company=4&hosts=2' localhost
	done >list
	exits 0 "$fetch" list files
	got f{1..16}
	[[ $(most 6) == 4 && $(most 7) == 2 ]] || note "$(cat log)"
	# One at a time, one host at a time.
	for k in {1..4}; do
		row f$k delay=0.05
		row f$((k + 8)) delay=0.05 localhost
	done >list
	: >log
	rm -r files
	HOST_JOBS=1 HOSTS=1 exits 0 "$fetch" list files
	[[ $(wc -l <log) == 8 ]]
	[[ $(most 6) == 1 && $(most 7) == 1 ]] || note "$(cat log)"
	serve
	rm -r files
	HOST_JOBS=1 exits 0 "$fetch" <(row f1 hosts=2 && row f2 hosts=2 localhost) files
	[[ $(most 6) == 1 && $(most 7) == 2 ]] || note "$(cat log)"
}

@test "fetch: without a sum: from the beginning, and its line for the list" {
	file a 50000
	file b 50000
	file 'c d' 50000
	serve
	{
		printf '# comment\n\n'
		printf '%s/a?cut=20000\n' "$at"
		row b
		printf '%s/c%%20d\t.\tname of c\n' "$at"
	} >list
	exits 0 "$fetch" list files
	got a b
	cmp 'served/c d' 'files/name of c'
	{
		printf '%s/a?cut=20000\t%s\ta\n' "$at" "$(sum a)"
		printf '%s/c%%20d\t%s\tname of c\n' "$at" "$(sum 'c d')"
	} >want
	same want "$out"
	grep -q 'list: 2 without a sum: standard output has their lines' "$err"
	# Nothing would prove what is joined of two pieces.
	[[ $(asked a) == $'0 20000 200\n0 50000 200' ]] || note "$(asked a)"
	# It is there: not fetched again, and its line is told again.
	: >log
	exits 0 "$fetch" list files
	same want "$out"
	[[ ! -s log ]]
	# The lines do what they are for.
	row b | cat want - >new
	exits 0 "$fetch" new files
	[[ ! -s $out && ! -s log && $(wc -l <"$err") == 1 ]] || note "$(cat log "$err")"
	echo x >>files/a
	exits 1 "$fetch" new files
	# A part of an earlier call is not taken for its beginning either.
	rm files/a
	mkdir -p files/.fetch/parts
	head -c 100 served/a >files/.fetch/parts/a
	exits 0 "$fetch" list files
	got a
	[[ $(asked a) == '0 50000 200' ]] || note "$(asked a)"
}

@test "fetch: a part goes on at a later call; where the sum is wrong then, once from the beginning" {
	file a 90000
	file b 90000
	file c 90000
	file d 90000
	serve
	mkdir -p files/.fetch/parts
	head -c 30000 served/a >files/.fetch/parts/a
	# Of another file; whole already; longer than the file.
	head -c 30000 served/a >files/.fetch/parts/b
	cp served/c files/.fetch/parts/c
	echo x | cat served/d - >files/.fetch/parts/d
	for name in a b c d; do
		row $name
	done >list
	exits 0 "$fetch" list files
	got a b c d
	[[ $(asked a) == '30000 90000 206' ]] || note "$(asked a)"
	[[ $(asked b) == $'30000 90000 206\n0 90000 200' ]] || note "$(asked b)"
	grep -qF 'list:2: b: what went on where it broke off has a wrong sum: from its beginning' "$err"
	[[ -z $(asked c) && $(asked d) == $'0 0 416\n0 90000 200' ]] || note "$(cat log)"

	# A file that changed while it was fetched: the second time it is wrong as a whole.
	row a 'cut=30000&stale=30000' >list
	row b 'cut=30000&cuts=4&stale=30000' >>list
	rm files/a files/b
	: >log
	exits 1 "$fetch" list files
	got a
	[[ $(asked a) == $'0 30000 200\n30000 90000 206\n0 90000 200' ]] || note "$(asked a)"
	[[ $(asked b) == $'0 30000 200\n30000 60000 206\n60000 90000 206\n0 30000 200\n30000 90000 206' ]] || note "$(asked b)"
	[[ ! -e files/b && $(grep -c 'b: wrong sum' "$err") == 1 && -z $(parts) ]]
}

@test "fetch: a server that knows no Range, a transfer that stalls, Retry-After" {
	file a 90000
	file b 90000
	file c 90000
	serve
	{
		row a 'norange&cut=30000&cuts=3'
		row b stall=30000
		row c 'busy=1&after=2'
	} >list
	STALL=1 EVERY=1 exits 0 "$fetch" list files
	got a b c
	grep -qx 'fetch: [0-2] of 3 files' "$err"
	# One request finds it out; what broke off later begins anew at once.
	[[ $(asked a | awk '{ print $1, $2 }') == $'0 30000\n0 30000\n0 30000\n0 90000' ]] || note "$(asked a)"
	touch log.go
	# curl's own limit is 30 seconds.
	awk -F '\t' '$9 == "fetch b" && $7 == 28 && $4 < 20 { n++ } END { exit n != 1 }' files/.fetch/joblog ||
		note "$(cat files/.fetch/joblog)"
	grep -q $'\tb\t30000\t90000\t206\t' log || note "$(cat log)"
	awk -F '\t' '$2 == "c" { if (n++) exit $8 - first < 1.9; first = $8 }' log || note "$(cat log)"
}

@test "fetch: what fails is told with the reason and the exit code, and the others are kept" {
	file a 1000
	file empty 0
	serve
	{
		row a
		row empty
		printf '%s/none\t%s\n' "$at" "$(sum a)"
		printf '%s/ever?busy=99\t%s\n' "$at" "$(sum a)"
	} >list
	exits 3 "$fetch" list files
	got a empty
	grep -qF 'fetch: list:3: none: from 127.0.0.1: (22) The requested URL returned error: 404' "$err"
	grep -qF 'fetch: list:4: ever: from 127.0.0.1: (22) The requested URL returned error: 503: 4 tries in a row without a byte more' "$err"
	[[ $(asked none | wc -l) == 1 && $(asked ever | wc -l) == 4 ]] || note "$(cat log)"
	# A later call may get it: 75, and the line that does.
	cp served/a served/ever
	sed -i /none/d list
	exits 75 "$fetch" list files
	line=$(sed -n 's/^fetch: what is missing, the same line fetches://p' "$err")
	sed -i 's/?busy=99//' list
	bash -c "$line"
	got a empty ever
	# A broken file goes on as long as there is more of it; TRIES are of those without.
	file broken 9000
	row broken 'cut=1000&cuts=8' >list
	TRIES=1 exits 75 "$fetch" list files
	TRIES=2 exits 0 "$fetch" list files
	got broken
	# Nobody there.
	printf 'http://127.0.0.1:1/x\t%s\n' "$(sum a)" >list
	exits 75 "$fetch" list files
	grep -qF 'list:1: x: from 127.0.0.1: (7) ' "$err"
}

@test "fetch: what is there with another sum, or is no file, stays as it is" {
	file a 1000
	serve
	row a >list
	mkdir -p files
	echo mine >files/a
	exits 1 "$fetch" list files
	[[ $(<files/a) == mine && ! -s log ]]
	grep -qF "fetch: list:1: a: is there with another sum, and was left as it is: it has $(sha256sum <files/a | cut -c 1-64): remove it, and call again" "$err"
	rm files/a
	exits 0 "$fetch" list files
	got a
	rm files/a
	mkdir files/a
	exits 1 "$fetch" list files
	grep -qF 'list:1: a: there is something of this name that is no file: remove it' "$err"
	rmdir files/a
	exits 0 "$fetch" list files
}

@test "fetch: any name; directories; a list with CR LF, a byte order mark, from standard input" {
	local name
	names=('a b' "it's" 'say "x"' '$HOME $(id)' '{} ; & | < > `id`' 'back\slash' '*?[a]' 'ä' 'jazz/blue note.mp3' 'jazz/x' '%q%s' '#1')
	for name in "${names[@]}"; do
		file "$name" 3000
	done
	serve
	{
		printf '\357\273\277# URL\tSHA-256\tname\r\n'
		for name in "${names[@]}"; do
			printf '%s/%s\t%s\t%s\r\n' "$at" "$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$name")" \
				"$(sum "$name" | tr a-f A-F)" "$name"
		done
		# Twice the same is once.
		printf '%s/it%%27s\t%s\tit'"'"'s\r\n \t\r\n' "$at" "$(sum "it's")"
	} >list
	exits 0 "$fetch" - files <list
	got "${names[@]}"
	[[ $(wc -l <log) == "${#names[@]}" && $(find files -type f ! -path '*/.fetch/*' | wc -l) == "${#names[@]}" ]] || note "$(cat log)"
	# URLs with what shells, and curl, would expand, and without a line end.
	file 'x[1-2]{a,b}$(id)' 3000
	printf '%s/x[1-2]{a,b}$(id)\t%s' "$at" "$(sum 'x[1-2]{a,b}$(id)')" >list
	exits 0 "$fetch" list files
	got 'x[1-2]{a,b}$(id)'
	# A file of this machine; a redirection.
	file 'there' 3000
	printf 'file://%s/served/there\n%s/a%%20b?to=localhost\t%s\tmoved\n' "$PWD" "$at" "$(sum 'a b')" >list
	exits 0 "$fetch" list files
	got there
	cmp 'served/a b' files/moved
	printf 'file://%s/absent\t%s\n' "$PWD" "$(sum there)" >list
	exits 3 "$fetch" list files
	grep -q 'list:1: absent: from :: (37) ' "$err" || note "$(cat "$err")"
}

@test "fetch: a list of sha256sum becomes a LIST as examples/README.md says" {
	file a.tsv 1000
	file b.tsv 1000
	serve
	(cd served && sha256sum a.tsv b.tsv) >SHA256SUMS
	line=$(sed -n 's/^ *.*`\(awk .* SHA256SUMS\)`$/\1/p' "$repo/examples/README.md")
	[[ $line == *https://data.example.org/1/* ]]
	bash -c "${line/https:\/\/data.example.org\/1/$at}" >list
	exits 0 "$fetch" list files
	got a.tsv b.tsv
	[[ $(wc -l <"$err") == 1 ]] || note "$(cat "$err")"
}

# wrong LINE TEXT: what printf makes of LINE is refused with TEXT, before anything is made.
wrong() {
	# shellcheck disable=SC2059
	printf "$1" >list
	exits 1 "$fetch" list files
	[[ $(wc -l <"$err") == 1 && ! -s $out && ! -e files ]] || note "$(cat "$out" "$err")" || return 1
	grep -qF "fetch: list:$2" "$err" || note "$1: $(cat "$err")"
}

@test "fetch: lines that are not right are refused by their numbers, and nothing is fetched" {
	local sum url=http://127.0.0.1:1/x name
	sum=$(printf '%064d' 7)
	for name in ../x a/../x ./x .x -x a/-x a/.x -rf; do
		wrong "$url\t$sum\t$name\n" "1: the name \"$name\" has a part that begins with a dot or a dash: give the file another one"
	done
	for name in /etc/x a//b a/; do
		wrong "$url\t$sum\t$name" "1: the name \"$name\" begins or ends with a slash, or has two in a row"
	done
	wrong "#\n$url\t$sum\ta\001b" '2: the name "a?b" has a control character'
	wrong "$url\t$sum\t$(printf '%0256d' 1)" '1: the name "000000000000000000000000000000..." has more than 255 bytes'
	wrong "$url/?a=b/c\t$sum" "1: the URL does not end in a name: give the file a name in the third field"
	wrong "http://127.0.0.1:1\t$sum" "1: the URL does not end in a name"
	wrong "$url/..\t$sum" '1: the name ".." has a part that begins with a dot or a dash: give the file a name in the third field'
	wrong "$url\t$sum\ta\n$url?2\t$sum\ta\n" '2: "a" is the name of line 1 too: give one of them another one, or take one away'
	wrong "$url\t$sum\n$url\n" '2: "x" is the name of line 1 too'
	wrong "$url\t$sum\ta/b\n$url\t$sum\ta\n" '1: "a" is a directory here, and a file in line 2'
	wrong "$url\t${sum:1}\n" "1: the second field is no SHA-256, which has 64 hexadecimal digits (MD5 has 32, SHA-1 has 40)"
	wrong "$url\tx.mp3\n" "1: the second field is no SHA-256"
	wrong "$url\t$sum\ta\tb\n" "1: more than three fields: URL, SHA-256, name"
	wrong "$url,$sum\n" "1: the URL has a blank, a control character, a backslash or a sum in it: fields have TABs between them"
	wrong "$url $sum\n" "1: the URL has a blank, "
	wrong "$sum\t$url\n" "1: it does not begin with a URL (http://, https:// or file://): URL, SHA-256, name, with TABs between"
	wrong "www.example.org/x\n" "1: it does not begin with a URL"
	wrong "ftp://127.0.0.1/x\n" "1: ftp is not known here, but http, https and file: many such servers answer https:// too"
	wrong "scp://127.0.0.1/x\n" "1: scp is not known here, but http, https and file"
	wrong "http:///x\n" "1: the URL has no host"
	wrong "# nothing\n\n" " no file in it: URL, SHA-256, name, with TABs between, a line for each"
	# All of them at once, in the order of the lines, but no more than a terminal holds.
	for k in {1..30}; do
		printf 'x\n'
	done >list
	exits 1 "$fetch" - files <list
	[[ $(wc -l <"$err") == 21 && ! -e files ]]
	grep -qF 'fetch: <stdin>:20: it does not begin' "$err"
	grep -qF 'fetch: <stdin>: and 10 lines more' "$err"
	# A password in it is in no message.
	for url in http://u:secret@h/a/ http://u:secret@h/.x ftp://u:secret@h/x 'http://u:secret@h/a x' http://u:secret@/x; do
		printf '%s\n' "$url" >list
		exits 1 "$fetch" list files
		lacks secret "$err"
	done
}

@test "fetch: wrong usage, no list, DIR is a file, no curl" {
	local name
	for name in HOST_JOBS HOSTS TRIES WAIT STALL EVERY; do
		export "$name=x"
		exits 2 "$fetch" list files
		grep -q "^fetch: $name is 'x': a number .*: usage: .*fetch LIST DIR" "$err" || note "$(cat "$err")"
		export -n "$name"
		unset "$name"
	done
	HOST_JOBS=0 exits 2 "$fetch" list files
	exits 2 "$fetch" list
	exits 2 "$fetch" list files more
	exits 3 "$fetch" list files
	grep -qx 'fetch: list: there is no such file' "$err"
	exits 3 "$fetch" . files
	printf 'file:///etc/hostname\n' >list
	exits 3 "$fetch" list list
	grep -qx 'fetch: list: there is a file of this name: name a directory' "$err"
	exits 3 "$fetch" list list/in
	[[ ! -e files ]]
	mkdir few
	for name in bash env sed mktemp rm sha256sum xargs awk flock cat; do
		ln -s "$(type -P $name)" few/
	done
	PATH=$PWD/few exits 3 "$(type -P bash)" "$fetch" list files
	grep -qx 'fetch: curl is not installed, or not on PATH' "$err"
	[[ ! -e files ]]
}

@test "fetch: passwords reach the server, and no message, no joblog, no command line" {
	file a 1000
	serve
	# A curl that tells how it was called.
	mkdir stub
	printf '#!/bin/sh\necho "$*" >>"%s/called"\nexec "%s" "$@"\n' "$PWD" "$(type -P curl)" >stub/curl
	chmod +x stub/curl
	{
		printf 'http://me:se"cret@127.0.0.1:%s/a\t%s\n' "$port" "$(sum a)"
		printf 'http://me:se"cret@127.0.0.1:%s/none?token=se"cret\t%s\n' "$port" "$(sum a)"
		printf 'http://me:se"cret@127.0.0.1:%s/a?wrong\t%s\tb\n' "$port" "$(sum a)"
		printf 'http://me:se"cret@127.0.0.1:1/x\t%s\n' "$(sum a)"
	} >list
	PATH=$PWD/stub:$PATH exits 1 "$fetch" list files
	got a
	[[ $(awk -F '\t' '$2 == "a" { print $9 }' log | sort -u) == 'me:se"cret' ]]
	[[ $(grep -c 'list:' "$err") == 3 && $(wc -l <called) -ge 4 ]]
	lacks -r cret "$err" "$out" called files/.fetch
}

@test "fetch: gx-joblog reads the joblog: hosts, attempts, what failed" {
	file a 1000
	file 'b c' 1000
	serve
	{
		row a 'busy=1'
		printf '%s/b%%20c?to=localhost\t%s\tb c\n' "http://localhost:$port" "$(sum 'b c')"
		printf '%s/none\t%s\n' "$at" "$(sum a)"
	} >list
	exits 3 "$fetch" list files
	succeeds gx-joblog files/.fetch/joblog
	grep -qx $'jobs\t3' "$out" || note "$(cat "$out")"
	grep -qx $'attempts\t4' "$out"
	grep -qx $'done\t2' "$out"
	prints 'fetch none' gx-joblog --failed files/.fetch/joblog
	awk -F '\t' '$1 == 2 && $2 == "localhost" && $6 == 1000 && $9 == "fetch b\\ c" { n++ } END { exit n != 1 }' files/.fetch/joblog
	# A call that has no transfer leaves it.
	sed -i /none/d list
	cp files/.fetch/joblog before
	exits 0 "$fetch" list files
	same before files/.fetch/joblog
}

@test "fetch: https with a certificate that is not known, and known" {
	command -v openssl >/dev/null || skip "openssl is not installed"
	file a 1000
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout key -out certificate 2>/dev/null
	cat key certificate >both
	serve both
	printf 'https://localhost:%s/a\t%s\n' "$port" "$(sum a)" >list
	exits 3 "$fetch" list files
	grep -q 'list:1: a: from localhost: (60) .*: CURL_CA_BUNDLE names a file of certificates to trust$' "$err" || note "$(cat "$err")"
	CURL_CA_BUNDLE=$PWD/certificate exits 0 "$fetch" list files
	got a
}

@test "fetch: a full disk ends it with one message, and parts go on" {
	local k
	for k in 1 2 3 4 5 6; do
		file f$k 400000
	done
	serve
	for k in 1 2 3 4 5 6; do
		row f$k
	done >list
	# Files that may not grow above 200 blocks of 1024 bytes fail like those on a full disk.
	full() {
		(trap '' XFSZ && ulimit -f 200 && exec "$@")
	}
	HOST_JOBS=1 exits 3 full "$fetch" list files
	[[ $(grep -c 'cannot be written ((23) .*): if the disk is full, make room, and call again' "$err") == 1 ]] || note "$(cat "$err")"
	[[ $(wc -l <log) == 1 && $(stat -c %s files/.fetch/parts/f1) -gt 0 ]]
	exits 0 "$fetch" list files
	got f{1..6}
	[[ $(asked f1 | awk 'NR == 2 { print $3 }') == 206 ]] || note "$(asked f1)"
}

@test "fetch: Ctrl-C ends all of it and leaves what goes on" {
	file quick/a 1000
	file slow 400000
	file last 1000
	serve
	{
		row slow stall=300000
		printf '%s/quick/a?turn=slow\t%s\tquick/a\n' "$at" "$(sum quick/a)"
		row last delay=5 localhost
	} >'a list'
	mkdir files
	exits 130 press_ctrl_c files/quick "$fetch" 'a list' files
	line=$(sed -n 's/^fetch: what is there is kept, and parts of files too; to go on, the same line://p' "$out")
	[[ -n $line ]] || note "$(cat "$out")"
	# Nothing of it runs: its lock is free.
	flock -n files/.fetch/lock true
	[[ ! -e files/slow && ! -e files/last ]]
	got quick/a
	from=$(stat -c %s files/.fetch/parts/slow)
	((from > 200000)) || note "$from"
	touch log.go
	: >log
	exits 0 bash -c "$line"
	got slow last
	lacks quick log
	[[ $(asked slow) == *"$from 400000 206" ]] || note "$from: $(cat log)"
}

@test "fetch: a call beside another one waits for it" {
	file a 1000
	serve
	row a delay=1 >list
	mkdir -p files/.fetch
	# Until it says that it waits.
	flock files/.fetch/lock bash -c 'for i in {1..600}; do grep -qs waiting "$0" && exit; sleep 0.05; done' \
		"$BATS_TEST_TMPDIR/.stderr" &
	for _ in {1..200}; do
		flock -n files/.fetch/lock true || break
		sleep 0.02
	done
	exits 0 "$fetch" list files
	grep -qx 'fetch: files: another call works here, or transfers that one left: waiting' "$err" || note "$(cat "$err")"
	got a
}
