#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Building and installing as it is done away from here: what is missing is named with what
# installs it, and that advice is taken; another compiler, a copy of the tree without history;
# prefixes of all kinds, and nothing left or lost when gx is removed.

load lib.bash

setup() {
	work
	# Of the make that runs the tests no flag, setting or directory.
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL BUILD BIN CC CFLAGS CPPFLAGS LDFLAGS LDLIBS \
		SIMD STATIC ISAL WERROR V PREFIX DESTDIR STRIP
	here=$PWD
}

# Make in this tree, with the programs that are tested: they are there, and with what flags is
# not for here, so none of them is made.
remake() {
	make --no-print-directory -C "$repo" "${made[@]}" "$@" BIN="${GX_BIN#"$repo/"}" BUILD="$build"
}
made=(-o all)
for program in "$GX_BIN"/gx*; do
	made+=(-o "${program#"$repo/"}")
done
build=${GX_TESTS:-$repo/build/tests}
build=${build%/tests} build=${build#"$repo/"}

# To strip the programs takes time.
install_gx() { # VARIABLE=VALUE ...
	remake install STRIP= "$@" >install.out 2>install.err ||
		note "$(cat install.out install.err)" || return 1
	[[ ! -s install.err ]] || note "$(cat install.err)"
}
uninstall_gx() {
	remake uninstall "$@" >uninstall.out 2>uninstall.err ||
		note "$(cat uninstall.out uninstall.err)" || return 1
	[[ ! -s uninstall.err ]] || note "$(cat uninstall.err)"
}

# names DIR: all that is in it, with kind and mode.
names() {
	find "$1" -printf '%y %m %P\n' | sort
}

# ---- installing ----

@test "install: programs without symbols, pages, texts and recipes, each where it belongs" {
	install_gx PREFIX="$PWD/p" STRIP=strip
	for source in "$repo"/cmd/*.c; do
		name=${source##*/} name=${name%.c}
		[[ $(stat -c %a "p/bin/$name") == 755 ]]
		[[ $(nm "p/bin/$name" 2>&1) == *"no symbols"* ]]
		[[ $("p/bin/$name" --version) == $("$GX_BIN/$name" --version) ]]
	done
	for page in "$repo"/man/*.[157]; do
		cmp "$page" "p/share/man/man${page##*.}/${page##*/}"
	done
	for text in LICENSE NEWS.md README.md CITATION.cff; do
		cmp "$repo/$text" "p/share/doc/gx/$text"
	done
	diff -r "$repo/examples" p/share/doc/gx/examples
	[[ -x p/share/doc/gx/examples/sweep && ! -x p/share/doc/gx/examples/README.md ]]
	# They run from there.
	PATH=$PWD/p/bin:$PATH p/share/doc/gx/examples/demo | grep -c 'the same record' | grep -x 1
	# As root others may read all of it too.
	[[ -z $(find p ! -perm -o=r) ]]
}

@test "install: what is printed says where things went" {
	install_gx PREFIX="$PWD/p"
	while read -r n in directory; do
		[[ $in == in && -d $directory ]] || note "no such directory: $directory"
		total=$((${total:-0} + n))
	done < <(grep '^ *[0-9]' install.out)
	# All but the record of it.
	[[ $total == $(($(find p -type f | wc -l) - 1)) ]]
}

@test "install: modes do not depend on the umask" {
	(umask 077 && install_gx PREFIX="$PWD/closed/p")
	(umask 000 && install_gx PREFIX="$PWD/open/p")
	diff <(names closed) <(names open) >&2
	[[ $(find closed -mindepth 1 -type d ! -perm 755) == '' ]]
	[[ $(find closed -type f ! -perm 755 ! -perm 644) == '' ]]
}

