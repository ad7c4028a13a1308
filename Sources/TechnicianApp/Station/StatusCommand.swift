import Foundation
import Support

extension Technician {
    /// `blankett status`: how the agent of this machine is.
    static let status = Command(
        "status",
        summary: Words(en: "Shows devices, queue, bridge and disk", sv: "Visar enheter, kö, brygga och disk"),
        discussion: Words(
            en: """
                Exits with 0 only if all is well; with 6 when the disk is full or fails, 4 when a scanner does not answer,
                5 when the bridge cannot be reached, 70 when pages cannot be read or no agent runs.
                """,
            sv: """
                Avslutar med 0 bara om allt är väl; med 6 när disken är full eller felar, 4 när en skanner inte svarar,
                5 när bryggan inte nås, 70 när sidor inte kan läsas eller ingen agent är igång.
                """),
        options: [AgentConnection.option, .json]
    ) { invocation in
        let status = AgentStatus(try await AgentConnection(invocation).get("/status"))
        if invocation.wantsJSON {
            try invocation.printJSON(status.json)
        } else {
            for line in status.lines(in: invocation.language) { invocation.console.print(line) }
        }
        return status.exit
    }
}

/// What the agent says of itself.
struct AgentStatus {
    let json: JSONValue

    init(_ json: JSONValue) {
        self.json = json
    }

    /// The worst of what is wrong.
    var exit: ExitCode {
        json["health"]?.numberValue.flatMap { Int32(exactly: $0) }.flatMap(ExitCode.init) ?? .fault
    }

