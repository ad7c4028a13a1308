import Foundation
import Support

/// A document with places in it that are filled from a record: `"{/data/document/applicant/name}"`.
///
/// A string that is one place becomes the value as it is, of any type; a place among other text becomes text; `{{` is a
/// brace. What the record does not have is left out, with the member or element that it stood for. An object
/// `{ "$choose": "/data/form/type", "$from": { "a": 1 }, "$else": 0 }` takes one of its values, such as a code of a list.
struct Template: Sendable, Hashable {
    private let value: JSONValue

    /// - Throws: What is wrong with a place.
    init(_ value: JSONValue) throws(TemplateFault) {
        self.value = value
        try Self.examine(value)
    }

    /// The document, filled; `nil` when nothing of it is there.
    func filled(from record: JSONValue) -> JSONValue? { Self.fill(value, from: record) }

    /// A path with its places filled and percent-encoded; `nil` when the record lacks one of them.
    static func path(_ text: String, from record: JSONValue, _ more: [String: String] = [:]) -> String? {
        guard let parts = try? parts(of: text) else { return nil }
        var path = ""
        for part in parts {
            switch part {
            case .text(let text): path += text
            case .place(let place):
                let filled = more[place] ?? JSONPointer(place).flatMap { record[$0] }.flatMap(text(of:))
                guard let filled else { return nil }
                path += filled.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
            }
        }
        return path
    }

    private enum Part {
        case text(String), place(String)
    }

    // RFC 3986, 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func fill(_ value: JSONValue, from record: JSONValue) -> JSONValue? {
        switch value {
        case .string(let text): return fill(text, from: record)
        case .array(let elements):
            let filled = elements.compactMap { fill($0, from: record) }
            return filled.isEmpty && !elements.isEmpty ? nil : .array(filled)
        case .object(let members):
            if let pointer = members["$choose"]?.stringValue {
                let key = JSONPointer(pointer).flatMap { record[$0] }.flatMap(text(of:)) ?? ""
                return (members["$from"]?[key] ?? members["$else"]).flatMap { fill($0, from: record) }
            }
            let filled = members.compactMapValues { fill($0, from: record) }
            return filled.isEmpty && !members.isEmpty ? nil : .object(filled)
        case .null, .bool, .number: return value
        }
    }

    private static func fill(_ text: String, from record: JSONValue) -> JSONValue? {
        guard let parts = try? parts(of: text) else { return nil }
        if parts.count == 1, case .place(let place) = parts[0] { return JSONPointer(place).flatMap { record[$0] } }
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .place(let place):
                guard let value = JSONPointer(place).flatMap({ record[$0] }).flatMap(self.text(of:)) else { return nil }
                filled += value
            }
        }
        return .string(filled)
    }

    /// As it stands in a text; arrays and objects do not.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number, .bool: try? JSONCoding.encodeText(value)
        case .null, .array, .object: nil
        }
    }

    private static func examine(_ value: JSONValue) throws(TemplateFault) {
        switch value {
        case .string(let text):
            for case .place(let place) in try parts(of: text) where JSONPointer(place) == nil {
                throw TemplateFault(message: "“{\(place)}” is no place: it begins with /, as in {/data/form/type}.")
            }
        case .array(let elements): for element in elements { try examine(element) }
        case .object(let members): for member in members.values { try examine(member) }
        case .null, .bool, .number: break
        }
    }

    private static func parts(of text: String) throws(TemplateFault) -> [Part] {
        var parts: [Part] = []
        var plain = ""
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            plain += rest[..<brace]
            rest = rest[rest.index(after: brace)...]
            if rest.first == "{" {
                plain.append("{")
                rest = rest.dropFirst()
                continue
            }
            guard let end = rest.firstIndex(of: "}") else { throw TemplateFault(message: "A { has no }.") }
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = ""
            parts.append(.place(String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        }
        plain += rest
        if !plain.isEmpty || parts.isEmpty { parts.append(.text(plain)) }
        return parts
    }
}

struct TemplateFault: Error, Hashable, Sendable {
    var message: String
}
