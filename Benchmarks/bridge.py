#!/usr/bin/env python3
"""What docs/DESIGN.md promises of the bridge, beside the C reference server on the same disk in the same run.

  Benchmarks/bridge.py [--program .build/release/blankett-bridge] [--seconds 3] [--pending 1000000] [--quick] [--only WHAT] [--json]

Durable PUTs of 2 kB with 1 and 32 connections over HTTP and TLS, forms with three pages of 150 kB beside plain files of that size,
claim + acknowledge with a short and a long backlog, 256 and 512 connections with long polls among them, memory under load, and
backlogs of 1,000 to --pending records. The reference is compiled from ../shared/rigs/bridge; without it only the bridge is measured.
The load comes from the same machine, so quote the shares and the processor time: bridge and reference take turns, each in a session
of its own, and the medians count. --quick leaves out the long backlog; --only puts, pages measures nothing else.
"""
import argparse
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts/bridge_rig"))

from rig import HOST, PAGE, Bridge, Link, free_port, percentile, record, sha256, uuid7  # noqa: E402

RIGS = ROOT / "../shared/rigs/bridge"
LUA = ROOT / "Benchmarks/put.lua"
# What DESIGN promises at first.
PROMISED = {"put1": 1500, "put32": 10000, "pages": 150, "claimAndAcknowledge": 10000}


ROUNDS = 3


def load(url, connections, seconds, body, prefix, token=None):
    """New records over kept connections; requests a second, latencies in ms."""
    threads = 2 if connections > 1 else 1
    words = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "20", "-s", str(LUA), url, "--",
             str(body), prefix, *([token] if token else [])]
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT"))[7:])
    if found["errors"] or not found["requests"]:
        sys.exit(f"bench: {found}\n{output}")
    return {"perSecond": round(found["requests"] / found["microseconds"] * 1e6),
            **{name: round(found[name] / 1000, 2) for name in ("p50", "p99", "max")}}


def used(bridge):
    """Processor seconds of the bridge so far."""
    words = pathlib.Path(f"/proc/{bridge.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def in_threads(count, seconds, make):
    """Runs what `make` gives again and again in so many threads; times a second, and ms of each."""
    took, lock, end = [], threading.Lock(), time.perf_counter() + seconds

    def work(number):
        step, mine = make(number), []
        while time.perf_counter() < end:
            begun = time.perf_counter()
            step()
            mine.append((time.perf_counter() - begun) * 1000)
        with lock:
            took.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"perSecond": round(len(took) / (time.perf_counter() - begun), 1), "p50": round(percentile(took, 0.5), 1),
            "p99": round(percentile(took, 0.99), 1)}


def forms_with_pages(bridge, token, folder, seconds, clients=8, pages=3, size=150_000):
    """Forms with pages of their own, and the same pages as plain files, synced with their folder, in turns."""
    start = b"\x89PNG\r\n\x1a\n" + os.urandom(size - 24)
    # Their end makes them differ, so that hashing them costs the client nothing.
    hashed = hashlib.sha256(start)

    def sending(_):
        link = Link(bridge.port, token, timeout=60)

        def send():
            sums = []
            for _ in range(pages):
                end = os.urandom(16)
                digest = hashed.copy()
                digest.update(end)
                sums.append(digest.hexdigest())
                status, _ = link.ask("PUT", f"/v1/blobs/{sums[-1]}", start + end)
                if status != 201:
                    sys.exit(f"bench: a page was answered with {status}")
            identity = uuid7()
            status, _ = link.ask("PUT", f"/v1/records/{identity}", record(identity, sums=sums))
            if status != 201:
                sys.exit(f"bench: a form was answered with {status}")
        return send

    def writing(number):
        place = folder / f"plain-{number}"
        place.mkdir(exist_ok=True)

        def write():
            for _ in range(pages):
                file = os.open(place / secrets.token_hex(8), os.O_CREAT | os.O_WRONLY, 0o600)
                os.write(file, start)
                os.fsync(file)
                os.close(file)
                of_folder = os.open(place, os.O_RDONLY)
                os.fsync(of_folder)
                os.close(of_folder)
        return write

    rounds = []
    for _ in range(ROUNDS):
        before = used(bridge)
        mine = in_threads(clients, seconds, sending)
        mine["processorMs"] = round((used(bridge) - before) * 1000 / (mine["perSecond"] * seconds), 2)
        rounds.append((mine, in_threads(clients, seconds, writing)))
    found = {name: statistics.median(mine[name] for mine, _ in rounds) for name in ("perSecond", "p50", "p99", "processorMs")}
    found["files"] = statistics.median(beside["perSecond"] for _, beside in rounds)
    found["share"] = round(statistics.median(mine["perSecond"] / beside["perSecond"] for mine, beside in rounds), 2)
    return found


