import Forms
import Foundation
import Support
import Testing
import TestSupport

/// Editors believe the schema, the loader believes itself: they must say the same.
@Suite
struct `The schema of form packages` {
    private let schema: JSONValue

    init() throws {
        let url = Checkout.root.appending(path: "docs/schemas/blankett-form.schema.json")
        schema = try JSONCoding.decode(from: Data(contentsOf: url))
    }

    private func words(_ pointer: String) -> Set<String>? {
        JSONPointer(pointer).flatMap { schema[$0]?.arrayValue }.map { Set($0.compactMap(\.stringValue)) }
    }

    @Test(arguments: FormFormat.objects.map(\.name))
    func `has the keys that the loader knows`(name: String) throws {
        let object = try #require(FormFormat.objects.first { $0.name == name })
        let definition = try #require(schema["$defs"]?[name])
        #expect(Set(definition["properties"]?.objectValue?.keys ?? [:].keys) == Set(object.keys))
        #expect(Set(definition["required"]?.arrayValue?.compactMap(\.stringValue) ?? []) == Set(object.required))
        #expect(definition["additionalProperties"] == false)
    }

    @Test
    func `has the words that the loader knows`() {
        let field = "/$defs/field/properties"
        #expect(words("\(field)/kind/enum") == Set(Field.Kind.allCases.map(\.rawValue)))
        #expect(words("\(field)/type/enum") == Set(FieldType.allCases.map(\.rawValue)))
        #expect(words("\(field)/review/enum") == Set(Field.Review.allCases.map(\.rawValue)))
        #expect(words("\(field)/writing/enum") == Set(Field.Writing.allCases.map(\.rawValue)))
        #expect(words("\(field)/select/enum") == Set(Field.Select.allCases.map(\.rawValue)))
        #expect(words("\(field)/correction/enum") == Set(Field.Correction.allCases.map(\.rawValue)))
        #expect(words("/$defs/column/properties/kind/enum") == Set(FormFormat.columnKinds.map(\.rawValue)))
        #expect(words("/$defs/column/properties/type/enum") == Set(FieldType.allCases.map(\.rawValue)))
        #expect(
            schema["$defs"]?["rule"]?["oneOf"]?.arrayValue?.compactMap { $0["$ref"]?.stringValue }.sorted()
                == FormFormat.rules.keys.map { "#/$defs/\($0)" }.sorted())
        #expect(schema["$defs"]?["form"]?["properties"]?["format"]?["const"] == .string(FormFormat.name))
    }
}
