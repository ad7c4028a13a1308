public import Foundation

/// How far one record has come in one subscription: a machine without clock or storage.
///
/// A lease is a fencing token. An acknowledgement counts while its lease is the latest one issued, even if it has
/// expired; after a new lease the old one is lost. Nothing leaves `done`.
public struct DeliveryState: Sendable, Hashable {
    public enum Phase: Int, Sendable, Hashable, CaseIterable, Codable {
        case pending, leased, done
        /// The dead letters: a person must look. Never delivered again by itself, never deleted.
        case rejected
    }

    /// After this attempt a delivery that fails is rejected.
    public static let lastAttempt = 10
    /// How long to wait after the n-th failed attempt; later ones wait as long as the last.
    public static let pauses: [Duration] = [
        .seconds(60), .seconds(300), .seconds(1800), .seconds(7200), .seconds(21600),
    ]

    public var phase: Phase
    /// How often it was leased.
    public var attempt: Int
    /// When it can be leased, when the lease ends, or when it was decided.
    public var due: Date
    /// The latest lease.
    public var lease: String?
    public var caseId: String?
    public var system: String?
    public var reason: String?

    /// A new delivery, to be had at once.
    public init(arrivedAt time: Date) {
        self.init(phase: .pending, attempt: 0, due: time)
    }

    public init(
        phase: Phase, attempt: Int, due: Date, lease: String? = nil, caseId: String? = nil, system: String? = nil,
        reason: String? = nil
    ) {
        self.phase = phase
        self.attempt = attempt
        self.due = due
        self.lease = lease
        self.caseId = caseId
        self.system = system
        self.reason = reason
    }

    /// - Precondition: It is pending.
    public mutating func claim(lease: String, now: Date, seconds: Int) {
        precondition(phase == .pending)
        phase = .leased
        attempt += 1
        due = now.addingTimeInterval(Double(seconds))
        self.lease = lease
    }

    /// Ends a lease whose time is over: to be had again at once, for the lease was the pause; or rejected.
    ///
    /// The lease stays the latest one, so that a late acknowledgement still counts. It can be had from the lease's end on,
    /// not from when somebody saw that: a clock that is set back must not hide it.
    public mutating func expire(now: Date) {
        guard phase == .leased, due <= now else { return }
        phase = .pending
        guard attempt >= Self.lastAttempt else { return }
        phase = .rejected
        reason = "attempts-used"
        due = now
    }

    /// A person wants a dead letter tried again: to be had at once, with all attempts before it.
    ///
    /// The old lease is lost, or a repeated `reject` would undo what the person did.
    ///
    /// - Parameter now: The time.
    /// - Returns: Whether it was rejected.
    public mutating func redrive(now: Date) -> Bool {
        guard phase == .rejected else { return false }
        self = DeliveryState(arrivedAt: now)
        return true
    }

    /// The bridge itself gives up: the record is damaged, or was erased.
    ///
    /// The lease is lost: nothing that a worker still says brings the record back.
    ///
    /// - Parameters:
    ///   - reason: Why, for the list of dead letters.
    ///   - now: The time.
    /// - Returns: Whether there was something to give up; what is done stays done.
    public mutating func setApart(because reason: String, now: Date) -> Bool {
        guard phase != .done, self.reason != reason || phase != .rejected else { return false }
        phase = .rejected
        due = now
        lease = nil
        self.reason = reason
        return true
    }

    /// Applies an acknowledgement with the latest lease.
    ///
    /// - Parameters:
    ///   - item: Its lease must be the latest one; anything else is `lease-lost`.
    ///   - now: The time.
    ///   - jitter: -1...1; spreads the pauses by 20 %.
    /// - Returns: What to tell the consumer.
    public mutating func acknowledge(
        _ item: AcknowledgementRequest.Item, now: Date, jitter: Double
    ) -> AcknowledgementResponse.Result {
        guard item.leaseId == lease else { return .leaseLost }
        if phase == .done {
            guard item.outcome == .done, item.caseId != caseId else { return .alreadyDone }
            return .ackConflict
        }
        switch item.outcome {
        case .done:
            phase = .done
            due = now
            caseId = item.caseId
            system = item.system
            reason = item.reason
            return .done
        case .reject:
            phase = .rejected
            due = now
            reason = item.reason ?? "rejected"
            return .rejected
        case .retry:
            if phase == .rejected { return .rejected }
            // Said twice, it was rescheduled once.
            if phase == .pending { return .rescheduled }
            reason = item.reason
            guard attempt < Self.lastAttempt else {
                phase = .rejected
                due = now
                reason = reason ?? "attempts-used"
                return .rejected
            }
            phase = .pending
            due = now.addingTimeInterval(pause(wish: item.retryAfterSeconds, jitter: jitter))
            return .rescheduled
        case .extend:
            guard phase != .rejected else { return .rejected }
            phase = .leased
            due = now.addingTimeInterval(Double(item.leaseSeconds ?? DeliveryLimits.lease.standard))
            return .extended
        }
    }

    private func pause(wish: Int?, jitter: Double) -> Double {
        if let wish { return Double(wish) }
        let pause = Self.pauses[min(max(attempt, 1), Self.pauses.count) - 1]
        return Double(pause.components.seconds) * (1 + 0.2 * jitter)
    }
}

/// What a consumer may ask for.
public enum DeliveryLimits {
    public struct Limit: Sendable, Hashable {
        public var range: ClosedRange<Int>
        public var standard: Int

        public init(range: ClosedRange<Int>, standard: Int) {
            self.range = range
            self.standard = standard
        }
    }

    /// Records in one claim.
    public static let claim = Limit(range: 1...100, standard: 20)
    /// In seconds.
    public static let lease = Limit(range: 10...3600, standard: 300)
    /// In seconds; below the 60 s after which proxies cut idle connections.
    public static let wait = Limit(range: 0...25, standard: 0)
    /// In seconds.
    public static let retryAfter = Limit(range: 0...86400, standard: 60)
    public static let acknowledgements = 1...100
    /// Records in one redrive.
    public static let redrives = 1...100
    /// Characters of a lease id; ours have fewer.
    public static let leaseCharacters = 100
    /// Entries of a list.
    public static let list = Limit(range: 1...100, standard: 20)
}
