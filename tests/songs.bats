#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# examples/spectra: songs in folders, decoded, transformed and averaged by genre; against tables
# that SciPy made. Called again, stopped, with names of all kinds, and with files that are no songs.

load lib.bash

songs=$tests/spectra/songs

# missing: which program is not there, by its exit code 1.
missing() {
	local program
	for program in ffmpeg parallel; do
		command -v "$program" >/dev/null || { echo "$program is not installed" && return 1; }
	done
}

setup_file() {
	bats_require_minimum_version 1.5.0
	missing >/dev/null || return 0
	# One call for the tests that only look.
	cd "$BATS_FILE_TMPDIR" || return 1
	export PARALLEL_HOME=$PWD/.parallel
	mkdir "$PARALLEL_HOME" mp3
	copy mp3 mp3
	find mp3 -type f -exec md5sum {} + -printf '%p %T@ %s\n' | sort >before
	SPECTRUM='--length 2048 --relative' "$repo/examples/spectra" mp3 2 >table 2>said || cat said >&2
	find mp3 -type f -exec md5sum {} + -printf '%p %T@ %s\n' | sort >after
}

setup() {
	work
	local why
	if ! why=$(missing); then
		[[ ${GX_ENGINES:-} != required ]] || note "$why" || return 1
		skip "$why"
	fi
	export PARALLEL_HOME=$PWD/.parallel TMPDIR=$PWD/tmp JOBS=2
	mkdir "$PARALLEL_HOME" tmp
	spectra=$repo/examples/spectra
	# Sounds of a second: less is to be done.
	export SPECTRUM='--length 512 --relative'
}

