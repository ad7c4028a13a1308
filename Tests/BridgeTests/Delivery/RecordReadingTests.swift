import Delivery
import Foundation
import HTTP
import Reading
import Support
import Testing

/// How a record is read quickly must not differ from how the decoder reads it.
@Suite struct `A record that comes in` {
    /// With everything that a record can hold.
    private static var full: Record {
        var record = sampleRecord()
        record.dataschema = "https://bridge.example/v1/form-types/a/versions/1/schema"
        record.data.municipalityId = "2281"
        record.data.review = Record.Review(state: .human, by: "op:7f3", at: record.time)
        record.data.agent.profile = "fujitsu@1"
        record.data.document = [
            "name": "Ä\u{1F600} \"q\"\\ \n\t", "numbers": [1, -2.5, 0, 1_234_567_890], "none": nil, "yes": true,
            "deep": ["er": [["a": []], ["b": [:]]]],
        ]
        record.data.fields[0].confirmedBy = "op:7f3"
        record.data.fields[0].value = ["2026-01-01", 3, false]
        return record
    }

    @Test func `is the same whichever way it is read`() throws {
        for record in [Self.full, sampleRecord()] {
            let bytes = try JSONCoding.encode(record)
            #expect(try Record.checked(bytes, id: record.id) == record)
            #expect(try JSONCoding.decode(Record.self, from: bytes) == record)
            #expect(Record.readPlainly(bytes) == record, "it was not read the quick way")
        }
    }

    /// Damages a record in one place after the other: what is taken quickly the decoder takes too, and as the same.
    @Test func `is never taken for something else when it is damaged`() throws {
        let record = Self.full
        let bytes = try JSONCoding.encode(record)
        var dice = SeededDice(seed: 7)
        var taken = 0
        let marks = Array("{}[],:\"\\0123456789eE.-+tfn u\u{00E4}".utf8) + [0, 0x1F, 0x80, 0xFF]
        for _ in 0..<6000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...2, using: &dice) {
                let place = Int.random(in: 0..<damaged.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: damaged.remove(at: place)
                case 1: damaged.insert(marks.randomElement(using: &dice) ?? 0, at: place)
                case 2: damaged[place] = marks.randomElement(using: &dice) ?? 0
                default:
                    // A piece of it once more: members twice, elements more.
                    let end = min(damaged.count, place + Int.random(in: 1..<60, using: &dice))
                    damaged.insert(contentsOf: damaged[place..<end], at: end)
                }
            }
            guard let quick = Record.readPlainly(damaged) else { continue }
            taken += 1
            let slow = try? JSONCoding.decode(Record.self, from: damaged)
            #expect(slow == quick, "\(String(decoding: damaged, as: UTF8.self))")
        }
        #expect(taken > 300)
    }

    @Test(arguments: [
        "1", "-1", "0", "-0", "0.1", "25.5", "0.30000000000001", "123456789012345", "1234567890.12345", "1e3", "1E-3",
        "01", "-", "1.", ".5", "1234567890123456789", "0.1234567890123456789", "+1", "NaN", "1.0", "null", "\"1\"",
    ])
    func `has its numbers as the decoder has them`(_ text: String) {
        let bytes = Array("[\(text)]".utf8)
        let slow = try? JSONCoding.decode([Double].self, from: bytes)
        let quick = try? JSONReader.read(bytes) { reader throws(JSONReader.Unexpected) in
            try reader.array { reader throws(JSONReader.Unexpected) in try reader.number() }
        }
        #expect(quick == nil || quick == slow)
        let whole = try? JSONReader.read(bytes) { reader throws(JSONReader.Unexpected) in
            try reader.array { reader throws(JSONReader.Unexpected) in try reader.integer() }
        }
        #expect(whole == nil || whole == (try? JSONCoding.decode([Int].self, from: bytes)))
    }

    @Test(arguments: [
        "2026-11-23T09:14:03Z", "1970-01-01T00:00:00Z", "2000-02-28T23:59:59Z", "2024-02-29T12:00:00Z",
        "2026-02-29T12:00:00Z", "2026-13-01T00:00:00Z", "2999-12-28T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T09:14:03+01:00", "2026-11-23 09:14:03Z", "2026-11-23T09:14:03.5Z", "1969-12-31T23:59:59Z", "",
    ])
    func `has its times as the decoder has them`(_ text: String) {
        let bytes = Array("[\"\(text)\"]".utf8)
        let quick = try? JSONReader.read(bytes) { reader throws(JSONReader.Unexpected) in
            try reader.array { reader throws(JSONReader.Unexpected) in try reader.date() }
        }
        #expect(quick == nil || quick == (try? JSONCoding.decode([Date].self, from: bytes)))
    }
}

/// The same numbers for the same seed.
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
