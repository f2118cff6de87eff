#!/usr/bin/env python3
"""An edge node whose cloud is a server made with another gRPC implementation (@grpc/grpc-js).

usage: edge-node/src/it/other_server.py

Installs two packages of npm into a temporary folder, starts the server of other-server/ and an edge
node from the built distribution, both on free ports of loopback. Shows that the edge's requests are
answered, what a caller sees of each gRPC status, and what happens while the server is killed.
Exit status 1 where anything is not as it should be.
"""
import http.client, json, os, re, shutil, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../../.."))
PROTO = f"{ROOT}/shared/src/main/proto/open_inference.proto"
EXPECTED = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 12: 501, 13: 500, 14: 503, 16: 401}
wrong = []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(folder, port):
    server = subprocess.Popen(["node", "server.js", PROTO, f"127.0.0.1:{port}"], cwd=folder, text=True,
                              stdout=subprocess.PIPE)
    if server.stdout.readline() != "ready\n":
        raise SystemExit("the server did not start")
    return server


def start_edge(folder, target):
    log = open(f"{folder}/edge.log", "w")
    edge = subprocess.Popen(
        [f"{ROOT}/brink", "edge", "--watch-parent"]
        + [part for key, value in {
            "http.port": 0, "grpc.port": 0, "management.port": 0, "uplink.mode": "grpc",
            "uplink.targets": target, "outbox.path": f"{folder}/outbox.db"}.items()
           for part in ("--set", f"{key}={value}")],
        stdout=subprocess.PIPE, stderr=log, text=True)
    for line in edge.stdout:
        ports = re.match(r"ready edge http=(\d+) .*management=(\d+)", line)
        if ports:
            return edge, int(ports[1]), int(ports[2])
    raise SystemExit(f"the edge did not start; see {folder}/edge.log")


def infer(port, model, **parameters):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", f"/v2/models/{model}/infer", json.dumps({
        "parameters": parameters,
        "inputs": [{"name": "text", "shape": [1, 1], "datatype": "BYTES",
                    "data": ["how many moons does jupiter have"]}],
        "outputs": [{"name": "label"}]}))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def check(what, seen, expected):
    right = seen == expected
    print(("ok    " if right else "WRONG ") + what + f": {seen}" + ("" if right else f", not {expected}"))
    if not right:
        wrong.append(what)


def await_cloud(port, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        status, body = infer(port, "intent", brink_route="cloud", timeout=2_000_000)
        if status == 200 and body["parameters"]["brink_route"] == "cloud":
            return body
        time.sleep(0.1)
    return body


def try_it(folder, edge_port, server, server_port):
    body = await_cloud(edge_port)
    check("a request that names the cloud is answered there", body["outputs"][0]["data"], ["js"])
    status, body = infer(edge_port, "intent")
    check("a hard request is answered there", (status, body["parameters"]["brink_route"],
                                               body["outputs"][0]["data"]), (200, "cloud", ["js"]))
    told = json.loads(server.stdout.readline())
    check("the server sees the tensor", (told["inputs"], told["bytes"]), (["text"], [36]))
    check("the server sees the deadline", 0 < told["deadline"] <= 2000, True)
    for code, http_status in EXPECTED.items():
        await_cloud(edge_port)  # what fails by the server's fault is left alone for a while
        status, _ = infer(edge_port, f"status-{code}", timeout=2_000_000)
        check(f"gRPC status {code}", status, http_status)
    server.kill()
    server.wait()
    seen = [infer(edge_port, "intent", timeout=2_000_000) for _ in range(20)]
    check("killed: every hard request is answered by the edge, degraded",
          {(status, body["parameters"]["brink_route"], body["parameters"]["brink_degraded"])
           for status, body in seen}, {(200, "edge", True)})
    again = start_server(f"{folder}/server", server_port)
    begin = time.time()
    body = await_cloud(edge_port)
    check("back: the server answers again", body["outputs"][0]["data"], ["js"])
    print(f"      {time.time() - begin:.1f} s after it was started again")
    again.kill()


def main():
    folder = tempfile.mkdtemp(prefix="brink-other-")
    shutil.copytree(f"{HERE}/other-server", f"{folder}/server")
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=f"{folder}/server",
                   check=True)
    server_port = free_port()
    server = start_server(f"{folder}/server", server_port)
    edge = None
    try:
        edge, edge_port, _ = start_edge(folder, f"127.0.0.1:{server_port}")
        try_it(folder, edge_port, server, server_port)
    finally:
        server.kill()
        if edge:
            edge.terminate()
            edge.wait()
        shutil.rmtree(folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
