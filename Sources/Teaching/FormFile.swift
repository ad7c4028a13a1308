import Forms
import Support

/// Writes `form.json5` the way a person would: a field a line, bare keys, nothing that is the default anyway.
public struct FormFile {
    public let text: String

    /// - Parameters:
    ///   - draft: What to write.
    ///   - remarks: Comments on top, a line each.
    public init(_ draft: FormDraft, remarks: [String] = []) {
        var lines = remarks.map { $0.isEmpty ? "//" : "// \($0)" }
        lines.append("{")
        lines.append("  format: \"blankett-form/1\", id: \(Self.quoted(draft.id)), version: \(draft.version),")
        lines.append("  name: { sv: \(Self.quoted(draft.name)) },")
        lines.append("  pages: [")
        for (index, page) in draft.pages.enumerated() {
            lines.append(
                "    { image: \"page-\(index + 1).png\", width: \(Self.number(page.width)), height: \(Self.number(page.height)) },"
            )
        }
        lines.append("  ],")
        if let barcode = draft.identification.barcode {
            lines.append("  // A code that is on each blank; leave it out if it differs from sheet to sheet.")
            lines.append("  identification: { barcode: \(Self.quoted(barcode)) },")
        }
        lines.append("  fields: [")
        for field in draft.fields { lines += Self.field(field) }
        lines.append("  ],")
        lines.append("}")
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func field(_ field: Field) -> [String] {
        var parts = ["name: \(quoted(field.name))"]
        if let label = field.label { parts.append("label: \(text(label))") }
        parts += ["page: \(field.page)", "kind: \"\(field.kind.rawValue)\""]
        if field.kind == .choice { parts.append("select: \"\(field.select.rawValue)\"") }
        if field.kind == .comb, field.cellBoxes == nil { parts.append("cells: \(field.cells)") }
        if field.kind == .text, field.lines > 1 { parts.append("lines: \(field.lines)") }
        if field.writing != .any { parts.append("writing: \"\(field.writing.rawValue)\"") }
        if field.kind != .choice { parts.append("box: \(box(field.box))") }
        if let cells = field.cellBoxes { parts.append("cellBoxes: [\(cells.map(box).joined(separator: ", "))]") }
        if field.type != .text, field.kind != .choice, field.kind != .checkbox {
            parts.append("type: \"\(field.type.rawValue)\"")
        }
        if field.required { parts.append("required: true") }
        if field.review != .whenUncertain { parts.append("review: \"\(field.review.rawValue)\"") }
        if field.correction != .none { parts.append("correction: \"\(field.correction.rawValue)\"") }
        if let target = field.target { parts.append("target: \(quoted(target.description))") }
        if field.kind == .table {
            parts.append("rows: \(field.rows)")
            let columns = field.columns.map { column in
                var keys = ["name: \(quoted(column.name))"]
                if let label = column.label { keys.append("label: \(text(label))") }
                if column.kind != .text { keys.append("kind: \"\(column.kind.rawValue)\"") }
                if column.type != .text { keys.append("type: \"\(column.type.rawValue)\"") }
                if let cells = column.cells { keys.append("cells: \(cells)") }
                keys += ["x: \(number(column.x))", "width: \(number(column.width))"]
                return "{ \(keys.joined(separator: ", ")) }"
            }
            parts.append("columns: [\(columns.joined(separator: ", "))]")
        }
        guard !field.options.isEmpty else { return wrapped(parts, open: "    { ", close: " },") }
        var lines = wrapped(parts, open: "    { ", close: ",")
        lines.append("      options: [")
        for option in field.options {
            var keys = ["value: \(quoted(option.value))"]
            if let label = option.label { keys.append("label: \(text(label))") }
            if let place = option.box { keys.append("box: \(box(place))") }
            if let page = option.page { keys.append("page: \(page)") }
            lines.append("        { \(keys.joined(separator: ", ")) },")
        }
        lines.append("      ] },")
        return lines
    }

    private static func wrapped(_ parts: [String], open: String, close: String) -> [String] {
        var lines: [String] = []
        var line = open
        for (index, part) in parts.enumerated() {
            let last = index == parts.count - 1
            if line.count + part.count > 116, line != open, line.contains(where: { $0 != " " }) {
                lines.append(line.trimmingEnd)
                line = "      "
            }
            line += part + (last ? close : ", ")
        }
        return lines + [line.trimmingEnd]
    }

    private static func text(_ text: LocalizedText) -> String {
        let words = text.texts.sorted { $0.key < $1.key }
        if words.count == 1, let only = words.first, only.key == "sv" { return quoted(only.value) }
        return "{ \(words.map { "\($0.key): \(quoted($0.value))" }.joined(separator: ", ")) }"
    }

    private static func box(_ box: MillimetreRect) -> String {
        "[\([box.x, box.y, box.width, box.height].map(number).joined(separator: ", "))]"
    }

    static func number(_ value: Double) -> String {
        let rounded = value.rounded(to: 2)
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        (try? JSONCoding.encodeText(JSONValue.string(text))) ?? "\"\""
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
