#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sounds: WAV as gx-info reads it, what is refused, and the way that a message says.
# tests/check_sound.py has a second reader. Without ffmpeg the tests that need it are skipped,
# unless GX_ENGINES=required.

load lib.bash

setup() {
	work
	spectra=$tests/spectra
}

needs_ffmpeg() {
	command -v ffmpeg >/dev/null && return
	[[ ${GX_ENGINES:-} != required ]] || note "ffmpeg is not installed" || return 1
	skip "ffmpeg is not installed"
}

# head TAG CHANNELS RATE BLOCK BITS: the head of a WAV up to the size of its data, which come next.
head_of() {
	printf 'RIFF\377\377\377\177WAVEfmt '
	little 4 16
	little 2 "$1"
	little 2 "$2"
	little 4 "$3"
	little 4 0
	little 2 "$4"
	little 2 "$5"
	printf data
}

# little N NUMBER: as N bytes, the least one first.
little() {
	local i x=$2 text=
	for ((i = 0; i < $1; i++)); do
		text+=$(printf '\\x%02x' $((x & 255)))
		x=$((x >> 8))
	done
	# shellcheck disable=SC2059
	printf "$text"
}

# is_bad FILE TEXT: exit 1 with this text: as a file, from a pipe, in gzip and in zstd.
is_bad() {
	refuses 1 "$1: $2" gx-info "$1" || return 1
	refuses 1 "<stdin>: $2" gx-info < <(cat "$1") || return 1
	gzip -c "$1" >"$BATS_TEST_TMPDIR/packed.gz"
	refuses 1 "packed.gz: $2" gx-info "$BATS_TEST_TMPDIR/packed.gz" || return 1
	refuses 1 "<stdin>: $2" gx-info < <(zstd -qc "$1")
}

# digest FILE: what gx-info says of it.
digest() {
	gx-info "$1" | sed -n 's/^digest //p'
}

