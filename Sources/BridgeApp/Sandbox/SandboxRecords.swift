import Delivery
import Forms
import Foundation
import Reading
import Support

/// Makes records as kiosks would send them: of a form that there is not, about official test persons, marked as test.
struct SandboxRecords: Sendable {
    static let formType = "sandbox-ansokan"

    // From the Tax Agency's list of test numbers; nobody has them.
    private static let persons = [
        ("199001012385", "Tilda", "Testberg"), ("199001022384", "Prov", "Exempelsson"),
        ("199001032383", "Anna", "Andersdotter-Åkerö"), ("200411112386", "Bo", "Öst"),
    ]
    private static let notes = [
        "", "Två rader\nhär", "Citat \"här\"; och semikolon", "=1+1", "Ärendet gäller även 2025", "åäö ÅÄÖ é ü",
    ]

    /// A record and its page images, which are to be sent first.
    func next(now: Date = Date()) -> (record: Record, pages: [[UInt8]]) {
        let id = UUIDv7(at: now)
        let (number, given, family) = Self.persons.randomElement() ?? Self.persons[0]
        let note = Self.notes.randomElement() ?? ""
        let amount = "\(Int.random(in: 1...20000)).\(Int.random(in: 10...99))"
        let consent = Bool.random()
        let pages = (0..<Int.random(in: 1...3)).map { _ in SketchedPage.png() }
        let time = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        var document: [String: JSONValue] = [
            "channel": "PAPER", "amount": .string(amount), "consent": .bool(consent),
            "applicant": ["legalId": .string(number), "givenName": .string(given), "familyName": .string(family)],
        ]
        if !note.isEmpty { document["note"] = .string(note) }
        let fields: [(String, String, FieldType, JSONValue?)] = [
            ("personnummer", "Personnummer", .personnummer, .string(number)),
            ("fornamn", "Förnamn", .personName, .string(given)),
            ("efternamn", "Efternamn", .personName, .string(family)),
            ("belopp", "Belopp", .amount, .string(amount)), ("samtycke", "Samtycke", .boolean, .bool(consent)),
            ("meddelande", "Meddelande", .text, note.isEmpty ? nil : .string(note)),
        ]
        let record = Record(
            id: id, source: "urn:blankett:kiosk:sandbox", time: time, subject: Self.formType,
            data: Record.Contents(
                form: Record.Form(type: Self.formType, version: 1, name: "Ansökan (sandlåda)"), receivedAt: time,
                test: true,
                municipalityId: "2281",
                fields: fields.enumerated().map { row, field in
                    let reading = FieldReading(
                        name: field.0, value: field.3, raw: field.3?.stringValue, confidence: 0.99,
                        status: field.3 == nil ? .empty : .read, page: 1,
                        box: MillimetreRect(x: 25, y: 40 + Double(row) * 12, width: 80, height: 8))
                    return RecordField(reading, label: field.1, type: field.2)
                },
                document: .object(document),
                pages: pages.enumerated().map { index, page in
                    Record.Page(
                        number: index + 1, sha256: SHA256.hexadecimal(of: page), mediaType: "image/png",
                        widthPx: SketchedPage.width, heightPx: SketchedPage.height, dpi: SketchedPage.dpi)
                },
                review: Record.Review(state: .automatic),
                agent: Record.Agent(id: "sandbox", version: BridgeProgram.version)))
        return (record, pages)
    }
}

/// A small page with bars on it, each another.
enum SketchedPage {
    static let dpi = 25
    static let width = 207
    static let height = 292

    /// An 8-bit grey PNG; its bytes are stored, not compressed.
    static func png() -> [UInt8] {
        var rows: [UInt8] = []
        let bars = (0..<12).map { _ in Int.random(in: 20..<180) }
        for y in 0..<height {
            rows.append(0)
            let bar = y % 24 < 8 && y > 12 ? bars[y / 24 % bars.count] : 0
            for x in 0..<width { rows.append(x > 12 && x < bar ? 60 : 250) }
        }
        var header = word(width) + word(height)
        header += [8, 0, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("pHYs", word(984) + word(984) + [1]) + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    }

    /// RFC 1950 and 1951: blocks of type 0.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65535)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            result.append(rest.isEmpty ? 1 : 0)
            for number in [count, ~count] { result += [UInt8(number & 0xFF), UInt8(number >> 8)] }
            result += block
        } while !rest.isEmpty
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return result + word(b << 16 | a)
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in body {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return word(data.count) + body + word(Int(~remainder))
    }

    private static func word(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
