import Foundation
import ImageCodecs
import Imaging
import Support
import TestSupport
import Testing

/// A file that nobody can read, and what the person who tries is to be told.
private struct BadFile: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: @Sendable () throws -> [UInt8]
    /// Words that must stand in the message.
    var says: String

    var testDescription: String { name }
}

private let badFiles = [
    BadFile(name: "text.png", bytes: { Array("not a picture at all, only words\n".utf8) }, says: "no PNG"),
    BadFile(name: "empty.png", bytes: { [] }, says: "empty"),
    BadFile(name: "huge.png", bytes: { hugePNG() }, says: "more pixels"),
    BadFile(name: "truncated.jpg", bytes: { Array(try noisyJPEG().dropLast(2000)) }, says: "too early"),
    BadFile(name: "locked.pdf", bytes: { try lockedPDF() }, says: "password"),
]

/// The header of an honest PNG of 20,000 × 20,000 pixels, with next to nothing behind it.
private func hugePNG() -> [UInt8] {
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(crc32(body))
    }
    let header = bigEndian(20_000) + bigEndian(20_000) + [8, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
        + chunk("IDAT", [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]) + chunk("IEND", [])
}

private func bigEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
    }
}

private func noisyJPEG() throws -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let pixels = (0..<160_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try ImageCodec.encodeJPEG(PageImage(width: 400, height: 400, channels: .gray, pixels: pixels))
}

/// A PDF that wants a password, made by qpdf out of one that does not.
private func lockedPDF() throws -> [UInt8] {
    let open = TemporaryDirectory.url.appending(path: "open.pdf")
    let locked = TemporaryDirectory.url.appending(path: "locked-by-qpdf.pdf")
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    var text = "%PDF-1.4\n"
    for (index, object) in objects.enumerated() { text += "\(index + 1) 0 obj\n\(object)\nendobj\n" }
    text += "trailer << /Root 1 0 R /Size 4 >>\n%%EOF\n"
    try Data(text.utf8).write(to: open)
    _ = try BoundedRun(
        of: "/usr/bin/qpdf",
        ["--warning-exit-0", "--encrypt", "secret", "secret", "256", "--", open.path(), locked.path()])
    return [UInt8](try Data(contentsOf: locked))
}

@Suite(.temporaryDirectory, .serialized) struct `A person who hands over something useless` {
    private static let ownForm = Checkout.root.appending(path: "forms/exempelstad-bistand")

    @Test(arguments: badFiles)
    private func `is told what is wrong with the file, and the other pages are read`(_ file: BadFile) async throws {
        let bad = TemporaryDirectory.url.appending(path: file.name)
        try Data(try file.bytes()).write(to: bad)
        let good = Self.ownForm.appending(path: "samples/1-typed-page-1.jpg")
        let run = try await ProgramRun(
            "blankett", ["read", "--forms", Self.ownForm.path(), "--json", bad.path(), good.path()])
        #expect(run.code == ExitCode.badInput.rawValue, "\(run.errors)")
        #expect(run.errors.contains(file.says), "\(run.errors)")
        #expect(run.errors.contains(file.name))
        // The sound page beside it is read all the same.
        #expect(run.output.contains("exempelstad-bistand"))
    }

    @Test(arguments: [
        (["read", "--forms", "nowhere", "page.png"], "nowhere"),
        (["read", "page.png"], "--forms"),
        (["raed"], "read"),
        (["forms", "check", "nowhere"], "nowhere"),
    ])
    func `is told what to write instead`(_ arguments: [String], _ says: String) async throws {
        let run = try await ProgramRun("blankett", arguments)
        #expect(run.code == ExitCode.badInput.rawValue)
        #expect((run.errors + run.output).contains(says), "\(run.errors)")
    }

    @Test(arguments: [
        ("name: { sv", "nmae: { sv", "nmae"),
        ("box: [18, 69, 84, 7.5]", "box: [180, 69, 84, 7.5]", "outside"),
    ])
    func `is told where a form package is wrong`(_ right: String, _ wrong: String, _ says: String) async throws {
        let package = try copyOfOwnForm(named: "one")
        let file = package.appending(path: "form.json5")
        let text = try String(contentsOf: file, encoding: .utf8)
        let range = try #require(text.firstRange(of: right))
        try Data(text.replacingCharacters(in: range, with: wrong).utf8).write(to: file)
        let run = try await ProgramRun("blankett", ["forms", "check", package.path()])
        let said = run.errors + run.output
        #expect(run.code == ExitCode.badInput.rawValue)
        #expect(said.contains(says), "\(said)")
        #expect(said.contains(/form\.json5:\d+/), "\(said)")
    }

    @Test func `is told when two forms have the same id and version`() async throws {
        for name in ["one", "two"] { _ = try copyOfOwnForm(named: "library/\(name)") }
        let library = TemporaryDirectory.url.appending(path: "library").path()
        let run = try await ProgramRun("blankett", ["forms", "check", library])
        #expect(run.code == ExitCode.badInput.rawValue)
        #expect((run.errors + run.output).contains("exempelstad-bistand"), "\(run.errors) \(run.output)")
    }

    private func copyOfOwnForm(named name: String) throws -> URL {
        let package = TemporaryDirectory.url.appending(path: name)
        try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)
        for file in ["form.json5", "page-1.png", "page-2.png", "output.schema.json"] {
            try FileManager.default.copyItem(
                at: Self.ownForm.appending(path: file), to: package.appending(path: file))
        }
        return package
    }
}
