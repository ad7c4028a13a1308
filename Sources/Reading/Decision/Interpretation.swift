import Forms
import Foundation
import Support

/// A reader's text as a value of the field's type.
struct Interpretation {
    var candidate: TextCandidate
    var normalized: NormalizedValue
    /// Whether it is what its reader holds most likely; only then it counts as that reader's opinion.
    var isFirst: Bool
    private let field: Field

    /// What two readers must have in common to agree.
    var key: String {
        switch normalized.value {
        case .string(let text): text
        case .number(let number): "\(number)"
        case .bool(let value): value ? "true" : "false"
        default: "\u{0}" + candidate.text
        }
    }

    /// As it stands on the paper; without spaces where a number has none.
    var written: String {
        let type = field.type
        guard type.hasCheckDigit, type.isWrittenInDigits else { return candidate.text }
        return candidate.text.filter { !$0.isWhitespace && $0 != "-" }
    }

    /// Reads the text as it stands; if that is no value, without spaces; and for numbers, letters as the digits they look like.
    init(_ candidate: TextCandidate, isFirst: Bool = true, field: Field, list: [String], today: CalendarDay) {
        self.candidate = candidate
        self.isFirst = isFirst
        self.field = field
        normalized = field.normalize(candidate.text, list: list, today: today)
        guard normalized.verdict == .invalid else { return }
        if field.type == .email, let mended = candidate.text.withAtSign {
            normalized = field.normalize(mended, list: list, today: today)
            normalized.checks.append("characters:repaired")
        }
        guard field.type.isWrittenInDigits else { return }

        let bare = candidate.text.filter { !$0.isWhitespace }.trimmingPunctuation
        let attempt = field.normalize(bare, list: list, today: today)
        if attempt.verdict != .invalid {
            normalized = attempt
            return
        }
        var repaired = field.normalize(bare.withDigitsForLetters, list: list, today: today)
        if repaired.verdict != .invalid {
            repaired.checks.append("characters:repaired")
            if !repaired.isSelfChecking { repaired.verdict = .doubtful }
            normalized = repaired
        } else if attempt.checks != normalized.checks, attempt.checks.contains(where: { $0 == "luhn:bad" }) {
            normalized.checks = attempt.checks
        }
    }
}

extension FieldType {
    /// Whether a letter in it must be a misread digit.
    var isWrittenInDigits: Bool {
        switch self {
        case .digits, .integer, .decimal, .amount, .date, .time, .personnummer, .organisationsnummer, .postnummer,
            .phone, .bankgiro, .plusgiro, .ocrReference:
            true
        case .text, .email, .iban, .personName, .place, .code, .boolean: false
        }
    }

    /// Which characters a reader should look for.
    var alphabet: Alphabet {
        switch self {
        case .digits, .ocrReference: .digits
        case .personnummer, .organisationsnummer, .postnummer, .phone, .bankgiro, .plusgiro, .integer, .decimal,
            .time:
            .numeric
        default: .any
        }
    }
}

extension String {
    /// With the one character that Tesseract takes `@` for put right; `nil` where there is none or several.
    fileprivate var withAtSign: String? {
        let places = indices.filter { "QO©®€".contains(self[$0]) }
        guard !contains("@"), places.count == 1, let place = places.first else { return nil }
        return replacingCharacters(in: place...place, with: "@")
    }

    fileprivate var trimmingPunctuation: String {
        func isEdge(_ character: Character) -> Bool { "_|.,:;'`\"".contains(character) }
        return String(drop(while: isEdge).reversed().drop(while: isEdge).reversed())
    }

    fileprivate var withDigitsForLetters: String {
        let digits: [Character: Character] = [
            "O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "i": "1", "|": "1", "!": "1", "Z": "2",
            "z": "2",
            "S": "5", "s": "5", "G": "6", "b": "6", "T": "7", "B": "8", "g": "9", "q": "9", "–": "-", "—": "-",
        ]
        return String(map { digits[$0] ?? $0 })
    }
}
