#!/usr/bin/env python3
"""What an edge does while its line to the cloud is cut, half cut, lossy or flapping, and after.

usage: sudo edge-node/src/it/cuts.py [--seconds N] [--rate N] [--jobs N] [--deadline S] [--prefix P]
                                     SCENARIO...
       prefix: of the namespaces' names, so that two runs do not meet (default: bo)
       scenarios: cut, replies-lost, requests-lost, loss, flapping (default: all)

Starts two cloud nodes and two edges from the built distribution, each in a network namespace of its
own behind a router that is one more: one edge uses the cluster, the other gRPC from behind NAT.
Every edge is sent requests for a model it holds, easy and hard ones in turn, each with a deadline,
and so many jobs a second (one). The line of both edges is broken for so many seconds, in the way the scenario
says, and mended. Exits 1 where a request was not answered in its time, or a job was lost or done
twice. Needs Linux, root, ip, nft; no ports of the machine.
"""
import argparse, collections, json, re, subprocess, tempfile, threading
import time

import network
from network import LIBC, ROOT, sh

ROUTER = "bo-net"
CLOUDS = {"cloud-1": "bo-c1", "cloud-2": "bo-c2"}
EDGES = {"cluster": "bo-e1", "grpc": "bo-e2"}
ADDRESS = {"cloud-1": "10.20.0.11", "cloud-2": "10.20.0.12",
           "cluster": "192.168.81.2", "grpc": "192.168.82.2"}
GATEWAY = {"cluster": "192.168.81.1", "grpc": "192.168.82.1"}
LOGS = tempfile.mkdtemp(prefix="brink-cuts-")
network.LOGS = LOGS
EASY = ["what is the exchange rate of the euro", "set an alarm for six in the morning",
        "please tell me how much money is left in my account"]
HARD = ["somebody stole my credit card, block it", "who won the chess match in 1972",
        "the thing does not do the thing"]


# ---- The network ---------------------------------------------------------------------------------

def name_namespaces(prefix):
    global ROUTER
    ROUTER = f"{prefix}-net"
    for names in (CLOUDS, EDGES):
        for node, name in names.items():
            names[node] = f"{prefix}-{name.split('-')[-1]}"


def inside(namespace, command):
    return sh(f"ip netns exec {namespace} {command}")


def wire(name, ns, gateway, port):
    """One end in the node's namespace, the other in the router's."""
    sh(f"ip link add {port} netns {ROUTER} type veth peer name eth0 netns {ns}"
       f" && ip -n {ROUTER} link set {port} up && ip -n {ns} link set lo up"
       f" && ip -n {ns} addr add {ADDRESS[name]}/24 dev eth0 && ip -n {ns} link set eth0 up"
       f" && ip -n {ns} route add default via {gateway}")


def lay_network():
    take_network_away()
    for ns in (ROUTER, *CLOUDS.values(), *EDGES.values()):
        sh(f"ip netns add {ns}")
    inside(ROUTER, "sysctl -qw net.ipv4.ip_forward=1")
    sh(f"ip -n {ROUTER} link add br0 type bridge && ip -n {ROUTER} addr add 10.20.0.1/24 dev br0"
       f" && ip -n {ROUTER} link set br0 up")
    for name, ns in CLOUDS.items():
        wire(name, ns, "10.20.0.1", f"v-{ns}")
        sh(f"ip -n {ROUTER} link set v-{ns} master br0")
    for name, ns in EDGES.items():
        wire(name, ns, GATEWAY[name], f"v-{ns}")
        sh(f"ip -n {ROUTER} addr add {GATEWAY[name]}/24 dev v-{ns}")
    rules = ("table ip t {\nchain cut { type filter hook forward priority 0; }\n"
             "chain nat { type nat hook postrouting priority 100;"
             " ip saddr 192.168.82.0/24 oifname br0 masquerade; }\n}\n")
    subprocess.run(["ip", "netns", "exec", ROUTER, "nft", "-f", "-"], input=rules, text=True,
                   check=True)


