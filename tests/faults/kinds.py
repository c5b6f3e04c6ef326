# SPDX-License-Identifier: MIT
"""The faults. Each is a function of a unit and a source of random numbers that does the damage,
runs the sweep, demands that it either prints the exact record or refuses with the cause,
repairs as a user would, runs the sweep again, and demands the exact record. It returns how it
came out: "exact", or "refused" and then exact.

Three tables: RECORDS are faults in a directory of finished records, EDITS in the matrix between
parts, RUNS in a sweep while it runs. ("Whole" is a record that no fault has touched.)"""

import os
import re
import signal
import subprocess
import time

import oracle
from campaign import PARTS, PATIENCE, THRESHOLD, Base, Failure, read, record, tool, write

DAMAGED = r"damaged|cut off|not a record|no record in it|binary matrix"
ANOTHER_RUN = r"is of another run|of another run: input"


# ---- faults in records ----

def filled(unit, draw, less=0):
    """All records, or all but some that are still to be made."""
    names = [str(k) for k in range(1, PARTS + 1)]
    draw.shuffle(names)
    unit.fill(names[less:])
    return names[less:]


def refused_then_repaired(unit, cause, touched, codes=(1,)):
    """Refused until every record that was touched is removed, by the names in the messages."""
    touched = set(touched)
    unit.keep(without=touched)
    for _ in range(len(touched)):
        done = unit.sweep()
        unit.demand_refusal(done, codes, cause)
        named = {name for name in touched
                 if re.search(r"(?<![\w/])(?:records/|.*/)?" + re.escape("records/" + name) +
                              r"(?![\w.])", done.err)}
        if not named:
            raise Failure("no cause", f"none of {touched} is named: {done.err}")
        for name in named:
            os.unlink(unit.path(name))
        touched -= named
        if not touched:
            break
        done = unit.sweep()
        if done.code == 0:
            unit.demand_exact(done)
            return "refused"
        unit.demand_refusal(done, codes, cause)
    unit.demand_exact(unit.sweep())
    return "refused"


def damage(unit, draw, change, cause=DAMAGED):
    """Changes the bytes of one record."""
    name = draw.choice(filled(unit, draw))
    was = read(unit.path(name))
    now = change(was)
    if now == was:
        return None
    write(unit.path(name), now)
    return refused_then_repaired(unit, cause, [name])


def truncated(unit, draw):
    return damage(unit, draw, lambda was: was[:draw.randrange(len(was))])


def flipped(unit, draw):
    def change(was):
        now = bytearray(was)
        for _ in range(draw.choice([1, 1, 2, 5])):
            now[draw.randrange(len(now))] ^= 1 << draw.randrange(8)
        return bytes(now)
    return damage(unit, draw, change)


def miscounted(unit, draw):
    """Another digit in the count, which is still one that could be: only the check tells."""
    def change(was):
        line = was.decode().split("\n")[1].split("\t")
        count = int(line[1])
        line[1] = str(count - 1 if count else min(1, int(line[2])))
        return was.split(b"\n")[0] + b"\n" + "\t".join(line).encode() + b"\n"
    return damage(unit, draw, change, "damaged: its check is wrong")


def zeroed(unit, draw):
    """As file systems leave what was not written out when the power went."""
    return damage(unit, draw, lambda was: bytes(len(was)))


def appended(unit, draw):
    return damage(unit, draw, lambda was: was + draw.choice(
        [b"\n", b"x", was[:40], b"Killed\n", was.split(b"\n")[1] + b"\n"]))


def mixed(unit, draw):
    """Two records as xargs, mpirun and srun mix what jobs write on one standard output."""
    one, two = draw.sample(filled(unit, draw), 2)
    a, b = read(unit.path(one)), read(unit.path(two))
    cut, other = draw.randrange(1, len(a)), draw.randrange(1, len(b))
    os.unlink(unit.path(two))
    write(unit.path(one), a[:cut] + b[:other] + a[cut:] + b[other:])
    return refused_then_repaired(unit, DAMAGED + "|differ in|same part twice", [one])


