# SPDX-License-Identifier: MIT
"""What the fault campaign is made of: matrices with 100 records each, a directory for each
unit of faults, the sweep that is run there, and the engines. The faults themselves are in
kinds.py; `run` draws and counts them."""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
BIN = os.path.abspath(os.environ.get("GX_BIN") or os.path.join(REPO, "bin"))
SWEEP = os.path.join(REPO, "examples", "sweep")
ENGINES = os.path.join(REPO, "tests", "engines")
PARTS, THRESHOLD = 100, "9.5"
PATIENCE = 120  # seconds after which a sweep is taken to hang
# All that a directory has whose sweep has ended; and that of records has what gx-reduce reads.
FINISHED = {"plan", "record", "records", "logs", "sweep.lock", "sweep.log", "sweep.svg",
            "sweep.tsv"}
NEEDS = {
    "parallel": ["parallel"],
    "xargs": ["xargs"],
    "ssh": ["parallel", "sshd", "ssh", "rsync"],
    "slurm": ["sbatch", "slurmctld", "slurmd", "munged"],
    "mpi": ["mpirun", "ip"],
}
AT_THE_END = "at the end"

# Slows parts down where a file `pace` lies beside the matrix: before gx-means starts, or when
# the head of what it writes is through, so that gx-threshold is at work when a signal comes.
STUB = """#!/bin/sh
for last; do :; done
pace=${last%/*}/pace
case $* in *--explain*) exec BIN/gx-means "$@" ;; esac
[ -r "$pace" ] || exec BIN/gx-means "$@"
read -r how seconds <"$pace"
[ "$how" = within ] || { sleep "$seconds"; exec BIN/gx-means "$@"; }
BIN/gx-means "$@" | { dd bs=200 count=1 status=none; sleep "$seconds"; exec cat; }
"""


class Failure(Exception):
    """What must not be: a class of its own in the count, and the words for it."""

    def __init__(self, what, text):
        super().__init__(text)
        self.what = what


def tool(*command, stdin=b""):
    """Runs a filter that has to succeed; its standard output."""
    done = subprocess.run([os.path.join(BIN, command[0]), *command[1:]], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode()}")
    return done.stdout


def write(path, data):
    """A new file in place of what is there: others may be links to that."""
    with open(path + ".new", "wb") as f:
        f.write(data)
    os.replace(path + ".new", path)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def record(matrix, part=None, threshold=THRESHOLD, means=()):
    part = ["--part", part] if part else []
    stream = tool("gx-means", "-b", *means, *part, matrix)
    return tool("gx-threshold", "-T", threshold, stdin=stream)


class Base:
    """A matrix, what one process makes of it, and a directory with its 100 records."""

    def __init__(self, world, name, genes, samples):
        self.name = name
        self.home = os.path.join(world.home, "base-" + name)
        os.mkdir(self.home)
        self.matrix = os.path.join(self.home, name)
        tool("gx-simulate", "-n", str(genes), "-m", str(samples), "-s", "7", "-o", self.matrix)
        self.whole = record(self.matrix)
        other = os.path.join(self.home, "other" + name[1:])
        tool("gx-simulate", "-n", str(genes), "-m", str(samples), "-s", "8", "-o", other)
        self.other = other
        self.identity = self.identity_of(self.matrix)
        self.records = {}

    @staticmethod
    def identity_of(matrix):
        facts = tool("gx-means", "--explain", matrix).decode()
        return re.search(r"^input\t(.*)$", facts, re.M).group(1)

    def prepare(self, world):
        """The records and the plan are those of a sweep."""
        unit = Unit(world, self, "xargs", "prepare-" + self.name)
        done = unit.sweep()
        if done.code or done.out != self.whole:
            raise SystemExit(f"the sweep of {self.name} fails without any fault:\n{done.err}")
        self.plan = read(os.path.join(unit.at, "plan"))
        for name in os.listdir(os.path.join(unit.at, "records")):
            self.records[name] = os.path.join(self.home, "record." + name)
            os.rename(os.path.join(unit.at, "records", name), self.records[name])
        unit.remove()


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


