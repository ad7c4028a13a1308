/// Reads one object of a file key by key, and reports what does not belong.
///
/// Each reading function gives `nil` for a missing key, and for a wrong one after reporting it.
package struct ObjectReader {
    package let located: Located
    package let object: ObjectShape
    private let members: [String: JSONValue]

    package var path: JSONPath { located.path }

    /// Reports unknown and missing keys; `nil`, after a report, when the value is no object.
    package init?(_ located: Located, as object: ObjectShape) {
        guard let members = located.value.objectValue else {
            located.report(
                "Here must be an object, not \(located.value.kindName).",
                "Write { \(object.required.map { "\($0): …" }.joined(separator: ", ")) }.")
            return nil
        }
        self.located = located
        self.object = object
        self.members = members
        for key in members.keys.sorted() where !object.keys.contains(key) {
            located.log.report(
                path.member(key), "Unknown key \"\(key)\".", Nearest.advice(for: key, among: object.keys))
        }
        for key in object.required where members[key] == nil {
            located.report("\"\(key)\" is missing.", object.examples[key] ?? "Add it.")
        }
    }

    package func has(_ key: String) -> Bool { members[key] != nil }

    package func located(_ key: String) -> Located? { located.member(key) }

    package func report(_ key: String, _ message: String, _ advice: String) {
        located.log.report(members[key] == nil ? path : path.member(key), message, advice)
    }

    package func mismatch(_ key: String, expected: String, example: String) {
        report(
            key, "\"\(key)\" must be \(expected), not \(members[key]?.kindName ?? "nothing").",
            "Write \(key): \(example).")
    }

    package func string(_ key: String, example: String = "\"…\"") -> String? {
        guard let value = members[key] else { return nil }
        guard let text = value.stringValue else {
            mismatch(key, expected: "a text", example: example)
            return nil
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            report(key, "\"\(key)\" is empty.", "Write \(key): \(example), or leave the key out.")
            return nil
        }
        return text
    }

    package func bool(_ key: String) -> Bool? {
        guard let value = members[key] else { return nil }
        if value.boolValue == nil { mismatch(key, expected: "true or false", example: "true") }
        return value.boolValue
    }

    package func number(_ key: String, above limit: Double, example: String) -> Double? {
        guard let value = members[key] else { return nil }
        guard let number = value.numberValue, number.isFinite else {
            mismatch(key, expected: "a number", example: example)
            return nil
        }
        guard number > limit else {
            report(key, "\"\(key)\" must be more than \(limit.shortest).", "Write \(key): \(example).")
            return nil
        }
        return number
    }

    package func integer(_ key: String, in range: ClosedRange<Int>, example: String) -> Int? {
        guard let value = members[key] else { return nil }
        guard let number = value.numberValue, let integer = Int(exactly: number) else {
            let found = value.numberValue.map(\.shortest) ?? value.kindName
            report(key, "\"\(key)\" must be a whole number, not \(found).", "Write \(key): \(example).")
            return nil
        }
        guard range.contains(integer) else {
            report(
                key, "\"\(key)\" is \(integer); it must be from \(range.lowerBound) to \(range.upperBound).",
                "Write \(key): \(example).")
            return nil
        }
        return integer
    }

    /// One word of a closed set.
    package func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type = Word.self) -> Word?
    where Word.RawValue == String {
        guard let text = string(key, example: "\"\(Word.allCases.first?.rawValue ?? "")\"") else { return nil }
        if let word = Word(rawValue: text) { return word }
        report(key, "Unknown \(key) \"\(text)\".", Nearest.advice(for: text, among: Word.allCases.map(\.rawValue)))
        return nil
    }

    package func elements(_ key: String) -> [Located]? {
        located(key)?.elements()
    }

    /// A list of texts.
    package func strings(_ key: String) -> [(text: String, located: Located)]? {
        elements(key)?.compactMap { element in
            if let text = element.value.stringValue { return (text, element) }
            element.report("Here must be a text, not \(element.value.kindName).", "Write it in quotes.")
            return nil
        }
    }

    package func box(_ key: String) -> MillimetreRect? {
        located(key).flatMap(Self.box)
    }

    package static func box(_ located: Located) -> MillimetreRect? {
        let numbers = located.value.arrayValue?.compactMap(\.numberValue).filter(\.isFinite) ?? []
        guard numbers.count == 4, located.value.arrayValue?.count == 4 else {
            located.report("A box is four numbers.", "Write [x, y, width, height] in millimetres.")
            return nil
        }
        guard numbers[2] > 0, numbers[3] > 0 else {
            located.report(
                "A box needs a width and a height above 0.",
                "Write [x, y, width, height] in millimetres, not two corners.")
            return nil
        }
        return MillimetreRect(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    package func pointer(_ key: String) -> JSONPointer? {
        guard let text = string(key, example: "\"/applicant/name\"") else { return nil }
        return Self.pointer(text, log: located.log, path: path.member(key))
    }

    package static func pointer(_ text: String, log: ProblemLog, path: JSONPath) -> JSONPointer? {
        guard let pointer = JSONPointer(text), !pointer.tokens.isEmpty, !pointer.tokens.contains(""),
            text.firstMatch(of: /~(?![01])/) == nil
        else {
            log.report(
                path, "\"\(text)\" is no place in a document.",
                "Write a JSON Pointer, such as \"/applicant/name\".")
            return nil
        }
        return pointer
    }
}

extension Double {
    /// As people write it: `3`, `2.5`.
    package var shortest: String {
        Int(exactly: self).map(String.init) ?? String((self * 100).rounded() / 100)
    }
}
