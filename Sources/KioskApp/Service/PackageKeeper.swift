import AgentApp
import Delivery
import Forms
import Foundation
import Scanning
import Support

/// Fetches what the bridge has published for this kiosk, takes it over, and tells the bridge what runs here.
struct PackageKeeper: Sendable {
    let folder: PackageFolder
    let bridge: BridgeClient
    let station: Station
    let profiles: DeviceProfileStore
    /// Takes over forms that have come.
    let adopt: @Sendable () async -> FormLibrary
    /// What is in force, without a change.
    let running: @Sendable () async -> FormLibrary
    let version: String
    let log: Logger

    func run() async {
        var tag: String?
        // What cannot be used is not fetched again and again; after a restart it is tried once more.
        var refused: Set<String> = []
        while !Task.isCancelled {
            // Before the first success the bridge, or the station's certificate, may be there in a moment.
            var pause = tag == nil ? 5.0 : Double.random(in: 45...75)
            do {
                if let (entries, newTag) = try await bridge.packages(unless: tag) {
                    let missing = folder.missing(of: entries).filter { !refused.contains($0.sha256) }
                    try await take(missing, &refused)
                    if missing.contains(where: { $0.kind == .form }) { _ = await adopt() }
                    tag = newTag
                }
                try await bridge.report(await report(await running()))
                pause = Double.random(in: 45...75)
            } catch {
                // The way to the bridge is watched, and shown, by who sends records.
            }
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    /// - Throws: ``BridgeClient/Failure`` when the bridge is away; what is wrong with a package is noted, and passed over.
    private func take(_ entries: [PackageEntry], _ refused: inout Set<String>) async throws {
        for entry in entries {
            do {
                let package = try folder.check(try await bridge.package(entry.sha256), as: entry)
                try await folder.take(package, entry) { unpacked in try await accept(package, at: unpacked) }
                log.log(.info, "package-taken", .name("package", entry.id), .count("version", entry.version))
            } catch let failure as BridgeClient.Failure {
                throw failure
            } catch {
                refused.insert(entry.sha256)
                log.log(.warning, "package-refused", .name("package", entry.id), .error(error))
            }
        }
    }

    private func accept(_ package: Package, at folder: URL) async throws {
        switch package.kind {
        case .form:
            let (library, problems) = FormLibrary.examine([folder])
            guard problems.isEmpty,
                library.packages.map(\.template.key) == [FormKey(id: package.id, version: package.version)]
            else { throw BlankettError("forms-broken", exit: .badInput, "The form \(package.id) cannot be used.") }
        case .profiles:
            let files = Dictionary(uniqueKeysWithValues: package.files.map { ($0.name, [UInt8]($0.bytes)) })
            let uploads = files.filter { $0.key.hasSuffix(".json5") }.map { name, contents in
                DeviceProfileStore.Upload(name: name, contents: contents, signature: files["\(name).sig"])
            }
            _ = try await profiles.load(uploads)
        }
    }

    private func report(_ forms: FormLibrary) async -> StationReport {
        let devices = (try? await station.view().devices) ?? []
        return StationReport(
            version: version,
            forms: forms.packages.map { .init(name: $0.template.id, version: $0.template.version) },
            profiles: folder.taken.filter { $0.kind == .profiles }.map { .init(name: $0.id, version: $0.version) },
            devices: devices.prefix(100).map { .init(name: $0.id, model: $0.name, state: $0.code ?? $0.state.rawValue) }
        )
    }
}