# copy FORMAT DIR: the songs of that format.
copy() {
	local song
	for song in "$songs"/*/*."$1"; do
		mkdir -p "$2/$(basename "$(dirname "$song")")"
		cp "$song" "$2/$(basename "$(dirname "$song")")"
	done
	chmod -R u+w "$2"
}

# A sound of 6,000 frames, other ones for other numbers.
tone() { # NUMBER FILE
	python3 - "$@" <<-'END'
		import math, struct, sys
		k = int(sys.argv[1])
		data = b"".join(struct.pack("<h", int(9000 * math.sin(i * k / 40) + 3000 * math.sin(i * i * k / 9e5))) for i in range(6000))
		with open(sys.argv[2], "wb") as f:
		    f.write(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " +
		            struct.pack("<IHHIIHH", 16, 1, 1, 44100, 88200, 2, 16) + b"data" + struct.pack("<I", len(data)) + data)
	END
}

# No process, lock or piece of a file is left in OUT.
left_nothing() { # OUT
	[[ -z $(find "$1" -name '*.gxtmp.*') ]] || note "left: $(find "$1" -name '*.gxtmp.*')" || return 1
	flock -n "$1/spectra.lock" true || note "something still works in $1"
}

# Two decoders of one MP3 agreed to 0.21 dB; from the WAV it was made of it differs within 0.5 dB
# where the encoder kept something.
@test "spectra: from MP3s, what SciPy has from the WAVs within 0.5 dB; DIR is untouched" {
	awk -F '\t' '
		NR == FNR { for (i = 1; i <= NF; i++) want[FNR, i] = $i; n = FNR; next }
		FNR == 1 { for (i = 2; i <= NF; i++) for (j = 2; j <= NF; j++) if (want[1, j] == $i) at[i] = j; next }
		$1 > 4800 { next }
		$1 != want[FNR, 1] { print "frequency " $1 ", not " want[FNR, 1]; exit bad = 1 }
		{
			for (i = 2; i <= NF; i++) {
				x = want[FNR, at[i]]
				if (x < 1e-4) continue
				far = 10 * log($i / x) / log(10)
				if (far > 0.5 || far < -0.5) { print $1, i, far " dB"; bad = 1 }
				seen++
			}
		}
		END { exit bad || seen < 150 }' "$tests/spectra/expected/songs_relative.tsv" \
		"$BATS_FILE_TMPDIR/table" || note "too far away"
	same "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after"
	same "$BATS_FILE_TMPDIR/table" "$BATS_FILE_TMPDIR/mp3.spectra/means.tsv"
	left_nothing "$BATS_FILE_TMPDIR/mp3.spectra"
}

@test "spectra: the picture has a curve for each genre; the joblog has a line for each song" {
	command -v gnuplot >/dev/null || skip "gnuplot is not installed"
	local at=$BATS_FILE_TMPDIR/mp3.spectra genre
	for genre in bells drone rain; do
		grep -q ">$genre<" "$at/spectra.svg" || note "no curve of $genre"
	done
	file=$(head -c 4 "$at/spectra.png" | tail -c 3)
	[[ $file == PNG ]]
	[[ $(wc -l <"$at/decode.log") == 13 ]]
	[[ $(gx-joblog "$at/decode.log" | sed -n 's/^done\t//p') == 12 ]]
}

@test "spectra: FLAC and Ogg too; N does not change a byte; called again it does nothing again" {
	local genre form
	for form in flac ogg wav; do
		copy $form some
	done
	exits 0 "$spectra" some 1 one
	cp "$out" table
	exits 0 "$spectra" some 5 five
	same table "$out" one/means.tsv five/means.tsv
	same one/spectra.gxm five/spectra.gxm
	[[ $(gx-info one/spectra.gxm | sed -n 's/^genes //p') == 14 ]]
	stat -c '%n %y' five/sounds/*/* five/parts/* >first
	exits 0 "$spectra" some 5 five
	lacks -e decoding -e 'to do' "$err"
	same table "$out"
	stat -c '%n %y' five/sounds/*/* five/parts/* >second
	same first second
	left_nothing five
}

@test "spectra: a song that is new, changed or gone; other options; a part that is lost" {
	mkdir -p music/a music/b
	tone 1 music/a/1.wav
	tone 2 music/a/2.wav
	tone 3 music/b/3.wav
	exits 0 "$spectra" music 2
	tone 5 music/a/1.wav
	touch -d '2001-01-01' music/a/1.wav # a copy keeps its time
	tone 4 music/b/4.wav
	rm music/a/2.wav
	exits 0 "$spectra" music 2
	grep -q 'decoding 2 of 3 songs' "$err"
	cp "$out" again
	exits 0 "$spectra" music 2 fresh
	same again "$out"
	same music.spectra/spectra.gxm fresh/spectra.gxm
	# As large as it was, and of the same second.
	tone 6 music/a/1.wav
	touch -d '2001-01-01 00:00:00.5' music/a/1.wav
	exits 0 "$spectra" music 2
	grep -q 'decoding 1 of 3 songs' "$err"
	cp "$out" again
	exits 0 "$spectra" music 2 "fresh again"
	same again "$out"
	SPECTRUM='--length 256' exits 0 "$spectra" music 2
	lacks -e decoding "$err"
	[[ $(wc -l <"$out") == 130 ]]
	exits 0 "$spectra" music 2
	same again "$out"
	rm music.spectra/parts/2.gxm
	exits 0 "$spectra" music 2
	grep -q '1 to do' "$err"
	same again "$out"
}

@test "spectra: any name" {
	local odd name n=0
	mkdir -p music
	odd=('two words' $'a\ttab' $'new\nline' "quote's \"here\"" '100%' '$(touch oops) `touch oops`' '{} {1} {#}' \
		$'caf\xc3\xa9' $'caf\xe9' '-dash' ' blank ' 'a:b' 'NA x' '*')
	for name in "${odd[@]}"; do
		mkdir "music/genre $name"
		tone $((n + 1)) "music/genre $name/$name.wav"
		cp "music/genre $name/$name.wav" $((n += 1)).wav
	done
	exits 0 "$spectra" music 3
	[[ ! -e oops && ! -e music.spectra/oops ]]
	[[ $(head -n 1 music.spectra/means.tsv | awk -F '\t' '{ print NF }') == 15 ]]
	# Each genre has one song: its mean is that song, whatever it is called.
	for ((k = 1; k <= 14; k++)); do
		gx-spectrum --length 512 --relative -H $k.wav | cut -f 2- | tr '\t' '\n'
	done | sort >want
	cut -f 2- music.spectra/means.tsv | tail -n +2 | tr '\t' '\n' | sort | cmp - want
	grep -q $'genre caf\xc3\xa9' music.spectra/genres.tsv
	grep -q 'genre caf%e9' music.spectra/genres.tsv
	grep -q 'genre a%09tab' music.spectra/genres.tsv
}

@test "spectra: what is no sound is passed over; what cannot be decoded is named, and the rest is kept" {
	mkdir -p music/a music/.hidden music/empty
	tone 1 music/a/1.wav
	printf 'GIF89a' >music/a/cover.GIF
	printf '#EXTM3U\nhttp://127.0.0.1:9/x.mp3\n' >music/a/list.m3u8
	tone 9 music/.hidden/no.wav
	tone 9 music/a/.no.wav
	tone 9 music/readme.wav
	exits 0 "$spectra" music
	[[ $(grep -c 'passed over' "$err") == 2 ]]
	cp "$out" table
	[[ $(cut -f 2 music.spectra/genres.tsv) == a ]]
	printf 'not a song\n' >music/a/broken.mp3
	# A playlist by another name may not make anybody connect or read elsewhere.
	printf '#EXTM3U\n#EXTINF:1,\n%s\n' "$PWD/music/a/1.wav" >'music/a/list.mp3'
	exits 1 "$spectra" music
	grep -q '2 of 3 songs cannot be decoded: a/broken.mp3 a/list.mp3 : mend or remove them, and call it again' "$err"
	left_nothing music.spectra
	rm music/a/broken.mp3 music/a/list.mp3
	exits 0 "$spectra" music
	lacks decoding "$err"
	same table "$out"
}

@test "spectra: wrong usage, and what is not there" {
	mkdir -p music/a music/na strange none
	tone 1 music/a/1.wav
	tone 1 music/na/1.wav
	exits 2 "$spectra"
	exits 2 "$spectra" --quick music
	exits 2 "$spectra" music 0
	exits 2 "$spectra" music 2 out more
	exits 2 env JOBS=many "$spectra" music
	exits 2 env RANGE=low "$spectra" music
	exits 2 "$spectra" music 2 music/out
	grep -q 'name another one' "$err"
	[[ ! -e music/out ]]
	exits 3 "$spectra" nowhere
	exits 1 "$spectra" none
	grep -q 'as in .*/none/GENRE/SONG.mp3' "$err"
	exits 2 "$spectra" music 2 out
	grep -q 'music/na: this genre has the name of a missing value: rename the folder' "$err"
	mv music/na music/Namibia
	exits 0 "$spectra" music 2 out
	touch strange/file
	exits 2 "$spectra" music 2 strange
	grep -q 'name a directory that is new or empty' "$err"
	exits 0 "$spectra" music 2 other
	# gx-spectrum says what is wrong with its options, and why a song is too short.
	SPECTRUM='--length 1' exits 75 "$spectra" music 2 out
	grep -q 'gx-spectrum: --length' "$err"
	SPECTRUM='--length 8000' exits 75 "$spectra" music 2 out
	grep -q '6000 frames' "$err"
	left_nothing out
}

