#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# gx-time --work tasks: all tasks are done by every strategy, for as long as was asked for, and the
# conclusions say what waiting is worth. Nothing here is about how long anything takes.

load lib.bash
load time.bash

setup() {
	work
	quick=(--runs 1 --warmup 0)
	tasks=(gx-time "${quick[@]}" --work tasks)
}

# column NAME TABLE: strategy, cores and that column of each row.
column() {
	awk -F '\t' -v name="$1" '/^#/ { next }
		!at { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $1, $2, $at }' "$2"
}

@test "--task-time: its units, and what is no time" {
	local given shown
	while read -r given shown; do
		succeeds gx-time --work tasks --task-time "$given" --tasks 7 --explain
		grep -qxF "task time	$shown" "$out" || note "$given: $(cat "$out")"
		grep -qxF "tasks	7" "$out"
	done <<-END
		1us 1 us
		99.5us 99.5 us
		200us 0.2 ms
		0.1ms 0.1 ms
		20ms 20 ms
		0.2s 200 ms
		200ms 200 ms
		1e-1s 100 ms
		1s 1 s
		1.0000001s 1.0000001 s
		3600s 3600 s
	END
	succeeds gx-time --work tasks --explain
	grep -qxF "task time	0.1 ms" "$out"
	for given in 20 0s 0.4us 3600.1s 1m 1h ms s '' -1s 1sec "1 x" nans infs 1e999s "20 ns"; do
		refuses 2 "--task-time $given: a time with its unit, from 1us to 3600s: 200us, 20ms, 1s" \
			gx-time --work tasks --task-time "$given"
	done
	refuses 2 "--task-time has no effect with --work means" gx-time --task-time 1s
	refuses 2 "--task-time has no effect with --recorded" gx-time --recorded --task-time 1s runs
	refuses 2 "--strategies simd: the strategies of this work are loop, threads, processes" \
		gx-time --work tasks --strategies simd
}

@test "a task sleeps for as long as was asked for, and every one is started once" {
	mkdir stub
	printf '#!/bin/sh\necho "$1" >>"$SAID"\n' >stub/sleep
	chmod +x stub/sleep
	local given seconds strategy
	while read -r given seconds; do
		for strategy in processes xargs parallel; do
			: >said
			SAID=$PWD/said PATH=$PWD/stub:$PATH succeeds "${tasks[@]}" --tasks 5 --task-time "$given" \
				--cores 3 --strategies $strategy
			# The run that compares the answer, and the measured one.
			# (GNU parallel has a use for sleep itself.)
			[[ $(grep -cxF "$seconds" said) == 10 ]] || note "$strategy: $(cat said)"
		done
	done <<-END
		20ms 0.02
		1us 0.000001
		2s 2
		2.5s 2.5
	END
	# Within a process: a lower bound, which no load of the machine can break.
	succeeds "${tasks[@]}" --tasks 4 --task-time 30ms --cores 2 --strategies loop,threads,batched
	column min_s "$out" | awk '{ least = $1 == "loop" ? 0.12 : 0.06 } $3 < least { print; exit 1 }' ||
		note "$(cat "$out")"
}

@test "more workers than tasks, than cores; none that cannot be started" {
	succeeds "${tasks[@]}" --tasks 3 --cores 1,2,40 --strategies loop,threads,processes,batched,xargs
	[[ $(strategies_of "$out") == "batched loop processes threads xargs" ]]
	[[ $(column processes "$out" | grep ' 40 ' | xargs) == \
		"threads 40 3 processes 40 3 batched 40 40 xargs 40 3" ]] || note "$(cat "$out")"
	# They wait: no note says that they share the cores. Of a work that computes one does.
	succeeds "${tasks[@]}" --tasks 2 --cores 1024 --strategies loop
	lacks "share them" "$out"
	succeeds gx-time "${quick[@]}" --work dot -n 10 -m 2 --cores 1024 --strategies serial
	grep -q "^# note	there .* strategies that ask for more share them" "$out"
	[[ ! $GX_SANITIZED ]] || return 0
	exits 0 bash -c "ulimit -v 150000; timeout 60 ${tasks[*]} --tasks 5 --cores 1024 --strategies loop,threads"
	grep -q "threads on 1024 cores is left out: a thread could not be started: " "$err"
	grep -q "^loop	1" "$out"
}

