#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-time --peers: what Python has agrees with the kernels, is told where it is not there, and leaves
# nothing behind. What Debian does not have is raced where GX_PEERS_PYTHON names a Python that has
# it, or `make deps-peers` has made one.

load lib.bash
load time.bash

setup() {
	work
	quick=(--runs 1 --warmup 0)
}

# agrees STRATEGY MODULES CORES <SHAPES: it has the answer of the kernel, of matrices with missing
# and infinite values; when it has not, that is noticed.
agrees() {
	local python n m
	python=$(peer_python "$2") || skip "no Python has $2"
	while read -r n m; do
		random_table "$n" "$m" 7 >t.tsv
		succeeds gx-time "${quick[@]}" --peers --python "$python" --cores "$3" --strategies "simd,$1" t.tsv
		[[ $(strategies_of "$out" | tr ' ' '\n' | grep -v simd) == "$1" ]] || note "$(cat "$out")"
		gx-means -b t.tsv | gx-threshold -T 12 >record
		grep -qF "answer	$(field count record) rows above, $(field na record) missing, of $n" "$out"
	done
	refuses 1 "$1 on ${3%%,*} core" wrong_one "$1" "${quick[@]}" --peers --python "$python" \
		--cores "${3%%,*}" --strategies "simd,$1" t.tsv
	grep -q "disagrees" "$err"
	grep -q "nothing is ranked" "$err"
}

# Fewer rows than blocks, one value, many columns.
shapes() {
	printf '%s\n' "1 1" "5 3" "700 9" "20 1500"
}

@test "threads of Python agree" {
	agrees python-threads math 1,3 < <(shapes)
}

@test "Polars agrees: a NaN is not above the threshold" {
	agrees polars "numpy, polars" 1,2 < <(shapes)
}

@test "DuckDB agrees: what is NULL is missing, and a sum of 1,500 columns is not too deep" {
	agrees duckdb "numpy, duckdb" 1,2 < <(shapes)
}

@test "Dask agrees" {
	agrees dask "numpy, dask" 1,2 < <(shapes)
}

