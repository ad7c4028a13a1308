import COpenCV
import Forms
import Support

/// One scan's way through the index: from the likeliest layouts to a proven page.
final class Search {
    private let scan: GrayPage
    private let index: FormIndex
    private let form: String?
    private let version: Int?
    /// By entry; `nil` inside for those without a registration.
    private var tried: [Int: Registration?] = [:]
    /// The same of what features alone say.
    private var roughs: [Int: RoughMatch?] = [:]

    /// The registration that came nearest to a proof without being one.
    private(set) var nearest: Registration?

    init(scan: GrayPage, index: FormIndex, form: String?, version: Int? = nil) {
        self.scan = scan
        self.index = index
        self.form = form
        self.version = version
    }

    /// Whether it is one of those that are looked for.
    private func isWanted(_ entry: Int) -> Bool {
        let key = index.entries[entry].form
        return (form == nil || key.id == form) && (version == nil || key.version == version)
    }

    /// A proven page, and other forms whose page is the same to the last word, the newest versions first.
    typealias Finding = (registration: Registration, alternatives: [FormKey])

    /// - Returns: `nil` when no page is proven, or it cannot be made out which of two that differ it is.
    func run() throws -> Finding? {
        let upright = try ranking(turned: false)
        guard let best = upright.first else { return try fallback(upright, ranking(turned: true)) }
        let shortList = upright.prefix(6).filter { $0.score > 0.8 * best.score }
        if let proven = try firstProven(shortList) { return try settle(proven, among: shortList) }
        return try fallback(upright, ranking(turned: true))
    }

    /// Scans that cut or shift the layout, and pages that lie on their side.
    private func fallback(_ upright: [Candidate], _ turned: [Candidate]) throws -> Finding? {
        let rest = (upright.prefix(12) + turned.prefix(6)).sorted { $0.score > $1.score }
        return try firstProven(rest).flatMap { try settle($0, among: rest) }
    }

    private struct Candidate {
        var entry: Int
        var score: Double
    }

    /// Layouts by likeness, best first: those of the scan's own format, or the others with the scan turned.
    private func ranking(turned: Bool) throws -> [Candidate] {
        let size = scan.size
        let fitting = index.shelves.filter { shelf in
            // A square page may lie either way.
            let sameWay = (shelf.width < shelf.height) == (size.width < size.height)
            return abs(shelf.width / shelf.height - 1) < 0.1 || sameWay != turned
        }
        guard !fitting.isEmpty else { return [] }
        let page = turned ? try scan.turned() : scan
        var ranked: [Candidate] = []
        for all in fitting {
            let shelf = form == nil ? all : all.only(isWanted)
            guard !shelf.entries.isEmpty else { continue }
            let layout = try page.layout(size: (shelf.width, shelf.height), isScan: true)
            ranked += try shelf.match(layout, layout: index.layout).map { Candidate(entry: $0.entry, score: $0.score) }
        }
        return ranked.sorted { ($0.score, $1.entry) > ($1.score, $0.entry) }
    }

    // Nearly all right pages have 0.97 and more, strangers seldom 0.9.
    private static let clearlyShown = 0.9

    private func rough(_ entry: Int) throws -> RoughMatch? {
        if let known = roughs[entry] { return known }
        let match = try RoughMatch(of: scan, to: index.features(entry), entry: entry)
        roughs[entry] = match
        return match
    }

    private func register(
        _ entry: Int, like winner: Registration? = nil, least: Double = Proof.leastOfEdition
    ) throws -> Registration? {
        if let known = tried[entry], winner == nil || known?.proof.verdict == .accepted { return known }
        let registration =
            if let winner {
                try Registration(of: scan, to: try index.blank(entry), entry: entry, like: winner)
            } else {
                try rough(entry).flatMap { try Registration(of: scan, by: $0, to: index.blank(entry), least: least) }
            }
        tried[entry] = registration
        if let registration, registration.proof.verdict == .resembles,
            registration.proof.explained > nearest?.proof.explained ?? 0
        {
            nearest = registration
        }
        return registration
    }

    private func firstProven(_ candidates: some Sequence<Candidate>) throws -> Registration? {
        func proven(_ entry: Int) throws -> Registration? {
            try register(entry).flatMap { $0.proof.verdict == .accepted ? $0 : nil }
        }
        // What shows nearly all of a blank's print is looked at closely at once; the others when all are known, the likeliest first.
        var later: [RoughMatch] = []
        for candidate in candidates where tried[candidate.entry] == nil {
            guard let rough = try rough(candidate.entry) else { continue }
            if rough.shown < Self.clearlyShown {
                later.append(rough)
            } else if let found = try proven(rough.entry) {
                return found
            }
        }
        for rough in later.sorted(by: RoughMatch.isLikelier) {
            if let found = try proven(rough.entry) { return found }
        }
        return nil
    }

