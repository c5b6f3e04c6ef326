#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completion for bash, zsh and fish, which come from the tables of options.

load lib.bash

setup() {
	work
	table >table.tsv
	table >tall.tsv
	mkdir deep
}

# A shell that has read the completions answers lines of words: what COMPREPLY is with the
# cursor behind the last word, in one line.
bash_replies() {
	cat >replies.bash <<-'END'
		while IFS= read -r line; do
			eval "COMP_WORDS=($line)"
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
			function=$(complete -p "${COMP_WORDS[0]##*/}" | sed 's/.* -F \([^ ]*\) .*/\1/')
			"$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
			printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
		done
	END
	bash --norc -c 'source <(gx completion bash); source replies.bash'
}

# Words, of which the last is completed | what is offered
bash_lines() {
	cat <<-'END'
		gx-means --skip-|--skip-blank --skip-columns --skip-lines --skip-na
		gx-means --with|--with-n
		gx-means -f ''|csv gxm npy tsv
		gx-means -f g|gxm
		gx-means --format = c|csv
		gx-means --format = ''|csv gxm npy tsv
		gx-means --format=c|--format=csv
		gx-means --format =|csv gxm npy tsv
		gx-means --delimiter whi|whitespace
		gx-means --completion ''|bash fish zsh
		gx-means -o ta|table.tsv tall.tsv
		gx-means ta|table.tsv tall.tsv
		gx-means de|deep
		gx-means -t 4 tal|tall.tsv
		gx-means --columns ta|
		gx-means -t ''|
		gx-means -- --skip|
		gx-means -- ta|table.tsv tall.tsv
		gx-simulate ta|
		gx-simulate --dist n|nbinom normal
		gx-time --work m|matmul means
		gx-joblog --plot ta|table.tsv tall.tsv
		gx th|threshold
		gx gx-th|
		gx help conv|convert
		gx help convert ''|
		gx completion ''|bash fish zsh
		gx means -f g|gxm
		gx means ta|table.tsv tall.tsv
		gx gx-means -f g|gxm
		gx simulate --dist n|nbinom normal
		gx nothing -f g|
	END
}

@test "bash: options, words of a few, files, and behind gx the filter's own" {
	bash_lines | cut -d '|' -f 1 | bash_replies >got
	bash_lines | sed 's/^[^|]*|//' >want
	paste -d '|' <(bash_lines | cut -d '|' -f 1) got >shown
	diff want got >&2 || note "$(cat shown)"
}

@test "bash: each program completes all its options" {
	local c
	for c in $(programs); do
		help_of "$c" | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/--\2/p' | sort >want
		[[ $c == gx ]] && continue
		echo "$c --" | bash_replies | tr ' ' '\n' | sort >got
		same want got || note "$c: $(diff want got)"
	done
}

@test "bash: the file of one command is enough, for gx too" {
	printf 'gx means --delimiter tab -f g\n' >line
	sed 's/source <(gx completion bash)/source <(gx --completion bash)/' \
		<(declare -f bash_replies) >alone.bash
	grep -qF 'gx --completion bash' alone.bash
	source ./alone.bash
	[[ $(bash_replies <line) == gxm ]]
	for c in $(programs); do
		"$c" --completion bash >one.bash
		bash -n one.bash
		bash --norc -c 'source one.bash; complete -p "$1"' _ "$c" >told
		grep -qE " $c\$" told
	done
}

@test "bash: completing runs nothing that is not gx's" {
	mkdir path
	printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD" >path/gx-strange
	chmod +x path/gx-strange
	export PATH=$PWD/path:$PATH
	printf '%s\n' 'gx strange --' 'gx stra' | bash_replies >got
	[[ $(cat got) == $'\n' || -z $(tr -d '\n' <got) ]]
	[[ ! -e ran ]]
}

@test "words that are offered are taken" {
	local word
	for word in tsv csv gxm npy; do
		succeeds gx-means -f $word table.tsv -o out
	done
	for word in $(gx-means --completion bash | sed -n "s/^.*'--delimiter' '\(.*\)'.*/\1/p"); do
		# Another delimiter may not fit the table; it is one.
		gx-means --delimiter "$word" table.tsv >out 2>err || [[ $? == 1 ]] || note "$word"
	done
	for word in $(gx-simulate --completion bash | sed -n "s/^.*'--dist' '\(.*\)'.*/\1/p"); do
		succeeds gx-simulate -n 2 -m 2 --dist $word
	done
	for word in $(gx-time --completion bash | sed -n "s/^.*'--work' '\(.*\)'.*/\1/p"); do
		succeeds gx-time --work $word --explain
	done
	for word in bash zsh fish; do
		succeeds gx-means --completion $word
		succeeds gx completion $word
	done
	refuses 2 "--completion csh: the shells are bash, zsh and fish" gx-means --completion csh
	refuses 2 "--completion csh: the shells are bash, zsh and fish" gx --completion csh
	refuses 2 "completion csh: the shells are bash, zsh and fish" gx completion csh
	refuses 2 "completion '': the shells are bash, zsh and fish" gx completion
}

