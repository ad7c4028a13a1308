import Foundation
import Scanning
import Support

extension Technician {
    static let scanners = Command(
        "scanners",
        summary: Words(
            en: "Shows scanners: what they are, what they can do, which profile fits",
            sv: "Visar skannrar: vad de är, vad de kan och vilken profil som passar"),
        discussion: Words(
            en:
                "Without --device it shows those listed in scanners.json5 in the configuration folder: [\"http://…/eSCL\"].",
            sv: "Utan --device visas de som står i scanners.json5 i inställningsmappen: [\"http://…/eSCL\"]."),
        options: [
            Command.Option(
                "--device", value: Command.Option.device.value, help: Command.Option.device.help, repeats: true),
            .acceptCertificate, .json,
        ], action: ScannersCommand.run)
}

private enum ScannersCommand {
    struct Found: Codable, Sendable {
        var address: String
        var model: String?
        var serial: String?
        var state: ScannerStatus?
        var profile: String?
        /// What can be given to `scan --profile`.
        var profiles: [String] = []
        var sources: [SourceCapabilities] = []
        var error: String?
    }

    static func run(_ call: Invocation) async throws -> ExitCode {
        let addresses = try addresses(call)
        let library = try await call.deviceProfiles()
        var found: [Found] = []
        for address in addresses {
            call.console.progress(address)
            found.append(await look(at: address, library, call))
        }
        call.console.endProgress()
        if call.wantsJSON {
            try call.printJSON(found)
        } else {
            for scanner in found { call.console.print(text(scanner, call.language)) }
            if found.isEmpty {
                call.console.note(
                    Words(
                        en: "No scanner is listed. Give --device http://HOST/eSCL.",
                        sv: "Ingen skanner är angiven. Skriv --device http://VÄRD/eSCL.")[call.language])
            }
        }
        let failed = found.count { $0.error != nil }
        return failed == 0 ? .done : failed < found.count ? .partial : .device
    }

    private static func addresses(_ call: Invocation) throws(BlankettError) -> [String] {
        let given = call.arguments.all("--device")
        guard given.isEmpty else { return given }
        let file = call.configurationFolder.appending(path: "scanners.json5")
        guard let data = FileManager.default.contents(atPath: file.path()) else { return [] }
        do {
            return try JSONCoding.decode([String].self, from: data, json5: true)
        } catch {
            throw BlankettError(
                "bad-configuration", exit: .badInput, "\(file.path()) is no list of addresses.",
                advice: "Write [\"http://HOST/eSCL\"].", cause: error)
        }
    }

    private static func look(at address: String, _ library: DeviceProfileLibrary, _ call: Invocation) async -> Found {
        var found = Found(address: address)
        do {
            let scanner = try await ScannerAddress(text: address).scanner(for: call)
            let capabilities = try await scanner.capabilities()
            found.model = capabilities.makeAndModel
            found.serial = capabilities.serial
            found.sources = capabilities.sources
            found.state = try await scanner.status()
            let profile = library.profile(for: scanner.device, capabilities: capabilities)
            found.profile = profile?.name
            found.profiles = (profile?.profiles ?? [:]).filter { _, scan in
                (try? ScanJob(fitting: scan, to: capabilities, device: profile)) != nil
            }.keys.sorted()
        } catch {
            found.error = "\(error)"
        }
        return found
    }

    private static func text(_ found: Found, _ language: Language) -> String {
        var lines = [found.model.map { "\($0)  \(found.address)" } ?? found.address]
        if let error = found.error { return lines[0] + "\n  \(error)" }
        if let state = found.state {
            lines.append(
                "  \(state.state.rawValue), \(Words(en: "feeder", sv: "matare")[language]) \(state.feeder.rawValue)")
        }
        for source in found.sources {
            let modes = source.modes.map(\.rawValue).joined(separator: " ")
            let resolutions = source.resolutions.map(String.init).joined(separator: " ")
            lines.append(
                "  \(source.source.rawValue) \(source.sides == 2 ? "2-sided " : "")\(modes); \(resolutions) dpi")
        }
        let profiles = found.profiles.joined(separator: ", ")
        lines.append("  \(found.profile ?? Words(en: "no profile", sv: "ingen profil")[language]): \(profiles)")
        return lines.joined(separator: "\n")
    }
}
