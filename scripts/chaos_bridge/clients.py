"""Agents that send and consumers that fetch, each as it has to be written: it repeats until it is answered."""
import hashlib
import json
import secrets
import threading
import time

from rig import PAGE, Link, record, sha256, uuid7

# The agents wait for the consumers beyond this, so that the end of the run is near.
MOST_BEHIND = 4000
FORMS = ["rig", "rig-permit"]


class Client(threading.Thread):
    def __init__(self, run, token, dice):
        super().__init__(daemon=True)
        self.run_of, self.ledger, self.token, self.dice = run, run.ledger, token, dice
        self.link = None

    def ask(self, method, path, body=b""):
        """One request on the kept connection; OSError where nobody can say what became of it."""
        try:
            if self.link is None:
                self.link = Link(self.run_of.port, self.token, timeout=15)
            return self.link.ask(method, path, body)
        except OSError:
            if self.link:
                self.link.close()
            self.link = None
            raise

    def run(self):
        try:
            self.work()
        except Exception as error:  # a fault of the rig must not look like a quiet client
            self.ledger.fault(f"{type(self).__name__} ended: {type(error).__name__}: {error}")


class Agent(Client):
    """Sends page images, then the record; the same again until it gets its 201 or 200."""

    def work(self):
        while True:
            if self.run_of.closing.is_set():
                return
            if self.ledger.backlog() > MOST_BEHIND:
                time.sleep(0.01)
                continue
            if self.ledger.stored and self.dice.random() < 0.05:
                self.repeat(self.dice.choice(self.ledger.stored))
                continue
            identity = uuid7()
            pages = [PAGE] if self.dice.random() < 0.75 else [
                b"\x89PNG\r\n\x1a\n" + secrets.token_bytes(self.dice.randrange(100, 20000))
                for _ in range(self.dice.randint(1, 3))]
            form = self.dice.choice(FORMS)
            body = record(identity, form, pages, note=secrets.token_hex(self.dice.randrange(40, 400)))
            with self.ledger.lock:
                self.ledger.sent[identity] = (hashlib.sha256(body).digest(), [sha256(page) for page in pages], form, body)
            if not self.deliver(identity, body, pages):
                return
            self.ledger.note_stored(identity, [sha256(page) for page in pages], self.run_of.takers_of(form))

    def deliver(self, identity, body, pages):
        """Until it is answered; `False` at the end of the run's patience."""
        while not self.run_of.out_of_patience():
            try:
                for page in pages:
                    if sha256(page) not in self.ledger.pages:
                        status, answer = self.ask("PUT", f"/v1/blobs/{sha256(page)}", page)
                        if status not in (200, 201):
                            raise OSError(f"blob {status}")
                status, answer = self.ask("PUT", f"/v1/records/{identity}", body)
                if status in (200, 201):
                    return True
                self.ledger.refused[status] += 1
                if status == 424:
                    self.ledger.fault(f"a page that was stored is missing: {answer[:300]}")
                time.sleep(0.01)
            except OSError:
                time.sleep(0.003)
        self.ledger.fault(f"{identity} was never acknowledged")
        return False

    def repeat(self, identity):
        """What was acknowledged is there: the same once more is 200, and never 201."""
        body = self.ledger.sent[identity][3]
        try:
            status, _ = self.ask("PUT", f"/v1/records/{identity}", body)
        except OSError:
            return
        self.ledger.resent += 1
        if status == 201:
            self.ledger.fault(f"{identity} was acknowledged, and is new again")
        elif status != 200:
            self.ledger.refused[status] += 1


class Consumer(Client):
    """Claims, books each record once by its own inbox, and acknowledges until it is answered."""

    def __init__(self, run, subscription, token, dice):
        super().__init__(run, token, dice)
        self.subscription = subscription

    def work(self):
        cases, done, ledger = self.ledger.cases[self.subscription], self.ledger.done[self.subscription], self.ledger
        base = f"/v1/subscriptions/{self.subscription}"
        while not (self.run_of.drained.is_set() or self.run_of.out_of_patience()):
            wish = {"limit": 20, "leaseSeconds": 10, "waitSeconds": self.dice.choice([0, 0, 1])}
            try:
                status, body = self.ask("POST", base + "/claims", json.dumps(wish).encode())
            except OSError:
                ledger.lost_answers += 1
                time.sleep(0.005)
                continue
            if status != 200:
                ledger.refused[status] += 1
                time.sleep(0.01)
                continue
            items = json.loads(body)["items"]
            if not items:
                time.sleep(0.01)
                continue
            acknowledgements = []
            for item in items:
                identity = item["record"]["id"]
                with ledger.lock:
                    ledger.received[self.subscription] += 1
                    if identity in done:
                        ledger.fault(f"{identity} was done in {self.subscription}, and came again")
                    if identity not in ledger.sent:
                        ledger.fault(f"{identity} came to {self.subscription}, and nobody sent it")
                    elif json.loads(ledger.sent[identity][3]) != item["record"]:
                        ledger.fault(f"{identity} came to {self.subscription} with other contents")
                    if identity in cases:
                        ledger.again[self.subscription] += 1
                    # The inbox: one record is one case, however often it comes.
                    case = cases.setdefault(identity, f"case-{len(cases)}")
                acknowledgements.append({"leaseId": item["leaseId"], "outcome": "done", "caseId": case, "system": "chaos"})
            if self.dice.random() < 0.02:
                continue  # this worker dies here; the lease brings the records back
            self.acknowledge(base, items, acknowledgements, done)

    def acknowledge(self, base, items, acknowledgements, done):
        body = json.dumps({"items": acknowledgements}).encode()
        while not self.run_of.out_of_patience():
            try:
                status, answer = self.ask("POST", base + "/acknowledgements", body)
            except OSError:
                self.ledger.lost_answers += 1
                time.sleep(0.005)
                continue
            if status != 200:
                self.ledger.refused[status] += 1
                time.sleep(0.01)
                continue
            for item, result in zip(items, json.loads(answer)["items"]):
                identity = item["record"]["id"]
                with self.ledger.lock:
                    if result["result"] in ("done", "already-done"):
                        if done.setdefault(identity, item["leaseId"]) != item["leaseId"]:
                            self.ledger.fault(f"{identity} is done twice in {self.subscription}, with two leases")
                    elif result["result"] != "lease-lost":
                        self.ledger.fault(f"{identity}: {result['result']} in {self.subscription}")
            return
