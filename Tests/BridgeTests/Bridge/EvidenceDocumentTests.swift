import Delivery
import Evidence
import Foundation
import HTTP
import ImageCodecs
import Imaging
import Reading
import Support
import Testing
import TestSupport

/// The document as others see it: qpdf checks its structure, poppler finds its text and draws its pages.
@Suite(.temporaryDirectory)
struct `The evidence document` {
    @Test func `is fetched from the bridge, whole and unchanged for as long as the record is`() async throws {
        try await TestBridge().run { origin in
            let page = try ImageCodec.encodePNG(Self.picture)
            let record = sampleRecord(page: page)
            #expect(try await origin.putBlob(page).status == 201)
            #expect(try await origin.put(record).status == 201)
            let path = "/v1/records/\(record.id)/document"
            let first = try await origin.send("GET", path, as: origin.bridge.consumer)
            #expect(first.status == 200)
            #expect(first.headers["Content-Type"] == "application/pdf")
            #expect(first.headers["Content-Disposition"] == "attachment; filename=\"\(record.id).pdf\"")
            let again = try await origin.send("GET", path, as: origin.bridge.consumer)
            #expect(first.bytes == again.bytes)
            let tag = try #require(first.headers["ETag"])
            let held = try await origin.send("GET", path, as: origin.bridge.consumer, headers: ["If-None-Match": tag])
            #expect(held.status == 304)
            #expect(try await origin.send("GET", path, as: origin.bridge.other).status == 404)
            #expect(try await origin.send("GET", path, as: origin.bridge.agent).status == 403)
            #expect(try await origin.send("GET", path, as: nil).status == 401)
            let file = try Self.file(try #require(first.bytes))
            #expect(try Self.run("pdftotext", [file.path(), "-"]).contains("199001012385"))
        }
    }

    @Test func `is refused, by page, for what is no image that a PDF can hold`() async throws {
        try await TestBridge().run { origin in
            let record = sampleRecord()
            #expect(try await origin.putBlob(samplePage).status == 201)
            #expect(try await origin.put(record).status == 201)
            let answer = try await origin.send(
                "GET", "/v1/records/\(record.id)/document", as: origin.bridge.consumer)
            #expect(answer.status == 409)
            #expect(answer.problem?.code == "document-not-possible")
            #expect(answer.problem?.detail?.contains("Page 1") == true)
        }
    }

    @Test(arguments: ["png", "jpeg"], [1, 3])
    func `holds each page image as it came`(_ format: String, _ channels: Int) throws {
        let image = channels == 3 ? Self.colours : Self.picture
        let page = format == "png" ? try ImageCodec.encodePNG(image) : try ImageCodec.encodeJPEG(image)
        let bytes = try EvidenceDocument(sampleRecord(page: page), digest: [UInt8](repeating: 7, count: 32))
            .pdf { _ in page }
        let file = try Self.file(bytes)
        #expect(try Self.run("qpdf", ["--check", file.path()]).contains("No syntax or stream encoding errors"))
        // Poppler takes the image out again: every pixel is as it was, and of a JPEG every byte.
        let stem = TemporaryDirectory.url.appending(path: "taken").path()
        _ = try Self.run("pdfimages", [format == "png" ? "-png" : "-j", file.path(), stem])
        let taken = try Data(contentsOf: URL(filePath: stem + "-000" + (format == "png" ? ".png" : ".jpg")))
        if format == "jpeg" {
            #expect(Array(taken) == page)
        } else {
            let pixels = try ImageCodec.decode(Array(taken))
            #expect(try pixels.pixels == ImageCodec.decode(page).pixels)
        }
    }

    @Test(arguments: [
        ("Åsa Öberg <&>\\()", "Åsa Öberg <&>\\()"), ("日本 𝄞", "日本 𝄞"), ("199001012385", "199001012385"),
    ])
    func `is searched for its values`(_ value: String, _ found: String) throws {
        let page = try ImageCodec.encodePNG(Self.picture)
        var record = sampleRecord(page: page)
        record.data.fields[0].value = .string(value)
        record.data.form.name = "Ansökan <om> & till"
        let bytes = try EvidenceDocument(record, digest: [7]).pdf { _ in page }
        let file = try Self.file(bytes)
        let text = try Self.run("pdftotext", [file.path(), "-"])
        #expect(text.contains(found))
        let information = try Self.run("pdfinfo", ["-meta", file.path()])
        #expect(information.contains("<pdfaid:part>2</pdfaid:part>"))
        #expect(information.contains("Ansökan &lt;om&gt; &amp; till"))
        #expect(!information.contains(value))
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        try BackgroundProgram.output(of: URL(filePath: "/usr/bin/\(program)"), arguments)
    }

    private static let picture = PageImage(
        width: 900, height: 1200, channels: .gray, resolution: 300,
        pixels: (0..<(900 * 1200)).map { UInt8($0 % 251) })
    private static let colours = PageImage(
        width: 90, height: 120, channels: .color, resolution: 300,
        pixels: (0..<(90 * 120 * 3)).map { UInt8($0 % 251) })

    private static func file(_ bytes: [UInt8]) throws -> URL {
        let file = TemporaryDirectory.url.appending(path: "document.pdf")
        try Data(bytes).write(to: file)
        return file
    }
}
