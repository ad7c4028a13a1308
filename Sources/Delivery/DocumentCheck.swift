public import Forms
import Foundation
public import HTTP
public import Support

/// Holds the document of a record against what its form promises the case system: the schema that follows from its fields,
/// and the output schema of its package.
///
/// Records of forms that are not known are not checked.
public struct DocumentCheck: Sendable {
    private struct Rule {
        var schemas: [JSONSchema]
        /// Place in the document to the field that stands there.
        var fields: [JSONPointer: String]
    }

    private let rules: [FormKey: Rule]

    /// - Throws: ``BlankettError`` `forms-broken` for an output schema that cannot be read, or that demands what is not
    ///   checked here.
    public init(_ forms: FormLibrary) throws(BlankettError) {
        var rules: [FormKey: Rule] = [:]
        for package in forms.packages {
            let template = package.template
            var schemas = [try Self.schema(template.documentSchema, of: template.key)]
            if let name = template.output?.schema {
                guard let bytes = try? Data(contentsOf: package.folder.appending(path: name)),
                    let value = try? JSONCoding.decode(JSONValue.self, from: bytes)
                else { throw Self.broken(template.key, "\(name) cannot be read.") }
                schemas.append(try Self.schema(value, of: template.key))
            }
            let fields = template.fields.map { ($0.place, $0.name) }
            rules[template.key] = Rule(
                schemas: schemas, fields: Dictionary(fields, uniquingKeysWith: { first, _ in first }))
        }
        self.rules = rules
    }

    /// Refuses a record whose document is not as its form promises.
    ///
    /// - Throws: ``Problem`` `schema-violation`; each violation names the place as `data.document.applicant.name`, and the
    ///   field of the form that stands there.
    public func require(_ record: Record) throws(Problem) {
        guard let rule = rules[FormKey(id: record.data.form.type, version: record.data.form.version)] else { return }
        var violations: [Problem.Violation] = []
        for schema in rule.schemas {
            for violation in schema.violations(of: record.data.document) {
                let field = Self.field(at: violation.place, rule)
                let made = Problem.Violation(
                    field: Self.path(violation.place),
                    message: violation.message + (field.map { " (field \($0))" } ?? ""))
                if !violations.contains(made) { violations.append(made) }
            }
        }
        guard violations.isEmpty else { throw .schemaViolation(violations) }
    }

    /// The field at the place, or around it.
    private static func field(at place: JSONPointer, _ rule: Rule) -> String? {
        var place = place
        while true {
            if let field = rule.fields[place] { return field }
            if place.tokens.popLast() == nil { return nil }
        }
    }

    /// As in the other violations: `data.pages[0].number`.
    private static func path(_ place: JSONPointer) -> String {
        place.tokens.reduce(into: "data.document") { text, token in
            text += Int(token) == nil ? ".\(token)" : "[\(token)]"
        }
    }

    private static func schema(_ value: JSONValue, of key: FormKey) throws(BlankettError) -> JSONSchema {
        do {
            return try JSONSchema(value)
        } catch {
            throw broken(key, "Its output schema at \(error.place): \(error.message).")
        }
    }

    private static func broken(_ key: FormKey, _ message: String) -> BlankettError {
        BlankettError(
            "forms-broken", exit: .badInput, "Form \(key): \(message)",
            advice: "Write the schema with the keywords of docs/FORMS.md, or leave it out.")
    }
}
