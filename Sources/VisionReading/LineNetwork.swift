import COpenCV
public import Foundation
public import Imaging
public import Reading

/// Reads printed and handwritten lines with PP-OCRv6 (small), rewritten for three line lengths.
///
/// Not `Sendable`: it belongs to the thread that made it. Each length is loaded when the first line of it comes, some
/// 30 MB and 40 ms each.
public final class LineNetwork: LineReader {
    public let name = "line-ctc"

    private let folder: URL
    private let characters: [Character]
    /// Line length in pixels at a height of 48, to the network for it.
    private var networks: [Int: OpaquePointer] = [:]
    private static let widths = [320, 480, 640]

    /// Looks for the models without loading them.
    ///
    /// - Parameter folder: Where `rec320.onnx`, `rec320.txt` and so on lie.
    /// - Throws: ``VisionError`` when one is missing.
    public init(models folder: URL) throws {
        self.folder = folder
        for width in Self.widths {
            let model = Self.model(width, in: folder)
            guard FileManager.default.isReadableFile(atPath: model.path(percentEncoded: false)) else {
                throw VisionError(description: "The model \(model.lastPathComponent) is missing. Run scripts/models.")
            }
        }
        // One character a line; the last is the space, so nothing may be trimmed.
        let list = try String(contentsOf: folder.appending(path: "rec320.txt"), encoding: .utf8)
        characters = list.split(separator: "\n").compactMap(\.first)
    }

    deinit {
        for network in networks.values { copencv_net_close(network) }
    }

    public func read(_ line: PageImage, alphabet: Alphabet) throws -> [TextCandidate] {
        guard let ink = line.gray().croppedToInk() else { return [] }
        var open = Reading()
        var masked = Reading()
        for piece in ink.pieces(ofRatio: Double(Self.widths.last ?? 640) / 48) {
            let decoder = try run(piece)
            open.append(decoder, characters)
            guard alphabet != .any else { continue }
            var narrow = decoder
            narrow.allowed = [true] + characters.map { alphabet.contains($0) }
            masked.append(narrow, characters)
        }
        let free = open.candidates(reader: name)
        guard alphabet != .any else { return free }
        // A mask forces letters into digits; the free reading beside it shows that they were letters.
        var candidates = masked.candidates(reader: name)
        if let first = free.first, !candidates.contains(where: { $0.text == first.text }) {
            candidates.insert(first, at: min(1, candidates.count))
        }
        return candidates
    }

    private func run(_ line: PageImage) throws -> CTCDecoder {
        let wanted = Double(line.width) * 48 / Double(line.height)
        let width = Self.widths.first { Double($0) >= wanted } ?? 640
        let classes = characters.count + 1
        var output = [Float](repeating: 0, count: width / 8 * classes)
        let count = try check(
            copencv_net_read_line(
                network(width), Int32(width), line.pixels, Int32(line.width), Int32(line.height), &output,
                Int32(output.count)))
        guard count == output.count else { throw VisionError(description: "The model and its characters differ.") }
        // Columns beyond the writing are padding and say nothing.
        let columns = min(width / 8, Int((wanted / 8).rounded(.up)) + 1)
        return CTCDecoder(classes: classes, probabilities: Array(output.prefix(columns * classes)))
    }

    private func network(_ width: Int) throws -> OpaquePointer {
        if let known = networks[width] { return known }
        let path = Self.model(width, in: folder).path(percentEncoded: false)
        guard let opened = copencv_net_open(path) else { throw VisionError.last() }
        networks[width] = opened
        return opened
    }

    private static func model(_ width: Int, in folder: URL) -> URL { folder.appending(path: "rec\(width).onnx") }

    /// What was made of the pieces of one line so far.
    private struct Reading {
        private var text = ""
        private var confidences: [Double] = []
        private var others: [(text: String, share: Double)] = [("", 1)]

        mutating func append(_ decoder: CTCDecoder, _ characters: [Character]) {
            let space = text.isEmpty ? "" : " "
            let greedy = decoder.greedy()
            let piece = String(greedy.characters.map { characters[$0 - 1] })
            text += space + piece
            confidences += (space.isEmpty || piece.isEmpty ? [] : [1]) + greedy.confidences
            let beams = decoder.best(3)
            var joined: [(text: String, share: Double)] = []
            for before in others {
                for beam in beams {
                    let piece = String(beam.characters.map { characters[$0 - 1] })
                    joined.append((before.text + space + piece, before.share * beam.share))
                }
            }
            others = Array(joined.sorted { $0.share > $1.share }.prefix(3))
        }

        /// Best first; the confidence of the others is theirs as a share of all.
        func candidates(reader: String) -> [TextCandidate] {
            let trimmed = text.trimmingCharacters(in: .whitespaces)
            guard !trimmed.isEmpty else { return [] }
            let sure = CTCDecoder.mean(confidences)
            let exact = trimmed.count == confidences.count ? confidences : nil
            let best = TextCandidate(text: trimmed, confidence: sure, characterConfidences: exact, reader: reader)
            let rest = others.filter { $0.text.trimmingCharacters(in: .whitespaces) != trimmed && $0.share > 0.02 }
            return [best]
                + rest.prefix(2).map {
                    let text = $0.text.trimmingCharacters(in: .whitespaces)
                    return TextCandidate(text: text, confidence: min($0.share, sure), reader: reader)
                }.filter { !$0.text.isEmpty }
        }
    }
}

extension Alphabet {
    func contains(_ character: Character) -> Bool {
        switch self {
        case .any: true
        case .digits: character.isASCII && character.isNumber
        case .numeric: character.isASCII && (character.isNumber || "-+.,/: ()".contains(character))
        }
    }
}