@test "install and uninstall: any name for PREFIX and DESTDIR" {
	for name in 'a b' "it's" 'say "x"' 'a$HOME' 'a$$b' 'back\slash' 'x;touch hacked' '$(touch hacked)' \
		'`touch hacked`' 'st*r?' '#1' '-n' ' ' 'é' '%s&|<>'; do
		rm -rf p
		mkdir -p p/before
		# $$ and $(...) are for make, as everywhere on its command line.
		want=$name
		case $name in
		'a$$b') want='a$b' ;;
		'$('*) want= ;;
		esac
		install_gx PREFIX="$PWD/p/$name"
		[[ -x p/$want/bin/gx-means ]] || note "$name: $(find p -maxdepth 3)"
		uninstall_gx PREFIX="$PWD/p/$name"
		[[ $(ls -A p) == before ]] || note "$name: $(find p)"
		install_gx DESTDIR="$PWD/p/$name" PREFIX="/$name"
		[[ -x p/$want/$want/bin/gx-means ]] || note "$name: $(find p -maxdepth 3)"
		uninstall_gx DESTDIR="$PWD/p/$name" PREFIX="/$name"
		[[ $(ls -A p) == before ]] || note "$name: $(find p)"
		[[ ! -e hacked && ! -e $repo/hacked ]]
	done
}

@test "install: a PREFIX that is no place is refused before anything is made" {
	refuses_to() { # TEXT VARIABLE=VALUE ...
		local status=0
		remake install "${@:2}" >out 2>err || status=$?
		((status == 2))
		grep -qF -e "$1" err || note "$(cat err)"
		[[ ! -s out ]]
	}
	refuses_to '"$HOME"' PREFIX='~/.local'
	refuses_to 'begins with /' PREFIX=usr DESTDIR="$PWD/stage"
	touch file
	refuses_to 'file/' PREFIX="$PWD/file"
	[[ ! -e $repo/~ && $(ls) == $'err\nfile\nout' ]]
	# Beside no stage it is one of this directory.
	cp -r "$repo/.make" .
	printf 'text file share/doc/gx/file\n' | PREFIX=p .make/install install
	[[ -f p/share/doc/gx/file ]]
}

@test "uninstall: the files that were installed, and no directory that was there" {
	mkdir -p p/bin p/share/man/man1 p/share/doc/gx p/lib q
	touch p/bin/other
	chmod 700 p/share/man p/bin
	names p >before
	install_gx PREFIX="$PWD/p"
	uninstall_gx PREFIX="$PWD/p"
	diff before <(names p) >&2
	# A prefix that was not there goes, with what is above it and was not there.
	install_gx PREFIX="$PWD/q/r/s"
	uninstall_gx PREFIX="$PWD/q/r/s"
	[[ -d q && -z $(ls -A q) ]]
	# Not with something in it.
	install_gx PREFIX="$PWD/q/r/s"
	touch q/r/s/bin/mine
	uninstall_gx PREFIX="$PWD/q/r/s"
	[[ $(find q -type f) == q/r/s/bin/mine && ! -e q/r/s/share ]]
	# Twice is nothing.
	uninstall_gx PREFIX="$PWD/q/r/s"
	grep -q '^nothing of gx' uninstall.out
}

@test "uninstall: after two installations over each other, of which one had other files" {
	mkdir -p p/share
	install_gx PREFIX="$PWD/p"
	cp -r "$repo/.make" .
	printf 'text .make/packages share/old/page\n' | PREFIX=$PWD/p .make/install install >old.out
	install_gx PREFIX="$PWD/p"
	[[ -f p/share/old/page ]]
	uninstall_gx PREFIX="$PWD/p"
	[[ -z $(find p -mindepth 1 ! -path p/share) && -d p/share ]]
}

@test "uninstall: two prefixes, one within the other" {
	install_gx PREFIX="$PWD/p"
	install_gx PREFIX="$PWD/p/q"
	uninstall_gx PREFIX="$PWD/p"
	[[ -x p/q/bin/gx-means ]]
	p/q/bin/gx-simulate -n 2 -m 2 >small
	uninstall_gx PREFIX="$PWD/p/q"
	[[ -z $(find p -type f) && ! -e p/q ]]
}

@test "uninstall: from a system to which a stage was copied, no directory but gx's own" {
	install_gx DESTDIR="$PWD/stage" PREFIX=/usr
	lacks "$PWD" -r stage/usr/share
	# As a package manager does: the directories of the system were there.
	mkdir -p system/usr/bin system/usr/share/man/man5
	cp -r stage/usr system/
	# The system is here, which no DESTDIR tells: / is not for tests.
	sed "s|^prefix /usr|prefix $PWD/system/usr|" stage/usr/share/gx/installed >system/usr/share/gx/installed
	uninstall_gx PREFIX="$PWD/system/usr"
	[[ -z $(find system -type f) && -d system/usr/bin && -d system/usr/share/man/man5 ]]
	[[ ! -e system/usr/share/gx && ! -e system/usr/share/doc/gx ]]
	# In the stage itself all goes.
	uninstall_gx DESTDIR="$PWD/stage" PREFIX=/usr
	[[ ! -e stage ]]
}

