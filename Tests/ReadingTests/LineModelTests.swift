import COneDNN
import Foundation
import ImageCodecs
import Imaging
import Reading
import TestSupport
import Testing
import VisionReading

/// What the original model answers in onnxruntime to a picture beside it in `LineModel`.
private struct Answer: Decodable {
    var text: String
    /// The likeliest class of each column.
    var classes: [Int]
    /// And its probability.
    var probabilities: [Double]
}

private let folder = URL(filePath: #filePath).appending(path: "../LineModel").standardized

private func picture(_ length: Int) throws -> PageImage {
    try ImageCodec.decode([UInt8](Data(contentsOf: folder.appending(path: "line-\(length).png")))).gray()
}

@Suite(.needsLineModel) struct `The line model` {
    @Test(arguments: [320, 608]) func `answers like the original in another runtime`(_ length: Int) throws {
        let data = try Data(contentsOf: folder.appending(path: "line-\(length).json"))
        let expected = try JSONDecoder().decode(Answer.self, from: data)
        let path = try #require(Checkout.models).appending(path: "line.net").path()
        let network = try #require(conednn_net_open(path))
        defer { conednn_net_close(network) }
        let classes = Int(conednn_net_classes(network))
        var output = [Float](repeating: 0, count: length / conednn_column * classes)
        let image = try picture(length)
        let count = conednn_read_line(
            network, image.pixels, Int32(length), Int32(length), &output, Int32(output.count))
        try #require(count == output.count && expected.classes.count == length / conednn_column)
        for (column, (best, probability)) in zip(expected.classes, expected.probabilities).enumerated() {
            let row = output[(column * classes)..<((column + 1) * classes)]
            #expect(row.indices.max { row[$0] < row[$1] } == row.startIndex + best)
            #expect(abs(Double(row[row.startIndex + best]) - probability) < 0.0005)
        }
    }

    @Test func `gives the same for a line whatever was read before it`() throws {
        let models = try #require(Checkout.models)
        let (short, long) = (try picture(320), try picture(608))
        let fresh = try LineNetwork(models: models).read(short, alphabet: .any)
        let used = try LineNetwork(models: models)
        for _ in 1...2 {
            _ = try used.read(long, alphabet: .any)
            #expect(try used.read(short, alphabet: .any) == fresh)
        }
    }

    /// A file of weights that somebody damaged must end in words, not in memory that is not ours.
    @Test(
        .temporaryDirectory,
        arguments: [
            Damage("empty", length: 0), Damage("cut short", length: 100_000),
            Damage("another kind of file", at: 0, number: 7),
            Damage("a step that reads what comes later", at: 24 + 4, number: 99),
            Damage("weights that are not there", at: 24 + 4 * 16, number: 30_000_000),
            Damage("channels that do not fit", at: 24 + 4 * 4, number: 5),
            Damage("a kind that is not known", at: 24, number: 77),
            Damage("groups that divide by nothing", at: 24 + 4 * 14, number: 0),
            Damage("a stride of nothing", at: 24 + 4 * 8, number: 0),
        ])
    func `refuses a damaged file`(_ damage: Damage) throws {
        let models = try #require(Checkout.models)
        let folder = TemporaryDirectory.url
        try FileManager.default.copyItem(at: models.appending(path: "line.txt"), to: folder.appending(path: "line.txt"))
        var file = [UInt8](try Data(contentsOf: models.appending(path: "line.net")))
        if let length = damage.length { file.removeSubrange(length...) }
        for (place, offset) in damage.bytes { file[offset] = UInt8(truncatingIfNeeded: damage.number >> (8 * place)) }
        try Data(file).write(to: folder.appending(path: "line.net"))
        let line = try picture(320)
        #expect(throws: VisionError.self) { try LineNetwork(models: folder).read(line, alphabet: .any) }
    }
}

/// What happened to the model's file.
struct Damage: CustomTestStringConvertible {
    var testDescription: String
    var length: Int?
    /// Where the number was overwritten.
    var bytes: [(place: Int, offset: Int)] = []
    var number = 0

    init(_ what: String, length: Int) {
        testDescription = what
        self.length = length
    }

    init(_ what: String, at offset: Int, number: Int) {
        testDescription = what
        bytes = (0..<4).map { ($0, offset + $0) }
        self.number = number
    }
}
