public import HTTPClient
public import Scanning
public import Support

/// Keeps a station's list of scanners as it is: what is plugged in, or appears on the network, comes and goes.
public struct ScannerWatch: Sendable {
    /// Looks around until the task is cancelled, and tells all that is seen after each change, and of each place whether it
    /// can be looked at.
    public typealias Search =
        @Sendable (
            _ changed: @escaping @Sendable ([ScannerSighting]) async -> Void,
            _ looked: @escaping @Sendable (_ place: String, (any Error)?) -> Void
        ) async -> Void

    private enum Event: Sendable {
        case seen([ScannerSighting])
        case answered(ScannerRoster.Answer, ScannerSighting, tries: Int)
        case looked(place: String, problem: String?)
    }

    private let configured: [AgentConfiguration.ScannerEntry]
    private let rules: AgentConfiguration.Discovery
    private let open: @Sendable (DeviceDescription) throws -> any Scanner
    private let certificate: @Sendable (DeviceDescription) -> DeviceCertificate?
    private let search: Search
    private let profiles: DeviceProfileStore
    private let log: Logger
    private let time: StationTime

    /// - Parameters:
    ///   - configured: Are there in any case.
    ///   - rules: What may be used of what is found.
    ///   - profiles: Those of the devices.
    ///   - log: Where to say what comes and goes.
    ///   - time: Tests let it run faster.
    ///   - open: Makes a scanner that is not yet asked anything.
    ///   - certificate: The device's, where it has one.
    ///   - search: Looks around.
    public init(
        configured: [AgentConfiguration.ScannerEntry], rules: AgentConfiguration.Discovery,
        profiles: DeviceProfileStore, log: Logger = .standardError, time: StationTime = StationTime(),
        open: @escaping @Sendable (DeviceDescription) throws -> any Scanner,
        certificate: @escaping @Sendable (DeviceDescription) -> DeviceCertificate? = { _ in nil },
        search: @escaping Search
    ) {
        self.configured = configured
        self.rules = rules
        self.profiles = profiles
        self.log = log
        self.time = time
        self.open = open
        self.certificate = certificate
        self.search = search
    }

    /// The scanners of the configuration, ready to be asked.
    ///
    /// - Throws: ``BlankettError`` for an address that is none.
    public func devices() throws -> [StationDevice] {
        try roster.entries.map { try device($0) }
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameter station: Is told of each change.
    public func run(for station: Station) async {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        // Before the search begins: it would undo what the search has seen.
        continuation.yield(.seen([]))
        await withDiscardingTaskGroup { group in
            group.addTask {
                await search({ continuation.yield(.seen($0)) }) { place, error in
                    let problem = error.map { ($0 as? BlankettError)?.code ?? "search-failed" }
                    if let error { log.log(.warning, "search-failed", .name("place", place), .error(error)) }
                    continuation.yield(.looked(place: place, problem: problem))
                }
                continuation.finish()
            }
            var roster = roster
            var devices: [(entry: ScannerRoster.Entry, device: StationDevice)] = []
            for device in await station.devices {
                if let entry = roster.entries.first(where: { $0.id == device.id }) { devices.append((entry, device)) }
            }
            for await event in events {
                switch event {
                case .seen(let sightings): roster.see(sightings)
                case .looked(let place, let problem):
                    await station.looked(for: place, problem: problem)
                    continue
                case .answered(let answer, let way, let tries):
                    roster.hear(answer, from: way)
                    if case .refused = answer, let pause = Self.pause(after: tries), roster.isOpen(way) {
                        group.addTask { await ask(way, tries: tries + 1, after: pause, continuation) }
                    }
                }
                for way in roster.takeQuestions() { group.addTask { await ask(way, continuation) } }
                let now = roster.entries
                guard now != devices.map(\.entry) else { continue }
                devices = now.compactMap { entry in
                    var known = devices.first { entry.isUsed(as: $0.entry) }?.device ?? (try? device(entry))
                    known?.name = entry.name
                    known?.aliases = entry.aliases
                    return known.map { (entry, $0) }
                }
                await station.setDevices(devices.map(\.device))
            }
            group.cancelAll()
        }
    }

    private var roster: ScannerRoster { ScannerRoster(configured: configured, rules: rules) }

    private func device(_ entry: ScannerRoster.Entry) throws -> StationDevice {
        var description = entry.way.device
        (description.id, description.name) = (entry.id, entry.name)
        let usual = configured.first { $0.name == entry.id && entry.way.origin == .configured }?.profile
        var device = StationDevice(try open(description), profiles: profiles, usual: usual)
        device.origin = entry.way.origin
        device.aliases = entry.aliases
        device.certificate = certificate(description)
        return device
    }

    /// Asks a device what it is: a printer on the USB need not be a scanner, and two ways may lead to one device.
    private func ask(
        _ way: ScannerSighting, tries: Int = 1, after pause: Double = 0, _ events: AsyncStream<Event>.Continuation
    ) async {
        do {
            try await time.sleep(pause)
            var device = way.device
            // Its certificate is the device's own, wherever it is.
            if let uuid = way.uuid { device.id = "uuid:\(uuid)" }
            let scanner = try open(device)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    events.yield(.answered(.told(try await scanner.capabilities()), way, tries: tries))
                    return true
                }
                group.addTask {
                    try await time.sleep(Self.patience)
                    events.yield(.answered(.slow, way, tries: tries))
                    return false
                }
                while let isAnswer = try await group.next(), !isAnswer {}
                group.cancelAll()
            }
        } catch {
            if !Task.isCancelled { events.yield(.answered(.refused, way, tries: tries)) }
        }
    }

    /// For so long, in seconds, a device that is known to be a scanner is not shown before it has answered.
    private static let patience = 1.0

    /// When to ask again, in seconds; `nil` when it has been asked often enough until it is plugged in anew.
    private static func pause(after tries: Int) -> Double? {
        [1: 0.5, 2: 1, 3: 3, 4: 10, 5: 30][tries] ?? (tries < 200 ? 60 : nil)
    }
}
