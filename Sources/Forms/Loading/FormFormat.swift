/// Which keys the objects of a form template have: the loader's knowledge as data.
///
/// `docs/schemas/blankett-form.schema.json` says the same to editors; a test compares the two.
package enum FormFormat {
    package static let name = "blankett-form/1"

    /// One kind of object in `form.json5`; the schema has a definition of the same name.
    package struct Object: Sendable {
        package var name: String
        package var required: [String]
        package var optional: [String]

        package var keys: [String] { required + optional }

        fileprivate init(_ name: String, required: [String], optional: [String] = []) {
            self.name = name
            self.required = required
            self.optional = optional
        }
    }

    package static let form = Object(
        "form", required: ["format", "id", "version", "name", "pages", "fields"],
        optional: ["$schema", "identification", "errorTarget", "rules", "output"])
    package static let page = Object("page", required: ["image", "width", "height"])
    package static let identification = Object("identification", required: [], optional: ["text", "barcode"])
    package static let field = Object(
        "field", required: ["name", "kind"],
        optional: ["label", "page", "box", "type", "required", "review", "target"] + keysOfKinds.keys.sorted())
    package static let option = Object("option", required: ["value"], optional: ["label", "box", "page"])
    package static let column = Object(
        "column", required: ["name", "x", "width"], optional: ["label", "kind", "type", "cells"])
    package static let output = Object("output", required: [], optional: ["schema", "constants"])
    package static let rules = [
        "order": Object("order", required: ["rule", "fields"], optional: ["message"]),
        "sum": Object("sum", required: ["rule", "parts", "total"], optional: ["message"]),
        "any-of": Object("any-of", required: ["rule", "fields"], optional: ["message"]),
        "requires": Object("requires", required: ["rule", "field", "then"], optional: ["values", "message"]),
    ]

    package static let objects =
        [form, page, identification, field, option, column, output] + rules.values.sorted { $0.name < $1.name }

    /// Keys of a field that only some kinds have.
    package static let keysOfKinds: [String: Set<Field.Kind>] = [
        "writing": [.text, .comb, .table], "lines": [.text], "cells": [.comb], "cellBoxes": [.comb],
        "select": [.choice], "options": [.choice, .text, .comb], "list": [.text, .comb],
        "correction": [.choice, .checkbox], "rows": [.table], "columns": [.table],
    ]

    /// Kinds a column of a table can have.
    package static let columnKinds: Set<Field.Kind> = [.text, .comb, .checkbox]

    /// How many cells a comb of these types can have.
    static let cellCounts: [FieldType: Set<Int>] = [
        .personnummer: [10, 11, 12, 13], .organisationsnummer: [10, 11, 12, 13], .postnummer: [5, 6],
        .date: [6, 8, 10], .time: [4, 5],
    ]
}
