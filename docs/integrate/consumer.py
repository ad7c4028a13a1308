#!/usr/bin/env python3
"""A whole consumer of the bridge: fetches records, books each of them once, and acknowledges. Needs nothing but Python 3.9.

  consumer.py --sandbox sandbox.json --inbox inbox.db [--pages DIR] [--lease 300] [--until-empty]

Take it as it is and replace `book`. Why each record is booked once, whatever breaks, is written in README.md beside this file.
"""
import argparse
import http.client
import json
import os
import sqlite3
import time
import urllib.parse


class Bridge:
    """The bridge, as one subscription sees it. Every method can be called again when nobody knows whether it was heard."""

    def __init__(self, address, subscription, token):
        self.address = urllib.parse.urlsplit(address)
        self.base = f"/v1/subscriptions/{subscription}"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection = None

    def claim(self, limit, lease):
        return self.ask("POST", f"{self.base}/claims", {"limit": limit, "leaseSeconds": lease, "waitSeconds": 5})["items"]

    def acknowledge(self, items):
        return self.ask("POST", f"{self.base}/acknowledgements", {"items": items})["items"]

    def page(self, record, number):
        return self.ask("GET", f"/v1/records/{record}/pages/{number}")

    def ask(self, method, path, body=None):
        """Repeats until there is an answer: a request of a consumer does no harm when it arrives twice."""
        pause = 0.2
        while True:
            try:
                if self.connection is None:
                    kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
                    self.connection = kind(self.address.hostname, self.address.port, timeout=40)
                self.connection.request(method, path, json.dumps(body) if body is not None else None, self.headers)
                answer = self.connection.getresponse()
                data = answer.read()
                if answer.status == 200:
                    return json.loads(data) if answer.getheader("Content-Type") == "application/json" else data
                if answer.status not in (429, 503):
                    raise SystemExit(f"{method} {path}: {answer.status} {data.decode(errors='replace')}")
                pause = float(answer.getheader("Retry-After") or pause)
            except (OSError, http.client.HTTPException):
                self.connection = None
            time.sleep(pause)
            pause = min(30, pause * 2)


def book(database, record):
    """Makes the case, in the same transaction as the line of the inbox. This is where your system comes in."""
    cursor = database.execute(
        "INSERT INTO cases(form, applicant, amount) VALUES(?, ?, ?)",
        (record["data"]["form"]["type"], record["data"]["document"].get("applicant", {}).get("familyName"),
         record["data"]["document"].get("amount")))
    return f"CASE-{cursor.lastrowid}"


def handle(database, bridge, item, pages):
    """One record: in the inbox once, and its pages on the disk, whichever time it comes."""
    record = item["record"]
    with database:
        database.execute("BEGIN IMMEDIATE")
        known = database.execute("SELECT case_id FROM inbox WHERE record_id = ?", (record["id"],)).fetchone()
        if known is None:
            case = book(database, record)
            database.execute("INSERT INTO inbox(record_id, case_id) VALUES(?, ?)", (record["id"], case))
        else:
            case = known[0]
    for page in record["data"]["pages"] if pages else []:
        path = os.path.join(pages, f"{case}-{page['number']}")
        if not os.path.exists(path):
            # Another worker may be at the same page, when a lease ran out meanwhile.
            part = f"{path}.{os.getpid()}.part"
            with open(part, "wb") as file:
                file.write(bridge.page(record["id"], page["number"]))
            os.replace(part, path)
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sandbox", required=True, help="address, subscription and token, as the sandbox writes them")
    parser.add_argument("--inbox", required=True, help="the consumer's own database")
    parser.add_argument("--pages", help="folder for the page images")
    parser.add_argument("--lease", type=int, default=300, help="seconds; at least five times what a batch takes")
    parser.add_argument("--until-empty", action="store_true", help="end when nothing has come for a while")
    wish = parser.parse_args()
    with open(wish.sandbox, encoding="utf-8") as file:
        facts = json.load(file)
    bridge = Bridge(facts["address"], facts["subscription"], facts["token"])
    database = sqlite3.connect(wish.inbox, timeout=30, isolation_level=None)
    database.executescript(
        "CREATE TABLE IF NOT EXISTS inbox(record_id TEXT PRIMARY KEY, case_id TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS cases(id INTEGER PRIMARY KEY, form TEXT, applicant TEXT, amount TEXT);")
    if wish.pages:
        os.makedirs(wish.pages, exist_ok=True)
    idle = 0
    while not wish.until_empty or idle < 3:
        items = bridge.claim(10, wish.lease)
        idle = 0 if items else idle + 1
        done = [{"leaseId": item["leaseId"], "outcome": "done", "caseId": handle(database, bridge, item, wish.pages),
                 "system": "example"} for item in items]
        for item, answer in zip(items, bridge.acknowledge(done) if done else []):
            # already-done: this was said before, and the answer was lost. lease-lost: it came to somebody else meanwhile,
            # or comes again; the inbox knows it.
            if answer["result"] not in ("done", "already-done", "lease-lost"):
                print(f"{item['record']['id']}: {answer['result']}")


if __name__ == "__main__":
    main()
