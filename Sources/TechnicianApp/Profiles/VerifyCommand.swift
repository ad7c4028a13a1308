import Foundation
import Imaging
import Scanning
import Support

extension Technician {
    /// `blankett profiles verify`: tries each scan profile on a real device.
    static let verify = Command(
        "verify",
        summary: Words(
            en: "Tries each scan profile on a device, and holds what comes against what was asked",
            sv: "Provar varje skanningsprofil på en enhet och jämför det som kommer med det som begärdes"),
        discussion: Words(
            en: """
                Wants one sheet in the feeder, or on the glass, for each profile, and waits for it. Writes
                conformance.json and conformance.txt, which hold neither what stands on the sheet nor the device's address
                or serial number. Exit code 0: all came as asked; 3: something did not; 4: the device did nothing.
                """,
            sv: """
                Vill ha ett ark i mataren, eller på glaset, för varje profil och väntar på det. Skriver conformance.json
                och conformance.txt, som varken innehåller det som står på arket eller enhetens adress eller
                serienummer. Utgångskod 0: allt kom som begärt; 3: något gjorde det inte; 4: enheten gjorde ingenting.
                """),
        options: [
            Command.Option(
                "--file", value: "FILE",
                help: Words(
                    en: "a profile file that need not be loaded", sv: "en profilfil som inte behöver vara laddad")),
            Command.Option(
                "--profile", value: "P",
                help: Words(en: "only this scan profile", sv: "bara den här skanningsprofilen"), repeats: true),
            Command.Option(
                "--out", value: "DIR",
                help: Words(en: "where the report goes; here if left out", sv: "vart rapporten skrivs; annars hit")),
            Command.Option(
                "--pages",
                help: Words(
                    en: "put the scanned pages beside the report", sv: "lägg de skannade sidorna bredvid rapporten")),
            Command.Option(
                "--wait", value: "SECONDS",
                help: Words(en: "for paper, 60 if left out", sv: "på papper, annars 60")),
            .acceptCertificate, .json,
        ],
        operands: Command.Operands("DEVICE", counts: 1...1, help: Command.Option.device.help),
        action: VerifyCommand.run)
}

private enum VerifyCommand {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let scanner = try await ScannerAddress(text: call.arguments.operands[0]).scanner(for: call)
        let capabilities = try await scanner.capabilities()
        var files = try await call.deviceProfiles().files
        if let path = call.arguments["--file"] {
            do throws(DeviceProfileProblems) {
                files.insert(try DeviceProfileFile(contentsOf: URL(filePath: path)), at: 0)
            } catch {
                call.console.note(error.description)
                return .badInput
            }
        }
        let library = DeviceProfileLibrary(files)
        guard let device = library.profile(for: scanner.device, capabilities: capabilities) else {
            throw BlankettError(
                "no-profile", exit: .badInput, "There is no profile for this scanner.",
                advice: "Write one, and give it with --file.")
        }
        let chosen = call.arguments.all("--profile")
        if let unknown = chosen.first(where: { device.profiles[$0] == nil }) {
            throw BlankettError(
                "no-profile", exit: .badInput, "There is no profile “\(unknown)” for \(device.name).",
                advice: Nearest.advice(for: unknown, among: device.profiles.keys))
        }
        let folder = URL(filePath: call.arguments["--out"] ?? ".", directoryHint: .isDirectory)
        let wait = try call.arguments.integer("--wait", in: 0...3600) ?? 60
        try makeFolder(folder)

        var report = ConformanceReport(
            blankett: Program.version, date: Date.now.formatted(.iso8601), model: capabilities.makeAndModel,
            connection: scanner.device.connection, device: device, announced: capabilities)
        let keepsPages = call.arguments.flag("--pages")
        let trial = DeviceTrial(
            scanner: scanner, capabilities: capabilities, device: device, wait: wait,
            tell: { name, step in tell(call, name, step) },
            keep: { page, name in if keepsPages { try keep(page, of: name, in: folder) } })
        for (name, profile) in device.profiles.sorted(by: { $0.key < $1.key })
        where chosen.isEmpty || chosen.contains(name) {
            report.scans.append(try await trial.scan(name, profile))
        }
        call.console.endProgress()

        let text = ConformanceText(report: report, language: call.language).lines.joined(separator: "\n") + "\n"
        try DurableFile.write(
            try JSONCoding.encode(report, pretty: true), to: folder.appending(path: "conformance.json"),
            permissions: 0o644)
        try DurableFile.write(Array(text.utf8), to: folder.appending(path: "conformance.txt"), permissions: 0o644)
        if call.wantsJSON {
            try call.printJSON(report)
        } else {
            call.console.print(text.trimmingCharacters(in: .newlines))
        }
        return exit(report, isGeneric: device.match.isGeneric)
    }

    /// What a generic profile offers beyond this device is no fault of it.
    private static func exit(_ report: ConformanceReport, isGeneric: Bool) -> ExitCode {
        let counted = report.scans.filter { $0.outcome != .refused || !isGeneric }
        if counted.isEmpty || counted.allSatisfy({ $0.outcome == .failed }) { return .device }
        return counted.allSatisfy { $0.outcome == .passed } ? .done : .partial
    }

    private static func tell(_ call: Invocation, _ name: String, _ step: DeviceTrial.Step) {
        switch step {
        case .fromGlass:
            call.console.note(Words(en: "\(name): from the glass", sv: "\(name): från glaset")[call.language])
        case .needsPaper:
            call.console.note(
                Words(en: "\(name): put one sheet into the feeder", sv: "\(name): lägg ett ark i mataren")[
                    call.language])
        case .scanning:
            call.console.progress(Words(en: "\(name): scanning", sv: "\(name): skannar")[call.language])
        }
    }

    private static func keep(_ page: ScannedPage, of name: String, in folder: URL) throws {
        let suffix = ImageFormat(sniffing: page.bytes)?.fileExtension ?? "bin"
        try DurableFile.write(page.bytes, to: folder.appending(path: "\(name)-\(page.number).\(suffix)"))
    }

    private static func makeFolder(_ folder: URL) throws(BlankettError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw BlankettError(
                "folder-unusable", exit: .storage,
                "The report cannot be written to \(folder.path(percentEncoded: false)).",
                advice: "Check its rights and the space on the disk.", cause: error)
        }
    }
}
