#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-spectrum: against scipy.signal.welch, and on its own terms.

load lib.bash

setup() {
	work
	spectra=$tests/spectra
}

wav() {
	python3 "$tests/wav.py" "$@"
}

# join_parts N WHOLE SOUND ...: the parts of a list, joined, are WHOLE.
join_parts() {
	local n=$1 whole=$2 k
	shift 2
	rm -f part*.gxm
	for ((k = 1; k <= n; k++)); do
		succeeds gx-spectrum --length 64 -b --part "$k/$n" "$@" -o "part$k.gxm"
	done
	gx-reduce --join -b part*.gxm | same "$whole" -
}

# ---- what is computed ----

@test "spectra are those of scipy.signal.welch" {
	[[ $(wc -l <"$spectra/cases.tsv") -gt 20 ]]
	python3 "$tests/check_spectrum.py" cases "$spectra"
}

@test "spectra of other sounds and lengths are those of scipy.signal.welch" {
	local python
	python=$(python_with scipy.signal) || skip "no scipy"
	wav a.wav 9000 --channels 3 --seed 5
	cat >welch.py <<-'END'
		import sys
		import numpy as np
		from scipy.signal import welch
		length, overlap, window, scaling, detrend = sys.argv[1:6]
		x = np.frombuffer(open("a.wav", "rb").read()[44:], "<i2").reshape(-1, 3) / 32768
		f, p = welch((x[:, 0] + x[:, 1] + x[:, 2]) / 3, 8000,
		             "boxcar" if window == "none" else "hann", int(length), int(overlap),
		             detrend=False if detrend == "no" else "constant", scaling=scaling)
		print("gene", *[repr(k * 8000 / int(length)) for k in range(len(f))], sep="\t")
		print("a.wav", *[repr(float(v)) for v in p], sep="\t")
	END
	local length overlap window scale detrend
	while read -r length overlap window scale detrend; do
		"$python" welch.py "$length" "$overlap" "$window" "$scale" "$detrend" |
			sed '1s/\.0\(\t\|$\)/\1/g' >want
		# shellcheck disable=SC2046
		gx-spectrum --length "$length" --overlap "$overlap" --window "$window" --scale "$scale" \
			$([[ $detrend == yes ]] || echo --no-detrend) a.wav >got
		python3 "$tests/check_spectrum.py" want got || note "$length $overlap $window $scale"
	done <<-'END'
		2 1 none density yes
		3 0 hann spectrum yes
		9000 0 hann density yes
		8192 8191 hann density yes
		1021 17 none spectrum no
		4093 4092 hann density yes
		2048 0 none density no
		6561 3000 hann spectrum yes
	END
}

@test "without a window one segment has the mean square about the mean" {
	local n
	for n in 47 48; do
		gx-spectrum --window none --rate 3 "$spectra/series/hours$n.tsv" >got
		python3 "$tests/check_spectrum.py" parseval "$spectra/series/hours$n.tsv" got 3
	done
}

@test "the columns are k x rate / length, and the default length is the row's" {
	printf 'gene\ta\tb\tc\td\te\nx\t1\t2\t3\t4\t5\n' >t.tsv
	[[ $(gx-spectrum t.tsv | sed -n 1p) == $'gene\t0\t0.2\t0.4' ]]
	[[ $(gx-spectrum --rate 0.5 t.tsv | sed -n 1p) == $'gene\t0\t0.1\t0.2' ]]
	[[ $(gx-spectrum --length 4 --rate 10 t.tsv | sed -n 1p) == $'gene\t0\t2.5\t5' ]]
	gx-spectrum --length 5 --overlap 2 t.tsv | same - <(gx-spectrum t.tsv)
	# Of a row of more than 4096 values it is that.
	gx-simulate -n 2 -m 5000 -o wide.gxm
	gx-spectrum wide.gxm >default
	gx-spectrum --length 4096 --overlap 2048 --window hann --scale density wide.gxm | same default -
	gx-spectrum --columns 1-4096 wide.gxm | sed -n 1p | same - <(head -n 1 default)
	gx-spectrum --columns 1-4095 wide.gxm >shorter
	[[ $(head -n 1 shorter | wc -w) == $((1 + 2048)) ]]
}

