import Delivery
import Support

/// The read value of a field as text that a search finds, laid over the field's box.
struct FieldText {
    let text: String
    private let field: RecordField

    /// `nil` for a field without a value.
    init?(_ field: RecordField) {
        guard let text = Self.words(field.value, label: field.label), !text.isEmpty else { return nil }
        self.text = text
        self.field = field
    }

    /// What the page's content draws for it.
    ///
    /// A scan may be cut shorter than its form; text outside the page would not be found, so it is kept inside.
    func operators(in font: TextFont, on page: PageSize) -> String {
        let size = max(field.box.height * Self.point * 0.7, 1)
        let x = min(max(field.box.x * Self.point, 0), page.width / 2)
        let natural = Double(text.unicodeScalars.count) * size * TextFont.advance
        // Never wider than natural: programs take characters that stand far apart for words of their own.
        let stretch = min(1, min(field.box.width * Self.point, page.width - x) / natural) * 100
        // A PDF counts from the bottom.
        let y = min(max(page.height - field.box.maxY * Self.point, 0) + size * 0.3, page.height)
        // 3 Tr: neither filled nor stroked.
        return """
            BT 3 Tr /Value \(size.pdf) Tf \(max(stretch, 1).pdf) Tz 1 0 0 1 \(x.pdf) \(y.pdf) Tm \
            <\(font.codes(of: text))> Tj ET

            """
    }

    /// Points in a millimetre.
    private static let point = 72 / 25.4

    private static func words(_ value: JSONValue?, label: String) -> String? {
        switch value {
        case nil, .null, .bool(false): nil
        // A mark says what stands beside it.
        case .bool(true): label
        case .number(let number): number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
        case .string(let text): text
        case .array(let items): joined(items.compactMap { words($0, label: label) })
        case .object(let members):
            joined(members.sorted { $0.key < $1.key }.compactMap { words($0.value, label: $0.key) })
        }
    }

    private static func joined(_ words: [String]) -> String? { words.isEmpty ? nil : words.joined(separator: " ") }
}
