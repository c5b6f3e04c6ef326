#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Tables as users have them: which line is the header, which columns are samples, what is no
# table. Each is read right, or refused with advice that ends in the right answer.

load lib.bash

setup() {
	work
}

@test "tables that users have: right, or refused with advice that is right" {
	python3 "$tests/check_field.py"
}

@test "random tables are read as they were written, or refused with advice that is right" {
	python3 "$tests/check_tables.py" --count "${GX_TABLES:-$([[ -n ${GX_SANITIZED-} ]] && echo 40 || echo 200)}"
}

# means_of_published PREFIX DIRECTORY: the tables below PREFIX in field/means.tsv, from DIRECTORY.
means_of_published() {
	local want file n=0
	while IFS=$'\t' read -r want file; do
		[[ $file == "$1"/* ]] || continue
		n=$((n + 1))
		gx-means "$2/${file#"$1"/}" >means
		[[ $(sha256sum <means) == "$want  -" ]] || note "$file: its means are others"
	done <"$tests/field/means.tsv"
	((n > 0))
}

@test "published tables keep their means to the bit" {
	means_of_published data "$data"
	means_of_published dialects/published "$tests/dialects/published"
}

@test "full published tables keep their means to the bit" {
	[[ -d $full ]] || skip "the full tables are not here ($full)"
	means_of_published full "$full"
}
