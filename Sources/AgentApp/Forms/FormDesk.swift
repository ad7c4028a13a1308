public import Delivery
public import Forms
import Support
public import Teaching

/// Takes forms into force while the agent runs, one after the other.
public actor FormDesk {
    /// A form in force, as a technician sees it.
    public struct View: Sendable, Hashable, Codable {
        public var id: String
        public var version: Int
        public var name: LocalizedText
        public var pages: Int
        public var fields: Int
        public var errorTarget: Double
        public var origin: FormSources.Origin
        public var standing: CertificateStanding
        /// Forms with other ids on the very same paper, when it has just gone into force: pages of either are asked about.
        public var samePaper: [FormKey]?
    }

    public nonisolated let sources: FormSources
    private nonisolated let station: Station
    private let restartReaders: @Sendable () async -> Void
    /// In force.
    public private(set) var library: FormLibrary

    /// - Parameters:
    ///   - sources: Where forms are.
    ///   - library: What is in force at the start.
    ///   - station: Is told which forms there are.
    ///   - restartReaders: Has pages read with the new forms from the next one on.
    public init(
        _ sources: FormSources, library: FormLibrary, station: Station,
        restartReaders: @escaping @Sendable () async -> Void
    ) {
        self.sources = sources
        self.library = library
        self.station = station
        self.restartReaders = restartReaders
    }

    /// All that is in force.
    public var views: [View] { library.packages.map(view) }

    /// The package of a form in force.
    public func package(_ key: FormKey) -> FormPackage? { library[key] }

    /// The highest version of a form in force; 0 where there is none.
    public func latest(of id: String) -> Int {
        library.packages.filter { $0.template.id == id }.map(\.template.version).max() ?? 0
    }

    /// Takes a package into force: durably, whole or not at all, and with a trace of who did it.
    ///
    /// Older versions stay, so that old copies are still read as what they are.
    ///
    /// - Parameters:
    ///   - package: A form.
    ///   - reason: Why a form goes into force that has not been proved to keep its error target.
    /// - Returns: What is in force then; the same package once more changes nothing.
    /// - Throws: ``BlankettError``: `package-broken`, `forms-broken`, `version-taken`, `version-too-low`, `reason-needed`,
    ///   or the disk's.
    public func take(_ package: Package, reason: String? = nil) async throws -> View {
        let package = try package.checked()
        guard package.kind == .form else {
            throw BlankettError("package-broken", exit: .badInput, "The package is no form.")
        }
        let words = (reason ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard words.count <= 500 else {
            throw BlankettError(
                "reason-too-long", exit: .badInput, "The reason is too long.", advice: "Use at most 500 characters.")
        }
        let key = FormKey(id: package.id, version: package.version)
        if let known = library[key], try await isSame(known, package) { return view(known) }
        let latest = latest(of: package.id)
        let taken = try await sources.shelf.take(package) { unpacked in
            guard library[key] == nil else {
                throw BlankettError(
                    "version-taken", exit: .badInput, "\(key) is in force already, with other content.",
                    advice: "Count the version up to \(latest + 1).")
            }
            guard package.version > latest else {
                throw BlankettError(
                    "version-too-low", exit: .badInput, "Version \(latest) of \(package.id) is in force already.",
                    advice: "Count the version up to \(latest + 1).")
            }
            let standing = unpacked.standing
            guard standing == .passed || !words.isEmpty else {
                throw BlankettError(
                    "reason-needed", exit: .badInput,
                    standing == .belowTarget
                        ? "The form does not keep its error target." : "The form has not been proved as it is now.",
                    advice: "Certify it, or give a reason.")
            }
            // Nothing goes into force without a trace of who did it.
            let name = "\(package.id)-\(package.version)"
            if standing == .passed {
                try await station.note("form-loaded", of: name, outcome: standing.rawValue)
            } else {
                try await station.note("form-loaded-unproved", of: name, outcome: "\(standing.rawValue): \(words)")
            }
        }
        // On disk from here on: a restart would take it up by itself.
        await refresh()
        var view = view(library[key] ?? taken)
        view.samePaper = library.twins.first { $0.contains(key) }?.filter { $0.id != key.id }
        return view
    }

    /// Looks again which forms there are, and has pages read with them from now on.
    @discardableResult
    public func refresh() async -> FormLibrary {
        library = sources.examine().library
        station.use(DocumentRules(library))
        await restartReaders()
        return library
    }

    private func isSame(_ known: FormPackage, _ package: Package) async throws -> Bool {
        struct Known: Error {}
        var isSame = false
        do {
            _ = try await sources.shelf.take(package) { unpacked in
                isSame = unpacked.fingerprint == known.fingerprint
                throw Known()
            }
        } catch is Known {}
        return isSame
    }

    private func view(_ package: FormPackage) -> View {
        let template = package.template
        return View(
            id: template.id, version: template.version, name: template.name, pages: template.pages.count,
            fields: template.fields.count, errorTarget: template.errorTarget, origin: sources.origin(of: package),
            standing: package.standing)
    }
}
