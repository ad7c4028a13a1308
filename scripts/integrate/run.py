"""Shows that the worked consumers and connectors of docs/integrate book each record once; see scripts/test-integrate."""
import argparse
import csv
import http.client
import http.server
import io
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts/bridge_rig")]

from rig import Bridge, Link, record, sha256, uuid7  # noqa: E402

DOCS = ROOT / "docs/integrate"
CONTRACT = ROOT / "../shared/data/targets/sundsvall-support-management.openapi.yaml"
SUBSCRIPTION = "sandbox"


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/test-integrate", add_help=False)
    parser.add_argument("--records", type=int, default=60)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--chaos", type=int, default=30)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/debug")
    return parser.parse_args()


class Failed(Exception):
    pass


def require(condition, text):
    if not condition:
        raise Failed(text)


def connector(path, template, **changes):
    """A worked connector file, with its addresses and paths replaced; it is JSON5 with comments, so the text is changed."""
    text = (DOCS / template).read_text()
    for old, new in changes.items():
        require(old in text, f"{template} has no {old}")
        text = text.replace(old, new)
    path.write_text(text)
    return path


# The sandbox, and the worked consumers


class Sandbox:
    def __init__(self, program, folder, records, chaos):
        self.folder = folder
        self.process = subprocess.Popen(
            [str(program), "sandbox", "--data", str(folder), "--records", str(records), "--every", "0", "--chaos", str(chaos)],
            stdout=subprocess.DEVNULL, stderr=open(folder.with_suffix(".log"), "wb"))
        self.file = folder / "sandbox.json"
        for _ in range(600):
            if self.file.exists():
                break
            require(self.process.poll() is None, f"the sandbox did not start; see {folder}.log")
            time.sleep(0.05)
        self.facts = json.loads(self.file.read_text())

    def ask(self, path):
        """As an operator, until the disturbances let it through."""
        port = int(self.facts["address"].rsplit(":", 1)[1])
        for _ in range(200):
            try:
                status, body = Link(port, self.facts["operatorToken"]).ask("GET", f"/v1/subscriptions/{SUBSCRIPTION}{path}")
                if status == 200:
                    return json.loads(body)
            except OSError:
                pass
            time.sleep(0.05)
        raise Failed("the sandbox does not answer")

    def entries(self):
        found = []
        while page := self.ask(f"/records?limit=100&offset={len(found)}")["items"]:
            found += page
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def clients(wish, folder, dice):
    """consumer.py twice at once, killed now and then, and consumer.sh; each against a sandbox that misbehaves."""
    program = wish.programs / "blankett-bridge"
    sandbox = Sandbox(program, folder / "python", wish.records, wish.chaos)
    try:
        inbox, pages, killed = folder / "inbox.db", folder / "pages", 0
        command = ["/usr/bin/python3", str(DOCS / "consumer.py"), "--sandbox", str(sandbox.file), "--inbox", str(inbox),
                   "--pages", str(pages), "--lease", "10", "--until-empty"]
        # The table is made once before two ask for it at the same time.
        workers = [subprocess.Popen(command), None]
        deadline = time.monotonic() + 240
        while True:
            require(time.monotonic() < deadline, "consumer.py does not come to an end")
            time.sleep(dice.uniform(0.3, 1.0))
            counters = sandbox.ask("")
            if counters["done"] + counters["rejected"] == wish.records:
                break
            for index, worker in enumerate(workers):
                if worker is None or worker.poll() is not None:
                    workers[index] = subprocess.Popen(command)
                elif killed < 8 and dice.random() < 0.3:
                    worker.kill()
                    worker.wait()
                    killed += 1
                    workers[index] = subprocess.Popen(command)
        for worker in workers:
            if worker:
                worker.kill()
                worker.wait()
        database = sqlite3.connect(inbox)
        booked = dict(database.execute("SELECT record_id, case_id FROM inbox"))
        cases = database.execute("SELECT count(*) FROM cases").fetchone()[0]
        entries = sandbox.entries()
        require(len(entries) == wish.records and counters["rejected"] == 0, f"{counters}")
        require(cases == len(booked) == wish.records, f"{cases} cases for {wish.records} records")
        require({one["recordId"]: one["caseId"] for one in entries} == booked, "receipts and inbox differ")
        pictures = [path for path in pages.iterdir() if not path.name.endswith(".part")]
        require(all(path.read_bytes().startswith(b"\x89PNG") for path in pictures), "a page is broken")
        attempts = sum(one["attempt"] for one in entries)
        print(f"consumer.py: {wish.records} records, each one case, {len(pictures)} pages; {attempts} deliveries, "
              f"{killed} kills, {wish.chaos} % of the answers disturbed", flush=True)
    finally:
        sandbox.stop()

    few = min(12, wish.records)
    sandbox = Sandbox(program, folder / "shell", few, wish.chaos)
    try:
        files = folder / "files"
        subprocess.run([str(DOCS / "consumer.sh"), str(sandbox.file), str(files), "10"], check=True, timeout=240)
        entries = sandbox.entries()
        names = {path.stem for path in files.glob("*.json")}
        require(all(one["state"] == "done" for one in entries), f"{[one['state'] for one in entries]}")
        require(names == {one["recordId"] for one in entries} and len(names) == few, "files and records differ")
        for path in files.glob("*.json"):
            require(json.loads(path.read_text())["id"] == path.stem, f"{path.name} holds another record")
        print(f"consumer.sh: {few} records, each one file", flush=True)
    finally:
        sandbox.stop()


