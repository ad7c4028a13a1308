import Support

extension Technician {
    /// `blankett capture`: has the agent of this machine scan, read and send.
    static let capture = Command(
        "capture",
        summary: Words(
            en: "Asks the running agent to scan, read and send", sv: "Ber den körande agenten skanna, läsa och skicka"),
        discussion: Words(
            en: """
                With --wait it ends when every document is at the bridge or waits for a person: 0 when all were sent, 3
                when a person is needed, 4 when sheets are missing; it then says from which sheet to put the stack back,
                and blankett capture --continue scans the rest into the same batch.
                Ctrl-C ends the waiting, not the work: blankett status shows how it goes on.
                """,
            sv: """
                Med --wait slutar det när varje dokument är hos bryggan eller väntar på en människa: 0 när alla skickats,
                3 när någon behövs, 4 när ark saknas; då sägs från vilket ark bunten ska läggas tillbaka, och blankett
                capture --continue skannar resten till samma bunt. Ctrl-C avslutar väntan, inte arbetet: blankett status
                visar hur det går.
                """),
        options: [
            Command.Option("--device", value: "D", help: Words(en: "which scanner", sv: "vilken skanner")),
            Command.Option("--profile", value: "P", help: Words(en: "which scan profile", sv: "vilken skanprofil")),
            Command.Option(
                "--continue",
                help: Words(
                    en: "scan the rest of the latest incomplete batch",
                    sv: "skanna resten av den senaste ofullständiga bunten"
                )),
            Command.Option(
                "--wait", help: Words(en: "until all is read and sent", sv: "tills allt är läst och skickat")),
            AgentConnection.option, .json,
        ]
    ) { invocation in
        let agent = AgentConnection(invocation)
        var wish: [String: JSONValue] = [:]
        if let device = invocation.arguments["--device"] { wish["device"] = .string(device) }
        if let profile = invocation.arguments["--profile"] { wish["profile"] = .string(profile) }
        let batch =
            try await invocation.arguments.flag("--continue")
            ? Capture.continueLatest(agent, wish) : agent.post("/scans", .object(wish))
        guard invocation.arguments.flag("--wait") else {
            if invocation.wantsJSON {
                try invocation.printJSON(["batch": batch])
            } else {
                invocation.console.print(batch["id"]?.stringValue ?? "")
            }
            return .done
        }
        let capture = try await Capture(agent, invocation, batch["id"]?.stringValue ?? "").untilOver()
        if invocation.wantsJSON {
            try invocation.printJSON(capture)
        } else {
            for line in Capture.lines(capture, invocation.language) { invocation.console.print(line) }
        }
        return Capture.exit(capture)
    }
}

/// One batch that is waited for.
private struct Capture {
    private let agent: AgentConnection
    private let invocation: Invocation
    private let batch: String

    init(_ agent: AgentConnection, _ invocation: Invocation, _ batch: String) {
        self.agent = agent
        self.invocation = invocation
        self.batch = batch
    }

    /// Has the rest of the latest incomplete batch scanned, of the wished device and profile where one is named.
    static func continueLatest(_ agent: AgentConnection, _ wish: [String: JSONValue]) async throws -> JSONValue {
        let batches = try await agent.get("/status")["batches"]?.arrayValue ?? []
        // Newest first.
        let found = batches.first { batch in
            batch["state"] == "incomplete" && wish.allSatisfy { key, value in batch[key] == value }
        }
        guard let id = found?["id"]?.stringValue else {
            throw BlankettError(
                "nothing-to-continue", exit: .badInput, "No batch waits for the rest of its stack.",
                advice: "blankett status shows what there is; leave --continue out to begin a new one.")
        }
        return try await agent.post("/batches/\(id)/continue")
    }

    /// - Returns: The batch with its pages and documents, when nothing of it moves by itself any more.
    func untilOver() async throws -> JSONValue {
        while true {
            // Before the look, so that no change between look and wait is missed.
            let revision = try await agent.get("/changes?since=-1")["revision"]?.numberValue ?? 0
            let view = try await agent.get("/batches/\(batch)")
            show(view)
            if Self.isOver(view) { return view }
            _ = try await agent.get("/changes?since=\(Int(revision))")
            try Task.checkCancellation()
        }
    }

    static func exit(_ view: JSONValue) -> ExitCode {
        switch view["batch"]?["state"]?.stringValue {
        case "failed", "incomplete": view["batch"]?["reason"]?.stringValue == "storage-full" ? .storage : .device
        default: states(view).allSatisfy { $0 == "sent" } ? .done : .partial
        }
    }

    static func lines(_ view: JSONValue, _ language: Language) -> [String] {
        var lines = (view["documents"]?.arrayValue ?? []).map { document in
            let outcome = document["outcome"]?.stringValue ?? "?"
            let form = document["form"]?["id"]?.stringValue.map { "\($0), " as Words } ?? ""
            let state = StationWords.document(document["state"]?.stringValue ?? "?")
            return
                (("\(document["id"]?.stringValue ?? "?")  " as Words) + form + StationWords.outcome(outcome) + ": "
                + state)[language]
        }
        if let batch = view["batch"], ["incomplete", "failed"].contains(batch["state"]?.stringValue ?? "") {
            let advice = AgentStatus.advice(ofIncomplete: batch)[language]
            lines.append(advice.prefix(1).uppercased() + advice.dropFirst())
        }
        return lines
    }

    private static func isOver(_ view: JSONValue) -> Bool {
        switch view["batch"]?["state"]?.stringValue {
        case "failed", "incomplete": true
        case "assembled": !states(view).contains { $0 == "queued" || $0 == "rereading" }
        default: false
        }
    }

    private static func states(_ view: JSONValue) -> [String] {
        (view["documents"]?.arrayValue ?? []).compactMap { $0["state"]?.stringValue }
    }

    private func show(_ view: JSONValue) {
        let pages = view["pages"]?.arrayValue ?? []
        let read = pages.count { $0["state"]?.stringValue != "journalled" }
        let sent = Self.states(view).count { $0 == "sent" }
        invocation.console.progress(
            Words(
                en: "\(pages.count) pages scanned, \(read) read, \(sent) documents sent",
                sv: "\(pages.count) sidor skannade, \(read) lästa, \(sent) dokument skickade")[invocation.language])
    }
}
