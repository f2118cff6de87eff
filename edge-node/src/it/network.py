#!/usr/bin/env python3
"""What the uplinks do when the network or a cloud node does not do its part.

usage: sudo edge-node/src/it/network.py [SCENARIO...]      (without: all of them)

Starts one edge and two cloud nodes from the built distribution, each in a network namespace of its
own, behind a router that is a fourth. Nothing leaves them. Needs Linux, root, ip, nft; no ports.
For each scenario it sends 20 requests a second to the edge, all to be answered by the cloud, breaks
something, mends it, and prints what the callers saw.
"""
import ctypes, http.client, json, os, re, signal, subprocess, sys, tempfile, threading, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
EDGE, ROUTER, CLOUDS = "bx-edge", "bx-net", {"cloud-1": "bx-c1", "cloud-2": "bx-c2"}
ADDRESS = {"edge": "192.168.77.2", "cloud-1": "10.10.0.11", "cloud-2": "10.10.0.12"}
LOGS = tempfile.mkdtemp(prefix="brink-network-")
nodes = {}
LIBC = ctypes.CDLL(None)


def sh(command, check=True):
    return subprocess.run(command, shell=True, check=check, capture_output=True, text=True).stdout


def lay_network(nat):
    take_network_away()
    for ns in (EDGE, ROUTER, *CLOUDS.values()):
        sh(f"ip netns add {ns} && ip -n {ns} link set lo up")
    sh(f"ip netns exec {ROUTER} sysctl -qw net.ipv4.ip_forward=1")
    sh(f"ip -n {ROUTER} link add br0 type bridge && ip -n {ROUTER} addr add 10.10.0.1/24 dev br0"
       f" && ip -n {ROUTER} link set br0 up")
    for name, ns in CLOUDS.items():
        sh(f"ip link add v-{ns} netns {ROUTER} type veth peer name eth0 netns {ns}"
           f" && ip -n {ROUTER} link set v-{ns} master br0 up"
           f" && ip -n {ns} addr add {ADDRESS[name]}/24 dev eth0 && ip -n {ns} link set eth0 up")
        if not nat:
            sh(f"ip -n {ns} route add default via 10.10.0.1")
    sh(f"ip link add v-edge netns {ROUTER} type veth peer name eth0 netns {EDGE}"
       f" && ip -n {ROUTER} addr add 192.168.77.1/24 dev v-edge && ip -n {ROUTER} link set v-edge up"
       f" && ip -n {EDGE} addr add {ADDRESS['edge']}/24 dev eth0 && ip -n {EDGE} link set eth0 up"
       f" && ip -n {EDGE} route add default via 192.168.77.1")
    rules = "table ip t {\nchain cut { type filter hook forward priority 0; }\n"
    if nat:
        rules += ("chain nat { type nat hook postrouting priority 100;"
                  " ip saddr 192.168.77.0/24 oifname br0 masquerade; }\n")
    subprocess.run(["ip", "netns", "exec", ROUTER, "nft", "-f", "-"], input=rules + "}\n", text=True,
                   check=True)


def take_network_away():
    for ns in (EDGE, ROUTER, *CLOUDS.values()):
        sh(f"ip netns del {ns}", check=False)


def cut(cloud, to_edge=True, to_cloud=True):
    if to_edge:
        sh(f"ip netns exec {ROUTER} nft add rule ip t cut ip saddr {ADDRESS[cloud]} drop")
    if to_cloud:
        sh(f"ip netns exec {ROUTER} nft add rule ip t cut ip daddr {ADDRESS[cloud]} drop")


def heal():
    sh(f"ip netns exec {ROUTER} nft flush chain ip t cut")


