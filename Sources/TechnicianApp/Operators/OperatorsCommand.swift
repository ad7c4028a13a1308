import Foundation
import Support

/// `blankett operators`: asks the running agent, which alone keeps the list.
enum OperatorsCommand {
    static func list(_ call: Invocation) async throws -> ExitCode {
        let people = try await AgentConnection(call).get("/operators").arrayValue ?? []
        if call.wantsJSON {
            try call.printJSON(people)
            return .done
        }
        if people.isEmpty {
            let none = Words(
                en: "Nobody is named: whoever has the start link may work at the page.",
                sv: "Ingen är angiven: den som har startlänken får arbeta på sidan.")
            call.console.note(none[call.language])
        }
        let rows = people.map { person in
            [text(person, "name"), text(person, "role"), text(person, "id"), ways(of: person)[call.language]]
        }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            call.console.print((cells + [row[3]]).joined(separator: "  "))
        }
        return .done
    }

    static func add(_ call: Invocation) async throws -> ExitCode {
        var wish: [String: JSONValue] = [
            "name": .string(call.arguments.operands[0]), "role": .string(call.arguments["--role"] ?? "clerk"),
        ]
        if let account = call.arguments["--account"] {
            wish["account"] = .string(account)
        } else {
            wish["pin"] = .string(try newPIN(call))
        }
        return try await tell(try await AgentConnection(call).post("/operators", .object(wish)), call)
    }

    static func changeRole(_ call: Invocation) async throws -> ExitCode {
        let id = try await id(call)
        let role = JSONValue.string(call.arguments["--role"] ?? "clerk")
        return try await tell(try await AgentConnection(call).post("/operators/\(id)", ["role": role]), call)
    }

    static func changePIN(_ call: Invocation) async throws -> ExitCode {
        let id = try await id(call)
        let pin = JSONValue.string(try newPIN(call))
        return try await tell(try await AgentConnection(call).post("/operators/\(id)", ["pin": pin]), call)
    }

    static func remove(_ call: Invocation) async throws -> ExitCode {
        _ = try await AgentConnection(call).post("/operators/\(try await id(call))/remove")
        call.console.note(Words(en: "Removed.", sv: "Borttagen.")[call.language])
        return .done
    }

    private static func tell(_ person: JSONValue, _ call: Invocation) async throws -> ExitCode {
        if call.wantsJSON {
            try call.printJSON(person)
        } else {
            let name = text(person, "name")
            call.console.print("\(name)  \(text(person, "role"))  \(text(person, "id"))")
        }
        return .done
    }

    /// The id of who is meant by name or id.
    private static func id(_ call: Invocation) async throws -> String {
        let wanted = call.arguments.operands[0]
        let people = try await AgentConnection(call).get("/operators").arrayValue ?? []
        guard
            let person = people.first(where: {
                text($0, "id") == wanted || text($0, "name").lowercased() == wanted.lowercased()
            })
        else {
            throw BlankettError(
                "not-found", exit: .badInput, "Nobody called “\(wanted)” works here.",
                advice: "See blankett operators list.")
        }
        return text(person, "id")
    }

    private static func newPIN(_ call: Invocation) throws -> String {
        let ask = Words(en: "New PIN (4 to 12 digits): ", sv: "Ny PIN-kod (4 till 12 siffror): ")
        let again = Words(en: "Once more: ", sv: "En gång till: ")
        let pin = try SecretPrompt.ask(ask[call.language])
        if SecretPrompt.isTerminal, try SecretPrompt.ask(again[call.language]) != pin {
            throw BlankettError("pins-differ", exit: .badInput, "The two are not the same.", advice: "Try again.")
        }
        return pin
    }

    private static func ways(of person: JSONValue) -> Words {
        var ways: [Words] = []
        if person["hasPIN"] == .bool(true) { ways.append(Words(en: "PIN", sv: "PIN-kod")) }
        if let account = person["account"]?.stringValue {
            ways.append(Words(en: "account \(account)", sv: "konto \(account)"))
        }
        return Words(en: ways.map(\.en).joined(separator: ", "), sv: ways.map(\.sv).joined(separator: ", "))
    }

    private static func text(_ person: JSONValue, _ key: String) -> String { person[key]?.stringValue ?? "" }
}