class Unit:
    """A directory with a matrix in it, and sweeps that work there under one engine."""

    def __init__(self, world, base, engine, name, transfer=False):
        self.world, self.base, self.engine, self.transfer = world, base, engine, transfer
        self.home = os.path.join(world.home, name)
        os.mkdir(self.home)
        self.matrix = os.path.join(self.home, base.name)
        self.at = os.path.join(self.home, "at")
        self.records = os.path.join(self.at, "records")
        self.mounted, self.started = False, 0
        self.shot = False   # whether processes were killed, which then cannot clean up
        self.kept = {}      # records that were whole when a fault came: (inode, time)
        os.link(base.matrix, self.matrix)

    def fill(self, names):
        """Records as an earlier sweep left them."""
        os.makedirs(self.records)
        os.mkdir(os.path.join(self.at, "logs"))
        write(os.path.join(self.at, "sweep.lock"), b"")
        write(os.path.join(self.at, "plan"), self.base.plan)
        for name in names:
            os.link(self.base.records[name], os.path.join(self.records, name))

    def path(self, name):
        return os.path.join(self.records, name)

    # ---- sweeps ----

    def command(self, n=PARTS, threshold=THRESHOLD, matrix=None, at=None):
        jobs = {"slurm": [], "ssh": ["--hosts", "2/n1,2/n2"]}.get(self.engine, ["--jobs", "4"])
        command = [SWEEP, matrix or self.matrix, str(n), "-T", threshold, "--engine",
                   self.engine, *jobs, *(["--transfer"] if self.transfer else []), at or self.at]
        if self.engine == "mpi" and self.world.alone:
            command = [*self.world.alone, *command]
        return command

    def start(self, **how):
        self.started += 1
        name = os.path.join(self.home, f"said.{self.started}")
        environment = dict(self.world.environment, GX_FAULT=self.home)
        # Files and not pipes: what a killed sweep leaves running still has them.
        with open(name + ".out", "wb") as out, open(name + ".err", "wb") as err:
            process = subprocess.Popen(self.command(**how), cwd=self.home, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       start_new_session=True)
        process.said = name
        return process

    def finish(self, process):
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill_all()
            process.wait()
            raise Failure("hang", "the sweep hangs: " + read(process.said + ".err").decode(
                errors="replace")) from None
        return Done(process.returncode, read(process.said + ".out"),
                    read(process.said + ".err").decode(errors="replace"))

    def sweep(self, **how):
        return self.finish(self.start(**how))

    # ---- what is running ----

    def processes(self, *names):
        """The processes of this unit, of these names; they know it by their environment, their
        words, or, on hosts that share nothing, their directory."""
        mark, found = self.home.encode(), []
        words = f"/tmp/gx-sweep-{self.checksum()}." if self.transfer else None
        for process in os.listdir("/proc"):
            if not process.isdigit() or int(process) == os.getpid():
                continue
            try:
                text = read(f"/proc/{process}/cmdline") + b"\0" + read(f"/proc/{process}/environ")
                if (mark + b"/" not in text and mark + b"\0" not in text and
                        not (words and os.readlink(f"/proc/{process}/cwd").startswith(words))):
                    continue
                comm = read(f"/proc/{process}/comm").decode().strip()
                if b"\nState:\tZ" in read(f"/proc/{process}/status"):
                    continue
            except OSError:
                continue
            if not names or comm in names:
                found.append(int(process))
        return found

    def checksum(self):
        done = subprocess.run(["cksum"], input=self.at.encode() + b"\n", stdout=subprocess.PIPE,
                              check=True)
        return done.stdout.decode().strip().replace(" ", "-")

    def kill_all(self):
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def until_quiet(self, seconds=20):
        """Nothing of this unit runs any more."""
        end = time.monotonic() + seconds
        while self.processes():
            if time.monotonic() > end:
                left = [read(f"/proc/{p}/cmdline") for p in self.processes()]
                self.kill_all()
                raise Failure("left running", f"processes are left: {left}")
            time.sleep(0.02)

    # ---- what must be ----

    def keep(self, without=()):
        """From now on these records must not be made again."""
        for name in os.listdir(self.records) if os.path.isdir(self.records) else []:
            if name.isdigit() and name not in without and name not in self.kept:
                status = os.stat(self.path(name))
                self.kept[name] = (status.st_ino, status.st_mtime_ns)

    def demand_kept(self):
        again = []
        for name, was in self.kept.items():
            try:
                status = os.stat(self.path(name))
            except OSError:
                again.append(name)
                continue
            if (status.st_ino, status.st_mtime_ns) != was:
                again.append(name)
        if again:
            raise Failure("done again", f"records were whole and were made again: {again}")

    def demand_clean(self, when):
        left = [path for path in glob.glob(os.path.join(self.at, "**"), recursive=True,
                                           include_hidden=True) if ".gxtmp." in path]
        # round.log waits for the next sweep where one was stopped.
        left += [name for name in os.listdir(self.at) if name not in FINISHED and
                 (name != "round.log" or when == AT_THE_END)]
        if self.transfer and not self.shot:
            left += glob.glob(f"/tmp/gx-sweep-{self.checksum()}.*")
        if left:
            raise Failure("left files", f"{when}: temporary files are left: {left}")

    def demand_exact(self, done):
        if done.code != 0:
            raise Failure("not repaired", f"exit {done.code} after the repair: {done.err}")
        if done.out != self.base.whole:
            raise Failure("wrong number", f"another record, with exit 0: {done.out!r}")
        self.demand_kept()
        self.demand_clean(AT_THE_END)

    def demand_refusal(self, done, codes, cause):
        """Not a byte on standard output, and the cause in words."""
        if done.code == 0 and done.out != self.base.whole:
            raise Failure("wrong number", f"another record, with exit 0: {done.out!r}")
        if done.code not in codes:
            raise Failure("wrong exit", f"exit {done.code}, expected {codes}: {done.err}")
        if done.out:
            raise Failure("wrong number", f"exit {done.code}, and a result: {done.out!r}")
        if not re.search(cause, done.err):
            raise Failure("no cause", f"exit {done.code} without '{cause}': {done.err}")
        self.demand_kept()

    def reduce(self):
        """The reducer alone, on what is there now."""
        done = subprocess.run([os.path.join(BIN, "gx-reduce"), self.records],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return Done(done.returncode, done.stdout, done.stderr.decode(errors="replace"))

    def demand_missing(self, done):
        """Nothing on standard output while parts are missing, and they are named."""
        if done.code == 0 or done.out:
            raise Failure("wrong number", f"parts are missing, and exit {done.code}, "
                          f"{done.out!r}")
        if done.code != 75:
            raise Failure("wrong exit", f"exit {done.code}, expected 75: {done.err}")
        if not re.search(r"missing: |no record in", done.err):
            raise Failure("no cause", f"exit 75 without what is missing: {done.err}")

    def mount(self, size):
        os.makedirs(self.at)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "gx-faults", self.at],
                       check=True)
        self.mounted = True

    def remount(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.at], check=True)

    def remove(self):
        self.kill_all()
        if self.mounted:
            for _ in range(50):
                if subprocess.run(["umount", self.at], stderr=subprocess.DEVNULL,
                                  check=False).returncode == 0:
                    break
                time.sleep(0.1)
        if self.transfer: # what a host keeps whose sweep was killed in all its processes
            for place in glob.glob(f"/tmp/gx-sweep-{self.checksum()}.*"):
                shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