@test "uninstall: files of somebody else are left, and what to do is said" {
	mkdir -p p/bin
	cp "$GX_BIN/gx-means" p/bin
	status=0
	remake uninstall PREFIX="$PWD/p" >out 2>err || status=$?
	((status == 2))
	[[ -f p/bin/gx-means ]]
	grep -q 'make install, and then make uninstall$' err
	install_gx PREFIX="$PWD/p"
	uninstall_gx PREFIX="$PWD/p"
	[[ -d p/bin && -z $(ls -A p/bin) ]]
}

# as_user COMMAND ...: as one who is not root, in a copy of the tree that he may read, with HOME.
as_user() {
	if ((EUID)); then
		"$@"
	else
		setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$HOME" "$@"
	fi
}
# A copy of what is installed, as a user has it, in DIR.
user_copy() { # DIR
	mkdir -p "$1/bin"
	cp -r "$repo"/{Makefile,.make,man,examples,cmd,lib,LICENSE,README.md,NEWS.md,CITATION.cff} "$1"
	cp "$GX_BIN"/gx* "$1/bin"
	((EUID)) || chown -R 65534:65534 "$1"
}
# Directories above the test's own may be closed to others.
for_all() {
	open=$(mktemp -d /tmp/gx-install.XXXXXX)
	chmod 755 "$open"
	((EUID)) || chown 65534:65534 "$open"
	cd "$open" || return 1
}
teardown() {
	cd /
	[[ -z ${open:-} ]] || rm -rf "$open"
}

@test "install by a user: into ~/.local; /usr/local is not his, and what to do is said" {
	for_all
	export HOME=$open/home SHELL=/bin/bash
	user_copy "$open/tree of mine"
	mkdir -p home/.local
	((EUID)) || chown -R 65534:65534 home
	as_user test ! -w /usr/local || skip "/usr/local may be written by all"
	status=0
	made=(-o all)
	for program in "$GX_BIN"/gx*; do
		made+=(-o "bin/${program##*/}")
	done
	as_user make -C "tree of mine" "${made[@]}" install >out 2>err || status=$?
	((status == 2))
	grep -q '^make install: .*sudo make install, or make install PREFIX="$HOME/.local"$' err
	# The advice, taken.
	advice=$(sed -n 's/.*, or \(make install PREFIX=.*\)/\1/p' err)
	as_user bash -c "cd 'tree of mine' && ${advice/install/${made[*]} install}" >out 2>err
	[[ ! -s err && -x home/.local/bin/gx-means ]]
	line=$(sed -n 's/^  \(export PATH=.*\)/\1/p' out)
	[[ -n $line ]]
	PATH=/usr/bin:/bin bash -c "$line
		gx-simulate -n 20 -m 3 | gx-means | gx-threshold -T 12 -c" | grep -x '[0-9]*'
	as_user make -C "tree of mine" "${made[@]}" uninstall PREFIX="$HOME/.local" >out
	[[ -d home/.local && -z $(ls -A home/.local) ]]
}

@test "install: the line for PATH works in the user's shell, and is not said where it is not needed" {
	place="$PWD/it's \$5 \\a b!"
	mkdir "$place"
	for shell in sh bash dash ksh zsh fish tcsh csh; do
		command -v $shell >/dev/null || continue
		SHELL=/usr/bin/$shell install_gx PREFIX="$place/$shell"
		line=$(sed -n '/not on your PATH/{n;s/^  //p;}' install.out)
		[[ -n $line ]]
		printf '%s\ngx-simulate -n 2 -m 2 -o "%s"\n' "$line" "$PWD/made.$shell" >script
		PATH=/usr/bin:/bin $shell script
		[[ -s made.$shell ]] || note "$shell: $line"
		case $shell in
		bash | zsh) grep -q "into ~/.${shell}rc:" install.out ;;
		tcsh) grep -q "into ~/.cshrc:" install.out ;;
		esac
	done
	PATH="$place/bash/../bash/bin/:$PATH" install_gx PREFIX="$place/bash"
	lacks PATH install.out
	# Another one in front of it is named.
	mkdir front
	printf '#!/bin/sh\n' >front/gx-means
	chmod +x front/gx-means
	PATH="$PWD/front:$place/bash/bin:$PATH" install_gx PREFIX="$place/bash"
	grep -qF "another gx-means comes first: $PWD/front/gx-means" install.out
	install_gx PREFIX="$PWD/with:colon"
	grep -q 'No PATH can hold' install.out
}

