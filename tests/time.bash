# SPDX-License-Identifier: MIT
# What the tests of gx-time share.

# The gx-time in which GX_TEST_WRONG makes a strategy wrong, made by `make check`.
wrong_one() {
	local program=${GX_TESTS:-$repo/build/tests}/gx-time-wrong
	[[ -x $program ]] || skip "no $program: make check builds it"
	GX_TEST_WRONG=$1 "$program" "${@:2}"
}

strategies_of() {
	awk -F '\t' '/^#/ { next } !head { head = 1; next } { print $1 }' "$1" | sort -u | xargs
}

# A table of random numbers, missing and infinite ones among them.
random_table() {
	python3 - "$1" "$2" "$3" <<-'END'
		import random, sys
		n, m, seed = map(int, sys.argv[1:])
		r = random.Random(seed)
		print("\t".join(["gene"] + [f"s{j}" for j in range(m)]))
		for i in range(n):
		    row = []
		    for j in range(m):
		        u = r.random()
		        row.append("NA" if u < 0.02 else "Inf" if u > 0.999 else repr(r.expovariate(1 / 12)))
		    print("\t".join([f"g{i}"] + row))
	END
}
