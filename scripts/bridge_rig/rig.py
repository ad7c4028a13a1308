"""A bridge of one's own for proofs and measurements: the real program, records to send to it, and a plain HTTP client."""
import hashlib
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time

HOST = "127.0.0.1"
TIME = "2026-11-23T09:14:03Z"
# One page image that many records share.
PAGE = b"\x89PNG\r\n\x1a\n the one page of every record"


def uuid7():
    value = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def record(identity, form="rig", pages=(PAGE,), note="x" * 200, test=False, sums=None):
    """A record of about 2 kB, with six fields. Nobody is called Test Testsson.

    `sums`: of its pages, where they are known already.
    """
    field = {"name": "namn", "label": "Namn", "type": "person-name", "value": "Test Testsson", "raw": "Test Testsson",
             "confidence": 0.99, "status": "read", "page": 1, "box": [25.5, 61.5, 84, 7], "checks": ["list:ok"]}
    return json.dumps({
        "specversion": "1.0", "id": identity, "source": "urn:blankett:kiosk:rig", "type": "se.blankett.record.v1",
        "time": TIME, "subject": form, "datacontenttype": "application/json", "data": {
            "form": {"type": form, "version": 1, "name": "Rig", "language": "sv"}, "receivedAt": TIME,
            "test": test, "fields": [dict(field, name=f"namn{n}") for n in range(6)],
            "document": {"applicant": {"name": "Test Testsson", "note": note}},
            "pages": [{"number": number, "sha256": page, "mediaType": "image/png", "widthPx": 2480,
                       "heightPx": 3508, "dpi": 300} for number, page in enumerate(sums or map(sha256, pages), 1)],
            "review": {"state": "automatic"}, "agent": {"id": "rig", "version": "1"}}}, separators=(",", ":")).encode()


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


class Broken(OSError):
    """The connection ended before the answer was whole."""


class Link:
    """One kept-alive connection. After any OSError it is of no more use."""

    def __init__(self, port, token=None, timeout=10, tls=None):
        self.socket = socket.create_connection((HOST, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.token = token
        self.rest = b""

    def send(self, method, path, body=b"", headers=()):
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}",
                "Content-Type: application/json"]
        if self.token:
            head.append(f"Authorization: Bearer {self.token}")
        head += headers
        self.socket.sendall(("\r\n".join(head) + "\r\n\r\n").encode() + body)

    def receive(self, method="GET"):
        """Status and body of the next answer."""
        data = self.rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length" and method != "HEAD":
                length = int(value)
        parts = [body]
        have = len(body)
        while have < length:
            parts.append(self._more())
            have += len(parts[-1])
        body = b"".join(parts)
        self.rest = body[length:]
        return int(head[9:12]), body[:length]

    def ask(self, method, path, body=b"", headers=()):
        self.send(method, path, body, headers)
        return self.receive(method)

    def post(self, path, value):
        status, body = self.ask("POST", path, json.dumps(value).encode())
        return status, json.loads(body)

    def _more(self):
        more = self.socket.recv(1 << 18)
        if not more:
            raise Broken("closed")
        return more

    def close(self):
        self.socket.close()


class Bridge:
    """The program `blankett-bridge` in a folder of its own, on one port that stays."""

    def __init__(self, folder, program, subscriptions, **configuration):
        self.folder, self.program = pathlib.Path(folder), str(program)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.config = self.folder / "bridge.json5"
        self.log = self.folder / "bridge.log"
        self.port = free_port()
        self.config.write_text(json.dumps({
            "format": "blankett-bridge/1", "data": "data", "diskReserve": 0,
            "listen": {"address": HOST, "port": self.port}, "subscriptions": subscriptions,
            "rateLimits": dict.fromkeys(("agent", "consumer", "operator", "stranger"), 0), **configuration}))
        self.process = None

    def command(self, *words):
        return subprocess.run([self.program, *words, "--config", str(self.config)], capture_output=True, text=True)

    def token(self, *words):
        made = self.command("token", *words)
        if made.returncode:
            raise RuntimeError(made.stderr)
        return made.stdout.strip()

    def start(self, *before, environment=None):
        """Starts it, with `before` as the command that runs it, such as strace."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*before, self.program, "--config", str(self.config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(environment or {})}, start_new_session=True)

    def wait_until_ready(self, seconds=20):
        """Waits for the port to answer; how long that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            try:
                Link(self.port, timeout=5).ask("GET", "/problems/not-found")
                return time.monotonic() - begun
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.002)
        raise RuntimeError(f"the bridge did not start; see {self.log}")

    def kill(self):
        """Ends it without warning; whether it still ran."""
        alive = self.process.poll() is None
        if alive:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return alive

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def memory(self):
        """Resident size and its peak, in MB."""
        found = {}
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in ("VmRSS", "VmHWM"):
                found[name] = int(value.split()[0]) / 1024
        return found["VmRSS"], found["VmHWM"]
