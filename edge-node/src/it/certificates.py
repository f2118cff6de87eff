#!/usr/bin/env python3
"""TLS on every port of a pair of nodes, and what happens with certificates that are wrong.

usage: edge-node/src/it/certificates.py

Makes authorities by `brink pki`, starts a cloud and an edge node from the built distribution on free
ports of loopback, and tries: callers with and without a certificate on the HTTP, gRPC and management
ports; both uplinks; a stranger's certificate; a certificate for another host; tenants by their certificates;
new certificates without a restart; and a cluster port on a public address. Exit status 1 where
anything is not so.
"""
import http.client, json, os, re, shutil, socket, ssl, subprocess, sys, tempfile, time, warnings

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
FOLDER = tempfile.mkdtemp(prefix="brink-tls-")
nodes, wrong = {}, []


def pki(name):
    out = subprocess.run([f"{ROOT}/brink", "pki", "edge-1", "cloud-1", "--out", f"{FOLDER}/{name}"],
                         check=True, capture_output=True, text=True).stdout
    found = re.findall(r"certificate: ([^,]+), key: ([^,]+), trust: ([^,]+),", out)
    return {"edge": found[0], "cloud": found[1]}


def free_port(host="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def start(role, identity, **settings):
    certificate, key, trust = identity[role]
    settings = {"node.id": f"{role}-1", "http.port": 0, "grpc.port": 0, "management.port": 0,
                "cluster.port": 0, "tls.certificate": certificate, "tls.key": key, "tls.trust": trust,
                "tls.client-certificates": "required", "tls.reload": "1s"} | settings
    if role == "edge":
        settings["outbox.path"] = f"{FOLDER}/outbox.db"
    command = [f"{ROOT}/brink", role, "--watch-parent"]
    for name, value in settings.items():
        command += ["--set", f"{name.replace('__', '.')}={value}"]
    log = open(f"{FOLDER}/{role}.log", "a")
    node = nodes[role] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    for line in node.stdout:
        ports = re.match(r"ready \w+ http=(\d+) grpc=(\d+) management=(\d+)", line)
        if ports:
            return [int(port) for port in ports.groups()]
    raise SystemExit(f"the {role} node did not start; logs in {FOLDER}")


def stop(role):
    nodes[role].kill()
    nodes.pop(role).wait()
    log = log_of(role)
    os.remove(f"{FOLDER}/{role}.log")
    return log


def log_of(role):
    with open(f"{FOLDER}/{role}.log") as file:
        return file.read()


def context(identity, shown=True, role="edge"):
    certificate, key, trust = identity[role]
    made = ssl.create_default_context(cafile=trust)
    if shown:
        made.load_cert_chain(certificate, key)
    return made


def get(port, tls, path="/v2/health/ready"):
    try:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status
    except (ssl.SSLError, OSError) as refused:
        return type(refused).__name__


def serial(port, tls):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if tls is None else tls
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        with tls.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            return secured.getpeercert()["serialNumber"], secured.version()


def ask_cloud(port, tls):
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=10)
    connection.request("POST", "/v2/models/intent/infer", json.dumps({
        "parameters": {"brink_route": "cloud", "timeout": 2_000_000},
        "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES", "data": ["hello"]}]}))
    answer = connection.getresponse()
    return json.loads(answer.read()).get("parameters", {}).get("brink_route", answer.status)


