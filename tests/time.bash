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

# peer_python MODULES: a Python that has them.
peer_python() {
	local python
	for python in ${GX_PEERS_PYTHON:-} "${GX_TESTS:-$repo/build/tests}/../peers/bin/python"; do
		"$python" -c "import $1" 2>/dev/null || continue
		echo "$python"
		return
	done
	python_with "$1"
}

# forged FACT=VALUE ... <ROWS: a file of runs. A row has a strategy, cores, seconds, seconds of
# processor time, processes, bytes in millions and, of Python, seconds of the whole process.
# Each is written six times.
forged() {
	local fact
	echo "# gx-time runs 1"
	for fact; do
		printf '# %s\t%s\n' "${fact%%=*}" "${fact#*=}"
	done
	awk -v OFS='\t' 'BEGIN {
			print "strategy", "cores", "order", "seconds", "whole", "processor", "peak", "processes", "amount"
		}
		function known(x) { return x == "" ? "NA" : x }
		NF { for (i = 0; i < 6; i++)
			print $1, $2, ++n, $3, known($7), $4, 1e6, known($5), $6 == "-" || $6 == "" ? "NA" : $6 * 1e6 }' |
		sed 's/\t-/\tNA/g'
}

# limits FACT=VALUE ... <ROWS: what is said to limit each strategy, without the numbers.
limits() {
	forged "$@" >runs
	gx-time --recorded runs -o table || return 1
	python3 "$tests/check_time.py" table runs table || return 1
	sed -nE 's/^# conclusion\t(.* is limited by [^:]*): .*/\1/p
		s/^# conclusion\twhat limits (.*) is not known: .*/\1 not known/p' table
}

# says WORDS: a conclusion has them.
says() {
	grep -qF -- "$1" table || note "not said: $1: $(grep '^# conclusion' table)"
}
