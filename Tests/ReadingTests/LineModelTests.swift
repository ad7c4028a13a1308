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
        let network = try #require(conednn_net_open(path, nil))
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

    @Test func `gives what the hand's head reads beside it, as no opinion of its own sight`() throws {
        let candidates = try LineNetwork(models: #require(Checkout.models)).read(picture(320), alphabet: .any)
        let heard = candidates.filter { $0.reader == "line-hand" }
        #expect(heard.first?.text.isEmpty == false)
        #expect(heard.allSatisfy { $0.sharing == "line-ctc" && $0.source == "line-ctc" })
        #expect(candidates.first?.reader == "line-ctc")
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

    /// A head of one step that copies the recogniser's last value; `change` overwrites a number of it.
    private func head(_ change: (at: Int, number: Int32)? = nil) throws -> (path: String, classes: Int) {
        let models = try #require(Checkout.models)
        let file = [UInt8](try Data(contentsOf: models.appending(path: "line.net")))
        var counts: [Int32] = []
        for place in 0..<4 {
            let bytes = file[(8 + 4 * place)..<(12 + 4 * place)]
            counts.append(bytes.reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) })
        }
        // "largest" of one by one.
        var numbers: [Int32] = [1, counts[1], counts[2], 1, 5, counts[0], -1, counts[1], 0, 0, 1, 1]
        numbers += Array(repeating: 0, count: 24 - numbers.count) + [0]
        if let change { numbers[change.at] = change.number }
        var bytes = Array("BLKTHEAD".utf8)
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        let path = TemporaryDirectory.url.appending(path: "head.net")
        try Data(bytes).write(to: path)
        return (path.path(), Int(counts[2]))
    }

    @Test(.temporaryDirectory) func `hears a head that reads the same line`() throws {
        let (head, classes) = try head()
        let path = try #require(Checkout.models).appending(path: "line.net").path()
        let network = try #require(conednn_net_open(path, head))
        defer { conednn_net_close(network) }
        #expect(Int(conednn_net_classes(network)) == classes && Int(conednn_net_head_classes(network)) == classes)
        let image = try picture(320)
        let half = 320 / conednn_column * classes
        var output = [Float](repeating: 0, count: 2 * half)
        let count = conednn_read_line(network, image.pixels, 320, 320, &output, Int32(output.count))
        try #require(count == output.count)
        #expect(output[..<half].elementsEqual(output[half...]))
        #expect(output[0] > 0)
    }

    @Test(
        .temporaryDirectory,
        arguments: [
            ("steps that are not there", 0, 2), ("made for another network", 1, 7), ("other classes", 2, 50),
            ("reads what comes later", 5, 5_000), ("writes over another value", 7, 3),
            ("weights beyond its own", 20, 9_000),
        ] as [(String, Int, Int32)])
    func `refuses a head that does not fit`(_ what: String, _ place: Int, _ number: Int32) throws {
        let (head, _) = try head((place, number))
        let path = try #require(Checkout.models).appending(path: "line.net").path()
        guard let network = conednn_net_open(path, head) else { return }
        // What only shows when a line is laid out.
        defer { conednn_net_close(network) }
        var output = [Float](repeating: 0, count: 100_000)
        let image = try picture(320)
        #expect(conednn_read_line(network, image.pixels, 320, 320, &output, Int32(output.count)) < 0, "\(what)")
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
