import Foundation

/// Seals the reasons of consumers that an earlier version left in clear; those of the store itself are no secret.
///
/// Done once, in small steps, each whole on the disk before the next; a program that is killed in between goes on where it was.
struct ClearReasons {
    private static let mark = "reasons-sealed"
    private static let step = 200

    let engine: any SQLEngine
    let contents: Contents

    func seal() async throws {
        let isDone = try await engine.read { try $0.exists("SELECT 1 FROM secret WHERE name = $1", [.text(Self.mark)]) }
        if isDone { return }
        var after = (subscription: Int.min, seq: Int.min)
        var hasAny = false
        while let last = try await engine.write({ [self, after] in try seal(after: after, in: $0) }) {
            after = last
            hasAny = true
        }
        // They must not lie in old versions of rows, of an earlier try neither.
        if hasAny { try await engine.forgetDeleted() }
        try await engine.write { session in
            _ = try session.run(
                "INSERT INTO secret(name, sealed) VALUES($1, $2) ON CONFLICT(name) DO NOTHING",
                [.text(Self.mark), .bytes([1])])
        }
    }

    /// - Returns: Where it came to; `nil` when there are no more.
    private func seal(
        after: (subscription: Int, seq: Int), in session: any SQLSession
    ) throws -> (subscription: Int, seq: Int)? {
        let rows = try session.query(
            """
            SELECT subscription, seq, reason FROM delivery
            WHERE reason IS NOT NULL AND (subscription, seq) > ($1, $2)
            ORDER BY subscription, seq LIMIT \(Self.step)
            """, [.integer(after.subscription), .integer(after.seq)]
        ) { (subscription: $0.integer(0), seq: $0.integer(1), reason: $0.text(2) ?? "") }
        for row in rows where contents.isClear(reason: row.reason) {
            try session.run(
                "UPDATE delivery SET reason = $1 WHERE subscription = $2 AND seq = $3 AND reason = $4",
                [
                    .text(contents.sealed(reason: row.reason)), .integer(row.subscription), .integer(row.seq),
                    .text(row.reason),
                ])
        }
        return rows.last.map { ($0.subscription, $0.seq) }
    }
}
