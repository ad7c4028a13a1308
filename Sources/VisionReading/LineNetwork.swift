import COneDNN
import COpenCV
public import Foundation
public import Imaging
public import Reading

/// Reads printed and handwritten lines with PP-OCRv6 (small), flattened to one file for lines of every length.
///
/// Not `Sendable`: it belongs to the thread that made it. It holds some 25 MB; the first line of a new length takes
/// 30 ms longer.
public final class LineNetwork: LineReader {
    public let name = "line-ctc"
    /// What the head that was taught handwriting is called: it shares all but the last of the network.
    private static let hand = "line-hand"

    private let characters: [Character]
    /// Those of the hand's head; empty without one.
    private let handCharacters: [Character]
    private let network: OpaquePointer
    /// Longer lines, in pixels at a height of 48, lose their spaces.
    private static let longest = 640.0
    /// A single character needs paper beside it.
    private static let shortest = 96
    private static let height = Double(conednn_line_height)

    /// What lies beside the hand's head.
    private struct Description: Decodable {
        /// The characters it knows beyond those of the network.
        var more: String
    }

    /// Loads the model, and the hand's head that comes with the program.
    ///
    /// - Parameter folder: Where `line.net` and `line.txt` lie.
    /// - Throws: ``VisionError`` when one is missing or is not what it should be.
    public convenience init(models folder: URL) throws {
        let own = OwnModels.folder(with: "hand.net")
        try self.init(models: folder, hand: own)
    }

    /// - Parameters:
    ///   - folder: Where `line.net` and `line.txt` lie.
    ///   - hand: Where `hand.net` and `hand.json` lie; `nil` to do without.
    /// - Throws: ``VisionError`` when one is missing or is not what it should be, or what reading the files throws.
    public init(models folder: URL, hand: URL?) throws {
        let list = folder.appending(path: "line.txt")
        let model = folder.appending(path: "line.net").path(percentEncoded: false)
        let head = hand?.appending(path: "hand.net").path(percentEncoded: false)
        let description = try hand.map {
            try JSONDecoder().decode(Description.self, from: Data(contentsOf: $0.appending(path: "hand.json")))
        }
        guard let text = try? String(contentsOf: list, encoding: .utf8), let opened = conednn_net_open(model, head)
        else {
            throw VisionError(
                description:
                    "The line model cannot be loaded: \(String(cString: conednn_last_error())). Run scripts/setup.")
        }
        // One character a line; the last is the space, so nothing may be trimmed.
        characters = text.split(separator: "\n").compactMap(\.first)
        handCharacters = description.map { [characters] in characters + Array($0.more) } ?? []
        network = opened
        guard Int(conednn_net_classes(opened)) == characters.count + 1,
            Int(conednn_net_head_classes(opened)) == (hand == nil ? 0 : handCharacters.count + 1)
        else {
            throw VisionError(description: "The line model and its characters differ. Run scripts/setup.")
        }
    }

    deinit { conednn_net_close(network) }

    /// What the network reads, best first, and after it what the hand's head does, in the whole alphabet.
    public func read(_ line: PageImage, alphabet: Alphabet) throws -> [TextCandidate] {
        guard let ink = line.gray().croppedToInk() else { return [] }
        var together = JointReading()
        var open = Reading()
        var masked = Reading()
        var hand = Reading()
        for piece in ink.pieces(ofRatio: Self.longest / Self.height) {
            let (decoder, handDecoder) = try run(piece)
            let first = CTCDecoding(decoder)
            open.append(first, characters)
            let second = handDecoder.map { CTCDecoding($0) }
            if let second { hand.append(second, handCharacters) }
            if alphabet != .any {
                let allowed = [true] + characters.map { alphabet.contains($0) }
                masked.append(CTCDecoding(decoder.masked(allowed)), characters)
            } else if let second {
                together.append(first, second, handCharacters)
            }
        }
        let heard = hand.candidates(reader: Self.hand, sharing: name)
        let free = open.candidates(reader: name)
        guard alphabet != .any else { return together.weighed(free + heard, reader: Self.hand, sharing: name) }
        // A mask forces letters into digits; the free reading beside it shows that they were letters.
        var candidates = masked.candidates(reader: name)
        if let first = free.first, !candidates.contains(where: { $0.text == first.text }) {
            candidates.insert(first, at: min(1, candidates.count))
        }
        return candidates + heard
    }

