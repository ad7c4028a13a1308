import Foundation
import Imaging
import Scanning
import Support

extension Technician {
    static let scan = Command(
        "scan",
        summary: Words(
            en: "Scans one batch to files, and says whether the counts agree",
            sv: "Skannar en bunt till filer och säger om antalen stämmer"),
        discussion: Words(
            en: """
                Each page is checked whole and written under its final name only then. Exit code 0 means that every sheet
                is accounted for; 3 that the batch is incomplete, with the sheet from which to put the stack back; 4 that
                the device refused or failed before a page came.
                """,
            sv: """
                Varje sida kontrolleras och får sitt namn först när den är hel. Utgångskod 0 betyder att varje ark är
                räknat; 3 att bunten är ofullständig, med arket att börja om från; 4 att enheten vägrade eller svek innan
                någon sida kom.
                """),
        options: [
            .device,
            Command.Option(
                "--profile", value: "P", help: Words(en: "one that `scanners` shows", sv: "en som `scanners` visar"),
                isRequired: true),
            Command.Option(
                "--out", value: "DIR", help: Words(en: "an empty or new folder", sv: "en tom eller ny mapp"),
                isRequired: true),
            .acceptCertificate, .json,
        ], action: ScanCommand.run)
}

private enum ScanCommand {
    struct Report: Codable, Sendable {
        struct Page: Codable, Sendable {
            var file: String
            var sha256: String
            var width: Int
            var height: Int
        }

        var device: String
        var model: String?
        var profile: String
        var adjustments: [ScanJob.Adjustment]
        var pages: [Page]
        var end: BatchEnd
        var complete: Bool
        var fromSheet: Int?
        var reason: String?
    }

    static func run(_ call: Invocation) async throws -> ExitCode {
        let arguments = call.arguments
        let address = arguments["--device"] ?? ""
        let name = arguments["--profile"] ?? ""
        let library = try await call.deviceProfiles()
        let scanner = try await ScannerAddress(text: address).scanner(for: call)
        let capabilities = try await scanner.capabilities()
        let profile = library.profile(for: scanner.device, capabilities: capabilities)
        guard let profile, let wanted = profile.profiles[name] else {
            throw BlankettError(
                "no-profile", exit: .badInput,
                "There is no profile “\(name)” for \(profile?.name ?? "this scanner").",
                advice: Nearest.advice(for: name, among: profile?.profiles.keys.sorted() ?? []))
        }
        let job = try ScanJob(fitting: wanted, to: capabilities, device: profile)
        for change in job.adjustments where !call.wantsJSON {
            call.console.note(
                Words(
                    en: "adjusted: \(change.name) \(change.asked) → \(change.got)",
                    sv: "ändrat: \(change.name) \(change.asked) → \(change.got)")[call.language])
        }
        let files = try PageFiles(folder: URL(filePath: arguments["--out"] ?? ""))
        let end = try await scanner.scan(job) { page in
            try await files.write(page)
            call.console.progress(
                Words(en: "page \(page.number)", sv: "sida \(page.number)")[call.language])
        }
        if let failure = await files.failure { throw failure }
        var report = Report(
            device: address, model: capabilities.makeAndModel, profile: name, adjustments: job.adjustments,
            pages: await files.written, end: end, complete: true)
        if case .incomplete(let sheet, let reason) = end.verdict(for: job) {
            report.complete = false
            report.fromSheet = sheet
            report.reason = reason
        }
        call.console.endProgress()
        if call.wantsJSON {
            try call.printJSON(report)
        } else {
            for page in report.pages { call.console.print(page.file) }
            call.console.note(summary(report)[call.language])
        }
        return report.complete ? .done : report.pages.isEmpty ? .device : .partial
    }

    private static func summary(_ report: Report) -> Words {
        let counted = report.end.imagesCompleted.map(String.init)
        guard let sheet = report.fromSheet, let reason = report.reason else {
            return Words(
                en: "complete: \(report.pages.count) pages; the device counted \(counted ?? "nothing")",
                sv: "klart: \(report.pages.count) sidor; enheten räknade \(counted ?? "inget")")
        }
        let detail = report.end.detail.map { " (\($0))" } ?? ""
        return Words(
            en:
                "incomplete: \(reason)\(detail); \(report.pages.count) pages are good, put the stack back from sheet \(sheet)",
            sv:
                "ofullständigt: \(reason)\(detail); \(report.pages.count) sidor är bra, lägg tillbaka bunten från ark \(sheet)"
        )
    }

    /// Writes pages so that a file under its final name is a whole page.
    actor PageFiles {
        private let folder: URL
        private(set) var written: [Report.Page] = []
        private(set) var failure: BlankettError?

        init(folder: URL) throws(BlankettError) {
            self.folder = folder
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                guard try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty else {
                    throw BlankettError(
                        "folder-not-empty", exit: .badInput, "\(folder.path()) is not empty.",
                        advice: "Give a new folder, so that pages of two batches never mix.")
                }
            } catch let error as BlankettError {
                throw error
            } catch {
                throw Self.unusable(folder, error)
            }
        }

        func write(_ page: ScannedPage) throws(BlankettError) {
            let format = ImageFormat(sniffing: page.bytes)
            let digits = String(page.number)
            let name =
                "page-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "."
                + (format?.fileExtension ?? "bin")
            let url = folder.appending(path: name)
            do {
                try Data(page.bytes).write(to: url, options: .atomic)
            } catch {
                let failure = Self.unusable(folder, error)
                self.failure = failure
                throw failure
            }
            written.append(
                Report.Page(
                    file: url.path(), sha256: SHA256.hexadecimal(of: page.bytes), width: page.width,
                    height: page.height))
        }

        private static func unusable(_ folder: URL, _ cause: any Error) -> BlankettError {
            BlankettError(
                "folder-unusable", exit: .storage, "Pages cannot be written to \(folder.path()).",
                advice: "Check its rights and the space on the disk; the stack must be scanned again.", cause: cause)
        }
    }
}
