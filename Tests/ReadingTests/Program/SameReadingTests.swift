import Foundation
import ImageCodecs
import Imaging
import Reading
import Support
import TestSupport
import Testing

private let package = Checkout.root.appending(path: "forms/exempelstad-bistand")

private func sample(_ name: String) -> URL { package.appending(path: "samples/\(name).jpg") }

@Suite(.temporaryDirectory, .needsLineModel, .serialized) struct `The same pages` {
    /// Their fields by document, without what tells of time.
    private func fields(_ names: [String], _ more: [String] = [], threads: Int = 2) async throws -> [[FieldReading]] {
        let run = try await ProgramRun(
            "blankett",
            ["--language", "en", "read", "--forms", package.path(), "--json"] + more + names.map { sample($0).path() },
            environment: ["BLANKETT_READ_THREADS": "\(threads)"])
        return try run.output.split(separator: "\n").map { line in
            let document: DocumentReading = try JSONCoding.decode(from: Array(line.utf8))
            return document.fields
        }
    }

    @Test func `give the same reading on every run, in any company, with one reader and with two`() async throws {
        let typed = ["1-typed-page-1", "1-typed-page-2"]
        let hand = ["4-hand-page-1", "4-hand-page-2"]
        let first = try await fields(typed + hand)
        #expect(first.count == 2 && first.allSatisfy { $0.count > 20 })
        // Read after others, by one worker that has seen them all.
        let second = try await fields(hand + typed, ["--readers", "1"])
        #expect(second.count == 2)
        #expect(first == second.reversed())
        // Its number of threads reaches the worker, and does not show.
        for threads in [1, 3] {
            let other = try await fields(typed + hand, threads: threads)
            let pairs = zip(first.joined(), other.joined()).filter { $0 != $1 }
            #expect(other.map(\.count) == first.map(\.count), "\(threads) threads")
            for (one, another) in pairs { Issue.record("\(threads) threads: \(one) is \(another)") }
        }
    }
}

@Suite(.temporaryDirectory, .needsLineModel, .serialized) struct `A stack of everything` {
    /// A picture turned clockwise by a quarter.
    private func turned(_ page: PageImage) -> PageImage {
        var result = PageImage(
            width: page.height, height: page.width, filledWith: 255, channels: .gray, resolution: page.resolution)
        for y in 0..<page.height {
            for x in 0..<page.width {
                result.pixels[x * result.width + page.height - 1 - y] = page.pixels[y * page.width + x]
            }
        }
        return result
    }

    @Test func `is sorted: two copies interleaved, one page on its side, a blank one and a stranger`() async throws {
        let folder = TemporaryDirectory.url
        let page = try ImageCodec.decode([UInt8](Data(contentsOf: sample("2-typed-page-2")))).gray()
        try Data(ImageCodec.encodeJPEG(turned(page), quality: 90)).write(to: folder.appending(path: "side.jpg"))
        let blank = PageImage(width: 1240, height: 1754, filledWith: 245, channels: .gray, resolution: 150)
        try Data(ImageCodec.encodePNG(blank)).write(to: folder.appending(path: "blank.png"))
        var stranger = blank
        for line in 0..<40 {
            for x in 150..<1090 where (x / 9 + line * 7) % 5 < 3 {
                for y in 0..<14 { stranger.pixels[(200 + line * 34 + y) * 1240 + x] = 40 }
            }
        }
        try Data(ImageCodec.encodePNG(stranger)).write(to: folder.appending(path: "stranger.png"))
        let files = [
            sample("1-typed-page-1"), sample("2-typed-page-1"), folder.appending(path: "blank.png"),
            sample("1-typed-page-2"), folder.appending(path: "stranger.png"), folder.appending(path: "side.jpg"),
        ]
        let run = try await ProgramRun(
            "blankett", ["--language", "en", "read", "--forms", package.path(), "--json"] + files.map { $0.path() })
        #expect(run.code == 3)
        let documents: [DocumentReading] = try run.output.split(separator: "\n").map {
            try JSONCoding.decode(from: Array($0.utf8))
        }
        let seen = documents.map { document in
            document.pages.map { URL(filePath: $0.source).lastPathComponent }.joined(separator: "+")
                + (document.form == nil ? " \(document.outcome.rawValue)" : "")
        }
        // Page 2 of this form has no number: the newest gets the first that comes, and a person is asked about both.
        #expect(
            Set(seen) == [
                "1-typed-page-1.jpg+side.jpg", "2-typed-page-1.jpg+1-typed-page-2.jpg", "blank.png blank",
                "stranger.png unknown-form",
            ])
        for document in documents where document.pages.count == 2 {
            #expect(document.outcome == .needsReview)
            #expect(document.reasons.contains { $0.hasPrefix("It is not certain that page 2 belongs here") })
        }
        #expect(documents.flatMap(\.pages).first { $0.source.hasSuffix("side.jpg") }?.rotation == 90)
    }
}
