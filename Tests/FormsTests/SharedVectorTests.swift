import Foundation
import Forms
import Support
import TestSupport
import Testing

/// The rules of the value types against the shared vectors, whose second implementation is `oracle_check.py` there.
@Suite(.needsSharedData) struct `The shared vectors` {
    private let today = CalendarDay("2026-11-23") ?? .inSweden()

    private func load(_ path: String) throws -> JSONValue {
        let folder = try #require(Checkout.sharedData)
        return try JSONCoding.decode(from: Data(contentsOf: folder.appending(path: "vectors/" + path)))
    }

    private func lines(_ path: String) throws -> [String] {
        let folder = try #require(Checkout.sharedData)
        return try String(contentsOf: folder.appending(path: "vectors/" + path), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    private func rows(_ path: String) throws -> [JSONValue] { try #require(load(path).arrayValue) }

    @Test func `accept every official test personnummer`() throws {
        let people = try lines("personnummer/test-personnummer.txt")
        let refused = people.filter { FieldType.personnummer.normalize($0, today: today).verdict != .valid }
        #expect(people.count > 41_000)
        #expect(refused.isEmpty)
    }

    @Test func `refuse no official test samordningsnummer and doubt those without a real date`() throws {
        let odd = try #require(load("personnummer/samordningsnummer-odd-dates.json").objectValue)
        let withoutDate = Set(odd.values.flatMap { $0.arrayValue ?? [] }.compactMap(\.stringValue))
        for number in try lines("personnummer/test-samordningsnummer.txt") {
            let value = FieldType.personnummer.normalize(number, today: today)
            #expect(value.value == .string(number))
            #expect(value.verdict == (withoutDate.contains(number) ? .doubtful : .valid), "\(number)")
        }
    }

    @Test func `decide the edge cases of personnummer`() throws {
        for row in try rows("personnummer/edge-cases.json") where row["kind"] != "interim" {
            let text = try #require(row["input"]?.stringValue)
            let day = try #require(CalendarDay(row["today"]?.stringValue ?? ""))
            let value = FieldType.personnummer.normalize(text, today: day)
            switch row["outcome"]?.stringValue {
            case "accept": #expect(value.verdict == .valid, "\(text)")
            case "review": #expect(value.verdict == .doubtful, "\(text)")
            default: #expect(value.verdict == .invalid, "\(text)")
            }
            #expect(value.value ?? .null == row["normalized"], "\(text)")
        }
    }

    @Test func `tell personnummer from what only looks like one`() throws {
        for row in try rows("personnummer/list.json") {
            for spelling in ["long_format", "short_format", "separated_format", "separated_long"] {
                let text = try #require(row[spelling]?.stringValue)
                let isPossible = FieldType.personnummer.normalize(text, today: today).verdict != .invalid
                #expect(isPossible == row["valid"]?.boolValue, "\(text)")
            }
        }
        for row in try rows("personnummer/orgnumber.json") + rows("personnummer/interim.json") {
            let text = try #require(row["short_format"]?.stringValue)
            #expect(FieldType.personnummer.normalize(text, today: today).verdict == .invalid, "\(text)")
        }
        for group in try #require(load("personnummer/structured.json").objectValue).values {
            for wanted in ["valid", "invalid"] {
                for text in group["string"]?[wanted]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                    guard !text.contains(where: \.isLetter) else { continue }
                    let isPossible = FieldType.personnummer.normalize(text, today: today).verdict != .invalid
                    #expect(isPossible == (wanted == "valid"), "\(text)")
                }
            }
        }
    }

    @Test func `decide organisationsnummer`() throws {
        for row in try rows("organisationsnummer/cases.json") {
            let text = try #require(row["input"]?.stringValue)
            let value = FieldType.organisationsnummer.normalize(text, today: today)
            #expect((value.verdict != .invalid) == row["valid"]?.boolValue, "\(text)")
            #expect(value.value ?? .null == row["normalized"], "\(text)")
        }
    }

    @Test(arguments: [("bankgiro", FieldType.bankgiro), ("plusgiro", .plusgiro), ("postnummer", .postnummer)])
    func `decide`(_ file: String, _ type: FieldType) throws {
        for row in try rows("payment/\(file).json") {
            let text = try #require(row["input"]?.stringValue)
            #expect((type.normalize(text, today: today).verdict == .valid) == row["valid"]?.boolValue, "\(text)")
        }
    }

    @Test func `decide OCR references without a length digit`() throws {
        for row in try rows("payment/ocr-reference.json") where row["lengthDigit"] == false {
            let text = try #require(row["input"]?.stringValue)
            let value = FieldType.ocrReference.normalize(text, today: today)
            #expect((value.verdict == .valid) == row["valid"]?.boolValue, "\(text)")
        }
    }

    @Test func `bring phone numbers to E.164`() throws {
        for row in try rows("phone/cases.json") {
            let text = try #require(row["input"]?.stringValue)
            let value = FieldType.phone.normalize(text, today: today)
            #expect((value.verdict == .valid) == (row["e164"] != .null), "\(text)")
            if value.verdict == .valid { #expect(value.value == row["e164"], "\(text)") }
        }
    }
}