def dropped(unit, draw):
    names = filled(unit, draw)
    gone = draw.sample(names, draw.choice([1, 1, 2, 3, 7]))
    for name in gone:
        os.unlink(unit.path(name))
    unit.keep()
    unit.demand_missing(unit.reduce())
    unit.demand_exact(unit.sweep())
    return "exact"


def repeated(unit, draw):
    """The record of a part under another name too."""
    name = draw.choice(filled(unit, draw))
    copy = draw.choice([name + ".again", "101", "copy of " + name, "0" + name])
    write(unit.path(copy), read(unit.path(name)))
    return refused_then_repaired(unit, "same part twice", [copy])


def replaced(unit, draw):
    """The record of one part where that of another was."""
    one, two = draw.sample(filled(unit, draw), 2)
    write(unit.path(two), read(unit.path(one)))
    return refused_then_repaired(unit, "same part twice", [two])


def swapped(unit, draw):
    """Which part a record is of stands in it, and not in its name."""
    one, two = draw.sample(filled(unit, draw), 2)
    os.rename(unit.path(one), unit.path("x"))
    os.rename(unit.path(two), unit.path(one))
    os.rename(unit.path("x"), unit.path(two))
    unit.keep()
    unit.demand_exact(unit.sweep())
    return "exact"


def foreign(unit, draw, make, cause, most=2):
    """Records of another run where some of ours were."""
    names = draw.sample(filled(unit, draw, less=draw.choice([0, 0, 2])), draw.randint(1, most))
    for name in names:
        made = make(name)
        if made == read(unit.base.records[name]):
            return None # 1/101 of 4000 rows are those of 1/100
        write(unit.path(name), made)
    return refused_then_repaired(unit, cause, names)


def another_matrix(unit, draw):
    return foreign(unit, draw, lambda name: record(unit.base.other, f"{name}/{PARTS}"),
                   "differ in 'input'|differ in 'of'")


def another_threshold(unit, draw):
    return foreign(unit, draw, lambda name: record(unit.base.matrix, f"{name}/{PARTS}", "9.25"),
                   "differ in 'threshold'")


def another_work(unit, draw):
    return foreign(unit, draw, lambda name: record(unit.base.matrix, f"{name}/{PARTS}",
                                                   means=["--skip-na"]), "differ in 'work'")


def another_n(unit, draw):
    """Parts of another N are other rows: they overlap, or leave gaps that are no parts."""
    n = draw.choice([90, 99, 101, 130])
    return foreign(unit, draw, lambda name: record(unit.base.matrix, f"{min(int(name), n)}/{n}"),
                   "overlap|same part twice|not whole parts", most=1)


def no_provenance(unit, draw):
    """A record of a pipe of text, which does not know what it is of."""
    text = tool("gx-convert", "-f", "tsv", unit.base.matrix)
    bare = tool("gx-threshold", "-T", THRESHOLD, stdin=tool("gx-means", "-b", stdin=text))
    return foreign(unit, draw, lambda name: bare, "does not say which part|does not", most=1)


def all_foreign(unit, draw):
    """A complete set of records, but not of what was asked for."""
    unit.fill([])
    matrix, threshold, means = draw.choice([
        (unit.base.other, THRESHOLD, []), (unit.base.matrix, "9", []),
        (unit.base.matrix, THRESHOLD, ["--skip-na"])])
    for k in range(1, 11):
        write(unit.path(str(k)), record(matrix, f"{k}/10", threshold, means))
    done = unit.sweep()
    unit.demand_refusal(done, (1,), ANOTHER_RUN + "|have the digest")
    for name in os.listdir(unit.records):
        os.unlink(unit.path(name))
    for name, path in unit.base.records.items():
        os.link(path, unit.path(name))
    unit.keep()
    unit.demand_exact(unit.sweep())
    return "refused"


