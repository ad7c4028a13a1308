import Delivery
import Forms
import Foundation
import Support

/// `blankett forms load`: takes form packages into force on the running agent.
enum LoadFormCommand {
    static let command = Command(
        "load",
        summary: Words(
            en: "Takes form packages into force on this station", sv: "Sätter blankettpaket i bruk på stationen"),
        discussion: Words(
            en: """
                The agent of this machine reads with the form from the next page on. Each package goes in whole or not at
                all. Older versions stay, so that old copies are still read; a version is never replaced. A form that has
                no certificate for what it is now, or that does not keep its error target, needs a reason, which is
                written down in the audit trail.
                """,
            sv: """
                Agenten på den här datorn läser med blanketten från nästa sida. Varje paket tas in helt eller inte alls.
                Äldre versioner blir kvar så att gamla exemplar fortfarande läses; en version ersätts aldrig. En blankett
                som saknar certifikat för sitt nuvarande innehåll, eller inte når sitt felmål, behöver ett skäl, som
                skrivs i granskningsloggen.
                """),
        options: [
            Command.Option(
                "--reason", value: "TEXT",
                help: Words(
                    en: "why a form that is not proved goes into force",
                    sv: "varför en blankett som inte är prövad sätts i bruk")),
            AgentConnection.option, .json,
        ],
        operands: .init(
            "DIR", counts: 1...1000,
            help: Words(en: "a package, or a folder of packages", sv: "ett paket, eller en mapp med paket"))
    ) { invocation in
        let (library, problems) = FormLibrary.examine(invocation.arguments.operands.map { URL(filePath: $0) })
        guard problems.isEmpty else {
            for problem in problems { invocation.console.note(problem.description) }
            return .badInput
        }
        let agent = AgentConnection(invocation)
        var loaded: [JSONValue] = []
        for package in library.packages {
            let form = package.template
            let packed = try Package(packing: package.folder, kind: .form, id: form.id, version: form.version)
            var body: [String: JSONValue] = ["package": try JSONCoding.decode(from: JSONCoding.encode(packed))]
            if let reason = invocation.arguments["--reason"] { body["reason"] = .string(reason) }
            let answer = try await agent.post("/forms", .object(body))
            loaded.append(answer)
            if !invocation.wantsJSON {
                invocation.console.print(
                    "\(form.key)\t\(form.name.text(in: invocation.language.rawValue))\t"
                        + (answer["standing"]?.stringValue ?? ""))
            }
            let twins = (answer["samePaper"]?.arrayValue ?? []).compactMap { twin in
                twin["id"]?.stringValue.map { "\($0) \(Int(twin["version"]?.numberValue ?? 1))" }
            }
            if !twins.isEmpty { invocation.console.note(samePaper(form.key, twins)[invocation.language]) }
        }
        if invocation.wantsJSON { try invocation.printJSON(loaded) }
        return .done
    }

    private static func samePaper(_ form: FormKey, _ twins: [String]) -> Words {
        let names = twins.joined(separator: ", ")
        return Words(
            en: "\(form) has the same blank pages as \(names), so every page of either is asked about. "
                + "Print a number or a barcode on one of them.",
            sv: "\(form.id) \(form.version) har samma sidor som \(names), så varje sida av dem frågas det om. "
                + "Tryck ett nummer eller en streckkod på en av dem.")
    }
}
