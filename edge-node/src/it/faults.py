#!/usr/bin/env python3
"""What becomes of accepted jobs when the disk, the file or the clock under an edge node goes wrong.

usage: sudo edge-node/src/it/faults.py [--jobs N] [--rounds N] [FAULT...]
       faults: disk-full, read-only, damaged-page, damaged-log, clock, waiting (default: all)

Starts an edge and a cloud node from the built distribution on free ports of this machine, with the
outbox on a small disk of its own: a file that is mounted. Each fault accepts jobs, does its harm,
takes it back, lets the jobs drain, and asks for every one of them. Exits 1 where a job that was
accepted is neither finished nor ended with a reason, or where something else is not as stated in
docs/offline.md. Needs Linux and root; clock needs libfaketime (Debian: faketime) and is skipped
without, read-only needs a loop device.
"""
import argparse, calendar, collections, concurrent.futures, glob, json, os, random, re
import shutil, signal, socket, subprocess, tempfile, time

import network
from network import ROOT, sh

WORK = tempfile.mkdtemp(prefix="brink-faults-")
DISK = f"{WORK}/disk"
PAGE = 4096
wrong = []


def say(text):
    print(text, flush=True)


def expect(holds, what):
    """Says what was expected and is not so; the trial goes on."""
    if not holds:
        wrong.append(what)
        say(f"    NOT AS STATED: {what}")


def wait_for(what, found, seconds=90):
    begun = time.time()
    while time.time() < begun + seconds:
        if found():
            return time.time() - begun
        time.sleep(0.05)
    raise SystemExit(f"{what} did not come within {seconds} s; logs in {WORK}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---- The disk ------------------------------------------------------------------------------------

def mount_disk(mebibytes):
    """An ext4 file system in a file, or memory where there is no loop device."""
    os.makedirs(DISK, exist_ok=True)
    image = f"{WORK}/disk.img"
    sh(f"truncate -s {mebibytes}M {image} && mkfs.ext4 -q -m 0 {image}")
    try:
        sh(f"mount -o loop {image} {DISK}")
        return True
    except subprocess.CalledProcessError:
        sh(f"mount -t tmpfs -o size={mebibytes}m tmpfs {DISK}")
        return False


def unmount_disk():
    sh(f"umount {DISK}", check=False)


def ballast(leave=0):
    """Fills the disk but for so many bytes."""
    room = shutil.disk_usage(DISK).free - leave
    with open(f"{DISK}/ballast", "ab", buffering=0) as file:
        try:
            while room > 0:
                room -= file.write(bytes(min(room, 1 << 20)))
        except OSError:
            pass


def drop_ballast():
    os.remove(f"{DISK}/ballast")


# ---- The nodes -----------------------------------------------------------------------------------

class Node:
    def __init__(self, role, settings, environment=None):
        self.role, self.settings, self.environment = role, settings, environment or {}
        self.http, self.management = settings["http.port"], settings["management.port"]
        self.starts, self.process = 0, None

    def start(self):
        """Returns seconds until it was ready."""
        self.starts += 1
        self.log = f"{WORK}/{self.role}-{self.http}-{self.starts}.log"
        command = [f"{ROOT}/brink", self.role]
        for key, value in self.settings.items():
            command += ["--set", f"{key}={value}"]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True,
                                            env={**os.environ, "BRINK_BUILD": "off",
                                                 **self.environment})
        return wait_for(f"{self.role} ready", lambda: f"ready {self.role}" in self.words())

    def words(self):
        with open(self.log) as file:
            return file.read()

    def kill(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def stop(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
        self.process = None

    def pid(self):
        return int(sh(f"pgrep -s {self.process.pid} java").split()[0])

    def resident(self):
        with open(f"/proc/{self.pid()}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def call(self, method, path, body=None, headers=None, port=None):
        return network.call(port or self.http, method, path, body, headers, timeout=30)

    def ask(self):
        """A request that somebody waits for; its status."""
        return self.call("POST", "/v2/models/intent/infer", body("what is the exchange rate"))[0]

    def submit(self, text, **parameters):
        status, said, headers = self.call("POST", "/v2/models/intent/infer",
                                          body(text, parameters), {"Prefer": "respond-async"})
        return status, headers.get("Location"), said

    def metric(self, name):
        text = self.call("GET", "/metrics", port=self.management)[1].decode()
        return sum(float(v) for v in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.M))

    def jobs(self, state):
        text = self.call("GET", "/metrics", port=self.management)[1].decode()
        return sum(float(v) for v in re.findall(
            rf'^brink_outbox_jobs{{[^}}]*state="{state}"[^}}]*}} (\S+)$', text, re.M))

    def pending(self):
        return self.jobs("queued") + self.jobs("running")


def body(text, parameters=None):
    return json.dumps({"parameters": parameters or {}, "inputs": [
        {"name": "text", "shape": [1, 1], "datatype": "BYTES", "data": [text]}]})


def nodes(environment=None, **settings):
    """An edge with its cloud; the cloud is started when jobs are to drain."""
    grpc = free_port()
    common = {"log.level": "info", "models.path": f"{ROOT}/models/edge"}
    cloud = Node("cloud", common | {
        "http.port": free_port(), "grpc.port": grpc, "management.port": free_port(),
        "cluster.name": f"faults-{os.getpid()}", "cluster.port": free_port(),
        "cluster.members": ""})
    edge = Node("edge", common | {
        "http.port": free_port(), "grpc.port": 0, "management.port": free_port(),
        "uplink.mode": "grpc", "uplink.targets": f"127.0.0.1:{grpc}",
        "outbox.path": f"{DISK}/outbox.db", "outbox.drain.start-jitter": "0"} | settings,
        environment)
    return edge, cloud


def accept(edge, count, text="job", threads=8, **parameters):
    """Submits and returns the places of those that were accepted."""
    places, refused = [], collections.Counter()

    def one(number):
        status, place, _ = edge.submit(f"{text} {number}", **parameters)
        if status == 202:
            places.append(place)
        else:
            refused[status] += 1
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(count)))
    return places, refused


