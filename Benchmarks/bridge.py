#!/usr/bin/env python3
"""Durable PUTs and claims of the bridge, beside the C reference server on the same disk in the same run.

  Benchmarks/bridge.py [--program .build/release/blankett-bridge] [--seconds 3] [--json]

Prints records a second and the 99th percentile for 1 and 32 connections, the rate of claim + acknowledge in batches of
20, and the share of the reference. The reference is compiled from ../shared/rigs/bridge; without it only the bridge is
measured. The load comes from the same machine, so quote the shares, not the rates.
"""
import argparse
import hashlib
import http.client
import json
import os
import secrets
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RIGS = os.path.join(ROOT, "..", "shared", "rigs", "bridge")
PAGE = b"the one page of every record"
TIME = "2026-11-23T09:14:03Z"


def uuid7():
    value = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def record(identity):
    """A record of about 2 kB, with six fields."""
    field = {"name": "namn", "label": "Namn", "type": "person-name", "value": "Test Testsson", "raw": "Test Testsson",
             "confidence": 0.99, "status": "read", "page": 1, "box": [25.5, 61.5, 84, 7], "checks": ["list:ok"]}
    return json.dumps({
        "specversion": "1.0", "id": identity, "source": "urn:blankett:kiosk:bench", "type": "se.blankett.record.v1",
        "time": TIME, "subject": "bench", "datacontenttype": "application/json", "data": {
            "form": {"type": "bench", "version": 1, "name": "Bench", "language": "sv"}, "receivedAt": TIME,
            "test": False, "fields": [dict(field, name=f"namn{n}") for n in range(6)],
            "document": {"applicant": {"name": "Test Testsson", "note": "x" * 200}},
            "pages": [{"number": 1, "sha256": hashlib.sha256(PAGE).hexdigest(), "mediaType": "image/png",
                       "widthPx": 2480, "heightPx": 3508, "dpi": 300}],
            "review": {"state": "automatic"}, "agent": {"id": "bench", "version": "1"}}}, separators=(",", ":")).encode()


def put(path, body, token):
    head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return (head + (f"Authorization: Bearer {token}\r\n" if token else "") + "\r\n").encode() + body


def load(port, connections, seconds, prefix, token):
    """Keeps every connection busy with new records; gives records a second and the 99th percentile in ms."""
    template = record("@" * 36)
    before, after = template.split(b"@" * 36)

    def request():
        identity = uuid7()
        return put(f"{prefix}/records/{identity}", before + identity.encode() + after, token)

    ready = selectors.DefaultSelector()
    begun = {}
    for _ in range(connections):
        link = socket.create_connection(("127.0.0.1", port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready.register(link, selectors.EVENT_READ)
        begun[link] = time.perf_counter()
        link.sendall(request())
    took, end = [], time.perf_counter() + seconds
    start = time.perf_counter()
    while time.perf_counter() < end:
        for key, _ in ready.select(1):
            answer = key.fileobj.recv(65536)
            now = time.perf_counter()
            if not answer.startswith(b"HTTP/1.1 201"):
                sys.exit("bench: not stored: " + answer[:300].decode(errors="replace"))
            took.append(now - begun[key.fileobj])
            begun[key.fileobj] = now
            key.fileobj.sendall(request())
    elapsed = time.perf_counter() - start
    for link in begun:
        link.close()
    took.sort()
    return len(took) / elapsed, took[int(len(took) * 0.99)] * 1000


def drain(port, token, seconds):
    """Claims and acknowledges in batches of 20; gives records a second."""
    link = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}

    def post(what, body):
        link.request("POST", "/v1/subscriptions/bench/" + what, json.dumps(body), headers)
        return json.loads(link.getresponse().read())

    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        items = post("claims", {"limit": 20})["items"]
        if not items:
            break
        done = post("acknowledgements", {"items": [
            {"leaseId": item["leaseId"], "outcome": "done", "caseId": "c"} for item in items]})
        count += sum(item["result"] == "done" for item in done["items"])
    return count / (time.perf_counter() - start)


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    sys.exit("bench: the server did not start")


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def measure_bridge(program, folder, seconds):
    config = os.path.join(folder, "bridge.json5")
    with open(config, "w", encoding="utf-8") as file:
        file.write('{ format: "blankett-bridge/1", data: "data", subscriptions: [{ name: "bench" }] }')

    def token(*words):
        return subprocess.check_output([program, "token", *words, "--config", config], text=True).strip()

    agent, consumer = token("agent", "bench"), token("consumer", "bench", "--subscription", "bench")
    server = subprocess.Popen([program, "--config", config], stderr=subprocess.DEVNULL)
    try:
        address = os.path.join(folder, "data", "bridge.address")
        wait_for(lambda: os.path.exists(address))
        with open(address, encoding="utf-8") as file:
            port = int(file.read().rsplit(":", 1)[1])
        link = http.client.HTTPConnection("127.0.0.1", port)
        link.request("PUT", "/v1/blobs/" + hashlib.sha256(PAGE).hexdigest(), PAGE, {"Authorization": "Bearer " + agent})
        assert link.getresponse().status in (200, 201)
        figures = {count: load(port, count, seconds, "/v1", agent) for count in (1, 32)}
        return figures, drain(port, consumer, seconds)
    finally:
        server.terminate()
        server.wait()


def measure_reference(folder, seconds):
    source = os.path.join(RIGS, "refserver.c")
    if not os.path.exists(source) or not shutil.which("cc"):
        return None
    program, data = os.path.join(folder, "refserver"), os.path.join(folder, "reference")
    subprocess.check_call(["cc", "-O2", "-o", program, source, "-lmicrohttpd", "-lsqlite3", "-lpthread"])
    os.mkdir(data)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([program, "--data", data, "--port", str(port)])
    try:
        wait_for(lambda: accepts(port))
        return {count: load(port, count, seconds, "", None) for count in (1, 32)}
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "blankett-bridge"))
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not os.path.exists(options.program):
        sys.exit("bench: build it first: swift build -c release --product blankett-bridge")
    # On the disk that is to be measured: a tmpfs would measure nothing.
    with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, ".build")) as folder:
        bridge, drained = measure_bridge(options.program, folder, options.seconds)
        reference = measure_reference(folder, options.seconds)
    result = {"claimAndAcknowledge": round(drained)}
    for count, (rate, slow) in bridge.items():
        row = {"perSecond": round(rate), "p99ms": round(slow, 2)}
        if reference:
            row.update(reference=round(reference[count][0]), share=round(rate / reference[count][0], 2))
        result[f"put{count}"] = row
    if options.json:
        return print(json.dumps(result))
    for count in bridge:
        row = result[f"put{count}"]
        beside = f", {row['share']:.0%} of the C reference ({row['reference']}/s)" if reference else ""
        print(f"durable PUT 2 kB, {count:2} connections: {row['perSecond']}/s, p99 {row['p99ms']} ms{beside}")
    print(f"claim + acknowledge, batches of 20: {result['claimAndAcknowledge']} records/s")


if __name__ == "__main__":
    main()
