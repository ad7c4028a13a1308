/// What the cell reader makes of a comb of letters and digits mixed.
///
/// It was taught capitals in fonts, so it is weaker than the readers of lines: it bears out what one of them read, and speaks
/// against it only where it is very sure.
struct CombLetters {
    /// For each cell with ink; `nil` for a hyphen.
    private let opinions: [CellOpinion?]
    private let reader: String

    /// - Throws: What the reader throws.
    init(_ comb: CombCells, reader: any CellReader) throws {
        self.reader = reader.name
        opinions = try comb.cells.map { $0.isDash ? nil : try reader.read($0.picture) }
    }

    /// The first of the candidates that is, but for capitals, what each cell surely looks like.
    func supported(of candidates: [TextCandidate]) -> TextCandidate? {
        var text = ""
        var confidence = 1.0
        for opinion in opinions {
            guard let opinion else {
                text += "-"
                continue
            }
            guard let best = opinion.best else { return nil }
            text.append(best.character)
            confidence = min(confidence, best.share)
        }
        // A cell that it half guesses is no second witness.
        guard confidence >= Self.borneOut else { return nil }
        return candidates.first { $0.text.uppercased() == text }.map {
            TextCandidate(text: $0.text, confidence: confidence, reader: reader)
        }
    }

    /// Whether a cell surely holds another character than the text has there.
    func speaks(against text: String) -> Bool {
        guard text.count == opinions.count else { return false }
        return zip(text, opinions).contains { character, opinion in
            guard let opinion, let best = opinion.best, best.share >= Self.sure else { return false }
            // Small letters it does not know, and by hand some are alike.
            guard let known = opinion.characters[character], known < Self.excluded else { return false }
            return !Self.alike.contains { $0.contains(character) && $0.contains(best.character) }
        }
    }

    // From words in fonts that the network never saw: what it bore out wrongly had a cell of 0.78 at most.
    private static let borneOut = 0.9
    private static let sure = 0.8
    private static let excluded = 0.02
    // Other shapes by rule only, not by hand.
    private static let alike: [Set<Character>] = [
        ["0", "O", "Q", "D"], ["1", "I", "L"], ["5", "S"], ["2", "Z"], ["U", "V"],
    ]
}

extension CellOpinion {
    fileprivate var best: (character: Character, share: Double)? {
        characters.max { $0.value < $1.value }.map { ($0.key, $0.value) }
    }
}