# The command of the last message, behind the text $1 and before $2, if there is one.
advice() {
	local text
	text=$(cat "$err")
	[[ $text == *"$1"*"${2-}"* ]] || note "no '$1' in: $text" || return 1
	text=${text#*"$1"}
	[[ -z ${2-} ]] || text=${text%%"$2"*}
	printf '%s' "$text"
}

@test "sounds of each kind, on file, pipe and within gzip, as a second reader has them" {
	python3 "$tests/check_sound.py" facts "$spectra"/sound/*.wav "$spectra"/bad/*.wav
	[[ $(find "$spectra/sound" -name '*.wav' | wc -l) -ge 14 ]]
}

@test "random sounds with chunks in any order, and damaged ones: as a second reader has them" {
	python3 "$tests/check_sound.py" random "${GX_SOUNDS:-150}"
}

@test "a sound that is cut is exit 1 at every byte, of each kind, on file and pipe" {
	python3 "$tests/check_sound.py" cut
}

@test "all facts of a sound, in text and JSON" {
	cd "$spectra/sound"
	prints "$(printf '%s\n' 'file stereo24.wav' 'format sound, WAV' 'sample_kind 24-bit integer' 'rate 16000' \
		'channels 2' 'frames 9600' 'seconds 0.6' 'digest 753b4251e71c45ec')" gx-info stereo24.wav
	succeeds gx-info --quick stereo24.wav
	same "$out" <(gx-info stereo24.wav | grep -v '^digest')
	gx-info --quick piped_ffffffff.wav | grep -x 'frames \.'
	gx-info --quick - < <(cat piped_ffffffff.wav) | grep -x 'seconds \.'
	gx-info rf64.wav | grep -x 'format sound, RF64'
	gx-info --json stereo24.wav | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert d == {"file": "stereo24.wav", "format": "sound, WAV", "sample_kind": "24-bit integer", "rate": 16000,
             "channels": 2, "frames": 9600, "seconds": 0.6, "digest": "753b4251e71c45ec"}, d'
	gx-info --json --quick piped_ffffffff.wav | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert d["frames"] is None and d["seconds"] is None and "digest" not in d, d'
	# Several, one after the other.
	gx-info rf64.wav six16.wav >"$BATS_TEST_TMPDIR/several"
	same "$BATS_TEST_TMPDIR/several" <(gx-info rf64.wav; gx-info six16.wav; echo 'operands 2')
	# Through pipes as well, the first one too.
	gx-info <(cat rf64.wav) - <six16.wav | grep -v '^file ' | same - <(grep -v "^file " "$BATS_TEST_TMPDIR/several")
	gx-info - six16.wav <rf64.wav | grep -v '^file ' | same - <(grep -v "^file " "$BATS_TEST_TMPDIR/several")
	gx-info --json rf64.wav six16.wav | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert list(d) == ["operands"] and [x["channels"] for x in d["operands"]] == [1, 6], d'
	gx-info --explain rf64.wav | grep -x $'rate\t8000'
	exits 0 gx-info -v rf64.wav
	grep -x 'gx-info: input: rf64.wav: sound, RF64, sample_kind 16-bit integer' "$err"
	gx-info -o "$BATS_TEST_TMPDIR/written" rf64.wav
	gx-info rf64.wav | same - "$BATS_TEST_TMPDIR/written"
	# A pipe is read to its end, whatever is asked.
	{ cat rf64.wav; head -c 3000000 /dev/zero; } >"$BATS_TEST_TMPDIR/long.wav"
	python3 "$tests/check_process.py" drains gx-info --quick <"$BATS_TEST_TMPDIR/long.wav"
	python3 "$tests/check_process.py" drains gx-info <"$BATS_TEST_TMPDIR/long.wav"
}

@test "the digest is that of the values: of 8 and 24 bits, floats, one channel and two of the same" {
	python3 - <<-'END'
		import struct
		values = [-1.0, -0.5, 0.0, 0.25, 0.9921875]
		def wav(name, tag, bits, pack, channels=1):
		    data = b"".join(pack(x) * channels for x in values)
		    form = struct.pack("<IHHIIHH", 16, tag, channels, 8000, 0, channels * bits // 8, bits)
		    body = b"WAVEfmt " + form + b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
		    open(name, "wb").write(b"RIFF" + struct.pack("<I", len(body)) + body)
		whole = lambda bits: lambda x: int(x * 2 ** (bits - 1)).to_bytes(bits // 8, "little", signed=True)
		for channels in (1, 2, 3, 4):
		    wav(f"u8_{channels}.wav", 1, 8, lambda x: bytes([int(x * 128) + 128]), channels)
		    for bits in (16, 24, 32):
		        wav(f"s{bits}_{channels}.wav", 1, bits, whole(bits), channels)
		    wav(f"f32_{channels}.wav", 3, 32, lambda x: struct.pack("<f", x), channels)
		    wav(f"f64_{channels}.wav", 3, 64, lambda x: struct.pack("<d", x), channels)
		open("values", "wb").write(struct.pack("<5d", *values))
	END
	local file want
	want=$(xxhsum -H3 values 2>/dev/null | sed -E 's/.*([0-9a-f]{16}).*/\1/')
	[[ -n $want ]]
	for file in *.wav; do
		[[ $(digest "$file") == "$want" ]] || note "$file: $(gx-info "$file")"
	done
	[[ $(ls ./*.wav | wc -l) == 24 ]]
}

@test "bad sounds: what is wrong with each" {
	cd "$spectra"
	local file text n=0
	while IFS='|' read -r file text; do
		is_bad "bad/$file.wav" "$text"
		n=$((n + 1))
	done <<-'END'
		cut_in_data|350 frames of 1600 are missing: it was cut: fetch or make it again
		cut_in_frame|the last frame is not whole: its head says 6398 bytes of data, and a frame has 4
		cut_in_head|it ends within its head, in the chunk 'fmt ' of 16 bytes: it was cut
		no_data|no data: it ends behind its head
		no_frames|no frames: its head says 0 bytes of data
		size_zero|its head says 0 bytes of data, and more follow: its writer did not know the size, as flac does not in a pipe
		alaw|A-law inside WAV, which is not read
		adpcm|ADPCM inside WAV, which is not read
		mp3_inside|MP3 inside WAV, which is not read
		twelve_bits|samples of 12 bits, which is not read: integers of 8, 16, 24 and 32 bits and floats of 32 and 64 are
		wrong_block|its head is damaged: a frame of 2 channels of 16 bits has 4 bytes, not 2
		no_channels|no channels: its head says 0 of them
		no_rate|no rate: its head says 0 frames per second
		big_endian|RIFX, a sound that is not read as it is
		data_before_fmt|its head is damaged: its data come before what they are, the fmt chunk
		huge_chunk|it ends within its head, in the chunk 'LIST' of 2147483632 bytes: it was cut
	END
	# All that bad.tsv has, but those that are bad for gx-spectrum alone.
	[[ $n == $(($(grep -c '^bad/' bad.tsv) - 2)) ]]
	gx-info bad/too_short.wav | grep -x 'frames 100'
	gx-info bad/other_rate.wav | grep -x 'rate 44100'
}

@test "forged heads: what they say is not believed, and nothing of that size is taken" {
	local big=18446744073709551615 i
	# As many frames as memory cannot hold, on a file and on a pipe.
	{ head_of 1 2 8000 4 16; little 4 4294967292; printf abcd; } >x.wav
	is_bad x.wav '1073741822 frames of 1073741823 are missing'
	{
		printf 'RF64\377\377\377\377WAVEds64'
		little 4 28
		little 8 $((-1))
		little 8 $((-2))
		head -c 12 /dev/zero
		head_of 1 1 8000 2 16 | tail -c +13
		little 4 4294967295
		printf abcd
	} >x.wav
	is_bad x.wav "$((big / 2 - 2)) frames of $((big / 2)) are missing" ||
		is_bad x.wav '9223372036854775805 frames of 9223372036854775807 are missing'
	{ head_of 1 65535 4294967295 65535 8; little 4 65535; printf abcd; } >x.wav
	is_bad x.wav '1 frames of 1 are missing'
	{ head_of 1 65535 8000 65534 16; little 4 65534; head -c 65534 /dev/zero; } >x.wav
	is_bad x.wav 'its head is damaged: a frame of 65535 channels of 16 bits has 131070 bytes, not 65534'
	{ head_of 3 0 0 0 0; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'no channels'
	{ head_of 1 1 8000 0 0; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'its head says samples of 0 bits'
	{ head_of 1 1 8000 0 16; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'its head is damaged: a frame of 1 channel of 16 bits has 2 bytes, not 0'
	{ head_of 3 1 8000 2 16; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'floats of 16 bits, which is not read'
	{ head_of 4660 1 8000 2 16; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'samples of the kind 0x1234 inside WAV, which is not read'
	{ printf 'RF64\377\377\377\377WAVE'; head_of 1 1 8000 2 16 | tail -c +13; little 4 4294967295; printf abcd; } >x.wav
	is_bad x.wav 'its head is damaged: it is RF64 and has no ds64 chunk'
	{ head_of 1 1 8000 2 16 | head -c -4; head_of 1 1 8000 2 16 | tail -c +13; little 4 4; printf abcd; } >x.wav
	is_bad x.wav 'its head is damaged: it has two fmt chunks'
	# The least and the most of what may be.
	{ head_of 1 65535 4294967295 65535 8; little 4 65535; head -c 65535 /dev/zero; } >x.wav
	gx-info x.wav | grep -x 'channels 65535'
	gx-info - < <(cat x.wav) | grep -x 'frames 1'
	[[ $(digest x.wav) == "$(python3 -c 'import struct; open("one", "wb").write(struct.pack("<d", -1))'
		xxhsum -H3 one 2>/dev/null | sed -E 's/.*([0-9a-f]{16}).*/\1/')" ]]
	# A hundred thousand chunks with nothing in them, and one in a pipe that is long.
	{
		printf 'RIFF\0\0\0\0WAVE'
		for ((i = 0; i < 1000; i++)); do printf 'JUNK\0\0\0\0'; done >some
		for ((i = 0; i < 100; i++)); do cat some; done
		head_of 1 1 8000 2 16 | tail -c +13
		little 4 4
		printf abcd
	} >x.wav
	gx-info x.wav | grep -x 'frames 2'
	gx-info <x.wav | grep -x 'frames 2'
}

@test "memory does not grow with a sound, nor with what its head says" {
	[[ -z ${GX_SANITIZED:-} ]] || skip "sanitizers take memory of their own"
	local file kib
	{ head_of 1 2 44100 4 16; little 4 400000; head -c 400000 /dev/zero; } >small.wav
	{ head_of 1 2 44100 4 16; little 4 400000000; } >large.wav
	truncate -s $((44 + 400000000)) large.wav
	{ head_of 1 16383 44100 65532 32; little 4 65532000; } >wide.wav
	truncate -s $((44 + 65532000)) wide.wav
	{ printf 'RIFF\0\0\0\0WAVEJUNK'; little 4 400000000; } >chunk.wav
	truncate -s $((20 + 400000000)) chunk.wav
	{ head_of 1 2 44100 4 16 | tail -c +13; little 4 400; head -c 400 /dev/zero; } >>chunk.wav
	for file in small large wide chunk; do
		exits 0 gx-info -v - < <(cat $file.wav)
		kib=$(sed -nE 's/.* ([0-9]+) KiB peak.*/\1/p' "$err")
		echo "$file $kib"
	done | awk '{ print } NR == 1 { least = $2 } $2 > least + 600 { print "too much"; bad = 1 }
		END { exit bad || NR != 4 }' >&2
}

@test "a size that programs write into pipes: less than it is all there is, more is no shorter sound" {
	local size file
	for size in 4294967295 4294967294 2147483647 2147479552; do
		{ head_of 1 1 8000 2 16; little 4 $size; printf abcde; } >x.wav
		gx-info x.wav | grep -x 'frames 2'
		gx-info - < <(cat x.wav) | grep -x 'frames 2'
		{ head_of 1 1 8000 2 16; little 4 $size; } >x.wav
		is_bad x.wav 'no frames: it ends behind its head'
		{ head_of 1 1 8000 2 16; little 4 $size; printf a; } >x.wav
		is_bad x.wav 'no frames: it ends behind its head'
	done
	# One less is a size as any other.
	{ head_of 1 1 8000 2 16; little 4 4294967292; printf abcd; } >x.wav
	is_bad x.wav '2147483644 frames of 2147483646 are missing'
}

@test "valid bits: the upper ones of a sample, and not more than there are" {
	python3 - <<-'END'
		import struct
		def wav(name, bits, valid, values):
		    guid = bytes.fromhex("0000000010008000" "00aa00389b71")
		    form = struct.pack("<HHIIHHHHIH", 0xFFFE, 1, 8000, 0, bits // 8, bits, 22, valid, 0, 1) + guid
		    data = b"".join(x.to_bytes(bits // 8, "little", signed=True) for x in values)
		    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
		    open(name, "wb").write(b"RIFF" + struct.pack("<I", len(body)) + body)
		wav("sixteen.wav", 16, 16, [-32768, 16, 1 << 14, 4080])
		wav("twelve.wav", 16, 12, [-32768, 16, 1 << 14, 4080])
		wav("untold.wav", 16, 0, [-32768, 16, 1 << 14, 4080])
		wav("twenty.wav", 24, 20, [x << 8 for x in (-32768, 16, 1 << 14, 4080)])
		wav("more.wav", 16, 17, [0, 0])
	END
	local file
	for file in twelve untold twenty; do
		[[ $(digest $file.wav) == "$(digest sixteen.wav)" ]]
	done
	is_bad more.wav 'its head is damaged: 17 of 16 bits are said to be valid'
}

@test "what a tired user has: nothing, a file of 0 bytes, an MP3 called WAV, matrices beside sounds" {
	: >empty.wav
	refuses 1 'empty.wav: the file is empty' gx-info empty.wav
	refuses 1 '<stdin>: no data on standard input' gx-info </dev/null
	refuses 1 '<stdin>: no data on standard input' gx-info - < <(true)
	refuses 3 'nothing.wav: No such file' gx-info nothing.wav
	cp "$spectra/songs/bells/bells 1.mp3" song.wav
	refuses 1 'song.wav: MP3, a sound that is not read as it is' gx-info song.wav
	table >t.tsv
	cp "$spectra/sound/tone16.wav" .
	refuses 1 'tone16.wav: not a matrix that gx reads but a sound (WAV)' gx-info t.tsv tone16.wav
	refuses 1 't.tsv: not a sound that is read (WAV)' gx-info tone16.wav t.tsv
	local option
	for option in --names --provenance --full-digest '-p 1/2' '--delimiter tab' --no-header '--columns 1' '--na x' \
		--transposed '--dataset x' '--feature-type all'; do
		# shellcheck disable=SC2086
		refuses 2 'is about a matrix, and this is a sound' gx-info $option tone16.wav
	done
	refuses 2 'tone16.wav' gx-info tone16.wav tone16.wav
	[[ $(gx-info --repeated tone16.wav tone16.wav | grep -c '^digest') == 2 ]]
}

@test "tables that begin as sounds do are tables" {
	local word
	for word in $'RIFF\tg1\tWAVE\tg2' $'RF64\tg1\tWAVE\tfmt ' $'ID3\tOggS\tfLaC\tRIFX' $'FORM\tg1\tAIFF\tx' \
		$'OggS\ta\tb\tc' $'fLaC\ta\tb\tc' $'RIFF\t\xc3\xa9\tWAVE\t\xc3\xa9'; do
		printf '%s\nx\t1\t2\t3\n' "$word" >t.tsv
		prints $'gene\tmean\nx\t2' gx-means t.tsv
		gx-info t.tsv | grep -x 'format text, table'
		gx-info - < <(cat t.tsv) | grep -x 'genes 1'
	done
}

# ---- the ways out ----

# taken TEXT END WANT: what the last message says between these gives a sound of this digest.
taken() {
	local line
	line=$(advice "$1" "$2") || return 1
	[[ $(eval "$line" | sed -n 's/^digest //p') == "$3" ]] || note "no digest $3: $line"
}

# other FILE NAME: gx-info names its kind, and its line gives the facts of what it decodes to; the
# same from standard input, within gzip, and as one of several.
other() {
	local file=$1 want piped way='on the way: '
	ffmpeg -v error -nostdin -i "./$file" -f wav - >decoded.wav </dev/null
	want=$(digest decoded.wav)
	[[ -n $want ]] || return 1
	refuses 1 "$2, a sound that is not read as it is: decode it on the way: ffmpeg" gx-info -- "$file" || return 1
	taken "$way" '' "$want" || return 1
	cp decoded.wav first.wav
	refuses 1 "$2, a sound" gx-info -- "$file" first.wav || return 1
	(eval "$(advice 'decode it once: ' ', and name')")
	[[ $(digest "./$file.wav") == "$want" ]] || note "$(cat "$err")" || return 1
	# An MP4 may have what it is at its end: who decodes it has to go back for it.
	[[ $file != x.m4a ]] || return 0
	gzip -c "./$file" >"packed $file.gz"
	refuses 1 "$2, a sound" gx-info "packed $file.gz" || return 1
	# Of a pipe ffmpeg does not know where some kinds end, and cuts nothing there.
	cat "./$file" | ffmpeg -v error -nostdin -i - -f wav - >piped.wav
	piped=$(digest piped.wav)
	taken "$way" '' "$piped" || return 1
	zstd -qc "packed $file.gz" >packed.zst
	refuses 1 "$2, a sound" gx-info packed.zst || return 1
	[[ $(advice "$way") == 'zstd -dc packed.zst | gzip -dc | ffmpeg '* ]] || note "$(cat "$err")" || return 1
	taken "$way" '' "$piped" || return 1
	cat "./$file" | refuses 1 "<stdin>: $2, a sound" gx-info || return 1
	cat "./$file" | taken "$way" '' "$piped"
}

@test "MP3, FLAC, Ogg, AIFF, W64, MP4 and others: the line of ffmpeg that the message has" {
	needs_ffmpeg
	local name kind options
	while IFS='|' read -r name kind options; do
		# shellcheck disable=SC2086
		ffmpeg -v error -nostdin -y -i "$spectra/sound/tone16.wav" -ar 44100 $options "./$name" </dev/null
		other "$name" $kind || note "$name" || return 1
	done <<-'END'
		with.mp3|MP3|-c:a libmp3lame
		without.mp3|MP3|-c:a libmp3lame -id3v2_version 0 -write_xing 0
		it's a "song" $(touch hacked) é.mp3|MP3|-c:a libmp3lame
		-b.mp3|MP3|-c:a libmp3lame
		song: one.mp3|MP3|-c:a libmp3lame
		song:one.mp3|MP3|-c:a libmp3lame
		x.mp2|MP3|-c:a mp2
		x.flac|FLAC|-c:a flac
		x.ogg|Ogg|-c:a libvorbis
		x.opus|Ogg|-ar 48000 -c:a libopus
		x.aiff|AIFF|
		x.w64|W64|
		x.m4a|MP4|-c:a aac
		fast.m4a|MP4|-c:a aac -movflags +faststart
		x.aac|AAC|-c:a aac
		x.caf|CAF|
		x.au|AU|
		x.wv|WavPack|
		x.wma|WMA|
		x.webm|WebM|-ar 48000 -c:a libopus
	END
	[[ ! -e hacked ]]
	# What the sounds of songs/ are.
	refuses 1 'MP3, a sound' gx-info "$spectra/songs/bells/bells 1.mp3"
	refuses 1 'FLAC, a sound' gx-info "$spectra/songs/bells/bells 1.flac"
	refuses 1 'Ogg, a sound' gx-info "$spectra/songs/rain/rain 1.ogg"
}

# deeper FILE WANT: what its lines decode, by pipe and by file, and from a pipe, has this digest.
deeper() {
	refuses 1 'decode it on the way: ' gx-info "$1" || return 1
	taken 'on the way: ' '' "$2" || return 1
	cat "$1" | taken 'on the way: ' '' "$2" || return 1
	cp "$spectra/sound/tone16.wav" first.wav
	refuses 1 'decode it once: ' gx-info "$1" first.wav || return 1
	(eval "$(advice 'decode it once: ' ', and name')")
	[[ $(digest "$1.wav") == "$2" ]]
}

@test "samples of more than 16 bits stay as they are where a line of ffmpeg decodes them" {
	needs_ffmpeg
	local name from options want other
	while IFS='|' read -r name from options; do
		# shellcheck disable=SC2086
		ffmpeg -v error -nostdin -y -i "$spectra/sound/$from.wav" $options "$name" </dev/null
		want=$(digest "$spectra/sound/$from.wav")
		deeper "$name" "$want" || note "$name" || return 1
		# What ffmpeg does by itself is another sound.
		other=$(ffmpeg -v error -nostdin -i "$name" -f wav - </dev/null | gx-info | sed -n 's/^digest //p')
		[[ -n $other && $other != "$want" ]] || note "$name has no more than 16 bits" || return 1
	done <<-'END'
		x.flac|stereo24|-sample_fmt s32 -c:a flac
		x.ogg|stereo24|-sample_fmt s32 -c:a flac
		x.aiff|stereo24|-c:a pcm_s24be
		x.w64|stereo24|-c:a pcm_s24le
		double.w64|float64|-c:a pcm_f64le
		x.caf|stereo24|-c:a pcm_s24le
		apple.caf|stereo24|-sample_fmt s32p -c:a alac
		x.au|stereo24|-c:a pcm_s24be
		x.wv|stereo24|-sample_fmt s32p -c:a wavpack
	END
	# AIFF and BW64 may have other chunks first, and RIFX has its own order of bytes.
	python3 - "$spectra/sound/stereo24.wav" <<-'END'
		import struct, sys
		data = open(sys.argv[1], "rb").read()
		at = data.index(b"data")
		count, = struct.unpack("<I", data[at + 4:at + 8])
		data = data[at + 8:at + 8 + count]
		big = b"".join(data[i:i + 3][::-1] for i in range(0, count, 3))
		def file(name, magic, order, *chunks):
		    body = b"".join(c + struct.pack(order + "I", len(x)) + x for c, x in chunks)
		    size = 0xffffffff if magic == b"BW64" else 4 + len(body)
		    open(name, "wb").write(magic[:4] + struct.pack(order + "I", size) + magic[4:] + body)
		common = struct.pack(">HIH", 2, count // 6, 24) + bytes.fromhex("400bfa00000000000000")
		file("first.aifc", b"FORMAIFC", ">", (b"FVER", bytes.fromhex("a2805140")),
		     (b"COMM", common + b"NONE\4none\0"), (b"SSND", bytes(8) + big))
		wave = lambda order: struct.pack(order + "HHIIHH", 1, 2, 8000, 48000, 6, 24)
		file("x.rifx", b"RIFXWAVE", ">", (b"fmt ", wave(">")), (b"data", big))
		file("x.bw64", b"BW64WAVE", "<", (b"ds64", struct.pack("<QQQI", 80 + count, count, count // 6, 0)),
		     (b"fmt ", wave("<")), (b"data", data))
	END
	want=$(digest "$spectra/sound/stereo24.wav")
	for name in first.aifc x.rifx x.bw64; do
		deeper $name "$want" || note "$name" || return 1
	done
	# A head that says it too late to be seen, or not at all.
	{ head -c 12 x.aiff; printf 'JUNK\0\0\1\0'; head -c 256 /dev/zero; tail -c +13 x.aiff; } >late.aiff
	deeper late.aiff "$want"
	# flac's pipe: the size of the data is 0.
	{ head_of 1 2 8000 6 24; little 4 0; tail -c 9600 "$spectra/sound/stereo24.wav"; } >zero.wav
	{ head_of 1 2 8000 6 24; little 4 9600; tail -c 9600 "$spectra/sound/stereo24.wav"; } >whole.wav
	refuses 1 'its head says 0 bytes of data' gx-info zero.wav
	taken 'it is whole: ' '' "$(digest whole.wav)"
}

@test "A-law, ADPCM, MP3 and others inside WAV, 12 bits, RIFX: the line of ffmpeg that the message has" {
	needs_ffmpeg
	local codec name
	while read -r codec name; do
		ffmpeg -v error -nostdin -y -i "$spectra/sound/tone16.wav" -c:a "$codec" "x y.wav" </dev/null
		refuses 1 "x y.wav: $name inside WAV, which is not read" gx-info 'x y.wav'
		eval "$(advice 'decode it: ')" >got
		ffmpeg -v error -nostdin -y -i 'x y.wav' decoded.wav </dev/null
		[[ $(sed -n 's/^digest //p' got) == "$(digest decoded.wav)" ]]
	done <<-'END'
		pcm_alaw A-law
		pcm_mulaw mu-law
		adpcm_ms ADPCM
		adpcm_ima_wav ADPCM
		libmp3lame MP3
	END
	# 12 bits are the upper ones of 16.
	refuses 1 'samples of 12 bits' gx-info "$spectra/bad/twelve_bits.wav"
	[[ $(eval "$(advice 'decode it: ')" | sed -n 's/^frames //p') == 1600 ]]
	eval "$(advice 'decode it: ')" | grep -x "digest $(digest <(
		head_of 1 1 8000 2 16
		tail -c +41 "$spectra/bad/twelve_bits.wav"
	))"
	# Integers of 64 bits, and big-endian ones.
	ffmpeg -v error -nostdin -y -i "$spectra/sound/tone16.wav" -c:a pcm_s64le s64.wav </dev/null
	refuses 1 's64.wav: samples of 64 bits' gx-info s64.wav
	[[ $(eval "$(advice 'decode it: ')" | sed -n 's/^digest //p') == "$(digest "$spectra/sound/tone16.wav")" ]]
	# ffmpeg takes the samples of RIFX for little-endian ones, unless it is told.
	python3 - <<-'END'
		import struct
		values = [-1.0, -0.5, 0.0, 0.25, 0.9921875] * 2000
		def wav(name, order, tag, bits, pack):
		    data = b"".join(map(pack, values))
		    form = struct.pack(order + "IHHIIHH", 16, tag, 1, 8000, 1000 * bits, bits // 8, bits)
		    body = b"WAVEfmt " + form + b"data" + struct.pack(order + "I", len(data)) + data
		    open(name, "wb").write((b"RIFX" if order == ">" else b"RIFF") + struct.pack(order + "I", len(body)) + body)
		for order, word, name in (("<", "little", "little"), (">", "big", "big")):
		    wav(f"{name}_8.wav", order, 1, 8, lambda x: bytes([int(x * 128) + 128]))
		    for bits in (16, 24, 32, 64):
		        wav(f"{name}_{bits}.wav", order, 1, bits, lambda x: int(x * 2 ** (bits - 1)).to_bytes(bits // 8, word, signed=True))
		    wav(f"{name}_f32.wav", order, 3, 32, lambda x: struct.pack(order + "f", x))
		    wav(f"{name}_f64.wav", order, 3, 64, lambda x: struct.pack(order + "d", x))
	END
	local kind
	for kind in 8 16 24 32 64 f32 f64; do
		refuses 1 "big_$kind.wav: RIFX, a sound" gx-info big_$kind.wav
		taken 'on the way: ' '' "$(digest little_16.wav)"
	done
	refuses 1 'samples of 64 bits' gx-info little_64.wav
	taken 'decode it: ' '' "$(digest little_16.wav)"
	refuses 1 'not a matrix that gx reads but a sound (RIFX): gx-info FILE says what decodes it' gx-means big_16.wav
}

@test "size 0, as flac writes it into a pipe: ffmpeg reads it to its end; RF64 from a pipe, above 4 GB" {
	needs_ffmpeg
	refuses 1 'have it write a file; or, where you know that it is whole: ' gx-info "$spectra/bad/size_zero.wav"
	eval "$(advice 'it is whole: ')" >got
	grep -x 'frames 1600' got
	{ head -c 40 "$spectra/bad/size_zero.wav"; little 4 3200; tail -c +45 "$spectra/bad/size_zero.wav"; } >whole.wav
	[[ $(sed -n 's/^digest //p' got) == "$(digest whole.wav)" ]]
	refuses 1 '<stdin>: its head says 0 bytes of data' gx-info <"$spectra/bad/size_zero.wav"
	eval "$(advice 'it is whole: ')" <"$spectra/bad/size_zero.wav" | grep -x 'frames 1600'
	# No chunk behind it makes it one of those.
	{ head_of 1 1 8000 2 16; little 4 0; printf 'LIST\4\0\0\0INFO'; } >x.wav
	is_bad x.wav 'no frames: its head says 0 bytes of data'
	ffmpeg -v error -nostdin -i "$spectra/sound/tone16.wav" -rf64 always -f wav - </dev/null | cat >rf64.wav
	is_bad rf64.wav 'its head says 0 bytes of data, and more follow: its writer did not know the size, as it wrote into a pipe: have it write a file'
	ffmpeg -v error -nostdin -y -i "$spectra/sound/tone16.wav" -rf64 always rf64.wav </dev/null
	[[ $(digest rf64.wav) == "$(digest "$spectra/sound/tone16.wav")" ]]
	# What ffmpeg writes into a pipe is read.
	ffmpeg -v error -nostdin -i "$spectra/sound/tone16.wav" -f wav - </dev/null | gx-info >got
	[[ $(sed -n 's/^digest //p' got) == "$(digest "$spectra/sound/tone16.wav")" ]]
}

@test "other filters say of a sound what reads it, and how" {
	needs_ffmpeg
	local c line
	cp "$spectra/sound/tone16.wav" "$spectra/songs/bells/bells 1.mp3" .
	for c in gx-means gx-convert gx-correlate gx-rank; do
		refuses 1 'tone16.wav: not a matrix that gx reads but a sound (WAV): gx-spectrum FILE makes a row of its spectrum, and gx-info FILE tells what it is' $c tone16.wav
		refuses 1 'not a matrix that gx reads but MP3, a sound, which ffmpeg decodes' $c 'bells 1.mp3'
	done
	line=$(advice 'a row of: ')
	[[ $line == *'-i FILE '*' | gx-spectrum --name FILE' ]]
	line=${line//FILE/\'bells 1.mp3\'}
	if command -v gx-spectrum >/dev/null; then
		eval "$line" >got
		[[ $(tail -n +2 got | cut -f 1) == 'bells 1.mp3' ]]
	else
		eval "${line%%| gx-spectrum*}| gx-info" | grep -x 'channels 1'
	fi
}