@test "install: STRIP= keeps the symbols; without strip it is said, and installed all the same" {
	install_gx PREFIX="$PWD/p"
	cmp "$GX_BIN/gx-means" p/bin/gx-means
	lacks debuggers install.out
	install_gx PREFIX="$PWD/p" STRIP=no-such-strip
	grep -q 'there is no no-such-strip' install.out
	cmp "$GX_BIN/gx-means" p/bin/gx-means
	# A program that runs is replaced.
	mkfifo hold
	p/bin/gx-means hold >/dev/null 2>&1 &
	local running=$!
	exec 9>hold # it runs: it has opened the other end
	install_gx PREFIX="$PWD/p" STRIP=strip
	[[ $(nm p/bin/gx-means 2>&1) == *"no symbols"* ]]
	kill $running
	exec 9>&-
}

@test "install: make -j, and a disk that is full half-way: uninstall cleans up" {
	remake -j 4 install PREFIX="$PWD/p" >out
	[[ -x p/bin/gx-time ]]
	# install(1) fails at the fifth file.
	mkdir stub
	cat >stub/install <<-STUB
		#!/bin/sh
		echo >>"$PWD/count"
		[ "\$(wc -l <"$PWD/count")" -lt 5 ] || { echo "install: No space left on device" >&2; exit 1; }
		exec $(command -v install) "\$@"
	STUB
	chmod +x stub/install
	status=0
	PATH=$PWD/stub:$PATH remake install PREFIX="$PWD/q" >out 2>err || status=$?
	((status == 2))
	grep -q 'stopped half-way: make uninstall removes' err
	[[ -n $(find q -type f) ]]
	uninstall_gx PREFIX="$PWD/q"
	[[ ! -e q ]]
}

# ---- what is needed, and not there ----

# compiler NAME <TEXT: a compiler of that name, which is gcc behind what TEXT says.
compiler() {
	mkdir -p compilers
	{
		printf '#!/bin/sh\nsay() { echo "$*" >&2; exit 1; }\n'
		cat
		printf 'exec %s "$@"\n' "${under:-gcc}"
	} >"compilers/$1"
	chmod +x "compilers/$1"
}
# lacking HEADER: files that include it do not compile.
lacking() {
	cat <<-TEXT
		for file; do
			case \$file in
			*.c) ! grep -q '^#include <$1>' "\$file" || say "\$file:1: fatal error: $1: No such file or directory" ;;
			esac
		done
	TEXT
}
# unlinked PATTERN: no link whose words match.
unlinked() {
	cat <<-TEXT
		case " \$* " in
		*' -c '* | *' -E '* | *' -print-'*) ;;
		$1) say "/usr/bin/ld: cannot find what is wanted: No such file or directory" ;;
		esac
	TEXT
}
# building CODE [VARIABLE=VALUE ...]: one program, quickly; what was said is in out and err.
building() {
	local code=$1 status=0
	shift
	make --no-print-directory -C "$repo" -j2 CFLAGS=-O0 SIMD=0 BUILD="$here/built" BIN="$here/programs" \
		"$@" >out 2>err || status=$?
	((status == code)) || note "exit $status: $(cat err)"
}
# names_cure WHAT DEBIAN FEDORA CONDA [SETTING]: the last lines say what is missing, what installs
# it, and with which setting make deps does.
names_cure() {
	local last
	last=$(sed '/^make/d' err | sed -n '/^gx cannot be built here/,$p')
	[[ -n $last && $last == "$(sed '/^make/d' err | tail -n "$(wc -l <<<"$last")")" ]] || note "$(cat err)"
	[[ $last == *"missing: $1"* ]] || note "$last"
	grep -q "^  make deps${5:+ $5} " <<<"$last"
	grep -q "^  Debian, Ubuntu    apt-get install $2\$" <<<"$last"
	grep -q "^  Fedora            dnf install $3" <<<"$last"
	grep -q "^  conda             conda install -c conda-forge $4" <<<"$last"
	grep -q 'make STATIC=0' <<<"$last"
}

