public import Support

extension FormTemplate {
    /// The JSON Schema (2020-12) of the document that a record of this form hands on.
    ///
    /// An empty field has no member, so nothing is required. Labels stand in `x-label`, by language.
    public var documentSchema: JSONValue {
        var root = SchemaNode()
        for field in fields { root.insert(field.schema, at: field.place.tokens[...]) }
        for (pointer, value) in output?.constants ?? [:] {
            root.insert(["const": value], at: (JSONPointer(pointer)?.tokens ?? [])[...])
        }
        var schema = root.schema.objectValue ?? [:]
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = .string(name.text(in: "sv"))
        schema["x-label"] = name.schema
        schema["x-form"] = ["type": .string(id), "version": .number(Double(version))]
        return .object(schema)
    }
}

/// An object of the document while its members are put together.
private struct SchemaNode {
    var leaf: JSONValue?
    var members: [String: SchemaNode] = [:]

    mutating func insert(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let first = path.first else {
            leaf = value
            return
        }
        members[first, default: SchemaNode()].insert(value, at: path.dropFirst())
    }

    var schema: JSONValue {
        if let leaf { return leaf }
        // Numbers in a pointer are places in an array.
        if !members.isEmpty, members.keys.allSatisfy({ $0 == "-" || Int($0) != nil }) {
            return [
                "type": "array", "items": ["anyOf": .array(members.sorted { $0.key < $1.key }.map(\.value.schema))],
            ]
        }
        return ["type": "object", "properties": .object(members.mapValues(\.schema))]
    }
}

extension LocalizedText {
    fileprivate var schema: JSONValue { .object(texts.mapValues { .string($0) }) }
}

extension Field {
    /// What the field's value can be.
    fileprivate var schema: JSONValue {
        var schema: [String: JSONValue] =
            switch kind {
            case .choice where select == .any: ["type": "array", "items": .object(choices), "uniqueItems": true]
            case .choice: choices
            case .checkbox, .signature: ["type": "boolean"]
            // The snippet: what it looks like is not a promise.
            case .image: [:]
            case .table:
                [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": .object(
                            Dictionary(
                                columns.map { ($0.name, .object($0.schema)) }, uniquingKeysWith: { first, _ in first })),
                    ],
                ]
            case .text, .comb, .barcode: type == .code && !options.isEmpty ? choices : type.schema
            }
        if let label {
            schema["title"] = .string(label.text(in: "sv"))
            schema["x-label"] = label.schema
        }
        return .object(schema)
    }

    private var choices: [String: JSONValue] {
        guard !options.isEmpty else { return ["type": "string"] }
        return ["type": "string", "enum": .array(options.map { .string($0.value) })]
    }
}

extension Field.Column {
    fileprivate var schema: [String: JSONValue] {
        var schema: [String: JSONValue] = kind == .checkbox ? ["type": "boolean"] : type.schema
        if let label { schema["x-label"] = label.schema }
        return schema
    }
}

extension FieldType {
    /// The normal form of docs/DESIGN.md, without its check digits.
    fileprivate var schema: [String: JSONValue] {
        func text(_ pattern: String) -> [String: JSONValue] { ["type": "string", "pattern": .string(pattern)] }
        return switch self {
        case .integer: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        case .date: ["type": "string", "format": "date"]
        case .email: ["type": "string", "format": "email"]
        case .personnummer: text("^[0-9]{12}$")
        case .organisationsnummer: text("^[0-9]{10}$")
        case .postnummer: text("^[0-9]{3} [0-9]{2}$")
        case .time: text("^[0-9]{2}:[0-9]{2}$")
        case .decimal, .amount: text("^-?[0-9]+(\\.[0-9]+)?$")
        case .digits, .ocrReference: text("^[0-9]+$")
        case .text, .place, .personName, .code, .phone, .bankgiro, .plusgiro, .iban: ["type": "string"]
        }
    }
}