def take_network_away():
    for ns in (ROUTER, *CLOUDS.values(), *EDGES.values()):
        sh(f"ip netns del {ns}", check=False)


def forbid(match):
    inside(ROUTER, f"nft 'add rule ip t cut {match} drop'")


def mend():
    inside(ROUTER, "nft flush chain ip t cut")


def cut_all():
    forbid("ip saddr 10.20.0.0/24 ip daddr 192.168.0.0/16")
    forbid("ip saddr 192.168.0.0/16 ip daddr 10.20.0.0/24")


def lose_replies():
    forbid("ip saddr 10.20.0.0/24 ip daddr 192.168.0.0/16")


def lose_requests():
    forbid("ip saddr 192.168.0.0/16 ip daddr 10.20.0.0/24")


def lose_some():
    for way in ("ip saddr 10.20.0.0/24 ip daddr 192.168.0.0/16",
                "ip saddr 192.168.0.0/16 ip daddr 10.20.0.0/24"):
        forbid(f"{way} numgen random mod 100 < 30")


def hold(seconds):
    time.sleep(seconds)


def flap(seconds):
    end = time.time() + seconds
    while time.time() < end:
        time.sleep(2)
        mend()
        time.sleep(2)
        cut_all()


SCENARIOS = {"cut": (cut_all, hold), "replies-lost": (lose_replies, hold),
             "requests-lost": (lose_requests, hold), "loss": (lose_some, hold),
             "flapping": (cut_all, flap)}


# ---- The nodes -----------------------------------------------------------------------------------

def start_clouds():
    for name, ns in CLOUDS.items():
        members = ",".join(f"{ADDRESS[cloud]}:5701" for cloud in CLOUDS)
        network.start(name, ns, "cloud", {
            "http.port": 9000, "grpc.host": ADDRESS[name], "grpc.port": 9001,
            "management.port": 9002, "cluster.host": ADDRESS[name], "cluster.port": 5701,
            "cluster.bus-port": 5702, "cluster.members": members})
    for name in CLOUDS:
        network.wait_for(f"{name} ready", lambda: "ready cloud" in network.log_of(name))


def start_edge(mode):
    settings = {"http.port": 8000, "grpc.port": 8001, "management.port": 8002,
                "uplink.mode": mode, "outbox.path": f"{LOGS}/{mode}.db"}
    if mode == "cluster":
        settings |= {"cluster.host": ADDRESS[mode], "cluster.port": 5701,
                     "cluster.bus-port": 5702,
                     "cluster.members": ",".join(f"{ADDRESS[c]}:5701" for c in CLOUDS)}
    else:
        settings["uplink.targets"] = ",".join(f"{ADDRESS[c]}:9001" for c in CLOUDS)
    network.start(mode, EDGES[mode], "edge", settings)