def wrong_digest(unit, draw):
    """A record in which all is sound but the digest of the rows that it saw: a machine that
    computes wrongly. The digest of the whole tells, but not which part it was."""
    name = draw.choice(filled(unit, draw))
    line = read(unit.path(name)).decode().split("\n")[1].split("\t")
    line[10] = f"{int(line[10], 16) ^ 1 << draw.randrange(64):016x}"
    write(unit.path(name), oracle.record_bytes([line[:12]]))
    unit.keep(without=[name])
    unit.demand_refusal(unit.sweep(), (1,), "the rows that were seen have the digest")
    os.unlink(unit.path(name))
    unit.demand_exact(unit.sweep())
    return "refused"


def wrong_rows(unit, draw):
    """A record that counts fewer rows than its range has."""
    if unit.base.name == "m.tsv":
        return None # a range of bytes does not tell how many rows it has
    name = draw.choice(filled(unit, draw))
    line = read(unit.path(name)).decode().split("\n")[1].split("\t")
    line[2] = str(int(line[2]) - 1)
    line[1] = str(min(int(line[1]), int(line[2])))
    write(unit.path(name), oracle.record_bytes([line[:12]]))
    return refused_then_repaired(unit, "rows where rows .* were to be seen", [name])


def stray(unit, draw):
    """A file that is no record among the records; or one that gx-reduce passes over."""
    filled(unit, draw)
    unit.keep()
    name = draw.choice(["README", "7.bak", ".hidden", "7.err", "7.gxtmp.123", "nohup.out"])
    write(unit.path(name), b"a word\n")
    # The next sweep takes it for one of its own, and removes it.
    if name in (".hidden", "7.err", "7.gxtmp.123"):
        unit.demand_exact(unit.sweep())
        return "exact"
    return refused_then_repaired(unit, DAMAGED, [name])


def blocked(unit, draw):
    """A directory where a record would be."""
    name = draw.choice(filled(unit, draw))
    os.unlink(unit.path(name))
    os.mkdir(unit.path(name))
    unit.keep(without=[name])
    done = unit.sweep()
    if unit.transfer and done.code == 0: # rsync puts a file in place of an empty directory
        unit.demand_exact(done)
        return "exact"
    unit.demand_refusal(done, (75,), f"(?s)a directory.*missing.*: {name}\n")
    os.rmdir(unit.path(name))
    unit.demand_exact(unit.sweep())
    return "refused"


def another_call(unit, draw):
    """The same directory, and another N, threshold or matrix on the command line."""
    filled(unit, draw, less=draw.choice([0, 5]))
    unit.keep()
    how = draw.choice([{"n": draw.choice([10, 99, 101])}, {"threshold": "9.25"},
                       {"matrix": unit.base.other}])
    unit.demand_refusal(unit.sweep(**how), (1,), "is of another run: its '.*' was .* and now")
    unit.demand_exact(unit.sweep())
    return "refused"


def plan_lost(unit, draw):
    """The records know by themselves what they are of."""
    filled(unit, draw, less=2)
    unit.keep()
    if draw.random() < 0.5:
        os.unlink(os.path.join(unit.at, "plan"))
    else:
        write(os.path.join(unit.at, "plan"), b"")
    unit.demand_exact(unit.sweep())
    return "exact"


RECORDS = {
    "truncated record": truncated,
    "flipped bits in a record": flipped,
    "another count in a record": miscounted,
    "record of zeros": zeroed,
    "bytes behind a record": appended,
    "records mixed in one file": mixed,
    "parts dropped": dropped,
    "part repeated": repeated,
    "part in place of another": replaced,
    "records swapped": swapped,
    "records of another matrix": another_matrix,
    "records of another threshold": another_threshold,
    "records of other work": another_work,
    "records of another N": another_n,
    "record without provenance": no_provenance,
    "all records of another run": all_foreign,
    "record with a wrong digest": wrong_digest,
    "record with too few rows": wrong_rows,
    "stray file": stray,
    "directory for a record": blocked,
    "called otherwise": another_call,
    "plan lost": plan_lost,
}


