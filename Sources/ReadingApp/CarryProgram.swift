import Forms
import Foundation
import Support
import Teaching
import VisionReading

/// `blankett-read-worker --carry OLD NEW`: two packages in, a ``CarriedForm`` for the new blank on standard output.
enum CarryProgram {
    static func run(_ arguments: [String]) -> ExitCode {
        guard arguments.count == 2 else { return .badInput }
        do {
            let carried = try carry(from: URL(filePath: arguments[0]), to: URL(filePath: arguments[1]))
            FileHandle.standardOutput.write(Data(try JSONCoding.encode(carried)))
            return .done
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return .fault
        }
    }

    private static func carry(from old: URL, to new: URL) throws -> CarriedForm {
        let (before, after) = (try BlankPages(old), try BlankPages(new))
        // All pages of a form have much in common: each is the edition of the one that explains it best.
        var candidates: [(from: Int, to: Int, match: EditionMatch)] = []
        for from in stride(from: 1, through: before.count, by: 1) {
            let first = (try before.picture(from), before.size(from).width, before.size(from).height)
            for to in stride(from: 1, through: after.count, by: 1) where abs(to - from) <= 2 {
                let second = (try after.picture(to), after.size(to).width, after.size(to).height)
                let match = try EditionMatch(first: first, second: second)
                if match.isRegistered || to == from { candidates.append((from, to, match)) }
            }
        }
        var matches: [Int: (page: Int, match: EditionMatch)] = [:]
        for one in candidates.sorted(by: { $0.match.strength > $1.match.strength })
        where matches[one.from] == nil && !matches.values.contains(where: { $0.page == one.to }) {
            matches[one.from] = (one.to, one.match)
        }
        return try CarriedForm(old: before.form, proposed: after.form) { page, box in
            guard let (number, match) = matches[page] else { return nil }
            let place = try match.place(of: box)
            return .init(page: number, box: place.box, by: place.by, isSure: place.isSure, likeness: place.likeness)
        }
    }
}
