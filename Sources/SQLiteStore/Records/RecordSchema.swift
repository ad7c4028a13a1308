/// The bridge's tables, with times in milliseconds since 1970 and sealed bodies.
enum RecordSchema {
    static let schema = Database.Schema(applicationID: 0x426C_4272, migrations: [first])

    private static let first = """
        CREATE TABLE record(
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, form_type TEXT NOT NULL, form_version INTEGER NOT NULL,
            test INTEGER NOT NULL, stored_at INTEGER NOT NULL, agent TEXT NOT NULL, digest BLOB NOT NULL,
            body BLOB NOT NULL) STRICT;
        CREATE TABLE page(
            seq INTEGER NOT NULL REFERENCES record, number INTEGER NOT NULL, sha256 TEXT NOT NULL,
            media_type TEXT NOT NULL, PRIMARY KEY(seq, number)) STRICT, WITHOUT ROWID;
        CREATE INDEX page_blob ON page(sha256);
        CREATE TABLE subscription(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        -- phase: 0 pending, 1 leased, 2 done, 3 rejected; due: see DeliveryState.
        CREATE TABLE delivery(
            subscription INTEGER NOT NULL REFERENCES subscription, seq INTEGER NOT NULL REFERENCES record,
            phase INTEGER NOT NULL, attempt INTEGER NOT NULL, due INTEGER NOT NULL, lease TEXT, case_id TEXT,
            system TEXT, reason TEXT, PRIMARY KEY(subscription, seq)) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_queue ON delivery(subscription, phase, due, seq);
        CREATE INDEX delivery_open ON delivery(subscription, seq) WHERE phase < 2;
        CREATE UNIQUE INDEX delivery_lease ON delivery(lease) WHERE lease IS NOT NULL;
        -- Counting a million rows for each claim would not do.
        CREATE TABLE tally(
            subscription INTEGER NOT NULL, phase INTEGER NOT NULL, number INTEGER NOT NULL,
            PRIMARY KEY(subscription, phase)) STRICT, WITHOUT ROWID;
        CREATE TABLE audit(
            n INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            object TEXT NOT NULL, subscription TEXT NOT NULL, outcome TEXT NOT NULL, request TEXT NOT NULL,
            previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
        """
}
