"""Looks at what a killed bridge has left, in a copy: what is stored, whether it is sound, and which invariants are broken."""
import csv
import glob
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

# Each must give no row. Sets are compared: a subquery for each row takes hours on a large database.
INVARIANTS = {
    "a delivery without its record": "SELECT seq FROM delivery EXCEPT SELECT seq FROM record",
    "a record that no subscription has": "SELECT seq FROM record EXCEPT SELECT seq FROM delivery",
    "a page without its record": "SELECT seq FROM page EXCEPT SELECT seq FROM record",
    "a record without pages": "SELECT seq FROM record EXCEPT SELECT seq FROM page",
    "done without a receipt": "SELECT seq FROM delivery WHERE phase = 2 AND case_id IS NULL AND reason IS NULL",
    "a record twice": "SELECT id FROM record GROUP BY id HAVING count(*) > 1",
    "a gap in the audit log": "SELECT 1 WHERE (SELECT coalesce(max(n), 0) FROM audit) <> (SELECT count(*) FROM audit)",
    "a stored record that the audit log does not know":
        "SELECT id FROM record EXCEPT SELECT object FROM audit WHERE action = 'record.put'",
    "a record of the audit log that is not stored":
        "SELECT object FROM audit WHERE action = 'record.put' EXCEPT SELECT id FROM record",
    "a counter that is wrong":
        "SELECT subscription, phase, count(*) FROM delivery GROUP BY subscription, phase"
        " EXCEPT SELECT subscription, phase, number FROM tally",
}


class SQLite:
    """The default store; its files are copied, so that they stay as the kill left them."""

    @staticmethod
    def configuration():
        return {}

    def stop(self):
        pass

    @staticmethod
    def examine(bridge):
        with tempfile.TemporaryDirectory(dir=bridge.folder) as folder:
            copy = pathlib.Path(folder) / "bridge.db"
            for suffix in ("", "-wal"):
                source = bridge.data / f"bridge.db{suffix}"
                if source.exists():
                    shutil.copyfile(source, f"{copy}{suffix}")
            database = sqlite3.connect(copy)
            try:
                broken = {name: [str(value) for value in row] for name, sql in INVARIANTS.items()
                          if (row := database.execute(sql).fetchone()) is not None}
                damage = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
                stored = {row[0] for row in database.execute("SELECT id FROM record")}
                deliveries = {}
                for name, identity, phase, case in database.execute(
                        "SELECT name, id, phase, case_id FROM delivery JOIN record USING(seq)"
                        " JOIN subscription ON subscription.number = delivery.subscription"):
                    deliveries.setdefault(name, {})[identity] = (phase, case)
                return {"stored": stored, "deliveries": deliveries, "broken": broken, "damage": damage}
            finally:
                database.close()


class Postgres:
    """A PostgreSQL server of its own on a UNIX socket, from Debian's package; it does not run as root."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="blankett-chaos-", dir="/tmp"))
        self.tools = max(glob.glob("/usr/lib/postgresql/*/bin"), default=None)
        if self.tools is None:
            raise RuntimeError("PostgreSQL is missing; run scripts/setup")
        self.user = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = ["runuser", "-u", "postgres", "--"]
        subprocess.run([*self.user, f"{self.tools}/initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "blankett",
                        "-E", "UTF8", "--locale=C", "-k"], check=True, capture_output=True, cwd="/")
        self.process = subprocess.Popen(
            [*self.user, f"{self.tools}/postgres", "-D", f"{self.folder}/data", "-c", "listen_addresses=", "-c",
             f"unix_socket_directories={self.folder}", "-c", "max_connections=200"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True)
        for _ in range(300):
            if (self.folder / ".s.PGSQL.5432").exists() and self._psql("SELECT 1", check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    @property
    def information(self):
        return f"host={self.folder} user=blankett dbname=postgres"

    def configuration(self):
        return {"store": {"postgres": self.information}}

    def stop(self):
        # The server is a child of the program that changed the user.
        try:
            os.kill(int((self.folder / "data/postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        except (OSError, ValueError):
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _psql(self, sql, check=True):
        return subprocess.run([f"{self.tools}/psql", "-X", "-t", "--csv", "-v", "ON_ERROR_STOP=1", "-d", self.information,
                               "-c", sql], check=check, capture_output=True, text=True)

    def rows(self, sql):
        return list(csv.reader(self._psql(sql).stdout.splitlines()))

    def examine(self, _):
        broken = {name: found[0] for name, sql in INVARIANTS.items() if (found := self.rows(sql))}
        deliveries = {}
        for name, identity, phase, case in self.rows(
                "SELECT name, id, phase, case_id FROM delivery JOIN record USING(seq)"
                " JOIN subscription ON subscription.number = delivery.subscription"):
            deliveries.setdefault(name, {})[identity] = (int(phase), case or None)
        return {"stored": {row[0] for row in self.rows("SELECT id FROM record")}, "deliveries": deliveries,
                "broken": broken, "damage": []}


STORES = {"sqlite": SQLite, "postgres": Postgres}
