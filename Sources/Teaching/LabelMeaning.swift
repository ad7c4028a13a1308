import Forms
import Support

/// What a printed label says about the field beside it.
struct LabelMeaning: Hashable {
    var type: FieldType = .text
    var isSignature = false
    /// A word of the vocabulary stands first, so that the label alone makes a field likely.
    var isKnown = false

    /// - Parameter label: As printed.
    init(_ label: String) {
        let line = TextLine(box: .init(x: 0, y: 0, width: 0, height: 0), text: label)
        let words = line.words
        guard let first = words.first else { return }
        for (stems, type) in Self.vocabulary {
            guard let place = words.firstIndex(where: { word in stems.contains { Self.matches(word, $0) } }), place < 4
            else { continue }
            // "från och med" begins a label; within a sentence "från" says nothing.
            if place > 0, Self.prepositions.contains(words[place]) { continue }
            self.type = type
            isKnown = words.count <= 4 && (place == 0 || words.count <= 2)
            break
        }
        // A pattern tells more than a word: "Den sökande ÅÅÅÅMMDD-NNNN" is no name.
        if [.text, .personName, .place].contains(type), let told = PrintedLabel(label).type { type = told }
        // "Postnr och ort", "Ort och datum": two things in one field are text.
        if words.contains("och") || words.contains("samt") {
            let kinds = Set(words.compactMap(Self.type))
            if kinds.count > 1 { type = .text }
        }
        isSignature =
            words.contains { word in Self.signatures.contains { word.hasSuffix($0) } }
            && !words.contains { $0.hasPrefix("namnförtydl") }
        if Self.prompts.contains(where: { first.hasPrefix($0) }) { isKnown = isKnown || words.count <= 3 }
    }

    /// Whether the words ask for some writing: "ange vilken", "beskriv", "övriga kommentarer".
    static func asksForWriting(_ line: TextLine) -> Bool {
        line.words.contains { word in prompts.contains { word.hasPrefix($0) } }
    }

    private static func type(of word: String) -> FieldType? {
        vocabulary.first { entry in entry.0.contains { matches(word, $0) } }?.1
    }

    /// A stem that begins with * may stand at the end of a compound.
    private static func matches(_ word: String, _ stem: String) -> Bool {
        stem.hasPrefix("*") ? word.hasSuffix(stem.dropFirst()) : word.hasPrefix(stem)
    }

    private static let prepositions: Set = ["från", "till", "fr", "år", "kl"]
    private static let signatures = ["underskrift", "namnteckning", "signatur", "signature", "undertecknas"]
    private static let prompts = [
        "övrig", "kommentar", "ange", "beskriv", "motiver", "redogör", "upplysning", "anteckning",
        "vilken", "vilka", "varför", "skäl",
    ]

    /// Stems of Swedish and English labels, the most telling first.
    private static let vocabulary: [([String], FieldType)] = [
        (["personnummer", "personnr", "pers.nr", "samordningsn", "*personnummer", "person-"], .personnummer),
        (["organisationsn", "org.nr", "orgnr", "org-nr"], .organisationsnummer),
        (["postnummer", "postnr", "postal"], .postnummer),
        (["bankgiro"], .bankgiro), (["plusgiro", "postgiro"], .plusgiro), (["iban"], .iban),
        (["ocr"], .ocrReference),
        (["e-post", "epost", "mejl", "e-mail", "email", "mail"], .email),
        (["telefon", "mobil", "tel", "phone"], .phone),
        (["datum", "*datum", "år", "date", "från", "till", "fr"], .date),
        (["klockslag", "tidpunkt", "klockan", "kl"], .time),
        (["belopp", "summa", "kronor", "kostnad", "hyra", "inkomst", "lön"], .amount),
        (["antal"], .integer),
        (["efternamn", "förnamn", "tilltalsnamn", "namnförtydl", "namn", "*namn", "sökande"], .personName),
        (["postort", "ort", "bostadsort", "kommun", "stad"], .place),
    ]
}
