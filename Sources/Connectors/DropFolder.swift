import Foundation
import Support

/// A folder from which another system fetches files, named by the record's id.
///
/// `ID.pdf` comes first and `ID.json` or `ID.csv` last, each at once and whole, so that who sees the latter has both. The
/// system says that it has taken a record with a file `ID.done`, in which the number of its case may stand, or that it
/// cannot with `ID.failed`. Then the files are removed.
struct DropFolder: Taker {
    enum Format: String, Sendable, CaseIterable { case json, csv }

    var folder: URL
    var format: Format
    /// Name and place of each column; empty takes every value of the document.
    var columns: [(name: String, place: JSONPointer)]
    /// Whether a receipt is waited for; else the record is done as soon as its files are on the disk.
    var waitsForReceipt: Bool

    func take(_ claimed: BridgeConsumer.Claimed, from bridge: BridgeConsumer) async throws -> Taken {
        func file(_ ending: String) -> URL { folder.appending(path: "\(claimed.id).\(ending)") }
        let main = file(format.rawValue)
        if let receipt = try? Data(contentsOf: file("done")) {
            for one in [main, file("pdf")] { try? FileManager.default.removeItem(at: one) }
            let text = String(decoding: receipt.prefix(255), as: UTF8.self).trimmingCharacters(
                in: .whitespacesAndNewlines)
            return .done(caseId: text.isEmpty ? claimed.id : text)
        }
        if exists(file("failed")) { return .refused("receiver-failed") }
        // Who fetches it may move it away at once. So it is not its absence that tells, but the mark, and the part that
        // becomes it by one renaming: with the mark and without the part, it was there.
        let (part, mark) = (hidden(claimed.id, "part"), hidden(claimed.id, "sent"))
        if !exists(mark) {
            if let document = try await bridge.document(of: claimed.id) {
                try DurableFile.write(document, to: file("pdf"), permissions: 0o640)
            }
            try DurableFile.write(contents(of: claimed.record), to: part, permissions: 0o640)
            try DurableFile.write([], to: mark)
        }
        if exists(part) {
            try FileManager.default.moveItem(at: part, to: main)
            try DurableFile.syncFolder(folder)
        }
        return waitsForReceipt ? .waiting : .done(caseId: claimed.id)
    }

    /// Marks and receipts are of no more use after the bridge knows.
    func forget(_ id: String) {
        for url in [hidden(id, "sent"), folder.appending(path: "\(id).done"), folder.appending(path: "\(id).failed")] {
            try? FileManager.default.removeItem(at: url)
        }
    }

    private func hidden(_ id: String, _ ending: String) -> URL { folder.appending(path: ".\(id).\(ending)") }

    private func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) }

    private func contents(of record: JSONValue) throws -> [UInt8] {
        let document = record["data"]?["document"] ?? [:]
        switch format {
        case .json:
            let envelope: JSONValue = [
                "recordId": record["id"] ?? nil, "form": record["data"]?["form"] ?? nil,
                "receivedAt": record["data"]?["receivedAt"] ?? nil, "test": record["data"]?["test"] ?? nil,
                "document": document,
            ]
            return try JSONCoding.encode(envelope, pretty: true) + Array("\n".utf8)
        case .csv:
            var cells: [(String, String)] = [("recordId", record["id"].flatMap(Template.text(of:)) ?? "")]
            if columns.isEmpty {
                cells += Self.leaves(of: document).map { ($0.description, $1) }
            } else {
                cells += columns.map { ($0.name, record[$0.place].flatMap(Template.text(of:)) ?? "") }
            }
            // With the mark by which spreadsheets know UTF-8, and the line ends of RFC 4180.
            let lines = [cells.map(\.0), cells.map(\.1)].map { $0.map(Self.cell).joined(separator: ";") + "\r\n" }
            return Array("\u{FEFF}\(lines.joined())".utf8)
        }
    }

    private static func leaves(of value: JSONValue, at place: [String] = []) -> [(JSONPointer, String)] {
        switch value {
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap { leaves(of: $0.value, at: place + [$0.key]) }
        case .array(let elements):
            elements.enumerated().flatMap { leaves(of: $0.element, at: place + ["\($0.offset)"]) }
        default: [(JSONPointer(tokens: place), Template.text(of: value) ?? "")]
        }
    }

    /// What begins like a formula is text: a spreadsheet must not reckon what stood on a form.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } == true
        let safe = isFormula ? "'\(text)" : text
        guard isFormula || safe.contains(where: { ";\",\r\n".contains($0) || $0.isNewline }) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }
}
