import Forms
import Foundation
import Support

extension Technician {
    /// `blankett forms …`: the form packages.
    static let forms = Command(
        "forms", summary: Words(en: "Checks and lists form packages", sv: "Kontrollerar och visar blankettpaket"),
        subcommands: [
            FormsCommand.check, FormsCommand.list,
            ProposeCommand.command,
            LoadFormCommand.command,
            CertifyCommand.command,
        ])
}

enum FormsCommand {
    static let check = Command(
        "check",
        summary: Words(
            en: "Says everything that is wrong with form packages", sv: "Säger allt som är fel med blankettpaket"),
        discussion: Words(
            en: """
                Each problem names the file, the line and the place, and what to write instead. Exits with 0 only when
                every package is right. Forms with different ids on the very same paper are named too: each is right, but
                every page of them will be asked about.
                """,
            sv: """
                Varje fel anger fil, rad och plats, och vad som ska stå i stället. Slutar med 0 bara när alla paket är
                rätt. Blanketter med olika id på exakt samma papper nämns också: var för sig är de rätt, men varje sida
                av dem kommer att frågas om.
                """),
        options: [.json],
        operands: .init(
            "DIR", counts: 1...1000,
            help: Words(en: "a package, or a folder of packages", sv: "ett paket, eller en mapp med paket"))
    ) { invocation in
        let (library, problems) = FormLibrary.examine(invocation.arguments.operands.map { URL(filePath: $0) })
        if invocation.wantsJSON {
            try invocation.printJSON(Report(library, problems, remarks: library.twinRemarks))
        } else {
            for problem in problems { invocation.console.print(problem.description) }
            for remark in library.twinRemarks { invocation.console.note(remark.description) }
            for package in library.packages { invocation.console.print(line(package, invocation.language)) }
        }
        return problems.isEmpty ? .done : .badInput
    }

    static let list = Command(
        "list", summary: Words(en: "Lists form packages", sv: "Visar blankettpaket"), options: [.json],
        operands: .init(
            "DIR", counts: 0...1000,
            help: Words(
                en: "packages, or folders of packages; without any, this user's",
                sv: "paket, eller mappar med paket; utan någon, den här användarens"))
    ) { invocation in
        let own = invocation.configurationFolder.appending(path: "forms")
        let named = invocation.arguments.operands.map { URL(filePath: $0) }
        if named.isEmpty, !FileManager.default.fileExists(atPath: own.path()) {
            if invocation.wantsJSON { try invocation.printJSON(Report(FormLibrary(), [])) }
            invocation.console.note(
                Words(
                    en: "No form packages in \(own.path()). Name a folder: blankett forms list DIR",
                    sv: "Inga blankettpaket i \(own.path()). Ange en mapp: blankett forms list DIR")[
                        invocation.language])
            return .done
        }
        let (library, problems) = FormLibrary.examine(named.isEmpty ? [own] : named)
        if invocation.wantsJSON {
            try invocation.printJSON(Report(library, problems))
        } else {
            for package in library.packages { invocation.console.print(line(package, invocation.language)) }
            // What is wrong is for `check` to say; here it must only not go unseen.
            for file in Set(problems.map(\.file)).sorted() {
                invocation.console.note(
                    Words(
                        en: "\(file): not right, left out. See: blankett forms check",
                        sv: "\(file): inte rätt, utelämnad. Se: blankett forms check")[invocation.language])
            }
        }
        return problems.isEmpty ? .done : .partial
    }

    private static func line(_ package: FormPackage, _ language: Language) -> String {
        let form = package.template
        let counts = Words(
            en: "\(form.pages.count) \(form.pages.count == 1 ? "page" : "pages"), \(form.fields.count) fields",
            sv: "\(form.pages.count) \(form.pages.count == 1 ? "sida" : "sidor"), \(form.fields.count) fält")[language]
        return "\(form.key)\t\(form.name.text(in: language.rawValue))\t\(counts)\t\(package.folder.relativePath)"
    }

    /// What `--json` prints.
    private struct Report: Encodable {
        struct Form: Encodable {
            var id: String
            var version: Int
            var name: LocalizedText
            var pages: Int
            var fields: Int
            var folder: String
        }

        struct Problem: Encodable {
            var file: String
            var line: Int?
            var path: String
            var message: String
            var advice: String

            init(_ problem: FormProblem) {
                (file, line, path) = (problem.file, problem.line, problem.path)
                (message, advice) = (problem.message, problem.advice)
            }
        }

        var forms: [Form]
        var problems: [Problem]
        /// What is no mistake in a package, and asks for people's time; of `check`, where there is any.
        var remarks: [Problem]?

        init(_ library: FormLibrary, _ problems: [FormProblem], remarks: [FormProblem] = []) {
            forms = library.packages.map {
                Form(
                    id: $0.template.id, version: $0.template.version, name: $0.template.name,
                    pages: $0.template.pages.count, fields: $0.template.fields.count, folder: $0.folder.relativePath)
            }
            self.problems = problems.map(Problem.init)
            self.remarks = remarks.isEmpty ? nil : remarks.map(Problem.init)
        }
    }
}
