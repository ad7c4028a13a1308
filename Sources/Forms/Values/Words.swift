import Support

/// Values that are words.
enum Words {
    /// Each line trimmed and its runs of space made one; empty lines at both ends left out.
    static func text(_ text: String) -> NormalizedValue {
        let words = tidied(text)
        return words.isEmpty ? .invalid("format:bad") : NormalizedValue(value: .string(words), verdict: .valid)
    }

    /// Letters, and what stands in names; anything else makes it doubtful.
    static func name(_ text: String) -> NormalizedValue {
        let words = tidied(text)
        guard words.contains(where: \.isLetter) else { return .invalid("format:bad") }
        let isPlain = words.allSatisfy { $0.isLetter || " -'’.,()&/\n".contains($0) }
        return NormalizedValue(
            value: .string(words), verdict: isPlain ? .valid : .doubtful, checks: isPlain ? [] : ["characters:odd"])
    }

    /// One of `allowed`, whatever the case of its letters; the normal form is as in the list.
    static func code(_ text: String, allowed: [CodeWord]) -> NormalizedValue {
        let words = tidied(text)
        guard !words.isEmpty else { return .invalid("format:bad") }
        guard !allowed.isEmpty else { return NormalizedValue(value: .string(words), verdict: .valid) }
        let wanted = words.lowercased()
        guard let word = allowed.first(where: { $0.spellings.contains(wanted) }) else { return .invalid("list:bad") }
        return NormalizedValue(value: .string(word.value), verdict: .valid, checks: ["list:ok"])
    }

    static func boolean(_ text: String) -> NormalizedValue {
        switch tidied(text).lowercased() {
        case "true", "ja", "x", "yes", "1": NormalizedValue(value: true, verdict: .valid)
        case "false", "nej", "no", "0": NormalizedValue(value: false, verdict: .valid)
        default: .invalid("format:bad")
        }
    }

    static func tidied(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let kept = lines.drop(while: \.isEmpty)
        return kept.reversed().drop(while: \.isEmpty).reversed().joined(separator: "\n")
    }
}

/// One word a `code` field can have.
public struct CodeWord: Sendable, Hashable {
    /// The normal form.
    public var value: String
    /// How it may be written, in lower case.
    public var spellings: Set<String>

    /// - Parameters:
    ///   - value: The normal form, which is a spelling too.
    ///   - labels: Other ways to write it.
    public init(_ value: String, labels: [String] = []) {
        self.value = value
        spellings = Set(([value] + labels).map { $0.lowercased() })
    }
}
