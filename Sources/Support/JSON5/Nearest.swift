/// Finds what somebody most likely meant.
package enum Nearest {
    /// The known word with the fewest typing slips from `word`; `nil` when none is near.
    package static func to(_ word: String, among known: some Sequence<String>) -> String? {
        let word = word.lowercased()
        return known.map { (name: $0, slips: distance(word, $0.lowercased())) }
            .filter { $0.slips <= max(1, max($0.name.count, word.count) / 3) }
            .min { ($0.slips, $0.name) < ($1.slips, $1.name) }?.name
    }

    /// A sentence that names the nearest word, or all of them.
    package static func advice(for word: String, among known: some Sequence<String>) -> String {
        if let nearest = to(word, among: known) { return "Did you mean \"\(nearest)\"?" }
        let all = known.sorted()
        return all.isEmpty ? "There is none." : "Known here: \(all.joined(separator: ", "))."
    }

    /// Levenshtein's: letters put in, left out or changed.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let cost = min(row[column] + 1, row[column + 1] + 1, diagonal + (right[column] == letter ? 0 : 1))
                diagonal = row[column + 1]
                row[column + 1] = cost
            }
        }
        return row[right.count]
    }
}
