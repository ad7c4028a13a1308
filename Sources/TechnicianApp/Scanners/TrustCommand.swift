import Foundation
import HTTPClient
import Scanners
import Scanning
import Support

extension Technician {
    /// `blankett scanners trust`: a scanner that was replaced, reset or renewed shows another certificate.
    static let trust = Command(
        "trust",
        summary: Words(
            en: "Accepts the certificate that a scanner shows now",
            sv: "Godtar certifikatet som en skanner visar nu"),
        discussion: Words(
            en: """
                Shows which key was known and which the scanner shows. Compare the fingerprint with what the scanner itself
                tells, on its panel or its web page, and run it again with --yes. The agent of this machine takes it over
                while it runs, and writes down that it was accepted. Where no agent is installed, DEVICE is the scanner's
                https address, and this user's own commands believe it.
                """,
            sv: """
                Visar vilken nyckel som var känd och vilken skannern visar. Jämför fingeravtrycket med vad skannern själv
                visar, på panelen eller sin webbsida, och kör igen med --yes. Agenten på den här datorn tar över det under
                drift och antecknar att det godtogs. Där ingen agent är installerad är DEVICE skannerns https-adress, och
                den här användarens egna kommandon litar på den.
                """),
        options: [
            Command.Option("--yes", help: Words(en: "accept it", sv: "godta det")), AgentConnection.option, .json,
        ],
        operands: Command.Operands(
            "DEVICE", counts: 1...1,
            help: Words(
                en: "a scanner's name or id as `status --json` shows it, or its address",
                sv: "en skanners namn eller id som `status --json` visar det, eller dess adress")),
        action: TrustCommand.run)
}

private enum TrustCommand {
    /// As the agent tells it.
    struct Certificate: Codable {
        var name: String
        var origin: String
        var known: String?
        var shown: String
        var fingerprint: String
        var isTrusted: Bool
    }

    static func run(_ call: Invocation) async throws -> ExitCode {
        let name = call.arguments.operands[0]
        let isOfAgent = AgentConnection.isExpected(call)
        let certificate = try await isOfAgent ? ask(name, call) : own(name, call)
        if !call.wantsJSON { call.console.print(text(certificate)[call.language]) }
        if certificate.isTrusted {
            if call.wantsJSON { try call.printJSON(certificate) }
            return .done
        }
        guard call.arguments.flag("--yes") else {
            throw BlankettError(
                "not-confirmed", exit: .badInput, "Nothing was changed.",
                advice: "Compare the fingerprint with what the scanner itself shows; if it is the same, add --yes.")
        }
        let accepted =
            try await isOfAgent
            ? accept(certificate.shown, name, call) : keep(certificate, name, call)
        if call.wantsJSON {
            try call.printJSON(accepted)
        } else {
            call.console.note(
                Words(en: "The scanner is trusted now.", sv: "Skannern är nu betrodd.")[call.language])
        }
        return .done
    }

    private static func ask(_ name: String, _ call: Invocation) async throws -> Certificate {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let query = name.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        return try certificate(try await AgentConnection(call).get("/certificate?device=\(query)"))
    }

    /// Sends the key that was shown here: another that comes in between is not accepted.
    private static func accept(_ key: String, _ name: String, _ call: Invocation) async throws -> Certificate {
        try certificate(
            try await AgentConnection(call).post("/certificate", ["device": .string(name), "key": .string(key)]))
    }

    private static func certificate(_ answer: JSONValue) throws -> Certificate {
        try JSONCoding.decode(from: JSONCoding.encode(answer))
    }

    private static func own(_ address: String, _ call: Invocation) async throws -> Certificate {
        let certificate = try opened(address, call)
        let (known, shown) = (try certificate.known, try await certificate.shown)
        return Certificate(
            name: address, origin: certificate.origin, known: known?.description, shown: shown.key.description,
            fingerprint: shown.fingerprint, isTrusted: known == shown.key)
    }

    private static func keep(_ seen: Certificate, _ address: String, _ call: Invocation) async throws -> Certificate {
        guard let key = PublicKeyPin(seen.shown) else { return seen }
        try opened(address, call).keep(key)
        return try await own(address, call)
    }

    private static func opened(_ address: String, _ call: Invocation) throws -> DeviceCertificate {
        let opener = ScannerOpener(folder: call.stateFolder)
        guard let certificate = opener.certificate(of: DeviceDescription(address: address)) else {
            throw BlankettError(
                "no-certificate", exit: .badInput, "“\(address)” is no https address.",
                advice: "No agent is installed here; give the scanner's address, such as https://192.0.2.7/eSCL.")
        }
        return certificate
    }

    private static func text(_ certificate: Certificate) -> Words {
        let none = Words(en: "none", sv: "ingen")
        func lines(_ language: Language) -> String {
            let rows = [
                (Words(en: "known key", sv: "känd nyckel"), certificate.known ?? none[language]),
                (Words(en: "shown key", sv: "visad nyckel"), certificate.shown),
                (Words(en: "fingerprint", sv: "fingeravtryck"), certificate.fingerprint),
            ]
            let body = rows.map { name, value in
                "  " + name[language].padding(toLength: 15, withPad: " ", startingAt: 0) + value
            }
            let verdict =
                certificate.isTrusted
                ? Words(en: "It is trusted.", sv: "Den är betrodd.")
                : Words(
                    en: "It is NOT the one that is known: replaced, reset, or somebody in between.",
                    sv: "Den är INTE den som är känd: utbytt, återställd, eller någon emellan.")
            return (["\(certificate.name)  \(certificate.origin)"] + body + ["  " + verdict[language]])
                .joined(separator: "\n")
        }
        return Words(en: lines(.english), sv: lines(.swedish))
    }
}