@test "build: a header that is missing is named with the packages, and nothing is compiled" {
	lacking xxhash.h | compiler no-xxhash
	building 2 CC="$here/compilers/no-xxhash"
	names_cure xxhash.h libxxhash-dev xxhash-devel xxhash
	lacking zlib.h | compiler no-zlib
	building 2 CC="$here/compilers/no-zlib" STATIC=0
	names_cure zlib.h zlib1g-dev zlib-devel zlib
	{
		lacking zstd.h
		lacking zlib.h
	} | compiler no-two
	building 2 CC="$here/compilers/no-two"
	names_cure 'zlib.h, zstd.h' 'zlib1g-dev libzstd-dev' 'zlib-devel libzstd-devel' 'zlib zstd'
	[[ -z $(find built -name '*.o') && ! -e programs ]]
	# With them it goes on.
	building 0 "$here/built/flags"
}

@test "build: a library that is missing is named; STATIC=0, where that helps, and it does" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	unlinked "*-Bstatic*-lzstd*" | compiler no-static-zstd
	building 2 CC="$here/compilers/no-static-zstd"
	names_cure libzstd.a libzstd-dev libzstd-devel zstd
	grep -q '^  make STATIC=0     links the shared libraries, which are here$' err
	building 0 "$here/programs/gx-means" CC="$here/compilers/no-static-zstd" STATIC=0
	table | programs/gx-means | same - <(table | gx-means)
	[[ $(ldd programs/gx-means) == *libzstd* ]]
	unlinked "*-lz' '*" | compiler no-z
	building 2 CC="$here/compilers/no-z"
	names_cure libz.a zlib1g-dev zlib-devel zlib
	lacks 'which are here' err
	building 2 CC="$here/compilers/no-z" STATIC=0
	names_cure libz zlib1g-dev zlib-devel zlib
	unlinked "*' -static '*" | compiler no-static-c
	building 0 "$here/programs/gx-means" CC="$here/compilers/no-static-c"
	building 2 CC="$here/compilers/no-static-c" STATIC=1
	names_cure 'a static C library' libc6-dev glibc-devel c-compiler
	grep -q '^  make STATIC=0     links the shared' err
	unlinked "*-fopenmp*' -static '* | *-Bstatic*-lgomp*" | compiler no-static-gomp
	for how in mixed 1; do
		building 2 CC="$here/compilers/no-static-gomp" STATIC=$how
		grep -q 'missing: libgomp.a$' err
		grep -q '^  make STATIC=0     links the shared' err
	done
	under=clang
	unlinked "*-fopenmp*" | compiler clang-without
	building 2 CC="$here/compilers/clang-without"
	names_cure libomp libomp-dev libomp-devel llvm-openmp CC=clang
}

@test "build: a library that goes later: a failed link says it too" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	printf '%s\n' "case \" \$* \" in" "*' -c '* | *' -E '*) ;;" \
		"*-lxxhash*) [ ! -e $here/gone ] || say '/usr/bin/ld: cannot find -lxxhash' ;;" esac | compiler later
	building 0 "$here/programs/gx-means" CC="$here/compilers/later"
	touch gone
	rm programs/gx-means
	building 2 "$here/programs/gx-means" CC="$here/compilers/later"
	names_cure libxxhash.a libxxhash-dev xxhash-devel xxhash
	# What is wrong in a file is no matter of packages.
	rm gone
	building 2 CPPFLAGS=-Dgx_die=5+
	lacks 'cannot be built' err
}

@test "build: a compiler that is missing or old" {
	building 2 CC=no-such-cc
	grep -q 'missing: the compiler no-such-cc$' err
	grep -q 'apt-get install gcc$' err
	cure=$(sed -n 's/^  make \(CC=gcc\) .*/\1/p' err)
	building 0 "$here/built/flags" "$cure"
	printf '%s\n' "case \" \$* \" in *x86-64-v*) say \"bad value for '-march='\" ;; esac" | compiler old
	building 2 CC="$here/compilers/old" SIMD=1
	grep -q 'knows the levels of x86-64' err
	cure=$(sed -n 's/^  make \(SIMD=0\) .*/\1/p' err)
	building 0 "$here/built/flags" CC="$here/compilers/old" "$cure"
	printf '%s\n' "case \" \$* \" in *std=c17*) say 'unrecognized option -std=c17' ;; esac" | compiler older
	building 2 CC="$here/compilers/older"
	grep -q 'missing: a compiler that takes these options' err
	# No package of a system whose own compiler is old.
	lacks apt-get err
}