class Edge:
    """One edge as its users see it. Every thread that asks it stands in its namespace."""

    def __init__(self, mode, options):
        self.mode, self.options, self.going = mode, options, True
        self.asked, self.jobs, self.states = [], {}, []
        self.threads = []

    def thread(self, work):
        def within():
            with open(f"/run/netns/{EDGES[self.mode]}") as ns:
                LIBC.setns(ns.fileno(), 0x40000000)  # CLONE_NEWNET, of this thread only
            work()
        thread = threading.Thread(target=within, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def ask(self, number):
        texts = HARD if number % 2 else EASY
        body = json.dumps({
            "parameters": {"timeout": int(self.options.deadline * 1e6)},
            "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                        "data": [texts[number // 2 % len(texts)]]}],
            "outputs": [{"name": "label"}]})
        sent = time.time()
        try:
            status, said, _ = network.call(8000, "POST", "/v2/models/intent/infer", body)
            said = json.loads(said).get("parameters", {})
            self.asked.append((sent, time.time() - sent, status, said.get("brink_route"),
                               said.get("brink_reason")))
        except Exception as failure:
            self.asked.append((sent, time.time() - sent, 0, type(failure).__name__, ""))

    def submit(self, number):
        body = json.dumps({"inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                                       "data": [f"{HARD[number % len(HARD)]} {number}"]}]})
        status, _, headers = network.call(
            8000, "POST", "/v2/models/intent/infer", body,
            {"Prefer": "respond-async", "Idempotency-Key": f"{self.mode}-{number}"})
        self.jobs[headers.get("Location")] = status

    def every(self, seconds, action):
        number, due = 0, time.time()
        while self.going:
            self.thread(lambda mine=number: action(mine))
            number, due = number + 1, due + seconds
            time.sleep(max(0, due - time.time()))

    def watch(self):
        while self.going:
            state = self.state()
            if not self.states or self.states[-1][1] != state:
                self.states.append((time.time(), state))
            time.sleep(0.1)

    def state(self):
        try:
            return json.loads(network.call(8002, "GET", "/health/ready")[1])["checks"]["uplink"]["state"]
        except Exception as failure:
            return type(failure).__name__

    def pending(self):
        return sum(self.figure("brink_outbox_jobs", state) for state in ("queued", "running"))

    def figure(self, name, state):
        lines = network.call(8002, "GET", "/metrics")[1].decode()
        return sum(float(v) for v in re.findall(rf'^{name}{{[^}}]*state="{state}"[^}}]*}} (\S+)$',
                                                lines, re.M))

    def start_load(self):
        self.thread(lambda: self.every(1 / self.options.rate, self.ask))
        self.thread(lambda: self.every(1 / self.options.jobs, self.submit))
        self.thread(self.watch)

    def first(self, wanted, since):
        """Seconds until the state was one of those wanted, from `since` on; None for never."""
        before = [s for t, s in self.states if t <= since]
        if before and before[-1] in wanted:
            return 0.0
        return next((t - since for t, s in self.states if t > since and s in wanted), None)


def in_namespace_of(edge, question):
    found = []
    edge.thread(lambda: found.append(question())).join()
    return found[0] if found else None


# ---- What is measured ----------------------------------------------------------------------------

def recovered(edge, mended):
    """Seconds after mending until the link is online and no job that was accepted before waits."""
    while time.time() < mended + 60:
        pending = in_namespace_of(edge, edge.pending)
        # Jobs go on coming, so those of two seconds may be under way.
        if (edge.states[-1][1] == "online" and pending is not None
                and pending <= 2 * edge.options.jobs):
            return time.time() - mended
        time.sleep(0.1)
    return None


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))] if values else 0


def report(title, edge, broken, mended, back, most):
    asked = [r for r in edge.asked if r[0] >= broken]
    during = [r for r in asked if r[0] < mended]
    bad = [r for r in asked if r[2] != 200 or r[1] > edge.options.deadline]
    reasons = collections.Counter(f"{r[3]}/{r[4]}" for r in during)
    states = ", ".join(f"{s} {t - broken:+.1f}" for t, s in edge.states
                       if broken - 0.5 <= t <= mended + 30)
    gone = edge.first(("offline", "probing"), broken)
    print(f"{title}: {len(asked)} requests, {len(asked) - len(bad)} answered in their time; p50"
          f" {quantile([r[1] for r in asked], .5) * 1e3:.0f} ms, p99"
          f" {quantile([r[1] for r in asked], .99) * 1e3:.0f} ms, slowest"
          f" {max(r[1] for r in asked):.2f} s of {edge.options.deadline:g}; offline"
          f" {'never' if gone is None else f'after {gone:.1f} s'}; {most:.0f} jobs waiting when it"
          f" was mended, drained and online {'never' if back is None else f'{back:.1f} s after'}",
          flush=True)
    print(f"    while broken: {dict(reasons)}", flush=True)
    print(f"    states, seconds after: {states}", flush=True)
    slow = [r for r in asked if r[1] > 0.5 and r[0] >= broken + 3]
    if slow:
        print(f"    over 0.5 s, sent more than 3 s after: {len(slow)}, such as "
              + "; ".join(f"{r[0] - broken:.1f} s after: {r[1]:.2f} s {r[3]}/{r[4]}"
                          for r in slow[:8]), flush=True)
    for failure in bad[:5]:
        print("    not in its time:", failure[1:], f"{failure[0] - broken:.1f} s after", flush=True)
    return not bad and back is not None


