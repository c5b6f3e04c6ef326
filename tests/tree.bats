#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tree itself: names are gx's own, one command is one file in each place.

load lib.bash

setup() {
	work
	bin=$GX_BIN
}

@test "what stands at the top of the tree, and CITATION.cff is of this version" {
	for name in CITATION.cff CONTRIBUTING.md LICENSE Makefile NEWS.md README.md SECURITY.md; do
		[[ -s $repo/$name ]] || note "$name is not there"
	done
	# CONTRIBUTING.md says what each directory is for.
	for name in cmd examples lib man tests; do
		[[ -d $repo/$name ]]
		grep -qE "^    $name/ +[a-z]" "$repo/CONTRIBUTING.md" || note "CONTRIBUTING.md has no $name/"
	done
	version=$(sed -n 's/^#define GX_VERSION "\(.*\)"$/\1/p' "$repo/lib/base/gx.h")
	[[ -n $version && $(gx-means --version) == *" $version"* ]]
	[[ $(sed -n 's/^version: //p' "$repo/CITATION.cff") == "$version" ]]
	[[ $(sed -n 's/^## //p' "$repo/NEWS.md" | sed -n 1p) == "$version" ]]
	# What format 1.2.0 demands; and GNU parallel, as README has it.
	for field in 'cff-version: 1\.2\.0' 'message: ".*"' 'title: "gx"' 'license: MIT' 'authors:' 'references:'; do
		grep -qx -e "$field" "$repo/CITATION.cff" || note "$field"
	done
	grep -qx '    doi: 10.5281/zenodo.1146014' "$repo/CITATION.cff"
	grep -q '10.5281/zenodo.1146014' "$repo/README.md"
	# It is YAML: no tabs, each line a field, an item, a comment.
	lacks -vE '^ *(- )?[a-z-]+:( .+)?$|^ *#' "$repo/CITATION.cff"
}