def ends(edge, places):
    """How the jobs stand: done, failed, ..., or lost for one that the node does not know."""
    found = collections.Counter()

    def one(place):
        status, _, headers = edge.call("GET", place)
        found["lost" if status == 404 else headers.get("Brink-Job-State", str(status))] += 1
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, places))
    return dict(found)


def drain(edge, cloud, places, seconds=120):
    """Brings the cloud and returns how the jobs ended."""
    if not cloud.process:
        cloud.start()
    wait_for("a usable outbox", lambda: edge.metric("brink_outbox_writable") == 1, 15)
    took = wait_for("the drained outbox", lambda: edge.pending() == 0, seconds)
    found = ends(edge, places)
    say(f"    {len(places)} accepted; drained {took:.1f} s after the cloud was there: {found}")
    expect(found.get("lost", 0) == 0, "no accepted job is lost")
    return found


# ---- The faults ----------------------------------------------------------------------------------

def disk_full(options):
    mount_disk(256)
    edge, cloud = nodes()
    try:
        edge.start()
        places, _ = accept(edge, 100)
        ballast(leave=32 << 20)
        status, _, said = edge.submit("too many")
        say(f"    32 MiB left of the 64 of min-free: a job gets {status}, {said.decode()[:90]}")
        expect(status == 507, "a job gets 507 where less than min-free is left")
        expect(edge.ask() == 200, "requests that somebody waits for go on")
        drop_ballast()
        wait_for("a job taken again", lambda: edge.submit("again")[0] == 202, 10)
        edge.stop()

        edge.settings["outbox.min-free"] = 0
        edge.start()
        ballast(leave=2 << 20)
        more, refused = accept(edge, 5_000, "padding " * 100)
        say(f"    2 MiB left: {len(more)} more accepted, then {dict(refused)}")
        expect(set(refused) == {507}, "a job gets 507 where the disk is full")
        expect(edge.ask() == 200, "requests that somebody waits for go on")
        cloud.start()
        time.sleep(3)
        expect(edge.ask() == 200, "requests that somebody waits for go on while jobs cannot move")
        edge.kill()
        edge.start()
        expect(edge.ask() == 200, "a node starts and serves on a full disk")
        say("    killed and started again with the disk full: it serves")
        drop_ballast()
        drain(edge, cloud, places + more)
    finally:
        finish(edge, cloud)


