import Forms
import Foundation
import Support
import Teaching
import Workers

/// `blankett forms propose`: a form package from one blank sheet.
enum ProposeCommand {
    static let command = Command(
        "propose",
        summary: Words(en: "Proposes a package from one blank sheet", sv: "Föreslår ett paket från ett tomt blad"),
        discussion: Words(
            en: """
                Finds boxes to mark and which belong together, combs and their cells, lines and frames to write in, and
                names them by what is printed beside them. A PDF's own fields are taken over as they are. Look at the
                result before you use it.

                With --from, the fields of an earlier version are looked for on the new blank and keep all that is known of
                them; what is new on it comes after them. Each line then says what became of the field: same, moved (by
                how many mm, right and down, against the rest of the page), vanished or added.
                """,
            sv: """
                Hittar kryssrutor och vilka som hör ihop, rutor för tecken, linjer och ramar att skriva i, och ger dem
                namn efter det som är tryckt bredvid. En PDF-fils egna fält tas över som de är. Granska resultatet innan
                det används.

                Med --from söks fälten i en tidigare version upp på det nya bladet och behåller allt som är känt om dem; det
                som är nytt kommer efter. Varje rad säger då vad som hänt med fältet: same, moved (hur många mm åt höger
                och nedåt mot resten av sidan), vanished eller added.
                """),
        options: [
            Command.Option(
                "--id", value: "ID",
                help: Words(en: "the form's id; else made of the file's name", sv: "blankettens id; annars filens namn")
            ),
            Command.Option(
                "--name", value: "NAME",
                help: Words(en: "what people call it; else as printed", sv: "vad den kallas; annars som tryckt")),
            Command.Option(
                "--from", value: "DIR",
                help: Words(
                    en: "the package of the earlier version", sv: "den tidigare versionens paket")),
            Command.Option(
                "--out", value: "DIR", help: Words(en: "where the package goes", sv: "dit paketet skrivs"),
                isRequired: true),
            .json,
        ],
        operands: .init(
            "BLANK", counts: 1...1,
            help: Words(en: "PDF, PNG, JPEG, TIFF or PNM", sv: "PDF, PNG, JPEG, TIFF eller PNM"))
    ) { invocation in
        let file = URL(filePath: invocation.arguments.operands[0])
        let old = try invocation.arguments["--from"].map { try earlier(URL(filePath: $0)) }
        let id = try checkedID(old?.template.id ?? invocation.arguments["--id"], file)
        let folder = URL(filePath: invocation.arguments["--out"] ?? ".").appending(path: id)
        guard !FileManager.default.fileExists(atPath: folder.path()) else {
            throw BlankettError(
                "already-there", exit: .badInput, "\(folder.relativePath) is there already.",
                advice: "Name another --out or --id, or remove the folder.")
        }
        let package = try package(file, id: id, name: invocation.arguments["--name"] ?? "")
        try write(package, to: folder)
        let changes = try old.map { try carry(from: $0, to: folder) }
        let template: FormTemplate
        do throws(FormPackageProblems) {
            template = try FormPackage.load(folder).template
        } catch {
            // A PDF may lay its own fields on one another; they are still written as they are.
            for problem in error.problems { invocation.console.note(problem.description) }
            for change in changes ?? [] { invocation.console.print(line(change)) }
            invocation.console.print(folder.relativePath)
            return .partial
        }
        if invocation.wantsJSON {
            try invocation.printJSON(Report(package, template, folder, changes))
        } else {
            show(package, template, folder, changes, invocation)
        }
        return .done
    }