@test "a strategy of tasks that is made to be wrong is caught" {
	local strategy
	for strategy in loop threads processes batched xargs parallel python-threads multiprocessing; do
		refuses 1 "disagrees: 4 tasks were done, not 5" wrong_one $strategy "${quick[@]}" --work tasks \
			--tasks 5 --cores 2 --peers --strategies "loop,$strategy"
		grep -q "^gx-time[^:]*: $strategy on [12] core" "$err" || note "$(cat "$err")"
		grep -q "nothing is ranked" "$err"
	done
}

@test "tasks in Python: every number comes back, from as many calls as are made" {
	succeeds "${tasks[@]}" --tasks 30 --cores 1,2,9 --peers --strategies loop,python-threads,multiprocessing
	# Pool.map makes batches: four for each worker, or as many as there are tasks.
	column processes "$out" >got
	same got - <<-END
		loop 1 NA
		python-threads 1 30
		python-threads 2 30
		python-threads 9 30
		multiprocessing 1 4
		multiprocessing 2 8
		multiprocessing 9 30
	END
	local python strategy
	for strategy in dask ray ray-batched; do
		python=$(peer_python ${strategy%-*}) || continue
		mkdir home
		HOME=$PWD/home succeeds "${tasks[@]}" --tasks 3001 --cores 2 --peers --python "$python" \
			--strategies loop,$strategy
		[[ -z $(ls -A home) ]] || note "$strategy left in HOME: $(find home)"
		rmdir home
		if [[ $strategy == ray-batched ]]; then
			[[ $(column processes "$out" | tail -1) == "ray-batched 2 4" ]]
		else
			[[ $(column processes "$out" | tail -1) == "$strategy 2 3001" ]]
		fi
		refuses 1 "$strategy on 2 cores disagrees: 19 tasks were done, not 20" \
			wrong_one $strategy "${quick[@]}" --work tasks --tasks 20 --cores 2 --peers --python "$python" \
			--strategies loop,$strategy
		# Fewer tasks than a batch has, and than there are workers.
		succeeds "${tasks[@]}" --tasks 2 --cores 1,3 --peers --python "$python" --strategies $strategy
	done
}

# A Ray that does as it is told, where there is none.
make_ray() {
	mkdir -p modules
	cat >modules/ray.py
	export PYTHONPATH=$PWD/modules:$PYTHONPATH
}

@test "a peer that fails or hangs is left out, with its words" {
	make_ray <<-END
		def init(**options):
		    raise RuntimeError("no room for the store")
	END
	exits 0 "${tasks[@]}" --tasks 3 --cores 1 --peers --strategies loop,ray
	grep -qxF "gx-time: ray on 1 core is left out: it failed (exit status 1): RuntimeError: no room for the store" "$err" ||
		note "$(cat "$err")"
	grep -q "^loop	1" "$out"
	make_ray <<-END
		import time
		def init(**options):
		    time.sleep(1000)
	END
	exits 0 timeout 60 "${tasks[@]}" --tasks 3 --cores 1 --budget 4s --peers --strategies loop,ray
	grep -q "ray on 1 core is left out: its first run took more than half of the remaining budget" "$err"
	# Without a budget it would wait for two minutes.
	sed 's/^READY = .*/READY = 1/' "$repo/lib/race/peers.py" >peers.py
	refuses 1 "its workers were not ready after 1 s" \
		bash -c 'timeout 60 python3 peers.py tasks ray 3 0.1 1 2>said; code=$?; sed "s/^peers.py/gx-time/" said >&2; exit $code'
}

@test "long tasks: cut by --budget, and gone when gx-time is killed" {
	local strategy pid i
	for strategy in loop threads processes batched xargs parallel python-threads multiprocessing; do
		exits 1 timeout 60 "${tasks[@]}" --tasks 5 --task-time 3599.25s --cores 2 --budget 2s --peers \
			--strategies $strategy
		grep -q "$strategy on [12] cores\{0,1\} is left out: its first run took more than half" "$err" ||
			note "$(cat "$err")"
	done
	[[ -z $(pgrep -fx 'sleep 3599.25') ]] || note "they sleep on"
	"${tasks[@]}" --tasks 5 --task-time 3599.75s --cores 3 --strategies processes >/dev/null 2>&1 &
	pid=$!
	for i in {1..200}; do
		[[ $(pgrep -fxc 'sleep 3599.75') == 3 ]] && break
		sleep 0.05
	done
	[[ $(pgrep -fxc 'sleep 3599.75') == 3 ]]
	kill -KILL $pid
	wait $pid || :
	for i in {1..200}; do
		[[ -z $(pgrep -fx 'sleep 3599.75') ]] && return
		sleep 0.05
	done
	note "they sleep on"
}