    /// What the network says of a line, and what the hand's head does.
    private func run(_ line: PageImage) throws -> (CTCDecoder, CTCDecoder?) {
        let wanted = Double(line.width) * Self.height / Double(line.height)
        let length = Self.length(for: wanted)
        let columns = min(max(1, Int(wanted.rounded())), length)
        var scaled = [UInt8](repeating: 255, count: columns * conednn_line_height)
        try check(
            copencv_scale_line(
                line.pixels, Int32(line.width), Int32(line.height), Int32(columns), Int32(conednn_line_height), &scaled)
        )
        let (classes, handClasses) = (characters.count + 1, handCharacters.isEmpty ? 0 : handCharacters.count + 1)
        let places = length / conednn_column
        var output = [Float](repeating: 0, count: places * (classes + handClasses))
        let count = conednn_read_line(
            network, scaled, Int32(columns), Int32(length), &output, Int32(output.count))
        guard count == output.count else {
            throw VisionError(description: String(cString: conednn_last_error()))
        }
        // Columns beyond the writing are filled up and say nothing.
        let said = min(places, Int((wanted / Double(conednn_column)).rounded(.up)) + 1)
        let first = CTCDecoder(classes: classes, probabilities: Array(output[..<(said * classes)]))
        guard handClasses > 0 else { return (first, nil) }
        let start = places * classes
        let second = Array(output[start..<(start + said * handClasses)])
        return (first, CTCDecoder(classes: handClasses, probabilities: second))
    }

    /// What `wanted` pixels are filled up to.
    private static func length(for wanted: Double) -> Int {
        let step = conednn_length_step
        return min(max(shortest, (Int(wanted.rounded(.up)) + step - 1) / step * step), conednn_longest)
    }

    /// What was made of the pieces of one line so far.
    private struct Reading {
        private var text = ""
        private var confidences: [Double] = []
        private var others: [(text: String, share: Double)] = [("", 1)]

        mutating func append(_ decoding: CTCDecoding, _ characters: [Character]) {
            let space = text.isEmpty ? "" : " "
            let greedy = decoding.greedy
            let piece = String(greedy.characters.map { characters[$0 - 1] })
            text += space + piece
            confidences += (space.isEmpty || piece.isEmpty ? [] : [1]) + greedy.confidences
            let beams = decoding.best.prefix(3).map { beam in
                (text: String(beam.characters.map { characters[$0 - 1] }), share: beam.share)
            }
            var joined: [(text: String, share: Double)] = []
            for before in others {
                for beam in beams {
                    joined.append((before.text + space + beam.text, before.share * beam.share))
                }
            }
            others = Array(joined.sorted { $0.share > $1.share }.prefix(3))
        }

        /// Best first; the confidence of the others is theirs as a share of all.
        func candidates(reader: String, sharing: String? = nil) -> [TextCandidate] {
            let trimmed = text.trimmingCharacters(in: .whitespaces)
            guard !trimmed.isEmpty else { return [] }
            let sure = CTCDecoder.mean(confidences)
            let exact = trimmed.count == confidences.count ? confidences : nil
            let best = TextCandidate(
                text: trimmed, confidence: sure, characterConfidences: exact, reader: reader, sharing: sharing)
            let rest = others.filter { $0.text.trimmingCharacters(in: .whitespaces) != trimmed && $0.share > 0.02 }
            return [best]
                + rest.prefix(2).map {
                    let text = $0.text.trimmingCharacters(in: .whitespaces)
                    return TextCandidate(text: text, confidence: min($0.share, sure), reader: reader, sharing: sharing)
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