@test "build: clang, which has no static libomp; another CC and STATIC make anew what they must" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	command -v clang >/dev/null || skip "clang is not installed"
	# A copy without history, as in an archive, and with a space in its name.
	mkdir "a tree"
	(cd "$repo" && cp -r Makefile .make cmd lib man examples LICENSE README.md NEWS.md tests "$here/a tree")
	cd "a tree"
	table >t.tsv
	gx-means t.tsv >want
	making() { # the two programs of a small job
		make --no-print-directory -j2 CFLAGS=-O0 SIMD=0 bin/gx-means bin/gx-threshold "$@" >said 2>err ||
			note "$(cat err)" || return 1
		[[ ! -s err ]] || note "$(cat err)" || return 1
		bin/gx-means t.tsv | same - want
	}
	making CC=clang
	if [[ $(clang -print-file-name=libomp.a) != /* ]]; then
		grep -q '^clang has no static libomp: the programs need the shared one' said
		ldd bin/gx-means >needs
		grep -q libomp needs
		lacks -E 'libgomp|libzstd|libxxhash' needs
	fi
	[[ $(readelf -p .comment build/cmd/gx-means.o) == *clang* ]]
	# Nothing is done twice.
	making CC=clang
	lacks -E 'CC|LINK' said
	# Another link alone.
	making CC=clang STATIC=0
	lacks CC said
	[[ $(grep -c LINK said) == 2 ]]
	[[ $(ldd bin/gx-means) == *libzstd* ]]
	# Another compiler: all of it.
	making CC=gcc
	grep -q ' CC .*lib/base/memory.c' said
	[[ $(readelf -p .comment build/cmd/gx-means.o) == *GCC* ]]
	lacks clang <(readelf -p .comment build/lib/base/*.o)
	[[ $(readelf -d bin/gx-means | grep -c 'NEEDED.*\[libc\.') == 1 ]]
	# The C library too, or all of them.
	making CC=gcc STATIC=1
	[[ $(ldd bin/gx-means 2>&1) == *"not a dynamic executable"* ]]
}

# needs PROGRAM: the shared libraries that it was linked with, a line each.
needs() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

@test "build: what the programs need beside them, by default, with STATIC=1 and STATIC=0" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	table >t.tsv
	gx-means t.tsv >want
	gzip -k t.tsv
	local how loads
	for how in STATIC=mixed STATIC=1 'STATIC=0 ISAL=0'; do
		# shellcheck disable=SC2086
		building 0 "$here/programs/gx-means" "$here/programs/gx-time" $how
		programs/gx-means t.tsv.gz | same - want
		needs programs/gx-means >needed
		loads=
		case $how in
		*mixed)
			lacks -vE '^(libc|libm|libdl|libpthread|ld-linux.*)\.so' needed
			loads=libisal.so.2
			;;
		STATIC=1) [[ ! -s needed ]] ;;
		*) grep -qE '^libz\.so' needed ;;
		esac
		needs programs/gx-time | grep -E '^libc\.so'
		[[ $(grep -ao 'libisal\.so\.2' programs/gx-means | sed -n 1p) == "$loads" ]]
	done
}

@test "build: without libisal's header it is named; ISAL=0 needs none, nor does STATIC=1" {
	# What includes it does not compile; ISAL=0 has the lines, and passes over them.
	mkdir -p none/isa-l
	echo '#error No such file' >none/isa-l/igzip_lib.h
	echo "set -- -I'$here/none' \"\$@\"" | compiler no-isal
	building 2 CC="$here/compilers/no-isal"
	names_cure isa-l/igzip_lib.h libisal-dev isa-l-devel isa-l
	cure=$(sed -n 's/^  make \(ISAL=0\) .*/\1/p' err)
	building 0 "$here/programs/gx-means" CC="$here/compilers/no-isal" "$cure"
	building 0 "$here/built/flags" CC="$here/compilers/no-isal" STATIC=1
}

@test "build: what HDF5 needs is named where it is missing; HDF5=0 needs none of it" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	local cure lacking
	for lacking in hdf5.h:libhdf5-dev:hdf5-devel:hdf5 blosc.h:libblosc-dev:blosc-devel:blosc \
		bzlib.h:libbz2-dev:bzip2-devel:bzip2 libdeflate.h:libdeflate-dev:libdeflate-devel:libdeflate; do
		IFS=: read -r header debian fedora conda <<<"$lacking"
		lacking "$header" | compiler no-header
		building 2 CC="$here/compilers/no-header" HDF5=1
		names_cure "$header" "$debian" "$fedora" "$conda"
		cure=$(sed -n 's/^  make \(HDF5=0\) .*/\1/p' err)
		building 0 "$here/built/flags" CC="$here/compilers/no-header" "$cure"
	done
	unlinked "*-lblosc*" | compiler no-blosc
	building 2 CC="$here/compilers/no-blosc" HDF5=1
	names_cure libblosc.a libblosc-dev blosc-devel blosc
	unlinked "*-Bstatic*-lsz*" | compiler no-static-sz
	building 2 CC="$here/compilers/no-static-sz" HDF5=1
	names_cure libsz.a libaec-dev libaec-devel libaec
	grep -q '^  make STATIC=0     links the shared libraries, which are here$' err
	building 0 "$here/built/flags" CC="$here/compilers/no-static-sz" HDF5=1 STATIC=0
}

