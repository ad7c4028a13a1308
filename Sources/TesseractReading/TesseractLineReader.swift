import CTesseract
public import Imaging
public import Reading

/// Reads printed lines with Tesseract's Swedish network.
///
/// Not `Sendable`: it stays with the thread or actor that made it, and must be released before the program exits.
public final class TesseractLineReader: LineReader {
    public var name: String { "tesseract-swe" }

    private let handle: OpaquePointer
    private var alphabet: Alphabet?

    /// Loads the network: about 0.1 s and 25 MB.
    ///
    /// - Parameter language: A traineddata file that is installed.
    /// - Throws: ``TesseractError`` when there is none.
    public init(language: String = "swe") throws(TesseractError) {
        SerialOpenMP.use()
        guard let handle = TessBaseAPICreate() else { throw TesseractError(call: "TessBaseAPICreate", status: 0) }
        let status = TessBaseAPIInit2(handle, nil, language, OEM_LSTM_ONLY)
        guard status == 0 else {
            TessBaseAPIDelete(handle)
            throw TesseractError(call: "TessBaseAPIInit2(\(language))", status: status)
        }
        self.handle = handle
        TessBaseAPISetPageSegMode(handle, PSM_SINGLE_LINE)
        // Lines come dark on white: a doubtful one need not be read a second time as light on black.
        TessBaseAPISetVariable(handle, "invert_threshold", "0.0")
    }

    deinit {
        TessBaseAPIEnd(handle)
        TessBaseAPIDelete(handle)
    }

    public func read(_ line: PageImage, alphabet: Alphabet) throws -> [TextCandidate] {
        SerialOpenMP.use()
        if alphabet != self.alphabet {
            TessBaseAPISetVariable(handle, "tessedit_char_whitelist", alphabet.whitelist)
            self.alphabet = alphabet
        }
        let gray = line.gray()
        // On blank paper the network makes letters out of the grain.
        guard let light = gray.pixels.max(), let dark = gray.pixels.min(), light - dark >= 40 else { return [] }
        return gray.pixels.withUnsafeBufferPointer { pixels in
            // The picture is copied by the call.
            TessBaseAPISetImage(handle, pixels.baseAddress, Int32(gray.width), Int32(gray.height), 1, Int32(gray.width))
            TessBaseAPISetSourceResolution(handle, 300)
            defer { TessBaseAPIClear(handle) }
            guard let raw = TessBaseAPIGetUTF8Text(handle) else { return [] }
            let text = String(cString: raw).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            TessDeleteText(raw)
            guard !text.isEmpty else { return [] }
            let characters = characterConfidences(of: text)
            let mean = Double(TessBaseAPIMeanTextConf(handle)) / 100
            return [
                TextCandidate(
                    text: text, confidence: min(max(mean, 0), 1), characterConfidences: characters, reader: name)
            ]
        }
    }

    /// The engine's scores of the characters of `text`, 1 for spaces; `nil` when its symbols are not these characters.
    private func characterConfidences(of text: String) -> [Double]? {
        guard let results = TessBaseAPIGetIterator(handle) else { return nil }
        defer { TessResultIteratorDelete(results) }
        var scores: [(symbol: String, confidence: Double)] = []
        repeat {
            guard let raw = TessResultIteratorGetUTF8Text(results, RIL_SYMBOL) else { continue }
            scores.append((String(cString: raw), Double(TessResultIteratorConfidence(results, RIL_SYMBOL)) / 100))
            TessDeleteText(raw)
        } while TessResultIteratorNext(results, RIL_SYMBOL) != 0

        var confidences: [Double] = []
        var next = 0
        for character in text {
            if character == " " {
                confidences.append(1)
            } else if next < scores.count, scores[next].symbol == String(character) {
                confidences.append(min(max(scores[next].confidence, 0), 1))
                next += 1
            } else {
                return nil
            }
        }
        return confidences
    }
}

/// A call of Tesseract that failed.
public struct TesseractError: Error, Sendable, CustomStringConvertible {
    public var call: String
    public var status: Int32

    public var description: String { "\(call) answered \(status); is tesseract-ocr-swe installed?" }
}

extension Alphabet {
    /// Empty means all characters.
    fileprivate var whitelist: String {
        switch self {
        case .any: ""
        case .digits: "0123456789"
        case .numeric: "0123456789-+.,/: ()"
        }
    }
}
