import Foundation
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
                the device refused or failed before a page came. Put the stack back from that sheet, and scan --continue
                --out DIR makes one batch of both, in the right order.
                """,
            sv: """
                Varje sida kontrolleras och får sitt namn först när den är hel. Utgångskod 0 betyder att varje ark är
                räknat; 3 att bunten är ofullständig, med arket att börja om från; 4 att enheten vägrade eller svek innan
                någon sida kom. Lägg tillbaka bunten från det arket, så gör scan --continue --out MAPP en bunt av båda, i
                rätt ordning.
                """),
        options: [
            Command.Option("--device", value: Command.Option.device.value, help: Command.Option.device.help),
            Command.Option(
                "--profile", value: "P", help: Words(en: "one that `scanners` shows", sv: "en som `scanners` visar")),
            Command.Option(
                "--out", value: "DIR",
                help: Words(
                    en: "an empty or new folder, or that of the batch to go on with",
                    sv: "en tom eller ny mapp, eller den för bunten som ska fortsätta"),
                isRequired: true),
            Command.Option(
                "--continue",
                help: Words(
                    en: "scan the rest of the incomplete batch in DIR, on the same device and in the same way",
                    sv: "skanna resten av den ofullständiga bunten i DIR, på samma enhet och på samma sätt")),
            .acceptCertificate, .json,
        ], action: ScanCommand.run)
}

private enum ScanCommand {
    static func run(_ call: Invocation) async throws -> ExitCode {
        let files = try ScannedFiles(
            folder: URL(filePath: call.arguments["--out"] ?? ""), isContinued: call.arguments.flag("--continue"))
        let before = await files.report
        let address = try wish("--device", before?.device, call)
        let name = try wish("--profile", before?.profile, call)
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
        let kept = try await files.begin(
            ScanReport(
                device: address, model: capabilities.makeAndModel, profile: name, sides: job.sides,
                adjustments: job.adjustments))
        let end = try await scanner.scan(job) { page in
            var page = page
            page.number += kept
            try await files.write(page)
            call.console.progress(
                Words(en: "page \(page.number)", sv: "sida \(page.number)")[call.language])
        }
        if let failure = await files.failure { throw failure }
        let report = try await files.finish(end, verdict: end.verdict(for: job, after: kept))
        call.console.endProgress()
        if call.wantsJSON {
            try call.printJSON(report)
        } else {
            for page in report.pages { call.console.print(page.file) }
            call.console.note(summary(report)[call.language])
        }
        return report.complete ? .done : report.pages.isEmpty ? .device : .partial
    }

    /// What was given, else as it was before.
    private static func wish(_ option: String, _ before: String?, _ call: Invocation) throws(BlankettError) -> String {
        let given = call.arguments[option]
        if let given, let before, given != before {
            throw BlankettError(
                "wrong-usage", exit: .badInput, "The batch was begun with \(option) \(before).",
                advice: "Leave \(option) out, or begin a new batch in another folder.")
        }
        if let value = given ?? before { return value }
        throw BlankettError(
            "wrong-usage", exit: .badInput, "scan needs \(option).", advice: "Add it; see: blankett scan --help")
    }

    private static func summary(_ report: ScanReport) -> Words {
        let counted = report.end?.imagesCompleted.map(String.init)
        guard let sheet = report.fromSheet, let reason = report.reason else {
            return Words(
                en: "complete: \(report.pages.count) pages; the device counted \(counted ?? "nothing")",
                sv: "klart: \(report.pages.count) sidor; enheten räknade \(counted ?? "inget")")
        }
        let detail = report.end?.detail.map { " (\($0))" } ?? ""
        let advice = StackAdvice(reason, fromSheet: sheet).words
        return Words(
            en: """
                incomplete: \(reason)\(detail); \(report.pages.count) pages are good. \(advice.en) Then run the same with \
                --continue.
                """,
            sv: """
                ofullständigt: \(reason)\(detail); \(report.pages.count) sidor är bra. \(advice.sv) Kör sedan samma med \
                --continue.
                """)
    }
}