class World:
    """Where it all happens: matrices, engines, and what has to go away again."""

    def __init__(self, engines):
        self.home = tempfile.mkdtemp(prefix="gxf.")
        os.chmod(self.home, 0o755)
        self.engines, self.absent, self.up = [], {}, []
        self.environment = dict(os.environ, TMPDIR=os.path.join(self.home, "t"), EVERY="1",
                                PARALLEL_HOME=os.path.join(self.home, "ph"), LC_ALL="C",
                                OMPI_ALLOW_RUN_AS_ROOT="1", GX_ENGINE_LIMIT="3000",
                                OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", LIMIT="100")
        os.mkdir(self.environment["TMPDIR"])
        os.mkdir(self.environment["PARALLEL_HOME"])
        stub = os.path.join(self.home, "stub")
        os.mkdir(stub)
        write(os.path.join(stub, "gx-means"), STUB.replace("BIN", BIN).encode())
        os.chmod(os.path.join(stub, "gx-means"), 0o755)
        self.environment["PATH"] = f"{stub}:{BIN}:{os.environ['PATH']}"
        for engine in engines:
            lacks = [name for name in NEEDS[engine] if not
                     shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
            if lacks:
                self.absent[engine] = f"{lacks[0]} is not installed"
            else:
                self.engines.append(engine)
        self.may_mount = self.can_mount()
        # Open MPI listens on all interfaces: in a network of its own where that is permitted.
        self.alone = []
        for how in (["unshare", "--net"], ["unshare", "-rn"]):
            if not self.alone and subprocess.run([*how, "true"], stderr=subprocess.DEVNULL,
                                                 check=False).returncode == 0:
                self.alone = [*how, "sh", "-c", 'ip link set lo up && exec "$@"', "_"]

    def can_mount(self):
        place = os.path.join(self.home, "t")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "gx-faults", place],
                              stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0 and not subprocess.run(["umount", place],
                                                           check=False).returncode

    def server(self, script, *words):
        place = os.path.join(self.home, script)
        self.up.append((script, place))
        done = subprocess.run([os.path.join(ENGINES, script + "-up"), place, *words],
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise SystemExit(f"{script}-up: {done.stderr.decode()}")
        return place

    def begin(self):
        self.bases = [Base(self, "m.gxm", 4000, 20), Base(self, "m.tsv", 2500, 20),
                      Base(self, "m.npy", 4000, 20)]
        for base in self.bases:
            base.prepare(self)
        if "ssh" in self.engines:
            place = self.server("sshd", "2")
            self.environment["PARALLEL_SSH"] = f"ssh -F {place}/ssh_config"
        if "slurm" in self.engines:
            place = self.server("slurm", "2", "16")
            self.environment["SLURM_CONF"] = f"{place}/slurm.conf"

    def end(self):
        for script, place in reversed(self.up):
            subprocess.run([os.path.join(ENGINES, script + "-down"), place], check=False)
        with open("/proc/mounts", encoding="utf-8") as mounts:
            for line in mounts:
                if line.split()[1].startswith(self.home + "/"):
                    subprocess.run(["umount", "-l", line.split()[1]], check=False)
        shutil.rmtree(self.home, ignore_errors=True)
