import SQLiteStore

/// The journal's tables.
///
/// A change is a new script at the end; an old one never changes.
enum JournalSchema {
    static let current = Database.Schema(applicationID: 0x424C_4B41, migrations: [first, counts, lists])

    /// `row` is the whole value as JSON, sealed; the other columns are what is searched.
    private static let first = """
        CREATE TABLE batch (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, row BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX batch_state ON batch (state, id);

        CREATE TABLE page (
            id TEXT PRIMARY KEY, batch TEXT NOT NULL REFERENCES batch (id), number INTEGER NOT NULL,
            state TEXT NOT NULL, row BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX page_batch ON page (batch, number);
        CREATE INDEX page_state ON page (state, id);
        -- Of one number in a batch only one page counts.
        CREATE UNIQUE INDEX page_once ON page (batch, number) WHERE state NOT IN ('superseded', 'erased');

        CREATE TABLE document (
            id TEXT PRIMARY KEY REFERENCES page (id), batch TEXT NOT NULL REFERENCES batch (id),
            number INTEGER NOT NULL, state TEXT NOT NULL, changed REAL NOT NULL, row BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX document_batch ON document (batch, number);
        CREATE INDEX document_state ON document (state, id);

        CREATE TABLE contents (
            id TEXT NOT NULL, kind TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE outbox (
            document TEXT PRIMARY KEY REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
            next REAL NOT NULL, row BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outbox_next ON outbox (next);

        CREATE TABLE event (
            n INTEGER PRIMARY KEY, time REAL NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
            object TEXT NOT NULL, outcome TEXT
        ) STRICT;
        """

    /// How often fields were passed, asked about and corrected; kept when the documents are long gone.
    private static let counts = """
        CREATE TABLE tally (id TEXT PRIMARY KEY, kind TEXT NOT NULL, row BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// Which values were sent, as keyed hashes; `day` counts from 1970.
    private static let lists = """
        CREATE TABLE known_value (
            list TEXT NOT NULL, mark INTEGER NOT NULL, count INTEGER NOT NULL, day INTEGER NOT NULL,
            PRIMARY KEY (list, mark)
        ) STRICT, WITHOUT ROWID;
        """
}
