import AgentApp
import Foundation
import HTTPClient
import Scanners
import Scanning
import Support

extension StationDevice {
    /// Every scanner of the configuration, ready to be asked.
    static func all(
        of configuration: AgentConfiguration, profiles: DeviceProfileStore
    ) throws -> [StationDevice] {
        let opener = ScannerOpener(folder: configuration.dataFolder, traces: TraceFolder(configuration.traceFolder))
        return try configuration.scanners.map { entry in
            let description = DeviceDescription(address: entry.address, id: entry.name, name: entry.name)
            return make(entry, try opener.scanner(description), profiles)
        }
    }

    /// The profiles are looked up anew each time: a load takes effect at once, and a job that is fitted keeps its own.
    private static func make(
        _ entry: AgentConfiguration.ScannerEntry, _ scanner: any Scanning.Scanner, _ store: DeviceProfileStore
    ) -> StationDevice {
        @Sendable func now() async throws -> (ScannerCapabilities, DeviceProfile?, [String: ScanProfile]) {
            let capabilities = try await scanner.capabilities()
            let known = await store.library.profile(for: scanner.device, capabilities: capabilities)
            let named = known?.profiles ?? [:]
            return (capabilities, known, named.isEmpty ? ScanProfile.plain(capabilities) : named)
        }
        return StationDevice(
            id: entry.name, name: entry.name, scanner: scanner,
            profiles: {
                let (capabilities, known, profiles) = try await now()
                let names = profiles.filter { _, profile in
                    (try? ScanJob(fitting: profile, to: capabilities, device: known)) != nil
                }.keys.sorted()
                guard let usual = entry.profile else { return names }
                return [usual] + names.filter { $0 != usual }
            },
            fit: { name in
                let (capabilities, known, profiles) = try await now()
                guard let profile = profiles[name] else {
                    throw BlankettError(
                        "unknown-profile", exit: .badInput, "\(entry.name) has no scan profile of that name.",
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

extension AgentConfiguration.Bridge {
    func client() throws -> BridgeClient {
        var trust = TLSTrust()
        if let pin {
            guard let pin = PublicKeyPin(pin) else {
                throw BlankettError(
                    "configuration-broken", exit: .badInput, "The bridge's pin is none.",
                    advice: "Write sha256// and 44 characters.")
            }
            trust.server = .pinned(pin)
        } else if let authorities {
            trust.server = .authorities(file: authorities.path())
        }
        if let certificate, let key {
            trust.identity = .init(certificateFile: certificate.path(), keyFile: key.path())
        }
        let token = try tokenFile.map { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw BlankettError(
                    "token-missing", exit: .badInput,
                    "The bridge's token file \(file.lastPathComponent) cannot be read.",
                    advice: "Make a token with blankett-bridge token agent, and put it there.")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return BridgeClient(transport: CurlTransport(trust: trust), url: url, token: token)
    }
}
