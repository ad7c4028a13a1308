import Forms
import Foundation
import Reading
import Support
import Workers

extension Technician {
    /// `blankett read`: page files to readings, with neither scanner nor agent nor bridge.
    static let read = Command(
        "read",
        summary: Words(en: "Reads page files", sv: "Läser sidfiler"),
        discussion: Words(
            en: """
                Reads PNG, JPEG, TIFF, PNM and PDF files. Pages are put together to documents in the order in which they
                are named; a separator sheet ends the document before it. With --json each document is one line. A form
                package that is wrong is told and left out, unless it is named itself.

                Exits with 0 when all pages were read, also where a person should look; with 3 when a page was not
                identified or is missing; with 2 when a file cannot be used.
                """,
            sv: """
                Läser PNG-, JPEG-, TIFF-, PNM- och PDF-filer. Sidorna sätts ihop till dokument i den ordning de anges.
                Ett skiljeark avslutar dokumentet före det. Med --json blir varje dokument en rad. Ett blankettpaket som
                är fel sägs och utelämnas, om det inte självt anges.

                Avslutar med 0 när alla sidor lästs, även när någon bör titta; med 3 när en sida inte känts igen eller
                saknas; med 2 när en fil inte kan användas.
                """),
        options: [
            Command.Option(
                "--forms", value: "DIR",
                help: Words(en: "form packages, or a folder of them", sv: "blankettpaket, eller en mapp med sådana"),
                isRequired: true, repeats: true),
            Command.Option(
                "--form", value: "ID",
                help: Words(en: "all pages are of this form", sv: "alla sidor hör till denna blankett")),
            .json,
            Command.Option(
                "--readers", value: "N",
                help: Words(
                    en: "pages read side by side (2); 1 gives each page both cores",
                    sv: "sidor som läses samtidigt (2); 1 ger varje sida båda kärnorna")),
            Command.Option(
                "--debug", value: "DIR",
                help: Words(
                    en: "write pictures of each field there; they show what stands on the paper",
                    sv: "skriv bilder av varje fält dit; de visar vad som står på papperet")),
        ],
        operands: Command.Operands(
            "FILE", counts: 1...100_000, help: Words(en: "page files, in order", sv: "sidfiler, i ordning"))
    ) { invocation in
        try await ReadRun(invocation).run()
    }
}

/// One call of `blankett read`.
private struct ReadRun {
    private let invocation: Invocation
    private let forms: [String]
    private let templates: [FormTemplate]
    private let options: ReadOptions
    private let readers: Int

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        forms = invocation.arguments.all("--forms")
        let number = invocation.arguments["--readers"]
        guard let readers = Int(number ?? "2"), (1...16).contains(readers) else {
            throw BlankettError(
                "bad-number", exit: .badInput, "“\(number ?? "")” is no number of readers.", advice: "Name 1 to 16.")
        }
        self.readers = readers
        let (library, problems) = FormLibrary.examine(forms.map { URL(filePath: $0) })
        // Each that is named must be of use; where all are right there is nothing to look for.
        for folder in problems.isEmpty ? [] : forms {
            let (own, faults) = FormLibrary.examine([URL(filePath: folder)])
            guard own.packages.isEmpty else { continue }
            throw BlankettError(
                "form-package", exit: .badInput, "A form package cannot be used.",
                advice: faults.map { "\($0)" }.joined(separator: "\n"))
        }
        for problem in problems { invocation.console.note("blankett: \(problem)") }
        templates = library.packages.map(\.template)
        let form = invocation.arguments["--form"]
        if let form, !templates.contains(where: { $0.id == form }) {
            let known = Set(templates.map(\.id)).sorted().joined(separator: ", ")
            throw BlankettError(
                "unknown-form-id", exit: .badInput, "There is no form “\(form)” among the packages.",
                advice: "They are: \(known).")
        }
        options = ReadOptions(
            form: form,
            debugFolder: invocation.arguments["--debug"].map { URL(filePath: $0).standardizedFileURL.path() })
    }

    func run() async throws -> ExitCode {
        let names = invocation.arguments.operands
        let bar = ProgressBar(of: names.count, Words(en: "files", sv: "filer"), invocation.language)
        invocation.console.progress(bar.line(0))
        let workers = ReadWorkers(ReadWorker.Configuration(forms: forms), count: min(readers, names.count))
        _ = try await workers.start()
        var assembler = DocumentAssembler(templates: templates)
        var code = ExitCode.done
        var done = 0
        let files = names.map { name in
            ReadWorkers.File(source: name) { try Self.load(name) }
        }
        try await workers.read(files, options: options) { file, outcome in
            done += 1
            switch outcome {
            case .success(let pages):
                for page in pages {
                    if page.result.outcome == .unreadable {
                        note(page.result)
                        code = .badInput
                    }
                    guard page.result.isSeparator else {
                        try show(assembler.add(page.result), &code)
                        continue
                    }
                    try show(assembler.finish() + [.separator(page.result)], &code)
                    assembler = DocumentAssembler(templates: templates)
                }
            case .failure(let error as BlankettError) where error.exit == .badInput:
                invocation.console.note("blankett: \(error)")
                code = .badInput
            case .failure(let error):
                throw error
            }
            invocation.console.progress(bar.line(done))
        }
        invocation.console.endProgress()
        try show(assembler.finish(), &code)
        await workers.stop()
        return code
    }

    private static func load(_ name: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: name)))
        } catch {
            throw BlankettError(
                "cannot-open", exit: .badInput, "The file \(name) cannot be opened.",
                advice: "Check its name and whether you may read it.")
        }
    }

    private func note(_ page: PageResult) {
        let reason = UnreadableReason(code: page.reason)
        invocation.console.note("blankett: \(page.source): \(reason.words[invocation.language])")
    }

    private func show(_ documents: [DocumentReading], _ code: inout ExitCode) throws {
        for document in documents {
            switch document.outcome {
            case .unknownForm, .unknownVersion, .incomplete, .foreignPage:
                if code == .done { code = .partial }
            case .read, .needsReview, .blank, .unreadable: break
            }
            invocation.console.endProgress()
            if invocation.wantsJSON {
                try invocation.printJSON(document)
            } else {
                let template = templates.first { $0.key == document.form?.key }
                invocation.console.print(ReadingTable(document, template, invocation.language).text)
            }
        }
    }
}
