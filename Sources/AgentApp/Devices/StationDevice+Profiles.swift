public import Scanning
import Support

extension StationDevice {
    /// A scanner with the profiles that fit it.
    ///
    /// They are looked up anew each time: a load takes effect at once, and a job that is fitted keeps its own.
    ///
    /// - Parameters:
    ///   - scanner: Its description has the id and the name.
    ///   - store: The profiles in force.
    ///   - usual: The scan profile that comes first; the device's first where it is left out.
    public init(_ scanner: any Scanner, profiles store: DeviceProfileStore, usual: String? = nil) {
        @Sendable func now() async throws -> (ScannerCapabilities, DeviceProfile?, [String: ScanProfile]) {
            let capabilities = try await scanner.capabilities()
            let known = await store.library.profile(for: scanner.device, capabilities: capabilities)
            let named = known?.profiles ?? [:]
            return (capabilities, known, named.isEmpty ? ScanProfile.plain(capabilities) : named)
        }
        let name = scanner.device.name
        self.init(
            id: scanner.device.id, name: name, scanner: scanner,
            profiles: {
                let (capabilities, known, profiles) = try await now()
                let names = profiles.filter { _, profile in
                    (try? ScanJob(fitting: profile, to: capabilities, device: known)) != nil
                }.keys.sorted()
                guard let usual else { return names }
                return [usual] + names.filter { $0 != usual }
            },
            fit: { wanted in
                let (capabilities, known, profiles) = try await now()
                guard let profile = profiles[wanted] else {
                    throw BlankettError(
                        "unknown-profile", exit: .badInput, "\(name) has no scan profile of that name.",
                        advice: "Check the station's configuration and the device profiles.")
                }
                return try ScanJob(fitting: profile, to: capabilities, device: known)
            },
            known: { try await now().1 })
    }
}

extension ScanProfile {
    /// What can be offered of a device that no profile knows: A4 in grey from what it has.
    fileprivate static func plain(_ capabilities: ScannerCapabilities) -> [String: ScanProfile] {
        var profiles: [String: ScanProfile] = [:]
        for source in capabilities.sources {
            let name =
                source.source == .platen ? "form-a4-glass" : source.sides == 2 ? "form-a4-duplex" : "form-a4"
            profiles[name] = ScanProfile(
                source: source.source, sides: source.sides, mode: .gray, resolution: 300, size: "A4")
        }
        return profiles
    }
}
