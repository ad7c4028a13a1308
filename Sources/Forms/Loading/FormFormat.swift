package import Support

/// Which keys the objects of a form template have: the loader's knowledge as data.
///
/// `docs/schemas/blankett-form.schema.json` says the same to editors; a test compares the two.
package enum FormFormat {
    package static let name = "blankett-form/1"

    /// One kind of object in `form.json5`; the schema has a definition of the same name.
    package typealias Object = ObjectShape

    package static let form = object(
        "form", required: ["format", "id", "version", "name", "pages", "fields"],
        optional: ["$schema", "identification", "errorTarget", "rules", "output"])
    package static let page = object("page", required: ["image", "width", "height"])
    package static let identification = object("identification", required: [], optional: ["text", "barcode"])
    package static let field = object(
        "field", required: ["name", "kind"],
        optional: ["label", "page", "box", "type", "required", "review", "target"] + keysOfKinds.keys.sorted())
    package static let option = object("option", required: ["value"], optional: ["label", "box", "page"])
    package static let column = object(
        "column", required: ["name", "x", "width"], optional: ["label", "kind", "type", "cells"])
    package static let output = object("output", required: [], optional: ["schema", "constants"])
    package static let rules = [
        "order": object("order", required: ["rule", "fields"], optional: ["message"]),
        "sum": object("sum", required: ["rule", "parts", "total"], optional: ["message"]),
        "any-of": object("any-of", required: ["rule", "fields"], optional: ["message"]),
        "requires": object("requires", required: ["rule", "field", "then"], optional: ["values", "message"]),
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

    private static func object(_ name: String, required: [String], optional: [String] = []) -> Object {
        Object(name, required: required, optional: optional, examples: whatToWrite)
    }

    /// What a missing key should look like.
    private static let whatToWrite = [
        "format": "Add format: \"\(name)\".",
        "id": "Add a short name that never changes, such as id: \"ansokan-bistand\".",
        "version": "Add version: 1, and count up with each new edition of the paper.",
        "name": "Add what people call it, such as name: { sv: \"Ansökan\" }.",
        "pages": "Add pages: [{ image: \"page-1.png\", width: 210, height: 297 }].",
        "fields": "Add fields: [ … ] with at least one field.",
        "image": "Add image: \"page-1.png\", the blank page.",
        "width": "Add its width in millimetres.",
        "height": "Add its height in millimetres.",
        "kind": "Add one of: \(Field.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
        "value": "Add what is handed on when this box is marked.",
        "x": "Add the distance from the table's left edge in millimetres.",
        "rule": "Add one of: any-of, order, requires, sum.",
    ]
}
