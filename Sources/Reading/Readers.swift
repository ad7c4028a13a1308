public import Imaging

/// What one reader makes of a picture of writing.
public struct TextCandidate: Sendable, Hashable {
    public var text: String
    /// 0...1, the reader's own, not calibrated.
    public var confidence: Double
    /// For each character of `text` its own score, when the reader gives them.
    public var characterConfidences: [Double]?
    /// Such as `tesseract-swe`, `line-ctc`.
    public var reader: String
    /// The reader whose sight this one shares; `nil` for one that sees for itself.
    ///
    /// That the two agree proves nothing.
    public var sharing: String?
    /// How likely the text is to all readers of one sight together: a natural logarithm, to be compared among the candidates
    /// of one line only; `nil` where nobody says.
    public var likelihood: Double?

    /// Whose sight it is: readers are independent where these differ.
    public var source: String { sharing ?? reader }

    public init(
        text: String, confidence: Double, characterConfidences: [Double]? = nil, reader: String, sharing: String? = nil,
        likelihood: Double? = nil
    ) {
        self.text = text
        self.confidence = confidence
        self.characterConfidences = characterConfidences
        self.reader = reader
        self.sharing = sharing
        self.likelihood = likelihood
    }
}

extension TextCandidate {
    /// For a person to choose from: the likeliest first; but who does not say how likely, and sees for itself, is among the first three.
    static func likeliestFirst(_ candidates: [TextCandidate]) -> [TextCandidate] {
        var ranked = candidates.filter { $0.likelihood != nil }
            .enumerated().sorted { a, b in
                let (first, second) = (a.element.likelihood ?? 0, b.element.likelihood ?? 0)
                return first != second ? first > second : a.offset < b.offset
            }
            .map(\.element)
        ranked.insert(contentsOf: candidates.filter { $0.likelihood == nil }, at: min(2, ranked.count))
        return ranked
    }
}

/// Which characters can stand in a field: readers that can mask their alphabet use it.
public enum Alphabet: String, Sendable, Hashable, Codable {
    case any
    case digits
    /// Digits and the signs that stand between them: `-+.,/: ()`.
    case numeric
}

/// Reads one line of writing: Tesseract or a network in the programs, a fake in tests.
///
/// Not `Sendable`: it stays in the thread that made it.
public protocol LineReader: AnyObject {
    var name: String { get }
    /// - Parameters:
    ///   - line: Grey, one line of dark writing on light ground, at 300 dpi, cropped to the field.
    ///   - alphabet: What can stand there.
    /// - Returns: Candidates, best first; none where nothing could be read.
    /// - Throws: What the library throws.
    func read(_ line: PageImage, alphabet: Alphabet) throws -> [TextCandidate]
}

/// Reads the one character in a cell of a comb.
///
/// Not `Sendable`: it stays in the thread that made it.
public protocol CellReader: AnyObject {
    var name: String { get }
    /// - Parameter cell: Grey, the strokes of one cell, dark on 255, at 300 dpi, without frame and neighbours.
    /// - Returns: What it may be.
    /// - Throws: What the library throws.
    func read(_ cell: PageImage) throws -> CellOpinion
}

/// What a reader takes a cell for: probabilities that add up to 1, calibrated among the digits.
public struct CellOpinion: Sendable, Hashable {
    /// Of each character that the reader knows.
    public var characters: [Character: Double]
    /// Of there being no character but specks.
    public var empty: Double
    /// Of a character that its writer crossed out.
    public var struck: Double

    public init(characters: [Character: Double], empty: Double = 0, struck: Double = 0) {
        self.characters = characters
        self.empty = empty
        self.struck = struck
    }
}

/// Reads barcodes.
public protocol BarcodeReader: AnyObject {
    /// Finds and reads all codes in a grey image.
    func read(_ image: PageImage) throws -> [Barcode]
}

public struct Barcode: Sendable, Hashable {
    public var text: String
    /// Such as `QRCode`, `Code128`.
    public var symbology: String
    /// Corners in pixels of the image, clockwise from the top left, as x, y, x, y and so on.
    public var corners: [Double]

    public init(text: String, symbology: String, corners: [Double]) {
        self.text = text
        self.symbology = symbology
        self.corners = corners
    }
}
