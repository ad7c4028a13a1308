/// What is true of the tables after each transaction, as queries that give no row.
///
/// They compare sets; a query for each row would take hours on a large database.
enum Invariants {
    static let all: [(name: String, sql: String)] = [
        ("a delivery has no record", "SELECT 1 FROM delivery WHERE seq NOT IN (SELECT seq FROM record) LIMIT 1"),
        (
            "a delivery is done without case or reason",
            "SELECT 1 FROM delivery WHERE phase = 2 AND case_id IS NULL AND reason IS NULL LIMIT 1"
        ),
        (
            "the counters are not those of the deliveries",
            """
            SELECT 1 FROM (
                SELECT subscription, phase, sum(number) AS number FROM (
                    SELECT subscription, phase, number FROM tally
                    UNION ALL SELECT subscription, phase, -count(*) FROM delivery GROUP BY subscription, phase
                ) AS parts GROUP BY subscription, phase) AS sums
            WHERE number <> 0 LIMIT 1
            """
        ),
        ("a page has no image", "SELECT 1 FROM page WHERE blob NOT IN (SELECT mark FROM blob) LIMIT 1"),
        (
            "an erased record has contents",
            """
            SELECT 1 FROM record WHERE erased_at IS NOT NULL
            AND (key IS NOT NULL OR length(body) > 0 OR seq IN (SELECT seq FROM page)) LIMIT 1
            """
        ),
        ("a record has no key", "SELECT 1 FROM record WHERE erased_at IS NULL AND key IS NULL LIMIT 1"),
        (
            "the lines of the audit log are not counted through",
            """
            SELECT 1 FROM (SELECT count(*) AS lines, max(n) AS last FROM audit) AS counted
            WHERE lines <> coalesce(last, 0)
            """
        ),
        (
            "a delivery is done and the audit log does not know it",
            """
            SELECT 1 FROM (
                SELECT record.id, subscription.name FROM delivery JOIN record USING(seq)
                JOIN subscription ON subscription.number = delivery.subscription WHERE phase = 2
                EXCEPT
                SELECT object, subscription FROM audit WHERE action = 'delivery.acknowledge' AND outcome = 'done'
            ) AS unknown LIMIT 1
            """
        ),
        (
            "a record is there and the audit log does not know it",
            """
            SELECT 1 FROM (
                SELECT id FROM record EXCEPT SELECT object FROM audit WHERE action = 'record.put'
            ) AS unknown LIMIT 1
            """
        ),
    ]

    static func broken(in session: any SQLSession) throws -> [String] {
        try all.filter { try session.exists($0.sql, []) }.map(\.name)
    }
}
