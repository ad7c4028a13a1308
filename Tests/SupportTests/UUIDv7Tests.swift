import Foundation
import Support
import Testing

@Suite struct `Record identities` {
    @Test func `carry their time and sort by it`() throws {
        let early = UUIDv7(at: Date(timeIntervalSince1970: 1_700_000_000))
        let late = UUIDv7(at: Date(timeIntervalSince1970: 1_700_000_000.002))
        #expect(early < late)
        #expect(early.description.hasPrefix("018bcfe5-6800-7"))
    }

    @Test func `never repeat`() {
        let now = Date()
        #expect(Set((0..<10_000).map { _ in UUIDv7(at: now) }).count == 10_000)
    }

    @Test func `survive JSON`() throws {
        let id = UUIDv7()
        #expect(try JSONCoding.decode(UUIDv7.self, from: try JSONCoding.encode(id)) == id)
    }

    @Test(arguments: [
        "", "018bcfe5-6800-4abc-8000-000000000000", "018BCFE5-6800-7abc-8000-000000000000",
        "018bcfe5-6800-7abc-c000-000000000000", "018bcfe5-6800-7abc-8000-00000000000",
        "018bcfe5-6800-7abc-8000-000000000000/..",
    ])
    func `refuse what is no version 7`(_ text: String) {
        #expect(UUIDv7(text) == nil)
    }
}
