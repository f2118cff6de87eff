#!/usr/bin/env python3
"""Two scenarios of `brink bench routing`, with real nodes and a real line, beside its verdict.

usage: sudo edge-node/src/it/routing.py [rtt] [gray]        (without: both; about three minutes)

One edge and three cloud nodes, each in a namespace of its own; the edge is behind a line of 20 ms.
Ordinary requests, 40 a second, half of them with 100 ms to live and half with 300 ms, of the
shipped sentences. rtt: the line's round trip becomes 200 ms. gray: one cloud node gets a twentieth of
its time, by SIGSTOP and SIGCONT: it answers pings, and is slow. Printed is what the devices saw before and
during the event, and what the simulator says of the same quantities (it has four cloud nodes).
"""
import http.client, json, os, random, signal, subprocess, sys, tempfile, threading, time
os.environ.setdefault("BRINK_NS", "bxr")
import network

RATE, BEFORE, DURING, SETTLE = 40, 20, 40, 10
DEADLINES = (100, 300)
MARGIN = 0.010  # of this script's own clock and threads
SENTENCES = [json.loads(line)["text"] for line in
             open(f"{network.ROOT}/models/samples/intent.jsonl")]
SIMULATED = {"rtt": "rtt-20-to-200ms", "gray": "one-node-gray"}


class Devices(threading.Thread):
    """Open loop: a request leaves when its time has come, whatever became of those before."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.going, self.random = [], True, random.Random(42)

    def one(self, sentence, deadline):
        body = json.dumps({"parameters": {"timeout": deadline * 1000},
                           "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                                       "data": [sentence]}],
                           "outputs": [{"name": "label"}]})
        sent, status, said = time.time(), 0, {}
        try:
            connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
            connection.connect()
            sent = time.time()
            connection.request("POST", "/v2/models/intent/infer", body)
            answer = connection.getresponse()
            status, said = answer.status, json.loads(answer.read()).get("parameters", {})
            connection.close()
        except Exception as failure:
            said = {"brink_reason": type(failure).__name__}
        self.seen.append({"sent": sent, "took": time.time() - sent, "status": status,
                          "deadline": deadline / 1000, **said})

    def run(self):
        with open(f"/run/netns/{network.EDGE}") as ns:
            network.LIBC.setns(ns.fileno(), 0x40000000)  # CLONE_NEWNET, of this thread only
        due = time.time()
        while self.going:
            threading.Thread(target=self.one, daemon=True, args=(
                self.random.choice(SENTENCES), self.random.choice(DEADLINES))).start()
            due += 1 / RATE
            time.sleep(max(0, due - time.time()))

    def between(self, begin, end):
        return [it for it in list(self.seen) if begin <= it["sent"] < end]


def share(of, which):
    return sum(map(bool, map(which, of))) / max(1, len(of))


def forwarded(it):
    return it.get("brink_route") == "cloud"


def summary(answers, gray):
    took = sorted(it["took"] for it in answers)
    calls = [it for it in answers if forwarded(it)]
    return {
        "requests": len(answers),
        "answered": share(answers, lambda it: it["status"] == 200),
        "in time": share(answers, lambda it: it["status"] == 200
                         and it["took"] <= it["deadline"] + MARGIN),
        "forwarded": share(answers, forwarded),
        "of 100 ms": share([it for it in answers if it["deadline"] == 0.1], forwarded),
        "of 300 ms": share([it for it in answers if it["deadline"] == 0.3], forwarded),
        "degraded": share(answers, lambda it: it.get("brink_degraded")),
        f"by {gray}": share(calls, lambda it: it.get("brink_node") == gray),
        "median ms": 1000 * took[len(took) // 2],
        "p99 ms": 1000 * took[int(len(took) * 0.99)],
    }


class Gray(threading.Thread):
    """Lets a process run for 5 ms of every 100."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.name_of, self.going = name, True

    def run(self):
        while self.going:
            network.kill(self.name_of, signal.SIGSTOP)
            time.sleep(0.095)
            network.kill(self.name_of, signal.SIGCONT)
            time.sleep(0.005)


def observe(kind):
    line = network.lines[0]
    line.set(rtt_ms=20)
    devices = Devices()
    devices.start()
    network.wait_for("answers of all clouds", lambda: {
        it.get("brink_node") for it in devices.seen[-400:]} >= set(network.CLOUDS))
    time.sleep(SETTLE)
    begin = time.time()
    time.sleep(BEFORE)
    event, gray = time.time(), None
    if kind == "rtt":
        line.set(rtt_ms=200)
    else:
        gray = Gray("cloud-1")
        gray.start()
    time.sleep(DURING)
    end = time.time()
    if gray:
        gray.going = False
        gray.join()
        network.kill("cloud-1", signal.SIGCONT)
    devices.going = False
    time.sleep(2)
    stretches = {"before": devices.between(begin, event), "first 2 s": devices.between(event, event + 2),
                 "during": devices.between(event + 2, end)}
    print(f"\n{kind}, over a line by {line.kind}:", flush=True)
    rows = {name: summary(answers, "cloud-1") for name, answers in stretches.items()}
    for column in rows["before"]:
        cells = [rows[name][column] for name in rows]
        as_text = ["%d" % cell if column == "requests" else "%.1f" % cell if column.endswith("ms")
                   and not column.startswith("of") else "%.1f %%" % (100 * cell) for cell in cells]
        print(f"  {column:12}" + "".join(f"{name}: {text:12}" for name, text in zip(rows, as_text)))
    sys.stdout.flush()


def simulated(kind):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([f"{network.ROOT}/brink", "bench", "routing", "--scenario", SIMULATED[kind],
                        "--out", file.name], check=True, stdout=subprocess.DEVNULL)
        scenario = json.load(file)["scenarios"][0]
    policy = scenario["policies"]["brink"]
    print("  the simulator: in time %.2f %%, forwarded before %.1f %%, during %.1f %%, by the node that"
          " is slow %.1f %% of what is forwarded meanwhile, p99 %.0f ms" % (
              100 * policy["deadline_met"], 100 * scenario["forwarded_before"],
              100 * scenario["forwarded_during"], 100 * scenario["calls_to_slow"],
              policy["p99_ms"]), flush=True)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or SIMULATED:
        network.with_nodes("cluster", False, lambda: observe(chosen))
        simulated(chosen)
