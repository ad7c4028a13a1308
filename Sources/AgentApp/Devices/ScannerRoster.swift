public import Scanning

/// Which scanners a station has: those that are configured, and those that were found and may be used.
///
/// A plain value. It is told what is seen and what was answered, and decides; it neither asks nor opens anything.
public struct ScannerRoster: Sendable {
    /// One scanner, and the way in which it is used.
    public struct Entry: Sendable, Hashable {
        public var id: String
        public var name: String
        public var way: ScannerSighting
        /// Everything else that means this scanner: other ways' addresses, its UUID, what it is on the USB.
        public var aliases: Set<String>
        /// Changes when the device was plugged in anew; empty where that is not seen.
        public var edition: String

        /// Whether what was opened for `other` is still good for this one.
        func isUsed(as other: Entry) -> Bool {
            (id, way.device.address) == (other.id, other.way.device.address)
                && (edition == other.edition || other.edition.isEmpty)
        }
    }

    /// What came of asking a device what it is.
    public enum Answer: Sendable {
        case told(ScannerCapabilities)
        /// It said something else, or nothing.
        case refused
        /// It takes its time; another answer follows.
        case slow
    }

    /// One way to a device, for as long as it stays plugged in.
    private struct Way: Sendable, Hashable {
        var address: String
        var edition: String

        init(_ sighting: ScannerSighting) {
            (address, edition) = (sighting.device.address, sighting.edition)
        }
    }

    private enum State: Sendable {
        case asked, slow, refused
        case told(ScannerCapabilities)
    }

    public private(set) var entries: [Entry] = []

    private let configured: [ScannerSighting]
    private let rules: AgentConfiguration.Discovery
    private var seen: [ScannerSighting] = []
    /// Of the ways that were asked.
    private var states: [Way: State] = [:]

    public init(configured: [AgentConfiguration.ScannerEntry], rules: AgentConfiguration.Discovery) {
        self.configured = configured.map {
            ScannerSighting(.configured, DeviceDescription(address: $0.address, id: $0.name, name: $0.name))
        }
        self.rules = rules
        decide()
    }

    /// - Parameter sightings: All that is there now.
    public mutating func see(_ sightings: [ScannerSighting]) {
        seen = sightings
        let ways = Set((configured + seen).map(Way.init))
        states = states.filter { ways.contains($0.key) }
        decide()
    }

    public mutating func hear(_ answer: Answer, from sighting: ScannerSighting) {
        let way = Way(sighting)
        // What is gone meanwhile answers no more.
        guard let before = states[way] else { return }
        switch (answer, before) {
        case (.told(let capabilities), _): states[way] = .told(capabilities)
        case (.refused, _): states[way] = .refused
        case (.slow, .asked): states[way] = .slow
        case (.slow, _): return
        }
        decide()
    }

    /// Whether the way is still there and has not told what it is.
    public func isOpen(_ sighting: ScannerSighting) -> Bool {
        states[Way(sighting)] != nil && !isTold(sighting)
    }

    /// The ways that are to be asked now, each once.
    ///
    /// SANE is not asked: its driver would open the device, and its table has said what it is.
    public mutating func takeQuestions() -> [ScannerSighting] {
        var questions: [ScannerSighting] = []
        for sighting in configured + seen where sighting.device.connection != .sane && states[Way(sighting)] == nil {
            states[Way(sighting)] = .asked
            questions.append(sighting)
        }
        return questions
    }

    private mutating func decide() {
        let known = (configured + seen).map { sighting in
            var sighting = sighting
            if case .told(let capabilities) = states[Way(sighting)] { sighting.learn(capabilities) }
            return sighting
        }
        let found = FoundScanner.grouped(known).flatMap(entries(for:))
        entries = Self.distinct(
            found.sorted { first, second in
                let places = [first, second].map { entry in configured.firstIndex { $0.device.id == entry.id } ?? .max }
                return (places[0], first.name, first.id) < (places[1], second.name, second.id)
            })
    }

    private func entries(for scanner: FoundScanner) -> [Entry] {
        let own = scanner.sightings.filter { $0.origin == .configured }
        guard own.isEmpty else {
            // What is configured is there, whatever else it is.
            return own.map { way in
                Entry(
                    id: way.device.id, name: way.device.name, way: way, aliases: scanner.aliases,
                    edition: plugged(way, among: scanner.sightings))
            }
        }
        guard rules.allows(scanner), let way = way(to: scanner) else { return [] }
        let before = entries.first { !$0.aliases.isDisjoint(with: scanner.ids) && $0.way.origin != .configured }
        return [
            Entry(
                id: before?.id ?? scanner.id, name: scanner.name, way: way, aliases: scanner.aliases,
                edition: way.edition)
        ]
    }

    /// The way in use as long as it is there; else the best that answers, and then the best that needs no answer.
    private func way(to scanner: FoundScanner) -> ScannerSighting? {
        let used = Set(entries.map { Way($0.way) })
        let ways = scanner.sightings
        if let way = ways.first(where: { used.contains(Way($0)) && ($0.isCertain || isTold($0)) }) { return way }
        if let way = ways.first(where: isTold) { return way }
        // Nobody sees a scanner come and turn into another a moment later.
        return ways.contains(where: isAwaited) ? nil : ways.first(where: \.isCertain)
    }

    private func isTold(_ sighting: ScannerSighting) -> Bool {
        if case .told = states[Way(sighting)] { true } else { false }
    }

    private func isAwaited(_ sighting: ScannerSighting) -> Bool {
        switch states[Way(sighting)] {
        case .asked: true
        case nil: sighting.device.connection != .sane
        default: false
        }
    }

    /// When a configured USB device was plugged in, as far as that is seen.
    private func plugged(_ way: ScannerSighting, among sightings: [ScannerSighting]) -> String {
        guard way.device.usbIdentity != nil else { return "" }
        return sightings.first { $0.origin == .usb }?.edition ?? ""
    }

    /// Two devices of a kind are told apart by what they have of their own.
    private static func distinct(_ entries: [Entry]) -> [Entry] {
        entries.map { entry in
            guard entry.way.origin != .configured, entries.count(where: { $0.name == entry.name }) > 1 else {
                return entry
            }
            var entry = entry
            entry.name += " (\(entry.way.device.serial ?? entry.way.device.address))"
            return entry
        }
    }
}

extension FoundScanner {
    /// Each id that this scanner has, had or will have, when it is seen in other ways as well.
    fileprivate var ids: Set<String> {
        Set(
            sightings.flatMap { sighting in
                [
                    sighting.device.usbIdentity.map { "usb:\($0)" }, sighting.uuid.map { "uuid:\($0)" },
                    sighting.device.address,
                ].compactMap(\.self)
            })
    }

    fileprivate var aliases: Set<String> { ids.union(names).union([id]) }
}

extension AgentConfiguration.Discovery {
    /// Whether a scanner that was found may be used: `deny` counts more than `allow`, and an empty `allow` allows all.
    func allows(_ scanner: FoundScanner) -> Bool {
        let names = Set(scanner.names.map { $0.lowercased() })
        func isNamed(in list: [String]) -> Bool { list.contains { names.contains($0.lowercased()) } }
        return !isNamed(in: deny) && (allow.isEmpty || isNamed(in: allow))
    }
}