def ask_for(port, tls, key, text, **headers):
    """Status, headers and body of an answer of the cloud's under an idempotency key."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls, timeout=10)
    connection.request("POST", "/v2/models/intent/infer", json.dumps({
        "parameters": {"brink_route": "cloud", "timeout": 5_000_000},
        "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES", "data": [text]}]}),
        {"Idempotency-Key": key} | {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def until(what, seconds=25):
    """The last value of `what`, tried until it is true or time is over."""
    end = time.time() + seconds
    while True:
        value = what()
        if value or time.time() > end:
            return value
        time.sleep(0.2)


def check(what, seen, right):
    print(("ok    " if right else "WRONG ") + f"{what}: {seen}", flush=True)
    if not right:
        wrong.append(what)


def line_of(log, pattern):
    return next((line for line in log.splitlines() if re.search(pattern, line)), "")


def doors(name, ports, identity):
    for door, port in zip(("HTTP", "gRPC", "management"), ports):
        path = "/health/ready" if door == "management" else "/v2/health/ready"
        with_one, without = context(identity), context(identity, shown=False)
        check(f"{name}, {door}: TLS", serial(port, with_one)[1], serial(port, with_one)[1] == "TLSv1.3")
        if door != "gRPC":
            seen = get(port, with_one, path)
            check(f"{name}, {door}: a caller with a certificate", seen, seen == 200)
            seen = get(port, without, path)
            check(f"{name}, {door}: a caller without", seen, seen != 200)
        old = context(identity)
        try:
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
            seen = serial(port, old)[1]
        except (ssl.SSLError, OSError, ValueError) as refused:
            seen = type(refused).__name__
        check(f"{name}, {door}: TLS 1.1", seen, not str(seen).startswith("TLS"))


def tenants(good, edge, cloud):
    mine, theirs = context(good), context(good, role="cloud")
    seen = [ask_for(edge[0], tls, "key-1", text)[0] for tls, text in ((mine, "hello"), (theirs, "bye"))]
    check("two tenants with the same idempotency key, by the gRPC uplink", seen, seen == [200, 200])
    seen = ask_for(edge[0], mine, "key-1", "bye")[0]
    check("one of them with another request", seen, seen == 409)
    job = ask_for(edge[0], mine, "key-2", "hello", Prefer="respond-async")[1]["Location"]
    seen = get(edge[0], theirs, job), until(lambda: get(edge[0], mine, job) == 200)
    check("a job, asked for by the other tenant and by its own", seen, seen == (404, True))
    seen = ask_for(cloud[0], theirs, "key-3", "hello", brink_tenant="edge-1")[0]
    check("a caller of the cloud that names a tenant and is not trusted", seen, seen == 403)


def grpc_uplink(good, stranger):
    cloud = start("cloud", good, **{"tenants.from": "certificate", "tenants.trusted": "edge-1"})
    edge = start("edge", good, **{"uplink.mode": "grpc", "uplink.targets": f"127.0.0.1:{cloud[1]}",
                                  "tenants.from": "certificate"})
    seen = until(lambda: ask_cloud(edge[0], context(good)) == "cloud")
    check("gRPC uplink with mutual TLS: answered by the cloud", seen, seen)
    tenants(good, edge, cloud)
    doors("cloud", cloud, good)
    doors("edge", edge, good)
    reload_all(good, cloud, edge)
    stop("edge")
    start("edge", stranger, **{"uplink.mode": "grpc", "uplink.targets": f"127.0.0.1:{cloud[1]}"})
    until(lambda: "refused" in log_of("edge"), 10)
    said = line_of(stop("edge"), "certificate refused")
    check("gRPC uplink of another authority, the edge says", said, "127.0.0.1" in said)
    stop("cloud")
    cloud = start("cloud", good, **{"grpc.host": "127.0.0.2"})
    edge = start("edge", good, **{"uplink.mode": "grpc", "uplink.targets": f"127.0.0.2:{cloud[1]}"})
    until(lambda: "refused" in log_of("edge"), 10)
    said = line_of(log_of("edge"), "certificate refused")
    check("gRPC target whose certificate names another host, the edge says", said, "127.0.0.2" in said)
    stop("edge"), stop("cloud")


def reload_all(good, cloud, edge):
    before = {port: serial(port, context(good))[0] for port in cloud + edge}
    fresh = pki("fresh")
    for role in ("edge", "cloud"):
        for old, new in zip(good[role], fresh[role]):
            shutil.copyfile(new, old)
    time.sleep(3)
    changed = until(lambda: all(serial(port, context(good))[0] != before[port] for port in before), 10)
    check("new certificates on all six ports without a restart", changed, changed)
    seen = until(lambda: ask_cloud(edge[0], context(good)) == "cloud")
    check("and the gRPC uplink goes on", seen, seen)


def cluster_uplink(good, stranger):
    port = free_port()
    start("cloud", good, **{"cluster.port": port})
    members = {"uplink.mode": "cluster", "cluster.members": f"127.0.0.1:{port}"}
    edge = start("edge", good, **members)
    seen = until(lambda: ask_cloud(edge[0], context(good)) == "cloud")
    check("cluster uplink with mutual TLS: answered by the cloud", seen, seen)
    fresh = pki("fresh-bus")
    for role in ("edge", "cloud"):
        for old, new in zip(good[role], fresh[role]):
            shutil.copyfile(new, old)
    rejoined = until(lambda: log_of("edge").count("joined the cluster") > 1, 30)
    check("new certificates: the edge joins anew", rejoined, rejoined)
    seen = until(lambda: ask_cloud(edge[0], context(good)) == "cloud", 40)
    check("and is answered by the cloud again", seen, seen)
    stop("edge")
    start("edge", stranger, **members)
    until(lambda: "unroutable" in log_of("edge"), 20)
    edge_log, cloud_log = stop("edge"), stop("cloud")
    said = line_of(edge_log, "unroutable")
    check("bus of another authority, the edge says", said, bool(said))
    refusals = {line_of(log, "peer's certificate refused") for log in (edge_log, cloud_log)} - {""}
    named = [line for line in refusals if "subject=" in line and "issuer=" in line]
    check("whoever refused names peer, subject, issuer and reason", refusals, bool(named))


def public_address():
    for host in ("0.0.0.0", "203.0.113.7"):
        tried = subprocess.run([f"{ROOT}/brink", "cloud", "--set", f"cluster.host={host}"],
                               capture_output=True, text=True, timeout=60)
        said = line_of(tried.stdout + tried.stderr, "allow-public: true overrides")
        check(f"cluster.host {host} is refused", said, tried.returncode != 0 and bool(said))


if __name__ == "__main__":
    try:
        grpc_uplink(pki("one"), pki("stranger"))
        cluster_uplink(pki("two"), pki("stranger"))
        public_address()
    finally:
        for role in list(nodes):
            stop(role)
    shutil.rmtree(FOLDER)
    sys.exit(1 if wrong else 0)
