import Foundation
import Scanners
import Scanning
import Support

extension Technician {
    static let scanners = Command(
        "scanners",
        summary: Words(
            en: "Shows scanners: what they are, what they can do, which profile fits",
            sv: "Visar skannrar: vad de är, vad de kan och vilken profil som passar"),
        discussion: Words(
            en: """
                Without --device it shows those listed in scanners.json5 in the configuration folder, ["http://…/eSCL"], and
                those on the USB and on the network. A scanner that is found in several ways is one, and the best way is
                shown first.
                """,
            sv: """
                Utan --device visas de som står i scanners.json5 i inställningsmappen, ["http://…/eSCL"], och de som finns
                på USB och i nätet. En skanner som hittas på flera vägar är en, och den bästa vägen visas först.
                """),
        options: [
            Command.Option(
                "--device", value: Command.Option.device.value, help: Command.Option.device.help, repeats: true),
            Command.Option(
                "--seconds", value: "N",
                help: Words(en: "how long to look around, 3 unless told", sv: "hur länge sökningen pågår, annars 3")),
            .acceptCertificate, .json,
        ], subcommands: [trust], action: ScannersCommand.run)
}

private enum ScannersCommand {
    struct Found: Codable, Sendable {
        struct Way: Codable, Sendable {
            var found: ScannerSighting.Origin
            var address: String
        }

        var address: String
        var model: String?
        var serial: String?
        var state: ScannerStatus?
        var profile: String?
        /// What can be given to `scan --profile`.
        var profiles: [String] = []
        var sources: [SourceCapabilities] = []
        var error: String?
        /// Every way in which it was found, the best first.
        var ways: [Way] = []
    }

    static func run(_ call: Invocation) async throws -> ExitCode {
        let library = try await call.deviceProfiles()
        var sightings = try addresses(call).map { ScannerSighting(.configured, DeviceDescription(address: $0)) }
        if call.arguments.all("--device").isEmpty { sightings += try await around(call, library) }
        var answers: [String: Answer] = [:]
        for (address, answer) in await asked(sightings, call) { answers[address] = answer }
        // Only now is it known which of them are one.
        for index in sightings.indices {
            if let told = answers[sightings[index].device.address]?.capabilities { sightings[index].learn(told) }
        }
        let found = FoundScanner.grouped(sightings).compactMap { scanner in
            report(on: scanner, answers, library)
        }
        if call.wantsJSON {
            try call.printJSON(found)
        } else {
            for scanner in found { call.console.print(text(scanner, call.language)) }
            if found.isEmpty {
                call.console.note(
                    Words(
                        en: "No scanner was found. Give --device http://HOST/eSCL.",
                        sv: "Ingen skanner hittades. Skriv --device http://VÄRD/eSCL.")[call.language])
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

    /// What is on the USB and announces itself on the network.
    private static func around(_ call: Invocation, _ library: DeviceProfileLibrary) async throws -> [ScannerSighting] {
        let text = call.arguments["--seconds"] ?? "3"
        guard let seconds = Int(text), (1...60).contains(seconds) else {
            throw BlankettError(
                "bad-option", exit: .badInput, "--seconds takes a number from 1 to 60.", advice: "Write --seconds 3.")
        }
        call.console.progress(Words(en: "looking around", sv: "söker")[call.language])
        let search = ScannerSearch(table: SaneDeviceTable(folders: call.profileFolders)) { library }
        let (sightings, failures) = await search.once(for: .seconds(seconds))
        call.console.endProgress()
        for (place, error) in failures where !call.wantsJSON {
            let name: Words =
                switch place {
                case .usb: Words(en: "on the USB", sv: "på USB")
                case .network: Words(en: "on the network", sv: "i nätet")
                }
            let said = (error as? BlankettError)?.message ?? "\(error)"
            call.console.note(
                Words(en: "not looked \(name.en): \(said)", sv: "ingen sökning \(name.sv): \(said)")[call.language])
        }
        return sightings
    }

    /// What a scanner said, or why it said nothing.
    private struct Answer: Sendable {
        var device: DeviceDescription
        var capabilities: ScannerCapabilities?
        var status: ScannerStatus?
        var error: String?
    }

    /// Asks all at once: one that does not answer takes its time.
    private static func asked(_ sightings: [ScannerSighting], _ call: Invocation) async -> [(String, Answer)] {
        await withTaskGroup(of: (String, Answer).self) { group in
            for sighting in sightings {
                group.addTask { (sighting.device.address, await ask(sighting.device, call)) }
            }
            var answers: [(String, Answer)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
    }

    private static func ask(_ device: DeviceDescription, _ call: Invocation) async -> Answer {
        var answer = Answer(device: device)
        do {
            let scanner = try await ScannerAddress(text: device.address).scanner(for: call)
            answer.capabilities = try await scanner.capabilities()
            answer.status = try await scanner.status()
        } catch {
            answer.error = "\(error)"
        }
        return answer
    }

    /// `nil` for what turned out to be no scanner.
    private static func report(
        on scanner: FoundScanner, _ answers: [String: Answer], _ library: DeviceProfileLibrary
    ) -> Found? {
        let ways = scanner.sightings
        guard
            let used = ways.first(where: { answers[$0.device.address]?.error == nil })
                ?? ways.first(where: \.isCertain),
            let answer = answers[used.device.address]
        else { return nil }
        var found = Found(address: used.device.address)
        found.ways = ways.map { Found.Way(found: $0.origin, address: $0.device.address) }
        found.model = answer.capabilities?.makeAndModel ?? used.device.model
        found.serial = answer.capabilities?.serial ?? used.device.serial
        found.state = answer.status
        found.error = answer.error
        let profile = library.profile(for: used.device, model: answer.capabilities?.makeAndModel)
        found.profile = profile?.name
        if let capabilities = answer.capabilities {
            found.sources = capabilities.sources
            found.profiles = (profile?.profiles ?? [:]).filter { _, scan in
                (try? ScanJob(fitting: scan, to: capabilities, device: profile)) != nil
            }.keys.sorted()
        }
        return found
    }

    private static func text(_ found: Found, _ language: Language) -> String {
        var lines = [found.model.map { "\($0)  \(found.address)" } ?? found.address]
        for way in found.ways where way.address != found.address {
            lines.append("  \(Words(en: "also", sv: "även")[language]) \(way.address)")
        }
        if let error = found.error { return (lines + ["  \(error)"]).joined(separator: "\n") }
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