    private static func checkedID(_ given: String?, _ file: URL) throws -> String {
        let id = given ?? FieldNames.slug(file.deletingPathExtension().lastPathComponent, longest: 60)
        guard id.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,63}/) != nil else {
            throw BlankettError(
                "bad-id", exit: .badInput, "“\(id)” cannot be a form's id.",
                advice: "Use up to 64 small letters a-z, digits and -, such as --id ansokan-bistand.")
        }
        return id
    }

    private static func package(_ file: URL, id: String, name: String) throws -> ProposedPackage {
        guard let bytes = try? Data(contentsOf: file) else {
            throw BlankettError(
                "cannot-open", exit: .badInput, "The file \(file.relativePath) cannot be opened.",
                advice: "Check its name and whether you may read it.")
        }
        do {
            return try BlankReader().propose([UInt8](bytes), id: id, name: name)
        } catch let failure as ProposalFailure {
            throw BlankettError(
                failure.code, exit: .badInput, "The file \(file.relativePath) cannot be used.",
                advice: UnreadableReason(code: failure.code).words.en)
        }
    }

    private static func earlier(_ folder: URL) throws -> FormPackage {
        do throws(FormPackageProblems) {
            return try FormPackage.load(folder)
        } catch {
            throw BlankettError(
                "unknown-form-id", exit: .badInput, "\(folder.relativePath) is no usable form package.",
                advice: error.problems.first.map { "\($0)" } ?? "Name the folder of the earlier version.")
        }
    }

    /// Makes the proposed package the next version of `old`.
    private static func carry(from old: FormPackage, to folder: URL) throws -> [FieldChange] {
        let carried = try BlankReader().carry(from: old.folder, to: folder)
        do {
            for name in Set(old.template.fields.compactMap(\.list) + [old.template.output?.schema].compactMap { $0 }) {
                try Data(contentsOf: old.folder.appending(path: name)).write(to: folder.appending(path: name))
            }
            try Data(JSONCoding.encode(carried.form, pretty: true)).write(
                to: folder.appending(path: FormPackage.templateName))
        } catch {
            throw BlankettError(
                "cannot-write", exit: .storage, "The package cannot be written to \(folder.relativePath).",
                advice: "Check the folder's rights and the room on the disk.", cause: error)
        }
        return carried.changes
    }

    private static func write(_ package: ProposedPackage, to folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (index, page) in package.pages.enumerated() {
                try page.write(to: folder.appending(path: "page-\(index + 1).png"))
            }
            try Data(package.form.utf8).write(to: folder.appending(path: "form.json5"))
        } catch {
            throw BlankettError(
                "cannot-write", exit: .storage, "The package cannot be written to \(folder.relativePath).",
                advice: "Check the folder's rights and the room on the disk.", cause: error)
        }
    }

    private static func show(
        _ package: ProposedPackage, _ template: FormTemplate, _ folder: URL, _ changes: [FieldChange]?,
        _ invocation: Invocation
    ) {
        // A field whose page is gone is not on the form any more.
        for change in changes ?? [] where !template.fields.contains(where: { $0.name == change.name }) {
            invocation.console.print("-\t\(line(change))")
        }
        for field in template.fields {
            let more =
                switch field.kind {
                case .comb: " \(field.cellBoxes?.count ?? field.cells)"
                case .choice: " \(field.options.count) \(field.select.rawValue)"
                case .text where field.lines > 1: " \(field.lines)"
                default: ""
                }
            invocation.console.print(
                "\(field.page)\t\(field.kind.rawValue)\(more)\t\(field.type.rawValue)\t\(field.name)\t"
                    + (field.label?.text(in: "sv") ?? "") + became(field, changes))
        }
        let counts = Dictionary(grouping: template.fields, by: \.kind).mapValues(\.count)
        let kinds = Field.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }
        invocation.console.note(
            Words(
                en: "\(folder.relativePath): \(template.pages.count) pages, \(template.fields.count) fields"
                    + (package.taken > 0 ? " of the PDF itself" : "") + " (\(kinds.joined(separator: ", ")))",
                sv: "\(folder.relativePath): \(template.pages.count) sidor, \(template.fields.count) fält"
                    + (package.taken > 0 ? " från PDF-filen" : "") + " (\(kinds.joined(separator: ", ")))")[
                    invocation.language])
    }

    private static func became(_ field: Field, _ changes: [FieldChange]?) -> String {
        guard let change = changes?.first(where: { $0.name == field.name }) else { return "" }
        return "\t" + words(change)
    }

    private static func words(_ change: FieldChange) -> String {
        change.change.rawValue + (change.by ?? []).map { " \($0)" }.joined()
    }

    private static func line(_ change: FieldChange) -> String { "\(words(change))\t\(change.name)" }

    /// What `--json` prints.
    private struct Report: Encodable {
        var id: String
        var folder: String
        var pages: Int
        var fields: Int
        var taken: Int
        var turned: [Double]
        var seconds: [Double]
        /// With `--from`: what became of each field.
        var changes: [FieldChange]?

        init(_ package: ProposedPackage, _ template: FormTemplate, _ folder: URL, _ changes: [FieldChange]?) {
            id = template.id
            self.folder = folder.relativePath
            pages = template.pages.count
            fields = template.fields.count
            taken = package.taken
            turned = package.turned
            seconds = package.seconds
            self.changes = changes
        }
    }
}
