import Forms
import Foundation
import Reading
import Support

/// A document's reading as a person reads it: a head line, then field, value, status and confidence.
struct ReadingTable {
    let text: String

    /// - Parameters:
    ///   - document: What was read.
    ///   - template: Its form; names the fields.
    ///   - language: Of the labels.
    init(_ document: DocumentReading, _ template: FormTemplate?, _ language: Language) {
        var lines = [Self.head(document, template, language)]
        lines += document.reasons.map { "  \($0)" }
        let rows = document.fields.map { field in
            [
                field.name, Self.shown(field.value, raw: field.raw), field.status.rawValue,
                field.status == .unreadable ? "" : String(format: "%.3f", field.confidence), field.reason ?? "",
            ]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column < 4 ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell
            }
            lines.append(Self.trimmed("  " + cells.joined(separator: "  ")))
        }
        text = lines.joined(separator: "\n")
    }

    private static func head(_ document: DocumentReading, _ template: FormTemplate?, _ language: Language) -> String {
        let source = document.source.joined(separator: ", ")
        guard let form = document.form else { return "\(source): \(document.outcome.rawValue)" }
        let name = template?.name.text(in: language.rawValue) ?? form.id
        return "\(source): \(name) (\(form.id) \(form.version)): \(document.outcome.rawValue)"
    }

    private static func shown(_ value: JSONValue?, raw: String?) -> String {
        let text =
            switch value {
            case nil: raw.map { "(\($0))" } ?? "–"
            case .string(let text): text
            case .some(let value): (try? JSONCoding.encodeText(value)) ?? "–"
            }
        let line = text.replacing("\n", with: " / ")
        return line.count > 60 ? line.prefix(59) + "…" : line
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop(while: \.isWhitespace).reversed())
    }
}
