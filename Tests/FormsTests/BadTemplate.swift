import Testing

/// A template with one thing wrong, and what the loader says of it.
struct BadTemplate: Sendable, CustomTestStringConvertible {
    var name: String
    var template: String
    var files: [String: [UInt8]]
    var says: [String]

    var testDescription: String { name }

    init(_ name: String, _ template: String, files: [String: [UInt8]] = [:], says: String...) {
        self.name = name
        self.template = template
        self.files = files
        self.says = says
    }

    /// A right template of one field with parts replaced; the field is on line 4, what is added on line 5.
    static func base(
        format: String = "\"blankett-form/1\"", id: String = "p", version: Any = 1, name: String = "\"Prov\"",
        pages: String = "[{ image: \"page-1.png\", width: 210, height: 297 }]",
        field: String = "{ name: \"namn\", kind: \"text\", box: [10, 10, 50, 8] }", more: String = ""
    ) -> String {
        """
        { format: \(format), id: "\(id)", version: \(version), name: \(name),
          pages: \(pages),
          fields: [
            \(field)
          ], \(more) }
        """
    }

    static func field(_ name: String, _ field: String, files: [String: [UInt8]] = [:], says: String...)
        -> BadTemplate
    {
        var bad = BadTemplate(name, base(field: field), files: files)
        bad.says = says
        return bad
    }

    static func more(_ name: String, _ more: String, files: [String: [UInt8]] = [:], says: String...)
        -> BadTemplate
    {
        var bad = BadTemplate(name, base(more: more), files: files)
        bad.says = says
        return bad
    }

    static func comb(_ rest: String) -> String {
        "{ name: \"k\", kind: \"comb\", box: [10, 10, 50, 8], \(rest) }"
    }

    static func choice(_ options: String) -> String {
        "{ name: \"v\", kind: \"choice\", options: [\(options)] }"
    }

    static func table(_ columns: String) -> String {
        "{ name: \"t\", kind: \"table\", rows: 2, box: [10, 10, 100, 20], columns: [\(columns)] }"
    }

    static let all: [BadTemplate] = identity + pages + fields + marks + tables + rules + output
}
