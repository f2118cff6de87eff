"""What the uplinks do when the network or a cloud node does not do its part.

usage: sudo edge-node/src/it/network.py [SCENARIO...]      (without: all but the long ones and
those that others contain)

Starts one edge and three cloud nodes from the built distribution, each in a network namespace of its
own, behind a router that is another. Nothing leaves them. Needs Linux, root, ip, nft; no ports.
For each scenario it sends 20 requests a second to the edge. Every other one names the cloud, so that
nobody else can answer it; the rest are ordinary requests that the edge finds hard. It breaks
something, mends it, and prints what the callers saw. BRINK_NS is the prefix of the namespaces' names.
"""
import ctypes, http.client, json, os, re, signal, subprocess, sys, tempfile, threading, time
from link import Link

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
PREFIX = os.environ.get("BRINK_NS", "bx")
EDGE, ROUTER = f"{PREFIX}-edge", f"{PREFIX}-net"
CLOUDS = {f"cloud-{i}": f"{PREFIX}-c{i}" for i in (1, 2, 3)}
ADDRESS = {"edge": "192.168.77.2"} | {f"cloud-{i}": f"10.10.0.1{i}" for i in (1, 2, 3)}
LOGS = tempfile.mkdtemp(prefix="brink-network-")
LATE = 0.5
nodes, lines = {}, []
LIBC = ctypes.CDLL(None)


def sh(command, check=True):
    return subprocess.run(command, shell=True, check=check, capture_output=True, text=True).stdout