@test "build: HDF5 with all libraries shared, and with the C library in the program" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	local how
	for how in STATIC=0 STATIC=1; do
		building 0 "$here/programs/gx-convert" HDF5=1 $how
		lacks -vE '^(make|  (CC|LINK|AR|TEXT) )' out
		[[ ! -s err ]] || note "$(cat err)"
		needs programs/gx-convert >needed
		if [[ $how == STATIC=0 ]]; then
			grep -qE '^libhdf5' needed
		else
			[[ ! -s needed ]]
		fi
		programs/gx-convert "$tests/hdf5/pandas15_blosc_lz4.h5" | same - "$tests/hdf5/pandas15_blosc_lz4.h5.tsv"
		programs/gx-convert "$data/cells.h5ad" | same - "$tests/hdf5/anndata13_csr.h5ad.tsv"
	done
}

@test "build: HDF5=0 reads none, and says so; its line of Python does" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	local c line
	building 0 HDF5=0
	programs/gx-convert --version | grep -c ', no HDF5$'
	table >t.tsv
	programs/gx-means t.tsv | same - <(gx-means t.tsv)
	for c in gx-convert gx-info gx-means; do
		refuses 1 "cells.h5ad: an HDF5 file (h5ad, loom, 10x .h5 ...), and this gx was built without HDF5: write it as a table, in Python: anndata.read_h5ad('FILE').to_df().T.to_csv('x.csv')" \
			programs/$c "$data/cells.h5ad"
	done
	refuses 2 't.tsv: --dataset says what of an HDF5 file' programs/gx-convert --dataset X t.tsv
	refuses 1 "np.save('x.npy', h5py.File('FILE')['NAME'][()].T)" programs/gx-info "$tests/hdf5/matlab73.mat"
	/usr/bin/python3 -c 'import h5py, numpy' 2>/dev/null || skip "needs h5py"
	line=$(sed 's/.*in Python: //' "$err")
	line=${line/FILE/$tests/hdf5/matlab73.mat}
	/usr/bin/python3 -c "import h5py, numpy as np; ${line/NAME/expr}"
	programs/gx-convert x.npy | same - "$tests/hdf5/matlab73.mat.tsv"
}

# ---- make deps, and make demo without them ----

