import Foundation
import Support

/// A file with all that a store keeps, which any store can take in: a backup, or the way from one database to another.
///
/// ```text
/// blankett-archive/1 LF
/// frames: kind (1 byte), length (8 bytes, big-endian), that many bytes
///   H  header, JSON: ``ArchiveHeader``; the only frame that is never sealed
///   R  rows of one table: its number, then each value with its kind before it
///   B  a page image: the length of its file's name (1 byte), the name, the file's bytes, which the store had sealed
///   E  end, JSON: ``ArchiveManifest``
/// SHA-256 of all before it (32 bytes)
/// ```
enum ArchiveFormat {
    static let beginning = Array("blankett-archive/1\n".utf8)
    static let hashSize = 32
    static let headSize = 9
    /// Rows are gathered to about this many bytes.
    static let rowsSize = 1 << 20
    static let largestFrame = 1 << 31

    enum Kind: UInt8 { case header = 0x48, rows = 0x52, blob = 0x42, end = 0x45 }

    struct Table: Sendable {
        var name: String
        var columns: [String]
        /// How many of the first columns are its key, in whose order its rows come.
        var keys: Int
    }

    /// In an order in which each row finds what it refers to.
    static let tables = [
        Table(name: "secret", columns: ["name", "sealed"], keys: 1),
        Table(name: "subscription", columns: ["number", "name"], keys: 1),
        Table(name: "blob", columns: ["mark", "file", "key", "stored_at", "size", "damaged"], keys: 1),
        Table(
            name: "record",
            columns: [
                "seq", "id", "form_type", "form_version", "test", "stored_at", "agent", "digest", "body", "key",
                "erased_at", "damaged",
            ], keys: 1),
        Table(name: "page", columns: ["seq", "number", "blob", "media_type"], keys: 2),
        Table(
            name: "delivery",
            columns: ["subscription", "seq", "phase", "attempt", "due", "lease", "case_id", "system", "reason"],
            keys: 2),
        Table(name: "tally", columns: ["subscription", "phase", "number"], keys: 2),
        Table(
            name: "audit",
            columns: [
                "n", "time", "actor", "action", "object", "subscription", "outcome", "request", "previous", "hash",
            ], keys: 1),
    ]

    /// The columns of the tables that hold bytes; the others hold numbers or texts.
    static let bytes: Set = ["sealed", "digest", "body", "previous", "hash"]
    static let texts: Set = [
        "name", "mark", "file", "id", "form_type", "agent", "blob", "media_type", "lease", "case_id", "system",
        "reason", "actor", "action", "object", "outcome", "request",
    ]

    static func value(_ row: any SQLRow, _ index: Int, of table: Table) -> SQLValue {
        if row.isNull(index) { return .null }
        let column = table.columns[index]
        if bytes.contains(column) || (column == "key") { return .bytes(row.bytes(index) ?? []) }
        if texts.contains(column) || (column == "subscription" && table.name == "audit") {
            return .text(row.text(index) ?? "")
        }
        return .integer(row.integer(index))
    }

    // MARK: Values as bytes

    static func append(_ number: Int, to bytes: inout [UInt8]) {
        let number = UInt64(bitPattern: Int64(number))
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number):
            bytes.append(1)
            append(number, to: &bytes)
        case .text(let text):
            bytes.append(2)
            append(text.utf8.count, to: &bytes)
            bytes += text.utf8
        case .bytes(let blob):
            bytes.append(3)
            append(blob.count, to: &bytes)
            bytes += blob
        }
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
    }

    static let broken = BlankettError(
        "archive-broken", exit: .storage, "The file is damaged, or is no archive of a bridge.",
        advice: "Take another copy of it, or the backup before.")
}

/// Takes values out of a frame's bytes.
struct ArchiveValues {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(BlankettError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw ArchiveFormat.broken }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func takeByte() throws(BlankettError) -> UInt8 {
        try take(1).first ?? 0
    }

    mutating func takeValue() throws(BlankettError) -> SQLValue {
        switch try takeByte() {
        case 0: return .null
        case 1: return .integer(ArchiveFormat.number(try take(8)))
        case 2: return .text(String(decoding: try take(ArchiveFormat.number(try take(8))), as: UTF8.self))
        case 3: return .bytes([UInt8](try take(ArchiveFormat.number(try take(8)))))
        default: throw ArchiveFormat.broken
        }
    }

    mutating func takeAll() -> [UInt8] {
        defer { rest = [] }
        return [UInt8](rest)
    }
}

/// What an archive is.
struct ArchiveHeader: Codable, Sendable {
    var created: Date
    /// For whom all other frames are sealed, if for somebody: the public key, and the frames' key sealed for it.
    var recipient: String?
    var key: String?
}

/// What an archive holds, at its end.
public struct ArchiveManifest: Codable, Sendable, Hashable {
    public struct Part: Codable, Sendable, Hashable {
        public var count = 0
        public var bytes = 0
        /// A chain over the part's frames, in hexadecimal digits: SHA-256 of the link before and the frame's SHA-256.
        public var sha256 = ""

        mutating func add(_ frame: [UInt8], count: Int) {
            self.count += count
            bytes += frame.count
            sha256 = SHA256.hash(Array(sha256.utf8) + SHA256.hash(frame)).hexadecimal
        }
    }

    /// The tables by their names, and the page images as `blobs`.
    public var parts: [String: Part]
    /// Page images whose file was gone already.
    public var missing: Int
    /// The last line of the audit log, and its hash.
    public var auditHead: Int
    public var auditHash: String
}
