"""Looks at what a killed bridge has left, in a copy: what is stored, whether it is sound, and which invariants are broken."""
import pathlib
import shutil
import sqlite3
import tempfile

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

    def __init__(self, bridge):
        self.bridge = bridge

    def configuration(self):
        return {}

    def examine(self):
        with tempfile.TemporaryDirectory(dir=self.bridge.folder) as folder:
            copy = pathlib.Path(folder) / "bridge.db"
            for suffix in ("", "-wal"):
                source = self.bridge.data / f"bridge.db{suffix}"
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


STORES = {"sqlite": SQLite}
