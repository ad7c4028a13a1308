import Delivery
import Forms
import Foundation
import HTTP
import Support
import Testing
import TestSupport

/// A schema, a value, and the place that is wrong; `nil` fits.
private let schemas: [(JSONValue, JSONValue, String?)] = [
    (["type": "object", "required": ["a"]], [:], "/a"),
    (["type": "object", "required": ["a"]], ["a": nil], nil),
    (["type": "object", "required": ["a"]], [], ""),
    (["properties": ["a": ["type": "string", "pattern": "^[0-9]+$"]]], ["a": "12"], nil),
    (["properties": ["a": ["type": "string", "pattern": "^[0-9]+$"]]], ["a": "1x"], "/a"),
    (["properties": ["a": ["type": ["string", "null"]]]], ["a": nil], nil),
    (["properties": ["a": ["type": "integer"]]], ["a": 1.5], "/a"),
    (["properties": ["a": ["type": "integer", "minimum": 1, "maximum": 3]]], ["a": 4], "/a"),
    (["properties": ["a": ["exclusiveMinimum": 1]]], ["a": 1], "/a"),
    (["properties": ["a": ["type": "boolean"]]], ["a": "true"], "/a"),
    (["additionalProperties": false, "properties": ["a": [:]]], ["a": 1, "b": 2], "/b"),
    (["additionalProperties": ["type": "string"]], ["b": 2], "/b"),
    (["items": ["enum": ["x", "y"]]], ["x", "y", "z"], "/2"),
    (["items": ["type": "object", "properties": ["n": ["const": 1]]]], [["n": 1], ["n": 2]], "/1/n"),
    (["maxItems": 1], [1, 2], ""), (["minItems": 3], [1, 2], ""), (["uniqueItems": true], [1, 1], ""),
    (["maxLength": 3], "abcd", ""), (["minLength": 2], "å", ""), (["maxLength": 1], "å", nil),
    (["anyOf": [["type": "string"], ["type": "number"]]], true, ""),
    (["oneOf": [["type": "number"], ["minimum": 1]]], 2, ""),
    (["allOf": [["type": "number"], ["minimum": 3]]], 2, ""), (["not": ["type": "string"]], "a", ""),
    (["format": "date"], "2024-02-29", nil), (["format": "date"], "2026-02-29", ""), (["format": "date"], "29/2", ""),
    (["format": "date-time"], "2026-01-01T00:00:00Z", nil), (["format": "email"], "a@b", nil),
    (["format": "email"], "a", ""), (["format": "something"], "a", nil),
    (["$ref": "#/$defs/a", "$defs": ["a": ["type": "string"]]], 1, ""),
    (["properties": ["a": false]], ["a": 1], "/a"), (true, 1, nil), (false, 1, ""),
]

/// What demands something that is not checked.
private let unusable: [(JSONValue, String)] = [
    (["multipleOf": 3], "/multipleOf"), (["properties": ["a": ["if": [:]]]], "/properties/a/if"),
    (["pattern": "("], "/pattern"), (["$ref": "#/nowhere"], "/$ref"),
    (["$ref": "https://example.org/x"], "/$ref"), (["items": ["dependentRequired": [:]]], "/items/dependentRequired"),
    ("text", ""),
]

@Suite struct `A schema` {
    @Test(arguments: schemas)
    func `tells the place that is wrong`(_ schema: JSONValue, _ value: JSONValue, _ place: String?) throws {
        let found = try JSONSchema(schema).violations(of: value)
        #expect(found.first?.place.description == place, "\(found)")
    }

    @Test(arguments: unusable)
    func `that demands what is not checked is not taken`(_ schema: JSONValue, _ place: String) {
        let error = #expect(throws: JSONSchema.Unsupported.self) { try JSONSchema(schema) }
        #expect(error?.place.description == place)
    }

    @Test func `that leads to itself ends`() throws {
        let schema = try JSONSchema(["$ref": "#"])
        #expect(!schema.violations(of: 1).isEmpty)
    }
}

@Suite(.temporaryDirectory) struct `The document of a record` {
    private func library() throws -> FormLibrary {
        try FormLibrary.load([Checkout.root.appending(path: "forms/exempelstad-bistand")])
    }

    private func record(_ form: FormTemplate, _ document: JSONValue) -> Record {
        var record = sampleRecord(form: form.id)
        record.data.form.version = form.version
        record.data.document = document
        return record
    }

    @Test func `is held against what its form promises, and the violation names the field`() throws {
        let forms = try library()
        let template = try #require(forms.packages.first?.template)
        let check = try DocumentCheck(forms)
        let field = try #require(template.fields.first { $0.type == .personnummer })
        var document = JSONValue.object([:])
        for (pointer, value) in template.output?.constants ?? [:] {
            _ = document.set(value, at: try #require(JSONPointer(pointer)))
        }
        _ = document.set("19900101-2385", at: field.place)
        let problem = #expect(throws: Problem.self) { try check.require(record(template, document)) }
        let violation = try #require(problem?.violations?.first { $0.message.contains("(field \(field.name))") })
        #expect(violation.field == "data.document." + field.place.tokens.joined(separator: "."))
        #expect(!violation.message.contains("19900101"), "a value is told")
        #expect(problem?.status == 422 && problem?.code == "schema-violation")
    }

    @Test func `is not looked at when its form is not known`() throws {
        try DocumentCheck(try library()).require(sampleRecord(form: "unknown"))
        try DocumentCheck(FormLibrary()).require(sampleRecord())
    }

    @Test func `is refused by the bridge before anything is stored`() async throws {
        try await TestBridge().run { origin in
            let template = try #require(try library().packages.first?.template)
            _ = try await origin.putBlob(samplePage)
            let refused = try await origin.put(record(template, ["nobody": "asked"]))
            #expect(refused.status == 422 && refused.problem?.code == "schema-violation")
            #expect(try await origin.counters().pending == 0)
        }
    }
}