@test "mpi4py agrees: ranks without a row, and a mpirun of another MPI" {
	command -v mpirun >/dev/null || skip "no mpirun"
	# As under an engine, whose settings must not send ranks elsewhere.
	export SLURM_JOB_ID=1 SLURM_NNODES=2 OMPI_COMM_WORLD_SIZE=2
	agrees mpi4py "numpy, mpi4py" 1,3 < <(shapes)
	mkdir other
	printf '#!/bin/sh\nshift 2\nexec "$@"\n' >other/mpirun
	chmod +x other/mpirun
	# The mpirun beside a Python goes first.
	local python
	python=$(command -v "$(peer_python "numpy, mpi4py")")
	if [[ -x ${python%/*}/mpirun ]]; then
		ln -s "$python" other/python
		python=$PWD/other/python
	fi
	PATH=$PWD/other:$PATH exits 0 gx-time "${quick[@]}" --peers --python "$python" \
		--cores 2 --strategies simd,mpi4py t.tsv
	grep -q "mpi4py on 2 cores is left out: .*: mpirun started 1 ranks, not 2: it is not of the MPI that mpi4py has loaded" "$err"
	# A rank that fails ends the others, which wait for it.
	gx-simulate -n 7 -m 3 -o seven.npy
	cp "$repo/lib/race/peers.py" .
	exits 1 timeout 60 "$(peer_python "numpy, mpi4py")" peers.py means mpi4py seven.npy 8 3 12 2
	tail -n 1 "$err" | grep -x "SystemExit: peers.py: seven.npy is (7, 3), not 8 x 3"
}

@test "Ray agrees, with its files under a path too long for its sockets" {
	export HOME=$PWD/home TMPDIR=$PWD/a_directory_that_is_longer_than_a_path_of_a_socket_may_be
	mkdir "$HOME" "$TMPDIR"
	agrees ray "numpy, ray" 2 <<<"700 9"
	# Behind a gx-time that fails its launcher cleans up by itself.
	for ((i = 0; i < 200; i++)); do
		[[ -n $(find "$HOME" "$TMPDIR" -mindepth 1) ]] || break
		sleep 0.05
	done
	((i < 200)) || note "$(find "$HOME" "$TMPDIR")"
}

@test "CuPy agrees, on the card and with the copy to it" {
	local python s
	python=$(peer_python "numpy, cupy") || skip "no Python has CuPy"
	"$python" -c 'import cupy; cupy.cuda.runtime.getDeviceCount()' 2>/dev/null || skip "no GPU"
	for s in cupy cupy-pinned cupy-pageable; do
		agrees $s "numpy, cupy" 1 < <(shapes)
	done
}

# bare: a Python without modules but those of PYTHONPATH.
make_bare() {
	# In a directory of its own: no mpirun is beside it.
	mkdir own
	ln -s "$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')" own/python3
	printf '#!/bin/sh\nexec %q/own/python3 -S "$@"\n' "$PWD" >bare
	chmod +x bare
	export PYTHONPATH=$PWD/modules
	mkdir modules
}

@test "a module that is not there is told once, with the strategies that need it; another Python has it" {
	make_bare
	exits 0 gx-time "${quick[@]}" --peers --python ./bare -n 50 -m 3 --cores 1 \
		--strategies simd,python,numpy,numba,dask
	[[ $(cat "$err") == "gx-time: numpy is left out: ./bare has no numpy, which numba, dask need too: install it, or give --python PROGRAM" ]] ||
		note "$(cat "$err")"
	[[ $(strategies_of "$out") == "python simd" ]]
	exits 0 gx-time "${quick[@]}" --peers --python ./bare -n 50 -m 3 --cores 1
	lacks cupy "$err"
	exits 0 gx-time "${quick[@]}" --peers --python ./bare -n 50 -m 3 --cores 1 --strategies simd,cupy
	grep -q "cupy is left out: ./bare has no numpy, which" "$err" || grep -q "cupy is left out: ./bare has no numpy: " "$err"
	unset PYTHONPATH
	local python
	python=$(peer_python numpy) || skip "no Python has NumPy"
	succeeds gx-time "${quick[@]}" --peers --python "$python" -n 50 -m 3 --cores 1 --strategies simd,numpy
	[[ $(strategies_of "$out") == "numpy simd" ]]
}

@test "a module that does not load tells why" {
	make_bare
	touch modules/numpy.py
	printf 'raise ImportError("libz is\\n too old")\n' >modules/polars.py
	printf 'import os\nos.kill(os.getpid(), 4)\n' >modules/duckdb.py
	printf 'print("hello")\nraise SystemExit(0)\n' >modules/dask.py
	mkdir modules/mpi4py
	printf 'class rc: pass\n' >modules/mpi4py/__init__.py
	touch modules/mpi4py/MPI.py
	printf 'class runtime:\n  class CUDARuntimeError(Exception): pass\n  def getDeviceCount(): raise runtime.CUDARuntimeError("no driver")\nclass cuda: runtime = runtime\n' >modules/cupy.py
	mkdir few
	local tool
	for tool in sh env sleep; do ln -s "$(command -v $tool)" few/; done
	PATH=$PWD/few exits 0 "$GX_BIN/gx-time" "${quick[@]}" --peers --python ./bare -n 50 -m 3 --cores 1 \
		--strategies simd,polars,duckdb,dask,mpi4py,cupy
	[[ $(strategies_of "$out") == simd ]]
	same "$err" - <<-'END'
		gx-time: polars is left out: ./bare has polars, but it does not load: ImportError: libz is too old
		gx-time: duckdb is left out: ./bare has duckdb, but it does not load: it ends by signal 4
		gx-time: dask is left out: ./bare has dask, but it does not load: SystemExit: 0
		gx-time: mpi4py is left out: ./bare has mpi4py, but mpirun is not on PATH: install Open MPI or MPICH
		gx-time: cupy is left out: ./bare has cupy, but it finds no GPU: no driver
	END
}

# below PID: all processes that it or its launcher has started.
below() {
	python3 - "$1" <<-'END'
		import os, sys
		parent = {}
		for name in os.listdir("/proc"):
		    try:
		        with open(f"/proc/{name}/stat") as f:
		            parent[name] = f.read().rpartition(")")[2].split()[1]
		    except (OSError, IndexError):
		        pass
		def is_below(pid):
		    while pid in parent and pid != sys.argv[1]:
		        pid = parent[pid]
		    return pid == sys.argv[1]
		print(*[pid for pid in parent if pid != sys.argv[1] and is_below(pid)])
	END
}

# listening PID ...: the sockets on which they listen, but those of loopback.
listening() {
	python3 - "$@" <<-'END'
		import os, sys
		inodes = {}
		for kind, loopback in (("tcp", ("0100007F",)), ("tcp6", (
		        "0" * 24 + "01000000", "0000000000000000FFFF00000100007F"))):
		    with open(f"/proc/net/{kind}") as f:
		        for line in list(f)[1:]:
		            field = line.split()
		            if field[3] == "0A":
		                inodes[field[9]] = field[1].split(":")[0] in loopback
		found = 0
		for pid in sys.argv[1:]:
		    try:
		        for fd in os.listdir(f"/proc/{pid}/fd"):
		            inode = os.readlink(f"/proc/{pid}/fd/{fd}").partition("socket:[")[2].rstrip("]")
		            found += inode in inodes
		            if not inodes.get(inode, True):
		                print(pid, fd)
		    except OSError:
		        pass
		if not found:
		    print("none listens at all")
	END
}

# leaves_nothing STRATEGY MODULES PROCESS SIGNAL: when gx-time ends by the signal, while PROCESS runs
# beneath it.
leaves_nothing() {
	local python scratch i pid pids= heard=
	python=$(peer_python "$2") || skip "no Python has $2"
	scratch=$(mktemp -d "$BATS_RUN_TMPDIR/XXXX")
	mkdir home
	ls /dev/shm >shared
	HOME=$PWD/home TMPDIR=$scratch gx-time --runs 1000 --peers --python "$python" -n 20000 -m 50 \
		--cores 2 --strategies "$1" >/dev/null 2>&1 </dev/null 3>&- &
	pid=$!
	for i in {1..600}; do
		pids=$(below $pid)
		[[ -n $pids ]] && ps -o args= -p "${pids// /,}" | grep -c -- "$3" >/dev/null && break
		sleep 0.1
	done
	[[ $1 != ray ]] || heard=$(listening $pids)
	kill -"$4" $pid
	wait $pid || :
	((i < 600)) || note "no $3 was there"
	[[ -z $heard ]] || note "listening, process and descriptor: $heard"
	for i in {1..100}; do
		[[ -z $(ls -A "$scratch") ]] && lacks -qs "^State:	[RSD]" $(printf '/proc/%s/status ' $pids) && break
		sleep 0.1
	done
	lacks -s "^State:	[RSD]" $(printf '/proc/%s/status ' $pids) || note "left by $4: $(ps -p "${pids// /,}")"
	[[ -z $(pgrep -f "$scratch") ]] || note "left by $4: $(pgrep -af "$scratch")"
	[[ -z $(ls -A "$scratch" home | grep -v ':$') ]] || note "left by $4: $(find "$scratch" home)"
	ls /dev/shm | grep -vxFf shared | grep -E 'plasma|vader|sm_segment' && note "left in /dev/shm"
	rmdir home
}

@test "Ray listens on loopback alone, and all of it ends with gx-time, interrupted or killed" {
	leaves_nothing ray "numpy, ray" raylet/raylet TERM
	leaves_nothing ray "numpy, ray" raylet/raylet KILL
}

@test "ranks end with gx-time, interrupted or killed" {
	command -v mpirun >/dev/null || skip "no mpirun"
	leaves_nothing mpi4py "numpy, mpi4py" mpirun TERM
	leaves_nothing mpi4py "numpy, mpi4py" mpirun KILL
}

@test "each line of gx-time(1) for the lecture, the notebook and the workshop runs" {
	local python name line n=0 small missing
	python=$(peer_python "numpy, ray") || python=$(peer_python "numpy, dask") || python=$(peer_python numpy) ||
		skip "no Python has NumPy"
	awk '/^\.Ss/ { on = $0 ~ /A lecture, a notebook and a workshop/ }
		/^\.Ed/ { inside = 0 }
		on && inside { gsub(/\\e/, "\\"); print }
		/^\.Bd -literal/ { inside = 1 }' "$repo/man/gx-time.1" |
		sed -e ':a' -e '/\\$/N; s/ *\\\n */ /; ta' >lines
	while IFS= read -r line; do
		n=$((n + 1))
		case $line in
		*matmul*) small="--size 12" ;;
		*tasks*) small="--tasks 3 --task-time 1ms" ;;
		*) small="-n 60 -m 6" ;;
		esac
		[[ $line != *--peers* ]] || small+=" --python $python"
		exits 0 bash -c "$line $small ${quick[*]} --cores 2"
		# Each strategy of the line has raced, or its module is not there.
		for name in $(sed -nE 's/.*--strategies ([^ ]*).*/\1/p' <<<"$line" | tr , ' '); do
			grep -q "^$name	" "$out" || grep -qE " $name( is left out|, .* too| needs? too)" "$err" ||
				note "$line: $name did not race: $(cat "$err")"
		done
	done <lines
	((n == 14)) || note "$n lines: $(cat lines)"
}
