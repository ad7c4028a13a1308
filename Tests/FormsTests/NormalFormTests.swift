import Forms
import Support
import Testing

private let today = CalendarDay(year: 2026, month: 11, day: 23) ?? .inSweden()

private let values: [(FieldType, String, JSONValue)] = [
    (.date, "2024-03-05", "2024-03-05"), (.date, "20240305", "2024-03-05"), (.date, "240305", "2024-03-05"),
    (.date, "24-03-05", "2024-03-05"), (.date, "5/3-24", "2024-03-05"), (.date, "5/3 2024", "2024-03-05"),
    (.date, "5.3.2024", "2024-03-05"), (.date, "5 mars 2024", "2024-03-05"), (.date, "2024-3-5", "2024-03-05"),
    (.date, "29/2-24", "2024-02-29"), (.date, "740305", "1974-03-05"),
    (.time, "14:30", "14:30"), (.time, "14.30", "14:30"), (.time, "1430", "14:30"), (.time, "kl. 9.05", "09:05"),
    (.decimal, "1 234,50", "1234.50"), (.decimal, "0,5", "0.5"), (.decimal, "-3", "-3"), (.decimal, "007", "7"),
    (.amount, "1 234,50 kr", "1234.50"), (.amount, "1.234,50", "1234.50"), (.amount, "1 234:-", "1234"),
    (.amount, "500 kronor", "500"), (.amount, "12 345 678", "12345678"),
    (.integer, "1 234", 1234), (.integer, "12", 12), (.digits, "007 1", "0071"),
    (.iban, "SE45 5000 0000 0583 9825 7466", "SE4550000000058398257466"),
    (.iban, "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
    (.email, "anna.ek@exempel.se", "anna.ek@exempel.se"),
    (.personName, " Anna-Lisa   Ek ", "Anna-Lisa Ek"), (.place, "Åmål", "Åmål"),
    (.text, " två \n  rader ", "två\nrader"), (.boolean, "Ja", true), (.boolean, "nej", false),
    (.postnummer, "11418", "114 18"), (.bankgiro, "54029681", "5402-9681"), (.plusgiro, "410 54 68-5", "4105468-5"),
]

private let refused: [(FieldType, String)] = [
    (.date, "2023-02-29"), (.date, "31/4-24"), (.date, "igår"), (.date, "2024"), (.time, "25:00"), (.time, "12:60"),
    (.decimal, "1,2,3"), (.amount, "tusen"), (.integer, "12a"), (.digits, "12-3"), (.email, "anna.ek@exempel"),
    (.email, "anna ek"), (.iban, "SE45 5000 0000 0583 9825 7467"), (.iban, "SE45"), (.personName, "123"), (.text, " "),
    (.postnummer, "012 34"),
]

struct `The normal form` {
    @Test(arguments: values)
    func `is found for`(_ type: FieldType, _ text: String, _ value: JSONValue) {
        let normalized = type.normalize(text, today: today)
        #expect(normalized.value == value)
        #expect(normalized.verdict == .valid)
    }

    @Test(arguments: refused)
    func `does not exist for`(_ type: FieldType, _ text: String) {
        let normalized = type.normalize(text, today: today)
        #expect(normalized.verdict == .invalid)
        #expect(normalized.value == nil)
    }

    @Test(arguments: [
        (FieldType.date, "450305"), (.date, "350305"), (.personName, "Anna Ek 7"), (.phone, "+47 22 12 34 56"),
    ])
    func `is doubtful for`(_ type: FieldType, _ text: String) {
        #expect(type.normalize(text, today: today).verdict == .doubtful)
    }

    @Test func `of a code is as in its list, whatever the spelling`() {
        let allowed = [CodeWord("SE", labels: ["Sverige", "Sweden"]), CodeWord("NO")]
        #expect(FieldType.code.normalize("sverige", allowed: allowed).value == "SE")
        #expect(FieldType.code.normalize("DK", allowed: allowed).verdict == .invalid)
        #expect(FieldType.code.normalize("DK").value == "DK")
    }
}
