public import AgentApp
import Delivery
import Foundation
import HTTP
import HTTPClient
import HTTPServer
import Reading
import Scanners
public import Scanning
import Sealing
public import Support
import Workers

/// The agent as a whole: the station, its kiosk page and its control socket, with real devices behind.
public struct AgentService: Sendable {
    private let configuration: AgentConfiguration
    /// The profiles in force.
    public let profiles: DeviceProfileStore
    private let scanners: ScannerWatch
    private let devices: [StationDevice]
    private let bridge: BridgeClient?

    /// - Parameter configuration: Is held against the files that it names.
    /// - Throws: ``BlankettError`` when one of them cannot be used.
    public init(_ configuration: AgentConfiguration) throws {
        self.configuration = configuration
        profiles = DeviceProfileStore(
            storeFile: configuration.profileStore, folders: configuration.profileFolders,
            trusted: configuration.profileKeys)
        scanners = .real(
            configuration, profiles: profiles,
            opener: ScannerOpener(
                folder: configuration.dataFolder, traces: TraceFolder(configuration.traceFolder)))
        devices = try scanners.devices()
        bridge = try configuration.bridge?.client(configuration.identity)
    }

    /// Works until `termination` is requested.
    ///
    /// - Parameter termination: The wish that the program ends.
    /// - Throws: ``BlankettError`` when something that is needed at the start is not there.
    public func run(until termination: Termination) async throws {
        try DurableFile.makeFolder(configuration.dataFolder)
        let key = try SealingKey(file: configuration.keyFile)
        // First of all, for its lock: a second agent must not even look at the rest.
        let journal = try SQLiteJournal(configuration.dataFolder, sealer: key)
        let sources = configuration.forms
        try sources.published?.makeReady()
        try sources.shelf.makeReady()
        let (library, problems) = sources.examine()
        // One bad profile must not keep the station from working with the others.
        let remarks = problems.map { "\($0)" } + (await profiles.problems.map(\.description))
        for remark in remarks { FileHandle.standardError.write(Data("\(remark)\n".utf8)) }
        let readers = ReadWorkers(
            ReadWorker.Configuration(
                forms: sources.folders.map { $0.path() }, models: configuration.modelFolder?.path()),
            count: configuration.settings.readers)
        let station = Station(
            settings: configuration.settings, journal: journal, devices: devices, reader: readers,
            rules: DocumentRules(library), bridge: bridge)
        // The next page meets workers that know the forms that are in force by then.
        let forms = FormDesk(sources, library: library, station: station) { await readers.stop() }

        let operators = try Operators(configuration.operatorsFile)
        // Profile files and forms come here whole.
        let control = try HTTPServer(
            .init(listen: .unix(path: configuration.controlSocket.path()), maximumBody: Package.largest)
        ) { [profiles] request in
            await ControlRoutes(station, profiles: profiles, operators: operators, forms: forms).router
                .respond(to: request)
        }
        let teaching = TeachingDesk(
            folder: configuration.draftFolder, sealer: key, station: station, forms: forms,
            models: configuration.modelFolder?.path())
        let kiosk = try await startKiosk(
            station, operators, KioskPage.Teaching(forms: forms, drafts: teaching))
        ServiceState.ready()
        let end = await end(of: station, forms, teaching, or: termination)
        ServiceState.stopping()
        await kiosk.stop(grace: .seconds(2))
        await control.stop(grace: .seconds(2))
        await readers.stop()
        try? FileManager.default.removeItem(at: configuration.addressFile)
        try end.get()
    }

    /// Whichever ends first ends the other; the station by itself only when it cannot go on.
    private func end(
        of station: Station, _ forms: FormDesk, _ teaching: TeachingDesk, or termination: Termination
    ) async -> Result<Void, any Error> {
        do {
            return .success(
                try await withThrowingTaskGroup { group in
                    group.addTask { try await station.run() }
                    group.addTask { await scanners.run(for: station) }
                    group.addTask { try await teaching.run() }
                    group.addTask { await keepIdentity() }
                    group.addTask { await keepPackages(station, forms) }
                    group.addTask { await termination.requested() }
                    try await group.next()
                    group.cancelAll()
                })
        } catch {
            return .failure(error)
        }
    }

    /// Never returns before it is cancelled: its end would end the agent.
    private func keepIdentity() async {
        if let bridge, let entry = configuration.bridge, entry.usesIdentity {
            let keeper = IdentityKeeper(
                identity: configuration.identity, name: configuration.settings.name, bridge: bridge,
                code: entry.enrolmentCode, log: .standardError)
            await keeper.run()
        }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// Never returns before it is cancelled: its end would end the agent.
    private func keepPackages(_ station: Station, _ forms: FormDesk) async {
        if let bridge {
            let keeper = PackageKeeper(
                folder: configuration.packages, bridge: bridge, station: station, profiles: profiles,
                adopt: { await forms.refresh() }, running: { await forms.library },
                version: configuration.settings.version,
                log: .standardError)
            await keeper.run()
        }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    private func startKiosk(
        _ station: Station, _ operators: Operators, _ teaching: KioskPage.Teaching
    ) async throws -> HTTPServer {
        let secret = SecureRandom.token()
        // The port is known only when the server listens, and the guard needs it.
        let page = Later<KioskPage>()
        let door = KioskDoor()
        let server = try HTTPServer(
            .init(
                listen: .tcp(host: "127.0.0.1", port: configuration.kioskPort),
                // Any program on this computer can open connections and say nothing: a thousand keep nobody out.
                maximumConnections: 1200, idleTimeout: .seconds(10), maximumBody: KioskPage.largestUpload),
            doorkeeper: { door.refusal(of: $0) }
        ) { request in
            await page.value.respond(to: request)
        }
        let files = WebFiles()
        guard !files.isEmpty else {
            throw BlankettError(
                "page-missing", exit: .fault, "The files of the kiosk page are missing.",
                advice: "Install the program again.")
        }
        let kiosk = KioskPage(
            station, guardian: KioskGuard(port: server.port, secret: secret), operators: operators,
            teaching: teaching,
            devices: DeviceFiles(profiles: profiles, traces: TraceFolder(configuration.traceFolder)), files: files)
        door.open(for: kiosk)
        await page.set(kiosk)
        let address = "http://127.0.0.1:\(server.port)/#\(secret)\n"
        try DurableFile.write(Array(address.utf8), to: configuration.addressFile)
        return server
    }
}

/// A value that is set once; who asks earlier waits.
private actor Later<Value: Sendable> {
    private var known: Value?
    private var waiting: [CheckedContinuation<Value, Never>] = []

    var value: Value {
        get async {
            if let known { return known }
            return await withCheckedContinuation { waiting.append($0) }
        }
    }

    func set(_ value: Value) {
        known = value
        for waiter in waiting { waiter.resume(returning: value) }
        waiting = []
    }
}
