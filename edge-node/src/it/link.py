"""A line between two network namespaces with a delay and a loss that can be changed while it is used.

    line = Link("bx-edge", "bx-net", "10.9.0.1/30", "10.9.0.2/30", rtt_ms=20)
    line.set(rtt_ms=200)      # from now on; what is under way keeps its delay
    line.set(loss=0.2)        # of the packets, each way
    line.set(up=False)        # a black hole, no error: both ways
    line.close()

Where the kernel has netem it is a pair of veths with a netem queue on each; else a small relay of
this file (a process of its own, between two TUN devices) holds every packet for half the round trip.
`line.kind` says which. Needs Linux, root, ip, tc. As a program it tries itself: sudo link.py.
"""
import ctypes, fcntl, heapq, os, random, select, struct, subprocess, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
MTU, MOST_HELD = 1500, 20_000
LIBC = ctypes.CDLL(None, use_errno=True)


def sh(command, check=True):
    return subprocess.run(command, shell=True, check=check, capture_output=True, text=True)


class Link:
    """Devices `name`0 in ns_a and `name`1 in ns_b, with these addresses (with prefix length)."""

    def __init__(self, ns_a, ns_b, address_a, address_b, rtt_ms=0.0, loss=0.0, name="line",
                 user_space=None):
        self.ends = [(ns_a, name + "0", address_a), (ns_b, name + "1", address_b)]
        self.rtt_ms, self.loss, self.up, self.relay = rtt_ms, loss, True, None
        in_user_space = not has_netem(ns_a) if user_space is None else user_space
        self.kind = "relay" if in_user_space else "netem"
        if in_user_space:
            command = [sys.executable, os.path.abspath(__file__), "relay"]
            for ns, device, _ in self.ends:
                command += [ns, device]
            self.relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          text=True)
            if self.relay.stdout.readline() != "open\n":
                raise SystemExit("the relay cannot open its TUN devices (root? /dev/net/tun?)")
        else:
            (a, device_a, _), (b, device_b, _) = self.ends
            sh(f"ip link add {device_a} netns {a} type veth peer name {device_b} netns {b}")
        for ns, device, address in self.ends:
            sh(f"ip -n {ns} addr add {address} dev {device} && ip -n {ns} link set {device} mtu {MTU} up")
        self.set()

    def set(self, rtt_ms=None, loss=None, up=None):
        """Changes what is given and leaves the rest; loss is a share from 0 to 1."""
        self.rtt_ms = self.rtt_ms if rtt_ms is None else rtt_ms
        self.loss = self.loss if loss is None else loss
        self.up = self.up if up is None else up
        loss = self.loss if self.up else 1.0
        if self.relay:
            self.relay.stdin.write(f"{self.rtt_ms / 2000} {loss}\n")
            self.relay.stdin.flush()
            return
        for ns, device, _ in self.ends:
            sh(f"ip netns exec {ns} tc qdisc replace dev {device} root netem limit {MOST_HELD}"
               f" delay {self.rtt_ms / 2}ms loss {100 * loss}%")

    def close(self):
        if self.relay:
            self.relay.stdin.close()
            self.relay.wait()
        else:
            ns, device, _ = self.ends[0]
            sh(f"ip -n {ns} link del {device}", check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def has_netem(ns):
    tried = sh(f"ip netns exec {ns} tc qdisc add dev lo root netem delay 1ms", check=False)
    sh(f"ip netns exec {ns} tc qdisc del dev lo root", check=False)
    return tried.returncode == 0


def open_tun(ns, device):
    with open(f"/run/netns/{ns}") as file:
        if LIBC.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + ns)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return tun


class Relay:
    """Holds packets until they are due; stdin says the delay (s, one way) and the loss, line by line."""

    def __init__(self, ends):
        self.tuns = [open_tun(ns, device) for ns, device in ends]
        self.other = {self.tuns[0]: self.tuns[1], self.tuns[1]: self.tuns[0]}
        self.delay, self.loss, self.held, self.count = 0.0, 0.0, [], 0

    def take(self, tun):
        """All that lies there; a queue that is full drops, as a router's does."""
        while True:
            try:
                packet = os.read(tun, MTU + 100)
            except BlockingIOError:
                return
            if random.random() >= self.loss and len(self.held) < MOST_HELD:
                self.count += 1
                due = time.monotonic() + self.delay
                heapq.heappush(self.held, (due, self.count, self.other[tun], packet))

    def give(self):
        """What is due; the seconds until more is."""
        while self.held and self.held[0][0] <= time.monotonic():
            _, _, tun, packet = heapq.heappop(self.held)
            try:
                os.write(tun, packet)
            except OSError:
                pass  # the device is down, or its queue is full: the packet is lost
        return max(0.0, self.held[0][0] - time.monotonic()) if self.held else None

    def run(self):
        print("open", flush=True)
        control, text = sys.stdin.fileno(), b""
        while True:
            readable, _, _ = select.select([control, *self.tuns], [], [], self.give())
            for source in readable:
                if source != control:
                    self.take(source)
                    continue
                read = os.read(control, 4096)
                if not read:
                    return
                *lines, text = (text + read).split(b"\n")
                for line in lines:
                    self.delay, self.loss = map(float, line.split())


def try_out():
    """Pings over a line at three delays, with loss and without."""
    names = ("bx-try-a", "bx-try-b")
    for ns in names:
        sh(f"ip netns del {ns}", check=False)
        sh(f"ip netns add {ns} && ip -n {ns} link set lo up")
    try:
        with Link(*names, "10.9.9.1/30", "10.9.9.2/30") as line:
            print("a line by", line.kind)
            for rtt, loss in ((0, 0), (20, 0), (200, 0), (20, 0.2)):
                line.set(rtt, loss)
                told = sh(f"ip netns exec {names[0]} ping -q -i 0.02 -c 100 10.9.9.2", check=False)
                lines = told.stdout.splitlines()
                print(f"rtt {rtt} ms, loss {loss}:", *lines[-2:], sep="\n  ")
    finally:
        for ns in names:
            sh(f"ip netns del {ns}", check=False)


if __name__ == "__main__":
    if sys.argv[1:2] == ["relay"]:
        Relay([sys.argv[2:4], sys.argv[4:6]]).run()
    else:
        try_out()
