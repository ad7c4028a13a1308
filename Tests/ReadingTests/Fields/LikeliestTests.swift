import Foundation
import Reading
import Testing

@testable import VisionReading

/// Three columns over no character, `a` and `b`.
private let columns: [Float] = [
    0.1, 0.6, 0.3,
    0.5, 0.2, 0.3,
    0.2, 0.1, 0.7,
]

@Suite struct `How likely a text is` {
    private let decoder = CTCDecoder(classes: 3, probabilities: columns)

    @Test func `adds up to one over all texts`() {
        let texts = (0...3).flatMap { length in
            (0..<(1 << length)).map { choice in (0..<length).map { 1 + (choice >> $0 & 1) } }
        }
        let sum = texts.map { decoder.likelihood(of: $0) }.filter(\.isFinite).reduce(0.0) { $0 + exp($1) }
        #expect(abs(sum - 1) < 1e-6)
    }

    @Test func `is the sum over the ways in which it can lie`() {
        // ab: a·b b·b −·… in all ways of three columns.
        let ab =
            0.6 * 0.3 * 0.7 + 0.6 * 0.2 * 0.7 + 0.6 * 0.5 * 0.7 + 0.6 * 0.3 * 0.2 + 0.1 * 0.2 * 0.7
        #expect(abs(exp(decoder.likelihood(of: [1, 2])) - ab) < 1e-6)
        #expect(abs(exp(decoder.likelihood(of: [])) - 0.1 * 0.5 * 0.2) < 1e-6)
        #expect(decoder.likelihood(of: [1, 1, 1]) == -.infinity, "three of a kind need blanks between them")
    }

    @Test func `counts what both heads say`() {
        var joint = JointReading()
        let other: [Float] = [
            0.1, 0.2, 0.7,
            0.5, 0.2, 0.3,
            0.2, 0.1, 0.7,
        ]
        joint.append(
            CTCDecoding(decoder), CTCDecoding(CTCDecoder(classes: 3, probabilities: other)), ["a", "b"])
        let heard = TextCandidate(text: "b", confidence: 0.5, reader: "hand", sharing: "line")
        let open = TextCandidate(text: "ab", confidence: 0.9, reader: "line")
        let weighed = joint.weighed([open, heard], reader: "hand", sharing: "line")
        #expect(weighed.allSatisfy { $0.likelihood != nil })
        #expect(weighed[0].likelihood ?? 0 != weighed[1].likelihood ?? 0)
        // Nobody offered what is likeliest of all.
        let none = joint.weighed(
            [heard].map {
                var one = $0; one.text = "x"; return one
            }, reader: "hand", sharing: "line")
        #expect(none.count == 2 && none[0].likelihood == nil && none[1].confidence == 0 && none[1].reader == "hand")
    }
}