# ---- the matrix is edited between parts ----

def edited(unit, draw, change, codes, cause, may_be_exact=False):
    """Some parts were done before; then the matrix changes, and the sweep goes on."""
    filled(unit, draw, less=draw.choice([2, 5, 20]))
    unit.keep()
    was = read(unit.matrix)
    now = change(was)
    if now is None or now == was:
        return None
    write(unit.matrix, now)
    done = unit.sweep()
    if may_be_exact and done.code == 0:
        unit.demand_exact(done)
        return "exact"
    unit.demand_refusal(done, codes, cause)
    write(unit.matrix, was)
    unit.demand_exact(unit.sweep())
    return "refused"


def another_seed(unit, draw):
    return edited(unit, draw, lambda was: read(unit.base.other), (1,),
                  "is of another run: its 'input'")


def byte_flipped(unit, draw):
    """In GXM each byte is under a checksum: of the header or the end, then nothing runs; or of
    a block, then the parts that read it fail, and if all those were done, so be it."""
    if unit.base.name != "m.gxm":
        return None

    def change(was):
        now = bytearray(was)
        now[draw.randrange(len(now))] ^= 1 << draw.randrange(8)
        return bytes(now)
    return edited(unit, draw, change, (1, 75), r"gx-\w+: .*m\.gxm", may_be_exact=True)


def cut_off(unit, draw):
    if unit.base.name == "m.tsv":
        return None # a text is not known to be shorter; another size is the next fault
    return edited(unit, draw, lambda was: was[:draw.randrange(100, len(was))], (1,),
                  r"gx-\w+: .*m\.(gxm|npy)|is of another run")


def resized(unit, draw):
    """A row less, or one more."""
    def change(was):
        if unit.base.name == "m.tsv":
            lines = was.split(b"\n")
            at = draw.randrange(1, len(lines) - 1)
            lines[at:at + 1] = draw.choice([[], [lines[at], lines[at]]])
            return b"\n".join(lines)
        if unit.base.name == "m.npy":
            return oracle.npy_bytes(3999, 20, was[-8 * 20 * 3999:])
        return None
    return edited(unit, draw, change, (1,), "is of another run: its 'input'")


