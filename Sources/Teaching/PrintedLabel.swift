import Forms

/// A printed label taken apart: what is asked for, and what is said of how to write it.
struct PrintedLabel: Hashable {
    /// What the field is called.
    var words: String
    /// How the characters are to be written, such as `ÅÅÅÅMMDD`.
    var pattern: String?
    /// How many boxes may be marked, where the paper says so.
    var select: Field.Select?

    init(_ printed: String) {
        var parts = printed.split(whereSeparator: \.isWhitespace).map(String.init)
        // A number in a disc or a bullet before a heading.
        if parts.count > 1, parts[0].wholeMatch(of: /[O©®○●•▪■□]/) != nil { parts.removeFirst() }
        // Å is often taken for Ä.
        while parts.count > 1, let last = parts.last?.trimmingBrackets,
            last.wholeMatch(of: /[ÅÄAYMDNX]{2,}(?:[-–—.][ÅÄAYMDNX]+)*/) != nil
        {
            pattern = last
            parts.removeLast()
        }
        words = parts.joined(separator: " ")
        let several =
            /\s\(?(?i:(?:ett eller )?flera (?:kryss|alternativ|svar|rutor)|one or more boxes|all that apply)\b.*$/
        let single = /\s\(?(?i:(?:bara |endast )?ett (?:kryss|alternativ|svar)|(?:tick )?one box)\b.*$/
        if let place = words.firstRange(of: several) {
            select = .any
            words = String(words[..<place.lowerBound])
        } else if let place = words.firstRange(of: single) {
            select = .one
            words = String(words[..<place.lowerBound])
        }
        if let place = words.firstRange(of: /\s\(?(?i:skriv|texta|write|print)\s.*$/) {
            words = String(words[..<place.lowerBound])
        }
        while let last = words.last, last.isWhitespace || last == "(" || last == "–" { words.removeLast() }
    }

    /// The type that the pattern tells.
    var type: FieldType? {
        guard let pattern else { return nil }
        let letters = pattern.filter(\.isLetter)
        let digits = letters.count(where: { $0 == "N" || $0 == "X" })
        // One Å more or less is a slip of the reader.
        if digits == 4, (10...13).contains(letters.count) { return .personnummer }
        let isDate =
            digits == 0 && letters.contains("M") && letters.contains("D") && (6...9).contains(letters.count)
        return isDate ? .date : nil
    }
}

extension String {
    fileprivate var trimmingBrackets: String { trimming { "()[]".contains($0) } }

    private func trimming(_ isOutside: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, isOutside(first) { rest.removeFirst() }
        while let last = rest.last, isOutside(last) { rest.removeLast() }
        return String(rest)
    }
}