@test "missing and infinite values make a row missing, where a segment has them" {
	printf 'gene\ta\tb\tc\td\te\nx\t1\tNA\t3\t4\t7\ny\t1\t2\t3\tInf\t5\nz\t1\t2\t3\t5\tNA\n' >t.tsv
	prints $'gene\t0\t0.2\t0.4\nx\tNA\tNA\tNA\ny\tNA\tNA\tNA\nz\tNA\tNA\tNA' gx-spectrum t.tsv
	# The last value is in no segment.
	gx-spectrum --length 4 t.tsv | sed -n 4p >z
	lacks NA z
	printf 'gene\ta\tb\tc\td\nx\t7\t7\t7\t7\n' >flat.tsv
	prints $'gene\t0\t0.25\t0.5\nx\t0\t0\t0' gx-spectrum flat.tsv
	prints $'gene\t0\t0.25\t0.5\nx\tNA\tNA\tNA' gx-spectrum --relative flat.tsv
	prints $'gene\t0\t0.25\t0.5\nx\t1\t0\t0' gx-spectrum --relative --no-detrend --window none flat.tsv
}

# ---- the same bytes ----

@test "a matrix: file, pipe, text, GXM and npy, threads" {
	gx-simulate -n 700 -m 60 --dist normal -o m.gxm
	gx-convert m.gxm -o m.npy
	gx-convert m.gxm -o m.tsv
	local options
	for options in '' '--length 16 --relative' '--length 45 --overlap 44 --scale amplitude -f csv' \
		'--length 59 --no-detrend'; do
		# shellcheck disable=SC2086
		for file in m.gxm m.npy m.tsv; do
			four_ways $file gx-spectrum $options
			cp "$out" ${file#m.}
		done
		same gxm <(sed 's/^g[0-9]*/&/' npy) tsv
		for n in 2 3 7; do
			# shellcheck disable=SC2086
			gx-spectrum -t $n $options m.gxm | same gxm - || note "-t $n $options"
		done
	done
	four_ways m.gxm gx-spectrum -b
	# Another one behind it, as the first comes through a pipe.
	gx-spectrum m.tsv >want
	{ gx-spectrum m.gxm; gx-spectrum -H --rate 1 m.npy; } >twice
	cat m.gxm | gx-spectrum - m.npy | cut -f 2- | same - <(cut -f 2- twice)
	gx-spectrum <(cat m.gxm) m.npy | cut -f 2- | same - <(cut -f 2- twice)
}

@test "sounds: file, pipe, compressed, threads, 16 bits and double" {
	local k options
	for k in 1 2 3 4 5 6 7 8 9; do
		wav s$k.wav $((4000 + 777 * k)) --channels $((k % 3 + 1)) --seed $k
		wav d$k.wav $((4000 + 777 * k)) --channels $((k % 3 + 1)) --seed $k --kind 64
	done
	for options in '' '--length 100 --overlap 3' '--length 1 --length 64 --overlap 63' \
		'--length 128 --start 0.1 --duration 0.2' '--relative -b'; do
		[[ $options != *'--length 1 '* ]] || options=${options#--length 1 }
		# shellcheck disable=SC2086
		gx-spectrum $options s?.wav >want
		for n in 2 3 7; do
			# shellcheck disable=SC2086
			gx-spectrum -t $n $options s?.wav | same want - || note "-t $n $options"
		done
	done
	gx-spectrum s1.wav s2.wav >want
	gx-spectrum d1.wav d2.wav | sed 's/^d/s/' | same want -
	[[ $(gx-spectrum -b s1.wav s2.wav | gx-info | grep ^input_digest) == \
		$(gx-spectrum -b d1.wav d2.wav | gx-info | grep ^input_digest) ]]
	gx-spectrum s1.wav >want
	cat s1.wav | gx-spectrum --name s1.wav | same want -
	gx-spectrum --name s1.wav <s1.wav | same want -
	dd if=s1.wav bs=777 status=none | gx-spectrum --name s1.wav - | same want -
	gx-spectrum s1.wav | sed 's/^s1.wav/-/' | same - <(gx-spectrum <s1.wav)
	gzip -c s1.wav >s1.wav.gz
	gx-spectrum s1.wav.gz | sed 's/\.gz//' | same want -
	gx-spectrum <(cat s1.wav) s2.wav <(zstd -qc s3.wav) | cut -f 2- |
		same - <(gx-spectrum s1.wav s2.wav s3.wav | cut -f 2-)
}

@test "parts of sounds, joined, are the whole; one that lacks is named" {
	local n
	gx-spectrum --length 64 -b "$spectra"/songs/*/*.wav >whole
	for n in 1 2 3 5 12 14; do
		join_parts $n whole "$spectra"/songs/*/*.wav
	done
	rm part7.gxm
	refuses 75 "missing: rows 6 to 7 of 12" gx-reduce --join part*.gxm
	exits 0 gx-reduce --join --missing=14 part*.gxm
	[[ $(cat "$out") == 7 ]]
	# Of text, one behind the other.
	gx-spectrum --length 64 "$spectra"/songs/*/*.wav >text
	{
		head -n 1 text
		for n in 1 2 3 4 5; do gx-spectrum -H --length 64 --part $n/5 "$spectra"/songs/*/*.wav; done
	} | same text -
}

@test "parts of compressed sounds, and of the same names in other places" {
	wav a.wav 900 --seed 1
	wav b.wav 800 --seed 2
	wav c.wav 700 --seed 3
	gzip a.wav
	zstd -q --rm c.wav
	gx-spectrum --length 64 -b a.wav.gz b.wav c.wav.zst >whole
	join_parts 2 whole a.wav.gz b.wav c.wav.zst
	join_parts 5 whole a.wav.gz b.wav c.wav.zst
}

@test "parts of other lists do not make a whole" {
	local other
	wav a.wav 900 --seed 1
	wav b.wav 800 --seed 2
	wav c.wav 800 --seed 3
	gx-spectrum --length 64 -b --part 1/2 a.wav b.wav -o one.gxm
	while read -r other; do
		# shellcheck disable=SC2086
		gx-spectrum --length 64 -b --part 2/2 $other -o two.gxm
		refuses 1 "not parts of one matrix" gx-reduce --join one.gxm two.gxm || note "$other"
	done <<-'END'
		a.wav c.wav
		b.wav a.wav
		./a.wav b.wav
		--channel 1 a.wav b.wav
		--start 0.01 a.wav b.wav
		--duration 0.05 a.wav b.wav
		--relative a.wav b.wav
		--overlap 5 a.wav b.wav
		a.wav b.wav c.wav
	END
	# What is within the ends is not looked at by other parts; its digest is that of its own.
	gx-spectrum --length 64 -b --part 2/2 a.wav b.wav -o two.gxm
	gx-reduce --join -b one.gxm two.gxm | same - <(gx-spectrum --length 64 -b a.wav b.wav)
}

@test "parts of a matrix, joined, are the whole" {
	local k
	gx-simulate -n 50 -m 30 -o m.gxm
	gx-spectrum -b m.gxm >whole
	for k in 1 2 3; do gx-spectrum -b --part $k/3 m.gxm -o part$k.gxm; done
	gx-reduce --join -b part*.gxm | same whole -
	[[ $(gx-info whole | grep ^work) == 'work spectrum hann 30 15 density' ]]
}

@test "the step says what was done" {
	printf 'gene\ta\tb\tc\td\nx\t1\t2\t3\t5\n' >t.tsv
	work_of() {
		gx-spectrum -b "$@" | gx-info | sed -n 's/^work //p'
	}
	[[ $(work_of t.tsv) == 'spectrum hann 4 2 density' ]]
	[[ $(work_of --rate 1 t.tsv) == 'spectrum hann 4 2 density' ]]
	[[ $(work_of --rate .5 --window none --length 3 --overlap 1 --scale amplitude t.tsv) == \
		'spectrum none 3 1 amplitude rate 0.5' ]]
	[[ $(work_of --relative --no-detrend --rate 1e3 --scale spectrum t.tsv) == \
		'spectrum hann 4 2 spectrum no-detrend relative rate 1000' ]]
	gx-simulate -n 3 -m 8 -o m.gxm
	[[ $(work_of --columns 2-5 m.gxm) == 'columns:'*' spectrum hann 4 2 density' ]]
	wav a.wav 900
	[[ $(work_of --length 64 --channel 1 a.wav) == 'spectrum hann 64 32 density' ]]
}

@test "a sound of unknown size, or from a pipe, does not say what it is a part of" {
	wav a.wav 900
	wav piped.wav 900 --size ffffffff
	for sound in piped.wav a.wav; do
		gx-spectrum --length 64 -b $sound >$sound.gxm
		gx-spectrum --length 64 -b <$sound >$sound.stdin.gxm
	done
	[[ $(gx-info a.wav.gxm | grep ^input) =~ ^input\ sounds:[0-9a-f]{16} ]]
	for file in piped.wav.gxm piped.wav.stdin.gxm a.wav.stdin.gxm; do
		[[ $(gx-info $file | grep ^input) == *'input .'* ]]
		refuses 1 "does not say which part of which input" gx-reduce --join $file
	done
	gx-threshold -T 1 piped.wav.gxm >record
	[[ $(field input record) == . && $(field of record) == . && $(field last record) == 1 ]]
}

# ---- what it is for ----

@test "the lines of the study: rhythms of genes, and genres of sounds" {
	cp -r "$spectra/songs" .
	cp "$spectra/series/hours48.tsv" timecourse.tsv
	gx-spectrum --rate 0.5 timecourse.tsv | gx-threshold -T 4 >record
	# A rhythm of a day is 48 rows / 24: the second harmonic of an hourly series.
	gx-spectrum timecourse.tsv | gx-means >means
	[[ $(wc -l <means) == 25 && $(wc -l <record) == 26 ]]
	succeeds bash -c 'gx-spectrum --length 512 --relative -b songs/*/*.wav | gx-convert --transpose'
	[[ $(wc -l <"$out") == 258 && $(head -n 1 "$out") == *$'\tsongs/rain/rain 4.wav' ]]
	[[ $(sed -n 2p "$out" | cut -f 1) == 0 && $(tail -n 1 "$out" | cut -f 1) == 5512.5 ]]
	# Text gives the same numbers as GXM.
	gx-spectrum --length 512 --relative songs/*/*.wav | gx-convert --transpose | same "$out" -
	# What they have in common: drones are low, bells are not.
	gx-means --columns 'songs/drone/drone 1.wav,songs/drone/drone 2.wav' "$out" >drone
	[[ $(sort -k 2,2gr drone | sed -n 1p | cut -f 1 | cut -d . -f 1) -lt 1100 ]]
}

@test "-v, --progress and --explain speak of sounds" {
	wav a.wav 900 --channels 2
	wav b.wav 800 --kind 64
	gx-spectrum --length 64 a.wav b.wav >want
	exits 0 gx-spectrum -v --length 64 a.wav b.wav
	same want "$out"
	grep -qxF 'gx-spectrum: input: a.wav: sound, WAV, sample_kind 16-bit integer, rate 8000, channels 2, frames 900' "$err" ||
		note "$(cat "$err")"
	grep -qF 'b.wav: sound, WAV, sample_kind 64-bit float, rate 8000, channels 1, frames 800, 33 columns' "$err"
	exits 0 gx-spectrum --progress --length 64 a.wav b.wav
	same want "$out"
	grep -qE '^gx-spectrum: 2 rows of 2, 100%' "$err"
	succeeds gx-spectrum --explain --length 64 --part 2/3 a.wav b.wav -o out.gxm
	[[ ! -e out.gxm ]]
	fact() {
		awk -F '\t' -v key="$1" '$1 == key { print $2; exit }' "$out"
	}
	[[ $(fact file) == b.wav && $(fact sounds) == 1 && $(fact part) == 2/3 ]]
	[[ $(fact columns) == 33 && $(fact first) == 1 && $(fact last) == 2 && $(fact of) == 2 ]]
	[[ $(fact work) == 'spectrum hann 64 32 density' && $(fact output_format) == gxm ]]
	[[ $(fact input) == "$(gx-spectrum -b --length 64 a.wav b.wav | gx-info | sed -n 's/^input //p')" ]]
	# Of a table that is turned nobody knows the columns before it is read.
	table >t.tsv
	succeeds gx-spectrum --explain --transposed t.tsv
	[[ $(fact work) == 'spectrum hann . . density' ]]
	# The estimate of the memory grows with the length and the threads.
	gx-simulate -n 1 -m 2000000 -b -o long.gxm
	succeeds gx-spectrum --explain --length 1048576 long.gxm
	(($(fact memory) > 150000000 && $(fact memory) < 300000000))
}

# ---- what is refused ----

@test "bad sounds: exit 1, named, nothing written" {
	local file status because n=0
	cp -r "$spectra"/{bad,sound} .
	while IFS=$'\t' read -r file status because; do
		[[ $file != file ]] || continue
		[[ $file == bad/other_rate.wav ]] ||
			refuses "$status" "gx-spectrum: $file: " gx-spectrum --length 256 "$file" -o out
		# Nor behind a good one, whose row would have been written.
		refuses "$status" "$file" gx-spectrum --length 256 sound/tone16.wav "$file" -o out
		[[ ! -e out ]] || note "$file ($because) left an output"
		n=$((n + 1))
	done <"$spectra/bad.tsv"
	((n >= 18))
}

@test "a sound that is cut behind its head, in a pipe: exit 1 in its turn, with any threads" {
	wav a.wav 9000 --seed 1
	wav b.wav 9000 --seed 2
	local n
	for n in 1 2 3 7; do
		# Another fault behind it is not told.
		exits 1 gx-spectrum -t $n --repeated --length 2048 {a,a,a,a,a,a,a,a}.wav \
			<(head -c 12044 b.wav) b.wav <(head -c 14044 b.wav)
		cp "$out" out$n
		same out1 out$n
		grep -qF ": 3000 frames of 9000 are missing" "$err"
		[[ $(wc -l <"$err") == 1 ]]
	done
	refuses 1 "frames of 9000 are missing" gx-spectrum --length 64 -o out a.wav <(head -c 12044 b.wav)
	[[ ! -e out ]]
	gzip -c b.wav >b.wav.gz
	head -c 5000 b.wav.gz >cut.gz
	refuses 1 "cut.gz" gx-spectrum --length 64 -o out a.wav cut.gz
}

@test "sounds of several rates: exit 1 in every part, and the way out" {
	wav a.wav 900 --rate 8000
	wav b.wav 900 --rate 44100
	wav c.wav 900 --rate 8000
	refuses 1 "a.wav has 8000 frames a second, and b.wav has 44100" gx-spectrum --length 64 a.wav b.wav c.wav
	local k
	for k in 1 2 3 4; do
		refuses 1 "a.wav has 8000 frames a second, and b.wav has 44100" \
			gx-spectrum --length 64 --part $k/4 a.wav b.wav c.wav
	done
	# "call this for each rate"
	succeeds gx-spectrum --length 64 a.wav c.wav
	succeeds gx-spectrum --length 64 b.wav
	# Where other parts cannot see it, the one that reads it does.
	gzip b.wav
	succeeds gx-spectrum --length 64 --part 1/3 a.wav b.wav.gz c.wav
	refuses 1 "b.wav.gz has 44100" gx-spectrum --length 64 --part 2/3 a.wav b.wav.gz c.wav
	command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
	gunzip b.wav.gz
	refuses 1 "b.wav has 44100" gx-spectrum --length 64 a.wav b.wav
	advised b.wav
	succeeds gx-spectrum --length 64 a.wav G.wav c.wav
	gx-info G.wav | grep -x 'sample_kind 16-bit integer'
	# Nothing is rounded to 16 bits.
	refuses 1 "stereo24.wav has 16000" gx-spectrum --length 64 a.wav "$spectra/sound/stereo24.wav"
	advised "$spectra/sound/stereo24.wav"
	gx-info G.wav | grep -x 'sample_kind 64-bit float'
	succeeds gx-spectrum --length 64 a.wav G.wav
}

@test "sounds and matrices together, and what is neither" {
	wav a.wav 900
	table >t.tsv
	: >empty
	mkdir directory
	refuses 1 "a.wav is a sound, and t.tsv is not" gx-spectrum --length 64 a.wav t.tsv
	refuses 1 "t.tsv is no sound, and a.wav is one" gx-spectrum t.tsv a.wav
	refuses 1 "a.wav is a sound, and t.tsv is not" gx-spectrum --length 64 --part 1/2 a.wav t.tsv
	refuses 1 "empty: the file is empty: there is no sound in it" gx-spectrum --length 64 a.wav empty
	refuses 3 "absent.wav: No such file" gx-spectrum --length 64 a.wav absent.wav -o out
	refuses 3 "absent.wav: No such file" gx-spectrum --length 64 --part 1/2 a.wav absent.wav -o out
	refuses 3 "directory: Is a directory" gx-spectrum --length 64 a.wav directory
	refuses 3 "directory: Is a directory" gx-spectrum --length 64 --part 1/2 a.wav directory
	[[ ! -e out ]]
	# "the operands are sounds alone, or matrices alone"
	succeeds gx-spectrum t.tsv
	succeeds gx-spectrum --length 64 a.wav
}

@test "MP3, FLAC and their like: exit 1, and the pipe that is told works" {
	local song=$spectra/songs/bells
	cp "$song/bells 1.mp3" "$song/bells 1.flac" .
	wav a.wav 900
	refuses 1 "bells 1.mp3: MP3" gx-spectrum --length 512 "bells 1.mp3"
	sed 's/.*on the way: //' "$err" >pipe
	refuses 1 "bells 1.flac: FLAC" gx-spectrum --length 64 a.wav "bells 1.flac"
	refuses 1 "bells 1.flac: FLAC" gx-spectrum --length 64 --part 1/2 a.wav "bells 1.flac"
	command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
	sed 's/.*decode it once: //; s/, and name that file//' "$err" >once
	bash -e once
	succeeds gx-spectrum --length 512 "bells 1.flac.wav"
	sed 's/gx-spectrum/& --length 512/' pipe >longer
	succeeds bash -e -o pipefail longer
	[[ $(sed -n 2p "$out" | cut -f 1) == 'bells 1.mp3' ]]
}

@test "a sound that is too short, channels and seconds that it has not: exit 1" {
	wav a.wav 900 --channels 2
	wav piped.wav 900 --channels 2 --size ffffffff
	wav one.wav 1
	local sound
	for sound in a.wav piped.wav; do
		refuses 1 "$sound: 900 frames, fewer than --length 4096: give a --length of at most 900" \
			gx-spectrum $sound -o out
		succeeds gx-spectrum --length 900 $sound
		refuses 1 "$sound: --channel 3: it has 2 channels" gx-spectrum --length 64 --channel 3 $sound
		succeeds gx-spectrum --length 64 --channel 2 $sound
		refuses 1 "$sound: --start 0.2: it lasts 0.1125 s (900 frames)" \
			gx-spectrum --length 64 --start 0.2 $sound -o out
		refuses 1 "$sound: --start 0.1 --duration 0.1: it lasts 0.1125 s" \
			gx-spectrum --length 64 --start 0.1 --duration 0.1 $sound -o out
		refuses 1 "$sound: --duration 1e+300: it lasts" \
			gx-spectrum --length 64 --duration 1e300 $sound -o out
		refuses 1 "$sound: 100 frames chosen, fewer than --length 256: give a --length of at most 100" \
			gx-spectrum --length 256 --start 0.1 $sound -o out
		succeeds gx-spectrum --length 100 --start 0.1 $sound
		refuses 1 "$sound: 80 frames chosen, fewer than --length 256" \
			gx-spectrum --length 256 --duration 0.01 $sound -o out
	done
	# To the last frame, and not one more.
	succeeds gx-spectrum --length 100 --start 0.1 --duration 0.0125 a.wav
	refuses 1 "it lasts" gx-spectrum --length 100 --start 0.1 --duration 0.0126 a.wav
	refuses 1 "one.wav: 1 frame, fewer than --length 2: too few for any spectrum" \
		gx-spectrum --length 2 one.wav
	[[ ! -e out ]]
}

@test "a row that is too short: exit 1" {
	table >t.tsv
	refuses 1 "t.tsv: rows of 2 values, fewer than --length 3: give a --length of at most 2, or leave it out" \
		gx-spectrum --length 3 t.tsv -o out
	succeeds gx-spectrum --length 2 t.tsv
	succeeds gx-spectrum t.tsv
	refuses 1 "t.tsv: rows of one value" gx-spectrum --columns a t.tsv
	refuses 1 "<stdin>: rows of one value" gx-spectrum --columns a <t.tsv
	[[ ! -e out ]]
}

@test "options out of their range, and words that they have not: exit 2" {
	table >t.tsv
	local option message
	while IFS='|' read -r option message; do
		# shellcheck disable=SC2086
		refuses 2 "$message" gx-spectrum $option t.tsv
	done <<-'END'
		--length 1|--length 1: not a number of values from 2 to 16777216
		--length 16777217|--length 16777217: not a number
		--length x|--length x: not a number
		--overlap x|--overlap x: not a whole number
		--overlap 2|--overlap 2: a segment has 2 values: overlap 1 at most
		--length 2 --overlap 7|--overlap 7: a segment has 2 values: overlap 1 at most
		--window hamming|--window hamming: the windows are hann and none
		--scale log|--scale log: the scales are density, spectrum and amplitude
		--rate 0|--rate 0: not a number of values per unit of time
		--rate -1|--rate -1: not a number
		--rate inf|--rate inf: not a number
		--rate 1e301|--rate 1e301: not a number
		--channel 0|--channel 0: not the number of a channel
		--channel x|--channel x: not the number
		--start -1|--start -1: not a number of seconds from 0
		--start nan|--start nan: not a number of seconds
		--duration 0|--duration 0: not a number of seconds above 0
		--duration x|--duration x: not a number
	END
	refuses 2 "--name '': say what" gx-spectrum --name '' t.tsv
	succeeds gx-spectrum --overlap 1 t.tsv
	succeeds gx-spectrum --rate 1e300 t.tsv
	succeeds gx-spectrum --rate 1e-300 t.tsv
}

@test "a length with a large prime factor: exit 2, and the nearest is right" {
	wav a.wav 17000
	refuses 2 "--length 8209: it has a prime factor above 4096" gx-spectrum --length 8209 a.wav
	[[ $(sed -n 's/.*the nearest that works is //p' "$err") == 8210 ]]
	succeeds gx-spectrum --length 8210 a.wav
	refuses 2 "--length 16777213: it has a prime factor" gx-spectrum --length 16777213 a.wav
}

@test "an option of the other kind of input: exit 2" {
	wav a.wav 900
	table >t.tsv
	local option
	while read -r option; do
		# shellcheck disable=SC2086
		refuses 2 "t.tsv: ${option%% *} is of sounds, and this is a matrix" gx-spectrum $option t.tsv
	done <<-'END'
		--channel 1
		--start 0
		--duration 1
	END
	refuses 2 "<stdin>: --name is of sounds" gx-spectrum --name x <t.tsv
	refuses 2 "--name names a sound on standard input" gx-spectrum --length 64 --name x a.wav
	succeeds gx-spectrum --length 64 --name x - <a.wav
	refuses 2 "a.wav: --rate is of matrices" gx-spectrum --length 64 --rate 8000 a.wav
	while read -r option; do
		# shellcheck disable=SC2086
		refuses 2 "a.wav: ${option%% *} says how a table is to be read" gx-spectrum --length 64 $option a.wav
	done <<-'END'
		--delimiter tab
		--skip-lines 1
		--comment %
		--header
		--no-header
		--id-column 1
		--skip-columns 1
		--columns 1
		--all-columns
		--na x
		--transposed
		--decimal-comma
		--skip-blank
		--trailing-delimiter
		--feature-type all
	END
	# All that there are.
	help_of gx-spectrum | sed -n '/^Reading a table/,/^$/s/^ *\(-., \)\?--\([a-z-]*\).*/\2/p' >there
	[[ $(wc -l <there) == 15 ]]
}

# advised F: makes G.wav of it, as the last message says.
advised() {
	local line
	line=$(grep -o 'ffmpeg -i F .*G\.wav' "$err") || return 1
	line=${line/ F / "$1" }
	rm -f G.wav
	# shellcheck disable=SC2086
	ffmpeg -v error -nostdin ${line#ffmpeg } </dev/null
}

@test "--part of what no part can prove: exit 2, and the way out" {
	wav a.wav 900 --seed 1
	wav b.wav 800 --seed 2
	wav piped.wav 800 --seed 2 --size 7ffff000
	local k
	for k in 1 2; do
		refuses 2 "piped.wav: --part $k/2: who wrote it did not know its size" \
			gx-spectrum --length 64 --part $k/2 a.wav piped.wav
		refuses 2 "write it to a file, and name that" gx-spectrum --length 64 --part $k/2 a.wav - <b.wav
		refuses 2 "write it to a file, and name that" gx-spectrum --length 64 --part $k/2 a.wav <(cat b.wav)
		refuses 2 "write it to a file, and name that" gx-spectrum --length 64 --part $k/2 - a.wav <b.wav
	done
	cat b.wav >saved.wav
	gx-spectrum -b --length 64 a.wav saved.wav >whole
	join_parts 2 whole a.wav saved.wav
	table >t.tsv
	refuses 2 "--part takes one operand" gx-spectrum --part 1/2 t.tsv example.tsv
	command -v ffmpeg >/dev/null || skip "ffmpeg is not installed"
	refuses 2 "did not know its size" gx-spectrum --length 64 --part 1/2 a.wav piped.wav
	advised piped.wav
	gx-spectrum -b --length 64 a.wav G.wav >whole
	join_parts 2 whole a.wav G.wav
	gx-spectrum --length 64 G.wav | cut -f 2- | same - <(gx-spectrum --length 64 b.wav | cut -f 2-)
	# Samples of more bits stay as they are.
	local kind
	for kind in int32 float64 stereo24; do
		ffmpeg -v error -nostdin -y -i "$spectra/sound/$kind.wav" -c copy -f wav - </dev/null >piped.wav
		refuses 2 "did not know its size" gx-spectrum --length 64 --part 1/1 piped.wav
		advised piped.wav
		succeeds gx-spectrum --length 64 -b --part 1/1 G.wav -o part.gxm
		gx-spectrum --length 64 --name G.wav -b <"$spectra/sound/$kind.wav" >want.gxm
		gx-reduce --join part.gxm | same - <(gx-convert want.gxm)
	done
	# What was made of all of it is no part, either.
	gx-spectrum --length 64 -b piped.wav -o piped.gxm
	refuses 1 "make it again, and name the file" gx-reduce --join piped.gxm
	advised piped.wav
	gx-spectrum --length 64 -b G.wav -o G.gxm
	gx-reduce --join G.gxm | same - <(gx-convert G.gxm)
}

@test "the same sound twice: exit 2 without --repeated" {
	wav a.wav 900
	ln a.wav b.wav
	refuses 2 "name it once, or add --repeated" gx-spectrum --length 64 a.wav a.wav
	refuses 2 "are the same file" gx-spectrum --length 64 --part 1/2 a.wav b.wav
	succeeds gx-spectrum --length 64 --repeated a.wav b.wav
	[[ $(wc -l <"$out") == 3 ]]
}

@test "names of rows: as typed, and what no name can have" {
	wav a.wav 900
	mkdir -p 'd e'
	cp a.wav 'd e/"q" ü.wav'
	cp a.wav $'tab\there.wav'
	cp a.wav $'two\nlines.wav'
	succeeds gx-spectrum --length 64 ./a.wav 'd e/"q" ü.wav' $'tab\there.wav'
	gx-spectrum --length 64 -b ./a.wav 'd e/"q" ü.wav' $'tab\there.wav' | gx-convert | same "$out" -
	gx-convert <"$out" | same "$out" -
	[[ $(sed -n 2p "$out" | cut -f 1) == ./a.wav && $(sed -n 3p "$out" | cut -f 1) == 'd e/"q" ü.wav' ]]
	refuses 2 "a name of a row cannot have a control character" gx-spectrum --length 64 $'two\nlines.wav'
	refuses 2 "a name of a row cannot have a control character" gx-spectrum --length 64 --name $'a\nb' <a.wav
	ln -s $'two\nlines.wav' link.wav # "or make a link to it"
	succeeds gx-spectrum --length 64 link.wav
}

@test "a sound that is replaced, or written to, before its turn comes: exit 1" {
	wav a.wav 200000
	wav b.wav 900
	local how
	for how in 'cp a.wav b.wav' 'mv c.wav b.wav' 'rm b.wav'; do
		wav b.wav 900
		wav c.wav 900 --seed 2
		mkfifo slow
		# More than the first read and the pipe take: the rows have begun when it is through.
		{ head -c 300000 a.wav; $how; tail -c +300001 a.wav; } >slow &
		exits "$([[ $how == rm* ]] && echo 3 || echo 1)" gx-spectrum --length 64 slow b.wav -o out
		wait $!
		grep -qE 'b.wav: (it was replaced or changed|No such file)' "$err" || note "$(cat "$err")"
		[[ ! -e out ]]
		rm slow
	done
}