# programs NAME ...: a directory of these alone, for PATH.
programs() {
	mkdir -p few
	local name
	for name; do
		ln -sf "$(type -P "$name")" "few/$name"
	done
}
debian() { # INSTALLED ...: dpkg-query and apt-get of a Debian that has these packages
	mkdir -p stub
	printf '#!/bin/sh\nfor p; do :; done\ncase " %s " in *" $p "*) printf installed ;; esac\n' "$*" >stub/dpkg-query
	printf '#!/bin/sh\necho "apt-get $*" >>"%s/log"\n' "$PWD" >stub/apt-get
	chmod +x stub/*
}

@test "make deps: without root, sudo or apt it says what it needs" {
	programs sh dash awk sed env dirname cat head grep gcc as ld
	debian gcc parallel
	printf '#!/bin/sh\necho 1000\n' >stub/id
	chmod +x stub/id
	missing="$tests/install-missing"
	PATH=$PWD/stub:$PWD/few exits 1 "$missing" parallel libxxhash-dev gnuplot-nox
	[[ ! -e log && ! -s $out ]]
	grep -q '^missing: libxxhash-dev gnuplot-nox$' "$err"
	grep -q 'only root installs packages, and there is no sudo' "$err"
	grep -q 'apt-get install libxxhash-dev gnuplot-nox$' "$err"
	grep -q 'conda-forge xxhash gnuplot, then make STATIC=0$' "$err"
	lacks 'make deps' "$err" # which is what was called
	# The advice, by root.
	printf '#!/bin/sh\necho 0\n' >stub/id
	PATH=$PWD/stub:$PWD/few exits 0 "$missing" parallel libxxhash-dev gnuplot-nox
	grep -qx 'apt-get install .* libxxhash-dev gnuplot-nox' log
	# With sudo that wants a password nobody is there to type.
	printf '#!/bin/sh\necho 1000\n' >stub/id
	printf '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n' >stub/sudo
	chmod +x stub/sudo
	PATH=$PWD/stub:$PWD/few exits 1 "$missing" libxxhash-dev
	grep -q 'password' "$err"
	grep -q 'apt-get install libxxhash-dev$' "$err"
	# Not Debian: what is there is found by its programs and headers.
	rm stub/dpkg-query stub/apt-get
	ln -s "$(type -P true)" few/parallel
	CC=gcc PATH=$PWD/stub:$PWD/few exits 0 "$missing" parallel libxxhash-dev zlib1g-dev libopenblas0-pthread
	[[ ! -s $out && ! -s $err ]]
	CC=gcc PATH=$PWD/stub:$PWD/few exits 1 "$missing" parallel libxxhash-dev gnuplot-nox bats
	grep -q '^missing: gnuplot-nox bats$' "$err"
	grep -q 'dnf install gnuplot bats$' "$err"
}

@test "make deps: of each package it is known what installs it" {
	sed -n '/^DEPS_BUILD/,/^DEPS_BENCH/p' "$repo/Makefile" | sed '/^DEPS_BENCH/d; s/^DEPS_[A-Z0-9]* = //; s/\\$//' |
		tr -s ' \t' '\n' | sed '/^$/d; /^\$/d' >wanted
	[[ $(wc -l <wanted) -gt 12 ]]
	while read -r package; do
		[[ $(awk -F '\t' -v p="$package" '$1 == p && NF == 4' "$repo/.make/packages" | wc -l) == 1 ]] ||
			note ".make/packages has no $package"
	done <wanted
}

@test "make deps CC=clang: clang's OpenMP, and no gcc" {
	debian libc6-dev
	cp stub/apt-get stub/sudo
	printf '#!/bin/sh\nexec "$@"\n' >stub/sudo
	PATH=$PWD/stub:$PATH make --no-print-directory -C "$repo" deps CC=clang >said
	grep -q ' clang libomp-dev .*libxxhash-dev' log
	lacks -E ' (gcc|libc6-dev)( |$)' log
}

@test "make demo: without root, apt, GNU parallel, gnuplot and static libraries" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "the build itself is what is tested"
	{
		unlinked "*' -static '* | *-Bstatic*"
		printf '%s\n' "case \" \$* \" in *x86-64-v*) say 'bad value' ;; esac"
	} | compiler limited
	programs sh bash dash env awk sed grep cat cp mv rm mkdir rmdir mktemp dirname basename realpath date tr od cmp \
		seq xargs nproc make gcc as ld ar uname printf touch head tail expr
	debian libc6-dev
	printf '#!/bin/sh\necho 1000\n' >stub/id
	chmod +x stub/id
	PATH=$PWD/stub:$PWD/few make --no-print-directory -C "$repo" -j2 demo CC="$here/compilers/limited" \
		CFLAGS=-O0 BUILD="$here/built" BIN="$here/programs" >said 2>err || note "$(cat said err)"
	grep -q '^missing: .*parallel' err
	grep -q '^demo: goes on with what is there' err
	grep -qx 'demo: make STATIC=0 SIMD=0' said
	[[ ! -e log && $(grep -c 'the same record, byte for byte' said) == 2 ]]
	grep -q 'in 8 parts under xargs' said
	[[ $(ldd programs/gx-means) == *libzstd* ]]
}