@test "gx completion is what gx and each filter print" {
	local shell c
	for shell in bash zsh fish; do
		gx completion $shell >all
		gx --completion $shell >want
		gx | sed -nE 's/^  (gx-[a-z]+) .*/\1/p' >listed
		[[ $(sort listed) == $(commands | sort) ]]
		while read -r c; do
			"$c" --completion $shell >>want
		done <listed
		same want all
	done
}

@test "zsh: every file is sound, and offers what it should" {
	local c
	for c in $(programs); do
		"$c" --completion zsh >_file
		[[ $(sed -n 1p _file) == "#compdef $c" ]]
		# Each option has its line.
		for option in $(help_of "$c" | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p'); do
			[[ $c == gx ]] || grep -qE -e "--$option(=|\[|\\})" _file || note "$c --$option"
		done
	done
	command -v zsh >/dev/null || skip "zsh is not installed"
	mkdir functions
	for c in $(programs); do
		"$c" --completion zsh >"functions/_$c"
		zsh -f -n "functions/_$c"
	done
	# What compadd is given, in a shell of its own that is asked over a pseudo-terminal.
	# A shell for each line: what one completion leaves in the editor must not reach the next. On a busy
	# machine a line is asked again.
	cat >ask.zsh <<-'END'
		zmodload zsh/zpty
		ask() {
			rm -f offered ready
			zpty z zsh -f -i
			zpty -w z "PROMPT= PS2= fpath=($PWD/functions \$fpath)"
			zpty -w z 'autoload -U compinit; compinit -u -D'
			zpty -w z 'compadd() { builtin compadd "$@"; local r=$?; local -a o; builtin compadd -O o "$@"; print -r -- $o >>offered; return r }'
			zpty -w z 'bindkey "^T" list-choices; print -r -- so''und >ready'
			for i in {1..200}; do [[ -s ready ]] && break; sleep 0.1; done
			zpty -w -n z "$1"$'\t'
			# It may offer more than once, and nothing at first.
			for i in {1..200}; do grep -qs '[^ ]' offered && break; sleep 0.1; done
			sleep 0.3
			zpty -d z
			grep -qs '[^ ]' offered
		}
		while IFS= read -r line; do
			for i in {1..3}; do ask "$line" && break; done
			print -r -- "$line|$(tr -s '\n' ' ' <offered 2>/dev/null)"
		done
	END
	printf '%s\n' 'gx-means -f ' 'gx-means --with' 'gx-simulate --dist n' 'gx me' 'gx means --delimiter s' \
		'gx-means tab' | timeout 500 zsh -f ask.zsh >got
	grep -E '^gx-means -f \|.*\btsv csv gxm npy' got || note "$(cat got)"
	grep -E '^gx-means --with\|.*--with-n' got || note "$(cat got)"
	grep -E '^gx-simulate --dist n\|.*normal.*nbinom|nbinom.*normal' got || note "$(cat got)"
	grep -E '^gx me\|.*\bmeans' got || note "$(cat got)"
	grep -E '^gx means --delimiter s\|.*\bspace' got || note "$(cat got)"
	grep -E '^gx-means tab\|.*\btable.tsv' got || note "$(cat got)"
}

@test "fish: every file is sound, and offers what it should" {
	local c option
	for c in $(programs); do
		"$c" --completion fish >file.fish
		for option in $(help_of "$c" | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p'); do
			grep -qE "^complete -c $c .*-l $option( |\$)" file.fish || note "$c --$option"
		done
	done
	command -v fish >/dev/null || skip "fish is not installed"
	export HOME=$PWD
	for c in $(programs); do
		"$c" --completion fish >file.fish
		fish -n file.fish
	done
	offers() {
		fish -c "gx completion fish | source; complete -C '$1'" | cut -f 1 | sort | paste -sd ' '
	}
	[[ $(offers 'gx-means --skip-') == '--skip-blank --skip-columns --skip-lines --skip-na' ]]
	[[ $(offers 'gx-means -f ') == 'csv gxm npy tsv' ]]
	[[ $(offers 'gx-means tab') == table.tsv ]]
	[[ -z $(offers 'gx-simulate tab') ]]
	[[ -z $(offers 'gx-means --columns tab') ]]
	[[ $(offers 'gx me') == means ]]
	[[ $(offers 'gx means --delimiter wh') == whitespace ]]
	[[ $(offers 'gx help conv') == convert ]]
	[[ $(offers 'gx completion z') == zsh ]]
}
