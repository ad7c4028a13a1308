import Support

/// The rules of organisationsnummer; a sole trader's is the owner's personnummer.
enum Organisationsnummer {
    static func normalize(_ text: String, today: CalendarDay) -> NormalizedValue {
        var ten = text.filter { !"-+ ".contains($0) }
        if ten.count == 12, ten.hasPrefix("16") { ten.removeFirst(2) }
        if ten.wholeMatch(of: /[1-35-9][0-9][2-9][0-9]{7}/) != nil, CheckDigits.isModulus10(ten) {
            return NormalizedValue(value: .string(ten), verdict: .valid, checks: ["luhn:ok"], isSelfChecking: true)
        }
        var person = Personnummer.normalize(text, today: today)
        if let twelve = person.value?.stringValue {
            person.value = .string(String(twelve.suffix(10)))
            return person
        }
        return .invalid(ten.count == 10 ? "luhn:bad" : "format:bad")
    }
}