def read_only(options):
    if not mount_disk(256):
        say("    skipped: no loop device")
        unmount_disk()
        return
    edge, cloud = nodes()
    try:
        edge.start()
        places, _ = accept(edge, 100)
        sh(f"mount -o remount,abort {DISK}")
        more, refused = accept(edge, 50, "later")
        say(f"    the file system gave up under the node: {len(more)} accepted, {dict(refused)}")
        expect(set(refused) == {507}, "a job gets 507 where the disk has become read-only")
        expect(edge.ask() == 200, "requests that somebody waits for go on")
        edge.kill()
        unmount_disk()
        sh(f"e2fsck -fy {WORK}/disk.img", check=False)
        sh(f"mount -o loop {WORK}/disk.img {DISK} && mount -o remount,ro {DISK}")
        edge.start()
        status = edge.submit("later")[0]
        say(f"    started on a read-only disk: a job gets {status}, others {edge.ask()}")
        expect(status == 507, "a job gets 507 on a read-only disk")
        sh(f"mount -o remount,rw {DISK}")
        took = wait_for("a job taken again", lambda: edge.submit("again")[0] == 202, 15)
        say(f"    writable again: a job was taken {took:.1f} s later, without a restart")
        drain(edge, cloud, places + more)
    finally:
        finish(edge, cloud)


def overwrite(path, page, noise):
    with open(path, "r+b") as file:
        file.seek(page * PAGE)
        file.write(noise)
        os.fsync(file.fileno())


def damaged_page(options):
    """Half of the rounds while the node is down, half under a running one."""
    mount_disk(256)
    edge, cloud = nodes()
    chance = random.Random(options.seed)
    total, set_aside = collections.Counter(), 0
    try:
        for number in range(options.rounds):
            for old in glob.glob(f"{DISK}/outbox*"):
                os.remove(old)
            edge.start()
            places, _ = accept(edge, 150)
            edge.stop()  # so that everything is in the file and not in its log
            pages = os.path.getsize(f"{DISK}/outbox.db") // PAGE
            harm = (chance.randrange(pages), chance.randbytes(PAGE))
            if number % 2:
                edge.start()
                overwrite(f"{DISK}/outbox.db", *harm)
            else:
                overwrite(f"{DISK}/outbox.db", *harm)
                edge.start()
            cloud.process or cloud.start()
            wait_for("the drained outbox", lambda: edge.pending() == 0, 120)
            found = ends(edge, places)
            total.update(found)
            set_aside += bool(glob.glob(f"{DISK}/outbox.db.damaged-*"))
            if found.keys() - {"done"}:
                say(f"    page {harm[0]} of {pages}: {found}")
            edge.kill()
        say(f"    {options.rounds} pages, {set_aside} files set aside; jobs: {dict(total)}")
        expect(total["lost"] == 0, "no accepted job is lost without a word")
        expect(set(total) <= {"done", "failed"}, "a job is done, or has failed with the reason")
    finally:
        finish(edge, cloud)


def damaged_log(options):
    mount_disk(256)
    edge, cloud = nodes()
    chance = random.Random(options.seed)
    try:
        edge.start()
        places, _ = accept(edge, 300)
        edge.kill()
        log = f"{DISK}/outbox.db-wal"
        page = os.path.getsize(log) // PAGE // 2
        overwrite(log, page, chance.randbytes(PAGE))
        edge.start()
        commits = edge.metric("brink_outbox_lost_commits")
        cloud.start()
        wait_for("the drained outbox", lambda: edge.pending() == 0, 120)
        found = ends(edge, places)
        say(f"    noise in the middle of the log of 300 jobs: {commits:.0f} lost commits reported;"
            f" jobs: {found}")
        expect(commits > 0, "commits that the log lost are reported")
        expect("acknowledged changes are missing" in edge.words(), "the loss is told in the log")
    finally:
        finish(edge, cloud)


