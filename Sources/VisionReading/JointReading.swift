import Foundation
import Reading

/// What two heads of one network make of a line together: each text is as likely as both say.
///
/// The heads share what they see and differ in what they were taught: one knows print, one a hand. Where they differ, the text that
/// both hold possible is right more often than what either likes best.
struct JointReading {
    private static let kept = 8

    /// The likeliest first.
    private var texts: [(text: String, likelihood: Double)] = []

    /// Takes the next piece of the line.
    ///
    /// - Parameters:
    ///   - first: Knows the first of `characters`, as many as it has classes but for the blank.
    ///   - second: Knows all of them.
    ///   - characters: Of the classes from 1.
    mutating func append(_ first: CTCDecoding, _ second: CTCDecoding, _ characters: [Character]) {
        var seen: Set<[Int]> = []
        let pieces = [first, second].flatMap { $0.best.map(\.characters) + [$0.greedy.characters] }
            .filter { seen.insert($0).inserted }
            .map { piece in
                // A character that it was never taught says nothing against the rest.
                let known = piece.filter { $0 < first.decoder.classes }
                let likelihood = first.decoder.likelihood(of: known) + second.decoder.likelihood(of: piece)
                return (text: String(piece.map { characters[$0 - 1] }), likelihood: likelihood)
            }
        let before = texts.isEmpty ? [(text: "", likelihood: 0)] : texts
        let joined = before.flatMap { before in
            pieces.map { piece in
                let space = before.text.isEmpty || piece.text.isEmpty ? "" : " "
                return (text: before.text + space + piece.text, likelihood: before.likelihood + piece.likelihood)
            }
        }
        texts = Array(joined.sorted { $0.likelihood > $1.likelihood }.prefix(Self.kept * CTCDecoding.width))
    }

    /// The candidates with how likely they are to both heads; and the likeliest text, where neither offered it.
    ///
    /// - Parameters:
    ///   - candidates: Of both heads.
    ///   - reader: Whose text that one is.
    ///   - sharing: Whose sight the reader shares.
    /// - Returns: As many, or one more.
    func weighed(_ candidates: [TextCandidate], reader: String, sharing: String) -> [TextCandidate] {
        var likelihoods: [String: Double] = [:]
        for one in texts {
            let text = one.text.trimmingCharacters(in: .whitespaces)
            likelihoods[text] = max(likelihoods[text] ?? -.infinity, one.likelihood)
        }
        var weighed = candidates.map { candidate in
            var candidate = candidate
            candidate.likelihood = likelihoods[candidate.text]
            return candidate
        }
        if let best = likelihoods.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), !best.key.isEmpty,
            !weighed.contains(where: { $0.text == best.key }), weighed.contains(where: { $0.reader == reader })
        {
            weighed.append(
                TextCandidate(
                    text: best.key, confidence: 0, reader: reader, sharing: sharing, likelihood: best.value))
        }
        return weighed
    }
}