def call(port, method, path, body=None, headers=None, timeout=10):
    """Status, body and headers of an HTTP answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


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
    lines.append(Link(EDGE, ROUTER, ADDRESS["edge"] + "/24", "192.168.77.1/24", name="edge"))
    sh(f"ip -n {EDGE} route add default via 192.168.77.1")
    rules = ("table ip t {\nchain cut { type filter hook forward priority 0; }\n")
    if nat:
        rules += ("chain nat { type nat hook postrouting priority 100;"
                  " ip saddr 192.168.77.0/24 oifname br0 masquerade; }\n")
    rules += "}\ntable bridge t {\nchain cut { type filter hook prerouting priority 0; }\n}\n"
    subprocess.run(["ip", "netns", "exec", ROUTER, "nft", "-f", "-"], input=rules, text=True,
                   check=True)


def take_network_away():
    while lines:
        lines.pop().close()
    for ns in (EDGE, ROUTER, *CLOUDS.values()):
        sh(f"ip netns del {ns}", check=False)


def cut(cloud, to_edge=True, to_cloud=True):
    if to_edge:
        sh(f"ip netns exec {ROUTER} nft add rule ip t cut ip saddr {ADDRESS[cloud]} drop")
    if to_cloud:
        sh(f"ip netns exec {ROUTER} nft add rule ip t cut ip daddr {ADDRESS[cloud]} drop")


def isolate(cloud):
    """From the edge and from the other cloud nodes."""
    device = f"v-{CLOUDS[cloud]}"
    sh(f"ip netns exec {ROUTER} nft add rule bridge t cut iifname {device} drop")
    sh(f"ip netns exec {ROUTER} nft add rule bridge t cut ether daddr {mac(cloud)} drop")
    cut(cloud)


def mac(cloud):
    return sh(f"ip netns exec {CLOUDS[cloud]} cat /sys/class/net/eth0/address").strip()


def heal():
    sh(f"ip netns exec {ROUTER} nft flush chain ip t cut")
    sh(f"ip netns exec {ROUTER} nft flush chain bridge t cut")


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

    def one(self, names_the_cloud):
        sent = time.time()
        parameters = {"timeout": 2_000_000}
        if names_the_cloud:
            parameters["brink_route"] = "cloud"
        body = json.dumps({
            "parameters": parameters,
            "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                        "data": ["how many moons does jupiter have"]}],
            "outputs": [{"name": "label"}]})
        kind = "cloud" if names_the_cloud else "ordinary"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=10)
            connection.request("POST", "/v2/models/intent/infer", body)
            answer = connection.getresponse()
            said = json.loads(answer.read()).get("parameters", {})
            self.seen.append((sent, time.time() - sent, answer.status, said.get("brink_route"),
                              said.get("brink_node"), kind))
        except Exception as failure:
            self.seen.append((sent, time.time() - sent, 0, type(failure).__name__, None, kind))

    def run(self):
        with open(f"/run/netns/{EDGE}") as ns:
            LIBC.setns(ns.fileno(), 0x40000000)  # CLONE_NEWNET, of this thread only
        count = 0
        while self.going:
            count += 1
            threading.Thread(target=self.one, args=(count % 2 == 0,), daemon=True).start()
            time.sleep(0.05)

    def report(self, title, broken, mended=None):
        self.going = False
        time.sleep(3)
        after = [r for r in self.seen if r[0] >= broken]
        errors = [r for r in after if r[2] != 200]
        late = [r for r in after if r[2] != 200 or r[3] != "cloud" or r[1] > LATE]
        # what was sent while nothing was mended yet
        window = [r for r in late if mended is None or r[0] < mended]
        last = max((r[0] for r in window), default=broken) - broken
        failed = {kind: sum(r[5] == kind for r in errors) for kind in ("cloud", "ordinary")}
        took = sorted(r[1] for r in after)
        print(f"{title}: {len(after)} requests; errors: {failed['cloud']} of those that name the cloud,"
              f" {failed['ordinary']} ordinary; {len(late)} late (> {LATE} s) or answered by the edge,"
              f" the last sent {last:.1f} s after the event; median {took[len(took) // 2]:.3f} s,"
              f" slowest {took[-1]:.2f} s", flush=True)
        for bad in errors[:3]:
            print("    error", bad[2:], f"{bad[0] - broken:.1f} s after", flush=True)
        seconds = {}
        for r in late:
            seconds[int(r[0] - broken)] = seconds.get(int(r[0] - broken), 0) + 1
        print("    late by second:", seconds, flush=True)
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
        time.sleep(4)


def faults(mode):
    under_load(f"{mode}, black hole", lambda: cut("cloud-1"), heal, seconds=10)
    under_load(f"{mode}, cloud-1 cut off from everybody", lambda: isolate("cloud-1"), heal, seconds=10)
    under_load(f"{mode}, cut from cloud to edge only", lambda: cut("cloud-1", to_cloud=False), heal)
    under_load(f"{mode}, frozen (SIGSTOP)", lambda: kill("cloud-1", signal.SIGSTOP),
               lambda: kill("cloud-1", signal.SIGCONT), seconds=10)
    under_load(f"{mode}, kill -9", lambda: kill("cloud-1", signal.SIGKILL), restart)


def killed(mode):
    for _ in range(2):
        under_load(f"{mode}, kill -9", lambda: kill("cloud-1", signal.SIGKILL), restart)
        time.sleep(2)


def lines_gone_bad(mode):
    under_load(f"{mode}, no way to any cloud", lambda: lines[0].set(up=False),
               lambda: lines[0].set(up=True))
    under_load(f"{mode}, 20 % loss each way", lambda: lines[0].set(loss=0.2), seconds=20)
    lines[0].set(loss=0)
    under_load(f"{mode}, round trip 200 ms", lambda: lines[0].set(rtt_ms=200), seconds=20)
    lines[0].set(rtt_ms=0)


def rolling(mode):
    under_load(f"{mode}, rolling restart", roll, seconds=1)


def starved(mode, minutes=10):
    """Nothing breaks, but the machine is fully busy otherwise: nobody may be taken for dead."""
    busy = subprocess.Popen(["stress-ng", "--cpu", "4", "--timeout", f"{minutes * 60 + 60}s"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        load = Load()
        load.start()
        wait_for("answers of all clouds", lambda: {r[4] for r in load.seen[-100:]} >= set(CLOUDS))
        begin = time.time()
        before = {name: len(log_of(name)) for name in nodes}
        time.sleep(minutes * 60)
        said = {name: log_of(name)[before[name]:] for name in nodes}
        for name, text in said.items():
            told = [line for line in text.splitlines()
                    if re.search("put out|is gone|does not answer|no data member|joined the cluster|"
                                 "healthy=false|changed state", line)]
            print(f"    {name}: {len(told)} lines about members or targets that went", flush=True)
            for line in told[:10]:
                print("       ", line[:200], flush=True)
        load.report(f"{mode}, {minutes} minutes beside stress-ng", begin)
    finally:
        busy.terminate()
        busy.wait()


def unroutable():
    begin = wait_for("joining", lambda: "joined the cluster" in log_of("edge"))
    said = wait_for("unroutable", lambda: "unroutable" in log_of("edge"), 30)
    print(f"cluster, behind NAT: said to be unroutable {said - begin:.1f} s after joining", flush=True)


def works_behind_nat():
    load = Load()
    load.start()
    wait_for("answers", lambda: len(load.seen) > 200)
    load.report("grpc, behind NAT, nothing broken", load.seen[100][0])


def faults_of(mode):
    return lambda: with_nodes(mode, mode == "grpc", lambda: faults(mode))


def lines_of(mode):
    return lambda: with_nodes(mode, mode == "grpc", lambda: lines_gone_bad(mode))


def rolling_of(mode):
    return lambda: with_nodes(mode, mode == "grpc", lambda: rolling(mode))


def killed_of(mode):
    return lambda: with_nodes(mode, mode == "grpc", lambda: killed(mode))


def starved_of(mode):
    return lambda: with_nodes(mode, mode == "grpc", lambda: starved(mode))


SCENARIOS = {
    "cluster-nat": lambda: with_nodes("cluster", True, unroutable),
    "grpc-nat": lambda: with_nodes("grpc", True, works_behind_nat),
    "grpc-faults": faults_of("grpc"),
    "cluster-faults": faults_of("cluster"),
    "grpc-lines": lines_of("grpc"),
    "cluster-lines": lines_of("cluster"),
    "grpc-rolling": rolling_of("grpc"),
    "cluster-rolling": rolling_of("cluster"),
}
ALONE = {"grpc-kill": killed_of("grpc"), "cluster-kill": killed_of("cluster")}
LONG = {"grpc-starved": starved_of("grpc"), "cluster-starved": starved_of("cluster")}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or SCENARIOS:
        (SCENARIOS | ALONE | LONG)[chosen]()