@test "bin holds the commands and nothing else; each has a page and tests" {
	diff <(cd "$repo/cmd" && printf '%s\n' *.c | sed 's/\.c$//' | sort) <(ls "$bin" | sort)
	for source in "$repo"/cmd/*.c; do
		name=${source##*/} name=${name%.c}
		[[ -f $(page_of "$name") && -f $repo/tests/${name#gx-}.bats ]]
	done
}

@test "what the library shows to others begins with gx_" {
	library=${GX_TESTS:-$repo/build/tests}/../libgx.a
	[[ -f $library ]]
	# Sanitizers add names of their own, with dots and underscores in front. libblosc.a asks for
	# three of snappy (hdf5/confined/plugins.c), which no shared library sees.
	nm -g --defined-only "$library" | awk 'NF == 3 { print $3 }' |
		grep -vE '^(gx_|_|\.|asan\.|__|snappy_(compress|max_compressed_length|uncompress)$)' >other || true
	cat other
	[[ ! -s other ]]
}

@test "gx-convert and gx-info alone have HDF5 in them, and its header is for confined/ alone" {
	local c
	for c in $(programs); do
		nm "$bin/$c" | awk '{ print $NF }' | grep -E '^(H5|gx_hdf5_)' >"$c.h5" || true
		readelf -d "$bin/$c" | grep -E 'hdf5|blosc' >"$c.needs" || true
	done
	if gx-convert --version | grep -c ', HDF5' >/dev/null; then
		for c in gx-convert gx-info; do
			grep -qE '^H5F?open' "$c.h5" || note "$c: no HDF5"
			rm "$c".{h5,needs}
		done
	fi
	cat ./*.h5 ./*.needs >found
	[[ ! -s found ]] || note "$(wc -l ./*.h5 ./*.needs)"
	grep -rlE '^#include <(hdf5|H5[A-Za-z]*)\.h>' "$repo/cmd" "$repo/lib" | sed "s,^$repo/,," >includes
	[[ -s includes ]]
	lacks -v '^lib/hdf5/confined/' includes
}

@test "help lists the targets that the README names" {
	make --no-print-directory -C "$repo" help >help
	for target in all demo check bench install uninstall clean deps; do
		grep -qE "^ +$target " help
	done
}

@test "a missing package is named, and what is there is not spoken of" {
	command -v dpkg-query >/dev/null || skip "this is not Debian"
	mkdir stub
	printf '#!/bin/sh\necho "apt-get $*" >>"$LOG"\n' >stub/apt-get
	printf '#!/bin/sh\nfor p; do :; done\n[ "$p" = there ] && printf installed\nexit 0\n' >stub/dpkg-query
	printf '#!/bin/sh\nexec "$@"\n' >stub/sudo
	chmod +x stub/*
	LOG=$PWD/log PATH=$PWD/stub:$PATH run -0 --separate-stderr "$repo/tests/install-missing" there
	[[ -z $output && -z $stderr && ! -e log ]]
	LOG=$PWD/log PATH=$PWD/stub:$PATH run -0 --separate-stderr "$repo/tests/install-missing" there lost
	[[ $output == *"installing what is missing"*" lost" ]]
	grep -q 'install .*lost' log
	run ! grep -q there log
}

@test "no test has a line that could never fail it, or that would by chance" {
	python3 "$tests/check_bats.py" "$tests"/*.bats "$tests/lib.bash"
}

@test "lines that could never fail a test are found, and others are not" {
	local line
	while IFS= read -r line; do
		printf 'load lib.bash\n@test "x" {\n\t%s\n\ttrue\n}\n' "$line" >found.bats
		run -1 python3 "$tests/check_bats.py" found.bats
		[[ $output == found.bats:3:*"$line"* ]] || note "$line: $output"
		lacks -v ^found.bats:3: <<<"$output"
	done <<-'END'
		! grep -q x y
		for c in a b; do ! grep -q x "$c"; done
		[[ $c == a ]] && ! grep -q x y
		gx-means t.tsv -o x && same x y
		[[ -L link ]] && same x y
		if ((code)); then true; else ((code == 2)) && [[ ! -e x ]]; fi
		{ read -r line && gx-threshold -T 12 >rest; } <longer
		gx-info x | grep -qx y
		gx-info x | tail -n +2 | head -n 1 >y
		x=$(gx-info x | grep -m1 y)
	END
	printf 'load lib.bash\n' >sound.bats
	cat >>sound.bats <<-'END'
		! grep -q x y || note "x is there"
		if ! grep -q x y || a && b; then true; fi
		[[ ! -e x && ! -e y ]]
		while a && b; do true; done
		[[ $c == a ]] && continue # or skip it && go on
		(cd x && gx-info y)
		k=$(gx-info x && echo y)
		awk 'a && b { c = "\"" }
			! a' x
		gx-info "$(a && echo ")" && b)" $'it\'s && b'
		cat <<'X' <<<"$x"
		a && b
		X
		gx-joblog <(small | head -c -3)
		a || grep -q b c
	END
	python3 "$tests/check_bats.py" sound.bats
	printf 'load lib.bash\necho "a\n' >open.bats
	run -1 python3 "$tests/check_bats.py" open.bats
	printf 'true\n' >unloaded.bats
	run -1 python3 "$tests/check_bats.py" unloaded.bats
}

@test "a filter that fails anywhere in a pipeline fails its test" {
	# Bats would take a line that begins with @test for a test of this file.
	sed 's/^CASE/@test/' >inner.bats <<-'END'
		load lib.bash
		helper() {
			gx-means absent.tsv | cat
			true
		}
		CASE "body" {
			gx-means absent.tsv | cat
			true
		}
		CASE "helper" {
			helper
			true
		}
		CASE "substitution" {
			x=$(gx-means absent.tsv | cat)
			true
		}
		CASE "sound" {
			table | gx-means | cat
		}
	END
	cp "$tests/lib.bash" .
	run -1 env -u BATS_RUN_TMPDIR bats --tap inner.bats
	[[ $(grep -E '^(not )?ok ' <<<"$output") == \
		$'not ok 1 body\nnot ok 2 helper\nnot ok 3 substitution\nok 4 sound' ]] ||
		note "$output"
}

@test "the table of powers of ten is what its generator prints" {
	python3 "$tests/unit/power_of_ten.py" | cmp - "$repo/lib/number/power_of_ten.c"
}

# The rooms that each room may include, as "room allowed", from the table of CONTRIBUTING.md:
# itself, what its row names, and what those may include.
allowed_rooms() {
	awk -F '|' '
		/^\| [a-z0-9]+\/ / {
			room = $2
			gsub(/[ \/]/, "", room)
			order[++n] = room
			may[room, room] = 1
			k = split($4, named, ",")
			for (i = 1; i <= k; i++) {
				gsub(/ /, "", named[i])
				for (j = 1; j <= n; j++)
					if (named[i] != "" && may[named[i], order[j]])
						may[room, order[j]] = 1
			}
		}
		END {
			for (i = 1; i <= n; i++)
				for (j = 1; j <= n; j++)
					if (may[order[i], order[j]])
						print order[i], order[j]
		}' "$repo/CONTRIBUTING.md"
}

@test "a room of lib/ includes only what its row of CONTRIBUTING.md allows" {
	allowed_rooms | sort >allowed
	[[ $(cut -d ' ' -f 1 allowed | sort -u) == $(ls "$repo/lib" | sort) ]]
	(cd "$repo/lib" && grep -rnoE '^#include "[^"]+"' .) |
		sed -nE 's,^\./([^/]+)/([^:]*):[0-9]+:#include "([^/]+)/([^"]*)"$,\1 \3 \1/\2 \3/\4,p' >includes
	# Every local include says its room.
	[[ $(wc -l <includes) -eq $(cd "$repo/lib" && grep -rhE '^#include "' . | wc -l) ]]
	awk 'NR == FNR { may[$1 " " $2] = 1; next } !(($1 " " $2) in may) { print $3, $4 }' \
		allowed includes | sort >found
	cat found
	[[ ! -s found ]]
}