@test "waiting overlaps: the conclusion, from runs of known times" {
	limits work=tasks unit=task 'cores=2 of 2' >got <<-END
		loop      1  9.8 0.01 -  0.000048
		threads   1  9.8 0.01 48 0.000048
		threads   4  2.6 0.01 48 0.000048
		threads   16 1.2 0.01 48 0.000048
		processes 1  9.9 0.20 48 0.000048
		processes 4  2.6 0.20 48 0.000048
		processes 16 1.3 0.20 48 0.000048
		ray       16 4.0 0.20 48 0.000048
	END
	# On all workers, not only on as many as there are cores.
	same got - <<-END
		loop on 1 core is limited by waiting
		threads on 16 cores is limited by waiting
		processes on 16 cores is limited by start-up
		ray on 16 cores is limited by handing out
	END
	says "waiting overlaps: threads takes 1.2 s by 16 workers, 8.17 times as fast as one task after the other (9.8 s), on 2 cores: a worker that waits takes no core"
	says "ray on 16 cores is limited by handing out: it is 85% of its time: a task costs 1.13 s of a worker, the tasks in it 204 ms"
	# What a process costs is small beside these tasks; what Ray was not measured to cost on fewer is not.
	lacks "threads on .* its overhead is below" table
	lacks "processes on .* its overhead is below" table
	says "ray on 16 cores: handing out a task costs 1.13 s of a worker, so its overhead is below 5% when it is of 111 such tasks or more"
	lacks "race more workers" table
	# Short tasks: the cores have no more to give.
	limits work=tasks unit=task 'cores=2 of 2' >got <<-END
		loop      1  0.040 0.001 -   0.0002
		processes 1  0.300 0.300 200 0.0002
		processes 2  0.200 0.300 200 0.0002
		processes 16 0.190 0.300 200 0.0002
	END
	says "no waiting is seen to overlap: of those with more workers than the 2 cores that there are, processes by 16 is the fastest, and 0.21 times as fast as one task after the other"
	says "processes on 2 cores: a process costs 1.8 ms of a core, so its overhead is below 5% when it does 180 such tasks or more"
	lacks "waiting overlaps" table
	# As many times as fast as there are cores: they may have done it.
	limits work=tasks unit=task 'cores=1 of 1' >got <<-END
		loop    1 0.040 0.001 -   0.0002
		batched 2 0.040 0.001 2   0.0002
	END
	says "than the 1 core that there is, batched by 2 is the fastest, and 1.00 times as fast"
	# Without the loop, or the number of cores, nothing is said.
	limits work=tasks unit=task 'cores=2 of 2' >got <<<"threads 16 1.2 0.01 48 0.000048"
	lacks "overlap" table
	limits work=tasks unit=task >got <<-END
		loop    1  9.8 0.01 -  0.000048
		threads 16 1.2 0.01 48 0.000048
	END
	lacks "overlap" table
}

@test "what handing out a batch costs, and a process" {
	limits work=tasks unit=task 'cores=2 of 2' >got <<-END
		loop            1 3.00 0.1 -     0.02
		multiprocessing 2 1.60 0.1 8     0.02 2.0
		ray             2 9.10 0.1 20000 0.02 9.9
		ray-batched     2 1.70 0.1 20    0.02 4.0
		parallel        2 90.1 0.1 20000 0.02
	END
	same got - <<-END
		loop on 1 core is limited by waiting
		multiprocessing on 2 cores is limited by waiting
		ray on 2 cores is limited by handing out
		ray-batched on 2 cores is limited by waiting
		parallel on 2 cores is limited by start-up
	END
	says "ray on 2 cores is limited by handing out: it is 84% of its time: a task costs 760 us of a core, the tasks in it 150 us"
	says "ray on 2 cores: handing out a task costs 760 us of a core, so its overhead is below 5% when it is of 102 such tasks or more"
	says "ray-batched on 2 cores: handing out a batch costs 20 ms of a core, so its overhead is below 5% when it is of 2667 such tasks or more"
	says "parallel on 2 cores: a process costs 8.86 ms of a core, so its overhead is below 5% when it does 1182 such tasks or more"
}

