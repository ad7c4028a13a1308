import Imaging
import Reading

/// A line reader that says what it is told to, line after line, and can fail on cue.
final class ScriptedLineReader: LineReader {
    struct Broken: Error {}

    let name: String
    private var lines: [String?]
    private let failsOnLine: Int?
    /// The pictures it was given.
    private(set) var seen: [PageImage] = []

    /// - Parameters:
    ///   - name: Of the reader.
    ///   - lines: One text for each line it is given; `nil` reads nothing. The last is repeated.
    ///   - failsOnLine: From 1: on this call it throws.
    init(_ name: String, _ lines: [String?], failsOnLine: Int? = nil) {
        self.name = name
        self.lines = lines
        self.failsOnLine = failsOnLine
    }

    func read(_ line: PageImage, alphabet: Alphabet) throws -> [TextCandidate] {
        seen.append(line)
        if seen.count == failsOnLine { throw Broken() }
        let text = lines.count > 1 ? lines.removeFirst() : lines.first ?? nil
        return text.map { [TextCandidate(text: $0, confidence: 0.97, reader: name)] } ?? []
    }
}

/// A cell reader that says what it is told to, cell after cell.
final class ScriptedCellReader: CellReader {
    let name = "cells"
    private var opinions: [CellOpinion]
    /// How often it was asked.
    private(set) var count = 0

    init(_ opinions: [CellOpinion]) {
        self.opinions = opinions
    }

    func read(_ cell: PageImage) throws -> CellOpinion {
        count += 1
        return opinions.isEmpty ? CellOpinion(characters: [:], empty: 1) : opinions.removeFirst()
    }
}

/// A barcode reader that finds what it is told to, picture after picture.
final class ScriptedBarcodeReader: BarcodeReader {
    private var found: [[Barcode]]

    init(_ found: [[Barcode]] = []) {
        self.found = found
    }

    func read(_ image: PageImage) throws -> [Barcode] { found.isEmpty ? [] : found.removeFirst() }
}
