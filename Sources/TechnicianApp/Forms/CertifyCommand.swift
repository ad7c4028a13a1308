import Forms
import Foundation
import Support
import Teaching
import Workers

/// `blankett forms certify`: proves a form with filled copies before it goes live.
enum CertifyCommand {
    static let command = Command(
        "certify",
        summary: Words(en: "Proves a form with filled copies", sv: "Prövar en blankett med ifyllda exemplar"),
        discussion: Words(
            en: """
                Fills copies of the form with invented values in printed and hand-writing fonts, turned, stretched,
                photocopied and with noise, reads them as any page is read, and writes certificate.json and
                certificate.txt into the package: per field right, asked, wrong, the worst case and advice.

                Exits with 0 when every copy was recognised and no more is wrong than the form's error target allows, else
                with 3. Fonts are no people: what is read here may still be asked about on real paper.
                """,
            sv: """
                Fyller i exemplar av blanketten med påhittade värden i tryckta och handskrivna typsnitt, vridna, sträckta,
                kopierade och med brus, läser dem som vilken sida som helst och skriver certificate.json och
                certificate.txt i paketet: per fält rätt, tillfrågat, fel, det sämsta fallet och råd.

                Slutar med 0 när alla exemplar känts igen och inte mer är fel än blankettens mål tillåter, annars med 3.
                Typsnitt är inga människor: det som läses här kan ändå behöva frågas om på riktigt papper.
                """),
        options: [
            Command.Option(
                "--forms", value: "DIR",
                help: Words(en: "where ID is looked for; else this user's", sv: "där ID söks; annars användarens")),
            Command.Option(
                "--copies", value: "N", help: Words(en: "how many, 1 to 200 (20)", sv: "hur många, 1 till 200 (20)")),
            Command.Option(
                "--seed", value: "N",
                help: Words(en: "the same gives the same copies (1)", sv: "samma ger samma exemplar (1)")),
            .json,
        ],
        operands: .init(
            "ID", counts: 1...1,
            help: Words(en: "a form's id, or a package's folder", sv: "en blanketts id, eller ett pakets mapp"))
    ) { invocation in
        let package = try package(invocation)
        let copies = try number("--copies", in: 1...200, or: 20, invocation)
        let seed = UInt64(try number("--seed", in: 0...1_000_000, or: 1, invocation))
        let bar = ProgressBar(of: copies, Words(en: "copies", sv: "kopior"), invocation.language)
        let certificate = try await SelfTest(of: package).run(copies: copies, seed: seed) { done in
            invocation.console.progress(bar.line(done))
        }
        invocation.console.endProgress()
        try write(certificate, to: package.folder)
        if invocation.wantsJSON {
            try invocation.printJSON(certificate)
        } else {
            invocation.console.print(certificate.text)
        }
        return certificate.passes ? .done : .partial
    }

    private static func package(_ invocation: Invocation) throws -> FormPackage {
        let name = invocation.arguments.operands[0]
        let isFolder = FileManager.default.fileExists(atPath: URL(filePath: name).appending(path: "form.json5").path())
        let folders =
            isFolder
            ? [URL(filePath: name)]
            : [
                invocation.arguments["--forms"].map { URL(filePath: $0) }
                    ?? invocation.configurationFolder.appending(path: "forms")
            ]
        let (library, problems) = FormLibrary.examine(folders)
        let found = library.packages.filter { isFolder || $0.template.id == name }.max {
            $0.template.key < $1.template.key
        }
        guard let found else {
            throw BlankettError(
                "unknown-form-id", exit: .badInput, "There is no usable form “\(name)”.",
                advice: problems.first.map { "\($0)" } ?? "Name the package's folder, or --forms DIR.")
        }
        return found
    }

    private static func number(_ option: String, in range: ClosedRange<Int>, or fallback: Int, _ invocation: Invocation)
        throws
        -> Int
    {
        guard let text = invocation.arguments[option] else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw BlankettError(
                "bad-number", exit: .badInput, "\(option) \(text) is no number that fits.",
                advice: "Write one from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    private static func write(_ certificate: Certificate, to folder: URL) throws {
        do {
            try Data(try JSONCoding.encode(certificate, pretty: true)).write(
                to: folder.appending(path: Certificate.fileName))
            try Data(certificate.text.utf8).write(to: folder.appending(path: "certificate.txt"))
        } catch {
            throw BlankettError(
                "cannot-write", exit: .storage, "The certificate cannot be written to \(folder.relativePath).",
                advice: "Check the folder's rights and the room on the disk.", cause: error)
        }
    }
}
