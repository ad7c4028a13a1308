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
        var lines = [row(Words(en: "station", sv: "station")[language], json["station"]?.stringValue ?? "?")]
        for device in json["devices"]?.arrayValue ?? [] {
            let state = [device["state"], device["feeder"], device["code"]].compactMap { $0?.stringValue }
            lines.append(
                row(
                    Words(en: "scanner", sv: "skanner")[language],
                    "\(device["name"]?.stringValue ?? "?"): \(state.joined(separator: ", "))"))
        }
        let counts = (json["documents"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map {
            "\($0.key) \(Int($0.value.numberValue ?? 0))"
        }
        lines.append(
            row(
                Words(en: "documents", sv: "dokument")[language],
                counts.isEmpty ? Words(en: "none", sv: "inga")[language] : counts.joined(separator: ", ")))
        for batch in json["batches"]?.arrayValue ?? [] {
            let sheet = batch["fromSheet"]?.numberValue.map { ", sheet \(Int($0))" } ?? ""
            lines.append(
                row(
                    Words(en: "stack", sv: "bunt")[language],
                    [batch["state"], batch["reason"]].compactMap { $0?.stringValue }.joined(separator: ": ") + sheet))
        }
        let bridge = [json["bridge"]?["state"], json["bridge"]?["code"]].compactMap { $0?.stringValue }
        lines.append(row(Words(en: "bridge", sv: "brygga")[language], bridge.joined(separator: ": ")))
        let free = (json["disk"]?["free"]?.numberValue ?? 0) / Double(1 << 30)
        let problem = json["disk"]?["problem"]?.stringValue.map { ", \($0)" } ?? ""
        lines.append(row("disk", String(format: "%.1f GiB", free) + problem))
        if let problem = json["readingProblem"]?.stringValue {
            lines.append(row(Words(en: "reading", sv: "läsning")[language], problem))
        }
        return lines
    }

    private func row(_ name: String, _ value: String) -> String {
        name.padding(toLength: 12, withPad: " ", startingAt: 0) + value
    }
}