    /// Chooses among pages that are nearly the same, such as two versions of one form, by the parts in which they differ;
    /// `nil` where these cannot be made out.
    private func settle(_ proven: Registration, among candidates: [Candidate]) throws -> Finding? {
        var winner = proven
        var same: [Registration] = []
        for other in try siblings(of: proven) + rivals(of: proven, among: candidates) {
            let (vote, weight) = try compare(winner, other)
            // Here by its layout alone: the same paper is just on the other side of what proves a page.
            if other.proof.verdict != .accepted, weight >= Self.leastDifference { continue }
            let isEven = abs(vote) < (weight > Self.otherRendering ? Self.leastVoteOfRenderings : Self.leastVote)
            let isOtherForm = index.entries[winner.entry].form.id != index.entries[other.entry].form.id
            if weight < Self.leastDifference || (isEven && weight < Self.clearDifference) {
                same.append(other)
            } else if isEven, weight > Self.otherRendering, isOtherForm {
                // The same print, but drawn anew or scanned; a small difference would not be seen among so many.
                same.append(other)
            } else if isEven {
                // Two versions, and the scan does not show which: folded over, or stamped just there.
                nearest = winner
                return nil
            } else if vote < 0 {
                winner = other
                same = []
            }
        }
        // Where two versions share a page, it is taken for the newest; the document's other pages tell. Other forms come last.
        let id = index.entries[winner.entry].form.id
        let sorted = ([winner] + same).sorted { one, other in
            let (first, second) = (index.entries[one.entry].form, index.entries[other.entry].form)
            return (first.id == id) != (second.id == id) ? first.id == id : first > second
        }
        return (sorted[0], sorted.dropFirst().map { index.entries[$0.entry].form })
    }

    /// The scan laid on pages whose blanks are nearly the same, where that proves it too, and on those of the very same layout.
    private func siblings(of proven: Registration) throws -> [Registration] {
        try index.alike(proven.entry, above: Self.leastLikeness)
            .filter { isWanted($0.entry) }
            .sorted { ($0.score, $1.entry) > ($1.score, $0.entry) }
            .prefix(8).compactMap { try register($0.entry, like: proven) }
            .filter { try $0.proof.verdict == .accepted || index.areAlike($0.entry, proven.entry) }
    }

    /// The same of other pages that are about as likely by the layout of the scan: a blank may have been scanned askew, and then
    /// its layout is not that of the same paper, straight.
    private func rivals(of proven: Registration, among candidates: [Candidate]) throws -> [Registration] {
        guard let own = candidates.first(where: { $0.entry == proven.entry }) else { return [] }
        let likely = try candidates.filter { $0.score > Self.leastRivalry * own.score && tried[$0.entry] == nil }
            .filter { try index.likeness($0.entry, proven.entry) > Self.leastRivalLikeness }
            .compactMap { try rough($0.entry) }.sorted(by: RoughMatch.isLikelier)
        return try likely.prefix(2).compactMap { try register($0.entry, least: Proof.leastOfForm) }
            .filter { $0.proof.verdict == .accepted }
    }

    // Of the proven page's own likeness to the scan.
    private static let leastRivalry = 0.9
    // Between the two blanks, a little moved. Two scans of one paper have 0.93 and more; one stranger in ten of one sender, too.
    private static let leastRivalLikeness = 0.9

    // Between layouts of two versions that a scan of either may be taken for. Those that differ in one thing have 0.99
    // and more; strangers from one sender up to 0.92. Versions that differ more are told apart by the proof.
    private static let leastLikeness = 0.94

    // Below it two blanks count as the same. One small printed digit has 8, a changed word 25 and more.
    private static let leastDifference = 5.0
    // From here on it matters which one it is.
    private static let clearDifference = 12.0
    // Scans of 150 dpi and JPEG 50 tell a digit with 0.09 and more, mostly 0.2.
    private static let leastVote = 0.06

    // From here on blanks differ nearly everywhere, as the same print does that was rendered in two ways.
    private static let otherRendering = 150.0
    // Which of two renderings a scan is nearer to says nothing; seen up to 0.06.
    private static let leastVoteOfRenderings = 0.15

    private func compare(_ first: Registration, _ second: Registration) throws -> (vote: Double, weight: Double) {
        var (vote, weight) = (0.0, 0.0)
        let (one, other) = try (index.blank(first.entry), index.blank(second.entry))
        try check(
            copencv_compare(
                one.handle, other.handle, scan.handle, first.toScan.m, second.toScan.m, &vote, &weight))
        return (vote, weight)
    }
}
