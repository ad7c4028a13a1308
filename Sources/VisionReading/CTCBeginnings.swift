/// The beginnings of texts that a beam search has come by, each once: a tree with a character on each branch.
///
/// A beginning is known by its place, so that two are compared without looking at their characters.
struct CTCBeginnings {
    private struct Beginning {
        /// Without its last character.
        var shorter: Int
        var last: Int
        /// The one with another character more that was found last, and the one with the same number of them that was found
        /// before this; 0 for none, which the empty one is to no other.
        var longer = 0
        var beside = 0
    }

    /// The one that all others begin with.
    static let empty = 0

    private var all = [Beginning(shorter: 0, last: 0)]

    /// Its last character; `nil` for the empty one.
    func last(_ beginning: Int) -> Int? { beginning == Self.empty ? nil : all[beginning].last }

    /// The one with `character` at its end.
    mutating func longer(_ beginning: Int, by character: Int) -> Int {
        var known = all[beginning].longer
        while known != 0 {
            if all[known].last == character { return known }
            known = all[known].beside
        }
        all.append(Beginning(shorter: beginning, last: character, beside: all[beginning].longer))
        all[beginning].longer = all.count - 1
        return all.count - 1
    }

    func characters(_ beginning: Int) -> [Int] {
        var (characters, place): ([Int], Int) = ([], beginning)
        while place != Self.empty {
            characters.append(all[place].last)
            place = all[place].shorter
        }
        return characters.reversed()
    }
}

/// What is known of the texts that begin in one way, up to one column.
struct CTCBeam {
    /// Which of ``CTCBeginnings``.
    var beginning: Int
    /// Probability of the text with a blank at its end, and with its last character.
    var blank: Double
    var character: Double
    var total: Double { blank + character }
}
