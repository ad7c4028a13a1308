import Reading
import Testing

struct `The number that is printed on a form` {
    @Test(
        arguments: [
            // As the template says, what two readers make of its place, and what that comes to.
            ("EXS 1042-1", ["EXS 1042-1", "EXS 1042-1"], .seen),
            ("EXS 1042-1", ["EXS 1042-2", "EXS 1042-2"], .replaced),
            // Around it stands more, and spaces and dashes come and go.
            ("EXS 1042-1", ["Blankett EXS1042 - 3 sida 1 (2)", "Blankett EXS 1042–3 sida 1(2)"], .replaced),
            ("EXS 1042-1", ["Blankett EXS1042 - 1 sida 1 (2)", "Blankett EXS 1042–3 sida 1(2)"], .seen),
            // Letters that are taken for digits are no other number.
            ("EXS 1042-1", ["EX5 1O42-I", "EX5 1O42-I"], .seen),
            // What they read differently is illegible; so is what is too different, and what is not there.
            ("EXS 1042-1", ["EXS 1042-2", "EXS 1042-7"], .notSeen),
            ("EXS 1042-1", ["Namn och adress", "Namn och adress"], .notSeen),
            ("EXS 1042-1", ["EXS", "EXS"], .notSeen),
            ("EXS 1042-1", ["", ""], .notSeen),
            // One reader alone proves no other number.
            ("EXS 1042-1", ["EXS 1042-2"], .notSeen),
            ("EXS 1042-1", ["EXS 1042-1"], .seen),
            ("EXS 1042-1", [], .notSeen),
        ] as [(String, [String], PrintedNumber.Finding)])
    func `is seen, or another stands there, or nobody knows`(
        _ text: String, _ readings: [String], _ finding: PrintedNumber.Finding
    ) throws {
        #expect(try #require(PrintedNumber(text)).finding(in: readings) == finding)
    }

    @Test(arguments: ["", "A1", "SOC", "--- 12"])
    func `is not compared where there is too little of it`(_ text: String) { #expect(PrintedNumber(text) == nil) }
}