def claims(bridge, token, seconds, workers=4):
    """Claims and acknowledges in batches of 20; records a second, the bridge's processor time for each, and the latencies of a
    claim in ms.

    The workers share the machine and one interpreter: what the bridge itself takes is the processor time.
    """
    took, count, lock = [], [0], threading.Lock()
    start, before = time.perf_counter(), used(bridge)

    def work():
        link = Link(bridge.port, token, timeout=60)
        done, mine = 0, []
        while time.perf_counter() - start < seconds:
            begun = time.perf_counter()
            items = link.post("/v1/subscriptions/bench/claims", {"limit": 20})[1]["items"]
            mine.append((time.perf_counter() - begun) * 1000)
            if not items:
                break
            answer = link.post("/v1/subscriptions/bench/acknowledgements", {"items": [
                {"leaseId": item["leaseId"], "outcome": "done", "caseId": "c"} for item in items]})[1]
            done += sum(item["result"] == "done" for item in answer["items"])
        with lock:
            took.extend(mine)
            count[0] += done

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - start
    return {"perSecond": round(count[0] / lasted), "processorUs": round((used(bridge) - before) * 1e6 / max(1, count[0])),
            "claimP50": round(percentile(took, 0.5), 2), "claimP99": round(percentile(took, 0.99), 2)}


