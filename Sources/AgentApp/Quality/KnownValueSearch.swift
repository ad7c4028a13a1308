/// Looks for a value that this station has sent before among what was read of a field, and close to it.
///
/// The list has no values, so nothing can be searched in it: each text that comes into question is made, and asked about.
struct KnownValueSearch {
    enum Finding: Sendable, Hashable {
        /// What was read is known.
        case asRead
        /// Only this one is known, of what the readers read or of what is close to it.
        case instead(String)
        /// Several are, and nothing speaks for one of them.
        case choice([String])
    }

    // Shorter texts are too close to each other, longer ones are sentences.
    private static let mendable = 4...60
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzåäöéABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖÉ0123456789 -.'&/")

    /// Whether a text is known.
    var isKnown: (String) -> Bool

    /// - Parameter readings: In normal form; the proposal first, then what else the readers made of it.
    /// - Returns: The nearest that is known; `nil` where nothing is.
    func finding(among readings: [String]) -> Finding? {
        guard let proposal = readings.first else { return nil }
        if isKnown(proposal) { return .asRead }
        // The nearest first: what a reader read, what two readers read together, what is one letter off.
        let rings: [() -> any Sequence<String>] = [
            { readings.dropFirst() },
            { readings.dropFirst().flatMap { Self.mixtures(of: proposal, and: $0) } },
            { readings.filter { Self.mendable ~= $0.count }.flatMap(Self.neighbours) },
        ]
        for ring in rings {
            var known: [String] = []
            for text in ring() where !known.contains(text) && isKnown(text) { known.append(text) }
            if known.count == 1 { return .instead(known[0]) }
            if known.count > 1 { return .choice(known) }
        }
        return nil
    }

    /// Two texts of one length: all that have at each place a letter of either.
    static func mixtures(of a: String, and b: String) -> [String] {
        let (a, b) = (Array(a), Array(b))
        guard a.count == b.count else { return [] }
        let places = a.indices.filter { a[$0] != b[$0] }
        guard 2...6 ~= places.count else { return [] }
        return (1..<(1 << places.count) - 1).map { choice in
            var mixed = a
            for (bit, place) in places.enumerated() where choice & (1 << bit) != 0 { mixed[place] = b[place] }
            return String(mixed)
        }
    }

    /// All texts with one letter more, less or other.
    static func neighbours(of text: String) -> [String] {
        let own = Array(text)
        var result: [String] = []
        result.reserveCapacity((2 * own.count + 1) * letters.count)
        func add(_ before: ArraySlice<Character>, _ letter: Character?, _ after: ArraySlice<Character>) {
            var text = String(before)
            if let letter { text.append(letter) }
            text.append(contentsOf: after)
            result.append(text)
        }
        for place in 0...own.count {
            for letter in letters { add(own[..<place], letter, own[place...]) }
            guard place < own.count else { break }
            add(own[..<place], nil, own[(place + 1)...])
            for letter in letters where letter != own[place] { add(own[..<place], letter, own[(place + 1)...]) }
        }
        return result
    }
}
