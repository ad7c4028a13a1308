import Delivery
import Foundation
import Support

extension Command {
    static let subscription = Command(
        "subscription",
        summary: Words(
            en: "Who gets which records; a running bridge sees a change within seconds",
            sv: "Vem som får vilka poster; en brygga som kör ser en ändring inom några sekunder"),
        subcommands: [
            Command(
                "add", summary: Words(en: "Make a subscription", sv: "Gör en prenumeration"),
                options: [
                    .config, .set,
                    Option(
                        "--form", value: "ID",
                        help: Words(en: "only this form type", sv: "bara denna blankettyp"), repeats: true),
                    Option(
                        "--hide", value: "FIELD",
                        help: Words(en: "a field that it does not see", sv: "ett fält som den inte ser"),
                        repeats: true),
                    Option("--include-test", help: Words(en: "test records, too", sv: "även testposter")),
                    Option(
                        "--from-earliest",
                        help: Words(en: "what is stored already, too", sv: "även det som redan är lagrat")),
                ],
                operands: Operands("NAME", counts: 1...1, help: Words(en: "its name", sv: "dess namn"))
            ) { invocation in
                let configuration = try invocation.configuration()
                let arguments = invocation.arguments
                let name = arguments.operands[0]
                guard Caller.isName(name) else { throw BlankettError.notAName(name) }
                guard !configuration.subscriptions.contains(where: { $0.name == name }) else {
                    throw BlankettError.usage("There is a subscription \(name) already.")
                }
                try DurableFile.makeFolder(configuration.dataFolder)
                try DurableFile.makeFolder(configuration.accessFolder ?? configuration.dataFolder)
                func list(_ option: String) -> [String]? {
                    let all = arguments.all(option)
                    return all.isEmpty ? nil : all
                }
                try ManagedSubscriptions(configuration.subscriptionFile).add(
                    ManagedSubscriptions.Entry(
                        name: name, formTypes: list("--form"),
                        includesTest: arguments.flag("--include-test") ? true : nil,
                        fromEarliest: arguments.flag("--from-earliest") ? true : nil, hide: list("--hide")))
                try invocation.note("subscription.add", name)
                return .done
            },
            Command(
                "list", summary: Words(en: "All subscriptions", sv: "Alla prenumerationer"), options: [.config, .set]
            ) { invocation in
                let configuration = try invocation.configuration()
                let managed = Set(try ManagedSubscriptions(configuration.subscriptionFile).read().map(\.name))
                for subscription in configuration.subscriptions {
                    let forms = subscription.formTypes.map { $0.sorted().joined(separator: ",") } ?? "*"
                    let place = managed.contains(subscription.name) ? "subscription add" : "configuration"
                    invocation.console.print("\(subscription.name)\t\(forms)\t\(place)")
                }
                return .done
            },
            Command(
                "remove",
                summary: Words(
                    en: "End a subscription; what waits for it waits no longer",
                    sv: "Avsluta en prenumeration; det som väntar på den väntar inte längre"),
                options: [.config, .set],
                operands: Operands("NAME", counts: 1...1, help: Words(en: "its name", sv: "dess namn"))
            ) { invocation in
                let name = invocation.arguments.operands[0]
                guard try ManagedSubscriptions(try invocation.configuration().subscriptionFile).remove(name) else {
                    throw BlankettError.usage(
                        "subscription add has made none of the name \(name).",
                        advice: "One of the configuration is removed there.")
                }
                try invocation.note("subscription.remove", name)
                return .done
            },
        ])

    static let admin = Command(
        "admin",
        summary: Words(
            en: "Print where the admin page is, and a code that opens it once, within 15 minutes",
            sv: "Skriv ut var adminsidan är, och en kod som öppnar den en gång, inom 15 minuter"),
        options: [.config, .set],
        operands: Operands(
            "NAME", counts: 1...1, help: Words(en: "yours, for the audit log", sv: "ditt, för loggen"))
    ) { invocation in
        let configuration = try invocation.configuration()
        guard let port = configuration.adminPort else {
            throw BlankettError.usage(
                "The configuration has no admin page.",
                advice: "Write admin: { port: 9443 }, and start the bridge anew.")
        }
        let name = invocation.arguments.operands[0]
        guard Caller.isName(name) else { throw BlankettError.notAName(name) }
        let code = try invocation.registry().adminCode(for: name)
        try invocation.note("admin.code", name)
        let bound = try? String(contentsOf: configuration.adminAddressFile, encoding: .utf8)
        invocation.console.print(
            bound?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "http://127.0.0.1:\(port)/")
        invocation.console.print(code)
        return .done
    }
}