def many(port, consumer, connections, seconds):
    """Half of the connections poll for long, half ask again and again; the longest that one of the latter waited, in s."""
    idle = [Link(port, consumer, timeout=60) for _ in range(connections // 2)]
    busy = [Link(port, consumer, timeout=60) for _ in range(connections - len(idle))]
    wait = json.dumps({"limit": 1, "waitSeconds": 25}).encode()
    for link in idle:
        link.send("POST", "/v1/subscriptions/waiting/claims", wait)
    longest, count, lock = [0.0], [0], threading.Lock()
    end = time.perf_counter() + seconds

    def work(links):
        most, done = 0.0, 0
        while time.perf_counter() < end:
            begun = time.perf_counter()
            for link in links:
                link.send("GET", "/v1/subscriptions/waiting")
            for link in links:
                status, _ = link.receive()
                most = max(most, time.perf_counter() - begun)
                done += status == 200
        with lock:
            longest[0] = max(longest[0], most)
            count[0] += done

    threads = [threading.Thread(target=work, args=(busy[index::4],)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for link in idle + busy:
        link.close()
    return {"perSecond": round(count[0] / seconds), "longestSeconds": round(longest[0], 2)}


def multiply(bridge, count):
    """Makes a backlog of a stopped bridge long: its last record again and again, due now, but after all that is there.

    A copy cannot be opened, so the true records before it must last for what is measured.
    """
    database = sqlite3.connect(bridge.data / "bridge.db")
    database.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in database.execute("PRAGMA table_info(record)")]
    seq, = database.execute("SELECT max(seq) FROM record").fetchone()
    chosen = ", ".join({"seq": "NULL", "id": f"'copy-{seq}-' || n"}.get(name, name) for name in columns)
    numbers = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
    database.execute(f"{numbers} INSERT INTO record({', '.join(columns)}) SELECT {chosen} FROM record, numbers WHERE seq = ?",
                     (count, seq))
    others = [row[1] for row in database.execute("PRAGMA table_info(delivery)")]
    last, = database.execute("SELECT max(due) FROM delivery").fetchone()
    new = {"seq": "record.seq", "due": str(last), "phase": "0", "attempt": "0", "lease": "NULL", "case_id": "NULL"}
    chosen = ", ".join(new.get(name, name) for name in others)
    database.execute(f"INSERT INTO delivery({', '.join(others)}) SELECT {chosen} FROM record,"
                     " (SELECT * FROM delivery WHERE seq = ?) AS one WHERE record.seq > ?", (seq, seq))
    for subscription, phase, number in database.execute(
            "SELECT subscription, phase, count(*) FROM delivery GROUP BY subscription, phase").fetchall():
        database.execute("UPDATE tally SET number = ? WHERE subscription = ? AND phase = ?", (number, subscription, phase))
    database.commit()
    database.close()
    # Else the bridge's first checkpoint would write all of it to the disk.
    with open(bridge.data / "bridge.db", "rb") as file:
        os.fsync(file.fileno())


def certificate(folder):
    """A key and certificate of its own for localhost."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key.pem"),
                    "-out", str(folder / "cert.pem")], check=True, capture_output=True)
    return {"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}


def measure_bridge(program, folder, wish, body, reference):
    subscriptions = [{"name": "bench"}, {"name": "waiting", "formTypes": ["nothing"]}]
    bridge = Bridge(folder / "plain", program, subscriptions)
    agent, consumer = bridge.token("agent", "bench"), bridge.token("consumer", "bench", "--subscription", "bench")
    waiting = bridge.token("consumer", "waiting", "--subscription", "waiting")
    found = {}
    bridge.start()
    try:
        bridge.wait_until_ready()
        Link(bridge.port, agent).ask("PUT", f"/v1/blobs/{sha256(PAGE)}", PAGE)
        url = f"http://{HOST}:{bridge.port}/"
        if wish.only != "pages":
            for connections in (1, 32):
                found[f"put{connections}"] = puts(bridge, url, reference, connections, wish.seconds, body, agent)
        if wish.only != "puts":
            found["pages"] = forms_with_pages(bridge, agent, folder, wish.seconds)
        if wish.only:
            return found
        found["claimAndAcknowledge"] = claims(bridge, consumer, wish.seconds)
        for connections in (256, 512):
            found[f"connections{connections}"] = many(bridge.port, waiting, connections, wish.seconds)
        found["memoryMB"] = dict(zip(("now", "most"), map(round, bridge.memory())))
        if not wish.quick:
            found["backlogs"] = {}
            made = 0
            for pending in sorted({1000, 100_000, wish.pending}):
                # Again something to claim, then a backlog behind it.
                load(url, 32, 3 * wish.seconds, body, "/v1/records/", agent)
                bridge.stop()
                multiply(bridge, pending - made)
                made = pending
                bridge.start()
                start = round(bridge.wait_until_ready(), 3)
                found["backlogs"][pending] = {"startSeconds": start, **claims(bridge, consumer, wish.seconds)}
    finally:
        bridge.stop()
    secure = Bridge(folder / "tls", program, subscriptions, tls=certificate(folder))
    agent = secure.token("agent", "bench")
    secure.start()
    try:
        wait_for(secure.port)
        import ssl  # pylint: disable=import-outside-toplevel
        trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))
        Link(secure.port, agent, tls=trust).ask("PUT", f"/v1/blobs/{sha256(PAGE)}", PAGE)
        for connections in (1, 32):
            found[f"putTLS{connections}"] = load(
                f"https://localhost:{secure.port}/", connections, wish.seconds, body, "/v1/records/", agent)
    finally:
        secure.stop()
    return found


def wait_for(port):
    for _ in range(2000):
        try:
            socket.create_connection((HOST, port)).close()
            return
        except OSError:
            time.sleep(0.01)
    sys.exit("bench: the server did not start")


def start_reference(folder):
    """The C server of the rigs; its process and its address, or nothing where it cannot be made."""
    source = RIGS / "refserver.c"
    if not source.exists() or not shutil.which("cc"):
        return None, None
    program, data, port = folder / "refserver", folder / "reference", free_port()
    subprocess.check_call(["cc", "-O2", "-o", str(program), str(source), "-lmicrohttpd", "-lsqlite3", "-lpthread"])
    data.mkdir()
    # In a session of its own, as the bridge: the scheduler shares the processors out between sessions.
    server = subprocess.Popen([str(program), "--data", str(data), "--port", str(port)], start_new_session=True)
    wait_for(port)
    return server, f"http://{HOST}:{port}/"


def puts(bridge, url, reference, connections, seconds, body, token):
    """Durable PUTs of the bridge and of the reference in turns; the medians, and the bridge's share."""
    rounds = []
    for _ in range(ROUNDS):
        beside = load(reference, connections, seconds, body, "/records/") if reference else None
        before = used(bridge)
        mine = load(url, connections, seconds, body, "/v1/records/", token)
        mine["processorUs"] = round((used(bridge) - before) * 1e6 / (mine["perSecond"] * seconds))
        rounds.append((mine, beside))
    found = {name: statistics.median(mine[name] for mine, _ in rounds) for name in ("perSecond", "p50", "p99", "processorUs")}
    found["max"] = max(mine["max"] for mine, _ in rounds)
    if reference:
        found["reference"] = statistics.median(beside["perSecond"] for _, beside in rounds)
        found["share"] = round(statistics.median(mine["perSecond"] / beside["perSecond"] for mine, beside in rounds), 2)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / ".build/release/blankett-bridge"))
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--pending", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("puts", "pages"))
    parser.add_argument("--json", action="store_true")
    wish = parser.parse_args()
    if not os.path.exists(wish.program):
        sys.exit("bench: build it first: swift build -c release --product blankett-bridge")
    if not shutil.which("wrk"):
        sys.exit("bench: wrk is missing; run scripts/setup")
    # On the disk that is to be measured: a tmpfs would measure nothing.
    with tempfile.TemporaryDirectory(dir=ROOT / ".build") as name:
        folder = pathlib.Path(name)
        body = folder / "record.json"
        body.write_bytes(record("@" * 36))
        server, reference = start_reference(folder)
        try:
            found = measure_bridge(wish.program, folder, wish, body, reference)
        finally:
            if server:
                server.terminate()
                server.wait()
    if wish.json:
        return print(json.dumps(found))
    report(found, reference)
    return None


def report(found, reference):
    for count in (1, 32):
        if not (row := found.get(f"put{count}")):
            continue
        beside = f"; {row['share']:.0%} of the C reference ({row['reference']}/s)" if reference else ""
        print(f"durable PUT 2 kB, {count:2} connections: {row['perSecond']}/s (promised {PROMISED[f'put{count}']}), p99 "
              f"{row['p99']} ms (promised 10), {row['processorUs']} µs of processor time{beside}")
        if tls := found.get(f"putTLS{count}"):
            print(f"  over TLS: {tls['perSecond']}/s, p99 {tls['p99']} ms, {tls['perSecond'] / row['perSecond']:.0%} of it")
    if row := found.get("pages"):
        print(f"forms with 3 pages of 150 kB, 8 connections: {row['perSecond']}/s (promised {PROMISED['pages']}), p99 "
              f"{row['p99']} ms, {row['processorMs']} ms of processor time; {row['share']:.0%} of the pages alone as plain files "
              f"({row['files']}/s)")
    if row := found.get("claimAndAcknowledge"):
        print(f"claim + acknowledge, 4 workers, batches of 20: {row['perSecond']} records/s (promised 10000), "
              f"a claim p50 {row['claimP50']}, p99 {row['claimP99']} ms, {row['processorUs']} µs of processor time a record")
    for pending, long in found.get("backlogs", {}).items():
        print(f"  with {pending} pending: {long['perSecond']} records/s, a claim p50 {long['claimP50']}, "
              f"p99 {long['claimP99']} ms, {long['processorUs']} µs of processor time; start {long['startSeconds']} s (promised 0.5)")
    for count in (256, 512):
        if row := found.get(f"connections{count}"):
            print(f"{count} connections, half of them long polls: {row['perSecond']}/s, longest wait {row['longestSeconds']} s "
                  f"(promised 1)")
    if memory := found.get("memoryMB"):
        print(f"memory after all this: {memory['now']} MB, at most {memory['most']} MB (promised 100)")


if __name__ == "__main__":
    main()