def scenario(name, edges, seconds):
    breaking, holding = SCENARIOS[name]
    broken = time.time()
    breaking()
    holding(seconds)
    most = {mode: in_namespace_of(edge, edge.pending) for mode, edge in edges.items()}
    mended = time.time()
    mend()
    back = {}

    def wait(mode, edge):
        back[mode] = recovered(edge, mended)
    waits = [threading.Thread(target=wait, args=item) for item in edges.items()]
    for wait_thread in waits:
        wait_thread.start()
    for wait_thread in waits:
        wait_thread.join()
    time.sleep(3)
    good = True
    for mode, edge in edges.items():
        good &= report(f"{mode}, {name}, {seconds} s", edge, broken, mended, back[mode],
                       most[mode] or 0)
    return good


def executions():
    """What the cloud nodes count themselves: runs of jobs, and repetitions told from memory."""
    totals = collections.Counter()
    for ns in CLOUDS.values():
        text = inside(ns, "curl -s http://127.0.0.1:9002/metrics")
        for kind, value in re.findall(r"^brink_once_(executions|repetitions)_total\S* (\S+)$", text,
                                      re.M):
            totals[kind] += float(value)
    return totals


def settle(edges):
    """Every job that was accepted is done, and the cloud ran as many as there are."""
    accepted, good = 0, True
    for edge in edges.values():
        edge.going = False
    time.sleep(edges["cluster"].options.deadline + 1)
    for mode, edge in edges.items():
        network.wait_for(f"{mode} drained", lambda: in_namespace_of(edge, edge.pending) == 0, 60)
        done = in_namespace_of(edge, lambda: edge.figure("brink_outbox_jobs", "done"))
        refused = [s for s in edge.jobs.values() if s != 202]
        print(f"{mode}: {len(edge.jobs)} jobs accepted, {done:.0f} done, {len(refused)} refused",
              flush=True)
        good &= not refused and done == len(edge.jobs)
        accepted += len(edge.jobs)
    runs = executions()
    print(f"runs by the cloud's own count: {runs['executions']:.0f} for {accepted} jobs;"
          f" {runs['repetitions']:.0f} repetitions answered from memory", flush=True)
    return good and runs["executions"] == accepted


def parse():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=float, default=5)
    parser.add_argument("--jobs", type=float, default=1)
    parser.add_argument("--deadline", type=float, default=2)
    parser.add_argument("--prefix", default="bo")
    parser.add_argument("scenario", nargs="*", default=list(SCENARIOS))
    return parser.parse_args()


def main():
    options = parse()
    name_namespaces(options.prefix)
    edges = {mode: Edge(mode, options) for mode in EDGES}
    lay_network()
    try:
        start_clouds()
        for mode in EDGES:
            start_edge(mode)
        for mode, edge in edges.items():
            network.wait_for(f"{mode} ready", lambda: "ready edge" in network.log_of(mode))
            edge.start_load()
        for mode, edge in edges.items():
            network.wait_for(f"{mode} online",
                             lambda: edge.states and edge.states[-1][1] == "online")
        time.sleep(10)  # warm
        good = all([scenario(name, edges, options.seconds) for name in options.scenario])
        return 0 if settle(edges) and good else 1
    finally:
        network.stop_all()
        take_network_away()
        print(f"logs: {LOGS}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
