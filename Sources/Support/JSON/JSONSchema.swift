import Foundation

/// A JSON Schema (2020-12), as far as documents of forms need it, to check values against.
///
/// A keyword that would demand something and is not known here makes the schema unusable: nothing stays unchecked in
/// silence. Annotations, `x-…` and unknown formats demand nothing.
public struct JSONSchema: Sendable, Hashable {
    /// What in the schema cannot be checked.
    public struct Unsupported: Error, Hashable, Sendable {
        /// Such as `/properties/amount/multipleOf`.
        public var place: JSONPointer
        public var message: String
    }

    /// What in a value is not as it must be; it never quotes the value.
    public struct Violation: Hashable, Sendable {
        public var place: JSONPointer
        public var message: String
    }

    private let root: JSONValue
    private let patterns: [String: NSRegularExpression]

    private static let deepest = 64
    private static let most = 100
    private static let checked: Set = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "format",
        "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
        "uniqueItems", "anyOf", "allOf", "oneOf", "not", "$ref", "minProperties",
    ]
    private static let annotations: Set = [
        "$schema", "$id", "$defs", "$comment", "definitions", "title", "description", "default", "examples", "example",
        "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding",
    ]

    /// - Parameter schema: An object, or a boolean that allows all or nothing.
    /// - Throws: What cannot be checked.
    public init(_ schema: JSONValue) throws(Unsupported) {
        root = schema
        var patterns: [String: NSRegularExpression] = [:]
        try Self.examine(schema, in: schema, at: [], &patterns)
        self.patterns = patterns
    }

    /// What is wrong, at most a hundred places.
    public func violations(of value: JSONValue) -> [Violation] {
        var found: [Violation] = []
        check(value, root, [], &found, depth: 0)
        return Array(found.prefix(Self.most))
    }

    // MARK: The schema

    private static func examine(
        _ schema: JSONValue, in root: JSONValue, at place: [String], _ patterns: inout [String: NSRegularExpression]
    ) throws(Unsupported) {
        func refuse(_ keyword: String, _ message: String) -> Unsupported {
            Unsupported(place: JSONPointer(tokens: place + [keyword]), message: message)
        }
        guard let members = schema.objectValue else {
            if schema.boolValue != nil { return }
            throw Unsupported(place: JSONPointer(tokens: place), message: "is no schema")
        }
        for (keyword, value) in members.sorted(by: { $0.key < $1.key }) {
            switch keyword {
            case "properties", "$defs", "definitions":
                for (name, inner) in value.objectValue ?? [:] {
                    try examine(inner, in: root, at: place + [keyword, name], &patterns)
                }
            case "items", "additionalProperties", "not": try examine(value, in: root, at: place + [keyword], &patterns)
            case "anyOf", "allOf", "oneOf":
                for (index, inner) in (value.arrayValue ?? []).enumerated() {
                    try examine(inner, in: root, at: place + [keyword, "\(index)"], &patterns)
                }
            case "pattern":
                guard let text = value.stringValue, let pattern = try? NSRegularExpression(pattern: text) else {
                    throw refuse(keyword, "is no regular expression")
                }
                patterns[text] = pattern
            case "$ref":
                guard let text = value.stringValue, Self.target(text, in: root) != nil else {
                    throw refuse(keyword, "leads to nothing inside this schema")
                }
            default:
                guard checked.contains(keyword) || annotations.contains(keyword) || keyword.hasPrefix("x-") else {
                    throw refuse(keyword, "is a keyword that is not checked here")
                }
            }
        }
    }

    private static func target(_ reference: String, in root: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#") else { return nil }
        return JSONPointer(String(reference.dropFirst())).flatMap { root[$0] }
    }

    // MARK: The value

    private func fits(_ value: JSONValue, _ schema: JSONValue, depth: Int) -> Bool {
        var found: [Violation] = []
        check(value, schema, [], &found, depth: depth + 1)
        return found.isEmpty
    }

    private func check(
        _ value: JSONValue, _ schema: JSONValue, _ place: [String], _ found: inout [Violation], depth: Int
    ) {
        guard found.count < Self.most else { return }
        func require(_ condition: Bool, _ message: @autoclosure () -> String) {
            if !condition { found.append(Violation(place: JSONPointer(tokens: place), message: message())) }
        }
        guard depth < Self.deepest else { return require(false, "is nested too deeply") }
        guard let members = schema.objectValue else { return require(schema.boolValue != false, "must not be there") }

        if let reference = members["$ref"]?.stringValue, let target = Self.target(reference, in: root) {
            check(value, target, place, &found, depth: depth + 1)
        }
        if let type = members["type"] {
            let names = type.arrayValue?.compactMap(\.stringValue) ?? [type.stringValue].compactMap { $0 }
            guard names.contains(where: { Self.isOfType(value, $0) }) else {
                return require(false, "must be of type \(names.joined(separator: " or "))")
            }
        }
        if let constant = members["const"] { require(value == constant, "must be the constant of the schema") }
        if let values = members["enum"]?.arrayValue {
            require(values.contains(value), "must be one of the schema's values")
        }
        switch value {
        case .string(let text): checkText(text, members, require)
        case .number(let number):
            if let least = members["minimum"]?.numberValue { require(number >= least, "must be at least \(least)") }
            if let most = members["maximum"]?.numberValue { require(number <= most, "must be at most \(most)") }
            if let least = members["exclusiveMinimum"]?.numberValue {
                require(number > least, "must be above \(least)")
            }
            if let most = members["exclusiveMaximum"]?.numberValue { require(number < most, "must be below \(most)") }
        case .array(let elements):
            if let least = members["minItems"]?.numberValue {
                require(Double(elements.count) >= least, "must have at least \(Int(least)) elements")
            }
            if let most = members["maxItems"]?.numberValue {
                require(Double(elements.count) <= most, "must have at most \(Int(most)) elements")
            }
            if members["uniqueItems"]?.boolValue == true {
                require(Set(elements).count == elements.count, "must have each element once")
            }
            if let items = members["items"] {
                for (index, element) in elements.enumerated() {
                    check(element, items, place + ["\(index)"], &found, depth: depth + 1)
                }
            }
        case .object(let object): checkObject(object, members, place, &found, depth: depth)
        case .null, .bool: break
        }
        for inner in members["allOf"]?.arrayValue ?? [] { check(value, inner, place, &found, depth: depth + 1) }
        if let inner = members["anyOf"]?.arrayValue {
            require(inner.contains { fits(value, $0, depth: depth) }, "must fit one of the schema's alternatives")
        }
        if let inner = members["oneOf"]?.arrayValue {
            require(
                inner.count { fits(value, $0, depth: depth) } == 1, "must fit exactly one of the schema's alternatives")
        }
        if let inner = members["not"] { require(!fits(value, inner, depth: depth), "must not be like that") }
    }

    private func checkText(
        _ text: String, _ members: [String: JSONValue], _ require: (Bool, @autoclosure () -> String) -> Void
    ) {
        let count = Double(text.unicodeScalars.count)
        if let least = members["minLength"]?.numberValue {
            require(count >= least, "must have at least \(Int(least)) characters")
        }
        if let most = members["maxLength"]?.numberValue {
            require(count <= most, "must have at most \(Int(most)) characters")
        }
        if let pattern = members["pattern"]?.stringValue, let expression = patterns[pattern] {
            let whole = NSRange(text.startIndex..., in: text)
            require(expression.firstMatch(in: text, range: whole) != nil, "must match \(pattern)")
        }
        if let format = members["format"]?.stringValue {
            require(Self.hasFormat(text, format), "must be a \(format)")
        }
    }

    private func checkObject(
        _ object: [String: JSONValue], _ members: [String: JSONValue], _ place: [String], _ found: inout [Violation],
        depth: Int
    ) {
        let properties = members["properties"]?.objectValue ?? [:]
        for name in members["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where object[name] == nil {
            found.append(Violation(place: JSONPointer(tokens: place + [name]), message: "is missing"))
        }
        if let least = members["minProperties"]?.numberValue, Double(object.count) < least {
            found.append(
                Violation(place: JSONPointer(tokens: place), message: "must have at least \(Int(least)) members"))
        }
        let others = members["additionalProperties"]
        for (name, member) in object.sorted(by: { $0.key < $1.key }) {
            if let schema = properties[name] {
                check(member, schema, place + [name], &found, depth: depth + 1)
            } else if let others {
                check(member, others, place + [name], &found, depth: depth + 1)
            }
        }
    }

    private static func isOfType(_ value: JSONValue, _ name: String) -> Bool {
        switch (name, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number.rounded() == number
        default: false
        }
    }

    /// Formats that are not known demand nothing.
    private static func hasFormat(_ text: String, _ format: String) -> Bool {
        func matches(_ pattern: String) -> Bool { text.range(of: pattern, options: .regularExpression) != nil }
        switch format {
        case "date": return matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$") && isDay(text)
        case "date-time":
            return matches(
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$")
                && isDay(String(text.prefix(10)))
        case "email": return matches("^[^@\\s]+@[^@\\s]+$")
        case "uuid": return matches("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
        default: return true
        }
    }

    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, 1...12 ~= parts[1] else { return false }
        let isLeap = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return 1...days[parts[1] - 1] ~= parts[2]
    }
}