@test "spectra: stopped while it decodes, and called again" {
	local pid
	mkdir -p music/a stub
	for k in 1 2 3 4 5 6; do
		tone $k music/a/$k.wav
	done
	# A decoder that has begun, and takes its time with all but one.
	cat >stub/ffmpeg <<-STUB
		#!/usr/bin/env bash
		[[ "\$*" == *1.wav* || ! -e slow ]] || { touch $PWD/slow.\$\$ && sleep 60; }
		exec $(command -v ffmpeg) "\$@"
	STUB
	chmod +x stub/ffmpeg
	mkdir music.spectra
	touch music.spectra/spectra.lock music.spectra/slow
	PATH=$PWD/stub:$PATH "$spectra" music 2 >partial 2>said &
	pid=$!
	for ((i = 0; i < 400; i++)); do
		[[ -e music.spectra/sounds/a/1.wav.wav && -n $(find . -name 'slow.*') ]] && break
		sleep 0.05
	done
	kill "$pid"
	wait "$pid" || status=$?
	[[ $status == 143 ]] || note "ended with $status"
	grep -q 'to go on, the same line again' said
	[[ ! -s partial ]]
	left_nothing music.spectra
	rm music.spectra/slow
	exits 0 "$spectra" music 2
	grep -q 'decoding 5 of 6 songs' "$err"
	cp "$out" table
	exits 0 "$spectra" music 3 fresh
	same table "$out"
}

@test "mpi/spectra: shares of ranks are the parts, and join to the whole" {
	local k
	for k in 1 2 3 4 5; do
		tone $k "song $k.wav"
	done
	gx-spectrum -b --length 512 song*.wav >whole
	for k in 0 1 2; do
		OMPI_COMM_WORLD_RANK=$k OMPI_COMM_WORLD_SIZE=3 exits 0 "$repo/examples/mpi/spectra" parts --length 512 song*.wav
	done
	gx-reduce --join -b parts | cmp - whole
	rm parts/2.gxm
	exits 75 gx-reduce --join -b parts
	exits 2 "$repo/examples/mpi/spectra" parts song*.wav
	grep -q 'neither mpirun nor srun has said' "$err"
	exits 2 "$repo/examples/mpi/spectra"
	exits 2 "$repo/examples/mpi/spectra" --length 512 parts
}