# Connectors


class QuietServer(http.server.ThreadingHTTPServer):
    """Clients are killed here: that they are gone is no news."""
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Leases:
    """Goes between a connector and the bridge, to know the leases of a connector that is killed: nobody waits for them to end."""

    def __init__(self, port):
        self.held = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                link.request(self.command, self.path, body, {
                    name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")})
                answer = link.getresponse()
                data = answer.read()
                if self.path.endswith("/claims") and answer.status == 200:
                    outer.held += [item["leaseId"] for item in json.loads(data)["items"]]
                try:
                    self.send_response(answer.status)
                    for name, value in answer.getheaders():
                        if name.lower() not in ("content-length", "connection", "date"):
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    pass

            do_GET = do_POST = forward

            def log_message(self, *_):
                pass

        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def release(self, link):
        """As if the leases of the dead had run out."""
        held, self.held = self.held, []
        if held:
            link.post(f"/v1/subscriptions/{SUBSCRIPTION}/acknowledgements", {"items": [
                {"leaseId": lease, "outcome": "retry", "retryAfterSeconds": 0} for lease in held]})


def filled(bridge, count, dice):
    """A bridge with records, each with pages of its own; what was sent."""
    agent, sent = Link(bridge.port, bridge.token("agent", "kiosk")), {}
    for _ in range(count):
        identity = uuid7()
        pages = [b"\x89PNG\r\n\x1a\n" + dice.randbytes(dice.randrange(50, 4000)) for _ in range(dice.randint(1, 3))]
        for page in pages:
            status, _ = agent.ask("PUT", f"/v1/blobs/{sha256(page)}", page)
            require(status == 201, f"a page was answered with {status}")
        value = json.loads(record(identity, "sandbox-ansokan", pages, note="=1+1;\"x\"\nåäö"))
        value["data"]["document"] = {
            "applicant": {"legalId": "199001012385", "givenName": "Tilda", "familyName": "Testberg"}, "amount": "120.50",
            "note": "=1+1;\"x\"\nåäö"}
        status, answer = agent.ask("PUT", f"/v1/records/{identity}", json.dumps(value).encode())
        require(status == 201, f"a record was answered with {status}: {answer}")
        sent[identity] = pages
    return sent


def rest(wish, folder, dice):
    """The connector to support-management is killed between the errand and the acknowledgement of each record."""
    import support_management  # pylint: disable=import-outside-toplevel

    bridge = Bridge(folder / "bridge", wish.programs / "blankett-bridge", [{"name": SUBSCRIPTION}])
    target = support_management.SupportManagement(CONTRACT, random.Random(wish.seed), trouble=0.02)
    worker, kills = None, []
    try:
        bridge.start()
        bridge.wait_until_ready()
        sent = filled(bridge, wish.kills, dice)
        token = bridge.token("consumer", "connector", "--subscription", SUBSCRIPTION)
        (folder / "bridge.token").write_text(token + "\n")
        between = Leases(bridge.port)
        file = connector(folder / "connector.json5", "support-management.json5", **{
            "http://127.0.0.1:8080": between.address, "http://127.0.0.1:52015": target.address,
            'tokenFile: "bridge.token"': 'tokenFile: "bridge.token", atOnce: 1'})

        def made(_):
            """Some die before they hear that the errand was made, some in its attachments, some before they acknowledge."""
            victim = worker
            delay = dice.choice([0, 0, dice.uniform(0, 0.02), dice.uniform(0, 0.1)])
            kills.append(delay)
            if delay == 0:
                victim.kill()
            else:
                threading.Timer(delay, victim.kill).start()

        target.made = made
        begun = time.monotonic()
        while True:
            worker = subprocess.Popen([str(wish.programs / "blankett-bridge"), "connect", str(file), "--once"],
                                      stderr=open(folder / "connector.log", "ab"))
            code = worker.wait(120)
            # A connection of its own: the bridge closes one on which nothing moved for half a minute.
            link = Link(bridge.port, token, timeout=60)
            between.release(link)
            if code == 0:
                counters = json.loads(link.ask("GET", f"/v1/subscriptions/{SUBSCRIPTION}")[1])
                if counters["pending"] + counters["leased"] == 0:
                    break
            require(code in (0, -signal.SIGKILL), f"the connector ended with {code}")
            require(time.monotonic() - begun < 60 + 3 * wish.kills, "the connector does not come to an end")
        require(counters["done"] == wish.kills and counters["rejected"] == 0, f"{counters}")
        require(not target.refused, f"the contract was broken: {target.refused[:3]}")
        errands = {}
        for errand in target.errands.values():
            tags = [tag["value"] for tag in errand["externalTags"] if tag["key"] == "blankettId"]
            require(len(tags) == 1 and tags[0] not in errands, f"{tags} has two errands")
            errands[tags[0]] = errand
        require(errands.keys() == sent.keys(), "errands and records differ")
        doubled = 0
        for identity, pages in sent.items():
            hashes = [one["hash"] for one in target.attachments[errands[identity]["id"]]]
            require(set(hashes) == {sha256(page) for page in pages}, f"{identity}: pages are missing or foreign")
            doubled += len(hashes) - len(set(hashes))
        require(doubled == 0, f"{doubled} pages came twice")
        entries, receipts = 0, {}
        while page := json.loads(link.ask(
                "GET", f"/v1/subscriptions/{SUBSCRIPTION}/records?limit=100&offset={entries}")[1])["items"]:
            entries += len(page)
            receipts.update((one["recordId"], one["caseId"]) for one in page)
        require(receipts == {one: errand["errandNumber"] for one, errand in errands.items()}, "receipts differ")
        print(f"connector to support-management: {len(kills)} x killed after the errand was made, {len(errands)} errands for "
              f"{len(sent)} records, {sum(map(len, sent.values()))} pages, each once", flush=True)
    finally:
        if worker and worker.poll() is None:
            worker.kill()
        target.stop()
        bridge.stop()


def drop(wish, folder, dice):
    """The connector to a folder is killed while a receiver moves the files away and leaves receipts."""
    bridge = Bridge(folder / "bridge", wish.programs / "blankett-bridge", [{"name": SUBSCRIPTION}])
    worker = None
    try:
        bridge.start()
        bridge.wait_until_ready()
        count = min(30, wish.records)
        sent = filled(bridge, count, dice)
        token = bridge.token("consumer", "connector", "--subscription", SUBSCRIPTION)
        (folder / "bridge.token").write_text(token + "\n")
        between = Leases(bridge.port)
        (folder / "drop").mkdir()
        file = connector(folder / "connector.json5", "folder.json5", **{"http://127.0.0.1:8080": between.address})
        link, got, killed = Link(bridge.port, token, timeout=60), {}, 0
        deadline = time.monotonic() + 120
        while True:
            require(time.monotonic() < deadline, "the drop folder does not come to an end")
            if worker is None or worker.poll() is not None:
                require(worker is None or worker.returncode == -signal.SIGKILL, f"the connector ended: {worker and worker.returncode}")
                between.release(link)
                worker = subprocess.Popen([str(wish.programs / "blankett-bridge"), "connect", str(file)],
                                          stderr=open(folder / "connector.log", "ab"))
            time.sleep(dice.uniform(0.1, 0.4))
            for path in (folder / "drop").glob("*.csv"):
                require(path.stem not in got, f"{path.name} came twice")
                got[path.stem] = path.read_bytes()
                path.unlink()
                if dice.random() < 0.8:
                    (folder / "drop" / f"{path.stem}.done").write_text(f"D-{path.stem}\n")
            for identity in got:
                receipt = folder / "drop" / f"{identity}.done"
                if dice.random() < 0.3 and not receipt.exists():
                    receipt.write_text(f"D-{identity}\n")
            counters = json.loads(link.ask("GET", f"/v1/subscriptions/{SUBSCRIPTION}")[1])
            if counters["done"] == count:
                break
            if killed < 6 and dice.random() < 0.3:
                worker.kill()
                worker.wait()
                killed += 1
        require(got.keys() == sent.keys(), "files and records differ")
        for identity, data in got.items():
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
            require(rows == [["recordId", "Personnummer", "Namn", "Belopp", "Meddelande"],
                             [identity, "199001012385", "Testberg", "120.50", "'=1+1;\"x\"\nåäö"]], f"{rows}")
        print(f"drop folder: {count} records, each file once, {killed} kills", flush=True)
    finally:
        if worker and worker.poll() is None:
            worker.terminate()
            worker.wait(30)
        bridge.stop()


def main():
    wish = arguments()
    if wish.seed is None:
        wish.seed = random.SystemRandom().randrange(1 << 31)
    if not (wish.programs / "blankett-bridge").exists():
        print(f"integrate: {wish.programs / 'blankett-bridge'} is missing; run swift build", file=sys.stderr)
        return 2
    print(f"seed {wish.seed}", flush=True)
    folder = ROOT / ".build/integrate"
    shutil.rmtree(folder, ignore_errors=True)
    code = 0
    for step in (clients, drop, rest):
        place = folder / step.__name__
        place.mkdir(parents=True)
        if step is rest and not CONTRACT.exists():
            print("skipped: the contract of support-management is not here")
            continue
        try:
            step(wish, place, random.Random(f"{wish.seed} {step.__name__}"))
        except (Failed, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            print(f"BROKEN: {step.__name__}: {error} (what it left is in {place})", flush=True)
            code = 1
    print(f"integrate: {'BROKEN' if code else 'kept'}, seed {wish.seed}")
    if not code:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
