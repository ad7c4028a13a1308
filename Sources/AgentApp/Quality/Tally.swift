public import Forms

/// How often a field of a form was passed, asked about and corrected at this station: counts, and never a value.
public struct Tally: Sendable, Hashable, Codable {
    public let form: FormKey
    public let field: String
    /// The machine was certain, and nobody said otherwise.
    public private(set) var passed = 0
    /// A person was asked, and agreed with the proposal.
    public private(set) var confirmed = 0
    /// A person was asked, and gave another value.
    public private(set) var corrected = 0
    /// The machine was certain, and a person gave another value all the same.
    public private(set) var missed = 0
    /// How often it was right since it was last certain and wrong.
    public private(set) var rightSince = 0
    // Not known of what an older version wrote.
    private var sampled: Int?
    private var sampledWrong: Int?
    private var knownSince: Int?
    private var proposedKnown: Int?
    private var proposedKnownWrong: Int?

    /// So often it must be right after it was certain and wrong, before it is believed again.
    public static let probation = 50

    public init(form: FormKey, field: String) {
        self.form = form
        self.field = field
    }

    /// Whether a person is asked even where the machine is certain: it was certain and wrong not long ago.
    ///
    /// The station becomes stricter by itself and never more lenient than the form's own threshold.
    public var isOnProbation: Bool { missed > 0 && rightSince < Self.probation }

    public enum Outcome: Sendable, Hashable {
        case passed, confirmed, corrected, missed
        /// The machine was certain, a person was shown the field all the same, and it was right, or wrong.
        case checked, checkedWrong
    }

    public mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .passed, .checked: passed += 1
        case .confirmed: confirmed += 1
        case .corrected: corrected += 1
        case .missed, .checkedWrong: missed += 1
        }
        if outcome == .checked || outcome == .checkedWrong {
            sampled = checked + 1
            sampledWrong = checkedWrong + (outcome == .checkedWrong ? 1 : 0)
        }
        switch outcome {
        case .passed, .confirmed, .checked: rightSince += 1
        // Doubt that was justified says nothing of certainty.
        case .corrected: break
        case .missed, .checkedWrong: rightSince = 0
        }
    }

    /// Counts whether a value that is sent had been sent before.
    public mutating func count(isKnown: Bool) {
        knownSince = isKnown ? (knownSince ?? 0) + 1 : 0
    }

    /// Counts whether a known value that was proposed in place of the one read was right.
    public mutating func count(isKnownValueRight isRight: Bool) {
        proposedKnown = knownProposals + 1
        proposedKnownWrong = knownProposalsWrong + (isRight ? 0 : 1)
    }

    /// Whether all values have been known ones for so long that a new one is odd.
    public var isClosed: Bool { knownSince ?? 0 >= ValueList.closedAfter }

    /// How often a known value was proposed in place of the one read, and how often that was wrong.
    public var knownProposals: Int { proposedKnown ?? 0 }
    public var knownProposalsWrong: Int { proposedKnownWrong ?? 0 }

    /// Whether known values may be proposed in place of those read: not where more than one in three was wrong.
    public var trustsKnownValues: Bool { knownProposals < 3 || 3 * knownProposalsWrong <= knownProposals }

    public var seen: Int { passed + confirmed + corrected + missed }
    public var asked: Int { confirmed + corrected }
    public var certain: Int { passed + missed }

    /// How many certain values a person was shown all the same, and how many of these were wrong.
    public var checked: Int { sampled ?? 0 }
    public var checkedWrong: Int { sampledWrong ?? 0 }

    /// The share of wrong values among the certain ones, as far as they were found out.
    public var errorRate: Double { certain == 0 ? 0 : Double(missed) / Double(certain) }

    /// What the share of wrong values among the certain ones is at most, with 95 % confidence: by those that were looked at.
    ///
    /// Where there is no sample yet, as if everybody had looked at all of them.
    public var errorBound: Double {
        checked > 0 ? ErrorBound.upper(checkedWrong, of: checked) : ErrorBound.upper(missed, of: certain)
    }
}

/// How long a form takes a person at this station.
public struct FormTally: Sendable, Hashable, Codable {
    public let form: FormKey
    /// All that were sent, and those that no person had to touch.
    public private(set) var documents = 0
    public private(set) var untouched = 0
    /// Those of which the page told how long a person worked on them, and the seconds in all.
    public private(set) var timed = 0
    public private(set) var seconds = 0

    public init(form: FormKey) {
        self.form = form
    }

    /// - Parameters:
    ///   - isTouched: Whether a person confirmed or corrected something.
    ///   - seconds: How long a person worked on it; `nil` where that is not known.
    public mutating func count(isTouched: Bool, seconds: Int?) {
        documents += 1
        if !isTouched { untouched += 1 }
        // Longer is a break and no work.
        guard let seconds, (0...3600).contains(seconds) else { return }
        timed += 1
        self.seconds += seconds
    }

    public var secondsPerDocument: Double? { timed == 0 ? nil : Double(seconds) / Double(timed) }
}
