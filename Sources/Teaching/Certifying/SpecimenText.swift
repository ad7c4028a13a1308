import Forms

/// Something that a person could have written in a field.
struct SpecimenText {
    let text: String

    init(_ field: Field, _ random: inout SeededRandom) {
        let whole = Self.text(of: field.type, field, &random)
        guard field.kind == .comb else {
            text = whole
            return
        }
        // A comb has no room for signs between groups, and none for letters of words that are too long.
        let cells = field.combCells.count
        var plain =
            field.type == .text || field.type == .personName || field.type == .place ? whole.uppercased() : whole
        plain.removeAll { " -+".contains($0) }
        switch field.type {
        case .personnummer, .organisationsnummer, .date:
            text = plain.count == cells ? plain : String(plain.suffix(cells))
        case .postnummer, .time: text = plain.count == cells ? plain : ""
        default: text = String(plain.prefix(cells))
        }
    }

    private static func text(of type: FieldType, _ field: Field, _ random: inout SeededRandom) -> String {
        func digits(_ count: Int) -> String {
            (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        }
        func two(_ range: ClosedRange<Int>) -> String {
            let number = Int.random(in: range, using: &random)
            return number < 10 ? "0\(number)" : "\(number)"
        }
        switch type {
        case .text: return sentences.randomElement(using: &random) ?? ""
        case .personName:
            return "\(given.randomElement(using: &random) ?? "") \(family.randomElement(using: &random) ?? "")"
        case .place: return places.randomElement(using: &random) ?? ""
        case .digits: return digits(max(2, min(field.combCells.count, 12)))
        case .integer: return String(Int.random(in: 1...99, using: &random))
        case .decimal: return "\(Int.random(in: 1...99, using: &random)),\(Int.random(in: 1...9, using: &random))"
        case .amount: return String(Int.random(in: 100...9999, using: &random))
        case .date: return "20\(two(10...25))-\(two(1...12))-\(two(1...28))"
        case .time: return "\(two(0...23)):\(two(0...59))"
        case .personnummer:
            // Serial numbers that the tax agency keeps for tests.
            let first =
                two(50...99) + two(1...12) + two(1...28)
                + (["238", "239", "980", "981"].randomElement(using: &random) ?? "238")
            return "19\(first.prefix(6))-\(first.suffix(3))\(modulus10(first))"
        case .organisationsnummer:
            let first = "55" + two(60...99) + digits(5)
            return "\(first.prefix(6))-\(first.suffix(3))\(modulus10(first))"
        case .postnummer: return "\(Int.random(in: 100...984, using: &random)) \(two(10...99))"
        case .phone: return "070-174 06 \(two(5...99))"
        case .email: return "\((given.randomElement(using: &random) ?? "a").lowercased().filter(\.isASCII))@example.se"
        case .bankgiro:
            let first = "5" + digits(6)
            return "\(first.prefix(4))-\(first.suffix(3))\(modulus10(first))"
        case .plusgiro:
            let first = "1" + digits(5)
            return "\(first)-\(modulus10(first))"
        case .ocrReference:
            let first = digits(8)
            return first + modulus10(first)
        case .iban: return "SE45 5000 0000 0583 9825 7466"
        case .code: return field.options.randomElement(using: &random)?.value ?? ""
        case .boolean: return "ja"
        }
    }

    /// The check digit of the Luhn rule.
    private static func modulus10(_ digits: String) -> String {
        (0...9).map(String.init).first { CheckDigits.isModulus10(digits + $0) } ?? "0"
    }

    private static let given = ["Åsa", "Börje", "Karin", "Lars", "Märta", "Sven", "Ylva", "Göran", "Elin", "Örjan"]
    private static let family = ["Öberg", "Ström", "Åkesson", "Lindqvist", "Hägg", "Norén", "Berg", "Sjöö"]
    private static let places = ["Exempelstad", "Umeå", "Växjö", "Örebro", "Kalmar", "Luleå", "Åre"]
    private static let sentences = [
        "Behöver hjälp med hyran", "Väntar på besked från läkaren", "Flyttade i augusti", "Ändrade arbetstider",
        "Glasögon till barnet", "Resor till vården",
    ]
}
