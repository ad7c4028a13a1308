import Reading
import Delivery
import Reading
import Support

/// A record as a table for people: label, value, status.
struct RecordTable {
    let record: Record

    var text: String {
        let form = record.data.form
        let rows = record.data.fields.map { field in
            (field.label, field.value.map(Self.words) ?? "–", field.status.rawValue)
        }
        let first = rows.map(\.0.count).max() ?? 0
        let second = min(48, rows.map(\.1.count).max() ?? 0)
        let lines = rows.map { label, value, status in
            let gap = String(repeating: " ", count: first - label.count + 2)
            let wide = String(repeating: " ", count: max(0, second - value.count) + 2)
            return "  \(label)\(gap)\(value)\(wide)\(status)"
        }
        return (["\(form.name) (\(form.type) version \(form.version)), record \(record.id)"] + lines)
            .joined(separator: "\n")
    }

    private static func words(_ value: JSONValue) -> String {
        switch value {
        case .null: "–"
        case .bool(let flag): flag ? "✓" : "–"
        case .string(let text): text.replacing("\n", with: " / ")
        case .array(let elements): elements.isEmpty ? "–" : elements.map(words).joined(separator: ", ")
        case .number, .object: (try? JSONCoding.encodeText(value)) ?? ""
        }
    }
}