    func lines(in language: Language) -> [String] {
        let version = json["version"]?.stringValue ?? ""
        var lines = [row(Words(en: "station", sv: "station"), "\(json["station"]?.stringValue ?? "?") (\(version))")]
        for device in json["devices"]?.arrayValue ?? [] { lines.append(row(scanner, line(of: device))) }
        for (place, code) in (json["notSearched"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            var words = StationWords.notSearched(place)
            words += " (\(code.stringValue ?? "?"))"
            lines.append(row(scanner, words))
        }
        lines.append(row(Words(en: "documents", sv: "dokument"), documents))
        for batch in json["batches"]?.arrayValue ?? [] {
            lines.append(row(Words(en: "stack", sv: "bunt"), line(ofBatch: batch)))
            if let trace = batch["trace"]?.stringValue {
                lines.append(row(Words(en: "trace", sv: "spår"), Words(en: trace, sv: trace)))
            }
        }
        lines.append(row(Words(en: "bridge", sv: "brygga"), bridge))
        lines.append(row(Words(en: "disk", sv: "disk"), disk))
        if let problem = json["readingProblem"]?.stringValue {
            lines.append(
                row(
                    Words(en: "reading", sv: "läsning"),
                    Words(en: "at a standstill (\(problem))", sv: "står stilla (\(problem))")))
        }
        if exit == .done, json["notSearched"] == nil { lines.append(Words(en: "All is well.", sv: "Allt är väl.")) }
        return lines.map { $0[language] }
    }

    private let scanner = Words(en: "scanner", sv: "skanner")

    private func line(of device: JSONValue) -> Words {
        var line = StationWords.device(device["state"]?.stringValue ?? "?")
        if device["code"] == "scanner-not-trusted" {
            let id = device["id"]?.stringValue ?? "?"
            let command = "blankett scanners trust '\(id)'"
            line = StationWords.reason("scanner-not-trusted")
            line += Words(
                en: ". If it was replaced or reset, accept it: \(command)",
                sv: ". Om den har bytts eller återställts, godta det: \(command)")
        } else if let code = device["code"]?.stringValue {
            line += " (\(code))"
        }
        if let feeder = device["feeder"]?.stringValue.flatMap(StationWords.feeder) { line += ", " + feeder }
        return "\(device["name"]?.stringValue ?? "?"): " + line
    }

    private var documents: Words {
        let counts = (json["documents"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.value.numberValue ?? 0 > 0 }
        guard let first = counts.first else { return Words(en: "none", sv: "inga") }
        func line(_ count: (key: String, value: JSONValue)) -> Words {
            StationWords.document(count.key) + ": \(Int(count.value.numberValue ?? 0))"
        }
        return counts.dropFirst().reduce(line(first)) { $0 + ", " + line($1) }
    }

    private func line(ofBatch batch: JSONValue) -> Words {
        let pages = Int(batch["pages"]?.numberValue ?? 0)
        switch batch["state"]?.stringValue {
        case "scanning":
            return Words(en: "is being scanned, \(pages) pages so far", sv: "skannas, \(pages) sidor hittills")
        case "reading": return Words(en: "is being read, \(pages) pages", sv: "läses, \(pages) sidor")
        default: return Self.advice(ofIncomplete: batch)
        }
    }

    /// What is wrong with a stack of which sheets are missing, and what to do.
    static func advice(ofIncomplete batch: JSONValue) -> Words {
        let code = batch["reason"]?.stringValue ?? "?"
        let reason = StationWords.reason(code)
        let stack = StackAdvice(code, fromSheet: Int(batch["fromSheet"]?.numberValue ?? 1)).words
        guard batch["state"]?.stringValue != "failed" else {
            return Words(
                en: "nothing was scanned: \(reason.en). \(stack.en) Then scan it again.",
                sv: "inget skannades: \(reason.sv). \(stack.sv) Skanna den sedan igen.")
        }
        return Words(
            en:
                """
                not every sheet is here: \(reason.en). \(stack.en) Then press Continue at the kiosk, or run blankett capture \
                --continue.
                """,
            sv:
                """
                alla ark är inte här: \(reason.sv). \(stack.sv) Tryck sedan på Fortsätt vid kiosken, eller kör blankett \
                capture --continue.
                """)
    }

    private var bridge: Words {
        let waiting = Int(json["documents"]?["queued"]?.numberValue ?? 0)
        switch json["bridge"]?["state"]?.stringValue {
        case "reachable": return Words(en: "answers", sv: "svarar")
        case "not-configured":
            return Words(
                en: "none is set up; \(waiting) documents wait here",
                sv: "ingen är inställd; \(waiting) dokument väntar här")
        case "unreachable":
            let why = StationWords.reason(json["bridge"]?["code"]?.stringValue ?? "?")
            return Words(
                en: "cannot be reached: \(why.en). \(waiting) documents wait here, safe; it is tried again by itself.",
                sv: "nås inte: \(why.sv). \(waiting) dokument väntar här i säkerhet; nya försök görs av sig själv.")
        default: return Words(en: "not asked yet", sv: "inte tillfrågad än")
        }
    }

    private var disk: Words {
        let free = json["disk"]?["free"]?.numberValue ?? 0
        let reserve = json["disk"]?["reserve"]?.numberValue ?? 0
        let room = Words(en: "\(Self.size(free)) free", sv: "\(Self.size(free)) ledigt")
        if free < reserve {
            return room
                + Words(
                    en: ": too full to scan. Free some space: \(Self.size(reserve)) are kept for what is here already.",
                    sv:
                        ": för full för att skanna. Frigör utrymme: \(Self.size(reserve)) hålls åt det som redan finns här."
                )
        }
        guard let problem = json["disk"]?["problem"]?.stringValue else { return room }
        return room + Words(en: ", but it fails: ", sv: ", men den krånglar: ") + StationWords.reason(problem)
    }

    private static func size(_ bytes: Double) -> String {
        bytes < Double(1 << 30)
            ? String(format: "%.0f MiB", bytes / Double(1 << 20)) : String(format: "%.1f GiB", bytes / Double(1 << 30))
    }

    private func row(_ name: Words, _ value: Words) -> Words {
        func padded(_ name: String) -> String { name.padding(toLength: 12, withPad: " ", startingAt: 0) }
        return Words(en: padded(name.en) + value.en, sv: padded(name.sv) + value.sv)
    }
}
