import Forms
import Foundation
import Support

/// A rule across fields that the values do not keep.
struct BrokenRule {
    /// What is wrong, in English and without contents.
    var message: String
    /// The fields a person should look at.
    var fields: [String]
    /// Whether these fields have no value rather than a wrong one.
    var isMissing: Bool
}

extension Rule {
    /// `nil` when the rule is kept, or when values it speaks of are not there.
    func broken(by values: [String: JSONValue]) -> BrokenRule? {
        switch self {
        case .order(let fields, let message):
            let present = fields.compactMap { name in values[name].flatMap(Self.comparable).map { (name, $0) } }
            for (earlier, later) in zip(present, present.dropFirst()) where !Self.isOrdered(earlier.1, later.1) {
                return BrokenRule(
                    message: Self.words(message) ?? "\(later.0) comes before \(earlier.0).",
                    fields: [earlier.0, later.0], isMissing: false)
            }
            return nil
        case .sum(let parts, let total, let message):
            guard let wanted = values[total].flatMap(Self.decimal) else { return nil }
            let numbers = parts.compactMap { values[$0] }.map(Self.decimal)
            guard !numbers.isEmpty, numbers.allSatisfy({ $0 != nil }) else { return nil }
            if numbers.compactMap({ $0 }).reduce(0, +) == wanted { return nil }
            return BrokenRule(
                message: Self.words(message) ?? "The parts do not add up to \(total).",
                fields: parts.filter { values[$0] != nil } + [total], isMissing: false)
        case .anyOf(let fields, let message):
            if fields.contains(where: { values[$0].isGiven }) { return nil }
            return BrokenRule(
                message: Self.words(message) ?? "One of \(fields.joined(separator: ", ")) must be filled in.",
                fields: fields, isMissing: true)
        case .requires(let field, let wanted, let then, let message):
            guard let value = values[field], values[field].isGiven, wanted?.contains(value) ?? true else { return nil }
            let missing = then.filter { !values[$0].isGiven }
            if missing.isEmpty { return nil }
            return BrokenRule(
                message: Self.words(message) ?? "\(field) asks for \(missing.joined(separator: ", ")).",
                fields: missing,
                isMissing: true)
        }
    }

    private static func words(_ message: LocalizedText?) -> String? { message?.text(in: "en") }

    /// A number, or text whose order is that of the dates or times in it.
    private static func comparable(_ value: JSONValue) -> (number: Decimal?, text: String)? {
        switch value {
        case .number: (decimal(value), "")
        case .string(let text):
            text.contains("-") && decimal(value) == nil || text.contains(":") ? (nil, text) : (decimal(value), text)
        default: nil
        }
    }

    private static func isOrdered(_ a: (number: Decimal?, text: String), _ b: (number: Decimal?, text: String)) -> Bool
    {
        if let a = a.number, let b = b.number { return a <= b }
        return a.text <= b.text
    }

    private static func decimal(_ value: JSONValue) -> Decimal? {
        switch value {
        case .number(let number): Decimal(number)
        case .string(let text):
            text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) == nil
                ? nil : Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
        default: nil
        }
    }
}

extension JSONValue? {
    /// Whether somebody wrote or ticked something.
    var isGiven: Bool {
        switch self {
        case nil, .null, .bool(false): false
        case .array(let elements): !elements.isEmpty
        default: true
        }
    }
}