def start(name, ns, role, settings):
    log = open(f"{LOGS}/{name}.log", "a")
    command = ["ip", "netns", "exec", ns, f"{ROOT}/brink", role, "--set", f"node.id={name}"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    nodes[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def start_cloud(name):
    others = ",".join(f"{ADDRESS[other]}:5701" for other in CLOUDS)
    start(name, CLOUDS[name], "cloud", {
        "http.port": 9000, "grpc.host": ADDRESS[name], "grpc.port": 9001, "management.port": 9002,
        "cluster.host": ADDRESS[name], "cluster.port": 5701, "cluster.bus-port": 5702,
        "cluster.members": others})


def start_edge(mode):
    settings = {"http.port": 8000, "grpc.port": 8001, "management.port": 8002, "uplink.mode": mode,
                "outbox.path": f"{LOGS}/outbox.db"}
    if mode == "cluster":
        settings |= {"cluster.host": ADDRESS["edge"], "cluster.port": 5701, "cluster.bus-port": 5702,
                     "cluster.members": ",".join(f"{ADDRESS[c]}:5701" for c in CLOUDS)}
    else:
        settings["uplink.targets"] = ",".join(f"{ADDRESS[c]}:9001" for c in CLOUDS)
    start("edge", EDGE, "edge", settings)


def kill(name, sig):
    os.killpg(nodes[name].pid, sig)


def stop_all():
    for process in nodes.values():
        if process.poll() is None:
            for sig in (signal.SIGCONT, signal.SIGKILL):
                os.killpg(process.pid, sig)
            process.wait()
    nodes.clear()


def log_of(name):
    with open(f"{LOGS}/{name}.log") as file:
        return file.read()


def wait_for(what, found, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        if found():
            return time.time()
        time.sleep(0.1)
    raise SystemExit(f"{what} did not come; logs in {LOGS}")


class Load(threading.Thread):
    """20 requests a second from inside the edge's namespace, one thread each."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.going = [], True

    def one(self):
        sent = time.time()
        body = json.dumps({
            "parameters": {"brink_route": "cloud", "timeout": 2_000_000},
            "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                        "data": ["what is the exchange rate of the euro"]}],
            "outputs": [{"name": "label"}]})
        try:
            connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
            connection.request("POST", "/v2/models/intent/infer", body)
            answer = connection.getresponse()
            said = json.loads(answer.read()).get("parameters", {})
            self.seen.append((sent, time.time() - sent, answer.status, said.get("brink_route"),
                              said.get("brink_node")))
        except Exception as failure:
            self.seen.append((sent, time.time() - sent, 0, type(failure).__name__, None))

    def run(self):
        with open(f"/run/netns/{EDGE}") as ns:
            LIBC.setns(ns.fileno(), 0x40000000)  # CLONE_NEWNET, of this thread only
        while self.going:
            threading.Thread(target=self.one, daemon=True).start()
            time.sleep(0.05)

    def report(self, title, broken, mended=None):
        self.going = False
        time.sleep(3)
        after = [r for r in self.seen if r[0] >= broken]
        errors = [r for r in after if r[2] != 200]
        late = [r for r in after if r[2] != 200 or r[3] != "cloud" or r[1] > 0.5]
        # what was sent while nothing was mended yet
        window = [r for r in late if mended is None or r[0] < mended]
        last = max((r[0] for r in window), default=broken) - broken
        print(f"{title}: {len(after)} requests; {len(errors)} errors; {len(late)} late (> 0.5 s) or"
              f" answered by the edge, the last sent {last:.1f} s after the event;"
              f" slowest {max(r[1] for r in after):.2f} s", flush=True)
        for failure in errors[:3]:
            print("    error", failure[2:], f"{failure[0] - broken:.1f} s after", flush=True)
        return after


def served_again(load, name, since):
    return wait_for(f"{name} serving again",
                    lambda: any(r[4] == name and r[0] >= since for r in load.seen), 60) - since


def with_nodes(mode, nat, scenario):
    lay_network(nat)
    try:
        for cloud in CLOUDS:
            start_cloud(cloud)
        for cloud in CLOUDS:
            wait_for(f"{cloud} ready", lambda: "ready cloud" in log_of(cloud))
        start_edge(mode)
        wait_for("edge ready", lambda: "ready edge" in log_of("edge"))
        scenario()
    finally:
        stop_all()
        take_network_away()
        for name in ("edge", *CLOUDS):
            if os.path.exists(f"{LOGS}/{name}.log"):
                os.rename(f"{LOGS}/{name}.log", f"{LOGS}/{name}-{int(time.time())}.log")


def under_load(title, breaking, mending=None, seconds=8):
    load = Load()
    load.start()
    wait_for("answers of both clouds",
             lambda: {r[4] for r in load.seen[-100:]} >= set(CLOUDS) and len(load.seen) > 200)
    broken = time.time()
    breaking()
    time.sleep(seconds)
    mended = time.time() if mending else None
    back = None
    if mending:
        mending()
        back = served_again(load, "cloud-1", mended)
    load.report(title, broken, mended)
    if back is not None:
        print(f"    cloud-1 serves again {back:.1f} s after it was mended", flush=True)


def restart():
    wait_for("cloud-1 gone", lambda: nodes["cloud-1"].poll() is not None)
    start_cloud("cloud-1")


def roll():
    for cloud in CLOUDS:
        kill(cloud, signal.SIGTERM)
        wait_for(f"{cloud} gone", lambda: nodes[cloud].poll() is not None)
        os.rename(f"{LOGS}/{cloud}.log", f"{LOGS}/{cloud}-before.log")
        start_cloud(cloud)
        wait_for(f"{cloud} ready", lambda: "ready cloud" in log_of(cloud))
        time.sleep(8)


def faults(mode):
    under_load(f"{mode}, black hole", lambda: cut("cloud-1"), heal)
    under_load(f"{mode}, cut from cloud to edge only", lambda: cut("cloud-1", to_cloud=False), heal)
    under_load(f"{mode}, frozen (SIGSTOP)", lambda: kill("cloud-1", signal.SIGSTOP),
               lambda: kill("cloud-1", signal.SIGCONT))
    under_load(f"{mode}, kill -9", lambda: kill("cloud-1", signal.SIGKILL), restart)
    under_load(f"{mode}, rolling restart", roll, seconds=1)


def unroutable():
    begin = wait_for("joining", lambda: "joined the cluster" in log_of("edge"))
    said = wait_for("unroutable", lambda: "unroutable" in log_of("edge"), 30)
    print(f"cluster, behind NAT: said to be unroutable {said - begin:.1f} s after joining", flush=True)


def works_behind_nat():
    load = Load()
    load.start()
    wait_for("answers", lambda: len(load.seen) > 200)
    load.report("grpc, behind NAT, nothing broken", load.seen[100][0])


SCENARIOS = {
    "cluster-nat": lambda: with_nodes("cluster", True, unroutable),
    "grpc-nat": lambda: with_nodes("grpc", True, works_behind_nat),
    "grpc-faults": lambda: with_nodes("grpc", True, lambda: faults("grpc")),
    "cluster-faults": lambda: with_nodes("cluster", False, lambda: faults("cluster")),
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or SCENARIOS:
        SCENARIOS[chosen]()
