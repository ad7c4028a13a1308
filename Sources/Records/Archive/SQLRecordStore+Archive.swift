import Delivery
public import Foundation
public import Support

/// Whom an archive is sealed for.
public struct ArchiveRecipient: Sendable {
    /// The public key, in hexadecimal digits.
    public var name: String
    /// Seals bytes so that only who has the secret key can open them.
    public var seal: @Sendable ([UInt8]) -> [UInt8]
    /// The store's key, which goes into the archive, so that the secret key alone is enough to restore it.
    public var storeKey: [UInt8]
    /// Makes the key that seals the archive, as a sealer and as 32 bytes; only the recipient keeps it.
    public var makeKey: @Sendable () -> (key: any Sealer, bytes: [UInt8])

    public init(
        name: String, storeKey: [UInt8], makeKey: @escaping @Sendable () -> (key: any Sealer, bytes: [UInt8]),
        seal: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.name = name
        self.storeKey = storeKey
        self.makeKey = makeKey
        self.seal = seal
    }
}

extension SQLRecordStore {
    /// Writes all that the store keeps into one file, while it goes on.
    ///
    /// Contents stay sealed by their own keys, as they are in the store.
    ///
    /// - Parameters:
    ///   - file: The archive; what is there is replaced once the new one is whole.
    ///   - recipient: Whom it is sealed for; without one, names and times can be read in it.
    /// - Returns: What is in it.
    /// - Throws: ``BlankettError`` with exit `.storage`; then the file is as it was.
    public func archive(to file: URL, for recipient: ArchiveRecipient?) async throws -> ArchiveManifest {
        var header = ArchiveHeader(created: settings.now())
        var sealer: (any Sealer)?
        if let recipient {
            let (key, bytes) = recipient.makeKey()
            header.recipient = recipient.name
            header.key = recipient.seal(bytes + recipient.storeKey).hexadecimal
            sealer = key
        }
        return try await engine.survey { [files, header, sealer] session in
            let writer = try ArchiveWriter(file, header, sealer: sealer)
            do {
                for (number, table) in ArchiveFormat.tables.enumerated() {
                    try Self.write(table, number: number, of: session, to: writer)
                }
                let missing = try Self.writeBlobs(of: session, files, to: writer)
                return try writer.finish(missing: missing, head: try AuditLog.head(in: session))
            } catch {
                writer.giveUp()
                throw error
            }
        }
    }

    private static func write(
        _ table: ArchiveFormat.Table, number: Int, of session: any SQLSession, to writer: ArchiveWriter
    ) throws {
        let columns = table.columns.joined(separator: ", ")
        let keys = table.columns.prefix(table.keys)
        let order = keys.joined(separator: ", ")
        let parameters = (1...table.keys).map { "$\($0)" }.joined(separator: ", ")
        var last: [SQLValue]?
        while true {
            let condition = last == nil ? "" : "WHERE (\(order)) > (\(parameters))"
            let rows = try session.query(
                "SELECT \(columns) FROM \(table.name) \(condition) ORDER BY \(order) LIMIT 500", last ?? []
            ) { row in table.columns.indices.map { ArchiveFormat.value(row, $0, of: table) } }
            guard let end = rows.last else { return }
            last = Array(end.prefix(table.keys))
            var bytes = [UInt8(number)]
            var count = 0
            for row in rows {
                for value in row { ArchiveFormat.append(value, to: &bytes) }
                count += 1
                guard bytes.count > ArchiveFormat.rowsSize else { continue }
                try writer.write(.rows, bytes, part: table.name, count: count)
                (bytes, count) = ([UInt8(number)], 0)
            }
            if count > 0 { try writer.write(.rows, bytes, part: table.name, count: count) }
        }
    }

    private static func writeBlobs(
        of session: any SQLSession, _ files: BlobFiles, to writer: ArchiveWriter
    ) throws -> Int {
        var missing = 0
        var last = ""
        while true {
            let names = try session.query(
                "SELECT mark, file FROM blob WHERE mark > $1 ORDER BY mark LIMIT 1000", [.text(last)]
            ) { (mark: $0.text(0) ?? "", file: $0.text(1) ?? "") }
            guard let end = names.last else { return missing }
            last = end.mark
            for (_, file) in names {
                // It can have been erased since this moment that the rows are of.
                guard let bytes = files.read(file) else {
                    missing += 1
                    continue
                }
                try writer.write(.blob, [UInt8(file.utf8.count)] + file.utf8 + bytes, part: "blobs", count: 1)
            }
        }
    }
}
