import Forms
import Foundation
import Support
import TestSupport
import Testing

private let own = Checkout.root.appending(path: "forms/exempelstad-bistand")

/// Runs `blankett forms propose` on a file.
private func propose(_ file: URL, id: String = "test", _ more: [String] = []) async throws -> ProgramRun {
    try await ProgramRun(
        "blankett",
        ["--language", "en", "forms", "propose", file.path(), "--id", id, "--out", TemporaryDirectory.url.path()] + more
    )
}

@Suite(.temporaryDirectory, .serialized)
struct `blankett forms propose` {
    @Test func `finds the fields of our own form, and what it writes can be used`() async throws {
        let run = try await propose(own.appending(path: "page-1.png"), ["--json"])
        #expect(run.code == 0, "\(run.errors)")
        let found = try FormPackage.load(TemporaryDirectory.url.appending(path: "test")).template
        let truth = try FormPackage.load(own).template.fields.filter { $0.page == 1 }
        let (wanted, given) = (truth.flatMap(\.places), found.fields.flatMap(\.places))
        let hit = wanted.count { place in given.contains { $0.overlap(place) >= 0.5 } }
        #expect(Double(hit) >= 0.9 * Double(wanted.count), "\(hit) of \(wanted.count)")
        #expect(Double(hit) >= 0.85 * Double(given.count), "\(hit) of \(given.count)")
        #expect(found.fields.contains { $0.type == .personnummer })
    }

    @Test func `refuses what is no picture, and a folder that is there`() async throws {
        let text = TemporaryDirectory.url.appending(path: "text.png")
        try Data("no picture".utf8).write(to: text)
        let run = try await propose(text)
        #expect(run.code == 2 && run.errors.contains("cannot be used"))
        try FileManager.default.createDirectory(
            at: TemporaryDirectory.url.appending(path: "test"), withIntermediateDirectories: true)
        let again = try await propose(text)
        #expect(again.code == 2 && again.errors.contains("is there already"))
    }

    @Test(.needsSharedData) func `takes a PDF's own fields over exactly`() async throws {
        let pdf = try #require(Checkout.sharedData).appending(path: "forms-swedish/fk7263-blank.pdf")
        let run = try await propose(pdf, ["--json"])
        #expect(run.code == 0, "\(run.errors)")
        let found = try FormPackage.load(TemporaryDirectory.url.appending(path: "test")).template.fields
        let told: JSONValue = try JSONCoding.decode(
            from: Data(contentsOf: pdf.deletingPathExtension().appendingPathExtension("fields.json")))
        let height = try #require(told["media_box_pt"]?[3]?.numberValue)
        let fields = try #require(told["fields"]?.arrayValue).filter { $0["kind"] != "push" }
        #expect(found.count == fields.count)
        for field in fields {
            let corners = (0..<4).compactMap { field["rect_pt"]?[$0]?.numberValue }
            let box = MillimetreRect(
                x: corners[0] * 25.4 / 72, y: (height - corners[3]) * 25.4 / 72,
                width: (corners[2] - corners[0]) * 25.4 / 72,
                height: (corners[3] - corners[1]) * 25.4 / 72)
            let isMark = field["kind"] == "checkbox"
            #expect(
                found.contains {
                    abs($0.box.x - box.x) < 0.02 && abs($0.box.y - box.y) < 0.02 && abs($0.box.width - box.width) < 0.02
                        && abs($0.box.height - box.height) < 0.02 && ($0.kind == .checkbox) == isMark
                }, "\(field["name"]?.stringValue ?? "")")
        }
    }
}
