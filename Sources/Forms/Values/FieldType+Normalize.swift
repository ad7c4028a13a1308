extension FieldType {
    /// What a written text is worth as a value of this type.
    ///
    /// - Parameters:
    ///   - text: As it stands on the paper or was typed.
    ///   - allowed: For `code`: the words there are; empty allows any.
    ///   - today: What decides centuries.
    /// - Returns: The normal form of docs/DESIGN.md, and how sound it is. Amounts and decimals are strings, integers numbers.
    public func normalize(_ text: String, allowed: [CodeWord] = [], today: CalendarDay = .inSweden())
        -> NormalizedValue
    {
        let trimmed = Words.tidied(text)
        return switch self {
        case .text: Words.text(text)
        case .place: Words.text(text)
        case .personName: Words.name(text)
        case .code: Words.code(text, allowed: allowed)
        case .boolean: Words.boolean(text)
        case .digits: Numbers.digits(trimmed)
        case .integer: Numbers.integer(trimmed)
        case .decimal: Numbers.decimal(trimmed)
        case .amount: Numbers.amount(trimmed)
        case .date: DatesAndTimes.date(trimmed, today: today)
        case .time: DatesAndTimes.time(trimmed)
        case .personnummer: Personnummer.normalize(trimmed, today: today)
        case .organisationsnummer: Organisationsnummer.normalize(trimmed, today: today)
        case .postnummer: Addresses.postnummer(trimmed)
        case .phone: Addresses.phone(trimmed)
        case .email: Addresses.email(trimmed)
        case .bankgiro: Payments.bankgiro(trimmed)
        case .plusgiro: Payments.plusgiro(trimmed)
        case .ocrReference: Payments.ocrReference(trimmed)
        case .iban: Payments.iban(trimmed)
        }
    }

    /// Whether a check digit tells one wrong digit.
    public var hasCheckDigit: Bool {
        switch self {
        case .personnummer, .organisationsnummer, .bankgiro, .plusgiro, .ocrReference, .iban: true
        default: false
        }
    }
}

extension Field {
    /// What a written text is worth as this field's value.
    ///
    /// - Parameters:
    ///   - text: As it stands on the paper or was typed.
    ///   - list: The lines of the field's list file, for `code`.
    ///   - today: What decides centuries.
    /// - Returns: The normal form, and how sound it is.
    public func normalize(_ text: String, list: [String] = [], today: CalendarDay = .inSweden()) -> NormalizedValue {
        let options = options.map { option in
            CodeWord(option.value, labels: option.label.map { Array($0.texts.values) } ?? [])
        }
        return type.normalize(text, allowed: options + list.map { CodeWord($0) }, today: today)
    }
}

extension NormalizedValue {
    static func invalid(_ check: String, after checks: [String] = []) -> NormalizedValue {
        NormalizedValue(value: nil, verdict: .invalid, checks: checks + [check])
    }
}

extension StringProtocol {
    /// Whether there is at least one character and all are 0 to 9.
    var isAllDigits: Bool { !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