def clock(options):
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    if not library:
        say("    skipped: no libfaketime")
        return
    mount_disk(256)
    offset = f"{WORK}/offset"

    def set_clock(seconds):
        with open(f"{offset}.new", "w") as file:
            file.write(f"{seconds:+d}s\n")
        os.rename(f"{offset}.new", offset)

    set_clock(0)
    edge, cloud = nodes({"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": offset,
                         "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1",
                         "BRINK_ARCHIVE": "off"})
    try:
        edge.start()
        places, _ = accept(edge, 100, brink_job_max_age=900)
        short, _ = accept(edge, 20, "short", brink_job_max_age=20)
        for step in (-3600, 3600):
            set_clock(step)
            date = wait_for("the clock set", lambda: abs(
                edge_clock(edge) - time.time() - step) < 60, 15)
            time.sleep(5)
            expect(edge.ask() == 200, "requests that somebody waits for go on")
            found = ends(edge, places)
            say(f"    clock at {step:+d} s, seen after {date:.1f} s: {found}")
            expect(found == {"queued": 100}, "jobs keep the time they had")
        wait_for("short jobs expired", lambda: ends(edge, short) == {"expired": 20}, 60)
        say("    jobs of 20 s have expired, the others have not")
        drain(edge, cloud, places)
    finally:
        finish(edge, cloud)


def edge_clock(edge):
    """What time the node thinks it is, by the job that it takes now."""
    said = json.loads(edge.call("GET", edge.submit("what time is it")[1])[1])
    return calendar.timegm(time.strptime(said["created_at"][:19], "%Y-%m-%dT%H:%M:%S"))


def waiting(options):
    mount_disk(1024)
    edge, cloud = nodes()
    try:
        empty_ready = edge.start()
        time.sleep(3)
        empty = edge.resident()
        urgent = 50
        begun = time.time()
        places, refused = accept(edge, options.jobs - urgent, threads=16)
        rate = len(places) / (time.time() - begun)
        first, _ = accept(edge, urgent, "urgent", priority=1)
        status = edge.submit("one too many")[0] if options.jobs == 100_000 else 507
        say(f"    {len(places) + len(first)} accepted, {rate:.0f} a second (the caller's rate),"
            f" {dict(refused)} refused, one more gets {status};"
            f" {os.path.getsize(f'{DISK}/outbox.db') / 2**20:.0f} MiB on disk")
        expect(status == 507 and not refused, "100 000 jobs are taken, and then 507")
        edge.kill()
        ready = edge.start()
        open_after = wait_for("an open outbox", lambda: edge.jobs("queued") == options.jobs, 60)
        time.sleep(3)
        say(f"    ready after {ready:.1f} s (empty {empty_ready:.1f}), all jobs there"
            f" {open_after:.1f} s later, resident {edge.resident():.0f} MiB (empty {empty:.0f})")
        expect(ready < 3 * empty_ready + 2, "a full outbox does not hold up the start")
        cloud.start()
        took = wait_for("urgent jobs done", lambda: set(ends(edge, first)) == {"done"}, 60)
        others = edge.jobs("done") - urgent
        time.sleep(20)
        done = edge.jobs("done")
        say(f"    the {urgent} urgent ones, accepted last, were done {took:.1f} s after the cloud"
            f" was there, and {others:.0f} others; {done:.0f} after 20 s more;"
            f" resident {edge.resident():.0f} MiB")
        total = sum(edge.jobs(state) for state in ("queued", "running", "done"))
        expect(total == options.jobs, f"all jobs are there ({total:.0f})")
    finally:
        finish(edge, cloud)


def finish(*started):
    for node in started:
        node.kill()
    unmount_disk()


FAULTS = {"disk-full": disk_full, "read-only": read_only, "damaged-page": damaged_page,
          "damaged-log": damaged_log, "clock": clock, "waiting": waiting}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000, help="waiting at the start")
    parser.add_argument("--rounds", type=int, default=20, help="pages to damage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("fault", nargs="*", default=list(FAULTS))
    options = parser.parse_args()
    for name in options.fault:
        say(f"{name}:")
        FAULTS[name](options)
    if wrong:
        say(f"not as stated: {len(wrong)}; logs: {WORK}")
        return 1
    shutil.rmtree(WORK, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
