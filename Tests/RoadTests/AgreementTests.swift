import Delivery
import Foundation
import Reading
import Support
import TestSupport
import Testing

@Suite(.temporaryDirectory, .serialized) struct `What the agent reads` {
    @Test func `is what blankett read gives for the same pages`() async throws {
        let town = try await Town()
        let sheets = Array(Town.sheets.prefix(2))
        try await town.load(sheets)
        try await town.ask("POST", "/scans")
        let record = try #require(try await town.records(1).first)
        let run = try await ProgramRun(
            "blankett",
            ["--language", "en", "read", "--forms", TemporaryDirectory.url.appending(path: "forms").path(), "--json"]
                + sheets)
        let reading: DocumentReading = try JSONCoding.decode(from: Array(run.output.utf8))
        #expect(!record.data.fields.isEmpty)
        #expect(record.data.fields.map(\.name) == reading.fields.map(\.name))
        for (sent, read) in zip(record.data.fields, reading.fields) {
            #expect(sent.value == read.value && sent.raw == read.raw && sent.status == read.status, "\(read.name)")
            #expect(sent.confidence == read.confidence && sent.checks == read.checks, "\(read.name)")
        }
        #expect(record.data.document == reading.data)
    }
}