@test "more workers are advised where tasks wait, and then waiting overlaps" {
	local loop="loop 1 0.040 0.001 - 0.0002"
	limits work=tasks unit=task 'cores=2 of 2' >got <<<"$loop
		threads 2 0.022 0.001 200 0.0002"
	says "threads on 2 cores waits for 91% of its time, and waiting takes no core: race more workers than the 2 cores that there are: add 8 to --cores"
	# No more than there are tasks; none where starting them takes the time; none where all have one.
	limits work=tasks unit=task 'cores=2 of 2' >got <<<"loop 1 0.040 0.001 - 0.000003
		threads 2 0.022 0.001 3 0.000003"
	says "add 3 to --cores"
	limits work=tasks unit=task 'cores=2 of 2' >got <<<"loop 1 0.040 0.001 - 0.000002
		threads 2 0.022 0.001 3 0.000002"
	lacks "race more workers" table
	limits work=tasks unit=task 'cores=64 of 64' >got <<<"$loop
		threads 2 0.022 0.001 200 0.0002"
	says "race more workers than the 64 cores that there are: add 200 to --cores"
	limits work=tasks unit=task 'cores=1000 of 1000' >got <<<"loop 1 0.040 0.001 - 0.2
		threads 2 0.022 0.001 200 0.2"
	says "add 1024 to --cores"
	limits work=tasks unit=task 'cores=2 of 2' quota=0.5 >got <<<"$loop"
	says "loop on 1 core waits for 100% of its time, and waiting takes no core: race more workers than the 1 core that there is: add 4 to --cores"
	# Advice is taken, on one core, whatever there are.
	cat >alone.py <<-END
		import os, sys
		os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
		os.execvp(sys.argv[1], sys.argv[1:])
	END
	local race=(python3 alone.py "${tasks[@]}" --tasks 12 --task-time 20ms --strategies loop,threads)
	succeeds "${race[@]}" --cores 1
	local more
	more=$(sed -nE 's/^# conclusion.*race more workers than the 1 core that there is: add ([0-9]+) to --cores$/\1/p' "$out")
	[[ $more == 4 ]] || note "$(cat "$out")"
	succeeds "${race[@]}" --cores 1,$more
	grep -q "^# conclusion	waiting overlaps: threads takes .* by 4 workers, .* times as fast .* on 1 core: a worker" "$out" ||
		note "$(cat "$out")"
	lacks "add .* to --cores" "$out"
}

@test "tasks of some length: table, JSON, Markdown, plot and recorded runs" {
	succeeds gx-time --runs 3 --warmup 0 --work tasks --tasks 6 --task-time 2ms --cores 1,3 \
		--strategies loop,threads,batched --runs-out runs -o table
	grep -qxF "# input	6 tasks of 2 ms" table
	grep -qxF "# input	6 tasks of 2 ms" runs
	python3 "$tests/check_time.py" table runs table
	succeeds gx-time --recorded runs
	same "$out" table
	succeeds gx-time --recorded --json runs -o json
	python3 "$tests/check_time.py" json table json
	succeeds gx-time --recorded --markdown runs
	grep -qE '^\| threads +\| +3 \|' "$out"
	# The same time in another unit is the same race; another time is not.
	gx-time "${quick[@]}" --work tasks --tasks 6 --task-time 0.002s --cores 5 --strategies threads --runs-out same >/dev/null
	succeeds gx-time --recorded runs same
	grep -q "^threads	5	1	" "$out"
	gx-time "${quick[@]}" --work tasks --tasks 6 --task-time 1ms --cores 1 --strategies loop --runs-out other >/dev/null
	refuses 1 "input is 6 tasks of 1 ms, but 6 tasks of 2 ms in the file before" gx-time --recorded runs other
	command -v gnuplot >/dev/null || return 0
	sed 's/^# cores	.*/# cores	2 of 2/' runs >two
	succeeds gx-time --recorded two --plot p.svg
	local text
	for text in "workers at a time" "speed-up against one worker" "efficiency: speed-up / workers" \
		"beyond the 2 cores that there are"; do
		grep -qF "$text" p.svg || note "not in the picture: $text"
	done
	lacks "speed-up against one core" p.svg
}