def digit_changed(unit, draw, was, at):
    """The first digit of a value in a text, or a bit of one in an npy file; the size stays."""
    now = bytearray(was)
    if unit.base.name == "m.tsv":
        at = was.index(b"\t", at) + 1
        now[at] = 48 + (now[at] - 48 + draw.randint(1, 9)) % 10
    else:
        now[at // 8 * 8 + draw.randrange(6)] ^= 1 << draw.randrange(8)
    return bytes(now)


def sampled(unit, draw):
    if unit.base.name == "m.gxm":
        return None
    return edited(unit, draw,
                  lambda was: digit_changed(unit, draw, was, draw.randrange(1024, 60000)),
                  (1,), "is of another run: its 'input'")


def unsampled(unit, draw):
    """Where the fingerprint does not look: only the digest tells."""
    if unit.base.name == "m.gxm":
        return None

    def change(was):
        for _ in range(100):
            now = digit_changed(unit, draw, was, draw.randrange(70000, len(was) - 70000))
            write(unit.matrix, now)
            if Base.identity_of(unit.matrix) == unit.base.identity:
                return now
        return None
    return edited(unit, draw, change, (1,), "is of another run: its 'digest'")


EDITS = {
    "matrix: another seed": another_seed,
    "matrix: a byte flipped": byte_flipped,
    "matrix: cut off": cut_off,
    "matrix: another size": resized,
    "matrix: sampled bytes edited": sampled,
    "matrix: other bytes edited": unsampled,
}


# ---- faults while it runs ----

WORKERS = ("gx-means", "gx-threshold", "dd", "sleep")
SHELLS = ("sh", "bash")
ENGINE = {"parallel": ("perl", "parallel"), "ssh": ("perl", "parallel", "ssh"),
          "xargs": ("xargs",), "mpi": ("mpirun",), "slurm": ("sbatch", "squeue")}


def paced(unit, draw):
    """Parts take long enough to be met at work, and by random not."""
    if draw.random() < 0.9:
        seconds = draw.choice(["0.01", "0.03", "0.06"]) if unit.engine != "slurm" else "0.3"
        how = draw.choice(["before", "within"])
        write(os.path.join(unit.home, "pace"), f"{how} {seconds}\n".encode())


def moment(unit, draw):
    """Until some random number of parts is done, and then a little more."""
    goal, end = draw.randrange(1, PARTS - 20), time.monotonic() + 30
    while time.monotonic() < end:
        if os.path.isdir(unit.records) and len(os.listdir(unit.records)) >= goal:
            break
        time.sleep(0.003)
    time.sleep(draw.random() * 0.05)


def victims(unit, sweep, names):
    """Of these names; not what the sweep itself asks gx for, nor its own clock."""
    found = []
    for process in unit.processes(*names):
        try:
            words = read(f"/proc/{process}/cmdline")
            parent = int(read(f"/proc/{process}/stat").rsplit(b")", 1)[1].split()[1])
        except OSError:
            continue
        if process != sweep and words != b"sleep\0001\0" and (
                parent != sweep or names not in (WORKERS, SHELLS)):
            found.append(process)
    return sorted(found)


def shoot(unit, draw, sweep, number, names):
    """One process of these names, if there is one in the next moments."""
    for _ in range(40):
        found = victims(unit, sweep, names)
        if found:
            try:
                os.kill(draw.choice(found), number)
                unit.shot = True
                return True
            except ProcessLookupError:
                continue
        time.sleep(0.005)
    return False


def under_fire(unit, draw, shots):
    """A sweep in which processes are killed: it repairs that in its rounds, or says what is
    missing, and the next call makes it. Several shots are several faults."""
    paced(unit, draw)
    process = unit.start()
    for i, (number, names) in enumerate(shots):
        moment(unit, draw)
        # Later on, what a killed shell left running may run twice. And when one is killed whose
        # part is done, --retries sends it once more to a host that shares no files.
        if i == 0 and not unit.transfer:
            unit.keep()
        shoot(unit, draw, process.pid, number, names)
    done = unit.finish(process)
    unit.until_quiet()
    if done.code == 0:
        unit.demand_exact(done)
        return "exact"
    unit.demand_refusal(done, (75,), r"missing after three rounds: [0-9]")
    unit.keep()
    unit.demand_exact(unit.sweep())
    return "refused"


def worker_term(unit, draw, n=1):
    return under_fire(unit, draw, [(signal.SIGTERM, WORKERS)] * n)


def worker_kill(unit, draw, n=1):
    return under_fire(unit, draw, [(signal.SIGKILL, WORKERS)] * n)


def shell_kill(unit, draw, n=1):
    return under_fire(unit, draw, [(signal.SIGKILL, SHELLS)] * n)


def engine_kill(unit, draw):
    return under_fire(unit, draw, [(draw.choice([signal.SIGTERM, signal.SIGKILL]),
                                    ENGINE[unit.engine])])


def stopped(unit, draw):
    """TERM, INT or HUP to the sweep: its jobs end, and nothing is left but finished parts."""
    number = draw.choice([signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    paced(unit, draw)
    process = unit.start()
    moment(unit, draw)
    process.send_signal(number)
    unit.shot = True
    done = unit.finish(process)
    if done.code == 0: # it was faster
        unit.demand_exact(done)
        return "exact"
    if done.code != -number or done.out:
        raise Failure("wrong exit", f"exit {done.code} after {number}: {done.err}")
    # On other hosts they end when the connection has.
    unit.until_quiet(5)
    unit.demand_clean("after a signal")
    unit.keep()
    unit.demand_exact(unit.sweep())
    unit.until_quiet()
    return "exact"


def killed(unit, draw):
    """KILL: to the sweep alone, whose jobs go on for a while, or to all of it at once, as when
    the power goes. What was being written stays, until the next sweep removes it."""
    paced(unit, draw)
    process = unit.start()
    moment(unit, draw)
    unit.shot = True
    if draw.random() < 0.5:
        process.kill()
    else:
        for _ in range(3):
            unit.kill_all()
    done = unit.finish(process)
    if done.code == 0:
        unit.demand_exact(done)
        return "exact"
    unit.keep()
    unit.demand_exact(unit.sweep())
    unit.until_quiet()
    unit.demand_clean("after all")
    return "exact"


def disk_full(unit, draw):
    """The file system of the directory is full on the way, and then has room again. (A file
    takes a page of 4 KiB.)"""
    if not unit.world.may_mount:
        return None
    unit.mount(f"{draw.randrange(24, 380)}k")
    done = unit.sweep()
    unit.until_quiet()
    unit.demand_refusal(done, (1, 3, 75), "No space left on device")
    unit.demand_clean("on a full disk")
    unit.keep()
    unit.remount("8m")
    unit.demand_exact(unit.sweep())
    return "refused"


def twice(unit, draw):
    """Parts that run a second time while the sweep runs them, and somebody else's sweep."""
    paced(unit, draw)
    process = unit.start()
    moment(unit, draw)
    other = unit.start() if draw.random() < 0.5 else None
    again = [subprocess.Popen(
        ["sh", "-c", f"gx-means -b -p {k}/{PARTS} {unit.matrix} | gx-threshold -T {THRESHOLD} "
         f"-o {unit.path(str(k))}"], env=dict(unit.world.environment, GX_FAULT=unit.home),
        stderr=subprocess.DEVNULL) for k in draw.sample(range(1, PARTS + 1), 4)]
    for job in again: # they may fail: when a sweep begins and ends it removes temporary files
        job.wait(PATIENCE)
    for sweep in [process] + ([other] if other else []):
        unit.demand_exact(unit.finish(sweep))
    unit.until_quiet()
    return "exact"


def reduced_meanwhile(unit, draw):
    """Somebody adds up what is there, again and again while jobs write: all of it, or 75."""
    paced(unit, draw)
    process = unit.start()
    while not os.path.isdir(unit.records) and process.poll() is None:
        time.sleep(0.003)
    while process.poll() is None:
        done = unit.reduce()
        if done.out != unit.base.whole:
            unit.demand_missing(done)
        time.sleep(0.01)
    unit.demand_exact(unit.finish(process))
    unit.until_quiet()
    return "exact"


def edited_meanwhile(unit, draw):
    """Where the fingerprint does not look, and after the plan was made: the sum has another
    digest. Or all parts had read it before."""
    if unit.base.name == "m.gxm":
        return None
    paced(unit, draw)
    was = read(unit.matrix)
    now = digit_changed(unit, draw, was, draw.randrange(70000, len(was) - 70000))
    process = unit.start()
    while not os.path.exists(os.path.join(unit.at, "plan")) and process.poll() is None:
        time.sleep(0.003)
    moment(unit, draw)
    write(unit.matrix, now)
    done = unit.finish(process)
    unit.until_quiet()
    if done.code == 0:
        if done.out != unit.base.whole:
            raise Failure("wrong number", f"{done.out!r}")
        return "exact"
    unit.demand_refusal(done, (1,), "have the digest|differ in 'input'")
    # As it says: all of it again, on the matrix as it should be.
    write(unit.matrix, was)
    for name in os.listdir(unit.records):
        os.unlink(unit.path(name))
    unit.demand_exact(unit.sweep())
    return "refused"


RUNS = {
    "worker ended by TERM": worker_term,
    "worker killed": worker_kill,
    "shell of a job killed": shell_kill,
    "engine ended or killed": engine_kill,
    "sweep ended by a signal": stopped,
    "sweep killed": killed,
    "disk full": disk_full,
    "part twice at once": twice,
    "reduced while jobs write": reduced_meanwhile,
    "matrix edited meanwhile": edited_meanwhile,
}
