import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import TestSupport
import Testing

private let package = Checkout.root.appending(path: "forms/exempelstad-bistand")

/// Runs `blankett read` on files.
private func read(_ files: [URL], _ more: [String] = []) async throws -> ProgramRun {
    try await ProgramRun(
        "blankett", ["--language", "en", "read", "--forms", package.path()] + more + files.map { $0.path() })
}

@Suite(.temporaryDirectory, .needsLineModel, .serialized)
struct `blankett read` {
    private func sample(_ name: String) -> URL { package.appending(path: "samples/\(name)") }

    @Test func `reads a typed form right, and passes nothing wrong as certain`() async throws {
        let pages = [sample("3-typed-page-2.jpg"), sample("3-typed-page-1.jpg")]
        let run = try await read(pages, ["--json"])
        #expect(run.code == 0)
        let reading: DocumentReading = try JSONCoding.decode(from: Array(run.output.utf8))
        #expect(reading.form?.id == "exempelstad-bistand")
        #expect(reading.pages.map(\.page) == [1, 2])

        let truth: JSONValue = try JSONCoding.decode(from: Data(contentsOf: sample("3-typed.truth.json")))
        let fields = try #require(truth["fields"]?.objectValue)
        var right = 0
        var filled = 0
        for field in reading.fields {
            guard let meant = fields[field.name], meant != .null, meant != false else { continue }
            filled += 1
            if Self.same(field.value, meant) { right += 1 }
            if field.status == .read { #expect(Self.same(field.value, meant), "\(field.name)") }
        }
        #expect(filled > 20)
        #expect(Double(right) >= 0.95 * Double(filled))
    }

    @Test func `asks about each field that the edge cuts off, also where nothing is seen in it`() async throws {
        let whole = try ImageCodec.decode([UInt8](Data(contentsOf: sample("3-typed-page-1.jpg"))))
        let edge = 0.9
        let (width, depth) = (Int(edge * Double(whole.width)), whole.channels.rawValue)
        let cut = PageImage(
            width: width, height: whole.height, channels: whole.channels, resolution: whole.resolution,
            pixels: (0..<whole.height).flatMap { whole.pixels[($0 * whole.width * depth)...].prefix(width * depth) })
        let file = TemporaryDirectory.url.appending(path: "cut.png")
        try Data(ImageCodec.encodePNG(cut)).write(to: file)
        let run = try await read([file, sample("3-typed-page-2.jpg")], ["--json"])
        let reading: DocumentReading = try JSONCoding.decode(from: Array(run.output.utf8))
        #expect(reading.outcome == .needsReview)
        // The sheet lies straight to a millimetre or two.
        let last = edge * 210
        let (beyond, seen) = (
            reading.fields.filter { $0.page == 1 && $0.box.maxX > last + 2 },
            reading.fields.filter { $0.page == 2 || $0.box.maxX < last - 2 }
        )
        #expect(beyond.contains { $0.value != nil } && beyond.contains { $0.value == nil })
        #expect(beyond.allSatisfy { $0.status == .uncertain && $0.reason == Reason.offPicture.rawValue })
        #expect(seen.count > 20 && seen.allSatisfy { $0.reason != Reason.offPicture.rawValue })
    }

    @Test func `says in a sentence why a file cannot be read, and goes on`() async throws {
        let folder = TemporaryDirectory.url
        let files: [(name: String, bytes: [UInt8], words: String)] = [
            ("text.png", Array("Not a picture.".utf8), "This is no PNG"),
            ("empty.png", [], "The file is empty"),
            (
                "half.jpg", Array(try Data(contentsOf: sample("1-typed-page-1.jpg")).prefix(60_000)),
                "part of the page is missing"
            ),
        ]
        for file in files { try Data(file.bytes).write(to: folder.appending(path: file.name)) }
        let run = try await read(files.map { folder.appending(path: $0.name) }, ["--json"])
        #expect(run.code == 2)
        #expect(run.output.split(separator: "\n").count == files.count)
        for file in files { #expect(run.errors.contains(file.words)) }
    }

    @Test func `shows why a field was read so`() async throws {
        let folder = TemporaryDirectory.url.appending(path: "why")
        _ = try await read([sample("4-hand-page-1.jpg")], ["--debug", folder.path()])
        let page = folder.appending(path: "4-hand-page-1.jpg-1")
        let picture = try ImageCodec.decode([UInt8](Data(contentsOf: page.appending(path: "page.png"))))
        // A4 at 150 dpi, with boxes and residuals in colour.
        #expect(picture.channels == .color && abs(picture.width - 1240) <= 2 && abs(picture.height - 1754) <= 2)
        let pixels = stride(from: 0, to: picture.pixels.count, by: 3)
        #expect(pixels.count { picture.pixels[$0] > 200 && picture.pixels[$0 + 1] < 30 } > 100, "red: residuals")
        #expect(pixels.count { picture.pixels[$0] < 30 && picture.pixels[$0 + 1] == 150 } > 1000, "green: boxes")
        let snippet = try ImageCodec.decode([UInt8](Data(contentsOf: page.appending(path: "efternamn.png"))))
        #expect(snippet.height % 3 == 0, "scan, blank and what is left, one under the other")
        let told = try String(contentsOf: page.appending(path: "efternamn.json"), encoding: .utf8)
        for word in ["\"candidates\"", "tesseract-swe", "line-ctc", "ink ", "residual "] {
            #expect(told.contains(word), "\(word)")
        }
    }

    @Test func `ends a document at a separator sheet`() async throws {
        let sheet = TemporaryDirectory.url.appending(path: "separator.pdf")
        let made = try await ProgramRun("blankett", ["separator", "--out", sheet.path()])
        #expect(made.code == 0)
        // One form's two pages, but for the sheet between them.
        let run = try await read([sample("1-typed-page-1.jpg"), sheet, sample("1-typed-page-2.jpg")], ["--json"])
        #expect(run.code == 3)
        let readings: [DocumentReading] = try run.output.split(separator: "\n").map {
            try JSONCoding.decode(from: Array($0.utf8))
        }
        #expect(readings.map(\.outcome) == [.incomplete, .blank, .incomplete])
        #expect(readings.dropFirst().first?.reasons == [SeparatorSheet.reason])
    }

    @Test func `leaves out a package that is wrong, and says so`() async throws {
        let forms = TemporaryDirectory.url.appending(path: "forms")
        let wrong = forms.appending(path: "wrong")
        try FileManager.default.createDirectory(at: wrong, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: package, to: forms.appending(path: "right"))
        try Data("{ format: \"blankett-form/1\" }".utf8).write(to: wrong.appending(path: "form.json5"))
        let page = sample("1-typed-page-1.jpg").path()
        let run = try await ProgramRun(
            "blankett", ["--language", "en", "read", "--forms", forms.path(), "--json", page])
        #expect(run.errors.contains("wrong/form.json5"))
        let reading: DocumentReading = try JSONCoding.decode(from: Array(run.output.utf8))
        #expect(reading.form?.id == "exempelstad-bistand")
        let named = try await ProgramRun("blankett", ["read", "--forms", wrong.path(), page])
        #expect(named.code == 2)
    }

    @Test func `exits with 3 when a page is missing`() async throws {
        let run = try await read([sample("1-typed-page-1.jpg")])
        #expect(run.code == 3)
        #expect(run.output.contains("Page 2 of 2 is missing."))
    }

    @Test func `refuses a file that is not there, and a form that nobody knows`() async throws {
        #expect(try await read([TemporaryDirectory.url.appending(path: "none.png")]).code == 2)
        #expect(try await read([sample("1-typed-page-1.jpg")], ["--form", "nothing"]).code == 2)
    }

    private static func same(_ value: JSONValue?, _ meant: JSONValue) -> Bool {
        if case .array(let options)? = value, case .array(let others) = meant,
            options.allSatisfy({ $0.stringValue != nil })
        {
            return Set(options) == Set(others)
        }
        func words(_ value: JSONValue) -> String {
            let text = value.stringValue ?? (try? JSONCoding.encodeText(value)) ?? ""
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return value.map(words) == words(meant)
    }
}
